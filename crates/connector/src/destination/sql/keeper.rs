//! The service tables: bookmarks, runs, schema events, rejected records; written and read the same way in both databases.

use std::collections::BTreeMap;

use super::evolve::{self, Found};
use super::{Dialect, Session, Value, clock, fit, literal, quoted};
use crate::note::Note;
use crate::report::{RunReport, Status, TableReport};
use crate::schema::{Column, Origin, Rows, Table, Type};
use crate::state::Bookmark;
use crate::{Error, Result};

/// What is said of a run that was killed, when the next one finds it.
const KILLED: &str = "the run was killed before it could end; what it had committed stays";

/// Names of the service tables, as statements need them.
#[derive(Debug)]
pub(in crate::destination) struct Keeper {
    own_prefix: String,
    table_prefix: String,
    state: String,
    runs: String,
    run_tables: String,
    schema_events: String,
    rejected: String,
}

/// The service tables.
pub(in crate::destination) fn tables(own_prefix: &str) -> Vec<Table> {
    let table = |name: &str, title: &str, key: usize, columns: &[(&str, Type, &str)]| Table {
        name: format!("{own_prefix}{name}"),
        title: title.to_owned(),
        rows: Rows::Records,
        columns: columns
            .iter()
            .map(|(name, kind, description)| Column {
                name: (*name).to_owned(),
                kind: *kind,
                description: (*description).to_owned(),
                references: None,
                origin: Origin::RunId,
                mask: None,
            })
            .collect(),
        key: (0..key).collect(),
        owner: 0,
        indexed: Vec::new(),
    };
    vec![
        table(
            "state",
            "How far each stream got",
            2,
            &[
                ("table_prefix", Type::Text, "Prefix of the tables: two pipelines may share a database"),
                ("stream", Type::Text, "The stream"),
                ("bookmark", Type::Json, "What favo sync remembers of it"),
            ],
        ),
        table(
            "runs",
            "The runs of favo sync",
            1,
            &[
                ("run_id", Type::BigInt, "Number of the run"),
                ("what", Type::Text, "incremental, full, sweep, backfill ..."),
                ("status", Type::Text, "running, complete, partial or failed"),
                ("started_at", Type::Instant, "Start"),
                ("finished_at", Type::Instant, "End"),
                ("requests", Type::BigInt, "Requests sent, retries included"),
                ("retries", Type::BigInt, "Requests sent again"),
                ("bytes", Type::BigInt, "Bytes of bodies received"),
                ("rows_written", Type::BigInt, "Rows inserted, updated and deleted"),
                ("messages", Type::Json, "What a person should read"),
            ],
        ),
        table(
            "run_tables",
            "What each run did to each table",
            2,
            &[
                ("run_id", Type::BigInt, "Number of the run"),
                ("table_name", Type::Text, "The table"),
                ("stream", Type::Text, "The stream it belongs to"),
                ("position", Type::BigInt, "Place of the table in the report"),
                ("rows_read", Type::BigInt, "Records or elements read"),
                ("inserted", Type::BigInt, "Rows that were not there before"),
                ("updated", Type::BigInt, "Rows written in place of older ones"),
                ("unchanged", Type::BigInt, "Records that had not changed"),
                ("deleted", Type::BigInt, "Rows whose record is gone"),
            ],
        ),
        table(
            "schema_events",
            "Fields that were not what the catalogue says",
            0,
            &[
                ("run_id", Type::BigInt, "Number of the run"),
                ("noticed_at", Type::Instant, "When"),
                ("table_name", Type::Text, "The table"),
                ("path", Type::Text, "Path of the field"),
                ("event", Type::Text, "unknown_field, column_added, type_conflict ..."),
                ("record_id", Type::BigInt, "A record that shows it"),
                ("sample", Type::Text, "The value, cut after 200 characters"),
                ("occurrences", Type::BigInt, "How often in this run"),
            ],
        ),
        table(
            "rejected",
            "Records that could not become rows",
            0,
            &[
                ("run_id", Type::BigInt, "Number of the run"),
                ("noticed_at", Type::Instant, "When"),
                ("stream", Type::Text, "The stream"),
                ("reason", Type::Text, "Why"),
                ("raw", Type::Text, "The record as received, cut after 64 KiB"),
            ],
        ),
    ]
}

impl Keeper {
    /// The names under these prefixes.
    pub(in crate::destination) fn new(own_prefix: &str, table_prefix: &str) -> Self {
        let own = |name: &str| quoted(&format!("{own_prefix}{name}"));
        Self {
            own_prefix: own_prefix.to_owned(),
            table_prefix: table_prefix.to_owned(),
            state: own("state"),
            runs: own("runs"),
            run_tables: own("run_tables"),
            schema_events: own("schema_events"),
            rejected: own("rejected"),
        }
    }

