//! Values as they were sent, read by the form of their field (section 11). Nothing is looked up, nothing is judged: what
//! cannot be read at all is noted here, what is read and not acceptable is found later, in `accept`.

#[cfg(test)]
mod tests;

use favo_core::{Decimal, Instant};

use super::fault::{Detail, Problem};
use super::ids;
use super::table::{Field, Form};
use crate::json::{Json, Object};
use crate::local_time::{self, Moment, Zone};

/// A value that was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Given {
    /// Null, or an empty text for a text.
    Null,
    Text(String),
    Integer(i64),
    Decimal(Decimal),
    Boolean(bool),
    /// Days since 1970.
    Day(i64),
    Moment(Instant),
    Reference(Sent),
    Texts(Vec<String>),
    /// The elements of a list.
    Rows(Vec<Row>),
    /// An object that is no reference.
    Row(Row),
    /// Kept as sent.
    Raw(Json),
}

/// A reference in all its spellings (11.3).
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Sent {
    /// UUIDs in lower case, each with the path it was sent under.
    pub(super) ids: Vec<(String, String)>,
    pub(super) external_key: Option<String>,
    pub(super) code: Option<String>,
    pub(super) acronyms: Vec<(String, String)>,
    /// There is an object that says something, though nothing that could be looked up.
    pub(super) labelled: bool,
    /// The path of the field.
    pub(super) path: String,
}

impl Sent {
    fn is_empty(&self) -> bool {
        self.ids.is_empty()
            && self.external_key.is_none()
            && self.code.is_none()
            && self.acronyms.is_empty()
            && !self.labelled
    }

    /// Where it was sent and what was asked for, for problems: `customer.id` and the id.
    pub(super) fn shown(&self) -> (String, Option<&str>) {
        let spelled = self.ids.first().or(self.acronyms.first());
        match (spelled, &self.external_key, &self.code) {
            (Some((text, path)), ..) => (path.clone(), Some(text)),
            (None, Some(key), _) => (format!("{}.externalId", self.path), Some(key)),
            (None, None, Some(code)) => (format!("{}.code", self.path), Some(code)),
            (None, None, None) => (self.path.clone(), None),
        }
    }
}

/// The fields of an object that were sent.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Row {
    /// The path before its fields: empty, or such as `items[0].`.
    pub(super) path: String,
    pub(super) given: Vec<(&'static str, Given)>,
}

impl Row {
    /// The value of a field, if it was sent.
    pub(super) fn get(&self, name: &str) -> Option<&Given> {
        self.given.iter().find(|(known, _)| *known == name).map(|(_, given)| given)
    }

    /// The text in a field.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Given::Text(text)) => Some(text),
            _ => None,
        }
    }
}

/// The reading of a body: the zone of its dates, and what could not be read.
pub(super) struct Reading<'a> {
    pub(super) zone: &'a Zone,
    pub(super) problems: Vec<Problem>,
}

