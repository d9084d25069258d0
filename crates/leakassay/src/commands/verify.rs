//! `verify`: the custody chain, every digest, and that the report follows from the tables.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;
use vocab::assessment::Assessment;
use vocab::plan::{Cell, Engine};

use super::{Outcome, sql};
use crate::args::Common;
use crate::assessment::{outputs, recount};
use crate::case::{Case, sha256_of, verify_chain};
use crate::failure::Failure;
use crate::{output, report};

/// Most groups a recount may have; blends of elements and places stay far below.
const MOST_GROUPS: usize = 1 << 20;

/// The result of a verification.
#[derive(Debug, Serialize, JsonSchema)]
struct Verification {
    schema: String,
    verified: bool,
    checks: Vec<Check>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Check {
    check: String,
    passed: bool,
    detail: String,
}

/// Verifies a case and prints each check.
pub(crate) fn run(path: &Path, common: &Common) -> Result<Outcome, Failure> {
    let case = Case::open(path)?;
    let assessment = outputs::read_assessment(&case)?;
    let mut checks = vec![custody(&case)?, receipts(&case, &assessment)];
    checks.extend(evidence(&case, &assessment));
    checks.push(report_follows(&case, &assessment)?);
    checks.extend(numbers(&case, &assessment, common)?);
    let verified = checks.iter().all(|check| check.passed);
    let verification = Verification { schema: "leakassay/verify/1".into(), verified, checks };
    output::print(&if common.json { output::to_json(&verification)? } else { to_text(&verification) })?;
    if verified {
        return Ok(Outcome::Done);
    }
    let failed = verification.checks.iter().filter(|check| !check.passed);
    let failed: Vec<String> = failed.map(|check| format!("{}: {}", check.check, check.detail)).collect();
    Err(Failure::evidence(
        format!("the case does not verify:\n  {}", failed.join("\n  ")),
        "do not rely on the report; find out what changed, or assess a fresh copy of the evidence",
    ))
}

fn check(name: impl Into<String>, passed: bool, detail: impl Into<String>) -> Check {
    Check { check: name.into(), passed, detail: detail.into() }
}

/// The chain holds, and the outputs are those that the last run entered.
fn custody(case: &Case) -> Result<Check, Failure> {
    let entries = verify_chain(&case.outputs().join(outputs::CUSTODY))?;
    let last = entries.iter().rev().map(crate::case::Entry::act).find(|(act, _)| *act == "outputs");
    let Some((_, digests)) = last else {
        return Ok(check("custody chain", false, "no finished run is entered"));
    };
    let digests: BTreeMap<String, String> = serde_json::from_value(digests.clone()).unwrap_or_default();
    let changed: Vec<&str> = digests
        .iter()
        .filter(|(name, sha)| sha256_of(&case.outputs().join(name)).ok().as_ref() != Some(sha))
        .map(|(name, _)| name.as_str())
        .collect();
    let detail = if changed.is_empty() {
        format!("{} entries, {} outputs unchanged", entries.len(), digests.len())
    } else {
        format!("changed since the run: {}", changed.join(", "))
    };
    Ok(check("custody chain", changed.is_empty() && !digests.is_empty(), detail))
}

fn receipts(case: &Case, assessment: &Assessment) -> Check {
    let unbalanced: Vec<&str> = assessment
        .receipts
        .iter()
        .filter(|receipt| !receipt.balances())
        .map(|receipt| receipt.stage.as_str())
        .collect();
    let expected = outputs::receipt_lines(&assessment.receipts);
    let same = fs::read_to_string(case.outputs().join(outputs::RECEIPTS)).is_ok_and(|found| found == expected);
    let detail = match (unbalanced.is_empty(), same) {
        (true, true) => format!("{} stages balance: rows in = rows out + rows set aside", assessment.receipts.len()),
        (false, _) => format!("does not balance: {}", unbalanced.join(", ")),
        (true, false) => "receipts.jsonl is not what the assessment says".into(),
    };
    check("receipts", unbalanced.is_empty() && same, detail)
}

fn evidence<'a>(case: &'a Case, assessment: &'a Assessment) -> impl Iterator<Item = Check> + 'a {
    assessment.evidence.iter().filter(|file| !file.sha256.is_empty()).map(|file| {
        let same = sha256_of(&case.root.join(&file.path)).is_ok_and(|sha| sha == file.sha256);
        let detail = if same { "as assessed" } else { "changed or gone since the assessment" };
        check(format!("evidence {}", file.path), same, detail)
    })
}

/// The report is rendered again from the assessment and compared byte for byte; its numbers are looked up one by one.
fn report_follows(case: &Case, assessment: &Assessment) -> Result<Check, Failure> {
    let html = fs::read_to_string(case.outputs().join(outputs::REPORT)).unwrap_or_default();
    let again = report::html::render(assessment).map_err(|_| outputs::cannot_render())?;
    let tree = serde_json::to_value(assessment).map_err(|_| outputs::cannot_render())?;
    let strays = report::check::numbers(&html, &tree);
    let detail = match (html == again, strays.len()) {
        (true, 0) => "follows from assessment.json, every number found there".into(),
        (false, _) => "is not what assessment.json renders to".into(),
        (true, count) => format!("{count} numbers are not in assessment.json"),
    };
    Ok(check("report.html", html == again && strays.is_empty(), detail))
}

/// Counts again by SQL what the kernels counted, from the tables that were written.
fn numbers(case: &Case, assessment: &Assessment, common: &Common) -> Result<Vec<Check>, Failure> {
    let engine = sql::engine(case, common.threads())?;
    let mut checks = Vec::new();
    for question in recount::questions(assessment) {
        let answer = engine.query(&question.step.sql, MOST_GROUPS).map_err(|error| {
            Failure::ours(format!("`{}` could not be counted again: {error}", question.step.name), "please report it")
        })?;
        let mut found: BTreeMap<String, i64> = BTreeMap::new();
        for (keys, count) in answer.rows.iter().filter_map(|row| keyed(row)) {
            if question.codes {
                keys.split(',').for_each(|key| *found.entry(key.to_owned()).or_default() += count);
            } else {
                *found.entry(keys).or_default() += count;
            }
        }
        let passed = found == question.expected;
        let detail = if passed {
            format!("{} counts equal by SQL", question.expected.len())
        } else {
            format!("SQL counts {found:?}, the assessment says {:?}", question.expected)
        };
        checks.push(check(question.step.name, passed, detail));
    }
    Ok(checks)
}

fn keyed(row: &[Cell]) -> Option<(String, i64)> {
    match row {
        [Cell::Text(key), Cell::Integer(count)] => Some((key.clone(), *count)),
        [Cell::Integer(key), Cell::Integer(count)] => Some((key.to_string(), *count)),
        _ => None,
    }
}

fn to_text(verification: &Verification) -> String {
    let mut text = String::new();
    for check in &verification.checks {
        let word = if check.passed { "ok    " } else { "FAILED" };
        text.push_str(&format!("{word} {}: {}\n", check.check, check.detail));
    }
    text
}
