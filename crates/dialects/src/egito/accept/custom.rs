//! Custom fields by their alias, at top level or inside `customFields` (8.5), in the form of their type.

use favo_core::Record;
use favo_core::catalogue::custom_field;
use favo_core::patch::{CustomInput, Input};
use favo_core::text::fold;

use super::{Acceptance, echo};
use crate::egito::fault::Code;
use crate::egito::table::CUSTOM;
use crate::egito::values;
use crate::json::Json;
use crate::local_time::{Zone, push_day_first};

/// Types of custom fields, by their codes.
const NUMBER: i64 = 0;
const DATE: i64 = 2;
const MONEY: i64 = 3;
const BOOLEAN: i64 = 4;
const FRACTION: i64 = 12;
const WITH_OPTIONS: [i64; 3] = [5, 7, 11];
/// The most characters of a text.
const LONGEST: u16 = 4000;

impl Acceptance<'_> {
    /// `customFields`: an object of values; nothing clears all of them.
    pub(super) fn custom_values(&mut self, sent: &Json) {
        let Some(position) = self.sent.entity.resource.definition().custom else {
            if !super::is_blank(sent) && !matches!(sent, Json::Object(object) if object.is_empty()) {
                self.fault(CUSTOM, Code::FieldUnknown, sent);
            }
            return;
        };
        match sent {
            Json::Object(values) => {
                for (alias, value) in values.iter() {
                    let path = format!("{CUSTOM}.{alias}");
                    if !self.custom_value(alias, path.clone(), value) {
                        self.fault(path, Code::FieldUnknown, value);
                    }
                }
            }
            sent if super::is_blank(sent) => {
                self.patch.set(position, Input::Clear);
            }
            sent => self.fault(CUSTOM, Code::TypeMismatch, sent),
        }
    }

    /// One value by its alias; `false` when the entity has no such custom field.
    pub(super) fn custom_value(&mut self, alias: &str, path: String, sent: &Json) -> bool {
        let resource = self.sent.entity.resource;
        let found = self.ctx.snapshot.custom_field(resource, alias, true);
        let Some(definition) =
            found.filter(|definition| definition.get(custom_field::ALIAS) == Some(alias)).cloned()
        else {
            return false;
        };
        let Some(position) = resource.definition().custom else { return false };
        let shown = self.sent.stored.and_then(|(_, shown)| match shown.get(CUSTOM) {
            Some(Json::Object(values)) => values.get(alias),
            _ => None,
        });
        if shown.is_some_and(|shown| echo::same(sent, shown)) {
            return true;
        }
        let strict = self.ctx.snapshot.settings().strict_options;
        match text(&definition, sent, &self.switches.zone, strict) {
            Ok(text) => {
                let label = definition.get(custom_field::LABEL).unwrap_or(alias).to_owned();
                let mut inputs = match self.patch.remove(position) {
                    Some(Input::Custom(inputs)) => inputs,
                    _ => Vec::new(),
                };
                inputs.push(CustomInput { label, text });
                self.patch.set(position, Input::Custom(inputs));
            }
            Err(code) => self.fault(path, code, sent),
        }
        true
    }
}

/// The text that is stored for a value; nothing clears it.
fn text(definition: &Record, sent: &Json, zone: &Zone, strict: bool) -> Result<Option<String>, Code> {
    let kind = definition.get(custom_field::TYPE).unwrap_or(1);
    Ok(match kind {
        NUMBER | FRACTION => values::decimal(sent, 6)?.map(|number| number.to_string()),
        MONEY => values::decimal(sent, 2)?.map(|amount| amount.to_string()),
        BOOLEAN => values::boolean(sent)?.map(|flag| flag.to_string()),
        DATE => values::date(sent, zone)?.map(|day| {
            let mut out = Vec::with_capacity(10);
            push_day_first(&mut out, day);
            String::from_utf8_lossy(&out).into_owned()
        }),
        kind if WITH_OPTIONS.contains(&kind) => {
            let mut chosen = Vec::new();
            match sent {
                Json::List(options) => {
                    for option in options {
                        chosen.extend(values::text(option, LONGEST)?);
                    }
                }
                single => chosen.extend(values::text(single, LONGEST)?),
            }
            let known: Vec<String> =
                definition.get(custom_field::OPTIONS).iter().map(|option| fold(option)).collect();
            let listed = |text: &String| text.split(';').all(|option| known.contains(&fold(option)));
            if strict && !chosen.iter().all(listed) {
                return Err(Code::NotInList);
            }
            Some(chosen.join(";")).filter(|text| !text.is_empty())
        }
        _ => values::text(sent, LONGEST)?,
    })
}
