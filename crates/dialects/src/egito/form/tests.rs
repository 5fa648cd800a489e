//! Forms as browsers and scripts send them.

use proptest::prelude::*;

use super::*;

fn spelled(query: &str) -> Result<String, Unreadable> {
    let pairs = pairs(query.as_bytes()).ok_or(Unreadable::Malformed)?;
    let pairs = pairs.into_iter().map(|(key, value)| (key, Json::Text(value)));
    let object = expand(pairs, &|name| matches!(name, "tags" | "items"))?;
    let mut out = Vec::new();
    Json::Object(object).push(&mut out);
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn keys_are_expanded_as_the_specification_shows() {
    for (form, json) in [
        ("name=Orion", r#"{"name":"Orion"}"#),
        ("account.id=12", r#"{"account":{"id":"12"}}"#),
        ("account[id]=12", r#"{"account":{"id":"12"}}"#),
        ("account=12&accountId=12", r#"{"account":"12","accountId":"12"}"#),
        ("tags=a&tags=b", r#"{"tags":["a","b"]}"#),
        ("tags[]=a&tags[]=b", r#"{"tags":["a","b"]}"#),
        ("tags[0]=a&tags[1]=b", r#"{"tags":["a","b"]}"#),
        ("tags[7]=b&tags[3]=a", r#"{"tags":["a","b"]}"#),
        ("tags=a", r#"{"tags":["a"]}"#),
        ("tags=", r#"{"tags":""}"#),
        ("tags=&tags[]=a", r#"{"tags":["a"]}"#),
        ("tags[]=a&tags=", r#"{"tags":["a"]}"#),
        ("items[0].product.id=7&items[0].quantity=2", r#"{"items":[{"product":{"id":"7"},"quantity":"2"}]}"#),
        (
            "items[0][product][id]=7&items[0][quantity]=2",
            r#"{"items":[{"product":{"id":"7"},"quantity":"2"}]}"#,
        ),
        ("active=off&active=on", r#"{"active":"on"}"#),
        ("a=%C5%BC+%2B%zz&b", r#"{"a":"ż +%zz","b":""}"#),
    ] {
        assert_eq!(spelled(form).as_deref(), Ok(json), "{form}");
    }
}

#[test]
fn what_contradicts_itself_or_is_malformed_is_no_object() {
    for form in ["account=12&account.phone=1", "account.phone=1&account=12", "tags[0]=a&tags.x=b"] {
        let top = if form.starts_with('t') { "tags" } else { "account" };
        assert_eq!(spelled(form), Err(Unreadable::Twice(top.to_owned())), "{form}");
    }
    for form in [
        "a[b=1",
        "a]b=1",
        "[a]=1",
        "a..b=1",
        ".a=1",
        "a.=1",
        "a[[b]]=1",
        "a[0]b=1",
        "a[1000]=1",
        "a.b.c.d.e.f.g.h.i=1",
        "=1",
        "a=%ff",
    ] {
        assert_eq!(spelled(form), Err(Unreadable::Malformed), "{form}");
    }
}

#[test]
fn parts_without_a_file_name_are_fields() {
    let body = "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nTartak Jodła\r\n\
                --b\r\nContent-Disposition: form-data; name=\"scan\"; filename=\"\"\r\n\
                Content-Type: application/octet-stream\r\n\r\n\r\n\
                --b\r\ncontent-disposition: form-data; name=city\r\n\r\nNowy\r\nTarg\r\n--b--\r\n";
    let fields =
        vec![("name".to_owned(), "Tartak Jodła".to_owned()), ("city".to_owned(), "Nowy\r\nTarg".to_owned())];
    assert_eq!(multipart(body.as_bytes(), "b"), Some(Parts::Fields(fields)));
    let file = body.replace("\r\n\r\n\r\n--b\r\ncontent", "\r\n\r\nx\r\n--b\r\ncontent");
    assert_eq!(multipart(file.as_bytes(), "b"), Some(Parts::File("scan".to_owned())));
    assert_eq!(multipart(&body.as_bytes()[..60], "b"), None);
    assert_eq!(multipart(b"--b--\r\n", "b"), Some(Parts::Fields(Vec::new())));
}

/// A JSON object of texts, with the form that spells it.
fn tree() -> impl Strategy<Value = Json> {
    let text = "[a-zA-Z0-9 &=+%żółć]{1,8}".prop_map(Json::Text);
    let name = "[a-z]{1,6}";
    text.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Json::List),
            prop::collection::vec((name, inner), 1..4).prop_map(|pairs| {
                let mut object = Object::default();
                for (key, value) in pairs {
                    object.set(key, value);
                }
                Json::Object(object)
            }),
        ]
    })
}

fn flatten(path: &str, value: &Json, dotted: bool, out: &mut Vec<(String, Json)>) {
    match value {
        Json::List(rows) => {
            for (at, row) in rows.iter().enumerate() {
                flatten(&format!("{path}[{at}]"), row, dotted, out);
            }
        }
        Json::Object(object) => {
            for (key, value) in object.iter() {
                let path = if dotted { format!("{path}.{key}") } else { format!("{path}[{key}]") };
                flatten(&path, value, dotted, out);
            }
        }
        value => out.push((path.to_owned(), value.clone())),
    }
}

proptest! {
    #[test]
    fn a_form_says_what_json_says(value in tree(), dotted in any::<bool>()) {
        let mut sent = Vec::new();
        flatten("field", &value, dotted, &mut sent);
        let mut object = Object::default();
        object.set("field", value);
        prop_assert_eq!(expand(sent.clone(), &|_| false), Ok(object.clone()));
        // As keys of a JSON body they say the same.
        let mut flat = Object::default();
        for (key, value) in sent {
            flat.set(key, value);
        }
        prop_assert_eq!(expand_json(flat, &|_| true), Ok(object));
    }

    #[test]
    fn any_query_is_read_or_refused(query in "[a-c0-9.=&%+\\[\\]é]{0,60}") {
        let _ = spelled(&query);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = pairs(&bytes);
        let _ = multipart(&bytes, "b");
    }

    #[test]
    fn any_multipart_body_is_read_or_refused(body in "(--b|\r\n|--|content-disposition: form-data; name=|\"|;|filename=|x| ){0,30}") {
        let _ = multipart(body.as_bytes(), "b");
    }
}
