//! Who gets a token of the Egito dialect: the checks of its token endpoint, in their order (4.9), and the sessions they open.
//!
//! How requests and answers are spelled is the dialect's. A token is never kept, see [`secrets`](crate::secrets).

mod person;
mod scopes;

use std::sync::Arc;

use favo_core::catalogue::{client, session, user};
use favo_core::session::{Opening, State};
use favo_core::snapshot::Snapshot;
use favo_core::transaction::{Reader, Writer};
use favo_core::{Ctx, Error, Instant, Record, Resource, Result, text};
use favo_dialects::egito;
use favo_dialects::egito::oauth::{self, Granted, TokenError, TokenRequest};
use favo_dialects::wire::{Request, Response};
use http::Method;

use crate::admission::Denial;
use crate::attempts::Who;
use crate::host::{Host, Seen};
use crate::passwords;
use crate::proxies::Origin;
use crate::secrets;
use crate::tenants::{Registries, Tenant};

use self::person::{Person, person};
use self::scopes::{Life, Scopes};

/// The most bytes of a token request.
pub(crate) const BODY: usize = 64 * 1024;
const SECOND: i64 = 1_000_000;

/// Why there is no token.
enum Denied {
    As(TokenError),
    Failed(Error),
}

impl From<TokenError> for Denied {
    fn from(error: TokenError) -> Self {
        Self::As(error)
    }
}

