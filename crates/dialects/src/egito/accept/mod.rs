//! Records in: what a client sent becomes a patch of the core, with everything wrong found at once, in table order.
//!
//! A value that is exactly what `get` answers changes nothing: clients read, change and send back whole records. Business
//! rules are the core's; here are forms, limits, references, defaults and what makes a value of this dialect one of the core.

mod clients;
mod contacts;
mod custom;
mod defaults;
mod echo;
pub(super) mod extras;
mod fields;
mod lines;
pub(super) mod references;

use std::borrow::Cow;

use favo_core::patch::{Input, Patch};
use favo_core::reach::Reach;
use favo_core::transaction::Writer;
use favo_core::{Ctx, Record, Resource, Result};

use self::clients::Clients;
use super::dictionary;
use super::fault::{Code, Fault};
use super::switches::Switches;
use super::table::{At, CUSTOM, Entity, Field, Form, STAMPS};
use super::values;
use crate::json::{Json, Object};
use crate::wire::Caller;

/// What a client sent, and about which record.
#[derive(Clone, Copy)]
pub(super) struct Sent<'a> {
    pub(super) entity: &'static Entity,
    pub(super) fields: &'a Object,
    /// It came as a form.
    pub(super) was_form: bool,
    /// The stored record and how it is shown; none for a new one.
    pub(super) stored: Option<(&'a Record, &'a Object)>,
}

/// What becomes of it.
#[derive(Debug)]
pub(super) struct Accepted {
    pub(super) patch: Patch,
    /// The part of a lead that its qualification keeps.
    pub(super) qualification: Patch,
}

/// Reads what was sent; the faults when there are any.
pub(super) fn accept(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    caller: &Caller,
    sent: Sent<'_>,
) -> Result<std::result::Result<Accepted, Vec<Fault>>> {
    let mut work = Acceptance {
        ctx,
        tx,
        caller,
        switches: Switches::of(&ctx.snapshot),
        sent,
        patch: Patch::new(),
        qualification: Patch::new(),
        faults: Vec::new(),
        name: [None, None],
        phones: None,
        emails: None,
        address: Vec::new(),
        clients: Clients::default(),
    };
    work.table()?;
    work.rest();
    work.finish()?;
    let Acceptance { patch, qualification, faults, .. } = work;
    Ok(if faults.is_empty() { Ok(Accepted { patch, qualification }) } else { Err(faults) })
}

/// Part of a name that may have been left out, cleared or given.
type Part = Option<Option<String>>;

/// Reading one record; what several fields say together is gathered until all of them are read.
struct Acceptance<'a> {
    ctx: &'a Ctx,
    tx: &'a mut dyn Writer,
    caller: &'a Caller,
    switches: Cow<'a, Switches>,
    sent: Sent<'a>,
    patch: Patch,
    qualification: Patch,
    faults: Vec<Fault>,
    /// Given and family name, where one was sent.
    name: [Part; 2],
    phones: Option<Vec<Reach>>,
    emails: Option<Vec<Reach>>,
    /// Fields of the main address.
    address: Vec<(u16, Option<String>)>,
    clients: Clients,
}

/// Whether a value says that there is none.
pub(super) fn is_blank(sent: &Json) -> bool {
    match sent {
        Json::Null => true,
        Json::Text(text) => text.trim().is_empty(),
        Json::List(list) => list.is_empty(),
        Json::Object(object) => !object.is_empty() && object.iter().all(|(_, inside)| is_blank(inside)),
        Json::Bool(_) | Json::Number(_) => false,
    }
}

/// The value of a field, under its name or, for entries and records, under its name and `Id`; the other spelling when both
/// are there and say something else.
fn spelled<'o>(object: &'o Object, field: &Field) -> (Option<&'o Json>, Option<&'o Json>) {
    let plain = object.get(field.name);
    if !matches!(field.form, Form::Dictionary(_) | Form::Reference(_)) {
        return (plain, None);
    }
    let by_id = object.get(&[field.name, "Id"].concat());
    match (plain, by_id) {
        (Some(plain), Some(by_id)) if is_blank(plain) => (Some(by_id), None),
        (Some(plain), Some(by_id)) => {
            (Some(plain), Some(by_id).filter(|by_id| !is_blank(by_id) && !echo::means(plain, by_id)))
        }
        (plain, by_id) => (plain.or(by_id), None),
    }
}

