//! How a core error is spelled: status, body and the Portuguese texts clients know (spec 1.6, 1.7).

use std::borrow::Cow;

use favo_core::catalogue::{Resource, contact, opportunity, qualification};
use favo_core::{Error, Place, Problem, Reason};
use http::StatusCode;

use super::spelling::{Line, Special, Taken, sheet};
use crate::wire::Response;

/// The content type of every JSON error, as the vendor documents it.
pub(super) const ERROR_JSON: &str = "text/json; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";

/// Spells a core error.
pub(super) fn wire_error(error: &Error) -> Response {
    match error {
        Error::NotFound => not_found(),
        Error::Forbidden => message(StatusCode::FORBIDDEN, "Acesso negado"),
        Error::Refused(problems) => refused(problems),
        Error::Conflict => reasons(&["O registro foi alterado por outra pessoa, tente novamente".into()]),
        Error::Busy(_) | Error::Storage(_) | Error::Internal(_) => {
            message(StatusCode::INTERNAL_SERVER_ERROR, "Erro do servidor")
        }
    }
}

/// An error with one `message`.
pub(super) fn message(status: StatusCode, text: &str) -> Response {
    let body = serde_json::json!({ "message": text });
    Response::new(status, ERROR_JSON, body.to_string())
}

/// The answer for a record that does not exist or may not be seen.
pub(super) fn not_found() -> Response {
    message(StatusCode::NOT_FOUND, "Registro não encontrado")
}

/// The answer for a path that is no route: a page, as on the service this imitates.
pub(super) fn no_route() -> Response {
    let page = "<!DOCTYPE html>\n<html lang=\"pt-BR\"><head><title>404</title></head>\
                <body><h1>404</h1><p>Página não encontrada</p></body></html>\n";
    Response::new(StatusCode::NOT_FOUND, HTML, page)
}

/// The answer for a body that is no JSON object.
pub(super) fn not_json() -> Response {
    message(StatusCode::BAD_REQUEST, "JSON inválido")
}

/// The answer for a body beyond the limit.
pub(super) fn too_large() -> Response {
    message(StatusCode::PAYLOAD_TOO_LARGE, "O corpo da requisição é grande demais")
}

/// The answer for a method that a known path does not offer.
pub(super) fn method_not_allowed(allowed: &str) -> Response {
    let mut response = message(StatusCode::METHOD_NOT_ALLOWED, "Método não permitido");
    response.headers.push(("allow", allowed.to_owned()));
    response
}

