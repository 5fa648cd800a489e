//! Tenants themselves, and the few statements that cross them. Each says why it may.

use favo_core::transaction::TenantId;
use favo_core::value::Instant;
use favo_core::{Error, Place, Reason, Result};

use crate::session::{Param, Session};

/// One customer of the server, whose data no other sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its number.
    pub id: TenantId,
    /// Its short name for command lines and addresses.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// When it was made.
    pub created_at: Instant,
}

/// Whose token this is. Crosses tenants because the token is what names the tenant of a request.
pub(crate) fn of_token(session: &mut Session<'_>, hash: &str) -> Result<Option<TenantId>> {
    if hash.contains('\0') {
        return Ok(None);
    }
    let mut found = None;
    session.query_any_tenant(
        "select tenant_id from token where hash = ?1",
        &[Param::text(hash)],
        &mut |row| {
            found = row.int(0).map(TenantId);
            Ok(())
        },
    )?;
    Ok(found)
}

/// Makes a tenant. Crosses tenants because its number and short name must differ from those of all others.
pub(crate) fn create(session: &mut Session<'_>, slug: &str, name: &str, now: Instant) -> Result<TenantId> {
    let mut id = None;
    // Two at the same time may take the same number on PostgreSQL; one of them then gets a conflict.
    session.query_any_tenant(
        "insert into tenant (id, slug, name, created_at) \
         select coalesce(max(id), 0) + 1, cast(?1 as text), cast(?2 as text), cast(?3 as bigint) from tenant where true \
         on conflict (slug) do nothing returning id",
        &[Param::text(slug), Param::text(name), Param::Int(now.0)],
        &mut |row| {
            id = row.int(0);
            Ok(())
        },
    )?;
    let id = id.ok_or_else(|| Error::refused(Place::Whole, Reason::DuplicateName(slug.to_owned())))?;
    session.execute(
        "insert into tenant_state (tenant_id, registry_version, change_sequence) values (?1, 1, 0)",
        &[Param::Int(id)],
    )?;
    Ok(TenantId(id))
}

/// All tenants, by number. For the command line, which works on all of them.
pub(crate) fn all(session: &mut Session<'_>) -> Result<Vec<Tenant>> {
    let mut tenants = Vec::new();
    session.query_any_tenant(
        "select id, slug, name, created_at from tenant order by id",
        &[],
        &mut |row| {
            tenants.push(Tenant {
                id: TenantId(row.int(0).unwrap_or(0)),
                slug: row.text(1).unwrap_or_default().to_owned(),
                name: row.text(2).unwrap_or_default().to_owned(),
                created_at: Instant(row.int(3).unwrap_or(0)),
            });
            Ok(())
        },
    )?;
    Ok(tenants)
}

/// The tenant with this short name. Crosses tenants because the name is what is asked for.
pub(crate) fn by_slug(session: &mut Session<'_>, slug: &str) -> Result<Option<Tenant>> {
    Ok(all(session)?.into_iter().find(|tenant| tenant.slug == slug))
}
