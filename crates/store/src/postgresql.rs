//! Runs transactions on a PostgreSQL server: worker threads, each with a connection of its own.
//!
//! Reads run in one `repeatable read` transaction, so that all statements of a read see one state, as on SQLite. It
//! costs one round trip: the caller is answered before the transaction is ended, and a busy worker ends it together
//! with beginning the next. Writes of one tenant never wait for each other on the server: they queue here, a worker
//! takes what has queued up and commits it together, so one busy tenant holds one connection and not all.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use favo_core::transaction::TenantId;
use favo_core::{Error, Result};
use parking_lot::{Condvar, Mutex};
use postgres::SimpleQueryMessage;
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;

use crate::dialect::numbered_for_postgresql;
use crate::job::{WriteJob, repeated};
use crate::open::{Options, described};
use crate::session::{Failure, Param, Session, TenantState};

/// The most writes that share one commit.
const GROUP: usize = 64;
/// Prepared statements per connection.
const STATEMENTS: usize = 256;
/// How often a write is tried when the server asks to try again.
const ATTEMPTS: u32 = 5;

const BEGIN_READ: &str = "begin isolation level repeatable read, read only";

/// A read on its way to a worker; it gets an error when the server is out of reach.
pub(crate) type ReadJob = Box<dyn FnOnce(Result<&mut Session<'_>>) + Send>;

/// A connection with its prepared statements.
pub(crate) struct Client {
    connection: postgres::Client,
    statements: HashMap<String, (postgres::Statement, u64)>,
    uses: u64,
    /// The server asked to run the transaction again, or went away before the commit.
    again: bool,
}

impl Client {
    pub(crate) fn connect(config: &postgres::Config) -> std::result::Result<Self, postgres::Error> {
        let mut connection = config.connect(postgres::NoTls)?;
        // The shape of a statement says how it is meant, see `plan`; planning it again for its values costs more than
        // running most of them.
        connection.batch_execute("set plan_cache_mode = force_generic_plan")?;
        Ok(Self { connection, statements: HashMap::new(), uses: 0, again: false })
    }

    fn statement(&mut self, sql: &str) -> std::result::Result<postgres::Statement, postgres::Error> {
        self.uses += 1;
        if let Some((statement, used)) = self.statements.get_mut(sql) {
            *used = self.uses;
            return Ok(statement.clone());
        }
        let statement = self.connection.prepare(&numbered_for_postgresql(sql))?;
        if self.statements.len() >= STATEMENTS {
            let oldest = self.uses.saturating_sub(STATEMENTS as u64 / 2);
            let before = self.statements.len();
            self.statements.retain(|_, (_, used)| *used >= oldest);
            if self.statements.len() == before {
                self.statements.clear();
            }
        }
        self.statements.insert(sql.to_owned(), (statement.clone(), self.uses));
        Ok(statement)
    }

    pub(crate) fn rows(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        mut visit: impl FnMut(postgres::Row) -> Result<()>,
    ) -> std::result::Result<(), Failure> {
        let mut stream = || -> std::result::Result<Option<Error>, postgres::Error> {
            let statement = self.statement(sql)?;
            let mut rows = self.connection.query_raw(&statement, params)?;
            while let Some(row) = rows.next()? {
                if let Err(error) = visit(row) {
                    return Ok(Some(error));
                }
            }
            Ok(None)
        };
        match stream() {
            Ok(None) => Ok(()),
            Ok(Some(error)) => Err(Failure::Visit(error)),
            Err(error) => Err(Failure::Statement(self.failed(&error))),
        }
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> std::result::Result<u64, Failure> {
        let outcome = self.statement(sql).and_then(|statement| {
            let mut rows = self.connection.query_raw(&statement, params)?;
            while rows.next()?.is_some() {}
            Ok(rows.rows_affected().unwrap_or(0))
        });
        outcome.map_err(|error| Failure::Statement(self.failed(&error)))
    }

    pub(crate) fn batch(&mut self, sql: &str) -> std::result::Result<(), Failure> {
        self.connection.batch_execute(sql).map_err(|error| Failure::Statement(self.failed(&error)))
    }

    fn control(&mut self, sql: &str) -> Result<()> {
        self.connection.batch_execute(sql).map_err(|error| self.failed(&error))
    }

    /// Begins a write and holds the row of its tenant, in one round trip.
    fn begin_write(&mut self, tenant: Option<TenantId>) -> Result<Option<(i64, TenantState)>> {
        let Some(TenantId(tenant)) = tenant else {
            return self.control("begin").map(|()| None);
        };
        let sql = format!(
            "begin; select registry_version, change_sequence from tenant_state where tenant_id = {tenant} for update"
        );
        let messages = self.connection.simple_query(&sql).map_err(|error| self.failed(&error))?;
        Ok(messages.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => {
                let number = |column: usize| row.get(column).and_then(|text| text.parse().ok());
                Some((tenant, TenantState { registry_version: number(0)?, change_sequence: number(1)? }))
            }
            _ => None,
        }))
    }

    /// A failure of the server in core's terms; remembers whether trying again may help.
    fn failed(&mut self, error: &postgres::Error) -> Error {
        let Some(code) = error.code() else {
            if error.is_closed() || self.connection.is_closed() || is_io(error) {
                self.again = true;
                return Error::Busy(format!("the connection to PostgreSQL is gone: {}", described(error)));
            }
            return Error::Storage(described(error));
        };
        if matches!(*code, SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED) {
            self.again = true;
            return Error::Conflict;
        }
        match code.code() {
            // Shutting down, starting, killed: the connection will not live on.
            "57P01" | "57P02" | "57P03" => {
                self.again = true;
                Error::Busy(described(error))
            }
            "53300" | "55P03" | "57014" => Error::Busy(described(error)),
            constraint if constraint.starts_with("23") => Error::Conflict,
            _ => Error::Storage(described(error)),
        }
    }
}

