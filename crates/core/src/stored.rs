//! The JSON in which lists, maps and custom values are kept in one column, and in which the log keeps diffs.
//!
//! Names are those of the catalogue; decimals are JSON numbers read digit by digit, never through a binary float;
//! instants are microseconds. Not for the wire: dialects have their own spelling.

use std::fmt;
use std::fmt::Write as _;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::catalogue::{Field, FieldType};
use crate::record::Item;
use crate::value::{CustomValue, Decimal, Instant, Value};

/// Appends a JSON string.
pub fn push_text(out: &mut String, text: &str) {
    out.push('"');
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x00..=0x1f => "",
            _ => continue,
        };
        out.push_str(&text[start..at]);
        start = at + 1;
        if escape.is_empty() {
            let _ = write!(out, "\\u{byte:04x}");
        } else {
            out.push_str(escape);
        }
    }
    out.push_str(&text[start..]);
    out.push('"');
}

/// Appends a value of this field as JSON.
pub fn push_value(out: &mut String, field: &Field, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Int(number) | Value::Instant(Instant(number)) => {
            let _ = write!(out, "{number}");
        }
        Value::Decimal(number) => {
            let _ = write!(out, "{number}");
        }
        Value::Text(text) => push_text(out, text),
        Value::Texts(list) => push_list(out, list, |out, text| push_text(out, text)),
        Value::Ids(list) => push_list(out, list, |out, id| {
            let _ = write!(out, "{id}");
        }),
        Value::Items(list) => {
            let fields = crate::record::item_fields(field);
            push_list(out, list, |out, item| push_item(out, fields, item));
        }
        Value::Map(pairs) => {
            out.push('{');
            for (position, (key, text)) in pairs.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                push_text(out, key);
                out.push(':');
                push_text(out, text);
            }
            out.push('}');
        }
        Value::Custom(values) => {
            out.push('{');
            for (position, value) in values.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                let _ = write!(out, "\"{}\":[{},", value.field, value.id);
                push_text(out, &value.text);
                out.push(']');
            }
            out.push('}');
        }
    }
}

fn push_list<T>(out: &mut String, list: &[T], mut push: impl FnMut(&mut String, &T)) {
    out.push('[');
    for (position, element) in list.iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        push(out, element);
    }
    out.push(']');
}

fn push_item(out: &mut String, fields: &'static [Field], item: &Item) {
    out.push('{');
    let mut first = true;
    for (field, value) in fields.iter().zip(item.values()) {
        if value == &Value::Null {
            continue;
        }
        if !first {
            out.push(',');
        }
        first = false;
        push_text(out, field.name);
        out.push(':');
        push_value(out, field, value);
    }
    out.push('}');
}

/// A list, map or custom value as kept in its column; `None` when it is empty and the column stays null.
pub fn encode(field: &Field, value: &Value) -> Option<String> {
    if value.is_empty() {
        return None;
    }
    let mut out = String::new();
    push_value(&mut out, field, value);
    Some(out)
}

/// Reads a list, map or custom column back; text that is not ours reads as empty.
pub fn decode(field: &Field, stored: Option<&str>) -> Value {
    match field.field_type {
        FieldType::Items(fields) => Value::Items(stored.map(|text| items(fields, text)).unwrap_or_default()),
        FieldType::Texts => Value::Texts(stored.map(texts).unwrap_or_default()),
        FieldType::Many(_) => Value::Ids(stored.map(ids).unwrap_or_default()),
        FieldType::Map => Value::Map(stored.map(pairs).unwrap_or_default()),
        FieldType::Custom => Value::Custom(stored.map(custom).unwrap_or_default()),
        _ => stored.map_or(Value::Null, |text| Value::Text(text.to_owned())),
    }
}

/// Reads a stored list of texts.
pub fn texts(stored: &str) -> Vec<String> {
    serde_json::from_str(stored).unwrap_or_default()
}

/// The first text of a stored list, still escaped as JSON, without quotes taken off: `"ola@ipe.example"`.
pub fn first_raw(stored: &str) -> Option<&str> {
    let body = stored.strip_prefix('[')?;
    let bytes = body.as_bytes();
    if bytes.first() != Some(&b'"') {
        return None;
    }
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return Some(&body[..=at]),
            _ => at += 1,
        }
    }
    None
}

/// Reads a stored list of ids.
pub fn ids(stored: &str) -> Vec<i64> {
    serde_json::from_str(stored).unwrap_or_default()
}

