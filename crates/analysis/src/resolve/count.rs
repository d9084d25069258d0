//! Counts people: by element, place, class and profile, for one partition of the rows.
//!
//! Enters: the person of each row. Leaves: a [`Census`] and what is known of each person. Never: a value.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::civil::Date;
use rustc_hash::FxHashMap;
use vocab::{DataElement, ElementSet, Jurisdiction, Records, parallel};

use super::blocks::fetch;
use super::keys::Key;

/// People a thread counts at a time.
const PEOPLE_A_TASK: usize = 16_384;
/// People whose records are fetched at a time.
const FETCHED_AHEAD: usize = 64;
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The elements that lie open, in exposure form: index into [`super::Entities::element_sets`].
    pub elements: u32,
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

    /// Asks for the records of the next people at once, wherever they lie, each time as many people have been seen.
    fn fetch_ahead(&self, records: &Records, person: usize) {
        if person.is_multiple_of(FETCHED_AHEAD) {
            let end = self.starts.len().min(person + FETCHED_AHEAD + 1) - 1;
            fetch(records, &self.rows[self.starts[person] as usize..self.starts[end] as usize]);
        }
    }

    fn rows(&self, person: usize) -> &[u32] {
        &self.rows[self.starts[person] as usize..self.starts[person + 1] as usize]
    }
}

/// What a piece of the census found; codes are local to the piece.
#[derive(Default)]
struct Piece {
    sets: Interner<ElementSet>,
    places: Interner<Jurisdiction>,
    classes: Interner<u32>,
    /// Buffers for the rows of one person.
    here: (Vec<Jurisdiction>, Vec<u32>, Vec<u32>),
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
    pub(crate) element_sets: Vec<ElementSet>,
    pub(crate) places: Vec<Vec<Jurisdiction>>,
    pub(crate) classes: Vec<Vec<u32>>,
}

/// Counts the people of a partition and says what is known of each. `as_of` decides who is under 18.
pub(crate) fn count(records: &Records, person_of_row: &[u32], people: usize, as_of: Date, threads: usize) -> Counted {
    let by_person = ByPerson::new(person_of_row, people);
    let adult_until = eighteen_years_before(as_of);
    let mut people = vec![Person::default(); people];
    let places: Vec<Mutex<&mut [Person]>> = people.chunks_mut(PEOPLE_A_TASK).map(Mutex::new).collect();
    let pieces = parallel::in_order(places.len(), threads, |task| {
        let mut piece = Piece::default();
        // Every place is taken once; a poisoned lock would mean that its thread has panicked already.
        let mut here = places[task].lock().unwrap_or_else(PoisonError::into_inner);
        for (person, number) in here.iter_mut().zip(task * PEOPLE_A_TASK..) {
            by_person.fetch_ahead(records, number);
            *person = piece.person(records, by_person.rows(number), adult_until);
        }
        piece
    });
    drop((places, by_person));
    merge(&pieces, people)
}

/// Counts the people of a partition without keeping what is known of each.
pub(crate) fn census(records: &Records, person_of_row: &[u32], people: usize, as_of: Date, threads: usize) -> Census {
    let by_person = ByPerson::new(person_of_row, people);
    let adult_until = eighteen_years_before(as_of);
    let new = || (Piece::default(), Tally::default());
    let found = parallel::fold(people.div_ceil(PEOPLE_A_TASK), threads, new, |(piece, tally), task| {
        for person in task * PEOPLE_A_TASK..((task + 1) * PEOPLE_A_TASK).min(people) {
            by_person.fetch_ahead(records, person);
            tally.add(&piece.person(records, by_person.rows(person), adult_until));
        }
    });
    let mut census = Census::default();
    for (piece, tally) in found {
        tally.add_to(&mut census, &piece.sets.lists, &piece.places.lists, &piece.classes.lists);
    }
    census
}

