//! Random records and filters from a seed, so that a failure can be repeated.

use favo_core::catalogue::{Field, FieldType, Resource, client, contact, meta, opportunity, session, token};
use favo_core::query::{Filter, ItemTest, Pattern, TextMatch, TextTest};
use favo_core::record::{Item, Record};
use favo_core::terms::TermKind;
use favo_core::text::{fold, fold_whole, tax_key};
use favo_core::value::{CustomValue, Decimal, Instant, Value};

use crate::fixture::record;

/// A generator of pseudo-random numbers (`SplitMix64`).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub(crate) fn chance(&mut self, in_ten: u64) -> bool {
        self.below(10) < in_ten
    }

    pub(crate) fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.below(among.len() as u64) as usize]
    }
}

const WORDS: &[&str] = &[
    "Ana",
    "Ánã",
    "anabela",
    "b%c",
    "a_b",
    "x*y",
    "O'Reilly",
    "back\\slash",
    "日本",
    "Zed",
    "",
    "ANA MARIA",
    "\u{10ffff}z",
    "Łódź",
    "a",
    "-- drop",
    "12.5",
    "-3",
    "09/06/2026",
    "2026-06-09",
    "2026-11-03T10:00",
];

pub(crate) fn word(random: &mut Random) -> String {
    let mut text = (*random.pick::<&str>(WORDS)).to_owned();
    while random.chance(3) {
        let more: &str = random.pick::<&str>(WORDS);
        text.push_str(more);
    }
    text
}

fn list<T>(random: &mut Random, mut element: impl FnMut(&mut Random) -> T) -> Vec<T> {
    (0..random.below(4)).map(|_| element(random)).collect()
}

/// A value of a field, as it is kept: lists are never null.
pub(crate) fn value(random: &mut Random, field: &Field) -> Value {
    let optional = |random: &mut Random, value: Value| if random.chance(2) { Value::Null } else { value };
    match field.field_type {
        FieldType::Text { .. } => {
            let text = Value::Text(word(random));
            optional(random, text)
        }
        FieldType::Int | FieldType::Date | FieldType::Enum(_) | FieldType::One(_) => {
            let number = match random.below(20) {
                0 => i64::MAX,
                1 => i64::MIN,
                _ => random.below(6) as i64,
            };
            optional(random, Value::Int(number))
        }
        FieldType::Decimal => {
            let number = random.next() as i64 >> random.below(60);
            optional(random, Value::Decimal(Decimal(number)))
        }
        FieldType::Instant => {
            let number = random.below(8) as i64 * 1_000_000;
            optional(random, Value::Instant(Instant(number)))
        }
        FieldType::Bool => {
            let flag = random.chance(5);
            optional(random, Value::Bool(flag))
        }
        FieldType::Many(_) => Value::Ids(list(random, |random| random.below(5) as i64)),
        FieldType::Texts => Value::Texts(list(random, word)),
        FieldType::Items(fields) => Value::Items(list(random, |random| {
            let mut item = Item::empty(fields);
            for (position, field) in fields.iter().enumerate() {
                item.put(position as u16, value(random, field));
            }
            item
        })),
        FieldType::Map => Value::Map(list(random, |random| (word(random), word(random)))),
        FieldType::Custom => Value::Custom(
            (1..=random.below(4) as i64)
                .map(|field| CustomValue { field, id: field * 10, text: word(random) })
                .collect(),
        ),
    }
}

/// A record with random values in all its own fields.
pub(crate) fn record_of(random: &mut Random, resource: Resource, id: i64) -> Record {
    let mut record = record(resource, id);
    for (position, field) in resource.definition().fields.iter().enumerate().skip(meta::COUNT) {
        record.put(position as u16, value(random, field));
    }
    // What no two records share, of whatever tenant.
    let unique: &[u16] = match resource {
        Resource::Token => &[token::HASH.position()],
        Resource::Client => &[client::CLIENT_ID.position()],
        Resource::Session => &[session::ACCESS_HASH.position(), session::REFRESH_HASH.position()],
        _ => &[],
    };
    for position in unique {
        record.put(*position, Value::Text(format!("{:x}", random.next())));
    }
    if random.chance(1) {
        record.set(meta::DELETED_AT, Some(Instant(7)));
    }
    record
}

fn numbers(random: &mut Random) -> Vec<i64> {
    (0..random.below(4)).map(|_| random.below(7) as i64).collect()
}

fn how(random: &mut Random) -> TextMatch {
    *random.pick(&[TextMatch::Equal, TextMatch::Prefix, TextMatch::Contains, TextMatch::Pattern])
}

fn needle(random: &mut Random, how: TextMatch, key: impl Fn(&str) -> String) -> String {
    let mut text = key(&word(random));
    if how != TextMatch::Equal && random.chance(7) {
        text = text.chars().take(random.below(4) as usize).collect();
    }
    if how == TextMatch::Pattern {
        for _ in 0..random.below(3) {
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            text.insert(*random.pick(&places), '*');
        }
    }
    text
}

