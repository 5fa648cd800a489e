//! Values and operators by the type of their field (6.7): a [`Test`] that knows no field any more.

use favo_core::{Decimal, text};

use super::ast::{Group, Literal, Operator};
use crate::local_time::{self, Moment, Zone};
use crate::totvs::fault::Code;
use crate::totvs::ids;

/// The type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::totvs) enum Type {
    Text,
    Uuid,
    /// Words and what the core keeps for each.
    Enumeration(&'static [(&'static str, i64)]),
    Integer,
    Decimal,
    Boolean,
    /// Days since 1970.
    Date,
    /// Microseconds since 1970.
    DateTime,
    Document,
    Phone,
    /// A whole list or object: only tests for null.
    Whole,
}

/// What a value has to pass. Numbers are in stored units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::totvs) enum Positive {
    Present,
    /// One of these texts; documents and phones without separators.
    Texts(Vec<String>),
    /// This text, whatever the case and the accents.
    Folded(String),
    /// Pieces with anything between them; folded already when they are to be compared so.
    Like {
        pieces: Vec<String>,
        folded: bool,
    },
    /// Between these texts by code points, each with whether it counts itself.
    Between(Option<(String, bool)>, Option<(String, bool)>),
    /// In one of these ranges, both ends included.
    Ranges(Vec<Range>),
    /// One of these ids.
    Uuids(Vec<String>),
}

pub(in crate::totvs) type Range = (Option<i64>, Option<i64>);

/// A test and whether the opposite is wanted of a value that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::totvs) struct Test {
    pub(in crate::totvs) positive: Positive,
    pub(in crate::totvs) negated: bool,
}

