//! What the core refuses, in the words of this dialect: the one place where core errors become codes and fields (9).

use favo_core::catalogue::{Resource, contact, line_item, meta, opportunity};
use favo_core::{Error, Place, Reason};

use super::fault::{Code, Detail, Failure, Problem};
use super::table::{At, Entity, Form};
use crate::json::{Json, Object};

/// A word for what was tried, as rights name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    Read,
    Create,
    Update,
    Delete,
}

impl Right {
    fn word(self) -> &'static str {
        match self {
            Self::Read => "READ",
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
        }
    }
}

/// The refusal of a user who lacks a right.
pub(super) fn denied(entity: &Entity, right: Right) -> Failure {
    let (service, name) = (entity.service, entity.name);
    Failure::plain(
        Code::AccessDenied,
        format!("The user lacks the right {} on {service}/{name}.", right.word()),
    )
}

/// Names what the core refused; `body` is what was sent, for the rejected values.
pub(super) fn named(error: Error, entity: &'static Entity, body: &Object, right: Right) -> Failure {
    match error {
        Error::Forbidden => denied(entity, right),
        Error::Refused(problems) => refused(problems, entity, body),
        Error::NotFound | Error::Conflict | Error::Busy(_) | Error::Storage(_) | Error::Internal(_) => {
            Failure::Core(error)
        }
    }
}

/// What one reason becomes: a rejected field, or a conflict of this code.
enum Kind {
    Rejected(Detail),
    Conflict(Code, Option<Detail>),
}

/// All problems of the kind that is told first: what cannot be accepted, else conflicts with what is there (4.7).
fn refused(problems: Vec<favo_core::Problem>, entity: &'static Entity, body: &Object) -> Failure {
    let mut rejected = Vec::new();
    let mut conflict: Option<(Code, Vec<Problem>)> = None;
    for favo_core::Problem { place, reason } in problems {
        if let Reason::InUseBy(resources) = &reason {
            let (code, details) = conflict.get_or_insert((Code::HasDependents, Vec::new()));
            if *code == Code::HasDependents {
                details.extend(
                    resources.iter().map(|resource| Problem::new(shown(*resource), Detail::Dependent, None)),
                );
            }
            continue;
        }
        let field = path(&place, &reason, entity);
        match kind(&reason) {
            Kind::Rejected(detail) => rejected.push(problem(field, detail, &reason, body)),
            Kind::Conflict(code, detail) => {
                let (first, details) = conflict.get_or_insert((code, Vec::new()));
                if *first == code
                    && let Some(detail) = detail
                {
                    details.push(problem(field, detail, &reason, body));
                }
            }
        }
    }
    match conflict {
        Some((code, details)) if rejected.is_empty() => conflicting(code, details),
        _ => Failure::rejected(rejected),
    }
}

/// A conflict, with the sentence that says whether to try again (10.2).
pub(super) fn conflicting(code: Code, details: Vec<Problem>) -> Failure {
    let message = match code {
        Code::DuplicateKey => {
            "Another record of the resource has this key. Repeating the request does not help."
        }
        Code::DuplicateRecord => "Another record has the same data. Repeating the request does not help.",
        Code::HasDependents => "Other records depend on this one. Repeating the request does not help.",
        _ => "The state of the record does not allow this. Repeating the request does not help.",
    };
    Failure::Wire { code, message: message.to_owned(), details }
}

/// The refusal of something that the state of the record forbids.
pub(super) fn wrong_state(message: &str) -> Failure {
    Failure::plain(Code::InvalidState, format!("{message} Repeating the request does not help."))
}

fn kind(reason: &Reason) -> Kind {
    match reason {
        Reason::Required | Reason::OwnerRequired => Kind::Rejected(Detail::NotNull),
        Reason::Invalid | Reason::EndBeforeStart | Reason::StageNumberTwice(_) => {
            Kind::Rejected(Detail::Range)
        }
        Reason::NotFound(_) | Reason::StageNotInPipeline { .. } => Kind::Rejected(Detail::ReferenceNotFound),
        Reason::NotAnOption(_) => Kind::Rejected(Detail::NotInList),
        Reason::UnknownCustomField(_) => Kind::Rejected(Detail::UnknownCustomField),
        Reason::DuplicateEmail(_) | Reason::DuplicatePhone(_) | Reason::DuplicateName(_) => {
            Kind::Conflict(Code::DuplicateRecord, Some(Detail::Duplicate))
        }
        Reason::DuplicateKey(_) => Kind::Conflict(Code::DuplicateKey, Some(Detail::Duplicate)),
        Reason::InUse | Reason::InUseBy(_) => Kind::Conflict(Code::HasDependents, None),
        Reason::MayNotSkipStage
        | Reason::MayNotGoBack
        | Reason::MayNotStartHere
        | Reason::ProductRequired
        | Reason::ProposalRequired
        | Reason::RemarksRequired
        | Reason::ReasonRequired
        | Reason::ConclusionBlocked
        | Reason::ProposalsBlocked
        | Reason::WrongState
        | Reason::Circle
        | Reason::DiscountNotAllowed(_)
        | Reason::SurchargeNotAllowed(_)
        | Reason::PriceNotEditable(_)
        | Reason::RecurrenceNotEditable(_)
        | Reason::NotFractional(_)
        | Reason::LooseTasksNotAllowed
        | Reason::TypeInUse
        | Reason::FileTooLarge
        | Reason::FileKindNotAccepted
        | Reason::LastAdministrator => Kind::Conflict(Code::InvalidState, None),
    }
}

