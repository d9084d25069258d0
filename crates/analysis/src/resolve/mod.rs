//! Resolves people: which rows speak of one person, how many people there are, and how sure that is.
//!
//! Enters: [`Records`] and the rulebook's comparisons. Leaves: [`Entities`]: a person for each row, the counts with
//! their bounds, and the grounds of every merge. Never: files, clocks, a merge without grounds, a total that does not
//! reconcile.
//!
//! The rows are brought together by typed keys (`keys`, `blocks`), weighed in pairs (`compare`, `weigh`, `kind`, `pairs`) and
//! joined strongest first with a guard (`cluster`); device rows are attached afterwards (`devices`), people are counted
//! (`count`) and reported (`report`). Any pair can be explained afterwards (`explain`).

mod blocks;
mod cluster;
mod cohort;
mod compare;
mod count;
mod decide;
mod devices;
mod explain;
mod fit;
mod keys;
mod kind;
mod model;
mod names;
mod namesakes;
mod pairs;
mod report;
mod residence;
mod review;
mod rows;
mod weigh;

use std::collections::BTreeMap;

use jiff::civil::Date;
use rulebook::Comparisons;
use rustc_hash::FxHashMap;
use vocab::assessment::PeopleReport;
use vocab::progress::Progress;
use vocab::{DataElement, ElementSet, Interval, Jurisdiction, RecordTable, Records, parallel};

pub use compare::Level;
pub use count::Person;
pub use decide::{Decision, Fate, Verdict};
pub use explain::{Explainer, Finding, Waterfall, explain};
pub use fit::fit;
pub use keys::Key;
pub use model::Model;
pub use review::{Question, Reviewed, Sample, Settled, Stratum, draw, estimate, questions, reviewed_person};
pub use weigh::{Conflict, Part};

use cluster::Clustering;
use count::{Census, Counted, NO_PERSON};
use decide::Decided;
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
    /// Whether to say in which stratum each row is, for a review.
    pub strata: bool,
    /// Rows whose keys are sorted at a time: with more rows every key takes several rounds, and the result is the same.
    pub rows_at_once: usize,
}

impl Options {
    /// Resolves in about a gigabyte beside the records and what is found.
    pub fn new(threads: usize, as_of: Date) -> Self {
        Options { threads, as_of, strata: false, rows_at_once: blocks::ROWS_AT_ONCE }
    }
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

/// Two rows whose groups would have been joined, and why they were not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// One row, by index into the records.
    pub left: u32,
    /// The other.
    pub right: u32,
    /// Weight in hundredths of a bit above even odds.
    pub weight: i32,
    /// The key that brought them together.
    pub key: Key,
    /// What the groups contradict each other in.
    pub conflict: Conflict,
}

