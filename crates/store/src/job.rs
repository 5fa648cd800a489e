//! A write on its way to a connection and its answer on the way back. Not for what the write does.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use favo_core::transaction::TenantId;
use favo_core::{Error, Result};

use crate::session::Session;

/// A write that a worker may run several times before its transaction is kept.
pub(crate) trait WriteJob: Send {
    /// Whose data it changes; none for the few writes above all tenants.
    fn tenant(&self) -> Option<TenantId>;
    /// Runs it inside the open transaction; `false` when it must be rolled back.
    fn run(&mut self, session: &mut Session<'_>) -> bool;
    /// Answers its caller: its own outcome, or why the transaction was not kept.
    fn answer(self: Box<Self>, committed: std::result::Result<(), &Error>);
}

/// The closure of a caller with the way back to them.
pub(crate) struct Write<T, W, A> {
    tenant: Option<TenantId>,
    work: W,
    outcome: Option<Result<T>>,
    answer: A,
}

impl<T, W, A> Write<T, W, A>
where
    T: Send + 'static,
    W: Fn(&mut Session<'_>) -> Result<T> + Send + 'static,
    A: FnOnce(Result<T>) + Send + 'static,
{
    pub(crate) fn boxed(tenant: Option<TenantId>, work: W, answer: A) -> Box<dyn WriteJob> {
        Box::new(Self { tenant, work, outcome: None, answer })
    }
}

impl<T, W, A> WriteJob for Write<T, W, A>
where
    T: Send,
    W: Fn(&mut Session<'_>) -> Result<T> + Send,
    A: FnOnce(Result<T>) + Send,
{
    fn tenant(&self) -> Option<TenantId> {
        self.tenant
    }

    fn run(&mut self, session: &mut Session<'_>) -> bool {
        let held = session.held;
        let outcome = guarded(|| (self.work)(session));
        let outcome = match (outcome, session.take_failure()) {
            // PostgreSQL rolls such a transaction back without a word; both databases refuse it instead.
            (Ok(_), Some(failure)) => {
                Err(Error::Storage(format!("a failed statement was passed over: {failure}")))
            }
            (outcome, _) => outcome,
        };
        let keep = outcome.is_ok();
        if !keep {
            session.held = held;
        }
        self.outcome = Some(outcome);
        keep
    }

    fn answer(self: Box<Self>, committed: std::result::Result<(), &Error>) {
        let answer = match (self.outcome, committed) {
            (Some(Err(error)), _) => Err(error),
            (_, Err(error)) => Err(repeated(error)),
            (Some(outcome), Ok(())) => outcome,
            (None, Ok(())) => Err(Error::Internal("a write was committed without having run".to_owned())),
        };
        (self.answer)(answer);
    }
}

/// Runs a closure of a caller; a panic becomes an error and leaves the connection usable.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|panic| Err(Error::Internal(message_of(panic.as_ref()))))
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let message =
        panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("an operation panicked: {}", message.unwrap_or("without a message"))
}

/// The same failure for one more caller.
pub(crate) fn repeated(error: &Error) -> Error {
    match error {
        Error::Busy(message) => Error::Busy(message.clone()),
        Error::Internal(message) => Error::Internal(message.clone()),
        Error::Conflict => Error::Conflict,
        Error::Storage(message) => Error::Storage(message.clone()),
        Error::NotFound | Error::Forbidden | Error::Refused(_) => Error::Storage(error.to_string()),
    }
}
