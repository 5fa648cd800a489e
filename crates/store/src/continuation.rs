//! Where pages ended, so that the next page of the same list continues there instead of counting rows from the start.
//!
//! A place is used when nothing was written in the tenant since it was noted, for it is then what an offset would give; or
//! once after a write, for that is a reader on their way through the pages, who must see no row twice and miss none.
//! A second reader of the same page after a write counts rows, and sees the list as it is now. Only a shortcut: a lost
//! or foreign place costs time, never correctness. What was counted is kept beside them, see `counting`.

use std::collections::hash_map::RandomState;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use favo_core::query::{Filter, Query};
use favo_core::transaction::TenantId;
use parking_lot::Mutex;

use crate::counting::Counts;

/// The most places kept.
const CAPACITY: usize = 4_096;
/// How long a place is good for.
const LIFETIME: Duration = Duration::from_mins(5);

/// A place in a list: the value it is ordered by and the id of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) value: OrderValue,
    pub(crate) id: i64,
}

/// What a list is ordered by besides the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OrderValue {
    Null,
    Int(i64),
    Text(String),
}

/// A list without its page number: 128 bits of a keyed hash, so that no two lists meet.
pub(crate) type ListKey = (u64, u64);

struct Noted {
    place: Place,
    at: Instant,
    writes: u64,
    used: bool,
}

#[derive(Default)]
struct Kept {
    places: HashMap<(ListKey, u64), Noted>,
    oldest: VecDeque<(ListKey, u64)>,
    /// Writes of this process, by tenant.
    writes: HashMap<TenantId, u64>,
}

/// The places of all lists of a store.
#[derive(Default)]
pub(crate) struct Continuations {
    hashers: (RandomState, RandomState),
    kept: Mutex<Kept>,
    pub(crate) counts: Counts,
}

impl Continuations {
    /// The key of a list; `None` when it is not cut into pages.
    pub(crate) fn key(&self, tenant: TenantId, query: &Query) -> Option<ListKey> {
        let size = query.page?.size;
        let hashed = |state: &RandomState| {
            let mut hasher = state.build_hasher();
            (tenant, query.resource, query.order.by, query.order.descending, size, query.with_deleted)
                .hash(&mut hasher);
            hash_filter(&query.filter, &mut hasher);
            hasher.finish()
        };
        Some((hashed(&self.hashers.0), hashed(&self.hashers.1)))
    }

    /// Where the page before this one ended.
    pub(crate) fn before(&self, tenant: TenantId, list: ListKey, page: u64) -> Option<Place> {
        let mut kept = self.kept.lock();
        let writes = kept.writes.get(&tenant).copied().unwrap_or(0);
        let noted = kept.places.get_mut(&(list, page.checked_sub(1)?))?;
        if noted.at.elapsed() > LIFETIME || (noted.used && noted.writes != writes) {
            return None;
        }
        noted.used = true;
        Some(noted.place.clone())
    }

    /// Notes where a page ended.
    pub(crate) fn note(&self, tenant: TenantId, list: ListKey, page: u64, place: Place) {
        let mut kept = self.kept.lock();
        let writes = kept.writes.get(&tenant).copied().unwrap_or(0);
        let noted = Noted { place, at: Instant::now(), writes, used: false };
        if kept.places.insert((list, page), noted).is_none() {
            kept.oldest.push_back((list, page));
            if kept.oldest.len() > CAPACITY
                && let Some(oldest) = kept.oldest.pop_front()
            {
                kept.places.remove(&oldest);
            }
        }
    }

    /// Notes that something was written.
    pub(crate) fn note_write(&self, tenant: TenantId) {
        *self.kept.lock().writes.entry(tenant).or_default() += 1;
    }

    /// How many writes were noted.
    pub(crate) fn writes(&self, tenant: TenantId) -> u64 {
        self.kept.lock().writes.get(&tenant).copied().unwrap_or(0)
    }
}

/// Adds everything that a filter says to a hash.
pub(crate) fn hash_filter(filter: &Filter, hasher: &mut impl Hasher) {
    std::mem::discriminant(filter).hash(hasher);
    match filter {
        Filter::All | Filter::Nothing => {}
        Filter::And(filters) | Filter::Or(filters) => {
            filters.len().hash(hasher);
            for filter in filters {
                hash_filter(filter, hasher);
            }
        }
        Filter::Not(inner) => hash_filter(inner, hasher),
        Filter::OneOf(field, numbers) => (field, numbers).hash(hasher),
        Filter::Between(field, from, to) => (field, from, to).hash(hasher),
        Filter::IsNull(field) => field.hash(hasher),
        Filter::Text(field, how, text) | Filter::Digits(field, how, text) => {
            (field, *how as u8, text).hash(hasher);
        }
        Filter::Term(kind, how, texts) => (kind, *how as u8, texts).hash(hasher),
        Filter::Raw(field, test) => (field, test).hash(hasher),
        Filter::Custom(field, test) => (field, test).hash(hasher),
        Filter::Any { list, inner, test } => (list, inner, test).hash(hasher),
        Filter::Via(field, inner) => {
            field.hash(hasher);
            hash_filter(inner, hasher);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use favo_core::Resource;
    use favo_core::query::Page;

    const TENANT: TenantId = TenantId(1);

    fn place(id: i64) -> Place {
        Place { value: OrderValue::Null, id }
    }

    #[test]
    fn a_place_is_used_again_and_again_until_something_is_written_and_once_after() {
        let continuations = Continuations::default();
        let list = continuations.key(TENANT, &Query::of(Resource::Contact).page(Page::first(10))).unwrap();
        continuations.note(TENANT, list, 1, place(90));
        assert_eq!(continuations.before(TENANT, list, 2), Some(place(90)));
        assert_eq!(continuations.before(TENANT, list, 2), Some(place(90)));
        continuations.note_write(TENANT);
        assert_eq!(continuations.before(TENANT, list, 2), None);
        continuations.note(TENANT, list, 1, place(91));
        continuations.note_write(TENANT);
        assert_eq!(continuations.before(TENANT, list, 2), Some(place(91)));
        assert_eq!(continuations.before(TENANT, list, 2), None);
    }

    #[test]
    fn lists_that_differ_in_anything_have_different_keys() {
        let continuations = Continuations::default();
        let base = Query::of(Resource::Contact).page(Page::first(10));
        let keys: Vec<_> = [
            base.clone(),
            base.clone().page(Page::first(11)),
            base.clone().filter(Filter::OneOf(3, vec![1])),
            base.clone().filter(Filter::OneOf(3, vec![2])),
            base.clone().filter(Filter::Not(Box::new(Filter::OneOf(3, vec![2])))),
            Query { with_deleted: true, ..base.clone() },
        ]
        .iter()
        .map(|query| continuations.key(TENANT, query).unwrap())
        .collect();
        for (position, key) in keys.iter().enumerate() {
            assert!(!keys[..position].contains(key), "{position}");
        }
        assert_ne!(continuations.key(TenantId(2), &base), Some(keys[0]));
        assert_eq!(continuations.key(TENANT, &Query::of(Resource::Contact)), None);
    }

    #[test]
    fn the_oldest_places_are_forgotten_first() {
        let continuations = Continuations::default();
        for page in 0..CAPACITY as u64 + 10 {
            continuations.note(TENANT, (1, 1), page, place(page as i64));
        }
        assert_eq!(continuations.before(TENANT, (1, 1), 5), None);
        assert!(continuations.before(TENANT, (1, 1), 50).is_some());
        assert_eq!(continuations.kept.lock().places.len(), CAPACITY);
    }
}