/// A test of a text as it is stored, about as often passed as not.
pub(crate) fn text_test(random: &mut Random) -> TextTest {
    let end = |random: &mut Random| (word(random), random.chance(5));
    match random.below(7) {
        5 => TextTest::Number(random.chance(7).then_some(-2_000_000), random.chance(7).then_some(12_500_000)),
        6 => {
            let end = |random: &mut Random, day: &str| random.chance(7).then(|| day.to_owned());
            TextTest::Day(end(random, "2026-02-10"), end(random, "2026-11-03"))
        }
        0 => TextTest::OneOf(list(random, word)),
        1 => {
            let (text, inclusive) = end(random);
            TextTest::From { text, inclusive }
        }
        2 => {
            let (text, inclusive) = end(random);
            TextTest::UpTo { text, inclusive }
        }
        _ => {
            let folded = random.chance(5);
            let piece = |random: &mut Random| {
                let word = word(random);
                let short: String =
                    word.chars().skip(random.below(3) as usize).take(random.below(3) as usize).collect();
                let piece = if random.chance(2) { word } else { short };
                if folded { fold_whole(&piece) } else { piece }
            };
            let mut pieces = list(random, piece);
            if random.chance(6) {
                pieces.insert(0, String::new());
                pieces.push(String::new());
            }
            TextTest::Like(Pattern { pieces, folded })
        }
    }
}

/// A condition on one of the owned lists of a resource.
fn any(random: &mut Random, resource: Resource) -> Filter {
    let fields = resource.definition().fields;
    let lists: Vec<u16> = (0..fields.len() as u16)
        .filter(|position| {
            let of = fields[*position as usize].field_type;
            matches!(of, FieldType::Items(_) | FieldType::Texts | FieldType::Many(_))
        })
        .collect();
    let list = *random.pick(&lists);
    let inner = match fields[list as usize].field_type {
        FieldType::Items(fields) => Some(random.below(fields.len() as u64) as u16),
        _ => None,
    };
    let test = match random.below(4) {
        0 => ItemTest::OneOf(numbers(random)),
        1 => ItemTest::Between(
            random.chance(7).then(|| random.below(4) as i64),
            random.chance(7).then(|| random.next() as i64 >> random.below(60)),
        ),
        2 => ItemTest::Text(text_test(random)),
        _ => ItemTest::Present,
    };
    Filter::Any { list, inner, test }
}

/// A condition on the records of a resource, at most `depth` deep.
pub(crate) fn filter(random: &mut Random, resource: Resource, depth: u32) -> Filter {
    let definition = resource.definition();
    let fields = definition.fields.len() as u64;
    match random.below(if depth == 0 { 12 } else { 17 }) {
        0 => Filter::All,
        1 => Filter::Nothing,
        2 => Filter::OneOf(random.below(fields) as u16, numbers(random)),
        3 => {
            let ends = (
                random.chance(7).then(|| random.below(4) as i64),
                random.chance(7).then(|| random.below(4_000_000) as i64),
            );
            Filter::Between(random.below(fields) as u16, ends.0, ends.1)
        }
        4 => Filter::IsNull(random.below(fields) as u16),
        5 | 6 => {
            let searched: Vec<u16> =
                (0..fields as u16).filter(|position| definition.field(*position).searched).collect();
            let how = how(random);
            Filter::Text(*random.pick(&searched), how, needle(random, how, fold))
        }
        7 => {
            let digits: Vec<u16> =
                (0..fields as u16).filter(|position| definition.field(*position).digits).collect();
            if digits.is_empty() {
                return Filter::All;
            }
            let how = how(random);
            Filter::Digits(*random.pick(&digits), how, needle(random, how, tax_key))
        }
        8 => {
            let kind = *random.pick(&[
                TermKind::Email,
                TermKind::Phone,
                TermKind::Tag,
                TermKind::Product,
                TermKind::Custom,
                TermKind::CoOwner,
            ]);
            let how = how(random);
            let texts = (0..random.below(3)).map(|_| match kind {
                TermKind::Email => needle(random, how, fold),
                TermKind::Custom => format!("{}:{}", random.below(4), needle(random, how, fold)),
                _ => random.below(5).to_string(),
            });
            Filter::Term(kind, how, texts.collect())
        }
        9 | 10 => {
            let texts: Vec<u16> = (0..fields as u16)
                .filter(|position| matches!(definition.field(*position).field_type, FieldType::Text { .. }))
                .collect();
            Filter::Raw(*random.pick(&texts), text_test(random))
        }
        11 if random.chance(5) => Filter::Custom(random.below(4) as i64, text_test(random)),
        11 => any(random, resource),
        12 | 13 => Filter::And((0..random.below(4)).map(|_| filter(random, resource, depth - 1)).collect()),
        14 => Filter::Or((0..random.below(4)).map(|_| filter(random, resource, depth - 1)).collect()),
        15 => Filter::Not(Box::new(filter(random, resource, depth - 1))),
        _ => {
            let (relation, related) = match resource {
                Resource::Contact => (contact::EMPLOYER.position(), Resource::Contact),
                _ => (
                    *random.pick(&[opportunity::CUSTOMER.position(), opportunity::CONTACT.position()]),
                    Resource::Contact,
                ),
            };
            Filter::Via(relation, Box::new(filter(random, related, depth - 1)))
        }
    }
}
