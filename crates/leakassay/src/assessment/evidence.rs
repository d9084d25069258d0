//! Evidence as the assessment shows it: a report a file, the rows by element, and the plan by which its rows are read.

use std::collections::BTreeMap;

use intake::detect::{ElementRows, FileFindings, TableTyping};
use intake::normalize::TablePlan;
use intake::open::EvidenceFile;
use vocab::assessment::{ElementCount, FileReport, FindingState};
use vocab::{DataElement, Interval, Problem, ProblemKind};

use crate::case::Case;

/// Rows by element over several files.
pub(crate) type RowsByElement = BTreeMap<DataElement, ElementRows>;

/// Returns the report on one file.
pub(crate) fn report(file: &EvidenceFile, findings: &FileFindings, case: &Case) -> FileReport {
    let mut report = findings.report(file, case.obtained(&file.path));
    withhold_names(&mut report);
    name_cut_lines(&mut report);
    report
}

/// Withholds names of columns that may be somebody's values: one that holds an address or a long number, and a key of JSON
/// objects that not every record has and no rule recognises. A map from people to numbers has people for keys.
pub(crate) fn withhold_names(report: &mut FileReport) {
    let json = report.format.contains("json");
    for column in report.tables.iter_mut().flat_map(|table| &mut table.columns) {
        let recognised = column.element.is_some() && column.state == FindingState::Report;
        if column.name.as_deref().is_some_and(may_be_a_value) || json && column.missing > 0 && !recognised {
            column.name = None;
        }
    }
}

/// Tells whether the name of a column looks like somebody's value.
pub(crate) fn may_be_a_value(name: &str) -> bool {
    const LONG_NUMBER: usize = 4;
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    name.contains('@') || digits >= LONG_NUMBER
}

/// A line beyond the limit is an input that was not used: it is named as a problem, not only counted.
pub(crate) fn name_cut_lines(report: &mut FileReport) {
    if let Some(aside) = report.set_aside.iter().find(|aside| aside.reason == "line_too_long") {
        report.problems.push(Problem {
            kind: ProblemKind::LimitReached,
            path: report.path.clone(),
            cause: format!("{} lines are longer than the limit and were set aside", aside.rows),
            hint: "look at them with `show`; if they are data, split them".into(),
        });
    }
}

/// Returns reports on the paths at which no file was found or opened: named, never skipped.
pub(crate) fn absent(problems: &[Problem], case: &Case) -> Vec<FileReport> {
    let report = |problem: &Problem| FileReport {
        path: problem.path.clone(),
        obtained: case.obtained(&problem.path),
        problems: vec![problem.clone()],
        ..FileReport::default()
    };
    problems.iter().map(report).collect()
}

/// Adds the rows of one file, by element.
pub(crate) fn add_rows(rows: &mut RowsByElement, findings: &FileFindings) {
    findings.tables.iter().for_each(|table| sum_rows(rows, &table.elements));
}

/// Adds rows that were counted apart.
pub(crate) fn sum_rows(rows: &mut RowsByElement, more: &RowsByElement) {
    for (element, found) in more {
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
