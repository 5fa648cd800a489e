//! A set of record ids, a few bits for each: whole streams of ids are kept in memory while they are compared.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Ids that share their upper 48 bits.
#[derive(Debug)]
enum Chunk {
    /// The lower 16 bits, ascending.
    Few(Vec<u16>),
    /// One bit for each possible id.
    Many(Box<[u64; WORDS]>),
}

const WORDS: usize = 1024;

/// Above this many ids a bitmap is smaller than a list.
const FEW: usize = 4096;

/// A set of ids: ids that lie close to each other cost between one bit and two bytes each.
#[derive(Debug, Default)]
pub(super) struct IdSet {
    chunks: BTreeMap<i64, Chunk>,
    length: usize,
}

fn split(id: i64) -> (i64, u16) {
    (id >> 16, (id & 0xFFFF) as u16)
}

fn bit(low: u16) -> (usize, u64) {
    (usize::from(low >> 6), 1 << (low & 63))
}

impl IdSet {
    /// Adds an id; whether it was new.
    pub(super) fn insert(&mut self, id: i64) -> bool {
        let (high, low) = split(id);
        let chunk = match self.chunks.entry(high) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(Chunk::Few(Vec::new())),
        };
        let added = match chunk {
            Chunk::Few(list) => match list.binary_search(&low) {
                Ok(_) => false,
                Err(at) => {
                    list.insert(at, low);
                    true
                }
            },
            Chunk::Many(words) => {
                let (word, mask) = bit(low);
                let added = words[word] & mask == 0;
                words[word] |= mask;
                added
            }
        };
        if let Chunk::Few(list) = chunk
            && list.len() > FEW
        {
            let mut words = Box::new([0; WORDS]);
            for &low in list.iter() {
                let (word, mask) = bit(low);
                words[word] |= mask;
            }
            *chunk = Chunk::Many(words);
        }
        self.length += usize::from(added);
        added
    }

    /// Takes an id out; whether it was there.
    pub(super) fn remove(&mut self, id: i64) -> bool {
        let (high, low) = split(id);
        let removed = match self.chunks.get_mut(&high) {
            None => false,
            Some(Chunk::Few(list)) => list.binary_search(&low).is_ok_and(|at| {
                list.remove(at);
                true
            }),
            Some(Chunk::Many(words)) => {
                let (word, mask) = bit(low);
                let there = words[word] & mask != 0;
                words[word] &= !mask;
                there
            }
        };
        self.length -= usize::from(removed);
        removed
    }

    /// Whether an id is in the set.
    pub(super) fn contains(&self, id: i64) -> bool {
        let (high, low) = split(id);
        match self.chunks.get(&high) {
            None => false,
            Some(Chunk::Few(list)) => list.binary_search(&low).is_ok(),
            Some(Chunk::Many(words)) => {
                let (word, mask) = bit(low);
                words[word] & mask != 0
            }
        }
    }

    /// How many ids there are.
    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The ids, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = i64> {
        self.chunks.iter().flat_map(|(high, chunk)| {
            let (few, many) = match chunk {
                Chunk::Few(list) => (list.as_slice(), None),
                Chunk::Many(words) => (&[][..], Some(words)),
            };
            let bits = many.into_iter().flat_map(|words| {
                (0..=u16::MAX).filter(|&low| {
                    let (word, mask) = bit(low);
                    words[word] & mask != 0
                })
            });
            few.iter().copied().chain(bits).map(move |low| (high << 16) | i64::from(low))
        })
    }
}

impl FromIterator<i64> for IdSet {
    fn from_iter<I: IntoIterator<Item = i64>>(ids: I) -> Self {
        let mut set = Self::default();
        for id in ids {
            set.insert(id);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_dense_chunk_becomes_a_bitmap_and_loses_nothing() {
        let set: IdSet = (0..10_000).rev().map(|id| id * 3 - 5_000).collect();
        assert_eq!(set.len(), 10_000);
        assert!(set.iter().eq((0..10_000).map(|id| id * 3 - 5_000)));
        assert!(!set.contains(-4_999));
    }

    proptest! {
        #[test]
        fn it_answers_as_a_tree_does(
            steps in proptest::collection::vec((any::<bool>(), prop_oneof![-70_000i64..70_000, any::<i64>()]), 0..400)
        ) {
            let mut set = IdSet::default();
            let mut tree = BTreeSet::new();
            for (add, id) in steps {
                if add {
                    prop_assert_eq!(set.insert(id), tree.insert(id));
                } else {
                    prop_assert_eq!(set.remove(id), tree.remove(&id));
                }
                prop_assert_eq!(set.contains(id), tree.contains(&id));
                prop_assert_eq!(set.len(), tree.len());
            }
            prop_assert!(set.iter().eq(tree.iter().copied()));
        }
    }
}
