//! Records as stage tables: `records.parquet` and `dictionaries.parquet`, encrypted with the key of the case.
//!
//! Enters: [`Records`], some rows at a time. Leaves: the same rows after reading, or an error. Never: a code that points nowhere.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BinaryBuilder, PrimitiveArray, RecordBatch, UInt8Builder, UInt64Builder};
use arrow::datatypes::{ArrowPrimitiveType, DataType, Field, UInt8Type, UInt16Type, UInt32Type, UInt64Type};
use vocab::{CaseKey, ElementSet, Jurisdiction, Record, RecordTable, Records, RowFact};

use crate::file::{BATCH_ROWS, TableError, Writer, not_read, read};

/// File of the rows.
pub const RECORDS_FILE: &str = "records.parquet";
/// File of what the codes of the rows stand for.
pub const DICTIONARIES_FILE: &str = "dictionaries.parquet";
/// All files of the records.
pub const FILES: [&str; 2] = [RECORDS_FILE, DICTIONARIES_FILE];

/// Kinds of entries in the dictionaries file.
const NAME: u8 = 1;
const STREET: u8 = 2;
const ELEMENTS: u8 = 3;
const TABLE: u8 = 4;
const TABLE_WITH_ACCOUNTS: u8 = 5;
const TABLE_ELEMENTS: u8 = 6;
const REASON: u8 = 7;

/// A column of the records file.
struct Column {
    name: &'static str,
    of: Of,
}

/// Where a column's values lie.
#[derive(Clone, Copy)]
enum Of {
    U64(fn(&Records, usize) -> u64, fn(&mut Record, &mut RowFact, u64)),
    U32(fn(&Records, usize) -> u32, fn(&mut Record, &mut RowFact, u32)),
    U16(fn(&Records, usize) -> u16, fn(&mut Record, &mut RowFact, u16)),
    U8(fn(&Records, usize) -> u8, fn(&mut Record, &mut RowFact, u8)),
}

macro_rules! columns {
    ($($name:literal $kind:ident $get:expr, $set:expr;)+) => {
        /// All columns in the order of the file.
        const COLUMNS: &[Column] = &[$(Column { name: $name, of: Of::$kind($get, $set) }),+];
    };
}

columns! {
    "email" U64 |all, row| all.records[row].email, |record, _, value| record.email = value;
    "licence" U64 |all, row| all.records[row].licence, |record, _, value| record.licence = value;
    "phone" U64 |all, row| all.records[row].phone, |record, _, value| record.phone = value;
    "imei" U64 |all, row| all.records[row].imei, |record, _, value| record.imei = value;
    "given" U32 |all, row| all.records[row].given, |record, _, value| record.given = value;
    "surname" U32 |all, row| all.records[row].surname, |record, _, value| record.surname = value;
    "dob" U32 |all, row| all.records[row].dob, |record, _, value| record.dob = value;
    "ssn" U32 |all, row| all.records[row].ssn, |record, _, value| record.ssn = value;
    "street" U32 |all, row| all.records[row].street, |record, _, value| record.street = value;
    "house" U16 |all, row| all.records[row].house, |record, _, value| record.house = value;
    "town" U16 |all, row| all.records[row].town, |record, _, value| record.town = value;
    "zip" U32 |all, row| all.records[row].zip, |record, _, value| record.zip = value;
    "unit" U16 |all, row| all.records[row].unit, |record, _, value| record.unit = value;
    "initial" U8 |all, row| all.records[row].initial, |record, _, value| record.initial = value;
    "suffix" U8 |all, row| all.records[row].suffix, |record, _, value| record.suffix = value;
    "table" U32 |all, row| all.facts.table(row), |_, fact, value| fact.table = value;
    "row" U64 |all, row| all.facts.row(row), |_, fact, value| fact.row = value;
    "elements" U32 |all, row| all.facts.elements(row), |_, fact, value| fact.elements = value;
    "address_state" U16 |all, row| pack(all.facts.address_state(row)), |_, fact, value| fact.address_state = unpack(value);
    "licence_state" U16 |all, row| pack(all.facts.licence_state(row)), |_, fact, value| fact.licence_state = unpack(value);
    "account" U64 |all, row| all.facts.account(row), |_, fact, value| fact.account = value;
    "imsi" U64 |all, row| all.facts.imsi(row), |_, fact, value| fact.imsi = value;
    "identity" U64 |all, row| all.facts.identity(row), |_, fact, value| fact.identity = value;
}

