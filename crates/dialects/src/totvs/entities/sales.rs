//! Opportunities and orders (14.5, 14.12).

use favo_core::Resource;
use favo_core::catalogue::{opportunity, order};

use super::{
    CONTACTS, CUSTOMERS, LEADS, LOSS_REASONS, OPPORTUNITIES as TO_OPPORTUNITIES, ORIGINS, PAYMENT_CONDITIONS,
    PIPELINES, PRICE_LISTS, STAGES, all, code, professional, professional_name,
};
use crate::totvs::table::{Actions, At, Client, Entity, Field, Form, Source, own};

static STATUS: &[(&str, i64)] = &[("PROGRESS", 1), ("WON", 2), ("LOST", 3), ("LOST", 4), ("PROGRESS", 5)];

static ORDER_STATUS: &[(&str, i64)] =
    &[("OPEN", 0), ("CONFIRMED", 1), ("PROGRESS", 2), ("FINISHED", 3), ("CANCELED", 4)];

const CLIENT: u16 = opportunity::CUSTOMER.position();

pub(super) static OPPORTUNITIES: Entity = Entity {
    service: "opportunity",
    name: "opportunities",
    source: Source::Core { resource: Resource::Opportunity, only: all },
    actions: Actions::All,
    fields: &[
        Field::new("code", Form::IntegerText, own(opportunity::CODE), "number"),
        Field::new("description", Form::Text(200), own(opportunity::NAME), "title").required(),
        Field::new("status", Form::Enumeration(STATUS), own(opportunity::STATUS), "status"),
        Field::new(
            "customer",
            Form::Reference("name", CUSTOMERS),
            At::Client(CLIENT, Client::Customer),
            "client",
        ),
        Field::new(
            "lead",
            Form::Reference("name", LEADS),
            At::Client(CLIENT, Client::Lead),
            "client, when there is no customer yet",
        ),
        Field::new(
            "contact",
            Form::Reference("name", CONTACTS),
            own(opportunity::CONTACT),
            "person we talk to",
        ),
        Field::new(
            "pipeline",
            Form::Reference("description", PIPELINES),
            own(opportunity::PIPELINE),
            "pipeline",
        ),
        Field::new(
            "stage",
            Form::Reference("description", STAGES),
            own(opportunity::STAGE),
            "stage of the pipeline",
        ),
        Field::new("amount", Form::Decimal(2), At::Special, "amount"),
        Field::new("currency", Form::Currency, own(opportunity::CURRENCY), "ISO code of the currency"),
        Field::new(
            "probability",
            Form::Integer(0, 100),
            own(opportunity::PROBABILITY),
            "probability in per cent",
        ),
        Field::new(
            "expectedCloseDate",
            Form::Date,
            At::DayOf(opportunity::DUE_AT.position()),
            "expected closing date",
        ),
        Field::new("closedOn", Form::Date, At::DayOf(opportunity::CLOSED_AT.position()), "closing date")
            .read_only(),
        Field::new(
            "lossReason",
            Form::Reference("description", LOSS_REASONS),
            At::FirstOf(opportunity::OUTCOME_REASONS.position()),
            "why it was lost",
        ),
        Field::new(
            "origin",
            Form::Reference("description", ORIGINS),
            own(opportunity::ORIGIN),
            "where it came from",
        ),
        Field::new("items", Form::Items { product_required: false }, own(opportunity::LINES), "lines"),
        professional(opportunity::OWNER.position()),
        professional_name(opportunity::OWNER.position()),
        Field::new("tags", Form::Texts(60), own(opportunity::TAGS), "tags, made when new"),
        Field::new("observation", Form::Text(4000), own(opportunity::NOTES), "notes"),
    ],
};

pub(super) static ORDERS: Entity = Entity {
    service: "order",
    name: "orders",
    source: Source::Core { resource: Resource::Order, only: all },
    actions: Actions::All,
    fields: &[
        code(own(order::CODE)),
        Field::new("customer", Form::Reference("name", CUSTOMERS), own(order::CUSTOMER), "client").required(),
        Field::new("contact", Form::Reference("name", CONTACTS), own(order::CONTACT), "contact person"),
        Field::new(
            "opportunity",
            Form::Reference("description", TO_OPPORTUNITIES),
            own(order::OPPORTUNITY),
            "opportunity",
        ),
        Field::new(
            "priceList",
            Form::Reference("description", PRICE_LISTS),
            own(order::PRICE_TABLE),
            "price list",
        ),
        Field::new(
            "paymentCondition",
            Form::Reference("description", PAYMENT_CONDITIONS),
            own(order::PAYMENT_CONDITION),
            "how and when it is paid",
        ),
        Field::new("orderDate", Form::Date, own(order::ORDERED_ON), "order date"),
        Field::new("deliveryDate", Form::Date, own(order::DELIVERY_ON), "delivery date"),
        Field::new("status", Form::Enumeration(ORDER_STATUS), own(order::STATUS), "status"),
        Field::new("currency", Form::Currency, own(order::CURRENCY), "ISO code of the currency"),
        Field::new("items", Form::Items { product_required: true }, own(order::LINES), "lines"),
        Field::new("total", Form::Decimal(2), own(order::NET_TOTAL), "sum of the lines").read_only(),
        professional(order::OWNER.position()),
        professional_name(order::OWNER.position()),
        Field::new("observation", Form::Text(4000), own(order::NOTES), "notes"),
    ],
};
