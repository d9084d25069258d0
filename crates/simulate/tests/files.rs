//! The files, read by other code than wrote them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::OnceLock;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Date32Type, Int64Type, UInt64Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use vocab::progress::Silent;
use vocab::truth::Truth;

use crate::checks;

const PEOPLE: u64 = 40_000;

/// One case for all tests of this module.
struct Case {
    folder: tempfile::TempDir,
    truth: Truth,
}

fn case() -> &'static Case {
    static CASE: OnceLock<Case> = OnceLock::new();
    CASE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let truth = simulate::full_dump(PEOPLE, 7, folder.path(), &Silent).unwrap();
        Case { folder, truth }
    })
}

type Rows = Vec<Vec<Option<String>>>;

fn bytes(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}

/// Rows of a table of the SQL dump, by a small reader of tuples.
fn sql(table: &str) -> Rows {
    let file = File::open(case().folder.path().join("evidence/nwm_crm_20260811.sql.gz")).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let start = format!("INSERT INTO `{table}` VALUES ");
    let mut rows = Vec::new();
    for line in text.lines().filter_map(|line| line.strip_prefix(start.as_str())) {
        let (mut row, mut value, mut quoted, mut was_quoted, mut letters) =
            (Vec::new(), String::new(), false, false, line.chars());
        while let Some(letter) = letters.next() {
            match letter {
                '\\' if quoted => value.extend(letters.next()),
                '\'' => (quoted, was_quoted) = (!quoted, true),
                _ if quoted => value.push(letter),
                '(' => {}
                ',' | ')' if !value.is_empty() || was_quoted => {
                    let text = std::mem::take(&mut value);
                    row.push((was_quoted || text != "NULL").then_some(text));
                    was_quoted = false;
                    if letter == ')' {
                        rows.push(std::mem::take(&mut row));
                    }
                }
                ',' | ';' => {}
                other => value.push(other),
            }
        }
    }
    rows
}

/// Lines of a delimited text; quotes only around whole fields.
fn delimited(text: &str, delimiter: char) -> Rows {
    text.lines()
        .map(|line| {
            let (mut row, mut field, mut quoted) = (Vec::new(), String::new(), false);
            for letter in line.chars() {
                match letter {
                    '"' => quoted = !quoted,
                    _ if letter == delimiter && !quoted => row.push(std::mem::take(&mut field)),
                    _ => field.push(letter),
                }
            }
            row.push(field);
            row.into_iter().map(|field| (!field.is_empty()).then_some(field)).collect()
        })
        .collect()
}

fn zipped(member: &str) -> Rows {
    let file = File::open(case().folder.path().join("evidence/nwm_subs_export.zip")).unwrap();
    let mut text = String::new();
    zip::ZipArchive::new(file).unwrap().by_name(member).unwrap().read_to_string(&mut text).unwrap();
    let mut rows = delimited(&text, ',');
    rows.remove(0);
    rows
}

fn credit() -> Rows {
    let raw = bytes(&case().folder.path().join("evidence/credit_apps_all.txt"));
    delimited(&raw.iter().map(|byte| char::from(*byte)).collect::<String>(), '|')
}

fn compiled() -> Vec<Option<serde_json::Value>> {
    let raw = bytes(&case().folder.path().join("evidence/contacts_2026.ndjson.zst"));
    let text = String::from_utf8(zstd::decode_all(raw.as_slice()).unwrap()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).ok()).collect()
}

fn parquet(file: &str) -> Vec<arrow::array::RecordBatch> {
    let file = File::open(case().folder.path().join(file)).unwrap();
    ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap().map(Result::unwrap).collect()
}

fn devices() -> Rows {
    let mut rows = Vec::new();
    for batch in parquet("evidence/device_map.parquet") {
        for row in 0..batch.num_rows() {
            let cell = |column: &arrow::array::ArrayRef| {
                column.as_string::<i32>().is_valid(row).then(|| column.as_string::<i32>().value(row).to_owned())
            };
            rows.push(batch.columns().iter().map(cell).collect());
        }
    }
    rows
}