fn reasons(texts: &[Cow<'_, str>]) -> Response {
    let body = serde_json::json!({ "mensagens": texts });
    Response::new(StatusCode::CONFLICT, ERROR_JSON, body.to_string())
}

/// All problems of a request, each once; a field that cannot be read is not called missing as well.
fn refused(problems: &[Problem]) -> Response {
    let keyed: Vec<(Cow<'_, str>, &Reason)> =
        problems.iter().map(|problem| (key_of(&problem.place, &problem.reason), &problem.reason)).collect();
    let mut texts: Vec<Cow<'static, str>> = Vec::with_capacity(keyed.len());
    for (key, reason) in &keyed {
        let named_otherwise = **reason == Reason::Required
            && keyed.iter().any(|(other, why)| other == key && **why != Reason::Required);
        let text = text_of(key, reason);
        if !named_otherwise && !texts.contains(&text) {
            texts.push(text);
        }
    }
    reasons(&texts)
}

/// The text of one problem. The first two are known from the service and existing clients compare them.
fn text_of(key: &str, reason: &Reason) -> Cow<'static, str> {
    match reason {
        Reason::OwnerRequired => "Nenhum responsável foi selecionado".into(),
        Reason::ProductRequired => "É obrigatório adicionar produto na oportunidade nesta etapa".into(),
        Reason::Required => format!("O campo {key} é obrigatório").into(),
        Reason::Invalid => format!("O valor do campo {key} é inválido").into(),
        Reason::NotFound(sought) => format!("{} não encontrado: {sought}", capital(key)).into(),
        Reason::DuplicateEmail(email) => format!("Já existe um contato com o e-mail {email}").into(),
        Reason::DuplicatePhone(phone) => format!("Já existe um contato com o telefone {phone}").into(),
        Reason::DuplicateName(name) => format!("Já existe um registro com o nome {name}").into(),
        Reason::StageNotInPipeline { stage, pipeline } => {
            format!("A etapa {stage} não existe no funil {pipeline}").into()
        }
        Reason::MayNotSkipStage => "O funil não permite pular etapas".into(),
        Reason::MayNotGoBack => "O funil não permite retornar etapas".into(),
        Reason::MayNotStartHere => "O funil não permite iniciar nesta etapa".into(),
        Reason::ProposalRequired => "É obrigatório gerar proposta nesta etapa".into(),
        Reason::RemarksRequired => "As considerações são obrigatórias".into(),
        Reason::ReasonRequired => "O motivo é obrigatório".into(),
        Reason::ConclusionBlocked => "A conclusão da oportunidade está bloqueada".into(),
        Reason::ProposalsBlocked => "A geração de propostas está bloqueada na oportunidade".into(),
        Reason::InUse | Reason::InUseBy(_) => "O registro está em uso e não pode ser removido".into(),
        Reason::WrongState => "A situação do registro não permite esta operação".into(),
        Reason::DuplicateKey(key) => format!("Já existe um registro com a chave {key}").into(),
        Reason::Circle => "O registro não pode ser pai de si mesmo".into(),
        Reason::StageNumberTwice(number) => format!("A sequência {number} está repetida no funil").into(),
        Reason::EndBeforeStart => "A data final é anterior à data inicial".into(),
        Reason::DiscountNotAllowed(product) => {
            format!("O desconto não é permitido no produto {product}").into()
        }
        Reason::SurchargeNotAllowed(product) => {
            format!("O acréscimo não é permitido no produto {product}").into()
        }
        Reason::PriceNotEditable(product) => {
            format!("O valor do produto {product} não pode ser alterado").into()
        }
        Reason::RecurrenceNotEditable(product) => {
            format!("A recorrência do produto {product} não pode ser alterada").into()
        }
        Reason::NotFractional(product) => {
            format!("O produto {product} não permite quantidade fracionária").into()
        }
        Reason::LooseTasksNotAllowed => "O funil não permite tarefas avulsas".into(),
        Reason::NotAnOption(option) => format!("A opção {option} não existe no campo {key}").into(),
        Reason::UnknownCustomField(label) => format!("O campo personalizado {label} não existe").into(),
        Reason::TypeInUse => "O tipo de um campo com valores não pode ser alterado".into(),
        Reason::FileTooLarge => "O arquivo é grande demais".into(),
        Reason::FileKindNotAccepted => "O tipo do arquivo não é aceito".into(),
        Reason::LastAdministrator => "O usuário não pode ser desativado".into(),
    }
}

/// The key with its first letter in upper case.
fn capital(key: &str) -> String {
    let mut characters = key.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// The wire key of a place.
fn key_of<'a>(place: &'a Place, reason: &Reason) -> Cow<'a, str> {
    match place {
        Place::Whole => "registro".into(),
        Place::Wire(key) => key.as_ref().into(),
        // A name is a text and cannot be unknown: what is not found here is a person to be linked.
        Place::Field(Resource::Contact, field)
            if *field == contact::NAME.position() && matches!(reason, Reason::NotFound(_)) =>
        {
            "contatos".into()
        }
        Place::Field(resource, field) => field_key(*resource, *field).into(),
        Place::Inner(resource, list, field) => inner_key(*resource, *list, *field).into(),
    }
}

/// The key of a field; its name in the catalogue when this dialect has no key for it.
fn field_key(resource: Resource, field: u16) -> &'static str {
    let lines = sheet(resource).map_or(&[] as &[Line], |sheet| sheet.lines);
    key_in(lines, |line| sets(resource, line, field))
        .unwrap_or_else(|| resource.definition().field(field).name)
}

fn inner_key(resource: Resource, list: u16, field: u16) -> String {
    let lines = sheet(resource).map_or(&[] as &[Line], |sheet| sheet.lines);
    let rows = lines.iter().find_map(|line| match line.taken {
        Taken::Rows(position, rows) if position == list => Some(rows),
        _ => None,
    });
    let inner = key_in(rows.unwrap_or_default(), |line| {
        matches!(line.taken, Taken::Own(position) if position == field)
            || inner_special(line.taken) == Some((list, field))
    });
    let outer = field_key(resource, list);
    match inner {
        Some(key) => format!("{outer}.{key}"),
        None => outer.to_owned(),
    }
}

