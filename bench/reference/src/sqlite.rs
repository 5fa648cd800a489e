//! Contacts from a SQLite file: one connection per thread, statements prepared once, run where the request is handled.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, params};

use crate::contact::{self, More, Row};
use crate::json;
use crate::new_contact::NewContact;
use crate::pages::Pages;
use crate::registries::{Custom, Registries, Shape, Stored, Table};
use crate::{TENANT, Window};

/// The file at work.
pub struct Database {
    path: PathBuf,
    pub registries: Registries,
    pages: Pages,
    writer: Mutex<Connection>,
    last: AtomicI64,
    sql: Statements,
}

struct SqliteRow<'r>(&'r rusqlite::Row<'r>);

impl Row for SqliteRow<'_> {
    fn int(&self, column: usize) -> Option<i64> {
        match self.0.get_ref(column) {
            Ok(ValueRef::Integer(number)) => Some(number),
            _ => None,
        }
    }

    fn flag(&self, column: usize) -> Option<bool> {
        self.int(column).map(|number| number != 0)
    }

    fn text(&self, column: usize) -> Option<&[u8]> {
        match self.0.get_ref(column) {
            Ok(ValueRef::Text(text)) if !text.is_empty() => Some(text),
            _ => None,
        }
    }
}

struct Further<'c> {
    connection: &'c Connection,
    sql: &'c Statements,
    now: i64,
}

impl More for Further<'_> {
    fn people(&mut self, organisation: i64, out: &mut Vec<u8>) {
        let now = self.now;
        each(self.connection, &self.sql.people, organisation, |row| contact::person(row, now, out));
    }

    fn links(&mut self, kind: i64, contact: i64, out: &mut Vec<u8>) {
        each(self.connection, &self.sql.links[kind as usize], contact, |row| contact::listed_link(row, out));
    }
}

/// The statements, written once.
struct Statements {
    get: String,
    list: String,
    search: String,
    people: String,
    links: [String; 2],
}

impl Statements {
    fn new() -> Self {
        let select = contact::select(&TENANT.to_string());
        let (people, people_joins) = (contact::PEOPLE_COLUMNS, contact::PEOPLE_JOINS);
        let links = |kind: i64| {
            format!(
                "select {} from contact_link l indexed by ix_contact_link_contact_id {} where l.tenant_id = {TENANT} \
                 and l.contact_id = ?1 and l.kind = {kind} and l.deleted_at is null order by l.id",
                contact::LINK_COLUMNS,
                contact::LINK_JOINS
            )
        };
        Self {
            get: format!("{select} and t.id = ?1 and t.deleted_at is null"),
            list: format!("{select} and t.deleted_at is null and t.id < ?1 order by t.id desc limit ?2"),
            search: format!(
                "{select} and t.id in (select id from contact indexed by ix_contact_name_key where tenant_id = {TENANT} \
                 and name_key >= ?1 and name_key < ?2 and deleted_at is null union \
                 select id from contact indexed by ix_contact_code_key where tenant_id = {TENANT} \
                 and code_key >= ?1 and code_key < ?2 and deleted_at is null order by id desc limit ?3) order by t.id desc"
            ),
            people: format!(
                "select {people} from contact_link l indexed by ix_contact_link_organisation_id {people_joins} \
                 where l.tenant_id = {TENANT} and l.organisation_id = ?1 and l.kind = 0 \
                 and l.deleted_at is null order by l.id"
            ),
            links: [links(0), links(1)],
        }
    }
}

