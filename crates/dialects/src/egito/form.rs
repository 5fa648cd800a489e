//! Form parameters as a JSON object (section 8.3): pairs out of query strings, form bodies and multipart bodies; keys with
//! dots and brackets expanded.
//!
//! Not here: which encoding a body has, see `body`.

use std::collections::BTreeMap;

use crate::delimiter::find;
use crate::json::{Json, Object};

/// The most parameters of a request.
pub(super) const MOST: usize = 2000;
/// The most segments of a key.
const DEEPEST: usize = 8;
/// The highest index of a list.
const LAST_INDEX: usize = 999;

/// Why parameters are no object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// They cannot be read at all.
    Malformed,
    /// This key is both a value and a parent of values.
    Twice(String),
}

/// Decodes `application/x-www-form-urlencoded` text; `None` when it is not UTF-8. A `%` that begins no escape stands for itself.
pub(super) fn pairs(text: &[u8]) -> Option<Vec<(String, String)>> {
    text.split(|byte| *byte == b'&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let equals = part.iter().position(|byte| *byte == b'=');
            let (key, value) = equals.map_or((part, &[][..]), |at| (&part[..at], &part[at + 1..]));
            Some((decode(key)?, decode(value)?))
        })
        .collect()
}

/// Decodes one key or value; `None` when it is not UTF-8.
pub(super) fn decode(text: &[u8]) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let escaped = match byte {
            b'+' => Some((b' ', 1)),
            b'%' => text.get(at + 1..at + 3).and_then(|digits| {
                let digits = std::str::from_utf8(digits).ok()?;
                let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
                Some((u8::from_str_radix(digits, 16).ok().filter(|_| is_hex)?, 3))
            }),
            _ => None,
        };
        let (byte, width) = escaped.unwrap_or((*byte, 1));
        out.push(byte);
        at += width;
    }
    String::from_utf8(out).ok()
}

/// One step of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Name(String),
    Index(usize),
    /// `[]`: the next place of a list.
    Next,
}

/// The steps of a key; `None` when its brackets do not match, a name is missing, or there are too many.
fn steps(key: &str) -> Option<Vec<Step>> {
    let first = key.find(['.', '[', ']']).unwrap_or(key.len());
    let (name, mut rest) = key.split_at(first);
    if name.is_empty() {
        return None;
    }
    let mut steps = vec![Step::Name(name.to_owned())];
    while !rest.is_empty() {
        if let Some(named) = rest.strip_prefix('.') {
            let end = named.find(['.', '[', ']']).unwrap_or(named.len());
            if end == 0 {
                return None;
            }
            steps.push(Step::Name(named[..end].to_owned()));
            rest = &named[end..];
        } else {
            let (inside, after) = rest.strip_prefix('[')?.split_once(']')?;
            if inside.contains(['.', '[']) {
                return None;
            }
            steps.push(match inside {
                "" => Step::Next,
                digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                    Step::Index(digits.parse().ok().filter(|index| *index <= LAST_INDEX)?)
                }
                name => Step::Name(name.to_owned()),
            });
            rest = after;
        }
        if steps.len() > DEEPEST {
            return None;
        }
    }
    Some(steps)
}

/// A value while keys are still coming in.
#[derive(Debug)]
enum Node {
    Value(Json),
    /// A key sent more than once: of a list all values count, of anything else the last.
    Values(Vec<Json>),
    Named(Vec<(String, Node)>),
    Indexed(BTreeMap<usize, Node>),
}

impl Node {
    fn is_blank(&self) -> bool {
        matches!(self, Self::Value(Json::Text(text)) if text.is_empty())
    }

    /// Puts a value where the steps lead; `false` when something else is there.
    fn put(&mut self, steps: &[Step], value: Json) -> bool {
        let Some((step, rest)) = steps.split_first() else {
            match self {
                Self::Value(first) => {
                    let first = std::mem::replace(first, Json::Null);
                    *self = Self::Values(vec![first, value]);
                }
                Self::Values(values) => values.push(value),
                // A hidden field beside a list says that the list was on the form.
                Self::Indexed(_) => return matches!(&value, Json::Text(text) if text.is_empty()),
                Self::Named(_) => return false,
            }
            return true;
        };
        if self.is_blank() && !matches!(step, Step::Name(_)) {
            *self = Self::Indexed(BTreeMap::new());
        }
        match (self, step) {
            (Self::Named(nodes), Step::Name(name)) => put_named(nodes, name, rest, value),
            (Self::Indexed(nodes), Step::Index(_) | Step::Next) => {
                let next = nodes.last_key_value().map_or(0, |(last, _)| last + 1);
                let index = if let Step::Index(index) = step { *index } else { next };
                match nodes.get_mut(&index) {
                    Some(node) => node.put(rest, value),
                    None => {
                        let (node, fits) = grown(rest, value);
                        nodes.insert(index, node);
                        fits
                    }
                }
            }
            _ => false,
        }
    }

    fn done(self, is_list: bool) -> Json {
        match self {
            Self::Value(value) => match value {
                // Blanks clear a list, they are no element of it.
                Json::Text(text) if is_list && !text.is_empty() => Json::List(vec![Json::Text(text)]),
                value => value,
            },
            Self::Values(mut values) => {
                if !is_list {
                    return values.pop().unwrap_or(Json::Null);
                }
                values.retain(|value| !matches!(value, Json::Text(text) if text.is_empty()));
                if values.is_empty() { Json::Text(String::new()) } else { Json::List(values) }
            }
            Self::Named(nodes) => Json::Object(object(nodes, &|_| is_list)),
            Self::Indexed(nodes) => Json::List(nodes.into_values().map(|node| node.done(false)).collect()),
        }
    }
}

