//! The conditions that filters are made of: parts of names, tax numbers, logins, and where in the core a field lies.

use favo_core::Resource;
use favo_core::catalogue::{contact, user};
use favo_core::query::{Filter, Pattern, TextMatch, TextTest};
use favo_core::terms::TermKind;
use favo_core::text::{fold, tax_key};

use crate::egito::table::{At, Field, Form};
use crate::json::{Json, Object};

/// How many conditions stand side by side.
const FEW: usize = 32;

/// Whether a list can be filtered by a field.
pub(super) fn is_filter(field: &Field) -> bool {
    match field.form {
        Form::References(_) => false,
        Form::TaxIds | Form::Lines | Form::Text(_) => true,
        _ => field.at != At::Special,
    }
}

/// The values of one sent: an object whose id, value or name has several stands for each of them.
pub(super) fn spread(sent: &Json) -> Vec<Json> {
    let Json::Object(object) = sent else { return vec![sent.clone()] };
    let Some((key, values)) = object.iter().find_map(|(key, value)| match value {
        Json::List(values) => Some((key, values)),
        _ => None,
    }) else {
        return vec![sent.clone()];
    };
    let one = |value: &Json| {
        let mut single = Object::default();
        single.set(key, value.clone());
        Json::Object(single)
    };
    values.iter().map(one).collect()
}

/// At least one holds. Conditions of one field become one condition, and many are halved until few are left: databases take
/// conditions only so deep.
pub(super) fn any(either: Vec<Filter>) -> Filter {
    let mut merged: Vec<Filter> = Vec::with_capacity(either.len());
    for filter in either {
        let known = merged.iter_mut().find(|known| is_of_one_kind(known, &filter));
        match (known, filter) {
            (Some(Filter::OneOf(_, all)), Filter::OneOf(_, more)) => all.extend(more),
            (Some(Filter::Term(_, _, all)), Filter::Term(_, _, more))
            | (Some(Filter::Raw(_, TextTest::OneOf(all))), Filter::Raw(_, TextTest::OneOf(more))) => {
                all.extend(more);
            }
            (_, filter) => merged.push(filter),
        }
    }
    halved(merged)
}

/// Whether two conditions differ in their values alone, so that one of them can take those of the other.
fn is_of_one_kind(one: &Filter, other: &Filter) -> bool {
    match (one, other) {
        (Filter::OneOf(one, _), Filter::OneOf(other, _))
        | (Filter::Raw(one, TextTest::OneOf(_)), Filter::Raw(other, TextTest::OneOf(_))) => one == other,
        (Filter::Term(one, how, _), Filter::Term(other, other_how, _)) => (one, how) == (other, other_how),
        _ => false,
    }
}

fn halved(mut either: Vec<Filter>) -> Filter {
    match either.len() {
        0 => Filter::Nothing,
        1 => either.remove(0),
        few if few <= FEW => Filter::Or(either),
        many => {
            let rest = either.split_off(many / 2);
            Filter::Or(vec![halved(either), halved(rest)])
        }
    }
}

/// A condition on the field of the core behind a field, of the record or of its qualification.
pub(super) fn placed(resource: Resource, at: At, condition: impl Fn(Resource, u16) -> Filter) -> Filter {
    match at {
        At::Own(position) => condition(resource, position),
        At::Qualification(position) => {
            let inner = condition(Resource::Qualification, position);
            Filter::Via(contact::QUALIFICATION.position(), Box::new(inner))
        }
        _ => Filter::Nothing,
    }
}

/// The relation of a field points to one of these records.
pub(super) fn pointed(at: At, ids: &[i64]) -> Filter {
    let is = |position: u16| Filter::OneOf(position, ids.to_vec());
    match at {
        At::Own(position) | At::Account(position) | At::Lead(position) => is(position),
        At::Qualification(_) => placed(Resource::Contact, at, |_, position| is(position)),
        At::AccountOrEmployer(position) => {
            Filter::Or(vec![is(position), Filter::Via(position, Box::new(is(contact::EMPLOYER.position())))])
        }
        At::Person(Some(first), second) => Filter::Or(vec![is(first), is(second).and(Filter::IsNull(first))]),
        At::Person(None, second) => is(second),
        _ => Filter::Nothing,
    }
}

pub(super) fn term(kind: TermKind, how: TextMatch, text: String) -> Filter {
    if text.is_empty() { Filter::Nothing } else { Filter::Term(kind, how, vec![text]) }
}

/// A tax number, whatever stands between its digits.
pub(super) fn tax_number(field: &Field, text: &str, how: TextMatch) -> Filter {
    let key = tax_key(text);
    let own = match (field.form, key.strip_prefix("PL")) {
        (Form::Nip, Some(number)) if number.len() == 10 => number.to_owned(),
        _ => key,
    };
    if own.is_empty() {
        return Filter::Nothing;
    }
    if let At::Own(position) = field.at {
        return Filter::Digits(position, how, own);
    }
    let kinds = [contact::NIP, contact::REGON, contact::COMPANY_TAX_ID, contact::PERSONAL_TAX_ID];
    any(kinds.map(|kind| Filter::Digits(kind.position(), how, own.clone())).into())
}

pub(super) fn whole(text: &str) -> Pattern {
    Pattern { pieces: vec![fold(text)], folded: true }
}

pub(super) fn containing(folded: &str) -> Pattern {
    Pattern { pieces: vec![String::new(), folded.to_owned(), String::new()], folded: true }
}

fn like(field: u16, pieces: &[&str]) -> Filter {
    let pieces = pieces.iter().map(|piece| (*piece).to_owned()).collect();
    Filter::Raw(field, TextTest::Like(Pattern { pieces, folded: true }))
}

/// Users whose login is this, or an address that begins with it.
pub(super) fn login(text: &str) -> Filter {
    let (field, folded) = (user::LOGIN.position(), fold(text));
    any(vec![
        Filter::Text(field, TextMatch::Equal, folded.clone()),
        Filter::Text(field, TextMatch::Prefix, [&folded, "@"].concat()),
    ])
}

/// Names that were written as a whole: their parts are the last word and the words before it.
fn is_whole(part: Option<u16>) -> Filter {
    if part.is_none() {
        return Filter::All;
    }
    Filter::IsNull(contact::GIVEN_NAME.position()).and(Filter::IsNull(contact::FAMILY_NAME.position()))
}

/// The first name is this: the part of a name in parts, or all words but the last.
pub(super) fn first_words(part: Option<u16>, name: u16, text: &str) -> Filter {
    let begin = [&fold(text), " "].concat();
    let one_more = like(name, &[&begin, ""]).and(Filter::Not(Box::new(like(name, &[&begin, " ", ""]))));
    let mut either = vec![is_whole(part).and(one_more)];
    either.extend(part.map(|part| Filter::Raw(part, TextTest::Like(whole(text)))));
    any(either)
}

/// The last name is this: the part of a name in parts, or the last word.
pub(super) fn last_word(part: Option<u16>, name: u16, text: &str) -> Filter {
    let folded = fold(text);
    let mut either: Vec<Filter> =
        part.map(|part| Filter::Raw(part, TextTest::Like(whole(text)))).into_iter().collect();
    if !folded.contains(' ') {
        let end = [" ", &folded].concat();
        let alone = Filter::Raw(name, TextTest::Like(whole(text)));
        either.push(is_whole(part).and(any(vec![alone, like(name, &["", &end])])));
    }
    any(either)
}
