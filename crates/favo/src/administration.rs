//! What an operator does to a tenant from outside any dialect: set it up, give people users, teams and rights, hand out
//! and revoke tokens and clients, set switches. The caller opens the store and says what time it is.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::PasswordHasher as _;
use favo_core::catalogue::{Resource, client, team};
use favo_core::ctx::Entropy as _;
use favo_core::identity::Actor;
use favo_core::patch::Patch;
use favo_core::snapshot::{Settings, Snapshot};
use favo_core::tenancy::{self, Administrator, Country, UserChange};
use favo_core::transaction::{TenantId, Writer};
use favo_core::write::Skip;
use favo_core::{Ctx, Error, Instant, Reason, text};
use favo_dialects::{egito, nectar, totvs};
use favo_server::SystemEntropy;
use favo_store::Store;

/// The setting that keeps the key a tenant's tokens are signed with.
const TOKEN_KEY: &str = "token_key";
const DAY: i64 = 86_400;

/// Why it was not done.
#[derive(Debug)]
pub enum Refusal {
    /// What was asked for cannot be; one sentence that says what to do.
    Mistake(String),
    /// The database or the rules refused.
    Failed(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Mistake(sentence) => f.write_str(sentence),
            Self::Failed(Error::Refused(problems)) => {
                let reasons: Vec<String> = problems.iter().map(|problem| worded(&problem.reason)).collect();
                write!(f, "the rules refuse it: {}", reasons.join(", "))
            }
            Self::Failed(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for Refusal {}

/// A reason in words, where a command can meet it.
fn worded(reason: &Reason) -> String {
    match reason {
        Reason::DuplicateName(name) => format!("there is a \"{name}\" already, choose another name"),
        Reason::NotFound(name) => format!("there is no \"{name}\""),
        Reason::LastAdministrator => {
            "nobody would be left to administer the tenant, make someone else an administrator first"
                .to_owned()
        }
        other => format!("{other:?}"),
    }
}

/// The form of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenForm {
    /// Signed, three parts with dots: what existing clients look for.
    Jwt,
    /// 32 hexadecimal digits.
    Opaque,
}

/// Hashes a password with argon2id: about 20 ms and 19 MiB, so never on a thread that serves requests.
pub fn hash_password(password: &str) -> Result<String, Refusal> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string())
        .map_err(|error| Refusal::Failed(Error::Internal(format!("hashing the password: {error}"))))
}

/// Runs a writing transaction as the system itself.
pub fn write<T: Send + 'static>(
    store: &Store,
    tenant: TenantId,
    now: Instant,
    job: impl Fn(&Ctx, &mut dyn Writer) -> favo_core::Result<T> + Send + 'static,
) -> Result<T, Refusal> {
    let done = store.write_blocking(tenant, move |tx: &mut dyn Writer| {
        let snapshot = Arc::new(Snapshot::load(tx)?);
        let ctx = Ctx { actor: Arc::new(Actor::system(0)), now, snapshot, entropy: Arc::new(SystemEntropy) };
        job(&ctx, tx)
    });
    Ok(done?)
}

/// The tenant's registries as they are now.
pub fn snapshot(store: &Store, tenant: TenantId) -> Result<Snapshot, Refusal> {
    Ok(store.read_blocking(tenant, |tx| Snapshot::load(tx))?)
}

/// Creates a tenant with all it starts with, and its administrator; both ids.
///
/// A tenant whose creation was interrupted before it had anyone to work in it is finished.
pub fn create_tenant(
    store: &Store,
    slug: &str,
    name: &str,
    administrator: &Administrator,
    now: Instant,
) -> Result<(TenantId, i64), Refusal> {
    create_tenant_in(store, slug, name, administrator, Country::Brazil, now)
}

/// The same with what is usual in a country.
pub fn create_tenant_in(
    store: &Store,
    slug: &str,
    name: &str,
    administrator: &Administrator,
    country: Country,
    now: Instant,
) -> Result<(TenantId, i64), Refusal> {
    let tenant = match store.tenant_by_slug(slug)? {
        None => store.create_tenant(slug, name, now)?,
        Some(tenant) if snapshot(store, tenant.id)?.all(Resource::User).next().is_none() => tenant.id,
        Some(_) => {
            let taken = format!("there is a tenant \"{slug}\" already: choose another slug");
            return Err(Refusal::Mistake(taken));
        }
    };
    let administrator = administrator.clone();
    let user = write(store, tenant, now, move |ctx, tx| tenancy::furnish(ctx, tx, &administrator, country))?;
    Ok((tenant, user))
}

