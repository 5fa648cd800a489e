//! Singer's catalog: what `--discover` prints, and what `--catalog` selects.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::protocol::published::{Method, Published};
use crate::protocol::select::Chosen;
use crate::tables::Reading;
use crate::{Error, Result};

/// The catalog, everything selected.
pub(super) fn written(streams: &[Published]) -> Value {
    json!({"streams": streams.iter().map(entry).collect::<Vec<_>>()})
}

fn entry(stream: &Published) -> Value {
    let mut root = Map::new();
    root.insert("inclusion".to_owned(), json!("available"));
    root.insert("selected".to_owned(), json!(true));
    root.insert("selected-by-default".to_owned(), json!(true));
    root.insert("table-key-properties".to_owned(), json!(stream.key));
    root.insert("replication-method".to_owned(), json!(stream.method.name()));
    if stream.stream.reading == Reading::Whole && stream.method == Method::FullTable {
        root.insert("forced-replication-method".to_owned(), json!("FULL_TABLE"));
    }
    root.insert("valid-replication-keys".to_owned(), json!(stream.cursor.iter().collect::<Vec<_>>()));
    let mut metadata = vec![json!({"breadcrumb": [], "metadata": root})];
    for (property, ..) in &stream.properties {
        let needed = stream.key.contains(property) || stream.cursor.as_ref() == Some(property);
        let inclusion = if needed { "automatic" } else { "available" };
        metadata.push(json!({
            "breadcrumb": ["properties", property],
            "metadata": {"inclusion": inclusion, "selected-by-default": true},
        }));
    }
    let mut entry = json!({
        "tap_stream_id": stream.name,
        "stream": stream.name,
        "key_properties": stream.key,
        "replication_method": stream.method.name(),
        "schema": stream.schema,
        "metadata": metadata,
    });
    if let (Some(cursor), Method::Incremental) = (&stream.cursor, stream.method) {
        entry["replication_key"] = json!(cursor);
    }
    entry
}

/// What a catalog selects. A stream counts as selected by its metadata, else by the older flag beside its schema, else by default; a property unless it is
/// deselected.
pub(super) fn read(catalog: &Value) -> Result<Vec<Chosen>> {
    let wrong = || {
        Error::Configuration(
            "the catalog is none: it has no list named streams, with tap_stream_id and schema in each entry"
                .to_owned(),
        )
    };
    let streams = catalog.get("streams").and_then(Value::as_array).ok_or_else(wrong)?;
    let mut chosen = Vec::new();
    for stream in streams {
        let name = stream.get("tap_stream_id").or_else(|| stream.get("stream")).and_then(Value::as_str);
        let name = name.ok_or_else(wrong)?;
        let metadata = stream.get("metadata").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let root = of(metadata, &[]);
        let older = [Some(stream), stream.get("schema")]
            .into_iter()
            .flatten()
            .find_map(|place| place.get("selected")?.as_bool());
        if !selected(root).or(older).unwrap_or(false) {
            continue;
        }
        let method = root
            .and_then(|root| root.get("replication-method"))
            .or_else(|| stream.get("replication_method"))
            .and_then(Value::as_str);
        let mut without = BTreeSet::new();
        for entry in metadata {
            let breadcrumb = entry.get("breadcrumb").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            if let [Value::String(first), Value::String(property)] = breadcrumb
                && first == "properties"
                && let Some(told) = entry.get("metadata")
                && (selected(Some(told)) == Some(false)
                    || told.get("inclusion") == Some(&json!("unsupported")))
            {
                without.insert(property.clone());
            }
        }
        chosen.push(Chosen { name: name.to_owned(), without, full: method == Some("FULL_TABLE") });
    }
    Ok(chosen)
}

fn of<'a>(metadata: &'a [Value], breadcrumb: &[&str]) -> Option<&'a Value> {
    let wanted = json!(breadcrumb);
    metadata.iter().find(|entry| entry.get("breadcrumb") == Some(&wanted))?.get("metadata")
}

fn selected(metadata: Option<&Value>) -> Option<bool> {
    let metadata = metadata?;
    let by = |key: &str| metadata.get(key).and_then(Value::as_bool);
    by("selected").or_else(|| by("selected-by-default"))
}
