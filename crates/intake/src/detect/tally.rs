//! Counts what a block of rows holds: every cell of every column through its validator, every row by element.
//!
//! Enters: a block and the typing of its table. Leaves: counts that add up over blocks in any order. Never: keeps a value.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use serde::{Deserialize, Serialize};
use vocab::DataElement::{self, *};

use super::cells::InCells;
use super::profile::ColumnFindings;
use super::rules::Identifiers;
use super::seen::Seen;
use super::sketch::{Distinct, hash};
use super::text::Match;
use super::typing::{ColumnTyping, TableTyping, is_name_part};
use super::validator::{Taker, Validator};
use super::values::{Verdict, WordCounts, count_word};
use super::wrapped::scan_text;
use crate::open::RowBlock;

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

impl AddAssign for ElementRows {
    fn add_assign(&mut self, other: Self) {
        self.rows += other.rows;
        self.valid += other.valid;
        self.impossible += other.impossible;
        self.damaged += other.damaged;
    }
}

/// How the columns of a table are checked, and which of them make up which element.
pub(super) struct Plan {
    validators: Vec<Validator>,
    /// Which cells of each column are read as text.
    texts: Vec<InCells>,
    /// Columns of parts of names, whose words for nothing are counted.
    names: Vec<bool>,
    /// Columns whose verdicts are needed row by row, because their element may stand in another column as well.
    joined: Vec<bool>,
    /// Reported elements in exposure form, with the columns that hold them.
    slots: Vec<(DataElement, Vec<usize>)>,
}

impl Plan {
    /// Plans the counting of a table.
    pub(super) fn new(typing: &TableTyping) -> Self {
        let mut slots: BTreeMap<DataElement, Vec<usize>> = BTreeMap::new();
        for (at, column) in typing.columns.iter().enumerate() {
            let element = match column.reported() {
                Some(MiddleName | Suffix) | None => continue,
                Some(Imeisv) => Imei,
                Some(element) => element,
            };
            slots.entry(element).or_default().push(at);
        }
        let mut joined = vec![false; typing.columns.len()];
        for (element, columns) in &slots {
            if columns.len() > 1 || is_name(*element) {
                columns.iter().for_each(|column| joined[*column] = true);
            }
        }
        let validator = |column| Validator::of(column).unwrap_or_else(Validator::of_anything);
        Plan {
            validators: typing.columns.iter().map(validator).collect(),
            texts: typing.columns.iter().map(|column| column.text).collect(),
            names: typing.columns.iter().map(|column| column.element.is_some_and(is_name_part)).collect(),
            joined,
            slots: slots.into_iter().collect(),
        }
    }

    fn has(&self, element: DataElement) -> bool {
        self.slots.iter().any(|(other, _)| *other == element)
    }
}

fn is_name(element: DataElement) -> bool {
    matches!(element, GivenName | Surname | Name)
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

/// Counts by every combination of [`flags`].
type FlagCounts = [u64; 16];

fn with(counts: &FlagCounts, flag: u8) -> u64 {
    (0u8..).zip(counts).filter(|(flags, _)| flags & flag != 0).map(|(_, count)| count).sum()
}

fn rows_of(counts: &FlagCounts) -> ElementRows {
    ElementRows {
        rows: with(counts, SOME),
        valid: with(counts, VALID),
        impossible: with(counts, IMPOSSIBLE),
        damaged: with(counts, DAMAGED),
    }
}

/// Counts of one column.
#[derive(Clone, Default)]
pub(super) struct ColumnTally {
    missing: u64,
    rows: ElementRows,
    distinct: Distinct,
    null_words: WordCounts,
}

impl ColumnTally {
    /// Scales the counts from a sample up to the whole.
    pub(super) fn scale(&mut self, up: impl Fn(u64) -> u64) {
        self.missing = up(self.missing);
        self.rows.scale(up);
    }

    /// Returns what the column was found to hold.
    pub(super) fn findings(self, typing: &ColumnTyping) -> ColumnFindings {
        ColumnFindings {
            typing: typing.clone(),
            valid: self.rows.valid,
            impossible: self.rows.impossible,
            damaged: self.rows.damaged,
            missing: self.missing,
            distinct: self.distinct.estimate(),
            null_words: self.null_words,
        }
    }
}

impl ElementRows {
    /// Scales the counts from a sample up to the whole.
    pub(super) fn scale(&mut self, up: impl Fn(u64) -> u64) {
        for count in [&mut self.rows, &mut self.valid, &mut self.impossible, &mut self.damaged] {
            *count = up(*count);
        }
    }
}

/// Counts of a table.
#[derive(Clone, Default)]
pub(super) struct TableTally {
    /// Rows read.
    pub(super) rows: u64,
    /// By column.
    pub(super) columns: Vec<ColumnTally>,
    /// By reported element, in exposure form.
    pub(super) elements: BTreeMap<DataElement, ElementRows>,
}

impl TableTally {
    /// Returns the counts of nothing.
    pub(super) fn empty(columns: usize) -> Self {
        TableTally { columns: vec![ColumnTally::default(); columns], ..TableTally::default() }
    }

    /// Adds the counts of other rows of the table.
    pub(super) fn add(&mut self, other: TableTally) {
        self.rows += other.rows;
        for (own, other) in self.columns.iter_mut().zip(other.columns) {
            own.missing += other.missing;
            own.rows += other.rows;
            own.distinct.merge(&other.distinct);
            own.null_words.iter_mut().zip(&other.null_words).for_each(|(own, other)| *own += other);
        }
        for (element, rows) in other.elements {
            *self.elements.entry(element).or_default() += rows;
        }
    }
}

/// A match in a cell that was read as text: ordinal of its row, column.
pub(super) type CellMatch = (u32, u32, Match);

/// Counts one block.
pub(super) fn tally(ids: &Identifiers, plan: &Plan, block: &RowBlock) -> (TableTally, Vec<CellMatch>) {
    let mut matches = Vec::new();
    let mut by_row: Vec<Vec<u8>> = vec![Vec::new(); plan.validators.len()];
    let mut counted = TableTally::empty(plan.validators.len());
    let mut seen = Seen::new();
    for (at, tally) in counted.columns.iter_mut().enumerate().take(block.columns) {
        seen.forget();
        let mut counting = Counting {
            seen: &mut seen,
            distinct: &mut tally.distinct,
            counts: [0; 16],
            by_row: plan.joined[at].then_some(&mut by_row[at]),
            null_words: plan.names[at].then_some(&mut tally.null_words),
        };
        plan.validators[at].walk(ids, block, at, &mut counting);
        tally.missing = counting.counts[0];
        tally.rows = rows_of(&counting.counts);
        if plan.texts[at] != InCells::Nothing {
            read_cells(ids, plan, block, at, &mut matches);
        }
    }
    matches.sort_by_key(|(row, column, found): &CellMatch| (*row, *column, found.start));
    counted.rows = block.rows() as u64;
    counted.elements = elements(plan, &by_row, &counted.columns, block.rows());
    (counted, matches)
}

/// Counts the verdicts of one column of a block.
struct Counting<'a> {
    seen: &'a mut Seen,
    distinct: &'a mut Distinct,
    counts: FlagCounts,
    by_row: Option<&'a mut Vec<u8>>,
    null_words: Option<&'a mut WordCounts>,
}

