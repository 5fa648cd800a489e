//! The JWT form of tokens, which existing clients recognise by its beginning `eyJ` (spec 1.3).
//!
//! A token is valid because its hash is registered; nothing here verifies one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Serialize;
use sha2::Sha256;

const HEADER: &str = r#"{"typ":"JWT","alg":"HS256"}"#;

/// What a token says; the ids are texts on this wire.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Claims<'a> {
    iat: i64,
    exp: i64,
    user_login: &'a str,
    user_id: String,
    usuario_master_id: String,
}

/// Spells and signs a token.
pub(super) fn issue(key: &[u8], issued: i64, expires: i64, login: &str, user: i64, tenant: i64) -> String {
    let claims = Claims {
        iat: issued,
        exp: expires,
        user_login: login,
        user_id: user.to_string(),
        usuario_master_id: tenant.to_string(),
    };
    // A struct of numbers and texts has no value JSON could refuse.
    let claims = serde_json::to_vec(&claims).unwrap_or_default();
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(claims));
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return signed };
    mac.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_the_documented_header_and_claims() {
        let token = issue(b"key", 1_767_225_600, 1_798_761_600, "bruna@aurora.example", 41, 7);
        let parts: Vec<Vec<u8>> =
            token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
        assert_eq!(parts.len(), 3);
        assert_eq!(parts[0], HEADER.as_bytes());
        assert_eq!(
            String::from_utf8(parts[1].clone()).unwrap(),
            r#"{"iat":1767225600,"exp":1798761600,"userLogin":"bruna@aurora.example","userId":"41","usuarioMasterId":"7"}"#
        );
        assert_eq!(parts[2].len(), 32);
        assert!(token.starts_with("eyJ"));
    }

    #[test]
    fn the_signature_is_what_other_implementations_compute() {
        let token = issue(b"segredo", 1, 2, "a", 3, 4);
        assert_eq!(token.rsplit('.').next(), Some("QAp79hSwn_iNgX_GNN394sqjCba15OwkdYU7dohUamI"));
    }
}
