//! Parquet, CSV and JSON Lines files, in a local directory or an S3-compatible store.
//!
//! # What lies where
//!
//! ```text
//! DIR/nectarcrm_contatos/00000007-00000012.parquet   rows: segment 7 as commit 12 wrote it
//! DIR/nectarcrm_contatos/00000000-00000001.parquet   no rows: the columns, for a table that has none yet
//! DIR/_favo/manifest/000000012.json                  what commit 12 consists of; the newest is the truth
//! DIR/_favo/index/contatos-000000012.keys            id, hash, moment of change and segment of records
//! DIR/_favo/log/000000012.jsonl                      runs, schema events, rejected records
//! DIR/_favo/lock                                     held by the run that writes
//! ```
//!
//! `read_parquet('DIR/nectarcrm_contatos/*.parquet')` is the table as it is now: one row for each key, the same columns in every file. A segment holds up to 50,000
//! records with all rows of theirs, one file for each table. It is copied on write: rows that change leave their segment, which is written anew without them under
//! the number of the commit, and come back in a new one. Row groups and lines that are not concerned are copied as bytes.
//!
//! A commit writes its files in `_favo/tmp`, syncs and renames them, then creates the manifest, then removes what the manifest no longer names. Killed before the
//! manifest, the next `open` removes what no manifest names; killed after it, the same cleaning ends the work. A reader that follows the newest
//! manifest sees whole commits always. One that takes all files of a folder sees them except for the moment between the first rename and the last removal
//! (milliseconds in a directory, seconds in a store), in which rows that changed can be seen twice.

#[cfg(test)]
mod bench;
#[cfg(test)]
mod crash;
mod format;
mod index;
mod local;
mod log;
mod manifest;
mod parquet_rewrite;
mod parquet_write;
mod place;
#[cfg(test)]
mod readers;
mod s3;
#[cfg(test)]
mod s3_tests;
mod shape;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod text;
mod text_rewrite;
mod work;

use std::collections::BTreeSet;

pub(super) use format::Format;

use self::index::State;
use self::local::Local;
use self::manifest::Manifest;
use self::place::{Place, trouble};
use self::s3::{Access, S3};
use self::shape::Mark;
use self::work::{Names, Staged, Work};
use super::{CustomField, Destination, Known, Opened, Traits};
use crate::cell::Cell;
use crate::moment::Zone;
use crate::note::Note;
use crate::report::RunReport;
use crate::schema::Schema;
use crate::settings::Settings;
use crate::state::Bookmark;
use crate::{Error, Result};

/// Rows wait in memory up to that share of `Settings::memory_limit`: encoding and the growth of buffers take as much again.
const BUFFERED: usize = 8;

/// The destination.
#[derive(Debug)]
pub(super) struct Files {
    format: Format,
    place: Box<dyn Place>,
    buffer_limit: usize,
    open: Option<Open>,
}

/// What there is between `open` and `close`.
#[derive(Debug)]
struct Open {
    manifest: Manifest,
    streams: Vec<Work>,
    zone: Zone,
    names: Names,
    notes: Vec<u8>,
    last_run: i64,
    /// Rows put since the buffers were last measured.
    unmeasured: usize,
    /// The last run that others began: if it has no end, it was killed.
    last_of_others: i64,
    /// A commit or a row failed: what it left is cleaned up by the next `open`, and nothing can be added to it.
    broken: bool,
}

impl Files {
    pub(super) fn new(format: Format, place: &str, settings: &Settings) -> Result<Self> {
        if place.is_empty() {
            return Err(Error::Configuration(format!(
                "--to {}: needs a directory, such as {}:warehouse",
                format.extension(),
                format.extension()
            )));
        }
        if let Some((stream, _)) = settings.streams.iter().find(|(_, stream)| stream.history) {
            return Err(Error::Configuration(format!(
                "history of {stream} is kept by SQL destinations only; take it out of the settings or use sqlite: or postgres:"
            )));
        }
        let place: Box<dyn Place> = match place.strip_prefix("s3://") {
            Some(bucket) => Box::new(S3::new(bucket, &Access::from_environment()?)?),
            None => Box::new(Local::new(place)),
        };
        Ok(Self::at(format, place, settings))
    }

    fn at(format: Format, place: Box<dyn Place>, settings: &Settings) -> Self {
        Self { format, place, buffer_limit: settings.memory_limit / BUFFERED, open: None }
    }

    /// The work of a stream, unless a commit failed.
    fn work(&mut self, stream: usize) -> Result<(&mut Work, &mut Names)> {
        let open = usable(self.open.as_mut())?;
        match open.streams.get_mut(stream) {
            Some(work) => Ok((work, &mut open.names)),
            None => {
                Err(Error::Destination("there is no such stream; this is a bug of this program".to_owned()))
            }
        }
    }

