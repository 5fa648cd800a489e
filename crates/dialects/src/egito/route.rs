//! What a request asks for: entity, action, record and fields, found without looking at any data (sections 5.2, 7).

use std::borrow::Cow;

use favo_core::identity::Action as Right;
use http::{HeaderMap, Method};

use super::body::{self, Fields, Keys};
use super::fault::{Code, Fault};
use super::switches::Language;
use super::table::Entity;
use super::{BASE, entities, form, values};
use crate::json::Json;
use crate::wire::Request;

/// The name that dictionaries are listed under.
pub(super) const DICTIONARY: &str = "SelectDictionary";
/// The most characters of an unknown name that an answer repeats.
const REPEATED: usize = 100;

/// What can be done with an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Create,
    Get,
    Update,
    Delete,
    List,
}

impl Action {
    const ALL: [(&'static str, Self); 5] = [
        ("create", Self::Create),
        ("get", Self::Get),
        ("update", Self::Update),
        ("delete", Self::Delete),
        ("list", Self::List),
    ];

    /// The right it needs.
    pub(super) fn right(self) -> Right {
        match self {
            Self::Create => Right::Create,
            Self::Get | Self::List => Right::Read,
            Self::Update => Right::Update,
            Self::Delete => Right::Delete,
        }
    }

    /// Whether it changes anything.
    pub(super) fn writes(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Delete)
    }

    /// The methods it answers, as `Allow` names them.
    fn allowed(self) -> &'static str {
        match self {
            Self::Create => "POST, OPTIONS",
            Self::Get | Self::List => "GET, HEAD, POST, OPTIONS",
            Self::Update => "POST, PUT, OPTIONS",
            Self::Delete => "POST, DELETE, OPTIONS",
        }
    }

    fn takes(self, method: &Method) -> bool {
        *method != Method::OPTIONS && self.allowed().split(", ").any(|allowed| allowed == method.as_str())
    }
}

/// Whose action it is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target {
    Records(&'static Entity),
    Dictionaries,
}

impl Target {
    /// Its name in paths and errors.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Records(entity) => entity.name,
            Self::Dictionaries => DICTIONARY,
        }
    }

    /// Its table.
    pub(super) fn entity(self) -> Option<&'static Entity> {
        match self {
            Self::Records(entity) => Some(entity),
            Self::Dictionaries => None,
        }
    }

    fn offers(self, action: Action) -> bool {
        match self {
            Self::Records(entity) => entity.writable || !action.writes(),
            Self::Dictionaries => action == Action::List,
        }
    }
}

/// What a path means.
enum Place<'a> {
    Unknown { object: Cow<'a, str>, code: Code },
    Known { target: Target, action: Action, id: Option<&'a str> },
}

/// What a request asks for.
#[derive(Debug)]
pub(super) enum Asked {
    /// Nothing there is; `allow` for a method that is not offered.
    Nothing { object: String, code: Code, allow: Option<&'static str> },
    /// Something with records or dictionaries.
    Something { target: Target, action: Action, path_id: Option<Json>, fields: Result<Fields, Fault> },
}

/// Finds the entity and action of a path.
fn place(path: &str) -> Place<'_> {
    let rest = path.strip_prefix(BASE).unwrap_or_default();
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let mut segments = rest.split('/');
    let name = segments.next().unwrap_or_default();
    let target = match entities::named(name) {
        Some(entity) => Target::Records(entity),
        None if name == DICTIONARY => Target::Dictionaries,
        None => return Place::Unknown { object: shown(name), code: Code::EntityUnknown },
    };
    let unknown = Place::Unknown { object: Cow::Borrowed(target.name()), code: Code::ActionUnknown };
    let word = segments.next().unwrap_or_default();
    let (id, more) = (segments.next(), segments.next());
    let known = Action::ALL.into_iter().find(|(known, _)| *known == word).map(|(_, action)| action);
    let Some(action) = known.filter(|action| target.offers(*action)) else { return unknown };
    let takes_id = matches!(action, Action::Get | Action::Update | Action::Delete);
    if more.is_some() || (id.is_some() && !takes_id) {
        return unknown;
    }
    Place::Known { target, action, id }
}

/// A name nobody knows, as an answer repeats it.
fn shown(name: &str) -> Cow<'_, str> {
    let decoded = form::decode(name.as_bytes());
    Cow::Owned(decoded.map_or_else(String::new, |name| name.chars().take(REPEATED).collect()))
}

/// Reads a request.
pub(super) fn read(request: &Request) -> Asked {
    let (target, action, id) = match place(&request.path) {
        Place::Unknown { object, code } => {
            return Asked::Nothing { object: object.into_owned(), code, allow: None };
        }
        Place::Known { target, action, id } => (target, action, id),
    };
    if !action.takes(&request.method) {
        let (object, allow) = (target.name().to_owned(), Some(action.allowed()));
        return Asked::Nothing { object, code: Code::MethodNotAllowed, allow };
    }
    let keys = match target {
        Target::Records(entity) if action != Action::List => Keys::Of(entity),
        _ => Keys::Parameters,
    };
    let path_id = id.map(|id| Json::Text(shown(id).into_owned()));
    Asked::Something { target, action, path_id, fields: body::read(request, keys) }
}

