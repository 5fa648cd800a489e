//! Where rows go: the contract that every destination keeps, and the choice of one by its URL.
//!
//! # The contract
//!
//! A destination is driven by one thread, through [`Destination`], in this order: `open` once; then any number of `known`, `stored`, `of_parents`, `remove`, `put`,
//! `mark_deleted` and `note`, each group of them ended by `commit`; at last `close`. It can rely on:
//!
//! - Rows come with exactly the columns of their [`Table`](crate::schema::Table), in order, each cell of its column's type.
//! - A record's row in the main table comes before the rows of its children, and all rows of a record come together. A record is put only if its id is
//!   not in the destination, or after `remove` of that id in the same group (perhaps together with many others). It may be put a second time in one group, again
//!   after `remove`: operations take effect in the order of the calls.
//!
//! And it promises:
//!
//! - **All or nothing.** What happened since the last `commit` becomes visible and durable together with the bookmarks passed to `commit`, or not at all: at an error, at
//!   drop without `commit`, at `kill -9`, at a full disk. The next `open` cleans up what such an end left and returns the bookmarks of the last `commit`.
//! - **Nothing known is forgotten.** `known` and `stored` tell what was committed before and what this group did so far.
//! - **One writer.** A second `open` of the same destination, by any process, fails with a sentence that says so, and the lock of a killed process does not stay.
//! - **Readers see whole states.** A query that runs during a run sees committed groups only.
//! - **Schema only grows.** `open` creates what is missing and adds columns (filled from `_favo_extra` where the value is there); it never drops or retypes. A table that is
//!   there with another type for a column is refused with a sentence.
//! - **Memory is bounded**: buffers are flushed by bytes (`Settings::memory_limit`), whatever the number of rows.
//! - **Errors are sentences**: [`Error::Destination`](crate::Error::Destination) names the table or file and what to do, and never shows a password.
//!
//! A destination that keeps nothing (the protocols) says so in [`Traits`]; the engine then asks it neither for `known` nor for `stored`.

mod files;
mod postgres;
mod sql;
mod sqlite;

use crate::Result;
use crate::cell::Cell;
use crate::note::Note;
use crate::report::RunReport;
use crate::schema::Schema;
use crate::settings::Settings;
use crate::state::Bookmark;

/// What a destination can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traits {
    /// It can be asked what it holds. False: every record read is put, deletes cannot be looked for.
    pub remembers: bool,
    /// It can add columns to tables that hold rows.
    pub evolves: bool,
}

/// What `open` found.
#[derive(Debug, Clone, Default)]
pub struct Opened {
    /// Bookmarks by name of stream (also of streams that are not selected now).
    pub bookmarks: Vec<(String, Bookmark)>,
    /// Number of the last run, 0 if there was none.
    pub last_run: i64,
    /// For each stream of the schema: the greatest id stored, deleted rows included; none when the main table is empty. A record with a greater id is new.
    pub ceilings: Vec<Option<i64>>,
}

/// What is known of a stored record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The id.
    pub id: i64,
    /// Hash of the record as it was received.
    pub hash: u128,
    /// Moment of its last change, micros since 1970 UTC, if the stream has one.
    pub updated: Option<i64>,
    /// Whether it is marked deleted.
    pub deleted: bool,
}

/// A place rows go to; see the module's text for the contract.
///
/// Streams and tables go by their position in the [`Schema`] that `open` got.
pub trait Destination {
    /// What it can do.
    fn traits(&self) -> Traits;

    /// Finds out, without changing anything that stays, whether a run could write: connection, rights, space. One sentence for each thing that was looked at.
    fn check(&mut self) -> Result<Vec<String>>;

    /// Reads the bookmarks and the last runs without the writer's lock and without creating anything; nothing there is no error.
    fn peek(&mut self) -> Result<Opened>;

    /// The last `limit` runs, newest first; an empty list when there is nothing.
    fn runs(&mut self, limit: usize) -> Result<Vec<RunReport>>;

    /// Takes the writer's lock, recovers, brings the tables to `schema`.
    fn open(&mut self, schema: &Schema) -> Result<Opened>;

    /// The records among `ids` that are stored, deleted ones included, in any order. `ids` holds each id once, at most a few thousand.
    fn known(&mut self, stream: usize, ids: &[i64]) -> Result<Vec<Known>>;

    /// The ids of all stored records that are not marked deleted, ascending.
    fn stored(&mut self, stream: usize, visit: &mut dyn FnMut(i64)) -> Result<()>;

    /// The ids of the stored records, not marked deleted, that belong to these parents (proposals of opportunities). None: this destination cannot tell
    /// them; the engine then finds them by reading all again.
    fn of_parents(&mut self, _stream: usize, _parents: &[i64]) -> Result<Option<Vec<i64>>> {
        Ok(None)
    }

    /// Takes the rows of these records out of all tables of the stream, to be put anew or because deletes are hard. Ids that are not there are no error. With history
    /// on, the main row is kept in the history table as it was.
    fn remove(&mut self, stream: usize, ids: &[i64]) -> Result<()>;

