//! Whose token is it, and of which session: what never changes about a token, kept in memory.
//!
//! Nothing else is kept here: whether a token is still valid is looked up in every request's own transaction.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use favo_core::transaction::TenantId;
use favo_core::{Error, Result, text};
use favo_store::Store;
use parking_lot::RwLock;
use sha2::{Digest as _, Sha256};

use crate::tenants::Tenant;

/// Tokens and tenants remembered. Past either, all are forgotten: they come back at one small query each.
const TOKENS: usize = 100_000;
const TENANTS: usize = 1_000;

/// The SHA-256 of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Digest(pub(crate) [u8; 32]);

impl Digest {
    pub(crate) fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }
}

impl std::hash::Hash for Digest {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0[8..16].iter().fold(0, |number, byte| number << 8 | u64::from(*byte)));
    }
}

/// A digest is evenly spread as it is: hashing it again would buy nothing.
#[derive(Debug, Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

/// A secret some tenant has handed out, perhaps revoked or expired since.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) digest: Digest,
    /// The digest as the database spells it.
    pub(crate) hash: String,
    pub(crate) tenant: Arc<Tenant>,
    /// The session it belongs to; `None` for an API token.
    pub(crate) session: Option<i64>,
    /// When this process last saw the session used, and when it last wrote that down; microseconds.
    pub(crate) used: AtomicI64,
    pub(crate) noted: AtomicI64,
}

/// The tokens and tenants seen so far.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    of_api: RwLock<Known>,
    of_sessions: RwLock<Known>,
    tenants: RwLock<HashMap<TenantId, Arc<Tenant>>>,
}

type Known = HashMap<Digest, Arc<Token>, BuildHasherDefault<AsIs>>;

impl Tokens {
    /// The API token with this secret, if any tenant has registered it.
    pub(crate) async fn find(&self, store: &Store, secret: &str) -> Result<Option<Arc<Token>>> {
        let digest = Digest::of(secret);
        if let Some(token) = self.of_api.read().get(&digest) {
            return Ok(Some(Arc::clone(token)));
        }
        let hash = text::hex(&digest.0);
        let Some(tenant) = store.tenant_of_token(&hash).await? else { return Ok(None) };
        let token = Token::new(digest, hash, self.tenant(tenant), None);
        Ok(Some(remember(&self.of_api, token)))
    }

    /// The session with this access token or cookie, if any tenant has opened it.
    pub(crate) async fn find_session(&self, store: &Store, secret: &str) -> Result<Option<Arc<Token>>> {
        let digest = Digest::of(secret);
        if let Some(token) = self.of_sessions.read().get(&digest) {
            return Ok(Some(Arc::clone(token)));
        }
        let hash = text::hex(&digest.0);
        let Some((tenant, session)) = store.session_of(&hash, false).await? else { return Ok(None) };
        let tenant = self.tenant_with_slug(store, tenant).await?;
        Ok(Some(remember(&self.of_sessions, Token::new(digest, hash, tenant, Some(session)))))
    }

    /// The tenant with this short name.
    pub(crate) async fn tenant_named(&self, store: &Store, slug: &str) -> Result<Option<Arc<Tenant>>> {
        // Not every database takes a text with such a character, and no tenant has it in its name.
        if slug.contains('\0') {
            return Ok(None);
        }
        let Some(found) = store.tenant_named(slug).await? else { return Ok(None) };
        let tenant = self.tenant(found.id);
        tenant.name(found.slug);
        Ok(Some(tenant))
    }

    /// The tenant with this number, and its short name.
    pub(crate) async fn tenant_with_slug(&self, store: &Store, id: TenantId) -> Result<Arc<Tenant>> {
        let tenant = self.tenant(id);
        if tenant.slug().is_empty() {
            let found = store.tenant_with(id).await?.ok_or(Error::NotFound)?;
            tenant.name(found.slug);
        }
        Ok(tenant)
    }

    fn tenant(&self, id: TenantId) -> Arc<Tenant> {
        if let Some(tenant) = self.tenants.read().get(&id) {
            return Arc::clone(tenant);
        }
        let mut tenants = self.tenants.write();
        if tenants.len() >= TENANTS {
            tenants.clear();
            // Tokens keep their tenants alive; let go of those too.
            self.of_api.write().clear();
            self.of_sessions.write().clear();
        }
        Arc::clone(tenants.entry(id).or_insert_with(|| Arc::new(Tenant::new(id))))
    }
}

impl Token {
    fn new(digest: Digest, hash: String, tenant: Arc<Tenant>, session: Option<i64>) -> Arc<Self> {
        Arc::new(Self {
            digest,
            hash,
            tenant,
            session,
            used: AtomicI64::default(),
            noted: AtomicI64::default(),
        })
    }
}

/// Puts a token among those known, unless another request was faster: all requests of a session share one.
fn remember(known: &RwLock<Known>, token: Arc<Token>) -> Arc<Token> {
    let mut known = known.write();
    if known.len() >= TOKENS {
        known.clear();
    }
    Arc::clone(known.entry(token.digest).or_insert(token))
}
