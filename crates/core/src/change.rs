//! The change log: who changed what, when, and how; written in the transaction of the change itself.

use crate::catalogue::{Access, FieldType, Resource, meta};
use crate::record::Record;
use crate::stored;
use crate::value::Instant;

/// What kind of change it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// The record is new.
    Created = 0,
    /// Fields changed.
    Updated = 1,
    /// The record was deleted.
    Deleted = 2,
}

impl ChangeKind {
    /// The kind with that number.
    pub fn from_number(number: i64) -> Option<Self> {
        match number {
            0 => Some(Self::Created),
            1 => Some(Self::Updated),
            2 => Some(Self::Deleted),
            _ => None,
        }
    }
}

/// One entry of the change log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Position in the tenant's log, from 1, without gaps; 0 before it is stored.
    pub sequence: i64,
    /// When.
    pub at: Instant,
    /// Which user.
    pub actor: i64,
    /// Of which resource.
    pub resource: Resource,
    /// Which record.
    pub record: i64,
    /// What happened.
    pub kind: ChangeKind,
    /// JSON object: field name to `[before, after]`, for fields that differ; empty values are null.
    pub diff: String,
}

/// The fields that differ between two states of a record; secrets, and lists that rules keep, by name only: what such a list
/// follows from is logged itself, and the whole list each time would make the log grow with the square of its length.
pub fn diff(before: Option<&Record>, after: &Record) -> String {
    let definition = after.resource().definition();
    let blank = Record::new(after.resource());
    let mut out = String::from("{");
    for (position, field) in definition.fields.iter().enumerate().skip(meta::STAMPS) {
        let position = position as u16;
        if field.access == Access::Rollup {
            continue;
        }
        let (old, new) = (before.map(|record| record.at(position)), after.at(position));
        if old.unwrap_or_else(|| blank.at(position)) == new {
            continue;
        }
        if out.len() > 1 {
            out.push(',');
        }
        stored::push_text(&mut out, field.name);
        let kept_by_rules =
            field.access == Access::Derived && matches!(field.field_type, FieldType::Items(_));
        if field.secret || kept_by_rules {
            out.push_str(":[]");
            continue;
        }
        out.push_str(":[");
        match old {
            Some(old) => stored::push_value(&mut out, field, old),
            None => out.push_str("null"),
        }
        out.push(',');
        stored::push_value(&mut out, field, new);
        out.push(']');
    }
    out.push('}');
    out
}

/// Whether any of the record's own fields differ: rollups and the common fields do not count.
pub fn differs(before: &Record, after: &Record) -> bool {
    let definition = after.resource().definition();
    (meta::STAMPS..definition.fields.len())
        .filter(|position| definition.fields[*position].access != Access::Rollup)
        .any(|position| before.at(position as u16) != after.at(position as u16))
}
