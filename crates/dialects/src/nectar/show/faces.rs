//! Registry records as other objects show them, rendered once per snapshot: a row copies bytes.
//!
//! Stages, custom fields, users, origins, tags and the like never cause a join or a read.

use std::collections::HashMap;

use favo_core::catalogue::{custom_field, pipeline, product_subcategory, stage, tag, task_type, user};
use favo_core::snapshot::Snapshot;
use favo_core::{Item, Record, Resource};

use super::values_out as out;
use crate::nectar::spelling::RefShape;

/// Bytes by id: ids are small and dense in practice, large ones are kept aside.
#[derive(Debug, Default)]
pub(crate) struct Table {
    bytes: Vec<u8>,
    dense: Vec<(u32, u32)>,
    sparse: HashMap<i64, (u32, u32)>,
}

impl Table {
    const DENSE: usize = 1 << 16;

    /// Appends what `write` writes for an id.
    pub(crate) fn put(&mut self, id: i64, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.bytes.len() as u32;
        write(&mut self.bytes);
        let span = (start, self.bytes.len() as u32);
        match usize::try_from(id).ok().filter(|id| *id < Self::DENSE) {
            Some(id) => {
                if self.dense.len() <= id {
                    self.dense.resize(id + 1, (0, 0));
                }
                self.dense[id] = span;
            }
            None => {
                self.sparse.insert(id, span);
            }
        }
    }

    /// The bytes of an id; `None` when there are none.
    pub(crate) fn get(&self, id: i64) -> Option<&[u8]> {
        let span = match usize::try_from(id).ok().filter(|id| *id < Self::DENSE) {
            Some(id) => self.dense.get(id),
            None => self.sparse.get(&id),
        };
        let (start, end) = *span?;
        (start < end).then(|| &self.bytes[start as usize..end as usize])
    }
}

/// A custom field as its values are shown.
#[derive(Debug)]
pub(crate) struct CustomFace {
    /// Its label as a JSON string.
    pub(crate) label: Vec<u8>,
    /// Its alias as a JSON string.
    pub(crate) alias: Vec<u8>,
    /// Its values are ids of contacts.
    pub(crate) refers: bool,
}

/// A user as participants of appointments show it.
#[derive(Debug, Default)]
pub(crate) struct UserFace {
    /// `UserRef` with the active flag.
    pub(crate) object: Vec<u8>,
    /// Its name as a JSON string.
    pub(crate) name: Vec<u8>,
    /// Its e-mail as a JSON string; may be empty.
    pub(crate) email: Vec<u8>,
}

/// Everything a row copies from.
#[derive(Debug)]
pub(crate) struct Faces {
    objects: Vec<Table>,
    titles: Vec<Table>,
    /// `etapa` by stage id.
    pub(crate) stage_numbers: Table,
    /// `etapaNome` by stage id.
    pub(crate) stage_names: Table,
    /// `etapaAtual` by stage id.
    pub(crate) stages: Table,
    /// The sub-categories of a product category, as an array.
    pub(crate) subcategories: Table,
    /// Live custom fields by id.
    pub(crate) custom: HashMap<i64, CustomFace>,
    /// Users by id.
    pub(crate) users: HashMap<i64, UserFace>,
}

const SHAPES: usize = 6;

/// The place of a registry and shape among the tables.
fn slot(resource: Resource, shape: RefShape) -> usize {
    resource as usize * SHAPES + shape as usize
}

