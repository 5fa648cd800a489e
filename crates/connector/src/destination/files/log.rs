//! Notes as JSON lines: each commit that has some writes a small file, and small files are put together from time to time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::index::read_whole;
use super::manifest::{LogFile, Manifest};
use super::place::Place;
use crate::note::{Note, Rejected, SchemaEvent};
use crate::report::{RunReport, Status};
use crate::{Error, Result};

/// So many files below the size are put together.
const FILES: usize = 16;
/// A file of that size is left alone.
const SIZE: u64 = 256 << 10;
/// The oldest files go when there are so many: about 16 MB of notes stay.
const KEPT: usize = 64 + FILES;

#[derive(Serialize)]
#[serde(tag = "note", rename_all = "snake_case")]
enum Line<'a> {
    RunStarted {
        run: i64,
        at: i64,
        what: &'a str,
    },
    RunFinished(&'a RunReport),
    SchemaEvent {
        run: i64,
        at: i64,
        table: &'a str,
        path: &'a str,
        event: &'a str,
        record: Option<i64>,
        sample: Option<&'a str>,
        count: u64,
    },
    Rejected {
        run: i64,
        at: i64,
        stream: &'a str,
        reason: &'a str,
        raw: &'a str,
    },
}

#[derive(Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
enum Read {
    RunStarted {
        run: i64,
        at: i64,
        what: String,
    },
    RunFinished(RunReport),
    #[serde(other)]
    Other,
}

/// Appends a note as a line.
pub(super) fn spell(note: &Note, out: &mut Vec<u8>) -> Result<()> {
    let line = match note {
        Note::RunStarted { run, at, what } => Line::RunStarted { run: *run, at: *at, what },
        Note::RunFinished(report) => Line::RunFinished(report),
        Note::SchemaEvent(SchemaEvent { run, at, table, path, event, record, sample, count }) => {
            Line::SchemaEvent {
                run: *run,
                at: *at,
                table,
                path,
                event,
                record: *record,
                sample: sample.as_deref(),
                count: *count,
            }
        }
        Note::Rejected(Rejected { run, at, stream, reason, raw }) => {
            Line::Rejected { run: *run, at: *at, stream, reason, raw }
        }
    };
    serde_json::to_writer(&mut *out, &line).map_err(|error| {
        Error::Destination(format!("cannot write a note ({error}); this is a bug of this program"))
    })?;
    out.push(b'\n');
    Ok(())
}

/// Puts new lines into the state: the body of the file to be written under the returned name.
pub(super) fn settle(
    place: &dyn Place,
    log: &mut Vec<LogFile>,
    number: u64,
    lines: &[u8],
) -> Result<Option<(String, Vec<u8>)>> {
    if lines.is_empty() {
        return Ok(None);
    }
    let mut body = Vec::new();
    // Only the latest files: the order of the lines is the order of the events.
    let small = log.iter().rev().take_while(|file| file.bytes < SIZE).count();
    if small >= FILES {
        for file in log.split_off(log.len() - small) {
            body.extend(read(place, &file.path)?);
        }
    }
    body.extend_from_slice(lines);
    let path = format!("_favo/log/{number:09}.jsonl");
    log.push(LogFile { path: path.clone(), bytes: body.len() as u64 });
    if log.len() > KEPT {
        log.drain(..log.len() - KEPT);
    }
    Ok(Some((path, body)))
}

fn read(place: &dyn Place, path: &str) -> Result<Vec<u8>> {
    match place.fetch(path)? {
        Some(file) => read_whole(file, path),
        // A writer put it together with others meanwhile, or a person cleared it away: notes are no truth to stop for.
        None => Ok(Vec::new()),
    }
}

/// The last runs, newest first. A run without an end was killed if it is number `others` or an older one; else it is running, or was killed.
pub(super) fn runs(
    place: &dyn Place,
    manifest: &Manifest,
    limit: usize,
    others: i64,
) -> Result<Vec<RunReport>> {
    let mut runs: BTreeMap<i64, RunReport> = BTreeMap::new();
    for file in manifest.log.iter().rev() {
        let finished = runs.values().filter(|run| run.status != Status::Running).count();
        if finished > limit {
            break;
        }
        for line in read(place, &file.path)?.split(|&byte| byte == b'\n') {
            match serde_json::from_slice(line) {
                Ok(Read::RunStarted { run, at, what }) => {
                    runs.entry(run).or_insert_with(|| RunReport {
                        run,
                        what,
                        status: Status::Running,
                        started_at: at,
                        finished_at: at,
                        requests: 0,
                        retries: 0,
                        bytes: 0,
                        messages: Vec::new(),
                        tables: Vec::new(),
                    });
                }
                Ok(Read::RunFinished(report)) => {
                    runs.insert(report.run, report);
                }
                Ok(Read::Other) | Err(_) => {}
            }
        }
    }
    for run in runs.values_mut().filter(|run| run.status == Status::Running && run.run <= others) {
        run.status = Status::Failed;
        run.messages.push("the run was killed before it could end; what it had committed stays".to_owned());
    }
    Ok(runs.into_values().rev().take(limit).collect())
}
