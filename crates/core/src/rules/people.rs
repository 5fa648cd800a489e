//! People of organisations and parent accounts: the links between contacts (rules C6 and C7 of the contacts page).

use crate::catalogue::{Resource, contact, contact_link};
use crate::error::{Place, Reason, Result};
use crate::identity::Action;
use crate::patch::{Input, Patch, PersonPatch, Reference};
use crate::query::{Column, Filter, Order, Page, Query, TextMatch};
use crate::record::{Key, Record, kind};
use crate::resolve;
use crate::terms::TermKind;
use crate::text::{fold, phone_key};
use crate::write::{Skip, Work};
use crate::{Error, Value};

/// What a link means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    Employer = 0,
    Parent = 1,
}

impl Link {
    /// The field of the contact that holds the main link, and when it last changed.
    fn main(self) -> (Key<kind::One>, Key<kind::Instant>) {
        match self {
            Self::Employer => (contact::EMPLOYER, contact::EMPLOYER_SINCE),
            Self::Parent => (contact::PARENT, contact::PARENT_SINCE),
        }
    }
}

/// Brings links in line with a contact that was written; whether the people of the contact changed.
pub(crate) fn follow_up(
    work: &mut Work<'_>,
    before: Option<&Record>,
    after: &Record,
    patch: &Patch,
) -> Result<bool> {
    for link in [Link::Employer, Link::Parent] {
        let (field, _) = link.main();
        let old = before.and_then(|before| before.get(field));
        if old != after.get(field) {
            if link == Link::Parent {
                refuse_circle(work, after)?;
            }
            set_main(work, link, after.id(), after.get(field), old)?;
        }
    }
    match &patch.people {
        Some(people) => link_people(work, after, people.clone()),
        None => Ok(false),
    }
}

/// How many accounts above one are looked at.
const HIGHEST: usize = 200;

/// Refuses a parent account that has the contact itself among the accounts above it.
fn refuse_circle(work: &mut Work<'_>, contact: &Record) -> Result<()> {
    let mut above = contact.get(contact::PARENT);
    for _ in 0..HIGHEST {
        let Some(id) = above else { return Ok(()) };
        if id == contact.id() {
            return Err(Error::refused(
                Place::Field(Resource::Contact, contact::PARENT.position()),
                Reason::Circle,
            ));
        }
        above = None;
        let columns = [Column::own(contact::PARENT)];
        work.tx.select(&Query::by_id(Resource::Contact, id), &columns, &mut |row| {
            above = row.int(0);
            Ok(())
        })?;
    }
    Ok(())
}

/// Takes a contact out of everything that links it to others: its people and the accounts below it lose the link.
pub(crate) fn unlink_all(work: &mut Work<'_>, id: i64) -> Result<()> {
    for link in [Link::Employer, Link::Parent] {
        for below in links(work, link, contact_link::ORGANISATION, id)? {
            unlink(work, link, &below)?;
        }
        for above in links(work, link, contact_link::CONTACT, id)? {
            work.delete(&above)?;
        }
    }
    Ok(())
}

/// The links of a kind at one end, oldest first.
fn links(work: &mut Work<'_>, link: Link, end: Key<kind::One>, id: i64) -> Result<Vec<Record>> {
    let filter = Filter::is(end, id).and(Filter::is(contact_link::KIND, link as i64));
    work.tx.load_all(&Query::of(Resource::ContactLink).filter(filter).order(Order::OLDEST))
}

/// Makes `to` the main link of the contact; without `to`, removes the link to `from`.
fn set_main(work: &mut Work<'_>, link: Link, id: i64, to: Option<i64>, from: Option<i64>) -> Result<()> {
    let stored = links(work, link, contact_link::CONTACT, id)?;
    let Some(to) = to else {
        if let Some(old) = stored.iter().find(|stored| stored.get(contact_link::ORGANISATION) == from) {
            work.delete(old)?;
        }
        return Ok(());
    };
    let mut found = false;
    for old in &stored {
        let main = old.get(contact_link::ORGANISATION) == Some(to);
        found |= main;
        if old.get(contact_link::MAIN) != main {
            let mut new = old.clone();
            new.set(contact_link::MAIN, main);
            work.store(old, new, false)?;
        }
    }
    if !found {
        add_link(work, link, id, to, true)?;
    }
    Ok(())
}

fn add_link(work: &mut Work<'_>, link: Link, contact: i64, organisation: i64, main: bool) -> Result<()> {
    let patch = Patch::new()
        .with(contact_link::KIND, Input::Int(link as i64))
        .with(contact_link::CONTACT, Input::One(Reference::id(contact)))
        .with(contact_link::ORGANISATION, Input::One(Reference::id(organisation)))
        .with(contact_link::MAIN, Input::Bool(main));
    quietly(work, |work| work.create(Resource::ContactLink, patch)).map(drop)
}

