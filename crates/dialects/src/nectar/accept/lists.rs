//! Lists of texts and tags, and the keys that name only their first entry (C3 of the contacts page, spec 3.7).

use std::collections::HashSet;

use favo_core::Value;
use favo_core::catalogue::contact;
use favo_core::patch::{Input, Reference};
use favo_core::text::{fold, phone_key};

use super::super::body::Json;
use super::super::spelling::{Line, Taken};
use super::super::values_in;
use super::{Acceptance, Here, relations};

/// Texts in order, without blanks and repeats; a single text stands for a list of one.
pub(super) fn texts(value: &Json) -> Option<Vec<String>> {
    let entries = match value {
        Json::List(entries) => entries.as_slice(),
        single => std::slice::from_ref(single),
    };
    let mut texts: Vec<String> = Vec::with_capacity(entries.len());
    let mut seen = HashSet::with_capacity(entries.len());
    for entry in entries.iter().filter(|entry| **entry != Json::Null) {
        let text = values_in::text(entry)?;
        if !text.trim().is_empty() && seen.insert(text.clone()) {
            texts.push(text);
        }
    }
    Some(texts)
}

impl Acceptance<'_> {
    /// `email`, `emailPrincipal` and the like: the value becomes or moves to the first of its list.
    pub(super) fn first(&mut self, here: Here<'_>, line: &'static Line, position: u16) {
        let list_is_sent = here.lines.iter().any(|other| {
            matches!(other.taken, Taken::Own(own) if own == position) && here.object.contains_key(other.key)
        });
        if list_is_sent || self.keys.iter().any(|(known, _)| *known == position) {
            return;
        }
        let form = if position == contact::PHONES.position() { phone_key } else { fold };
        let stored = match here.value(position) {
            Some(Value::Texts(texts)) => texts.clone(),
            _ => Vec::new(),
        };
        let singles =
            here.lines.iter().filter(|other| matches!(other.taken, Taken::First(own) if own == position));
        for single in singles {
            let Some(value) = here.object.get(single.key).filter(|value| !value.clears()) else { continue };
            let Some(text) = values_in::text(value) else {
                self.keys.push((position, line.key));
                return self.invalid(position);
            };
            let same = |other: &String| *other == text || form(other) == form(&text);
            if text.trim().is_empty() || stored.first().is_some_and(same) {
                continue;
            }
            // What is there already moves as it is spelled there.
            let first = stored.iter().find(|other| same(other)).cloned().unwrap_or_else(|| text.clone());
            let mut texts = vec![first];
            texts.extend(stored.iter().filter(|other| !same(other)).cloned());
            self.keys.push((position, single.key));
            self.patch.set(position, Input::Texts(texts));
            return;
        }
    }

    /// `lista`: one more tag, unless `listas` is sent.
    pub(super) fn one_more(&mut self, here: Here<'_>, line: &'static Line, value: &Json, position: u16) {
        let list_is_sent = here.lines.iter().any(|other| {
            matches!(other.taken, Taken::Own(own) if own == position) && here.object.contains_key(other.key)
        });
        if list_is_sent || value.clears() {
            return;
        }
        self.keys.push((position, line.key));
        let Some(reference) = relations::reference(value, false) else { return self.invalid(position) };
        let stored = match here.value(position) {
            Some(Value::Ids(ids)) => ids.as_slice(),
            _ => &[],
        };
        let all =
            stored.iter().map(|id| Reference::id(*id)).chain(Some(reference).filter(|one| !one.is_empty()));
        self.patch.set(position, Input::Many(all.collect()));
    }
}
