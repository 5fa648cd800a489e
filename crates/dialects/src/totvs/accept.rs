//! From a body that was read to what a record is to become: fields by the tables, references, lists, defaults (sections 11
//! to 14). What is not acceptable is noted, all of it together.
//!
//! A value that is shown for what is stored already says nothing: a record can be read and sent back, and stays as it is.

mod addresses;
mod clients;
mod custom;
mod defaults;
mod documents;
mod extras;
mod items;
mod participants;
mod people;
mod reaches;
mod references;
mod sales;
mod scalars;

use favo_core::catalogue::{Resource, meta};
use favo_core::patch::{Input, Patch};
use favo_core::transaction::Reader;
use favo_core::{Ctx, Error, Record, Value};

use super::fault::{Detail, Failure, Problem};
use super::switches::Switches;
use super::table::{At, Entity, Field, Form};
use super::values::{Given, Reading, Row};
use crate::json::{Json, Object};

pub(super) use custom::Custom;

/// What a write is about to do with the fields that the body does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// A new record: they take their defaults.
    Insert,
    /// They stay.
    Merge,
    /// They go back to their defaults; `code` and `externalId` stay.
    Replace,
}

/// A body as it was read, before any record is looked at.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) object: Object,
    pub(super) row: Row,
    /// The UUID in `id`.
    pub(super) id: Option<String>,
    /// `externalId`: given, cleared, or not sent.
    #[expect(clippy::option_option, reason = "cleared and not sent are two things")]
    pub(super) external_key: Option<Option<String>>,
    pub(super) version: Option<i64>,
    pub(super) custom: Vec<Custom>,
}

/// Reads a body; everything unreadable in it is told at once (step 10 of 4.7).
pub(super) fn read(
    ctx: &Ctx,
    switches: &Switches,
    entity: &'static Entity,
    object: &Object,
) -> Result<Body, Failure> {
    let mut reading = Reading { zone: &switches.zone, problems: Vec::new() };
    let mut body = Body {
        object: object.clone(),
        row: Row::default(),
        id: None,
        external_key: None,
        version: None,
        custom: Vec::new(),
    };
    match object.get("id") {
        None | Some(Json::Null) => {}
        Some(value) => match value {
            Json::Text(text) if super::ids::normal(text).is_some() => body.id = super::ids::normal(text),
            _ => reading.problems.push(Problem::new("id", Detail::TypeMismatch, Some(value))),
        },
    }
    if let Some(value) = object.get("externalId") {
        match super::values::text(value) {
            Some(text) => body.external_key = Some(Some(text).filter(|text| !text.is_empty())),
            None => reading.problems.push(Problem::new("externalId", Detail::TypeMismatch, Some(value))),
        }
    }
    if let Some(value) = object.get("version").filter(|value| **value != Json::Null) {
        body.version = super::values::integer(value);
        if body.version.is_none() {
            reading.problems.push(Problem::new("version", Detail::TypeMismatch, Some(value)));
        }
    }
    body.row = reading.row(entity.fields, object, String::new());
    body.custom = custom::read(ctx, entity, object, &mut reading);
    if reading.problems.is_empty() { Ok(body) } else { Err(Failure::unreadable(reading.problems)) }
}

/// What a record is to become.
#[derive(Debug, Default, Clone)]
pub(super) struct Accepted {
    pub(super) patch: Patch,
    /// What the qualification of a lead is to become.
    pub(super) qualification: Patch,
}

impl Accepted {
    /// Whether nothing would change.
    pub(super) fn is_empty(&self) -> bool {
        self.patch.entries().is_empty() && self.qualification.entries().is_empty()
    }
}

