//! Why two rows count as one person, or do not: recomputed from the records when somebody asks.
//!
//! Enters: records and two rows. Leaves: a [`Waterfall`], the keys that brought them together, a [`Finding`]. Never: a
//! value; anything kept from the run that made the count.

use rulebook::Comparisons;
use vocab::Records;
use vocab::progress::Silent;

use super::blocks::Sorter;
use super::keys::Key;
use super::pairs::{self, Standing};
use super::rows::Rows;
use super::weigh::{Conflict, Part, Weigher};

/// Why two rows count as one person, or do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waterfall {
    /// Sum of the parts in hundredths of a bit above even odds.
    pub weight: i32,
    /// The prior, then every comparison for which both rows have a value.
    pub parts: Vec<Part>,
}

/// What the rules say of two rows by themselves, whatever the groups they ended up in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// They are one person's.
    Same,
    /// They share no key and were never compared.
    NoKey,
    /// They contradict each other.
    Contradict(Conflict),
    /// They agree on what a household or a line shares, and on too little else.
    SharedOnly,
    /// The evidence is of the right kind, and weighs too little.
    TooLight,
}

impl Finding {
    /// Returns the finding as a phrase.
    pub fn phrase(self) -> String {
        match self {
            Finding::Same => "one person".to_owned(),
            Finding::NoKey => "never compared: they share no key".to_owned(),
            Finding::Contradict(conflict) => format!("kept apart: {}", conflict.phrase()),
            Finding::SharedOnly => "kept apart: they agree only on what a household or a line shares".to_owned(),
            Finding::TooLight => "kept apart: what they share is too common".to_owned(),
        }
    }
}

/// Explains pairs of rows.
pub struct Explainer<'a> {
    weigher: Weigher<'a>,
    comparisons: &'a Comparisons,
    /// Rows that tell people apart.
    persons: usize,
}

impl<'a> Explainer<'a> {
    /// Learns how common every value is, as [`super::entities`] did.
    pub fn new(records: &'a Records, comparisons: &'a Comparisons) -> Self {
        let rows = Rows::sort_out(records, 1);
        let mut weigher = Weigher::new(records, comparisons, &rows.persons);
        pairs::learn_identifiers(&mut weigher, comparisons, &rows.persons, &mut Sorter::alone(), &Silent);
        Explainer { weigher, comparisons, persons: rows.persons.len() }
    }

    /// Weighs one pair.
    pub fn pair(&self, left: usize, right: usize) -> Waterfall {
        let (weight, parts) = self.weigher.waterfall(left, right);
        Waterfall { weight, parts }
    }

    /// Lists the keys that both rows have in common. Which of the loose keys were made depends on the size of the case.
    pub fn keys(&self, left: usize, right: usize) -> Vec<Key> {
        let records = self.weigher.records;
        let shared = |key: &Key| key.hash(records, left).is_some_and(|hash| key.hash(records, right) == Some(hash));
        let made = |key: &Key| *key != Key::Case || pairs::all_with_all(self.persons);
        Key::ALL.into_iter().filter(made).filter(shared).collect()
    }

    /// Tells whether too many names share the value that a row has for a key, so that it identifies nobody.
    pub fn is_generic(&self, key: Key, row: usize) -> bool {
        self.weigher.is_generic(key, row)
    }

    /// Says what the rules make of two rows by themselves.
    pub fn finding(&self, left: usize, right: usize) -> Finding {
        let (_, judged) = self.weigher.judge(left, right);
        match Standing::of(&judged, self.comparisons) {
            _ if self.keys(left, right).is_empty() => Finding::NoKey,
            Standing::Same => Finding::Same,
            Standing::Light => Finding::TooLight,
            Standing::NotOfTheKind => judged.conflict.map_or(Finding::SharedOnly, Finding::Contradict),
        }
    }
}

/// Explains the weight of one pair of rows.
pub fn explain(records: &Records, comparisons: &Comparisons, left: usize, right: usize) -> Waterfall {
    Explainer::new(records, comparisons).pair(left, right)
}
