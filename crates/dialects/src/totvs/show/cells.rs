//! What one key of one row writes: from the columns of a database row, or from what the snapshot rendered before.

use favo_core::catalogue::pipeline;
use favo_core::documents::DocumentKind;
use favo_core::transaction::Row;
use favo_core::{Decimal, Instant, Resource, stored};

use super::holes::{Page, What};
use super::{EXTRA, Env, Keep, rows};
use crate::json_out as out;
use crate::local_time::{self, Moment, Zone};
use crate::stored_json::{self, Cursor};
use crate::totvs::fixed::{self, Kind};
use crate::totvs::table::Client;

/// One key and where its value comes from.
#[derive(Debug)]
pub(super) struct Cell {
    /// `"key":`.
    pub(super) key: Box<[u8]>,
    pub(super) write: Write,
}

impl Cell {
    /// A cell; keys hold nothing that needs escaping.
    pub(super) fn new(key: &str, write: Write) -> Self {
        Self { key: format!("\"{key}\":").into_bytes().into(), write }
    }
}

/// A value and the columns it needs.
#[derive(Debug)]
pub(super) enum Write {
    Null,
    Text(usize),
    /// A tax number.
    TaxNumber(usize),
    Int(usize),
    /// A whole number that is kept as text; a text that is none is written as such.
    NumberText(usize),
    Decimal(usize),
    Flag(usize),
    /// Days since 1970.
    Date(usize),
    /// The day of an instant.
    Day(usize),
    Instant(usize),
    /// The word of a code, and what an empty column means.
    Word(usize, &'static [(&'static str, i64)], Option<&'static str>),
    /// The currency, and the pipeline whose currency counts otherwise.
    Currency(usize, Option<usize>),
    /// A registry record.
    Object(usize, Resource),
    /// The first registry record of a list of ids.
    FirstObject(usize, Resource),
    Stage(usize),
    /// Subcategory or else category of a product.
    Group(usize, usize),
    UserId(usize),
    UserName(usize),
    /// Names of tags.
    Tags(usize),
    /// A record that was joined: guard, UUID, label, its value.
    Joined(usize, usize, &'static str, usize),
    Client(Client, Box<ClientColumns>),
    /// Organisation, foreign.
    Person(usize, usize),
    /// Organisation, founding date, birth date.
    Birthday(usize, usize, usize),
    /// Company name, organisation, name.
    CompanyName(usize, usize, usize),
    Documents(Box<[usize; DocumentKind::ALL.len()]>, usize),
    /// Texts and details.
    Emails(usize, usize),
    Phones(usize, usize),
    FirstText(usize),
    /// Texts, details, kind.
    PhoneOfKind(usize, usize, i64),
    /// UUID of the record, addresses.
    Addresses(usize, usize),
    DefaultAddress(usize),
    OfMainAddress(usize, u16),
    /// Id and number of people.
    People(usize, usize),
    /// UUID of the record, lines.
    Items(usize, usize),
    Participants(usize),
    Custom(Option<usize>),
    /// A field that is kept among the extras.
    Extra(usize, &'static str),
}

/// What is read of a client.
#[derive(Debug)]
pub(super) struct ClientColumns {
    pub(super) id: usize,
    pub(super) uuid: usize,
    pub(super) name: usize,
    pub(super) life_cycle: usize,
    pub(super) organisation: usize,
    pub(super) stands_alone: usize,
    pub(super) employer: usize,
    pub(super) employer_uuid: usize,
    pub(super) employer_name: usize,
}

fn put<T>(bytes: &mut Vec<u8>, value: Option<T>, write: impl FnOnce(&mut Vec<u8>, T)) {
    match value {
        Some(value) => write(bytes, value),
        None => bytes.extend_from_slice(b"null"),
    }
}

/// Writes what `write` writes, or null when it says that there is nothing.
fn found(bytes: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>) -> bool) {
    if !write(bytes) {
        bytes.extend_from_slice(b"null");
    }
}

