//! The host around the dialects: health, metrics, log, limits, hostile clients, and an orderly end.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use favo_server::{BodyLimits, Limits};
use favo_store::testing::TestPostgres;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::harness::{Favo, START, bytes_exchange, raw};
use crate::program::{Serving, favo, printed};

fn get(address: SocketAddr, path: &str) -> crate::harness::Answer {
    raw(address, "GET", path, &[], b"")
}

/// A `favo serve` with one tenant, and a token for it.
fn serving(database: &str) -> (Serving, String) {
    let create = ["tenant", "create", "acme", "--name", "Acme", "--admin-login", "ana@acme.example"];
    printed(&favo(database, &[&create[..], &["--password-stdin"]].concat(), "segredo\n"));
    let token = ["token", "create", "--tenant", "acme", "--user", "ana@acme.example", "--name", "teste"];
    let token = printed(&favo(database, &token, ""));
    (Serving::start(database), token)
}

#[test]
fn health_needs_no_token() {
    let favo = Favo::start();
    for path in ["/health/live", "/health/ready"] {
        let answer = get(favo.address, path);
        assert_eq!((answer.status, answer.text().as_str()), (200, "ok\n"));
    }
    assert_eq!(raw(favo.address, "POST", "/health/live", &[], b"").status, 405);
}

#[test]
fn a_server_without_its_database_is_alive_but_not_ready() {
    let database = TestPostgres::shared().fresh_database();
    let (serving, token) = serving(&database);
    assert_eq!(get(serving.address, "/health/ready").status, 200);
    let (server, name) = split_database(&database);
    for statement in [
        format!("alter database \"{name}\" allow_connections false"),
        format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"),
    ] {
        psql(&server, &statement);
    }
    assert_eq!(get(serving.address, "/health/live").status, 200);
    let not_ready = get(serving.address, "/health/ready");
    assert_eq!(not_ready.status, 503);
    assert!(not_ready.text().len() > 10, "a reason: {}", not_ready.text());
    let refused = raw(serving.address, "GET", "/crm/api/1/contatos", &[("Access-Token", &token)], b"");
    assert!(refused.status >= 500, "{}", refused.status);
    psql(&server, &format!("alter database \"{name}\" allow_connections true"));
    let until = Instant::now() + Duration::from_secs(15);
    while get(serving.address, "/health/ready").status != 200 {
        assert!(Instant::now() < until, "the server finds its database again");
        std::thread::sleep(Duration::from_millis(50));
    }
    let answered = raw(serving.address, "GET", "/crm/api/1/contatos", &[("Access-Token", &token)], b"");
    assert_eq!(answered.status, 200, "{}", answered.text());
}

/// The same server's `postgres` database, and the name of this one.
fn split_database(url: &str) -> (String, String) {
    let (base, query) =
        url.split_once('?').map_or((url, String::new()), |(base, query)| (base, format!("?{query}")));
    let (server, name) = base.rsplit_once('/').expect("a database");
    (format!("{server}/postgres{query}"), name.to_owned())
}

