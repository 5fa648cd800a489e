//! Tests of what is kept as a text and compared as something else, and records that have to be read to be named.

use favo_core::query::{Column, Filter, Order, Pattern, Query, TextMatch, TextTest};
use favo_core::terms::{TermKind, custom_term};
use favo_core::transaction::Reader;
use favo_core::{Decimal, Resource, Result};

use super::conditions::text_tests;
use super::literal::{Positive, Range};
use crate::local_time;

/// Types of custom fields: dates, and several options.
const DATE: i64 = 2;
const OPTIONS: i64 = 11;
/// How many texts are compared in one part of a condition.
const PART: usize = 100;

/// The numbers in a field of the records that meet a condition, each once.
pub(super) fn ids(tx: &mut dyn Reader, resource: Resource, filter: Filter, field: u16) -> Result<Vec<i64>> {
    let mut ids = Vec::new();
    let query = Query::of(resource).filter(filter).order(Order::OLDEST);
    tx.select(&query, &[Column::own(field)], &mut |row| {
        ids.extend(row.int(0));
        Ok(())
    })?;
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// A comparison of whole numbers that are kept as texts.
pub(super) fn numbers(at: u16, test: &Positive) -> Filter {
    let Positive::Ranges(ranges) = test else { return Filter::Nothing };
    let steps = |number: &Option<i64>| number.map(|number| number.saturating_mul(Decimal::SCALE));
    let within = ranges.iter().map(|(from, to)| Filter::Raw(at, TextTest::Number(steps(from), steps(to))));
    Filter::Or(within.collect())
}

/// A test on a custom field of this id and type. The terms find the records that have a value, and most of the tests too.
pub(super) fn custom((field, kind): (i64, i64), test: &Positive) -> Filter {
    let term = |how, text| Filter::Term(TermKind::Custom, how, text);
    let equal = |texts: &[String]| {
        term(TextMatch::Equal, texts.iter().map(|text| custom_term(field, text)).collect())
    };
    let filled = || term(TextMatch::Prefix, vec![format!("{field}:")]);
    let passes = |tests: Vec<TextTest>| {
        tests.into_iter().fold(Filter::All, |all, test| all.and(Filter::Custom(field, test)))
    };
    match test {
        Positive::Texts(texts) => {
            // SQLite takes expressions of a thousand levels, one for each `or`: long lists are told in parts.
            let of = |texts: &[String]| {
                Filter::Or(exactly(kind, texts).into_iter().map(|test| Filter::Custom(field, test)).collect())
            };
            equal(texts).and(Filter::Or(texts.chunks(PART).map(of).collect()))
        }
        Positive::Folded(text) => equal(std::slice::from_ref(text)),
        // A star in a pattern of terms stands for anything.
        Positive::Like { pieces, folded: true } if !pieces.iter().any(|piece| piece.contains('*')) => {
            term(TextMatch::Pattern, vec![format!("{field}:{}", pieces.join("*"))])
        }
        Positive::Ranges(ranges) => match spellings(kind, ranges) {
            Some(texts) => equal(&texts),
            None => filled().and(Filter::Or(
                ranges.iter().map(|range| Filter::Custom(field, within(kind, *range))).collect(),
            )),
        },
        test => match text_tests(test) {
            Some(tests) => filled().and(passes(tests)),
            None => Filter::Nothing,
        },
    }
}

/// The tests of which a value passes one when it is, or has among its options, one of some texts.
fn exactly(kind: i64, texts: &[String]) -> Vec<TextTest> {
    let mut tests = vec![TextTest::OneOf(texts.to_vec())];
    if kind == OPTIONS {
        for text in texts {
            let (first, last) = (format!("{text};"), format!(";{text}"));
            for pieces in [
                vec![first, String::new()],
                vec![String::new(), last],
                vec![String::new(), format!(";{text};"), String::new()],
            ] {
                tests.push(TextTest::Like(Pattern { pieces, folded: false }));
            }
        }
    }
    tests
}

/// The test that a number or a day lies in a range.
fn within(kind: i64, (from, to): Range) -> TextTest {
    if kind == DATE {
        let iso = |day: Option<i64>| {
            let mut text = Vec::new();
            local_time::push_day(&mut text, day?);
            String::from_utf8(text).ok()
        };
        TextTest::Day(iso(from), iso(to))
    } else {
        TextTest::Number(from, to)
    }
}

/// The texts that values equal to those of a test may have been kept as.
fn spellings(kind: i64, ranges: &[Range]) -> Option<Vec<String>> {
    let mut texts = Vec::new();
    for (from, to) in ranges {
        let number = from.filter(|_| from == to)?;
        match kind {
            DATE => {
                let mut day_first = Vec::new();
                local_time::push_day_first(&mut day_first, number);
                let mut iso = Vec::new();
                local_time::push_day(&mut iso, number);
                texts.extend([day_first, iso].into_iter().filter_map(|text| String::from_utf8(text).ok()));
            }
            4 => texts.push((number != 0).to_string()),
            _ => {
                let shortest = Decimal(number).to_string();
                let point = if shortest.contains('.') { "" } else { "." };
                texts.extend(
                    ["", "0", "00"].map(|zeros| {
                        format!("{shortest}{}{zeros}", if zeros.is_empty() { "" } else { point })
                    }),
                );
            }
        }
    }
    Some(texts)
}