/// Turns a body into patches for a new record of this resource, or for the stored one.
pub(super) fn accept(
    ctx: &Ctx,
    tx: &mut dyn Reader,
    switches: &Switches,
    about: (&'static Entity, Resource),
    body: &Body,
    stored: Option<(&Record, Option<&Record>)>,
    mode: Mode,
) -> Result<Accepted, Failure> {
    let (entity, resource) = about;
    let mut acceptance = Acceptance {
        ctx,
        tx,
        switches,
        entity,
        resource,
        body,
        stored: stored.map(|(record, _)| record),
        lead: stored.and_then(|(_, qualification)| qualification),
        mode,
        accepted: Accepted::default(),
        extras: Vec::new(),
        problems: Vec::new(),
    };
    acceptance.run()?;
    if acceptance.problems.is_empty() {
        Ok(acceptance.accepted)
    } else {
        Err(Failure::rejected(acceptance.problems))
    }
}

/// The acceptance of one body.
struct Acceptance<'a> {
    ctx: &'a Ctx,
    tx: &'a mut dyn Reader,
    switches: &'a Switches,
    entity: &'static Entity,
    resource: Resource,
    body: &'a Body,
    stored: Option<&'a Record>,
    /// The stored qualification of a lead.
    lead: Option<&'a Record>,
    mode: Mode,
    accepted: Accepted,
    /// Extras that were sent, each as JSON or to be dropped.
    extras: Vec<(String, Option<String>)>,
    problems: Vec<Problem>,
}

/// Which of the two records of a lead a field is in; other resources have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Own,
    Qualification,
}

impl Acceptance<'_> {
    fn run(&mut self) -> Result<(), Failure> {
        if self.mode == Mode::Insert && self.body.id.is_some() {
            self.reject("id", Detail::IdNotAllowed);
        }
        self.external_key();
        for field in self.entity.fields.iter().filter(|field| !field.read_only) {
            if let Some(given) = self.given(field) {
                self.field(field, &given)?;
            }
        }
        match self.resource {
            Resource::Contact => self.person_and_company()?,
            Resource::Opportunity | Resource::Task | Resource::Appointment => self.client()?,
            _ => {}
        }
        self.addresses();
        self.amount();
        self.defaults();
        self.spans();
        self.custom();
        self.extras();
        self.stand_alone();
        Ok(())
    }

    /// What the body says about a field, or what its silence means.
    fn given(&self, field: &Field) -> Option<Given> {
        match self.body.row.get(super::values::reference_base(field).unwrap_or(field.name)) {
            Some(given) => Some(given.clone()),
            None => match self.body.row.get(field.name) {
                Some(given) => Some(given.clone()),
                None if self.mode == Mode::Merge => None,
                None if self.mode == Mode::Replace && field.name == "code" => None,
                None => Some(Given::Null),
            },
        }
    }

    fn external_key(&mut self) {
        let stored = self.stored.and_then(|stored| stored.get(meta::EXTERNAL_KEY));
        match &self.body.external_key {
            Some(Some(key)) if key.chars().count() > 100 => self.reject("externalId", Detail::Size(100)),
            Some(Some(key)) if stored != Some(key) => {
                self.accepted.patch.set(meta::EXTERNAL_KEY, Input::Text(key.clone()));
            }
            Some(None) if stored.is_some() => {
                self.accepted.patch.set(meta::EXTERNAL_KEY, Input::Clear);
            }
            _ => {}
        }
    }

    fn field(&mut self, field: &'static Field, given: &Given) -> Result<(), Failure> {
        match field.form {
            Form::Documents => self.documents(field, given),
            Form::Emails => self.emails(given),
            Form::Phones => self.phones(given),
            _ if field.name == "cpf" => self.cpf(given),
            Form::Items { product_required } => self.items(field, given, product_required)?,
            Form::Participants => self.participants(field, given)?,
            Form::Companies => self.companies(field, given),
            // These are looked at together, once all fields are known.
            Form::Addresses | Form::DefaultAddress => {}
            _ => return self.by_place(field, given),
        }
        Ok(())
    }

    fn by_place(&mut self, field: &'static Field, given: &Given) -> Result<(), Failure> {
        match field.at {
            At::Own(position) => self.scalar(field, given, Side::Own, position),
            At::Qualification(position) => self.scalar(field, given, Side::Qualification, position),
            At::DayOf(position) => {
                self.day_of(field, given, position);
                Ok(())
            }
            At::FirstOf(position) => self.only_one(field, given, position),
            At::ByName(name) => self.by_name(field, given, name),
            At::Address(position) => {
                self.part_of_address(field, given, position);
                Ok(())
            }
            At::Phone(kind) => {
                self.one_phone(field, given, kind);
                Ok(())
            }
            At::Email => {
                self.one_email(field, given);
                Ok(())
            }
            At::CompanyName => {
                self.company_name(field, given);
                Ok(())
            }
            At::Special if field.name == "productGroup" => {
                self.product_group(given);
                Ok(())
            }
            // The type and the birthday of a person come after their documents, an amount after the items, clients together.
            At::Special | At::Client(..) | At::TitleOf(_) | At::Extra => Ok(()),
        }
    }

    /// The stored value behind a field.
    fn value(&self, side: Side, position: u16) -> Option<&Value> {
        let record = match side {
            Side::Own => self.stored,
            Side::Qualification => self.lead,
        };
        record.map(|record| record.at(position))
    }

    /// Sets a field, unless it is that already.
    fn set(&mut self, side: Side, position: u16, input: Input) {
        let same = self.value(side, position).is_some_and(|value| says(&input, value));
        let patch = match side {
            Side::Own => &mut self.accepted.patch,
            Side::Qualification => &mut self.accepted.qualification,
        };
        if same {
            patch.remove(position);
        } else {
            patch.set(position, input);
        }
    }

    /// Gives a field back its default.
    fn clear(&mut self, side: Side, position: u16) {
        let resource = match side {
            Side::Own => self.resource,
            Side::Qualification => Resource::Qualification,
        };
        let field = resource.definition().field(position);
        let default = field.default.value(field.field_type);
        match self.value(side, position) {
            // A new record has its defaults.
            None => {}
            Some(value) if *value == default => {}
            Some(_) => {
                match side {
                    Side::Own => self.accepted.patch.set(position, Input::Clear),
                    Side::Qualification => self.accepted.qualification.set(position, Input::Clear),
                };
            }
        }
    }

    /// The number, code, id or day a field of the record is going to hold.
    fn becomes(&self, position: impl Into<u16>) -> Option<i64> {
        let position = position.into();
        match self.accepted.patch.get(position) {
            Some(Input::Int(number)) => Some(*number),
            Some(Input::Instant(instant)) => Some(instant.0),
            Some(Input::Bool(flag)) => Some(i64::from(*flag)),
            Some(Input::One(reference)) => reference.id,
            Some(_) => None,
            None => self.value(Side::Own, position).and_then(Value::number),
        }
    }

    /// Notes that a top-level field is not acceptable.
    fn reject(&mut self, name: &str, detail: Detail) {
        self.problems.push(Problem::new(name, detail, self.body.object.get(name)));
    }

    /// Notes that something deeper is not acceptable.
    fn reject_text(&mut self, path: impl Into<String>, detail: Detail, text: Option<&str>) {
        let path = path.into();
        self.problems.push(match text {
            Some(text) => Problem::of_text(path, detail, text),
            None => Problem::new(path, detail, None),
        });
    }
}

