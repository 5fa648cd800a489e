//! Records made from their number and version, as cells of any table; and what a reader must find of them.

use std::fmt::Write as _;

use favo_connector::Result;
use favo_connector::cell::{Cell, Text};
use favo_connector::destination::Destination;
use favo_connector::schema::{CustomPart, Origin, Rows, Schema, Selection, Table, Type, build};
use favo_connector::settings::{Secret, Settings, SourceKind};

/// 2026-03-02T17:45:10.512Z.
pub(crate) const MOMENT: i64 = 1_772_473_510_512_000;

/// A cell that owns what it holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Owned {
    Null,
    Boolean(bool),
    Integer(i64),
    Double(f64),
    Decimal(String),
    Text(String),
    Micros(i64),
    Json(String),
    Hash(u128),
}

impl Owned {
    pub(crate) fn cell(&self) -> Cell<'_> {
        match self {
            Self::Null => Cell::Null,
            Self::Boolean(flag) => Cell::Boolean(*flag),
            Self::Integer(number) => Cell::Integer(*number),
            Self::Double(number) => Cell::Double(*number),
            Self::Decimal(text) => Cell::Decimal(text),
            Self::Text(text) => Cell::Text(Text::of(text)),
            Self::Micros(micros) => Cell::Micros(*micros),
            Self::Json(text) => Cell::Json(text),
            Self::Hash(hash) => Cell::Hash(*hash),
        }
    }

    /// As every read-back spells it: whole numbers and decimals without needless zeros, moments as micros, JSON with its keys in order, hashes as hexadecimal digits.
    pub(crate) fn canonical(&self) -> Option<String> {
        Some(match self {
            Self::Null => return None,
            Self::Boolean(flag) => flag.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::Double(number) => canonical_number(&format!("{number}")),
            Self::Decimal(text) => canonical_number(text),
            Self::Text(text) => text.clone(),
            Self::Micros(micros) => micros.to_string(),
            Self::Json(text) => canonical_json(text),
            Self::Hash(hash) => format!("{hash:032x}"),
        })
    }
}

