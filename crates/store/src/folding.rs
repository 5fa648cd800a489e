//! Folding in SQL as core folds, for PostgreSQL: whatever its locale and its version of Unicode make of capitals.
//!
//! A text is decomposed, its marks are removed, and the capitals that are left are replaced one by one. `lower` is asked
//! for ASCII letters only. The marks and the capitals come from core's own folding; capitals of Latin, Greek, Cyrillic
//! and Armenian are known, those of other scripts stay.

use std::fmt::Write as _;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use favo_core::text::fold_whole;

/// Where capitals are looked for.
const CAPITALS: [RangeInclusive<char>; 2] = ['\u{80}'..='\u{556}', '\u{1e00}'..='\u{1eff}'];
/// Where marks are looked for.
const MARKS: RangeInclusive<char> = '\u{80}'..='\u{ffff}';

/// The expression for a text folded as [`fold_whole`] does.
pub(crate) fn folded(text: &str) -> String {
    let Letters { marks, capitals, small } = letters();
    format!(
        "case when octet_length({text}) = char_length({text}) then lower({text} collate \"C\") else \
         translate(lower(regexp_replace(normalize({text}, nfd), '[{marks}]', '', 'g') collate \"C\"), \
         '{capitals}', '{small}') end"
    )
}

struct Letters {
    /// As the inside of a bracket expression.
    marks: String,
    capitals: String,
    small: String,
}

fn letters() -> &'static Letters {
    static LETTERS: OnceLock<Letters> = OnceLock::new();
    LETTERS.get_or_init(|| {
        let mut letters = Letters { marks: String::new(), capitals: String::new(), small: String::new() };
        let mut runs: Vec<(char, char)> = Vec::new();
        for mark in MARKS.filter(|mark| fold_whole(mark.encode_utf8(&mut [0; 4])).is_empty()) {
            match runs.last_mut() {
                Some((_, last)) if u32::from(*last) + 1 == u32::from(mark) => *last = mark,
                _ => runs.push((mark, mark)),
            }
        }
        for (first, last) in runs {
            let _ = write!(letters.marks, "\\u{:04x}-\\u{:04x}", u32::from(first), u32::from(last));
        }
        for capital in CAPITALS.into_iter().flatten() {
            let mut lower = capital.to_lowercase();
            // A capital with marks is another letter by now.
            if let (Some(small), None) = (lower.next(), lower.next())
                && small != capital
                && fold_whole(capital.encode_utf8(&mut [0; 4])).chars().eq([small])
            {
                letters.capitals.push(capital);
                letters.small.push(small);
            }
        }
        letters
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_without_accents_are_paired_and_marks_are_ranges() {
        let Letters { marks, capitals, small } = letters();
        let of = |capital: char| capitals.chars().zip(small.chars()).find(|(c, _)| *c == capital);
        for pair in
            [('Ł', 'ł'), ('Ø', 'ø'), ('Æ', 'æ'), ('Đ', 'đ'), ('Œ', 'œ'), ('ẞ', 'ß'), ('Σ', 'σ'), ('Ж', 'ж')]
        {
            assert_eq!(of(pair.0), Some(pair));
        }
        assert_eq!(of('Ç'), None);
        assert_eq!(capitals.chars().count(), small.chars().count());
        assert!(marks.starts_with(r"\u0300-\u036f"), "{marks}");
        assert!(!folded("t.name").contains('?'), "a parameter of PostgreSQL");
    }
}