/// Everything known of the people in the evidence.
#[derive(Clone, Debug)]
pub struct Entities {
    row_codes: Vec<u32>,
    /// People in order of their first row.
    pub people: Vec<Person>,
    /// Distinct sets of elements, in exposure form.
    pub element_sets: Vec<ElementSet>,
    /// Distinct lists of places of residence.
    pub places: Vec<Vec<Jurisdiction>>,
    /// Distinct lists of classes (indices of tables).
    pub classes: Vec<Vec<u32>>,
    /// People with a valid value of each element, in exposure form.
    pub elements: BTreeMap<DataElement, Interval>,
    /// The merges that made the people: a spanning forest, strongest first.
    pub merges: Vec<Merge>,
    /// The merges that were refused, strongest first.
    pub refusals: Vec<Refusal>,
    /// How each decision fared, in their order.
    pub fates: Vec<Fate>,
    /// Stratum of each row, for a review; empty unless asked for.
    pub strata: Vec<u8>,
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

/// Resolves the people of a case. `progress` hears of every pass: `rows`, `keys`, `pairs`, `groups`, `people`.
///
/// # Panics
/// If there are more rows than [`Records::MOST_ROWS`], which those who build records refuse.
pub fn entities(records: &Records, comparisons: &Comparisons, options: &Options, progress: &dyn Progress) -> Entities {
    decided_entities(records, comparisons, options, &[], progress)
}

/// Resolves the people of a case as [`entities`] does, obeying decisions that people made about rows.
///
/// # Panics
/// As [`entities`] does.
pub fn decided_entities(
    records: &Records,
    comparisons: &Comparisons,
    options: &Options,
    decisions: &[Decision],
    progress: &dyn Progress,
) -> Entities {
    assert!(records.len() as u64 <= Records::MOST_ROWS, "rows beyond the limit are refused before they are resolved");
    progress.start("rows", "rows", Some(records.len() as u64));
    let decided = Decided::new(records.len(), decisions);
    let mut rows = Rows::sort_out(records, options.threads);
    rows.claim(&decided.rows);
    let mut weigher = Weigher::new(records, comparisons, &rows.persons);
    progress.advance(records.len() as u64);
    progress.finish(&format!("{} rows tell people apart", rows.persons.len()));
    let mut compared = pairs::compare(&mut weigher, comparisons, &rows.persons, options, progress);
    progress.start("groups", "links", Some(compared.links.len() as u64));
    order(&mut compared.links, options.threads);
    let Groups { low, mut likely, high } =
        Groups::new(&weigher, &compared.links, comparisons.limits.cluster, &decided, options.threads);
    let fates = fates(&weigher, &compared, comparisons.limits.cluster, decisions, &decided);
    let strata = options.strata.then(|| review::strata(records.len(), &compared.links, &likely.roots, &likely.forest));
    progress.advance(compared.links.len() as u64);
    progress.finish(&format!("{} links join rows", likely.forest.len()));
    drop(weigher);
    progress.start("people", "rows", Some(records.len() as u64));
    let attached = devices::attach(records, &rows, &likely.roots, options.threads);
    // One partition after the other, so that no more than one is in memory.
    let every_name: Vec<(u32, u32)> = rows.names_only.iter().chain(&rows.weak).map(|row| (*row, *row)).collect();
    let high = bound(records, options, &number(records, &rows, high, &attached, &every_name));
    drop(every_name);
    let low = number(records, &rows, low, &attached, &[]);
    let taken = Unanchored::of(records, &low, &compared).taken_for_others(comparisons);
    let low = bound(records, options, &low);
    let roots = std::mem::take(&mut likely.roots);
    let people = number(records, &rows, roots, &attached, &new_names(records, &rows));
    let row_codes = row_codes(records, &rows, &attached, &people.of_row);
    drop(rows);
    let mut entities = settle(records, options, &compared, &likely, people, row_codes, Bounds { low, taken, high });
    entities.report.devices = attached.devices;
    entities.fates = fates;
    entities.strata = strata.unwrap_or_default();
    let of_few_rows = entities.people.iter().filter(|person| person.rows <= FEW_ROWS).count() as u64;
    let beyond_reach = beyond_reach(comparisons, records, &entities.merges).min(of_few_rows);
    report::lower_beyond_reach(&mut entities.report, beyond_reach);
    progress.advance(records.len() as u64);
    let count = entities.report.count;
    progress.finish(&format!("{} people ({} to {})", count.likely, count.low, count.high));
    entities
}

/// The counts of the two partitions that are bounds.
struct Bounds {
    low: Census,
    /// People of the low count who are taken for somebody counted already.
    taken: u64,
    high: Census,
}

/// Counts a partition that is a bound.
fn bound(records: &Records, options: &Options, people: &Numbered) -> Census {
    count::census(records, &people.of_row, people.people, options.as_of, options.threads)
}

/// The rows grouped in three ways: by root, the likely ones with their grounds.
struct Groups {
    low: Vec<u32>,
    likely: Clustering,
    high: Vec<u32>,
}

impl Groups {
    /// Groups the rows by links in their order; the three ways side by side where there are threads.
    fn new(weigher: &Weigher, links: &[Link], limit: usize, decided: &Decided, threads: usize) -> Self {
        let likely = || cluster::guarded(weigher, links, limit, decided, Link::is_same);
        let bounds = || {
            let low = cluster::unguarded(weigher.records.len(), links, decided);
            (low, cluster::guarded(weigher, links, limit, decided, Link::is_exact).roots)
        };
        let (likely, (low, high)) = parallel::both(threads, likely, bounds);
        Groups { low, likely, high }
    }
}

/// Twice the number of joins that are missing beside those that were made, if mistakes in given name, surname and date of
/// birth come independently: rows that differ wholly in two of them are not joined by any plausible agreement; nor are those of
/// one name under two dates of birth that have nothing else in common, or it would join all bearers of a common name.
fn beyond_reach(comparisons: &Comparisons, records: &Records, merges: &[Merge]) -> u64 {
    let [given, surname, dob] = ["given", "surname", "dob"].map(|comparison| wrong_share(comparisons, comparison));
    let joins = merges.len() as f64;
    let name_and_dob = joins * name_and_dob_alone(records, merges);
    let two_at_once = joins * (given * surname + given * dob + surname * dob);
    (2.0 * (two_at_once + name_and_dob * dob.max(LEAST_WRONG_DOBS))) as u64
}

/// Share of dates of birth that are taken to be wholly wrong at least where nothing beside the name could show it: this project's
/// assumption, on the safe side of the model's.
const LEAST_WRONG_DOBS: f64 = 0.01;
/// Rows of somebody whom a mistake may have made: what was entered wrong stands in a row or two.
const FEW_ROWS: u32 = 2;
/// Merges that are looked at for what their rows have in common.
const MERGES_LOOKED_AT: usize = 100_000;

/// The share of merges of which the rows have a date of birth each and nothing in common beside it and the name: no number, line,
/// address or town.
fn name_and_dob_alone(records: &Records, merges: &[Merge]) -> f64 {
    let alone = |merge: &&Merge| {
        let (left, right) = (merge.left as usize, merge.right as usize);
        let (a, b, facts) = (&records.records[left], &records.records[right], &records.facts);
        let pairs = [
            (u64::from(a.ssn), u64::from(b.ssn)),
            (a.licence, b.licence),
            (a.phone, b.phone),
            (a.email, b.email),
            (u64::from(a.zip), u64::from(b.zip)),
            (u64::from(a.street), u64::from(b.street)),
            (u64::from(a.town), u64::from(b.town)),
            (a.imei, b.imei),
            (facts.account(left), facts.account(right)),
            (facts.identity(left), facts.identity(right)),
            (facts.imsi(left), facts.imsi(right)),
        ];
        a.dob != 0 && b.dob != 0 && pairs.iter().all(|(a, b)| *a == 0 || a != b)
    };
    let looked_at = merges.iter().step_by(merges.len() / MERGES_LOOKED_AT + 1);
    let all = looked_at.clone().count();
    looked_at.filter(alone).count() as f64 / all.max(1) as f64
}

/// The share of pairs of one person that differ wholly in a comparison.
fn wrong_share(comparisons: &Comparisons, comparison: &str) -> f64 {
    comparisons.level(comparison, "other").m
}

/// Says how decisions fared: which were left out, and how many people each is about.
fn fates(weigher: &Weigher, compared: &Compared, limit: usize, decisions: &[Decision], decided: &Decided) -> Vec<Fate> {
    if decisions.is_empty() {
        return Vec::new();
    }
    let without = cluster::guarded(weigher, &compared.links, limit, &Decided::default(), Link::is_same).roots;
    let people = |decision: &Decision| {
        let mut roots: Vec<u32> = decision.rows.iter().map(|row| without[*row as usize]).collect();
        roots.sort_unstable();
        roots.dedup();
        roots.len() as u64
    };
    let all = decisions.iter().zip(&decided.contradicts).enumerate();
    all.map(|(index, (decision, contradicts))| Fate {
        decision: index,
        contradicts: *contradicts,
        people: people(decision),
    })
    .collect()
}

/// People numbered in order of their first row.
struct Numbered {
    of_row: Vec<u32>,
    people: usize,
}

fn settle(
    records: &Records,
    options: &Options,
    compared: &Compared,
    likely: &Clustering,
    people: Numbered,
    row_codes: Vec<u32>,
    bounds: Bounds,
) -> Entities {
    let Numbered { of_row, people } = people;
    let accounts = report::accounts(records, options);
    let households = report::households(records, &of_row, people, compared, options);
    let Counted { census, mut people, element_sets, places, classes } =
        count::count(records, &of_row, people, options.as_of, options.threads);
    let merges: Vec<Merge> = likely.forest.iter().map(|index| compared.links[*index as usize]).map(merge_of).collect();
    for merge in &merges {
        people[of_row[merge.left as usize] as usize].reasons |= 1 << merge.key as u8;
    }
    drop(of_row);
    let Bounds { low, taken, high } = bounds;
    let mut report = report::people(records, &low, &census, &high, &row_codes, accounts);
    report::lower(&mut report, taken);
    report.households = households;
    report::tallies(&mut report, compared, &merges, &likely.refusals());
    report.rows_per_person = report::rows_per_person(&people);
    report.merge_weights = report::merge_weights(&merges, report.count.likely);
    let refusal = |(index, conflict): &(u32, Conflict)| {
        let Merge { left, right, weight, key } = merge_of(compared.links[*index as usize]);
        Refusal { left, right, weight, key, conflict: *conflict }
    };
    Entities {
        elements: report::by_element(&low, &census, &high),
        row_codes,
        people,
        element_sets,
        places,
        classes,
        refusals: likely.refused.iter().map(refusal).collect(),
        strata: Vec::new(),
        fates: Vec::new(),
        merges,
        report,
    }
}

/// People without a date of birth and without an identity number in any row: each may be somebody counted already, under a
/// name that only such a value could tie to this one.
#[derive(Clone, Copy)]
struct Unanchored {
    people: u64,
    /// Most of them who stand in one table, or in tables of the same columns.
    in_one_table: u64,
    /// Joins of their rows with each other.
    joins: u64,
    /// Those of so few rows that a name entered wrong may be all that made them.
    of_few_rows: u64,
    /// People who have such a value.
    anchored: u64,
}

impl Unanchored {
    fn of(records: &Records, people: &Numbered, compared: &Compared) -> Self {
        let has_ssn = |row| Key::Ssn.hash(records, row).is_some_and(|hash| !compared.generic_ssns.contains(&hash));
        let mut anchored = vec![false; people.people];
        let mut rows = vec![0u8; people.people];
        let owned = people.of_row.iter().enumerate().filter(|(_, person)| **person != NO_PERSON);
        for (row, person) in owned.clone() {
            let record = &records.records[row];
            rows[*person as usize] = rows[*person as usize].saturating_add(1);
            anchored[*person as usize] |= record.dob != 0 || record.licence != 0 || has_ssn(row);
        }
        let without = anchored.iter().filter(|anchored| !**anchored).count() as u64;
        let unanchored = owned.filter(|(_, person)| !anchored[**person as usize]);
        let kinds = kinds_of_tables(records);
        let mut in_tables: Vec<(u32, u32)> =
            unanchored.map(|(row, person)| (kinds[records.facts.table(row) as usize], *person)).collect();
        let joins = in_tables.len() as u64 - without;
        in_tables.sort_unstable();
        in_tables.dedup();
        let most = in_tables.chunk_by(|a, b| a.0 == b.0).map(<[_]>::len).max().unwrap_or(0);
        let few = anchored.iter().zip(&rows).filter(|(anchored, rows)| !**anchored && u32::from(**rows) <= FEW_ROWS);
        Unanchored {
            people: without,
            in_one_table: most as u64,
            joins,
            of_few_rows: few.count() as u64,
            anchored: people.people as u64 - without,
        }
    }

