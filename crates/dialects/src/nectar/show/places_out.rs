//! Countries, states and cities as objects (spec 3.10), rendered once per process.

use std::collections::HashMap;
use std::sync::OnceLock;

use favo_core::places::{self, City, Country, State};

use super::values_out as out;

/// What of a place is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// `CountryRef`.
    Country,
    /// `StateRef`.
    State,
    /// `CityRef`.
    City,
    /// `codigoMunicipioIbge`.
    CityCode,
}

/// Writes the place with this id; `false` when it is unknown.
pub(crate) fn by_id(part: Part, id: i64, bytes: &mut Vec<u8>) -> bool {
    match part {
        Part::Country => places::country_by_id(id).is_some_and(|place| push(part, place.id, bytes)),
        Part::State => places::state_by_id(id).is_some_and(|place| push(part, place.id, bytes)),
        Part::City | Part::CityCode => {
            places::city_by_id(id).is_some_and(|place| push(part, place.id, bytes))
        }
    }
}

/// Writes the place with this name, given as JSON as the state is; `false` when it is unknown.
pub(crate) fn by_name(part: Part, name: &str, state: &str, bytes: &mut Vec<u8>) -> bool {
    let Some(name) = plain(name) else { return false };
    match part {
        Part::Country => places::country_by_name(name).is_some_and(|place| push(part, place.id, bytes)),
        Part::State => places::state_by_name(name).is_some_and(|place| push(part, place.id, bytes)),
        Part::City | Part::CityCode => {
            // A city in a state of another name is another city.
            let within = plain(state).map(places::state_by_name);
            let city = match within {
                Some(None) => None,
                Some(state) => places::city_by_name(name, state),
                None => places::city_by_name(name, None),
            };
            city.is_some_and(|place| push(part, place.id, bytes))
        }
    }
}

/// The text in a JSON string; `None` when it is empty or escaped, which no name of a place is.
fn plain(json: &str) -> Option<&str> {
    let text = json.strip_prefix('"')?.strip_suffix('"')?;
    (!text.is_empty() && !text.contains('\\')).then_some(text)
}

fn push(part: Part, id: i64, bytes: &mut Vec<u8>) -> bool {
    static RENDERED: OnceLock<[HashMap<i64, Vec<u8>>; 3]> = OnceLock::new();
    let rendered = RENDERED.get_or_init(|| {
        [
            places::COUNTRIES.iter().map(|place| (place.id, made(|bytes| country(bytes, place)))).collect(),
            places::STATES.iter().map(|place| (place.id, made(|bytes| state(bytes, place)))).collect(),
            places::CITIES.iter().map(|place| (place.id, made(|bytes| city(bytes, place)))).collect(),
        ]
    });
    if part == Part::CityCode {
        out::int(bytes, id);
        return true;
    }
    let found = rendered[part as usize].get(&id);
    bytes.extend_from_slice(found.map_or(b"{}", Vec::as_slice));
    true
}

fn made(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes);
    bytes
}

fn begin(bytes: &mut Vec<u8>, id: i64, name: &str) {
    bytes.extend_from_slice(b"{\"id\":");
    out::int(bytes, id);
    bytes.extend_from_slice(b",\"nome\":");
    out::text(bytes, name);
}

fn country(bytes: &mut Vec<u8>, place: &Country) {
    begin(bytes, place.id, place.name);
    bytes.push(b'}');
}

fn state(bytes: &mut Vec<u8>, place: &State) {
    begin(bytes, place.id, place.name);
    bytes.extend_from_slice(b",\"sigla\":");
    out::text(bytes, place.letters);
    if let Some(brazil) = places::COUNTRIES.first() {
        bytes.extend_from_slice(b",\"pais\":");
        country(bytes, brazil);
    }
    bytes.push(b'}');
}

fn city(bytes: &mut Vec<u8>, place: &City) {
    begin(bytes, place.id, place.name);
    if let Some(within) = place.state() {
        bytes.extend_from_slice(b",\"estado\":");
        state(bytes, within);
        bytes.extend_from_slice(b",\"codigoUnidadeGeografica\":");
        out::int(bytes, within.ibge);
    }
    bytes.extend_from_slice(b",\"latitude\":");
    out::decimal(bytes, place.latitude);
    bytes.extend_from_slice(b",\"longitude\":");
    out::decimal(bytes, place.longitude);
    bytes.extend_from_slice(b",\"codigoMunicipioIbge\":");
    out::int(bytes, place.id);
    bytes.extend_from_slice(b",\"isCapital\":");
    out::boolean(bytes, place.is_capital);
    bytes.push(b'}');
}
