//! Not written yet.

use super::{CustomField, Destination, Known, Opened, Traits};
use crate::cell::Cell;
use crate::note::Note;
use crate::report::RunReport;
use crate::schema::Schema;
use crate::settings::Settings;
use crate::state::Bookmark;
use crate::{Error, Result};

#[derive(Debug)]
pub(super) struct Postgres {}

impl Postgres {
    pub(super) fn new(_settings: &Settings) -> Result<Self> {
        Ok(Self {})
    }
}

fn later<T>() -> Result<T> {
    Err(Error::Destination("not written yet".to_owned()))
}

impl Destination for Postgres {
    fn traits(&self) -> Traits {
        Traits { remembers: true, evolves: true }
    }
    fn check(&mut self) -> Result<Vec<String>> {
        later()
    }
    fn peek(&mut self) -> Result<Opened> {
        later()
    }
    fn runs(&mut self, _limit: usize) -> Result<Vec<RunReport>> {
        later()
    }
    fn open(&mut self, _schema: &Schema) -> Result<Opened> {
        later()
    }
    fn known(&mut self, _stream: usize, _ids: &[i64]) -> Result<Vec<Known>> {
        later()
    }
    fn stored(&mut self, _stream: usize, _visit: &mut dyn FnMut(i64)) -> Result<()> {
        later()
    }
    fn remove(&mut self, _stream: usize, _ids: &[i64]) -> Result<()> {
        later()
    }
    fn put(&mut self, _stream: usize, _table: usize, _row: &[Cell<'_>]) -> Result<()> {
        later()
    }
    fn mark_deleted(&mut self, _stream: usize, _ids: &[i64], _at: i64, _run: i64) -> Result<u64> {
        later()
    }
    fn note(&mut self, _note: &Note) -> Result<()> {
        later()
    }
    fn commit(&mut self, _bookmarks: &[(&str, &Bookmark)]) -> Result<()> {
        later()
    }
    fn custom_fields(&mut self, _stream: usize, _fields: &[CustomField]) -> Result<()> {
        later()
    }
    fn close(self: Box<Self>) -> Result<()> {
        later()
    }
}
