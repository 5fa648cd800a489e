//! Lines of opportunities, and the products on them.

use favo_core::Resource;
use serde_json::json;

use super::parties;
use crate::desk::Desk;
use crate::egito_records::{assert_echo, change, desk, fault, faults, get, make};

#[test]
fn lines_keep_their_identity_and_take_what_is_open_from_the_product() {
    let desk = desk();
    let (account, _) = parties(&desk);
    let saw = make(&desk, "Product", r#"{"name":"Piła","netPrice":"100","vatRate":"VAT8","unit":"SET"}"#);
    let body = format!(
        r#"{{"name":"X","account":{account},"items":[{{"product":{saw},"quantity":"1,5"}},{{"name":"Montaż","unitPrice":10}}]}}"#
    );
    let id = make(&desk, "Opportunity", &body);
    let items = |desk: &Desk| get(desk, "Opportunity", id).json()["items"].clone();
    let first = &items(&desk)[0];
    assert_eq!(first["product"], json!({"id": saw, "name": "Piła"}));
    assert_eq!(
        (&first["name"], &first["unitPrice"], &first["quantity"]),
        (&json!("Piła"), &json!(100.0), &json!(1.5))
    );
    assert_eq!((&first["unit"]["value"], &first["vatRate"]["value"]), (&json!("SET"), &json!("VAT8")));
    assert_eq!((&first["netValue"], &first["grossValue"]), (&json!(150.0), &json!(162.0)));
    assert_eq!(get(&desk, "Opportunity", id).json()["value"], 160.0);
    assert_echo(&desk, "Opportunity", Resource::Opportunity, id);
    // The second line stays and changes, the first goes, a new one comes.
    change(
        &desk,
        "Opportunity",
        id,
        r#"{"items":[{"id":2,"quantity":3},{"name":"Dojazd","unitPrice":5,"vatRate":"zw."}]}"#,
    )
    .with(200);
    let now = items(&desk);
    assert_eq!(
        (&now[0]["id"], &now[0]["name"], &now[0]["netValue"]),
        (&json!(2), &json!("Montaż"), &json!(30.0))
    );
    assert_eq!((&now[1]["id"], &now[1]["grossValue"]), (&json!(3), &json!(5.0)));
    assert_eq!(get(&desk, "Opportunity", id).json()["value"], 35.0);
    let bad = change(
        &desk,
        "Opportunity",
        id,
        r#"{"items":[{"quantity":0},{"name":"a","discount":101,"unitPrice":-1},{"product":99},{"name":"b","unit":"mila"},5]}"#,
    );
    let expected = [
        ("items[0].quantity", "range.invalid"),
        ("items[0].product", "blank"),
        ("items[1].unitPrice", "range.invalid"),
        ("items[1].discount", "range.invalid"),
        ("items[2].product", "reference.notFound"),
        ("items[3].unit", "not.inList"),
        ("items[4]", "typeMismatch"),
    ];
    let expected: Vec<_> = expected.map(|(field, code)| (field.to_owned(), code.to_owned())).into();
    assert_eq!(faults(&bad.with(400)), expected);
}

#[test]
fn forms_write_lines_as_well() {
    let desk = desk();
    let (account, _) = parties(&desk);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body = format!(
        "name=X&account.id={account}&items[0].name=A&items[0].quantity=2&items[0].unitPrice=1,5&items[1][name]=B&tags=a&tags=b"
    );
    let id = desk.egito("POST", "Opportunity/create", &form, &body).with(200).id();
    let json = get(&desk, "Opportunity", id).json();
    assert_eq!((&json["value"], &json["tags"]), (&json!(3.0), &json!(["a", "b"])));
    desk.egito("POST", &format!("Opportunity/update/{id}"), &form, "tags=&items=").with(200);
    let json = get(&desk, "Opportunity", id).json();
    assert_eq!((&json["items"], &json["tags"], &json["value"]), (&json!([]), &json!([]), &json!(0.0)));
}

#[test]
fn a_product_on_a_line_stays() {
    let desk = desk();
    let (account, _) = parties(&desk);
    let product = make(&desk, "Product", r#"{"name":"Piła"}"#);
    let deal = make(
        &desk,
        "Opportunity",
        &format!(r#"{{"name":"X","account":{account},"items":[{{"productId":{product}}}]}}"#),
    );
    let delete = || desk.egito("POST", &format!("Product/delete/{product}"), &[], "");
    assert_eq!(fault(&delete().with(409)).1, "state.conflict");
    change(&desk, "Opportunity", deal, r#"{"items":[]}"#).with(200);
    delete().with(200);
}

#[test]
fn unknown_keys_of_lines_are_refused_where_extras_are() {
    let desk = desk();
    let (account, _) = parties(&desk);
    let body = format!(
        r#"{{"name":"X","account":{account},"items":[{{"name":"A","colour":"red","productId":""}}]}}"#
    );
    let id = make(&desk, "Opportunity", &body);
    assert_eq!(get(&desk, "Opportunity", id).json()["items"][0].get("colour"), None);
    desk.set("egito.extras", "reject");
    let refused = desk.egito_json("Opportunity/create", &body).with(400);
    assert_eq!(fault(&refused), ("items[0].colour".to_owned(), "field.unknown".to_owned()));
    assert_echo(&desk, "Opportunity", Resource::Opportunity, id);
    let twice =
        change(&desk, "Opportunity", id, r#"{"items":[{"id":1,"product":1,"productId":2}]}"#).with(400);
    assert_eq!(fault(&twice), ("items[0].product".to_owned(), "reference.conflict".to_owned()));
}

#[test]
fn very_many_lines_are_read_in_one_go() {
    let desk = desk();
    let (account, _) = parties(&desk);
    let began = std::time::Instant::now();
    let rows = vec!["{}"; 30_000].join(",");
    let body = format!(r#"{{"name":"X","account":{account},"items":[{rows}]}}"#);
    let refused = desk.egito_json("Opportunity/create", &body).with(400).json();
    assert_eq!(refused["errors"].as_array().map(Vec::len), Some(50));
    assert_eq!(refused["errors"][49]["field"], "items[49].product");
    // The core takes a thousand rows, as of every other list.
    let rows = |count: usize| vec![r#"{"name":"a"}"#; count].join(",");
    let create = |count: usize| {
        let body = format!(r#"{{"name":"X","account":{account},"items":[{}]}}"#, rows(count));
        desk.egito_json("Opportunity/create", &body)
    };
    assert_eq!(fault(&create(1001)), ("items".to_owned(), "typeMismatch".to_owned()));
    create(1000).with(200);
    // Looking at all faults for each of them would take half a minute.
    assert!(began.elapsed().as_secs() < 12, "{:?}", began.elapsed());
}
