//! The destination PostgreSQL: one transaction for each group, rows by COPY, the writer's lock an advisory lock of the session.
//!
//! Rows wait in a buffer for each table and are sent before anything that could see or touch them. Everything is unqualified: the session's search path is the
//! one schema it works in. Secondary indexes are made when the destination is closed, where they are missing: a first load builds them in one go.

mod connect;
mod database;
mod rows;

use jiff::tz::TimeZone;
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::ToSql;
use xxhash_rust::xxh3::xxh3_64;

use self::database::{Database, Hash, Ids, Micros};
use self::rows::Pending;
use super::sql::history::History;
use super::sql::keeper::Keeper;
use super::sql::{self, Dialect, Session, clock, evolve, failed_before, literal, not_open, quoted, views};
use super::{CustomField, Destination, Known, Opened, Traits};
use crate::cell::Cell;
use crate::note::Note;
use crate::report::RunReport;
use crate::schema::{Origin, Schema, StreamSchema, Table, Type};
use crate::settings::Settings;
use crate::state::Bookmark;
use crate::{Error, Result};

/// Bytes of rows that wait before they are sent, at most.
const WAITING: usize = 8 << 20;

/// The destination.
#[derive(Debug)]
pub(super) struct Postgres {
    settings: Settings,
    keeper: Keeper,
    work: Option<Work>,
}

/// What there is between `open` and `close`.
#[derive(Debug)]
struct Work {
    database: Database,
    schema: Schema,
    streams: Vec<Stream>,
    waiting: usize,
    /// The stream whose rows came last.
    writing: usize,
    limit: usize,
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
    of_parents: Option<String>,
    delete: Vec<String>,
    mark: Vec<String>,
    history: Option<History>,
    history_open: bool,
    id: Type,
    updated: Option<Type>,
    moment: Type,
}

