//! What makes a contact a customer, a contact of a company or a lead: person or company, birthday, company (14.2 to 14.4).

use favo_core::Value;
use favo_core::catalogue::{Resource, contact};
use favo_core::documents::DocumentKind;
use favo_core::patch::{Input, Reference};
use favo_core::rules::contact as contacts;

use super::{Acceptance, Mode, Side};
use crate::totvs::fault::{Detail, Failure};
use crate::totvs::fixed::Kind;
use crate::totvs::refusal;
use crate::totvs::table::Field;
use crate::totvs::values::Given;

/// Codes of person types in the fixed list.
const COMPANY: i64 = 0;
const PERSON: i64 = 1;
const FOREIGN: i64 = 2;

impl Acceptance<'_> {
    pub(super) fn person_and_company(&mut self) -> Result<(), Failure> {
        match self.entity.name {
            "customers-integration" => self.customer(),
            "contacts" => self.contact(),
            _ => Ok(()),
        }
    }

    fn customer(&mut self) -> Result<(), Failure> {
        let before = self.stored.map(|stored| stored.get(contact::ORGANISATION));
        let birthday = self.entity.field("birthday").and_then(|field| self.given(field));
        let kind = match self.entity.field("customerPersonType").and_then(|field| self.given(field)) {
            None => None,
            Some(Given::Reference(sent)) => self.typed(Kind::Person, &sent).map(|entry| entry.code),
            Some(_) => Some(self.usual_kind(birthday.as_ref())),
        };
        let organisation = match (kind, before) {
            (Some(COMPANY), _) => true,
            (Some(PERSON), _) => false,
            // Foreign says nothing about it; a new one with a birthday is a person.
            (_, Some(before)) => before,
            (_, None) => !matches!(birthday, Some(Given::Day(_))),
        };
        if let Some(kind) = kind {
            self.set(Side::Own, contact::FOREIGN.position(), Input::Bool(kind == FOREIGN));
        }
        self.set(Side::Own, contact::ORGANISATION.position(), Input::Bool(organisation));
        if let Some(stored) = self.stored.filter(|_| before == Some(true) && !organisation)
            && contacts::has_people(self.tx, stored.id())?
        {
            return Err(refusal::wrong_state(
                "People are linked to this company: it cannot become a person.",
            ));
        }
        self.birthday(organisation, before, birthday.as_ref());
        Ok(())
    }

    /// The type of a customer who does not say: by document, else by birthday, else a company.
    fn usual_kind(&self, birthday: Option<&Given>) -> i64 {
        if self.has_document(DocumentKind::Cpf) {
            return PERSON;
        }
        let born = match birthday {
            Some(given) => matches!(given, Given::Day(_)),
            None => self.stored.is_some_and(|stored| stored.get(contact::BORN_ON).is_some()),
        };
        if !self.has_document(DocumentKind::Cnpj) && born { PERSON } else { COMPANY }
    }

    /// A company was founded, a person born: the day moves when one becomes the other.
    fn birthday(&mut self, organisation: bool, before: Option<bool>, given: Option<&Given>) {
        let places = [contact::BORN_ON.position(), contact::FOUNDED_ON.position()];
        let (here, there) = (places[usize::from(organisation)], places[usize::from(!organisation)]);
        let moved = before.is_some_and(|before| before != organisation);
        let old = self.value(Side::Own, there).and_then(Value::number).filter(|_| moved);
        match given {
            Some(Given::Day(day)) => self.set(Side::Own, here, Input::Int(*day)),
            Some(_) => self.clear(Side::Own, here),
            None => {
                if let Some(day) = old {
                    self.set(Side::Own, here, Input::Int(day));
                }
            }
        }
        if moved {
            self.clear(Side::Own, there);
        }
    }

    /// A contact of a company: the company itself, the section of its life, its seller.
    fn contact(&mut self) -> Result<(), Failure> {
        self.set(Side::Own, contact::ORGANISATION.position(), Input::Bool(false));
        let Some(company) = self.becomes(contact::EMPLOYER) else { return Ok(()) };
        let is_new = self.stored.and_then(|stored| stored.get(contact::EMPLOYER)) != Some(company);
        if !is_new && self.mode == Mode::Merge {
            return Ok(());
        }
        let Some(record) = self.tx.load(Resource::Contact, company)? else { return Ok(()) };
        if is_new && !record.get(contact::ORGANISATION) {
            let sent = self.body.row.get("customer").cloned();
            if let Some(Given::Reference(sent)) = sent {
                let (path, shown) = sent.shown();
                self.reject_text(path, Detail::ReferenceNotFound, shown);
            }
            return Ok(());
        }
        if self.mode == Mode::Insert
            && let Some(section) = record.get(contact::LIFE_CYCLE)
        {
            self.set(Side::Own, contact::LIFE_CYCLE.position(), Input::Int(section));
        }
        self.usual_owner(contact::OWNER.position(), record.get(contact::OWNER));
        Ok(())
    }

    /// The seller of a record that names none: that of the company or client. Only where the seller is open at all.
    pub(super) fn usual_owner(&mut self, position: u16, owner: Option<i64>) {
        let open = self.mode != Mode::Merge || self.body.row.get("professionalId").is_some();
        let named = matches!(self.body.row.get("professionalId"), Some(Given::Reference(_)));
        let Some(owner) = owner.filter(|_| open && !named) else { return };
        let live = self.ctx.snapshot.live(Resource::User, owner).is_some_and(|user| user.is_active());
        if live {
            if self.value(Side::Own, position).and_then(Value::number) == Some(owner) {
                self.accepted.patch.remove(position);
            } else {
                self.accepted.patch.set(position, Input::One(Reference::id(owner)));
            }
        }
    }

    /// The company a lead names; a lead that is a company shows its own name there.
    pub(super) fn company_name(&mut self, field: &'static Field, given: &Given) {
        let name = self.stored.filter(|stored| stored.get(contact::ORGANISATION));
        let name = name.and_then(|stored| stored.get(contact::NAME));
        let position = contact::COMPANY_NAME.position();
        match given {
            Given::Text(text) if name == Some(text) => {}
            Given::Text(text) if text.chars().count() > 255 => self.reject(field.name, Detail::Size(255)),
            Given::Text(text) => self.set(Side::Own, position, Input::Text(text.clone())),
            _ => self.clear(Side::Own, position),
        }
    }

    /// Whether the record is a person: written as a customer it is one from now on, also beside a company (14.2 c).
    pub(super) fn is_a_person(&self) -> bool {
        self.becomes(contact::ORGANISATION) != Some(1)
    }

    /// Marks a person as a customer in their own right, as soon as anything about them is written.
    pub(super) fn stand_alone(&mut self) {
        if self.entity.name != "customers-integration" || !self.is_a_person() {
            return;
        }
        let marked = self.stored.is_some_and(|stored| stored.get(contact::STANDS_ALONE));
        let written = self.mode == Mode::Insert || !self.accepted.is_empty();
        if written && !marked {
            self.accepted.patch.set(contact::STANDS_ALONE, Input::Bool(true));
        }
    }
}
