//! The key index: which record is where, with which hash, without reading data files.
//!
//! It is a list of runs, each a sorted file of fixed-size entries that is never changed; the newest run that knows an id is right. A commit adds one run
//! and merges it with the latest ones as long as those are not much larger, so that there are few and each entry is copied a few times in its life. It
//! serves all formats alike, costs 40 bytes a record on disk and 1/16 byte of memory, and spares an increment of a hundred rows the parsing of a whole CSV file.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::place::trouble;
use crate::{Error, Result};

/// Bytes of an entry.
const WIDTH: usize = 40;
/// Entries for each id that is kept in memory.
const BLOCK: u64 = 128;
/// End of every file.
const MAGIC: &[u8; 8] = b"favokey1";
/// A run is merged into the one before it unless that one is so many times larger.
const GROWTH: u64 = 4;

/// What is known of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: i64,
    /// Moment of the last change as it stands in the table; none if it has none.
    pub(super) updated: Option<i64>,
    pub(super) hash: u128,
    /// Segment it is in, as numbered when the entry was written.
    pub(super) segment: u32,
    pub(super) state: State,
}

/// How a record is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Live,
    /// Marked deleted.
    Deleted,
    /// Not there any more.
    Removed,
}

impl Entry {
    fn encode(&self) -> [u8; WIDTH] {
        let mut bytes = [0; WIDTH];
        bytes[..8].copy_from_slice(&self.id.to_le_bytes());
        // No moment of the years 1 to 9999 is that small.
        bytes[8..16].copy_from_slice(&self.updated.unwrap_or(i64::MIN).to_le_bytes());
        bytes[16..32].copy_from_slice(&self.hash.to_le_bytes());
        bytes[32..36].copy_from_slice(&self.segment.to_le_bytes());
        let state: u32 = match self.state {
            State::Live => 0,
            State::Deleted => 1,
            State::Removed => 2,
        };
        bytes[36..].copy_from_slice(&state.to_le_bytes());
        bytes
    }

    fn decode(bytes: &[u8]) -> Self {
        let updated = number(bytes, 8) as i64;
        Self {
            id: number(bytes, 0) as i64,
            updated: (updated != i64::MIN).then_some(updated),
            hash: u128::from(number(bytes, 16)) | u128::from(number(bytes, 24)) << 64,
            segment: number(bytes, 32) as u32,
            state: match number(bytes, 32) >> 32 {
                0 => State::Live,
                1 => State::Deleted,
                _ => State::Removed,
            },
        }
    }
}

/// Eight bytes as a number; missing ones count as zero.
fn number(bytes: &[u8], at: usize) -> u64 {
    let mut eight = [0; 8];
    if let Some(there) = bytes.get(at..at + 8) {
        eight.copy_from_slice(there);
    }
    u64::from_le_bytes(eight)
}

/// One sorted file.
#[derive(Debug)]
pub(super) struct Run {
    file: File,
    /// Name, for messages and for the manifest.
    pub(super) name: String,
    /// Entries in it.
    pub(super) entries: u64,
    /// First id of every block.
    firsts: Vec<i64>,
    /// Greatest id.
    last: i64,
    block: Vec<u8>,
    /// Which block that is.
    loaded: Option<usize>,
}

impl Run {
    /// Opens a run and reads what is kept in memory of it.
    pub(super) fn open(mut file: File, name: &str) -> Result<Self> {
        let broken = || {
            Error::Destination(format!(
                "the index file {name} is damaged; restore it, or remove the directory and load anew"
            ))
        };
        let length = file.seek(SeekFrom::End(0)).map_err(|error| trouble("read", name, &error))?;
        let mut tail = [0; 24];
        if length < 24 {
            return Err(broken());
        }
        read_at(&mut file, length - 24, &mut tail, name)?;
        let (entries, last) = (number(&tail, 0), number(&tail, 8) as i64);
        let blocks = entries.div_ceil(BLOCK);
        let fits = entries.checked_mul(WIDTH as u64).and_then(|bytes| bytes.checked_add(blocks * 8 + 24));
        if &tail[16..] != MAGIC || fits != Some(length) {
            return Err(broken());
        }
        let mut sparse = vec![0; blocks as usize * 8];
        read_at(&mut file, entries * WIDTH as u64, &mut sparse, name)?;
        let firsts = sparse.chunks_exact(8).map(|bytes| number(bytes, 0) as i64).collect();
        Ok(Self { file, name: name.to_owned(), entries, firsts, last, block: Vec::new(), loaded: None })
    }

