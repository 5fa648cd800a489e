//! The contract between core and store: what a transaction of one tenant can do.
//!
//! A store hands out a [`Reader`] or a [`Writer`] bound to one tenant; nothing here takes a tenant as an argument, so
//! no statement can leave it. A writer's changes are all kept or all gone.

use crate::catalogue::Resource;
use crate::change::Change;
use crate::error::Result;
use crate::query::{Column, Filter, Query, Totals};
use crate::record::Record;
use crate::value::{Instant, Value};

/// The number of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TenantId(pub i64);

/// One row of a projection, borrowed from the database: nothing is copied to look at it.
pub trait Row {
    /// The integer, code, id, decimal, instant or date in this column, as stored.
    fn int(&self, column: usize) -> Option<i64>;
    /// The text in this column; lists are their stored JSON, see [`crate::stored`].
    fn text(&self, column: usize) -> Option<&str>;
    /// The truth value in this column.
    fn bool(&self, column: usize) -> Option<bool>;
}

/// Called once per row.
pub type Visit<'a> = dyn FnMut(&dyn Row) -> Result<()> + 'a;

/// Reading in one tenant.
pub trait Reader {
    /// Whose data this is.
    fn tenant(&self) -> TenantId;

    /// Streams the rows of a query, in its order, with the columns asked for.
    fn select(&mut self, query: &Query, columns: &[Column], visit: &mut Visit<'_>) -> Result<()>;

    /// Streams rows whose key is one of `ids` (their ids or a relation of theirs), in the order of that key, then id.
    ///
    /// The batch read behind nested lists: one statement for a whole page of owners. Live records only.
    fn select_for(
        &mut self,
        resource: Resource,
        key: u16,
        ids: &[i64],
        filter: &Filter,
        columns: &[Column],
        visit: &mut Visit<'_>,
    ) -> Result<()>;

    /// Loads whole records.
    fn load_all(&mut self, query: &Query) -> Result<Vec<Record>>;

    /// Loads one live record.
    fn load(&mut self, resource: Resource, id: i64) -> Result<Option<Record>> {
        Ok(self.load_all(&Query::by_id(resource, id))?.pop())
    }

    /// Counts live records and sums number fields, by the value of a field when one is given, in its order.
    fn totals(
        &mut self,
        resource: Resource,
        filter: &Filter,
        group: Option<u16>,
        sums: &[u16],
    ) -> Result<Vec<Totals>>;

    /// The ids of live records by their UUIDs, in lower case; `None` where there is none.
    fn ids_of(&mut self, resource: Resource, uuids: &[String]) -> Result<Vec<Option<i64>>>;

    /// How many live records meet the condition.
    ///
    /// A store may answer again what it counted before, as long as nothing was written in the tenant since.
    fn count(&mut self, resource: Resource, filter: &Filter) -> Result<i64> {
        Ok(self.totals(resource, filter, None, &[])?.first().map_or(0, |totals| totals.count))
    }

    /// The largest number or instant in a field.
    fn largest(&mut self, resource: Resource, filter: &Filter, field: u16) -> Result<Option<i64>>;

    /// The version of everything a [`Snapshot`](crate::snapshot::Snapshot) holds; grows with every such write.
    fn registry_version(&mut self) -> Result<i64>;

    /// The tenant's settings as stored.
    fn settings(&mut self) -> Result<Vec<(String, String)>>;

    /// A stored file: media type and bytes.
    fn file(&mut self, name: &str) -> Result<Option<(String, Vec<u8>)>>;

    /// The change log after a sequence number, oldest first, at most `limit` entries.
    fn changes_after(&mut self, sequence: i64, limit: u32) -> Result<Vec<Change>>;

    /// The sequence number of the last entry of the change log; 0 when there is none.
    fn last_change(&mut self) -> Result<i64>;
}

/// Writing in one tenant. Only one writer of a tenant is at work at a time, on every database.
pub trait Writer: Reader {
    /// Stores a new record with its index terms.
    fn insert(&mut self, record: &Record) -> Result<()>;

    /// Replaces a record with its index terms; [`Error::Conflict`](crate::Error::Conflict) when its version is not that of `before`.
    fn update(&mut self, before: &Record, after: &Record) -> Result<()>;

    /// Adds to a rollup counter; no version, diff or update instant changes.
    fn adjust(&mut self, resource: Resource, id: i64, field: u16, by: i64) -> Result<()>;

    /// Replaces a rollup value.
    fn assign(&mut self, resource: Resource, id: i64, field: u16, value: &Value) -> Result<()>;

    /// Raises a rollup instant to at least this one.
    fn raise(&mut self, resource: Resource, id: i64, field: u16, to: i64) -> Result<()>;

    /// The next number of a named counter, from 1.
    fn next(&mut self, counter: &str) -> Result<i64>;

    /// Appends to the change log; the store gives the sequence number.
    fn append(&mut self, change: &Change) -> Result<()>;

    /// Says that something a snapshot holds has changed.
    fn touch_registry(&mut self) -> Result<()>;

    /// Writes or removes a setting.
    fn set_setting(&mut self, name: &str, value: Option<&str>) -> Result<()>;

    /// Removes for good, a few hundred at a time, the sessions whose end ([`GONE_AT`](crate::catalogue::session::GONE_AT)) lies
    /// before this instant.
    fn forget_sessions(&mut self, before: Instant) -> Result<()>;

    /// Stores or removes a file.
    fn put_file(&mut self, name: &str, content: Option<(&str, &[u8])>) -> Result<()>;
}