/// Runs a write of the rules' own: nothing the caller could be blamed for is checked.
fn quietly<T>(work: &mut Work<'_>, write: impl FnOnce(&mut Work<'_>) -> Result<T>) -> Result<T> {
    let skip = std::mem::replace(&mut work.skip, Skip::ALL);
    let result = write(work);
    work.skip = skip;
    result
}

/// Runs the write of a person: required fields are demanded, duplicates are not looked for.
fn unchecked<T>(work: &mut Work<'_>, write: impl FnOnce(&mut Work<'_>) -> Result<T>) -> Result<T> {
    let required = work.skip.required;
    let skip = std::mem::replace(&mut work.skip, Skip { required, ..Skip::ALL });
    let nested = std::mem::replace(&mut work.nested, true);
    let result = write(work);
    (work.skip, work.nested) = (skip, nested);
    result
}

/// The people of a contact, as the place of a problem.
fn place() -> Place {
    Place::Field(Resource::Contact, contact::PEOPLE.position())
}

/// The existing contacts that entries of a request mean: they may share e-mails and phones with their organisation.
pub(crate) fn named_in(work: &mut Work<'_>, people: &[PersonPatch]) -> Result<Vec<i64>> {
    let mut ids = Vec::with_capacity(people.len());
    for person in people {
        match person.id {
            Some(id) => ids.push(id),
            None => ids.extend(find_person(work, person, &[], &ids)?.map(|found| found.id())),
        }
    }
    Ok(ids)
}

/// Replaces the people of an organisation: linked, updated, created or unlinked; never deleted.
fn link_people(work: &mut Work<'_>, organisation: &Record, people: Vec<PersonPatch>) -> Result<bool> {
    let stored = links(work, Link::Employer, contact_link::ORGANISATION, organisation.id())?;
    let mut linked = Vec::with_capacity(stored.len());
    for link in &stored {
        if let Some(id) = link.get(contact_link::CONTACT)
            && let Some(person) = work.tx.load(Resource::Contact, id)?
        {
            linked.push(person);
        }
    }
    let mut used: Vec<i64> = Vec::with_capacity(people.len());
    let mut changed = false;
    let mut problems = Vec::new();
    for person in people {
        let gone = person.id.filter(|id| {
            stored.iter().any(|link| link.get(contact_link::CONTACT) == Some(*id))
                && !linked.iter().any(|known| known.id() == *id)
        });
        if let Some(id) = gone {
            // A person who was deleted keeps being shown, and an echo keeps the link.
            used.push(id);
            continue;
        }
        let id = match put_person(work, organisation, person, &linked, &used) {
            Ok(id) => id,
            // What is wrong with all entries is reported together.
            Err(Error::Refused(found)) => {
                problems.extend(found);
                continue;
            }
            Err(error) => return Err(error),
        };
        used.push(id);
        if !linked.iter().any(|known| known.id() == id) {
            link_person(work, id, organisation.id())?;
            changed = true;
        }
    }
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    for link in &stored {
        if link.get(contact_link::CONTACT).is_none_or(|person| !used.contains(&person)) {
            unlink(work, Link::Employer, link)?;
            changed = true;
        }
    }
    Ok(changed)
}

/// Updates the person an entry means, or creates one; their id.
fn put_person(
    work: &mut Work<'_>,
    organisation: &Record,
    person: PersonPatch,
    linked: &[Record],
    used: &[i64],
) -> Result<i64> {
    if person.id == Some(organisation.id()) {
        return Err(Error::refused(place(), Reason::Invalid));
    }
    let Some(record) = find_person(work, &person, linked, used)? else {
        return create_person(work, organisation, person.patch);
    };
    let id = record.id();
    let mut patch = person.patch;
    // The owner in an entry is for a person created here.
    patch.remove(contact::OWNER);
    if work.ctx.actor.may(Action::Update, &record) {
        unchecked(work, |work| work.update(record, patch))?;
    } else if work.ctx.actor.may(Action::Read, &record) && would_change(&record, &patch) {
        return Err(Error::Forbidden);
    }
    Ok(id)
}

