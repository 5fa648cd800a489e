//! Contacts from PostgreSQL with the bare asynchronous client: connections shared by the requests, statements prepared
//! once. Only the list.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio_postgres::types::FromSql;
use tokio_postgres::{Client, Error, NoTls, Statement};

use crate::contact::{self, More, Row};
use crate::json;
use crate::pages::Pages;
use crate::registries::{Custom, Registries, Shape, Stored, Table};
use crate::{TENANT, Window};

const CONNECTIONS: usize = 8;

struct Connection {
    client: Client,
    list: Statement,
    jump: Statement,
    people: Statement,
    links: Statement,
}

/// The server at work.
pub struct Database {
    connections: Vec<Connection>,
    next: AtomicUsize,
    pub registries: Registries,
    pages: Pages,
}

struct PostgresRow(tokio_postgres::Row);

impl PostgresRow {
    fn value<'r, T: FromSql<'r>>(&'r self, column: usize) -> Option<T> {
        self.0.try_get(column).ok().flatten()
    }
}

impl Row for PostgresRow {
    fn int(&self, column: usize) -> Option<i64> {
        self.value(column)
    }

    fn flag(&self, column: usize) -> Option<bool> {
        self.value(column)
    }

    fn text(&self, column: usize) -> Option<&[u8]> {
        self.value::<&str>(column).map(str::as_bytes).filter(|text| !text.is_empty())
    }
}

/// What was fetched for a whole page: bytes by kind and owner.
#[derive(Default)]
struct Fetched(HashMap<(i64, i64), Vec<u8>>);

const PEOPLE: i64 = 2;

impl More for Fetched {
    fn people(&mut self, organisation: i64, out: &mut Vec<u8>) {
        out.extend_from_slice(self.0.get(&(PEOPLE, organisation)).map_or(b"", Vec::as_slice));
    }

    fn links(&mut self, kind: i64, contact: i64, out: &mut Vec<u8>) {
        out.extend_from_slice(self.0.get(&(kind, contact)).map_or(b"", Vec::as_slice));
    }
}

impl Database {
    /// Connects and reads the registries.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        let mut connections = Vec::with_capacity(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
            tokio::spawn(connection);
            let list = format!(
                "{} and t.deleted_at is null and t.id < $1 order by t.id desc limit $2",
                contact::select(&TENANT.to_string())
            );
            let jump = format!(
                "select id from contact where tenant_id = {TENANT} and deleted_at is null \
                 order by id desc limit 1 offset $1"
            );
            let people = format!(
                "select {} from contact_link l {} where l.tenant_id = {TENANT} and l.organisation_id = any($1) \
                 and l.kind = 0 and l.deleted_at is null order by l.organisation_id, l.id",
                contact::PEOPLE_COLUMNS,
                contact::PEOPLE_JOINS
            );
            let links = format!(
                "select {} from contact_link l {} where l.tenant_id = {TENANT} and l.contact_id = any($1) \
                 and l.kind = $2 and l.deleted_at is null order by l.contact_id, l.id",
                contact::LINK_COLUMNS,
                contact::LINK_JOINS
            );
            connections.push(Connection {
                list: client.prepare(&list).await?,
                jump: client.prepare(&jump).await?,
                people: client.prepare(&people).await?,
                links: client.prepare(&links).await?,
                client,
            });
        }
        let registries = registries(&connections[0].client).await?;
        Ok(Self { connections, next: AtomicUsize::new(0), registries, pages: Pages::default() })
    }

    /// A page of all contacts, newest first.
    pub async fn list(&self, window: Window, now: i64) -> Result<Vec<u8>, Error> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let connection = &self.connections[turn % CONNECTIONS];
        let from = match self.pages.before(window) {
            Some(id) => id,
            None => {
                let offset = (window.page - 1) * window.size;
                match connection.client.query_opt(&connection.jump, &[&offset]).await? {
                    Some(row) => row.get::<_, i64>(0) + 1,
                    None => return Ok(b"[]".to_vec()),
                }
            }
        };
        let rows = connection.client.query(&connection.list, &[&from, &window.size]).await?;
        let rows: Vec<PostgresRow> = rows.into_iter().map(PostgresRow).collect();
        let mut fetched = fetch(connection, &rows, now).await?;
        let mut out = Vec::with_capacity(1 << 18);
        for row in &rows {
            out.push(b',');
            contact::push(row, now, &self.registries, &mut fetched, &mut out);
        }
        self.pages.note(window, rows.last().and_then(|row| row.int(0)));
        json::close_list(&mut out, 0);
        Ok(out)
    }
}

/// The people and links of a page, each in one statement, and only when there are any.
async fn fetch(connection: &Connection, rows: &[PostgresRow], now: i64) -> Result<Fetched, Error> {
    let owners = |wanted: &dyn Fn(&PostgresRow) -> bool| -> Vec<i64> {
        rows.iter().filter(|row| wanted(row)).filter_map(|row| row.int(0)).collect()
    };
    let many = |row: &PostgresRow, count: usize, other: usize| match row.int(count) {
        Some(1) => row.int(other).is_none(),
        count => count.unwrap_or(0) > 1,
    };
    let mut fetched = Fetched::default();
    let organisations = owners(&|row| row.int(contact::PEOPLE).unwrap_or(0) > 0);
    if !organisations.is_empty() {
        for row in connection.client.query(&connection.people, &[&organisations]).await? {
            let row = PostgresRow(row);
            let bytes = fetched.0.entry((PEOPLE, row.int(7).unwrap_or(0))).or_default();
            contact::person(&row, now, bytes);
        }
    }
    for (kind, count, other) in
        [(0_i64, contact::EMPLOYERS, contact::EMPLOYER), (1, contact::PARENTS, contact::PARENT)]
    {
        let linked = owners(&|row| many(row, count, other));
        if linked.is_empty() {
            continue;
        }
        for row in connection.client.query(&connection.links, &[&linked, &kind]).await? {
            let row = PostgresRow(row);
            contact::listed_link(&row, fetched.0.entry((kind, row.int(0).unwrap_or(0))).or_default());
        }
    }
    Ok(fetched)
}

async fn registries(client: &Client) -> Result<Registries, Error> {
    let table = async |table: &str, first: &str, second: &str, shape: Shape| -> Result<Table, Error> {
        let sql = format!(
            "select id, name, active, cast({first} as text), cast({second} as text) from {table} where tenant_id = $1"
        );
        let rows = client.query(&sql, &[&TENANT]).await?;
        let stored = rows.iter().map(|row| Stored {
            id: row.get(0),
            name: row.get(1),
            active: row.get::<_, Option<bool>>(2).unwrap_or(false),
            first: row.get(3),
            second: row.get(4),
        });
        Ok(Table::of(stored.collect(), shape))
    };
    let mut registries = Registries {
        users: table("app_user", "login", "photo", Shape::User).await?,
        origins: table("origin", "null", "null", Shape::Name).await?,
        segments: table("segment", "null", "null", Shape::Name).await?,
        categories: table("category", "null", "null", Shape::Lookup).await?,
        tags: table("tag", "colour", "null", Shape::Tag).await?,
        ..Registries::default()
    };
    let sql = "select id, label, alias, type from custom_field where tenant_id = $1 and deleted_at is null";
    for row in client.query(sql, &[&TENANT]).await? {
        registries.custom.insert(row.get(0), Custom::of(row.get(1), row.get(2), row.get(3)));
    }
    Ok(registries)
}
