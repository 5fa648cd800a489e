//! Lines of opportunities, offers and orders (15.11): a list that replaces the stored one, known ids kept.

use std::collections::HashMap;

use favo_core::catalogue::{line_item, meta, opportunity, order, product, proposal};
use favo_core::patch::{Input, ItemPatch, Reference};
use favo_core::query::{Column, Filter, Query};
use favo_core::{Decimal, Item, Record, Resource, Result};

use super::{Acceptance, references, spelled};
use crate::egito::entities::{self, LINE};
use crate::egito::fault::Code;
use crate::egito::table::{Field, Form};
use crate::egito::values;
use crate::json::{Json, Object};

/// The lines of a record.
fn of(record: &Record) -> &[Item] {
    match record.resource() {
        Resource::Proposal => record.get(proposal::LINES),
        Resource::Order => record.get(order::LINES),
        _ => record.get(opportunity::LINES),
    }
}

/// The lines of a record as a patch that changes nothing about them.
pub(super) fn unchanged(record: &Record) -> Vec<ItemPatch> {
    let rows = of(record).iter();
    rows.map(|row| ItemPatch { id: row.get(line_item::ID), entries: Vec::new() }).collect()
}

/// The field of a line with this name.
fn named(name: &str) -> Option<&'static Field> {
    LINE.iter().find(|field| field.name == name)
}

