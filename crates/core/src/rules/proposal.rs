//! Proposals: numbers, versions, and what a new version does to the older ones.
//!
//! There are two ways to make one. A proposal with a name is a document of its own: it has a code, a customer and lines,
//! and several may stand beside each other for one opportunity; a change of its lines after the decision makes its next
//! version. One without a name shows the lines of its opportunity, and the next one made for that opportunity is its next version.

use crate::catalogue::{Resource, contact, meta, opportunity, proposal, proposal_group};
use crate::ctx::Ctx;
use crate::error::{Error, Place, Problem, Reason, Result};
use crate::identity::Action;
use crate::patch::{Input, Patch, Reference};
use crate::query::{Column, Filter, Order, Query, TextMatch};
use crate::record::Record;
use crate::resolve;
use crate::rules::{lines, series};
use crate::text::{self, fold};
use crate::transaction::{Reader, Writer};
use crate::write::{self, Draft, Skip, Work};

/// The status of one that is being written.
const DRAFT: i64 = 0;
/// The status of one that the customer accepted.
const APPROVED: i64 = 2;
/// The status of a rejected proposal.
const REJECTED: i64 = 3;
/// The status of one that a newer version replaced.
const OBSOLETE: i64 = 4;
/// How many days a proposal is valid when nobody says.
const VALID_DAYS: i64 = 30;

/// Whether it is a document of its own.
fn is_named(record: &Record) -> bool {
    !record[proposal::NAME].is_empty()
}

/// What an opportunity made for a proposal takes from it.
const SHARED: [(u16, u16); 3] = [
    (proposal::CONTACT.position(), opportunity::CONTACT.position()),
    (proposal::CURRENCY.position(), opportunity::CURRENCY.position()),
    (proposal::SELLER.position(), opportunity::OWNER.position()),
];

