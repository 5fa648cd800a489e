//! What a run carries from its first request to its last commit: the schema, the bookmarks, the open group of rows, the figures.

use std::collections::{BTreeMap, HashMap};

use jiff::tz::TimeZone;

use super::Context;
use super::ids::IdSet;
use super::rules::{self, Rules};
use crate::destination::{CustomField, Destination, Traits};
use crate::flatten::Flattener;
use crate::note::{Note, SchemaEvent};
use crate::progress::Progress;
use crate::report::{RunReport, Status, TableReport};
use crate::schema::Schema;
use crate::settings::Drift;
use crate::source::{Hello, Source};
use crate::state::Bookmark;
use crate::tables::Stream;
use crate::{Error, Result};

/// Records changed at the source within this time before a run may still become visible there: the cursor never passes it. Micros.
pub(super) const SETTLING: i64 = 5 * 60 * 1_000_000;

/// A group of rows is committed at the next mark once it holds that many rows ...
const GROUP_ROWS: u64 = 20_000;
/// ... or came from that many bytes of JSON ...
const GROUP_BYTES: usize = 16 << 20;
/// ... or is that old, in micros.
const GROUP_AGE: i64 = 5_000_000;

/// Sentences a report holds at most.
const MESSAGES: usize = 200;
/// Different schema events a run tells one by one.
const EVENTS: usize = 1_000;

/// What happened since the last commit.
#[derive(Debug, Default)]
pub(super) struct Group {
    /// Rows put, over all tables.
    pub(super) rows: u64,
    /// Bytes of JSON of the records put.
    pub(super) bytes: usize,
    /// When the group began, micros since 1970.
    pub(super) began: i64,
    /// A record may be half-written, or must not be: this group can never be committed.
    pub(super) torn: bool,
    /// Greatest id put, by stream.
    pub(super) highest: Vec<Option<i64>>,
    /// Opportunities that were put, whose proposals have to be read.
    pub(super) parents: Vec<i64>,
    /// Hash and moment of the records put, by stream and id, for destinations that do not remember.
    pub(super) recent: HashMap<(usize, i64), (u128, Option<i64>)>,
}

/// One event, and how many times it was seen without having been told.
struct Tally {
    event: SchemaEvent,
    untold: u64,
}

/// A run under way.
pub(super) struct Run<'a> {
    pub(super) context: &'a Context,
    pub(super) source: &'a dyn Source,
    pub(super) destination: Box<dyn Destination>,
    pub(super) traits: Traits,
    pub(super) schema: Schema,
    pub(super) rules: Vec<Rules>,
    /// The zone of the source's days.
    pub(super) days: TimeZone,
    pub(super) hello: Hello,
    pub(super) bookmarks: Vec<Bookmark>,
    /// Greatest id that was stored before this group, by stream; `i64::MIN` for none, `i64::MAX` when unknown.
    pub(super) ceilings: Vec<i64>,
    /// Ids read in this run, by stream.
    pub(super) seen: Vec<IdSet>,
    /// Greatest moment of change read in this run, by stream.
    pub(super) newest: Vec<Option<i64>>,
    pub(super) flatteners: Vec<Option<Flattener>>,
    pub(super) fields: Option<Vec<CustomField>>,
    pub(super) group: Group,
    pub(super) tables: Vec<Vec<TableReport>>,
    pub(super) number: i64,
    pub(super) what: String,
    pub(super) started_at: i64,
    /// Nothing is written: the run only counts what it would do.
    pub(super) dry: bool,
    pub(super) partial: bool,
    /// Deletes that were refused: the sentence the run ends with.
    pub(super) refused: Option<String>,
    pub(super) messages: Vec<String>,
    /// Reused by the merge: ids of a page with their positions, and questions.
    pub(super) order: Vec<(i64, u32)>,
    dirty: Vec<bool>,
    events: BTreeMap<(String, String, &'static str), Tally>,
    baseline: [u64; 3],
}

/// What `Run::new` starts from.
pub(super) struct Opening {
    pub(super) schema: Schema,
    pub(super) rules: Vec<Rules>,
    pub(super) hello: Hello,
    pub(super) bookmarks: Vec<Bookmark>,
    pub(super) ceilings: Vec<Option<i64>>,
    pub(super) last_run: i64,
    /// Columns that this run adds.
    pub(super) events: Vec<SchemaEvent>,
    /// What [`baseline`] told before the first request.
    pub(super) baseline: [u64; 3],
}

/// Requests, retries and bytes so far: several runs may share the counters, and a run begins with the first look at the source.
pub(super) fn baseline(progress: &Progress) -> [u64; 3] {
    [Progress::get(&progress.requests), Progress::get(&progress.retries), Progress::get(&progress.bytes)]
}

