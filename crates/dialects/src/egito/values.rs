//! Single values as clients send them (sections 9.1 and 17): each reader takes JSON or the text of a form.
//!
//! Every reader answers `Ok(None)` for null and for empty text: the field is to be cleared. Not for dictionary entries and
//! references, see `dictionary` and `accept`.

use favo_core::Decimal;

use super::fault::Code;
use crate::json::Json;
use crate::local_time::{self, Moment, Zone};

/// The largest amount there is, on either side of zero: 999 999 999 999.99.
const LARGEST: i64 = 999_999_999_999_990_000;
/// The most characters of a phone.
const PHONE: usize = 40;
/// The most characters of a rejected value that are repeated.
const REPEATED: usize = 200;

/// The text of a scalar as written, trimmed; `None` when nothing is left of it.
fn written(sent: &Json) -> Result<Option<&str>, Code> {
    let text = match sent {
        Json::Null => return Ok(None),
        Json::Bool(true) => "true",
        Json::Bool(false) => "false",
        Json::Number(number) => number,
        Json::Text(text) if text.contains('\0') => return Err(Code::TypeMismatch),
        Json::Text(text) => text.trim(),
        Json::List(_) | Json::Object(_) => return Err(Code::TypeMismatch),
    };
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// A text of at most so many characters.
pub(super) fn text(sent: &Json, most: u16) -> Result<Option<String>, Code> {
    let Some(text) = written(sent)? else { return Ok(None) };
    if text.len() > usize::from(most) && text.chars().count() > usize::from(most) {
        return Err(Code::MaxSize(most));
    }
    Ok(Some(text.to_owned()))
}

/// A whole number between these, both included.
pub(super) fn integer(sent: &Json, least: i64, most: i64) -> Result<Option<i64>, Code> {
    if matches!(sent, Json::Bool(_)) {
        return Err(Code::TypeMismatch);
    }
    let Some(text) = written(sent)? else { return Ok(None) };
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Code::TypeMismatch);
    }
    match text.parse::<i64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
        _ => Err(Code::Range),
    }
}

/// A decimal number, rounded half up to so many places, six at most.
pub(super) fn decimal(sent: &Json, places: u8) -> Result<Option<Decimal>, Code> {
    let number = match sent {
        // JSON has said that it is a number: what cannot be read is too large.
        Json::Number(number) => number.parse::<Decimal>().map_err(|_| Code::Range)?,
        Json::Bool(_) => return Err(Code::TypeMismatch),
        sent => match written(sent)? {
            None => return Ok(None),
            Some(text) => spoken(text)?,
        },
    };
    let step = 10_i64.pow(6 - u32::from(places.min(6)));
    let size = number.0.unsigned_abs().saturating_add(step.unsigned_abs() / 2) / step.unsigned_abs();
    let size = i64::try_from(size).ok().and_then(|size| size.checked_mul(step)).ok_or(Code::Range)?;
    if size > LARGEST {
        return Err(Code::Range);
    }
    Ok(Some(Decimal(if number.0 < 0 { -size } else { size })))
}

/// A number as people write it: `1 234,50`.
fn spoken(text: &str) -> Result<Decimal, Code> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if ["nan", "inf", "infinity"].iter().any(|word| unsigned.eq_ignore_ascii_case(word)) {
        return Err(Code::Range);
    }
    let mut parts = unsigned.split(['.', ',']);
    let (whole, fraction) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if parts.next().is_some() || (whole.is_empty() && fraction.is_empty()) {
        return Err(Code::TypeMismatch);
    }
    let mut plain = String::with_capacity(text.len());
    plain.extend(text.starts_with('-').then_some('-'));
    for (at, group) in whole.split([' ', '\u{a0}', '\u{202f}']).enumerate() {
        // A blank stands before three digits, and not at the beginning.
        if at > 0 && (group.len() != 3 || plain.is_empty() || plain == "-") {
            return Err(Code::TypeMismatch);
        }
        plain.push_str(group);
    }
    plain.push('.');
    plain.push_str(fraction);
    let is_number = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
    if !plain.bytes().all(is_number) || plain.bytes().skip(1).any(|byte| byte == b'-') {
        return Err(Code::TypeMismatch);
    }
    plain.parse().map_err(|_| Code::Range)
}

