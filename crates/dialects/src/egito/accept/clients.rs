//! Who a record is for: one contact of the core behind the three fields `account`, `contact` and `lead` (15.4 to 15.9).

use favo_core::catalogue::{contact, opportunity, order, proposal, proposal_group, task};
use favo_core::patch::{Input, Reference};
use favo_core::query::Query;
use favo_core::{Record, Resource, Result};

use super::Acceptance;
use crate::egito::entities;
use crate::egito::fault::Code;
use crate::egito::table::LEAD;
use crate::json::Json;

/// A reference that may have been left out, cleared or given.
type Sent = Option<Option<i64>>;

/// What was sent about who a record is for.
#[derive(Debug, Default)]
pub(super) struct Clients {
    pub(super) account: Sent,
    pub(super) person: Sent,
    pub(super) lead: Sent,
}

impl Clients {
    fn is_empty(&self) -> bool {
        self.account.is_none() && self.person.is_none() && self.lead.is_none()
    }
}

fn one(id: Option<i64>) -> Input {
    id.map_or(Input::Clear, |id| Input::One(Reference::id(id)))
}

impl Acceptance<'_> {
    /// The contact with this id, whoever may see it.
    pub(super) fn contact(&mut self, id: Option<i64>) -> Result<Option<Record>> {
        id.map_or(Ok(None), |id| self.tx.load(Resource::Contact, id))
    }

    /// Customer and person of an opportunity or order; who buys. `None` when nothing was said, or nobody is left.
    pub(super) fn buyer(&mut self) -> Result<Option<i64>> {
        let (customer_field, person_field) = match self.sent.entity.resource {
            Resource::Order => (order::CUSTOMER, order::CONTACT),
            _ => (opportunity::CUSTOMER, opportunity::CONTACT),
        };
        let sent = std::mem::take(&mut self.clients);
        let at_fault = ["account", "contact", "lead"]
            .iter()
            .any(|name| self.faults.iter().any(|fault| fault.field.as_deref() == Some(name)));
        if at_fault || (sent.is_empty() && !self.is_new()) {
            return Ok(None);
        }
        let stored = self.stored().and_then(|stored| stored.get(customer_field));
        let person = self.stored().and_then(|stored| stored.get(person_field));
        let old = self.contact(stored)?;
        let (mut account, mut lead, mut known) = (None, None, person);
        if let Some(old) = &old {
            if old.get(contact::LIFE_CYCLE) == Some(LEAD) {
                lead = stored;
            } else if old.get(contact::ORGANISATION) {
                account = stored;
            } else {
                known = known.or(stored);
            }
        }
        // An account that is named takes the place of a lead, and the other way round.
        if let Some(named) = sent.account {
            account = named;
            lead = if named.is_some() { None } else { lead };
        }
        if let Some(named) = sent.lead {
            lead = named;
            account = if named.is_some() && sent.account.is_none() { None } else { account };
        }
        let person = sent.person.unwrap_or(known);
        let customer = match (account.or(lead), person) {
            (Some(customer), _) => Some(customer),
            (None, Some(person)) => Some(self.employer(person)?.unwrap_or(person)),
            (None, None) => {
                self.fault("account", Code::Blank, &Json::Null);
                return Ok(None);
            }
        };
        self.patch.set(customer_field, one(customer));
        self.patch.set(person_field, one(person));
        Ok(customer)
    }

    /// The account that a person works for, when it is one that the actor may see.
    fn employer(&mut self, person: i64) -> Result<Option<i64>> {
        let employer = self.contact(Some(person))?.and_then(|person| person.get(contact::EMPLOYER));
        let (Some(employer), Some(accounts)) = (employer, entities::named("Account")) else {
            return Ok(None);
        };
        let query = Query::by_id(Resource::Contact, employer).filter(accounts.records(self.ctx));
        Ok(self.tx.load_all(&query)?.pop().map(|record| record.id()))
    }

    /// Who a task is for: a lead wins over a contact, a contact over an account.
    pub(super) fn task_client(&mut self) -> Result<()> {
        let sent = std::mem::take(&mut self.clients);
        let named = sent.lead.flatten().or(sent.person.flatten()).or(sent.account.flatten());
        if named.is_some() {
            self.patch.set(task::CUSTOMER, one(named));
            return Ok(());
        }
        let stored = self.stored().and_then(|stored| stored.get(task::CUSTOMER));
        if let Some(old) = self.contact(stored)? {
            // Only the field in which the client stands can be cleared.
            let cleared = if old.get(contact::LIFE_CYCLE) == Some(LEAD) {
                sent.lead
            } else if old.get(contact::ORGANISATION) {
                sent.account
            } else {
                sent.person
            };
            if cleared.is_none() {
                return Ok(());
            }
            self.patch.set(task::CUSTOMER, Input::Clear);
        }
        let deal = match self.patch.get(task::OPPORTUNITY) {
            Some(Input::One(reference)) => reference.id,
            _ => None,
        };
        if let Some(deal) = deal {
            let deal = self.tx.load(Resource::Opportunity, deal)?;
            let customer = deal.and_then(|deal| deal.get(opportunity::CUSTOMER));
            // A client whom the actor may not see is no client of their task.
            if let Some(customer) = customer {
                let query = Query::by_id(Resource::Contact, customer);
                let seen = query.filter(self.ctx.actor.visible(Resource::Contact));
                if !self.tx.load_all(&seen)?.is_empty() {
                    self.patch.set(task::CUSTOMER, one(Some(customer)));
                }
            }
        }
        Ok(())
    }

    /// Who an offer is for; without an account that of its opportunity.
    pub(super) fn recipient(&mut self) -> Result<()> {
        let sent = std::mem::take(&mut self.clients);
        if let Some(person) = sent.person {
            self.patch.set(proposal::CONTACT, one(person));
        }
        let deal = match self.patch.get(proposal::OPPORTUNITY) {
            Some(Input::One(reference)) => reference.id,
            _ => self.stored().and_then(|stored| stored.get(proposal::OPPORTUNITY)),
        };
        match (sent.account, deal) {
            (Some(Some(account)), _) => {
                self.patch.set(proposal::CUSTOMER, one(Some(account)));
            }
            (Some(None), Some(deal)) if !self.is_new() => {
                let deal = self.tx.load(Resource::Opportunity, deal)?;
                let customer = deal.and_then(|deal| deal.get(opportunity::CUSTOMER));
                self.patch.set(proposal::CUSTOMER, one(customer));
            }
            (None | Some(None), None) if self.is_new() => {
                let known = ["account", "opportunity"]
                    .iter()
                    .any(|name| self.faults.iter().any(|fault| fault.field.as_deref() == Some(name)));
                if !known {
                    self.fault("account", Code::Blank, &Json::Null);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The client of a group of offers.
    pub(super) fn group_client(&mut self) {
        if let Some(account) = std::mem::take(&mut self.clients).account {
            self.patch.set(proposal_group::CUSTOMER, one(account));
        }
    }
}