impl Reading<'_> {
    /// Reads the fields of an object.
    pub(super) fn row(&mut self, fields: &'static [Field], object: &Object, path: String) -> Row {
        let mut given = Vec::new();
        for field in fields {
            // The id of an element is never written, but says which one is meant.
            let wanted = !field.read_only || matches!(field.form, Form::Uuid);
            if wanted && let Some(value) = self.field(field, object, &path) {
                given.push((field.name, value));
            }
        }
        Row { path, given }
    }

    fn field(&mut self, field: &Field, object: &Object, path: &str) -> Option<Given> {
        let name = field.name;
        let at = format!("{path}{name}");
        if let Some(base) = reference_base(field) {
            return self.reference(base, object, path);
        }
        let value = object.get(name)?;
        if *value == Json::Null {
            return Some(Given::Null);
        }
        let read = match field.form {
            Form::Integer(..) | Form::IntegerText => integer(value).map(Given::Integer),
            Form::Decimal(places) => decimal(value).map(|number| Given::Decimal(rounded(number, places))),
            Form::Percent => decimal(value).map(|number| Given::Decimal(rounded(number, 2))),
            Form::Boolean => boolean(value).map(Given::Boolean),
            Form::Date => {
                return self.date(value, at, |moment, zone| match moment {
                    Moment::Day(day) => Some(Given::Day(day)),
                    Moment::At(instant) => Some(Given::Day(zone.day(instant))),
                });
            }
            Form::DateTime => {
                return self.date(value, at, |moment, zone| match moment {
                    Moment::Day(day) => zone.at(day, 0).map(Given::Moment),
                    Moment::At(instant) => Some(Given::Moment(instant)),
                });
            }
            Form::Enumeration(_) => match value {
                Json::Text(text) => Some(Given::Text(text.trim().to_owned())),
                _ => None,
            },
            Form::Texts(_) => return self.texts(value, &at),
            Form::Companies => {
                let rows = self.rows(field.form.rows(), value, &at)?;
                return Some(if rows.is_empty() { Given::Null } else { Given::Raw(value.clone()) });
            }
            Form::DefaultAddress => match value {
                Json::Object(object) => {
                    return Some(Given::Row(self.row(field.form.rows(), object, format!("{at}."))));
                }
                _ => None,
            },
            form if form.is_list() => return self.rows(form.rows(), value, &at).map(Given::Rows),
            _ => text(value).map(|text| if text.is_empty() { Given::Null } else { Given::Text(text) }),
        };
        if read.is_none() {
            self.mismatch(at, value);
        }
        read
    }

    fn mismatch(&mut self, path: impl Into<String>, value: &Json) {
        self.problems.push(Problem::new(path, Detail::TypeMismatch, Some(value)));
    }

    fn date(
        &mut self,
        value: &Json,
        path: String,
        form: impl Fn(Moment, &Zone) -> Option<Given>,
    ) -> Option<Given> {
        let detail = match value {
            Json::Text(text) => {
                let read = local_time::read(text.trim(), b'/', self.zone);
                if let Some(given) = read.and_then(|moment| form(moment, self.zone)) {
                    return Some(given);
                }
                Detail::InvalidDate
            }
            Json::Number(_) => Detail::InvalidDate,
            _ => Detail::TypeMismatch,
        };
        self.problems.push(Problem::new(path, detail, Some(value)));
        None
    }

    /// A day of a custom field.
    pub(super) fn custom_day(&mut self, value: &Json, path: String) -> Option<i64> {
        let day = self.date(value, path, |moment, zone| match moment {
            Moment::Day(day) => Some(Given::Day(day)),
            Moment::At(instant) => Some(Given::Day(zone.day(instant))),
        });
        match day {
            Some(Given::Day(day)) => Some(day),
            _ => None,
        }
    }

    fn texts(&mut self, value: &Json, path: &str) -> Option<Given> {
        let Json::List(elements) = value else {
            self.mismatch(path, value);
            return None;
        };
        let mut read = Vec::with_capacity(elements.len());
        for (at, element) in elements.iter().enumerate() {
            match text(element) {
                Some(text) if text.is_empty() => {}
                Some(text) => read.push(text),
                None => self.mismatch(format!("{path}[{at}]"), element),
            }
        }
        Some(Given::Texts(read))
    }

    fn rows(&mut self, fields: &'static [Field], value: &Json, path: &str) -> Option<Vec<Row>> {
        let Json::List(elements) = value else {
            self.mismatch(path, value);
            return None;
        };
        let mut rows = Vec::with_capacity(elements.len());
        for (at, element) in elements.iter().enumerate() {
            match element {
                Json::Object(object) => rows.push(self.row(fields, object, format!("{path}[{at}]."))),
                other => self.mismatch(format!("{path}[{at}]"), other),
            }
        }
        Some(rows)
    }

    /// Collects a reference: `x` as an object or an id, `xId`, `xAcronym`. `None` when it was not sent at all.
    fn reference(&mut self, base: &str, object: &Object, path: &str) -> Option<Given> {
        let mut sent = Sent { path: format!("{path}{base}"), ..Sent::default() };
        let mut named = false;
        match object.get(base) {
            None => {}
            Some(Json::Null) => named = true,
            Some(Json::Object(inner)) => {
                named = true;
                self.inner(inner, &mut sent);
            }
            Some(value) => {
                named = true;
                let at = sent.path.clone();
                self.id(value, at, &mut sent);
            }
        }
        if let Some(value) = object.get(&format!("{base}Id")) {
            named = true;
            self.id(value, format!("{path}{base}Id"), &mut sent);
        }
        if let Some(value) = object.get(&format!("{base}Acronym")) {
            named = true;
            self.acronym(value, format!("{path}{base}Acronym"), &mut sent);
        }
        named.then(|| if sent.is_empty() { Given::Null } else { Given::Reference(sent) })
    }

    /// A reference as an object.
    fn inner(&mut self, inner: &Object, sent: &mut Sent) {
        let path = sent.path.clone();
        for (key, value) in inner.iter().filter(|(_, value)| **value != Json::Null) {
            match key {
                "id" => self.id(value, format!("{path}.id"), sent),
                "acronym" => self.acronym(value, format!("{path}.acronym"), sent),
                "externalId" => sent.external_key = self.key(value, format!("{path}.externalId")),
                "code" => sent.code = self.key(value, format!("{path}.code")),
                // Labels come back with what was read, and say nothing by themselves.
                _ => sent.labelled = true,
            }
        }
    }

    fn key(&mut self, value: &Json, path: String) -> Option<String> {
        let read = text(value);
        if read.is_none() {
            self.mismatch(path, value);
        }
        read.filter(|text| !text.is_empty())
    }

    fn id(&mut self, value: &Json, path: String, sent: &mut Sent) {
        match value {
            Json::Null => {}
            Json::Text(text) if text.trim().is_empty() => {}
            Json::Text(text) => match ids::normal(text) {
                Some(id) => sent.ids.push((id, path)),
                None => self.mismatch(path, value),
            },
            other => self.mismatch(path, other),
        }
    }

    fn acronym(&mut self, value: &Json, path: String, sent: &mut Sent) {
        if let Some(acronym) = self.key(value, path.clone()).filter(|_| *value != Json::Null) {
            sent.acronyms.push((acronym, path));
        }
    }
}

