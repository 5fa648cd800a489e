//! `favo sync` as people meet it: a real server, a real warehouse of one file, and the program between them.

use std::io::{BufRead as _, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rusqlite::Connection;
use rustix::process::{Pid, Signal};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Favo, scratch};
use crate::program::Serving;

/// A server with a few records in it, and a directory to work in.
struct Place {
    favo: Favo,
    directory: TempDir,
    token: String,
}

impl Place {
    fn new() -> Self {
        let favo = Favo::start();
        let admin = favo.admin();
        for name in ["Ana", "Bia", "Caio"] {
            admin.post("/contatos", &json!({"nome": name})).ok();
        }
        admin.post("/oportunidades", &json!({"nome": "Telhado", "cliente": {"nome": "Acme"}})).ok();
        let token = admin.token;
        Self { favo, directory: scratch(), token }
    }

    /// Contacts the server holds: three of its own, and the customer of the opportunity.
    const CONTACTS: i64 = 4;

    fn url(&self) -> String {
        format!("http://{}/crm/api/1", self.favo.address)
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_favo"));
        command.env_clear().env("FAVO_SYNC_TOKEN", &self.token).current_dir(self.directory.path());
        for name in ["PATH", "TMPDIR", "LLVM_PROFILE_FILE"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.args(arguments.split_whitespace()).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &str) -> Output {
        self.command(arguments).output().expect("favo runs")
    }

    /// `favo sync` from the server into the warehouse `w.db`, with more options.
    fn sync(&self, more: &str) -> Output {
        self.run(&format!("sync {} {more}", self.options()))
    }

    fn options(&self) -> String {
        format!("--from nectar --url {} --to sqlite:w.db", self.url())
    }

    /// The report of a run that must be complete.
    #[track_caller]
    fn report(&self, more: &str) -> Value {
        let output = self.sync(&format!("--output json {more}"));
        let lines = lines(&output, 0);
        assert_eq!(lines.len(), 1, "one report: {lines:?}");
        serde_json::from_str(&lines[0]).expect("JSON")
    }

    fn warehouse(&self, name: &str) -> Connection {
        Connection::open(self.directory.path().join(name)).expect("a warehouse")
    }

    fn count(&self, table: &str) -> i64 {
        count(&self.warehouse("w.db"), table)
    }

    fn begin(&self, arguments: &str) -> Background {
        Background::begin(self.command(arguments))
    }
}

fn count(warehouse: &Connection, table: &str) -> i64 {
    let query = format!("select count(*) from {table} where _favo_deleted_at is null");
    warehouse.query_row(&query, [], |row| row.get(0)).expect("a count")
}

/// Figures of a report's table.
fn figures(report: &Value, table: &str) -> Vec<u64> {
    let tables = report["tables"].as_array().expect("tables");
    let found =
        tables.iter().find(|one| one["table"] == table).unwrap_or_else(|| panic!("{table}: {report}"));
    ["read", "inserted", "updated", "unchanged", "deleted"]
        .map(|key| found[key].as_u64().expect(key))
        .to_vec()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The lines of standard output of a run that ended with this code.
#[track_caller]
fn lines(output: &Output, code: i32) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(code), "{text}\n{}", stderr(output));
    text.lines().map(str::to_owned).collect()
}

/// The one sentence of a run that ended with this code and said nothing else.
#[track_caller]
fn complaint(output: &Output, code: i32) -> String {
    let text = stderr(output);
    assert!(lines(output, code).is_empty(), "nothing on stdout");
    assert_eq!(text.lines().count(), 1, "one sentence: {text}");
    assert!(text.starts_with("favo: "), "{text}");
    text
}

/// A program at work; killed when dropped.
struct Background {
    child: Child,
    out: Arc<Mutex<String>>,
    err: Arc<Mutex<String>>,
}

impl Background {
    fn begin(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("favo starts");
        let out = collected(child.stdout.take().expect("a pipe"));
        let err = collected(child.stderr.take().expect("a pipe"));
        Self { child, out, err }
    }

    fn signal(&self, signal: Signal) {
        rustix::process::kill_process(Pid::from_child(&self.child), signal).expect("the process is there");
    }

