//! Registry records as other records show them, rendered once per snapshot: a row copies bytes. And which of them pass a test.

use std::collections::HashMap;

use favo_core::catalogue::{custom_field, meta, pipeline, product_subcategory, stage, unit_of_measure};
use favo_core::record::Key;
use favo_core::record::kind;
use favo_core::snapshot::Snapshot;
use favo_core::{Item, Record, Resource};

use crate::json_out as out;
use crate::totvs::filter::Part;
use crate::totvs::filter::memory::Cell;
use crate::totvs::ids;

/// Bytes by id. Ids are small and dense in practice; large ones are kept aside.
#[derive(Debug, Default)]
struct Rendered {
    bytes: Vec<u8>,
    dense: Vec<(u32, u32)>,
    others: HashMap<i64, (u32, u32)>,
}

/// Ids from here on are not dense.
const DENSE: usize = 1 << 16;

impl Rendered {
    fn put(&mut self, id: i64, bytes: &[u8]) {
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(bytes);
        let span = (start, self.bytes.len() as u32);
        match usize::try_from(id).ok().filter(|id| *id < DENSE) {
            Some(id) => {
                if self.dense.len() <= id {
                    self.dense.resize(id + 1, (0, 0));
                }
                self.dense[id] = span;
            }
            None => {
                self.others.insert(id, span);
            }
        }
    }

    fn get(&self, id: i64) -> Option<&[u8]> {
        let span = match usize::try_from(id).ok().filter(|id| *id < DENSE) {
            Some(id) => self.dense.get(id),
            None => self.others.get(&id),
        };
        let (start, end) = *span?;
        (start < end).then(|| &self.bytes[start as usize..end as usize])
    }
}

/// A custom field as its values are shown.
#[derive(Debug)]
pub(super) struct Custom {
    /// `"alias":`.
    pub(super) key: Vec<u8>,
    /// Its type, by the codes of the catalogue.
    pub(super) kind: i64,
}

/// Everything a row copies from.
#[derive(Debug)]
pub(super) struct Registries {
    /// `{"id":..,"description":..}` by resource.
    objects: HashMap<Resource, Rendered>,
    /// UUID and name of users, each as a JSON text.
    user_ids: Rendered,
    user_names: Rendered,
    /// Names of tags as JSON texts.
    tags: Rendered,
    stages: Rendered,
    /// By the id of the field.
    pub(super) custom: HashMap<i64, Custom>,
}

/// The registries that are shown as objects.
const OBJECTS: [Resource; 10] = [
    Resource::Origin,
    Resource::Segment,
    Resource::OutcomeReason,
    Resource::TaskType,
    Resource::AppointmentType,
    Resource::Pipeline,
    Resource::PaymentCondition,
    Resource::UnitOfMeasure,
    Resource::ProductCategory,
    Resource::ProductSubcategory,
];

impl Registries {
    /// Renders those of a snapshot; deleted records are rendered when they are met.
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let mut registries = Self {
            objects: HashMap::new(),
            user_ids: Rendered::default(),
            user_names: Rendered::default(),
            tags: Rendered::default(),
            stages: Rendered::default(),
            custom: HashMap::new(),
        };
        let mut bytes = Vec::new();
        let mut with = |write: &dyn Fn(&mut Vec<u8>), rendered: &mut Rendered, id: i64| {
            bytes.clear();
            write(&mut bytes);
            rendered.put(id, &bytes);
        };
        for resource in OBJECTS {
            let rendered = registries.objects.entry(resource).or_default();
            for record in snapshot.all(resource) {
                with(&|out| object(out, record), rendered, record.id());
            }
        }
        for record in snapshot.all(Resource::User) {
            with(&|out| uuid(out, record), &mut registries.user_ids, record.id());
            with(&|out| title(out, record), &mut registries.user_names, record.id());
        }
        for record in snapshot.all(Resource::Tag) {
            with(&|out| title(out, record), &mut registries.tags, record.id());
        }
        for record in snapshot.all(Resource::Pipeline) {
            for item in record.get(pipeline::STAGES) {
                if let Some(id) = item.get(stage::ID) {
                    with(&|out| stage_object(out, record, item), &mut registries.stages, id);
                }
            }
        }
        for record in snapshot.all(Resource::CustomField) {
            let mut key = Vec::new();
            out::text(&mut key, record.get(custom_field::ALIAS).unwrap_or_default());
            key.push(b':');
            let kind = record.get(custom_field::TYPE).unwrap_or(1);
            registries.custom.insert(record.id(), Custom { key, kind });
        }
        registries
    }

    /// Writes a registry record as an object; `false` when there is none.
    pub(super) fn object(
        &self,
        snapshot: &Snapshot,
        resource: Resource,
        id: i64,
        bytes: &mut Vec<u8>,
    ) -> bool {
        push(self.objects.get(&resource), id, bytes, || snapshot.get(resource, id).map(AsRef::as_ref), object)
    }

    /// Writes the UUID of a user.
    pub(super) fn user_id(&self, snapshot: &Snapshot, id: i64, bytes: &mut Vec<u8>) -> bool {
        push(Some(&self.user_ids), id, bytes, || snapshot.get(Resource::User, id).map(AsRef::as_ref), uuid)
    }

    /// Writes the name of a user.
    pub(super) fn user_name(&self, snapshot: &Snapshot, id: i64, bytes: &mut Vec<u8>) -> bool {
        push(Some(&self.user_names), id, bytes, || snapshot.get(Resource::User, id).map(AsRef::as_ref), title)
    }

    /// Writes the name of a tag.
    pub(super) fn tag(&self, snapshot: &Snapshot, id: i64, bytes: &mut Vec<u8>) -> bool {
        push(Some(&self.tags), id, bytes, || snapshot.get(Resource::Tag, id).map(AsRef::as_ref), title)
    }

    /// Writes a stage as an object.
    pub(super) fn stage(&self, snapshot: &Snapshot, id: i64, bytes: &mut Vec<u8>) -> bool {
        if let Some(known) = self.stages.get(id) {
            bytes.extend_from_slice(known);
            return true;
        }
        let stage = snapshot.stage(id);
        if let Some((record, item)) = stage {
            stage_object(bytes, record, item);
        }
        stage.is_some()
    }
}