fn pack(state: Jurisdiction) -> u16 {
    match state.as_str().as_bytes() {
        [a, b] if state.is_known() => u16::from_be_bytes([*a, *b]),
        _ => 0,
    }
}

fn unpack(packed: u16) -> Jurisdiction {
    let letters = packed.to_be_bytes();
    std::str::from_utf8(&letters).ok().and_then(Jurisdiction::from_code).unwrap_or(Jurisdiction::UNKNOWN)
}

/// Writes records into a folder as they are found.
pub struct RecordsWriter {
    folder: PathBuf,
    key: CaseKey,
    writer: Writer,
}

impl RecordsWriter {
    /// Begins the tables in a folder that is there.
    pub fn create(folder: &Path, key: &CaseKey) -> Result<Self, TableError> {
        let fields = COLUMNS.iter().map(|column| Field::new(column.name, column.of.data_type(), false)).collect();
        let writer = Writer::create(&folder.join(RECORDS_FILE), fields, Some(key))?;
        Ok(RecordsWriter { folder: folder.to_owned(), key: key.clone(), writer })
    }

    /// Adds rows. Their codes must go on meaning what they mean in these dictionaries, which may grow from call to call.
    pub fn rows(&mut self, records: &Records) -> Result<(), TableError> {
        for start in (0..records.len()).step_by(BATCH_ROWS) {
            let rows = start..(start + BATCH_ROWS).min(records.len());
            self.writer.write(COLUMNS.iter().map(|column| column.of.array(records, rows.clone())).collect())?;
        }
        Ok(())
    }

    /// Writes the dictionaries of all rows that were added, and ends both tables.
    pub fn finish(self, dictionaries: &Records) -> Result<(), TableError> {
        write_dictionaries(&self.folder.join(DICTIONARIES_FILE), dictionaries, &self.key)?;
        self.writer.finish()
    }
}

/// Reads what a [`RecordsWriter`] wrote: `each` receives the rows in order, some at a time, with all dictionaries. There is at
/// least one call, so that tables without rows are met too.
pub fn read_rows(folder: &Path, key: &CaseKey, each: &mut dyn FnMut(&Records)) -> Result<(), TableError> {
    let mut records = read_dictionaries(&folder.join(DICTIONARIES_FILE), key)?;
    each(&records);
    let path = folder.join(RECORDS_FILE);
    for batch in read(&path, Some(key))? {
        let batch = batch.map_err(|_| not_read(&path))?;
        let mut rows = vec![(Record::default(), RowFact::default()); batch.num_rows()];
        for column in COLUMNS {
            column.of.take(&batch, column.name, &mut rows).ok_or_else(|| not_read(&path))?;
        }
        records.clear_rows();
        for (record, fact) in rows {
            if !codes_exist(&records, &record, &fact) {
                return Err(not_read(&path));
            }
            records.push(record, fact);
        }
        each(&records);
    }
    Ok(())
}

fn codes_exist(records: &Records, record: &Record, fact: &RowFact) -> bool {
    let names = records.names.len() as u32;
    record.given < names
        && record.surname < names
        && (record.street as usize) < records.streets.len()
        && (fact.elements as usize) < records.element_sets.len()
        && (fact.table as usize) < records.tables.len()
}

impl Of {
    fn data_type(self) -> DataType {
        match self {
            Of::U64(..) => DataType::UInt64,
            Of::U32(..) => DataType::UInt32,
            Of::U16(..) => DataType::UInt16,
            Of::U8(..) => DataType::UInt8,
        }
    }

    fn array(self, records: &Records, rows: std::ops::Range<usize>) -> ArrayRef {
        match self {
            Of::U64(get, _) => values::<UInt64Type>(records, rows, get),
            Of::U32(get, _) => values::<UInt32Type>(records, rows, get),
            Of::U16(get, _) => values::<UInt16Type>(records, rows, get),
            Of::U8(get, _) => values::<UInt8Type>(records, rows, get),
        }
    }

    fn take(self, batch: &RecordBatch, name: &str, rows: &mut [(Record, RowFact)]) -> Option<()> {
        let column = batch.column_by_name(name)?;
        match self {
            Of::U64(_, set) => fill::<UInt64Type>(column, rows, set),
            Of::U32(_, set) => fill::<UInt32Type>(column, rows, set),
            Of::U16(_, set) => fill::<UInt16Type>(column, rows, set),
            Of::U8(_, set) => fill::<UInt8Type>(column, rows, set),
        }
    }
}

