//! One column of a sample: its values and what can be counted of them without knowing what they are.

use rustc_hash::FxHashSet;

use super::values::{Checked, Verdict, WordCounts, count_word, is_missing, trim};
use crate::open::RowBlock;

/// Most rows of a sample that are looked at.
const MOST_ROWS: usize = 2500;

/// Values on which a validator must fit once before all are looked at. Of a form that three in ten values have, not one is
/// among so many in one column out of 10^13.
const PROBE: usize = 90;

/// The values of a column and their plain statistics.
pub(super) struct Column<'a> {
    /// Values that are not missing, with their row, in row order.
    pub(super) values: Vec<(usize, &'a [u8])>,
    /// The distinct ones, in order of first appearance.
    pub(super) distinct: Vec<&'a [u8]>,
    /// Words for nothing that may be names.
    pub(super) null_words: WordCounts,
    /// Share of values that are digits only.
    pub(super) digits: f64,
    /// Share of values without a digit.
    pub(super) no_digits: f64,
    /// Share of values with a blank inside.
    pub(super) spaced: f64,
    /// Share of values with the most common length.
    pub(super) one_length: f64,
    /// The most common length.
    pub(super) length: usize,
    /// Mean length.
    pub(super) mean_length: f64,
    /// Whether numbers rise (or fall) in row order in small steps: a counter.
    pub(super) counter: bool,
}

impl<'a> Column<'a> {
    pub(super) fn of(sample: &'a RowBlock, column: usize) -> Self {
        let step = sample.rows().div_ceil(MOST_ROWS).max(1);
        let rows = (0..sample.rows()).step_by(step);
        let mut values = Vec::new();
        let mut null_words = WordCounts::default();
        for row in rows {
            let Some(cell) = sample.cell(row, column) else { continue };
            count_word(cell, &mut null_words);
            if !is_missing(cell) {
                values.push((row, trim(cell)));
            }
        }
        Column { null_words, ..Column::from_values(values) }
    }

    fn from_values(values: Vec<(usize, &'a [u8])>) -> Self {
        let mut seen = FxHashSet::default();
        let distinct: Vec<&[u8]> = values.iter().map(|(_, cell)| *cell).filter(|cell| seen.insert(*cell)).collect();
        let n = values.len().max(1) as f64;
        let share = |test: &dyn Fn(&[u8]) -> bool| values.iter().filter(|(_, cell)| test(cell)).count() as f64 / n;
        let digits = share(&|cell| cell.iter().all(u8::is_ascii_digit));
        let (length, same) = most_common(values.iter().map(|(_, cell)| cell.len()));
        Column {
            null_words: WordCounts::default(),
            digits,
            no_digits: share(&|cell| !cell.iter().any(u8::is_ascii_digit)),
            spaced: share(&|cell| cell.contains(&b' ')),
            one_length: same as f64 / n,
            length,
            mean_length: values.iter().map(|(_, cell)| cell.len()).sum::<usize>() as f64 / n,
            counter: is_counter(&values),
            values,
            distinct,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// Distinct values a value.
    pub(super) fn distinct_ratio(&self) -> f64 {
        self.distinct.len() as f64 / self.len().max(1) as f64
    }

    /// Share of values that pass a test.
    pub(super) fn share(&self, test: impl Fn(&[u8]) -> bool) -> f64 {
        self.values.iter().filter(|(_, cell)| test(cell)).count() as f64 / self.len().max(1) as f64
    }

    /// Share of distinct values that pass a test.
    pub(super) fn distinct_share(&self, test: impl Fn(&[u8]) -> bool) -> f64 {
        self.distinct.iter().filter(|cell| test(cell)).count() as f64 / self.distinct.len().max(1) as f64
    }

    /// Runs a validator over the distinct values. Where none of some from all over the column has the form, none is said to:
    /// most validators fit no value of a column, and no decision rests on a form that fewer than three in ten have.
    pub(super) fn tally<T>(&self, check: impl Fn(&'a [u8]) -> Checked<T>) -> Tally {
        let mut tally = Tally { all: self.distinct.len(), ..Tally::default() };
        let formed = |cell: &'a [u8]| matches!(check(cell).verdict, Verdict::Valid | Verdict::Impossible);
        let step = self.distinct.len() / PROBE;
        if step > 1 && !self.distinct.iter().step_by(step).any(|cell| formed(cell)) {
            return tally;
        }
        for cell in &self.distinct {
            match check(cell).verdict {
                Verdict::Valid => tally.valid += 1,
                Verdict::Impossible => tally.impossible += 1,
                Verdict::Missing | Verdict::Damaged => {}
            }
        }
        tally
    }
}

fn most_common<K: std::hash::Hash + Eq + Ord + Copy + Default>(keys: impl Iterator<Item = K>) -> (K, usize) {
    let mut counts = rustc_hash::FxHashMap::<K, usize>::default();
    keys.for_each(|key| *counts.entry(key).or_default() += 1);
    counts.into_iter().max_by_key(|(key, count)| (*count, *key)).unwrap_or_default()
}

/// Whether digits-only values move by one small step, mostly the same, in row order.
fn is_counter(values: &[(usize, &[u8])]) -> bool {
    let number = |cell: &[u8]| -> Option<i64> {
        if cell.len() > 18 || !cell.iter().all(u8::is_ascii_digit) {
            return None;
        }
        std::str::from_utf8(cell).ok()?.parse().ok()
    };
    let numbers: Vec<i64> = values.iter().filter_map(|(_, cell)| number(cell)).collect();
    if numbers.len() < 5 || numbers.len() * 10 < values.len() * 9 {
        return false;
    }
    let pairs = numbers.len() - 1;
    let rising = numbers.windows(2).filter(|pair| pair[1] > pair[0]).count();
    let falling = numbers.windows(2).filter(|pair| pair[1] < pair[0]).count();
    if rising.max(falling) * 100 < pairs * 97 {
        return false;
    }
    // A list sorted by a scattered key rises too; a counter stays within a narrow band of its own size or moves by ones.
    let (low, high) = (numbers.iter().min().copied().unwrap_or(0), numbers.iter().max().copied().unwrap_or(0));
    let ones = numbers.windows(2).filter(|pair| (pair[1] - pair[0]).abs() <= 3).count();
    ones * 3 > pairs || (high - low) * 5 < high
}

/// How the distinct values fared with a validator.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) all: usize,
    pub(super) valid: usize,
    pub(super) impossible: usize,
}

impl Tally {
    /// Share that has the form.
    pub(super) fn form(&self) -> f64 {
        (self.valid + self.impossible) as f64 / self.all.max(1) as f64
    }

    /// Share of what has the form that is valid.
    pub(super) fn valid(&self) -> f64 {
        self.valid as f64 / (self.valid + self.impossible).max(1) as f64
    }

    /// Log-likelihood ratio of "the check means something" (most pass) against random values, of which `random` pass.
    pub(super) fn ratio(&self, random: f64) -> f64 {
        /// A dump has dirt: two in a hundred values of the right kind fail.
        const DIRT: f64 = 0.02;
        self.valid as f64 * ((1.0 - DIRT) / random).ln() + self.impossible as f64 * (DIRT / (1.0 - random)).ln()
    }
}
