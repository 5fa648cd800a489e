//! Airbyte's SPEC: the form in which people fill in the configuration.

use serde_json::{Map, Value, json};

/// The SPEC message.
pub(super) fn message() -> Value {
    let mut properties = Map::new();
    for (order, (key, mut property)) in properties_in_order().into_iter().enumerate() {
        property["order"] = json!(order);
        properties.insert(key.to_owned(), property);
    }
    json!({"type": "SPEC", "spec": {
        "protocol_version": "0.5.2",
        "supportsIncremental": true,
        "supported_destination_sync_modes": [],
        "connectionSpecification": {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": "CRM that speaks the NectarCRM API",
            "type": "object",
            "required": ["url", "token"],
            "additionalProperties": true,
            "properties": properties,
        },
    }})
}

fn text(title: &str, description: &str) -> Value {
    json!({"type": "string", "title": title, "description": description})
}

fn choice(title: &str, description: &str, values: &[&str]) -> Value {
    json!({"type": "string", "title": title, "description": description, "enum": values, "default": values[0]})
}

fn number(kind: &str, title: &str, description: &str, minimum: i64) -> Value {
    json!({"type": kind, "title": title, "description": description, "minimum": minimum})
}

fn properties_in_order() -> Vec<(&'static str, Value)> {
    let mut url = text("URL of the API", "Base of the API, such as https://host/crm/api/1");
    url["examples"] = json!(["https://app.nectarcrm.com.br/crm/api/1"]);
    let mut token = text("Token", "Token of a user who may see what is to be read");
    token["airbyte_secret"] = json!(true);
    let mut start =
        text("Start", "Records created before that day are not read by a first load; empty: all are");
    start["format"] = json!("date");
    start["examples"] = json!(["2026-01-31"]);
    let mut tables = json!({
        "type": "array",
        "items": {"type": "string"},
        "title": "Tables",
        "description": "Streams or tables to offer; empty: all",
    });
    tables["default"] = json!([]);
    vec![
        ("url", url),
        ("token", token),
        (
            "source",
            choice(
                "Kind of server",
                "favo: a Favo server, by its change feed, deletes included; nectar: any server with the NectarCRM API",
                &["nectar", "favo"],
            ),
        ),
        ("start_date", start),
        ("tables", tables),
        ("mode", choice("Mode", "full reads everything in every run", &["incremental", "full"])),
        (
            "layout",
            choice(
                "Layout",
                "exact: whole ids, exact decimals, text for documents; kondado: every number a double, moments without zone",
                &["exact", "kondado"],
            ),
        ),
        (
            "children",
            choice(
                "Children",
                "nested: addresses, products and the like are arrays in their record; streams: they are streams of their own",
                &["nested", "streams"],
            ),
        ),
        (
            "lookback_days",
            number("integer", "Days to look back", "Days before the bookmark that are read again", 0),
        ),
        (
            "requests_per_second",
            number(
                "number",
                "Requests a second",
                "At most that many; empty: one for the hosted original, else no fixed pace",
                0,
            ),
        ),
        ("jobs", number("integer", "Requests in flight", "At most that many at a time, up to 64", 1)),
        (
            "deletes",
            choice(
                "Deletes",
                "soft: records that the change feed calls deleted come with a mark",
                &["soft", "ignore"],
            ),
        ),
        (
            "drift",
            choice(
                "Unknown fields",
                "evolve and discard_value keep them in _favo_extra; freeze ends the run",
                &["evolve", "freeze", "discard_value"],
            ),
        ),
        (
            "timezone",
            text(
                "Time zone",
                "Of days without time, and of the layout kondado; America/Sao_Paulo unless said",
            ),
        ),
        ("table_prefix", text("Prefix of the streams", "nectarcrm_ unless said")),
        ("memory_limit", number("integer", "Memory", "Bytes that buffers may take together", 1)),
        (
            "max_minutes",
            number("integer", "Minutes", "The run ends cleanly after that long and goes on the next time", 1),
        ),
        (
            "streams",
            json!({
                "type": "object",
                "title": "By stream",
                "description": "Deviations by stream: mode, columns, exclude, mask, lookback_days, deletes, drift",
                "additionalProperties": true,
            }),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::config::{KEYS, settings};

    #[test]
    fn the_form_has_every_key_that_the_configuration_takes_in_the_same_order() {
        let spec = message();
        let properties = spec.pointer("/spec/connectionSpecification/properties").unwrap();
        let keys: Vec<&str> = properties.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, KEYS);
        assert_eq!(properties["token"]["airbyte_secret"], true);
    }

    #[test]
    fn every_value_the_form_offers_is_accepted() {
        for (key, property) in properties_in_order() {
            for value in property.get("enum").and_then(Value::as_array).into_iter().flatten() {
                let mut config = json!({"url": "http://127.0.0.1:1", "token": "t"});
                config[key] = value.clone();
                assert!(settings(&config).is_ok(), "{key} {value}");
            }
        }
    }
}
