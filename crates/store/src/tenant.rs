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
    Ok(found(session, "select tenant_id, id from token where hash = ?1", hash)?.map(|(tenant, _)| tenant))
}

/// Whose session has this secret, and its id. Crosses tenants because the secret is what names the tenant of a request.
pub(crate) fn of_session(
    session: &mut Session<'_>,
    hash: &str,
    refresh: bool,
) -> Result<Option<(TenantId, i64)>> {
    let sql = if refresh {
        "select tenant_id, id from session where refresh_hash = ?1"
    } else {
        "select tenant_id, id from session where access_hash = ?1"
    };
    found(session, sql, hash)
}

/// Whose client this is. Crosses tenants because who signs in through it names no tenant.
pub(crate) fn of_client(session: &mut Session<'_>, client_id: &str) -> Result<Option<TenantId>> {
    let sql = "select tenant_id, id from oauth_client where client_id = ?1";
    Ok(found(session, sql, client_id)?.map(|(tenant, _)| tenant))
}

/// The tenant and id of the one record with this text.
fn found(session: &mut Session<'_>, sql: &str, text: &str) -> Result<Option<(TenantId, i64)>> {
    if text.contains('\0') {
        return Ok(None);
    }
    let mut found = None;
    session.query_any_tenant(sql, &[Param::text(text)], &mut |row| {
        found = row.int(0).map(TenantId).zip(row.int(1));
        Ok(())
    })?;
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
    tenants(session, "select id, slug, name, created_at from tenant order by id", &[])
}

/// The tenant with this short name. Crosses tenants because the name is what is asked for.
pub(crate) fn by_slug(session: &mut Session<'_>, slug: &str) -> Result<Option<Tenant>> {
    if slug.contains('\0') {
        return Ok(None);
    }
    let sql = "select id, slug, name, created_at from tenant where slug = ?1";
    Ok(tenants(session, sql, &[Param::text(slug)])?.pop())
}

/// The tenant with this number. Crosses tenants because it is a tenant itself that is asked for.
pub(crate) fn by_id(session: &mut Session<'_>, id: TenantId) -> Result<Option<Tenant>> {
    let sql = "select id, slug, name, created_at from tenant where id = ?1";
    Ok(tenants(session, sql, &[Param::Int(id.0)])?.pop())
}

fn tenants(session: &mut Session<'_>, sql: &str, params: &[Param<'_>]) -> Result<Vec<Tenant>> {
    let mut tenants = Vec::new();
    session.query_any_tenant(sql, params, &mut |row| {
        tenants.push(Tenant {
            id: TenantId(row.int(0).unwrap_or(0)),
            slug: row.text(1).unwrap_or_default().to_owned(),
            name: row.text(2).unwrap_or_default().to_owned(),
            created_at: Instant(row.int(3).unwrap_or(0)),
        });
        Ok(())
    })?;
    Ok(tenants)
}
