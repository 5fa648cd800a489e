//! Products, their categories and units, price tables, payment conditions.

use super::{owned, resource};

owned! {
    /// One cost item of a product with a composite price.
    cost_item;
    /// What it is the cost of; the name below is the formation's.
    FORMATION: One = one("formation_id", Resource::CostFormation);
    NAME: Text = text("name");
    VALUE: Decimal = decimal("value");
    QUANTITY: Decimal = decimal("quantity");
    BASE_VALUE: Decimal = decimal("base_value");
    PERCENTAGE: Bool = flag("percentage");
    MULTIPLIER: Bool = flag("multiplier");
}

owned! {
    /// One price band: the unit price for a range of quantities.
    price_band;
    FROM: Decimal = decimal("from");
    TO: Decimal = decimal("to");
    PRICE: Decimal = decimal("price");
}

resource! {
    /// A kind of cost that prices are composed of, shared by products.
    cost_formation = CostFormation, "cost_formation", title: "name", owner: "", registry: true, administrative: true;
    NAME: Text = sized("name", 255).required().searched();
    ACTIVE: Bool = flag("active").yes();
    BASE_VALUE: Decimal = decimal("base_value");
    PERCENTAGE: Bool = flag("percentage");
    MULTIPLIER: Bool = flag("multiplier");
}

resource! {
    /// Something that is sold.
    product = Product, "product", title: "name", owner: "", registry: false, administrative: true;
    NAME: Text = sized("name", 255).required().searched();
    CODE: Text = sized("code", 255).searched();
    /// Automatic number, counted up per tenant.
    COUNTER: Int = int("counter").derived();
    DESCRIPTION: Text = text("description");
    ACTIVE: Bool = flag("active").yes();
    BASE_PRICE: Decimal = decimal("base_price").required();
    PRICE_EDITABLE: Bool = flag("price_editable").yes();
    RECURRENCE: Int = choice("recurrence", crate::catalogue::sales::RECURRENCE).starts_at(0);
    CURRENCY: Text = sized("currency", 3).starts_as("BRL");
    CATEGORY: One = one("category_id", Resource::ProductCategory).created_when_missing().indexed();
    SUBCATEGORY: One = one("subcategory_id", Resource::ProductSubcategory).created_when_missing().indexed();
    ALLOWS_DISCOUNT: Bool = flag("allows_discount").yes();
    /// 0 means no limit.
    MAXIMUM_DISCOUNT: Decimal = decimal("maximum_discount").starts_at(0);
    DISCOUNT_IS_PERCENTAGE: Bool = flag("discount_is_percentage");
    ALLOWS_SURCHARGE: Bool = flag("allows_surcharge").yes();
    /// 0 means no limit.
    MAXIMUM_SURCHARGE: Decimal = decimal("maximum_surcharge").starts_at(0);
    SURCHARGE_IS_PERCENTAGE: Bool = flag("surcharge_is_percentage");
    COMMISSION: Decimal = decimal("commission").starts_at(0);
    COMMISSION_IS_PERCENTAGE: Bool = flag("commission_is_percentage");
    HAS_STOCK: Bool = flag("has_stock");
    STOCK: Int = int("stock").starts_at(0);
    FRACTIONAL: Bool = flag("fractional");
    EXPIRES: Bool = flag("expires");
    DEPENDENTS: Many = many("dependents", Resource::Product);
    MAY_REMOVE_DEPENDENTS: Bool = flag("may_remove_dependents");
    COST_ITEMS: Items = items("cost_items", &cost_item::FIELDS);
    COMPOSITE_PRICE: Decimal = decimal("composite_price");
    PRICE_BANDS: Items = items("price_bands", &price_band::FIELDS);
    PHOTO: Text = sized("photo", 255).derived();
    CUSTOM: Custom = custom();
    UNIT: One = one("unit_id", Resource::UnitOfMeasure);
    /// A code for the tax on it.
    TAX_CODE: Text = sized("tax_code", 40);
}

resource! {
    /// A group of products.
    product_category = ProductCategory, "product_category", title: "name", owner: "", registry: true, administrative: true;
    NAME: Text = sized("name", 255).required().searched();
    ACTIVE: Bool = flag("active").yes();
    DESCRIPTION: Text = text("description");
    CODE: Text = sized("code", 60).searched();
}

resource! {
    /// A group of products inside a category.
    product_subcategory = ProductSubcategory, "product_subcategory", title: "name", owner: "", registry: true, administrative: true;
    NAME: Text = sized("name", 255).required().searched();
    ACTIVE: Bool = flag("active").yes();
    DESCRIPTION: Text = text("description");
    CATEGORY: One = one("category_id", Resource::ProductCategory);
    CODE: Text = sized("code", 60).searched();
}

owned! {
    /// The price of one product in a price table, copied from its [`price_entry`].
    price_table_entry;
    PRODUCT: One = one("product_id", Resource::Product);
    PRICE: Decimal = decimal("price");
}

resource! {
    /// Prices that replace the base prices of products.
    price_table = PriceTable, "price_table", title: "name", owner: "", registry: false, administrative: true;
    NAME: Text = sized("name", 255).required().searched();
    ACTIVE: Bool = flag("active").yes();
    DESCRIPTION: Text = text("description");
    EXPIRES_AT: Instant = instant("expires_at");
    /// The active entries of the table, in the order of their ids: a copy that rules keep.
    ENTRIES: Items = items("entries", &price_table_entry::FIELDS).derived();
    CODE: Text = sized("code", 60).searched();
    VALID_FROM: Date = date("valid_from");
}

resource! {
    /// The price of one product in a price table.
    price_entry = PriceEntry, "price_entry", title: "", owner: "", registry: false, administrative: true;
    TABLE: One = one("price_table_id", Resource::PriceTable).required().on_create().indexed();
    PRODUCT: One = one("product_id", Resource::Product).required().on_create().indexed();
    PRICE: Decimal = decimal("price").required();
    ACTIVE: Bool = flag("active").yes();
}

resource! {
    /// A unit that quantities are counted in.
    unit_of_measure = UnitOfMeasure, "unit_of_measure", title: "name", owner: "", registry: true, administrative: true;
    NAME: Text = sized("name", 255).required().searched();
    ACTIVE: Bool = flag("active").yes();
    /// The word for it in lists, such as `KG`.
    CODE: Text = sized("code", 60).searched();
    /// The one that products get when none is named.
    DEFAULT: Bool = flag("is_default");
}

resource! {
    /// How and when an order is paid.
    payment_condition = PaymentCondition, "payment_condition", title: "name", owner: "", registry: true, administrative: true;
    NAME: Text = sized("name", 255).required().searched();
    ACTIVE: Bool = flag("active").yes();
    CODE: Text = sized("code", 60).searched();
    /// The one that orders get when none is named.
    DEFAULT: Bool = flag("is_default");
}
