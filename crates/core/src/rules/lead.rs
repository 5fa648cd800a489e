//! Leads: a contact in the lead section of its life cycle together with its current qualification, written as one.

use crate::catalogue::{Resource, contact, meta, opportunity, qualification};
use crate::ctx::Ctx;
use crate::error::{Error, Place, Problem, Reason, Result};
use crate::identity::{Action, Scope};
use crate::patch::{Input, Patch, Reference};
use crate::query::{Filter, Order, Query, TextMatch};
use crate::record::Record;
use crate::resolve;
use crate::rollup;
use crate::rules::removal;
use crate::text::fold;
use crate::transaction::{Reader, Writer};
use crate::write::{self, Skip, Work};

/// Life-cycle sections of a contact that leads pass through.
mod section {
    pub(super) const CUSTOMER: i64 = 0;
    pub(super) const PROSPECT: i64 = 1;
    pub(super) const LEAD: i64 = 3;
    pub(super) const DISCARDED: i64 = 5;
}

/// States of a qualification.
mod status {
    pub(super) const OPEN: i64 = 1;
    pub(super) const SCHEDULED: i64 = 2;
    pub(super) const QUALIFIED: i64 = 3;
    pub(super) const DISCARDED: i64 = 4;
    pub(super) const SOLD: i64 = 5;
    pub(super) const NOT_SOLD: i64 = 6;
}

/// Whether a contact is shown as a lead: it is in the lead section, or has a qualification.
pub fn is_lead(contact: &Record) -> bool {
    contact.get(contact::LIFE_CYCLE) == Some(section::LEAD)
        || contact.get(contact::QUALIFICATIONS).is_some_and(|count| count > 0)
}

/// The current qualification of a lead: the open one, else the newest.
pub fn current(tx: &mut dyn Reader, contact: &Record) -> Result<Option<Record>> {
    // Contacts from before there was a field for it do not name theirs yet.
    let id = match contact.get(contact::QUALIFICATION) {
        None if contact.get(contact::QUALIFICATIONS).is_some_and(|count| count > 0) => {
            rollup::current_qualification(tx, contact.id())?
        }
        named => named,
    };
    id.map_or(Ok(None), |id| tx.load(Resource::Qualification, id))
}

/// Creates a lead: a person (unless the patch says otherwise) and a qualification in the first stage of the default
/// qualification pipeline; the id of the contact.
pub fn create(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    mut contact: Patch,
    mut qualification: Patch,
    skip: Skip,
) -> Result<i64> {
    write::may_create(ctx, Resource::Contact)?;
    write::may_create(ctx, Resource::Qualification)?;
    let mut work = Work::new(ctx, tx, skip);
    share_owner(&mut contact, &mut qualification);
    if !contact.names(contact::ORGANISATION) {
        contact.set(contact::ORGANISATION, Input::Bool(false));
    }
    contact.set(contact::LIFE_CYCLE, Input::Int(section::LEAD));
    let id = match work.create(Resource::Contact, contact) {
        Err(Error::Refused(problems)) => return Err(also(&mut work, problems, None, qualification)?),
        made => made?,
    };
    let made = work.tx.load(Resource::Contact, id)?.ok_or(Error::NotFound)?;
    let status = status_in(&qualification).unwrap_or(status::OPEN);
    add_qualification(&mut work, &made, qualification)?;
    if let Some(moved) = move_on(&mut work, &made, &Patch::new(), status::OPEN, status)? {
        let made = work.tx.load(Resource::Contact, id)?.ok_or(Error::NotFound)?;
        work.update(made, moved)?;
    }
    Ok(id)
}

