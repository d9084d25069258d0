//! The files of a case: evidence in five formats, the reference, the row table. Same chunks, same bytes.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, RecordBatch, StringDictionaryBuilder, UInt64Array};
use arrow::datatypes::{DataType, Field, Int8Type, Schema, SchemaRef};
use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression as ParquetCompression;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::SimulateError;
use crate::chunk::{Chunk, RowMark, device_schema};
use crate::reference;
use crate::tables::{COMPILED_FILE, CREDIT_FILE, DEVICE_FILE, SQL_FILE, TableId, ZIP_FILE};

/// Rows of a group in Parquet files: what the writer holds in memory.
const ROW_GROUP: usize = 128 * 1024;
/// Where the reference lies.
pub(crate) const REFERENCE_FILE: &str = "reference/crm.parquet";
/// Where the person of each row lies.
pub(crate) const ROWS_FILE: &str = "truth_rows.parquet";

/// Which tables have a header line of their own.
fn header(table: TableId) -> Vec<u8> {
    let names: Vec<String> = table
        .table()
        .columns
        .iter()
        .map(|(name, _)| if name.contains(' ') { format!("\"{name}\"") } else { (*name).to_owned() })
        .collect();
    format!("{}\r\n", names.join(",")).into_bytes()
}

/// The open files of a case.
pub(crate) struct Output {
    root: PathBuf,
    sql: GzEncoder<BufWriter<File>>,
    zip: ZipWriter<BufWriter<File>>,
    pipe: BufWriter<File>,
    compiled: zstd::stream::write::Encoder<'static, BufWriter<File>>,
    devices: ArrowWriter<File>,
    reference: ArrowWriter<File>,
    rows: ArrowWriter<File>,
    /// Rows written so far by table.
    written: [u64; TableId::ALL.len()],
    open_table: Option<TableId>,
    open_member: Option<TableId>,
}

impl Output {
    /// Creates the folders and files of a case.
    pub(crate) fn create(root: &Path) -> Result<Self, SimulateError> {
        for folder in ["evidence", "reference"] {
            fs::create_dir_all(root.join(folder)).map_err(|error| SimulateError::write(folder, &error))?;
        }
        let sql = GzBuilder::new().mtime(0).write(buffered(root, SQL_FILE)?, Compression::new(4));
        let compiled = zstd::stream::write::Encoder::new(buffered(root, COMPILED_FILE)?, 3)
            .map_err(|error| SimulateError::write(COMPILED_FILE, &error))?;
        Ok(Output {
            root: root.to_owned(),
            sql,
            zip: ZipWriter::new(buffered(root, ZIP_FILE)?),
            pipe: buffered(root, CREDIT_FILE)?,
            compiled,
            devices: parquet(root, DEVICE_FILE, device_schema())?,
            reference: parquet(root, REFERENCE_FILE, reference::schema())?,
            rows: parquet(root, ROWS_FILE, rows_schema())?,
            written: [0; TableId::ALL.len()],
            open_table: None,
            open_member: None,
        })
    }

    /// Appends a chunk. Chunks come in order.
    pub(crate) fn append(&mut self, chunk: &Chunk) -> Result<(), SimulateError> {
        for table in TableId::ALL {
            let (text, rows) = (&chunk.text[table as usize], &chunk.rows[table as usize]);
            if rows.is_empty() {
                continue;
            }
            self.append_text(table, text).map_err(|error| SimulateError::write(table.table().file, &error))?;
            self.append_marks(table, rows)?;
        }
        if let Some(batch) = chunk.devices.as_ref().filter(|batch| batch.num_rows() > 0) {
            self.devices.write(batch).map_err(|error| SimulateError::parquet(DEVICE_FILE, &error))?;
        }
        if let Some(batch) = &chunk.reference {
            self.reference.write(batch).map_err(|error| SimulateError::parquet(REFERENCE_FILE, &error))?;
        }
        Ok(())
    }

