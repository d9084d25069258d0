//! Columns and values that are no evidence: each is said, with the field and the rows, and joins nobody.

use serde_json::Value;

use crate::session::{Case, hand_made, leakassay};

/// Counts a table made of hand-made people, one cell of each row replaced; returns what was printed.
fn count(rows: usize, map: Option<&str>, change: impl Fn(usize, &mut [String; 8])) -> Value {
    let mut text = String::from("first_name,last_name,birth_date,ssn,mobile,street,city_state,zip\n");
    for (index, mut row) in hand_made(rows).into_iter().enumerate() {
        // Names of their own: a hundred and thirty names for all would make everybody somebody's namesake.
        row[1].push_str(&letters(index));
        change(index, &mut row);
        let cells: Vec<String> = row.iter().map(|cell| format!("\"{cell}\"")).collect();
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    let case = Case::of(&[("rows.csv", text.as_bytes()), ("map.toml", map.unwrap_or_default().as_bytes())]);
    let (path, map_path) = (case.path("rows.csv"), case.path("map.toml"));
    let mut words = vec!["people", path.to_str().unwrap(), "--json", "-q"];
    if map.is_some() {
        words.extend(["--map", map_path.to_str().unwrap()]);
    }
    leakassay(&words).ends_with(0).json()
}

fn letters(number: usize) -> String {
    [number / 676 % 26, number / 26 % 26, number % 26].iter().map(|at| char::from(b'a' + *at as u8)).collect()
}

fn likely(output: &Value) -> u64 {
    output["people"]["likely"].as_u64().unwrap()
}

/// Tells which doubts were said about a field.
fn doubts(output: &Value, word: &str) -> Vec<String> {
    let problems = output["problems"].as_array().unwrap().iter().filter(|problem| problem["kind"] == "doubtful");
    problems.map(|problem| problem["cause"].as_str().unwrap().to_owned()).filter(|cause| cause.contains(word)).collect()
}

#[test]
fn ordinary_rows_raise_no_doubt() {
    let output = count(600, None, |_, _| {});
    assert_eq!((likely(&output), output["problems"].as_array().unwrap().len()), (600, 0), "{output}");
}

#[test]
fn a_date_of_birth_of_everybody_is_no_evidence() {
    let output = count(600, None, |index, row| {
        if index % 2 == 0 {
            row[2] = "1980-01-15".into();
        }
    });
    assert_eq!(likely(&output), 600);
    let said = doubts(&output, "dob");
    assert!(said.len() == 1 && said[0].contains("300 rows") && !said[0].contains("1980"), "{output}");
}

#[test]
fn numbers_that_are_counted_up_are_no_ssns() {
    let map = "first_name = \"given_name\"\nlast_name = \"surname\"\nbirth_date = \"dob\"\nssn = \"ssn\"\n";
    // Out of order, and with gaps: customers who left.
    let output = count(600, Some(map), |index, row| row[3] = format!("{}", 412_100_101 + index * 7 % 601 * 5 / 4));
    let said = doubts(&output, "a system counts");
    assert!(said.len() == 1 && said[0].contains("ssn: of 600 different numbers"), "{output}");
    assert!(!said[0].contains("412"), "{output}");
    // One in two follows another: more than in a file of a third of all people.
    let sparse = count(600, Some(map), |index, row| row[3] = format!("{}", 412_100_101 + index / 2 * 7 + index % 2));
    assert!(doubts(&sparse, "a system counts").is_empty(), "{sparse}");
}

#[test]
fn a_column_that_tells_nobody_apart_is_said() {
    let same = count(200, None, |_, row| row[5] = "12 Elm Street".into());
    let said = doubts(&same, "street");
    assert!(said.len() == 1 && said[0].contains("200 values are all the same") && !said[0].contains("Elm"), "{same}");
    let empty = count(200, None, |_, row| row[3].clear());
    let said = doubts(&empty, "ssn");
    assert!(said.len() == 1 && said[0].contains("no row of 200 has a value"), "{empty}");
    assert_eq!((likely(&same), likely(&empty)), (200, 200));
}

#[test]
fn a_map_is_held_to_what_the_tables_have() {
    let map = "first_name = \"given_name\"\nlast_name = \"surname\"\nbirth_date = \"dob\"\nssn = \"none\"\nmobil = \"phone\"\n";
    let output = count(60, Some(map), |_, _| {});
    let said = doubts(&output, "no table has");
    assert!(said.len() == 1 && said[0].ends_with("mobil"), "{output}");
    let case = Case::of(&[("rows.csv", b"a,b\n1,2\n"), ("map.toml", b"a = \"dob\"\nb = \"date_of_birth\"\n")]);
    let (rows, map) = (case.path("rows.csv"), case.path("map.toml"));
    leakassay(&["people", rows.to_str().unwrap(), "--map", map.to_str().unwrap(), "-q"])
        .ends_with(2)
        .says("line 2")
        .says("`date_of_birth`");
}

#[test]
fn a_telephone_number_of_everybody_is_no_evidence() {
    let output = count(600, None, |_, row| row[4] = "(208) 334-6000".into());
    assert_eq!(likely(&output), 600);
    let said = doubts(&output, "phone");
    assert!(said.len() == 1 && said[0].contains("600 rows") && !said[0].contains("334"), "{output}");
}

#[test]
fn numbers_cut_by_a_spreadsheet_are_no_evidence() {
    let output = count(600, None, |index, row| {
        if (300..420).contains(&index) {
            row[3] = "1.23457E+08".into();
            row[4] = "2.06555E+09".into();
        }
    });
    assert_eq!(likely(&output), 600);
    assert!(doubts(&output, "scientific notation")[0].starts_with("240 numbers"), "{output}");
}

#[test]
fn a_column_of_nothing_but_cut_numbers_is_said_and_counts_for_nothing() {
    let output = count(600, None, |index, row| row[3] = format!("{}.{:02}E+08", 1 + index % 8, index % 97));
    let said = doubts(&output, "scientific notation");
    assert!(said.len() == 1 && said[0].starts_with("ssn:") && said[0].contains("nothing was counted"), "{output}");
    let without = count(600, None, |_, row| row[3].clear());
    assert_eq!(likely(&output), likely(&without));
}

#[test]
fn dates_in_two_orders_are_said() {
    let output = count(600, None, |index, row| {
        let (year, month, day) = (row[2][..4].to_owned(), row[2][5..7].to_owned(), row[2][8..].to_owned());
        row[2] = match index % 3 {
            0 => format!("{month}/{day}/{year}"),
            1 => format!("{day}/{month}/{year}"),
            _ => format!("{year}-{month}-{day}"),
        };
    });
    let said = doubts(&output, "day first");
    assert!(said.len() == 1 && said[0].contains("birth_date") && said[0].contains("month first"), "{output}");
    assert_eq!(likely(&output), 600);
}

#[test]
fn a_column_mapped_wrongly_is_left_out_and_named() {
    let map = "first_name = \"given_name\"\nlast_name = \"surname\"\nbirth_date = \"dob\"\nmobile = \"ssn\"\n";
    let output = count(600, Some(map), |_, _| {});
    assert!(doubts(&output, "mobile: the map calls it ssn")[0].contains("not used"), "{output}");
    assert_eq!(likely(&output), 600);
    // Account numbers of nine digits, of which nine in ten could be SSNs, one for each household of three.
    let map = map.replace("mobile", "ssn");
    let output = count(600, Some(&map), |index, row| {
        let account = (index as u64 / 3 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24;
        row[3] = format!("{:09}", account % 1_000_000_000);
    });
    assert!(doubts(&output, "ssn: the map calls it ssn")[0].contains("any numbers"), "{output}");
    assert_eq!(likely(&output), 600);
    let right = count(600, Some(&map), |_, _| {});
    assert!(doubts(&right, "map").is_empty(), "{right}");
}

#[test]
fn an_assessment_says_the_same_in_its_receipts() {
    let rows: String = hand_made(600)
        .iter()
        .enumerate()
        .map(|(index, row)| format!("{},{}{},1980-01-15,{}\n", row[0], row[1], letters(index), row[3]))
        .collect();
    let text = format!("first_name,last_name,birth_date,ssn\n{}{rows}", crowd_of_dates());
    let case = Case::of(&[("evidence/rows.csv", text.as_bytes())]);
    case.describe(&["evidence/rows.csv"]);
    case.assess();
    let receipts = std::fs::read_to_string(case.path("assessment/receipts.jsonl")).unwrap();
    assert!(receipts.contains("dob: 600 rows hold a date"), "{receipts}");
}

/// As many rows with dates of their own, so that the column is one of birth dates.
fn crowd_of_dates() -> String {
    let rows = hand_made(1_200).into_iter().skip(600).enumerate();
    rows.map(|(index, row)| format!("{},{}{},{},{}\n", row[0], row[1], letters(index + 700), row[2], row[3])).collect()
}

#[test]
fn a_table_in_which_nothing_is_recognised_is_no_table_of_nobody() {
    let text: String = (0..40).map(|row| format!("{},{}\n", letters(row * 7), letters(row * 11))).collect();
    let case = Case::of(&[("rows.csv", format!("alpha,beta\n{text}").as_bytes())]);
    let path = case.path("rows.csv");
    let output = leakassay(&["people", path.to_str().unwrap(), "--json", "-q"]).ends_with(0).json();
    assert_eq!((likely(&output), output["people"]["high"].as_u64()), (0, Some(40)), "{output}");
    assert_eq!(doubts(&output, "none of its 2 columns").len(), 1, "{output}");
    let mistyped = count(600, Some("birth_dat = \"dob\"\n"), |_, _| {});
    assert_eq!((likely(&mistyped), mistyped["people"]["high"].as_u64()), (0, Some(600)), "{mistyped}");
    assert_eq!(doubts(&mistyped, "the map names none of them").len(), 1, "{mistyped}");
}

#[test]
fn text_without_a_table_is_no_table_of_nobody() {
    let case = Case::of(&[("letter.txt", b"Dear Renata Okafor,\n\nplease call us back.\n\nKind regards\n")]);
    let path = case.path("letter.txt");
    let output = leakassay(&["people", path.to_str().unwrap(), "--json", "-q"]).ends_with(0).json();
    assert_eq!((likely(&output), doubts(&output, "none holds a table").len()), (0, 1), "{output}");
}
