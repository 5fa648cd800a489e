//! The dictionaries of `SelectDictionary` (section 14): which entries there are, how one is found and shown.
//!
//! Entries of the core kinds are records of registries, held in the snapshot and rendered once for each; fixed kinds are
//! constants. What a record keeps for an entry is [`Kept`].

mod fixed;
mod registries;
mod table;

use std::borrow::Cow;

use favo_core::{Ctx, Resource};

use self::registries::Registries;
use self::table::Table;
use crate::json::Json;

/// A dictionary type; its wire name is [`Kind::name`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Industry,
    RelationshipType,
    LeadSource,
    LeadStatus,
    OpportunityStage,
    OpportunityPipeline,
    OpportunityType,
    LossReason,
    Gender,
    AccountType,
    ActivityType,
    TaskStatus,
    TaskPriority,
    OfferStatus,
    OrderStatus,
    ProductCategory,
    ProductSubcategory,
    UnitOfMeasure,
    VatRate,
    PaymentMethod,
    Currency,
}

impl Kind {
    /// All of them, in the order of section 14.
    pub(super) const ALL: [Self; 21] = [
        Self::Industry,
        Self::RelationshipType,
        Self::LeadSource,
        Self::LeadStatus,
        Self::OpportunityStage,
        Self::OpportunityPipeline,
        Self::OpportunityType,
        Self::LossReason,
        Self::Gender,
        Self::AccountType,
        Self::ActivityType,
        Self::TaskStatus,
        Self::TaskPriority,
        Self::OfferStatus,
        Self::OrderStatus,
        Self::ProductCategory,
        Self::ProductSubcategory,
        Self::UnitOfMeasure,
        Self::VatRate,
        Self::PaymentMethod,
        Self::Currency,
    ];

    /// Its wire name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Industry => "industry",
            Self::RelationshipType => "relationshipType",
            Self::LeadSource => "leadSource",
            Self::LeadStatus => "leadStatus",
            Self::OpportunityStage => "opportunityStage",
            Self::OpportunityPipeline => "opportunityPipeline",
            Self::OpportunityType => "opportunityType",
            Self::LossReason => "lossReason",
            Self::Gender => "gender",
            Self::AccountType => "accountType",
            Self::ActivityType => "activityType",
            Self::TaskStatus => "taskStatus",
            Self::TaskPriority => "taskPriority",
            Self::OfferStatus => "offerStatus",
            Self::OrderStatus => "orderStatus",
            Self::ProductCategory => "productCategory",
            Self::ProductSubcategory => "productSubcategory",
            Self::UnitOfMeasure => "unitOfMeasure",
            Self::VatRate => "vatRate",
            Self::PaymentMethod => "paymentMethod",
            Self::Currency => "currency",
        }
    }

    /// The type with this name; names are exact.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The registry behind a core kind. Stages are rows of pipelines, and loss reasons come from two registries.
    pub(super) fn registry(self) -> Option<Resource> {
        Some(match self {
            Self::Industry => Resource::Segment,
            Self::RelationshipType => Resource::Category,
            Self::LeadSource => Resource::Origin,
            Self::OpportunityPipeline => Resource::Pipeline,
            Self::LossReason => Resource::OutcomeReason,
            Self::ActivityType => Resource::TaskType,
            Self::ProductCategory => Resource::ProductCategory,
            Self::ProductSubcategory => Resource::ProductSubcategory,
            Self::UnitOfMeasure => Resource::UnitOfMeasure,
            Self::PaymentMethod => Resource::PaymentCondition,
            Self::LeadStatus
            | Self::OpportunityStage
            | Self::OpportunityType
            | Self::Gender
            | Self::AccountType
            | Self::TaskStatus
            | Self::TaskPriority
            | Self::OfferStatus
            | Self::OrderStatus
            | Self::VatRate
            | Self::Currency => return None,
        })
    }
}

/// What a record keeps for an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// The id of a record of the kind's [registry](Kind::registry).
    Record(i64),
    /// The id of a discard reason, where the kind is that of loss reasons.
    Discard(i64),
    /// A number of an enumeration.
    Number(i64),
    /// The entry's `value` as text.
    Word(&'static str),
    /// A stage of a pipeline.
    Stage(i64),
    /// The status of an opportunity that is no longer open; its stage stays.
    Status(i64),
    /// A category of contacts, and the life cycle that comes with it.
    Relationship {
        /// `None` where the tenant has no such category: the life cycle stands alone.
        category: Option<i64>,
        /// `None` where any life cycle goes with it.
        life_cycle: Option<i64>,
    },
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: i64,
    pub(super) name: String,
    /// The English code in capitals.
    pub(super) value: String,
    pub(super) kept: Kept,
    /// Offered and taken; a retired entry is only shown.
    pub(super) active: bool,
}

