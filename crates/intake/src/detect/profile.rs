//! The full pass: every value of every typed column through its validator, every stretch of text through the text path.
//!
//! Enters: a file of the survey and the rules. Leaves: counts by column and by element, and the typings they rest on.
//! If the whole file differs much from the sample, its tables are typed again from a larger sample and read once more;
//! never more than once. Results do not depend on threads or on how the file was cut into blocks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vocab::DataElement::{self, *};
use vocab::assessment::{ColumnReport, FileReport, FindingState, TableReport};
use vocab::progress::{Progress, Silent};

use super::rules::Identifiers;
use super::sketch::{Distinct, hash};
use super::text::{Match, scan_text};
use super::typing::{ColumnTyping, TableTyping, borne_words, is_name_part, type_columns, type_table};
use super::validator::Validator;
use super::values::{Verdict, WordCounts, count_word, is_missing};
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

/// Rows that hold an element, in exposure form; a row counts once for each, however many columns hold it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElementRows {
    /// Rows with a value that is not missing.
    pub rows: u64,
    /// Rows with a valid value.
    pub valid: u64,
    /// Rows with an impossible one.
    pub impossible: u64,
    /// Rows with a damaged one.
    pub damaged: u64,
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

/// What a file was found to hold.
#[derive(Clone, Debug, PartialEq)]
pub struct FileFindings {
    /// By table, in the file's order.
    pub tables: Vec<TableFindings>,
    /// Matches in texts and in mixed columns.
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
        problems.extend(self.totals.problems.iter().filter(|problem| !file.problems.contains(problem)).cloned());
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
    let typings: Vec<TableTyping> = file.tables.iter().map(|head| type_table(ids, head, threads)).collect();
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
    for head in &file.tables {
        let typing = type_table(ids, head, threads);
        let Done::Rows { rows, mut columns, mut elements, .. } = tally(ids, &Plan::new(&typing), &head.sample) else {
            continue;
        };
        let scale = Scale::new(rows, head.rows_estimate);
        columns.iter_mut().for_each(|column| scale.column(column));
        elements.iter_mut().for_each(|(_, rows)| scale.rows(rows));
        findings.totals.rows_in += head.rows_estimate;
        findings.totals.rows_parsed += head.rows_estimate;
        findings.tables.push(TableFindings {
            rows: head.rows_estimate,
            columns: columns.into_iter().zip(&typing.columns).map(|(tally, typing)| tally.findings(typing)).collect(),
            elements: elements.into_iter().collect(),
        });
    }
    for head in &file.texts {
        let scale = Scale::new(head.sample.bytes.len() as u64, head.bytes_estimate);
        scan_text(ids, &head.sample.bytes, 0, &mut |found| {
            let tally = findings.text.entry(found.element).or_default();
            match found.state {
                FindingState::Report => tally.report += 1,
                FindingState::Review => tally.review += 1,
                FindingState::Discarded => tally.discarded += 1,
            }
        });
        findings.text.values_mut().for_each(|tally| tally.report = scale.up(tally.report));
    }
    findings
}

/// From a sample to the whole. Never below what the sample shows.
struct Scale(f64);

impl Scale {
    fn new(seen: u64, whole: u64) -> Self {
        Scale((whole as f64 / seen.max(1) as f64).max(1.0))
    }

    fn up(&self, count: u64) -> u64 {
        (count as f64 * self.0).round() as u64
    }

    fn column(&self, tally: &mut ColumnTally) {
        for count in [&mut tally.missing, &mut tally.valid, &mut tally.impossible, &mut tally.damaged] {
            *count = self.up(*count);
        }
    }

    fn rows(&self, rows: &mut ElementRows) {
        for count in [&mut rows.rows, &mut rows.valid, &mut rows.impossible, &mut rows.damaged] {
            *count = self.up(*count);
        }
    }
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

/// How the columns of a table are checked, and which of them make up which element.
struct Plan {
    validators: Vec<Option<Validator>>,
    mixed: Vec<bool>,
    /// Columns of parts of names, whose words for nothing are counted.
    names: Vec<bool>,
    /// Reported elements in exposure form, with the columns that hold them.
    slots: Vec<(DataElement, Vec<usize>)>,
}

impl Plan {
    fn new(typing: &TableTyping) -> Self {
        let mut slots: BTreeMap<DataElement, Vec<usize>> = BTreeMap::new();
        for (at, column) in typing.columns.iter().enumerate() {
            let element = match column.reported() {
                Some(MiddleName | Suffix) | None => continue,
                Some(Imeisv) => Imei,
                Some(element) => element,
            };
            slots.entry(element).or_default().push(at);
        }
        Plan {
            validators: typing.columns.iter().map(Validator::of).collect(),
            mixed: typing.columns.iter().map(|column| column.mixed).collect(),
            names: typing.columns.iter().map(|column| column.element.is_some_and(is_name_part)).collect(),
            slots: slots.into_iter().collect(),
        }
    }
}

const SOME: u8 = 1;
const VALID: u8 = 2;
const IMPOSSIBLE: u8 = 4;
const DAMAGED: u8 = 8;

const fn flags(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Missing => 0,
        Verdict::Valid => SOME | VALID,
        Verdict::Impossible => SOME | IMPOSSIBLE,
        Verdict::Damaged => SOME | DAMAGED,
    }
}

