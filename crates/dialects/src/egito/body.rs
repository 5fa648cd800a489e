//! The fields of a request as one object, however they were encoded (section 8).

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};

use super::fault::{Code, Fault};
use super::form::{self, Parts, Unreadable};
use super::table::{Entity, Form};
use crate::json::{Json, Object};
use crate::wire::Request;

/// How deep a JSON body may be.
const DEEPEST: usize = 16;
/// The parameter that carries a token; never a field.
pub(super) const TOKEN: &str = "access_token";

/// What a request sends.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields {
    /// Query and body in one; where both have a key, that of the body.
    pub(super) object: Object,
    /// `id` as the body has it.
    pub(super) body_id: Option<Json>,
    /// `id` as the query has it.
    pub(super) query_id: Option<Json>,
    /// The body was a form, or empty.
    pub(super) was_form: bool,
    /// Check boxes that were on the form (`_name`) and have no value.
    pub(super) unchecked: Vec<String>,
}

/// How keys are to be understood.
#[derive(Debug, Clone, Copy)]
pub(super) enum Keys {
    /// Fields of this entity.
    Of(&'static Entity),
    /// Parameters of a list: every repeated one has all its values.
    Parameters,
}

impl Keys {
    fn is_list(self, name: &str) -> bool {
        match self {
            Self::Of(entity) => entity.fields.iter().any(|field| {
                let lists =
                    matches!(field.form, Form::Texts(_) | Form::Lines | Form::TaxIds | Form::References(_));
                field.name == name && lists
            }),
            Self::Parameters => true,
        }
    }

