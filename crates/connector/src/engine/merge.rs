//! What becomes of a record that was read, given what is stored: the one place that knows the merge rules.

use std::cmp::Ordering;

use crate::destination::Known;

/// What is done with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing of it is stored: put.
    New,
    /// Another state of it is stored, or it came back: remove, then put.
    Changed,
    /// It is stored as it is.
    Unchanged,
    /// A later state of it is stored: leave that.
    Stale,
}

/// What speaks for the record that was read, against what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// Only its own moment of change: increments, in which an old page may come late.
    Newest,
    /// That it was read just now: a full read puts right even a record that went back in time at the source (a backup was restored). Between two states
    /// read in the same run the moment of change decides again.
    Fresh,
    /// The order in which it came: a change feed.
    Order,
}

/// Which of two states of a record is the later one; `Equal` when their moments cannot tell.
pub(super) fn by_moment(left: Option<i64>, right: Option<i64>) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) => left.cmp(&right),
        // A state without a moment is never thrown away for one.
        _ => Ordering::Equal,
    }
}

/// Decides. `again`: the record was read before in this run.
pub(super) fn judge(
    stored: Option<&Known>,
    hash: u128,
    updated: Option<i64>,
    trust: Trust,
    again: bool,
) -> Verdict {
    let Some(stored) = stored else { return Verdict::New };
    if stored.deleted {
        // The source shows it, so it is there, whatever its moment says.
        return Verdict::Changed;
    }
    if stored.hash == hash {
        return Verdict::Unchanged;
    }
    let moment_decides = match trust {
        Trust::Newest => true,
        Trust::Fresh => again,
        Trust::Order => false,
    };
    if moment_decides && by_moment(stored.updated, updated) == Ordering::Greater {
        Verdict::Stale
    } else {
        Verdict::Changed
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn known(hash: u128, updated: Option<i64>, deleted: bool) -> Known {
        Known { id: 1, hash, updated, deleted }
    }

    #[test]
    fn a_record_that_is_not_stored_is_put() {
        assert_eq!(judge(None, 1, None, Trust::Newest, false), Verdict::New);
    }

    #[test]
    fn a_deleted_record_comes_back_even_when_nothing_in_it_changed() {
        assert_eq!(judge(Some(&known(1, Some(9), true)), 1, Some(9), Trust::Newest, false), Verdict::Changed);
        assert_eq!(judge(Some(&known(2, Some(9), true)), 1, Some(3), Trust::Newest, true), Verdict::Changed);
    }

    #[test]
    fn a_counter_that_moves_without_the_moment_of_change_is_a_change() {
        assert_eq!(judge(Some(&known(1, Some(9), false)), 2, Some(9), Trust::Newest, true), Verdict::Changed);
    }

    #[test]
    fn a_record_without_a_moment_is_never_stale() {
        for trust in [Trust::Newest, Trust::Fresh, Trust::Order] {
            assert_eq!(judge(Some(&known(1, Some(9), false)), 2, None, trust, true), Verdict::Changed);
            assert_eq!(judge(Some(&known(1, None, false)), 2, Some(1), trust, true), Verdict::Changed);
        }
    }

    #[test]
    fn an_older_state_is_left_alone_unless_a_full_read_or_the_feed_says_it_is_the_present_one() {
        let stored = known(1, Some(9), false);
        assert_eq!(judge(Some(&stored), 2, Some(8), Trust::Newest, false), Verdict::Stale);
        assert_eq!(judge(Some(&stored), 2, Some(8), Trust::Fresh, true), Verdict::Stale);
        assert_eq!(judge(Some(&stored), 2, Some(8), Trust::Fresh, false), Verdict::Changed);
        assert_eq!(judge(Some(&stored), 2, Some(8), Trust::Order, true), Verdict::Changed);
    }

    proptest! {
        /// Whatever the order in which states of a record arrive, the one with the greatest moment is what stays.
        #[test]
        fn the_newest_state_wins_in_any_order(moments in proptest::collection::vec(0i64..6, 1..12)) {
            let mut stored: Option<Known> = None;
            for (arrival, &moment) in moments.iter().enumerate() {
                let hash = (u128::from(moment.unsigned_abs()) << 8) | arrival as u128;
                match judge(stored.as_ref(), hash, Some(moment), Trust::Newest, arrival > 0) {
                    Verdict::New => prop_assert!(stored.is_none()),
                    Verdict::Changed => {}
                    Verdict::Unchanged | Verdict::Stale => continue,
                }
                stored = Some(known(hash, Some(moment), false));
            }
            let newest = moments.iter().copied().max();
            let last = moments.iter().rposition(|&moment| Some(moment) == newest);
            prop_assert_eq!(stored.and_then(|stored| stored.updated), newest);
            prop_assert_eq!(stored.map(|stored| (stored.hash & 0xFF) as usize), last);
        }
    }
}
