//! Patches: what a caller wants a record to become, with absent, cleared and given kept apart.

use crate::catalogue::Field;
use crate::error::{Place, Problem, Reason};
use crate::record::Key;
use crate::value::{Decimal, Instant};

/// A relation as a caller writes it: by id, else by login, else by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reference {
    /// The id.
    pub id: Option<i64>,
    /// A login; users only.
    pub login: Option<String>,
    /// A name.
    pub name: Option<String>,
}

impl Reference {
    /// By id.
    pub fn id(id: i64) -> Self {
        Self { id: Some(id), ..Self::default() }
    }

    /// By name.
    pub fn name(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..Self::default() }
    }

    /// Whether it names nothing at all.
    pub fn is_empty(&self) -> bool {
        self.id.is_none() && self.login.is_none() && self.name.is_none()
    }

    /// What was asked for, for messages.
    pub fn shown(&self) -> String {
        match (&self.name, &self.login, self.id) {
            (Some(name), _, _) => name.clone(),
            (None, Some(login), _) => login.clone(),
            (None, None, Some(id)) => id.to_string(),
            (None, None, None) => String::new(),
        }
    }
}

/// One custom value as a caller writes it: by label or alias; no text clears it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomInput {
    /// Label or alias.
    pub label: String,
    /// The text; `None` clears.
    pub text: Option<String>,
}

/// What a field is to become.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// No value.
    Clear,
    /// A truth value.
    Bool(bool),
    /// An integer, a code, or a date as days since 1970.
    Int(i64),
    /// A fixed-point number.
    Decimal(Decimal),
    /// A text.
    Text(String),
    /// A point in time.
    Instant(Instant),
    /// Texts that replace the list.
    Texts(Vec<String>),
    /// A relation.
    One(Reference),
    /// Relations that replace the list.
    Many(Vec<Reference>),
    /// Rows that replace the list; rows with the id of a stored one are merged into it.
    Items(Vec<ItemPatch>),
    /// Pairs that replace the map.
    Map(Vec<(String, String)>),
    /// Custom values, merged one by one.
    Custom(Vec<CustomInput>),
}

/// What one row of an owned list is to become.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ItemPatch {
    /// The id of the stored row, if the caller named one.
    pub id: Option<i64>,
    /// Positions in the row and what they are to become.
    pub entries: Vec<(u16, Input)>,
}

impl ItemPatch {
    /// Sets a field of the row.
    pub fn set<K>(&mut self, key: Key<K>, input: Input) -> &mut Self {
        self.entries.push((key.position(), input));
        self
    }

    /// What a field of the row is to become, if the caller said so.
    pub fn get<K>(&self, key: Key<K>) -> Option<&Input> {
        self.entries.iter().rev().find(|(position, _)| *position == key.position()).map(|(_, input)| input)
    }
}

/// A person inside the write of an organisation.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonPatch {
    /// An existing contact to link.
    pub id: Option<i64>,
    /// What its own fields are to become.
    pub patch: Patch,
}

/// What a record is to become: fields not named stay as they are.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Patch {
    entries: Vec<(u16, Input)>,
    /// What the dialect could not read; reported together with what the rules find.
    pub problems: Vec<Problem>,
    /// People to link to a contact; `None` when the caller said nothing about them.
    pub people: Option<Vec<PersonPatch>>,
    /// Take the owner from this queue (create only).
    pub queue: Option<i64>,
    /// The stage by its number inside the pipeline.
    pub stage_number: Option<i64>,
    /// The sub-categories a product category is to have; `None` when the caller said nothing about them.
    pub sub_categories: Option<Vec<ItemPatch>>,
}

impl Patch {
    /// An empty patch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a field; the last one wins.
    pub fn set(&mut self, field: impl Into<u16>, input: Input) -> &mut Self {
        let field = field.into();
        self.entries.retain(|(position, _)| *position != field);
        self.entries.push((field, input));
        self
    }

    /// The same, by value: for building in one expression.
    #[must_use]
    pub fn with(mut self, field: impl Into<u16>, input: Input) -> Self {
        self.set(field, input);
        self
    }

    /// Sets a text.
    #[must_use]
    pub fn text(self, field: impl Into<u16>, text: impl Into<String>) -> Self {
        self.with(field, Input::Text(text.into()))
    }

    /// What a field is to become, if the caller said so.
    pub fn get(&self, field: impl Into<u16>) -> Option<&Input> {
        let field = field.into();
        self.entries.iter().find(|(position, _)| *position == field).map(|(_, input)| input)
    }

    /// Whether the caller said anything about a field.
    pub fn names(&self, field: impl Into<u16>) -> bool {
        self.get(field).is_some()
    }

    /// Takes a field out.
    pub fn remove(&mut self, field: impl Into<u16>) -> Option<Input> {
        let field = field.into();
        let at = self.entries.iter().position(|(position, _)| *position == field)?;
        Some(self.entries.remove(at).1)
    }

    /// Fields and what they are to become.
    pub fn entries(&self) -> &[(u16, Input)] {
        &self.entries
    }

    /// Notes something that could not be read.
    pub fn problem(&mut self, place: Place, reason: Reason) {
        self.problems.push(Problem { place, reason });
    }
}

/// Whether the input has the shape the field holds.
pub fn fits(field: &Field, input: &Input) -> bool {
    use crate::catalogue::FieldType as T;
    matches!(
        (field.field_type, input),
        (_, Input::Clear)
            | (T::Text { .. }, Input::Text(_))
            | (T::Int | T::Enum(_) | T::Date, Input::Int(_))
            | (T::Decimal, Input::Decimal(_))
            | (T::Bool, Input::Bool(_))
            | (T::Instant, Input::Instant(_))
            | (T::One(_), Input::One(_))
            | (T::Many(_), Input::Many(_))
            | (T::Texts, Input::Texts(_))
            | (T::Items(_), Input::Items(_))
            | (T::Map, Input::Map(_))
            | (T::Custom, Input::Custom(_))
    )
}
