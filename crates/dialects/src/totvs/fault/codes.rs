//! The words of this dialect for what is wrong, with their sentences and statuses (9.1, 9.2).

use http::StatusCode;

/// The codes at the top of an answer (9.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::totvs) enum Code {
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

impl Code {
    /// Its word.
    pub(in crate::totvs) fn name(self) -> &'static str {
        match self {
            Self::MalformedJson => "MalformedJson",
            Self::LoginFieldMissing => "LoginFieldMissing",
            Self::HeaderMissing => "HeaderMissing",
            Self::HeaderInvalid => "HeaderInvalid",
            Self::ActionNotSupported => "ActionNotSupported",
            Self::FilterRequired => "FilterRequired",
            Self::FilterNotAllowed => "FilterNotAllowed",
            Self::KeyConflict => "KeyConflict",
            Self::FilterSyntax => "FilterSyntax",
            Self::FilterUnknownOperator => "FilterUnknownOperator",
            Self::FilterUnknownField => "FilterUnknownField",
            Self::FilterOperatorType => "FilterOperatorType",
            Self::FilterValueInvalid => "FilterValueInvalid",
            Self::FilterPagingMisplaced => "FilterPagingMisplaced",
            Self::FilterTooLarge => "FilterTooLarge",
            Self::PagingInvalid => "PagingInvalid",
            Self::UnknownParameter => "UnknownParameter",
            Self::InvalidValue => "InvalidValue",
            Self::InvalidCredentials => "InvalidCredentials",
            Self::InvalidTenant => "InvalidTenant",
            Self::UserInactive => "UserInactive",
            Self::SessionMissing => "SessionMissing",
            Self::SessionExpired => "SessionExpired",
            Self::ResourceNotFound => "ResourceNotFound",
            Self::RecordNotFound { .. } => "RecordNotFound",
            Self::MethodNotAllowed => "MethodNotAllowed",
            Self::DuplicateKey => "DuplicateKey",
            Self::DuplicateRecord => "DuplicateRecord",
            Self::VersionConflict => "VersionConflict",
            Self::LockConflict => "LockConflict",
            Self::HasDependents => "HasDependents",
            Self::InvalidState => "InvalidState",
            Self::BodyTooLarge => "BodyTooLarge",
            Self::ValidationFailed => "ValidationFailed",
            Self::FilterMatchesMany => "FilterMatchesMany",
            Self::RateLimit => "RateLimit",
            Self::TooManyLogins => "TooManyLogins",
            Self::InternalError => "InternalError",
            Self::AccessDenied => "AccessDenied",
        }
    }

    /// The sentence for people.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::MalformedJson => "O corpo da requisição não é um JSON válido.",
            Self::LoginFieldMissing => "Informe username, password e tenant.",
            Self::HeaderMissing => "Cabeçalho obrigatório ausente.",
            Self::HeaderInvalid => "Cabeçalho inválido.",
            Self::ActionNotSupported => "Ação não suportada por este recurso.",
            Self::FilterRequired => "Informe o registro a ser alterado.",
            Self::FilterNotAllowed => "Filtro não suportado nesta ação.",
            Self::KeyConflict => "Foram informados registros diferentes.",
            Self::FilterSyntax
            | Self::FilterUnknownOperator
            | Self::FilterUnknownField
            | Self::FilterOperatorType
            | Self::FilterValueInvalid
            | Self::FilterPagingMisplaced
            | Self::FilterTooLarge => "Filtro inválido.",
            Self::PagingInvalid => "Paginação ou ordenação inválida.",
            Self::UnknownParameter => "Parâmetro desconhecido.",
            Self::InvalidValue => "Há valores com formato inválido.",
            Self::InvalidCredentials => "Usuário ou senha inválidos.",
            Self::InvalidTenant => "Empresa não encontrada.",
            Self::UserInactive => "Usuário inativo.",
            Self::SessionMissing | Self::SessionExpired => "Sem autorização. Faça login novamente.",
            Self::ResourceNotFound => "Recurso não encontrado.",
            Self::RecordNotFound { .. } => "Registro não encontrado.",
            Self::MethodNotAllowed => "Método não permitido.",
            Self::DuplicateKey => "Já existe um registro com esta chave.",
            Self::DuplicateRecord => "Já existe um cadastro com estes dados.",
            Self::VersionConflict => "O registro foi alterado por outro processo. Tente novamente.",
            Self::LockConflict => "Registro em uso. Tente novamente.",
            Self::HasDependents => "O registro possui dependências.",
            Self::InvalidState => "A situação do registro não permite esta ação.",
            Self::BodyTooLarge => "Requisição muito grande.",
            Self::ValidationFailed => "Não foi possível processar a entidade.",
            Self::FilterMatchesMany => "O filtro encontrou mais de um registro.",
            Self::RateLimit => "Limite de requisições excedido.",
            Self::TooManyLogins => "Muitas tentativas de login.",
            Self::InternalError => "Erro temporário. Se persistir, contate o suporte.",
            Self::AccessDenied => "Sem permissão de acesso.",
        }
    }

    /// Its status; `forbidden` is that of a missing right.
    pub(super) fn status(self, forbidden: StatusCode) -> StatusCode {
        match self {
            Self::MalformedJson
            | Self::LoginFieldMissing
            | Self::HeaderMissing
            | Self::HeaderInvalid
            | Self::ActionNotSupported
            | Self::FilterRequired
            | Self::FilterNotAllowed
            | Self::KeyConflict
            | Self::FilterSyntax
            | Self::FilterUnknownOperator
            | Self::FilterUnknownField
            | Self::FilterOperatorType
            | Self::FilterValueInvalid
            | Self::FilterPagingMisplaced
            | Self::FilterTooLarge
            | Self::PagingInvalid
            | Self::UnknownParameter
            | Self::InvalidValue => StatusCode::BAD_REQUEST,
            Self::InvalidCredentials
            | Self::InvalidTenant
            | Self::UserInactive
            | Self::SessionMissing
            | Self::SessionExpired => StatusCode::UNAUTHORIZED,
            Self::ResourceNotFound | Self::RecordNotFound { unprocessable: false } => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::DuplicateKey
            | Self::DuplicateRecord
            | Self::VersionConflict
            | Self::LockConflict
            | Self::HasDependents
            | Self::InvalidState => StatusCode::CONFLICT,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::ValidationFailed
            | Self::FilterMatchesMany
            | Self::RecordNotFound { unprocessable: true } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::RateLimit | Self::TooManyLogins => StatusCode::TOO_MANY_REQUESTS,
            Self::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::AccessDenied => forbidden,
        }
    }
}

