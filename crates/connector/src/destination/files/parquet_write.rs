//! Parquet files from cells: one buffer for each column, encoded a row group at a time.

use std::collections::HashSet;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Decimal128Builder, FixedSizeBinaryBuilder, Float64Builder, Int64Builder, StringBuilder,
    TimestampMicrosecondBuilder,
};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, Field, SchemaRef, TimeUnit};
use parquet::arrow::arrow_writer::{ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit as ParquetUnit, Type as Physical};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, Type as ParquetType, TypePtr};
use xxhash_rust::xxh3::xxh3_64;

use super::place::trouble;
use super::shape::Shape;
use crate::cell::Cell;
use crate::schema::Type;
use crate::{Error, Result};

/// Digits of `Type::Numeric`.
const PRECISION: u8 = 20;
/// Of those, after the point.
const SCALE: i8 = 6;
/// A row group ends at so many rows, so that rewriting one changed record encodes no more than that.
const GROUP_ROWS: usize = 32_768;
/// So many values of a column are looked at to find out whether a dictionary pays.
const SAMPLE: usize = 512;

/// A failure of the Parquet library as a sentence.
pub(super) fn failed(doing: &str, name: &str, error: ParquetError) -> Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(error) => trouble(doing, name, &error),
            Err(error) => Error::Destination(format!("cannot {doing} {name}: {error}")),
        },
        other => Error::Destination(format!("cannot {doing} {name}: {other}")),
    }
}

/// The values of one column for the row group being filled.
#[derive(Debug)]
enum Values {
    Integer(Int64Builder),
    Double(Float64Builder),
    Decimal(Decimal128Builder),
    Text(StringBuilder),
    Flag(BooleanBuilder),
    Micros(TimestampMicrosecondBuilder),
    Hash(FixedSizeBinaryBuilder),
}

/// A column being filled. Most columns of the wide tables are null nearly everywhere: nulls are counted and handed on together.
#[derive(Debug)]
struct Filling {
    values: Values,
    nulls: usize,
}

impl Filling {
    fn new(kind: Type) -> Self {
        let values = match kind {
            Type::BigInt => Values::Integer(Int64Builder::new()),
            Type::Double => Values::Double(Float64Builder::new()),
            Type::Numeric => Values::Decimal(
                Decimal128Builder::new().with_data_type(DataType::Decimal128(PRECISION, SCALE)),
            ),
            Type::Text | Type::Json => Values::Text(StringBuilder::new()),
            Type::Boolean => Values::Flag(BooleanBuilder::new()),
            Type::Instant | Type::Civil => {
                Values::Micros(TimestampMicrosecondBuilder::new().with_data_type(data_type(kind)))
            }
            Type::Hash => Values::Hash(FixedSizeBinaryBuilder::new(16)),
        };
        Self { values, nulls: 0 }
    }

    fn settle_nulls(&mut self) {
        let count = std::mem::take(&mut self.nulls);
        match &mut self.values {
            Values::Integer(builder) => builder.append_nulls(count),
            Values::Double(builder) => builder.append_nulls(count),
            Values::Decimal(builder) => builder.append_nulls(count),
            Values::Text(builder) => builder.append_nulls(count),
            Values::Flag(builder) => builder.append_nulls(count),
            Values::Micros(builder) => builder.append_nulls(count),
            Values::Hash(builder) => builder.append_nulls(count),
        }
    }

    /// Adds a value; how many bytes it takes. None when the cell is not of the column's type.
    #[inline]
    fn push(&mut self, cell: &Cell<'_>) -> Option<usize> {
        if matches!(cell, Cell::Null) {
            self.nulls += 1;
            return Some(1);
        }
        if self.nulls > 0 {
            self.settle_nulls();
        }
        match (&mut self.values, cell) {
            (Values::Integer(builder), Cell::Integer(value)) => builder.append_value(*value),
            (Values::Double(builder), Cell::Double(value)) => builder.append_value(*value),
            (Values::Decimal(builder), Cell::Decimal(text)) => {
                builder.append_value(decimal(text)?);
                return Some(16);
            }
            (Values::Text(builder), Cell::Text(text)) => {
                builder.append_value(text.text);
                return Some(text.text.len() + 5);
            }
            (Values::Text(builder), Cell::Json(text)) => {
                builder.append_value(text);
                return Some(text.len() + 5);
            }
            (Values::Flag(builder), Cell::Boolean(value)) => {
                builder.append_value(*value);
                return Some(1);
            }
            (Values::Micros(builder), Cell::Micros(value)) => builder.append_value(*value),
            (Values::Hash(builder), Cell::Hash(value)) => {
                builder.append_value(value.to_be_bytes()).ok()?;
                return Some(16);
            }
            _ => return None,
        }
        Some(8)
    }

