//! Parquet files written anew without some rows, with marks of deletion, with more columns, or several in one: row groups that are not concerned are copied as
//! their bytes are.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Int64Array, RecordBatch, TimestampMicrosecondArray, new_null_array,
};
use arrow_select::filter::filter;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::statistics::Statistics;

use super::parquet_write::{ParquetFile, data_type, failed};
use super::shape::{Edit, Rewritten, Shape};
use crate::{Error, Result};

/// Row groups of fewer rows are put together with their neighbours instead of being copied.
const SMALL_GROUP: i64 = 1_024;
/// Rows read at a time.
const BATCH: usize = 4_096;
/// A row group put together from pieces ends at so many bytes.
const PIECES: usize = 4 << 20;

/// A file to be taken over, with what happens to its rows.
#[derive(Debug)]
pub(super) struct Input<'a> {
    pub(super) file: File,
    pub(super) name: String,
    /// By id of the record.
    pub(super) edits: Option<&'a HashMap<i64, Edit>>,
}

struct Output<'a> {
    shape: &'a Shape,
    file: ParquetFile,
    pieces: Vec<Vec<ArrayRef>>,
    bytes: usize,
}

impl Output<'_> {
    fn piece(&mut self, columns: Vec<ArrayRef>) -> Result<()> {
        self.bytes += columns.iter().map(Array::get_buffer_memory_size).sum::<usize>();
        self.pieces.push(columns);
        if self.bytes >= PIECES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        self.file.columns(self.shape, &self.pieces)?;
        self.pieces.clear();
        self.bytes = 0;
        Ok(())
    }
}

fn broken(name: &str, error: impl std::fmt::Display) -> Error {
    Error::Destination(format!(
        "{name} cannot be read as Parquet ({error}); restore it, or remove the directory and load anew"
    ))
}

/// Writes the rows of `inputs`, edited, to `out`. One input of which no row is concerned is left alone.
pub(super) fn rewrite(shape: &Shape, table: usize, inputs: &[Input<'_>], out: &Path) -> Result<Rewritten> {
    let mut sources = Vec::with_capacity(inputs.len());
    let mut concerned = inputs.len() != 1;
    for input in inputs {
        let metadata =
            ArrowReaderMetadata::load(&input.file, ArrowReaderOptions::new().with_skip_arrow_metadata(true))
                .map_err(|error| failed("read", &input.name, error))?;
        let same = metadata.schema().fields().len() == shape.columns.len();
        concerned |= !same;
        let mut touched = Vec::new();
        let mut base = 0;
        for (number, group) in metadata.metadata().row_groups().iter().enumerate() {
            let is = touches(shape, table, input, &metadata, number, group, base)?;
            concerned |= is;
            touched.push(is || !same || inputs.len() > 1 && group.num_rows() < SMALL_GROUP);
            base += group.num_rows().unsigned_abs();
        }
        sources.push((input, metadata, touched));
    }
    if !concerned {
        return Ok(Rewritten::Untouched);
    }
    let mut output = Output { shape, file: ParquetFile::create(shape, out)?, pieces: Vec::new(), bytes: 0 };
    for (input, metadata, touched) in sources {
        let mut base = 0;
        for (number, (group, touched)) in metadata.metadata().row_groups().iter().zip(touched).enumerate() {
            if touched {
                let mut position = base;
                for batch in reader(input, &metadata, number, ProjectionMask::all())? {
                    let batch = batch.map_err(|error| broken(&input.name, error))?;
                    let rows = batch.num_rows() as u64;
                    let columns = edited(shape, table, input, &batch, position)?;
                    if columns.first().is_some_and(|column| !column.is_empty()) {
                        output.piece(columns)?;
                    }
                    position += rows;
                }
            } else {
                output.flush()?;
                output.file.copy(shape, &input.file, group)?;
            }
            base += group.num_rows().unsigned_abs();
        }
    }
    output.flush()?;
    Ok(Rewritten::Rows(output.file.finish(shape)?))
}

fn reader(
    input: &Input<'_>,
    metadata: &ArrowReaderMetadata,
    group: usize,
    columns: ProjectionMask,
) -> Result<ParquetRecordBatchReader> {
    let file = input.file.try_clone().map_err(|error| super::place::trouble("read", &input.name, &error))?;
    ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone())
        .with_projection(columns)
        .with_row_groups(vec![group])
        .with_batch_size(BATCH)
        .build()
        .map_err(|error| failed("read", &input.name, error))
}

/// Position in the file of the column with the records' ids: a file of before may have fewer columns, but it has this one, by name.
fn owner_in(shape: &Shape, metadata: &ArrowReaderMetadata, input: &Input<'_>) -> Result<usize> {
    metadata.schema().index_of(&shape.columns[shape.owner].name).map_err(|error| broken(&input.name, error))
}

