//! What a group does to one stream: new rows go to a new segment, changes of older rows are collected by segment, and both become files at the commit.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::path::{Path, PathBuf};

use super::format::{Format, Writer};
use super::index::{self, Entry, Run, RunWriter, State};
use super::manifest::{IndexFile, Part, Segment, StreamState};
use super::parquet_rewrite::Input;
use super::place::{Place, trouble};
use super::shape::{Edit, Mark, Rewritten, Shape};
use crate::cell::Cell;
use crate::schema::{Origin, StreamSchema, Type};
use crate::{Error, Result};

/// A segment is closed at so many records.
const SEGMENT_RECORDS: u64 = 50_000;
/// A segment of fewer records waits to be put together with others.
const SMALL_RECORDS: u64 = 4_096;
/// So many small segments are put together.
const SMALL_SEGMENTS: usize = 8;
/// Entries kept in memory before they become a run of their own: 5 MB.
const OVERLAY: usize = 50_000;

/// Files staged for a commit: where each lies and what it will be called.
pub(super) type Staged = Vec<(PathBuf, String)>;

/// Makes names for files being written.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) folder: PathBuf,
    pub(super) next: u64,
}

impl Names {
    pub(super) fn fresh(&mut self) -> PathBuf {
        self.next += 1;
        self.folder.join(self.next.to_string())
    }
}

/// The segment that new rows go to.
#[derive(Debug)]
struct OpenSegment {
    number: u32,
    records: u64,
    files: Vec<Option<(Writer, PathBuf)>>,
}

/// One stream in a group.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) name: &'static str,
    pub(super) shapes: Vec<Shape>,
    format: Format,
    /// Positions in a main row.
    id: usize,
    hash: Option<usize>,
    deleted: Option<usize>,
    cursor: Option<usize>,
    /// Whether the cursor is wall-clock time.
    pub(super) civil: bool,
    /// Oldest first; those this group spilled are at the end and have a staged path.
    runs: Vec<(Run, Option<PathBuf>)>,
    overlay: HashMap<i64, Entry>,
    moved: BTreeMap<u32, u32>,
    open: Option<OpenSegment>,
    /// New segments that are full: their files are staged.
    sealed: Vec<Pending>,
    edits: BTreeMap<u32, HashMap<i64, Edit>>,
    /// Records that left a segment in this group.
    left: HashMap<u32, u64>,
    next_segment: u32,
}

impl Work {
    /// Opens what is there of the stream.
    pub(super) fn new(
        place: &dyn Place,
        format: Format,
        stream: &StreamSchema,
        state: Option<&StreamState>,
    ) -> Result<Self> {
        let nothing = StreamState::default();
        let state = state.unwrap_or(&nothing);
        let mut shapes = Vec::with_capacity(stream.tables.len());
        for table in &stream.tables {
            shapes.push(Shape::new(table, state.tables.iter().find(|one| one.name == table.name))?);
        }
        if let Some(other) =
            state.tables.iter().find(|one| !shapes.iter().any(|shape| shape.name == one.name))
        {
            return Err(Error::Destination(format!(
                "{} holds the table {} of another prefix or layout; choose another directory, or remove this one and load anew",
                place.describe(),
                other.name
            )));
        }
        let mut runs = Vec::with_capacity(state.index.len());
        for file in &state.index {
            runs.push((Run::open(fetch(place, &file.path)?, &file.path)?, None));
        }
        let main = &stream.tables[0];
        Ok(Self {
            name: stream.stream.name,
            shapes,
            format,
            id: main.owner,
            hash: main.position_of(&Origin::Hash),
            deleted: main.position_of(&Origin::DeletedAt),
            cursor: stream.cursor,
            civil: stream.cursor.is_some_and(|at| main.columns[at].kind == Type::Civil),
            runs,
            overlay: HashMap::new(),
            moved: state.moved.clone(),
            open: None,
            sealed: Vec::new(),
            edits: BTreeMap::new(),
            left: HashMap::new(),
            next_segment: state.next_segment.max(1),
        })
    }

