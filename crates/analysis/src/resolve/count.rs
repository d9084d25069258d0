//! Counts people: by element, place, class and profile, for one partition of the rows.
//!
//! Enters: the person of each row. Leaves: a [`Census`] and what is known of each person. Never: a value.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rustc_hash::FxHashMap;
use vocab::{DataElement, ElementSet, Jurisdiction, Records};

use super::blocks::in_parallel;
use super::keys::Key;

/// People a thread counts at a time.
const PEOPLE_A_TASK: usize = 16_384;
/// Row of nobody in a map from rows to people.
pub(crate) const NO_PERSON: u32 = u32::MAX;

/// A profile as it is counted.
pub(crate) type ProfileKey = (ElementSet, Vec<Jurisdiction>, Option<bool>);

/// Counts of people over one partition.
#[derive(Debug, Default)]
pub(crate) struct Census {
    pub(crate) people: u64,
    pub(crate) by_element: BTreeMap<DataElement, u64>,
    pub(crate) by_place: BTreeMap<Jurisdiction, (u64, BTreeMap<DataElement, u64>)>,
    pub(crate) by_class: BTreeMap<u32, u64>,
    pub(crate) by_classes: BTreeMap<Vec<u32>, u64>,
    pub(crate) by_profile: BTreeMap<ProfileKey, u64>,
    pub(crate) several_places: u64,
}

/// What is known of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// The elements that lie open, in exposure form.
    pub elements: ElementSet,
    /// Index into [`super::Entities::places`].
    pub places: u32,
    /// Index into [`super::Entities::classes`].
    pub classes: u32,
    /// Rows.
    pub rows: u32,
    /// Whether under 18 at the stated time, if a date of birth is known.
    pub minor: Option<bool>,
    /// Kinds of key that joined the person's rows, one bit a kind.
    pub reasons: u32,
}

impl Person {
    /// Returns the kinds of key that joined the person's rows; none for a person of one row.
    pub fn joined_by(&self) -> impl Iterator<Item = Key> {
        let reasons = self.reasons;
        Key::ALL.into_iter().filter(move |key| reasons >> *key as u8 & 1 == 1)
    }
}

