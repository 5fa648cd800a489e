//! The first pass over a page: where its records are, with id, moments and hash, and where the members of each stand.

use xxhash_rust::xxh3::{xxh3_128, xxh3_128_with_seed};

use super::Record;
use super::number;
use super::scan::{DEPTH, ESCAPED, Fault, Next, Scanner};
use super::text::{cut, unescape};
use crate::moment::{self, Zone};
use crate::{Error, Result};

/// One member of a record's top level; positions count from the record's first byte.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    /// First byte of the key, and its closing quotation mark.
    pub(super) key: (u32, u32),
    /// First byte of the value, and the one after it.
    pub(super) value: (u32, u32),
    /// What the scanner met in the key and in the value.
    pub(super) key_flags: u8,
    pub(super) value_flags: u8,
}

/// Where the record of a page is kept in [`Page`].
#[derive(Debug, Clone, Copy)]
struct Place {
    address: usize,
    length: usize,
    hash: u128,
    first: usize,
    count: usize,
}

/// What the last pass found, so that making rows need not look for the members again.
#[derive(Debug, Default)]
pub(super) struct Page {
    members: Vec<Member>,
    places: Vec<Place>,
    /// Position of the record asked for last; the next is mostly the one after it.
    next: usize,
}

impl Page {
    /// The members of a record, if it is one of this page.
    pub(super) fn members(&mut self, record: &Record<'_>) -> Option<&[Member]> {
        let address = record.raw.as_ptr() as usize;
        let is_it = |place: &Place| {
            // The hash is compared as well: another page may have come to lie at the same address.
            place.address == address && place.length == record.raw.len() && place.hash == record.hash
        };
        let at = match self.places.get(self.next) {
            Some(place) if is_it(place) => self.next,
            _ => self.places.binary_search_by_key(&address, |place| place.address).ok()?,
        };
        let place = self.places.get(at).filter(|place| is_it(place))?;
        self.next = at + 1;
        self.members.get(place.first..place.first + place.count)
    }
}

/// A dotted path, in its parts.
#[derive(Debug, Default)]
struct Path {
    first: String,
    rest: Vec<String>,
}

impl Path {
    fn new(path: Option<&str>) -> Self {
        let mut parts = path.unwrap_or("").split('.').map(str::to_owned);
        Self { first: parts.next().unwrap_or_default(), rest: parts.collect() }
    }
}

/// Finds records.
#[derive(Debug)]
pub(super) struct Finder {
    updated: Path,
    created: Path,
    seed: u64,
}

/// An element of the page that is no record.
pub(super) type Odd<'a> = &'a str;

impl Finder {
    pub(super) fn new(updated: Option<&str>, created: Option<&str>, seed: u64) -> Self {
        Self { updated: Path::new(updated), created: Path::new(created), seed }
    }

    /// Finds the records of `body`, adding them to `out` and their members to `page`.
    pub(super) fn find<'a>(
        &self,
        body: &'a str,
        zone: &Zone,
        page: &mut Page,
        out: &mut Vec<Record<'a>>,
        odd: &mut Vec<Odd<'a>>,
    ) -> Result<()> {
        page.members.clear();
        page.places.clear();
        page.next = 0;
        if i32::try_from(body.len()).is_err() {
            return Err(Error::Contract(
                "the source sent a page of more than 2 GB; ask for smaller pages".to_owned(),
            ));
        }
        let mut scan = Scanner::new(body);
        let begin = scan.space(0);
        if !matches!(scan.byte(begin), b'[' | b'{') {
            return Err(Error::Contract(format!(
                "the source sent neither a list of records nor a record, but: {}",
                first_characters(body)
            )));
        }
        self.elements(&mut scan, body, begin, zone, page, out, odd)
            .map(|_| ())
            .ok_or_else(|| broken(body, scan.fault))
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one page, each borrowed for itself")]
    fn elements<'a>(
        &self,
        scan: &mut Scanner<'a>,
        body: &'a str,
        begin: usize,
        zone: &Zone,
        page: &mut Page,
        out: &mut Vec<Record<'a>>,
        odd: &mut Vec<Odd<'a>>,
    ) -> Option<usize> {
        let mut end;
        if scan.byte(begin) == b'{' {
            end = self.record(scan, body, begin, DEPTH, zone, page, out)?;
        } else {
            let mut at = scan.space(begin + 1);
            if scan.byte(at) == b']' {
                end = at + 1;
            } else {
                loop {
                    if scan.byte(at) == b'{' {
                        end = self.record(scan, body, at, DEPTH - 1, zone, page, out)?;
                    } else {
                        end = scan.value(at, DEPTH - 1)?;
                        odd.push(body.get(at..end).unwrap_or(""));
                    }
                    match scan.next(end, b']')? {
                        Next::More(next) => at = next,
                        Next::End(last) => {
                            end = last;
                            break;
                        }
                    }
                }
            }
        }
        end = scan.space(end);
        if end < body.len() { scan.fail(end, "the end") } else { Some(end) }
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one page, each borrowed for itself")]
    fn record<'a>(
        &self,
        scan: &mut Scanner<'a>,
        body: &'a str,
        begin: usize,
        depth: u32,
        zone: &Zone,
        page: &mut Page,
        out: &mut Vec<Record<'a>>,
    ) -> Option<usize> {
        let first = page.members.len();
        let mut sum = 0_u128;
        let mut id = None;
        let mut updated = None;
        let mut created = None;
        let end = top_level(scan, begin, depth, &mut |bytes, member| {
            let key = (begin + member.key.0 as usize, begin + member.key.1 as usize);
            let value = (begin + member.value.0 as usize, begin + member.value.1 as usize);
            // From the key to the end of the value; sums do not care for order.
            sum = sum.wrapping_add(xxh3_128(&bytes[key.0..value.1]));
            page.members.push(member);
            let mut name = &bytes[key.0..key.1];
            let plain;
            if member.key_flags & ESCAPED != 0 {
                let mut text = String::new();
                unescape(body.get(key.0..key.1).unwrap_or(""), &mut text);
                plain = text;
                name = plain.as_bytes();
            }
            let text = || body.get(value.0..value.1).unwrap_or("");
            if name == b"id" {
                id = number::integer(scalar(text())).ok();
            } else if name == self.updated.first.as_bytes() && !name.is_empty() {
                updated = moment_at(text(), &self.updated.rest, zone);
            } else if name == self.created.first.as_bytes() && !name.is_empty() {
                created = moment_at(text(), &self.created.rest, zone);
            }
        })?;
        let count = page.members.len() - first;
        let mut state = [0; 24];
        state[..16].copy_from_slice(&sum.to_le_bytes());
        state[16..].copy_from_slice(&(count as u64).to_le_bytes());
        let hash = xxh3_128_with_seed(&state, self.seed);
        let raw = body.get(begin..end).unwrap_or("");
        page.places.push(Place { address: raw.as_ptr() as usize, length: raw.len(), hash, first, count });
        out.push(Record { raw, id, updated, created, hash });
        Some(end)
    }
}

