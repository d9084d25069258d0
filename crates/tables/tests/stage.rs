//! Stage tables come back as they were, tell nothing without the key, and deliverables have the same bytes twice.

use std::fs;
use std::path::Path;

use tables::TableError;
use tables::people::{PersonLine, RowLine, write_people, write_rows};
use tables::records::{DICTIONARIES_FILE, RECORDS_FILE, RecordsWriter, read_rows};
use vocab::{CaseKey, DataElement, ElementSet, Jurisdiction, Record, RecordTable, Records, RowFact};

fn some_records(rows: u64) -> Records {
    let mut records = Records::default();
    let name = records.names.push(b"PLANTEDSURNAME");
    let street = records.streets.push(b"PLANTED ST");
    records.element_sets.push(ElementSet::EMPTY.with(DataElement::Ssn));
    let elements = ElementSet::EMPTY.with(DataElement::Ssn).with(DataElement::AccountNumber);
    records.tables.push(RecordTable { path: "a.csv".into(), has_accounts: true, elements });
    records.reasons.insert("columns_shifted".into(), 3);
    for row in 1..=rows {
        let record =
            Record { surname: name, street, ssn: 536_123_456, phone: 12_065_550_147 + row, ..Record::default() };
        let state = Jurisdiction::from_code("WA").unwrap();
        records.push(
            record,
            RowFact { row, account: row, imsi: 310_260 + row, address_state: state, ..RowFact::default() },
        );
    }
    records
}

fn write(folder: &Path, records: &Records, key: &CaseKey) -> Result<(), TableError> {
    let mut writer = RecordsWriter::create(folder, key)?;
    writer.rows(records)?;
    writer.finish(records)
}

fn load(folder: &Path, key: &CaseKey) -> Result<Records, TableError> {
    let mut all = Records::default();
    read_rows(folder, key, &mut |part| {
        if all.tables.is_empty() {
            all = part.clone();
            return;
        }
        (0..part.len()).for_each(|row| all.push(part.records[row], part.facts.get(row)));
    })?;
    Ok(all)
}

#[test]
fn records_come_back_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let key = CaseKey::new([7; 32]);
    for rows in [0, 1, 200_000] {
        let records = some_records(rows);
        write(folder.path(), &records, &key).unwrap();
        assert!(load(folder.path(), &key).unwrap() == records, "{rows} rows");
    }
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "nothing unfinished is left: {left:?}");
}

#[test]
fn nothing_is_read_without_the_key_or_from_a_damaged_file() {
    let folder = tempfile::tempdir().unwrap();
    let key = CaseKey::new([7; 32]);
    write(folder.path(), &some_records(1_000), &key).unwrap();
    for file in [RECORDS_FILE, DICTIONARIES_FILE] {
        let bytes = fs::read(folder.path().join(file)).unwrap();
        assert!(!bytes.windows(7).any(|window| window == b"PLANTED"), "{file} hides its values");
    }
    let error = load(folder.path(), &CaseKey::new([8; 32])).unwrap_err();
    assert!(error.cause.contains("another case's key"), "{error}");
    let path = folder.path().join(RECORDS_FILE);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    assert!(load(folder.path(), &key).is_err());
    assert!(load(Path::new("/nowhere"), &key).is_err());
}

#[test]
fn a_code_that_points_nowhere_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let key = CaseKey::new([7; 32]);
    let mut records = some_records(5);
    records.records[3].given = 99;
    write(folder.path(), &records, &key).unwrap();
    assert!(load(folder.path(), &key).is_err());
}

#[test]
fn deliverables_have_the_same_bytes_twice() {
    let folder = tempfile::tempdir().unwrap();
    let places = [Jurisdiction::from_code("OR").unwrap(), Jurisdiction::from_code("WA").unwrap()];
    let elements = ElementSet::EMPTY.with(DataElement::Name).with(DataElement::Ssn);
    let person = |person| PersonLine {
        person,
        jurisdictions: &places,
        elements,
        minor: Some(person % 9 == 0),
        harm: None,
        classes: &["a.csv", "b.csv"],
        rows: 2,
        reasons: &["ssn"],
    };
    let row = |row| RowLine { table: "a.csv", row, person: Some(row / 2), kind: "person" };
    let (first, second) = (folder.path().join("one.parquet"), folder.path().join("two.parquet"));
    for (write, name) in [(true, "people"), (false, "rows")] {
        for path in [&first, &second] {
            match write {
                true => write_people(path, (0..150_000).map(person)).unwrap(),
                false => write_rows(path, (1..150_000).map(row)).unwrap(),
            }
        }
        assert!(fs::read(&first).unwrap() == fs::read(&second).unwrap(), "{name}");
    }
    assert!(write_people(Path::new("/nowhere/people.parquet"), std::iter::empty()).is_err());
}
