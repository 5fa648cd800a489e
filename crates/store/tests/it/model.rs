//! What a filter and an order mean, evaluated record by record in memory.

use std::cmp::Ordering;
use std::collections::HashMap;

use favo_core::catalogue::{FieldType, Resource, meta};
use favo_core::query::{Filter, ItemTest, Order, Pattern, TextMatch, TextTest};
use favo_core::record::Record;
use favo_core::terms;
use favo_core::text::{fold, fold_whole, tax_key};
use favo_core::value::{Decimal, Value};

/// All records of a test, by resource and id.
#[derive(Default)]
pub(crate) struct World(pub(crate) HashMap<(Resource, i64), Record>);

impl World {
    pub(crate) fn of(records: &[Record]) -> Self {
        Self(records.iter().map(|record| ((record.resource(), record.id()), record.clone())).collect())
    }

    /// The ids of the live records of a resource that meet a condition, in an order.
    pub(crate) fn ids(&self, resource: Resource, filter: &Filter, order: Order) -> Vec<i64> {
        self.sorted(resource, filter, &[order])
    }

    /// The same in several orders; the id decides last, in the direction of the first.
    pub(crate) fn sorted(&self, resource: Resource, filter: &Filter, orders: &[Order]) -> Vec<i64> {
        let mut found: Vec<&Record> = self
            .0
            .values()
            .filter(|record| {
                record.resource() == resource && !record.is_deleted() && self.holds(record, filter)
            })
            .collect();
        found.sort_by(|one, other| {
            let by_id = Order::by(meta::ID.into(), orders[0].descending);
            orders.iter().copied().chain([by_id]).fold(Ordering::Equal, |sofar, order| {
                sofar.then_with(|| {
                    let ascending = self.by_order(one, other, order);
                    if order.descending { ascending.reverse() } else { ascending }
                })
            })
        });
        found.into_iter().map(Record::id).collect()
    }

    fn by_order(&self, one: &Record, other: &Record, order: Order) -> Ordering {
        let Some(via) = order.via else { return by_value(one, other, order.by) };
        let FieldType::One(related) = one.resource().definition().field(via).field_type else {
            return Ordering::Equal;
        };
        let nobody = Record::from_values(related, vec![Value::Null; related.definition().fields.len()]);
        let at = |record: &Record| {
            record.at(via).number().and_then(|id| self.0.get(&(related, id))).unwrap_or(&nobody).clone()
        };
        by_value(&at(one), &at(other), order.by)
    }

    fn holds(&self, record: &Record, filter: &Filter) -> bool {
        let text = |position: u16| match record.at(position) {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        };
        match filter {
            Filter::All => true,
            Filter::Nothing => false,
            Filter::And(filters) => filters.iter().all(|filter| self.holds(record, filter)),
            Filter::Or(filters) => filters.iter().any(|filter| self.holds(record, filter)),
            Filter::Not(inner) => !self.holds(record, inner),
            Filter::OneOf(position, numbers) => {
                record.at(*position).number().is_some_and(|number| numbers.contains(&number))
            }
            Filter::Between(position, from, to) => record.at(*position).number().is_some_and(|number| {
                from.is_none_or(|from| from <= number) && to.is_none_or(|to| number <= to)
            }),
            Filter::IsNull(position) => match record.at(*position) {
                Value::Text(_) => false,
                other => other.is_empty(),
            },
            Filter::Text(position, how, needle) => {
                text(*position).is_some_and(|text| matches(&fold(text), *how, needle))
            }
            Filter::Digits(position, how, needle) => {
                text(*position).is_some_and(|text| matches(&tax_key(text), *how, needle))
            }
            Filter::Term(kind, how, needles) => terms::of(record)
                .iter()
                .any(|(of, term)| of == kind && needles.iter().any(|needle| matches(term, *how, needle))),
            Filter::Via(position, inner) => {
                let FieldType::One(related) = record.resource().definition().field(*position).field_type
                else {
                    return false;
                };
                let id = record.at(*position).number();
                id.and_then(|id| self.0.get(&(related, id)))
                    .is_some_and(|via| !via.is_deleted() && self.holds(via, inner))
            }
            Filter::Raw(position, test) => text(*position).is_some_and(|text| passes(text, test)),
            Filter::Custom(field, test) => {
                match record.resource().definition().custom.map(|at| record.at(at)) {
                    Some(Value::Custom(values)) => {
                        values.iter().any(|value| value.field == *field && passes(&value.text, test))
                    }
                    _ => false,
                }
            }
            Filter::Any { list, inner, test } => match (record.at(*list), inner) {
                (Value::Items(items), Some(inner)) => items.iter().any(|item| meets(item.at(*inner), test)),
                (Value::Texts(texts), None) => {
                    texts.iter().any(|text| meets(&Value::Text(text.clone()), test))
                }
                (Value::Ids(ids), None) => ids.iter().any(|id| meets(&Value::Int(*id), test)),
                _ => false,
            },
        }
    }
}

