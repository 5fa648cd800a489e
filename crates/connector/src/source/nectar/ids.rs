//! Ids: read out of answers that hold little else, and kept to see what a walk has shown.

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::{Error, Result};

/// Whole numbers below this are exact in double precision.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A number, a string of digits, or 0 for anything else.
pub(super) struct Lenient(pub(super) i64);

impl<'de> Deserialize<'de> for Lenient {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Lenient;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an id")
            }
            fn visit_i64<E>(self, value: i64) -> std::result::Result<Lenient, E> {
                Ok(Lenient(value))
            }
            fn visit_u64<E>(self, value: u64) -> std::result::Result<Lenient, E> {
                Ok(Lenient(i64::try_from(value).unwrap_or(0)))
            }
            fn visit_f64<E>(self, value: f64) -> std::result::Result<Lenient, E> {
                // `12.0` is an id wherever records are read, so it has to be one here.
                let exact = value.fract() == 0.0 && value.abs() < EXACT;
                Ok(Lenient(if exact { value as i64 } else { 0 }))
            }
            fn visit_bool<E>(self, _: bool) -> std::result::Result<Lenient, E> {
                Ok(Lenient(0))
            }
            fn visit_unit<E>(self) -> std::result::Result<Lenient, E> {
                Ok(Lenient(0))
            }
            fn visit_str<E>(self, value: &str) -> std::result::Result<Lenient, E> {
                Ok(Lenient(value.trim().parse().unwrap_or(0)))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> std::result::Result<Lenient, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Lenient(0))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Lenient, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Lenient(0))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// The ids of a list, in its order; a record without a readable id counts as 0. Other fields are skipped, so that a source that ignores `attribute` is only dearer.
pub(super) fn read_ids(body: &[u8]) -> Result<Vec<i64>> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(default)]
        id: Option<Lenient>,
    }
    let rows: Vec<Row> = serde_json::from_slice(body).map_err(|_| no_list(body))?;
    Ok(rows.into_iter().map(|row| row.id.map_or(0, |id| id.0)).collect())
}

/// The error for a body that should be a list and is none.
pub(super) fn no_list(body: &[u8]) -> Error {
    let start: String = String::from_utf8_lossy(&body[..body.len().min(400)])
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(100)
        .collect();
    Error::Contract(format!("the source answers a list with something that is none: {start}"))
}

/// Whether a body is `[]`.
pub(super) fn is_empty(body: &[u8]) -> bool {
    body.trim_ascii()
        .strip_prefix(b"[")
        .and_then(|rest| rest.strip_suffix(b"]"))
        .is_some_and(|inside| inside.trim_ascii().is_empty())
}

/// The ids that a walk has shown: eight bytes each, sorted when first compared; and one bit each for whether the present comparison met them again.
#[derive(Debug, Default)]
pub(super) struct Seen {
    ids: Vec<i64>,
    met: Vec<u64>,
    sorted: bool,
}

impl Seen {
    pub(super) fn add(&mut self, ids: &[i64]) {
        if !ids.is_empty() {
            self.ids.extend(ids.iter().filter(|id| **id != 0));
            self.sorted = false;
        }
    }

    /// Begins a comparison: nothing was met again yet.
    pub(super) fn compare(&mut self) {
        if !self.sorted {
            self.ids.sort_unstable();
            self.ids.dedup();
            self.sorted = true;
        }
        self.met.clear();
        self.met.resize(self.ids.len().div_ceil(64), 0);
    }

    /// Those of `ids` that were not shown; unreadable ids are not among them. The others are met.
    pub(super) fn missing(&mut self, ids: &[i64]) -> Vec<i64> {
        let mut missing = Vec::new();
        for id in ids.iter().filter(|id| **id != 0) {
            match self.ids.binary_search(id) {
                Ok(at) => self.met[at / 64] |= 1 << (at % 64),
                Err(_) => missing.push(*id),
            }
        }
        missing
    }

    /// Ends a comparison: forgets what was not met again, and tells how many that were.
    pub(super) fn forget_vanished(&mut self) -> usize {
        let before = self.ids.len();
        let mut at = 0;
        self.ids.retain(|_| {
            let met = self.met[at / 64] >> (at % 64) & 1 == 1;
            at += 1;
            met
        });
        before - self.ids.len()
    }

    /// All of them, ascending.
    pub(super) fn into_sorted(mut self) -> Vec<i64> {
        self.ids.sort_unstable();
        self.ids.dedup();
        self.ids
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_numbers_or_digits_and_everything_else_is_nothing() {
        let body = br#" [{"id":5},{"id":"7","x":{"id":9}},{},{"id":null},{"id":1.5},{"id":12.0},{"id":[1]},{"id":{"id":2}},{"id":true},{"id":9007199254740993}] "#;
        assert_eq!(read_ids(body).unwrap(), [5, 7, 0, 0, 0, 12, 0, 0, 0, 9_007_199_254_740_993]);
        assert!(read_ids(b"{\"message\":\"no\"}").is_err());
        assert!(read_ids(b"<html>").is_err());
    }

    #[test]
    fn an_empty_list_may_hold_blanks() {
        for body in [&b"[]"[..], b" [ \n ] "] {
            assert!(is_empty(body));
        }
        for body in [&b"[{}]"[..], b"{}", b"", b"[", b"]"] {
            assert!(!is_empty(body));
        }
    }

    #[test]
    fn what_was_not_shown_and_what_is_no_longer_shown_are_told_apart() {
        let mut seen = Seen::default();
        seen.add(&[5, 3, 9, 0, 3]);
        seen.compare();
        assert_eq!(seen.missing(&[3, 4, 0, 10]), [4, 10]);
        assert!(seen.missing(&[9, 3]).is_empty());
        assert_eq!(seen.forget_vanished(), 1);
        seen.add(&[4, 10]);
        seen.compare();
        assert!(seen.missing(&[3, 4, 9, 10]).is_empty());
        assert_eq!(seen.missing(&[5]), [5]);
        assert_eq!(seen.forget_vanished(), 0);
        assert_eq!(seen.into_sorted(), [3, 4, 9, 10]);
    }
}
