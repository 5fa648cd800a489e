//! What a contact is to us: its category and its life cycle seen as one entry (14.3).

use favo_core::catalogue::category;
use favo_core::{Ctx, Resource};

use super::codes::entry_of_word;
use crate::egito::dictionary::{Entry, Kind};

/// Sections of the life cycle.
const CUSTOMER: i64 = 0;
const PROSPECT: i64 = 1;
pub(in crate::egito) const SUSPECT: i64 = 2;
const DISCARDED: i64 = 5;

/// Entries from this number on stand for a section of the life cycle alone.
const WITHOUT_CATEGORY: i64 = 1_000_000;

/// The section that an entry with this value moves a contact to; `None` when it leaves the contact where it is.
pub(in crate::egito) fn section(value: &str) -> Option<i64> {
    match value {
        "CUSTOMER" => Some(CUSTOMER),
        "PROSPECT" => Some(PROSPECT),
        "SUSPECT" => Some(SUSPECT),
        "FORMER_CUSTOMER" => Some(DISCARDED),
        _ => None,
    }
}

/// The category that an entry stands for.
pub(in crate::egito) fn category_of(entry: &Entry) -> Option<i64> {
    (entry.id < WITHOUT_CATEGORY).then_some(entry.id)
}

/// The entries of contacts without a category of their own, and the sections that categories are bound to.
#[derive(Debug)]
pub(in crate::egito) struct Relationships {
    /// For customers, prospects, suspects and discarded contacts.
    standard: [Option<i64>; 4],
    /// Categories that fit one section only.
    bound: Vec<(i64, i64)>,
}

impl Relationships {
    pub(in crate::egito) fn of(ctx: &Ctx) -> Self {
        let standard = ["CUSTOMER", "PROSPECT", "SUSPECT", "FORMER_CUSTOMER"]
            .map(|value| entry_of_word(ctx, Kind::RelationshipType, value));
        let bound = ctx
            .snapshot
            .all(Resource::Category)
            .filter_map(|record| Some((record.id(), section(record.get(category::CODE)?)?)))
            .collect();
        Self { standard, bound }
    }

    /// The entry that is shown: the category while it fits the life cycle, else the one the life cycle stands for.
    pub(in crate::egito) fn shown(&self, category: Option<i64>, life_cycle: Option<i64>) -> Option<i64> {
        let life_cycle = life_cycle.unwrap_or(CUSTOMER);
        let fits = |id: &i64| {
            self.bound.iter().find(|(known, _)| known == id).is_none_or(|(_, section)| *section == life_cycle)
        };
        category.filter(fits).or(match life_cycle {
            CUSTOMER => self.standard[0],
            PROSPECT => self.standard[1],
            DISCARDED => self.standard[3],
            _ => self.standard[2],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_is_shown_while_it_fits_the_life_cycle() {
        let known = Relationships {
            standard: [Some(1), Some(2), Some(3), Some(7)],
            bound: vec![(1, CUSTOMER), (2, PROSPECT), (3, SUSPECT), (7, DISCARDED)],
        };
        for (category, life_cycle, shown) in [
            (Some(1), 0, 1),
            (Some(1), 5, 7),
            (Some(4), 0, 4),
            (None, 0, 1),
            (None, 1, 2),
            (None, 4, 3),
            (Some(2), 0, 1),
        ] {
            assert_eq!(known.shown(category, Some(life_cycle)), Some(shown), "{category:?} {life_cycle}");
        }
    }
}
