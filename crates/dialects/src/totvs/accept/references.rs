//! References: from whatever spelling of 11.3 to the id of a record that the user can see.

use favo_core::catalogue::{Resource, meta, stage};
use favo_core::query::{Column, Filter, Page, Query, TextMatch};
use favo_core::terms::TermKind;
use favo_core::text::fold;
use favo_core::{Record, Value, catalogue::pipeline};

use super::{Acceptance, Side, no_such_table};
use crate::totvs::fault::{Detail, Failure};
use crate::totvs::fixed::{self, Entry, Kind};
use crate::totvs::table::{Source, Target};
use crate::totvs::values::Sent;
use crate::totvs::{entities, ids};

/// How a reference names a record.
enum By<'a> {
    Id(&'a str),
    ExternalKey(&'a str),
    Code(&'a str),
}

impl Acceptance<'_> {
    /// The record a reference means. What is wrong with it is noted, and nothing is answered then.
    ///
    /// `current` is what stands in the field now: it may be sent back even if it is hidden or gone by now.
    pub(super) fn resolve(
        &mut self,
        sent: &Sent,
        target: Target,
        side: Side,
        position: u16,
        current: Option<i64>,
    ) -> Result<Option<i64>, Failure> {
        let (path, shown) = sent.shown();
        let (path, shown) = (path, shown.map(str::to_owned));
        if !sent.acronyms.is_empty() {
            self.reject_text(path, Detail::ReferenceNotFound, shown.as_deref());
            return Ok(None);
        }
        if let Some((second, at)) = sent.ids.iter().skip(1).find(|(id, _)| *id != sent.ids[0].0) {
            let (second, at) = (second.clone(), at.clone());
            self.reject_text(at, Detail::ReferenceConflict, Some(&second));
            return Ok(None);
        }
        let mut found: Option<i64> = None;
        let spellings = sent.ids.first().map(|(id, _)| By::Id(id)).into_iter();
        let spellings = spellings.chain(sent.external_key.as_deref().map(By::ExternalKey));
        let mut any = false;
        for by in spellings.chain(sent.code.as_deref().map(By::Code)) {
            any = true;
            let text = match by {
                By::Id(text) | By::ExternalKey(text) | By::Code(text) => text.to_owned(),
            };
            let id = match self.find(&by, target)? {
                Some(id) => Some(id),
                None => self.still_meant(&by, side, position, current)?,
            };
            match (id, found) {
                (None, _) => {
                    self.reject_text(path, Detail::ReferenceNotFound, Some(&text));
                    return Ok(None);
                }
                (Some(id), Some(other)) if id != other => {
                    self.reject_text(path, Detail::ReferenceConflict, Some(&text));
                    return Ok(None);
                }
                (Some(id), _) => found = Some(id),
            }
        }
        if !any {
            self.reject_text(path, Detail::ReferenceNotFound, None);
        }
        Ok(found)
    }

    /// The record of a resource that is named in one way.
    fn find(&mut self, by: &By<'_>, (service, name): Target) -> Result<Option<i64>, Failure> {
        let entity = entities::named(service, name).ok_or_else(|| no_such_table(name))?;
        match entity.source {
            Source::Core { resource, .. } if resource.definition().registry => {
                Ok(self.registered(by, resource))
            }
            Source::Core { resource, only } => self.stored_one(by, resource, only()),
            Source::ProductGroups => Ok(self.registered(by, Resource::ProductCategory)),
            Source::Stages => Ok(self.stage(by)),
            Source::Fixed(_) => Ok(None),
        }
    }

    /// A record of a registry, by what the snapshot knows.
    pub(super) fn registered(&self, by: &(impl Names + ?Sized), resource: Resource) -> Option<i64> {
        let code = resource.definition().position("code");
        self.ctx.snapshot.all(resource).find(|record| by.name(record, code)).map(|record| record.id())
    }

    fn stored_one(&mut self, by: &By<'_>, resource: Resource, only: Filter) -> Result<Option<i64>, Failure> {
        let named = match by {
            By::Id(id) => match self.tx.ids_of(resource, &[(*id).to_owned()])?.first() {
                Some(Some(id)) => Filter::is(meta::ID, *id),
                _ => return Ok(None),
            },
            By::ExternalKey(key) => {
                Filter::Term(TermKind::ExternalKey, TextMatch::Equal, vec![(*key).to_owned()])
            }
            By::Code(code) => match resource.definition().position("code") {
                Some(position) => Filter::Text(position, TextMatch::Equal, fold(code)),
                None => return Ok(None),
            },
        };
        let filter = named.and(only).and(self.ctx.actor.visible(resource));
        let mut found = None;
        let query = Query::of(resource).filter(filter).page(Page::first(1));
        self.tx.select(&query, &[Column::own(meta::ID)], &mut |row| {
            found = row.int(0);
            Ok(())
        })?;
        Ok(found)
    }

    /// A stage of a sales pipeline; its UUID follows from that of the pipeline.
    fn stage(&self, by: &By<'_>) -> Option<i64> {
        let pipelines = self.ctx.snapshot.all(Resource::Pipeline);
        let mut stages = pipelines
            .filter(|record| record.get(pipeline::KIND) == Some(0))
            .flat_map(|record| record.get(pipeline::STAGES).iter().map(move |item| (record, item)));
        let found = stages.find(|(record, item)| match by {
            By::Id(id) => item.get(stage::ID).is_some_and(|stage| {
                ids::of_row(record.get(meta::UUID).unwrap_or_default(), "stage", stage) == *id
            }),
            By::Code(code) => item.get(stage::CODE).is_some_and(|known| fold(known) == fold(code)),
            By::ExternalKey(_) => false,
        });
        found.and_then(|(_, item)| item.get(stage::ID))
    }

    /// What stands in the field already, if that is what the reference says.
    fn still_meant(
        &mut self,
        by: &By<'_>,
        side: Side,
        position: u16,
        current: Option<i64>,
    ) -> Result<Option<i64>, Failure> {
        let (By::Id(sent), Some(current)) = (by, current) else { return Ok(None) };
        let record = match side {
            Side::Own => self.stored,
            Side::Qualification => self.lead,
        };
        let Some(record) = record else { return Ok(None) };
        Ok((self.uuid_of(record, position, current)?.as_deref() == Some(*sent)).then_some(current))
    }

    /// The UUID of what a field points to, deleted or not.
    fn uuid_of(&mut self, record: &Record, position: u16, id: i64) -> Result<Option<String>, Failure> {
        use favo_core::catalogue::FieldType;
        let resource = match record.resource().definition().field(position).field_type {
            FieldType::One(resource) | FieldType::Many(resource) => resource,
            FieldType::Int => {
                // A stage that its pipeline no longer has.
                let owner = self.ctx.snapshot.stage(id).map(|(owner, _)| owner);
                let owner = owner.and_then(|owner| owner.get(meta::UUID));
                return Ok(owner.map(|owner| ids::of_row(owner, "stage", id)));
            }
            _ => return Ok(None),
        };
        if let Some(record) = self.ctx.snapshot.get(resource, id) {
            return Ok(record.get(meta::UUID).map(str::to_owned));
        }
        Ok(self.uuids_of(resource, &[id])?.pop().map(|(_, uuid)| uuid))
    }

    /// Ids and UUIDs of records, deleted ones included.
    pub(super) fn uuids_of(
        &mut self,
        resource: Resource,
        ids: &[i64],
    ) -> Result<Vec<(i64, String)>, Failure> {
        let mut found = Vec::with_capacity(ids.len());
        if ids.is_empty() {
            return Ok(found);
        }
        let filter = Filter::OneOf(meta::ID.position(), ids.to_vec());
        let query = Query { with_deleted: true, ..Query::of(resource).filter(filter) };
        self.tx.select(&query, &[Column::own(meta::ID), Column::own(meta::UUID)], &mut |row| {
            if let (Some(id), Some(uuid)) = (row.int(0), row.text(1)) {
                found.push((id, uuid.to_owned()));
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// An entry of a list that is the same in every installation.
    pub(super) fn typed(&mut self, kind: Kind, sent: &Sent) -> Option<&'static Entry> {
        let mut found: Option<&'static Entry> = None;
        let ids = sent.ids.iter().map(|(id, path)| (fixed::of_id(kind, id), id, path));
        let acronyms = sent.acronyms.iter().map(|(word, path)| (fixed::of_acronym(kind, word), word, path));
        let all: Vec<_> =
            ids.chain(acronyms).map(|(entry, text, path)| (entry, text.clone(), path.clone())).collect();
        if all.is_empty() {
            let (path, shown) = sent.shown();
            let shown = shown.map(str::to_owned);
            self.reject_text(path, Detail::ReferenceNotFound, shown.as_deref());
        }
        for (entry, text, path) in all {
            match (entry, found) {
                (None, _) => {
                    self.reject_text(path, Detail::ReferenceNotFound, Some(&text));
                    return None;
                }
                (Some(entry), Some(other)) if entry != other => {
                    self.reject_text(path, Detail::ReferenceConflict, Some(&text));
                    return None;
                }
                (entry, _) => found = entry,
            }
        }
        found
    }
}

/// Something that names a record of a registry.
pub(super) trait Names {
    /// Whether this record is meant; `code` is where its code is.
    fn name(&self, record: &Record, code: Option<u16>) -> bool;
}

impl Names for By<'_> {
    fn name(&self, record: &Record, code: Option<u16>) -> bool {
        match self {
            By::Id(id) => record.get(meta::UUID) == Some(id),
            By::ExternalKey(key) => record.get(meta::EXTERNAL_KEY) == Some(key),
            By::Code(wanted) => code.is_some_and(
                |position| matches!(record.at(position), Value::Text(known) if fold(known) == fold(wanted)),
            ),
        }
    }
}

/// The group of products a reference names, upper or lower: the core resource and the id.
impl Acceptance<'_> {
    pub(super) fn group(&mut self, sent: &Sent) -> Option<(Resource, i64)> {
        let mut found: Option<(Resource, i64)> = None;
        let ids = sent.ids.iter().map(|(id, path)| (By::Id(id), path.clone()));
        let keys = sent.external_key.iter().map(|key| (By::ExternalKey(key), sent.path.clone()));
        let codes = sent.code.iter().map(|code| (By::Code(code), sent.path.clone()));
        let mut problem = None;
        for (by, path) in ids.chain(keys).chain(codes) {
            let here = [Resource::ProductCategory, Resource::ProductSubcategory]
                .into_iter()
                .find_map(|resource| self.registered(&by, resource).map(|id| (resource, id)));
            let text = match by {
                By::Id(text) | By::ExternalKey(text) | By::Code(text) => text,
            };
            match (here, found) {
                (None, _) => problem = Some((path, Detail::ReferenceNotFound, Some(text))),
                (Some(one), Some(other)) if one != other => {
                    problem = Some((path, Detail::ReferenceConflict, Some(text)));
                }
                (one, _) => found = one,
            }
        }
        if found.is_none() && problem.is_none() {
            problem = Some((sent.path.clone(), Detail::ReferenceNotFound, None));
        }
        match problem {
            Some((path, detail, text)) => {
                self.reject_text(path, detail, text);
                None
            }
            None => found,
        }
    }
}
