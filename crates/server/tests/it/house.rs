//! A whole server with two tenants, its clock in the test's hand, and a plain HTTP client that sends what it is told.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::PasswordHasher as _;
use favo_core::identity::Actor;
use favo_core::snapshot::Snapshot;
use favo_core::tenancy::{self, Administrator, Country, UserChange};
use favo_core::transaction::Writer;
use favo_core::{Ctx, Instant, Result, text};
use favo_server::{Clock as _, Config, LogTarget, Running, SystemEntropy, TestClock};
use favo_store::testing::TestPostgres;
use favo_store::{Durability, Options, Store};
use parking_lot::Mutex;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::desk::START;

/// The password of every administrator here.
pub(crate) const PASSWORD: &str = "Tr3m-7!";
/// The secret of every client here.
pub(crate) const SECRET: &str = "s3cret+of&client";
const OPTIONS: Options = Options { durability: Durability::Off, readers: 2, workers: 2 };

/// The hash of a password: made once for each, for it takes its time.
fn hashed(password: &str) -> String {
    static KNOWN: OnceLock<String> = OnceLock::new();
    let hash =
        |password: &str| Argon2::default().hash_password(password.as_bytes()).expect("hashed").to_string();
    if password == PASSWORD { KNOWN.get_or_init(|| hash(PASSWORD)).clone() } else { hash(password) }
}

/// A server with the tenants `acme` (Poland) and `aurora` (Brazil), each with an administrator `anna@TENANT.example` and a
/// client `client-of-TENANT`.
pub(crate) struct House {
    pub(crate) address: SocketAddr,
    pub(crate) clock: Arc<TestClock>,
    /// In this order when dropped: the server, its threads, the database, its directory.
    running: Option<Running>,
    runtime: Option<Runtime>,
    store: Store,
    log: Arc<Mutex<Vec<u8>>>,
    _directory: TempDir,
}

impl Drop for House {
    fn drop(&mut self) {
        self.running = None;
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(5));
        }
    }
}

impl House {
    pub(crate) fn open() -> Self {
        Self::with(|_| {})
    }

    /// The same, told otherwise.
    pub(crate) fn with(told: impl Fn(&mut Config)) -> Self {
        let directory =
            tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a directory");
        let url = match std::env::var("FAVO_TEST_DATABASE").as_deref() {
            Ok("postgres") => TestPostgres::shared().fresh_database(),
            _ => format!("sqlite:{}", directory.path().join("favo.db").display()),
        };
        let store = Store::open(&url, &OPTIONS).expect("the database opens");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build();
        let mut house = Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            clock: Arc::new(TestClock::at(Instant(START))),
            running: None,
            runtime: Some(runtime.expect("a runtime")),
            store,
            log: Arc::default(),
            _directory: directory,
        };
        for (slug, country) in [("acme", Country::Poland), ("aurora", Country::Brazil)] {
            house.store.create_tenant(slug, slug, Instant(START)).expect("a tenant");
            let administrator = Administrator {
                login: format!("anna@{slug}.example"),
                name: "Anna Kos".to_owned(),
                password_hash: hashed(PASSWORD),
            };
            house
                .system(slug, move |ctx, tx| tenancy::furnish(ctx, tx, &administrator, country))
                .expect("the tenant is furnished");
            house.client(slug, &format!("client-of-{slug}"), &[]);
        }
        house.start(told);
        house
    }

    /// Starts the server anew on the same database; the one before is stopped.
    pub(crate) fn start(&mut self, told: impl Fn(&mut Config)) {
        let runtime = self.runtime.as_ref().expect("a runtime");
        if let Some(running) = self.running.take() {
            runtime.block_on(running.stop());
        }
        let mut config = Config {
            clock: Arc::clone(&self.clock) as _,
            log: LogTarget::Memory(Arc::clone(&self.log)),
            secret_key: Some([7; 32]),
            ..Config::new(self.store.clone(), SocketAddr::from(([127, 0, 0, 1], 0)))
        };
        told(&mut config);
        let running = runtime.block_on(favo_server::start(config)).expect("the server starts");
        self.address = running.address;
        self.running = Some(running);
    }

    /// Runs something in a tenant as the system itself.
    pub(crate) fn system<T: Send + 'static>(
        &self,
        slug: &str,
        job: impl Fn(&Ctx, &mut dyn Writer) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let tenant = self.store.tenant_by_slug(slug).expect("the database answers").expect("the tenant").id;
        let now = self.clock.now();
        self.store.write_blocking(tenant, move |tx: &mut dyn Writer| {
            let snapshot = Arc::new(Snapshot::load(tx)?);
            let ctx =
                Ctx { actor: Arc::new(Actor::system(0)), now, snapshot, entropy: Arc::new(SystemEntropy) };
            job(&ctx, tx)
        })
    }

    /// Registers a client with the usual secret; its number.
    pub(crate) fn client(&self, slug: &str, id: &str, rights: &[(&str, &str)]) -> i64 {
        let (id, hash) = (id.to_owned(), text::secret_hash(SECRET));
        let rights: Vec<_> =
            rights.iter().map(|(right, scope)| ((*right).to_owned(), (*scope).to_owned())).collect();
        self.system(slug, move |ctx, tx| tenancy::register_client(ctx, tx, &id, &id, &hash, &rights))
            .expect("a client")
    }

    /// Adds a user with the usual password.
    pub(crate) fn user(&self, slug: &str, login: &str, role: &str) -> i64 {
        let (login, role, hash) = (login.to_owned(), role.to_owned(), hashed(PASSWORD));
        self.system(slug, move |ctx, tx| tenancy::add_user(ctx, tx, &login, "Kto", &role, &hash))
            .expect("a user")
    }

    /// Blocks a user, or lets them in again.
    pub(crate) fn active(&self, slug: &str, user: i64, active: bool) {
        let change = UserChange { active: Some(active), ..UserChange::default() };
        self.system(slug, move |ctx, tx| tenancy::set_user(ctx, tx, user, &change)).expect("changed");
    }

    /// Gives a user another password.
    pub(crate) fn password(&self, slug: &str, user: i64, password: &str) {
        let change = UserChange { password_hash: Some(hashed(password)), ..UserChange::default() };
        self.system(slug, move |ctx, tx| tenancy::set_user(ctx, tx, user, &change)).expect("changed");
    }

    /// Sets a setting of a tenant.
    pub(crate) fn set(&self, slug: &str, name: &str, value: &str) {
        let (name, value) = (name.to_owned(), value.to_owned());
        let set = self.system(slug, move |_, tx| {
            tx.set_setting(&name, Some(&value))?;
            tx.touch_registry()
        });
        set.expect("the setting is kept");
    }

    /// Moves the clock.
    pub(crate) fn later(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Everything the server has logged so far.
    pub(crate) fn log(&self) -> String {
        String::from_utf8(self.log.lock().clone()).expect("the log is UTF-8")
    }

    /// Sends a request with these headers, and reads the answer.
    pub(crate) fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.exchange(&request(method, target, headers, body.as_bytes()))
    }

    /// Sends these bytes on a new connection, and reads the answer.
    pub(crate) fn exchange(&self, request: &[u8]) -> Answer {
        exchange(self.address, request)
    }

    /// Asks for a token with these parameters in the query, as the published call does.
    pub(crate) fn token(&self, parameters: &[(&str, &str)]) -> Answer {
        self.send("POST", &format!("/oauth/token?{}", form(parameters)), &[], "")
    }

    /// A token of an administrator.
    pub(crate) fn sign_in(&self, slug: &str) -> Value {
        let (client, user) = (format!("client-of-{slug}"), format!("anna@{slug}"));
        self.token(&[
            ("grant_type", "password"),
            ("client_id", &client),
            ("client_secret", SECRET),
            ("username", &user),
            ("password", PASSWORD),
        ])
        .with(200)
        .json()
    }

    /// A call with an access token in the header.
    pub(crate) fn call(&self, token: &str) -> Answer {
        self.send("GET", CALL, &[("Authorization", &format!("Bearer {token}"))], "")
    }

    /// The cookie of a new session of an administrator, as `JSESSIONID=…`.
    pub(crate) fn log_in(&self, slug: &str) -> String {
        let body = login(&format!("anna@{slug}.example"), PASSWORD, slug);
        self.send("POST", "/api/login", &[], &body).with(200).cookie()
    }

    /// A call with a cookie.
    pub(crate) fn call_with(&self, cookie: &str) -> Answer {
        self.send("GET", CALL_BY_COOKIE, &[("Cookie", cookie)], "")
    }
}

