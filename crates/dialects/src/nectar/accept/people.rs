//! `contatos[]`, the people of an organisation, and `queue`, where owners come from (C6 of the contacts page, 4.23).

use favo_core::catalogue::contact;
use favo_core::patch::{Patch, PersonPatch};

use super::super::body::{Json, Object};
use super::super::spelling::{CONTACT, Line, Taken};
use super::{Acceptance, fields, relations};

/// The keys of a person that may be written inside an organisation.
const WRITABLE: [&str; 5] = ["nome", "cargo", "emails", "telefones", "responsavel"];

impl Acceptance<'_> {
    pub(super) fn people(&mut self, key: &'static str, value: &Json) {
        let entries = match value {
            cleared if cleared.clears() => &[],
            Json::List(entries) => entries.as_slice(),
            single => std::slice::from_ref(single),
        };
        let mut people = Vec::with_capacity(entries.len());
        for entry in entries.iter().filter(|entry| !entry.clears()) {
            let read = match entry {
                Json::Object(person) => self.person(key, person),
                // A bare number or text, as for any relation.
                bare => relations::reference(bare, false).map(|reference| {
                    let patch = Patch::new();
                    let patch = match reference.name {
                        Some(name) => patch.text(contact::NAME, name),
                        None => patch,
                    };
                    PersonPatch { id: reference.id, patch }
                }),
            };
            match read {
                Some(person) => people.push(person),
                None => self.invalid_key(key),
            }
        }
        self.patch.people = Some(people);
    }

    fn person(&mut self, key: &'static str, person: &Object) -> Option<PersonPatch> {
        let id = relations::id(person.get("id"))?.filter(|id| *id > 0);
        let mut patch = Patch::new();
        let lines = CONTACT.iter().filter(|line| WRITABLE.contains(&line.key));
        for Line { key: inner, taken, .. } in lines {
            let (Taken::Own(position), Some(value)) = (*taken, person.get(*inner)) else { continue };
            match fields::input(self.resource.definition().field(position), value) {
                Some(input) => {
                    patch.set(position, input);
                }
                None => self.invalid_key(format!("{key}.{inner}")),
            }
        }
        Some(PersonPatch { id, patch })
    }

    /// Only a new record takes its owner from a queue.
    pub(super) fn queue(&mut self, key: &'static str, value: &Json) {
        if self.stored.is_some() || value.clears() {
            return;
        }
        let id = match value {
            Json::Object(object) => relations::id(object.get("id")),
            bare => relations::id(Some(bare)),
        };
        match id {
            Some(id) => self.patch.queue = id,
            None => self.invalid_key(key),
        }
    }
}
