//! Everything that can be wrong with a call, and how it is spelled (section 11).

use std::borrow::Cow;

use favo_core::catalogue::{contact, opportunity};
use favo_core::identity::Action;
use favo_core::{Ctx, Error, Place, Problem, Reason, Resource};
use http::StatusCode;

use super::switches::Language;
use super::table::{At, Entity, Field, Form};
use super::values;
use crate::json::Json;
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

impl Code {
    fn status(self) -> StatusCode {
        match self {
            Self::AccessDenied(_) | Self::InsufficientScope(_) => StatusCode::FORBIDDEN,
            Self::NotFound | Self::EntityUnknown | Self::ActionUnknown => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unique | Self::StateConflict => StatusCode::CONFLICT,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaUnsupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::RateExceeded => StatusCode::TOO_MANY_REQUESTS,
            Self::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Blank
            | Self::TypeMismatch
            | Self::MaxSize(_)
            | Self::Range
            | Self::Date
            | Self::Email
            | Self::Phone
            | Self::Nip
            | Self::Regon
            | Self::NotInList
            | Self::ReferenceNotFound
            | Self::ReferenceConflict
            | Self::FieldUnknown
            | Self::FileUnsupported
            | Self::IdMissing
            | Self::IdUnexpected
            | Self::IdConflict
            | Self::BodyUnreadable
            | Self::FilterUnknown
            | Self::PagingInvalid
            | Self::SortInvalid
            | Self::DictionaryType => StatusCode::BAD_REQUEST,
        }
    }

    /// Its word, and its text in Polish and English; `{f}` is the field, `{n}` a limit, `{r}` a right, `{ref}` a reference.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Blank => ("blank", "Pole {f} jest wymagane.", "Field {f} is required."),
            Self::TypeMismatch => {
                ("typeMismatch", "Pole {f} ma niepoprawny format.", "Field {f} has a wrong format.")
            }
            Self::MaxSize(_) => (
                "maxSize.exceeded",
                "Pole {f} jest za długie (najwyżej {n}).",
                "Field {f} is too long (at most {n}).",
            ),
            Self::Range => {
                ("range.invalid", "Wartość pola {f} jest poza zakresem.", "Field {f} is out of range.")
            }
            Self::Date => {
                ("date.invalid", "Pole {f} nie zawiera poprawnej daty.", "Field {f} is not a valid date.")
            }
            Self::Email => (
                "email.invalid",
                "Pole {f} nie zawiera poprawnego adresu e-mail.",
                "Field {f} is not a valid e-mail address.",
            ),
            Self::Phone => (
                "phone.invalid",
                "Pole {f} nie zawiera poprawnego numeru telefonu.",
                "Field {f} is not a valid phone number.",
            ),
            Self::Nip => {
                ("nip.invalid", "Pole {f} nie zawiera poprawnego numeru NIP.", "Field {f} is not a valid NIP.")
            }
            Self::Regon => (
                "regon.invalid",
                "Pole {f} nie zawiera poprawnego numeru REGON.",
                "Field {f} is not a valid REGON.",
            ),
            Self::NotInList => (
                "not.inList",
                "Wartości pola {f} nie ma w słowniku.",
                "Field {f} is not in the dictionary.",
            ),
            Self::ReferenceNotFound => (
                "reference.notFound",
                "Pole {f} wskazuje na nieistniejący rekord.",
                "Field {f} points to a record that does not exist.",
            ),
            Self::ReferenceConflict => (
                "reference.conflict",
                "Pole {f} podano dwa razy z różnymi wartościami.",
                "Field {f} was given twice with different values.",
            ),
            Self::FieldUnknown => ("field.unknown", "Nieznane pole {f}.", "Unknown field {f}."),
            Self::FileUnsupported => {
                ("file.unsupported", "Pliki nie są przyjmowane ({f}).", "Files are not accepted ({f}).")
            }
            Self::IdMissing => ("id.missing", "Nie podano identyfikatora rekordu.", "No record id was given."),
            Self::IdUnexpected => (
                "id.unexpected",
                "Nowy rekord nie może mieć identyfikatora.",
                "A new record cannot have an id.",
            ),
            Self::IdConflict => (
                "id.conflict",
                "Podano różne identyfikatory rekordu.",
                "Different record ids were given.",
            ),
            Self::BodyUnreadable => (
                "body.unreadable",
                "Nie można odczytać treści żądania.",
                "The request body cannot be read.",
            ),
            Self::FilterUnknown => ("filter.unknown", "Nieznany filtr {f}.", "Unknown filter {f}."),
            Self::PagingInvalid => ("paging.invalid", "Niepoprawna wartość {f}.", "Bad value of {f}."),
            Self::SortInvalid => ("sort.invalid", "Nie można sortować według {f}.", "Cannot sort by {f}."),
            Self::DictionaryType => ("dictionary.type", "Nieznany typ słownika.", "Unknown dictionary type."),
            Self::AccessDenied(_) => ("access_denied", "Brak uprawnienia {r}.", "Right {r} is missing."),
            Self::InsufficientScope(_) => ("insufficient_scope", SCOPE, SCOPE),
            Self::NotFound => (
                "not.found",
                "Nie znaleziono rekordu o podanym identyfikatorze.",
                "No record with this id.",
            ),
            Self::EntityUnknown => ("entity.unknown", "Nieznany obiekt.", "Unknown entity."),
            Self::ActionUnknown => ("action.unknown", "Nieznana akcja.", "Unknown action."),
            Self::MethodNotAllowed => {
                ("method.notAllowed", "Niedozwolona metoda HTTP.", "HTTP method not allowed.")
            }
            Self::Unique => (
                "unique",
                "Istnieje już rekord z taką wartością pola {f}.",
                "Another record has this value of {f}.",
            ),
            Self::StateConflict => (
                "state.conflict",
                "Stan rekordu nie pozwala na tę operację.",
                "The state of the record does not allow this.",
            ),
            Self::BodyTooLarge => {
                ("body.tooLarge", "Treść żądania jest za duża.", "The request body is too large.")
            }
            Self::MediaUnsupported => {
                ("media.unsupported", "Nieobsługiwany typ treści.", "Unsupported content type.")
            }
            Self::RateExceeded => ("rate.exceeded", "Zbyt wiele żądań.", "Too many requests."),
            Self::ServerError => ("server.error", "Błąd serwera ({ref}).", "Server error ({ref})."),
        }
    }

    /// The words that OAuth2 has for it: `error` and `error_description`.
    fn oauth(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::AccessDenied(_) => Some(("access_denied", "Access is denied")),
            Self::InsufficientScope(_) => Some(("insufficient_scope", SCOPE)),
            _ => None,
        }
    }
}

