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

/// A cell in the making: text is named by its place, so that cells can be put together once all are known. A plain struct, not an enum with
/// payloads: those are copied byte by byte around their tag, and the processor stalls on reading them back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    kind: Kind,
    /// First byte of a text.
    begin: u32,
    /// The number, or the end of a text.
    bits: u64,
}

/// What a slot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Null,
    Bad,
    Boolean,
    Integer,
    Double,
    Micros,
    Decimal,
    Plain,
    Text,
    Json,
    Rest,
    Hash,
}

/// Set in the end of a text that was made here and does not stand in the record.
const MADE: u64 = 1 << 32;

impl Slot {
    /// No value yet.
    pub(super) const NULL: Self = Self::new(Kind::Null, 0, 0);
    /// There was a value, and it did not fit: null, and the second spelling is not asked.
    const BAD: Self = Self::new(Kind::Bad, 0, 0);
    /// The text of the rest.
    pub(super) const REST: Self = Self::new(Kind::Rest, 0, 0);
    /// The hash of the record.
    pub(super) const HASH: Self = Self::new(Kind::Hash, 0, 0);

    const fn new(kind: Kind, begin: u32, bits: u64) -> Self {
        Self { kind, begin, bits }
    }

    #[inline]
    pub(super) fn is_null(self) -> bool {
        self.kind == Kind::Null
    }

    #[inline]
    pub(super) fn boolean(value: bool) -> Self {
        Self::new(Kind::Boolean, 0, u64::from(value))
    }

    #[inline]
    pub(super) fn integer(value: i64) -> Self {
        Self::new(Kind::Integer, 0, value as u64)
    }

    #[inline]
    pub(super) fn double(value: f64) -> Self {
        Self::new(Kind::Double, 0, value.to_bits())
    }

    /// A whole number, in a column that may be of double precision.
    #[inline]
    pub(super) fn whole(value: i64, kind: Type) -> Self {
        match kind {
            #[allow(clippy::cast_precision_loss, reason = "the layout asks for double precision")]
            Type::Double => Self::double(value as f64),
            _ => Self::integer(value),
        }
    }

    #[inline]
    pub(super) fn micros(value: i64) -> Self {
        Self::new(Kind::Micros, 0, value as u64)
    }

    /// Text that was made, from there to the end.
    pub(super) fn made_text(begin: usize, made: &str) -> Self {
        Self::made(Kind::Text, begin, made)
    }

    /// A decimal that was made, from there to the end.
    pub(super) fn made_decimal(begin: usize, made: &str) -> Self {
        Self::made(Kind::Decimal, begin, made)
    }

    fn made(kind: Kind, begin: usize, made: &str) -> Self {
        Self::new(kind, begin as u32, made.len() as u64 | MADE)
    }

    #[inline]
    fn raw(kind: Kind, begin: usize, end: usize) -> Self {
        Self::new(kind, begin as u32, end as u64)
    }

    /// Whether it names a place in the record.
    pub(super) fn borrows(self) -> bool {
        matches!(self.kind, Kind::Decimal | Kind::Plain | Kind::Text | Kind::Json) && self.bits & MADE == 0
    }

    #[inline]
    fn text<'a>(self, raw: &'a str, made: &'a str) -> &'a str {
        let from = if self.bits & MADE == 0 { raw } else { made };
        from.get(self.begin as usize..(self.bits as u32) as usize).unwrap_or("")
    }

