//! `favo sync` and what stands below it: the connector as people meet it.

mod columns;
mod discover;
mod live;
mod look;
mod mermaid;
mod options;
mod schedule;
pub(super) mod stop;
mod summary;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};
use favo_connector::configuration::Needs;
use favo_connector::engine::{self, Context};
use favo_connector::progress::Progress;
use favo_connector::report::RunReport;
use favo_connector::settings::Settings;
use favo_connector::{Error, Machine, Result, World};
use serde_json::json;

use live::Live;
use options::{Options, Output, Typed};
use schedule::{Ended, Stage, worse};
use stop::Stop;

/// Source and destination: what most commands need.
const BOTH: Needs = Needs { source: true, destination: true };

const BACKFILL_DAYS: &str = "\
The days are given by --from and --to as well, as yyyy-MM-dd or dd/MM/yyyy, both inclusive, and in any order with source and destination:
  favo sync backfill --from nectar --url URL --to sqlite:warehouse.db --stream contatos --from 2024-01-01 --to 2024-01-31";

/// Without a subcommand: a run.
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    after_help = "Exit codes: 0 complete, 3 partial but committed (run again to continue), 1 failed, 2 bad configuration, 4 contract violated."
)]
pub(super) struct Sync {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Try token, every list, page size, clock and the rights at the destination; writes nothing
    Check(Options),
    /// Show streams, tables, keys, columns and types; works without --url, from the catalogue
    Discover(discover::Discover),
    /// Say what a run would do, and write nothing
    Plan(Options),
    /// Read again what was created between two days
    Backfill(Backfill),
    /// Look for deleted records, and nothing else
    Sweep(Options),
    /// Compare ids and a sample of rows, API against warehouse; writes nothing
    Verify(Verify),
    /// Print the bookmarks of a destination as JSON
    State(Options),
    /// List the last runs of a destination
    Runs(Runs),
}

#[derive(Debug, Args)]
#[command(after_help = BACKFILL_DAYS)]
struct Backfill {
    /// The stream
    #[arg(long, value_name = "STREAM")]
    stream: String,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Args)]
struct Verify {
    /// How many records of each stream are compared field by field
    #[arg(long, value_name = "N", default_value_t = 100)]
    sample: usize,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Args)]
struct Runs {
    /// How many runs, the last ones
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    #[command(flatten)]
    options: Options,
}

/// What a command does with one pipeline that ends with a report.
type Work<'a> = &'a dyn Fn(&Context) -> Result<RunReport>;

impl Sync {
    pub(super) fn run(self) -> ExitCode {
        // A run's memory is small and short-lived; pages of 2 MiB would double what it holds. Where the kernel does not offer the switch, nothing is lost.
        let _ = rustix::thread::disable_transparent_huge_pages(true);
        self.start().unwrap_or_else(|error| complain(None, &error))
    }

    fn start(self) -> Result<ExitCode> {
        let outer = self.options;
        match self.what {
            None => run(Typed::new(outer, Options::default())?),
            Some(What::Sweep(options)) => reported(Typed::new(outer, options)?, &engine::sweep),
            Some(What::Backfill(Backfill { stream, options })) => {
                let mut typed = Typed::new(outer, options)?;
                let (from, to) = typed.take_days()?;
                if favo_connector::tables::stream(&stream).is_none() {
                    let known: Vec<&str> =
                        favo_connector::tables::STREAMS.iter().map(|stream| stream.name).collect();
                    let known = known.join(", ");
                    let said = format!("--stream: there is no stream named {stream}; there is: {known}");
                    return Err(Error::Configuration(said));
                }
                reported(typed, &|context| engine::backfill(context, &stream, from, to))
            }
            Some(What::Check(options)) => each(Typed::new(outer, options)?, BOTH, look::check),
            Some(What::Plan(options)) => each(Typed::new(outer, options)?, BOTH, look::plan),
            Some(What::Verify(Verify { sample, options })) => {
                each(Typed::new(outer, options)?, BOTH, |context, output| {
                    look::verify(context, sample, output)
                })
            }
            Some(What::State(options)) => each(Typed::new(outer, options)?, destination(), look::state),
            Some(What::Runs(Runs { limit, options })) => {
                each(Typed::new(outer, options)?, destination(), |context, output| {
                    look::runs(context, limit, output)
                })
            }
            Some(What::Discover(command)) => command.run(outer),
        }
    }
}

fn destination() -> Needs {
    Needs { source: false, destination: true }
}

/// The machine's clock and randomness.
pub(super) fn world() -> Arc<dyn World> {
    Arc::new(Machine)
}

/// Says what went wrong, in one sentence; the exit code goes with it.
pub(super) fn complain(pipeline: Option<&str>, error: &Error) -> ExitCode {
    tell(pipeline, &error.to_string());
    ExitCode::from(error.exit_code())
}

/// A line on standard error, with the pipeline in front when there are several.
fn tell(pipeline: Option<&str>, text: &str) {
    let _ = match pipeline {
        Some(name) => writeln!(std::io::stderr(), "favo: {name}: {text}"),
        None => writeln!(std::io::stderr(), "favo: {text}"),
    };
}