fn values<T: ArrowPrimitiveType>(
    records: &Records,
    rows: std::ops::Range<usize>,
    get: fn(&Records, usize) -> T::Native,
) -> ArrayRef {
    Arc::new(PrimitiveArray::<T>::from_iter_values(rows.map(|row| get(records, row))))
}

fn fill<T: ArrowPrimitiveType>(
    column: &ArrayRef,
    rows: &mut [(Record, RowFact)],
    set: fn(&mut Record, &mut RowFact, T::Native),
) -> Option<()> {
    let column = column.as_primitive_opt::<T>()?;
    for ((record, fact), value) in rows.iter_mut().zip(column.values()) {
        set(record, fact, *value);
    }
    Some(())
}

/// Writes every dictionary as entries of (kind, number, bytes), in order.
fn write_dictionaries(path: &Path, records: &Records, key: &CaseKey) -> Result<(), TableError> {
    let fields = vec![
        Field::new("kind", DataType::UInt8, false),
        Field::new("number", DataType::UInt64, false),
        Field::new("bytes", DataType::Binary, false),
    ];
    let mut writer = Writer::create(path, fields, Some(key))?;
    let names = records.names.iter().skip(1).map(|name| (NAME, 0, name.to_vec()));
    let streets = records.streets.iter().skip(1).map(|street| (STREET, 0, street.to_vec()));
    let sets = records.element_sets.iter().map(|set| (ELEMENTS, 0, set.0.to_be_bytes().to_vec()));
    let tables = records.tables.iter().flat_map(|table| {
        let kind = if table.has_accounts { TABLE_WITH_ACCOUNTS } else { TABLE };
        let elements = table.elements.0.to_be_bytes().to_vec();
        [(kind, 0, table.path.clone().into_bytes()), (TABLE_ELEMENTS, 0, elements)]
    });
    let reasons = records.reasons.iter().map(|(reason, count)| (REASON, *count, reason.clone().into_bytes()));
    let mut entries = names.chain(streets).chain(sets).chain(tables).chain(reasons).peekable();
    while entries.peek().is_some() {
        let (mut kinds, mut numbers, mut bytes) = (UInt8Builder::new(), UInt64Builder::new(), BinaryBuilder::new());
        for (kind, number, value) in entries.by_ref().take(BATCH_ROWS) {
            kinds.append_value(kind);
            numbers.append_value(number);
            bytes.append_value(value);
        }
        writer.write(vec![Arc::new(kinds.finish()), Arc::new(numbers.finish()), Arc::new(bytes.finish())])?;
    }
    writer.finish()
}

fn read_dictionaries(path: &Path, key: &CaseKey) -> Result<Records, TableError> {
    let mut records = Records::default();
    for batch in read(path, Some(key))? {
        let batch = batch.map_err(|_| not_read(path))?;
        take_entries(&batch, &mut records).ok_or_else(|| not_read(path))?;
    }
    Ok(records)
}

fn take_entries(batch: &RecordBatch, records: &mut Records) -> Option<()> {
    let kinds = batch.column_by_name("kind")?.as_primitive_opt::<UInt8Type>()?;
    let numbers = batch.column_by_name("number")?.as_primitive_opt::<UInt64Type>()?;
    let bytes = batch.column_by_name("bytes")?.as_binary_opt::<i32>()?;
    let set = |value: &[u8]| Some(ElementSet(u128::from_be_bytes(value.try_into().ok()?)));
    let text = |value: &[u8]| String::from_utf8(value.to_vec()).ok();
    for row in 0..batch.num_rows() {
        let value = bytes.value(row);
        match kinds.value(row) {
            NAME => drop(records.names.push(value)),
            STREET => drop(records.streets.push(value)),
            ELEMENTS => records.element_sets.push(set(value)?),
            kind @ (TABLE | TABLE_WITH_ACCOUNTS) => {
                let has_accounts = kind == TABLE_WITH_ACCOUNTS;
                records.tables.push(RecordTable { path: text(value)?, has_accounts, elements: ElementSet::EMPTY });
            }
            TABLE_ELEMENTS => records.tables.last_mut()?.elements = set(value)?,
            REASON => drop(records.reasons.insert(text(value)?, numbers.value(row))),
            _ => return None,
        }
    }
    Some(())
}