    /// Adds one row to a table of the stream.
    fn put(&mut self, stream: usize, table: usize, row: &[Cell<'_>]) -> Result<()>;

    /// Sets `_favo_deleted_at` (micros since 1970) on the rows of these records in all tables of the stream, where it is null; how many records that were.
    fn mark_deleted(&mut self, stream: usize, ids: &[i64], at: i64, run: i64) -> Result<u64>;

    /// Keeps a note; it becomes durable with the next `commit`.
    fn note(&mut self, note: &Note) -> Result<()>;

    /// Makes everything since the last `commit` durable together with these bookmarks (streams not named keep theirs).
    fn commit(&mut self, bookmarks: &[(&str, &Bookmark)]) -> Result<()>;

    /// The definitions of the custom fields, so that wide views can be rebuilt (SQL destinations); called before the first `put`, again when they change.
    fn custom_fields(&mut self, stream: usize, fields: &[CustomField]) -> Result<()>;

    /// Ends the work: whatever was not committed is dropped, the lock is given back.
    fn close(self: Box<Self>) -> Result<()>;
}

/// The definition of a custom field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomField {
    /// Id of the definition.
    pub id: i64,
    /// Stable name.
    pub alias: String,
    /// Label.
    pub name: String,
    /// Type, 0 to 12: 0 number, 1 text, 2 date, 3 money, 4 flag, 5 options, 6 long text, 7 radio, 8 URL, 9 contact, 10 CNAE, 11 checkbox, 12 fraction.
    pub kind: i64,
    /// Entity it belongs to: `Contato`, `Oportunidade` ...
    pub entity: String,
}

/// The destination that `settings.to` names; nothing is touched yet.
pub fn connect(settings: &Settings) -> Result<Box<dyn Destination>> {
    let (scheme, rest) = settings.to.split_once(':').unwrap_or((settings.to.as_str(), ""));
    match scheme {
        "sqlite" => Ok(Box::new(sqlite::Sqlite::new(rest, settings)?)),
        "postgres" | "postgresql" => Ok(Box::new(postgres::Postgres::new(settings)?)),
        "parquet" => Ok(Box::new(files::Files::new(files::Format::Parquet, rest, settings)?)),
        "csv" => Ok(Box::new(files::Files::new(files::Format::Csv, rest, settings)?)),
        "jsonl" => Ok(Box::new(files::Files::new(files::Format::JsonLines, rest, settings)?)),
        "singer" => crate::protocol::singer::Singer::connect(settings),
        _ => Err(crate::Error::Configuration(format!(
            "--to {} is no destination; use sqlite:PATH, postgres://..., parquet:DIR, csv:DIR, jsonl:DIR, parquet:s3://BUCKET/PREFIX, csv:s3://BUCKET/PREFIX or singer:",
            without_password(&settings.to)
        ))),
    }
}

/// Statements that would create the tables of `schema`, for `favo sync discover --format ddl`.
pub fn ddl(schema: &Schema, postgres: bool) -> String {
    sql::ddl(schema, postgres)
}

/// A destination's URL fit for messages: what can be a password is gone. It may hold what an address should spell as `%XX` (`/`, `?`, `@`), so that everything
/// between the first `:` of the authority and the last `@` goes; without an `@`, what stands where a port belongs and is none.
pub fn without_password(url: &str) -> String {
    let Some(begin) = url.find("://").map(|at| at + 3).or_else(|| url.find(':').map(|at| at + 1)) else {
        return url.to_owned();
    };
    let (scheme, rest) = url.split_at(begin);
    let hidden = match (rest.find(':'), rest.rfind('@')) {
        (Some(colon), Some(at)) if colon < at => Some((colon + 1, at)),
        (Some(colon), None) => {
            let port = &rest[colon + 1..];
            let end = port.find(['/', '?', ',']).unwrap_or(port.len());
            (!port[..end].bytes().all(|byte| byte.is_ascii_digit())).then_some((colon + 1, rest.len()))
        }
        _ => None,
    };
    let mut shown = match hidden {
        Some((from, to)) => format!("{scheme}{}***{}", &rest[..from], &rest[to..]),
        None => url.to_owned(),
    };
    // Also as a parameter, in any spelling of its name.
    let mut from = 0;
    while let Some(at) = shown[from..].to_ascii_lowercase().find("password=").map(|at| from + at + 9) {
        let end = shown[at..].find('&').map_or(shown.len(), |length| at + length);
        shown.replace_range(at..end, "***");
        from = at;
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_spelling_of_a_url_shows_its_password() {
        for url in [
            "postgres://me:hush@host/db",
            "postgres://me:hu/sh@host/db",
            "postgres://me:hu?sh@host/db",
            "postgres://me:hu#sh@host:5432/db?sslmode=require",
            "postgres://me:hu@sh@host/db",
            "postgres://me:hush",
            "postgres://me:hush/db",
            "postgres:me:hush@host/db",
            "mysql://me:hush@host/db",
            "postgres://host/db?user=me&password=hush",
            "postgres://host/db?PassWord=hush&user=me",
            "postgres://host:5432/db?sslpassword=hush&password=hush",
        ] {
            let shown = without_password(url);
            assert!(!shown.contains("hu") && !shown.contains("sh@"), "{shown}");
            assert!(shown.contains("***"), "{shown}");
        }
        for url in [
            "postgres://me@host:5432/db?sslmode=require",
            "postgres://host:5432,other:5433/db",
            "sqlite:warehouse.db",
            "nothing",
            "",
        ] {
            assert_eq!(without_password(url), url);
        }
    }
}