impl<'a> Run<'a> {
    /// Takes over an open destination.
    pub(super) fn new(
        context: &'a Context,
        source: &'a dyn Source,
        destination: Box<dyn Destination>,
        opening: Opening,
        what: &str,
        dry: bool,
    ) -> Result<Self> {
        let count = opening.schema.streams.len();
        let tables = opening
            .schema
            .streams
            .iter()
            .map(|stream| {
                let report = |table: &crate::schema::Table| TableReport {
                    table: table.name.clone(),
                    stream: stream.stream.name.to_owned(),
                    ..TableReport::default()
                };
                stream.tables.iter().map(report).collect()
            })
            .collect();
        let ceilings = (0..count)
            .map(|at| opening.ceilings.get(at).map_or(i64::MAX, |highest| highest.unwrap_or(i64::MIN)))
            .collect();
        let progress = &context.progress;
        let started_at = context.world.now();
        Progress::add(&progress.streams, count as u64);
        let traits = destination.traits();
        let mut run = Self {
            context,
            source,
            destination,
            traits,
            rules: opening.rules,
            days: rules::days()?,
            hello: opening.hello,
            bookmarks: opening.bookmarks,
            ceilings,
            seen: (0..count).map(|_| IdSet::default()).collect(),
            newest: vec![None; count],
            flatteners: (0..count).map(|_| None).collect(),
            fields: None,
            group: Group { highest: vec![None; count], began: started_at, ..Group::default() },
            tables,
            number: opening.last_run + 1,
            what: what.to_owned(),
            started_at,
            dry,
            partial: false,
            refused: None,
            messages: Vec::new(),
            order: Vec::new(),
            dirty: vec![false; count],
            events: BTreeMap::new(),
            baseline: opening.baseline,
            schema: opening.schema,
        };
        if !dry {
            run.begin(opening.events)?;
        }
        Ok(run)
    }

    /// Makes the run and the columns it added known, before anything else is written.
    fn begin(&mut self, events: Vec<SchemaEvent>) -> Result<()> {
        let started = Note::RunStarted { run: self.number, at: self.started_at, what: self.what.clone() };
        self.destination.note(&started)?;
        if !events.is_empty() {
            let columns: Vec<String> =
                events.iter().map(|event| format!("{}: {}", event.table, event.path)).collect();
            self.say(format!(
                "columns added for fields that the catalogue does not know: {}",
                columns.join(", ")
            ));
            // They have to be remembered by the time the first row fills them.
            self.dirty.fill(true);
        }
        for mut event in events {
            event.run = self.number;
            self.destination.note(&Note::SchemaEvent(event))?;
        }
        self.commit()
    }