/// A number without zeros that say nothing.
pub(crate) fn canonical_number(text: &str) -> String {
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// JSON with sorted keys.
pub(crate) fn canonical_json(text: &str) -> String {
    let mut value: serde_json::Value =
        serde_json::from_str(text).unwrap_or_else(|_| panic!("{text} is no JSON"));
    value.sort_all_objects();
    value.to_string()
}

/// Settings of a pipeline into that place, from a source that is never asked.
pub(crate) fn settings(to: &str) -> Settings {
    Settings::new(SourceKind::Nectar, "http://127.0.0.1:9", Secret::new("unused"), to)
}

/// The tables that go with the settings.
pub(crate) fn schema(settings: &Settings) -> Schema {
    build(&Selection {
        layout: settings.layout,
        table_prefix: settings.table_prefix.clone(),
        own_prefix: settings.own_prefix.clone(),
        zone: settings.zone.clone(),
        tables: settings.tables.clone(),
        streams: settings.streams.clone(),
        ..Selection::default()
    })
    .expect("the selection is right")
}

/// Hash of a version of a record.
pub(crate) fn hash(id: i64, version: u32) -> u128 {
    (u128::from(version) << 100) | (0xfa50 << 64) | id.unsigned_abs() as u128
}

/// Moment of the last change of a version.
pub(crate) fn updated(version: u32) -> i64 {
    MOMENT + i64::from(version) * 1_000_003
}

fn nasty(seed: u64) -> String {
    const TEXTS: [&str; 12] = [
        "",
        "São João d'Ávila",
        "tab\tnew\nline\r\\N \\. back\\slash",
        "\"quoted\" 'single' `back`",
        "\\N",
        "🦊 e\u{301} \u{2028}",
        "00012345",
        " trailing ",
        "a,b;c|d",
        "null",
        "\u{1}\u{1f}\u{7f}",
        "1e5",
    ];
    let text = TEXTS[(seed % 12) as usize];
    if seed.is_multiple_of(97) { text.repeat(5_000) } else { text.to_owned() }
}

fn mix(parts: &[u64]) -> u64 {
    parts.iter().fold(0x9e37_79b9_7f4a_7c15, |sum, part| {
        (sum ^ part).wrapping_mul(0xbf58_476d_1ce4_e5b9).rotate_left(29)
    })
}

/// How many rows a child table has for a version of a record.
fn children(id: i64, version: u32, table: usize) -> usize {
    (mix(&[id as u64, u64::from(version), table as u64, 7]) % 4) as usize
}

/// The rows of one table for a version of a record.
pub(crate) fn rows(
    tables: &[Table],
    at: usize,
    cursor: Option<usize>,
    id: i64,
    version: u32,
) -> Vec<Vec<Owned>> {
    let table = &tables[at];
    let count = if table.rows == Rows::Records { 1 } else { children(id, version, at) };
    (0..count)
        .map(|position| {
            table
                .columns
                .iter()
                .enumerate()
                .map(|(column, one)| {
                    let number = |value: i64| match one.kind {
                        Type::Double => Owned::Double(value as f64),
                        _ => Owned::Integer(value),
                    };
                    match &one.origin {
                        _ if column == table.owner => number(id),
                        Origin::RunId => Owned::Integer(i64::from(version)),
                        Origin::Position => Owned::Integer(position as i64),
                        Origin::Hash => Owned::Hash(hash(id, version)),
                        Origin::DeletedAt => Owned::Null,
                        Origin::LoadedAt | Origin::ExtractedAt => Owned::Micros(updated(version) + 77),
                        Origin::CustomField(CustomPart::Id) => Owned::Integer(position as i64 + 1),
                        _ if at == 0 && Some(column) == cursor => Owned::Micros(updated(version)),
                        _ => {
                            let seed = mix(&[
                                id as u64,
                                u64::from(version),
                                at as u64,
                                column as u64,
                                position as u64,
                            ]);
                            value(one.kind, seed)
                        }
                    }
                })
                .collect()
        })
        .collect()
}

fn value(kind: Type, seed: u64) -> Owned {
    if seed.is_multiple_of(5) {
        return Owned::Null;
    }
    let seed = seed / 5;
    match kind {
        Type::BigInt => Owned::Integer(match seed % 11 {
            0 => i64::MAX,
            1 => i64::MIN,
            2 => 0,
            _ => seed as i64 >> 20,
        }),
        Type::Double => Owned::Double((seed % 1_000_000) as f64 / 64.0 - 5_000.0),
        Type::Numeric => {
            let mut text = String::new();
            let sign = if seed.is_multiple_of(3) { "-" } else { "" };
            // 15 significant digits: what every destination keeps.
            let _ = match seed % 5 {
                0 => write!(text, "{sign}{}", seed % 100_000_000_000_000),
                1 => write!(text, "{sign}0.{:06}", seed % 1_000_000),
                2 => write!(text, "0"),
                3 => write!(text, "{sign}{}.50", seed % 1_000_000_000),
                _ => write!(text, "{sign}{}.{:06}", seed % 1_000_000_000, seed % 999_983),
            };
            Owned::Decimal(text)
        }
        Type::Text => Owned::Text(nasty(seed)),
        Type::Boolean => Owned::Boolean(seed.is_multiple_of(2)),
        Type::Instant | Type::Civil => Owned::Micros(match seed % 9 {
            // 0001-01-01 and the last microsecond of 9999.
            0 => -62_135_596_800_000_000,
            1 => 253_402_300_799_999_999,
            2 => -1,
            _ => MOMENT + (seed >> 24) as i64,
        }),
        Type::Json => Owned::Json(format!(
            "{{\"a\":[1,{},null,true],\"ç\\\"\\n\":{{\"n\":{}}}}}",
            seed % 1000,
            serde_json::to_string(&nasty(seed)).expect("text is JSON")
        )),
        Type::Hash => Owned::Hash(u128::from(seed)),
    }
}

/// Puts a version of a record, all tables.
pub(crate) fn put(
    destination: &mut dyn Destination,
    schema: &Schema,
    stream: usize,
    id: i64,
    version: u32,
) -> Result<()> {
    let one = &schema.streams[stream];
    for table in 0..one.tables.len() {
        for row in rows(&one.tables, table, one.cursor, id, version) {
            let cells: Vec<Cell<'_>> = row.iter().map(Owned::cell).collect();
            destination.put(stream, table, &cells)?;
        }
    }
    Ok(())
}
