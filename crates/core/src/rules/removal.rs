//! Deleting with a look at what depends on the record: refused while others need it, together with what belongs to it.

use crate::catalogue::{
    Resource, appointment, opportunity, order, price_entry, price_table, price_table_entry, proposal,
    proposal_group, qualification, task,
};
use crate::ctx::Ctx;
use crate::error::{Error, Place, Reason, Result};
use crate::identity::Action;
use crate::query::{Filter, ItemTest, Order, Query, TextMatch};
use crate::record::{Key, Record, kind};
use crate::resolve;
use crate::rules::people;
use crate::terms::TermKind;
use crate::transaction::Writer;
use crate::write::{self, Skip, Work};

/// Proposals in these states may go: drafts and those that a newer version replaced.
const LOOSE_PROPOSALS: [i64; 2] = [0, 4];
/// The state of an order that was carried out.
const COMPLETED: i64 = 3;

/// Deletes a record that nothing depends on; what belongs to it goes with it, what merely points to it loses the link.
///
/// Refused with [`InUseBy`](crate::Reason::InUseBy) while others depend on it, and with
/// [`WrongState`](crate::Reason::WrongState) when its state forbids it.
pub fn delete(ctx: &Ctx, tx: &mut dyn Writer, resource: Resource, id: i64) -> Result<()> {
    let record = write::load_for(ctx, tx, resource, id, Action::Delete)?;
    let mut work = Work::new(ctx, tx, Skip::ALL);
    match resource {
        Resource::Contact => contact(&mut work, &record),
        Resource::Opportunity => deal(&mut work, &record),
        Resource::Product => product(&mut work, &record),
        Resource::Proposal => offer(&mut work, &record),
        Resource::ProposalGroup => group(&mut work, &record),
        Resource::Order => sale(&mut work, &record),
        Resource::PriceTable => price_list(&mut work, &record),
        _ => work.delete(&record),
    }
}

/// Refuses when records of any of these resources depend on the one to be deleted.
fn refuse(users: Vec<Resource>) -> Result<()> {
    if users.is_empty() { Ok(()) } else { Err(Error::refused(Place::Whole, Reason::InUseBy(users))) }
}

/// Refuses because of the state the record is in.
fn wrong_state() -> Error {
    Error::refused(Place::Whole, Reason::WrongState)
}

/// Of these resources, those with a live record that meets the condition beside them.
fn users(work: &mut Work<'_>, conditions: &[(Resource, Filter)]) -> Result<Vec<Resource>> {
    let mut found = Vec::new();
    for (resource, filter) in conditions {
        let query = Query::of(*resource).filter(filter.clone());
        if !found.contains(resource) && resolve::first(work, query)?.is_some() {
            found.push(*resource);
        }
    }
    Ok(found)
}

/// Deletes a contact with its qualifications; its people, tasks and appointments stay.
pub(crate) fn contact(work: &mut Work<'_>, record: &Record) -> Result<()> {
    let id = record.id();
    let of = |resource, relation: Key<kind::One>| (resource, Filter::is(relation, id));
    refuse(users(
        work,
        &[
            of(Resource::Opportunity, opportunity::CUSTOMER),
            of(Resource::Opportunity, opportunity::CONTACT),
            of(Resource::Proposal, proposal::CUSTOMER),
            of(Resource::Proposal, proposal::CONTACT),
            of(Resource::Order, order::CUSTOMER),
            of(Resource::Order, order::CONTACT),
        ],
    )?)?;
    people::unlink_all(work, id)?;
    release(work, Resource::Task, task::CUSTOMER, id)?;
    release(work, Resource::Appointment, appointment::CUSTOMER, id)?;
    release(work, Resource::ProposalGroup, proposal_group::CUSTOMER, id)?;
    delete_all(work, Resource::Qualification, qualification::CUSTOMER, id)?;
    delete_now(work, Resource::Contact, id)
}

