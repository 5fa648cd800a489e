//! A tenant in memory for unit tests of this dialect: a few registries, and rows by column.

use std::collections::HashMap;
use std::sync::Arc;

use favo_core::catalogue::{custom_field, meta, origin, pipeline, stage, tag, user};
use favo_core::change::Change;
use favo_core::ctx::Entropy;
use favo_core::identity::Actor;
use favo_core::query::{Column, Filter, Query, Totals};
use favo_core::snapshot::Snapshot;
use favo_core::transaction::{Reader, Row, TenantId, Visit};
use favo_core::{Ctx, Instant, Item, Key, Record, Resource, Result, Value};

/// What a column of a row holds.
#[derive(Debug, Clone)]
pub(crate) enum Cell {
    Int(i64),
    Text(String),
}

/// One row: what its columns hold.
pub(crate) type Cells = HashMap<Column, Cell>;

/// Rows by resource, and registries.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) records: Vec<Record>,
    pub(crate) rows: HashMap<Resource, Vec<Cells>>,
    /// Statements so far.
    pub(crate) reads: usize,
}

struct MemoryRow<'a>(Vec<Option<&'a Cell>>);

impl Row for MemoryRow<'_> {
    fn int(&self, column: usize) -> Option<i64> {
        match self.0[column]? {
            Cell::Int(number) => Some(*number),
            Cell::Text(_) => None,
        }
    }
    fn text(&self, column: usize) -> Option<&str> {
        match self.0[column]? {
            Cell::Text(text) => Some(text),
            Cell::Int(_) => None,
        }
    }
    fn bool(&self, column: usize) -> Option<bool> {
        self.int(column).map(|number| number != 0)
    }
}

impl Memory {
    /// A user, an origin, a tag, a funnel with two stages and a custom field.
    pub(crate) fn furnished() -> Self {
        let mut memory = Self::default();
        let mut add = |resource, id, texts: &[(u16, &str)]| {
            let mut record = Record::new(resource);
            record.set(meta::ID, Some(id));
            for (position, text) in texts {
                record.put(*position, Value::Text((*text).to_owned()));
            }
            memory.records.push(record);
            memory.records.len() - 1
        };
        let at = |key: Key<favo_core::record::kind::Text>| key.position();
        add(
            Resource::User,
            41,
            &[
                (at(user::LOGIN), "bruna@aurora.example"),
                (at(user::NAME), "Bruna Prado"),
                (at(user::EMAIL), "bruna@aurora.example"),
            ],
        );
        add(Resource::Origin, 9, &[(at(origin::NAME), "Feira")]);
        add(Resource::Tag, 3, &[(at(tag::NAME), "Sul")]);
        let field = add(
            Resource::CustomField,
            210,
            &[(at(custom_field::LABEL), "Porte"), (at(custom_field::ALIAS), "porte_da_loja")],
        );
        let funnel = add(Resource::Pipeline, 31, &[(at(pipeline::NAME), "Vendas Sul")]);
        memory.records[field].set(custom_field::EXTENDS, Some(0));
        let stages = [(301, "Contato"), (302, "Visita")].into_iter().zip(1..).map(|((id, name), number)| {
            let mut item = Item::new(&stage::FIELDS);
            item.set(stage::ID, Some(id));
            item.set(stage::NAME, Some(name.to_owned()));
            item.set(stage::SEQUENCE, Some(number));
            item
        });
        memory.records[funnel].set(pipeline::STAGES, stages.collect());
        memory
    }

    fn visit(&mut self, resource: Resource, columns: &[Column], visit: &mut Visit<'_>) -> Result<()> {
        self.reads += 1;
        for row in self.rows.get(&resource).into_iter().flatten() {
            visit(&MemoryRow(columns.iter().map(|column| row.get(column)).collect()))?;
        }
        Ok(())
    }
}

impl Reader for Memory {
    fn tenant(&self) -> TenantId {
        TenantId(7)
    }
    fn select(&mut self, query: &Query, columns: &[Column], visit: &mut Visit<'_>) -> Result<()> {
        self.visit(query.resource, columns, visit)
    }
    fn select_for(
        &mut self,
        resource: Resource,
        _: u16,
        _: &[i64],
        _: &Filter,
        columns: &[Column],
        visit: &mut Visit<'_>,
    ) -> Result<()> {
        self.visit(resource, columns, visit)
    }
    fn load_all(&mut self, query: &Query) -> Result<Vec<Record>> {
        let wanted = match &query.filter {
            Filter::OneOf(field, ids) if *field == meta::ID.position() => Some(ids),
            _ => None,
        };
        let records = self.records.iter().filter(|record| record.resource() == query.resource);
        Ok(records.filter(|record| wanted.is_none_or(|ids| ids.contains(&record.id()))).cloned().collect())
    }
    fn totals(&mut self, _: Resource, _: &Filter, _: Option<u16>, _: &[u16]) -> Result<Vec<Totals>> {
        Ok(Vec::new())
    }
    fn largest(&mut self, _: Resource, _: &Filter, _: u16) -> Result<Option<i64>> {
        Ok(None)
    }
    fn ids_of(&mut self, _: Resource, uuids: &[String]) -> Result<Vec<Option<i64>>> {
        Ok(vec![None; uuids.len()])
    }
    fn registry_version(&mut self) -> Result<i64> {
        Ok(1)
    }
    fn settings(&mut self) -> Result<Vec<(String, String)>> {
        Ok(Vec::new())
    }
    fn file(&mut self, _: &str) -> Result<Option<(String, Vec<u8>)>> {
        Ok(None)
    }
    fn changes_after(&mut self, _: i64, _: u32) -> Result<Vec<Change>> {
        Ok(Vec::new())
    }
    fn last_change(&mut self) -> Result<i64> {
        Ok(0)
    }
}

#[derive(Debug)]
struct Zeros;

impl Entropy for Zeros {
    fn bytes(&self) -> [u8; 16] {
        [0; 16]
    }
}

/// The system at 2026-03-02T12:00:00Z.
pub(crate) fn ctx(memory: &mut Memory) -> Ctx {
    Ctx {
        actor: Arc::new(Actor::system(41)),
        now: Instant(1_772_452_800_000_000),
        snapshot: Arc::new(Snapshot::load(memory).unwrap()),
        entropy: Arc::new(Zeros),
    }
}
