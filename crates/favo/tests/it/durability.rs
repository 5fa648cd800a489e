//! What was answered is kept: through a killed process, and with two servers on one database.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use favo_core::catalogue::{Resource, contact};
use favo_core::change::{Change, ChangeKind};
use favo_core::query::{Order, Query};
use favo_store::testing::TestPostgres;
use favo_store::{Options, Store};
use parking_lot::Mutex;
use serde_json::{Value, json};

use crate::harness::{Client, raw};
use crate::program::{Serving, favo, printed};

const WRITERS: u64 = 16;
const KILLS: u64 = 20;
/// How long the writers write before each kill, in milliseconds; varied so that the kill falls anywhere.
const SPAN: std::ops::Range<u64> = 60..160;

fn sqlite(directory: &tempfile::TempDir) -> String {
    format!("sqlite:{}", directory.path().join("favo.db").display())
}

/// Makes the tenant "acme"; a token of its administrator.
fn furnish(database: &str) -> String {
    let create = ["tenant", "create", "acme", "--name", "Acme", "--admin-login", "ana@acme.example"];
    printed(&favo(database, &[&create[..], &["--password-stdin"]].concat(), "segredo\n"));
    let token = ["token", "create", "--tenant", "acme", "--user", "ana@acme.example", "--name", "teste"];
    printed(&favo(database, &token, ""))
}

/// Sends a create and returns the id when the server has answered 200; nothing when it is gone.
fn create(address: SocketAddr, token: &str, body: &Value) -> Option<i64> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let body = body.to_string();
    let request = format!(
        "POST /crm/api/1/contatos HTTP/1.1\r\nHost: x\r\nAccess-Token: {token}\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut received = Vec::new();
    stream.read_to_end(&mut received).ok()?;
    let text = String::from_utf8_lossy(&received).into_owned();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    if length != Some(body.len()) {
        return None;
    }
    assert!(head.starts_with("HTTP/1.1 200"), "{text}");
    serde_json::from_str::<Value>(body).expect("JSON")["id"].as_i64()
}

/// An organisation with two people every third time, a contact by itself otherwise.
fn body(number: u64) -> Value {
    let name = format!("Contato {number}");
    if number.is_multiple_of(3) {
        let people = json!([{"nome": format!("{name} / A")}, {"nome": format!("{name} / B")}]);
        json!({"nome": name, "empresa": true, "observacao": name, "contatos": people})
    } else {
        json!({"nome": name, "empresa": false, "observacao": name, "telefones": [format!("48 9{number:08}")]})
    }
}

/// Kills the server under load many times; everything answered must be there, whole, and logged.
fn survives_kills(database: &str) {
    let token = furnish(database);
    let number = AtomicU64::new(0);
    let answered = Mutex::new(BTreeMap::new());
    for round in 0..KILLS {
        let serving = Serving::start(database);
        let address = serving.address;
        let before = answered.lock().len();
        let stopped = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..WRITERS {
                scope.spawn(|| {
                    while !stopped.load(Ordering::Relaxed) {
                        let number = number.fetch_add(1, Ordering::Relaxed);
                        let Some(id) = create(address, &token, &body(number)) else { break };
                        answered.lock().insert(id, number);
                    }
                });
            }
            let span = SPAN.start + round * 37 % (SPAN.end - SPAN.start);
            // The clock starts with the first answer: a busy machine may take its time to get there.
            while answered.lock().len() == before {
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(Duration::from_millis(span));
            serving.kill();
            stopped.store(true, Ordering::Relaxed);
        });
        check(database, &answered.lock());
    }
    let answered = answered.into_inner();
    assert!(answered.len() as u64 >= KILLS, "there was load: {}", answered.len());
    // And a server that starts again shows them.
    let serving = Serving::start(database);
    let client = Client { address: serving.address, token, user_id: 1, login: "ana@acme.example".to_owned() };
    for (id, number) in answered.iter().step_by(7) {
        let shown = client.get(&format!("/contatos/{id}")).ok();
        assert_eq!(shown["nome"], format!("Contato {number}"));
        let people = if number.is_multiple_of(3) { 2 } else { 0 };
        assert_eq!(shown["contatos"].as_array().map_or(0, Vec::len), people, "{shown}");
    }
}