/// Deletes an opportunity with its proposals, unless an order came from it or from one of them.
fn deal(work: &mut Work<'_>, record: &Record) -> Result<()> {
    let id = record.id();
    let proposals = all_of(work, Resource::Proposal, proposal::OPPORTUNITY, id)?;
    let offered = proposals.iter().map(Record::id).collect();
    refuse(users(
        work,
        &[
            (Resource::Order, Filter::is(order::OPPORTUNITY, id)),
            (Resource::Order, Filter::OneOf(order::PROPOSAL.position(), offered)),
        ],
    )?)?;
    delete_each(work, &proposals)?;
    release(work, Resource::Task, task::OPPORTUNITY, id)?;
    release(work, Resource::Appointment, appointment::OPPORTUNITY, id)?;
    release(work, Resource::ProposalGroup, proposal_group::OPPORTUNITY, id)?;
    delete_now(work, Resource::Opportunity, id)
}

/// Deletes a product that stands on no line and in no price table.
fn product(work: &mut Work<'_>, record: &Record) -> Result<()> {
    let on_a_line = Filter::Term(TermKind::Product, TextMatch::Equal, vec![record.id().to_string()]);
    refuse(users(
        work,
        &[
            (Resource::Opportunity, on_a_line.clone()),
            (Resource::Proposal, on_a_line.clone()),
            (Resource::Order, on_a_line),
            (Resource::PriceEntry, Filter::is(price_entry::PRODUCT, record.id())),
        ],
    )?)?;
    // A table from before its prices were records has them in its copy alone.
    let priced = Filter::Any {
        list: price_table::ENTRIES.position(),
        inner: Some(price_table_entry::PRODUCT.position()),
        test: ItemTest::OneOf(vec![record.id()]),
    };
    if resolve::first(work, Query::of(Resource::PriceTable).filter(priced))?.is_some() {
        return refuse(vec![Resource::PriceEntry]);
    }
    work.delete(record)
}

/// Deletes a proposal that binds nobody.
fn offer(work: &mut Work<'_>, record: &Record) -> Result<()> {
    if !LOOSE_PROPOSALS.contains(&record.get(proposal::STATUS).unwrap_or(0)) {
        return Err(wrong_state());
    }
    refuse(users(work, &[(Resource::Order, Filter::is(order::PROPOSAL, record.id()))])?)?;
    work.delete(record)
}

/// Deletes the label of a group of proposals; the proposals stay.
fn group(work: &mut Work<'_>, record: &Record) -> Result<()> {
    release(work, Resource::Proposal, proposal::GROUP, record.id())?;
    work.delete(record)
}

/// Deletes an order that was not carried out.
fn sale(work: &mut Work<'_>, record: &Record) -> Result<()> {
    if record.get(order::STATUS) == Some(COMPLETED) {
        return Err(wrong_state());
    }
    work.delete(record)
}

/// Deletes a price table with its entries, unless an order on its way uses it.
fn price_list(work: &mut Work<'_>, record: &Record) -> Result<()> {
    let open = Filter::is(order::PRICE_TABLE, record.id())
        .and(Filter::OneOf(order::STATUS.position(), vec![0, 1, 2]));
    refuse(users(work, &[(Resource::Order, open)])?)?;
    work.delete(record)
}

/// The live records of a resource that point to this id.
fn all_of(work: &mut Work<'_>, resource: Resource, by: Key<kind::One>, id: i64) -> Result<Vec<Record>> {
    work.tx.load_all(&Query::of(resource).filter(Filter::is(by, id)).order(Order::OLDEST))
}

/// Clears a relation to the record that goes.
fn release(work: &mut Work<'_>, resource: Resource, by: Key<kind::One>, id: i64) -> Result<()> {
    for before in all_of(work, resource, by, id)? {
        let mut after = before.clone();
        after.set(by, None);
        work.store(&before, after, false)?;
    }
    Ok(())
}

/// Deletes what belongs to the record that goes.
fn delete_all(work: &mut Work<'_>, resource: Resource, by: Key<kind::One>, id: i64) -> Result<()> {
    let records = all_of(work, resource, by, id)?;
    delete_each(work, &records)
}

/// Deletes records that belong to another one: whoever may not delete them may not delete that one either.
fn delete_each(work: &mut Work<'_>, records: &[Record]) -> Result<()> {
    for record in records {
        if !work.ctx.actor.may(Action::Delete, record) {
            return Err(Error::Forbidden);
        }
        work.delete(record)?;
    }
    Ok(())
}

/// Deletes a record as it is by now: clearing what hung on it may have written it again.
fn delete_now(work: &mut Work<'_>, resource: Resource, id: i64) -> Result<()> {
    let record = work.tx.load(resource, id)?.ok_or(Error::NotFound)?;
    work.delete(&record)
}
