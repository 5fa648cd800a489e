//! Signals: the first asks for a clean end, the second ends at once.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use favo_connector::progress::Progress;
use favo_connector::{Error, Result};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// The request to end, which reaches the run under way and the wait between two runs.
#[derive(Debug, Default)]
pub(in crate::command) struct Stop {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    requested: bool,
    running: Option<Arc<Progress>>,
}

impl Stop {
    /// From here on SIGINT and SIGTERM are obeyed.
    pub(in crate::command) fn listen() -> Result<Arc<Self>> {
        let cannot = |error| Error::Destination(format!("cannot listen for signals ({error})"));
        let mut signals = Signals::new([SIGINT, SIGTERM]).map_err(cannot)?;
        let stop = Arc::new(Self::default());
        let listening = Arc::clone(&stop);
        std::thread::spawn(move || {
            for (count, _) in signals.forever().enumerate() {
                if count > 0 {
                    eprintln!("favo: ended at once by a second signal; what was committed stays");
                    std::process::exit(1);
                }
                listening.request();
            }
        });
        Ok(stop)
    }

    /// Asks for the end.
    pub(super) fn request(&self) {
        if let Ok(mut state) = self.state.lock() {
            state.requested = true;
            if let Some(progress) = &state.running {
                progress.stop();
            }
        }
        self.changed.notify_all();
    }

    /// Whether the end was asked for.
    pub(super) fn requested(&self) -> bool {
        self.state.lock().is_ok_and(|state| state.requested)
    }

    /// Counters for a run that begins; a request made before reaches it too.
    pub(in crate::command) fn begin(&self) -> Arc<Progress> {
        let progress = Arc::new(Progress::default());
        if let Ok(mut state) = self.state.lock() {
            if state.requested {
                progress.stop();
            }
            state.running = Some(Arc::clone(&progress));
        }
        progress
    }

    /// Waits that long, or until the end is asked for.
    pub(super) fn wait(&self, length: Duration) {
        if let Ok(state) = self.state.lock() {
            drop(self.changed.wait_timeout_while(state, length, |state| !state.requested));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_reaches_the_run_under_way_and_the_ones_after_it() {
        let stop = Stop::default();
        let first = stop.begin();
        assert!(!first.stopping() && !stop.requested());
        stop.request();
        assert!(first.stopping() && stop.requested());
        assert!(stop.begin().stopping(), "a run that begins too late ends at once");
    }

    #[test]
    fn a_request_ends_the_wait() {
        let stop = Arc::new(Stop::default());
        let waiting = Arc::clone(&stop);
        let waiter = std::thread::spawn(move || waiting.wait(Duration::from_hours(1)));
        stop.request();
        waiter.join().expect("the wait ends");
        stop.wait(Duration::from_hours(1));
    }
}