const SCOPE: &str = "Insufficient scope for this resource";

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
            let faults: Vec<Fault> = problems.iter().map(|problem| fault_of(subject, problem)).collect();
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

/// A problem the core has found, by the names of this dialect.
fn fault_of(subject: Subject<'_>, problem: &Problem) -> Fault {
    let (field, form) = field_of(subject, &problem.place);
    let is_listed = matches!(form, Some(Form::Dictionary(_)));
    let (code, said) = match &problem.reason {
        Reason::Required | Reason::OwnerRequired => (Code::Blank, None),
        Reason::Invalid if matches!(form, Some(Form::Date | Form::DateTime)) => (Code::Date, None),
        Reason::Invalid => (Code::TypeMismatch, None),
        Reason::NotFound(sought) if is_listed => (Code::NotInList, Some(sought)),
        Reason::NotFound(sought) => (Code::ReferenceNotFound, Some(sought)),
        Reason::DuplicateEmail(text)
        | Reason::DuplicatePhone(text)
        | Reason::DuplicateName(text)
        | Reason::DuplicateKey(text) => (Code::Unique, Some(text)),
        Reason::StageNumberTwice(_) => (Code::Unique, None),
        Reason::StageNotInPipeline { stage, .. } => (Code::NotInList, Some(stage)),
        Reason::NotAnOption(text) => (Code::NotInList, Some(text)),
        Reason::UnknownCustomField(_) => (Code::FieldUnknown, None),
        Reason::EndBeforeStart => (Code::Range, None),
        Reason::DiscountNotAllowed(_)
        | Reason::SurchargeNotAllowed(_)
        | Reason::PriceNotEditable(_)
        | Reason::RecurrenceNotEditable(_)
        | Reason::NotFractional(_) => (Code::Range, None),
        Reason::FileTooLarge | Reason::FileKindNotAccepted => (Code::FileUnsupported, None),
        Reason::MayNotSkipStage
        | Reason::MayNotGoBack
        | Reason::MayNotStartHere
        | Reason::ProductRequired
        | Reason::ProposalRequired
        | Reason::RemarksRequired
        | Reason::ReasonRequired
        | Reason::ConclusionBlocked
        | Reason::ProposalsBlocked
        | Reason::InUse
        | Reason::InUseBy(_)
        | Reason::WrongState
        | Reason::Circle
        | Reason::LooseTasksNotAllowed
        | Reason::TypeInUse
        | Reason::LastAdministrator => return Fault::whole(Code::StateConflict),
    };
    let field = match &problem.reason {
        Reason::UnknownCustomField(label) => Some(Cow::Owned(format!("customFields.{label}"))),
        Reason::OwnerRequired => Some(Cow::Borrowed("owner")),
        _ => field,
    };
    let rejected = said.and_then(|text| values::rejected(&Json::Text(text.clone())));
    Fault { code, field, rejected }
}