/// Walks the members of the object that begins there; the position after it.
#[inline]
fn top_level(
    scan: &mut Scanner<'_>,
    begin: usize,
    depth: u32,
    visit: &mut impl FnMut(&[u8], Member),
) -> Option<usize> {
    let mut at = scan.space(begin + 1);
    if scan.byte(at) == b'}' {
        return Some(at + 1);
    }
    loop {
        scan.flags = 0;
        let (key_end, value) = scan.key(at)?;
        let key_flags = scan.flags;
        scan.flags = 0;
        let end = scan.value(value, depth - 1)?;
        let place = |position: usize| (position - begin) as u32;
        let member = Member {
            key: (place(at + 1), place(key_end)),
            value: (place(value), place(end)),
            key_flags,
            value_flags: scan.flags,
        };
        visit(scan.bytes, member);
        match scan.next(end, b'}')? {
            Next::More(next) => at = next,
            Next::End(end) => return Some(end),
        }
    }
}

/// Walks the members of an object that is the whole text.
pub(super) fn each_member(raw: &str, visit: &mut impl FnMut(Member)) -> Result<()> {
    let mut scan = Scanner::new(raw);
    if scan.byte(0) != b'{' || i32::try_from(raw.len()).is_err() {
        return Err(broken(raw, Some(Fault { at: 0, expected: "an object" })));
    }
    match top_level(&mut scan, 0, DEPTH, &mut |_, member| visit(member)) {
        Some(end) if end == raw.len() => Ok(()),
        Some(end) => Err(broken(raw, Some(Fault { at: end, expected: "the end" }))),
        None => Err(broken(raw, scan.fault)),
    }
}

/// The error for a text that is no JSON.
pub(super) fn broken(text: &str, fault: Option<Fault>) -> Error {
    let fault = fault.unwrap_or(Fault { at: 0, expected: "a value" });
    let from = text.floor_char_boundary(fault.at.saturating_sub(20).min(text.len()));
    Error::Contract(format!(
        "the source sent broken JSON: {} was expected at byte {}, near: {}",
        fault.expected,
        fault.at,
        cut(&text[from..], 60)
    ))
}

fn first_characters(body: &str) -> String {
    body.chars().take(100).collect()
}

/// The text of a number, or of a string without escapes.
fn scalar(raw: &str) -> &str {
    raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw).trim_ascii()
}

/// The moment in a value, or in the member of it that the rest of the path names.
fn moment_at(raw: &str, path: &[String], zone: &Zone) -> Option<i64> {
    let Some((first, rest)) = path.split_first() else { return moment_in(raw, zone) };
    let mut found = None;
    let is_it =
        |member: &Member| raw.get(member.key.0 as usize..member.key.1 as usize) == Some(first.as_str());
    each_member(raw, &mut |member| found = is_it(&member).then_some(member).or(found)).ok()?;
    let found = found?;
    moment_at(raw.get(found.value.0 as usize..found.value.1 as usize)?, rest, zone)
}

fn moment_in(raw: &str, zone: &Zone) -> Option<i64> {
    match raw.as_bytes().first()? {
        b'"' => {
            let inside = raw.get(1..raw.len().checked_sub(1)?)?;
            if !inside.contains('\\') {
                return moment::parse(inside, zone);
            }
            let mut text = String::new();
            unescape(inside, &mut text);
            moment::parse(&text, zone)
        }
        b'-' | b'0'..=b'9' => moment::of_millis(number::integer(raw).ok()?),
        _ => None,
    }
}
