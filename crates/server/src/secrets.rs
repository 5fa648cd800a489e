//! The secrets this server makes: tokens that it can make again from what the database keeps, and cookies.
//!
//! A token is a function of the server's key and a random seed. The database has the seed and the token's sum, the server the
//! key: who has only one of the two has no token. That is what lets a live token be shown again without being kept.

use favo_core::ctx::Entropy;
use favo_core::text;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The key of one server, or of several that share one database.
#[derive(Clone)]
pub(crate) struct Key([u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    /// This key, or one that lasts until the server stops.
    pub(crate) fn new(given: Option<[u8; 32]>, entropy: &dyn Entropy) -> Self {
        Self(given.unwrap_or_else(|| {
            let mut bytes = [0; 32];
            bytes[..16].copy_from_slice(&entropy.bytes());
            bytes[16..].copy_from_slice(&entropy.bytes());
            bytes
        }))
    }

    /// The token of a seed: a random UUID in lower case, with 122 bits nobody can guess.
    pub(crate) fn token(&self, seed: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length will do");
        mac.update(b"favo token ");
        mac.update(seed.as_bytes());
        let mut bytes = mac.finalize().into_bytes();
        bytes[6] = 0x40 | (bytes[6] & 0x0f);
        bytes[8] = 0x80 | (bytes[8] & 0x3f);
        let hex = text::hex(&bytes[..16]);
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    /// The token of a seed, if its sum is this one: the key may have been another one when the token was made.
    pub(crate) fn token_again(&self, seed: Option<&str>, hash: Option<&str>) -> Option<String> {
        let token = self.token(seed?);
        (text::secret_hash(&token) == hash?).then_some(token)
    }
}

/// A new seed; the mark in front of it is kept with it.
pub(crate) fn seed(mark: &str, entropy: &dyn Entropy) -> String {
    format!("{mark}{}", text::hex(&entropy.bytes()))
}

/// A new cookie: 32 upper-case hexadecimal digits.
pub(crate) fn cookie(entropy: &dyn Entropy) -> String {
    text::hex(&entropy.bytes()).to_ascii_uppercase()
}

/// Whether two sums of secrets are the same, in a time that does not tell where they differ.
pub(crate) fn same(left: &str, right: &str) -> bool {
    left.len() == right.len()
        && left.bytes().zip(right.bytes()).fold(0, |differs, (left, right)| differs | (left ^ right)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemEntropy;

    #[test]
    fn a_token_is_a_random_uuid_made_again_only_with_its_key() {
        let (key, other) = (Key([7; 32]), Key::new(None, &SystemEntropy));
        let seed = seed("rw.", &SystemEntropy);
        let token = key.token(&seed);
        assert_eq!(token, key.token(&seed));
        assert_ne!(token, other.token(&seed));
        assert_eq!((token.len(), &token[14..15]), (36, "4"));
        assert!(matches!(&token[19..20], "8" | "9" | "a" | "b"), "{token}");
        assert!(token.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-')));
        let hash = text::secret_hash(&token);
        assert_eq!(key.token_again(Some(&seed), Some(&hash)), Some(token));
        assert_eq!(other.token_again(Some(&seed), Some(&hash)), None);
        assert_eq!(key.token_again(None, Some(&hash)), None);
        assert!(same(&hash, &hash.clone()) && !same(&hash, &seed) && !same(&hash, &text::secret_hash("x")));
        assert_eq!(format!("{key:?}"), "Key");
    }

    #[test]
    fn a_cookie_is_32_digits() {
        let cookie = cookie(&SystemEntropy);
        assert!(cookie.len() == 32 && cookie.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F')));
    }
}