    /// Removes what a killed run left: files of our pattern that the manifest does not name.
    fn recover(&mut self, manifest: &Manifest, schema: &Schema) -> Result<()> {
        let named = manifest.named();
        let mut folders: BTreeSet<&str> = schema
            .streams
            .iter()
            .flat_map(|stream| &stream.tables)
            .map(|table| table.name.as_str())
            .collect();
        folders.extend(
            manifest.streams.values().flat_map(|stream| &stream.tables).map(|table| table.name.as_str()),
        );
        for folder in folders.into_iter().chain(["_favo/index", "_favo/log"]) {
            for file in self.place.list(folder)? {
                let path = format!("{folder}/{file}");
                if is_ours(&file, self.format) && !named.contains(path.as_str()) {
                    self.place.delete(&path)?;
                }
            }
        }
        Ok(())
    }

    fn opened(manifest: &Manifest) -> Opened {
        let bookmarks = manifest
            .streams
            .iter()
            .filter_map(|(name, stream)| stream.bookmark.clone().map(|bookmark| (name.clone(), bookmark)))
            .collect();
        Opened { bookmarks, last_run: manifest.last_run, ceilings: Vec::new() }
    }
}

fn usable(open: Option<&mut Open>) -> Result<&mut Open> {
    match open {
        Some(open) if !open.broken => Ok(open),
        Some(_) => Err(Error::Destination("an earlier step of this run failed; run again".to_owned())),
        None => {
            Err(Error::Destination("the destination is not open; this is a bug of this program".to_owned()))
        }
    }
}

/// Whether a file's name is one that this program gives: digits, `-` and an ending of ours. Everything else in the folders is not ours to remove.
fn is_ours(name: &str, format: Format) -> bool {
    let digits =
        |text: &str, count: usize| text.len() >= count && text.bytes().all(|byte| byte.is_ascii_digit());
    match name.rsplit_once('.') {
        Some((stem, "keys")) => stem.rsplit_once('-').is_some_and(|(_, number)| digits(number, 9)),
        Some((stem, "jsonl")) if digits(stem, 9) => true,
        Some((stem, ending)) if ending == format.extension() => {
            stem.split_once('-').is_some_and(|(segment, number)| digits(segment, 8) && digits(number, 8))
        }
        _ => false,
    }
}

impl Open {
    /// Makes everything since the last commit durable.
    fn commit(&mut self, place: &mut dyn Place, bookmarks: &[(&str, &Bookmark)]) -> Result<()> {
        let number = self.manifest.number + 1;
        let mut next = self.manifest.clone();
        let mut staged: Staged = Vec::new();
        for work in &mut self.streams {
            let state = next.streams.entry(work.name.to_owned()).or_default();
            work.settle(place, state, number, &mut self.names, &mut staged)?;
        }
        if let Some((name, body)) = log::settle(place, &mut next.log, number, &self.notes)? {
            let path = self.names.fresh();
            std::fs::write(&path, body).map_err(|error| trouble("write", path.display(), &error))?;
            staged.push((path, name));
        }
        for (stream, bookmark) in bookmarks {
            next.streams.entry((*stream).to_owned()).or_default().bookmark = Some((*bookmark).clone());
        }
        next.last_run = self.last_run;
        if next == self.manifest {
            return Ok(());
        }
        next.number = number;
        for (path, name) in &staged {
            place.publish(path, name)?;
        }
        place.settle()?;
        if !next.publish(place)? {
            return Err(Error::Destination(format!(
                "another run wrote to {} at the same time; run again",
                place.describe()
            )));
        }
        // Committed. What follows only saves space, and the next `open` does it again if it fails.
        let named = next.named();
        for old in self.manifest.named() {
            if !named.contains(old) {
                let _ = place.delete(old);
            }
        }
        let _ = next.forget_old(place);
        self.notes.clear();
        self.manifest = next;
        Ok(())
    }
}

impl Destination for Files {
    fn traits(&self) -> Traits {
        Traits { remembers: true, evolves: false }
    }

    fn check(&mut self) -> Result<Vec<String>> {
        let mut said = self.place.check()?;
        if let Some(manifest) = Manifest::newest(&*self.place, self.format.extension())? {
            said.push(format!("it holds commit {} of run {}", manifest.number, manifest.last_run));
        }
        Ok(said)
    }

    fn peek(&mut self) -> Result<Opened> {
        Ok(Manifest::newest(&*self.place, self.format.extension())?
            .as_ref()
            .map(Self::opened)
            .unwrap_or_default())
    }

    fn runs(&mut self, limit: usize) -> Result<Vec<RunReport>> {
        match Manifest::newest(&*self.place, self.format.extension())? {
            Some(manifest) => {
                let others = self.open.as_ref().map_or(manifest.last_run - 1, |open| open.last_of_others);
                log::runs(&*self.place, &manifest, limit, others)
            }
            None => Ok(Vec::new()),
        }
    }

    fn open(&mut self, schema: &Schema) -> Result<Opened> {
        let zone = Zone::named(&schema.zone)?;
        // What does not fit is said before anything is created.
        if self.open.is_some() {
            return Err(Error::Destination(
                "the destination is open already; this is a bug of this program".to_owned(),
            ));
        }
        self.place.lock()?;
        let opened = self.open_locked(schema, zone);
        if opened.is_err() {
            self.open = None;
            let _ = self.place.unlock();
        }
        opened
    }

