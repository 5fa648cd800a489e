//! Who is let in: the checks that every request with a token passes at the start of its own transaction.
//!
//! What a request is then allowed to do is core's business; what a refusal looks like is the dialect's.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use favo_core::identity::{Actor, user_of_token};
use favo_core::snapshot::Snapshot;
use favo_core::transaction::{Reader, TenantId};
use favo_core::{Ctx, Instant, Result};
use parking_lot::{Mutex, RwLock};

use crate::host::Host;
use crate::tokens::Token;

/// A tenant this server has seen, with its registries as last read.
#[derive(Debug)]
pub(crate) struct Tenant {
    pub(crate) id: TenantId,
    registries: RwLock<Option<Arc<Registries>>>,
}

/// The registries at one version, and the actors made from them.
#[derive(Debug)]
pub(crate) struct Registries {
    snapshot: Arc<Snapshot>,
    actors: RwLock<HashMap<i64, Arc<Actor>>>,
}

impl Tenant {
    pub(crate) fn new(id: TenantId) -> Self {
        Self { id, registries: RwLock::new(None) }
    }

    /// The registries if they are those of this version.
    fn at(&self, version: i64) -> Option<Arc<Registries>> {
        let registries = self.registries.read();
        registries.as_ref().filter(|registries| registries.snapshot.version() == version).map(Arc::clone)
    }

    fn keep(&self, registries: Arc<Registries>) {
        *self.registries.write() = Some(registries);
    }
}

impl Registries {
    fn load(tx: &mut dyn Reader) -> Result<Self> {
        Ok(Self { snapshot: Arc::new(Snapshot::load(tx)?), actors: RwLock::new(HashMap::new()) })
    }

    fn actor(&self, user: i64) -> Option<Arc<Actor>> {
        if let Some(actor) = self.actors.read().get(&user) {
            return Some(Arc::clone(actor));
        }
        let actor = Arc::new(Actor::of(&self.snapshot, user)?);
        self.actors.write().insert(user, Arc::clone(&actor));
        Some(actor)
    }
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum Admission {
    /// The token is good: act.
    Admitted(Ctx),
    /// The token is revoked or expired, or its user inactive.
    Unauthorised,
    /// The token has used up its rate.
    TooMany(Duration),
}

/// One request on its way through a transaction. The store may run the transaction more than once.
#[derive(Debug)]
pub(crate) struct Visit {
    host: Arc<Host>,
    token: Arc<Token>,
    now: Instant,
    /// The user who acts, 0 before that is known: for the log, also when the transaction fails.
    user: AtomicI64,
    counted: AtomicBool,
    /// Registries this transaction had to read.
    fresh: Mutex<Option<Arc<Registries>>>,
}

impl Visit {
    pub(crate) fn new(host: Arc<Host>, token: Arc<Token>) -> Self {
        let now = host.clock.now();
        let (user, counted) = (AtomicI64::new(0), AtomicBool::new(false));
        Self { host, token, now, user, counted, fresh: Mutex::new(None) }
    }

    pub(crate) fn tenant(&self) -> TenantId {
        self.token.tenant.id
    }

    /// The user who acted.
    pub(crate) fn user(&self) -> Option<i64> {
        Some(self.user.load(Ordering::Relaxed)).filter(|user| *user != 0)
    }

    /// Checks the token and its rate against the registries as this transaction sees them.
    pub(crate) fn admit(&self, tx: &mut dyn Reader) -> Result<Admission> {
        let version = tx.registry_version()?;
        let registries = if let Some(registries) = self.token.tenant.at(version) {
            registries
        } else {
            let registries = Arc::new(Registries::load(tx)?);
            *self.fresh.lock() = Some(Arc::clone(&registries));
            registries
        };
        let snapshot = &registries.snapshot;
        let Some(user) = user_of_token(snapshot, &self.token.hash, self.now) else {
            return Ok(Admission::Unauthorised);
        };
        self.user.store(user, Ordering::Relaxed);
        if let Some(limit) = snapshot.settings().rate_limit
            && !self.counted.swap(true, Ordering::Relaxed)
            && let Err(wait) = self.host.rates.take(&self.token.digest, limit, self.now)
        {
            return Ok(Admission::TooMany(wait));
        }
        let Some(actor) = registries.actor(user) else { return Ok(Admission::Unauthorised) };
        let (snapshot, entropy) = (Arc::clone(snapshot), Arc::clone(&self.host.entropy));
        Ok(Admission::Admitted(Ctx { actor, now: self.now, snapshot, entropy }))
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
        if self.fresh.lock().take().is_none() {
            return;
        }
        let current = self.host.store.read(self.tenant(), |tx| Registries::load(tx)).await;
        if let Ok(registries) = current {
            self.token.tenant.keep(Arc::new(registries));
        }
    }
}
