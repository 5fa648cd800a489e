//! The tables of all resources (sections 14 and 15).

mod activities;
mod people;
mod products;
pub(super) mod rows;
mod sales;
mod supporting;

use favo_core::query::Filter;

use super::table::{At, Entity, Field, Form, Target};

/// Every resource, in the order of 4.4, then the supporting lists.
pub(super) static ENTITIES: [&Entity; 26] = [
    &people::CUSTOMERS,
    &people::CONTACTS,
    &people::LEADS,
    &sales::OPPORTUNITIES,
    &products::PRODUCTS,
    &products::PRODUCT_GROUPS,
    &products::MEASURE_UNITS,
    &products::PRICE_LISTS,
    &products::PRICE_LIST_ITEMS,
    &products::PAYMENT_CONDITIONS,
    &sales::ORDERS,
    &activities::ACTIVITIES,
    &activities::CALENDARS,
    &activities::CALENDAR_TYPES,
    &people::USERS,
    &supporting::PERSON_TYPES,
    &supporting::DOCUMENT_TYPES,
    &supporting::EMAIL_TYPES,
    &supporting::PHONE_TYPES,
    &supporting::ADDRESS_TYPES,
    &supporting::SEGMENTS,
    &supporting::ORIGINS,
    &supporting::PIPELINES,
    &supporting::STAGES,
    &supporting::LOSS_REASONS,
    &supporting::ACTIVITY_TYPES,
];

pub(super) const CUSTOMERS: Target = ("customer", "customers-integration");
pub(super) const CONTACTS: Target = ("customer", "contacts");
pub(super) const LEADS: Target = ("customer", "leads");
pub(super) const OPPORTUNITIES: Target = ("opportunity", "opportunities");
pub(super) const PRODUCTS: Target = ("product", "products");
pub(super) const PRODUCT_GROUPS: Target = ("product", "product-groups");
pub(super) const MEASURE_UNITS: Target = ("product", "measure-units");
pub(super) const PRICE_LISTS: Target = ("pricelist", "price-lists");
pub(super) const PAYMENT_CONDITIONS: Target = ("payment", "payment-conditions");
pub(super) const CALENDAR_TYPES: Target = ("calendar", "calendar-types");
pub(super) const USERS: Target = ("user", "users");
pub(super) const SEGMENTS: Target = ("customer", "segments");
pub(super) const ORIGINS: Target = ("customer", "origins");
pub(super) const PIPELINES: Target = ("opportunity", "pipelines");
pub(super) const STAGES: Target = ("opportunity", "stages");
pub(super) const LOSS_REASONS: Target = ("opportunity", "loss-reasons");
pub(super) const ACTIVITY_TYPES: Target = ("activity", "activity-types");

/// The resource with this service and name, any case, with and without the ending `-integration` (4.4).
pub(super) fn named(service: &str, name: &str) -> Option<&'static Entity> {
    fn bare(name: &str) -> &str {
        name.strip_suffix("-integration").unwrap_or(name)
    }
    let name = name.to_ascii_lowercase();
    ENTITIES
        .into_iter()
        .find(|entity| entity.service.eq_ignore_ascii_case(service) && bare(entity.name) == bare(&name))
}

/// All records of a core resource.
fn all() -> Filter {
    Filter::All
}

/// `code` as most resources have it.
const fn code(at: At) -> Field {
    Field::new("code", Form::Text(40), at, "number shown to people")
}

/// `professionalId`.
const fn professional(owner: u16) -> Field {
    Field::new("professionalId", Form::User, At::Own(owner), "seller")
}

/// `professionalName`.
const fn professional_name(owner: u16) -> Field {
    Field::new("professionalName", Form::Text(255), At::TitleOf(owner), "name of the seller").read_only()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::totvs::table::Source;

    #[test]
    fn resources_are_found_in_both_spellings() {
        for (service, name) in [
            ("customer", "customers"),
            ("Customer", "CUSTOMERS-integration"),
            ("pricelist", "price-list-items-integration"),
            ("opportunity", "stages"),
        ] {
            assert!(named(service, name).is_some(), "{service}/{name}");
        }
        assert!(named("customer", "opportunities").is_none());
        assert!(named("customer", "-integration").is_none());
    }

    #[test]
    fn every_reference_leads_to_a_resource_and_every_name_stands_once() {
        fn check(fields: &[Field], whose: &str) {
            for (at, field) in fields.iter().enumerate() {
                assert!(fields[..at].iter().all(|other| other.name != field.name), "{whose}.{}", field.name);
                if let Form::Reference(_, (service, name)) = field.form {
                    assert!(named(service, name).is_some(), "{whose}.{}", field.name);
                }
                check(field.form.rows(), field.name);
            }
        }
        for entity in ENTITIES {
            check(entity.fields, entity.name);
        }
    }

    #[test]
    fn places_in_records_exist() {
        for entity in ENTITIES {
            let Source::Core { resource, .. } = entity.source else { continue };
            let fields = resource.definition().fields;
            for field in entity.fields {
                if let At::Own(at) | At::DayOf(at) | At::TitleOf(at) | At::FirstOf(at) | At::Client(at, _) =
                    field.at
                {
                    assert!(usize::from(at) < fields.len(), "{}.{}", entity.name, field.name);
                }
            }
        }
    }
}
