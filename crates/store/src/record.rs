//! Whole records: their columns, how they are written and read back, and their index terms.

use std::fmt::Write as _;
use std::sync::OnceLock;

use favo_core::catalogue::{Field, FieldType, Resource, meta};
use favo_core::query::Column;
use favo_core::record::Record;
use favo_core::terms::{self, TermKind};
use favo_core::transaction::{Row, TenantId};
use favo_core::value::{Decimal, Instant, Value};
use favo_core::{Error, Result, stored};

use crate::migration::copied;
use crate::schema::copies;
use crate::session::{Param, Session};

/// What is the same for every record of a resource.
struct Form {
    insert: String,
    columns: Vec<Column>,
}

fn form(resource: Resource) -> &'static Form {
    static FORMS: OnceLock<Vec<Form>> = OnceLock::new();
    let forms = FORMS.get_or_init(|| {
        Resource::ALL
            .iter()
            .map(|resource| {
                let definition = resource.definition();
                let mut names = String::from("tenant_id, ");
                let mut values = String::from("?1");
                let mut number = 1;
                for field in definition.fields {
                    for suffix in std::iter::once("").chain(copies(field).map(crate::schema::Copy::suffix)) {
                        number += 1;
                        let comma = if number == 2 { "" } else { ", " };
                        let _ = write!(names, "{comma}{}{suffix}", field.name);
                        let _ = write!(values, ", ?{number}");
                    }
                }
                Form {
                    insert: format!("insert into {} ({names}) values ({values})", definition.table),
                    columns: (0..definition.fields.len())
                        .map(|position| Column::own(position as u16))
                        .collect(),
                }
            })
            .collect()
    });
    &forms[resource as usize]
}

/// The columns of a whole record, in the order of its fields.
pub(crate) fn columns(resource: Resource) -> &'static [Column] {
    &form(resource).columns
}

/// A record from a row with [`columns`].
pub(crate) fn read(resource: Resource, row: &dyn Row) -> Record {
    let fields = resource.definition().fields;
    let values = fields.iter().enumerate().map(|(column, field)| read_value(field, row, column)).collect();
    Record::from_values(resource, values)
}

fn read_value(field: &Field, row: &dyn Row, column: usize) -> Value {
    match field.field_type {
        FieldType::Bool => row.bool(column).map_or(Value::Null, Value::Bool),
        FieldType::Decimal => row.int(column).map_or(Value::Null, |number| Value::Decimal(Decimal(number))),
        FieldType::Instant => row.int(column).map_or(Value::Null, |number| Value::Instant(Instant(number))),
        FieldType::Int | FieldType::Date | FieldType::Enum(_) | FieldType::One(_) => {
            row.int(column).map_or(Value::Null, Value::Int)
        }
        FieldType::Text { .. } => row.text(column).map_or(Value::Null, |text| Value::Text(text.to_owned())),
        _ => stored::decode(field, row.text(column)),
    }
}

/// A value as it is bound to its column.
fn param<'v>(field: &Field, value: &'v Value) -> Param<'v> {
    match value {
        Value::Null => Param::Null,
        Value::Bool(flag) => Param::Bool(*flag),
        Value::Int(number) | Value::Decimal(Decimal(number)) | Value::Instant(Instant(number)) => {
            Param::Int(*number)
        }
        Value::Text(text) => Param::text(text),
        _ => stored::encode(field, value)
            .map_or(Param::Null, |text| Param::Text(without_escaped_nul(text).into())),
    }
}

/// Lists without the NUL characters of their texts: PostgreSQL would not look into a list that has one.
fn without_escaped_nul(json: String) -> String {
    const NUL: &str = "\\u0000";
    if !json.contains(NUL) {
        return json;
    }
    let mut kept = String::with_capacity(json.len());
    let mut rest = json.as_str();
    while let Some(at) = rest.find('\\') {
        kept.push_str(&rest[..at]);
        rest = &rest[at..];
        // After a backslash comes one ASCII character that belongs to it.
        let (escape, length) = if rest.starts_with(NUL) { ("", NUL.len()) } else { (&rest[..2], 2) };
        kept.push_str(escape);
        rest = &rest[length..];
    }
    kept.push_str(rest);
    kept
}