/// The wire name of a place in the core, with the form of its values.
fn field_of(subject: Subject<'_>, place: &Place) -> (Option<Cow<'static, str>>, Option<Form>) {
    let fields = subject.entity.map_or(&[][..], |entity| entity.fields);
    let named = |wanted: &dyn Fn(&Field) -> bool| {
        fields.iter().find(|field| wanted(field)).map(|field| (Cow::Borrowed(field.name), field.form))
    };
    let own = subject.entity.map(|entity| entity.resource);
    let found = match place {
        Place::Whole => None,
        Place::Wire(key) => {
            let top = key.split(['.', '[']).next().unwrap_or_default();
            let form = fields.iter().find(|field| field.name == top).map(|field| field.form);
            return (Some(key.clone()), form);
        }
        Place::Field(resource, position) if Some(*resource) == own => {
            let is_custom = resource.definition().custom == Some(*position);
            named(&|field| field.at == At::Own(*position))
                .or_else(|| is_custom.then_some((Cow::Borrowed("customFields"), Form::Boolean)))
                .or_else(|| named(&|field| is_special(field, *resource, *position)))
        }
        Place::Field(Resource::Qualification, position) => {
            named(&|field| field.at == At::Qualification(*position))
        }
        Place::Field(..) => None,
        Place::Inner(Resource::Contact, list, position) if *list == contact::ADDRESSES.position() => {
            named(&|field| field.at == At::Address(*position))
        }
        Place::Inner(..) => named(&|field| matches!(field.form, Form::Lines)),
    };
    found.map_or((None, None), |(name, form)| (Some(name), Some(form)))
}

/// Whether a field that is something of its own comes from this field of the core.
fn is_special(field: &Field, resource: Resource, position: u16) -> bool {
    let is = |key: u16| position == key;
    match field.at {
        At::Phone(_) => resource == Resource::Contact && is(contact::PHONES.position()),
        At::Email => resource == Resource::Contact && is(contact::EMAILS.position()),
        At::Given(own, _) => own == Some(position),
        // What is wrong with the whole name is told of its last part.
        At::Family(own, whole) => own == Some(position) || is(whole),
        At::Relationship => is(contact::CATEGORY.position()) || is(contact::LIFE_CYCLE.position()),
        At::Account(key) | At::AccountOrEmployer(key) | At::Lead(key) => is(key),
        At::Person(own, client) => own == Some(position) || (own.is_none() && is(client)),
        At::Stage => is(opportunity::STAGE.position()) || is(opportunity::STATUS.position()),
        At::LossReason => {
            is(opportunity::OUTCOME_REASONS.position()) || is(opportunity::DISCARD_REASON.position())
        }
        At::Own(_) | At::Qualification(_) | At::Address(_) | At::Special => false,
    }
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
    let headers = vec![
        ("cache-control", "no-store".to_owned()),
        ("www-authenticate", challenge(error, description)),
    ];
    Response { status: StatusCode::UNAUTHORIZED, content_type: JSON, headers, body: out }
}
