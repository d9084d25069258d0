//! `scan`: what is in these files? A first answer from a sample within seconds, then the full one.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use intake::detect::{self, FileFindings, Identifiers, Match, TextPlace};
use intake::open::{self, Depth, EvidenceFile, Survey};
use schemars::JsonSchema;
use serde::Serialize;
use vocab::assessment::{FileReport, FindingState, TableReport};
use vocab::progress::Progress;
use vocab::{DataElement, Place, Problem};

use super::Outcome;
use crate::args::{Common, Scan};
use crate::assessment::evidence;
use crate::case;
use crate::failure::Failure;
use crate::output;
use crate::progress::StageLines;

/// Version of the form of the output.
const SCHEMA: &str = "leakassay/scan/1";

/// What `scan --json` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ScanOutput {
    /// Version of this form.
    pub(crate) schema: String,
    /// True where the counts come from a sample.
    pub(crate) sampled: bool,
    /// Every file, with the typing of its columns and the matches in its text.
    pub(crate) files: Vec<FileReport>,
    /// Paths at which nothing could be read.
    pub(crate) problems: Vec<Problem>,
}

/// Scans files and prints what is in them.
pub(crate) fn run(scan: &Scan, common: &Common) -> Result<Outcome, Failure> {
    let rulebook = super::rulebook(common)?;
    let decisions = scan.decisions.as_deref().map(case::decisions).transpose()?.unwrap_or_default();
    let limits = scan.opening.limits()?;
    let progress = StageLines::new(common.quiet);
    let look = |depth| open::survey(Path::new("."), &scan.paths, &limits, depth, common.threads(), &progress);
    // Who asked for quiet is not waiting for a first answer.
    let depth = if scan.quick || !common.quiet { Depth::Quick } else { Depth::Full };
    // Rules are read while the files are looked at.
    let (identifiers, mut survey) = std::thread::scope(|scope| {
        let identifiers = scope.spawn(|| Identifiers::load(&rulebook));
        let survey = look(depth);
        (identifiers.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), survey)
    });
    let mut identifiers = identifiers?;
    identifiers.decisions = decisions;
    case::check_decisions(&identifiers.decisions, &survey.files)?;
    if depth == Depth::Quick {
        let sampled = sampled(survey, &identifiers, common.threads());
        if scan.quick {
            return conclude(&sampled, common);
        }
        output::say(&format!("first answer, from a sample:\n{}", to_text(&sampled)));
        survey = look(Depth::Full);
        case::check_decisions(&identifiers.decisions, &survey.files)?;
    }
    let mut findings = scan.findings.as_deref().map(FindingsFile::create).transpose()?;
    let total = survey.files.iter().map(|file| file.bytes).sum();
    progress.start("scan", "bytes", Some(total));
    let mut files = Vec::new();
    for file in &survey.files {
        let mut tell = |place: TextPlace, found: Match| {
            if let Some(findings) = &mut findings {
                findings.write(&identifiers, file, place, found);
            }
        };
        let threads = common.threads();
        let found = detect::profile_with(file, &identifiers, &limits, threads, &progress, &mut tell);
        files.push(report(file, &found));
    }
    progress.finish(&format!("{} files", files.len()));
    if let Some(findings) = findings {
        findings.close()?;
    }
    conclude(&ScanOutput { schema: SCHEMA.into(), sampled: false, files, problems: survey.problems }, common)
}

fn sampled(survey: Survey, identifiers: &Identifiers, threads: usize) -> ScanOutput {
    let first = |file| report(file, &detect::profile_sample(file, identifiers, threads));
    let files = survey.files.iter().map(first).collect();
    ScanOutput { schema: SCHEMA.into(), sampled: true, files, problems: survey.problems }
}

fn report(file: &EvidenceFile, found: &FileFindings) -> FileReport {
    let mut report = found.report(file, None);
    evidence::withhold_names(&mut report);
    evidence::name_cut_lines(&mut report);
    report
}

