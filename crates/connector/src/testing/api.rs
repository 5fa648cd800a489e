//! What the public contract answers to a request: authentication, routes, filters, order, pages.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::json::{Json, write_members};
use super::model::{Entry, Model};
use super::random::Random;

/// The base path.
pub(super) const BASE: &str = "/crm/api/1";
const DEFAULT_LENGTH: usize = 15;
const LARGEST_LENGTH: usize = 200;

/// How this source deviates, for as long as it is so.
#[derive(Debug, Clone)]
pub struct Habits {
    /// Tokens that are accepted.
    pub token: String,
    /// The token expires after that many requests.
    pub expires_after: Option<usize>,
    /// Rows on a page at most.
    pub page_cap: usize,
    /// Pages of these sizes, one after the other and again from the start, whatever was asked for, as servers do that leave out rows after slicing.
    pub page_sizes: Vec<usize>,
    /// Pages past the end show the last page again.
    pub repeats_last_page: bool,
    /// Date filters are ignored.
    pub ignores_dates: bool,
    /// `attribute` is ignored.
    pub ignores_attribute: bool,
    /// Keys come in another order each time.
    pub shuffles_keys: bool,
    /// Time before each answer, of the real clock.
    pub latency: std::time::Duration,
    /// Compress when the client accepts it.
    pub gzip: bool,
    /// Every second answer is chunked.
    pub chunked: bool,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            token: "aurora0123456789aurora0123456789".to_owned(),
            expires_after: None,
            page_cap: LARGEST_LENGTH,
            page_sizes: Vec::new(),
            repeats_last_page: false,
            ignores_dates: false,
            ignores_attribute: false,
            shuffles_keys: false,
            latency: std::time::Duration::ZERO,
            gzip: true,
            chunked: true,
        }
    }
}

/// A request, as far as the contract cares.
#[derive(Debug, Clone, Default)]
pub(super) struct Request {
    pub(super) method: String,
    /// Path below the base, without a slash at its end; the whole path when it is not below the base.
    pub(super) path: String,
    /// Path and query as sent.
    pub(super) target: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) token: Option<String>,
    pub(super) gzip: bool,
}

/// An answer before it meets the wire.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) kind: &'static str,
    pub(super) body: String,
    pub(super) rows: usize,
    pub(super) retry_after: Option<String>,
}

impl Answer {
    pub(super) fn json(status: u16, body: String) -> Self {
        Self { status, kind: "application/json;charset=UTF-8", body, rows: 0, retry_after: None }
    }

    pub(super) fn message(status: u16) -> Self {
        let text = match status {
            403 => "Acesso negado",
            404 => "Registro não encontrado",
            429 => "Limite de requisições excedido",
            _ => "Erro do servidor",
        };
        Self::json(status, format!("{{\"message\": \"{text}\"}}"))
    }

    pub(super) fn html(status: u16) -> Self {
        let body = "<!doctype html><html><body><h1>Página não encontrada</h1></body></html>".to_owned();
        Self { status, kind: "text/html", body, rows: 0, retry_after: None }
    }
}

impl Request {
    fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A number, read up to the first character that does not belong.
    fn number(&self, name: &str) -> Option<i64> {
        let text = self.parameter(name)?;
        let digits = text.strip_prefix('-').unwrap_or(text);
        let end = digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(digits.len());
        let value: i64 = digits[..end].parse().ok()?;
        Some(if text.starts_with('-') { -value } else { value })
    }

    fn numbers(&self, name: &str) -> Vec<i64> {
        let values = self.query.iter().filter(|(key, _)| key == name);
        values.flat_map(|(_, value)| value.split(',')).filter_map(|one| one.trim().parse().ok()).collect()
    }

    fn attributes(&self) -> Vec<&str> {
        let values = self.query.iter().filter(|(key, _)| key == "attribute");
        values.flat_map(|(_, value)| value.split(',')).map(str::trim).filter(|one| !one.is_empty()).collect()
    }

    /// The bounds of a pair of date filters, micros since 1970, the second one not included.
    fn dates(&self, start: &str, end: &str) -> Option<(i64, i64)> {
        let start = self.parameter(start).and_then(day);
        let end = self.parameter(end).and_then(day);
        if start.is_none() && end.is_none() {
            return None;
        }
        let from = start.map_or(i64::MIN, midnight);
        let to = end.and_then(|day| day.tomorrow().ok()).map_or(i64::MAX, midnight);
        Some((from, to))
    }
}

