//! A case that grows and shrinks: every version says what a run from scratch would say, and what is new in it.

use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use serde_json::Value;

use crate::session::{Case, hand_made, leakassay, simulated};

/// Rows of the hand-made table as a file of their own.
fn part(rows: std::ops::Range<usize>) -> String {
    let mut text = String::from("first_name,last_name,birth_date,ssn,mobile,street,city_state,zip\n");
    for row in &hand_made(rows.end)[rows.start..] {
        let cells: Vec<String> = row.iter().map(|cell| format!("\"{cell}\"")).collect();
        text.push_str(&format!("{}\n", cells.join(",")));
    }
    text
}

/// The case of these files below one folder of evidence, so that its case.toml stays the same.
fn case_of(files: &[(&str, &str)]) -> Case {
    let case = Case::empty();
    files.iter().for_each(|(name, text)| case.add(&format!("evidence/{name}"), text.as_bytes()));
    case.describe(&["evidence"]);
    case
}

/// The answers, without what is new in them.
fn answers(case: &Case) -> Value {
    let mut answers = case.assessment();
    answers.as_object_mut().unwrap().remove("changes");
    answers
}

fn rows(case: &Case) -> Vec<u8> {
    fs::read(case.path("assessment/rows.parquet")).unwrap()
}

/// The tables of rows that are kept, with the time of their making.
fn kept(case: &Case) -> Vec<(PathBuf, SystemTime)> {
    let folders = fs::read_dir(case.path("assessment/stage/files")).unwrap();
    let mut tables: Vec<_> = folders.map(|folder| folder.unwrap().path().join("records.parquet")).collect();
    tables.sort();
    tables.into_iter().map(|path| (path.clone(), fs::metadata(path).unwrap().modified().unwrap())).collect()
}

#[test]
fn a_new_tranche_gives_what_a_run_from_scratch_gives_and_reads_only_itself() {
    let (first, second, third) = (part(0..300), part(200..420), part(350..600));
    let growing = case_of(&[("a.csv", &first), ("c.csv", &third)]);
    growing.assess().ends_with(0);
    assert!(growing.assessment().get("changes").is_none(), "a first version has nothing to compare with");
    let before = kept(&growing);
    growing.add("evidence/b.csv", second.as_bytes());
    growing.assess().ends_with(0);
    let after = kept(&growing);
    assert_eq!((before.len(), after.len()), (2, 3));
    assert!(before.iter().all(|table| after.contains(table)), "what was known is not read again");

    let scratch = case_of(&[("a.csv", &first), ("b.csv", &second), ("c.csv", &third)]);
    scratch.assess().ends_with(0);
    assert_eq!(answers(&growing), answers(&scratch));
    assert!(rows(&growing) == rows(&scratch), "other people");

    let changes = &growing.assessment()["changes"];
    assert_eq!(changes["causes"][0]["kind"], "evidence added");
    assert_eq!(changes["causes"][0]["what"], "evidence/b.csv");
    assert_eq!((changes["causes"].as_array().unwrap().len(), &changes["causes"][0]["rows"]), (1, &Value::from(220)));
    let people = changes["counts"].as_array().unwrap().iter().find(|count| count["what"] == "people").unwrap();
    assert_eq!((people["before"].as_u64(), people["after"].as_u64()), (Some(550), Some(600)));
    leakassay(&["verify", growing.word()]).ends_with(0);

    // Nothing new: the version stays what it is, with what was new in it.
    let said = fs::read(growing.path("assessment/report.html")).unwrap();
    assert!(String::from_utf8_lossy(&said).contains("What is new since the version before"));
    growing.assess().ends_with(0);
    assert!(fs::read(growing.path("assessment/report.html")).unwrap() == said);
}

#[test]
fn of_a_withdrawn_file_nothing_stays() {
    let (first, second) = (part(0..300), part(200..420));
    let case = case_of(&[("a.csv", &first), ("b.csv", &second)]);
    case.assess().ends_with(0);
    fs::remove_file(case.path("evidence/a.csv")).unwrap();
    case.assess().ends_with(0);
    assert_eq!(kept(&case).len(), 1);
    let scratch = case_of(&[("b.csv", &second)]);
    scratch.assess().ends_with(0);
    assert_eq!(answers(&case), answers(&scratch));
    assert!(rows(&case) == rows(&scratch), "other people");
    let changes = &case.assessment()["changes"];
    assert_eq!(changes["causes"][0]["kind"], "evidence withdrawn");
    assert_eq!(changes["causes"][0]["what"], "evidence/a.csv");
    leakassay(&["verify", case.word()]).ends_with(0);
}

#[test]
fn a_review_of_other_rows_is_named_and_not_used() {
    let case = Case::copy_of(&simulated().root);
    case.assess().ends_with(0);
    let truth = case.path("truth.json");
    let words =
        ["people", "review", case.word(), "--oracle", truth.to_str().unwrap(), "--by", "drill", "--sample", "60", "-q"];
    leakassay(&words).ends_with(0);
    case.assess().ends_with(0);
    let answers = &case.assessment()["changes"]["answers"];
    assert!(answers.as_array().unwrap().iter().any(|answer| answer["before"] == "not reviewed"), "{answers}");
    fs::remove_file(case.path("evidence/device_map.parquet")).unwrap();
    let toml = fs::read_to_string(case.path("case.toml")).unwrap();
    let lines: Vec<&str> = toml.lines().collect();
    let at = lines.iter().position(|line| line.contains("device_map")).unwrap();
    let kept: Vec<&str> =
        lines[..at - 1].iter().chain(&lines[at + 1..]).copied().filter(|line| !line.contains("file host")).collect();
    fs::write(case.path("case.toml"), kept.join("\n")).unwrap();
    case.assess().ends_with(0);
    let assessment = case.assessment();
    let receipts = assessment["receipts"].as_array().unwrap();
    let resolve = receipts.iter().find(|receipt| receipt["stage"] == "resolve").unwrap();
    assert_eq!(resolve["problems"][0]["path"], "review.jsonl");
    let bounds = assessment["people"]["bounds"].as_array().unwrap();
    assert!(bounds.iter().all(|bound| !bound["bound"].as_str().unwrap().contains("review")));
    leakassay(&["verify", case.word()]).ends_with(0);
}

#[test]
fn a_changed_file_and_a_changed_case_file_are_causes_of_their_own() {
    let case = case_of(&[("a.csv", &part(0..300)), ("b.csv", &part(300..400))]);
    case.assess().ends_with(0);
    let before = kept(&case);
    case.add("evidence/b.csv", part(300..380).as_bytes());
    let text = fs::read_to_string(case.path("case.toml")).unwrap();
    fs::write(case.path("case.toml"), text.replace("Northwind", "Northwind Mobile")).unwrap();
    case.assess().ends_with(0);
    let after = kept(&case);
    assert_eq!(
        before.iter().filter(|table| after.contains(table)).count(),
        1,
        "a word about the case reads nothing again"
    );
    let assessment = case.assessment();
    let causes = assessment["changes"]["causes"].as_array().unwrap();
    let kinds: Vec<&str> = causes.iter().map(|cause| cause["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["evidence changed", "case file"]);
    leakassay(&["verify", case.word()]).ends_with(0);
}