/// Adds a user with a role, by the name of the role; their id.
pub fn add_user(
    store: &Store,
    tenant: TenantId,
    login: &str,
    name: &str,
    role: &str,
    password_hash: &str,
    now: Instant,
) -> Result<i64, Refusal> {
    let snapshot = snapshot(store, tenant)?;
    named(&snapshot, Resource::Role, role)?;
    if snapshot.login(login).is_some() {
        return Err(Refusal::Mistake(format!("there is a user \"{login}\" already: choose another login")));
    }
    let (login, name, role) = (login.to_owned(), name.to_owned(), role.to_owned());
    let password_hash = password_hash.to_owned();
    write(store, tenant, now, move |ctx, tx| tenancy::add_user(ctx, tx, &login, &name, &role, &password_hash))
}

/// Changes a user.
pub fn set_user(
    store: &Store,
    tenant: TenantId,
    login: &str,
    change: &UserChange,
    now: Instant,
) -> Result<(), Refusal> {
    let snapshot = snapshot(store, tenant)?;
    let id = user_with(&snapshot, login)?;
    if let Some(role) = &change.role {
        named(&snapshot, Resource::Role, role)?;
    }
    for team in change.teams.iter().flatten() {
        named(&snapshot, Resource::Team, team)?;
    }
    let change = change.clone();
    write(store, tenant, now, move |ctx, tx| tenancy::set_user(ctx, tx, id, &change))
}

/// Makes a role with these rights, pairs of `resource.action` and a scope; its id.
pub fn create_role(
    store: &Store,
    tenant: TenantId,
    name: &str,
    administrator: bool,
    rights: &[(String, String)],
    now: Instant,
) -> Result<i64, Refusal> {
    let (name, rights) = (name.to_owned(), rights.to_vec());
    write(store, tenant, now, move |ctx, tx| tenancy::create_role(ctx, tx, &name, administrator, &rights))
}

/// Changes a role, by its name: rights not named stay.
pub fn set_role(
    store: &Store,
    tenant: TenantId,
    name: &str,
    administrator: Option<bool>,
    rights: &[(String, String)],
    now: Instant,
) -> Result<(), Refusal> {
    let id = named(&snapshot(store, tenant)?, Resource::Role, name)?;
    let rights = rights.to_vec();
    write(store, tenant, now, move |ctx, tx| tenancy::set_role(ctx, tx, id, administrator, &rights))
}

/// Makes a team; its id.
pub fn create_team(store: &Store, tenant: TenantId, name: &str, now: Instant) -> Result<i64, Refusal> {
    let patch = Patch::new().text(team::NAME, name);
    write(store, tenant, now, move |ctx, tx| {
        favo_core::write::create(ctx, tx, Resource::Team, patch.clone(), Skip::default())
    })
}

/// The id of the role or team with this name.
fn named(snapshot: &Snapshot, resource: Resource, name: &str) -> Result<i64, Refusal> {
    if let Some(record) = snapshot.named(resource, name) {
        return Ok(record.id());
    }
    let known: Vec<&str> = snapshot.all(resource).filter_map(|record| record.title()).collect();
    let (what, known) = (resource.name(), known.join(", "));
    Err(Refusal::Mistake(format!("there is no {what} \"{name}\": choose one of {known}")))
}

/// The id of the user with this login.
fn user_with(snapshot: &Snapshot, login: &str) -> Result<i64, Refusal> {
    let user = snapshot.login(login).map(|user| user.id());
    user.ok_or_else(|| Refusal::Mistake(format!("there is no user \"{login}\": `favo user list` shows them")))
}

/// Hands out a token that acts for a user; the secret, which is kept nowhere.
pub fn issue_token(
    store: &Store,
    tenant: TenantId,
    login: &str,
    name: &str,
    days: i64,
    form: TokenForm,
    now: Instant,
) -> Result<String, Refusal> {
    let user = user_with(&snapshot(store, tenant)?, login)?;
    let (login, name) = (login.to_owned(), name.to_owned());
    let fresh = text::hex(&SystemEntropy.bytes());
    let fresh_key = [fresh.as_str(), &text::hex(&SystemEntropy.bytes())].concat();
    write(store, tenant, now, move |ctx, tx| {
        let issued = now.0.div_euclid(1_000_000);
        let expires = issued.saturating_add(days.saturating_mul(DAY));
        let secret = match form {
            TokenForm::Opaque => fresh.clone(),
            TokenForm::Jwt => {
                let key = token_key(tx, &fresh_key)?;
                // Two tokens of one user in one second would be the same text: the later one says a second less.
                (0..DAY)
                    .map(|back| {
                        nectar::issue_jwt(key.as_bytes(), issued - back, expires, &login, user, tenant.0)
                    })
                    .find(|secret| ctx.snapshot.token(&text::secret_hash(secret)).is_none())
                    .ok_or(Error::Conflict)?
            }
        };
        let hash = text::secret_hash(&secret);
        tenancy::register_token(
            ctx,
            tx,
            user,
            &name,
            &hash,
            Some(Instant(expires.saturating_mul(1_000_000))),
        )?;
        Ok(secret)
    })
}

