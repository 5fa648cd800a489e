//! A run: streams one after the other, pages compared with what is stored, rows and bookmarks committed together, deletes found, notes kept.
//!
//! `survey` looks at both ends and opens the destination, `load`, `proposals` and `feed` read streams into `intake`, which asks `merge` about every
//! record; `sweep` finds deletes; `run` owns the group of rows between two commits. `plan` and `verify` are runs that write nothing.

mod feed;
mod ids;
mod intake;
mod load;
mod merge;
mod nothing;
mod plan;
mod proposals;
mod rules;
mod run;
mod survey;
mod sweep;
#[cfg(test)]
mod tests;
mod verify;

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use jiff::civil::Date;

use self::merge::Trust;
use self::run::Run;
use self::survey::Start;
use crate::destination::{CustomField, Destination};
use crate::progress::Progress;
use crate::report::RunReport;
use crate::schema::Schema;
use crate::settings::{Deletes, Mode, Settings, Sweep};
use crate::source::{Source, Task};
use crate::tables::{self, Reading};
use crate::{Error, Result, World};

pub use self::plan::{Planned, plan};
pub use self::verify::{Difference, Verification, verify};

/// What every command of the engine works with.
#[derive(Clone)]
pub struct Context {
    /// What to do.
    pub settings: Settings,
    /// Time and randomness.
    pub world: Arc<dyn World>,
    /// Counters, and the request to stop.
    pub progress: Arc<Progress>,
}

impl std::fmt::Debug for Context {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Context").field("pipeline", &self.settings.name).finish_non_exhaustive()
    }
}

impl Context {
    fn source(&self) -> Result<Box<dyn Source>> {
        crate::source::connect(&self.settings, &self.world, &self.progress)
    }
}

/// `favo sync`: one run, as the settings say. A report with `Status::Partial` is no error.
pub fn sync(context: &Context) -> Result<RunReport> {
    sync_into(context, crate::destination::connect(&context.settings)?)
}

/// The same, into a destination that is there already (the protocols, tests).
pub fn sync_into(context: &Context, destination: Box<dyn Destination>) -> Result<RunReport> {
    sync_between(context, &*context.source()?, destination)
}

/// The same, from a source that is there already.
fn sync_between(
    context: &Context,
    source: &dyn Source,
    destination: Box<dyn Destination>,
) -> Result<RunReport> {
    let what = match context.settings.mode {
        Mode::Incremental => "incremental",
        Mode::Full => "full",
    };
    within_time(context, || {
        let mut run = survey::open(context, source, destination, what, Start::Survey)?;
        let result = read_all(&mut run);
        run.finish(result)
    })
}

fn read_all(run: &mut Run<'_>) -> Result<()> {
    let count = run.schema.streams.len();
    let members: Vec<usize> = (0..count).filter(|&at| run.follows_feed(at)).collect();
    let followed = members.is_empty() || run.follow(&members)?;
    if !followed {
        run.say(
            "the change feed no longer reaches back to the last run: everything is read again".to_owned(),
        );
        for &at in &members {
            run.forget(at);
        }
    }
    for at in 0..count {
        if !followed || !members.contains(&at) {
            run.read_stream(at)?;
        } else if let Reading::PerRecordOf(parent) = run.stream(at).reading {
            // Their opportunities were deleted, and the destination could not say which were theirs.
            if run.rules[at].sweep == Sweep::EveryRun || run.bookmarks[at].enumerated_at == Some(0) {
                run.read_proposals(at, parent)?;
            }
        } else {
            run.sweep_if_due(at)?;
        }
    }
    Ok(())
}

/// `favo sync sweep`: finds deleted records, and nothing else.
pub fn sweep(context: &Context) -> Result<RunReport> {
    sweep_between(context, &*context.source()?, crate::destination::connect(&context.settings)?)
}

fn sweep_between(
    context: &Context,
    source: &dyn Source,
    destination: Box<dyn Destination>,
) -> Result<RunReport> {
    within_time(context, || {
        let mut run = survey::open(context, source, destination, "sweep", Start::AsIs)?;
        let result = sweep_all(&mut run);
        run.finish(result)
    })
}

