//! One value on its way into a destination, borrowed from the page it came in.

/// A value. Which variants a column can hold follows from its [`Type`](crate::schema::Type); any column can hold [`Cell::Null`] unless it is in the key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// `Type::Boolean`.
    Boolean(bool),
    /// `Type::BigInt`.
    Integer(i64),
    /// `Type::Double` (layout `kondado` only). Never NaN nor infinite.
    Double(f64),
    /// `Type::Numeric`: plain decimal text such as `-1250.50`: optional minus, at most 14 digits, optional point with 1 to 6 digits; no exponent.
    Decimal(&'a str),
    /// `Type::Text`, unescaped, without U+0000.
    Text(Text<'a>),
    /// `Type::Instant`: microseconds since 1970 UTC; `Type::Civil`: microseconds since 1970 of the wall clock in the configured zone.
    /// Years 0001 to 9999.
    Micros(i64),
    /// `Type::Json`: compact JSON text, without U+0000 (neither raw nor as `\u0000`).
    Json(&'a str),
    /// `Type::Hash`.
    Hash(u128),
}

/// Text of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text<'a> {
    /// The text itself.
    pub text: &'a str,
    /// Known to hold no control character, quotation mark or backslash, so that writers of JSON and of COPY text can take the bytes as they are.
    pub plain: bool,
}

impl<'a> Text<'a> {
    /// Text of which nothing is known.
    pub fn of(text: &'a str) -> Self {
        Self { text, plain: false }
    }
}
