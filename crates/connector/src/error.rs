//! What can go wrong in a run, sorted by what the person at the keyboard has to do, and the exit code that says so.

/// The result of the connector's functions.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a run ended early. Every text is one sentence that says what to do, in lower case, without a full stop and without secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The command line, the file or the URL of a destination is wrong.
    #[error("{0}")]
    Configuration(String),
    /// The source refuses: wrong or expired token, no right to a resource.
    #[error("{0}")]
    Refused(String),
    /// The source does not answer, or answers with errors, beyond the budget of retries.
    #[error("{0}")]
    Source(String),
    /// The source does not keep the contract: not an array, a page that repeats for ever, an unknown field under `drift = "freeze"`, or deletes
    /// beyond the limit.
    #[error("{0}")]
    Contract(String),
    /// The destination refuses or fails: a missing right, a full disk, a lock held by another run. Nothing was half-written.
    #[error("{0}")]
    Destination(String),
    /// Asked to stop, or out of time; what was committed stays.
    #[error("stopped; what was committed stays, run again to continue")]
    Stopped,
}

impl Error {
    /// The exit code of the process: 1 failed, 2 bad configuration, 3 partial but committed, 4 contract violated.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Refused(_) | Self::Source(_) | Self::Destination(_) => 1,
            Self::Configuration(_) => 2,
            Self::Stopped => 3,
            Self::Contract(_) => 4,
        }
    }
}