fn each(connection: &Connection, sql: &str, id: i64, mut visit: impl FnMut(&SqliteRow<'_>)) {
    let mut run = || -> rusqlite::Result<()> {
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([id])?;
        while let Some(row) = rows.next()? {
            visit(&SqliteRow(row));
        }
        Ok(())
    };
    // Never fails in a benchmark that counts; if it does, the answers differ and the comparison says so.
    if let Err(error) = run() {
        eprintln!("{error}");
    }
}

thread_local! {
    static READER: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

/// Opens the file with the settings Favo uses.
fn connect(path: &Path, cache_kib: i32) -> rusqlite::Result<Connection> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.execute_batch(&format!(
        "pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; \
         pragma temp_store = memory; pragma cache_size = -{cache_kib}"
    ))?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

impl Database {
    /// Opens the file and reads the registries.
    pub fn open(path: &Path) -> rusqlite::Result<Self> {
        let writer = connect(path, 16 * 1024)?;
        let registries = registries(&writer)?;
        let last: Option<i64> = writer
            .query_row("select max(id) from contact where tenant_id = ?1", [TENANT], |row| row.get(0))
            .optional()?
            .flatten();
        Ok(Self {
            path: path.to_owned(),
            registries,
            pages: Pages::default(),
            writer: Mutex::new(writer),
            last: AtomicI64::new(last.unwrap_or(0)),
            sql: Statements::new(),
        })
    }

    fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        READER.with_borrow_mut(|reader| {
            if reader.is_none() {
                *reader = Some(connect(&self.path, 4 * 1024)?);
            }
            reader.as_ref().map_or_else(|| Err(rusqlite::Error::InvalidQuery), work)
        })
    }

    fn further<'c>(&'c self, connection: &'c Connection, now: i64) -> Further<'c> {
        Further { connection, sql: &self.sql, now }
    }

    /// The contact with this id, as JSON.
    pub fn get(&self, id: i64, now: i64) -> rusqlite::Result<Option<Vec<u8>>> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&self.sql.get)?;
            let mut rows = statement.query([id])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let mut out = Vec::with_capacity(4096);
            contact::push(
                &SqliteRow(row),
                now,
                &self.registries,
                &mut self.further(connection, now),
                &mut out,
            );
            Ok(Some(out))
        })
    }

    /// A page of all contacts, newest first.
    pub fn list(&self, window: Window, now: i64) -> rusqlite::Result<Vec<u8>> {
        self.read(|connection| {
            let from = match self.pages.before(window) {
                Some(id) => id,
                None => match Self::jump(connection, window)? {
                    Some(id) => id + 1,
                    None => return Ok(b"[]".to_vec()),
                },
            };
            let mut statement = connection.prepare_cached(&self.sql.list)?;
            let mut out = Vec::with_capacity(1 << 18);
            let mut last = None;
            let mut rows = statement.query([from, window.size])?;
            while let Some(row) = rows.next()? {
                last = row.get(0)?;
                out.push(b',');
                contact::push(
                    &SqliteRow(row),
                    now,
                    &self.registries,
                    &mut self.further(connection, now),
                    &mut out,
                );
            }
            self.pages.note(window, last);
            json::close_list(&mut out, 0);
            Ok(out)
        })
    }

    /// The first id of a page, counted from the start.
    fn jump(connection: &Connection, window: Window) -> rusqlite::Result<Option<i64>> {
        connection
            .prepare_cached(
                "select id from contact indexed by ix_contact_live where tenant_id = ?1 and deleted_at is null \
                 order by id desc limit 1 offset ?2",
            )?
            .query_row([TENANT, (window.page - 1) * window.size], |row| row.get(0))
            .optional()
    }

    /// The newest contacts whose name or code begins like this; folded already.
    pub fn search(&self, prefix: &str, size: i64, now: i64) -> rusqlite::Result<Vec<u8>> {
        self.read(|connection| {
            let end = format!("{prefix}\u{10ffff}");
            let mut statement = connection.prepare_cached(&self.sql.search)?;
            let mut out = Vec::with_capacity(1 << 16);
            let mut rows = statement.query(params![prefix, end, size])?;
            while let Some(row) = rows.next()? {
                out.push(b',');
                contact::push(
                    &SqliteRow(row),
                    now,
                    &self.registries,
                    &mut self.further(connection, now),
                    &mut out,
                );
            }
            json::close_list(&mut out, 0);
            Ok(out)
        })
    }

    /// Stores a contact with a commit of its own, and answers with it.
    pub fn create(&self, new: &mut NewContact, now: i64) -> rusqlite::Result<Vec<u8>> {
        new.id = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        new.now = now;
        let writer = self.writer.lock().map_err(|_| rusqlite::Error::InvalidQuery)?;
        let mut statement = writer.prepare_cached(crate::new_contact::INSERT)?;
        statement.execute(params![
            TENANT,
            new.id,
            new.uuid(),
            now,
            new.author,
            new.name,
            favo_core::text::fold(&new.name),
            new.life_cycle,
            new.job_title,
            new.emails,
            new.phones,
            new.notes,
            new.owner,
        ])?;
        let mut out = Vec::with_capacity(2048);
        let mut nothing = self.further(&writer, now);
        contact::push(new, now, &self.registries, &mut nothing, &mut out);
        Ok(out)
    }
}

fn registries(connection: &Connection) -> rusqlite::Result<Registries> {
    let table = |table: &str, first: &str, second: &str, shape: Shape| -> rusqlite::Result<Table> {
        let sql = format!("select id, name, active, {first}, {second} from {table} where tenant_id = ?1");
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map([TENANT], |row| {
            Ok(Stored {
                id: row.get(0)?,
                name: row.get(1)?,
                active: row.get::<_, Option<bool>>(2)?.unwrap_or(false),
                first: row.get(3)?,
                second: row.get(4)?,
            })
        })?;
        Ok(Table::of(rows.collect::<rusqlite::Result<_>>()?, shape))
    };
    let mut registries = Registries {
        users: table("app_user", "login", "photo", Shape::User)?,
        origins: table("origin", "null", "null", Shape::Name)?,
        segments: table("segment", "null", "null", Shape::Name)?,
        categories: table("category", "null", "null", Shape::Lookup)?,
        tags: table("tag", "colour", "null", Shape::Tag)?,
        ..Registries::default()
    };
    let mut statement = connection.prepare(
        "select id, label, alias, type from custom_field where tenant_id = ?1 and deleted_at is null",
    )?;
    let mut rows = statement.query([TENANT])?;
    while let Some(row) = rows.next()? {
        let custom =
            Custom::of(&row.get::<_, String>(1)?, &row.get::<_, String>(2)?, row.get::<_, Option<i64>>(3)?);
        registries.custom.insert(row.get(0)?, custom);
    }
    Ok(registries)
}
