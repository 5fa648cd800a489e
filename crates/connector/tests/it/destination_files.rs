//! The contract for Parquet, CSV and JSON Lines. They are read as people read them: all files in a table's folder, whatever the manifest says.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use favo_connector::schema::Type;
use favo_connector::settings::Settings;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::value::RawValue;

use crate::destination_contract::{Place, contract};
use crate::sample::{self, Owned, canonical_json, canonical_number};

struct FilesPlace {
    directory: tempfile::TempDir,
    format: &'static str,
}

impl FilesPlace {
    fn new(format: &'static str) -> Self {
        Self { directory: tempfile::tempdir().unwrap(), format }
    }
}

impl Place for FilesPlace {
    fn settings(&self) -> Settings {
        sample::settings(&format!("{}:{}", self.format, self.directory.path().display()))
    }

    /// The key index does not know parents; the engine reads the proposals of all again instead.
    fn tells_parents(&self) -> bool {
        false
    }

    fn read(&self, table: &str, columns: &[(&str, Type)]) -> Vec<Vec<Option<String>>> {
        let Ok(entries) = fs::read_dir(self.directory.path().join(table)) else { return Vec::new() };
        let mut rows = Vec::new();
        for path in entries.map(|entry| entry.unwrap().path()) {
            match self.format {
                "parquet" => parquet_rows(&path, columns, &mut rows),
                "csv" => csv_rows(&fs::read_to_string(path).unwrap(), columns, &mut rows),
                _ => json_rows(&fs::read_to_string(path).unwrap(), columns, &mut rows),
            }
        }
        rows
    }
}

fn parquet_rows(path: &PathBuf, columns: &[(&str, Type)], rows: &mut Vec<Vec<Option<String>>>) {
    let reader = SerializedFileReader::new(fs::File::open(path).unwrap()).unwrap();
    for row in reader.get_row_iter(None).unwrap() {
        let mut values: HashMap<String, Option<String>> = HashMap::new();
        for (name, field) in row.unwrap().get_column_iter() {
            let value = match field {
                Field::Null => None,
                Field::Bool(flag) => Some(flag.to_string()),
                Field::Long(number) => Some(number.to_string()),
                Field::TimestampMicros(micros) => Some(micros.to_string()),
                Field::Double(number) => Some(canonical_number(&number.to_string())),
                Field::Decimal(decimal) => {
                    let (negative, mut value) = decimal.data().iter().fold(
                        (decimal.data()[0] > 127, if decimal.data()[0] > 127 { -1_i128 } else { 0 }),
                        |(negative, value), byte| (negative, (value << 8) | i128::from(*byte)),
                    );
                    if negative {
                        value = -value;
                    }
                    let sign = if negative { "-" } else { "" };
                    Some(canonical_number(&format!("{sign}{}.{:06}", value / 1_000_000, value % 1_000_000)))
                }
                Field::Str(text) => Some(text.clone()),
                Field::Bytes(bytes) => {
                    let hash = u128::from_be_bytes(bytes.data().try_into().unwrap());
                    Owned::Hash(hash).canonical()
                }
                other => panic!("{other:?}"),
            };
            values.insert(name.clone(), value);
        }
        rows.push(
            columns
                .iter()
                .map(|&(name, kind)| {
                    let value =
                        values.get(name).unwrap_or_else(|| panic!("{name} in {}", path.display())).clone();
                    if kind == Type::Json { value.map(|text| canonical_json(&text)) } else { value }
                })
                .collect(),
        );
    }
}

/// A value as text of either format.
fn spelled(kind: Type, text: String) -> String {
    match kind {
        Type::Instant => micros(text.strip_suffix('Z').unwrap()),
        Type::Civil => micros(&text),
        Type::Json => canonical_json(&text),
        Type::Numeric | Type::Double => canonical_number(&text),
        _ => text,
    }
}

/// Not by way of `Timestamp`, which ends a day before the year 9999 does.
fn micros(text: &str) -> String {
    let wall: jiff::civil::DateTime = text.parse().unwrap();
    wall.duration_since(jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0)).as_micros().to_string()
}

/// RFC 4180, character by character; an empty field without quotation marks is null.
fn csv_rows(body: &str, columns: &[(&str, Type)], rows: &mut Vec<Vec<Option<String>>>) {
    let mut records: Vec<Vec<Option<String>>> = Vec::new();
    let (mut record, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut characters = body.chars().peekable();
    let mut inside = false;
    while let Some(character) = characters.next() {
        match character {
            '"' if inside && characters.peek() == Some(&'"') => field.extend(characters.next()),
            '"' => {
                inside = !inside;
                quoted = true;
            }
            ',' | '\n' if !inside => {
                let value = std::mem::take(&mut field);
                record.push((quoted || !value.is_empty()).then_some(value));
                quoted = false;
                if character == '\n' {
                    records.push(std::mem::take(&mut record));
                }
            }
            other => field.push(other),
        }
    }
    assert!(record.is_empty() && field.is_empty(), "the last line has an end");
    let header: Vec<String> = records.remove(0).into_iter().flatten().collect();
    for record in records {
        assert_eq!(record.len(), header.len());
        let value = |&(name, kind): &(&str, Type)| {
            let at = header.iter().position(|one| one == name).unwrap();
            record[at].clone().map(|text| spelled(kind, text))
        };
        rows.push(columns.iter().map(value).collect());
    }
}

fn json_rows(body: &str, columns: &[(&str, Type)], rows: &mut Vec<Vec<Option<String>>>) {
    for line in body.lines() {
        let members: HashMap<String, &RawValue> = serde_json::from_str(line).unwrap();
        let value = |&(name, kind): &(&str, Type)| {
            let raw = members[name].get();
            let text = if raw.starts_with('"') { serde_json::from_str(raw).unwrap() } else { raw.to_owned() };
            (raw != "null").then(|| spelled(kind, text))
        };
        rows.push(columns.iter().map(value).collect());
    }
}

mod parquet_files {
    use super::FilesPlace;
    super::contract!(FilesPlace::new("parquet"));
}

mod csv_files {
    use super::FilesPlace;
    super::contract!(FilesPlace::new("csv"));
}

mod json_lines {
    use super::FilesPlace;
    super::contract!(FilesPlace::new("jsonl"));
}
