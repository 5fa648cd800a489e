//! The contract for SQLite, read back by a plain connection, and what is SQLite's own.

use std::path::PathBuf;

use favo_connector::destination::connect;
use favo_connector::schema::Type;
use favo_connector::settings::Settings;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use crate::destination_contract::{Place, contract};
use crate::sample::{self, Owned, canonical_json, canonical_number};

pub(crate) struct SqlitePlace {
    directory: tempfile::TempDir,
}

impl SqlitePlace {
    pub(crate) fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.directory.path().join("warehouse.db")
    }

    pub(crate) fn connection(&self) -> Connection {
        Connection::open_with_flags(self.file(), OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap()
    }
}

impl Place for SqlitePlace {
    fn settings(&self) -> Settings {
        sample::settings(&format!("sqlite:{}", self.file().display()))
    }

    fn read(&self, table: &str, columns: &[(&str, Type)]) -> Vec<Vec<Option<String>>> {
        if !self.file().exists() {
            return Vec::new();
        }
        let connection = self.connection();
        let there: bool = connection
            .query_row("select count(*) > 0 from sqlite_schema where name = ?1", [table], |row| row.get(0))
            .unwrap();
        if !there {
            return Vec::new();
        }
        let names: Vec<String> = columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let mut statement =
            connection.prepare(&format!("select {} from \"{table}\"", names.join(","))).unwrap();
        let mut rows = statement.query([]).unwrap();
        let mut all = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let value = |at: usize, kind: Type| {
                Some(match (row.get_ref(at).unwrap(), kind) {
                    (ValueRef::Null, _) => return None,
                    (ValueRef::Integer(number), Type::Boolean) => (number != 0).to_string(),
                    (ValueRef::Integer(number), _) => number.to_string(),
                    (ValueRef::Real(number), _) => canonical_number(&number.to_string()),
                    (ValueRef::Text(text), kind) => {
                        let text = std::str::from_utf8(text).unwrap().to_owned();
                        match kind {
                            Type::Instant => {
                                assert_eq!(text.len(), 27, "text order is time order: {text}");
                                micros(text.strip_suffix('Z').unwrap())
                            }
                            Type::Civil => micros(&text),
                            Type::Json => canonical_json(&text),
                            _ => text,
                        }
                    }
                    (ValueRef::Blob(blob), _) => {
                        Owned::Hash(u128::from_be_bytes(blob.try_into().unwrap())).canonical().unwrap()
                    }
                })
            };
            all.push(columns.iter().enumerate().map(|(at, &(_, kind))| value(at, kind)).collect());
        }
        all
    }
}

/// Not by way of `Timestamp`, which ends a day before the year 9999 does.
fn micros(text: &str) -> String {
    let wall: jiff::civil::DateTime = text.parse().unwrap();
    wall.duration_since(jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0)).as_micros().to_string()
}

contract!(SqlitePlace::new());

fn refusal(to: &str) -> String {
    let settings = sample::settings(to);
    let mut destination = match connect(&settings) {
        Ok(destination) => destination,
        Err(error) => return error.to_string(),
    };
    destination.open(&sample::schema(&settings)).unwrap_err().to_string()
}

#[test]
fn places_that_cannot_be_a_database_are_refused_in_one_sentence() {
    let place = SqlitePlace::new();
    let missing = place.directory.path().join("no/such/place.db");
    assert!(refusal(&format!("sqlite:{}", missing.display())).contains("does not exist; create it"));
    assert!(refusal("sqlite:").contains("needs the name of a file"));
    assert!(refusal("sqlite::memory:").contains("needs the name of a file"));
    std::fs::write(place.file(), "id;nome\n1;Ana\n".repeat(500)).unwrap();
    assert!(refusal(&place.settings().to).contains("is not a SQLite database"));
    assert!(connect(&place.settings()).unwrap().check().is_err());
    let directory = format!("sqlite:{}", place.directory.path().display());
    assert!(refusal(&directory).contains("cannot be"), "{}", refusal(&directory));
}

#[test]
fn a_full_database_is_one_sentence_and_leaves_what_was_committed() {
    let place = SqlitePlace::new();
    let mut settings = place.settings();
    settings.tables = vec!["contatos".to_owned()];
    let schema = sample::schema(&settings);
    let mut destination = connect(&settings).unwrap();
    destination.open(&schema).unwrap();
    sample::put(destination.as_mut(), &schema, 0, 1, 1).unwrap();
    destination.commit(&[]).unwrap();
    // A file system that really fills up: a trigger raises what SQLite itself raises when a write finds no space.
    place.connection().execute_batch(
        "create trigger full before insert on nectarcrm_contatos when new.id > 1 begin select raise(abort, 'no space'); end",
    ).unwrap();
    let mut failed = None;
    for id in 2..5_000 {
        if let Err(error) = sample::put(destination.as_mut(), &schema, 0, id, 1) {
            failed = Some(error.to_string());
            break;
        }
    }
    assert!(failed.unwrap().contains("no space"));
    // Nothing more is taken, least of all a bookmark for rows that are gone.
    assert!(sample::put(destination.as_mut(), &schema, 0, 9_999, 1).is_err());
    assert!(destination.commit(&[("contatos", &favo_connector::state::Bookmark::default())]).is_err());
    drop(destination);
    let ids = place.read("nectarcrm_contatos", &[("id", Type::BigInt)]);
    assert_eq!(ids, [[Some("1".to_owned())]]);
}

#[test]
fn two_spellings_of_one_file_meet_at_one_lock() {
    let place = SqlitePlace::new();
    let settings = place.settings();
    let schema = sample::schema(&settings);
    let mut first = connect(&settings).unwrap();
    first.open(&schema).unwrap();
    let link = place.directory.path().join("link.db");
    std::os::unix::fs::symlink(place.file(), &link).unwrap();
    assert!(refusal(&format!("sqlite:{}", link.display())).contains("another run"));
    let dotted = format!("sqlite:{}/./warehouse.db", place.directory.path().display());
    assert!(refusal(&dotted).contains("another run"));
}
