//! Conditions as SQL: one text for both databases, values bound, the tenant bound in every table. Not for choosing an
//! index, see `plan`.

use std::borrow::Cow;
use std::fmt::Write as _;

use favo_core::catalogue::{Field, FieldType, Resource};
use favo_core::query::{Filter, TextMatch};
use favo_core::terms::TermKind;
use favo_core::transaction::TenantId;
use favo_core::{Error, Result};

use crate::dialect::Kind;
use crate::schema::{Copy, is_number};
use crate::session::Param;
use crate::{owned, stored_text};

/// The longest text that any search key or term can equal, in bytes; see [`favo_core::text::KEY_LENGTH`].
const LONGEST_KEY: usize = 1_200;

/// Ends a subselect that `exists` asks: changes nothing for either database, but SQLite would otherwise make a join of it and
/// may begin with the other table, without statistics and against the index that was named.
pub(crate) const ASKED_APART: &str = " limit 1";

/// A statement being written, with its values. `?1` is always the tenant.
#[derive(Debug)]
pub(crate) struct Sql<'q> {
    pub(crate) kind: Kind,
    pub(crate) text: String,
    pub(crate) params: Vec<Param<'q>>,
    aliases: usize,
}

impl<'q> Sql<'q> {
    pub(crate) fn new(kind: Kind, tenant: TenantId, text: &str) -> Self {
        let mut sql =
            Self { kind, text: String::with_capacity(1024), params: vec![Param::Int(tenant.0)], aliases: 0 };
        sql.push(text);
        sql
    }

    pub(crate) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Appends a parameter.
    pub(crate) fn bind(&mut self, param: Param<'q>) {
        self.params.push(param);
        let _ = write!(self.text, "?{}", self.params.len());
    }

    /// Appends the condition that what was written last is in a list.
    pub(crate) fn bind_list(&mut self, param: Param<'q>) {
        self.params.push(param);
        let text = self.kind.in_list(self.params.len());
        self.push(&text);
    }

    /// A name for one more table of the statement.
    pub(crate) fn alias(&mut self, letter: char) -> String {
        self.aliases += 1;
        format!("{letter}{}", self.aliases)
    }
}

