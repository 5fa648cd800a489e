//! What one key of one row writes: from the columns of a database row, or from what the snapshot rendered before.
//!
//! A cell that has no value writes nothing, not even its key. What needs another read leaves a hole, see
//! [`holes`](super::holes). Which cells a resource has is decided once, in [`plan`](super::plan).

use favo_core::snapshot::Snapshot;
use favo_core::transaction::Row;
use favo_core::{Decimal, Resource, stored};

use super::faces::{Faces, StagePart};
use super::holes::{Kind, Page};
use super::items::Items;
use super::{places_out, raw, values_out as out};
use crate::nectar::accept::shown_priority;
use crate::nectar::spelling::RefShape;

/// What all rows of an answer share.
pub(crate) struct Env<'a> {
    /// Now, in microseconds.
    pub(crate) now: i64,
    /// The tenant's number.
    pub(crate) tenant: i64,
    /// Scheme and host.
    pub(crate) base_url: &'a str,
    /// Rendered registries.
    pub(crate) faces: &'a Faces,
    /// The registries themselves, for deleted records.
    pub(crate) snapshot: &'a Snapshot,
    /// The user who asks, unless they may see confidential contacts of others.
    pub(crate) outsider: Option<i64>,
}

/// One key and where its value comes from.
#[derive(Debug)]
pub(crate) struct Cell {
    /// `,"key":`.
    pub(crate) key: Box<[u8]>,
    /// The value.
    pub(crate) write: Write,
}

impl Cell {
    /// A cell; keys hold nothing that needs escaping.
    pub(crate) fn new(key: &str, write: Write) -> Self {
        Self { key: format!(",\"{key}\":").into_bytes().into(), write }
    }
}

/// A value and the columns it needs.
#[derive(Debug)]
pub(crate) enum Write {
    /// An integer, code or id.
    Int(usize),
    /// The priority of a task.
    Priority(usize),
    /// A counter: 0 when empty.
    Count(usize),
    /// A truth value, with what it is when empty.
    Flag(usize, Option<bool>),
    /// A text.
    Text(usize),
    /// A fixed-point number.
    Decimal(usize),
    /// A point in time.
    Instant(usize),
    /// A calendar date.
    Date(usize),
    /// A list of texts, copied as it is stored.
    List(usize),
    /// The first text of a list.
    First(usize),
    /// The title of a registry record.
    Title(usize, Resource),
    /// A registry record; written as `{}` when empty if the flag is set.
    Face(usize, (Resource, RefShape), bool),
    /// Registry records.
    Faces(usize, (Resource, RefShape)),
    /// The title of the first registry record of a list.
    FirstTitle(usize, Resource),
    /// An object of cells, present when the guard column is.
    Object(usize, Box<[Cell]>),
    /// Of a contact: the second for those it is confidential to, by its flag and owner; else the first (C4).
    Guarded(usize, usize, Box<(Write, Write)>),
    /// Nothing: the key is left out.
    Nothing,
    /// One value when the guard column has one, else another.
    Either(usize, Box<(Write, Write)>),
    /// Whole days from the first instant there is of two, up to now or to a third.
    Days(usize, usize, Option<usize>),
    /// The same for every row.
    Fixed(Box<[u8]>),
    /// An owned list.
    Rows(usize, Box<Items>),
    /// Custom values by label.
    Custom(usize),
    /// Custom values by alias.
    CustomObject(usize),
    /// Custom values as columns of the screen.
    Listing(usize),
    /// A country, state or city by id.
    Place(usize, places_out::Part),
    /// `{nome}` of a text.
    Named(usize),
    /// Whether the number is this one.
    Is(usize, i64),
    /// Part of a stage by id.
    Stage(usize, StagePart),
    /// The temperature of a probability.
    Temperature(usize),
    /// People of an organisation: id, how many.
    People(usize, usize),
    /// Links to organisations.
    Links(Kind, Box<LinkColumns>),
    /// Overdue activities: id, pending tasks, pending appointments.
    Overdue(usize, usize, usize),
    /// Sub-categories of a product category.
    Subcategories(usize),
    /// Dependent products, from a list of ids.
    Dependents(usize),
    /// Products of a price table or their number, from its entries.
    Priced(usize, Kind),
    /// Active and not expired.
    ActiveUntil(usize, usize),
    /// The tenant.
    Tenant,
    /// The word for a code.
    Word(usize, &'static [&'static str]),
    /// Code of a proposal: revision, number, year.
    ProposalCode(usize, usize, usize),
    /// Public address of a proposal.
    ProposalUrl(usize),
    /// The template of a task.
    TaskTemplate(usize),
}

