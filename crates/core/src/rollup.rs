//! Rollups: counters and instants on contacts and opportunities that follow from other records.
//!
//! Kept in the transaction of the write, so that a list shows them without a query per row. They change neither the
//! version nor the update instant of the record they stand on.

use crate::catalogue::{
    Resource, appointment, contact, contact_link, meta, opportunity, publication, qualification, task,
};
use crate::error::Result;
use crate::query::Filter;
use crate::record::Record;
use crate::transaction::Reader;
use crate::write::Work;

/// A counter on one record.
type Counter = (Resource, i64, u16);

/// Brings counters and instants in line with a record that changed from `before` to `after`.
pub(crate) fn apply(work: &mut Work<'_>, before: Option<&Record>, after: Option<&Record>) -> Result<()> {
    let (old, new) = (before.map(counted).unwrap_or_default(), after.map(counted).unwrap_or_default());
    for counter in &old {
        if !new.contains(counter) {
            work.tx.adjust(counter.0, counter.1, counter.2, -1)?;
        }
    }
    for counter in &new {
        if !old.contains(counter) {
            work.tx.adjust(counter.0, counter.1, counter.2, 1)?;
        }
    }
    choose_current_qualification(work, before, after)?;
    let (old, new) =
        (before.map(interactions).unwrap_or_default(), after.map(interactions).unwrap_or_default());
    for (resource, id, at) in &new {
        if !old.contains(&(*resource, *id, *at)) {
            work.tx.raise(*resource, *id, interaction_field(*resource), *at)?;
        }
    }
    for (resource, id, at) in old {
        if !new.iter().any(|(r, i, newer)| *r == resource && *i == id && *newer >= at) {
            recount_interaction(work, resource, id)?;
        }
    }
    Ok(())
}

/// Names the current qualification on the customers of one that came, went, or changed its status or customer.
fn choose_current_qualification(
    work: &mut Work<'_>,
    before: Option<&Record>,
    after: Option<&Record>,
) -> Result<()> {
    if before.or(after).is_none_or(|record| record.resource() != Resource::Qualification) {
        return Ok(());
    }
    let (old, new) = (
        before.and_then(|record| record.get(qualification::CUSTOMER)),
        after.and_then(|record| record.get(qualification::CUSTOMER)),
    );
    let status = |record: Option<&Record>| record.map(|record| record.get(qualification::STATUS));
    if old == new && status(before) == status(after) {
        return Ok(());
    }
    for customer in old.into_iter().chain(new.filter(|new| Some(*new) != old)) {
        let current = current_qualification(work.tx, customer)?;
        let value = current.map_or(crate::Value::Null, crate::Value::Int);
        work.tx.assign(Resource::Contact, customer, contact::QUALIFICATION.position(), &value)?;
    }
    Ok(())
}

/// The current qualification of a contact: the newest one that is open or scheduled, else the newest.
pub(crate) fn current_qualification(tx: &mut dyn Reader, customer: i64) -> Result<Option<i64>> {
    let all = Filter::is(qualification::CUSTOMER, customer);
    let open = all.clone().and(Filter::OneOf(qualification::STATUS.position(), vec![1, 2]));
    let id = meta::ID.position();
    match tx.largest(Resource::Qualification, &open, id)? {
        Some(open) => Ok(Some(open)),
        None => tx.largest(Resource::Qualification, &all, id),
    }
}

/// The relations of a resource whose records show something that follows from it (counters, the last interaction, people and employers): whoever
/// copies those records has to look at them again when one of this resource changes.
pub fn shown_on(resource: Resource) -> &'static [(u16, Resource)] {
    const fn on(relation: u16, resource: Resource) -> (u16, Resource) {
        (relation, resource)
    }
    match resource {
        Resource::Opportunity => &const { [on(opportunity::CUSTOMER.position(), Resource::Contact)] },
        Resource::Qualification => &const { [on(qualification::CUSTOMER.position(), Resource::Contact)] },
        Resource::Task => {
            &const {
                [
                    on(task::CUSTOMER.position(), Resource::Contact),
                    on(task::OPPORTUNITY.position(), Resource::Opportunity),
                ]
            }
        }
        Resource::Appointment => {
            &const {
                [
                    on(appointment::CUSTOMER.position(), Resource::Contact),
                    on(appointment::OPPORTUNITY.position(), Resource::Opportunity),
                ]
            }
        }
        Resource::ContactLink => {
            &const {
                [
                    on(contact_link::ORGANISATION.position(), Resource::Contact),
                    on(contact_link::CONTACT.position(), Resource::Contact),
                ]
            }
        }
        Resource::Publication => {
            &const {
                [
                    on(publication::CONTACT.position(), Resource::Contact),
                    on(publication::OPPORTUNITY.position(), Resource::Opportunity),
                ]
            }
        }
        _ => &[],
    }
}

