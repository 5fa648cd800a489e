//! A whole Favo server for one test: its own database, its own tenant, a frozen clock, and a plain HTTP client.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use favo::administration::{self, TokenForm};
use favo_core::tenancy::Administrator;
use favo_core::transaction::TenantId;
use favo_core::{Instant, text};
use favo_server::{Clock as _, Config, Limits, LogTarget, Running, TestClock};
use favo_store::testing::TestPostgres;
use favo_store::{Durability, Options, Store};
use parking_lot::Mutex;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The instant every test server starts at: 2026-03-02T12:00:00Z (a Monday, 09:00 in São Paulo).
pub(crate) const START: &str = "2026-03-02T12:00:00Z";

/// The same in microseconds since 1970.
const START_MICROS: i64 = 1_772_452_800_000_000;
/// Hashing a real password takes longer than most tests; nobody signs in here.
const NO_PASSWORD: &str = "$argon2id$nobody";
const DEMO: &str = "demo";
const OTHER: &str = "outro";

/// A temporary directory, in memory where the system has such a place: most tests write a database.
pub(crate) fn scratch() -> TempDir {
    let made = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
    made.expect("a temporary directory")
}

const OPTIONS: Options = Options { durability: Durability::Off, readers: 2, workers: 2 };

/// An SQLite database with the tenant "demo", made once per process: tests start from a copy of its file.
fn template() -> &'static [u8] {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let directory = scratch();
        let path = directory.path().join("favo.db");
        let store = Store::open(&sqlite_url(&path), &OPTIONS).expect("the database opens");
        create_tenant(&store, DEMO, Instant(START_MICROS));
        store.checkpoint().expect("the write-ahead log is folded");
        drop(store);
        std::fs::read(&path).expect("readable")
    })
}

fn sqlite_url(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

/// A server of one test, in this process; it stops when dropped.
pub(crate) struct Favo {
    pub(crate) address: SocketAddr,
    /// Taken when dropped, in this order: the server, its threads, the database, its directory.
    runtime: Option<Runtime>,
    _running: Running,
    store: Store,
    _directory: TempDir,
    tenant: TenantId,
    admin: Client,
    clock: Arc<TestClock>,
    log: Arc<Mutex<Vec<u8>>>,
}

impl Drop for Favo {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(5));
        }
    }
}

impl Favo {
    /// A fresh server with its own database and the tenant "demo".
    pub(crate) fn start() -> Self {
        Self::with_limits(Limits::default())
    }

    /// The same with limits a test can reach.
    pub(crate) fn with_limits(limits: Limits) -> Self {
        let directory = scratch();
        let url = match std::env::var("FAVO_TEST_DATABASE").as_deref() {
            Ok("postgres") => TestPostgres::shared().fresh_database(),
            _ => {
                let path = directory.path().join("favo.db");
                std::fs::write(&path, template()).expect("writable");
                sqlite_url(&path)
            }
        };
        let store = Store::open(&url, &OPTIONS).expect("the database opens");
        let clock = Arc::new(TestClock::at(Instant(START_MICROS)));
        let log = Arc::default();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let config = Config {
            clock: Arc::clone(&clock) as _,
            log: LogTarget::Memory(Arc::clone(&log)),
            limits,
            ..Config::new(store.clone(), SocketAddr::from(([127, 0, 0, 1], 0)))
        };
        let running = runtime.block_on(favo_server::start(config)).expect("the server starts");
        let address = running.address;
        let (tenant, admin) = tenant(&store, address, DEMO, clock.now());
        Self {
            address,
            runtime: Some(runtime),
            _running: running,
            store,
            _directory: directory,
            tenant,
            admin,
            clock,
            log,
        }
    }

    /// The administrator "admin@demo.example".
    pub(crate) fn admin(&self) -> Client {
        self.admin.clone()
    }

    /// A new user, named after the part of the login before `@`, with a token.
    pub(crate) fn user(&self, login: &str, role: &str) -> Client {
        let name = login.split('@').next().expect("a name");
        let user_id = administration::add_user(
            &self.store,
            self.tenant,
            login,
            name,
            role,
            NO_PASSWORD,
            self.clock.now(),
        );
        client(
            &self.store,
            self.address,
            self.tenant,
            login,
            user_id.expect("the user is added"),
            self.clock.now(),
        )
    }

    /// Sets a switch of spec 1.9.
    pub(crate) fn switch(&self, name: &str, value: &str) {
        administration::set(&self.store, self.tenant, name, value, self.clock.now())
            .expect("the switch is set");
    }

    /// Moves the clock of the server.
    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// The administrator of a second tenant on the same server.
    pub(crate) fn other_tenant(&self) -> Client {
        tenant(&self.store, self.address, OTHER, self.clock.now()).1
    }

    /// One more token for a user, as JWT.
    pub(crate) fn token(&self, user: &Client, days: i64) -> String {
        self.issue(user, days, TokenForm::Jwt)
    }

    /// One more token for a user, as 32 hexadecimal digits.
    pub(crate) fn opaque_token(&self, user: &Client) -> String {
        self.issue(user, 365, TokenForm::Opaque)
    }

    fn issue(&self, user: &Client, days: i64, form: TokenForm) -> String {
        let tenant = self.tenant_of(user);
        let token = administration::issue_token(
            &self.store,
            tenant,
            &user.login,
            "teste",
            days,
            form,
            self.clock.now(),
        );
        token.expect("the token is issued")
    }

