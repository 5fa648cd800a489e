//! The client of an opportunity, activity or calendar entry: one relation, named under several keys (14.5, 14.13).

use favo_core::Value;
use favo_core::catalogue::{Resource, contact, opportunity};
use favo_core::patch::{Input, Reference};

use super::{Acceptance, Mode, Side};
use crate::totvs::fault::{Detail, Failure};
use crate::totvs::table::{At, Client, Field, Form};
use crate::totvs::values::{Given, Sent};

/// A client that was named: under which key, with what, and who it is.
struct Named {
    sort: Client,
    sent: Sent,
    id: i64,
}

impl Acceptance<'_> {
    pub(super) fn client(&mut self) -> Result<(), Failure> {
        let fields = self.entity.fields.iter();
        let keys: Vec<(&'static Field, u16, Client)> = fields
            .filter_map(|field| match field.at {
                At::Client(position, sort) => Some((field, position, sort)),
                _ => None,
            })
            .collect();
        let Some((_, position, _)) = keys.first().copied() else { return Ok(()) };
        let current = self.value(Side::Own, position).and_then(Value::number);
        let problems = self.problems.len();
        let mut named: Vec<Named> = Vec::new();
        let mut cleared: Vec<Client> = Vec::new();
        for (field, position, sort) in keys {
            match (self.given(field), field.form) {
                (None, _) => {}
                (Some(Given::Reference(sent)), Form::Reference(_, target)) => {
                    if let Some(id) = self.resolve_client(&sent, target, position, current, sort)? {
                        named.push(Named { sort, sent, id });
                    }
                }
                (Some(_), _) => cleared.push(sort),
            }
        }
        if self.problems.len() > problems {
            return Ok(());
        }
        let client = self.chosen(&named)?;
        if let Some(id) = client {
            self.set(Side::Own, position, Input::One(Reference::id(id)));
        } else if named.is_empty() && !cleared.is_empty() && self.is_cleared(&cleared, current)? {
            self.clear(Side::Own, position);
        }
        self.follow_client(position)
    }

    /// A client by its key. What `customer` shows of a contact is the contact's company.
    fn resolve_client(
        &mut self,
        sent: &Sent,
        target: crate::totvs::table::Target,
        position: u16,
        current: Option<i64>,
        sort: Client,
    ) -> Result<Option<i64>, Failure> {
        if sort == Client::CustomerOrEmployer
            && let (Some(current), [(uuid, _)]) = (current, sent.ids.as_slice())
            && let Some(client) = self.tx.load(Resource::Contact, current)?
            && let Some(company) = client.get(contact::EMPLOYER)
            && self.uuids_of(Resource::Contact, &[company])?.iter().any(|(_, known)| known == uuid)
        {
            return Ok(Some(company));
        }
        self.resolve(sent, target, Side::Own, position, current)
    }

    /// The one client of all that were named; a contact may come with its company.
    fn chosen(&mut self, named: &[Named]) -> Result<Option<i64>, Failure> {
        let Some(first) = named.first() else { return Ok(None) };
        if let Some(person) = named.iter().find(|named| named.sort == Client::Contact) {
            let employer = self.tx.load(Resource::Contact, person.id)?;
            let employer = employer.and_then(|person| person.get(contact::EMPLOYER));
            let fits = |other: &&Named| {
                other.id == person.id
                    || (other.sort == Client::CustomerOrEmployer && employer == Some(other.id))
            };
            if let Some(other) = named.iter().find(|other| !fits(other)) {
                self.conflict(&other.sent);
            }
            return Ok(Some(person.id));
        }
        if let Some(other) = named.iter().find(|other| other.id != first.id) {
            self.conflict(&other.sent);
        }
        Ok(Some(first.id))
    }

    fn conflict(&mut self, sent: &Sent) {
        let (path, shown) = sent.shown();
        self.reject_text(path, Detail::ReferenceConflict, shown);
    }

    /// Whether a key was cleared that shows the client as it is; the others are empty anyway.
    fn is_cleared(&mut self, cleared: &[Client], current: Option<i64>) -> Result<bool, Failure> {
        let Some(client) = current else { return Ok(true) };
        let Some(client) = self.tx.load(Resource::Contact, client)? else { return Ok(true) };
        let is_lead = client.get(contact::LIFE_CYCLE) == Some(3);
        let is_contact = !is_lead
            && !client.get(contact::ORGANISATION)
            && client.get(contact::EMPLOYER).is_some()
            && !client.get(contact::STANDS_ALONE);
        Ok(cleared.iter().any(|sort| match sort {
            Client::Customer => !is_lead,
            Client::Lead => is_lead,
            Client::CustomerOrEmployer => !is_lead && !is_contact,
            Client::Contact => is_contact,
        }))
    }

    /// What follows from the client: an opportunity needs one, and takes seller and origin from it; an activity takes the
    /// client of its opportunity.
    fn follow_client(&mut self, position: u16) -> Result<(), Failure> {
        if self.resource != Resource::Opportunity {
            let deal = opportunity_of(self.resource);
            if self.becomes(position).is_none()
                && (self.mode != Mode::Merge || self.accepted.patch.names(deal))
                && let Some(deal) = self.becomes(deal)
                && let Some(deal) = self.tx.load(Resource::Opportunity, deal)?
                && let Some(client) = deal.get(opportunity::CUSTOMER)
            {
                self.set(Side::Own, position, Input::One(Reference::id(client)));
            }
            return Ok(());
        }
        let Some(client) = self.becomes(position) else {
            self.reject("customer", Detail::NotNull);
            return Ok(());
        };
        if self.mode == Mode::Merge
            && !self
                .body
                .row
                .given
                .iter()
                .any(|(name, given)| matches!(*name, "professionalId" | "origin") && *given == Given::Null)
        {
            return Ok(());
        }
        let Some(client) = self.tx.load(Resource::Contact, client)? else { return Ok(()) };
        self.usual_owner(opportunity::OWNER.position(), client.get(contact::OWNER));
        let open = self.mode != Mode::Merge || self.body.row.get("origin").is_some();
        let sent = self.body.row.get("origin");
        let named = matches!(sent, Some(Given::Reference(_)));
        // One without an origin that says so stays without.
        let echoed = sent == Some(&Given::Null)
            && self.stored.is_some_and(|stored| stored.get(opportunity::ORIGIN).is_none());
        if let Some(origin) = client.get(contact::ORIGIN).filter(|_| open && !named && !echoed) {
            self.set(Side::Own, opportunity::ORIGIN.position(), Input::One(Reference::id(origin)));
        }
        Ok(())
    }
}

/// The field in which an activity names its opportunity.
fn opportunity_of(resource: Resource) -> u16 {
    use favo_core::catalogue::{appointment, task};
    if resource == Resource::Task {
        task::OPPORTUNITY.position()
    } else {
        appointment::OPPORTUNITY.position()
    }
}
