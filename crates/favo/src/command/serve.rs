//! `favo serve`: the server, until a signal ends it.

use std::net::SocketAddr;

use anyhow::Context as _;
use clap::Args;
use favo_server::{BodyLimits, Config, Limits, Running};
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use super::{Database, print_line};

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
        let config = Config { public_url: self.public_url, limits, ..Config::new(store, self.listen) };
        serve(config, |address| print_line(&format!("favo listens on http://{address}")))
    }
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