/// Counts of one column in one block, by [`flags`].
#[derive(Clone, Default)]
struct ColumnTally {
    missing: u64,
    valid: u64,
    impossible: u64,
    damaged: u64,
    distinct: Distinct,
    null_words: WordCounts,
}

/// What became of a block.
enum Done {
    Rows {
        rows: u64,
        columns: Vec<ColumnTally>,
        elements: Vec<(DataElement, ElementRows)>,
        matches: Vec<(u32, u32, Match)>,
    },
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
    let mut tables: Vec<(u64, Vec<ColumnTally>, BTreeMap<DataElement, ElementRows>)> =
        typings.iter().map(|typing| (0, vec![ColumnTally::default(); typing.columns.len()], BTreeMap::new())).collect();
    let mut text: BTreeMap<DataElement, TextTally> = BTreeMap::new();
    let work = |block: Block| match block {
        Block::Rows(rows) => {
            plans.get(rows.table as usize).map_or_else(|| Done::Text(Vec::new()), |plan| tally(ids, plan, &rows))
        }
        Block::Text(stretch) => {
            let mut matches = Vec::new();
            scan_text(ids, &stretch.bytes, stretch.offset, &mut |found| matches.push(found));
            Done::Text(matches)
        }
    };
    let mut count = |place: TextPlace, found: Match| {
        let tally = text.entry(found.element).or_default();
        match found.state {
            FindingState::Report => tally.report += 1,
            FindingState::Review => tally.review += 1,
            FindingState::Discarded => tally.discarded += 1,
        }
        if found.state != FindingState::Discarded {
            told(place, found);
        }
    };
    let mut fold = |place: BlockPlace, done: Done| match (place, done) {
        (BlockPlace::Rows { table, first_row, .. }, Done::Rows { rows, columns, elements, matches }) => {
            add(&mut tables[table as usize], rows, &columns, elements);
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
    let tables = tables.into_iter().zip(typings).map(|((rows, columns, elements), typing)| TableFindings {
        rows,
        columns: columns.into_iter().zip(&typing.columns).map(|(tally, typing)| tally.findings(typing)).collect(),
        elements,
    });
    FileFindings { tables: tables.collect(), text, totals }
}

impl ColumnTally {
    fn findings(self, typing: &ColumnTyping) -> ColumnFindings {
        ColumnFindings {
            typing: typing.clone(),
            valid: self.valid,
            impossible: self.impossible,
            damaged: self.damaged,
            missing: self.missing,
            distinct: self.distinct.estimate(),
            null_words: self.null_words,
        }
    }
}

fn add(
    table: &mut (u64, Vec<ColumnTally>, BTreeMap<DataElement, ElementRows>),
    rows: u64,
    columns: &[ColumnTally],
    elements: Vec<(DataElement, ElementRows)>,
) {
    table.0 += rows;
    for (own, other) in table.1.iter_mut().zip(columns) {
        own.missing += other.missing;
        own.valid += other.valid;
        own.impossible += other.impossible;
        own.damaged += other.damaged;
        own.distinct.merge(&other.distinct);
        own.null_words.iter_mut().zip(&other.null_words).for_each(|(own, other)| *own += other);
    }
    for (element, rows) in elements {
        let own = table.2.entry(element).or_default();
        own.rows += rows.rows;
        own.valid += rows.valid;
        own.impossible += rows.impossible;
        own.damaged += rows.damaged;
    }
}

/// Counts one block.
fn tally(ids: &Identifiers, plan: &Plan, block: &RowBlock) -> Done {
    let mut matches = Vec::new();
    let mut by_row: Vec<Vec<u8>> = vec![Vec::new(); plan.validators.len()];
    let mut columns = vec![ColumnTally::default(); plan.validators.len()];
    let slotted = |at: usize| plan.slots.iter().any(|(_, columns)| columns.contains(&at));
    for (at, tally) in columns.iter_mut().enumerate().take(block.columns) {
        let mut counts = [0u64; 16];
        match &plan.validators[at] {
            Some(validator) => {
                let keep = slotted(at);
                let rows = &mut by_row[at];
                validator.run(ids, block, at, |_, verdict| {
                    counts[usize::from(flags(verdict))] += 1;
                    if keep {
                        rows.push(flags(verdict));
                    }
                });
            }
            None => unchecked(block, at, &mut counts),
        }
        tally.missing = counts[0];
        tally.valid = counts[usize::from(SOME | VALID)];
        tally.impossible = counts[usize::from(SOME | IMPOSSIBLE)];
        tally.damaged = counts[usize::from(SOME | DAMAGED)];
        distinct(block, at, &mut tally.distinct);
        if plan.names[at] {
            (0..block.rows())
                .filter_map(|row| block.cell(row, at))
                .for_each(|cell| count_word(cell, &mut tally.null_words));
        }
        if plan.mixed[at] {
            mixed(ids, block, at, &mut matches);
        }
    }
    matches.sort_by_key(|(row, column, found): &(u32, u32, Match)| (*row, *column, found.start));
    Done::Rows { rows: block.rows() as u64, elements: elements(plan, &by_row, block.rows()), columns, matches }
}

/// A column without element: only what is missing is told from what is not.
fn unchecked(block: &RowBlock, column: usize, counts: &mut [u64; 16]) {
    for row in 0..block.rows() {
        let missing = block.cell(row, column).is_none_or(is_missing);
        counts[usize::from(if missing { 0 } else { SOME | VALID })] += 1;
    }
}

fn distinct(block: &RowBlock, column: usize, distinct: &mut Distinct) {
    for row in 0..block.rows() {
        if let Some(cell) = block.cell(row, column).filter(|cell| !cell.is_empty()) {
            distinct.add(cell);
        }
    }
}

fn mixed(ids: &Identifiers, block: &RowBlock, column: usize, matches: &mut Vec<(u32, u32, Match)>) {
    for row in 0..block.rows() {
        if let Some(cell) = block.cell(row, column) {
            scan_text(ids, cell, 0, &mut |found| matches.push((block.ordinals[row], column as u32, found)));
        }
    }
}

/// Counts rows by element in exposure form.
fn elements(plan: &Plan, by_row: &[Vec<u8>], rows: usize) -> Vec<(DataElement, ElementRows)> {
    let has = |element| plan.slots.iter().any(|(other, _)| *other == element);
    let joined = |element: DataElement| -> Vec<u8> {
        let mut out = vec![0; rows];
        for column in plan.slots.iter().filter(|(other, _)| *other == element).flat_map(|(_, columns)| columns) {
            out.iter_mut().zip(&by_row[*column]).for_each(|(own, flags)| *own |= flags);
        }
        out
    };
    let mut counted = Vec::new();
    let parts = has(GivenName) && has(Surname);
    for (element, _) in &plan.slots {
        let name_part = matches!(element, GivenName | Surname | Name) && (parts || has(Name));
        if !name_part {
            counted.push((*element, count(&joined(*element))));
        }
    }
    if parts || has(Name) {
        let (whole, given, surname) = (joined(Name), joined(GivenName), joined(Surname));
        let name: Vec<u8> = (0..rows)
            .map(|row| {
                let both = given[row] & surname[row] & (SOME | VALID);
                let either = (given[row] | surname[row]) & (IMPOSSIBLE | DAMAGED);
                whole[row] | both | if both & SOME != 0 { either } else { 0 }
            })
            .collect();
        let alone = |part: &[u8]| -> Vec<u8> {
            part.iter().zip(&name).map(|(part, name)| if *name & SOME == 0 { *part } else { 0 }).collect()
        };
        counted.push((Name, count(&name)));
        counted.push((GivenName, count(&alone(&given))));
        counted.push((Surname, count(&alone(&surname))));
    }
    counted.retain(|(_, rows)| rows.rows > 0);
    counted
}

fn count(flags: &[u8]) -> ElementRows {
    let with = |flag: u8| flags.iter().filter(|flags| **flags & flag != 0).count() as u64;
    ElementRows { rows: with(SOME), valid: with(VALID), impossible: with(IMPOSSIBLE), damaged: with(DAMAGED) }
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
