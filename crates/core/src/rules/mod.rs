//! The rules of the business, one room per resource; this file only says which room a record's writes pass through.
//!
//! A write passes four doors: `prepare` fills in what the patch leaves open, `settle` derives and checks the merged
//! record, `check_duplicates` compares with others, `follow_up` writes what belongs to the record elsewhere.

mod activities;
pub mod contact;
pub mod lead;
mod lines;
pub mod opportunity;
pub mod order;
mod owner;
mod people;
mod pipeline;
pub mod prices;
pub mod products;
pub mod proposal;
mod qualification;
mod registries;
pub mod removal;
mod series;
mod stages;
pub mod unique;

pub(crate) use self::registries::keep_administration;

use crate::catalogue::{Resource, price_entry};
use crate::error::Result;
use crate::patch::Patch;
use crate::record::Record;
use crate::write::{Draft, Work};

/// Before the merge: owners, default pipelines, values that follow from being new.
pub(crate) fn prepare(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    match draft.record.resource() {
        Resource::Contact => contact::prepare(work, draft),
        Resource::Opportunity => opportunity::prepare(work, draft),
        Resource::Qualification => qualification::prepare(work, draft),
        Resource::Task | Resource::Appointment | Resource::ProposalGroup => owner::choose(work, draft),
        Resource::Proposal => proposal::prepare(work, draft),
        Resource::Order => order::prepare(work, draft),
        Resource::User => registries::prepare_user(work, draft),
        Resource::Product => products::prepare(work, draft),
        _ => Ok(()),
    }
}

/// After the merge: derived values and the checks that need the whole record.
pub(crate) fn settle(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    match draft.record.resource() {
        Resource::Contact => contact::settle(work, draft),
        Resource::Appointment => activities::settle_appointment(work, draft),
        resource => return settle_with_others(work, draft, resource),
    }
    Ok(())
}

/// The records whose derived values need to look at others.
fn settle_with_others(work: &mut Work<'_>, draft: &mut Draft, resource: Resource) -> Result<()> {
    match resource {
        Resource::Opportunity => opportunity::settle(work, draft),
        Resource::Qualification => qualification::settle(work, draft),
        Resource::Task => activities::settle_task(work, draft),
        Resource::Pipeline => pipeline::settle(work, draft),
        Resource::Proposal => proposal::settle(work, draft),
        Resource::Order => order::settle(work, draft),
        Resource::Product => products::settle(work, draft),
        Resource::PriceEntry => prices::settle(work, draft),
        Resource::CustomField => registries::settle_custom_field(work, draft),
        Resource::User => registries::settle_user(work, draft),
        Resource::Role => registries::settle_administration(work, draft),
        _ => Ok(()),
    }
}

/// Compares with other records; skipped when the caller asks to skip validations.
pub(crate) fn check_duplicates(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    match draft.record.resource() {
        Resource::Contact => contact::check_duplicates(work, draft),
        Resource::Opportunity => opportunity::check_duplicates(work, draft),
        _ => registries::check_duplicates(work, draft),
    }
}

/// After the record is stored (create) or just before (update): what belongs to it elsewhere. Whether that changed.
pub(crate) fn follow_up(
    work: &mut Work<'_>,
    before: Option<&Record>,
    after: &Record,
    patch: &Patch,
) -> Result<bool> {
    match after.resource() {
        Resource::Contact => people::follow_up(work, before, after, patch),
        Resource::Pipeline => pipeline::follow_up(work, before, after),
        Resource::ProductCategory => products::follow_up(work, after, patch),
        Resource::Proposal => proposal::follow_up(work, before, after),
        Resource::PriceEntry => prices::follow_up(work, after),
        _ => registries::follow_up(work, before, after),
    }
}

/// After a record is deleted: what belongs to it elsewhere.
pub(crate) fn after_delete(work: &mut Work<'_>, gone: &Record) -> Result<()> {
    match gone.resource() {
        Resource::PriceEntry => match gone.get(price_entry::TABLE) {
            Some(table) => prices::refresh_prices(work, table),
            None => Ok(()),
        },
        Resource::PriceTable => prices::drop_entries(work, gone.id()),
        _ => Ok(()),
    }
}

/// Refuses to delete what is in use; a user is deactivated, which is `true`.
pub(crate) fn deactivates_instead(work: &mut Work<'_>, record: &Record) -> Result<bool> {
    match record.resource() {
        Resource::User => registries::deactivate_user(work, record).map(|()| true),
        Resource::Pipeline => pipeline::refuse_if_used(work, record).map(|()| false),
        resource if registries::kept_while_used(resource) => {
            registries::refuse_if_used(work, record).map(|()| false)
        }
        _ => Ok(false),
    }
}