    /// Revokes a token of any tenant.
    pub(crate) fn revoke(&self, token: &str) {
        let hash = text::secret_hash(token);
        let tenant =
            self.store.tenant_of_token_blocking(&hash).expect("the database answers").expect("a known token");
        let snapshot = administration::snapshot(&self.store, tenant).expect("the registries");
        let id = snapshot.token(&hash).expect("a known token").id();
        administration::revoke_token(&self.store, tenant, id, self.clock.now())
            .expect("the token is revoked");
    }

    /// Everything the server has logged so far.
    pub(crate) fn log(&self) -> String {
        String::from_utf8(self.log.lock().clone()).expect("the log is UTF-8")
    }

    fn tenant_of(&self, user: &Client) -> TenantId {
        let hash = text::secret_hash(&user.token);
        self.store.tenant_of_token_blocking(&hash).expect("the database answers").unwrap_or(self.tenant)
    }
}

/// The tenant with this slug, made on first use, and its administrator.
fn tenant(store: &Store, address: SocketAddr, slug: &str, now: Instant) -> (TenantId, Client) {
    let login = administrator_of(slug);
    let (tenant, user) = if let Some(tenant) = store.tenant_by_slug(slug).expect("the database answers") {
        let snapshot = administration::snapshot(store, tenant.id).expect("the registries");
        (tenant.id, snapshot.login(&login).expect("the administrator").id())
    } else {
        create_tenant(store, slug, now)
    };
    (tenant, client(store, address, tenant, &login, user, now))
}

fn create_tenant(store: &Store, slug: &str, now: Instant) -> (TenantId, i64) {
    let (login, name) = (administrator_of(slug), "Administrador".to_owned());
    let administrator = Administrator { login, name, password_hash: NO_PASSWORD.to_owned() };
    administration::create_tenant(store, slug, slug, &administrator, now).expect("the tenant is created")
}

fn administrator_of(slug: &str) -> String {
    format!("admin@{slug}.example")
}

fn client(
    store: &Store,
    address: SocketAddr,
    tenant: TenantId,
    login: &str,
    user_id: i64,
    now: Instant,
) -> Client {
    let token = administration::issue_token(store, tenant, login, "teste", 365, TokenForm::Opaque, now);
    Client { address, token: token.expect("the token is issued"), user_id, login: login.to_owned() }
}

/// One HTTP answer, body unread.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Header names in lower case, in the order received.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("the answer is UTF-8")
    }

    /// The body as JSON, whatever the status.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("status {}, not JSON ({error}): {}", self.status, self.text()))
    }

    /// The body as JSON of an answer that must be a 200.
    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text());
        self.json()
    }

    /// The `mensagens` of an answer that must be a 409.
    #[track_caller]
    pub(crate) fn refused(&self) -> Vec<String> {
        assert_eq!(self.status, 409, "{}", self.text());
        let body = self.json();
        assert_eq!(body.as_object().expect("an object").len(), 1, "no other key beside mensagens: {body}");
        body["mensagens"]
            .as_array()
            .expect("mensagens")
            .iter()
            .map(|m| m.as_str().expect("text").to_owned())
            .collect()
    }
}

/// A user of the test server: sends requests under `/crm/api/1` with that user's token in `Access-Token`.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    pub(crate) token: String,
    pub(crate) user_id: i64,
    pub(crate) login: String,
}

impl Client {
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"")
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[("Content-Type", "application/json")], body.to_string().as_bytes())
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, &[("Content-Type", "application/json")], body.to_string().as_bytes())
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], b"")
    }

    /// Sends with the token header added; `path` is below `/crm/api/1` and goes out as written.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut all = vec![("Access-Token", self.token.as_str())];
        all.extend_from_slice(headers);
        raw(self.address, method, &format!("/crm/api/1{path}"), &all, body)
    }
}

/// Sends exactly these headers (plus Host, Content-Length and Connection) and reads the answer; `target` is the whole path.
pub(crate) fn raw(
    address: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let mut head = format!("{method} {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    if !body.is_empty() || matches!(method, "POST" | "PUT") {
        head.extend(["Content-Length: ", &body.len().to_string(), "\r\n"]);
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body);
    bytes_exchange(address, &bytes)
}

/// Writes these bytes on a new connection and parses what comes back until the server closes.
pub(crate) fn bytes_exchange(address: SocketAddr, request: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
    // A server that refuses a large body may close before it has read everything.
    let _ = stream.write_all(request);
    let mut received = Vec::new();
    let _ = stream.read_to_end(&mut received);
    parse(&received)
}

fn parse(received: &[u8]) -> Answer {
    let end = received.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or_else(|| {
        panic!("no HTTP answer: {:?}", String::from_utf8_lossy(received));
    });
    let head = String::from_utf8_lossy(&received[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status_line = lines.next().expect("a status line");
    let status: u16 = status_line.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("a status code");
    if status == 100 {
        return parse(&received[end + 4..]);
    }
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let chunked = headers.iter().any(|(n, v)| n == "transfer-encoding" && v.contains("chunked"));
    let rest = &received[end + 4..];
    let body = if chunked { unchunk(rest) } else { rest.to_vec() };
    Answer { status, headers, body }
}

fn unchunk(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(line) = rest.windows(2).position(|w| w == b"\r\n") {
        let size = usize::from_str_radix(String::from_utf8_lossy(&rest[..line]).trim(), 16).unwrap_or(0);
        if size == 0 {
            break;
        }
        body.extend_from_slice(&rest[line + 2..line + 2 + size]);
        rest = &rest[line + 4 + size..];
    }
    body
}
