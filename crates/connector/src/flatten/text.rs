//! What strings and documents become on their way into cells: unescaped text, compact JSON, hexadecimal digits.

use std::fmt::Write;

/// Appends the text of a JSON string (without its quotation marks) to `out`. U+0000 becomes U+FFFD, and so does half of a surrogate pair; true when a
/// U+0000 was replaced. Escapes are as the scanner let them pass.
pub(super) fn unescape(raw: &str, out: &mut String) -> bool {
    let mut nul = false;
    let mut rest = raw;
    while let Some(at) = rest.find(['\\', '\0']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let mut next = rest.chars();
        let escape = next.next() == Some('\\');
        if !escape {
            nul = true;
            out.push(char::REPLACEMENT_CHARACTER);
            rest = next.as_str();
            continue;
        }
        let letter = next.next();
        rest = next.as_str();
        match letter {
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('u') => {
                let (character, used) = unicode(rest);
                nul |= character == '\0';
                out.push(if character == '\0' { char::REPLACEMENT_CHARACTER } else { character });
                rest = rest.get(used..).unwrap_or("");
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
    out.push_str(rest);
    nul
}

/// The character that the digits after `\u` name, and how many bytes they take (ten for a surrogate pair).
fn unicode(text: &str) -> (char, usize) {
    let unit = |from: usize| text.get(from..from + 4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let first = unit(0).unwrap_or(0xfffd);
    if !(0xd800..0xdc00).contains(&first) {
        return (char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 4);
    }
    if text.get(4..6) == Some("\\u")
        && let Some(second) = unit(6)
        && (0xdc00..0xe000).contains(&second)
    {
        let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        return (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 10);
    }
    (char::REPLACEMENT_CHARACTER, 4)
}

/// Appends a JSON value without the white space between its tokens. Inside strings nothing changes but what databases refuse: `\u0000` and halves
/// of surrogate pairs become `\ufffd`, raw control characters are escaped. True when a U+0000 was replaced.
pub(super) fn compact(raw: &str, out: &mut String) -> bool {
    let mut nul = false;
    let mut rest = raw;
    while !rest.is_empty() {
        // Between strings: everything but white space.
        let quote = rest.find('"').unwrap_or(rest.len());
        out.extend(rest[..quote].split_ascii_whitespace());
        let Some(inside) = rest.get(quote + 1..) else { break };
        out.push('"');
        rest = inside;
        while let Some(at) = rest.find(|c: char| c == '"' || c == '\\' || c < ' ') {
            out.push_str(&rest[..at]);
            let found = rest.as_bytes()[at];
            rest = &rest[at..];
            if found == b'"' {
                out.push('"');
                rest = &rest[1..];
                break;
            }
            if found != b'\\' {
                nul |= found == 0;
                push_control(found, out);
                rest = &rest[1..];
                continue;
            }
            if rest.as_bytes().get(1) != Some(&b'u') {
                let length = rest.len().min(2);
                out.push_str(&rest[..length]);
                rest = &rest[length..];
                continue;
            }
            let (character, used) = unicode(&rest[2..]);
            let taken = rest.get(..2 + used).unwrap_or(rest);
            let replaced = character == '\0' || character == char::REPLACEMENT_CHARACTER;
            nul |= character == '\0';
            out.push_str(if replaced { "\\ufffd" } else { taken });
            rest = &rest[taken.len()..];
        }
    }
    nul
}

fn push_control(byte: u8, out: &mut String) {
    match byte {
        0 => out.push_str("\\ufffd"),
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b'\t' => out.push_str("\\t"),
        other => {
            let _ = write!(out, "\\u{other:04x}");
        }
    }
}

/// Appends 128 bits as 32 hexadecimal digits.
pub(super) fn hexadecimal(bits: u128, out: &mut String) {
    let _ = write!(out, "{bits:032x}");
}

/// The first characters of a text, at most so many bytes.
pub(super) fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unescaped(raw: &str) -> (String, bool) {
        let mut out = String::new();
        let nul = unescape(raw, &mut out);
        (out, nul)
    }

    fn compacted(raw: &str) -> (String, bool) {
        let mut out = String::new();
        let nul = compact(raw, &mut out);
        (out, nul)
    }

    #[test]
    fn what_databases_refuse_is_replaced_in_text_and_in_documents() {
        assert_eq!(unescaped(r"a\u0000b"), ("a\u{fffd}b".to_owned(), true));
        assert_eq!(unescaped("a\0b"), ("a\u{fffd}b".to_owned(), true));
        assert_eq!(
            unescaped(r"\ud83d\ude00 \ud83d \ude00 \ud83dx"),
            ("😀 \u{fffd} \u{fffd} \u{fffd}x".to_owned(), false)
        );
        assert_eq!(unescaped(r"\ud83d\u0041"), ("\u{fffd}A".to_owned(), false));
        assert_eq!(
            compacted(r#"{ "a\u0000" : "\ud83d\ude00\ud83d" }"#),
            (r#"{"a\ufffd":"\ud83d\ude00\ufffd"}"#.to_owned(), true)
        );
        assert_eq!(compacted("[\"a\0\t\u{1}\"]"), ("[\"a\\ufffd\\t\\u0001\"]".to_owned(), true));
        assert_eq!(
            compacted(r#"[ "a \" b\\" , 1 , {"x y" : [ ] } ]"#),
            (r#"["a \" b\\",1,{"x y":[]}]"#.to_owned(), false)
        );
    }

    proptest! {
        #[test]
        fn unescaping_agrees_with_serde_json(text in "\\PC*|[\\x01-\\x7f\\u{80}-\\u{10ffff}]*") {
            let quoted = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(unescaped(&quoted[1..quoted.len() - 1]), (text, false));
        }
    }
}
