//! Who acts, when, and with what: the first argument of every operation.

use std::sync::Arc;

use crate::identity::Actor;
use crate::snapshot::Snapshot;
use crate::text;
use crate::value::Instant;

/// Where random bytes come from; tests inject their own.
pub trait Entropy: std::fmt::Debug + Send + Sync {
    /// Sixteen bytes nobody can guess.
    fn bytes(&self) -> [u8; 16];
}

/// The circumstances of one operation. The tenant is the transaction's.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// Who acts.
    pub actor: Arc<Actor>,
    /// When.
    pub now: Instant,
    /// The tenant's registries as of this transaction.
    pub snapshot: Arc<Snapshot>,
    /// Randomness for keys and UUIDs.
    pub entropy: Arc<dyn Entropy>,
}

impl Ctx {
    /// A new UUID, version 7: its time part is `now`.
    pub fn uuid(&self) -> String {
        let mut bytes = self.entropy.bytes();
        let millis = (self.now.0.div_euclid(1000) as u64).to_be_bytes();
        bytes[..6].copy_from_slice(&millis[2..]);
        bytes[6] = 0x70 | (bytes[6] & 0x0f);
        bytes[8] = 0x80 | (bytes[8] & 0x3f);
        let hex = text::hex(&bytes);
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

impl Ctx {
    /// The same with registries as they are now, when this transaction has changed them.
    pub fn fresh(&self, tx: &mut dyn crate::transaction::Reader) -> crate::Result<Self> {
        if tx.registry_version()? == self.snapshot.version() {
            return Ok(self.clone());
        }
        Ok(Self { snapshot: Arc::new(Snapshot::load(tx)?), ..self.clone() })
    }
}
