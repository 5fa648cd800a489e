//! Where the files lie: the few operations the rest needs, so that a directory and an object store are alike, and tests can make each of them fail.

use std::fmt::Debug;
use std::fs::File;
use std::path::Path;

use crate::{Error, Result};

/// A directory or a prefix in a bucket. Names are relative, with `/`.
pub(super) trait Place: Debug {
    /// What people call it.
    fn describe(&self) -> String;

    /// Says, without changing anything that stays, whether a run could write here; one sentence for each thing that was looked at.
    fn check(&mut self) -> Result<Vec<String>>;

    /// Makes what has to be there before anything is written, and takes the writer's lock.
    fn lock(&mut self) -> Result<()>;

    /// Gives the lock back; what was staged goes away.
    fn unlock(&mut self) -> Result<()>;

    /// A local directory for files that are being written; empty after `lock`.
    fn staging(&self) -> &Path;

    /// Makes a complete local file appear under that name, whole or not at all. The staged file is gone afterwards.
    fn publish(&mut self, staged: &Path, name: &str) -> Result<()>;

    /// Everything published so far survives a power cut when this returns.
    fn settle(&mut self) -> Result<()>;

    /// Creates a small file, whole, durable, if there is none of that name; false if there is.
    fn create(&mut self, name: &str, body: &[u8]) -> Result<bool>;

    /// Opens a file for reading; none if there is no such file.
    fn fetch(&self, name: &str) -> Result<Option<File>>;

    /// The names of the files directly in a folder, without it; none when there is no such folder.
    fn list(&self, folder: &str) -> Result<Vec<String>>;

    /// Removes a file; one that is not there is no error.
    fn delete(&mut self, name: &str) -> Result<()>;
}

/// A failure of the file system as a sentence that says what to do.
pub(super) fn trouble(doing: &str, name: impl std::fmt::Display, error: &std::io::Error) -> Error {
    use std::io::ErrorKind;
    Error::Destination(match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            format!("the disk is full: cannot {doing} {name}; make room and run again")
        }
        ErrorKind::PermissionDenied => {
            format!(
                "no right to {doing} {name}; give the user that runs this the right to read and write there"
            )
        }
        ErrorKind::ReadOnlyFilesystem => {
            format!("cannot {doing} {name}: the file system is read-only; choose another directory")
        }
        ErrorKind::NotADirectory => {
            format!("cannot {doing} {name}: a part of that path is a file; choose another directory")
        }
        _ => format!("cannot {doing} {name}: {error}; see to it and run again"),
    })
}
