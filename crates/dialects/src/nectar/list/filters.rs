//! The kinds of filter parameters and the condition each stands for.

use favo_core::catalogue::{custom_field, meta, pipeline, stage};
use favo_core::query::{Column, Filter, Query, TextMatch};
use favo_core::terms::{TermKind, custom_term};
use favo_core::transaction::Reader;
use favo_core::{Ctx, Resource, Result, text};

use super::named;
use crate::nectar::body::{self, Json};
use crate::nectar::query_string::Params;
use crate::nectar::show::plan::ENTITIES;

/// What a parameter filters by.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Parameter {
    /// Ids or codes in a field (2.5).
    Ids(u16),
    /// Ids or codes in a field of the record a relation points to.
    Via(u16, u16),
    /// A name, and perhaps a code (2.4).
    Name(u16, Option<u16>),
    /// A truth value.
    Flag(u16),
    /// Active and not expired, or the opposite.
    Unexpired(u16, u16),
    /// One of these codes, when the flag is true.
    When(u16, &'static [i64]),
    /// Any of the tags.
    Tags,
    /// Any line with a product whose field is one of these ids.
    Products(u16),
    /// A pipeline by name.
    Pipeline(u16),
    /// Stages by their number, or outcomes: stage field, status field.
    Sequence(u16, u16),
    /// The entity of custom fields by its word.
    Entity(u16),
    /// Custom values (2.7).
    Custom(Resource),
}

impl Parameter {
    /// The condition; everything when the parameter is absent or unreadable.
    pub(super) fn filter(
        self,
        ctx: &Ctx,
        tx: &mut dyn Reader,
        params: &Params,
        name: &'static str,
    ) -> Result<Filter> {
        let ids = || params.ids(name);
        Ok(match self {
            Self::Ids(field) => ids().map_or(Filter::All, |ids| Filter::OneOf(field, ids)),
            Self::Via(relation, field) => {
                ids().map_or(Filter::All, |ids| Filter::Via(relation, Box::new(Filter::OneOf(field, ids))))
            }
            Self::Name(title, code) => {
                params.text(name).map_or(Filter::All, |value| named(params, value, title, code))
            }
            Self::Flag(field) => {
                params.flag(name).map_or(Filter::All, |flag| Filter::is(field, i64::from(flag)))
            }
            Self::Unexpired(active, end) => match params.flag(name) {
                None => Filter::All,
                Some(true) => Filter::is(active, 1).and(Filter::Or(vec![
                    Filter::IsNull(end),
                    Filter::Between(end, Some(ctx.now.0.saturating_add(1)), None),
                ])),
                Some(false) => {
                    Filter::Or(vec![Filter::is(active, 0), Filter::Between(end, None, Some(ctx.now.0))])
                }
            },
            Self::When(field, codes) => match params.flag(name) {
                Some(true) => Filter::OneOf(field, codes.to_vec()),
                _ => Filter::All,
            },
            Self::Tags => ids().map_or(Filter::All, |ids| term(TermKind::Tag, &ids)),
            Self::Products(field) => match ids() {
                None => Filter::All,
                Some(ids) if field == meta::ID.position() => term(TermKind::Product, &ids),
                Some(ids) => term(TermKind::Product, &products(tx, field, ids)?),
            },
            Self::Pipeline(field) => params.text(name).map_or(Filter::All, |wanted| {
                let wanted = text::fold(wanted);
                let same = |title: Option<&str>| title.is_some_and(|title| text::fold(title) == wanted);
                let found = ctx.snapshot.all(Resource::Pipeline).filter(|record| same(record.title()));
                any(field, found.map(|record| record.id()).collect())
            }),
            Self::Sequence(stage, status) => {
                ids().map_or(Filter::All, |numbers| sequence(ctx, stage, status, &numbers))
            }
            Self::Entity(field) => params.text(name).map_or(Filter::All, |word| {
                let code = ENTITIES.iter().position(|entity| text::fold(entity) == text::fold(word));
                any(field, code.map(|code| code as i64).into_iter().collect())
            }),
            Self::Custom(resource) => custom(ctx, params, resource, name),
        })
    }
}

