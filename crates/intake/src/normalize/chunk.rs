//! Records of one block, with codes of its own, and the dictionaries that give equal values equal codes.
//!
//! Enters: values. Leaves: codes in order of first appearance. Never: an order that depends on a hash.

use std::collections::{BTreeMap, HashMap};

use vocab::{Dictionary, ElementSet, Record, RowFact};

/// Most distinct values a dictionary takes; later ones have no code and do not match.
const MOST_VALUES: usize = 64 << 20;
/// Longest value a dictionary takes; with [`MOST_VALUES`] it keeps a dictionary below 4 GiB.
pub(super) const LONGEST_VALUE: usize = 60;

/// The records of one block.
#[derive(Default)]
pub struct Chunk {
    pub(super) records: Vec<Record>,
    pub(super) facts: Vec<RowFact>,
    pub(super) names: Dictionary,
    pub(super) name_codes: Codes,
    pub(super) streets: Dictionary,
    pub(super) street_codes: Codes,
    pub(super) sets: Sets,
    /// Cells of name columns met before, as they were written, with what was made of them.
    pub(super) written_names: HashMap<Box<[u8]>, [u32; 2]>,
    pub(super) reasons: BTreeMap<&'static str, u64>,
    pub(super) scratch: Vec<u8>,
    pub(super) core: Vec<u8>,
}

impl Chunk {
    /// Returns the number of rows.
    pub fn rows(&self) -> usize {
        self.records.len()
    }

    pub(super) fn count(&mut self, reason: &'static str) {
        *self.reasons.entry(reason).or_default() += 1;
    }
}

/// Codes of values. The standard hasher is keyed at random, so that evidence cannot choose colliding names; no order
/// is ever taken from it.
#[derive(Default)]
pub(super) struct Codes(HashMap<Box<[u8]>, u32>);

impl Codes {
    /// Returns the code of a value, 0 for the empty one and those past the limits.
    pub(super) fn code(&mut self, dictionary: &mut Dictionary, value: &[u8]) -> u32 {
        if value.is_empty() || value.len() > LONGEST_VALUE {
            return 0;
        }
        if let Some(code) = self.0.get(value) {
            return *code;
        }
        if dictionary.len() >= MOST_VALUES {
            return 0;
        }
        let code = dictionary.push(value);
        self.0.insert(value.into(), code);
        code
    }

    /// Takes in another dictionary and returns the code of each of its values.
    pub(super) fn take_in(&mut self, dictionary: &mut Dictionary, other: &Dictionary) -> Vec<u32> {
        other.iter().map(|value| self.code(dictionary, value)).collect()
    }
}

/// Distinct sets of elements of a block: few, so a list is searched.
#[derive(Default)]
pub(super) struct Sets {
    pub(super) list: Vec<ElementSet>,
    last: u32,
}

impl Sets {
    pub(super) fn code(&mut self, set: ElementSet) -> u32 {
        if self.list.get(self.last as usize) == Some(&set) {
            return self.last;
        }
        let at = self.list.iter().position(|known| *known == set).unwrap_or_else(|| {
            self.list.push(set);
            self.list.len() - 1
        });
        self.last = at as u32;
        self.last
    }
}
