//! Amounts, product groups, companies of a price list, and dates that must not come before others (14.5 to 14.14).

use favo_core::catalogue::{
    Resource, appointment, line_item, opportunity, order, price_table, product, product_subcategory,
};
use favo_core::patch::{Input, ItemPatch, Reference};
use favo_core::{Decimal, Instant};

use super::{Acceptance, Side};
use crate::json::Json;
use crate::totvs::fault::{Detail, Problem};
use crate::totvs::table::Field;
use crate::totvs::values::{Given, rounded};

impl Acceptance<'_> {
    /// The amount of an opportunity: as it was sent, else the sum of the items, which the core keeps.
    pub(super) fn amount(&mut self) {
        let Some(field) = self.entity.field("amount") else { return };
        let (once, monthly) = (opportunity::ONE_OFF_VALUE.position(), opportunity::MONTHLY_VALUE.position());
        let items_change = self.accepted.patch.names(opportunity::LINES);
        match self.given(field) {
            None => {}
            Some(Given::Decimal(amount)) if amount < Decimal::ZERO => self.reject("amount", Detail::Range),
            Some(Given::Decimal(amount)) => {
                let total = self.stored.and_then(|stored| stored.get(opportunity::TOTAL_VALUE));
                if !items_change && total.map(|total| rounded(total, 2)) == Some(amount) {
                    return;
                }
                // What is charged every month stays, as long as it is part of the amount.
                let every_month = self.stored.filter(|_| !items_change);
                let every_month = every_month.and_then(|stored| stored.get(opportunity::MONTHLY_VALUE));
                let every_month = every_month.filter(|part| *part <= amount).unwrap_or(Decimal::ZERO);
                let rest = Decimal(amount.0 - every_month.0);
                // Beside items that change, also a value that is stored already has to be said.
                self.accepted.patch.set(once, Input::Decimal(rest));
                self.accepted.patch.set(monthly, Input::Decimal(every_month));
            }
            Some(_) => {
                let lines = self.stored.map(|stored| stored.get(opportunity::LINES)).unwrap_or_default();
                if !items_change && !lines.is_empty() {
                    // The same items once more: the core sums them up again.
                    let rows = lines
                        .iter()
                        .map(|line| ItemPatch { id: line.get(line_item::ID), entries: Vec::new() });
                    let rows = Input::Items(rows.collect());
                    self.accepted.patch.set(opportunity::LINES, rows);
                } else if !items_change {
                    self.clear(Side::Own, once);
                    self.clear(Side::Own, monthly);
                }
            }
        }
    }

    /// The group of a product: a category, or a subcategory together with its category.
    pub(super) fn product_group(&mut self, given: &Given) {
        let (upper, lower) = (product::CATEGORY.position(), product::SUBCATEGORY.position());
        let Given::Reference(sent) = given else {
            self.clear(Side::Own, upper);
            self.clear(Side::Own, lower);
            return;
        };
        // A group that is gone by now may be sent back with its product.
        let current =
            self.stored.map(|stored| (stored.get(product::CATEGORY), stored.get(product::SUBCATEGORY)));
        let shown = match current {
            Some((_, Some(id))) => self.ctx.snapshot.get(Resource::ProductSubcategory, id),
            Some((Some(id), None)) => self.ctx.snapshot.get(Resource::ProductCategory, id),
            _ => None,
        };
        let shown = shown.and_then(|group| group.get(favo_core::catalogue::meta::UUID));
        if sent.ids.len() == 1 && shown.is_some_and(|uuid| sent.ids[0].0 == uuid) {
            return;
        }
        match self.group(sent) {
            Some((Resource::ProductSubcategory, id)) => {
                let record = self.ctx.snapshot.get(Resource::ProductSubcategory, id);
                let category = record.and_then(|record| record.get(product_subcategory::CATEGORY));
                self.set(Side::Own, lower, Input::One(Reference::id(id)));
                match category {
                    Some(category) => self.set(Side::Own, upper, Input::One(Reference::id(category))),
                    None => self.clear(Side::Own, upper),
                }
            }
            Some((_, id)) => {
                self.set(Side::Own, upper, Input::One(Reference::id(id)));
                self.clear(Side::Own, lower);
            }
            None => {}
        }
    }

    /// The companies a price list is for: kept as they were sent.
    pub(super) fn companies(&mut self, field: &'static Field, given: &Given) {
        let Given::Raw(Json::List(rows)) = given else {
            self.extras.push((field.name.to_owned(), None));
            return;
        };
        for (at, row) in rows.iter().enumerate() {
            let Json::Object(row) = row else { continue };
            let path = format!("{}[{at}].companyId", field.name);
            match row.get("companyId").map(super::super::values::text) {
                Some(Some(id)) if id.is_empty() => self.reject_text(path, Detail::NotNull, None),
                Some(Some(id)) if id.chars().count() > 40 => {
                    self.reject_text(path, Detail::Size(40), Some(&id));
                }
                Some(_) => {}
                None => self.reject_text(path, Detail::NotNull, None),
            }
        }
        let mut kept = Vec::new();
        Json::List(rows.clone()).push(&mut kept);
        self.extras.push((field.name.to_owned(), String::from_utf8(kept).ok()));
    }

    /// Ends that lie before their beginnings.
    pub(super) fn spans(&mut self) {
        let zone = &self.switches.zone;
        let day = |at: Option<i64>| at.map(|at| zone.day(Instant(at)));
        let (name, start, end, touched) = match self.resource {
            Resource::Order => (
                "deliveryDate",
                self.becomes(order::ORDERED_ON),
                self.becomes(order::DELIVERY_ON),
                [order::ORDERED_ON.position(), order::DELIVERY_ON.position()],
            ),
            Resource::PriceTable => (
                "endOn",
                self.becomes(price_table::VALID_FROM),
                day(self.becomes(price_table::EXPIRES_AT)),
                [price_table::VALID_FROM.position(), price_table::EXPIRES_AT.position()],
            ),
            Resource::Appointment => (
                "endAt",
                self.becomes(appointment::STARTS_AT),
                self.becomes(appointment::ENDS_AT),
                [appointment::STARTS_AT.position(), appointment::ENDS_AT.position()],
            ),
            _ => return,
        };
        let touched = touched.into_iter().any(|position| self.accepted.patch.names(position));
        let known = self.problems.iter().any(|problem| problem.field == name);
        if touched && !known && start.is_some_and(|start| end.is_some_and(|end| end < start)) {
            let value = self.body.object.get(name);
            self.problems.push(Problem::new(name, Detail::Range, value));
        }
    }
}
