//! Request bodies: unpacking, character set, and JSON as a small tree that keeps numbers as they were written (spec 1.4).
//!
//! Numbers never pass through a binary float: their text is read where the type of the field is known.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use serde_json::value::RawValue;

use crate::wire::Request;

/// How deep arrays and objects may be nested.
const DEPTH_LIMIT: usize = 64;

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    /// As written.
    Number(Box<str>),
    Text(String),
    List(Vec<Json>),
    Object(Object),
}

/// A JSON object; of a repeated key the last value counts.
pub(super) type Object = BTreeMap<String, Json>;

impl Json {
    /// Whether it clears a field: `null`, `""`, `{}` or `[]` (spec 3.5).
    pub(super) fn clears(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::List(list) => list.is_empty(),
            Self::Object(object) => object.is_empty(),
            Self::Bool(_) | Self::Number(_) => false,
        }
    }
}

/// Why a body is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It is not JSON, or its root is no object.
    NotJson,
    /// It is too large, packed or unpacked.
    TooLarge,
}

/// Reads the body of a request as a JSON object of at most `limit` bytes, unpacked.
pub(super) fn object(request: &Request, limit: usize) -> Result<Object, Unreadable> {
    let unpacked = unpack(&request.headers, &request.body, limit)?;
    let text = decode(&request.headers, &unpacked)?;
    parse(&text)
}

/// Whether the headers announce a multipart body.
pub(super) fn is_multipart(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.trim_start().get(..10).is_some_and(|kind| kind.eq_ignore_ascii_case("multipart/"))
}

/// Undoes the encodings that are known; other labels mean nothing (existing clients send `UTF-8`).
fn unpack<'a>(headers: &HeaderMap, body: &'a [u8], limit: usize) -> Result<Cow<'a, [u8]>, Unreadable> {
    let mut body = Cow::Borrowed(body);
    let labels: Vec<&str> = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|l| l.split(','))
        .collect();
    // The encoding named last was applied last.
    for label in labels.iter().rev() {
        if body.is_empty() {
            break;
        }
        let packed: &[u8] = &body;
        let unpacked = match label.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => bounded(flate2::read::GzDecoder::new(packed), limit)?,
            "deflate" if has_zlib_header(packed) => bounded(flate2::read::ZlibDecoder::new(packed), limit)?,
            "deflate" => bounded(flate2::read::DeflateDecoder::new(packed), limit)?,
            "br" => bounded(brotli::Decompressor::new(packed, 4096), limit)?,
            _ => continue,
        };
        body = Cow::Owned(unpacked);
    }
    if body.len() > limit { Err(Unreadable::TooLarge) } else { Ok(body) }
}

/// Most senders of `deflate` mean zlib, as the standard says; some send it bare.
fn has_zlib_header(packed: &[u8]) -> bool {
    matches!(packed, [first, second, ..]
        if first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0)
}

fn bounded(packed: impl Read, limit: usize) -> Result<Vec<u8>, Unreadable> {
    let mut unpacked = Vec::new();
    match packed.take(limit as u64 + 1).read_to_end(&mut unpacked) {
        _ if unpacked.len() > limit => Err(Unreadable::TooLarge),
        Ok(_) => Ok(unpacked),
        Err(_) => Err(Unreadable::NotJson),
    }
}

/// Names under which Latin-1 and its Windows superset travel; both are read as the latter, as browsers do.
const WESTERN: [&str; 8] =
    ["iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "windows-1252", "cp1252", "x-cp1252"];

fn decode<'a>(headers: &HeaderMap, body: &'a [u8]) -> Result<Cow<'a, str>, Unreadable> {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    let marked = body.strip_prefix(MARK);
    if marked.is_none() && WESTERN.contains(&charset(headers).as_str()) {
        return Ok(encoding_rs::WINDOWS_1252.decode_without_bom_handling(body).0);
    }
    std::str::from_utf8(marked.unwrap_or(body)).map(Cow::Borrowed).map_err(|_| Unreadable::NotJson)
}

/// The `charset` parameter of the content type, in lower case; empty without one.
fn charset(headers: &HeaderMap) -> String {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let named = content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').trim())
    });
    named.unwrap_or_default().to_ascii_lowercase()
}

/// Reads the text of a body: empty is `{}`, an array of one object is that object.
pub(super) fn parse(text: &str) -> Result<Object, Unreadable> {
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    if text.is_empty() {
        return Ok(Object::new());
    }
    match value(text)? {
        Json::Object(object) => Ok(object),
        Json::List(mut list) if list.len() == 1 => match list.pop() {
            Some(Json::Object(object)) => Ok(object),
            _ => Err(Unreadable::NotJson),
        },
        _ => Err(Unreadable::NotJson),
    }
}

/// Reads any JSON text.
pub(super) fn value(text: &str) -> Result<Json, Unreadable> {
    if too_deep(text) {
        return Err(Unreadable::NotJson);
    }
    let raw: &RawValue = serde_json::from_str(text).map_err(|_| Unreadable::NotJson)?;
    tree(raw).map_err(|_| Unreadable::NotJson)
}

/// Whether brackets outside of strings open deeper than the limit; found before anything recurses.
fn too_deep(text: &str) -> bool {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                depth += 1;
                if depth > DEPTH_LIMIT {
                    return true;
                }
            }
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

