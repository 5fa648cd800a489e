//! One list while it is walked: which requests it needs next, what came back, and whether rows slipped through.
//!
//! # Rows that slip through
//!
//! A list is cut into pages by position, and positions move. A record that appears in front pushes rows to later pages: they come twice, which is
//! harmless. A record that disappears pulls rows to earlier pages, and the one that moves from page p+1 to page p after page p was read is not shown at all.
//! So after the walk the ids alone are walked again, and what the first walk did not show is fetched by id. That second walk can miss the same row, by another
//! record that disappears; but then that record was shown by one walk and not by the next, and the ids are walked once more, until a walk shows nothing new and
//! misses nothing old.
//!
//! For long lists that twice as many requests would hurt. Where the list covers days that are over (nothing is created there any more), one page near its end
//! is remembered before the first page is read: if it holds the same ids after the walk, as many rows stand before it as then, so no
//! row before it disappeared, and only the pages from there on are walked again. (One row that disappears and another that comes back between those two looks
//! cancel each other out; what that hides is found by the next sweep.) A page that was shorter than others, or the same as the one before, may have hidden rows
//! without anything having moved: then the reference tells nothing, and all ids are walked.

use std::collections::BTreeMap;

use super::ids::Seen;
use crate::source::Page;

/// Lists that are expected to be shorter are walked twice instead of being watched by a reference page.
const WORTH_A_REFERENCE: u64 = 4;
/// Walks over the ids before it is said that the list does not come to rest.
const MOST_ROUNDS: u32 = 6;
/// Walks that miss something old and show nothing new, one after the other, before that is taken for rest.
const MOST_RESTLESS: u32 = 3;
/// Records fetched one by one for a list, at most.
const MOST_SINGLES: usize = 2_000;
/// Pages in a row that show nothing new, or that fail, before the walk ends.
const IN_A_ROW: u32 = 3;

/// A request of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    /// A page of records.
    Page(u64),
    /// The same page, nothing but ids.
    Ids(u64),
    /// One record.
    Single(i64),
}

/// What came for a page.
#[derive(Debug)]
pub(super) enum Arrived {
    Page(Page),
    Failed(String),
}

/// How a list ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// Everything was handed over.
    Whole,
    /// Not everything, because of this.
    Hole(String),
}

/// Looking for the page to be remembered.
#[derive(Debug)]
struct Seeking {
    page: u64,
    step: u64,
    asked: bool,
}

/// A walk over the ids.
#[derive(Debug)]
struct Round {
    number: u32,
    /// Page to be compared with the reference; none: all pages are walked.
    from: Option<u64>,
    next: u64,
    limit: u64,
    outstanding: usize,
    moved: bool,
    missing: Vec<i64>,
}

/// The records a walk over the ids found missing.
#[derive(Debug)]
struct Singles {
    round: u32,
    reference: bool,
    ids: Vec<i64>,
    outstanding: usize,
}

#[derive(Debug)]
enum Stage {
    Seeking(Seeking),
    Pages,
    Round(Round),
    Singles(Singles),
    Over(End),
}

/// One list.
#[derive(Debug)]
pub(super) struct List {
    /// Position of its window.
    pub(super) window: usize,
    /// Parameters other than page and length.
    pub(super) query: String,
    /// Days that all its records must belong to, as micros since 1970; none: any.
    pub(super) bounds: Option<Bounds>,
    stage: Stage,
    expected: u64,
    reference: Option<(u64, Vec<i64>)>,
    asked: u64,
    known: u64,
    end: Option<u64>,
    waiting: BTreeMap<u64, Arrived>,
    next: u64,
    last: u64,
    first_len: usize,
    largest: usize,
    last_len: usize,
    previous: Vec<i64>,
    stale: u32,
    /// A page other than the last was not as full as another, or showed nothing new.
    odd: bool,
    failed: u32,
    failed_in_row: u32,
    restless: u32,
    failure: String,
    hole: Option<String>,
    seen: Seen,
}

