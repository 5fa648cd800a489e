//! The change feed: one pass over what changed, for all streams that were loaded before, with exact deletes.

use super::ids::IdSet;
use super::merge::Trust;
use super::run::Run;
use crate::progress::Progress;
use crate::settings::{Deletes, Mode};
use crate::state::FeedPosition;
use crate::{Error, Result};

impl Run<'_> {
    /// Whether the feed alone brings that stream up to date.
    pub(super) fn follows_feed(&self, at: usize) -> bool {
        let bookmark = &self.bookmarks[at];
        self.hello.feed.is_some()
            && bookmark.feed.is_some()
            && bookmark.loading.is_none()
            && bookmark.pass.is_none()
            && self.same_shape(at)
            && self.rules[at].mode == Mode::Incremental
    }

    /// Brings these streams up to date. False when their position is older than what the feed keeps; nothing was done then.
    pub(super) fn follow(&mut self, members: &[usize]) -> Result<bool> {
        let Some(mut position) = members.iter().filter_map(|&at| self.bookmarks[at].feed).min() else {
            return Ok(true);
        };
        let names: Vec<&'static str> = members.iter().map(|&at| self.stream(at).name).collect();
        self.context.progress.enter(names.first().copied().unwrap_or(""));
        // Deletes wait for the end: only then is it known whether there are too many. Until they are written the position stays where it was.
        let mut gone: Vec<IdSet> = self.schema.streams.iter().map(|_| IdSet::default()).collect();
        let mut deletes = false;
        loop {
            self.go_on()?;
            let Some(page) = self.source.changes(position, &names)? else { return Ok(false) };
            for (name, records) in &page.records {
                let Some(at) = self.schema.position(name) else { continue };
                for id in self.take(at, records, Trust::Order)?.ids {
                    gone[at].remove(id);
                }
            }
            for (name, ids) in &page.deleted {
                let Some(at) = self.schema.position(name) else { continue };
                if self.rules[at].deletes != Deletes::Ignore {
                    deletes |= !ids.is_empty();
                    for &id in ids {
                        gone[at].insert(id);
                    }
                }
            }
            Progress::add(&self.context.progress.units_done, 1);
            if page.more && page.next <= position {
                return Err(Error::Contract(format!(
                    "the change feed does not move on from position {position}; report this to who runs the server"
                )));
            }
            position = page.next;
            if !deletes {
                self.move_feed(members, position);
            }
            if !page.more {
                break;
            }
            self.commit_if_worth_it()?;
        }
        if self.write_deletes(members, &gone)? {
            self.move_feed(members, position);
        }
        for &at in members {
            self.end_stream(at)?;
        }
        Ok(true)
    }

    fn move_feed(&mut self, members: &[usize], position: FeedPosition) {
        let cap = self.cap();
        for &at in members {
            let seen = self.newest[at].map(|newest| newest.min(cap));
            let bookmark = self.bookmark(at);
            bookmark.feed = bookmark.feed.max(Some(position));
            bookmark.cursor = bookmark.cursor.max(seen);
        }
    }

    /// Writes the deletes of all streams, or none of them when one has too many.
    fn write_deletes(&mut self, members: &[usize], gone: &[IdSet]) -> Result<bool> {
        for &at in members {
            if self.traits.remembers && !self.few(at, &gone[at])? {
                return Ok(false);
            }
        }
        for &at in members {
            let ids: Vec<i64> = gone[at].iter().collect();
            self.delete(at, &ids)?;
        }
        Ok(true)
    }

    fn few(&mut self, at: usize, gone: &IdSet) -> Result<bool> {
        // The rows are looked at only when it matters: few deletes are allowed whatever the stream's size.
        if gone.len() as u64 <= super::sweep::EMPTYING {
            return Ok(true);
        }
        // The feed also tells of records that came and went between two runs, and of those that the token's user never saw.
        let (mut live, mut deletes) = (0, 0);
        self.destination.stored(at, &mut |id| {
            live += 1;
            deletes += u64::from(gone.contains(id));
        })?;
        Ok(self.allowed(at, deletes, live))
    }
}
