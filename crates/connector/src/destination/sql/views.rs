//! Views over the tables of the layout `exact`: the seed's tables as they were, and a wide table with a column for each custom field.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use xxhash_rust::xxh3::xxh3_64;

use super::{Dialect, Session, clock, fit, literal, quoted};
use crate::Result;
use crate::destination::CustomField;
use crate::schema::{CustomPart, Layout, Origin, Rows, Schema, StreamSchema, Table, Type};
use crate::tables::Kind;

/// A view.
#[derive(Debug)]
pub(in crate::destination) struct View {
    /// Name, quoted and qualified as far as needed.
    name: String,
    /// Name as the database's own tables have it.
    pub bare: String,
    /// The query.
    query: String,
}

impl View {
    /// A view in a schema of its own, or where the tables are.
    pub(in crate::destination) fn new(schema: Option<&str>, bare: &str, query: String) -> Self {
        let name = quoted(bare);
        Self {
            name: schema.map_or_else(|| name.clone(), |schema| format!("{}.{name}", quoted(schema))),
            bare: fit(bare).into_owned(),
            query,
        }
    }

    /// What tells this view from an older one: PostgreSQL keeps views in a spelling of its own, so the comment carries a hash of ours.
    fn mark(&self) -> String {
        format!("favo sync {:016x}", xxh3_64(self.query.as_bytes()))
    }

    /// The statement as SQLite keeps it.
    fn sqlite(&self) -> String {
        format!("CREATE VIEW {} as {}", self.name, self.query)
    }

    /// Whether the view with that mark (see [`View::bring`]) was made by this program, now or by an earlier version.
    pub(in crate::destination) fn is_ours(&self, dialect: Dialect, mark: &str) -> bool {
        match dialect {
            Dialect::Sqlite => mark.starts_with(&format!("CREATE VIEW {} as ", self.name)),
            Dialect::Postgres => mark.starts_with("favo sync "),
        }
    }

    /// Makes the view what it should be. `there` is the mark of the one that exists (its text in SQLite).
    pub(in crate::destination) fn bring(
        &self,
        session: &mut impl Session,
        there: Option<&str>,
    ) -> Result<()> {
        let wanted = match session.dialect() {
            Dialect::Sqlite => self.sqlite(),
            Dialect::Postgres => self.mark(),
        };
        if there == Some(wanted.as_str()) {
            return Ok(());
        }
        session.run(&format!("drop view if exists {}", self.name))?;
        session.run(&format!("create view {} as {}", self.name, self.query))?;
        if session.dialect() == Dialect::Postgres {
            session.run(&format!("comment on view {} is {}", self.name, literal(&wanted)))?;
        }
        Ok(())
    }
}

/// The seed's tables as views: its names, order and types, live rows only. `place` is the schema they stand in in PostgreSQL; in SQLite `kondado_` stands before the name.
pub(in crate::destination) fn compat(schema: &Schema, dialect: Dialect, place: &str) -> Vec<View> {
    if schema.layout != Layout::Exact {
        return Vec::new();
    }
    let zone = TimeZone::get(&schema.zone).unwrap_or(TimeZone::UTC);
    let deleted = quoted(&schema.own("deleted_at"));
    let mut views = Vec::new();
    for stream in &schema.streams {
        for (seed, table) in stream.stream.tables.iter().zip(&stream.tables) {
            let columns: Vec<String> = seed
                .columns
                .iter()
                .map(|column| {
                    let value = seed_value(table, column.name, column.kind, dialect, &schema.zone, &zone);
                    format!("{value} as {}", quoted(column.name))
                })
                .collect();
            let query =
                format!("select {} from {} where {deleted} is null", columns.join(", "), quoted(&table.name));
            views.push(match dialect {
                Dialect::Sqlite => View::new(None, &format!("kondado_{}", table.name), query),
                Dialect::Postgres => View::new(Some(place), &table.name, query),
            });
        }
    }
    views
}

