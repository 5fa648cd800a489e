//! Tests on single fields and lists of a record, as conditions of the core.

use favo_core::catalogue::{address, contact, phone_detail};
use favo_core::query::{Filter, ItemTest, Pattern, TextMatch, TextTest};
use favo_core::terms::TermKind;
use favo_core::{Resource, text};

use super::literal::{Positive, Range, folded_piece};
use super::lower::not;
use super::memory::{Cell, passes};
use super::place::Part;
use crate::totvs::fixed::{self, Kind};

/// The whole numbers of a test for equality.
pub(super) fn points(test: &Positive) -> Option<Vec<i64>> {
    let Positive::Ranges(ranges) = test else { return None };
    ranges
        .iter()
        .map(|range| match range {
            (Some(from), Some(to)) if from == to => Some(*from),
            _ => None,
        })
        .collect()
}

pub(super) fn ranges(at: u16, ranges: &[Range]) -> Filter {
    let test = Positive::Ranges(ranges.to_vec());
    if let Some(numbers) = points(&test) {
        return if numbers.is_empty() { Filter::Nothing } else { Filter::OneOf(at, numbers) };
    }
    match ranges {
        [(from, to)] => Filter::Between(at, *from, *to),
        ranges => Filter::Or(ranges.iter().map(|(from, to)| Filter::Between(at, *from, *to)).collect()),
    }
}

/// A test on a field of the record itself.
pub(super) fn own(of: Resource, at: u16, test: &Positive) -> Filter {
    let field = of.definition().field(at);
    if field.digits {
        return document(at, test);
    }
    match test {
        Positive::Ranges(of) => ranges(at, of),
        Positive::Texts(texts) if field.searched => {
            let folded =
                texts.iter().map(|text| Filter::Text(at, TextMatch::Equal, text::fold(text))).collect();
            Filter::Or(folded).and(Filter::Raw(at, TextTest::OneOf(texts.clone())))
        }
        Positive::Folded(text) if field.searched => Filter::Text(at, TextMatch::Equal, text::fold(text)),
        Positive::Like { pieces, folded: true }
            if field.searched && !pieces.iter().any(|piece| piece.contains('*')) =>
        {
            Filter::Text(at, TextMatch::Pattern, pieces.join("*"))
        }
        test => match text_tests(test) {
            Some(tests) => tests.into_iter().fold(Filter::All, |all, test| all.and(Filter::Raw(at, test))),
            None => Filter::Nothing,
        },
    }
}

/// A test of a text as tests of what is stored, which all have to pass.
pub(super) fn text_tests(test: &Positive) -> Option<Vec<TextTest>> {
    Some(match test {
        Positive::Texts(texts) => vec![TextTest::OneOf(texts.clone())],
        Positive::Folded(text) => {
            vec![TextTest::Like(Pattern { pieces: vec![folded_piece(text)], folded: true })]
        }
        Positive::Like { pieces, folded } => {
            vec![TextTest::Like(Pattern { pieces: pieces.clone(), folded: *folded })]
        }
        Positive::Between(from, to) => {
            let from = from.clone().map(|(text, inclusive)| TextTest::From { text, inclusive });
            let to = to.clone().map(|(text, inclusive)| TextTest::UpTo { text, inclusive });
            from.into_iter().chain(to).collect()
        }
        _ => return None,
    })
}

pub(super) fn any(list: u16, inner: u16, test: ItemTest) -> Filter {
    Filter::Any { list, inner: Some(inner), test }
}

/// A test on a field of the rows of a list.
pub(super) fn rows(list: u16, inner: u16, test: &Positive) -> Filter {
    if let Positive::Ranges(ranges) = test {
        if let Some(numbers) = points(test) {
            return any(list, inner, ItemTest::OneOf(numbers));
        }
        return Filter::Or(
            ranges.iter().map(|(from, to)| any(list, inner, ItemTest::Between(*from, *to))).collect(),
        );
    }
    let tests = text_tests(test).unwrap_or_default();
    if tests.is_empty() {
        return Filter::Nothing;
    }
    tests.into_iter().fold(Filter::All, |all, test| all.and(any(list, inner, ItemTest::Text(test))))
}

