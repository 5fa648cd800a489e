//! The small tables every contact shows something of, rendered once at the start: a row copies bytes.

use std::collections::HashMap;

use favo_core::places::{self, City, Country, State};

use crate::json;

/// One registry record as contacts show it.
#[derive(Default)]
pub struct Entry {
    /// Its name as a JSON string; empty when it has none.
    pub title: Vec<u8>,
    /// The object.
    pub object: Vec<u8>,
}

/// A custom field.
pub struct Custom {
    pub label: Vec<u8>,
    pub alias: Vec<u8>,
    pub refers: bool,
}

/// One row of a registry table: id, name, active, and the two texts some have besides.
pub struct Stored {
    pub id: i64,
    pub name: Option<String>,
    pub active: bool,
    pub first: Option<String>,
    pub second: Option<String>,
}

/// The shape in which a registry is shown.
#[derive(Clone, Copy, PartialEq)]
pub enum Shape {
    Name,
    Lookup,
    Tag,
    User,
}

/// Everything that is the same for all rows.
#[derive(Default)]
pub struct Registries {
    pub users: Table,
    pub origins: Table,
    pub segments: Table,
    pub categories: Table,
    pub tags: Table,
    pub custom: HashMap<i64, Custom>,
    pub places: Places,
}

/// Records by id.
#[derive(Default)]
pub struct Table(Vec<Entry>);

impl Table {
    /// Renders the rows of a table.
    pub fn of(rows: Vec<Stored>, shape: Shape) -> Self {
        let mut table = Self::default();
        for row in rows {
            let at = row.id as usize;
            if table.0.len() <= at {
                table.0.resize_with(at + 1, Entry::default);
            }
            table.0[at] = entry(&row, shape);
        }
        table
    }

    /// The record with this id.
    pub fn get(&self, id: i64) -> Option<&Entry> {
        self.0.get(id as usize).filter(|entry| !entry.object.is_empty())
    }
}

fn entry(row: &Stored, shape: Shape) -> Entry {
    let mut entry = Entry::default();
    let name = row.name.as_deref().unwrap_or_default();
    if !name.is_empty() {
        json::text(&mut entry.title, name.as_bytes());
    }
    let out = &mut entry.object;
    let word = |out: &mut Vec<u8>, key: &str, text: Option<&str>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            out.extend_from_slice(key.as_bytes());
            json::text(out, text.as_bytes());
        }
    };
    out.extend_from_slice(b"{\"id\":");
    json::int(out, row.id);
    if shape == Shape::User {
        word(out, ",\"login\":", row.first.as_deref());
    }
    word(out, ",\"nome\":", row.name.as_deref());
    match shape {
        Shape::Tag => word(out, ",\"cor\":", row.first.as_deref()),
        Shape::User => word(out, ",\"foto\":", row.second.as_deref()),
        Shape::Name | Shape::Lookup => {}
    }
    if matches!(shape, Shape::Tag | Shape::Lookup) {
        out.extend_from_slice(b",\"ativo\":");
        json::boolean(out, row.active);
    }
    out.push(b'}');
    entry
}

/// Countries, states and cities, found by the name as it is usually spelled; others are folded and looked up.
pub struct Places {
    countries: HashMap<&'static [u8], &'static Country>,
    states: HashMap<&'static [u8], &'static State>,
    cities: HashMap<&'static [u8], &'static City>,
    rendered: HashMap<(u8, i64), Vec<u8>>,
}

impl Default for Places {
    fn default() -> Self {
        let mut rendered = HashMap::new();
        for place in places::COUNTRIES {
            rendered.insert((b'c', place.id), country(place));
        }
        for place in places::STATES {
            rendered.insert((b's', place.id), state(place));
        }
        for place in places::CITIES {
            rendered.insert((b'm', place.id), city(place));
        }
        Self {
            countries: places::COUNTRIES.iter().map(|place| (place.name.as_bytes(), place)).collect(),
            states: places::STATES
                .iter()
                .flat_map(|place| [(place.letters.as_bytes(), place), (place.name.as_bytes(), place)])
                .collect(),
            cities: places::CITIES.iter().map(|place| (place.name.as_bytes(), place)).collect(),
            rendered,
        }
    }
}

