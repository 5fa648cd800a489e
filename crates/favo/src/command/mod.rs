//! The command line: what can be typed, and the one sentence that answers a mistake.

mod airbyte;
mod client;
mod demo;
mod doctor;
mod registry;
mod role;
mod sample;
mod secret_key;
mod serve;
mod singer;
mod sync;
mod team;
mod tenant;
mod token;
mod user;

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory as _, Parser, Subcommand};
use favo_core::Instant;
use favo_core::transaction::TenantId;
use favo_server::{Clock as _, SystemClock};
use favo_store::{OpenError, Options, Store};

use crate::administration::Refusal;

/// The exit code of a command that was typed wrong; nothing was attempted.
const MISTAKE: u8 = 2;
/// The exit code of a command that was attempted and failed.
const FAILURE: u8 = 1;

/// Favo, a self-hosted CRM server that existing integrations already speak.
#[derive(Debug, Parser)]
#[command(
    name = "favo",
    version,
    propagate_version = true,
    subcommand_required = true,
    arg_required_else_help = true
)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the CRM over HTTP until SIGTERM or SIGINT
    Serve(serve::Serve),
    /// Serve a temporary CRM full of sample data: to try things out
    Demo(demo::Demo),
    /// Create, list and configure tenants
    #[command(subcommand)]
    Tenant(tenant::Tenants),
    /// Create, list and change users
    #[command(subcommand)]
    User(user::Users),
    /// Create, list and change roles: what their users may do
    #[command(subcommand)]
    Role(role::Roles),
    /// Create and list teams
    #[command(subcommand)]
    Team(team::Teams),
    /// Keep the registries no API has a path for: reasons, checklists, task types, templates
    #[command(subcommand)]
    Registry(registry::Registries),
    /// Create, list and revoke API tokens
    #[command(subcommand)]
    Token(token::Tokens),
    /// Create, list and revoke OAuth clients: programs that get tokens for users who give them their password
    #[command(subcommand)]
    OauthClient(client::Clients),
    /// Fill a tenant with sample data
    Sample(sample::Sample),
    /// Check database, schema, disk and clock, and say what to do about what is wrong
    Doctor(doctor::Doctor),
    /// Replicate a CRM into a warehouse, a lake or files; see also `favo sync check`, `plan` and `runs`
    Sync(Box<sync::Sync>),
    /// Be a Singer tap: messages on standard output
    Singer(singer::Singer),
    /// Be an Airbyte source: messages on standard output
    #[command(subcommand)]
    Airbyte(airbyte::Airbyte),
}

/// A sentence for someone who typed the command wrong.
#[derive(Debug)]
struct Mistake(String);

impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Mistake {}

fn mistake(sentence: impl Into<String>) -> anyhow::Error {
    Mistake(sentence.into()).into()
}

/// Runs the command in the program's arguments.
pub fn run() -> ExitCode {
    let line = match Line::try_parse() {
        Ok(line) => line,
        Err(error) => return misread(&error),
    };
    let done = match line.command {
        Command::Serve(command) => command.run(),
        Command::Demo(command) => command.run(),
        Command::Tenant(command) => command.run(),
        Command::User(command) => command.run(),
        Command::Role(command) => command.run(),
        Command::Team(command) => command.run(),
        Command::Registry(command) => command.run(),
        Command::Token(command) => command.run(),
        Command::OauthClient(command) => command.run(),
        Command::Sample(command) => command.run(),
        Command::Doctor(command) => command.run(),
        // The connector has exit codes of its own: partial and contract violated are neither success nor failure.
        Command::Sync(command) => return command.run(),
        Command::Singer(command) => return command.run(),
        Command::Airbyte(command) => return command.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("favo: {error:#}");
            ExitCode::from(if error.is::<Mistake>() { MISTAKE } else { FAILURE })
        }
    }
}

/// Help and version as clap prints them, mistakes as one sentence.
fn misread(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            return ExitCode::from(MISTAKE);
        }
        _ => {}
    }
    let text = error.to_string();
    // The first paragraph says what is wrong; usage and hints follow it.
    let said: Vec<&str> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    let said = said.join(" ");
    eprintln!("favo: {}; `{} --help` shows how", said.trim_start_matches("error: "), typed_command());
    ExitCode::from(MISTAKE)
}

