//! Numbers that people know records by: counted up, and never one that another record has already.

use crate::catalogue::{FieldType, Resource, meta};
use crate::error::{Error, Result};
use crate::query::{Column, Filter, Page, Query, TextMatch};
use crate::record::{Key, kind};
use crate::text::fold;
use crate::transaction::{Reader, Writer};
use crate::value::Instant;

/// How many numbers in a row may be taken already; whoever hands them out by hand takes fewer.
const MOST_TAKEN: usize = 100_000;

/// The next number of a series within a year, such as `ZA/2026/00042`, that no live record of the resource has in this field.
pub(crate) fn next(
    tx: &mut dyn Writer,
    resource: Resource,
    field: Key<kind::Text>,
    prefix: &str,
    year: i64,
) -> Result<String> {
    let counter = format!("{}.{prefix}.{year}", resource.name());
    free(tx, resource, field, |tx| Ok(format!("{prefix}/{year}/{:05}", tx.next(&counter)?)))
}

/// The first of the numbers that no live record of the resource has in this searched field.
pub(crate) fn free(
    tx: &mut dyn Writer,
    resource: Resource,
    field: Key<kind::Text>,
    mut next: impl FnMut(&mut dyn Writer) -> Result<String>,
) -> Result<String> {
    debug_assert!(matches!(resource.field(field).field_type, FieldType::Text { .. }));
    for _ in 0..MOST_TAKEN {
        let number = next(tx)?;
        let taken = Filter::Text(field.position(), TextMatch::Equal, fold(&number));
        if !exists(tx, resource, taken)? {
            return Ok(number);
        }
    }
    Err(Error::Internal(format!("no free number for {}", resource.name())))
}

/// The calendar year of a day, counted from 1970-01-01.
pub(crate) fn year_of_day(day: i64) -> i64 {
    // 400-year eras that start on 1 March, as in the proleptic Gregorian calendar.
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day = shifted.rem_euclid(146_097);
    let year_of_era = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_based_month = (5 * day_of_year + 2) / 153;
    era * 400 + year_of_era + i64::from(march_based_month >= 10)
}

/// The day of an instant in UTC.
pub(crate) fn day_of(at: Instant) -> i64 {
    at.0.div_euclid(Instant::DAY)
}

fn exists(tx: &mut dyn Reader, resource: Resource, filter: Filter) -> Result<bool> {
    let mut found = false;
    let query = Query::of(resource).filter(filter).page(Page::first(1));
    tx.select(&query, &[Column::own(meta::ID)], &mut |_| {
        found = true;
        Ok(())
    })?;
    Ok(found)
}
