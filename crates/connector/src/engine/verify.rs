//! Source and warehouse side by side: the ids of every stream, and the hashes of a few records of each.

use std::collections::BTreeMap;

use super::Context;
use super::ids::IdSet;
use super::intake::QUESTION;
use super::run::Run;
use super::survey::{self, Start};
use crate::destination::Destination;
use crate::source::{Mark, Page, PageFacts, Sink, Source, Task};
use crate::tables::Reading;
use crate::{Error, Result};

/// Differences that are told.
const SHOWN: usize = 1_000;

/// One difference between source and destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The stream.
    pub stream: String,
    /// The record.
    pub id: i64,
    /// `missing in the warehouse`, `deleted in the source`, `differs`.
    pub what: &'static str,
}

/// What `verify` found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// Stream, ids in the source, ids in the warehouse, records whose hashes were compared.
    pub streams: Vec<(String, u64, u64, u64)>,
    /// Differences, at most 1,000.
    pub differences: Vec<Difference>,
}

/// `favo sync verify`: ids of every stream, and the hashes of `sample` records of each, against the warehouse; writes nothing. Proposals, of which the
/// source has no list, are compared for `sample` opportunities.
pub fn verify(context: &Context, sample: usize) -> Result<Verification> {
    verify_between(context, &*context.source()?, crate::destination::connect(&context.settings)?, sample)
}

pub(super) fn verify_between(
    context: &Context,
    source: &dyn Source,
    destination: Box<dyn Destination>,
    sample: usize,
) -> Result<Verification> {
    if !destination.traits().remembers {
        return Err(Error::Configuration("this destination keeps nothing that could be verified".to_owned()));
    }
    let mut run = survey::open(context, source, destination, "verify", Start::Dry)?;
    let mut found = Verification::default();
    for at in 0..run.schema.streams.len() {
        run.go_on()?;
        run.prepare(at)?;
        context.progress.enter(run.stream(at).name);
        let stored = run.stored_set(at)?;
        let (in_source, task) = match run.stream(at).reading {
            Reading::PerRecordOf(parent) => (None, run.some_parents(parent, sample)?),
            Reading::Dated | Reading::Whole => {
                let ids = run.compare_ids(at, &stored, &mut found)?;
                let both: Vec<i64> = ids.iter().copied().filter(|&id| stored.contains(id)).collect();
                (Some(ids.len() as u64), Task::Records(pick(context, both, sample)))
            }
        };
        let mut hashes = Hashes { run: &mut run, at, read: BTreeMap::new() };
        let stream = hashes.run.stream(at);
        source.read(stream, &task, &mut hashes)?;
        let read = hashes.read;
        let compared = run.compare_hashes(at, &read, &mut found)?;
        let in_source = in_source.unwrap_or(read.len() as u64);
        found.streams.push((stream.name.to_owned(), in_source, stored.len() as u64, compared));
    }
    run.destination.close()?;
    Ok(found)
}

fn tell(found: &mut Verification, stream: &str, id: i64, what: &'static str) {
    if found.differences.len() < SHOWN {
        found.differences.push(Difference { stream: stream.to_owned(), id, what });
    }
}

/// `count` of these ids, each as likely as any other, ascending.
fn pick(context: &Context, mut ids: Vec<i64>, count: usize) -> Vec<i64> {
    let count = count.min(ids.len());
    for at in 0..count {
        let left = (ids.len() - at) as u64;
        let other = at + (context.world.random() % left) as usize;
        ids.swap(at, other);
    }
    ids.truncate(count);
    ids.sort_unstable();
    ids
}

/// Keeps the hash and the moment of change of every record that comes.
struct Hashes<'r, 'a> {
    run: &'r mut Run<'a>,
    at: usize,
    read: BTreeMap<i64, (u128, Option<i64>)>,
}

impl Sink for Hashes<'_, '_> {
    fn page(&mut self, page: &Page) -> Result<PageFacts> {
        let body = String::from_utf8_lossy(&page.body);
        let mut records = Vec::new();
        if let Some(flattener) = &mut self.run.flatteners[self.at] {
            flattener.records(&body, &mut records)?;
        }
        let mut facts = PageFacts::default();
        for record in &records {
            facts.ids.push(record.id.unwrap_or(0));
            if let Some(id) = record.id {
                self.read.insert(id, (record.hash, record.updated));
            }
        }
        Ok(facts)
    }

    fn reached(&mut self, _mark: Mark) -> Result<()> {
        Ok(())
    }
}

impl Run<'_> {
    fn stored_set(&mut self, at: usize) -> Result<IdSet> {
        let mut stored = IdSet::default();
        self.destination.stored(at, &mut |id| {
            stored.insert(id);
        })?;
        Ok(stored)
    }

    /// The ids of the source; what only one side has is told.
    fn compare_ids(&mut self, at: usize, stored: &IdSet, found: &mut Verification) -> Result<Vec<i64>> {
        let stream = self.stream(at);
        let mut messages = Vec::new();
        let Some(ids) = self.source.ids(stream, &mut messages)? else {
            return Err(Error::Source(format!(
                "the ids of {} could not be read completely: {}; run again",
                stream.name,
                messages.join("; ")
            )));
        };
        for &id in ids.iter().filter(|&&id| !stored.contains(id)) {
            tell(found, stream.name, id, "missing in the warehouse");
        }
        let there: IdSet = ids.iter().copied().collect();
        for id in stored.iter().filter(|&id| !there.contains(id)) {
            tell(found, stream.name, id, "deleted in the source");
        }
        Ok(ids)
    }

    /// Some opportunities whose proposals are compared.
    fn some_parents(&mut self, parent: &str, sample: usize) -> Result<Task> {
        let mut ids = Vec::new();
        if let Some(at) = self.schema.position(parent) {
            self.destination.stored(at, &mut |id| ids.push(id))?;
        }
        Ok(Task::Parents(pick(self.context, ids, sample)))
    }

    /// Compares what was read with what is stored; how many records that were.
    fn compare_hashes(
        &mut self,
        at: usize,
        read: &BTreeMap<i64, (u128, Option<i64>)>,
        found: &mut Verification,
    ) -> Result<u64> {
        let ids: Vec<i64> = read.keys().copied().collect();
        let name = self.stream(at).name;
        for chunk in ids.chunks(QUESTION) {
            let mut known = self.destination.known(at, chunk)?;
            known.sort_unstable_by_key(|known| known.id);
            for id in chunk {
                let stored =
                    known.binary_search_by_key(id, |known| known.id).map(|position| &known[position]);
                match stored {
                    Ok(stored) if stored.deleted => tell(found, name, *id, "missing in the warehouse"),
                    Ok(stored) if read.get(id).is_some_and(|(hash, _)| *hash != stored.hash) => {
                        tell(found, name, *id, "differs");
                    }
                    Ok(_) => {}
                    Err(_) => tell(found, name, *id, "missing in the warehouse"),
                }
            }
        }
        Ok(ids.len() as u64)
    }
}
