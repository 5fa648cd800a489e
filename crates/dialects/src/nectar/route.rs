//! Paths and methods: what a request asks for, found without looking at any data (spec 1.1, 1.2, 1.4).

use http::Method;

use favo_core::Resource;
use favo_core::write::Skip;

use super::body::{self, Object, Unreadable};
use super::lookups::Lookup;
use super::photo::{self, Upload};
use super::query_string::Params;
use super::{BASE, Call, Reading, Writing, errors};
use crate::wire::{BodyLimits, Request, Response};

/// What a path means, whatever the method. An id that is no number is an unknown record: `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Index,
    List(Resource),
    Item(Resource, Option<i64>),
    Upsert,
    Lookup(Resource, Lookup, String),
    NextActivity(Resource, Option<i64>),
    Statistics(Statistics, Option<i64>),
    ScreenFields(Option<i64>),
    Columns,
    Proposals(Option<i64>),
    SetPhoto(Option<i64>),
    RemovePhoto(Option<i64>),
    AddPrice(Option<i64>),
    RemovePrice(Option<i64>, Option<i64>),
}

/// Which statistics are asked for (spec 4.33).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Statistics {
    OfContact,
    OfOpportunity,
    ByStage,
    OfPipeline,
}

impl Target {
    /// The methods it offers, as `Allow` names them.
    fn allowed(&self) -> &'static str {
        match self {
            Self::List(_) => "HEAD,GET,OPTIONS,POST",
            Self::Item(Resource::Proposal, _) => "HEAD,GET,OPTIONS,PUT",
            Self::Item(..) => "HEAD,DELETE,GET,OPTIONS,PUT",
            Self::Upsert | Self::SetPhoto(_) | Self::RemovePhoto(_) => "OPTIONS,POST",
            Self::AddPrice(_) | Self::RemovePrice(..) => "OPTIONS,PUT",
            Self::Index
            | Self::Lookup(..)
            | Self::NextActivity(..)
            | Self::Statistics(..)
            | Self::ScreenFields(_)
            | Self::Columns
            | Self::Proposals(_) => "HEAD,GET,OPTIONS",
        }
    }
}

/// Finds out what a request asks for.
pub(super) fn route(request: &Request, limits: BodyLimits) -> Call {
    let Some(target) = request.path.strip_prefix(BASE).and_then(|path| target(&segments(path))) else {
        return Call::Fixed(errors::no_route());
    };
    let allowed = target.allowed();
    let method = match request.method.as_str() {
        "OPTIONS" => return Call::Fixed(options(allowed)),
        method if allowed.split(',').any(|offered| offered == method) => &request.method,
        // A list is neither changed nor deleted; existing clients rely on the vendor's 404.
        "PUT" | "DELETE" if matches!(target, Target::List(_)) => return Call::Fixed(errors::not_found()),
        _ => return Call::Fixed(errors::method_not_allowed(allowed)),
    };
    let params = Params::parse(&request.query, &request.base_url);
    let call = if method == Method::GET || method == Method::HEAD {
        reading(target).map(|what| Call::Read(Read { what, params, head: method == Method::HEAD }))
    } else {
        match writing(request, &target, limits) {
            Ok(what) => what.map(|what| Call::Write(Write { what, skip: skip(&params), params })),
            Err(response) => Some(Call::Fixed(response)),
        }
    };
    call.unwrap_or_else(|| Call::Fixed(errors::not_found()))
}

/// A reading call.
#[derive(Debug)]
pub struct Read {
    pub(super) what: Reading,
    pub(super) params: Params,
    /// The answer goes without its body.
    pub(super) head: bool,
}

/// A writing call.
#[derive(Debug)]
pub struct Write {
    pub(super) what: Writing,
    pub(super) skip: Skip,
    pub(super) params: Params,
}

fn reading(target: Target) -> Option<Reading> {
    Some(match target {
        Target::Index => Reading::Index,
        Target::List(resource) => Reading::List(resource),
        Target::Item(resource, id) => Reading::Item(resource, id?),
        Target::Lookup(resource, key, value) => Reading::Lookup(resource, key, value),
        Target::NextActivity(resource, id) => Reading::NextActivity(resource, id?),
        Target::Statistics(which, id) => Reading::Statistics(which, id?),
        Target::ScreenFields(object) => Reading::ScreenFields(object?),
        Target::Columns => Reading::Columns,
        Target::Proposals(opportunity) => Reading::Proposals(opportunity?),
        Target::Upsert
        | Target::SetPhoto(_)
        | Target::RemovePhoto(_)
        | Target::AddPrice(_)
        | Target::RemovePrice(..) => return None,
    })
}