/// The columns that show links to organisations when there is one at most.
#[derive(Debug)]
pub(crate) struct LinkColumns {
    pub(crate) id: usize,
    pub(crate) name: usize,
    pub(crate) count: usize,
    pub(crate) other: usize,
    pub(crate) other_name: usize,
    pub(crate) since: usize,
}

/// Writes an object of these cells.
pub(crate) fn object(env: &Env<'_>, row: &dyn Row, cells: &[Cell], page: &mut Page) {
    let start = page.out.len();
    for cell in cells {
        let before = page.out.len();
        page.out.extend_from_slice(&cell.key);
        if !cell.write.push(env, row, page) {
            page.out.truncate(before);
        }
    }
    close(&mut page.out, start);
}

/// Turns `,"a":1,"b":2` from `start` on into an object.
pub(crate) fn close(out: &mut Vec<u8>, start: usize) {
    match out.get_mut(start) {
        Some(comma) => *comma = b'{',
        None => out.push(b'{'),
    }
    out.push(b'}');
}

/// Turns `,1,2` from `start` on into an array.
pub(crate) fn close_list(out: &mut Vec<u8>, start: usize) {
    match out.get_mut(start) {
        Some(comma) => *comma = b'[',
        None => out.push(b'['),
    }
    out.push(b']');
}

fn put<T>(page: &mut Page, value: Option<T>, write: impl FnOnce(&mut Vec<u8>, T)) -> bool {
    match value {
        Some(value) => {
            write(&mut page.out, value);
            true
        }
        None => false,
    }
}

impl Write {
    /// Writes the value; `false` when there is none and the key is to go as well.
    fn push(&self, env: &Env<'_>, row: &dyn Row, page: &mut Page) -> bool {
        match self {
            Self::Int(column) => put(page, row.int(*column), out::int),
            Self::Priority(column) => put(page, row.int(*column).map(shown_priority), out::int),
            Self::Count(column) => put(page, Some(row.int(*column).unwrap_or(0)), out::int),
            Self::Flag(column, default) => put(page, row.bool(*column).or(*default), out::boolean),
            Self::Text(column) => put(page, text(row, *column), out::text),
            Self::Decimal(column) => put(page, row.int(*column), out::decimal),
            Self::Instant(column) => put(page, row.int(*column), out::instant),
            Self::Date(column) => put(page, row.int(*column), out::date),
            Self::List(column) => copy(page, text(row, *column).unwrap_or("[]")),
            Self::First(column) => match text(row, *column).and_then(stored::first_raw) {
                None | Some("\"\"") => false,
                Some(raw) => copy(page, raw),
            },
            Self::Title(column, resource) => row
                .int(*column)
                .is_some_and(|id| env.faces.push_title(env.snapshot, *resource, id, &mut page.out)),
            Self::Face(column, face, always) => {
                row.int(*column)
                    .is_some_and(|id| env.faces.push_object(env.snapshot, *face, id, &mut page.out))
                    || (*always && copy(page, "{}"))
            }
            Self::Faces(column, face) => {
                let start = page.out.len();
                raw::ids(text(row, *column).unwrap_or_default(), |id| {
                    page.out.push(b',');
                    if !env.faces.push_object(env.snapshot, *face, id, &mut page.out) {
                        page.out.pop();
                    }
                });
                close_list(&mut page.out, start);
                true
            }
            Self::FirstTitle(column, resource) => text(row, *column)
                .and_then(raw::first_id)
                .is_some_and(|id| env.faces.push_title(env.snapshot, *resource, id, &mut page.out)),
            Self::Object(guard, cells) => {
                let present = row.int(*guard).is_some();
                if present {
                    object(env, row, cells, page);
                }
                present
            }
            Self::Guarded(confidential, owner, both) => {
                let hidden = env.outsider.is_some_and(|user| {
                    row.bool(*confidential) == Some(true) && row.int(*owner) != Some(user)
                });
                if hidden { both.1.push(env, row, page) } else { both.0.push(env, row, page) }
            }
            Self::Nothing => false,
            Self::Either(guard, both) => {
                let chosen = if row.int(*guard).is_some() { &both.0 } else { &both.1 };
                chosen.push(env, row, page)
            }
            Self::Days(since, created, until) => {
                let start = row.int(*since).or_else(|| row.int(*created)).unwrap_or(env.now);
                let end = until.and_then(|until| row.int(until)).unwrap_or(env.now);
                put(page, Some(favo_core::Instant(end).days_since(favo_core::Instant(start))), out::int)
            }
            Self::Fixed(bytes) => {
                page.out.extend_from_slice(bytes);
                true
            }
            Self::Rows(column, items) => {
                items.push(env, text(row, *column).unwrap_or_default(), page);
                true
            }
            Self::Custom(column) | Self::CustomObject(column) | Self::Listing(column) => {
                self.push_custom(env, text(row, *column).unwrap_or_default(), page);
                true
            }
            Self::Place(column, part) => {
                row.int(*column).is_some_and(|id| places_out::by_id(*part, id, &mut page.out))
            }
            Self::Named(column) => put(page, text(row, *column), |bytes, name| {
                bytes.extend_from_slice(b"{\"nome\":");
                out::text(bytes, name);
                bytes.push(b'}');
            }),
            Self::Is(column, number) => put(page, Some(row.int(*column) == Some(*number)), out::boolean),
            Self::Stage(column, part) => row
                .int(*column)
                .is_some_and(|id| env.faces.push_stage(env.snapshot, *part, id, &mut page.out)),
            Self::Temperature(column) => put(page, row.int(*column), |bytes, probability| {
                bytes.extend_from_slice(temperature(probability).as_bytes());
            }),
            Self::Subcategories(column) => {
                let face = row.int(*column).and_then(|id| env.faces.subcategories.get(id));
                page.out.extend_from_slice(face.unwrap_or(b"[]"));
                true
            }
            Self::ActiveUntil(active, end) => {
                let live = row.bool(*active).unwrap_or(true) && row.int(*end).is_none_or(|end| env.now < end);
                put(page, Some(live), out::boolean)
            }
            Self::Tenant => put(page, Some(env.tenant), out::int),
            Self::Word(column, words) => {
                let word = row.int(*column).and_then(|code| words.get(usize::try_from(code).ok()?));
                put(page, word, |bytes, word| out::text(bytes, word))
            }
            Self::ProposalCode(revision, number, year) => {
                let parts = row.int(*revision).zip(row.int(*number)).zip(row.int(*year));
                put(page, parts, |bytes, ((revision, number), year)| {
                    bytes.extend_from_slice(format!("\"{revision:02}{number:03}/{year}\"").as_bytes());
                })
            }
            Self::ProposalUrl(key) => put(page, text(row, *key), |bytes, key| {
                out::text(bytes, &format!("{}/p/{}-{key}", env.base_url, env.tenant));
            }),
            Self::TaskTemplate(column) => put(page, text(row, *column), |bytes, stored| {
                task_template(env, bytes, &stored::pairs(stored));
            }),
            Self::People(..)
            | Self::Links(..)
            | Self::Overdue(..)
            | Self::Dependents(_)
            | Self::Priced(..) => {
                self.push_hole(row, page);
                true
            }
        }
    }

