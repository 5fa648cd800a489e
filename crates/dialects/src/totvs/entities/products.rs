//! Products, their groups and units, price lists and payment conditions (14.6 to 14.11).

use favo_core::Resource;
use favo_core::catalogue::{payment_condition, price_entry, price_table, product, unit_of_measure};

use super::{
    MEASURE_UNITS as TO_UNITS, PRICE_LISTS as TO_LISTS, PRODUCT_GROUPS as TO_GROUPS, PRODUCTS as TO_PRODUCTS,
    all, code,
};
use crate::totvs::table::{Actions, At, Entity, Field, Form, Source, own};

pub(super) static PRODUCTS: Entity = Entity {
    service: "product",
    name: "products",
    source: Source::Core { resource: Resource::Product, only: all },
    actions: Actions::NoDelete,
    fields: &[
        code(own(product::CODE)),
        Field::new("description", Form::Text(200), own(product::NAME), "name").required(),
        Field::new("productGroup", Form::Reference("description", TO_GROUPS), At::Special, "group"),
        Field::new("measureUnit", Form::Reference("code", TO_UNITS), own(product::UNIT), "unit of measure"),
        Field::new("salesPrice", Form::Decimal(4), own(product::BASE_PRICE), "base price"),
        Field::new("currency", Form::Currency, own(product::CURRENCY), "ISO code of the currency"),
        Field::new("active", Form::Boolean, own(product::ACTIVE), "may still be chosen"),
        Field::new("observation", Form::Text(4000), own(product::DESCRIPTION), "description"),
    ],
};

pub(super) static PRODUCT_GROUPS: Entity = Entity {
    service: "product",
    name: "product-groups",
    source: Source::ProductGroups,
    actions: Actions::NoDelete,
    fields: &[
        code(At::ByName("code")),
        Field::new("description", Form::Text(100), At::ByName("name"), "name").required(),
        Field::new(
            "parent",
            Form::Reference("description", TO_GROUPS),
            At::ByName("category_id"),
            "the group it belongs to",
        ),
        Field::new("active", Form::Boolean, At::ByName("active"), "may still be chosen"),
    ],
};

pub(super) static MEASURE_UNITS: Entity = Entity {
    service: "product",
    name: "measure-units",
    source: Source::Core { resource: Resource::UnitOfMeasure, only: all },
    actions: Actions::NoDelete,
    fields: &[
        Field::new("code", Form::Text(10), own(unit_of_measure::CODE), "such as `KG`").required(),
        Field::new("description", Form::Text(60), own(unit_of_measure::NAME), "name").required(),
        Field::new("active", Form::Boolean, own(unit_of_measure::ACTIVE), "may still be chosen"),
    ],
};

pub(super) static PRICE_LISTS: Entity = Entity {
    service: "pricelist",
    name: "price-lists",
    source: Source::Core { resource: Resource::PriceTable, only: all },
    actions: Actions::All,
    fields: &[
        code(own(price_table::CODE)),
        Field::new("description", Form::Text(100), own(price_table::NAME), "name").required(),
        Field::new("startOn", Form::Date, own(price_table::VALID_FROM), "first day"),
        Field::new(
            "endOn",
            Form::Date,
            At::DayOf(price_table::EXPIRES_AT.position()),
            "last day; empty: open-ended",
        ),
        Field::new("active", Form::Boolean, own(price_table::ACTIVE), "may still be chosen"),
        Field::new("companyPermissions", Form::Companies, At::Extra, "companies it is for"),
    ],
};

pub(super) static PRICE_LIST_ITEMS: Entity = Entity {
    service: "pricelist",
    name: "price-list-items",
    source: Source::Core { resource: Resource::PriceEntry, only: all },
    actions: Actions::All,
    fields: &[
        Field::new(
            "priceList",
            Form::Reference("description", TO_LISTS),
            own(price_entry::TABLE),
            "price list",
        )
        .required(),
        Field::new(
            "product",
            Form::Reference("description", TO_PRODUCTS),
            own(price_entry::PRODUCT),
            "product",
        )
        .required(),
        Field::new("salesPrice", Form::Decimal(4), own(price_entry::PRICE), "price").required(),
        Field::new("active", Form::Boolean, own(price_entry::ACTIVE), "counts"),
    ],
};

pub(super) static PAYMENT_CONDITIONS: Entity = Entity {
    service: "payment",
    name: "payment-conditions",
    source: Source::Core { resource: Resource::PaymentCondition, only: all },
    actions: Actions::NoDelete,
    fields: &[
        code(own(payment_condition::CODE)),
        Field::new("description", Form::Text(100), own(payment_condition::NAME), "name").required(),
        Field::new("active", Form::Boolean, own(payment_condition::ACTIVE), "may still be chosen"),
    ],
};
