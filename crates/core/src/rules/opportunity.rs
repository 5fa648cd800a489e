//! Opportunities: numbers, status and outcome, probability and temperature, totals, what a pipeline demands of them.

use crate::catalogue::{Resource, opportunity, pipeline, stage};
use crate::error::{Reason, Result};
use crate::patch::Input;
use crate::query::{Filter, TextMatch};
use crate::record::{Key, kind};
use crate::rules::{lines, owner, series, stages};
use crate::text::fold;
use crate::transaction::Writer;
use crate::write::{Draft, Work};
use crate::{Decimal, Record};

/// How likely an opportunity is to be won, in four steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Temperature {
    /// Below 25 per cent.
    Cold,
    /// Below 50.
    Lukewarm,
    /// Below 75.
    Hot,
    /// From 75.
    VeryHot,
}

/// The temperature that follows from a probability.
pub fn temperature(probability: i64) -> Temperature {
    match probability {
        ..25 => Temperature::Cold,
        25..50 => Temperature::Lukewarm,
        50..75 => Temperature::Hot,
        75.. => Temperature::VeryHot,
    }
}

/// Whether an opportunity in this status is on its way.
pub fn is_open(status: i64) -> bool {
    matches!(status, 1 | 5)
}

pub(crate) fn prepare(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    owner::choose(work, draft)?;
    stages::prepare(work, draft, &stages::SALES)?;
    number(work, draft)?;
    if draft.is_new() {
        draft.record.set(opportunity::LAST_INTERACTION_AT, Some(work.ctx.now));
    }
    Ok(())
}

/// A new opportunity without a code takes the next one that is free; a code is changed, never cleared.
fn number(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    if let Some(Input::Text(code)) = draft.patch.get(opportunity::CODE)
        && !code.trim().is_empty()
    {
        return Ok(());
    }
    draft.patch.remove(opportunity::CODE);
    if draft.is_new() {
        let next = |tx: &mut dyn Writer| Ok(tx.next("opportunity.code")?.to_string());
        let code = series::free(work.tx, Resource::Opportunity, opportunity::CODE, next)?;
        draft.record.set(opportunity::CODE, Some(code));
    }
    Ok(())
}

pub(crate) fn settle(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    stages::settle(work, draft, &stages::SALES)?;
    follow_stage(work, draft)?;
    if !(0..=100).contains(&draft.record.get(opportunity::PROBABILITY).unwrap_or(10)) {
        draft.problem(opportunity::PROBABILITY, Reason::Invalid);
    }
    lines::settle(work, draft)?;
    conclude(work, draft)?;
    demand_lines(work, draft)
}

/// The probability is that of the stage, or of the outcome, until it is set by hand. Stages without one leave it alone.
fn follow_stage(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    let stage = stages::stage_of(work, draft, &stages::SALES)?;
    let Some(of_stage) = stage.and_then(|stage| stage.get(stage::PROBABILITY)) else { return Ok(()) };
    let usual = match draft.record.get(opportunity::STATUS) {
        Some(2) => 100,
        Some(3 | 4) => 0,
        _ => of_stage,
    };
    let moves = draft.changes(opportunity::STAGE) || draft.changes(opportunity::STATUS);
    // Whoever gives back what they read, beside another stage, has not set it by hand.
    let echoed = !draft.record.get(opportunity::PROBABILITY_SET)
        && !draft.is_new()
        && !draft.changes(opportunity::PROBABILITY);
    match draft.patch.get(opportunity::PROBABILITY).filter(|input| !echoed || **input == Input::Clear) {
        Some(Input::Clear) => {
            draft.record.set(opportunity::PROBABILITY, Some(usual));
            draft.record.set(opportunity::PROBABILITY_SET, false);
        }
        Some(_) => {
            let by_hand = draft.record.get(opportunity::PROBABILITY) != Some(usual);
            draft.record.set(opportunity::PROBABILITY_SET, by_hand);
        }
        None if moves && !draft.record.get(opportunity::PROBABILITY_SET) => {
            draft.record.set(opportunity::PROBABILITY, Some(usual));
        }
        None => {}
    }
    Ok(())
}