    /// What may need another read: a row that needs none is written at once.
    fn push_hole(&self, row: &dyn Row, page: &mut Page) {
        match self {
            Self::People(id, count) => match (row.int(*id), row.int(*count)) {
                (Some(id), Some(1..)) => page.hole(Kind::People, id),
                _ => page.out.extend_from_slice(b"[]"),
            },
            Self::Links(kind, columns) => match (row.int(columns.id), row.int(columns.count)) {
                (Some(_), Some(1)) if row.int(columns.other).is_some() => {
                    only_link(row, columns, &mut page.out);
                }
                (Some(id), Some(1..)) => page.hole(*kind, id),
                _ => page.out.extend_from_slice(b"[]"),
            },
            Self::Overdue(id, tasks, appointments) => {
                let pending = row.int(*tasks).unwrap_or(0) > 0 || row.int(*appointments).unwrap_or(0) > 0;
                match row.int(*id) {
                    Some(id) if pending => page.hole(Kind::Overdue, id),
                    _ => page.out.push(b'0'),
                }
            }
            Self::Dependents(column) => {
                let mut ids = Vec::new();
                raw::ids(text(row, *column).unwrap_or_default(), |id| ids.push((id, 0)));
                page.hole_of(Kind::Dependents, &ids);
            }
            Self::Priced(column, kind) => {
                page.hole_of(*kind, &prices(text(row, *column).unwrap_or_default()));
            }
            _ => {}
        }
    }