impl Faces {
    /// Renders the live records of a snapshot that others show; deleted ones are rendered when met.
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let mut faces = Self {
            objects: std::iter::repeat_with(Table::default).take(Resource::ALL.len() * SHAPES).collect(),
            titles: std::iter::repeat_with(Table::default).take(Resource::ALL.len()).collect(),
            stage_numbers: Table::default(),
            stage_names: Table::default(),
            stages: Table::default(),
            subcategories: Table::default(),
            custom: HashMap::new(),
            users: HashMap::new(),
        };
        for resource in Resource::ALL.iter().copied().filter(|resource| resource.definition().registry) {
            if matches!(resource, Resource::Token | Resource::Role | Resource::Queue) {
                continue;
            }
            for record in snapshot.all(resource) {
                faces.add(record);
            }
        }
        for field in snapshot.all(Resource::CustomField) {
            let (label, alias) = (json(field.get(custom_field::LABEL)), json(field.get(custom_field::ALIAS)));
            let refers = field.get(custom_field::TYPE) == Some(9);
            faces.custom.insert(field.id(), CustomFace { label, alias, refers });
        }
        faces.add_subcategories(snapshot);
        faces
    }

    fn add(&mut self, record: &Record) {
        let (resource, id) = (record.resource(), record.id());
        self.titles[resource as usize].put(id, |bytes| out::text(bytes, record.title().unwrap_or_default()));
        let shapes: &[RefShape] = match resource {
            Resource::User => &[RefShape::User],
            Resource::Tag => &[RefShape::Tag, RefShape::Name],
            Resource::TaskType => &[RefShape::TaskType],
            Resource::Pipeline => &[RefShape::Funnel],
            _ => &[RefShape::Name, RefShape::Lookup],
        };
        for shape in shapes {
            self.objects[slot(resource, *shape)].put(id, |bytes| object(bytes, record, *shape));
        }
        match resource {
            Resource::Pipeline => self.add_stages(record),
            Resource::User => {
                self.users.insert(id, UserFace::of(record));
            }
            _ => {}
        }
    }

    fn add_stages(&mut self, record: &Record) {
        for item in record.get(pipeline::STAGES) {
            let Some(id) = item.get(stage::ID) else { continue };
            if let Some(number) = item.get(stage::SEQUENCE) {
                self.stage_numbers.put(id, |bytes| out::int(bytes, number));
            }
            if let Some(name) = item.get(stage::NAME) {
                self.stage_names.put(id, |bytes| out::text(bytes, name));
            }
            self.stages.put(id, |bytes| stage_object(bytes, item));
        }
    }

    fn add_subcategories(&mut self, snapshot: &Snapshot) {
        let mut of: HashMap<i64, Vec<u8>> = HashMap::new();
        for record in snapshot.all(Resource::ProductSubcategory) {
            let Some(category) = record.get(product_subcategory::CATEGORY) else { continue };
            let bytes = of.entry(category).or_default();
            bytes.push(b',');
            object(bytes, record, RefShape::Name);
            bytes.pop();
            if let Some(text) = record.get(product_subcategory::DESCRIPTION).filter(|text| !text.is_empty()) {
                bytes.extend_from_slice(b",\"descricao\":");
                out::text(bytes, text);
            }
            flag(bytes, ",\"ativo\":", record.is_active());
            bytes.push(b'}');
        }
        for (category, mut bytes) in of {
            bytes[0] = b'[';
            bytes.push(b']');
            self.subcategories.put(category, |all| all.extend_from_slice(&bytes));
        }
    }

    /// Writes a registry record as an object; `false` when there is none.
    pub(crate) fn push_object(
        &self,
        snapshot: &Snapshot,
        (resource, shape): (Resource, RefShape),
        id: i64,
        bytes: &mut Vec<u8>,
    ) -> bool {
        if let Some(face) = self.objects[slot(resource, shape)].get(id) {
            bytes.extend_from_slice(face);
            return true;
        }
        let Some(record) = snapshot.get(resource, id) else { return false };
        object(bytes, record, shape);
        true
    }

    /// Writes the title of a registry record; `false` when there is none or it is blank.
    pub(crate) fn push_title(
        &self,
        snapshot: &Snapshot,
        resource: Resource,
        id: i64,
        bytes: &mut Vec<u8>,
    ) -> bool {
        if let Some(title) = self.titles[resource as usize].get(id) {
            bytes.extend_from_slice(title);
            return title.len() > 2;
        }
        let title =
            snapshot.get(resource, id).and_then(|record| record.title()).filter(|title| !title.is_empty());
        if let Some(title) = title {
            out::text(bytes, title);
        }
        title.is_some()
    }

    /// Writes what a stage shows of itself; `false` when there is no such stage.
    pub(crate) fn push_stage(
        &self,
        snapshot: &Snapshot,
        part: StagePart,
        id: i64,
        bytes: &mut Vec<u8>,
    ) -> bool {
        let table = match part {
            StagePart::Number => &self.stage_numbers,
            StagePart::Name => &self.stage_names,
            StagePart::Object => &self.stages,
        };
        if let Some(face) = table.get(id) {
            bytes.extend_from_slice(face);
            return true;
        }
        let Some((_, item)) = snapshot.stage(id) else { return false };
        match part {
            StagePart::Number => out::int(bytes, item.get(stage::SEQUENCE).unwrap_or_default()),
            StagePart::Name => out::text(bytes, item.get(stage::NAME).unwrap_or_default()),
            StagePart::Object => stage_object(bytes, item),
        }
        true
    }
}