/// A truth value.
pub(super) fn boolean(sent: &Json) -> Result<Option<bool>, Code> {
    let Some(word) = written(sent)? else { return Ok(None) };
    let is = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
    if is(&["true", "1", "on", "yes", "tak"]) {
        Ok(Some(true))
    } else if is(&["false", "0", "off", "no", "nie"]) {
        Ok(Some(false))
    } else {
        Err(Code::TypeMismatch)
    }
}

/// A day or a point in time, whichever was sent.
pub(super) fn moment(sent: &Json, zone: &Zone) -> Result<Option<Moment>, Code> {
    match sent {
        Json::Null => Ok(None),
        Json::Text(text) if text.trim().is_empty() => Ok(None),
        Json::Text(text) => local_time::read(text.trim(), b'.', zone).map(Some).ok_or(Code::Date),
        _ => Err(Code::Date),
    }
}

/// A day, counted from 1970; of a point in time its day in the zone.
pub(super) fn date(sent: &Json, zone: &Zone) -> Result<Option<i64>, Code> {
    Ok(moment(sent, zone)?.map(|moment| match moment {
        Moment::Day(day) => day,
        Moment::At(instant) => zone.day(instant),
    }))
}

/// An e-mail address, its domain in lower case.
pub(super) fn email(sent: &Json) -> Result<Option<String>, Code> {
    let Some(address) = written(sent)? else { return Ok(None) };
    let blank = |character: char| character.is_whitespace() || character.is_control();
    let (local, domain) = address.split_once('@').ok_or(Code::Email)?;
    let is_domain =
        domain.contains('.') && !domain.contains('@') && domain.split('.').all(|label| !label.is_empty());
    let fits = address.chars().count() <= 254 && (1..=64).contains(&local.chars().count());
    if !is_domain || !fits || address.chars().any(blank) {
        return Err(Code::Email);
    }
    Ok(Some([local, "@", &domain.to_lowercase()].concat()))
}

/// A phone number as sent.
pub(super) fn phone(sent: &Json) -> Result<Option<String>, Code> {
    if matches!(sent, Json::Bool(_)) {
        return Err(Code::Phone);
    }
    let Some(number) = written(sent)? else { return Ok(None) };
    if number.chars().count() > PHONE || !number.bytes().any(|byte| byte.is_ascii_digit()) {
        return Err(Code::Phone);
    }
    Ok(Some(number.to_owned()))
}

/// The number of a record: a positive integer. One that no record can have is the largest there is.
pub(super) fn id(sent: &Json) -> Result<Option<i64>, Code> {
    if matches!(sent, Json::Bool(_)) {
        return Err(Code::TypeMismatch);
    }
    let Some(text) = written(sent)? else { return Ok(None) };
    if !text.bytes().all(|byte| byte.is_ascii_digit()) || text.bytes().all(|byte| byte == b'0') {
        return Err(Code::TypeMismatch);
    }
    Ok(Some(text.parse().unwrap_or(i64::MAX)))
}

/// What was sent, as JSON for an error body: text is cut after 200 characters, and so is the text of anything else that is
/// longer. `None` for null.
pub(super) fn rejected(sent: &Json) -> Option<String> {
    let cut = |text: &str| text.chars().take(REPEATED).collect::<String>();
    let mut out = Vec::new();
    match sent {
        Json::Null => return None,
        Json::Text(text) => crate::json_out::text(&mut out, &cut(text)),
        other => {
            other.push(&mut out);
            let whole = String::from_utf8_lossy(&out).into_owned();
            if whole.chars().nth(REPEATED).is_some() {
                out.clear();
                crate::json_out::text(&mut out, &cut(&whole));
            }
        }
    }
    Some(String::from_utf8_lossy(&out).into_owned())
}

#[cfg(test)]
mod tests;
