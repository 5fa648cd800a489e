//! Who is let in: the checks that every request with a token passes at the start of its own transaction.
//!
//! A token of the API, the access token of a session and the cookie of one pass through here alike. What a request is then
//! allowed to do is core's business; what a refusal looks like is the dialect's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use favo_core::catalogue::{meta, session};
use favo_core::identity::user_of_token;
use favo_core::session::State;
use favo_core::snapshot::Snapshot;
use favo_core::transaction::{Reader, TenantId};
use favo_core::{Ctx, Instant, Resource, Result};
use favo_dialects::wire::Caller;
use parking_lot::Mutex;

use crate::host::Host;
use crate::rate::Allowance;
use crate::tenants::{Registries, Tenant};
use crate::tokens::Token;

/// What a dialect demands of those it lets in.
#[derive(Debug)]
pub(crate) struct Terms {
    /// Its sessions are held by cookies.
    pub(crate) cookie: bool,
    /// How long its sessions may go unused, in microseconds.
    pub(crate) idle: fn(&Snapshot) -> Option<i64>,
    /// How many requests a token or session may send.
    pub(crate) rate: fn(&Ctx) -> Option<Allowance>,
}

/// What someone who was let in may do, whatever their rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct May {
    pub(crate) read: bool,
    pub(crate) write: bool,
}

impl May {
    /// The caller as a dialect knows them, in the tenant of this short name.
    pub(crate) fn caller(self, slug: &str) -> Caller {
        Caller { tenant: slug.to_owned(), may_read: self.read, may_write: self.write }
    }
}

/// Why someone was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denial {
    /// Nobody has this token any more, or its user may no longer act.
    Unknown,
    /// Its time is over.
    Expired,
    /// The client it was made for is gone.
    ClientGone,
    /// It has used up its rate.
    TooMany(Duration),
}

impl Denial {
    /// The wait in whole seconds, rounded up: whoever waits that long is let in.
    pub(crate) fn whole_seconds(wait: Duration) -> Duration {
        Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    }
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum Admission {
    /// The token is good: act.
    Admitted(Ctx, May),
    /// It is not.
    Denied(Denial),
}

/// The user of a session, the client it was opened through, and what it may do.
type Holder = (i64, Option<i64>, May);

/// How long a use of a session may stay unwritten, in microseconds.
const UNWRITTEN: i64 = 60_000_000;

/// One request on its way through a transaction. The store may run the transaction more than once.
#[derive(Debug)]
pub(crate) struct Visit {
    host: Arc<Host>,
    token: Arc<Token>,
    terms: &'static Terms,
    now: Instant,
    /// The user who acts, 0 before that is known: for the log, also when the transaction fails.
    user: AtomicI64,
    counted: AtomicBool,
    /// Registries this transaction had to read.
    fresh: Mutex<Option<Arc<Registries>>>,
}

impl Visit {
    pub(crate) fn new(host: Arc<Host>, token: Arc<Token>, terms: &'static Terms) -> Self {
        let now = host.clock.now();
        let (user, counted) = (AtomicI64::new(0), AtomicBool::new(false));
        Self { host, token, terms, now, user, counted, fresh: Mutex::new(None) }
    }

    pub(crate) fn tenant(&self) -> TenantId {
        self.token.tenant.id
    }

    /// The tenant with its short name.
    pub(crate) fn home(&self) -> &Arc<Tenant> {
        &self.token.tenant
    }

    /// The user who acted.
    pub(crate) fn user(&self) -> Option<i64> {
        Some(self.user.load(Ordering::Relaxed)).filter(|user| *user != 0)
    }

