//! The rest: what the source sent and no column holds, as one JSON object, nested as it was.

use super::text::compact;

/// The rest of one record or element, in the making.
#[derive(Debug, Default)]
pub(super) struct Rest {
    text: String,
    /// Keys of the objects that are being read, outermost first, as written in the source.
    keys: Vec<(u32, u32)>,
    /// How many of them were begun in `text`.
    begun: usize,
}

impl Rest {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.keys.clear();
        self.begun = 0;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The object, once [`Rest::finish`] was called; empty when there is nothing.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The object behind that key is about to be read.
    #[inline]
    pub(super) fn enter(&mut self, key: (usize, usize)) {
        self.keys.push((key.0 as u32, key.1 as u32));
    }

    /// It was read.
    #[inline]
    pub(super) fn leave(&mut self) {
        self.keys.pop();
        if self.begun > self.keys.len() {
            self.begun = self.keys.len();
            self.text.push('}');
        }
    }

    /// Adds a member; true when a U+0000 was replaced.
    pub(super) fn add(&mut self, raw: &str, key: (usize, usize), value: &str, flags: u8) -> bool {
        if self.text.is_empty() {
            self.text.push('{');
        }
        while let Some(&(begin, end)) = self.keys.get(self.begun) {
            self.key(raw, (begin as usize, end as usize));
            self.text.push('{');
            self.begun += 1;
        }
        self.key(raw, key);
        if flags == 0 {
            self.text.push_str(value);
            return false;
        }
        compact(value, &mut self.text)
    }

    fn key(&mut self, raw: &str, (begin, end): (usize, usize)) {
        if !self.text.ends_with('{') {
            self.text.push(',');
        }
        // With its quotation marks, that is from one byte before to one byte after.
        let key = raw.get(begin - 1..=end).unwrap_or("\"\"");
        if key.bytes().any(|byte| byte == b'\\' || byte < b' ') {
            compact(key, &mut self.text);
        } else {
            self.text.push_str(key);
        }
        self.text.push(':');
    }

    pub(super) fn finish(&mut self) {
        if !self.text.is_empty() {
            self.text.push('}');
        }
    }
}