/// The command as far as it was typed right, such as `favo token create`.
fn typed_command() -> String {
    let (mut command, mut typed) = (Line::command(), "favo".to_owned());
    for word in std::env::args().skip(1) {
        let Some(next) = command.find_subcommand(&word).cloned() else { break };
        typed = format!("{typed} {word}");
        command = next;
    }
    typed
}

/// Which database a command works on.
#[derive(Debug, Args)]
struct Database {
    /// `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/NAME`
    #[arg(
        long = "database",
        value_name = "URL",
        env = "FAVO_DATABASE",
        default_value = "sqlite:favo.db",
        hide_env_values = true
    )]
    url: String,
}

impl Database {
    /// Opens it, and makes it when it does not exist.
    fn open_or_create(&self) -> anyhow::Result<Store> {
        Store::open(&self.url, &Options::default()).map_err(|error| match error {
            OpenError::Url(_) | OpenError::PostgresUrl(_) => mistake(error.to_string()),
            error => error.into(),
        })
    }

    /// Opens it if it exists: a mistyped path is not to become a new database.
    fn open(&self) -> anyhow::Result<Store> {
        if let Some(path) = self.file().filter(|path| !path.exists()) {
            anyhow::bail!(
                "there is no database at {}: name an existing one with --database, or make one with `favo tenant create`",
                path.display()
            );
        }
        self.open_or_create()
    }

    /// The file of an SQLite database.
    fn file(&self) -> Option<PathBuf> {
        let path = self.url.strip_prefix("sqlite:")?;
        Some(Path::new(path.strip_prefix("//").unwrap_or(path)).to_owned())
    }

    /// The database in words that may be shown: without a password.
    fn shown(&self) -> String {
        let Some((scheme, rest)) = self.url.split_once("://") else { return self.url.clone() };
        match rest.rsplit_once('@') {
            Some((credentials, host)) => {
                let user = credentials.split(':').next().unwrap_or_default();
                format!("{scheme}://{user}@{host}")
            }
            None => self.url.clone(),
        }
    }
}

/// Which tenant a command works on.
#[derive(Debug, Args)]
struct InTenant {
    /// The tenant's slug
    #[arg(long = "tenant", value_name = "SLUG")]
    slug: String,
    #[command(flatten)]
    database: Database,
}

impl InTenant {
    fn open(&self) -> anyhow::Result<(Store, TenantId)> {
        let store = self.database.open()?;
        let tenant = tenant_of(&store, &self.slug)?;
        Ok((store, tenant))
    }
}

/// The tenant with this slug, in an opened database.
fn tenant_of(store: &Store, slug: &str) -> anyhow::Result<TenantId> {
    store.tenant_by_slug(slug)?.map(|tenant| tenant.id).ok_or_else(|| {
        anyhow::anyhow!(
            "there is no tenant \"{slug}\": `favo tenant list` shows them, `favo tenant create` makes one"
        )
    })
}

/// A password typed into standard input, up to the end of its first line.
fn password_from_stdin() -> anyhow::Result<String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let password = text.lines().next().unwrap_or_default().to_owned();
    if password.is_empty() {
        return Err(mistake(
            "there is no password on standard input: pipe one in, such as with `echo secret | favo …`",
        ));
    }
    Ok(password)
}

/// Checks that a login looks like an e-mail address.
fn email(text: &str) -> Result<String, String> {
    let parts = text
        .split_once('@')
        .filter(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    if parts.is_none() || text.contains(char::is_whitespace) {
        return Err("write an e-mail address such as ana@example.com".to_owned());
    }
    Ok(text.to_owned())
}

/// Checks that a text has something in it.
fn some_text(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() { Err("write something".to_owned()) } else { Ok(text.to_owned()) }
}

fn now() -> Instant {
    SystemClock.now()
}

/// Prints one JSON value on a line of its own.
fn print(value: &serde_json::Value) {
    print_line(&value.to_string());
}

/// Prints a line; whoever reads it may have stopped reading.
fn print_line(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// What the administration refused: the database was asked, so it is a failure and not a mistake of the line.
fn refused(refusal: Refusal) -> anyhow::Error {
    anyhow::Error::new(refusal)
}
