//! The destination behind both protocols, driven by hand as the engine drives it.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::cell::{Cell, Text};
use crate::destination::Destination;
use crate::note::{Note, SchemaEvent};
use crate::protocol::Told;
use crate::protocol::bookmarks::{Bookmarks, Saved};
use crate::protocol::outlet::Shared;
use crate::protocol::published::{Choice, Flavor, published, schema_of};
use crate::protocol::singer::Singer;
use crate::report::{RunReport, Status, TableReport};
use crate::schema::{Layout, Origin, Schema, Table, Type};
use crate::settings::{Children, Deletes, Secret, Settings, SourceKind};
use crate::state::{Bookmark, Loading};
use crate::{Error, World};

/// 2026-03-02T17:45:10.512Z.
const RECEIVED: i64 = 1_772_473_510_512_000;

#[derive(Clone, Default)]
struct Kept(Rc<RefCell<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Kept {
    fn messages(&self) -> Vec<Value> {
        let bytes = self.0.borrow();
        assert!(bytes.is_empty() || bytes.ends_with(b"\n"), "whole lines only");
        let text = std::str::from_utf8(&bytes).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn of(&self, kind: &str) -> Vec<Value> {
        self.messages().into_iter().filter(|message| message["type"] == kind).collect()
    }

    fn kinds(&self) -> Vec<String> {
        self.messages().iter().map(|message| message["type"].as_str().unwrap().to_owned()).collect()
    }
}

struct Fixed(i64);

impl World for Fixed {
    fn now(&self) -> i64 {
        self.0
    }
    fn sleep(&self, _length: Duration) {}
    fn random(&self) -> u64 {
        7
    }
}

fn settings(source: SourceKind, tables: &[&str]) -> Settings {
    let mut settings = Settings::new(source, "http://127.0.0.1:1", Secret::new("s3cret"), "singer:");
    settings.tables = tables.iter().map(|table| (*table).to_owned()).collect();
    settings
}

fn singer(settings: &Settings, state: Bookmarks, choice: Choice) -> (Kept, Box<dyn Destination>, Schema) {
    let kept = Kept::default();
    let world = Arc::new(Fixed(RECEIVED + 5_000_000));
    let out = Shared::new(Box::new(kept.clone()));
    let destination = Singer::of_tap(settings, choice, world, state, out, Box::new(io::sink()));
    (kept, destination, schema_of(settings).unwrap())
}

fn airbyte(settings: &Settings) -> (Kept, Box<dyn Destination>, Schema) {
    let kept = Kept::default();
    let world: Arc<dyn World> = Arc::new(Fixed(RECEIVED + 5_000_000));
    let out = Shared::new(Box::new(kept.clone()));
    let choice = Choice::default();
    let destination =
        super::airbyte::destination::destination(settings, choice, &world, Bookmarks::default(), out);
    (kept, destination, schema_of(settings).unwrap())
}

/// A row of that table with a value in every column, or with nothing but what has to be there.
#[allow(clippy::cast_precision_loss, reason = "ids of the tests are small")]
fn row(table: &Table, id: i64, position: i64, full: bool) -> Vec<Cell<'static>> {
    let cells = table.columns.iter().enumerate().map(|(at, column)| match column.origin {
        Origin::DeletedAt => Cell::Null,
        Origin::ExtractedAt => Cell::Micros(RECEIVED),
        Origin::Position => Cell::Integer(position),
        _ if at == table.owner && column.kind == Type::Double => Cell::Double(id as f64),
        _ if at == table.owner => Cell::Integer(id),
        _ if !full => Cell::Null,
        _ => match column.kind {
            Type::BigInt => Cell::Integer(id * 10),
            Type::Double => Cell::Double(0.5),
            Type::Numeric => Cell::Decimal("1250.50"),
            Type::Text => Cell::Text(Text::of("a \"line\"\nand \\ more")),
            Type::Boolean => Cell::Boolean(true),
            Type::Instant | Type::Civil => Cell::Micros(RECEIVED),
            Type::Json => Cell::Json("{\"a\":[1,null]}"),
            Type::Hash => Cell::Hash(u128::MAX),
        },
    });
    cells.collect()
}

fn put(to: &mut dyn Destination, schema: &Schema, table: usize, id: i64, position: i64) {
    let table_of = &schema.streams[0].tables[table];
    to.put(0, table, &row(table_of, id, position, true)).unwrap();
}

/// Whether a value is what a schema allows; only what our schemas use.
fn allowed(schema: &Value, value: &Value) -> bool {
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => return false,
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::String(_) => "string",
        Value::Number(number) if number.is_i64() && kinds.contains(&"integer") => "integer",
        Value::Number(_) => "number",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    kinds.contains(&kind)
        && match value {
            Value::Array(elements) if schema.get("items").is_some() => {
                elements.iter().all(|element| allowed(&schema["items"], element))
            }
            Value::Object(members) if schema.get("properties").is_some() => members
                .iter()
                .all(|(name, value)| schema["properties"].get(name).is_some_and(|one| allowed(one, value))),
            _ => true,
        }
}

#[test]
fn every_record_of_every_table_is_what_its_schema_says_in_both_layouts_and_both_ways_of_children() {
    for layout in [Layout::Exact, Layout::Kondado] {
        for children in [Children::Nested, Children::Streams] {
            for full in [true, false] {
                let mut settings = settings(SourceKind::Nectar, &[]);
                settings.layout = layout;
                settings.children = children;
                let (kept, mut to, schema) = singer(&settings, Bookmarks::default(), Choice::default());
                to.open(&schema).unwrap();
                for (at, stream) in schema.streams.iter().enumerate() {
                    for (table, built) in stream.tables.iter().enumerate() {
                        to.put(at, table, &row(built, 5, 0, full)).unwrap();
                    }
                }
                to.commit(&[]).unwrap();
                let schemas = kept.of("SCHEMA");
                let records = kept.of("RECORD");
                assert_eq!(records.len(), schemas.len());
                let tables = schema.streams.iter().map(|stream| stream.tables.len()).sum::<usize>();
                assert_eq!(records.len(), if children == Children::Nested { 8 } else { tables });
                for (schema, record) in schemas.iter().zip(&records) {
                    assert_eq!(schema["stream"], record["stream"]);
                    assert!(allowed(&schema["schema"], &record["record"]), "{schema}\n{record}");
                    let properties = schema["schema"]["properties"].as_object().unwrap();
                    let members = record["record"].as_object().unwrap();
                    assert!(properties.keys().eq(members.keys()), "every property is there, nulls too");
                    for key in schema["key_properties"].as_array().unwrap() {
                        assert!(!record["record"][key.as_str().unwrap()].is_null());
                    }
                    assert_eq!(
                        record["time_extracted"],
                        if layout == Layout::Exact {
                            "2026-03-02T17:45:10.512Z"
                        } else {
                            "2026-03-02T20:45:10.512Z"
                        }
                    );
                }
            }
        }
    }
}

#[test]
fn children_stand_in_their_record_in_order_and_every_array_is_there() {
    let settings = settings(SourceKind::Nectar, &["contatos"]);
    let (kept, mut to, schema) = singer(&settings, Bookmarks::default(), Choice::default());
    to.open(&schema).unwrap();
    put(&mut *to, &schema, 0, 1, 0);
    put(&mut *to, &schema, 2, 1, 0);
    put(&mut *to, &schema, 2, 1, 1);
    put(&mut *to, &schema, 5, 1, 0);
    put(&mut *to, &schema, 0, 2, 0);
    put(&mut *to, &schema, 0, 3, 0);
    put(&mut *to, &schema, 7, 3, 0);
    to.commit(&[("contatos", &Bookmark::default())]).unwrap();
    let records = kept.of("RECORD");
    let lengths: Vec<Vec<usize>> = records
        .iter()
        .map(|record| {
            [
                "contatos",
                "enderecos",
                "contatospai",
                "empresasatuais",
                "contatos_emails",
                "contatos_telefones",
            ]
            .iter()
            .chain(&["contatos_campospersonalizados"])
            .map(|array| record["record"][array].as_array().unwrap().len())
            .collect()
        })
        .collect();
    assert_eq!(lengths, [[0, 2, 0, 0, 1, 0, 0], [0; 7], [0, 0, 0, 0, 0, 0, 1]]);
    let address = records[0]["record"]["enderecos"][0].as_object().unwrap();
    assert!(!address.contains_key("contato_id") && !address.contains_key("_favo_position"));
    assert_eq!(address["enderecos_cep"], "a \"line\"\nand \\ more");
    assert_eq!(kept.kinds(), ["SCHEMA", "RECORD", "RECORD", "RECORD", "STATE"]);
}

#[test]
fn a_child_without_its_record_is_refused() {
    let settings = settings(SourceKind::Nectar, &["contatos"]);
    let (_, mut to, schema) = singer(&settings, Bookmarks::default(), Choice::default());
    to.open(&schema).unwrap();
    let tables = &schema.streams[0].tables;
    assert!(to.put(0, 2, &row(&tables[2], 1, 0, true)).is_err());
    to.put(0, 0, &row(&tables[0], 1, 0, true)).unwrap();
    to.put(0, 3, &row(&tables[3], 1, 0, true)).unwrap();
    assert!(to.put(0, 2, &row(&tables[2], 1, 0, true)).is_err(), "arrays cannot be gone back to");
}

#[test]
fn a_state_comes_after_its_records_and_keeps_streams_that_are_not_read_now() {
    let settings = settings(SourceKind::Nectar, &["contatos"]);
    let mut before = Bookmarks { last_run: 4, ..Bookmarks::default() };
    let other = Bookmark { cursor: Some(9), ..Bookmark::default() };
    before.set("tarefas", Saved { bookmark: other.clone(), version: Some(12) });
    let (kept, mut to, schema) = singer(&settings, before, Choice::default());
    let opened = to.open(&schema).unwrap();
    assert_eq!((opened.last_run, opened.bookmarks), (4, vec![("tarefas".to_owned(), other)]));
    to.note(&Note::RunStarted { run: 5, at: 0, what: "incremental".to_owned() }).unwrap();
    to.commit(&[]).unwrap();
    assert_eq!(kept.messages().len(), 0, "nothing was said yet that has to be remembered");
    put(&mut *to, &schema, 0, 1, 0);
    to.commit(&[]).unwrap();
    assert_eq!(kept.kinds(), ["SCHEMA", "RECORD"], "rows without a bookmark give no state");
    put(&mut *to, &schema, 0, 2, 0);
    let bookmark = Bookmark { cursor: Some(RECEIVED), fingerprint: Some(1), ..Bookmark::default() };
    to.commit(&[("contatos", &bookmark)]).unwrap();
    assert_eq!(kept.kinds(), ["SCHEMA", "RECORD", "RECORD", "STATE"]);
    let state = &kept.of("STATE")[0]["value"];
    let contacts = &state["bookmarks"]["nectarcrm_contatos"];
    assert_eq!(contacts["replication_key_value"], "2026-03-02T17:45:10.512Z");
    assert_eq!(contacts["cursor"], RECEIVED);
    assert_eq!(state["bookmarks"]["nectarcrm_tarefas"]["version"], 12);
    assert_eq!(state["last_run"], 5);
}

#[test]
fn a_record_that_was_not_finished_when_the_run_broke_off_is_not_sent() {
    let settings = settings(SourceKind::Nectar, &["contatos"]);
    let (kept, mut to, schema) = singer(&settings, Bookmarks::default(), Choice::default());
    to.open(&schema).unwrap();
    put(&mut *to, &schema, 0, 1, 0);
    put(&mut *to, &schema, 0, 2, 0);
    put(&mut *to, &schema, 2, 2, 0);
    to.close().unwrap();
    let records = kept.of("RECORD");
    assert_eq!(records.len(), 1);
    assert_eq!(records[0]["record"]["id"], 1);
}

#[test]
fn a_table_without_rows_is_announced_all_the_same() {
    let mut settings = settings(SourceKind::Nectar, &["contatos"]);
    settings.children = Children::Streams;
    let (kept, mut to, schema) = singer(&settings, Bookmarks::default(), Choice::default());
    to.open(&schema).unwrap();
    to.commit(&[("contatos", &Bookmark::default())]).unwrap();
    assert_eq!(kept.of("SCHEMA").len(), 8);
    assert_eq!(kept.kinds().last().unwrap(), "STATE");
}

fn enumerated(at: i64) -> Bookmark {
    Bookmark { enumerated_at: Some(at), ..Bookmark::default() }
}

fn versions(kept: &Kept) -> Vec<(String, i64)> {
    let versioned =
        |message: &Value| Some((message["type"].as_str()?.to_owned(), message["version"].as_i64()?));
    kept.messages().iter().filter_map(versioned).collect()
}

#[test]
fn a_full_table_has_a_version_of_its_own_that_is_activated_when_all_of_it_was_sent() {
    let settings = settings(SourceKind::Nectar, &["produtos"]);
    let (kept, mut to, schema) = singer(&settings, Bookmarks::default(), Choice::default());
    to.open(&schema).unwrap();
    put(&mut *to, &schema, 0, 1, 0);
    to.commit(&[("produtos", &Bookmark::default())]).unwrap();
    let now = RECEIVED / 1000 + 5_000;
    let activated = |version| ("ACTIVATE_VERSION".to_owned(), version);
    assert_eq!(
        versions(&kept),
        [activated(now), ("RECORD".to_owned(), now)],
        "not complete, so not at the end"
    );
    put(&mut *to, &schema, 0, 2, 0);
    to.commit(&[("produtos", &enumerated(5))]).unwrap();
    assert_eq!(kept.kinds().iter().rev().take(2).collect::<Vec<_>>(), ["STATE", "ACTIVATE_VERSION"]);
    let state = kept.of("STATE").last().unwrap()["value"]["bookmarks"]["nectarcrm_produtos"].clone();
    assert_eq!(state["version"], now);

    // The next run, even within the same millisecond.
    let mut again = Bookmarks::default();
    again.take("nectarcrm_produtos", "nectarcrm_", &state).unwrap();
    let (kept, mut to, _) = singer(&settings, again, Choice::default());
    to.open(&schema).unwrap();
    put(&mut *to, &schema, 0, 1, 0);
    to.commit(&[("produtos", &enumerated(6))]).unwrap();
    assert_eq!(versions(&kept), [("RECORD".to_owned(), now + 1), activated(now + 1)]);
    assert_eq!(kept.kinds(), ["SCHEMA", "RECORD", "ACTIVATE_VERSION", "STATE"]);
}

#[test]
fn an_increment_activates_nothing_and_a_feed_keeps_the_version_of_its_first_load() {
    for (source, version) in [(SourceKind::Nectar, None), (SourceKind::Favo, Some(33))] {
        let settings = settings(source, &["contatos"]);
        let mut state = Bookmarks::default();
        state.set("contatos", Saved { bookmark: enumerated(5), version });
        let (kept, mut to, schema) = singer(&settings, state, Choice::default());
        to.open(&schema).unwrap();
        put(&mut *to, &schema, 0, 1, 0);
        to.commit(&[("contatos", &enumerated(5))]).unwrap();
        let wanted: Vec<_> = version.map(|version| ("RECORD".to_owned(), version)).into_iter().collect();
        assert_eq!(versions(&kept), wanted);
    }
}

#[test]
fn a_first_load_that_goes_on_in_another_run_keeps_its_version() {
    let mut settings = settings(SourceKind::Nectar, &["contatos"]);
    settings.mode = crate::settings::Mode::Full;
    let loading = Loading { through: None, cursor: None, cap: 0, feed: None };
    let bookmark = Bookmark { loading: Some(loading), ..Bookmark::default() };
    let mut state = Bookmarks::default();
    state.set("contatos", Saved { bookmark, version: Some(33) });
    let (kept, mut to, schema) = singer(&settings, state, Choice::default());
    to.open(&schema).unwrap();
    put(&mut *to, &schema, 0, 1, 0);
    // As the engine leaves it: a load that went on is complete, and was not enumerated in one go.
    to.commit(&[("contatos", &Bookmark { cursor: Some(3), ..Bookmark::default() })]).unwrap();
    assert_eq!(versions(&kept), [("RECORD".to_owned(), 33), ("ACTIVATE_VERSION".to_owned(), 33)]);
}

#[test]
fn a_deleted_record_comes_with_its_key_and_the_marks_that_targets_look_for() {
    let settings = settings(SourceKind::Favo, &["contatos"]);
    let (kept, mut to, schema) = singer(&settings, Bookmarks::default(), Choice::default());
    to.open(&schema).unwrap();
    assert_eq!(to.mark_deleted(0, &[7, 8], RECEIVED, 1).unwrap(), 2);
    to.commit(&[]).unwrap();
    let records = kept.of("RECORD");
    assert_eq!(
        records[1]["record"],
        json!({"id": 8, "_favo_deleted_at": "2026-03-02T17:45:10.512Z", "_sdc_deleted_at": "2026-03-02T17:45:10.512Z"})
    );
    assert!(allowed(&kept.of("SCHEMA")[0]["schema"], &records[0]["record"]));

    let (kept, mut to, schema) = airbyte(&settings);
    to.open(&schema).unwrap();
    to.mark_deleted(0, &[7], RECEIVED, 1).unwrap();
    to.commit(&[]).unwrap();
    let data = &kept.of("RECORD")[0]["record"]["data"];
    assert_eq!(data["_ab_cdc_deleted_at"], "2026-03-02T17:45:10.512Z");
    assert_eq!(data["dataatualizacao"], data["_ab_cdc_deleted_at"], "newer than the row it ends");
}

#[test]
fn hard_deletes_are_refused_before_anything_is_said() {
    let mut settings = settings(SourceKind::Favo, &["contatos"]);
    settings.deletes = Deletes::Hard;
    let (kept, mut to, schema) = singer(&settings, Bookmarks::default(), Choice::default());
    assert!(matches!(to.open(&schema), Err(Error::Configuration(_))));
    assert_eq!(kept.messages().len(), 0);
}

#[test]
fn what_is_left_out_is_in_no_message() {
    let settings = settings(SourceKind::Nectar, &["contatos"]);
    let mut choice = Choice::default();
    for property in ["nome", "enderecos", "_favo_hash", "ativo"] {
        choice.hidden.insert(("nectarcrm_contatos".to_owned(), property.to_owned()));
    }
    let (kept, mut to, schema) = singer(&settings, Bookmarks::default(), choice);
    to.open(&schema).unwrap();
    for table in 0..schema.streams[0].tables.len() {
        put(&mut *to, &schema, table, 1, 0);
    }
    to.commit(&[]).unwrap();
    let (schema, record) = (&kept.of("SCHEMA")[0], &kept.of("RECORD")[0]);
    for property in ["nome", "enderecos", "_favo_hash", "ativo"] {
        assert!(schema["schema"]["properties"].get(property).is_none(), "{property}");
        assert!(record["record"].get(property).is_none(), "{property}");
    }
    assert_eq!(record["record"]["contatospai"].as_array().unwrap().len(), 1);
}

#[test]
fn a_reader_that_went_away_ends_the_run_with_a_sentence() {
    struct Gone;
    impl Write for Gone {
        fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let settings = settings(SourceKind::Nectar, &["contatos"]);
    let schema = schema_of(&settings).unwrap();
    let out = Shared::new(Box::new(Gone));
    let world = Arc::new(Fixed(RECEIVED));
    let (choice, state) = (Choice::default(), Bookmarks::default());
    let mut to = Singer::of_tap(&settings, choice, world, state, out, Box::new(io::sink()));
    to.open(&schema).unwrap();
    let table = &schema.streams[0].tables[0];
    let end = (0..10_000).find_map(|id| to.put(0, 0, &row(table, id, 0, true)).err()).unwrap();
    assert!(end.to_string().contains("has ended"), "{end}");
}

fn report(status: Status) -> RunReport {
    RunReport {
        run: 1,
        what: "incremental".to_owned(),
        status,
        started_at: 0,
        finished_at: 1,
        requests: 1,
        retries: 0,
        bytes: 1,
        messages: vec!["a window was skipped".to_owned()],
        tables: vec![TableReport::default()],
    }
}

#[test]
fn unknown_fields_are_told_once_a_table_and_never_with_what_they_hold() {
    let event = |path: &str, event, count| SchemaEvent {
        run: 1,
        at: 0,
        table: "contatos".to_owned(),
        path: path.to_owned(),
        event,
        record: Some(5),
        sample: Some("\"s3cret\"".to_owned()),
        count,
    };
    let mut told = Told::default();
    for path in ["a", "b.c", "a"] {
        assert_eq!(told.event(&event(path, "unknown_field", 3)), None);
    }
    let conflict = told.event(&event("d", "type_conflict", 2)).unwrap();
    assert!(conflict.contains("field d does not fit") && !conflict.contains("s3cret"));
    let unknown = told.unknown();
    assert_eq!(unknown.len(), 1);
    assert!(
        unknown[0].contains("2 fields") && unknown[0].ends_with(": a, b.c") && !unknown[0].contains("s3cret")
    );
    assert!(told.unknown().is_empty());
}

#[test]
fn airbyte_states_count_the_records_since_the_state_before() {
    let mut settings = settings(SourceKind::Nectar, &["contatos"]);
    settings.children = Children::Streams;
    let (kept, mut to, schema) = airbyte(&settings);
    to.open(&schema).unwrap();
    put(&mut *to, &schema, 0, 1, 0);
    put(&mut *to, &schema, 2, 1, 0);
    to.commit(&[]).unwrap();
    put(&mut *to, &schema, 0, 2, 0);
    to.commit(&[("contatos", &Bookmark::default())]).unwrap();
    to.commit(&[("contatos", &Bookmark::default())]).unwrap();
    let counts: Vec<(String, i64)> = kept
        .of("STATE")
        .iter()
        .map(|message| {
            let name = message["state"]["stream"]["stream_descriptor"]["name"].as_str().unwrap().to_owned();
            (name, message["state"]["sourceStats"]["recordCount"].as_i64().unwrap())
        })
        .filter(|(_, count)| *count > 0)
        .collect();
    assert_eq!(
        counts,
        [("nectarcrm_contatos".to_owned(), 2), ("nectarcrm_contatos_enderecos".to_owned(), 1)]
    );
    assert_eq!(kept.of("STATE").len(), 16, "a state for each stream at each commit");
    let record = &kept.of("RECORD")[0]["record"];
    assert_eq!(record["emitted_at"], RECEIVED / 1000);
    let streams = published(&settings, &schema, &Choice::default(), Flavor::Airbyte);
    assert!(allowed(&streams[0].schema, &record["data"]));
}

#[test]
fn airbyte_hears_which_streams_are_complete() {
    for (end, wanted) in [
        (Status::Complete, ["COMPLETE", "COMPLETE"]),
        (Status::Partial, ["COMPLETE", "INCOMPLETE"]),
        (Status::Failed, ["INCOMPLETE", "INCOMPLETE"]),
    ] {
        let settings = settings(SourceKind::Nectar, &["contatos", "tarefas"]);
        let (kept, mut to, schema) = airbyte(&settings);
        to.open(&schema).unwrap();
        put(&mut *to, &schema, 0, 1, 0);
        to.commit(&[("contatos", &Bookmark::default())]).unwrap();
        to.put(1, 0, &row(&schema.streams[1].tables[0], 1, 0, true)).unwrap();
        to.note(&Note::RunFinished(report(end))).unwrap();
        to.commit(&[]).unwrap();
        let statuses: Vec<Value> = kept
            .of("TRACE")
            .iter()
            .map(|message| message["trace"]["stream_status"]["status"].clone())
            .collect();
        assert_eq!(statuses[..4], ["STARTED", "RUNNING", "STARTED", "RUNNING"]);
        assert_eq!(statuses[4..], wanted);
    }
}
