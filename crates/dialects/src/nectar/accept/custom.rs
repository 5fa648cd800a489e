//! `camposPersonalizados`: values by label or alias, as text (spec 3.5, 3.9).

use favo_core::Decimal;
use favo_core::catalogue::custom_field;
use favo_core::patch::{CustomInput, Input};

use super::super::body::Json;
use super::super::values_in;
use super::Acceptance;

/// The code of custom fields that hold a date.
const DATE: i64 = 2;

impl Acceptance<'_> {
    pub(super) fn custom(&mut self, key: &'static str, value: &Json) {
        let Some(position) = self.resource.definition().custom else { return };
        self.keys.push((position, key));
        if value.clears() {
            self.patch.set(position, Input::Clear);
            return;
        }
        let Json::Object(values) = value else { return self.invalid(position) };
        let mut inputs = Vec::with_capacity(values.len());
        for (label, value) in values {
            let definition = self.ctx.snapshot.custom_field(self.resource, label, false);
            let is_date = definition.is_some_and(|field| field.get(custom_field::TYPE) == Some(DATE));
            match text(value, is_date) {
                Some(text) => inputs.push(CustomInput { label: label.clone(), text }),
                None if definition.is_some() => self.invalid_key(format!("{key}.{label}")),
                // Unknown labels are the core's to ignore or to refuse, whatever their value.
                None => inputs.push(CustomInput { label: label.clone(), text: None }),
            }
        }
        self.patch.set(position, Input::Custom(inputs));
    }
}

/// The text of a custom value; nothing to clear it. The outer `None` when it cannot be read.
#[expect(clippy::option_option, reason = "cleared and unreadable are two things")]
fn text(value: &Json, is_date: bool) -> Option<Option<String>> {
    if value.clears() {
        return Some(None);
    }
    if is_date && let Some(date) = values_in::custom_date(value) {
        return Some(Some(date));
    }
    match value {
        Json::List(options) => {
            let mut texts = Vec::with_capacity(options.len());
            for option in options.iter().filter(|option| !option.clears()) {
                texts.push(scalar(option)?);
            }
            Some(Some(texts.join(";")).filter(|joined| !joined.is_empty()))
        }
        scalar_value => scalar(scalar_value).map(Some),
    }
}

fn scalar(value: &Json) -> Option<String> {
    match value {
        // Numbers have a decimal point and no exponent.
        Json::Number(number) if number.contains(['e', 'E']) => {
            Some(number.parse::<Decimal>().map_or_else(|_| number.to_string(), |number| number.to_string()))
        }
        other => values_in::text(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nectar::body;

    #[test]
    fn scalars_become_text_and_lists_joined_options() {
        let read = |json: &str| text(&body::value(json).unwrap(), false);
        assert_eq!(read("1250.5"), Some(Some("1250.5".to_owned())));
        assert_eq!(read("1e3"), Some(Some("1000".to_owned())));
        assert_eq!(read("true"), Some(Some("true".to_owned())));
        assert_eq!(read(r#"["Seg", null, "Qua"]"#), Some(Some("Seg;Qua".to_owned())));
        assert_eq!(read("[null]"), Some(None));
        assert_eq!(read(r#""  meio  dia ""#), Some(Some("  meio  dia ".to_owned())));
        assert_eq!(read(r#"{"a": 1}"#), None);
    }

    #[test]
    fn dates_are_normalised_and_other_text_is_kept() {
        let read = |json: &str| text(&body::value(json).unwrap(), true).flatten();
        assert_eq!(read(r#""2026-02-20T17:05:09.123-03:00""#).as_deref(), Some("20/02/2026"));
        assert_eq!(read(r#""a combinar""#).as_deref(), Some("a combinar"));
    }
}