fn meets(value: &Value, test: &ItemTest) -> bool {
    match (test, value) {
        (ItemTest::Present, value) => *value != Value::Null,
        (ItemTest::Text(test), Value::Text(text)) => passes(text, test),
        (ItemTest::OneOf(numbers), value) => value.number().is_some_and(|number| numbers.contains(&number)),
        (ItemTest::Between(from, to), value) => value
            .number()
            .is_some_and(|number| from.is_none_or(|from| from <= number) && to.is_none_or(|to| number <= to)),
        _ => false,
    }
}

fn passes(text: &str, test: &TextTest) -> bool {
    match test {
        TextTest::OneOf(texts) => texts.iter().any(|one| one == text),
        TextTest::From { text: end, inclusive: true } => text >= end.as_str(),
        TextTest::From { text: end, inclusive: false } => text > end.as_str(),
        TextTest::UpTo { text: end, inclusive: true } => text <= end.as_str(),
        TextTest::UpTo { text: end, inclusive: false } => text < end.as_str(),
        TextTest::Number(from, to) => text.parse::<Decimal>().is_ok_and(|Decimal(number)| {
            from.is_none_or(|from| from <= number) && to.is_none_or(|to| number <= to)
        }),
        TextTest::Day(from, to) => day(text).is_some_and(|day| {
            from.as_ref().is_none_or(|from| *from <= day) && to.as_ref().is_none_or(|to| day <= *to)
        }),
        TextTest::Like(Pattern { pieces, folded }) => {
            // Stars in a text stay stars: what stands for any run is a character of its own.
            let text = if *folded { fold_whole(text) } else { text.to_owned() };
            let needle = pieces.iter().map(|piece| piece.replace('*', "\u{1}")).collect::<Vec<_>>().join("*");
            !pieces.is_empty() && matches(&text.replace('*', "\u{1}"), TextMatch::Pattern, &needle)
        }
    }
}

/// The date a text begins with, year first.
fn day(text: &str) -> Option<String> {
    let shape: String = text.chars().take(10).map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    match shape.as_str() {
        "00/00/0000" => Some(format!("{}-{}-{}", &text[6..10], &text[3..5], &text[..2])),
        "0000-00-00" => Some(text[..10].to_owned()),
        _ => None,
    }
}

fn by_value(one: &Record, other: &Record, position: u16) -> Ordering {
    let searched = one.resource().definition().field(position).searched;
    match (one.at(position), other.at(position)) {
        (Value::Text(one), Value::Text(other)) if searched => fold(one).cmp(&fold(other)),
        (Value::Text(one), Value::Text(other)) => one.cmp(other),
        (Value::Text(_), _) => Ordering::Greater,
        (_, Value::Text(_)) => Ordering::Less,
        (one, other) => one.number().cmp(&other.number()),
    }
}

fn matches(key: &str, how: TextMatch, needle: &str) -> bool {
    match how {
        TextMatch::Equal => key == needle,
        TextMatch::Prefix => key.starts_with(needle),
        TextMatch::Contains => key.contains(needle),
        TextMatch::Pattern => {
            let (key, needle): (Vec<char>, Vec<char>) = (key.chars().collect(), needle.chars().collect());
            pattern(&key, &needle)
        }
    }
}

fn pattern(key: &[char], needle: &[char]) -> bool {
    match needle.split_first() {
        None => key.is_empty(),
        Some(('*', rest)) => (0..=key.len()).any(|skipped| pattern(&key[skipped..], rest)),
        Some((first, rest)) => key.first() == Some(first) && pattern(&key[1..], rest),
    }
}
