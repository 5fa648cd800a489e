//! The dictionaries of `SelectDictionary` (section 14): which entries there are, how one is found and shown.

use favo_core::Ctx;

use crate::json::Json;

/// A dictionary type; its wire name is [`Kind::name`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// One entry. What the core keeps for it depends on the kind: the id of a registry record, a code, or a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: i64,
    pub(super) name: String,
    /// The English code in capitals.
    pub(super) value: String,
}

/// Finds the entry a client means (9.2): by id, code or label, bare or inside an object. `None` when there is none, or it
/// is retired.
pub(super) fn find(_ctx: &Ctx, _kind: Kind, _sent: &Json) -> Option<Entry> {
    None
}

/// Writes the entry with this id as `{"id":..,"name":..,"value":..}`, or `null` when there is none; retired ones too.
pub(super) fn push(_ctx: &Ctx, _kind: Kind, _id: Option<i64>, out: &mut Vec<u8>) {
    out.extend_from_slice(b"null");
}
