//! `favo airbyte`: a source that speaks the Airbyte protocol.

mod catalog;
pub(super) mod destination;
mod spec;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use self::destination::{line, log};
use crate::engine::{self, Context};
use crate::progress::Progress;
use crate::protocol::bookmarks::Bookmarks;
use crate::protocol::outlet::{Outlet, Shared};
use crate::protocol::published::{Choice, Flavor, published, schema_of};
use crate::protocol::{config, select};
use crate::report::Status;
use crate::settings::Settings;
use crate::{Error, Result, World};

/// The command line of an Airbyte source.
#[derive(Debug, Clone)]
pub enum Command {
    /// `spec`
    Spec,
    /// `check --config`
    Check {
        /// JSON file with the keys of `protocol::config`.
        config: PathBuf,
    },
    /// `discover --config`
    Discover {
        /// The same.
        config: PathBuf,
    },
    /// `read --config --catalog [--state]`
    Read {
        /// The same.
        config: PathBuf,
        /// The configured catalog: only its streams are read.
        catalog: PathBuf,
        /// STATE messages as a list, or a state of the legacy form; none or an empty file: from the beginning.
        state: Option<PathBuf>,
    },
}

/// Runs the command. Every message, errors included (as TRACE), goes to `out`: nothing is left for the caller to print. Answers the exit code: 0 complete,
/// 1 otherwise. Fails only when `out` cannot be written.
pub fn main(
    command: &Command,
    world: &Arc<dyn World>,
    progress: &Arc<Progress>,
    out: Box<dyn Write>,
) -> Result<u8> {
    let shared = Shared::new(out);
    let mut outlet = Outlet::new(shared.clone());
    let context =
        |settings: Settings| Context { settings, world: Arc::clone(world), progress: Arc::clone(progress) };
    let done = match command {
        Command::Spec => {
            line(&mut outlet.buffer, &spec::message());
            Ok(0)
        }
        Command::Check { config } => {
            let found = config::read(config).and_then(|settings| engine::check(&context(settings)));
            line(&mut outlet.buffer, &connection_status(found));
            Ok(0)
        }
        Command::Discover { config } => {
            config::read(config).and_then(|settings| catalog(&settings)).map(|text| {
                outlet.buffer.extend_from_slice(text.as_bytes());
                0
            })
        }
        Command::Read { config, catalog, state } => {
            read(config, catalog, state.as_deref(), &mut outlet, &shared, &context)
        }
    };
    let code = done.unwrap_or_else(|error| {
        line(&mut outlet.buffer, &trace(&error, world.now() / 1000));
        1
    });
    outlet.flush()?;
    Ok(code)
}

fn read(
    config: &Path,
    catalog: &Path,
    state: Option<&Path>,
    outlet: &mut Outlet,
    shared: &Shared,
    context: &dyn Fn(Settings) -> Context,
) -> Result<u8> {
    let mut settings = config::read(config)?;
    let configured = config::read_json(catalog, "catalog")?.unwrap_or(Value::Null);
    let mut chosen = self::catalog::read(&configured)?;
    let schema = schema_of(&settings)?;
    let offered = published(&settings, &schema, &Choice::default(), Flavor::Airbyte);
    for one in &mut chosen {
        if let Some(published) = offered.iter().find(|published| published.name == one.name) {
            one.without = self::catalog::left_out(&configured, &one.name, published);
        }
    }
    let mut bookmarks = match state {
        Some(path) => {
            let read = config::read_json(path, "state")?.unwrap_or(Value::Null);
            self::catalog::state(&read, &settings.table_prefix)?
        }
        None => Bookmarks::default(),
    };
    for one in chosen.iter().filter(|one| one.full) {
        // A full refresh begins at the beginning, whatever was read before.
        if let Some(published) = offered.iter().find(|published| published.name == one.name) {
            bookmarks.forget(published.stream.name);
        }
    }
    let (choice, passed_over, something) = select::apply(&chosen, &offered, &schema, &mut settings);
    if !passed_over.is_empty() {
        return Err(Error::Configuration(format!(
            "the catalog asks for {}, which this source does not have; refresh its schema",
            passed_over.join(", ")
        )));
    }
    if !something {
        line(&mut outlet.buffer, &log("WARN", "the catalog asks for no stream; nothing was read"));
        return Ok(0);
    }
    let context = context(settings);
    let destination =
        destination::destination(&context.settings, choice, &context.world, bookmarks, shared.clone());
    let report = engine::sync_into(&context, destination)?;
    if report.status == Status::Complete {
        return Ok(0);
    }
    // The platform tells an attempt that has to go on by its failure; what was committed stays, by its states.
    let why = report.messages.last().map_or("the run is not complete; run again to go on", String::as_str);
    Err(Error::Source(why.to_owned()))
}

fn connection_status(found: Result<Vec<(bool, String)>>) -> Value {
    let trouble = match found {
        Ok(sentences) => {
            sentences.into_iter().filter(|(fine, _)| !fine).map(|(_, sentence)| sentence).collect()
        }
        Err(error) => vec![error.to_string()],
    };
    if trouble.is_empty() {
        return json!({"type": "CONNECTION_STATUS", "connectionStatus": {"status": "SUCCEEDED"}});
    }
    json!({"type": "CONNECTION_STATUS", "connectionStatus": {"status": "FAILED", "message": trouble.join("; ")}})
}

/// The TRACE of an error: what a person can mend is told from what time mends.
fn trace(error: &Error, at: i64) -> Value {
    let kind = match error {
        Error::Configuration(_) | Error::Refused(_) => "config_error",
        Error::Source(_) | Error::Stopped => "transient_error",
        Error::Contract(_) | Error::Destination(_) => "system_error",
    };
    json!({"type": "TRACE", "trace": {
        "type": "ERROR",
        "emitted_at": at,
        "error": {"message": error.to_string(), "internal_message": error.to_string(), "failure_type": kind},
    }})
}

/// The catalog that `discover` prints, for `favo sync discover --format airbyte`: one line of JSON. It follows from the settings alone; the source is not asked.
pub fn catalog(settings: &Settings) -> Result<String> {
    let schema = schema_of(settings)?;
    let streams = published(settings, &schema, &Choice::default(), Flavor::Airbyte);
    Ok(format!("{}\n", self::catalog::written(&streams)))
}
