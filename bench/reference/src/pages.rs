//! Where the pages of the list of all contacts ended, so that nobody counts rows twice. Nothing forgets them: the
//! reference never lists what it writes.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::Window;

const MOST: usize = 65_536;

/// The last id of each page of 200, 0 while it is unknown.
pub struct Pages(Vec<AtomicI64>);

impl Default for Pages {
    fn default() -> Self {
        Self((0..MOST).map(|_| AtomicI64::new(0)).collect())
    }
}

impl Pages {
    /// The id after which a page starts.
    pub fn before(&self, window: Window) -> Option<i64> {
        if window.page == 1 {
            return Some(i64::MAX);
        }
        let known = self.0.get(window.page as usize - 1).filter(|_| window.size == 200)?;
        Some(known.load(Ordering::Relaxed)).filter(|id| *id > 0)
    }

    /// Notes the last id of a page.
    pub fn note(&self, window: Window, last: Option<i64>) {
        if let (200, Some(last), Some(place)) = (window.size, last, self.0.get(window.page as usize)) {
            place.store(last, Ordering::Relaxed);
        }
    }
}