    /// The greatest id that is there.
    pub(super) fn ceiling(&mut self) -> Result<Option<i64>> {
        index::ceiling(&mut self.runs.iter_mut().map(|(run, _)| run).collect::<Vec<_>>())
    }

    /// What is known of a record, this group's work included; removed ones are not there.
    pub(super) fn find(&mut self, id: i64) -> Result<Option<Entry>> {
        let mut found = self.overlay.get(&id).copied();
        if found.is_none() {
            for (run, _) in self.runs.iter_mut().rev() {
                found = run.find(id)?;
                if found.is_some() {
                    break;
                }
            }
        }
        Ok(found.filter(|entry| entry.state != State::Removed).map(|mut entry| {
            entry.segment = self.moved.get(&entry.segment).copied().unwrap_or(entry.segment);
            entry
        }))
    }

    /// Visits every record that is there, ascending.
    pub(super) fn visit(&self, visit: &mut dyn FnMut(&Entry)) -> Result<()> {
        let runs: Vec<&Run> = self.runs.iter().map(|(run, _)| run).collect();
        index::merged(&runs, &self.fresh(), &mut |entry| {
            if entry.state != State::Removed {
                visit(&entry);
            }
            Ok(())
        })
    }

    fn fresh(&self) -> Vec<Entry> {
        let mut fresh: Vec<Entry> = self.overlay.values().copied().collect();
        fresh.sort_unstable_by_key(|entry| entry.id);
        fresh
    }

    fn remember(&mut self, entry: Entry, names: &mut Names) -> Result<()> {
        self.overlay.insert(entry.id, entry);
        if self.overlay.len() >= OVERLAY {
            let path = names.fresh();
            let mut writer = RunWriter::create(&path)?;
            for entry in self.fresh() {
                writer.push(&entry)?;
            }
            writer.finish()?;
            self.runs.push((open_run(&path)?, Some(path)));
            self.overlay.clear();
        }
        Ok(())
    }