/// Looks into the database itself: answered contacts are whole, no organisation lacks its people, all is logged once.
fn check(database: &str, answered: &BTreeMap<i64, u64>) {
    let store =
        Store::open(database, &Options { readers: 1, workers: 1, ..Options::default() }).expect("it opens");
    let tenant = store.tenant_by_slug("acme").expect("the database answers").expect("the tenant").id;
    let (contacts, changes) = store
        .read_blocking(tenant, |tx| {
            let contacts = tx.load_all(&Query::of(Resource::Contact).order(Order::OLDEST))?;
            let mut changes: Vec<Change> = Vec::new();
            loop {
                let last = changes.last().map_or(0, |change| change.sequence);
                let more = tx.changes_after(last, 1000)?;
                if more.is_empty() {
                    return Ok((contacts, changes));
                }
                changes.extend(more);
            }
        })
        .expect("the database answers");
    let names: BTreeMap<i64, &str> = contacts
        .iter()
        .map(|contact| (contact.id(), contact.get(contact::NAME).unwrap_or_default()))
        .collect();
    for (id, number) in answered {
        assert_eq!(names.get(id).copied(), Some(format!("Contato {number}").as_str()), "answered, so kept");
    }
    let all: BTreeSet<&str> = names.values().copied().collect();
    assert_eq!(all.len(), names.len(), "nothing is there twice");
    for contact in &contacts {
        let name = contact.get(contact::NAME).unwrap_or_default();
        if let Some((organisation, _)) = name.split_once(" / ") {
            assert!(all.contains(organisation), "{name} without its organisation");
            continue;
        }
        assert_eq!(contact.get(contact::NOTES), Some(name), "whole");
        let number: u64 = name.strip_prefix("Contato ").and_then(|rest| rest.parse().ok()).expect("a number");
        for person in ["A", "B"] {
            let expected = number.is_multiple_of(3);
            assert_eq!(all.contains(format!("{name} / {person}").as_str()), expected, "{name} / {person}");
        }
    }
    let created: Vec<i64> = changes
        .iter()
        .filter(|change| change.resource == Resource::Contact && change.kind == ChangeKind::Created)
        .map(|change| change.record)
        .collect();
    let logged: BTreeSet<i64> = created.iter().copied().collect();
    assert_eq!(created.len(), logged.len(), "logged once");
    assert_eq!(logged, names.keys().copied().collect(), "logged if and only if kept");
    let sequences: Vec<i64> = changes.iter().map(|change| change.sequence).collect();
    assert_eq!(sequences, (1..=changes.len() as i64).collect::<Vec<_>>(), "the change log has no gap");
}

#[test]
fn a_killed_server_on_sqlite_keeps_all_it_answered() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    survives_kills(&sqlite(&directory));
}

#[test]
fn a_killed_server_on_postgresql_keeps_all_it_answered() {
    survives_kills(&TestPostgres::shared().fresh_database());
}

#[test]
fn two_servers_on_one_database_lose_no_update_and_give_no_id_twice() {
    let database = TestPostgres::shared().fresh_database();
    let token = furnish(&database);
    let servers = [Serving::start(&database), Serving::start(&database)];
    let clients = servers.each_ref().map(|server| Client {
        address: server.address,
        token: token.clone(),
        user_id: 1,
        login: "ana@acme.example".to_owned(),
    });
    let shared = clients[0].post("/contatos", &json!({"nome": "Dividido"})).ok()["id"].clone();
    let shared = format!("/contatos/{shared}");
    let ids = Mutex::new(Vec::new());
    // Each writer has a field of its own on the one contact: an update that was read before and written after another
    // would undo it.
    let fields = ["observacao", "indicadoPor", "site", "facebook", "linkedin", "twitter", "skype", "rg"];
    let turns = 12;
    std::thread::scope(|scope| {
        for (writer, field) in fields.into_iter().enumerate() {
            let (client, ids, shared) = (&clients[writer % 2], &ids, shared.as_str());
            scope.spawn(move || {
                for turn in 0..turns {
                    let value = format!("{field} {turn}");
                    assert_eq!(client.put(shared, &json!({field: value})).ok()[field], value);
                    assert_eq!(client.get(shared).ok()[field], value, "nobody else writes this field");
                    let made = client.post("/contatos", &json!({"nome": format!("{field} {turn}")})).ok();
                    ids.lock().push(made["id"].as_i64().expect("an id"));
                }
            });
        }
    });
    let ids = ids.into_inner();
    let distinct: BTreeSet<i64> = ids.iter().copied().collect();
    assert_eq!(ids.len(), fields.len() * turns);
    assert_eq!(distinct.len(), ids.len(), "no id twice");
    let [first, second] = clients.each_ref().map(|client| client.get(&shared).ok());
    assert_eq!(first, second, "both servers show the same");
    for field in fields {
        assert_eq!(first[field], format!("{field} {}", turns - 1), "no update is lost");
    }
}

#[test]
fn what_one_server_writes_into_a_registry_the_other_uses_at_once() {
    let database = TestPostgres::shared().fresh_database();
    let token = furnish(&database);
    let servers = [Serving::start(&database), Serving::start(&database)];
    let ask = |server: usize, method: &str, path: &str, body: &Value| {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        raw(servers[server].address, method, &format!("/crm/api/1{path}"), &[("Access-Token", &token)], &body)
    };
    for turn in 0..5 {
        let (writer, reader) = (turn % 2, (turn + 1) % 2);
        let name = format!("Origem {turn}");
        ask(writer, "POST", "/origem", &json!({"nome": name})).ok();
        let made = ask(reader, "POST", "/contatos", &json!({"nome": "x", "origem": name})).ok();
        assert_eq!(made["origem"], name);
        let origins = ask(reader, "GET", "/origem?displayLength=200", &Value::Null).ok();
        let found =
            origins.as_array().expect("a list").iter().filter(|origin| origin["nome"] == name).count();
        assert_eq!(found, 1, "the reader found it rather than making another one");
    }
}
