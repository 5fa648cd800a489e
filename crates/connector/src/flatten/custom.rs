//! Custom fields: the two maps of a record, joined with the definitions, one row for each field that has a value.

use std::borrow::Cow;
use std::collections::HashMap;

use super::number;
use super::plan::Target;
use super::records::{Member, each_member};
use super::scan::{CONTROL, ESCAPED};
use super::text::{compact, unescape};
use super::value::{Slot, boolean};
use crate::Result;
use crate::destination::CustomField;
use crate::moment::{self, Zone};
use crate::schema::{CustomPart, Mask};

/// The definitions of a stream's custom fields, found by label and by alias.
#[derive(Debug)]
pub(super) struct Definitions {
    fields: Vec<CustomField>,
    by_name: HashMap<String, usize>,
    by_alias: HashMap<String, usize>,
    /// Days are days of the service, whatever the zone of the wall clocks.
    sao_paulo: Zone,
}

/// One custom field of a record.
#[derive(Debug)]
pub(super) struct Given<'a> {
    definition: Option<usize>,
    label: Option<Cow<'a, str>>,
    alias: Option<Cow<'a, str>>,
    text: Cow<'a, str>,
    /// The record it points to.
    related: Option<i64>,
}

impl Given<'_> {
    /// Nothing.
    pub(super) fn empty() -> Self {
        Self { definition: None, label: None, alias: None, text: Cow::Borrowed(""), related: None }
    }
}

impl Definitions {
    pub(super) fn new(fields: &[CustomField]) -> Result<Self> {
        let mut by_name = HashMap::new();
        let mut by_alias = HashMap::new();
        for (position, field) in fields.iter().enumerate() {
            by_name.entry(field.name.clone()).or_insert(position);
            by_alias.entry(field.alias.clone()).or_insert(position);
        }
        Ok(Self { fields: fields.to_vec(), by_name, by_alias, sao_paulo: Zone::named("America/Sao_Paulo")? })
    }

    fn named(&self, label: &str) -> Option<usize> {
        self.by_name.get(label).or_else(|| self.by_alias.get(label)).copied().or_else(|| {
            let label = label.to_lowercase();
            self.fields.iter().position(|field| field.name.to_lowercase() == label)
        })
    }

    /// The custom fields of a record that have a value: those of the map by label first, then what only the map by alias tells.
    pub(super) fn given<'a>(
        &self,
        labels: &'a str,
        aliases: &'a str,
        out: &mut Vec<Given<'a>>,
    ) -> Result<()> {
        if labels.starts_with('{') {
            each_member(labels, &mut |member| {
                let label = key(labels, &member);
                // Of a label that stands there twice, the last counts.
                out.retain(|earlier| earlier.label.as_deref() != Some(&*label));
                let Some(text) = scalar(labels, &member) else { return };
                let definition = self.named(&label);
                out.push(Given { definition, label: Some(label), alias: None, text, related: None });
            })?;
        }
        if !aliases.starts_with('{') {
            return Ok(());
        }
        let mut outcome = Ok(());
        each_member(aliases, &mut |member| {
            let added = self.add_alias(aliases, &member, out);
            if outcome.is_ok() {
                outcome = added;
            }
        })?;
        outcome
    }

    fn add_alias<'a>(&self, aliases: &'a str, member: &Member, out: &mut Vec<Given<'a>>) -> Result<()> {
        let alias = key(aliases, member);
        let definition = self.by_alias.get(&*alias).copied();
        let object = aliases.get(member.value.0 as usize..member.value.1 as usize).unwrap_or("");
        let mut text = None;
        let mut related = None;
        if object.starts_with('{') {
            each_member(object, &mut |part| match &*key(object, &part) {
                "valor" => text = scalar(object, &part),
                "idRelacionado" => {
                    related = scalar(object, &part).and_then(|text| number::integer(&text).ok());
                }
                _ => {}
            })?;
        } else {
            text = scalar(aliases, member);
        }
        let same = out.iter_mut().find(|given| match (given.definition, definition) {
            (Some(one), Some(other)) => one == other,
            (None, None) => {
                given.alias.as_deref() == Some(&*alias)
                    || given.label.as_deref().is_some_and(|label| made_alias(label) == *alias)
            }
            _ => false,
        });
        if let Some(given) = same {
            given.alias = Some(alias);
            given.related = related;
        } else if let Some(text) = text {
            out.push(Given { definition, label: None, alias: Some(alias), text, related });
        }
        Ok(())
    }

    /// The cell for one part of a given field.
    pub(super) fn slot(
        &self,
        given: &Given<'_>,
        part: CustomPart,
        target: Target,
        made: &mut String,
    ) -> Slot {
        let definition = given.definition.and_then(|at| self.fields.get(at));
        let kind = definition.map(|field| field.kind);
        let slot = match part {
            CustomPart::Id => definition.map_or(Slot::NULL, |field| Slot::integer(field.id)),
            CustomPart::Kind => kind.map_or(Slot::NULL, Slot::integer),
            CustomPart::Alias => {
                let alias = definition.map(|field| field.alias.as_str()).or(given.alias.as_deref());
                alias.map_or(Slot::NULL, |alias| push(alias, made))
            }
            CustomPart::Name => {
                let name = definition.map(|field| field.name.as_str()).or(given.label.as_deref());
                name.map_or(Slot::NULL, |name| push(name, made))
            }
            CustomPart::Text => push(&given.text, made),
            CustomPart::Number => match kind {
                Some(9) if given.related.is_some() => {
                    decimal(&given.related.map_or_else(String::new, |id| id.to_string()), made)
                }
                Some(0 | 3 | 9 | 12) => decimal(&given.text, made),
                _ => Slot::NULL,
            },
            CustomPart::Date if kind == Some(2) => {
                moment::parse(&given.text, &self.sao_paulo).map_or(Slot::NULL, Slot::micros)
            }
            CustomPart::Flag if kind == Some(4) => flag(&given.text).map_or(Slot::NULL, Slot::boolean),
            CustomPart::Date | CustomPart::Flag => Slot::NULL,
        };
        match target.mask {
            None => slot,
            Some(Mask::Null) => Slot::NULL,
            Some(Mask::Hash) => slot.masked(made),
        }
    }
}

