//! The query string as this API reads it: repeatable keys, blanks, numbers with stray signs behind them (spec 2.8).
//!
//! Not here: what a parameter means; see [`list`](super::list).

/// The decoded parameters of a request, in the order sent.
#[derive(Debug, Default, Clone)]
pub(crate) struct Params {
    pairs: Vec<(String, String)>,
    /// Scheme and host the request came in on; addresses inside answers begin with it.
    pub(crate) base_url: String,
}

impl Params {
    /// Decodes a query string; nothing in it is an error.
    pub(crate) fn parse(query: &str, base_url: &str) -> Self {
        let pairs = query
            .split('&')
            .filter(|part| !part.is_empty())
            .map(|part| {
                let (key, value) = part.split_once('=').unwrap_or((part, ""));
                (decode(key), decode(value))
            })
            .collect();
        Self { pairs, base_url: base_url.to_owned() }
    }

    /// Every value of a parameter, in order.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first value that is not blank, untrimmed.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(key, value)| key == name && !value.trim().is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// The first value that reads as a truth value.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.all(name).find_map(|value| match value.trim() {
            "1" => Some(true),
            "0" => Some(false),
            word if word.eq_ignore_ascii_case("true") => Some(true),
            word if word.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        })
    }

    /// The first value that begins with a number.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.all(name).find_map(leading_int)
    }

    /// The numbers of an id list, comma-separated and repeated; `None` when nothing is readable.
    pub(crate) fn ids(&self, name: &str) -> Option<Vec<i64>> {
        let mut ids: Vec<i64> =
            self.all(name).flat_map(|value| value.split(',')).filter_map(leading_int).collect();
        ids.sort_unstable();
        ids.dedup();
        (!ids.is_empty()).then_some(ids)
    }

    /// The keys asked for with `attribute`; `None` when the whole object is (spec 2.3).
    pub(crate) fn attributes(&self) -> Option<Vec<&str>> {
        let names: Vec<&str> = self
            .all("attribute")
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .collect();
        (!names.is_empty()).then_some(names)
    }
}

/// The number a text begins with: blanks before it and anything behind it do not matter; one beyond 64 bits is the
/// last one there is, so that it matches nothing and is past every end.
pub(crate) fn leading_int(text: &str) -> Option<i64> {
    let text = text.trim_start();
    let (sign, digits) = match text.as_bytes().first() {
        Some(b'-') => ("-", &text[1..]),
        Some(b'+') => ("", &text[1..]),
        _ => ("", text),
    };
    let end = digits.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    if end == 0 {
        return None;
    }
    let last = if sign.is_empty() { i64::MAX } else { i64::MIN };
    Some(format!("{sign}{}", &digits[..end]).parse().unwrap_or(last))
}

/// Undoes percent-encoding with `+` as a blank; bytes that are not UTF-8 are read as windows-1252.
fn decode(text: &str) -> String {
    if !text.bytes().any(|byte| matches!(byte, b'%' | b'+')) {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |offset: usize| bytes.get(at + offset).and_then(|byte| char::from(*byte).to_digit(16));
        match (bytes[at], hex(1), hex(2)) {
            (b'+', _, _) => out.push(b' '),
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 2;
            }
            (byte, _, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8(out).unwrap_or_else(|error| {
        let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(error.as_bytes());
        text.into_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn params(query: &str) -> Params {
        Params::parse(query, "")
    }

    #[test]
    fn keys_repeat_and_blanks_count_as_absent() {
        let params = params("a=1&b=&a=2,x,,3)&c=%20&nome=sao+j%C3%A3o&=&&x");
        assert_eq!(params.ids("a"), Some(vec![1, 2, 3]));
        assert_eq!((params.text("b"), params.text("c"), params.text("x")), (None, None, None));
        assert_eq!(params.text("nome"), Some("sao jão"));
        assert_eq!(params.ids("c"), None);
    }

    #[test]
    fn numbers_end_at_the_first_stray_sign() {
        for (text, number) in [
            ("50)", Some(50)),
            ("3.9", Some(3)),
            (" 7", Some(7)),
            ("-1", Some(-1)),
            ("-", None),
            ("abc", None),
            ("99999999999999999999999", Some(i64::MAX)),
            ("-99999999999999999999999", Some(i64::MIN)),
        ] {
            assert_eq!(leading_int(text), number, "{text}");
        }
    }

    #[test]
    fn flags_are_words_or_digits_in_any_case() {
        let params = params("a=TRUE&b=0&c=talvez&d=talvez&d=1");
        assert_eq!([params.flag("a"), params.flag("b"), params.flag("c")], [Some(true), Some(false), None]);
        assert_eq!(params.flag("d"), Some(true));
    }

    #[test]
    fn attributes_come_repeated_or_with_commas() {
        assert_eq!(params("attribute=id&attribute=nome,%20x").attributes(), Some(vec!["id", "nome", "x"]));
        assert_eq!(params("attribute=&attribute=,").attributes(), None);
    }

    #[test]
    fn bytes_of_older_clients_are_read_as_windows_1252() {
        assert_eq!(params("nome=S%E3o").text("nome"), Some("São"));
        assert_eq!(params("nome=100%&x=%zz").text("nome"), Some("100%"));
    }

    proptest! {
        #[test]
        fn any_query_string_is_read(query in "\\PC*") {
            let params = params(&query);
            let _ = (params.ids("a"), params.attributes(), params.flag("a"), params.int("a"));
        }

        #[test]
        fn any_text_survives_its_encoding(text in "\\PC*") {
            let encoded: Vec<String> = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let encoded = encoded.concat();
            prop_assert_eq!(decode(&encoded), text);
        }
    }
}
