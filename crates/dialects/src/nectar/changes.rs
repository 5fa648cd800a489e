//! The change feed: `GET /favo/v1/changes?after=N&mark=M&limit=L`, the change log of a tenant as its token's user may see it.
//!
//! It is Favo's own and no part of the NectarCRM API, but its records have the shape of that API's lists, so that whoever
//! reads the lists reads the feed. Each record stands at most once in an answer, at its last change, as it is now; a record that
//! is gone, or that the user may not see (any more), is `deleted`. Records on which a change shows without being one of theirs
//! (the counters of a contact when a task is done) come as `updated` too. `next` and `mark` of an answer are `after` and `mark` of the next request.

use std::collections::BTreeMap;
use std::io::Write;

use favo_core::catalogue::meta;
use favo_core::change::{Change, ChangeKind};
use favo_core::query::{Column, Filter, Query};
use favo_core::rollup::shown_on;
use favo_core::transaction::Reader;
use favo_core::{Ctx, Resource, Result};
use http::{Method, StatusCode};

use super::query_string::Params;
use super::show::{self, raw, values_out};
use crate::wire::{Request, Response};

/// The path of the feed.
pub const PATH: &str = "/favo/v1/changes";
/// Entries of the log in one answer, at most and unless asked otherwise.
const MOST: u32 = 1000;
/// Records read by one statement.
const BATCH: usize = 200;

/// What is asked of the feed.
#[derive(Debug)]
pub struct Feed {
    after: After,
    limit: u32,
    base_url: String,
    head: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    Latest,
    /// The number of an entry, and the mark that an answer gave with it.
    Sequence(i64, Option<i64>),
}

/// What a request asks of the feed; the answer when it cannot be understood.
pub fn feed(request: &Request) -> std::result::Result<Feed, Response> {
    if !matches!(request.method, Method::GET | Method::HEAD) {
        let mut response = refusal(StatusCode::METHOD_NOT_ALLOWED, "the change feed answers GET only");
        response.headers.push(("allow", "HEAD,GET".to_owned()));
        return Err(response);
    }
    let params = Params::parse(&request.query, &request.base_url);
    let after = match params.text("after") {
        Some("latest") => Some(After::Latest),
        Some(text) => text
            .trim()
            .parse()
            .ok()
            .filter(|after| *after >= 0)
            .map(|after| After::Sequence(after, params.int("mark"))),
        None => None,
    };
    let limit = match params.text("limit") {
        None => Some(MOST),
        Some(text) => text.trim().parse().ok().filter(|limit| *limit > 0).map(|limit: u32| limit.min(MOST)),
    };
    match (after, limit) {
        (Some(after), Some(limit)) => {
            Ok(Feed { after, limit, base_url: params.base_url, head: request.method == Method::HEAD })
        }
        (None, _) => Err(refusal(
            StatusCode::BAD_REQUEST,
            "after has to be the number next of the last answer, 0 for the beginning, or latest",
        )),
        (_, None) => Err(refusal(StatusCode::BAD_REQUEST, "limit has to be a number from 1 to 1000")),
    }
}

fn refusal(status: StatusCode, text: &str) -> Response {
    let body = serde_json::json!({ "error": text });
    Response::new(status, "application/json; charset=utf-8", body.to_string())
}

