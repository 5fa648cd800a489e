//! The filter language (section 6): read by [`parse()`], turned into a condition of the core by [`compile()`].

mod ast;
mod compile;
mod conditions;
mod literal;
mod lower;
pub(super) mod memory;
mod paging;
mod parse;
mod place;
mod scan;
mod subject;
#[cfg(test)]
mod tests;

pub(super) use self::ast::Ast;
pub(super) use self::compile::{Condition, at_least, compile, is, search};
pub(super) use self::literal::Type;
pub(super) use self::paging::Paging;
pub(super) use self::parse::parse;
pub(super) use self::place::{Part, Place};
pub(super) use self::subject::of as subject;

use super::fault::{Code, Detail, Failure, Problem};
use crate::json_out;

/// How much of a filter is shown from where it goes wrong.
const SHOWN: usize = 40;

/// A mistake in a filter, at a character counted from 1 (6.9).
fn trouble(code: Code, source: &str, text: &str, at: usize, message: &str) -> Failure {
    let rest: String = text.chars().skip(at - 1).take(SHOWN).collect();
    let mut value = Vec::new();
    json_out::text(&mut value, &rest);
    Failure::Wire {
        code,
        message: format!("Character {at}: {message}"),
        details: vec![Problem {
            field: source.to_owned(),
            detail: Detail::Filter(at),
            value: String::from_utf8(value).ok(),
        }],
    }
}
