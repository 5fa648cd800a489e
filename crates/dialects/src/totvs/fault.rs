//! Everything that can be wrong with a call, and how it is spelled (sections 9 and 10).
//!
//! What the core refuses becomes the same codes and details in `refusal`.

mod codes;

use std::hash::{BuildHasher, Hasher};

use http::StatusCode;

pub(super) use self::codes::{Code, Detail};
use super::switches::Switches;
use crate::json::Json;
use crate::json_out;
use crate::wire::Response;

/// The content type of every answer (4.5).
pub(super) const JSON: &str = "application/json;charset=UTF-8";

/// One detail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    /// A path such as `items[0].product.id`.
    pub(super) field: String,
    pub(super) detail: Detail,
    /// What was rejected, as JSON; `None` for null.
    pub(super) value: Option<String>,
}

/// The most characters of a rejected value that are shown.
const SHOWN: usize = 200;

impl Problem {
    /// With what was rejected, cut.
    pub(super) fn new(field: impl Into<String>, detail: Detail, value: Option<&Json>) -> Self {
        let value = value.and_then(|value| match value {
            Json::Null => None,
            Json::Text(text) => Some(shown(text)),
            other => {
                let mut out = Vec::new();
                other.push(&mut out);
                let written = String::from_utf8_lossy(&out).into_owned();
                Some(if written.chars().count() > SHOWN { shown(&written) } else { written })
            }
        });
        Self { field: field.into(), detail, value }
    }

    /// With a text that was rejected.
    pub(super) fn of_text(field: impl Into<String>, detail: Detail, text: &str) -> Self {
        Self { field: field.into(), detail, value: Some(shown(text)) }
    }
}

/// The beginning of a text as JSON.
fn shown(text: &str) -> String {
    let cut: String = text.chars().take(SHOWN).collect();
    let mut out = Vec::with_capacity(cut.len() + 2);
    json_out::text(&mut out, &cut);
    String::from_utf8(out).unwrap_or_default()
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

    /// Fields that were read and are not acceptable.
    pub(super) fn rejected(details: Vec<Problem>) -> Self {
        Self::Wire { code: Code::ValidationFailed, message: counted(&details, "rejected"), details }
    }

    /// Values that cannot be read.
    pub(super) fn unreadable(details: Vec<Problem>) -> Self {
        Self::Wire { code: Code::InvalidValue, message: counted(&details, "unreadable"), details }
    }
}

impl From<favo_core::Error> for Failure {
    fn from(error: favo_core::Error) -> Self {
        Self::Core(error)
    }
}

/// `2 fields were rejected.`
fn counted(details: &[Problem], what: &str) -> String {
    match details.len() {
        1 => format!("1 field was {what}."),
        count => format!("{count} fields were {what}."),
    }
}

/// Spells a failure for a tenant. Core errors that mean something to the client have been named before, see `refusal`.
pub(super) fn spell(failure: &Failure, switches: &Switches) -> Response {
    let forbidden =
        if switches.no_permission_is_403 { StatusCode::FORBIDDEN } else { StatusCode::SERVICE_UNAVAILABLE };
    match failure {
        Failure::Wire { code, message, details } => written(*code, forbidden, message, details),
        Failure::Core(error) => of_core(error, forbidden),
    }
}

/// An answer without details that no setting of a tenant changes.
pub(super) fn plain(code: Code, message: &str) -> Response {
    written(code, StatusCode::SERVICE_UNAVAILABLE, message, &[])
}

/// Spells an error of the core that nothing is known about but itself.
pub(super) fn of_core(error: &favo_core::Error, forbidden: StatusCode) -> Response {
    use favo_core::Error;
    let (code, message) = match error {
        Error::NotFound => {
            (Code::RecordNotFound { unprocessable: false }, "There is no such record, or it is hidden.")
        }
        Error::Forbidden => (Code::AccessDenied, "The user lacks the right to do this."),
        Error::Conflict => {
            (Code::LockConflict, "Another program is writing the record. Send the request again.")
        }
        Error::Refused(_) => {
            (Code::InvalidState, "The record does not allow this. Repeating it does not help.")
        }
        Error::Busy(_) | Error::Storage(_) | Error::Internal(_) => {
            let reference = reference();
            let message = format!("Reference {reference}.");
            let mut response = written(Code::InternalError, forbidden, &message, &[]);
            response.headers.push(("x-reference", reference));
            return response;
        }
    };
    written(code, forbidden, message, &[])
}

/// Sixteen digits that name one failure; not secret, only hardly ever the same twice.
fn reference() -> String {
    let mut hasher = std::collections::hash_map::RandomState::new().build_hasher();
    hasher.write_u8(0);
    format!("{:016x}", hasher.finish())
}

