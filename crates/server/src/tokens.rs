//! Whose token is it: the one fact about a token that never changes, kept in memory.
//!
//! Nothing else is kept here: whether a token is still valid is looked up in every request's own transaction.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use favo_core::transaction::TenantId;
use favo_core::{Result, text};
use favo_store::Store;
use parking_lot::RwLock;
use sha2::{Digest as _, Sha256};

use crate::admission::Tenant;

/// Tokens and tenants remembered. Past either, all are forgotten: they come back at one small query each.
const TOKENS: usize = 100_000;
const TENANTS: usize = 1_000;

/// The SHA-256 of a token's secret.
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

/// A token some tenant registered, perhaps revoked or expired since.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) digest: Digest,
    /// The digest as the database spells it.
    pub(crate) hash: String,
    pub(crate) tenant: Arc<Tenant>,
}

/// The tokens and tenants seen so far.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    tokens: RwLock<HashMap<Digest, Arc<Token>, BuildHasherDefault<AsIs>>>,
    tenants: RwLock<HashMap<TenantId, Arc<Tenant>>>,
}

impl Tokens {
    /// The token with this secret, if any tenant has registered it.
    pub(crate) async fn find(&self, store: &Store, secret: &str) -> Result<Option<Arc<Token>>> {
        let digest = Digest::of(secret);
        if let Some(token) = self.tokens.read().get(&digest) {
            return Ok(Some(Arc::clone(token)));
        }
        let hash = text::hex(&digest.0);
        let Some(tenant) = store.tenant_of_token(&hash).await? else { return Ok(None) };
        let token = Arc::new(Token { digest, hash, tenant: self.tenant(tenant) });
        let mut tokens = self.tokens.write();
        if tokens.len() >= TOKENS {
            tokens.clear();
        }
        tokens.insert(digest, Arc::clone(&token));
        Ok(Some(token))
    }

    fn tenant(&self, id: TenantId) -> Arc<Tenant> {
        if let Some(tenant) = self.tenants.read().get(&id) {
            return Arc::clone(tenant);
        }
        let mut tenants = self.tenants.write();
        if tenants.len() >= TENANTS {
            tenants.clear();
            // Tokens keep their tenants alive; let go of those too.
            self.tokens.write().clear();
        }
        Arc::clone(tenants.entry(id).or_insert_with(|| Arc::new(Tenant::new(id))))
    }
}
