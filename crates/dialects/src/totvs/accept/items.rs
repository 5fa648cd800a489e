//! Items of orders and opportunities (14.12): which stored line each is, its product and unit, its numbers.

use std::collections::HashMap;

use favo_core::Decimal;
use favo_core::catalogue::{Resource, line_item, meta, product};
use favo_core::patch::{Input, ItemPatch, Reference};
use favo_core::query::{Column, Filter, Order, Query, TextMatch};
use favo_core::record::{Item, Key, kind};
use favo_core::terms::TermKind;
use favo_core::text::fold;

use super::{Acceptance, Side};
use crate::totvs::entities;
use crate::totvs::fault::{Detail, Failure};
use crate::totvs::ids;
use crate::totvs::table::{At, Field};
use crate::totvs::values::{Given, Row, Sent, rounded};

/// The products that the rows name, and those of the stored lines, looked up together.
#[derive(Default)]
struct Products {
    by_uuid: HashMap<String, i64>,
    by_key: HashMap<String, i64>,
    /// By folded code.
    by_code: HashMap<String, i64>,
}

impl Products {
    /// The product of a reference that is spelled in one way; `None` when it is spelled in several.
    fn of(&self, sent: &Sent) -> Option<Option<i64>> {
        let Sent { ids, external_key, code, acronyms, .. } = sent;
        let found = match (ids.as_slice(), external_key, code) {
            ([(uuid, _), rest @ ..], None, None) if rest.iter().all(|(other, _)| other == uuid) => {
                self.by_uuid.get(uuid)
            }
            ([], Some(key), None) => self.by_key.get(key),
            ([], None, Some(code)) => self.by_code.get(&fold(code)),
            _ => return None,
        };
        acronyms.is_empty().then_some(found.copied())
    }
}

/// How many codes are looked up in one query.
const CODES: usize = 200;