/// Prints text that ends with a line feed; whoever reads it may have stopped reading.
fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// Runs the pipelines, each once or by its own `every`.
fn run(typed: Typed) -> Result<ExitCode> {
    let output = typed.output;
    let pipelines = typed.settings(BOTH)?;
    let distances: Vec<Option<Duration>> = pipelines.iter().map(|settings| settings.every).collect();
    let mut running =
        Running { pipelines: &pipelines, output, stop: Stop::listen()?, world: world(), work: &engine::sync };
    Ok(ExitCode::from(schedule::play(&distances, &mut running)))
}

/// A command with a report, once for each pipeline.
fn reported(typed: Typed, work: Work<'_>) -> Result<ExitCode> {
    let output = typed.output;
    let pipelines = typed.settings(BOTH)?;
    let distances = vec![None; pipelines.len()];
    let mut running = Running { pipelines: &pipelines, output, stop: Stop::listen()?, world: world(), work };
    Ok(ExitCode::from(schedule::play(&distances, &mut running)))
}

/// A command without a report, once for each pipeline; the worst exit code wins.
fn each(typed: Typed, needs: Needs, look: impl Fn(&Context, Output) -> Result<u8>) -> Result<ExitCode> {
    let output = typed.output;
    let pipelines = typed.settings(needs)?;
    let stop = Stop::listen()?;
    let mut code = 0;
    for settings in &pipelines {
        let context = Context { settings: settings.clone(), world: world(), progress: stop.begin() };
        let name = (pipelines.len() > 1).then_some(settings.name.as_str());
        if let Some(name) = name.filter(|_| output == Output::Table) {
            print(&format!("{name}\n"));
        }
        let ended = look(&context, output).unwrap_or_else(|error| {
            tell(name, &error.to_string());
            error.exit_code()
        });
        code = worse(code, ended);
    }
    Ok(ExitCode::from(code))
}

/// Pipelines at work in this process.
struct Running<'a> {
    pipelines: &'a [Settings],
    output: Output,
    stop: Arc<Stop>,
    world: Arc<dyn World>,
    work: Work<'a>,
}

impl Stage for Running<'_> {
    fn now(&self) -> i64 {
        self.world.now()
    }

    fn wait_until(&mut self, due: i64) -> bool {
        loop {
            let left = due - self.world.now();
            if self.stop.requested() {
                return false;
            }
            if left <= 0 {
                return true;
            }
            // In slices: a machine that slept, or whose clock was set, is noticed.
            self.stop
                .wait(Duration::from_micros(u64::try_from(left).unwrap_or(0)).min(Duration::from_secs(10)));
        }
    }

    fn run(&mut self, pipeline: usize) -> Ended {
        let settings = &self.pipelines[pipeline];
        let name = (self.pipelines.len() > 1).then_some(settings.name.as_str());
        let progress: Arc<Progress> = self.stop.begin();
        let context = Context {
            settings: settings.clone(),
            world: Arc::clone(&self.world),
            progress: Arc::clone(&progress),
        };
        let live = Live::start(&settings.name, progress, Arc::clone(&self.world));
        let done = (self.work)(&context);
        live.finish();
        match done {
            Ok(report) => {
                self.show(settings, name, &report);
                Ended { code: report.exit_code(), hopeless: false }
            }
            Err(error) => {
                if self.output == Output::Json {
                    let said = json!({
                        "pipeline": settings.name,
                        "status": "failed",
                        "error": error.to_string(),
                        "exit_code": error.exit_code(),
                    });
                    self.print(&format!("{said}\n"));
                }
                tell(name, &error.to_string());
                Ended::by(&error)
            }
        }
    }

    fn stopping(&self) -> bool {
        self.stop.requested()
    }
}

impl Running<'_> {
    /// Prints a result: standard output belongs to the messages when the destination of any pipeline is a protocol.
    fn print(&self, text: &str) {
        if self.pipelines.iter().any(|settings| settings.to.starts_with("singer:")) {
            let _ = std::io::stderr().write_all(text.as_bytes());
        } else {
            print(text);
        }
    }

    fn show(&self, settings: &Settings, name: Option<&str>, report: &RunReport) {
        if self.output == Output::Json {
            self.print(&report_line(&settings.name, report));
            return;
        }
        let heading = name.map(|name| format!("{name}\n")).unwrap_or_default();
        self.print(&format!("{heading}{}", summary::summary(report)));
        for message in &report.messages {
            let _ = writeln!(std::io::stderr(), "{}", columns::sentence(&columns::shortened(message)));
        }
    }
}

/// The report as one line of JSON, the pipeline's name first.
fn report_line(pipeline: &str, report: &RunReport) -> String {
    let mut line = json!({ "pipeline": pipeline });
    if let (Some(line), Ok(serde_json::Value::Object(members))) =
        (line.as_object_mut(), serde_json::to_value(report))
    {
        line.extend(members);
    }
    format!("{line}\n")
}
