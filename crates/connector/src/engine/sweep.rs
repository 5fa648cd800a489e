//! Deletes: what is stored and was not enumerated is looked at again, and only then marked or removed.

use super::ids::IdSet;
use super::intake::{QUESTION, Track};
use super::merge::Trust;
use super::run::Run;
use crate::Result;
use crate::settings::Deletes;
use crate::source::Task;
use crate::tables::Reading;

/// Deletes up to this many need no permission, however small the stream.
pub(super) const FREE_DELETES: u64 = 1_000;
/// Up to this many missing records are asked about one by one; more have to be missing from a second enumeration.
const ONE_BY_ONE: usize = 500;
/// Streams with more rows than this do not become empty without permission.
pub(super) const EMPTYING: u64 = 20;
/// Records that were never loaded are fetched one by one up to this number.
const MISSED: usize = 10_000;

/// Whether so many deletes among so many live rows need permission: more than a tenth of the stream and more than a thousand, or all rows of a stream
/// that is not tiny (a token that lost its rights sees an empty list).
pub(super) fn too_many(deletes: u64, live: u64) -> bool {
    deletes > FREE_DELETES.max(live / 10) || (deletes == live && live > EMPTYING)
}

impl Run<'_> {
    /// Walks over the ids of a stream and compares, when the rules say it is time.
    pub(super) fn sweep_if_due(&mut self, at: usize) -> Result<()> {
        let fed = self.hello.feed.is_some() && self.rules[at].sweep != crate::settings::Sweep::EveryRun;
        let due = self.rules[at].sweep_due(self.bookmarks[at].enumerated_at, self.started_at);
        // A stream that the feed followed from its load on has heard of every delete.
        let followed = fed && self.bookmarks[at].enumerated_at.is_some();
        if due && !followed && self.traits.remembers { self.sweep(at) } else { Ok(()) }
    }

    /// Enumerates a stream by its ids and applies the difference.
    pub(super) fn sweep(&mut self, at: usize) -> Result<()> {
        self.go_on()?;
        let stream = self.stream(at);
        if matches!(stream.reading, Reading::PerRecordOf(_)) || self.rules[at].deletes == Deletes::Ignore {
            return Ok(());
        }
        let now = self.context.world.now();
        let mut messages = Vec::new();
        let ids = self.source.ids(stream, &mut messages)?;
        for message in messages {
            self.say(format!("{}: {message}", stream.name));
        }
        let Some(ids) = ids else {
            self.partial = true;
            self.say(format!(
                "{}: the ids could not be read completely, deletes were not looked for",
                stream.name
            ));
            return Ok(());
        };
        let enumerated: IdSet = ids.into_iter().collect();
        let (gone, stored) = self.compare(at, &enumerated)?;
        let applied = self.apply(at, gone, stored.len() as u64)?;
        self.fetch_missed(at, &enumerated, &stored)?;
        if applied {
            self.bookmark(at).enumerated_at = Some(now);
        }
        self.commit()
    }

    /// Compares what is stored with what this run read, when that was the whole stream. Whether nothing stood in the way.
    pub(super) fn compare_with_whole(&mut self, at: usize) -> Result<bool> {
        if !self.traits.remembers || self.rules[at].deletes == Deletes::Ignore {
            return Ok(true);
        }
        let seen = std::mem::take(&mut self.seen[at]);
        let compared = self.compare(at, &seen);
        self.seen[at] = seen;
        let (gone, stored) = compared?;
        self.apply(at, gone, stored.len() as u64)
    }

    /// The live records that are stored and were not enumerated, and all live records.
    pub(super) fn compare(&mut self, at: usize, enumerated: &IdSet) -> Result<(Vec<i64>, IdSet)> {
        let (mut gone, mut stored) = (Vec::new(), IdSet::default());
        self.destination.stored(at, &mut |id| {
            stored.insert(id);
            if !enumerated.contains(id) {
                gone.push(id);
            }
        })?;
        Ok((gone, stored))
    }

    /// Makes sure of the deletes and writes them; false when they were refused, or could not be made sure of.
    fn apply(&mut self, at: usize, mut gone: Vec<i64>, live: u64) -> Result<bool> {
        let stream = self.stream(at);
        if gone.is_empty() {
            return Ok(true);
        }
        // A walk that missed pages looks like a mass delete: a second one is cheaper than a false alarm, thousands of single requests are not.
        let again = gone.len() > ONE_BY_ONE && !matches!(stream.reading, Reading::PerRecordOf(_));
        if again && !self.dry {
            let Some(sure) = self.confirm(at, gone)? else { return Ok(false) };
            gone = sure;
        }
        if !self.allowed(at, gone.len() as u64, live) {
            return Ok(false);
        }
        if !again && !self.dry {
            let Some(sure) = self.confirm(at, gone)? else { return Ok(false) };
            gone = sure;
        }
        let count = self.delete(at, &gone)?;
        if count > 0 {
            self.say(format!("{}: {count} deleted records found", stream.name));
        }
        Ok(true)
    }

    /// Whether so many deletes may be written; if not, the run says so and ends with it.
    pub(super) fn allowed(&mut self, at: usize, deletes: u64, live: u64) -> bool {
        if self.context.settings.allow_mass_delete || !too_many(deletes, live) {
            return true;
        }
        let sentence = format!(
            "{}: {deletes} of {live} records are gone at the source, which is more than is deleted without permission; \
             look at the source, then run again with --allow-mass-delete",
            self.stream(at).name
        );
        self.say(sentence.clone());
        self.refused.get_or_insert(sentence);
        false
    }

    /// Those of the missing records that are really gone: a walk over pages that move can miss some. None when that could not be found out.
    fn confirm(&mut self, at: usize, gone: Vec<i64>) -> Result<Option<Vec<i64>>> {
        let stream = self.stream(at);
        if gone.len() <= ONE_BY_ONE || matches!(stream.reading, Reading::PerRecordOf(_)) {
            return self.source.gone(stream, &gone).map(Some);
        }
        let mut messages = Vec::new();
        let Some(again) = self.source.ids(stream, &mut messages)? else {
            self.partial = true;
            self.say(format!(
                "{}: the ids could not be read a second time, deletes were not written",
                stream.name
            ));
            return Ok(None);
        };
        let again: IdSet = again.into_iter().collect();
        Ok(Some(gone.into_iter().filter(|&id| !again.contains(id)).collect()))
    }

    /// Marks or removes these records, as the rules say, and what belongs to them; how many there were.
    pub(super) fn delete(&mut self, at: usize, ids: &[i64]) -> Result<u64> {
        if ids.is_empty() {
            return Ok(0);
        }
        let proposals = if self.has_proposals(at) { self.proposals_of(ids)? } else { None };
        let mut count = 0;
        if self.dry {
            for chunk in ids.chunks(QUESTION) {
                let known = self.destination.known(at, chunk)?;
                count += known.iter().filter(|known| !known.deleted).count() as u64;
            }
        } else {
            let now = self.context.world.now();
            // A child could stay without its parent if this stopped half-way.
            self.group.torn = true;
            for chunk in ids.chunks(QUESTION) {
                count += if self.rules[at].deletes == Deletes::Hard && self.traits.remembers {
                    let known = self.destination.known(at, chunk)?;
                    self.destination.remove(at, chunk)?;
                    known.len() as u64
                } else {
                    self.destination.mark_deleted(at, chunk, now, self.number)?
                };
            }
            self.group.torn = false;
            self.group.rows += count;
        }
        self.tables[at][0].deleted += count;
        if let Some((stream, ids)) = proposals
            && self.rules[stream].deletes != Deletes::Ignore
        {
            self.delete(stream, &ids)?;
        }
        Ok(count)
    }

    /// Fetches the records that exist and are not stored. There should be none.
    fn fetch_missed(&mut self, at: usize, enumerated: &IdSet, stored: &IdSet) -> Result<()> {
        let bookmark = &self.bookmarks[at];
        let loaded =
            bookmark.loading.is_none() && (bookmark.cursor.is_some() || bookmark.enumerated_at.is_some());
        if !loaded || self.context.settings.since.is_some() {
            return Ok(());
        }
        let missed: Vec<i64> = enumerated.iter().filter(|&id| !stored.contains(id)).collect();
        if missed.is_empty() {
            return Ok(());
        }
        let name = self.stream(at).name;
        if missed.len() > MISSED {
            self.partial = true;
            self.say(format!(
                "{name}: {} records are not in the warehouse; run with --mode full",
                missed.len()
            ));
            return Ok(());
        }
        let before = self.tables[at][0].inserted + self.tables[at][0].updated;
        self.read(at, &Task::Records(missed), Trust::Newest, Track::Nothing)?;
        let fetched = self.tables[at][0].inserted + self.tables[at][0].updated - before;
        if fetched > 0 {
            self.say(format!("{name}: {fetched} records that were not in the warehouse were fetched by id"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_stream_may_lose_rows_but_not_all_of_them() {
        assert!(!too_many(5, 5));
        assert!(!too_many(99, 100));
        assert!(too_many(100, 100));
        assert!(!too_many(1_000, 5_000));
        assert!(too_many(1_001, 5_000));
        assert!(!too_many(20_000, 200_000));
        assert!(too_many(20_001, 200_000));
    }
}
