//! Queries: what a list asks for, without a word of SQL and without a wire name.

use crate::catalogue::{Resource, meta};
use crate::terms::TermKind;

/// A condition on the records of one resource.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// Every record.
    All,
    /// No record.
    Nothing,
    /// All of these hold.
    And(Vec<Filter>),
    /// At least one of these holds.
    Or(Vec<Filter>),
    /// This does not hold; a record where it is unknown counts as not holding.
    Not(Box<Filter>),
    /// The number, code, id, decimal, instant or truth value in this field is one of these.
    OneOf(u16, Vec<i64>),
    /// The number in this field lies between these, both ends included.
    Between(u16, Option<i64>, Option<i64>),
    /// There is no value in this field.
    IsNull(u16),
    /// The folded text of this `searched` field matches; the text must be folded already.
    Text(u16, TextMatch, String),
    /// The digits of this `digits` field match.
    Digits(u16, TextMatch, String),
    /// The record has an index term of this kind that matches one of the texts.
    Term(TermKind, TextMatch, Vec<String>),
    /// The record this relation points to meets the condition.
    Via(u16, Box<Filter>),
    /// The text in this field, as stored, passes the test. No index helps: for what `Text` and `Term` cannot say.
    Raw(u16, TextTest),
    /// The value of this custom field, as stored, passes the test. No index helps: a `Term` finds the records that have one.
    Custom(i64, TextTest),
    /// At least one row of this owned list, or text of this list of texts, passes the test.
    Any {
        /// The list.
        list: u16,
        /// The field of its rows; `None` for a list of texts.
        inner: Option<u16>,
        /// What one of them has to pass.
        test: ItemTest,
    },
}

/// A test of a text as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TextTest {
    /// It is one of these, by every character.
    OneOf(Vec<String>),
    /// It is this text or one above it, by code points; without the text itself when not `inclusive`.
    From {
        /// The lower end.
        text: String,
        /// Whether the end counts.
        inclusive: bool,
    },
    /// It is this text or one below it, by code points; without the text itself when not `inclusive`.
    UpTo {
        /// The upper end.
        text: String,
        /// Whether the end counts.
        inclusive: bool,
    },
    /// It matches a pattern.
    Like(Pattern),
    /// It is a decimal between these, in stored units, both ends included.
    Number(Option<i64>, Option<i64>),
    /// It begins with a date, `09/06/2026` or `2026-06-09`, between these days of the second form, both ends included.
    Day(Option<String>, Option<String>),
}

/// Texts that have to come one after the other, with anything between them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pattern {
    /// The pieces: the first begins the text, the last ends it; `["", "x", ""]` is a text that contains `x`, `["x"]` is `x` itself.
    pub pieces: Vec<String>,
    /// Case and accents do not count: the pieces are folded, and so is the text before it is compared.
    pub folded: bool,
}

/// A test of one row of an owned list. Numbers are in stored units, as in [`Filter::OneOf`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ItemTest {
    /// The number is one of these.
    OneOf(Vec<i64>),
    /// The number lies between these, both ends included.
    Between(Option<i64>, Option<i64>),
    /// The text passes the test.
    Text(TextTest),
    /// There is a value.
    Present,
}

/// How a text is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextMatch {
    /// The whole text.
    Equal,
    /// It starts with the text.
    Prefix,
    /// It contains the text.
    Contains,
    /// `*` stands for any run of characters.
    Pattern,
}

impl Filter {
    /// The conjunction of both, without needless nesting.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, one) | (one, Self::All) => one,
            (Self::Nothing, _) | (_, Self::Nothing) => Self::Nothing,
            (Self::And(mut all), Self::And(more)) => {
                all.extend(more);
                Self::And(all)
            }
            (Self::And(mut all), one) | (one, Self::And(mut all)) => {
                all.push(one);
                Self::And(all)
            }
            (one, two) => Self::And(vec![one, two]),
        }
    }

    /// The field equals this number.
    pub fn is(field: impl Into<u16>, number: i64) -> Self {
        Self::OneOf(field.into(), vec![number])
    }
}

/// The order of a list: by one field, then by id, in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Order {
    /// The relation to follow first, when the field is one of the record it points to.
    pub via: Option<u16>,
    /// The field; `meta::ID` for id alone.
    pub by: u16,
    /// Largest first.
    pub descending: bool,
}

impl Order {
    /// Newest id first.
    pub const NEWEST: Self = Self::by(meta::ID.position(), true);
    /// Oldest id first.
    pub const OLDEST: Self = Self::by(meta::ID.position(), false);

    /// By a field of the record itself.
    pub const fn by(field: u16, descending: bool) -> Self {
        Self { via: None, by: field, descending }
    }
}

/// A page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// From 1.
    pub number: u64,
    /// Rows per page.
    pub size: u32,
}

impl Page {
    /// The first rows.
    pub const fn first(size: u32) -> Self {
        Self { number: 1, size }
    }
}

/// A list: which records, in which order, which page of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Of which resource.
    pub resource: Resource,
    /// Which records.
    pub filter: Filter,
    /// In which order.
    pub order: Order,
    /// What decides between records that the order leaves equal, before the id does. A list with more than one order, or
    /// an order by a related record, pays for its deep pages by counting.
    pub then: Vec<Order>,
    /// Which page; `None` for all of them (for internal use on small sets).
    pub page: Option<Page>,
    /// Deleted records as well.
    pub with_deleted: bool,
}

impl Query {
    /// All live records of a resource, newest first.
    pub fn of(resource: Resource) -> Self {
        Self {
            resource,
            filter: Filter::All,
            order: Order::NEWEST,
            then: Vec::new(),
            page: None,
            with_deleted: false,
        }
    }

    /// The one record with this id.
    pub fn by_id(resource: Resource, id: i64) -> Self {
        Self { filter: Filter::is(meta::ID, id), page: Some(Page::first(1)), ..Self::of(resource) }
    }

    /// With this condition added.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = self.filter.and(filter);
        self
    }

    /// In this order.
    #[must_use]
    pub fn order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// This page only.
    #[must_use]
    pub fn page(mut self, page: Page) -> Self {
        self.page = Some(page);
        self
    }
}

/// One column of a projection: a field of the record, or of a record it points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Column {
    /// The relations to follow from the record, at most two; deleted records are followed too.
    pub path: [Option<u16>; 2],
    /// The field at the end.
    pub field: u16,
}

impl Column {
    /// A field of the record itself.
    pub fn own(field: impl Into<u16>) -> Self {
        Self { path: [None, None], field: field.into() }
    }

    /// A field of the record that `relation` points to.
    pub fn via(relation: impl Into<u16>, field: impl Into<u16>) -> Self {
        Self { path: [Some(relation.into()), None], field: field.into() }
    }

    /// A field two relations away.
    pub fn through(first: impl Into<u16>, second: impl Into<u16>, field: impl Into<u16>) -> Self {
        Self { path: [Some(first.into()), Some(second.into())], field: field.into() }
    }
}

/// Counts and sums over a set of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// The value of the grouping field.
    pub group: Option<i64>,
    /// How many records.
    pub count: i64,
    /// The sums asked for, in the same order, in stored units.
    pub sums: Vec<i64>,
}
