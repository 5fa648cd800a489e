//! What one pipeline is told to do, after the command line, the file and the defaults are put together.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::schema::{Layout, Mask, Selection};

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

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self)
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

impl std::str::FromStr for Sweep {
    type Err = String;

    /// Reads `never`, `every-run` or an age such as `24h`.
    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "never" => Ok(Self::Never),
            "every-run" => Ok(Self::EveryRun),
            age => duration(age)
                .map(Self::Every)
                .map_err(|_| format!("\"{text}\" is no sweep: write never, every-run or an age such as 24h")),
        }
    }
}

/// Reads a length of time such as `30s`, `15m`, `24h`, `7d` or `1h30m`; nothing and zero are refused.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong =
        || format!("\"{text}\" is no length of time: write a number and s, m, h or d, such as 15m or 24h");
    let (mut seconds, mut rest) = (0_u64, text.trim());
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let mut after = rest[digits..].chars();
        let unit = match after.next() {
            Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3_600,
            Some('d') => 86_400,
            _ => return Err(wrong()),
        };
        let count: u64 = rest[..digits].parse().map_err(|_| wrong())?;
        seconds = count.checked_mul(unit).and_then(|part| seconds.checked_add(part)).ok_or_else(wrong)?;
        rest = after.as_str();
    }
    // A century: what is beyond is a slip of the finger, and would overflow moments in micros.
    if seconds == 0 || seconds > 36_525 * 86_400 {
        return Err(wrong());
    }
    Ok(Duration::from_secs(seconds))
}

/// Reads an amount of memory such as `64MiB`, `64MB`, `1GiB` or a number of bytes.
pub fn bytes(text: &str) -> Result<usize, String> {
    let wrong =
        || format!("\"{text}\" is no amount of memory: write a number and KiB, MiB or GiB, such as 64MiB");
    let trimmed = text.trim();
    let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
    let unit = match trimmed[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        _ => return Err(wrong()),
    };
    let count: usize = trimmed[..digits].parse().map_err(|_| wrong())?;
    count.checked_mul(unit).ok_or_else(wrong)
}

/// Reads a day written `yyyy-MM-dd` or `dd/MM/yyyy`.
pub fn day(text: &str) -> Result<jiff::civil::Date, String> {
    let wrong = || format!("\"{text}\" is no day: write yyyy-MM-dd or dd/MM/yyyy");
    let trimmed = text.trim();
    let (separator, order) = if trimmed.contains('/') { ('/', [2, 1, 0]) } else { ('-', [0, 1, 2]) };
    let parts: Vec<&str> = trimmed.split(separator).collect();
    let [year, month, day] = order.map(|at| parts.get(at).copied().unwrap_or_default());
    let digits = |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.len() != 3 || !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return Err(wrong());
    }
    let number = |part: &str| part.parse::<i16>().unwrap_or_default();
    let (month, day) = (number(month) as i8, number(day) as i8);
    jiff::civil::Date::new(number(year), month, day).map_err(|_| wrong())
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

    /// What decides the shape of the tables, without what drift has added to them.
    pub fn selection(&self) -> Selection {
        Selection {
            layout: self.layout,
            table_prefix: self.table_prefix.clone(),
            own_prefix: self.own_prefix.clone(),
            zone: self.zone.clone(),
            tables: self.tables.clone(),
            streams: self.streams.clone(),
            drift: BTreeMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_and_slips_refused() {
        for (text, seconds) in
            [("30s", 30), ("15m", 900), ("24h", 86_400), ("7d", 604_800), ("1h30m", 5_400), (" 2h ", 7_200)]
        {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in [
            "",
            "0s",
            "0m",
            "15",
            "m",
            "15 m",
            "15min",
            "-5m",
            "1.5h",
            "99999999999999999999s",
            "400000d",
            "5é",
        ] {
            let said = duration(text).expect_err(text);
            assert!(said.contains("15m"), "says what to write: {said}");
        }
    }

    #[test]
    fn sweeps_are_never_every_run_or_an_age() {
        assert_eq!("never".parse(), Ok(Sweep::Never));
        assert_eq!("every-run".parse(), Ok(Sweep::EveryRun));
        assert_eq!("24h".parse(), Ok(Sweep::Every(Duration::from_hours(24))));
        assert!("always".parse::<Sweep>().expect_err("no sweep").contains("every-run"));
    }

    #[test]
    fn amounts_of_memory_are_read_in_both_families_of_units() {
        for (text, count) in
            [("64MiB", 64 << 20), ("64 mib", 64 << 20), ("64MB", 64_000_000), ("1GiB", 1 << 30), ("512", 512)]
        {
            assert_eq!(bytes(text), Ok(count), "{text}");
        }
        for text in ["", "MiB", "64 apples", "-1MiB", "1.5MiB", "99999999999999999999GiB"] {
            assert!(bytes(text).expect_err(text).contains("64MiB"));
        }
    }

    #[test]
    fn days_are_read_in_both_spellings_and_impossible_ones_refused() {
        let expected = jiff::civil::date(2024, 2, 29);
        assert_eq!(day("2024-02-29"), Ok(expected));
        assert_eq!(day("29/02/2024"), Ok(expected));
        for text in [
            "",
            "2023-02-29",
            "02/29/2024",
            "2024-2-9",
            "24-02-29",
            "2024-02-29T00:00:00",
            "2024/02/29",
            "29-02-2024",
            "+024-02-29",
        ] {
            assert!(day(text).expect_err(text).contains("dd/MM/yyyy"));
        }
    }

    #[test]
    fn a_secret_is_not_printed() {
        assert!(!format!("{:?}", Secret::new("abracadabra")).contains("abra"));
    }
}
