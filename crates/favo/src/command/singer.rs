//! `favo singer`: the connector as a Singer tap.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use favo_connector::protocol::singer::{self, Options};

use super::sync::{complain, stop::Stop, world};

#[derive(Debug, Args)]
pub(super) struct Singer {
    /// JSON file with url, token and what else the tap is to know
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Catalog: which streams and properties, and how
    #[arg(long, value_name = "FILE", alias = "properties")]
    catalog: Option<PathBuf>,
    /// State that the last run's target wrote
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Print the catalog and end
    #[arg(long)]
    discover: bool,
    /// Try the connection and end
    #[arg(long)]
    test: bool,
}

impl Singer {
    pub(super) fn run(self) -> ExitCode {
        let Self { config, catalog, state, discover, test } = self;
        let options = Options { config, catalog, state, discover, test };
        let progress = match Stop::listen() {
            Ok(stop) => stop.begin(),
            Err(error) => return complain(None, &error),
        };
        let (out, log) = (Box::new(std::io::stdout()), Box::new(std::io::stderr()));
        match singer::main(&options, &world(), &progress, out, log) {
            Ok(code) => ExitCode::from(code),
            Err(error) => complain(None, &error),
        }
    }
}
