//! Resources whose rows are in memory: fixed lists, stages, product groups (14.7, 15).

use std::cmp::Ordering;

use favo_core::catalogue::{meta, pipeline, stage};
use favo_core::snapshot::Snapshot;
use favo_core::{Item, Record, Resource};

use super::registries;
use super::{Env, Keep};
use crate::json_out as out;
use crate::totvs::filter::Part;
use crate::totvs::filter::memory::{Cell, Expression};
use crate::totvs::fixed::{self, Entry};
use crate::totvs::list::Sorting;
use crate::totvs::table::{Entity, Source};

/// One row.
#[derive(Debug, Clone, Copy)]
pub(in crate::totvs) enum InMemory<'s> {
    Fixed(&'static Entry),
    Stage(&'s Record, &'s Item),
    Group(&'s Record, Option<&'s Record>),
}

/// All rows of a resource, in their own order.
pub(in crate::totvs) fn all<'s>(snapshot: &'s Snapshot, entity: &Entity) -> Vec<InMemory<'s>> {
    match entity.source {
        Source::Fixed(kind) => fixed::entries(kind).iter().map(InMemory::Fixed).collect(),
        Source::Stages => snapshot
            .all(Resource::Pipeline)
            .filter(|record| record.get(pipeline::KIND) == Some(0))
            .flat_map(|record| record.get(pipeline::STAGES).iter().map(|item| InMemory::Stage(record, item)))
            .collect(),
        Source::ProductGroups => [Resource::ProductCategory, Resource::ProductSubcategory]
            .into_iter()
            .flat_map(|resource| snapshot.all(resource))
            .map(|record| InMemory::Group(record, registries::parent(snapshot, record)))
            .collect(),
        Source::Core { .. } => Vec::new(),
    }
}

/// The rows that meet a condition.
pub(in crate::totvs) fn meeting<'s>(
    snapshot: &'s Snapshot,
    entity: &Entity,
    condition: &Expression,
) -> Vec<InMemory<'s>> {
    let mut rows = all(snapshot, entity);
    rows.retain(|row| condition.holds(&|key| row.cell(key)));
    rows
}

/// Puts rows in order; of rows that the order leaves equal their own order decides.
pub(super) fn sort(rows: &mut [InMemory<'_>], by: &[Sorting<&'static str>]) {
    let ties = [Sorting { by: "createdAt", descending: false }];
    let by = if by.is_empty() { &ties } else { by };
    rows.sort_by(|left, right| {
        by.iter().fold(Ordering::Equal, |order, sorting| {
            order.then_with(|| {
                let order = compare(&left.cell(sorting.by), &right.cell(sorting.by));
                if sorting.descending { order.reverse() } else { order }
            })
        })
    });
}

fn compare(left: &Cell, right: &Cell) -> Ordering {
    match (left, right) {
        (Cell::Text(left), Cell::Text(right)) => {
            favo_core::text::fold(left).cmp(&favo_core::text::fold(right))
        }
        (Cell::Number(left), Cell::Number(right)) => left.cmp(right),
        (left, right) => (*left != Cell::Null).cmp(&(*right != Cell::Null)),
    }
}

