//! Paths, methods and headers: what a request asks for, found without looking at any data (sections 4 and 5).
//!
//! Nothing is answered from here: a mistake is kept with the call, and told in its turn (4.7).

use http::{HeaderMap, Method};

use super::ServerSettings;
use super::entities;
use super::fault::{Code, Failure};
use super::table::{Actions, Entity};
use crate::json::{Json, Object};
use crate::wire::Request;

/// The depth of a body (4.5).
const DEPTH: usize = 16;

/// What is to be done with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Create,
    Update,
    Upsert,
    Delete,
    /// A POST on a direct path that does not say: change the record the body names, else make one (5.6).
    Unsaid,
}

impl Action {
    fn of(word: &str) -> Option<Self> {
        [Self::Create, Self::Update, Self::Upsert, Self::Delete]
            .into_iter()
            .find(|action| action.word().eq_ignore_ascii_case(word))
    }

    fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Upsert => "upsert",
            Self::Delete => "delete",
            Self::Unsaid => "POST",
        }
    }

    /// Whether the resource offers it; a POST that does not say may still turn out to be an update.
    fn is_offered(self, entity: &Entity) -> bool {
        match (entity.actions, self) {
            (Actions::None, _) | (Actions::NoDelete, Self::Delete) => false,
            (Actions::All | Actions::NoDelete, _) => true,
            (Actions::UpdateOnly, action) => matches!(action, Self::Update | Self::Unsaid),
        }
    }
}

/// What a request asks for.
#[derive(Debug)]
pub(super) enum What {
    /// It cannot be done, whoever asks.
    Refused(Failure),
    /// `OPTIONS`.
    Options,
    /// A list, or the record with this id as the path has it.
    Read {
        entity: &'static Entity,
        id: Option<String>,
        filter: Option<String>,
        query: String,
        head: bool,
    },
    Write(Write),
}

/// A writing call.
#[derive(Debug)]
pub(super) struct Write {
    pub(super) entity: &'static Entity,
    pub(super) action: Action,
    /// The id in the path, as sent.
    pub(super) id: Option<String>,
    /// `Integration-Filter`; none when blank.
    pub(super) filter: Option<String>,
    pub(super) query: String,
    /// `None` when it is no JSON object.
    pub(super) body: Option<Object>,
}

/// The methods of every path.
pub(super) const ALLOWED: &str = "GET, HEAD, POST, DELETE, OPTIONS";

/// Finds out what a request asks for.
pub(super) fn route(request: &Request, settings: &ServerSettings) -> What {
    what(request, settings).unwrap_or_else(What::Refused)
}

fn what(request: &Request, settings: &ServerSettings) -> Result<What, Failure> {
    let path = request.path.strip_suffix('/').unwrap_or(&request.path);
    let target = if path == settings.gateway_path { None } else { Some(direct(path)?) };
    let method = &request.method;
    if method == Method::OPTIONS {
        return Ok(What::Options);
    }
    if !matches!(*method, Method::GET | Method::HEAD | Method::POST | Method::DELETE) {
        return Err(Failure::plain(
            Code::MethodNotAllowed,
            format!("{method} is not answered here, only {ALLOWED}."),
        ));
    }
    let by_gateway = target.is_none();
    let (entity, id) = match target {
        Some(target) => target,
        None => (gateway(&request.headers)?, None),
    };
    let filter = header(&request.headers, "integration-filter").filter(|text| !text.trim().is_empty());
    let query = request.query.clone();
    if matches!(*method, Method::GET | Method::HEAD) {
        return Ok(What::Read { entity, id, filter, query, head: *method == Method::HEAD });
    }
    let action = if *method == Method::DELETE {
        Action::Delete
    } else {
        match header(&request.headers, "integration-action").filter(|word| !word.is_empty()) {
            Some(word) => Action::of(&word).ok_or_else(|| {
                let message = "Integration-Action must be create, update, upsert or delete.";
                Failure::plain(Code::HeaderInvalid, message)
            })?,
            None if by_gateway => return Err(missing("Integration-Action")),
            None => Action::Unsaid,
        }
    };
    if !action.is_offered(entity) {
        return Err(not_offered(entity, action));
    }
    // The body of a DELETE may name the record; one that is no JSON does not matter.
    let body = match json(&request.body) {
        Some(Json::Object(body)) => Some(body),
        _ if *method == Method::DELETE => Some(Object::default()),
        _ => None,
    };
    Ok(What::Write(Write { entity, action, id, filter, query, body }))
}

