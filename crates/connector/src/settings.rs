//! What one pipeline is told to do, after the command line, the file and the defaults are put together.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::schema::{Layout, Mask};

/// Which API is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// Any API that speaks NectarCRM's contract, by nothing but that contract.
    #[default]
    Nectar,
    /// A Favo server: first loads as `nectar`, then exact increments and deletes from its change feed.
    Favo,
}

/// Text that must never be printed.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the place that has to send it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("(secret)")
    }
}

/// How much is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// What changed since the last run; everything where a stream was never loaded or offers no way to ask. The default.
    #[default]
    Incremental,
    /// Everything, compared with what is there; rows that did not change are not written again.
    Full,
}

/// When records that vanished from the source are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sweep {
    /// Never (streams that are read whole in a run are still compared).
    Never,
    /// At the end of every run.
    EveryRun,
    /// When the last sweep or first load is that old. Default: 24 hours.
    Every(Duration),
}

/// What happens to rows whose record is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Deletes {
    /// `_favo_deleted_at` is set on the row and on its children. The default.
    #[default]
    Soft,
    /// The row and its children are removed.
    Hard,
    /// Nothing; no sweep is made.
    Ignore,
}

/// What happens to fields that the catalogue does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Drift {
    /// A scalar gets a nullable column from the next run on (SQL destinations), and stays in `_favo_extra`. The default.
    #[default]
    Evolve,
    /// The run ends with exit code 4 before anything is written.
    Freeze,
    /// The value stays in `_favo_extra` and the event is recorded; no column is added.
    DiscardValue,
}

/// How Singer and Airbyte records carry child tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Children {
    /// As arrays inside the record; the target decides what to make of them. The default.
    #[default]
    Nested,
    /// As streams of their own, so that all sixteen tables appear in any target.
    Streams,
}

/// What may be said for one stream; absent means as for the pipeline.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StreamSettings {
    /// How much is read.
    pub mode: Option<Mode>,
    /// Only these columns of the main table (the id and the moment of the last change are always there).
    pub columns: Option<Vec<String>>,
    /// Not these columns, of the main table or, as `table.column`, of a child table.
    pub exclude: Vec<String>,
    /// Columns whose value must not reach the warehouse in the clear; the same spelling as in `exclude`.
    pub mask: BTreeMap<String, Mask>,
    /// Days before the bookmark that an increment reads again.
    pub lookback_days: Option<u32>,
    /// When deleted records are looked for: `never`, `every-run`, or an age such as `24h`.
    pub sweep: Option<String>,
    /// What happens to rows whose record is gone.
    pub deletes: Option<Deletes>,
    /// What happens to unknown fields.
    pub drift: Option<Drift>,
    /// Keep former versions of the main table's rows in `<table>_history` (SQL destinations).
    pub history: bool,
}

/// One pipeline.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Name, for messages and for several pipelines in one file.
    pub name: String,
    /// Which API.
    pub source: SourceKind,
    /// Base URL of the API, such as `https://host/crm/api/1`, without a slash at the end.
    pub url: String,
    /// Token.
    pub token: Secret,
    /// Destination as typed: `sqlite:PATH`, `postgres://...`, `parquet:DIR`, `csv:DIR`, `jsonl:DIR`, `parquet:s3://...`, `s3://` likewise for csv, `singer:`.
    pub to: String,
    /// Selected streams or tables (a table selects its stream); empty means all.
    pub tables: Vec<String>,
    /// How much is read.
    pub mode: Mode,
    /// Spelling of the tables.
    pub layout: Layout,
    /// Days before the bookmark that an increment reads again.
    pub lookback_days: u32,
    /// When deleted records are looked for.
    pub sweep: Sweep,
    /// What happens to rows whose record is gone.
    pub deletes: Deletes,
    /// Deletes beyond 10 % of a stream and 1,000 rows are refused unless this is set.
    pub allow_mass_delete: bool,
    /// What happens to unknown fields.
    pub drift: Drift,
    /// Deviations by stream.
    pub streams: BTreeMap<String, StreamSettings>,
    /// Prefix of the tables, `nectarcrm_`.
    pub table_prefix: String,
    /// Prefix of the columns and tables of our own, `_favo_`.
    pub own_prefix: String,
    /// Schema of the tables (PostgreSQL).
    pub schema: Option<String>,
    /// IANA name of the zone of days without time and of the layout `kondado`'s moments: `America/Sao_Paulo`.
    pub zone: String,
    /// Requests a second over all workers; none: the pace of `docs/connector.md`.
    pub requests_per_second: Option<f64>,
    /// Requests in flight at most.
    pub jobs: usize,
    /// Bytes of memory the buffers may take together.
    pub memory_limit: usize,
    /// Keep running, a run at that distance.
    pub every: Option<Duration>,
    /// End the run cleanly after that long.
    pub time_limit: Option<Duration>,
    /// How the protocols carry children.
    pub children: Children,
    /// Start of the first load; none: since ever.
    pub since: Option<jiff::civil::Date>,
}

impl Settings {
    /// A pipeline with every default.
    pub fn new(source: SourceKind, url: &str, token: Secret, to: &str) -> Self {
        Self {
            name: "favo".to_owned(),
            source,
            url: url.trim_end_matches('/').to_owned(),
            token,
            to: to.to_owned(),
            tables: Vec::new(),
            mode: Mode::default(),
            layout: Layout::default(),
            lookback_days: 1,
            sweep: Sweep::Every(Duration::from_hours(24)),
            deletes: Deletes::default(),
            allow_mass_delete: false,
            drift: Drift::default(),
            streams: BTreeMap::new(),
            table_prefix: "nectarcrm_".to_owned(),
            own_prefix: "_favo_".to_owned(),
            schema: None,
            zone: "America/Sao_Paulo".to_owned(),
            requests_per_second: None,
            jobs: 4,
            memory_limit: 64 << 20,
            every: None,
            time_limit: None,
            children: Children::default(),
            since: None,
        }
    }
}