fn push<'r>(
    rendered: Option<&Rendered>,
    id: i64,
    bytes: &mut Vec<u8>,
    find: impl FnOnce() -> Option<&'r Record>,
    write: fn(&mut Vec<u8>, &Record),
) -> bool {
    if let Some(known) = rendered.and_then(|rendered| rendered.get(id)) {
        bytes.extend_from_slice(known);
        return true;
    }
    let record = find();
    if let Some(record) = record {
        write(bytes, record);
    }
    record.is_some()
}

fn uuid(bytes: &mut Vec<u8>, record: &Record) {
    out::text(bytes, record.get(meta::UUID).unwrap_or_default());
}

fn title(bytes: &mut Vec<u8>, record: &Record) {
    out::text(bytes, record.title().unwrap_or_default());
}

fn object(bytes: &mut Vec<u8>, record: &Record) {
    bytes.extend_from_slice(b"{\"id\":");
    uuid(bytes, record);
    if record.resource() == Resource::UnitOfMeasure {
        bytes.extend_from_slice(b",\"code\":");
        match record.get(unit_of_measure::CODE) {
            Some(code) => out::text(bytes, code),
            None => bytes.extend_from_slice(b"null"),
        }
    } else {
        bytes.extend_from_slice(b",\"description\":");
        title(bytes, record);
    }
    bytes.push(b'}');
}

fn stage_object(bytes: &mut Vec<u8>, record: &Record, item: &Item) {
    bytes.extend_from_slice(b"{\"id\":");
    out::text(bytes, &stage_id(record, item));
    bytes.extend_from_slice(b",\"description\":");
    out::text(bytes, item.get(stage::NAME).unwrap_or_default());
    bytes.push(b'}');
}

/// The UUID of a stage.
pub(in crate::totvs) fn stage_id(pipeline: &Record, stage: &Item) -> String {
    ids::of_row(pipeline.get(meta::UUID).unwrap_or_default(), "stage", stage.get(stage::ID).unwrap_or(0))
}

/// The stages of all sales pipelines that pass a test, by their numbers.
pub(in crate::totvs) fn stages(snapshot: &Snapshot, passes: &dyn Fn(&Cell) -> bool, part: Part) -> Vec<i64> {
    let mut found = Vec::new();
    for record in snapshot.all(Resource::Pipeline) {
        for item in record.get(pipeline::STAGES).iter().chain(record.get(pipeline::PAST_STAGES)) {
            let cell = match part {
                Part::Id => Cell::Text(stage_id(record, item)),
                _ => text(item.get(stage::NAME)),
            };
            if passes(&cell) {
                found.extend(item.get(stage::ID));
            }
        }
    }
    found
}

/// The subcategories and the categories of products that pass a test.
pub(in crate::totvs) fn groups(
    snapshot: &Snapshot,
    passes: &dyn Fn(&Cell) -> bool,
    part: Part,
) -> (Vec<i64>, Vec<i64>) {
    (
        ids(snapshot, Resource::ProductSubcategory, passes, part),
        ids(snapshot, Resource::ProductCategory, passes, part),
    )
}

/// The records of a registry that pass a test.
pub(in crate::totvs) fn ids(
    snapshot: &Snapshot,
    resource: Resource,
    passes: &dyn Fn(&Cell) -> bool,
    part: Part,
) -> Vec<i64> {
    let holds = |record: &&std::sync::Arc<Record>| passes(&cell(record, part));
    snapshot.all(resource).filter(holds).map(|record| record.id()).collect()
}

/// What of a registry record is compared.
pub(super) fn cell(record: &Record, part: Part) -> Cell {
    match part {
        Part::Id => text(record.get(meta::UUID)),
        Part::ExternalId => text(record.get(meta::EXTERNAL_KEY)),
        Part::Name => text(record.title()),
        Part::Code | Part::Acronym => text(
            record
                .resource()
                .definition()
                .position("code")
                .and_then(|at| record.get(Key::<kind::Text>::new(at))),
        ),
    }
}

fn text(text: Option<&str>) -> Cell {
    text.map_or(Cell::Null, |text| Cell::Text(text.to_owned()))
}

/// The category of a subcategory.
pub(super) fn parent<'s>(snapshot: &'s Snapshot, record: &Record) -> Option<&'s Record> {
    if record.resource() != Resource::ProductSubcategory {
        return None;
    }
    snapshot.get(Resource::ProductCategory, record.get(product_subcategory::CATEGORY)?).map(AsRef::as_ref)
}