/// Whether an input is what is stored already.
fn says(input: &Input, value: &Value) -> bool {
    match (input, value) {
        (Input::Clear, value) => value.is_empty(),
        (Input::Bool(sent), Value::Bool(stored)) => sent == stored,
        (Input::Int(sent), Value::Int(stored)) => sent == stored,
        (Input::Decimal(sent), Value::Decimal(stored)) => sent == stored,
        (Input::Text(sent), Value::Text(stored)) => sent == stored,
        (Input::Instant(sent), Value::Instant(stored)) => *sent == stored.to_millis() || sent == stored,
        (Input::Texts(sent), Value::Texts(stored)) => sent == stored,
        (Input::One(sent), Value::Int(stored)) => sent.id == Some(*stored),
        (Input::Many(sent), Value::Ids(stored)) => {
            sent.len() == stored.len() && sent.iter().zip(stored).all(|(one, id)| one.id == Some(*id))
        }
        (Input::Map(sent), Value::Map(stored)) => sent == stored,
        (Input::Map(sent), Value::Null) => sent.is_empty(),
        (Input::Texts(sent), Value::Null) => sent.is_empty(),
        _ => false,
    }
}

/// A reference that the tables promise and that is not there: a mistake of ours.
fn no_such_table(name: &str) -> Failure {
    Failure::Core(Error::Internal(format!("no table of {name}")))
}
