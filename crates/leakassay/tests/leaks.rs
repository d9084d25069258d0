//! No personal value leaves the evidence: values are planted where they could slip out, and every output is searched.

use std::fs;
use std::path::Path;

use crate::digests::{Form, forms};
use crate::session::{Case, files_below, finish, hand_made, leakassay, simulated};

/// One person whose values are in every corner of the evidence. Fictional; structurally valid, so that detectors take them.
const GIVEN: &str = "Zebulonia";
const SURNAME: &str = "Quixwortham";
const PLANTED: &[&str] = &[
    GIVEN,
    SURNAME,
    "517-83-2946",
    "(406) 587-2946",
    "zebulonia.quixwortham@example.net",
    "7319 Larkspurian Way",
    "490154203237518",
    "310260738291045",
    "4539578763621486",
    "QX7731908254",
    "1931-02-27",
    "Tr0ub4dor-zq81",
];

/// The planted person as a row of CSV, in the order of `HEADER`.
fn row() -> String {
    let values: Vec<&str> = PLANTED.to_vec();
    format!("{}\n", values.join("|"))
}

const HEADER: &str = "given_name|surname|ssn|phone|email|street|imei|imsi|card|licence|dob|password\n";

/// Rows of other people in the same columns, so that the planted one is an ordinary row.
fn others() -> String {
    let mut text = String::new();
    for (index, person) in hand_made(150).iter().enumerate() {
        let [given, surname, dob, ssn, phone, street, ..] = person;
        let email = format!("{}{index}@example.org", given.to_lowercase());
        text.push_str(&format!(
            "{given}|{surname}|{ssn}|{phone}|{email}|{street}|{}|31026{:010}|{}|X{:09}|{dob}|pass{index}word\n",
            luhn(&format!("35693803{:06}", index * 61)),
            index as u64 * 7_919_113,
            luhn(&format!("453957876{:06}", index * 127)),
            index * 7_919,
        ));
    }
    text
}

fn luhn(digits: &str) -> String {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit - b'0') * if place % 2 == 0 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// Evidence with the values in rows, in a first row without header, in keys, in broken rows, in text, in bad encodings.
fn planted_case() -> Case {
    let table = format!("{HEADER}{}{}{}", others(), row(), row());
    let headless = format!("{}{}", row(), others());
    let broken = format!("{HEADER}{}\"{}{}", others(), row(), row());
    let ragged = format!("{HEADER}{}{}|too|many|cells\n{}\n", others(), row().trim_end(), PLANTED[2]);
    let keys = format!(
        "{{\"{}\": \"{}\", \"{}\": 1}}\n{{\"ssn\": \"{}\"}}\n{{not json {}\n",
        PLANTED[0], PLANTED[1], PLANTED[2], PLANTED[2], PLANTED[8]
    );
    let sql = format!(
        "CREATE TABLE `customers` (`name` varchar(40), `ssn` char(11));\nINSERT INTO `customers` VALUES ('{GIVEN} {SURNAME}','{}'),('broken {}\n",
        PLANTED[2], PLANTED[2]
    );
    let notes = format!(
        "Call {GIVEN} {SURNAME} on {} about SSN {} and card {}, device IMEI {}, mail {}.\n",
        PLANTED[3], PLANTED[2], PLANTED[8], PLANTED[6], PLANTED[4]
    );
    let mut latin1 = format!("{HEADER}{}{}", others(), row()).into_bytes();
    latin1.extend(b"M\xfcller\xff|\x00");
    latin1.extend(row().as_bytes());
    let utf16: Vec<u8> = format!("\u{feff}{table}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    Case::of(&[
        ("evidence/table.txt", table.as_bytes()),
        ("evidence/headless.txt", headless.as_bytes()),
        ("evidence/broken.txt", broken.as_bytes()),
        ("evidence/ragged.txt", ragged.as_bytes()),
        ("evidence/keys.json", keys.as_bytes()),
        ("evidence/dump.sql", sql.as_bytes()),
        ("evidence/notes.txt", notes.as_bytes()),
        ("evidence/latin1.txt", &latin1),
        ("evidence/utf16.txt", &utf16),
    ])
}

/// Looks for every form of every value; returns what was found, by form and by index of the value, never by value.
fn search(text: &[u8], values: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (index, value) in values.iter().enumerate() {
        for (form, needle) in forms(value) {
            if contains(text, &needle) {
                found.push(format!("planted value {index}, {form}"));
            }
        }
    }
    found.dedup();
    found
}

fn contains(text: &[u8], needle: &[u8]) -> bool {
    !needle.is_empty() && text.windows(needle.len()).any(|window| window == needle)
}

#[track_caller]
fn assert_silent(what: &str, text: &[u8], values: &[&str]) {
    let found = search(text, values);
    assert!(found.is_empty(), "{what} holds {}", found.join("; "));
}

#[test]
fn the_search_finds_what_it_looks_for() {
    for (form, needle) in PLANTED.iter().flat_map(|value| forms(value)).collect::<Vec<Form>>() {
        let text = [b"before ", &needle[..], b" after"].concat();
        assert!(!search(&text, PLANTED).is_empty(), "{form} is not found");
    }
    assert!(search(b"nothing personal 123 here", PLANTED).is_empty());
}

#[test]
fn the_planted_values_are_read_as_data() {
    let case = planted_case();
    let table = case.path("evidence/table.txt");
    let json = leakassay(&["scan", table.to_str().unwrap(), "--json", "-q"]).ends_with(0).json();
    let columns = json["files"][0]["tables"][0]["columns"].as_array().unwrap();
    let typed = columns.iter().filter(|column| !column["element"].is_null()).count();
    assert!(typed >= 8, "a leak test over values that nobody detects proves nothing: {columns:#?}");
}

