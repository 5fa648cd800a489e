//! What the tests of the file destinations share: schemas, rows, a directory to write in, and readers of the outcome.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use super::format::Format;
use super::local::Local;
use super::manifest::Manifest;
use super::place::Place;
use super::{Destination, Files};
use crate::cell::{Cell, Text};
use crate::schema::{Layout, Origin, Schema, Selection, Type, build};
use crate::settings::{Secret, Settings, SourceKind, StreamSettings};

pub(super) const FORMATS: [Format; 3] = [Format::Parquet, Format::Csv, Format::JsonLines];

/// The tables of some streams.
pub(super) fn schema(layout: Layout, streams: &[&str], without: &[&str]) -> Schema {
    let mut settings = BTreeMap::new();
    if !without.is_empty() {
        let exclude = without.iter().map(|&name| name.to_owned()).collect();
        settings.insert(streams[0].to_owned(), StreamSettings { exclude, ..StreamSettings::default() });
    }
    build(&Selection {
        layout,
        table_prefix: "nectarcrm_".to_owned(),
        own_prefix: "_favo_".to_owned(),
        zone: "America/Sao_Paulo".to_owned(),
        tables: streams.iter().map(|&name| name.to_owned()).collect(),
        streams: settings,
        ..Selection::default()
    })
    .unwrap()
}

pub(super) fn exact() -> Schema {
    schema(Layout::Exact, &["contatos"], &[])
}

pub(super) fn settings(format: Format, directory: &Path) -> Settings {
    let to = format!("{}:{}", format.extension(), directory.display());
    Settings::new(SourceKind::Nectar, "http://localhost", Secret::new("token"), &to)
}

/// A destination on a directory, not open yet.
pub(super) fn files(format: Format, directory: &Path) -> Box<Files> {
    let place = Local::quick(directory.to_str().unwrap());
    Box::new(Files::at(format, Box::new(place), &settings(format, directory)))
}

/// A directory for tests that commit hundreds of times: in memory where there is one, because renames wait for whoever else syncs a disk.
pub(super) fn memory() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// Text that tries every rule of quoting.
pub(super) const AWKWARD: &str = "São \"João\", 50% \\ n\r\nfim\t\u{1F600}";

