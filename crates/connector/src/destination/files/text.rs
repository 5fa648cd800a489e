//! CSV and JSON Lines from cells.
//!
//! CSV is RFC 4180 with a header, lines end with LF; an empty field is null and `""` is empty text. JSON Lines has every column in every line, nulls
//! written out: readers that look at the first lines to find the columns then find them all, in every file alike.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use super::parquet_write::unfit;
use super::place::trouble;
use super::shape::Shape;
use crate::Result;
use crate::cell::Cell;
use crate::moment;
use crate::schema::Type;

/// The buffer is written at that size.
const BUFFER: usize = 256 << 10;

/// The two spellings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    Csv,
    Json,
}

/// A text file under way.
#[derive(Debug)]
pub(super) struct TextFile {
    spelling: Spelling,
    file: File,
    name: String,
    buffer: Vec<u8>,
    rows: u64,
    /// What stands before each value.
    before: Vec<Vec<u8>>,
}

/// What stands before the value of each column: `,` or `,"name":`, the first with `{` or nothing.
pub(super) fn leads(spelling: Spelling, shape: &Shape) -> Vec<Vec<u8>> {
    let lead = |(at, column): (usize, &super::shape::FileColumn)| {
        let mut lead = Vec::new();
        match spelling {
            Spelling::Csv if at == 0 => {}
            Spelling::Csv => lead.push(b','),
            Spelling::Json => {
                lead.push(if at == 0 { b'{' } else { b',' });
                json_text(&column.name, &mut lead);
                lead.push(b':');
            }
        }
        lead
    };
    shape.columns.iter().enumerate().map(lead).collect()
}

impl TextFile {
    /// Begins a file at that path.
    pub(super) fn create(spelling: Spelling, shape: &Shape, path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let file = File::create(path).map_err(|error| trouble("write", &name, &error))?;
        let mut buffer = Vec::with_capacity(BUFFER + (16 << 10));
        if spelling == Spelling::Csv {
            for (at, column) in shape.columns.iter().enumerate() {
                if at > 0 {
                    buffer.push(b',');
                }
                csv_text(&column.name, &mut buffer);
            }
            buffer.push(b'\n');
        }
        Ok(Self { spelling, file, name, buffer, rows: 0, before: leads(spelling, shape) })
    }

    /// Rows so far.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds a row.
    pub(super) fn row(&mut self, shape: &Shape, row: &[Cell<'_>]) -> Result<()> {
        for (at, (lead, from)) in self.before.iter().zip(&shape.from).enumerate() {
            let cell = from.map_or(Some(&Cell::Null), |from| row.get(from)).unwrap_or(&Cell::Null);
            let column = &shape.columns[at];
            if !fits(column.kind, cell) || at == shape.owner && matches!(cell, Cell::Null) {
                return Err(unfit(shape, at, cell));
            }
            self.buffer.extend_from_slice(lead);
            match self.spelling {
                Spelling::Csv => csv_cell(column.kind, cell, &mut self.buffer),
                Spelling::Json => json_cell(column.kind, cell, &mut self.buffer),
            }
        }
        self.end_row()
    }

    fn end_row(&mut self) -> Result<()> {
        self.buffer.extend_from_slice(if self.spelling == Spelling::Csv { b"\n" } else { b"}\n" });
        self.rows += 1;
        if self.buffer.len() >= BUFFER { self.flush() } else { Ok(()) }
    }

    /// Adds a row that is spelled already, line end included.
    pub(super) fn spelled(&mut self, line: &[u8]) -> Result<()> {
        self.buffer.extend_from_slice(line);
        self.rows += 1;
        if self.buffer.len() >= BUFFER { self.flush() } else { Ok(()) }
    }

    /// Writes what is buffered.
    pub(super) fn flush(&mut self) -> Result<()> {
        self.file.write_all(&self.buffer).map_err(|error| trouble("write", &self.name, &error))?;
        self.buffer.clear();
        Ok(())
    }

    /// Completes the file.
    pub(super) fn finish(mut self) -> Result<u64> {
        self.flush()?;
        Ok(self.rows)
    }
}

fn fits(kind: Type, cell: &Cell<'_>) -> bool {
    matches!(
        (kind, cell),
        (_, Cell::Null)
            | (Type::BigInt, Cell::Integer(_))
            | (Type::Double, Cell::Double(_))
            | (Type::Numeric, Cell::Decimal(_))
            | (Type::Text, Cell::Text(_))
            | (Type::Boolean, Cell::Boolean(_))
            | (Type::Instant | Type::Civil, Cell::Micros(_))
            | (Type::Json, Cell::Json(_))
            | (Type::Hash, Cell::Hash(_))
    )
}

fn plain_cell(kind: Type, cell: &Cell<'_>, out: &mut Vec<u8>) {
    match cell {
        Cell::Boolean(true) => out.extend_from_slice(b"true"),
        Cell::Boolean(false) => out.extend_from_slice(b"false"),
        Cell::Integer(value) => out.extend_from_slice(itoa::Buffer::new().format(*value).as_bytes()),
        Cell::Double(value) => {
            // Writing into memory cannot fail; the shortest text that reads back as the same number, without an exponent.
            let _ = write!(out, "{value}");
        }
        Cell::Decimal(text) => out.extend_from_slice(text.as_bytes()),
        Cell::Micros(micros) => moment_text(kind, *micros, out),
        Cell::Hash(hash) => hexadecimal(*hash, out),
        Cell::Null | Cell::Text(_) | Cell::Json(_) => {}
    }
}

/// A moment as both formats spell it.
pub(super) fn moment_text(kind: Type, micros: i64, out: &mut Vec<u8>) {
    if kind == Type::Civil { moment::sql_civil(micros, out) } else { moment::rfc3339(micros, out) }
}

fn hexadecimal(hash: u128, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in hash.to_be_bytes() {
        out.extend_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
}

fn csv_cell(kind: Type, cell: &Cell<'_>, out: &mut Vec<u8>) {
    match cell {
        Cell::Text(text) => csv_text(text.text, out),
        Cell::Json(text) => csv_text(text, out),
        other => plain_cell(kind, other, out),
    }
}

fn csv_text(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    if !bytes.is_empty() && !bytes.iter().any(|byte| matches!(byte, b'"' | b',' | b'\n' | b'\r')) {
        out.extend_from_slice(bytes);
        return;
    }
    out.push(b'"');
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(b'"', rest) {
        out.extend_from_slice(&rest[..=at]);
        out.push(b'"');
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

fn json_cell(kind: Type, cell: &Cell<'_>, out: &mut Vec<u8>) {
    match cell {
        Cell::Null => out.extend_from_slice(b"null"),
        Cell::Text(text) if text.plain => {
            out.push(b'"');
            out.extend_from_slice(text.text.as_bytes());
            out.push(b'"');
        }
        Cell::Text(text) => json_text(text.text, out),
        Cell::Json(text) => out.extend_from_slice(text.as_bytes()),
        // Numbers keep the digits they came with; a moment or a hash is text.
        Cell::Micros(_) | Cell::Hash(_) => {
            out.push(b'"');
            plain_cell(kind, cell, out);
            out.push(b'"');
        }
        other => plain_cell(kind, other, out),
    }
}

fn json_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut clean = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&bytes[clean..at]);
        clean = at + 1;
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => {
                let _ = write!(out, "\\u{byte:04x}");
            }
        }
    }
    out.extend_from_slice(&bytes[clean..]);
    out.push(b'"');
}
