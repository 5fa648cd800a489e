//! What a record gets that a client left open, and what its fields have to agree on (the tables of section 15).

use favo_core::catalogue::{contact, opportunity, order, product, proposal, task};
use favo_core::patch::{Input, Patch, Reference};
use favo_core::record::{Key, kind};
use favo_core::rules::{order as orders, products};
use favo_core::{Resource, Result};

use super::Acceptance;
use super::fields::LAST_MINUTE;
use crate::egito::dictionary::{self, Entry, Kept, Kind};
use crate::egito::fault::Code;
use crate::json::Json;
use crate::json_out::civil;

/// Days to pay when nobody says.
const PAYMENT_DAYS: i64 = 14;
/// How many days an offer is valid when nobody says.
const VALID_DAYS: i64 = 30;
/// What orders are numbered with.
const SERIES: &str = "ZA";

/// Whether a patch gives a field something.
fn says(patch: &Patch, field: u16) -> bool {
    match patch.get(field) {
        None | Some(Input::Clear) => false,
        Some(Input::One(reference)) => !reference.is_empty(),
        Some(_) => true,
    }
}

impl Acceptance<'_> {
    /// Sets a field of a new record that nothing was said about.
    fn preset(&mut self, field: impl Into<u16>, input: Option<Input>) {
        let field = field.into();
        if let Some(input) = input
            && self.is_new()
            && !says(&self.patch, field)
        {
            self.patch.set(field, input);
        }
    }

    /// Sets a field that was cleared, or left open in a new record.
    fn refill(&mut self, field: impl Into<u16>, input: impl FnOnce(&Self) -> Option<Input>) {
        let field = field.into();
        let open = self.is_new() || self.patch.names(field);
        if open
            && !says(&self.patch, field)
            && let Some(input) = input(self)
        {
            self.patch.set(field, input);
        }
    }

    /// A record of a registry that may still be pointed to.
    fn live(&self, registry: Resource, id: Option<i64>) -> Option<i64> {
        id.filter(|id| self.ctx.snapshot.live(registry, *id).is_some())
    }

    fn today(&self) -> i64 {
        self.switches.zone.day(self.ctx.now)
    }

    fn currency(&self) -> Input {
        Input::Text(self.switches.currency.clone())
    }

    /// Everything that needs more than one field.
    pub(super) fn finish(&mut self) -> Result<()> {
        match self.sent.entity.name {
            "Account" => self.finish_account(),
            "Contact" => self.finish_person()?,
            "Lead" => self.finish_lead(),
            "Opportunity" => self.finish_opportunity()?,
            "Offer" => self.finish_offer()?,
            "OfferGroup" => self.group_client(),
            "Order" => self.finish_order()?,
            "Product" => self.finish_product(),
            "Task" => self.finish_task()?,
            _ => {}
        }
        Ok(())
    }

    fn finish_account(&mut self) {
        self.finish_contact();
        if self.is_new() {
            self.patch.set(contact::ORGANISATION, Input::Bool(true));
            self.usual_relationship();
        }
    }

    /// A new contact is a prospect.
    fn usual_relationship(&mut self) {
        if self.patch.names(contact::LIFE_CYCLE) {
            return;
        }
        let usual = dictionary::usual(self.ctx, Kind::RelationshipType).map(|entry| entry.kept);
        if let Some(Kept::Relationship { category, life_cycle }) = usual {
            self.relate(category, life_cycle);
        }
    }

    /// A new person takes relationship and owner from the company they work for.
    fn finish_person(&mut self) -> Result<()> {
        self.finish_contact();
        if !self.is_new() {
            return Ok(());
        }
        self.patch.set(contact::ORGANISATION, Input::Bool(false));
        let employer = match self.patch.get(contact::EMPLOYER) {
            Some(Input::One(reference)) => reference.id,
            _ => None,
        };
        if let Some(employer) = self.contact(employer)? {
            if !self.patch.names(contact::LIFE_CYCLE) {
                let category = self.live(Resource::Category, employer.get(contact::CATEGORY));
                self.relate(category, employer.get(contact::LIFE_CYCLE));
            }
            let owner = self.live(Resource::User, employer.get(contact::OWNER));
            let owner = owner.map(Reference::id).map(Input::One);
            self.preset(contact::OWNER, owner);
        }
        self.usual_relationship();
        Ok(())
    }

    fn finish_lead(&mut self) {
        self.finish_contact();
        let word = if self.sent.was_form { "WEB_FORM" } else { "OTHER" };
        self.refill(contact::ORIGIN, |work| {
            kept_record(dictionary::coded(work.ctx, Kind::LeadSource, word).as_ref())
        });
        if self.is_new() {
            self.patch.set(contact::ORGANISATION, Input::Bool(false));
        }
    }

    fn finish_opportunity(&mut self) -> Result<()> {
        let customer = self.buyer()?;
        if self.is_new()
            && let Some(customer) = self.contact(customer)?
        {
            let origin = self.live(Resource::Origin, customer.get(contact::ORIGIN));
            let origin = origin.map(Reference::id).map(Input::One);
            self.preset(opportunity::ORIGIN, origin);
            let owner = self.live(Resource::User, customer.get(contact::OWNER));
            let owner = owner.map(Reference::id).map(Input::One);
            self.preset(opportunity::OWNER, owner);
        }
        self.preset(opportunity::OWNER, Some(Input::One(Reference::id(self.ctx.actor.user))));
        self.refill(opportunity::CURRENCY, |work| Some(work.currency()));
        self.drop_loose_reason();
        Ok(())
    }

    fn finish_offer(&mut self) -> Result<()> {
        let stored = self.stored().and_then(|stored| stored.get(proposal::OPPORTUNITY));
        let sent = self.patch.get(proposal::OPPORTUNITY).cloned();
        if let (false, Some(sent)) = (self.is_new(), sent) {
            // An offer stays with its opportunity.
            if sent != stored.map_or(Input::Clear, |id| Input::One(Reference::id(id))) {
                let shown = self.sent.fields.get("opportunity").or(self.sent.fields.get("opportunityId"));
                self.fault("opportunity", Code::StateConflict, &shown.cloned().unwrap_or(Json::Null));
            }
        }
        self.recipient()?;
        if self.is_new() && !says(&self.patch, proposal::OPPORTUNITY.position()) {
            self.preset(proposal::CURRENCY, Some(self.currency()));
        }
        self.refill(proposal::ISSUED_ON, |work| Some(Input::Int(work.today())));
        let issued = self.day_after(proposal::ISSUED_ON).unwrap_or_else(|| self.today());
        self.refill(proposal::VALID_UNTIL, |_| Some(Input::Int(issued + VALID_DAYS)));
        let changes = self.patch.names(proposal::VALID_UNTIL) || self.patch.names(proposal::ISSUED_ON);
        if changes && self.day_after(proposal::VALID_UNTIL).is_some_and(|end| end < issued) {
            let shown = self.sent.fields.get("validUntil").cloned().unwrap_or(Json::Null);
            self.fault("validUntil", Code::Range, &shown);
        }
        Ok(())
    }

    /// A day as it will be after the save.
    fn day_after(&self, field: Key<kind::Date>) -> Option<i64> {
        match self.patch.get(field) {
            Some(Input::Int(day)) => Some(*day),
            Some(_) => None,
            None => self.stored()?.get(field),
        }
    }

    fn finish_order(&mut self) -> Result<()> {
        self.buyer()?;
        self.refill(order::ORDERED_ON, |work| Some(Input::Int(work.today())));
        self.refill(order::PAYMENT_CONDITION, |work| {
            kept_record(dictionary::usual(work.ctx, Kind::PaymentMethod).as_ref())
        });
        self.refill(order::PAYMENT_DAYS, |_| Some(Input::Int(PAYMENT_DAYS)));
        self.refill(order::CURRENCY, |work| Some(work.currency()));
        let needs_number = self.is_new() && !says(&self.patch, order::CODE.position());
        if needs_number && self.faults.is_empty() {
            let day = self.day_after(order::ORDERED_ON).unwrap_or_else(|| self.today());
            let number = orders::next_number(self.tx, SERIES, civil(day).0)?;
            self.patch.set(order::CODE, Input::Text(number));
        }
        Ok(())
    }

    fn finish_product(&mut self) {
        self.refill(product::BASE_PRICE, |_| Some(Input::Decimal(favo_core::Decimal::ZERO)));
        self.refill(product::CURRENCY, |work| Some(work.currency()));
        self.refill(product::TAX_CODE, |work| match dictionary::usual(work.ctx, Kind::VatRate)?.kept {
            Kept::Word(word) => Some(Input::Text(word.to_owned())),
            _ => None,
        });
        self.refill(product::UNIT, |work| {
            kept_record(dictionary::usual(work.ctx, Kind::UnitOfMeasure).as_ref())
        });
        products::fit_category(
            &self.ctx.snapshot,
            self.sent.stored.map(|(record, _)| record),
            &mut self.patch,
        );
        if !std::mem::take(&mut self.patch.problems).is_empty() {
            let fields = self.sent.fields;
            let shown = ["subcategory", "subcategoryId", "category", "categoryId"]
                .iter()
                .find_map(|name| fields.get(name))
                .cloned();
            self.fault("subcategory", Code::NotInList, &shown.unwrap_or(Json::Null));
        }
    }

    fn finish_task(&mut self) -> Result<()> {
        self.task_client()?;
        self.refill(task::DUE_AT, |work| {
            work.switches.zone.at(work.today(), LAST_MINUTE).map(Input::Instant)
        });
        self.refill(task::TYPE, |work| kept_record(dictionary::usual(work.ctx, Kind::ActivityType).as_ref()));
        Ok(())
    }
}

/// The registry record behind an entry.
fn kept_record(entry: Option<&Entry>) -> Option<Input> {
    match entry?.kept {
        Kept::Record(id) => Some(Input::One(Reference::id(id))),
        _ => None,
    }
}
