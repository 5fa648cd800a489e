//! `regiaoPais`, `regiaoEstado`, `regiaoMunicipio`: places by id, letters or name (spec 3.10).

use favo_core::catalogue::contact;
use favo_core::error::{Place, Reason};
use favo_core::patch::{Input, Reference};
use favo_core::places;

use super::super::body::Json;
use super::super::spelling::Special;
use super::super::values_in;
use super::{Acceptance, relations};

impl Acceptance<'_> {
    pub(super) fn region(&mut self, key: &'static str, value: &Json, special: Special) {
        let position = match special {
            Special::RegionCountry => contact::REGION_COUNTRY,
            Special::RegionState => contact::REGION_STATE,
            _ => contact::REGION_CITY,
        };
        self.keys.push((position.position(), key));
        let (Some(reference), Some(letters)) = (relations::reference(value, false), letters(value)) else {
            return self.invalid(position.position());
        };
        if reference.is_empty() && letters.is_none() {
            self.patch.set(position, Input::Clear);
            return;
        }
        let found = match special {
            Special::RegionCountry => country(&reference),
            Special::RegionState => state(&reference, letters.as_deref()),
            _ => city(&reference),
        };
        match found {
            Some(id) => {
                self.patch.set(position, Input::Int(id));
            }
            None => {
                let sought =
                    if reference.is_empty() { letters.unwrap_or_default() } else { reference.shown() };
                self.patch
                    .problem(Place::Field(self.resource, position.position()), Reason::NotFound(sought));
            }
        }
    }
}

/// `sigla`, if it is given; `None` when it cannot be read.
#[expect(clippy::option_option, reason = "absent and unreadable are two things")]
fn letters(value: &Json) -> Option<Option<String>> {
    let Json::Object(object) = value else { return Some(None) };
    match object.get("sigla") {
        Some(letters) if !letters.clears() => values_in::text(letters).map(Some),
        _ => Some(None),
    }
}

fn country(reference: &Reference) -> Option<i64> {
    let by_id = reference.id.and_then(places::country_by_id);
    let country = by_id.or_else(|| reference.name.as_deref().and_then(places::country_by_name))?;
    Some(country.id)
}

fn state(reference: &Reference, letters: Option<&str>) -> Option<i64> {
    let by_id = reference.id.and_then(places::state_by_id);
    let by_letters = || letters.and_then(places::state_by_letters);
    let state =
        by_id.or_else(by_letters).or_else(|| reference.name.as_deref().and_then(places::state_by_name))?;
    Some(state.id)
}

fn city(reference: &Reference) -> Option<i64> {
    let by_id = reference.id.and_then(places::city_by_id);
    let city =
        by_id.or_else(|| reference.name.as_deref().and_then(|name| places::city_by_name(name, None)))?;
    Some(city.id)
}
