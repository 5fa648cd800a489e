//! `favo serve`: the server, until a signal ends it.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use favo_server::{BodyLimits, Config, EgitoSettings, Limits, Network, Running, TotvsSettings};
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use super::{Database, print_line, secret_key};

#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    database: Database,
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", env = "FAVO_LISTEN", default_value = "127.0.0.1:7077")]
    listen: SocketAddr,
    /// Scheme and host that answers show in links, when a proxy stands in front
    #[arg(long, value_name = "URL", env = "FAVO_PUBLIC_URL")]
    public_url: Option<String>,
    /// The most a JSON body may hold, as sent and unpacked
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=1024))]
    json_limit_mib: u16,
    /// The most an upload may hold
    #[arg(long, value_name = "N", default_value_t = 25, value_parser = clap::value_parser!(u16).range(1..=1024))]
    upload_limit_mib: u16,
    /// Address or network of a proxy that is believed when it says where a request came from
    #[arg(long = "trusted-proxy", value_name = "ADDR", env = "FAVO_TRUSTED_PROXIES", value_delimiter = ',')]
    trusted_proxies: Vec<Network>,
    /// File with the key that tokens are made with, 64 hexadecimal digits: servers of one database share it.
    /// Beside an SQLite database when not given
    #[arg(long, value_name = "PATH", env = "FAVO_SECRET_KEY_FILE")]
    secret_key_file: Option<PathBuf>,
    #[command(flatten)]
    egito: Egito,
    #[command(flatten)]
    totvs: Totvs,
}

/// What the Egito API is told about the server.
#[derive(Debug, Args)]
#[command(next_help_heading = "Egito API")]
struct Egito {
    /// End of host names whose first label is a tenant
    #[arg(
        long = "egito-host-suffix",
        value_name = "SUFFIX",
        env = "FAVO_EGITO_HOST_SUFFIXES",
        value_delimiter = ',',
        default_value = ".egito.pl",
        value_parser = suffix
    )]
    host_suffixes: Vec<String>,
    /// Tenant of token requests that name none
    #[arg(long = "egito-default-tenant", value_name = "SLUG", env = "FAVO_EGITO_DEFAULT_TENANT")]
    default_tenant: Option<String>,
    /// Whether a token may be asked for with GET
    #[arg(
        long = "egito-token-get",
        value_name = "true|false",
        env = "FAVO_EGITO_TOKEN_GET",
        default_value_t = true,
        action = clap::ArgAction::Set
    )]
    token_get: bool,
    /// The most a body may hold
    #[arg(id = "egito_limit_mib", long = "egito-limit-mib", value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1024))]
    limit_mib: u16,
}

/// What the TOTVS API is told about the server.
#[derive(Debug, Args)]
#[command(next_help_heading = "TOTVS API")]
struct Totvs {
    /// Path of the gateway
    #[arg(
        long = "totvs-gateway-path",
        value_name = "PATH",
        env = "FAVO_TOTVS_GATEWAY_PATH",
        default_value = "/api/integration",
        value_parser = gateway
    )]
    gateway_path: String,
    /// Whether a login tells an unknown tenant from a wrong password
    #[arg(
        long = "totvs-tenant-error",
        env = "FAVO_TOTVS_TENANT_ERROR",
        value_enum,
        default_value_t = TenantError::Distinct
    )]
    tenant_error: TenantError,
    /// The most a body may hold
    #[arg(id = "totvs_limit_mib", long = "totvs-limit-mib", value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=1024))]
    limit_mib: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TenantError {
    /// It does
    Distinct,
    /// It does not
    Same,
}

/// Reads the end of a host name.
fn suffix(text: &str) -> Result<String, String> {
    let text = text.trim().to_ascii_lowercase();
    if text.len() < 2 || !text.starts_with('.') || text.contains(['/', ':']) {
        return Err("write it with the dot in front, such as .crm.example".to_owned());
    }
    Ok(text)
}

