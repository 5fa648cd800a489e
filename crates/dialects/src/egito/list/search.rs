//! `q`: the records in which one of the searched fields contains a text (13.1).

use favo_core::catalogue::contact;
use favo_core::query::{Filter, ItemTest, TextMatch, TextTest};
use favo_core::terms::TermKind;
use favo_core::text::{digits, fold, tax_key};

use super::conditions::{any, containing, placed, tax_number, term};
use super::filters::Asking;
use crate::egito::table::{At, Form};

impl Asking<'_> {
    /// The records in which one of the searched fields contains a text.
    pub(super) fn search(&self, text: &str) -> Filter {
        let (resource, folded) = (self.entity.resource, fold(text));
        if folded.is_empty() {
            return Filter::All;
        }
        let dial = digits(text);
        let is_dialled =
            !dial.is_empty() && text.chars().all(|sign| sign.is_ascii_digit() || " +-()./".contains(sign));
        let mut either: Vec<Filter> = Vec::new();
        let mut add = |filter: Filter| {
            if !either.contains(&filter) {
                either.push(filter);
            }
        };
        for field in self.entity.fields.iter().filter(|field| field.searched) {
            match (field.form, field.at) {
                (Form::Nip | Form::Regon, _) => {
                    if !tax_key(text).is_empty() {
                        add(tax_number(field, text, TextMatch::Contains));
                    }
                }
                (_, At::Phone(_)) => {
                    if is_dialled {
                        add(term(TermKind::Phone, TextMatch::Contains, dial.clone()));
                    }
                }
                (_, At::Email) => add(term(TermKind::Email, TextMatch::Contains, folded.clone())),
                (_, At::Given(_, whole) | At::Family(_, whole)) => {
                    add(Filter::Text(whole, TextMatch::Contains, folded.clone()));
                }
                (_, At::Address(position)) => add(Filter::Any {
                    list: contact::ADDRESSES.position(),
                    inner: Some(position),
                    test: ItemTest::Text(TextTest::Like(containing(&folded))),
                }),
                (_, at) => add(placed(resource, at, |resource, position| {
                    if resource.definition().field(position).searched {
                        Filter::Text(position, TextMatch::Contains, folded.clone())
                    } else {
                        Filter::Raw(position, TextTest::Like(containing(&folded)))
                    }
                })),
            }
        }
        any(either)
    }
}
