//! The full pass: every value of every typed column through its validator, every stretch of text through the text path.
//!
//! Enters: a file of the survey and the rules. Leaves: counts by column and by element, and the typings they rest on.
//! If the whole file differs much from the sample, its tables are typed again from a larger sample and read once more;
//! never more than once. Results do not depend on threads or on how the file was cut into blocks.

use std::collections::BTreeMap;

use vocab::DataElement::{self, *};
use vocab::assessment::{ColumnReport, FileReport, FindingState, TableReport};
use vocab::progress::{Progress, Silent};

use super::decisions::{decide, type_file};
use super::rules::Identifiers;
use super::sketch::hash;
use super::tally::{CellMatch, ElementRows, Plan, TableTally, tally};
use super::text::Match;
use super::typing::{ColumnTyping, TableTyping, borne_words, type_columns};
use super::validator::Validator;
use super::values::{Verdict, WordCounts, is_missing};
use super::wrapped::scan_text;
use crate::open::{Block, BlockPlace, Cell, EvidenceFile, Limits, RowBlock, StreamTotals, stream};

/// A share of valid values that differs by more than this between sample and file makes the table be typed again.
const DEPARTURE: f64 = 0.2;

/// Fewest values for such a difference to count.
const DEPARTURE_VALUES: u64 = 200;

/// Most rows of the larger sample.
const LARGER_SAMPLE_ROWS: usize = 8_000;

/// Most bytes of the larger sample, for each table.
const LARGER_SAMPLE_BYTES: usize = 32 << 20;

/// Most matches kept waiting for the typings of their file to be final.
const MOST_HELD_MATCHES: usize = 1 << 20;

/// What a column was found to hold.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnFindings {
    /// The typing that the counts rest on.
    pub typing: ColumnTyping,
    /// Values that pass the element's rule.
    pub valid: u64,
    /// Well-formed values that cannot exist.
    pub impossible: u64,
    /// Values without the form.
    pub damaged: u64,
    /// Empty values and words for nothing.
    pub missing: u64,
    /// Distinct values, estimated.
    pub distinct: u64,
    /// Words for nothing that may be names, in a column of parts of names.
    pub null_words: WordCounts,
}

/// What a table was found to hold.
#[derive(Clone, Debug, PartialEq)]
pub struct TableFindings {
    /// Rows read.
    pub rows: u64,
    /// By column.
    pub columns: Vec<ColumnFindings>,
    /// By reported element, in exposure form.
    pub elements: BTreeMap<DataElement, ElementRows>,
}

/// Matches in text by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextTally {
    /// Reported.
    pub report: u64,
    /// For a person to look at.
    pub review: u64,
    /// Discarded.
    pub discarded: u64,
}

impl TextTally {
    fn count(&mut self, state: FindingState) {
        *match state {
            FindingState::Report => &mut self.report,
            FindingState::Review => &mut self.review,
            FindingState::Discarded => &mut self.discarded,
        } += 1;
    }
}

/// What a file was found to hold.
#[derive(Clone, Debug, PartialEq)]
pub struct FileFindings {
    /// By table, in the file's order.
    pub tables: Vec<TableFindings>,
    /// Matches in texts and in cells that are read as text.
    pub text: BTreeMap<DataElement, TextTally>,
    /// The balance of rows and bytes.
    pub totals: StreamTotals,
}

/// Where a match in text lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TextPlace {
    /// In a text of the file; the offsets of the match are those of the decoded member.
    Member {
        /// Index into the file's texts.
        member: u32,
    },
    /// In a cell; the offsets of the match are those of the cell.
    Cell {
        /// Index into the file's tables.
        table: u32,
        /// Row, from 1 without the header.
        row: u64,
        /// Column, from 0.
        column: u32,
    },
}

impl FileFindings {
    /// Returns the typings the findings rest on, by table.
    pub fn typings(&self) -> Vec<TableTyping> {
        let columns = |table: &TableFindings| table.columns.iter().map(|column| column.typing.clone()).collect();
        self.tables.iter().map(|table| TableTyping { columns: columns(table) }).collect()
    }

    /// Returns the file's part of the assessment.
    pub fn report(&self, file: &EvidenceFile, obtained: Option<String>) -> FileReport {
        let mut problems = file.problems.clone();
        problems.extend(self.totals.problems.iter().cloned());
        FileReport {
            path: file.path.clone(),
            obtained,
            sha256: file.sha256.clone(),
            bytes: file.bytes,
            format: file.format.clone(),
            rows_in: self.totals.rows_in,
            rows_parsed: self.totals.rows_parsed,
            rows_set_aside: self.totals.rows_set_aside,
            set_aside: self.totals.set_aside.clone(),
            readable_share: self.totals.readable_share,
            duplicate_of: file.duplicate_of.clone(),
            part_of: file.part_of.clone(),
            known: file.known,
            tables: file
                .tables
                .iter()
                .zip(&self.tables)
                .map(|(head, table)| table.report(&head.name, head.header, &head.columns))
                .collect(),
            text: self
                .text
                .iter()
                .filter(|(_, tally)| tally.report > 0)
                .map(|(element, tally)| (*element, tally.report))
                .collect(),
            problems,
        }
    }
}

