//! A destination in memory: the contract of `destination` in its plainest form, strict about what it is asked, and able to fail at any operation.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::cell::Cell;
use crate::destination::{CustomField, Destination, Known, Opened, Traits};
use crate::note::Note;
use crate::report::RunReport;
use crate::schema::{Origin, Schema};
use crate::state::Bookmark;
use crate::{Error, Result};

/// One stored record: the rows of all its tables, and what `known` tells.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stored {
    pub(super) rows: Rc<Vec<(usize, Vec<String>)>>,
    pub(super) hash: u128,
    pub(super) updated: Option<i64>,
    pub(super) deleted: bool,
    pub(super) parent: Option<i64>,
}

/// What is durable, or what one group makes of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Contents {
    /// Records by stream and id.
    pub(super) records: BTreeMap<&'static str, BTreeMap<i64, Stored>>,
    pub(super) bookmarks: BTreeMap<String, Bookmark>,
    pub(super) runs: Vec<RunReport>,
    pub(super) notes: Vec<Note>,
    pub(super) last_run: i64,
}

/// What outlives a run.
#[derive(Debug, Default, Clone)]
pub(super) struct Shelf {
    pub(super) durable: Contents,
    pub(super) locked: bool,
    /// Operations so far.
    pub(super) operations: u64,
    /// The operation that fails, counted from 1.
    pub(super) fail_at: Option<u64>,
    /// A commit that fails was done all the same: the answer was lost.
    pub(super) answer_lost: bool,
    /// As the last `open` wanted it.
    pub(super) schema: Option<Schema>,
    pub(super) custom_fields: BTreeMap<&'static str, Vec<CustomField>>,
    pub(super) forgetful: bool,
    pub(super) tells_parents: bool,
    /// The operations that were commits.
    pub(super) commits: Vec<u64>,
    pub(super) puts: u64,
    pub(super) questions: u64,
}

/// A handle that a run takes; the shelf stays.
pub(super) struct Memory {
    shelf: Rc<RefCell<Shelf>>,
    group: Contents,
    schema: Option<Rc<Schema>>,
    current: Option<(usize, i64)>,
}

impl Memory {
    pub(super) fn on(shelf: &Rc<RefCell<Shelf>>) -> Box<Self> {
        Box::new(Self { shelf: Rc::clone(shelf), group: Contents::default(), schema: None, current: None })
    }

    fn operation(&mut self) -> Result<()> {
        let mut shelf = self.shelf.borrow_mut();
        shelf.operations += 1;
        if shelf.fail_at == Some(shelf.operations) {
            return Err(Error::Destination("the shelf broke; mend it and run again".to_owned()));
        }
        Ok(())
    }

    fn schema(&self) -> &Schema {
        self.schema.as_ref().expect("open comes first")
    }

    fn records(&mut self, stream: usize) -> &mut BTreeMap<i64, Stored> {
        let name = self.schema().streams[stream].stream.name;
        self.group.records.entry(name).or_default()
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        if self.schema.is_some() {
            self.shelf.borrow_mut().locked = false;
        }
    }
}

impl Destination for Memory {
    fn traits(&self) -> Traits {
        let remembers = !self.shelf.borrow().forgetful;
        Traits { remembers, evolves: remembers }
    }

    fn check(&mut self) -> Result<Vec<String>> {
        Ok(vec!["memory is there".to_owned()])
    }

    fn peek(&mut self) -> Result<Opened> {
        let shelf = self.shelf.borrow();
        Ok(Opened {
            bookmarks: shelf.durable.bookmarks.clone().into_iter().collect(),
            last_run: shelf.durable.last_run,
            ceilings: Vec::new(),
        })
    }

    fn runs(&mut self, _limit: usize) -> Result<Vec<RunReport>> {
        Ok(self.shelf.borrow().durable.runs.clone())
    }

