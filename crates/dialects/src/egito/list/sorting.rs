//! The order of a list: one field, ascending or descending, ties by id.
//!
//! Dictionary fields of the core kinds and references sort by name; those of fixed kinds by the number or word that is kept.

use favo_core::Resource;
use favo_core::catalogue::{FieldType, contact, meta, opportunity};
use favo_core::query::Order;

use super::{text_of, value_of};
use crate::egito::fault::{Code, Fault};
use crate::egito::table::{At, Entity, Field, Form, STAMPS};
use crate::egito::values;
use crate::json::Object;

/// Texts that may be longer are no names: nobody sorts by them.
const LONGEST: u16 = 300;

/// The order that is asked for, and what decides between equals before the id.
pub(super) fn order(entity: &Entity, sent: &Object, faults: &mut Vec<Fault>) -> (Order, Vec<Order>) {
    let mut fault = |name: &'static str| {
        let rejected = value_of(sent, name).and_then(values::rejected);
        faults.push(Fault::of(name, Code::SortInvalid, rejected));
    };
    let descending = match text_of(sent, "order") {
        Ok(None) => false,
        Ok(Some(word)) if word.eq_ignore_ascii_case("asc") => false,
        Ok(Some(word)) if word.eq_ignore_ascii_case("desc") => true,
        _ => {
            fault("order");
            false
        }
    };
    let by_id = (Order::by(meta::ID.position(), descending), Vec::new());
    match text_of(sent, "sort") {
        Ok(None) => by_id,
        Ok(Some(name)) => {
            let mut fields = entity.fields.iter().chain(&STAMPS);
            let field = fields.find(|field| field.name == name);
            let orders = field.and_then(|field| keys(entity.resource, field));
            let Some(orders) = orders else {
                fault("sort");
                return by_id;
            };
            let mut orders = orders.into_iter().map(|order| Order { descending, ..order });
            let first = orders.next().unwrap_or(by_id.0);
            (first, orders.collect())
        }
        Err(_) => {
            fault("sort");
            by_id
        }
    }
}

/// What a field sorts by; `None` when no list is sorted by it.
fn keys(resource: Resource, field: &Field) -> Option<Vec<Order>> {
    match field.form {
        Form::Text(most) if most > LONGEST => return None,
        Form::Texts(_) | Form::Lines | Form::TaxIds | Form::References(_) => return None,
        _ => {}
    }
    let own = |position: u16| Order::by(position, false);
    let via = |relation: u16, by: u16| Order { via: Some(relation), by, descending: false };
    let name_of = |related: Resource| match related {
        // Proposals are named, though core has no title for them.
        Resource::Proposal => related.definition().position("name"),
        related => related.definition().title,
    };
    let named = |resource: Resource, position: u16| match resource.definition().field(position).field_type {
        FieldType::One(related) => name_of(related).map(|title| via(position, title)),
        _ => Some(own(position)),
    };
    let contact_name = contact::NAME.position();
    Some(vec![match field.at {
        At::Own(position) => named(resource, position)?,
        At::Qualification(position) => {
            let relation = contact::QUALIFICATION.position();
            // Two relations away there is no order: the reason of a lead sorts by its id.
            via(relation, position)
        }
        At::Email => own(contact::EMAILS.position()),
        At::Phone(0) => own(contact::PHONES.position()),
        At::Phone(_) | At::Address(_) | At::LossReason | At::Special => return None,
        At::Family(Some(part), whole) => return Some(vec![own(part), own(whole)]),
        At::Given(_, whole) | At::Family(None, whole) => own(whole),
        At::Relationship => named(resource, contact::CATEGORY.position())?,
        At::Account(position)
        | At::AccountOrEmployer(position)
        | At::Person(Some(position), _)
        | At::Person(None, position)
        | At::Lead(position) => via(position, contact_name),
        At::Stage => {
            return Some(vec![own(opportunity::STATUS.position()), own(opportunity::STAGE.position())]);
        }
    }])
}
