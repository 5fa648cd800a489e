//! The tables of all entities (section 15).

mod offers;
mod people;
mod sales;
mod work;

use super::table::Entity;

pub(super) use self::sales::LINE;

/// Every entity, in the order of 7.1.
pub(super) static ENTITIES: &[&Entity] = &[
    &people::ACCOUNT,
    &people::CONTACT,
    &sales::OPPORTUNITY,
    &people::LEAD,
    &offers::OFFER,
    &offers::OFFER_GROUP,
    &sales::ORDER,
    &work::PRODUCT,
    &work::TASK,
    &work::USER,
];

/// The entity with this name; names are exact.
pub(super) fn named(name: &str) -> Option<&'static Entity> {
    ENTITIES.iter().copied().find(|entity| entity.name == name)
}

#[cfg(test)]
mod tests {
    use favo_core::catalogue::meta;

    use super::*;
    use crate::egito::table::{At, Form, own};

    #[test]
    fn every_table_starts_with_the_id_and_names_each_field_once() {
        for entity in ENTITIES {
            assert_eq!(entity.fields[0].at, own(meta::ID), "{}", entity.name);
            for (at, field) in entity.fields.iter().enumerate() {
                let first = entity.fields.iter().position(|other| other.name == field.name);
                assert_eq!(first, Some(at), "{}.{}", entity.name, field.name);
                assert!(!field.required || !field.read_only, "{}.{}", entity.name, field.name);
                if let Form::Reference(name) | Form::References(name) = field.form {
                    assert!(named(name).is_some(), "{}.{}", entity.name, field.name);
                }
                if let At::Own(position) = field.at {
                    let fields = entity.resource.definition().fields;
                    assert!((position as usize) < fields.len(), "{}.{}", entity.name, field.name);
                }
            }
        }
        assert!(named("account").is_none());
    }
}