/// A detail with the value the reason names, else the one that was sent.
fn problem(field: String, detail: Detail, reason: &Reason, body: &Object) -> Problem {
    match reason {
        Reason::DuplicateEmail(text)
        | Reason::DuplicatePhone(text)
        | Reason::DuplicateName(text)
        | Reason::NotAnOption(text)
        | Reason::UnknownCustomField(text) => Problem::of_text(field, detail, text),
        Reason::DuplicateKey(text) if field == "externalId" => Problem::of_text(field, detail, text),
        _ if detail == Detail::ReferenceNotFound => reference(field, detail, body),
        _ => {
            let value = body.get(&field);
            Problem::new(field, detail, value)
        }
    }
}

/// A reference that leads nowhere, under the spelling it was sent in: `x.id`, `xId` or `x`.
fn reference(field: String, detail: Detail, body: &Object) -> Problem {
    match body.get(&field) {
        Some(Json::Object(inner)) if inner.get("id").is_some() => {
            Problem::new(format!("{field}.id"), detail, inner.get("id"))
        }
        None => {
            let flat = format!("{field}Id");
            match body.get(&flat) {
                Some(value) => Problem::new(flat, detail, Some(value)),
                None => Problem::new(field, detail, None),
            }
        }
        value => Problem::new(field, detail, value),
    }
}

/// Where a problem is, by the names of the tables.
fn path(place: &Place, reason: &Reason, entity: &'static Entity) -> String {
    match (place, reason) {
        (_, Reason::OwnerRequired) => "professionalId".to_owned(),
        (_, Reason::StageNotInPipeline { .. }) => "stage".to_owned(),
        (Place::Whole, Reason::DuplicateEmail(_)) => "emails".to_owned(),
        (Place::Whole, Reason::DuplicatePhone(_)) => "phones".to_owned(),
        (Place::Whole, Reason::DuplicateName(_)) => {
            if entity.field("description").is_some() { "description" } else { "name" }.to_owned()
        }
        (Place::Whole, _) => String::new(),
        (Place::Wire(name), _) if entity.field(name).is_some() => name.to_string(),
        // What else the core names by itself are custom fields.
        (Place::Wire(name), _) => format!("customFields.{name}"),
        (Place::Field(resource, position), _) => field_of(entity, *resource, *position),
        (Place::Inner(resource, list, position), _) => {
            let list = field_of(entity, *resource, *list);
            match inner_of(entity, &list, *position) {
                Some(inner) => format!("{list}.{inner}"),
                None => list,
            }
        }
    }
}

/// The wire name of a core field, in the resource or its qualification.
fn field_of(entity: &'static Entity, resource: Resource, position: u16) -> String {
    if position == meta::EXTERNAL_KEY.position() {
        return "externalId".to_owned();
    }
    if resource.definition().custom == Some(position) {
        return "customFields".to_owned();
    }
    let of_qualification = resource == Resource::Qualification;
    let here = |at: At| match at {
        At::Own(own) | At::DayOf(own) | At::FirstOf(own) | At::Client(own, _) => {
            own == position && !of_qualification
        }
        At::Qualification(own) => own == position && of_qualification,
        At::ByName(name) => resource.definition().field(position).name == name,
        At::Phone(_) => resource == Resource::Contact && position == contact::PHONES.position(),
        At::Email => resource == Resource::Contact && position == contact::EMAILS.position(),
        At::CompanyName => resource == Resource::Contact && position == contact::COMPANY_NAME.position(),
        At::Address(_) | At::TitleOf(_) | At::Extra | At::Special => false,
    };
    if let Some(field) = entity.fields.iter().find(|field| !field.read_only && here(field.at)) {
        return field.name.to_owned();
    }
    let amounts = [opportunity::ONE_OFF_VALUE, opportunity::MONTHLY_VALUE, opportunity::TOTAL_VALUE];
    if resource == Resource::Opportunity && amounts.iter().any(|key| key.position() == position) {
        return "amount".to_owned();
    }
    camel(resource.definition().field(position).name)
}

