//! Keys that no table declares: kept as they were sent, within limits (12.4).

use favo_core::catalogue::meta;
use favo_core::patch::Input;

use super::{Acceptance, Mode};
use crate::json::Json;
use crate::totvs::fault::Detail;
use crate::totvs::table::{At, Entity, Form};
use crate::totvs::values::reference_base;

/// What stands before the keys of this dialect in the extras of a record.
const PREFIX: &str = "totvs.";
const MOST_KEYS: usize = 100;
const LONGEST_KEY: usize = 64;
const MOST_BYTES: usize = 32 * 1024;

/// Whether a key at the top of a body means something.
pub(super) fn is_declared(entity: &Entity, key: &str) -> bool {
    const ALWAYS: [&str; 6] = ["id", "externalId", "version", "createdAt", "updatedAt", "customFields"];
    ALWAYS.contains(&key)
        || entity.fields.iter().any(|field| {
            field.name == key
                || reference_base(field).is_some_and(|base| {
                    let typed = matches!(field.form, Form::Typed(_) | Form::TypedId(_));
                    match key.strip_prefix(base) {
                        Some("" | "Id") => true,
                        Some("Acronym") => typed,
                        _ => false,
                    }
                })
        })
}

impl Acceptance<'_> {
    pub(super) fn extras(&mut self) {
        let stored: Vec<(String, String)> =
            self.stored.map(|stored| stored.get(meta::EXTRAS).to_vec()).unwrap_or_default();
        if self.switches.keep_extras {
            for (key, value) in self.body.object.iter().filter(|(key, _)| !is_declared(self.entity, key)) {
                let mut raw = Vec::new();
                value.push(&mut raw);
                let kept = String::from_utf8(raw).ok().filter(|_| *value != Json::Null);
                self.extras.push((key.to_owned(), kept));
            }
        }
        // Fields of the tables that are kept here have been replaced by what was said about them.
        let declared =
            |key: &str| self.entity.fields.iter().any(|field| field.at == At::Extra && field.name == key);
        let mut pairs = stored.clone();
        if self.mode == Mode::Replace {
            pairs.retain(|(key, _)| key.strip_prefix(PREFIX).is_none_or(declared));
        }
        for (key, value) in std::mem::take(&mut self.extras) {
            let key = format!("{PREFIX}{key}");
            match (pairs.iter().position(|(known, _)| *known == key), value) {
                (Some(at), Some(value)) => pairs[at].1 = value,
                (Some(at), None) => {
                    pairs.remove(at);
                }
                (None, Some(value)) => pairs.push((key, value)),
                (None, None) => {}
            }
        }
        if pairs == stored {
            return;
        }
        let own = || {
            pairs
                .iter()
                .filter_map(|(key, value)| Some((key.strip_prefix(PREFIX)?, value)))
                .filter(|(key, _)| !declared(key))
        };
        let bytes: usize = own().map(|(key, value)| key.len() + value.len()).sum();
        let long = own().find(|(key, _)| key.chars().count() > LONGEST_KEY).map(|(key, _)| key.to_owned());
        let crowded = own().count() > MOST_KEYS || bytes > MOST_BYTES;
        if crowded || long.is_some() {
            self.reject_text(long.unwrap_or_default(), Detail::TooManyExtras, None);
            return;
        }
        self.accepted.patch.set(meta::EXTRAS, Input::Map(pairs));
    }
}
