//! SQL text that both SQL destinations share: how types and names are spelled, statements that create tables, where the cold work (service tables, changes of
//! the schema, views) is done once for both.

pub(super) mod clock;
pub(super) mod evolve;
pub(super) mod history;
pub(super) mod keeper;
pub(super) mod views;

use std::borrow::Cow;
use std::fmt::Write as _;

use xxhash_rust::xxh3::xxh3_64;

use crate::schema::{Rows, Schema, Table, Type};
use crate::{Error, Result};

/// PostgreSQL cuts longer identifiers without a word; both databases get the same names.
const NAME_LIMIT: usize = 63;

/// Which database is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// Rows came before the tables were opened, or after they were closed.
pub(super) fn not_open() -> Error {
    Error::Destination("the destination was not opened".to_owned())
}

/// Something came after an error: the group is lost, and the rest of it must not be committed as if it were whole.
pub(super) fn failed_before() -> Error {
    Error::Destination("an earlier statement failed; run again, what was committed stays".to_owned())
}

impl Dialect {
    /// The declared type of a column, spelled as the database itself gives it back.
    ///
    /// SQLite keeps moments as text of one width, so that their order as text is their order in time. `NUMERIC` there means affinity: whole numbers and decimals of up to
    /// 15 significant digits come back as they went in; a longer one is rounded to the nearest double, as SQLite has no decimal type.
    pub(super) fn spelled(self, kind: Type) -> &'static str {
        match (self, kind) {
            (Self::Sqlite, Type::BigInt) => "INTEGER",
            (Self::Sqlite, Type::Double) => "REAL",
            (Self::Sqlite, Type::Numeric) => "NUMERIC",
            (Self::Sqlite, Type::Text | Type::Instant | Type::Civil | Type::Json) => "TEXT",
            (Self::Sqlite, Type::Boolean) => "BOOLEAN",
            (Self::Sqlite, Type::Hash) => "BLOB",
            (Self::Postgres, Type::BigInt) => "bigint",
            (Self::Postgres, Type::Double) => "double precision",
            (Self::Postgres, Type::Numeric) => "numeric(20,6)",
            (Self::Postgres, Type::Text) => "text",
            (Self::Postgres, Type::Boolean) => "boolean",
            (Self::Postgres, Type::Instant) => "timestamp with time zone",
            (Self::Postgres, Type::Civil) => "timestamp without time zone",
            (Self::Postgres, Type::Json) => "jsonb",
            (Self::Postgres, Type::Hash) => "uuid",
        }
    }
}

/// A value of the cold statements.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    /// No value.
    Null,
    /// A whole number.
    Integer(i64),
    /// Text, JSON included.
    Text(&'a str),
    /// Micros since 1970 UTC, for a column of `Type::Instant`.
    Instant(i64),
}

/// A connection, as the cold work sees it. Parameters are written `$1`, `$2`, in the order of the values.
pub(super) trait Session {
    /// Which database.
    fn dialect(&self) -> Dialect;

    /// Runs statements without parameters.
    fn run(&mut self, sql: &str) -> Result<()>;

    /// Runs one statement; how many rows it touched.
    fn write(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64>;

    /// Runs one query; every value as text.
    fn read(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>>;

    /// Runs `work` in a transaction.
    fn atomically<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T>
    where
        Self: Sized,
    {
        self.run(if self.dialect() == Dialect::Sqlite { "begin immediate" } else { "begin" })?;
        match work(self).and_then(|value| self.run("commit").map(|()| value)) {
            Ok(value) => Ok(value),
            Err(error) => {
                // The first error is the one to tell.
                let _ = self.run("rollback");
                Err(error)
            }
        }
    }
}

/// A name as both databases can hold it: at most 63 bytes, a longer one ends with a hash of the whole.
pub(super) fn fit(name: &str) -> Cow<'_, str> {
    if name.len() <= NAME_LIMIT {
        return Cow::Borrowed(name);
    }
    let mut end = NAME_LIMIT - 9;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    Cow::Owned(format!("{}_{:08x}", &name[..end], xxh3_64(name.as_bytes()) >> 32))
}

/// A name in quotation marks.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", fit(name).replace('"', "\"\""))
}

