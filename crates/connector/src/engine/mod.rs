//! A run: streams one after the other, pages compared with what is stored, rows and bookmarks committed together, deletes found, notes kept.

use std::sync::Arc;

use jiff::civil::Date;

use crate::destination::{CustomField, Destination};
use crate::progress::Progress;
use crate::report::RunReport;
use crate::schema::Schema;
use crate::settings::Settings;
use crate::{Error, Result, World};

/// What every command of the engine works with.
#[derive(Clone)]
pub struct Context {
    /// What to do.
    pub settings: Settings,
    /// Time and randomness.
    pub world: Arc<dyn World>,
    /// Counters, and the request to stop.
    pub progress: Arc<Progress>,
}

fn later<T>() -> Result<T> {
    Err(Error::Source("not written yet".to_owned()))
}

/// `favo sync`: one run, as the settings say. A report with `Status::Partial` is no error.
pub fn sync(context: &Context) -> Result<RunReport> {
    sync_into(context, crate::destination::connect(&context.settings)?)
}

/// The same, into a destination that is there already (the protocols, tests).
pub fn sync_into(_context: &Context, _destination: Box<dyn Destination>) -> Result<RunReport> {
    later()
}

/// `favo sync sweep`: finds deleted records, and nothing else.
pub fn sweep(_context: &Context) -> Result<RunReport> {
    later()
}

/// `favo sync backfill`: reads the records created in those days (both inclusive) again.
pub fn backfill(_context: &Context, _stream: &str, _from: Date, _to: Date) -> Result<RunReport> {
    later()
}

/// One difference between source and destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The stream.
    pub stream: String,
    /// The record.
    pub id: i64,
    /// `missing in the warehouse`, `deleted in the source`, `differs`.
    pub what: &'static str,
}

/// What `verify` found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// Stream, ids in the source, ids in the warehouse, records whose hashes were compared.
    pub streams: Vec<(String, u64, u64, u64)>,
    /// Differences, at most 1,000.
    pub differences: Vec<Difference>,
}

/// `favo sync verify`: ids of every stream, and the hashes of `sample` records of each, against the warehouse; writes nothing.
pub fn verify(_context: &Context, _sample: usize) -> Result<Verification> {
    later()
}

/// What a run would do with one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The stream.
    pub stream: String,
    /// `first load`, `increment`, `full`, `change feed`, `per opportunity`.
    pub how: String,
    /// From where: a date, a feed position, or empty.
    pub from: String,
    /// Whether a sweep is due.
    pub sweep: bool,
    /// Rows that differ or are new, as far as they can be told without writing: none when the destination is empty.
    pub rows: Option<u64>,
    /// Deletes that the sweep would mark; none when it is not due.
    pub deletes: Option<u64>,
    /// Requests it takes, as far as known.
    pub requests: u64,
}

/// `favo sync plan`: a dry run that writes nothing.
pub fn plan(_context: &Context) -> Result<Vec<Planned>> {
    later()
}

/// `favo sync check`: token, every list, page size, clock skew, rights at the destination. One sentence each; false where a run cannot work.
pub fn check(_context: &Context) -> Result<Vec<(bool, String)>> {
    later()
}

/// What there is to sync.
#[derive(Debug, Clone)]
pub struct Discovery {
    /// The tables, with the drift that the destination's bookmarks know.
    pub schema: Schema,
    /// Custom fields of the source; empty when it was not asked.
    pub custom_fields: Vec<CustomField>,
}

/// `favo sync discover`: the tables; the source is asked for custom fields when the settings name one (a URL that is not empty).
pub fn discover(_context: &Context) -> Result<Discovery> {
    later()
}
