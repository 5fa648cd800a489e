//! Text as people compare it: folding, digits, phone numbers, aliases, hashes.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// The most characters a search key keeps: longer texts are found by their beginning.
pub const KEY_LENGTH: usize = 200;

/// Folds for comparison: trimmed, lower case, without accents, cut to [`KEY_LENGTH`] characters.
pub fn fold(text: &str) -> String {
    let mut folded = if text.is_ascii() {
        let text = text.trim_matches(blank);
        let mut folded = text[..text.len().min(KEY_LENGTH)].to_ascii_lowercase();
        folded.retain(|character| character != '\0');
        folded
    } else {
        plain(text).skip_while(|character| blank(*character)).take(KEY_LENGTH).collect()
    };
    folded.truncate(folded.trim_end_matches(blank).len());
    folded
}

/// Folds the whole text, neither trimmed nor cut: for looking into long texts. The pieces of a text fold into the pieces of
/// what it folds into.
pub fn fold_whole(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            if character != '\0' {
                folded.push(character.to_ascii_lowercase());
            }
            continue;
        }
        // One by one is enough: only marks change places when a whole text is decomposed, and they go.
        for lower in character.to_lowercase() {
            decompose_canonical(lower, |part| {
                if !is_combining_mark(part) && part != '\0' {
                    folded.push(part);
                }
            });
        }
    }
    folded
}

/// Lower case without marks. Lower case first: it may bring marks of its own, as in `İ`.
fn plain(text: &str) -> impl Iterator<Item = char> {
    let plain = text.chars().flat_map(char::to_lowercase).nfd();
    plain.filter(|character| !is_combining_mark(*character) && *character != '\0')
}

/// What is trimmed before comparing; NUL cannot be kept by every database.
fn blank(character: char) -> bool {
    character.is_whitespace() || character == '\0'
}

/// The ASCII digits of a text, cut to [`KEY_LENGTH`].
pub fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).take(KEY_LENGTH).collect()
}

/// The characters a tax number is compared by: digits and upper-case letters.
pub fn tax_key(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .take(KEY_LENGTH)
        .collect()
}

/// The digits of a phone, without a leading `55` on numbers of 12 or 13 digits.
pub fn phone_key(text: &str) -> String {
    let digits = digits(text);
    if matches!(digits.len(), 12 | 13) && digits.starts_with("55") { digits[2..].to_owned() } else { digits }
}

/// The unique key made from a label: lower case, no accents, runs of other characters as `_`.
pub fn alias(label: &str) -> String {
    let mut alias = String::new();
    for character in fold(label).chars() {
        if character.is_ascii_alphanumeric() {
            alias.push(character);
        } else if !alias.is_empty() && !alias.ends_with('_') {
            alias.push('_');
        }
    }
    while alias.ends_with('_') {
        alias.pop();
    }
    if alias.is_empty() { "campo".to_owned() } else { alias }
}

/// The SHA-256 of a secret, as 64 hexadecimal digits: what is kept of a token.
pub fn secret_hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_fold_without_case_and_accents() {
        assert_eq!(fold("  PETRÓPOLIS  Ção "), "petropolis  cao");
        assert_eq!(fold("Łódź"), "łodz");
    }

    #[test]
    fn phones_compare_without_country_code_and_mask() {
        assert_eq!(phone_key("+55 (48) 99999-0001"), "48999990001");
        assert_eq!(phone_key("48 99999 0001"), "48999990001");
        assert_eq!(phone_key("55 1234"), "551234");
    }

    #[test]
    fn an_alias_is_lower_case_with_single_underscores() {
        assert_eq!(alias("Data da Visita (1ª)"), "data_da_visita_1");
        assert_eq!(alias("***"), "campo");
    }

    #[test]
    fn a_whole_text_folds_without_being_trimmed_or_cut() {
        assert_eq!(fold_whole(" Ação\0 "), " acao ");
        assert_eq!(fold_whole("ZAŻÓŁĆ"), "zazołc");
        assert_eq!(fold_whole(&"Ç".repeat(300)), "c".repeat(300));
        assert_eq!(fold_whole("A B"), "a b");
    }

    proptest! {
        #[test]
        fn a_whole_text_folds_like_its_key(text in "\\PC{0,60}") {
            let whole = fold_whole(&text);
            prop_assert_eq!(whole.trim(), fold(&text));
        }

        #[test]
        fn folding_twice_changes_nothing(text in "\\PC*") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once.clone());
        }
    }
}