impl Write {
    /// Writes the value.
    pub(super) fn push(&self, env: &Env<'_>, row: &dyn Row, page: &mut Page) {
        let bytes = &mut page.out;
        match self {
            Self::Null => bytes.extend_from_slice(b"null"),
            Self::Text(column) => put(bytes, text(row, *column), out::text),
            Self::TaxNumber(column) => put(bytes, text(row, *column), rows::tax_number),
            Self::Int(column) => put(bytes, row.int(*column), out::int),
            Self::NumberText(column) => put(bytes, text(row, *column), number_text),
            Self::Decimal(column) => put(bytes, row.int(*column), out::decimal),
            Self::Flag(column) => out::boolean(bytes, row.bool(*column).unwrap_or(false)),
            Self::Date(column) => put(bytes, row.int(*column), |bytes, day| date(env, bytes, day)),
            Self::Day(column) => put(bytes, row.int(*column), |bytes, micros| {
                date(env, bytes, env.switches.zone.day(Instant(micros)));
            }),
            Self::Instant(column) => put(bytes, row.int(*column), |bytes, micros| {
                env.switches.zone.push(bytes, micros, true);
            }),
            Self::Word(column, words, otherwise) => {
                let code = row.int(*column);
                let known = words.iter().find(|(_, known)| Some(*known) == code).map(|(word, _)| *word);
                put(bytes, known.or(*otherwise), out::text);
            }
            Self::Currency(own, pipeline) => currency(env, row, *own, *pipeline, bytes),
            Self::Object(column, resource) => found(bytes, |bytes| {
                row.int(*column).is_some_and(|id| env.registries.object(env.snapshot, *resource, id, bytes))
            }),
            Self::FirstObject(column, resource) => found(bytes, |bytes| {
                text(row, *column)
                    .and_then(stored_json::first_id)
                    .is_some_and(|id| env.registries.object(env.snapshot, *resource, id, bytes))
            }),
            Self::Stage(column) => found(bytes, |bytes| {
                row.int(*column).is_some_and(|id| env.registries.stage(env.snapshot, id, bytes))
            }),
            Self::Group(lower, upper) => found(bytes, |bytes| match (row.int(*lower), row.int(*upper)) {
                (Some(id), _) => env.registries.object(env.snapshot, Resource::ProductSubcategory, id, bytes),
                (None, Some(id)) => env.registries.object(env.snapshot, Resource::ProductCategory, id, bytes),
                (None, None) => false,
            }),
            Self::UserId(column) => found(bytes, |bytes| {
                row.int(*column).is_some_and(|id| env.registries.user_id(env.snapshot, id, bytes))
            }),
            Self::UserName(column) => found(bytes, |bytes| {
                row.int(*column).is_some_and(|id| env.registries.user_name(env.snapshot, id, bytes))
            }),
            Self::Tags(column) => {
                bytes.push(b'[');
                let start = bytes.len();
                stored_json::ids(text(row, *column).unwrap_or_default(), |id| {
                    let before = bytes.len();
                    if before > start {
                        bytes.push(b',');
                    }
                    if !env.registries.tag(env.snapshot, id, bytes) {
                        bytes.truncate(before);
                    }
                });
                bytes.push(b']');
            }
            Self::Joined(guard, uuid, label, value) => {
                if row.int(*guard).is_some() {
                    reference(row, *uuid, label, *value, bytes);
                } else {
                    bytes.extend_from_slice(b"null");
                }
            }
            Self::Client(sort, columns) => client(row, *sort, columns, bytes),
            Self::Person(organisation, foreign) => {
                let code = if row.bool(*foreign) == Some(true) {
                    2
                } else {
                    i64::from(row.bool(*organisation) != Some(true))
                };
                put(bytes, fixed::of_code(Kind::Person, code), rows::typed);
            }
            Self::Birthday(organisation, founded, born) => {
                let column = if row.bool(*organisation) == Some(true) { founded } else { born };
                put(bytes, row.int(*column), |bytes, day| date(env, bytes, day));
            }
            Self::CompanyName(company, organisation, name) => {
                let own = || text(row, *name).filter(|_| row.bool(*organisation) == Some(true));
                put(bytes, text(row, *company).or_else(own), out::text);
            }
            Self::Documents(numbers, keys) => {
                let numbers = numbers.map(|column| text(row, column));
                rows::documents(&numbers, text(row, *keys).unwrap_or_default(), bytes);
            }
            Self::Emails(texts, details) => {
                let (texts, details) = (list(row, *texts), list(row, *details));
                rows::reaches(Kind::Email, "email", "emailTypeId", texts, details, bytes);
            }
            Self::Phones(texts, details) => {
                let (texts, details) = (list(row, *texts), list(row, *details));
                rows::reaches(Kind::Phone, "number", "phoneTypeId", texts, details, bytes);
            }
            Self::FirstText(column) => {
                put(bytes, text(row, *column).and_then(stored::first_raw), |bytes, raw| {
                    bytes.extend_from_slice(raw.as_bytes());
                });
            }
            Self::PhoneOfKind(texts, details, kind) => {
                let phone = rows::first_of_kind(list(row, *texts), list(row, *details), *kind);
                put(bytes, phone, |bytes, raw| bytes.extend_from_slice(raw.as_bytes()));
            }
            Self::Addresses(uuid, column) => {
                rows::addresses(text(row, *uuid).unwrap_or_default(), list(row, *column), bytes);
            }
            Self::DefaultAddress(column) => rows::default_address(list(row, *column), bytes),
            Self::OfMainAddress(column, field) => rows::of_main_address(list(row, *column), *field, bytes),
            Self::People(id, count) => match (row.int(*id), row.int(*count)) {
                (Some(id), Some(1..)) => page.hole(What::People(id)),
                _ => bytes.extend_from_slice(b"[]"),
            },
            Self::Items(uuid, lines) => match text(row, *lines) {
                Some(lines) => {
                    let uuid = text(row, *uuid).unwrap_or_default().to_owned();
                    page.hole(What::Items(uuid, lines.to_owned()));
                }
                None => bytes.extend_from_slice(b"[]"),
            },
            Self::Participants(column) => match text(row, *column) {
                Some(participants) => page.hole(What::Participants(participants.to_owned())),
                None => bytes.extend_from_slice(b"[]"),
            },
            Self::Custom(column) => {
                bytes.push(b'{');
                let stored = column.and_then(|column| text(row, column)).unwrap_or_default();
                custom(env, stored, bytes);
                bytes.push(b'}');
            }
            Self::Extra(column, name) => {
                let start = bytes.len();
                each_extra(text(row, *column), |known, json| {
                    if known == *name {
                        bytes.truncate(start);
                        bytes.extend_from_slice(json.as_bytes());
                    }
                });
                if bytes.len() == start {
                    bytes.extend_from_slice(b"[]");
                }
            }
        }
    }
}