fn seed_value(
    table: &Table,
    name: &str,
    kind: Kind,
    dialect: Dialect,
    zone_name: &str,
    zone: &TimeZone,
) -> String {
    let (double, none) = match dialect {
        Dialect::Sqlite => ("real", "null".to_owned()),
        Dialect::Postgres => {
            let of = match kind {
                Kind::Integer | Kind::Decimal | Kind::Document => "double precision",
                Kind::Text => "text",
                Kind::Flag => "boolean",
                Kind::Instant => "timestamp",
            };
            ("double precision", format!("null::{of}"))
        }
    };
    let Some(at) = table.position(name) else { return none };
    let column = quoted(name);
    match (kind, table.columns[at].kind) {
        (Kind::Integer | Kind::Decimal, Type::BigInt | Type::Numeric) => {
            format!("cast({column} as {double})")
        }
        // A hash stands where the text stood.
        (Kind::Document, _) if table.columns[at].mask.is_some() => none,
        (Kind::Document, Type::Text) => match dialect {
            Dialect::Postgres => format!(
                "case when {column} ~ '^[0-9./ -]+$' and length({column}) <= 300 then nullif(regexp_replace({column}, '[^0-9]', '', 'g'), '')::{double} end"
            ),
            Dialect::Sqlite => format!(
                "case when {column} not glob '*[^0-9./ -]*' then \
                 cast(nullif(replace(replace(replace(replace({column}, '.', ''), '/', ''), '-', ''), ' ', ''), '') as {double}) end"
            ),
        },
        (Kind::Instant, Type::Instant) => match dialect {
            Dialect::Postgres => format!("{column} at time zone {}", literal(zone_name)),
            Dialect::Sqlite => sqlite_wall_clock(&column, zone),
        },
        (Kind::Text, Type::Text) | (Kind::Flag, Type::Boolean) => column,
        _ => none,
    }
}

/// SQLite knows no zones: the transitions of this one since 1985, newest last, as conditions. Older moments take the offset of that year.
fn sqlite_wall_clock(column: &str, zone: &TimeZone) -> String {
    let (start, end) = (Timestamp::from_second(473_385_600), Timestamp::from_second(2_524_608_000));
    let (Ok(start), Ok(end)) = (start, end) else { return column.to_owned() };
    let offset = |seconds: i32| {
        let sign = if seconds < 0 { '-' } else { '+' };
        format!("'{sign}{:02}:{:02}'", seconds.abs() / 3600, seconds.abs() / 60 % 60)
    };
    let mut current = zone.to_offset(start).seconds();
    let mut cases = String::new();
    for transition in zone.following(start).take_while(|one| one.timestamp() < end) {
        let until = clock::instant_text(transition.timestamp().as_microsecond());
        let _ = write!(cases, " when {column} < '{until}' then {}", offset(current));
        current = transition.offset().seconds();
    }
    let last = offset(current);
    let shift = if cases.is_empty() { last } else { format!("case{cases} else {last} end") };
    format!("strftime('%Y-%m-%d %H:%M:%f', {column}, {shift})")
}

/// The wide view of a stream: the main table's columns and one column for each custom field, found by the id of its definition, so that a renamed field renames a
/// column and loses nothing. None when the stream has no table of custom fields.
pub(in crate::destination) fn wide(stream: &StreamSchema, fields: &[CustomField]) -> Option<View> {
    let long = stream.tables.iter().find(|table| table.rows == Rows::CustomFields)?;
    let main = stream.tables.first()?;
    let part = |part| long.position_of(&Origin::CustomField(part)).map(|at| quoted(&long.columns[at].name));
    let field_id = part(CustomPart::Id)?;
    let owner = quoted(&long.columns[long.owner].name);
    let id = quoted(&main.columns[main.owner].name);
    let mut taken: BTreeSet<String> =
        main.columns.iter().map(|column| fit(&column.name).into_owned()).collect();
    let mut query = String::from("select ");
    for (at, column) in main.columns.iter().enumerate() {
        let _ = write!(query, "{}m.{}", if at == 0 { "" } else { ", " }, quoted(&column.name));
    }
    let mut sorted: Vec<&CustomField> = fields.iter().collect();
    sorted.sort_by_key(|field| field.id);
    sorted.dedup_by_key(|field| field.id);
    for field in sorted {
        let value = match field.kind {
            0 | 3 | 9 | 12 => CustomPart::Number,
            2 => CustomPart::Date,
            4 => CustomPart::Flag,
            _ => CustomPart::Text,
        };
        // A masked or excluded part leaves the text, and without that there is nothing to show.
        let Some(value) = part(value).or_else(|| part(CustomPart::Text)) else { continue };
        let mut name = fit(&format!("cp_{}", spelled(&field.alias))).into_owned();
        if !taken.insert(name.clone()) {
            let number = format!("_{}", field.id);
            let mut end = name.len().min(63 - number.len());
            while !name.is_char_boundary(end) {
                end -= 1;
            }
            name.truncate(end);
            name.push_str(&number);
            taken.insert(name.clone());
        }
        let _ = write!(
            query,
            ", (select c.{value} from {} c where c.{owner} = m.{id} and c.{field_id} = {} limit 1) as {}",
            quoted(&long.name),
            field.id,
            quoted(&name)
        );
    }
    let _ = write!(query, " from {} m", quoted(&main.name));
    Some(View::new(None, &format!("{}_wide", main.name), query))
}

/// An alias as part of a column's name: lower case, what is neither letter nor digit becomes `_`.
fn spelled(alias: &str) -> String {
    alias
        .chars()
        .flat_map(char::to_lowercase)
        .map(|letter| if letter.is_alphanumeric() { letter } else { '_' })
        .collect()
}