impl Acceptance<'_> {
    fn is_new(&self) -> bool {
        self.sent.stored.is_none()
    }

    fn stored(&self) -> Option<&Record> {
        self.sent.stored.map(|(record, _)| record)
    }

    fn fault(&mut self, path: impl Into<Cow<'static, str>>, code: Code, sent: &Json) {
        self.faults.push(Fault::of(path, code, values::rejected(sent)));
    }

    /// The value, unless it is at fault.
    fn read<T>(&mut self, field: &Field, sent: &Json, read: std::result::Result<T, Code>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(code) => {
                self.fault(field.name, code, sent);
                None
            }
        }
    }

    /// Whether two spellings of a field that look different name the same entry or user.
    fn agree(&self, field: &Field, one: Option<&Json>, other: &Json) -> bool {
        let Some(one) = one else { return false };
        match field.form {
            Form::Dictionary(kind) => {
                let entry = |sent| dictionary::find(self.ctx, kind, sent).map(|entry| entry.id);
                entry(one).is_some() && entry(one) == entry(other)
            }
            Form::Reference("User") => matches!(
                (self.user(one), self.user(other)),
                (Ok(Some(one)), Ok(Some(other))) if one == other
            ),
            _ => false,
        }
    }

    /// Every field of the table.
    fn table(&mut self) -> Result<()> {
        let Sent { entity, fields, stored, .. } = self.sent;
        for field in entity.fields {
            let (sent, other) = spelled(fields, field);
            if let Some(other) = other.filter(|other| !field.read_only && !self.agree(field, sent, other)) {
                self.fault(field.name, Code::ReferenceConflict, other);
                continue;
            }
            let echoed = |sent: &&Json| {
                let shown = stored.and_then(|(_, shown)| shown.get(field.name));
                shown.is_none_or(|shown| !echo::same(sent, shown))
            };
            let sent = sent.filter(|_| !field.read_only).filter(echoed);
            let is_required = field.required
                || (entity.name == "Lead"
                    && self.switches.lead_required.iter().any(|required| required == field.name));
            match sent {
                Some(sent) if is_required && is_blank(sent) => self.fault(field.name, Code::Blank, sent),
                Some(sent) => self.field(field, sent)?,
                None if is_required && self.is_new() => self.fault(field.name, Code::Blank, &Json::Null),
                None => {}
            }
        }
        Ok(())
    }

    /// One field that was sent and says something new.
    fn field(&mut self, field: &'static Field, sent: &Json) -> Result<()> {
        match field.at {
            At::Own(position) => {
                if let Some(input) = self.input(field, position, sent)? {
                    self.put(position, input);
                }
            }
            At::Qualification(position) => {
                if let Some(input) = self.of_qualification(field, sent) {
                    self.qualification.set(position, input);
                }
            }
            At::Given(..) => self.part_of_name(0, field, sent),
            At::Family(..) => self.part_of_name(1, field, sent),
            At::Address(position) => self.part_of_address(position, field, sent),
            At::Phone(kind) => self.phone(kind, field, sent),
            At::Email => self.email(field, sent),
            At::Relationship => self.relationship(field, sent),
            At::Account(_) | At::AccountOrEmployer(_) => {
                self.clients.account = self.record(field, "Account", sent, None)?;
            }
            At::Person(..) => self.clients.person = self.record(field, "Contact", sent, None)?,
            At::Lead(_) => self.clients.lead = self.record(field, "Lead", sent, None)?,
            At::Stage => self.stage(field, sent),
            At::LossReason => self.loss_reason(field, sent),
            At::Special => {}
        }
        Ok(())
    }

    /// Sets a field of the record; what the core derives is set by what it derives it from.
    fn put(&mut self, position: u16, input: Input) {
        use favo_core::catalogue::opportunity;
        if self.sent.entity.resource == Resource::Opportunity
            && position == opportunity::TOTAL_VALUE.position()
        {
            return self.value(input);
        }
        self.patch.set(position, input);
    }

    /// Custom fields and keys that no table knows.
    fn rest(&mut self) {
        let Sent { entity, fields, .. } = self.sent;
        let mut extras = extras::Extras::of(self.stored());
        for (key, sent) in fields.iter() {
            let by_id = key.strip_suffix("Id").and_then(|name| entity.field(name));
            let is_spelling =
                by_id.is_some_and(|field| matches!(field.form, Form::Dictionary(_) | Form::Reference(_)));
            let is_stamp = STAMPS.iter().any(|stamp| stamp.name == key);
            if entity.field(key).is_some() || is_spelling || is_stamp {
                continue;
            }
            if key == CUSTOM {
                self.custom_values(sent);
            } else if !self.custom_value(key, key.to_owned(), sent) {
                let shown = self.sent.stored.and_then(|(_, shown)| shown.get(key));
                if shown.is_none_or(|shown| !echo::same(sent, shown))
                    && let Err(code) = extras.put(key, sent, self.switches.extras)
                {
                    self.fault(key.to_owned(), code, sent);
                }
            }
        }
        if let Some(input) = extras.input() {
            self.patch.set(favo_core::catalogue::meta::EXTRAS, input);
        }
    }
}
