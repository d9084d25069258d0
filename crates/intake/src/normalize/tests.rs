use DataElement::{Address, City, Dob, DriverLicense, Email, GivenName, Imei, Name, Phone, Ssn, State, Surname, Zip};
use rulebook::Rulebook;
use vocab::Jurisdiction;

use super::*;
use crate::open::Cell;

fn block(columns: usize, rows: &[&[&str]]) -> RowBlock {
    let mut block = RowBlock { columns, ..RowBlock::default() };
    for (ordinal, row) in rows.iter().enumerate() {
        for index in 0..columns {
            let cell = row.get(index).map_or(Cell::NULL, |text| {
                let start = block.bytes.len() as u32;
                block.bytes.extend_from_slice(text.as_bytes());
                Cell { start, length: text.len() as u32 }
            });
            block.cells.push(cell);
        }
        block.ordinals.push(ordinal as u32);
        block.offsets.push(0);
    }
    block
}

fn plan(elements: &[DataElement]) -> TablePlan {
    TablePlan::new("a.csv".to_owned(), elements.iter().copied().map(ColumnPlan::plain).collect())
}

fn records(elements: &[DataElement], rows: &[&[&str]]) -> Records {
    let places = Places::load(&Rulebook::embedded()).unwrap();
    let identifiers = Identifiers::load(&Rulebook::embedded()).unwrap();
    let normalizer = Normalizer::new(&identifiers, &places);
    let plan = plan(elements);
    let mut builder = RecordsBuilder::default();
    let table = builder.table(&plan);
    builder.fold(table, 1, &normalizer.block(&plan, &block(elements.len(), rows)));
    builder.finish().unwrap()
}

#[test]
fn two_writings_of_one_person_are_equal_records() {
    let elements = [Name, Dob, Phone, Email, Address, City, State, Zip];
    let upper = ["PEÑA, MARÍA L", "1980-05-12", "206-624-0147", "M.Pena@Mail.Net", "123 North Main Street Apt 4"];
    let plain = ["Maria L. Pena", "05/12/1980", "(206) 624 0147", "m.pena@mail.net", "123 N Main St #4"];
    let upper: Vec<&str> = upper.into_iter().chain(["Seattle", "WA", "98101"]).collect();
    let plain: Vec<&str> = plain.into_iter().chain(["SEATTLE", "wa", "98101-1234"]).collect();
    let found = records(&elements, &[&upper, &plain]);
    assert_eq!(found.records[0], found.records[1]);
    assert_eq!(found.names.get(found.records[0].surname), b"PENA");
    assert_eq!((found.records[0].initial, found.records[0].dob), (b'L', 19_800_512));
    assert!(found.records[0].has_address() && found.records[0].email != 0 && found.records[0].phone == 12_066_240_147);
    assert_eq!(found.facts.address_state(0).as_str(), "WA");
}

#[test]
fn impossible_values_do_not_match_and_do_not_count() {
    let row = ["Ann", "Lee", "000-12-3456", "1900-01-01", "123456789012345"];
    let found = records(&[GivenName, Surname, Ssn, Dob, Imei], &[&row]);
    let record = found.records[0];
    assert_eq!((record.ssn, record.dob, record.imei), (0, 0, 0));
    assert_eq!(found.elements_of(0), [GivenName, Surname].into_iter().collect());
}

#[test]
fn a_masked_number_keeps_its_last_four() {
    let found = records(&[Surname, Ssn], &[&["Lee", "***-**-6789"]]);
    assert_eq!(found.records[0].ssn_last4(), Some(6_789));
    assert_eq!(found.records[0].ssn_full(), None);
    assert!(!found.elements_of(0).contains(Ssn) && found.elements_of(0).contains(DataElement::SsnLast4));
}

#[test]
fn shifted_rows_are_put_right_or_left_out() {
    let rows: [&[&str]; 3] = [
        &["Ann", "Lee", "536-12-3456", "1980-05-12", "2066240147"],
        &["Ann", "Lee", "", "536-12-3456", "1980-05-12"],
        &["536-12-3456", "4", "Ann", "x", "Lee"],
    ];
    let found = records(&[GivenName, Surname, Ssn, Dob, Phone], &rows);
    assert_eq!((found.records[1].ssn, found.records[1].dob), (536_123_456, 19_800_512));
    assert!(found.records[2] == Record::default());
    assert_eq!(found.reasons.get("columns_realigned"), Some(&1));
    assert_eq!(found.reasons.get("columns_shifted"), Some(&1));
}

