//! Sales: pipelines with stages, opportunities with line items, qualifications, proposals and orders.

use super::{Code, code, owned, resource};

/// What a pipeline is for.
pub(super) const PIPELINE_KIND: &[Code] = &[code(0, "sales"), code(1, "qualification")];
/// Who is sold to.
pub(super) const SALES_MODEL: &[Code] = &[code(0, "b2b"), code(1, "b2c")];
/// States of an opportunity.
pub(super) const OPPORTUNITY_STATUS: &[Code] =
    &[code(1, "open"), code(2, "won"), code(3, "lost"), code(4, "discarded"), code(5, "postponed")];
/// States of a qualification.
pub(super) const QUALIFICATION_STATUS: &[Code] = &[
    code(1, "open"),
    code(2, "scheduled"),
    code(3, "qualified"),
    code(4, "discarded"),
    code(5, "sold"),
    code(6, "not_sold"),
];
/// How often a price is charged.
pub(super) const RECURRENCE: &[Code] = &[code(0, "one_off"), code(1, "monthly"), code(2, "yearly")];
/// States of a proposal.
pub(super) const PROPOSAL_STATUS: &[Code] = &[
    code(0, "draft"),
    code(1, "in_approval"),
    code(2, "approved"),
    code(3, "rejected"),
    code(4, "obsolete"),
];

owned! {
    /// One stage of a pipeline.
    stage;
    ID: Int = int("id");
    NAME: Text = text("name");
    /// The number of the stage inside its pipeline, from 1.
    SEQUENCE: Int = int("sequence");
    /// Expected days in the stage.
    DAYS: Int = int("days");
    GENERATES_PROPOSAL: Bool = flag("generates_proposal");
    REQUIRES_PRODUCT: Bool = flag("requires_product");
    /// A stable word for the stage.
    CODE: Text = text("code");
    /// The probability of what stands in it.
    PROBABILITY: Int = int("probability");
}

resource! {
    /// A funnel of sales or of qualification with its stages.
    pipeline = Pipeline, "pipeline", title: "name", owner: "", registry: true, administrative: true;
    NAME: Text = sized("name", 255).required().searched();
    DESCRIPTION: Text = text("description");
    ACTIVE: Bool = flag("active").yes();
    /// The default one of its kind.
    DEFAULT: Bool = flag("is_default");
    KIND: Int = choice("kind", super::PIPELINE_KIND).starts_at(0);
    STAGES: Items = items("stages", &stage::FIELDS);
    /// Stages that were removed: closed records still stand in them.
    PAST_STAGES: Items = items("past_stages", &stage::FIELDS).derived();
    MAY_SKIP_STAGE: Bool = flag("may_skip_stage");
    MAY_START_ANYWHERE: Bool = flag("may_start_anywhere");
    MAY_GO_BACK: Bool = flag("may_go_back");
    PROPOSAL_REQUIRED: Bool = flag("proposal_required");
    PRODUCT_REQUIRED: Bool = flag("product_required");
    MAY_VARY_RECURRENCE: Bool = flag("may_vary_recurrence");
    SALES_MODEL: Int = choice("sales_model", super::SALES_MODEL).starts_at(0);
    SEVERAL_PRICE_TABLES: Bool = flag("several_price_tables");
    CO_OWNERSHIP: Bool = flag("co_ownership");
    IGNORES_TEAM_RESTRICTIONS: Bool = flag("ignores_team_restrictions");
    REMARKS_ON_WIN: Bool = flag("remarks_on_win");
    REMARKS_ON_LOSS: Bool = flag("remarks_on_loss");
    REMARKS_ON_POSTPONE: Bool = flag("remarks_on_postpone");
    REMARKS_ON_DISCARD: Bool = flag("remarks_on_discard");
    CURRENCY: Text = text("currency").starts_as("BRL");
    ALLOWS_LOOSE_TASKS: Bool = flag("allows_loose_tasks").yes();
    REASON_ON_OUTCOME: Bool = flag("reason_on_outcome");
    REASON_ON_DISCARD: Bool = flag("reason_on_discard");
    LIFE_CYCLE_CASCADE: Int = int("life_cycle_cascade").starts_at(0);
    SHOWS_CUSTOM_CARD: Bool = flag("shows_custom_card");
    RECURRENCE_VALUE_TYPE: Int = int("recurrence_value_type").starts_at(0);
    /// A stable word for the pipeline.
    CODE: Text = sized("code", 60);
}

