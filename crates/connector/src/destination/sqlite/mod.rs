//! The destination SQLite: one file, one transaction for each group, a write-ahead log so that readers go on reading.
//!
//! Rows wait in a small buffer for each table and are written before anything that could see or touch them. Secondary indexes are made when the
//! destination is closed, where they are missing: a first load builds them in one go.

mod database;
mod rows;

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use rusqlite::types::{ToSqlOutput, ValueRef};

use self::database::{Database, Lock, Purpose};
use self::rows::Pending;
use super::sql::history::History;
use super::sql::keeper::Keeper;
use super::sql::{self, Dialect, Session, clock, evolve, failed_before, not_open, quoted, views};
use super::{CustomField, Destination, Known, Opened, Traits};
use crate::cell::Cell;
use crate::note::Note;
use crate::report::RunReport;
use crate::schema::{Column, Origin, Schema, StreamSchema, Table, Type};
use crate::settings::Settings;
use crate::state::Bookmark;
use crate::{Error, Result};

/// Bytes of rows that wait before they are written.
const WAITING: usize = 1 << 20;

/// The destination.
#[derive(Debug)]
pub(super) struct Sqlite {
    path: PathBuf,
    keeper: Keeper,
    settings: Settings,
    work: Option<Work>,
}

/// What there is between `open` and `close`.
#[derive(Debug)]
struct Work {
    // Dropped in this order: the connection goes before the lock is given back.
    database: Database,
    lock: Lock,
    schema: Schema,
    streams: Vec<Stream>,
    waiting: usize,
    in_group: bool,
    failed: bool,
    /// The latest moment the run told us, for versions that end without a successor.
    latest: i64,
    zone: TimeZone,
}

/// The statements of one stream.
#[derive(Debug)]
struct Stream {
    pending: Vec<Pending>,
    known: String,
    stored: String,
    of_parent: Option<String>,
    delete: Vec<String>,
    mark: Vec<String>,
    history: Option<History>,
    history_open: bool,
    id: Type,
    updated: Option<Type>,
    moment: Type,
}

impl Sqlite {
    /// The file `path`; nothing is touched yet.
    pub(super) fn new(path: &str, settings: &Settings) -> Result<Self> {
        // `sqlite:///var/x.db` is how some programs spell `sqlite:/var/x.db`.
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path.starts_with(':') {
            return Err(Error::Configuration(
                "--to sqlite: needs the name of a file, such as sqlite:warehouse.db".to_owned(),
            ));
        }
        Ok(Self {
            path: PathBuf::from(path),
            keeper: Keeper::new(&settings.own_prefix, &settings.table_prefix),
            settings: settings.clone(),
            work: None,
        })
    }

    fn work(&mut self) -> Result<&mut Work> {
        self.work.as_mut().ok_or_else(not_open)
    }

    /// Runs one step of a group. After an error nothing of the group is left, and nothing but notes is taken until it is over.
    fn step<T>(&mut self, step: impl FnOnce(&mut Work) -> Result<T>) -> Result<T> {
        let work = self.work()?;
        if work.failed {
            return Err(failed_before());
        }
        step(work).inspect_err(|_| work.abandon())
    }

    /// A connection for a look at what is there; none when there is no file.
    fn look<T>(&mut self, look: impl FnOnce(&Keeper, &mut Database) -> Result<T>) -> Result<Option<T>> {
        if let Some(work) = &mut self.work {
            return look(&self.keeper, &mut work.database).map(Some);
        }
        if !self.path.exists() {
            return Ok(None);
        }
        let mut database = Database::open(&self.path, Purpose::Look)?;
        if !self.keeper.there(&mut database)? {
            return Ok(None);
        }
        look(&self.keeper, &mut database).map(Some)
    }
}

