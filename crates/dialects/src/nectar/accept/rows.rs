//! Rows of owned lists: matched to stored rows by their id, read along their own lines (spec 3.5).

use favo_core::catalogue::{Field, Resource, address, appointment, line_item, opportunity, participant};
use favo_core::error::{Place, Reason};
use favo_core::patch::{Input, ItemPatch, Reference};
use favo_core::record::item_fields;
use favo_core::text::fold;
use favo_core::{Item, Key, Result, Value};

use super::super::body::Json;
use super::super::spelling::{Line, Special, Taken};
use super::super::values_in;
use super::{Acceptance, Here, relations};

impl Acceptance<'_> {
    pub(super) fn rows(
        &mut self,
        line: &'static Line,
        value: &Json,
        position: u16,
        lines: &'static [Line],
    ) -> Result<()> {
        self.keys.push((position, line.key));
        if value.clears() {
            self.patch.set(position, Input::Clear);
            return Ok(());
        }
        let stored = match self.stored.map(|record| record.at(position)) {
            Some(Value::Items(items)) => items.clone(),
            _ => Vec::new(),
        };
        let fields = item_fields(self.resource.definition().field(position));
        let rows = self.read_rows(line.key, Some(position), value, fields, lines, &stored)?;
        self.patch.set(position, Input::Items(rows));
        Ok(())
    }

    /// The rows of a list; what cannot be read is noted and left out.
    pub(super) fn read_rows(
        &mut self,
        key: &'static str,
        list: Option<u16>,
        value: &Json,
        fields: &'static [Field],
        lines: &'static [Line],
        stored: &[Item],
    ) -> Result<Vec<ItemPatch>> {
        let entries = match value {
            cleared if cleared.clears() => &[],
            Json::List(entries) => entries.as_slice(),
            single => std::slice::from_ref(single),
        };
        let mut rows = Vec::with_capacity(entries.len());
        for entry in entries.iter().filter(|entry| !entry.clears()) {
            let Json::Object(object) = entry else {
                self.invalid_key(key);
                continue;
            };
            let Some(id) = relations::id(object.get("id")) else {
                self.invalid_key(format!("{key}.id"));
                continue;
            };
            let kept = id.and_then(|id| stored.iter().find(|row| row_id(row, fields) == Some(id)));
            let here = Here { fields, lines, object, values: kept.map(Item::values) };
            let mut row = ItemPatch { id: id.filter(|id| *id > 0), entries: Vec::new() };
            self.row(here, key, list, &mut row)?;
            rows.push(row);
        }
        Ok(rows)
    }

    fn row(
        &mut self,
        here: Here<'_>,
        key: &'static str,
        list: Option<u16>,
        row: &mut ItemPatch,
    ) -> Result<()> {
        let mut seen: Vec<u16> = Vec::new();
        for line in here.lines.iter().filter(|line| here.object.contains_key(line.key)) {
            match line.taken {
                Taken::Own(position) | Taken::Also(position)
                    if !seen.contains(&position) && !read_apart(line.key) =>
                {
                    seen.push(position);
                    match self.pick(here, position)? {
                        Some((_, Some(input))) => row.entries.push((position, input)),
                        Some((inner, None)) => self.invalid_row(key, list, inner, position),
                        None => {}
                    }
                }
                Taken::Special(Special::AddressKind) => match address_kind(&here.object[line.key]) {
                    Some(code) => {
                        row.set(address::KIND, Input::Int(code));
                    }
                    None => self.invalid_row(key, list, line.key, address::KIND.position()),
                },
                _ => {}
            }
        }
        match (self.resource, list) {
            (Resource::Opportunity, Some(list)) if list == opportunity::LINES.position() => {
                self.product_line(here, key, row);
            }
            (Resource::Appointment, Some(list)) if list == appointment::PARTICIPANTS.position() => {
                self.participant(here, key, row);
            }
            _ => {}
        }
        Ok(())
    }

    fn invalid_row(&mut self, key: &'static str, list: Option<u16>, inner: &'static str, position: u16) {
        match list {
            Some(list) => self.patch.problem(Place::Inner(self.resource, list, position), Reason::Invalid),
            None => self.invalid_key(format!("{key}.{inner}")),
        }
    }

    /// `refId`, else `produto.id`, else `nome` find the product; `valorTotal` counts without a unit price (O7).
    fn product_line(&mut self, here: Here<'_>, key: &'static str, row: &mut ItemPatch) {
        let get = |key: &str| here.object.get(key).filter(|value| !value.clears());
        let nested = match get("produto") {
            Some(Json::Object(product)) => relations::id(product.get("id")),
            bare => relations::id(bare),
        };
        let (Some(by_ref), Some(nested)) = (relations::id(get("refId")), nested) else {
            return self.invalid_key(format!("{key}.refId"));
        };
        let stored = stored_int(here, line_item::PRODUCT);
        let stale = by_ref.is_some() && by_ref == stored && nested.is_some();
        if let Some(id) = if stale { nested } else { by_ref.or(nested) } {
            row.set(line_item::PRODUCT, Input::One(Reference::id(id)));
        } else if let Some(name) = get("nome") {
            match values_in::text(name).filter(|name| !name.trim().is_empty()) {
                Some(name) if matches!(here.value(line_item::NAME.position()), Some(Value::Text(known)) if fold(known) == fold(&name)) =>
                    {}
                Some(name) => {
                    row.set(line_item::PRODUCT, Input::One(Reference::name(name)));
                }
                None => self.invalid_key(format!("{key}.nome")),
            }
        }
        let Some(total) = get("valorTotal").filter(|_| get("valorUnitario").or(get("valor")).is_none())
        else {
            return;
        };
        match values_in::decimal(total) {
            Some(total) if here.value(line_item::TOTAL.position()) == Some(&Value::Decimal(total)) => {}
            Some(total) => {
                row.set(line_item::TOTAL, Input::Decimal(total));
            }
            None => self.invalid_key(format!("{key}.valorTotal")),
        }
    }

    /// A contact, a user or an e-mail address; a flat `login` means a user (M3).
    fn participant(&mut self, here: Here<'_>, key: &'static str, row: &mut ItemPatch) {
        let mut known = false;
        for (inner, field) in [("usuario", participant::USER), ("contato", participant::CONTACT)] {
            let Some(value) = here.object.get(inner) else { continue };
            match relations::one(&participant::FIELDS[field.position() as usize], value) {
                Some(input) => {
                    known |= input != Input::Clear;
                    row.set(field, input);
                }
                None => self.invalid_key(format!("{key}.{inner}")),
            }
        }
        let text =
            |key: &str| here.object.get(key).and_then(values_in::text).filter(|text| !text.trim().is_empty());
        if !known && let Some(login) = text("login") {
            let reference = Reference { id: None, login: Some(login), name: text("nome") };
            row.set(participant::USER, Input::One(reference));
            known = true;
        }
        // The e-mail shown for a user or contact is theirs, not the participant's.
        let is_someone = |field| stored_int(here, field).is_some();
        let stays = is_someone(participant::USER) && row.get(participant::USER) != Some(&Input::Clear)
            || is_someone(participant::CONTACT) && row.get(participant::CONTACT) != Some(&Input::Clear);
        if let Some(value) = here.object.get("email").filter(|_| !known && !stays) {
            match values_in::text(value) {
                Some(email) => {
                    row.set(participant::EMAIL, Input::Text(email));
                }
                None if value.clears() => {
                    row.set(participant::EMAIL, Input::Clear);
                }
                None => self.invalid_key(format!("{key}.email")),
            }
        }
    }
}

