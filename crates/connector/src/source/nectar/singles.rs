//! Records and proposals asked for one by one, several requests in flight, handed over in the order asked for; and which records are gone.

use std::collections::BTreeMap;

use super::ids::{Seen, is_empty, read_ids};
use super::pool::with_pool;
use super::{Mark, Nectar, Outcome, Page, Sink, joined, lists_path, unreadable};
use crate::http::Fetched;
use crate::progress::Progress;
use crate::tables::Stream;
use crate::{Error, Result};

/// Requests that fail one after the other before the rest is left for another run.
const IN_A_ROW: usize = 5;
/// Parents after which a bookmark is worth it.
const MARK_EVERY: usize = 200;
/// Messages about single records.
const MOST_MESSAGES: usize = 10;
/// Pages of ids in a row that show the same before that is taken for the end.
const SAME_IN_A_ROW: u64 = 3;
/// Lists up to this many pages are enumerated twice.
const TWICE: u64 = 20;
/// No list has so many pages.
const MOST_PAGES: u64 = 1_000_000;

/// A walk over the ids of a list.
struct Walked {
    /// How many pages it had.
    pages: u64,
    /// What the last one held.
    last: Vec<i64>,
    /// A page came twice, and others after it.
    repeated: bool,
}

/// What to do with one answer, in order. False ends the reading: the rest is left.
type Visit<'v> = dyn FnMut(usize, std::result::Result<Fetched, String>) -> Result<bool> + 'v;

impl Nectar {
    /// Asks `target(i)` for all i below `count`, and visits the answers in that order; a request that was given up comes as its sentence.
    fn each(&self, count: usize, target: &dyn Fn(usize) -> String, visit: &mut Visit<'_>) -> Result<()> {
        with_pool(&self.client, self.jobs, |pool| {
            let (mut asked, mut next) = (0, 0);
            let (mut waiting, mut bytes) = (BTreeMap::new(), 0);
            while next < count {
                while asked < count
                    && asked - next < 4 * self.jobs
                    && (bytes < self.waiting_bytes || asked == next)
                {
                    pool.ask(asked, target(asked));
                    asked += 1;
                }
                let Some((number, answer)) = pool.answer() else { return Ok(()) };
                let answer = match answer {
                    Ok(fetched) => Ok(fetched),
                    Err(Error::Source(why)) => Err(why),
                    Err(error) => return Err(error),
                };
                bytes += answer.as_ref().map_or(0, |fetched| fetched.body.len());
                waiting.insert(number, answer);
                while let Some(answer) = waiting.remove(&next) {
                    bytes -= answer.as_ref().map_or(0, |fetched| fetched.body.len());
                    if !visit(next, answer)? || self.client.closed().is_some() {
                        pool.withdraw(|_| true);
                        return Ok(());
                    }
                    next += 1;
                }
            }
            Ok(())
        })
    }

    /// [`Task::Records`](crate::source::Task::Records).
    pub(super) fn records(
        &self,
        stream: &'static Stream,
        ids: &[i64],
        sink: &mut dyn Sink,
    ) -> Result<Outcome> {
        let path = self.record_path(stream);
        self.one_by_one(ids, &|id| format!("{path}/{id}"), None, sink)
    }

    /// [`Task::Parents`](crate::source::Task::Parents).
    pub(super) fn parents(
        &self,
        stream: &'static Stream,
        ids: &[i64],
        sink: &mut dyn Sink,
    ) -> Result<Outcome> {
        Progress::add(&self.progress.units, ids.len().div_ceil(MARK_EVERY) as u64);
        let path = self.list_path(stream);
        let (before, after) = path.split_once("{id}").unwrap_or((&path, ""));
        self.one_by_one(ids, &|id| format!("{before}{id}{after}"), Some(()), sink)
    }

    fn one_by_one(
        &self,
        ids: &[i64],
        target: &dyn Fn(i64) -> String,
        parents: Option<()>,
        sink: &mut dyn Sink,
    ) -> Result<Outcome> {
        let mut outcome = Outcome { complete: true, ..Outcome::default() };
        let (mut done, mut failed_in_row, mut refused) = (0, 0, false);
        self.each(ids.len(), &|number| target(ids[number]), &mut |number, answer| {
            let parent = parents.map(|()| ids[number]);
            let problem = match answer {
                Ok(Fetched { status: 200, body, received_at, .. }) => {
                    sink.page(&Page { body, received_at, parent })?;
                    None
                }
                Ok(Fetched { status: 404, received_at, .. }) => {
                    if parent.is_some() {
                        // No such parent: it has no records, and whoever keeps some has to hear that.
                        sink.page(&Page { body: b"[]".to_vec(), received_at, parent })?;
                    }
                    None
                }
                Ok(Fetched { status, .. }) => {
                    refused |= status == 403;
                    Some(unreadable(&target(ids[number]), status))
                }
                Err(why) => Some(why),
            };
            done = number + 1;
            if let Some(problem) = problem {
                outcome.complete = false;
                failed_in_row += 1;
                if outcome.messages.len() < MOST_MESSAGES && !outcome.messages.contains(&problem) {
                    outcome.messages.push(problem);
                }
                return Ok(failed_in_row < IN_A_ROW);
            }
            failed_in_row = 0;
            if parents.is_some() && outcome.complete && done % MARK_EVERY == 0 {
                sink.reached(Mark::Parents(done))?;
            }
            Ok(true)
        })?;
        if done < ids.len() {
            outcome.complete = false;
            outcome.messages.push(match self.client.closed() {
                Some(why) => why,
                None if refused => {
                    format!(
                        "{} records were not asked for, because the token may not see them",
                        ids.len() - done
                    )
                }
                None => format!("{} records were not asked for after repeated failures", ids.len() - done),
            });
        }
        if parents.is_some() && outcome.complete && !ids.len().is_multiple_of(MARK_EVERY) {
            sink.reached(Mark::Parents(ids.len()))?;
        }
        Ok(outcome)
    }

