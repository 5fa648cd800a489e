//! The tables of the catalogue: columns, keys and indexes, made from the declarations. Not for the tables around it,
//! which `migration` makes step by step.

use favo_core::catalogue::{Default, Definition, Field, FieldType, Resource, meta};
use favo_core::value::Decimal;

use crate::dialect::Kind;

/// What a text field keeps besides its text, to be found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Copy {
    /// `<name>_key`: folded.
    Key,
    /// `<name>_digits`: digits and capitals.
    Digits,
}

impl Copy {
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Key => "_key",
            Self::Digits => "_digits",
        }
    }
}

/// The copies a field keeps.
pub(crate) fn copies(field: &Field) -> impl Iterator<Item = Copy> {
    [(field.searched, Copy::Key), (field.digits, Copy::Digits)]
        .into_iter()
        .filter_map(|(kept, copy)| kept.then_some(copy))
}

/// Whether the column holds a number that can be compared, counted and summed.
pub(crate) fn is_number(field: &Field) -> bool {
    matches!(
        field.field_type,
        FieldType::Int
            | FieldType::Decimal
            | FieldType::Instant
            | FieldType::Date
            | FieldType::Enum(_)
            | FieldType::One(_)
    )
}

/// Whether the column is kept as text.
pub(crate) fn is_text(field: &Field) -> bool {
    !is_number(field) && !matches!(field.field_type, FieldType::Bool)
}

fn column_type(field: &Field) -> &'static str {
    match field.field_type {
        FieldType::Bool => "boolean",
        _ if is_number(field) => "bigint",
        _ => "text",
    }
}

/// One column with its type, and the literal that rows older than the column take.
pub(crate) struct ColumnOf {
    pub(crate) name: String,
    pub(crate) declaration: String,
    pub(crate) for_old_rows: Option<String>,
    /// For a copy: the column it is a copy of, and how.
    pub(crate) copy_of: Option<(&'static str, Copy)>,
}

/// All columns of a resource's table.
pub(crate) fn columns(kind: Kind, definition: &'static Definition) -> Vec<ColumnOf> {
    let mut columns = vec![ColumnOf {
        name: "tenant_id".to_owned(),
        declaration: "bigint not null".to_owned(),
        for_old_rows: None,
        copy_of: None,
    }];
    for (position, field) in definition.fields.iter().enumerate() {
        let not_null = if position == meta::ID.position() as usize { " not null" } else { "" };
        columns.push(ColumnOf {
            name: field.name.to_owned(),
            declaration: format!("{}{not_null}", column_type(field)),
            for_old_rows: literal(field),
            copy_of: None,
        });
        columns.extend(copies(field).map(|copy| ColumnOf {
            name: format!("{}{}", field.name, copy.suffix()),
            declaration: format!("text{}", kind.byte_order()),
            for_old_rows: None,
            copy_of: Some((field.name, copy)),
        }));
    }
    columns
}

fn literal(field: &Field) -> Option<String> {
    match (field.default, field.field_type) {
        (Default::Bool(flag), FieldType::Bool) => Some(flag.to_string()),
        (Default::Int(number), _) if is_number(field) => Some(number.to_string()),
        (Default::Units(number), FieldType::Decimal) => Some(Decimal::from_units(number).0.to_string()),
        (Default::Text(text), FieldType::Text { .. }) => Some(format!("'{}'", text.replace('\'', "''"))),
        _ => None,
    }
}

/// The statement that makes the table of a resource.
///
/// On SQLite the rows are not kept inside the primary key. Measured with 1,000,000 contacts of 800 bytes and a page cache of
/// 4 MiB: keeping them there makes a list of the newest 200 cost 0.9 times as much, but one in any other order 3.6
/// times, because wide rows leave room for few keys in the inner pages of the tree, which then do not stay in memory.
pub(crate) fn create_table(kind: Kind, definition: &'static Definition) -> String {
    let columns: Vec<String> = columns(kind, definition)
        .into_iter()
        .map(|column| format!("{} {}", column.name, column.declaration))
        .collect();
    format!("create table {} ({}, primary key (tenant_id, id))", definition.table, columns.join(", "))
}

/// The index that holds the ids of the live records and nothing else: for walking by id, counting, jumping to a page.
pub(crate) fn live_index(definition: &Definition) -> String {
    format!("ix_{}_live", definition.table)
}

/// The index by the name a record has outside of its tenant; live records only.
pub(crate) fn uuid_index(definition: &Definition) -> String {
    format!("ix_{}_uuid", definition.table)
}

/// The index by a column, then id; `None` when there is none.
pub(crate) fn index_of(definition: &Definition, field: &Field, copy: Option<Copy>) -> Option<String> {
    let exists = match copy {
        Some(Copy::Key) => field.searched,
        Some(Copy::Digits) => field.digits,
        None => field.indexed,
    };
    exists.then(|| format!("ix_{}_{}{}", definition.table, field.name, copy.map_or("", Copy::suffix)))
}

/// The name under which SQLite knows the primary key as an index.
pub(crate) fn primary_key(definition: &Definition) -> String {
    format!("sqlite_autoindex_{}_1", definition.table)
}

/// All indexes of a resource's table, by name, with the statements that make them.
pub(crate) fn indexes(kind: Kind, definition: &'static Definition) -> Vec<(String, String)> {
    let table = definition.table;
    let covered = kind.condition_in_index();
    let (live, uuid, bytes) = (live_index(definition), uuid_index(definition), kind.byte_order());
    let mut indexes = vec![
        (
            live.clone(),
            format!("create index {live} on {table} (tenant_id, id{covered}) where deleted_at is null"),
        ),
        (
            uuid.clone(),
            format!(
                "create index {uuid} on {table} (tenant_id, uuid{bytes}, id{covered}) where deleted_at is null"
            ),
        ),
    ];
    for field in definition.fields {
        for copy in [None, Some(Copy::Key), Some(Copy::Digits)] {
            if let Some(name) = index_of(definition, field, copy) {
                let statement = format!(
                    "create index {name} on {table} (tenant_id, {}{}{}, id{covered}) where deleted_at is null",
                    field.name,
                    copy.map_or("", Copy::suffix),
                    kind.nulls_first_in_index()
                );
                indexes.push((name, statement));
            }
        }
    }
    for column in across_tenants(definition.resource) {
        let name = format!("ix_{table}_{column}");
        let statement =
            format!("create unique index {name} on {table} ({column}) where {column} is not null");
        indexes.push((name, statement));
    }
    indexes
}

/// The columns with an index without tenant: what they hold says which tenant a request belongs to.
fn across_tenants(resource: Resource) -> &'static [&'static str] {
    match resource {
        Resource::Token => &["hash"],
        Resource::Client => &["client_id"],
        Resource::Session => &["access_hash", "refresh_hash"],
        _ => &[],
    }
}