/// Rows person by person.
struct ByPerson {
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl ByPerson {
    fn new(person_of_row: &[u32], people: usize) -> Self {
        let mut starts = vec![0u32; people + 1];
        for &person in person_of_row.iter().filter(|person| **person != NO_PERSON) {
            starts[person as usize + 1] += 1;
        }
        for person in 0..people {
            starts[person + 1] += starts[person];
        }
        let mut next = starts.clone();
        let mut rows = vec![0u32; starts[people] as usize];
        for (row, &person) in person_of_row.iter().enumerate().filter(|(_, person)| **person != NO_PERSON) {
            rows[next[person as usize] as usize] = row as u32;
            next[person as usize] += 1;
        }
        ByPerson { starts, rows }
    }

    fn rows(&self, person: usize) -> &[u32] {
        &self.rows[self.starts[person] as usize..self.starts[person + 1] as usize]
    }
}

/// What a piece of the census found; codes are local to the piece.
#[derive(Default)]
struct Piece {
    places: Interner<Jurisdiction>,
    classes: Interner<u32>,
    people: Vec<Person>,
}

/// Gives equal lists equal codes, in order of first appearance.
pub(crate) struct Interner<T> {
    codes: FxHashMap<Box<[T]>, u32>,
    pub(crate) lists: Vec<Vec<T>>,
}

impl<T> Default for Interner<T> {
    fn default() -> Self {
        Interner { codes: FxHashMap::default(), lists: Vec::new() }
    }
}

impl<T: Copy + Eq + std::hash::Hash> Interner<T> {
    fn code(&mut self, list: &[T]) -> u32 {
        if let Some(code) = self.codes.get(list) {
            return *code;
        }
        let code = self.lists.len() as u32;
        self.codes.insert(list.into(), code);
        self.lists.push(list.to_vec());
        code
    }
}

/// Counts of a partition with its people.
pub(crate) struct Counted {
    pub(crate) census: Census,
    pub(crate) people: Vec<Person>,
    pub(crate) places: Vec<Vec<Jurisdiction>>,
    pub(crate) classes: Vec<Vec<u32>>,
}

/// Counts the people of a partition. `as_of` decides who is under 18.
pub(crate) fn count(records: &Records, person_of_row: &[u32], people: usize, as_of: Date, threads: usize) -> Counted {
    let by_person = ByPerson::new(person_of_row, people);
    let exposures: Vec<ElementSet> = records.element_sets.clone();
    let adult_until = eighteen_years_before(as_of);
    let pieces = in_parallel(people.div_ceil(PEOPLE_A_TASK), threads, &|task| {
        let mut piece = Piece::default();
        for person in task * PEOPLE_A_TASK..((task + 1) * PEOPLE_A_TASK).min(people) {
            piece.add(records, &exposures, by_person.rows(person), adult_until);
        }
        piece
    });
    merge(pieces)
}

impl Piece {
    fn add(&mut self, records: &Records, exposures: &[ElementSet], rows: &[u32], adult_until: u32) {
        let facts = &records.facts;
        let mut elements = ElementSet::EMPTY;
        let mut places: Vec<Jurisdiction> = Vec::new();
        let mut classes: Vec<u32> = Vec::with_capacity(rows.len());
        let mut births: Vec<u32> = Vec::new();
        for row in rows.iter().map(|row| *row as usize) {
            elements = elements.union(exposures[facts.elements[row] as usize]);
            places.push(facts.address_state[row]);
            classes.push(facts.table[row]);
            births.push(records.records[row].dob);
        }
        places.retain(|place| place.is_known());
        if places.is_empty() {
            places.extend(rows.iter().map(|row| facts.licence_state[*row as usize]).filter(|place| place.is_known()));
        }
        if places.is_empty() {
            places.push(Jurisdiction::UNKNOWN);
        }
        for list in [&mut classes, &mut births] {
            list.sort_unstable();
        }
        places.sort_unstable();
        places.dedup();
        classes.dedup();
        self.people.push(Person {
            elements: elements.to_exposure(),
            places: self.places.code(&places),
            classes: self.classes.code(&classes),
            rows: rows.len() as u32,
            minor: usual_birth(&births).map(|birth| birth > adult_until),
            reasons: 0,
        });
    }
}

/// Returns the date of birth most rows of a person give, the earliest of several.
fn usual_birth(sorted: &[u32]) -> Option<u32> {
    let runs = sorted.chunk_by(|a, b| a == b).filter(|run| run[0] != 0);
    runs.max_by_key(|run| (run.len(), std::cmp::Reverse(run[0]))).map(|run| run[0])
}

/// Returns the last date of birth, as `yyyymmdd`, of somebody who is 18 on `as_of`.
fn eighteen_years_before(as_of: Date) -> u32 {
    let year = u32::from(as_of.year().unsigned_abs()).saturating_sub(18);
    year * 10_000 + u32::from(as_of.month().unsigned_abs()) * 100 + u32::from(as_of.day().unsigned_abs())
}

fn merge(pieces: Vec<Piece>) -> Counted {
    let (mut places, mut classes) = (Interner::default(), Interner::default());
    let mut people = Vec::with_capacity(pieces.iter().map(|piece| piece.people.len()).sum());
    for piece in pieces {
        let places_here: Vec<u32> = piece.places.lists.iter().map(|list| places.code(list)).collect();
        let classes_here: Vec<u32> = piece.classes.lists.iter().map(|list| classes.code(list)).collect();
        people.extend(piece.people.into_iter().map(|person| Person {
            places: places_here[person.places as usize],
            classes: classes_here[person.classes as usize],
            ..person
        }));
    }
    let census = take_census(&people, &places.lists, &classes.lists);
    Counted { census, people, places: places.lists, classes: classes.lists }
}

fn take_census(people: &[Person], places: &[Vec<Jurisdiction>], classes: &[Vec<u32>]) -> Census {
    let mut profiles: FxHashMap<(ElementSet, u32, Option<bool>), u64> = FxHashMap::default();
    let mut combinations = vec![0u64; classes.len()];
    for person in people {
        *profiles.entry((person.elements, person.places, person.minor)).or_default() += 1;
        combinations[person.classes as usize] += 1;
    }
    let mut census = Census { people: people.len() as u64, ..Census::default() };
    for ((elements, place_list, minor), count) in profiles {
        let here = &places[place_list as usize];
        elements.iter().for_each(|element| *census.by_element.entry(element).or_default() += count);
        for place in here {
            let (all, with) = census.by_place.entry(*place).or_default();
            *all += count;
            elements.iter().for_each(|element| *with.entry(element).or_default() += count);
        }
        census.several_places += (here.len() as u64 - 1) * count;
        *census.by_profile.entry((elements, here.clone(), minor)).or_default() += count;
    }
    for (list, count) in classes.iter().zip(combinations) {
        list.iter().for_each(|class| *census.by_class.entry(*class).or_default() += count);
        *census.by_classes.entry(list.clone()).or_default() += count;
    }
    census
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eighteen_is_reached_on_the_birthday() {
        let until = eighteen_years_before(jiff::civil::date(2026, 8, 17));
        assert!((20080817..20080818).contains(&until));
    }

    #[test]
    fn the_usual_birth_date_outvotes_a_slip() {
        assert_eq!(usual_birth(&[0, 19800101, 19800512, 19800512]), Some(19800512));
        assert_eq!(usual_birth(&[19800512, 19810512]), Some(19800512));
        assert_eq!(usual_birth(&[0, 0]), None);
    }
}
