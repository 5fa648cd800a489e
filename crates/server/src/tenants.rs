//! The tenants this server has seen, each with its registries as last read, and the actors made from them.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use favo_core::catalogue::client;
use favo_core::ctx::Entropy;
use favo_core::identity::Actor;
use favo_core::snapshot::Snapshot;
use favo_core::transaction::{Reader, TenantId};
use favo_core::{Ctx, Instant, Resource, Result};
use favo_store::Store;
use parking_lot::RwLock;

/// A tenant this server has seen, with its registries as last read.
#[derive(Debug)]
pub(crate) struct Tenant {
    pub(crate) id: TenantId,
    slug: OnceLock<String>,
    registries: RwLock<Option<Arc<Registries>>>,
}

/// The registries at one version, and the actors made from them.
#[derive(Debug)]
pub(crate) struct Registries {
    snapshot: Arc<Snapshot>,
    /// By user and client; 0 for no client.
    actors: RwLock<HashMap<(i64, i64), Arc<Actor>>>,
}

impl Tenant {
    pub(crate) fn new(id: TenantId) -> Self {
        Self { id, slug: OnceLock::new(), registries: RwLock::new(None) }
    }

    /// The short name; empty when nobody has needed it yet.
    pub(crate) fn slug(&self) -> &str {
        self.slug.get().map_or("", String::as_str)
    }

    /// Says what the short name is.
    pub(crate) fn name(&self, slug: String) {
        let _ = self.slug.set(slug);
    }

    /// The registries as this transaction sees them, and whether they had to be read.
    pub(crate) fn registries(&self, tx: &mut dyn Reader) -> Result<(Arc<Registries>, bool)> {
        let version = tx.registry_version()?;
        if let Some(known) = self.registries.read().as_ref()
            && known.snapshot.version() == version
        {
            return Ok((Arc::clone(known), false));
        }
        let snapshot = Arc::new(Snapshot::load(tx)?);
        Ok((Arc::new(Registries { snapshot, actors: RwLock::new(HashMap::new()) }), true))
    }

    /// The registries as they are now.
    pub(crate) async fn current(self: &Arc<Self>, store: &Store) -> Result<Arc<Registries>> {
        let tenant = Arc::clone(self);
        let (registries, is_fresh) = store.read(self.id, move |tx| tenant.registries(tx)).await?;
        if is_fresh {
            self.keep(Arc::clone(&registries));
        }
        Ok(registries)
    }

    /// Keeps registries for the requests that follow: those a transaction has read that is committed.
    pub(crate) fn keep(&self, registries: Arc<Registries>) {
        *self.registries.write() = Some(registries);
    }
}

impl Registries {
    pub(crate) fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// The actor behind a user, without what the client may not do.
    pub(crate) fn actor(&self, user: i64, through: Option<i64>) -> Option<Arc<Actor>> {
        let key = (user, through.unwrap_or(0));
        if let Some(actor) = self.actors.read().get(&key) {
            return Some(Arc::clone(actor));
        }
        let mut actor = Actor::of(&self.snapshot, user)?;
        if let Some(client) = through.and_then(|id| self.snapshot.live(Resource::Client, id)) {
            actor = actor.narrowed(client.get(client::RIGHTS));
        }
        let actor = Arc::new(actor);
        self.actors.write().insert(key, Arc::clone(&actor));
        Some(actor)
    }

    /// The circumstances of what the server itself does.
    pub(crate) fn system(&self, now: Instant, entropy: Arc<dyn Entropy>) -> Ctx {
        self.acting(0, now, entropy)
    }

    /// The same in the name of a user.
    pub(crate) fn acting(&self, user: i64, now: Instant, entropy: Arc<dyn Entropy>) -> Ctx {
        let snapshot = Arc::clone(&self.snapshot);
        Ctx { actor: Arc::new(Actor::system(user)), now, snapshot, entropy }
    }
}
