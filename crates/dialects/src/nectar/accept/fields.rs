//! One field: its value from JSON by the field's type, and the choice among several keys of one value (spec 3.3, 3.6).

use favo_core::catalogue::{Default as FieldDefault, Field};
use favo_core::patch::Input;
use favo_core::query::{Filter, Query};
use favo_core::text::fold;
use favo_core::{FieldType, Resource, Result, Value};

use super::super::body::Json;
use super::super::spelling::Taken;
use super::super::values_in;
use super::{Acceptance, Here, lists, relations};

/// What a value makes of a field; `None` when it cannot be read.
pub(super) fn input(field: &Field, value: &Json) -> Option<Input> {
    if value.clears() {
        return Some(Input::Clear);
    }
    match field.field_type {
        FieldType::Text { .. } => values_in::text(value).map(Input::Text),
        FieldType::Int | FieldType::Enum(_) => values_in::integer(value).map(Input::Int),
        FieldType::Decimal => values_in::decimal(value).map(Input::Decimal),
        FieldType::Bool => values_in::boolean(value).map(Input::Bool),
        FieldType::Instant => values_in::instant(value).map(Input::Instant),
        FieldType::Date => values_in::date(value).map(Input::Int),
        FieldType::One(_) => relations::one(field, value),
        FieldType::Many(_) => relations::many(field, value),
        FieldType::Texts => lists::texts(value).map(Input::Texts),
        // No key sets these directly.
        FieldType::Items(_) | FieldType::Map | FieldType::Custom => None,
    }
}

/// Whether the input would change the stored value, as far as can be told without a look at other records.
pub(super) fn differs(input: &Input, stored: &Value, position: u16, fields: &'static [Field]) -> bool {
    match (input, stored) {
        (Input::Clear, stored) => !stored.is_empty() && *stored != default(&fields[position as usize]),
        (Input::Bool(sent), Value::Bool(stored)) => sent != stored,
        (Input::Int(sent), Value::Int(stored)) => sent != stored,
        (Input::Decimal(sent), Value::Decimal(stored)) => sent != stored,
        (Input::Text(sent), Value::Text(stored)) => sent != stored,
        (Input::Instant(sent), Value::Instant(stored)) => *sent != stored.to_millis(),
        (Input::Texts(sent), Value::Texts(stored)) => sent != stored,
        (Input::One(sent), Value::Int(stored)) => sent.id != Some(*stored),
        (Input::Many(sent), Value::Ids(stored)) => {
            sent.len() != stored.len()
                || sent.iter().zip(stored).any(|(sent, stored)| sent.id != Some(*stored))
        }
        _ => true,
    }
}

fn default(field: &Field) -> Value {
    match field.default {
        FieldDefault::Null => Value::Null,
        other => other.value(field.field_type),
    }
}

impl Acceptance<'_> {
    /// The key that decides a field, and what it says; `None` when no key has anything to say.
    ///
    /// Of several keys the first that differs from the stored value wins, the canonical one before its aliases.
    pub(super) fn pick(
        &mut self,
        here: Here<'_>,
        position: u16,
    ) -> Result<Option<(&'static str, Option<Input>)>> {
        let field = here.field(position);
        let sent = |canonical: bool| {
            here.lines.iter().filter(move |line| match line.taken {
                Taken::Own(own) => canonical && own == position,
                Taken::Also(own) => !canonical && own == position,
                _ => false,
            })
        };
        let mut candidates = Vec::new();
        for line in sent(true).chain(sent(false)) {
            if let Some(value) = here.object.get(line.key) {
                candidates.push((line.key, input(field, value)));
            }
        }
        if candidates.len() < 2 {
            return Ok(candidates.pop());
        }
        for at in 0..candidates.len() {
            if self.speaks(here, position, candidates[at].1.as_ref())? {
                return Ok(Some(candidates.swap_remove(at)));
            }
        }
        // All of them echo what is stored; without a stored record all of them clear.
        Ok(if here.values.is_some() { None } else { candidates.into_iter().next() })
    }

    fn speaks(&mut self, here: Here<'_>, position: u16, input: Option<&Input>) -> Result<bool> {
        let Some(input) = input else { return Ok(true) };
        let Some(stored) = here.value(position) else { return Ok(*input != Input::Clear) };
        if let (Input::One(reference), Value::Int(id), FieldType::One(resource)) =
            (input, stored, here.field(position).field_type)
            && reference.id.is_none()
            && let Some(name) = &reference.name
        {
            return Ok(self.title_of(resource, *id)?.is_none_or(|title| fold(&title) != fold(name)));
        }
        Ok(differs(input, stored, position, here.fields))
    }

    /// The name of a record, deleted ones included: it is what was shown.
    pub(super) fn title_of(&mut self, resource: Resource, id: i64) -> Result<Option<String>> {
        if resource.definition().registry {
            let record = self.ctx.snapshot.get(resource, id);
            return Ok(record.and_then(|record| record.title()).map(str::to_owned));
        }
        let query = Query {
            with_deleted: true,
            ..Query::of(resource).filter(Filter::is(favo_core::catalogue::meta::ID, id))
        };
        let found = self.tx.load_all(&query)?;
        Ok(found.first().and_then(|record| record.title()).map(str::to_owned))
    }
}
