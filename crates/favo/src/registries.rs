//! Registries no dialect has a path for (spec 4.35): reasons, checklists, task types, templates.
//!
//! Entries are never deleted: what points to a retired one goes on showing its name.

use std::sync::Arc;

use favo_core::catalogue::{Resource, task_type};
use favo_core::patch::{Input, Patch};
use favo_core::snapshot::Snapshot;
use favo_core::transaction::TenantId;
use favo_core::write::{self, Skip};
use favo_core::{Instant, Record};
use favo_store::Store;

use crate::administration::{self, Refusal};

/// The registries kept here.
pub const KINDS: [Resource; 6] = [
    Resource::OutcomeReason,
    Resource::DiscardReason,
    Resource::Checklist,
    Resource::TaskType,
    Resource::ProposalTemplate,
    Resource::FormTemplate,
];

/// Adds an entry, or brings back the retired one of that name; its id. `nature` is for task types.
pub fn add(
    store: &Store,
    tenant: TenantId,
    kind: Resource,
    name: &str,
    nature: Option<i64>,
    now: Instant,
) -> Result<i64, Refusal> {
    let snapshot = administration::snapshot(store, tenant)?;
    let retired = snapshot.named(kind, name).filter(|record| !record.is_active()).map(|record| record.id());
    let mut patch = named(kind, name);
    if let Some(active) = kind.definition().active {
        patch.set(active, Input::Bool(true));
    }
    if let Some(nature) = nature {
        patch.set(task_type::NATURE, Input::Int(nature));
    }
    administration::write(store, tenant, now, move |ctx, tx| match retired {
        Some(id) => write::update(ctx, tx, kind, id, patch.clone(), Skip::default()).map(|()| id),
        None => write::create(ctx, tx, kind, patch.clone(), Skip::default()),
    })
}

/// Gives an entry another name; what points to it shows the new one.
pub fn rename(
    store: &Store,
    tenant: TenantId,
    kind: Resource,
    name: &str,
    to: &str,
    now: Instant,
) -> Result<(), Refusal> {
    let id = entry(&administration::snapshot(store, tenant)?, kind, name)?.id();
    change(store, tenant, kind, id, named(kind, to), now)
}

/// Takes an entry out of use.
pub fn retire(
    store: &Store,
    tenant: TenantId,
    kind: Resource,
    name: &str,
    now: Instant,
) -> Result<(), Refusal> {
    let id = entry(&administration::snapshot(store, tenant)?, kind, name)?.id();
    let mut patch = Patch::new();
    if let Some(active) = kind.definition().active {
        patch.set(active, Input::Bool(false));
    }
    change(store, tenant, kind, id, patch, now)
}

fn change(
    store: &Store,
    tenant: TenantId,
    kind: Resource,
    id: i64,
    patch: Patch,
    now: Instant,
) -> Result<(), Refusal> {
    administration::write(store, tenant, now, move |ctx, tx| {
        write::update(ctx, tx, kind, id, patch.clone(), Skip::default())
    })
}

fn named(kind: Resource, name: &str) -> Patch {
    match kind.definition().title {
        Some(title) => Patch::new().text(title, name),
        None => Patch::new(),
    }
}

fn entry<'a>(snapshot: &'a Snapshot, kind: Resource, name: &str) -> Result<&'a Arc<Record>, Refusal> {
    snapshot.named(kind, name).ok_or_else(|| {
        let kind = kind.name();
        Refusal::Mistake(format!(
            "there is no {kind} \"{name}\": `favo registry list --of {kind}` shows them"
        ))
    })
}
