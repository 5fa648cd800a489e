//! The formats side by side: which file is begun, and which way one is written anew.

use std::path::Path;

use super::parquet_rewrite::{self, Input};
use super::parquet_write::ParquetFile;
use super::shape::{Rewritten, Shape};
use super::text::{Spelling, TextFile};
use super::text_rewrite;
use crate::Result;
use crate::cell::Cell;

/// How files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Format {
    Parquet,
    Csv,
    JsonLines,
}

impl Format {
    /// The end of the files' names, and the name in the manifest and in `--to`.
    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    /// Writes the rows of `inputs`, edited, to `out`.
    pub(super) fn rewrite(
        self,
        shape: &Shape,
        table: usize,
        inputs: Vec<Input<'_>>,
        out: &Path,
    ) -> Result<Rewritten> {
        match self {
            Self::Parquet => parquet_rewrite::rewrite(shape, table, &inputs, out),
            Self::Csv => text_rewrite::rewrite(Spelling::Csv, shape, table, inputs, out),
            Self::JsonLines => text_rewrite::rewrite(Spelling::Json, shape, table, inputs, out),
        }
    }
}

/// A file under way.
#[derive(Debug)]
pub(super) enum Writer {
    Parquet(Box<ParquetFile>),
    Text(TextFile),
}

impl Writer {
    /// Begins a file at that path.
    pub(super) fn create(format: Format, shape: &Shape, path: &Path) -> Result<Self> {
        Ok(match format {
            Format::Parquet => Self::Parquet(Box::new(ParquetFile::create(shape, path)?)),
            Format::Csv => Self::Text(TextFile::create(Spelling::Csv, shape, path)?),
            Format::JsonLines => Self::Text(TextFile::create(Spelling::Json, shape, path)?),
        })
    }

    /// Adds a row.
    pub(super) fn row(&mut self, shape: &Shape, row: &[Cell<'_>]) -> Result<()> {
        match self {
            Self::Parquet(file) => file.row(shape, row),
            Self::Text(file) => file.row(shape, row),
        }
    }

    /// Rows so far.
    pub(super) fn rows(&self) -> u64 {
        match self {
            Self::Parquet(file) => file.rows(),
            Self::Text(file) => file.rows(),
        }
    }

    /// Bytes that wait in memory; text files keep a small buffer only and count as nothing.
    pub(super) fn buffered(&self) -> usize {
        match self {
            Self::Parquet(file) => file.buffered(),
            Self::Text(_) => 0,
        }
    }

    /// Takes what waits out of memory.
    pub(super) fn flush(&mut self, shape: &Shape) -> Result<()> {
        match self {
            Self::Parquet(file) => file.flush(shape),
            Self::Text(file) => file.flush(),
        }
    }

    /// Completes the file; how many rows it has.
    pub(super) fn finish(self, shape: &Shape) -> Result<u64> {
        match self {
            Self::Parquet(file) => file.finish(shape),
            Self::Text(file) => file.finish(),
        }
    }
}