impl InMemory<'_> {
    /// The core record behind it, when it is one of its own.
    pub(in crate::totvs) fn record(&self) -> Option<(Resource, i64)> {
        match self {
            Self::Group(record, _) => Some((record.resource(), record.id())),
            Self::Fixed(_) | Self::Stage(..) => None,
        }
    }

    /// The value of a key, as tests see it.
    pub(in crate::totvs) fn cell(&self, key: &str) -> Cell {
        let text = |text: Option<&str>| text.map_or(Cell::Null, |text| Cell::Text(text.to_owned()));
        let number = |number: Option<i64>| number.map_or(Cell::Null, Cell::Number);
        match (self, key) {
            (Self::Fixed(entry), "id") => text(Some(entry.id)),
            (Self::Fixed(entry), "acronym") => text(Some(entry.acronym)),
            (Self::Fixed(entry), "description") => text(Some(entry.description)),
            (Self::Fixed(_), "version") => Cell::Number(1),
            (Self::Fixed(_), _) => Cell::Null,
            (Self::Stage(record, item), key) => match key {
                "id" => text(Some(&registries::stage_id(record, item))),
                "description" => text(item.get(stage::NAME)),
                "sequence" => number(item.get(stage::SEQUENCE)),
                "probability" => number(item.get(stage::PROBABILITY)),
                "pipeline.id" => registries::cell(record, Part::Id),
                "pipeline.externalId" => registries::cell(record, Part::ExternalId),
                "pipeline.description" => registries::cell(record, Part::Name),
                key => stamp(record, key),
            },
            (Self::Group(record, parent), key) => match key {
                "id" => registries::cell(record, Part::Id),
                "externalId" => registries::cell(record, Part::ExternalId),
                "code" => registries::cell(record, Part::Code),
                "description" => registries::cell(record, Part::Name),
                "active" => Cell::Number(i64::from(record.is_active())),
                "parent.id" => parent.map_or(Cell::Null, |parent| registries::cell(parent, Part::Id)),
                "parent.externalId" => {
                    parent.map_or(Cell::Null, |parent| registries::cell(parent, Part::ExternalId))
                }
                "parent.code" => parent.map_or(Cell::Null, |parent| registries::cell(parent, Part::Code)),
                "parent.description" => {
                    parent.map_or(Cell::Null, |parent| registries::cell(parent, Part::Name))
                }
                key => stamp(record, key),
            },
        }
    }

    /// Writes it as one record.
    pub(super) fn push(&self, env: &Env<'_>, entity: &Entity, keep: &Keep, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(b"{\"id\":");
        cell(bytes, &self.cell("id"));
        if keep.has("externalId") {
            bytes.extend_from_slice(b",\"externalId\":");
            cell(bytes, &self.cell("externalId"));
        }
        for field in entity.fields.iter().filter(|field| keep.has(field.name)) {
            bytes.push(b',');
            out::text(bytes, field.name);
            bytes.push(b':');
            match (self, field.name) {
                (Self::Stage(record, _), "pipeline") => {
                    env.registries.object(env.snapshot, Resource::Pipeline, record.id(), bytes);
                }
                (Self::Group(_, Some(parent)), "parent") => {
                    env.registries.object(env.snapshot, Resource::ProductCategory, parent.id(), bytes);
                }
                (_, "active") => out::boolean(bytes, self.cell("active") == Cell::Number(1)),
                (_, name) => cell(bytes, &self.cell(name)),
            }
        }
        if keep.has("customFields") {
            bytes.extend_from_slice(b",\"customFields\":{}");
        }
        if keep.has("version") {
            bytes.extend_from_slice(b",\"version\":");
            cell(bytes, &self.cell("version"));
        }
        for key in ["createdAt", "updatedAt"] {
            if keep.has(key) {
                bytes.push(b',');
                out::text(bytes, key);
                bytes.push(b':');
                match self.cell(key) {
                    Cell::Number(micros) => env.switches.zone.push(bytes, micros, true),
                    _ => bytes.extend_from_slice(b"null"),
                }
            }
        }
        if let Self::Group(record, _) = self {
            for (name, json) in record.get(meta::EXTRAS) {
                if let Some(name) = name.strip_prefix(super::EXTRA).filter(|name| keep.has(name)) {
                    bytes.push(b',');
                    out::text(bytes, name);
                    bytes.push(b':');
                    bytes.extend_from_slice(json.as_bytes());
                }
            }
        }
        bytes.push(b'}');
    }
}

fn cell(bytes: &mut Vec<u8>, cell: &Cell) {
    match cell {
        Cell::Null => bytes.extend_from_slice(b"null"),
        Cell::Text(text) => out::text(bytes, text),
        Cell::Number(number) => out::int(bytes, *number),
    }
}

/// What every record has.
fn stamp(record: &Record, key: &str) -> Cell {
    let number = match key {
        "version" => record.get(meta::VERSION),
        "createdAt" => record.get(meta::CREATED_AT).map(|instant| instant.0),
        "updatedAt" => record.get(meta::UPDATED_AT).map(|instant| instant.0),
        _ => None,
    };
    number.map_or(Cell::Null, Cell::Number)
}
