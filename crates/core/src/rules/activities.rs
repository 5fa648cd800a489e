//! Tasks and appointments: type and nature, ends, outcomes, when they were done.

use std::sync::Arc;

use crate::Instant;
use crate::catalogue::{Resource, appointment, meta, opportunity, participant, pipeline, task, task_type};
use crate::error::{Place, Problem, Reason, Result};
use crate::patch::{Input, Patch};
use crate::record::Record;
use crate::tenancy::TASK_TYPES;
use crate::write::{Draft, Skip, Work};

/// One hour in microseconds: how long an appointment lasts when nobody says.
const HOUR: i64 = 3_600_000_000;

pub(crate) fn settle_task(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    if is_locked(&draft.record) && !draft.is_new() {
        restore_locked(draft);
    }
    pair_type_and_nature(work, draft)?;
    if draft.record.get(task::RATING).is_some_and(|rating| !(1..=5).contains(&rating)) {
        draft.problem(task::RATING, Reason::Invalid);
    }
    if draft.changes(task::STATUS) {
        let done = draft.record.get(task::STATUS) == Some(1);
        draft.record.set(task::DONE_AT, done.then_some(work.ctx.now));
    }
    refuse_loose(work, draft)
}

/// A type that was sent sets the nature; a nature that was sent alone picks the first active type of it.
fn pair_type_and_nature(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    let type_given = draft.record.get(task::TYPE).is_some() && draft.changes(task::TYPE);
    if type_given {
        let nature = draft
            .record
            .get(task::TYPE)
            .and_then(|id| work.ctx.snapshot.get(Resource::TaskType, id).cloned())
            .or(match draft.record.get(task::TYPE) {
                Some(id) => work.snapshot()?.get(Resource::TaskType, id).cloned(),
                None => None,
            })
            .and_then(|record| record.get(task_type::NATURE));
        if let Some(nature) = nature {
            draft.record.set(task::NATURE, Some(nature));
        }
        return Ok(());
    }
    if !draft.is_new() && !draft.changes(task::NATURE) && draft.record.get(task::TYPE).is_some() {
        return Ok(());
    }
    let nature = draft.record.get(task::NATURE).unwrap_or(0);
    let of_nature =
        |record: &&Arc<Record>| record.is_active() && record.get(task_type::NATURE) == Some(nature);
    let found = work.snapshot()?.all(Resource::TaskType).find(of_nature).map(|record| record.id());
    let id = match found {
        Some(id) => id,
        None => {
            let label =
                TASK_TYPES.iter().find(|(code, _)| *code == nature).map_or("Tarefa", |(_, label)| *label);
            let patch = Patch::new().text(task_type::NAME, label).with(task_type::NATURE, Input::Int(nature));
            let skip = std::mem::replace(&mut work.skip, Skip::ALL);
            let id = work.create(Resource::TaskType, patch);
            work.skip = skip;
            id?
        }
    };
    draft.record.set(task::TYPE, Some(id));
    Ok(())
}

/// A workflow made the task and locked its fields.
fn is_locked(record: &Record) -> bool {
    record.get(task::TEMPLATE).iter().any(|(key, value)| key == "locked" && value == "true")
}

/// Only status and call fields of a locked task change, the key of a client's system and what a dialect keeps.
fn restore_locked(draft: &mut Draft) {
    let open = [
        meta::EXTERNAL_KEY.position(),
        meta::EXTRAS.position(),
        task::STATUS.position(),
        task::STARTED_AT.position(),
        task::ENDED_AT.position(),
        task::ANSWERED.position(),
        task::ANSWERED_BY_CONTACT.position(),
        task::ANSWERED_BY.position(),
        task::PHONE.position(),
        task::RATING.position(),
        task::NOT_ANSWERED_REASON.position(),
        task::CALL_TYPE.position(),
        task::CALL_OUTCOME.position(),
    ];
    let Some(before) = &draft.before else { return };
    for position in 0..before.values().len() as u16 {
        if !open.contains(&position) {
            draft.record.put(position, before.at(position).clone());
        }
    }
}

/// Some pipelines allow no tasks outside their workflow.
fn refuse_loose(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    let Some(deal) = draft.record.get(task::OPPORTUNITY).filter(|_| draft.is_new()) else { return Ok(()) };
    if work.skip.validations || !work.snapshot()?.settings().enforce_pipeline_rules {
        return Ok(());
    }
    let pipeline =
        work.tx.load(Resource::Opportunity, deal)?.and_then(|deal| deal.get(opportunity::PIPELINE));
    let Some(pipeline) = pipeline else { return Ok(()) };
    let allowed = work
        .snapshot()?
        .get(Resource::Pipeline, pipeline)
        .is_none_or(|p| p.get(pipeline::ALLOWS_LOOSE_TASKS));
    if !allowed {
        draft.refuse(Reason::LooseTasksNotAllowed);
    }
    Ok(())
}

pub(crate) fn settle_appointment(work: &Work<'_>, draft: &mut Draft) {
    let start = draft.record.get(appointment::STARTS_AT);
    if draft.record.get(appointment::ENDS_AT).is_none()
        && let Some(start) = start
    {
        draft.record.set(appointment::ENDS_AT, Some(Instant(start.0.saturating_add(HOUR))));
    }
    if let (Some(start), Some(end)) = (start, draft.record.get(appointment::ENDS_AT))
        && end < start
    {
        draft.refuse(Reason::EndBeforeStart);
    }
    if draft.changes(appointment::STATUS) {
        let held = draft.record.get(appointment::STATUS) == Some(1);
        draft.record.set(appointment::HELD_AT, held.then_some(work.ctx.now));
    }
    if draft.changes(appointment::OUTCOME) {
        let written = !draft.record[appointment::OUTCOME].is_empty();
        draft.record.set(appointment::OUTCOME_BY, written.then_some(work.ctx.actor.user));
        draft.record.set(appointment::OUTCOME_AT, written.then_some(work.ctx.now));
    }
    // A participant is somebody: a user, a contact or an address.
    for row in draft.record.get(appointment::PARTICIPANTS) {
        let somebody = row.get(participant::USER).is_some()
            || row.get(participant::CONTACT).is_some()
            || row.get(participant::EMAIL).is_some();
        let place = Place::Field(Resource::Appointment, appointment::PARTICIPANTS.position());
        if !somebody && draft.problems.is_empty() {
            draft.problems.push(Problem { place, reason: Reason::Invalid });
            break;
        }
    }
}