/// One of these ids; nothing when there are none.
fn any(field: u16, ids: Vec<i64>) -> Filter {
    if ids.is_empty() { Filter::Nothing } else { Filter::OneOf(field, ids) }
}

fn term(kind: TermKind, ids: &[i64]) -> Filter {
    if ids.is_empty() {
        return Filter::Nothing;
    }
    Filter::Term(kind, TextMatch::Equal, ids.iter().map(i64::to_string).collect())
}

/// The products of some categories; removed ones are still on lines.
fn products(tx: &mut dyn Reader, field: u16, ids: Vec<i64>) -> Result<Vec<i64>> {
    let mut query = Query::of(Resource::Product).filter(Filter::OneOf(field, ids));
    query.with_deleted = true;
    let mut found = Vec::new();
    tx.select(&query, &[Column::own(meta::ID)], &mut |row| {
        found.extend(row.int(0));
        Ok(())
    })?;
    Ok(found)
}

/// `sequenciaAtual`: 1002 to 1005 are outcomes, other numbers are those of stages of sales funnels.
fn sequence(ctx: &Ctx, stage: u16, status: u16, numbers: &[i64]) -> Filter {
    let (outcomes, numbers): (Vec<i64>, Vec<i64>) =
        numbers.iter().copied().partition(|number| (1002..=1005).contains(number));
    let sales = ctx.snapshot.all(Resource::Pipeline).filter(|record| record.get(pipeline::KIND) != Some(1));
    let stages: Vec<i64> = sales
        .flat_map(|record| record.get(pipeline::STAGES))
        .filter(|item| item.get(stage::SEQUENCE).is_some_and(|number| numbers.contains(&number)))
        .filter_map(|item| item.get(stage::ID))
        .collect();
    let outcomes: Vec<i64> = outcomes.iter().map(|number| number - 1000).collect();
    match (stages.is_empty(), outcomes.is_empty()) {
        (true, _) => any(status, outcomes),
        (false, true) => Filter::OneOf(stage, stages),
        (false, false) => Filter::Or(vec![Filter::OneOf(stage, stages), Filter::OneOf(status, outcomes)]),
    }
}

/// Custom values as JSON: `{"Label": "value"}` or aliases with `useAlias` (2.7).
fn custom(ctx: &Ctx, params: &Params, resource: Resource, name: &'static str) -> Filter {
    let by_alias = params
        .text("useAlias")
        .is_some_and(|flag| flag.trim() != "0" && !flag.trim().eq_ignore_ascii_case("false"));
    let mut filter = Filter::All;
    for json in params.all(name) {
        // Numbers stay as they are written: `1250.50` is the text that was stored for it.
        let Ok(Json::Object(wanted)) = body::value(json) else { continue };
        for (label, value) in wanted {
            let texts = match value {
                Json::List(values) => values.iter().filter_map(shown).collect(),
                value => shown(&value).into_iter().collect::<Vec<_>>(),
            };
            let label = text::fold(&label);
            let key = if by_alias { custom_field::ALIAS } else { custom_field::LABEL };
            let fields = ctx.snapshot.custom_fields(resource);
            let field =
                fields.iter().find(|field| field.get(key).is_some_and(|own| text::fold(own) == label));
            filter = filter.and(match field {
                Some(field) if !texts.is_empty() => {
                    let terms = texts.iter().map(|text| custom_term(field.id(), text)).collect();
                    Filter::Term(TermKind::Custom, TextMatch::Equal, terms)
                }
                _ => Filter::Nothing,
            });
        }
    }
    filter
}

/// A wanted value as the text that is stored.
fn shown(value: &Json) -> Option<String> {
    match value {
        Json::Text(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}
