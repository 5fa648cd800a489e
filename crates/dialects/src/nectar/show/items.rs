//! Owned lists on the wire: rows are re-spelled from their stored JSON, values copied as they are.

use favo_core::catalogue::{address, line_item, participant};
use favo_core::{Field, FieldType};

use super::cells::{Env, close, close_list};
use super::faces::UserFace;
use super::holes::{Kind, Page};
use super::places_out::{self, Part};
use super::raw::Cursor;
use super::values_out as out;
use crate::nectar::spelling::{Line, Shown, Special};

/// How the rows of one owned list are shown.
#[derive(Debug)]
pub(crate) struct Items {
    fields: &'static [Field],
    cells: Vec<ItemCell>,
}

#[derive(Debug)]
struct ItemCell {
    key: Box<[u8]>,
    write: ItemWrite,
}

#[derive(Debug, Clone, Copy)]
enum ItemWrite {
    /// The stored value.
    Raw(u16),
    /// A truth value: false when empty.
    Flag(u16),
    /// The name of an address kind.
    AddressKind,
    /// A place by the name in a field.
    Place(Part, u16),
    /// What the line shows of its product.
    LineTail,
    /// Who the participant is.
    Participant,
}

/// More fields than any owned list has.
const MOST: usize = 24;
const ADDRESS_KINDS: [&str; 5] =
    ["RESIDENCIAL", "CORRESPONDENCIA", "COMERCIAL_MATRIZ", "COMERCIAL_FILIAL", "COMERCIAL_RURAL"];

impl Items {
    /// Rows of these fields along their lines.
    pub(crate) fn of(fields: &'static [Field], lines: &[Line]) -> Self {
        let mut cells: Vec<ItemCell> = lines
            .iter()
            .filter_map(|line| {
                let write = Self::write(fields, line.shown)?;
                Some(ItemCell { key: format!(",\"{}\":", line.key).into_bytes().into(), write })
            })
            .collect();
        // Cells that leave a hole without a key go last: an object must have begun before them.
        cells.sort_by_key(|cell| matches!(cell.write, ItemWrite::LineTail | ItemWrite::Participant));
        Self { fields, cells }
    }

    fn write(fields: &[Field], shown: Shown) -> Option<ItemWrite> {
        let city = address::CITY.position();
        Some(match shown {
            Shown::Own(field) if matches!(fields[usize::from(field)].field_type, FieldType::Bool) => {
                ItemWrite::Flag(field)
            }
            Shown::Own(field) => ItemWrite::Raw(field),
            Shown::Special(special) => match special {
                Special::LineName => ItemWrite::Raw(line_item::NAME.position()),
                Special::LineTotal => ItemWrite::Raw(line_item::TOTAL.position()),
                Special::LineCurrency => ItemWrite::LineTail,
                Special::AddressKind => ItemWrite::AddressKind,
                Special::CityObject => ItemWrite::Place(Part::City, city),
                Special::CityCode => ItemWrite::Place(Part::CityCode, city),
                Special::StateObject => ItemWrite::Place(Part::State, address::STATE.position()),
                Special::CountryObject => ItemWrite::Place(Part::Country, address::COUNTRY.position()),
                Special::ParticipantName => ItemWrite::Participant,
                // The rest of a line's product and of a participant comes with the first of them.
                _ => return None,
            },
            _ => return None,
        })
    }

    /// Writes the stored rows as an array.
    pub(crate) fn push(&self, env: &Env<'_>, stored: &str, page: &mut Page) {
        let start = page.out.len();
        Cursor::new(stored).array(|cursor| {
            let mut values = [""; MOST];
            let mut next = 0;
            let read = cursor.object(|key, value| {
                // Rows are stored in the order of their fields: the next one is nearly always at hand.
                let found = (next..self.fields.len()).chain(0..next).find(|at| self.fields[*at].name == key);
                if let Some(at) = found.filter(|at| *at < MOST) {
                    values[at] = if value == "null" || value == "\"\"" { "" } else { value };
                    next = at + 1;
                }
            });
            if read {
                page.out.push(b',');
                self.push_row(env, &values, page);
            }
            read
        });
        close_list(&mut page.out, start);
    }

    fn push_row(&self, env: &Env<'_>, values: &[&str; MOST], page: &mut Page) {
        let start = page.out.len();
        for cell in &self.cells {
            let before = page.out.len();
            let (value, written) = match cell.write {
                ItemWrite::Raw(field) => (values[usize::from(field)], true),
                ItemWrite::Flag(field) => {
                    (if values[usize::from(field)] == "true" { "true" } else { "false" }, true)
                }
                ItemWrite::AddressKind => {
                    let code = values[usize::from(address::KIND.position())].parse().unwrap_or(0_usize);
                    page.out.extend_from_slice(&cell.key);
                    out::text(&mut page.out, ADDRESS_KINDS.get(code).unwrap_or(&ADDRESS_KINDS[4]));
                    continue;
                }
                ItemWrite::Place(part, field) => {
                    page.out.extend_from_slice(&cell.key);
                    let state = values[usize::from(address::STATE.position())];
                    if !places_out::by_name(part, values[usize::from(field)], state, &mut page.out) {
                        page.out.truncate(before);
                    }
                    continue;
                }
                ItemWrite::LineTail => {
                    if let Ok(product) = values[usize::from(line_item::PRODUCT.position())].parse() {
                        page.hole(Kind::LineTail, product);
                    }
                    continue;
                }
                ItemWrite::Participant => {
                    push_participant(env, values, page);
                    continue;
                }
            };
            if written && !value.is_empty() {
                page.out.extend_from_slice(&cell.key);
                page.out.extend_from_slice(value.as_bytes());
            }
        }
        close(&mut page.out, start);
    }
}

/// `nome`, `email` and `usuario` or `contato` of a participant (M3).
fn push_participant(env: &Env<'_>, values: &[&str; MOST], page: &mut Page) {
    let value = |field: u16| values[usize::from(field)];
    let email = value(participant::EMAIL.position());
    let mut word = |key: &str, json: &[u8]| {
        if json.len() > 2 {
            page.out.extend_from_slice(key.as_bytes());
            page.out.extend_from_slice(json);
        }
    };
    if let Ok(user) = value(participant::USER.position()).parse::<i64>() {
        let deleted;
        let face = match env.faces.users.get(&user) {
            Some(face) => Some(face),
            None => {
                deleted =
                    env.snapshot.get(favo_core::Resource::User, user).map(|record| UserFace::of(record));
                deleted.as_ref()
            }
        };
        let Some(face) = face else { return };
        word(",\"nome\":", &face.name);
        word(",\"email\":", if email.is_empty() { &face.email } else { email.as_bytes() });
        word(",\"usuario\":", &face.object);
    } else if let Ok(contact) = value(participant::CONTACT.position()).parse() {
        page.hole(Kind::Participant, contact);
    } else {
        word(",\"nome\":", value(participant::NAME.position()).as_bytes());
        word(",\"email\":", email.as_bytes());
    }
}
