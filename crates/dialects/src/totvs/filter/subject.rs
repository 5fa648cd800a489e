//! Paths of fields (6.6): what a path of a resource stands for, and where its values are found.

use favo_core::catalogue::{contact, custom_field, meta, opportunity, user};
use favo_core::snapshot::Snapshot;
use favo_core::{FieldType, Resource};

use super::literal::Type;
use super::place::{Part, Place};
use crate::totvs::entities;
use crate::totvs::fixed::Kind;
use crate::totvs::table::{At, Entity, Field, Form, Source};

/// What a path stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::totvs) struct Subject {
    pub(in crate::totvs) kind: Type,
    pub(in crate::totvs) place: Place,
}

/// What a path stands for; `None` when there is no such field.
pub(in crate::totvs) fn of(entity: &Entity, path: &[String], snapshot: &Snapshot) -> Option<Subject> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let resource = match entity.source {
        Source::Core { resource, .. } => resource,
        Source::ProductGroups | Source::Stages | Source::Fixed(_) => return in_memory(entity, &path),
    };
    if let ["customFields", key] = path.as_slice() {
        return custom(snapshot, resource, key);
    }
    if let [key] = path.as_slice()
        && let Some(subject) = common(key)
    {
        return Some(subject);
    }
    let (name, part) = split(entity.fields, &path)?;
    field(resource, name, &part)
}

/// The fields that every resource has.
fn common(key: &str) -> Option<Subject> {
    let (kind, place) = match key {
        "id" => (Type::Uuid, Place::Id),
        "externalId" => (Type::Text, Place::ExternalKey),
        "version" => (Type::Integer, Place::Own(meta::VERSION.position())),
        "createdAt" => (Type::DateTime, Place::Own(meta::CREATED_AT.position())),
        "updatedAt" => (Type::DateTime, Place::Own(meta::UPDATED_AT.position())),
        _ => return None,
    };
    Some(Subject { kind, place })
}

/// The field a path begins with and the rest; `xId` is `x.id`, `xAcronym` is `x.acronym`.
fn split<'p>(fields: &'static [Field], path: &[&'p str]) -> Option<(&'static Field, Vec<&'p str>)> {
    let (first, rest) = path.split_first()?;
    if let Some(field) = fields.iter().find(|field| field.name == *first) {
        return Some((field, rest.to_vec()));
    }
    if !rest.is_empty() {
        return None;
    }
    for (ending, part) in [("Id", "id"), ("Acronym", "acronym")] {
        if let Some(name) = first.strip_suffix(ending)
            && let Some(field) = fields.iter().find(|field| field.name == name)
            && matches!(field.form, Form::Reference(..) | Form::Typed(_))
        {
            return Some((field, vec![part]));
        }
    }
    None
}

fn field(resource: Resource, field: &'static Field, rest: &[&str]) -> Option<Subject> {
    let subject = |kind, place| Some(Subject { kind, place });
    let core = |at: u16| resource.definition().field(at).field_type;
    match (field.form, rest) {
        (Form::Reference(label, target), rest) => reference(resource, field, label, target, rest),
        (Form::User, []) => match field.at {
            At::Own(at) => subject(Type::Uuid, Place::Related(at, Resource::User)),
            _ => None,
        },
        (Form::Typed(Kind::Person), rest) => {
            let (kind, part) = typed(rest)?;
            subject(kind, Place::Person(part))
        }
        (
            Form::Documents
            | Form::Emails
            | Form::Phones
            | Form::Addresses
            | Form::Items { .. }
            | Form::Participants
            | Form::DefaultAddress
            | Form::People,
            [_, ..],
        ) => {
            let (inner, rest) = split(field.form.rows(), rest)?;
            row(field, inner, &rest)
        }
        (Form::Documents, []) => subject(Type::Whole, Place::DocumentNumbers),
        (Form::People, []) => subject(Type::Whole, Place::People(Box::new(Place::Id))),
        (
            Form::Emails
            | Form::Phones
            | Form::Addresses
            | Form::DefaultAddress
            | Form::Items { .. }
            | Form::Participants,
            [],
        ) => match field.at {
            At::Own(at) => subject(Type::Whole, Place::Own(at)),
            _ => None,
        },
        (Form::Texts(_), []) => match field.at {
            At::Own(at) => subject(Type::Text, Place::Tags(at)),
            _ => None,
        },
        (_, [_, ..]) | (Form::Companies, []) => None,
        (form, []) => {
            let place = match field.at {
                At::Own(at) if matches!(form, Form::IntegerText) => Place::NumberText(at),
                At::Own(at) if matches!(form, Form::Currency) => Place::Currency(at),
                At::Own(at) | At::DayOf(at)
                    if form_is_day(form) && matches!(core(at), FieldType::Instant) =>
                {
                    Place::DayOf(at)
                }
                At::Own(at) => Place::Own(at),
                At::Qualification(at) => Place::Qualification(Box::new(Place::Own(at))),
                At::Address(at) => Place::Rows(contact::ADDRESSES.position(), at),
                At::Phone(kind) => Place::Phones(Some(kind)),
                At::Email => Place::Emails,
                At::TitleOf(at) => Place::Via(at, Box::new(Place::Own(user::NAME.position()))),
                At::CompanyName => Place::CompanyName,
                At::Special if field.name == "birthday" => Place::Birthday,
                At::Special if field.name == "amount" => Place::Own(opportunity::TOTAL_VALUE.position()),
                _ => return None,
            };
            let kind = match &place {
                Place::Own(at) if resource.definition().field(*at).digits => Type::Document,
                _ => kind_of(form)?,
            };
            subject(kind, place)
        }
    }
}