/// The name of a reference without its ending, of a field that is one.
pub(super) fn reference_base(field: &Field) -> Option<&'static str> {
    match field.form {
        Form::Reference(..) | Form::Typed(_) => Some(field.name),
        Form::User | Form::Id(_) | Form::TypedId(_) => field.name.strip_suffix("Id"),
        _ => None,
    }
}

/// A text; numbers and truth values as they are written. Trimmed. A text with U+0000 is none.
pub(super) fn text(value: &Json) -> Option<String> {
    match value {
        Json::Null => Some(String::new()),
        Json::Text(text) if text.contains('\0') => None,
        Json::Text(text) => Some(text.trim().to_owned()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(flag) => Some(flag.to_string()),
        Json::List(_) | Json::Object(_) => None,
    }
}

/// A decimal: a number, or a text with a point. A number too large for the core is the largest there is.
pub(super) fn decimal(value: &Json) -> Option<Decimal> {
    match value {
        Json::Text(text) => text.trim().parse().ok(),
        Json::Number(number) => Some(number.parse().unwrap_or(if number.starts_with('-') {
            Decimal(i64::MIN)
        } else {
            Decimal(i64::MAX)
        })),
        _ => None,
    }
}

/// A whole number.
pub(super) fn integer(value: &Json) -> Option<i64> {
    let whole = match value {
        Json::Text(text) => text.trim(),
        Json::Number(number) => number,
        _ => return None,
    };
    whole.parse().ok().or_else(|| {
        let number: Decimal = whole.parse().ok()?;
        number.is_whole().then_some(number.0 / Decimal::SCALE)
    })
}

/// A truth value, its word in any case, or 0 and 1.
pub(super) fn boolean(value: &Json) -> Option<bool> {
    match value {
        Json::Bool(flag) => Some(*flag),
        Json::Text(text) if text.trim().eq_ignore_ascii_case("true") => Some(true),
        Json::Text(text) if text.trim().eq_ignore_ascii_case("false") => Some(false),
        Json::Number(number) if &**number == "1" => Some(true),
        Json::Number(number) if &**number == "0" => Some(false),
        _ => None,
    }
}

/// Rounded half up to this many decimal places.
pub(super) fn rounded(number: Decimal, places: u8) -> Decimal {
    let step = 10_i64.pow(6 - u32::from(places.min(6)));
    let half = step / 2;
    let size = number.0.unsigned_abs();
    let Ok(size) = i64::try_from(size) else { return number };
    let Some(size) = size.checked_add(half) else { return number };
    let size = size / step * step;
    Decimal(if number.0 < 0 { -size } else { size })
}
