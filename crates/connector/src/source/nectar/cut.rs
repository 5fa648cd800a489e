//! Cuts all records into windows of creation days, each of about a hundred pages.
//!
//! A window's records do not change their day, so a window that is complete stays complete, and a first load that is interrupted goes on behind the last one.
//!
//! Where to cut is asked in one row each: with `displayLength=1`, page n is the n-th youngest record, and its day of creation is a cut. That takes one request for a
//! window, all of them at once, instead of halving windows until they fit. A source that does not order by creation, or does not honour
//! `displayLength`, answers with other days: the windows are then unequal, and nothing else changes, because any set of days cuts the records without loss.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;

use super::ids::is_empty;
use super::pool::Pool;
use super::{Nectar, day_parameter, joined, lists_path};
use crate::tables::Stream;
use crate::{Error, Result};

/// Rounds of questions before it is enough; each doubles the number of windows.
const MOST_ROUNDS: u32 = 12;
/// Lists of fewer pages than this are not cut at all.
const SMALL: u64 = 8;

/// Days of creation, both inclusive; none: no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) from: Option<Date>,
    pub(super) to: Option<Date>,
}

/// The windows, oldest first, and what is known of their size.
#[derive(Debug, Default)]
pub(super) struct Cut {
    pub(super) windows: Vec<Window>,
    /// For each variant: days with the number of records that are younger than that day, youngest first.
    ranks: Vec<Vec<(Date, u64)>>,
    /// For each variant: the last rank that is known to be occupied, and the next that is known not to be.
    deepest: Vec<(u64, u64)>,
}

impl Cut {
    /// Pages that the window probably holds in the list of that variant, at least and at most; 0: nobody knows.
    pub(super) fn expected(&self, variant: usize, window: Window, page: u64) -> (u64, u64) {
        let (Some(to), Some(ranks)) = (window.to, self.ranks.get(variant)) else { return (0, 0) };
        let Some(start) = younger_than(ranks, to) else { return (0, 0) };
        let pages = |end: u64| end.saturating_sub(start) / page.max(1);
        match window.from {
            Some(from) => {
                let end = younger_than(ranks, from.saturating_sub(1.day())).unwrap_or(start);
                (pages(end), pages(end))
            }
            None => self.deepest.get(variant).map_or((0, 0), |(low, high)| (pages(*low), pages(*high))),
        }
    }
}

/// Records younger than `day`, between the two nearest cuts as if they came evenly.
fn younger_than(ranks: &[(Date, u64)], day: Date) -> Option<u64> {
    let after = ranks.iter().position(|(cut, _)| *cut <= day)?;
    let (low_day, low) = ranks[after];
    let Some((high_day, high)) = after.checked_sub(1).map(|before| ranks[before]) else { return Some(low) };
    let whole = i64::from((high_day - low_day).get_days()).max(1);
    let part = i64::from((day - low_day).get_days());
    Some(low - (low - high) * part.unsigned_abs() / whole.unsigned_abs())
}

#[derive(Deserialize)]
struct Youngest {
    #[serde(default)]
    id: Option<serde_json::Value>,
    #[serde(default, rename = "dataCriacao")]
    created: Option<serde_json::Value>,
}

/// The day of a moment as the API writes it; only cuts depend on it, so what cannot be read is no loss.
fn day_of(text: &str, zone: &TimeZone) -> Option<Date> {
    match text.parse::<Timestamp>() {
        Ok(moment) => Some(moment.to_zoned(zone.clone()).date()),
        Err(_) => text.get(..10)?.parse().ok(),
    }
}

/// One question: variant, and rank.
type Question = (usize, u64);