fn key_in(lines: &'static [Line], meant: impl Fn(&Line) -> bool) -> Option<&'static str> {
    lines.iter().find(|line| meant(line)).map(|line| line.key)
}

fn sets(resource: Resource, line: &Line, field: u16) -> bool {
    match line.taken {
        Taken::Own(position) | Taken::Also(position) | Taken::Rows(position, _) => position == field,
        Taken::Special(special) => special_field(resource, special) == Some(field),
        Taken::First(_) | Taken::OneMore(_) | Taken::Never => false,
    }
}

/// The field behind a key of its own kind, as far as it is one field.
fn special_field(resource: Resource, special: Special) -> Option<u16> {
    let sells = resource == Resource::Opportunity;
    let qualifies = resource == Resource::Qualification;
    Some(match special {
        Special::FunnelName | Special::Funnel if sells => opportunity::PIPELINE.position(),
        Special::FunnelName | Special::Funnel if qualifies => qualification::PIPELINE.position(),
        Special::StageNumber | Special::Stage if sells => opportunity::STAGE.position(),
        Special::StageNumber | Special::Stage if qualifies => qualification::STAGE.position(),
        Special::AppointmentRef => qualification::APPOINTMENT.position(),
        Special::RegionCountry => contact::REGION_COUNTRY.position(),
        Special::RegionState => contact::REGION_STATE.position(),
        Special::RegionCity => contact::REGION_CITY.position(),
        Special::People => contact::PEOPLE.position(),
        Special::Extends => favo_core::catalogue::custom_field::EXTENDS.position(),
        Special::Custom => return resource.definition().custom,
        _ => return None,
    })
}

/// The list and field behind a key of its own kind inside rows.
fn inner_special(taken: Taken) -> Option<(u16, u16)> {
    use favo_core::catalogue::{address, appointment, line_item, participant};
    let Taken::Special(special) = taken else { return None };
    Some(match special {
        Special::AddressKind => (contact::ADDRESSES.position(), address::KIND.position()),
        Special::LineName => (opportunity::LINES.position(), line_item::NAME.position()),
        Special::LineTotal => (opportunity::LINES.position(), line_item::TOTAL.position()),
        Special::ParticipantUser => (appointment::PARTICIPANTS.position(), participant::USER.position()),
        Special::ParticipantContact => {
            (appointment::PARTICIPANTS.position(), participant::CONTACT.position())
        }
        Special::ParticipantEmail => (appointment::PARTICIPANTS.position(), participant::EMAIL.position()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use favo_core::catalogue::{address, line_item, task, user};

    fn texts(problems: Vec<Problem>) -> Vec<String> {
        let response = wire_error(&Error::Refused(problems));
        assert_eq!((response.status, response.content_type), (StatusCode::CONFLICT, ERROR_JSON));
        let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!(body.as_object().unwrap().len(), 1);
        body["mensagens"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    }

    fn problem(place: Place, reason: Reason) -> Problem {
        Problem { place, reason }
    }

    #[test]
    fn fields_are_named_by_their_wire_keys() {
        let field = |resource, position| Place::Field(resource, position);
        let shown = texts(vec![
            problem(field(Resource::Task, task::DUE_AT.position()), Reason::Required),
            problem(
                field(Resource::Opportunity, opportunity::PIPELINE.position()),
                Reason::NotFound("Nenhum".to_owned()),
            ),
            problem(
                field(Resource::Opportunity, opportunity::DISCARD_REASON.position()),
                Reason::NotFound("X".to_owned()),
            ),
            problem(field(Resource::User, user::LOGIN.position()), Reason::Required),
            problem(
                Place::Inner(
                    Resource::Opportunity,
                    opportunity::LINES.position(),
                    line_item::UNIT_PRICE.position(),
                ),
                Reason::Invalid,
            ),
            problem(
                Place::Inner(Resource::Contact, contact::ADDRESSES.position(), address::KIND.position()),
                Reason::Invalid,
            ),
        ]);
        assert_eq!(
            shown,
            [
                "O campo dataLimite é obrigatório",
                "Pipeline não encontrado: Nenhum",
                "MotivoDescarte não encontrado: X",
                "O campo login é obrigatório",
                "O valor do campo produtos.valorUnitario é inválido",
                "O valor do campo enderecos.tipo é inválido",
            ]
        );
    }

    #[test]
    fn a_field_that_cannot_be_read_is_not_called_missing_too() {
        let due = || Place::Field(Resource::Task, task::DUE_AT.position());
        let shown = texts(vec![
            problem(Place::Wire("dataLimite".into()), Reason::Invalid),
            problem(due(), Reason::Required),
        ]);
        assert_eq!(shown, ["O valor do campo dataLimite é inválido"]);
    }

    #[test]
    fn errors_have_the_status_and_body_of_their_kind() {
        let body = |error: Error| {
            let response = wire_error(&error);
            (response.status.as_u16(), String::from_utf8(response.body).unwrap())
        };
        assert_eq!(body(Error::NotFound), (404, r#"{"message":"Registro não encontrado"}"#.to_owned()));
        assert_eq!(body(Error::Forbidden), (403, r#"{"message":"Acesso negado"}"#.to_owned()));
        assert_eq!(
            body(Error::Storage("x".to_owned())),
            (500, r#"{"message":"Erro do servidor"}"#.to_owned())
        );
        assert_eq!(body(Error::Conflict).0, 409);
    }
}