/// A value and its search copies, in the order of the columns.
fn params<'v>(field: &Field, value: &'v Value) -> impl Iterator<Item = Param<'v>> {
    let copies = copies(field).map(move |copy| match value {
        Value::Text(text) => Param::Text(copied(copy, text).into()),
        _ => Param::Null,
    });
    std::iter::once(param(field, value)).chain(copies)
}

/// Stores a new record with its terms.
pub(crate) fn insert(session: &mut Session<'_>, tenant: TenantId, record: &Record) -> Result<()> {
    let fields = record.resource().definition().fields;
    let mut bound = Vec::with_capacity(fields.len() + 8);
    bound.push(Param::Int(tenant.0));
    for (field, value) in fields.iter().zip(record.values()) {
        bound.extend(params(field, value));
    }
    session.execute(&form(record.resource()).insert, &bound)?;
    for (kind, term) in terms::of(record) {
        add_term(session, tenant, record, kind, &term)?;
    }
    Ok(())
}

/// Replaces a record: the columns that differ, so that only their indexes are touched, and the terms that differ.
pub(crate) fn update(
    session: &mut Session<'_>,
    tenant: TenantId,
    before: &Record,
    after: &Record,
) -> Result<()> {
    let definition = after.resource().definition();
    let mut sql = format!("update {} set version = ?4", definition.table);
    let expected = Param::number(before.get(meta::VERSION));
    let mut bound = vec![
        Param::Int(tenant.0),
        Param::Int(before.id()),
        expected,
        Param::number(after.get(meta::VERSION)),
    ];
    for (position, field) in definition.fields.iter().enumerate() {
        let position = position as u16;
        if position == meta::VERSION.position() || position == meta::ID.position() {
            continue;
        }
        if before.at(position) != after.at(position) {
            set(&mut sql, &mut bound, field, after.at(position));
        }
    }
    sql.push_str(" where tenant_id = ?1 and id = ?2 and version = ?3");
    if session.execute(&sql, &bound)? == 0 {
        return Err(Error::Conflict);
    }
    let (old, new) = (terms::of(before), terms::of(after));
    for (kind, term) in old.iter().filter(|term| !new.contains(term)) {
        session.execute(
            "delete from term where tenant_id = ?1 and resource = ?2 and kind = ?3 and term = ?4 and record_id = ?5",
            &term_params(tenant, after, *kind, term),
        )?;
    }
    for (kind, term) in new.iter().filter(|term| !old.contains(term)) {
        add_term(session, tenant, after, *kind, term)?;
    }
    Ok(())
}

/// Appends the assignment of a column and its search copies.
fn set<'v>(sql: &mut String, bound: &mut Vec<Param<'v>>, field: &Field, value: &'v Value) {
    let suffixes = std::iter::once("").chain(copies(field).map(crate::schema::Copy::suffix));
    for (suffix, param) in suffixes.zip(params(field, value)) {
        bound.push(param);
        let _ = write!(sql, ", {}{suffix} = ?{}", field.name, bound.len());
    }
}

/// Replaces one field of a record that may be gone: then there is nothing to keep up.
pub(crate) fn assign(
    session: &mut Session<'_>,
    tenant: TenantId,
    resource: Resource,
    id: i64,
    field: u16,
    value: &Value,
) -> Result<()> {
    let definition = resource.definition();
    let mut columns = String::new();
    let mut bound = vec![Param::Int(tenant.0), Param::Int(id)];
    set(&mut columns, &mut bound, definition.field(field), value);
    let sql = format!(
        "update {} set {} where tenant_id = ?1 and id = ?2",
        definition.table,
        columns.trim_start_matches(", ")
    );
    session.execute(&sql, &bound).map(|_| ())
}

fn add_term(
    session: &mut Session<'_>,
    tenant: TenantId,
    record: &Record,
    kind: TermKind,
    term: &str,
) -> Result<()> {
    session
        .execute(
            "insert into term (tenant_id, resource, kind, term, record_id) values (?1, ?2, ?3, ?4, ?5) \
             on conflict do nothing",
            &term_params(tenant, record, kind, term),
        )
        .map(|_| ())
}

fn term_params<'t>(tenant: TenantId, record: &Record, kind: TermKind, term: &'t str) -> [Param<'t>; 5] {
    [
        Param::Int(tenant.0),
        Param::Int(record.resource().number()),
        Param::Int(kind as i64),
        Param::text(term),
        Param::Int(record.id()),
    ]
}