impl Stream {
    fn new(schema: &StreamSchema, history: bool) -> Self {
        let main = &schema.tables[0];
        let named = |table: &Table, origin: &Origin| {
            table.position_of(origin).map_or_else(|| "null".to_owned(), |at| quoted(&table.columns[at].name))
        };
        let (id, name) = (quoted(&main.columns[main.owner].name), quoted(&main.name));
        let moment = main.position_of(&Origin::DeletedAt).map_or(Type::Instant, |at| main.columns[at].kind);
        // A masked column holds no moment.
        let cursor: Option<&Column> = schema
            .cursor
            .map(|at| &main.columns[at])
            .filter(|column| matches!(column.kind, Type::Instant | Type::Civil) && column.mask.is_none());
        let deleted = named(main, &Origin::DeletedAt);
        let per_table = |statement: &dyn Fn(&Table) -> String| schema.tables.iter().map(statement).collect();
        Self {
            pending: schema.tables.iter().map(Pending::new).collect(),
            known: format!(
                "select {}, {}, {deleted} is not null from {name} where {id} = ?1",
                named(main, &Origin::Hash),
                cursor.map_or_else(|| "null".to_owned(), |column| quoted(&column.name)),
            ),
            stored: format!("select {id} from {name} where {deleted} is null order by {id}"),
            of_parent: schema.parent().map(|column| {
                format!("select {id} from {name} where {} = ?1 and {deleted} is null", quoted(&column.name))
            }),
            delete: per_table(&|table| {
                format!(
                    "delete from {} where {} = ?1",
                    quoted(&table.name),
                    quoted(&table.columns[table.owner].name)
                )
            }),
            mark: per_table(&|table| {
                let deleted = named(table, &Origin::DeletedAt);
                format!(
                    "update {} set {deleted} = ?2, {} = ?3 where {} = ?1 and {deleted} is null",
                    quoted(&table.name),
                    named(table, &Origin::RunId),
                    quoted(&table.columns[table.owner].name)
                )
            }),
            history: history.then(|| History::of(main)).flatten(),
            history_open: false,
            id: main.columns[main.owner].kind,
            updated: cursor.map(|column| column.kind),
            moment,
        }
    }

    /// An id as the column holds it: the layout `kondado` has doubles.
    #[allow(
        clippy::cast_precision_loss,
        reason = "the layout's ids are doubles; its readers accepted the limit of 2^53"
    )]
    fn id(&self, id: i64) -> ToSqlOutput<'static> {
        ToSqlOutput::Borrowed(match self.id {
            Type::Double => ValueRef::Real(id as f64),
            _ => ValueRef::Integer(id),
        })
    }
}

/// An id as either layout stores it.
fn whole(value: ValueRef<'_>) -> rusqlite::Result<i64> {
    match value {
        ValueRef::Real(id) => Ok(id as i64),
        other => Ok(other.as_i64()?),
    }
}

fn moment_text(kind: Type, micros: i64, zone: &TimeZone) -> String {
    match kind {
        Type::Civil => String::from_utf8_lossy(&clock::civil(clock::to_civil(micros, zone))).into_owned(),
        _ => clock::instant_text(micros),
    }
}

impl Work {
    fn begin(&mut self) -> Result<()> {
        if !self.in_group {
            self.database.run("begin immediate")?;
            self.in_group = true;
        }
        Ok(())
    }

    /// Writes the rows that wait.
    fn flush(&mut self) -> Result<()> {
        if self.waiting == 0 {
            return Ok(());
        }
        self.begin()?;
        for pending in self.streams.iter_mut().flat_map(|stream| &mut stream.pending) {
            if pending.len() > 0 {
                pending.flush(&self.database.connection).map_err(|error| self.database.failure(&error))?;
            }
        }
        self.waiting = 0;
        Ok(())
    }

    fn abandon(&mut self) {
        for pending in self.streams.iter_mut().flat_map(|stream| &mut stream.pending) {
            pending.clear();
        }
        self.waiting = 0;
        self.failed = true;
        if !self.database.connection.is_autocommit() {
            // Where even this fails, closing the connection does it.
            let _ = self.database.run("rollback");
        }
        self.in_group = false;
        for stream in &mut self.streams {
            stream.history_open = false;
        }
    }

    fn stream(&self, stream: usize) -> Result<&Stream> {
        self.streams.get(stream).ok_or_else(|| Error::Destination(format!("there is no stream {stream}")))
    }

