//! Airbyte's catalogs: what `discover` prints, and what the configured catalog and the state of `read` ask for.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::protocol::bookmarks::Bookmarks;
use crate::protocol::published::{Method, Published};
use crate::protocol::select::Chosen;
use crate::{Error, Result};

/// The CATALOG message.
pub(super) fn written(streams: &[Published]) -> Value {
    json!({"type": "CATALOG", "catalog": {"streams": streams.iter().map(entry).collect::<Vec<_>>()}})
}

fn entry(stream: &Published) -> Value {
    // A stream that the source can only be read whole of has no increments to offer; every other keeps a bookmark of its own, cursor column or not.
    let modes: &[&str] =
        if stream.method == Method::FullTable { &["full_refresh"] } else { &["full_refresh", "incremental"] };
    json!({
        "name": stream.name,
        "json_schema": stream.schema,
        "supported_sync_modes": modes,
        "source_defined_cursor": modes.len() > 1,
        "default_cursor_field": stream.cursor.iter().collect::<Vec<_>>(),
        "source_defined_primary_key": stream.key.iter().map(|name| [name]).collect::<Vec<_>>(),
        "is_resumable": false,
    })
}

/// What a configured catalog asks for. Generations and sync ids are accepted; nothing here depends on them.
pub(super) fn read(catalog: &Value) -> Result<Vec<Chosen>> {
    let wrong = || {
        Error::Configuration(
            "the catalog is no configured catalog: it has no list named streams, with stream and sync_mode in each entry"
                .to_owned(),
        )
    };
    let streams = catalog.get("streams").and_then(Value::as_array).ok_or_else(wrong)?;
    let mut chosen = Vec::new();
    for configured in streams {
        let name = configured.pointer("/stream/name").and_then(Value::as_str).ok_or_else(wrong)?;
        let full = match configured.get("sync_mode").and_then(Value::as_str) {
            Some("full_refresh") => true,
            Some("incremental") => false,
            _ => return Err(wrong()),
        };
        // Columns that the user deselected are missing from the configured schema.
        chosen.push(Chosen { name: name.to_owned(), without: BTreeSet::new(), full });
    }
    Ok(chosen)
}

/// Properties that a configured stream's schema leaves out, of those that are offered.
pub(super) fn left_out(catalog: &Value, name: &str, offered: &Published) -> BTreeSet<String> {
    let streams = catalog.get("streams").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let configured = streams.iter().find(|one| one.pointer("/stream/name") == Some(&json!(name)));
    let schema = configured.and_then(|one| one.pointer("/stream/json_schema/properties")?.as_object());
    match schema {
        // Some callers send no schema: then everything is meant.
        Some(properties) if !properties.is_empty() => {
            let offered = offered.properties.iter().map(|(property, ..)| property);
            offered.filter(|property| !properties.contains_key(*property)).cloned().collect()
        }
        _ => BTreeSet::new(),
    }
}

/// The state handed to `read`: a list of STREAM states (or of whole STATE messages), one of them, or the older object by stream.
pub(super) fn state(read: &Value, prefix: &str) -> Result<Bookmarks> {
    let mut bookmarks = Bookmarks::default();
    match read {
        Value::Null => {}
        Value::Array(states) => {
            for state in states {
                one(&mut bookmarks, state, prefix)?;
            }
        }
        state => one(&mut bookmarks, state, prefix)?,
    }
    Ok(bookmarks)
}

fn one(bookmarks: &mut Bookmarks, state: &Value, prefix: &str) -> Result<()> {
    let Value::Object(members) = state else {
        return Err(Error::Configuration(
            "the state is neither a list of STATE messages nor an object by stream".to_owned(),
        ));
    };
    match (members.get("type").and_then(Value::as_str), members.get("stream")) {
        (Some("STATE"), _) => one(bookmarks, members.get("state").unwrap_or(&Value::Null), prefix),
        (Some("STREAM"), Some(stream)) => {
            let name = stream.pointer("/stream_descriptor/name").and_then(Value::as_str).unwrap_or_default();
            bookmarks.take(name, prefix, stream.get("stream_state").unwrap_or(&Value::Null))
        }
        (Some("GLOBAL"), _) => Err(Error::Configuration(
            "the state is a GLOBAL one, and this source writes one for each stream; start over without it"
                .to_owned(),
        )),
        (Some("LEGACY"), _) => {
            let data = members.get("data").and_then(Value::as_object);
            data.into_iter().flatten().try_for_each(|(name, state)| bookmarks.take(name, prefix, state))
        }
        _ => members.iter().try_for_each(|(name, state)| bookmarks.take(name, prefix, state)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_state_says_the_same() {
        let stream = json!({"type": "STREAM", "stream": {
            "stream_descriptor": {"name": "p_contatos", "namespace": null},
            "stream_state": {"cursor": 5},
        }});
        let wanted = state(&json!([stream]), "p_").unwrap();
        assert_eq!(wanted.get("contatos").unwrap().bookmark.cursor, Some(5));
        for same in [
            stream.clone(),
            json!([{"type": "STATE", "state": stream}]),
            json!({"p_contatos": {"cursor": 5}}),
            json!({"type": "LEGACY", "data": {"contatos": {"cursor": 5}}}),
        ] {
            assert_eq!(state(&same, "p_").unwrap(), wanted, "{same}");
        }
        for nothing in [json!(null), json!([]), json!({})] {
            assert_eq!(state(&nothing, "p_").unwrap(), Bookmarks::default());
        }
        assert!(state(&json!("x"), "p_").is_err());
        assert!(state(&json!([{"type": "GLOBAL", "global": {}}]), "p_").is_err());
    }

    #[test]
    fn a_configured_catalog_needs_names_and_modes() {
        let fine = json!({"streams": [
            {"stream": {"name": "a"}, "sync_mode": "full_refresh", "generation_id": 3, "minimum_generation_id": 3, "sync_id": 9},
            {"stream": {"name": "b"}, "sync_mode": "incremental", "destination_sync_mode": "append_dedup"},
        ]});
        let chosen = read(&fine).unwrap();
        assert_eq!(chosen.iter().map(|one| one.full).collect::<Vec<_>>(), [true, false]);
        for broken in [json!({}), json!({"streams": [{}]}), json!({"streams": [{"stream": {"name": "a"}}]})] {
            assert!(read(&broken).is_err(), "{broken}");
        }
    }
}
