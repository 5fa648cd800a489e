//! The `favo` program as a process of its own: run to its end, or serving until told to stop.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rustix::process::{Pid, Signal};

/// Runs `favo` with these arguments on this database; `input` is its standard input.
pub(crate) fn favo(database: &str, arguments: &[&str], input: &str) -> Output {
    let mut child = command(database)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("favo starts");
    // A command that does not read its input may be gone already.
    let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
    child.wait_with_output().expect("favo ends")
}

/// The standard output of a run that must succeed, without the last line break.
#[track_caller]
pub(crate) fn printed(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}\n{out}\n{err}", output.status);
    out.trim_end().to_owned()
}

fn command(database: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_favo"));
    command.env_clear().env("FAVO_DATABASE", database);
    for name in ["PATH", "TMPDIR", "LLVM_PROFILE_FILE"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

/// A `favo serve` or `favo demo` at work; killed when dropped.
pub(crate) struct Serving {
    pub(crate) address: SocketAddr,
    child: Child,
    out: Arc<Mutex<String>>,
    log: Arc<Mutex<String>>,
}

impl Serving {
    /// `favo serve` on this database and a free port.
    pub(crate) fn start(database: &str) -> Self {
        Self::run(database, &["serve", "--listen", "127.0.0.1:0"])
    }

    /// Runs a command that serves and waits until it says where.
    pub(crate) fn run(database: &str, arguments: &[&str]) -> Self {
        Self::run_in(database, arguments, &std::env::temp_dir())
    }

    /// The same with a place of its own for temporary files.
    pub(crate) fn run_in(database: &str, arguments: &[&str], scratch: &Path) -> Self {
        let mut child = command(database)
            .env("TMPDIR", scratch)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("favo starts");
        let out = lines_of(child.stdout.take().expect("a pipe"));
        let log = lines_of(child.stderr.take().expect("a pipe"));
        let until = Instant::now() + Duration::from_mins(1);
        let address = loop {
            let said = out.lock().clone();
            if let Some(rest) = said.split_once("http://").map(|(_, rest)| rest)
                && let Some(end) = rest.find(['/', '\n'])
            {
                break rest[..end].parse().expect("an address");
            }
            let ended = child.try_wait().expect("the process can be asked");
            assert!(ended.is_none() && Instant::now() < until, "favo does not serve: {said}{}", log.lock());
            std::thread::sleep(Duration::from_millis(5));
        };
        Self { address, child, out, log }
    }

    /// What it has printed, once that contains the text.
    #[track_caller]
    pub(crate) fn printed(&self, text: &str) -> String {
        awaited(&self.out, text)
    }

    /// What it has logged, once that contains the text.
    #[track_caller]
    pub(crate) fn logged(&self, text: &str) -> String {
        awaited(&self.log, text)
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        rustix::process::kill_process(Pid::from_child(&self.child), signal).expect("the process is there");
    }

    /// Kills it without warning, and waits until it is gone.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("the process is there");
        self.child.wait().expect("the process ends");
    }

    /// The exit code, once it has ended by itself within the time.
    pub(crate) fn ended_within(&mut self, time: Duration) -> Option<i32> {
        let until = Instant::now() + time;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().expect("the process can be asked") {
                return Some(status.code().unwrap_or(-1));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Collects what a process writes, so that it never waits for a reader.
fn lines_of(pipe: impl Read + Send + 'static) -> Arc<Mutex<String>> {
    let text = Arc::new(Mutex::new(String::new()));
    let collected = Arc::clone(&text);
    std::thread::spawn(move || {
        let mut lines = BufReader::new(pipe);
        let mut line = String::new();
        while lines.read_line(&mut line).is_ok_and(|length| length > 0) {
            collected.lock().push_str(&line);
            line.clear();
        }
    });
    text
}

#[track_caller]
fn awaited(collected: &Mutex<String>, text: &str) -> String {
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        let said = collected.lock().clone();
        if said.contains(text) {
            return said;
        }
        assert!(Instant::now() < until, "{text} is not among: {said}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
