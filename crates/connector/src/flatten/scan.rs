//! The JSON scanner: finds where values begin and end, strictly by the grammar, without building anything.

/// The value or key holds a backslash.
pub(super) const ESCAPED: u8 = 1;
/// A string holds a raw control character (the grammar forbids it; it is read all the same).
pub(super) const CONTROL: u8 = 2;
/// White space stands between tokens.
pub(super) const SPACED: u8 = 4;

/// How deep arrays and objects may lie in each other.
pub(super) const DEPTH: u32 = 128;

/// A place where the text is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    /// Byte offset in the text.
    pub(super) at: usize,
    /// What was expected there.
    pub(super) expected: &'static str,
}

/// A text being scanned. Methods take and return positions; none means that `fault` tells why.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    pub(super) bytes: &'a [u8],
    /// What was met since the caller cleared it: [`ESCAPED`], [`CONTROL`], [`SPACED`].
    pub(super) flags: u8,
    pub(super) fault: Option<Fault>,
}

const ONES: u64 = 0x0101_0101_0101_0101;
const QUOTE: u64 = 0x22;
const BACKSLASH: u64 = 0x5c;
const TOPS: u64 = 0x8080_8080_8080_8080;

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), flags: 0, fault: None }
    }

    /// The byte there; 0 past the end.
    #[inline]
    pub(super) fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    #[cold]
    pub(super) fn fail<T>(&mut self, at: usize, expected: &'static str) -> Option<T> {
        self.fault.get_or_insert(Fault { at, expected });
        None
    }

    /// The first position from there on that is no white space.
    #[inline]
    pub(super) fn space(&mut self, at: usize) -> usize {
        if self.byte(at) > b' ' { at } else { self.spaces(at) }
    }

    #[cold]
    fn spaces(&mut self, mut at: usize) -> usize {
        while matches!(self.bytes.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            at += 1;
            self.flags |= SPACED;
        }
        at
    }

    /// The closing quotation mark of the string whose first character stands there.
    #[inline]
    pub(super) fn string(&mut self, mut at: usize) -> Option<usize> {
        // Eight bytes at a time: in `hits` the top bit of a byte is set where a quotation mark, a backslash or a control character stands. What
        // lies above the lowest such bit may be wrong by a borrow, and is not looked at.
        while let Some(eight) = self.bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
            let word = u64::from_le_bytes(*eight);
            let quote = word ^ (ONES * QUOTE);
            let slash = word ^ (ONES * BACKSLASH);
            let hits = ((quote.wrapping_sub(ONES) & !quote)
                | (slash.wrapping_sub(ONES) & !slash)
                | (word.wrapping_sub(ONES * 0x20) & !word))
                & TOPS;
            if hits == 0 {
                at += 8;
                continue;
            }
            at += (hits.trailing_zeros() / 8) as usize;
            if self.byte(at) == b'"' {
                return Some(at);
            }
            at = self.oddity(at)?;
        }
        self.string_end(at)
    }

    /// The last few bytes of the text, one by one.
    #[cold]
    fn string_end(&mut self, mut at: usize) -> Option<usize> {
        while let Some(&byte) = self.bytes.get(at) {
            match byte {
                b'"' => return Some(at),
                b'\\' | 0..=0x1f => at = self.oddity(at)?,
                _ => at += 1,
            }
        }
        self.fail(at, "the end of a string")
    }

    /// Steps over an escape or a raw control character.
    #[inline(never)]
    fn oddity(&mut self, at: usize) -> Option<usize> {
        if self.byte(at) != b'\\' {
            self.flags |= CONTROL;
            return Some(at + 1);
        }
        self.flags |= ESCAPED;
        match self.byte(at + 1) {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(at + 2),
            b'u' => {
                let digits = self.bytes.get(at + 2..at + 6);
                if digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
                    Some(at + 6)
                } else {
                    self.fail(at, "an escape with four hexadecimal digits")
                }
            }
            _ => self.fail(at, "an escape"),
        }
    }

    /// The position after the value that begins there. `depth` is how many arrays and objects may still open.
    pub(super) fn value(&mut self, at: usize, depth: u32) -> Option<usize> {
        match self.byte(at) {
            b'"' => Some(self.string(at + 1)? + 1),
            b'{' => self.object(at + 1, depth),
            b'[' => self.array(at + 1, depth),
            b'-' | b'0'..=b'9' => self.number(at),
            b't' => self.word(at, b"true"),
            b'f' => self.word(at, b"false"),
            b'n' => self.word(at, b"null"),
            _ => self.fail(at, "a value"),
        }
    }

    /// The key whose opening quotation mark stands there: position of its closing mark, and of the value.
    #[inline]
    pub(super) fn key(&mut self, at: usize) -> Option<(usize, usize)> {
        if self.byte(at) != b'"' {
            return self.fail(at, "a key");
        }
        let end = self.string(at + 1)?;
        let colon = self.space(end + 1);
        if self.byte(colon) != b':' {
            return self.fail(colon, "a colon");
        }
        Some((end, self.space(colon + 1)))
    }

    /// After a member or element: the position of the next one, or the end of the container.
    #[inline]
    pub(super) fn next(&mut self, at: usize, close: u8) -> Option<Next> {
        let at = self.space(at);
        let byte = self.byte(at);
        if byte == b',' {
            return Some(Next::More(self.space(at + 1)));
        }
        if byte == close {
            return Some(Next::End(at + 1));
        }
        self.fail(at, if close == b'}' { "a comma or }" } else { "a comma or ]" })
    }

    fn object(&mut self, at: usize, depth: u32) -> Option<usize> {
        if depth == 0 {
            return self.fail(at, "less than 128 levels");
        }
        let mut at = self.space(at);
        if self.byte(at) == b'}' {
            return Some(at + 1);
        }
        loop {
            let (_, value) = self.key(at)?;
            at = self.value(value, depth - 1)?;
            match self.next(at, b'}')? {
                Next::More(next) => at = next,
                Next::End(end) => return Some(end),
            }
        }
    }

    fn array(&mut self, at: usize, depth: u32) -> Option<usize> {
        if depth == 0 {
            return self.fail(at, "less than 128 levels");
        }
        let mut at = self.space(at);
        if self.byte(at) == b']' {
            return Some(at + 1);
        }
        loop {
            at = self.value(at, depth - 1)?;
            match self.next(at, b']')? {
                Next::More(next) => at = next,
                Next::End(end) => return Some(end),
            }
        }
    }

    fn number(&mut self, mut at: usize) -> Option<usize> {
        at += usize::from(self.byte(at) == b'-');
        if self.byte(at) == b'0' {
            at += 1;
        } else {
            at = self.digits(at)?;
        }
        if self.byte(at) == b'.' {
            at = self.digits(at + 1)?;
        }
        if matches!(self.byte(at), b'e' | b'E') {
            at += 1;
            at += usize::from(matches!(self.byte(at), b'+' | b'-'));
            at = self.digits(at)?;
        }
        Some(at)
    }

    #[inline]
    fn digits(&mut self, begin: usize) -> Option<usize> {
        let mut at = begin;
        while self.byte(at).is_ascii_digit() {
            at += 1;
        }
        if at == begin { self.fail(at, "a digit") } else { Some(at) }
    }

    #[inline]
    fn word(&mut self, at: usize, word: &'static [u8]) -> Option<usize> {
        if self.bytes.get(at..at + word.len()) == Some(word) {
            Some(at + word.len())
        } else {
            self.fail(at, "a value")
        }
    }
}

/// What follows a member or element.
#[derive(Debug, Clone, Copy)]
pub(super) enum Next {
    /// Another one, there.
    More(usize),
    /// Nothing; the container ended before that position.
    End(usize),
}
