//! Whether what was sent is what is shown: a record that is read and sent back changes nothing.

use favo_core::Decimal;

use crate::json::Json;

/// Whether a value says exactly what is shown. Of an object as much as was sent counts; an entry or record may be sent by
/// its id alone, and forms send numbers as text.
pub(super) fn same(sent: &Json, shown: &Json) -> bool {
    match (sent, shown) {
        (Json::Object(sent), Json::Object(shown)) => {
            !sent.is_empty()
                && sent.iter().all(|(key, sent)| shown.get(key).is_some_and(|shown| same(sent, shown)))
        }
        (Json::List(sent), Json::List(shown)) => {
            sent.len() == shown.len() && sent.iter().zip(shown).all(|(sent, shown)| same(sent, shown))
        }
        (sent, Json::Null) => super::is_blank(sent),
        (sent, Json::List(shown)) => shown.is_empty() && super::is_blank(sent),
        (Json::Number(_) | Json::Text(_), Json::Object(shown)) => {
            shown.get("id").is_some_and(|id| number(sent).is_some() && number(sent) == number(id))
        }
        (Json::Text(sent), Json::Text(shown)) => sent.trim() == shown,
        (Json::Number(_) | Json::Text(_), Json::Number(_)) => {
            number(sent).is_some() && number(sent) == number(shown)
        }
        (Json::Bool(sent), Json::Bool(shown)) => sent == shown,
        (Json::Text(sent), Json::Bool(shown)) => sent.trim() == if *shown { "true" } else { "false" },
        _ => false,
    }
}

/// Whether two spellings of an entry or record name the same one.
pub(super) fn means(one: &Json, other: &Json) -> bool {
    let bare = |json: &Json| match json {
        Json::Object(object) => {
            let named = ["id", "value", "name"].into_iter().find_map(|key| object.get(key));
            named.cloned()
        }
        bare => Some(bare.clone()),
    };
    match (bare(one), bare(other)) {
        (Some(one), Some(other)) => match (number(&one), number(&other)) {
            (Some(one), Some(other)) => one == other,
            _ => one == other,
        },
        _ => false,
    }
}

fn number(json: &Json) -> Option<Decimal> {
    match json {
        Json::Number(text) => text.parse().ok(),
        Json::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        Json::parse(text, 16).unwrap()
    }

    #[test]
    fn what_is_shown_is_recognised_however_clients_write_it() {
        for (sent, shown) in [
            ("39880.0", "39880.00"),
            ("\"2\"", "2"),
            ("\"\"", "null"),
            ("[]", "[]"),
            ("\"\"", "[]"),
            ("7", r#"{"id":7,"name":"x"}"#),
            (r#"{"id":"7"}"#, r#"{"id":7,"name":"x"}"#),
            (r#"[{"id":1,"quantity":"2.0"}]"#, r#"[{"id":1,"quantity":2,"name":"y"}]"#),
            ("\"true\"", "true"),
        ] {
            assert!(same(&json(sent), &json(shown)), "{sent} {shown}");
        }
        for (sent, shown) in [
            ("3", "2"),
            ("null", "2"),
            ("8", r#"{"id":7,"name":"x"}"#),
            (r#"{"id":7,"name":"z"}"#, r#"{"id":7,"name":"x"}"#),
            (r#"[{"id":1}]"#, r#"[{"id":1},{"id":2}]"#),
            ("\"x\"", "null"),
            ("{}", "{}"),
        ] {
            assert!(!same(&json(sent), &json(shown)), "{sent} {shown}");
        }
    }

    #[test]
    fn two_spellings_of_one_record_agree() {
        assert!(means(&json("12"), &json("\"12\"")));
        assert!(means(&json(r#"{"id":12}"#), &json("12")));
        assert!(!means(&json("12"), &json("13")));
        assert!(means(&json("\"IT\""), &json(r#"{"value":"IT"}"#)));
    }
}
