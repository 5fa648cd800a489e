//! What SQLite does not do itself, as functions of a connection. PostgreSQL does the same in SQL, see `dialect`.

use favo_core::Decimal;
use favo_core::stored;
use favo_core::text::fold_whole;
use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};

/// Makes the functions known to a connection.
pub(crate) fn register(connection: &Connection) -> rusqlite::Result<()> {
    // Never from inside the file: a schema that calls them could not be read by other programs.
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function("favo_like", 2, flags, |call| like(call, false))?;
    connection.create_scalar_function("favo_folded_like", 2, flags, |call| like(call, true))?;
    connection.create_scalar_function("favo_steps", 1, flags, |call| {
        Ok(call
            .get_raw(0)
            .as_str_or_null()?
            .and_then(|text| text.parse::<Decimal>().ok())
            .map(|steps| steps.0))
    })
}

/// Whether the first argument consists of the pieces that the second one lists, with anything between them.
fn like(call: &Context<'_>, folded: bool) -> rusqlite::Result<Option<bool>> {
    let pieces = call.get_or_create_aux(1, |list| -> rusqlite::Result<_> {
        Ok(stored::texts(list.as_str_or_null()?.unwrap_or_default()))
    })?;
    let Some(text) = call.get_raw(0).as_str_or_null()? else { return Ok(None) };
    Ok(Some(if folded { made_of(&fold_whole(text), &pieces) } else { made_of(text, &pieces) }))
}

/// Whether a text begins with the first piece, ends with the last, and has the others between them, one after the other.
fn made_of(text: &str, pieces: &[String]) -> bool {
    match pieces {
        [] => false,
        [whole] => text == whole,
        [first, between @ .., last] => {
            let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
            for piece in between {
                let Some(at) = rest.find(piece.as_str()) else { return false };
                rest = &rest[at + piece.len()..];
            }
            rest.ends_with(last.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_one_after_the_other_and_never_overlap() {
        let made = |text: &str, pieces: &[&str]| {
            made_of(text, &pieces.iter().map(|piece| (*piece).to_owned()).collect::<Vec<_>>())
        };
        assert!(made("abc", &["abc"]) && !made("abc", &["ab"]) && !made("abc", &[]));
        assert!(made("abc", &["", "b", ""]) && made("abc", &["", ""]) && made("", &["", "", ""]));
        assert!(made("abab", &["ab", "ab"]) && !made("aba", &["ab", "ba"]) && !made("ab", &["", "b", "b"]));
        assert!(made("50% of_a", &["50%", "_", ""]) && !made("50x ofya", &["50%", "_", ""]));
    }
}
