//! Dying at every point: a place that fails at its n-th operation, before or after doing it, for every n. Whatever happens, the next `open` finds a commit.

use std::cell::Cell as Counter;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::rc::Rc;

use super::local::Local;
use super::place::Place;
use super::testing::{FORMATS, assert_tidy, memory, put, rows, schema, settings};
use super::*;
use crate::schema::Layout;
use crate::state::Bookmark;

/// A process that dies at an operation: that one fails, and all after it.
#[derive(Debug)]
struct Dying {
    inner: Local,
    left: Rc<Counter<u32>>,
    /// The operation is done, but nobody learns of it.
    done: bool,
}

impl Dying {
    fn step<T>(&self, doing: impl FnOnce(&Local) -> Result<T>) -> Result<T> {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        if left > 1 || left == 1 && self.done {
            let result = doing(&self.inner);
            if left > 1 {
                return result;
            }
        }
        Err(Error::Destination("died".to_owned()))
    }

    fn change<T>(&mut self, doing: impl FnOnce(&mut Local) -> Result<T>) -> Result<T> {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        if left > 1 || left == 1 && self.done {
            let result = doing(&mut self.inner);
            if left > 1 {
                return result;
            }
        }
        Err(Error::Destination("died".to_owned()))
    }
}

impl Place for Dying {
    fn describe(&self) -> String {
        self.inner.describe()
    }
    fn check(&mut self) -> Result<Vec<String>> {
        self.inner.check()
    }
    fn lock(&mut self) -> Result<()> {
        self.change(Local::lock)
    }
    fn unlock(&mut self) -> Result<()> {
        self.inner.unlock()
    }
    fn staging(&self) -> &Path {
        self.inner.staging()
    }
    fn publish(&mut self, staged: &Path, name: &str) -> Result<()> {
        self.change(|inner| inner.publish(staged, name))
    }
    fn settle(&mut self) -> Result<()> {
        self.change(Local::settle)
    }
    fn create(&mut self, name: &str, body: &[u8]) -> Result<bool> {
        self.change(|inner| inner.create(name, body))
    }
    fn fetch(&self, name: &str) -> Result<Option<File>> {
        self.step(|inner| inner.fetch(name))
    }
    fn list(&self, folder: &str) -> Result<Vec<String>> {
        self.step(|inner| inner.list(folder))
    }
    fn delete(&mut self, name: &str) -> Result<()> {
        self.change(|inner| inner.delete(name))
    }
}

/// Enough for small segments to be put together once.
const COMMITS: i64 = 9;

/// What group number `group` does; the same whenever it is done, on the state that the one before it left.
fn work(files: &mut Files, schema: &crate::schema::Schema, group: i64) -> Result<()> {
    let version = group as u32;
    match group % 4 {
        0 => {
            files.remove(0, &[group - 2, group - 1])?;
            put(files, schema, 0, group - 1, version);
        }
        1 => {
            for id in group * 10..group * 10 + 3 {
                put(files, schema, 0, id, version);
            }
            files.remove(0, &[group * 10])?;
        }
        2 => {
            files.mark_deleted(0, &[(group - 1) * 10 + 1, 3], group, group)?;
            put(files, schema, 0, group, version);
        }
        _ => put(files, schema, 0, group, version),
    }
    files.note(&Note::RunStarted { run: group, at: group, what: "full".to_owned() })?;
    let bookmark = Bookmark { cursor: Some(group), ..Bookmark::default() };
    files.commit(&[("produtos", &bookmark)])
}

/// Opens and does the groups that are not committed; the last one that this process knows to be committed.
fn run(files: &mut Files, schema: &crate::schema::Schema) -> (i64, Result<()>) {
    let opened = match files.open(schema) {
        Ok(opened) => opened,
        Err(error) => return (0, Err(error)),
    };
    let mut done = opened.bookmarks.first().and_then(|(_, bookmark)| bookmark.cursor).unwrap_or(0);
    while done < COMMITS {
        if let Err(error) = work(files, schema, done + 1) {
            return (done, Err(error));
        }
        done += 1;
    }
    (done, Ok(()))
}

#[test]
fn dying_at_any_operation_leaves_the_last_commit_and_a_run_that_can_go_on() {
    let schema = schema(Layout::Exact, &["produtos"], &[]);
    for format in FORMATS {
        // The states of an undisturbed run, by commit.
        let calm = memory();
        let mut files = super::testing::files(format, calm.path());
        files.open(&schema).unwrap();
        let mut states = vec![BTreeMap::new()];
        for group in 1..=COMMITS {
            work(&mut files, &schema, group).unwrap();
            states.push(rows(format, calm.path()));
        }
        files.close().unwrap();
        assert_eq!(
            states.iter().collect::<std::collections::BTreeSet<_>>().len(),
            states.len(),
            "every commit changes something"
        );
        for done in [false, true] {
            // Points before and after an operation take turns; the text formats share everything but the writing of rows with Parquet.
            let step = if format == Format::Parquet { 2 } else { 6 };
            let mut point = u32::from(done);
            loop {
                point += step;
                let directory = memory();
                let left = Rc::new(Counter::new(point));
                let place = Dying {
                    inner: Local::quick(directory.path().to_str().unwrap()),
                    left: Rc::clone(&left),
                    done,
                };
                let mut dying = Files::at(format, Box::new(place), &settings(format, directory.path()));
                let (known, result) = run(&mut dying, &schema);
                drop(dying);
                let finished = left.get() > 0;
                assert!(result.is_err() || known == COMMITS);
                let mut again = super::testing::files(format, directory.path());
                let opened = again.open(&schema).unwrap();
                let committed =
                    opened.bookmarks.first().and_then(|(_, bookmark)| bookmark.cursor).unwrap_or(0);
                // A manifest may be there though the process did not live to learn it.
                assert!(
                    committed == known || done && committed == known + 1,
                    "{format:?} {point} {known} {committed}"
                );
                assert_eq!(opened.last_run, committed);
                assert_eq!(
                    rows(format, directory.path()),
                    states[committed as usize],
                    "{format:?} {point} {done}"
                );
                if committed > 0 {
                    assert_tidy(format, directory.path());
                }
                if point % 5 == 0 || finished {
                    drop(again);
                    let mut again = super::testing::files(format, directory.path());
                    let (known, result) = run(&mut again, &schema);
                    assert_eq!((known, result), (COMMITS, Ok(())));
                    drop(again);
                    assert_eq!(
                        rows(format, directory.path()),
                        states[COMMITS as usize],
                        "{format:?} {point} {done}"
                    );
                    assert_tidy(format, directory.path());
                }
                if finished {
                    break;
                }
            }
            assert!(point > 100, "only {point} operations");
        }
    }
}
