//! UUIDs that follow from names (version 5): fixed entries, stages, and rows of owned lists, which have none of their own.

use favo_core::text;
use sha1::{Digest, Sha1};

/// The namespace of URLs, from RFC 9562.
const URLS: [u8; 16] =
    [0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8];

/// The UUID of a name in the namespace of URLs.
pub(super) fn of_name(name: &str) -> String {
    let hash = Sha1::new().chain_update(URLS).chain_update(name.as_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    bytes[6] = 0x50 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    hyphenated(&text::hex(&bytes))
}

/// The UUID of a row of a list that a record owns, such as `addresses`, `items` or `stage`.
pub(super) fn of_row(record: &str, list: &str, row: i64) -> String {
    of_name(&format!("urn:favo:{record}:{list}:{row}"))
}

/// A UUID as it is kept: lower case with hyphens. Any case is read, and 32 digits without hyphens (11.1).
pub(super) fn normal(text: &str) -> Option<String> {
    let text = text.trim();
    let digits: String = match text.len() {
        32 => text.to_ascii_lowercase(),
        36 => {
            let parts: Vec<&str> = text.split('-').collect();
            if !parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) {
                return None;
            }
            parts.concat().to_ascii_lowercase()
        }
        _ => return None,
    };
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| hyphenated(&digits))
}

fn hyphenated(hex: &str) -> String {
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_always_has_the_same_uuid() {
        // The example of Python's documentation of `uuid5`, in the namespace of URLs.
        assert_eq!(of_name("http://python.org/"), "4c565f0d-3f5a-5890-b41b-20cf47701c5e");
    }

    #[test]
    fn uuids_are_read_in_both_forms() {
        let normal_form = "c2578f95-fed7-5b65-b9e9-af91eceef8dd";
        for text in [normal_form, "C2578F95-FED7-5B65-B9E9-AF91ECEEF8DD", "c2578f95fed75b65b9e9af91eceef8dd"]
        {
            assert_eq!(normal(text).as_deref(), Some(normal_form), "{text}");
        }
        for text in
            ["", "123", "c2578f95-fed7-5b65-b9e9-af91eceef8dg", "c2578f95fed7-5b65-b9e9-af91-eceef8dd", "é"]
        {
            assert_eq!(normal(text), None, "{text}");
        }
    }
}
