//! From a JSON value to what a column holds: the conversions, type by type.

use std::borrow::Cow;

use xxhash_rust::xxh3::xxh3_128;

use super::number::{self, Misfit};
use super::plan::Target;
use super::scan::{CONTROL, ESCAPED};
use super::text::{compact, hexadecimal, unescape};
use crate::cell::{Cell, Text};
use crate::moment::{self, Zone};
use crate::schema::{Mask, Type};

/// A cell in the making: text is named by its place, so that cells can be put together once all are known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Slot {
    /// No value yet.
    Null,
    /// There was a value, and it did not fit: null, and the second spelling is not asked.
    Bad,
    Boolean(bool),
    Integer(i64),
    Double(f64),
    Micros(i64),
    Decimal(Span),
    Plain(Span),
    Text(Span),
    Json(Span),
    /// The text of the rest.
    Rest,
    /// The hash of the record.
    Hash,
}

/// A piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    begin: u32,
    /// The top bit tells that it stands among the texts made here, not in the record.
    end: u32,
}

const MADE: u32 = 1 << 31;

impl Span {
    #[inline]
    pub(super) fn raw(begin: usize, end: usize) -> Self {
        Self { begin: begin as u32, end: end as u32 }
    }

    /// From there to the end of the texts made so far.
    pub(super) fn made(begin: usize, made: &str) -> Self {
        Self { begin: begin as u32, end: made.len() as u32 | MADE }
    }

    pub(super) fn is_made(self) -> bool {
        self.end & MADE != 0
    }

    #[inline]
    pub(super) fn text<'a>(self, raw: &'a str, made: &'a str) -> &'a str {
        let from = if self.end & MADE == 0 { raw } else { made };
        from.get(self.begin as usize..(self.end & !MADE) as usize).unwrap_or("")
    }
}

impl Slot {
    /// The cell, its texts borrowed from where they stand.
    #[inline]
    pub(super) fn cell<'a>(self, raw: &'a str, made: &'a str, rest: &'a str, hash: u128) -> Cell<'a> {
        match self {
            Self::Null | Self::Bad => Cell::Null,
            Self::Boolean(value) => Cell::Boolean(value),
            Self::Integer(value) => Cell::Integer(value),
            Self::Double(value) => Cell::Double(value),
            Self::Micros(value) => Cell::Micros(value),
            Self::Decimal(span) => Cell::Decimal(span.text(raw, made)),
            Self::Plain(span) => Cell::Text(Text { text: span.text(raw, made), plain: true }),
            Self::Text(span) => Cell::Text(Text { text: span.text(raw, made), plain: false }),
            Self::Json(span) => Cell::Json(span.text(raw, made)),
            Self::Rest => Cell::Json(rest),
            Self::Hash => Cell::Hash(hash),
        }
    }
}

/// A JSON value in the record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value<'a> {
    /// The text it stands in.
    pub(super) raw: &'a str,
    pub(super) begin: usize,
    pub(super) end: usize,
    pub(super) flags: u8,
}

impl<'a> Value<'a> {
    #[inline]
    pub(super) fn first(&self) -> u8 {
        self.raw.as_bytes().get(self.begin).copied().unwrap_or(0)
    }

    /// As it stands in the record.
    #[inline]
    pub(super) fn source(&self) -> &'a str {
        self.raw.get(self.begin..self.end).unwrap_or("")
    }

    #[inline]
    pub(super) fn is_container(&self) -> bool {
        matches!(self.first(), b'{' | b'[')
    }

    /// The text of a scalar.
    #[inline]
    pub(super) fn content(&self) -> Cow<'a, str> {
        if self.first() != b'"' {
            return Cow::Borrowed(self.source());
        }
        let inside = self.raw.get(self.begin + 1..self.end - 1).unwrap_or("");
        if self.flags & (ESCAPED | CONTROL) == 0 {
            return Cow::Borrowed(inside);
        }
        let mut text = String::with_capacity(inside.len());
        unescape(inside, &mut text);
        Cow::Owned(text)
    }
}

/// What came of a conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// The slot, none for a value that says nothing (null, blank text where a number or date belongs).
    Fine,
    /// It fits, but a U+0000 was replaced.
    Nul,
    /// It does not fit.
    Not(Misfit),
}