#[test]
fn no_output_of_an_assessment_holds_a_value() {
    let case = planted_case();
    let session = case.assess();
    assert!([0, 3].contains(&session.code), "{}", session.stderr);
    assert_silent("stdout of assess", session.stdout.as_bytes(), PLANTED);
    assert_silent("stderr of assess", session.stderr.as_bytes(), PLANTED);
    for file in files_below(&case.path("assessment")) {
        assert_silent(&file.display().to_string(), &fs::read(&file).unwrap(), PLANTED);
    }
    for table in ["people", "rows"] {
        let statement = format!("select * from {table}");
        let session = leakassay(&["sql", case.word(), &statement, "--json", "--limit", "100000"]);
        assert_silent(&format!("table {table}"), session.stdout.as_bytes(), PLANTED);
    }
}

#[test]
fn no_message_of_a_command_holds_a_value() {
    let case = planted_case();
    case.assess();
    let evidence = case.path("evidence");
    let (evidence, ids) = (evidence.to_str().unwrap(), case.path("ids.csv"));
    let findings = case.path("findings.jsonl");
    let sessions: [&[&str]; 9] = [
        &["scan", evidence, "--findings", findings.to_str().unwrap()],
        &["scan", evidence, "--json"],
        &["people", evidence, "--out", ids.to_str().unwrap()],
        &["people", evidence, "--json"],
        &["show", case.word(), "evidence/table.txt::row/151"],
        &["show", case.word(), "evidence/notes.txt::bytes/0+90", "--json"],
        &["verify", case.word()],
        &["sql", case.word(), "select * from people where no_such_column = '517-83-2946'"],
        &["grade", case.word()],
    ];
    for words in sessions {
        let session = leakassay(words);
        assert_silent(&format!("stdout of {}", words[0]), session.stdout.as_bytes(), PLANTED);
        assert_silent(&format!("stderr of {}", words[0]), session.stderr.as_bytes(), PLANTED);
    }
    for file in [&ids, &findings] {
        assert_silent(&file.display().to_string(), &fs::read(file).unwrap(), PLANTED);
    }
}

#[test]
fn values_of_the_simulated_evidence_are_nowhere() {
    let shared = simulated();
    let values = values_of_a_member(&shared.root);
    assert!(values.len() >= 100, "only {} values were found to look for", values.len());
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    for file in files_below(&shared.root.join("assessment")) {
        let bytes = fs::read(&file).unwrap();
        // Plain form only: hundreds of values in all forms over all files would take minutes.
        let found = values.iter().filter(|value| contains(&bytes, value.as_bytes())).count();
        assert_eq!(found, 0, "{} holds {found} of {} values", file.display(), values.len());
    }
}

/// Long cells of the CSV in the zip of a simulated case: identifiers, not names that could be words of the report.
fn values_of_a_member(root: &Path) -> Vec<String> {
    let zipped = files_below(root).into_iter().find(|file| file.extension().is_some_and(|ending| ending == "zip"));
    let mut archive = zip::ZipArchive::new(fs::File::open(zipped.unwrap()).unwrap()).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut archive.by_index(0).unwrap(), &mut text).unwrap();
    let cells = text.lines().skip(1).take(300).flat_map(|line| line.split([',', '"']));
    let long = cells.filter(|cell| cell.len() >= 9 && cell.bytes().filter(u8::is_ascii_digit).count() >= 8);
    let mut values: Vec<String> = long.map(str::to_owned).collect();
    values.sort();
    values.dedup();
    values.truncate(200);
    values
}

#[test]
fn formulas_and_markup_of_evidence_stay_dead() {
    let mut csv = String::from("first_name,last_name,ssn,=cmd|' /C calc'!A0,<script>alert(1)</script>\n");
    for row in hand_made(60) {
        csv.push_str(&format!("{},{},{},x,y\n", row[0], row[1], row[3]));
    }
    let case = Case::of(&[("evidence/<img src=x onerror=alert(2)>.csv", csv.as_bytes())]);
    case.assess().ends_with(0);
    let report = fs::read_to_string(case.path("assessment/report.html")).unwrap();
    for active in ["<script>alert(1)", "<img src=x"] {
        assert!(!report.contains(active), "markup of the evidence is active in the report");
    }
    let duties = fs::read_to_string(case.path("assessment/duties.csv")).unwrap();
    for cell in duties.lines().flat_map(|line| line.split(',')) {
        let first = cell.trim_matches('"').chars().next();
        assert!(!first.is_some_and(|first| "=+@\t".contains(first)), "a cell of duties.csv is a formula: {cell}");
    }
}

#[test]
fn terminal_escapes_of_evidence_stay_dead() {
    let mut csv = String::from("first_name,last_name,ssn,\u{1b}]0;owned\u{7}\n");
    for row in hand_made(60) {
        csv.push_str(&format!("{},{},{},\u{1b}[31mred\n", row[0], row[1], row[3]));
    }
    let case = Case::of(&[("list.csv", csv.as_bytes())]);
    let path = case.path("list.csv");
    for words in
        [&["scan", path.to_str().unwrap()][..], &["assess", case.word()], &["show", case.word(), "list.csv::row/3"]]
    {
        let session = finish(&mut crate::session::command(words));
        assert!(!session.stdout.contains('\u{1b}') && !session.stderr.contains('\u{1b}'), "{}", words[0]);
    }
}