#[test]
fn a_state_belongs_to_what_stands_nearest() {
    let rows: [&[&str]; 2] = [
        &["Lee", "1234567", "OR", "12 Oak St", "Seattle", "WA", "98101"],
        &["Lee", "7654321", "OR", "12 Oak St", "Seattle", "TX", "98101"],
    ];
    let found = records(&[Surname, DriverLicense, State, Address, City, State, Zip], &rows);
    assert_eq!((found.facts.licence_state(0).as_str(), found.facts.address_state(0).as_str()), ("OR", "WA"));
    assert!(found.records[0].licence != 0);
    assert_eq!(found.facts.address_state(1), Jurisdiction::UNKNOWN);
    assert_eq!(found.reasons.get("state_contradicts_zip"), Some(&1));
}

#[test]
fn codes_do_not_depend_on_where_blocks_end() {
    let row = |n: usize| [format!("Nam{}", letters(n % 17)), format!("Sur{}", letters(n % 29)), format!("{n} Oak St")];
    let rows: Vec<[String; 3]> = (0..200).map(row).collect();
    let cells: Vec<[&str; 3]> = rows.iter().map(|row| row.each_ref().map(String::as_str)).collect();
    let places = Places::load(&Rulebook::embedded()).unwrap();
    let identifiers = Identifiers::load(&Rulebook::embedded()).unwrap();
    let normalizer = Normalizer::new(&identifiers, &places);
    let plan = plan(&[GivenName, Surname, Address]);
    let build = |size: usize| {
        let mut builder = RecordsBuilder::default();
        let table = builder.table(&plan);
        for (index, part) in cells.chunks(size).enumerate() {
            let part: Vec<&[&str]> = part.iter().map(|row| &row[..]).collect();
            builder.fold(table, 1 + (index * size) as u64, &normalizer.block(&plan, &block(3, &part)));
        }
        builder.finish().unwrap()
    };
    let whole = build(200);
    assert_eq!(whole.facts.row(199), 200);
    for size in [1, 7, 64] {
        assert!(build(size) == whole, "blocks of {size}");
    }
}

#[test]
fn more_rows_than_can_be_numbered_are_refused() {
    let places = Places::load(&Rulebook::embedded()).unwrap();
    let identifiers = Identifiers::load(&Rulebook::embedded()).unwrap();
    let normalizer = Normalizer::new(&identifiers, &places);
    let plan = plan(&[Surname]);
    let build = |room: u64, first_row: u64| {
        let mut builder = RecordsBuilder::with_room_for(room);
        let table = builder.table(&plan);
        let chunk = normalizer.block(&plan, &block(1, &[&["Lee"], &["Ray"], &["Fox"]]));
        builder.fold(table, first_row, &chunk);
        builder.fold(table, first_row + 3, &chunk);
        builder.finish()
    };
    assert_eq!(build(6, 1).map(|records| records.len()), Ok(6));
    assert_eq!(build(5, 1).unwrap_err(), TooManyRows { rows: 6, most: 5 });
    // A row far down in its table has a number too large, however few rows there are.
    let far = build(u64::MAX, u64::from(u32::MAX)).unwrap_err();
    assert_eq!((far.rows, far.most), (u64::from(u32::MAX) + 5, Records::MOST_ROWS));
    assert!(!far.to_string().contains("Lee"));
}

#[test]
fn a_name_past_the_limit_has_no_code() {
    let long = "A".repeat(chunk::LONGEST_VALUE + 1);
    let found = records(&[GivenName, Surname], &[&[&long, "Lee"]]);
    assert_eq!(found.records[0].given, 0);
    assert!(found.records[0].surname != 0);
}

#[test]
fn towns_are_told_apart_whatever_their_writing() {
    let found = records(&[City], &[&["St. Louis"], &["ST LOUIS"], &["Springfield"], &[""]]);
    let towns: Vec<u16> = found.records.iter().map(|record| record.town).collect();
    assert!(towns[0] != 0 && towns[0] == towns[1] && towns[0] != towns[2] && towns[3] == 0, "{towns:?}");
}

