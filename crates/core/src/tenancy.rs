//! What a new tenant starts with, and how users, roles and tokens come to be and change outside any dialect.

mod brazil;
mod furniture;
mod poland;

use crate::catalogue::{Resource, client, role, token, user};
use crate::ctx::Ctx;
use crate::error::{Error, Place, Reason, Result};
use crate::identity::{STANDARD_ROLES, StandardRole};
use crate::patch::{Input, Patch, Reference};
use crate::record::Key;
use crate::rules;
use crate::transaction::Writer;
use crate::value::Instant;
use crate::write::{Skip, Work};

/// The first administrator of a new tenant.
#[derive(Debug, Clone)]
pub struct Administrator {
    /// Login, an e-mail address.
    pub login: String,
    /// Name shown.
    pub name: String,
    /// The password's argon2id hash.
    pub password_hash: String,
}

/// The country a tenant is furnished for: the language of its lookups, its pipelines, its units and payment conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Country {
    /// Portuguese names.
    #[default]
    Brazil,
    /// Polish names, with the codes of the standard dictionaries.
    Poland,
}

/// Names of task types by nature: a nature without a type gets its one.
pub const TASK_TYPES: &[(i64, &str)] = &{
    let mut names = [(0, ""); brazil::TASK_TYPES.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = (brazil::TASK_TYPES[at].0, brazil::TASK_TYPES[at].1.0);
        at += 1;
    }
    names
};

/// Fills an empty tenant: roles, an administrator, a team, pipelines, types, reasons and lookups; the administrator's id.
pub fn furnish(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    administrator: &Administrator,
    country: Country,
) -> Result<i64> {
    let furniture = match country {
        Country::Brazil => &brazil::FURNITURE,
        Country::Poland => &poland::FURNITURE,
    };
    let mut work = Work::new(ctx, tx, Skip::ALL);
    for StandardRole { name, administrator, rights } in STANDARD_ROLES {
        let rights = rights.iter().map(|(right, scope)| ((*right).to_owned(), (*scope).to_owned())).collect();
        let patch = Patch::new()
            .text(role::NAME, *name)
            .with(role::ADMINISTRATOR, Input::Bool(*administrator))
            .with(role::RIGHTS, Input::Map(rights));
        work.create(Resource::Role, patch)?;
    }
    furniture.put_team(&mut work)?;
    let Administrator { login, name, password_hash } = administrator;
    let id = put_user(&mut work, login, name, "administrator", password_hash)?;
    furniture.put(&mut work)?;
    Ok(id)
}

/// Adds a user with a role (by name); their id. An unknown role or a login in use is refused.
pub fn add_user(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    login: &str,
    name: &str,
    role: &str,
    password_hash: &str,
) -> Result<i64> {
    put_user(&mut Work::new(ctx, tx, Skip::default()), login, name, role, password_hash)
}

fn put_user(
    work: &mut Work<'_>,
    login: &str,
    name: &str,
    role_name: &str,
    password_hash: &str,
) -> Result<i64> {
    let role = named(work, Resource::Role, role_name, user::ROLE)?;
    let patch = Patch::new().text(user::LOGIN, login).text(user::NAME, name).text(user::EMAIL, login);
    let id = work.create(Resource::User, patch)?;
    let before = work.tx.load(Resource::User, id)?.ok_or(Error::NotFound)?;
    let mut after = before.clone();
    after.set(user::ROLE, Some(role));
    after.set(user::PASSWORD_HASH, Some(password_hash.to_owned()).filter(|hash| !hash.is_empty()));
    work.store(&before, after, false)?;
    Ok(id)
}

/// What is to change about a user; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct UserChange {
    /// The role, by name.
    pub role: Option<String>,
    /// All teams from now on, by name.
    pub teams: Option<Vec<String>>,
    /// Whether they may sign in and act.
    pub active: Option<bool>,
    /// The argon2id hash of a new password.
    pub password_hash: Option<String>,
}

