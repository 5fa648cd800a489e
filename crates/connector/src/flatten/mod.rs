//! From the bytes of a page to rows of cells: JSON is read once, typed, by a plan made from the schema; no tree of values is built.

// Owned by the flattening work: scan.rs (the JSON scanner), plan.rs (schema to trie), rows.rs (record to rows), conversions.

use crate::Result;
use crate::cell::Cell;
use crate::destination::CustomField;
use crate::note::{Rejected, SchemaEvent};
use crate::schema::StreamSchema;
use crate::state::DriftColumn;

/// One record of a page, found but not yet turned into rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// The object, as received.
    pub raw: &'a str,
    /// Its id; none when it has no readable one (numbers and digit strings are).
    pub id: Option<i64>,
    /// Moment of the last change, micros since 1970 UTC.
    pub updated: Option<i64>,
    /// Moment of creation.
    pub created: Option<i64>,
    /// Hash of the record, whatever the order of its keys, seeded by the schema's fingerprint.
    pub hash: u128,
}

/// What stands in the own columns of the rows of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lineage {
    /// Number of the run.
    pub run: i64,
    /// When the page was received, micros since 1970.
    pub extracted_at: i64,
    /// When the rows are written.
    pub loaded_at: i64,
    /// When the record was found deleted.
    pub deleted_at: Option<i64>,
    /// The record asked about, for records that are read per parent and do not name it.
    pub parent: Option<i64>,
}

/// Turns pages of one stream into rows.
#[derive(Debug)]
pub struct Flattener {}

impl Flattener {
    /// Makes the plan. `fields` are the definitions of the stream's custom fields.
    pub fn new(_schema: &StreamSchema, _zone: &str, _fields: &[CustomField]) -> Result<Self> {
        Ok(Self {})
    }

    /// Finds the records of a page: an array of objects, or one object. Anything else is `Error::Contract` with the first 100 characters. Elements that are
    /// no objects are skipped and noted as rejected. The page must be UTF-8; other bytes are replaced by U+FFFD by the caller.
    pub fn records<'a>(&mut self, _body: &'a str, _out: &mut Vec<Record<'a>>) -> Result<()> {
        Ok(())
    }

    /// Hands the rows of a record to `put` (position of the table in the stream, cells): the main row first, then the children, table by table, in order of position.
    pub fn rows(
        &mut self,
        _record: &Record<'_>,
        _lineage: &Lineage,
        _put: &mut dyn FnMut(usize, &[Cell<'_>]) -> Result<()>,
    ) -> Result<()> {
        Ok(())
    }

    /// What was noticed since the last call: conflicts, unknown fields, replaced characters (one event for each table and path, counted), and rejected elements.
    pub fn notices(&mut self, _run: i64, _at: i64) -> (Vec<SchemaEvent>, Vec<Rejected>) {
        (Vec::new(), Vec::new())
    }

    /// The unknown scalar fields seen since the plan was made, as columns they could become; objects and arrays are not among them.
    pub fn drift(&self) -> Vec<DriftColumn> {
        Vec::new()
    }
}