owned! {
    /// One line of an opportunity, a proposal or an order: a product, or a name alone.
    line_item;
    ID: Int = int("id");
    PRODUCT: One = one("product_id", Resource::Product);
    NAME: Text = text("name");
    CODE: Text = text("code");
    DESCRIPTION: Text = text("description");
    QUANTITY: Decimal = decimal("quantity").starts_at(1);
    RECURRENCE: Int = choice("recurrence", super::RECURRENCE).starts_at(0);
    CYCLES: Int = int("cycles").starts_at(1);
    UNIT_PRICE: Decimal = decimal("unit_price").starts_at(0);
    TOTAL: Decimal = decimal("total").starts_at(0);
    DISCOUNT: Decimal = decimal("discount").starts_at(0);
    DISCOUNT_IS_PERCENTAGE: Bool = flag("discount_is_percentage");
    SURCHARGE: Decimal = decimal("surcharge").starts_at(0);
    SURCHARGE_IS_PERCENTAGE: Bool = flag("surcharge_is_percentage");
    COMMISSION: Decimal = decimal("commission");
    COMMISSION_IS_PERCENTAGE: Bool = flag("commission_is_percentage");
    POSITION: Int = int("position");
    UNIT: One = one("unit_id", Resource::UnitOfMeasure);
    /// A code for the tax on the line.
    TAX_CODE: Text = text("tax_code");
    EXTERNAL_KEY: Text = text("external_key");
}

resource! {
    /// A possible sale on its way through a sales pipeline.
    opportunity = Opportunity, "opportunity", title: "name", owner: "owner_id", registry: false, administrative: false;
    /// Counted up per tenant unless given.
    CODE: Text = sized("code", 255).searched();
    NAME: Text = sized("name", 255).required().searched();
    CUSTOMER: One = one("customer_id", Resource::Contact).required().created_when_missing().indexed();
    CONTACT: One = one("contact_id", Resource::Contact).indexed();
    OWNER: One = one("owner_id", Resource::User).indexed();
    CLOSED_BY: One = one("closed_by_id", Resource::User).derived();
    STATUS: Int = choice("status", super::OPPORTUNITY_STATUS).starts_at(1).indexed();
    PIPELINE: One = one("pipeline_id", Resource::Pipeline).indexed();
    /// Id of the stage, one of the pipeline's.
    STAGE: Int = int("stage_id");
    STAGE_ENTERED_AT: Instant = instant("stage_entered_at").derived();
    PROBABILITY: Int = int("probability").starts_at(10);
    ONE_OFF_VALUE: Decimal = decimal("one_off_value").starts_at(0);
    MONTHLY_VALUE: Decimal = decimal("monthly_value").starts_at(0);
    TOTAL_VALUE: Decimal = decimal("total_value").derived().starts_at(0);
    DISCOUNT_TOTAL: Decimal = decimal("discount_total").derived().starts_at(0);
    LINE_COUNT: Int = int("line_count").derived().starts_at(0);
    LINES: Items = items("lines", &line_item::FIELDS);
    ORIGIN: One = one("origin_id", Resource::Origin).created_when_missing();
    TAGS: Many = many("tags", Resource::Tag).created_when_missing();
    OUTCOME_REASONS: Many = many("outcome_reasons", Resource::OutcomeReason);
    DISCARD_REASON: One = one("discard_reason_id", Resource::DiscardReason);
    REMARKS: Text = text("remarks");
    NOTES: Text = text("notes");
    TO_EXISTING_CUSTOMER: Bool = flag("to_existing_customer");
    PROPOSALS_BLOCKED: Bool = flag("proposals_blocked");
    CONCLUSION_BLOCKED: Bool = flag("conclusion_blocked");
    CO_OWNERS: Many = many("co_owners", Resource::User);
    CO_OWNER_TEAMS: Many = many("co_owner_teams", Resource::Team);
    CUSTOM: Custom = custom();
    DUE_AT: Instant = instant("due_at").indexed();
    CLOSED_AT: Instant = instant("closed_at").derived().indexed();
    PENDING_TASKS: Int = int("pending_tasks").rollup().starts_at(0);
    PENDING_APPOINTMENTS: Int = int("pending_appointments").rollup().starts_at(0);
    LAST_INTERACTION_AT: Instant = instant("last_interaction_at").rollup();
    /// The currency of the deal; that of its pipeline when empty.
    CURRENCY: Text = sized("currency", 3);
    /// A code for the kind of business.
    TYPE_CODE: Text = sized("type_code", 40);
    /// The probability was set by hand and no longer follows the stage.
    PROBABILITY_SET: Bool = flag("probability_set").derived();
}