/// What a filter promises of the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    /// By creation; otherwise by the last change.
    pub(super) by_creation: bool,
    /// Earliest and latest moment, a day of slack included.
    pub(super) from: i64,
    pub(super) to: i64,
}

impl List {
    /// A list of about `least` to `most` pages (0: unknown). `closed`: nothing is created in it any more.
    pub(super) fn new(
        window: usize,
        query: String,
        bounds: Option<Bounds>,
        (least, most): (u64, u64),
        closed: bool,
    ) -> Self {
        let stage = if closed && least >= WORTH_A_REFERENCE {
            Stage::Seeking(Seeking { page: least, step: 1, asked: false })
        } else {
            Stage::Pages
        };
        Self {
            window,
            query,
            bounds,
            stage,
            expected: if closed { most } else { 0 },
            reference: None,
            asked: 0,
            known: 0,
            end: None,
            waiting: BTreeMap::new(),
            next: 1,
            last: 0,
            first_len: 0,
            largest: 0,
            last_len: 0,
            previous: Vec::new(),
            stale: 0,
            odd: false,
            failed: 0,
            failed_in_row: 0,
            restless: 0,
            failure: String::new(),
            hole: None,
            seen: Seen::default(),
        }
    }

    /// The request it would send now. With nothing known of its length it asks for one page, then two, four and so on, up to `ahead` beyond what it has seen.
    pub(super) fn wants(&self, ahead: u64) -> Option<Want> {
        match &self.stage {
            Stage::Seeking(seeking) => (!seeking.asked).then_some(Want::Ids(seeking.page)),
            Stage::Pages => {
                let beyond = self.known.saturating_sub(self.expected).clamp(1, ahead.max(1));
                let allowed = self.expected.max(self.known + beyond);
                let page = self.asked + 1;
                (page <= allowed && self.end.is_none_or(|end| page < end)).then_some(Want::Page(page))
            }
            Stage::Round(round) => {
                (round.next <= round.limit && !round.moved).then_some(Want::Ids(round.next))
            }
            Stage::Singles(singles) => singles.ids.last().map(|id| Want::Single(*id)),
            Stage::Over(_) => None,
        }
    }

    /// The request was sent.
    pub(super) fn asked(&mut self, want: Want) {
        match (&mut self.stage, want) {
            (Stage::Seeking(seeking), Want::Ids(_)) => seeking.asked = true,
            (Stage::Pages, Want::Page(page)) => self.asked = page,
            (Stage::Round(round), Want::Ids(_)) => {
                round.next += 1;
                round.outstanding += 1;
            }
            (Stage::Singles(singles), Want::Single(_)) => {
                singles.ids.pop();
                singles.outstanding += 1;
            }
            _ => {}
        }
    }

    /// Whether this is the page that is to be handed over next.
    pub(super) fn is_next(&self, page: u64) -> bool {
        self.next == page
    }

    /// Whether a reference page is being looked for.
    pub(super) fn seeking(&self) -> bool {
        matches!(self.stage, Stage::Seeking(_))
    }

    /// How it ended, if it did.
    pub(super) fn over(&self) -> Option<&End> {
        match &self.stage {
            Stage::Over(end) => Some(end),
            _ => None,
        }
    }

    /// A page with records, or a failure. False if it lies behind the end and is not wanted.
    pub(super) fn arrived(&mut self, page: u64, what: Arrived) -> bool {
        if self.end.is_some_and(|end| page >= end) {
            return false;
        }
        self.known = self.known.max(page);
        self.waiting.insert(page, what);
        true
    }

