//! `favo user`: create, list, set.

use clap::{Args, Subcommand};
use favo_core::Record;
use favo_core::catalogue::{Resource, user};
use favo_core::snapshot::Snapshot;
use favo_core::tenancy::UserChange;
use serde_json::{Value, json};

use super::{InTenant, email, mistake, now, password_from_stdin, print, refused, some_text};
use crate::administration;

#[derive(Debug, Subcommand)]
pub(super) enum Users {
    /// Create a user; prints JSON
    Create(Create),
    /// List the users of a tenant, one JSON object a line
    List(List),
    /// Change what is named of a user; prints JSON
    Set(Set),
}

impl Users {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Create(command) => command.run(),
            Self::List(command) => command.run(),
            Self::Set(command) => command.run(),
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Create {
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
    place: InTenant,
}

impl Create {
    fn run(self) -> anyhow::Result<()> {
        if !self.password_stdin {
            return Err(mistake("the user needs a password: pipe one in and add --password-stdin"));
        }
        let password = password_from_stdin()?;
        let (store, tenant) = self.place.open()?;
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
    #[command(flatten)]
    place: InTenant,
}

impl List {
    fn run(self) -> anyhow::Result<()> {
        let (store, tenant) = self.place.open()?;
        let snapshot = administration::snapshot(&store, tenant).map_err(refused)?;
        for record in snapshot.all(Resource::User) {
            print(&shown(&snapshot, record));
        }
        Ok(())
    }
}

#[derive(Debug, Args)]
pub(super) struct Set {
    /// Login of the user
    #[arg(long, value_name = "EMAIL")]
    login: String,
    /// Another role
    #[arg(long)]
    role: Option<String>,
    /// A team; give it once for each: the user is in these and no others
    #[arg(long = "team", value_name = "TEAM", conflicts_with = "no_team")]
    teams: Vec<String>,
    /// Take the user out of all teams
    #[arg(long)]
    no_team: bool,
    /// Whether they may sign in and act; tokens of an inactive user do not work
    #[arg(long, value_name = "true|false")]
    active: Option<bool>,
    /// Read a new password from standard input
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    place: InTenant,
}

impl Set {
    fn run(self) -> anyhow::Result<()> {
        let names_teams = self.no_team || !self.teams.is_empty();
        if self.role.is_none() && !names_teams && self.active.is_none() && !self.password_stdin {
            return Err(mistake(
                "say what to change: --role, --team, --no-team, --active or --password-stdin",
            ));
        }
        let password = if self.password_stdin { Some(password_from_stdin()?) } else { None };
        let (store, tenant) = self.place.open()?;
        let hash = |password: String| administration::hash_password(&password);
        let change = UserChange {
            role: self.role,
            teams: names_teams.then_some(self.teams),
            active: self.active,
            password_hash: password.map(hash).transpose().map_err(refused)?,
        };
        administration::set_user(&store, tenant, &self.login, &change, now()).map_err(refused)?;
        let snapshot = administration::snapshot(&store, tenant).map_err(refused)?;
        if let Some(record) = snapshot.login(&self.login) {
            print(&shown(&snapshot, record));
        }
        Ok(())
    }
}

fn shown(snapshot: &Snapshot, record: &Record) -> Value {
    let role = record.get(user::ROLE).and_then(|role| snapshot.get(Resource::Role, role));
    let teams =
        record.get(user::TEAMS).iter().filter_map(|team| snapshot.live(Resource::Team, *team)?.title());
    json!({
        "id": record.id(),
        "login": record.get(user::LOGIN),
        "name": record.get(user::NAME),
        "role": role.and_then(|role| role.title()),
        "teams": teams.collect::<Vec<_>>(),
        "active": record.get(user::ACTIVE),
    })
}
