//! Accounts, contacts and leads: three views of the contacts of the core (15.1 to 15.3).

use favo_core::Resource;
use favo_core::catalogue::{address, contact, qualification};

use crate::egito::dictionary::Kind;
use crate::egito::table::{Among, At, Entity, Field, Form, field, own};

const MONEY: Form = Form::Decimal { places: 2, money: true };
const MOST_PEOPLE: i64 = 999_999_999;
/// Codes of kinds of phone.
const MAIN: i64 = 0;
const MOBILE: i64 = 1;

const GIVEN: At = At::Given(Some(contact::GIVEN_NAME.position()), contact::NAME.position());
const FAMILY: At = At::Family(Some(contact::FAMILY_NAME.position()), contact::NAME.position());
const STREET: Field =
    field("street", Form::Text(255), At::Address(address::STREET.position()), "street and number");
const CITY: Field = field("city", Form::Text(100), At::Address(address::CITY.position()), "city").searched();
const POSTAL_CODE: Field =
    field("postalCode", Form::Text(20), At::Address(address::POSTAL_CODE.position()), "postal code");
const REGION: Field = field("region", Form::Text(100), At::Address(address::STATE.position()), "województwo");
const COUNTRY: Field =
    field("country", Form::Text(60), At::Address(address::COUNTRY.position()), "two-letter code; default PL");
const INDUSTRY: Field =
    field("industry", Form::Dictionary(Kind::Industry), own(contact::SEGMENT), "line of business");
const SOURCE: Field =
    field("source", Form::Dictionary(Kind::LeadSource), own(contact::ORIGIN), "where it came from");
const OWNER: Field = field("owner", Form::Reference("User"), own(contact::OWNER), "who looks after it");
const TAGS: Field = field("tags", Form::Texts(60), own(contact::TAGS), "free tags, made when new");
const POSITION: Field = field("position", Form::Text(150), own(contact::JOB_TITLE), "job title");
const PHONE: Field = field("phone", Form::Phone, At::Phone(MAIN), "main phone").searched();
const MOBILE_PHONE: Field = field("mobile", Form::Phone, At::Phone(MOBILE), "second phone");
const EMAIL: Field = field("email", Form::Email, At::Email, "main e-mail address").searched();
const WWW: Field = field("www", Form::Text(255), own(contact::WEBSITE), "web site");
const GENDER: Field = field("gender", Form::Dictionary(Kind::Gender), own(contact::SEX), "sex");
const RELATIONSHIP: Field = field(
    "relationshipType",
    Form::Dictionary(Kind::RelationshipType),
    At::Relationship,
    "what the contact is to us",
);

pub(super) static ACCOUNT: Entity = Entity {
    name: "Account",
    resource: Resource::Contact,
    among: Among::Organisations,
    writable: true,
    fields: &[
        Field::ID,
        field("name", Form::Text(200), own(contact::NAME), "short or trading name").required().searched(),
        field("fullName", Form::Text(300), own(contact::LEGAL_NAME), "registered name").searched(),
        field("nip", Form::Nip, own(contact::NIP), "Polish tax number").searched(),
        field("regon", Form::Regon, own(contact::REGON), "Polish register number").searched(),
        field("taxIds", Form::TaxIds, At::Special, "every tax id the company has").read_only(),
        INDUSTRY,
        RELATIONSHIP,
        field("accountType", Form::Dictionary(Kind::AccountType), own(contact::LEGAL_FORM), "legal kind"),
        SOURCE,
        PHONE,
        MOBILE_PHONE,
        EMAIL,
        WWW,
        STREET,
        CITY,
        POSTAL_CODE,
        REGION,
        COUNTRY,
        field("employees", Form::Integer(0, MOST_PEOPLE), own(contact::EMPLOYEES), "head count"),
        field("annualRevenue", MONEY, own(contact::ANNUAL_REVENUE), "yearly revenue"),
        field("parent", Form::Reference("Account"), own(contact::PARENT), "parent company"),
        OWNER,
        TAGS,
        field("description", Form::Text(4000), own(contact::NOTES), "notes"),
    ],
};

const SEARCHED_MOBILE: Field = Field { searched: true, ..MOBILE_PHONE };

pub(super) static CONTACT: Entity = Entity {
    name: "Contact",
    resource: Resource::Contact,
    among: Among::Persons,
    writable: true,
    fields: &[
        Field::ID,
        field("firstName", Form::Text(100), GIVEN, "first name").searched(),
        field("lastName", Form::Text(150), FAMILY, "last name").required().searched(),
        field("fullName", Form::Text(255), own(contact::NAME), "first and last name joined").read_only(),
        field(
            "account",
            Form::Reference("Account"),
            own(contact::EMPLOYER),
            "the company the person works for",
        ),
        POSITION,
        field("department", Form::Text(150), own(contact::DEPARTMENT), "department"),
        PHONE,
        SEARCHED_MOBILE,
        EMAIL,
        GENDER,
        field("birthDate", Form::Date, own(contact::BORN_ON), "birth date"),
        RELATIONSHIP,
        SOURCE,
        STREET,
        CITY,
        POSTAL_CODE,
        REGION,
        COUNTRY,
        OWNER,
        TAGS,
        field("description", Form::Text(4000), own(contact::NOTES), "notes"),
    ],
};

pub(super) static LEAD: Entity = Entity {
    name: "Lead",
    resource: Resource::Contact,
    among: Among::Leads,
    writable: true,
    fields: &[
        Field::ID,
        field("firstName", Form::Text(100), GIVEN, "first name").searched(),
        field("lastName", Form::Text(150), FAMILY, "last name").required().searched(),
        // Which fields of a lead are required beside the name is a setting of the tenant.
        GENDER,
        field("company", Form::Text(200), own(contact::COMPANY_NAME), "company as text").searched(),
        POSITION,
        PHONE,
        SEARCHED_MOBILE,
        EMAIL,
        WWW,
        STREET,
        CITY,
        POSTAL_CODE,
        REGION,
        COUNTRY,
        INDUSTRY,
        SOURCE,
        field(
            "status",
            Form::Dictionary(Kind::LeadStatus),
            At::Qualification(qualification::STATUS.position()),
            "status of the qualification",
        ),
        field(
            "discardReason",
            Form::Dictionary(Kind::LossReason),
            At::Qualification(qualification::OUTCOME_REASON.position()),
            "why it came to nothing",
        ),
        field("account", Form::Reference("Account"), own(contact::EMPLOYER), "set by conversion").read_only(),
        OWNER,
        TAGS,
        field(
            "description",
            Form::Text(4000),
            At::Qualification(qualification::NOTES.position()),
            "text of the enquiry",
        ),
    ],
};
