//! Rows on their way into SQLite: cells are copied into one buffer for each table and bound from there,
//! many rows for each time a statement is fetched. One row a statement: several took a fifth more CPU, as SQLite then copies every value once more.

use rusqlite::types::{Null, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Statement};

use crate::cell::Cell;
use crate::destination::sql::{clock, column_list, quoted};
use crate::schema::{Table, Type};

const NULL: u8 = 0;
const INTEGER: u8 = 1;
const REAL: u8 = 2;
const TEXT: u8 = 3;
const HASH: u8 = 4;

/// The rows of one table that are not written yet.
#[derive(Debug)]
pub(super) struct Pending {
    insert: String,
    kinds: Vec<Type>,
    bytes: Vec<u8>,
    rows: usize,
}

impl Pending {
    /// None yet.
    pub(super) fn new(table: &Table) -> Self {
        let parameters = vec!["?"; table.columns.len()].join(",");
        Self {
            insert: format!(
                "insert into {} ({}) values ({parameters})",
                quoted(&table.name),
                column_list(table)
            ),
            kinds: table.columns.iter().map(|column| column.kind).collect(),
            bytes: Vec::new(),
            rows: 0,
        }
    }

    /// How many bytes wait.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether the row has as many cells as the table columns.
    pub(super) fn fits(&self, row: &[Cell<'_>]) -> bool {
        row.len() == self.kinds.len()
    }

    /// Adds a row.
    pub(super) fn push(&mut self, row: &[Cell<'_>]) {
        for (cell, kind) in row.iter().zip(&self.kinds) {
            let bytes = &mut self.bytes;
            match *cell {
                Cell::Null => bytes.push(NULL),
                Cell::Boolean(flag) => fixed(bytes, INTEGER, i64::from(flag).to_le_bytes()),
                Cell::Integer(number) => fixed(bytes, INTEGER, number.to_le_bytes()),
                Cell::Double(number) => fixed(bytes, REAL, number.to_le_bytes()),
                Cell::Decimal(text) => decimal(bytes, text),
                Cell::Text(text) => variable(bytes, text.text.as_bytes()),
                Cell::Json(text) => variable(bytes, text.as_bytes()),
                Cell::Micros(micros) if *kind == Type::Civil => variable(bytes, &clock::civil(micros)),
                Cell::Micros(micros) => variable(bytes, &clock::instant(micros)),
                Cell::Hash(hash) => fixed(bytes, HASH, hash.to_be_bytes()),
            }
        }
        self.rows += 1;
    }

    /// Writes what waits.
    pub(super) fn flush(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut rest = self.bytes.as_slice();
        let mut statement = connection.prepare_cached(&self.insert)?;
        // A statement comes out of the cache with nothing bound.
        let mut bound = vec![false; self.kinds.len()];
        for _ in 0..self.rows {
            rest = bind(&mut statement, rest, &mut bound)?;
            statement.raw_execute()?;
        }
        self.rows = 0;
        self.bytes.clear();
        Ok(())
    }

    /// Forgets what waits.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.rows = 0;
    }
}

fn fixed<const N: usize>(bytes: &mut Vec<u8>, tag: u8, value: [u8; N]) {
    bytes.push(tag);
    bytes.extend_from_slice(&value);
}

fn variable(bytes: &mut Vec<u8>, value: &[u8]) {
    bytes.push(TEXT);
    bytes.extend_from_slice(&(value.len() as u32).to_le_bytes());
    bytes.extend_from_slice(value);
}

/// Whole numbers as such; what has a fraction as the nearest double, whose 15 first digits are those of the text. SQLite would do the same to the text,
/// as the column's affinity says, only slower.
fn decimal(bytes: &mut Vec<u8>, text: &str) {
    if let Ok(whole) = text.parse::<i64>() {
        return fixed(bytes, INTEGER, whole.to_le_bytes());
    }
    match text.parse::<f64>() {
        Ok(number) => fixed(bytes, REAL, number.to_le_bytes()),
        Err(_) => variable(bytes, text.as_bytes()),
    }
}

fn take<const N: usize>(bytes: &[u8]) -> Option<([u8; N], &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<N>()?;
    Some((*head, rest))
}

/// Binds as many cells as there are parameters; what is left. `bound` tells which parameters are not null, so that null stays null without a call.
fn bind<'a>(
    statement: &mut Statement<'_>,
    mut bytes: &'a [u8],
    bound: &mut [bool],
) -> rusqlite::Result<&'a [u8]> {
    for (at, bound) in bound.iter_mut().enumerate() {
        let index = at + 1;
        let Some((&tag, mut rest)) = bytes.split_first() else { break };
        if tag == NULL {
            if *bound {
                statement.raw_bind_parameter(index, Null)?;
                *bound = false;
            }
            bytes = rest;
            continue;
        }
        let value = match tag {
            INTEGER => take(rest).map(|(head, tail)| {
                rest = tail;
                ValueRef::Integer(i64::from_le_bytes(head))
            }),
            REAL => take(rest).map(|(head, tail)| {
                rest = tail;
                ValueRef::Real(f64::from_le_bytes(head))
            }),
            TEXT => take(rest).and_then(|(head, tail)| {
                let (text, tail) = tail.split_at_checked(u32::from_le_bytes(head) as usize)?;
                rest = tail;
                Some(ValueRef::Text(text))
            }),
            _ => rest.split_at_checked(16).map(|(hash, tail)| {
                rest = tail;
                ValueRef::Blob(hash)
            }),
        };
        statement.raw_bind_parameter(index, ToSqlOutput::Borrowed(value.unwrap_or(ValueRef::Null)))?;
        *bound = true;
        bytes = rest;
    }
    Ok(bytes)
}
