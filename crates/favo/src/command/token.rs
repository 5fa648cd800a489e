//! `favo token`: create, list, revoke.

use clap::{Args, Subcommand};
use favo_core::catalogue::{Resource, meta, token, user};
use favo_core::{Instant, text};
use favo_server::rfc3339;
use serde_json::json;

use super::{InTenant, mistake, now, password_from_stdin, print, print_line, refused, some_text};
use crate::administration::{self, TokenForm};

#[derive(Debug, Subcommand)]
pub(super) enum Tokens {
    /// Create a token that acts for a user; prints the token alone, and it is never shown again
    Create(Create),
    /// List the tokens of a tenant, one JSON object a line
    List(List),
    /// Revoke a token; it stops working with the next request
    Revoke(Revoke),
}

impl Tokens {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Create(command) => command.run(),
            Self::List(command) => command.run(),
            Self::Revoke(command) => command.run(),
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// Login of the user whose rights the token carries
    #[arg(long, value_name = "EMAIL")]
    user: String,
    /// What it is for
    #[arg(long, value_parser = some_text)]
    name: String,
    /// How many days it is valid
    #[arg(long, value_name = "N", default_value_t = 365, value_parser = clap::value_parser!(i64).range(1..=36_500))]
    days: i64,
    /// 32 hexadecimal digits instead of a JWT
    #[arg(long)]
    opaque: bool,
    #[command(flatten)]
    place: InTenant,
}

impl Create {
    fn run(self) -> anyhow::Result<()> {
        let (store, tenant) = self.place.open()?;
        let form = if self.opaque { TokenForm::Opaque } else { TokenForm::Jwt };
        let secret =
            administration::issue_token(&store, tenant, &self.user, &self.name, self.days, form, now());
        print_line(&secret.map_err(refused)?);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Only those of this user
    #[arg(long, value_name = "EMAIL")]
    user: Option<String>,
    #[command(flatten)]
    place: InTenant,
}

impl List {
    fn run(self) -> anyhow::Result<()> {
        let (store, tenant) = self.place.open()?;
        let snapshot = administration::snapshot(&store, tenant).map_err(refused)?;
        let wanted = match &self.user {
            None => None,
            Some(login) => {
                let user = snapshot.login(login);
                let missing = || anyhow::anyhow!("there is no user \"{login}\": `favo user list` shows them");
                Some(user.ok_or_else(missing)?.id())
            }
        };
        let shown = |at: Option<Instant>| at.map(rfc3339);
        for record in snapshot.all(Resource::Token) {
            let owner = record.get(token::USER);
            if wanted.is_some() && wanted != owner {
                continue;
            }
            let owner = owner.and_then(|id| snapshot.get(Resource::User, id));
            print(&json!({
                "id": record.id(),
                "name": record.get(token::NAME),
                "user": owner.and_then(|owner| owner.get(user::LOGIN)),
                "created_at": shown(record.get(meta::CREATED_AT)),
                "expires_at": shown(record.get(token::EXPIRES_AT)),
                "revoked_at": shown(record.get(token::REVOKED_AT)),
            }));
        }
        Ok(())
    }
}

#[derive(Debug, Args)]
pub(super) struct Revoke {
    /// The number of the token, as `favo token list` shows it
    #[arg(value_name = "ID")]
    id: Option<i64>,
    /// Read the token itself from standard input
    #[arg(long, conflicts_with = "id")]
    token_stdin: bool,
    #[command(flatten)]
    place: InTenant,
}

impl Revoke {
    fn run(self) -> anyhow::Result<()> {
        if self.id.is_none() && !self.token_stdin {
            return Err(mistake("say which token: its number from `favo token list`, or --token-stdin"));
        }
        let secret = if self.token_stdin { password_from_stdin()? } else { String::new() };
        let (store, tenant) = self.place.open()?;
        let id = match self.id {
            Some(id) => id,
            None => {
                let snapshot = administration::snapshot(&store, tenant).map_err(refused)?;
                let token = snapshot.token(&text::secret_hash(secret.trim()));
                token.ok_or_else(|| anyhow::anyhow!("the tenant has no such token: check --tenant"))?.id()
            }
        };
        administration::revoke_token(&store, tenant, id, now()).map_err(refused)
    }
}