    /// The list ends before that page. How many pages, and bytes, that had arrived already are dropped by it.
    pub(super) fn ends_before(&mut self, page: u64) -> (usize, usize) {
        self.end = Some(self.end.map_or(page, |end| end.min(page)));
        let dropped = self.waiting.split_off(&page);
        let bytes = |arrived: &Arrived| match arrived {
            Arrived::Page(page) => page.body.len(),
            Arrived::Failed(_) => 0,
        };
        (dropped.len(), dropped.values().map(bytes).sum())
    }

    /// Whether a page behind the end can be taken back.
    pub(super) fn beyond(&self, page: u64) -> bool {
        self.end.is_some_and(|end| page >= end)
    }

    /// The page to be handed over now, if it is there.
    pub(super) fn take(&mut self) -> Option<(u64, Arrived)> {
        let page = self.next;
        let arrived = self.waiting.remove(&page)?;
        self.next += 1;
        Some((page, arrived))
    }

    /// A page was handed over and held these ids. True if the walk must end here, because the list shows nothing new any more.
    pub(super) fn shown(&mut self, page: u64, ids: &[i64]) -> bool {
        self.failed_in_row = 0;
        self.largest = self.largest.max(ids.len());
        self.odd |= self.last > 0 && self.last_len < self.largest;
        self.last = page;
        self.last_len = ids.len();
        if page == 1 {
            self.first_len = ids.len();
        }
        let fresh = ids.iter().any(|id| self.previous.binary_search(id).is_err());
        self.stale = if fresh { 0 } else { self.stale + 1 };
        self.odd |= !fresh;
        self.seen.add(ids);
        self.previous.clear();
        self.previous.extend_from_slice(ids);
        self.previous.sort_unstable();
        self.stale >= IN_A_ROW
    }

    /// A page was given up. True if the walk must end here.
    pub(super) fn skipped(&mut self, why: String) -> bool {
        self.failed += 1;
        self.failed_in_row += 1;
        if self.failed_in_row >= IN_A_ROW {
            self.hole = Some(why.clone());
        }
        self.failure = why;
        self.hole.is_some()
    }

    /// All pages were handed over; what is next is decided. `largest_ever`: most rows that any page of this source held.
    pub(super) fn finish_pages(&mut self, largest_ever: usize) -> bool {
        if !matches!(self.stage, Stage::Pages) || self.end.is_none_or(|end| self.next < end) {
            return false;
        }
        // A single page that is shorter than pages can be was the whole list when it was read: nothing can have moved off it.
        let safe = self.last == 0 || (self.last == 1 && self.first_len < largest_ever);
        if let Some(why) = self.hole.take() {
            self.close(End::Hole(why));
        } else if self.failed == 0 && safe && !self.odd {
            self.close(End::Whole);
        } else {
            // A list that ended in front of the reference page did not end there when that was found.
            let cut_off = self.reference.as_ref().is_some_and(|(page, _)| *page > self.last);
            if self.failed > 0 || self.odd || cut_off {
                self.reference = None;
            }
            self.begin_round(1, self.reference.is_some());
        }
        true
    }

    fn close(&mut self, end: End) {
        self.seen = Seen::default();
        self.previous = Vec::new();
        self.stage = Stage::Over(end);
    }

    fn begin_round(&mut self, number: u32, by_reference: bool) {
        let from = if by_reference { self.reference.as_ref().map(|(page, _)| *page) } else { None };
        let first = from.unwrap_or(1);
        self.seen.compare();
        self.stage = Stage::Round(Round {
            number,
            from,
            next: first,
            limit: self.last.max(first).max(self.end.unwrap_or(1) - 1),
            outstanding: 0,
            moved: false,
            missing: Vec::new(),
        });
    }