/// What a text is compared with, brought to its simplest form.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Needle<'q> {
    /// No key can match.
    Nothing,
    Equal(&'q str),
    /// From here on, up to but without the second.
    Range(&'q str, Option<String>),
    /// The range of the part before the first `*`, and the whole as a pattern for `like`.
    Pattern(&'q str, Option<String>, String),
}

impl<'q> Needle<'q> {
    pub(crate) fn new(how: TextMatch, text: &'q str, capitals: bool) -> Self {
        if text.contains('\0') {
            return Self::Nothing;
        }
        let stars = if how == TextMatch::Pattern { text.matches('*').count() } else { 0 };
        if text.len() - stars > LONGEST_KEY {
            return Self::Nothing;
        }
        match how {
            TextMatch::Equal => Self::Equal(text),
            TextMatch::Prefix => Self::Range(text, successor(text)),
            TextMatch::Contains if text.is_empty() => Self::Range(text, None),
            TextMatch::Contains => Self::pattern("", &format!("*{}*", text.replace('*', "\0")), capitals),
            TextMatch::Pattern => match text.find('*') {
                None => Self::Equal(text),
                Some(at) if text[at..].bytes().all(|byte| byte == b'*') => {
                    Self::Range(&text[..at], successor(&text[..at]))
                }
                Some(at) => Self::pattern(&text[..at], text, capitals),
            },
        }
    }

    /// `*` is any run; NUL stands for a star meant literally.
    fn pattern(before: &'q str, text: &str, capitals: bool) -> Self {
        // SQLite's `like` ignores the case of ASCII letters. Keys never hold the other case, so such a needle has no match.
        let other_case =
            |byte: u8| if capitals { byte.is_ascii_lowercase() } else { byte.is_ascii_uppercase() };
        if text.bytes().any(other_case) {
            return Self::Nothing;
        }
        let mut like = String::with_capacity(text.len() + 8);
        for character in text.chars() {
            match character {
                '*' if like.ends_with('%') && !like.ends_with("\\%") => {}
                '*' => like.push('%'),
                '\0' => like.push('*'),
                '%' | '_' | '\\' => {
                    like.push('\\');
                    like.push(character);
                }
                _ => like.push(character),
            }
        }
        Self::Pattern(before, successor(before), like)
    }
}

/// The smallest text that is greater than every text with this prefix; `None` when there is none.
///
/// By code points, which is the order of UTF-8 bytes.
fn successor(prefix: &str) -> Option<String> {
    let mut text = prefix.to_owned();
    while let Some(last) = text.pop() {
        let next = match last {
            '\u{d7ff}' => Some('\u{e000}'),
            char::MAX => None,
            other => char::from_u32(u32::from(other) + 1),
        };
        if let Some(next) = next {
            text.push(next);
            return Some(text);
        }
    }
    None
}

/// The field behind a position in a filter.
pub(crate) fn field(resource: Resource, position: u16) -> Result<&'static Field> {
    resource
        .definition()
        .fields
        .get(position as usize)
        .ok_or_else(|| Error::Internal(format!("{} has no field {position}", resource.name())))
}

/// The resource a relation points to.
pub(crate) fn related(resource: Resource, position: u16) -> Result<Resource> {
    match field(resource, position)?.field_type {
        FieldType::One(related) => Ok(related),
        _ => Err(Error::Internal(format!(
            "{}.{} is no relation",
            resource.name(),
            field(resource, position)?.name
        ))),
    }
}

/// The search copy a text filter works on.
pub(crate) fn search_copy(resource: Resource, position: u16, copy: Copy) -> Result<&'static Field> {
    let field = field(resource, position)?;
    let kept = match copy {
        Copy::Key => field.searched,
        Copy::Digits => field.digits,
    };
    if kept {
        Ok(field)
    } else {
        Err(Error::Internal(format!("{}.{} is not searchable", resource.name(), field.name)))
    }
}

/// Appends a condition on the records named `alias`. Unknown counts as not met, also under `Not`.
pub(crate) fn condition<'q>(
    sql: &mut Sql<'q>,
    resource: Resource,
    alias: &str,
    filter: &'q Filter,
) -> Result<()> {
    match filter {
        Filter::All => sql.push("true"),
        Filter::Nothing => sql.push("false"),
        Filter::And(filters) => joined(sql, resource, alias, filters, " and ", "true")?,
        Filter::Or(filters) => joined(sql, resource, alias, filters, " or ", "false")?,
        Filter::Not(inner) => {
            sql.push("not coalesce((");
            condition(sql, resource, alias, inner)?;
            sql.push("), false)");
        }
        Filter::OneOf(position, numbers) => one_of(sql, alias, field(resource, *position)?, numbers),
        Filter::Between(position, from, to) => between(sql, alias, field(resource, *position)?, *from, *to),
        Filter::IsNull(position) => {
            let name = field(resource, *position)?.name;
            let _ = write!(sql.text, "{alias}.{name} is null");
        }
        Filter::Text(position, how, text) => {
            let field = search_copy(resource, *position, Copy::Key)?;
            matches(sql, &format!("{alias}.{}_key", field.name), *how, text, false);
        }
        Filter::Digits(position, how, text) => {
            let field = search_copy(resource, *position, Copy::Digits)?;
            matches(sql, &format!("{alias}.{}_digits", field.name), *how, text, true);
        }
        Filter::Term(kind, TextMatch::Equal, texts) => {
            // Asked per record, by the whole primary key of the terms.
            sql.push("exists (");
            let term = terms(sql, resource, *kind, TextMatch::Equal, texts, "1");
            let _ = write!(sql.text, " and {term}.record_id = {alias}.id{ASKED_APART})");
        }
        Filter::Term(kind, how, texts) => {
            // Collected once: a range of terms has no place for the record in its key.
            let _ = write!(sql.text, "{alias}.id in (");
            terms(sql, resource, *kind, *how, texts, "record_id");
            sql.push(")");
        }
        Filter::Raw(position, test) => stored_text::raw(sql, alias, field(resource, *position)?, test),
        Filter::Custom(of, test) => match resource.definition().custom {
            Some(position) => {
                let column = format!("{alias}.{}", field(resource, position)?.name);
                stored_text::passes(sql, &sql.kind.custom_in(&column, *of), test);
            }
            None => sql.push("false"),
        },
        Filter::Any { list, inner, test } => {
            owned::any(sql, alias, field(resource, *list)?, *inner, test)?;
        }
        Filter::Via(position, inner) => {
            let related = related(resource, *position)?;
            let name = field(resource, *position)?.name;
            let via = sql.alias('v');
            let _ = write!(
                sql.text,
                "exists (select 1 from {} {via} where {via}.tenant_id = ?1 and {via}.id = {alias}.{name} \
                 and {via}.deleted_at is null and ",
                related.definition().table
            );
            condition(sql, related, &via, inner)?;
            sql.push(ASKED_APART);
            sql.push(")");
        }
    }
    Ok(())
}

