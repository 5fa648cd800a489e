//! A tenant at work: requests go straight into a dialect, as one user or another, at an instant the test chooses.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use favo_core::ctx::Entropy;
use favo_core::identity::Actor;
use favo_core::snapshot::Snapshot;
use favo_core::tenancy::{self, Administrator, Country};
use favo_core::transaction::{Reader, TenantId, Writer};
use favo_core::{Ctx, Error, Instant, Resource, Result};
use favo_dialects::wire::{BodyLimits, Caller, Failed, Request, Response};
use favo_dialects::{egito, nectar, totvs};
use favo_store::testing::TestPostgres;
use favo_store::{Durability, Options, Store};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use parking_lot::Mutex;
use tempfile::TempDir;

/// 2026-06-09T08:15:02Z: 10:15:02 in Warsaw, 05:15:02 in São Paulo.
pub(crate) const START: i64 = 1_780_992_902_000_000;

/// Bytes that differ each time and are the same in every run.
#[derive(Debug, Default)]
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn bytes(&self) -> [u8; 16] {
        let number = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        let mut bytes = [0x5a; 16];
        bytes[8..].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        bytes
    }
}

/// One tenant, furnished for a country, with the administrator `anna@<tenant>` of id 1.
pub(crate) struct Desk {
    store: Store,
    tenant: TenantId,
    slug: String,
    entropy: Arc<Counting>,
    now: Mutex<Instant>,
    /// Who acts and what their session may.
    caller: Mutex<(i64, bool, bool)>,
    _directory: TempDir,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content_type: &'static str,
    pub(crate) body: String,
}

impl Answer {
    fn of(response: Response) -> Self {
        Self {
            status: response.status.as_u16(),
            headers: response.headers,
            content_type: response.content_type,
            body: String::from_utf8(response.body).expect("UTF-8"),
        }
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.body))
    }

    /// A header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The same, when the status is this one.
    #[track_caller]
    pub(crate) fn with(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// The `id` of a JSON body as a number.
    #[track_caller]
    pub(crate) fn id(&self) -> i64 {
        self.json()["id"].as_i64().unwrap_or_else(|| panic!("no number in {}", self.body))
    }

    /// The `id` of a JSON body as a text.
    #[track_caller]
    pub(crate) fn uuid(&self) -> String {
        self.json()["id"].as_str().unwrap_or_else(|| panic!("no text in {}", self.body)).to_owned()
    }
}

impl Desk {
    pub(crate) fn new(country: Country) -> Self {
        let directory =
            tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a directory");
        let url = match std::env::var("FAVO_TEST_DATABASE").as_deref() {
            Ok("postgres") => TestPostgres::shared().fresh_database(),
            _ => format!("sqlite:{}", directory.path().join("favo.db").display()),
        };
        let options = Options { durability: Durability::Off, readers: 2, workers: 2 };
        let store = Store::open(&url, &options).expect("the database opens");
        let slug = if country == Country::Poland { "acme" } else { "aurora" }.to_owned();
        let tenant = store.create_tenant(&slug, &slug, Instant(START)).expect("a tenant");
        let desk = Self {
            store,
            tenant,
            slug: slug.clone(),
            entropy: Arc::default(),
            now: Mutex::new(Instant(START)),
            caller: Mutex::new((0, true, true)),
            _directory: directory,
        };
        let name = if country == Country::Poland { "Anna Kos" } else { "Bia Nogueira" };
        let administrator = Administrator {
            login: format!("anna@{slug}.example"),
            name: name.to_owned(),
            password_hash: "$argon2id$nobody".to_owned(),
        };
        let user = desk
            .system(move |ctx, tx| tenancy::furnish(ctx, tx, &administrator, country))
            .expect("the tenant is furnished");
        *desk.caller.lock() = (user, true, true);
        desk
    }