    /// Ids of a page, of the search for a reference or of a walk over the ids.
    pub(super) fn ids_arrived(&mut self, page: u64, ids: Vec<i64>) {
        match &mut self.stage {
            Stage::Seeking(seeking) => {
                if !ids.is_empty() {
                    // One page more than is thought to be there: most likely the empty one that ends the list.
                    let beyond = page + (seeking.step / 2).max(1);
                    self.expected = if seeking.step == 1 { beyond.max(self.expected) } else { beyond };
                    self.reference = Some((page, ids));
                    self.stage = Stage::Pages;
                } else if seeking.page < seeking.step + WORTH_A_REFERENCE {
                    self.expected = 0;
                    self.stage = Stage::Pages;
                } else {
                    seeking.page -= seeking.step;
                    seeking.step *= 2;
                    seeking.asked = false;
                }
            }
            Stage::Round(round) => {
                round.outstanding -= 1;
                if round.from == Some(page)
                    && self.reference.as_ref().is_some_and(|(_, remembered)| *remembered != ids)
                {
                    round.moved = true;
                }
                let missing = self.seen.missing(&ids);
                // A page as full as they get may have a next one, by rows that came in front; a source that repeats its last page has no end at all.
                if page == round.limit
                    && !ids.is_empty()
                    && ids.len() >= self.largest
                    && (!missing.is_empty() || page < self.last + u64::from(IN_A_ROW))
                {
                    round.limit += 1;
                }
                round.missing.extend(missing);
                self.settle();
            }
            _ => {}
        }
    }

    /// A request for ids failed for good: in the search that only costs the reference, in a walk the list cannot be vouched for.
    pub(super) fn ids_failed(&mut self, why: String) {
        match &mut self.stage {
            Stage::Seeking(_) => {
                self.expected = 0;
                self.stage = Stage::Pages;
            }
            Stage::Round(_) => self.close(End::Hole(why)),
            _ => {}
        }
    }

    /// A single record was handed over or is gone; `why` when it could not be had.
    pub(super) fn single_done(&mut self, why: Option<String>) {
        if let Stage::Singles(singles) = &mut self.stage {
            singles.outstanding -= 1;
            if let Some(why) = why {
                self.close(End::Hole(why));
            } else {
                self.settle();
            }
        }
    }

    /// Goes on to the next stage when nothing is outstanding in this one.
    fn settle(&mut self) {
        match &mut self.stage {
            Stage::Round(round) if round.outstanding == 0 && (round.moved || round.next > round.limit) => {
                let (number, by_reference) = (round.number, round.from.is_some() && !round.moved);
                let mut missing = std::mem::take(&mut round.missing);
                missing.sort_unstable();
                missing.dedup();
                // After a walk over everything (not over the tail alone) whatever was not met is gone.
                let whole = round.from.is_none();
                let restless = whole && self.seen.forget_vanished() > 0 && missing.is_empty();
                self.restless = if restless { self.restless + 1 } else { 0 };
                let rest = !restless || self.restless >= MOST_RESTLESS;
                if missing.is_empty() && !round.moved && rest {
                    self.close(End::Whole);
                } else if number > MOST_ROUNDS || missing.len() > MOST_SINGLES {
                    let why = format!(
                        "the list changes faster than it can be read ({} records were still missing)",
                        missing.len()
                    );
                    self.close(End::Hole(why));
                } else if !missing.is_empty() {
                    // They count as shown from now on: whoever is gone by then was not there all the time.
                    self.seen.add(&missing);
                    self.stage = Stage::Singles(Singles {
                        round: number,
                        reference: by_reference,
                        ids: missing,
                        outstanding: 0,
                    });
                } else {
                    // Something moved, or something old was not met.
                    self.begin_round(number + 1, by_reference);
                }
            }
            Stage::Singles(singles) if singles.outstanding == 0 && singles.ids.is_empty() => {
                let (round, by_reference) = (singles.round, singles.reference);
                self.begin_round(round + 1, by_reference);
            }
            _ => {}
        }
    }

    /// Why a page was given up, for the message when the records of that page were fetched one by one.
    pub(super) fn failure(&self) -> Option<(u32, &str)> {
        (self.failed > 0).then_some((self.failed, self.failure.as_str()))
    }
}