/// Rows of a table by its name, those with another number of cells left out.
fn table(name: &str) -> Rows {
    let (rows, width) = match name {
        "postpaid_customer" => (sql(name), 14),
        "former_customer" => (sql(name), 9),
        "postpaid_b.csv" => (zipped(name), 11),
        "prepaid_active.csv" => (zipped(name), 3),
        "hlr_lines.csv" => (zipped(name), 4),
        "credit_apps_all.txt" => (credit(), 11),
        _ => (devices(), 3),
    };
    rows.into_iter().filter(|row| row.len() == width).collect()
}

/// Share of the present cells of a column that pass a check.
fn share(rows: &Rows, column: usize, check: impl Fn(&str) -> bool) -> f64 {
    let present: Vec<&String> = rows.iter().filter_map(|row| row[column].as_ref()).collect();
    assert!(!present.is_empty());
    present.iter().filter(|cell| check(cell)).count() as f64 / present.len() as f64
}

#[test]
fn every_row_written_is_in_the_truth() {
    let case = case();
    let rows = |name: &str| {
        let tables = case.truth.files.iter().flat_map(|file| &file.tables);
        tables.into_iter().find(|table| table.name == name).map(|table| table.rows as usize).unwrap()
    };
    for name in ["postpaid_customer", "former_customer"] {
        assert_eq!(sql(name).len(), rows(name), "{name}");
    }
    assert_eq!(sql("plan_ref").len(), rows("plan_ref"));
    for name in ["postpaid_b.csv", "prepaid_active.csv", "hlr_lines.csv"] {
        assert_eq!(zipped(name).len(), rows(name), "{name}");
    }
    assert_eq!(credit().len(), rows("credit_apps_all.txt"));
    assert_eq!(compiled().len(), rows("contacts_2026.ndjson.zst"));
    assert_eq!(devices().len(), rows("device_map.parquet"));
    let listed: usize = parquet("truth_rows.parquet").iter().map(arrow::array::RecordBatch::num_rows).sum();
    assert_eq!(listed as u64, case.truth.people.rows);
}

#[test]
fn identifiers_are_valid_but_for_the_dirt() {
    let places = checks::places();
    // What may fail: the dials for bad values and a few shifted rows of the right width. What must: some.
    let dirty = |share: f64| (0.985..0.9995).contains(&share);
    let (postpaid, credit) = (table("postpaid_customer"), table("credit_apps_all.txt"));
    assert!(dirty(share(&postpaid, 6, checks::ssn)) && dirty(share(&credit, 5, checks::ssn)));
    assert!(dirty(share(&postpaid, 5, checks::date)) && dirty(share(&credit, 4, checks::date)));
    let phone = |cell: &str| checks::phone(&places, cell);
    assert!(share(&postpaid, 9, phone) > 0.995);
    for (name, phones, imeis, imsis) in
        [("postpaid_b.csv", 7, 8, 9), ("device_map.parquet", 0, 1, 2), ("hlr_lines.csv", 1, 2, 0)]
    {
        let rows = table(name);
        assert!(share(&rows, phones, phone) > 0.995, "{name}");
        assert!(dirty(share(&rows, imeis, checks::imei)), "{name}: {}", share(&rows, imeis, checks::imei));
        assert!(share(&rows, imsis, checks::imsi) > 0.995, "{name}");
    }
    let account = |cell: &str| cell.strip_prefix("NM").is_some_and(|digits| digits.len() == 10 && checks::luhn(digits));
    assert!(share(&postpaid, 0, account) > 0.998);
    let pins = table("prepaid_active.csv");
    assert!(share(&pins, 2, |pin| pin.len() == 4 && pin.bytes().all(|byte| byte.is_ascii_digit())) > 0.99);
    let common = share(&pins, 2, |pin| ["1234", "1111", "0000", "1212", "7777", "1004", "2000"].contains(&pin));
    assert!((0.13..0.32).contains(&common), "people choose 1234, not {common}");
}