#[test]
fn one_mailbox_has_many_writings() {
    let addresses =
        ["Ann.Lee@gmail.com", "annlee+shop@GoogleMail.com", "annlee@gmail.com", "ann.lee@mail.org", "annlee@mail.org"];
    let rows: Vec<[&str; 1]> = addresses.iter().map(|address| [*address]).collect();
    let rows: Vec<&[&str]> = rows.iter().map(|row| &row[..]).collect();
    let found: Vec<u64> = records(&[Email], &rows).records.iter().map(|record| record.email).collect();
    assert!(found[0] == found[1] && found[1] == found[2], "{found:?}");
    assert!(found[3] != found[4] && found[4] != found[2], "{found:?}");
}

#[test]
fn the_first_of_a_name_is_its_senior() {
    let found = records(
        &[GivenName, Surname, DataElement::Suffix],
        &[&["Ann", "Lee", "I"], &["Ann", "Lee", "1st"], &["Ann", "Lee", "II"]],
    );
    let suffixes: Vec<u8> = found.records.iter().map(|record| record.suffix).collect();
    assert_eq!(suffixes, [vocab::Suffix::Sr as u8, vocab::Suffix::Sr as u8, vocab::Suffix::II as u8]);
}

#[test]
fn births_of_other_centuries_are_read() {
    let found = records(&[Dob], &[&["1630-08-01"], &["1538-11-05"], &["1066-10-14"], &["1601-01-01"]]);
    let born: Vec<u32> = found.records.iter().map(|record| record.dob).collect();
    assert_eq!(born, [16_300_801, 15_381_105, 0, 0]);
}

#[test]
fn parts_of_a_date_of_birth_are_put_together() {
    let headers = |names: &[&str]| names.iter().map(|name| Some((*name).to_owned())).collect::<Vec<_>>();
    let identifiers = Identifiers::load(&Rulebook::embedded()).unwrap();
    let places = Places::load(&Rulebook::embedded()).unwrap();
    let normalizer = Normalizer::new(&identifiers, &places);
    let read = |names: &[&str], rows: &[&[&str]]| {
        let block = block(names.len(), rows);
        let typing = crate::detect::type_columns(&identifiers, &headers(names), &block);
        let plan = TablePlan::new("a.csv".to_owned(), typing.columns.iter().map(ColumnPlan::of).collect());
        let mut builder = RecordsBuilder::default();
        let table = builder.table(&plan);
        builder.fold(table, 1, &normalizer.block(&plan, &block));
        builder.finish().unwrap()
    };
    let born = |records: &Records| records.records.iter().map(|record| record.dob).collect::<Vec<u32>>();
    let rows: [&[&str]; 6] = [
        &["Mary", "Nguyen", "1949", "7", "22"],
        &["Paul", "Garcia", "1968", "February", "30"],
        &["Karen", "Schmidt", "1971", "", "4"],
        &["David", "Delgado", "", "3", "4"],
        &["Linda", "Patel", "2001", "12", "31"],
        &["Susan", "Olson", "1900", "1", "1"],
    ];
    let whole = read(&["first_name", "last_name", "birth_year", "Month of Birth", "dob_dd"], &rows);
    assert_eq!(born(&whole), [19_490_722, 19_680_000, 19_710_000, 0, 20_011_231, 0]);
    let dated: Vec<usize> = (0..6).filter(|row| whole.elements_of(*row).contains(Dob)).collect();
    assert_eq!(dated, [0, 4]);
    // A year tells people apart, and is no date of birth.
    let year = read(&["first_name", "last_name", "YearOfBirth", "month", "day"], &rows);
    assert_eq!(born(&year), [19_490_000, 19_680_000, 19_710_000, 0, 20_010_000, 19_000_000]);
    assert!((0..6).all(|row| !year.elements_of(row).contains(Dob)));
    let none = read(&["first_name", "last_name", "year", "birth_month", "birth_day"], &rows);
    assert_eq!(born(&none), [0; 6]);
}

fn letters(n: usize) -> String {
    [b'a' + (n % 26) as u8, b'a' + (n / 26) as u8].map(char::from).iter().collect()
}
