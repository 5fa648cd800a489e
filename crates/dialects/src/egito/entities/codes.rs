//! What the core keeps for an entry of a dictionary, where it is not the id of a registry record (14.5 to 14.17).

use favo_core::Ctx;

use crate::egito::dictionary::{self, Entry, Kind};
use crate::json::Json;

/// The closing entries of a pipeline: stage entry and status of the opportunity (14.6).
const CLOSING: [(i64, i64); 4] = [(1_000_001, 2), (1_000_002, 3), (1_000_003, 4), (1_000_004, 5)];
/// Discard reasons stand behind this number among the reasons for a loss (14.9).
pub(in crate::egito) const DISCARD_REASONS: i64 = 1_000_000;
/// Status codes of an opportunity.
pub(in crate::egito) const LOST: i64 = 3;
pub(in crate::egito) const DISCARDED: i64 = 4;

/// Codes of the core in the order of the entries, which count from 1; entries of the kinds that are left out are the ids of
/// registry records.
fn codes(kind: Kind) -> Option<&'static [i64]> {
    Some(match kind {
        Kind::LeadStatus => &[1, 2, 3, 4, 5, 6],
        Kind::Gender => &[1, 2, 3],
        Kind::TaskStatus => &[0, 3, 1, 2],
        Kind::TaskPriority => &[3, 0, 1],
        Kind::OfferStatus | Kind::OrderStatus => &[0, 1, 2, 3, 4],
        _ => return None,
    })
}

/// The code of a task that is more urgent than this dialect can say.
const HIGHEST: i64 = 2;

/// The entry that a stored id or code stands for.
pub(in crate::egito) fn entry_id(kind: Kind, stored: i64) -> Option<i64> {
    let Some(codes) = codes(kind) else { return Some(stored) };
    if matches!(kind, Kind::TaskPriority) && stored == HIGHEST {
        return Some(codes.len() as i64);
    }
    codes.iter().position(|code| *code == stored).map(|at| at as i64 + 1)
}

/// What is stored for an entry: an id or a code.
pub(in crate::egito) fn stored(kind: Kind, entry: &Entry) -> i64 {
    let at = usize::try_from(entry.id - 1).ok();
    codes(kind).and_then(|codes| codes.get(at?).copied()).unwrap_or(entry.id)
}

/// The entry that the core keeps as this word.
pub(in crate::egito) fn entry_of_word(ctx: &Ctx, kind: Kind, word: &str) -> Option<i64> {
    dictionary::find(ctx, kind, &Json::Text(word.to_owned())).map(|entry| entry.id)
}

/// The closing entry of an opportunity in this status; `None` while its stage counts.
pub(in crate::egito) fn closing_stage(status: Option<i64>) -> Option<i64> {
    CLOSING.iter().find(|(_, code)| Some(*code) == status).map(|(entry, _)| *entry)
}

/// The status that a stage entry stands for; `None` when it is a stage.
pub(in crate::egito) fn closing_status(entry: i64) -> Option<i64> {
    CLOSING.iter().find(|(known, _)| *known == entry).map(|(_, status)| *status)
}

/// The reason that is shown for a lost or discarded opportunity.
pub(in crate::egito) fn loss_reason(
    status: Option<i64>,
    outcome: Option<i64>,
    discard: Option<i64>,
) -> Option<i64> {
    match status? {
        LOST => outcome,
        DISCARDED => discard.map(|id| id + DISCARD_REASONS).or(outcome),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_entries_are_found_from_each_other() {
        for kind in [Kind::LeadStatus, Kind::Gender, Kind::TaskStatus, Kind::TaskPriority, Kind::OrderStatus]
        {
            for code in codes(kind).unwrap() {
                let id = entry_id(kind, *code).unwrap();
                let entry = Entry { id, name: String::new(), value: String::new() };
                assert_eq!(stored(kind, &entry), *code);
            }
        }
        assert_eq!(entry_id(Kind::TaskPriority, HIGHEST), Some(3));
        assert_eq!(entry_id(Kind::OfferStatus, 9), None);
        assert_eq!(entry_id(Kind::Industry, 9), Some(9));
    }

    #[test]
    fn a_reason_is_shown_only_while_an_opportunity_is_lost_or_discarded() {
        assert_eq!(loss_reason(Some(3), Some(2), None), Some(2));
        assert_eq!(loss_reason(Some(4), Some(2), Some(7)), Some(1_000_007));
        assert_eq!(loss_reason(Some(4), Some(2), None), Some(2));
        assert_eq!(loss_reason(Some(2), Some(2), None), None);
        assert_eq!(closing_stage(Some(5)).and_then(closing_status), Some(5));
        assert_eq!(closing_stage(Some(1)), None);
    }
}