/// Stamps or clears the conclusion when the status changes, and asks for what the outcome demands.
fn conclude(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    let status = draft.record.get(opportunity::STATUS).unwrap_or(1);
    if !draft.changes(opportunity::STATUS) || (draft.is_new() && status == 1) {
        return Ok(());
    }
    let closes = !is_open(status);
    if closes && draft.record.get(opportunity::CONCLUSION_BLOCKED) {
        draft.refuse(Reason::ConclusionBlocked);
    }
    draft.record.set(opportunity::CLOSED_AT, closes.then_some(work.ctx.now));
    draft.record.set(opportunity::CLOSED_BY, closes.then_some(work.ctx.actor.user));
    if work.skip.validations || !work.snapshot()?.settings().enforce_pipeline_rules {
        return Ok(());
    }
    let Some(pipeline) = stages::pipeline_of(work, draft, &stages::SALES)? else { return Ok(()) };
    let remarks_on = match status {
        2 => Some(pipeline::REMARKS_ON_WIN),
        3 => Some(pipeline::REMARKS_ON_LOSS),
        4 => Some(pipeline::REMARKS_ON_DISCARD),
        5 => Some(pipeline::REMARKS_ON_POSTPONE),
        _ => None,
    };
    if remarks_on.is_some_and(|flag| pipeline.get(flag)) && draft.record[opportunity::REMARKS].is_empty() {
        draft.refuse(Reason::RemarksRequired);
    }
    let reason_missing = match status {
        2 | 3 => {
            pipeline.get(pipeline::REASON_ON_OUTCOME) && draft.record[opportunity::OUTCOME_REASONS].is_empty()
        }
        4 => {
            pipeline.get(pipeline::REASON_ON_DISCARD) && draft.record[opportunity::DISCARD_REASON].is_empty()
        }
        _ => false,
    };
    let reason = if status == 4 {
        opportunity::DISCARD_REASON.position()
    } else {
        opportunity::OUTCOME_REASONS.position()
    };
    if reason_missing && !draft.has_problem(reason) {
        draft.refuse(Reason::ReasonRequired);
    }
    Ok(())
}

/// A stage or pipeline may demand a product line.
fn demand_lines(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    let enforced = !work.skip.validations && work.snapshot()?.settings().enforce_pipeline_rules;
    if !enforced || !draft.record.get(opportunity::LINES).is_empty() {
        return Ok(());
    }
    let by_pipeline = stages::pipeline_of(work, draft, &stages::SALES)?
        .is_some_and(|record| record.get(pipeline::PRODUCT_REQUIRED));
    let by_stage = stages::stage_of(work, draft, &stages::SALES)?
        .is_some_and(|stage| stage.get(stage::REQUIRES_PRODUCT));
    if by_pipeline || by_stage {
        draft.refuse(Reason::ProductRequired);
    }
    Ok(())
}

/// Where the tenant asks for it, a new opportunity may not have the name of an open one.
pub(crate) fn check_duplicates(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    if !draft.is_new() || !work.snapshot()?.settings().refuse_duplicate_opportunities {
        return Ok(());
    }
    let Some(name) = draft.record.get(opportunity::NAME).map(str::to_owned) else { return Ok(()) };
    let filter = Filter::Text(opportunity::NAME.position(), TextMatch::Equal, fold(&name))
        .and(Filter::OneOf(opportunity::STATUS.position(), vec![1, 5]));
    if work.tx.count(Resource::Opportunity, &filter)? > 0 {
        draft.refuse(Reason::DuplicateName(name));
    }
    Ok(())
}

/// The total value: one-off and monthly together; `None` when it does not fit.
pub(crate) fn total_value(record: &Record) -> Option<Decimal> {
    let part = |key: Key<kind::Decimal>| record.get(key).unwrap_or(Decimal::ZERO);
    part(opportunity::ONE_OFF_VALUE).plus(part(opportunity::MONTHLY_VALUE)).map(Decimal::to_cents)
}