    fn known(&mut self, stream: usize, ids: &[i64]) -> Result<Vec<Known>> {
        self.flush()?;
        let zone = &self.zone;
        let stream = self.stream(stream)?;
        let look = || -> rusqlite::Result<Vec<Known>> {
            let mut statement = self.database.connection.prepare_cached(&stream.known)?;
            let mut found = Vec::with_capacity(ids.len());
            for &id in ids {
                statement.raw_bind_parameter(1, stream.id(id))?;
                let mut rows = statement.raw_query();
                let Some(row) = rows.next()? else { continue };
                let hash = row.get_ref(0)?.as_blob_or_null()?.and_then(|bytes| bytes.try_into().ok());
                let shown = row.get_ref(1)?.as_str_or_null()?.and_then(clock::parse);
                let updated = match stream.updated {
                    Some(Type::Civil) => shown.map(|wall| clock::from_civil(wall, zone)),
                    _ => shown,
                };
                let deleted = row.get_ref(2)?.as_i64()? != 0;
                found.push(Known { id, hash: hash.map_or(0, u128::from_be_bytes), updated, deleted });
            }
            Ok(found)
        };
        look().map_err(|error| self.database.failure(&error))
    }

    fn stored(&mut self, stream: usize, visit: &mut dyn FnMut(i64)) -> Result<()> {
        self.flush()?;
        let stream = self.stream(stream)?;
        let mut walk = || -> rusqlite::Result<()> {
            let mut statement = self.database.connection.prepare_cached(&stream.stored)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                visit(whole(row.get_ref(0)?)?);
            }
            Ok(())
        };
        walk().map_err(|error| self.database.failure(&error))
    }

    fn of_parents(&mut self, stream: usize, parents: &[i64]) -> Result<Option<Vec<i64>>> {
        self.flush()?;
        let stream = self.stream(stream)?;
        let Some(sql) = &stream.of_parent else { return Ok(None) };
        let look = || -> rusqlite::Result<Vec<i64>> {
            let mut statement = self.database.connection.prepare_cached(sql)?;
            let mut found = Vec::new();
            for &parent in parents {
                statement.raw_bind_parameter(1, stream.id(parent))?;
                let mut rows = statement.raw_query();
                while let Some(row) = rows.next()? {
                    found.push(whole(row.get_ref(0)?)?);
                }
            }
            Ok(found)
        };
        look().map(Some).map_err(|error| self.database.failure(&error))
    }

    fn remove(&mut self, stream: usize, ids: &[i64]) -> Result<()> {
        self.flush()?;
        if ids.is_empty() {
            return Ok(());
        }
        self.begin()?;
        self.keep_history(stream, ids)?;
        let stream = self.stream(stream)?;
        let delete = || -> rusqlite::Result<()> {
            for sql in &stream.delete {
                let mut statement = self.database.connection.prepare_cached(sql)?;
                for &id in ids {
                    statement.execute([stream.id(id)])?;
                }
            }
            Ok(())
        };
        delete().map_err(|error| self.database.failure(&error))
    }

    fn keep_history(&mut self, at: usize, ids: &[i64]) -> Result<()> {
        let stream = self.stream(at)?;
        let Some(history) = &stream.history else { return Ok(()) };
        let keep = || -> rusqlite::Result<()> {
            for sql in [history.close_before("= ?1"), history.keep("= ?1")] {
                let mut statement = self.database.connection.prepare_cached(&sql)?;
                for &id in ids {
                    statement.execute([stream.id(id)])?;
                }
            }
            Ok(())
        };
        keep().map_err(|error| self.database.failure(&error))?;
        self.streams[at].history_open = true;
        Ok(())
    }

    fn mark_deleted(&mut self, at: usize, ids: &[i64], moment: i64, run: i64) -> Result<u64> {
        self.flush()?;
        self.begin()?;
        self.latest = self.latest.max(moment);
        if self.stream(at)?.history.is_some() {
            let mut live = Vec::new();
            for known in self.known(at, ids)? {
                if !known.deleted {
                    live.push(known.id);
                }
            }
            self.keep_history(at, &live)?;
        }
        let stream = self.stream(at)?;
        let when = moment_text(stream.moment, moment, &self.zone);
        let mark = || -> rusqlite::Result<u64> {
            let connection = &self.database.connection;
            let mut records = 0;
            for (table, sql) in stream.mark.iter().enumerate() {
                let mut statement = connection.prepare_cached(sql)?;
                for &id in ids {
                    let rows = statement.execute(rusqlite::params![stream.id(id), when, run])?;
                    if table == 0 {
                        records += rows as u64;
                    }
                }
            }
            Ok(records)
        };
        mark().map_err(|error| self.database.failure(&error))
    }

    fn close_versions(&mut self) -> Result<()> {
        for stream in &mut self.streams {
            if let (true, Some(history)) = (stream.history_open, &stream.history) {
                let latest = sql::literal(&moment_text(stream.moment, self.latest, &self.zone));
                self.database.run(&history.close(&latest))?;
            }
            stream.history_open = false;
        }
        Ok(())
    }
}

