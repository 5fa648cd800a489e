//! Opportunities, orders, and the lines that offers share with them (15.4, 15.7, 15.11).

use favo_core::Resource;
use favo_core::catalogue::{line_item, opportunity, order};

use crate::egito::dictionary::Kind;
use crate::egito::table::{Among, At, Entity, Field, Form, field, own};

const MONEY: Form = Form::Decimal { places: 2, money: true };
const PRICE: Form = Form::Decimal { places: 4, money: true };
const QUANTITY: Form = Form::Decimal { places: 4, money: false };
const PERCENT: Form = Form::Decimal { places: 2, money: false };

pub(super) static OPPORTUNITY: Entity = Entity {
    name: "Opportunity",
    resource: Resource::Opportunity,
    among: Among::All,
    writable: true,
    fields: &[
        Field::ID,
        field("name", Form::Text(200), own(opportunity::NAME), "name").required().searched(),
        field(
            "account",
            Form::Reference("Account"),
            At::Account(opportunity::CUSTOMER.position()),
            "customer; one of account, contact and lead is required",
        ),
        field(
            "contact",
            Form::Reference("Contact"),
            At::Person(Some(opportunity::CONTACT.position()), opportunity::CUSTOMER.position()),
            "person we talk to",
        ),
        field(
            "lead",
            Form::Reference("Lead"),
            At::Lead(opportunity::CUSTOMER.position()),
            "when there is no customer yet",
        ),
        field(
            "pipeline",
            Form::Dictionary(Kind::OpportunityPipeline),
            own(opportunity::PIPELINE),
            "sales pipeline",
        ),
        field("stage", Form::Dictionary(Kind::OpportunityStage), At::Stage, "stage, or how it ended"),
        field(
            "opportunityType",
            Form::Dictionary(Kind::OpportunityType),
            own(opportunity::TYPE_CODE),
            "kind of business",
        ),
        field("source", Form::Dictionary(Kind::LeadSource), own(opportunity::ORIGIN), "where it came from"),
        field("value", MONEY, own(opportunity::TOTAL_VALUE), "default: sum of the lines"),
        field("currency", Form::Dictionary(Kind::Currency), own(opportunity::CURRENCY), "currency"),
        field(
            "probability",
            Form::Integer(0, 100),
            own(opportunity::PROBABILITY),
            "default: that of the stage",
        ),
        field("expectedCloseDate", Form::Date, own(opportunity::DUE_AT), "expected closing date"),
        field("closeDate", Form::Date, own(opportunity::CLOSED_AT), "set when closed").read_only(),
        field(
            "lossReason",
            Form::Dictionary(Kind::LossReason),
            At::LossReason,
            "kept only while lost or discarded",
        ),
        field("items", Form::Lines, own(opportunity::LINES), "lines"),
        field("owner", Form::Reference("User"), own(opportunity::OWNER), "who looks after it"),
        field("tags", Form::Texts(60), own(opportunity::TAGS), "free tags, made when new"),
        field("description", Form::Text(4000), own(opportunity::NOTES), "notes").searched(),
    ],
};

pub(super) static ORDER: Entity = Entity {
    name: "Order",
    resource: Resource::Order,
    among: Among::All,
    writable: true,
    fields: &[
        Field::ID,
        field("number", Form::Text(40), own(order::CODE), "default: next of the series; unique").searched(),
        field(
            "account",
            Form::Reference("Account"),
            At::Account(order::CUSTOMER.position()),
            "buyer; one of account and contact is required",
        ),
        field(
            "contact",
            Form::Reference("Contact"),
            At::Person(Some(order::CONTACT.position()), order::CUSTOMER.position()),
            "person; buyer when account is empty",
        ),
        field("opportunity", Form::Reference("Opportunity"), own(order::OPPORTUNITY), "opportunity"),
        field("offer", Form::Reference("Offer"), own(order::PROPOSAL), "source; its lines are copied"),
        field("status", Form::Dictionary(Kind::OrderStatus), own(order::STATUS), "status"),
        field("orderDate", Form::Date, own(order::ORDERED_ON), "default today"),
        field("deliveryDate", Form::Date, own(order::DELIVERY_ON), "delivery date"),
        field(
            "paymentMethod",
            Form::Dictionary(Kind::PaymentMethod),
            own(order::PAYMENT_CONDITION),
            "how it is paid",
        ),
        field("paymentDays", Form::Integer(0, 365), own(order::PAYMENT_DAYS), "days to pay; default 14"),
        field("currency", Form::Dictionary(Kind::Currency), own(order::CURRENCY), "currency"),
        field("items", Form::Lines, own(order::LINES), "lines"),
        field("netTotal", MONEY, own(order::NET_TOTAL), "sum of the lines without tax").read_only(),
        field("vatTotal", MONEY, At::Special, "tax of the lines").read_only(),
        field("grossTotal", MONEY, At::Special, "sum of the lines with tax").read_only(),
        field("owner", Form::Reference("User"), own(order::OWNER), "who looks after it"),
        field("description", Form::Text(4000), own(order::NOTES), "notes").searched(),
    ],
};

/// The fields of a line, `id` first.
pub(in crate::egito) static LINE: &[Field] = &[
    field("id", Form::Integer(1, i64::MAX), own(line_item::ID), "number of the line"),
    field(
        "product",
        Form::Reference("Product"),
        own(line_item::PRODUCT),
        "product; it or a name is required",
    ),
    field("name", Form::Text(200), own(line_item::NAME), "default: name of the product"),
    field("quantity", QUANTITY, own(line_item::QUANTITY), "above 0; default 1"),
    field(
        "unit",
        Form::Dictionary(Kind::UnitOfMeasure),
        own(line_item::UNIT),
        "default: that of the product",
    ),
    field("unitPrice", PRICE, own(line_item::UNIT_PRICE), "net; default: price of the product"),
    field("discount", PERCENT, own(line_item::DISCOUNT), "per cent; default 0"),
    field(
        "vatRate",
        Form::Dictionary(Kind::VatRate),
        own(line_item::TAX_CODE),
        "default: that of the product",
    ),
    field("netValue", MONEY, own(line_item::TOTAL), "without tax").read_only(),
    field("grossValue", MONEY, At::Special, "with tax").read_only(),
];