fn form_is_day(form: Form) -> bool {
    matches!(form, Form::Date)
}

/// The type of a form that is one value.
fn kind_of(form: Form) -> Option<Type> {
    Some(match form {
        Form::Text(_) | Form::Currency | Form::Email => Type::Text,
        Form::Uuid | Form::User | Form::Id(_) => Type::Uuid,
        Form::Integer(..) | Form::IntegerText => Type::Integer,
        Form::Decimal(_) | Form::Percent => Type::Decimal,
        Form::Boolean => Type::Boolean,
        Form::Date => Type::Date,
        Form::DateTime => Type::DateTime,
        Form::Phone => Type::Phone,
        Form::Enumeration(words) => Type::Enumeration(words),
        _ => return None,
    })
}

/// What of a reference is meant: the type and the part; the id when nothing is said.
fn part(label: &str, rest: &[&str]) -> Option<(Type, Part)> {
    match rest {
        [] | ["id"] => Some((Type::Uuid, Part::Id)),
        ["externalId"] => Some((Type::Text, Part::ExternalId)),
        ["code"] => Some((Type::Text, Part::Code)),
        [name] if *name == label => Some((Type::Text, Part::Name)),
        _ => None,
    }
}

fn typed(rest: &[&str]) -> Option<(Type, Part)> {
    match rest {
        [] | ["id"] => Some((Type::Uuid, Part::Id)),
        ["acronym"] => Some((Type::Text, Part::Acronym)),
        ["description"] => Some((Type::Text, Part::Name)),
        _ => None,
    }
}

fn reference(
    resource: Resource,
    field: &'static Field,
    label: &str,
    (service, name): (&str, &str),
    rest: &[&str],
) -> Option<Subject> {
    let (kind, part) = part(label, rest)?;
    let target = entities::named(service, name)?;
    let place = match (field.at, target.source) {
        (At::Own(at), Source::Stages) => match part {
            Part::Code | Part::ExternalId => return None,
            part => Place::Stage(at, part),
        },
        (At::Special, Source::ProductGroups) if resource == Resource::Product => Place::Group(part),
        (At::FirstOf(at), Source::Core { resource, .. }) => Place::FirstOf(at, resource, part),
        (At::Own(at), Source::Core { resource, .. }) => {
            of_related(at, resource, inside(target, label, part)?)
        }
        (At::Qualification(at), Source::Core { resource, .. }) => {
            Place::Qualification(Box::new(of_related(at, resource, inside(target, label, part)?)))
        }
        (At::Client(at, sort), Source::Core { .. }) => {
            Place::Client(at, sort, Box::new(inside(target, label, part)?))
        }
        _ => return None,
    };
    let kind = if part == Part::Code
        && target.field("code").is_some_and(|code| matches!(code.form, Form::IntegerText))
    {
        Type::Integer
    } else {
        kind
    };
    Some(Subject { kind, place })
}

fn of_related(relation: u16, resource: Resource, place: Place) -> Place {
    if place == Place::Id {
        Place::Related(relation, resource)
    } else {
        Place::Via(relation, Box::new(place))
    }
}

/// The place of a part inside a record of a resource.
fn inside(target: &Entity, label: &str, part: Part) -> Option<Place> {
    let own = |name: &str| match target.field(name).map(|field| (field.at, field.form)) {
        Some((At::Own(at), Form::IntegerText)) => Some(Place::NumberText(at)),
        Some((At::Own(at), _)) => Some(Place::Own(at)),
        _ => None,
    };
    match part {
        Part::Id => Some(Place::Id),
        Part::ExternalId => Some(Place::ExternalKey),
        Part::Code => own("code"),
        Part::Name => own(label),
        Part::Acronym => None,
    }
}

