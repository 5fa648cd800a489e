//! Products and their categories: pricing kinds, currency, unit, sub-categories, photos.

use crate::Value;
use crate::catalogue::{Resource, cost_formation, cost_item, product, product_subcategory};
use crate::ctx::Ctx;
use crate::error::{Error, Place, Problem, Reason, Result};
use crate::identity::Action;
use crate::patch::{Input, ItemPatch, Patch, Reference};
use crate::record::{Item, Key, Record, kind};
use crate::rules::registries;
use crate::snapshot::Snapshot;
use crate::transaction::Writer;
use crate::write::{Draft, Skip, Work};

pub(crate) fn prepare(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    if draft.is_new() {
        let counter = work.tx.next("product.counter")?;
        draft.record.set(product::COUNTER, Some(counter));
    }
    // Cost items make the price composite, bands make it banded; the last one written wins.
    // A list that says what is stored is an echo and was not written.
    let filled = |input: Option<&Input>, field: u16| match input {
        Some(Input::Items(rows)) if !rows.is_empty() => {
            let stored = draft.before.as_ref().map(|before| before.at(field));
            !matches!(stored, Some(Value::Items(items)) if says_the_same(rows, items))
        }
        _ => false,
    };
    let position_of = |field: u16| draft.patch.entries().iter().position(|(position, _)| *position == field);
    let (items, bands) = (product::COST_ITEMS.position(), product::PRICE_BANDS.position());
    let (has_items, has_bands) =
        (filled(draft.patch.get(items), items), filled(draft.patch.get(bands), bands));
    let items_win = has_items && (!has_bands || position_of(items) > position_of(bands));
    if items_win {
        draft.patch.set(bands, Input::Clear);
    } else if has_bands {
        draft.patch.set(items, Input::Clear);
    }
    name_formations(work, draft)
}

/// Whether rows that were sent hold nothing that is not stored.
fn says_the_same(rows: &[ItemPatch], items: &[Item]) -> bool {
    rows.len() == items.len()
        && rows.iter().zip(items).all(|(row, item)| {
            row.entries.iter().all(|(position, input)| match (input, item.at(*position)) {
                (Input::Decimal(sent), Value::Decimal(stored)) => sent == stored,
                (Input::Bool(sent), Value::Bool(stored)) => sent == stored,
                (Input::Text(sent), Value::Text(stored)) => sent == stored,
                (Input::Clear, stored) => stored.is_empty(),
                _ => false,
            })
        })
}

/// Gives each cost item its formation: by id, else by name, created from the item when it is missing.
fn name_formations(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    let Some(Input::Items(mut rows)) = draft.patch.get(product::COST_ITEMS).cloned() else { return Ok(()) };
    for row in &mut rows {
        let name = match row.get(cost_item::NAME) {
            Some(Input::Text(name)) if !name.trim().is_empty() && !name.contains('\0') => Some(name.clone()),
            _ => None,
        };
        let snapshot = work.snapshot()?;
        let known = row
            .id
            .and_then(|id| snapshot.live(Resource::CostFormation, id))
            .or_else(|| snapshot.named(Resource::CostFormation, name.as_deref()?));
        let id = match (known.map(|formation| (formation.id(), formation.title().map(str::to_owned))), name) {
            (Some((id, title)), _) => {
                row.set(cost_item::NAME, title.map_or(Input::Clear, Input::Text));
                id
            }
            (None, Some(name)) => {
                let mut patch = Patch::new().text(cost_formation::NAME, name);
                for (from, to) in [
                    (cost_item::BASE_VALUE.position(), cost_formation::BASE_VALUE.position()),
                    (cost_item::PERCENTAGE.position(), cost_formation::PERCENTAGE.position()),
                    (cost_item::MULTIPLIER.position(), cost_formation::MULTIPLIER.position()),
                ] {
                    if let Some((_, input)) = row.entries.iter().find(|(position, _)| *position == from) {
                        patch.set(to, input.clone());
                    }
                }
                work.create(Resource::CostFormation, patch)?
            }
            (None, None) => {
                let place = Place::Inner(
                    Resource::Product,
                    product::COST_ITEMS.position(),
                    cost_item::NAME.position(),
                );
                draft.problems.push(Problem { place, reason: Reason::Required });
                continue;
            }
        };
        row.set(cost_item::FORMATION, Input::One(Reference::id(id)));
        keep_stored(row, draft.before.as_ref(), id);
    }
    draft.patch.set(product::COST_ITEMS, Input::Items(rows));
    Ok(())
}

pub(crate) fn settle(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    let is_currency = |text: &str| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    if !draft.record.get(product::CURRENCY).is_none_or(is_currency) {
        draft.problem(product::CURRENCY, Reason::Invalid);
    }
    let open = draft.is_new() || draft.patch.names(product::UNIT);
    if open && draft.record.get(product::UNIT).is_none() && !draft.has_problem(product::UNIT.into()) {
        let usual = registries::preset(work, Resource::UnitOfMeasure)?;
        draft.record.set(product::UNIT, usual);
    }
    Ok(())
}

