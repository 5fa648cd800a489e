//! Custom fields by their aliases (12.3): read by their types, checked, merged one by one.

use favo_core::catalogue::custom_field;
use favo_core::patch::{CustomInput, Input};
use favo_core::{Ctx, Record, Value};

use super::{Acceptance, Mode};
use crate::json::{Json, Object};
use crate::local_time;
use crate::totvs::fault::{Detail, Problem};
use crate::totvs::table::Entity;
use crate::totvs::values::{self, Reading};

/// Types of custom fields that are numbers, dates and truth values; the others are texts.
const NUMBERS: [i64; 3] = [0, 3, 12];
const DATE: i64 = 2;
const BOOLEAN: i64 = 4;

/// One key of `customFields`.
#[derive(Debug)]
pub(in crate::totvs) struct Custom {
    key: String,
    /// The definition and the text to be kept; `None` when no field has this alias.
    known: Option<(i64, Option<String>)>,
    value: Json,
}

/// Reads `customFields`; values that do not fit the type of their field are noted.
pub(super) fn read(ctx: &Ctx, entity: &Entity, object: &Object, reading: &mut Reading<'_>) -> Vec<Custom> {
    let (Some(sent), Some(resource)) = (object.get("customFields"), entity.resource()) else {
        return Vec::new();
    };
    let fields = match sent {
        Json::Null => return Vec::new(),
        Json::Object(fields) => fields,
        other => {
            let problem = Problem::new("customFields", Detail::TypeMismatch, Some(other));
            reading.problems.push(problem);
            return Vec::new();
        }
    };
    let read = fields.iter().map(|(key, value)| {
        let definition = ctx.snapshot.custom_field(resource, key, true);
        let known = definition.map(|field| (field.id(), text(field, key, value, reading)));
        Custom { key: key.to_owned(), known, value: value.clone() }
    });
    read.collect()
}

/// A value as the core keeps it; `None` for none.
fn text(field: &Record, key: &str, value: &Json, reading: &mut Reading<'_>) -> Option<String> {
    let path = || format!("customFields.{key}");
    let kind = field.get(custom_field::TYPE).unwrap_or(1);
    let read = match value {
        Json::Null => return None,
        Json::Text(text) if text.trim().is_empty() => return None,
        Json::List(elements) => {
            let texts: Option<Vec<String>> = elements.iter().map(values::text).collect();
            texts.map(|texts| texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(";"))
        }
        _ if NUMBERS.contains(&kind) => values::decimal(value).map(|number| number.to_string()),
        _ if kind == BOOLEAN => values::boolean(value).map(|flag| flag.to_string()),
        _ if kind == DATE => {
            let day = reading.custom_day(value, path())?;
            let mut out = Vec::new();
            local_time::push_day_first(&mut out, day);
            return String::from_utf8(out).ok();
        }
        _ => values::text(value),
    };
    if read.is_none() {
        reading.problems.push(Problem::new(path(), Detail::TypeMismatch, Some(value)));
    }
    read.filter(|text| !text.is_empty())
}

impl Acceptance<'_> {
    pub(super) fn custom(&mut self) {
        let position = self.resource.definition().custom;
        let stored: Vec<(i64, String)> =
            match position.and_then(|position| self.stored.map(|record| record.at(position))) {
                Some(Value::Custom(values)) => {
                    values.iter().map(|value| (value.field, value.text.clone())).collect()
                }
                _ => Vec::new(),
            };
        let mut inputs: Vec<(i64, Option<String>)> = Vec::new();
        let body = self.body;
        for custom in &body.custom {
            match &custom.known {
                Some((field, text)) => inputs.push((*field, text.clone())),
                // As an extra it would stand for the field of that name.
                None if self.switches.keep_unknown_custom
                    && !super::extras::is_declared(self.entity, &custom.key) =>
                {
                    let mut raw = Vec::new();
                    custom.value.push(&mut raw);
                    let kept = String::from_utf8(raw).ok().filter(|_| custom.value != Json::Null);
                    self.extras.push((custom.key.clone(), kept));
                }
                None => {
                    let path = format!("customFields.{}", custom.key);
                    self.problems.push(Problem::new(path, Detail::UnknownCustomField, Some(&custom.value)));
                }
            }
        }
        if self.mode == Mode::Replace {
            let named: Vec<i64> = inputs.iter().map(|(field, _)| *field).collect();
            let gone = stored.iter().filter(|(field, _)| !named.contains(field));
            inputs.extend(gone.map(|(field, _)| (*field, None)));
        }
        self.demand_custom(&inputs, &stored);
        inputs.retain(|(field, text)| {
            let known = stored.iter().find(|(known, _)| known == field).map(|(_, text)| text);
            known != text.as_ref()
        });
        let Some(position) = position.filter(|_| !inputs.is_empty()) else { return };
        let snapshot = &self.ctx.snapshot;
        let inputs = inputs.into_iter().filter_map(|(field, text)| {
            let field = snapshot.get(favo_core::Resource::CustomField, field)?;
            Some(CustomInput { label: field.get(custom_field::LABEL)?.to_owned(), text })
        });
        self.accepted.patch.set(position, Input::Custom(inputs.collect()));
    }

    /// Required custom fields: all of them where the whole record is written, else those that are cleared.
    fn demand_custom(&mut self, inputs: &[(i64, Option<String>)], stored: &[(i64, String)]) {
        let missing: Vec<String> = self
            .ctx
            .snapshot
            .custom_fields(self.resource)
            .into_iter()
            .filter(|field| field.get(custom_field::REQUIRED) && field.is_active())
            .filter(|field| {
                let sent = inputs.iter().find(|(id, _)| *id == field.id()).map(|(_, text)| text.is_some());
                let kept = stored.iter().any(|(id, _)| *id == field.id());
                match (sent, self.mode) {
                    (Some(given), Mode::Insert | Mode::Replace) => !given,
                    (Some(given), Mode::Merge) => !given && kept,
                    (None, Mode::Insert | Mode::Replace) => true,
                    (None, Mode::Merge) => false,
                }
            })
            .filter_map(|field| field.get(custom_field::ALIAS).map(str::to_owned))
            .collect();
        for alias in missing {
            let path = format!("customFields.{alias}");
            if !self.problems.iter().any(|problem| problem.field == path) {
                self.problems.push(Problem::new(path, Detail::NotNull, None));
            }
        }
    }
}
