//! Sessions: a user at work through a client or with a cookie. Opened, used, prolonged and ended here; secrets are the server's.

use crate::catalogue::{Resource, client, session, user};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::record::Record;
use crate::snapshot::Snapshot;
use crate::transaction::Writer;
use crate::value::Instant;

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

/// Opens a session; its id. Sessions that ended long ago are forgotten on the way.
pub fn open(_ctx: &Ctx, _tx: &mut dyn Writer, _opening: &Opening) -> Result<i64> {
    Err(Error::Internal("not built yet".to_owned()))
}

/// Gives a session a new access token; the old one ends at once.
pub fn renew(
    _ctx: &Ctx,
    _tx: &mut dyn Writer,
    _session: &Record,
    _access: (String, Option<String>),
    _expires_at: Instant,
    _may: (bool, bool),
) -> Result<()> {
    Err(Error::Internal("not built yet".to_owned()))
}

/// Ends a session.
pub fn end(_ctx: &Ctx, _tx: &mut dyn Writer, _session: &Record) -> Result<()> {
    Err(Error::Internal("not built yet".to_owned()))
}

/// Notes that a cookie was used; once a minute is enough.
pub fn seen(ctx: &Ctx, tx: &mut dyn Writer, session: i64) -> Result<()> {
    tx.raise(Resource::Session, session, session::LAST_SEEN_AT.position(), ctx.now.0)
}
