//! Airbyte's messages: RECORD, per-stream STATE, TRACE and LOG, all on standard output.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::World;
use crate::destination::Destination;
use crate::note::Note;
use crate::protocol::Told;
use crate::protocol::bookmarks::{self, Bookmarks};
use crate::protocol::outlet::{Outlet, Shared};
use crate::protocol::published::{Choice, Flavor, Published};
use crate::protocol::shape::quoted;
use crate::protocol::speaker::{Changed, Dialect, Speaker};
use crate::report::{RunReport, Status};
use crate::settings::Settings;

/// The dialect.
struct Messages {
    world: Arc<dyn World>,
    /// Streams that were announced, and of those the ones whose bookmark says that everything asked for was sent.
    begun: BTreeSet<String>,
    done: BTreeSet<String>,
    told: Told,
}

/// The destination of `read`.
pub(in crate::protocol) fn destination(
    settings: &Settings,
    choice: Choice,
    world: &Arc<dyn World>,
    bookmarks: Bookmarks,
    out: Shared,
) -> Box<dyn Destination> {
    let messages = Messages {
        world: Arc::clone(world),
        begun: BTreeSet::new(),
        done: BTreeSet::new(),
        told: Told::default(),
    };
    Box::new(Speaker::new(messages, Outlet::new(out), settings, choice, Arc::clone(world), bookmarks))
}

/// Appends a message and its line feed.
pub(super) fn line(out: &mut Vec<u8>, message: &Value) {
    // Writing to a Vec cannot fail.
    let _ = serde_json::to_writer(&mut *out, message);
    out.push(b'\n');
}

/// A LOG message.
pub(super) fn log(level: &str, message: &str) -> Value {
    json!({"type": "LOG", "log": {"level": level, "message": message}})
}

/// A TRACE message about a stream's status, at millis since 1970.
fn status(stream: &str, status: &str, at: i64) -> Value {
    json!({"type": "TRACE", "trace": {
        "type": "STREAM_STATUS",
        "emitted_at": at,
        "stream_status": {"stream_descriptor": {"name": stream}, "status": status},
    }})
}

impl Messages {
    fn now(&self) -> i64 {
        self.world.now() / 1000
    }

    fn finished(&mut self, out: &mut Vec<u8>, report: &RunReport) {
        for sentence in self.told.unknown() {
            line(out, &log("INFO", &sentence));
        }
        for message in &report.messages {
            line(out, &log("WARN", message));
        }
        for stream in &self.begun {
            let complete = report.status == Status::Complete
                || report.status == Status::Partial && self.done.contains(stream);
            line(out, &status(stream, if complete { "COMPLETE" } else { "INCOMPLETE" }, self.now()));
        }
        self.begun.clear();
        line(
            out,
            &log(
                "INFO",
                &format!(
                    "run {} ended: {} rows, {} requests, {} of them again",
                    report.run,
                    report.written(),
                    report.requests,
                    report.retries
                ),
            ),
        );
    }
}

impl Dialect for Messages {
    fn flavor(&self) -> Flavor {
        Flavor::Airbyte
    }

    fn head(&self, stream: &str) -> Vec<u8> {
        format!("{{\"type\":\"RECORD\",\"record\":{{\"stream\":{},\"data\":{{", quoted(stream)).into_bytes()
    }

    fn tail(&self, out: &mut Vec<u8>, received_at: i64, _version: Option<i64>) {
        out.extend_from_slice(format!("}},\"emitted_at\":{received_at}}}}}\n").as_bytes());
    }

    fn announce(&mut self, out: &mut Vec<u8>, stream: &Published, _version: Option<i64>, _first: bool) {
        let at = self.now();
        line(out, &status(&stream.name, "STARTED", at));
        line(out, &status(&stream.name, "RUNNING", at));
        self.begun.insert(stream.name.clone());
    }

    fn complete(&mut self, _out: &mut Vec<u8>, _stream: &str, _version: i64) {
        // Generations are the platform's business here: it overwrites when a full refresh is complete.
    }

    fn state(&mut self, out: &mut Vec<u8>, bookmarks: &Bookmarks, changed: &[Changed<'_>]) {
        for one in changed {
            let Some(saved) = bookmarks.get(one.name) else { continue };
            for (stream, count) in &one.sent {
                if saved.bookmark.loading.is_none() {
                    self.done.insert(stream.name.clone());
                }
                let cursor = stream.stream.cursor;
                line(
                    out,
                    &json!({"type": "STATE", "state": {
                        "type": "STREAM",
                        "stream": {
                            "stream_descriptor": {"name": stream.name},
                            "stream_state": bookmarks::state(saved, cursor),
                        },
                        "sourceStats": {"recordCount": count},
                    }}),
                );
            }
        }
    }

    fn note(&mut self, out: &mut Vec<u8>, note: &Note) {
        match note {
            Note::RunStarted { run, what, .. } => {
                line(out, &log("INFO", &format!("run {run} began: {what}")));
            }
            Note::SchemaEvent(event) => {
                if let Some(sentence) = self.told.event(event) {
                    line(out, &log("WARN", &sentence));
                }
            }
            Note::Rejected(rejected) => {
                let message = format!("{}: a record was skipped: {}", rejected.stream, rejected.reason);
                line(out, &log("WARN", &message));
            }
            Note::RunFinished(report) => self.finished(out, report),
        }
    }
}