    /// The stream at that position.
    pub(super) fn stream(&self, at: usize) -> &'static Stream {
        self.schema.streams[at].stream
    }

    /// The bookmark of a stream, to be changed; it is written with the next commit.
    pub(super) fn bookmark(&mut self, at: usize) -> &mut Bookmark {
        self.dirty[at] = true;
        &mut self.bookmarks[at]
    }

    /// Adds a sentence to the report, once.
    pub(super) fn say(&mut self, sentence: String) {
        if self.messages.len() < MESSAGES && !self.messages.contains(&sentence) {
            self.messages.push(sentence);
        }
    }

    /// Where a cursor may not pass: the source's clock at the start of the run, less the time in which changes settle.
    pub(super) fn cap(&self) -> i64 {
        self.hello.clock.saturating_sub(SETTLING)
    }

    /// Fails when the run was asked to end.
    pub(super) fn go_on(&self) -> Result<()> {
        if self.context.progress.stopping() { Err(Error::Stopped) } else { Ok(()) }
    }

    /// Commits if the group is large or old enough to be worth it.
    pub(super) fn commit_if_worth_it(&mut self) -> Result<()> {
        let age = self.context.world.now().saturating_sub(self.group.began);
        if self.group.rows >= GROUP_ROWS || self.group.bytes >= GROUP_BYTES || age >= GROUP_AGE {
            self.commit()?;
        }
        Ok(())
    }

    /// Makes the group durable with the bookmarks that changed.
    pub(super) fn commit(&mut self) -> Result<()> {
        if self.dry {
            return Ok(());
        }
        self.remember_parents();
        self.tell_notices()?;
        let changed: Vec<(&str, &Bookmark)> = (0..self.bookmarks.len())
            .filter(|&at| self.dirty[at])
            .map(|at| (self.schema.streams[at].stream.name, &self.bookmarks[at]))
            .collect();
        if let Err(error) = self.destination.commit(&changed) {
            self.group.torn = true;
            return Err(error);
        }
        self.dirty.fill(false);
        for (ceiling, highest) in self.ceilings.iter_mut().zip(&mut self.group.highest) {
            if let Some(highest) = highest.take() {
                *ceiling = (*ceiling).max(highest);
            }
        }
        self.group.rows = 0;
        self.group.bytes = 0;
        self.group.began = self.context.world.now();
        self.group.recent.clear();
        Ok(())
    }

    /// Hands what the flatteners noticed to the destination: an event when it is seen for the first time, its repetitions when the stream ends.
    fn tell_notices(&mut self) -> Result<()> {
        let at = self.context.world.now();
        for stream in 0..self.flatteners.len() {
            let Some(flattener) = &mut self.flatteners[stream] else { continue };
            let (events, rejected) = flattener.notices(self.number, at);
            if self.rules[stream].drift == Drift::Freeze {
                let unknown = super::survey::unknown_fields(
                    self.schema.streams[stream].stream,
                    &self.schema.table_prefix,
                    &events,
                );
                if !unknown.is_empty() {
                    // The rows that show them must not be written.
                    self.group.torn = true;
                    return Err(super::survey::frozen(&unknown));
                }
            }
            for one in rejected {
                let sentence = format!(
                    "{}: records were put aside ({}); see the table of rejected records",
                    one.stream, one.reason
                );
                self.destination.note(&Note::Rejected(one))?;
                self.say(sentence);
            }
            for event in events {
                self.tell_event(event)?;
            }
        }
        Ok(())
    }

    fn tell_event(&mut self, event: SchemaEvent) -> Result<()> {
        let key = (event.table.clone(), event.path.clone(), event.event);
        if let Some(tally) = self.events.get_mut(&key) {
            tally.untold += event.count;
            return Ok(());
        }
        if self.events.len() >= EVENTS {
            self.say(format!("more than {EVENTS} different schema events: the others are not listed"));
            return Ok(());
        }
        self.destination.note(&Note::SchemaEvent(event.clone()))?;
        self.events.insert(key, Tally { event, untold: 0 });
        Ok(())
    }

    /// Tells the repetitions of events that no commit has told.
    pub(super) fn settle_events(&mut self) -> Result<()> {
        if self.dry {
            return Ok(());
        }
        for tally in self.events.values_mut().filter(|tally| tally.untold > 0) {
            let event = SchemaEvent { count: std::mem::take(&mut tally.untold), ..tally.event.clone() };
            self.destination.note(&Note::SchemaEvent(event))?;
        }
        Ok(())
    }

    /// Makes the flattener of a stream, and asks for custom fields when the first stream that has some needs them.
    pub(super) fn prepare(&mut self, at: usize) -> Result<()> {
        if self.flatteners[at].is_some() {
            return Ok(());
        }
        let entity = self.stream(at).custom_fields;
        if entity.is_some() && self.fields.is_none() {
            self.fields = Some(self.source.custom_fields()?);
        }
        let own: Vec<CustomField> = match (entity, &self.fields) {
            (Some(entity), Some(fields)) => {
                fields.iter().filter(|field| field.entity.eq_ignore_ascii_case(entity)).cloned().collect()
            }
            _ => Vec::new(),
        };
        if entity.is_some() && !self.dry {
            self.destination.custom_fields(at, &own)?;
        }
        self.flatteners[at] = Some(Flattener::new(&self.schema.streams[at], &self.schema.zone, &own)?);
        Ok(())
    }

    /// Ends the run: the last commit with the report, the lock given back. An error that ends the run is recorded if the destination still takes notes.
    pub(super) fn finish(mut self, result: Result<()>) -> Result<RunReport> {
        let result = match result {
            Ok(()) => self.refused.clone().map_or(Ok(()), |sentence| Err(Error::Contract(sentence))),
            Err(Error::Stopped) => {
                self.partial = true;
                self.say(Error::Stopped.to_string());
                Ok(())
            }
            Err(error) => {
                // What a destination that failed still holds of the group is anybody's guess.
                self.group.torn |= matches!(error, Error::Destination(_));
                self.say(error.to_string());
                Err(error)
            }
        };
        let status = match &result {
            Err(_) => Status::Failed,
            Ok(()) if self.partial => Status::Partial,
            Ok(()) => Status::Complete,
        };
        let report = self.report(status);
        if self.dry {
            self.destination.close()?;
            return result.map(|()| report);
        }
        let recorded = self.record(&report);
        let closed = self.destination.close();
        result?;
        recorded?;
        closed?;
        Ok(report)
    }

    fn record(&mut self, report: &RunReport) -> Result<()> {
        if self.group.torn {
            return Ok(());
        }
        self.settle_events()?;
        self.destination.note(&Note::RunFinished(report.clone()))?;
        self.commit()
    }

    /// The figures so far.
    pub(super) fn report(&self, status: Status) -> RunReport {
        let progress = &self.context.progress;
        RunReport {
            run: self.number,
            what: self.what.clone(),
            status,
            started_at: self.started_at,
            finished_at: self.context.world.now(),
            requests: Progress::get(&progress.requests).saturating_sub(self.baseline[0]),
            retries: Progress::get(&progress.retries).saturating_sub(self.baseline[1]),
            bytes: Progress::get(&progress.bytes).saturating_sub(self.baseline[2]),
            messages: self.messages.clone(),
            tables: self.tables.iter().flatten().cloned().collect(),
        }
    }
}