/// Changes a lead. The status of the qualification moves the contact through its life cycle: qualified makes a prospect, and
/// links the company named by `company_name`, made when there is none; sold makes a customer; discarded and not sold make a
/// discarded contact; open and scheduled make a lead again, refused with [`WrongState`](crate::Reason::WrongState) while an
/// opportunity hangs on the contact. A change of the qualification alone counts as a change of the contact.
pub fn update(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    id: i64,
    mut contact: Patch,
    mut qualification: Patch,
    skip: Skip,
) -> Result<()> {
    let before = load(ctx, tx, id, Action::Update)?;
    let current = current(tx, &before)?;
    let mut work = Work::new(ctx, tx, skip);
    share_owner(&mut contact, &mut qualification);
    let old = current.as_ref().and_then(|current| current.get(qualification::STATUS));
    let old = old.unwrap_or(status::OPEN);
    let new = status_in(&qualification).unwrap_or(old);
    if let Some(moved) = move_on(&mut work, &before, &contact, old, new)? {
        for (field, input) in moved.entries() {
            contact.set(*field, input.clone());
        }
    }
    let version = before.get(meta::VERSION);
    if let Err(error) = work.update(before, contact) {
        let Error::Refused(problems) = error else { return Err(error) };
        return Err(also(&mut work, problems, current, qualification)?);
    }
    let after = work.tx.load(Resource::Contact, id)?.ok_or(Error::NotFound)?;
    let changed = match current {
        Some(current) => {
            let (qualification_id, version) = (current.id(), current.get(meta::VERSION));
            if !qualification.entries().is_empty() || !qualification.problems.is_empty() {
                work.update(current, qualification)?;
            }
            let written = work.tx.load(Resource::Qualification, qualification_id)?;
            written.and_then(|written| written.get(meta::VERSION)) != version
        }
        // A lead made elsewhere gets its qualification once there is something to say in it.
        None if says_something(&qualification) => {
            add_qualification(&mut work, &after, qualification)?;
            true
        }
        None => false,
    };
    if changed && after.get(meta::VERSION) == version {
        work.store(&after, after.clone(), true)?;
    }
    Ok(())
}

/// Deletes contact and qualifications; refused with [`WrongState`](crate::Reason::WrongState) once converted.
pub fn delete(ctx: &Ctx, tx: &mut dyn Writer, id: i64) -> Result<()> {
    let record = load(ctx, tx, id, Action::Delete)?;
    let status = current(tx, &record)?.and_then(|current| current.get(qualification::STATUS));
    let section = record.get(contact::LIFE_CYCLE);
    let converted = matches!(status, Some(status::QUALIFIED | status::SOLD))
        || !matches!(section, Some(section::LEAD | section::DISCARDED));
    if converted {
        return Err(Error::refused(Place::Whole, Reason::WrongState));
    }
    removal::contact(&mut Work::new(ctx, tx, Skip::ALL), &record)
}

/// The contact of a lead, if the actor may do this with it and with its current qualification.
fn load(ctx: &Ctx, tx: &mut dyn Writer, id: i64, action: Action) -> Result<Record> {
    let record = write::load_for(ctx, tx, Resource::Contact, id, action)?;
    if !is_lead(&record) {
        return Err(Error::NotFound);
    }
    let allowed = match current(tx, &record)? {
        Some(current) => ctx.actor.may(action, &current),
        None => ctx.actor.scope(Resource::Qualification, action) > Scope::None,
    };
    if allowed { Ok(record) } else { Err(Error::Forbidden) }
}

/// Contact and qualification have one owner: whoever is named in either patch is named in both.
fn share_owner(contact: &mut Patch, qualification: &mut Patch) {
    match (contact.get(contact::OWNER).cloned(), qualification.get(qualification::OWNER).cloned()) {
        (Some(owner), _) => {
            qualification.set(qualification::OWNER, owner);
        }
        (None, Some(owner)) => {
            contact.set(contact::OWNER, owner);
        }
        (None, None) => {}
    }
}

/// What is wrong with the contact together with what is wrong with the qualification, which is not written any more.
fn also(
    work: &mut Work<'_>,
    mut problems: Vec<Problem>,
    before: Option<Record>,
    qualification: Patch,
) -> Result<Error> {
    let record = before.clone().unwrap_or_else(|| Record::new(Resource::Qualification));
    let draft = work.draft(before, record, qualification)?;
    let customer = Place::Field(Resource::Qualification, qualification::CUSTOMER.position());
    problems.extend(draft.problems.into_iter().filter(|problem| problem.place != customer));
    Ok(Error::Refused(problems))
}

/// Adds the qualification of a contact, with the contact's owner.
fn add_qualification(work: &mut Work<'_>, contact: &Record, mut patch: Patch) -> Result<i64> {
    work.offered.push(contact.id());
    patch.set(qualification::CUSTOMER, Input::One(Reference::id(contact.id())));
    if let Some(owner) = contact.get(contact::OWNER) {
        patch.set(qualification::OWNER, Input::One(Reference::id(owner)));
    }
    work.create(Resource::Qualification, patch)
}

/// The status a patch gives the qualification, when it is one.
fn status_in(qualification: &Patch) -> Option<i64> {
    match qualification.get(qualification::STATUS) {
        Some(Input::Int(status)) if (status::OPEN..=status::NOT_SOLD).contains(status) => Some(*status),
        Some(Input::Clear) => Some(status::OPEN),
        _ => None,
    }
}

