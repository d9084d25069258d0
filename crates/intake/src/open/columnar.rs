//! Parquet: every column as text, row group by row group.
//!
//! Enters: a file on disk, or one held in memory where it lay inside a container. Leaves: blocks of rows. Fields of
//! structs become columns with dotted names; lists are written as text. Never: passes on the words of the library, which
//! may quote values.

use std::fmt;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Fields, Float32Type, Float64Type};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use bytes::Bytes;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::file::reader::ChunkReader;
use vocab::ProblemKind;

use super::block::{Cell, RowBlock};
use super::chunk::{Block, Chunk, Context, Parsed};
use super::limits::Limits;

/// Reason code of rows in a row group that cannot be decoded.
const BROKEN_ROW_GROUP: &str = "broken_row_group";
/// Rows of a broken row group that are believed: a lying directory may state any number.
const LOST_ROWS: u32 = 1 << 20;
/// Rows decoded at a time.
const BATCH_ROWS: usize = 8_192;

/// Where the bytes of a Parquet file are.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// In the file itself.
    Disk(PathBuf),
    /// In memory.
    Held(Bytes),
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if matches!(self, Source::Disk(_)) { "Disk" } else { "Held" })
    }
}

/// A row group to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RowGroup {
    pub(super) source: Source,
    pub(super) index: usize,
}

/// A Parquet table, as parsing needs it.
#[derive(Clone, Debug)]
pub(super) struct Columnar {
    pub(super) table: u32,
    pub(super) columns: Vec<String>,
    /// Rows and compressed bytes of each row group.
    pub(super) groups: Vec<(u64, u64)>,
}

impl Columnar {
    /// Reads the directory at the end of the file.
    pub(super) fn open(source: &Source, table: u32, limits: &Limits) -> Result<Self, (ProblemKind, &'static str)> {
        match source {
            Source::Disk(path) => {
                let file = File::open(path).map_err(|_| (ProblemKind::Unreadable, "it cannot be opened"))?;
                Self::directory(file, table, limits)
            }
            Source::Held(bytes) => Self::directory(bytes.clone(), table, limits),
        }
    }

    fn directory(
        reader: impl ChunkReader + 'static,
        table: u32,
        limits: &Limits,
    ) -> Result<Self, (ProblemKind, &'static str)> {
        let broken = (ProblemKind::Truncated, "the directory at the end of the Parquet file is missing or damaged");
        let builder = ParquetRecordBatchReaderBuilder::try_new(reader).map_err(|_| broken)?;
        let mut columns = Vec::new();
        names(builder.schema().fields(), "", &mut columns);
        if columns.len() > limits.columns {
            return Err((ProblemKind::LimitReached, "the Parquet file has more columns than the limit"));
        }
        let size = |bytes: i64| u64::try_from(bytes).unwrap_or(0);
        let groups = builder.metadata().row_groups();
        if groups.iter().map(|group| size(group.total_byte_size())).sum::<u64>() > limits.decoded_bytes {
            return Err((ProblemKind::LimitReached, "more decoded bytes than the limit for one file"));
        }
        let groups = groups.iter().map(|group| (size(group.num_rows()), size(group.compressed_size()))).collect();
        Ok(Columnar { table, columns, groups })
    }

    /// Returns the row groups as chunks without bytes.
    pub(super) fn chunks(&self, source: &Source) -> Vec<Chunk> {
        let chunk = |(index, group): (usize, &(u64, u64))| {
            let context = Context::RowGroup(RowGroup { source: source.clone(), index });
            Chunk { offset: 0, context, bytes: Vec::new(), skipped_bytes: group.1 }
        };
        self.groups.iter().enumerate().map(chunk).collect()
    }

    /// Returns the rows that the directory states for a chunk.
    pub(super) fn group_rows(&self, chunk: &Chunk) -> u64 {
        if let Context::RowGroup(group) = &chunk.context { self.groups[group.index].0 } else { 0 }
    }

    /// Decodes at most `rows` rows of a row group and gives them block by block: a row group may be larger than memory.
    pub(super) fn parse(&self, chunk: &Chunk, rows: usize, give: &mut dyn FnMut(Block)) -> Parsed {
        let Context::RowGroup(RowGroup { source, index }) = &chunk.context else { return Parsed::default() };
        let (stated, bytes) = self.groups[*index];
        let mut met = 0;
        let mut counted = |block: RowBlock| {
            met += u64::from(block.rows_met);
            give(Block::Rows(block));
        };
        // The library is known to panic on some damaged files; what it decoded before that is kept.
        let decoded = catch_unwind(AssertUnwindSafe(|| match source {
            Source::Disk(path) => File::open(path).ok().and_then(|file| self.batches(file, *index, rows)),
            Source::Held(held) => self.batches(held.clone(), *index, rows),
        }));
        let whole = decoded.ok().flatten().is_some_and(|batches| self.blocks(batches, &mut counted));
        let mut parsed = Parsed::default();
        let wanted = stated.min(rows as u64);
        if !whole && met < wanted {
            // What cannot be decoded was still there: the directory says how many rows.
            let lost = u32::try_from(wanted - met).unwrap_or(LOST_ROWS).min(LOST_ROWS);
            let set_aside = (0..lost).map(|row| (row, BROKEN_ROW_GROUP)).collect();
            let columns = self.columns.len();
            let lost = RowBlock { table: self.table, columns, rows_met: lost, set_aside, ..RowBlock::default() };
            give(Block::Rows(lost));
            parsed.unread_bytes = (bytes as f64 * (wanted - met) as f64 / wanted as f64) as u64;
        }
        parsed
    }