    fn append_text(&mut self, table: TableId, text: &[u8]) -> io::Result<()> {
        match table {
            TableId::PostpaidA | TableId::Former => {
                self.open_sql_table(table)?;
                write!(self.sql, "INSERT INTO `{}` VALUES ", table.table().name)?;
                self.sql.write_all(text)?;
                self.sql.write_all(b";\n")
            }
            TableId::PostpaidB | TableId::Prepaid | TableId::Network => {
                self.open_member(table)?;
                self.zip.write_all(text)
            }
            TableId::Credit => self.pipe.write_all(text),
            TableId::Compiled => self.compiled.write_all(text),
            TableId::Devices => Ok(()),
        }
    }

    fn open_sql_table(&mut self, table: TableId) -> io::Result<()> {
        if self.open_table == Some(table) {
            return Ok(());
        }
        match self.open_table {
            None => self.sql.write_all(SQL_HEAD.as_bytes())?,
            Some(before) => self.close_sql_table(before)?,
        }
        self.open_table = Some(table);
        let name = table.table().name;
        write!(
            self.sql,
            "--\n-- Table structure for table `{name}`\n--\n\nDROP TABLE IF EXISTS `{name}`;\nCREATE TABLE `{name}` (\n"
        )?;
        for (column, element) in table.table().columns {
            let kind = match element {
                Some(vocab::DataElement::Dob) => "date",
                None if column.ends_with("_dt") => "date",
                _ => "varchar(96)",
            };
            writeln!(self.sql, "  `{column}` {kind} DEFAULT NULL,")?;
        }
        write!(
            self.sql,
            "  KEY `idx_{name}_1` (`account_no`)\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n\n--\n-- Dumping data for table `{name}`\n--\n\nLOCK TABLES `{name}` WRITE;\n/*!40000 ALTER TABLE `{name}` DISABLE KEYS */;\n"
        )
    }

    fn close_sql_table(&mut self, table: TableId) -> io::Result<()> {
        write!(self.sql, "/*!40000 ALTER TABLE `{}` ENABLE KEYS */;\nUNLOCK TABLES;\n\n", table.table().name)
    }

    fn open_member(&mut self, table: TableId) -> io::Result<()> {
        if self.open_member != Some(table) {
            self.open_member = Some(table);
            // The default date of the format, 1980-01-01: the clock has no place in a case that can be made again.
            let options = SimpleFileOptions::default()
                .compression_method(CompressionMethod::Deflated)
                .compression_level(Some(4))
                .last_modified_time(zip::DateTime::default())
                .large_file(true);
            self.zip.start_file(table.table().name, options)?;
            self.zip.write_all(&header(table))?;
        }
        Ok(())
    }

    fn append_marks(&mut self, table: TableId, rows: &[RowMark]) -> Result<(), SimulateError> {
        let first = self.written[table as usize] + 1;
        self.written[table as usize] += rows.len() as u64;
        let constant = |text: &str| {
            let mut builder = StringDictionaryBuilder::<Int8Type>::new();
            builder.append_n(text, rows.len()).map(|_| Arc::new(builder.finish()) as ArrayRef)
        };
        let batch = constant(table.table().file).and_then(|file| {
            let columns: Vec<ArrayRef> = vec![
                file,
                constant(table.table().name)?,
                Arc::new(UInt64Array::from_iter_values(first..first + rows.len() as u64)),
                Arc::new(rows.iter().map(|(person, _)| *person).collect::<UInt64Array>()),
                Arc::new(rows.iter().map(|(_, broken)| Some(*broken)).collect::<BooleanArray>()),
            ];
            RecordBatch::try_new(rows_schema(), columns)
        });
        let batch =
            batch.map_err(|_| SimulateError::Broken { invariant: "columns of the row table have one length" })?;
        self.rows.write(&batch).map_err(|error| SimulateError::parquet(ROWS_FILE, &error))
    }