fn joined<'q>(
    sql: &mut Sql<'q>,
    resource: Resource,
    alias: &str,
    filters: &'q [Filter],
    joint: &str,
    empty: &str,
) -> Result<()> {
    if filters.is_empty() {
        sql.push(empty);
        return Ok(());
    }
    sql.push("(");
    for (position, filter) in filters.iter().enumerate() {
        if position > 0 {
            sql.push(joint);
        }
        condition(sql, resource, alias, filter)?;
    }
    sql.push(")");
    Ok(())
}

fn one_of<'q>(sql: &mut Sql<'q>, alias: &str, field: &Field, numbers: &'q [i64]) {
    if matches!(field.field_type, FieldType::Bool) {
        return truth(sql, alias, field, numbers.contains(&0), numbers.contains(&1));
    }
    if !is_number(field) || numbers.is_empty() {
        return sql.push("false");
    }
    let _ = write!(sql.text, "{alias}.{}", field.name);
    if let [number] = numbers {
        sql.push(" = ");
        sql.bind(Param::Int(*number));
    } else {
        sql.bind_list(Param::Ints(Cow::Borrowed(numbers)));
    }
}

fn between(sql: &mut Sql<'_>, alias: &str, field: &Field, from: Option<i64>, to: Option<i64>) {
    if matches!(field.field_type, FieldType::Bool) {
        let within = |number| from.is_none_or(|from| from <= number) && to.is_none_or(|to| number <= to);
        return truth(sql, alias, field, within(0), within(1));
    }
    if !is_number(field) {
        return sql.push("false");
    }
    let name = field.name;
    match (from, to) {
        (None, None) => {
            let _ = write!(sql.text, "{alias}.{name} is not null");
        }
        (Some(from), None) => {
            let _ = write!(sql.text, "{alias}.{name} >= ");
            sql.bind(Param::Int(from));
        }
        (None, Some(to)) => {
            let _ = write!(sql.text, "{alias}.{name} <= ");
            sql.bind(Param::Int(to));
        }
        (Some(from), Some(to)) => {
            let _ = write!(sql.text, "{alias}.{name} between ");
            sql.bind(Param::Int(from));
            sql.push(" and ");
            sql.bind(Param::Int(to));
        }
    }
}

/// A truth value compared with the numbers 0 and 1; PostgreSQL does not compare it with numbers by itself.
fn truth(sql: &mut Sql<'_>, alias: &str, field: &Field, no: bool, yes: bool) {
    let name = field.name;
    match (no, yes) {
        (false, false) => sql.push("false"),
        (true, true) => {
            let _ = write!(sql.text, "{alias}.{name} is not null");
        }
        (_, yes) => {
            let _ = write!(sql.text, "{alias}.{name} = ");
            sql.bind(Param::Bool(yes));
        }
    }
}