    fn open(&mut self, schema: &Schema) -> Result<Opened> {
        self.operation()?;
        assert!(self.schema.is_none(), "opened twice");
        {
            let mut shelf = self.shelf.borrow_mut();
            if shelf.locked {
                return Err(Error::Destination("another run writes here; wait for its end".to_owned()));
            }
            shelf.locked = true;
            let former = shelf.schema.replace(schema.clone());
            self.group = shelf.durable.clone();
            if let Some(former) = former.filter(|former| former != schema) {
                reshape(&mut self.group, &former, schema);
                shelf.durable.records.clone_from(&self.group.records);
            }
        }
        self.schema = Some(Rc::new(schema.clone()));
        let ceilings = schema
            .streams
            .iter()
            .map(|stream| self.group.records.get(stream.stream.name)?.keys().next_back().copied())
            .collect();
        Ok(Opened { ceilings, ..self.peek()? })
    }

    fn known(&mut self, stream: usize, ids: &[i64]) -> Result<Vec<Known>> {
        self.operation()?;
        assert!(!self.shelf.borrow().forgetful, "asked what it cannot know");
        let unique: BTreeSet<i64> = ids.iter().copied().collect();
        assert_eq!(unique.len(), ids.len(), "an id was asked about twice");
        self.shelf.borrow_mut().questions += ids.len() as u64;
        let records = self.records(stream);
        let known = |id: &i64| {
            let stored = records.get(id)?;
            Some(Known { id: *id, hash: stored.hash, updated: stored.updated, deleted: stored.deleted })
        };
        // In no particular order.
        Ok(ids.iter().rev().filter_map(known).collect())
    }

    fn stored(&mut self, stream: usize, visit: &mut dyn FnMut(i64)) -> Result<()> {
        self.operation()?;
        assert!(!self.shelf.borrow().forgetful, "asked what it cannot know");
        for (id, _) in self.records(stream).iter().filter(|(_, stored)| !stored.deleted) {
            visit(*id);
        }
        Ok(())
    }

    fn of_parents(&mut self, stream: usize, parents: &[i64]) -> Result<Option<Vec<i64>>> {
        self.operation()?;
        if !self.shelf.borrow().tells_parents {
            return Ok(None);
        }
        let belongs = |stored: &Stored| stored.parent.is_some_and(|parent| parents.contains(&parent));
        Ok(Some(
            self.records(stream)
                .iter()
                .filter(|(_, stored)| !stored.deleted && belongs(stored))
                .map(|(id, _)| *id)
                .collect(),
        ))
    }

    fn remove(&mut self, stream: usize, ids: &[i64]) -> Result<()> {
        self.operation()?;
        self.current = None;
        for id in ids {
            self.records(stream).remove(id);
        }
        Ok(())
    }