/// Ids of entries that no record stands behind begin above this: closing entries of opportunities, discard reasons,
/// relationships without a category.
pub(super) const BEYOND: i64 = 1_000_000;

/// The entries of a kind; those of core kinds as the tenant has them.
fn table(ctx: &Ctx, kind: Kind) -> Cow<'_, Table> {
    if let Some(table) = fixed::table(kind) {
        return Cow::Borrowed(table);
    }
    match ctx.snapshot.derived(Registries::of) {
        Some(all) => Cow::Borrowed(all.table(kind)),
        None => Cow::Owned(Registries::of(&ctx.snapshot).table(kind).clone()),
    }
}

/// Finds the entry a client means (9.2): by id, code or label, bare or inside an object. `None` when there is none, or it
/// is retired. Stages are those of the default pipeline, see [`find_stage`].
pub(super) fn find(ctx: &Ctx, kind: Kind, sent: &Json) -> Option<Entry> {
    table(ctx, kind).find(sent).cloned()
}

/// Finds a stage of this pipeline, or of the default one, or a closing entry.
pub(super) fn find_stage(ctx: &Ctx, pipeline: Option<i64>, sent: &Json) -> Option<Entry> {
    match pipeline {
        None => find(ctx, Kind::OpportunityStage, sent),
        Some(pipeline) => registries::stages(&ctx.snapshot, pipeline)?.find(sent).cloned(),
    }
}

/// The active entry with this code.
pub(super) fn coded(ctx: &Ctx, kind: Kind, value: &str) -> Option<Entry> {
    table(ctx, kind).entries().iter().find(|entry| entry.active && entry.value == value).cloned()
}

/// The entry with this id, retired or not.
pub(super) fn get(ctx: &Ctx, kind: Kind, id: i64) -> Option<Entry> {
    table(ctx, kind).get(id).cloned().or_else(|| registries::removed(&ctx.snapshot, kind, id))
}

/// Writes the entry with this id as `{"id":..,"name":..,"value":..}`, or `null` when there is none; retired ones too.
pub(super) fn push(ctx: &Ctx, kind: Kind, id: Option<i64>, out: &mut Vec<u8>) {
    let Some(id) = id else { return out.extend_from_slice(b"null") };
    let table = table(ctx, kind);
    match table.shown(id) {
        Some(shown) => out.extend_from_slice(shown),
        None => match registries::removed(&ctx.snapshot, kind, id) {
            Some(entry) => table::push(&entry, out),
            None => out.extend_from_slice(b"null"),
        },
    }
}

/// Writes the entry of a fixed kind that is kept as this number.
pub(super) fn push_number(kind: Kind, number: Option<i64>, out: &mut Vec<u8>) {
    push_kept(kind, number.map(Kept::Number), out);
}

/// Writes the entry of a fixed kind that is kept as this word.
pub(super) fn push_word(kind: Kind, word: Option<&str>, out: &mut Vec<u8>) {
    let kept = word.and_then(|word| {
        let entries = fixed::table(kind)?.entries();
        entries.iter().find(|entry| entry.value == word).map(|entry| entry.kept)
    });
    push_kept(kind, kept, out);
}

fn push_kept(kind: Kind, kept: Option<Kept>, out: &mut Vec<u8>) {
    let shown = kept.zip(fixed::table(kind)).and_then(|(kept, table)| table.kept_as(kept));
    out.extend_from_slice(shown.unwrap_or(b"null"));
}

/// Writes the stage of an opportunity: the closing entry of its status, else the stage it stands in, of whatever pipeline.
pub(super) fn push_stage(ctx: &Ctx, stage: Option<i64>, status: i64, out: &mut Vec<u8>) {
    match registries::closing_id(status) {
        Some(closing) => push(ctx, Kind::OpportunityStage, Some(closing), out),
        None => push(ctx, Kind::OpportunityStage, stage, out),
    }
}

