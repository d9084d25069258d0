//! `verify`: what was changed after the run is found.

use std::fs;

use crate::session::{Case, hand_made_csv, leakassay, simulated};

fn assessed() -> Case {
    let case = Case::of(&[("evidence/list.csv", hand_made_csv(50).as_bytes())]);
    case.assess().ends_with(0);
    leakassay(&["verify", case.word()]).ends_with(0);
    case
}

#[test]
fn an_untouched_case_verifies() {
    leakassay(&["verify", simulated().word()]).ends_with(0);
}

#[test]
fn changed_evidence_is_found() {
    let case = assessed();
    case.add("evidence/list.csv", hand_made_csv(51).as_bytes());
    leakassay(&["verify", case.word()]).ends_with(3).says("list.csv");
}

#[test]
fn a_changed_report_is_found() {
    let case = assessed();
    for name in ["report.html", "assessment.json", "duties.csv"] {
        let path = case.path("assessment").join(name);
        let before = fs::read(&path).unwrap();
        let mut after = before.clone();
        after.push(b' ');
        fs::write(&path, after).unwrap();
        leakassay(&["verify", case.word()]).ends_with(3).says(name);
        fs::write(&path, before).unwrap();
        leakassay(&["verify", case.word()]).ends_with(0);
    }
}

#[test]
fn a_changed_custody_log_is_found() {
    let case = assessed();
    let path = case.path("assessment/custody.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let without_first: String = text.lines().skip(1).map(|line| format!("{line}\n")).collect();
    fs::write(&path, without_first).unwrap();
    leakassay(&["verify", case.word()]).ends_with(3).says("custody");
}

#[test]
fn a_case_that_was_never_assessed_cannot_be_verified() {
    let case = Case::of(&[("list.csv", b"a,b\n1,2\n")]);
    let session = leakassay(&["verify", case.word()]);
    assert!([2, 3].contains(&session.code), "{}", session.stderr);
}
