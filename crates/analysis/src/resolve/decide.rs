//! Decisions that people made about rows: these are one person, these are not, these and no others.
//!
//! Enters: decisions as lists of rows. Leaves: what clustering must obey, and which decisions contradict an earlier one.
//! Never: a decision applied in part; one dropped without being named.

use rustc_hash::FxHashMap;

use super::cluster::Partition;

/// What was decided about some rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// They are one person's.
    Merge,
    /// No two of them are one person's.
    Split,
    /// They are one person's, and no other row is.
    Lock,
}

impl Verdict {
    /// Returns the word used in files.
    pub const fn code(self) -> &'static str {
        match self {
            Verdict::Merge => "merge",
            Verdict::Split => "split",
            Verdict::Lock => "lock",
        }
    }
}

/// A decision, by rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What was decided.
    pub verdict: Verdict,
    /// About which rows.
    pub rows: Vec<u32>,
}

/// How a decision fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fate {
    /// Place of the decision in the list.
    pub decision: usize,
    /// Place of the earlier decision that it contradicts; such a decision is not applied.
    pub contradicts: Option<usize>,
    /// People, as they would be counted without it, whose rows it names.
    pub people: u64,
}

/// Decisions that do not contradict each other, as clustering asks for them.
#[derive(Debug, Default)]
pub(crate) struct Decided {
    /// Rows that are united before anything else.
    pub(crate) united: Vec<(u32, u32)>,
    /// Pairs of rows that never come together.
    pub(crate) apart: Vec<(u32, u32)>,
    /// A row of each group that nothing else may join.
    pub(crate) locked: Vec<u32>,
    /// Every row that some decision names.
    pub(crate) rows: Vec<u32>,
    /// For each decision, the earlier one that it contradicts.
    pub(crate) contradicts: Vec<Option<usize>>,
}

impl Decided {
    /// Takes decisions in their order. One that contradicts those before it is left out whole: the first stands.
    pub(crate) fn new(rows: usize, decisions: &[Decision]) -> Self {
        let mut decided = Decided::default();
        let mut taken: Vec<usize> = Vec::new();
        for (index, decision) in decisions.iter().enumerate() {
            taken.push(index);
            let together: Vec<&Decision> = taken.iter().map(|index| &decisions[*index]).collect();
            if holds(rows, &together) {
                decided.contradicts.push(None);
                continue;
            }
            taken.pop();
            let against = taken.iter().copied().find(|earlier| !holds(rows, &[&decisions[*earlier], decision]));
            // Several earlier decisions may contradict it only together; the last of them is named then.
            decided.contradicts.push(against.or(taken.last().copied()).or(Some(index)));
        }
        for decision in taken.into_iter().map(|index| &decisions[index]) {
            decided.take(decision);
        }
        decided.rows.sort_unstable();
        decided.rows.dedup();
        decided
    }

    fn take(&mut self, decision: &Decision) {
        self.rows.extend(&decision.rows);
        match decision.verdict {
            Verdict::Merge | Verdict::Lock => {
                self.united.extend(decision.rows.windows(2).map(|pair| (pair[0], pair[1])));
                if decision.verdict == Verdict::Lock {
                    self.locked.extend(decision.rows.first());
                }
            }
            Verdict::Split => {
                for (index, left) in decision.rows.iter().enumerate() {
                    self.apart.extend(decision.rows[index + 1..].iter().map(|right| (*left, *right)));
                }
            }
        }
    }
}

/// Tells whether decisions can all be obeyed.
fn holds(rows: usize, decisions: &[&Decision]) -> bool {
    // Only the rows named matter: they are numbered afresh, so that a large case costs nothing.
    let mut numbers: FxHashMap<u32, u32> = FxHashMap::default();
    let mut number = |row: u32| {
        let next = numbers.len() as u32;
        *numbers.entry(row).or_insert(next)
    };
    let named: Vec<(Verdict, Vec<u32>)> = decisions
        .iter()
        .map(|decision| (decision.verdict, decision.rows.iter().map(|row| number(*row)).collect()))
        .collect();
    let mut partition = Partition::new(numbers.len().min(rows.max(numbers.len())));
    for (_, rows) in named.iter().filter(|(verdict, _)| *verdict != Verdict::Split) {
        for pair in rows.windows(2) {
            partition.join(pair[0], pair[1]);
        }
    }
    let roots = partition.roots();
    named.iter().all(|(verdict, rows)| match verdict {
        Verdict::Merge => true,
        Verdict::Split => {
            let mut seen: Vec<u32> = rows.iter().map(|row| roots[*row as usize]).collect();
            seen.sort_unstable();
            seen.windows(2).all(|pair| pair[0] != pair[1])
        }
        Verdict::Lock => {
            let root = rows.first().map(|row| roots[*row as usize]);
            let together = roots.iter().filter(|other| Some(**other) == root).count();
            together == rows.iter().collect::<std::collections::BTreeSet<_>>().len()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(verdict: Verdict, rows: &[u32]) -> Decision {
        Decision { verdict, rows: rows.to_vec() }
    }

    #[test]
    fn the_first_of_two_contradicting_decisions_stands() {
        use Verdict::{Lock, Merge, Split};
        for (list, contradicts) in [
            (vec![decision(Merge, &[1, 2]), decision(Split, &[2, 1])], vec![None, Some(0)]),
            (
                vec![decision(Split, &[1, 2]), decision(Merge, &[3, 1]), decision(Merge, &[3, 2])],
                vec![None, None, Some(1)],
            ),
            (vec![decision(Lock, &[1, 2]), decision(Merge, &[2, 3])], vec![None, Some(0)]),
            (vec![decision(Lock, &[1, 2]), decision(Merge, &[2, 1])], vec![None, None]),
            (vec![decision(Split, &[4, 4])], vec![Some(0)]),
        ] {
            assert_eq!(Decided::new(10, &list).contradicts, contradicts, "{list:?}");
        }
    }
}