/// Writes the reason of a loss: an outcome reason, else a discard reason.
pub(super) fn push_loss(ctx: &Ctx, outcome: Option<i64>, discard: Option<i64>, out: &mut Vec<u8>) {
    push(ctx, Kind::LossReason, outcome.or(discard.map(|id| BEYOND + id)), out);
}

/// Writes the relationship of a contact: its category as long as that fits the life cycle, else the entry of the life
/// cycle (14.3).
pub(super) fn push_relationship(ctx: &Ctx, category: Option<i64>, life_cycle: i64, out: &mut Vec<u8>) {
    let fits = |id: &i64| match get(ctx, Kind::RelationshipType, *id).map(|entry| entry.kept) {
        Some(Kept::Relationship { life_cycle: own, .. }) => own.is_none_or(|own| own == life_cycle),
        _ => false,
    };
    match category.filter(fits) {
        Some(category) => push(ctx, Kind::RelationshipType, Some(category), out),
        None => {
            let entry = relationship_of(ctx, life_cycle);
            push(ctx, Kind::RelationshipType, entry.map(|entry| entry.id), out);
        }
    }
}

/// The relationship that stands for a life cycle.
pub(super) fn relationship_of(ctx: &Ctx, life_cycle: i64) -> Option<Entry> {
    // A retired section of the life cycle is shown as the nearest one there is.
    let life_cycle = if life_cycle == 4 { 2 } else { life_cycle };
    let matching = |entry: &&Entry| matches!(entry.kept, Kept::Relationship { life_cycle: Some(own), .. } if own == life_cycle);
    table(ctx, Kind::RelationshipType).entries().iter().find(matching).cloned()
}

/// The numbers that are shown as the entry of a fixed kind that is kept as this one.
pub(super) fn numbers(kind: Kind, number: i64) -> Vec<i64> {
    let mut numbers = vec![number];
    numbers.extend(fixed::twin(kind, number));
    numbers
}

/// The categories that contacts in this section of the life cycle are shown with.
pub(super) fn categories_for(ctx: &Ctx, section: i64) -> Vec<i64> {
    let categories = ctx.snapshot.all(Resource::Category).map(|record| record.id());
    let fits = |id: &i64| match get(ctx, Kind::RelationshipType, *id).map(|entry| entry.kept) {
        Some(Kept::Relationship { life_cycle, .. }) => life_cycle.is_none_or(|own| own == section),
        _ => false,
    };
    categories.filter(fits).collect()
}

/// The entry a new record gets: the one marked so in the tenant, else the one marked so in section 14.
pub(super) fn usual(ctx: &Ctx, kind: Kind) -> Option<Entry> {
    let marked = registries::usual(&ctx.snapshot, kind).and_then(|id| get(ctx, kind, id));
    let word = match kind {
        Kind::RelationshipType => "PROSPECT",
        Kind::LeadStatus | Kind::OrderStatus => "NEW",
        Kind::ActivityType => "TASK",
        Kind::TaskStatus => "OPEN",
        Kind::TaskPriority => "NORMAL",
        Kind::OfferStatus => "DRAFT",
        Kind::UnitOfMeasure => "PCS",
        Kind::VatRate => "VAT23",
        Kind::PaymentMethod => "TRANSFER",
        Kind::Currency => "PLN",
        _ => return marked,
    };
    marked.or_else(|| coded(ctx, kind, word))
}

/// The active entries as `SelectDictionary/list` answers them: each written on its own, in display order.
pub(super) fn list(ctx: &Ctx, kind: Kind, pipeline: Option<i64>) -> Vec<Vec<u8>> {
    let table = match (kind, pipeline) {
        (Kind::OpportunityStage, Some(pipeline)) => registries::stages(&ctx.snapshot, pipeline)
            .map_or_else(|| Cow::Owned(Table::default()), Cow::Owned),
        _ => table(ctx, kind),
    };
    let entries = table.entries().iter().filter(|entry| entry.active && entry.id != 0);
    entries
        .map(|entry| {
            let mut out = Vec::new();
            table::push_listed(kind, entry, &mut out);
            if kind == Kind::ProductSubcategory {
                out.pop();
                out.extend_from_slice(b",\"category\":");
                push(ctx, Kind::ProductCategory, registries::category_of(&ctx.snapshot, entry.id), &mut out);
                out.push(b'}');
            }
            out
        })
        .collect()
}