/// A named proposal without an opportunity gets one of its name, for its customer.
pub(crate) fn prepare(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    let Some(Input::Text(name)) = draft.patch.get(proposal::NAME).filter(|_| draft.is_new()) else {
        return Ok(());
    };
    let says = |input: Option<&Input>| match input {
        None | Some(Input::Clear) => false,
        Some(Input::One(reference)) => !reference.is_empty(),
        Some(_) => true,
    };
    if name.trim().is_empty() || says(draft.patch.get(proposal::OPPORTUNITY)) {
        return Ok(());
    }
    let name = name.clone();
    draft.patch.remove(proposal::OPPORTUNITY);
    let reference = match draft.patch.get(proposal::CUSTOMER) {
        Some(Input::One(reference)) if !reference.is_empty() => reference.clone(),
        _ => {
            draft.problem(proposal::CUSTOMER, Reason::Required);
            return Ok(());
        }
    };
    let field = Resource::Proposal.field(proposal::CUSTOMER);
    // One that cannot be found is told about when the patch is merged.
    let Ok(Some(customer)) = resolve::one(work, draft, field, None, &reference)? else { return Ok(()) };
    let mut patch = Patch::new()
        .text(opportunity::NAME, name)
        .with(opportunity::CUSTOMER, Input::One(Reference::id(customer)));
    for (from, to) in SHARED {
        if let Some(input) = draft.patch.get(from) {
            patch.set(to, input.clone());
        }
    }
    if !says(patch.get(opportunity::OWNER)) {
        let owner = work.tx.load(Resource::Contact, customer)?.and_then(|record| record.get(contact::OWNER));
        patch.set(opportunity::OWNER, owner.map_or(Input::Clear, |owner| Input::One(Reference::id(owner))));
    }
    let skip = std::mem::replace(&mut work.skip, Skip::ALL);
    let made = work.create(Resource::Opportunity, patch);
    work.skip = skip;
    match made {
        Ok(id) => draft.record.set(proposal::OPPORTUNITY, Some(id)),
        Err(Error::Refused(problems)) => {
            // What is wrong with a field of the proposal as well is told about as its own.
            let shared = |place: &Place| {
                SHARED.iter().any(|(_, to)| *place == Place::Field(Resource::Opportunity, *to))
            };
            for Problem { place, reason } in problems {
                if !shared(&place) {
                    draft.problem(proposal::OPPORTUNITY, reason);
                }
            }
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

pub(crate) fn settle(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    if draft.is_new() {
        number(work, draft)?;
    }
    if is_named(&draft.record) {
        complete(work, draft)?;
    }
    if draft.patch.names(proposal::LINES) {
        lines::complete(work, draft, lines::PROPOSAL, &lines::Prices::new())?;
        match lines::sum(draft.record.get(proposal::LINES)) {
            Some(sum) => draft.record.set(proposal::NET_TOTAL, Some(sum)),
            None => draft.problem(proposal::LINES, Reason::Invalid),
        }
    }
    Ok(())
}

/// Number and version of a new proposal.
fn number(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    let Some(deal) = draft.record.get(proposal::OPPORTUNITY) else { return Ok(()) };
    let blocked = work
        .tx
        .load(Resource::Opportunity, deal)?
        .is_some_and(|deal| deal.get(opportunity::PROPOSALS_BLOCKED));
    if blocked {
        draft.refuse(Reason::ProposalsBlocked);
    }
    let year = year(work.ctx.now.0);
    // What stands beside others is the first version of its own number.
    let versions = if is_named(&draft.record) { Vec::new() } else { versions(work, deal)? };
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
    generate(work, &mut draft.record);
    Ok(())
}

/// Stamps what is made anew for each version.
fn generate(work: &Work<'_>, record: &mut Record) {
    record.set(proposal::PUBLIC_KEY, Some(text::hex(&work.ctx.entropy.bytes())));
    record.set(proposal::GENERATED_AT, Some(work.ctx.now));
}

/// What a named proposal takes from its opportunity, its dates, its code and its group.
fn complete(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    let deal = match draft.record.get(proposal::OPPORTUNITY) {
        Some(deal) if draft.is_new() => work.tx.load(Resource::Opportunity, deal)?,
        _ => None,
    };
    if let Some(deal) = deal {
        for (own, of_deal) in
            [(proposal::CUSTOMER, opportunity::CUSTOMER), (proposal::SELLER, opportunity::OWNER)]
        {
            if draft.record.get(own).is_none() && !draft.has_problem(own.position()) {
                draft.record.set(own, deal.get(of_deal));
            }
        }
        if draft.record.get(proposal::CURRENCY).is_none() {
            draft.record.set(proposal::CURRENCY, deal.get(opportunity::CURRENCY).map(str::to_owned));
        }
    }
    let issued = draft.record.get(proposal::ISSUED_ON).unwrap_or_else(|| series::day_of(work.ctx.now));
    draft.record.set(proposal::ISSUED_ON, Some(issued));
    if draft.is_new() && draft.record.get(proposal::VALID_UNTIL).is_none() {
        draft.record.set(proposal::VALID_UNTIL, Some(issued.saturating_add(VALID_DAYS)));
    }
    if draft.record.get(proposal::VALID_UNTIL).is_some_and(|end| end < issued) {
        draft.problem(proposal::VALID_UNTIL, Reason::EndBeforeStart);
    }
    if draft.record[proposal::CODE].is_empty() {
        let kept = draft.before.as_ref().and_then(|before| before.get(proposal::CODE));
        let code = match kept {
            Some(kept) => kept.to_owned(),
            None => next_number(work.tx, "OF", series::year_of_day(issued))?,
        };
        draft.record.set(proposal::CODE, Some(code));
    }
    fit_group(work, draft)
}

/// The group of a proposal is one for its customer, or for nobody in particular.
fn fit_group(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    if !draft.changes(proposal::GROUP) && !draft.changes(proposal::CUSTOMER) {
        return Ok(());
    }
    let Some(id) = draft.record.get(proposal::GROUP) else { return Ok(()) };
    let group = work.tx.load(Resource::ProposalGroup, id)?;
    let of_group = group.and_then(|group| group.get(proposal_group::CUSTOMER));
    if of_group.is_some() && of_group != draft.record.get(proposal::CUSTOMER) {
        draft.problem(proposal::GROUP, Reason::NotFound(id.to_string()));
    }
    Ok(())
}

/// The next free code of a series of proposals: `OF/2026/00017`.
pub fn next_number(tx: &mut dyn Writer, prefix: &str, year: i64) -> Result<String> {
    series::next(tx, Resource::Proposal, proposal::CODE, prefix, year)
}

/// The id of another proposal with this code, ignoring case; obsolete versions carry the code of the newest.
pub fn code_taken(tx: &mut dyn Reader, code: &str, except: i64) -> Result<Option<i64>> {
    let same = Filter::Text(proposal::CODE.position(), TextMatch::Equal, fold(code));
    let mut found = None;
    let columns = [Column::own(meta::ID), Column::own(proposal::STATUS)];
    tx.select(&Query::of(Resource::Proposal).filter(same), &columns, &mut |row| {
        if row.int(0) != Some(except) && row.int(1) != Some(OBSOLETE) {
            found = row.int(0);
        }
        Ok(())
    })?;
    Ok(found)
}

/// Changes a proposal; the id of what the change led to.
///
/// Another list of lines makes a new version of a named proposal that was approved or rejected, in draft unless the patch
/// says otherwise; the one there was becomes obsolete and keeps its id.
pub fn revise(ctx: &Ctx, tx: &mut dyn Writer, id: i64, patch: Patch, skip: Skip) -> Result<i64> {
    let before = write::load_visible(ctx, tx, Resource::Proposal, id)?;
    let decided = matches!(before.get(proposal::STATUS), Some(APPROVED | REJECTED));
    if !decided || !is_named(&before) || !patch.names(proposal::LINES) {
        return write::update(ctx, tx, Resource::Proposal, id, patch, skip).map(|()| id);
    }
    if !ctx.actor.may(Action::Update, &before) {
        return Err(Error::Forbidden);
    }
    let mut work = Work::new(ctx, tx, skip);
    let says_status = !matches!(patch.get(proposal::STATUS), None | Some(Input::Clear));
    let mut draft = work.draft(Some(before.clone()), before.clone(), patch.clone())?;
    if !draft.problems.is_empty() {
        return Err(Error::Refused(draft.problems));
    }
    if lines::same(draft.record.get(proposal::LINES), before.get(proposal::LINES)) {
        return work.update(before, patch).map(|()| id);
    }
    if !says_status {
        draft.record.set(proposal::STATUS, Some(DRAFT));
    }
    draft.record.set(proposal::REVISION, before.get(proposal::REVISION).map(|revision| revision + 1));
    draft.record.set(meta::AUTHOR, None);
    draft.record.set(meta::EDITOR, None);
    generate(&work, &mut draft.record);
    // The key of a client's system goes on with the newest version.
    let old =
        Patch::new().with(proposal::STATUS, Input::Int(OBSOLETE)).with(meta::EXTERNAL_KEY, Input::Clear);
    work.update(before, old)?;
    work.insert(draft.record, &draft.patch)
}

/// A new version makes older ones obsolete, unless they were rejected; a named proposal is no version of others.
pub(crate) fn follow_up(work: &mut Work<'_>, before: Option<&Record>, after: &Record) -> Result<bool> {
    if before.is_some() || is_named(after) {
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

/// The proposals of an opportunity that are versions of each other.
fn versions(work: &mut Work<'_>, deal: i64) -> Result<Vec<Record>> {
    let query =
        Query::of(Resource::Proposal).filter(Filter::is(proposal::OPPORTUNITY, deal)).order(Order::OLDEST);
    let mut all = work.tx.load_all(&query)?;
    all.retain(|record| !is_named(record));
    Ok(all)
}

/// The calendar year of an instant in Brasília time, which has had no summer time since 2019.
pub fn year(micros: i64) -> i64 {
    series::year_of_day((micros - 3 * 3_600_000_000).div_euclid(86_400_000_000))
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