    /// Creates what is missing, and closes the runs that were killed.
    pub(in crate::destination) fn bring(
        &self,
        session: &mut impl Session,
        found: &BTreeMap<String, Found>,
    ) -> Result<()> {
        for table in tables(&self.own_prefix) {
            evolve::bring(session, &table, &self.own_prefix, found)?;
        }
        let message = serde_json::to_string(&[KILLED]).unwrap_or_default();
        let sql =
            format!("update {} set status = 'failed', messages = $1 where status = 'running'", self.runs);
        session.write(&sql, &[Value::Text(&message)])?;
        Ok(())
    }

    /// Whether the service tables are there.
    pub(in crate::destination) fn there(&self, session: &mut impl Session) -> Result<bool> {
        let found = evolve::found(session)?;
        Ok(["state", "runs", "run_tables"]
            .iter()
            .all(|name| found.contains_key(fit(&format!("{}{name}", self.own_prefix)).as_ref())))
    }

    /// The bookmarks, and the number of the last run.
    pub(in crate::destination) fn state(
        &self,
        session: &mut impl Session,
    ) -> Result<(Vec<(String, Bookmark)>, i64)> {
        let mut bookmarks = Vec::new();
        for row in session.read(&format!(
            "select stream, bookmark from {} where table_prefix = {} order by stream",
            self.state,
            literal(&self.table_prefix)
        ))? {
            let [Some(stream), Some(text)] = <[Option<String>; 2]>::try_from(row).unwrap_or_default() else {
                continue;
            };
            let bookmark = serde_json::from_str(&text).map_err(|error| {
                Error::Destination(format!(
                    "the bookmark of {stream} in {} cannot be read ({error}); delete that row to load the stream anew",
                    self.state
                ))
            })?;
            bookmarks.push((stream, bookmark));
        }
        let last = session.read(&format!("select max(run_id) from {}", self.runs))?;
        let last = last.into_iter().flatten().flatten().next().and_then(|text| text.parse().ok());
        Ok((bookmarks, last.unwrap_or(0)))
    }

    /// Writes a bookmark.
    pub(in crate::destination) fn remember(
        &self,
        session: &mut impl Session,
        stream: &str,
        bookmark: &Bookmark,
    ) -> Result<()> {
        let text = serde_json::to_string(bookmark).map_err(|error| {
            Error::Destination(format!("the bookmark of {stream} cannot be written: {error}"))
        })?;
        let sql = format!(
            "insert into {} (table_prefix, stream, bookmark) values ($1, $2, $3) \
             on conflict (table_prefix, stream) do update set bookmark = excluded.bookmark",
            self.state
        );
        session.write(&sql, &[Value::Text(&self.table_prefix), Value::Text(stream), Value::Text(&text)])?;
        Ok(())
    }

    /// Forgets a stream: somebody dropped its table, so that it has to be loaded anew.
    pub(in crate::destination) fn forget(&self, session: &mut impl Session, stream: &str) -> Result<()> {
        let sql = format!("delete from {} where table_prefix = $1 and stream = $2", self.state);
        session.write(&sql, &[Value::Text(&self.table_prefix), Value::Text(stream)])?;
        Ok(())
    }

    /// Writes a note.
    pub(in crate::destination) fn note(&self, session: &mut impl Session, note: &Note) -> Result<()> {
        match note {
            Note::RunStarted { run, at, what } => {
                let sql = format!(
                    "insert into {} (run_id, what, status, started_at) values ($1, $2, 'running', $3) \
                     on conflict (run_id) do update set what = excluded.what, status = excluded.status, started_at = excluded.started_at",
                    self.runs
                );
                session.write(&sql, &[Value::Integer(*run), Value::Text(what), Value::Instant(*at)])?;
            }
            Note::RunFinished(report) => self.finished(session, report)?,
            Note::SchemaEvent(event) => {
                let sql = format!(
                    "insert into {} (run_id, noticed_at, table_name, path, event, record_id, sample, occurrences) \
                     values ($1, $2, $3, $4, $5, $6, $7, $8)",
                    self.schema_events
                );
                let values = [
                    Value::Integer(event.run),
                    Value::Instant(event.at),
                    Value::Text(&event.table),
                    Value::Text(&event.path),
                    Value::Text(event.event),
                    event.record.map_or(Value::Null, Value::Integer),
                    event.sample.as_deref().map_or(Value::Null, Value::Text),
                    count(event.count),
                ];
                session.write(&sql, &values)?;
            }
            Note::Rejected(rejected) => {
                let sql = format!(
                    "insert into {} (run_id, noticed_at, stream, reason, raw) values ($1, $2, $3, $4, $5)",
                    self.rejected
                );
                let values = [
                    Value::Integer(rejected.run),
                    Value::Instant(rejected.at),
                    Value::Text(&rejected.stream),
                    Value::Text(&rejected.reason),
                    Value::Text(&rejected.raw),
                ];
                session.write(&sql, &values)?;
            }
        }
        Ok(())
    }

