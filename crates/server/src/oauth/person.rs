//! Whose password a token request brings: `login@app`, `login` alone, or a login that is an address itself.

use std::sync::Arc;

use favo_core::catalogue::user;
use favo_core::snapshot::Snapshot;
use favo_core::{Record, Resource, Result, text};

use crate::attempts::Who;
use crate::host::Host;
use crate::tenants::{Registries, Tenant};

/// Whom a user name stands for, as far as it can be told without a password.
pub(super) struct Person {
    /// For counting failures.
    pub(super) who: Who,
    /// The user and the hash of their password.
    pub(super) user: Option<(i64, String)>,
    pub(super) active: bool,
}

/// Looks the name up in the tenant of the request.
pub(super) async fn person(
    host: &Host,
    tenant: Option<&Arc<Tenant>>,
    registries: Option<&Arc<Registries>>,
    username: &str,
) -> Result<Person> {
    let slug = tenant.map_or("", |tenant| tenant.slug());
    let found = match registries {
        Some(registries) => user_named(host, registries.snapshot(), slug, username).await?,
        None => None,
    };
    let (Some(tenant), Some(user)) = (tenant, found) else {
        return Ok(Person { who: Who::stranger(slug, username), user: None, active: false });
    };
    let hash = user.get(user::PASSWORD_HASH).unwrap_or_default().to_owned();
    let (who, active) = (Who::user(tenant.id, user.id()), user.is_active());
    Ok(Person { who, user: Some((user.id(), hash)), active })
}

/// The user a name stands for in this tenant (3.2 and 3.4): `login@app`, `login` alone, or a login that is an address itself.
async fn user_named(
    host: &Host,
    snapshot: &Snapshot,
    slug: &str,
    username: &str,
) -> Result<Option<Arc<Record>>> {
    let whole = || snapshot.login(username).map(Arc::clone);
    let Some((login, app)) = username.rsplit_once('@') else { return Ok(by_login(snapshot, username)) };
    let app = app.to_ascii_lowercase();
    if app == slug {
        return Ok(by_login(snapshot, login).or_else(whole));
    }
    // Another tenant's user is nobody here, also when the whole text happens to be a login.
    let is_other = host.tokens.tenant_named(&host.store, &app).await?.is_some();
    Ok(if is_other { None } else { whole() })
}

/// The user with this login, or else the one whose login is an address that starts with it.
fn by_login(snapshot: &Snapshot, login: &str) -> Option<Arc<Record>> {
    if let Some(user) = snapshot.login(login) {
        return Some(Arc::clone(user));
    }
    let wanted = text::fold(login);
    let begins = |user: &&Arc<Record>| {
        let name = user.get(user::LOGIN).and_then(|login| login.split_once('@'));
        user.is_active() && name.is_some_and(|(name, _)| text::fold(name) == wanted)
    };
    let mut users = snapshot.all(Resource::User).filter(begins);
    let first = users.next()?;
    users.next().is_none().then(|| Arc::clone(first))
}
