//! Offers and the groups they are put in (15.5, 15.6).

use favo_core::Resource;
use favo_core::catalogue::{proposal, proposal_group};

use crate::egito::dictionary::Kind;
use crate::egito::table::{Among, At, Entity, Field, Form, field, own};

const MONEY: Form = Form::Decimal { places: 2, money: true };

pub(super) static OFFER: Entity = Entity {
    name: "Offer",
    resource: Resource::Proposal,
    among: Among::All,
    writable: true,
    fields: &[
        Field::ID,
        field("number", Form::Text(40), own(proposal::CODE), "default: next of the series; unique")
            .searched(),
        field("version", Form::Integer(1, i64::MAX), own(proposal::REVISION), "1, 2, ...").read_only(),
        field("name", Form::Text(200), own(proposal::NAME), "title").required().searched(),
        field("offerGroup", Form::Reference("OfferGroup"), own(proposal::GROUP), "group of offers"),
        field(
            "opportunity",
            Form::Reference("Opportunity"),
            own(proposal::OPPORTUNITY),
            "made with the name of the offer when empty",
        ),
        field(
            "account",
            Form::Reference("Account"),
            At::Account(proposal::CUSTOMER.position()),
            "recipient; required without an opportunity",
        ),
        field(
            "contact",
            Form::Reference("Contact"),
            At::Person(Some(proposal::CONTACT.position()), proposal::CUSTOMER.position()),
            "recipient person",
        ),
        field("status", Form::Dictionary(Kind::OfferStatus), own(proposal::STATUS), "status"),
        field("issueDate", Form::Date, own(proposal::ISSUED_ON), "default today"),
        field("validUntil", Form::Date, own(proposal::VALID_UNTIL), "default 30 days later"),
        field("currency", Form::Dictionary(Kind::Currency), own(proposal::CURRENCY), "currency"),
        field("items", Form::Lines, own(proposal::LINES), "lines"),
        field("netTotal", MONEY, own(proposal::NET_TOTAL), "sum of the lines without tax").read_only(),
        field("vatTotal", MONEY, At::Special, "tax of the lines").read_only(),
        field("grossTotal", MONEY, At::Special, "sum of the lines with tax").read_only(),
        field("owner", Form::Reference("User"), own(proposal::SELLER), "author"),
        field("description", Form::Text(4000), own(proposal::NOTES), "text"),
    ],
};

pub(super) static OFFER_GROUP: Entity = Entity {
    name: "OfferGroup",
    resource: Resource::ProposalGroup,
    among: Among::All,
    writable: true,
    fields: &[
        Field::ID,
        field("name", Form::Text(200), own(proposal_group::NAME), "name").required().searched(),
        field(
            "account",
            Form::Reference("Account"),
            At::Account(proposal_group::CUSTOMER.position()),
            "client",
        ),
        field("opportunity", Form::Reference("Opportunity"), own(proposal_group::OPPORTUNITY), "opportunity"),
        field("offers", Form::References("Offer"), At::Special, "its offers, in order of number").read_only(),
        field("owner", Form::Reference("User"), own(proposal_group::OWNER), "who looks after it"),
        field("description", Form::Text(4000), own(proposal_group::NOTES), "notes"),
    ],
};