    fn finished(&self, session: &mut impl Session, report: &RunReport) -> Result<()> {
        // JSON of PostgreSQL holds no U+0000, escaped or not.
        let messages: Vec<String> =
            report.messages.iter().map(|message| message.replace('\0', "\u{fffd}")).collect();
        let messages = serde_json::to_string(&messages).unwrap_or_else(|_| "[]".to_owned());
        let sql = format!(
            "insert into {} (run_id, what, status, started_at, finished_at, requests, retries, bytes, rows_written, messages) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (run_id) do update set \
             what = excluded.what, status = excluded.status, started_at = excluded.started_at, finished_at = excluded.finished_at, \
             requests = excluded.requests, retries = excluded.retries, bytes = excluded.bytes, rows_written = excluded.rows_written, \
             messages = excluded.messages",
            self.runs
        );
        let values = [
            Value::Integer(report.run),
            Value::Text(&report.what),
            Value::Text(status_text(report.status)),
            Value::Instant(report.started_at),
            Value::Instant(report.finished_at),
            count(report.requests),
            count(report.retries),
            count(report.bytes),
            count(report.written()),
            Value::Text(&messages),
        ];
        session.write(&sql, &values)?;
        let sql = format!("delete from {} where run_id = $1", self.run_tables);
        session.write(&sql, &[Value::Integer(report.run)])?;
        let sql = format!(
            "insert into {} (run_id, table_name, stream, position, rows_read, inserted, updated, unchanged, deleted) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            self.run_tables
        );
        for (position, table) in report.tables.iter().enumerate() {
            let values = [
                Value::Integer(report.run),
                Value::Text(&table.table),
                Value::Text(&table.stream),
                Value::Integer(position as i64),
                count(table.read),
                count(table.inserted),
                count(table.updated),
                count(table.unchanged),
                count(table.deleted),
            ];
            session.write(&sql, &values)?;
        }
        Ok(())
    }

    /// The last runs, newest first.
    pub(in crate::destination) fn runs(
        &self,
        session: &mut impl Session,
        limit: usize,
    ) -> Result<Vec<RunReport>> {
        let moment = |column: &str| match session.dialect() {
            Dialect::Sqlite => column.to_owned(),
            // As a number: the text of a moment depends on settings of the session.
            Dialect::Postgres => format!("(extract(epoch from {column}) * 1000000)::bigint"),
        };
        let rows = session.read(&format!(
            "select run_id, what, status, {}, {}, requests, retries, bytes, messages from {} order by run_id desc limit {limit}",
            moment("started_at"),
            moment("finished_at"),
            self.runs
        ))?;
        let mut reports: Vec<RunReport> = rows.iter().map(|row| report(row)).collect();
        let (Some(newest), Some(oldest)) = (reports.first(), reports.last()) else { return Ok(reports) };
        let rows = session.read(&format!(
            "select run_id, table_name, stream, rows_read, inserted, updated, unchanged, deleted from {} \
             where run_id between {} and {} order by run_id, position",
            self.run_tables, oldest.run, newest.run
        ))?;
        for row in &rows {
            let run = number(row, 0);
            if let Some(report) = reports.iter_mut().find(|report| report.run == run) {
                report.tables.push(TableReport {
                    table: text(row, 1),
                    stream: text(row, 2),
                    read: unsigned(row, 3),
                    inserted: unsigned(row, 4),
                    updated: unsigned(row, 5),
                    unchanged: unsigned(row, 6),
                    deleted: unsigned(row, 7),
                });
            }
        }
        Ok(reports)
    }
}

fn report(row: &[Option<String>]) -> RunReport {
    let started_at = moment(row, 3).unwrap_or(0);
    RunReport {
        run: number(row, 0),
        what: text(row, 1),
        status: match text(row, 2).as_str() {
            "complete" => Status::Complete,
            "partial" => Status::Partial,
            "running" => Status::Running,
            _ => Status::Failed,
        },
        started_at,
        // Nobody knows when a killed run ended.
        finished_at: moment(row, 4).unwrap_or(started_at),
        requests: unsigned(row, 5),
        retries: unsigned(row, 6),
        bytes: unsigned(row, 7),
        messages: serde_json::from_str(&text(row, 8)).unwrap_or_default(),
        tables: Vec::new(),
    }
}

fn count(value: u64) -> Value<'static> {
    Value::Integer(i64::try_from(value).unwrap_or(i64::MAX))
}

fn status_text(status: Status) -> &'static str {
    match status {
        Status::Running => "running",
        Status::Complete => "complete",
        Status::Partial => "partial",
        Status::Failed => "failed",
    }
}

fn text(row: &[Option<String>], at: usize) -> String {
    row.get(at).cloned().flatten().unwrap_or_default()
}

fn number(row: &[Option<String>], at: usize) -> i64 {
    text(row, at).parse().unwrap_or(0)
}

fn unsigned(row: &[Option<String>], at: usize) -> u64 {
    text(row, at).parse().unwrap_or(0)
}

fn moment(row: &[Option<String>], at: usize) -> Option<i64> {
    let text = text(row, at);
    text.parse().ok().or_else(|| clock::parse(&text))
}
