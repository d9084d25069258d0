//! Which states a row speaks of, and what it weighs that two rows speak of the same one.
//!
//! Enters: the states of address and licence, the area code of the telephone. Leaves: a level and the weight of an
//! agreement, by how common the state is in the case. Never: a state taken from a name or a ZIP code.

use rulebook::Comparisons;
use vocab::{Jurisdiction, Records};

use super::compare::Level;
use super::weigh::{Weight, bits};

/// Two capital letters address a state in a table of this size.
const LETTERS: usize = 26 * 26;

/// The states of rows and what agreement on them weighs.
pub(crate) struct Residences<'a> {
    records: &'a Records,
    comparisons: &'a Comparisons,
    /// Weight of agreement by state, where both rows state it.
    stated: Vec<i16>,
    /// Weight of agreement by state, where one side is an area code.
    line: Vec<i16>,
}

/// The states of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct States {
    stated: [Option<Jurisdiction>; 2],
    line: Option<Jurisdiction>,
}

impl<'a> Residences<'a> {
    pub(crate) fn new(records: &'a Records, comparisons: &'a Comparisons, rows: &[u32]) -> Self {
        let mut residences = Residences { records, comparisons, stated: Vec::new(), line: Vec::new() };
        let mut counts = vec![0u32; LETTERS];
        let mut total = 0u32;
        for &row in rows {
            let states = residences.states(row as usize);
            if let Some(state) = states.stated.into_iter().flatten().next().or(states.line) {
                counts[place(state)] += 1;
                total += 1;
            }
        }
        let weights = |level: &str| -> Vec<i16> {
            let m = comparisons.level("state", level).m;
            let share = |count: u32| f64::from(count.max(1)) / f64::from(total.max(1));
            counts.iter().map(|count| bits(m / share(*count)).max(0) as i16).collect()
        };
        (residences.stated, residences.line) = (weights("exact"), weights("line"));
        residences
    }

    fn states(&self, row: usize) -> States {
        let facts = &self.records.facts;
        let known = |state: Jurisdiction| state.is_known().then_some(state);
        States {
            stated: [known(facts.address_state(row)), known(facts.licence_state(row))],
            line: self.comparisons.state_of_line(self.records.records[row].phone),
        }
    }

    /// Compares the states of two rows. A telephone number is kept on a move, so its area code speaks less clearly than
    /// an address or a licence, for and against.
    pub(crate) fn level(&self, a: usize, b: usize) -> (Level, Weight) {
        let (left, right) = (self.states(a), self.states(b));
        let stated = |states: &States| states.stated.into_iter().flatten().next().is_some();
        let both = left.stated.iter().flatten().find(|state| right.stated.contains(&Some(**state)));
        if let Some(state) = both {
            return (Level::Exact, Weight::from(self.stated[place(*state)]));
        }
        if stated(&left) && stated(&right) {
            return (Level::Other, 0);
        }
        let one_line = |line: Option<Jurisdiction>, other: &States| {
            line.filter(|state| other.stated.contains(&Some(*state)) || other.line == Some(*state))
        };
        match one_line(left.line, &right).or_else(|| one_line(right.line, &left)) {
            Some(state) => (Level::Line, Weight::from(self.line[place(state)])),
            None if (stated(&left) || left.line.is_some()) && (stated(&right) || right.line.is_some()) => {
                (Level::LineOther, 0)
            }
            None => (Level::Missing, 0),
        }
    }

    /// Returns the most that an agreement on a state of this row can weigh.
    pub(crate) fn most(&self, row: usize) -> Weight {
        let states = self.states(row);
        let weight =
            |weights: &[i16], state: Option<Jurisdiction>| state.map_or(0, |state| Weight::from(weights[place(state)]));
        let stated = states.stated.into_iter().map(|state| weight(&self.stated, state)).max().unwrap_or(0);
        stated.max(weight(&self.line, states.line))
    }
}

fn place(state: Jurisdiction) -> usize {
    // Jurisdictions are made of two capital letters only.
    let letter = |byte: &u8| usize::from(byte.wrapping_sub(b'A')) % 26;
    match state.as_str().as_bytes() {
        [a, b] => letter(a) * 26 + letter(b),
        _ => 0,
    }
}
