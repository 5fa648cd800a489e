//! Egito: accounts, contacts, leads, tasks, products and users, written and read again (sections 8, 9, 15, 16, 19, 20).

mod accounts;
mod keys;
mod leads;
mod people;
mod work;

use favo_core::Resource;
use favo_core::tenancy::Country;
use serde_json::Value;

use crate::desk::{Answer, Desk};

pub(crate) fn desk() -> Desk {
    Desk::new(Country::Poland)
}

/// A record as it is answered.
#[track_caller]
pub(crate) fn get(desk: &Desk, entity: &str, id: i64) -> Answer {
    desk.egito("GET", &format!("{entity}/get?id={id}"), &[], "").with(200)
}

/// Makes a record; its id.
#[track_caller]
pub(crate) fn make(desk: &Desk, entity: &str, body: &str) -> i64 {
    desk.egito_json(&format!("{entity}/create"), body).with(200).id()
}

/// Changes a record; the fields of `body` beside the id.
#[track_caller]
pub(crate) fn change(desk: &Desk, entity: &str, id: i64, body: &str) -> Answer {
    desk.egito_json(&format!("{entity}/update/{id}"), body)
}

/// Field and code of each error, in their order.
pub(crate) fn faults(answer: &Answer) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let json = answer.json();
    let all = json["errors"].as_array().unwrap_or_else(|| panic!("no errors in {}", answer.body));
    all.iter().map(|fault| (text(&fault["field"]), text(&fault["code"]))).collect()
}

/// The one error there is.
#[track_caller]
pub(crate) fn fault(answer: &Answer) -> (String, String) {
    let all = faults(answer);
    assert_eq!(all.len(), 1, "{}", answer.body);
    all.into_iter().next().unwrap_or_default()
}

/// Version of a record, which grows with every change.
pub(crate) fn version(desk: &Desk, resource: Resource, id: i64) -> Option<i64> {
    let read = desk.system(move |_, tx| {
        let record = tx.load(resource, id)?;
        Ok(record.and_then(|record| record.get(favo_core::catalogue::meta::VERSION)))
    });
    read.expect("read")
}

/// A record that is read and sent back is the same afterwards, also in its version.
#[track_caller]
pub(crate) fn assert_echo(desk: &Desk, entity: &str, resource: Resource, id: i64) {
    let before = get(desk, entity, id);
    let old = version(desk, resource, id);
    desk.later(60);
    change(desk, entity, id, &before.body).with(200);
    assert_eq!(get(desk, entity, id).body, before.body);
    assert_eq!(version(desk, resource, id), old, "{entity}");
}

/// Every pair of `sent` stands in what is answered.
#[track_caller]
pub(crate) fn assert_has(desk: &Desk, entity: &str, id: i64, expected: &Value) {
    let shown = get(desk, entity, id).json();
    for (key, value) in expected.as_object().expect("an object") {
        assert_eq!(&shown[key], value, "{entity}.{key}");
    }
}
