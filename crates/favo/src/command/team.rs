//! `favo team`: create, list. Who is in a team is said with `favo user set`.

use clap::{Args, Subcommand};
use favo_core::catalogue::{Resource, team};
use serde_json::json;

use super::{InTenant, now, print, refused, some_text};
use crate::administration;

#[derive(Debug, Subcommand)]
pub(super) enum Teams {
    /// Create a team; prints JSON
    Create(Create),
    /// List the teams of a tenant, one JSON object a line
    List(List),
}

impl Teams {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Create(command) => command.run(),
            Self::List(command) => command.run(),
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// Name of the team
    #[arg(long, value_parser = some_text)]
    name: String,
    #[command(flatten)]
    place: InTenant,
}

impl Create {
    fn run(self) -> anyhow::Result<()> {
        let (store, tenant) = self.place.open()?;
        let id = administration::create_team(&store, tenant, &self.name, now()).map_err(refused)?;
        print(&json!({"id": id, "name": self.name}));
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
        for record in administration::snapshot(&store, tenant).map_err(refused)?.all(Resource::Team) {
            print(&json!({
                "id": record.id(),
                "name": record.get(team::NAME),
                "active": record.get(team::ACTIVE),
                "default": record.get(team::DEFAULT),
            }));
        }
        Ok(())
    }
}
