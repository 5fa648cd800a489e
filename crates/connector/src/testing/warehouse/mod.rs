//! Reading a warehouse back without any of the product's code: each kind of destination by a plain reader of its format.

mod files;
mod sql;

use std::collections::BTreeMap;

/// A value as a reader of the format gives it.
#[derive(Debug, Clone, PartialEq)]
pub enum Raw {
    /// Nothing.
    Null,
    /// True or false.
    Flag(bool),
    /// A whole number.
    Whole(i64),
    /// A binary double.
    Double(f64),
    /// Text; formats without types give everything as text.
    Text(String),
    /// An exact decimal in its spelling.
    Decimal(String),
    /// Micros since 1970, of UTC or of the wall.
    Micros(i64),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Raw {
    /// Whether nothing is there.
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// The value as a whole number.
    pub fn whole(&self) -> Option<i64> {
        match self {
            Self::Whole(value) => Some(*value),
            Self::Double(value) => Some(*value as i64),
            Self::Text(text) | Self::Decimal(text) => {
                text.parse().ok().or_else(|| text.parse::<f64>().ok().map(|value| value as i64))
            }
            _ => None,
        }
    }

    /// The value as text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Decimal(text) => Some(text),
            _ => None,
        }
    }
}

/// A row by column; a column that is not there at all is absent.
pub type RawRow = BTreeMap<String, Raw>;

/// The rows of a table, in no order. None when there is no such table.
///
/// # Panics
///
/// When the warehouse cannot be read.
pub fn read(to: &str, table: &str) -> Option<Vec<RawRow>> {
    let (scheme, rest) = to.split_once(':').expect("a destination");
    match scheme {
        "sqlite" => sql::sqlite(rest, table),
        "postgres" | "postgresql" => sql::postgres(to, table),
        "csv" => files::csv(rest, table),
        "jsonl" => files::json_lines(rest, table),
        "parquet" => files::parquet(rest, table),
        other => panic!("no reader for {other}"),
    }
}

/// The entries of a service table such as `runs`, where the destination keeps it in a table; rows of files otherwise.
pub fn service(to: &str, name: &str) -> Vec<RawRow> {
    read(to, &format!("_favo_{name}")).unwrap_or_default()
}