/// A text that is not empty.
fn text(row: &dyn Row, column: usize) -> Option<&str> {
    row.text(column).filter(|text| !text.is_empty())
}

fn list(row: &dyn Row, column: usize) -> &str {
    row.text(column).unwrap_or_default()
}

/// A day in the form that dates have (11.2).
fn date(env: &Env<'_>, bytes: &mut Vec<u8>, day: i64) {
    bytes.push(b'"');
    if env.switches.iso_dates {
        local_time::push_day(bytes, day);
    } else {
        local_time::push_day_first(bytes, day);
    }
    bytes.push(b'"');
}

/// Digits that stand for themselves are a number.
fn number_text(bytes: &mut Vec<u8>, text: &str) {
    let is_number = text.len() <= 18
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    if is_number {
        bytes.extend_from_slice(text.as_bytes());
    } else {
        out::text(bytes, text);
    }
}

fn currency(env: &Env<'_>, row: &dyn Row, own: usize, pipeline: Option<usize>, bytes: &mut Vec<u8>) {
    let of_pipeline = || {
        let id = row.int(pipeline?)?;
        env.snapshot.get(Resource::Pipeline, id)?.get(pipeline::CURRENCY)
    };
    out::text(bytes, text(row, own).or_else(of_pipeline).unwrap_or(&env.switches.currency));
}

