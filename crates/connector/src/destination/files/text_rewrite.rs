//! CSV and JSON Lines files written anew: lines that are not concerned are copied as their bytes are.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::path::Path;

use super::parquet_rewrite::Input;
use super::place::trouble;
use super::shape::{Mark, Rewritten, Shape};
use super::text::{Spelling, TextFile, leads, moment_text};
use crate::{Error, Result};

const CHUNK: usize = 256 << 10;

/// Reads a file record by record; a record ends with its line end.
struct Records {
    spelling: Spelling,
    file: File,
    name: String,
    buffer: Vec<u8>,
    begin: usize,
    ended: bool,
}

impl Records {
    /// The next record, line end included.
    fn next(&mut self) -> Result<Option<Range<usize>>> {
        // How far this record was searched already, and whether that is inside quotes.
        let (mut searched, mut quoted) = (self.begin, false);
        loop {
            let end = match self.spelling {
                Spelling::Json => memchr::memchr(b'\n', &self.buffer[searched..]).map(|at| searched + at),
                Spelling::Csv => {
                    let mut found = None;
                    for at in memchr::memchr2_iter(b'"', b'\n', &self.buffer[searched..]) {
                        if self.buffer[searched + at] == b'"' {
                            quoted = !quoted;
                        } else if !quoted {
                            found = Some(searched + at);
                            break;
                        }
                    }
                    found
                }
            };
            if let Some(end) = end {
                let record = self.begin..end + 1;
                self.begin = end + 1;
                return Ok(Some(record));
            }
            searched = self.buffer.len();
            if self.ended {
                return if self.begin == self.buffer.len() { Ok(None) } else { Err(broken(&self.name)) };
            }
            self.buffer.drain(..self.begin);
            searched -= self.begin;
            self.begin = 0;
            let there = self.buffer.len();
            self.buffer.resize(there + CHUNK, 0);
            let read = self
                .file
                .read(&mut self.buffer[there..])
                .map_err(|error| trouble("read", &self.name, &error))?;
            self.buffer.truncate(there + read);
            self.ended = read == 0;
        }
    }
}

fn broken(name: &str) -> Error {
    Error::Destination(format!(
        "{name} was changed by something else or is damaged; restore it, or remove the directory and load anew"
    ))
}

/// Where the values of a record stand. A record of a file of before can have fewer than the table has columns.
fn values(spelling: Spelling, leads: &[Vec<u8>], record: &[u8], out: &mut Vec<Range<usize>>) -> Option<()> {
    out.clear();
    let mut at = 0;
    for lead in leads {
        match record.get(at..)? {
            rest if rest.starts_with(lead) => at += lead.len(),
            b"\n" | b"}\n" if !out.is_empty() => return Some(()),
            _ => return None,
        }
        let begin = at;
        at = match spelling {
            Spelling::Csv => csv_end(record, at)?,
            Spelling::Json => json_end(record, at)?,
        };
        out.push(begin..at);
    }
    matches!(&record[at..], b"\n" | b"}\n").then_some(())
}

fn csv_end(record: &[u8], begin: usize) -> Option<usize> {
    if record.get(begin) != Some(&b'"') {
        return memchr::memchr2(b',', b'\n', &record[begin..]).map(|at| begin + at);
    }
    let mut at = begin + 1;
    loop {
        at += memchr::memchr(b'"', &record[at..])? + 1;
        if record.get(at) != Some(&b'"') {
            return Some(at);
        }
        at += 1;
    }
}

