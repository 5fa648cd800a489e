//! Everything of a record's message that is the same for every record, rendered once before the first.

use crate::cell::Cell;
use crate::protocol::json;
use crate::protocol::published::{Choice, array_name, implied};
use crate::schema::{Schema, StreamSchema, Table, Type};
use crate::settings::Children;

/// One column on its way out.
#[derive(Debug)]
struct Field {
    at: usize,
    /// `,"name":`, the first without comma.
    named: Box<[u8]>,
    /// The same with `null` after it.
    null: Box<[u8]>,
    utc: bool,
}

/// What becomes of the rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A message each.
    Message,
    /// Elements of an array in the record's message.
    Elements,
    /// Nothing.
    Nothing,
}

/// One table.
#[derive(Debug)]
pub(super) struct TableShape {
    /// What becomes of its rows.
    pub(super) role: Role,
    /// What stands in front: of the members of a message, or of the elements of an array.
    pub(super) head: Vec<u8>,
    fields: Vec<Field>,
}

impl TableShape {
    /// Writes the members of a row, without braces.
    pub(super) fn members(&self, out: &mut Vec<u8>, row: &[Cell<'_>]) {
        for field in &self.fields {
            match row.get(field.at) {
                None | Some(Cell::Null) => out.extend_from_slice(&field.null),
                Some(cell) => {
                    out.extend_from_slice(&field.named);
                    json::cell(out, cell, field.utc);
                }
            }
        }
    }
}

/// The tables of one stream. `head` renders the begin of a message of that table, up to and including the brace that opens its data.
pub(super) fn shapes(
    schema: &Schema,
    stream: &StreamSchema,
    children: Children,
    choice: &Choice,
    head: &dyn Fn(&str) -> Vec<u8>,
) -> Vec<TableShape> {
    let main = &stream.tables[0];
    stream
        .tables
        .iter()
        .enumerate()
        .map(|(at, table)| {
            let nested = at > 0 && children == Children::Nested;
            let mut shape = TableShape { role: Role::Nothing, head: Vec::new(), fields: Vec::new() };
            if nested {
                let name = array_name(schema, stream, at);
                if choice.sends(&main.name) && choice.shows(&main.name, &name) {
                    shape.role = Role::Elements;
                    shape.head = format!(",{}:[", quoted(&name)).into_bytes();
                    shape.fields = fields(table, |position| !implied(&table.columns[position]));
                }
            } else if choice.sends(&table.name) {
                shape.role = Role::Message;
                shape.head = head(&table.name);
                shape.fields =
                    fields(table, |position| choice.shows(&table.name, &table.columns[position].name));
            }
            shape
        })
        .collect()
}

fn fields(table: &Table, shown: impl Fn(usize) -> bool) -> Vec<Field> {
    let mut fields = Vec::new();
    for (at, column) in table.columns.iter().enumerate().filter(|(at, _)| shown(*at)) {
        let comma = if fields.is_empty() { "" } else { "," };
        let named = format!("{comma}{}:", quoted(&column.name));
        let null = format!("{named}null").into_bytes().into();
        fields.push(Field { at, named: named.into_bytes().into(), null, utc: column.kind != Type::Civil });
    }
    fields
}

/// A name as a JSON string.
pub(super) fn quoted(name: &str) -> String {
    serde_json::Value::String(name.to_owned()).to_string()
}