fn tree(raw: &RawValue) -> serde_json::Result<Json> {
    let text = raw.get();
    Ok(match text.as_bytes().first() {
        Some(b'{') => {
            let fields: BTreeMap<String, &RawValue> = serde_json::from_str(text)?;
            Json::Object(
                fields
                    .into_iter()
                    .map(|(key, raw)| Ok((key, tree(raw)?)))
                    .collect::<serde_json::Result<_>>()?,
            )
        }
        Some(b'[') => {
            let elements: Vec<&RawValue> = serde_json::from_str(text)?;
            Json::List(elements.into_iter().map(tree).collect::<serde_json::Result<_>>()?)
        }
        Some(b'"') => Json::Text(serde_json::from_str(text)?),
        Some(b't') => Json::Bool(true),
        Some(b'f') => Json::Bool(false),
        Some(b'n') => Json::Null,
        _ => Json::Number(text.into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMIT: usize = 1000;

    fn request(headers: &[(&'static str, &'static str)], body: &[u8]) -> Request {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, http::HeaderValue::from_static(value));
        }
        Request {
            method: http::Method::POST,
            path: String::new(),
            query: String::new(),
            headers: map,
            body: bytes::Bytes::copy_from_slice(body),
            base_url: String::new(),
        }
    }

    #[test]
    fn numbers_keep_their_digits() {
        let body = parse(r#"{"valor": 9007199254740993.000001, "n": -1e3}"#).unwrap();
        assert_eq!(body["valor"], Json::Number("9007199254740993.000001".into()));
        assert_eq!(body["n"], Json::Number("-1e3".into()));
    }

    #[test]
    fn the_last_of_two_equal_keys_counts() {
        assert_eq!(parse(r#"{"a": 1, "a": true}"#).unwrap()["a"], Json::Bool(true));
    }

    #[test]
    fn what_is_no_object_is_refused_and_nothing_is_an_empty_one() {
        for text in
            ["[]", "[1]", "[{},{}]", "[[{}]]", "\"x\"", "1", "null", "{", "{\"a\":01}", "{a:1}", "\0", "{}x"]
        {
            assert_eq!(parse(text), Err(Unreadable::NotJson), "{text}");
        }
        for text in ["", " \n", "{}", "[{}]"] {
            assert_eq!(parse(text), Ok(Object::new()), "{text}");
        }
        assert_eq!(parse("{\"a\":\"\\ud800\"}"), Err(Unreadable::NotJson), "half a surrogate pair");
        assert_eq!(parse("{\"a\":\"b\u{1}\"}"), Err(Unreadable::NotJson), "a raw control character");
    }

    #[test]
    fn nesting_ends_at_sixty_four() {
        let nested = |depth: usize| format!("{{\"x\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(&nested(63)).is_ok());
        assert_eq!(parse(&nested(64)), Err(Unreadable::NotJson));
        assert_eq!(parse(&nested(500_000)), Err(Unreadable::NotJson));
        assert!(
            parse("{\"x\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"}")
                .is_ok()
        );
    }

    #[test]
    fn western_bodies_are_decoded_when_named_and_utf_8_is_strict() {
        let latin = b"{\"nome\":\"S\xe3o\"}";
        for kind in ["application/json; charset=ISO-8859-1", "a/b;charset=\"windows-1252\""] {
            let body = object(&request(&[("content-type", kind)], latin), LIMIT).unwrap();
            assert_eq!(body["nome"], Json::Text("São".to_owned()));
        }
        assert_eq!(object(&request(&[], latin), LIMIT), Err(Unreadable::NotJson));
        let marked = object(&request(&[], "\u{feff}{\"a\":null}".as_bytes()), LIMIT).unwrap();
        assert_eq!(marked["a"], Json::Null);
    }

    #[test]
    fn unknown_encodings_are_ignored_and_broken_ones_are_no_json() {
        assert!(object(&request(&[("content-encoding", "UTF-8")], b"{}"), LIMIT).is_ok());
        for label in ["gzip", "deflate", "br"] {
            assert_eq!(
                object(&request(&[("content-encoding", label)], b"{\"a\": 1}"), LIMIT),
                Err(Unreadable::NotJson),
                "{label}"
            );
            assert!(object(&request(&[("content-encoding", label)], b""), LIMIT).is_ok(), "{label}");
        }
    }

    #[test]
    fn packed_bodies_are_unpacked_up_to_the_limit() {
        use std::io::Write;
        let pack = |body: &[u8]| {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packer.write_all(body).unwrap();
            packer.finish().unwrap()
        };
        let headers = [("content-encoding", "gzip")];
        let small = request(&headers, &pack(b"{\"a\":1}"));
        assert_eq!(object(&small, LIMIT).unwrap()["a"], Json::Number("1".into()));
        assert!(object(&request(&headers, &pack(&[b' '; LIMIT])), LIMIT).is_ok());
        let bomb = request(&headers, &pack(&[b' '; LIMIT + 1]));
        assert_eq!(object(&bomb, LIMIT), Err(Unreadable::TooLarge));
        assert!(object(&bomb, LIMIT + 1).is_ok(), "the limit is the caller's");
        assert_eq!(object(&request(&[], &[b' '; LIMIT + 1]), LIMIT), Err(Unreadable::TooLarge));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(body in any::<Vec<u8>>(), label in 0..4_usize) {
            let headers = [("content-encoding", ["gzip", "deflate", "br", "utf-8"][label])];
            let _ = object(&request(&headers, &body), LIMIT);
        }

        #[test]
        fn the_tree_accepts_what_serde_json_accepts(text in "[\\[\\]{}\",:0-9truefalsn.eE+\\\\ -]{0,24}") {
            let ours = value(&text).is_ok();
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            // A number beyond a binary float is no error here: its digits are kept.
            prop_assert!(ours == theirs.is_ok() || theirs.is_err_and(|e| e.to_string().contains("out of range")));
        }
    }
}
