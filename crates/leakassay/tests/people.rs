//! People further: a model written and used again, a sample reviewed, decisions that stay made.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::session::{Case, command, hand_made_csv, leakassay, simulated};

/// A simulated case of its own, so that what is added to it disturbs no other test.
fn own_case() -> Case {
    let case = Case::copy_of(Path::new(simulated().word()));
    leakassay(&["assess", case.word(), "-q"]).ends_with(0);
    case
}

#[test]
fn a_model_that_was_written_gives_the_same_count() {
    let case = Case::of(&[("rows.csv", hand_made_csv(400).as_bytes())]);
    let (rows, model) = (case.path("rows.csv"), case.path("model.toml"));
    let (rows, model) = (rows.to_str().unwrap(), model.to_str().unwrap());
    let first = leakassay(&["people", rows, "--model-out", model, "--json", "-q"]).ends_with(0).json();
    let again = leakassay(&["people", rows, "--model", model, "--json", "-q"]).ends_with(0).json();
    assert_eq!(first, again);
    let text = fs::read_to_string(model).unwrap();
    fs::write(model, text.replace("[comparison.dob]", "[comparison.day]")).unwrap();
    leakassay(&["people", rows, "--model", model, "-q"]).ends_with(2).says("day");
    leakassay(&["people", rows, "--model", "nowhere.toml", "-q"]).ends_with(2).says("next:");
    leakassay(&["people", rows, "--model", rows, "-q"]).ends_with(2).says("line 1");
}

#[test]
fn a_review_by_oracle_holds_the_truth_and_stays_in_the_assessment() {
    let case = own_case();
    let truth = case.path("truth.json");
    let words = ["people", "review", case.word(), "--oracle", truth.to_str().unwrap(), "--by", "drill", "--json"];
    let review = leakassay(&words).ends_with(0).json();
    let people = |name: &str| review["people"][name].as_f64().unwrap();
    let known: Value = serde_json::from_slice(&fs::read(&truth).unwrap()).unwrap();
    let known = known["people"]["count"].as_f64().unwrap();
    assert!(people("low") <= known && known <= people("high"), "{known} {review}");
    assert_eq!(review["reviews"], review["of"]);
    let again = leakassay(&words).ends_with(0).json();
    assert_eq!(again, review, "nothing is left to ask");
    leakassay(&["assess", case.word(), "-q"]).ends_with(0);
    let assessment: Value =
        serde_json::from_slice(&fs::read(case.path("assessment/assessment.json")).unwrap()).unwrap();
    let bounds = assessment["people"]["bounds"].as_array().unwrap();
    let low = bounds.iter().find(|bound| bound["bound"] == "low by review").unwrap();
    assert_eq!(low["people"].as_f64(), Some(people("low")));
    leakassay(&["verify", case.word()]).ends_with(0);
}

#[test]
fn a_review_stops_and_goes_on() {
    let case = own_case();
    let answer = |input: &[u8]| {
        use std::io::Write;
        let mut program = command(&["people", "review", case.word(), "--sample", "20", "--reveal"]);
        let mut child = program.stdin(std::process::Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        child.wait_with_output().unwrap()
    };
    let output = answer(b"x\nq\n");
    assert!(output.status.success());
    let answered = || fs::read_to_string(case.path("review.jsonl")).unwrap().lines().count();
    let before = answered();
    assert!(answer(&b"c\n".repeat(400)).status.success());
    assert!(answered() > before.max(15), "{before} {}", answered());
    let custody = fs::read_to_string(case.path("assessment/custody.jsonl")).unwrap();
    assert!(custody.contains("\"act\":\"reveal\""), "rows were shown in clear");
    fs::write(case.path("review.jsonl"), "{}\n").unwrap();
    leakassay(&["people", "review", case.word()]).ends_with(2).says("line 1");
}

#[test]
fn decisions_stay_made_and_are_named() {
    let case = own_case();
    let query = "select person from people where rows >= 2 and joined_by <> '' order by person limit 1";
    let person = leakassay(&["sql", case.word(), query, "--json"]).ends_with(0).json()["person"].to_string();
    let one = leakassay(&["people", "why", case.word(), &person, "--json"]).ends_with(0).json();
    let address = |at: usize| one["people"][0]["addresses"][at].as_str().unwrap().to_owned();
    let before = read_count(&case);
    let decision = |verdict: &str, rows: &[String]| {
        format!(
            "[[decision]]\nverdict = \"{verdict}\"\nrows = {rows:?}\nwho = \"A. Counsel\"\nwhy = \"their letter\"\nwhen = \"2026-08-20\"\n"
        )
    };
    let rows = [address(0), address(1)];
    let text = decision("split", &rows) + &decision("merge", &rows);
    case.add("decisions.toml", text.as_bytes());
    leakassay(&["assess", case.word(), "-q"]).ends_with(0);
    assert!(read_count(&case) > before, "the two rows are two people now");
    let receipts = fs::read_to_string(case.path("assessment/receipts.jsonl")).unwrap();
    assert!(receipts.contains("decisions.toml, decision 2") && receipts.contains("contradicts decision 1"));
    let why = leakassay(&["people", "why", case.word(), &person, "--json"]).ends_with(0).json();
    assert!(why["decisions"][0].as_str().unwrap().contains("A. Counsel"), "{why}");
    assert!(why["refused"].as_array().is_some_and(|refused| !refused.is_empty()), "{why}");
    case.add("decisions.toml", decision("merge", &["evidence/nothing.csv::row/1".into(), address(0)]).as_bytes());
    leakassay(&["assess", case.word(), "-q"]).ends_with(2).says("no row of the evidence");
    case.add("decisions.toml", b"[[decision]]\nverdict = \"join\"\n");
    leakassay(&["assess", case.word(), "-q"]).ends_with(2).says("decisions.toml: line");
}

fn read_count(case: &Case) -> u64 {
    let bytes = fs::read(case.path("assessment/assessment.json")).unwrap();
    let assessment: Value = serde_json::from_slice(&bytes).unwrap();
    assessment["people"]["count"]["likely"].as_u64().unwrap()
}
