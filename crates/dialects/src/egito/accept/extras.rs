//! Keys that no table knows, kept with the record as JSON text (8.5). Other dialects do not see them.

use favo_core::Record;
use favo_core::catalogue::meta;
use favo_core::patch::Input;

use super::is_blank;
use crate::egito::fault::Code;
use crate::egito::switches;
use crate::json::Json;
use crate::json_out;

/// What keys of this dialect begin with.
pub(in crate::egito) const PREFIX: &str = "egito.";
/// The most extras of a record, characters of a key, and characters of a value.
const MOST: u16 = 100;
const KEY: u16 = 64;
const VALUE: u16 = 4000;
/// No record has a key of this name: it says that a call has failed.
const RESERVED: &str = "errors";

/// The extras of a record on the way to what they will be.
pub(super) struct Extras {
    pairs: Vec<(String, String)>,
    changed: bool,
}

impl Extras {
    pub(super) fn of(stored: Option<&Record>) -> Self {
        let pairs = stored.map_or_else(Vec::new, |record| record.get(meta::EXTRAS).to_vec());
        Self { pairs, changed: false }
    }

    /// Keeps a value under a key, or forgets it when there is none.
    pub(super) fn put(&mut self, key: &str, sent: &Json, mode: switches::Extras) -> Result<(), Code> {
        if mode == switches::Extras::Reject || key == RESERVED {
            return Err(Code::FieldUnknown);
        }
        let name = [PREFIX, key].concat();
        let known = self.pairs.iter().position(|(known, _)| *known == name);
        if mode == switches::Extras::Ignore {
            return Ok(());
        }
        if matches!(sent, Json::Null | Json::Text(_)) && is_blank(sent) {
            if let Some(at) = known {
                self.pairs.remove(at);
                self.changed = true;
            }
            return Ok(());
        }
        if key.contains('\0') || holds_nul(sent) {
            return Err(Code::TypeMismatch);
        }
        if key.chars().count() > usize::from(KEY) {
            return Err(Code::MaxSize(KEY));
        }
        let text = written(sent)?;
        match known {
            Some(at) if self.pairs[at].1 == text => {}
            Some(at) => {
                self.pairs[at].1 = text;
                self.changed = true;
            }
            None => {
                let own = self.pairs.iter().filter(|(key, _)| key.starts_with(PREFIX)).count();
                if own >= usize::from(MOST) {
                    return Err(Code::MaxSize(MOST));
                }
                self.pairs.push((name, text));
                self.changed = true;
            }
        }
        Ok(())
    }

    /// What the record is to keep, when it is something else than before.
    pub(super) fn input(self) -> Option<Input> {
        self.changed.then_some(Input::Map(self.pairs))
    }
}

/// A value as JSON, when it is not too long: text without its escapes, anything else as it is written.
fn written(sent: &Json) -> Result<String, Code> {
    let most = usize::from(VALUE);
    let mut out = Vec::new();
    if let Json::Text(text) = sent {
        if text.chars().count() > most {
            return Err(Code::MaxSize(VALUE));
        }
        json_out::text(&mut out, text);
    } else {
        sent.push(&mut out);
        if out.len() > most && String::from_utf8_lossy(&out).chars().count() > most {
            return Err(Code::MaxSize(VALUE));
        }
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// Whether a text somewhere inside holds a character that no database keeps.
fn holds_nul(sent: &Json) -> bool {
    match sent {
        Json::Text(text) => text.contains('\0'),
        Json::List(list) => list.iter().any(holds_nul),
        Json::Object(object) => object.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Json {
        Json::Text(text.to_owned())
    }

    #[test]
    fn extras_have_limits() {
        let keep = switches::Extras::Keep;
        let mut extras = Extras { pairs: vec![("totvs.x".to_owned(), "1".to_owned())], changed: false };
        for at in 0..MOST {
            assert_eq!(extras.put(&format!("k{at}"), &text("v"), keep), Ok(()));
        }
        assert_eq!(extras.put("more", &text("v"), keep), Err(Code::MaxSize(100)));
        assert_eq!(extras.put("k0", &text(&"ż".repeat(4000)), keep), Ok(()));
        assert_eq!(extras.put("k0", &text(&"ż".repeat(4001)), keep), Err(Code::MaxSize(4000)));
        assert_eq!(extras.put(&"k".repeat(65), &text("v"), keep), Err(Code::MaxSize(64)));
        assert_eq!(extras.put("errors", &text("v"), keep), Err(Code::FieldUnknown));
        assert_eq!(extras.put("k0", &text("a\0"), keep), Err(Code::TypeMismatch));
        assert_eq!(extras.put("k0", &text(""), keep), Ok(()));
        assert_eq!(extras.put("more", &text("v"), keep), Ok(()));
        assert!(matches!(extras.input(), Some(Input::Map(pairs)) if pairs.len() == 101));
    }

    #[test]
    fn what_becomes_of_unknown_keys_is_a_setting() {
        let mut extras = Extras { pairs: Vec::new(), changed: false };
        assert_eq!(extras.put("x", &text("1"), switches::Extras::Reject), Err(Code::FieldUnknown));
        assert_eq!(extras.put("x", &text("1"), switches::Extras::Ignore), Ok(()));
        assert_eq!(extras.input(), None);
    }
}
