//! Words for nothing and for nobody that are also names: somebody is called Null, somebody Test.
//!
//! Enters: how often such a word stands in a column of names, and how often people bear it. Leaves: which of the words
//! are names there. Never: a decision from one cell; only the column tells an export's NULL from a Mr Null.

use serde::{Deserialize, Serialize};

use super::{Checked, name, trim};

/// Words for nothing or nobody that registers list as surnames or given names.
const WORDS: [&[u8]; 5] = [b"NULL", b"NA", b"NAN", b"NAT", b"TEST"];

/// A word is a name where bearers alone would make it stand there so often with at least this probability.
const LEAST_PROBABILITY: f64 = 0.01;

/// Relatives stand in one file together, so bearers come in groups; up to so many count as one arrival.
const FAMILY: u64 = 4;

/// How often each of the words stands in a column.
pub type WordCounts = [u64; WORDS.len()];

/// The words that are names in a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BorneWords(u8);

impl BorneWords {
    /// Decides by a one-sided Poisson test over families: `frequency` gives the share of people who bear a name, `None` if nobody
    /// is known to; `names` counts the other names in the column.
    pub fn decide(counts: &WordCounts, names: u64, frequency: impl Fn(&[u8]) -> Option<f64>) -> Self {
        let mut borne = BorneWords::default();
        for (at, (word, count)) in WORDS.iter().zip(counts).enumerate() {
            let expected = frequency(word).map(|share| share * (names + count) as f64);
            if expected.is_some_and(|expected| at_least(count.div_ceil(FAMILY), expected) >= LEAST_PROBABILITY) {
                borne.0 |= 1 << at;
            }
        }
        borne
    }

    /// Checks a name or a part of one in a column where these words are names.
    pub fn name(self, cell: &[u8]) -> Checked<()> {
        let checked = name(cell);
        if !checked.is_valid() && word(cell).is_some_and(|at| self.0 & 1 << at != 0) {
            return Checked::valid(());
        }
        checked
    }
}

/// Counts a cell if it holds one of the words.
pub fn count_word(cell: &[u8], counts: &mut WordCounts) {
    if let Some(at) = word(cell) {
        counts[at] += 1;
    }
}

fn word(cell: &[u8]) -> Option<usize> {
    // Nearly every cell is longer or starts otherwise.
    if !matches!(cell, [b'N' | b'n' | b'T' | b't' | b' ', ..]) {
        return None;
    }
    let cell = trim(cell);
    WORDS.iter().position(|word| cell.eq_ignore_ascii_case(word))
}

/// Probability that a Poisson count with this mean is at least `count`.
fn at_least(count: u64, mean: f64) -> f64 {
    let (mut term, mut below) = ((-mean).exp(), 0.0);
    for i in 0..count {
        below += term;
        term *= mean / (i + 1) as f64;
        if term == 0.0 && i as f64 > mean {
            break;
        }
    }
    1.0 - below
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    /// One bearer in 50,000, as for Null among the surnames of the 2010 census.
    fn one_in_50_000(word: &[u8]) -> Option<f64> {
        (word == b"NULL").then_some(2e-5)
    }

    #[test]
    fn a_rare_null_among_many_names_is_somebody() {
        let borne = BorneWords::decide(&[3, 0, 0, 0, 0], 200_000, one_in_50_000);
        assert_eq!(borne.name(b"Null").verdict, Verdict::Valid);
        assert_eq!(borne.name(b" null ").verdict, Verdict::Valid);
        assert_eq!(borne.name(b"NA").verdict, Verdict::Missing, "nobody is known to be called so");
        assert_eq!(borne.name(b"").verdict, Verdict::Missing);
    }

    #[test]
    fn a_frequent_null_is_nothing() {
        let borne = BorneWords::decide(&[60, 0, 0, 0, 0], 200_000, one_in_50_000);
        assert_eq!(borne.name(b"NULL").verdict, Verdict::Missing);
        let few = BorneWords::decide(&[1, 0, 0, 0, 0], 200, one_in_50_000);
        assert_eq!(few.name(b"NULL").verdict, Verdict::Missing, "one in 200 is an export's word, not a bearer");
    }

    #[test]
    fn the_tail_is_the_closed_formula() {
        let mean = 2.5f64;
        let expected = 1.0 - (-mean).exp() * (1.0 + mean + mean * mean / 2.0);
        assert!((at_least(3, mean) - expected).abs() < 1e-12);
        assert!((at_least(0, mean) - 1.0).abs() < 1e-12);
        assert!(at_least(1_000_000, 3.0) < 1e-9);
    }
}
