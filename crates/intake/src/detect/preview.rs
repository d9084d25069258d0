//! What the user's detectors would find in a file, before anybody relies on them.
//!
//! Enters: a file, the detectors, and what its columns hold without them. Leaves: counts by column and for text, shapes of a
//! few values with their addresses, and how often a hit stands where another element is known to stand. Never: a value.

use vocab::assessment::FindingState;
use vocab::progress::Progress;
use vocab::{DataElement, ForensicPath, Masked, Place};

use super::cells::InCells;
use super::context::Context;
use super::decisions::type_file;
use super::detectors::{Detector, Formed};
use super::rules::Identifiers;
use super::text::{Match, state_of};
use super::typing::TableTyping;
use super::values::{Verdict, is_missing};
use super::wrapped::scan_text;
use crate::open::{Block, BlockPlace, EvidenceFile, Limits, RowBlock, TextBlock, stream};

/// Most examples of a detector in a file.
const MOST_EXAMPLES: usize = 5;

/// What one detector finds in one file.
#[derive(Clone, Debug, PartialEq)]
pub struct DetectorPreview {
    /// The columns that hold values of its form.
    pub columns: Vec<ColumnHits>,
    /// What it finds in text.
    pub text: TextHits,
    /// The first values found.
    pub examples: Vec<HitExample>,
}

/// Values of a column that a detector fits.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnHits {
    /// The table, by its place in the file.
    pub table: usize,
    /// The column, by its place in the table.
    pub column: usize,
    /// Values that are not missing.
    pub values: u64,
    /// Values that have the form.
    pub formed: u64,
    /// Values that pass the checksum as well.
    pub passed: u64,
    /// What the column holds as far as the other rules report it.
    pub known: Option<DataElement>,
    /// Whether the column would be reported by this detector.
    pub typed: bool,
}

/// Places in text, by what stands around them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextHits {
    /// Places that have the form.
    pub formed: u64,
    /// Those that pass the checksum as well.
    pub passed: u64,
    /// Of these: a label right before them, or a word for the element in their line.
    pub spoken_for: u64,
    /// Of these: a word for something else.
    pub spoken_against: u64,
    /// Of these: would be reported.
    pub reported: u64,
    /// Of the reported: other rules find the same element there.
    pub same: u64,
    /// Of the reported: other rules report another element there.
    pub other: u64,
}

/// A value found, without the value.
#[derive(Clone, Debug, PartialEq)]
pub struct HitExample {
    /// Where it is.
    pub address: ForensicPath,
    /// Letters as `a`, digits as `9`.
    pub shape: String,
    /// Whether it passes the checksum.
    pub passes: bool,
}

/// One detector's part of a block.
#[derive(Clone, Default)]
struct Part {
    /// By column: values that have the form, and those that pass.
    columns: Vec<(u64, u64)>,
    text: TextHits,
    examples: Vec<(Spot, String, bool)>,
}

#[derive(Clone, Copy)]
enum Spot {
    Row(u32),
    Bytes { offset: u64, length: u64 },
}

/// A block's parts, by detector; values that are not missing, by column.
type Counted = (Vec<Part>, Vec<u64>);

/// Looks through a file with every detector of `ids`. `known` are the same rules without detectors.
pub fn preview(
    file: &EvidenceFile,
    known: &Identifiers,
    ids: &Identifiers,
    limits: &Limits,
    threads: usize,
    progress: &dyn Progress,
) -> Vec<DetectorPreview> {
    let (without, with) = (type_file(known, file, threads), type_file(ids, file, threads));
    let work = |block: Block| match block {
        Block::Rows(rows) => count_rows(known, ids, &rows, without.get(rows.table as usize)),
        Block::Text(text) => (count_text(known, ids, &text), Vec::new()),
    };
    let mut values: Vec<Vec<u64>> = without.iter().map(|table| vec![0; table.columns.len()]).collect();
    let mut sums: Vec<Sum> =
        vec![Sum { columns: vec![Vec::new(); without.len()], ..Sum::default() }; ids.detectors.len()];
    let mut fold = |place: BlockPlace, (parts, counted): Counted| {
        if let BlockPlace::Rows { table, .. } = place
            && let Some(values) = values.get_mut(table as usize)
        {
            add(values, counted.iter().copied(), |own, other| *own += other);
        }
        for (sum, part) in sums.iter_mut().zip(parts) {
            sum.add(file, place, part);
        }
    };
    stream(file, limits, threads, progress, &work, &mut fold);
    let finish = |(at, sum): (usize, Sum)| sum.finish(at as u16, &values, &without, &with);
    sums.into_iter().enumerate().map(finish).collect()
}

fn add<T: Clone + Default, U>(own: &mut Vec<T>, other: impl ExactSizeIterator<Item = U>, each: impl Fn(&mut T, U)) {
    if own.len() < other.len() {
        own.resize(other.len(), T::default());
    }
    own.iter_mut().zip(other).for_each(|(own, other)| each(own, other));
}

/// One detector's sums over a file.
#[derive(Clone, Default)]
struct Sum {
    columns: Vec<Vec<(u64, u64)>>,
    text: TextHits,
    examples: Vec<HitExample>,
}