fn matches<'q>(sql: &mut Sql<'q>, column: &str, how: TextMatch, text: &'q str, capitals: bool) {
    let range = |sql: &mut Sql<'q>, from: &'q str, to: Option<String>| {
        let _ = write!(sql.text, "{column} >= ");
        sql.bind(Param::text(from));
        if let Some(to) = to {
            let _ = write!(sql.text, " and {column} < ");
            sql.bind(Param::Text(to.into()));
        }
    };
    match Needle::new(how, text, capitals) {
        Needle::Nothing => sql.push("false"),
        Needle::Equal(text) => {
            let _ = write!(sql.text, "{column} = ");
            sql.bind(Param::text(text));
        }
        Needle::Range(from, to) => {
            sql.push("(");
            range(sql, from, to);
            sql.push(")");
        }
        Needle::Pattern(before, after, like) => {
            sql.push("(");
            if !before.is_empty() {
                range(sql, before, after);
                sql.push(" and ");
            }
            let _ = write!(sql.text, "{column} like ");
            sql.bind(Param::Text(like.into()));
            sql.push(" escape '\\')");
        }
    }
}

/// Appends a select over the terms that match, without its closing parenthesis, and answers with its alias.
pub(crate) fn terms<'q>(
    sql: &mut Sql<'q>,
    resource: Resource,
    kind: TermKind,
    how: TextMatch,
    texts: &'q [String],
    what: &str,
) -> String {
    let term = sql.alias('m');
    let prefix = if what == "1" { String::new() } else { format!("{term}.") };
    let _ = write!(sql.text, "select {prefix}{what} from term {term} where ");
    term_condition(sql, &term, resource, kind, how, texts);
    term
}

/// Appends the condition that a row of the terms table matches.
pub(crate) fn term_condition<'q>(
    sql: &mut Sql<'q>,
    term: &str,
    resource: Resource,
    kind: TermKind,
    how: TextMatch,
    texts: &'q [String],
) {
    let _ = write!(
        sql.text,
        "{term}.tenant_id = ?1 and {term}.resource = {} and {term}.kind = {} and ",
        resource.number(),
        kind as i64
    );
    let column = format!("{term}.term");
    match (how, texts) {
        (_, []) => sql.push("false"),
        (_, [text]) => matches(sql, &column, how, text, false),
        (TextMatch::Equal, texts) => {
            sql.push(&column);
            let texts =
                texts.iter().filter(|text| !text.contains('\0')).map(|text| Cow::Borrowed(text.as_str()));
            sql.bind_list(Param::Texts(texts.collect()));
        }
        (how, texts) => {
            sql.push("(");
            for (position, text) in texts.iter().enumerate() {
                if position > 0 {
                    sql.push(" or ");
                }
                matches(sql, &column, how, text, false);
            }
            sql.push(")");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_before_its_successor() {
        assert_eq!(successor("abc").as_deref(), Some("abd"));
        assert_eq!(successor("a\u{d7ff}").as_deref(), Some("a\u{e000}"));
        assert_eq!(successor("a\u{10ffff}\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(successor("\u{10ffff}"), None);
        assert_eq!(successor(""), None);
    }

    #[test]
    fn patterns_take_their_simplest_form() {
        let needle = |text| Needle::new(TextMatch::Pattern, text, false);
        assert_eq!(needle("abc"), Needle::Equal("abc"));
        assert_eq!(needle("abc**"), Needle::Range("abc", Some("abd".to_owned())));
        assert_eq!(needle("a%c*d"), Needle::Pattern("a%c", Some("a%d".to_owned()), "a\\%c%d".to_owned()));
        assert_eq!(needle("50%***x"), Needle::Pattern("50%", Some("50&".to_owned()), "50\\%%x".to_owned()));
        assert_eq!(needle("A*b"), Needle::Nothing);
        assert_eq!(needle("a\0*"), Needle::Nothing);
        let contains = |text| Needle::new(TextMatch::Contains, text, false);
        assert_eq!(contains("a*b"), Needle::Pattern("", None, "%a*b%".to_owned()));
        assert_eq!(contains(""), Needle::Range("", None));
    }
}