/// Converts a value that is not null for a column. Texts that do not stand in the record as they are go to `made`.
#[inline]
pub(super) fn convert(value: &Value<'_>, target: &Target, zone: &Zone, made: &mut String) -> (Slot, Fit) {
    match target.mask {
        None => {}
        Some(Mask::Null) => return (Slot::Null, Fit::Fine),
        Some(Mask::Hash) => return (masked(value, made), Fit::Fine),
    }
    match target.kind {
        Type::Text => text(value, made),
        Type::Json => json(value, made),
        _ if value.is_container() => (Slot::Bad, Fit::Not(Misfit::Type)),
        kind => {
            let content = value.content();
            let content = content.trim();
            if content.is_empty() {
                return (Slot::Null, Fit::Fine);
            }
            let is_word = matches!(value.first(), b't' | b'f');
            let converted = match kind {
                Type::Boolean => boolean(content).map(Slot::Boolean),
                _ if is_word => Err(Misfit::Type),
                Type::BigInt => number::integer(content).map(Slot::Integer),
                Type::Double if target.digits_only => {
                    Ok(number::digits_of(content).map_or(Slot::Null, Slot::Double))
                }
                Type::Double => number::double(content).map(Slot::Double),
                Type::Numeric => decimal(value, content, made),
                Type::Instant => instant(value, content, zone).map(Slot::Micros),
                Type::Civil => instant(value, content, zone)
                    .and_then(|at| zone.wall_clock(at).ok_or(Misfit::Range))
                    .map(Slot::Micros),
                Type::Text | Type::Json | Type::Hash => Err(Misfit::Type),
            };
            match converted {
                Ok(slot) => (slot, Fit::Fine),
                Err(misfit) => (Slot::Bad, Fit::Not(misfit)),
            }
        }
    }
}

fn masked(value: &Value<'_>, made: &mut String) -> Slot {
    let bits = if value.is_container() {
        let mut text = String::new();
        compact(value.source(), &mut text);
        xxh3_128(text.as_bytes())
    } else {
        xxh3_128(value.content().as_bytes())
    };
    let begin = made.len();
    hexadecimal(bits, made);
    Slot::Plain(Span::made(begin, made))
}

#[inline]
fn text(value: &Value<'_>, made: &mut String) -> (Slot, Fit) {
    match value.first() {
        b'"' => {
            let (begin, end) = (value.begin + 1, value.end - 1);
            if value.flags == 0 {
                return (Slot::Plain(Span::raw(begin, end)), Fit::Fine);
            }
            let from = made.len();
            let nul = unescape(value.raw.get(begin..end).unwrap_or(""), made);
            (Slot::Text(Span::made(from, made)), if nul { Fit::Nul } else { Fit::Fine })
        }
        b'{' | b'[' => {
            let (span, nul) = document(value, made);
            (Slot::Text(span), if nul { Fit::Nul } else { Fit::Fine })
        }
        _ => (Slot::Plain(Span::raw(value.begin, value.end)), Fit::Fine),
    }
}

fn json(value: &Value<'_>, made: &mut String) -> (Slot, Fit) {
    let (span, nul) = document(value, made);
    (Slot::Json(span), if nul { Fit::Nul } else { Fit::Fine })
}

/// The value as compact JSON; whether a U+0000 was replaced.
fn document(value: &Value<'_>, made: &mut String) -> (Span, bool) {
    if value.flags == 0 {
        return (Span::raw(value.begin, value.end), false);
    }
    let from = made.len();
    let nul = compact(value.source(), made);
    (Span::made(from, made), nul)
}

pub(super) fn boolean(text: &str) -> Result<bool, Misfit> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        other if other.eq_ignore_ascii_case("true") => Ok(true),
        other if other.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(Misfit::Type),
    }
}

fn decimal(value: &Value<'_>, content: &str, made: &mut String) -> Result<Slot, Misfit> {
    let from = made.len();
    if !number::decimal(content, made)? {
        return Ok(Slot::Decimal(Span::made(from, made)));
    }
    // As it stands, unless it was escaped or had blanks around it.
    let quoted = usize::from(value.first() == b'"');
    if content.len() == value.end - value.begin - 2 * quoted {
        return Ok(Slot::Decimal(Span::raw(value.begin + quoted, value.end - quoted)));
    }
    made.push_str(content);
    Ok(Slot::Decimal(Span::made(from, made)))
}

fn instant(value: &Value<'_>, content: &str, zone: &Zone) -> Result<i64, Misfit> {
    if value.first() == b'"' {
        return moment::parse(content, zone).ok_or(Misfit::Type);
    }
    moment::of_millis(number::integer(content)?).ok_or(Misfit::Range)
}
