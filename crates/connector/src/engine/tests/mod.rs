//! Runs against a source and a destination that live in memory.

mod boundaries;
mod crashes;
mod deletes;
mod fake;
mod feed;
mod memory;
mod proposals;
mod runs;
mod shape;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use self::fake::{DAY, Fake, SECOND};
use self::memory::{Memory, Shelf};
use super::{Context, sync_between};
use crate::progress::Progress;
use crate::report::RunReport;
use crate::schema::Schema;
use crate::settings::{Secret, Settings, SourceKind, Sweep};
use crate::state::Bookmark;
use crate::{Result, World};

/// 2026-03-02T15:00:00Z, a noon in São Paulo.
const NOON: i64 = 1_772_463_600 * SECOND;

/// A clock that moves only when it is read.
struct Clock {
    now: AtomicI64,
    step: AtomicI64,
}

impl World for Clock {
    fn now(&self) -> i64 {
        let step = self.step.load(Ordering::Relaxed);
        self.now.fetch_add(step, Ordering::Relaxed)
    }

    fn sleep(&self, length: Duration) {
        self.now.fetch_add(length.as_micros() as i64, Ordering::Relaxed);
    }

    fn random(&self) -> u64 {
        7
    }
}

/// A source, a destination and what lies between.
struct Stage {
    shelf: Rc<RefCell<Shelf>>,
    source: Fake,
    clock: Arc<Clock>,
    context: Context,
}

impl Stage {
    fn new(tables: &[&str]) -> Self {
        let progress = Arc::new(Progress::default());
        let clock = Arc::new(Clock { now: AtomicI64::new(NOON), step: AtomicI64::new(1) });
        let mut settings =
            Settings::new(SourceKind::Nectar, "http://source", Secret::new("secret"), "memory:");
        settings.tables = tables.iter().map(|table| (*table).to_owned()).collect();
        settings.sweep = Sweep::Never;
        let source = Fake::new(&progress, NOON);
        let world: Arc<dyn World> = Arc::clone(&clock) as Arc<dyn World>;
        let context = Context { settings, world, progress };
        Self { shelf: Rc::default(), source, clock, context }
    }

    /// The same stage, free to go its own way.
    fn fork(&self) -> Self {
        let progress = Arc::new(Progress::default());
        let clock = Arc::new(Clock {
            now: AtomicI64::new(self.clock.now.load(Ordering::Relaxed)),
            step: AtomicI64::new(self.clock.step.load(Ordering::Relaxed)),
        });
        let world: Arc<dyn World> = Arc::clone(&clock) as Arc<dyn World>;
        let source = self.source.fork(&progress);
        let context = Context { settings: self.context.settings.clone(), world, progress };
        Self { shelf: Rc::new(RefCell::new(self.shelf.borrow().clone())), source, clock, context }
    }

    /// Commits at every mark.
    fn small_groups(self) -> Self {
        self.clock.step.store(6 * SECOND, Ordering::Relaxed);
        self
    }

    fn run(&self) -> Result<RunReport> {
        sync_between(&self.context, &self.source, Memory::on(&self.shelf))
    }

    /// Lets time pass on both sides.
    fn wait(&self, micros: i64) {
        self.clock.now.fetch_add(micros, Ordering::Relaxed);
        self.source.state().clock += micros;
    }

    fn schema(&self) -> Schema {
        self.shelf.borrow().schema.clone().unwrap()
    }

    fn visible(&self) -> BTreeMap<String, Vec<String>> {
        memory::visible(&self.shelf)
    }

    /// Ids of the rows that are not marked deleted.
    fn live(&self, stream: &str) -> Vec<i64> {
        let shelf = self.shelf.borrow();
        let records = shelf.durable.records.get(stream);
        records.into_iter().flatten().filter(|(_, stored)| !stored.deleted).map(|(id, _)| *id).collect()
    }

    fn bookmark(&self, stream: &str) -> Bookmark {
        self.shelf.borrow().durable.bookmarks.get(stream).cloned().unwrap_or_default()
    }

    /// What the main table holds under `nome` for each live record.
    fn names(&self, stream: &str) -> BTreeMap<i64, String> {
        let schema = self.schema();
        let at = schema.position(stream).unwrap();
        let column = schema.streams[at].tables[0].position("nome").unwrap();
        let shelf = self.shelf.borrow();
        shelf
            .durable
            .records
            .get(stream)
            .into_iter()
            .flatten()
            .filter(|(_, stored)| !stored.deleted)
            .map(|(id, stored)| {
                let cell = &stored.rows[0].1[column];
                (*id, cell.split('"').nth(1).unwrap_or("").to_owned())
            })
            .collect()
    }

    /// What the source has, as `names` tells it.
    fn names_at_source(&self, stream: &str) -> BTreeMap<i64, String> {
        let state = self.source.state();
        state
            .records
            .get(stream)
            .into_iter()
            .flatten()
            .map(|(id, record)| (*id, record.rest.split('"').nth(3).unwrap_or("").to_owned()))
            .collect()
    }
}

/// Rows of main tables that a run wrote.
fn changed(report: &RunReport) -> u64 {
    report.written()
}
