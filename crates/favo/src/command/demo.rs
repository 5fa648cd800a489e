//! `favo demo`: a CRM to try things out on, gone when it ends.

use std::net::{SocketAddr, TcpListener};

use anyhow::Context as _;
use clap::Args;
use favo_core::ctx::Entropy as _;
use favo_core::tenancy::Administrator;
use favo_core::text;
use favo_server::{Config, SystemEntropy};
use favo_store::{Durability, Options, Store};

use super::serve::{cannot_listen, serve};
use super::{now, print_line, refused};
use crate::administration::{self, TokenForm};
use crate::sample::{self, Report};

const SLUG: &str = "demo";
const LOGIN: &str = "admin@demo.example";

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", env = "FAVO_LISTEN", default_value = "127.0.0.1:7077")]
    listen: SocketAddr,
    /// How many contacts to make up
    #[arg(long, value_name = "N", default_value_t = 2000)]
    contacts: u64,
}

impl Demo {
    pub(super) fn run(self) -> anyhow::Result<()> {
        // Before seconds are spent on data: a taken port is the likeliest thing to go wrong.
        drop(TcpListener::bind(self.listen).with_context(|| cannot_listen(self.listen))?);
        let directory = tempfile::Builder::new().prefix("favo-demo-").tempdir()?;
        let url = format!("sqlite:{}", directory.path().join("favo.db").display());
        // Nothing in it is to outlive the process, so nothing waits for the disk.
        let store = Store::open(&url, &Options { durability: Durability::Off, ..Options::default() })?;
        // Nobody is to sign in with it; the token below is the way in.
        let password_hash =
            administration::hash_password(&text::hex(&SystemEntropy.bytes())).map_err(refused)?;
        let administrator =
            Administrator { login: LOGIN.to_owned(), name: "Administrador".to_owned(), password_hash };
        let made = administration::create_tenant(&store, SLUG, "Demonstração", &administrator, now());
        let (tenant, _) = made.map_err(refused)?;
        let made = sample::fill(&store, tenant, self.contacts, 1, now(), &mut |_| {})?;
        let token = administration::issue_token(&store, tenant, LOGIN, "demo", 30, TokenForm::Jwt, now());
        let token = token.map_err(refused)?;
        // Dropping the directory removes it, also after an error.
        serve(Config::new(store, self.listen), |address| print_line(&banner(address, &token, &made)))
    }
}

/// The program as it was called, fit for pasting: people who built it have no `favo` on their path.
fn program() -> String {
    let called = std::env::args_os().next().map(|called| called.to_string_lossy().into_owned());
    match called {
        Some(called) if called.contains([' ', '\'', '"', '$', '\\']) => {
            format!("'{}'", called.replace('\'', r"'\''"))
        }
        Some(called) if !called.is_empty() => called,
        _ => "favo".to_owned(),
    }
}

fn banner(address: SocketAddr, token: &str, made: &Report) -> String {
    let program = program();
    format!(
        "\nFavo demo: a temporary CRM, gone when you press Ctrl-C.

  NectarCRM API   http://{address}/crm/api/1
  Health          http://{address}/health/ready
  Metrics         http://{address}/metrics
  Tenant          {SLUG}, administrator {LOGIN}
  In it           {made}
  Token           {token}

Try:

  curl -H 'Access-Token: {token}' 'http://{address}/crm/api/1/contatos?displayLength=3'

Replicate it into a warehouse of one file, then ask that file:

  {program} sync --from favo --url http://{address}/crm/api/1 --token {token} --to sqlite:warehouse.db

  sqlite3 -header -column warehouse.db \"SELECT responsavel_nome, count(*) AS deals, sum(valortotal) AS total FROM nectarcrm_oportunidades GROUP BY 1 ORDER BY 3 DESC\"
"
    )
}
