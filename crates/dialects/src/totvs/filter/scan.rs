//! Tests that no condition of the core can say: the values are read, and what passes is named by its id.

use favo_core::catalogue::meta;
use favo_core::query::{Column, Filter, Order, Query, TextMatch};
use favo_core::terms::{TermKind, custom_term};
use favo_core::transaction::Reader;
use favo_core::{Decimal, Resource, Result, stored};

use super::literal::Positive;
use super::memory::{Cell, passes};
use crate::local_time::{self, Moment, Zone};

/// The numbers in a field of the records that meet a condition, each once.
pub(super) fn ids(tx: &mut dyn Reader, resource: Resource, filter: Filter, field: u16) -> Result<Vec<i64>> {
    let mut ids = Vec::new();
    let query = Query::of(resource).filter(filter).order(Order::OLDEST);
    tx.select(&query, &[Column::own(field)], &mut |row| {
        ids.extend(row.int(0));
        Ok(())
    })?;
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// A comparison of whole numbers that are kept as texts.
pub(super) fn numbers(tx: &mut dyn Reader, of: Resource, at: u16, test: &Positive) -> Result<Filter> {
    let filled = Filter::Not(Box::new(Filter::IsNull(at)));
    scanned(tx, of, filled, at, |text| text.parse().is_ok_and(|number| passes(test, &Cell::Number(number))))
}

/// A test on a custom field of this id and type.
pub(super) fn custom(
    tx: &mut dyn Reader,
    of: Resource,
    (field, kind): (i64, i64),
    test: &Positive,
) -> Result<Filter> {
    if let Some(texts) = spellings(kind, test) {
        let terms = texts.iter().map(|text| custom_term(field, text)).collect();
        return Ok(Filter::Term(TermKind::Custom, TextMatch::Equal, terms));
    }
    if let Positive::Like { pieces, folded: true } = test {
        let pattern = format!("{field}:{}", pieces.join("*"));
        return Ok(Filter::Term(TermKind::Custom, TextMatch::Pattern, vec![pattern]));
    }
    let Some(at) = of.definition().custom else { return Ok(Filter::Nothing) };
    let filled = Filter::Term(TermKind::Custom, TextMatch::Prefix, vec![format!("{field}:")]);
    scanned(tx, of, filled, at, |text| {
        let values = stored::custom(text);
        let value = values.iter().find(|value| value.field == field);
        value.is_some_and(|value| passes(test, &cell(kind, &value.text)))
    })
}

/// The texts that values equal to those of a test may have been kept as.
fn spellings(kind: i64, test: &Positive) -> Option<Vec<String>> {
    let ranges = match test {
        Positive::Texts(texts) => return Some(texts.clone()),
        Positive::Folded(text) => return Some(vec![text.clone()]),
        Positive::Ranges(ranges) => ranges,
        _ => return None,
    };
    let mut texts = Vec::new();
    for (from, to) in ranges {
        let number = from.filter(|_| from == to)?;
        match kind {
            2 => {
                let mut day_first = Vec::new();
                local_time::push_day_first(&mut day_first, number);
                let mut iso = Vec::new();
                local_time::push_day(&mut iso, number);
                texts.extend([day_first, iso].into_iter().filter_map(|text| String::from_utf8(text).ok()));
            }
            4 => texts.push((number != 0).to_string()),
            _ => {
                let shortest = Decimal(number).to_string();
                let point = if shortest.contains('.') { "" } else { "." };
                texts.extend(
                    ["", "0", "00"].map(|zeros| {
                        format!("{shortest}{}{zeros}", if zeros.is_empty() { "" } else { point })
                    }),
                );
            }
        }
    }
    Some(texts)
}

/// A custom value as tests see it.
fn cell(kind: i64, text: &str) -> Cell {
    let number = match kind {
        0 | 3 | 12 => text.parse::<Decimal>().ok().map(|number| number.0),
        2 => match local_time::read(text, b'/', &Zone::utc()) {
            Some(Moment::Day(day)) => Some(day),
            Some(Moment::At(instant)) => Some(Zone::utc().day(instant)),
            None => None,
        },
        _ => return Cell::Text(text.to_owned()),
    };
    number.map_or(Cell::Null, Cell::Number)
}

/// The records among some whose text in a field passes, as a condition on their ids.
fn scanned(
    tx: &mut dyn Reader,
    of: Resource,
    among: Filter,
    at: u16,
    holds: impl Fn(&str) -> bool,
) -> Result<Filter> {
    let mut ids = Vec::new();
    let query = Query::of(of).filter(among).order(Order::OLDEST);
    tx.select(&query, &[Column::own(meta::ID), Column::own(at)], &mut |row| {
        if row.text(1).is_some_and(&holds) {
            ids.extend(row.int(0));
        }
        Ok(())
    })?;
    Ok(if ids.is_empty() { Filter::Nothing } else { Filter::OneOf(meta::ID.position(), ids) })
}