impl TableFindings {
    fn of(counted: TableTally, typing: &TableTyping) -> Self {
        let columns = counted.columns.into_iter().zip(&typing.columns);
        TableFindings {
            rows: counted.rows,
            columns: columns.map(|(tally, typing)| tally.findings(typing)).collect(),
            elements: counted.elements,
        }
    }

    fn report(&self, name: &str, header: bool, names: &[Option<String>]) -> TableReport {
        let column = |(index, column): (usize, &ColumnFindings)| ColumnReport {
            index: index as u32,
            name: names.get(index).cloned().flatten(),
            element: column.typing.element,
            probability: column.typing.probability,
            state: column.typing.state,
            valid: column.valid,
            impossible: column.impossible,
            damaged: column.damaged,
            missing: column.missing,
            distinct: column.distinct,
            reasons: column.typing.reasons.clone(),
            alternatives: column.typing.alternatives.clone(),
        };
        TableReport {
            name: name.to_owned(),
            rows: self.rows,
            header,
            columns: self.columns.iter().enumerate().map(column).collect(),
        }
    }
}

/// Reads a file whole and counts what it holds.
pub fn profile(
    file: &EvidenceFile,
    ids: &Identifiers,
    limits: &Limits,
    threads: usize,
    progress: &dyn Progress,
) -> FileFindings {
    profile_with(file, ids, limits, threads, progress, &mut |_, _| ())
}

/// Like [`profile`]; `told` receives every match in text that is not discarded, in evidence order.
pub fn profile_with(
    file: &EvidenceFile,
    ids: &Identifiers,
    limits: &Limits,
    threads: usize,
    progress: &dyn Progress,
    told: &mut dyn FnMut(TextPlace, Match),
) -> FileFindings {
    let typings = type_file(ids, file, threads);
    // Matches wait until the typings are final. More than can be held are told at once; the typings then stay as they are.
    let mut held: Vec<(TextPlace, Match)> = Vec::new();
    let mut let_go = file.tables.is_empty();
    let mut findings = pass(file, ids, limits, threads, progress, &typings, &mut |place, found| {
        if let_go || held.len() == MOST_HELD_MATCHES {
            let_go = true;
            held.drain(..).for_each(|(place, found)| told(place, found));
            told(place, found);
        } else {
            held.push((place, found));
        }
    });
    let settled = settle(&mut findings);
    let typings = findings.typings();
    if !let_go && let Some(again) = typed_again(file, ids, limits, threads, &typings, &findings) {
        let mut findings = pass(file, ids, limits, threads, &Silent, &again, told);
        if settle(&mut findings) == Settled::Recount {
            let typings = findings.typings();
            return pass(file, ids, limits, threads, &Silent, &typings, &mut |_, _| ());
        }
        return findings;
    }
    if settled == Settled::Recount {
        findings = pass(file, ids, limits, threads, &Silent, &typings, &mut |_, _| ());
    }
    held.into_iter().for_each(|(place, found)| told(place, found));
    findings
}

/// Whether the counts by element still hold after columns were settled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Settled {
    Exact,
    /// Rows must be counted again: a row may hold the element in two columns.
    Recount,
}

/// Types columns that were empty in the sample, whose header names an element plainly and whose values, once the whole file
/// was read, nearly all pass its rule: a suffix that one row in two hundred has, a second e-mail address.
fn settle(findings: &mut FileFindings) -> Settled {
    /// Least share of the values that must pass.
    const PASSING: f64 = 0.9;
    let mut settled = Settled::Exact;
    for table in &mut findings.tables {
        for at in 0..table.columns.len() {
            let column = &mut table.columns[at];
            let Some(element) = column.typing.expected.filter(|_| column.typing.element.is_none()) else { continue };
            let whole = column.valid + column.impossible + column.damaged;
            if whole == 0 || (column.valid as f64) < whole as f64 * PASSING {
                continue;
            }
            column.typing.element = Some(element);
            column.typing.probability = 0.95;
            column.typing.state = FindingState::Report;
            column.typing.reasons = vec![
                "the header names it plainly".to_owned(),
                "the few values, none in the sample, pass its rule".to_owned(),
            ];
            let rows = ElementRows {
                rows: whole,
                valid: column.valid,
                impossible: column.impossible,
                damaged: column.damaged,
            };
            match element {
                MiddleName | Suffix => {}
                GivenName | Surname | Name | Imeisv => settled = Settled::Recount,
                element if table.elements.insert(element, rows).is_some() => settled = Settled::Recount,
                _ => {}
            }
        }
    }
    settled
}

