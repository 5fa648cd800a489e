//! Customers, contacts, leads and users (14.2 to 14.4, 14.16).

use favo_core::Resource;
use favo_core::catalogue::{address, contact, qualification, user};
use favo_core::query::Filter;

use super::{
    CUSTOMERS as TO_CUSTOMERS, LOSS_REASONS, ORIGINS, SEGMENTS, all, code, professional, professional_name,
};
use crate::totvs::fixed::Kind;
use crate::totvs::table::{Actions, At, Entity, Field, Form, Source, own};

static LIFE_CYCLE: &[(&str, i64)] =
    &[("CUSTOMER", 0), ("PROSPECT", 1), ("SUSPECT", 2), ("DISCARDED", 5), ("DISCARDED", 4)];

static LEAD_STATUS: &[(&str, i64)] =
    &[("OPEN", 1), ("SCHEDULED", 2), ("QUALIFIED", 3), ("DISCARDED", 4), ("SOLD", 5), ("NOT_SOLD", 6)];

/// No lead, and a company, a person without one, or a person who is a customer in their own right.
fn customers() -> Filter {
    Filter::And(vec![
        not_a_lead(),
        Filter::Or(vec![
            Filter::is(contact::ORGANISATION, 1),
            Filter::IsNull(contact::EMPLOYER.position()),
            Filter::is(contact::STANDS_ALONE, 1),
        ]),
    ])
}

/// No lead, a person, with a company.
fn contacts() -> Filter {
    Filter::And(vec![
        not_a_lead(),
        Filter::is(contact::ORGANISATION, 0),
        Filter::Not(Box::new(Filter::IsNull(contact::EMPLOYER.position()))),
    ])
}

/// In that section of the life cycle, or with a qualification.
fn leads() -> Filter {
    Filter::Or(vec![
        Filter::is(contact::LIFE_CYCLE, 3),
        Filter::Between(contact::QUALIFICATIONS.position(), Some(1), None),
    ])
}

fn not_a_lead() -> Filter {
    Filter::Not(Box::new(Filter::is(contact::LIFE_CYCLE, 3)))
}

const OWNER: u16 = contact::OWNER.position();

pub(super) static CUSTOMERS: Entity = Entity {
    service: "customer",
    name: "customers-integration",
    source: Source::Core { resource: Resource::Contact, only: customers },
    actions: Actions::All,
    fields: &[
        code(own(contact::CODE)),
        Field::new("name", Form::Text(150), own(contact::NAME), "name, for a company the registered one")
            .required(),
        Field::new("tradingName", Form::Text(150), own(contact::TRADE_NAME), "trading name"),
        Field::new(
            "customerPersonType",
            Form::Typed(Kind::Person),
            At::Special,
            "person, company or foreign",
        ),
        Field::new("birthday", Form::Date, At::Special, "birth date, or founding date of a company"),
        Field::new("customerIdentificationDocuments", Form::Documents, At::Special, "tax ids"),
        Field::new(
            "emails",
            Form::Emails,
            own(contact::EMAILS),
            "e-mail addresses, the first is the main one",
        ),
        Field::new("phones", Form::Phones, own(contact::PHONES), "phones, the first is the main one"),
        Field::new("addresses", Form::Addresses, own(contact::ADDRESSES), "addresses"),
        Field::new("defaultAddress", Form::DefaultAddress, own(contact::ADDRESSES), "the main address"),
        Field::new("lifecycle", Form::Enumeration(LIFE_CYCLE), own(contact::LIFE_CYCLE), "how far it came"),
        Field::new(
            "segment",
            Form::Reference("description", SEGMENTS),
            own(contact::SEGMENT),
            "line of business",
        ),
        Field::new(
            "origin",
            Form::Reference("description", ORIGINS),
            own(contact::ORIGIN),
            "where it came from",
        ),
        Field::new("site", Form::Text(255), own(contact::WEBSITE), "web site"),
        professional(OWNER),
        professional_name(OWNER),
        Field::new("contacts", Form::People, At::Special, "people of the company").read_only(),
        Field::new("tags", Form::Texts(60), own(contact::TAGS), "tags, made when new"),
        Field::new("active", Form::Boolean, own(contact::ACTIVE), "may still be chosen"),
        Field::new("observation", Form::Text(4000), own(contact::NOTES), "notes"),
    ],
};

