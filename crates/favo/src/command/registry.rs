//! `favo registry`: list, add, rename, retire, in the registries no API has a path for.

use clap::{Args, Subcommand};
use favo_core::Record;
use favo_core::catalogue::{Resource, task_type};
use serde_json::{Value, json};

use super::{InTenant, mistake, now, print, refused, some_text};
use crate::administration;
use crate::registries::{self, KINDS};

#[derive(Debug, Subcommand)]
pub(super) enum Registries {
    /// List the entries of a registry, one JSON object a line
    List(List),
    /// Add an entry, or bring a retired one back; prints JSON
    Add(Add),
    /// Give an entry another name; what points to it shows the new one
    Rename(Rename),
    /// Take an entry out of use; what points to it goes on showing it
    Retire(Retire),
}

impl Registries {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List(command) => command.run(),
            Self::Add(command) => command.run(),
            Self::Rename(command) => command.run(),
            Self::Retire(command) => command.run(),
        }
    }
}

/// Which registry.
#[derive(Debug, Args)]
struct InRegistry {
    /// `outcome_reason`, `discard_reason`, `checklist`, `task_type`, `proposal_template` or `form_template`
    #[arg(long = "of", value_name = "KIND", value_parser = kind)]
    kind: Resource,
    #[command(flatten)]
    place: InTenant,
}

#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    registry: InRegistry,
}

impl List {
    fn run(self) -> anyhow::Result<()> {
        let (store, tenant) = self.registry.place.open()?;
        for record in administration::snapshot(&store, tenant).map_err(refused)?.all(self.registry.kind) {
            print(&shown(record));
        }
        Ok(())
    }
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// Its name
    #[arg(value_parser = some_text)]
    name: String,
    /// Of a task type: 0 task, 1 call, 2 notification, 3 e-mail, 4 appointment
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(0..=4))]
    nature: Option<i64>,
    #[command(flatten)]
    registry: InRegistry,
}

impl Add {
    fn run(self) -> anyhow::Result<()> {
        let kind = self.registry.kind;
        if self.nature.is_some() && kind != Resource::TaskType {
            return Err(mistake("only a task type has a nature: leave --nature out, or say --of task_type"));
        }
        let (store, tenant) = self.registry.place.open()?;
        let id = registries::add(&store, tenant, kind, &self.name, self.nature, now()).map_err(refused)?;
        let snapshot = administration::snapshot(&store, tenant).map_err(refused)?;
        if let Some(record) = snapshot.get(kind, id) {
            print(&shown(record));
        }
        Ok(())
    }
}

#[derive(Debug, Args)]
pub(super) struct Rename {
    /// Its name
    name: String,
    /// Its name from now on
    #[arg(long, value_name = "NEW", value_parser = some_text)]
    to: String,
    #[command(flatten)]
    registry: InRegistry,
}

impl Rename {
    fn run(self) -> anyhow::Result<()> {
        let (store, tenant) = self.registry.place.open()?;
        registries::rename(&store, tenant, self.registry.kind, &self.name, &self.to, now()).map_err(refused)
    }
}

#[derive(Debug, Args)]
pub(super) struct Retire {
    /// Its name
    name: String,
    #[command(flatten)]
    registry: InRegistry,
}

impl Retire {
    fn run(self) -> anyhow::Result<()> {
        let (store, tenant) = self.registry.place.open()?;
        registries::retire(&store, tenant, self.registry.kind, &self.name, now()).map_err(refused)
    }
}

fn shown(record: &Record) -> Value {
    let mut shown = json!({"id": record.id(), "name": record.title(), "active": record.is_active()});
    if record.resource() == Resource::TaskType {
        shown["nature"] = json!(record.get(task_type::NATURE));
    }
    shown
}

/// The registry with this name in the catalogue.
fn kind(text: &str) -> Result<Resource, String> {
    KINDS.into_iter().find(|kind| kind.name() == text).ok_or_else(|| {
        let names: Vec<&str> = KINDS.iter().map(|kind| kind.name()).collect();
        format!("choose one of {}", names.join(", "))
    })
}