/// Answers from the log.
pub fn changes(feed: &Feed, ctx: &Ctx, tx: &mut dyn Reader) -> Result<Response> {
    let last = tx.last_change()?;
    let after = match feed.after {
        After::Latest => last,
        After::Sequence(after, given) => {
            // A log with another entry under that number, or none, is another log, or was put back to an older state: only reading everything helps.
            if after > last || given.is_some() && given != Some(mark(tx, after)?) {
                return Ok(refusal(
                    StatusCode::GONE,
                    "the change log has no such entry any more, read everything again",
                ));
            }
            after
        }
    };
    let log = match feed.after {
        After::Latest => Vec::new(),
        After::Sequence(..) => tx.changes_after(after, feed.limit)?,
    };
    let (next, mark) = match log.last() {
        Some(change) => (change.sequence, change.at.0),
        None => (after, mark(tx, after)?),
    };
    let touched = touched(ctx, tx, &log)?;
    let mut out = Vec::with_capacity(256 + touched.len() * 2048);
    let _ =
        write!(out, r#"{{"after":{after},"next":{next},"mark":{mark},"more":{},"changes":["#, next < last);
    push_all(feed, ctx, tx, touched, &mut out)?;
    out.extend_from_slice(b"]}");
    Ok(show::json(if feed.head { Vec::new() } else { out }))
}

/// What tells the entry under a number from one that another log has there: the micros of its moment; 0 when there is none.
fn mark(tx: &mut dyn Reader, sequence: i64) -> Result<i64> {
    let entry = if sequence > 0 { tx.changes_after(sequence - 1, 1)? } else { Vec::new() };
    Ok(entry.first().filter(|change| change.sequence == sequence).map_or(0, |change| change.at.0))
}

/// The last change of one record.
#[derive(Debug, Clone, Copy)]
struct Last {
    sequence: i64,
    at: i64,
    kind: ChangeKind,
}

/// Every record the entries touch, with the last of them.
fn touched(ctx: &Ctx, tx: &mut dyn Reader, log: &[Change]) -> Result<BTreeMap<(i64, i64), (Resource, Last)>> {
    let mut touched: BTreeMap<(i64, i64), (Resource, Last)> = BTreeMap::new();
    let mut note = |resource: Resource, id: i64, last: Last| {
        if name(resource).is_none() || ctx.actor.visible(resource) == Filter::Nothing {
            return;
        }
        let entry = touched.entry((resource.number(), id)).or_insert((resource, last));
        if last.sequence < entry.1.sequence {
            return;
        }
        // Created and then changed within one answer is still created for who never saw it.
        let kind = match (entry.1.kind, last.kind) {
            (ChangeKind::Created, ChangeKind::Updated) => ChangeKind::Created,
            (_, kind) => kind,
        };
        entry.1 = Last { kind, ..last };
    };
    for change in log {
        let last = Last { sequence: change.sequence, at: change.at.0, kind: change.kind };
        note(change.resource, change.record, last);
    }
    // What a change shows on, through the relations as they are now and as the log says they were.
    let mut by_resource: BTreeMap<i64, Vec<&Change>> = BTreeMap::new();
    for change in log.iter().filter(|change| !shown_on(change.resource).is_empty()) {
        by_resource.entry(change.resource.number()).or_default().push(change);
    }
    for changes in by_resource.values() {
        let resource = changes[0].resource;
        let relations = shown_on(resource);
        let mut columns = vec![Column::own(meta::ID)];
        columns.extend(relations.iter().map(|(relation, _)| Column::own(*relation)));
        let latest: BTreeMap<i64, &Change> = changes.iter().map(|change| (change.record, *change)).collect();
        let ids: Vec<i64> = latest.keys().copied().collect();
        for ids in ids.chunks(BATCH) {
            let filter = Filter::OneOf(meta::ID.position(), ids.to_vec());
            let query = Query { with_deleted: true, ..Query::of(resource).filter(filter) };
            tx.select(&query, &columns, &mut |row| {
                let Some(change) = row.int(0).and_then(|id| latest.get(&id)) else { return Ok(()) };
                for (position, (_, owner)) in relations.iter().enumerate() {
                    if let Some(id) = row.int(position + 1) {
                        note(*owner, id, shown_by(change));
                    }
                }
                Ok(())
            })?;
        }
        for change in changes {
            for (relation, owner) in relations {
                for id in former(&change.diff, resource.definition().field(*relation).name) {
                    note(*owner, id, shown_by(change));
                }
            }
        }
    }
    Ok(touched)
}

/// A change as it shows on another record.
fn shown_by(change: &Change) -> Last {
    Last { sequence: change.sequence, at: change.at.0, kind: ChangeKind::Updated }
}

/// Both ids that a diff names for a relation.
fn former(diff: &str, relation: &str) -> Vec<i64> {
    let mut ids = Vec::new();
    raw::Cursor::new(diff).object(|key, values| {
        if key == relation {
            ids.extend(values.split(['[', ',', ']']).filter_map(|id| id.trim().parse::<i64>().ok()));
        }
    });
    ids
}

/// Writes the entries in the order of the log.
fn push_all(
    feed: &Feed,
    ctx: &Ctx,
    tx: &mut dyn Reader,
    touched: BTreeMap<(i64, i64), (Resource, Last)>,
    out: &mut Vec<u8>,
) -> Result<()> {
    let mut of: BTreeMap<i64, (Resource, Vec<i64>)> = BTreeMap::new();
    for ((number, id), (resource, last)) in &touched {
        if last.kind != ChangeKind::Deleted {
            of.entry(*number).or_insert((*resource, Vec::new())).1.push(*id);
        }
    }
    let mut records: BTreeMap<(i64, i64), String> = BTreeMap::new();
    for (number, (resource, ids)) in of {
        for ids in ids.chunks(BATCH) {
            let filter = Filter::OneOf(meta::ID.position(), ids.to_vec());
            let query = Query::of(resource).filter(filter).filter(ctx.actor.visible(resource));
            let (items, ids) = show::with_ids(ctx, tx, &query, &feed.base_url)?;
            let items = String::from_utf8_lossy(&items);
            let mut ids = ids.into_iter();
            raw::Cursor::new(&items).array(|cursor| match (cursor.value(), ids.next()) {
                (Some(record), Some(id)) => {
                    records.insert((number, id), record.to_owned());
                    true
                }
                _ => false,
            });
        }
    }
    let mut entries: Vec<_> = touched.into_iter().collect();
    entries.sort_by_key(|(key, (_, last))| (last.sequence, *key));
    for (position, (key, (resource, last))) in entries.into_iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        let record = records.get(&key);
        let kind = match (record, last.kind) {
            (None, _) | (_, ChangeKind::Deleted) => "deleted",
            (_, ChangeKind::Created) => "created",
            (_, ChangeKind::Updated) => "updated",
        };
        let _ = write!(out, r#"{{"sequence":{},"at":"#, last.sequence);
        values_out::instant(out, last.at);
        let name = name(resource).unwrap_or_default();
        let _ = write!(out, r#","kind":"{kind}","resource":"{name}","id":{}"#, key.1);
        if let Some(record) = record {
            out.extend_from_slice(br#","record":"#);
            out.extend_from_slice(record.as_bytes());
        }
        out.push(b'}');
    }
    Ok(())
}

/// The name of a resource's list, as the API's paths spell it first (spec 1.2); none for what has no list.
fn name(resource: Resource) -> Option<&'static str> {
    Some(match resource {
        Resource::Contact => "contatos",
        Resource::Opportunity => "oportunidades",
        Resource::Qualification => "qualificacoes",
        Resource::Task => "tarefas",
        Resource::Appointment => "compromissos",
        Resource::Pipeline => "pipeline",
        Resource::Product => "produto",
        Resource::ProductCategory => "produtoCategoria",
        Resource::ProductSubcategory => "produtoSubCategoria",
        Resource::PriceTable => "tabelaPreco",
        Resource::Tag => "lista",
        Resource::Origin => "origem",
        Resource::Segment => "segmento",
        Resource::Category => "categoria",
        Resource::User => "usuario",
        Resource::Team => "equipe",
        Resource::CustomField => "campoPersonalizado",
        Resource::Proposal => "proposta",
        Resource::AppointmentType => "compromissos/tipos",
        Resource::CallType => "ligacao/tipos",
        Resource::TaskType => "tarefas/tipos",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_names_the_record_a_relation_left_and_the_one_it_went_to() {
        let diff = r#"{"title":["12","[13]"],"customer_id":[7,9],"opportunity_id":[null,4]}"#;
        assert_eq!(former(diff, "customer_id"), [7, 9]);
        assert_eq!(former(diff, "opportunity_id"), [4]);
        assert_eq!(former(diff, "pipeline_id"), Vec::<i64>::new());
    }
}
