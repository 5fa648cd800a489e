//! Pages on their way in: records found, compared with what is stored, written, all on the thread that reads.

use std::cmp::Ordering;

use super::merge::{self, Trust, Verdict};
use super::run::Run;
use crate::destination::Known;
use crate::flatten::{Lineage, Record};
use crate::note::{Note, Rejected};
use crate::progress::Progress;
use crate::source::{Mark, Outcome, Page, PageFacts, Sink, Task};
use crate::state::Loading;
use crate::{Error, Result};

/// Ids in one question to the destination.
pub(super) const QUESTION: usize = 2_000;
/// Bytes of a rejected record that are kept.
const REJECTED_BYTES: usize = 64 << 10;

/// What the marks of a reading mean for the bookmark.
#[derive(Debug, Clone, Copy)]
pub(super) enum Track<'t> {
    /// Nothing: it moves when the reading is complete.
    Nothing,
    /// Days of creation of a first load.
    Loading,
    /// A pass over all parents, ascending.
    Pass(&'t [i64]),
    /// Parents that wait for their records to be read.
    Pending(&'t [i64]),
}

/// The sink that the source fills.
struct Intake<'r, 'a> {
    run: &'r mut Run<'a>,
    stream: usize,
    trust: Trust,
    track: Track<'r>,
}

impl Sink for Intake<'_, '_> {
    fn page(&mut self, page: &Page) -> Result<PageFacts> {
        self.run.take(self.stream, page, self.trust)
    }

    fn reached(&mut self, mark: Mark) -> Result<()> {
        let run = &mut *self.run;
        match (mark, self.track) {
            (Mark::Day(day), Track::Loading) => {
                let newest = run.newest[self.stream];
                if let Some(loading) = &mut run.bookmark(self.stream).loading {
                    loading.through = Some(day);
                    loading.cursor = loading.cursor.max(newest.map(|newest| newest.min(loading.cap)));
                }
            }
            (Mark::Parents(count), Track::Pass(parents)) => {
                if let Some(last) = parents[..count.min(parents.len())].last() {
                    run.bookmark(self.stream).pass = Some(*last);
                }
            }
            (Mark::Parents(count), Track::Pending(parents)) => {
                run.bookmark(self.stream).pending = parents[count.min(parents.len())..].to_vec();
            }
            _ => {}
        }
        Progress::add(&run.context.progress.units_done, 1);
        run.commit_if_worth_it()
    }
}

impl Run<'_> {
    /// Reads from the source into the destination; what was skipped makes the run partial.
    pub(super) fn read(&mut self, at: usize, task: &Task, trust: Trust, track: Track<'_>) -> Result<Outcome> {
        self.go_on()?;
        self.prepare(at)?;
        let (source, stream) = (self.source, self.stream(at));
        let outcome = source.read(stream, task, &mut Intake { run: self, stream: at, trust, track })?;
        for message in &outcome.messages {
            self.say(format!("{}: {message}", stream.name));
        }
        self.partial |= !outcome.complete;
        Ok(outcome)
    }

    /// Takes one page in.
    pub(super) fn take(&mut self, at: usize, page: &Page, trust: Trust) -> Result<PageFacts> {
        self.prepare(at)?;
        let body = page.text();
        let mut records = Vec::with_capacity(256);
        self.flattener(at)?.records(&body, &mut records)?;
        Progress::add(&self.context.progress.records, records.len() as u64);
        self.tables[at][0].read += records.len() as u64;
        let facts = self.look(at, &records)?;
        let chosen = self.choose(&records);
        let known = self.ask(at, &chosen)?;
        let (writes, removals) = self.decide(at, &records, &chosen, &known, trust);
        for &(id, _) in &chosen {
            self.seen[at].insert(id);
        }
        self.order = chosen;
        if !self.dry {
            self.write(at, page, &records, &writes, &removals)?;
        }
        Ok(facts)
    }

    fn flattener(&mut self, at: usize) -> Result<&mut crate::flatten::Flattener> {
        self.flatteners[at]
            .as_mut()
            .ok_or_else(|| Error::Contract("a page came before its stream was prepared".to_owned()))
    }

    /// Whether a column of the stream is masked.
    fn masks(&self, at: usize) -> bool {
        let mut columns = self.schema.streams[at].tables.iter().flat_map(|table| &table.columns);
        columns.any(|column| column.mask.is_some())
    }

    /// What the source wants to know of the page; and records without an id go aside.
    fn look(&mut self, at: usize, records: &[Record<'_>]) -> Result<PageFacts> {
        let mut facts = PageFacts { ids: Vec::with_capacity(records.len()), ..PageFacts::default() };
        for record in records {
            facts.ids.push(record.id.unwrap_or(0));
            widen(&mut facts.created, record.created);
            widen(&mut facts.updated, record.updated);
            if record.id.is_none() && !self.dry {
                // The whole record would show what a masked column must not.
                let kept = if self.masks(at) { 0 } else { record.raw.floor_char_boundary(REJECTED_BYTES) };
                let rejected = Rejected {
                    run: self.number,
                    at: self.context.world.now(),
                    stream: self.stream(at).name.to_owned(),
                    reason: "no id".to_owned(),
                    raw: record.raw[..kept].to_owned(),
                };
                self.say(format!("{}: records without an id were put aside", rejected.stream));
                self.destination.note(&Note::Rejected(rejected))?;
            }
        }
        self.newest[at] = self.newest[at].max(facts.updated.map(|(_, newest)| newest));
        Ok(facts)
    }

    /// The records to look at, by id: of several states of one record in a page the newest, and among equals the last.
    fn choose(&mut self, records: &[Record<'_>]) -> Vec<(i64, u32)> {
        let mut order = std::mem::take(&mut self.order);
        order.clear();
        order.extend(
            records.iter().enumerate().filter_map(|(at, record)| record.id.map(|id| (id, at as u32))),
        );
        order.sort_unstable();
        order.dedup_by(|later, kept| {
            if later.0 != kept.0 {
                return false;
            }
            let (new, old) = (&records[later.1 as usize], &records[kept.1 as usize]);
            if merge::by_moment(new.updated, old.updated) != Ordering::Less {
                kept.1 = later.1;
            }
            true
        });
        order
    }

    /// What is stored of these records, by id. The destination is not asked about ids that it cannot have.
    fn ask(&mut self, at: usize, chosen: &[(i64, u32)]) -> Result<Vec<Known>> {
        let mut known = Vec::new();
        if !self.traits.remembers {
            known.extend(chosen.iter().filter_map(|&(id, _)| {
                let &(hash, updated) = self.group.recent.get(&(at, id))?;
                Some(Known { id, hash, updated, deleted: false })
            }));
            return Ok(known);
        }
        let (ceiling, seen) = (self.ceilings[at], &self.seen[at]);
        let questions: Vec<i64> =
            chosen.iter().map(|&(id, _)| id).filter(|&id| id <= ceiling || seen.contains(id)).collect();
        for ids in questions.chunks(QUESTION) {
            known.extend(self.destination.known(at, ids)?);
        }
        known.sort_unstable_by_key(|known| known.id);
        Ok(known)
    }

    /// Which records are written (positions in the page), and which ids are removed before.
    fn decide(
        &mut self,
        at: usize,
        records: &[Record<'_>],
        chosen: &[(i64, u32)],
        known: &[Known],
        trust: Trust,
    ) -> (Vec<u32>, Vec<i64>) {
        let (mut writes, mut removals) = (Vec::new(), Vec::new());
        let mut stored = known.iter().peekable();
        let counts = &mut self.tables[at][0];
        for &(id, position) in chosen {
            while stored.next_if(|known| known.id < id).is_some() {}
            let stored = stored.next_if(|known| known.id == id);
            let record = &records[position as usize];
            let again = stored.is_some() && self.seen[at].contains(id);
            match merge::judge(stored, record.hash, record.updated, trust, again) {
                Verdict::Unchanged | Verdict::Stale => counts.unchanged += 1,
                Verdict::New => {
                    counts.inserted += 1;
                    writes.push(position);
                }
                Verdict::Changed => {
                    counts.updated += 1;
                    removals.push(id);
                    writes.push(position);
                }
            }
        }
        (writes, removals)
    }

    fn write(
        &mut self,
        at: usize,
        page: &Page,
        records: &[Record<'_>],
        writes: &[u32],
        removals: &[i64],
    ) -> Result<()> {
        if writes.is_empty() {
            return Ok(());
        }
        // Until all rows of the page are there, a record may lack its children.
        self.group.torn = true;
        if self.traits.remembers {
            for ids in removals.chunks(QUESTION) {
                self.destination.remove(at, ids)?;
            }
        }
        let lineage = Lineage {
            run: self.number,
            extracted_at: page.received_at,
            loaded_at: self.context.world.now(),
            deleted_at: None,
            parent: page.parent,
        };
        let parents = self.has_proposals(at);
        let (destination, counts) = (&mut self.destination, &mut self.tables[at]);
        let flattener = self.flatteners[at]
            .as_mut()
            .ok_or_else(|| Error::Contract("a page came before its stream was prepared".to_owned()))?;
        let mut rows = 0;
        for &position in writes {
            let record = &records[position as usize];
            flattener.rows(record, &lineage, &mut |table, cells| {
                rows += 1;
                if table > 0 {
                    counts[table].read += 1;
                    counts[table].inserted += 1;
                }
                destination.put(at, table, cells)
            })?;
            let id = record.id.unwrap_or_default();
            self.group.bytes += record.raw.len();
            self.group.highest[at] = self.group.highest[at].max(Some(id));
            if parents {
                self.group.parents.push(id);
            }
            if !self.traits.remembers {
                self.group.recent.insert((at, id), (record.hash, record.updated));
            }
        }
        self.group.rows += rows;
        Progress::add(&self.context.progress.rows, rows);
        self.group.torn = false;
        Ok(())
    }
}

fn widen(range: &mut Option<(i64, i64)>, moment: Option<i64>) {
    if let Some(moment) = moment {
        let (first, last) = range.unwrap_or((moment, moment));
        *range = Some((first.min(moment), last.max(moment)));
    }
}

/// A first load that begins now.
pub(super) fn loading(run: &Run<'_>) -> Loading {
    Loading { through: None, cursor: None, cap: run.cap(), feed: run.hello.feed }
}