    /// Adds a row to a table.
    pub(super) fn put(&mut self, table: usize, row: &[Cell<'_>], names: &mut Names) -> Result<()> {
        if let Some(shape) = self.shapes.get(table)
            && shape.width != row.len()
        {
            return Err(Error::Destination(format!(
                "a row of {} has {} cells instead of {}; this is a bug of this program",
                shape.name,
                row.len(),
                shape.width
            )));
        }
        if table == 0 {
            if self.open.as_ref().is_some_and(|open| open.records >= SEGMENT_RECORDS) {
                self.seal()?;
            }
            let segment = self.open.as_ref().map_or(self.next_segment, |open| open.number);
            let id = match row.get(self.id) {
                Some(Cell::Integer(id)) => *id,
                // The layout `kondado` has doubles for ids; those of the source are whole and far below 2^53.
                Some(Cell::Double(id)) => *id as i64,
                _ => {
                    return Err(Error::Destination(format!(
                        "a row of {} has no id; this is a bug of this program",
                        self.shapes[0].name
                    )));
                }
            };
            let micros = |at: Option<usize>| match at.and_then(|at| row.get(at)) {
                Some(Cell::Micros(micros)) => Some(*micros),
                _ => None,
            };
            let hash = match self.hash.and_then(|at| row.get(at)) {
                Some(Cell::Hash(hash)) => *hash,
                _ => 0,
            };
            let state = if micros(self.deleted).is_some() { State::Deleted } else { State::Live };
            let updated = micros(self.cursor);
            self.remember(Entry { id, updated, hash, segment, state }, names)?;
            if self.open.is_none() {
                self.open = Some(OpenSegment {
                    number: self.next_segment,
                    records: 0,
                    files: self.shapes.iter().map(|_| None).collect(),
                });
                self.next_segment += 1;
            }
        }
        let (Some(open), Some(shape)) = (&mut self.open, self.shapes.get(table)) else {
            return Err(Error::Destination(format!(
                "a row of a child table of {} came before its record; this is a bug of this program",
                self.name
            )));
        };
        if table == 0 {
            open.records += 1;
        }
        if open.files[table].is_none() {
            let path = names.fresh();
            open.files[table] = Some((Writer::create(self.format, shape, &path)?, path));
        }
        match &mut open.files[table] {
            Some((writer, _)) => writer.row(shape, row),
            None => Ok(()),
        }
    }

    /// Bytes that wait in memory, and the table that has most of them.
    pub(super) fn buffered(&self) -> (usize, usize, usize) {
        let (mut total, mut most, mut table) = (0, 0, 0);
        for (at, file) in self.open.iter().flat_map(|open| open.files.iter().enumerate()) {
            let bytes = file.as_ref().map_or(0, |(writer, _)| writer.buffered());
            total += bytes;
            if bytes > most {
                (most, table) = (bytes, at);
            }
        }
        (total, most, table)
    }

    /// Takes what waits for that table out of memory.
    pub(super) fn flush(&mut self, table: usize) -> Result<()> {
        match self.open.as_mut().and_then(|open| open.files[table].as_mut()) {
            Some((writer, _)) => writer.flush(&self.shapes[table]),
            None => Ok(()),
        }
    }

    /// Takes a record out; false if it was not there.
    pub(super) fn remove(&mut self, id: i64, names: &mut Names) -> Result<bool> {
        let Some(entry) = self.find(id)? else { return Ok(false) };
        let dead_before: Box<[u64]> = match &self.open {
            // Rows that come later have the same id and stay.
            Some(open) if open.number == entry.segment => {
                open.files.iter().map(|file| file.as_ref().map_or(0, |(writer, _)| writer.rows())).collect()
            }
            _ => self.shapes.iter().map(|_| u64::MAX).collect(),
        };
        let edits = self.edits.entry(entry.segment).or_default();
        edits.insert(id, Edit { dead_before: Some(dead_before), mark: None });
        *self.left.entry(entry.segment).or_default() += 1;
        self.remember(Entry { state: State::Removed, ..entry }, names)?;
        Ok(true)
    }

    /// Marks a record deleted; false if it was not there or is marked.
    pub(super) fn mark(&mut self, id: i64, mark: Mark, names: &mut Names) -> Result<bool> {
        let Some(entry) = self.find(id)?.filter(|entry| entry.state == State::Live) else { return Ok(false) };
        self.edits.entry(entry.segment).or_default().entry(id).or_default().mark = Some(mark);
        self.remember(Entry { state: State::Deleted, ..entry }, names)?;
        Ok(true)
    }

    fn seal(&mut self) -> Result<()> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let mut files = Vec::with_capacity(open.files.len());
        for (file, shape) in open.files.into_iter().zip(&self.shapes) {
            files.push(match file {
                Some((writer, path)) => {
                    let rows = writer.finish(shape)?;
                    Some(Source::Staged(path, rows))
                }
                None => None,
            });
        }
        self.sealed.push(Pending { number: open.number, records: open.records, files });
        Ok(())
    }

