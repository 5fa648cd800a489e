//! Reads the stored JSON of lists without building it: slices of the stored text, ready to be copied to the wire.
//!
//! Strings stay escaped, numbers keep their digits. Text that is no such list reads as empty.

/// A position in a stored JSON text.
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// At the beginning.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    /// Steps over this sign, if it is next.
    pub(crate) fn take(&mut self, sign: u8) -> bool {
        let found = self.peek() == Some(sign);
        self.at += usize::from(found);
        found
    }

    /// Whether another element follows: steps over a comma, or over `close` at the end.
    fn more(&mut self, first: bool, close: u8) -> bool {
        if self.take(close) {
            return false;
        }
        first || self.take(b',')
    }

    /// Calls back for each element of an array; the callback must step over it.
    pub(crate) fn array(&mut self, mut each: impl FnMut(&mut Self) -> bool) {
        if !self.take(b'[') {
            return;
        }
        let mut first = true;
        while self.more(first, b']') {
            first = false;
            if !each(self) {
                return;
            }
        }
    }

    /// Calls back for each key, without its quotes, and raw value of an object; `false` when it is none.
    pub(crate) fn object(&mut self, mut each: impl FnMut(&'a str, &'a str)) -> bool {
        if !self.take(b'{') {
            return false;
        }
        let mut first = true;
        while self.more(first, b'}') {
            first = false;
            let Some(key) = self.value().filter(|key| key.len() >= 2 && key.starts_with('"')) else {
                return false;
            };
            if !self.take(b':') {
                return false;
            }
            let Some(value) = self.value() else { return false };
            each(&key[1..key.len() - 1], value);
        }
        true
    }

    /// Steps over the next value, whatever it is.
    pub(crate) fn value(&mut self) -> Option<&'a str> {
        let first = self.peek()?;
        let (start, bytes) = (self.at, self.text.as_bytes());
        match first {
            b'"' => self.string()?,
            b'[' | b'{' => {
                let mut depth = 0_usize;
                loop {
                    match *bytes.get(self.at)? {
                        b'"' => {
                            self.string()?;
                            continue;
                        }
                        b'[' | b'{' => depth += 1,
                        b']' | b'}' => depth -= 1,
                        _ => {}
                    }
                    self.at += 1;
                    if depth == 0 {
                        break;
                    }
                }
            }
            _ => {
                while bytes.get(self.at).is_some_and(|byte| !matches!(byte, b',' | b']' | b'}' | b' ' | b':'))
                {
                    self.at += 1;
                }
            }
        }
        (self.at > start).then(|| &self.text[start..self.at])
    }

    fn string(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        self.at += 1;
        loop {
            match *bytes.get(self.at)? {
                b'\\' => self.at += 2,
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                _ => self.at += 1,
            }
        }
    }
}

/// The ids of a stored list.
pub(crate) fn ids(stored: &str, mut each: impl FnMut(i64)) {
    Cursor::new(stored).array(|cursor| {
        let id = cursor.value().and_then(|raw| raw.parse().ok());
        if let Some(id) = id {
            each(id);
        }
        id.is_some()
    });
}

/// The first id of a stored list.
pub(crate) fn first_id(stored: &str) -> Option<i64> {
    let mut first = None;
    ids(stored, |id| {
        first.get_or_insert(id);
    });
    first
}

/// Stored custom values: field id, raw value id, raw text.
pub(crate) fn custom(stored: &str, mut each: impl FnMut(i64, &str, &str)) {
    Cursor::new(stored).object(|field, pair| {
        let mut parts = [""; 2];
        let mut found = 0;
        Cursor::new(pair).array(|cursor| match (cursor.value(), parts.get_mut(found)) {
            (Some(raw), Some(part)) => {
                *part = raw;
                found += 1;
                true
            }
            _ => false,
        });
        if let (Ok(field), 2) = (field.parse(), found) {
            each(field, parts[0], parts[1]);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn custom_values_are_found_with_their_ids() {
        let mut found = Vec::new();
        custom(r#"{"7":[801,"M\"é,]}dio"], "9" : [ 802 , "x" ],"x":[1,"y"]}"#, |field, id, text| {
            found.push((field, id.to_owned(), text.to_owned()));
        });
        let expected = [(7, "801", r#""M\"é,]}dio""#), (9, "802", "\"x\"")];
        assert_eq!(found, expected.map(|(field, id, text)| (field, id.to_owned(), text.to_owned())));
    }

    #[test]
    fn ids_are_read_up_to_the_first_oddity() {
        let mut found = Vec::new();
        ids("[3, 4,5]", |id| found.push(id));
        ids("[6,\"x\",7]", |id| found.push(id));
        ids("nonsense", |id| found.push(id));
        assert_eq!(found, [3, 4, 5, 6]);
        assert_eq!(first_id("[8,9]"), Some(8));
    }

    proptest! {
        #[test]
        fn odd_text_never_panics(text in "[\\[\\]{}\",:\\\\ 0-9a-zé]*") {
            ids(&text, |_| {});
            custom(&text, |_, _, _| {});
            Cursor::new(&text).array(|cursor| cursor.object(|_, _| {}));
        }
    }
}
