//! Values of fields: fixed-point numbers, instants, and the one enum that holds any of them.

use std::fmt;
use std::str::FromStr;

use crate::record::Item;

/// A fixed-point number with six decimals, up to about nine trillion whole units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal(pub i64);

impl Decimal {
    /// Steps in one whole unit.
    pub const SCALE: i64 = 1_000_000;
    /// Zero.
    pub const ZERO: Self = Self(0);

    /// A whole number of units.
    pub const fn from_units(units: i64) -> Self {
        Self(units * Self::SCALE)
    }

    /// `self * other`, rounded half away from zero at the sixth decimal; `None` when it does not fit.
    pub fn times(self, other: Self) -> Option<Self> {
        Self::narrow(round_div(i128::from(self.0) * i128::from(other.0), i128::from(Self::SCALE)))
    }

    /// `self / other`, rounded likewise; `None` when `other` is zero or the result does not fit.
    pub fn over(self, other: Self) -> Option<Self> {
        if other.0 == 0 {
            return None;
        }
        Self::narrow(round_div(i128::from(self.0) * i128::from(Self::SCALE), i128::from(other.0)))
    }

    /// This many per cent of `self`.
    pub fn percent(self, rate: Self) -> Option<Self> {
        Self::narrow(round_div(i128::from(self.0) * i128::from(rate.0), i128::from(Self::SCALE) * 100))
    }

    /// `self + other`; `None` when it does not fit.
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// Rounded half up to cents; at the very end of the range, to the last cents there are.
    #[must_use]
    pub fn to_cents(self) -> Self {
        let cents = round_div(i128::from(self.0), 10_000) as i64;
        Self(cents.clamp(i64::MIN / 10_000, i64::MAX / 10_000) * 10_000)
    }

    /// Whether there is nothing behind the decimal point.
    pub fn is_whole(self) -> bool {
        self.0 % Self::SCALE == 0
    }

    fn narrow(wide: i128) -> Option<Self> {
        i64::try_from(wide).ok().map(Self)
    }
}

/// Division rounded half away from zero.
fn round_div(numerator: i128, denominator: i128) -> i128 {
    let (numerator, denominator) =
        if denominator < 0 { (-numerator, -denominator) } else { (numerator, denominator) };
    let half = denominator / 2;
    if numerator >= 0 { (numerator + half) / denominator } else { (numerator - half) / denominator }
}

impl fmt::Display for Decimal {
    /// Shortest form: `900`, `325.35`, `-0.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.0.unsigned_abs() / Self::SCALE.unsigned_abs();
        let mut rest = self.0.unsigned_abs() % Self::SCALE.unsigned_abs();
        if self.0 < 0 {
            f.write_str("-")?;
        }
        write!(f, "{whole}")?;
        if rest != 0 {
            let mut width = 6;
            while rest.is_multiple_of(10) {
                rest /= 10;
                width -= 1;
            }
            write!(f, ".{rest:0width$}")?;
        }
        Ok(())
    }
}

/// The text is no number, or one too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number in range")]
pub struct NotDecimal;

impl FromStr for Decimal {
    type Err = NotDecimal;

    /// Reads `-12.5`, `1e3`, `.5`; digits past the sixth decimal are rounded half up.
    fn from_str(text: &str) -> Result<Self, NotDecimal> {
        let (negative, text) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i32>().map_err(|_| NotDecimal)?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() && fraction.is_empty() {
            return Err(NotDecimal);
        }
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(NotDecimal);
        }
        // The position of the decimal point in `digits`, after the exponent.
        let point = i64::try_from(whole.len()).map_err(|_| NotDecimal)? + i64::from(exponent);
        let mut steps: i128 = 0;
        for position in 0..point.saturating_add(6).clamp(0, 64) {
            let digit = digits.get(position as usize).map_or(0, |digit| i128::from(digit - b'0'));
            steps = steps.checked_mul(10).and_then(|steps| steps.checked_add(digit)).ok_or(NotDecimal)?;
        }
        if point.saturating_add(6) > 64 && digits.iter().any(|digit| *digit != b'0') {
            return Err(NotDecimal);
        }
        if usize::try_from(point.saturating_add(6))
            .ok()
            .and_then(|next| digits.get(next))
            .is_some_and(|d| *d >= b'5')
        {
            steps += 1;
        }
        i64::try_from(if negative { -steps } else { steps }).map(Self).map_err(|_| NotDecimal)
    }
}

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(pub i64);