/// Changes a user. Unknown roles and teams are refused, and so is taking the last administrator away.
pub fn set_user(ctx: &Ctx, tx: &mut dyn Writer, id: i64, change: &UserChange) -> Result<()> {
    let mut work = Work::new(ctx, tx, Skip::default());
    let before = work.tx.load(Resource::User, id)?.ok_or(Error::NotFound)?;
    let mut after = before.clone();
    if let Some(role) = &change.role {
        after.set(user::ROLE, Some(named(&mut work, Resource::Role, role, user::ROLE)?));
    }
    if let Some(teams) = &change.teams {
        let mut ids = Vec::with_capacity(teams.len());
        for team in teams {
            let id = named(&mut work, Resource::Team, team, user::TEAMS)?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        after.set(user::TEAMS, ids);
    }
    if let Some(active) = change.active {
        after.set(user::ACTIVE, active);
    }
    if let Some(hash) = &change.password_hash {
        after.set(user::PASSWORD_HASH, Some(hash.clone()));
        // Whoever signed in with the old one has to sign in again.
        after.set(user::SESSIONS_SINCE, Some(ctx.now));
    }
    rules::keep_administration(&mut work, &after)?;
    work.store(&before, after, false)
}

/// The id of the record with this name; `field` of a user is what it is looked up for.
fn named<K>(work: &mut Work<'_>, resource: Resource, name: &str, field: Key<K>) -> Result<i64> {
    let found = work.snapshot()?.named(resource, name).map(|record| record.id());
    let place = Place::Field(Resource::User, field.position());
    found.ok_or_else(|| Error::refused(place, Reason::NotFound(name.to_owned())))
}

/// Makes a role; its id. A right is a pair of `resource.action` or `*.action` and a scope.
pub fn create_role(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    name: &str,
    administrator: bool,
    rights: &[(String, String)],
) -> Result<i64> {
    let patch = Patch::new()
        .text(role::NAME, name)
        .with(role::ADMINISTRATOR, Input::Bool(administrator))
        .with(role::RIGHTS, Input::Map(rights.to_vec()));
    Work::new(ctx, tx, Skip::default()).create(Resource::Role, patch)
}

/// Changes a role: rights not named stay. Taking its last administrator from a tenant is refused.
pub fn set_role(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    id: i64,
    administrator: Option<bool>,
    rights: &[(String, String)],
) -> Result<()> {
    let before = tx.load(Resource::Role, id)?.ok_or(Error::NotFound)?;
    let mut all = before.get(role::RIGHTS).to_vec();
    all.retain(|(right, _)| !rights.iter().any(|(given, _)| given == right));
    all.extend_from_slice(rights);
    let mut patch = Patch::new().with(role::RIGHTS, Input::Map(all));
    if let Some(administrator) = administrator {
        patch.set(role::ADMINISTRATOR, Input::Bool(administrator));
    }
    Work::new(ctx, tx, Skip::default()).update(before, patch)
}

/// Registers a token by the hash of its secret ([`crate::text::secret_hash`]); its id.
pub fn register_token(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    user: i64,
    name: &str,
    hash: &str,
    expires: Option<Instant>,
) -> Result<i64> {
    let mut patch = Patch::new()
        .text(token::NAME, name)
        .text(token::HASH, hash)
        .with(token::USER, Input::One(Reference::id(user)));
    if let Some(expires) = expires {
        patch.set(token::EXPIRES_AT, Input::Instant(expires));
    }
    Work::new(ctx, tx, Skip::default()).create(Resource::Token, patch)
}

/// Revokes a token at once.
pub fn revoke_token(ctx: &Ctx, tx: &mut dyn Writer, id: i64) -> Result<()> {
    let before = tx.load(Resource::Token, id)?.ok_or(Error::NotFound)?;
    if before.get(token::REVOKED_AT).is_some() {
        return Ok(());
    }
    let patch = Patch::new().with(token::REVOKED_AT, Input::Instant(ctx.now));
    Work::new(ctx, tx, Skip::default()).update(before, patch)
}

/// Registers a program by its public id and the hash of its secret ([`crate::text::secret_hash`]); its number. A right is a
/// pair of `resource.action` or `*.action` and `none`.
pub fn register_client(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    name: &str,
    client_id: &str,
    secret_hash: &str,
    rights: &[(String, String)],
) -> Result<i64> {
    let mut work = Work::new(ctx, tx, Skip::default());
    let taken = work.snapshot()?.all(Resource::Client).any(|other| {
        other.get(client::CLIENT_ID) == Some(client_id) && other.get(client::REVOKED_AT).is_none()
    });
    if taken {
        let place = Place::Field(Resource::Client, client::CLIENT_ID.position());
        return Err(Error::refused(place, Reason::DuplicateName(client_id.to_owned())));
    }
    let patch = Patch::new()
        .text(client::NAME, name)
        .text(client::CLIENT_ID, client_id)
        .text(client::SECRET_HASH, secret_hash)
        .with(client::RIGHTS, Input::Map(rights.to_vec()));
    work.create(Resource::Client, patch)
}

/// Revokes a program at once: its sessions are over.
pub fn revoke_client(ctx: &Ctx, tx: &mut dyn Writer, id: i64) -> Result<()> {
    let before = tx.load(Resource::Client, id)?.ok_or(Error::NotFound)?;
    if before.get(client::REVOKED_AT).is_some() {
        return Ok(());
    }
    let patch = Patch::new().with(client::REVOKED_AT, Input::Instant(ctx.now));
    Work::new(ctx, tx, Skip::default()).update(before, patch)
}
