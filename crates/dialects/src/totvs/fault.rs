//! Everything that can be wrong with a call, and how it is spelled (sections 9 and 10).

/// The codes at the top of an answer (9.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    MalformedJson,
    LoginFieldMissing,
    HeaderMissing,
    HeaderInvalid,
    ActionNotSupported,
    FilterRequired,
    FilterNotAllowed,
    KeyConflict,
    FilterSyntax,
    FilterUnknownOperator,
    FilterUnknownField,
    FilterOperatorType,
    FilterValueInvalid,
    FilterPagingMisplaced,
    FilterTooLarge,
    PagingInvalid,
    UnknownParameter,
    InvalidValue,
    InvalidCredentials,
    InvalidTenant,
    UserInactive,
    SessionMissing,
    SessionExpired,
    ResourceNotFound,
    /// 404, or 422 when a filter or a key in the body of an update matches nothing.
    RecordNotFound {
        unprocessable: bool,
    },
    MethodNotAllowed,
    DuplicateKey,
    DuplicateRecord,
    VersionConflict,
    LockConflict,
    HasDependents,
    InvalidState,
    BodyTooLarge,
    ValidationFailed,
    FilterMatchesMany,
    RateLimit,
    TooManyLogins,
    InternalError,
    AccessDenied,
}

/// The codes of details (9.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    TypeMismatch,
    InvalidDate,
    NotNull,
    /// At most so many characters.
    Size(u16),
    Range,
    NotInList,
    InvalidEmail,
    InvalidPhone,
    InvalidDocument,
    ReferenceNotFound,
    ReferenceConflict,
    IdNotAllowed,
    UnknownCustomField,
    TooManyExtras,
    Duplicate,
    Dependent,
    VersionConflict,
    /// A filter: the 1-based position of the character where it goes wrong.
    Filter(usize),
}

/// One detail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    /// A path such as `items[0].product.id`.
    pub(super) field: String,
    pub(super) detail: Detail,
    /// What was rejected, as JSON; `None` for null.
    pub(super) value: Option<String>,
}

/// Why a call was not done.
#[derive(Debug)]
pub(super) enum Failure {
    Wire {
        code: Code,
        /// `detailedMessage`: English, for programmers.
        message: String,
        details: Vec<Problem>,
    },
    Core(favo_core::Error),
}

impl Failure {
    /// Without details.
    pub(super) fn plain(code: Code, message: impl Into<String>) -> Self {
        Self::Wire { code, message: message.into(), details: Vec::new() }
    }
}

impl From<favo_core::Error> for Failure {
    fn from(error: favo_core::Error) -> Self {
        Self::Core(error)
    }
}