impl Postgres {
    /// The database of `settings.to`; nothing is touched yet.
    pub(super) fn new(settings: &Settings) -> Result<Self> {
        connect::Address::read(&settings.to)?;
        Ok(Self {
            settings: settings.clone(),
            keeper: Keeper::new(&settings.own_prefix, &settings.table_prefix),
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

    /// Connects and goes to the schema, if it is there. Its name, and whether it is there.
    fn connect(&self) -> Result<(Database, String, bool)> {
        let mut database = Database::connect(&self.settings.to)?;
        let Some(name) = &self.settings.schema else {
            return match database.one("select current_schema()")? {
                Some(name) => {
                    database.run(&format!("set search_path to {}", quoted(&name)))?;
                    Ok((database, name, true))
                }
                None => Err(Error::Destination(
                    "the user has no schema to work in (search_path leads nowhere); name one with --schema"
                        .to_owned(),
                )),
            };
        };
        let name = sql::fit(name).into_owned();
        let there = database
            .one(&format!("select 1 from pg_namespace where nspname = {}", literal(&name)))?
            .is_some();
        database.run(&format!("set search_path to {}", quoted(&name)))?;
        Ok((database, name, there))
    }

    fn look<T>(&mut self, look: impl FnOnce(&Keeper, &mut Database) -> Result<T>) -> Result<Option<T>> {
        if let Some(work) = &mut self.work {
            return look(&self.keeper, &mut work.database).map(Some);
        }
        let (mut database, _, there) = self.connect()?;
        if !there || !self.keeper.there(&mut database)? {
            return Ok(None);
        }
        look(&self.keeper, &mut database).map(Some)
    }

    /// Takes the writer's lock. The server frees it with the session; the session of a process that was killed may be busy for a moment still, so
    /// this waits a little.
    fn lock(&self, database: &mut Database, schema: &str) -> Result<()> {
        let key = xxh3_64(format!("favo sync\0{schema}\0{}", self.settings.own_prefix).as_bytes()) as i64;
        database.run("set lock_timeout = '2s'")?;
        let locked = database.client.batch_execute(&format!("select pg_advisory_lock({key})"));
        if let Err(error) = locked {
            if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) {
                return Err(Error::Destination(format!(
                    "another run is writing the schema {schema} of {}; wait until it has ended",
                    super::without_password(&self.settings.to)
                )));
            }
            return Err(database.failure(&error));
        }
        database.run("set lock_timeout = 0")
    }

    /// Schema of the compat views.
    fn compat_schema(&self) -> String {
        self.settings
            .schema
            .as_ref()
            .map_or_else(|| "kondado".to_owned(), |schema| format!("{schema}_kondado"))
    }

    /// Makes the compat views. They are a convenience: a user who may not create a schema does without, and what somebody else keeps under such a name (the tables
    /// of the connector that the seed is named after, perhaps) stays as it is.
    fn compat(&self, database: &mut Database, schema: &Schema) -> Result<()> {
        let place = sql::fit(&self.compat_schema()).into_owned();
        let wanted = views::compat(schema, Dialect::Postgres, &place);
        if wanted.is_empty() || !may_create_in(database, &place)? {
            return Ok(());
        }
        database.run(&format!("create schema if not exists {}", quoted(&place)))?;
        let there = database.read(&format!(
            "select c.relname, obj_description(c.oid, 'pg_class') from pg_class c \
             join pg_namespace n on n.oid = c.relnamespace where n.nspname = {} and c.relkind in ('r', 'p', 'v', 'm', 'f')",
            literal(&place)
        ))?;
        for view in wanted {
            let there = there.iter().find(|row| row[0].as_deref() == Some(view.bare.as_str()));
            let mark = there.and_then(|row| row[1].as_deref());
            if there.is_none() || mark.is_some_and(|mark| view.is_ours(Dialect::Postgres, mark)) {
                view.bring(database, mark)?;
            }
        }
        Ok(())
    }
}

/// Whether the user may create things in a schema, or create the schema itself where it is missing.
fn may_create_in(database: &mut Database, schema: &str) -> Result<bool> {
    let schema = literal(schema);
    let answer = database.one(&format!(
        "select case when exists (select 1 from pg_namespace where nspname = {schema}) \
         then has_schema_privilege({schema}, 'CREATE') and has_schema_privilege({schema}, 'USAGE') \
         else has_database_privilege(current_database(), 'CREATE') end"
    ))?;
    Ok(answer.as_deref() == Some("t"))
}

impl Stream {
    fn new(schema: &StreamSchema, history: bool) -> Self {
        let main = &schema.tables[0];
        let named = |table: &Table, origin: &Origin| {
            table.position_of(origin).map_or_else(|| "null".to_owned(), |at| quoted(&table.columns[at].name))
        };
        let (id, name) = (quoted(&main.columns[main.owner].name), quoted(&main.name));
        let cursor = schema
            .cursor
            .map(|at| &main.columns[at])
            // A masked column holds no moment.
            .filter(|column| matches!(column.kind, Type::Instant | Type::Civil) && column.mask.is_none());
        let deleted = named(main, &Origin::DeletedAt);
        let per_table = |statement: &dyn Fn(&Table) -> String| schema.tables.iter().map(statement).collect();
        Self {
            pending: schema.tables.iter().map(Pending::new).collect(),
            known: format!(
                "select {id}::bigint, {}, {}, {deleted} is not null from {name} where {id} = any($1)",
                named(main, &Origin::Hash),
                cursor.map_or_else(|| "null::timestamptz".to_owned(), |column| quoted(&column.name)),
            ),
            stored: format!("select {id}::bigint from {name} where {deleted} is null order by {id}"),
            of_parents: schema.parent().map(|column| {
                let parent = quoted(&column.name);
                format!("select {id}::bigint from {name} where {parent} = any($1) and {deleted} is null")
            }),
            delete: per_table(&|table| {
                format!(
                    "delete from {} where {} = any($1)",
                    quoted(&table.name),
                    quoted(&table.columns[table.owner].name)
                )
            }),
            mark: per_table(&|table| {
                let deleted = named(table, &Origin::DeletedAt);
                format!(
                    "update {} set {deleted} = $2, {} = $3 where {} = any($1) and {deleted} is null",
                    quoted(&table.name),
                    named(table, &Origin::RunId),
                    quoted(&table.columns[table.owner].name)
                )
            }),
            history: history.then(|| History::of(main)).flatten(),
            history_open: false,
            id: main.columns[main.owner].kind,
            updated: cursor.map(|column| column.kind),
            moment: main.position_of(&Origin::DeletedAt).map_or(Type::Instant, |at| main.columns[at].kind),
        }
    }

    #[allow(
        clippy::cast_precision_loss,
        reason = "the layout's ids are doubles; its readers accepted the limit of 2^53"
    )]
    fn ids<'a>(&self, ids: &'a [i64]) -> Ids<'a> {
        match self.id {
            Type::Double => Ids::Double(ids.iter().map(|&id| id as f64).collect()),
            _ => Ids::Whole(ids),
        }
    }
}

impl Work {
    fn begin(&mut self) -> Result<()> {
        if !self.in_group {
            self.database.run("begin")?;
            self.in_group = true;
        }
        Ok(())
    }

    /// Sends the rows that wait.
    fn flush(&mut self) -> Result<()> {
        if self.waiting == 0 {
            return Ok(());
        }
        self.begin()?;
        for pending in self.streams.iter_mut().flat_map(|stream| &mut stream.pending) {
            if pending.len() > 0 {
                pending.flush(&mut self.database.client).map_err(|error| self.database.failure(&error))?;
            }
        }
        self.waiting = 0;
        Ok(())
    }