    fn is_known(self, name: &str) -> bool {
        match self {
            Self::Of(entity) => {
                name != "customFields" && entity.fields.iter().any(|field| field.name == name)
            }
            Self::Parameters => false,
        }
    }
}

/// A body before its keys are understood.
#[derive(Debug)]
enum Body {
    Form(Vec<(String, String)>),
    Json(Object),
}

/// Reads all fields of a request.
pub(super) fn read(request: &Request, keys: Keys) -> Result<Fields, Fault> {
    let body = body(request)?;
    let query = form::pairs(request.query.as_bytes()).ok_or_else(unreadable)?;
    let sent = match (&body, keys) {
        (Body::Form(pairs), _) => pairs.len(),
        (Body::Json(object), Keys::Of(_)) => object.len(),
        // A list of values is as good as a repeated parameter.
        (Body::Json(object), Keys::Parameters) => object.iter().map(|(_, value)| scalars(value)).sum(),
    };
    if sent + query.len() > form::MOST {
        return Err(unreadable());
    }
    let mut unchecked = Vec::new();
    let mut query = of_form(query, keys, &mut unchecked)?;
    let was_form = matches!(body, Body::Form(_));
    let body = match body {
        Body::Form(pairs) => of_form(pairs, keys, &mut unchecked)?,
        Body::Json(object) => form::expand_json(object, &|name| keys.is_known(name)).map_err(refused)?,
    };
    // Keys with dots make values deeper than they were sent.
    if body.iter().any(|(_, value)| !fits(value, DEEPEST - 1)) {
        return Err(unreadable());
    }
    let (query_id, body_id) = (query.get("id").cloned(), body.get("id").cloned());
    for (key, value) in body {
        query.set(key, value);
    }
    query.remove(TOKEN);
    unchecked.retain(|name| query.get(name).is_none());
    Ok(Fields { object: query, body_id, query_id, was_form, unchecked })
}

/// How many values there are, one at least.
fn scalars(sent: &Json) -> usize {
    match sent {
        Json::List(list) => list.iter().map(scalars).sum::<usize>().max(1),
        Json::Object(object) => object.iter().map(|(_, value)| scalars(value)).sum::<usize>().max(1),
        _ => 1,
    }
}

/// Whether a value is no deeper than this.
fn fits(sent: &Json, depth: usize) -> bool {
    match sent {
        Json::List(list) => depth > 0 && list.iter().all(|value| fits(value, depth - 1)),
        Json::Object(object) => depth > 0 && object.iter().all(|(_, value)| fits(value, depth - 1)),
        _ => true,
    }
}

fn of_form(pairs: Vec<(String, String)>, keys: Keys, unchecked: &mut Vec<String>) -> Result<Object, Fault> {
    let mut sent = Vec::with_capacity(pairs.len());
    for (key, value) in pairs {
        match key.strip_prefix('_') {
            Some(name) => unchecked.push(name.to_owned()),
            None => sent.push((key, Json::Text(value))),
        }
    }
    form::expand(sent, &|name| keys.is_list(name)).map_err(refused)
}

/// The token in a body, for a request that has none elsewhere (5.1); a body that cannot be read holds none.
pub(super) fn token(request: &Request) -> Option<String> {
    match body(request).ok()? {
        Body::Form(pairs) => pairs.into_iter().rev().find(|(key, _)| key == TOKEN).map(|(_, value)| value),
        Body::Json(object) => match object.get(TOKEN) {
            Some(Json::Text(token)) => Some(token.clone()),
            _ => None,
        },
    }
}

fn unreadable() -> Fault {
    Fault::whole(Code::BodyUnreadable)
}

fn refused(why: Unreadable) -> Fault {
    match why {
        Unreadable::Malformed => unreadable(),
        Unreadable::Twice(key) => Fault::of(key, Code::ReferenceConflict, None),
    }
}

/// The body by its content type (8.1).
fn body(request: &Request) -> Result<Body, Fault> {
    let encoding = header(&request.headers, CONTENT_ENCODING.as_str());
    if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity") {
        return Err(Fault::whole(Code::MediaUnsupported));
    }
    let declared = header(&request.headers, CONTENT_TYPE.as_str());
    let (kind, parameters) = declared.split_once(';').unwrap_or((declared, ""));
    let kind = kind.trim().to_ascii_lowercase();
    if let Some(charset) = parameter(parameters, "charset")
        && !["utf-8", "utf8", "us-ascii"].iter().any(|known| charset.eq_ignore_ascii_case(known))
    {
        return Err(Fault::whole(Code::MediaUnsupported));
    }
    let bytes = request.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&request.body);
    let is_object = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    let is_json = match kind.as_str() {
        "application/json" | "text/json" => true,
        kind if kind.starts_with("application/") && kind.ends_with("+json") => true,
        "application/x-www-form-urlencoded"
        | ""
        | "x-www-form-urlencoded"
        | "text/plain"
        | "application/octet-stream" => is_object,
        "multipart/form-data" => {
            let boundary = parameter(parameters, "boundary").filter(|boundary| !boundary.is_empty());
            return parts(bytes, boundary);
        }
        _ => return Err(Fault::whole(Code::MediaUnsupported)),
    };
    let text = std::str::from_utf8(bytes).map_err(|_| unreadable())?;
    if !is_json {
        return form::pairs(text.trim_end_matches(['\r', '\n']).as_bytes())
            .map(Body::Form)
            .ok_or_else(unreadable);
    }
    if text.trim().is_empty() {
        return Ok(Body::Json(Object::default()));
    }
    match Json::parse(text, DEEPEST) {
        Some(Json::Object(object)) => Ok(Body::Json(object)),
        _ => Err(unreadable()),
    }
}

fn parts(bytes: &[u8], boundary: Option<&str>) -> Result<Body, Fault> {
    if bytes.is_empty() {
        return Ok(Body::Form(Vec::new()));
    }
    match boundary.and_then(|boundary| form::multipart(bytes, boundary)) {
        Some(Parts::Fields(fields)) => Ok(Body::Form(fields)),
        Some(Parts::File(name)) => Err(Fault::of(name, Code::FileUnsupported, None)),
        None => Err(unreadable()),
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim()
}

fn parameter<'a>(parameters: &'a str, name: &str) -> Option<&'a str> {
    parameters.split(';').find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
    })
}