    fn finish(&mut self) -> ArrayRef {
        if self.nulls > 0 {
            self.settle_nulls();
        }
        match &mut self.values {
            Values::Integer(builder) => Arc::new(builder.finish()),
            Values::Double(builder) => Arc::new(builder.finish()),
            Values::Decimal(builder) => Arc::new(builder.finish()),
            Values::Text(builder) => Arc::new(builder.finish()),
            Values::Flag(builder) => Arc::new(builder.finish()),
            Values::Micros(builder) => Arc::new(builder.finish()),
            Values::Hash(builder) => Arc::new(builder.finish()),
        }
    }
}

/// Plain decimal text as a whole number of millionths.
pub(super) fn decimal(text: &str) -> Option<i128> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mut value, mut point, mut any) = (0_i128, None, false);
    for byte in digits.bytes() {
        match byte {
            b'0'..=b'9' => {
                value = value.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
                point = point.map(|count: u32| count + 1);
                any = true;
            }
            b'.' if point.is_none() => point = Some(0),
            _ => return None,
        }
    }
    let missing = (SCALE as u32).checked_sub(point.unwrap_or(0))?;
    value = value.checked_mul(10_i128.pow(missing))?;
    // Twenty digits in all.
    (any && value < 100_000_000_000_000_000_000).then_some(if negative { -value } else { value })
}

/// The Arrow type of a column.
pub(super) fn data_type(kind: Type) -> DataType {
    match kind {
        Type::BigInt => DataType::Int64,
        Type::Double => DataType::Float64,
        Type::Numeric => DataType::Decimal128(PRECISION, SCALE),
        Type::Text | Type::Json => DataType::Utf8,
        Type::Boolean => DataType::Boolean,
        Type::Instant => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        Type::Civil => DataType::Timestamp(TimeUnit::Microsecond, None),
        Type::Hash => DataType::FixedSizeBinary(16),
    }
}

/// The Arrow schema of a table's files.
pub(super) fn arrow_schema(shape: &Shape) -> SchemaRef {
    let fields: Vec<Field> = shape
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| Field::new(&column.name, data_type(column.kind), at != shape.owner))
        .collect();
    Arc::new(arrow_schema::Schema::new(fields))
}

/// The Parquet schema of a table's files: plain logical types that every reader knows. The hash is 16 bytes without a logical type, because readers disagree about
/// UUID; JSON is annotated, and text to readers that do not know the annotation.
fn parquet_schema(shape: &Shape) -> std::result::Result<TypePtr, ParquetError> {
    let mut fields = Vec::with_capacity(shape.columns.len());
    for (at, column) in shape.columns.iter().enumerate() {
        let (physical, logical) = match column.kind {
            Type::BigInt => (Physical::INT64, None),
            Type::Double => (Physical::DOUBLE, None),
            Type::Numeric => (
                Physical::FIXED_LEN_BYTE_ARRAY,
                Some(LogicalType::decimal(i32::from(SCALE), i32::from(PRECISION))),
            ),
            Type::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Type::Json => (Physical::BYTE_ARRAY, Some(LogicalType::Json)),
            Type::Boolean => (Physical::BOOLEAN, None),
            Type::Instant => (Physical::INT64, Some(LogicalType::timestamp(true, ParquetUnit::MICROS))),
            Type::Civil => (Physical::INT64, Some(LogicalType::timestamp(false, ParquetUnit::MICROS))),
            Type::Hash => (Physical::FIXED_LEN_BYTE_ARRAY, None),
        };
        let mut builder = ParquetType::primitive_type_builder(&column.name, physical)
            .with_repetition(if at == shape.owner { Repetition::REQUIRED } else { Repetition::OPTIONAL })
            .with_logical_type(logical);
        if column.kind == Type::Numeric {
            // Nine bytes are the fewest that hold twenty digits.
            builder =
                builder.with_length(9).with_precision(i32::from(PRECISION)).with_scale(i32::from(SCALE));
        } else if column.kind == Type::Hash {
            builder = builder.with_length(16);
        }
        fields.push(Arc::new(builder.build()?));
    }
    Ok(Arc::new(ParquetType::group_type_builder("schema").with_fields(fields).build()?))
}

