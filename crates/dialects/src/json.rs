//! JSON that came in, as a small tree that keeps numbers as they were written: they never pass through a binary float.
//!
//! Shared by the dialects that read objects in the order they were sent. Not for answers, see `json_out`.

use std::collections::HashMap;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::json_out;

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// As written.
    Number(Box<str>),
    Text(String),
    List(Vec<Json>),
    Object(Object),
}

/// A JSON object in the order it was sent; of a repeated key the last value counts, in the place of the first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Object(Vec<(String, Json)>);

impl Object {
    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Json> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// Sets a key.
    pub(crate) fn set(&mut self, key: impl Into<String>, value: Json) {
        let key = key.into();
        match self.0.iter_mut().find(|(known, _)| *known == key) {
            Some((_, old)) => *old = value,
            None => self.0.push((key, value)),
        }
    }

    /// Takes a key out.
    pub(crate) fn remove(&mut self, key: &str) -> Option<Json> {
        let at = self.0.iter().position(|(known, _)| known == key)?;
        Some(self.0.remove(at).1)
    }

    /// All pairs.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// How many keys there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl IntoIterator for Object {
    type Item = (String, Json);
    type IntoIter = std::vec::IntoIter<(String, Json)>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Json {
    /// Reads a JSON text of at most this depth; nothing may follow it. `None` when it is no such text.
    pub(crate) fn parse(text: &str, depth: usize) -> Option<Self> {
        let raw: &RawValue = serde_json::from_str(text).ok()?;
        Self::of(raw.get(), depth)
    }

    fn of(raw: &str, depth: usize) -> Option<Self> {
        Some(match raw.as_bytes().first()? {
            b'n' => Self::Null,
            b't' => Self::Bool(true),
            b'f' => Self::Bool(false),
            b'"' => Self::Text(serde_json::from_str(raw).ok()?),
            b'[' => {
                let depth = depth.checked_sub(1)?;
                let rows: Vec<&RawValue> = serde_json::from_str(raw).ok()?;
                Self::List(rows.into_iter().map(|row| Self::of(row.get(), depth)).collect::<Option<_>>()?)
            }
            b'{' => {
                let depth = depth.checked_sub(1)?;
                let Pairs(pairs) = serde_json::from_str(raw).ok()?;
                let mut object = Object::with_capacity(pairs.len());
                for (key, value) in pairs {
                    object.put(key, Self::of(value.get(), depth)?);
                }
                Self::Object(object.done())
            }
            _ => Self::Number(raw.into()),
        })
    }

    /// Writes it again.
    pub(crate) fn push(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Bool(flag) => json_out::boolean(out, *flag),
            Self::Number(number) => out.extend_from_slice(number.as_bytes()),
            Self::Text(text) => json_out::text(out, text),
            Self::List(rows) => {
                out.push(b'[');
                for (at, row) in rows.iter().enumerate() {
                    if at > 0 {
                        out.push(b',');
                    }
                    row.push(out);
                }
                out.push(b']');
            }
            Self::Object(object) => {
                out.push(b'{');
                for (at, (key, value)) in object.iter().enumerate() {
                    if at > 0 {
                        out.push(b',');
                    }
                    json_out::text(out, key);
                    out.push(b':');
                    value.push(out);
                }
                out.push(b'}');
            }
        }
    }
}

/// An object on its way in: finds repeated keys without looking at all others for each.
struct Building {
    object: Object,
    places: HashMap<String, usize>,
}

impl Object {
    fn with_capacity(keys: usize) -> Building {
        Building { object: Self(Vec::with_capacity(keys)), places: HashMap::with_capacity(keys) }
    }
}

impl Building {
    fn put(&mut self, key: String, value: Json) {
        match self.places.get(&key) {
            Some(place) => self.object.0[*place].1 = value,
            None => {
                self.places.insert(key.clone(), self.object.0.len());
                self.object.0.push((key, value));
            }
        }
    }

    fn done(self) -> Object {
        self.object
    }
}

/// The pairs of an object as they stand.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AsPairs;
        impl<'de> Visitor<'de> for AsPairs {
            type Value = Pairs<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<'de>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(AsPairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(text: &str, depth: usize) -> Option<String> {
        let mut out = Vec::new();
        Json::parse(text, depth)?.push(&mut out);
        String::from_utf8(out).ok()
    }

    #[test]
    fn numbers_keep_their_digits_and_the_last_of_a_repeated_key_counts() {
        let text = r#" {"a":1.50,"b":[null,true,"é\n"],"a":9007199254740993} "#;
        assert_eq!(again(text, 16).as_deref(), Some(r#"{"a":9007199254740993,"b":[null,true,"é\n"]}"#));
    }

    #[test]
    fn what_is_too_deep_or_no_json_is_not_read() {
        assert_eq!(again("[[1]]", 2).as_deref(), Some("[[1]]"));
        for text in ["[[[1]]]", "{\"a\":1", "{} {}", "", "{'a':1}", "\u{201c}a\u{201d}", "[1,]"] {
            assert_eq!(again(text, 2), None, "{text}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(again(&deep, 16), None);
    }
}