/// The counters a record counts in.
fn counted(record: &Record) -> Vec<Counter> {
    let mut counters = Vec::new();
    let mut on = |resource: Resource, id: Option<i64>, field: u16| {
        if let Some(id) = id {
            counters.push((resource, id, field));
        }
    };
    match record.resource() {
        Resource::Opportunity if matches!(record.get(opportunity::STATUS), Some(1 | 5)) => {
            on(Resource::Contact, record.get(opportunity::CUSTOMER), contact::OPEN_OPPORTUNITIES.position());
        }
        Resource::Qualification => {
            on(Resource::Contact, record.get(qualification::CUSTOMER), contact::QUALIFICATIONS.position());
        }
        Resource::Task if matches!(record.get(task::STATUS), Some(0 | 3)) => {
            on(Resource::Contact, record.get(task::CUSTOMER), contact::PENDING_TASKS.position());
            on(Resource::Opportunity, record.get(task::OPPORTUNITY), opportunity::PENDING_TASKS.position());
        }
        Resource::Appointment if record.get(appointment::STATUS) == Some(0) => {
            on(
                Resource::Contact,
                record.get(appointment::CUSTOMER),
                contact::PENDING_APPOINTMENTS.position(),
            );
            on(
                Resource::Opportunity,
                record.get(appointment::OPPORTUNITY),
                opportunity::PENDING_APPOINTMENTS.position(),
            );
        }
        Resource::ContactLink if record.get(contact_link::KIND) == Some(0) => {
            on(Resource::Contact, record.get(contact_link::ORGANISATION), contact::PEOPLE.position());
            on(Resource::Contact, record.get(contact_link::CONTACT), contact::EMPLOYERS.position());
        }
        Resource::ContactLink => {
            on(Resource::Contact, record.get(contact_link::CONTACT), contact::PARENTS.position());
        }
        Resource::Comment => {
            on(
                Resource::Publication,
                record.get(crate::catalogue::comment::PUBLICATION),
                publication::COMMENTS.position(),
            );
        }
        _ => {}
    }
    counters
}

/// The interactions a record stands for: a finished task, a held appointment, a publication written by a person.
fn interactions(record: &Record) -> Vec<(Resource, i64, i64)> {
    let (customer, deal, at) = match record.resource() {
        Resource::Task if record.get(task::STATUS) == Some(1) => {
            (record.get(task::CUSTOMER), record.get(task::OPPORTUNITY), record.get(task::DONE_AT))
        }
        Resource::Appointment if record.get(appointment::STATUS) == Some(1) => (
            record.get(appointment::CUSTOMER),
            record.get(appointment::OPPORTUNITY),
            record.get(appointment::HELD_AT),
        ),
        Resource::Publication if !record.get(publication::AUTOMATIC) => (
            record.get(publication::CONTACT),
            record.get(publication::OPPORTUNITY),
            record.get(meta::CREATED_AT),
        ),
        _ => return Vec::new(),
    };
    let Some(at) = at else { return Vec::new() };
    let on = |resource, id: Option<i64>| id.map(|id| (resource, id, at.0));
    on(Resource::Contact, customer).into_iter().chain(on(Resource::Opportunity, deal)).collect()
}

fn interaction_field(resource: Resource) -> u16 {
    match resource {
        Resource::Opportunity => opportunity::LAST_INTERACTION_AT.position(),
        _ => contact::LAST_INTERACTION_AT.position(),
    }
}

/// Finds the last interaction anew after one of them went away.
fn recount_interaction(work: &mut Work<'_>, resource: Resource, id: i64) -> Result<()> {
    let Some(record) = work.tx.load(resource, id)? else { return Ok(()) };
    let mut last = record.get(meta::CREATED_AT).map_or(0, |created| created.0);
    let deal = resource == Resource::Opportunity;
    let relation = |of_deal: u16, of_customer: u16| if deal { of_deal } else { of_customer };
    let sources = [
        (
            Resource::Task,
            relation(task::OPPORTUNITY.position(), task::CUSTOMER.position()),
            task::DONE_AT.position(),
            Filter::is(task::STATUS, 1),
        ),
        (
            Resource::Appointment,
            relation(appointment::OPPORTUNITY.position(), appointment::CUSTOMER.position()),
            appointment::HELD_AT.position(),
            Filter::is(appointment::STATUS, 1),
        ),
        (
            Resource::Publication,
            relation(publication::OPPORTUNITY.position(), publication::CONTACT.position()),
            meta::CREATED_AT.position(),
            Filter::is(publication::AUTOMATIC, 0),
        ),
    ];
    for (source, relation, instant, filter) in sources {
        let newest = work.tx.largest(source, &Filter::is(relation, id).and(filter), instant)?;
        last = last.max(newest.unwrap_or(0));
    }
    let value = crate::Value::Instant(crate::Instant(last));
    work.tx.assign(resource, id, interaction_field(resource), &value)
}
