//! Tests of values that are in memory: constants, registries, what had to be read to be compared.

use super::literal::{Positive, Range, Test, folded_piece};

/// A value as tests see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::totvs) enum Cell {
    Null,
    Text(String),
    /// In stored units.
    Number(i64),
}

/// A condition on rows that are in memory, each a function from keys to cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::totvs) enum Expression {
    All,
    And(Vec<Expression>),
    Or(Vec<Expression>),
    Test(&'static str, Test),
}

impl Expression {
    /// Whether a row passes.
    pub(in crate::totvs) fn holds(&self, cell: &dyn Fn(&str) -> Cell) -> bool {
        match self {
            Self::All => true,
            Self::And(all) => all.iter().all(|one| one.holds(cell)),
            Self::Or(any) => any.iter().any(|one| one.holds(cell)),
            Self::Test(key, test) => holds(test, &cell(key)),
        }
    }
}

/// Whether a value passes a test; a value that is not there passes the test for null alone.
pub(in crate::totvs) fn holds(test: &Test, cell: &Cell) -> bool {
    if *cell == Cell::Null {
        return test.positive == Positive::Present && test.negated;
    }
    passes(&test.positive, cell) != test.negated
}

/// Whether a value passes the test itself.
pub(in crate::totvs) fn passes(test: &Positive, cell: &Cell) -> bool {
    match (test, cell) {
        (_, Cell::Null) => false,
        (Positive::Present, _) => true,
        (Positive::Ranges(ranges), Cell::Number(number)) => within(ranges, *number),
        (Positive::Texts(texts) | Positive::Uuids(texts), Cell::Text(text)) => texts.contains(text),
        (Positive::Folded(wanted), Cell::Text(text)) => folded_piece(wanted) == folded_piece(text),
        (Positive::Like { pieces, folded }, Cell::Text(text)) => {
            if *folded {
                like(pieces, &folded_piece(text))
            } else {
                like(pieces, text)
            }
        }
        (Positive::Between(from, to), Cell::Text(text)) => {
            from.as_ref().is_none_or(|(from, counts)| from < text || (*counts && from == text))
                && to.as_ref().is_none_or(|(to, counts)| text < to || (*counts && to == text))
        }
        _ => false,
    }
}

fn within(ranges: &[Range], number: i64) -> bool {
    ranges.iter().any(|(from, to)| from.is_none_or(|from| from <= number) && to.is_none_or(|to| number <= to))
}

/// Whether a text is made of these pieces with anything between them.
fn like(pieces: &[String], text: &str) -> bool {
    let [first, middle @ .., last] = pieces else {
        return pieces.first().is_some_and(|only| only == text);
    };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
    for piece in middle {
        match rest.find(piece.as_str()) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_bind_both_ends() {
        let like =
            |pieces: &[&str], text| like(&pieces.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>(), text);
        assert!(like(&["", "b", ""], "abc"));
        assert!(like(&["a", "c"], "abc"));
        assert!(!like(&["a", "b"], "abc"));
        assert!(!like(&["ab", "bc"], "abc"));
        assert!(like(&["abc"], "abc"));
        assert!(!like(&["ab"], "abc"));
        assert!(like(&["", ""], ""));
    }
}
