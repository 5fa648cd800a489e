//! What a run did, in figures: for the summary at its end, for `_favo_runs`, and for `favo sync runs`.

use serde::{Deserialize, Serialize};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Not finished, or killed.
    Running,
    /// Everything asked for is committed.
    Complete,
    /// What was committed is right, but something was skipped: run again.
    Partial,
    /// Ended by an error.
    Failed,
}

/// What happened to one table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableReport {
    /// Full name.
    pub table: String,
    /// The stream it belongs to.
    pub stream: String,
    /// Records (main table) or elements read from the source.
    pub read: u64,
    /// Rows that were not there before.
    pub inserted: u64,
    /// Rows written in place of older ones. For child tables every row written counts as inserted.
    pub updated: u64,
    /// Records whose hash had not changed (main tables).
    pub unchanged: u64,
    /// Rows marked deleted or removed because their record is gone (main tables).
    pub deleted: u64,
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    /// Number of the run.
    pub run: i64,
    /// `incremental`, `full`, `sweep`, `backfill` ...
    pub what: String,
    /// How it ended.
    pub status: Status,
    /// Start, micros since 1970.
    pub started_at: i64,
    /// End, micros since 1970.
    pub finished_at: i64,
    /// Requests sent, retries included.
    pub requests: u64,
    /// Requests sent again.
    pub retries: u64,
    /// Bytes of bodies received, after decompression.
    pub bytes: u64,
    /// Sentences a person should read: what was skipped and why, drift, refused deletes, the error.
    pub messages: Vec<String>,
    /// By table, in the order of the schema.
    pub tables: Vec<TableReport>,
}

impl RunReport {
    /// Rows written: inserted, updated and deleted, over all tables.
    pub fn written(&self) -> u64 {
        self.tables.iter().map(|table| table.inserted + table.updated + table.deleted).sum()
    }

    /// The exit code the run deserves: 0 complete, 3 partial.
    pub fn exit_code(&self) -> u8 {
        u8::from(self.status != Status::Complete) * 3
    }
}