    /// [`Source::gone`](crate::source::Source::gone). A path that is not there at all would make every record look gone, so the list has to answer first.
    pub(super) fn vanished(&self, stream: &'static Stream, ids: &[i64]) -> Result<Vec<i64>> {
        if ids.is_empty() || (!stream.path.contains("{id}") && !self.list_answers(stream)?) {
            return Ok(Vec::new());
        }
        let path = self.record_path(stream);
        let mut gone = Vec::new();
        self.each(ids.len(), &|number| format!("{path}/{}", ids[number]), &mut |number, answer| {
            // An unknown path is answered with a page for people.
            if answer.is_ok_and(|fetched| {
                fetched.status == 404 && !fetched.body.trim_ascii_start().starts_with(b"<")
            }) {
                gone.push(ids[number]);
            }
            Ok(true)
        })?;
        Ok(gone)
    }

    /// Whether the stream's list can be read, under one of its spellings.
    pub(super) fn list_answers(&self, stream: &'static Stream) -> Result<bool> {
        loop {
            let target = lists_path(&self.list_path(stream), 1, 1, "attribute=id");
            match self.get(&target) {
                Ok(Fetched { status: 200, .. }) => return Ok(true),
                Ok(Fetched { status: 404, .. }) if self.switch(stream) => {}
                Ok(_) | Err(Error::Source(_)) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
    }

    /// [`Source::ids`](crate::source::Source::ids). A record that slips through here (see `list`) looks deleted; short lists are therefore walked twice, long ones
    /// have their last page compared, and the engine confirms whatever it would mark.
    pub(super) fn enumerate(
        &self,
        stream: &'static Stream,
        messages: &mut Vec<String>,
    ) -> Result<Option<Vec<i64>>> {
        if stream.path.contains("{id}") {
            messages
                .push(format!("{} has no list of its own; its records cannot be enumerated", stream.name));
            return Ok(None);
        }
        let mut seen = Seen::default();
        for variant in stream.variants {
            let mut rounds = 0;
            loop {
                rounds += 1;
                let Some(Walked { pages, last, repeated }) =
                    self.walk_ids(stream, variant, &mut seen, messages)?
                else {
                    return Ok(None);
                };
                if pages == 0 || rounds == 3 || (pages <= TWICE && rounds == 2) {
                    break;
                }
                if repeated {
                    // What stood on the page that came twice was not shown.
                    continue;
                }
                if pages > TWICE {
                    let target = self.ids_path(stream, variant, pages);
                    let again = match self.get(&target) {
                        Ok(Fetched { status: 200, body, .. }) => read_ids(&body)?,
                        _ => Vec::new(),
                    };
                    if again == last {
                        break;
                    }
                } else if pages == 1 && last.len() < self.largest_page() {
                    break;
                }
            }
        }
        Ok(Some(seen.into_sorted()))
    }

    fn ids_path(&self, stream: &'static Stream, variant: &str, page: u64) -> String {
        lists_path(&self.list_path(stream), page, self.page, &joined(&[variant, "attribute=id"]))
    }

    /// One walk over the ids of a list. None when it was not complete.
    fn walk_ids(
        &self,
        stream: &'static Stream,
        variant: &str,
        seen: &mut Seen,
        messages: &mut Vec<String>,
    ) -> Result<Option<Walked>> {
        let mut previous: Vec<i64> = Vec::new();
        let mut walked = None;
        let (mut same, mut repeated) = (0, false);
        // Pages are asked for in growing batches, so that a short list costs few requests and a long one has all of them in flight.
        let (mut first, mut batch) = (1_u64, 1_usize);
        while walked.is_none() {
            let mut problem = None;
            self.each(
                batch,
                &|number| self.ids_path(stream, variant, first + number as u64),
                &mut |number, answer| {
                    let page = first + number as u64;
                    match answer {
                        Ok(Fetched { status: 200, body, .. }) if is_empty(&body) => walked = Some(page - 1),
                        Ok(Fetched { status: 200, body, .. }) => {
                            let ids = read_ids(&body)?;
                            self.saw_page_of(ids.len());
                            if ids == previous {
                                same += 1;
                                if same == SAME_IN_A_ROW {
                                    // The source repeats itself instead of ending.
                                    walked = Some(page - same);
                                }
                            } else {
                                repeated |= same > 0;
                                same = 0;
                                seen.add(&ids);
                                previous = ids;
                            }
                        }
                        Ok(Fetched { status, .. }) => problem = Some((page, status, String::new())),
                        Err(why) => problem = Some((page, 0, why)),
                    }
                    Ok(walked.is_none() && problem.is_none())
                },
            )?;
            if let Some((page, status, why)) = problem {
                if status == 404 && page == 1 && self.switch(stream) {
                    continue;
                }
                let path = self.list_path(stream);
                messages.push(if status == 0 { why } else { unreadable(&path, status) });
                return Ok(None);
            }
            if let Some(why) = self.client.closed() {
                messages.push(why);
                return Ok(None);
            }
            first += batch as u64;
            batch = (batch * 2).min(8 * self.jobs);
            if first > MOST_PAGES {
                return Err(Error::Contract(format!("{} has no end", self.list_path(stream))));
            }
        }
        Ok(walked.map(|pages| Walked { pages, last: previous, repeated }))
    }
}
