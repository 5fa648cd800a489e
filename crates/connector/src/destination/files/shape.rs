//! How a table's files are laid out: the columns of every file, and where a row of this run has the value for each.

use super::manifest::TableState;
use crate::schema::{Origin, Table, Type};
use crate::{Error, Result};

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileColumn {
    pub(super) name: String,
    pub(super) kind: Type,
}

/// One table as files have it.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    /// Full name.
    pub(super) name: String,
    /// The columns of every file: those that files had before, then new ones.
    pub(super) columns: Vec<FileColumn>,
    /// For each of them its position in a row of this run; none for a column that is not selected now.
    pub(super) from: Vec<Option<usize>>,
    /// Cells of a row of this run.
    pub(super) width: usize,
    /// Positions in `columns`: id of the record.
    pub(super) owner: usize,
    /// Mark of deletion.
    pub(super) deleted: Option<usize>,
    /// Run that wrote the row.
    pub(super) run: Option<usize>,
    /// Whether the files of before lack a column that is there now.
    pub(super) grown: bool,
}

const KINDS: [(Type, &str); 9] = [
    (Type::BigInt, "bigint"),
    (Type::Double, "double"),
    (Type::Numeric, "decimal(20,6)"),
    (Type::Text, "text"),
    (Type::Boolean, "boolean"),
    (Type::Instant, "timestamp utc"),
    (Type::Civil, "timestamp"),
    (Type::Json, "json"),
    (Type::Hash, "hash"),
];

/// How the manifest spells a type.
fn spelled(kind: Type) -> &'static str {
    KINDS.iter().find(|(one, _)| *one == kind).map_or("", |(_, name)| name)
}

impl Shape {
    /// The table's files, given what those of before have. A column that would change its type is refused.
    pub(super) fn new(table: &Table, before: Option<&TableState>) -> Result<Self> {
        let mut columns = Vec::with_capacity(table.columns.len());
        for (name, kind) in before.map_or(&[][..], |state| &state.columns) {
            let kind = KINDS.iter().find(|(_, spelling)| spelling == kind).map(|(kind, _)| *kind).ok_or_else(|| {
                Error::Destination(format!(
                    "the files of {} have a column {name} of the unknown type {kind}; a newer version of this program wrote them, use that one",
                    table.name
                ))
            })?;
            columns.push(FileColumn { name: name.clone(), kind });
        }
        let there = columns.len();
        for column in &table.columns {
            match columns.iter().find(|one| one.name == column.name) {
                Some(one) if one.kind != column.kind => {
                    return Err(Error::Destination(format!(
                        "the column {} of {} is {} in the files that are there and should be {}; \
                         choose another directory, or remove this one and load anew",
                        column.name,
                        table.name,
                        spelled(one.kind),
                        spelled(column.kind)
                    )));
                }
                Some(_) => {}
                None => columns.push(FileColumn { name: column.name.clone(), kind: column.kind }),
            }
        }
        let from = columns.iter().map(|column| table.position(&column.name)).collect();
        let at = |position: Option<usize>| {
            let name = &table.columns[position?].name;
            columns.iter().position(|column| column.name == *name)
        };
        Ok(Self {
            name: table.name.clone(),
            width: table.columns.len(),
            owner: at(Some(table.owner)).unwrap_or(0),
            deleted: at(table.position_of(&Origin::DeletedAt)),
            run: at(table.position_of(&Origin::RunId)),
            grown: before.is_some() && columns.len() > there,
            from,
            columns,
        })
    }

    /// What the manifest says of it.
    pub(super) fn state(&self, empty: Option<String>) -> TableState {
        TableState {
            name: self.name.clone(),
            columns: self
                .columns
                .iter()
                .map(|column| (column.name.clone(), spelled(column.kind).to_owned()))
                .collect(),
            empty,
        }
    }
}

/// What has to happen to the rows of one record when its segment is written anew.
#[derive(Debug, Clone, Default)]
pub(super) struct Edit {
    /// Rows before that position in their file go away, by table; `u64::MAX` for all.
    pub(super) dead_before: Option<Box<[u64]>>,
    /// The rows that stay are marked deleted.
    pub(super) mark: Option<Mark>,
}

/// A mark of deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// Moment, micros since 1970 UTC.
    pub(super) at: i64,
    /// The same as `Type::Civil`.
    pub(super) civil: i64,
    /// Run that sets it.
    pub(super) run: i64,
}

impl Mark {
    /// The moment as a column of that type holds it.
    pub(super) fn moment(&self, kind: Type) -> i64 {
        if kind == Type::Civil { self.civil } else { self.at }
    }
}

impl Edit {
    /// Whether a row at that position of that table goes away.
    pub(super) fn kills(&self, table: usize, position: u64) -> bool {
        self.dead_before.as_ref().is_some_and(|dead| dead.get(table).is_none_or(|&before| position < before))
    }
}

/// What came of writing a file anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rewritten {
    /// None of its rows was concerned; the old file stays.
    Untouched,
    /// A new file has so many rows; with 0 there is none.
    Rows(u64),
}
