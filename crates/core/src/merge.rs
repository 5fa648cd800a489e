//! Merging a patch into a record: absent keys stay, cleared ones return to their default, given ones are checked
//! against the catalogue; rows of owned lists are matched by id; custom values are merged one by one.

use std::collections::HashSet;

use crate::catalogue::{Access, Field, FieldType, Resource, custom_field};
use crate::error::{Place, Problem, Reason, Result};
use crate::patch::{CustomInput, Input, ItemPatch, fits};
use crate::record::{Item, Record, item_fields};
use crate::resolve;
use crate::text::fold;
use crate::value::{CustomValue, Decimal, Value};
use crate::write::{Draft, Work};

/// The most texts, relations or rows a list holds: what has more is a mistake, and would keep other writers waiting.
const MOST_ENTRIES: usize = 1_000;
/// The largest amount: one million of them still add up.
const MOST_UNITS: Decimal = Decimal::from_units(1_000_000_000_000);

/// Applies the draft's patch to its record, noting every problem.
pub(crate) fn apply(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    let resource = draft.record.resource();
    let entries = draft.patch.entries().to_vec();
    for (position, input) in entries {
        let field = resource.definition().field(position);
        let writable = match field.access {
            Access::Writable => true,
            Access::OnCreate => draft.is_new(),
            Access::Derived | Access::Rollup => false,
        };
        if !writable {
            continue;
        }
        if !fits(field, &input) {
            draft.problem(position, Reason::Invalid);
            continue;
        }
        let current = draft.record.at(position).clone();
        match value(work, draft, &Place::Field(resource, position), field, &current, input)? {
            Ok(value) => draft.record.put(position, value),
            Err(reason) => draft.problem(position, reason),
        }
    }
    Ok(())
}

/// What the field becomes; problems inside rows are noted on the draft by themselves.
fn value(
    work: &mut Work<'_>,
    draft: &mut Draft,
    place: &Place,
    field: &'static Field,
    current: &Value,
    input: Input,
) -> Result<std::result::Result<Value, Reason>> {
    Ok(Ok(match input {
        Input::Clear => field.default.value(field.field_type),
        Input::Bool(flag) => Value::Bool(flag),
        Input::Int(number) => {
            if let FieldType::Enum(codes) = field.field_type
                && !codes.iter().any(|code| code.number == number)
            {
                return Ok(Err(Reason::Invalid));
            }
            Value::Int(number)
        }
        Input::Decimal(number) if number.0.unsigned_abs() > MOST_UNITS.0.unsigned_abs() => {
            return Ok(Err(Reason::Invalid));
        }
        Input::Decimal(number) => Value::Decimal(number),
        Input::Instant(instant) => Value::Instant(instant),
        Input::Text(text) if text.contains('\0') => return Ok(Err(Reason::Invalid)),
        Input::Text(text) if text.is_empty() => field.default.value(field.field_type),
        Input::Text(text) => Value::Text(text),
        Input::Texts(texts) => {
            let mut kept: Vec<String> = Vec::with_capacity(texts.len());
            let mut seen = HashSet::with_capacity(texts.len());
            for text in texts {
                if text.contains('\0') {
                    return Ok(Err(Reason::Invalid));
                }
                if !text.trim().is_empty() && seen.insert(text.clone()) {
                    kept.push(text);
                }
            }
            if kept.len() > MOST_ENTRIES {
                return Ok(Err(Reason::Invalid));
            }
            Value::Texts(kept)
        }
        Input::One(reference) => match resolve::one(work, draft, field, current.number(), &reference)? {
            Ok(id) => id.map_or(Value::Null, Value::Int),
            Err(reason) => return Ok(Err(reason)),
        },
        Input::Many(references) => {
            let stored = if let Value::Ids(ids) = current { ids.clone() } else { Vec::new() };
            if references.len() > MOST_ENTRIES {
                return Ok(Err(Reason::Invalid));
            }
            let mut ids: Vec<i64> = Vec::with_capacity(references.len());
            for reference in references {
                let known = reference.id.filter(|id| stored.contains(id));
                match resolve::one(work, draft, field, known, &reference)? {
                    Ok(Some(id)) if !ids.contains(&id) => ids.push(id),
                    Ok(_) => {}
                    Err(reason) => return Ok(Err(reason)),
                }
            }
            Value::Ids(ids)
        }
        Input::Items(rows) if rows.len() > MOST_ENTRIES => return Ok(Err(Reason::Invalid)),
        Input::Items(rows) => Value::Items(items(work, draft, place, field, current, rows)?),
        Input::Map(pairs) => {
            if pairs.iter().any(|(key, text)| key.contains('\0') || text.contains('\0')) {
                return Ok(Err(Reason::Invalid));
            }
            Value::Map(pairs)
        }
        Input::Custom(inputs) => {
            let stored = if let Value::Custom(values) = current { values.clone() } else { Vec::new() };
            Value::Custom(custom(work, draft, stored, inputs)?)
        }
    }))
}

