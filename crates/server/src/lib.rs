//! The host: it listens, finds out whose request it is, keeps the limits, answers, and says what happened.
//!
//! It knows no SQL, no wire form and no business rule: a dialect reads the request and writes the answer inside one
//! transaction of the store. There is no web framework, because a dialect finds its own routes; what is left is hyper.
#![warn(missing_docs)]

mod admission;
mod attempts;
mod body;
mod clock;
mod connection;
mod describe;
mod egito;
mod health;
mod host;
mod log;
mod login;
mod metrics;
mod nectar;
mod oauth;
mod passwords;
mod proxies;
mod rate;
mod secrets;
mod tenants;
mod tokens;
mod totvs;
mod transaction;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use favo_core::ctx::Entropy;
use favo_store::Store;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use crate::clock::{Clock, SystemClock, SystemEntropy, TestClock, rfc3339};
pub use crate::log::LogTarget;
pub use crate::proxies::Network;
pub use favo_dialects::egito::ServerSettings as EgitoSettings;
pub use favo_dialects::totvs::ServerSettings as TotvsSettings;
pub use favo_dialects::wire::BodyLimits;

use crate::host::Host;

/// What a server is started with.
#[derive(Debug)]
pub struct Config {
    /// The database.
    pub store: Store,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where random bytes come from.
    pub entropy: Arc<dyn Entropy>,
    /// Where the access log goes.
    pub log: LogTarget,
    /// Scheme and host that answers show in links, such as `https://crm.example`; the `Host` header when absent.
    pub public_url: Option<String>,
    /// How much one server takes on.
    pub limits: Limits,
    /// What the Egito dialect has to know before it knows the tenant.
    pub egito: EgitoSettings,
    /// The same of the TOTVS dialect.
    pub totvs: TotvsSettings,
    /// A login of the TOTVS dialect does not tell an unknown tenant from a wrong password.
    pub same_tenant_error: bool,
    /// Proxies that are believed when they say where a request came from.
    pub trusted_proxies: Vec<Network>,
    /// What tokens are made with; servers that share a database share it. Without it, a token that is still good cannot be shown
    /// again after a restart, and a new one is made instead.
    pub secret_key: Option<[u8; 32]>,
}

impl Config {
    /// A server on this database and address with the system's time and randomness, logging to stderr.
    pub fn new(store: Store, listen: SocketAddr) -> Self {
        Self {
            store,
            listen,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            log: LogTarget::Stderr,
            public_url: None,
            limits: Limits::default(),
            egito: EgitoSettings::default(),
            totvs: TotvsSettings::default(),
            same_tenant_error: false,
            trusted_proxies: Vec::new(),
            secret_key: None,
        }
    }
}

/// How much one server takes on; the rest waits its turn.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How large the body of a request may be.
    pub bodies: BodyLimits,
    /// How long the body of a request may take to arrive.
    pub body_time: Duration,
    /// How long a connection may stay silent before and between requests.
    pub idle_time: Duration,
    /// Requests answered at the same time.
    pub requests: usize,
    /// Bodies above 64 KiB held in memory at the same time.
    pub large_bodies: usize,
    /// Open connections.
    pub connections: usize,
    /// How long accepted requests may take to finish after [`Running::stop`].
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bodies: BodyLimits::default(),
            body_time: Duration::from_secs(30),
            idle_time: Duration::from_secs(75),
            requests: 512,
            large_bodies: 16,
            connections: 8192,
            grace: Duration::from_secs(30),
        }
    }
}

/// A server at work. Dropping it does not stop it; [`Running::stop`] does.
#[derive(Debug)]
pub struct Running {
    /// The address it listens on.
    pub address: SocketAddr,
    host: Arc<Host>,
    stop: watch::Sender<bool>,
    listener: JoinHandle<()>,
}

/// Starts a server on the current tokio runtime; it answers when this returns.
///
/// Fails when the address cannot be listened on.
pub async fn start(config: Config) -> std::io::Result<Running> {
    let listener = TcpListener::bind(config.listen).await?;
    let address = listener.local_addr()?;
    let host = Arc::new(Host::new(config, address));
    let (stop, stopped) = watch::channel(false);
    let listener = tokio::spawn(connection::accept(listener, Arc::clone(&host), stopped));
    Ok(Running { address, host, stop, listener })
}

impl Running {
    /// Takes no new connections, finishes the requests accepted so far within [`Limits::grace`], then writes out the log
    /// and folds the database's write-ahead log.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        // The listener ends when the last connection has, or when the grace is over.
        let _ = self.listener.await;
        self.host.finish().await;
    }
}
