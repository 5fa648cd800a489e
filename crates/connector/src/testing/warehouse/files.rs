//! CSV, JSON Lines and Parquet as they lie in a directory, read the way a person would who has never heard of a manifest: every file of a table.

use std::fs::File;
use std::path::PathBuf;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, TimeUnit};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::{Raw, RawRow};
use crate::testing::json::Json;

fn files(directory: &str, table: &str, ending: &str) -> Option<Vec<PathBuf>> {
    let folder = PathBuf::from(directory).join(table);
    let entries = std::fs::read_dir(folder).ok()?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == ending))
        .collect();
    found.sort();
    Some(found)
}

/// An empty field without quotes is null, `""` is empty text: the reader of the crate cannot tell them apart, so this one is written for it.
pub(super) fn csv(directory: &str, table: &str) -> Option<Vec<RawRow>> {
    let mut out = Vec::new();
    for path in files(directory, table, "csv")? {
        let text = std::fs::read_to_string(path).expect("the file is UTF-8");
        let mut lines = csv_lines(&text).into_iter();
        let names: Vec<String> = lines.next().expect("a header").into_iter().flatten().collect();
        for line in lines {
            assert_eq!(
                line.len(),
                names.len(),
                "{table}: a line with another number of fields than the header"
            );
            out.push(
                names
                    .iter()
                    .cloned()
                    .zip(line.into_iter().map(|field| field.map_or(Raw::Null, Raw::Text)))
                    .collect(),
            );
        }
    }
    Some(out)
}

fn csv_lines(text: &str) -> Vec<Vec<Option<String>>> {
    let (mut lines, mut line) = (Vec::new(), Vec::new());
    let (mut field, mut quoted, mut inside) = (String::new(), false, false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if inside && characters.peek() == Some(&'"') => {
                field.push('"');
                characters.next();
            }
            '"' if inside => inside = false,
            '"' if field.is_empty() && !quoted => (inside, quoted) = (true, true),
            ',' | '\n' if !inside => {
                let value = std::mem::take(&mut field);
                let value = if quoted {
                    Some(value)
                } else {
                    Some(value.trim_end_matches('\r').to_owned()).filter(|value| !value.is_empty())
                };
                line.push(value);
                quoted = false;
                if character == '\n' {
                    lines.push(std::mem::take(&mut line));
                }
            }
            // The end of a line in the other style; inside a field it would be quoted.
            '\r' if !inside && characters.peek() == Some(&'\n') => {}
            other => field.push(other),
        }
    }
    assert!(line.is_empty() && field.is_empty(), "the last line does not end");
    lines
}

pub(super) fn json_lines(directory: &str, table: &str) -> Option<Vec<RawRow>> {
    let mut out = Vec::new();
    for path in files(directory, table, "jsonl")? {
        let text = std::fs::read_to_string(path).expect("the file is UTF-8");
        for line in text.lines() {
            let members: std::collections::BTreeMap<String, Box<serde_json::value::RawValue>> =
                serde_json::from_str(line).expect("every line is an object");
            out.push(members.into_iter().map(|(name, value)| (name, json(value.get()))).collect());
        }
    }
    Some(out)
}

/// Numbers keep their spelling; arrays and objects are given as their text.
fn json(text: &str) -> Raw {
    match text.as_bytes().first() {
        Some(b'n') => Raw::Null,
        Some(b't') => Raw::Flag(true),
        Some(b'f') => Raw::Flag(false),
        Some(b'"') => match Json::parse(text) {
            Some(Json::Text(text)) => Raw::Text(text),
            _ => panic!("text that is none: {text}"),
        },
        Some(b'[' | b'{') => Raw::Text(text.to_owned()),
        _ => Raw::Decimal(text.to_owned()),
    }
}

pub(super) fn parquet(directory: &str, table: &str) -> Option<Vec<RawRow>> {
    let mut out = Vec::new();
    for path in files(directory, table, "parquet")? {
        let file = File::open(path).expect("the file opens");
        let reader = ParquetRecordBatchReaderBuilder::try_new(file)
            .expect("a Parquet file")
            .build()
            .expect("readable");
        for batch in reader {
            let batch = batch.expect("a readable row group");
            let schema = batch.schema();
            for at in 0..batch.num_rows() {
                let columns = schema.fields().iter().zip(batch.columns());
                out.push(columns.map(|(field, column)| (field.name().clone(), arrow(column, at))).collect());
            }
        }
    }
    Some(out)
}

fn arrow(column: &ArrayRef, at: usize) -> Raw {
    if column.is_null(at) {
        return Raw::Null;
    }
    match column.data_type() {
        DataType::Int64 => Raw::Whole(column.as_primitive::<Int64Type>().value(at)),
        DataType::Float64 => Raw::Double(column.as_primitive::<Float64Type>().value(at)),
        DataType::Boolean => Raw::Flag(column.as_boolean().value(at)),
        DataType::Utf8 => Raw::Text(column.as_string::<i32>().value(at).to_owned()),
        DataType::LargeUtf8 => Raw::Text(column.as_string::<i64>().value(at).to_owned()),
        DataType::Decimal128(..) => Raw::Decimal(column.as_primitive::<Decimal128Type>().value_as_string(at)),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            Raw::Micros(column.as_primitive::<TimestampMicrosecondType>().value(at))
        }
        DataType::FixedSizeBinary(_) => Raw::Bytes(column.as_fixed_size_binary().value(at).to_vec()),
        DataType::Binary => Raw::Bytes(column.as_binary::<i32>().value(at).to_vec()),
        other => panic!("no reader for a column of {other}"),
    }
}