fn conclude(scanned: &ScanOutput, common: &Common) -> Result<Outcome, Failure> {
    output::print(&if common.json { output::to_json(scanned)? } else { to_text(scanned) })?;
    let problems: Vec<&Problem> =
        scanned.files.iter().flat_map(|file| &file.problems).chain(&scanned.problems).collect();
    problems.iter().for_each(|problem| output::problem(problem));
    let set_aside = scanned.files.iter().any(|file| file.rows_set_aside > 0);
    Ok(match (problems.is_empty(), set_aside) {
        (false, _) => Outcome::InputUnusable,
        (true, true) => Outcome::NeedsDecision,
        (true, false) => Outcome::Done,
    })
}

/// One line a column or element found; what needs a look and what went wrong after it.
fn to_text(output: &ScanOutput) -> String {
    let mut text = String::new();
    for file in &output.files {
        let rows = if output.sampled { "rows, estimated" } else { "rows" };
        text.push_str(&format!(
            "{}  [{}]  {} {rows}, {} set aside\n",
            file.path, file.format, file.rows_in, file.rows_set_aside
        ));
        if let Some(first) = &file.part_of {
            text.push_str(&format!("  a later part of {first}: read there\n"));
        }
        if file.known {
            text.push_str("  on a list of known files: not read\n");
        }
        if let Some(first) = &file.duplicate_of {
            text.push_str(&format!("  same bytes as {first}: counted there\n"));
        }
        for table in &file.tables {
            text.push_str(&table_text(table));
        }
        for (element, count) in &file.text {
            text.push_str(&format!("  text: {count} x {element}\n"));
        }
    }
    text
}

fn table_text(table: &TableReport) -> String {
    let mut text = format!("  table {}: {} rows, {} columns\n", table.name, table.rows, table.columns.len());
    for column in &table.columns {
        let Some(element) = column.element else { continue };
        let state = match column.state {
            FindingState::Report => "",
            FindingState::Review => "  REVIEW",
            FindingState::Discarded => continue,
        };
        let name = column.name.clone().unwrap_or_else(|| format!("#{}", column.index));
        text.push_str(&format!(
            "    {name:<24} {:<18} {:.3}  valid {}, impossible {}, damaged {}{state}\n",
            element.as_str(),
            column.probability,
            column.valid,
            column.impossible,
            column.damaged
        ));
    }
    text
}

/// One line of the findings file.
#[derive(Serialize)]
struct Finding<'a> {
    path: &'a str,
    address: String,
    start: u64,
    end: u64,
    element: DataElement,
    probability: f64,
    state: FindingState,
    /// The user's detector that found it; absent for the rules that come with the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    detector: Option<&'a str>,
}

/// The findings file while it is written. The first failure is kept and told at the end.
struct FindingsFile<'a> {
    path: &'a Path,
    lines: BufWriter<File>,
    failed: Option<std::io::Error>,
}

impl<'a> FindingsFile<'a> {
    fn create(path: &'a Path) -> Result<Self, Failure> {
        let file = File::create(path).map_err(|error| Failure::cannot_write(path, &error))?;
        Ok(FindingsFile { path, lines: BufWriter::new(file), failed: None })
    }

    fn write(&mut self, ids: &Identifiers, file: &EvidenceFile, place: TextPlace, found: Match) {
        if self.failed.is_some() {
            return;
        }
        let address = match place {
            TextPlace::Member { member } => {
                let bytes = Place::Bytes { offset: found.start, length: found.end - found.start };
                file.texts[member as usize].path.at(bytes)
            }
            TextPlace::Cell { table, row, .. } => file.tables[table as usize].row(row),
        };
        let line = Finding {
            path: &file.path,
            address: address.to_string(),
            start: found.start,
            end: found.end,
            element: found.element,
            probability: found.probability,
            state: found.state,
            detector: found.detector.and_then(|at| Some(ids.detectors.get(usize::from(at))?.rule.name.as_str())),
        };
        let written = serde_json::to_writer(&mut self.lines, &line).map_err(std::io::Error::from);
        self.failed = written.and_then(|()| self.lines.write_all(b"\n")).err();
    }

    fn close(mut self) -> Result<(), Failure> {
        let flushed = self.lines.flush();
        match self.failed.or(flushed.err()) {
            Some(error) => Err(Failure::cannot_write(self.path, &error)),
            None => Ok(()),
        }
    }
}
