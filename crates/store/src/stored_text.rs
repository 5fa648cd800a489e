//! Tests of a text as it is stored, by every character: for what the folded copies and the terms cannot say.

use std::borrow::Cow;
use std::fmt::Write as _;

use favo_core::catalogue::{Field, FieldType};
use favo_core::query::{Pattern, TextTest};

use crate::condition::Sql;
use crate::dialect::Kind;
use crate::session::Param;

/// Appends the condition that the text in a column passes a test.
pub(crate) fn raw<'q>(sql: &mut Sql<'q>, alias: &str, field: &Field, test: &'q TextTest) {
    if matches!(field.field_type, FieldType::Text { .. }) {
        passes(sql, &format!("{alias}.{}", field.name), test);
    } else {
        sql.push("false");
    }
}

/// Appends the condition that a text passes a test. No database keeps a NUL.
pub(crate) fn passes<'q>(sql: &mut Sql<'q>, text: &str, test: &'q TextTest) {
    match test {
        TextTest::OneOf(texts) => one_of(sql, text, texts),
        TextTest::From { text: end, inclusive } => bounded(sql, text, true, end, *inclusive),
        TextTest::UpTo { text: end, inclusive } => bounded(sql, text, false, end, *inclusive),
        TextTest::Like(pattern) => like(sql, text, pattern),
        TextTest::Number(from, to) => {
            let number = sql.kind.decimal_of(text);
            ends(sql, &number, from.map(Param::Int), to.map(Param::Int));
        }
        TextTest::Day(from, to) => {
            let day = format!("({}){}", sql.kind.day_of(text), sql.kind.byte_order());
            let param = |end: &'q Option<String>| end.as_deref().map(Param::text);
            ends(sql, &day, param(from), param(to));
        }
    }
}

/// Appends the condition that a value is there and lies between these, both included.
fn ends<'q>(sql: &mut Sql<'q>, value: &str, from: Option<Param<'q>>, to: Option<Param<'q>>) {
    let _ = write!(sql.text, "({value} is not null");
    for (end, compare) in [(from, ">="), (to, "<=")] {
        if let Some(end) = end {
            let _ = write!(sql.text, " and {value} {compare} ");
            sql.bind(end);
        }
    }
    sql.push(")");
}

fn one_of<'q>(sql: &mut Sql<'q>, text: &str, texts: &'q [String]) {
    let mut possible: Vec<Cow<'q, str>> =
        texts.iter().filter(|text| !text.contains('\0')).map(|text| Cow::Borrowed(text.as_str())).collect();
    if possible.is_empty() {
        return sql.push("false");
    }
    let _ = write!(sql.text, "{text}{}", sql.kind.byte_order());
    if possible.len() == 1 {
        sql.push(" = ");
        sql.bind(Param::Text(possible.remove(0)));
    } else {
        sql.bind_list(Param::Texts(possible));
    }
}

fn bounded<'q>(sql: &mut Sql<'q>, text: &str, above: bool, end: &'q str, inclusive: bool) {
    // What comes before the first NUL comes before the whole text too, and nothing that is kept lies between them.
    let (end, inclusive) = end.split_once('\0').map_or((end, inclusive), |(possible, _)| (possible, !above));
    let compare = match (above, inclusive) {
        (true, true) => ">=",
        (true, false) => ">",
        (false, true) => "<=",
        (false, false) => "<",
    };
    let _ = write!(sql.text, "{text}{} {compare} ", sql.kind.byte_order());
    sql.bind(Param::text(end));
}

fn like<'q>(sql: &mut Sql<'q>, text: &str, pattern: &'q Pattern) {
    let pieces = &pattern.pieces;
    if pieces.is_empty() || pieces.iter().any(|piece| piece.contains('\0')) {
        return sql.push("false");
    }
    sql.params.push(match sql.kind {
        Kind::Sqlite => Param::Texts(pieces.iter().map(|piece| Cow::Borrowed(piece.as_str())).collect()),
        Kind::Postgres => Param::Text(for_like(pieces).into()),
    });
    let condition = sql.kind.made_of(text, sql.params.len(), pattern.folded);
    sql.push(&condition);
}

/// The pieces as a pattern for `like` with a backslash as its escape.
fn for_like(pieces: &[String]) -> String {
    let mut like = String::with_capacity(pieces.iter().map(String::len).sum::<usize>() + pieces.len());
    for (position, piece) in pieces.iter().enumerate() {
        if position > 0 {
            like.push('%');
        }
        for character in piece.chars() {
            if matches!(character, '%' | '_' | '\\') {
                like.push('\\');
            }
            like.push(character);
        }
    }
    like
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_escaped_for_like() {
        let pieces = ["50%", "a_b", "c\\", ""].map(str::to_owned);
        assert_eq!(for_like(&pieces), "50\\%%a\\_b%c\\\\%");
    }
}
