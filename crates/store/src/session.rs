//! Runs one statement on a connection of either database. Not for building statements.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt::Write as _;

use favo_core::stored::push_text;
use favo_core::transaction::Row;
use favo_core::{Error, Result};
use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use rusqlite::types::{ToSqlOutput, Value as SqliteValue, ValueRef};

use crate::dialect::{Kind, names_the_tenant};
use crate::postgresql::Client;

/// A value bound to a statement, borrowed where the caller has it.
#[derive(Debug, Clone)]
pub(crate) enum Param<'p> {
    Null,
    Bool(bool),
    Int(i64),
    Text(Cow<'p, str>),
    Bytes(&'p [u8]),
    Ints(Cow<'p, [i64]>),
    Texts(Vec<Cow<'p, str>>),
}

impl<'p> Param<'p> {
    pub(crate) fn text(text: &'p str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// A number or nothing.
    pub(crate) fn number(number: Option<i64>) -> Self {
        number.map_or(Self::Null, Self::Int)
    }
}

/// PostgreSQL keeps no NUL in a text; neither do we in SQLite, so that both answer alike.
fn without_nul(text: &str) -> Cow<'_, str> {
    if text.as_bytes().contains(&0) { Cow::Owned(text.replace('\0', "")) } else { Cow::Borrowed(text) }
}

impl rusqlite::ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(SqliteValue::Null),
            Self::Bool(flag) => ToSqlOutput::Owned(SqliteValue::Integer(i64::from(*flag))),
            Self::Int(number) => ToSqlOutput::Owned(SqliteValue::Integer(*number)),
            Self::Text(text) => match without_nul(text) {
                Cow::Borrowed(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
                Cow::Owned(text) => ToSqlOutput::Owned(SqliteValue::Text(text)),
            },
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Self::Ints(numbers) => {
                let mut json = String::with_capacity(numbers.len() * 8 + 2);
                for (position, number) in numbers.iter().enumerate() {
                    let _ = write!(json, "{}{number}", if position == 0 { "[" } else { "," });
                }
                json.push_str(if numbers.is_empty() { "[]" } else { "]" });
                ToSqlOutput::Owned(SqliteValue::Text(json))
            }
            Self::Texts(texts) => {
                let mut json = String::from("[");
                for (position, text) in texts.iter().enumerate() {
                    if position > 0 {
                        json.push(',');
                    }
                    push_text(&mut json, &without_nul(text));
                }
                json.push(']');
                ToSqlOutput::Owned(SqliteValue::Text(json))
            }
        })
    }
}

impl ToSql for Param<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Bool(flag) => flag.to_sql(ty, out),
            Self::Int(number) if *ty == Type::BOOL => (*number != 0).to_sql(ty, out),
            Self::Int(number) if *ty == Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
            Self::Int(number) => number.to_sql(ty, out),
            Self::Text(text) => without_nul(text).as_ref().to_sql(ty, out),
            Self::Bytes(bytes) => bytes.to_sql(ty, out),
            Self::Ints(numbers) => numbers.as_ref().to_sql(ty, out),
            Self::Texts(texts) => {
                texts.iter().map(|text| without_nul(text)).collect::<Vec<_>>().to_sql(ty, out)
            }
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A row of SQLite.
struct SqliteRow<'r>(&'r rusqlite::Row<'r>);

impl Row for SqliteRow<'_> {
    fn int(&self, column: usize) -> Option<i64> {
        match self.0.get_ref(column) {
            Ok(ValueRef::Integer(number)) => Some(number),
            _ => None,
        }
    }

    fn text(&self, column: usize) -> Option<&str> {
        match self.0.get_ref(column) {
            Ok(ValueRef::Text(bytes)) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    fn bool(&self, column: usize) -> Option<bool> {
        self.int(column).map(|number| number != 0)
    }
}

/// A row of PostgreSQL.
struct PostgresRow(postgres::Row);

impl Row for PostgresRow {
    fn int(&self, column: usize) -> Option<i64> {
        let kind = self.0.columns().get(column)?.type_();
        if *kind == Type::BOOL {
            self.bool(column).map(i64::from)
        } else {
            self.0.try_get(column).ok().flatten()
        }
    }

    fn text(&self, column: usize) -> Option<&str> {
        self.0.try_get(column).ok().flatten()
    }

    fn bool(&self, column: usize) -> Option<bool> {
        self.0.try_get(column).ok().flatten()
    }
}

/// Bytes of a row: files are the only ones.
pub(crate) trait RowBytes {
    fn bytes(&self, column: usize) -> Option<&[u8]>;
}

impl RowBytes for SqliteRow<'_> {
    fn bytes(&self, column: usize) -> Option<&[u8]> {
        self.0.get_ref(column).ok().and_then(|value| value.as_blob().ok())
    }
}

impl RowBytes for PostgresRow {
    fn bytes(&self, column: usize) -> Option<&[u8]> {
        self.0.try_get(column).ok().flatten()
    }
}

/// What a tenant's transactions count: kept in memory while one of them is at work, see `transaction`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TenantState {
    pub(crate) registry_version: i64,
    pub(crate) change_sequence: i64,
}

enum Connection<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(&'c mut Client),
}

/// A connection at work on one transaction.
pub(crate) struct Session<'c> {
    connection: Connection<'c>,
    /// The first statement that failed: its transaction must not be kept, whatever the closure answers, because
    /// PostgreSQL would silently roll it back.
    failure: Option<String>,
    /// The state of the tenants whose row this transaction holds, so that jobs that share it read it once.
    pub(crate) held: Option<(i64, TenantState)>,
    /// What was run, for the tests that ask how.
    #[cfg(test)]
    pub(crate) statements: Vec<String>,
}