    /// The entry of that id.
    pub(super) fn find(&mut self, id: i64) -> Result<Option<Entry>> {
        if id > self.last {
            return Ok(None);
        }
        let Some(block) = self.firsts.partition_point(|&first| first <= id).checked_sub(1) else {
            return Ok(None);
        };
        self.load(block)?;
        let count = self.block.len() / WIDTH;
        let at = |index: usize| &self.block[index * WIDTH..(index + 1) * WIDTH];
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low.midpoint(high);
            if (number(at(middle), 0) as i64) < id {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok((low < count).then(|| Entry::decode(at(low))).filter(|entry| entry.id == id))
    }

    fn load(&mut self, block: usize) -> Result<()> {
        if self.loaded != Some(block) {
            let begin = block as u64 * BLOCK;
            let count = BLOCK.min(self.entries - begin);
            self.loaded = None;
            self.block.resize(count as usize * WIDTH, 0);
            read_at(&mut self.file, begin * WIDTH as u64, &mut self.block, &self.name)?;
            self.loaded = Some(block);
        }
        Ok(())
    }

    /// The greatest entry whose id is not above `bound`.
    fn last_up_to(&mut self, bound: i64) -> Result<Option<Entry>> {
        let Some(block) = self.firsts.partition_point(|&first| first <= bound).checked_sub(1) else {
            return Ok(None);
        };
        self.load(block)?;
        Ok(self.block.chunks_exact(WIDTH).map(Entry::decode).take_while(|entry| entry.id <= bound).last())
    }

    /// Reads the run from its begin, beside other readers of the same file.
    fn reader(&self) -> Result<RunReader> {
        let file = self.file.try_clone().map_err(|error| trouble("read", &self.name, &error))?;
        Ok(RunReader {
            file,
            name: self.name.clone(),
            offset: 0,
            left: self.entries,
            buffer: Vec::new(),
            at: 0,
        })
    }
}

fn read_at(file: &mut File, offset: u64, into: &mut [u8], name: &str) -> Result<()> {
    file.seek(SeekFrom::Start(offset))
        .and_then(|_| file.read_exact(into))
        .map_err(|error| trouble("read", name, &error))
}

/// Entries of one run in order. It seeks before every read: clones of a file share one position.
#[derive(Debug)]
struct RunReader {
    file: File,
    name: String,
    offset: u64,
    left: u64,
    buffer: Vec<u8>,
    at: usize,
}

impl RunReader {
    fn next(&mut self) -> Result<Option<Entry>> {
        if self.at == self.buffer.len() {
            let count = self.left.min(1024);
            if count == 0 {
                return Ok(None);
            }
            self.buffer.resize(count as usize * WIDTH, 0);
            read_at(&mut self.file, self.offset, &mut self.buffer, &self.name)?;
            self.offset += self.buffer.len() as u64;
            self.left -= count;
            self.at = 0;
        }
        let entry = Entry::decode(&self.buffer[self.at..self.at + WIDTH]);
        self.at += WIDTH;
        Ok(Some(entry))
    }
}

/// A source of entries in ascending order, read besides the runs: what is only in memory yet.
pub(super) type Fresh<'a> = &'a [Entry];

/// Visits the newest entry of every id, ascending. `runs` are oldest first; `fresh` is newer than all of them, and sorted.
pub(super) fn merged(
    runs: &[&Run],
    fresh: Fresh<'_>,
    visit: &mut dyn FnMut(Entry) -> Result<()>,
) -> Result<()> {
    let mut readers = Vec::with_capacity(runs.len());
    for run in runs {
        let mut reader = run.reader()?;
        let head = reader.next()?;
        readers.push((reader, head));
    }
    let mut fresh = fresh.iter();
    let mut fresh_head = fresh.next();
    loop {
        let smallest = readers.iter().filter_map(|(_, head)| head.map(|entry| entry.id));
        let Some(id) = smallest.chain(fresh_head.map(|entry| entry.id)).min() else { return Ok(()) };
        let mut newest = None;
        for (reader, head) in &mut readers {
            if let Some(entry) = head.filter(|entry| entry.id == id) {
                newest = Some(entry);
                *head = reader.next()?;
            }
        }
        if let Some(entry) = fresh_head.filter(|entry| entry.id == id) {
            newest = Some(*entry);
            fresh_head = fresh.next();
        }
        if let Some(entry) = newest {
            visit(entry)?;
        }
    }
}

/// The greatest id that is there.
pub(super) fn ceiling(runs: &mut [&mut Run]) -> Result<Option<i64>> {
    let mut bound = i64::MAX;
    loop {
        let mut best: Option<Entry> = None;
        for run in runs.iter_mut().rev() {
            if let Some(entry) = run.last_up_to(bound)?
                && best.is_none_or(|best| best.id < entry.id)
            {
                best = Some(entry);
            }
        }
        match best {
            Some(entry) if entry.state != State::Removed => return Ok(Some(entry.id)),
            Some(entry) if entry.id > i64::MIN => bound = entry.id - 1,
            _ => return Ok(None),
        }
    }
}

/// How many of the runs at the end, given their entries, a new run of `entries` entries is merged with.
pub(super) fn to_merge(runs: &[u64], entries: u64) -> usize {
    let (mut size, mut count) = (entries, 0);
    for run in runs.iter().rev() {
        if *run >= size.saturating_mul(GROWTH) {
            break;
        }
        size += run;
        count += 1;
    }
    count
}

/// Writes a run.
#[derive(Debug)]
pub(super) struct RunWriter {
    out: BufWriter<File>,
    name: String,
    entries: u64,
    firsts: Vec<i64>,
    last: i64,
}

impl RunWriter {
    /// Begins a file at that path.
    pub(super) fn create(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let file = File::create(path).map_err(|error| trouble("write", &name, &error))?;
        Ok(Self {
            out: BufWriter::with_capacity(1 << 16, file),
            name,
            entries: 0,
            firsts: Vec::new(),
            last: i64::MIN,
        })
    }