/// Cuts the days after `after` up to `until`. `today` by the source's clock.
pub(super) fn cut(
    nectar: &Nectar,
    stream: &'static Stream,
    after: Option<Date>,
    until: Option<Date>,
    today: Date,
) -> Result<Cut> {
    let yesterday = today.saturating_sub(1.day());
    let from = after.map(|day| day.saturating_add(1.day()));
    let last_closed = until.map_or(yesterday, |until| until.min(yesterday));
    let whole = Cut { windows: vec![Window { from, to: until }], ranks: Vec::new(), deepest: Vec::new() };
    if from.is_some_and(|from| from >= last_closed) {
        return Ok(whole);
    }
    let rows = nectar.window_pages * nectar.page;
    let small = SMALL.min(nectar.window_pages) * nectar.page;
    let variants = stream.variants.len();
    let mut found: Vec<Vec<(u64, Option<Date>)>> = vec![Vec::new(); variants];
    let mut deepest = vec![(0, 0); variants];
    super::pool::with_pool(&nectar.client, nectar.jobs, |pool| {
        let ask = |questions: Vec<Question>, pool: &mut Pool<'_, Question>| {
            let mut answers = Vec::new();
            for (variant, rank) in questions {
                let query = joined(&[
                    stream.variants[variant],
                    &day_parameter("dataInicio", from),
                    &day_parameter("dataFim", Some(last_closed)),
                    "attribute=id&attribute=dataCriacao",
                ]);
                pool.ask((variant, rank), lists_path(&nectar.list_path(stream), rank + 1, 1, &query));
            }
            while let Some(((variant, rank), answer)) = pool.answer() {
                match answer {
                    Ok(fetched) if fetched.status == 200 && !is_empty(&fetched.body) => {
                        let rows: Vec<Youngest> = serde_json::from_slice(&fetched.body).unwrap_or_default();
                        if let Some(row) = rows.into_iter().next() {
                            answers.push((variant, rank, row));
                        }
                    }
                    // A cut that cannot be had is done without; what is wrong the walk itself will find out.
                    Ok(_) | Err(Error::Source(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            answers.sort_by_key(|(variant, rank, _)| (*variant, *rank));
            Ok(answers)
        };
        let mut first = Vec::new();
        for variant in 0..variants {
            first.push((variant, small));
            if small < rows {
                first.push((variant, rows));
            }
        }
        let mut going = vec![true; variants];
        let mut ids: Vec<Option<serde_json::Value>> = vec![None; variants];
        let mut questions = first;
        for round in 1..=MOST_ROUNDS {
            let mut last = vec![0; variants];
            for &(variant, rank) in &questions {
                last[variant] = rank.max(last[variant]);
            }
            for (variant, rank, row) in ask(std::mem::take(&mut questions), pool)? {
                // A source that shows the same record at every rank does not page single rows.
                if row.id.is_none() || row.id == ids[variant] {
                    going[variant] = false;
                    continue;
                }
                ids[variant] = row.id;
                let day = row.created.as_ref().and_then(|text| day_of(text.as_str()?, &nectar.zone));
                found[variant].push((rank, day));
            }
            for variant in 0..variants {
                let reached = found[variant].last().is_some_and(|(rank, _)| *rank == last[variant]);
                going[variant] &= reached && last[variant] > 0;
                if going[variant] {
                    let done = last[variant] / rows;
                    for number in done + 1..=done + (1 << round.min(6)).max(nectar.jobs as u64) {
                        questions.push((variant, number * rows));
                    }
                }
            }
            if questions.is_empty() {
                break;
            }
        }
        // How deep the oldest part is, so that its end can be found before it is read.
        let mut fine = Vec::new();
        for (variant, ranks) in found.iter().enumerate() {
            if let Some((rank, _)) = ranks.last() {
                let step = if *rank < rows { rows - rank } else { rows }.div_ceil(8);
                deepest[variant] = (*rank, rank + step);
                fine.extend((1..8).map(|part| (variant, rank + step * part)));
            }
        }
        for (variant, rank, row) in ask(fine, pool)? {
            if row.id.is_some() && row.id != ids[variant] {
                let (low, high) = deepest[variant];
                deepest[variant] = (rank.max(low), rank.max(low) + (high - low));
            }
        }
        Ok(())
    })?;

    let mut days: Vec<Date> = Vec::new();
    let mut result = Cut { windows: Vec::new(), ranks: Vec::new(), deepest };
    for ranks in &found {
        let mut known = vec![(last_closed, 0)];
        for (rank, day) in ranks {
            if *rank % rows == 0
                && let Some(day) = day
                && known.last().is_some_and(|(before, _)| day < before)
                && from.is_none_or(|from| *day >= from)
            {
                days.push(*day);
                known.push((*day, *rank));
            }
        }
        result.ranks.push(known);
    }
    if result.deepest.iter().all(|(low, _)| *low == 0) {
        return Ok(whole);
    }
    days.push(last_closed);
    days.sort_unstable();
    days.dedup();
    let mut start = from;
    for day in days {
        result.windows.push(Window { from: start, to: Some(day) });
        start = Some(day.saturating_add(1.day()));
    }
    if until.is_none_or(|until| until > last_closed) {
        result.windows.push(Window { from: start, to: until });
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn what_a_window_holds_is_estimated_between_two_cuts() {
        let cut = Cut {
            windows: Vec::new(),
            ranks: vec![vec![
                (date(2026, 6, 30), 0),
                (date(2026, 5, 31), 20_000),
                (date(2026, 4, 30), 40_000),
            ]],
            deepest: vec![(50_000, 52_500)],
        };
        let window = |from: Option<Date>, to: Option<Date>| Window { from, to };
        let pages = |from, to| cut.expected(0, window(from, to), 200);
        assert_eq!(pages(Some(date(2026, 6, 1)), Some(date(2026, 6, 30))), (100, 100));
        assert_eq!(pages(Some(date(2026, 6, 16)), Some(date(2026, 6, 30))), (50, 50));
        assert_eq!(pages(Some(date(2026, 5, 1)), Some(date(2026, 5, 31))), (100, 100));
        assert_eq!(pages(None, Some(date(2026, 4, 30))), (50, 62));
        assert_eq!(pages(Some(date(2026, 7, 1)), None), (0, 0));
        assert_eq!(cut.expected(7, window(None, Some(date(2026, 4, 30))), 200), (0, 0));
    }

    #[test]
    fn days_are_those_of_the_zone() {
        let zone = TimeZone::get("America/Sao_Paulo").unwrap();
        assert_eq!(day_of("2026-03-02T02:59:59.999Z", &zone), Some(date(2026, 3, 1)));
        assert_eq!(day_of("2026-03-02T03:00:00.000Z", &zone), Some(date(2026, 3, 2)));
        assert_eq!(day_of("2026-03-02", &zone), Some(date(2026, 3, 2)));
        assert_eq!(day_of("soon", &zone), None);
        assert_eq!(day_of("çççççççççççç", &zone), None);
    }
}
