//! TOTVS writing: every field of every resource there and back, and what a resource does of its own (sections 11 to 14).

mod calendar;
mod people;
mod rules;
mod sales;

use favo_core::tenancy::Country;
use serde_json::{Value, json};

use crate::desk::{Answer, Desk};

const CUSTOMERS: &str = "/api/v4/customer/customers-integration";
const CONTACTS: &str = "/api/v4/customer/contacts";
const LEADS: &str = "/api/v4/customer/leads";
const DEALS: &str = "/api/v4/opportunity/opportunities";
const PRODUCTS: &str = "/api/v4/product/products";
const GROUPS: &str = "/api/v4/product/product-groups";
const UNITS: &str = "/api/v4/product/measure-units";
const LISTS: &str = "/api/v4/pricelist/price-lists";
const PRICES: &str = "/api/v4/pricelist/price-list-items";
const PAYMENTS: &str = "/api/v4/payment/payment-conditions";
const ORDERS: &str = "/api/v4/order/orders";
const ACTIVITIES: &str = "/api/v4/activity/activities";
const CALENDARS: &str = "/api/v4/calendar/calendars";
const CALENDAR_TYPES: &str = "/api/v4/calendar/calendar-types";

fn desk() -> Desk {
    Desk::new(Country::Brazil)
}

fn act(desk: &Desk, action: &str, path: &str, body: &Value) -> Answer {
    desk.totvs("POST", path, &[("Integration-Action", action)], &body.to_string())
}

#[track_caller]
fn create(desk: &Desk, path: &str, body: &Value) -> String {
    act(desk, "create", path, body).with(201).uuid()
}

#[track_caller]
fn update(desk: &Desk, path: &str, id: &str, body: &Value) {
    act(desk, "update", &format!("{path}/{id}"), body).with(200);
}

#[track_caller]
fn get(desk: &Desk, path: &str, id: &str) -> Value {
    desk.totvs("GET", &format!("{path}/{id}"), &[], "").with(200).json()
}

/// The id of an entry of a supporting list.
#[track_caller]
fn entry(desk: &Desk, list: &str, description: &str) -> String {
    let items = desk.totvs("GET", &format!("/api/v1/{list}?pageSize=1000"), &[], "").with(200).json();
    let items = items["items"].as_array().expect("a list").clone();
    let found = items.iter().find(|item| item["description"] == description);
    found.unwrap_or_else(|| panic!("no {description} in {items:?}"))["id"]
        .as_str()
        .expect("a text")
        .to_owned()
}

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.json()["code"].as_str()), (status, Some(code)), "{}", answer.body);
}

#[track_caller]
fn rejected(answer: &Answer, field: &str, code: &str) {
    refused(answer, 422, "ValidationFailed");
    let details = answer.json()["details"].clone();
    assert_eq!(details.as_array().map(Vec::len), Some(1), "{}", answer.body);
    assert_eq!((&details[0]["field"], &details[0]["code"]), (&field.into(), &code.into()), "{}", answer.body);
}

/// What was sent is what is read, object keys of the answer beside those sent not counted.
#[track_caller]
fn holds(read: &Value, sent: &Value, path: &str) {
    match (read, sent) {
        (Value::Object(read), Value::Object(sent)) => {
            for (key, value) in sent {
                holds(&read[key], value, &format!("{path}.{key}"));
            }
        }
        (Value::Array(read), Value::Array(sent)) => {
            assert_eq!(read.len(), sent.len(), "{path}: {read:?}");
            for (at, (read, sent)) in read.iter().zip(sent).enumerate() {
                holds(read, sent, &format!("{path}[{at}]"));
            }
        }
        _ => assert_eq!(read, sent, "{path}"),
    }
}

/// Makes a record, reads all of it back, and sends it back in every way that must change nothing.
#[track_caller]
fn there_and_back(desk: &Desk, path: &str, sent: &Value) -> String {
    let id = create(desk, path, sent);
    let read = get(desk, path, &id);
    holds(&read, sent, path);
    stays(desk, path, &id);
    id
}

/// Sends a record back as it was read: merged and replaced it stays as it is, version included.
#[track_caller]
fn stays(desk: &Desk, path: &str, id: &str) {
    let read = get(desk, path, id);
    desk.later(60);
    for action in ["update", "upsert"] {
        act(desk, action, path, &read).with(200);
        assert_eq!(get(desk, path, id), read, "{action} of {path}");
    }
    desk.totvs("POST", path, &[], &read.to_string()).with(200);
    assert_eq!(get(desk, path, id), read, "POST to {path}");
}

/// Clears all that a body names and its resource does not require.
#[track_caller]
fn cleared(desk: &Desk, path: &str, id: &str, keys: &[&str]) {
    let nulls: serde_json::Map<_, _> = keys.iter().map(|key| ((*key).to_owned(), Value::Null)).collect();
    update(desk, path, id, &Value::Object(nulls));
    let read = get(desk, path, id);
    for key in keys {
        let value = &read[*key];
        assert!(value.is_null() || *value == json!([]), "{path} {key}: {value}");
    }
}

fn customer(desk: &Desk) -> String {
    create(desk, CUSTOMERS, &json!({"name": "Padaria Aurora"}))
}
