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
use crate::administration::{self, ClientSecret, TokenForm};
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
        // Made up anew with every start, as the secrets below are.
        let password = text::hex(&SystemEntropy.bytes()[..8]);
        let password_hash = administration::hash_password(&password).map_err(refused)?;
        let administrator =
            Administrator { login: LOGIN.to_owned(), name: "Administrador".to_owned(), password_hash };
        let made = administration::create_tenant(&store, SLUG, "Demonstração", &administrator, now());
        let (tenant, _) = made.map_err(refused)?;
        let made = sample::fill(&store, tenant, self.contacts, 1, now(), &mut |_| {})?;
        let token = administration::issue_token(&store, tenant, LOGIN, "demo", 30, TokenForm::Jwt, now());
        let token = token.map_err(refused)?;
        let client = administration::register_client(&store, tenant, "demo", &[], now()).map_err(refused)?;
        let ways = Ways { token, client, password };
        // Dropping the directory removes it, also after an error.
        serve(Config::new(store, self.listen), |address| print_line(&banner(address, &ways, &made)))
    }
}

/// The ways in: a token, and a user's password with or without a client.
struct Ways {
    token: String,
    client: ClientSecret,
    password: String,
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

fn banner(address: SocketAddr, ways: &Ways, made: &Report) -> String {
    let program = program();
    let Ways { token, client: ClientSecret { client_id, client_secret, .. }, password } = ways;
    format!(
        "\nFavo demo: a temporary CRM, gone when you press Ctrl-C.

  NectarCRM API   http://{address}/crm/api/1
  Egito API       http://{address}/services/restapi/json
  TOTVS API       http://{address}/api
  Interfaces      http://{address}/docs
  Health          http://{address}/health/ready
  Metrics         http://{address}/metrics
  Tenant          {SLUG}, administrator {LOGIN}, password {password}
  In it           {made}
  Token           {token}
  OAuth client    {client_id}, secret {client_secret}

Try the NectarCRM API:

  curl -H 'Access-Token: {token}' 'http://{address}/crm/api/1/contatos?displayLength=3'

Try the Egito API, a token first:

  TOKEN=$(curl -s -X POST 'http://{address}/oauth/token?grant_type=password&client_id={client_id}&client_secret={client_secret}&username=admin@{SLUG}&password={password}' | cut -d'\"' -f4)
  curl -H \"Authorization: Bearer $TOKEN\" 'http://{address}/services/restapi/json/Account/list?max=3'

Try the TOTVS API, a session first:

  SESSION=$(curl -s -D - -o /dev/null -d '{{\"username\":\"{LOGIN}\",\"password\":\"{password}\",\"tenant\":\"{SLUG}\"}}' 'http://{address}/api/login' | grep -o 'JSESSIONID=[^;]*')
  curl -H \"Cookie: $SESSION\" 'http://{address}/api/v4/customer/customers-integration?pageSize=3'

Replicate it into a warehouse of one file, then ask that file:

  {program} sync --from favo --url http://{address}/crm/api/1 --token {token} --to sqlite:warehouse.db

  sqlite3 -header -column warehouse.db \"SELECT responsavel_nome, count(*) AS deals, sum(valortotal) AS total FROM nectarcrm_oportunidades GROUP BY 1 ORDER BY 3 DESC\"
"
    )
}
