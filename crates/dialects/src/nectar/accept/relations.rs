//! Relations as clients write them: an object with id, login or name, a bare number, a bare text (spec 3.3, 3.7).

use favo_core::FieldType;
use favo_core::catalogue::{Field, Resource};
use favo_core::patch::{Input, Reference};

use super::super::body::Json;
use super::super::values_in;

/// One relation; an object that names nothing clears it. `None` when it cannot be read.
pub(super) fn one(field: &Field, value: &Json) -> Option<Input> {
    let reference = reference(value, points_to_user(field))?;
    Some(if reference.is_empty() { Input::Clear } else { Input::One(reference) })
}

/// A list of relations; a single one stands for a list of one, entries that name nothing are dropped.
pub(super) fn many(field: &Field, value: &Json) -> Option<Input> {
    let with_login = points_to_user(field);
    let mut references = Vec::new();
    let entries = match value {
        Json::List(entries) => entries.as_slice(),
        single => std::slice::from_ref(single),
    };
    for entry in entries {
        let reference = reference(entry, with_login)?;
        if !reference.is_empty() {
            references.push(reference);
        }
    }
    Some(if references.is_empty() { Input::Clear } else { Input::Many(references) })
}

/// What a value refers to, other than users.
pub(in crate::nectar) fn bare(value: &Json) -> Option<Reference> {
    reference(value, false)
}

/// What a value refers to; empty when it names nothing, `None` when it cannot be read.
pub(super) fn reference(value: &Json, with_login: bool) -> Option<Reference> {
    match value {
        Json::Null => Some(Reference::default()),
        Json::Number(_) => values_in::integer(value).map(Reference::id),
        Json::Text(_) => Some(Reference { name: name(value)?, ..Reference::default() }),
        Json::Object(object) => {
            let part = |key: &str| object.get(key).map_or(Some(None), name);
            Some(Reference {
                id: id(object.get("id"))?,
                login: if with_login { part("login")? } else { None },
                name: part("nome")?,
            })
        }
        Json::Bool(_) => None,
        // An empty list clears, like everything empty.
        Json::List(list) => list.is_empty().then(Reference::default),
    }
}

/// An id, if one is given; `None` when it cannot be read.
#[expect(clippy::option_option, reason = "absent and unreadable are two things")]
pub(super) fn id(value: Option<&Json>) -> Option<Option<i64>> {
    match value {
        None => Some(None),
        Some(value) if value.clears() => Some(None),
        Some(value) => values_in::integer(value).map(Some),
    }
}

/// A name or login, if one is given; `None` when it cannot be read.
#[expect(clippy::option_option, reason = "absent and unreadable are two things")]
fn name(value: &Json) -> Option<Option<String>> {
    if value.clears() {
        return Some(None);
    }
    values_in::text(value).map(|text| Some(text).filter(|text| !text.trim().is_empty()))
}

fn points_to_user(field: &Field) -> bool {
    matches!(field.field_type, FieldType::One(Resource::User) | FieldType::Many(Resource::User))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nectar::body;

    fn read(json: &str) -> Option<Reference> {
        reference(&body::value(json).unwrap(), true)
    }

    #[test]
    fn a_relation_is_an_object_a_number_or_a_text() {
        assert_eq!(read("5"), Some(Reference::id(5)));
        assert_eq!(read("\"Sul\""), Some(Reference::name("Sul")));
        assert_eq!(read("\"12\""), Some(Reference::name("12")), "a bare text is a name");
        let all = Reference { id: Some(12), login: Some("a@b".to_owned()), name: Some("Ana".to_owned()) };
        assert_eq!(read(r#"{"id": "12", "login": "a@b", "nome": "Ana", "foto": 1}"#), Some(all));
    }

    #[test]
    fn what_names_nothing_is_empty_and_what_cannot_be_read_is_none() {
        for json in
            ["null", "{}", "[]", "\"\"", "\"  \"", r#"{"id": null, "nome": ""}"#, r#"{"ativo": true}"#]
        {
            assert_eq!(read(json), Some(Reference::default()), "{json}");
        }
        for json in [
            "true",
            "[1]",
            "1.5",
            r#"{"id": "x"}"#,
            r#"{"id": 99999999999999999999}"#,
            r#"{"nome": {"a": 1}}"#,
        ] {
            assert_eq!(read(json), None, "{json}");
        }
    }
}