fn json_end(record: &[u8], begin: usize) -> Option<usize> {
    let (mut at, mut depth) = (begin, 0_usize);
    loop {
        match *record.get(at)? {
            b'"' => {
                at += 1;
                loop {
                    at += memchr::memchr2(b'"', b'\\', record.get(at..)?)?;
                    if record[at] == b'"' {
                        break;
                    }
                    at += 2;
                }
            }
            b'{' | b'[' => depth += 1,
            b',' | b'}' if depth == 0 => return Some(at),
            b'}' | b']' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        at += 1;
    }
}

/// Writes the rows of `inputs`, edited, to `out`. One input of which no row is concerned is left alone.
pub(super) fn rewrite(
    spelling: Spelling,
    shape: &Shape,
    table: usize,
    inputs: Vec<Input<'_>>,
    out: &Path,
) -> Result<Rewritten> {
    let leads = leads(spelling, shape);
    let mut output = TextFile::create(spelling, shape, out)?;
    let mut concerned = inputs.len() != 1;
    let none = HashMap::new();
    let (mut ranges, mut line) = (Vec::new(), Vec::new());
    for input in inputs {
        let edits = input.edits.unwrap_or(&none);
        let mut records = Records {
            spelling,
            file: input.file,
            name: input.name,
            buffer: Vec::new(),
            begin: 0,
            ended: false,
        };
        if spelling == Spelling::Csv {
            let header = records.next()?.ok_or_else(|| broken(&records.name))?;
            let columns = memchr::memchr_iter(b',', &records.buffer[header]).count() + 1;
            concerned |= columns < shape.columns.len();
        }
        let mut position = 0;
        while let Some(record) = records.next()? {
            let bytes = &records.buffer[record];
            values(spelling, &leads, bytes, &mut ranges).ok_or_else(|| broken(&records.name))?;
            let owner = ranges
                .get(shape.owner)
                .and_then(|range| std::str::from_utf8(&bytes[range.clone()]).ok())
                .and_then(|text| text.parse::<i64>().ok())
                .ok_or_else(|| broken(&records.name))?;
            let edit = edits.get(&owner);
            let killed = edit.is_some_and(|edit| edit.kills(table, position));
            position += 1;
            if killed {
                concerned = true;
                continue;
            }
            let mark = edit.and_then(|edit| edit.mark).filter(|_| is_null(shape.deleted, bytes, &ranges));
            if mark.is_none() && ranges.len() == shape.columns.len() {
                output.spelled(bytes)?;
                continue;
            }
            concerned = true;
            respelled(spelling, shape, &leads, bytes, &ranges, mark, &mut line);
            output.spelled(&line)?;
        }
    }
    let rows = output.finish()?;
    Ok(if concerned { Rewritten::Rows(rows) } else { Rewritten::Untouched })
}

fn is_null(column: Option<usize>, record: &[u8], ranges: &[Range<usize>]) -> bool {
    let value = column.and_then(|at| ranges.get(at)).map(|range| &record[range.clone()]);
    matches!(value, Some(b"" | b"null"))
}

/// The record with its mark of deletion, and with nulls for the columns it lacks.
fn respelled(
    spelling: Spelling,
    shape: &Shape,
    leads: &[Vec<u8>],
    record: &[u8],
    ranges: &[Range<usize>],
    mark: Option<Mark>,
    line: &mut Vec<u8>,
) {
    line.clear();
    for (at, lead) in leads.iter().enumerate() {
        line.extend_from_slice(lead);
        match mark {
            Some(mark) if shape.deleted == Some(at) => {
                let quote: &[u8] = if spelling == Spelling::Json { b"\"" } else { b"" };
                line.extend_from_slice(quote);
                moment_text(shape.columns[at].kind, mark.moment(shape.columns[at].kind), line);
                line.extend_from_slice(quote);
            }
            Some(mark) if shape.run == Some(at) => {
                line.extend_from_slice(itoa::Buffer::new().format(mark.run).as_bytes());
            }
            _ => match ranges.get(at) {
                Some(range) => line.extend_from_slice(&record[range.clone()]),
                None if spelling == Spelling::Json => line.extend_from_slice(b"null"),
                None => {}
            },
        }
    }
    line.extend_from_slice(if spelling == Spelling::Json { b"}\n" } else { b"\n" });
}