/// The refusal of an action that the resource lacks.
pub(super) fn not_offered(entity: &Entity, action: Action) -> Failure {
    let (service, name) = (entity.service, entity.name);
    let message = format!("{service}/{name} does not offer {}.", action.word());
    Failure::plain(Code::ActionNotSupported, message)
}

/// `/api/{version}/{service}/{resource}`, perhaps with `/{id}` (4.3).
fn direct(path: &str) -> Result<(&'static Entity, Option<String>), Failure> {
    let unknown = || Failure::plain(Code::ResourceNotFound, "There is no such path.");
    let rest = path.strip_prefix("/api/").ok_or_else(unknown)?;
    let parts: Vec<&str> = rest.split('/').collect();
    let (version, service, name, id) = match parts.as_slice() {
        [version, service, name] => (version, service, name, None),
        [version, service, name, id] => (version, service, name, Some((*id).to_owned())),
        _ => return Err(unknown()),
    };
    let entity = entities::named(service, name).filter(|_| is_version(version)).ok_or_else(unknown)?;
    Ok((entity, id))
}

/// The resource that the headers name (4.2).
fn gateway(headers: &HeaderMap) -> Result<&'static Entity, Failure> {
    let needed = |name: &str, shown: &str| {
        header(headers, name).filter(|value| !value.is_empty()).ok_or_else(|| missing(shown))
    };
    let service = needed("integration-service", "Integration-Service")?;
    let name = needed("integration-resource", "Integration-Resource")?;
    let version = needed("integration-version", "Integration-Version")?;
    if !is_version(&version) {
        let message = "Integration-Version must be v and a number from 1 to 99.";
        return Err(Failure::plain(Code::HeaderInvalid, message));
    }
    entities::named(&service, &name).ok_or_else(|| {
        let message = "Integration-Service and Integration-Resource name no resource.";
        Failure::plain(Code::HeaderInvalid, message)
    })
}

fn missing(header: &str) -> Failure {
    Failure::plain(Code::HeaderMissing, format!("The header {header} is missing."))
}

/// `v` and a number from 1 to 99, any case.
fn is_version(text: &str) -> bool {
    let digits = text.strip_prefix(['v', 'V']).unwrap_or_default();
    matches!(digits.as_bytes(), [b'1'..=b'9'] | [b'1'..=b'9', b'0'..=b'9'])
}

/// A header, trimmed: in UTF-8, else in ISO-8859-1 (4.1).
fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let bytes = headers.get(name)?.as_bytes();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    Some(text.trim().to_owned())
}

