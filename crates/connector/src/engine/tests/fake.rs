//! A source in memory whose records change when they are told to, also between two pages of a reading.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::destination::CustomField;
use crate::progress::Progress;
use crate::source::{FeedPage, Hello, Mark, Outcome, Page, Sink, Source, Task};
use crate::state::FeedPosition;
use crate::tables::Stream;
use crate::{Error, Result};

pub(super) const SECOND: i64 = 1_000_000;
pub(super) const DAY: i64 = 86_400 * SECOND;

/// One record at the source.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) created: i64,
    pub(super) updated: Option<i64>,
    pub(super) parent: Option<i64>,
    /// Members besides the id and the moments, with a comma in front.
    pub(super) rest: String,
}

/// Something that happens at the source.
#[derive(Debug, Clone)]
pub(super) enum Event {
    Put(&'static str, i64, Record),
    Delete(&'static str, i64),
}

#[derive(Debug, Default, Clone)]
pub(super) struct State {
    pub(super) clock: i64,
    pub(super) records: BTreeMap<&'static str, BTreeMap<i64, Record>>,
    /// The change log: stream and id.
    pub(super) log: Vec<(&'static str, i64)>,
    pub(super) log_begins: i64,
    pub(super) feed: bool,
    /// What happens before the request of that number.
    pub(super) script: BTreeMap<u64, Vec<Event>>,
    pub(super) requests: u64,
    /// What the request of that number answers.
    pub(super) fail_at: Option<(u64, Error)>,
    /// Days of creation that cannot be read.
    pub(super) broken_day: Option<Date>,
    pub(super) token_refused: bool,
    pub(super) ids_incomplete: bool,
    /// Ids that a walk does not show although they are there.
    pub(super) hidden: Vec<i64>,
    /// ... and only by the first walk.
    pub(super) hidden_once: bool,
    pub(super) page: usize,
    pub(super) asked: Vec<String>,
    pub(super) fields: Vec<CustomField>,
}

/// The source.
#[derive(Debug)]
pub(super) struct Fake {
    state: Mutex<State>,
    progress: Arc<Progress>,
    pub(super) total: AtomicU64,
}

fn day(moment: i64) -> Date {
    Timestamp::from_microsecond(moment).unwrap().to_zoned(TimeZone::get("America/Sao_Paulo").unwrap()).date()
}

fn moment(moment: i64) -> String {
    Timestamp::from_microsecond(moment).unwrap().to_string()
}

impl State {
    pub(super) fn happen(&mut self, event: Event) {
        let (stream, id) = match event {
            Event::Put(stream, id, record) => {
                self.records.entry(stream).or_default().insert(id, record);
                (stream, id)
            }
            Event::Delete(stream, id) => {
                self.records.entry(stream).or_default().remove(&id);
                (stream, id)
            }
        };
        self.log.push((stream, id));
    }

    pub(super) fn show(&self, stream: &'static str, id: i64) -> Option<String> {
        use std::fmt::Write;
        let record = self.records.get(stream)?.get(&id)?;
        let mut text = format!("{{\"id\":{id},\"dataCriacao\":\"{}\"", moment(record.created));
        if let Some(updated) = record.updated {
            let _ = write!(text, ",\"dataAtualizacao\":\"{}\"", moment(updated));
        }
        if let (Some(parent), true) = (record.parent, self.feed) {
            let _ = write!(text, ",\"oportunidade\":{{\"id\":{parent}}}");
        }
        text.push_str(&record.rest);
        text.push('}');
        Some(text)
    }

    fn ids(&self, stream: &'static str, wanted: impl Fn(&Record) -> bool) -> Vec<i64> {
        let records = self.records.get(stream);
        let ids = records.into_iter().flatten().filter(|(_, record)| wanted(record)).map(|(id, _)| *id);
        // As the API orders: newest first.
        ids.collect::<Vec<_>>().into_iter().rev().collect()
    }
}

impl Fake {
    pub(super) fn new(progress: &Arc<Progress>, clock: i64) -> Self {
        let state = State { clock, page: 3, ..State::default() };
        Self { state: Mutex::new(state), progress: Arc::clone(progress), total: AtomicU64::new(0) }
    }

    /// Another source in the same state.
    pub(super) fn fork(&self, progress: &Arc<Progress>) -> Self {
        let state = Mutex::new(self.state().clone());
        Self { state, progress: Arc::clone(progress), total: AtomicU64::new(0) }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(super) fn put(&self, stream: &'static str, id: i64, created: i64, updated: i64, name: &str) {
        let rest = format!(",\"nome\":\"{name}\",\"emails\":[\"{name}@a\",\"{name}@b\"]");
        let record = Record { created, updated: Some(updated), parent: None, rest };
        self.state().happen(Event::Put(stream, id, record));
    }

    pub(super) fn propose(&self, id: i64, parent: i64, code: &str) {
        let rest = format!(",\"codigo\":\"{code}\"");
        let record = Record { created: 0, updated: None, parent: Some(parent), rest };
        self.state().happen(Event::Put("propostas", id, record));
    }

    pub(super) fn delete(&self, stream: &'static str, id: i64) {
        self.state().happen(Event::Delete(stream, id));
    }

    /// One request: what the script says happens before it.
    fn request(&self, what: String) -> Result<()> {
        self.total.fetch_add(1, Ordering::Relaxed);
        Progress::add(&self.progress.requests, 1);
        let mut state = self.state();
        state.requests += 1;
        let number = state.requests;
        state.asked.push(what);
        for event in state.script.remove(&number).unwrap_or_default() {
            state.happen(event);
        }
        match &state.fail_at {
            Some((at, error)) if *at == number => Err(error.clone()),
            _ => Ok(()),
        }
    }

    fn page_of(&self, stream: &'static str, ids: &[i64], parent: Option<i64>) -> Page {
        let state = self.state();
        let shown: Vec<String> = ids.iter().filter_map(|id| state.show(stream, *id)).collect();
        Page { body: format!("[{}]", shown.join(",")).into_bytes(), received_at: state.clock, parent }
    }

    fn pages(&self, stream: &'static str, ids: &[i64], sink: &mut dyn Sink) -> Result<()> {
        let size = self.state().page;
        for ids in ids.chunks(size) {
            self.request(format!("{stream} page"))?;
            let page = self.page_of(stream, ids, None);
            let facts = sink.page(&page)?;
            assert!(facts.ids.len() <= ids.len(), "facts of another page");
        }
        Ok(())
    }

    fn days(&self, stream: &'static str) -> Vec<Date> {
        let state = self.state();
        let mut days: Vec<Date> =
            state.records.get(stream).into_iter().flatten().map(|(_, record)| day(record.created)).collect();
        days.sort_unstable();
        days.dedup();
        days
    }
}

impl Source for Fake {
    fn hello(&self) -> Result<Hello> {
        self.request("hello".to_owned())?;
        let state = self.state();
        if state.token_refused {
            return Err(Error::Refused("the token is not accepted; make a new one and run again".to_owned()));
        }
        Ok(Hello { clock: state.clock, skew: 0, feed: state.feed.then_some((state.log.len() as i64).into()) })
    }

    fn sample(&self, stream: &'static Stream) -> Result<Option<Page>> {
        self.request(format!("{} sample", stream.name))?;
        let ids = self.state().ids(stream.name, |_| true);
        let ids = &ids[..ids.len().min(3)];
        Ok((!ids.is_empty()).then(|| self.page_of(stream.name, ids, None)))
    }

    fn custom_fields(&self) -> Result<Vec<CustomField>> {
        self.request("custom fields".to_owned())?;
        Ok(self.state().fields.clone())
    }

    fn read(&self, stream: &'static Stream, task: &Task, sink: &mut dyn Sink) -> Result<Outcome> {
        let name = stream.name;
        let mut outcome = Outcome { complete: true, ..Outcome::default() };
        self.state().asked.push(format!("{name} {task:?}"));
        match task {
            Task::Created { after, until } => {
                for today in self.days(name) {
                    if after.is_some_and(|after| today <= after) || until.is_some_and(|until| today > until) {
                        continue;
                    }
                    if self.state().broken_day == Some(today) {
                        outcome.complete = false;
                        outcome.messages.push(format!("{today} could not be read"));
                        continue;
                    }
                    let ids = self.state().ids(name, |record| day(record.created) == today);
                    self.pages(name, &ids, sink)?;
                    if outcome.complete {
                        sink.reached(Mark::Day(today))?;
                    }
                }
                outcome.enumerated = outcome.complete && after.is_none() && until.is_none();
            }
            Task::Updated { from } => {
                let ids = self
                    .state()
                    .ids(name, |record| record.updated.is_some_and(|updated| day(updated) >= *from));
                self.pages(name, &ids, sink)?;
            }
            Task::Everything => {
                let ids = self.state().ids(name, |_| true);
                self.pages(name, &ids, sink)?;
                sink.reached(Mark::Somewhere)?;
                outcome.enumerated = true;
            }
            Task::Records(ids) => {
                for id in ids {
                    self.request(format!("{name} {id}"))?;
                    let shown = self.state().show(name, *id);
                    if let Some(shown) = shown {
                        let received_at = self.state().clock;
                        sink.page(&Page { body: shown.into_bytes(), received_at, parent: None })?;
                    }
                }
            }
            Task::Parents(parents) => {
                for (done, parent) in parents.iter().enumerate() {
                    self.request(format!("{name} of {parent}"))?;
                    let ids = self.state().ids(name, |record| record.parent == Some(*parent));
                    sink.page(&self.page_of(name, &ids, Some(*parent)))?;
                    if done % 2 == 1 {
                        sink.reached(Mark::Parents(done + 1))?;
                    }
                }
                sink.reached(Mark::Parents(parents.len()))?;
            }
        }
        Ok(outcome)
    }

    fn ids(&self, stream: &'static Stream, messages: &mut Vec<String>) -> Result<Option<Vec<i64>>> {
        self.request(format!("{} ids", stream.name))?;
        let mut state = self.state();
        if state.ids_incomplete {
            messages.push("a page could not be read".to_owned());
            return Ok(None);
        }
        let mut ids = state.ids(stream.name, |_| true);
        ids.retain(|id| !state.hidden.contains(id));
        if state.hidden_once {
            state.hidden.clear();
        }
        ids.sort_unstable();
        Ok(Some(ids))
    }

    fn gone(&self, stream: &'static Stream, ids: &[i64]) -> Result<Vec<i64>> {
        let mut gone = Vec::new();
        for id in ids {
            self.request(format!("{} {id}?", stream.name))?;
            if self.state().show(stream.name, *id).is_none() {
                gone.push(*id);
            }
        }
        Ok(gone)
    }

    fn changes(&self, position: FeedPosition, streams: &[&'static str]) -> Result<Option<FeedPage>> {
        let position = position.sequence;
        self.request(format!("changes after {position}"))?;
        let (next, more, changed) = {
            let state = self.state();
            if position < state.log_begins {
                return Ok(None);
            }
            let end = (position as usize + 4).min(state.log.len());
            let mut changed = state.log[position as usize..end].to_vec();
            changed.sort_unstable();
            changed.dedup();
            (end as i64, end < state.log.len(), changed)
        };
        let mut page = FeedPage { records: Vec::new(), deleted: Vec::new(), next: next.into(), more };
        for (stream, id) in changed {
            if !streams.contains(&stream) {
                continue;
            }
            let there = self.state().show(stream, id).is_some();
            if there {
                page.records.push((stream, self.page_of(stream, &[id], None)));
            } else {
                page.deleted.push((stream, vec![id]));
            }
        }
        Ok(Some(page))
    }

    fn check(&self, _streams: &[&'static Stream]) -> Result<Vec<(bool, String)>> {
        Ok(Vec::new())
    }
}
