//! Passwords, checked on threads of their own: a check takes a core for some 20 ms, and requests are not to wait for it.
//!
//! The queue is short, and one tenant may fill only a part of it: whoever finds it full is told to come back.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use argon2::Argon2;
use argon2::password_hash::PasswordVerifier as _;
use argon2::password_hash::phc::PasswordHash;
use favo_core::transaction::TenantId;
use parking_lot::Mutex;
use tokio::sync::oneshot;

/// Checks that may wait in all, and of one tenant.
const QUEUE: usize = 64;
const SHARE: usize = 24;
/// Seconds until a full queue has been worked off, about.
pub(crate) const PATIENCE: u64 = 2;
/// A hash of nobody's password that costs what others cost: who does not exist is refused as slowly as who does.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$ZmF2byBrbm93cyBub29uZQ$YtJyT9yN4gDXcqQm8mLC1PNHfGhQyE7Xf4OZyhX0T4M";

type Check = Box<dyn FnOnce() + Send>;

/// The threads that check passwords. They end when this is dropped and the queue is worked off.
#[derive(Debug)]
pub(crate) struct Passwords {
    queue: SyncSender<Check>,
    waiting: Arc<Mutex<HashMap<Option<TenantId>, usize>>>,
}

/// A place in the queue; given back when dropped.
struct Place {
    tenant: Option<TenantId>,
    waiting: Arc<Mutex<HashMap<Option<TenantId>, usize>>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut waiting = self.waiting.lock();
        if let Some(count) = waiting.get_mut(&self.tenant) {
            *count -= 1;
            if *count == 0 {
                waiting.remove(&self.tenant);
            }
        }
    }
}

impl Passwords {
    /// Starts as many threads; at least one.
    pub(crate) fn start(threads: usize) -> Self {
        let (queue, checks) = sync_channel::<Check>(QUEUE);
        let checks = Arc::new(Mutex::new(checks));
        for number in 0..threads.max(1) {
            let checks = Arc::clone(&checks);
            let thread = std::thread::Builder::new().name(format!("favo-password-{number}"));
            thread.spawn(move || work(&checks)).expect("the system starts one more thread");
        }
        Self { queue, waiting: Arc::default() }
    }

    /// Half of the cores.
    pub(crate) fn threads() -> usize {
        (std::thread::available_parallelism().map_or(1, usize::from) / 2).max(1)
    }

    /// Runs `judge` with the outcome of the check, on the thread that made it; `None` when the queue is full.
    ///
    /// `first` is asked right before the check, and its answer is the outcome when it has one: what was learned while this one
    /// waited counts. A user who does not exist, or who has no password, is checked against a hash that fits nothing.
    pub(crate) async fn check<T: Send + 'static>(
        &self,
        tenant: Option<TenantId>,
        hash: Option<String>,
        password: String,
        first: impl FnOnce() -> Option<T> + Send + 'static,
        judge: impl FnOnce(bool) -> T + Send + 'static,
    ) -> Option<T> {
        let place = {
            let mut waiting = self.waiting.lock();
            let count = waiting.entry(tenant).or_insert(0);
            if *count >= SHARE {
                return None;
            }
            *count += 1;
            Place { tenant, waiting: Arc::clone(&self.waiting) }
        };
        let (answer, answered) = oneshot::channel();
        let check = Box::new(move || {
            // Nobody waits any more: spare the core the work.
            if !answer.is_closed() {
                let outcome = first().unwrap_or_else(|| judge(fits(hash.as_deref(), &password)));
                drop(place);
                let _ = answer.send(outcome);
            }
        });
        self.queue.try_send(check).ok()?;
        answered.await.ok()
    }
}

fn work(checks: &Mutex<Receiver<Check>>) {
    loop {
        let next = checks.lock().recv();
        let Ok(check) = next else { return };
        // A panic is that one request's error; the next check finds its thread.
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(check));
    }
}

/// Whether the password is the one that was hashed. One check always, whatever comes of it.
fn fits(hash: Option<&str>, password: &str) -> bool {
    let parsed = hash.and_then(|hash| PasswordHash::new(hash).ok()).filter(|parsed| parsed.hash.is_some());
    let known = parsed.is_some();
    let Some(parsed) = parsed.or_else(|| PasswordHash::new(NOBODY).ok()) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && known
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordHasher as _;

    use super::*;

    fn hashed(password: &str) -> String {
        Argon2::default().hash_password(password.as_bytes()).expect("hashed").to_string()
    }

    #[test]
    fn only_the_password_itself_fits() {
        let hash = hashed("Tr3m-7!");
        assert!(fits(Some(&hash), "Tr3m-7!"));
        for (hash, password) in [(Some(hash.as_str()), "tr3m-7!"), (Some("$argon2id$nobody"), ""), (None, "")]
        {
            assert!(!fits(hash, password));
        }
    }

    #[test]
    fn nobody_costs_what_somebody_costs() {
        let parsed = PasswordHash::new(NOBODY).expect("a hash");
        let (made, other) = (hashed("x"), parsed.to_string());
        let cost = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(cost(&made), cost(&other));
        assert_eq!(
            PasswordHash::new(&made).expect("a hash").hash.map(|hash| hash.len()),
            parsed.hash.map(|hash| hash.len())
        );
    }

    #[test]
    fn a_tenant_has_its_share_of_the_queue_and_no_more() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let passwords = Passwords::start(1);
        let (hold, held) = std::sync::mpsc::channel::<()>();
        runtime.block_on(async {
            let ask =
                |tenant| passwords.check(Some(TenantId(tenant)), None, String::new(), || Some(1), |_| 2);
            let mut first = std::pin::pin!(passwords.check(
                Some(TenantId(1)),
                None,
                String::new(),
                move || held.recv().ok().map(|()| 0),
                |_| 2
            ));
            // Each is asked once, so that it takes its place and waits.
            let pending = |future: &mut std::pin::Pin<&mut _>| -> bool { poll(future).is_pending() };
            assert!(pending(&mut first));
            let mut others: Vec<_> = (0..SHARE).map(|_| Box::pin(ask(1))).collect();
            let refused = others
                .iter_mut()
                .map(|future| poll(&mut future.as_mut()))
                .filter(std::task::Poll::is_ready)
                .count();
            assert_eq!(refused, 1, "the last one is one too many");
            let mut other = std::pin::pin!(ask(2));
            assert!(poll(&mut other).is_pending(), "another tenant still has room");
            hold.send(()).expect("the thread waits");
            assert_eq!(first.await, Some(0));
            assert_eq!(other.await, Some(1));
        });
    }

    fn poll<F: Future>(future: &mut std::pin::Pin<&mut F>) -> std::task::Poll<F::Output> {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        future.as_mut().poll(&mut context)
    }
}