fn written(code: Code, forbidden: StatusCode, message: &str, details: &[Problem]) -> Response {
    let mut body = Vec::with_capacity(256);
    for (before, text) in [
        (r#"{"code":"#, code.name()),
        (r#","message":"#, code.message()),
        (r#","detailedMessage":"#, message),
    ] {
        body.extend_from_slice(before.as_bytes());
        json_out::text(&mut body, text);
    }
    body.extend_from_slice(br#","details":["#);
    for (at, problem) in details.iter().enumerate() {
        if at > 0 {
            body.push(b',');
        }
        body.extend_from_slice(br#"{"field":"#);
        json_out::text(&mut body, &problem.field);
        body.extend_from_slice(br#","code":"#);
        json_out::text(&mut body, problem.detail.name(code));
        body.extend_from_slice(br#","message":"#);
        json_out::text(&mut body, &problem.detail.message(&problem.field));
        body.extend_from_slice(br#","value":"#);
        body.extend_from_slice(problem.value.as_deref().unwrap_or("null").as_bytes());
        body.push(b'}');
    }
    body.extend_from_slice(b"]}");
    let mut response = unstored(Response::new(code.status(forbidden), JSON, body));
    if code == Code::LockConflict {
        response.headers.push(("retry-after", "1".to_owned()));
    }
    response
}

/// What no cache may keep (4.5).
pub(super) fn unstored(mut response: Response) -> Response {
    response.headers.push(("cache-control", "no-store".to_owned()));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(response: Response) -> String {
        String::from_utf8(response.body).unwrap()
    }

    #[test]
    fn a_rejected_customer_is_spelled_as_in_the_sample() {
        let problems = vec![
            Problem::new("name", Detail::NotNull, None),
            Problem::of_text(
                "customerIdentificationDocuments[0].documentNumber",
                Detail::InvalidDocument,
                "11.222.333/0001-82",
            ),
        ];
        let Failure::Wire { code, message, details } = Failure::rejected(problems) else { unreachable!() };
        let response = written(code, StatusCode::SERVICE_UNAVAILABLE, &message, &details);
        assert_eq!(response.status.as_u16(), 422);
        assert_eq!(response.content_type, "application/json;charset=UTF-8");
        assert_eq!(response.headers, [("cache-control", "no-store".to_owned())]);
        assert_eq!(
            body(response),
            r#"{"code":"ValidationFailed","message":"Não foi possível processar a entidade.","detailedMessage":"2 fields were rejected.","details":[{"field":"name","code":"NotNull","message":"O campo name é obrigatório.","value":null},{"field":"customerIdentificationDocuments[0].documentNumber","code":"InvalidDocument","message":"O documento informado é inválido.","value":"11.222.333/0001-82"}]}"#
        );
    }

    #[test]
    fn a_filter_is_spelled_with_the_code_of_the_whole() {
        let value = r#"",{status->eq->WON}""#.to_owned();
        let problem = Problem {
            field: "Integration-Filter".to_owned(),
            detail: Detail::Filter(16),
            value: Some(value),
        };
        let message = "Character 16: a group, an operator or the end was expected.";
        let response = written(Code::FilterSyntax, StatusCode::FORBIDDEN, message, &[problem]);
        assert_eq!(response.status.as_u16(), 400);
        assert_eq!(
            body(response),
            r#"{"code":"FilterSyntax","message":"Filtro inválido.","detailedMessage":"Character 16: a group, an operator or the end was expected.","details":[{"field":"Integration-Filter","code":"FilterSyntax","message":"Filtro inválido na posição 16.","value":",{status->eq->WON}"}]}"#
        );
    }

    #[test]
    fn a_missing_right_never_asks_to_come_back_and_a_lock_does() {
        let denied = plain(Code::AccessDenied, "The user lacks the right DELETE on customer/leads.");
        assert_eq!(denied.status.as_u16(), 503);
        assert!(denied.headers.iter().all(|(name, _)| *name != "retry-after"));
        let locked = of_core(&favo_core::Error::Conflict, StatusCode::FORBIDDEN);
        assert_eq!(locked.status.as_u16(), 409);
        assert!(locked.headers.contains(&("retry-after", "1".to_owned())));
    }

    #[test]
    fn trouble_of_our_own_is_told_by_a_reference_alone() {
        let error = favo_core::Error::Storage("select * from secrets".to_owned());
        let (one, two) = (of_core(&error, StatusCode::FORBIDDEN), of_core(&error, StatusCode::FORBIDDEN));
        assert_eq!(one.status.as_u16(), 500);
        // 503 means a missing right and nothing else.
        let busy = favo_core::Error::Busy("too many are waiting".to_owned());
        assert_eq!(of_core(&busy, StatusCode::SERVICE_UNAVAILABLE).status.as_u16(), 500);
        let (one, two) = (body(one), body(two));
        assert!(!one.contains("secrets"));
        assert_ne!(one, two);
    }

    #[test]
    fn long_values_are_cut() {
        let problem = Problem::new("name", Detail::Size(150), Some(&Json::Text("é".repeat(300))));
        assert_eq!(problem.value.unwrap().chars().count(), 202);
        let list = Json::List(vec![Json::Number("1".into()); 300]);
        assert_eq!(Problem::new("name", Detail::TypeMismatch, Some(&list)).value.unwrap().len(), 202);
        let short = Json::List(vec![Json::Number("1".into())]);
        assert_eq!(Problem::new("name", Detail::TypeMismatch, Some(&short)).value.unwrap(), "[1]");
    }
}