fn writing(request: &Request, target: &Target, limits: BodyLimits) -> Result<Option<Writing>, Response> {
    let body = || object(request, limits);
    Ok(Some(match *target {
        Target::List(resource) => Writing::Create(resource, body()?),
        Target::Item(resource, Some(id)) if request.method == Method::PUT => {
            Writing::Update(resource, id, body()?)
        }
        Target::Item(resource, Some(id)) => Writing::Delete(resource, id),
        Target::Upsert => Writing::Upsert(body()?),
        Target::SetPhoto(Some(id)) => Writing::SetPhoto(id, upload(request)),
        Target::RemovePhoto(Some(id)) => Writing::RemovePhoto(id),
        Target::AddPrice(Some(id)) => Writing::AddPrice(id, body()?),
        Target::RemovePrice(Some(id), Some(product)) => Writing::RemovePrice(id, product),
        _ => return Ok(None),
    }))
}

fn object(request: &Request, limits: BodyLimits) -> Result<Object, Response> {
    body::object(request, limits.json).map_err(|why| match why {
        Unreadable::NotJson => errors::not_json(),
        Unreadable::TooLarge => errors::too_large(),
    })
}

fn upload(request: &Request) -> Upload {
    photo::upload(&request.headers, &request.body)
}

/// Checks a caller may ask to skip, in both spellings (spec 3.6).
fn skip(params: &Params) -> Skip {
    let flag = |one: &str, other: &str| [one, other].into_iter().any(|name| params.flag(name) == Some(true));
    Skip {
        required: flag("ignorarCamposObrigatorios", "ignoreRequiredFields"),
        validations: flag("ignorarValidacoes", "ignoreValidations"),
        duplicates: false,
    }
}

fn options(allowed: &str) -> Response {
    let mut response = Response::new(http::StatusCode::OK, "", Vec::new());
    response.headers.push(("allow", allowed.to_owned()));
    response
}

/// The decoded segments of a path below the base; one trailing slash makes no difference.
fn segments(path: &str) -> Vec<String> {
    let path = path.strip_suffix('/').unwrap_or(path);
    match path.strip_prefix('/') {
        Some(path) => path.split('/').map(decoded).collect(),
        None if path.is_empty() => Vec::new(),
        // The base path with something glued to it is no route.
        None => vec![String::new()],
    }
}

