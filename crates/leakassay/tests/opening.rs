//! What a case adds to opening: passwords, parts of files, lists of known files.

use crate::session::{Case, leakassay};

const LOCKED: &[u8] = include_bytes!("../../intake/tests/open/data/locked.7z");

/// A locked archive in two parts, of which the case names the first.
fn locked() -> Case {
    let (first, second) = LOCKED.split_at(150);
    let case = Case::empty();
    case.add("evidence/people.7z.001", first);
    case.add("evidence/people.7z.002", second);
    case.describe(&["evidence/people.7z.001"]);
    case
}

fn add_to_case(case: &Case, line: &str) {
    let text = std::fs::read_to_string(case.path("case.toml")).unwrap();
    case.add("case.toml", text.replacen("[case]\n", &format!("[case]\n{line}\n"), 1).as_bytes());
}

#[test]
fn a_locked_archive_in_parts_is_assessed_once_its_password_is_known() {
    let case = locked();
    case.assess().ends_with(3).says("passwords");
    add_to_case(&case, "passwords = [\"wrong\", \"winter2026\"]");
    let session = case.assess().ends_with(0);
    assert!(!format!("{}{}", session.stdout, session.stderr).contains("winter2026"));
    let assessment = case.assessment();
    let evidence = assessment["evidence"].as_array().unwrap();
    assert_eq!(evidence[0]["rows_parsed"], 3);
    assert_eq!(evidence[1]["part_of"], "evidence/people.7z.001");
    assert_eq!(evidence[1]["sha256"].as_str().unwrap().len(), 64);
    assert!(!assessment.to_string().contains("winter2026"));
    let address = "evidence/people.7z.001::people.csv::row/1";
    let shown = leakassay(&["show", case.word(), address, "--reveal"]).ends_with(0);
    assert!(shown.stdout.starts_with("Maria,Alvarez,518-11-2001"), "{}", shown.stdout);
}

#[test]
fn scan_takes_passwords_and_lists_of_known_files() {
    let case = locked();
    case.add("words.txt", b"wrong\nwinter2026\n");
    let (part, words) = (case.path("evidence/people.7z.001"), case.path("words.txt"));
    let words = [part.to_str().unwrap(), "--passwords", words.to_str().unwrap(), "--json", "-q"];
    let json = leakassay(&[&["scan"][..], &words].concat()).ends_with(0).json();
    assert_eq!(json["files"][0]["rows_parsed"], 3);
    case.add("known.txt", format!("{}  people\n", json["files"][0]["sha256"].as_str().unwrap()).as_bytes());
    let known = case.path("known.txt");
    let words = [&["scan"][..], &words, &["--known", known.to_str().unwrap()]].concat();
    let json = leakassay(&words).ends_with(0).json();
    assert_eq!((&json["files"][0]["known"], &json["files"][0]["rows_in"]), (&true.into(), &0.into()));
    leakassay(&["scan", part.to_str().unwrap(), "--known", "absent.txt", "-q"]).ends_with(2).says("known files");
}

#[test]
fn a_case_leaves_out_what_is_known() {
    let case = Case::of(&[("evidence/a.csv", b"id,email\n1,ann@example.com\n2,bo@example.org\n3,cy@example.net\n")]);
    case.assess().ends_with(0);
    let sha256 = case.assessment()["evidence"][0]["sha256"].as_str().unwrap().to_owned();
    case.add("nsrl.txt", sha256.as_bytes());
    add_to_case(&case, "known_files = [\"nsrl.txt\"]");
    case.assess();
    let file = &case.assessment()["evidence"][0];
    assert_eq!((&file["known"], &file["rows_in"]), (&true.into(), &0.into()));
}
