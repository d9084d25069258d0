//! Puts the counts of the three partitions into the people part of the assessment.
//!
//! Enters: three censuses. Leaves: [`PeopleReport`]. Never: a total that does not reconcile.

use std::collections::BTreeMap;

use vocab::assessment::{
    Bound, ClassCombination, ClassCount, GenericValues, JurisdictionCount, MergeTally, MergeWeight, PeopleReport,
    RowsPerPerson,
};
use vocab::{DataElement, ElementSet, ExposureProfile, Interval, Records};

use super::blocks::Sorter;
use super::cluster::Partition;
use super::count::{Census, NO_PERSON, Person};
use super::keys::{Key, mix};
use super::pairs::Compared;
use super::weigh::Conflict;
use super::{Merge, NOTHING, Options, UNRESOLVABLE};

const LOW_RULE: &str = "rows joined by every plausible agreement, even where the groups contradict each other; \
                        rows with only a name are taken for somebody already counted";
const LIKELY_RULE: &str = "rows joined where person-level agreement outweighs chance, strongest first, never two groups \
                           that contradict each other; rows with only a name count where nobody else has that name";
const HIGH_RULE: &str = "rows joined only by exact agreement on an identity number with the name, or on the whole name with \
                         date of birth, line or e-mail address; every row that cannot be resolved is one more person";

/// Counts and bounds of the report; tallies are added by [`tallies`].
pub(crate) fn people(
    records: &Records,
    low: &Census,
    likely: &Census,
    high: &Census,
    codes: &[u32],
    accounts: Accounts,
) -> PeopleReport {
    let count = interval(low.people, likely.people, high.people);
    let bound = |name: &str, people, rule: &str| Bound { bound: name.to_owned(), people, rule: rule.to_owned() };
    let (accounts, accounts_of_table) = accounts;
    PeopleReport {
        rows: codes.iter().filter(|code| **code != NOTHING).count() as u64,
        accounts,
        count,
        bounds: vec![
            bound("low", count.low, LOW_RULE),
            bound("likely", count.likely, LIKELY_RULE),
            bound("high", count.high, HIGH_RULE),
        ],
        households: 0,
        devices: 0,
        unresolvable: codes.iter().filter(|code| **code == UNRESOLVABLE).count() as u64,
        by_jurisdiction: by_jurisdiction(low, likely, high),
        several_jurisdictions: likely.several_places,
        by_class: by_class(records, low, likely, high, codes, &accounts_of_table),
        class_combinations: class_combinations(likely),
        profiles: profiles(low, likely, high),
        generic_values: Vec::new(),
        merges: Vec::new(),
        refusals: Vec::new(),
        rows_per_person: Vec::new(),
        merge_weights: Vec::new(),
    }
}

/// Lowers the low bound by people who may each be somebody counted already, and says so in its rule.
pub(crate) fn lower(report: &mut PeopleReport, taken: u64) {
    report.count.low = lowered(report.count.low, taken);
    for bound in report.bounds.iter_mut().filter(|bound| bound.bound == "low") {
        bound.people = report.count.low;
        bound.rule.push_str(
            "; people without a date of birth and without an identity number in any row are left out, since each may be \
             somebody counted already: at most as many as there are people with one, and those whom the largest \
             table does not hold or twice the joins that the model expects to be missing where the given name or the surname is \
             another",
        );
    }
}

/// Where somebody is named there is one person at least.
fn lowered(low: u64, by: u64) -> u64 {
    low.saturating_sub(by).max(low.min(1))
}

/// Lowers the low bound by people whom no agreement can reach, and says so in its rule.
pub(crate) fn lower_beyond_reach(report: &mut PeopleReport, missed: u64) {
    if missed == 0 {
        return;
    }
    report.count.low = lowered(report.count.low, missed);
    for bound in report.bounds.iter_mut().filter(|bound| bound.bound == "low") {
        bound.people = report.count.low;
        bound.rule.push_str(
            "; and twice the joins that the model expects to be beyond reach, two names or dates being wrong at once, or a date \
             where nothing but the name could show it",
        );
    }
}

/// The bounds of a part come from the same three partitions as those of the whole. A part can shrink when rows are
/// torn apart (a person's elements are then spread over two), so the bounds are ordered here.
fn interval(low: u64, likely: u64, high: u64) -> Interval {
    Interval { low: low.min(likely).min(high), likely, high: high.max(likely).max(low) }
}

