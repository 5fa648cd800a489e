//! Sessions: a user at work through a client or with a cookie. Opened, used, prolonged and ended here; secrets are the server's.

use crate::catalogue::{Resource, client, session, user};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::patch::{Input, Patch, Reference};
use crate::query::{Filter, Page, Query};
use crate::record::{Key, Record, kind};
use crate::snapshot::Snapshot;
use crate::transaction::{Reader, Writer};
use crate::value::Instant;
use crate::write::{Skip, Work};

/// Whether a session can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It can, by this user.
    Live(i64),
    /// Its time is over.
    Expired,
    /// It was ended, its user may no longer act, or their password has changed since.
    Ended,
    /// The client it was opened through is gone.
    ClientGone,
}

/// The state of a session at this moment; `idle` is how long a cookie may go unused, in microseconds.
pub fn state(snapshot: &Snapshot, session: &Record, now: Instant, idle: Option<i64>) -> State {
    let Some(user) = session.get(session::USER) else { return State::Ended };
    if session.is_deleted() || session.get(session::ENDED_AT).is_some() {
        return State::Ended;
    }
    if let Some(id) = session.get(session::CLIENT)
        && snapshot.live(Resource::Client, id).is_none_or(|client| client.get(client::REVOKED_AT).is_some())
    {
        return State::ClientGone;
    }
    let Some(holder) = snapshot.live(Resource::User, user).filter(|holder| holder.is_active()) else {
        return State::Ended;
    };
    let opened = session.get(crate::catalogue::meta::CREATED_AT).unwrap_or(Instant(0));
    if holder.get(user::SESSIONS_SINCE).is_some_and(|since| opened < since) {
        return State::Ended;
    }
    let last = session.get(session::LAST_SEEN_AT).unwrap_or(opened);
    let over = session.get(session::EXPIRES_AT).is_some_and(|end| end <= now)
        || idle.is_some_and(|idle| last.0.saturating_add(idle) <= now.0);
    if over { State::Expired } else { State::Live(user) }
}

/// A session to be opened; the hashes are [`crate::text::secret_hash`] of secrets.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// Held by a cookie.
    pub cookie: bool,
    /// Whose.
    pub user: i64,
    /// Through which client.
    pub client: Option<i64>,
    /// May read.
    pub may_read: bool,
    /// May write.
    pub may_write: bool,
    /// Of the access token or cookie, with what it is derived from.
    pub access: (String, Option<String>),
    /// Of the refresh token, with what it is derived from.
    pub refresh: Option<(String, Option<String>)>,
    /// When the access token or cookie ends.
    pub expires_at: Instant,
    /// When the refresh token ends.
    pub refresh_expires_at: Option<Instant>,
}

/// How long a session that is over is remembered, in microseconds: who comes late is told that its time is over.
const REMEMBERED: i64 = 7 * 24 * 3600 * 1_000_000;

/// Opens a session; its id. Sessions that ended long ago are forgotten on the way.
pub fn open(ctx: &Ctx, tx: &mut dyn Writer, opening: &Opening) -> Result<i64> {
    tx.forget_sessions(Instant(ctx.now.0.saturating_sub(REMEMBERED)))?;
    let mut patch = Patch::new()
        .with(session::KIND, Input::Int(i64::from(opening.cookie)))
        .with(session::USER, Input::One(Reference::id(opening.user)))
        .with(session::MAY_READ, Input::Bool(opening.may_read))
        .with(session::MAY_WRITE, Input::Bool(opening.may_write))
        .with(session::EXPIRES_AT, Input::Instant(opening.expires_at))
        .with(session::GONE_AT, Input::Instant(gone(opening.expires_at, opening.refresh_expires_at)));
    if let Some(client) = opening.client {
        patch.set(session::CLIENT, Input::One(Reference::id(client)));
    }
    if let Some(end) = opening.refresh_expires_at {
        patch.set(session::REFRESH_EXPIRES_AT, Input::Instant(end));
    }
    set_secret(&mut patch, session::ACCESS_HASH, session::ACCESS_SEED, opening.access.clone());
    if let Some(refresh) = &opening.refresh {
        set_secret(&mut patch, session::REFRESH_HASH, session::REFRESH_SEED, refresh.clone());
    }
    Work::new(ctx, tx, Skip::default()).create(Resource::Session, patch)
}

/// The hash of a secret, and what it is derived from.
fn set_secret(
    patch: &mut Patch,
    hash: Key<kind::Text>,
    seed: Key<kind::Text>,
    secret: (String, Option<String>),
) {
    patch.set(hash, Input::Text(secret.0));
    patch.set(seed, secret.1.map_or(Input::Clear, Input::Text));
}

/// When nothing of a session can be used any more.
fn gone(access: Instant, refresh: Option<Instant>) -> Instant {
    refresh.map_or(access, |refresh| refresh.max(access))
}

/// Gives a session a new access token that may do this (read, write); the old one ends at once.
pub fn renew(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    session: &Record,
    access: (String, Option<String>),
    expires_at: Instant,
    may: (bool, bool),
) -> Result<()> {
    let mut patch = Patch::new()
        .with(session::MAY_READ, Input::Bool(may.0))
        .with(session::MAY_WRITE, Input::Bool(may.1))
        .with(session::EXPIRES_AT, Input::Instant(expires_at))
        .with(session::GONE_AT, Input::Instant(gone(expires_at, session.get(session::REFRESH_EXPIRES_AT))));
    set_secret(&mut patch, session::ACCESS_HASH, session::ACCESS_SEED, access);
    Work::new(ctx, tx, Skip::default()).update(session.clone(), patch)
}

/// Ends a session; one that has ended stays as it is.
pub fn end(ctx: &Ctx, tx: &mut dyn Writer, session: &Record) -> Result<()> {
    if session.get(session::ENDED_AT).is_some() {
        return Ok(());
    }
    let patch = Patch::new().with(session::ENDED_AT, Input::Instant(ctx.now));
    Work::new(ctx, tx, Skip::default()).update(session.clone(), patch)
}

/// The newest session that was not ended, of this user through this client (or through none), allowed exactly this.
///
/// Whether it can still be used, [`state`] says.
pub fn find_live(
    tx: &mut dyn Reader,
    user: i64,
    client: Option<i64>,
    may_read: bool,
    may_write: bool,
) -> Result<Option<Record>> {
    let client = match client {
        Some(client) => Filter::is(session::CLIENT, client),
        None => Filter::IsNull(session::CLIENT.position()),
    };
    let filter = Filter::is(session::USER, user)
        .and(client)
        .and(Filter::is(session::KIND, 0))
        .and(Filter::is(session::MAY_READ, i64::from(may_read)))
        .and(Filter::is(session::MAY_WRITE, i64::from(may_write)))
        .and(Filter::IsNull(session::ENDED_AT.position()));
    let query = Query::of(Resource::Session).filter(filter).page(Page::first(1));
    Ok(tx.load_all(&query)?.pop())
}

/// Notes that a cookie was used; once a minute is enough.
pub fn seen(ctx: &Ctx, tx: &mut dyn Writer, session: i64) -> Result<()> {
    tx.raise(Resource::Session, session, session::LAST_SEEN_AT.position(), ctx.now.0)
}