fn psql(url: &str, statement: &str) {
    let output =
        Command::new("psql").args([url, "-v", "ON_ERROR_STOP=1", "-qc", statement]).output().expect("psql");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn metrics_count_what_was_answered() {
    let favo = Favo::start();
    let admin = favo.admin();
    admin.get("/contatos").ok();
    admin.post("/contatos", &json!({"nome": "Padaria"})).ok();
    admin.get("/contatos/99999");
    let text = get(favo.address, "/metrics").text();
    for line in [
        "favo_up 1",
        "favo_http_requests_total{dialect=\"nectar\",method=\"GET\",status=\"2xx\"} 1",
        "favo_http_requests_total{dialect=\"nectar\",method=\"GET\",status=\"4xx\"} 1",
        "favo_http_requests_total{dialect=\"nectar\",method=\"POST\",status=\"2xx\"} 1",
        "favo_http_request_duration_seconds_bucket{le=\"+Inf\"} 3",
        "favo_http_requests_in_flight 1",
        "favo_store_writes_total 1",
    ] {
        assert!(text.lines().any(|written| written == line), "{line} is missing in\n{text}");
    }
    let memory =
        text.lines().find_map(|line| line.strip_prefix("process_resident_memory_bytes ")).expect("memory");
    assert!(memory.parse::<u64>().expect("bytes") > 1_000_000);
}

#[test]
fn a_path_outside_every_dialect_is_a_small_404() {
    let favo = Favo::start();
    for path in ["/", "/crm", "/crm/api/2/contatos", "/crm/api/11", "/CRM/API/1/contatos"] {
        let answer = get(favo.address, path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text().len() < 100 && !answer.text().contains('<'), "{path}");
    }
}

#[test]
fn every_request_is_one_line_of_json_in_the_log() {
    let favo = Favo::start();
    let admin = favo.admin();
    admin.get("/contatos?page=2&api_token=abc").ok();
    get(favo.address, "/crm/api/1/contatos");
    get(favo.address, "/health/live");
    let log = favo.log();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 3, "{log}");
    assert_eq!(lines[0]["time"], START.replace('Z', ".000000Z"));
    assert_eq!(lines[0]["method"], "GET");
    assert_eq!(lines[0]["path"], "/crm/api/1/contatos?page=2");
    assert_eq!(lines[0]["status"], 200);
    assert_eq!(lines[0]["user"], admin.user_id);
    assert_eq!(lines[0]["bytes"], 2);
    assert!(lines[0]["ms"].is_number() && lines[0]["tenant"].is_i64(), "{log}");
    assert_eq!((&lines[1]["status"], &lines[1]["user"]), (&json!(401), &Value::Null));
    assert_eq!(lines[2]["path"], "/health/live");
}

#[test]
fn the_log_of_a_process_is_complete_and_shows_no_token() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (mut serving, token) = serving(&format!("sqlite:{}", directory.path().join("favo.db").display()));
    for page in 1..=200 {
        let path = format!("/crm/api/1/contatos?page={page}&api_token={token}");
        assert_eq!(get(serving.address, &path).status, 200);
    }
    serving.signal(Signal::TERM);
    assert_eq!(serving.ended_within(Duration::from_secs(10)), Some(0));
    let log = serving.logged("page=200\"");
    assert_eq!(log.matches("/crm/api/1/contatos?page=").count(), 200);
    assert!(!log.contains(&token) && !log.contains("eyJ"), "{log}");
}

