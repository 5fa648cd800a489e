//! Runs transactions on a SQLite file: readers on the calling thread, one writer thread with group commit.
//!
//! A point read takes two microseconds, less than handing it to another thread, so reads run where they are asked for,
//! on a pooled connection that cannot write. Writes queue for one thread that commits whatever has queued up since
//! its last commit with one fsync, each write in a savepoint of its own.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use favo_core::{Error, Result};
use parking_lot::{Condvar, Mutex};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::functions;
use crate::job::{WriteJob, guarded};
use crate::open::{Durability, Options};
use crate::session::{Session, sqlite_error};

/// The most writes that share one commit: bounds how long the first of them waits.
const GROUP: usize = 256;
/// How long a statement waits for another process that writes.
const BUSY: Duration = Duration::from_secs(5);
/// How long a read waits for a free connection.
const PATIENCE: Duration = Duration::from_secs(30);
/// Page cache of a reader and of the writer, in KiB: 64 MiB with all eight readers at work, so that a server stays small. A commit
/// empties the caches of readers anyway; the system's own cache is behind them.
const READER_CACHE: i32 = 6 * 1024;
const WRITER_CACHE: i32 = 16 * 1024;
/// Page cache of a writer that fills a database.
const FILLING_CACHE: i32 = 64 * 1024;
/// Prepared statements per connection.
const STATEMENTS: usize = 128;

/// A SQLite file at work.
pub(crate) struct Database {
    path: PathBuf,
    readers: Mutex<Readers>,
    returned: Condvar,
    limit: usize,
    jobs: Option<Sender<Box<dyn WriteJob>>>,
    writer: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Readers {
    idle: Vec<Connection>,
    open: usize,
}

/// Opens a connection for writing.
pub(crate) fn connect(path: &Path, durability: Durability) -> rusqlite::Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    // Plans must not depend on the values bound: SQLite would otherwise prepare a statement anew whenever a value
    // changes that it took for a hint, and the statement cache would be for nothing.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.query_row("pragma journal_mode = wal", [], |_| Ok(()))?;
    let (synchronous, cache) = match durability {
        Durability::Full => ("full", WRITER_CACHE),
        Durability::Normal => ("normal", WRITER_CACHE),
        Durability::Off => ("off", FILLING_CACHE),
    };
    connection.execute_batch(&format!(
        "pragma synchronous = {synchronous}; pragma foreign_keys = on; pragma temp_store = memory; \
         pragma cache_size = -{cache}; pragma wal_autocheckpoint = 2000; pragma journal_size_limit = 67108864"
    ))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    functions::register(&connection)?;
    Ok(connection)
}

impl Database {
    pub(crate) fn open(path: &Path, options: &Options) -> Result<Self> {
        let connection = connect(path, options.durability).map_err(|error| sqlite_error(&error))?;
        let (jobs, queue) = channel();
        let writer = std::thread::Builder::new()
            .name("favo-writer".to_owned())
            .spawn(move || write_in_groups(&connection, &queue))
            .map_err(|error| Error::Storage(format!("no thread for the writer: {error}")))?;
        Ok(Self {
            path: path.to_owned(),
            readers: Mutex::default(),
            returned: Condvar::new(),
            limit: options.readers.max(1),
            jobs: Some(jobs),
            writer: Some(writer),
        })
    }

    /// Runs a read on this thread; all its statements see one state of the database.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&mut Session<'_>) -> Result<T>) -> Result<T> {
        let connection = self.reader()?;
        let outcome = control(&connection, "begin")
            .and_then(|()| guarded(|| work(&mut Session::sqlite(&connection))))
            .and_then(|value| control(&connection, "commit").map(|()| value));
        if !connection.is_autocommit() {
            let _ = control(&connection, "rollback");
        }
        self.readers.lock().idle.push(connection);
        self.returned.notify_one();
        outcome
    }

    /// Queues a write; it is answered after its commit.
    pub(crate) fn write(&self, job: Box<dyn WriteJob>) {
        let rejected = match &self.jobs {
            Some(jobs) => jobs.send(job).err().map(|unsent| unsent.0),
            None => Some(job),
        };
        if let Some(job) = rejected {
            job.answer(Err(&Error::Busy("the store is shutting down".to_owned())));
        }
    }

    /// Moves the write-ahead log into the file, as far as readers allow.
    pub(crate) fn checkpoint(&self) -> Result<()> {
        let connection = connect(&self.path, Durability::Full).map_err(|error| sqlite_error(&error))?;
        connection
            .query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))
            .map_err(|error| sqlite_error(&error))
    }

    fn reader(&self) -> Result<Connection> {
        let mut readers = self.readers.lock();
        loop {
            if let Some(connection) = readers.idle.pop() {
                return Ok(connection);
            }
            if readers.open < self.limit {
                readers.open += 1;
                drop(readers);
                return self.open_reader().inspect_err(|_| self.readers.lock().open -= 1);
            }
            if self.returned.wait_for(&mut readers, PATIENCE).timed_out() {
                return Err(Error::Busy("all readers of the database are at work".to_owned()));
            }
        }
    }

    fn open_reader(&self) -> Result<Connection> {
        connect(&self.path, Durability::Normal)
            .and_then(|connection| {
                connection
                    .execute_batch(&format!("pragma cache_size = -{READER_CACHE}; pragma query_only = on"))?;
                Ok(connection)
            })
            .map_err(|error| sqlite_error(&error))
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(writer) = self.writer.take()
            && writer.thread().id() != std::thread::current().id()
        {
            let _ = writer.join();
        }
    }
}

/// A statement that steers the transaction, prepared once per connection.
fn control(connection: &Connection, sql: &str) -> Result<()> {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.execute([]))
        .map(|_| ())
        .map_err(|error| sqlite_error(&error))
}

/// The writer thread: holds the lock of the file only while there is work, so that other processes can write.
fn write_in_groups(connection: &Connection, queue: &Receiver<Box<dyn WriteJob>>) {
    while let Ok(first) = queue.recv() {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(job) = queue.try_recv()
        {
            group.push(job);
        }
        let committed = write_group(connection, &mut group);
        if !connection.is_autocommit() {
            let _ = control(connection, "rollback");
        }
        for job in group {
            job.answer(committed.as_ref().copied());
        }
    }
}

fn write_group(connection: &Connection, group: &mut [Box<dyn WriteJob>]) -> Result<()> {
    control(connection, "begin immediate")?;
    let mut session = Session::sqlite(connection);
    if let [only] = group {
        return if only.run(&mut session) {
            control(connection, "commit")
        } else {
            control(connection, "rollback")
        };
    }
    let mut kept = 0;
    for job in group {
        control(connection, "savepoint job")?;
        if job.run(&mut session) {
            kept += 1;
        } else {
            control(connection, "rollback to job")?;
        }
        control(connection, "release job")?;
    }
    control(connection, if kept > 0 { "commit" } else { "rollback" })
}