impl From<Error> for Denied {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

fn after(now: Instant, seconds: i64) -> Instant {
    Instant(now.0.saturating_add(seconds.saturating_mul(SECOND)))
}

/// Answers a token request whose body has been read.
pub(crate) async fn answer(
    host: &Arc<Host>,
    request: &Request,
    origin: &Origin,
    seen: &mut Seen,
) -> Response {
    match grant(host, request, origin, seen).await {
        Ok(granted) => oauth::granted(&granted),
        Err(Denied::As(error)) => oauth::refused(error, &request.method),
        Err(Denied::Failed(error)) => seen.failed(&error, server_error(&request.method)),
    }
}

/// The answer to a token request whose body cannot be read.
pub(crate) fn unreadable(method: &Method) -> Response {
    oauth::refused(TokenError::Malformed, method)
}

/// The answer to a fault of the server.
pub(crate) fn server_error(method: &Method) -> Response {
    oauth::refused(TokenError::Server, method)
}

/// A client that is who it says it is.
struct Known {
    tenant: Arc<Tenant>,
    registries: Arc<Registries>,
    client: i64,
    scopes: Option<Scopes>,
}

async fn grant(
    host: &Arc<Host>,
    request: &Request,
    origin: &Origin,
    seen: &mut Seen,
) -> std::result::Result<Granted, Denied> {
    let allowed = request.method == Method::POST || (request.method == Method::GET && host.egito.token_get);
    if !allowed {
        return Err(TokenError::MethodNotAllowed.into());
    }
    let (now, address) = (host.clock.now(), Who::address(origin.address));
    not_too_often(host, address, now)?;
    let asked = oauth::read(request)?;
    let tenant = tenant_of(host, origin, &asked).await?;
    let registries = match &tenant {
        Some(tenant) => Some(tenant.current(&host.store).await?),
        None => None,
    };
    // Too many attempts at one user's password come before anything that is wrong with the client.
    let person = match asked.grant.as_str() {
        "password" => Some(person(host, tenant.as_ref(), registries.as_ref(), &asked.username).await?),
        _ => None,
    };
    if let Some(person) = &person {
        not_too_often(host, person.who, now)?;
    }
    let Some((id, secret)) = &asked.client else { return Err(TokenError::NoClient.into()) };
    let known = registries.as_ref().and_then(|registries| client_with(registries.snapshot(), id, secret));
    let (Some(tenant), Some(registries), Some(client)) = (tenant, registries, known) else {
        host.attempts.failed(address, now);
        return Err(TokenError::BadClient { basic: asked.basic }.into());
    };
    seen.tenant = Some(tenant.id);
    if asked.client_differs {
        return Err(TokenError::ClientDiffers.into());
    }
    let known = Known { tenant, registries, client, scopes: Scopes::of(&asked)? };
    match (asked.grant.as_str(), person) {
        ("", _) => Err(TokenError::NoGrant.into()),
        ("password", Some(person)) => {
            let user = password(host, &known, address, person, asked.password).await?;
            seen.user = Some(user.0);
            sign_in(host, &known, user).await
        }
        ("refresh_token", _) => refresh(host, &known, address, &asked.refresh_token, seen).await,
        _ => Err(TokenError::UnsupportedGrant.into()),
    }
}

fn not_too_often(host: &Host, who: Who, now: Instant) -> std::result::Result<(), TokenError> {
    match host.attempts.wait(who, now) {
        Some(wait) => Err(TokenError::TooMany { retry_after: Denial::whole_seconds(wait).as_secs() }),
        None => Ok(()),
    }
}

/// The tenant of a token request (3.3), and that of the client when nothing else names one.
async fn tenant_of(host: &Host, origin: &Origin, asked: &TokenRequest) -> Result<Option<Arc<Tenant>>> {
    if let Some(slug) = egito::tenant_of_host(&origin.host, &host.egito) {
        return host.tokens.tenant_named(&host.store, &slug).await;
    }
    if asked.grant == "password"
        && let Some((_, app)) = asked.username.rsplit_once('@')
        && let Some(tenant) = host.tokens.tenant_named(&host.store, &app.to_ascii_lowercase()).await?
    {
        return Ok(Some(tenant));
    }
    if let Some(slug) = &host.egito.default_tenant {
        return host.tokens.tenant_named(&host.store, slug).await;
    }
    let Some((id, _)) = asked.client.as_ref().filter(|(id, _)| !id.contains('\0')) else { return Ok(None) };
    match host.store.tenant_of_client(id.trim()).await? {
        Some(tenant) => host.tokens.tenant_with_slug(&host.store, tenant).await.map(Some),
        None => Ok(None),
    }
}

/// The live client with these credentials.
fn client_with(snapshot: &Snapshot, id: &str, secret: &str) -> Option<i64> {
    let live = |client: &&Arc<Record>| {
        client.get(client::CLIENT_ID) == Some(id.trim()) && client.get(client::REVOKED_AT).is_none()
    };
    let client = snapshot.all(Resource::Client).find(live)?;
    let hash = client.get(client::SECRET_HASH)?;
    secrets::same(hash, &text::secret_hash(secret)).then(|| client.id())
}

/// Checks a password; the user and the hash it fits.
async fn password(
    host: &Arc<Host>,
    known: &Known,
    address: Who,
    person: Person,
    password: String,
) -> std::result::Result<(i64, String), Denied> {
    let Person { who, user, active } = person;
    let hash = user.as_ref().map(|(_, hash)| hash.clone());
    let (before, after) = (Arc::clone(host), Arc::clone(host));
    let outcome = host
        .passwords
        .check(
            Some(known.tenant.id),
            hash,
            password,
            move || {
                let now = before.clock.now();
                not_too_often(&before, who, now).and(not_too_often(&before, address, now)).err().map(Err)
            },
            move |fits| {
                if fits && active {
                    after.attempts.succeeded(who);
                    return Ok(());
                }
                let now = after.clock.now();
                after.attempts.failed(who, now);
                after.attempts.failed(address, now);
                Err(TokenError::BadCredentials)
            },
        )
        .await;
    outcome.unwrap_or(Err(TokenError::TooMany { retry_after: passwords::PATIENCE }))?;
    user.ok_or_else(|| TokenError::BadCredentials.into())
}

/// What becomes of a request for a token whose user is known.
enum Found {
    /// It is a live one.
    Live(Granted),
    /// A session has ended its access token, and its refresh token is carried over.
    Over(Box<Record>, String),
    Nothing,
}

/// A token for a user whose password was right (4.4).
async fn sign_in(
    host: &Arc<Host>,
    known: &Known,
    (user, hash): (i64, String),
) -> std::result::Result<Granted, Denied> {
    let scopes = known.scopes.unwrap_or(Scopes::BOTH);
    let ask = Ask { host: Arc::clone(host), user, client: known.client, scopes, now: host.clock.now() };
    let ask = Arc::new(ask);
    if Life::of(known.registries.snapshot()).reuse {
        let (ask, tenant) = (Arc::clone(&ask), Arc::clone(&known.tenant));
        let found = host.store.read(known.tenant.id, move |tx| {
            let (registries, _) = tenant.registries(tx)?;
            ask.known(registries.snapshot(), tx)
        });
        if let Found::Live(granted) = found.await? {
            return Ok(granted);
        }
    }
    let tenant = Arc::clone(&known.tenant);
    let granted = host.store.write(known.tenant.id, move |tx| {
        let (registries, _) = tenant.registries(tx)?;
        let snapshot = registries.snapshot();
        // While the password was checked, a lot may have happened.
        if !client_is_live(snapshot, ask.client) {
            return Ok(Err(TokenError::BadClient { basic: false }));
        }
        let holder = snapshot.live(Resource::User, ask.user).filter(|holder| holder.is_active());
        if holder.and_then(|holder| holder.get(user::PASSWORD_HASH)) != Some(hash.as_str()) {
            return Ok(Err(TokenError::BadCredentials));
        }
        let ctx = registries.acting(ask.user, ask.now, Arc::clone(&ask.host.entropy));
        match ask.known(snapshot, tx)? {
            Found::Live(granted) => Ok(Ok(granted)),
            Found::Over(session, refresh) => ask.renew(&ctx, tx, &session, refresh, ask.scopes).map(Ok),
            Found::Nothing => ask.open(&ctx, tx).map(Ok),
        }
    });
    Ok(granted.await??)
}

fn client_is_live(snapshot: &Snapshot, id: i64) -> bool {
    let client = snapshot.live(Resource::Client, id);
    client.is_some_and(|client| client.get(client::REVOKED_AT).is_none())
}

/// Who asks for a token, through which client, for what, and when.
struct Ask {
    host: Arc<Host>,
    user: i64,
    client: i64,
    scopes: Scopes,
    now: Instant,
}

impl Ask {
    /// The session that is there already (4.4, rules 1 and 2).
    fn known(&self, snapshot: &Snapshot, tx: &mut dyn Reader) -> Result<Found> {
        let Scopes { read, write } = self.scopes;
        let found = favo_core::session::find_live(tx, self.user, Some(self.client), read, write)?;
        let Some(session) = found.filter(|session| Scopes::granted_first(session) == self.scopes) else {
            return Ok(Found::Nothing);
        };
        let key = &self.host.key;
        let again = |seed, hash| key.token_again(session.get(seed), session.get(hash));
        let state = favo_core::session::state(snapshot, &session, self.now, None);
        let Some(refresh) = again(session::REFRESH_SEED, session::REFRESH_HASH) else {
            return Ok(Found::Nothing);
        };
        let left = session.get(session::EXPIRES_AT).map_or(0, |end| (end.0 - self.now.0).div_euclid(SECOND));
        let carried = session.get(session::REFRESH_EXPIRES_AT).is_some_and(|end| self.now < end);
        match state {
            State::Live(_) if left >= 1 => {
                let access = again(session::ACCESS_SEED, session::ACCESS_HASH);
                Ok(match access.filter(|_| Life::of(snapshot).reuse) {
                    Some(access_token) => Found::Live(granted(access_token, refresh, left, self.scopes)),
                    None => Found::Nothing,
                })
            }
            State::Live(_) | State::Expired if carried => Ok(Found::Over(Box::new(session), refresh)),
            _ => Ok(Found::Nothing),
        }
    }

