//! `favo user`: create, list.

use clap::{Args, Subcommand};
use favo_core::catalogue::{Resource, user};
use serde_json::json;

use super::{Database, email, mistake, now, password_from_stdin, print, refused, some_text, tenant_of};
use crate::administration;

#[derive(Debug, Subcommand)]
pub(super) enum Users {
    /// Create a user; prints JSON
    Create(Create),
    /// List the users of a tenant, one JSON object a line
    List(List),
}

impl Users {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Create(command) => command.run(),
            Self::List(command) => command.run(),
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// The tenant's slug
    #[arg(long, value_name = "SLUG")]
    tenant: String,
    /// E-mail address the user signs in with
    #[arg(long, value_name = "EMAIL", value_parser = email)]
    login: String,
    /// Name shown
    #[arg(long, value_parser = some_text)]
    name: String,
    /// administrator, manager, seller, reader, or a role of the tenant's own
    #[arg(long)]
    role: String,
    /// Read the password from standard input
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    database: Database,
}

impl Create {
    fn run(self) -> anyhow::Result<()> {
        if !self.password_stdin {
            return Err(mistake("the user needs a password: pipe one in and add --password-stdin"));
        }
        let password = password_from_stdin()?;
        let store = self.database.open()?;
        let tenant = tenant_of(&store, &self.tenant)?;
        let hash = administration::hash_password(&password).map_err(refused)?;
        let id = administration::add_user(&store, tenant, &self.login, &self.name, &self.role, &hash, now());
        print(&json!({
            "id": id.map_err(refused)?,
            "login": self.login,
            "name": self.name,
            "role": self.role,
        }));
        Ok(())
    }
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// The tenant's slug
    #[arg(long, value_name = "SLUG")]
    tenant: String,
    #[command(flatten)]
    database: Database,
}

impl List {
    fn run(self) -> anyhow::Result<()> {
        let store = self.database.open()?;
        let snapshot = administration::snapshot(&store, tenant_of(&store, &self.tenant)?).map_err(refused)?;
        for record in snapshot.all(Resource::User) {
            let role = record.get(user::ROLE).and_then(|role| snapshot.get(Resource::Role, role));
            print(&json!({
                "id": record.id(),
                "login": record.get(user::LOGIN),
                "name": record.get(user::NAME),
                "role": role.and_then(|role| role.title()),
                "active": record.get(user::ACTIVE),
            }));
        }
        Ok(())
    }
}
