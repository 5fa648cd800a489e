//! What a store is opened with, and why opening may fail: each message says what to do.

use std::path::PathBuf;

/// How a store works; the defaults suit a server.
#[derive(Debug, Clone)]
pub struct Options {
    /// SQLite: how many connections read at the same time.
    pub readers: usize,
    /// PostgreSQL: how many connections, each with a thread.
    pub workers: usize,
    /// SQLite: what survives a power cut.
    pub durability: Durability,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 8, workers: 8, durability: Durability::Full }
    }
}

/// What of the committed writes survives a power cut; a killed process loses nothing in either case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Everything that was answered.
    Full,
    /// Everything but the last moments.
    Normal,
    /// Perhaps nothing: for tests and for filling a database that can be made again.
    Off,
}

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL names neither a file nor a server.
    #[error("unknown database URL `{0}`: use sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE")]
    Url(String),
    /// The URL of a server cannot be read.
    #[error("cannot read the PostgreSQL URL: {0}; use postgres://USER:PASSWORD@HOST:PORT/DATABASE")]
    PostgresUrl(String),
    /// The file or its directory.
    #[error("cannot open the SQLite file {}: {reason}; check that its directory exists and that both are writable", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The server does not answer or refuses.
    #[error(
        "cannot connect to PostgreSQL: {0}; check that it runs and that host, user, password and database are right"
    )]
    Connect(String),
    /// A newer program has written this database.
    #[error(
        "the database is newer than this program (its {what} is {found}, this program knows {known}): install the newer version"
    )]
    Newer {
        /// Schema or catalogue.
        what: &'static str,
        /// The number in the database.
        found: i64,
        /// The number of this program.
        known: i64,
    },
    /// A step forward failed; the database is as it was before.
    #[error("cannot bring the database to the current version: {0}; nothing was changed")]
    Migration(String),
}

/// Where a URL points to.
pub(crate) enum Target {
    Sqlite(PathBuf),
    Postgres(Box<postgres::Config>),
}

/// Reads `sqlite:PATH`, `sqlite://PATH`, `postgres://…` and `postgresql://…`.
pub(crate) fn target(url: &str) -> Result<Target, OpenError> {
    if let Some(path) = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"))
        && !path.is_empty()
    {
        return Ok(Target::Sqlite(path.into()));
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        let mut config: postgres::Config =
            url.parse().map_err(|error| OpenError::PostgresUrl(described(&error)))?;
        if config.get_application_name().is_none() {
            config.application_name("favo");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(std::time::Duration::from_secs(5));
        }
        return Ok(Target::Postgres(Box::new(config)));
    }
    let shown = url.split_once("://").map_or(url, |(scheme, _)| scheme);
    Err(OpenError::Url(shown.to_owned()))
}

/// A failure of the PostgreSQL driver with its cause, which the driver leaves out.
pub(crate) fn described(error: &postgres::Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(database), _) => database.message().to_owned(),
        (None, Some(cause)) => cause.to_string(),
        (None, None) => error.to_string(),
    }
}
