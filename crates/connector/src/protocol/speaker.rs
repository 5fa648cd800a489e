//! A destination that says what it is given: rows become messages, one line each. What the messages look like is the business of a [`Dialect`].
//!
//! It keeps nothing, so the promise of "all or nothing" is the reader's: a state goes out only after the rows it covers, rows without a state behind them
//! come again in the next run, and whoever writes them by key has each once.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::cell::{Cell, Text};
use crate::destination::{CustomField, Destination, Known, Opened, Traits};
use crate::moment::Zone;
use crate::note::Note;
use crate::protocol::bookmarks::{Bookmarks, Saved};
use crate::protocol::json;
use crate::protocol::outlet::Outlet;
use crate::protocol::published::{Choice, Flavor, Method, Published, published};
use crate::protocol::shape::{Role, TableShape, quoted, shapes};
use crate::report::RunReport;
use crate::schema::{Origin, Schema, Type};
use crate::settings::{Deletes, Settings};
use crate::state::Bookmark;
use crate::{Error, Result, World};

/// How a protocol spells its messages. Each function appends whole lines, line feed included, unless it says otherwise.
pub(super) trait Dialect {
    /// Properties as this protocol wants them.
    fn flavor(&self) -> Flavor;

    /// Begin of a record of that stream, no whole line: up to and including the brace that opens its data.
    fn head(&self, stream: &str) -> Vec<u8>;

    /// What follows the members of a record, its closing brace first. Millis since 1970 of its page, and the version of the stream's rows.
    fn tail(&self, out: &mut Vec<u8>, received_at: i64, version: Option<i64>);

    /// Before the first record of a stream, and for streams without records before their state. `first`: its rows were never sent before.
    fn announce(&mut self, out: &mut Vec<u8>, stream: &Published, version: Option<i64>, first: bool);

    /// All rows of the stream were sent under that version.
    fn complete(&mut self, out: &mut Vec<u8>, stream: &str, version: i64);

