//! A PostgreSQL server for tests: started once per process in a directory of its own, gone when the process ends.

use std::io::{BufRead, BufReader, Write as _};
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::{Options, Store};

/// Starts the server and stays beside it. It reads a line that never comes: the end of its input is the end of the
/// test process, however that ended, and then it stops the server and removes the directory.
const KEEPER: &str = r#"
set -u
directory=$1 binaries=$2
trap '' INT HUP TERM
finish() { rm -rf "$directory"; }
"$binaries/initdb" -D "$directory/data" -U favo -A trust -E UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=pt-BR --no-sync >"$directory/log" 2>&1 \
  || { echo "initdb failed: $(tail -n 3 "$directory/log" | tr '\n' ' ')"; finish; exit 1; }
"$binaries/postgres" -D "$directory/data" -k "$directory" -c listen_addresses= -c fsync=off \
  -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=128MB \
  -c autovacuum=off -c log_min_messages=fatal >>"$directory/log" 2>&1 </dev/null &
server=$!
until "$binaries/pg_isready" -q -h "$directory" -U favo; do
  kill -0 $server 2>/dev/null || { echo "postgres failed: $(tail -n 3 "$directory/log" | tr '\n' ' ')"; finish; exit 1; }
  sleep 0.05
done
echo ready
read -r _
kill -QUIT $server
wait $server
finish
"#;

/// A running PostgreSQL server with an empty, migrated template database.
#[derive(Debug)]
pub struct TestPostgres {
    directory: PathBuf,
    databases: AtomicU32,
    /// Closed by the system when this process ends, which ends the server.
    _input: ChildStdin,
    _keeper: Child,
}

impl TestPostgres {
    /// The server of this process.
    ///
    /// # Panics
    ///
    /// When PostgreSQL is not installed or does not start.
    pub fn shared() -> &'static Self {
        // The failure is kept as well: the second test to ask must not wait for a second attempt.
        static SHARED: OnceLock<Option<TestPostgres>> = OnceLock::new();
        let started = SHARED.get_or_init(|| catch_unwind(Self::start).ok());
        started.as_ref().expect("the PostgreSQL test server did not start, see the first message about it")
    }

    fn start() -> Self {
        let binaries = binaries().expect(
            "no PostgreSQL server in /usr/lib/postgresql/*/bin: install one (apt-get install postgresql) to run these tests",
        );
        let directory = std::env::temp_dir().join(format!("favo-postgres-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&directory);
        std::fs::create_dir_all(&directory).expect("the temporary directory is writable");
        let mut command = as_ordinary_user(&directory);
        command.args(["sh", "-c", KEEPER, "keeper"]).arg(&directory).arg(binaries);
        let mut keeper = command
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell starts");
        let input = keeper.stdin.take().expect("the keeper has an input");
        let mut answer = String::new();
        let output = keeper.stdout.take().expect("the keeper has an output");
        BufReader::new(output).read_line(&mut answer).expect("the keeper answers");
        assert_eq!(answer.trim(), "ready", "PostgreSQL does not start");
        let server = Self { directory, databases: AtomicU32::new(0), _input: input, _keeper: keeper };
        server.run("create database template_favo");
        drop(
            Store::open(&server.url("template_favo"), &Options::default())
                .expect("an empty database is brought forward"),
        );
        server
    }

    /// Makes an empty, migrated database and answers with its URL.
    pub fn fresh_database(&self) -> String {
        let name = format!("favo_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.run(&format!("create database {name} template template_favo strategy file_copy"));
        self.url(&name)
    }

    /// Makes a database without any table and answers with its URL.
    pub fn empty_database(&self) -> String {
        let name = format!("empty_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.run(&format!("create database {name}"));
        self.url(&name)
    }

    /// Makes a database without any table whose locale knows ASCII letters only, and answers with its URL.
    pub fn empty_database_in_c_locale(&self) -> String {
        let name = format!("plain_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.run(&format!(
            "create database {name} template template0 locale_provider libc lc_collate 'C' lc_ctype 'C'"
        ));
        self.url(&name)
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://favo@/{database}?host={}", self.directory.display())
    }

    fn run(&self, sql: &str) {
        let (url, sql) = (self.url("postgres"), sql.to_owned());
        // On a thread of its own: the driver must not connect inside an async runtime.
        let ran = std::thread::spawn(move || {
            let mut client =
                postgres::Client::connect(&url, postgres::NoTls).expect("the test server answers");
            client.batch_execute(&sql).expect("the test server obeys");
        });
        ran.join().expect("the test server obeys");
    }
}

/// The newest installed server.
fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            let binaries = entry.path().join("bin");
            binaries.join("initdb").exists().then_some((version, binaries))
        })
        .collect();
    found.sort();
    found.pop().map(|(_, binaries)| binaries)
}

/// PostgreSQL refuses to run as root; then it runs as the user `postgres`, who owns the directory.
fn as_ordinary_user(directory: &Path) -> Command {
    let mut id = Command::new("id");
    let root = id.arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"));
    if !root {
        return Command::new("env");
    }
    let owned =
        Command::new("chown").arg("postgres").arg(directory).status().is_ok_and(|status| status.success());
    if !owned {
        let _ = writeln!(std::io::stderr(), "there is no user `postgres` to run the test server as");
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    command
}