fn sweep_all(run: &mut Run<'_>) -> Result<()> {
    if !run.traits.remembers {
        return Err(Error::Configuration(
            "this destination keeps nothing in which deleted records could be looked for".to_owned(),
        ));
    }
    for at in 0..run.schema.streams.len() {
        let bookmark = &run.bookmarks[at];
        if bookmark.cursor.is_none() && bookmark.enumerated_at.is_none() {
            continue;
        }
        run.context.progress.enter(run.stream(at).name);
        match run.stream(at).reading {
            Reading::PerRecordOf(parent) => {
                run.bookmark(at).enumerated_at = Some(0);
                // Whatever the settings say of runs: here a sweep is what was asked for.
                run.rules[at].sweep = Sweep::EveryRun;
                run.read_proposals(at, parent)?;
            }
            Reading::Dated | Reading::Whole => run.sweep(at)?,
        }
        if run.rules[at].deletes == Deletes::Ignore {
            run.say(format!("{}: deletes are set to ignore, none were looked for", run.stream(at).name));
        }
        run.end_stream(at)?;
    }
    Ok(())
}

/// `favo sync backfill`: reads the records created in those days (both inclusive) again.
pub fn backfill(context: &Context, stream: &str, from: Date, to: Date) -> Result<RunReport> {
    let destination = crate::destination::connect(&context.settings)?;
    backfill_between(context, &*context.source()?, destination, stream, from, to)
}

fn backfill_between(
    context: &Context,
    source: &dyn Source,
    destination: Box<dyn Destination>,
    stream: &str,
    from: Date,
    to: Date,
) -> Result<RunReport> {
    if from > to {
        return Err(Error::Configuration(format!("the days from {from} to {to} are none; swap them")));
    }
    let dated = tables::STREAMS.iter().filter(|one| one.reading == Reading::Dated);
    if !dated.clone().any(|one| one.name == stream) {
        let names: Vec<&str> = dated.map(|one| one.name).collect();
        return Err(Error::Configuration(format!(
            "{stream} cannot be read by day of creation; backfill knows {}",
            names.join(", ")
        )));
    }
    within_time(context, || {
        let mut run = survey::open(context, source, destination, "backfill", Start::AsIs)?;
        let result = match run.schema.position(stream) {
            Some(at) => {
                let task = Task::Created { after: Some(rules::yesterday(from)), until: Some(to) };
                run.context.progress.enter(run.stream(at).name);
                run.read(at, &task, Trust::Fresh, intake::Track::Nothing).and_then(|_| run.end_stream(at))
            }
            None => Err(Error::Configuration(format!("{stream} is not among the selected tables"))),
        };
        run.finish(result)
    })
}

/// Does the work and asks it to stop when its time is over.
fn within_time<T>(context: &Context, work: impl FnOnce() -> T) -> T {
    const LOOK: Duration = Duration::from_millis(200);
    let Some(limit) = context.settings.time_limit else { return work() };
    let micros = i64::try_from(limit.as_micros()).unwrap_or(i64::MAX);
    let deadline = context.world.now().saturating_add(micros);
    std::thread::scope(|scope| {
        let (done, wait) = mpsc::channel::<()>();
        scope.spawn(move || {
            while context.world.now() < deadline {
                if wait.recv_timeout(LOOK) != Err(mpsc::RecvTimeoutError::Timeout) {
                    return;
                }
            }
            context.progress.stop();
        });
        let result = work();
        drop(done);
        result
    })
}

/// `favo sync check`: token, every list, page size, clock skew, rights at the destination. One sentence each; false where a run cannot work.
pub fn check(context: &Context) -> Result<Vec<(bool, String)>> {
    let schema = crate::schema::build(&rules::selection(&context.settings, &[]))?;
    let streams: Vec<&'static tables::Stream> = schema.streams.iter().map(|stream| stream.stream).collect();
    let mut destination = crate::destination::connect(&context.settings)?;
    let mut found = context.source()?.check(&streams)?;
    match destination.check() {
        Ok(sentences) => found.extend(sentences.into_iter().map(|sentence| (true, sentence))),
        Err(error) => found.push((false, error.to_string())),
    }
    Ok(found)
}

/// What there is to sync.
#[derive(Debug, Clone)]
pub struct Discovery {
    /// The tables, with the drift that the destination's bookmarks know.
    pub schema: Schema,
    /// Custom fields of the source; empty when it was not asked.
    pub custom_fields: Vec<CustomField>,
}

/// `favo sync discover`: the tables; the source is asked for custom fields when the settings name one (a URL that is not empty).
pub fn discover(context: &Context) -> Result<Discovery> {
    let bookmarks = if context.settings.to.is_empty() {
        Vec::new()
    } else {
        crate::destination::connect(&context.settings)?.peek()?.bookmarks
    };
    let schema = crate::schema::build(&rules::selection(&context.settings, &bookmarks))?;
    let custom_fields =
        if context.settings.url.is_empty() { Vec::new() } else { context.source()?.custom_fields()? };
    Ok(Discovery { schema, custom_fields })
}
