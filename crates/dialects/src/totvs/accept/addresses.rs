//! Addresses: the list, the main one beside it (14.2), and the two parts of it that a lead shows.

use favo_core::catalogue::{address, contact, meta};
use favo_core::patch::{Input, ItemPatch};
use favo_core::record::{Item, Key, kind};

use super::{Acceptance, Mode, Side};
use crate::totvs::fault::Detail;
use crate::totvs::fixed::{self, Kind};
use crate::totvs::ids;
use crate::totvs::table::{At, Field, Form};
use crate::totvs::values::{Given, Row};

/// One address on its way: the stored one it is, and what was sent for it.
struct Coming<'a> {
    stored: Option<&'a Item>,
    row: Option<&'a Row>,
    fields: &'static [Field],
}

impl Acceptance<'_> {
    /// `addresses` and `defaultAddress` together.
    pub(super) fn addresses(&mut self) {
        let list = self.entity.fields.iter().find(|field| matches!(field.form, Form::Addresses));
        let main = self.entity.fields.iter().find(|field| matches!(field.form, Form::DefaultAddress));
        let (Some(list), Some(main)) = (list, main) else { return };
        let (rows, default) = (self.body.row.get(list.name).cloned(), self.body.row.get(main.name).cloned());
        if rows.is_none() && default.is_none() && self.mode == Mode::Merge {
            return;
        }
        let stored: Vec<Item> =
            self.stored.map(|stored| stored.get(contact::ADDRESSES).to_vec()).unwrap_or_default();
        let main_stored = main_of(&stored);
        let default = match &default {
            Some(Given::Row(row)) => Some(row),
            _ => None,
        };
        let mut coming: Vec<Coming<'_>> = Vec::new();
        let mut main_at = 0;
        match &rows {
            Some(Given::Rows(rows)) => {
                for row in rows {
                    // An id that is there twice names its address once.
                    let known = self.known(row, &stored).filter(|known| {
                        let id = known.get(address::ID);
                        !coming
                            .iter()
                            .any(|other| other.stored.is_some_and(|item| item.get(address::ID) == id))
                    });
                    coming.push(Coming { stored: known, row: Some(row), fields: list.form.rows() });
                }
                if let Some(default) = default {
                    match rows.iter().position(|row| same_place(row, default)) {
                        Some(at) => main_at = at,
                        None => coming
                            .insert(0, Coming { stored: None, row: Some(default), fields: main.form.rows() }),
                    }
                }
            }
            // Nothing was sent about the others: they stay, unless everything unnamed goes.
            _ => {
                let all_go = rows.is_some() || self.mode != Mode::Merge;
                for (at, item) in stored.iter().enumerate() {
                    let is_main = main_stored == Some(at);
                    if is_main {
                        main_at = coming.len();
                    }
                    match (is_main, default) {
                        (true, Some(row)) => coming.push(Coming {
                            stored: Some(item),
                            row: Some(row),
                            fields: main.form.rows(),
                        }),
                        (true, None) => main_at = 0,
                        (false, _) if all_go => {}
                        (false, _) => {
                            coming.push(Coming { stored: Some(item), row: None, fields: &[] });
                        }
                    }
                }
                if let Some(row) = default.filter(|_| main_stored.is_none()) {
                    coming.insert(0, Coming { stored: None, row: Some(row), fields: main.form.rows() });
                    main_at = 0;
                }
            }
        }
        let patches: Vec<ItemPatch> = coming
            .iter()
            .enumerate()
            .map(|(at, coming)| self.address(coming, at == main_at, &stored))
            .collect();
        self.put_items(contact::ADDRESSES.position(), &stored, patches, address::ID);
    }

    /// The stored address that an element names by its id.
    fn known<'s>(&self, row: &Row, stored: &'s [Item]) -> Option<&'s Item> {
        let id = ids::normal(row.text("id")?)?;
        let record = self.stored?.get(meta::UUID)?;
        stored
            .iter()
            .find(|item| item.get(address::ID).is_some_and(|row| ids::of_row(record, "addresses", row) == id))
    }

    /// What one address is to become: what differs from the stored one.
    fn address(&mut self, coming: &Coming<'_>, is_main: bool, all: &[Item]) -> ItemPatch {
        let blank = Item::new(&address::FIELDS);
        let stored = coming.stored.unwrap_or(&blank);
        let mut patch =
            ItemPatch { id: coming.stored.and_then(|item| item.get(address::ID)), entries: Vec::new() };
        // Where none is marked the first one counts as the main one, and need not be marked for that.
        let unmarked = !all.iter().any(|item| item.get(address::MAIN))
            && all.first().and_then(|first| first.get(address::ID)) == patch.id
            && patch.id.is_some();
        if stored.get(address::MAIN) != is_main && !(is_main && unmarked) {
            patch.set(address::MAIN, Input::Bool(is_main));
        }
        let Some(row) = coming.row else { return patch };
        for field in coming.fields {
            let At::Own(position) = field.at else { continue };
            match field.form {
                Form::Text(most) => {
                    self.address_text(row, field, most, (coming.stored.is_some(), stored), &mut patch);
                }
                Form::Typed(_) | Form::TypedId(_) => {
                    let shown = fixed::purpose(stored.get(address::PURPOSE), stored.get(address::KIND));
                    let purpose = match row.get(field.name) {
                        Some(Given::Reference(sent)) => {
                            self.typed(Kind::Address, sent).map_or(shown, |entry| entry.code)
                        }
                        _ => 0,
                    };
                    if coming.stored.is_none() || purpose != shown {
                        patch.entries.push((position, Input::Int(purpose)));
                    }
                }
                _ => {}
            }
        }
        patch
    }

    fn address_text(
        &mut self,
        row: &Row,
        field: &Field,
        most: u16,
        (is_known, stored): (bool, &Item),
        patch: &mut ItemPatch,
    ) {
        let At::Own(position) = field.at else { return };
        let key: Key<kind::Text> = Key::new(position);
        let is_country = position == address::COUNTRY.position();
        let known = stored.get(key);
        let sent = match row.get(field.name) {
            Some(Given::Text(text)) => Some(text.as_str()),
            // A country that is nothing to be changed stays unsaid.
            _ if is_country && !(is_known && known.is_none()) => Some("BR"),
            _ => None,
        };
        if sent == known {
            return;
        }
        let Some(text) = sent else {
            patch.entries.push((position, Input::Clear));
            return;
        };
        let letters = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        let detail = if is_country {
            // What is shown for an address that names none.
            if is_known && known.is_none() && text.eq_ignore_ascii_case("BR") {
                return;
            }
            (!letters).then_some(Detail::NotInList)
        } else if position == address::STATE.position() && in_brazil(row) {
            (!letters).then_some(Detail::NotInList)
        } else {
            (text.chars().count() > usize::from(most)).then_some(Detail::Size(most))
        };
        match detail {
            Some(detail) => self.reject_text(format!("{}{}", row.path, field.name), detail, Some(text)),
            None if is_country => patch.entries.push((position, Input::Text(text.to_ascii_uppercase()))),
            None => patch.entries.push((position, Input::Text(text.to_owned()))),
        }
    }

    /// A part of the main address of a lead.
    pub(super) fn part_of_address(&mut self, field: &'static Field, given: &Given, position: u16) {
        let stored: Vec<Item> =
            self.stored.map(|stored| stored.get(contact::ADDRESSES).to_vec()).unwrap_or_default();
        let main = main_of(&stored);
        let key: Key<kind::Text> = Key::new(position);
        let known = main.and_then(|at| stored[at].get(key));
        let sent = match given {
            Given::Text(text) => Some(text.as_str()),
            _ => None,
        };
        if sent == known {
            return;
        }
        if let (Some(text), Form::Text(most)) = (sent, field.form)
            && text.chars().count() > usize::from(most)
        {
            self.reject(field.name, Detail::Size(most));
            return;
        }
        // Both parts may change at once: the second one builds on the first.
        let mut rows: Vec<ItemPatch> = match self.accepted.patch.get(contact::ADDRESSES) {
            Some(Input::Items(rows)) => rows.clone(),
            _ => stored
                .iter()
                .map(|item| ItemPatch { id: item.get(address::ID), entries: Vec::new() })
                .collect(),
        };
        if rows.is_empty() {
            let mut row = ItemPatch::default();
            row.set(address::MAIN, Input::Bool(true)).set(address::COUNTRY, Input::Text("BR".to_owned()));
            rows.push(row);
        }
        let input = sent.map_or(Input::Clear, |text| Input::Text(text.to_owned()));
        rows[main.unwrap_or(0)].entries.push((position, input));
        self.accepted.patch.set(contact::ADDRESSES, Input::Items(rows));
    }

    /// Replaces an owned list, unless it is the same rows in the same order with nothing new in them.
    pub(super) fn put_items(&mut self, list: u16, stored: &[Item], rows: Vec<ItemPatch>, id: Key<kind::Int>) {
        let same = rows.len() == stored.len()
            && rows.iter().zip(stored).all(|(row, item)| row.id == item.get(id) && row.entries.is_empty());
        if !same {
            self.set(Side::Own, list, Input::Items(rows));
        }
    }
}

/// Where the main address stands: the marked one, else the first.
fn main_of(addresses: &[Item]) -> Option<usize> {
    let marked = addresses.iter().position(|item| item.get(address::MAIN));
    marked.or((!addresses.is_empty()).then_some(0))
}

/// Whether an element of `addresses` is the place that `defaultAddress` names.
fn same_place(row: &Row, default: &Row) -> bool {
    ["postalCode", "address", "number"].iter().all(|name| row.text(name) == default.text(name))
}

/// Whether an address is in Brazil, as it is when it does not say.
fn in_brazil(row: &Row) -> bool {
    row.text("country").is_none_or(|country| country.eq_ignore_ascii_case("BR"))
}