fn is_io(error: &postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

/// A PostgreSQL database at work.
pub(crate) struct Database {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

struct Shared {
    config: postgres::Config,
    queue: Mutex<Queue>,
    arrived: Condvar,
    /// How many workers may write at the same time: one is always left to read.
    writers: usize,
}

#[derive(Default)]
struct Queue {
    reads: VecDeque<ReadJob>,
    writes: HashMap<Option<TenantId>, VecDeque<Box<dyn WriteJob>>>,
    /// Tenants with writes and without a worker, in order of arrival.
    waiting: VecDeque<Option<TenantId>>,
    /// Tenants with a worker.
    served: HashSet<Option<TenantId>>,
    /// Whose turn it is when both are waiting.
    read_next: bool,
    closed: bool,
}

enum Work {
    Read(ReadJob),
    Writes(Option<TenantId>, Vec<Box<dyn WriteJob>>),
}

impl Queue {
    fn take(&mut self, writers: usize) -> Option<Work> {
        self.read_next = !self.read_next;
        let may_write = self.served.len() < writers && !self.waiting.is_empty();
        if (self.read_next || !may_write)
            && let Some(read) = self.reads.pop_front()
        {
            return Some(Work::Read(read));
        }
        if !may_write {
            return None;
        }
        let tenant = self.waiting.pop_front()?;
        let waiting = self.writes.get_mut(&tenant)?;
        let group = waiting.drain(..waiting.len().min(GROUP)).collect();
        self.served.insert(tenant);
        Some(Work::Writes(tenant, group))
    }

    fn done(&mut self, tenant: Option<TenantId>) {
        self.served.remove(&tenant);
        match self.writes.get(&tenant) {
            Some(waiting) if !waiting.is_empty() => self.waiting.push_back(tenant),
            _ => {
                self.writes.remove(&tenant);
            }
        }
    }
}

impl Database {
    pub(crate) fn open(config: postgres::Config, options: &Options) -> Result<Self> {
        let count = options.workers.max(1);
        let shared = Arc::new(Shared {
            config,
            queue: Mutex::default(),
            arrived: Condvar::new(),
            writers: (count - 1).max(1),
        });
        let mut workers = Vec::with_capacity(count);
        for number in 0..count {
            let shared = Arc::clone(&shared);
            let worker = std::thread::Builder::new()
                .name(format!("favo-postgres-{number}"))
                .spawn(move || Worker { shared, client: None, reading: false }.run())
                .map_err(|error| Error::Storage(format!("no thread for a database worker: {error}")))?;
            workers.push(worker);
        }
        Ok(Self { shared, workers })
    }

    /// Queues a read.
    pub(crate) fn read(&self, job: ReadJob) {
        self.shared.queue.lock().reads.push_back(job);
        self.shared.arrived.notify_one();
    }

    /// Queues a write; it is answered after its commit.
    pub(crate) fn write(&self, job: Box<dyn WriteJob>) {
        let mut queue = self.shared.queue.lock();
        let tenant = job.tenant();
        let waiting = queue.writes.entry(tenant).or_default();
        waiting.push_back(job);
        if waiting.len() == 1 && !queue.served.contains(&tenant) {
            queue.waiting.push_back(tenant);
            drop(queue);
            self.shared.arrived.notify_one();
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.shared.queue.lock().closed = true;
        self.shared.arrived.notify_all();
        for worker in self.workers.drain(..) {
            if worker.thread().id() != std::thread::current().id() {
                let _ = worker.join();
            }
        }
    }
}

struct Worker {
    shared: Arc<Shared>,
    client: Option<Client>,
    /// A read was answered and its transaction is still open.
    reading: bool,
}

impl Worker {
    fn run(mut self) {
        while let Some(work) = self.next() {
            match work {
                Work::Read(job) => self.read(job),
                Work::Writes(tenant, group) => {
                    self.write(tenant, group);
                    self.shared.queue.lock().done(tenant);
                    self.shared.arrived.notify_one();
                }
            }
        }
    }

    /// Waits for work; ends the last read first when there is none.
    fn next(&mut self) -> Option<Work> {
        let shared = Arc::clone(&self.shared);
        let mut queue = shared.queue.lock();
        loop {
            if let Some(work) = queue.take(shared.writers) {
                return Some(work);
            }
            if self.reading {
                drop(queue);
                self.end_read();
                queue = shared.queue.lock();
                continue;
            }
            if queue.closed {
                return None;
            }
            shared.arrived.wait(&mut queue);
        }
    }

    fn end_read(&mut self) {
        self.reading = false;
        if let Some(client) = &mut self.client
            && client.control("commit").is_err()
        {
            self.client = None;
        }
    }

    /// A connection on which a transaction was begun, reconnecting once when the old one turns out to be dead.
    fn ready<T>(&mut self, begin: impl Fn(&mut Client, bool) -> Result<T>) -> Result<(&mut Client, T)> {
        let reading = std::mem::take(&mut self.reading);
        let mut ready = None;
        if let Some(mut client) = self.client.take()
            && !client.connection.is_closed()
            && let Ok(state) = begin(&mut client, reading)
        {
            ready = Some((client, state));
        }
        let (mut client, state) = match ready {
            Some(ready) => ready,
            None => {
                let mut client = Client::connect(&self.shared.config).map_err(|error| {
                    Error::Busy(format!("cannot connect to PostgreSQL: {}", described(&error)))
                })?;
                let state = begin(&mut client, false)?;
                (client, state)
            }
        };
        client.again = false;
        Ok((self.client.insert(client), state))
    }

    fn read(&mut self, job: ReadJob) {
        let ready = self.ready(|client, reading| {
            client.control(&if reading { format!("commit; {BEGIN_READ}") } else { BEGIN_READ.to_owned() })
        });
        match ready {
            Ok((client, ())) => {
                job(Ok(&mut Session::postgres(client)));
                self.reading = true;
            }
            Err(error) => job(Err(error)),
        }
    }

    fn write(&mut self, tenant: Option<TenantId>, mut group: Vec<Box<dyn WriteJob>>) {
        let mut attempt = 1;
        let committed = loop {
            let outcome = self.attempt(tenant, &mut group);
            let again = match &outcome {
                Err(Attempt::Again(_)) => attempt < ATTEMPTS,
                Ok(()) | Err(Attempt::Failed(_)) => false,
            };
            if !again {
                break outcome;
            }
            std::thread::sleep(Duration::from_millis(u64::from(attempt) * 5));
            attempt += 1;
        };
        let committed = committed.map_err(|(Attempt::Again(error) | Attempt::Failed(error))| error);
        for job in group {
            job.answer(committed.as_ref().copied());
        }
    }

    /// One transaction with the whole group in it.
    fn attempt(
        &mut self,
        tenant: Option<TenantId>,
        group: &mut [Box<dyn WriteJob>],
    ) -> std::result::Result<(), Attempt> {
        let ready = self.ready(|client, reading| {
            if reading {
                client.control("commit")?;
            }
            client.begin_write(tenant)
        });
        let (client, held) = ready.map_err(Attempt::Failed)?;
        let outcome = run_group(client, held, group);
        if outcome.is_err() && client.control("rollback").is_err() {
            self.client = None;
        }
        outcome
    }
}

/// Why a transaction was not kept.
enum Attempt {
    /// The server asks to try again, or was lost before the commit was sent.
    Again(Error),
    /// There is no use.
    Failed(Error),
}

fn run_group(
    client: &mut Client,
    held: Option<(i64, TenantState)>,
    group: &mut [Box<dyn WriteJob>],
) -> std::result::Result<(), Attempt> {
    let alone = group.len() == 1;
    let mut held = held;
    let mut kept = 0;
    for (position, job) in group.iter_mut().enumerate() {
        if !alone {
            control(
                client,
                if position == 0 { "savepoint job" } else { "release savepoint job; savepoint job" },
            )?;
        }
        let mut session = Session::postgres(client);
        session.held = held;
        let keep = job.run(&mut session);
        held = session.held;
        if client.again {
            return Err(Attempt::Again(Error::Busy(
                "the transaction was not kept after several attempts".to_owned(),
            )));
        }
        if keep {
            kept += 1;
        } else if !alone {
            control(client, "rollback to savepoint job")?;
        }
    }
    if kept == 0 {
        return control(client, "rollback");
    }
    client.again = false;
    match client.connection.batch_execute("commit") {
        Ok(()) => Ok(()),
        Err(error) => {
            let lost = error.code().is_none();
            let error = client.failed(&error);
            Err(match (lost, client.again) {
                (true, _) => Attempt::Failed(Error::Storage(format!(
                    "the connection was lost while committing, the write may or may not have been kept: {}",
                    repeated(&error)
                ))),
                (false, true) => Attempt::Again(error),
                (false, false) => Attempt::Failed(error),
            })
        }
    }
}

fn control(client: &mut Client, sql: &str) -> std::result::Result<(), Attempt> {
    client
        .control(sql)
        .map_err(|error| if client.again { Attempt::Again(error) } else { Attempt::Failed(error) })
}
