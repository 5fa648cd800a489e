//! Chance that repeats itself: numbers that look random and follow from a seed. Not for secrets.

use std::sync::atomic::{AtomicU64, Ordering};

use favo_core::ctx::Entropy;

/// The golden ratio in 64 bits: the step of `SplitMix64`.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// What a stream of numbers is about: streams about different things have nothing in common.
#[derive(Debug, Clone, Copy)]
pub(super) enum About {
    Plan,
    Users,
    Unit,
    Sales,
    Activities,
    Uuids,
    Orders,
}

/// A stream of numbers that follows from what it was made from.
#[derive(Debug)]
pub(super) struct Chance(u64);

impl Chance {
    /// The stream about one thing and number.
    pub(super) fn of(seed: u64, about: About, number: u64) -> Self {
        Self(mixed(
            mixed(seed.wrapping_add(STEP)) ^ mixed(number.wrapping_add(STEP)).rotate_left(about as u32 + 1),
        ))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mixed(self.0)
    }

    /// A number below `end`, which is not 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low).max(0) as u64 + 1) as i64
    }

    /// True in so many of a hundred cases.
    pub(super) fn percent(&mut self, cases: u64) -> bool {
        self.below(100) < cases
    }

    /// One of the list, which is not empty.
    pub(super) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }

    /// The position of a weight, as often as it weighs beside the others.
    pub(super) fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut place = self.below(weights.iter().sum());
        for (position, weight) in weights.iter().enumerate() {
            if place < *weight {
                return position;
            }
            place -= weight;
        }
        0
    }
}

/// The finisher of `SplitMix64`: different numbers stay different.
fn mixed(mut number: u64) -> u64 {
    number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Puts the numbers below `end` in another order: different numbers stay different, and those in a row lie far apart.
/// `end` has no prime factors but two and five; `number` counts modulo it.
pub(super) fn shuffled(number: u64, end: u64) -> u64 {
    // The golden section of the range, or the next number that has no factor in common with it.
    let golden = (u128::from(end) * u128::from(STEP)) >> 64;
    let coprime = |factor: &u128| !factor.is_multiple_of(2) && !factor.is_multiple_of(5);
    let factor = (golden..golden + 10).find(coprime).unwrap_or(1);
    (u128::from(number) * factor % u128::from(end)) as u64
}

/// Entropy that follows from a seed, so that the same sample has the same UUIDs.
#[derive(Debug)]
pub(super) struct Repeatable(AtomicU64);

impl Repeatable {
    /// For the batch that starts at this number.
    pub(super) fn of(seed: u64, number: u64) -> Self {
        Self(AtomicU64::new(Chance::of(seed, About::Uuids, number).next()))
    }
}

impl Entropy for Repeatable {
    fn bytes(&self) -> [u8; 16] {
        let place = self.0.fetch_add(STEP, Ordering::Relaxed);
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&mixed(place).to_be_bytes());
        bytes[8..].copy_from_slice(&mixed(place ^ 0x5555_5555_5555_5555).to_be_bytes());
        bytes
    }
}
