//! Index terms: what can be searched inside lists and custom values of a record.
//!
//! A store keeps them in one narrow index table in the transaction of the record.

use crate::catalogue::{FieldType, Resource, contact, line_item, meta, opportunity, order, proposal};
use crate::record::Record;
use crate::text;
use crate::value::Value;

/// What a term is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TermKind {
    /// A folded e-mail address.
    Email = 1,
    /// A phone as [`text::phone_key`].
    Phone = 2,
    /// The id of a tag, in decimal.
    Tag = 3,
    /// The id of a product on a line, in decimal.
    Product = 4,
    /// `<field id>:<folded value or option>` of a custom field.
    Custom = 5,
    /// The id of a user who co-owns the record, in decimal.
    CoOwner = 6,
    /// The id of a team that co-owns the record, in decimal.
    CoOwnerTeam = 7,
    /// The key of the record in a client's own system, as it is.
    ExternalKey = 8,
}

/// The terms of a record, sorted and without repeats.
pub fn of(record: &Record) -> Vec<(TermKind, String)> {
    let mut terms = Vec::new();
    if record.is_deleted() {
        return terms;
    }
    let definition = record.resource().definition();
    if let Some(key) = record.get(meta::EXTERNAL_KEY) {
        terms.push((TermKind::ExternalKey, key.to_owned()));
    }
    if record.resource() == Resource::Contact {
        for email in record.get(contact::EMAILS) {
            terms.push((TermKind::Email, text::fold(email)));
        }
        for phone in record.get(contact::PHONES) {
            terms.push((TermKind::Phone, text::phone_key(phone)));
        }
    }
    let lines = match record.resource() {
        Resource::Opportunity => record.get(opportunity::LINES),
        Resource::Proposal => record.get(proposal::LINES),
        Resource::Order => record.get(order::LINES),
        _ => &[],
    };
    let products = lines.iter().filter_map(|line| line.get(line_item::PRODUCT));
    terms.extend(products.map(|product| (TermKind::Product, product.to_string())));
    if record.resource() == Resource::Opportunity {
        for user in record.get(opportunity::CO_OWNERS) {
            terms.push((TermKind::CoOwner, user.to_string()));
        }
        for team in record.get(opportunity::CO_OWNER_TEAMS) {
            terms.push((TermKind::CoOwnerTeam, team.to_string()));
        }
    }
    for (field, value) in definition.fields.iter().zip(record.values()).skip(meta::COUNT) {
        match (field.field_type, value) {
            (FieldType::Many(Resource::Tag), Value::Ids(tags)) => {
                terms.extend(tags.iter().map(|tag| (TermKind::Tag, tag.to_string())));
            }
            (FieldType::Custom, Value::Custom(values)) => {
                for value in values {
                    terms.extend(custom(value.field, &value.text).map(|term| (TermKind::Custom, term)));
                }
            }
            _ => {}
        }
    }
    terms.retain(|(_, term)| !term.is_empty());
    terms.sort();
    terms.dedup();
    terms
}

/// The terms of one custom value: the whole, and each of several options joined by `;`.
fn custom(field: i64, value: &str) -> impl Iterator<Item = String> {
    let whole = std::iter::once(value);
    let options = value.split(';').filter(move |option| option.len() < value.len());
    whole.chain(options).map(move |option| custom_term(field, option))
}

/// The term that a custom value equal to `value` has.
pub fn custom_term(field: i64, value: &str) -> String {
    format!("{field}:{}", text::fold(value))
}
