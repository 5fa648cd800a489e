//! The tables as a run writes them: the catalogue in one of its two layouts, with the columns of our own, selections, masks and drift applied.
//!
//! Everything after this module (the plan that flattens records, every destination, the catalogs of the protocols) reads the answer from here and
//! knows nothing of layouts.

mod build;
#[cfg(test)]
mod tests;

pub use build::{Selection, build};

use crate::tables::Stream;

/// How tables are spelled.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, serde::Serialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// 64-bit ids, exact decimals, text for documents and codes, moments in UTC, JSON as received, custom fields typed. The default.
    #[default]
    Exact,
    /// The seed's sixteen tables with its types: numbers are double precision, moments have no zone.
    Kondado,
}

/// The type of a physical column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// 64-bit signed whole number.
    BigInt,
    /// Binary double precision.
    Double,
    /// Exact decimal, up to 14 digits before and 6 after the point: NUMERIC(20,6).
    Numeric,
    /// Text of any length.
    Text,
    /// True or false.
    Boolean,
    /// A moment in UTC, microseconds.
    Instant,
    /// A wall-clock time without zone, microseconds.
    Civil,
    /// A JSON document.
    Json,
    /// 128 bits, compared for equality only.
    Hash,
}

/// Where the value of a column comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A member, by dotted path from the record or from the element of the exploded array; the fallback is read when the first is absent or null.
    Member {
        /// Dotted path.
        path: String,
        /// Second spelling.
        fallback: Option<String>,
        /// Keep the digits only (tax numbers that land in a numeric column); null when there are none or when letters stand among them.
        digits_only: bool,
    },
    /// The `id` of the record that owns the element.
    OwnerId,
    /// The element itself (arrays of plain text).
    Element,
    /// The members of the record or element that no other column of the table takes, as a JSON object; null when there are none. A value that did not fit its
    /// column is here too, under its path.
    Rest,
    /// One part of a custom field's value.
    CustomField(CustomPart),
    /// Number of the run that wrote the row.
    RunId,
    /// When the page the row came in was received.
    ExtractedAt,
    /// When the row was handed to the destination.
    LoadedAt,
    /// Hash of the record as received, whatever the order of its keys.
    Hash,
    /// When the record was found to be deleted; null while it lives.
    DeletedAt,
    /// Position of the element in its array, from 0.
    Position,
}

/// The columns of the long table of custom fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomPart {
    /// Id of the field's definition.
    Id,
    /// Alias, the field's stable name.
    Alias,
    /// Label, as it stands on the screen.
    Name,
    /// Code of the type, 0 to 12.
    Kind,
    /// The value as text, as received.
    Text,
    /// The value as a number (types 0, 3, 9 and 12).
    Number,
    /// The value as a day's first moment in São Paulo (type 2).
    Date,
    /// The value as a flag (type 4).
    Flag,
}

/// What is done to a value that must not reach the warehouse in the clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mask {
    /// The xxh3-128 of the text, as 32 hexadecimal digits in a text column; equal values stay equal.
    Hash,
    /// Always null.
    Null,
}

/// One physical column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Name, lower case.
    pub name: String,
    /// Type.
    pub kind: Type,
    /// What it means, in English.
    pub description: String,
    /// Full name of the main table it points to.
    pub references: Option<String>,
    /// Where its value comes from.
    pub origin: Origin,
    /// What is done to the value.
    pub mask: Option<Mask>,
}

/// What the rows of a table are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rows {
    /// The records themselves.
    Records,
    /// The objects in that array of the record.
    Elements(String),
    /// The texts in that array of the record.
    Texts(String),
    /// The record's custom fields that have a value.
    CustomFields,
}

/// One physical table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Full name, prefix included.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What its rows are.
    pub rows: Rows,
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// Positions of the columns that identify a row: the id of a main table; owner and position of a child table (elements may lack an id or repeat one).
    pub key: Vec<usize>,
    /// Position of the column that holds the id of the record: `id` in a main table, the owner's id in a child table.
    pub owner: usize,
    /// Positions worth an index: columns that point to another table, and the moment of the last change.
    pub indexed: Vec<usize>,
}

impl Table {
    /// Position of the column of that name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// Position of the column of that origin.
    pub fn position_of(&self, origin: &Origin) -> Option<usize> {
        self.columns.iter().position(|column| column.origin == *origin)
    }
}

/// The tables of one stream; the first holds the records, the others are its children.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamSchema {
    /// The stream.
    pub stream: &'static Stream,
    /// Its tables.
    pub tables: Vec<Table>,
    /// Position in the main table of the moment of the last change.
    pub cursor: Option<usize>,
    /// Changes whenever the same record would give other rows (layout, columns, masks, zone): it seeds the record's hash.
    pub fingerprint: u64,
}

/// The tables of a run. Streams are known by their position here, tables by their position in the stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    /// The layout.
    pub layout: Layout,
    /// Prefix of the tables' names.
    pub table_prefix: String,
    /// The prefix of the columns and service tables of our own, `_favo_` unless configured.
    pub own_prefix: String,
    /// Zone of `Type::Civil` and of days without time, an IANA name.
    pub zone: String,
    /// The selected streams, in the order in which a run reads them.
    pub streams: Vec<StreamSchema>,
}

impl Schema {
    /// Position of the stream of that name.
    pub fn position(&self, stream: &str) -> Option<usize> {
        self.streams.iter().position(|one| one.stream.name == stream)
    }

    /// The name of a service table or column of our own: `own("runs")` is `_favo_runs`.
    pub fn own(&self, name: &str) -> String {
        format!("{}{name}", self.own_prefix)
    }
}