impl<'c> Session<'c> {
    pub(crate) fn sqlite(connection: &'c rusqlite::Connection) -> Self {
        Self {
            connection: Connection::Sqlite(connection),
            failure: None,
            held: None,
            #[cfg(test)]
            statements: Vec::new(),
        }
    }

    pub(crate) fn postgres(client: &'c mut Client) -> Self {
        Self {
            connection: Connection::Postgres(client),
            failure: None,
            held: None,
            #[cfg(test)]
            statements: Vec::new(),
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        match self.connection {
            Connection::Sqlite(_) => Kind::Sqlite,
            Connection::Postgres(_) => Kind::Postgres,
        }
    }

    /// The first failure since the last call, taken away.
    pub(crate) fn take_failure(&mut self) -> Option<String> {
        self.failure.take()
    }

    /// Streams rows; the statement must name the tenant.
    pub(crate) fn query(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        visit: &mut dyn FnMut(&dyn Row) -> Result<()>,
    ) -> Result<()> {
        debug_assert!(names_the_tenant(sql), "a table without tenant: {sql}");
        self.query_any_tenant(sql, params, visit)
    }

    /// Runs a statement that writes and answers with the number of rows; the statement must name the tenant.
    pub(crate) fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64> {
        debug_assert!(names_the_tenant(sql), "a table without tenant: {sql}");
        self.execute_any_tenant(sql, params)
    }

    /// Streams rows of a statement that crosses tenants; every caller says why it must.
    pub(crate) fn query_any_tenant(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        visit: &mut dyn FnMut(&dyn Row) -> Result<()>,
    ) -> Result<()> {
        #[cfg(test)]
        self.statements.push(sql.to_owned());
        let outcome = match &mut self.connection {
            Connection::Sqlite(connection) => {
                sqlite_rows(connection, sql, params, |row| visit(&SqliteRow(row)))
            }
            Connection::Postgres(client) => client.rows(sql, params, |row| visit(&PostgresRow(row))),
        };
        self.note(outcome)
    }

    /// Runs a writing statement that crosses tenants; every caller says why it must.
    pub(crate) fn execute_any_tenant(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64> {
        let outcome = match &mut self.connection {
            Connection::Sqlite(connection) => connection
                .prepare_cached(sql)
                .and_then(|mut statement| statement.execute(rusqlite::params_from_iter(params)))
                .map(|rows| rows as u64)
                .map_err(|error| Failure::Statement(sqlite_error(&error))),
            Connection::Postgres(client) => client.execute(sql, params),
        };
        self.note(outcome)
    }

    /// The media type and bytes of the first row.
    pub(crate) fn file(&mut self, sql: &str, params: &[Param<'_>]) -> Result<Option<(String, Vec<u8>)>> {
        fn content<R: Row + RowBytes>(row: &R) -> Option<(String, Vec<u8>)> {
            Some((row.text(0)?.to_owned(), row.bytes(1)?.to_vec()))
        }
        debug_assert!(names_the_tenant(sql), "a table without tenant: {sql}");
        let mut found = None;
        let outcome = match &mut self.connection {
            Connection::Sqlite(connection) => sqlite_rows(connection, sql, params, |row| {
                found = content(&SqliteRow(row));
                Ok(())
            }),
            Connection::Postgres(client) => client.rows(sql, params, |row| {
                found = content(&PostgresRow(row));
                Ok(())
            }),
        };
        self.note(outcome)?;
        Ok(found)
    }

    /// The number in the first column of the first row.
    pub(crate) fn number(&mut self, sql: &str, params: &[Param<'_>]) -> Result<Option<i64>> {
        let mut number = None;
        self.query(sql, params, &mut |row| {
            number = row.int(0);
            Ok(())
        })?;
        Ok(number)
    }

    /// Runs statements without parameters, separated by semicolons.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        let outcome = match &mut self.connection {
            Connection::Sqlite(connection) => {
                connection.execute_batch(sql).map_err(|error| Failure::Statement(sqlite_error(&error)))
            }
            Connection::Postgres(client) => client.batch(sql),
        };
        self.note(outcome)
    }

    fn note<T>(&mut self, outcome: std::result::Result<T, Failure>) -> Result<T> {
        outcome.map_err(|failure| match failure {
            Failure::Visit(error) => error,
            Failure::Statement(error) => {
                if self.failure.is_none() {
                    self.failure = Some(error.to_string());
                }
                error
            }
        })
    }
}

/// Who stopped a statement: the database, or the visitor of its rows.
pub(crate) enum Failure {
    Statement(Error),
    Visit(Error),
}

fn sqlite_rows(
    connection: &rusqlite::Connection,
    sql: &str,
    params: &[Param<'_>],
    mut visit: impl FnMut(&rusqlite::Row<'_>) -> Result<()>,
) -> std::result::Result<(), Failure> {
    let failed = |error: rusqlite::Error| Failure::Statement(sqlite_error(&error));
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let mut rows = statement.query(rusqlite::params_from_iter(params)).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        visit(row).map_err(Failure::Visit)?;
    }
    Ok(())
}

/// A failure of SQLite in core's terms.
pub(crate) fn sqlite_error(error: &rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
            Error::Busy("another process is writing to the database file".to_owned())
        }
        Some(rusqlite::ErrorCode::ConstraintViolation) => Error::Conflict,
        _ => Error::Storage(error.to_string()),
    }
}
