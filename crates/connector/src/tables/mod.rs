//! The table catalogue: eight streams, sixteen tables, 377 columns, with the names and the order of the seed.
//!
//! It says what a table holds and where in a record each value stands; how a layout spells types, and which columns the program adds
//! of its own, is `schema`'s business. Source: `spec/nectar.md` appendix A, `spec/warehouse_tables.json`.

mod compromissos;
mod contatos;
mod oportunidades;
mod pipelines;
mod produtos;
mod propostas;
mod qualificacoes;
mod streams;
mod tarefas;

pub use streams::{Reading, STREAMS, Stream, stream};

/// What a column holds, whatever the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An id, a counter or a code: a whole number. `float` in the seed.
    Integer,
    /// Money, a quantity or a share: an exact decimal. `float` in the seed.
    Decimal,
    /// A tax number: text here, `float` in the seed (leading zeros and letters are lost there).
    Document,
    /// Text; an array or object that lands here is kept as compact JSON.
    Text,
    /// True or false.
    Flag,
    /// A moment.
    Instant,
}

/// One column of the seed.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Name in the warehouse.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Dotted path in the record, or in the element when the table explodes an array; `^` in front: in the record that owns the element.
    pub path: &'static str,
    /// Older or second spelling, read when `path` is absent or null.
    pub fallback: Option<&'static str>,
    /// What it means, in English.
    pub description: &'static str,
    /// The table (its main `id`) this column points to.
    pub references: Option<&'static str>,
}

/// One table of the seed, without the prefix `nectarcrm_`.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Name without prefix.
    pub name: &'static str,
    /// Title in the seed.
    pub title: &'static str,
    /// Name of the array whose elements are the rows; none for the records themselves.
    pub array: Option<&'static str>,
    /// The columns that identify a row according to the seed.
    pub key: &'static [&'static str],
    /// The columns, in the seed's order.
    pub columns: &'static [Column],
}

const fn column(name: &'static str, kind: Kind, path: &'static str, description: &'static str) -> Column {
    Column { name, kind, path, fallback: None, description, references: None }
}

const fn integer(name: &'static str, path: &'static str, description: &'static str) -> Column {
    column(name, Kind::Integer, path, description)
}

const fn decimal(name: &'static str, path: &'static str, description: &'static str) -> Column {
    column(name, Kind::Decimal, path, description)
}

const fn document(name: &'static str, path: &'static str, description: &'static str) -> Column {
    column(name, Kind::Document, path, description)
}

const fn text(name: &'static str, path: &'static str, description: &'static str) -> Column {
    column(name, Kind::Text, path, description)
}

const fn flag(name: &'static str, path: &'static str, description: &'static str) -> Column {
    column(name, Kind::Flag, path, description)
}

const fn instant(name: &'static str, path: &'static str, description: &'static str) -> Column {
    column(name, Kind::Instant, path, description)
}

impl Column {
    const fn or(mut self, path: &'static str) -> Self {
        self.fallback = Some(path);
        self
    }

    const fn references(mut self, table: &'static str) -> Self {
        self.references = Some(table);
        self
    }
}
