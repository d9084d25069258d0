//! No two people share a Social Security number: a pass over everybody, before the rest, finds who drew one in vain.
//!
//! What stays is a count for those few (one in a thousand at a million people); a set of bits over all numbers, 125 MB,
//! is let go. Below [`DENSE_FROM`] people a hash set of their numbers is smaller.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::identifiers;
use crate::people::{BLOCK, Block, Maker};

/// From this number of people on, bits over all numbers take less memory than a set.
const DENSE_FROM: u64 = 4_000_000;
/// After so many draws in vain a number is used twice. Reached only where a state's numbers of a year run out.
const MOST_TRIES: u8 = 64;

/// How often each person drew a number that was taken.
pub(crate) struct SsnBook {
    tries: FxHashMap<u64, u8>,
}

enum Taken {
    Few(FxHashSet<u32>),
    Many(Vec<u64>),
}

impl Taken {
    /// Takes a number; false if somebody has it.
    fn take(&mut self, number: u32) -> bool {
        match self {
            Taken::Few(set) => set.insert(number),
            Taken::Many(bits) => {
                let (word, bit) = (number as usize / 64, 1u64 << (number % 64));
                let free = bits[word] & bit == 0;
                bits[word] |= bit;
                free
            }
        }
    }
}

impl SsnBook {
    /// Draws the number of every customer once, in order.
    pub(crate) fn draw_up(maker: &Maker) -> Self {
        let customers = maker.scenario.customers();
        let mut taken = if customers < DENSE_FROM {
            Taken::Few(FxHashSet::default())
        } else {
            Taken::Many(vec![0; 1_000_000_000 / 64 + 1])
        };
        let mut tries = FxHashMap::default();
        let mut block = Block { people: Vec::with_capacity(BLOCK), homes: Vec::with_capacity(BLOCK) };
        for number in 0..customers.div_ceil(BLOCK as u64) {
            maker.make(number, &mut block);
            for person in &mut block.people {
                while !taken.take(identifiers::ssn(maker.world, maker.scenario.seed, person))
                    && person.ssn_tries < MOST_TRIES
                {
                    person.ssn_tries += 1;
                }
                if person.ssn_tries > 0 {
                    tries.insert(person.index, person.ssn_tries);
                }
            }
        }
        SsnBook { tries }
    }

    /// How often a person drew in vain.
    pub(crate) fn tries(&self, index: u64) -> u8 {
        self.tries.get(&index).copied().unwrap_or(0)
    }

    /// For how many people something is kept.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.tries.len()
    }
}
