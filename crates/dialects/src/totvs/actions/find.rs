//! Which record is meant (5.2): by the path, a filter, or a key in the body.

use favo_core::catalogue::meta;
use favo_core::query::{Column, Filter, Page, Query, TextMatch};
use favo_core::terms::TermKind;
use favo_core::transaction::Reader;
use favo_core::{Ctx, Record, Resource};

use super::{Work, different};
use crate::totvs::accept::Body;
use crate::totvs::fault::{Code, Failure};
use crate::totvs::filter::{self, Ast, Condition, Paging};
use crate::totvs::ids;
use crate::totvs::list::decoded;
use crate::totvs::route::Action;
use crate::totvs::show;
use crate::totvs::table::{Entity, Source};

/// What a key leads to.
pub(super) enum Found {
    One(Resource, i64),
    Many,
    /// The path or the body names an id that no visible record has.
    NoSuchId,
    /// A filter or an external key that matches nothing.
    NoMatch,
    /// The call names no record.
    NoKey,
}

/// Both resources behind product groups.
pub(super) const GROUPS: [Resource; 2] = [Resource::ProductCategory, Resource::ProductSubcategory];

impl Work<'_> {
    pub(super) fn found(&mut self, body: &Body, keys: &Keys) -> Result<Found, Failure> {
        if let Some(path) = &self.write.id {
            let Some(uuid) = ids::normal(path) else { return Ok(Found::NoSuchId) };
            if body.id.as_ref().is_some_and(|id| *id != uuid) {
                return Err(different("The path names a record, and the body another one."));
            }
            return self.by_uuid(&uuid);
        }
        if !keys.is_empty() {
            let found = self.by_filters(keys)?;
            if let (Found::One(resource, id), Some(sent)) = (&found, &body.id)
                && self.uuid(*resource, *id)? != *sent
            {
                return Err(different("The filter matches a record, and the body names another one."));
            }
            return Ok(found);
        }
        if let Some(uuid) = &body.id {
            return Ok(match self.by_uuid(uuid)? {
                Found::NoSuchId if self.write.action == Action::Update => Found::NoMatch,
                found => found,
            });
        }
        match &body.external_key {
            Some(Some(key)) => {
                let term = Filter::Term(TermKind::ExternalKey, TextMatch::Equal, vec![key.clone()]);
                let known = |record: &Record| record.get(meta::EXTERNAL_KEY) == Some(key);
                self.one(Some(term), &known)
            }
            _ => Ok(Found::NoKey),
        }
    }

    fn by_uuid(&mut self, uuid: &str) -> Result<Found, Failure> {
        let filter = match self.entity.source {
            Source::Core { resource, .. } => match self.tx.ids_of(resource, &[uuid.to_owned()])?.first() {
                Some(Some(id)) => Some(Filter::is(meta::ID, *id)),
                _ => return Ok(Found::NoSuchId),
            },
            _ => None,
        };
        let known = |record: &Record| record.get(meta::UUID) == Some(uuid);
        Ok(match self.one(filter, &known)? {
            Found::NoMatch => Found::NoSuchId,
            found => found,
        })
    }

    /// The one visible record of the resource that meets a condition; product groups are looked through by `known`.
    fn one(&mut self, filter: Option<Filter>, known: &dyn Fn(&Record) -> bool) -> Result<Found, Failure> {
        match (self.entity.source, filter) {
            (Source::Core { resource, only }, Some(filter)) => {
                let filter = filter.and(only()).and(self.ctx.actor.visible(resource));
                self.first_of(resource, filter)
            }
            (Source::ProductGroups, _) => {
                let mut all = GROUPS.into_iter().flat_map(|resource| {
                    let records = self.ctx.snapshot.all(resource);
                    records.filter(|record| known(record)).map(move |record| (resource, record.id()))
                });
                Ok(match (all.next(), all.next()) {
                    (Some((resource, id)), None) => Found::One(resource, id),
                    (None, _) => Found::NoMatch,
                    (Some(_), Some(_)) => Found::Many,
                })
            }
            (Source::Core { .. } | Source::Stages | Source::Fixed(_), _) => Ok(Found::NoMatch),
        }
    }

    fn first_of(&mut self, resource: Resource, filter: Filter) -> Result<Found, Failure> {
        let query = Query::of(resource).filter(filter).page(Page::first(2));
        let mut found = Vec::new();
        self.tx.select(&query, &[Column::own(meta::ID)], &mut |row| {
            found.extend(row.int(0));
            Ok(())
        })?;
        Ok(match found.as_slice() {
            [] => Found::NoMatch,
            [id] => Found::One(resource, *id),
            _ => Found::Many,
        })
    }

    /// The one record that all filters match.
    fn by_filters(&mut self, keys: &Keys) -> Result<Found, Failure> {
        let found = show::find(self.ctx, self.tx, self.entity, &keys.condition, 2)?;
        Ok(match found.as_slice() {
            [] => Found::NoMatch,
            [(resource, id)] => Found::One(*resource, *id),
            _ => Found::Many,
        })
    }
}

/// The parameter `filter` of a query, decoded; any other is unknown, unless it begins with `_`.
pub(super) fn parameter(query: &str) -> Result<Option<String>, Failure> {
    let mut found = None;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match decoded(name).as_str() {
            "filter" => found = Some(decoded(value)),
            name if name.starts_with('_') => {}
            name => {
                let message = format!("The parameter {name} means nothing here.");
                return Err(Failure::plain(Code::UnknownParameter, message));
            }
        }
    }
    Ok(found.filter(|text| !text.trim().is_empty()))
}

/// The filters that name a record, understood before any value of the body is looked at (4.7).
pub(super) struct Keys {
    filters: Vec<Ast>,
    condition: Condition,
}

impl Keys {
    pub(super) fn understood(
        filters: Vec<Ast>,
        entity: &Entity,
        ctx: &Ctx,
        tx: &mut dyn Reader,
    ) -> Result<Self, Failure> {
        let mut condition = Condition::all(entity);
        for filter in &filters {
            let compiled = filter::compile(filter, entity, ctx, tx)?;
            if compiled.paging != Paging::default() {
                return Err(Failure::plain(
                    Code::FilterPagingMisplaced,
                    "A filter that names a record takes no page, pageSize or order.",
                ));
            }
            condition = condition.and(compiled.condition);
        }
        Ok(Self { filters, condition })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.filters.is_empty()
    }

    /// What the filters of an upsert say about the record it makes (5.5): nothing, unless each is a plain conjunction on
    /// fields that are no lists.
    pub(super) fn insert_values(&self, entity: &Entity) -> Vec<(String, String)> {
        let values: Option<Vec<Vec<_>>> = self.filters.iter().map(Ast::insert_values).collect();
        let values = values.unwrap_or_default().concat();
        let is_list = |name: &str| entity.field(name).is_some_and(|field| field.form.is_list());
        if values.iter().any(|(name, _)| is_list(name)) { Vec::new() } else { values }
    }
}
