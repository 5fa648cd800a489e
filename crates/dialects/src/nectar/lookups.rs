//! Lookups by e-mail, phone, tax number or contact (spec 4.31): arrays, id ascending, at most 200.

use favo_core::catalogue::{contact, opportunity, qualification};
use favo_core::query::{Filter, Order, Page, Query, TextMatch};
use favo_core::terms::TermKind;
use favo_core::transaction::Reader;
use favo_core::{Ctx, Resource, Result, text};

use super::query_string::{Params, leading_int};
use super::show;
use crate::wire::Response;

/// What is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lookup {
    /// `/email/{v}`.
    Email,
    /// `/telefone/{v}`.
    Phone,
    /// `/cnpj/{v}`, contacts only.
    CompanyTaxId,
    /// `/cpf/{v}`, contacts only.
    PersonalTaxId,
    /// `/contatoId/{id}`, not on contacts.
    Contact,
}

/// The records that match, of contacts, opportunities or qualifications; every status.
pub(crate) fn lookup(
    ctx: &Ctx,
    tx: &mut dyn Reader,
    resource: Resource,
    lookup: Lookup,
    value: &str,
    params: &Params,
) -> Result<Response> {
    let query = Query::of(resource)
        .filter(filter(&ctx.actor.not_confidential(), resource, lookup, value))
        .filter(ctx.actor.visible(resource))
        .order(Order::OLDEST)
        .page(Page::first(200));
    show::items(ctx, tx, &query, params).map(show::json)
}

/// The condition of a lookup; `open` keeps contacts out that the caller may not see.
fn filter(open: &Filter, resource: Resource, lookup: Lookup, value: &str) -> Filter {
    let relations: &[u16] = match resource {
        Resource::Contact => return of_contact(lookup, value),
        Resource::Opportunity => &[opportunity::CUSTOMER.position(), opportunity::CONTACT.position()],
        Resource::Qualification => &[qualification::CUSTOMER.position()],
        _ => return Filter::Nothing,
    };
    let mut either: Vec<Filter> = match (lookup, leading_int(value)) {
        (Lookup::Contact, Some(id)) => relations.iter().map(|relation| Filter::is(*relation, id)).collect(),
        (Lookup::Contact, None) => return Filter::Nothing,
        _ => match of_contact(lookup, value) {
            Filter::Nothing => return Filter::Nothing,
            some => {
                let open = some.and(open.clone());
                relations.iter().map(|relation| Filter::Via(*relation, Box::new(open.clone()))).collect()
            }
        },
    };
    if either.len() == 1 { either.remove(0) } else { Filter::Or(either) }
}

/// The condition on a contact; a value that says nothing matches nothing.
fn of_contact(lookup: Lookup, value: &str) -> Filter {
    let matching = if value.contains('*') { TextMatch::Pattern } else { TextMatch::Equal };
    let term = |kind, wanted: String| {
        if wanted.is_empty() { Filter::Nothing } else { Filter::Term(kind, matching, vec![wanted]) }
    };
    let document = |field: u16| match text::tax_key(value) {
        key if key.is_empty() => Filter::Nothing,
        key => Filter::Digits(field, TextMatch::Equal, key),
    };
    match lookup {
        Lookup::Email => term(TermKind::Email, text::fold(value)),
        Lookup::Phone if matching == TextMatch::Pattern => {
            let pattern = phone_pattern(value);
            // `5548*` may be a country code and an area: numbers are kept without the country code.
            match pattern.strip_prefix("55").map(str::to_owned).filter(|local| !local.is_empty()) {
                Some(local) if pattern.len() > 3 => {
                    Filter::Or(vec![term(TermKind::Phone, pattern), term(TermKind::Phone, local)])
                }
                _ => term(TermKind::Phone, pattern),
            }
        }
        Lookup::Phone => term(TermKind::Phone, text::phone_key(value)),
        Lookup::CompanyTaxId => document(contact::COMPANY_TAX_ID.position()),
        Lookup::PersonalTaxId => document(contact::PERSONAL_TAX_ID.position()),
        Lookup::Contact => Filter::Nothing,
    }
}

/// A phone with wildcards: applied to the digits, which are kept without the country code.
fn phone_pattern(value: &str) -> String {
    let value = value.trim();
    let local = value.strip_prefix("+55").unwrap_or(value);
    local
        .chars()
        .filter(|character| character.is_ascii_digit() || *character == '*')
        .take(text::KEY_LENGTH)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn phones_are_compared_by_their_local_digits() {
        let equal = |digits: &str| Filter::Term(TermKind::Phone, TextMatch::Equal, vec![digits.to_owned()]);
        let pattern =
            |digits: &str| Filter::Term(TermKind::Phone, TextMatch::Pattern, vec![digits.to_owned()]);
        for (value, expected) in [
            ("+5548999990001", equal("48999990001")),
            ("(48)99999-0001", equal("48999990001")),
            ("55999990003", equal("55999990003")),
            ("+5548*", pattern("48*")),
            ("*90001", pattern("*90001")),
            ("abc", Filter::Nothing),
        ] {
            assert_eq!(of_contact(Lookup::Phone, value), expected, "{value}");
        }
    }

    #[test]
    fn opportunities_are_found_by_their_customer_or_contact() {
        let (customer, person) = (opportunity::CUSTOMER.position(), opportunity::CONTACT.position());
        assert_eq!(
            filter(&Filter::All, Resource::Opportunity, Lookup::Contact, "7"),
            Filter::Or(vec![Filter::is(customer, 7), Filter::is(person, 7)])
        );
        assert_eq!(filter(&Filter::All, Resource::Opportunity, Lookup::Contact, "x"), Filter::Nothing);
        assert_eq!(filter(&Filter::All, Resource::Qualification, Lookup::Email, " "), Filter::Nothing);
    }

    proptest! {
        #[test]
        fn any_value_is_looked_up(value in "\\PC*") {
            for lookup in [Lookup::Email, Lookup::Phone, Lookup::CompanyTaxId, Lookup::PersonalTaxId, Lookup::Contact] {
                let _ = (filter(&Filter::All, Resource::Contact, lookup, &value), filter(&Filter::All, Resource::Opportunity, lookup, &value));
            }
        }
    }
}
