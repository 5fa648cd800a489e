//! SQLite and PostgreSQL by plain queries.

use postgres::types::{FromSql, Type};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::{Raw, RawRow};

pub(super) fn sqlite(path: &str, table: &str) -> Option<Vec<RawRow>> {
    if !std::path::Path::new(path).exists() {
        return None;
    }
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).expect("the database opens");
    connection.busy_timeout(std::time::Duration::from_secs(5)).expect("a timeout");
    let count: i64 = connection
        .query_row("select count(*) from sqlite_master where name = ?1", [table], |row| row.get(0))
        .expect("the catalog is readable");
    if count == 0 {
        return None;
    }
    let mut statement =
        connection.prepare(&format!("select * from \"{table}\"")).expect("the table is readable");
    let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    let mut rows = statement.query([]).expect("the table is readable");
    let mut out = Vec::new();
    while let Some(row) = rows.next().expect("the row is readable") {
        let values = names.iter().enumerate().map(|(at, name)| {
            let value = match row.get_ref(at).expect("a column") {
                ValueRef::Null => Raw::Null,
                ValueRef::Integer(value) => Raw::Whole(value),
                ValueRef::Real(value) => Raw::Double(value),
                ValueRef::Text(text) => Raw::Text(String::from_utf8(text.to_vec()).expect("UTF-8")),
                ValueRef::Blob(bytes) => Raw::Bytes(bytes.to_vec()),
            };
            (name.clone(), value)
        });
        out.push(values.collect());
    }
    Some(out)
}

/// A value in its binary form, whatever its type.
struct Binary(Vec<u8>);

impl FromSql<'_> for Binary {
    fn from_sql(_: &Type, raw: &[u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw.to_vec()))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Micros from 1970 to 2000, where PostgreSQL's time begins.
const MILLENNIUM: i64 = 946_684_800_000_000;

pub(super) fn postgres(url: &str, table: &str) -> Option<Vec<RawRow>> {
    let (url, table) = (url.to_owned(), table.to_owned());
    let mut client = postgres::Client::connect(&url, postgres::NoTls).expect("the test server answers");
    let there = client
        .query_one("select to_regclass(quote_ident($1)) is not null", &[&table])
        .expect("the catalog is readable");
    if !there.get::<_, bool>(0) {
        return None;
    }
    let columns = client
        .query(
            "select column_name::text, data_type::text from information_schema.columns where table_name = $1 and table_schema = current_schema() order by ordinal_position",
            &[&table],
        )
        .expect("the catalog is readable");
    // Numbers and documents as text, in PostgreSQL's own spelling.
    let list: Vec<String> = columns
        .iter()
        .map(|column| {
            let (name, kind): (String, String) = (column.get(0), column.get(1));
            match kind.as_str() {
                "numeric" | "jsonb" | "json" | "uuid" => format!("\"{name}\"::text"),
                _ => format!("\"{name}\""),
            }
        })
        .collect();
    let rows = client
        .query(&format!("select {} from \"{table}\"", list.join(", ")), &[])
        .expect("the table is readable");
    let read = |row: &postgres::Row| {
        columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let value: Option<Binary> = row.get(at);
                (column.get(0), value.map_or(Raw::Null, |value| raw(&column.get::<_, String>(1), &value.0)))
            })
            .collect()
    };
    Some(rows.iter().map(read).collect())
}

fn raw(kind: &str, bytes: &[u8]) -> Raw {
    let eight = || <[u8; 8]>::try_from(bytes).expect("eight bytes");
    match kind {
        "bigint" => Raw::Whole(i64::from_be_bytes(eight())),
        "integer" => Raw::Whole(i64::from(i32::from_be_bytes(bytes.try_into().expect("four bytes")))),
        "double precision" => Raw::Double(f64::from_be_bytes(eight())),
        "boolean" => Raw::Flag(bytes == [1]),
        "timestamp with time zone" | "timestamp without time zone" => {
            Raw::Micros(i64::from_be_bytes(eight()) + MILLENNIUM)
        }
        "numeric" => Raw::Decimal(String::from_utf8(bytes.to_vec()).expect("UTF-8")),
        _ => Raw::Text(String::from_utf8(bytes.to_vec()).expect("UTF-8")),
    }
}
