//! Everything that can be wrong with a call, and how it is spelled (section 11).

use std::borrow::Cow;

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
    AccessDenied(favo_core::identity::Action),
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
    Core(favo_core::Error),
}

impl From<favo_core::Error> for Failure {
    fn from(error: favo_core::Error) -> Self {
        Self::Core(error)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Faults(vec![fault])
    }
}
