//! One Parquet file: written beside its place and renamed, so that a killed run leaves the old file or none.

use std::fmt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::{Compression, ZstdLevel};
use parquet::encryption::decrypt::FileDecryptionProperties;
use parquet::encryption::encrypt::FileEncryptionProperties;
use parquet::file::properties::WriterProperties;
use vocab::CaseKey;

/// Rows of a batch.
pub(crate) const BATCH_ROWS: usize = 64 * 1024;

/// A stage table that cannot be written or read. Holds the path and the program's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableError {
    /// What failed, on which file, and what to do next.
    pub cause: String,
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)
    }
}

impl std::error::Error for TableError {}

pub(crate) fn not_written(path: &Path, source: Option<&std::io::Error>) -> TableError {
    let kind = source.map_or_else(String::new, |error| format!(" ({})", error.kind()));
    TableError { cause: format!("cannot write {}{kind}; free space or choose another folder", path.display()) }
}

pub(crate) fn not_read(path: &Path) -> TableError {
    TableError {
        cause: format!(
            "cannot read {}: not there, damaged, or of another case's key; run the stage again",
            path.display()
        ),
    }
}

/// Writes a file whole: under another name first, then renamed.
pub(crate) struct Writer {
    path: PathBuf,
    unfinished: PathBuf,
    schema: Arc<Schema>,
    writer: ArrowWriter<File>,
}

impl Writer {
    pub(crate) fn create(path: &Path, fields: Vec<Field>, key: Option<&CaseKey>) -> Result<Self, TableError> {
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".unfinished");
        let unfinished = PathBuf::from(unfinished);
        let file = File::create(&unfinished).map_err(|error| not_written(path, Some(&error)))?;
        let level = ZstdLevel::try_new(1).map_err(|_| not_written(path, None))?;
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_created_by("leakassay".to_owned());
        if let Some(key) = key {
            let encryption = FileEncryptionProperties::builder(key.bytes().to_vec()).build();
            properties = properties.with_file_encryption_properties(encryption.map_err(|_| not_written(path, None))?);
        }
        let schema = Arc::new(Schema::new(fields));
        let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties.build()));
        let writer = writer.map_err(|_| not_written(path, None))?;
        Ok(Writer { path: path.to_owned(), unfinished, schema, writer })
    }

    pub(crate) fn write(&mut self, columns: Vec<ArrayRef>) -> Result<(), TableError> {
        let batch =
            RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(|_| not_written(&self.path, None))?;
        self.writer.write(&batch).map_err(|_| not_written(&self.path, None))
    }

    pub(crate) fn finish(self) -> Result<(), TableError> {
        let Writer { path, unfinished, writer, .. } = self;
        let file = writer.into_inner().map_err(|_| not_written(&path, None))?;
        file.sync_all().map_err(|error| not_written(&path, Some(&error)))?;
        fs::rename(&unfinished, &path).map_err(|error| not_written(&path, Some(&error)))
    }
}

/// Opens a file and iterates over its batches.
pub(crate) fn read(path: &Path, key: Option<&CaseKey>) -> Result<ParquetRecordBatchReader, TableError> {
    let file = File::open(path).map_err(|_| not_read(path))?;
    let mut options = ArrowReaderOptions::new();
    if let Some(key) = key {
        let decryption = FileDecryptionProperties::builder(key.bytes().to_vec()).build();
        options = options.with_file_decryption_properties(decryption.map_err(|_| not_read(path))?);
    }
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options).map_err(|_| not_read(path))?;
    builder.with_batch_size(BATCH_ROWS).build().map_err(|_| not_read(path))
}