/// Counts what the samples of a file hold, scaled to its estimated size: a first answer, without reading the file.
pub fn profile_sample(file: &EvidenceFile, ids: &Identifiers, threads: usize) -> FileFindings {
    let mut findings = FileFindings {
        tables: Vec::new(),
        text: BTreeMap::new(),
        totals: StreamTotals { readable_share: file.readable_share, ..StreamTotals::default() },
    };
    for (head, typing) in file.tables.iter().zip(type_file(ids, file, threads)) {
        let (mut counted, matches) = tally(ids, &Plan::new(&typing), &head.sample);
        let up = scale(counted.rows, head.rows_estimate);
        count_scaled(&mut findings.text, matches.into_iter().map(|(_, _, found)| found), &up);
        counted.columns.iter_mut().for_each(|column| column.scale(&up));
        counted.elements.values_mut().for_each(|rows| rows.scale(&up));
        counted.rows = head.rows_estimate;
        findings.totals.rows_in += head.rows_estimate;
        findings.totals.rows_parsed += head.rows_estimate;
        findings.tables.push(TableFindings::of(counted, &typing));
    }
    for head in &file.texts {
        let up = scale(head.sample.bytes.len() as u64, head.bytes_estimate);
        let mut matches = Vec::new();
        scan_text(ids, &head.sample.bytes, 0, &mut |found| matches.push(found));
        count_scaled(&mut findings.text, matches.into_iter(), up);
    }
    findings
}

/// Adds the matches of one sample, scaled up to what it is a sample of.
fn count_scaled(
    text: &mut BTreeMap<DataElement, TextTally>,
    matches: impl Iterator<Item = Match>,
    up: impl Fn(u64) -> u64,
) {
    let mut counted: BTreeMap<DataElement, TextTally> = BTreeMap::new();
    matches.for_each(|found| counted.entry(found.element).or_default().count(found.state));
    for (element, tally) in counted {
        let all = text.entry(element).or_default();
        all.report += up(tally.report);
        all.review += tally.review;
        all.discarded += tally.discarded;
    }
}

/// From a sample to the whole. Never below what the sample shows.
fn scale(seen: u64, whole: u64) -> impl Fn(u64) -> u64 {
    let factor = (whole as f64 / seen.max(1) as f64).max(1.0);
    move |count| (count as f64 * factor).round() as u64
}

/// Returns new typings if the file differs much from its sample and a larger one says something else, or if words for
/// nothing that are also names stand there more or less often than the sample let expect.
fn typed_again(
    file: &EvidenceFile,
    ids: &Identifiers,
    limits: &Limits,
    threads: usize,
    typings: &[TableTyping],
    findings: &FileFindings,
) -> Option<Vec<TableTyping>> {
    let departed: Vec<bool> =
        file.tables.iter().zip(&findings.tables).map(|(head, table)| departs(ids, &head.sample, table)).collect();
    let mut again = typings.to_vec();
    if departed.contains(&true) {
        let samples = larger_samples(file, limits, threads, &departed);
        for ((typing, head), sample) in again.iter_mut().zip(&file.tables).zip(&samples).filter(|(_, s)| s.rows() > 0) {
            *typing = type_columns(ids, &head.columns, sample);
        }
        decide(ids, file, &mut again);
    }
    for (typing, found) in again.iter_mut().zip(&findings.tables) {
        for (column, found) in typing.columns.iter_mut().zip(&found.columns) {
            if column.element == found.typing.element {
                column.borne = borne_words(ids, column.element, &found.null_words, found.valid);
            }
        }
    }
    (again != typings).then_some(again)
}

/// What became of a block.
enum Done {
    Rows((TableTally, Vec<CellMatch>)),
    Text(Vec<Match>),
}

