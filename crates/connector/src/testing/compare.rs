//! Comparing a warehouse with the source, field by field, and one warehouse with another.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::expected::{Tables, Value};
use super::json::{Json, decimal};
use super::warehouse::{self, Raw, RawRow};

/// At most that many differences are told.
const ENOUGH: usize = 12;

/// What differs between what the source serves and the living rows of the warehouse; empty when nothing does. Tables that are not expected are not looked at.
pub fn differences(expected: &Tables, to: &str) -> Vec<String> {
    differences_in(expected, &|table| warehouse::read(to, table))
}

/// The same for rows that come from elsewhere: by full name of the table.
pub fn differences_in(expected: &Tables, read: &dyn Fn(&str) -> Option<Vec<RawRow>>) -> Vec<String> {
    let mut found = Vec::new();
    for (table, rows) in expected {
        let Some(stored) = read(table) else {
            if !rows.is_empty() {
                found.push(format!("{table}: there is no such table"));
            }
            continue;
        };
        let custom = table.ends_with("_campospersonalizados");
        let mut living = BTreeMap::new();
        for row in stored.iter().filter(|row| row.get("_favo_deleted_at").is_none_or(Raw::is_null)) {
            let key = key(table, row);
            if living.insert(key.clone(), row).is_some() {
                found.push(format!("{table}: two rows for {key:?}"));
            }
        }
        let wanted: BTreeMap<(i64, String), _> = rows
            .iter()
            .map(|((owner, position), row)| {
                let place = match row.get("alias").filter(|_| custom) {
                    Some(Value::Text(alias)) => alias.clone(),
                    _ => position.to_string(),
                };
                // Where ids are doubles, those beyond 2^53 are known by the nearest one.
                let doubles = row.values().any(|value| matches!(value, Value::Double(_)));
                let owner = if doubles { *owner as f64 as i64 } else { *owner };
                ((owner, place), row)
            })
            .collect();
        for key in living.keys().filter(|key| !wanted.contains_key(*key)) {
            found.push(format!("{table}: {key:?} is not in the source"));
        }
        for (key, row) in &wanted {
            let Some(actual) = living.get(key) else {
                found.push(format!("{table}: {key:?} is missing"));
                continue;
            };
            for (column, value) in *row {
                let raw = actual.get(column).unwrap_or(&Raw::Null);
                if !agrees(value, raw) {
                    found.push(format!("{table}.{column} of {key:?}: expected {value:?}, found {raw:?}"));
                }
            }
            if found.len() >= ENOUGH {
                return found;
            }
        }
    }
    found.truncate(ENOUGH);
    found
}

/// Record and place in it of a row: nothing for main tables, the alias for custom fields, the position for other children.
fn key(table: &str, row: &RawRow) -> (i64, String) {
    let own = |name: &str| row.get(name).and_then(Raw::whole);
    if table.ends_with("_campospersonalizados") {
        let alias = row.get("alias").and_then(Raw::text).unwrap_or_default().to_owned();
        return (owner(table, row), alias);
    }
    match own("_favo_position") {
        Some(position) => (owner(table, row), position.to_string()),
        None => (own("id").unwrap_or(i64::MIN), "0".to_owned()),
    }
}

fn owner(table: &str, row: &RawRow) -> i64 {
    let column = match table.trim_start_matches("nectarcrm_").split('_').next().unwrap_or_default() {
        "contatos" => "contato_id",
        "oportunidades" => "id_oportunidade",
        "qualificacoes" => "qualificacao_id",
        "tarefas" => "tarefa_id",
        "compromissos" => "compromisso_id",
        "pipelines" => "pipeline_id",
        _ => "produto_dependente_id",
    };
    row.get(column).and_then(Raw::whole).unwrap_or(i64::MIN)
}

