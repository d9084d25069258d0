//! Little memory: large tables lie in files then, the answer is the same, and where there is no room for them it is said.

use std::fs;
use std::path::Path;

use crate::session::{Case, Session, finish, hand_made_csv, leakassay, program, simulated};

/// Rows whose records alone pass the budget of a megabyte several times over.
const ROWS: usize = 67_000;

fn many_rows() -> Case {
    Case::of(&[("rows.csv", hand_made_csv(ROWS).as_bytes())])
}

/// Runs the program where no file may pass so many blocks of a kilobyte, as on a disk that is nearly full.
fn with_disk_for(blocks: u32, words: &[&str]) -> Session {
    let mut shell = std::process::Command::new("bash");
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    finish(shell.arg("-c").arg(script).arg(program()).args(words))
}

fn word(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn tables_beyond_the_budget_lie_in_files_and_change_nothing() {
    let case = many_rows();
    let (rows, ids, scratch) = (case.path("rows.csv"), case.path("ids.csv"), case.path("scratch"));
    fs::create_dir(&scratch).unwrap();
    let count = |more: &[&str]| {
        let words = ["people", word(&rows), "--out", word(&ids), "--json"];
        let session = leakassay(&[&words, more].concat()).ends_with(0);
        (session.stdout, fs::read(&ids).unwrap(), session.stderr)
    };
    let (answer, of_rows, said) = count(&[]);
    assert!(!said.contains("of tables lay in files"), "there is memory for {ROWS} rows: {said}");
    for threads in ["1", "2"] {
        let tight = count(&["--memory", "1MB", "--scratch", word(&scratch), "--threads", threads]);
        assert!(tight.2.contains("MB of tables lay in files below"), "the budget was not reached: {}", tight.2);
        assert!(tight.0 == answer && tight.1 == of_rows, "other bytes with little memory, {threads} threads");
    }
    assert_eq!(fs::read_dir(&scratch).unwrap().count(), 0, "something is left");
}

#[test]
fn an_assessment_with_little_memory_is_the_same() {
    let case = Case::copy_of(&simulated().root);
    let session = leakassay(&["assess", case.word(), "--memory", "100kB"]).ends_with(0);
    session.says("beyond a budget of 100 kB").says("assessment/stage");
    for name in ["assessment.json", "report.html", "people.parquet", "rows.parquet"] {
        let read = |root: &Path| fs::read(root.join("assessment").join(name)).unwrap();
        assert!(read(&case.path("")) == read(&simulated().root), "another {name}");
    }
}

#[test]
fn a_disk_without_room_is_said_before_it_is_needed_or_when_it_is() {
    let case = many_rows();
    let rows = case.path("rows.csv");
    let words = ["people", word(&rows), "--memory", "100kB", "-q"];
    // Room for nothing; and room for the records, but not for what resolving them takes.
    let session = with_disk_for(1_000, &words).ends_with(4).says("no room for a table of").says("--scratch");
    assert!(session.stdout.is_empty(), "{}", session.stdout);
    let session =
        with_disk_for(4_900, &words).ends_with(4).says("no room for 67000 rows").says("next: free disk space");
    assert!(session.stdout.is_empty(), "{}", session.stdout);
}

#[test]
fn a_budget_that_makes_no_sense_is_refused() {
    leakassay(&["schema", "--memory", "plenty"]).ends_with(2).says("MB or GB");
    leakassay(&["schema", "--scratch", "/nowhere/at/all"]).ends_with(2).says("next: name a folder");
}
