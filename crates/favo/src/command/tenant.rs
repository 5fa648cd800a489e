//! `favo tenant`: create, list, set.

use clap::{Args, Subcommand, ValueEnum};
use favo_core::tenancy::{self, Administrator};
use favo_server::rfc3339;
use serde_json::json;

use super::{Database, email, mistake, now, password_from_stdin, print, refused, some_text, tenant_of};
use crate::administration;

#[derive(Debug, Subcommand)]
pub(super) enum Tenants {
    /// Create a tenant with its first administrator; prints JSON
    Create(Create),
    /// List the tenants, one JSON object a line
    List(List),
    /// Change settings of a tenant, by their names in core or in a dialect
    Set(Set),
}

impl Tenants {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Create(command) => command.run(),
            Self::List(command) => command.run(),
            Self::Set(command) => command.run(),
        }
    }
}

/// Where a tenant is at home.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Country {
    /// Brazil
    Br,
    /// Poland
    Pl,
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// Short name: lower-case letters, digits and hyphens
    #[arg(value_parser = slug)]
    slug: String,
    /// Name of the company
    #[arg(long, value_parser = some_text)]
    name: String,
    /// What it starts with: names, pipelines, units and payment conditions as they are usual there
    #[arg(long, value_enum, default_value_t = Country::Br)]
    country: Country,
    /// E-mail address of the first administrator
    #[arg(long, value_name = "EMAIL", value_parser = email)]
    admin_login: String,
    /// Name of the first administrator
    #[arg(long, value_name = "NAME", default_value = "Administrador", value_parser = some_text)]
    admin_name: String,
    /// Their password; others on this machine may see it while the command runs
    #[arg(long, value_name = "PASSWORD", conflicts_with = "password_stdin")]
    admin_password: Option<String>,
    /// Read their password from standard input
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    database: Database,
}

impl Create {
    fn run(self) -> anyhow::Result<()> {
        let password = match self.admin_password {
            Some(password) if !password.is_empty() => password,
            _ if self.password_stdin => password_from_stdin()?,
            _ => {
                return Err(mistake(
                    "the administrator needs a password: give --admin-password or --password-stdin",
                ));
            }
        };
        let store = self.database.open_or_create()?;
        let password_hash = administration::hash_password(&password).map_err(refused)?;
        let administrator = Administrator { login: self.admin_login, name: self.admin_name, password_hash };
        let country = match self.country {
            Country::Br => tenancy::Country::Brazil,
            Country::Pl => tenancy::Country::Poland,
        };
        let made =
            administration::create_tenant_in(&store, &self.slug, &self.name, &administrator, country, now());
        let (tenant, user) = made.map_err(refused)?;
        print(&json!({
            "id": tenant.0,
            "slug": self.slug,
            "name": self.name,
            "administrator": {"id": user, "login": administrator.login, "name": administrator.name},
        }));
        Ok(())
    }
}

#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    database: Database,
}

impl List {
    fn run(self) -> anyhow::Result<()> {
        for tenant in self.database.open()?.tenants()? {
            print(&json!({
                "id": tenant.id.0,
                "slug": tenant.slug,
                "name": tenant.name,
                "created_at": rfc3339(tenant.created_at),
            }));
        }
        Ok(())
    }
}

#[derive(Debug, Args)]
pub(super) struct Set {
    /// The tenant's slug
    slug: String,
    /// What to set, such as `rate_limit=600`, `exigir_responsavel=true`, `egito.lang=en` or `totvs.page_size=50`
    #[arg(value_name = "NAME=VALUE", required = true)]
    settings: Vec<String>,
    #[command(flatten)]
    database: Database,
}

impl Set {
    fn run(self) -> anyhow::Result<()> {
        let mut pairs = Vec::new();
        for setting in &self.settings {
            let pair = setting.split_once('=');
            let (name, value) = pair.ok_or_else(|| mistake(format!("write \"{setting}\" as NAME=VALUE")))?;
            let (name, value) = (name.trim(), value.trim());
            administration::setting(name, value).map_err(mistake)?;
            pairs.push((name, value));
        }
        let store = self.database.open()?;
        let tenant = tenant_of(&store, &self.slug)?;
        for (name, value) in pairs {
            administration::set(&store, tenant, name, value, now()).map_err(refused)?;
        }
        Ok(())
    }
}

/// Checks a new tenant's short name.
fn slug(text: &str) -> Result<String, String> {
    let allowed =
        |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-';
    let edges = text.starts_with('-') || text.ends_with('-');
    if text.is_empty() || text.len() > 40 || edges || !text.chars().all(allowed) {
        return Err("write 1 to 40 lower-case letters, digits and hyphens, such as acme-sul".to_owned());
    }
    Ok(text.to_owned())
}
