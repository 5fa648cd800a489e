//! Walks several lists at once and hands their pages over in order.
//!
//! One thread (the caller's) keeps all state: it asks for pages of the list being handed over first, then, while that one's end is being found out or its rows
//! are being checked, for pages of the next lists, so that the requests in flight never run dry at the border between two lists. What arrives too early
//! waits, and waiting is bounded by number and by bytes.

use jiff::civil::Date;

use super::ids::{is_empty, read_ids};
use super::list::{Arrived, Bounds, End, List, Want};
use super::pool::{Pool, with_pool};
use super::{Nectar, lists_path};
use crate::http::Fetched;
use crate::progress::Progress;
use crate::source::{Mark, Outcome, Page, PageFacts, Sink};
use crate::tables::Stream;
use crate::{Error, Result};

/// No list has so many pages; a source that goes on for ever does.
const MOST_PAGES: u64 = 1_000_000;
/// Pages after which rows may be committed, in any case.
const COMMIT_EVERY: u64 = 20;
/// Lists beyond the one being handed over whose reference page is sought already.
const SEEK_AHEAD: usize = 2;
/// Messages of one walk, at most.
const MOST_MESSAGES: usize = 20;

/// How a walk ended.
#[derive(Debug)]
pub(super) enum Walked {
    /// It went to its end, or as far as it could.
    Over(Outcome),
    /// The list is not there under this path.
    NotFound,
    /// Records came that the filter should have kept back.
    Unfiltered,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ticket {
    list: usize,
    want: Want,
}

/// A group of lists that are complete together.
#[derive(Debug)]
struct Group {
    open: usize,
    whole: bool,
    day: Option<Date>,
}

struct Walk<'w, 'p> {
    nectar: &'w Nectar,
    path: String,
    record_path: String,
    pool: &'w mut Pool<'p, Ticket>,
    sink: &'w mut dyn Sink,
    lists: Vec<List>,
    groups: Vec<Group>,
    /// The list whose pages are being handed over.
    head: usize,
    /// The first list that is not over.
    first: usize,
    /// The first group that is not marked.
    unmarked: usize,
    /// Pages asked for or waiting, those waiting, and their bytes.
    held: usize,
    waiting: usize,
    held_bytes: usize,
    page_bytes: usize,
    handed: u64,
    messages: Vec<String>,
    whole: bool,
    stopped: bool,
}

/// Walks `lists`; `days` holds the mark of each group, if it has one.
pub(super) fn walk(
    nectar: &Nectar,
    stream: &'static Stream,
    lists: Vec<List>,
    days: &[Option<Date>],
    sink: &mut dyn Sink,
) -> Result<Walked> {
    let mut groups: Vec<Group> = days.iter().map(|day| Group { open: 0, whole: true, day: *day }).collect();
    for list in &lists {
        if let Some(group) = groups.get_mut(list.window) {
            group.open += 1;
        }
    }
    with_pool(&nectar.client, nectar.jobs, |pool| {
        Walk {
            nectar,
            path: nectar.list_path(stream),
            record_path: nectar.record_path(stream),
            pool,
            sink,
            lists,
            groups,
            head: 0,
            first: 0,
            unmarked: 0,
            held: 0,
            waiting: 0,
            held_bytes: 0,
            page_bytes: 0,
            handed: 0,
            messages: Vec::new(),
            whole: true,
            stopped: false,
        }
        .run()
    })
}

impl Walk<'_, '_> {
    fn run(mut self) -> Result<Walked> {
        loop {
            self.ask();
            match self.hand_over()? {
                Some(true) => continue,
                Some(false) => {}
                None => return Ok(Walked::Unfiltered),
            }
            self.close_lists()?;
            if self.stopped || self.first == self.lists.len() {
                break;
            }
            // Closing a list can make room for requests that were not wanted before.
            self.ask();
            let Some(answer) = self.pool.answer() else {
                return Err(Error::Contract("the reading came to a standstill; run again".to_owned()));
            };
            let mut next = Some(answer);
            while let Some((ticket, answer)) = next {
                if !self.arrived(ticket, answer)? {
                    return Ok(Walked::NotFound);
                }
                next = self.pool.ready();
            }
        }
        if !self.stopped {
            self.pause()?;
        }
        let complete = self.whole && !self.stopped;
        Ok(Walked::Over(Outcome { complete, enumerated: complete, messages: self.messages }))
    }

