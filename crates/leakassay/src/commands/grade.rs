//! `grade`: an assessment against the truth of its simulation, check by check.

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;
use vocab::assessment::{Assessment, FindingState, YesNo};
use vocab::truth::{TableTruth, Truth};
use vocab::{DataElement, Interval};

use super::Outcome;
use crate::args::Common;
use crate::case::Case;
use crate::failure::Failure;
use crate::output;

/// Relative error allowed for the number of people.
const PEOPLE_TOLERANCE: f64 = 0.005;
/// Relative error allowed for people by element and by place. One person is always allowed: below 100 people a single
/// person is more than this share.
const PART_TOLERANCE: f64 = 0.01;
/// Days by which the snapshot date may be off.
const SNAPSHOT_TOLERANCE_DAYS: i32 = 2;

/// The result of a grading.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Grade {
    /// Version of this form.
    pub(crate) schema: String,
    /// Whether every check passed.
    pub(crate) passed: bool,
    /// The checks.
    pub(crate) checks: Vec<Check>,
}

/// One check.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Check {
    /// What was compared.
    pub(crate) check: String,
    /// What is true.
    pub(crate) truth: String,
    /// What was found.
    pub(crate) found: String,
    /// What is allowed.
    pub(crate) allowed: String,
    /// Whether it passed.
    pub(crate) passed: bool,
}

/// Grades a case and prints the result.
pub(crate) fn run(path: &Path, common: &Common) -> Result<Outcome, Failure> {
    let case = Case::open(path)?;
    let grade = grade(&case)?;
    output::print(&if common.json { output::to_json(&grade)? } else { to_text(&grade) })?;
    Ok(if grade.passed { Outcome::Done } else { Outcome::NeedsDecision })
}

/// Reads the assessment and the truth of a case and compares them.
pub(crate) fn grade(case: &Case) -> Result<Grade, Failure> {
    let truth: Truth = read(
        &case.root.join("truth.json"),
        "only simulated cases have a truth; `leakassay simulate full-dump --out DIR` makes one",
    )?;
    let assessment: Assessment =
        read(&case.outputs().join("assessment.json"), "run `leakassay assess` on the case first")?;
    let mut checks = Vec::new();
    rows(&truth, &assessment, &mut checks);
    columns(&truth, &assessment, &mut checks);
    people(&truth, &assessment, &mut checks);
    elements(&truth, &assessment, &mut checks);
    places(&truth, &assessment, &mut checks);
    snapshot(&truth, &assessment, &mut checks);
    duties(&truth, &assessment, &mut checks);
    let passed = checks.iter().all(|check| check.passed);
    Ok(Grade { schema: "leakassay/grade/1".into(), passed, checks })
}

fn read<T: serde::de::DeserializeOwned>(path: &Path, hint: &str) -> Result<T, Failure> {
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::wrong_use(format!("cannot read {}: {}", path.display(), error.kind()), hint))?;
    serde_json::from_slice(&bytes)
        .map_err(|_| Failure::wrong_use(format!("{} does not have the expected form", path.display()), hint))
}

fn rows(truth: &Truth, assessment: &Assessment, checks: &mut Vec<Check>) {
    for file in &truth.files {
        let written: u64 = file.tables.iter().map(|table| table.rows).sum();
        let found = assessment.evidence.iter().find(|found| found.path == file.path);
        let (met, balanced) = found
            .map_or((0, false), |found| (found.rows_in, found.rows_in == found.rows_parsed + found.rows_set_aside));
        checks.push(Check {
            check: format!("rows accounted for: {}", file.path),
            truth: written.to_string(),
            found: format!("{met}{}", if balanced { ", balanced" } else { ", NOT balanced" }),
            allowed: "equal, and rows in = read + set aside".into(),
            passed: met == written && balanced,
        });
    }
}

