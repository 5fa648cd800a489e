//! Where records come from: what the engine asks of a source, and the two there are.

mod favo;
mod nectar;

use std::borrow::Cow;
use std::sync::Arc;

use jiff::civil::Date;

use crate::destination::CustomField;
use crate::progress::Progress;
use crate::settings::{Settings, SourceKind};
use crate::state::FeedPosition;
use crate::tables::Stream;
use crate::{Result, World};

/// The zone of the contract's days: what the filters by day mean, whatever zone the tables are written in.
pub(crate) const ZONE: &str = "America/Sao_Paulo";

/// One answer of the source: a JSON array of records, or one record, as received after decompression.
#[derive(Debug, Clone)]
pub struct Page {
    /// The bytes.
    pub body: Vec<u8>,
    /// When it had arrived, micros since 1970.
    pub received_at: i64,
    /// The record asked about, when the page holds the records of one parent (proposals).
    pub parent: Option<i64>,
}

impl Page {
    /// The body as text; bytes that are not UTF-8 are replaced. Sources hand over UTF-8, so that this costs one look.
    pub fn text(&self) -> Cow<'_, str> {
        match std::str::from_utf8(&self.body) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(&self.body),
        }
    }
}

/// What the engine found in a page; the source decides by it how to go on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageFacts {
    /// Ids in the order of the page; a record without a readable id counts as 0.
    pub ids: Vec<i64>,
    /// Earliest and latest moment of creation, micros since 1970, of the records that have one.
    pub created: Option<(i64, i64)>,
    /// The same for the last change.
    pub updated: Option<(i64, i64)>,
}

/// Takes pages as they come, in order, on the thread that called [`Source::read`].
pub trait Sink {
    /// One page, in order. An error ends the reading.
    fn page(&mut self, page: &Page) -> Result<PageFacts>;

    /// Everything up to `mark` was handed over without a gap; the engine may commit.
    fn reached(&mut self, mark: Mark) -> Result<()>;
}

/// A point up to which a reading is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// All records created up to and including that day.
    Day(Date),
    /// All records of the parents up to this position in the list that was asked for.
    Parents(usize),
    /// A point without a name: rows may be committed, the bookmark stays.
    Somewhere,
}

/// What to read.
#[derive(Debug, Clone)]
pub enum Task {
    /// Records by day of creation, oldest first, from the day after `after`, up to and including today and whatever lies in the future. With `until`: no further than that day.
    Created {
        /// Last day that needs no reading.
        after: Option<Date>,
        /// Last day to read; none: no end.
        until: Option<Date>,
    },
    /// Records changed on that day or later.
    Updated {
        /// First day.
        from: Date,
    },
    /// All records, for streams without date filters: a walk over the pages, then one over the ids, and whatever the first did not show, one by one.
    Everything,
    /// Single records, one request each; an id the source does not know is skipped.
    Records(Vec<i64>),
    /// The records of each of these parents, one request each, in this order.
    Parents(Vec<i64>),
}

/// How a reading went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Everything asked for was handed over.
    pub complete: bool,
    /// It enumerated every record of the stream, so that what was not shown is not there.
    pub enumerated: bool,
    /// What was skipped, and other things worth a sentence.
    pub messages: Vec<String>,
}

/// What the first contact tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// The source's clock (header `Date`), micros since 1970; the local clock if it sends none.
    pub clock: i64,
    /// Source clock less local clock, seconds.
    pub skew: i64,
    /// Position of the change feed, of sources that have one.
    pub feed: Option<FeedPosition>,
}

/// One entry of a change feed: the record as it is now, or the news that it is gone.
#[derive(Debug, Clone)]
pub struct FeedPage {
    /// Name of the stream, and a page of its changed records.
    pub records: Vec<(&'static str, Page)>,
    /// Name of the stream and ids of records that are gone.
    pub deleted: Vec<(&'static str, Vec<i64>)>,
    /// Position after this page.
    pub next: FeedPosition,
    /// Whether more follows at once.
    pub more: bool,
}

/// A source of records.
pub trait Source: Sync {
    /// One cheap request with the token: is it accepted, what does the clock say.
    fn hello(&self) -> Result<Hello>;

    /// The first page of a stream, to be compared with the catalogue; none when the stream is empty or has no list.
    fn sample(&self, stream: &'static Stream) -> Result<Option<Page>>;

    /// The definitions of custom fields; empty when the source has none or the token may not see them.
    fn custom_fields(&self) -> Result<Vec<CustomField>>;

    /// Reads, handing over pages in order. `Error::Stopped` when asked to stop.
    fn read(&self, stream: &'static Stream, task: &Task, sink: &mut dyn Sink) -> Result<Outcome>;

    /// All ids of a stream, each once, ascending, by requests that ask for nothing but the id. None when the walk was not complete; the reason is in the messages.
    fn ids(&self, stream: &'static Stream, messages: &mut Vec<String>) -> Result<Option<Vec<i64>>>;

    /// Which of these ids the source no longer has: asked one by one, 404 is gone, anything else is not.
    fn gone(&self, stream: &'static Stream, ids: &[i64]) -> Result<Vec<i64>>;

    /// The changes after `position`, of the streams named; none for a source without a feed.
    fn changes(&self, position: FeedPosition, streams: &[&'static str]) -> Result<Option<FeedPage>>;

    /// Looks at everything a run needs: token, every list, page size, clock, filters honoured. One sentence each; true when a run can work.
    fn check(&self, streams: &[&'static Stream]) -> Result<Vec<(bool, String)>>;
}

/// The source that the settings name; nothing is sent yet. Fails on a URL that is none.
pub fn connect(
    settings: &Settings,
    world: &Arc<dyn World>,
    progress: &Arc<Progress>,
) -> Result<Box<dyn Source>> {
    let nectar = nectar::Nectar::new(settings, Arc::clone(world), Arc::clone(progress))?;
    Ok(match settings.source {
        SourceKind::Nectar => Box::new(nectar),
        SourceKind::Favo => Box::new(favo::Favo::new(nectar)),
    })
}