/// Whether the values of a column repeat so much that a dictionary makes the file smaller and quicker to write.
fn repeats(array: &dyn Array) -> bool {
    let step = (array.len() / SAMPLE).max(1);
    let mut seen = HashSet::with_capacity(SAMPLE);
    let mut looked = 0_usize;
    let mut look = |hash: u64| {
        looked += 1;
        seen.insert(hash);
    };
    let positions = (0..array.len()).step_by(step).filter(|&at| array.is_valid(at));
    match array.data_type() {
        DataType::Utf8 => {
            let texts = array.as_string::<i32>();
            positions.for_each(|at| look(xxh3_64(texts.value(at).as_bytes())));
        }
        DataType::Int64 => {
            let numbers = array.as_primitive::<Int64Type>();
            positions.for_each(|at| look(numbers.value(at) as u64));
        }
        DataType::Timestamp(..) => {
            let moments = array.as_primitive::<TimestampMicrosecondType>();
            positions.for_each(|at| look(moments.value(at) as u64));
        }
        DataType::Float64 => {
            let doubles = array.as_primitive::<Float64Type>();
            positions.for_each(|at| look(doubles.value(at).to_bits()));
        }
        _ => return false,
    }
    // A column that is null wherever we look gets none: what turns up later is rare.
    looked > 0 && seen.len() * 3 < looked
}

fn properties(shape: &Shape, first: &[ArrayRef]) -> WriterProperties {
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_dictionary_enabled(false)
        // Nobody of the readers we know needs page indexes for tables of this size, and without them row groups can be copied byte by byte.
        .set_offset_index_disabled(true)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_created_by("favo sync".to_owned());
    for (at, column) in shape.columns.iter().enumerate() {
        let path = ColumnPath::from(column.name.as_str());
        if matches!(column.kind, Type::BigInt | Type::Instant | Type::Civil | Type::Numeric | Type::Double) {
            // Readers skip row groups by these; the least and greatest text of a column is of no use to them and dear to find.
            builder = builder.set_column_statistics_enabled(path.clone(), EnabledStatistics::Chunk);
        }
        if column.kind == Type::Hash {
            // Random bytes do not get smaller.
            builder = builder.set_column_compression(path.clone(), Compression::UNCOMPRESSED);
        }
        if first.get(at).is_some_and(|array| repeats(array)) {
            builder = builder.set_column_dictionary_enabled(path, true);
        }
    }
    builder.build()
}

/// A Parquet file under way.
pub(super) struct ParquetFile {
    name: String,
    schema: SchemaRef,
    /// Not begun before the first row group is there: what it holds decides about dictionaries.
    writer: Option<SerializedFileWriter<File>>,
    file: Option<File>,
    factory: Option<ArrowRowGroupWriterFactory>,
    groups: usize,
    rows: u64,
    filling: Vec<Filling>,
    filled: usize,
    buffered: usize,
}

impl std::fmt::Debug for ParquetFile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ParquetFile")
            .field("name", &self.name)
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

impl ParquetFile {
    /// Begins a file at that path.
    pub(super) fn create(shape: &Shape, path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let file = File::create(path).map_err(|error| trouble("write", &name, &error))?;
        Ok(Self {
            name,
            schema: arrow_schema(shape),
            writer: None,
            file: Some(file),
            factory: None,
            groups: 0,
            rows: 0,
            filling: shape.columns.iter().map(|column| Filling::new(column.kind)).collect(),
            filled: 0,
            buffered: 0,
        })
    }

    /// Rows so far.
    pub(super) fn rows(&self) -> u64 {
        self.rows + self.filled as u64
    }

    /// Bytes that wait to be encoded.
    pub(super) fn buffered(&self) -> usize {
        self.buffered
    }

