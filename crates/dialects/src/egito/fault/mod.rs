//! Everything that can be wrong with a call, and how it is spelled (section 11).

mod codes;
mod problems;

use std::borrow::Cow;

use favo_core::identity::Action;
use favo_core::{Ctx, Error};
use http::StatusCode;

use super::switches::Language;
use super::table::Entity;
use crate::json_out;
use crate::wire::Response;

/// What is wrong, by the codes of 11.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    Blank,
    TypeMismatch,
    /// At most so many characters.
    MaxSize(u16),
    Range,
    Date,
    Email,
    Phone,
    Nip,
    Regon,
    NotInList,
    ReferenceNotFound,
    ReferenceConflict,
    FieldUnknown,
    FileUnsupported,
    IdMissing,
    IdUnexpected,
    IdConflict,
    BodyUnreadable,
    FilterUnknown,
    PagingInvalid,
    SortInvalid,
    DictionaryType,
    AccessDenied(Action),
    /// The scope that is needed.
    InsufficientScope(&'static str),
    NotFound,
    EntityUnknown,
    ActionUnknown,
    MethodNotAllowed,
    Unique,
    StateConflict,
    BodyTooLarge,
    MediaUnsupported,
    RateExceeded,
    ServerError,
}

/// One thing wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) code: Code,
    /// The path of the field, such as `items[0].quantity`; `None` when it is about the whole record.
    pub(super) field: Option<Cow<'static, str>>,
    /// What was sent, as JSON; `None` for null.
    pub(super) rejected: Option<String>,
}

impl Fault {
    /// About the whole record.
    pub(super) fn whole(code: Code) -> Self {
        Self { code, field: None, rejected: None }
    }

    /// About a field; `rejected` is what was sent, written as JSON.
    pub(super) fn of(field: impl Into<Cow<'static, str>>, code: Code, rejected: Option<String>) -> Self {
        Self { code, field: Some(field.into()), rejected }
    }
}

/// Why a call was not done: what the client did wrong, or what the core or the database said.
#[derive(Debug)]
pub(super) enum Failure {
    /// At least one; all of one status.
    Faults(Vec<Fault>),
    Core(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Faults(vec![fault])
    }
}

/// The content type of every answer.
pub(super) const JSON: &str = "application/json;charset=UTF-8";
/// The most faults one answer lists.
const MOST: usize = 50;
/// The object of a fault that concerns the token.
pub(super) const OAUTH: &str = "OAuth2";
/// The object of a fault of a request whose entity is not known.
pub(super) const REQUEST: &str = "Request";

/// How a tenant wants to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Voice {
    pub(super) language: Language,
    /// Failures that concern the form keep status 200 (section 12).
    pub(super) always_200: bool,
}

impl Voice {
    /// Where no tenant is known.
    pub(super) const PLAIN: Self = Self { language: Language::Polish, always_200: false };
}

/// Whom a failure befell: the object an error names, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'a> {
    /// The entity as the path names it.
    pub(super) object: &'a str,
    /// Its table, if it has one.
    pub(super) entity: Option<&'static Entity>,
    /// What was to be done, for a core that only says no.
    pub(super) action: Action,
}

/// Spells a failure.
pub(super) fn answer(voice: Voice, subject: Subject<'_>, failure: &Failure) -> Response {
    match failure {
        Failure::Faults(faults) => spell(voice, subject, faults, ""),
        Failure::Core(error) => core(voice, subject, error),
    }
}

/// Spells one fault of the whole record.
pub(super) fn whole(voice: Voice, object: &str, code: Code) -> Response {
    spell(voice, Subject { object, entity: None, action: Action::Read }, &[Fault::whole(code)], "")
}

/// Spells a core error.
pub(super) fn core(voice: Voice, subject: Subject<'_>, error: &Error) -> Response {
    let one = |code: Code| spell(voice, subject, &[Fault::whole(code)], "");
    match error {
        Error::NotFound => one(Code::NotFound),
        Error::Forbidden => one(Code::AccessDenied(subject.action)),
        Error::Conflict => one(Code::StateConflict),
        Error::Refused(problems) => {
            let faults: Vec<Fault> =
                problems.iter().map(|problem| problems::fault_of(subject, problem)).collect();
            if faults.is_empty() { one(Code::StateConflict) } else { spell(voice, subject, &faults, "") }
        }
        Error::Busy(text) | Error::Storage(text) | Error::Internal(text) => {
            spell(voice, subject, &[Fault::whole(Code::ServerError)], &reference_of(text))
        }
    }
}

/// What a core error of the server's own begins with in the log: the reference its answer names.
const REFERENCE: &str = "reference ";

/// The same error; one of the server's own with a reference in front of its text.
pub(super) fn with_reference(ctx: &Ctx, error: Error) -> Error {
    let marked = |text: String| {
        if text.starts_with(REFERENCE) {
            return text;
        }
        let reference = favo_core::text::hex(&ctx.entropy.bytes()[8..]);
        format!("{REFERENCE}{reference}: {text}")
    };
    match error {
        Error::Busy(text) => Error::Busy(marked(text)),
        Error::Storage(text) => Error::Storage(marked(text)),
        Error::Internal(text) => Error::Internal(marked(text)),
        told @ (Error::NotFound | Error::Forbidden | Error::Refused(_) | Error::Conflict) => told,
    }
}