/// People by element.
pub(crate) fn by_element(low: &Census, likely: &Census, high: &Census) -> BTreeMap<DataElement, Interval> {
    let of = |census: &Census, element| census.by_element.get(element).copied().unwrap_or(0);
    let elements = likely.by_element.keys();
    elements.map(|element| (*element, interval(of(low, element), of(likely, element), of(high, element)))).collect()
}

fn by_jurisdiction(low: &Census, likely: &Census, high: &Census) -> Vec<JurisdictionCount> {
    let of = |census: &Census, place| census.by_place.get(place).map_or(0, |(people, _)| *people);
    likely
        .by_place
        .iter()
        .map(|(place, (people, elements))| JurisdictionCount {
            jurisdiction: *place,
            people: interval(of(low, place), *people, of(high, place)),
            elements: elements.clone(),
        })
        .collect()
}

fn by_class(
    records: &Records,
    low: &Census,
    likely: &Census,
    high: &Census,
    codes: &[u32],
    accounts: &[Option<u64>],
) -> Vec<ClassCount> {
    let mut rows = vec![0u64; records.tables.len()];
    let mut elements = vec![ElementSet::EMPTY; records.tables.len()];
    for (row, _) in codes.iter().enumerate().filter(|(_, code)| **code != NOTHING) {
        let table = records.facts.table(row) as usize;
        rows[table] += 1;
        elements[table] = elements[table].union(records.elements_of(row).to_exposure());
    }
    let of = |census: &Census, table: u32| census.by_class.get(&table).copied().unwrap_or(0);
    let class = |(table, record_table): (usize, &vocab::RecordTable)| ClassCount {
        class: record_table.path.clone(),
        rows: rows[table],
        accounts: accounts[table],
        people: interval(of(low, table as u32), of(likely, table as u32), of(high, table as u32)),
        elements: elements[table],
    };
    records.tables.iter().enumerate().map(class).collect()
}

fn class_combinations(likely: &Census) -> Vec<ClassCombination> {
    let combination =
        |(classes, people): (&Vec<u32>, &u64)| ClassCombination { classes: classes.clone(), people: *people };
    likely.by_classes.iter().map(combination).collect()
}

fn profiles(low: &Census, likely: &Census, high: &Census) -> Vec<ExposureProfile> {
    likely
        .by_profile
        .iter()
        .map(|(key, people)| {
            let of = |census: &Census| census.by_profile.get(key).copied().unwrap_or(0);
            let (elements, jurisdictions, minor) = key.clone();
            ExposureProfile { elements, jurisdictions, minor, people: interval(of(low), *people, of(high)) }
        })
        .collect()
}

/// Distinct accounts of all tables together, and table by table; `None` where no table has any.
pub(crate) type Accounts = (Option<u64>, Vec<Option<u64>>);

/// Counts distinct accounts over all tables and table by table.
pub(crate) fn accounts(records: &Records, options: &Options) -> Accounts {
    let facts = &records.facts;
    let mut by_table: Vec<Option<u64>> = records.tables.iter().map(|table| table.has_accounts.then_some(0)).collect();
    if by_table.iter().all(Option::is_none) {
        return (None, by_table);
    }
    let account = |row: u32| Some(facts.account(row as usize)).filter(|account| *account != 0);
    let rows: Vec<u32> = (0..records.len() as u32).collect();
    let new = || (0u64, vec![0u64; records.tables.len()]);
    let found = Sorter::new(options).sort(&rows, &account, &new, &|(distinct, of_table), _, sorted| {
        sorted.each_value(&account, &mut |rows| {
            *distinct += 1;
            let mut tables: Vec<u32> = rows.iter().map(|row| facts.table(*row as usize)).collect();
            tables.sort_unstable();
            tables.dedup();
            tables.iter().for_each(|table| of_table[*table as usize] += 1);
        });
    });
    let distinct = found.iter().map(|(distinct, _)| distinct).sum();
    for (table, count) in found.iter().flat_map(|(_, of_table)| of_table.iter().enumerate()) {
        if let Some(sum) = &mut by_table[table] {
            *sum += count;
        }
    }
    (Some(distinct), by_table)
}