fn pass(
    file: &EvidenceFile,
    ids: &Identifiers,
    limits: &Limits,
    threads: usize,
    progress: &dyn Progress,
    typings: &[TableTyping],
    told: &mut dyn FnMut(TextPlace, Match),
) -> FileFindings {
    let plans: Vec<Plan> = typings.iter().map(Plan::new).collect();
    let mut tables: Vec<TableTally> = typings.iter().map(|typing| TableTally::empty(typing.columns.len())).collect();
    let mut text: BTreeMap<DataElement, TextTally> = BTreeMap::new();
    let work = |block: Block| match block {
        Block::Rows(rows) => {
            let nothing = || Done::Text(Vec::new());
            plans.get(rows.table as usize).map_or_else(nothing, |plan| Done::Rows(tally(ids, plan, &rows)))
        }
        Block::Text(stretch) => {
            let mut matches = Vec::new();
            scan_text(ids, &stretch.bytes, stretch.offset, &mut |found| matches.push(found));
            Done::Text(matches)
        }
    };
    let mut count = |place: TextPlace, found: Match| {
        text.entry(found.element).or_default().count(found.state);
        if found.state != FindingState::Discarded {
            told(place, found);
        }
    };
    let mut fold = |place: BlockPlace, done: Done| match (place, done) {
        (BlockPlace::Rows { table, first_row, .. }, Done::Rows((counted, matches))) => {
            tables[table as usize].add(counted);
            for (ordinal, column, found) in matches {
                count(TextPlace::Cell { table, row: first_row + u64::from(ordinal), column }, found);
            }
        }
        (BlockPlace::Text { member, .. }, Done::Text(matches)) => {
            matches.into_iter().for_each(|found| count(TextPlace::Member { member }, found));
        }
        _ => {}
    };
    let totals = stream(file, limits, threads, progress, &work, &mut fold);
    let tables = tables.into_iter().zip(typings).map(|(counted, typing)| TableFindings::of(counted, typing));
    FileFindings { tables: tables.collect(), text, totals }
}

/// Tells whether the valid share of a column over the file differs much from that in the sample.
fn departs(ids: &Identifiers, sample: &RowBlock, table: &TableFindings) -> bool {
    table.columns.iter().enumerate().any(|(at, column)| {
        let Some(validator) = Validator::of(&column.typing).filter(|_| column.typing.element.is_some()) else {
            // A column that was empty in the sample and is not in the file was never typed.
            let seen = (0..sample.rows()).any(|row| sample.cell(row, at).is_some_and(|cell| !is_missing(cell)));
            return !seen && column.valid + column.impossible + column.damaged >= DEPARTURE_VALUES;
        };
        let (mut some, mut valid) = (0u64, 0u64);
        validator.run(ids, sample, at, |_, verdict| {
            some += u64::from(verdict != Verdict::Missing);
            valid += u64::from(verdict == Verdict::Valid);
        });
        let whole = column.valid + column.impossible + column.damaged;
        let share = |part: u64, all: u64| part as f64 / all.max(1) as f64;
        // A column settled by the whole file has nothing in the sample to depart from.
        let settled = some == 0 && column.typing.reported().is_some();
        whole >= DEPARTURE_VALUES && !settled && (share(column.valid, whole) - share(valid, some)).abs() > DEPARTURE
    })
}

/// Reads the file again and takes rows by a digest of their content: independent of threads and cutting.
fn larger_samples(file: &EvidenceFile, limits: &Limits, threads: usize, departed: &[bool]) -> Vec<RowBlock> {
    let masks: Vec<u64> = file
        .tables
        .iter()
        .map(|head| (head.rows_estimate / LARGER_SAMPLE_ROWS as u64).next_power_of_two().max(1) - 1)
        .collect();
    let mut samples: Vec<RowBlock> =
        file.tables.iter().map(|head| RowBlock { columns: head.columns.len(), ..RowBlock::default() }).collect();
    let work = |block: Block| match block {
        Block::Rows(rows) if departed.get(rows.table as usize).copied().unwrap_or(false) => {
            Some((rows.table as usize, take_rows(&rows, masks[rows.table as usize])))
        }
        _ => None,
    };
    let mut fold = |_: BlockPlace, taken: Option<(usize, RowBlock)>| {
        if let Some((table, rows)) = taken {
            append(&mut samples[table], &rows);
        }
    };
    stream(file, limits, threads, &Silent, &work, &mut fold);
    samples
}

fn take_rows(block: &RowBlock, mask: u64) -> RowBlock {
    let mut out = RowBlock { table: block.table, columns: block.columns, ..RowBlock::default() };
    for row in 0..block.rows() {
        let digest = (0..block.columns)
            .fold(0u64, |digest, column| digest.rotate_left(7) ^ hash(block.cell(row, column).unwrap_or(b"")));
        if digest & mask == 0 {
            push_row(&mut out, block, row);
        }
    }
    out
}

fn push_row(out: &mut RowBlock, block: &RowBlock, row: usize) {
    for column in 0..block.columns {
        let start = out.bytes.len() as u32;
        out.cells.push(match block.cell(row, column) {
            Some(cell) => {
                out.bytes.extend_from_slice(cell);
                Cell { start, length: cell.len() as u32 }
            }
            None => Cell::NULL,
        });
    }
    out.ordinals.push(out.rows_met);
    out.offsets.push(0);
    out.rows_met += 1;
}

fn append(sample: &mut RowBlock, rows: &RowBlock) {
    if rows.columns != sample.columns {
        return;
    }
    for row in 0..rows.rows() {
        if sample.rows() >= 2 * LARGER_SAMPLE_ROWS || sample.bytes.len() >= LARGER_SAMPLE_BYTES {
            return;
        }
        push_row(sample, rows, row);
    }
}