    /// Turns the group's work into staged files and into the state that the next manifest describes.
    pub(super) fn settle(
        &mut self,
        place: &dyn Place,
        state: &mut StreamState,
        number: u64,
        names: &mut Names,
        staged: &mut Staged,
    ) -> Result<()> {
        self.seal()?;
        self.name_empty_files(state, number, names, staged)?;
        let grown: Vec<bool> = self.shapes.iter().map(|shape| shape.grown).collect();
        // Old segments first, then this group's, all treated alike: a list of files that are staged or in place.
        let mut segments: Vec<Pending> = Vec::with_capacity(state.segments.len() + self.sealed.len());
        for segment in std::mem::take(&mut state.segments) {
            let file = |shape: &Shape| {
                segment
                    .files
                    .iter()
                    .find(|part| part.table == shape.name)
                    .map(|part| Source::InPlace(part.clone()))
            };
            let files = self.shapes.iter().map(file).collect();
            segments.push(Pending { number: segment.segment, records: segment.records, files });
        }
        segments.append(&mut self.sealed);
        for segment in &mut segments {
            segment.records =
                segment.records.saturating_sub(self.left.get(&segment.number).copied().unwrap_or(0));
            let edits = self.edits.get(&segment.number);
            if edits.is_none() && !grown.contains(&true) {
                continue;
            }
            for (table, file) in segment.files.iter_mut().enumerate() {
                if edits.is_none() && !grown[table] {
                    continue;
                }
                let Some(source) = file else { continue };
                let out = names.fresh();
                let inputs = vec![source.input(place, edits)?];
                match self.format.rewrite(&self.shapes[table], table, inputs, &out)? {
                    Rewritten::Untouched => {}
                    Rewritten::Rows(0) => *file = None,
                    Rewritten::Rows(rows) => *file = Some(Source::Staged(out, rows)),
                }
            }
        }
        segments.retain(|segment| segment.files.iter().any(Option::is_some));
        self.put_small_together(place, &mut segments, names)?;
        for segment in segments {
            let mut files = Vec::new();
            for (shape, source) in self.shapes.iter().zip(segment.files) {
                match source {
                    Some(Source::InPlace(part)) => files.push(part),
                    Some(Source::Staged(path, rows)) => {
                        let name = format!(
                            "{}/{:08}-{number:08}.{}",
                            shape.name,
                            segment.number,
                            self.format.extension()
                        );
                        let bytes = size(&path)?;
                        files.push(Part { table: shape.name.clone(), path: name.clone(), rows, bytes });
                        staged.push((path, name));
                    }
                    None => {}
                }
            }
            state.segments.push(Segment { segment: segment.number, records: segment.records, files });
        }
        self.settle_index(state, number, names, staged)?;
        state.next_segment = self.next_segment;
        self.edits.clear();
        self.left.clear();
        for shape in &mut self.shapes {
            shape.grown = false;
        }
        Ok(())
    }

    /// Every table has a file from its first commit on, so that readers find the table and its columns before it has rows.
    fn name_empty_files(
        &self,
        state: &mut StreamState,
        number: u64,
        names: &mut Names,
        staged: &mut Staged,
    ) -> Result<()> {
        let mut tables = Vec::with_capacity(self.shapes.len());
        for shape in &self.shapes {
            let before = state.tables.iter().find(|table| table.name == shape.name);
            let empty = match before.and_then(|table| table.empty.clone()).filter(|_| !shape.grown) {
                Some(path) => path,
                None => {
                    let name = format!("{}/{:08}-{number:08}.{}", shape.name, 0, self.format.extension());
                    let path = names.fresh();
                    Writer::create(self.format, shape, &path)?.finish(shape)?;
                    staged.push((path, name.clone()));
                    name
                }
            };
            tables.push(shape.state(Some(empty)));
        }
        state.tables = tables;
        Ok(())
    }

    /// Increments leave small segments behind: so many of them become one.
    fn put_small_together(
        &mut self,
        place: &dyn Place,
        segments: &mut Vec<Pending>,
        names: &mut Names,
    ) -> Result<()> {
        let is_small = |segment: &Pending| segment.records < SMALL_RECORDS;
        if segments.iter().filter(|segment| is_small(segment)).count() < SMALL_SEGMENTS {
            return Ok(());
        }
        let (small, large): (Vec<Pending>, Vec<Pending>) =
            std::mem::take(segments).into_iter().partition(is_small);
        *segments = large;
        let number = self.next_segment;
        self.next_segment += 1;
        let mut files = Vec::with_capacity(self.shapes.len());
        for (table, shape) in self.shapes.iter().enumerate() {
            let sources: Vec<&Source> =
                small.iter().filter_map(|segment| segment.files[table].as_ref()).collect();
            if sources.is_empty() {
                files.push(None);
                continue;
            }
            let out = names.fresh();
            let mut inputs = Vec::with_capacity(sources.len());
            for source in sources {
                inputs.push(source.input(place, None)?);
            }
            files.push(match self.format.rewrite(shape, table, inputs, &out)? {
                Rewritten::Rows(rows) if rows > 0 => Some(Source::Staged(out, rows)),
                // One input that is taken over as it is.
                Rewritten::Untouched => small.iter().find_map(|segment| segment.files[table].clone()),
                Rewritten::Rows(_) => None,
            });
        }
        for segment in &small {
            for target in self.moved.values_mut() {
                if *target == segment.number {
                    *target = number;
                }
            }
            self.moved.insert(segment.number, number);
        }
        segments.push(Pending { number, records: small.iter().map(|segment| segment.records).sum(), files });
        Ok(())
    }

