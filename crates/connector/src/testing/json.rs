//! JSON as a tree that keeps what a parser would lose: the spelling of numbers, the order and the repetition of keys.

use std::fmt::Write as _;

use serde_json::Value;

/// A JSON value. Numbers are their text, so that `12.340000`, `1e3` and ids beyond 2^53 are served and expected as they are.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is spelled.
    Number(String),
    /// Text; may hold U+0000, which is served as an escape.
    Text(String),
    /// An array.
    Array(Vec<Json>),
    /// An object, its members in order.
    Object(Vec<(String, Json)>),
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(flag),
            Value::Number(number) => Self::Number(number.to_string()),
            Value::String(text) => Self::Text(text),
            Value::Array(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            Value::Object(members) => {
                Self::Object(members.into_iter().map(|(key, value)| (key, Self::from(value))).collect())
            }
        }
    }
}

impl Json {
    /// A number in the spelling given.
    pub fn number(spelling: &str) -> Self {
        Self::Number(spelling.to_owned())
    }

    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The member of that name.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => {
                members.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// The value at a dotted path.
    pub fn at(&self, path: &str) -> Option<&Self> {
        path.split('.').try_fold(self, |value, key| value.get(key))
    }

    /// The value at a dotted path, unless it is absent or null.
    pub fn some(&self, path: &str) -> Option<&Self> {
        self.at(path).filter(|value| **value != Self::Null)
    }

    /// Puts a value at a dotted path; objects on the way are made.
    pub fn set(&mut self, path: &str, value: impl Into<Self>) {
        let (key, rest) = path.split_once('.').map_or((path, None), |(key, rest)| (key, Some(rest)));
        if !matches!(self, Self::Object(_)) {
            *self = Self::Object(Vec::new());
        }
        let Self::Object(members) = self else { return };
        let at = members.iter().position(|(name, _)| name == key).unwrap_or_else(|| {
            members.push((key.to_owned(), Self::Null));
            members.len() - 1
        });
        match rest {
            None => members[at].1 = value.into(),
            Some(rest) => members[at].1.set(rest, value),
        }
    }

    /// Takes the member at a dotted path away; objects left empty stay.
    pub fn remove(&mut self, path: &str) {
        let (key, rest) = path.split_once('.').map_or((path, None), |(key, rest)| (key, Some(rest)));
        let Self::Object(members) = self else { return };
        match rest {
            None => members.retain(|(name, _)| name != key),
            Some(rest) => {
                if let Some((_, value)) = members.iter_mut().find(|(name, _)| name == key) {
                    value.remove(rest);
                }
            }
        }
    }

    /// The members, of an object.
    pub fn members(&self) -> &[(String, Self)] {
        match self {
            Self::Object(members) => members,
            _ => &[],
        }
    }

    /// The elements; a single object counts as an array of one.
    pub fn elements(&self) -> &[Self] {
        match self {
            Self::Array(items) => items,
            Self::Object(_) => std::slice::from_ref(self),
            _ => &[],
        }
    }

    /// Appends the value as compact JSON.
    pub fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
            Self::Number(spelling) => out.push_str(spelling),
            Self::Text(text) => write_text(text, out),
            Self::Array(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                write_members(members.iter().map(|(key, value)| (key.as_str(), value)), out)
            }
        }
    }

    /// A form in which two values that mean the same are equal: keys sorted, numbers without spelling, U+0000 replaced as the product does.
    pub fn canonical(&self) -> String {
        match self {
            Self::Number(spelling) => decimal(spelling).unwrap_or_else(|| spelling.clone()),
            Self::Text(text) => format!("{:?}", text.replace('\0', "\u{fffd}")),
            Self::Array(items) => {
                format!("[{}]", items.iter().map(Self::canonical).collect::<Vec<_>>().join(","))
            }
            Self::Object(members) => {
                let mut sorted: Vec<String> =
                    members.iter().map(|(key, value)| format!("{key:?}:{}", value.canonical())).collect();
                sorted.sort();
                format!("{{{}}}", sorted.join(","))
            }
            other => {
                let mut out = String::new();
                other.write(&mut out);
                out
            }
        }
    }

    /// Reads JSON. Numbers go through binary doubles where they have a fraction: good for comparing, not for serving.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str::<Value>(text).ok().map(Self::from)
    }
}

/// Writes an object with its members in the order given.
pub(super) fn write_members<'a>(members: impl Iterator<Item = (&'a str, &'a Json)>, out: &mut String) {
    out.push('{');
    for (at, (key, value)) in members.enumerate() {
        if at > 0 {
            out.push(',');
        }
        write_text(key, out);
        out.push(':');
        value.write(out);
    }
    out.push('}');
}

/// Every second text, by its length, has all that is not ASCII escaped, astral characters as surrogate pairs: servers do either.
fn write_text(text: &str, out: &mut String) {
    let escaping = text.len() % 2 == 1;
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '/' if escaping => out.push_str("\\/"),
            character if character < ' ' || escaping && !character.is_ascii() => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            character => out.push(character),
        }
    }
    out.push('"');
}

/// The plain decimal spelling of a number, without an exponent, without zeros that say nothing; none when the text is no number.
pub fn decimal(spelling: &str) -> Option<String> {
    let text = spelling.trim();
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let text = text.strip_prefix('+').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty()
        || !(whole.to_owned() + fraction).bytes().all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let mut digits = format!("{whole}{fraction}");
    let mut point = i32::try_from(whole.len()).ok()? + exponent;
    if point < 0 {
        digits.insert_str(0, &"0".repeat(point.unsigned_abs() as usize));
        point = 0;
    }
    let point = point as usize;
    while digits.len() < point {
        digits.push('0');
    }
    let (whole, fraction) = digits.split_at(point);
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let mut plain = String::new();
    if negative && !(whole.is_empty() && fraction.is_empty()) {
        plain.push('-');
    }
    plain.push_str(if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        plain.push('.');
        plain.push_str(fraction);
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_means_the_same_to_another_parser() {
        let text = "a\u{0}b\"\\\n\t\u{1f35e}ç/";
        for text in [text.to_owned(), format!("{text}!")] {
            let mut out = String::new();
            Json::text(text.clone()).write(&mut out);
            assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
        }
    }

    #[test]
    fn decimals_lose_their_spelling_and_nothing_else() {
        for (spelling, plain) in [
            ("1e3", "1000"),
            ("1.50E+2", "150"),
            ("12.340000", "12.34"),
            ("-0.0", "0"),
            ("25e-4", "0.0025"),
            ("00012", "12"),
            ("99999999999999.999999", "99999999999999.999999"),
        ] {
            assert_eq!(decimal(spelling).as_deref(), Some(plain), "{spelling}");
        }
        assert_eq!(decimal("muito"), None);
        assert_eq!(decimal(""), None);
    }
}