    /// Rows may be committed here. Every mark is a unit of work that the engine counts as done, so it is announced first.
    fn pause(&mut self) -> Result<()> {
        Progress::add(&self.nectar.progress.units, 1);
        self.sink.reached(Mark::Somewhere)
    }

    fn say(&mut self, message: String) {
        if self.messages.len() < MOST_MESSAGES && !self.messages.contains(&message) {
            self.messages.push(message);
        }
    }

    fn stop(&mut self, message: String) {
        self.stopped = true;
        self.pool.withdraw(|_| true);
        self.say(message);
    }

    /// Sends what may be sent now, the oldest list first.
    fn ask(&mut self) {
        if self.stopped {
            return;
        }
        let jobs = self.nectar.jobs;
        for at in self.first..self.lists.len() {
            if at > self.head + 2 * jobs || (self.lists[at].seeking() && at > self.head + SEEK_AHEAD) {
                return;
            }
            while let Some(want) = self.lists[at].wants(jobs as u64) {
                if let Want::Page(page) = want {
                    // Those on their way may be as large as the largest so far.
                    let bytes = self.held_bytes + (self.held - self.waiting + 1) * self.page_bytes;
                    // One part on its way, two parts waiting.
                    let room = self.held < 3 * jobs && bytes < self.nectar.waiting_bytes;
                    // What is to be handed over next is always asked for, or nothing would move any more.
                    let due = at == self.head && self.lists[at].is_next(page);
                    if !room && !due {
                        return;
                    }
                    self.held += 1;
                } else if self.pool.outstanding() >= 4 * jobs {
                    return;
                }
                let query = &self.lists[at].query;
                let target = match want {
                    Want::Page(page) => lists_path(&self.path, page, self.nectar.page, query),
                    Want::Ids(page) => {
                        let query = super::joined(&[query, "attribute=id"]);
                        lists_path(&self.path, page, self.nectar.page, &query)
                    }
                    Want::Single(id) => format!("{}/{id}", self.record_path),
                };
                self.lists[at].asked(want);
                self.pool.ask(Ticket { list: at, want }, target);
            }
        }
    }

    /// False when the list is not there at all.
    fn arrived(&mut self, ticket: Ticket, answer: Result<Fetched>) -> Result<bool> {
        let fetched = match answer {
            Ok(fetched) => Ok(fetched),
            Err(Error::Source(why)) => Err(why),
            Err(error) => return Err(error),
        };
        if let Some(why) = self.nectar.client.closed() {
            self.stop(why);
            return Ok(true);
        }
        let list = &mut self.lists[ticket.list];
        match (ticket.want, fetched) {
            (Want::Page(page), Ok(Fetched { status: 200, body, received_at, .. })) => {
                if is_empty(&body) {
                    let (pages, bytes) = list.ends_before(page);
                    self.held -= 1 + pages;
                    self.waiting -= pages;
                    self.held_bytes -= bytes;
                    self.pool.recycle(body);
                    self.withdraw_beyond(ticket.list);
                } else {
                    let bytes = body.len();
                    let page_body = Page { body, received_at, parent: None };
                    if list.arrived(page, Arrived::Page(page_body)) {
                        self.waiting += 1;
                        self.held_bytes += bytes;
                        self.page_bytes = self.page_bytes.max(bytes);
                    } else {
                        self.held -= 1;
                    }
                }
                if page >= MOST_PAGES {
                    return Err(Error::Contract(format!(
                        "{} has no end: page {page} still holds records",
                        self.path
                    )));
                }
            }
            (Want::Page(page), Err(why)) => {
                if list.arrived(page, Arrived::Failed(why)) {
                    self.waiting += 1;
                } else {
                    self.held -= 1;
                }
            }
            (Want::Ids(page), Ok(Fetched { status: 200, body, .. })) => {
                let ids = read_ids(&body)?;
                self.pool.recycle(body);
                list.ids_arrived(page, ids);
            }
            (Want::Ids(_), Err(why)) => list.ids_failed(why),
            (Want::Single(_), Ok(Fetched { status: 200, body, received_at, .. })) => {
                list.single_done(None);
                self.sink.page(&Page { body, received_at, parent: None })?;
            }
            (Want::Single(_), Ok(Fetched { status: 404, .. })) => list.single_done(None),
            (Want::Single(id), Ok(Fetched { status, .. })) => {
                list.single_done(Some(format!("record {id} is answered with status {status}")));
            }
            (Want::Single(_), Err(why)) => list.single_done(Some(why)),
            (_, Ok(Fetched { status: 404, .. })) if self.handed == 0 => return Ok(false),
            (_, Ok(Fetched { status, .. })) => {
                let message = super::unreadable(&self.path, status);
                self.stop(message);
            }
        }
        Ok(true)
    }

