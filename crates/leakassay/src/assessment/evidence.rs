//! Evidence as the assessment shows it: a report a file, the rows by element, and the plan by which its rows are read.

use std::collections::BTreeMap;

use intake::detect::{ElementRows, FileFindings, TableTyping};
use intake::normalize::TablePlan;
use intake::open::EvidenceFile;
use vocab::assessment::{ElementCount, FileReport};
use vocab::{DataElement, Interval, Problem};

use crate::case::{Case, Evidence};

/// Rows by element over several files.
pub(crate) type RowsByElement = BTreeMap<DataElement, ElementRows>;

/// Returns the report on one file.
pub(crate) fn report(file: &EvidenceFile, findings: &FileFindings, case: &Case) -> FileReport {
    findings.report(file, obtained(case, &file.path))
}

fn obtained(case: &Case, path: &str) -> Option<String> {
    let covers = |evidence: &&Evidence| std::path::Path::new(path).starts_with(&evidence.path);
    case.file.evidence.iter().find(covers).and_then(|evidence| evidence.obtained.clone())
}

/// Returns reports on the paths at which no file was found or opened: named, never skipped.
pub(crate) fn absent(problems: &[Problem], case: &Case) -> Vec<FileReport> {
    let report = |problem: &Problem| FileReport {
        path: problem.path.clone(),
        obtained: obtained(case, &problem.path),
        problems: vec![problem.clone()],
        ..FileReport::default()
    };
    problems.iter().map(report).collect()
}

/// Adds the rows of one file, by element.
pub(crate) fn add_rows(rows: &mut RowsByElement, findings: &FileFindings) {
    for (element, found) in findings.tables.iter().flat_map(|table| &table.elements) {
        let sum = rows.entry(*element).or_default();
        sum.rows += found.rows;
        sum.valid += found.valid;
        sum.impossible += found.impossible;
        sum.damaged += found.damaged;
    }
}

/// Joins rows and people by element.
pub(crate) fn element_counts(rows: &RowsByElement, people: &BTreeMap<DataElement, Interval>) -> Vec<ElementCount> {
    let count = |(element, rows): (&DataElement, &ElementRows)| ElementCount {
        element: *element,
        rows: rows.rows,
        rows_valid: rows.valid,
        rows_impossible: rows.impossible,
        rows_damaged: rows.damaged,
        people: people.get(element).copied().unwrap_or_default(),
    };
    rows.iter().map(count).collect()
}

/// Returns how the rows of each table of a file are read.
pub(crate) fn plans(file: &EvidenceFile, typings: &[TableTyping]) -> Vec<TablePlan> {
    file.tables.iter().zip(typings).map(|(head, typing)| TablePlan::of(head, typing)).collect()
}
