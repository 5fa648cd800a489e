//! Reading one stream: first loads and full reads by day of creation, increments by day of change, and streams that offer neither.

use jiff::civil::Date;

use super::intake::{Track, loading};
use super::merge::Trust;
use super::rules;
use super::run::Run;
use crate::Result;
use crate::progress::Progress;
use crate::settings::Mode;
use crate::source::Task;
use crate::tables::Reading;

/// How a stream with date filters is read in this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// All days of creation from the first, with a bookmark at each.
    Load,
    /// The same, from where an earlier run stopped.
    Resume,
    /// All days of creation, although everything was loaded before.
    Full,
    /// What changed since that day.
    Increment(Date),
}

impl Run<'_> {
    /// Reads a stream in the way that fits it, then looks for deletes if that is due.
    pub(super) fn read_stream(&mut self, at: usize) -> Result<()> {
        self.go_on()?;
        self.context.progress.enter(self.stream(at).name);
        match self.stream(at).reading {
            Reading::Dated => self.read_dated(at)?,
            Reading::Whole => self.read_whole(at)?,
            Reading::PerRecordOf(parent) => self.read_proposals(at, parent)?,
        }
        self.end_stream(at)
    }

    /// Commits what is left and keeps what the stream taught.
    pub(super) fn end_stream(&mut self, at: usize) -> Result<()> {
        self.learn(at);
        self.settle_events()?;
        self.commit()?;
        Progress::add(&self.context.progress.streams_done, 1);
        Ok(())
    }

    /// Whether the rows of the stream have the shape that they would be written in now.
    pub(super) fn same_shape(&self, at: usize) -> bool {
        self.bookmarks[at].fingerprint == Some(self.schema.streams[at].fingerprint)
    }

    /// How a stream with date filters is to be read.
    pub(super) fn how(&self, at: usize) -> How {
        let (bookmark, rules) = (&self.bookmarks[at], &self.rules[at]);
        match (&bookmark.loading, bookmark.cursor) {
            (Some(loading), _) if self.same_shape(at) && loading.through.is_some() => How::Resume,
            (None, Some(_)) if self.same_shape(at) && rules.mode == Mode::Full => How::Full,
            (None, Some(cursor)) if self.same_shape(at) => {
                How::Increment(rules::day_before(cursor, &self.days, rules.lookback_days))
            }
            _ => How::Load,
        }
    }

    /// The last day of creation that nobody wants.
    fn unwanted(&self) -> Option<Date> {
        self.context.settings.since.map(rules::yesterday)
    }

    fn read_dated(&mut self, at: usize) -> Result<()> {
        let how = self.how(at);
        let unwanted = self.unwanted();
        let (task, trust, track) = match how {
            How::Load => {
                let fingerprint = self.schema.streams[at].fingerprint;
                let begun = loading(self);
                let bookmark = self.bookmark(at);
                bookmark.loading = Some(begun);
                bookmark.fingerprint = Some(fingerprint);
                // If it is read in several pieces, a sweep has to follow.
                bookmark.enumerated_at = None;
                (Task::Created { after: unwanted, until: None }, Trust::Fresh, Track::Loading)
            }
            How::Resume => {
                let through = self.bookmarks[at].loading.as_ref().and_then(|loading| loading.through);
                (Task::Created { after: through, until: None }, Trust::Fresh, Track::Loading)
            }
            How::Full => (Task::Created { after: unwanted, until: None }, Trust::Fresh, Track::Nothing),
            How::Increment(from) => (Task::Updated { from }, Trust::Newest, Track::Nothing),
        };
        let outcome = self.read(at, &task, trust, track)?;
        if !outcome.complete {
            return self.commit();
        }
        let whole = outcome.enumerated && matches!(how, How::Load | How::Full) && unwanted.is_none();
        // Rows that another shape left behind, or an earlier load, can be missing at the source; an empty table has none.
        let compared = whole && self.compare_with_whole(at)?;
        if matches!(how, How::Increment(_)) && self.hello.feed.is_some() && self.bookmarks[at].feed.is_none()
        {
            // From here on the feed is followed: it does not tell what vanished before.
            self.bookmark(at).enumerated_at = None;
        }
        self.loaded(at, compared);
        self.commit()?;
        if whole { Ok(()) } else { self.sweep_if_due(at) }
    }

    /// A stream was read completely: its cursor moves.
    fn loaded(&mut self, at: usize, compared: bool) {
        let (newest, cap, started_at) = (self.newest[at], self.cap(), self.started_at);
        let feed = self.hello.feed;
        let fingerprint = self.schema.streams[at].fingerprint;
        let bookmark = self.bookmark(at);
        let begun = bookmark.loading.take();
        let cap = begun.as_ref().map_or(cap, |begun| begun.cap.min(cap));
        let seen = newest.map(|newest| newest.min(cap));
        let earlier = begun.as_ref().and_then(|begun| begun.cursor);
        // A stream in which nothing was ever seen is asked from the beginning of time again, which costs nothing.
        bookmark.cursor = bookmark.cursor.max(seen).max(earlier).or(Some(0));
        bookmark.fingerprint = Some(fingerprint);
        bookmark.feed = begun.map_or(feed, |begun| begun.feed).or(bookmark.feed);
        if compared {
            bookmark.enumerated_at = Some(started_at);
        }
    }

    fn read_whole(&mut self, at: usize) -> Result<()> {
        let outcome = self.read(at, &Task::Everything, Trust::Fresh, Track::Nothing)?;
        if !outcome.complete {
            return self.commit();
        }
        let compared = outcome.enumerated && self.compare_with_whole(at)?;
        self.loaded(at, compared);
        self.commit()?;
        if outcome.enumerated { Ok(()) } else { self.sweep_if_due(at) }
    }

    /// Makes the next reading of a stream a full one: the source was put back to an older state, its moments of change tell nothing.
    pub(super) fn forget(&mut self, at: usize) {
        let begun = loading(self);
        let bookmark = self.bookmark(at);
        bookmark.feed = None;
        bookmark.loading = Some(begun);
        bookmark.enumerated_at = bookmark.enumerated_at.map(|_| 0);
    }

    /// Keeps fields that turned up for the first time as columns of the next run.
    fn learn(&mut self, at: usize) {
        if !self.evolves(at) {
            return;
        }
        let Some(flattener) = &self.flatteners[at] else { return };
        let found = flattener.drift();
        let new = super::survey::new_columns(self.stream(at), &self.bookmarks[at].drift, found);
        if new.is_empty() {
            return;
        }
        let paths: Vec<String> =
            new.iter().map(|column| format!("{}: {}", column.table, column.path)).collect();
        self.say(format!(
            "fields that the catalogue does not know become columns with the next run: {}",
            paths.join(", ")
        ));
        self.bookmark(at).drift.extend(new);
    }

    /// Whether unknown fields of the stream become columns.
    pub(super) fn evolves(&self, at: usize) -> bool {
        self.traits.evolves && self.rules[at].drift == crate::settings::Drift::Evolve
    }
}
