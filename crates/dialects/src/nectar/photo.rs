//! `POST /produto/{id}/photo/set` and `.../remove`: one picture as the part `photo` of a multipart body (spec 4.7).

use favo_core::error::{Place, Reason};
use favo_core::rules::products;
use favo_core::transaction::Writer;
use favo_core::{Ctx, Error, Resource, Result};
use http::HeaderMap;
use http::header::CONTENT_TYPE;

use super::query_string::Params;
use super::write::{answer, may_change};
use crate::delimiter::find;
use crate::wire::Response;

/// The most bytes of a photo.
const PHOTO_LIMIT: usize = 5 * 1024 * 1024;

/// The kinds accepted: how their bytes begin, media type, ending of the file name.
const KINDS: [(&[u8], &str, &str); 3] = [
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"GIF8", "image/gif", "gif"),
];

/// What a request brought as a photo.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Upload {
    /// There is no part of that name, or it is empty.
    Missing,
    /// It is larger than a photo may be.
    TooLarge,
    /// Its bytes are none of the kinds accepted.
    OtherKind,
    /// A picture.
    Photo { media_type: &'static str, ending: &'static str, bytes: Vec<u8> },
}

/// Finds the photo in a body; its kind is what its bytes say, not what the client calls it.
pub(super) fn upload(headers: &HeaderMap, body: &[u8]) -> Upload {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let part = boundary(content_type).and_then(|boundary| part(body, boundary, "photo"));
    let Some(bytes) = part.filter(|bytes| !bytes.is_empty()) else { return Upload::Missing };
    if bytes.len() > PHOTO_LIMIT {
        return Upload::TooLarge;
    }
    match KINDS.iter().find(|(start, _, _)| bytes.starts_with(start)) {
        Some((_, media_type, ending)) => Upload::Photo { media_type, ending, bytes: bytes.to_vec() },
        None => Upload::OtherKind,
    }
}

/// Sets the photo of a product.
pub(super) fn set(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    id: i64,
    upload: &Upload,
    params: &Params,
) -> Result<Response> {
    let reason = match upload {
        Upload::Photo { media_type, ending, bytes } => {
            // A new name for every picture: old ones may be cached under theirs.
            let name = format!("{id}-{}.{ending}", ctx.uuid());
            products::set_photo(ctx, tx, id, Some((&name, media_type, bytes)))?;
            return answer(ctx, tx, Resource::Product, id, params);
        }
        Upload::Missing => Reason::Required,
        Upload::TooLarge => Reason::FileTooLarge,
        Upload::OtherKind => Reason::FileKindNotAccepted,
    };
    may_change(ctx, tx, Resource::Product, id)?;
    Err(Error::refused(Place::Wire("photo".into()), reason))
}

/// Removes the photo of a product.
pub(super) fn remove(ctx: &Ctx, tx: &mut dyn Writer, id: i64, params: &Params) -> Result<Response> {
    products::set_photo(ctx, tx, id, None)?;
    answer(ctx, tx, Resource::Product, id, params)
}

fn boundary(content_type: &str) -> Option<&str> {
    let mut parameters = content_type.split(';');
    let kind = parameters.next()?.trim();
    if !kind.get(..10)?.eq_ignore_ascii_case("multipart/") {
        return None;
    }
    let named = parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"'))
    });
    named.filter(|boundary| !boundary.is_empty())
}

/// The content of the first part with that name (RFC 7578); what is malformed holds no such part.
fn part<'a>(body: &'a [u8], boundary: &str, name: &str) -> Option<&'a [u8]> {
    let delimiter = format!("--{boundary}");
    let mut rest = after(body, delimiter.as_bytes())?;
    let closing = format!("\r\n{delimiter}");
    loop {
        rest = rest.strip_prefix(b"\r\n")?;
        let content_at = find(rest, b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&rest[..content_at]);
        let content = &rest[content_at + 4..];
        let end = find(content, closing.as_bytes())?;
        if is_named(&head, name) {
            return Some(&content[..end]);
        }
        rest = &content[end + closing.len()..];
    }
}

fn is_named(head: &str, name: &str) -> bool {
    head.split("\r\n").any(|line| {
        let Some((header, value)) = line.split_once(':') else { return false };
        header.trim().eq_ignore_ascii_case("content-disposition")
            && value.split(';').any(|parameter| {
                let Some((key, given)) = parameter.split_once('=') else { return false };
                key.trim().eq_ignore_ascii_case("name") && given.trim().trim_matches('"') == name
            })
    })
}

fn after<'a>(bytes: &'a [u8], text: &[u8]) -> Option<&'a [u8]> {
    find(bytes, text).map(|at| &bytes[at + text.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn uploaded(content_type: &'static str, body: &[u8]) -> Upload {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, http::HeaderValue::from_static(content_type));
        upload(&headers, body)
    }

    const FORM: &str = "multipart/form-data; boundary=limite";

    fn form(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut body = b"preamble\r\n".to_vec();
        for (name, content) in parts {
            body.extend_from_slice(b"--limite\r\nContent-Disposition: form-data; name=\"");
            body.extend_from_slice(name.as_bytes());
            body.extend_from_slice(b"\"; filename=\"a\"\r\nContent-Type: x/y\r\n\r\n");
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--limite--\r\n");
        body
    }

    #[test]
    fn the_part_photo_is_found_among_others_and_known_by_its_bytes() {
        let picture = b"\x89PNG\r\n\x1a\n\r\n--limit\r\n";
        let found = uploaded(FORM, &form(&[("other", b"x"), ("photo", picture)]));
        assert_eq!(found, Upload::Photo { media_type: "image/png", ending: "png", bytes: picture.to_vec() });
        assert_eq!(uploaded(FORM, &form(&[("photo", b"nada")])), Upload::OtherKind);
        assert_eq!(uploaded(FORM, &form(&[("photo", b"")])), Upload::Missing);
        assert_eq!(uploaded(FORM, &form(&[("foto", picture)])), Upload::Missing);
        assert_eq!(uploaded("application/json", &form(&[("photo", picture)])), Upload::Missing);
        let mut large = picture.to_vec();
        large.resize(PHOTO_LIMIT + 1, 0);
        assert_eq!(uploaded(FORM, &form(&[("photo", &large)])), Upload::TooLarge);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(body in any::<Vec<u8>>(), inner in any::<Vec<u8>>()) {
            let _ = uploaded(FORM, &body);
            let mut nested = b"--limite\r\n".to_vec();
            nested.extend_from_slice(&inner);
            let _ = uploaded(FORM, &nested);
        }
    }
}
