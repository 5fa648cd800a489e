//! The source `nectar`: any API that speaks NectarCRM's contract, by nothing but that contract (`docs/connector.md` says what it can and cannot tell).
//!
//! `cut` divides a first load into windows of creation days, `walk` reads lists with several requests in flight and hands their pages over in order, `list`
//! knows where one list stands and whether rows slipped through, `singles` asks for records one by one, `look` does what comes before a run.

mod cut;
mod ids;
mod list;
mod look;
mod pool;
mod singles;
mod walk;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::{FeedPage, Hello, Mark, Outcome, Page, Sink, Source, Task, ZONE};
use crate::destination::CustomField;
use crate::http::{Client, Fetched};
use crate::progress::Progress;
use crate::settings::Settings;
use crate::state::FeedPosition;
use crate::tables::Stream;
use crate::{Error, Result, World};
use list::{Bounds, List};
use walk::{Walked, walk};

/// Records asked for in a page: the most that the contract allows.
const PAGE: u64 = 200;
/// Pages in a window of creation days, about.
const WINDOW_PAGES: u64 = 100;

/// An API that speaks NectarCRM.
#[derive(Debug)]
pub(super) struct Nectar {
    client: Client,
    jobs: usize,
    zone: TimeZone,
    /// Bytes of pages that may wait to be handed over.
    waiting_bytes: usize,
    /// Records asked for in a page.
    page: u64,
    /// Pages in a window of creation days, about.
    window_pages: u64,
    /// Most records that any page held so far: no page is larger than the source allows, so a shorter one is not full.
    largest: AtomicUsize,
    /// Streams whose second spelling is the one that works.
    by_alias: Mutex<Vec<&'static str>>,
    progress: Arc<Progress>,
}

impl Nectar {
    /// The source that the settings name; nothing is sent. Fails on a URL or a token that can be none.
    pub(super) fn new(settings: &Settings, world: Arc<dyn World>, progress: Arc<Progress>) -> Result<Self> {
        let zone = TimeZone::get(ZONE)
            .map_err(|_| Error::Configuration(format!("this build does not know the zone {ZONE}")))?;
        Ok(Self {
            client: Client::new(settings, world, Arc::clone(&progress))?,
            jobs: settings.jobs.max(1),
            zone,
            waiting_bytes: settings.memory_limit / 4,
            page: PAGE,
            window_pages: WINDOW_PAGES,
            largest: AtomicUsize::new(0),
            by_alias: Mutex::new(Vec::new()),
            progress,
        })
    }

    /// Gets any path (with query, from the root) of the source's host, with its token, pace and retries. Statuses other than 401 that a repetition would not change
    /// come back as answers.
    pub(super) fn get(&self, path_and_query: &str) -> Result<Fetched> {
        self.client.get(path_and_query, Vec::new())
    }

    fn by_alias(&self, stream: &Stream) -> bool {
        self.by_alias.lock().unwrap_or_else(PoisonError::into_inner).contains(&stream.name)
    }

    /// Takes the second spelling of a list's path from now on; false if there is none or it is taken already.
    fn switch(&self, stream: &'static Stream) -> bool {
        if stream.alias.is_none() || self.by_alias(stream) {
            return false;
        }
        self.by_alias.lock().unwrap_or_else(PoisonError::into_inner).push(stream.name);
        true
    }

    /// Path of a stream's list from the root.
    fn list_path(&self, stream: &'static Stream) -> String {
        let path = stream.alias.filter(|_| self.by_alias(stream)).unwrap_or(stream.path);
        format!("{}/{path}", self.client.base())
    }

    /// Path under which a stream's records stand, each by its id.
    fn record_path(&self, stream: &'static Stream) -> String {
        let list = self.list_path(stream);
        if stream.path.contains("{id}") {
            // `proposta/opportunity/{id}` lists, `proposta/ID` is one of them.
            format!("{}/{}", self.client.base(), stream.path.split('/').next().unwrap_or_default())
        } else {
            list
        }
    }

    fn largest_page(&self) -> usize {
        self.largest.load(Ordering::Relaxed)
    }

    fn saw_page_of(&self, records: usize) {
        self.largest.fetch_max(records, Ordering::Relaxed);
    }

    /// The day it is at the source, in the contract's zone.
    fn today(&self) -> Date {
        let now = Timestamp::from_microsecond(self.client.source_now()).unwrap_or(Timestamp::UNIX_EPOCH);
        now.to_zoned(self.zone.clone()).date()
    }

    /// The moments a filter by these days may let through, a day of slack included.
    fn bounds(&self, by_creation: bool, from: Option<Date>, to: Option<Date>) -> Option<Bounds> {
        let start = |day: Date| {
            let zoned = day.to_zoned(self.zone.clone()).ok()?;
            Some(zoned.timestamp().as_microsecond())
        };
        if from.is_none() && to.is_none() {
            return None;
        }
        Some(Bounds {
            by_creation,
            from: from.and_then(|day| start(day.saturating_sub(1.day()))).unwrap_or(i64::MIN),
            to: to.and_then(|day| start(day.saturating_add(2.days()))).unwrap_or(i64::MAX),
        })
    }

