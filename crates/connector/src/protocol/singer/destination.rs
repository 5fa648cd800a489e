//! Singer's messages: SCHEMA, RECORD, STATE and `ACTIVATE_VERSION` on standard output; what people read goes to the log.

use std::io::Write;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::note::Note;
use crate::protocol::Told;
use crate::protocol::bookmarks::{self, Bookmarks};
use crate::protocol::outlet::{Outlet, Shared};
use crate::protocol::published::{Choice, Flavor, Method, Published};
use crate::protocol::shape::quoted;
use crate::protocol::speaker::{Changed, Dialect, Speaker, push_text};
use crate::settings::Settings;
use crate::{Machine, Result, World, moment};

/// The dialect.
pub(crate) struct Messages {
    log: Box<dyn Write>,
    table_prefix: String,
    told: Told,
    /// Whether the end of the run is told on the log (`favo sync` has a summary of its own).
    summary: bool,
}

/// The destination of `--to singer:[STATE]`, and of the tap.
pub(crate) struct Singer;

impl Singer {
    /// The destination `singer:`; what follows the colon is the file of a state to go on from.
    pub(crate) fn connect(settings: &Settings) -> Result<Box<dyn crate::destination::Destination>> {
        let path = settings.to.strip_prefix("singer:").unwrap_or_default();
        let state = if path.is_empty() {
            Bookmarks::default()
        } else {
            super::state::read(path.as_ref(), &settings.table_prefix)?
        };
        let log: Box<dyn Write> = Box::new(std::io::stderr());
        let messages = Messages {
            log,
            table_prefix: settings.table_prefix.clone(),
            told: Told::default(),
            summary: false,
        };
        let out = Shared::new(Box::new(std::io::stdout()));
        let world = Arc::new(Machine);
        Ok(Box::new(Speaker::new(messages, Outlet::new(out), settings, Choice::default(), world, state)))
    }

    /// The tap's.
    pub(in crate::protocol) fn of_tap(
        settings: &Settings,
        choice: Choice,
        world: Arc<dyn World>,
        state: Bookmarks,
        out: Shared,
        log: Box<dyn Write>,
    ) -> Box<dyn crate::destination::Destination> {
        let messages = Messages {
            log,
            table_prefix: settings.table_prefix.clone(),
            told: Told::default(),
            summary: true,
        };
        Box::new(Speaker::new(messages, Outlet::new(out), settings, choice, world, state))
    }
}

/// What SCHEMA names as the column by which bookmarks are kept.
fn bookmark_properties(stream: &Published) -> Vec<&str> {
    if stream.method == Method::Incremental {
        stream.cursor.as_deref().into_iter().collect()
    } else {
        Vec::new()
    }
}

fn line(out: &mut Vec<u8>, message: &Value) {
    // Writing to a Vec cannot fail.
    let _ = serde_json::to_writer(&mut *out, message);
    out.push(b'\n');
}

impl Messages {
    /// The log is for people: that it cannot be written is no reason to end a run.
    fn say(&mut self, level: &str, text: &str) {
        let _ = writeln!(self.log, "{level} {text}");
    }
}

impl Dialect for Messages {
    fn flavor(&self) -> Flavor {
        Flavor::Singer
    }

    fn head(&self, stream: &str) -> Vec<u8> {
        format!("{{\"type\":\"RECORD\",\"stream\":{},\"record\":{{", quoted(stream)).into_bytes()
    }

    fn tail(&self, out: &mut Vec<u8>, received_at: i64, version: Option<i64>) {
        out.push(b'}');
        if let Some(version) = version {
            out.extend_from_slice(format!(",\"version\":{version}").as_bytes());
        }
        out.extend_from_slice(b",\"time_extracted\":\"");
        moment::rfc3339(received_at.saturating_mul(1000), out);
        out.extend_from_slice(b"\"}\n");
    }

    fn announce(&mut self, out: &mut Vec<u8>, stream: &Published, version: Option<i64>, first: bool) {
        line(
            out,
            &json!({
                "type": "SCHEMA",
                "stream": stream.name,
                "schema": stream.schema,
                "key_properties": stream.key,
                "bookmark_properties": bookmark_properties(stream),
            }),
        );
        if let (Some(version), true) = (version, first) {
            self.complete(out, &stream.name, version);
        }
    }

    fn complete(&mut self, out: &mut Vec<u8>, stream: &str, version: i64) {
        out.extend_from_slice(b"{\"type\":\"ACTIVATE_VERSION\",\"stream\":");
        push_text(out, stream);
        out.extend_from_slice(format!(",\"version\":{version}}}\n").as_bytes());
    }

    fn state(&mut self, out: &mut Vec<u8>, bookmarks: &Bookmarks, _changed: &[Changed<'_>]) {
        let mut all = Map::new();
        for (name, saved) in &bookmarks.streams {
            let stream = crate::tables::stream(name);
            let shown =
                stream.map_or_else(|| name.clone(), |one| bookmarks::main_name(one, &self.table_prefix));
            all.insert(shown, bookmarks::state(saved, stream.and_then(|stream| stream.cursor)));
        }
        let value = json!({"bookmarks": all, "last_run": bookmarks.last_run});
        line(out, &json!({"type": "STATE", "value": value}));
    }

    fn note(&mut self, _out: &mut Vec<u8>, note: &Note) {
        match note {
            Note::RunStarted { run, what, .. } => self.say("INFO", &format!("run {run} began: {what}")),
            Note::SchemaEvent(event) => {
                if let Some(sentence) = self.told.event(event) {
                    self.say("WARNING", &sentence);
                }
            }
            Note::Rejected(rejected) => {
                self.say(
                    "WARNING",
                    &format!("{}: a record was skipped: {}", rejected.stream, rejected.reason),
                );
            }
            Note::RunFinished(report) => {
                for sentence in self.told.unknown() {
                    self.say("INFO", &sentence);
                }
                if !self.summary {
                    return;
                }
                for message in &report.messages {
                    self.say("WARNING", message);
                }
                for table in report.tables.iter().filter(|table| table.read > 0) {
                    let metric = json!({
                        "type": "counter",
                        "metric": "record_count",
                        "value": table.read,
                        "tags": {"endpoint": table.table},
                    });
                    self.say("INFO", &format!("METRIC: {metric}"));
                }
                let seconds = (report.finished_at - report.started_at) / 1_000_000;
                self.say(
                    "INFO",
                    &format!(
                        "run {} ended: {} rows in {seconds} s, {} requests, {} of them again",
                        report.run,
                        report.written(),
                        report.requests,
                        report.retries
                    ),
                );
            }
        }
    }
}