    /// How many the low count takes for somebody counted already: one for everybody who has such a value, who may stand
    /// there a second time; all whom another table may hold under another name; and within a table, beside the joins with
    /// each other, twice those that are missing where the given name or the surname is another, as [`beyond_reach`] has it.
    fn taken_for_others(self, comparisons: &Comparisons) -> u64 {
        let wrong = wrong_share(comparisons, "given") + wrong_share(comparisons, "surname");
        let missing = ((2.0 * self.joins as f64 * wrong).ceil() as u64).min(self.of_few_rows);
        // Somebody is named.
        let most = (self.people + self.anchored).saturating_sub(1);
        self.people.min(self.anchored + (self.people - self.in_one_table).max(missing)).min(most)
    }
}

/// Numbers the tables, those of the same columns alike: a table cut into several files is one still.
fn kinds_of_tables(records: &Records) -> Vec<u32> {
    let kind = |table: &RecordTable| (table.elements, table.has_accounts);
    let first = |table| records.tables.iter().position(|other| kind(other) == kind(table)).unwrap_or(0);
    records.tables.iter().map(|table| first(table) as u32).collect()
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

/// Decides about rows that hold a name and nothing else: a name that no other row has is one more person; a name that
/// somebody else has may be that person's, and cannot be resolved. Returns the rows of new names with the first row of each.
fn new_names(records: &Records, rows: &Rows) -> Vec<(u32, u32)> {
    const TAKEN: u32 = u32::MAX;
    let name = |row: &u32| {
        let record = &records.records[*row as usize];
        (record.given, record.surname)
    };
    let mut first: FxHashMap<(u32, u32), u32> = FxHashMap::default();
    for row in &rows.names_only {
        first.entry(name(row)).or_insert(*row);
    }
    if !first.is_empty() {
        for row in &rows.persons {
            first.entry(name(row)).and_modify(|first| *first = TAKEN);
        }
    }
    let of_name = rows.names_only.iter().map(|row| (*row, first[&name(row)]));
    of_name.filter(|(_, first)| *first != TAKEN).collect()
}

/// Numbers people in order of their first row.
fn number(records: &Records, rows: &Rows, roots: Vec<u32>, attached: &Attached, extra: &[(u32, u32)]) -> Numbered {
    let mut root_of_row = vec![NO_PERSON; records.len()];
    rows.persons.iter().for_each(|row| root_of_row[*row as usize] = roots[*row as usize]);
    extra.iter().for_each(|(row, first)| root_of_row[*row as usize] = *first);
    for (row, owner) in rows.devices.iter().zip(&attached.to).filter(|(_, owner)| **owner != NOBODY) {
        root_of_row[*row as usize] = roots[*owner as usize];
    }
    drop(roots);
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