    /// Checks the token and its rate against the registries as this transaction sees them.
    pub(crate) fn admit(&self, tx: &mut dyn Reader) -> Result<Admission> {
        let (registries, is_fresh) = self.token.tenant.registries(tx)?;
        if is_fresh {
            *self.fresh.lock() = Some(Arc::clone(&registries));
        }
        let snapshot = registries.snapshot();
        let (user, client, may) = match self.token.session {
            None => match user_of_token(snapshot, &self.token.hash, self.now) {
                Some(user) => (user, None, May { read: true, write: true }),
                None => return Ok(Admission::Denied(Denial::Unknown)),
            },
            Some(id) => match self.of_session(snapshot, tx, id)? {
                Ok(known) => known,
                Err(denial) => return Ok(Admission::Denied(denial)),
            },
        };
        self.user.store(user, Ordering::Relaxed);
        let Some(actor) = registries.actor(user, client) else {
            return Ok(Admission::Denied(Denial::Unknown));
        };
        let (snapshot, entropy) = (Arc::clone(snapshot), Arc::clone(&self.host.entropy));
        let ctx = Ctx { actor, now: self.now, snapshot, entropy };
        if let Some(allowance) = (self.terms.rate)(&ctx)
            && !self.counted.swap(true, Ordering::Relaxed)
            && let Err(wait) = self.host.rates.take(&self.token.digest, allowance, self.now)
        {
            return Ok(Admission::Denied(Denial::TooMany(wait)));
        }
        Ok(Admission::Admitted(ctx, may))
    }

    /// Whose session it is, when it can be used.
    fn of_session(
        &self,
        snapshot: &Snapshot,
        tx: &mut dyn Reader,
        id: i64,
    ) -> Result<std::result::Result<Holder, Denial>> {
        let Some(mut record) = tx.load(Resource::Session, id)? else { return Ok(Err(Denial::Unknown)) };
        // The session may have another access token by now, and a cookie is no access token.
        let same = record.get(session::ACCESS_HASH) == Some(self.token.hash.as_str())
            && (record.get(session::KIND) == Some(1)) == self.terms.cookie;
        if !same {
            return Ok(Err(Denial::Unknown));
        }
        let idle = (self.terms.idle)(snapshot);
        let used = self.token.used.load(Ordering::Relaxed);
        if idle.is_some() {
            let noted =
                record.get(session::LAST_SEEN_AT).or(record.get(meta::CREATED_AT)).map_or(0, |at| at.0);
            self.token.noted.fetch_max(noted, Ordering::Relaxed);
            // The database knows the last use to the minute, this process knows its own exactly.
            if used > noted {
                record.set(session::LAST_SEEN_AT, Some(Instant(used)));
            }
        }
        Ok(match favo_core::session::state(snapshot, &record, self.now, idle) {
            State::Live(user) => {
                if idle.is_some() {
                    self.token.used.fetch_max(self.now.0, Ordering::Relaxed);
                }
                let may = May { read: record.get(session::MAY_READ), write: record.get(session::MAY_WRITE) };
                Ok((user, record.get(session::CLIENT), may))
            }
            State::Expired => Err(Denial::Expired),
            State::Ended => Err(Denial::Unknown),
            State::ClientGone => Err(Denial::ClientGone),
        })
    }

    /// Has the use of a session written down when that was a minute ago, beside the answer and not before it.
    pub(crate) fn note_use(&self) {
        let Some(id) = self.token.session else { return };
        let (used, noted) =
            (self.token.used.load(Ordering::Relaxed), self.token.noted.load(Ordering::Relaxed));
        let due = used >= noted.saturating_add(UNWRITTEN);
        let first = || {
            let claim = self.token.noted.compare_exchange(noted, used, Ordering::Relaxed, Ordering::Relaxed);
            claim.is_ok()
        };
        if !due || !first() {
            return;
        }
        let (host, tenant) = (Arc::clone(&self.host), Arc::clone(&self.token.tenant));
        tokio::spawn(async move {
            let entropy = Arc::clone(&host.entropy);
            let written = host.store.write(tenant.id, move |tx| {
                let (registries, _) = tenant.registries(tx)?;
                let ctx = registries.system(Instant(used), Arc::clone(&entropy));
                favo_core::session::seen(&ctx, tx, id)
            });
            // A use that is not written down is written with the next one.
            let _ = written.await;
        });
    }

    /// Keeps the registries this transaction read for the requests that follow; only call it after it has committed.
    ///
    /// A writer may have read what a neighbour in its group had written: that becomes true with the commit, not before.
    pub(crate) fn keep(&self) {
        if let Some(registries) = self.fresh.lock().take() {
            self.token.tenant.keep(registries);
        }
    }

    /// The same after a transaction that did not commit: reads the registries again as they are now.
    pub(crate) async fn read_again(&self) {
        if self.fresh.lock().take().is_some() {
            // What cannot be read now is read by the next request.
            let _ = self.token.tenant.current(&self.host.store).await;
        }
    }
}