    /// Adds an entry; ids come ascending.
    pub(super) fn push(&mut self, entry: &Entry) -> Result<()> {
        if self.entries.is_multiple_of(BLOCK) {
            self.firsts.push(entry.id);
        }
        self.entries += 1;
        self.last = entry.id;
        self.out.write_all(&entry.encode()).map_err(|error| trouble("write", &self.name, &error))
    }

    /// Completes the file; how many entries it has.
    pub(super) fn finish(mut self) -> Result<u64> {
        for first in &self.firsts {
            self.out.write_all(&first.to_le_bytes()).map_err(|error| trouble("write", &self.name, &error))?;
        }
        let mut tail = [0; 24];
        tail[..8].copy_from_slice(&self.entries.to_le_bytes());
        tail[8..16].copy_from_slice(&self.last.to_le_bytes());
        tail[16..].copy_from_slice(MAGIC);
        self.out
            .write_all(&tail)
            .and_then(|()| self.out.flush())
            .map_err(|error| trouble("write", &self.name, &error))?;
        Ok(self.entries)
    }
}

/// Reads a file whole; the log files are small.
pub(super) fn read_whole(file: File, name: &str) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    BufReader::new(file).read_to_end(&mut body).map_err(|error| trouble("read", name, &error))?;
    Ok(body)
}
