//! The dictionaries whose entries are records of the tenant's registries, and the stages of its pipelines.

use favo_core::catalogue::{payment_condition, pipeline, product_subcategory, stage, unit_of_measure};
use favo_core::snapshot::Snapshot;
use favo_core::text::fold;
use favo_core::{Item, Record, Resource, Value};

use super::table::Table;
use super::{BEYOND, Entry, Kept, Kind};

/// The relationships of every tenant: label, code, and the life cycle that comes with it.
const RELATIONSHIPS: [(&str, &str, Option<i64>); 8] = [
    ("Klient", "CUSTOMER", Some(0)),
    ("Potencjalny klient", "PROSPECT", Some(1)),
    ("Do rozpoznania", "SUSPECT", Some(2)),
    ("Partner", "PARTNER", None),
    ("Dostawca", "SUPPLIER", None),
    ("Konkurencja", "COMPETITOR", None),
    ("Były klient", "FORMER_CUSTOMER", Some(5)),
    ("Inna", "OTHER", None),
];

/// The entries that close an opportunity: label, code, and the status they stand for.
const CLOSING: [(&str, &str, i64); 4] = [
    ("Wygrana", "WON", 2),
    ("Przegrana", "LOST", 3),
    ("Anulowana", "DISCARDED", 4),
    ("Odłożona", "POSTPONED", 5),
];

/// All dictionaries of one snapshot, in the order of [`Kind::ALL`]; those of fixed kinds are empty here.
#[derive(Debug, Clone)]
pub(super) struct Registries([Table; Kind::ALL.len()]);

impl Registries {
    /// Those of a snapshot.
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        Self(Kind::ALL.map(|kind| table(snapshot, kind)))
    }

    /// The entries of a core kind.
    pub(super) fn table(&self, kind: Kind) -> &Table {
        &self.0[kind as usize]
    }
}

fn table(snapshot: &Snapshot, kind: Kind) -> Table {
    let all = |resource: Resource| snapshot.all(resource).filter_map(move |record| entry(kind, record));
    match kind {
        Kind::OpportunityStage => {
            let default = usual(snapshot, Kind::OpportunityPipeline);
            let listed = default.and_then(|id| snapshot.live(Resource::Pipeline, id));
            let listed = with_closing(listed.map(|record| record.get(pipeline::STAGES)).unwrap_or_default());
            // Records of other pipelines show theirs, and closed ones show stages that are gone.
            let others = snapshot.all(Resource::Pipeline).flat_map(|record| {
                record.get(pipeline::STAGES).iter().chain(record.get(pipeline::PAST_STAGES))
            });
            Table::of(listed, &[]).with_hidden(others.filter_map(stage_entry).collect())
        }
        Kind::RelationshipType => {
            let mut entries: Vec<Entry> = all(Resource::Category).collect();
            for ((name, value, life_cycle), number) in RELATIONSHIPS.into_iter().zip(1..) {
                if !entries.iter().any(|entry| entry.value == value) {
                    let kept = Kept::Relationship { category: None, life_cycle };
                    entries.push(new(BEYOND + number, name, value, kept));
                }
            }
            Table::of(entries, &[])
        }
        Kind::LossReason => {
            let discards = snapshot.all(Resource::DiscardReason).filter_map(|record| discard(record));
            Table::of(all(Resource::OutcomeReason).chain(discards).collect(), &[])
        }
        kind => Table::of(kind.registry().map(|registry| all(registry).collect()).unwrap_or_default(), &[]),
    }
}

/// The entry a record of the kind's registry is; pipelines of qualification are none.
fn entry(kind: Kind, record: &Record) -> Option<Entry> {
    if kind == Kind::OpportunityPipeline && record.get(pipeline::KIND) == Some(1) {
        return None;
    }
    let name = record.title()?.to_owned();
    let value = code(record).map_or_else(|| code_of_name(&name), str::to_owned);
    let kept = if kind == Kind::RelationshipType {
        let known = RELATIONSHIPS.iter().find(|(_, standard, _)| *standard == value);
        let life_cycle = known.and_then(|(_, _, life_cycle)| *life_cycle);
        Kept::Relationship { category: Some(record.id()), life_cycle }
    } else {
        Kept::Record(record.id())
    };
    Some(Entry { id: record.id(), name, value, kept, active: record.is_active() && !record.is_deleted() })
}

