//! The order of a list and the part of it that one statement follows: where it starts and how far it goes. Not for which
//! records match.

use std::fmt::Write as _;

use favo_core::Result;
use favo_core::catalogue::meta;
use favo_core::query::Query;
use favo_core::transaction::Row;

use crate::condition::{Sql, field};
use crate::continuation::{OrderValue, Place};
use crate::schema::{Copy, is_text};
use crate::session::Param;

/// What is ordered by besides the id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ordering {
    /// Column name and suffix of its search copy; `None` for the id alone.
    pub(crate) column: Option<(&'static str, &'static str)>,
    pub(crate) text: bool,
    pub(crate) descending: bool,
}

impl Ordering {
    /// By id alone, upwards.
    pub(crate) const BY_ID: Self = Self { column: None, text: false, descending: false };

    pub(crate) fn of(query: &Query) -> Result<Self> {
        let field = field(query.resource, query.order.by)?;
        let suffix = if field.searched { Copy::Key.suffix() } else { "" };
        let column = (query.order.by != meta::ID.position()).then_some((field.name, suffix));
        Ok(Self { column, text: is_text(field), descending: query.order.descending })
    }

    /// Appends `order by`; rows without value come first, or last when descending.
    pub(crate) fn push(self, sql: &mut Sql<'_>, alias: &str, id: &str) {
        let (way, nulls) = if self.descending { ("desc", "last") } else { ("asc", "first") };
        sql.push(" order by ");
        if let Some((name, suffix)) = self.column {
            // Columns without a copy have the order of their database; bytes are the order of both.
            let bytes = if self.text && suffix.is_empty() { sql.kind.byte_order() } else { "" };
            let _ = write!(sql.text, "{alias}.{name}{suffix}{bytes} {way} nulls {nulls}, ");
        }
        let _ = write!(sql.text, "{id} {way}");
    }

    /// Appends the value that is ordered by, and the id: what a [`Place`] is read from.
    pub(crate) fn push_place(self, sql: &mut Sql<'_>, alias: &str, id: &str) {
        match self.column {
            Some((name, suffix)) => {
                let _ = write!(sql.text, "{alias}.{name}{suffix}, {id}");
            }
            None => {
                let _ = write!(sql.text, "{id}, {id}");
            }
        }
    }

    pub(crate) fn place(self, row: &dyn Row, column: usize) -> Place {
        let value = match self.column {
            None => OrderValue::Null,
            Some(_) if self.text => {
                row.text(column).map_or(OrderValue::Null, |text| OrderValue::Text(text.to_owned()))
            }
            Some(_) => row.int(column).map_or(OrderValue::Null, OrderValue::Int),
        };
        Place { value, id: row.int(column + 1).unwrap_or(0) }
    }
}

/// A stretch of the order: one statement can follow it along an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stretch {
    Whole,
    /// Rows with a value.
    Values,
    /// Rows without.
    Nulls,
}

/// Where a statement starts and ends.
#[derive(Debug, Clone)]
pub(crate) struct Reach {
    pub(crate) stretch: Stretch,
    pub(crate) from: Option<Place>,
    /// Whether the row at `from` is the first, or was the last.
    pub(crate) inclusive: bool,
    /// Ids a walk does not go past: lower or upper end by direction.
    pub(crate) until: Option<i64>,
}

impl Reach {
    pub(crate) const WHOLE: Self =
        Self { stretch: Stretch::Whole, from: None, inclusive: false, until: None };

    /// The stretches from a place to the end of the order.
    pub(crate) fn from_place(ordering: Ordering, place: &Place, inclusive: bool) -> Vec<Self> {
        let start = |stretch| Self { stretch, from: Some(place.clone()), inclusive, until: None };
        let rest = |stretch| Self { stretch, ..Self::WHOLE };
        match (ordering.column, &place.value, ordering.descending) {
            (None, ..) => vec![start(Stretch::Whole)],
            (_, OrderValue::Null, true) => vec![start(Stretch::Nulls)],
            (_, OrderValue::Null, false) => vec![start(Stretch::Nulls), rest(Stretch::Values)],
            (_, _, true) => vec![start(Stretch::Values), rest(Stretch::Nulls)],
            (_, _, false) => vec![start(Stretch::Values)],
        }
    }

    pub(crate) fn push(&self, sql: &mut Sql<'_>, ordering: Ordering, alias: &str, id: &str) {
        let compare = match (ordering.descending, self.inclusive) {
            (true, true) => "<=",
            (true, false) => "<",
            (false, true) => ">=",
            (false, false) => ">",
        };
        match (self.stretch, ordering.column, &self.from) {
            (Stretch::Whole, None, Some(place)) => {
                let _ = write!(sql.text, " and {id} {compare} ");
                sql.bind(Param::Int(place.id));
            }
            (Stretch::Values, Some((name, suffix)), Some(place)) => {
                let bytes = if ordering.text && suffix.is_empty() { sql.kind.byte_order() } else { "" };
                let _ = write!(sql.text, " and ({alias}.{name}{suffix}{bytes}, {id}) {compare} (");
                sql.bind(match &place.value {
                    OrderValue::Null => Param::Null,
                    OrderValue::Int(number) => Param::Int(*number),
                    OrderValue::Text(text) => Param::Text(text.clone().into()),
                });
                sql.push(", ");
                sql.bind(Param::Int(place.id));
                sql.push(")");
            }
            (Stretch::Values, Some((name, suffix)), None) => {
                let _ = write!(sql.text, " and {alias}.{name}{suffix} is not null");
            }
            (Stretch::Nulls, Some((name, suffix)), from) => {
                let _ = write!(sql.text, " and {alias}.{name}{suffix} is null");
                if let Some(place) = from {
                    let _ = write!(sql.text, " and {id} {compare} ");
                    sql.bind(Param::Int(place.id));
                }
            }
            _ => {}
        }
        if let Some(until) = self.until {
            let _ = write!(sql.text, " and {id} {} ", if ordering.descending { ">=" } else { "<=" });
            sql.bind(Param::Int(until));
        }
    }
}
