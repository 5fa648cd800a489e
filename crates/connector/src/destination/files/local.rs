//! A directory as the place for files.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::place::{Place, trouble};
use crate::{Error, Result};

/// A local directory. What is being written lies in `_favo/tmp` until it is renamed into place.
#[derive(Debug)]
pub(super) struct Local {
    root: PathBuf,
    staging: PathBuf,
    /// Held by the operating system for this process: a killed one leaves none behind.
    lock: Option<File>,
    /// Directories that got a new name since the last `settle`.
    renamed_into: BTreeSet<PathBuf>,
    /// False in tests that commit hundreds of times: nothing is synced.
    durable: bool,
}

impl Local {
    pub(super) fn new(root: &str) -> Self {
        let root = PathBuf::from(root);
        Self {
            staging: root.join("_favo/tmp"),
            root,
            lock: None,
            renamed_into: BTreeSet::new(),
            durable: true,
        }
    }

    /// A directory that would not survive a power cut, and is quick.
    #[cfg(test)]
    pub(super) fn quick(root: &str) -> Self {
        Self { durable: false, ..Self::new(root) }
    }

    fn sync_directory(&self, directory: &Path) -> Result<()> {
        if self.durable { sync_directory(directory) } else { Ok(()) }
    }

    fn sync(&self, file: &File) -> std::io::Result<()> {
        if self.durable { file.sync_data() } else { Ok(()) }
    }

    fn create_folder(&self, folder: &Path) -> Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        // The new directories' names must survive a power cut as well.
        let mut missing = Vec::new();
        let mut at = Some(folder);
        while let Some(directory) =
            at.filter(|directory| !directory.as_os_str().is_empty() && !directory.exists())
        {
            missing.push(directory.to_owned());
            at = directory.parent();
        }
        fs::create_dir_all(folder)
            .map_err(|error| trouble("create the directory", folder.display(), &error))?;
        for directory in missing {
            self.sync_directory(directory.parent().unwrap_or(&self.root))?;
        }
        Ok(())
    }

    fn parent_of(&self, target: &Path) -> PathBuf {
        target.parent().unwrap_or(&self.root).to_owned()
    }
}

fn sync_directory(directory: &Path) -> Result<()> {
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    match File::open(directory).and_then(|opened| opened.sync_all()) {
        // Some network file systems know no sync of directories; their renames are as durable as they can be.
        Err(error) if !matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => {
            Err(trouble("write the directory", directory.display(), &error))
        }
        _ => Ok(()),
    }
}

impl Place for Local {
    fn describe(&self) -> String {
        self.root.display().to_string()
    }

    fn check(&mut self) -> Result<Vec<String>> {
        let mut said = Vec::new();
        // The nearest directory that is there says what is allowed; nothing is created that stays.
        let mut nearest = self.root.as_path();
        while !nearest.exists() {
            nearest = match nearest.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => parent,
                _ => Path::new("."),
            };
        }
        if !nearest.is_dir() {
            return Err(Error::Destination(format!(
                "{} is a file, not a directory; choose another directory",
                nearest.display()
            )));
        }
        let probe = nearest.join(format!(".favo-check-{}", std::process::id()));
        let written = File::create(&probe).and_then(|mut file| file.write_all(b"favo"));
        let _ = fs::remove_file(&probe);
        written.map_err(|error| trouble("write in", nearest.display(), &error))?;
        said.push(if nearest == self.root {
            format!("the directory {} can be written", self.describe())
        } else {
            format!("the directory {} can be created in {}", self.describe(), nearest.display())
        });
        #[cfg(unix)]
        if let Ok(space) = rustix::fs::statvfs(nearest) {
            let free = space.f_bavail.saturating_mul(space.f_frsize);
            if free < 100 << 20 {
                return Err(Error::Destination(format!(
                    "only {} MB are free at {}; make room",
                    free >> 20,
                    nearest.display()
                )));
            }
            said.push(format!("{} MB are free there", free >> 20));
        }
        Ok(said)
    }

    fn lock(&mut self) -> Result<()> {
        let path = self.root.join("_favo/lock");
        self.create_folder(&self.root.join("_favo"))?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| trouble("open the lock file", path.display(), &error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::Destination(format!(
                    "another run is writing to {}; wait for it to end",
                    self.describe()
                )));
            }
            Err(TryLockError::Error(error)) => return Err(trouble("lock", path.display(), &error)),
        }
        self.lock = Some(file);
        // Leftovers of a killed run.
        match fs::remove_dir_all(&self.staging) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(trouble("empty", self.staging.display(), &error));
            }
            _ => {}
        }
        self.create_folder(&self.staging)
    }

    fn unlock(&mut self) -> Result<()> {
        if let Some(lock) = self.lock.take() {
            let _ = fs::remove_dir_all(&self.staging);
            // Said, not left to closing: a child process that is just being started still has the file open.
            let _ = lock.unlock();
        }
        Ok(())
    }

    fn staging(&self) -> &Path {
        &self.staging
    }

    fn publish(&mut self, staged: &Path, name: &str) -> Result<()> {
        let target = self.root.join(name);
        let parent = self.parent_of(&target);
        self.create_folder(&parent)?;
        // A rename can reach the disk before the bytes do.
        File::open(staged)
            .and_then(|file| self.sync(&file))
            .and_then(|()| fs::rename(staged, &target))
            .map_err(|error| trouble("write", target.display(), &error))?;
        self.renamed_into.insert(parent);
        Ok(())
    }

    fn settle(&mut self) -> Result<()> {
        for directory in std::mem::take(&mut self.renamed_into) {
            self.sync_directory(&directory)?;
        }
        Ok(())
    }

    fn create(&mut self, name: &str, body: &[u8]) -> Result<bool> {
        let target = self.root.join(name);
        let parent = self.parent_of(&target);
        self.create_folder(&parent)?;
        let staged = self.staging.join("created");
        File::create(&staged)
            .and_then(|mut file| file.write_all(body).and_then(|()| self.sync(&file)))
            .map_err(|error| trouble("write", staged.display(), &error))?;
        let created = match fs::hard_link(&staged, &target) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
            // File systems without hard links: the lock keeps others away between the question and the rename.
            Err(_) if target.exists() => Ok(false),
            Err(_) => fs::rename(&staged, &target).map(|()| true),
        };
        let created = created.map_err(|error| trouble("write", target.display(), &error))?;
        let _ = fs::remove_file(&staged);
        self.sync_directory(&parent)?;
        Ok(created)
    }

    fn fetch(&self, name: &str) -> Result<Option<File>> {
        let path = self.root.join(name);
        match File::open(&path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(trouble("read", path.display(), &error)),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>> {
        let path = self.root.join(folder);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(trouble("read the directory", path.display(), &error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| trouble("read the directory", path.display(), &error))?;
            if entry.file_type().is_ok_and(|kind| kind.is_file())
                && let Ok(name) = entry.file_name().into_string()
            {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn delete(&mut self, name: &str) -> Result<()> {
        let path = self.root.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(trouble("remove", path.display(), &error))
            }
            _ => Ok(()),
        }
    }
}
