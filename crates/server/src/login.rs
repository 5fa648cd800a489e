//! Who gets a session of the TOTVS dialect: login and logout (section 3), spelled by the dialect.

use std::sync::Arc;

use favo_core::catalogue::{meta, session, user};
use favo_core::session::Opening;
use favo_core::{Error, Instant, Resource, Result, text};
use favo_dialects::totvs;
use favo_dialects::totvs::login::{self, Login, LoginError};
use favo_dialects::wire::{Request, Response};
use http::Method;

use crate::admission::Denial;
use crate::attempts::Who;
use crate::host::{Host, Seen};
use crate::passwords;
use crate::proxies::Origin;
use crate::secrets;
use crate::tenants::{Registries, Tenant};

/// The most bytes of a login.
pub(crate) const BODY: usize = 64 * 1024;
const HOUR: i64 = 3_600_000_000;

/// Why nobody was logged in.
enum Denied {
    As(LoginError),
    Failed(Error),
}

impl From<LoginError> for Denied {
    fn from(error: LoginError) -> Self {
        Self::As(error)
    }
}

impl From<Error> for Denied {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// A user whose password was right.
struct Known {
    tenant: Arc<Tenant>,
    registries: Arc<Registries>,
    id: i64,
    hash: String,
}

/// Answers a login whose body has been read. A cookie sent along is not looked at: the session is always a new one.
pub(crate) async fn login(host: &Arc<Host>, request: &Request, origin: &Origin, seen: &mut Seen) -> Response {
    if request.method != Method::POST {
        return login::method_not_allowed();
    }
    match signed_in(host, request, origin, seen).await {
        Ok(response) => response,
        Err(Denied::As(error)) => login::refused(error),
        Err(Denied::Failed(error)) => seen.failed(&error, totvs::wire_error(&error)),
    }
}

async fn signed_in(
    host: &Arc<Host>,
    request: &Request,
    origin: &Origin,
    seen: &mut Seen,
) -> std::result::Result<Response, Denied> {
    let (now, address) = (host.clock.now(), Who::address(origin.address));
    not_too_often(host, address, now)?;
    let asked = login::read(request)?;
    let known = authenticate(host, asked, address).await?;
    seen.tenant = Some(known.tenant.id);
    seen.user = Some(known.id);
    let cookie = secrets::cookie(&*host.entropy);
    open(host, &known, &cookie).await?;
    let snapshot = known.registries.snapshot();
    let user = snapshot.live(Resource::User, known.id).ok_or(Error::NotFound)?;
    let (login, name) = (user.get(user::LOGIN).unwrap_or_default(), user.get(user::NAME).unwrap_or_default());
    let who = (user.get(meta::UUID).unwrap_or_default(), login, name);
    Ok(login::logged_in(&cookie, who, known.tenant.slug(), origin.over_tls))
}

fn not_too_often(host: &Host, who: Who, now: Instant) -> std::result::Result<(), LoginError> {
    match host.attempts.wait(who, now) {
        Some(wait) => Err(LoginError::TooMany { retry_after: Denial::whole_seconds(wait).as_secs() }),
        None => Ok(()),
    }
}

/// Checks tenant, user and password: as slowly when there is no such tenant or user.
async fn authenticate(host: &Arc<Host>, asked: Login, address: Who) -> std::result::Result<Known, Denied> {
    let slug = asked.tenant.trim().to_lowercase();
    let tenant = host.tokens.tenant_named(&host.store, &slug).await?;
    let registries = match &tenant {
        Some(tenant) => Some(tenant.current(&host.store).await?),
        None => None,
    };
    let user = registries.as_ref().and_then(|registries| registries.snapshot().login(&asked.username));
    let who = match (&tenant, user) {
        (Some(tenant), Some(user)) => Who::user(tenant.id, user.id()),
        _ => Who::stranger(&slug, &asked.username),
    };
    not_too_often(host, who, host.clock.now())?;
    let hash = user.map(|user| user.get(user::PASSWORD_HASH).unwrap_or_default().to_owned());
    let active = user.is_some_and(|user| user.is_active());
    let wrong = if tenant.is_none() && !host.same_tenant_error {
        LoginError::Tenant
    } else {
        LoginError::Credentials
    };
    let (before, after) = (Arc::clone(host), Arc::clone(host));
    let outcome = host
        .passwords
        .check(
            tenant.as_ref().map(|tenant| tenant.id),
            hash.clone(),
            asked.password,
            move || {
                let now = before.clock.now();
                not_too_often(&before, who, now).and(not_too_often(&before, address, now)).err().map(Err)
            },
            move |fits| match (fits, active) {
                (true, true) => {
                    after.attempts.succeeded(who);
                    Ok(())
                }
                (true, false) => Err(LoginError::Inactive),
                (false, _) => {
                    let now = after.clock.now();
                    after.attempts.failed(who, now);
                    after.attempts.failed(address, now);
                    Err(wrong)
                }
            },
        )
        .await;
    outcome.unwrap_or(Err(LoginError::TooMany { retry_after: passwords::PATIENCE }))?;
    let id = user.map(|user| user.id());
    match (tenant, registries, id, hash) {
        (Some(tenant), Some(registries), Some(id), Some(hash)) => Ok(Known { tenant, registries, id, hash }),
        _ => Err(wrong.into()),
    }
}

/// Opens a session held by this cookie.
async fn open(host: &Arc<Host>, known: &Known, cookie: &str) -> std::result::Result<(), Denied> {
    let (now, tenant) = (host.clock.now(), Arc::clone(&known.tenant));
    let (entropy, id, hash) = (Arc::clone(&host.entropy), known.id, known.hash.clone());
    let cookie = text::secret_hash(cookie);
    let opened = host.store.write(known.tenant.id, move |tx| {
        let (registries, _) = tenant.registries(tx)?;
        let snapshot = registries.snapshot();
        // While the password was checked, user and password may have changed.
        let holder = snapshot.live(Resource::User, id);
        if holder.and_then(|holder| holder.get(user::PASSWORD_HASH)) != Some(hash.as_str()) {
            return Ok(Err(LoginError::Credentials));
        }
        if holder.is_some_and(|holder| !holder.is_active()) {
            return Ok(Err(LoginError::Inactive));
        }
        let hours = totvs::session(snapshot).max_hours;
        let opening = Opening {
            cookie: true,
            user: id,
            may_read: true,
            may_write: true,
            access: (cookie.clone(), None),
            expires_at: Instant(now.0.saturating_add(hours.saturating_mul(HOUR))),
            ..Opening::default()
        };
        let ctx = registries.acting(id, now, Arc::clone(&entropy));
        favo_core::session::open(&ctx, tx, &opening).map(Ok)
    });
    opened.await??;
    Ok(())
}

/// Answers a logout: the same whether there was a session or not.
pub(crate) async fn logout(host: &Arc<Host>, request: &Request, seen: &mut Seen) -> Response {
    if request.method != Method::POST {
        return login::method_not_allowed();
    }
    match end(host, request, seen).await {
        Ok(()) => login::logged_out(),
        Err(error) => seen.failed(&error, totvs::wire_error(&error)),
    }
}

async fn end(host: &Arc<Host>, request: &Request, seen: &mut Seen) -> Result<()> {
    let Some(cookie) = totvs::cookie(request) else { return Ok(()) };
    let Some(known) = host.tokens.find_session(&host.store, &cookie).await? else { return Ok(()) };
    let Some(id) = known.session else { return Ok(()) };
    seen.tenant = Some(known.tenant.id);
    let (now, entropy) = (host.clock.now(), Arc::clone(&host.entropy));
    let tenant = known.tenant.id;
    host.store
        .write(tenant, move |tx| {
            let held = tx.load(Resource::Session, id)?.filter(|record| {
                record.get(session::KIND) == Some(1)
                    && record.get(session::ACCESS_HASH) == Some(known.hash.as_str())
            });
            let Some(record) = held else { return Ok(()) };
            let (registries, _) = known.tenant.registries(tx)?;
            let user = record.get(session::USER).unwrap_or(0);
            let ctx = registries.acting(user, now, Arc::clone(&entropy));
            favo_core::session::end(&ctx, tx, &record)
        })
        .await
}