    fn batches(
        &self,
        reader: impl ChunkReader + 'static,
        index: usize,
        rows: usize,
    ) -> Option<ParquetRecordBatchReader> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(reader).ok()?;
        builder.with_row_groups(vec![index]).with_batch_size(BATCH_ROWS).with_limit(rows).build().ok()
    }

    /// Decodes a row group into blocks; false if it breaks off.
    fn blocks(&self, mut batches: ParquetRecordBatchReader, give: &mut dyn FnMut(RowBlock)) -> bool {
        loop {
            // Only the decoding may panic unnoticed, not what is done with the rows.
            let next = catch_unwind(AssertUnwindSafe(|| batches.next().map(|batch| self.block(&batch.ok()?))));
            match next {
                Ok(None) => return true,
                Ok(Some(Some(block))) => give(block),
                _ => return false,
            }
        }
    }

    fn block(&self, batch: &RecordBatch) -> Option<RowBlock> {
        let mut arrays = Vec::new();
        flatten(batch.columns(), &mut arrays);
        let texts: Vec<StringArray> = arrays.iter().map(text).collect::<Option<_>>()?;
        let rows = batch.num_rows();
        let columns = self.columns.len();
        let mut block = RowBlock { table: self.table, columns, rows_met: rows as u32, ..RowBlock::default() };
        block.ordinals = (0..rows as u32).collect();
        block.offsets = vec![0; rows];
        block.cells.reserve(rows * columns);
        for row in 0..rows {
            for text in &texts {
                if text.is_null(row) {
                    block.cells.push(Cell::NULL);
                    continue;
                }
                let value = text.value(row).as_bytes();
                let start = u32::try_from(block.bytes.len()).ok()?;
                block.bytes.extend_from_slice(value);
                block.cells.push(Cell { start, length: value.len() as u32 });
            }
        }
        Some(block)
    }
}

fn names(fields: &Fields, above: &str, into: &mut Vec<String>) {
    for field in fields {
        let name = if above.is_empty() { field.name().clone() } else { format!("{above}.{}", field.name()) };
        match field.data_type() {
            DataType::Struct(inner) => names(inner, &name, into),
            _ => into.push(name),
        }
    }
}

fn flatten(columns: &[ArrayRef], into: &mut Vec<ArrayRef>) {
    for column in columns {
        match column.as_struct_opt() {
            // A null struct hides its fields; flattening pushes that null down to them.
            Some(inner) => flatten(&inner.flatten_nulls(), into),
            None => into.push(column.clone()),
        }
    }
}

/// Pushes the nulls of a struct down to its fields.
trait FlattenNulls {
    fn flatten_nulls(&self) -> Vec<ArrayRef>;
}

impl FlattenNulls for arrow::array::StructArray {
    fn flatten_nulls(&self) -> Vec<ArrayRef> {
        let Some(nulls) = self.nulls() else { return self.columns().to_vec() };
        self.columns()
            .iter()
            .map(|column| {
                let both = arrow::buffer::NullBuffer::union(Some(nulls), column.nulls());
                let data = column.to_data().into_builder().nulls(both).build();
                data.map_or_else(|_| column.clone(), arrow::array::make_array)
            })
            .collect()
    }
}

/// A column as text: whole floats without `.0`, dates and times in ISO form, binary as text where it is text.
fn text(array: &ArrayRef) -> Option<StringArray> {
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string::<i32>().clone()),
        DataType::Float64 => Some(floats(array.as_primitive::<Float64Type>().iter())),
        DataType::Float32 => Some(floats(array.as_primitive::<Float32Type>().iter().map(|v| v.map(f64::from)))),
        DataType::Binary | DataType::LargeBinary | DataType::FixedSizeBinary(_) | DataType::BinaryView => {
            let binary = cast(array, &DataType::LargeBinary).ok()?;
            Some(binary.as_binary::<i64>().iter().map(|value| value.map(binary_text)).collect())
        }
        DataType::List(_) | DataType::LargeList(_) | DataType::Map(..) | DataType::FixedSizeList(..) => shown(array),
        _ => match cast(array, &DataType::Utf8) {
            Ok(text) => Some(text.as_string::<i32>().clone()),
            Err(_) => shown(array),
        },
    }
}

fn floats(values: impl Iterator<Item = Option<f64>>) -> StringArray {
    values.map(|value| value.map(|value| value.to_string())).collect()
}

fn binary_text(value: &[u8]) -> String {
    match std::str::from_utf8(value) {
        Ok(text) => text.to_owned(),
        Err(_) => value.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

fn shown(array: &ArrayRef) -> Option<StringArray> {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(array.as_ref(), &options).ok()?;
    let value =
        |row| if array.is_null(row) { Some(None) } else { Some(Some(formatter.value(row).try_to_string().ok()?)) };
    (0..array.len()).map(value).collect::<Option<Vec<Option<String>>>>().map(StringArray::from)
}