/// Counts households: people joined through an address that is not an institution's, and a surname.
pub(crate) fn households(
    records: &Records,
    of_row: &[u32],
    people: usize,
    compared: &Compared,
    options: &Options,
) -> u64 {
    let generic = &compared.generic_addresses;
    let home = |row: u32| {
        let address = Key::Address.hash(records, row as usize)?;
        let surname = records.records[row as usize].surname;
        (!generic.contains(&address)).then(|| mix(address, u64::from(surname)))
    };
    let rows: Vec<u32> = (0..records.len() as u32).filter(|row| of_row[*row as usize] != NO_PERSON).collect();
    let joined = Sorter::new(options).sort(&rows, &home, &Vec::new, &|joined, _, sorted| {
        sorted.each_value(&home, &mut |rows| {
            let mut people: Vec<u32> = rows.iter().map(|row| of_row[*row as usize]).collect();
            people.sort_unstable();
            people.dedup();
            joined.extend(people.iter().map(|person| (people[0], *person)));
        });
    });
    let mut partition = Partition::new(people);
    let mut housed = vec![false; people];
    for (first, person) in joined.into_iter().flatten() {
        housed[person as usize] = true;
        partition.join(first, person);
    }
    // The root is the first of the people of a household, and every one of them is housed.
    let roots = partition.roots();
    roots.iter().enumerate().filter(|(person, root)| housed[*person] && *person as u32 == **root).count() as u64
}

/// People with so many rows are shown together: the last rows of each group.
const ROWS_SHOWN: [u64; 8] = [1, 2, 3, 4, 5, 10, 20, 100];
/// Bits of a step of weights.
const STEP_BITS: u64 = 5;
/// Bits from which on all merges are one step.
const STRONG_BITS: u64 = 60;

/// Counts people by their rows.
pub(crate) fn rows_per_person(people: &[Person]) -> Vec<RowsPerPerson> {
    let mut counts = [0u64; ROWS_SHOWN.len() + 1];
    for person in people {
        counts[ROWS_SHOWN.partition_point(|last| *last < u64::from(person.rows))] += 1;
    }
    let group = |(group, people): (usize, &u64)| RowsPerPerson {
        rows_least: group.checked_sub(1).map_or(1, |before| ROWS_SHOWN[before] + 1),
        rows_most: ROWS_SHOWN.get(group).copied(),
        people: *people,
    };
    counts.iter().enumerate().map(group).filter(|group| group.people > 0).collect()
}

/// Counts merges by weight. The merges are a spanning forest, strongest first: leaving out those below a weight gives the
/// groups that the others alone make, one more for each that is left out.
pub(crate) fn merge_weights(merges: &[Merge], people: u64) -> Vec<MergeWeight> {
    let mut counts: BTreeMap<u64, u64> = BTreeMap::new();
    for merge in merges {
        // No merge is made below even odds.
        let bits = u64::from(merge.weight.max(0).unsigned_abs()) / 100;
        *counts.entry(bits.min(STRONG_BITS) / STEP_BITS * STEP_BITS).or_default() += 1;
    }
    let mut people_without = people;
    let step = |(bits_least, merges): (u64, u64)| {
        people_without += merges;
        let bits_below = (bits_least < STRONG_BITS).then_some(bits_least + STEP_BITS);
        MergeWeight { bits_least, bits_below, merges, people_without }
    };
    counts.into_iter().map(step).collect()
}

/// Adds generic values, merges and refusals.
pub(crate) fn tallies(
    report: &mut PeopleReport,
    compared: &Compared,
    merges: &[Merge],
    refusals: &BTreeMap<Conflict, u64>,
) {
    report.generic_values = compared
        .generic
        .iter()
        .map(|(key, (values, rows))| GenericValues { key: key.code().to_owned(), values: *values, rows: *rows })
        .collect();
    let mut by_key = BTreeMap::new();
    merges.iter().for_each(|merge| *by_key.entry(merge.key).or_insert(0u64) += 1);
    report.merges =
        by_key.into_iter().map(|(key, count)| MergeTally { reason: key.code().to_owned(), count }).collect();
    let pairs = compared.conflicts.iter().map(|((key, conflict), count)| MergeTally {
        reason: format!("same {}, {}", key.code(), conflict.phrase()),
        count: *count,
    });
    let groups = refusals.iter().map(|(conflict, count)| MergeTally {
        reason: format!("groups of rows with {}", conflict.phrase()),
        count: *count,
    });
    report.refusals = pairs.chain(groups).collect();
}