/// The records' ids: whole numbers, or doubles in the layout `kondado`.
fn ids(column: &ArrayRef) -> Option<Int64Array> {
    let doubles = || column.as_primitive_opt::<Float64Type>().map(|doubles| doubles.unary(|id| id as i64));
    column.as_primitive_opt::<Int64Type>().cloned().or_else(doubles)
}

/// Whether any row of the row group is edited. The group's statistics answer most of the time.
fn touches(
    shape: &Shape,
    table: usize,
    input: &Input<'_>,
    metadata: &ArrowReaderMetadata,
    number: usize,
    group: &RowGroupMetaData,
    base: u64,
) -> Result<bool> {
    let Some(edits) = input.edits.filter(|edits| !edits.is_empty()) else { return Ok(false) };
    let owner = owner_in(shape, metadata, input)?;
    let range = match group.column(owner).statistics() {
        Some(Statistics::Int64(range)) => range.min_opt().copied().zip(range.max_opt().copied()),
        Some(Statistics::Double(range)) => {
            range.min_opt().map(|least| *least as i64).zip(range.max_opt().map(|greatest| *greatest as i64))
        }
        _ => None,
    };
    if range.is_some_and(|(least, greatest)| !edits.keys().any(|id| (least..=greatest).contains(id))) {
        return Ok(false);
    }
    let only = ProjectionMask::leaves(metadata.parquet_schema(), [owner]);
    let mut position = base;
    for batch in reader(input, metadata, number, only)? {
        let batch = batch.map_err(|error| broken(&input.name, error))?;
        let owners = ids(batch.column(0)).ok_or_else(|| broken(&input.name, "no ids"))?;
        for id in owners.values() {
            if edits.get(id).is_some_and(|edit| edit.kills(table, position) || edit.mark.is_some()) {
                return Ok(true);
            }
            position += 1;
        }
    }
    Ok(false)
}

/// The rows of a batch that stay, in the columns of the table.
fn edited(
    shape: &Shape,
    table: usize,
    input: &Input<'_>,
    batch: &RecordBatch,
    base: u64,
) -> Result<Vec<ArrayRef>> {
    let mut columns = Vec::with_capacity(shape.columns.len());
    for column in &shape.columns {
        columns.push(match batch.column_by_name(&column.name) {
            Some(array) if *array.data_type() == data_type(column.kind) => Arc::clone(array),
            Some(_) => return Err(broken(&input.name, format!("column {} has another type", column.name))),
            None => new_null_array(&data_type(column.kind), batch.num_rows()),
        });
    }
    let Some(edits) = input.edits.filter(|edits| !edits.is_empty()) else { return Ok(columns) };
    let owners = ids(&columns[shape.owner]).ok_or_else(|| broken(&input.name, "no ids"))?;
    let edit = |at: usize| edits.get(&owners.value(at));
    if edits.values().any(|edit| edit.mark.is_some())
        && let Some(deleted) = shape.deleted
    {
        let before = Arc::clone(&columns[deleted]);
        let before = before
            .as_primitive_opt::<TimestampMicrosecondType>()
            .ok_or_else(|| broken(&input.name, "no moments of deletion"))?;
        let mark = |at: usize| edit(at).and_then(|edit| edit.mark).filter(|_| before.is_null(at));
        let kind = shape.columns[deleted].kind;
        let marked: TimestampMicrosecondArray = (0..batch.num_rows())
            .map(|at| {
                mark(at)
                    .map(|mark| mark.moment(kind))
                    .or_else(|| before.is_valid(at).then(|| before.value(at)))
            })
            .collect();
        columns[deleted] = Arc::new(marked.with_data_type(data_type(kind)));
        if let Some(run) = shape.run {
            let runs = Arc::clone(&columns[run]);
            let runs =
                runs.as_primitive_opt::<Int64Type>().ok_or_else(|| broken(&input.name, "no run numbers"))?;
            let marked: Int64Array = (0..batch.num_rows())
                .map(|at| mark(at).map(|mark| mark.run).or_else(|| runs.is_valid(at).then(|| runs.value(at))))
                .collect();
            columns[run] = Arc::new(marked);
        }
    }
    let stays: BooleanArray = (0..batch.num_rows())
        .map(|at| Some(!edit(at).is_some_and(|edit| edit.kills(table, base + at as u64))))
        .collect();
    if stays.true_count() == stays.len() {
        return Ok(columns);
    }
    columns.iter().map(|column| filter(column, &stays).map_err(|error| broken(&input.name, error))).collect()
}
