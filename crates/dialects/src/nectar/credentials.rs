//! Where a request carries its token: the header `Access-Token`, else the parameter `api_token` (spec 1.3).

use http::HeaderMap;

use super::query_string::Params;
use crate::wire::Request;

/// The token a request carries; blanks count as absent, `Authorization` is ignored.
pub(super) fn token(request: &Request) -> Option<String> {
    in_headers(&request.headers).or_else(|| in_query(&request.query))
}

fn in_headers(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all("access-token").iter();
    let mut given = values.filter_map(|value| given(&String::from_utf8_lossy(value.as_bytes())));
    given.next()
}

fn in_query(query: &str) -> Option<String> {
    Params::parse(query, "").all("api_token").find_map(given)
}

fn given(token: &str) -> Option<String> {
    let token = token.trim();
    (!token.is_empty()).then(|| token.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carried(header: Option<&'static str>, query: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        if let Some(value) = header {
            headers.insert("access-token", http::HeaderValue::from_static(value));
        }
        let request = Request {
            method: http::Method::GET,
            path: String::new(),
            query: query.to_owned(),
            headers,
            body: bytes::Bytes::new(),
            base_url: String::new(),
        };
        token(&request)
    }

    #[test]
    fn the_header_wins_and_blanks_count_as_absent() {
        assert_eq!(carried(Some("a"), "api_token=b").as_deref(), Some("a"));
        assert_eq!(carried(Some(" "), "page=1&api_token=b").as_deref(), Some("b"));
        assert_eq!(carried(None, "api%5Ftoken=b%2Bc").as_deref(), Some("b+c"));
        for query in ["", "api_token=", "api_token=%20", "api_token=+", "token=x"] {
            assert_eq!(carried(None, query), None, "{query}");
        }
    }
}