impl Acceptance<'_> {
    pub(super) fn items(
        &mut self,
        field: &'static Field,
        given: &Given,
        product_required: bool,
    ) -> Result<(), Failure> {
        let At::Own(list) = field.at else { return Ok(()) };
        let rows: &[Row] = match given {
            Given::Rows(rows) => rows,
            _ => &[],
        };
        let stored: Vec<Item> = match self.stored.map(|stored| stored.at(list)) {
            Some(favo_core::Value::Items(items)) => items.clone(),
            _ => Vec::new(),
        };
        let products = self.products(rows, &stored)?;
        let mut taken = Vec::new();
        let mut patches = Vec::with_capacity(rows.len());
        for (at, row) in rows.iter().enumerate() {
            let known = self.stored_line(row, &stored, &taken);
            taken.extend(known.and_then(|item| item.get(line_item::ID)));
            patches.push(self.item(row, known, at, &products, product_required)?);
        }
        self.put_items(list, &stored, patches, line_item::ID);
        Ok(())
    }

    /// The ids of all products that are named: in few goes, however many lines there are.
    fn products(&mut self, rows: &[Row], stored: &[Item]) -> Result<Products, Failure> {
        let (mut uuids, mut keys, mut codes) = (Vec::new(), Vec::new(), Vec::new());
        for row in rows {
            if let Some(Given::Reference(sent)) = row.get("product") {
                uuids.extend(sent.ids.iter().map(|(id, _)| id.clone()));
                keys.extend(sent.external_key.clone());
                codes.extend(sent.code.as_deref().map(fold).filter(|code| !code.is_empty()));
            }
        }
        for list in [&mut uuids, &mut keys, &mut codes] {
            list.sort_unstable();
            list.dedup();
        }
        let mut products = Products::default();
        if !uuids.is_empty() {
            // Products of stored lines may be sent back, also when they are gone or hidden.
            let mut old: Vec<i64> = stored.iter().filter_map(|item| item.get(line_item::PRODUCT)).collect();
            old.sort_unstable();
            old.dedup();
            for (id, uuid) in self.uuids_of(Resource::Product, &old)? {
                products.by_uuid.insert(uuid, id);
            }
            uuids.retain(|uuid| !products.by_uuid.contains_key(uuid));
            let ids: Vec<i64> = self.tx.ids_of(Resource::Product, &uuids)?.into_iter().flatten().collect();
            self.read_products(Filter::OneOf(meta::ID.position(), ids), &mut products)?;
        }
        if !keys.is_empty() {
            self.read_products(Filter::Term(TermKind::ExternalKey, TextMatch::Equal, keys), &mut products)?;
        }
        for codes in codes.chunks(CODES) {
            let equal =
                |code: &String| Filter::Text(product::CODE.position(), TextMatch::Equal, code.clone());
            self.read_products(Filter::Or(codes.iter().map(equal).collect()), &mut products)?;
        }
        Ok(products)
    }

    /// Reads the products that meet a condition and the user may see; of two with one code the newest counts.
    fn read_products(&mut self, filter: Filter, products: &mut Products) -> Result<(), Failure> {
        let visible = self.ctx.actor.visible(Resource::Product);
        let query = Query::of(Resource::Product).filter(filter.and(visible)).order(Order::OLDEST);
        let columns = [
            Column::own(meta::ID),
            Column::own(meta::UUID),
            Column::own(meta::EXTERNAL_KEY),
            Column::own(product::CODE),
        ];
        self.tx.select(&query, &columns, &mut |row| {
            let Some(id) = row.int(0) else { return Ok(()) };
            products.by_uuid.extend(row.text(1).map(|uuid| (uuid.to_owned(), id)));
            products.by_key.extend(row.text(2).map(|key| (key.to_owned(), id)));
            products.by_code.extend(row.text(3).map(|code| (fold(code), id)));
            Ok(())
        })?;
        Ok(())
    }

    /// The stored line that an element names by its id or its key.
    fn stored_line<'s>(&self, row: &Row, stored: &'s [Item], taken: &[i64]) -> Option<&'s Item> {
        let record = self.stored?.get(meta::UUID)?;
        let free = |item: &&Item| item.get(line_item::ID).is_some_and(|id| !taken.contains(&id));
        let id = row.text("id").and_then(ids::normal);
        let by_id = id.and_then(|id| {
            stored.iter().find(|item| {
                item.get(line_item::ID).is_some_and(|line| ids::of_row(record, "items", line) == id)
            })
        });
        let by_key = || {
            let key = row.text("externalId")?;
            stored.iter().find(|item| item.get(line_item::EXTERNAL_KEY) == Some(key))
        };
        by_id.or_else(by_key).filter(free)
    }

    /// What one line is to become: what differs from the stored one. Of a stored line an absent key says nothing.
    fn item(
        &mut self,
        row: &Row,
        stored: Option<&Item>,
        at: usize,
        products: &Products,
        product_required: bool,
    ) -> Result<ItemPatch, Failure> {
        let mut patch =
            ItemPatch { id: stored.and_then(|item| item.get(line_item::ID)), entries: Vec::new() };
        let product = self.product(row, stored, products, product_required)?;
        if let Some(input) = product {
            patch.set(line_item::PRODUCT, input);
        }
        self.item_text(row, ("externalId", 100), line_item::EXTERNAL_KEY, stored, &mut patch);
        self.item_text(row, ("description", 200), line_item::NAME, stored, &mut patch);
        match row.get("sequence") {
            // The core counts from 0.
            Some(Given::Integer(sequence))
                if stored.and_then(|item| item.get(line_item::POSITION)).map(|at| at.saturating_add(1))
                    == Some(*sequence) => {}
            Some(Given::Integer(sequence)) if *sequence < 1 => {
                let shown = sequence.to_string();
                self.reject_text(format!("{}sequence", row.path), Detail::Range, Some(&shown));
            }
            Some(Given::Integer(sequence)) => {
                patch.set(line_item::POSITION, Input::Int(*sequence - 1));
            }
            _ if stored.is_none() => {
                patch.set(line_item::POSITION, Input::Int(at as i64));
            }
            _ => {}
        }
        self.unit(row, stored, &mut patch)?;
        self.quantity(row, stored, &mut patch);
        self.price(row, stored, &mut patch);
        self.discount(row, stored, &mut patch);
        Ok(patch)
    }

    fn product(
        &mut self,
        row: &Row,
        stored: Option<&Item>,
        products: &Products,
        required: bool,
    ) -> Result<Option<Input>, Failure> {
        let known = stored.and_then(|item| item.get(line_item::PRODUCT));
        let sent = match row.get("product") {
            Some(Given::Reference(sent)) => sent,
            None if stored.is_some() => return Ok(None),
            other => {
                let named = row.text("description").is_some()
                    || (row.get("description").is_none()
                        && stored.is_some_and(|item| item.get(line_item::NAME).is_some()));
                // Others write lines without a product; such a line may be sent back.
                let required = required && (stored.is_none() || known.is_some());
                if required || !named {
                    self.reject_text(format!("{}product", row.path), Detail::NotNull, None);
                    return Ok(None);
                }
                let cleared = other.is_some() && known.is_some();
                return Ok(cleared.then_some(Input::Clear));
            }
        };
        // Spelled in one way the product is known already; other references are looked up one by one.
        let id = match products.of(sent) {
            Some(found) => {
                if found.is_none() {
                    let (path, shown) = sent.shown();
                    self.reject_text(path, Detail::ReferenceNotFound, shown);
                }
                found
            }
            None => self.resolve(sent, entities::PRODUCTS, Side::Own, meta::ID.position(), None)?,
        };
        Ok(id.filter(|id| known != Some(*id)).map(|id| Input::One(Reference::id(id))))
    }

    fn item_text(
        &mut self,
        row: &Row,
        (name, most): (&str, u16),
        key: Key<kind::Text>,
        stored: Option<&Item>,
        patch: &mut ItemPatch,
    ) {
        let known = stored.and_then(|item| item.get(key));
        match row.get(name) {
            Some(Given::Text(text)) if known == Some(text) => {}
            Some(Given::Text(text)) if text.chars().count() > usize::from(most) => {
                self.reject_text(format!("{}{name}", row.path), Detail::Size(most), Some(text));
            }
            Some(Given::Text(text)) => {
                patch.set(key, Input::Text(text.clone()));
            }
            // A description that is cleared is that of the product again; the line takes it with the product.
            Some(Given::Null) if known.is_some() && key.position() != line_item::NAME.position() => {
                patch.set(key, Input::Clear);
            }
            _ => {}
        }
    }

    fn unit(&mut self, row: &Row, stored: Option<&Item>, patch: &mut ItemPatch) -> Result<(), Failure> {
        let Some(Given::Reference(sent)) = row.get("measureUnit") else { return Ok(()) };
        let known = stored.and_then(|item| item.get(line_item::UNIT));
        // A unit that is gone by now may be sent back with its line.
        let same = known.is_some_and(|id| {
            let unit = self.ctx.snapshot.get(Resource::UnitOfMeasure, id);
            let uuid = unit.and_then(|unit| unit.get(meta::UUID));
            sent.ids.first().is_some_and(|(sent, _)| uuid == Some(sent))
        });
        if same && sent.ids.len() == 1 {
            return Ok(());
        }
        let id = self.resolve(sent, entities::MEASURE_UNITS, Side::Own, meta::ID.position(), None)?;
        if let Some(id) = id.filter(|id| known != Some(*id)) {
            patch.set(line_item::UNIT, Input::One(Reference::id(id)));
        }
        Ok(())
    }

    fn quantity(&mut self, row: &Row, stored: Option<&Item>, patch: &mut ItemPatch) {
        let path = || format!("{}quantity", row.path);
        let known = stored.and_then(|item| item.get(line_item::QUANTITY));
        match row.get("quantity") {
            Some(Given::Decimal(quantity)) if known.map(|known| rounded(known, 4)) == Some(*quantity) => {}
            Some(Given::Decimal(quantity)) if *quantity <= Decimal::ZERO => {
                self.reject_text(path(), Detail::Range, Some(&quantity.to_string()));
            }
            Some(Given::Decimal(quantity)) => {
                patch.set(line_item::QUANTITY, Input::Decimal(*quantity));
            }
            None if stored.is_some() => {}
            _ => self.reject_text(path(), Detail::NotNull, None),
        }
    }

    fn price(&mut self, row: &Row, stored: Option<&Item>, patch: &mut ItemPatch) {
        let Some(Given::Decimal(price)) = row.get("unitPrice") else { return };
        let known = stored.and_then(|item| item.get(line_item::UNIT_PRICE));
        if known.map(|known| rounded(known, 4)) == Some(*price) {
            return;
        }
        if *price < Decimal::ZERO {
            self.reject_text(format!("{}unitPrice", row.path), Detail::Range, Some(&price.to_string()));
            return;
        }
        patch.set(line_item::UNIT_PRICE, Input::Decimal(*price));
    }

    fn discount(&mut self, row: &Row, stored: Option<&Item>, patch: &mut ItemPatch) {
        let sent = match row.get("discountPercent") {
            Some(Given::Decimal(percent)) => *percent,
            None if stored.is_some() => return,
            _ => Decimal::ZERO,
        };
        if stored.and_then(percent_of) == Some(sent) {
            return;
        }
        if sent < Decimal::ZERO || sent > Decimal::from_units(100) {
            let shown = sent.to_string();
            self.reject_text(format!("{}discountPercent", row.path), Detail::Range, Some(&shown));
            return;
        }
        patch.set(line_item::DISCOUNT, Input::Decimal(sent));
        patch.set(line_item::DISCOUNT_IS_PERCENTAGE, Input::Bool(true));
    }
}

/// The discount of a line in per cent, as it is shown: an amount is a part of quantity times price.
fn percent_of(line: &Item) -> Option<Decimal> {
    let discount = line.get(line_item::DISCOUNT).unwrap_or(Decimal::ZERO);
    if line.get(line_item::DISCOUNT_IS_PERCENTAGE) || discount == Decimal::ZERO {
        return Some(rounded(discount, 2));
    }
    let gross = line.get(line_item::UNIT_PRICE)?.times(line.get(line_item::QUANTITY)?)?;
    let share = Decimal(discount.0.checked_mul(100)?).over(gross)?;
    Some(rounded(share, 2))
}