fn put_named(nodes: &mut Vec<(String, Node)>, name: &str, rest: &[Step], value: Json) -> bool {
    match nodes.iter_mut().find(|(known, _)| known == name) {
        Some((_, node)) => node.put(rest, value),
        None => {
            let (node, fits) = grown(rest, value);
            nodes.push((name.to_owned(), node));
            fits
        }
    }
}

/// A node with this value where the steps lead.
fn grown(steps: &[Step], value: Json) -> (Node, bool) {
    let mut node = match steps.first() {
        None => return (Node::Value(value), true),
        Some(Step::Name(_)) => Node::Named(Vec::new()),
        Some(Step::Index(_) | Step::Next) => Node::Indexed(BTreeMap::new()),
    };
    let fits = node.put(steps, value);
    (node, fits)
}

fn object(nodes: Vec<(String, Node)>, is_list: &dyn Fn(&str) -> bool) -> Object {
    let mut object = Object::default();
    for (name, node) in nodes {
        let listed = is_list(&name);
        object.set(name, node.done(listed));
    }
    object
}

/// The object that pairs of keys and values spell. `is_list` says of which fields a repeated key adds an element; of all
/// others the last value counts.
pub(super) fn expand(
    pairs: impl IntoIterator<Item = (String, Json)>,
    is_list: &dyn Fn(&str) -> bool,
) -> Result<Object, Unreadable> {
    let mut nodes = Vec::new();
    for (key, value) in pairs {
        let steps = steps(&key).ok_or(Unreadable::Malformed)?;
        let Some((Step::Name(name), rest)) = steps.split_first() else { return Err(Unreadable::Malformed) };
        if !put_named(&mut nodes, name, rest, value) {
            return Err(Unreadable::Twice(name.clone()));
        }
    }
    Ok(object(nodes, is_list))
}

/// A JSON object with its dotted and bracketed keys expanded, at the top and inside the fields that a table knows.
pub(super) fn expand_json(sent: Object, is_known: &dyn Fn(&str) -> bool) -> Result<Object, Unreadable> {
    let is_plain = |key: &str| !key.contains(['.', '[', ']']);
    let sent = if sent.iter().all(|(key, _)| is_plain(key)) { sent } else { expand(sent, &|_| false)? };
    let mut object = Object::default();
    for (key, value) in sent {
        let value = if is_known(&key) { expand_inside(value)? } else { value };
        object.set(key, value);
    }
    Ok(object)
}

fn expand_inside(value: Json) -> Result<Json, Unreadable> {
    Ok(match value {
        Json::Object(object) => Json::Object(expand_json(object, &|_| true)?),
        Json::List(rows) => Json::List(rows.into_iter().map(expand_inside).collect::<Result<_, _>>()?),
        value => value,
    })
}

/// What a multipart body holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Parts {
    /// Its fields.
    Fields(Vec<(String, String)>),
    /// A file with content under this name.
    File(String),
}

/// Reads a multipart body (RFC 7578); `None` when it is none.
pub(super) fn multipart(body: &[u8], boundary: &str) -> Option<Parts> {
    let delimiter = ["--", boundary].concat();
    let mut rest = if body.starts_with(delimiter.as_bytes()) {
        &body[delimiter.len()..]
    } else {
        let first = ["\r\n", &delimiter].concat();
        &body[find(body, first.as_bytes())? + first.len()..]
    };
    let closing = ["\r\n", &delimiter].concat();
    let mut fields = Vec::new();
    while !rest.starts_with(b"--") {
        // Blanks may stand behind a delimiter.
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        rest = rest[blanks..].strip_prefix(b"\r\n")?;
        let (head, content) = if let Some(content) = rest.strip_prefix(b"\r\n") {
            (&[][..], content)
        } else {
            let end = find(rest, b"\r\n\r\n")?;
            (&rest[..end], &rest[end + 4..])
        };
        let end = find(content, closing.as_bytes())?;
        let (content, after) = (&content[..end], &content[end + closing.len()..]);
        let (name, is_file) = disposition(std::str::from_utf8(head).ok()?)?;
        if is_file {
            if !content.is_empty() {
                return Some(Parts::File(name));
            }
        } else {
            fields.push((name, String::from_utf8(content.to_vec()).ok()?));
        }
        if fields.len() > MOST {
            return None;
        }
        rest = after;
    }
    Some(Parts::Fields(fields))
}

/// The name of a part, and whether it is a file.
fn disposition(head: &str) -> Option<(String, bool)> {
    let line = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    let (mut name, mut is_file) = (None, false);
    let mut rest = line.split_once(';').map_or("", |(_, rest)| rest);
    while let Some((key, value)) = rest.split_once('=') {
        let key = key.trim();
        let (value, after) = parameter(value.trim_start());
        if key.eq_ignore_ascii_case("name") {
            name = Some(value);
        } else if key.eq_ignore_ascii_case("filename") || key.eq_ignore_ascii_case("filename*") {
            is_file = true;
        }
        rest = after;
    }
    Some((name?, is_file))
}

/// The value of a parameter, quoted or not, and what follows it.
fn parameter(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, after) = text.split_once(';').unwrap_or((text, ""));
        return (value.trim().to_owned(), after);
    };
    let mut value = String::new();
    let mut signs = quoted.char_indices();
    while let Some((at, sign)) = signs.next() {
        match sign {
            '"' => {
                let after = &quoted[at + 1..];
                return (value, after.split_once(';').map_or("", |(_, after)| after));
            }
            '\\' => value.extend(signs.next().map(|(_, escaped)| escaped)),
            sign => value.push(sign),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests;
