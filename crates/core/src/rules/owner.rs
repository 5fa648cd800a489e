//! Who owns a record: the queue that was asked for, the owner that was named, else the acting user.

use crate::catalogue::{Resource, queue, queue_entry};
use crate::error::{Place, Problem, Reason, Result};
use crate::patch::{Input, Reference};
use crate::write::{Draft, Work};

/// Fills in the owner of a new record, and of one whose owner is cleared.
pub(crate) fn choose(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    let Some(owner) = draft.record.resource().definition().owner else { return Ok(()) };
    if draft.is_new()
        && let Some(queue) = draft.patch.queue
    {
        if let Some(user) = next_of_queue(work, queue)? {
            draft.patch.set(owner, Input::One(Reference::id(user)));
            return Ok(());
        }
        let reason = Reason::NotFound(queue.to_string());
        draft.problems.push(Problem { place: Place::Wire("queue".into()), reason });
    }
    let named = match draft.patch.get(owner) {
        Some(Input::One(reference)) => !reference.is_empty(),
        Some(Input::Clear) => false,
        Some(_) => true,
        None => !draft.is_new(),
    };
    if named {
        return Ok(());
    }
    let sells = matches!(draft.record.resource(), Resource::Opportunity | Resource::Qualification);
    if sells && draft.is_new() && !work.skip.validations && work.snapshot()?.settings().require_owner {
        draft.patch.remove(owner);
        draft.refuse(Reason::OwnerRequired);
        return Ok(());
    }
    draft.patch.set(owner, Input::One(Reference::id(work.ctx.actor.user)));
    Ok(())
}

/// Takes the next active user of a queue and moves them to its end.
fn next_of_queue(work: &mut Work<'_>, id: i64) -> Result<Option<i64>> {
    let Some(record) = work.snapshot()?.live(Resource::Queue, id).map(|queue| queue.as_ref().clone()) else {
        return Ok(None);
    };
    let mut entries = record.get(queue::ENTRIES).to_vec();
    entries.sort_by_key(|entry| entry.get(queue_entry::POSITION));
    let snapshot = work.snapshot()?;
    let next = entries.iter().position(|entry| {
        entry
            .get(queue_entry::USER)
            .and_then(|user| snapshot.live(Resource::User, user))
            .is_some_and(|user| user.is_active())
    });
    let Some(next) = next else { return Ok(None) };
    let taken = entries.remove(next);
    let user = taken.get(queue_entry::USER);
    entries.push(taken);
    for (position, entry) in entries.iter_mut().enumerate() {
        entry.set(queue_entry::POSITION, Some(position as i64));
    }
    let mut after = record.clone();
    after.set(queue::ENTRIES, entries);
    work.store(&record, after, false)?;
    Ok(user)
}
