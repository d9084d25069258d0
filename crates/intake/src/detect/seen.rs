//! Values of a column met a moment ago, with what was said of them: columns repeat states, cities, plans and dates.
//!
//! Enters: the cells of one column. Leaves: their verdicts, each the one that a check of the cell alone gives, and every
//! different value in a [`Distinct`]. Never: a verdict by a digest; the values themselves are compared.

use super::sketch::{Distinct, SHORT, hash, hash_words, words};
use super::values::Verdict;

/// Values remembered at a time: what fits a core's own cache.
const SLOTS: usize = 1024;

/// Remembers short values; a newer value takes the place of an older one.
pub(super) struct Seen {
    slots: Vec<Slot>,
}

#[derive(Clone, Copy)]
struct Slot {
    words: (u64, u64),
    /// Length of the value; 0: nothing is remembered here.
    length: u8,
    verdict: Verdict,
}

const NOTHING: Slot = Slot { words: (0, 0), length: 0, verdict: Verdict::Missing };

impl Seen {
    /// Remembers nothing yet.
    pub(super) fn new() -> Self {
        Seen { slots: vec![NOTHING; SLOTS] }
    }

    /// Forgets everything: another column begins.
    pub(super) fn forget(&mut self) {
        self.slots.fill(NOTHING);
    }

    /// Returns the verdict on a cell that is not empty.
    #[inline]
    pub(super) fn verdict(
        &mut self,
        cell: &[u8],
        distinct: &mut Distinct,
        check: impl FnOnce(&[u8]) -> Verdict,
    ) -> Verdict {
        if cell.len() > SHORT {
            distinct.add(hash(cell));
            return check(cell);
        }
        let (words, length) = (words(cell), cell.len() as u8);
        let hash = hash_words(words, cell.len());
        let slot = &mut self.slots[hash as usize % SLOTS];
        if slot.words == words && slot.length == length {
            return slot.verdict;
        }
        let verdict = check(cell);
        distinct.add(hash);
        *slot = Slot { words, length, verdict };
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remembered_verdict_is_the_one_of_the_value() {
        let check = |cell: &[u8]| if cell.ends_with(b"7") { Verdict::Impossible } else { Verdict::Valid };
        let (mut seen, mut all, mut plain) = (Seen::new(), Distinct::default(), Distinct::default());
        for round in 0..3u64 {
            // More values than slots, of every length, in another order each time.
            for i in 0..5_000u64 {
                let value = i.wrapping_mul(0x9E37_79B9 + round) % 5_000;
                let cell = format!("{:0width$}", value, width = 1 + (value % 20) as usize).into_bytes();
                assert_eq!(seen.verdict(&cell, &mut all, check), check(&cell));
                plain.add(hash(&cell));
            }
        }
        assert_eq!(all, plain);
        seen.forget();
        assert_eq!(seen.verdict(b"4", &mut all, |_| Verdict::Damaged), Verdict::Damaged);
    }
}
