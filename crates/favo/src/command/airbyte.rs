//! `favo airbyte`: the connector as a source that speaks the Airbyte protocol.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use favo_connector::protocol::airbyte::{self, Command};

use super::sync::{complain, stop::Stop, world};

#[derive(Debug, Subcommand)]
pub(super) enum Airbyte {
    /// Print what a configuration looks like
    Spec,
    /// Try the connection
    Check {
        /// JSON file with the configuration
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Print the catalog
    Discover {
        /// JSON file with the configuration
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Read the configured streams
    Read {
        /// JSON file with the configuration
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// Configured catalog: which streams, and how
        #[arg(long, value_name = "FILE")]
        catalog: PathBuf,
        /// State of the last read
        #[arg(long, value_name = "FILE")]
        state: Option<PathBuf>,
    },
}

impl Airbyte {
    pub(super) fn run(self) -> ExitCode {
        let command = match self {
            Self::Spec => Command::Spec,
            Self::Check { config } => Command::Check { config },
            Self::Discover { config } => Command::Discover { config },
            Self::Read { config, catalog, state } => Command::Read { config, catalog, state },
        };
        let progress = match Stop::listen() {
            Ok(stop) => stop.begin(),
            Err(error) => return complain(None, &error),
        };
        match airbyte::main(&command, &world(), &progress, Box::new(std::io::stdout())) {
            Ok(code) => ExitCode::from(code),
            Err(error) => complain(None, &error),
        }
    }
}
