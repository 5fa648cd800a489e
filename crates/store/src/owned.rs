//! Conditions on the rows of an owned list, which is JSON in a column of its record; see [`favo_core::stored`]. No index
//! helps.

use std::borrow::Cow;
use std::fmt::Write as _;

use favo_core::catalogue::{Field, FieldType};
use favo_core::query::ItemTest;
use favo_core::{Error, Result};

use crate::condition::{ASKED_APART, Sql};
use crate::dialect::Kind;
use crate::session::Param;
use crate::stored_text;

/// Appends the condition that at least one element of a list passes a test.
pub(crate) fn any<'q>(
    sql: &mut Sql<'q>,
    alias: &str,
    list: &Field,
    inner: Option<u16>,
    test: &'q ItemTest,
) -> Result<()> {
    let column = format!("{alias}.{}", list.name);
    let of_row =
        match (list.field_type, inner) {
            (FieldType::Items(fields), Some(inner)) => Some(fields.get(inner as usize).ok_or_else(|| {
                Error::Internal(format!("the rows of {} have no field {inner}", list.name))
            })?),
            (FieldType::Texts | FieldType::Many(_), None) => None,
            _ => return Err(Error::Internal(format!("{} is no list that has such rows", list.name))),
        };
    let element = sql.alias('e');
    let value = match of_row {
        Some(field) => value_in(sql.kind, &element, field, test),
        None => plain(sql.kind, &element, list, test),
    };
    let Some(value) = value else {
        sql.push("false");
        return Ok(());
    };
    let elements = sql.kind.elements(&column, of_row.is_none());
    let _ = write!(sql.text, "exists (select 1 from {elements} {element} where ");
    match test {
        ItemTest::OneOf(numbers) => one_of(sql, &value, numbers),
        ItemTest::Between(from, to) => between(sql, &value, *from, *to),
        ItemTest::Text(test) => stored_text::passes(sql, &value, test),
        ItemTest::Present => {
            let _ = write!(sql.text, "{value} is not null");
        }
    }
    sql.push(ASKED_APART);
    sql.push(")");
    Ok(())
}

/// The value in a field of a row, in the form that a test asks for; `None` when no such value can pass it.
fn value_in(kind: Kind, row: &str, field: &Field, test: &ItemTest) -> Option<String> {
    let name = field.name;
    match (test, field.field_type) {
        (ItemTest::Text(_), FieldType::Text { .. }) | (ItemTest::Present, _) => Some(kind.text_in(row, name)),
        (ItemTest::Text(_), _) => None,
        (_, FieldType::Decimal) => Some(kind.decimal_in(row, name)),
        (_, FieldType::Bool) => Some(kind.truth_in(row, name)),
        (
            _,
            FieldType::Int | FieldType::Instant | FieldType::Date | FieldType::Enum(_) | FieldType::One(_),
        ) => Some(kind.number_in(row, name)),
        _ => None,
    }
}

/// The same of an element that is a value itself.
fn plain(kind: Kind, element: &str, list: &Field, test: &ItemTest) -> Option<String> {
    let texts = matches!(list.field_type, FieldType::Texts);
    match test {
        ItemTest::Text(_) if texts => Some(format!("{element}.value")),
        ItemTest::Present => Some(format!("{element}.value")),
        ItemTest::OneOf(_) | ItemTest::Between(..) if !texts => Some(match kind {
            Kind::Sqlite => format!("{element}.value"),
            Kind::Postgres => format!("cast({element}.value as bigint)"),
        }),
        _ => None,
    }
}

fn one_of<'q>(sql: &mut Sql<'q>, value: &str, numbers: &'q [i64]) {
    match numbers {
        [] => sql.push("false"),
        [number] => {
            let _ = write!(sql.text, "{value} = ");
            sql.bind(Param::Int(*number));
        }
        numbers => {
            sql.push(value);
            sql.bind_list(Param::Ints(Cow::Borrowed(numbers)));
        }
    }
}

fn between(sql: &mut Sql<'_>, value: &str, from: Option<i64>, to: Option<i64>) {
    if from.is_none() && to.is_none() {
        let _ = write!(sql.text, "{value} is not null");
    }
    if let Some(from) = from {
        let _ = write!(sql.text, "{value} >= ");
        sql.bind(Param::Int(from));
    }
    if let Some(to) = to {
        let joint = if from.is_some() { " and " } else { "" };
        let _ = write!(sql.text, "{joint}{value} <= ");
        sql.bind(Param::Int(to));
    }
}