#[test]
fn licences_have_the_form_of_their_state() {
    for (rows, number, state) in [(table("postpaid_customer"), 7, 8), (table("credit_apps_all.txt"), 6, 7)] {
        let pairs: Vec<(&String, &String)> =
            rows.iter().filter_map(|row| row[state].as_ref().zip(row[number].as_ref())).collect();
        let good = pairs.iter().filter(|(state, number)| checks::licence(state, number)).count();
        assert!(good as f64 > 0.998 * pairs.len() as f64, "{good} of {}", pairs.len());
        let states: HashSet<&String> = pairs.iter().map(|(state, _)| *state).collect();
        assert!(states.len() >= 48, "{}", states.len());
        let mut seen = HashMap::new();
        let twice = pairs.iter().filter(|pair| seen.insert(**pair, ()).is_some()).count();
        assert!(
            (twice as f64) < 0.12 * pairs.len() as f64,
            "only second lines and applications repeat a licence: {twice}"
        );
    }
}

#[test]
fn cities_states_and_zips_belong_together() {
    let places = checks::places();
    for (name, city) in [("postpaid_b.csv", 3), ("former_customer", 4)] {
        let rows = table(name);
        let whole: Vec<[&str; 3]> = rows
            .iter()
            .filter_map(|row| Some([row[city].as_deref()?, row[city + 1].as_deref()?, row[city + 2].as_deref()?]))
            .collect();
        let good = whole.iter().filter(|[city, state, zip]| checks::place(&places, city, state, zip)).count();
        assert!(good as f64 > 0.995 * whole.len() as f64, "{name}: {good} of {}", whole.len());
    }
    let lines = compiled();
    let text = |line: &serde_json::Value, key: &str| line.get(key).and_then(|value| value.as_str()).map(str::to_owned);
    let with_zip: Vec<_> = lines.iter().flatten().filter(|line| text(line, "zip").is_some()).collect();
    let good = with_zip
        .iter()
        .filter(|line| {
            checks::place(
                &places,
                &text(line, "city").unwrap(),
                &text(line, "state").unwrap(),
                &text(line, "zip").unwrap(),
            )
        })
        .count();
    assert_eq!(good, with_zip.len());
    let states: HashSet<_> = with_zip.iter().filter_map(|line| text(line, "state")).collect();
    assert!(states.len() >= 53, "states, DC, Puerto Rico and more: {}", states.len());
    let cut = lines.iter().filter(|line| line.is_none()).count() as f64;
    assert!(cut > 0.0 && cut < 0.004 * lines.len() as f64);
}

#[test]
fn numbers_before_randomisation_are_of_an_issued_area() {
    let places = checks::places();
    let issued: HashSet<u16> =
        places.states().iter().flat_map(|state| state.ssn_areas.iter().cloned().flatten()).collect();
    let (mut old, mut good, mut young, mut beyond) = (0, 0, 0, 0);
    for row in table("credit_apps_all.txt") {
        let (Some(birth), Some(ssn)) = (&row[4], row[5].as_ref().filter(|ssn| checks::ssn(ssn))) else { continue };
        let (year, area): (u16, u16) = (birth[..4].parse().unwrap_or(0), ssn[..3].parse().unwrap());
        if (1905..1990).contains(&year) {
            old += 1;
            good += usize::from(issued.contains(&area));
        }
        if year >= 2012 {
            young += 1;
            beyond += usize::from(!issued.contains(&area));
        }
    }
    // Those who came from abroad after 2011 have random numbers, 16 % of them in areas that were never a state's.
    assert!(good as f64 > 0.985 * f64::from(old), "{good} of {old}");
    assert!(young == 0 || beyond < young);
}

#[test]
fn numbers_of_people_are_their_own() {
    let mut holders: HashMap<String, HashSet<u64>> = HashMap::new();
    let mut people = Vec::new();
    for batch in parquet("truth_rows.parquet") {
        let tables = arrow::compute::cast(batch.column(1), &arrow::datatypes::DataType::Utf8).unwrap();
        let (tables, persons) = (tables.as_string::<i32>(), batch.column(3).as_primitive::<UInt64Type>());
        let broken = batch.column(4).as_boolean();
        for row in 0..batch.num_rows() {
            if tables.value(row) == "credit_apps_all.txt" {
                people.push((persons.value(row), broken.value(row)));
            }
        }
    }
    let rows = credit();
    assert_eq!(people.len(), rows.len());
    for (row, (person, broken)) in rows.iter().zip(people) {
        if let Some(ssn) = row.get(5).and_then(Option::as_ref).filter(|ssn| !broken && checks::ssn(ssn)) {
            holders.entry(ssn.clone()).or_default().insert(person);
        }
    }
    let shared = holders.values().filter(|holders| holders.len() > 1).count();
    assert!(shared <= 2, "only a typing error can make two people share a number: {shared}");
}