impl Acceptance<'_> {
    /// The list of lines; `None` when something in it is at fault, which is noted.
    pub(super) fn lines(&mut self, field: &'static Field, _: u16, sent: &Json) -> Result<Option<Input>> {
        let rows = match sent {
            Json::List(rows) => rows.as_slice(),
            sent if super::is_blank(sent) => &[],
            Json::Object(_) => std::slice::from_ref(sent),
            other => {
                self.fault(field.name, Code::TypeMismatch, other);
                return Ok(None);
            }
        };
        let faults = self.faults.len();
        let products = self.products(rows)?;
        let known: HashMap<i64, Item> = self.stored().map_or_else(HashMap::new, |stored| {
            of(stored).iter().filter_map(|row| Some((row.get(line_item::ID)?, row.clone()))).collect()
        });
        let mut patches = Vec::with_capacity(rows.len());
        for (at, row) in rows.iter().enumerate() {
            let path = format!("{}[{at}]", field.name);
            match row {
                Json::Object(row) => patches.push(self.line(&path, row, &products, &known)),
                other => self.fault(path, Code::TypeMismatch, other),
            }
        }
        Ok((self.faults.len() == faults).then_some(Input::Items(patches)))
    }

    /// The products that rows name, in one read, by id.
    fn products(&mut self, rows: &[Json]) -> Result<HashMap<i64, String>> {
        let (Some(field), Some(entity)) = (named("product"), entities::named("Product")) else {
            return Ok(HashMap::new());
        };
        let mut ids = Vec::new();
        for row in rows {
            if let Json::Object(row) = row
                && let (Some(sent), _) = spelled(row, field)
            {
                ids.extend(references::id(sent).ok().flatten());
            }
        }
        ids.sort_unstable();
        ids.dedup();
        let mut found = HashMap::with_capacity(ids.len());
        if ids.is_empty() || !self.may_read(entity) {
            return Ok(found);
        }
        let among = Filter::OneOf(meta::ID.position(), ids).and(entity.records(self.ctx));
        let columns = [Column::own(meta::ID), Column::own(product::NAME)];
        self.tx.select(&Query::of(Resource::Product).filter(among), &columns, &mut |row| {
            found.insert(row.int(0).unwrap_or(0), row.text(1).unwrap_or_default().to_owned());
            Ok(())
        })?;
        Ok(found)
    }

    /// One line.
    fn line(
        &mut self,
        path: &str,
        row: &Object,
        products: &HashMap<i64, String>,
        known: &HashMap<i64, Item>,
    ) -> ItemPatch {
        let faults = self.faults.len();
        let id = row.get("id").map(values::id);
        if let (Some(Err(code)), Some(sent)) = (id, row.get("id")) {
            self.fault(format!("{path}.id"), code, sent);
        }
        let id = id.and_then(|id| id.ok().flatten());
        let old = id.and_then(|id| known.get(&id));
        let (old_product, old_name, is_old) = (
            old.and_then(|old| old.get(line_item::PRODUCT)),
            old.and_then(|old| old.get(line_item::NAME)).map(str::to_owned),
            old.is_some(),
        );
        let mut patch = ItemPatch { id, entries: Vec::new() };
        for field in LINE.iter().filter(|field| !field.read_only && field.name != "id") {
            let (sent, other) = spelled(row, field);
            let path = || format!("{path}.{}", field.name);
            if let Some(other) = other.filter(|other| !self.agree(field, sent, other)) {
                self.fault(path(), Code::ReferenceConflict, other);
                continue;
            }
            let Some(sent) = sent else { continue };
            match self.line_field(field, sent, products, old_product) {
                Ok(input) => {
                    if let crate::egito::table::At::Own(position) = field.at {
                        patch.entries.push((position, input));
                    }
                }
                Err(code) => self.fault(path(), code, sent),
            }
        }
        let says_discount = patch.get(line_item::DISCOUNT).is_some();
        if says_discount || !is_old {
            patch.set(line_item::DISCOUNT_IS_PERCENTAGE, Input::Bool(true));
        }
        let product = match patch.get(line_item::PRODUCT) {
            Some(Input::One(reference)) => reference.id,
            Some(_) => None,
            None => old_product,
        };
        match (patch.get(line_item::NAME), product) {
            (Some(Input::Clear), Some(product)) => {
                if let Some(name) = products.get(&product) {
                    patch.set(line_item::NAME, Input::Text(name.clone()));
                }
            }
            (Some(Input::Clear), None) => self.no_product(path, row, faults),
            (None, None) if old_name.is_none_or(|name| name.is_empty()) => self.no_product(path, row, faults),
            _ => {}
        }
        if self.switches.extras == crate::egito::switches::Extras::Reject {
            self.refuse_unknown(path, row);
        }
        patch
    }

    /// A line needs a product or a name; its own faults are those from this one on.
    fn no_product(&mut self, path: &str, row: &Object, faults: usize) {
        let path = format!("{path}.product");
        if !self.faults[faults..].iter().any(|fault| fault.field.as_deref() == Some(path.as_str())) {
            self.fault(path, Code::Blank, row.get("product").unwrap_or(&Json::Null));
        }
    }

    fn refuse_unknown(&mut self, path: &str, row: &Object) {
        for (key, sent) in row.iter() {
            let known = named(key).is_some() || key.strip_suffix("Id").and_then(named).is_some();
            if !known {
                self.fault(format!("{path}.{key}"), Code::FieldUnknown, sent);
            }
        }
    }

    fn line_field(
        &self,
        field: &'static Field,
        sent: &Json,
        products: &HashMap<i64, String>,
        old_product: Option<i64>,
    ) -> std::result::Result<Input, Code> {
        let hundred = Decimal::from_units(100);
        Ok(match field.form {
            Form::Reference(_) => match references::id(sent)? {
                None => Input::Clear,
                Some(id) if products.contains_key(&id) || old_product == Some(id) => {
                    Input::One(Reference::id(id))
                }
                Some(_) => return Err(Code::ReferenceNotFound),
            },
            Form::Text(most) => values::text(sent, most)?.map_or(Input::Clear, Input::Text),
            Form::Dictionary(kind) => self.entry(kind, sent)?.unwrap_or(Input::Clear),
            Form::Decimal { places, .. } => match super::fields::amount(sent, places)? {
                None => Input::Clear,
                Some(Decimal::ZERO) if field.name == "quantity" => return Err(Code::Range),
                Some(number) if field.name == "discount" && number > hundred => return Err(Code::Range),
                Some(number) => Input::Decimal(number),
            },
            _ => return Err(Code::TypeMismatch),
        })
    }
}