/// For callers whose products stand in a sub-category of their category: notes one of another category as not found, and
/// names the category where the patch and the stored product leave it open.
pub fn fit_category(snapshot: &Snapshot, stored: Option<&Record>, patch: &mut Patch) {
    if !patch.names(product::CATEGORY) && !patch.names(product::SUBCATEGORY) {
        return;
    }
    let becomes = |key: Key<kind::One>, registry: Resource| match patch.get(key) {
        None => stored.and_then(|stored| stored.get(key)),
        Some(Input::One(Reference { id, name, .. })) => {
            id.or_else(|| Some(snapshot.named(registry, name.as_deref()?)?.id()))
        }
        Some(_) => None,
    };
    let category = becomes(product::CATEGORY, Resource::ProductCategory);
    let part = becomes(product::SUBCATEGORY, Resource::ProductSubcategory)
        .and_then(|id| snapshot.live(Resource::ProductSubcategory, id));
    let Some(part) = part else { return };
    match (category, part.get(product_subcategory::CATEGORY)) {
        (None, Some(of_part)) => {
            patch.set(product::CATEGORY, Input::One(Reference::id(of_part)));
        }
        (Some(category), Some(of_part)) if category != of_part => {
            let place = Place::Field(Resource::Product, product::SUBCATEGORY.position());
            patch.problem(place, Reason::NotFound(part.title().unwrap_or_default().to_owned()));
        }
        _ => {}
    }
}

/// What a row leaves open stays as the stored item of the same formation has it.
fn keep_stored(row: &mut ItemPatch, before: Option<&Record>, formation: i64) {
    let stored = before.and_then(|before| {
        before.get(product::COST_ITEMS).iter().find(|item| item.get(cost_item::FORMATION) == Some(formation))
    });
    let Some(stored) = stored else { return };
    for (position, value) in stored.values().iter().enumerate() {
        let position = position as u16;
        let input = match value {
            Value::Decimal(number) => Input::Decimal(*number),
            Value::Bool(flag) => Input::Bool(*flag),
            _ => continue,
        };
        if !row.entries.iter().any(|(named, _)| *named == position) {
            row.entries.push((position, input));
        }
    }
}

/// Brings the sub-categories of a category in line with what was sent.
pub(crate) fn follow_up(work: &mut Work<'_>, category: &Record, patch: &Patch) -> Result<bool> {
    let Some(rows) = &patch.sub_categories else { return Ok(false) };
    let mut kept = Vec::with_capacity(rows.len());
    let mut changed = false;
    for row in rows {
        let (id, written) = put_subcategory(work, category.id(), row)?;
        kept.push(id);
        changed |= written;
    }
    let left_out: Vec<Record> = work
        .snapshot()?
        .all(Resource::ProductSubcategory)
        .filter(|sub| {
            sub.get(product_subcategory::CATEGORY) == Some(category.id()) && !kept.contains(&sub.id())
        })
        .map(|sub| sub.as_ref().clone())
        .collect();
    for sub in left_out {
        work.update(sub, Patch::new().with(product_subcategory::CATEGORY, Input::Clear))?;
        changed = true;
    }
    Ok(changed)
}

fn put_subcategory(work: &mut Work<'_>, category: i64, row: &ItemPatch) -> Result<(i64, bool)> {
    let mut patch = Patch::new().with(product_subcategory::CATEGORY, Input::One(Reference::id(category)));
    for (position, input) in &row.entries {
        patch.set(*position, input.clone());
    }
    let name = match row.get(product_subcategory::NAME) {
        Some(Input::Text(name)) => Some(name.as_str()),
        _ => None,
    };
    let snapshot = work.snapshot()?;
    let known = row
        .id
        .and_then(|id| snapshot.live(Resource::ProductSubcategory, id))
        .or_else(|| {
            let of_category =
                |sub: &&std::sync::Arc<Record>| sub.get(product_subcategory::CATEGORY) == Some(category);
            let named = snapshot.named(Resource::ProductSubcategory, name?);
            named.filter(of_category)
        })
        .map(|sub| sub.as_ref().clone());
    match known {
        Some(sub) => {
            let (id, before) = (sub.id(), sub.get(crate::catalogue::meta::VERSION));
            work.update(sub, patch)?;
            let after = work.tx.load(Resource::ProductSubcategory, id)?;
            Ok((id, after.and_then(|sub| sub.get(crate::catalogue::meta::VERSION)) != before))
        }
        None => work.create(Resource::ProductSubcategory, patch).map(|id| (id, true)),
    }
}

/// Gives a product a photo, or takes it away.
pub fn set_photo(ctx: &Ctx, tx: &mut dyn Writer, id: i64, photo: Option<(&str, &str, &[u8])>) -> Result<()> {
    let before = tx.load(Resource::Product, id)?.ok_or(Error::NotFound)?;
    if !ctx.actor.may(Action::Update, &before) {
        return Err(Error::Forbidden);
    }
    let mut after = before.clone();
    if let Some(old) = before.get(product::PHOTO) {
        tx.put_file(old, None)?;
    }
    after.set(product::PHOTO, photo.map(|(name, _, _)| name.to_owned()));
    if let Some((name, media_type, bytes)) = photo {
        tx.put_file(name, Some((media_type, bytes)))?;
    }
    // The same name may hold another picture: the product counts as changed.
    Work::new(ctx, tx, Skip::default()).store(&before, after, photo.is_some())
}