fn day(text: &str) -> Option<Date> {
    let text = text.get(..10)?;
    Date::strptime("%d/%m/%Y", text).or_else(|_| text.parse()).ok()
}

fn midnight(day: Date) -> i64 {
    let zone = TimeZone::get("America/Sao_Paulo").unwrap_or(TimeZone::UTC);
    day.to_zoned(zone).map_or(0, |moment| moment.timestamp().as_microsecond())
}

/// The list a path names, aliases included.
fn list(name: &str) -> Option<&'static str> {
    Some(match name {
        "contatos" | "contacts" => "contatos",
        "oportunidades" => "oportunidades",
        "qualificacoes" | "qualificacao" => "qualificacoes",
        "tarefas" => "tarefas",
        "compromissos" => "compromissos",
        "pipeline" | "pipelines" => "pipeline",
        "produto" | "produtos" => "produto",
        _ => return None,
    })
}

/// Answers as the contract says.
pub(super) fn answer(request: &Request, model: &mut Model, habits: &Habits, shuffle: u64) -> Answer {
    if request.token.as_deref() != Some(habits.token.as_str()) {
        return Answer {
            status: 401,
            kind: "text/plain",
            body: "Invalid token".to_owned(),
            rows: 0,
            retry_after: None,
        };
    }
    if request.method != "GET" {
        return Answer::message(405);
    }
    let segments: Vec<&str> = request.path.split('/').filter(|segment| !segment.is_empty()).collect();
    match segments.as_slice() {
        ["campoPersonalizado" | "camposPersonalizados" | "customField" | "customFields"] => {
            let fields: Vec<&Json> = model.fields().iter().collect();
            let from_to = slice(request, habits, fields.len());
            array(fields[from_to].iter().map(|field| text_of(field)))
        }
        ["app", "columns", "full"] => columns(model),
        ["proposta" | "propostas", "opportunity", id] => {
            let known = id.parse().ok().filter(|id| model.ids("oportunidades").contains(id));
            match known {
                Some(id) => array(model.proposals(id).iter().map(text_of)),
                None => Answer::message(404),
            }
        }
        ["proposta" | "propostas", id] => {
            // What belongs to a deleted opportunity went with it.
            let living = model.ids("oportunidades");
            let proposals = living.iter().flat_map(|opportunity| model.proposals(*opportunity));
            let found = proposals.into_iter().find(|one| one.get("id").and_then(whole) == id.parse().ok());
            found.map_or_else(|| Answer::message(404), |one| Answer::json(200, text_of(one)))
        }
        ["proposta" | "propostas"] => {
            let all: Vec<&Json> = model.proposals.values().flatten().collect();
            let from_to = slice(request, habits, all.len());
            array(all[from_to].iter().map(|proposal| text_of(proposal)))
        }
        [name] => {
            list(name).map_or_else(|| Answer::html(404), |list| page(request, model, habits, list, shuffle))
        }
        [name, id] => match list(name) {
            Some(list) => item(model, list, id),
            None => Answer::html(404),
        },
        _ => Answer::html(404),
    }
}

fn text_of(value: &Json) -> String {
    let mut text = String::new();
    value.write(&mut text);
    text
}

fn array(rows: impl Iterator<Item = String>) -> Answer {
    let rows: Vec<String> = rows.collect();
    Answer { rows: rows.len(), ..Answer::json(200, format!("[{}]", rows.join(","))) }
}

fn item(model: &mut Model, list: &str, id: &str) -> Answer {
    let entries = model.lists.get_mut(list);
    let found = entries
        .and_then(|entries| entries.iter_mut().find(|entry| !entry.deleted && id.parse() == Ok(entry.id)));
    found.map_or_else(|| Answer::message(404), |entry| Answer::json(200, entry.rendered().to_string()))
}