/// The reference in front of a text; of one without, the beginning of its sum, which the log leads to as well.
fn reference_of(text: &str) -> String {
    let marked = text.strip_prefix(REFERENCE).and_then(|rest| rest.split(':').next());
    marked.map_or_else(|| favo_core::text::secret_hash(text)[..16].to_owned(), str::to_owned)
}

/// Where a fault stands among those of its record: fields in the order of their table, then the rest.
fn place_of(entity: Option<&'static Entity>, fault: &Fault) -> usize {
    let Some((entity, field)) = entity.zip(fault.field.as_deref()) else { return usize::MAX };
    let top = field.split(['.', '[']).next().unwrap_or_default();
    entity.fields.iter().position(|known| known.name == top).unwrap_or(usize::MAX)
}

fn spell(voice: Voice, subject: Subject<'_>, faults: &[Fault], reference: &str) -> Response {
    let mut faults: Vec<&Fault> = faults.iter().collect();
    faults.sort_by_key(|fault| place_of(subject.entity, fault));
    faults.dedup();
    // What the client can mend comes before what it has to wait for.
    let status = faults.iter().map(|fault| fault.code.status()).min().unwrap_or(StatusCode::BAD_REQUEST);
    let mut out = Vec::with_capacity(200);
    out.push(b'{');
    let mut headers = vec![("cache-control", "no-store".to_owned())];
    if let Some((first, (error, description))) =
        faults.first().and_then(|fault| Some((fault.code, fault.code.oauth()?)))
    {
        push_oauth(&mut out, error, description);
        if let Code::InsufficientScope(scope) = first {
            out.extend_from_slice(b",\"scope\":");
            json_out::text(&mut out, scope);
            let challenge = format!("{}, scope=\"{scope}\"", challenge(error, description));
            headers.push(("www-authenticate", challenge));
        }
        out.push(b',');
    }
    out.extend_from_slice(b"\"errors\":[");
    for (at, fault) in faults.iter().take(MOST).enumerate() {
        if at > 0 {
            out.push(b',');
        }
        push_fault(&mut out, voice.language, subject.object, fault, reference);
    }
    out.extend_from_slice(b"]}");
    let steers = matches!(status.as_u16(), 429 | 500..);
    let status = if voice.always_200 && !steers { StatusCode::OK } else { status };
    Response { status, content_type: JSON, headers, body: out }
}

fn push_fault(out: &mut Vec<u8>, language: Language, object: &str, fault: &Fault, reference: &str) {
    out.extend_from_slice(b"{\"object\":");
    json_out::text(out, object);
    let path = fault.field.as_deref();
    if let Some(path) = path {
        out.extend_from_slice(b",\"field\":");
        json_out::text(out, path);
        out.extend_from_slice(b",\"rejected-value\":");
        let shown = fault.rejected.as_deref().filter(|_| !is_secret(path));
        out.extend_from_slice(shown.unwrap_or("null").as_bytes());
    }
    let (word, polish, english) = fault.code.words();
    let pattern = match language {
        Language::Polish => polish,
        Language::English => english,
    };
    let limit = if let Code::MaxSize(limit) = fault.code { limit.to_string() } else { String::new() };
    let right = if let Code::AccessDenied(action) = fault.code {
        action.name().to_ascii_uppercase()
    } else {
        String::new()
    };
    out.extend_from_slice(b",\"message\":");
    let message = fill(pattern, path.unwrap_or("id"), &limit, &right, reference);
    json_out::text(out, &message);
    out.extend_from_slice(b",\"code\":");
    json_out::text(out, word);
    out.push(b'}');
}

/// Fills a pattern; what is put in is not looked into again.
fn fill(pattern: &str, field: &str, limit: &str, right: &str, reference: &str) -> String {
    let (before, rest) = pattern.split_once('{').unwrap_or((pattern, ""));
    let Some((hole, rest)) = rest.split_once('}') else { return before.to_owned() };
    let filled = match hole {
        "f" => field,
        "n" => limit,
        "r" => right,
        _ => reference,
    };
    [before, filled, &fill(rest, field, limit, right, reference)].concat()
}

/// Whether what was sent under this name is nobody's business.
fn is_secret(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    ["password", "haslo", "hasło", "secret", "token"].iter().any(|word| path.contains(word))
}

fn push_oauth(out: &mut Vec<u8>, error: &str, description: &str) {
    out.extend_from_slice(b"\"error\":");
    json_out::text(out, error);
    out.extend_from_slice(b",\"error_description\":");
    json_out::text(out, description);
}

/// The value of `WWW-Authenticate` for a bearer.
fn challenge(error: &str, description: &str) -> String {
    format!("Bearer realm=\"oauth\", error=\"{error}\", error_description=\"{description}\"")
}

/// The answer to someone whose token was not taken (5.3): always English, whatever the tenant.
pub(super) fn unauthorised(error: &str, description: &str) -> Response {
    let mut out = vec![b'{'];
    push_oauth(&mut out, error, description);
    out.extend_from_slice(b",\"errors\":[{\"object\":");
    json_out::text(&mut out, OAUTH);
    out.extend_from_slice(b",\"message\":");
    json_out::text(&mut out, description);
    out.extend_from_slice(b",\"code\":");
    json_out::text(&mut out, error);
    out.extend_from_slice(b"}]}");
    let headers =
        vec![("cache-control", "no-store".to_owned()), ("www-authenticate", challenge(error, description))];
    Response { status: StatusCode::UNAUTHORIZED, content_type: JSON, headers, body: out }
}

#[cfg(test)]
mod tests;