    fn put(&mut self, stream: usize, table: usize, row: &[Cell<'_>]) -> Result<()> {
        self.operation()?;
        self.shelf.borrow_mut().puts += 1;
        let schema = self.schema.clone().expect("open comes first");
        let (shape, cursor) = (&schema.streams[stream].tables[table], schema.streams[stream].cursor);
        assert_eq!(row.len(), shape.columns.len(), "row of another shape for {}", shape.name);
        let Cell::Integer(id) = row[shape.owner] else {
            panic!("{}: no id: {:?}", shape.name, row[shape.owner])
        };
        let cells: Vec<String> = row.iter().map(|cell| format!("{cell:?}")).collect();
        if table > 0 {
            assert_eq!(self.current, Some((stream, id)), "{}: a child away from its record", shape.name);
            let record = self.records(stream).get_mut(&id).expect("the main row comes first");
            assert!(record.rows.last().is_some_and(|(last, _)| *last <= table), "tables out of order");
            Rc::make_mut(&mut record.rows).push((table, cells));
            return Ok(());
        }
        let hash = shape.position_of(&Origin::Hash).map(|at| row[at]);
        let Some(Cell::Hash(hash)) = hash else { panic!("{}: no hash", shape.name) };
        let moment = |at: usize| if let Cell::Micros(moment) = row[at] { Some(moment) } else { None };
        let parent = shape.position("oportunidade_id").map(|at| row[at]);
        let stored = Stored {
            rows: Rc::new(vec![(0, cells)]),
            hash,
            updated: cursor.and_then(moment),
            deleted: false,
            parent: if let Some(Cell::Integer(parent)) = parent { Some(parent) } else { None },
        };
        self.current = Some((stream, id));
        let forgetful = self.shelf.borrow().forgetful;
        let former = self.records(stream).insert(id, stored);
        assert!(former.is_none() || forgetful, "{}: {id} was put without having been removed", shape.name);
        Ok(())
    }

    fn mark_deleted(&mut self, stream: usize, ids: &[i64], _at: i64, _run: i64) -> Result<u64> {
        self.operation()?;
        self.current = None;
        let mut count = 0;
        for id in ids {
            if let Some(stored) = self.records(stream).get_mut(id).filter(|stored| !stored.deleted) {
                stored.deleted = true;
                count += 1;
            }
        }
        Ok(count)
    }

    fn note(&mut self, note: &Note) -> Result<()> {
        self.operation()?;
        match note {
            Note::RunStarted { run, .. } => self.group.last_run = *run,
            Note::RunFinished(report) => self.group.runs.push(report.clone()),
            Note::SchemaEvent(_) | Note::Rejected(_) => {}
        }
        self.group.notes.push(note.clone());
        Ok(())
    }

    fn commit(&mut self, bookmarks: &[(&str, &Bookmark)]) -> Result<()> {
        let failed = self.operation();
        if failed.is_err() && !self.shelf.borrow().answer_lost {
            return failed;
        }
        self.current = None;
        for (stream, bookmark) in bookmarks {
            self.group.bookmarks.insert((*stream).to_owned(), (*bookmark).clone());
        }
        let mut shelf = self.shelf.borrow_mut();
        shelf.durable = self.group.clone();
        let number = shelf.operations;
        shelf.commits.push(number);
        failed
    }

    fn custom_fields(&mut self, stream: usize, fields: &[CustomField]) -> Result<()> {
        self.operation()?;
        let name = self.schema().streams[stream].stream.name;
        self.shelf.borrow_mut().custom_fields.insert(name, fields.to_vec());
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}

/// Gives stored rows the columns of another schema: those that are new are null.
fn reshape(contents: &mut Contents, former: &Schema, schema: &Schema) {
    for stream in &schema.streams {
        let Some(before) = former.position(stream.stream.name) else { continue };
        let records = contents.records.entry(stream.stream.name).or_default();
        for (table, cells) in records.values_mut().flat_map(|stored| Rc::make_mut(&mut stored.rows)) {
            let old = &former.streams[before].tables[*table];
            let cell = |column: &crate::schema::Column| {
                old.position(&column.name).map_or("Null".to_owned(), |at| cells[at].clone())
            };
            *cells = stream.tables[*table].columns.iter().map(cell).collect();
        }
    }
}

/// What readers see of the records, without what differs from run to run (moments and numbers of runs).
pub(super) fn visible(shelf: &Rc<RefCell<Shelf>>) -> BTreeMap<String, Vec<String>> {
    let shelf = shelf.borrow();
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for stream in shelf.schema.iter().flat_map(|schema| &schema.streams) {
        let Some(records) = shelf.durable.records.get(stream.stream.name) else { continue };
        for stored in records.values() {
            for (table, cells) in stored.rows.iter() {
                let table = &stream.tables[*table];
                let stays = |at: &usize| {
                    !matches!(
                        table.columns[*at].origin,
                        Origin::RunId | Origin::ExtractedAt | Origin::LoadedAt | Origin::DeletedAt
                    )
                };
                let row: Vec<&str> = (0..cells.len()).filter(stays).map(|at| cells[at].as_str()).collect();
                tables.entry(table.name.clone()).or_default().push(format!(
                    "{}{}",
                    if stored.deleted { "deleted " } else { "" },
                    row.join(" ")
                ));
            }
        }
    }
    tables
}