    /// The state of these streams (names of the schema's, with their own published ones) changed.
    fn state(&mut self, out: &mut Vec<u8>, bookmarks: &Bookmarks, changed: &[Changed<'_>]);

    /// Something to be told apart from the rows.
    fn note(&mut self, out: &mut Vec<u8>, note: &Note);
}

/// A stream of the engine whose bookmark was committed.
pub(super) struct Changed<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// The streams of the protocol that its rows went to, and how many records each got since the last state; empty when it was not selected.
    pub(super) sent: Vec<(&'a Published, u64)>,
}

/// One stream of the engine.
struct Stream {
    name: &'static str,
    tables: Vec<TableShape>,
    /// Of each table, its position in `published`.
    published: Vec<Option<usize>>,
    extracted: Option<usize>,
    /// Name, and whether it is a wall clock, of the main table's mark of deletion.
    deleted: Option<(String, bool)>,
    version: Option<i64>,
    first: bool,
}

/// A record whose line is not closed.
#[derive(Clone, Copy)]
struct Unfinished {
    stream: usize,
    /// The table whose elements are being written, 0 while it is the record's own.
    table: usize,
    /// Where its line begins in the buffer.
    begin: usize,
}

/// The destination.
pub(super) struct Speaker<D> {
    dialect: D,
    out: Outlet,
    settings: Settings,
    choice: Choice,
    world: Arc<dyn World>,
    bookmarks: Bookmarks,
    zone: Option<Zone>,
    streams: Vec<Stream>,
    published: Vec<Published>,
    announced: Vec<bool>,
    /// Records sent since the last state, by position in `published`.
    counts: Vec<u64>,
    unfinished: Option<Unfinished>,
    /// When the page of the last record was received, millis since 1970.
    received_at: i64,
    /// The end of a record's line, and what it was rendered for: it is the same for a whole page.
    tail: Vec<u8>,
    tail_for: Option<(i64, Option<i64>)>,
}

impl<D: Dialect> Speaker<D> {
    pub(super) fn new(
        dialect: D,
        out: Outlet,
        settings: &Settings,
        choice: Choice,
        world: Arc<dyn World>,
        bookmarks: Bookmarks,
    ) -> Self {
        Self {
            dialect,
            out,
            settings: settings.clone(),
            choice,
            world,
            bookmarks,
            zone: None,
            streams: Vec::new(),
            published: Vec::new(),
            announced: Vec::new(),
            counts: Vec::new(),
            unfinished: None,
            received_at: 0,
            tail: Vec::new(),
            tail_for: None,
        }
    }

    fn opened(&self, streams: usize) -> Opened {
        let bookmarks = self.bookmarks.streams.iter();
        Opened {
            bookmarks: bookmarks.map(|(name, saved)| (name.clone(), saved.bookmark.clone())).collect(),
            last_run: self.bookmarks.last_run,
            ceilings: vec![None; streams],
        }
    }

    /// The version under which the rows of a stream go out: a new one for each full read, the same while one goes on over several runs.
    fn version(&self, method: Method, saved: Option<&Saved>) -> Option<i64> {
        let before = saved.and_then(|saved| saved.version);
        let goes_on = saved.is_some_and(|saved| match method {
            Method::FullTable => saved.bookmark.loading.is_some() || saved.bookmark.pass.is_some(),
            Method::LogBased => true,
            Method::Incremental => false,
        });
        match (method, before) {
            (Method::Incremental, _) => None,
            (_, Some(before)) if goes_on => Some(before),
            (_, before) => Some((self.world.now() / 1000).max(before.map_or(0, |before| before + 1))),
        }
    }

    fn announce(&mut self, at: usize, stream: usize) {
        if !std::mem::replace(&mut self.announced[at], true) {
            let Stream { version, first, .. } = self.streams[stream];
            self.dialect.announce(&mut self.out.buffer, &self.published[at], version, first);
        }
    }

    /// Closes the line of the record that is being written.
    fn finish(&mut self) -> Result<()> {
        let Some(unfinished) = self.unfinished.take() else { return Ok(()) };
        self.close_arrays(unfinished, usize::MAX);
        self.tail(unfinished.stream, self.received_at);
        self.out.message_ends()
    }

    /// Ends the array being written and writes the empty ones between it and table `next`.
    fn close_arrays(&mut self, unfinished: Unfinished, next: usize) {
        let Unfinished { stream, table, .. } = unfinished;
        if table > 0 {
            self.out.buffer.push(b']');
        }
        let between = self.streams[stream].tables.iter().take(next).skip(table + 1);
        for shape in between.filter(|shape| shape.role == Role::Elements) {
            self.out.buffer.extend_from_slice(&shape.head);
            self.out.buffer.push(b']');
        }
    }

    fn tail(&mut self, stream: usize, received_at: i64) {
        let wanted = (received_at, self.streams[stream].version);
        if self.tail_for != Some(wanted) {
            self.tail.clear();
            self.dialect.tail(&mut self.tail, wanted.0, wanted.1);
            self.tail_for = Some(wanted);
        }
        self.out.buffer.extend_from_slice(&self.tail);
    }

    /// When the page of a main row was received, millis since 1970.
    fn received_at(&self, stream: usize, row: &[Cell<'_>]) -> i64 {
        let micros = match self.streams[stream].extracted.and_then(|at| row.get(at)) {
            Some(Cell::Micros(micros)) => *micros,
            _ => return self.world.now() / 1000,
        };
        let utc = match &self.zone {
            Some(zone) => zone.moment(micros).unwrap_or(micros),
            None => micros,
        };
        utc / 1000
    }

    fn element(&mut self, stream: usize, table: usize, row: &[Cell<'_>]) -> Result<()> {
        let Some(mut unfinished) = self.unfinished.filter(|one| one.stream == stream && one.table <= table)
        else {
            return Err(Error::Destination(
                "a row of a child table came before the row of its record; this is a bug, please report it"
                    .to_owned(),
            ));
        };
        if unfinished.table == table {
            self.out.buffer.push(b',');
        } else {
            self.close_arrays(unfinished, table);
            self.out.buffer.extend_from_slice(&self.streams[stream].tables[table].head);
            unfinished.table = table;
            self.unfinished = Some(unfinished);
        }
        self.out.buffer.push(b'{');
        self.streams[stream].tables[table].members(&mut self.out.buffer, row);
        self.out.buffer.push(b'}');
        Ok(())
    }

    fn message(&mut self, stream: usize, table: usize, row: &[Cell<'_>]) -> Result<()> {
        if let Some(at) = self.streams[stream].published[table] {
            self.announce(at, stream);
            self.counts[at] += 1;
        }
        let begin = self.out.buffer.len();
        let shape = &self.streams[stream].tables[table];
        self.out.buffer.extend_from_slice(&shape.head);
        shape.members(&mut self.out.buffer, row);
        if table == 0 {
            self.unfinished = Some(Unfinished { stream, table, begin });
            return Ok(());
        }
        self.tail(stream, self.received_at);
        self.out.message_ends()
    }
}

impl<D: Dialect> Destination for Speaker<D> {
    fn traits(&self) -> Traits {
        Traits { remembers: false, evolves: false }
    }

    fn check(&mut self) -> Result<Vec<String>> {
        Ok(vec!["messages go to standard output, nothing to look at there".to_owned()])
    }

    fn peek(&mut self) -> Result<Opened> {
        Ok(self.opened(0))
    }

    fn runs(&mut self, _limit: usize) -> Result<Vec<RunReport>> {
        Ok(Vec::new())
    }

    fn open(&mut self, schema: &Schema) -> Result<Opened> {
        let hard = |deletes: Option<Deletes>| deletes == Some(Deletes::Hard);
        if hard(Some(self.settings.deletes)) || self.settings.streams.values().any(|one| hard(one.deletes)) {
            // A removal before a row is put anew looks the same here; marks are what the protocols know.
            return Err(Error::Configuration(
                "deletes cannot be hard here: targets are told by a mark and decide themselves; use soft or ignore"
                    .to_owned(),
            ));
        }
        self.published = published(&self.settings, schema, &self.choice, self.dialect.flavor());
        self.announced = vec![false; self.published.len()];
        self.counts = vec![0; self.published.len()];
        self.zone = None;
        self.streams.clear();
        for stream in &schema.streams {
            let main = &stream.tables[0];
            let civil = |at: usize| main.columns[at].kind == Type::Civil;
            let extracted = main.position_of(&Origin::ExtractedAt);
            if extracted.is_some_and(civil) && self.zone.is_none() {
                self.zone = Some(Zone::named(&schema.zone)?);
            }
            let saved = self.bookmarks.get(stream.stream.name);
            let tables =
                shapes(schema, stream, self.settings.children, &self.choice, &|name| self.dialect.head(name));
            let place = |name: &String| self.published.iter().position(|one| one.name == *name);
            self.streams.push(Stream {
                name: stream.stream.name,
                tables,
                published: stream.tables.iter().map(|table| place(&table.name)).collect(),
                extracted,
                deleted: main
                    .position_of(&Origin::DeletedAt)
                    .map(|at| (main.columns[at].name.clone(), civil(at))),
                version: self.version(Method::of(&self.settings, stream.stream), saved),
                first: saved.is_none(),
            });
        }
        Ok(self.opened(schema.streams.len()))
    }

    fn known(&mut self, _stream: usize, _ids: &[i64]) -> Result<Vec<Known>> {
        Ok(Vec::new())
    }

    fn stored(&mut self, _stream: usize, _visit: &mut dyn FnMut(i64)) -> Result<()> {
        Ok(())
    }

    fn remove(&mut self, _stream: usize, _ids: &[i64]) -> Result<()> {
        // The row that is put anew replaces the old one by its key; `open` refused hard deletes.
        Ok(())
    }

    fn put(&mut self, stream: usize, table: usize, row: &[Cell<'_>]) -> Result<()> {
        let role = self.streams[stream].tables[table].role;
        match role {
            Role::Elements => return self.element(stream, table, row),
            // Rows of the same record may still follow.
            Role::Nothing if table > 0 => return Ok(()),
            Role::Nothing | Role::Message => self.finish()?,
        }
        if table == 0 {
            self.received_at = self.received_at(stream, row);
        }
        if role == Role::Message { self.message(stream, table, row) } else { Ok(()) }
    }

    fn mark_deleted(&mut self, stream: usize, ids: &[i64], at: i64, _run: i64) -> Result<u64> {
        self.finish()?;
        let count = ids.len() as u64;
        let Some(place) = self.streams[stream].published[0] else { return Ok(count) };
        self.announce(place, stream);
        // What stays the same in these records: the two marks, and for Airbyte the cursor, by which destinations tell the newer of two records.
        let mut marks = Vec::new();
        let mut mark = |name: &str, wall: bool| {
            let shown = match &self.zone {
                Some(zone) if wall => zone.wall_clock(at).unwrap_or(at),
                _ => at,
            };
            marks.extend_from_slice(format!(",{}:", quoted(name)).as_bytes());
            json::cell(&mut marks, &Cell::Micros(shown), !wall);
        };
        let table = &self.published[place];
        let (own, wall) = self.streams[stream].deleted.clone().unwrap_or_default();
        if !own.is_empty() && self.choice.shows(&table.name, &own) {
            mark(&own, wall);
        }
        if self.dialect.flavor() == Flavor::Airbyte
            && let Some(cursor) = &table.cursor
        {
            mark(cursor, wall);
        }
        mark(self.dialect.flavor().deleted_property(), false);
        let key = quoted(table.key.first().map_or("id", String::as_str));
        for id in ids {
            self.out.buffer.extend_from_slice(&self.streams[stream].tables[0].head);
            self.out.buffer.extend_from_slice(key.as_bytes());
            self.out.buffer.push(b':');
            json::integer(&mut self.out.buffer, *id);
            self.out.buffer.extend_from_slice(&marks);
            self.tail(stream, at / 1000);
            self.out.message_ends()?;
        }
        self.counts[place] += count;
        Ok(count)
    }

    fn note(&mut self, note: &Note) -> Result<()> {
        self.finish()?;
        if let Note::RunStarted { run, .. } = note {
            self.bookmarks.last_run = *run;
        }
        self.dialect.note(&mut self.out.buffer, note);
        Ok(())
    }

    fn commit(&mut self, bookmarks: &[(&str, &Bookmark)]) -> Result<()> {
        self.finish()?;
        for (name, bookmark) in bookmarks {
            let at = self.streams.iter().position(|stream| stream.name == *name);
            let under_way = |bookmark: &Bookmark| bookmark.loading.is_some() || bookmark.pass.is_some();
            let before = self.bookmarks.get(name).map(|saved| &saved.bookmark);
            // A load that went on in this run is complete without a new enumeration.
            let went_on = before.is_some_and(under_way);
            let enumerated_before = before.and_then(|before| before.enumerated_at);
            let version = match at {
                Some(at) => self.streams[at].version,
                None => self.bookmarks.get(name).and_then(|saved| saved.version),
            };
            if let Some(at) = at {
                let renewed = bookmark.enumerated_at.is_some() && bookmark.enumerated_at != enumerated_before;
                let enumerated = !under_way(bookmark) && (renewed || went_on);
                self.settle(at, version.filter(|_| enumerated));
            }
            self.bookmarks.set(name, Saved { bookmark: (*bookmark).clone(), version });
        }
        let mut changed = Vec::with_capacity(bookmarks.len());
        for (name, _) in bookmarks {
            let mut sent = Vec::new();
            if let Some(stream) = self.streams.iter().find(|stream| stream.name == *name) {
                for &at in stream.published.iter().flatten() {
                    sent.push((&self.published[at], std::mem::take(&mut self.counts[at])));
                }
            }
            changed.push(Changed { name, sent });
        }
        if !changed.is_empty() {
            self.dialect.state(&mut self.out.buffer, &self.bookmarks, &changed);
        }
        self.out.flush()
    }

    fn custom_fields(&mut self, _stream: usize, _fields: &[CustomField]) -> Result<()> {
        Ok(())
    }

    fn close(mut self: Box<Self>) -> Result<()> {
        // A record that was not committed may lack some of its children; it comes again, so its line is taken back.
        if let Some(unfinished) = self.unfinished.take() {
            self.out.buffer.truncate(unfinished.begin);
        }
        self.out.flush()
    }
}

impl<D: Dialect> Speaker<D> {
    /// Announces the tables of a stream that had no record, and closes a full read.
    fn settle(&mut self, stream: usize, complete: Option<i64>) {
        let places: BTreeSet<usize> = self.streams[stream].published.iter().flatten().copied().collect();
        for at in places {
            self.announce(at, stream);
            if let Some(version) = complete {
                self.dialect.complete(&mut self.out.buffer, &self.published[at].name, version);
            }
        }
    }
}

/// A string in a message.
pub(super) fn push_text(out: &mut Vec<u8>, text: &str) {
    json::text(out, Text::of(text));
}
