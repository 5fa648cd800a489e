//! A filter as it was read: groups joined by AND and OR, with the places of their parts in the text.

use std::fmt;

/// A filter; without a root it lets everything pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::totvs) struct Ast {
    /// The text it was read from: mistakes found later point into it.
    pub(super) text: Box<str>,
    /// `filter` or `Integration-Filter`.
    pub(super) source: &'static str,
    pub(super) root: Option<Node>,
}

/// Part of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// At least two.
    And(Vec<Node>),
    /// At least two.
    Or(Vec<Node>),
    Group(Group),
}

/// One `{field->operator->value}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) field: Vec<String>,
    /// The place of the field, counted in characters from 1; those of the others likewise.
    pub(super) field_at: usize,
    pub(super) operator: Operator,
    pub(super) operator_at: usize,
    /// One for most operators, two for `btw`, any number for `in` and `nin`, none for tests for null.
    pub(super) values: Vec<Literal>,
}

/// What a group does with its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Eq,
    Ieq,
    Neq,
    Like,
    Ilike,
    Gt,
    Ge,
    Lt,
    Le,
    In,
    Nin,
    Btw,
    IsNull,
    IsNotNull,
}

impl Operator {
    pub(super) const ALL: [Self; 14] = [
        Self::Eq,
        Self::Ieq,
        Self::Neq,
        Self::Like,
        Self::Ilike,
        Self::Gt,
        Self::Ge,
        Self::Lt,
        Self::Le,
        Self::In,
        Self::Nin,
        Self::Btw,
        Self::IsNull,
        Self::IsNotNull,
    ];

    /// Its word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ieq => "ieq",
            Self::Neq => "neq",
            Self::Like => "like",
            Self::Ilike => "ilike",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
            Self::In => "in",
            Self::Nin => "nin",
            Self::Btw => "btw",
            Self::IsNull => "isNull",
            Self::IsNotNull => "isNnull",
        }
    }

    /// The operator of a word in any case.
    pub(super) fn named(word: &str) -> Option<Self> {
        if word.eq_ignore_ascii_case("isNotNull") {
            return Some(Self::IsNotNull);
        }
        Self::ALL.into_iter().find(|operator| operator.word().eq_ignore_ascii_case(word))
    }
}

/// A value as written, without its quotation marks and escapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    /// The parts between percent signs that were not escaped.
    pub(super) pieces: Vec<String>,
    pub(super) at: usize,
}

impl Literal {
    /// The whole.
    pub(super) fn text(&self) -> String {
        self.pieces.join("%")
    }
}

impl Ast {
    /// What an insert takes from the filter (5.5): field and value of each group, when it is a plain conjunction of `eq` on
    /// top-level fields.
    pub(in crate::totvs) fn insert_values(&self) -> Option<Vec<(String, String)>> {
        let groups = match self.root.as_ref()? {
            Node::And(nodes) => nodes.as_slice(),
            single @ Node::Group(_) => std::slice::from_ref(single),
            Node::Or(_) => return None,
        };
        groups
            .iter()
            .map(|node| match node {
                Node::Group(Group { field, operator: Operator::Eq, values, .. }) if field.len() == 1 => {
                    Some((field[0].clone(), values.first()?.text()))
                }
                _ => None,
            })
            .collect()
    }
}

impl fmt::Display for Ast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.as_ref().map_or(Ok(()), |root| root.print(f, false))
    }
}

impl Node {
    fn print(&self, f: &mut fmt::Formatter<'_>, inside: bool) -> fmt::Result {
        let (nodes, joint) = match self {
            Self::Group(group) => return write!(f, "{group}"),
            Self::And(nodes) => (nodes, "&&"),
            Self::Or(nodes) => (nodes, "||"),
        };
        f.write_str(if inside { "(" } else { "" })?;
        for (position, node) in nodes.iter().enumerate() {
            f.write_str(if position > 0 { joint } else { "" })?;
            node.print(f, true)?;
        }
        f.write_str(if inside { ")" } else { "" })
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (position, name) in self.field.iter().enumerate() {
            f.write_str(if position > 0 { "." } else { "" })?;
            quoted(f, name, false)?;
        }
        write!(f, "->{}", self.operator.word())?;
        let brackets = matches!(self.operator, Operator::In | Operator::Nin | Operator::Btw);
        if !self.values.is_empty() {
            f.write_str(if brackets { "->[" } else { "->" })?;
        }
        for (position, value) in self.values.iter().enumerate() {
            f.write_str(if position > 0 { ",\"" } else { "\"" })?;
            for (position, piece) in value.pieces.iter().enumerate() {
                f.write_str(if position > 0 { "%" } else { "" })?;
                escaped(f, piece, true)?;
            }
            f.write_str("\"")?;
        }
        f.write_str(if brackets { "]}" } else { "}" })
    }
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str, percent: bool) -> fmt::Result {
    f.write_str("\"")?;
    escaped(f, text, percent)?;
    f.write_str("\"")
}

fn escaped(f: &mut fmt::Formatter<'_>, text: &str, percent: bool) -> fmt::Result {
    for character in text.chars() {
        if matches!(character, '"' | '\\') || (percent && character == '%') {
            f.write_str("\\")?;
        }
        write!(f, "{character}")?;
    }
    Ok(())
}