/// A call of the Egito API that anyone with a token may make.
pub(crate) const CALL: &str = "/services/restapi/json/SelectDictionary/list?type=gender";
/// A call of the TOTVS API that anyone with a session may make.
pub(crate) const CALL_BY_COOKIE: &str = "/api/v4/user/users";

/// The body of a login.
pub(crate) fn login(username: &str, password: &str, tenant: &str) -> String {
    serde_json::json!({"username": username, "password": password, "tenant": tenant}).to_string()
}

/// Parameters as a form has them.
pub(crate) fn form(parameters: &[(&str, &str)]) -> String {
    let escaped = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
                other => format!("%{other:02X}"),
            })
            .collect()
    };
    let pairs: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
    pairs.join("&")
}

/// The bytes of a request; without a `Host` among the headers, one that names no tenant.
pub(crate) fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{method} {target} HTTP/1.1\r\nConnection: close\r\n");
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        head.push_str("Host: 127.0.0.1\r\n");
    }
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    if !body.is_empty() || method == "POST" {
        head.extend(["Content-Length: ", &body.len().to_string(), "\r\n"]);
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// Sends these bytes on a new connection, and reads the answer.
pub(crate) fn exchange(address: SocketAddr, request: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_mins(1))).expect("a timeout");
    // A server that refuses a large body may close before it has read everything.
    let _ = stream.write_all(request);
    let mut received = Vec::new();
    let _ = stream.read_to_end(&mut received);
    let end = received.windows(4).position(|window| window == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("no answer: {:?}", String::from_utf8_lossy(&received)));
    let head = String::from_utf8_lossy(&received[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status");
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Answer { status, headers, body: String::from_utf8(received[end + 4..].to_vec()).expect("UTF-8") }
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// A header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The same, when the status is this one.
    #[track_caller]
    pub(crate) fn with(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.body))
    }

    /// The cookie that is set, as `JSESSIONID=…`.
    #[track_caller]
    pub(crate) fn cookie(&self) -> String {
        let set = self.header("set-cookie").unwrap_or_else(|| panic!("no cookie: {self:?}"));
        set.split(';').next().unwrap_or_default().to_owned()
    }

    /// The `error` of a JSON body.
    #[track_caller]
    pub(crate) fn error(&self) -> (u16, String, String) {
        let body = self.json();
        let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        (self.status, text("error"), text("error_description"))
    }

    /// The `code` of a JSON body.
    #[track_caller]
    pub(crate) fn code(&self) -> (u16, String) {
        (self.status, self.json()["code"].as_str().unwrap_or_default().to_owned())
    }
}
