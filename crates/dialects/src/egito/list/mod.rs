//! Lists: parameters become a query of the core (section 13), rows come from `show`.
//!
//! Pages of the core have a number and a size. An offset that is no multiple of the size is read as the ids of the two pages
//! it lies across; their middle is then read by id.

mod conditions;
mod filters;
mod references;
mod search;
mod sorting;

use favo_core::catalogue::meta;
use favo_core::query::{Column, Filter, Page, Query};
use favo_core::transaction::Reader;
use favo_core::{Ctx, Result};

use super::accept::is_blank;
use super::answer::json;
use super::dictionary::{self, Kind};
use super::fault::{Code, Failure, Fault};
use super::switches::Switches;
use super::table::Entity;
use super::{show, values};
use crate::json::{Json, Object};
use crate::wire::{Caller, Response};

/// Parameters that are no filters.
const STEERING: [&str; 6] = ["offset", "max", "limit", "sort", "order", "q"];

/// Which part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    offset: u64,
    max: u32,
}

/// The values of a parameter: those of a list each, without blanks, which forms send for what is not asked.
fn values_of(sent: &Json) -> Vec<&Json> {
    let list = match sent {
        Json::List(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    list.iter().filter(|value| !is_blank(value)).collect()
}

/// The last value of a parameter, where one is all it can have.
fn value_of<'a>(sent: &'a Object, name: &str) -> Option<&'a Json> {
    values_of(sent.get(name)?).pop()
}

fn text_of(sent: &Object, name: &str) -> std::result::Result<Option<String>, Code> {
    value_of(sent, name).map_or(Ok(None), |value| values::text(value, u16::MAX))
}

/// Reads offset and size; what is wrong is added to `faults`.
fn part(sent: &Object, switches: &Switches, faults: &mut Vec<Fault>) -> Part {
    let mut number = |name: &'static str, least: i64, most: i64| {
        let value = value_of(sent, name)?;
        match values::integer(value, least, most) {
            Ok(number) => number,
            Err(_) => {
                faults.push(Fault::of(name, Code::PagingInvalid, values::rejected(value)));
                None
            }
        }
    };
    let cap = i64::from(switches.max_cap);
    let offset = number("offset", 0, i64::MAX).unwrap_or(0);
    let max = number("max", 1, cap);
    let limit = number("limit", 1, cap);
    let usual = switches.max_default.min(switches.max_cap);
    let max = max.or(limit).and_then(|max| u32::try_from(max).ok()).unwrap_or(usual);
    Part { offset: offset.unsigned_abs(), max }
}

/// Answers `list` of an entity.
pub(super) fn records(
    ctx: &Ctx,
    tx: &mut dyn Reader,
    caller: &Caller,
    switches: &Switches,
    entity: &'static Entity,
    sent: &Object,
) -> std::result::Result<Response, Failure> {
    let mut faults = Vec::new();
    let part = part(sent, switches, &mut faults);
    let (order, then) = sorting::order(entity, sent, &mut faults);
    let filter = filters::filter(ctx, tx, caller, switches, entity, sent, &mut faults)?;
    if !faults.is_empty() {
        return Err(Failure::Faults(faults));
    }
    let mut query = Query::of(entity.resource).filter(entity.records(ctx)).filter(filter).order(order);
    query.then = then;
    let total = tx.count(entity.resource, &query.filter)?;
    let rows = if total.unsigned_abs() <= part.offset {
        b"[]".to_vec()
    } else {
        let query = placed(tx, query, part)?;
        show::list(ctx, tx, caller, entity, &query)?
    };
    let mut response = json(rows);
    response.headers.push(("x-total-count", total.to_string()));
    Ok(response)
}

/// The query of a part of a list.
fn placed(tx: &mut dyn Reader, query: Query, part: Part) -> Result<Query> {
    let size = u64::from(part.max);
    let (before, skipped) = (part.offset / size, part.offset % size);
    let page = |number: u64| Page { number: number + 1, size: part.max };
    if skipped == 0 {
        return Ok(query.page(page(before)));
    }
    let mut ids = Vec::with_capacity(part.max as usize * 2);
    for number in [before, before + 1] {
        tx.select(&query.clone().page(page(number)), &[Column::own(meta::ID)], &mut |row| {
            ids.extend(row.int(0));
            Ok(())
        })?;
    }
    let wanted = ids.into_iter().skip(skipped as usize).take(part.max as usize).collect();
    let mut chosen = Query::of(query.resource).filter(Filter::OneOf(meta::ID.position(), wanted));
    (chosen.order, chosen.then) = (query.order, query.then);
    Ok(chosen.page(Page::first(part.max)))
}

/// Answers `SelectDictionary/list` (14.1).
pub(super) fn dictionary(
    ctx: &Ctx,
    switches: &Switches,
    sent: &Object,
) -> std::result::Result<Response, Failure> {
    let types = sent.get("type").map(values_of).unwrap_or_default();
    let kind = match types.as_slice() {
        [Json::Text(name)] => Kind::named(name),
        _ => None,
    };
    let kind = kind.ok_or_else(|| Fault::whole(Code::DictionaryType))?;
    let mut faults = Vec::new();
    let part = part(sent, switches, &mut faults);
    let pipeline = value_of(sent, "pipeline").map(|value| (values::id(value), value));
    let pipeline = match pipeline {
        Some((Err(code), value)) => {
            faults.push(Fault::of("pipeline", code, values::rejected(value)));
            None
        }
        Some((Ok(id), _)) => id,
        None => None,
    };
    if !faults.is_empty() {
        return Err(Failure::Faults(faults));
    }
    let is_paged = ["offset", "max", "limit"].into_iter().any(|name| value_of(sent, name).is_some());
    let entries = dictionary::list(ctx, kind, pipeline);
    let offset = usize::try_from(part.offset).unwrap_or(usize::MAX);
    let (skipped, taken) = if is_paged { (offset, part.max as usize) } else { (0, usize::MAX) };
    let mut out = vec![b'['];
    for (at, entry) in entries.iter().skip(skipped).take(taken).enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.extend_from_slice(entry);
    }
    out.push(b']');
    Ok(json(out))
}