fn reference(row: &dyn Row, uuid: usize, label: &str, value: usize, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(b"{\"id\":");
    put(bytes, row.text(uuid), out::text);
    bytes.extend_from_slice(b",\"");
    bytes.extend_from_slice(label.as_bytes());
    bytes.extend_from_slice(b"\":");
    put(bytes, row.text(value), out::text);
    bytes.push(b'}');
}

/// A client, when it is of the sort that the key is for.
fn client(row: &dyn Row, sort: Client, columns: &ClientColumns, bytes: &mut Vec<u8>) {
    let lead = row.int(columns.life_cycle) == Some(3);
    let works = !lead
        && row.bool(columns.organisation) != Some(true)
        && row.bool(columns.stands_alone) != Some(true)
        && row.int(columns.employer).is_some();
    let shown = row.int(columns.id).is_some()
        && match sort {
            Client::Customer | Client::CustomerOrEmployer => !lead,
            Client::Lead => lead,
            Client::Contact => works,
        };
    if !shown {
        bytes.extend_from_slice(b"null");
    } else if sort == Client::CustomerOrEmployer && works {
        reference(row, columns.employer_uuid, "name", columns.employer_name, bytes);
    } else {
        reference(row, columns.uuid, "name", columns.name, bytes);
    }
}

/// Custom values by alias, each in the form of its type (12.3).
fn custom(env: &Env<'_>, stored: &str, bytes: &mut Vec<u8>) {
    let start = bytes.len();
    stored_json::custom(stored, |field, _, raw| {
        let Some(face) = env.registries.custom.get(&field) else { return };
        if bytes.len() > start {
            bytes.push(b',');
        }
        bytes.extend_from_slice(&face.key);
        let as_sent = |bytes: &mut Vec<u8>| bytes.extend_from_slice(raw.as_bytes());
        let text = || serde_json::from_str::<String>(raw).unwrap_or_default();
        match face.kind {
            0 | 3 | 12 => match text().parse::<Decimal>() {
                Ok(number) => out::decimal(bytes, number.0),
                Err(_) => as_sent(bytes),
            },
            2 => match local_time::read(&text(), b'/', &Zone::utc()) {
                Some(Moment::Day(day)) => date(env, bytes, day),
                _ => as_sent(bytes),
            },
            4 => match text().as_str() {
                "true" => out::boolean(bytes, true),
                "false" => out::boolean(bytes, false),
                _ => as_sent(bytes),
            },
            11 => {
                bytes.push(b'[');
                for (position, option) in text().split(';').enumerate() {
                    if position > 0 {
                        bytes.push(b',');
                    }
                    out::text(bytes, option);
                }
                bytes.push(b']');
            }
            _ => as_sent(bytes),
        }
    });
}

/// Calls back for each extra of this dialect: its name, still escaped, and its JSON.
fn each_extra(stored: Option<&str>, mut each: impl FnMut(&str, &str)) {
    let Some(stored) = stored else { return };
    Cursor::new(stored).object(|name, raw| {
        if let Some(name) = name.strip_prefix(EXTRA)
            && let Ok(json) = serde_json::from_str::<String>(raw)
        {
            each(name, &json);
        }
    });
}

/// Writes the extras of a record, each with a comma before it.
pub(super) fn extras(stored: Option<&str>, declared: &[&str], keep: &Keep, bytes: &mut Vec<u8>) {
    each_extra(stored, |name, json| {
        if !declared.contains(&name) && keep.has(name) {
            bytes.extend_from_slice(b",\"");
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b"\":");
            bytes.extend_from_slice(json.as_bytes());
        }
    });
}
