//! The two protocols that other tools speak: Singer and Airbyte. Messages go to standard output, state comes in as a file.
//!
//! Both are one destination ([`speaker`]) with two dialects. Children stand as arrays in their record, or are streams of their own
//! ([`crate::settings::Children`]); targets know their rows by (owner, position) then, and a row whose array shrank stays until a full read is activated: neither
//! protocol can take back single rows that nobody named.

pub mod airbyte;
mod bookmarks;
mod config;
mod json;
mod outlet;
mod published;
mod select;
mod shape;
pub mod singer;
mod speaker;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::note::SchemaEvent;

/// Schema events as sentences; without the sample, for what it shows may be anybody's. Unknown fields are gathered by table, since a source may send hundreds.
#[derive(Debug, Default)]
struct Told {
    unknown: BTreeMap<String, Vec<String>>,
}

impl Told {
    /// The sentence for an event, unless it is kept for [`Told::unknown`].
    fn event(&mut self, event: &SchemaEvent) -> Option<String> {
        let SchemaEvent { table, path, event, count, .. } = event;
        let what = match *event {
            "unknown_field" => {
                let paths = self.unknown.entry(table.clone()).or_default();
                if !paths.contains(path) {
                    paths.push(path.clone());
                }
                return None;
            }
            "type_conflict" => "does not fit its column; the value is kept with the record's other extras",
            "value_out_of_range" => "is out of range; the value is kept with the record's other extras",
            "nul_replaced" => "holds NUL characters; they were replaced",
            other => other,
        };
        Some(format!("{table}: the field {path} {what} ({count} times)"))
    }

    /// A sentence for each table with unknown fields since the last call.
    fn unknown(&mut self) -> Vec<String> {
        let tables = std::mem::take(&mut self.unknown).into_iter();
        tables
            .map(|(table, paths)| {
                format!(
                    "{table}: {} fields are not in the catalogue and are kept with the record's other extras: {}",
                    paths.len(),
                    paths.join(", ")
                )
            })
            .collect()
    }
}
