//! The manifest: one JSON file for each commit that names every file of the state it describes. What the newest one names is the truth.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use serde::{Deserialize, Serialize};

use super::place::{Place, trouble};
use crate::state::Bookmark;
use crate::{Error, Result};

/// Where manifests lie.
const FOLDER: &str = "_favo/manifest";
/// So many are kept: a reader that opened one has the time of that many commits to open the files it names.
const KEPT: u64 = 3;
/// The version of this description; an older program refuses a newer one.
const VERSION: u32 = 1;

/// Everything that was committed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// Version of the description.
    pub(super) version: u32,
    /// Number of the commit; the file's name.
    pub(super) number: u64,
    /// `parquet`, `csv` or `jsonl`.
    pub(super) format: String,
    /// Number of the last run that began.
    pub(super) last_run: i64,
    /// By name of stream.
    pub(super) streams: BTreeMap<String, StreamState>,
    /// Files with notes, oldest first.
    #[serde(default)]
    pub(super) log: Vec<LogFile>,
}

/// What is there of one stream.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct StreamState {
    /// How far the stream was read.
    #[serde(default)]
    pub(super) bookmark: Option<Bookmark>,
    /// Its tables, the main one first.
    #[serde(default)]
    pub(super) tables: Vec<TableState>,
    /// Number that the next segment gets.
    #[serde(default)]
    pub(super) next_segment: u32,
    /// The segments; each record is in exactly one.
    #[serde(default)]
    pub(super) segments: Vec<Segment>,
    /// Files of the key index, oldest first.
    #[serde(default)]
    pub(super) index: Vec<IndexFile>,
    /// Segments that were put together: the index still names the old number.
    #[serde(default)]
    pub(super) moved: BTreeMap<u32, u32>,
}

/// One table as its files are written: every file of it has these columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TableState {
    /// Full name; its folder.
    pub(super) name: String,
    /// Name and type of the columns.
    pub(super) columns: Vec<(String, String)>,
    /// A file with the columns and no rows, so that the table can be read before it has rows.
    pub(super) empty: Option<String>,
}

/// Files that hold all rows of some records.
#[allow(
    clippy::struct_field_names,
    reason = "the manifest is read by people, without the name of this struct"
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Segment {
    /// Its number.
    pub(super) segment: u32,
    /// Records in it when it was written, those that were removed since not counted.
    pub(super) records: u64,
    /// At most one file for each table; a table without rows has none.
    pub(super) files: Vec<Part>,
}

/// One data file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    /// Name of the table.
    pub(super) table: String,
    /// Where it lies, from the root.
    pub(super) path: String,
    /// Rows in it.
    pub(super) rows: u64,
    /// Size.
    pub(super) bytes: u64,
}

/// One file of the key index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct IndexFile {
    /// Where it lies.
    pub(super) path: String,
    /// Entries in it.
    pub(super) entries: u64,
}

/// One file of notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LogFile {
    /// Where it lies.
    pub(super) path: String,
    /// Size.
    pub(super) bytes: u64,
}

impl Manifest {
    /// The state of a place where nothing was ever written.
    pub(super) fn nothing(format: &str) -> Self {
        Self {
            version: VERSION,
            number: 0,
            format: format.to_owned(),
            last_run: 0,
            streams: BTreeMap::new(),
            log: Vec::new(),
        }
    }

    /// The newest manifest, or none.
    pub(super) fn newest(place: &dyn Place, format: &str) -> Result<Option<Self>> {
        // Between the list and the reading a running writer may drop what was listed: look again.
        for _ in 0..5 {
            let Some(number) = numbers(place)?.last().copied() else { return Ok(None) };
            let name = name_of(number);
            let Some(mut file) = place.fetch(&name)? else { continue };
            let mut body = Vec::new();
            file.read_to_end(&mut body).map_err(|error| trouble("read", &name, &error))?;
            let manifest: Self = serde_json::from_slice(&body).map_err(|error| {
                Error::Destination(format!(
                    "{name} in {} is no manifest of this program ({error}); restore it or choose another directory",
                    place.describe()
                ))
            })?;
            if manifest.version > VERSION {
                return Err(Error::Destination(format!(
                    "{} was written by a newer version of this program; use that one",
                    place.describe()
                )));
            }
            if manifest.format != format {
                return Err(Error::Destination(format!(
                    "{} holds {} files; use {}:{} or choose another directory",
                    place.describe(),
                    manifest.format,
                    manifest.format,
                    place.describe()
                )));
            }
            return Ok(Some(manifest));
        }
        Err(Error::Destination(format!(
            "the manifests in {} change faster than they can be read; try again",
            place.describe()
        )))
    }

    /// Publishes this manifest: from here on it is the truth. Everything it names must be durable. False if another writer took the number.
    pub(super) fn publish(&self, place: &mut dyn Place) -> Result<bool> {
        let body = serde_json::to_vec(self).map_err(|error| {
            Error::Destination(format!("cannot write the manifest ({error}); this is a bug of this program"))
        })?;
        place.create(&name_of(self.number), &body)
    }

    /// Every file that this manifest names.
    pub(super) fn named(&self) -> BTreeSet<&str> {
        let mut named: BTreeSet<&str> = self.log.iter().map(|file| file.path.as_str()).collect();
        for stream in self.streams.values() {
            named.extend(stream.tables.iter().filter_map(|table| table.empty.as_deref()));
            named.extend(stream.index.iter().map(|file| file.path.as_str()));
            named.extend(
                stream.segments.iter().flat_map(|segment| &segment.files).map(|part| part.path.as_str()),
            );
        }
        named
    }

    /// Removes manifests that are too old for any reader.
    pub(super) fn forget_old(&self, place: &mut dyn Place) -> Result<()> {
        for number in numbers(place)? {
            if number + KEPT <= self.number {
                place.delete(&name_of(number))?;
            }
        }
        Ok(())
    }
}

fn name_of(number: u64) -> String {
    format!("{FOLDER}/{number:09}.json")
}

/// The numbers of the manifests that are there, ascending.
fn numbers(place: &dyn Place) -> Result<Vec<u64>> {
    let mut numbers: Vec<u64> = place
        .list(FOLDER)?
        .iter()
        .filter_map(|name| name.strip_suffix(".json"))
        .filter_map(|number| number.parse().ok())
        .collect();
    numbers.sort_unstable();
    Ok(numbers)
}