fn columns(truth: &Truth, assessment: &Assessment, checks: &mut Vec<Check>) {
    for file in &truth.files {
        let found = assessment.evidence.iter().find(|found| found.path == file.path);
        for table in &file.tables {
            let typed = found.and_then(|found| {
                let same_name = found.tables.iter().find(|candidate| candidate.name == table.name);
                same_name.or_else(|| if found.tables.len() == 1 { found.tables.first() } else { None })
            });
            let typed: Vec<Option<DataElement>> = typed.map_or_else(Vec::new, |typed| {
                let reported = |column: &vocab::assessment::ColumnReport| {
                    column.element.filter(|_| column.state == FindingState::Report)
                };
                typed.columns.iter().map(reported).collect()
            });
            checks.push(column_check(&file.path, table, &typed));
        }
    }
}

fn column_check(path: &str, table: &TableTruth, typed: &[Option<DataElement>]) -> Check {
    let wrong: Vec<String> = (0..table.columns.len().max(typed.len()))
        .filter(|index| table.columns.get(*index) != typed.get(*index))
        .map(|index| {
            let name = |columns: &[Option<DataElement>]| {
                columns.get(index).map_or("(absent)", |element| element.map_or("none", DataElement::as_str)).to_owned()
            };
            format!("column {index}: {} read as {}", name(&table.columns), name(typed))
        })
        .collect();
    Check {
        check: format!("columns typed: {path} {}", table.name),
        truth: format!("{} columns", table.columns.len()),
        found: if wrong.is_empty() { "all right".into() } else { wrong.join("; ") },
        allowed: "equal".into(),
        passed: wrong.is_empty(),
    }
}

fn people(truth: &Truth, assessment: &Assessment, checks: &mut Vec<Check>) {
    let count = assessment.people.count;
    checks.push(within("people (likely)", truth.people.count, count.likely, PEOPLE_TOLERANCE));
    checks.push(Check {
        check: "people (interval holds the truth)".into(),
        truth: truth.people.count.to_string(),
        found: format!("{}..{}", count.low, count.high),
        allowed: "low <= truth <= high".into(),
        passed: count.holds(truth.people.count),
    });
    if let Some(accounts) = assessment.people.accounts {
        checks.push(within("accounts", truth.people.accounts, accounts, PART_TOLERANCE));
    }
}

fn elements(truth: &Truth, assessment: &Assessment, checks: &mut Vec<Check>) {
    let found: BTreeMap<DataElement, Interval> =
        assessment.elements.iter().map(|element| (element.element, element.people)).collect();
    for element in &truth.elements {
        let likely = found.get(&element.element).map_or(0, |people| people.likely);
        checks.push(within(&format!("people with {}", element.element), element.people.likely, likely, PART_TOLERANCE));
    }
    for element in found.keys().filter(|element| truth.elements.iter().all(|known| known.element != **element)) {
        checks.push(within(&format!("people with {element}"), 0, found[element].likely, PART_TOLERANCE));
    }
}

fn places(truth: &Truth, assessment: &Assessment, checks: &mut Vec<Check>) {
    let found: BTreeMap<_, _> =
        assessment.people.by_jurisdiction.iter().map(|place| (place.jurisdiction, place.people.likely)).collect();
    for place in &truth.people.by_jurisdiction {
        let likely = found.get(&place.jurisdiction).copied().unwrap_or(0);
        let name = format!("people in {}", place.jurisdiction);
        checks.push(within(&name, place.people.likely, likely, PART_TOLERANCE));
    }
    let unknown_to_truth = |place: &&vocab::assessment::JurisdictionCount| {
        truth.people.by_jurisdiction.iter().all(|known| known.jurisdiction != place.jurisdiction)
    };
    for place in assessment.people.by_jurisdiction.iter().filter(unknown_to_truth) {
        checks.push(within(&format!("people in {}", place.jurisdiction), 0, place.people.likely, PART_TOLERANCE));
    }
}

