//! Values in all their forms, and those that are none.

use proptest::prelude::*;

use super::*;
use crate::totvs::entities;

fn read(service: &str, name: &str, body: &str) -> (Row, Vec<Problem>) {
    let zone = Zone::named("America/Sao_Paulo").unwrap();
    let mut reading = Reading { zone: &zone, problems: Vec::new() };
    let Some(Json::Object(object)) = Json::parse(body, 16) else { panic!("{body}") };
    let fields = entities::named(service, name).unwrap().fields;
    let row = reading.row(fields, &object, String::new());
    (row, reading.problems)
}

#[test]
fn everything_unreadable_is_noted_with_its_path() {
    let (_, problems) = read(
        "order",
        "orders",
        r#"{"orderDate":"31/02/2026","deliveryDate":1760000000,"customerId":"x","code":{},
            "items":[{"quantity":"1.234,50","product":{"id":"7"}},3],"status":["OPEN"]}"#,
    );
    let found: Vec<_> = problems.iter().map(|problem| (problem.field.as_str(), problem.detail)).collect();
    assert_eq!(
        found,
        [
            ("code", Detail::TypeMismatch),
            ("customerId", Detail::TypeMismatch),
            ("orderDate", Detail::InvalidDate),
            ("deliveryDate", Detail::InvalidDate),
            ("status", Detail::TypeMismatch),
            ("items[0].product.id", Detail::TypeMismatch),
            ("items[0].quantity", Detail::TypeMismatch),
            ("items[1]", Detail::TypeMismatch),
        ]
    );
}

#[test]
fn scalars_are_read_in_all_their_forms() {
    let (row, problems) = read(
        "customer",
        "customers",
        r#"{"code":118,"name":"  Aurora ","active":"TRUE","birthday":"1988-07-03T23:30:00-03:00","site":" ",
            "tags":["a",""," b "],"observation":null}"#,
    );
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(row.text("code"), Some("118"));
    assert_eq!(row.text("name"), Some("Aurora"));
    assert_eq!(row.get("active"), Some(&Given::Boolean(true)));
    assert_eq!(row.get("birthday"), Some(&Given::Day(local_time::day(1988, 7, 3).unwrap())));
    assert_eq!(row.get("site"), Some(&Given::Null));
    assert_eq!(row.get("observation"), Some(&Given::Null));
    assert_eq!(row.get("tags"), Some(&Given::Texts(vec!["a".to_owned(), "b".to_owned()])));
    assert_eq!(row.get("tradingName"), None);
}

#[test]
fn dates_are_day_first_and_must_exist() {
    for (text, expected) in [
        ("04/05/2026", Some((2026, 5, 4))),
        ("4/5/2026", Some((2026, 5, 4))),
        ("2026-05-04", Some((2026, 5, 4))),
        ("2026-05-04T01:30:00Z", Some((2026, 5, 3))),
        ("04/05/2026 14:30", Some((2026, 5, 4))),
        ("13/13/2026", None),
        ("05/18/2026", None),
        ("9/6/26", None),
        ("04.05.2026", None),
    ] {
        let (row, problems) = read("customer", "customers", &format!(r#"{{"birthday":"{text}"}}"#));
        let day = expected.and_then(|(year, month, day)| local_time::day(year, month, day));
        assert_eq!(row.get("birthday").cloned(), day.map(Given::Day), "{text}");
        assert_eq!(problems.len(), usize::from(day.is_none()), "{text}");
    }
}

#[test]
fn references_are_collected_from_all_their_spellings() {
    let id = "0FD630F1-F29D-4DA9-953F-48F1A09F76B5";
    let body = format!(
        r#"{{"customer":{{"id":"{id}","name":"x","externalId":"C-1"}},"customerId":"{id}","contact":"{id}",
            "priceList":{{"code":"07"}},"opportunity":null,"paymentConditionId":""}}"#
    );
    let (row, problems) = read("order", "orders", &body);
    assert!(problems.is_empty(), "{problems:?}");
    let Some(Given::Reference(sent)) = row.get("customer") else { panic!() };
    assert_eq!(sent.ids.len(), 2);
    assert_eq!(sent.ids[0], (id.to_lowercase(), "customer.id".to_owned()));
    assert_eq!((sent.external_key.as_deref(), sent.labelled), (Some("C-1"), true));
    assert!(matches!(row.get("contact"), Some(Given::Reference(sent)) if sent.ids[0].1 == "contact"));
    assert!(
        matches!(row.get("priceList"), Some(Given::Reference(sent)) if sent.code.as_deref() == Some("07"))
    );
    assert_eq!(row.get("opportunity"), Some(&Given::Null));
    assert_eq!(row.get("paymentCondition"), Some(&Given::Null));
    let body = r#"{"customerPersonTypeAcronym":"F"}"#;
    let (row, _) = read("customer", "customers", body);
    assert!(
        matches!(row.get("customerPersonType"), Some(Given::Reference(sent)) if sent.acronyms.len() == 1)
    );
}

#[test]
fn decimals_are_rounded_half_up() {
    for (text, places, expected) in
        [("1.005", 2, "1.01"), ("-1.005", 2, "-1.01"), ("1.23455", 4, "1.2346"), ("1.5", 0, "2")]
    {
        assert_eq!(rounded(text.parse().unwrap(), places).to_string(), expected);
    }
    assert_eq!(integer(&Json::Number("3.0".into())), Some(3));
    assert_eq!(integer(&Json::Text("3,0".to_owned())), None);
}

proptest! {
    #[test]
    fn reading_never_panics(value in ".{0,20}", number in any::<i64>()) {
        let value = Json::Text(value);
        let zone = Zone::utc();
        let mut reading = Reading { zone: &zone, problems: Vec::new() };
        for entity in entities::ENTITIES {
            let mut object = Object::default();
            for field in entity.fields {
                object.set(field.name, value.clone());
            }
            reading.row(entity.fields, &object, String::new());
        }
        rounded(Decimal(number), 2);
    }
}
