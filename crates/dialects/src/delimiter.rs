//! Delimiters inside bodies of several parts. What the parts mean is each dialect's own.

/// Where a text begins. The first byte is looked for alone: pictures are long, delimiters rare.
pub(crate) fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    let first = *text.first()?;
    let mut from = 0;
    while let Some(at) = bytes.get(from..)?.iter().position(|byte| *byte == first) {
        if bytes[from + at..].starts_with(text) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}
