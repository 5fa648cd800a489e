//! Sample data: not written yet.

use favo_core::Instant;
use favo_core::transaction::TenantId;
use favo_store::Store;

/// What was made.
#[derive(Debug, Default)]
pub struct Report {}

/// Fills a tenant with sample data.
pub fn fill(
    store: &Store,
    tenant: TenantId,
    contacts: u64,
    seed: u64,
    now: Instant,
    progress: &mut dyn FnMut(&str),
) -> anyhow::Result<Report> {
    let _ = (store, tenant, contacts, seed, now, progress);
    Ok(Report {})
}