impl Sum {
    fn add(&mut self, file: &EvidenceFile, place: BlockPlace, part: Part) {
        if let BlockPlace::Rows { table, .. } = place
            && let Some(columns) = self.columns.get_mut(table as usize)
        {
            add(columns, part.columns.into_iter(), |own, other| *own = (own.0 + other.0, own.1 + other.1));
        }
        self.text.add(&part.text);
        for (spot, shape, passes) in part.examples {
            if self.examples.len() == MOST_EXAMPLES {
                break;
            }
            let address = match (place, spot) {
                (BlockPlace::Rows { table, first_row, .. }, Spot::Row(ordinal)) => {
                    file.tables[table as usize].row(first_row + u64::from(ordinal))
                }
                (BlockPlace::Text { member, .. }, Spot::Bytes { offset, length }) => {
                    file.texts[member as usize].path.at(Place::Bytes { offset, length })
                }
                _ => continue,
            };
            self.examples.push(HitExample { address, shape, passes });
        }
    }

    fn finish(self, at: u16, values: &[Vec<u64>], without: &[TableTyping], with: &[TableTyping]) -> DetectorPreview {
        let mut columns = Vec::new();
        for (table, counts) in self.columns.iter().enumerate() {
            for (column, (formed, passed)) in counts.iter().enumerate().filter(|(_, counts)| counts.0 > 0) {
                let typing = with.get(table).and_then(|table| table.columns.get(column));
                let known = without.get(table).and_then(|table| table.columns.get(column)?.reported());
                columns.push(ColumnHits {
                    table,
                    column,
                    values: values.get(table).and_then(|values| values.get(column)).copied().unwrap_or(0),
                    formed: *formed,
                    passed: *passed,
                    known,
                    typed: typing.is_some_and(|typing| typing.detector == Some(at) && typing.reported().is_some()),
                });
            }
        }
        DetectorPreview { columns, text: self.text, examples: self.examples }
    }
}

impl TextHits {
    /// Adds the counts of another stretch of text.
    pub fn add(&mut self, other: &TextHits) {
        self.formed += other.formed;
        self.passed += other.passed;
        self.spoken_for += other.spoken_for;
        self.spoken_against += other.spoken_against;
        self.reported += other.reported;
        self.same += other.same;
        self.other += other.other;
    }

    fn count(&mut self, detector: &Detector, formed: &Formed, others: &[Match], base: u64) {
        self.formed += 1;
        self.passed += u64::from(formed.passes);
        self.spoken_for += u64::from(formed.passes && matches!(formed.context, Context::Label | Context::For));
        self.spoken_against += u64::from(formed.passes && formed.context == Context::Against);
        if detector.probability(formed).map(state_of) != Some(FindingState::Report) {
            return;
        }
        self.reported += 1;
        let (start, end) = (base + formed.start as u64, base + formed.end as u64);
        let mut over = others.iter().filter(|other| other.start < end && start < other.end).peekable();
        match over.peek().is_some() {
            true if over.any(|other| other.element == detector.rule.element) => self.same += 1,
            true => self.other += 1,
            false => {}
        }
    }
}

fn reported(known: &Identifiers, text: &[u8], base: u64) -> Vec<Match> {
    let mut others = Vec::new();
    scan_text(known, text, base, &mut |hit| {
        if hit.state == FindingState::Report {
            others.push(hit);
        }
    });
    others
}

fn shape(value: &[u8]) -> String {
    Masked::new(value).shape()
}

fn count_rows(known: &Identifiers, ids: &Identifiers, rows: &RowBlock, typing: Option<&TableTyping>) -> Counted {
    let mut parts = vec![Part { columns: vec![(0, 0); rows.columns], ..Part::default() }; ids.detectors.len()];
    let mut values = vec![0; rows.columns];
    let in_cells = |column: usize| typing.and_then(|table| table.columns.get(column)).map(|typing| typing.text);
    let texts: Vec<InCells> = (0..rows.columns).map(|column| in_cells(column).unwrap_or_default()).collect();
    for row in 0..rows.rows() {
        for (column, values) in values.iter_mut().enumerate() {
            let Some(cell) = rows.cell(row, column).filter(|cell| !is_missing(cell)) else { continue };
            *values += 1;
            let as_text = texts[column].reads(cell);
            let others = if as_text { reported(known, cell, 0) } else { Vec::new() };
            for (detector, part) in ids.detectors.iter().zip(&mut parts) {
                let spot = Spot::Row(rows.ordinals[row]);
                let verdict = detector.check(ids, cell).verdict;
                if matches!(verdict, Verdict::Valid | Verdict::Impossible) {
                    let passes = verdict == Verdict::Valid;
                    part.columns[column].0 += 1;
                    part.columns[column].1 += u64::from(passes);
                    part.keep(spot, cell, passes);
                } else if as_text && detector.rule.text.is_some() {
                    detector.each(ids, cell, &mut |formed| {
                        part.text.count(detector, &formed, &others, 0);
                        part.keep(spot, &cell[formed.start..formed.end], formed.passes);
                    });
                }
            }
        }
    }
    (parts, values)
}

fn count_text(known: &Identifiers, ids: &Identifiers, text: &TextBlock) -> Vec<Part> {
    let others = reported(known, &text.bytes, text.offset);
    let count = |detector: &Detector| {
        let mut part = Part::default();
        if detector.rule.text.is_some() {
            detector.each(ids, &text.bytes, &mut |formed| {
                part.text.count(detector, &formed, &others, text.offset);
                let (offset, length) = (text.offset + formed.start as u64, (formed.end - formed.start) as u64);
                part.keep(Spot::Bytes { offset, length }, &text.bytes[formed.start..formed.end], formed.passes);
            });
        }
        part
    };
    ids.detectors.iter().map(count).collect()
}

impl Part {
    fn keep(&mut self, spot: Spot, value: &[u8], passes: bool) {
        if self.examples.len() < MOST_EXAMPLES {
            self.examples.push((spot, shape(value), passes));
        }
    }
}