/// The rows of an owned list: those with the id of a stored row are merged into it, others are new.
fn items(
    work: &mut Work<'_>,
    draft: &mut Draft,
    place: &Place,
    field: &'static Field,
    current: &Value,
    patches: Vec<ItemPatch>,
) -> Result<Vec<Item>> {
    let fields = item_fields(field);
    let stored = if let Value::Items(items) = current { items.as_slice() } else { &[] };
    let id_position = fields.iter().position(|field| field.name == "id").map(|position| position as u16);
    let mut rows = Vec::with_capacity(patches.len());
    let mut taken: Vec<i64> = Vec::new();
    for patch in patches {
        if id_position.is_none() && patch.entries.is_empty() {
            // A row without id that says nothing.
            continue;
        }
        let kept = match (id_position, patch.id) {
            (Some(position), Some(id)) if !taken.contains(&id) => {
                stored.iter().find(|item| item.at(position).number() == Some(id))
            }
            _ => None,
        };
        let mut row = kept.cloned().unwrap_or_else(|| Item::new(fields));
        if let Some(position) = id_position {
            let id = match kept.and(patch.id) {
                Some(id) => id,
                None => work.tx.next(&format!("{}.{}", draft.record.resource().name(), field.name))?,
            };
            taken.push(id);
            row.put(position, Value::Int(id));
        }
        for (position, input) in patch.entries {
            let inner = &fields[position as usize];
            let inner_place = match place {
                Place::Field(resource, list) => Place::Inner(*resource, *list, position),
                other => other.clone(),
            };
            if inner.access != Access::Writable || inner.name == "id" {
                continue;
            }
            if !fits(inner, &input) {
                draft.problems.push(Problem { place: inner_place, reason: Reason::Invalid });
                continue;
            }
            let current = row.at(position).clone();
            match value(work, draft, &inner_place, inner, &current, input)? {
                Ok(value) => row.put(position, value),
                Err(reason) => draft.problems.push(Problem { place: inner_place, reason }),
            }
        }
        rows.push(row);
    }
    Ok(rows)
}

/// Custom types whose values come from a list of options.
const WITH_OPTIONS: [i64; 3] = [5, 7, 11];

fn custom(
    work: &mut Work<'_>,
    draft: &mut Draft,
    mut values: Vec<CustomValue>,
    inputs: Vec<CustomInput>,
) -> Result<Vec<CustomValue>> {
    let resource = draft.record.resource();
    for CustomInput { label, text } in inputs {
        let snapshot = work.snapshot()?;
        let (strict_fields, strict_options) =
            (snapshot.settings().strict_fields, snapshot.settings().strict_options);
        let Some(definition) = snapshot.custom_field(resource, &label, false).map(std::sync::Arc::clone)
        else {
            if strict_fields {
                let reason = Reason::UnknownCustomField(label.clone());
                draft.problems.push(Problem { place: Place::Wire(label.into()), reason });
            }
            continue;
        };
        let field = definition.id();
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            values.retain(|value| value.field != field);
            continue;
        };
        if text.contains('\0') {
            draft.problems.push(Problem { place: Place::Wire(label.into()), reason: Reason::Invalid });
            continue;
        }
        let listed = WITH_OPTIONS.contains(&definition.get(custom_field::TYPE).unwrap_or(1));
        if strict_options && listed && !all_listed(&definition, &text) {
            draft
                .problems
                .push(Problem { place: Place::Wire(label.into()), reason: Reason::NotAnOption(text) });
            continue;
        }
        match values.iter_mut().find(|value| value.field == field) {
            Some(value) => value.text = text,
            None => {
                let id = work.tx.next("custom_value")?;
                values.push(CustomValue { field, id, text });
            }
        }
    }
    Ok(values)
}

fn all_listed(definition: &Record, text: &str) -> bool {
    let options: Vec<String> =
        definition.get(custom_field::OPTIONS).iter().map(|option| fold(option)).collect();
    text.split(';').all(|option| options.contains(&fold(option)))
}

/// Demands a value of every mandatory custom field of a new record.
pub(crate) fn demand_custom_fields(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    let resource = draft.record.resource();
    let Some(position) = resource.definition().custom else { return Ok(()) };
    let missing: Vec<String> = {
        let filled: Vec<i64> = match draft.record.at(position) {
            Value::Custom(values) => values.iter().map(|value| value.field).collect(),
            _ => Vec::new(),
        };
        let fields = work.snapshot()?.custom_fields(resource);
        fields
            .into_iter()
            .filter(|field| {
                field.get(custom_field::REQUIRED) && field.is_active() && !filled.contains(&field.id())
            })
            .filter_map(|field| field.get(custom_field::LABEL).map(str::to_owned))
            .collect()
    };
    for label in missing {
        let named = draft.problems.iter().any(|problem| problem.place == Place::Wire(label.clone().into()));
        if !named {
            draft.problems.push(Problem { place: Place::Wire(label.into()), reason: Reason::Required });
        }
    }
    Ok(())
}

/// The resource a relation points to.
pub(crate) fn target(field: &Field) -> Option<Resource> {
    match field.field_type {
        FieldType::One(resource) | FieldType::Many(resource) => Some(resource),
        _ => None,
    }
}
