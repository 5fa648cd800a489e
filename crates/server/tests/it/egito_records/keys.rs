//! Values that are refused, references, custom fields, and keys that no table knows.

use favo_core::Resource;
use favo_core::catalogue::custom_field;
use favo_core::patch::{Input, Patch};
use favo_core::write::{self, Skip};
use serde_json::json;

use super::{assert_echo, assert_has, change, desk, fault, faults, get, make};
use crate::desk::Desk;

#[test]
fn keys_that_no_table_knows_are_kept_beside_those_of_others() {
    let desk = desk();
    let id = make(
        &desk,
        "Account",
        r#"{"name":"A","shoeSize":44,"utm":{"a":[1,"ż\"x"]},"id":"","dateCreated":"x"}"#,
    );
    let tail = r#""customFields":{},"shoeSize":44,"utm":{"a":[1,"ż\"x"]}}"#;
    assert!(get(&desk, "Account", id).body.ends_with(tail), "{}", get(&desk, "Account", id).body);
    assert_echo(&desk, "Account", Resource::Contact, id);
    change(&desk, "Account", id, r#"{"shoeSize":null,"new":true}"#).with(200);
    assert!(get(&desk, "Account", id).body.ends_with(r#","utm":{"a":[1,"ż\"x"]},"new":true}"#));
    for (body, code) in [
        (r#"{"errors":1}"#, "field.unknown"),
        (&*format!(r#"{{"{}":1}}"#, "k".repeat(65)), "maxSize.exceeded"),
        (&*format!(r#"{{"k":"{}"}}"#, "v".repeat(4001)), "maxSize.exceeded"),
        (r#"{"k":"a\u0000b"}"#, "typeMismatch"),
    ] {
        assert_eq!(fault(&change(&desk, "Account", id, body).with(400)).1, code, "{body}");
    }
    desk.set("egito.extras", "reject");
    assert_eq!(fault(&change(&desk, "Account", id, r#"{"other":1}"#).with(400)).1, "field.unknown");
    assert_echo(&desk, "Account", Resource::Contact, id);
    desk.set("egito.extras", "ignore");
    change(&desk, "Account", id, r#"{"other":1}"#).with(200);
    assert!(!get(&desk, "Account", id).body.contains("other"));
}

/// Adds a custom field of contacts.
fn add_custom_field(desk: &Desk, label: &str, kind: i64) {
    let label = label.to_owned();
    let made = desk.system(move |ctx, tx| {
        let patch = Patch::new()
            .text(custom_field::LABEL, &*label)
            .with(custom_field::TYPE, Input::Int(kind))
            .with(custom_field::EXTENDS, Input::Int(0));
        write::create(ctx, tx, Resource::CustomField, patch, Skip::default())
    });
    made.expect("a custom field");
}

#[test]
fn custom_fields_are_written_by_alias_at_both_places_in_the_form_of_their_type() {
    let desk = desk();
    for (label, kind) in
        [("Poziom", 0), ("Data wizyty", 2), ("Budżet", 3), ("Zgoda", 4), ("Kolory", 11), ("Uwaga", 1)]
    {
        add_custom_field(&desk, label, kind);
    }
    let id = make(
        &desk,
        "Account",
        r#"{"name":"A","poziom":"3,50","customFields":{"data_wizyty":"9.6.2026","budzet":"1 000","zgoda":"tak","kolory":["a","b"],"uwaga":"x"}}"#,
    );
    let custom = r#""customFields":{"poziom":3.5,"data_wizyty":"2026-06-09","budzet":1000.00,"zgoda":true,"kolory":["a","b"],"uwaga":"x"}}"#;
    assert!(get(&desk, "Account", id).body.ends_with(custom), "{}", get(&desk, "Account", id).body);
    assert_echo(&desk, "Account", Resource::Contact, id);
    change(&desk, "Account", id, r#"{"customFields":{"poziom":null},"uwaga":"y"}"#).with(200);
    assert_eq!(get(&desk, "Account", id).json()["customFields"]["uwaga"], "y");
    assert_eq!(get(&desk, "Account", id).json()["customFields"].get("poziom"), None);
    for (body, path, code) in [
        (r#"{"poziom":"x"}"#, "poziom", "typeMismatch"),
        (r#"{"customFields":{"data_wizyty":"31.02.2026"}}"#, "customFields.data_wizyty", "date.invalid"),
        (r#"{"customFields":{"planet":1}}"#, "customFields.planet", "field.unknown"),
        (r#"{"customFields":7}"#, "customFields", "typeMismatch"),
    ] {
        assert_eq!(fault(&change(&desk, "Account", id, body).with(400)), (path.to_owned(), code.to_owned()));
    }
    change(&desk, "Account", id, r#"{"customFields":null}"#).with(200);
    assert_has(&desk, "Account", id, &json!({"customFields": {}}));
}

#[test]
fn bad_values_are_refused_and_change_nothing() {
    let desk = desk();
    let id = make(&desk, "Account", r#"{"name":"A","phone":"1"}"#);
    let before = get(&desk, "Account", id).body;
    let long = "x".repeat(201);
    for (body, path, code) in [
        (&*format!(r#"{{"name":"{long}"}}"#), "name", "maxSize.exceeded"),
        (r#"{"name":"   "}"#, "name", "blank"),
        (r#"{"name":null}"#, "name", "blank"),
        (r#"{"name":{"x":1}}"#, "name", "typeMismatch"),
        (r#"{"name":"a\u0000b"}"#, "name", "typeMismatch"),
        (r#"{"industry":"Kosmos"}"#, "industry", "not.inList"),
        (r#"{"industryId":999}"#, "industry", "not.inList"),
        (r#"{"parent":99999}"#, "parent", "reference.notFound"),
        (r#"{"parent":12,"parentId":13}"#, "parent", "reference.conflict"),
        (r#"{"parent":"abc"}"#, "parent", "typeMismatch"),
        (r#"{"owner":"nobody"}"#, "owner", "reference.notFound"),
        (r#"{"email":"foo"}"#, "email", "email.invalid"),
        (r#"{"phone":"call me"}"#, "phone", "phone.invalid"),
        (r#"{"employees":-1}"#, "employees", "range.invalid"),
        (r#"{"annualRevenue":"1.234,50"}"#, "annualRevenue", "typeMismatch"),
        (r#"{"annualRevenue":-1}"#, "annualRevenue", "range.invalid"),
        (&*format!(r#"{{"tags":["ok","{}"]}}"#, "t".repeat(61)), "tags[1]", "maxSize.exceeded"),
    ] {
        let answer = change(&desk, "Account", id, body).with(400);
        assert_eq!(fault(&answer), (path.to_owned(), code.to_owned()), "{body}");
    }
    let both = change(&desk, "Account", id, r#"{"email":"foo","name":"","phone":"none"}"#).with(400);
    let order: Vec<_> = faults(&both).into_iter().map(|(field, _)| field).collect();
    assert_eq!(order, ["name", "phone", "email"]);
    assert_eq!(get(&desk, "Account", id).body, before);
    let markup = r"<b>'); drop table contact; --";
    change(&desk, "Account", id, &format!(r#"{{"description":"{markup}"}}"#)).with(200);
    assert_has(&desk, "Account", id, &json!({"description": markup}));
}

#[test]
fn references_and_users_are_named_in_many_ways() {
    let desk = desk();
    let parent = make(&desk, "Account", r#"{"name":"P"}"#);
    let piotr = desk.user("piotr@acme.example", "seller");
    for parent in
        [format!("{parent}"), format!("\"{parent}\""), format!("{{\"id\":\"{parent}\",\"name\":\"?\"}}")]
    {
        let id = make(&desk, "Account", &format!(r#"{{"name":"C","parent":{parent}}}"#));
        assert_has(&desk, "Account", id, &json!({"parent": {"id": 1, "name": "P"}}));
    }
    let id = make(&desk, "Account", &format!(r#"{{"name":"C","parentId":{parent}}}"#));
    for owner in [
        format!("{piotr}"),
        format!(r#"{{"id":{piotr}}}"#),
        "\"piotr@acme.example\"".to_owned(),
        "\"PIOTR@acme.example@acme\"".to_owned(),
        "\"piotr@acme\"".to_owned(),
        "\"piotr\"".to_owned(),
    ] {
        change(&desk, "Account", id, r#"{"owner":1}"#).with(200);
        change(&desk, "Account", id, &format!(r#"{{"owner":{owner}}}"#)).with(200);
        assert_eq!(get(&desk, "Account", id).json()["owner"]["id"], piotr, "{owner}");
    }
    let circle = change(&desk, "Account", parent, &format!(r#"{{"parent":{id}}}"#)).with(409);
    assert_eq!(fault(&circle).1, "state.conflict");
}

#[test]
fn what_a_user_may_not_see_cannot_be_pointed_to() {
    let desk = desk();
    let hidden = make(&desk, "Account", r#"{"name":"Hidden"}"#);
    let rights = [
        ("contact.read", "own"),
        ("contact.create", "all"),
        ("contact.update", "own"),
        ("contact.delete", "own"),
    ];
    let user = desk.user_with("own@acme.example", &rights);
    desk.act_as(user);
    let refused =
        desk.egito_json("Account/create", &format!(r#"{{"name":"X","parent":{hidden}}}"#)).with(400);
    assert_eq!(fault(&refused), ("parent".to_owned(), "reference.notFound".to_owned()));
    assert_eq!(change(&desk, "Account", hidden, r#"{"name":"Y"}"#).status, 404);
    assert_eq!(desk.egito("POST", &format!("Account/delete/{hidden}"), &[], "").status, 404);
    desk.act_as(desk.user_with("look@acme.example", &[("contact.read", "all"), ("contact.update", "own")]));
    let seen = change(&desk, "Account", hidden, r#"{"name":""}"#).with(403);
    assert_eq!(fault(&seen).1, "access_denied");
    desk.act_as(user);
    let own = make(&desk, "Account", r#"{"name":"X"}"#);
    assert_eq!(get(&desk, "Account", own).json()["owner"]["id"], user);
}

#[test]
fn two_spellings_of_one_entry_or_user_agree() {
    let desk = desk();
    let create = |more: &str| desk.egito_json("Account/create", &format!(r#"{{"name":"Orion",{more}}}"#));
    for same in [
        r#""industry":"Produkcja","industryId":2"#,
        r#""industry":{"value":"manufacturing"},"industryId":"2""#,
        r#""owner":"anna@acme","ownerId":1"#,
    ] {
        create(same).with(200);
    }
    for (other, field) in
        [(r#""industry":"IT","industryId":2"#, "industry"), (r#""owner":"anna","ownerId":2"#, "owner")]
    {
        let refused = create(other);
        assert_eq!(fault(&refused), (field.to_owned(), "reference.conflict".to_owned()));
    }
}