/// What is wrong, where, in words.
pub(super) type Wrong = (Code, usize, &'static str);

/// The test of a group on a field of this type.
pub(super) fn test(group: &Group, of: Type, zone: &Zone) -> Result<Test, Wrong> {
    use Operator::{Btw, Eq, Ge, Gt, Ieq, Ilike, In, IsNotNull, IsNull, Le, Like, Lt, Neq, Nin};
    let operator = group.operator;
    let negated = matches!(operator, Neq | Nin | IsNull);
    if matches!(operator, IsNull | IsNotNull) {
        return Ok(Test { positive: Positive::Present, negated });
    }
    let equals = matches!(operator, Eq | Neq | In | Nin);
    let compares = matches!(operator, Gt | Ge | Lt | Le | Btw);
    let fits = match of {
        Type::Text => true,
        Type::Uuid | Type::Boolean => equals,
        Type::Enumeration(_) => equals || operator == Ieq,
        Type::Integer | Type::Decimal | Type::Date | Type::DateTime => equals || compares,
        Type::Document | Type::Phone => equals || matches!(operator, Ieq | Like | Ilike),
        Type::Whole => false,
    };
    if !fits {
        return Err((
            Code::FilterOperatorType,
            group.operator_at,
            "the operator does not fit the type of the field.",
        ));
    }
    let wrong = |literal: &Literal| {
        (Code::FilterValueInvalid, literal.at, "the value has not the form that the field takes.")
    };
    let each = |read: &dyn Fn(&str) -> Option<String>| -> Result<Vec<String>, Wrong> {
        group.values.iter().map(|literal| read(&literal.text()).ok_or_else(|| wrong(literal))).collect()
    };
    let positive = match of {
        Type::Text => of_text(group),
        Type::Uuid => Positive::Uuids(each(&|text| ids::normal(text))?),
        Type::Document | Type::Phone => {
            let plain = if of == Type::Phone { text::phone_key } else { text::tax_key };
            if matches!(operator, Like | Ilike) {
                let (pieces, _) = pattern(&group.values[0]);
                let pieces: Vec<_> = pieces.iter().map(|piece| plain(piece)).collect();
                if pieces.iter().all(String::is_empty) {
                    return Err(wrong(&group.values[0]));
                }
                Positive::Like { pieces, folded: true }
            } else {
                Positive::Texts(each(&|text| Some(plain(text)).filter(|plain| !plain.is_empty()))?)
            }
        }
        Type::Enumeration(words) => {
            let mut codes = Vec::new();
            for literal in &group.values {
                let text = literal.text();
                let known = words.iter().filter(|(word, _)| word.eq_ignore_ascii_case(&text));
                let before = codes.len();
                codes.extend(known.map(|(_, code)| (Some(*code), Some(*code))));
                if codes.len() == before {
                    return Err(wrong(literal));
                }
            }
            Positive::Ranges(codes)
        }
        Type::Integer | Type::Decimal | Type::Boolean | Type::Date | Type::DateTime | Type::Whole => {
            let mut ranges = Vec::new();
            for literal in &group.values {
                ranges.push(span(&literal.text(), of, zone).ok_or_else(|| wrong(literal))?);
            }
            Positive::Ranges(compared(operator, &ranges))
        }
    };
    Ok(Test { positive, negated })
}

fn of_text(group: &Group) -> Positive {
    let first = || group.values[0].text();
    match group.operator {
        Operator::Ieq => Positive::Folded(first()),
        Operator::Like => {
            let (pieces, _) = pattern(&group.values[0]);
            Positive::Like { pieces, folded: false }
        }
        Operator::Ilike => {
            let (pieces, _) = pattern(&group.values[0]);
            Positive::Like { pieces: pieces.iter().map(|piece| folded_piece(piece)).collect(), folded: true }
        }
        Operator::Gt => Positive::Between(Some((first(), false)), None),
        Operator::Ge => Positive::Between(Some((first(), true)), None),
        Operator::Lt => Positive::Between(None, Some((first(), false))),
        Operator::Le => Positive::Between(None, Some((first(), true))),
        Operator::Btw => Positive::Between(Some((first(), true)), Some((group.values[1].text(), true))),
        _ => Positive::Texts(group.values.iter().map(Literal::text).collect()),
    }
}

/// The pieces of a pattern; without a percent sign of its own a value is one that is contained.
fn pattern(literal: &Literal) -> (Vec<String>, bool) {
    match literal.pieces.as_slice() {
        [piece] => (vec![String::new(), piece.clone(), String::new()], false),
        pieces => (pieces.to_vec(), true),
    }
}

/// Folds as [`text::fold`] does, without taking anything off its ends.
pub(in crate::totvs) fn folded_piece(piece: &str) -> String {
    let mut folded = String::with_capacity(piece.len());
    let mut buffer = [0; 4];
    for character in piece.chars() {
        if character.is_whitespace() {
            folded.push(character);
        } else {
            folded.push_str(&text::fold(character.encode_utf8(&mut buffer)));
        }
    }
    folded
}

/// What a value stands for: of numbers a point, of a day in a field with a time the whole day, of a time a millisecond.
fn span(text: &str, of: Type, zone: &Zone) -> Option<(i64, i64)> {
    let point = |number| Some((number, number));
    match of {
        Type::Integer => integer(text).and_then(point),
        Type::Decimal => decimal(text).and_then(point),
        Type::Boolean if text.eq_ignore_ascii_case("true") => point(1),
        Type::Boolean if text.eq_ignore_ascii_case("false") => point(0),
        Type::Date => point(match local_time::read(text, b'/', zone)? {
            Moment::Day(day) => day,
            Moment::At(instant) => zone.day(instant),
        }),
        Type::DateTime => match local_time::read(text, b'/', zone)? {
            Moment::Day(day) => zone.span(day).map(|(first, last)| (first.0, last.0)),
            Moment::At(instant) => {
                let start = instant.to_millis().0;
                Some((start, start + 999))
            }
        },
        _ => None,
    }
}

fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn decimal(text: &str) -> Option<i64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let number: Decimal = text.parse().ok().filter(|_| plain)?;
    Some(number.0)
}

fn compared(operator: Operator, spans: &[(i64, i64)]) -> Vec<Range> {
    let Some((first, last)) = spans.first().copied() else { return Vec::new() };
    match operator {
        // Nothing is above the largest number, nor below the smallest.
        Operator::Gt => last.checked_add(1).map(|from| (Some(from), None)).into_iter().collect(),
        Operator::Lt => first.checked_sub(1).map(|to| (None, Some(to))).into_iter().collect(),
        Operator::Ge => vec![(Some(first), None)],
        Operator::Le => vec![(None, Some(last))],
        Operator::Btw => {
            let to = spans.last().map_or(last, |(_, last)| *last);
            if first <= to { vec![(Some(first), Some(to))] } else { Vec::new() }
        }
        _ => spans.iter().map(|(from, to)| (Some(*from), Some(*to))).collect(),
    }
}

/// The test that a text is contained, whatever the case; of a number, that it is the number.
pub(super) fn contains(wanted: &str, of: Type) -> Option<Positive> {
    let around = |piece: String| vec![String::new(), piece, String::new()];
    match of {
        Type::Text => Some(Positive::Like { pieces: around(folded_piece(wanted)), folded: true }),
        Type::Document => {
            let key = text::tax_key(wanted);
            (!key.is_empty()).then(|| Positive::Like { pieces: around(key), folded: true })
        }
        Type::Integer => integer(wanted).map(|number| Positive::Ranges(vec![(Some(number), Some(number))])),
        _ => None,
    }
}