    fn open(&self, ctx: &Ctx, tx: &mut dyn Writer) -> Result<Granted> {
        let (entropy, key, life) = (&*self.host.entropy, &self.host.key, Life::of(&ctx.snapshot));
        let (access_seed, refresh_seed) =
            (secrets::seed("", entropy), secrets::seed(self.scopes.mark(), entropy));
        let (access, refresh) = (key.token(&access_seed), key.token(&refresh_seed));
        let opening = Opening {
            cookie: false,
            user: self.user,
            client: Some(self.client),
            may_read: self.scopes.read,
            may_write: self.scopes.write,
            access: (text::secret_hash(&access), Some(access_seed)),
            refresh: Some((text::secret_hash(&refresh), Some(refresh_seed))),
            expires_at: after(self.now, life.access),
            refresh_expires_at: Some(after(self.now, life.refresh)),
        };
        favo_core::session::open(ctx, tx, &opening)?;
        Ok(granted(access, refresh, life.access, self.scopes))
    }

    /// A new access token for a session; the old one stops working with the commit.
    fn renew(
        &self,
        ctx: &Ctx,
        tx: &mut dyn Writer,
        session: &Record,
        refresh: String,
        scopes: Scopes,
    ) -> Result<Granted> {
        let life = Life::of(&ctx.snapshot);
        let seed = secrets::seed("", &*self.host.entropy);
        let access = self.host.key.token(&seed);
        let kept = (text::secret_hash(&access), Some(seed));
        let may = (scopes.read, scopes.write);
        favo_core::session::renew(ctx, tx, session, kept, after(self.now, life.access), may)?;
        Ok(granted(access, refresh, life.access, scopes))
    }
}

fn granted(access_token: String, refresh_token: String, expires_in: i64, scopes: Scopes) -> Granted {
    let Scopes { read: may_read, write: may_write } = scopes;
    Granted { access_token, refresh_token, expires_in, may_read, may_write }
}

/// A new access token for a refresh token (4.5).
async fn refresh(
    host: &Arc<Host>,
    known: &Known,
    address: Who,
    refresh_token: &str,
    seen: &mut Seen,
) -> std::result::Result<Granted, Denied> {
    if refresh_token.is_empty() {
        return Err(TokenError::NoRefreshToken.into());
    }
    let now = host.clock.now();
    let hash = text::secret_hash(refresh_token);
    let found = host.store.session_of(&hash, true).await?;
    let Some((_, id)) = found.filter(|(tenant, _)| *tenant == known.tenant.id) else {
        host.attempts.failed(address, now);
        return Err(TokenError::UnknownRefreshToken.into());
    };
    let (tenant, token, host) = (Arc::clone(&known.tenant), refresh_token.to_owned(), Arc::clone(host));
    let (client, wanted) = (known.client, known.scopes);
    let store = host.store.clone();
    let renewed = store.write(known.tenant.id, move |tx| {
        let (registries, _) = tenant.registries(tx)?;
        let session = tx.load(Resource::Session, id)?;
        let (session, user) = match refreshable(registries.snapshot(), session, &hash, client, now) {
            Ok(known) => known,
            Err(error) => return Ok(Err(error)),
        };
        let first = Scopes::granted_first(&session);
        let scopes = wanted.unwrap_or(first);
        if !scopes.within(first) {
            return Ok(Err(TokenError::WiderScope));
        }
        let ask = Ask { host: Arc::clone(&host), user, client, scopes, now };
        let ctx = registries.acting(user, now, Arc::clone(&host.entropy));
        ask.renew(&ctx, tx, &session, token.clone(), scopes).map(|granted| Ok((granted, user)))
    });
    let (granted, user) = renewed.await??;
    seen.user = Some(user);
    Ok(granted)
}

/// The session behind a refresh token, and its user, when the token may be used by this client.
fn refreshable(
    snapshot: &Snapshot,
    session: Option<Record>,
    hash: &str,
    client: i64,
    now: Instant,
) -> std::result::Result<(Record, i64), TokenError> {
    let session = session.filter(|session| {
        session.get(session::REFRESH_HASH) == Some(hash) && session.get(session::ENDED_AT).is_none()
    });
    let session = session.ok_or(TokenError::UnknownRefreshToken)?;
    if session.get(session::CLIENT) != Some(client) {
        return Err(TokenError::ForeignRefreshToken);
    }
    if session.get(session::REFRESH_EXPIRES_AT).is_none_or(|end| end <= now) {
        return Err(TokenError::ExpiredRefreshToken);
    }
    let user = session.get(session::USER).ok_or(TokenError::UnknownRefreshToken)?;
    if snapshot.live(Resource::User, user).is_none_or(|holder| !holder.is_active()) {
        return Err(TokenError::BadCredentials);
    }
    match favo_core::session::state(snapshot, &session, now, None) {
        State::Live(_) | State::Expired => Ok((session, user)),
        // The password has changed since, or the client went a moment ago.
        State::Ended | State::ClientGone => Err(TokenError::UnknownRefreshToken),
    }
}
