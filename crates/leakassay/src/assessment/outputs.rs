//! The files of an assessment: their names, how they are written, how they are read back.

use std::collections::BTreeMap;
use std::fs;

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use vocab::Receipt;
use vocab::assessment::Assessment;

use super::tables;
use crate::case::{ASSESSMENT_FOLDER, Case, Custody, hex, sha256_of};
use crate::failure::Failure;
use crate::{output, report};

/// The answer for machines.
pub(crate) const ASSESSMENT: &str = "assessment.json";
/// The answer for everyone.
pub(crate) const REPORT: &str = "report.html";
/// One row a person.
pub(crate) const PEOPLE: &str = "people.parquet";
/// One row an evidence row: whose it is.
pub(crate) const ROWS: &str = "rows.parquet";
/// The parameters by which rows were compared.
pub(crate) const MODEL: &str = "model.toml";
/// Duties as a table.
pub(crate) const DUTIES_TABLE: &str = "duties.csv";
/// Deadlines as a calendar.
pub(crate) const DUTIES_CALENDAR: &str = "duties.ics";
/// Balance sheets, hash-chained.
pub(crate) const RECEIPTS: &str = "receipts.jsonl";
/// Acts, hash-chained.
pub(crate) const CUSTODY: &str = "custody.jsonl";

/// Returns the files of an assessment by their use, as `assessment.json` names them.
pub(crate) fn names(sampled: bool) -> BTreeMap<String, String> {
    let mut files = vec![
        ("assessment", ASSESSMENT),
        ("report", REPORT),
        ("duties_table", DUTIES_TABLE),
        ("duties_calendar", DUTIES_CALENDAR),
        ("receipts", RECEIPTS),
        ("custody", CUSTODY),
    ];
    if !sampled {
        files.extend([("people", PEOPLE), ("rows", ROWS), ("model", MODEL)]);
    }
    files.into_iter().map(|(usage, name)| (usage.to_owned(), format!("{ASSESSMENT_FOLDER}/{name}"))).collect()
}

/// Writes every output and enters their digests in the custody log. `assessment.json` comes last: while it is missing,
/// the run is not finished.
pub(crate) fn write(case: &Case, assessment: &Assessment, custody: &mut Custody) -> Result<(), Failure> {
    let folder = case.outputs();
    let json = report::json::render(assessment);
    // The report is rendered from what assessment.json says, not from memory: they must not differ in a last digit.
    let said: Assessment = serde_json::from_str(&json).map_err(|_| cannot_render())?;
    let html = report::html::render(&said).map_err(|_| cannot_render())?;
    let as_of = &assessment.run.as_of;
    let mut texts = vec![
        (REPORT.to_owned(), html),
        (DUTIES_TABLE.to_owned(), analysis::duties::export::to_csv(&assessment.duties)),
        (
            DUTIES_CALENDAR.to_owned(),
            analysis::duties::export::to_ics(&assessment.duties, &assessment.case.name, as_of),
        ),
        (RECEIPTS.to_owned(), receipt_lines(&assessment.receipts)),
    ];
    texts.extend(tables::json_lines(assessment)?);
    texts.push((ASSESSMENT.to_owned(), json));
    for (name, text) in &texts {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| Failure::cannot_write(parent, &error))?;
        }
        output::write_atomically(&path, text.as_bytes())?;
    }
    let mut digests: BTreeMap<&str, String> =
        texts.iter().map(|(name, text)| (name.as_str(), hex(&Sha256::digest(text.as_bytes())))).collect();
    for name in [PEOPLE, ROWS, MODEL] {
        if let Ok(sha256) = sha256_of(&folder.join(name)) {
            digests.insert(name, sha256);
        }
    }
    custody.enter("outputs", serde_json::json!(digests))
}

/// Reads the assessment of a case.
pub(crate) fn read_assessment(case: &Case) -> Result<Assessment, Failure> {
    let path = case.outputs().join(ASSESSMENT);
    let bytes = fs::read(&path).map_err(|error| {
        Failure::wrong_use(format!("cannot read {}: {}", path.display(), error.kind()), "run `leakassay assess` first")
    })?;
    serde_json::from_slice(&bytes).map_err(|_| {
        Failure::evidence(
            format!("{} does not have the form of an assessment", path.display()),
            "it was changed or made by another version; run `leakassay assess` again",
        )
    })
}

/// The report could not be rendered.
pub(crate) fn cannot_render() -> Failure {
    Failure::ours("the report could not be rendered", "please report it; assessment.json is not affected")
}

#[derive(Serialize)]
struct ChainedReceipt<'a> {
    #[serde(flatten)]
    receipt: &'a Receipt,
    prev: &'a str,
    hash: &'a str,
}

/// Renders receipts as JSON lines, each with the hash of the line before and its own.
pub(crate) fn receipt_lines(receipts: &[Receipt]) -> String {
    let mut lines = String::new();
    let mut prev = "0".repeat(64);
    for receipt in receipts {
        // A receipt is strings and numbers only: it always serialises.
        let body = serde_json::to_string(receipt).unwrap_or_default();
        let hash = hex(&Sha256::digest(format!("{prev}\n{body}")));
        let line = ChainedReceipt { receipt, prev: &prev, hash: &hash };
        lines.push_str(&serde_json::to_string(&line).unwrap_or_default());
        lines.push('\n');
        prev = hash;
    }
    lines
}
