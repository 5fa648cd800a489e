//! Rows on their way into PostgreSQL: cells are written straight into the binary form of COPY, one buffer for each table.
//!
//! The binary form needs no escapes and no digits: text is copied as it is, numbers and moments are fixed bytes. It asks that the types of the columns be
//! exactly what they are taken for, which `open` has made sure of.

use std::io::Write;

use postgres::{Client, Statement};

use crate::cell::Cell;
use crate::destination::sql::{column_list, quoted};
use crate::schema::Table;

/// Microseconds from 1970 to 2000, where PostgreSQL's clock begins.
pub(super) const EPOCH: i64 = 946_684_800_000_000;
/// Bytes handed to the driver at once.
const CHUNK: usize = 64 << 10;
/// What stands before the first row, and after the last.
const HEADER: &[u8; 19] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const TRAILER: &[u8; 2] = b"\xff\xff";

/// The rows of one table that are not sent yet.
pub(super) struct Pending {
    copy: String,
    statement: Option<Statement>,
    columns: usize,
    bytes: Vec<u8>,
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Pending")
            .field("copy", &self.copy)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

impl Pending {
    /// None yet.
    pub(super) fn new(table: &Table) -> Self {
        Self {
            copy: format!("copy {} ({}) from stdin (format binary)", quoted(&table.name), column_list(table)),
            statement: None,
            columns: table.columns.len(),
            bytes: Vec::new(),
        }
    }

    /// How many bytes wait.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether the row has as many cells as the table columns.
    pub(super) fn fits(&self, row: &[Cell<'_>]) -> bool {
        row.len() == self.columns
    }

    /// Adds a row.
    pub(super) fn push(&mut self, row: &[Cell<'_>]) {
        let bytes = &mut self.bytes;
        bytes.extend_from_slice(&(row.len() as i16).to_be_bytes());
        for cell in row {
            match *cell {
                Cell::Null => bytes.extend_from_slice(&[0xff; 4]),
                Cell::Boolean(flag) => bytes.extend_from_slice(&[0, 0, 0, 1, u8::from(flag)]),
                Cell::Integer(number) => eight(bytes, number.to_be_bytes()),
                Cell::Double(number) => eight(bytes, number.to_be_bytes()),
                Cell::Micros(micros) => eight(bytes, micros.saturating_sub(EPOCH).to_be_bytes()),
                Cell::Decimal(text) => decimal(bytes, text),
                Cell::Text(text) => {
                    bytes.extend_from_slice(&(text.text.len() as i32).to_be_bytes());
                    bytes.extend_from_slice(text.text.as_bytes());
                }
                Cell::Json(text) => {
                    bytes.extend_from_slice(&(text.len() as i32 + 1).to_be_bytes());
                    // The version of jsonb's binary form.
                    bytes.push(1);
                    bytes.extend_from_slice(text.as_bytes());
                }
                Cell::Hash(hash) => {
                    bytes.extend_from_slice(&[0, 0, 0, 16]);
                    bytes.extend_from_slice(&hash.to_be_bytes());
                }
            }
        }
    }

    /// Sends what waits.
    pub(super) fn flush(&mut self, client: &mut Client) -> Result<(), postgres::Error> {
        let statement = match &self.statement {
            Some(statement) => statement.clone(),
            None => self.statement.insert(client.prepare(&self.copy)?).clone(),
        };
        let mut writer = client.copy_in(&statement)?;
        let mut sent = writer.write_all(HEADER);
        for chunk in self.bytes.chunks(CHUNK) {
            sent = sent.and_then(|()| writer.write_all(chunk));
        }
        // Where sending failed, the server has said why or is gone: `finish` tells.
        let _ = sent.and_then(|()| writer.write_all(TRAILER));
        writer.finish()?;
        self.bytes.clear();
        Ok(())
    }

    /// Gives back the buffer's memory if nothing is in it.
    pub(super) fn release(&mut self) {
        if self.bytes.is_empty() {
            self.bytes = Vec::new();
        }
    }

    /// Forgets what waits.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
    }
}

fn eight(bytes: &mut Vec<u8>, value: [u8; 8]) {
    let mut field = [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0];
    field[4..].copy_from_slice(&value);
    bytes.extend_from_slice(&field);
}

/// The binary form of `numeric`: groups of four digits from the decimal point outwards, the weight of the first group, the sign, the digits after the point.
fn decimal(bytes: &mut Vec<u8>, text: &str) {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.trim_start_matches('0');
    let mut groups = [0_i16; 16];
    let mut count = 0;
    let mut push = |group: &[u8], scale: i16| {
        let value =
            group.iter().fold(0_i16, |sum, digit| sum * 10 + i16::from(digit.wrapping_sub(b'0') % 10))
                * scale;
        if count < groups.len() {
            groups[count] = value;
            count += 1;
        }
    };
    let head = whole.len() % 4;
    if head > 0 {
        push(&whole.as_bytes()[..head], 1);
    }
    whole.as_bytes()[head..].chunks(4).for_each(|group| push(group, 1));
    for group in fraction.as_bytes().chunks(4) {
        push(group, 10_i16.pow(4 - group.len() as u32));
    }
    let mut weight = whole.len().div_ceil(4) as i16 - 1;
    let mut groups = &groups[..count];
    while let Some((0, rest)) = groups.split_first() {
        groups = rest;
        weight -= 1;
    }
    while let Some((0, rest)) = groups.split_last() {
        groups = rest;
    }
    // Zero has no sign.
    let sign: u16 = if negative && !groups.is_empty() { 0x4000 } else { 0 };
    bytes.extend_from_slice(&(8 + 2 * groups.len() as i32).to_be_bytes());
    bytes.extend_from_slice(&(groups.len() as i16).to_be_bytes());
    bytes.extend_from_slice(&(if groups.is_empty() { 0 } else { weight }).to_be_bytes());
    bytes.extend_from_slice(&sign.to_be_bytes());
    bytes.extend_from_slice(&(fraction.len() as i16).to_be_bytes());
    for group in groups {
        bytes.extend_from_slice(&group.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(text: &str) -> (i16, u16, i16, Vec<i16>) {
        let mut bytes = Vec::new();
        decimal(&mut bytes, text);
        let all: Vec<i16> = bytes[4..].chunks(2).map(|two| i16::from_be_bytes([two[0], two[1]])).collect();
        assert_eq!(bytes[..4], (bytes.len() as i32 - 4).to_be_bytes());
        assert_eq!(all[0] as usize, all.len() - 4);
        (all[1], all[2] as u16, all[3], all[4..].to_vec())
    }

    #[test]
    fn decimals_are_grouped_from_the_point_outwards() {
        assert_eq!(groups("12345.678"), (1, 0, 3, vec![1, 2345, 6780]));
        assert_eq!(groups("-0.000001"), (-2, 0x4000, 6, vec![100]));
        assert_eq!(groups("10000"), (1, 0, 0, vec![1]));
        assert_eq!(groups("-0.00"), (0, 0, 2, vec![]));
        assert_eq!(groups("0001.50"), (0, 0, 2, vec![1, 5000]));
        assert_eq!(groups("12345678901234.123456"), (3, 0, 6, vec![12, 3456, 7890, 1234, 1234, 5600]));
    }
}