/// The id of a row is its own; the product of a line may be named in three ways.
fn read_apart(key: &str) -> bool {
    matches!(key, "id" | "refId")
}

fn row_id(row: &Item, fields: &[Field]) -> Option<i64> {
    let position = fields.iter().position(|field| field.name == "id")?;
    row.at(position as u16).number()
}

fn stored_int<K>(here: Here<'_>, key: Key<K>) -> Option<i64> {
    here.value(key.position()).and_then(Value::number)
}

/// `tipo` of an address: the code, the code as text, or its name; 5 is an older 4, nothing is the default.
fn address_kind(value: &Json) -> Option<i64> {
    const NAMES: [&str; 5] =
        ["residencial", "correspondencia", "comercial_matriz", "comercial_filial", "comercial_rural"];
    if value.clears() {
        return Some(0);
    }
    let code = values_in::integer(value).or_else(|| {
        let name = fold(&values_in::text(value)?);
        NAMES.iter().position(|known| *known == name).map(|code| code as i64)
    })?;
    match code {
        5 => Some(4),
        0..=4 => Some(code),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nectar::body;

    #[test]
    fn the_kind_of_an_address_is_a_code_or_a_name() {
        for (json, code) in [
            ("2", Some(2)),
            ("\"3\"", Some(3)),
            ("\"COMERCIAL_RURAL\"", Some(4)),
            ("5", Some(4)),
            ("null", Some(0)),
            ("6", None),
            ("\"PRAIA\"", None),
            ("true", None),
        ] {
            assert_eq!(address_kind(&body::value(json).unwrap()), code, "{json}");
        }
    }
}