/// The rows of the page asked for, of a list of that length.
fn slice(request: &Request, habits: &Habits, length: usize) -> std::ops::Range<usize> {
    let asked = match request.number("displayLength") {
        Some(asked) if asked >= 1 => (asked as usize).min(LARGEST_LENGTH),
        _ => DEFAULT_LENGTH,
    };
    let (page, asked) = match request.number("page") {
        Some(-1) => (1, LARGEST_LENGTH),
        Some(page) if page >= 1 => (page as usize, asked),
        _ => (1, asked),
    };
    let asked = asked.min(habits.page_cap);
    let size = |page: usize| {
        let sizes = &habits.page_sizes;
        if sizes.is_empty() { asked } else { sizes[(page - 1) % sizes.len()].min(asked) }
    };
    let (mut from, mut at) = (0, 1);
    let mut last = 0..size(1).min(length);
    while at < page && from < length {
        from += size(at);
        at += 1;
        if from < length {
            last = from..(from + size(at)).min(length);
        }
    }
    if from >= length && length > 0 {
        return if habits.repeats_last_page { last } else { 0..0 };
    }
    from.min(length)..(from + size(page)).min(length)
}

fn page(request: &Request, model: &mut Model, habits: &Habits, list: &'static str, shuffle: u64) -> Answer {
    let statuses = request.numbers("status");
    let kind = request.number("type");
    let by_update = request.dates("dataInicioAtualizacao", "dataFimAtualizacao");
    let by_creation = request.dates("dataInicio", "dataFim");
    let dated = matches!(list, "contatos" | "oportunidades" | "qualificacoes" | "tarefas" | "compromissos");
    let (by_update, by_creation) =
        if habits.ignores_dates || !dated { (None, None) } else { (by_update, by_creation) };
    let within = |bounds: Option<(i64, i64)>, moment: Option<i64>| {
        bounds.is_none_or(|(from, to)| moment.is_some_and(|moment| from <= moment && moment < to))
    };
    let wanted = |entry: &&mut Entry| {
        let status = || entry.body.some("status").and_then(whole);
        let by_status = match list {
            "oportunidades" if statuses.is_empty() => status() == Some(1),
            "oportunidades" | "qualificacoes" => {
                statuses.is_empty() || status().is_some_and(|status| statuses.contains(&status))
            }
            "pipeline" => kind.is_none_or(|kind| entry.body.some("tipo").and_then(whole) == Some(kind)),
            _ => true,
        };
        !entry.deleted
            && by_status
            && within(by_update, entry.updated)
            && within(by_creation, Some(entry.created))
    };
    let Some(entries) = model.lists.get_mut(list) else { return Answer::html(404) };
    let mut rows: Vec<&mut Entry> = entries.iter_mut().filter(wanted).collect();
    rows.sort_by_key(|entry| {
        let first = if by_update.is_some() {
            entry.updated
        } else if by_creation.is_some() {
            Some(entry.created)
        } else {
            None
        };
        std::cmp::Reverse((first, entry.id))
    });
    let from_to = slice(request, habits, rows.len());
    let attributes = if habits.ignores_attribute { Vec::new() } else { request.attributes() };
    let mut random = Random::new(shuffle);
    array(rows[from_to].iter_mut().map(|entry| {
        if attributes.is_empty() && !habits.shuffles_keys {
            return entry.rendered().to_string();
        }
        let mut members: Vec<(&str, &Json)> =
            entry.body.members().iter().map(|(key, value)| (key.as_str(), value)).collect();
        if !attributes.is_empty() {
            members.retain(|(key, _)| attributes.contains(key));
        }
        if habits.shuffles_keys {
            members.sort_by_cached_key(|_| random.next());
        }
        let mut text = String::new();
        write_members(members.into_iter(), &mut text);
        text
    }))
}

fn whole(value: &Json) -> Option<i64> {
    match value {
        Json::Number(text) | Json::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// The description of every field of every list, from the records themselves.
fn columns(model: &Model) -> Answer {
    let mut entities = Vec::new();
    for (list, entity) in [("contatos", "contato"), ("oportunidades", "oportunidade"), ("tarefas", "tarefa")]
    {
        let Some(first) = model.entries(list).first() else { continue };
        let fields: Vec<Json> = first
            .body
            .members()
            .iter()
            .map(|(key, _)| {
                let description =
                    serde_json::json!({"name": key, "description": key, "label": key, "type": "string"});
                Json::Object(vec![(key.clone(), description.into())])
            })
            .collect();
        entities.push((entity.to_owned(), Json::Array(fields)));
    }
    Answer::json(200, text_of(&Json::Object(entities)))
}
