//! Qualifications: name, pipeline, conclusion.

use crate::catalogue::{Resource, contact, qualification};
use crate::error::Result;
use crate::rules::{owner, stages};
use crate::write::{Draft, Work};

/// Whether a qualification in this status is concluded.
fn is_concluded(status: i64) -> bool {
    (3..=6).contains(&status)
}

pub(crate) fn prepare(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    owner::choose(work, draft)?;
    stages::prepare(work, draft, &stages::QUALIFICATION)?;
    if draft.is_new() {
        let code = work.tx.next("qualification.code")?;
        draft.record.set(qualification::CODE, Some(code.to_string()));
    }
    Ok(())
}

pub(crate) fn settle(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    stages::settle(work, draft, &stages::QUALIFICATION)?;
    // Without a title it goes by the name of its customer.
    if draft.record[qualification::NAME].is_empty()
        && let Some(customer) = draft.record.get(qualification::CUSTOMER)
        && let Some(customer) = work.tx.load(Resource::Contact, customer)?
    {
        draft.record.set(qualification::NAME, customer.get(contact::NAME).map(str::to_owned));
    }
    let status = draft.record.get(qualification::STATUS).unwrap_or(1);
    // A reason for coming to nothing belongs to one that did.
    if !matches!(status, 4 | 6) {
        draft.record.set(qualification::OUTCOME_REASON, None);
    }
    if draft.changes(qualification::STATUS) {
        let concluded = is_concluded(status);
        draft.record.set(qualification::CLOSED_AT, concluded.then_some(work.ctx.now));
        draft.record.set(qualification::CLOSED_BY, concluded.then_some(work.ctx.actor.user));
    }
    Ok(())
}
