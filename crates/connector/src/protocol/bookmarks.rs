//! What a run gets back from the run before: bookmarks as the protocols carry them.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::moment;
use crate::state::Bookmark;
use crate::tables::{STREAMS, Stream};
use crate::{Error, Result};

/// What is remembered of one stream.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Saved {
    /// The engine's own.
    pub(super) bookmark: Bookmark,
    /// Version of the rows sent (Singer), for streams whose stale rows a target may drop.
    pub(super) version: Option<i64>,
}

/// All streams that a state knows, by name of the stream, and the number of the last run.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Bookmarks {
    /// By name of the stream.
    pub(super) streams: Vec<(String, Saved)>,
    /// Number of the last run.
    pub(super) last_run: i64,
}

impl Bookmarks {
    /// What is known of that stream.
    pub(super) fn get(&self, stream: &str) -> Option<&Saved> {
        self.streams.iter().find(|(name, _)| name == stream).map(|(_, saved)| saved)
    }

    /// Keeps what is known of that stream.
    pub(super) fn set(&mut self, stream: &str, saved: Saved) {
        match self.streams.iter_mut().find(|(name, _)| name == stream) {
            Some((_, old)) => *old = saved,
            None => self.streams.push((stream.to_owned(), saved)),
        }
    }

    /// Forgets that stream.
    pub(super) fn forget(&mut self, stream: &str) {
        self.streams.retain(|(name, _)| name != stream);
    }

    /// Takes in one stream's state under the name that the protocol gives the stream. States of streams that are not ours are passed over; one of ours that cannot
    /// be read is refused, since going on would lose its place silently.
    pub(super) fn take(&mut self, name: &str, prefix: &str, state: &Value) -> Result<()> {
        let Some(stream) = stream_of(name, prefix) else { return Ok(()) };
        let Value::Object(members) = state else {
            return if state.is_null() { Ok(()) } else { Err(unreadable(name)) };
        };
        if members.is_empty() {
            return Ok(());
        }
        let bookmark = Bookmark::deserialize(state).map_err(|_| unreadable(name))?;
        let main = name == main_name(stream, prefix) || name == stream.name;
        if main || self.get(stream.name).is_none() {
            let version = members.get("version").and_then(Value::as_i64);
            self.set(stream.name, Saved { bookmark, version });
        }
        Ok(())
    }
}

fn unreadable(name: &str) -> Error {
    Error::Configuration(format!(
        "the state of the stream {name} cannot be read; hand over a state that this program wrote, or take the stream out to start over"
    ))
}

/// Name of the stream's main table.
pub(super) fn main_name(stream: &Stream, prefix: &str) -> String {
    format!("{prefix}{}", stream.main().name)
}

/// The stream that a protocol's stream belongs to: named by its main table, by a child table, or by its own name.
pub(super) fn stream_of(name: &str, prefix: &str) -> Option<&'static Stream> {
    let bare = name.strip_prefix(prefix).unwrap_or(name);
    let whole = STREAMS.iter().find(|stream| stream.main().name == bare || stream.name == bare);
    whole.or_else(|| {
        STREAMS.iter().find(|stream| {
            bare.strip_prefix(stream.name).is_some_and(|rest| rest.starts_with('_'))
                || stream.tables.iter().any(|table| table.name == bare)
        })
    })
}

/// A stream's state as the protocols carry it: the bookmark, with the moment of the last change in words for people and tools that look for it.
pub(super) fn state(saved: &Saved, cursor: Option<&str>) -> Value {
    let mut state = Map::new();
    if let (Some(column), Some(micros)) = (cursor, saved.bookmark.cursor) {
        state.insert("replication_key".to_owned(), json!(column));
        state.insert("replication_key_value".to_owned(), json!(moment::rfc3339_text(micros)));
    }
    if let Some(version) = saved.version {
        state.insert("version".to_owned(), json!(version));
    }
    if let Ok(Value::Object(bookmark)) = serde_json::to_value(&saved.bookmark) {
        // Absent reads as empty; states are read by people too.
        state.extend(
            bookmark
                .into_iter()
                .filter(|(_, value)| !value.is_null() && !value.as_array().is_some_and(Vec::is_empty)),
        );
    }
    Value::Object(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_that_went_out_comes_back_the_same() {
        let saved = Saved {
            bookmark: Bookmark {
                cursor: Some(1_700_000_000_123_456),
                enumerated_at: Some(5),
                pending: vec![3, 4],
                fingerprint: Some(u64::MAX),
                ..Bookmark::default()
            },
            version: Some(1_700_000_000_000),
        };
        let text = state(&saved, Some("dataatualizacao")).to_string();
        assert!(text.contains("2023-11-14T22:13:20.123456Z"));
        let mut read = Bookmarks::default();
        read.take("nectarcrm_contatos", "nectarcrm_", &serde_json::from_str(&text).unwrap()).unwrap();
        assert_eq!(read.get("contatos"), Some(&saved));
    }

    #[test]
    fn the_state_of_a_main_table_wins_over_that_of_its_children() {
        let mut read = Bookmarks::default();
        for (name, cursor) in
            [("p_contatos_emails", 1), ("p_contatos", 2), ("p_contatos_enderecos", 3), ("foreign", 4)]
        {
            read.take(name, "p_", &json!({"cursor": cursor})).unwrap();
        }
        assert_eq!(read.streams.len(), 1);
        assert_eq!(read.get("contatos").unwrap().bookmark.cursor, Some(2));
    }

    #[test]
    fn a_state_of_another_kind_is_refused() {
        let mut read = Bookmarks::default();
        assert!(read.take("contatos", "", &json!("2026-01-01")).is_err());
        assert!(read.take("contatos", "", &json!({"cursor": "2026-01-01"})).is_err());
        assert!(read.take("contatos", "", &json!({})).is_ok());
        assert!(read.take("contatos", "", &json!(null)).is_ok());
        assert_eq!(read, Bookmarks::default());
    }

    #[test]
    fn proposals_are_found_by_their_table_and_not_taken_for_a_child_of_the_opportunities() {
        assert_eq!(stream_of("x_oportunidades_propostas", "x_").unwrap().name, "propostas");
        assert_eq!(stream_of("x_oportunidades_produtos", "x_").unwrap().name, "oportunidades");
        assert_eq!(stream_of("x_tarefas_campospersonalizados", "x_").unwrap().name, "tarefas");
        assert!(stream_of("x_nothing", "x_").is_none());
    }
}
