//! Resolves people: which rows speak of one person, how many people there are, and how sure that is.
//!
//! Enters: [`Records`] and the rulebook's comparisons. Leaves: [`Entities`]: a person for each row, the counts with
//! their bounds, and the grounds of every merge. Never: files, clocks, a merge without grounds, a total that does not
//! reconcile.
//!
//! The rows are brought together by typed keys (`keys`, `blocks`), weighed in pairs (`compare`, `weigh`, `pairs`) and
//! joined strongest first with a guard (`cluster`); device rows are attached afterwards (`devices`), people are counted
//! (`count`) and reported (`report`). Any pair can be explained afterwards (`explain`).

mod blocks;
mod cluster;
mod cohort;
mod compare;
mod count;
mod devices;
mod explain;
mod keys;
mod pairs;
mod report;
mod residence;
mod rows;
mod weigh;

use std::collections::BTreeMap;

use jiff::civil::Date;
use rulebook::Comparisons;
use rustc_hash::FxHashMap;
use vocab::assessment::PeopleReport;
use vocab::{DataElement, Interval, Jurisdiction, Records};

pub use compare::Level;
pub use count::Person;
pub use explain::{Explainer, Finding, Waterfall, explain};
pub use keys::Key;
pub use weigh::{Conflict, Part};

use cluster::{Clustering, Partition};
use count::{Counted, NO_PERSON};
use devices::{Attached, NOBODY};
use pairs::{Compared, Link};
use rows::Rows;
use weigh::Weigher;

/// How to resolve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Threads to use; the result is the same for any number.
    pub threads: usize,
    /// Stated day of the assessment: decides who is under 18.
    pub as_of: Date,
}

/// Whose row it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOf {
    /// A person, by number in order of their first row, from 0.
    Person(u32),
    /// A device or line nobody named is tied to.
    Device,
    /// Somebody's, with too little to tell whose.
    Unresolvable,
    /// A row that says nothing of people or devices.
    Nothing,
}

/// Codes of [`RowOf`] in [`Entities::row_codes`], beside the numbers of people.
const DEVICE: u32 = u32::MAX;
const UNRESOLVABLE: u32 = u32::MAX - 1;
const NOTHING: u32 = u32::MAX - 2;

/// Two rows that were joined, and by what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merge {
    /// One row, by index into the records.
    pub left: u32,
    /// The other.
    pub right: u32,
    /// Weight in hundredths of a bit above even odds.
    pub weight: i32,
    /// The key that brought them together.
    pub key: Key,
}

/// Everything known of the people in the evidence.
#[derive(Clone, Debug)]
pub struct Entities {
    row_codes: Vec<u32>,
    /// People in order of their first row.
    pub people: Vec<Person>,
    /// Distinct lists of places of residence.
    pub places: Vec<Vec<Jurisdiction>>,
    /// Distinct lists of classes (indices of tables).
    pub classes: Vec<Vec<u32>>,
    /// People with a valid value of each element, in exposure form.
    pub elements: BTreeMap<DataElement, Interval>,
    /// The merges that made the people: a spanning forest, strongest first.
    pub merges: Vec<Merge>,
    /// The people part of the assessment.
    pub report: PeopleReport,
}

impl Entities {
    /// Returns whose row it is.
    pub fn of_row(&self, row: usize) -> RowOf {
        match self.row_codes[row] {
            DEVICE => RowOf::Device,
            UNRESOLVABLE => RowOf::Unresolvable,
            NOTHING => RowOf::Nothing,
            person => RowOf::Person(person),
        }
    }

    /// Returns the number of rows.
    pub fn rows(&self) -> usize {
        self.row_codes.len()
    }
}

/// Resolves the people of a case.
pub fn entities(records: &Records, comparisons: &Comparisons, options: &Options) -> Entities {
    let rows = Rows::sort_out(records);
    let mut weigher = Weigher::new(records, comparisons, &rows.persons);
    let mut compared = pairs::compare(&mut weigher, comparisons, &rows.persons, options.threads);
    order(&mut compared.links, options.threads);
    let limit = comparisons.limits.cluster;
    let likely = cluster::guarded(&weigher, &compared.links, limit, Link::is_same);
    let high = cluster::guarded(&weigher, &compared.links, limit, Link::is_exact);
    let low = cluster::unguarded(records.len(), &compared.links);
    let attached = devices::attach(records, &rows, &likely.roots);
    let names = place_names(records, &rows);
    let likely_rows = number(records, &rows, &likely.roots, &attached, &names.new);
    let every_name: Vec<u32> = rows.names_only.iter().chain(&rows.weak).copied().collect();
    let partitions = Partitions {
        low: number(records, &rows, &low, &attached, &[]),
        high: number(records, &rows, &high.roots, &attached, &single(&every_name)),
        likely: likely_rows,
    };
    settle(records, options, &rows, compared, likely, &attached, partitions)
}

/// The people of the rows in the three partitions.
struct Partitions {
    low: Numbered,
    likely: Numbered,
    high: Numbered,
}

/// People numbered in order of their first row.
struct Numbered {
    of_row: Vec<u32>,
    people: usize,
}