pub(super) static CONTACTS: Entity = Entity {
    service: "customer",
    name: "contacts",
    source: Source::Core { resource: Resource::Contact, only: contacts },
    actions: Actions::All,
    fields: &[
        Field::new("name", Form::Text(150), own(contact::NAME), "full name").required(),
        Field::new("customer", Form::Reference("name", TO_CUSTOMERS), own(contact::EMPLOYER), "the company")
            .required(),
        Field::new("jobTitle", Form::Text(150), own(contact::JOB_TITLE), "job title"),
        Field::new("department", Form::Text(150), own(contact::DEPARTMENT), "department"),
        Field::new("birthday", Form::Date, own(contact::BORN_ON), "birth date"),
        Field::new("cpf", Form::Text(14), own(contact::PERSONAL_TAX_ID), "CPF"),
        Field::new("emails", Form::Emails, own(contact::EMAILS), "e-mail addresses"),
        Field::new("phones", Form::Phones, own(contact::PHONES), "phones"),
        professional(OWNER),
        professional_name(OWNER),
        Field::new("active", Form::Boolean, own(contact::ACTIVE), "may still be chosen"),
        Field::new("observation", Form::Text(4000), own(contact::NOTES), "notes"),
    ],
};

pub(super) static LEADS: Entity = Entity {
    service: "customer",
    name: "leads",
    source: Source::Core { resource: Resource::Contact, only: leads },
    actions: Actions::All,
    fields: &[
        Field::new("name", Form::Text(255), own(contact::NAME), "name of the person, or of the company")
            .required(),
        Field::new("companyName", Form::Text(255), At::CompanyName, "company as text"),
        Field::new("jobTitle", Form::Text(255), own(contact::JOB_TITLE), "job title"),
        Field::new("email", Form::Email, At::Email, "first e-mail address"),
        Field::new("phone", Form::Phone, At::Phone(0), "main phone"),
        Field::new("mobilePhone", Form::Phone, At::Phone(1), "mobile phone"),
        Field::new("website", Form::Text(255), own(contact::WEBSITE), "web site"),
        Field::new("facebook", Form::Text(255), own(contact::FACEBOOK), "Facebook profile"),
        Field::new("linkedin", Form::Text(255), own(contact::LINKEDIN), "LinkedIn profile"),
        Field::new("cityName", Form::Text(255), At::Address(address::CITY.position()), "city"),
        Field::new("state", Form::Text(255), At::Address(address::STATE.position()), "state"),
        Field::new(
            "status",
            Form::Enumeration(LEAD_STATUS),
            At::Qualification(qualification::STATUS.position()),
            "status",
        ),
        Field::new(
            "discardReason",
            Form::Reference("description", LOSS_REASONS),
            At::Qualification(qualification::OUTCOME_REASON.position()),
            "why it came to nothing",
        ),
        Field::new(
            "segment",
            Form::Reference("description", SEGMENTS),
            own(contact::SEGMENT),
            "line of business",
        ),
        Field::new(
            "origin",
            Form::Reference("description", ORIGINS),
            own(contact::ORIGIN),
            "where it came from",
        ),
        Field::new(
            "customer",
            Form::Reference("name", TO_CUSTOMERS),
            own(contact::EMPLOYER),
            "the company, after conversion",
        )
        .read_only(),
        professional(OWNER),
        professional_name(OWNER),
        Field::new("tags", Form::Texts(60), own(contact::TAGS), "tags, made when new"),
        Field::new(
            "observation",
            Form::Text(4000),
            At::Qualification(qualification::NOTES.position()),
            "notes",
        ),
    ],
};

pub(super) static USERS: Entity = Entity {
    service: "user",
    name: "users",
    source: Source::Core { resource: Resource::User, only: all },
    actions: Actions::UpdateOnly,
    fields: &[
        code(own(user::CODE)),
        Field::new("username", Form::Text(255), own(user::LOGIN), "login").read_only(),
        Field::new("name", Form::Text(255), own(user::NAME), "name").read_only(),
        Field::new("email", Form::Email, own(user::EMAIL), "e-mail address").read_only(),
        Field::new("phone", Form::Phone, own(user::PHONE), "phone").read_only(),
        Field::new("active", Form::Boolean, own(user::ACTIVE), "may log in").read_only(),
    ],
};