/// The existing person an entry means: by id, among those linked, then among persons there before the request.
fn find_person(
    work: &mut Work<'_>,
    person: &PersonPatch,
    linked: &[Record],
    used: &[i64],
) -> Result<Option<Record>> {
    if let Some(id) = person.id {
        let known = linked.iter().any(|known| known.id() == id);
        if !known && !resolve::exists(work, Resource::Contact, id)? {
            return Err(Error::refused(place(), Reason::NotFound(id.to_string())));
        }
        return work.tx.load(Resource::Contact, id);
    }
    let texts = |key, form: fn(&str) -> String| match person.patch.get(key) {
        Some(Input::Texts(texts)) => {
            texts.iter().map(|text| form(text)).filter(|form| !form.is_empty()).collect()
        }
        _ => Vec::new(),
    };
    let (emails, phones): (Vec<String>, Vec<String>) =
        (texts(contact::EMAILS, fold), texts(contact::PHONES, phone_key));
    let name = match person.patch.get(contact::NAME) {
        Some(Input::Text(name)) => fold(name),
        _ => String::new(),
    };
    let reached = |record: &Record| {
        record.get(contact::EMAILS).iter().any(|email| emails.contains(&fold(email)))
            || record.get(contact::PHONES).iter().any(|phone| phones.contains(&phone_key(phone)))
    };
    let named = |record: &Record| {
        !name.is_empty() && record.get(contact::NAME).is_some_and(|other| fold(other) == name)
    };
    let free = |record: &&Record| !used.contains(&record.id());
    let among_linked = linked
        .iter()
        .filter(free)
        .find(|record| reached(record) && named(record))
        .or_else(|| linked.iter().filter(free).find(|record| reached(record)))
        .or_else(|| linked.iter().filter(free).find(|record| named(record)));
    if let Some(record) = among_linked {
        return work.tx.load(Resource::Contact, record.id());
    }
    for (kind, values) in [(TermKind::Email, emails), (TermKind::Phone, phones)] {
        if values.is_empty() {
            continue;
        }
        let filter = Filter::Term(kind, TextMatch::Equal, values)
            .and(Filter::is(contact::ORGANISATION, 0))
            .and(work.ctx.actor.visible(Resource::Contact));
        let query = Query::of(Resource::Contact).filter(filter).order(Order::OLDEST).page(Page::first(50));
        let candidates = work.tx.load_all(&query)?;
        let found = candidates
            .into_iter()
            .find(|record| !used.contains(&record.id()) && !work.new_contacts.contains(&record.id()));
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Whether an entry says anything new about a person: an echo of someone the actor may not change is no offence.
fn would_change(record: &Record, patch: &Patch) -> bool {
    patch.entries().iter().any(|(position, input)| match (input, record.at(*position)) {
        (Input::Text(text), Value::Text(stored)) => text != stored,
        (Input::Texts(texts), Value::Texts(stored)) => texts != stored,
        (Input::Clear, stored) => !stored.is_empty(),
        _ => true,
    })
}

fn create_person(work: &mut Work<'_>, organisation: &Record, mut patch: Patch) -> Result<i64> {
    if !matches!(patch.get(contact::OWNER), Some(Input::One(reference)) if !reference.is_empty())
        && let Some(owner) = organisation.get(contact::OWNER)
    {
        patch.set(contact::OWNER, Input::One(Reference::id(owner)));
    }
    if !patch.names(contact::LIFE_CYCLE)
        && let Value::Int(section) = organisation[contact::LIFE_CYCLE]
    {
        patch.set(contact::LIFE_CYCLE, Input::Int(section));
    }
    if !patch.names(contact::ORGANISATION) {
        patch.set(contact::ORGANISATION, Input::Bool(false));
    }
    unchecked(work, |work| work.create(Resource::Contact, patch))
}

/// Links a person to an organisation; the first employer of a person is the main one.
fn link_person(work: &mut Work<'_>, person: i64, organisation: i64) -> Result<()> {
    let record = work.tx.load(Resource::Contact, person)?.ok_or(Error::NotFound)?;
    let first = record.get(contact::EMPLOYER).is_none();
    let known = links(work, Link::Employer, contact_link::CONTACT, person)?;
    if !known.iter().any(|link| link.get(contact_link::ORGANISATION) == Some(organisation)) {
        add_link(work, Link::Employer, person, organisation, first)?;
    }
    if first { point(work, Link::Employer, person, Some(organisation)) } else { Ok(()) }
}

/// Deletes a link; when it was the main one of its kind, the oldest of the others is from now on.
fn unlink(work: &mut Work<'_>, link: Link, stored: &Record) -> Result<()> {
    work.delete(stored)?;
    let Some(contact) = stored.get(contact_link::CONTACT) else { return Ok(()) };
    if !stored.get(contact_link::MAIN) {
        return Ok(());
    }
    let rest = links(work, link, contact_link::CONTACT, contact)?;
    let next = rest.first().and_then(|link| link.get(contact_link::ORGANISATION));
    if let Some(first) = rest.first() {
        let mut main = first.clone();
        main.set(contact_link::MAIN, true);
        work.store(first, main, false)?;
    }
    point(work, link, contact, next)
}

/// Writes the main link of a contact on the contact itself.
fn point(work: &mut Work<'_>, link: Link, contact: i64, to: Option<i64>) -> Result<()> {
    let Some(before) = work.tx.load(Resource::Contact, contact)? else { return Ok(()) };
    let (field, since) = link.main();
    let mut after = before.clone();
    after.set(field, to);
    after.set(since, to.map(|_| work.ctx.now));
    work.store(&before, after, false)
}
