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

use crate::note::SchemaEvent;

/// A schema event as a sentence; without the sample, for what it shows may be anybody's.
fn told(event: &SchemaEvent) -> String {
    let SchemaEvent { table, path, event, count, .. } = event;
    let what = match *event {
        "unknown_field" => "is not in the catalogue; it is kept with the record's other extras",
        "type_conflict" => "does not fit its column; the value is kept with the record's other extras",
        "value_out_of_range" => "is out of range; the value is kept with the record's other extras",
        "nul_replaced" => "holds NUL characters; they were replaced",
        other => other,
    };
    format!("{table}: the field {path} {what} ({count} times)")
}