/// The wire name of a field in the rows of a list.
fn inner_of(entity: &'static Entity, list: &str, position: u16) -> Option<&'static str> {
    let rows = entity.field(list)?.form.rows();
    let total =
        matches!(entity.field(list)?.form, Form::Items { .. }) && position == line_item::TOTAL.position();
    if total {
        return Some("total");
    }
    rows.iter().find(|field| field.at == At::Own(position)).map(|field| field.name)
}

/// `annual_revenue` as `annualRevenue`: a core field that no table names.
fn camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut upper = false;
    for letter in name.chars() {
        if letter == '_' {
            upper = true;
        } else {
            out.push(if upper { letter.to_ascii_uppercase() } else { letter });
            upper = false;
        }
    }
    out
}

/// The name of a resource that depends on another one, as this dialect knows it.
fn shown(resource: Resource) -> String {
    let known = super::entities::ENTITIES.into_iter().find(|entity| entity.resource() == Some(resource));
    match known {
        Some(entity) => entity.name.to_owned(),
        None => format!("{}s", camel(resource.name())),
    }
}

#[cfg(test)]
mod tests {
    use favo_core::Problem as CoreProblem;
    use favo_core::catalogue::{order, price_entry, qualification};

    use super::*;
    use crate::totvs::entities;

    fn told(service: &str, name: &str, problems: Vec<CoreProblem>, body: &str) -> (Code, Vec<Problem>) {
        let entity = entities::named(service, name).unwrap();
        let Some(Json::Object(body)) = Json::parse(body, 16) else { panic!("{body}") };
        match named(Error::Refused(problems), entity, &body, Right::Update) {
            Failure::Wire { code, details, .. } => (code, details),
            Failure::Core(error) => panic!("{error}"),
        }
    }

    fn at(resource: Resource, position: u16, reason: Reason) -> CoreProblem {
        CoreProblem { place: Place::Field(resource, position), reason }
    }

    #[test]
    fn fields_are_named_by_the_tables_and_values_are_those_sent() {
        let problems = vec![
            at(Resource::Contact, contact::NAME.position(), Reason::Required),
            at(Resource::Qualification, qualification::STATUS.position(), Reason::Invalid),
            at(Resource::Contact, contact::WEBSITE.position(), Reason::Invalid),
            CoreProblem { place: Place::Wire("porte".into()), reason: Reason::Required },
        ];
        let (code, details) = told("customer", "leads", problems, r#"{"status":"X","website":7}"#);
        assert_eq!(code, Code::ValidationFailed);
        let shown: Vec<_> =
            details.iter().map(|detail| (detail.field.as_str(), detail.value.as_deref())).collect();
        assert_eq!(
            shown,
            [("name", None), ("status", Some("\"X\"")), ("website", Some("7")), ("customFields.porte", None)]
        );
    }

    #[test]
    fn what_is_not_acceptable_is_told_before_conflicts() {
        let key = at(Resource::Order, meta::EXTERNAL_KEY.position(), Reason::DuplicateKey("P-1".to_owned()));
        let (code, details) = told("order", "orders", vec![key.clone()], "{}");
        assert_eq!((code, details[0].field.as_str()), (Code::DuplicateKey, "externalId"));
        assert_eq!(details[0].value.as_deref(), Some("\"P-1\""));
        let place = Place::Inner(Resource::Order, order::LINES.position(), line_item::UNIT_PRICE.position());
        let inner = CoreProblem { place, reason: Reason::Invalid };
        let (code, details) = told("order", "orders", vec![key, inner], "{}");
        assert_eq!((code, details.len()), (Code::ValidationFailed, 1));
        assert_eq!(details[0].field, "items.unitPrice");
        let twice =
            at(Resource::PriceEntry, price_entry::PRODUCT.position(), Reason::DuplicateKey("7".into()));
        let (code, details) = told("pricelist", "price-list-items", vec![twice], r#"{"product":{"id":"x"}}"#);
        assert_eq!((code, details[0].field.as_str()), (Code::DuplicateKey, "product"));
    }

    #[test]
    fn dependants_are_named_by_their_resources() {
        let reason = Reason::InUseBy(vec![Resource::Opportunity, Resource::Proposal, Resource::Order]);
        let (code, details) =
            told("customer", "customers", vec![CoreProblem { place: Place::Whole, reason }], "{}");
        assert_eq!(code, Code::HasDependents);
        let fields: Vec<_> = details.iter().map(|detail| detail.field.as_str()).collect();
        assert_eq!(fields, ["opportunities", "proposals", "orders"]);
    }
}
