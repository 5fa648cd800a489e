//! What the core finds wrong, told by the names of this dialect: every reason has its code, every place its field.

use std::borrow::Cow;

use favo_core::catalogue::{contact, opportunity};
use favo_core::{Place, Problem, Reason, Resource};

use super::{Code, Fault, Subject};
use crate::egito::table::{At, Field, Form};
use crate::egito::values;
use crate::json::Json;

/// A problem the core has found, by the names of this dialect.
pub(super) fn fault_of(subject: Subject<'_>, problem: &Problem) -> Fault {
    let (field, form) = field_of(subject, &problem.place);
    let is_listed = matches!(form, Some(Form::Dictionary(_)));
    let (code, said) = match &problem.reason {
        Reason::Required | Reason::OwnerRequired => (Code::Blank, None),
        Reason::Invalid if matches!(form, Some(Form::Date | Form::DateTime)) => (Code::Date, None),
        Reason::Invalid => (Code::TypeMismatch, None),
        Reason::NotFound(sought) => {
            (if is_listed { Code::NotInList } else { Code::ReferenceNotFound }, Some(sought))
        }
        Reason::DuplicateEmail(text)
        | Reason::DuplicatePhone(text)
        | Reason::DuplicateName(text)
        | Reason::DuplicateKey(text) => (Code::Unique, Some(text)),
        Reason::StageNumberTwice(_) => (Code::Unique, None),
        Reason::StageNotInPipeline { stage: text, .. } | Reason::NotAnOption(text) => {
            (Code::NotInList, Some(text))
        }
        Reason::UnknownCustomField(_) => (Code::FieldUnknown, None),
        Reason::EndBeforeStart
        | Reason::DiscountNotAllowed(_)
        | Reason::SurchargeNotAllowed(_)
        | Reason::PriceNotEditable(_)
        | Reason::RecurrenceNotEditable(_)
        | Reason::NotFractional(_) => (Code::Range, None),
        Reason::FileTooLarge | Reason::FileKindNotAccepted => (Code::FileUnsupported, None),
        Reason::MayNotSkipStage
        | Reason::MayNotGoBack
        | Reason::MayNotStartHere
        | Reason::ProductRequired
        | Reason::ProposalRequired
        | Reason::RemarksRequired
        | Reason::ReasonRequired
        | Reason::ConclusionBlocked
        | Reason::ProposalsBlocked
        | Reason::InUse
        | Reason::InUseBy(_)
        | Reason::WrongState
        | Reason::Circle
        | Reason::LooseTasksNotAllowed
        | Reason::TypeInUse
        | Reason::LastAdministrator => return Fault::whole(Code::StateConflict),
    };
    let field = match &problem.reason {
        Reason::UnknownCustomField(label) => Some(Cow::Owned(format!("customFields.{label}"))),
        Reason::OwnerRequired => Some(Cow::Borrowed("owner")),
        _ => field,
    };
    let rejected = said.and_then(|text| values::rejected(&Json::Text(text.clone())));
    Fault { code, field, rejected }
}

/// The wire name of a place in the core, with the form of its values.
fn field_of(subject: Subject<'_>, place: &Place) -> (Option<Cow<'static, str>>, Option<Form>) {
    let fields = subject.entity.map_or(&[][..], |entity| entity.fields);
    let named = |wanted: &dyn Fn(&Field) -> bool| {
        fields.iter().find(|field| wanted(field)).map(|field| (Cow::Borrowed(field.name), field.form))
    };
    let own = subject.entity.map(|entity| entity.resource);
    let found = match place {
        Place::Wire(key) => {
            let top = key.split(['.', '[']).next().unwrap_or_default();
            let form = fields.iter().find(|field| field.name == top).map(|field| field.form);
            return (Some(key.clone()), form);
        }
        Place::Field(resource, position) if Some(*resource) == own => {
            let is_custom = resource.definition().custom == Some(*position);
            named(&|field| field.at == At::Own(*position) && !field.read_only)
                .or_else(|| is_custom.then_some((Cow::Borrowed("customFields"), Form::Boolean)))
                .or_else(|| named(&|field| is_special(field, *resource, *position)))
                .or_else(|| named(&|field| field.at == At::Own(*position)))
        }
        Place::Field(Resource::Qualification, position) => {
            named(&|field| field.at == At::Qualification(*position))
        }
        Place::Whole | Place::Field(..) => None,
        Place::Inner(Resource::Contact, list, position) if *list == contact::ADDRESSES.position() => {
            named(&|field| field.at == At::Address(*position))
        }
        Place::Inner(..) => named(&|field| matches!(field.form, Form::Lines)),
    };
    found.map_or((None, None), |(name, form)| (Some(name), Some(form)))
}

/// Whether a field that is something of its own comes from this field of the core.
fn is_special(field: &Field, resource: Resource, position: u16) -> bool {
    let is = |key: u16| position == key;
    match field.at {
        At::Phone(_) => resource == Resource::Contact && is(contact::PHONES.position()),
        At::Email => resource == Resource::Contact && is(contact::EMAILS.position()),
        At::Given(own, _) => own == Some(position),
        // What is wrong with the whole name is told of its last part.
        At::Family(own, whole) => own == Some(position) || is(whole),
        At::Relationship => is(contact::CATEGORY.position()) || is(contact::LIFE_CYCLE.position()),
        At::Account(key) | At::AccountOrEmployer(key) | At::Lead(key) => is(key),
        At::Person(own, client) => own == Some(position) || (own.is_none() && is(client)),
        At::Stage => is(opportunity::STAGE.position()) || is(opportunity::STATUS.position()),
        At::LossReason => {
            is(opportunity::OUTCOME_REASONS.position()) || is(opportunity::DISCARD_REASON.position())
        }
        At::Own(_) | At::Qualification(_) | At::Address(_) | At::Special => false,
    }
}