fn push(text: &str, made: &mut String) -> Slot {
    let begin = made.len();
    made.push_str(text);
    Slot::made_text(begin, made)
}

fn decimal(text: &str, made: &mut String) -> Slot {
    let mut plain = String::new();
    number::from_money(text, &mut plain);
    let begin = made.len();
    match number::decimal(&plain, made) {
        Ok(true) => {
            made.push_str(&plain);
            Slot::made_decimal(begin, made)
        }
        Ok(false) => Slot::made_decimal(begin, made),
        Err(_) => Slot::NULL,
    }
}

fn flag(text: &str) -> Option<bool> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("sim") {
        return Some(true);
    }
    if text.eq_ignore_ascii_case("nao") || text.to_lowercase() == "não" {
        return Some(false);
    }
    boolean(text).ok()
}

fn key<'a>(raw: &'a str, member: &Member) -> Cow<'a, str> {
    let key = raw.get(member.key.0 as usize..member.key.1 as usize).unwrap_or("");
    unescaped(key, member.key_flags)
}

fn unescaped(raw: &str, flags: u8) -> Cow<'_, str> {
    if flags & (ESCAPED | CONTROL) == 0 {
        return Cow::Borrowed(raw);
    }
    let mut text = String::new();
    unescape(raw, &mut text);
    Cow::Owned(text)
}

/// The text of a value; none for null and blank text, compact JSON for what is no scalar.
fn scalar<'a>(raw: &'a str, member: &Member) -> Option<Cow<'a, str>> {
    let (begin, end) = (member.value.0 as usize, member.value.1 as usize);
    let source = raw.get(begin..end).unwrap_or("");
    let text = match source.as_bytes().first()? {
        b'n' => return None,
        b'"' => unescaped(source.get(1..source.len() - 1)?, member.value_flags),
        b'{' | b'[' if member.value_flags != 0 => {
            let mut text = String::new();
            compact(source, &mut text);
            Cow::Owned(text)
        }
        _ => Cow::Borrowed(source),
    };
    (!text.trim().is_empty()).then_some(text)
}

/// The alias that the service makes from a label: lower case, without accents, `_` for everything else.
fn made_alias(label: &str) -> String {
    let mut alias = String::new();
    for character in label.chars().flat_map(char::to_lowercase) {
        let plain = match character {
            'à'..='å' => 'a',
            'ç' => 'c',
            'è'..='ë' => 'e',
            'ì'..='ï' => 'i',
            'ñ' => 'n',
            'ò'..='ö' => 'o',
            'ù'..='ü' => 'u',
            other => other,
        };
        if plain.is_ascii_alphanumeric() {
            alias.push(plain);
        } else if !alias.ends_with('_') {
            alias.push('_');
        }
    }
    alias.trim_matches('_').to_owned()
}