/// Whether a patch holds more than what an untouched qualification would say.
fn says_something(qualification: &Patch) -> bool {
    !qualification.problems.is_empty()
        || qualification.entries().iter().any(|(field, input)| match input {
            Input::Clear => false,
            Input::Int(status::OPEN) => *field != qualification::STATUS.position(),
            Input::One(reference) => !reference.is_empty() && *field != qualification::OWNER.position(),
            Input::Many(references) => !references.is_empty(),
            _ => true,
        })
}

/// What else becomes of the contact when its qualification goes from one status to another.
fn move_on(work: &mut Work<'_>, record: &Record, patch: &Patch, old: i64, new: i64) -> Result<Option<Patch>> {
    if old == new || (is_open(old) && is_open(new)) {
        return Ok(None);
    }
    let section = match new {
        status::QUALIFIED => section::PROSPECT,
        status::SOLD => section::CUSTOMER,
        status::DISCARDED | status::NOT_SOLD => section::DISCARDED,
        _ => {
            refuse_with_deals(work, record.id())?;
            section::LEAD
        }
    };
    let mut moved = Patch::new().with(contact::LIFE_CYCLE, Input::Int(section));
    if new == status::QUALIFIED
        && let Some(company) = company(work, record, patch)?
    {
        work.offered.push(company);
        moved.set(contact::EMPLOYER, Input::One(Reference::id(company)));
    }
    Ok(Some(moved))
}

/// Whether a qualification in this status goes on.
fn is_open(status: i64) -> bool {
    matches!(status, status::OPEN | status::SCHEDULED)
}

/// Refuses while an opportunity hangs on the contact.
fn refuse_with_deals(work: &mut Work<'_>, id: i64) -> Result<()> {
    for relation in [opportunity::CUSTOMER, opportunity::CONTACT] {
        let query = Query::of(Resource::Opportunity).filter(Filter::is(relation, id));
        if resolve::first(work, query)?.is_some() {
            let place = Place::Field(Resource::Qualification, qualification::STATUS.position());
            return Err(Error::refused(place, Reason::WrongState));
        }
    }
    Ok(())
}

/// The company that a lead says to work for: the one of that name among those the actor may see, made when there is none.
/// An organisation works for none.
fn company(work: &mut Work<'_>, record: &Record, patch: &Patch) -> Result<Option<i64>> {
    let name = match patch.get(contact::COMPANY_NAME) {
        Some(Input::Text(name)) => Some(name.as_str()),
        Some(_) => None,
        None => record.get(contact::COMPANY_NAME),
    };
    let organisation = match patch.get(contact::ORGANISATION) {
        Some(Input::Bool(organisation)) => *organisation,
        _ => record.get(contact::ORGANISATION),
    };
    let Some(name) = name.map(str::trim).filter(|name| !name.is_empty() && !organisation) else {
        return Ok(None);
    };
    let named = Filter::Text(contact::NAME.position(), TextMatch::Equal, fold(name))
        .and(Filter::is(contact::ORGANISATION, 1))
        .and(Filter::Not(Box::new(Filter::is(contact::LIFE_CYCLE, section::LEAD))))
        .and(work.ctx.actor.visible(Resource::Contact));
    let known = Query::of(Resource::Contact).filter(named).order(Order::OLDEST);
    let active = known.clone().filter(Filter::is(contact::ACTIVE, 1));
    if let Some(id) = resolve::first(work, active)? {
        return Ok(Some(id));
    }
    if let Some(id) = resolve::first(work, known)? {
        return Ok(Some(id));
    }
    let mut made = Patch::new()
        .text(contact::NAME, name)
        .with(contact::ORGANISATION, Input::Bool(true))
        .with(contact::LIFE_CYCLE, Input::Int(section::PROSPECT));
    // Whoever has the lead from this write on has the company.
    let owner = match patch.get(contact::OWNER) {
        Some(Input::One(reference)) if !reference.is_empty() => Some(reference.clone()),
        _ => record.get(contact::OWNER).map(Reference::id),
    };
    if let Some(owner) = owner {
        made.set(contact::OWNER, Input::One(owner));
    }
    let skip = std::mem::replace(&mut work.skip, Skip::ALL);
    let made = work.create(Resource::Contact, made);
    work.skip = skip;
    made.map(Some)
}
