//! `favo role`: create, list, set.

use clap::{Args, Subcommand};
use favo_core::Record;
use favo_core::catalogue::{Resource, role};
use favo_core::identity::{Action, Scope};
use favo_core::transaction::TenantId;
use favo_store::Store;
use serde_json::{Map, Value, json};

use super::{InTenant, mistake, now, print, refused, some_text};
use crate::administration;

#[derive(Debug, Subcommand)]
pub(super) enum Roles {
    /// Create a role; prints JSON
    Create(Create),
    /// List the roles of a tenant, one JSON object a line
    List(List),
    /// Change what is named of a role; prints JSON
    Set(Set),
}

impl Roles {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Create(command) => command.run(),
            Self::List(command) => command.run(),
            Self::Set(command) => command.run(),
        }
    }
}

/// What a role may do, as it is typed.
#[derive(Debug, Args)]
struct Rights {
    /// May do everything, in administrative tables too; `--administrator false` takes that away
    #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true")]
    administrator: Option<bool>,
    /// Such as `opportunity.update=team`: a resource or `*`, create, read, update or delete, and none, own, team or all
    #[arg(long = "right", value_name = "RESOURCE.ACTION=SCOPE", value_parser = right)]
    rights: Vec<(String, String)>,
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// Name of the role
    #[arg(long, value_parser = some_text)]
    name: String,
    #[command(flatten)]
    rights: Rights,
    #[command(flatten)]
    place: InTenant,
}

impl Create {
    fn run(self) -> anyhow::Result<()> {
        let Rights { administrator, rights } = self.rights;
        let (store, tenant) = self.place.open()?;
        let administrator = administrator.unwrap_or(false);
        administration::create_role(&store, tenant, &self.name, administrator, &rights, now())
            .map_err(refused)?;
        print_role(&store, tenant, &self.name)
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
        for record in administration::snapshot(&store, tenant).map_err(refused)?.all(Resource::Role) {
            print(&shown(record));
        }
        Ok(())
    }
}

#[derive(Debug, Args)]
pub(super) struct Set {
    /// Name of the role
    #[arg(long)]
    name: String,
    #[command(flatten)]
    rights: Rights,
    #[command(flatten)]
    place: InTenant,
}

impl Set {
    fn run(self) -> anyhow::Result<()> {
        let Rights { administrator, rights } = self.rights;
        if administrator.is_none() && rights.is_empty() {
            return Err(mistake("say what to change: --administrator or --right; rights not named stay"));
        }
        let (store, tenant) = self.place.open()?;
        administration::set_role(&store, tenant, &self.name, administrator, &rights, now())
            .map_err(refused)?;
        print_role(&store, tenant, &self.name)
    }
}

fn print_role(store: &Store, tenant: TenantId, name: &str) -> anyhow::Result<()> {
    let snapshot = administration::snapshot(store, tenant).map_err(refused)?;
    if let Some(record) = snapshot.named(Resource::Role, name) {
        print(&shown(record));
    }
    Ok(())
}

fn shown(record: &Record) -> Value {
    let rights = record.get(role::RIGHTS).iter().map(|(right, scope)| (right.clone(), json!(scope)));
    json!({
        "id": record.id(),
        "name": record.get(role::NAME),
        "administrator": record.get(role::ADMINISTRATOR),
        "rights": rights.collect::<Map<_, _>>(),
    })
}

/// Reads `RESOURCE.ACTION=SCOPE`.
pub(super) fn right(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').and_then(|(right, scope)| Some((right.split_once('.')?, scope)));
    let Some(((resource, action), scope)) = parts else {
        return Err("write RESOURCE.ACTION=SCOPE, such as opportunity.update=team".to_owned());
    };
    let Some(known) = Action::ALL.into_iter().find(|known| known.name() == action) else {
        return Err(format!("there is no action \"{action}\": choose create, read, update or delete"));
    };
    if resource != "*" {
        let Some(resource) = Resource::from_name(resource) else {
            let names: Vec<&str> = Resource::ALL.iter().map(|resource| resource.name()).collect();
            return Err(format!(
                "there is no resource \"{resource}\": choose * or one of {}",
                names.join(", ")
            ));
        };
        if resource.definition().administrative && known != Action::Read {
            let name = resource.name();
            return Err(format!("only administrators write {name}: give {name}.read, or --administrator"));
        }
    }
    if Scope::from_name(scope).is_none() {
        return Err(format!("there is no scope \"{scope}\": choose none, own, team or all"));
    }
    Ok((format!("{resource}.{action}"), scope.to_owned()))
}