/// The text of a JSON string without escapes.
fn plain(json: &[u8]) -> Option<&[u8]> {
    let text = json.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    (!text.is_empty() && !text.contains(&b'\\')).then_some(text)
}

impl Places {
    /// The object of a kind of place with this id.
    pub fn object(&self, kind: u8, id: i64) -> Option<&[u8]> {
        self.rendered.get(&(kind, id)).map(Vec::as_slice)
    }

    /// The id of the country with this name, given as JSON.
    pub fn country(&self, name: &[u8]) -> Option<i64> {
        let name = plain(name)?;
        let known = self.countries.get(name).copied();
        known.or_else(|| places::country_by_name(std::str::from_utf8(name).ok()?)).map(|place| place.id)
    }

    fn state_of(&self, name: &[u8]) -> Option<&'static State> {
        let known = self.states.get(name).copied();
        known.or_else(|| places::state_by_name(std::str::from_utf8(name).ok()?))
    }

    /// The id of the state with this name or these letters, given as JSON.
    pub fn state(&self, name: &[u8]) -> Option<i64> {
        self.state_of(plain(name)?).map(|place| place.id)
    }

    /// The id of the city with this name in this state, both given as JSON.
    pub fn city(&self, name: &[u8], state: &[u8]) -> Option<i64> {
        let name = plain(name)?;
        let within = match plain(state) {
            Some(state) => Some(self.state_of(state)?),
            None => None,
        };
        let known = self.cities.get(name).copied();
        let city = known.or_else(|| places::city_by_name(std::str::from_utf8(name).ok()?, None))?;
        within.is_none_or(|state| state.letters == city.state).then_some(city.id)
    }
}

fn begin(id: i64, name: &str) -> Vec<u8> {
    let mut out = b"{\"id\":".to_vec();
    json::int(&mut out, id);
    out.extend_from_slice(b",\"nome\":");
    json::text(&mut out, name.as_bytes());
    out
}

fn country(place: &Country) -> Vec<u8> {
    let mut out = begin(place.id, place.name);
    out.push(b'}');
    out
}

fn state(place: &State) -> Vec<u8> {
    let mut out = begin(place.id, place.name);
    out.extend_from_slice(b",\"sigla\":");
    json::text(&mut out, place.letters.as_bytes());
    out.extend_from_slice(b",\"pais\":");
    out.extend_from_slice(&country(&places::COUNTRIES[0]));
    out.push(b'}');
    out
}

fn city(place: &City) -> Vec<u8> {
    let mut out = begin(place.id, place.name);
    if let Some(within) = place.state() {
        out.extend_from_slice(b",\"estado\":");
        out.extend_from_slice(&state(within));
        out.extend_from_slice(b",\"codigoUnidadeGeografica\":");
        json::int(&mut out, within.ibge);
    }
    out.extend_from_slice(b",\"latitude\":");
    json::decimal(&mut out, place.latitude);
    out.extend_from_slice(b",\"longitude\":");
    json::decimal(&mut out, place.longitude);
    out.extend_from_slice(b",\"codigoMunicipioIbge\":");
    json::int(&mut out, place.id);
    out.extend_from_slice(b",\"isCapital\":");
    json::boolean(&mut out, place.is_capital);
    out.push(b'}');
    out
}

impl Custom {
    /// A custom field from its columns.
    pub fn of(label: &str, alias: &str, kind: Option<i64>) -> Self {
        let mut custom = Self { label: Vec::new(), alias: Vec::new(), refers: kind == Some(9) };
        json::text(&mut custom.label, label.as_bytes());
        json::text(&mut custom.alias, alias.as_bytes());
        custom
    }
}