/// Reads a request whose body is too large to be read.
pub(super) fn too_large(request: &Request) -> Asked {
    match read(request) {
        Asked::Something { target, action, path_id, .. } => {
            Asked::Something { target, action, path_id, fields: Err(Fault::whole(Code::BodyTooLarge)) }
        }
        nothing @ Asked::Nothing { .. } => nothing,
    }
}

/// The methods of a known path.
pub(super) fn options(path: &str) -> Option<&'static str> {
    match place(path) {
        Place::Known { action, .. } => Some(action.allowed()),
        Place::Unknown { .. } => None,
    }
}

/// The number of the record that is meant (7.3); `None` when the request names none.
pub(super) fn id(path: Option<&Json>, fields: &Fields) -> Result<Option<i64>, Fault> {
    let sent = [path, fields.body_id.as_ref(), fields.query_id.as_ref()];
    let mut found = None;
    for sent in sent.into_iter().flatten() {
        let id = values::id(sent).map_err(|code| Fault::of("id", code, values::rejected(sent)))?;
        match (found, id) {
            (Some(first), Some(id)) if first != id => return Err(Fault::whole(Code::IdConflict)),
            (None, id) => found = id,
            (Some(_), _) => {}
        }
    }
    Ok(found)
}

/// The language a client wants to be told in, when it says so (11.2).
pub(super) fn language(headers: &HeaderMap) -> Option<Language> {
    let first = headers.get(http::header::ACCEPT_LANGUAGE)?.to_str().ok()?.split([',', ';', '-']).next()?;
    match first.trim().to_ascii_lowercase().as_str() {
        "en" => Some(Language::English),
        "pl" => Some(Language::Polish),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(path: &str) -> String {
        match place(&format!("{BASE}{path}")) {
            Place::Unknown { object, code } => format!("{object}: {code:?}"),
            Place::Known { target, action, id } => {
                format!("{} {action:?} {}", target.name(), id.unwrap_or("-"))
            }
        }
    }

    #[test]
    fn paths_name_an_entity_an_action_and_perhaps_a_record() {
        for (path, meaning) in [
            ("/Account/create", "Account Create -"),
            ("/Account/list/", "Account List -"),
            ("/Contact/get/602", "Contact Get 602"),
            ("/Contact/update/602/", "Contact Update 602"),
            ("/Order/delete/5", "Order Delete 5"),
            ("/User/list", "User List -"),
            ("/SelectDictionary/list", "SelectDictionary List -"),
            ("/account/create", "account: EntityUnknown"),
            ("/Accounts/list", "Accounts: EntityUnknown"),
            ("/%C5%BC/list", "ż: EntityUnknown"),
            ("", ": EntityUnknown"),
            ("/", ": EntityUnknown"),
            ("/Account", "Account: ActionUnknown"),
            ("/Account/remove", "Account: ActionUnknown"),
            ("/Account/Create", "Account: ActionUnknown"),
            ("/Account/create/5", "Account: ActionUnknown"),
            ("/Account/get/5/6", "Account: ActionUnknown"),
            ("/User/create", "User: ActionUnknown"),
            ("/SelectDictionary/get", "SelectDictionary: ActionUnknown"),
        ] {
            assert_eq!(told(path), meaning, "{path}");
        }
    }

    #[test]
    fn verbs_are_those_of_the_table() {
        let answered = |action: Action| {
            let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];
            let taken = |name: &&str| action.takes(&Method::from_bytes(name.as_bytes()).unwrap());
            methods.into_iter().filter(taken).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(answered(Action::Create), "POST");
        assert_eq!(answered(Action::Get), "GET HEAD POST");
        assert_eq!(answered(Action::List), "GET HEAD POST");
        assert_eq!(answered(Action::Update), "POST PUT");
        assert_eq!(answered(Action::Delete), "POST DELETE");
    }

    #[test]
    fn the_id_is_read_wherever_it_is_and_must_be_one() {
        let text = |text: &str| Json::Text(text.to_owned());
        let found = |path: Option<&str>, body: Option<&str>, query: Option<&str>| {
            let fields = Fields { body_id: body.map(text), query_id: query.map(text), ..Fields::default() };
            id(path.map(text).as_ref(), &fields).map_err(|fault| fault.code)
        };
        assert_eq!(found(Some("5"), None, None), Ok(Some(5)));
        assert_eq!(found(None, Some("5"), Some("5")), Ok(Some(5)));
        assert_eq!(found(None, Some(""), Some("7")), Ok(Some(7)));
        assert_eq!(found(None, Some(" "), None), Ok(None));
        assert_eq!(found(Some("5"), Some("6"), None), Err(Code::IdConflict));
        assert_eq!(found(None, Some("5"), Some("6")), Err(Code::IdConflict));
        for bad in ["abc", "-1", "0", "1.0"] {
            assert_eq!(found(None, None, Some(bad)), Err(Code::TypeMismatch), "{bad}");
        }
    }

    #[test]
    fn the_first_language_counts() {
        let asked = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(http::header::ACCEPT_LANGUAGE, http::HeaderValue::from_static(value));
            language(&headers)
        };
        assert_eq!(asked("en-GB,pl;q=0.5"), Some(Language::English));
        assert_eq!(asked("PL"), Some(Language::Polish));
        assert_eq!(asked("de, en"), None);
        assert_eq!(asked(""), None);
    }
}