    /// Runs something as the system itself.
    pub(crate) fn system<T: Send + 'static>(
        &self,
        job: impl Fn(&Ctx, &mut dyn Writer) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (now, entropy) = (*self.now.lock(), Arc::clone(&self.entropy));
        self.store.write_blocking(self.tenant, move |tx: &mut dyn Writer| {
            let snapshot = Arc::new(Snapshot::load(tx)?);
            let entropy = Arc::clone(&entropy) as Arc<dyn Entropy>;
            job(&Ctx { actor: Arc::new(Actor::system(0)), now, snapshot, entropy }, tx)
        })
    }

    /// Sets a setting of the tenant.
    pub(crate) fn set(&self, name: &str, value: &str) {
        let (name, value) = (name.to_owned(), value.to_owned());
        let set = self.system(move |_, tx| {
            tx.set_setting(&name, Some(&value))?;
            tx.touch_registry()
        });
        set.expect("the setting is kept");
    }

    /// Adds a user with one of the standard roles; their id.
    pub(crate) fn user(&self, login: &str, role: &str) -> i64 {
        let (login, role) = (login.to_owned(), role.to_owned());
        let name = login.split('@').next().unwrap_or(&login).to_owned();
        self.system(move |ctx, tx| tenancy::add_user(ctx, tx, &login, &name, &role, "")).expect("a user")
    }

    /// Adds a role with these rights and a user with it; the id of the user.
    pub(crate) fn user_with(&self, login: &str, rights: &[(&str, &str)]) -> i64 {
        let rights: Vec<_> =
            rights.iter().map(|(right, scope)| ((*right).to_owned(), (*scope).to_owned())).collect();
        let role = format!("role of {login}");
        let named = role.clone();
        self.system(move |ctx, tx| tenancy::create_role(ctx, tx, &named, false, &rights)).expect("a role");
        self.user(login, &role)
    }

    /// From here on this user acts.
    pub(crate) fn act_as(&self, user: i64) {
        self.caller.lock().0 = user;
    }

    /// From here on the session may do this.
    pub(crate) fn scope(&self, may_read: bool, may_write: bool) {
        let mut caller = self.caller.lock();
        (caller.1, caller.2) = (may_read, may_write);
    }

    /// Moves the clock.
    pub(crate) fn later(&self, seconds: i64) {
        self.now.lock().0 += seconds * 1_000_000;
    }

    /// How many live records there are.
    pub(crate) fn count(&self, resource: Resource) -> i64 {
        self.system(move |_, tx| tx.count(resource, &favo_core::query::Filter::All)).expect("counted")
    }

    /// A request in the Egito dialect: `Account/create`, or with `?query`.
    pub(crate) fn egito(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let request = request(method, &format!("{}/{path}", egito::BASE), headers, body.as_bytes());
        let call = egito::route(&request);
        let writes = call.writes;
        self.run(
            writes,
            move |caller, ctx, tx| egito::read(&call, caller, ctx, tx),
            {
                let call = egito::route(&request);
                move |caller, ctx, tx| egito::write(&call, caller, ctx, tx)
            },
            egito::wire_error,
        )
    }

    /// A JSON POST in the Egito dialect.
    pub(crate) fn egito_json(&self, path: &str, body: &str) -> Answer {
        self.egito("POST", path, &[("content-type", "application/json")], body)
    }

    /// A request in the TOTVS dialect: the whole path, perhaps with `?query`.
    pub(crate) fn totvs(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let request = request(method, path, headers, body.as_bytes());
        let settings = totvs::ServerSettings::default();
        let call = totvs::route(&request, &settings);
        let writes = call.writes;
        self.run(
            writes,
            move |caller, ctx, tx| totvs::read(&call, caller, ctx, tx),
            {
                let call = totvs::route(&request, &settings);
                move |caller, ctx, tx| totvs::write(&call, caller, ctx, tx)
            },
            totvs::wire_error,
        )
    }

    /// A request in the NectarCRM dialect: `contatos/1`, or with `?query`.
    pub(crate) fn nectar(&self, method: &str, path: &str, body: &str) -> Answer {
        let headers = [("content-type", "application/json")];
        let request = request(method, &format!("{}/{path}", nectar::BASE), &headers, body.as_bytes());
        let route = || match nectar::route(&request, BodyLimits::default()) {
            nectar::Call::Fixed(response) => Err(response),
            call => Ok(call),
        };
        match (route(), route()) {
            (Ok(call), Ok(again)) => self.run(
                matches!(call, nectar::Call::Write(_)),
                move |_, ctx, tx| nectar::read(&call, ctx, tx),
                move |_, ctx, tx| {
                    nectar::write(&again, ctx, tx)
                        .map_err(|error| Failed { answer: nectar::wire_error(&error), error })
                },
                nectar::wire_error,
            ),
            (Err(response), _) | (_, Err(response)) => Answer::of(response),
        }
    }

    fn run(
        &self,
        writes: bool,
        read: impl Fn(&Caller, &Ctx, &mut dyn Reader) -> Result<Response> + Send + 'static,
        write: impl Fn(&Caller, &Ctx, &mut dyn Writer) -> std::result::Result<Response, Failed> + Send + 'static,
        spell: fn(&Error) -> Response,
    ) -> Answer {
        let (now, entropy) = (*self.now.lock(), Arc::clone(&self.entropy));
        let (user, may_read, may_write) = *self.caller.lock();
        let caller = Caller { tenant: self.slug.clone(), may_read, may_write };
        let ctx = move |tx: &mut dyn Reader| -> Result<Ctx> {
            let snapshot = Arc::new(Snapshot::load(tx)?);
            let actor = Arc::new(Actor::of(&snapshot, user).ok_or(Error::Forbidden)?);
            Ok(Ctx { actor, now, snapshot, entropy: Arc::clone(&entropy) as _ })
        };
        let failed = Arc::new(Mutex::new(None));
        let outcome = if writes {
            let failed = Arc::clone(&failed);
            self.store.write_blocking(self.tenant, move |tx: &mut dyn Writer| {
                let ctx = ctx(tx)?;
                write(&caller, &ctx, tx).map_err(|Failed { answer, error }| {
                    *failed.lock() = Some(answer);
                    error
                })
            })
        } else {
            self.store.read_blocking(self.tenant, move |tx: &mut dyn Reader| {
                let ctx = ctx(tx)?;
                read(&caller, &ctx, tx)
            })
        };
        let spelled = failed.lock().take();
        Answer::of(outcome.unwrap_or_else(|error| spelled.unwrap_or_else(|| spell(&error))))
    }
}

fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Request {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(
            HeaderName::from_bytes(name.as_bytes()).expect("a header name"),
            HeaderValue::from_bytes(value.as_bytes()).expect("a header value"),
        );
    }
    Request {
        method: Method::from_bytes(method.as_bytes()).expect("a method"),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: map,
        body: bytes::Bytes::copy_from_slice(body),
        base_url: "http://127.0.0.1:7077".to_owned(),
    }
}

#[test]
fn a_desk_answers_in_the_dialect_that_is_there_already() {
    let desk = Desk::new(Country::Brazil);
    let made = desk.nectar("POST", "contatos", r#"{"nome":"Padaria Aurora","isEmpresa":true}"#).with(200);
    let read = desk.nectar("GET", &format!("contatos/{}", made.id()), "").with(200);
    assert_eq!(read.json()["nome"], "Padaria Aurora");
    assert_eq!(desk.count(Resource::Contact), 1);
}
