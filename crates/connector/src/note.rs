//! What a run has to tell the people who look after the warehouse: schema events, rejected records, its own course. Kept in the destination.

use crate::report::RunReport;

/// Something to be kept in the destination's service tables, committed with the rows around it.
#[derive(Debug, Clone, PartialEq)]
pub enum Note {
    /// A run began: a row in `_favo_runs` with the status `running`. Micros since 1970.
    RunStarted {
        /// Number of the run, one more than the last one in the destination.
        run: i64,
        /// When, by the injected clock.
        at: i64,
        /// `incremental`, `full`, `sweep`, `backfill` ...
        what: String,
    },
    /// The run ended: its row in `_favo_runs` gets its status and figures, and `_favo_run_tables` a row for each table.
    RunFinished(RunReport),
    /// `_favo_schema_events`.
    SchemaEvent(SchemaEvent),
    /// `_favo_rejected`.
    Rejected(Rejected),
}

impl Note {
    /// When what it tells happened, micros since 1970; for a run that ended, its end.
    pub fn at(&self) -> i64 {
        match self {
            Self::RunStarted { at, .. } => *at,
            Self::RunFinished(report) => report.finished_at,
            Self::SchemaEvent(event) => event.at,
            Self::Rejected(rejected) => rejected.at,
        }
    }
}

/// A record whose shape was not what the catalogue says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaEvent {
    /// Number of the run.
    pub run: i64,
    /// When, micros since 1970.
    pub at: i64,
    /// Full name of the table.
    pub table: String,
    /// Dotted path of the field in the record or element.
    pub path: String,
    /// `unknown_field`, `column_added`, `type_conflict`, `value_out_of_range`, `nul_replaced`.
    pub event: &'static str,
    /// Id of a record that shows it.
    pub record: Option<i64>,
    /// The value as JSON, cut after 200 characters; null when the column is masked.
    pub sample: Option<String>,
    /// How often in this run, for this table and path.
    pub count: u64,
}

/// A record that could not become rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Number of the run.
    pub run: i64,
    /// When, micros since 1970.
    pub at: i64,
    /// The stream.
    pub stream: String,
    /// Why, such as `no id`.
    pub reason: String,
    /// The record as received, cut after 64 KiB.
    pub raw: String,
}
