//! Bookmarks: what a destination remembers of each stream, committed together with the rows it covers. JSON, one entry for each stream.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What is remembered of one stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bookmark {
    /// Greatest moment of change seen, micros since 1970, never later than what the source's clock allows. None: never loaded in full.
    pub cursor: Option<i64>,
    /// A first load under way: every creation day up to and including this one is committed.
    pub loading: Option<Loading>,
    /// When everything was last enumerated (first load, full read or sweep), micros since 1970.
    pub enumerated_at: Option<i64>,
    /// Position in the change feed (source `favo`).
    pub feed: Option<FeedPosition>,
    /// Records of the parent stream whose own records still have to be read (proposals).
    pub pending: Vec<i64>,
    /// A pass over all parents under way: every parent up to and including this id is done.
    pub pass: Option<i64>,
    /// Columns that drift added to tables, in the order in which they were found.
    pub drift: Vec<DriftColumn>,
    /// The fingerprint of the schema that the rows were written by.
    pub fingerprint: Option<u64>,
}

/// A position in a change feed. Ordered by its number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FeedPosition {
    /// Number of the last entry that was read.
    pub sequence: i64,
    /// What the server calls that entry besides: another server, or the same one put back to an older state, has another entry under the number.
    pub mark: i64,
}

impl From<i64> for FeedPosition {
    /// The position of a feed that gives no marks.
    fn from(sequence: i64) -> Self {
        Self { sequence, mark: 0 }
    }
}

impl std::fmt::Display for FeedPosition {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.sequence)
    }
}

/// How far a first load by creation day got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loading {
    /// Every window that ends on this day or earlier is committed; none: none yet.
    pub through: Option<Date>,
    /// What the cursor becomes when the load is complete: greatest moment of change seen so far, capped by the source's clock when the load began.
    pub cursor: Option<i64>,
    /// The cap: the source's clock when the load began, less five minutes; micros since 1970.
    pub cap: i64,
    /// Position of the change feed when the load began (source `favo`).
    pub feed: Option<FeedPosition>,
}

/// A column that was added because the source sent a field the catalogue does not know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftColumn {
    /// Table, without prefix.
    pub table: String,
    /// Dotted path in the record or element.
    pub path: String,
    /// Name of the column.
    pub name: String,
    /// What it holds.
    pub kind: DriftKind,
}

/// The type of a column that drift added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DriftKind {
    /// Whole number.
    Integer,
    /// Exact decimal.
    Decimal,
    /// True or false.
    Flag,
    /// Text.
    Text,
}
