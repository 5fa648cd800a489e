//! Every form of a value, and what is none.

use proptest::prelude::*;

use super::*;

fn t(text: &str) -> Json {
    Json::Text(text.to_owned())
}

fn n(number: &str) -> Json {
    Json::Number(number.into())
}

fn list() -> Json {
    Json::List(vec![t("x")])
}

fn warsaw() -> Zone {
    Zone::named("Europe/Warsaw").unwrap()
}

#[test]
fn texts_are_trimmed_counted_and_taken_as_written() {
    for (sent, expected) in [
        (t("  Tartak Jodła\t"), Ok(Some("Tartak Jodła".to_owned()))),
        (n("1.50"), Ok(Some("1.50".to_owned()))),
        (Json::Bool(true), Ok(Some("true".to_owned()))),
        (t("   "), Ok(None)),
        (Json::Null, Ok(None)),
        (t("ąęłżóśćńź ĄĘŁ"), Ok(Some("ąęłżóśćńź ĄĘŁ".to_owned()))),
        (t("ąęłżóśćńź ĄĘŁŻ"), Err(Code::MaxSize(13))),
        (t("a\0b"), Err(Code::TypeMismatch)),
        (list(), Err(Code::TypeMismatch)),
    ] {
        assert_eq!(text(&sent, 13), expected, "{sent:?}");
    }
}

#[test]
fn numbers_are_read_as_people_and_programs_write_them() {
    for (sent, expected) in [
        (t("1 234,50"), Ok("1234.5")),
        (t("18 500,00"), Ok("18500")),
        (t("1\u{a0}234\u{202f}567.125"), Ok("1234567.13")),
        (t("-12,345"), Ok("-12.35")),
        (t("+7"), Ok("7")),
        (t(",5"), Ok("0.5")),
        (t("1234.5"), Ok("1234.5")),
        (n("1e3"), Ok("1000")),
        (n("0.005"), Ok("0.01")),
        (n("999999999999.99"), Ok("999999999999.99")),
        (n("1000000000000"), Err(Code::Range)),
        (n("-1e99"), Err(Code::Range)),
        (t("99999999999999999999"), Err(Code::Range)),
        (t("NaN"), Err(Code::Range)),
        (t("-Infinity"), Err(Code::Range)),
        (t("1.234,50"), Err(Code::TypeMismatch)),
        (t("1,234.50"), Err(Code::TypeMismatch)),
        (t("1e3"), Err(Code::TypeMismatch)),
        (t("12 34"), Err(Code::TypeMismatch)),
        (t("1 234 5,0"), Err(Code::TypeMismatch)),
        (t("12-3"), Err(Code::TypeMismatch)),
        (t("."), Err(Code::TypeMismatch)),
        (t("ten"), Err(Code::TypeMismatch)),
        (Json::Bool(true), Err(Code::TypeMismatch)),
        (list(), Err(Code::TypeMismatch)),
    ] {
        let read = decimal(&sent, 2).map(|number| number.unwrap().to_string());
        assert_eq!(read, expected.map(str::to_owned), "{sent:?}");
    }
    assert_eq!(decimal(&t(" "), 2), Ok(None));
    assert_eq!(decimal(&n("1.23456"), 4).unwrap().unwrap().to_string(), "1.2346");
}

#[test]
fn whole_numbers_have_no_point_and_a_range() {
    assert_eq!(integer(&n("100"), 0, 100), Ok(Some(100)));
    assert_eq!(integer(&t(" 7 "), 0, 100), Ok(Some(7)));
    assert_eq!(integer(&t(""), 0, 100), Ok(None));
    for (sent, code) in [
        (n("140"), Code::Range),
        (n("-1"), Code::Range),
        (t("99999999999999999999"), Code::Range),
        (n("7.0"), Code::TypeMismatch),
        (t("7x"), Code::TypeMismatch),
        (Json::Bool(true), Code::TypeMismatch),
    ] {
        assert_eq!(integer(&sent, 0, 100), Err(code), "{sent:?}");
    }
}

