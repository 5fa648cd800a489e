//! Proposals: numbers, versions, and what a new version does to the older ones.

use crate::catalogue::{Resource, opportunity, proposal};
use crate::error::{Reason, Result};
use crate::patch::{Input, Patch};
use crate::query::{Filter, Order, Query};
use crate::record::Record;
use crate::text;
use crate::write::{Draft, Work};

/// The status of a rejected proposal.
const REJECTED: i64 = 3;
/// The status of one that a newer version replaced.
const OBSOLETE: i64 = 4;

pub(crate) fn settle(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    if !draft.is_new() {
        return Ok(());
    }
    let Some(deal) = draft.record.get(proposal::OPPORTUNITY) else { return Ok(()) };
    let blocked = work
        .tx
        .load(Resource::Opportunity, deal)?
        .is_some_and(|deal| deal.get(opportunity::PROPOSALS_BLOCKED));
    if blocked {
        draft.refuse(Reason::ProposalsBlocked);
    }
    let versions = versions(work, deal)?;
    let year = year(work.ctx.now.0);
    let number = versions
        .iter()
        .find(|older| older.get(proposal::YEAR) == Some(year))
        .and_then(|o| o.get(proposal::NUMBER));
    let number = match number {
        Some(number) => number,
        None => work.tx.next(&format!("proposal.number.{year}"))?,
    };
    draft.record.set(proposal::NUMBER, Some(number));
    draft.record.set(proposal::YEAR, Some(year));
    let newest = versions.iter().filter_map(|older| older.get(proposal::REVISION)).max();
    draft.record.set(proposal::REVISION, Some(newest.unwrap_or(0) + 1));
    draft.record.set(proposal::PUBLIC_KEY, Some(text::hex(&work.ctx.entropy.bytes())));
    draft.record.set(proposal::GENERATED_AT, Some(work.ctx.now));
    Ok(())
}

/// A new version makes older ones obsolete, unless they were rejected.
pub(crate) fn follow_up(work: &mut Work<'_>, before: Option<&Record>, after: &Record) -> Result<bool> {
    if before.is_some() {
        return Ok(false);
    }
    let Some(deal) = after.get(proposal::OPPORTUNITY) else { return Ok(false) };
    for older in versions(work, deal)? {
        let status = older.get(proposal::STATUS);
        if older.id() != after.id() && status != Some(REJECTED) && status != Some(OBSOLETE) {
            work.update(older, Patch::new().with(proposal::STATUS, Input::Int(OBSOLETE)))?;
        }
    }
    Ok(false)
}

fn versions(work: &mut Work<'_>, deal: i64) -> Result<Vec<Record>> {
    let query =
        Query::of(Resource::Proposal).filter(Filter::is(proposal::OPPORTUNITY, deal)).order(Order::OLDEST);
    work.tx.load_all(&query)
}

/// The calendar year of an instant in Brasília time, which has had no summer time since 2019.
pub fn year(micros: i64) -> i64 {
    let days = (micros - 3 * 3_600_000_000).div_euclid(86_400_000_000);
    // Days to civil year: 400-year eras that start on 1 March, as in the proleptic Gregorian calendar.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day = shifted.rem_euclid(146_097);
    let year_of_era = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_based_month = (5 * day_of_year + 2) / 153;
    era * 400 + year_of_era + i64::from(march_based_month >= 10)
}

#[cfg(test)]
mod tests {
    use super::year;

    #[test]
    fn the_year_turns_at_midnight_in_brasilia() {
        // 2026-01-01T02:59:59Z and 03:00:00Z.
        assert_eq!(year(1_767_236_399_000_000), 2025);
        assert_eq!(year(1_767_236_400_000_000), 2026);
    }
}