impl Instant {
    /// Microseconds in one day.
    pub const DAY: i64 = 86_400_000_000;
    /// 0001-01-01T00:00:00Z, the first instant a dialect can show.
    pub const FIRST: Self = Self(-62_135_596_800_000_000);
    /// 9999-12-31T23:59:59.999999Z, the last one.
    pub const LAST: Self = Self(253_402_300_799_999_999);

    /// Whole days from `earlier` to `self`, never negative.
    pub fn days_since(self, earlier: Self) -> i64 {
        (self.0.saturating_sub(earlier.0)).max(0) / Self::DAY
    }

    /// Cut to whole milliseconds, the finest unit that travels.
    #[must_use]
    pub fn to_millis(self) -> Self {
        Self(self.0.div_euclid(1000) * 1000)
    }
}

/// One custom value of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomValue {
    /// Id of the field's definition.
    pub field: i64,
    /// Id of this stored value, kept while the value changes.
    pub id: i64,
    /// The value as text.
    pub text: String,
}

/// What a field of a record holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// No value.
    #[default]
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer, a code, an id, or a date as days since 1970.
    Int(i64),
    /// A fixed-point number.
    Decimal(Decimal),
    /// A text.
    Text(String),
    /// A point in time.
    Instant(Instant),
    /// Texts in order.
    Texts(Vec<String>),
    /// Ids in order.
    Ids(Vec<i64>),
    /// Rows of an owned list.
    Items(Vec<Item>),
    /// Pairs in order.
    Map(Vec<(String, String)>),
    /// Custom values, by field id.
    Custom(Vec<CustomValue>),
}

impl Value {
    /// Whether there is nothing in it: null, or an empty list or map.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Texts(list) => list.is_empty(),
            Self::Ids(list) => list.is_empty(),
            Self::Items(list) => list.is_empty(),
            Self::Map(list) => list.is_empty(),
            Self::Custom(list) => list.is_empty(),
            Self::Text(text) => text.is_empty(),
            Self::Bool(_) | Self::Int(_) | Self::Decimal(_) | Self::Instant(_) => false,
        }
    }

    /// The number behind an integer, decimal, instant or truth value, as stored.
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Int(number) | Self::Decimal(Decimal(number)) | Self::Instant(Instant(number)) => {
                Some(*number)
            }
            Self::Bool(flag) => Some(i64::from(*flag)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimals_read_and_print_in_their_shortest_form() {
        for (text, printed) in [
            ("900", "900"),
            ("325.350", "325.35"),
            ("-.5", "-0.5"),
            ("1e3", "1000"),
            ("0.0000005", "0.000001"),
            ("12.", "12"),
            ("1E-2", "0.01"),
        ] {
            assert_eq!(text.parse::<Decimal>().unwrap().to_string(), printed, "{text}");
        }
        for text in ["", ".", "-", "1,5", "abc", "1e99", "99999999999999", "1e", "--1"] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
    }

    #[test]
    fn percentages_and_cents_round_half_up() {
        let price: Decimal = "361.5".parse().unwrap();
        assert_eq!(price.percent(Decimal::from_units(10)).unwrap().to_string(), "36.15");
        assert_eq!("0.005".parse::<Decimal>().unwrap().to_cents().to_string(), "0.01");
        assert_eq!(Decimal::from_units(i64::MAX / Decimal::SCALE).times(Decimal::from_units(10)), None);
    }

    proptest! {
        #[test]
        fn a_printed_decimal_reads_back_as_itself(steps in any::<i64>()) {
            prop_assert_eq!(Decimal(steps).to_string().parse::<Decimal>(), Ok(Decimal(steps)));
        }

        #[test]
        fn reading_a_decimal_never_panics(text in "\\PC*") {
            let _ = text.parse::<Decimal>();
        }
    }
}