#[test]
fn truth_has_words_in_two_languages() {
    for word in ["true", "1", "on", "YES", "Tak"] {
        assert_eq!(boolean(&t(word)), Ok(Some(true)), "{word}");
    }
    for word in ["false", "0", "off", "no", "NIE"] {
        assert_eq!(boolean(&t(word)), Ok(Some(false)), "{word}");
    }
    assert_eq!(boolean(&n("1")), Ok(Some(true)));
    assert_eq!(boolean(&Json::Bool(false)), Ok(Some(false)));
    assert_eq!(boolean(&Json::Null), Ok(None));
    assert_eq!(boolean(&t("maybe")), Err(Code::TypeMismatch));
}

#[test]
fn days_and_moments_are_those_of_the_zone() {
    let zone = warsaw();
    // 2026-06-09.
    let day = 20_613;
    for text in ["2026-06-09", "09.06.2026", "9.6.2026", "2026-06-09T23:59", "2026-06-08T22:30:00Z"] {
        assert_eq!(date(&t(text), &zone), Ok(Some(day)), "{text}");
    }
    let instant = favo_core::Instant(1_780_992_902_250_000);
    for text in ["2026-06-09T10:15:02.250", "2026-06-09T08:15:02.25Z", "2026-06-09T10:15:02.250+0200"] {
        assert_eq!(moment(&t(text), &zone), Ok(Some(Moment::At(instant))), "{text}");
    }
    assert_eq!(date(&t(" "), &zone), Ok(None));
    for sent in [t("31.02.2026"), t("2026-13-01"), t("06/09/2026"), t("26-06-09"), n("1780992902"), list()] {
        assert_eq!(date(&sent, &zone), Err(Code::Date), "{sent:?}");
        assert_eq!(moment(&sent, &zone), Err(Code::Date), "{sent:?}");
    }
}

#[test]
fn addresses_and_phones_look_like_some() {
    assert_eq!(email(&t(" Jan.Sowa@Jodla.Example ")), Ok(Some("Jan.Sowa@jodla.example".to_owned())));
    let long = ["a".repeat(65).as_str(), "@jodla.example"].concat();
    for bad in ["foo", "a@b", "@b.pl", "a@b@c.pl", "a b@c.pl", "a@.pl", "a@b.", long.as_str()] {
        assert_eq!(email(&t(bad)), Err(Code::Email), "{bad}");
    }
    assert_eq!(phone(&t(" +48 22 555 01 90 ")), Ok(Some("+48 22 555 01 90".to_owned())));
    assert_eq!(phone(&n("225550190")), Ok(Some("225550190".to_owned())));
    for bad in ["call me", "1".repeat(41).as_str()] {
        assert_eq!(phone(&t(bad)), Err(Code::Phone), "{bad}");
    }
    assert_eq!((email(&t("")), phone(&Json::Null)), (Ok(None), Ok(None)));
}

#[test]
fn what_was_sent_is_repeated_as_json_and_cut() {
    assert_eq!(rejected(&Json::Null), None);
    assert_eq!(rejected(&t("a\"b")).as_deref(), Some(r#""a\"b""#));
    assert_eq!(rejected(&n("1.50")).as_deref(), Some("1.50"));
    assert_eq!(rejected(&list()).as_deref(), Some(r#"["x"]"#));
    let long = rejected(&Json::List(vec![t(&"ż".repeat(300))])).unwrap();
    let text: String = serde_json::from_str(&long).unwrap();
    assert_eq!(text.chars().count(), 200);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(sent in "\\PC{0,50}") {
        let (zone, sent) = (warsaw(), t(&sent));
        let _ = (text(&sent, 10), integer(&sent, 0, 9), decimal(&sent, 2), boolean(&sent), id(&sent));
        let _ = (date(&sent, &zone), moment(&sent, &zone), email(&sent), phone(&sent));
        let json = rejected(&sent).unwrap();
        prop_assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
    }

    #[test]
    fn any_number_is_read_or_refused(sent in "-?[0-9 ,.]{0,30}") {
        if let Ok(Some(number)) = decimal(&t(&sent), 2) {
            // What is read is what is read again.
            prop_assert_eq!(decimal(&n(&number.to_string()), 2), Ok(Some(number)));
        }
    }
}
