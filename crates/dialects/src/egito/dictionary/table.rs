//! The entries of one dictionary, rendered once, found by id and by word.

use std::collections::HashMap;
use std::ops::Range;

use favo_core::text::fold;

use super::{Entry, Kept, Kind};
use crate::egito::values;
use crate::json::Json;
use crate::json_out;

/// The entries of one dictionary in display order.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    entries: Vec<Entry>,
    /// Every entry as records show it, one behind the other.
    rendered: Vec<u8>,
    ranges: Vec<Range<usize>>,
    ids: HashMap<i64, usize>,
    /// Folded codes, and labels that are nobody's code; of active entries.
    words: HashMap<String, usize>,
    /// Entries that are shown where they stand in records, but are not part of the list.
    hidden: usize,
}

impl Table {
    /// The dictionary of these entries; `also` are other words an entry is known by.
    pub(super) fn of(entries: Vec<Entry>, also: &[(&str, &str)]) -> Self {
        let mut table = Self { entries, ..Self::default() };
        for at in 0..table.entries.len() {
            table.render(at);
        }
        let active = |entry: &&Entry| entry.active;
        let place = |table: &Self, entry: &Entry| table.ids.get(&entry.id).copied();
        let mut words = HashMap::new();
        for entry in table.entries.iter().filter(active) {
            words.entry(fold(&entry.value)).or_insert_with(|| place(&table, entry));
        }
        for (word, value) in also {
            let known = words.get(&fold(value)).copied().flatten();
            words.entry(fold(word)).or_insert(known);
        }
        for entry in table.entries.iter().filter(active) {
            words.entry(fold(&entry.name)).or_insert_with(|| place(&table, entry));
        }
        table.words = words.into_iter().filter_map(|(word, at)| Some((word, at?))).collect();
        table
    }

    /// Adds entries that are shown, but neither listed nor found.
    pub(super) fn with_hidden(mut self, hidden: Vec<Entry>) -> Self {
        for entry in hidden {
            if !self.ids.contains_key(&entry.id) {
                self.entries.push(entry);
                self.hidden += 1;
                self.render(self.entries.len() - 1);
            }
        }
        self
    }

    /// Adds an entry that shows something else that is kept the way an entry of the list is shown.
    pub(super) fn with_twin(mut self, twin: Entry) -> Self {
        self.entries.push(twin);
        self.hidden += 1;
        self.render(self.entries.len() - 1);
        self
    }

    fn render(&mut self, at: usize) {
        let Some(entry) = self.entries.get(at) else { return };
        let start = self.rendered.len();
        push(entry, &mut self.rendered);
        self.ranges.push(start..self.rendered.len());
        self.ids.entry(entry.id).or_insert(at);
    }

    /// The entries of the list, retired ones included.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries[..self.entries.len() - self.hidden]
    }

    /// The entry with this id, also when it is only shown.
    pub(super) fn get(&self, id: i64) -> Option<&Entry> {
        self.entries.get(*self.ids.get(&id)?)
    }

    /// The entry with this id as records show it.
    pub(super) fn shown(&self, id: i64) -> Option<&[u8]> {
        self.rendered.get(self.ranges.get(*self.ids.get(&id)?)?.clone())
    }

    /// The entry that is kept like this as records show it; of several the first.
    pub(super) fn kept_as(&self, kept: Kept) -> Option<&[u8]> {
        let at = self.entries.iter().position(|entry| entry.kept == kept)?;
        self.rendered.get(self.ranges.get(at)?.clone())
    }

    /// The active entry a client means.
    pub(super) fn find(&self, sent: &Json) -> Option<&Entry> {
        let sent = match sent {
            Json::Object(object) => {
                let filled = |key: &&str| match object.get(key) {
                    None | Some(Json::Null) => false,
                    Some(Json::Text(text)) => !text.trim().is_empty(),
                    Some(_) => true,
                };
                let key = ["id", "value", "name"].into_iter().find(|key| filled(key))?;
                let inside = object.get(key).filter(|inside| !matches!(inside, Json::Object(_)))?;
                if key == "id" {
                    return self.by_id(inside);
                }
                inside
            }
            sent => sent,
        };
        match sent {
            Json::Number(_) => self.by_id(sent),
            Json::Text(text) => {
                let text = text.trim();
                if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
                    return self.by_id(sent);
                }
                self.entries().get(*self.words.get(&fold(text))?)
            }
            Json::Null | Json::Bool(_) | Json::List(_) | Json::Object(_) => None,
        }
    }

    fn by_id(&self, sent: &Json) -> Option<&Entry> {
        let at = *self.ids.get(&values::id(sent).ok()??)?;
        self.entries().get(at).filter(|entry| entry.active)
    }
}

/// Writes an entry as records show it.
pub(super) fn push(entry: &Entry, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"id\":");
    json_out::int(out, entry.id);
    out.extend_from_slice(b",\"name\":");
    json_out::text(out, &entry.name);
    out.extend_from_slice(b",\"value\":");
    json_out::text(out, &entry.value);
    out.push(b'}');
}

/// Writes an entry as the list of its dictionary shows it.
pub(super) fn push_listed(kind: Kind, entry: &Entry, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"id\":");
    json_out::int(out, entry.id);
    out.extend_from_slice(b",\"type\":");
    json_out::text(out, kind.name());
    out.extend_from_slice(b",\"name\":");
    json_out::text(out, &entry.name);
    out.extend_from_slice(b",\"value\":");
    json_out::text(out, &entry.value);
    out.push(b'}');
}
