//! Relations: from what a caller wrote (id, login, name) to the id of a record, creating it where the catalogue says so.

use crate::catalogue::{Field, Missing, Resource, contact, meta, product, task_type};
use crate::error::{Reason, Result};
use crate::merge::target;
use crate::patch::{Input, Patch, Reference};
use crate::query::{Column, Filter, Order, Page, Query, TextMatch};
use crate::text::fold;
use crate::write::{Draft, Skip, Work};

/// The id a reference means; `Ok(None)` when it names nothing at all.
///
/// By id; if absent or unknown, by login (users only); then by name: trimmed, ignoring case, the lowest id among
/// active ones. `current` is accepted as it is: an echo must not fail because of what it does not change.
pub(crate) fn one(
    work: &mut Work<'_>,
    draft: &Draft,
    field: &'static Field,
    current: Option<i64>,
    reference: &Reference,
) -> Result<std::result::Result<Option<i64>, Reason>> {
    let Some(resource) = target(field) else { return Ok(Err(Reason::Invalid)) };
    if let Some(id) = reference.id
        && (current == Some(id) || exists(work, resource, id)?)
    {
        return Ok(Ok(Some(id)));
    }
    if let Some(login) = reference.login.as_deref().filter(|_| resource == Resource::User)
        && let Some(user) = work.snapshot()?.login(login)
    {
        return Ok(Ok(Some(user.id())));
    }
    let name = reference.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    if let Some(name) = name
        && let Some(id) = named(work, resource, name)?
    {
        return Ok(Ok(Some(id)));
    }
    if reference.is_empty() {
        return Ok(Ok(None));
    }
    match (field.missing, name) {
        (Missing::Create, Some(name)) if creatable(resource, reference) && !name.contains('\0') => {
            let patch = created_for(draft, field, resource, name);
            let skip = std::mem::replace(&mut work.skip, Skip::ALL);
            let id = work.create(resource, patch);
            work.skip = skip;
            id.map(|id| Ok(Some(id)))
        }
        (Missing::Actor, _) => Ok(Ok(Some(work.ctx.actor.user))),
        _ => Ok(Err(Reason::NotFound(reference.shown()))),
    }
}

/// Whether the actor can point to this record.
pub(crate) fn exists(work: &mut Work<'_>, resource: Resource, id: i64) -> Result<bool> {
    if resource.definition().registry {
        return Ok(work.snapshot()?.live(resource, id).is_some());
    }
    if resource == Resource::Contact && work.offered.contains(&id) {
        return Ok(true);
    }
    let filter = Filter::is(meta::ID, id).and(work.ctx.actor.visible(resource));
    Ok(first(work, Query::of(resource).filter(filter))?.is_some())
}

fn named(work: &mut Work<'_>, resource: Resource, name: &str) -> Result<Option<i64>> {
    if resource.definition().registry {
        return Ok(work.snapshot()?.named(resource, name).map(|record| record.id()));
    }
    let Some(title) =
        resource.definition().title.filter(|title| resource.definition().field(*title).searched)
    else {
        return Ok(None);
    };
    let equal = |position: u16| Filter::Text(position, TextMatch::Equal, fold(name));
    let filter = match resource {
        Resource::Product => Filter::Or(vec![equal(title), equal(product::CODE.position())]),
        _ => equal(title),
    };
    let visible = work.ctx.actor.visible(resource);
    let query = Query::of(resource).filter(filter.and(visible)).order(Order::OLDEST);
    if let Some(active) = resource.definition().active {
        let chosen = query.clone().filter(Filter::is(active, 1));
        if let Some(id) = first(work, chosen)? {
            return Ok(Some(id));
        }
    }
    first(work, query)
}

/// The id of the first record of a query.
pub(crate) fn first(work: &mut Work<'_>, query: Query) -> Result<Option<i64>> {
    let mut found = None;
    work.tx.select(&query.page(Page::first(1)), &[Column::own(meta::ID)], &mut |row| {
        found = row.int(0);
        Ok(())
    })?;
    Ok(found)
}

/// What a record created on the fly starts with.
fn created_for(draft: &Draft, field: &Field, resource: Resource, name: &str) -> Patch {
    let title = resource.definition().title.unwrap_or(meta::ID.position());
    let mut patch = Patch::new().text(title, name);
    if resource == Resource::Contact {
        match (draft.record.resource(), field.name) {
            // An employer or parent account is an organisation.
            (Resource::Contact, _) => {
                patch.set(contact::ORGANISATION, Input::Bool(true));
            }
            // Who is being qualified is a lead.
            (Resource::Qualification, _) => {
                patch.set(contact::LIFE_CYCLE, Input::Int(3));
            }
            _ => {}
        }
        if let Some(owner) =
            draft.record.resource().definition().owner.and_then(|owner| draft.record.at(owner).number())
        {
            patch.set(contact::OWNER, Input::One(Reference::id(owner)));
        }
    }
    if resource == Resource::TaskType
        && let Some(Input::Int(nature)) = draft.patch.get(crate::catalogue::task::NATURE)
    {
        patch.set(task_type::NATURE, Input::Int(*nature));
    }
    patch
}

/// An id that leads nowhere is a mistake, not a wish for a new record; tags alone are lenient.
fn creatable(resource: Resource, reference: &Reference) -> bool {
    reference.id.is_none() || resource == Resource::Tag
}
