//! The full pass: exact counts, one answer for any thread count and chunk size, and the second look.

use std::fs;
use std::path::{Path, PathBuf};

use intake::detect::{FileFindings, profile, profile_with};
use intake::open::{Depth, EvidenceFile, Limits, survey};
use vocab::DataElement::{self, *};
use vocab::progress::Silent;

use super::columns::{imei, phone, ssn};
use super::{IDS, Numbers};

fn open(folder: &Path, name: &str, text: &str, limits: &Limits) -> EvidenceFile {
    fs::write(folder.join(name), text).unwrap();
    let mut survey = survey(folder, &[PathBuf::from(name)], limits, Depth::Full, 1, &Silent);
    survey.files.remove(0)
}

fn run(text: &str, limits: &Limits, threads: usize) -> FileFindings {
    let folder = tempfile::tempdir().unwrap();
    profile(&open(folder.path(), "evidence.csv", text, limits), &IDS, limits, threads, &Silent)
}

#[track_caller]
fn counts(findings: &FileFindings, element: DataElement) -> [u64; 4] {
    let rows = findings.tables[0].elements[&element];
    [rows.rows, rows.valid, rows.impossible, rows.damaged]
}

/// 1,000 rows: every tenth SSN impossible, every 25th missing; two phones, of which one is often empty.
fn customers() -> String {
    let mut numbers = Numbers::new(12);
    let mut text = "first_name,last_name,ssn,home_phone,cell_phone,imei,notes\n".to_owned();
    for row in 0..1_000 {
        let number = match row {
            row if row % 10 == 0 => "000-12-3456".to_owned(),
            row if row % 25 == 1 => String::new(),
            _ => ssn(&mut numbers),
        };
        let home = if row % 2 == 0 { phone(&mut numbers) } else { String::new() };
        let cell = if row % 4 == 0 { phone(&mut numbers) } else { String::new() };
        let surname = if row % 100 == 99 { "" } else { "Gallagher" };
        let note = if row == 500 {
            "customer gave card 4539 5787 6362 1486 by telephone"
        } else {
            "asked about the monthly bill and the plan"
        };
        text += &format!(
            "{},{surname},{number},{home},{cell},{},{note} again\n",
            numbers.of(&["Mary", "Ann", "Robert", "Paul"]),
            imei(&mut numbers)
        );
    }
    text
}

#[test]
fn a_row_counts_once_for_each_element() {
    let findings = run(&customers(), &Limits::default(), 1);
    assert_eq!(counts(&findings, Ssn), [960, 860, 100, 0]);
    assert_eq!(counts(&findings, Phone), [500, 500, 0, 0]);
    assert_eq!(counts(&findings, Name), [990, 990, 0, 0]);
    assert_eq!(counts(&findings, GivenName), [10, 10, 0, 0]);
    assert_eq!(counts(&findings, Imei), [1000, 1000, 0, 0]);
    let column = &findings.tables[0].columns[2];
    assert_eq!((column.valid, column.impossible, column.damaged, column.missing), (860, 100, 0, 40));
    assert!(column.distinct.abs_diff(861) < 20, "{}", column.distinct);
    assert_eq!(findings.text[&PaymentCard].report, 1);
    assert_eq!(findings.totals.rows_parsed, findings.tables[0].rows);
}

#[test]
fn threads_and_chunks_change_nothing() {
    let text = customers();
    let expected = run(&text, &Limits::default(), 1);
    for (threads, chunk_bytes) in [(2, 1 << 20), (8, 4_096), (1, 1_000), (3, 777)] {
        let limits = Limits { chunk_bytes, ..Limits::default() };
        let mut got = run(&text, &limits, threads);
        got.totals = expected.totals.clone();
        assert_eq!(got, expected, "{threads} threads, chunks of {chunk_bytes}");
    }
}

#[test]
fn labels_above_values_are_seen_whatever_the_chunks() {
    const LINES: [&str; 15] = [
        "536-22-8145 as follows:",
        "words\rSSN",
        "123456789 :\r",
        "Phone:",
        "SSN",
        "his number",
        "Name:",
        "Mary Gallagher",
        "",
        "it was said on 12 occasions, mostly",
        "Fax:\r",
        "634 529 492",
        "call home",
        "Date of birth",
        "01/12/1980",
    ];
    let mut numbers = Numbers::new(21);
    let mut text = String::new();
    for _ in 0..6_000 {
        text += match numbers.below(19) as usize {
            15..=16 => "536-22-8145",
            17 => "(425) 234-5678",
            18 => "+49 30 1234567",
            line => LINES[line],
        };
        text.push('\n');
    }
    let folder = tempfile::tempdir().unwrap();
    let found = |chunk_bytes| {
        let limits = Limits { chunk_bytes, ..Limits::default() };
        let file = open(folder.path(), "notes.txt", &text, &limits);
        assert!(file.tables.is_empty());
        let mut found = Vec::new();
        profile_with(&file, &IDS, &limits, 2, &Silent, &mut |_, hit| found.push((hit.element, hit.start, hit.state)));
        found
    };
    let expected = found(1 << 20);
    for element in [Ssn, Phone, Dob, Name] {
        assert!(expected.iter().any(|(other, _, _)| *other == element), "{element:?}");
    }
    for chunk_bytes in [40, 64, 100, 333, 1_000, 4_096] {
        assert_eq!(found(chunk_bytes), expected, "chunks of {chunk_bytes}");
    }
}