#[test]
fn connections_are_kept_and_pipelined_requests_are_answered_in_order() {
    let favo = Favo::start();
    let mut stream = TcpStream::connect(favo.address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
    let head = "HTTP/1.1\r\nHost: x\r\n";
    let requests = format!(
        "GET /health/live {head}\r\nGET /nothing {head}\r\nGET /health/live {head}Connection: close\r\n\r\n"
    );
    stream.write_all(requests.as_bytes()).expect("written");
    let mut received = String::new();
    stream.read_to_string(&mut received).expect("answers");
    let statuses: Vec<&str> =
        received.match_indices("HTTP/1.1 ").map(|(at, _)| &received[at + 9..at + 12]).collect();
    assert_eq!(statuses, ["200", "404", "200"]);
}

#[test]
fn a_body_that_is_too_large_is_refused_before_it_is_kept() {
    let favo = Favo::start();
    let token = favo.admin().token;
    let body = vec![b' '; 3 * 1024 * 1024];
    let answer = raw(favo.address, "POST", "/crm/api/1/contatos", &[("Access-Token", &token)], &body);
    assert_eq!(answer.status, 413);
    // Chunks do not say in advance how much there will be.
    let mut chunked = format!(
        "POST /crm/api/1/contatos HTTP/1.1\r\nHost: x\r\nAccess-Token: {token}\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    for _ in 0..3 {
        let _ = write!(chunked, "100000\r\n{}\r\n", " ".repeat(0x10_0000));
    }
    chunked.push_str("0\r\n\r\n");
    assert_eq!(bytes_exchange(favo.address, chunked.as_bytes()).status, 413);
    assert_eq!(favo.admin().get("/contatos").status, 200);
}

#[test]
fn the_limits_of_bodies_are_those_the_server_was_started_with() {
    let bodies = BodyLimits { json: 1000, upload: 3000 };
    let favo = Favo::with_limits(Limits { bodies, ..Limits::default() });
    let admin = favo.admin();
    assert_eq!(admin.send("POST", "/contatos/upsert", &[], &[b' '; 1001]).status, 413);
    assert_eq!(
        admin.send("POST", "/contatos/upsert", &[], &[b' '; 1000]).status,
        409,
        "read: it names nobody"
    );
    let upload = |path: &str, length: usize| {
        let head = [("Content-Type", "multipart/form-data; boundary=x")];
        admin.send("POST", path, &head, &vec![b' '; length]).status
    };
    assert_eq!(upload("/produto/1/photo/set", 3001), 413);
    assert_eq!(upload("/produto/1/photo/set", 3000), 404, "read: there is no such product");
    assert_eq!(upload("/contatos", 3000), 413, "what is read as JSON is held to the limit of JSON");
}

#[test]
fn a_client_that_asks_first_is_told_to_go_on_or_not() {
    let favo = Favo::start();
    let token = favo.admin().token;
    let ask = |length: usize| {
        let mut stream = TcpStream::connect(favo.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
        let head = format!(
            "POST /crm/api/1/contatos HTTP/1.1\r\nHost: x\r\nAccess-Token: {token}\r\nExpect: 100-continue\r\n\
             Connection: close\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).expect("written");
        let mut first = [0; 12];
        stream.read_exact(&mut first).expect("an answer");
        (stream, String::from_utf8_lossy(&first).into_owned())
    };
    let body = json!({"nome": "Padaria"}).to_string();
    let (mut stream, first) = ask(body.len());
    assert_eq!(first, "HTTP/1.1 100");
    stream.write_all(body.as_bytes()).expect("written");
    let mut rest = String::new();
    stream.read_to_string(&mut rest).expect("an answer");
    assert!(rest.contains("HTTP/1.1 200") && rest.contains("Padaria"), "{rest}");
    assert_eq!(ask(3 * 1024 * 1024).1, "HTTP/1.1 413", "nobody asked for three megabytes");
}

#[test]
fn a_body_that_does_not_arrive_is_not_waited_for() {
    let limits = Limits { body_time: Duration::from_millis(200), ..Limits::default() };
    let favo = Favo::with_limits(limits);
    let head = format!(
        "POST /crm/api/1/contatos HTTP/1.1\r\nHost: x\r\nAccess-Token: {}\r\nContent-Length: 100\r\n\r\n{{",
        favo.admin().token
    );
    let began = Instant::now();
    assert_eq!(bytes_exchange(favo.address, head.as_bytes()).status, 408);
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_silent_connection_is_closed() {
    let limits = Limits { idle_time: Duration::from_millis(200), ..Limits::default() };
    let favo = Favo::with_limits(limits);
    let mut stream = TcpStream::connect(favo.address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
    stream.write_all(b"GET /health/live HTTP/1.1\r\nHost").expect("written");
    let mut received = Vec::new();
    assert!(stream.read_to_end(&mut received).is_ok(), "closed, not waited for");
}

#[test]
fn hostile_bytes_do_not_end_the_server() {
    let favo = Favo::start();
    let token = favo.admin().token;
    for request in [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        b"GET\r\n\r\n".to_vec(),
        b"GET /crm/api/1/contatos HTTP/1.1\r\nContent-Length: -1\r\n\r\n".to_vec(),
        b"GET /crm/api/1/%00%ff%zz?%=&&==&page=%e2%82 HTTP/1.1\r\nConnection: close\r\n\r\n".to_vec(),
        format!("GET /crm/api/1/contatos/%F0%9F%92 HTTP/1.1\r\nAccess-Token: {token}\r\nConnection: close\r\n\r\n").into(),
        [b"GET /health/live HTTP/1.1\r\nX: ".to_vec(), vec![b'a'; 1_000_000], b"\r\n\r\n".to_vec()].concat(),
        format!("GET /{} HTTP/1.1\r\nConnection: close\r\n\r\n", "a".repeat(100_000)).into(),
        b"POST /crm/api/1/contatos HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nG".to_vec(),
    ] {
        let mut stream = TcpStream::connect(favo.address).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
        let _ = stream.write_all(&request);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut received = Vec::new();
        let _ = stream.read_to_end(&mut received);
        let text = String::from_utf8_lossy(&received);
        assert!(!text.starts_with("HTTP/1.1 5"), "{text}");
        assert_eq!(get(favo.address, "/health/live").status, 200);
    }
}

#[test]
fn many_connections_at_once_are_all_served() {
    let favo = Favo::start();
    let admin = favo.admin();
    std::thread::scope(|scope| {
        for thread in 0..32 {
            let admin = &admin;
            scope.spawn(move || {
                for number in 0..10 {
                    let name = format!("Contato {thread}-{number}");
                    let made = admin.post("/contatos", &json!({"nome": name})).ok();
                    assert_eq!(admin.get(&format!("/contatos/{}", made["id"])).ok()["nome"], name);
                }
            });
        }
    });
}

#[test]
fn a_terminated_server_finishes_what_it_accepted() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let database = format!("sqlite:{}", directory.path().join("favo.db").display());
    let (mut serving, token) = serving(&database);
    let idle = TcpStream::connect(serving.address).expect("a connection");
    let mut stream = TcpStream::connect(serving.address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    let body = json!({"nome": "No caminho"}).to_string();
    let head = format!(
        "POST /crm/api/1/contatos HTTP/1.1\r\nHost: x\r\nAccess-Token: {token}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("written");
    stream.write_all(&body.as_bytes()[..5]).expect("written");
    std::thread::sleep(Duration::from_millis(300));
    serving.signal(Signal::TERM);
    let until = Instant::now() + Duration::from_secs(10);
    while TcpStream::connect(serving.address).is_ok() {
        assert!(Instant::now() < until, "no new connections are taken");
        std::thread::sleep(Duration::from_millis(10));
    }
    stream.write_all(&body.as_bytes()[5..]).expect("written");
    let mut received = String::new();
    stream.read_to_string(&mut received).expect("an answer");
    assert!(received.starts_with("HTTP/1.1 200") && received.contains("No caminho"), "{received}");
    assert_eq!(serving.ended_within(Duration::from_secs(10)), Some(0), "an idle connection holds nobody up");
    drop(idle);
    assert!(!directory.path().join("favo.db-wal").exists(), "the write-ahead log is folded");
    let serving = Serving::start(&database);
    let found = raw(serving.address, "GET", "/crm/api/1/contatos", &[("Access-Token", &token)], b"");
    assert_eq!(found.ok()[0]["nome"], "No caminho");
}

#[test]
fn a_second_signal_ends_the_server_at_once() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (mut serving, token) = serving(&format!("sqlite:{}", directory.path().join("favo.db").display()));
    let mut stream = TcpStream::connect(serving.address).expect("a connection");
    let head = format!(
        "POST /crm/api/1/contatos HTTP/1.1\r\nHost: x\r\nAccess-Token: {token}\r\nContent-Length: 50\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).expect("written");
    std::thread::sleep(Duration::from_millis(300));
    serving.signal(Signal::TERM);
    assert_eq!(serving.ended_within(Duration::from_millis(500)), None, "it waits for the body");
    serving.signal(Signal::TERM);
    assert_eq!(serving.ended_within(Duration::from_secs(5)), Some(1));
}