/// Whether a stored value is the expected one, in any of the ways in which the formats spell it.
pub fn agrees(expected: &Value, raw: &Raw) -> bool {
    match (expected, raw) {
        (Value::Null, raw) => raw.is_null(),
        (Value::Flag(flag), Raw::Flag(value)) => flag == value,
        (Value::Flag(flag), Raw::Whole(value)) => i64::from(*flag) == *value,
        (Value::Flag(flag), Raw::Text(text)) => text == if *flag { "true" } else { "false" },
        (Value::Number(plain), Raw::Whole(value)) => {
            *plain == value.to_string() || nearest(plain, *value as f64)
        }
        (Value::Number(plain), Raw::Double(value)) => {
            decimal(&value.to_string()).as_ref() == Some(plain) || nearest(plain, *value)
        }
        (Value::Number(plain), Raw::Text(text) | Raw::Decimal(text)) => decimal(text).as_ref() == Some(plain),
        (Value::Double(double), Raw::Double(value)) => double == value,
        (Value::Double(double), Raw::Whole(value)) => *double == *value as f64,
        (Value::Double(double), Raw::Text(text) | Raw::Decimal(text)) => text.parse() == Ok(*double),
        (Value::Text(text), Raw::Text(value)) => text == value,
        (Value::Moment(micros) | Value::Civil(micros), Raw::Micros(value)) => micros == value,
        (Value::Moment(micros), Raw::Text(text)) => {
            text.parse::<Timestamp>().is_ok_and(|moment| moment.as_microsecond() == *micros)
        }
        (Value::Civil(micros), Raw::Text(text)) => wall(text) == Some(*micros),
        (Value::Json(json), Raw::Text(text)) => {
            Json::parse(text).is_some_and(|parsed| rounded(&parsed) == rounded(json))
        }
        _ => false,
    }
}

/// SQLite has no decimals: one with a fraction and more than fifteen digits is kept as the nearest double there, which its documentation says.
fn nearest(plain: &str, value: f64) -> bool {
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    plain.contains('.') && digits > 15 && plain.parse() == Ok(value)
}

fn wall(text: &str) -> Option<i64> {
    let wall: DateTime = text.parse().ok()?;
    Some(wall.to_zoned(TimeZone::UTC).ok()?.timestamp().as_microsecond())
}

/// The canonical form, with numbers as the doubles a parser makes of them.
fn rounded(json: &Json) -> String {
    fn round(json: &Json) -> Json {
        match json {
            Json::Number(spelling) if spelling.parse::<i64>().is_err() => Json::Number(
                spelling.parse::<f64>().map_or_else(|_| spelling.clone(), |value| value.to_string()),
            ),
            Json::Array(items) => Json::Array(items.iter().map(round).collect()),
            Json::Object(members) => {
                Json::Object(members.iter().map(|(key, value)| (key.clone(), round(value))).collect())
            }
            other => other.clone(),
        }
    }
    round(json).canonical()
}

/// The tables of a warehouse as lines of text in order, so that two warehouses that were loaded differently can be compared: without the columns that tell of the run,
/// and without those that drift added, which depend on what was seen first.
pub fn dump(to: &str, expected: &Tables) -> Vec<String> {
    const OF_THE_RECORD: [&str; 3] = ["_favo_extra", "_favo_hash", "_favo_position"];
    let mut lines = Vec::new();
    for (table, rows) in expected {
        let Some(columns) = rows.values().next() else { continue };
        let told = |column: &str| OF_THE_RECORD.contains(&column) || columns.contains_key(column);
        for row in warehouse::read(to, table).unwrap_or_default() {
            let deleted = row.get("_favo_deleted_at").is_some_and(|mark| !mark.is_null());
            let mut line = format!("{table} deleted={deleted}");
            for (column, value) in row.iter().filter(|(column, value)| told(column) && !value.is_null()) {
                let _ = write!(line, " {column}={value:?}");
            }
            lines.push(line);
        }
    }
    lines.sort();
    lines
}
