//! From the bytes of a page to rows of cells: JSON is read once, typed, by a plan made from the schema; no tree of values is built.

mod custom;
mod notices;
mod number;
mod plan;
mod records;
mod repeated;
mod rest;
mod rows;
mod scan;
#[cfg(test)]
mod speed;
#[cfg(test)]
mod tests;
mod text;
mod value;

use std::collections::HashSet;

use custom::Definitions;
use notices::Notices;
use plan::Plan;
use records::{Finder, Member, Page, each_member};
use rows::{Buffers, Stop, Work};
use scan::Scanner;

use xxhash_rust::xxh3::xxh3_64;

use crate::cell::Cell;
use crate::destination::CustomField;
use crate::moment::Zone;
use crate::note::{Rejected, SchemaEvent};
use crate::schema::{Rows, StreamSchema};
use crate::state::DriftColumn;
use crate::{Error, Result};

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
pub struct Flattener {
    stream: &'static str,
    zone: Zone,
    finder: Finder,
    plan: Plan,
    definitions: Definitions,
    page: Page,
    buffers: Buffers,
    notices: Notices,
    /// Members of a record that is not of the last page.
    members: Vec<Member>,
    /// Table and name of every column.
    columns: HashSet<(usize, String)>,
}

/// What seeds the hash of a record: the shape of the tables, and the definitions of custom fields where rows are made by them. A field that gets another label or
/// type gives other rows from the same record.
fn seed(schema: &StreamSchema, fields: &[CustomField]) -> u64 {
    if !schema.tables.iter().any(|table| table.rows == Rows::CustomFields) {
        return schema.fingerprint;
    }
    let one = |field: &CustomField| {
        xxh3_64(format!("{} {} {} {}", field.id, field.kind, field.alias, field.name).as_bytes())
    };
    // Added up, so that the order of the definitions does not matter.
    fields.iter().map(one).fold(schema.fingerprint, u64::wrapping_add)
}

impl Flattener {
    /// Makes the plan. `fields` are the definitions of the stream's custom fields.
    pub fn new(schema: &StreamSchema, zone: &str, fields: &[CustomField]) -> Result<Self> {
        let stream = schema.stream;
        let columns = schema
            .tables
            .iter()
            .enumerate()
            .flat_map(|(at, table)| table.columns.iter().map(move |column| (at, column.name.clone())))
            .collect();
        Ok(Self {
            stream: stream.name,
            zone: Zone::named(zone)?,
            finder: Finder::new(stream.updated, stream.created, seed(schema, fields)),
            plan: Plan::new(schema),
            definitions: Definitions::new(fields)?,
            page: Page::default(),
            buffers: Buffers::default(),
            notices: Notices::default(),
            members: Vec::new(),
            columns,
        })
    }

    /// Finds the records of a page: an array of objects, or one object. Anything else is `Error::Contract` with the first 100 characters. Elements that are
    /// no objects are skipped and noted as rejected. The page must be UTF-8; other bytes are replaced by U+FFFD by the caller.
    pub fn records<'a>(&mut self, body: &'a str, out: &mut Vec<Record<'a>>) -> Result<()> {
        let mut odd = Vec::new();
        let outcome = self.finder.find(body, &self.zone, &mut self.page, out, &mut odd);
        let masked = self.plan.tables.iter().any(|table| table.masked);
        for raw in odd {
            let raw = if masked { "" } else { raw };
            self.notices.reject("not an object".to_owned(), raw);
        }
        outcome
    }

    /// Hands the rows of a record to `put` (position of the table in the stream, cells): the main row first, then the children, table by table, in order of position.
    pub fn rows(
        &mut self,
        record: &Record<'_>,
        lineage: &Lineage,
        put: &mut dyn FnMut(usize, &[Cell<'_>]) -> Result<()>,
    ) -> Result<()> {
        let members = match self.page.members(record) {
            Some(members) => members,
            None => {
                self.members.clear();
                each_member(record.raw, &mut |member| self.members.push(member))?;
                &self.members
            }
        };
        let mut work = Work {
            raw: record.raw,
            record,
            lineage,
            plan: &mut self.plan,
            buffers: &mut self.buffers,
            notices: &mut self.notices,
            zone: &self.zone,
            definitions: &self.definitions,
            scan: Scanner::new(record.raw),
            repeated: false,
        };
        match work.record(members, put) {
            Ok(()) => Ok(()),
            Err(Stop::Error(error)) => Err(error),
            Err(Stop::Repeated) => self.rows_again(record, lineage, put),
        }
    }

    /// A record in which a key stands twice: the last one counts.
    #[cold]
    fn rows_again(
        &mut self,
        record: &Record<'_>,
        lineage: &Lineage,
        put: &mut dyn FnMut(usize, &[Cell<'_>]) -> Result<()>,
    ) -> Result<()> {
        let clean = repeated::without(record.raw)?;
        let mut members = Vec::new();
        each_member(&clean, &mut |member| members.push(member))?;
        let mut work = Work {
            raw: &clean,
            record,
            lineage,
            plan: &mut self.plan,
            buffers: &mut self.buffers,
            notices: &mut self.notices,
            zone: &self.zone,
            definitions: &self.definitions,
            scan: Scanner::new(&clean),
            repeated: false,
        };
        match work.record(&members, put) {
            Ok(()) => Ok(()),
            Err(Stop::Error(error)) => Err(error),
            Err(Stop::Repeated) => {
                Err(Error::Contract("the source sent a record whose keys repeat without end".to_owned()))
            }
        }
    }

    /// What was noticed since the last call: conflicts, unknown fields, replaced characters (one event for each table and path, counted), and rejected elements.
    pub fn notices(&mut self, run: i64, at: i64) -> (Vec<SchemaEvent>, Vec<Rejected>) {
        self.notices.take(&self.plan, self.stream, run, at)
    }

    /// The unknown scalar fields seen since the plan was made, as columns they could become; objects and arrays are not among them.
    pub fn drift(&self) -> Vec<DriftColumn> {
        self.notices.drift(&self.plan, &|table, name| self.columns.contains(&(table, name.to_owned())))
    }
}