    fn settle_index(
        &mut self,
        state: &mut StreamState,
        number: u64,
        names: &mut Names,
        staged: &mut Staged,
    ) -> Result<()> {
        let fresh = self.fresh();
        let spilled = self.runs.iter().filter(|(_, path)| path.is_some()).count();
        if !fresh.is_empty() || spilled > 0 {
            let entries = fresh.len() as u64
                + self.runs.iter().rev().take(spilled).map(|(run, _)| run.entries).sum::<u64>();
            let committed: Vec<u64> =
                self.runs[..self.runs.len() - spilled].iter().map(|(run, _)| run.entries).collect();
            let keep = committed.len() - index::to_merge(&committed, entries);
            let path = names.fresh();
            let mut writer = RunWriter::create(&path)?;
            let merging: Vec<&Run> = self.runs[keep..].iter().map(|(run, _)| run).collect();
            index::merged(&merging, &fresh, &mut |mut entry| {
                entry.segment = self.moved.get(&entry.segment).copied().unwrap_or(entry.segment);
                // Below the oldest run there is nothing that a removed entry could hide.
                if keep == 0 && entry.state == State::Removed { Ok(()) } else { writer.push(&entry) }
            })?;
            let entries = writer.finish()?;
            self.runs.truncate(keep);
            state.index.truncate(keep);
            if entries > 0 {
                let name = format!("_favo/index/{}-{number:09}.keys", self.name);
                let mut run = open_run(&path)?;
                run.name.clone_from(&name);
                self.runs.push((run, None));
                state.index.push(IndexFile { path: name.clone(), entries });
                staged.push((path, name));
            }
            if keep == 0 {
                self.moved.clear();
            }
            self.overlay = HashMap::new();
        }
        state.moved = self.moved.clone();
        Ok(())
    }
}

/// A segment on its way into the manifest.
#[derive(Debug)]
struct Pending {
    number: u32,
    records: u64,
    files: Vec<Option<Source>>,
}

/// Where a data file is.
#[derive(Debug, Clone)]
enum Source {
    InPlace(Part),
    Staged(PathBuf, u64),
}

impl Source {
    fn input<'a>(&self, place: &dyn Place, edits: Option<&'a HashMap<i64, Edit>>) -> Result<Input<'a>> {
        let (file, name) = match self {
            Self::InPlace(part) => (fetch(place, &part.path)?, part.path.clone()),
            Self::Staged(path, _) => {
                let file = File::open(path).map_err(|error| trouble("read", path.display(), &error))?;
                (file, path.display().to_string())
            }
        };
        Ok(Input { file, name, edits })
    }
}

fn fetch(place: &dyn Place, path: &str) -> Result<File> {
    place.fetch(path)?.ok_or_else(|| {
        Error::Destination(format!(
            "{path} is missing in {} though the manifest names it; restore it, or remove the directory and load anew",
            place.describe()
        ))
    })
}

fn open_run(path: &Path) -> Result<Run> {
    let file = File::open(path).map_err(|error| trouble("read", path.display(), &error))?;
    Run::open(file, &path.display().to_string())
}

fn size(path: &Path) -> Result<u64> {
    let metadata = path.metadata().map_err(|error| trouble("read", path.display(), &error))?;
    Ok(metadata.len())
}