    fn push_custom(&self, env: &Env<'_>, stored: &str, page: &mut Page) {
        let out = &mut page.out;
        let start = out.len();
        raw::custom(stored, |field, id, text| {
            let Some(face) = env.faces.custom.get(&field).filter(|_| text != "\"\"") else { return };
            out.push(b',');
            match self {
                Self::Custom(_) => {
                    out.extend_from_slice(&face.label);
                    out.push(b':');
                    out.extend_from_slice(text.as_bytes());
                }
                Self::Listing(_) => {
                    out.extend_from_slice(b"{\"label\":");
                    out.extend_from_slice(&face.label);
                    out.extend_from_slice(b",\"value\":");
                    out.extend_from_slice(text.as_bytes());
                    out.push(b'}');
                }
                _ => {
                    out.extend_from_slice(&face.alias);
                    out.extend_from_slice(b":{\"id\":");
                    out.extend_from_slice(id.as_bytes());
                    out.extend_from_slice(b",\"valor\":");
                    out.extend_from_slice(text.as_bytes());
                    if let Some(related) = face.refers.then(|| referred(text)).flatten() {
                        out.extend_from_slice(b",\"idRelacionado\":");
                        out::int(out, related);
                    }
                    out.push(b'}');
                }
            }
        });
        if matches!(self, Self::Listing(_)) { close_list(out, start) } else { close(out, start) }
    }
}

/// A text that is not blank.
fn text(row: &dyn Row, column: usize) -> Option<&str> {
    row.text(column).filter(|text| !text.is_empty())
}

fn copy(page: &mut Page, json: &str) -> bool {
    page.out.extend_from_slice(json.as_bytes());
    true
}

/// The id in a custom value that refers to a contact.
fn referred(json: &str) -> Option<i64> {
    json.trim_matches('"').parse().ok().filter(|id| *id > 0)
}

/// O9: the word for a probability, as JSON.
fn temperature(probability: i64) -> &'static str {
    match probability {
        ..25 => "\"Frio\"",
        25..50 => "\"Morno\"",
        50..75 => "\"Quente\"",
        _ => "\"Muito Quente\"",
    }
}

/// One entry of `empresasAtuais` or `contatosPai`.
pub(crate) fn link(
    out: &mut Vec<u8>,
    (id, name): (i64, Option<&str>),
    (other, other_name): (i64, Option<&str>),
    since: Option<i64>,
    main: bool,
) {
    let end = |out: &mut Vec<u8>, key: &str, id: i64, name: Option<&str>| {
        out.extend_from_slice(key.as_bytes());
        out.extend_from_slice(b"{\"id\":");
        out::int(out, id);
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            out.extend_from_slice(b",\"nome\":");
            out::text(out, name);
        }
        out.push(b'}');
    };
    end(out, "{\"contato\":", id, name);
    end(out, ",\"empresa\":", other, other_name);
    if let Some(since) = since {
        out.extend_from_slice(b",\"dataAtualizacao\":");
        out::instant(out, since);
    }
    out.extend_from_slice(b",\"empresaPrincipal\":");
    out::boolean(out, main);
    out.push(b'}');
}

fn only_link(row: &dyn Row, columns: &LinkColumns, out: &mut Vec<u8>) {
    let (Some(id), Some(other)) = (row.int(columns.id), row.int(columns.other)) else { return };
    out.push(b'[');
    let names = (row.text(columns.name), row.text(columns.other_name));
    link(out, (id, names.0), (other, names.1), row.int(columns.since), true);
    out.push(b']');
}

/// Product and price of the entries of a price table.
fn prices(stored: &str) -> Vec<(i64, i64)> {
    let mut prices = Vec::new();
    raw::Cursor::new(stored).array(|cursor| {
        let (mut product, mut price) = (None, Decimal::ZERO);
        let read = cursor.object(|key, value| match key {
            "product_id" => product = value.parse().ok(),
            "price" => price = value.parse().unwrap_or_default(),
            _ => {}
        });
        prices.extend(product.map(|product| (product, price.0)));
        read
    });
    prices
}

/// `modeloTarefa` from the pairs a workflow stored: `id`, `title`, `type_id`, `locked`.
fn task_template(env: &Env<'_>, out: &mut Vec<u8>, pairs: &[(String, String)]) {
    let part = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let number = |name: &str| part(name).and_then(|value| value.parse::<i64>().ok());
    let start = out.len();
    if let Some(id) = number("id") {
        out.extend_from_slice(b",\"id\":");
        out::int(out, id);
    }
    if let Some(title) = part("title") {
        out.extend_from_slice(b",\"titulo\":");
        out::text(out, title);
    }
    if let Some(id) = number("type_id") {
        let before = out.len();
        out.extend_from_slice(b",\"tarefaTipo\":");
        if !env.faces.push_object(env.snapshot, (Resource::TaskType, RefShape::TaskType), id, out) {
            out.truncate(before);
        }
    }
    out.extend_from_slice(b",\"blockFieldsEdit\":");
    out::boolean(out, part("locked") == Some("true"));
    close(out, start);
}
