//! The elements of lists: documents, e-mails, phones, addresses, items, participants (14.2, 14.12, 14.14).

use favo_core::catalogue::{address, email_detail, line_item, participant, phone_detail};

use super::{CONTACTS, MEASURE_UNITS, PRODUCTS, USERS};
use crate::totvs::fixed::Kind;
use crate::totvs::table::{At, Field, Form, own};

pub(in crate::totvs) static DOCUMENT: &[Field] = &[
    Field::new("documentNumber", Form::Text(30), At::Special, "number").required(),
    Field::new("identificationDocumentId", Form::TypedId(Kind::Document), At::Special, "id of its type"),
    Field::new(
        "identificationDocumentAcronym",
        Form::Acronym(Kind::Document),
        At::Special,
        "acronym of its type",
    ),
    Field::new("externalId", Form::Text(100), At::Special, "key in the client's system"),
];

pub(in crate::totvs) static EMAIL: &[Field] = &[
    Field::new("email", Form::Email, own(email_detail::TEXT), "address").required(),
    Field::new("emailTypeId", Form::TypedId(Kind::Email), own(email_detail::KIND), "id of its type"),
    Field::new("externalId", Form::Text(100), own(email_detail::EXTERNAL_KEY), "key in the client's system"),
];

pub(in crate::totvs) static PHONE: &[Field] = &[
    Field::new("number", Form::Phone, own(phone_detail::TEXT), "number").required(),
    Field::new("phoneTypeId", Form::TypedId(Kind::Phone), own(phone_detail::KIND), "id of its type"),
    Field::new("externalId", Form::Text(100), own(phone_detail::EXTERNAL_KEY), "key in the client's system"),
];

const STREET: Field = Field::new("address", Form::Text(150), own(address::STREET), "street");
const NUMBER: Field = Field::new("number", Form::Text(20), own(address::NUMBER), "number");
const COMPLEMENT: Field = Field::new("complement", Form::Text(150), own(address::COMPLEMENT), "complement");
const DISTRICT: Field = Field::new("neighborhood", Form::Text(150), own(address::DISTRICT), "neighbourhood");
const POSTAL_CODE: Field = Field::new("postalCode", Form::Text(20), own(address::POSTAL_CODE), "postal code");
const CITY: Field = Field::new("cityName", Form::Text(150), own(address::CITY), "city");
const CITY_ID: Field =
    Field::new("cityId", Form::Text(40), own(address::CITY_CODE), "key of the city, kept as sent");
const STATE: Field =
    Field::new("state", Form::Text(150), own(address::STATE), "state, two letters in Brazil");
const COUNTRY: Field = Field::new("country", Form::Text(2), own(address::COUNTRY), "country, two letters");

pub(in crate::totvs) static ADDRESS: &[Field] = &[
    Field::new("id", Form::Uuid, own(address::ID), "id").read_only(),
    Field::new("code", Form::Text(40), own(address::CODE), "code"),
    STREET,
    NUMBER,
    COMPLEMENT,
    DISTRICT,
    POSTAL_CODE,
    CITY,
    CITY_ID,
    STATE,
    COUNTRY,
    Field::new("addressType", Form::Typed(Kind::Address), own(address::PURPOSE), "what it is for"),
    Field::new("main", Form::Boolean, own(address::MAIN), "the main one").read_only(),
];

pub(in crate::totvs) static DEFAULT_ADDRESS: &[Field] = &[
    Field::new("addressTypeId", Form::TypedId(Kind::Address), own(address::PURPOSE), "id of its type"),
    POSTAL_CODE,
    DISTRICT,
    STREET,
    CITY,
    NUMBER,
    COMPLEMENT,
    CITY_ID,
    STATE,
    COUNTRY,
];

pub(in crate::totvs) static ITEM: &[Field] = &[
    Field::new("id", Form::Uuid, own(line_item::ID), "id").read_only(),
    Field::new("externalId", Form::Text(100), own(line_item::EXTERNAL_KEY), "key in the client's system"),
    Field::new("sequence", Form::Integer(1, i64::MAX), own(line_item::POSITION), "place, from 1"),
    Field::new("product", Form::Reference("description", PRODUCTS), own(line_item::PRODUCT), "product"),
    Field::new(
        "description",
        Form::Text(200),
        own(line_item::NAME),
        "description; that of the product when empty",
    ),
    Field::new(
        "measureUnit",
        Form::Reference("code", MEASURE_UNITS),
        own(line_item::UNIT),
        "unit of measure",
    ),
    Field::new("quantity", Form::Decimal(4), own(line_item::QUANTITY), "quantity, above 0").required(),
    Field::new("unitPrice", Form::Decimal(4), own(line_item::UNIT_PRICE), "price of one"),
    Field::new("discountPercent", Form::Percent, own(line_item::DISCOUNT), "discount in per cent"),
    Field::new("total", Form::Decimal(2), own(line_item::TOTAL), "quantity times price, less the discount")
        .read_only(),
];

pub(in crate::totvs) static PARTICIPANT: &[Field] = &[
    Field::new("userId", Form::Id(USERS), own(participant::USER), "a user"),
    Field::new("contactId", Form::Id(CONTACTS), own(participant::CONTACT), "a contact"),
    Field::new("email", Form::Email, own(participant::EMAIL), "an e-mail address"),
];

pub(in crate::totvs) static PERSON: &[Field] = &[
    Field::new("id", Form::Uuid, At::Special, "id").read_only(),
    Field::new("name", Form::Text(255), At::Special, "name").read_only(),
];

pub(in crate::totvs) static COMPANY: &[Field] =
    &[Field::new("companyId", Form::Text(40), At::Special, "company")];
