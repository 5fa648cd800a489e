//! The file: opening it, the writer's lock beside it, and SQLite's errors as sentences.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::destination::sql::{Dialect, Session, Value, clock};
use crate::{Error, Result};

/// How long a statement waits for another program that writes, such as a person in the shell.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of a page in a new file: each page costs a call of the system on its way into the log and again out of it, so few and large ones are written.
const PAGE: u32 = 32768;
/// Bytes of the page cache.
const CACHE: u32 = 16 << 20;
/// Prepared statements kept: a few for each of thirty tables.
const STATEMENTS: usize = 256;

/// An open database file.
#[derive(Debug)]
pub(super) struct Database {
    /// The connection.
    pub connection: Connection,
    path: PathBuf,
}

/// What a connection is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A run: the file is made when it is missing.
    Write,
    /// A look: the file stays as it is.
    Look,
}

impl Database {
    /// Opens the file.
    pub(super) fn open(path: &Path, purpose: Purpose) -> Result<Self> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if purpose == Purpose::Write {
            parent_is_there(path)?;
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
        }
        let opened = Connection::open_with_flags(path, flags);
        let connection = opened.map_err(|error| sentence(path, &error))?;
        let database = Self { connection, path: path.to_owned() };
        database.prepare(purpose).map_err(|error| database.failure(&error))?;
        Ok(database)
    }

    fn prepare(&self, purpose: Purpose) -> rusqlite::Result<()> {
        let connection = &self.connection;
        connection.busy_timeout(PATIENCE)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        if purpose == Purpose::Write {
            // The page size only counts for a file that has no pages yet, and has to be said before the journal is chosen. Readers go on reading while a log is
            // written; `full` makes each commit durable, and there are few of them. Sorting for an index goes to a temporary file, so that memory stays bounded.
            connection.execute_batch(&format!("pragma page_size = {PAGE}"))?;
            connection.query_row("pragma journal_mode = wal", [], |_| Ok(()))?;
            connection.execute_batch(&format!(
                "pragma synchronous = full; pragma cache_size = -{}; pragma temp_store = file; pragma foreign_keys = off; \
                 pragma wal_autocheckpoint = {}; pragma journal_size_limit = {CACHE}",
                CACHE / 1024,
                CACHE / PAGE
            ))?;
        }
        Ok(())
    }

    /// The sentence for an error of SQLite.
    pub(super) fn failure(&self, error: &rusqlite::Error) -> Error {
        sentence(&self.path, error)
    }
}

fn parent_is_there(path: &Path) -> Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    match parent {
        Some(parent) if !parent.is_dir() => Err(Error::Destination(format!(
            "the directory {} does not exist; create it, or name another file",
            parent.display()
        ))),
        _ => Ok(()),
    }
}

/// The sentence for an error of SQLite.
pub(super) fn sentence(path: &Path, error: &rusqlite::Error) -> Error {
    let path = path.display();
    Error::Destination(match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => format!("{path} is not a SQLite database; name another file"),
        Some(ErrorCode::CannotOpen) => {
            format!(
                "{path} cannot be opened; look whether its directory exists and may be written by this user"
            )
        }
        Some(
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied,
        ) => {
            format!("{path} cannot be written; give this user the right to write the file and its directory")
        }
        Some(ErrorCode::DiskFull) => {
            format!(
                "the disk that holds {path} is full; free some space and run again, what was committed stays"
            )
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            format!("another program is writing {path}; wait until it is done and run again")
        }
        Some(ErrorCode::DatabaseCorrupt) => {
            format!("{path} is damaged; restore it from a copy, or name a new file and load anew")
        }
        Some(ErrorCode::SystemIoFailure) => {
            format!(
                "{path} cannot be read or written ({error}); look at the disk and run again, what was committed stays"
            )
        }
        _ => format!("SQLite refused a statement on {path}: {error}"),
    })
}

/// The writer's lock: a file beside the database, locked by the system, which frees it when the process ends in whatever way. The file itself stays.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, or says who cannot.
    pub(super) fn take(path: &Path) -> Result<Self> {
        parent_is_there(path)?;
        // Two spellings of one file, or a link to it, must meet at one lock.
        let real = path.canonicalize().or_else(|_| {
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
            let parent = parent.unwrap_or(Path::new(".")).canonicalize()?;
            Ok::<_, std::io::Error>(parent.join(path.file_name().unwrap_or_default()))
        });
        let mut name = real.unwrap_or_else(|_| path.to_owned()).into_os_string();
        name.push(".favo-lock");
        let name = PathBuf::from(name);
        let file =
            OpenOptions::new().create(true).truncate(false).write(true).open(&name).map_err(|error| {
                Error::Destination(format!(
                    "the lock file {} cannot be made ({error}); give this user the right to write its directory",
                    name.display()
                ))
            })?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::Destination(format!(
                "another run is writing {}; wait until it has ended",
                path.display()
            ))),
            Err(TryLockError::Error(error)) => Err(Error::Destination(format!(
                "the lock file {} cannot be locked ({error}); use a file system that has locks",
                name.display()
            ))),
        }
    }
}

impl Session for Database {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn run(&mut self, sql: &str) -> Result<()> {
        self.connection.execute_batch(sql).map_err(|error| self.failure(&error))
    }

    fn write(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64> {
        let written = self.connection.prepare_cached(sql).and_then(|mut statement| {
            for (at, value) in values.iter().enumerate() {
                let index = at + 1;
                match value {
                    Value::Null => statement.raw_bind_parameter(index, rusqlite::types::Null)?,
                    Value::Integer(number) => statement.raw_bind_parameter(index, number)?,
                    Value::Text(text) => statement.raw_bind_parameter(index, text)?,
                    Value::Instant(micros) => statement.raw_bind_parameter(
                        index,
                        ToSqlOutput::Borrowed(ValueRef::Text(&clock::instant(*micros))),
                    )?,
                }
            }
            statement.raw_execute()
        });
        written.map(|count| count as u64).map_err(|error| self.failure(&error))
    }

    fn read(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>> {
        let read = || -> rusqlite::Result<Vec<Vec<Option<String>>>> {
            let mut statement = self.connection.prepare(sql)?;
            let columns = statement.column_count();
            let mut rows = statement.query([])?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                let mut one = Vec::with_capacity(columns);
                for at in 0..columns {
                    one.push(match row.get_ref(at)? {
                        ValueRef::Null => None,
                        ValueRef::Integer(number) => Some(number.to_string()),
                        ValueRef::Real(number) => Some(number.to_string()),
                        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                            Some(String::from_utf8_lossy(bytes).into_owned())
                        }
                    });
                }
                all.push(one);
            }
            Ok(all)
        };
        read().map_err(|error| self.failure(&error))
    }
}