    fn created(
        &self,
        stream: &'static Stream,
        after: Option<Date>,
        until: Option<Date>,
        sink: &mut dyn Sink,
    ) -> Result<Walked> {
        let today = self.today();
        let cut = cut::cut(self, stream, after, until, today)?;
        let page = match self.largest_page() {
            0 => self.page,
            largest => largest as u64,
        };
        let mut lists = Vec::with_capacity(cut.windows.len() * stream.variants.len());
        let mut days = Vec::with_capacity(cut.windows.len());
        for (number, window) in cut.windows.iter().enumerate() {
            let closed = window.to.is_some_and(|to| to < today);
            // A day that is not over is not complete, whoever asks for it.
            days.push(window.to.filter(|_| closed));
            for (variant, parameter) in stream.variants.iter().enumerate() {
                let query = joined(&[
                    parameter,
                    &day_parameter("dataInicio", window.from),
                    &day_parameter("dataFim", window.to),
                ]);
                let bounds = self.bounds(true, window.from, window.to);
                let expected = cut.expected(variant, *window, page);
                lists.push(List::new(number, query, bounds, expected, closed));
            }
        }
        Progress::add(&self.progress.units, days.iter().flatten().count() as u64);
        let mut walked = walk(self, stream, lists, &days, sink)?;
        if let Walked::Over(outcome) = &mut walked {
            outcome.enumerated &= after.is_none() && until.is_none();
        }
        Ok(walked)
    }

    fn updated(&self, stream: &'static Stream, from: Date, sink: &mut dyn Sink) -> Result<Walked> {
        let bounds = self.bounds(false, Some(from), None);
        let since = day_parameter("dataInicioAtualizacao", Some(from));
        let lists = stream.variants.iter().map(|variant| {
            // What changes meanwhile moves to the front: the list is never at rest.
            List::new(0, joined(&[variant, &since]), bounds, (0, 0), false)
        });
        let mut walked = walk(self, stream, lists.collect(), &[None], sink)?;
        if let Walked::Over(outcome) = &mut walked {
            outcome.enumerated = false;
        }
        Ok(walked)
    }

    fn everything(&self, stream: &'static Stream, sink: &mut dyn Sink) -> Result<Walked> {
        let lists =
            stream.variants.iter().map(|variant| List::new(0, (*variant).to_owned(), None, (0, 0), false));
        walk(self, stream, lists.collect(), &[None], sink)
    }

    fn no_list(stream: &'static Stream) -> Outcome {
        Outcome {
            messages: vec![format!("{} has no list of its own; it is read record by record", stream.name)],
            ..Outcome::default()
        }
    }
}

/// Parameters put together, blanks left out.
fn joined(parts: &[&str]) -> String {
    let mut query = String::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        if !query.is_empty() {
            query.push('&');
        }
        query.push_str(part);
    }
    query
}

/// A day as the contract writes it, or nothing.
fn day_parameter(name: &str, day: Option<Date>) -> String {
    day.map_or_else(String::new, |day| {
        format!("{name}={:02}/{:02}/{:04}", day.day(), day.month(), day.year())
    })
}

/// Path and query of a page of a list.
fn lists_path(path: &str, page: u64, length: u64, query: &str) -> String {
    let and = if query.is_empty() { "" } else { "&" };
    format!("{path}?page={page}&displayLength={length}{and}{query}")
}

/// The sentence for a list that is answered with something other than records.
fn unreadable(path: &str, status: u16) -> String {
    match status {
        403 => {
            format!("{path} may not be read with this token (403); it was skipped: give its user the right")
        }
        404 => format!("{path} is not there (404); it was skipped"),
        _ => format!("{path} is answered with status {status}; it was skipped"),
    }
}

impl Source for Nectar {
    fn hello(&self) -> Result<Hello> {
        self.first_contact()
    }

    fn sample(&self, stream: &'static Stream) -> Result<Option<Page>> {
        self.first_page(stream)
    }

    fn custom_fields(&self) -> Result<Vec<CustomField>> {
        self.read_custom_fields(false)
    }

    fn read(&self, stream: &'static Stream, task: &Task, sink: &mut dyn Sink) -> Result<Outcome> {
        match task {
            Task::Records(ids) => return self.records(stream, ids, sink),
            Task::Parents(ids) => return self.parents(stream, ids, sink),
            _ if stream.path.contains("{id}") => return Ok(Self::no_list(stream)),
            _ => {}
        }
        let mut unfiltered = false;
        loop {
            let walked = match task {
                Task::Created { after, until } if !unfiltered => self.created(stream, *after, *until, sink),
                Task::Updated { from } if !unfiltered => self.updated(stream, *from, sink),
                _ => self.everything(stream, sink),
            }?;
            match walked {
                Walked::Over(mut outcome) => {
                    if unfiltered {
                        outcome.messages.push(format!(
                            "{} does not honour the filter by days; everything was read instead",
                            self.list_path(stream)
                        ));
                    }
                    return Ok(outcome);
                }
                Walked::Unfiltered => unfiltered = true,
                Walked::NotFound => {
                    if !self.switch(stream) {
                        return Ok(Outcome {
                            messages: vec![unreadable(&self.list_path(stream), 404)],
                            ..Outcome::default()
                        });
                    }
                }
            }
        }
    }

    fn ids(&self, stream: &'static Stream, messages: &mut Vec<String>) -> Result<Option<Vec<i64>>> {
        self.enumerate(stream, messages)
    }

    fn gone(&self, stream: &'static Stream, ids: &[i64]) -> Result<Vec<i64>> {
        self.vanished(stream, ids)
    }

    fn changes(&self, _position: FeedPosition, _streams: &[&'static str]) -> Result<Option<FeedPage>> {
        Ok(None)
    }

    fn check(&self, streams: &[&'static Stream]) -> Result<Vec<(bool, String)>> {
        self.look(streams)
    }
}

#[cfg(test)]
mod tests;