/// Reads the path of the gateway: one that no other path of the server covers.
fn gateway(text: &str) -> Result<String, String> {
    let path = text.trim().trim_end_matches('/');
    let others = [
        "/crm",
        "/p",
        "/health",
        "/metrics",
        "/services",
        "/oauth",
        "/favo",
        "/login",
        "/logout",
        "/api/login",
        "/api/logout",
    ];
    let taken = others
        .into_iter()
        .find(|taken| path.strip_prefix(taken).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    if !path.starts_with('/') || path.contains(['?', '#', '%', ' ']) || path == "/api" {
        return Err("write a path such as /api/integration".to_owned());
    }
    match taken {
        Some(taken) => Err(format!("{taken} is taken: choose another path")),
        None => Ok(path.to_owned()),
    }
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let store = self.database.open_or_create()?;
        if store.tenants()?.is_empty() {
            print_line(&format!(
                "there is no tenant in {} yet: `favo tenant create --help` shows how to make one",
                self.database.shown()
            ));
        }
        let bytes = |mebibytes: u16| usize::from(mebibytes) * 1024 * 1024;
        let bodies = BodyLimits { json: bytes(self.json_limit_mib), upload: bytes(self.upload_limit_mib) };
        let limits = Limits { bodies, ..Limits::default() };
        let secret_key = match (&self.secret_key_file, self.database.file()) {
            (Some(path), _) => Some(secret_key::read(path)?),
            (None, Some(database)) => Some(secret_key::beside(&database)?),
            (None, None) => None,
        };
        if let Some(warning) = in_the_clear(self.listen, &self.trusted_proxies) {
            eprintln!("favo: {warning}");
        }
        let (egito, totvs) = (self.egito, self.totvs);
        let config = Config {
            public_url: self.public_url,
            limits,
            secret_key,
            trusted_proxies: self.trusted_proxies,
            same_tenant_error: totvs.tenant_error == TenantError::Same,
            egito: EgitoSettings {
                host_suffixes: egito.host_suffixes,
                default_tenant: egito.default_tenant,
                token_get: egito.token_get,
                max_body: bytes(egito.limit_mib),
            },
            totvs: TotvsSettings { gateway_path: totvs.gateway_path, max_body: bytes(totvs.limit_mib) },
            ..Config::new(store, self.listen)
        };
        serve(config, |address| print_line(&format!("favo listens on http://{address}")))
    }
}

/// What to say when others than this machine may reach the server and nothing says that TLS ends in front of it.
fn in_the_clear(listen: SocketAddr, proxies: &[Network]) -> Option<String> {
    let private = listen.ip().to_canonical().is_loopback() || !proxies.is_empty();
    (!private).then(|| {
        format!(
            "warning: {listen} is reached without TLS, and passwords and tokens travel as they are: \
             put a proxy in front and name it with --trusted-proxy, or listen on 127.0.0.1"
        )
    })
}

/// Serves until SIGTERM or SIGINT, then finishes what was accepted; a second signal ends it at once.
pub(super) fn serve(config: Config, ready: impl FnOnce(SocketAddr)) -> anyhow::Result<()> {
    let runtime = runtime()?;
    let listen = config.listen;
    let done = runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let running = favo_server::start(config).await.with_context(|| cannot_listen(listen))?;
        ready(running.address);
        let mut next = async || {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        next().await;
        tokio::select! {
            () = Running::stop(running) => {}
            () = next() => anyhow::bail!("ended at once by a second signal"),
        }
        Ok(())
    });
    runtime.shutdown_background();
    done
}

/// What to say when the address is not to be had.
pub(super) fn cannot_listen(address: SocketAddr) -> String {
    format!(
        "cannot listen on {address}: choose another address with --listen, such as --listen 127.0.0.1:7078"
    )
}

/// Requests read SQLite on the thread that serves them, so there are more threads than cores: one that waits for the
/// disk holds nobody up.
fn runtime() -> anyhow::Result<Runtime> {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let threads = (2 * cores).max(4);
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_in_the_clear_are_warned_of() {
        let proxy: Network = "10.0.0.1".parse().expect("an address");
        for (listen, proxies, warned) in [
            ("127.0.0.1:7077", &[][..], false),
            ("[::1]:7077", &[], false),
            ("[::ffff:127.0.0.1]:7077", &[], false),
            ("0.0.0.0:7077", &[], true),
            ("192.168.0.2:7077", &[], true),
            ("0.0.0.0:7077", &[proxy], false),
        ] {
            let said = in_the_clear(listen.parse().expect("an address"), proxies);
            assert_eq!(said.is_some(), warned, "{listen}");
        }
    }

    #[test]
    fn the_gateway_stays_off_other_paths() {
        for wrong in
            ["", "/", "/api", "api/x", "/crm/api/1", "/oauth", "/login", "/api/login/", "/x?y", "/p/7"]
        {
            assert!(gateway(wrong).is_err(), "{wrong}");
        }
        assert_eq!(gateway("/api/integration/").as_deref(), Ok("/api/integration"));
        assert_eq!(gateway("/price").as_deref(), Ok("/price"));
    }
}