/// The body as JSON; an empty one is an empty object.
pub(super) fn json(body: &[u8]) -> Option<Json> {
    let text = std::str::from_utf8(body).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Some(Json::Object(Object::default()));
    }
    Json::parse(text, DEPTH)
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn asked(method: &str, path: &str, headers: &[(&str, &[u8])], body: &[u8]) -> What {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            map.append(name, HeaderValue::from_bytes(value).unwrap());
        }
        let request = Request {
            method: Method::from_bytes(method.as_bytes()).unwrap(),
            path: path.to_owned(),
            query: String::new(),
            headers: map,
            body: bytes::Bytes::copy_from_slice(body),
            base_url: String::new(),
        };
        route(&request, &ServerSettings::default())
    }

    fn code(what: &What) -> &'static str {
        match what {
            What::Refused(Failure::Wire { code, .. }) => code.name(),
            _ => "fine",
        }
    }

    #[test]
    fn direct_paths_need_a_version_and_a_resource() {
        for (path, expected) in [
            ("/api/v4/customer/leads", "fine"),
            ("/api/V11/Opportunity/opportunities/", "fine"),
            ("/api/v4/customer/customers/123", "fine"),
            ("/api/v4/customer/unknown", "ResourceNotFound"),
            ("/api/customer/leads", "ResourceNotFound"),
            ("/api/v100/customer/leads", "ResourceNotFound"),
            ("/api/v0/customer/leads", "ResourceNotFound"),
            ("/api/4/customer/leads", "ResourceNotFound"),
            ("/api/v4/customer/leads/1/2", "ResourceNotFound"),
            ("/api/v4/customer/leads//", "fine"),
            ("/api", "ResourceNotFound"),
        ] {
            assert_eq!(code(&asked("GET", path, &[], b"")), expected, "{path}");
        }
        // An unknown path is told before a wrong method.
        assert_eq!(code(&asked("PUT", "/api/v4/customer/unknown", &[], b"")), "ResourceNotFound");
        assert_eq!(code(&asked("PATCH", "/api/v4/customer/leads", &[], b"")), "MethodNotAllowed");
    }

    #[test]
    fn the_gateway_is_steered_by_its_headers() {
        let all: [(&str, &[u8]); 4] = [
            ("Integration-Version", b" V4 "),
            ("integration-service", b"Customer"),
            ("Integration-Resource", b"customers-integration"),
            ("Integration-Action", b"Upsert"),
        ];
        let What::Write(write) = asked("POST", "/api/integration", &all, b"{}") else { panic!() };
        assert_eq!((write.entity.name, write.action), ("customers-integration", Action::Upsert));
        for at in 0..4 {
            let mut some = all.to_vec();
            some.remove(at);
            assert_eq!(code(&asked("POST", "/api/integration", &some, b"{}")), "HeaderMissing");
        }
        for (at, value) in [(0, "4"), (0, "v0"), (2, "customer"), (3, "merge")] {
            let mut some = all.to_vec();
            some[at].1 = value.as_bytes();
            assert_eq!(code(&asked("POST", "/api/integration", &some, b"{}")), "HeaderInvalid", "{value}");
        }
        assert!(matches!(asked("GET", "/api/integration", &all[..3], b""), What::Read { id: None, .. }));
    }

    #[test]
    fn actions_that_a_resource_lacks_are_refused() {
        for (path, action, expected) in [
            ("/api/v1/product/products", "delete", "ActionNotSupported"),
            ("/api/v1/user/users", "create", "ActionNotSupported"),
            ("/api/v1/user/users", "update", "fine"),
            ("/api/v1/customer/origins", "update", "ActionNotSupported"),
            ("/api/v1/customer/leads", "delete", "fine"),
        ] {
            let headers = [("Integration-Action", action.as_bytes())];
            assert_eq!(code(&asked("POST", path, &headers, b"")), expected, "{path} {action}");
        }
        assert_eq!(code(&asked("DELETE", "/api/v1/product/products/1", &[], b"")), "ActionNotSupported");
    }

    #[test]
    fn a_filter_is_read_in_utf_8_or_else_in_latin_1() {
        for value in ["{name->eq->São}".as_bytes(), b"{name->eq->S\xe3o}", b"  {name->eq->S\xc3\xa3o} "] {
            let headers = [("Integration-Filter", value)];
            let What::Read { filter, .. } = asked("GET", "/api/v4/customer/leads", &headers, b"") else {
                panic!()
            };
            assert_eq!(filter.as_deref(), Some("{name->eq->São}"));
        }
        let What::Read { filter, .. } =
            asked("GET", "/api/v4/customer/leads", &[("Integration-Filter", b" ")], b"")
        else {
            panic!()
        };
        assert_eq!(filter, None);
    }

    #[test]
    fn bodies_are_one_object() {
        let body = |bytes: &[u8]| match asked("POST", "/api/v4/customer/leads", &[], bytes) {
            What::Write(write) => write.body.map(|object| object.len()),
            _ => None,
        };
        assert_eq!(body(b""), Some(0));
        assert_eq!(body("\u{feff}{\"a\":1}".as_bytes()), Some(1));
        for bad in [&b"{\"a\":1"[..], b"[]", b"1", b"{} x", b"{\"a\":\"\xe3\"}", "{“a”:1}".as_bytes()] {
            assert_eq!(body(bad), None);
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(16), "]".repeat(16));
        assert_eq!(body(deep.as_bytes()), None);
    }
}
