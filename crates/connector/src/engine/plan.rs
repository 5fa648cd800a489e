//! The dry run: what a run would read and write, found by reading what it would read and writing nothing.

use super::load::How;
use super::run::Run;
use super::survey::{self, Start};
use super::{Context, intake, merge};
use crate::Result;
use crate::destination::Destination;
use crate::progress::Progress;
use crate::source::{Source, Task};
use crate::tables::Reading;

/// What a run would do with one stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Planned {
    /// The stream.
    pub stream: String,
    /// `first load`, `increment`, `full`, `change feed`, `per opportunity`.
    pub how: String,
    /// From where: a date, a feed position, or empty.
    pub from: String,
    /// Whether a sweep is due.
    pub sweep: bool,
    /// Rows that differ or are new, as far as they can be told without writing: none when the destination is empty.
    pub rows: Option<u64>,
    /// Deletes that the sweep would mark; none when it is not due.
    pub deletes: Option<u64>,
    /// Requests it takes, as far as known.
    pub requests: u64,
}

/// `favo sync plan`: a dry run that writes nothing.
pub fn plan(context: &Context) -> Result<Vec<Planned>> {
    plan_between(context, &*context.source()?, crate::destination::connect(&context.settings)?)
}

pub(super) fn plan_between(
    context: &Context,
    source: &dyn Source,
    destination: Box<dyn Destination>,
) -> Result<Vec<Planned>> {
    let mut run = survey::open(context, source, destination, "plan", Start::Dry)?;
    let count = run.schema.streams.len();
    let mut planned = Vec::with_capacity(count);
    let members: Vec<usize> = (0..count).filter(|&at| run.follows_feed(at)).collect();
    let from: Vec<String> = run
        .bookmarks
        .iter()
        .map(|bookmark| bookmark.feed.map_or(String::new(), |feed| feed.to_string()))
        .collect();
    let before = requests(context);
    let followed = members.is_empty() || run.follow(&members)?;
    let feed_requests = requests(context) - before;
    for (at, from) in from.into_iter().enumerate() {
        if followed && members.contains(&at) {
            planned.push(Planned {
                stream: run.stream(at).name.to_owned(),
                how: "change feed".to_owned(),
                from,
                rows: Some(written(&run, at)),
                deletes: Some(run.tables[at][0].deleted),
                // One pass serves all streams: it is counted once.
                requests: if members.first() == Some(&at) { feed_requests } else { 0 },
                ..Planned::default()
            });
        } else {
            planned.push(run.plan_stream(at)?);
        }
    }
    run.destination.close()?;
    Ok(planned)
}

fn requests(context: &Context) -> u64 {
    Progress::get(&context.progress.requests)
}

fn written(run: &Run<'_>, at: usize) -> u64 {
    run.tables[at][0].inserted + run.tables[at][0].updated
}

impl Run<'_> {
    fn plan_stream(&mut self, at: usize) -> Result<Planned> {
        let stream = self.stream(at);
        let before = requests(self.context);
        let due = self.traits.remembers
            && self.rules[at].sweep_due(self.bookmarks[at].enumerated_at, self.started_at);
        let mut planned = Planned { stream: stream.name.to_owned(), sweep: due, ..Planned::default() };
        let task = match stream.reading {
            Reading::Whole => {
                planned.how = String::from("full");
                Some(Task::Everything)
            }
            Reading::PerRecordOf(parent) => {
                planned.how = String::from("per opportunity");
                self.plan_proposals(at, parent, &mut planned)?;
                return Ok(planned);
            }
            Reading::Dated => match self.how(at) {
                How::Load => {
                    planned.how = String::from("first load");
                    planned.from = self.context.settings.since.map_or(String::new(), |day| day.to_string());
                    None
                }
                How::Resume => {
                    planned.how = String::from("first load");
                    let through = self.bookmarks[at].loading.as_ref().and_then(|loading| loading.through);
                    planned.from = through.map_or(String::new(), |day| day.to_string());
                    None
                }
                How::Full => {
                    planned.how = String::from("full");
                    Some(Task::Created {
                        after: self.context.settings.since.map(super::rules::yesterday),
                        until: None,
                    })
                }
                How::Increment(from) => {
                    planned.how = String::from("increment");
                    planned.from = from.to_string();
                    Some(Task::Updated { from })
                }
            },
        };
        let empty = self.ceilings[at] == i64::MIN;
        let Some(task) = task.filter(|_| !empty) else { return Ok(planned) };
        let trust = if planned.how == "full" { merge::Trust::Fresh } else { merge::Trust::Newest };
        let outcome = self.read(at, &task, trust, intake::Track::Nothing)?;
        planned.rows = Some(written(self, at));
        planned.deletes = self.plan_deletes(at, due, outcome.enumerated)?;
        planned.requests = requests(self.context) - before;
        Ok(planned)
    }

    fn plan_deletes(&mut self, at: usize, due: bool, enumerated: bool) -> Result<Option<u64>> {
        if enumerated {
            let seen = std::mem::take(&mut self.seen[at]);
            let compared = self.compare(at, &seen);
            self.seen[at] = seen;
            return compared.map(|(gone, _)| Some(gone.len() as u64));
        }
        if !due {
            return Ok(None);
        }
        let mut messages = Vec::new();
        let Some(ids) = self.source.ids(self.stream(at), &mut messages)? else { return Ok(None) };
        let (gone, _) = self.compare(at, &ids.into_iter().collect())?;
        Ok(Some(gone.len() as u64))
    }

    /// One request for each opportunity that waits, or for each there is.
    fn plan_proposals(&mut self, at: usize, parent: &str, planned: &mut Planned) -> Result<()> {
        let Some(parents) = self.schema.position(parent) else { return Ok(()) };
        let bookmark = &self.bookmarks[at];
        let pass = bookmark.enumerated_at.is_none()
            || bookmark.pass.is_some()
            || planned.sweep
            || !self.same_shape(at);
        if pass {
            let from = bookmark.pass.filter(|_| self.same_shape(at)).unwrap_or(i64::MIN);
            let mut count = 0;
            self.destination.stored(parents, &mut |id| count += u64::from(id > from))?;
            planned.requests = count + written(self, parents);
        } else {
            planned.requests = self.bookmarks[at].pending.len() as u64 + written(self, parents);
            planned.rows = (planned.requests == 0).then_some(0);
        }
        Ok(())
    }
}