#[test]
fn matches_in_cells_have_their_row() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits::default();
    let file = open(folder.path(), "evidence.csv", &customers(), &limits);
    let mut places = Vec::new();
    profile_with(&file, &IDS, &limits, 2, &Silent, &mut |place, found| places.push((place, found.element)));
    let expected = intake::detect::TextPlace::Cell { table: 0, row: 501, column: 6 };
    assert_eq!(places, [(expected, PaymentCard)]);
}

#[test]
fn a_file_unlike_its_beginning_is_typed_again() {
    let mut numbers = Numbers::new(13);
    let mut text = "name,contact\n".to_owned();
    for row in 0..30_000 {
        let contact = if row < 40 { String::new() } else { phone(&mut numbers) };
        text += &format!("Mary Gallagher,{contact}\n");
    }
    // The sample ends where the column is still empty.
    let limits = Limits { sample_rows: 20, strata: 0, ..Limits::default() };
    let findings = run(&text, &limits, 2);
    assert_eq!(findings.tables[0].columns[1].typing.reported(), Some(Phone));
    assert_eq!(counts(&findings, Phone), [29_960, 29_960, 0, 0]);
}

/// Names with `nulls` rows whose surname is NULL, spread over the file.
fn with_nulls(rows: usize, nulls: usize) -> String {
    let mut numbers = Numbers::new(14);
    let mut text = "first_name,last_name,phone\n".to_owned();
    for row in 0..rows {
        let surname = if nulls > 0 && row % (rows / nulls) == 7 { "NULL" } else { "GALLAGHER" };
        text += &format!("MARY,{surname},{}\n", phone(&mut numbers));
    }
    text
}

#[test]
fn somebody_is_called_null_and_an_export_writes_it_for_nothing() {
    let bearer = run(&with_nulls(40_000, 2), &Limits::default(), 2);
    assert_eq!(counts(&bearer, Name), [40_000, 40_000, 0, 0]);
    assert_eq!(bearer.tables[0].columns[1].missing, 0);
    let export = run(&with_nulls(40_000, 400), &Limits::default(), 2);
    assert_eq!(counts(&export, Name), [39_600, 39_600, 0, 0]);
    assert_eq!(counts(&export, GivenName), [400, 400, 0, 0]);
    // Too rare to stand in the sample, too frequent for bearers: the whole file decides.
    let rare = run(&with_nulls(40_000, 40), &Limits { sample_rows: 5, strata: 0, ..Limits::default() }, 2);
    assert_eq!(rare.tables[0].columns[1].missing, 40);
}

#[test]
fn a_column_that_the_sample_never_saw_is_settled_by_the_whole_file() {
    let mut numbers = Numbers::new(14);
    let mut text = "first_name,last_name,suffix,phone,alt_phone,email\n".to_owned();
    for row in 0..23_000 {
        let suffix = if row % 160 == 159 { ["Jr", "Sr", "II", "III"][row / 160 % 4] } else { "" };
        let email = if row == 9_000 { "mary.gallagher@mail.net" } else { "" };
        let other = if row == 9_001 { phone(&mut numbers) } else { String::new() };
        text += &format!("Mary,Gallagher,{suffix},{},{other},{email}\n", phone(&mut numbers));
    }
    let limits = Limits { sample_rows: 20, strata: 0, ..Limits::default() };
    for threads in [1, 3] {
        let findings = run(&text, &limits, threads);
        let columns = &findings.tables[0].columns;
        let typed = [2, 4, 5].map(|at| columns[at].typing.reported());
        assert_eq!(typed, [Some(Suffix), Some(Phone), Some(Email)]);
        assert_eq!([columns[2].valid, columns[4].valid, columns[5].valid], [143, 1, 1]);
        assert_eq!(counts(&findings, Phone), [23_000, 23_000, 0, 0]);
        assert_eq!(counts(&findings, Email), [1, 1, 0, 0]);
    }
}

/// What is reported in the cells of a table.
fn in_cells(text: &str) -> Vec<(DataElement, u64)> {
    run(text, &Limits::default(), 1).text.iter().map(|(element, tally)| (*element, tally.report)).collect()
}

#[test]
fn cells_of_columns_without_personal_data_are_read_as_text() {
    let table = |header: &str, cell: &dyn Fn(usize) -> String| {
        (0..60).fold(header.to_owned(), |text, row| format!("{text}{row},{}\n", cell(row)))
    };
    // Short, and few: no sample need have shown them.
    let notes = table("id,remark\n", &|row| match row {
        7 => "ssn 219-44-67{row}".replace("{row}", "07"),
        31 => "ann@mail.net".into(),
        44 => "4154442671 tel".into(),
        _ => "paid".into(),
    });
    assert_eq!(in_cells(&notes), [(Ssn, 1), (Phone, 1), (Email, 1)]);
    // Labels inside the cells, whatever the columns were taken for.
    let labelled = table("", &|row| format!("Soc: x{row},SSN 219-44-67{row:02},Tel 415-444-26{row:02}"));
    assert_eq!(in_cells(&labelled), [(Ssn, 60), (Phone, 60)]);
    assert_eq!(in_cells(&(0..9).map(|n| format!("<ann{n}@mail.net>\n")).collect::<String>()), [(Email, 9)]);
}

#[test]
fn a_column_judged_by_its_values_is_not_judged_by_them_again() {
    // Numbers of parts, some of which have the form of telephone numbers and cards.
    let parts = (0..80).fold("part_no,batch\n".to_owned(), |text, row| {
        format!("{text}{}-{}-{},45395787636214{row:02}\n", 210 + row, 301 + row, 1000 + row)
    });
    let findings = run(&parts, &Limits::default(), 1);
    assert!(findings.text.is_empty(), "{:?}", findings.text);
}
