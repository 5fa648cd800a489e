//! Counting the records that meet a condition, and what was counted before: a list that is read page by page asks for
//! the same number every time.
//!
//! A count is good as long as nothing was written in its tenant: by any process that keeps a log of its changes, whose last
//! number the asking transaction reads, or by this one, whatever it wrote. Only a shortcut: a lost count costs time.

use std::collections::hash_map::RandomState;
use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;
use std::hash::{BuildHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use favo_core::Result;
use favo_core::catalogue::Resource;
use favo_core::query::Filter;
use favo_core::transaction::TenantId;
use parking_lot::Mutex;

use crate::condition::{Sql, condition};
use crate::continuation::hash_filter;
use crate::plan;
use crate::schema::live_index;
use crate::session::{Param, Session};

/// The most counts kept.
const CAPACITY: usize = 4_096;
/// How long a count is kept at most.
const LIFETIME: Duration = Duration::from_mins(5);

/// A condition in a tenant: 128 bits of a keyed hash, so that no two meet.
pub(crate) type CountKey = (u64, u64);

/// What was written in a tenant: the last number of its change log, and the writes of this process before the transaction began.
pub(crate) type State = (i64, u64);

struct Counted {
    count: i64,
    state: State,
    at: Instant,
}

#[derive(Default)]
struct Kept {
    counts: HashMap<CountKey, Counted>,
    oldest: VecDeque<CountKey>,
}

/// The counts of a store.
#[derive(Default)]
pub(crate) struct Counts {
    hashers: (RandomState, RandomState),
    kept: Mutex<Kept>,
}

impl Counts {
    pub(crate) fn key(&self, tenant: TenantId, resource: Resource, filter: &Filter) -> CountKey {
        let hashed = |state: &RandomState| {
            let mut hasher = state.build_hasher();
            (tenant, resource).hash(&mut hasher);
            hash_filter(filter, &mut hasher);
            hasher.finish()
        };
        (hashed(&self.hashers.0), hashed(&self.hashers.1))
    }

    /// What was counted while the tenant was in this state.
    pub(crate) fn known(&self, key: CountKey, state: State) -> Option<i64> {
        let kept = self.kept.lock();
        let counted = kept.counts.get(&key)?;
        (counted.state == state && counted.at.elapsed() <= LIFETIME).then_some(counted.count)
    }

    /// Keeps what was counted.
    pub(crate) fn note(&self, key: CountKey, state: State, count: i64) {
        let mut kept = self.kept.lock();
        if kept.counts.insert(key, Counted { count, state, at: Instant::now() }).is_none() {
            kept.oldest.push_back(key);
            if kept.oldest.len() > CAPACITY
                && let Some(oldest) = kept.oldest.pop_front()
            {
                kept.counts.remove(&oldest);
            }
        }
    }
}

/// How many live records meet a condition, through the index or the terms that leave the fewest to look at.
pub(crate) fn count(
    session: &mut Session<'_>,
    tenant: TenantId,
    resource: Resource,
    filter: &Filter,
) -> Result<i64> {
    let mut all = Vec::new();
    plan::conjuncts(filter, &mut all);
    if all.iter().any(|one| matches!(one, Filter::Nothing)) {
        return Ok(0);
    }
    let (driver, ids) = driver(session, tenant, resource, &all)?;
    let own = driver.map(|driver| plan::own_index(resource, driver)).transpose()?.flatten();
    let definition = resource.definition();
    let mut sql = Sql::new(session.kind(), tenant, "select count(*)");
    let index = match (&own, &ids, driver) {
        (Some(own), None, _) => Some(own.clone()),
        (None, None, None) if !all.is_empty() => None,
        _ => Some(live_index(definition)),
    };
    let hint = index.map(|index| sql.kind.indexed_by(&index)).unwrap_or_default();
    let _ = write!(
        sql.text,
        " from {} s{hint} where s.tenant_id = ?1 and s.deleted_at is null",
        definition.table
    );
    if let Some(ids) = ids {
        sql.push(" and s.id");
        sql.bind_list(Param::Ints(ids.into()));
    } else if let (Some(driver), None) = (driver, &own) {
        sql.push(" and s.id in (");
        plan::ids(&mut sql, resource, driver)?;
        sql.push(")");
        // Terms are what they stand for; other drivers may be wider.
        all.retain(|one| !(matches!(driver, Filter::Term(..)) && std::ptr::eq(*one, driver)));
    }
    for one in all {
        sql.push(" and ");
        condition(&mut sql, resource, "s", one)?;
    }
    Ok(session.number(&sql.text, &sql.params)?.unwrap_or(0))
}

/// The condition to begin with, and what it yields when that was found on the way.
fn driver<'q>(
    session: &mut Session<'_>,
    tenant: TenantId,
    resource: Resource,
    all: &[&'q Filter],
) -> Result<(Option<&'q Filter>, Option<Vec<i64>>)> {
    let candidates = plan::candidates(resource, all)?;
    let [first, _, ..] = candidates[..] else { return Ok((candidates.first().copied(), None)) };
    for one in candidates {
        let found = plan::find(session, tenant, resource, one)?;
        if found.count <= plan::FEW {
            return Ok((Some(one), found.ids));
        }
    }
    Ok((Some(first), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_good_for_the_state_it_was_taken_in() {
        let counts = Counts::default();
        let key =
            |tenant, number| counts.key(TenantId(tenant), Resource::Contact, &Filter::OneOf(3, vec![number]));
        counts.note(key(1, 1), (7, 0), 42);
        assert_eq!(counts.known(key(1, 1), (7, 0)), Some(42));
        assert_eq!(counts.known(key(1, 1), (8, 0)), None);
        assert_eq!(counts.known(key(1, 1), (7, 1)), None);
        assert_eq!(counts.known(key(1, 2), (7, 0)), None);
        assert_eq!(counts.known(key(2, 1), (7, 0)), None);
        counts.note(key(1, 1), (8, 0), 43);
        assert_eq!(counts.known(key(1, 1), (8, 0)), Some(43));
    }

    #[test]
    fn the_oldest_counts_are_forgotten_first() {
        let counts = Counts::default();
        for number in 0..CAPACITY as u64 + 10 {
            counts.note((number, 0), (1, 1), 5);
        }
        assert_eq!(counts.known((5, 0), (1, 1)), None);
        assert_eq!(counts.known((50, 0), (1, 1)), Some(5));
        assert_eq!(counts.kept.lock().counts.len(), CAPACITY);
    }
}
