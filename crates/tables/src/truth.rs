//! `truth_rows.parquet` of a simulation: which person each row is about.

use std::path::Path;

use arrow::array::{Array, AsArray};
use arrow::datatypes::UInt64Type;

use crate::file::{TableError, not_read, read};

/// Calls `each` with file, table, row from 1, and the person, if it is a person's row.
pub fn read_rows(path: &Path, mut each: impl FnMut(&str, &str, u64, Option<u64>)) -> Result<(), TableError> {
    for batch in read(path, None)? {
        let batch = batch.map_err(|_| not_read(path))?;
        let column = |name: &str| batch.column_by_name(name).ok_or_else(|| not_read(path));
        let texts = |name: &str| {
            let column = column(name)?.as_any_dictionary_opt().ok_or_else(|| not_read(path))?;
            let values = column.values().as_string_opt::<i32>().ok_or_else(|| not_read(path))?;
            Ok((column.normalized_keys(), values))
        };
        let ((file_keys, files), (table_keys, tables)) = (texts("file")?, texts("table")?);
        let numbers = |name: &str| column(name)?.as_primitive_opt::<UInt64Type>().ok_or_else(|| not_read(path));
        let (rows, people) = (numbers("row")?, numbers("person_id")?);
        for at in 0..batch.num_rows() {
            let person = (!people.is_null(at)).then(|| people.value(at));
            each(files.value(file_keys[at]), tables.value(table_keys[at]), rows.value(at), person);
        }
    }
    Ok(())
}
