//! The store as the rest of the program sees it. Not for SQL.

use std::path::Path;
use std::sync::Arc;

use favo_core::transaction::{Reader, TenantId, Writer};
use favo_core::value::Instant;
use favo_core::{Error, Result};
use tokio::sync::oneshot;

use crate::continuation::Continuations;
use crate::dialect::Kind;
use crate::job::{Write, guarded};
use crate::open::{OpenError, Options, Target, described, target};
use crate::session::Session;
use crate::tenant::Tenant;
use crate::transaction::Tx;
use crate::{migration, postgresql, sqlite, tenant};

/// A database of tenants. Cheap to clone; the last clone to go waits for writes that are under way.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    backend: Backend,
    continuations: Arc<Continuations>,
}

enum Backend {
    Sqlite(sqlite::Database),
    Postgres(postgresql::Database),
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("kind", &self.kind()).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens a database and brings it to the current version.
    ///
    /// `sqlite:PATH` names a file, made when it is missing; `postgres://USER:PASSWORD@HOST:PORT/DATABASE` a server,
    /// with `?host=/directory` for its Unix socket. Blocks; may be called anywhere.
    pub fn open(url: &str, options: &Options) -> std::result::Result<Self, OpenError> {
        let backend = match target(url)? {
            Target::Sqlite(path) => Backend::Sqlite(open_file(&path, options)?),
            Target::Postgres(config) => Backend::Postgres(open_server(&config, options)?),
        };
        Ok(Self { inner: Arc::new(Inner { backend, continuations: Arc::default() }) })
    }

    /// Which database this is.
    pub fn kind(&self) -> Kind {
        match self.inner.backend {
            Backend::Sqlite(_) => Kind::Sqlite,
            Backend::Postgres(_) => Kind::Postgres,
        }
    }

    /// Reads in one tenant; all statements of the closure see one state of the database.
    ///
    /// On SQLite the closure runs on the calling thread and the future is ready at once.
    pub async fn read<T, F>(&self, tenant: TenantId, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Reader) -> Result<T> + Send + 'static,
    {
        let continuations = Arc::clone(&self.inner.continuations);
        self.read_session(move |session| work(&mut Tx::reading(session, tenant, &continuations))).await
    }

    /// The same, blocking: for threads that may wait.
    pub fn read_blocking<T, F>(&self, tenant: TenantId, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Reader) -> Result<T> + Send + 'static,
    {
        let continuations = Arc::clone(&self.inner.continuations);
        self.read_session_blocking(move |session| work(&mut Tx::reading(session, tenant, &continuations)))
    }

    /// Writes in one tenant; answered when the commit has succeeded, and then durable.
    ///
    /// All changes of the closure are kept, or none when it answers with an error or panics. It may run more than
    /// once: PostgreSQL may ask to start over. An unknown tenant is [`Error::NotFound`].
    pub async fn write<T, F>(&self, tenant: TenantId, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut dyn Writer) -> Result<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        self.queue_write(tenant, work, move |outcome| {
            let _ = answer.send(outcome);
        });
        answered.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// The same, blocking: for threads that may wait.
    pub fn write_blocking<T, F>(&self, tenant: TenantId, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut dyn Writer) -> Result<T> + Send + 'static,
    {
        let (answer, answered) = std::sync::mpsc::sync_channel(1);
        self.queue_write(tenant, work, move |outcome| {
            let _ = answer.send(outcome);
        });
        answered.recv().unwrap_or_else(|_| Err(stopped()))
    }

    /// Whose token has this hash.
    pub async fn tenant_of_token(&self, hash: &str) -> Result<Option<TenantId>> {
        let hash = hash.to_owned();
        self.read_session(move |session| tenant::of_token(session, &hash)).await
    }

    /// Whose token has this hash, blocking.
    pub fn tenant_of_token_blocking(&self, hash: &str) -> Result<Option<TenantId>> {
        let hash = hash.to_owned();
        self.read_session_blocking(move |session| tenant::of_token(session, &hash))
    }

    /// Whose session has this access token or cookie, or this refresh token, by its hash; and the id of the session.
    pub async fn session_of(&self, hash: &str, refresh: bool) -> Result<Option<(TenantId, i64)>> {
        let hash = hash.to_owned();
        self.read_session(move |session| tenant::of_session(session, &hash, refresh)).await
    }

    /// Whose client this is.
    pub async fn tenant_of_client(&self, client_id: &str) -> Result<Option<TenantId>> {
        let client_id = client_id.to_owned();
        self.read_session(move |session| tenant::of_client(session, &client_id)).await
    }

    /// The tenant with this slug.
    pub async fn tenant_named(&self, slug: &str) -> Result<Option<Tenant>> {
        let slug = slug.to_owned();
        self.read_session(move |session| tenant::by_slug(session, &slug)).await
    }

    /// The tenant with this number.
    pub async fn tenant_with(&self, id: TenantId) -> Result<Option<Tenant>> {
        self.read_session(move |session| tenant::by_id(session, id)).await
    }

    /// Makes a tenant; refused with [`DuplicateName`](favo_core::Reason::DuplicateName) when the slug is taken. Blocks.
    pub fn create_tenant(&self, slug: &str, name: &str, now: Instant) -> Result<TenantId> {
        let (slug, name) = (slug.to_owned(), name.to_owned());
        self.write_session_blocking(move |session| tenant::create(session, &slug, &name, now))
    }