/// What of a stage is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) enum StagePart {
    /// `etapa`.
    Number,
    /// `etapaNome`.
    Name,
    /// `etapaAtual`.
    Object,
}

impl UserFace {
    /// The face of a user.
    pub(crate) fn of(record: &Record) -> Self {
        let mut face = Self { name: json(record.title()), ..Self::default() };
        if let Some(email) = record.get(user::EMAIL).filter(|email| !email.is_empty()) {
            out::text(&mut face.email, email);
        }
        object(&mut face.object, record, RefShape::User);
        face.object.pop();
        flag(&mut face.object, ",\"ativo\":", record.is_active() && !record.is_deleted());
        face.object.push(b'}');
        face
    }
}

fn stage_object(bytes: &mut Vec<u8>, item: &Item) {
    bytes.extend_from_slice(b"{\"id\":");
    out::int(bytes, item.get(stage::ID).unwrap_or_default());
    if let Some(name) = item.get(stage::NAME).filter(|name| !name.is_empty()) {
        bytes.extend_from_slice(b",\"nome\":");
        out::text(bytes, name);
    }
    for (key, number) in
        [(",\"sequencia\":", item.get(stage::SEQUENCE)), (",\"prazo\":", item.get(stage::DAYS))]
    {
        if let Some(number) = number {
            bytes.extend_from_slice(key.as_bytes());
            out::int(bytes, number);
        }
    }
    flag(bytes, ",\"gerarProposta\":", item.get(stage::GENERATES_PROPOSAL));
    flag(bytes, ",\"produtoObrigatorio\":", item.get(stage::REQUIRES_PRODUCT));
    bytes.push(b'}');
}

fn json(text: Option<&str>) -> Vec<u8> {
    let mut bytes = Vec::new();
    out::text(&mut bytes, text.unwrap_or_default());
    bytes
}

fn flag(bytes: &mut Vec<u8>, key: &str, flag: bool) {
    bytes.extend_from_slice(key.as_bytes());
    out::boolean(bytes, flag);
}

fn object(bytes: &mut Vec<u8>, record: &Record, shape: RefShape) {
    bytes.extend_from_slice(b"{\"id\":");
    out::int(bytes, record.id());
    if shape == RefShape::User {
        word(bytes, ",\"login\":", record.get(user::LOGIN));
    }
    word(bytes, ",\"nome\":", record.title());
    match shape {
        RefShape::Name => {}
        RefShape::Lookup => flag(bytes, ",\"ativo\":", record.is_active()),
        RefShape::User => word(bytes, ",\"foto\":", record.get(user::PHOTO)),
        RefShape::Tag => {
            word(bytes, ",\"cor\":", record.get(tag::COLOUR));
            flag(bytes, ",\"ativo\":", record.is_active());
        }
        RefShape::TaskType => {
            flag(bytes, ",\"ativo\":", record.is_active());
            bytes.extend_from_slice(b",\"natureza\":");
            out::int(bytes, record.get(task_type::NATURE).unwrap_or_default());
        }
        RefShape::Funnel => {
            flag(bytes, ",\"padrao\":", record.get(pipeline::DEFAULT));
            bytes.extend_from_slice(b",\"tipo\":");
            out::int(bytes, record.get(pipeline::KIND).unwrap_or_default());
            bytes.extend_from_slice(b",\"cascataCicloVida\":");
            out::int(bytes, record.get(pipeline::LIFE_CYCLE_CASCADE).unwrap_or_default());
        }
    }
    bytes.push(b'}');
}

fn word(bytes: &mut Vec<u8>, key: &str, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        bytes.extend_from_slice(key.as_bytes());
        out::text(bytes, text);
    }
}