/// The tenant's signing key, made on first use.
fn token_key(tx: &mut dyn Writer, fresh: &str) -> favo_core::Result<String> {
    if let Some((_, key)) = tx.settings()?.into_iter().find(|(name, _)| name == TOKEN_KEY) {
        return Ok(key);
    }
    tx.set_setting(TOKEN_KEY, Some(fresh))?;
    Ok(fresh.to_owned())
}

/// Revokes a token, at once and for ever.
pub fn revoke_token(store: &Store, tenant: TenantId, token: i64, now: Instant) -> Result<(), Refusal> {
    if snapshot(store, tenant)?.live(Resource::Token, token).is_none() {
        return Err(Refusal::Mistake(format!("there is no token {token}: `favo token list` shows them")));
    }
    write(store, tenant, now, move |ctx, tx| tenancy::revoke_token(ctx, tx, token))
}

/// A new client, with the secret that is kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSecret {
    /// Its number.
    pub id: i64,
    /// The public half of its credentials.
    pub client_id: String,
    /// The other half.
    pub client_secret: String,
}

/// Registers a program that gets tokens for users; `rights` are pairs of `resource.action` or `*.action` and `none` for
/// what it may not do, whoever its user is.
pub fn register_client(
    store: &Store,
    tenant: TenantId,
    name: &str,
    rights: &[(String, String)],
    now: Instant,
) -> Result<ClientSecret, Refusal> {
    let random = || text::hex(&SystemEntropy.bytes());
    let (client_id, client_secret) = (random(), [random(), random()].concat());
    let (name, rights) = (name.to_owned(), rights.to_vec());
    let (public, hash) = (client_id.clone(), text::secret_hash(&client_secret));
    let id = write(store, tenant, now, move |ctx, tx| {
        tenancy::register_client(ctx, tx, &name, &public, &hash, &rights)
    })?;
    Ok(ClientSecret { id, client_id, client_secret })
}

/// Revokes a client, named by its `client_id` or its number, at once and for ever.
pub fn revoke_client(store: &Store, tenant: TenantId, named: &str, now: Instant) -> Result<(), Refusal> {
    let snapshot = snapshot(store, tenant)?;
    let known = snapshot.all(Resource::Client).find(|known| {
        known.get(client::CLIENT_ID) == Some(named)
            || named.parse().is_ok_and(|number: i64| number == known.id())
    });
    let Some(id) = known.map(|known| known.id()) else {
        let sentence = format!("there is no client \"{named}\": `favo oauth-client list` shows them");
        return Err(Refusal::Mistake(sentence));
    };
    write(store, tenant, now, move |ctx, tx| tenancy::revoke_client(ctx, tx, id))
}

/// Settings of the dialects that hold for a whole server, and the flag of `favo serve` for each.
const OF_SERVERS: &[(&str, &str)] = &[
    ("egito.host_suffixes", "--egito-host-suffix"),
    ("egito.default_tenant", "--egito-default-tenant"),
    ("egito.token_get", "--egito-token-get"),
    ("egito.max_body", "--egito-limit-mib"),
    ("totvs.gateway_path", "--totvs-gateway-path"),
    ("totvs.max_body", "--totvs-limit-mib"),
    ("totvs.tenant_error", "--totvs-tenant-error"),
];

/// The core setting a name stands for, and its value as stored; one sentence when there is no such thing.
///
/// The name is that of a core setting, of a switch of NectarCRM, or `egito.` or `totvs.` and that of a setting there.
pub fn setting(name: &str, value: &str) -> Result<(String, String), String> {
    if let Some((_, flag)) = OF_SERVERS.iter().find(|(of_servers, _)| *of_servers == name) {
        return Err(format!("{name} holds for a whole server: give {flag} to `favo serve`"));
    }
    if let Some(checked) = egito::setting(name, value).or_else(|| totvs::setting(name, value)) {
        return checked.map(|()| (name.to_owned(), value.to_owned()));
    }
    let (setting, stored) = if Settings::NAMES.contains(&name) {
        (name.to_owned(), value.to_owned())
    } else if let Some((setting, stored)) = nectar::switch(name, value) {
        (setting.to_owned(), stored)
    } else {
        let core = Settings::NAMES.join(", ");
        let wire = nectar::switch_names().collect::<Vec<_>>().join(", ");
        return Err(format!(
            "\"{name}\" is no setting: the names are {core}, or as NectarCRM has them {wire}, or those of Egito and TOTVS, \
             which begin with egito. and totvs."
        ));
    };
    if !Settings::default().apply(&setting, &stored) {
        return Err(format!("\"{value}\" is no value of {name}: it takes {}", Settings::takes(&setting)));
    }
    Ok((setting, stored))
}

/// Sets a core setting, or a switch by the name a dialect gives it.
pub fn set(store: &Store, tenant: TenantId, name: &str, value: &str, now: Instant) -> Result<(), Refusal> {
    let (setting, stored) = setting(name, value).map_err(Refusal::Mistake)?;
    write(store, tenant, now, move |_, tx| {
        tx.set_setting(&setting, Some(&stored))?;
        tx.touch_registry()
    })
}