    #[track_caller]
    fn until(&self, what: &str, seen: impl Fn(&str, &str) -> bool) {
        let limit = Instant::now() + Duration::from_secs(30);
        loop {
            let (out, err) = (self.out.lock().clone(), self.err.lock().clone());
            if seen(&out, &err) {
                return;
            }
            assert!(Instant::now() < limit, "{what}: {out}\n{err}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    #[track_caller]
    fn ended(&mut self) -> i32 {
        let limit = Instant::now() + Duration::from_secs(15);
        while Instant::now() < limit {
            if let Some(status) = self.child.try_wait().expect("the process can be asked") {
                return status.code().unwrap_or(-1);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("favo does not end: {}\n{}", self.out.lock(), self.err.lock());
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collected(pipe: impl Read + Send + 'static) -> Arc<Mutex<String>> {
    let text = Arc::new(Mutex::new(String::new()));
    let into = Arc::clone(&text);
    std::thread::spawn(move || {
        let mut lines = BufReader::new(pipe);
        let mut line = String::new();
        while lines.read_line(&mut line).is_ok_and(|length| length > 0) {
            into.lock().push_str(&line);
            line.clear();
        }
    });
    text
}

#[test]
fn a_first_run_lands_every_row_and_a_second_writes_none() {
    let place = Place::new();
    let first = place.report("");
    assert_eq!(first["status"], "complete");
    assert_eq!(first["pipeline"], "favo");
    assert_eq!(figures(&first, "nectarcrm_contatos"), [4, 4, 0, 0, 0]);
    assert_eq!(place.count("nectarcrm_contatos"), Place::CONTACTS);
    assert_eq!(place.count("nectarcrm_oportunidades"), 1);
    let second = place.report("");
    assert_eq!(second["status"], "complete");
    for table in second["tables"].as_array().expect("tables") {
        let written = ["inserted", "updated", "deleted"].map(|key| table[key].as_u64());
        assert_eq!(written, [Some(0); 3], "{table}");
    }
    assert_eq!(second["run"], 2);
    assert_eq!(place.count("nectarcrm_contatos"), Place::CONTACTS);
}

#[test]
fn a_change_arrives_with_the_next_run_and_nothing_else_does() {
    let place = Place::new();
    place.report("");
    place.favo.advance(Duration::from_hours(1));
    let client = place.favo.admin();
    let ana = client.get("/contatos?nome=Ana").ok()[0]["id"].clone();
    client.put(&format!("/contatos/{ana}"), &json!({"nome": "Ana Maria"})).ok();
    client.post("/contatos", &json!({"nome": "Davi"})).ok();
    let next = place.report("--tables contatos");
    assert_eq!(figures(&next, "nectarcrm_contatos")[1..3], [1, 1], "{next}");
    let names: i64 = place
        .warehouse("w.db")
        .query_row("select count(*) from nectarcrm_contatos where nome in ('Ana Maria', 'Davi')", [], |row| {
            row.get(0)
        })
        .expect("a count");
    assert_eq!(names, 2);
}

#[test]
fn the_summary_is_a_table_on_standard_output_and_lines_up() {
    let place = Place::new();
    let output = place.sync("--tables contatos,produtos");
    let lines = lines(&output, 0);
    assert!(lines[0].starts_with("table ") && lines[0].ends_with("deleted"), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("nectarcrm_contatos ")), "{lines:?}");
    assert!(!lines.iter().any(|line| line.starts_with("nectarcrm_tarefas")), "{lines:?}");
    assert!(
        lines.last().is_some_and(|line| line.starts_with("complete: run 1 (incremental), ")),
        "{lines:?}"
    );
    let figures = &lines[..lines.len() - 1];
    assert!(figures.iter().all(|line| line.len() == lines[0].len()), "{lines:?}");
}

#[test]
fn the_favo_source_follows_the_change_feed() {
    let place = Place::new();
    let sync = |place: &Place| {
        let output =
            place.run(&format!("sync --from favo --url {} --to sqlite:w.db --output json", place.url()));
        serde_json::from_str::<Value>(&lines(&output, 0)[0]).expect("JSON")
    };
    sync(&place);
    place.favo.advance(Duration::from_mins(1));
    let client = place.favo.admin();
    let ana = client.get("/contatos?nome=Ana").ok()[0]["id"].clone();
    client.delete(&format!("/contatos/{ana}"));
    let next = sync(&place);
    assert_eq!(figures(&next, "nectarcrm_contatos")[4], 1, "{next}");
    assert!(next["requests"].as_u64().expect("requests") <= 5, "{next}");
    assert_eq!(place.count("nectarcrm_contatos"), Place::CONTACTS - 1);
}

#[test]
fn a_refused_token_is_one_sentence_and_makes_no_warehouse() {
    let place = Place::new();
    let said = complaint(&place.sync("--token nonsense"), 1);
    assert!(said.contains("token") && !said.contains("nonsense"), "{said}");
    assert!(!place.directory.path().join("w.db").exists());
    let output = place.sync("--token nonsense --output json");
    let value: Value = serde_json::from_str(&lines(&output, 1)[0]).expect("JSON");
    assert_eq!((&value["status"], &value["exit_code"]), (&json!("failed"), &json!(1)));
}

#[test]
fn a_token_may_come_from_a_file() {
    let place = Place::new();
    std::fs::write(place.directory.path().join("token"), format!("{}\n", place.token)).expect("writable");
    let into = place.options();
    let mut command = place.command(&format!("sync {into} --token file:token --tables produtos"));
    lines(&command.env_remove("FAVO_SYNC_TOKEN").output().expect("favo runs"), 0);
    let mut command = place.command(&format!("sync {into} --tables produtos"));
    let output = command.env_remove("FAVO_SYNC_TOKEN").output().expect("favo runs");
    assert!(complaint(&output, 2).contains("FAVO_SYNC_TOKEN"));
}

#[test]
fn mistakes_are_one_sentence_and_touch_nothing() {
    let place = Place::new();
    for (line, part) in [
        ("--tables nonsense", "nonsense"),
        ("--columns nome", "STREAM.COLUMN"),
        ("--columns contatos.nonsense", "nonsense"),
        ("--mode fast", "--mode"),
        ("--jobs 0", "--jobs"),
        ("--every 5", "--every"),
        ("--every 0s", "--every"),
        ("--sweep sometimes", "every-run"),
        ("--since 2024-02-30", "--since"),
        ("--timezone Mars/Base", "--timezone"),
        ("--memory-limit 1KiB", "--memory-limit"),
        ("--to sqlite:other.db", "--to"),
        ("--pipeline x", "--config"),
        ("--nonsense", "--nonsense"),
        ("nonsense", "nonsense"),
        ("-c nowhere.toml", "nowhere.toml"),
    ] {
        let said = complaint(&place.sync(line), 2);
        assert!(said.contains(part), "{line}: {said}");
    }
    let said = complaint(&place.run(&format!("sync --url {} --to nonsense:x", place.url())), 2);
    assert!(said.contains("sqlite:PATH"), "{said}");
    let said = complaint(&place.run("sync --url ftp://x --to csv:x"), 2);
    assert!(said.contains("--url"), "{said}");
    for (line, part) in [
        ("sync backfill --to csv:d --stream contatos", "--from: a day"),
        ("sync backfill --stream nonsense --from 2024-01-01 --to 2024-01-02", "nonsense"),
        ("sync state", "--to"),
        ("singer", "--config"),
    ] {
        let said = complaint(&place.run(line), 2);
        assert!(said.contains(part), "{line}: {said}");
    }
    assert_eq!(
        std::fs::read_dir(place.directory.path()).expect("a directory").count(),
        0,
        "nothing was made"
    );
}

#[test]
fn a_file_runs_its_pipelines_one_after_the_other_and_one_that_fails_stops_nobody() {
    let place = Place::new();
    let text = format!(
        "[[pipeline]]\nname = 'broken'\nurl = '{url}'\ntoken = 'nonsense'\nto = 'sqlite:broken.db'\n\
         [[pipeline]]\nname = 'fine'\nurl = '{url}'\ntoken = '${{FAVO_SYNC_TOKEN}}'\nto = 'sqlite:fine.db'\ntables = ['contatos']\n\
         [pipeline.stream.contatos]\nexclude = ['observacao']\nmask = {{ nome = 'null' }}\n",
        url = place.url()
    );
    std::fs::write(place.directory.path().join("sync.toml"), text).expect("writable");
    let output = place.run("sync -c sync.toml");
    let said = lines(&output, 1);
    assert_eq!(said[0], "fine", "{said:?}");
    assert!(stderr(&output).contains("favo: broken: "), "{}", stderr(&output));
    assert!(!place.directory.path().join("broken.db").exists());
    let warehouse = place.warehouse("fine.db");
    assert_eq!(count(&warehouse, "nectarcrm_contatos"), Place::CONTACTS);
    let named: i64 = warehouse
        .query_row("select count(nome) from nectarcrm_contatos", [], |row| row.get(0))
        .expect("the masked column is there");
    assert_eq!(named, 0);
    assert!(
        warehouse.prepare("select observacao from nectarcrm_contatos").is_err(),
        "the column is left out"
    );
    // One of them, by name, with an option of the line over the file.
    let output = place.run("sync -c sync.toml --pipeline fine --to sqlite:third.db --output json");
    let report: Value = serde_json::from_str(&lines(&output, 0)[0]).expect("JSON");
    assert_eq!(report["pipeline"], "fine");
    assert_eq!(count(&place.warehouse("third.db"), "nectarcrm_contatos"), Place::CONTACTS);
}

#[test]
fn a_mistake_in_a_file_is_named_with_its_line_before_anything_runs() {
    let place = Place::new();
    let text = format!(
        "[[pipeline]]\nname = 'a'\nurl = '{}'\nto = 'sqlite:w.db'\n\n[[pipeline]]\nname = 'b'\nevrey = '15m'\n",
        place.url()
    );
    std::fs::write(place.directory.path().join("sync.toml"), text).expect("writable");
    let said = complaint(&place.run("sync -c sync.toml"), 2);
    assert!(said.contains("sync.toml line 8") && said.contains("evrey"), "{said}");
    assert!(!place.directory.path().join("w.db").exists());
}

#[test]
fn every_keeps_running_and_a_signal_between_runs_is_a_clean_end() {
    let place = Place::new();
    let line = format!("sync {} --tables contatos --every 1s --output json", place.options());
    let mut running = place.begin(&line);
    running.until("two runs", |out, _| out.lines().count() >= 2);
    running.signal(Signal::TERM);
    let code = running.ended();
    let out = running.out.lock().clone();
    let reports: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let moment = |report: &Value, key: &str| report[key].as_i64().expect("a moment");
    for pair in reports.windows(2) {
        let (end, start) = (moment(&pair[0], "finished_at"), moment(&pair[1], "started_at"));
        assert!(start >= end, "never two at a time: {out}");
        // A run counts its own start from its first answer, so that two of them are not a second apart to the microsecond.
        assert!(start - moment(&pair[0], "started_at") >= 500_000, "{out}");
    }
    let cut_short = reports.last().is_some_and(|report| report["status"] == "partial");
    assert_eq!(code, if cut_short { 3 } else { 0 }, "{out}");
    assert_eq!(place.count("nectarcrm_contatos"), Place::CONTACTS);
}

#[test]
fn every_ends_at_a_token_refused_from_the_start() {
    let place = Place::new();
    let line = format!("sync {} --every 1s --token nonsense", place.options());
    let mut running = place.begin(&line);
    assert_eq!(running.ended(), 1);
    running.until("a sentence", |_, err| err.starts_with("favo: ") && err.contains("token"));
}

#[test]
fn a_signal_during_a_run_ends_it_cleanly_and_the_next_run_completes_it() {
    let place = Place::new();
    // Slow enough to be met in the middle, and long enough for a line of progress.
    let line = format!("sync {} --tables contatos,oportunidades --requests-per-second 1", place.options());
    let mut running = place.begin(&line);
    running.until("a line of progress", |_, err| err.contains("\"units_done\":"));
    let line = running.err.lock().clone();
    let line: Value = serde_json::from_str(line.lines().next().expect("a line")).expect("JSON");
    assert!(line["requests"].as_u64().expect("requests") > 0 && line["stream"].is_string(), "{line}");
    running.signal(Signal::INT);
    assert_eq!(running.ended(), 3, "{}\n{}", running.out.lock(), running.err.lock());
    running.until("what to do", |out, err| format!("{out}{err}").contains("run again to continue"));
    assert_eq!(place.report("")["status"], "complete");
    assert_eq!(place.count("nectarcrm_contatos"), Place::CONTACTS);
    assert_eq!(place.count("nectarcrm_oportunidades"), 1);
}

#[test]
fn a_second_signal_ends_at_once() {
    let place = Place::new();
    // Accepts and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("an address");
    let mut running = place.begin(&format!("sync --url http://{address}/crm/api/1 --to sqlite:w.db"));
    let (held, _) = silent.accept().expect("favo connects");
    running.signal(Signal::TERM);
    std::thread::sleep(Duration::from_millis(100));
    let begun = Instant::now();
    running.signal(Signal::TERM);
    let code = running.ended();
    // The first signal alone may have been enough.
    assert!(code == 1 || code == 3, "{code}: {}", running.err.lock());
    assert!(begun.elapsed() < Duration::from_secs(2));
    drop(held);
}

#[test]
fn looking_commands_tell_what_there_is_and_write_nothing() {
    let place = Place::new();
    let into = place.options();
    let planned = lines(&place.run(&format!("sync plan {into}")), 0);
    assert!(
        planned.iter().any(|line| line.starts_with("contatos ") && line.contains("first load")),
        "{planned:?}"
    );
    assert!(!place.directory.path().join("w.db").exists(), "a plan makes nothing");
    let state: Value =
        serde_json::from_str(&lines(&place.run("sync state --to sqlite:w.db"), 0).concat()).expect("JSON");
    assert_eq!(state["bookmarks"], json!({}));
    assert!(!place.directory.path().join("w.db").exists(), "looking makes nothing");
    let checked = lines(&place.run(&format!("sync check {into}")), 0);
    assert!(checked.len() > 3 && checked.iter().all(|line| line.starts_with("ok ")), "{checked:?}");

    place.report("");
    let state: Value =
        serde_json::from_str(&lines(&place.run("sync state --to sqlite:w.db"), 0).concat()).expect("JSON");
    assert_eq!(state["last_run"], 1);
    assert!(state["bookmarks"]["contatos"]["cursor"].is_i64(), "{state}");
    let runs = lines(&place.run("sync runs --to sqlite:w.db"), 0);
    assert_eq!(runs.len(), 2, "{runs:?}");
    assert!(runs[1].trim_start().starts_with("1  incremental  complete"), "{runs:?}");
    let verified = lines(&place.run(&format!("sync verify {into}")), 0);
    assert!(verified.iter().any(|line| line.starts_with("contatos ")), "{verified:?}");

    // A row that is not as the source has it.
    let warehouse = place.warehouse("w.db");
    warehouse.execute("delete from nectarcrm_contatos where nome = 'Ana'", []).expect("deleted");
    drop(warehouse);
    let output = place.run(&format!("sync verify {into}"));
    assert!(lines(&output, 1).iter().any(|line| line.contains("missing in the warehouse")));
    assert!(stderr(&output).contains("1 differences"), "{}", stderr(&output));
}

#[test]
fn a_sweep_finds_deletes_and_a_backfill_reads_days_again() {
    let place = Place::new();
    place.report("");
    let client = place.favo.admin();
    let ana = client.get("/contatos?nome=Ana").ok()[0]["id"].clone();
    client.delete(&format!("/contatos/{ana}"));
    let into = place.options();
    let output = place.run(&format!("sync sweep {into} --output json"));
    let report: Value = serde_json::from_str(&lines(&output, 0)[0]).expect("JSON");
    assert_eq!(
        (&report["what"], figures(&report, "nectarcrm_contatos")[4]),
        (&json!("sweep"), 1),
        "{report}"
    );
    assert_eq!(place.count("nectarcrm_contatos"), Place::CONTACTS - 1);

    let warehouse = place.warehouse("w.db");
    warehouse.execute("delete from nectarcrm_contatos where nome = 'Bia'", []).expect("deleted");
    drop(warehouse);
    let line =
        format!("sync backfill {into} --stream contatos --from 01/03/2026 --to 2026-03-03 --output json");
    let report: Value = serde_json::from_str(&lines(&place.run(&line), 0)[0]).expect("JSON");
    assert_eq!(figures(&report, "nectarcrm_contatos")[1], 1, "{report}");
    assert_eq!(place.count("nectarcrm_contatos"), Place::CONTACTS - 1);
}

#[test]
fn with_a_protocol_standard_output_holds_messages_only() {
    let place = Place::new();
    let output = place.run(&format!("sync --url {} --to singer: --tables contatos", place.url()));
    let messages: Vec<Value> =
        lines(&output, 0).iter().map(|line| serde_json::from_str(line).expect("a message")).collect();
    let records = messages.iter().filter(|message| message["type"] == "RECORD").count();
    assert_eq!(records, 4);
    assert!(messages.iter().all(|message| message["type"].is_string()));
    assert!(stderr(&output).contains("complete: run "), "{}", stderr(&output));
}

#[test]
fn the_summary_of_another_pipeline_does_not_stand_among_messages() {
    let place = Place::new();
    let pipeline = |name: &str, to: &str| {
        format!(
            "[[pipeline]]\nname = '{name}'\nurl = '{}'\nto = '{to}'\ntables = ['produtos']\n",
            place.url()
        )
    };
    let text = pipeline("tap", "singer:") + &pipeline("copy", "sqlite:copy.db");
    std::fs::write(place.directory.path().join("sync.toml"), text).expect("writable");
    let output = place.run("sync -c sync.toml");
    for line in lines(&output, 0) {
        let message: Value = serde_json::from_str(&line).expect("a message");
        assert!(message["type"].is_string(), "{line}");
    }
    assert!(stderr(&output).contains("copy\n"), "{}", stderr(&output));
}

#[test]
fn what_there_is_to_sync_is_told_without_a_source() {
    let place = Place::new();
    let text = lines(&place.run("sync discover"), 0).join("\n");
    assert!(text.contains("nectarcrm_contatos_enderecos") && text.contains("8 streams"), "{text}");
    for (format, part) in [
        ("json", "\"nectarcrm_contatos\""),
        ("singer", "tap_stream_id"),
        ("airbyte", "supported_sync_modes"),
        ("ddl", "create table"),
        ("mermaid", "erDiagram"),
    ] {
        let text =
            lines(&place.run(&format!("sync discover --format {format} --tables contatos")), 0).join("\n");
        assert!(text.contains(part), "{format}: {text}");
        assert!(!text.contains("nectarcrm_tarefas"), "{format}: only what is selected");
    }
    let kondado = lines(&place.run("sync discover --layout kondado --output json"), 0).concat();
    let kondado: Value = serde_json::from_str(&kondado).expect("JSON");
    let tables = |stream: &Value| stream["tables"].as_array().expect("tables").len();
    assert_eq!(kondado["streams"].as_array().expect("streams").iter().map(tables).sum::<usize>(), 16);
}

#[test]
fn the_line_that_the_demo_prints_works_and_so_does_its_question() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let arguments = ["demo", "--listen", "127.0.0.1:0", "--contacts", "50"];
    let demo = Serving::run_in("sqlite:unused.db", &arguments, directory.path());
    let said = demo.printed("sqlite3 ");
    let line = |start: fn(&str) -> bool| {
        said.lines().map(str::trim).find(|line| start(line)).expect("a line to paste")
    };
    let sync = line(|line| line.contains(" sync --from favo "));
    assert!(sync.starts_with(env!("CARGO_BIN_EXE_favo")), "the program as it was called: {sync}");
    let output = in_shell(sync, directory.path());
    let text = lines(&output, 0);
    assert!(text.iter().any(|line| line.starts_with("nectarcrm_contatos ")), "{text:?}");
    let query =
        line(|line| line.starts_with("sqlite3 ")).split('"').nth(1).expect("a query in quotation marks");
    let warehouse = Connection::open(directory.path().join("warehouse.db")).expect("a warehouse");
    let mut rows = warehouse.prepare(query).expect("sound SQL");
    let deals: Vec<i64> =
        rows.query_map([], |row| row.get(1)).expect("rows").map(|row| row.expect("a count")).collect();
    assert!(deals.iter().sum::<i64>() > 0);
}

fn in_shell(line: &str, directory: &Path) -> Output {
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).current_dir(directory).env_clear().stdin(Stdio::null());
    if let Some(path) = std::env::var_os("PATH") {
        shell.env("PATH", path);
    }
    shell.output().expect("a shell")
}
