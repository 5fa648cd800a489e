//! Pipelines: stage numbers, one default of each kind, nothing in use is taken away.

use crate::catalogue::{Resource, opportunity, pipeline, qualification, stage};
use crate::error::{Error, Place, Problem, Reason, Result};
use crate::patch::{Input, Patch};
use crate::query::Filter;
use crate::record::{Item, Record};
use crate::write::{Draft, Work};

pub(crate) fn settle(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    if !draft.patch.names(pipeline::STAGES) {
        return Ok(());
    }
    let mut stages: Vec<Item> = draft.record.get(pipeline::STAGES).to_vec();
    for (position, stage) in stages.iter_mut().enumerate() {
        if stage.get(stage::SEQUENCE).is_none() {
            stage.set(stage::SEQUENCE, Some(position as i64 + 1));
        }
    }
    if stages.iter().any(|stage| stage.get(stage::SEQUENCE).is_some_and(|number| number < 1)) {
        let place = Place::Inner(Resource::Pipeline, pipeline::STAGES.position(), stage::SEQUENCE.position());
        draft.problems.push(Problem { place, reason: Reason::Invalid });
    }
    stages.sort_by_key(|stage| stage.get(stage::SEQUENCE));
    for pair in stages.windows(2) {
        if pair[0].get(stage::SEQUENCE) == pair[1].get(stage::SEQUENCE) {
            let number = pair[0].get(stage::SEQUENCE).unwrap_or_default();
            draft.problem(pipeline::STAGES, Reason::StageNumberTwice(number));
        }
    }
    let kept: Vec<i64> = stages.iter().filter_map(|stage| stage.get(stage::ID)).collect();
    let removed: Vec<i64> = draft.before.as_ref().map_or_else(Vec::new, |before| {
        let ids = before.get(pipeline::STAGES).iter().filter_map(|stage| stage.get(stage::ID));
        ids.filter(|id| !kept.contains(id)).collect()
    });
    // Closed records go on showing the stage they were closed in.
    if let Some(before) = &draft.before {
        let mut past = before.get(pipeline::PAST_STAGES).to_vec();
        past.retain(|stage| !stage.get(stage::ID).is_some_and(|id| kept.contains(&id)));
        let gone = before.get(pipeline::STAGES).iter();
        past.extend(
            gone.filter(|stage| stage.get(stage::ID).is_some_and(|id| removed.contains(&id))).cloned(),
        );
        draft.record.set(pipeline::PAST_STAGES, past);
    }
    draft.record.set(pipeline::STAGES, stages);
    if !removed.is_empty() && stage_in_use(work, removed)? {
        draft.problem(pipeline::STAGES, Reason::InUse);
    }
    Ok(())
}

/// Whether an open record stands in one of these stages.
fn stage_in_use(work: &mut Work<'_>, stages: Vec<i64>) -> Result<bool> {
    let deals = Filter::OneOf(opportunity::STAGE.position(), stages.clone())
        .and(Filter::OneOf(opportunity::STATUS.position(), vec![1, 5]));
    let leads = Filter::OneOf(qualification::STAGE.position(), stages)
        .and(Filter::OneOf(qualification::STATUS.position(), vec![1, 2]));
    Ok(work.tx.count(Resource::Opportunity, &deals)? > 0
        || work.tx.count(Resource::Qualification, &leads)? > 0)
}

/// A new default takes the flag from the others of its kind.
pub(crate) fn follow_up(work: &mut Work<'_>, before: Option<&Record>, after: &Record) -> Result<bool> {
    let was = before.is_some_and(|before| {
        before.get(pipeline::DEFAULT) && before.get(pipeline::KIND) == after.get(pipeline::KIND)
    });
    if !after.get(pipeline::DEFAULT) || was {
        return Ok(false);
    }
    let others: Vec<Record> = work
        .snapshot()?
        .all(Resource::Pipeline)
        .filter(|other| other.id() != after.id() && other.get(pipeline::DEFAULT))
        .filter(|other| other.get(pipeline::KIND) == after.get(pipeline::KIND))
        .map(|other| other.as_ref().clone())
        .collect();
    for other in others {
        work.update(other, Patch::new().with(pipeline::DEFAULT, Input::Bool(false)))?;
    }
    Ok(false)
}

/// A pipeline with records is not deleted; it can be deactivated instead.
pub(crate) fn refuse_if_used(work: &mut Work<'_>, record: &Record) -> Result<()> {
    let used = work.tx.count(Resource::Opportunity, &Filter::is(opportunity::PIPELINE, record.id()))? > 0
        || work.tx.count(Resource::Qualification, &Filter::is(qualification::PIPELINE, record.id()))? > 0;
    if used { Err(Error::refused(Place::Whole, Reason::InUse)) } else { Ok(()) }
}