    fn known(&mut self, stream: usize, ids: &[i64]) -> Result<Vec<Known>> {
        let (work, _) = self.work(stream)?;
        let civil = work.civil;
        let mut sorted = ids.to_vec();
        sorted.sort_unstable();
        let mut known = Vec::with_capacity(ids.len());
        for id in sorted {
            if let Some(entry) = work.find(id)? {
                known.push(Known {
                    id,
                    hash: entry.hash,
                    updated: entry.updated,
                    deleted: entry.state == State::Deleted,
                });
            }
        }
        if civil && let Some(open) = &self.open {
            for one in &mut known {
                one.updated = one.updated.and_then(|wall| open.zone.moment(wall));
            }
        }
        Ok(known)
    }

    fn stored(&mut self, stream: usize, visit: &mut dyn FnMut(i64)) -> Result<()> {
        let (work, _) = self.work(stream)?;
        work.visit(&mut |entry| {
            if entry.state == State::Live {
                visit(entry.id);
            }
        })
    }

    fn remove(&mut self, stream: usize, ids: &[i64]) -> Result<()> {
        let (work, names) = self.work(stream)?;
        for id in ids {
            work.remove(*id, names)?;
        }
        Ok(())
    }

    fn put(&mut self, stream: usize, table: usize, row: &[Cell<'_>]) -> Result<()> {
        let limit = self.buffer_limit;
        let open = usable(self.open.as_mut())?;
        let Some(work) = open.streams.get_mut(stream) else {
            return Err(Error::Destination(
                "there is no such stream; this is a bug of this program".to_owned(),
            ));
        };
        if let Err(error) = work.put(table, row, &mut open.names) {
            // Some columns may have the row and others not.
            open.broken = true;
            return Err(error);
        }
        open.unmeasured += 1;
        // Measuring walks over the files that are open: not for every row.
        if open.unmeasured >= 64 {
            open.unmeasured = 0;
            let total: usize = open.streams.iter().map(|work| work.buffered().0).sum();
            if total > limit
                && let Some(work) = open.streams.iter_mut().max_by_key(|work| work.buffered().1)
            {
                let (_, _, table) = work.buffered();
                work.flush(table)?;
            }
        }
        Ok(())
    }

    fn mark_deleted(&mut self, stream: usize, ids: &[i64], at: i64, run: i64) -> Result<u64> {
        let civil = self.open.as_ref().and_then(|open| open.zone.wall_clock(at)).unwrap_or(at);
        let (work, names) = self.work(stream)?;
        let mut marked = 0;
        for id in ids {
            marked += u64::from(work.mark(*id, Mark { at, civil, run }, names)?);
        }
        Ok(marked)
    }

    fn note(&mut self, note: &Note) -> Result<()> {
        let open = usable(self.open.as_mut())?;
        match note {
            Note::RunStarted { run, .. } => open.last_run = open.last_run.max(*run),
            Note::RunFinished(report) => open.last_run = open.last_run.max(report.run),
            Note::SchemaEvent(_) | Note::Rejected(_) => {}
        }
        log::spell(note, &mut open.notes)
    }

    fn commit(&mut self, bookmarks: &[(&str, &Bookmark)]) -> Result<()> {
        let open = usable(self.open.as_mut())?;
        open.broken = true;
        open.commit(&mut *self.place, bookmarks)?;
        open.broken = false;
        Ok(())
    }

    fn custom_fields(&mut self, _stream: usize, _fields: &[CustomField]) -> Result<()> {
        // There are no views over files.
        Ok(())
    }

    fn close(mut self: Box<Self>) -> Result<()> {
        self.open = None;
        self.place.unlock()
    }
}

impl Files {
    fn open_locked(&mut self, schema: &Schema, zone: Zone) -> Result<Opened> {
        let format = self.format.extension();
        let manifest = Manifest::newest(&*self.place, format)?.unwrap_or_else(|| Manifest::nothing(format));
        let mut streams = Vec::with_capacity(schema.streams.len());
        for stream in &schema.streams {
            streams.push(Work::new(
                &*self.place,
                self.format,
                stream,
                manifest.streams.get(stream.stream.name),
            )?);
        }
        self.recover(&manifest, schema)?;
        let mut opened = Self::opened(&manifest);
        for work in &mut streams {
            opened.ceilings.push(work.ceiling()?);
        }
        let grown = streams.iter().any(|work| work.shapes.iter().any(|shape| shape.grown));
        let last_run = manifest.last_run;
        let names = Names { folder: self.place.staging().to_owned(), next: 0 };
        let open = self.open.insert(Open {
            manifest,
            streams,
            zone,
            names,
            notes: Vec::new(),
            last_run,
            last_of_others: last_run,
            unmeasured: 0,
            broken: false,
        });
        if grown {
            // Every file of a table has the same columns, always.
            open.commit(&mut *self.place, &[])?;
        }
        Ok(opened)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        self.open = None;
        let _ = self.place.unlock();
    }
}