#[test]
fn the_reference_is_true_on_the_day_of_the_snapshot() {
    let snapshot: jiff::civil::Date = case().truth.snapshot.parse().unwrap();
    let epoch = jiff::civil::date(1970, 1, 1);
    let day = epoch.until(snapshot).unwrap().get_days();
    let as_of = epoch.until(jiff::civil::date(2026, 8, 17)).unwrap().get_days();
    let mut imei_on_day: BTreeMap<String, String> = BTreeMap::new();
    let (mut versions, mut customers, mut late) = (0, HashSet::new(), 0);
    for batch in parquet("reference/crm.parquet") {
        let column = |name: &str| batch.column_by_name(name).unwrap();
        let (from, to) =
            (column("valid_from").as_primitive::<Date32Type>(), column("valid_to").as_primitive::<Date32Type>());
        let (phones, imeis) = (column("phone").as_string::<i32>(), column("imei").as_string::<i32>());
        let ids = column("customer_id").as_primitive::<Int64Type>();
        for row in 0..batch.num_rows() {
            versions += 1;
            customers.insert(ids.value(row));
            let end = if to.is_null(row) { i32::MAX } else { to.value(row) };
            assert!(from.value(row) < end && from.value(row) < as_of);
            late += usize::from(from.value(row) > day);
            if from.value(row) <= day && day < end && phones.is_valid(row) && imeis.is_valid(row) {
                imei_on_day.insert(phones.value(row).to_owned(), imeis.value(row).to_owned());
            }
        }
    }
    assert!(customers.len() as u64 >= PEOPLE && versions > customers.len());
    assert!(late > 0, "the reference goes on after the snapshot");
    let rows = table("device_map.parquet");
    let known = rows.iter().filter_map(|row| Some((imei_on_day.get(row[0].as_ref()?.get(1..)?)?, row[1].as_ref()?)));
    let (same, all) = known.fold((0, 0), |(same, all), (is, listed)| (same + usize::from(is == listed), all + 1));
    assert!(all > 2_000 && same as f64 > 0.99 * f64::from(all), "{same} of {all}");
}

#[test]
fn households_share_and_names_vary() {
    let lines: Vec<serde_json::Value> = compiled().into_iter().flatten().collect();
    let text =
        |line: &serde_json::Value, key: &str| line.get(key).and_then(|value| value.as_str()).unwrap_or("").to_owned();
    let mut homes: HashMap<[String; 3], HashSet<String>> = HashMap::new();
    for line in &lines {
        homes
            .entry([text(line, "addr1"), text(line, "zip"), text(line, "last")])
            .or_default()
            .insert(text(line, "first"));
    }
    let families = homes.values().filter(|members| members.len() > 1).count();
    assert!(families as f64 > 0.05 * homes.len() as f64, "{families} of {}", homes.len());
    let surnames: HashSet<String> = lines.iter().map(|line| text(line, "last")).collect();
    assert!(surnames.len() > 3_500, "{}", surnames.len());
    let has = |check: &dyn Fn(&str) -> bool| surnames.iter().any(|name| check(name));
    assert!(has(&|name| !name.is_ascii()) && has(&|name| name.contains('-')) && has(&|name| name.contains('\'')));
    assert!(
        lines.iter().any(|line| text(line, "suffix") == "Jr") && lines.iter().any(|line| text(line, "suffix") == "Sr")
    );
    let raw = bytes(&case().folder.path().join("evidence/credit_apps_all.txt"));
    assert!(raw.contains(&0xd1) && std::str::from_utf8(&raw).is_err(), "Latin-1, with Ñ");
}