    /// Gives back the memory of buffers that are empty, of all streams but one.
    fn release(&mut self, except: usize) {
        let others = self.streams.iter_mut().enumerate().filter(|(at, _)| *at != except);
        others.flat_map(|(_, stream)| &mut stream.pending).for_each(Pending::release);
    }

    fn abandon(&mut self) {
        for pending in self.streams.iter_mut().flat_map(|stream| &mut stream.pending) {
            pending.clear();
        }
        self.waiting = 0;
        self.failed = true;
        if self.in_group {
            // Where even this fails, the connection is gone, and the server rolls back.
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

    fn execute(&mut self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<u64> {
        self.database.client.execute(sql, values).map_err(|error| self.database.failure(&error))
    }

    fn known(&mut self, at: usize, ids: &[i64]) -> Result<Vec<Known>> {
        self.flush()?;
        let stream = self.streams.get(at).ok_or_else(not_open)?;
        let rows = self.database.client.query(&stream.known, &[&stream.ids(ids)]);
        let rows = rows.map_err(|error| self.database.failure(&error))?;
        let look = |row: &postgres::Row| -> std::result::Result<Known, postgres::Error> {
            let shown = row.try_get::<_, Option<Micros>>(2)?.map(|micros| micros.0);
            Ok(Known {
                id: row.try_get(0)?,
                hash: row.try_get::<_, Option<Hash>>(1)?.map_or(0, |hash| hash.0),
                updated: match stream.updated {
                    Some(Type::Civil) => shown.map(|wall| clock::from_civil(wall, &self.zone)),
                    _ => shown,
                },
                deleted: row.try_get(3)?,
            })
        };
        rows.iter().map(|row| look(row).map_err(|error| self.database.failure(&error))).collect()
    }

    fn stored(&mut self, at: usize, visit: &mut dyn FnMut(i64)) -> Result<()> {
        self.flush()?;
        let stream = self.streams.get(at).ok_or_else(not_open)?;
        let nothing: [&(dyn ToSql + Sync); 0] = [];
        let mut walk = || -> std::result::Result<(), postgres::Error> {
            let mut rows = self.database.client.query_raw(&stream.stored, nothing)?;
            while let Some(row) = rows.next()? {
                visit(row.try_get(0)?);
            }
            Ok(())
        };
        let walked = walk();
        walked.map_err(|error| self.database.failure(&error))
    }

    fn of_parents(&mut self, at: usize, parents: &[i64]) -> Result<Option<Vec<i64>>> {
        self.flush()?;
        let stream = self.streams.get(at).ok_or_else(not_open)?;
        let Some(sql) = &stream.of_parents else { return Ok(None) };
        let rows = self.database.client.query(sql, &[&stream.ids(parents)]);
        let rows = rows.map_err(|error| self.database.failure(&error))?;
        let ids: std::result::Result<Vec<i64>, _> = rows.iter().map(|row| row.try_get(0)).collect();
        ids.map(Some).map_err(|error| self.database.failure(&error))
    }

    fn remove(&mut self, at: usize, ids: &[i64]) -> Result<()> {
        self.flush()?;
        if ids.is_empty() {
            return Ok(());
        }
        self.begin()?;
        self.keep_history(at, ids)?;
        let stream = self.stream(at)?;
        let (statements, ids) = (stream.delete.clone(), stream.ids(ids));
        for sql in statements {
            self.execute(&sql, &[&ids])?;
        }
        Ok(())
    }

    fn keep_history(&mut self, at: usize, ids: &[i64]) -> Result<()> {
        let stream = self.stream(at)?;
        let Some(history) = &stream.history else { return Ok(()) };
        let statements = [history.close_before("= any($1)"), history.keep("= any($1)")];
        let ids = stream.ids(ids);
        for sql in statements {
            self.execute(&sql, &[&ids])?;
        }
        self.streams[at].history_open = true;
        Ok(())
    }

    fn mark_deleted(&mut self, at: usize, ids: &[i64], moment: i64, run: i64) -> Result<u64> {
        self.flush()?;
        self.begin()?;
        self.latest = self.latest.max(moment);
        if self.stream(at)?.history.is_some() {
            let known = self.known(at, ids)?;
            let live: Vec<i64> = known.iter().filter(|known| !known.deleted).map(|known| known.id).collect();
            self.keep_history(at, &live)?;
        }
        let stream = self.stream(at)?;
        let when =
            Micros(if stream.moment == Type::Civil { clock::to_civil(moment, &self.zone) } else { moment });
        let (statements, ids) = (stream.mark.clone(), stream.ids(ids));
        let mut records = 0;
        for (table, sql) in statements.iter().enumerate() {
            let rows = self.execute(sql, &[&ids, &when, &run])?;
            if table == 0 {
                records = rows;
            }
        }
        Ok(records)
    }

    fn close_versions(&mut self) -> Result<()> {
        for at in 0..self.streams.len() {
            let stream = &mut self.streams[at];
            if !std::mem::take(&mut stream.history_open) {
                continue;
            }
            let Some(history) = &stream.history else { continue };
            let (latest, kind) = match stream.moment {
                Type::Civil => (clock::to_civil(self.latest, &self.zone), "timestamp"),
                _ => (self.latest, "timestamptz"),
            };
            let latest = format!("{}::{kind}", literal(&clock::instant_text(latest)));
            let sql = history.close(&latest);
            self.database.run(&sql)?;
        }
        Ok(())
    }
}

impl Destination for Postgres {
    fn traits(&self) -> Traits {
        Traits { remembers: true, evolves: true }
    }

    fn check(&mut self) -> Result<Vec<String>> {
        let (mut database, schema, there) = self.connect()?;
        let version = database.one("show server_version")?.unwrap_or_default();
        let mut said =
            vec![format!("PostgreSQL {version} answers at {}", super::without_password(&self.settings.to))];
        if database.one("show transaction_read_only")?.as_deref() == Some("on") {
            return Err(Error::Destination(
                "the database takes no writes; name the primary server".to_owned(),
            ));
        }
        if !may_create_in(&mut database, &schema)? {
            let what = if there { "create tables in" } else { "create" };
            return Err(Error::Destination(format!(
                "the user lacks the right to {what} the schema {schema}; grant it, or name another with --schema"
            )));
        }
        said.push(if there {
            format!("tables can be made in the schema {schema}")
        } else {
            format!("the schema {schema} does not exist yet and can be made")
        });
        let refused = database.read(&format!(
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace \
             where n.nspname = {} and c.relkind in ('r', 'p') and (starts_with(c.relname, {}) or starts_with(c.relname, {})) \
             and not has_table_privilege(c.oid, 'INSERT') order by 1",
            literal(&schema),
            literal(&self.settings.table_prefix),
            literal(&self.settings.own_prefix)
        ))?;
        if let Some(Some(table)) = refused.into_iter().flatten().next() {
            return Err(Error::Destination(format!(
                "the user lacks the right to write the table {table}; grant it, or sync as its owner"
            )));
        }
        let place = self.compat_schema();
        if !may_create_in(&mut database, &place)? {
            said.push(format!(
                "the schema {place} cannot be made, so there will be no views with the seed's types"
            ));
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
        // The engine may open again with more columns; the former session ends first, with its lock.
        self.work = None;
        let (mut database, name, there) = self.connect()?;
        self.lock(&mut database, &name)?;
        let streams: Vec<Stream> = schema
            .streams
            .iter()
            .map(|stream| {
                let settings = self.settings.streams.get(stream.stream.name);
                Stream::new(stream, settings.is_some_and(|settings| settings.history))
            })
            .collect();
        let opened = database.atomically(|database| {
            if !there {
                database.run(&format!("create schema {}", quoted(&name)))?;
            }
            let found = evolve::found(database)?;
            let histories: Vec<&History> =
                streams.iter().filter_map(|stream| stream.history.as_ref()).collect();
            let opened = evolve::open(database, &self.keeper, schema, &histories, &found)?;
            for view in histories.iter().map(|history| history.view()) {
                view.bring(database, found.get(&view.bare).map(|found| found.mark.as_str()))?;
            }
            self.compat(database, schema)?;
            Ok(opened)
        })?;
        self.work = Some(Work {
            database,
            streams,
            waiting: 0,
            writing: 0,
            limit: WAITING.min(self.settings.memory_limit / 8).max(1 << 16),
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
            // Each stream fills buffers of its own: without this they would all be held at last.
            if std::mem::replace(&mut work.writing, stream) != stream {
                work.release(stream);
            }
            if work.waiting > work.limit { work.flush() } else { Ok(()) }
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
        let there = work.database.one(&format!(
            "select obj_description(c.oid, 'pg_class') from pg_class c join pg_namespace n on n.oid = c.relnamespace \
             where n.nspname = current_schema() and c.relkind = 'v' and c.relname = {}",
            literal(&view.bare)
        ))?;
        if work.in_group {
            return view.bring(&mut work.database, there.as_deref()).inspect_err(|_| work.abandon());
        }
        work.database.atomically(|database| view.bring(database, there.as_deref()))
    }

    fn close(mut self: Box<Self>) -> Result<()> {
        let Some(mut work) = self.work.take() else { return Ok(()) };
        if work.in_group {
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