fn settle(
    records: &Records,
    options: &Options,
    rows: &Rows,
    compared: Compared,
    likely: Clustering,
    attached: &Attached,
    partitions: Partitions,
) -> Entities {
    let count =
        |numbered: &Numbered| count::count(records, &numbered.of_row, numbered.people, options.as_of, options.threads);
    let (low, high) = (count(&partitions.low).census, count(&partitions.high).census);
    let Counted { census, mut people, places, classes } = count(&partitions.likely);
    let of_row = partitions.likely.of_row;
    let merges: Vec<Merge> = likely.forest.iter().map(|index| compared.links[*index as usize]).map(merge_of).collect();
    for merge in &merges {
        people[of_row[merge.left as usize] as usize].reasons |= 1 << merge.key as u8;
    }
    let row_codes = row_codes(records, rows, attached, &of_row);
    let mut report = report::people(records, &low, &census, &high, &row_codes);
    report::lower(&mut report, unanchored(records, &partitions.low));
    report.devices = attached.devices;
    report.households = report::households(records, &of_row, people.len(), &compared);
    report::tallies(&mut report, &compared, &merges, &likely.refusals);
    Entities { elements: report::by_element(&low, &census, &high), row_codes, people, places, classes, merges, report }
}

/// People without a date of birth and without an identity number in any row. Each may be somebody counted already, under a
/// name that only such a value could tie to this one.
fn unanchored(records: &Records, people: &Numbered) -> u64 {
    let mut anchored = vec![false; people.people];
    for (record, person) in records.records.iter().zip(&people.of_row).filter(|(_, person)| **person != NO_PERSON) {
        anchored[*person as usize] |= record.dob != 0 || record.ssn_full().is_some() || record.licence != 0;
    }
    anchored.iter().filter(|anchored| !**anchored).count() as u64
}

fn merge_of(link: Link) -> Merge {
    Merge { left: link.left, right: link.right, weight: link.weight, key: link.key }
}

/// Puts links in the order in which they are joined: by weight, then by what the rows hold, then by row. A pair that
/// several keys brought together is kept once, under the first key.
fn order(links: &mut Vec<Link>, threads: usize) {
    let rank = |a: &Link, b: &Link| {
        let place = |link: &Link| (link.tie, link.left, link.right, link.key);
        b.weight.cmp(&a.weight).then_with(|| place(a).cmp(&place(b)))
    };
    blocks::sort_in_parallel(links, threads, &rank);
    links.dedup_by(|later, first| (later.left, later.right) == (first.left, first.right));
}

/// Rows of whole names without anything else.
struct NamesOnly {
    /// For names that no other row has: the rows, name by name.
    new: Vec<Vec<u32>>,
}

/// Decides about rows that hold a name and nothing else: a name that no other row has is one more person; a name that
/// somebody else has may be that person's, and cannot be resolved.
fn place_names(records: &Records, rows: &Rows) -> NamesOnly {
    let name = |row: &u32| {
        let record = &records.records[*row as usize];
        (record.given, record.surname)
    };
    let mut by_name: FxHashMap<(u32, u32), Vec<u32>> = FxHashMap::default();
    for row in &rows.names_only {
        by_name.entry(name(row)).or_default().push(*row);
    }
    if !by_name.is_empty() {
        rows.persons.iter().for_each(|row| drop(by_name.remove(&name(row))));
    }
    let mut new: Vec<Vec<u32>> = by_name.into_values().collect();
    new.sort_unstable();
    NamesOnly { new }
}

fn single(rows: &[u32]) -> Vec<Vec<u32>> {
    rows.iter().map(|row| vec![*row]).collect()
}

/// Numbers people in order of their first row.
fn number(records: &Records, rows: &Rows, roots: &[u32], attached: &Attached, extra: &[Vec<u32>]) -> Numbered {
    let mut root_of_row = vec![NO_PERSON; records.len()];
    rows.persons.iter().for_each(|row| root_of_row[*row as usize] = roots[*row as usize]);
    for group in extra {
        group.iter().for_each(|row| root_of_row[*row as usize] = group[0]);
    }
    for (row, owner) in rows.devices.iter().zip(&attached.to).filter(|(_, owner)| **owner != NOBODY) {
        root_of_row[*row as usize] = roots[*owner as usize];
    }
    let mut number_of_root = vec![NO_PERSON; records.len()];
    let mut people = 0;
    for root in &mut root_of_row {
        if *root != NO_PERSON {
            let number = &mut number_of_root[*root as usize];
            if *number == NO_PERSON {
                *number = people;
                people += 1;
            }
            *root = *number;
        }
    }
    Numbered { of_row: root_of_row, people: people as usize }
}

fn row_codes(records: &Records, rows: &Rows, attached: &Attached, of_row: &[u32]) -> Vec<u32> {
    let mut codes = vec![NOTHING; records.len()];
    rows.weak.iter().chain(&rows.names_only).for_each(|row| codes[*row as usize] = UNRESOLVABLE);
    for (row, owner) in rows.devices.iter().zip(&attached.to) {
        codes[*row as usize] = if *owner == NOBODY { DEVICE } else { NOTHING };
    }
    for (code, person) in codes.iter_mut().zip(of_row) {
        if *person != NO_PERSON {
            *code = *person;
        }
    }
    codes
}

/// People joined through an address and a surname.
fn households_of(records: &Records, of_row: &[u32], people: usize, generic: impl Fn(usize) -> bool) -> u64 {
    let mut partition = Partition::new(people);
    let mut housed = vec![false; people];
    let mut first: FxHashMap<(u64, u32), u32> = FxHashMap::default();
    for (row, &person) in of_row.iter().enumerate().filter(|(_, person)| **person != NO_PERSON) {
        let Some(address) = Key::Address.hash(records, row).filter(|_| !generic(row)) else { continue };
        housed[person as usize] = true;
        let seen = *first.entry((address, records.records[row].surname)).or_insert(person);
        partition.join(seen, person);
    }
    let mut roots = partition.roots();
    roots.retain({
        let mut person = 0;
        move |_| {
            person += 1;
            housed[person - 1]
        }
    });
    roots.sort_unstable();
    roots.dedup();
    roots.len() as u64
}