/// A field of the elements of a list.
fn row(list: &'static Field, inner: &'static Field, rest: &[&str]) -> Option<Subject> {
    let subject = |kind, place| Some(Subject { kind, place });
    let At::Own(at) = list.at else {
        return match (list.form, inner.name, rest) {
            (Form::Documents, "documentNumber", []) => subject(Type::Document, Place::DocumentNumbers),
            (Form::Documents, "identificationDocumentId", []) => {
                subject(Type::Uuid, Place::DocumentKinds(Part::Id))
            }
            (Form::Documents, _, []) if matches!(inner.form, Form::Acronym(Kind::Document)) => {
                subject(Type::Text, Place::DocumentKinds(Part::Acronym))
            }
            (Form::People, "id", []) => subject(Type::Uuid, Place::People(Box::new(Place::Id))),
            (Form::People, "name", []) => {
                subject(Type::Text, Place::People(Box::new(Place::Own(contact::NAME.position()))))
            }
            _ => None,
        };
    };
    match (list.form, inner.name, inner.form, inner.at, rest) {
        (Form::Emails, "email", ..) => subject(Type::Text, Place::Emails).filter(|_| rest.is_empty()),
        (Form::Phones, "number", ..) => subject(Type::Phone, Place::Phones(None)).filter(|_| rest.is_empty()),
        (Form::Emails, "emailTypeId", ..) => {
            subject(Type::Uuid, Place::EmailKinds).filter(|_| rest.is_empty())
        }
        (Form::Phones, "phoneTypeId", ..) => {
            subject(Type::Uuid, Place::PhoneKinds).filter(|_| rest.is_empty())
        }
        (Form::Emails, .., At::Own(inner), []) => {
            subject(Type::Text, Place::Rows(contact::EMAIL_DETAILS.position(), inner))
        }
        (Form::Phones, .., At::Own(inner), []) => {
            subject(Type::Text, Place::Rows(contact::PHONE_DETAILS.position(), inner))
        }
        (_, _, Form::Typed(Kind::Address), _, rest) => {
            let (kind, part) = typed(rest)?;
            subject(kind, Place::AddressKinds(part))
        }
        (_, _, Form::TypedId(Kind::Address), _, []) => subject(Type::Uuid, Place::AddressKinds(Part::Id)),
        (_, _, Form::Reference(label, (service, name)), At::Own(inner), rest) => {
            let (kind, part) = part(label, rest)?;
            let target = entities::named(service, name)?;
            let resource = target.resource()?;
            let place = match inside(target, label, part)? {
                Place::Id => Place::RowRelated(at, inner, resource),
                place => Place::RowVia(at, inner, resource, Box::new(place)),
            };
            subject(kind, place)
        }
        (_, _, Form::Id((service, name)), At::Own(inner), []) => {
            let resource = entities::named(service, name)?.resource()?;
            subject(Type::Uuid, Place::RowRelated(at, inner, resource))
        }
        (Form::Items { .. }, "sequence", form, ..) => {
            subject(kind_of(form)?, Place::Sequence(at)).filter(|_| rest.is_empty())
        }
        // These ids follow from others and cannot be led back.
        (_, _, Form::Uuid, ..) => None,
        (_, _, form, At::Own(inner), []) => subject(kind_of(form)?, Place::Rows(at, inner)),
        _ => None,
    }
}

fn custom(snapshot: &Snapshot, resource: Resource, key: &str) -> Option<Subject> {
    let field = snapshot.custom_field(resource, key, true)?;
    let of = field.get(custom_field::TYPE).unwrap_or(1);
    let kind = match of {
        0 | 3 | 12 => Type::Decimal,
        2 => Type::Date,
        4 => Type::Boolean,
        _ => Type::Text,
    };
    Some(Subject { kind, place: Place::Custom(field.id(), of) })
}

/// Keys of rows that are in memory, by the path that leads to them.
static IN_MEMORY: &[(&[&str], &str, Type)] = &[
    (&["id"], "id", Type::Uuid),
    (&["externalId"], "externalId", Type::Text),
    (&["version"], "version", Type::Integer),
    (&["createdAt"], "createdAt", Type::DateTime),
    (&["updatedAt"], "updatedAt", Type::DateTime),
    (&["acronym"], "acronym", Type::Text),
    (&["code"], "code", Type::Text),
    (&["description"], "description", Type::Text),
    (&["active"], "active", Type::Boolean),
    (&["sequence"], "sequence", Type::Integer),
    (&["probability"], "probability", Type::Integer),
    (&["parent"], "parent.id", Type::Uuid),
    (&["parentId"], "parent.id", Type::Uuid),
    (&["parent", "id"], "parent.id", Type::Uuid),
    (&["parent", "externalId"], "parent.externalId", Type::Text),
    (&["parent", "code"], "parent.code", Type::Text),
    (&["parent", "description"], "parent.description", Type::Text),
    (&["pipeline"], "pipeline.id", Type::Uuid),
    (&["pipelineId"], "pipeline.id", Type::Uuid),
    (&["pipeline", "id"], "pipeline.id", Type::Uuid),
    (&["pipeline", "externalId"], "pipeline.externalId", Type::Text),
    (&["pipeline", "description"], "pipeline.description", Type::Text),
];

fn in_memory(entity: &Entity, path: &[&str]) -> Option<Subject> {
    let (known, key, kind) = IN_MEMORY.iter().find(|(known, ..)| *known == path)?;
    let own = matches!(known[0], "id" | "externalId" | "version" | "createdAt" | "updatedAt");
    let field = known[0].strip_suffix("Id").unwrap_or(known[0]);
    (own || entity.field(field).is_some()).then_some(Subject { kind: *kind, place: Place::Memory(key) })
}
