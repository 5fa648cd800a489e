//! What fields become that the body leaves open and whose default the core does not know (14.9 to 14.14).

use favo_core::catalogue::{Resource, appointment, appointment_type, order, price_table, product, task};
use favo_core::patch::{Input, Reference};
use favo_core::{Decimal, Instant};

use super::{Acceptance, Side};
use crate::totvs::values::Given;

/// One minute in microseconds.
const MINUTE: i64 = 60_000_000;

impl Acceptance<'_> {
    pub(super) fn defaults(&mut self) {
        let today = self.switches.zone.day(self.ctx.now);
        match self.resource {
            Resource::Order if self.is_open("orderDate") => {
                self.set(Side::Own, order::ORDERED_ON.position(), Input::Int(today));
            }
            Resource::PriceTable if self.is_open("startOn") => {
                self.set(Side::Own, price_table::VALID_FROM.position(), Input::Int(today));
            }
            Resource::Task if self.is_open("dueOn") => {
                if let Some(end) = self.last_of(today) {
                    self.set(Side::Own, task::DUE_AT.position(), Input::Instant(end));
                }
            }
            Resource::Product => self.price_and_currency(),
            Resource::Appointment => self.appointment(),
            _ => {}
        }
    }

    /// Whether a field is to have its default.
    fn is_open(&self, name: &str) -> bool {
        let field = self.entity.field(name);
        field.and_then(|field| self.given(field)) == Some(Given::Null)
    }

    fn price_and_currency(&mut self) {
        if self.is_open("salesPrice") {
            self.set(Side::Own, product::BASE_PRICE.position(), Input::Decimal(Decimal::ZERO));
        }
        if self.is_open("currency") {
            let currency = self.switches.currency.clone();
            self.set(Side::Own, product::CURRENCY.position(), Input::Text(currency));
        }
    }

    fn appointment(&mut self) {
        if self.is_open("calendarType") {
            let mut types = self.ctx.snapshot.all(Resource::AppointmentType);
            let standard = types.find(|kind| kind.is_active() && kind.get(appointment_type::DEFAULT));
            if let Some(id) = standard.map(|kind| kind.id()) {
                self.set(Side::Own, appointment::TYPE.position(), Input::One(Reference::id(id)));
            }
        }
        let Some(start) = self.becomes(appointment::STARTS_AT).filter(|_| self.is_open("endAt")) else {
            return;
        };
        let end = if self.becomes(appointment::ALL_DAY) == Some(1) {
            // The last minute of the day it starts on.
            let day = self.switches.zone.day(Instant(start));
            self.switches.zone.span(day).map(|(_, end)| Instant(end.0 + 1 - MINUTE))
        } else {
            Some(Instant(start + 60 * MINUTE).min(Instant::LAST))
        };
        if let Some(end) = end {
            self.set(Side::Own, appointment::ENDS_AT.position(), Input::Instant(end));
        }
    }
}
