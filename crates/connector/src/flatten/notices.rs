//! What is noticed on the way: values that do not fit, fields nobody knows, elements that are no objects.

use std::collections::BTreeMap;

use super::number;
use super::plan::{Node, Plan, Role};
use super::text::cut;
use super::value::Value;
use crate::note::{Rejected, SchemaEvent};
use crate::state::{DriftColumn, DriftKind};

/// Bytes of a sample that are kept.
const SAMPLE: usize = 200;
/// Bytes of a rejected element that are kept.
const REJECTED: usize = 64 << 10;

/// What happened to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Conflict,
    OutOfRange,
    NulReplaced,
}

impl What {
    fn name(self) -> &'static str {
        match self {
            Self::Conflict => "type_conflict",
            Self::OutOfRange => "value_out_of_range",
            Self::NulReplaced => "nul_replaced",
        }
    }
}

#[derive(Debug)]
struct Seen {
    count: u64,
    record: Option<i64>,
    sample: Option<String>,
}

/// A field that the catalogue does not know.
#[derive(Debug)]
struct Unknown {
    table: u16,
    path: String,
    /// What a column for it would hold; none while only objects and arrays were seen.
    kind: Option<DriftKind>,
    seen: Seen,
}

/// Everything noticed so far.
#[derive(Debug, Default)]
pub(super) struct Notices {
    /// By node and entry.
    events: BTreeMap<(u16, u16, What), Seen>,
    unknown: Vec<Unknown>,
    /// Reason and text.
    rejected: Vec<(String, String)>,
}

impl Notices {
    /// One more value of that field to which this happened; the sample is asked for once, and left out where the column is masked.
    pub(super) fn event(
        &mut self,
        at: (u16, u16),
        what: What,
        record: Option<i64>,
        value: &Value<'_>,
        masked: bool,
    ) {
        self.events
            .entry((at.0, at.1, what))
            .or_insert_with(|| Seen {
                count: 0,
                record,
                sample: (!masked).then(|| cut(value.source(), SAMPLE).to_owned()),
            })
            .count += 1;
    }

    /// One more value of a field that nobody knows. Costs a counter once the field is known.
    #[inline]
    pub(super) fn unknown(&mut self, node: &mut Node, entry: u16, record: Option<i64>, value: &Value<'_>) {
        let Some(one) = node.entries.get_mut(usize::from(entry)) else { return };
        let Role::Unknown(position) = one.role else { return };
        if let Some(known) = self.unknown.get_mut(usize::from(position)) {
            known.seen.count += 1;
            if known.kind.is_none() || known.seen.count == 1 {
                known.kind = known.kind.or_else(|| kind_of(value));
                known.seen.record = known.seen.record.or(record);
                let sample = || cut(value.source(), SAMPLE).to_owned();
                known.seen.sample.get_or_insert_with(sample);
            }
            return;
        }
        if self.unknown.len() >= usize::from(u16::MAX) {
            return;
        }
        one.role = Role::Unknown(self.unknown.len() as u16);
        self.unknown.push(Unknown {
            table: node.table,
            path: format!("{}{}", node.path, one.key),
            kind: kind_of(value),
            seen: Seen { count: 1, record, sample: Some(cut(value.source(), SAMPLE).to_owned()) },
        });
    }

    pub(super) fn reject(&mut self, reason: String, raw: &str) {
        self.rejected.push((reason, cut(raw, REJECTED).to_owned()));
    }

    /// Hands over what was noticed since the last time.
    pub(super) fn take(
        &mut self,
        plan: &Plan,
        stream: &str,
        run: i64,
        at: i64,
    ) -> (Vec<SchemaEvent>, Vec<Rejected>) {
        let table = |position: u16| {
            plan.tables.get(usize::from(position)).map_or_else(String::new, |table| table.name.clone())
        };
        let mut events = Vec::new();
        for ((node, entry, what), seen) in std::mem::take(&mut self.events) {
            let Some(node) = plan.nodes.get(usize::from(node)) else { continue };
            let key = node.entries.get(usize::from(entry)).map_or("", |entry| &*entry.key);
            events.push(SchemaEvent {
                run,
                at,
                table: table(node.table),
                path: format!("{}{key}", node.path),
                event: what.name(),
                record: seen.record,
                sample: seen.sample,
                count: seen.count,
            });
        }
        for field in self.unknown.iter_mut().filter(|field| field.seen.count > 0) {
            events.push(SchemaEvent {
                run,
                at,
                table: table(field.table),
                path: field.path.clone(),
                event: "unknown_field",
                record: field.seen.record.take(),
                sample: field.seen.sample.take(),
                count: std::mem::take(&mut field.seen.count),
            });
        }
        let rejected = std::mem::take(&mut self.rejected)
            .into_iter()
            .map(|(reason, raw)| Rejected { run, at, stream: stream.to_owned(), reason, raw })
            .collect();
        (events, rejected)
    }

    /// The unknown scalar fields as columns. `taken` tells whether a table has a column of that name.
    pub(super) fn drift(&self, plan: &Plan, taken: &dyn Fn(usize, &str) -> bool) -> Vec<DriftColumn> {
        let mut columns: Vec<DriftColumn> = Vec::new();
        for field in &self.unknown {
            let Some(kind) = field.kind else { continue };
            let position = usize::from(field.table);
            let Some(table) = plan.tables.get(position) else { continue };
            let wanted = column_name(&field.path);
            let free = |name: &str| {
                !taken(position, name)
                    && !columns.iter().any(|column| column.table == table.bare && column.name == name)
            };
            let mut name = wanted.clone();
            let mut number = 2;
            while !free(&name) {
                name = format!("{wanted}_{number}");
                number += 1;
            }
            columns.push(DriftColumn { table: table.bare.clone(), path: field.path.clone(), name, kind });
        }
        columns
    }
}

/// A column's name for a path: lower case, `_` for what is neither letter nor digit, short enough for every database.
fn column_name(path: &str) -> String {
    let mut name = String::new();
    for character in path.chars() {
        if character.is_alphanumeric() {
            name.extend(character.to_lowercase());
        } else {
            name.push('_');
        }
    }
    name.truncate(name.floor_char_boundary(58));
    if name.is_empty() { "_".to_owned() } else { name }
}

fn kind_of(value: &Value<'_>) -> Option<DriftKind> {
    match value.first() {
        b'{' | b'[' => None,
        b't' | b'f' => Some(DriftKind::Flag),
        b'"' => Some(DriftKind::Text),
        _ if number::integer(value.source()).is_ok() && !value.source().contains(['.', 'e', 'E']) => {
            Some(DriftKind::Integer)
        }
        _ if number::decimal(value.source(), &mut String::new()).is_ok() => Some(DriftKind::Decimal),
        // A number that no number column of ours holds.
        _ => Some(DriftKind::Text),
    }
}