fn snapshot(truth: &Truth, assessment: &Assessment, checks: &mut Vec<Check>) {
    let answer = &assessment.claim.axes.snapshot.answer;
    let off = days_between(&truth.snapshot, answer);
    checks.push(Check {
        check: "snapshot date".into(),
        truth: truth.snapshot.clone(),
        found: answer.clone(),
        allowed: format!("within {SNAPSHOT_TOLERANCE_DAYS} days"),
        passed: off.is_some_and(|days| days <= SNAPSHOT_TOLERANCE_DAYS),
    });
}

fn days_between(a: &str, b: &str) -> Option<i32> {
    let (a, b): (jiff::civil::Date, jiff::civil::Date) = (a.parse().ok()?, b.parse().ok()?);
    Some(a.until(b).ok()?.get_days().abs())
}

fn duties(truth: &Truth, assessment: &Assessment, checks: &mut Vec<Check>) {
    for duty in &truth.duties {
        // The truth says whether people are owed notice; a regime that knows no such duty never owes it.
        let mut entries = assessment.duties.iter().filter(|found| found.regime == duty.regime).peekable();
        let known = entries.peek().is_some();
        let individuals = entries.filter(|found| found.recipient == "individuals").map(|found| found.trigger);
        let found = individuals.reduce(strongest).or_else(|| known.then_some(YesNo::No));
        checks.push(Check {
            check: format!("duty {}", duty.regime),
            truth: words(Some(duty.trigger)).into(),
            found: words(found).into(),
            allowed: "equal".into(),
            passed: found == Some(duty.trigger),
        });
    }
}

/// Of several entries one that is triggered decides, then one that cannot be told.
fn strongest(a: YesNo, b: YesNo) -> YesNo {
    match (a, b) {
        (YesNo::Yes, _) | (_, YesNo::Yes) => YesNo::Yes,
        (YesNo::CannotTell, _) | (_, YesNo::CannotTell) => YesNo::CannotTell,
        (YesNo::No, YesNo::No) => YesNo::No,
    }
}

fn words(answer: Option<YesNo>) -> &'static str {
    match answer {
        Some(YesNo::Yes) => "triggered",
        Some(YesNo::No) => "not triggered",
        Some(YesNo::CannotTell) => "cannot tell",
        None => "(absent)",
    }
}

fn within(check: &str, truth: u64, found: u64, tolerance: f64) -> Check {
    let slack = ((truth as f64 * tolerance).floor() as u64).max(1);
    Check {
        check: check.into(),
        truth: truth.to_string(),
        found: found.to_string(),
        allowed: format!("off by at most {slack}"),
        passed: truth.abs_diff(found) <= slack,
    }
}

/// Prints failed checks whole and the others as a count by kind, so that a clean grade fits a screen.
pub(crate) fn to_text(grade: &Grade) -> String {
    let failed: Vec<&Check> = grade.checks.iter().filter(|check| !check.passed).collect();
    let mut text = format!("grade: {} of {} checks pass\n", grade.checks.len() - failed.len(), grade.checks.len());
    for check in failed {
        text.push_str(&format!(
            "  FAILED {}: truth {}, found {} ({})\n",
            check.check, check.truth, check.found, check.allowed
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_person_is_allowed_and_no_more() {
        assert!(within("x", 30, 31, PART_TOLERANCE).passed);
        assert!(!within("x", 30, 32, PART_TOLERANCE).passed);
        assert!(within("x", 1000, 1010, PART_TOLERANCE).passed);
        assert!(!within("x", 1000, 1011, PART_TOLERANCE).passed);
    }

    #[test]
    fn days_are_counted_both_ways() {
        assert_eq!(days_between("2026-08-03", "2026-08-01"), Some(2));
        assert_eq!(days_between("2026-02-27", "2026-03-02"), Some(3));
        assert_eq!(days_between("2026-02-27", "cannot tell"), None);
    }
}
