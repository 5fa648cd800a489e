//! Faults as bytes, and what the core says in the words of this dialect.

use favo_core::catalogue::{address, contact, line_item, opportunity, qualification};
use favo_core::{Place, Reason, Resource};

use super::*;
use crate::egito::entities;

const ENGLISH: Voice = Voice { language: Language::English, always_200: false };

fn subject(name: &'static str) -> Subject<'static> {
    Subject { object: name, entity: entities::named(name), action: Action::Update }
}

fn body(response: &Response) -> serde_json::Value {
    serde_json::from_slice(&response.body).unwrap()
}

/// `status field code` of what the core has found.
fn told(entity: &'static str, place: Place, reason: Reason) -> String {
    let failure = Failure::Core(Error::refused(place, reason));
    let response = answer(ENGLISH, subject(entity), &failure);
    let error = &body(&response)["errors"][0];
    let field = error["field"].as_str().unwrap_or("-");
    format!("{} {field} {}", response.status.as_u16(), error["code"].as_str().unwrap_or_default())
}

#[test]
fn places_of_the_core_have_their_wire_names() {
    let field = |resource, position| Place::Field(resource, position);
    let contact = |position| field(Resource::Contact, position);
    let missing = || Reason::NotFound("X".to_owned());
    for (entity, place, reason, expected) in [
        ("Account", contact(contact::NAME.position()), Reason::Required, "400 name blank"),
        ("Contact", contact(contact::NAME.position()), Reason::Required, "400 lastName blank"),
        ("Lead", contact(contact::NAME.position()), Reason::Required, "400 lastName blank"),
        ("Account", contact(contact::SEGMENT.position()), missing(), "400 industry not.inList"),
        ("Account", contact(contact::PARENT.position()), missing(), "400 parent reference.notFound"),
        ("Account", contact(contact::CATEGORY.position()), missing(), "400 relationshipType not.inList"),
        (
            "Account",
            contact(contact::EMAILS.position()),
            Reason::DuplicateEmail("a@b.pl".to_owned()),
            "409 email unique",
        ),
        (
            "Account",
            contact(contact::PHONES.position()),
            Reason::DuplicatePhone("1".to_owned()),
            "409 phone unique",
        ),
        ("Account", contact(contact::BORN_ON.position()), Reason::Invalid, "400 - typeMismatch"),
        ("Contact", contact(contact::BORN_ON.position()), Reason::Invalid, "400 birthDate date.invalid"),
        (
            "Account",
            Place::Inner(Resource::Contact, contact::ADDRESSES.position(), address::CITY.position()),
            Reason::Invalid,
            "400 city typeMismatch",
        ),
        (
            "Lead",
            field(Resource::Qualification, qualification::STATUS.position()),
            Reason::Invalid,
            "400 status typeMismatch",
        ),
        (
            "Opportunity",
            Place::Inner(Resource::Opportunity, opportunity::LINES.position(), line_item::PRODUCT.position()),
            Reason::NotFractional("Deska".to_owned()),
            "400 items range.invalid",
        ),
        (
            "Opportunity",
            field(Resource::Opportunity, opportunity::STAGE.position()),
            Reason::MayNotSkipStage,
            "409 - state.conflict",
        ),
        (
            "Opportunity",
            field(Resource::Opportunity, opportunity::STAGE.position()),
            Reason::StageNotInPipeline { stage: "9".to_owned(), pipeline: "Sprzedaż".to_owned() },
            "400 stage not.inList",
        ),
        ("Opportunity", Place::Whole, Reason::OwnerRequired, "400 owner blank"),
        ("Account", Place::Whole, Reason::InUseBy(vec![Resource::Order]), "409 - state.conflict"),
        ("Account", contact(contact::PARENT.position()), Reason::Circle, "409 - state.conflict"),
        (
            "Account",
            Place::Wire("items[0].quantity".into()),
            Reason::Invalid,
            "400 items[0].quantity typeMismatch",
        ),
        (
            "Account",
            contact(contact::CUSTOM.position()),
            Reason::UnknownCustomField("klasa".to_owned()),
            "400 customFields.klasa field.unknown",
        ),
        (
            "Account",
            contact(contact::CUSTOM.position()),
            Reason::NotAnOption("x".to_owned()),
            "400 customFields not.inList",
        ),
    ] {
        let case = format!("{entity} {place:?} {reason:?}");
        assert_eq!(told(entity, place, reason), expected, "{case}");
    }
}

#[test]
fn faults_stand_in_the_order_of_their_table_and_the_gravest_decides() {
    let faults = ["city", "unheard", "name", "nip"].map(|field| Fault::of(field, Code::Blank, None));
    let response = answer(ENGLISH, subject("Account"), &Failure::Faults(faults.into()));
    let errors = body(&response)["errors"].clone();
    let fields: Vec<_> = errors.as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
    assert_eq!(fields, ["name", "nip", "city", "unheard"]);
    let mixed = vec![Fault::of("name", Code::Unique, None), Fault::of("nip", Code::Nip, None)];
    let response = answer(ENGLISH, subject("Account"), &Failure::Faults(mixed));
    assert_eq!(response.status, StatusCode::BAD_REQUEST);
    let many: Vec<_> = (0..80).map(|at| Fault::of(format!("x{at}"), Code::FieldUnknown, None)).collect();
    let response = answer(ENGLISH, subject("Account"), &Failure::Faults(many));
    assert_eq!(body(&response)["errors"].as_array().unwrap().len(), 50);
}

#[test]
fn secrets_are_not_repeated_and_fields_are_not_looked_into() {
    let secret = Fault::of("userPassword", Code::TypeMismatch, Some("\"p4\"".to_owned()));
    let response = answer(ENGLISH, subject("Account"), &secret.into());
    assert!(body(&response)["errors"][0]["rejected-value"].is_null());
    let odd = Fault::of("{n}\"", Code::MaxSize(64), Some("1".to_owned()));
    let response = answer(ENGLISH, subject("Account"), &odd.into());
    assert_eq!(body(&response)["errors"][0]["message"], "Field {n}\" is too long (at most 64).");
}

#[test]
fn statuses_that_steer_the_transport_stay() {
    let quiet = Voice { always_200: true, ..ENGLISH };
    for (code, status) in [
        (Code::Blank, 200),
        (Code::AccessDenied(Action::Delete), 200),
        (Code::NotFound, 200),
        (Code::MethodNotAllowed, 200),
        (Code::StateConflict, 200),
        (Code::BodyTooLarge, 200),
        (Code::MediaUnsupported, 200),
        (Code::RateExceeded, 429),
        (Code::ServerError, 500),
    ] {
        assert_eq!(whole(quiet, "Account", code).status.as_u16(), status, "{code:?}");
    }
}