    /// Ends all files.
    pub(crate) fn finish(mut self) -> Result<(), SimulateError> {
        // Tables nobody is in are there all the same, as in a real export.
        for table in [TableId::PostpaidA, TableId::Former] {
            if self.written[table as usize] == 0 {
                self.open_sql_table(table).map_err(|error| SimulateError::write(SQL_FILE, &error))?;
            }
        }
        for table in [TableId::PostpaidB, TableId::Prepaid, TableId::Network] {
            if self.written[table as usize] == 0 {
                self.open_member(table).map_err(|error| SimulateError::write(ZIP_FILE, &error))?;
            }
        }
        self.finish_sql().map_err(|error| SimulateError::write(SQL_FILE, &error))?;
        let zip = self.zip.finish().map_err(|error| SimulateError::write(ZIP_FILE, &error.into()))?;
        flush(zip, ZIP_FILE)?;
        flush(self.pipe, CREDIT_FILE)?;
        flush(self.compiled.finish().map_err(|error| SimulateError::write(COMPILED_FILE, &error))?, COMPILED_FILE)?;
        for (writer, file) in [(self.devices, DEVICE_FILE), (self.reference, REFERENCE_FILE), (self.rows, ROWS_FILE)] {
            writer.close().map_err(|error| SimulateError::parquet(file, &error))?;
        }
        flush(self.sql.finish().map_err(|error| SimulateError::write(SQL_FILE, &error))?, SQL_FILE)
    }

    fn finish_sql(&mut self) -> io::Result<()> {
        if let Some(table) = self.open_table {
            self.close_sql_table(table)?;
        }
        self.sql.write_all(SQL_TAIL.as_bytes())
    }

    /// The folder of the case.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }
}

/// Rows of the small table of plans at the end of the SQL dump, in which nobody is.
pub(crate) const PLAN_ROWS: u64 = 6;
/// Its name.
pub(crate) const PLAN_TABLE: &str = "plan_ref";

const SQL_HEAD: &str = "-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)\n--\n-- Host: crm-replica-02    Database: nwm_crm\n\
-- ------------------------------------------------------\n-- Server version\t8.0.36\n\n/*!50503 SET NAMES utf8mb4 */;\n\
/*!40103 SET TIME_ZONE='+00:00' */;\n\n";
const SQL_TAIL: &str = "--\n-- Table structure for table `plan_ref`\n--\n\nDROP TABLE IF EXISTS `plan_ref`;\nCREATE TABLE `plan_ref` (\n  \
`plan_code` varchar(8) NOT NULL,\n  `descr` varchar(64) DEFAULT NULL,\n  `monthly_usd` decimal(6,2) DEFAULT NULL,\n  PRIMARY KEY (`plan_code`)\n) \
ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n\n--\n-- Dumping data for table `plan_ref`\n--\n\nLOCK TABLES `plan_ref` WRITE;\nINSERT INTO `plan_ref` VALUES \
('SIM10','Simple, ten gigabytes',25.00),('ESS55','Essentials',55.00),('ESS60','Essentials, two lines',60.00),('MAX70','Unlimited',70.00),\
('MAX85','Unlimited with roaming',85.00),('CONN1','Connected device',10.00);\nUNLOCK TABLES;\n\n-- Dump completed\n";

fn buffered(root: &Path, file: &str) -> Result<BufWriter<File>, SimulateError> {
    let created = File::create(root.join(file)).map_err(|error| SimulateError::write(file, &error))?;
    Ok(BufWriter::with_capacity(1 << 20, created))
}

fn flush(mut writer: impl Write, file: &str) -> Result<(), SimulateError> {
    writer.flush().map_err(|error| SimulateError::write(file, &error))
}

fn parquet(root: &Path, file: &str, schema: SchemaRef) -> Result<ArrowWriter<File>, SimulateError> {
    let mut properties = WriterProperties::builder()
        .set_created_by("leakassay simulate".to_owned())
        .set_compression(ParquetCompression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_max_row_group_row_count(Some(ROW_GROUP));
    // Nearly every value of these is its own: a dictionary would be built, found too large and thrown away.
    for name in ["customer_id", "account_number", "ssn", "driver_license", "address", "phone", "msisdn", "imei", "imsi"]
    {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(name), false);
    }
    let properties = properties.build();
    let created = File::create(root.join(file)).map_err(|error| SimulateError::write(file, &error))?;
    ArrowWriter::try_new(created, schema, Some(properties)).map_err(|error| SimulateError::parquet(file, &error))
}

fn rows_schema() -> SchemaRef {
    let dictionary = || DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8));
    Arc::new(Schema::new(vec![
        Field::new("file", dictionary(), false),
        Field::new("table", dictionary(), false),
        Field::new("row", DataType::UInt64, false),
        Field::new("person_id", DataType::UInt64, true),
        Field::new("broken", DataType::Boolean, false),
    ]))
}