/// Puts a record: its main row and two rows in every child table. `version` shows in the name.
pub(super) fn put(files: &mut dyn Destination, schema: &Schema, stream: usize, id: i64, version: u32) {
    let name = format!("{AWKWARD} {id} v{version}");
    for (position, table) in schema.streams[stream].tables.iter().enumerate() {
        for child in 0..if position == 0 { 1 } else { 2 } {
            let row: Vec<Cell<'_>> = table
                .columns
                .iter()
                .enumerate()
                .map(|(at, column)| match (&column.origin, column.kind) {
                    (_, Type::BigInt) if at == table.owner => Cell::Integer(id),
                    (_, Type::Double) if at == table.owner => {
                        Cell::Double(f64::from(u32::try_from(id).unwrap()))
                    }
                    (Origin::Position, _) => Cell::Integer(child),
                    (Origin::DeletedAt, _) => Cell::Null,
                    (Origin::RunId, _) => Cell::Integer(i64::from(version)),
                    (Origin::Hash, _) => Cell::Hash(hash_of(id, version)),
                    (_, Type::Text) if column.name == "nome" || column.name == "valor" => {
                        Cell::Text(Text::of(&name))
                    }
                    (_, Type::Text) if at % 3 == 0 => Cell::Text(Text::of("")),
                    (_, Type::Instant | Type::Civil) => Cell::Micros(1_700_000_000_123_456 + id),
                    (_, Type::Numeric) => Cell::Decimal("-1234567890123.450001"),
                    (_, Type::Double) => Cell::Double(0.1),
                    (_, Type::Boolean) => Cell::Boolean(id % 2 == 0),
                    (_, Type::Json) => Cell::Json(r#"{"a":"x,\"y","b":[1,{"c":null}]}"#),
                    (_, Type::BigInt) if at % 2 == 0 => Cell::Integer(9_007_199_254_740_993),
                    _ => Cell::Null,
                })
                .collect();
            files.put(stream, position, &row).unwrap();
        }
    }
}

pub(super) fn hash_of(id: i64, version: u32) -> u128 {
    (u128::from(id as u64) << 64 | u128::from(version)) ^ (1 << 127)
}

/// The rows of every table as the newest manifest has them, sorted, as text.
pub(super) fn rows(format: Format, directory: &Path) -> BTreeMap<String, Vec<String>> {
    let place = Local::new(directory.to_str().unwrap());
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let Some(manifest) = Manifest::newest(&place, format.extension()).unwrap() else { return tables };
    for stream in manifest.streams.values() {
        for table in &stream.tables {
            tables.entry(table.name.clone()).or_default();
        }
        for part in stream.segments.iter().flat_map(|segment| &segment.files) {
            let file = place.fetch(&part.path).unwrap().expect("a named file is there");
            assert_eq!(file.metadata().unwrap().len(), part.bytes, "{}", part.path);
            let there = lines(format, file);
            assert_eq!(there.len() as u64, part.rows, "{}", part.path);
            tables.entry(part.table.clone()).or_default().extend(there);
        }
    }
    for rows in tables.values_mut() {
        rows.sort_unstable();
    }
    tables
}

fn lines(format: Format, file: std::fs::File) -> Vec<String> {
    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    if format == Format::Parquet {
        let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file)
            .unwrap()
            .build()
            .unwrap();
        let mut rows = Vec::new();
        for batch in reader {
            let batch = batch.unwrap();
            for at in 0..batch.num_rows() {
                let cells = batch.columns().iter().map(|column| match column.as_string_opt::<i32>() {
                    Some(texts) if texts.len() > at => format!("{:?}", texts.iter().nth(at).flatten()),
                    _ => format!("{:?}", column.slice(at, 1)),
                });
                rows.push(cells.collect::<Vec<_>>().join("|"));
            }
        }
        return rows;
    }
    let body = std::io::read_to_string(file).unwrap();
    // Records end with a bare LF outside quotes; the awkward text holds CR LF.
    let mut rows: Vec<String> = Vec::new();
    let mut quoted = false;
    let mut row = String::new();
    for character in body.chars() {
        quoted ^= character == '"' && format == Format::Csv;
        if character == '\n' && !quoted {
            rows.push(std::mem::take(&mut row));
        } else {
            row.push(character);
        }
    }
    assert_eq!(row, "", "the last line ends");
    if format == Format::Csv {
        rows.remove(0);
    }
    rows
}

/// Asserts that the folders hold exactly what the newest manifest names: nothing else, for readers that take all files.
pub(super) fn assert_tidy(format: Format, directory: &Path) {
    let place = Local::new(directory.to_str().unwrap());
    let manifest = Manifest::newest(&place, format.extension()).unwrap().expect("a manifest");
    let named = manifest.named();
    let mut there = std::collections::BTreeSet::new();
    let folders = manifest.streams.values().flat_map(|stream| &stream.tables).map(|table| table.name.clone());
    for folder in folders.chain(["_favo/index".to_owned(), "_favo/log".to_owned()]) {
        there.extend(place.list(&folder).unwrap().into_iter().map(|name| format!("{folder}/{name}")));
    }
    let there: std::collections::BTreeSet<&str> = there.iter().map(String::as_str).collect();
    assert_eq!(there, named);
}

/// Runs a Python program with the packages of `.ci/python-tools.txt`; what it printed. Installs them when they are not there.
pub(super) fn python(program: &str, arguments: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let made = Command::new(root.join(".ci/python-tools")).output().expect("bash is there");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    // Some versions of pyarrow abort while Python tears down their threads; what was asked for is printed by then.
    let program = format!("{program}\nimport os, sys\nsys.stdout.flush()\nos._exit(0)\n");
    let output = Command::new(python_home().join("bin/python"))
        .arg("-c")
        .arg(program)
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The virtual environment.
pub(super) fn python_home() -> std::path::PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.join(std::env::var("FAVO_PYTHON").unwrap_or_else(|_| "target/python".to_owned()))
}