impl Destination for Sqlite {
    fn traits(&self) -> Traits {
        Traits { remembers: true, evolves: true }
    }

    fn check(&mut self) -> Result<Vec<String>> {
        let mut said = Vec::new();
        let directory = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let directory = directory.unwrap_or(Path::new(".")).to_owned();
        if self.path.exists() {
            let mut database = Database::open(&self.path, Purpose::Look)?;
            // Whoever writes now may go on for longer than anybody waits here.
            database.run("begin")?;
            let tried = database.run("create table \"_favo_check\" (one integer)");
            let _ = database.run("rollback");
            tried?;
            said.push(format!("{} is a SQLite database and can be written", self.path.display()));
        } else {
            if !directory.is_dir() {
                return Err(Error::Destination(format!(
                    "the directory {} does not exist; create it, or name another file",
                    directory.display()
                )));
            }
            // The one sure way to know is to try.
            let mut probe = self.path.clone().into_os_string();
            probe.push(".favo-check");
            std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe)).map_err(|error| {
                Error::Destination(format!(
                    "nothing can be written to the directory {} ({error}); give this user the right to",
                    directory.display()
                ))
            })?;
            said.push(format!("{} does not exist yet and can be made", self.path.display()));
        }
        if let Ok(space) = rustix::fs::statvfs(&directory) {
            let free = space.f_bavail.saturating_mul(space.f_frsize) >> 20;
            said.push(format!("{free} MiB are free on the disk that holds it"));
        }
        Ok(said)
    }

    fn peek(&mut self) -> Result<Opened> {
        let found = self.look(Keeper::state)?;
        let (bookmarks, last_run) = found.unwrap_or_default();
        Ok(Opened { bookmarks, last_run, ceilings: Vec::new() })
    }

    fn runs(&mut self, limit: usize) -> Result<Vec<RunReport>> {
        Ok(self.look(|keeper, database| keeper.runs(database, limit))?.unwrap_or_default())
    }

    fn open(&mut self, schema: &Schema) -> Result<Opened> {
        sql::check_names(schema)?;
        let lock = match self.work.take() {
            // The engine may open again with more columns.
            Some(work) => work.lock,
            None => Lock::take(&self.path)?,
        };
        let mut database = Database::open(&self.path, Purpose::Write)?;
        let streams: Vec<Stream> = schema
            .streams
            .iter()
            .map(|stream| {
                let settings = self.settings.streams.get(stream.stream.name);
                Stream::new(stream, settings.is_some_and(|settings| settings.history))
            })
            .collect();
        let keeper = &self.keeper;
        let opened = database.atomically(|database| {
            let found = evolve::found(database)?;
            let histories: Vec<&History> =
                streams.iter().filter_map(|stream| stream.history.as_ref()).collect();
            let opened = evolve::open(database, keeper, schema, &histories, &found)?;
            let mut wanted = views::compat(schema, Dialect::Sqlite, "");
            // A convenience: what somebody else keeps under such a name stays as it is.
            wanted.retain(|view| {
                found.get(&view.bare).is_none_or(|there| view.is_ours(Dialect::Sqlite, &there.mark))
            });
            wanted.extend(histories.iter().map(|history| history.view()));
            for view in &wanted {
                view.bring(database, found.get(&view.bare).map(|found| found.mark.as_str()))?;
            }
            Ok(opened)
        })?;
        self.work = Some(Work {
            database,
            lock,
            streams,
            waiting: 0,
            in_group: false,
            failed: false,
            latest: 0,
            zone: TimeZone::get(&schema.zone).unwrap_or(TimeZone::UTC),
            schema: schema.clone(),
        });
        Ok(opened)
    }

    fn known(&mut self, stream: usize, ids: &[i64]) -> Result<Vec<Known>> {
        self.step(|work| work.known(stream, ids))
    }

    fn stored(&mut self, stream: usize, visit: &mut dyn FnMut(i64)) -> Result<()> {
        self.step(|work| work.stored(stream, visit))
    }

    fn of_parents(&mut self, stream: usize, parents: &[i64]) -> Result<Option<Vec<i64>>> {
        self.step(|work| work.of_parents(stream, parents))
    }

    fn remove(&mut self, stream: usize, ids: &[i64]) -> Result<()> {
        self.step(|work| work.remove(stream, ids))
    }

    fn put(&mut self, stream: usize, table: usize, row: &[Cell<'_>]) -> Result<()> {
        self.step(|work| {
            let pending = work.streams.get_mut(stream).and_then(|stream| stream.pending.get_mut(table));
            let Some(pending) = pending.filter(|pending| pending.fits(row)) else {
                return Err(Error::Destination(format!(
                    "a row of {} cells is none of table {table} of stream {stream}",
                    row.len()
                )));
            };
            let before = pending.len();
            pending.push(row);
            work.waiting += pending.len() - before;
            if work.waiting > WAITING { work.flush() } else { Ok(()) }
        })
    }

    fn mark_deleted(&mut self, stream: usize, ids: &[i64], at: i64, run: i64) -> Result<u64> {
        self.step(|work| work.mark_deleted(stream, ids, at, run))
    }

    fn note(&mut self, note: &Note) -> Result<()> {
        let Self { keeper, work, .. } = self;
        let work = work.as_mut().ok_or_else(not_open)?;
        work.latest = work.latest.max(note.at());
        let noted = work.begin().and_then(|()| keeper.note(&mut work.database, note));
        noted.inspect_err(|_| work.abandon())
    }

    fn commit(&mut self, bookmarks: &[(&str, &Bookmark)]) -> Result<()> {
        let Self { keeper, work, .. } = self;
        let work = work.as_mut().ok_or_else(not_open)?;
        if work.failed && !bookmarks.is_empty() {
            return Err(failed_before());
        }
        let mut finish = || {
            work.flush()?;
            work.close_versions()?;
            if !bookmarks.is_empty() {
                work.begin()?;
            }
            for (stream, bookmark) in bookmarks {
                keeper.remember(&mut work.database, stream, bookmark)?;
            }
            if work.in_group {
                work.database.run("commit")?;
                work.in_group = false;
            }
            Ok(())
        };
        finish().inspect_err(|_| work.abandon())
    }

    fn custom_fields(&mut self, stream: usize, fields: &[CustomField]) -> Result<()> {
        let work = self.work()?;
        let Some(schema) = work.schema.streams.get(stream) else { return Ok(()) };
        let Some(view) = views::wide(schema, fields) else { return Ok(()) };
        let there = work.database.read(&format!(
            "select sql from sqlite_schema where type = 'view' and name = {}",
            sql::literal(&view.bare)
        ))?;
        let there = there.into_iter().flatten().flatten().next();
        if work.in_group {
            return view.bring(&mut work.database, there.as_deref()).inspect_err(|_| work.abandon());
        }
        work.database.atomically(|database| view.bring(database, there.as_deref()))
    }

    fn close(mut self: Box<Self>) -> Result<()> {
        let Some(mut work) = self.work.take() else { return Ok(()) };
        if !work.database.connection.is_autocommit() {
            work.database.run("rollback")?;
        }
        let histories = work.streams.iter().filter_map(|stream| Some(&stream.history.as_ref()?.table));
        let tables = work.schema.streams.iter().flat_map(|stream| &stream.tables).chain(histories);
        let indexes: Vec<String> = tables.flat_map(sql::create_indexes).collect();
        for index in indexes {
            work.database.run(&index)?;
        }
        Ok(())
    }
}
