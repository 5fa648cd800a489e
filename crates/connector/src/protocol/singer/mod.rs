//! `favo singer`: a Singer tap (specification 0.3), and the destination `singer:` of `favo sync`.

mod catalog;
mod destination;
mod state;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use crate::engine::{self, Context};
use crate::progress::Progress;
use crate::protocol::bookmarks::Bookmarks;
use crate::protocol::outlet::Shared;
use crate::protocol::published::{Choice, Flavor, published, schema_of};
use crate::protocol::{config, select};
use crate::settings::Settings;
use crate::{Error, Result, World};

pub(crate) use destination::Singer;

/// The command line of a Singer tap.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// `--config`: JSON file with the keys of `protocol::config`.
    pub config: PathBuf,
    /// `--catalog`: what is selected; none: everything that the configuration selects.
    pub catalog: Option<PathBuf>,
    /// `--state`: the last STATE value a target wrote; none or an empty file: from the beginning.
    pub state: Option<PathBuf>,
    /// `--discover`: print the catalog and end.
    pub discover: bool,
    /// `--test`: try the connection, say on `log` what was found, and end.
    pub test: bool,
}

/// Runs the tap. Messages go to `out` (whole lines, in large writes: hand over standard output without a buffer of its own), everything else
/// to `log`. Answers the exit code: 0 complete, 3 partial, 1 when a test fails; errors are for the caller to print on standard error.
pub fn main(
    options: &Options,
    world: &Arc<dyn World>,
    progress: &Arc<Progress>,
    mut out: Box<dyn Write>,
    mut log: Box<dyn Write>,
) -> Result<u8> {
    let mut settings = config::read(&options.config)?;
    let context = |settings: &Settings| Context {
        settings: settings.clone(),
        world: Arc::clone(world),
        progress: Arc::clone(progress),
    };
    if options.discover {
        let text = catalog(&settings)?;
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        return written.map(|()| 0).map_err(|error| {
            Error::Destination(format!("the catalog cannot be written to standard output: {error}"))
        });
    }
    if options.test {
        let mut works = true;
        for (fine, sentence) in engine::check(&context(&settings))? {
            works &= fine;
            say(&mut log, if fine { "INFO" } else { "ERROR" }, &sentence);
        }
        return Ok(u8::from(!works));
    }
    let mut choice = Choice::default();
    if let Some(path) = &options.catalog {
        let read = config::read_json(path, "catalog")?;
        let chosen = self::catalog::read(&read.unwrap_or(Value::Null))?;
        let schema = schema_of(&settings)?;
        let offered = published(&settings, &schema, &choice, Flavor::Singer);
        let (chosen, passed_over, something) = select::apply(&chosen, &offered, &schema, &mut settings);
        for name in passed_over {
            say(
                &mut log,
                "WARNING",
                &format!("the catalog selects {name}, which is not here; discover again"),
            );
        }
        if !something {
            say(&mut log, "WARNING", "the catalog selects no stream; nothing was read");
            return Ok(0);
        }
        choice = chosen;
    }
    let bookmarks = match &options.state {
        Some(path) => state::read(path, &settings.table_prefix)?,
        None => Bookmarks::default(),
    };
    let out = Shared::new(out);
    let destination = Singer::of_tap(&settings, choice, Arc::clone(world), bookmarks, out, log);
    Ok(engine::sync_into(&context(&settings), destination)?.exit_code())
}

/// The log is for people: that it cannot be written is no reason to fail.
fn say(log: &mut dyn Write, level: &str, sentence: &str) {
    let _ = writeln!(log, "{level} {sentence}");
}

/// The catalog that `--discover` prints, for `favo sync discover --format singer`: pretty JSON with a line feed at its end. It follows from the settings
/// alone; the source is not asked.
pub fn catalog(settings: &Settings) -> Result<String> {
    let schema = schema_of(settings)?;
    let streams = published(settings, &schema, &Choice::default(), Flavor::Singer);
    Ok(format!("{:#}\n", self::catalog::written(&streams)))
}