/// Reads a stored map.
pub fn pairs(stored: &str) -> Vec<(String, String)> {
    struct Pairs;
    impl<'de> Visitor<'de> for Pairs {
        type Value = Vec<(String, String)>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map of texts")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut out = Vec::new();
            while let Some(pair) = map.next_entry()? {
                out.push(pair);
            }
            Ok(out)
        }
    }
    serde_json::Deserializer::from_str(stored).deserialize_map(Pairs).unwrap_or_default()
}

/// Reads stored custom values.
pub fn custom(stored: &str) -> Vec<CustomValue> {
    let mut out = Vec::new();
    let _ = serde_json::Deserializer::from_str(stored).deserialize_map(CustomValues(&mut out));
    out
}

struct CustomValues<'a>(&'a mut Vec<CustomValue>);

impl<'de> Visitor<'de> for CustomValues<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("custom values")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((field, (id, text))) = map.next_entry::<&str, (i64, String)>()? {
            if let Ok(field) = field.parse() {
                self.0.push(CustomValue { field, id, text });
            }
        }
        Ok(())
    }
}

/// Reads the rows of a stored owned list.
pub fn items(fields: &'static [Field], stored: &str) -> Vec<Item> {
    let mut deserializer = serde_json::Deserializer::from_str(stored);
    deserializer.deserialize_seq(Rows(fields)).unwrap_or_default()
}

struct Rows(&'static [Field]);

impl<'de> Visitor<'de> for Rows {
    type Value = Vec<Item>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rows of an owned list")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Vec<Item>, A::Error> {
        let mut out = Vec::new();
        while let Some(item) = rows.next_element_seed(OneRow(self.0))? {
            out.push(item);
        }
        Ok(out)
    }
}

struct OneRow(&'static [Field]);

impl<'de> DeserializeSeed<'de> for OneRow {
    type Value = Item;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Item, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for OneRow {
    type Value = Item;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row of an owned list")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Item, A::Error> {
        let mut item = Item::empty(self.0);
        while let Some(name) = map.next_key::<&str>()? {
            match self.0.iter().position(|field| field.name == name) {
                Some(position) => {
                    let value = map.next_value_seed(OneValue(&self.0[position]))?;
                    item.put(position as u16, value);
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(item)
    }
}

struct OneValue(&'static Field);

impl<'de> DeserializeSeed<'de> for OneValue {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        use serde::Deserialize;
        Ok(match self.0.field_type {
            FieldType::Text { .. } => {
                Option::<String>::deserialize(deserializer)?.map_or(Value::Null, Value::Text)
            }
            FieldType::Bool => Option::<bool>::deserialize(deserializer)?.map_or(Value::Null, Value::Bool),
            FieldType::Decimal => {
                let raw = <&RawValue>::deserialize(deserializer)?;
                raw.get().parse::<Decimal>().map_or(Value::Null, Value::Decimal)
            }
            FieldType::Instant => Option::<i64>::deserialize(deserializer)?
                .map_or(Value::Null, |number| Value::Instant(Instant(number))),
            FieldType::Int | FieldType::Date | FieldType::Enum(_) | FieldType::One(_) => {
                Option::<i64>::deserialize(deserializer)?.map_or(Value::Null, Value::Int)
            }
            FieldType::Texts => Value::Texts(Vec::deserialize(deserializer)?),
            FieldType::Many(_) => Value::Ids(Vec::deserialize(deserializer)?),
            FieldType::Items(_) | FieldType::Map | FieldType::Custom => {
                IgnoredAny::deserialize(deserializer)?;
                Value::Null
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Resource, contact, line_item, opportunity};

    #[test]
    fn an_owned_list_reads_back_as_it_was_written() {
        let field = Resource::Opportunity.field(opportunity::LINES);
        let mut line = Item::new(&line_item::FIELDS);
        line.set(line_item::ID, Some(910));
        line.set(line_item::NAME, Some("Plano \"Gestão\"\n".to_owned()));
        line.set(line_item::UNIT_PRICE, Some("120.5".parse().unwrap()));
        let value = Value::Items(vec![line, Item::new(&line_item::FIELDS)]);
        let stored = encode(field, &value).unwrap();
        assert_eq!(decode(field, Some(&stored)), value, "{stored}");
    }

    #[test]
    fn custom_values_keep_their_ids() {
        let field = Resource::Contact.field(contact::CUSTOM);
        let value =
            Value::Custom(vec![CustomValue { field: 7, id: 801, text: "Médio; \\ \u{1}".to_owned() }]);
        let stored = encode(field, &value).unwrap();
        assert_eq!(decode(field, Some(&stored)), value, "{stored}");
    }

    #[test]
    fn the_first_text_of_a_list_is_found_without_reading_the_rest() {
        assert_eq!(first_raw(r#"["a\"b","c"]"#), Some(r#""a\"b""#));
        assert_eq!(first_raw("[]"), None);
    }
}
