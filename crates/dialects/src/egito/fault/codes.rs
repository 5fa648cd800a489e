//! The words of every code: status, stable word, text in both languages (11.3).

use http::StatusCode;

use super::Code;

impl Code {
    pub(super) fn status(self) -> StatusCode {
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
    pub(super) fn words(self) -> (&'static str, &'static str, &'static str) {
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
            Self::Nip => (
                "nip.invalid",
                "Pole {f} nie zawiera poprawnego numeru NIP.",
                "Field {f} is not a valid NIP.",
            ),
            Self::Regon => (
                "regon.invalid",
                "Pole {f} nie zawiera poprawnego numeru REGON.",
                "Field {f} is not a valid REGON.",
            ),
            Self::NotInList => {
                ("not.inList", "Wartości pola {f} nie ma w słowniku.", "Field {f} is not in the dictionary.")
            }
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
            Self::IdMissing => {
                ("id.missing", "Nie podano identyfikatora rekordu.", "No record id was given.")
            }
            Self::IdUnexpected => (
                "id.unexpected",
                "Nowy rekord nie może mieć identyfikatora.",
                "A new record cannot have an id.",
            ),
            Self::IdConflict => {
                ("id.conflict", "Podano różne identyfikatory rekordu.", "Different record ids were given.")
            }
            Self::BodyUnreadable => {
                ("body.unreadable", "Nie można odczytać treści żądania.", "The request body cannot be read.")
            }
            Self::FilterUnknown => ("filter.unknown", "Nieznany filtr {f}.", "Unknown filter {f}."),
            Self::PagingInvalid => ("paging.invalid", "Niepoprawna wartość {f}.", "Bad value of {f}."),
            Self::SortInvalid => ("sort.invalid", "Nie można sortować według {f}.", "Cannot sort by {f}."),
            Self::DictionaryType => ("dictionary.type", "Nieznany typ słownika.", "Unknown dictionary type."),
            Self::AccessDenied(_) => ("access_denied", "Brak uprawnienia {r}.", "Right {r} is missing."),
            Self::InsufficientScope(_) => ("insufficient_scope", SCOPE, SCOPE),
            Self::NotFound => {
                ("not.found", "Nie znaleziono rekordu o podanym identyfikatorze.", "No record with this id.")
            }
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

    /// The words that `OAuth2` has for it: `error` and `error_description`.
    pub(super) fn oauth(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::AccessDenied(_) => Some(("access_denied", "Access is denied")),
            Self::InsufficientScope(_) => Some(("insufficient_scope", SCOPE)),
            _ => None,
        }
    }
}

const SCOPE: &str = "Insufficient scope for this resource";