/// A text constant. Both databases take it so, PostgreSQL with `standard_conforming_strings` on, as it is unless somebody turned it off; the connection sets it.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The quoted names of these columns, with commas.
pub(super) fn column_list(table: &Table) -> String {
    table.columns.iter().map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ")
}

/// The statement that creates a table.
pub(super) fn create_table(table: &Table, dialect: Dialect) -> String {
    let mut sql = format!("create table {} (", quoted(&table.name));
    // A whole-number key that is the row's number in the file saves SQLite a second tree.
    let single = (dialect == Dialect::Sqlite && table.key.len() == 1)
        .then(|| table.key[0])
        .filter(|&at| table.columns[at].kind == Type::BigInt);
    for (at, column) in table.columns.iter().enumerate() {
        let _ = write!(
            sql,
            "{}\n  {} {}",
            if at == 0 { "" } else { "," },
            quoted(&column.name),
            dialect.spelled(column.kind)
        );
        if single == Some(at) {
            sql.push_str(" primary key");
        } else if table.key.contains(&at) {
            sql.push_str(" not null");
        }
    }
    if single.is_none() && !table.key.is_empty() {
        let key: Vec<String> = table.key.iter().map(|&at| quoted(&table.columns[at].name)).collect();
        let _ = write!(sql, ",\n  primary key ({})", key.join(", "));
    }
    sql.push_str("\n)");
    // The rows of one record lie side by side, and there is no second tree to keep.
    if dialect == Dialect::Sqlite && table.key.len() > 1 && table.rows != Rows::Records {
        sql.push_str(" without rowid");
    }
    sql
}

/// The statements that create the secondary indexes of a table, where they are missing.
pub(super) fn create_indexes(table: &Table) -> Vec<String> {
    table
        .indexed
        .iter()
        .map(|&at| {
            let column = &table.columns[at].name;
            format!(
                "create index if not exists {} on {} ({})",
                quoted(&format!("{}_{column}_idx", table.name)),
                quoted(&table.name),
                quoted(column)
            )
        })
        .collect()
}

/// Refuses names of tables that PostgreSQL would cut: other programs would not find them under the name they know.
pub(super) fn check_names(schema: &Schema) -> Result<()> {
    let tables = schema.streams.iter().flat_map(|stream| &stream.tables);
    match tables.map(|table| &table.name).find(|name| name.len() > NAME_LIMIT) {
        None => Ok(()),
        Some(name) => Err(Error::Configuration(format!(
            "the table name {name} is longer than {NAME_LIMIT} bytes; choose a shorter table prefix"
        ))),
    }
}

/// Statements that create the tables of the schema and the service tables, for `favo sync discover --format ddl`.
pub(super) fn ddl(schema: &Schema, postgres: bool) -> String {
    let dialect = if postgres { Dialect::Postgres } else { Dialect::Sqlite };
    let mut text = String::new();
    let service = keeper::tables(&schema.own_prefix);
    for table in schema.streams.iter().flat_map(|stream| &stream.tables).chain(&service) {
        if !table.title.is_empty() {
            let _ = writeln!(text, "-- {}", table.title.replace(['\n', '\r'], " "));
        }
        let _ = writeln!(text, "{};", create_table(table, dialect));
        for index in create_indexes(table) {
            let _ = writeln!(text, "{index};");
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_the_same_way_every_time_and_two_long_names_stay_apart() {
        let long = "ç".repeat(60);
        let other = format!("{}x", "ç".repeat(59));
        assert!(fit(&long).len() <= NAME_LIMIT && fit(&other).len() <= NAME_LIMIT);
        assert_eq!(fit(&long), fit(&long));
        assert_ne!(fit(&long), fit(&other));
        assert_eq!(fit("dataatualizacao"), "dataatualizacao");
    }

    #[test]
    fn names_and_constants_cannot_end_their_quotation() {
        assert_eq!(quoted("a\"b"), "\"a\"\"b\"");
        assert_eq!(literal("d'Ávila"), "'d''Ávila'");
    }
}