    fn withdraw_beyond(&mut self, at: usize) {
        let list = &self.lists[at];
        self.held -= self.pool.withdraw(|ticket| {
            ticket.list == at && matches!(ticket.want, Want::Page(page) if list.beyond(page))
        });
    }

    /// Hands over the next page if it is there. True if one was; none if the filter is not honoured.
    fn hand_over(&mut self) -> Result<Option<bool>> {
        let Some(list) = self.lists.get_mut(self.head) else { return Ok(Some(false)) };
        let Some((number, arrived)) = list.take() else {
            if list.finish_pages(self.nectar.largest_page()) {
                self.head += 1;
                return Ok(Some(true));
            }
            return Ok(Some(false));
        };
        self.held -= 1;
        self.waiting -= 1;
        let ends = match arrived {
            Arrived::Page(page) => {
                let facts = self.sink.page(&page)?;
                self.held_bytes -= page.body.len();
                self.pool.recycle(page.body);
                self.handed += 1;
                self.nectar.saw_page_of(facts.ids.len());
                let list = &mut self.lists[self.head];
                if list.bounds.is_some_and(|bounds| outside(bounds, &facts)) {
                    return Ok(None);
                }
                let ends = list.shown(number, &facts.ids);
                if self.handed.is_multiple_of(COMMIT_EVERY) {
                    self.pause()?;
                }
                if ends {
                    let path = &self.path;
                    self.say(format!(
                        "{path} repeats the same records on its pages up to {number}; that was taken for its end"
                    ));
                }
                ends
            }
            Arrived::Failed(why) => self.lists[self.head].skipped(why),
        };
        if ends {
            let (pages, bytes) = self.lists[self.head].ends_before(number + 1);
            self.held -= pages;
            self.waiting -= pages;
            self.held_bytes -= bytes;
            self.withdraw_beyond(self.head);
        }
        Ok(Some(true))
    }

    /// Counts the lists that are over, and marks the groups that are complete.
    fn close_lists(&mut self) -> Result<()> {
        while let Some(list) = self.lists.get(self.first) {
            let Some(end) = list.over().cloned() else { break };
            let window = list.window;
            if let Some((pages, why)) = list.failure() {
                let message = match &end {
                    End::Whole => {
                        format!("{pages} pages failed, their records were read one by one ({why})")
                    }
                    End::Hole(_) => format!("{pages} pages failed ({why})"),
                };
                self.say(message);
            }
            if let End::Hole(why) = end {
                self.say(format!("{} was not read to its end: {why}", self.path));
                self.whole = false;
                if let Some(group) = self.groups.get_mut(window) {
                    group.whole = false;
                }
            }
            if let Some(group) = self.groups.get_mut(window) {
                group.open -= 1;
            }
            self.first += 1;
        }
        // A mark says that nothing before it is missing, so there is none after the first hole.
        while let Some(group) = self.groups.get(self.unmarked) {
            if group.open > 0 || !group.whole {
                break;
            }
            if let Some(day) = group.day {
                self.sink.reached(Mark::Day(day))?;
            }
            self.unmarked += 1;
        }
        Ok(())
    }
}

fn outside(bounds: Bounds, facts: &PageFacts) -> bool {
    let found = if bounds.by_creation { facts.created } else { facts.updated };
    found.is_some_and(|(first, last)| first < bounds.from || last > bounds.to)
}
