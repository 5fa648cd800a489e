//! Counters that a run keeps and that whoever shows its progress reads from another thread; and the request to stop.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Figures of the run so far. Reading them costs the run nothing.
#[derive(Debug, Default)]
pub struct Progress {
    /// Units of work known so far (windows, streams read whole, batches of proposals) in the stream being read.
    pub units: AtomicU64,
    /// Of those, committed.
    pub units_done: AtomicU64,
    /// Streams to read.
    pub streams: AtomicU64,
    /// Of those, done.
    pub streams_done: AtomicU64,
    /// Records read.
    pub records: AtomicU64,
    /// Rows written, over all tables.
    pub rows: AtomicU64,
    /// Requests sent, retries included.
    pub requests: AtomicU64,
    /// Requests in flight.
    pub in_flight: AtomicU64,
    /// Requests sent again.
    pub retries: AtomicU64,
    /// Bytes of bodies received, after decompression.
    pub bytes: AtomicU64,
    stream: Mutex<&'static str>,
    stop: AtomicBool,
}

impl Progress {
    /// Adds to a counter.
    pub fn add(counter: &AtomicU64, count: u64) {
        counter.fetch_add(count, Ordering::Relaxed);
    }

    /// Reads a counter.
    pub fn get(counter: &AtomicU64) -> u64 {
        counter.load(Ordering::Relaxed)
    }

    /// Says which stream is being read; starts its units from nothing.
    pub fn enter(&self, stream: &'static str) {
        self.units.store(0, Ordering::Relaxed);
        self.units_done.store(0, Ordering::Relaxed);
        if let Ok(mut current) = self.stream.lock() {
            *current = stream;
        }
    }

    /// The stream being read, or `""`.
    pub fn stream(&self) -> &'static str {
        self.stream.lock().map_or("", |stream| *stream)
    }

    /// Asks the run to end at the next safe point.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to end.
    pub fn stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