    /// Adds a row.
    pub(super) fn row(&mut self, shape: &Shape, row: &[Cell<'_>]) -> Result<()> {
        for (at, (column, from)) in self.filling.iter_mut().zip(&shape.from).enumerate() {
            let cell = from.map_or(Some(&Cell::Null), |from| row.get(from)).unwrap_or(&Cell::Null);
            let Some(bytes) = column.push(cell).filter(|_| at != shape.owner || !matches!(cell, Cell::Null))
            else {
                return Err(unfit(shape, at, cell));
            };
            self.buffered += bytes;
        }
        self.filled += 1;
        if self.filled == GROUP_ROWS {
            self.flush(shape)?;
        }
        Ok(())
    }

    /// Ends the row group.
    pub(super) fn flush(&mut self, shape: &Shape) -> Result<()> {
        if self.filled == 0 {
            return Ok(());
        }
        let arrays: Vec<ArrayRef> = self.filling.iter_mut().map(Filling::finish).collect();
        self.filled = 0;
        self.buffered = 0;
        self.columns(shape, &[arrays])
    }

    /// The file's writer, begun with what `first` tells about dictionaries.
    fn begin(&mut self, shape: &Shape, first: &[ArrayRef]) -> Result<()> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let properties: WriterPropertiesPtr = Arc::new(properties(shape, first));
        let writer = parquet_schema(shape)
            .and_then(|schema| SerializedFileWriter::new(file, schema, properties))
            .map_err(|error| failed("write", &self.name, error))?;
        self.factory = Some(ArrowRowGroupWriterFactory::new(&writer, Arc::clone(&self.schema)));
        self.writer = Some(writer);
        Ok(())
    }

    /// Writes a row group of columns that are there already, in pieces.
    pub(super) fn columns(&mut self, shape: &Shape, pieces: &[Vec<ArrayRef>]) -> Result<()> {
        if let Some(first) = pieces.first() {
            self.begin(shape, first)?;
            self.group(pieces)?;
        }
        Ok(())
    }

    fn group(&mut self, pieces: &[Vec<ArrayRef>]) -> Result<()> {
        let rows: usize = pieces.iter().filter_map(|piece| piece.first()).map(Array::len).sum();
        let (Some(writer), Some(factory)) = (&mut self.writer, &self.factory) else { return Ok(()) };
        let schema = &self.schema;
        let written = (|| {
            let columns = factory.create_column_writers(self.groups)?;
            let mut group = writer.next_row_group()?;
            for (at, (field, mut encoder)) in schema.fields().iter().zip(columns).enumerate() {
                for array in pieces.iter().filter_map(|piece| piece.get(at)) {
                    for leaf in compute_leaves(field, array)? {
                        encoder.write(&leaf)?;
                    }
                }
                encoder.close()?.append_to_row_group(&mut group)?;
            }
            group.close()?;
            Ok(())
        })();
        written.map_err(|error| failed("write", &self.name, error))?;
        self.groups += 1;
        self.rows += rows as u64;
        Ok(())
    }

    /// Takes a row group of another file of the same table over as its bytes are.
    pub(super) fn copy(&mut self, shape: &Shape, from: &File, group: &RowGroupMetaData) -> Result<()> {
        self.begin(shape, &[])?;
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let written = (|| {
            let mut out = writer.next_row_group()?;
            for column in group.columns() {
                out.append_column(
                    from,
                    ColumnCloseResult {
                        bytes_written: column.compressed_size().unsigned_abs(),
                        rows_written: group.num_rows().unsigned_abs(),
                        metadata: column.clone(),
                        bloom_filter: None,
                        column_index: None,
                        offset_index: None,
                    },
                )?;
            }
            out.close()?;
            Ok(())
        })();
        written.map_err(|error| failed("write", &self.name, error))?;
        self.groups += 1;
        self.rows += group.num_rows().unsigned_abs();
        Ok(())
    }

    /// Completes the file.
    pub(super) fn finish(mut self, shape: &Shape) -> Result<u64> {
        self.flush(shape)?;
        self.begin(shape, &[])?;
        if let Some(writer) = self.writer.take() {
            writer.close().map_err(|error| failed("write", &self.name, error))?;
        }
        Ok(self.rows)
    }
}

/// A cell that its column cannot take: a mistake of this program, said plainly instead of a wrong value.
pub(super) fn unfit(shape: &Shape, at: usize, cell: &Cell<'_>) -> Error {
    Error::Destination(format!(
        "the column {} of {} cannot hold {cell:?}; this is a bug of this program",
        shape.columns[at].name, shape.name
    ))
}