    /// The tenant with this slug, blocking.
    pub fn tenant_by_slug(&self, slug: &str) -> Result<Option<Tenant>> {
        let slug = slug.to_owned();
        self.read_session_blocking(move |session| tenant::by_slug(session, &slug))
    }

    /// All tenants, by number. Blocks.
    pub fn tenants(&self) -> Result<Vec<Tenant>> {
        self.read_session_blocking(tenant::all)
    }

    /// Whether the database answers. Cheap.
    pub async fn health(&self) -> Result<()> {
        self.read_session(|session| migration::recorded(session).map(|_| ())).await
    }

    /// The schema version and the catalogue revision of the database. Blocks.
    pub fn schema_version(&self) -> Result<(i64, i64)> {
        self.read_session_blocking(migration::recorded)
    }

    /// Moves what is in SQLite's write-ahead log into the file: for a tidy shutdown. Blocks; nothing on PostgreSQL.
    pub fn checkpoint(&self) -> Result<()> {
        match &self.inner.backend {
            Backend::Sqlite(database) => database.checkpoint(),
            Backend::Postgres(_) => Ok(()),
        }
    }

    /// Refreshes what PostgreSQL knows about its tables: worth it after filling a database, before its own housekeeping
    /// has looked. Blocks; SQLite needs nothing of the kind, for the store names its indexes.
    pub fn analyze(&self) -> Result<()> {
        if self.kind() == Kind::Sqlite {
            return Ok(());
        }
        self.write_session_blocking(|session| session.batch("analyze"))
    }

    async fn read_session<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Session<'_>) -> Result<T> + Send + 'static,
    {
        match &self.inner.backend {
            Backend::Sqlite(database) => database.read(work),
            Backend::Postgres(database) => {
                let (answer, answered) = oneshot::channel();
                database.read(Box::new(move |session| {
                    // Nobody waits any more: spare the database the work.
                    if !answer.is_closed() {
                        let _ = answer.send(session.and_then(|session| guarded(|| work(session))));
                    }
                }));
                answered.await.unwrap_or_else(|_| Err(stopped()))
            }
        }
    }

    fn read_session_blocking<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Session<'_>) -> Result<T> + Send + 'static,
    {
        match &self.inner.backend {
            Backend::Sqlite(database) => database.read(work),
            Backend::Postgres(database) => {
                let (answer, answered) = std::sync::mpsc::sync_channel(1);
                database.read(Box::new(move |session| {
                    let _ = answer.send(session.and_then(|session| guarded(|| work(session))));
                }));
                answered.recv().unwrap_or_else(|_| Err(stopped()))
            }
        }
    }

    fn write_session_blocking<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Session<'_>) -> Result<T> + Send + 'static,
    {
        let (answer, answered) = std::sync::mpsc::sync_channel(1);
        self.queue(Write::boxed(None, work, move |outcome| {
            let _ = answer.send(outcome);
        }));
        answered.recv().unwrap_or_else(|_| Err(stopped()))
    }

    fn queue_write<T, F>(&self, tenant: TenantId, work: F, answer: impl FnOnce(Result<T>) + Send + 'static)
    where
        T: Send + 'static,
        F: Fn(&mut dyn Writer) -> Result<T> + Send + 'static,
    {
        let continuations = Arc::clone(&self.inner.continuations);
        let written = Arc::clone(&continuations);
        self.queue(Write::boxed(
            Some(tenant),
            move |session: &mut Session<'_>| {
                let mut tx = Tx::writing(session, tenant, &continuations)?;
                let value = work(&mut tx)?;
                tx.finish()?;
                Ok(value)
            },
            move |outcome| {
                if outcome.is_ok() {
                    written.note_write(tenant);
                }
                answer(outcome);
            },
        ));
    }

    fn queue(&self, job: Box<dyn crate::job::WriteJob>) {
        match &self.inner.backend {
            Backend::Sqlite(database) => database.write(job),
            Backend::Postgres(database) => database.write(job),
        }
    }
}

fn stopped() -> Error {
    Error::Busy("the store is shutting down".to_owned())
}

fn open_file(path: &Path, options: &Options) -> std::result::Result<sqlite::Database, OpenError> {
    let refused = |reason: String| OpenError::File { path: path.to_owned(), reason };
    make_private(path);
    let connection = sqlite::connect(path, options.durability).map_err(|error| refused(error.to_string()))?;
    migration::bring_forward(&mut Session::sqlite(&connection))?;
    drop(connection);
    sqlite::Database::open(path, options).map_err(|error| refused(error.to_string()))
}

/// Makes a missing file for its owner alone: it will hold the keys tokens are signed with. SQLite gives the files beside it
/// the same mode. What goes wrong here goes wrong again, and is reported, when SQLite opens the file.
fn make_private(path: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = options.open(path);
}

fn open_server(
    config: &postgres::Config,
    options: &Options,
) -> std::result::Result<postgresql::Database, OpenError> {
    // The driver must not connect on a thread of an async runtime, and this may be one.
    let own = config.clone();
    let opened = std::thread::spawn(move || {
        let mut client =
            postgresql::Client::connect(&own).map_err(|error| OpenError::Connect(described(&error)))?;
        migration::bring_forward(&mut Session::postgres(&mut client))
    });
    opened.join().unwrap_or_else(|_| Err(OpenError::Connect("the driver panicked".to_owned())))?;
    postgresql::Database::open(config.clone(), options).map_err(|error| OpenError::Connect(error.to_string()))
}
