//! Which town and states a row speaks of, and what it weighs that two rows speak of the same one.
//!
//! Enters: the town, the states of address and licence, the area code of the telephone. Leaves: a level and the weight of
//! an agreement, by how common the town or the state is in the case. Never: a state taken from a name or a ZIP code.

use rulebook::Comparisons;
use vocab::{Jurisdiction, Records};

use super::compare::Level;
use super::weigh::{Weight, bits};

/// Two capital letters address a state in a table of this size.
const LETTERS: usize = 26 * 26;

/// Towns are told apart by a hash of so many values.
const TOWNS: usize = 1 << 16;

/// The towns and states of rows and what agreement on them weighs.
pub(crate) struct Residences<'a> {
    records: &'a Records,
    comparisons: &'a Comparisons,
    /// Weight of agreement by state, where both rows state it.
    stated: Vec<i16>,
    /// Weight of agreement by state, where one side is an area code.
    line: Vec<i16>,
    /// Weight of agreement by town.
    towns: Vec<i16>,
}

/// The states of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct States {
    stated: [Option<Jurisdiction>; 2],
    line: Option<Jurisdiction>,
}

impl<'a> Residences<'a> {
    pub(crate) fn new(records: &'a Records, comparisons: &'a Comparisons, rows: &[u32]) -> Self {
        let mut residences =
            Residences { records, comparisons, stated: Vec::new(), line: Vec::new(), towns: Vec::new() };
        let mut counts = vec![0u32; LETTERS];
        let mut in_town = vec![0u32; TOWNS];
        for &row in rows {
            in_town[usize::from(records.records[row as usize].town)] += 1;
            let states = residences.states(row as usize);
            if let Some(state) = states.stated.into_iter().flatten().next().or(states.line) {
                counts[place(state)] += 1;
            }
        }
        in_town[0] = 0;
        let weights = |level: &str, counts: &[u32]| -> Vec<i16> {
            let m = comparisons.level("state", level).m;
            let total = counts.iter().sum::<u32>().max(1);
            let share = |count: u32| (f64::from(count) / f64::from(total)).max(comparisons.frequency_floor);
            counts.iter().map(|count| bits(m / share(*count)).max(0) as i16).collect()
        };
        residences.stated = weights("exact", &counts);
        residences.line = weights("line", &counts);
        residences.towns = weights("town", &in_town);
        residences.towns[0] = 0;
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

    /// Compares the towns and states of two rows. Towns decide nothing where the states differ: many have one name. A
    /// telephone number is kept on a move, so its area code speaks less clearly than an address or a licence, for and
    /// against.
    pub(crate) fn level(&self, a: usize, b: usize) -> (Level, Weight) {
        let (left, right) = (self.states(a), self.states(b));
        let towns = [a, b].map(|row| self.records.records[row].town);
        let stated = |states: &States| states.stated.into_iter().flatten().next().is_some();
        let both = left.stated.iter().flatten().find(|state| right.stated.contains(&Some(**state)));
        let one_town = towns[0] != 0 && towns[0] == towns[1];
        let states_differ = both.is_none() && stated(&left) && stated(&right);
        if one_town && !states_differ {
            return (Level::Town, Weight::from(self.towns[usize::from(towns[0])]));
        }
        if let Some(state) = both {
            return (Level::Exact, Weight::from(self.stated[place(*state)]));
        }
        if states_differ {
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
            None if towns[0] != 0 && towns[1] != 0 => (Level::TownOther, 0),
            None => (Level::Missing, 0),
        }
    }

    /// Returns the most that an agreement on the town or a state of this row can weigh.
    pub(crate) fn most(&self, row: usize) -> Weight {
        let states = self.states(row);
        let weight =
            |weights: &[i16], state: Option<Jurisdiction>| state.map_or(0, |state| Weight::from(weights[place(state)]));
        let stated = states.stated.into_iter().map(|state| weight(&self.stated, state)).max().unwrap_or(0);
        let town = self.towns[usize::from(self.records.records[row].town)];
        stated.max(weight(&self.line, states.line)).max(town.into())
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
