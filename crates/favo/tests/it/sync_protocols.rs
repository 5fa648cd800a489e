//! `favo singer` into a Singer target and `favo airbyte` through `PyAirbyte`, both from `PyPI`: what arrives there is what the API serves, field by field.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use favo_connector::schema::Layout;
use favo_connector::testing::warehouse::{Raw, RawRow};
use favo_connector::testing::{
    Clock, FakeNectar, Size, Tables, Value as Expected, differences_in, expected_tables,
};
use favo_store::testing::TestPostgres;
use serde_json::Value;

use crate::harness::scratch;

const SIZE: Size = Size {
    contatos: 60,
    oportunidades: 20,
    qualificacoes: 10,
    tarefas: 20,
    compromissos: 10,
    pipelines: 3,
    produtos: 8,
};

/// The Python of `.ci/python-taps.txt`, made when it is not there.
fn python() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let made = Command::new(root.join(".ci/python-tools")).arg("taps").output().expect("bash is there");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    root.join("target/python-taps/bin/python")
}

fn source(seed: u64) -> FakeNectar {
    FakeNectar::with_clock(seed, &SIZE, Clock::real())
}

/// Runs a script of `tests/tools` with the program, the source and these arguments; the rows that it found at the other end, by table.
fn read(script: &str, source: &FakeNectar, more: &[&str]) -> BTreeMap<String, Vec<RawRow>> {
    let place = scratch();
    let rows = place.path().join("rows.jsonl");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools").join(script);
    let mut command = Command::new(python());
    command.arg(script).arg(env!("CARGO_BIN_EXE_favo")).arg(source.url()).arg(source.token());
    command.args(more).args(["--runs", "2"]).arg("--rows").arg(&rows).current_dir(place.path());
    let done = command.output().expect("the script starts");
    assert!(
        done.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
    let text = std::fs::read_to_string(&rows).expect("the script wrote the rows");
    let mut found: BTreeMap<String, Vec<RawRow>> = BTreeMap::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        let table = line["_stream"].as_str().expect("a table").to_owned();
        let row = line["row"].as_object().expect("a row");
        let row = row.iter().map(|(column, value)| (column.clone(), raw(column, value))).collect();
        found.entry(table).or_default().push(row);
    }
    found
}

/// A value as the other end has it.
fn raw(column: &str, value: &Value) -> Raw {
    match value {
        Value::Null => Raw::Null,
        Value::Bool(flag) => Raw::Flag(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Raw::Whole(whole),
            None => Raw::Double(number.as_f64().expect("a number")),
        },
        // The target stores moments without a zone, in UTC.
        Value::String(text) if is_moment(column, text) => Raw::Text(format!("{text}Z")),
        Value::String(text) => Raw::Text(text.clone()),
        nested => Raw::Text(nested.to_string()),
    }
}

fn is_moment(column: &str, text: &str) -> bool {
    let named = column.contains("data") || matches!(column, "stageentrydate" | "ultimaatualizacao");
    let clock =
        text.get(10..).is_some_and(|clock| clock.starts_with(['T', ' ']) && !clock.contains(['Z', '+', '-']));
    named && clock
}

/// What the source serves, of the tables that the taps send: the fields without a column of their own are theirs as well.
fn expected(source: &FakeNectar) -> Tables {
    source.model(|model| expected_tables(model, Layout::Exact))
}

#[test]
fn a_singer_target_holds_what_the_api_serves() {
    let source = source(71);
    let database = TestPostgres::shared().empty_database();
    let more = ["--database", database.as_str(), "--set", r#"children="streams""#];
    let found = read("singer_target.py", &source, &more);
    let differences = differences_in(&expected(&source), &|table| found.get(table).cloned());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn pyairbyte_reads_what_the_api_serves() {
    let source = source(72);
    let found = read("read_with_airbyte.py", &source, &["--set", r#"children="streams""#]);
    let mut expected = expected(&source);
    // PyAirbyte reads numbers as doubles: what has more digits than they hold does not come through it.
    for row in expected.values_mut().flat_map(BTreeMap::values_mut) {
        row.retain(
            |_, value| !matches!(value, Expected::Number(plain) if plain.contains('.') && plain.len() > 16),
        );
    }
    let differences = differences_in(&expected, &|table| found.get(table).cloned());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
