//! `favo oauth-client`: create, list, revoke.

use clap::{Args, Subcommand};
use favo_core::Instant;
use favo_core::catalogue::{Resource, client, meta};
use favo_core::identity::{Action, Scope};
use favo_server::rfc3339;
use serde_json::{Map, json};

use super::role::right;
use super::{InTenant, mistake, now, print, refused, some_text};
use crate::administration::{self, ClientSecret};

#[derive(Debug, Subcommand)]
pub(super) enum Clients {
    /// Create a client; prints JSON with its id and its secret, which is never shown again
    Create(Create),
    /// List the clients of a tenant, one JSON object a line
    List(List),
    /// Revoke a client; its tokens stop working with the next request
    Revoke(Revoke),
}

impl Clients {
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
    /// What it is for
    #[arg(long, value_parser = some_text)]
    name: String,
    /// What it may do at most, whoever its user is, such as `create,read`; everything when not given
    #[arg(long, value_name = "ACTIONS", value_delimiter = ',', value_parser = action)]
    rights: Vec<Action>,
    /// The same for one resource, such as `contact.delete=none`, or `contact.delete=all` to give back what --rights takes
    #[arg(long = "right", value_name = "RESOURCE.ACTION=none|all", value_parser = all_or_none)]
    exceptions: Vec<(String, String)>,
    #[command(flatten)]
    place: InTenant,
}

impl Create {
    fn run(self) -> anyhow::Result<()> {
        let mut rights = Vec::new();
        if !self.rights.is_empty() {
            let taken = Action::ALL.into_iter().filter(|action| !self.rights.contains(action));
            rights
                .extend(taken.map(|action| (format!("*.{}", action.name()), Scope::None.name().to_owned())));
        }
        for (right, scope) in self.exceptions {
            rights.retain(|(known, _)| *known != right);
            rights.push((right, scope));
        }
        let (store, tenant) = self.place.open()?;
        let made = administration::register_client(&store, tenant, &self.name, &rights, now());
        let ClientSecret { id, client_id, client_secret } = made.map_err(refused)?;
        print(&json!({
            "id": id,
            "name": self.name,
            "client_id": client_id,
            "client_secret": client_secret,
            "rights": shown(&rights),
        }));
        Ok(())
    }
}

#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    place: InTenant,
}

impl List {
    fn run(self) -> anyhow::Result<()> {
        let (store, tenant) = self.place.open()?;
        let snapshot = administration::snapshot(&store, tenant).map_err(refused)?;
        let at = |instant: Option<Instant>| instant.map(rfc3339);
        for record in snapshot.all(Resource::Client) {
            print(&json!({
                "id": record.id(),
                "name": record.get(client::NAME),
                "client_id": record.get(client::CLIENT_ID),
                "rights": shown(record.get(client::RIGHTS)),
                "created_at": at(record.get(meta::CREATED_AT)),
                "revoked_at": at(record.get(client::REVOKED_AT)),
            }));
        }
        Ok(())
    }
}

#[derive(Debug, Args)]
pub(super) struct Revoke {
    /// The client's `client_id`, or its number, as `favo oauth-client list` shows them
    #[arg(value_name = "CLIENT")]
    client: String,
    #[command(flatten)]
    place: InTenant,
}

impl Revoke {
    fn run(self) -> anyhow::Result<()> {
        if self.client.trim().is_empty() {
            return Err(mistake("say which client: `favo oauth-client list` shows them"));
        }
        let (store, tenant) = self.place.open()?;
        administration::revoke_client(&store, tenant, self.client.trim(), now()).map_err(refused)
    }
}

fn shown(rights: &[(String, String)]) -> Map<String, serde_json::Value> {
    rights.iter().map(|(right, scope)| (right.clone(), json!(scope))).collect()
}

/// Reads an action.
fn action(text: &str) -> Result<Action, String> {
    let known = Action::ALL.into_iter().find(|action| action.name() == text.trim());
    known.ok_or_else(|| format!("there is no action \"{text}\": choose create, read, update or delete"))
}

/// Reads `RESOURCE.ACTION=none` or `=all`: a client takes rights away whole.
fn all_or_none(text: &str) -> Result<(String, String), String> {
    let (right, scope) = right(text)?;
    if scope != Scope::None.name() && scope != Scope::All.name() {
        return Err("a client has a right or has it not: write none or all".to_owned());
    }
    Ok((right, scope))
}