/// A document number, without separators and whatever the case.
pub(super) fn document(at: u16, test: &Positive) -> Filter {
    if !Resource::Contact.definition().field(at).digits {
        // Kept as it came: compared with and without case, but with the separators it has.
        return match test {
            Positive::Texts(numbers) => Filter::Or(
                numbers
                    .iter()
                    .map(|number| {
                        let pieces = vec![folded_piece(number)];
                        Filter::Raw(at, TextTest::Like(Pattern { pieces, folded: true }))
                    })
                    .collect(),
            ),
            Positive::Like { pieces, .. } => {
                let pieces = pieces.iter().map(|piece| folded_piece(piece)).collect();
                Filter::Raw(at, TextTest::Like(Pattern { pieces, folded: true }))
            }
            _ => Filter::Nothing,
        };
    }
    match test {
        Positive::Texts(numbers) => Filter::Or(
            numbers.iter().map(|number| Filter::Digits(at, TextMatch::Equal, number.clone())).collect(),
        ),
        Positive::Like { pieces, .. } => Filter::Digits(at, TextMatch::Pattern, pieces.join("*")),
        _ => Filter::Nothing,
    }
}

pub(super) fn emails(test: &Positive) -> Filter {
    let list = contact::EMAILS.position();
    let of = |test| Filter::Any { list, inner: None, test: ItemTest::Text(test) };
    match test {
        Positive::Texts(texts) => {
            let folded = texts.iter().map(|text| text::fold(text)).collect();
            let term = Filter::Term(TermKind::Email, TextMatch::Equal, folded);
            term.and(of(TextTest::OneOf(texts.clone())))
        }
        Positive::Folded(text) => Filter::Term(TermKind::Email, TextMatch::Equal, vec![text::fold(text)]),
        test => {
            text_tests(test).unwrap_or_default().into_iter().fold(Filter::All, |all, test| all.and(of(test)))
        }
    }
}

pub(super) fn phones(test: &Positive) -> Filter {
    match test {
        Positive::Texts(numbers) => Filter::Term(TermKind::Phone, TextMatch::Equal, numbers.clone()),
        Positive::Like { pieces, .. } => {
            Filter::Term(TermKind::Phone, TextMatch::Pattern, vec![pieces.join("*")])
        }
        _ => Filter::Nothing,
    }
}

pub(super) fn of_phone_kind(kind: i64) -> Filter {
    any(contact::PHONE_DETAILS.position(), phone_detail::KIND.position(), ItemTest::OneOf(vec![kind]))
}

/// The kinds of e-mails or phones: the usual kind is told by there being no other.
pub(super) fn kinds(list: Kind, texts: u16, (details, inner): (u16, u16), test: &Positive) -> Filter {
    let (usual, others): (Vec<i64>, Vec<i64>) =
        entries(list, Part::Id, test).map(|entry| entry.code).partition(|code| *code == 0);
    let mut either = Vec::new();
    if !others.is_empty() {
        either.push(any(details, inner, ItemTest::OneOf(others)));
    }
    if !usual.is_empty() {
        let other = any(details, inner, ItemTest::Between(Some(1), None));
        either.push(Filter::And(vec![not(Filter::IsNull(texts)), not(other)]));
    }
    Filter::Or(either)
}

/// What addresses are for; where none says so, their kinds tell.
pub(super) fn address_kinds(part: Part, test: &Positive) -> Filter {
    let list = contact::ADDRESSES.position();
    let purposes: Vec<i64> = entries(Kind::Address, part, test).map(|entry| entry.code).collect();
    let kinds = address::FIELDS[usize::from(address::KIND.position())].codes();
    let kinds =
        kinds.iter().map(|code| code.number).filter(|kind| purposes.contains(&fixed::purpose_of_kind(*kind)));
    let kinds = any(list, address::KIND.position(), ItemTest::OneOf(kinds.collect()));
    let purpose = address::PURPOSE.position();
    Filter::Or(vec![
        any(list, purpose, ItemTest::OneOf(purposes)),
        Filter::And(vec![not(any(list, purpose, ItemTest::Present)), kinds]),
    ])
}

pub(super) fn entry_cell(entry: &fixed::Entry, part: Part) -> Cell {
    Cell::Text(match part {
        Part::Id => entry.id.to_owned(),
        Part::Name => entry.description.to_owned(),
        _ => entry.acronym.to_owned(),
    })
}

pub(super) fn entries(
    kind: Kind,
    part: Part,
    test: &Positive,
) -> impl Iterator<Item = &'static fixed::Entry> {
    fixed::entries(kind).iter().filter(move |entry| passes(test, &entry_cell(entry, part)))
}

pub(super) fn person(entry: &fixed::Entry) -> Filter {
    if entry.code == 2 {
        return Filter::is(contact::FOREIGN, 1);
    }
    let organisation = i64::from(entry.code == 0);
    Filter::And(vec![Filter::is(contact::FOREIGN, 0), Filter::is(contact::ORGANISATION, organisation)])
}