fn discard(record: &Record) -> Option<Entry> {
    let plain = entry(Kind::LossReason, record)?;
    Some(Entry { id: BEYOND + record.id(), kept: Kept::Discard(record.id()), ..plain })
}

/// An entry of a registry that has been deleted, for records that still hold it.
pub(super) fn removed(snapshot: &Snapshot, kind: Kind, id: i64) -> Option<Entry> {
    let gone = match kind {
        Kind::LossReason if id > BEYOND => discard(snapshot.get(Resource::DiscardReason, id - BEYOND)?),
        Kind::OpportunityStage => stage_entry(snapshot.stage(id)?.1),
        kind => entry(kind, snapshot.get(kind.registry()?, id)?),
    };
    gone.map(|entry| Entry { active: false, ..entry })
}

/// The stages of a sales pipeline with the closing entries; `None` when there is no such pipeline.
pub(super) fn stages(snapshot: &Snapshot, id: i64) -> Option<Table> {
    let record = snapshot.live(Resource::Pipeline, id)?;
    (record.get(pipeline::KIND) != Some(1))
        .then(|| Table::of(with_closing(record.get(pipeline::STAGES)), &[]))
}

fn with_closing(stages: &[Item]) -> Vec<Entry> {
    let closing = CLOSING.iter().map(|(name, value, status)| {
        let id = closing_id(*status).unwrap_or_default();
        new(id, name, value, Kept::Status(*status))
    });
    stages.iter().filter_map(stage_entry).chain(closing).collect()
}

fn stage_entry(item: &Item) -> Option<Entry> {
    let (id, name) = (item.get(stage::ID)?, item.get(stage::NAME).unwrap_or_default());
    let value = item.get(stage::CODE).map_or_else(|| code_of_name(name), str::to_owned);
    Some(Entry { id, name: name.to_owned(), value, kept: Kept::Stage(id), active: true })
}

/// The id of the entry that closes an opportunity with this status.
pub(super) fn closing_id(status: i64) -> Option<i64> {
    (2..=5).contains(&status).then(|| BEYOND + status - 1)
}

/// The id of the record that is marked as the usual one.
pub(super) fn usual(snapshot: &Snapshot, kind: Kind) -> Option<i64> {
    let of = |resource: Resource, marked: fn(&Record) -> bool| {
        let found = snapshot.all(resource).find(|record| record.is_active() && marked(record));
        found.map(|record| record.id())
    };
    match kind {
        Kind::OpportunityPipeline => {
            let sells = |record: &Record| record.get(pipeline::KIND) != Some(1);
            of(Resource::Pipeline, |record| {
                record.get(pipeline::DEFAULT) && record.get(pipeline::KIND) != Some(1)
            })
            .or_else(|| of(Resource::Pipeline, sells))
        }
        Kind::UnitOfMeasure => of(Resource::UnitOfMeasure, |record| record.get(unit_of_measure::DEFAULT)),
        Kind::PaymentMethod => {
            of(Resource::PaymentCondition, |record| record.get(payment_condition::DEFAULT))
        }
        _ => None,
    }
}

/// The category of a subcategory.
pub(super) fn category_of(snapshot: &Snapshot, subcategory: i64) -> Option<i64> {
    snapshot.get(Resource::ProductSubcategory, subcategory)?.get(product_subcategory::CATEGORY)
}

fn new(id: i64, name: &str, value: &str, kept: Kept) -> Entry {
    Entry { id, name: name.to_owned(), value: value.to_owned(), kept, active: true }
}

/// The code a record was given.
fn code(record: &Record) -> Option<&str> {
    let position = record.resource().definition().position("code")?;
    match record.at(position) {
        Value::Text(code) if !code.is_empty() => Some(code),
        _ => None,
    }
}

/// The code of an entry that was given none (14.1): its name in ASCII and capitals, other characters as `_`.
fn code_of_name(name: &str) -> String {
    fold(name)
        .chars()
        .map(|character| match character {
            'ł' => 'L',
            plain if plain.is_ascii_alphanumeric() => plain.to_ascii_uppercase(),
            _ => '_',
        })
        .collect()
}
