//! One line a person and one line a row, for the Parquet tables. No values.

use analysis::harm;
use analysis::resolve::{Entities, Key, RowOf};
use rulebook::harms::{Circumstance, Harms, Situation};
use rustc_hash::FxHashMap;
use tables::people::{PersonLine, RowLine};
use vocab::{ElementSet, Records};

/// What the lines are made of.
pub(crate) struct Lines<'a> {
    records: &'a Records,
    entities: &'a Entities,
    classes: Vec<Vec<&'a str>>,
    reasons: FxHashMap<u32, Vec<&'static str>>,
    bands: FxHashMap<(ElementSet, bool), String>,
}

impl<'a> Lines<'a> {
    /// Decides the band of every blend, the names of every list of classes and of every set of keys, once each.
    pub(crate) fn new(records: &'a Records, entities: &'a Entities, harms: &Harms) -> Self {
        let path = |class: &u32| records.tables[*class as usize].path.as_str();
        let mut lines = Lines {
            records,
            entities,
            classes: entities.classes.iter().map(|classes| classes.iter().map(path).collect()).collect(),
            reasons: FxHashMap::default(),
            bands: FxHashMap::default(),
        };
        for person in &entities.people {
            lines.reasons.entry(person.reasons).or_insert_with(|| key_names(person.reasons));
            let minor = person.minor == Some(true);
            let elements = entities.element_sets[person.elements as usize];
            lines.bands.entry((elements, minor)).or_insert_with(|| band(elements, minor, harms));
        }
        lines
    }

    /// Returns the line of a person.
    pub(crate) fn person(&self, number: usize) -> PersonLine<'_> {
        let person = &self.entities.people[number];
        let elements = self.entities.element_sets[person.elements as usize];
        PersonLine {
            person: number as u64,
            jurisdictions: &self.entities.places[person.places as usize],
            elements,
            minor: person.minor,
            harm: self.bands.get(&(elements, person.minor == Some(true))).map(String::as_str),
            classes: &self.classes[person.classes as usize],
            rows: person.rows,
            reasons: self.reasons.get(&person.reasons).map_or(&[], Vec::as_slice),
        }
    }

    /// Returns the line of an evidence row.
    pub(crate) fn row(&self, row: usize) -> RowLine<'_> {
        let facts = &self.records.facts;
        let (person, kind) = match self.entities.of_row(row) {
            RowOf::Person(person) => (Some(u64::from(person)), "person"),
            RowOf::Device => (None, "device"),
            RowOf::Unresolvable => (None, "unresolvable"),
            RowOf::Nothing => (None, "nothing"),
        };
        let table = self.records.tables[facts.table(row) as usize].path.as_str();
        RowLine { table, row: facts.row(row), person, kind }
    }
}

fn band(elements: ElementSet, minor: bool, harms: &Harms) -> String {
    let mut situation = Situation::default();
    if minor {
        situation.given.insert(Circumstance::Minor);
    }
    harm::decide(elements, harms, &situation).band.to_owned()
}

fn key_names(reasons: u32) -> Vec<&'static str> {
    Key::ALL.iter().filter(|key| reasons >> (**key as u8) & 1 == 1).map(|key| key.code()).collect()
}
