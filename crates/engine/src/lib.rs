//! Runs plans: SQL over stage tables, by DataFusion, on this machine.
//!
//! Enters: stage tables (Parquet, JSON lines) and SQL text. Leaves: small answers. Never: rules, reports, evidence files,
//! statements that write. This is the only room that links DataFusion.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type};
use arrow::datatypes::{UInt8Type, UInt16Type, UInt32Type, UInt64Type};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::options::JsonReadOptions;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{ParquetReadOptions, SQLOptions, SessionConfig, SessionContext};
use tokio::runtime::Runtime;
use vocab::plan::{Answer, Cell, Engine, EngineError};

/// Working memory of a query; what does not fit is spilled or refused.
const MEMORY_LIMIT_BYTES: usize = 1 << 30;

/// DataFusion over the stage tables of one case.
pub struct DataFusion {
    context: SessionContext,
    runtime: Runtime,
}

impl DataFusion {
    /// Starts an engine with `threads` partitions and no tables.
    pub fn start(threads: usize) -> Result<Self, EngineError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads.max(1))
            .build()
            .map_err(|_| EngineError("the query engine could not start its threads".into()))?;
        let environment = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(MEMORY_LIMIT_BYTES)))
            .build_arc()
            .map_err(|_| EngineError("the query engine could not reserve its memory".into()))?;
        let config = SessionConfig::new().with_target_partitions(threads.max(1)).with_information_schema(true);
        Ok(DataFusion { context: SessionContext::new_with_config_rt(config, environment), runtime })
    }

    /// Registers a stage table in Parquet under `name`.
    pub fn add_parquet(&self, name: &str, path: &Path) -> Result<(), EngineError> {
        let location = text_of(path)?;
        let task = self.context.register_parquet(name, location, ParquetReadOptions::default());
        self.runtime.block_on(task).map_err(|_| unusable(name))
    }

    /// Registers a stage table in JSON lines under `name`.
    pub fn add_json_lines(&self, name: &str, path: &Path) -> Result<(), EngineError> {
        let location = text_of(path)?;
        let options = JsonReadOptions::default().file_extension("jsonl");
        let task = self.context.register_json(name, location, options);
        self.runtime.block_on(task).map_err(|_| unusable(name))
    }
}

impl Engine for DataFusion {
    fn query(&self, sql: &str, limit_rows: usize) -> Result<Answer, EngineError> {
        // Statements that write, load or change settings are refused before planning: stage tables are evidence of work done.
        let read_only = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        let batches = self.runtime.block_on(async {
            let frame = self.context.sql_with_options(sql, read_only).await?;
            let names: Vec<String> = frame.schema().fields().iter().map(|field| field.name().clone()).collect();
            let batches = frame.limit(0, Some(limit_rows.saturating_add(1)))?.collect().await?;
            Ok::<_, datafusion::error::DataFusionError>((names, batches))
        });
        let (columns, batches) = batches.map_err(|error| EngineError(plain_words(&error.strip_backtrace())))?;
        let mut answer = Answer { columns, ..Answer::default() };
        for batch in &batches {
            for row in 0..batch.num_rows() {
                if answer.rows.len() == limit_rows {
                    answer.cut = true;
                    return Ok(answer);
                }
                answer.rows.push(batch.columns().iter().map(|column| cell(column, row)).collect());
            }
        }
        Ok(answer)
    }
}

fn text_of(path: &Path) -> Result<&str, EngineError> {
    path.to_str().ok_or_else(|| EngineError("the path of a stage table is not valid UTF-8; move the case".into()))
}

fn unusable(name: &str) -> EngineError {
    EngineError(format!("stage table `{name}` cannot be read; run `leakassay assess` again to rebuild it"))
}

/// Keeps the first line of an engine error and blanks quoted literals: stage tables hold no values, but a statement may.
fn plain_words(message: &str) -> String {
    let first = message.lines().next().unwrap_or("the statement cannot be run");
    let mut words = String::with_capacity(first.len());
    let mut inside = false;
    for c in first.chars() {
        match c {
            '\'' => {
                inside = !inside;
                words.push(c);
            }
            _ if inside => {}
            _ => words.push(c),
        }
    }
    words
}

fn cell(column: &ArrayRef, row: usize) -> Cell {
    if column.is_null(row) {
        return Cell::Null;
    }
    match column.data_type() {
        DataType::Boolean => Cell::Boolean(column.as_boolean().value(row)),
        DataType::Int8 => Cell::Integer(column.as_primitive::<Int8Type>().value(row).into()),
        DataType::Int16 => Cell::Integer(column.as_primitive::<Int16Type>().value(row).into()),
        DataType::Int32 => Cell::Integer(column.as_primitive::<Int32Type>().value(row).into()),
        DataType::Int64 => Cell::Integer(column.as_primitive::<Int64Type>().value(row)),
        DataType::UInt8 => Cell::Integer(column.as_primitive::<UInt8Type>().value(row).into()),
        DataType::UInt16 => Cell::Integer(column.as_primitive::<UInt16Type>().value(row).into()),
        DataType::UInt32 => Cell::Integer(column.as_primitive::<UInt32Type>().value(row).into()),
        DataType::UInt64 => unsigned(column.as_primitive::<UInt64Type>().value(row)),
        DataType::Float32 => Cell::Real(column.as_primitive::<Float32Type>().value(row).into()),
        DataType::Float64 => Cell::Real(column.as_primitive::<Float64Type>().value(row)),
        DataType::Utf8 => Cell::Text(column.as_string::<i32>().value(row).to_owned()),
        DataType::LargeUtf8 => Cell::Text(column.as_string::<i64>().value(row).to_owned()),
        DataType::Utf8View => Cell::Text(column.as_string_view().value(row).to_owned()),
        _ => rendered(column, row),
    }
}

fn unsigned(value: u64) -> Cell {
    i64::try_from(value).map_or_else(|_| Cell::Text(value.to_string()), Cell::Integer)
}

fn rendered(column: &ArrayRef, row: usize) -> Cell {
    let options = arrow::util::display::FormatOptions::default();
    match arrow::util::display::ArrayFormatter::try_new(column.as_ref(), &options) {
        Ok(formatter) => Cell::Text(formatter.value(row).to_string()),
        Err(_) => Cell::Null,
    }
}