    /// The cell, its texts borrowed from where they stand.
    #[inline]
    pub(super) fn cell<'a>(self, raw: &'a str, made: &'a str, rest: &'a str, hash: u128) -> Cell<'a> {
        match self.kind {
            Kind::Null | Kind::Bad => Cell::Null,
            Kind::Boolean => Cell::Boolean(self.bits != 0),
            Kind::Integer => Cell::Integer(self.bits as i64),
            Kind::Double => Cell::Double(f64::from_bits(self.bits)),
            Kind::Micros => Cell::Micros(self.bits as i64),
            Kind::Decimal => Cell::Decimal(self.text(raw, made)),
            Kind::Plain => Cell::Text(Text { text: self.text(raw, made), plain: true }),
            Kind::Text => Cell::Text(Text { text: self.text(raw, made), plain: false }),
            Kind::Json => Cell::Json(self.text(raw, made)),
            Kind::Rest => Cell::Json(rest),
            Kind::Hash => Cell::Hash(hash),
        }
    }

    /// The value as a mask sees it; none for null.
    pub(super) fn masked(self, made: &mut String) -> Self {
        let bits = match self.kind {
            Kind::Null | Kind::Bad | Kind::Rest | Kind::Hash => return Self::NULL,
            Kind::Boolean => xxh3_128(if self.bits != 0 { b"true" } else { b"false" }),
            Kind::Integer => xxh3_128((self.bits as i64).to_string().as_bytes()),
            Kind::Double => xxh3_128(f64::from_bits(self.bits).to_string().as_bytes()),
            Kind::Micros => xxh3_128(moment::rfc3339_text(self.bits as i64).as_bytes()),
            Kind::Decimal | Kind::Plain | Kind::Text | Kind::Json => xxh3_128(self.text("", made).as_bytes()),
        };
        let begin = made.len();
        hexadecimal(bits, made);
        Self::made(Kind::Plain, begin, made)
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
pub(super) fn convert(
    value: &Value<'_>,
    target: Target,
    zone: &Zone,
    made: &mut String,
    slot: &mut Slot,
) -> Fit {
    match target.mask {
        None => {}
        Some(Mask::Null) => return Fit::Fine,
        Some(Mask::Hash) => {
            *slot = masked(value, made);
            return Fit::Fine;
        }
    }
    match target.kind {
        Type::Text => text(value, made, slot),
        Type::Json => document(Kind::Json, value, made, slot),
        kind => measured(kind, value, target.digits_only, zone, made, slot),
    }
}

/// Numbers, flags and moments.
fn measured(
    kind: Type,
    value: &Value<'_>,
    digits_only: bool,
    zone: &Zone,
    made: &mut String,
    slot: &mut Slot,
) -> Fit {
    if value.is_container() {
        *slot = Slot::BAD;
        return Fit::Not(Misfit::Type);
    }
    let content = value.content();
    let content = if content.starts_with(' ') || content.ends_with(' ') { content.trim() } else { &*content };
    if content.is_empty() {
        return Fit::Fine;
    }
    let is_word = matches!(value.first(), b't' | b'f');
    let converted = match kind {
        Type::Boolean => boolean(content).map(Slot::boolean),
        _ if is_word => Err(Misfit::Type),
        Type::BigInt => number::integer(content).map(Slot::integer),
        Type::Double if digits_only => Ok(number::digits_of(content).map_or(Slot::NULL, Slot::double)),
        Type::Double => number::double(content).map(Slot::double),
        Type::Numeric => decimal(value, content, made),
        Type::Instant => instant(value, content, zone).map(Slot::micros),
        Type::Civil => instant(value, content, zone)
            .and_then(|at| zone.wall_clock(at).ok_or(Misfit::Range))
            .map(Slot::micros),
        Type::Text | Type::Json | Type::Hash => Err(Misfit::Type),
    };
    match converted {
        Ok(converted) => {
            *slot = converted;
            Fit::Fine
        }
        Err(misfit) => {
            *slot = Slot::BAD;
            Fit::Not(misfit)
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
    Slot::made(Kind::Plain, begin, made)
}

#[inline]
fn text(value: &Value<'_>, made: &mut String, slot: &mut Slot) -> Fit {
    match value.first() {
        b'"' => {
            let (begin, end) = (value.begin + 1, value.end - 1);
            if value.flags == 0 {
                *slot = Slot::raw(Kind::Plain, begin, end);
                return Fit::Fine;
            }
            let from = made.len();
            let nul = unescape(value.raw.get(begin..end).unwrap_or(""), made);
            *slot = Slot::made(Kind::Text, from, made);
            if nul { Fit::Nul } else { Fit::Fine }
        }
        b'{' | b'[' => document(Kind::Text, value, made, slot),
        _ => {
            *slot = Slot::raw(Kind::Plain, value.begin, value.end);
            Fit::Fine
        }
    }
}

/// The value as compact JSON.
fn document(kind: Kind, value: &Value<'_>, made: &mut String, slot: &mut Slot) -> Fit {
    if value.flags == 0 {
        *slot = Slot::raw(kind, value.begin, value.end);
        return Fit::Fine;
    }
    let from = made.len();
    let nul = compact(value.source(), made);
    *slot = Slot::made(kind, from, made);
    if nul { Fit::Nul } else { Fit::Fine }
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
        return Ok(Slot::made_decimal(from, made));
    }
    // As it stands, unless it was escaped or had blanks around it.
    let quoted = usize::from(value.first() == b'"');
    if content.len() == value.end - value.begin - 2 * quoted {
        return Ok(Slot::raw(Kind::Decimal, value.begin + quoted, value.end - quoted));
    }
    made.push_str(content);
    Ok(Slot::made_decimal(from, made))
}

fn instant(value: &Value<'_>, content: &str, zone: &Zone) -> Result<i64, Misfit> {
    if value.first() == b'"' {
        return moment::parse(content, zone).ok_or(Misfit::Type);
    }
    moment::of_millis(number::integer(content)?).ok_or(Misfit::Range)
}
