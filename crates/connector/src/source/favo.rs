//! Not written yet.

use super::{FeedPage, Hello, Outcome, Page, Sink, Source, Task, nectar::Nectar};
use crate::destination::CustomField;
use crate::tables::Stream;
use crate::{Error, Result};

/// A Favo server.
#[derive(Debug)]
pub(super) struct Favo {}

impl Favo {
    pub(super) fn new(_nectar: Nectar) -> Self {
        Self {}
    }
}

fn later<T>() -> Result<T> {
    Err(Error::Source("not written yet".to_owned()))
}

impl Source for Favo {
    fn hello(&self) -> Result<Hello> {
        later()
    }
    fn sample(&self, _stream: &'static Stream) -> Result<Option<Page>> {
        later()
    }
    fn custom_fields(&self) -> Result<Vec<CustomField>> {
        later()
    }
    fn read(&self, _stream: &'static Stream, _task: &Task, _sink: &mut dyn Sink) -> Result<Outcome> {
        later()
    }
    fn ids(&self, _stream: &'static Stream, _messages: &mut Vec<String>) -> Result<Option<Vec<i64>>> {
        later()
    }
    fn gone(&self, _stream: &'static Stream, _ids: &[i64]) -> Result<Vec<i64>> {
        later()
    }
    fn changes(&self, _position: i64, _streams: &[&'static str]) -> Result<Option<FeedPage>> {
        later()
    }
    fn check(&self, _streams: &[&'static Stream]) -> Result<Vec<(bool, String)>> {
        later()
    }
}