resource! {
    /// A pre-sales record on its way through a qualification pipeline.
    qualification = Qualification, "qualification", title: "name", owner: "owner_id", registry: false, administrative: false;
    CODE: Text = sized("code", 255).derived().searched();
    NAME: Text = sized("name", 255).searched();
    CUSTOMER: One = one("customer_id", Resource::Contact).required().created_when_missing().indexed();
    OWNER: One = one("owner_id", Resource::User).indexed();
    CLOSED_BY: One = one("closed_by_id", Resource::User).derived();
    STATUS: Int = choice("status", super::QUALIFICATION_STATUS).starts_at(1).indexed();
    PIPELINE: One = one("pipeline_id", Resource::Pipeline).indexed();
    STAGE: Int = int("stage_id");
    STAGE_ENTERED_AT: Instant = instant("stage_entered_at").derived();
    APPOINTMENT: One = one("appointment_id", Resource::Appointment);
    HAND_RAISED: Bool = flag("hand_raised");
    TAGS: Many = many("tags", Resource::Tag).created_when_missing();
    CUSTOM: Custom = custom();
    DUE_AT: Instant = instant("due_at").indexed();
    CLOSED_AT: Instant = instant("closed_at").derived().indexed();
    NOTES: Text = text("notes");
    /// Why it came to nothing.
    OUTCOME_REASON: One = one("outcome_reason_id", Resource::OutcomeReason);
}

resource! {
    /// One version of an offer made for an opportunity.
    proposal = Proposal, "proposal", title: "", owner: "", registry: false, administrative: false;
    STATUS: Int = choice("status", super::PROPOSAL_STATUS).starts_at(0);
    /// Counts the opportunities with proposals of one year.
    NUMBER: Int = int("number").derived();
    /// Version inside the opportunity, from 1.
    REVISION: Int = int("revision").derived();
    /// The year `number` counts in.
    YEAR: Int = int("year").derived();
    /// The unguessable part of its public address.
    PUBLIC_KEY: Text = text("public_key").derived().searched();
    ADDRESSEE: Text = sized("addressee", 255);
    TEMPLATE: One = one("template_id", Resource::ProposalTemplate).created_when_missing();
    OPPORTUNITY: One = one("opportunity_id", Resource::Opportunity).required().on_create().indexed();
    GENERATED_AT: Instant = instant("generated_at").derived();
    NAME: Text = sized("name", 255).searched();
    /// The number people know it by.
    CODE: Text = sized("code", 255).searched();
    CUSTOMER: One = one("customer_id", Resource::Contact).indexed();
    CONTACT: One = one("contact_id", Resource::Contact).indexed();
    GROUP: One = one("group_id", Resource::ProposalGroup).indexed();
    ISSUED_ON: Date = date("issued_on");
    VALID_UNTIL: Date = date("valid_until");
    CURRENCY: Text = sized("currency", 3);
    LINES: Items = items("lines", &line_item::FIELDS);
    /// The sum of the lines, without tax.
    NET_TOTAL: Decimal = decimal("net_total").derived().starts_at(0);
    SELLER: One = one("seller_id", Resource::User);
    NOTES: Text = text("notes");
}

resource! {
    /// A label that proposals made for one customer carry together.
    proposal_group = ProposalGroup, "proposal_group", title: "name", owner: "owner_id", registry: false, administrative: false;
    NAME: Text = sized("name", 255).required().searched();
    CUSTOMER: One = one("customer_id", Resource::Contact).indexed();
    OPPORTUNITY: One = one("opportunity_id", Resource::Opportunity).indexed();
    OWNER: One = one("owner_id", Resource::User).indexed();
    NOTES: Text = text("notes");
}

/// States of an order.
pub(super) const ORDER_STATUS: &[Code] = &[
    code(0, "new"),
    code(1, "confirmed"),
    code(2, "in_progress"),
    code(3, "completed"),
    code(4, "cancelled"),
];

resource! {
    /// What a customer has ordered.
    order = Order, "sales_order", title: "code", owner: "owner_id", registry: false, administrative: false;
    CODE: Text = sized("code", 255).searched();
    CUSTOMER: One = one("customer_id", Resource::Contact).required().indexed();
    CONTACT: One = one("contact_id", Resource::Contact).indexed();
    OPPORTUNITY: One = one("opportunity_id", Resource::Opportunity).indexed();
    PROPOSAL: One = one("proposal_id", Resource::Proposal).indexed();
    PRICE_TABLE: One = one("price_table_id", Resource::PriceTable).indexed();
    PAYMENT_CONDITION: One = one("payment_condition_id", Resource::PaymentCondition);
    PAYMENT_DAYS: Int = int("payment_days");
    ORDERED_ON: Date = date("ordered_on");
    DELIVERY_ON: Date = date("delivery_on");
    STATUS: Int = choice("status", super::ORDER_STATUS).starts_at(0).indexed();
    CURRENCY: Text = sized("currency", 3);
    LINES: Items = items("lines", &line_item::FIELDS);
    /// The sum of the lines, without tax.
    NET_TOTAL: Decimal = decimal("net_total").derived().starts_at(0);
    OWNER: One = one("owner_id", Resource::User).indexed();
    NOTES: Text = text("notes");
}
