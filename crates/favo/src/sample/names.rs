//! Names of people and companies, and the addresses that follow from them.

use favo_core::text;

use super::chance::{Chance, shuffled};
use super::cities::City;
use super::words::{GIVEN, PROPER, SURNAMES, TRADES};

/// The name of a person, with one or two surnames.
pub(super) fn person(chance: &mut Chance) -> String {
    let (given, surname) = (chance.pick(GIVEN), chance.pick(SURNAMES));
    let second = chance.pick(SURNAMES);
    if chance.percent(60) && second != surname {
        format!("{given} {surname} {second}")
    } else {
        format!("{given} {surname}")
    }
}

/// First and last part of a person's name, as the part of an e-mail address before `@`.
pub(super) fn mailbox(name: &str) -> String {
    let mut parts = name.split(' ');
    let first = parts.next().unwrap_or(name);
    let last = parts.next_back().unwrap_or_default();
    text::alias(&format!("{first} {last}")).replace('_', ".")
}

/// A company.
#[derive(Debug)]
pub(super) struct Company {
    /// What it is called.
    pub(super) name: String,
    /// The position of its line of business in [`TRADES`].
    pub(super) segment: usize,
    /// Its domain, another one for each number.
    pub(super) domain: String,
}

impl Company {
    /// The company with this number, in a city.
    pub(super) fn numbered(number: u64, city: &City, chance: &mut Chance) -> Self {
        let trades: u64 = TRADES.iter().map(|(_, trades)| trades.len() as u64).sum();
        let kinds = trades * PROPER.len() as u64;
        // Neighbouring numbers are to be nothing alike.
        let (round, kind) = (number / kinds, shuffled_among(number % kinds, kinds));
        let proper = PROPER[(kind / trades) as usize];
        let (segment, trade) = trade(kind % trades);
        let mut name = match chance.weighted(&[60, 25]) {
            0 => format!("{trade} {proper}"),
            _ => format!("{proper} {trade}"),
        };
        if round > 0 || chance.percent(30) {
            name = format!("{name} {}", city.name);
        }
        let base = text::alias(&format!("{trade} {proper}")).replace('_', "-");
        let domain =
            if round == 0 { format!("{base}.example") } else { format!("{base}{}.example", round + 1) };
        Self { name, segment, domain }
    }
}

/// The trade at this place of all trades, and the position of its line of business.
fn trade(mut place: u64) -> (usize, &'static str) {
    for (segment, (_, trades)) in TRADES.iter().enumerate() {
        match trades.get(place as usize) {
            Some(trade) => return (segment, trade),
            None => place -= trades.len() as u64,
        }
    }
    (0, TRADES[0].1[0])
}

/// Puts the numbers below any `end` in another order.
fn shuffled_among(number: u64, end: u64) -> u64 {
    // Walk the cycle in a larger range until it is back among the first `end`.
    let larger = end.next_power_of_two();
    let mut place = number;
    loop {
        place = shuffled(place, larger);
        place = (place ^ (place >> (larger.ilog2() / 2))) % larger;
        if place < end {
            return place;
        }
    }
}