impl Counting<'_> {
    #[inline]
    fn count(&mut self, cell: Option<&[u8]>, verdict: Verdict) {
        let flags = flags(verdict);
        self.counts[usize::from(flags)] += 1;
        if let Some(rows) = &mut self.by_row {
            rows.push(flags);
        }
        if let Some((words, cell)) = self.null_words.as_mut().zip(cell) {
            count_word(cell, words);
        }
    }
}

impl Taker for Counting<'_> {
    #[inline]
    fn take(&mut self, _: usize, cell: Option<&[u8]>, check: impl FnOnce(&[u8]) -> Verdict) {
        let verdict = match cell {
            None | Some([]) => Verdict::Missing,
            Some(cell) => self.seen.verdict(cell, self.distinct, check),
        };
        self.count(cell, verdict);
    }

    #[inline]
    fn take_beside_others(&mut self, _: usize, cell: Option<&[u8]>, check: impl FnOnce(&[u8]) -> Verdict) {
        let verdict = match cell {
            None | Some([]) => Verdict::Missing,
            Some(cell) => {
                self.distinct.add(hash(cell));
                check(cell)
            }
        };
        self.count(cell, verdict);
    }
}

/// Reads the cells of a column that may hold something as text. What the column itself is counted as is not counted again.
fn read_cells(ids: &Identifiers, plan: &Plan, block: &RowBlock, column: usize, matches: &mut Vec<CellMatch>) {
    let texts = plan.texts[column];
    let own = plan.slots.iter().find(|(_, columns)| columns.contains(&column)).map(|(element, _)| *element);
    for (row, cell) in block.column(column).enumerate() {
        let Some(cell) = cell.filter(|cell| texts.reads(cell)) else { continue };
        scan_text(ids, cell, 0, &mut |found| {
            if own != Some(found.element) {
                matches.push((block.ordinals[row], column as u32, found));
            }
        });
    }
}

/// Counts rows by element in exposure form.
fn elements(
    plan: &Plan,
    by_row: &[Vec<u8>],
    columns: &[ColumnTally],
    rows: usize,
) -> BTreeMap<DataElement, ElementRows> {
    let joined = |element: DataElement| -> Vec<u8> {
        let mut out = vec![0; rows];
        for column in plan.slots.iter().filter(|(other, _)| *other == element).flat_map(|(_, columns)| columns) {
            out.iter_mut().zip(&by_row[*column]).for_each(|(own, flags)| *own |= flags);
        }
        out
    };
    let mut counted = BTreeMap::new();
    let whole_names = plan.has(Name) || (plan.has(GivenName) && plan.has(Surname));
    for (element, held_by) in &plan.slots {
        match held_by[..] {
            _ if whole_names && is_name(*element) => {}
            [column] => drop(counted.insert(*element, columns[column].rows)),
            _ => drop(counted.insert(*element, count(&joined(*element)))),
        }
    }
    if whole_names {
        counted.extend(names(joined(Name), &joined(GivenName), &joined(Surname)));
    }
    counted.retain(|_, rows| rows.rows > 0);
    counted
}

/// A given name and a surname make a name; a part counts alone only where the row has no whole name.
fn names(mut whole: Vec<u8>, given: &[u8], surname: &[u8]) -> [(DataElement, ElementRows); 3] {
    let (mut given_alone, mut surname_alone) = ([0; 16], [0; 16]);
    for (whole, (given, surname)) in whole.iter_mut().zip(given.iter().zip(surname)) {
        let both = given & surname & (SOME | VALID);
        let either = (given | surname) & (IMPOSSIBLE | DAMAGED);
        *whole |= both | if both & SOME != 0 { either } else { 0 };
        let alone = *whole & SOME == 0;
        given_alone[usize::from(if alone { *given } else { 0 })] += 1;
        surname_alone[usize::from(if alone { *surname } else { 0 })] += 1;
    }
    [(Name, count(&whole)), (GivenName, rows_of(&given_alone)), (Surname, rows_of(&surname_alone))]
}

fn count(flags: &[u8]) -> ElementRows {
    let mut counts = [0; 16];
    flags.iter().for_each(|flags| counts[usize::from(*flags)] += 1);
    rows_of(&counts)
}