impl Piece {
    /// Puts together what the rows of one person say.
    fn person(&mut self, records: &Records, rows: &[u32], adult_until: u32) -> Person {
        let facts = &records.facts;
        let mut elements = ElementSet::EMPTY;
        let (places, classes, births) = &mut self.here;
        places.clear();
        classes.clear();
        births.clear();
        for row in rows.iter().map(|row| *row as usize) {
            elements = elements.union(records.elements_of(row));
            places.push(facts.address_state(row));
            classes.push(facts.table(row));
            births.push(records.records[row].birthday());
        }
        places.retain(|place| place.is_known());
        if places.is_empty() {
            places.extend(rows.iter().map(|row| facts.licence_state(*row as usize)).filter(|place| place.is_known()));
        }
        if places.is_empty() {
            places.push(Jurisdiction::UNKNOWN);
        }
        for list in [&mut *classes, births] {
            list.sort_unstable();
        }
        places.sort_unstable();
        places.dedup();
        classes.dedup();
        Person {
            elements: self.sets.code(&[elements.to_exposure()]),
            places: self.places.code(places),
            classes: self.classes.code(classes),
            rows: rows.len() as u32,
            minor: usual_birth(births).map(|birth| birth > adult_until),
            reasons: 0,
        }
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

/// Puts the codes of the pieces on one footing.
fn merge(pieces: &[Piece], mut people: Vec<Person>) -> Counted {
    let (mut sets, mut places, mut classes) = (Interner::default(), Interner::default(), Interner::default());
    let mut tally = Tally::default();
    for (piece, people) in pieces.iter().zip(people.chunks_mut(PEOPLE_A_TASK)) {
        let sets_here: Vec<u32> = piece.sets.lists.iter().map(|list| sets.code(list)).collect();
        let places_here: Vec<u32> = piece.places.lists.iter().map(|list| places.code(list)).collect();
        let classes_here: Vec<u32> = piece.classes.lists.iter().map(|list| classes.code(list)).collect();
        for person in people {
            person.elements = sets_here[person.elements as usize];
            person.places = places_here[person.places as usize];
            person.classes = classes_here[person.classes as usize];
            tally.add(person);
        }
    }
    let mut census = Census::default();
    tally.add_to(&mut census, &sets.lists, &places.lists, &classes.lists);
    let element_sets = sets.lists.iter().flatten().copied().collect();
    Counted { census, people, element_sets, places: places.lists, classes: classes.lists }
}

/// People by what the census asks, as codes.
#[derive(Default)]
struct Tally {
    profiles: FxHashMap<(u32, u32, Option<bool>), u64>,
    combinations: FxHashMap<u32, u64>,
}

impl Tally {
    fn add(&mut self, person: &Person) {
        *self.profiles.entry((person.elements, person.places, person.minor)).or_default() += 1;
        *self.combinations.entry(person.classes).or_default() += 1;
    }

    /// Adds the people to a census, with what the codes stand for. Sums only, so that no order matters.
    fn add_to(self, census: &mut Census, sets: &[Vec<ElementSet>], places: &[Vec<Jurisdiction>], classes: &[Vec<u32>]) {
        for ((elements, place_list, minor), count) in self.profiles {
            let here = &places[place_list as usize];
            for elements in &sets[elements as usize] {
                elements.iter().for_each(|element| *census.by_element.entry(element).or_default() += count);
                for place in here {
                    let (all, with) = census.by_place.entry(*place).or_default();
                    *all += count;
                    elements.iter().for_each(|element| *with.entry(element).or_default() += count);
                }
                *census.by_profile.entry((*elements, here.clone(), minor)).or_default() += count;
            }
            census.people += count;
            census.several_places += (here.len() as u64 - 1) * count;
        }
        for (list, count) in self.combinations {
            let list = &classes[list as usize];
            list.iter().for_each(|class| *census.by_class.entry(*class).or_default() += count);
            *census.by_classes.entry(list.clone()).or_default() += count;
        }
    }
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