/// Undoes percent-encoding; a plus sign is a plus sign (existing clients look up `+55...`).
fn decoded(segment: &str) -> String {
    if !segment.contains('%') {
        return segment.to_owned();
    }
    let bytes = segment.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |offset: usize| bytes.get(at + offset).and_then(|byte| char::from(*byte).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (bytes[at], hex(1), hex(2)) {
            out.push((high * 16 + low) as u8);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The resource behind the first segment, under any of its names (spec 1.2).
fn resource(name: &str) -> Option<Resource> {
    Some(match name {
        "contatos" | "contacts" => Resource::Contact,
        "oportunidades" => Resource::Opportunity,
        "qualificacoes" | "qualificacao" => Resource::Qualification,
        "tarefas" => Resource::Task,
        "compromissos" => Resource::Appointment,
        "pipeline" | "pipelines" => Resource::Pipeline,
        "produto" | "produtos" => Resource::Product,
        "produtoCategoria" => Resource::ProductCategory,
        "produtoSubCategoria" => Resource::ProductSubcategory,
        "tabelaPreco" => Resource::PriceTable,
        "lista" => Resource::Tag,
        "origem" => Resource::Origin,
        "segmento" => Resource::Segment,
        "categoria" => Resource::Category,
        "usuario" | "usuarios" => Resource::User,
        "equipe" => Resource::Team,
        "campoPersonalizado" | "camposPersonalizados" | "customField" | "customFields" => {
            Resource::CustomField
        }
        "proposta" | "propostas" => Resource::Proposal,
        _ => return None,
    })
}

/// What the segments of a path mean; static ones win over ids.
fn target(segments: &[String]) -> Option<Target> {
    use Resource as R;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        [] => return Some(Target::Index),
        ["app", "columns", "full"] => return Some(Target::Columns),
        ["compromissos", "tipos", rest @ ..] => return list_or_item(R::AppointmentType, rest),
        ["ligacao", "tipos", rest @ ..] => return list_or_item(R::CallType, rest),
        ["tarefas", "tipos", rest @ ..] => return list_or_item(R::TaskType, rest),
        _ => {}
    }
    let (first, rest) = segments.split_first()?;
    let resource = resource(first)?;
    Some(match (resource, rest) {
        (R::Contact, ["upsert"]) => Target::Upsert,
        // Everything behind the key belongs to the value: a document may hold a raw slash.
        (R::Contact | R::Opportunity | R::Qualification, [key, value @ ..])
            if lookup(resource, key).is_some() =>
        {
            Target::Lookup(resource, lookup(resource, key)?, value.join("/"))
        }
        (R::Contact, ["statistics", id]) => Target::Statistics(Statistics::OfContact, number(id)),
        (R::Opportunity, ["statistics", "pipe", id]) => Target::Statistics(Statistics::ByStage, number(id)),
        (R::Opportunity, ["statistics", "total", id]) => {
            Target::Statistics(Statistics::OfPipeline, number(id))
        }
        (R::Opportunity, ["statistics", id]) => Target::Statistics(Statistics::OfOpportunity, number(id)),
        (R::Contact | R::Opportunity, [id, "proximaAtividade"]) => Target::NextActivity(resource, number(id)),
        (R::CustomField, ["fields", object]) => Target::ScreenFields(number(object)),
        (R::Proposal, ["opportunity", id]) => Target::Proposals(number(id)),
        (R::Product, [id, "photo", "set"]) => Target::SetPhoto(number(id)),
        (R::Product, [id, "photo", "remove"]) => Target::RemovePhoto(number(id)),
        (R::PriceTable, [id, "add"]) => Target::AddPrice(number(id)),
        (R::PriceTable, [id, "rem", product]) => Target::RemovePrice(number(id), number(product)),
        (_, rest) => return list_or_item(resource, rest),
    })
}

fn list_or_item(resource: Resource, rest: &[&str]) -> Option<Target> {
    match rest {
        [] => Some(Target::List(resource)),
        [id] => Some(Target::Item(resource, number(id))),
        _ => None,
    }
}

fn lookup(resource: Resource, key: &str) -> Option<Lookup> {
    let is_contact = resource == Resource::Contact;
    Some(match key {
        "email" => Lookup::Email,
        "telefone" => Lookup::Phone,
        "cnpj" if is_contact => Lookup::CompanyTaxId,
        "cpf" if is_contact => Lookup::PersonalTaxId,
        "contatoId" if !is_contact => Lookup::Contact,
        _ => return None,
    })
}

/// An id: decimal digits, from 1, within 64 bits.
fn number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|id| digits && *id > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(path: &str) -> Option<Target> {
        target(&segments(path))
    }

    #[test]
    fn aliases_are_the_same_target() {
        for (one, other) in [
            ("/contatos/7", "/contacts/7/"),
            ("/qualificacoes/contatoId/3", "/qualificacao/contatoId/3"),
            ("/campoPersonalizado/fields/1", "/customFields/fields/1/"),
            ("/produto/1/photo/set", "/produtos/1/photo/set"),
            ("/proposta/opportunity/2", "/propostas/opportunity/2"),
        ] {
            assert_eq!(of(one), of(other));
            assert!(of(one).is_some(), "{one}");
        }
    }

    #[test]
    fn static_paths_win_over_ids_and_ids_are_decimal() {
        assert_eq!(of(""), Some(Target::Index));
        assert_eq!(of("/"), Some(Target::Index));
        assert_eq!(of("/compromissos/tipos"), Some(Target::List(Resource::AppointmentType)));
        assert_eq!(of("/compromissos/5"), Some(Target::Item(Resource::Appointment, Some(5))));
        assert_eq!(of("/contatos/upsert/"), Some(Target::Upsert));
        for id in ["abc", "1.5", "0", "-1", "+1", "%20", "1%2F2", "%ff", "9223372036854775808", "..%2f1"] {
            assert_eq!(of(&format!("/contatos/{id}")), Some(Target::Item(Resource::Contact, None)), "{id}");
        }
        for path in ["/empresas", "/contatos/1/nada", "/nada/disso", "x", "/ligacao", "/contatos//"] {
            assert!(!matches!(of(path), Some(Target::List(_))), "{path}");
        }
        assert_eq!(of("/empresas"), None);
        assert_eq!(of("/contatos/1/nada"), None);
    }

    #[test]
    fn values_keep_plus_signs_and_slashes() {
        let value = |path: &str| match of(path) {
            Some(Target::Lookup(_, _, value)) => value,
            other => panic!("{other:?}"),
        };
        assert_eq!(value("/contatos/telefone/+55%2048"), "+55 48");
        assert_eq!(value("/contatos/cnpj/11.222.333/0001-44/"), "11.222.333/0001-44");
        assert_eq!(value("/contatos/cnpj/11.222.333%2F0001-44"), "11.222.333/0001-44");
        assert_eq!(value("/contatos/email/"), "");
        assert_eq!(value("/contatos/email/a%zz%4"), "a%zz%4");
    }

    proptest! {
        #[test]
        fn any_path_is_routed_without_panic(path in "\\PC*", below in any::<bool>()) {
            let request = Request {
                method: Method::PUT,
                path: if below { format!("{BASE}/contatos/{path}") } else { format!("{BASE}{path}") },
                query: path.clone(),
                headers: http::HeaderMap::new(),
                body: bytes::Bytes::new(),
                base_url: String::new(),
            };
            let _ = route(&request, BodyLimits::default());
        }
    }
}
