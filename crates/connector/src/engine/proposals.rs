//! Proposals: there is no list of them, so they are read opportunity by opportunity, after the opportunities that changed.
//!
//! The ids of changed opportunities go into the bookmark in the very commit that writes their rows; a crash between the two readings loses none.

use super::intake::{QUESTION, Track, loading};
use super::merge::Trust;
use super::run::Run;
use crate::Result;
use crate::settings::{Mode, Sweep};
use crate::source::Task;
use crate::tables::{self, Reading};

/// With more parents than this waiting, a pass over all of them is no dearer and its bookmark is shorter.
const PENDING: usize = 10_000;

impl Run<'_> {
    /// Position of the stream that is read per record of this one, if it is selected.
    fn dependent(&self, at: usize) -> Option<usize> {
        let name = self.stream(at).name;
        self.schema.streams.iter().position(|one| one.stream.reading == Reading::PerRecordOf(name))
    }

    /// Whether records of this stream have records of another one that have to be read when they change.
    pub(super) fn has_proposals(&self, at: usize) -> bool {
        self.dependent(at).is_some()
    }

    /// Position of the stream that is read per record of another one, if it is selected.
    fn proposals(&self) -> Option<usize> {
        self.schema.streams.iter().position(|one| matches!(one.stream.reading, Reading::PerRecordOf(_)))
    }

    /// Moves the parents that this group wrote into the bookmark of their proposals.
    pub(super) fn remember_parents(&mut self) {
        let mut parents = std::mem::take(&mut self.group.parents);
        if parents.is_empty() {
            return;
        }
        let Some(at) = self.proposals() else { return };
        let bookmark = &self.bookmarks[at];
        match bookmark.pass {
            // The feed brings the proposals themselves.
            _ if self.hello.feed.is_some() && bookmark.feed.is_some() => parents.clear(),
            // The pass will come to those behind its position.
            Some(pass) => parents.retain(|&id| id <= pass),
            // Nothing was read yet: the first pass comes to all of them.
            None if bookmark.enumerated_at.is_none() => parents.clear(),
            None => {}
        }
        if parents.is_empty() {
            return;
        }
        let bookmark = self.bookmark(at);
        bookmark.pending.append(&mut parents);
        bookmark.pending.sort_unstable();
        bookmark.pending.dedup();
        if bookmark.pending.len() > PENDING {
            bookmark.pending.clear();
            bookmark.pass = Some(i64::MIN);
        }
    }

    /// The stored proposals of these opportunities, where the destination can tell; where it cannot, the next pass finds them.
    pub(super) fn proposals_of(&mut self, parents: &[i64]) -> Result<Option<(usize, Vec<i64>)>> {
        let Some(at) = self.proposals() else { return Ok(None) };
        if !self.traits.remembers {
            return Ok(None);
        }
        let mut ids = Vec::new();
        for chunk in parents.chunks(QUESTION) {
            match self.destination.of_parents(at, chunk)? {
                Some(found) => ids.extend(found),
                None => {
                    if !self.dry && self.bookmarks[at].enumerated_at.is_some() {
                        // As old as can be: a full pass is due, which finds what vanished with its parents.
                        self.bookmark(at).enumerated_at = Some(0);
                    }
                    return Ok(None);
                }
            }
        }
        Ok(Some((at, ids)))
    }

    /// Reads the proposals of the opportunities that wait, or of all.
    pub(super) fn read_proposals(&mut self, at: usize, parent: &'static str) -> Result<()> {
        let Some(parents) = tables::stream(parent) else { return Ok(()) };
        let selected = self.schema.position(parent);
        let bookmark = &self.bookmarks[at];
        let loaded = bookmark.enumerated_at.is_some() && self.same_shape(at);
        let due = self.rules[at].sweep_due(bookmark.enumerated_at, self.started_at) && self.traits.remembers;
        // Who wants a comparison in every run does not get it from the rest of a pass.
        let again = due && bookmark.enumerated_at.is_some() && self.rules[at].sweep == Sweep::EveryRun;
        let resumed = bookmark.pass.is_some() && self.same_shape(at) && !again;
        // A feed that is followed from now on does not tell what vanished before.
        let due = due || self.hello.feed.is_some() && bookmark.feed.is_none();
        if loaded && !due && !resumed && selected.is_some() && self.rules[at].mode == Mode::Incremental {
            return self.read_pending(at);
        }
        let Some(all) = self.parents(parents, selected)? else {
            self.partial = true;
            return self.commit();
        };
        let from = if resumed { self.bookmarks[at].pass.unwrap_or(i64::MIN) } else { i64::MIN };
        self.pass(at, &all, from)
    }

    /// Reads the proposals of the opportunities that changed.
    fn read_pending(&mut self, at: usize) -> Result<()> {
        let pending = self.bookmarks[at].pending.clone();
        if !pending.is_empty() {
            let task = Task::Parents(pending.clone());
            let outcome = self.read(at, &task, Trust::Newest, Track::Pending(&pending))?;
            if !outcome.complete {
                return self.commit();
            }
        }
        // Only those that waited were read: the position in the feed stays where the last pass, or the feed itself, left it.
        self.bookmark(at).pending.clear();
        self.commit()
    }

    /// Reads the proposals of all opportunities behind that id; a pass from the first one to the last also finds what vanished.
    fn pass(&mut self, at: usize, all: &[i64], from: i64) -> Result<()> {
        let whole = from == i64::MIN;
        let left: Vec<i64> = all.iter().copied().filter(|&id| whole || id > from).collect();
        let fingerprint = self.schema.streams[at].fingerprint;
        let begun = loading(self);
        let started_at = self.started_at;
        let bookmark = self.bookmark(at);
        bookmark.pass = Some(from);
        if whole {
            // The feed is followed from where it stood when the pass began; the pass comes to whoever waits.
            bookmark.loading = Some(begun);
            bookmark.fingerprint = Some(fingerprint);
            bookmark.pending.clear();
        }
        let outcome = self.read(at, &Task::Parents(left.clone()), Trust::Fresh, Track::Pass(&left))?;
        if !outcome.complete {
            return self.commit();
        }
        let compared = whole && self.compare_with_whole(at)?;
        let bookmark = self.bookmark(at);
        bookmark.pass = None;
        let begun = bookmark.loading.take().and_then(|begun| begun.feed);
        bookmark.feed = begun.or(bookmark.feed);
        if compared || begun.is_some() {
            bookmark.enumerated_at = bookmark.enumerated_at.filter(|_| !compared).or(Some(started_at));
        } else {
            // All were read, in more than one run: what vanished meanwhile is found by the next whole pass, which is due at once.
            bookmark.enumerated_at = bookmark.enumerated_at.or(Some(0));
        }
        self.commit()?;
        // Opportunities in front of a resumed pass that changed while it was away.
        if whole { Ok(()) } else { self.read_pending(at) }
    }

    /// The ids of all opportunities, ascending: as stored, or as the source enumerates them.
    fn parents(
        &mut self,
        stream: &'static tables::Stream,
        selected: Option<usize>,
    ) -> Result<Option<Vec<i64>>> {
        let mut ids = Vec::new();
        match selected {
            Some(at) if self.traits.remembers => self.destination.stored(at, &mut |id| ids.push(id))?,
            Some(at)
                if !self.seen[at].is_empty() && self.bookmarks[at].enumerated_at == Some(self.started_at) =>
            {
                ids.extend(self.seen[at].iter());
            }
            _ => {
                let mut messages = Vec::new();
                let found = self.source.ids(stream, &mut messages)?;
                for message in messages {
                    self.say(format!("{}: {message}", stream.name));
                }
                match found {
                    Some(found) => ids = found,
                    None => return Ok(None),
                }
            }
        }
        Ok(Some(ids))
    }
}
