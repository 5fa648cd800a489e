//! What is seen while a run goes on: a bar on a terminal, one JSON line every five seconds elsewhere. All of it on standard error.

use std::collections::VecDeque;
use std::io::{IsTerminal as _, Write as _};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use favo_connector::World;
use favo_connector::progress::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use super::columns::grouped;

/// A bar that moves, and a terminal that is not flooded.
const REDRAW: Duration = Duration::from_millis(200);
const LINE: Duration = Duration::from_secs(5);
/// Rates are of the last ten seconds.
const WINDOW: i64 = 10_000_000;

/// The display of one run; `finish` takes it away.
#[derive(Debug)]
pub(super) struct Live {
    over: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Live {
    /// Begins to show these counters.
    pub(super) fn start(pipeline: &str, progress: Arc<Progress>, world: Arc<dyn World>) -> Self {
        let over = Arc::new((Mutex::new(false), Condvar::new()));
        let (until, pipeline) = (Arc::clone(&over), pipeline.to_owned());
        let thread = std::thread::spawn(move || show(&pipeline, &progress, world.as_ref(), &until));
        Self { over, thread: Some(thread) }
    }

    /// Ends the display.
    pub(super) fn finish(mut self) {
        if let Ok(mut over) = self.over.0.lock() {
            *over = true;
        }
        self.over.1.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn show(pipeline: &str, progress: &Progress, world: &dyn World, until: &(Mutex<bool>, Condvar)) {
    let terminal = std::io::stderr().is_terminal();
    let bar = terminal.then(bar);
    let mut pace = Pace::new(world.now());
    loop {
        let Ok(over) = until.0.lock() else { return };
        let waited = until.1.wait_timeout_while(over, if terminal { REDRAW } else { LINE }, |over| !*over);
        if waited.is_ok_and(|(over, _)| *over) {
            break;
        }
        let figures = Figures::of(progress);
        let seen = pace.see(world.now(), &figures);
        match &bar {
            Some(bar) => {
                bar.set_length(figures.units);
                bar.set_position(figures.units_done);
                bar.set_prefix(figures.stream);
                bar.set_message(line(&figures, &seen, progress.stopping()));
                bar.tick();
            }
            None => {
                let _ = writeln!(std::io::stderr(), "{}", json_line(pipeline, &figures, &seen));
            }
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{prefix:>14} [{bar:24}] {pos}/{len}  {msg}");
    if let Ok(style) = style {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}

/// The counters at one moment.
#[derive(Debug, Clone, Default)]
struct Figures {
    stream: &'static str,
    streams: u64,
    streams_done: u64,
    units: u64,
    units_done: u64,
    records: u64,
    rows: u64,
    requests: u64,
    in_flight: u64,
    retries: u64,
    bytes: u64,
}

impl Figures {
    fn of(progress: &Progress) -> Self {
        Self {
            stream: progress.stream(),
            streams: Progress::get(&progress.streams),
            streams_done: Progress::get(&progress.streams_done),
            units: Progress::get(&progress.units),
            units_done: Progress::get(&progress.units_done),
            records: Progress::get(&progress.records),
            rows: Progress::get(&progress.rows),
            requests: Progress::get(&progress.requests),
            in_flight: Progress::get(&progress.in_flight),
            retries: Progress::get(&progress.retries),
            bytes: Progress::get(&progress.bytes),
        }
    }
}

/// What follows from the counters over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    /// Since the start of the run.
    seconds: u64,
    rows_per_second: u64,
    records_per_second: u64,
    /// Until the stream is done, if the units so far allow a guess.
    seconds_left: Option<u64>,
}

#[derive(Debug)]
struct Pace {
    begin: i64,
    /// Moment, rows and records.
    last: VecDeque<(i64, u64, u64)>,
    stream: &'static str,
    stream_begin: i64,
}

impl Pace {
    fn new(now: i64) -> Self {
        Self { begin: now, last: VecDeque::from([(now, 0, 0)]), stream: "", stream_begin: now }
    }

    fn see(&mut self, now: i64, figures: &Figures) -> Seen {
        if figures.stream != self.stream {
            (self.stream, self.stream_begin) = (figures.stream, now);
        }
        self.last.push_back((now, figures.rows, figures.records));
        while self.last.len() > 2 && self.last.get(1).is_some_and(|(at, ..)| *at <= now - WINDOW) {
            self.last.pop_front();
        }
        let (since, rows, records) = self.last.front().copied().unwrap_or((now, 0, 0));
        let micros = u64::try_from(now - since).unwrap_or(0).max(1);
        let rate =
            |more: u64| u64::try_from(u128::from(more) * 1_000_000 / u128::from(micros)).unwrap_or(u64::MAX);
        let whole = |micros: i64| u64::try_from(micros / 1_000_000).unwrap_or(0);
        let left = figures.units.saturating_sub(figures.units_done);
        Seen {
            seconds: whole(now - self.begin),
            rows_per_second: rate(figures.rows.saturating_sub(rows)),
            records_per_second: rate(figures.records.saturating_sub(records)),
            seconds_left: whole(now - self.stream_begin).saturating_mul(left).checked_div(figures.units_done),
        }
    }
}

/// What stands behind the bar.
fn line(figures: &Figures, seen: &Seen, stopping: bool) -> String {
    let left = match seen.seconds_left {
        _ if stopping => "stopping".to_owned(),
        Some(seconds) if seconds >= 3_600 => {
            format!("{}:{:02}:{:02} left", seconds / 3_600, seconds / 60 % 60, seconds % 60)
        }
        Some(seconds) => format!("{}:{:02} left", seconds / 60, seconds % 60),
        None => "--:-- left".to_owned(),
    };
    format!(
        "stream {} of {}, {} records/s, {} rows/s, {} requests ({} in flight, {} retries), {left}",
        (figures.streams_done + 1).min(figures.streams.max(1)),
        figures.streams,
        grouped(seen.records_per_second),
        grouped(seen.rows_per_second),
        grouped(figures.requests),
        figures.in_flight,
        figures.retries,
    )
}

fn json_line(pipeline: &str, figures: &Figures, seen: &Seen) -> String {
    json!({
        "pipeline": pipeline,
        "stream": figures.stream,
        "streams_done": figures.streams_done,
        "streams": figures.streams,
        "units_done": figures.units_done,
        "units": figures.units,
        "records": figures.records,
        "rows": figures.rows,
        "records_per_second": seen.records_per_second,
        "rows_per_second": seen.rows_per_second,
        "requests": figures.requests,
        "in_flight": figures.in_flight,
        "retries": figures.retries,
        "bytes": figures.bytes,
        "seconds": seen.seconds,
        "seconds_left": seen.seconds_left,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    fn figures() -> Figures {
        Figures {
            stream: "contatos",
            streams: 8,
            streams_done: 2,
            units: 40,
            units_done: 10,
            records: 6_000,
            rows: 24_000,
            requests: 1_234,
            in_flight: 4,
            retries: 1,
            bytes: 5,
        }
    }

    #[test]
    fn rates_are_of_the_last_ten_seconds_and_time_left_of_the_stream() {
        let mut pace = Pace::new(0);
        for second in 1..=100 {
            pace.see(second * SECOND, &Figures { rows: 1_000 * second as u64, ..figures() });
        }
        let seen = pace.see(110 * SECOND, &Figures { rows: 100_000, ..figures() });
        assert_eq!(seen.rows_per_second, 0, "what was fast before is over");
        assert_eq!(seen.seconds, 110);
        assert_eq!(
            seen.seconds_left,
            Some(109 * 3),
            "30 of 40 units are left after 109 seconds with the stream"
        );
        let seen =
            pace.see(111 * SECOND, &Figures { stream: "tarefas", units: 0, units_done: 0, ..figures() });
        assert_eq!(seen.seconds_left, None, "nothing to guess by");
    }

    #[test]
    fn two_looks_at_the_same_moment_divide_by_nothing() {
        let mut pace = Pace::new(5);
        pace.see(5, &figures());
        pace.see(4, &figures());
    }

    #[test]
    fn the_line_behind_the_bar_tells_all() {
        let seen =
            Seen { seconds: 9, rows_per_second: 8_120, records_per_second: 2_030, seconds_left: Some(75) };
        assert_eq!(
            line(&figures(), &seen, false),
            "stream 3 of 8, 2,030 records/s, 8,120 rows/s, 1,234 requests (4 in flight, 1 retries), 1:15 left"
        );
        assert!(line(&figures(), &seen, true).ends_with("stopping"));
        let long = Seen { seconds_left: Some(3_725), ..seen };
        assert!(line(&figures(), &long, false).ends_with("1:02:05 left"));
    }

    #[test]
    fn the_line_elsewhere_is_json_with_the_same_figures() {
        let seen = Seen { seconds: 9, rows_per_second: 8, records_per_second: 2, seconds_left: None };
        let value: serde_json::Value = serde_json::from_str(&json_line("crm", &figures(), &seen)).unwrap();
        assert_eq!(value["stream"], "contatos");
        assert_eq!(value["units_done"], 10);
        assert_eq!(value["rows"], 24_000);
        assert!(value["seconds_left"].is_null());
        assert_eq!(value["pipeline"], "crm");
    }
}