/// The codes of details (9.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::totvs) enum Detail {
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

impl Detail {
    /// Its word; that of a filter is the word of the whole answer.
    pub(super) fn name(self, whole: Code) -> &'static str {
        match self {
            Self::TypeMismatch => "TypeMismatch",
            Self::InvalidDate => "InvalidDate",
            Self::NotNull => "NotNull",
            Self::Size(_) => "Size",
            Self::Range => "Range",
            Self::NotInList => "NotInList",
            Self::InvalidEmail => "InvalidEmail",
            Self::InvalidPhone => "InvalidPhone",
            Self::InvalidDocument => "InvalidDocument",
            Self::ReferenceNotFound => "ReferenceNotFound",
            Self::ReferenceConflict => "ReferenceConflict",
            Self::IdNotAllowed => "IdNotAllowed",
            Self::UnknownCustomField => "UnknownCustomField",
            Self::TooManyExtras => "TooManyExtras",
            Self::Duplicate => "Duplicate",
            Self::Dependent => "Dependent",
            Self::VersionConflict => "VersionConflict",
            Self::Filter(_) => whole.name(),
        }
    }

    /// The sentence for people about this field.
    pub(super) fn message(self, field: &str) -> String {
        match self {
            Self::TypeMismatch => format!("O campo {field} tem formato inválido."),
            Self::InvalidDate => format!("O campo {field} não contém uma data válida."),
            Self::NotNull => format!("O campo {field} é obrigatório."),
            Self::Size(most) => format!("O campo {field} excede {most} caracteres."),
            Self::Range => format!("O valor do campo {field} está fora do intervalo."),
            Self::NotInList => format!("O valor do campo {field} não é permitido."),
            Self::InvalidEmail => "O e-mail informado é inválido.".to_owned(),
            Self::InvalidPhone => "O telefone informado é inválido.".to_owned(),
            Self::InvalidDocument => "O documento informado é inválido.".to_owned(),
            Self::ReferenceNotFound => format!("O campo {field} aponta para um registro inexistente."),
            Self::ReferenceConflict => {
                format!("O campo {field} foi informado duas vezes com valores diferentes.")
            }
            Self::IdNotAllowed => "O campo id não pode ser informado na inclusão.".to_owned(),
            Self::UnknownCustomField => {
                let alias = field.strip_prefix("customFields.").unwrap_or(field);
                format!("Campo personalizado desconhecido: {alias}.")
            }
            Self::TooManyExtras => "Há campos adicionais em excesso.".to_owned(),
            Self::Duplicate => format!("Valor já utilizado em {field}."),
            Self::Dependent => format!("Existem registros em {field}."),
            Self::VersionConflict => "Versão desatualizada.".to_owned(),
            Self::Filter(position) => format!("Filtro inválido na posição {position}."),
        }
    }
}
