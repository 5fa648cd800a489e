//! The destination of a dry run into a place where nothing was ever written: it holds nothing and takes nothing.

use crate::cell::Cell;
use crate::destination::{CustomField, Destination, Known, Opened, Traits};
use crate::note::Note;
use crate::report::RunReport;
use crate::schema::Schema;
use crate::state::Bookmark;
use crate::{Error, Result};

/// Nothing, with the traits of what will be there.
#[derive(Debug)]
pub(super) struct Nothing(pub(super) Traits);

fn dry<T>() -> Result<T> {
    Err(Error::Destination("a dry run writes nothing; report this as a defect".to_owned()))
}

impl Destination for Nothing {
    fn traits(&self) -> Traits {
        self.0
    }
    fn check(&mut self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
    fn peek(&mut self) -> Result<Opened> {
        Ok(Opened::default())
    }
    fn runs(&mut self, _limit: usize) -> Result<Vec<RunReport>> {
        Ok(Vec::new())
    }
    fn open(&mut self, schema: &Schema) -> Result<Opened> {
        Ok(Opened { ceilings: vec![None; schema.streams.len()], ..Opened::default() })
    }
    fn known(&mut self, _stream: usize, _ids: &[i64]) -> Result<Vec<Known>> {
        Ok(Vec::new())
    }
    fn stored(&mut self, _stream: usize, _visit: &mut dyn FnMut(i64)) -> Result<()> {
        Ok(())
    }
    fn remove(&mut self, _stream: usize, _ids: &[i64]) -> Result<()> {
        dry()
    }
    fn put(&mut self, _stream: usize, _table: usize, _row: &[Cell<'_>]) -> Result<()> {
        dry()
    }
    fn mark_deleted(&mut self, _stream: usize, _ids: &[i64], _at: i64, _run: i64) -> Result<u64> {
        dry()
    }
    fn note(&mut self, _note: &Note) -> Result<()> {
        dry()
    }
    fn commit(&mut self, _bookmarks: &[(&str, &Bookmark)]) -> Result<()> {
        dry()
    }
    fn custom_fields(&mut self, _stream: usize, _fields: &[CustomField]) -> Result<()> {
        dry()
    }
    fn close(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}
