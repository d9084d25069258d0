//! People: counted against a made-up town whose truth is known, and pair by pair where the rules are subtle.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use analysis::resolve::{Conflict, Entities, Explainer, Finding, Key, Options, RowOf, entities, explain};
use jiff::civil::date;
use rulebook::{Comparisons, Rulebook};
use vocab::progress::{Progress, Silent};
use vocab::{DataElement, Record, Records, RowFact, Suffix};

use crate::world::{Dice, Scribe, Town, email, town};

fn comparisons() -> Comparisons {
    Comparisons::load(&Rulebook::embedded()).unwrap()
}

fn options(threads: usize) -> Options {
    Options::new(threads, date(2026, 8, 17))
}

pub(crate) fn resolve(records: &Records) -> Entities {
    entities(records, &comparisons(), &options(2), &Silent)
}

/// People whom rows name, in truth.
fn true_count(town: &Town) -> u64 {
    town.truth.iter().flatten().collect::<BTreeSet<_>>().len() as u64
}

/// Precision and recall of the pairs of rows implied by the people found.
fn pair_quality(town: &Town, entities: &Entities) -> (f64, f64) {
    let mut found: BTreeMap<u32, u64> = BTreeMap::new();
    let mut truth: BTreeMap<u32, u64> = BTreeMap::new();
    let mut both: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    for (row, who) in town.truth.iter().enumerate() {
        let (RowOf::Person(person), Some(who)) = (entities.of_row(row), who) else { continue };
        *found.entry(person).or_default() += 1;
        *truth.entry(*who).or_default() += 1;
        *both.entry((person, *who)).or_default() += 1;
    }
    let pairs = |counts: &mut dyn Iterator<Item = u64>| counts.map(|n| n * (n - 1) / 2).sum::<u64>() as f64;
    let hits = pairs(&mut both.into_values());
    (hits / pairs(&mut found.into_values()), hits / pairs(&mut truth.into_values()))
}

/// People if only merges of at least this weight are made, by putting the rows together anew.
fn people_at(entities: &Entities, weight: i32) -> u64 {
    let mut groups: BTreeMap<u32, u32> = BTreeMap::new();
    let mut merged: BTreeMap<u32, ()> = BTreeMap::new();
    fn root(groups: &mut BTreeMap<u32, u32>, row: u32) -> u32 {
        let mut at = row;
        while let Some(next) = groups.get(&at).copied().filter(|next| *next != at) {
            at = next;
        }
        groups.insert(row, at);
        at
    }
    for merge in &entities.merges {
        let RowOf::Person(person) = entities.of_row(merge.left as usize) else { panic!("a merge of nobody") };
        merged.insert(person, ());
        let (left, right) = (root(&mut groups, merge.left), root(&mut groups, merge.right));
        if merge.weight >= weight {
            groups.insert(left, right);
        }
    }
    let alone = entities.people.len() - merged.len();
    let together = groups.iter().filter(|(row, parent)| row == parent).count();
    (alone + together) as u64
}

fn check_reconciles(entities: &Entities) {
    let report = &entities.report;
    let likely = report.count.likely;
    assert_eq!(report.profiles.iter().map(|profile| profile.people.likely).sum::<u64>(), likely);
    assert_eq!(report.class_combinations.iter().map(|combination| combination.people).sum::<u64>(), likely);
    assert_eq!(report.rows_per_person.iter().map(|group| group.people).sum::<u64>(), likely);
    let merges: u64 = report.merge_weights.iter().map(|step| step.merges).sum();
    assert_eq!(merges, entities.merges.len() as u64);
    for step in &report.merge_weights {
        let below = step.bits_below.map_or(i32::MAX, |bits| bits as i32 * 100);
        assert_eq!(step.people_without, people_at(entities, below), "{step:?}");
    }
    let places: u64 = report.by_jurisdiction.iter().map(|place| place.people.likely).sum();
    assert_eq!(places - report.several_jurisdictions, likely);
    let classes = |index: u32| {
        let with = report.class_combinations.iter().filter(|combination| combination.classes.contains(&index));
        with.map(|combination| combination.people).sum::<u64>()
    };
    for (index, class) in report.by_class.iter().enumerate() {
        assert_eq!(class.people.likely, classes(index as u32), "{}", class.class);
    }
    assert_eq!(report.by_class.iter().map(|class| class.rows).sum::<u64>(), report.rows);
    for (element, people) in &entities.elements {
        let in_profiles = report.profiles.iter().filter(|profile| profile.elements.contains(*element));
        assert_eq!(in_profiles.map(|profile| profile.people.likely).sum::<u64>(), people.likely, "{element}");
        let in_places: u64 = report.by_jurisdiction.iter().filter_map(|place| place.elements.get(element)).sum();
        assert!(in_places >= people.likely, "{element}");
    }
    let intervals = report
        .by_jurisdiction
        .iter()
        .map(|place| place.people)
        .chain(report.by_class.iter().map(|class| class.people))
        .chain(report.profiles.iter().map(|profile| profile.people))
        .chain(entities.elements.values().copied())
        .chain([report.count]);
    for interval in intervals {
        assert!(interval.low <= interval.likely && interval.likely <= interval.high);
    }
    let persons: BTreeSet<u32> = (0..entities.rows())
        .filter_map(|row| match entities.of_row(row) {
            RowOf::Person(person) => Some(person),
            _ => None,
        })
        .collect();
    assert_eq!(persons.len() as u64, likely);
    assert_eq!(entities.people.len() as u64, likely);
}

#[test]
fn a_town_is_counted_within_half_a_percent() {
    for seed in 1..=3 {
        let town = town(20_000, seed);
        let entities = resolve(&town.records);
        let truth = true_count(&town);
        let count = entities.report.count;
        let error = count.likely as f64 / truth as f64 - 1.0;
        let (precision, recall) = pair_quality(&town, &entities);
        assert!(error.abs() < 0.005, "seed {seed}: {count:?} against {truth}, {:+.3} %", error * 100.0);
        assert!(count.holds(truth), "seed {seed}: {count:?} against {truth}");
        // Rarity alone joins what has more than even odds, so that the count is not too high; some of it is wrong.
        assert!(precision > 0.996 && recall > 0.98, "seed {seed}: precision {precision}, recall {recall}");
        check_reconciles(&entities);
    }
}

#[test]
fn threads_and_runs_change_nothing() {
    let town = town(5_000, 7);
    let rules = comparisons();
    let one = entities(&town.records, &rules, &options(1), &Silent);
    for threads in [2, 3, 8] {
        let other = entities(&town.records, &rules, &options(threads), &Silent);
        assert_eq!(other.report, one.report);
        assert_eq!(other.people, one.people);
        assert_eq!(other.merges, one.merges);
        assert!((0..one.rows()).all(|row| one.of_row(row) == other.of_row(row)));
    }
}

#[test]
fn little_room_takes_more_rounds_and_changes_nothing() {
    let town = town(5_000, 7);
    let rules = comparisons();
    let one = entities(&town.records, &rules, &options(2), &Silent);
    for rows_at_once in [100, 3_000] {
        let other = entities(&town.records, &rules, &Options { rows_at_once, ..options(2) }, &Silent);
        assert_eq!(other.report, one.report);
        assert_eq!(other.people, one.people);
        assert_eq!(other.merges, one.merges);
        assert!((0..one.rows()).all(|row| one.of_row(row) == other.of_row(row)));
    }
}

/// Hears which passes were announced, in order.
#[derive(Default)]
struct Passes(std::sync::Mutex<Vec<String>>);

impl Progress for Passes {
    fn start(&self, stage: &str, _: &'static str, _: Option<u64>) {
        self.0.lock().unwrap().push(stage.to_owned());
    }
    fn advance(&self, _: u64) {}
    fn finish(&self, outcome: &str) {
        assert!(!outcome.is_empty());
    }
}

#[test]
fn every_pass_is_announced() {
    let passes = Passes::default();
    entities(&town(500, 1).records, &comparisons(), &options(2), &passes);
    assert_eq!(passes.0.into_inner().unwrap(), ["rows", "keys", "pairs", "groups", "people"]);
}

#[test]
fn empty_rows_are_nobodys_and_cost_nothing() {
    let mut scribe = Scribe::default();
    scribe.table("empty.csv", false, &[DataElement::Name, DataElement::Ssn]);
    (0..50_000).for_each(|_| scribe.row(Record::default(), RowFact::default()));
    let found = resolve(&scribe.records);
    assert_eq!((found.report.count.low, found.report.count.likely), (0, 0));
    assert_eq!(found.report.unresolvable, 50_000);
}

#[test]
fn the_order_of_the_rows_changes_no_count() {
    let town = town(5_000, 8);
    let straight = resolve(&town.records);
    let mut dice = Dice::new(3);
    let mut order: Vec<usize> = (0..town.records.len()).collect();
    for index in (1..order.len()).rev() {
        order.swap(index, dice.below(index as u64 + 1) as usize);
    }
    let mut shuffled = Records { records: Vec::new(), facts: vocab::RowFacts::default(), ..town.records.clone() };
    order.iter().for_each(|row| shuffled.push(town.records.records[*row], town.records.facts.get(*row)));
    let shuffled = resolve(&shuffled);
    assert_eq!(shuffled.report, straight.report);
    let mut same: BTreeMap<u32, u32> = BTreeMap::new();
    for (new, old) in order.iter().enumerate() {
        if let (RowOf::Person(a), RowOf::Person(b)) = (shuffled.of_row(new), straight.of_row(*old)) {
            assert_eq!(*same.entry(a).or_insert(b), b, "the same rows make a person in any order");
        }
    }
}

#[test]
fn the_split_into_files_changes_no_count() {
    let town = town(5_000, 9);
    let whole = resolve(&town.records);
    let mut split = town.records.clone();
    let tables = split.tables.len() as u32;
    split.tables.extend_from_within(..);
    split.facts = vocab::RowFacts::default();
    for row in 0..town.records.len() {
        let fact = town.records.facts.get(row);
        let table = if row % 3 == 0 { fact.table + tables } else { fact.table };
        split.facts.push(RowFact { table, ..fact });
    }
    let parts = resolve(&split);
    assert_eq!(parts.report.count, whole.report.count);
    assert_eq!(parts.report.by_jurisdiction, whole.report.by_jurisdiction);
    assert_eq!(parts.report.profiles, whole.report.profiles);
    assert!((0..whole.rows()).all(|row| whole.of_row(row) == parts.of_row(row)));
}

#[test]
fn one_value_in_every_row_costs_little_and_joins_nobody() {
    const ROWS: u32 = 200_000;
    let mut scribe = Scribe::default();
    scribe.table("one.csv", false, &[DataElement::Name, DataElement::Ssn, DataElement::Phone, DataElement::Email]);
    scribe.street("DEPOT");
    for someone in 0..ROWS {
        let record = Record {
            given: scribe.name(&format!("N{}", someone / 500)),
            surname: scribe.name(&format!("S{}", someone % 500)),
            ssn: 123_456_789,
            phone: 12_065_550_100,
            email: email(77, 5),
            street: 1,
            house: 12,
            zip: 98_102,
            ..Record::default()
        };
        scribe.row(record, RowFact::default());
    }
    // Lines that have the number too are nobody's, and not looked for among all rows each.
    (0..ROWS).for_each(|_| scribe.row(Record { phone: 12_065_550_100, ..Record::default() }, RowFact::default()));
    let start = Instant::now();
    let found = resolve(&scribe.records);
    assert_eq!((found.report.count.likely, found.report.devices), (u64::from(ROWS), 1));
    for key in ["ssn", "phone", "email", "address"] {
        let value = found.report.generic_values.iter().find(|values| values.key == key);
        assert!(value.is_some_and(|value| value.rows == u64::from(ROWS)), "{key}: {:?}", found.report.generic_values);
    }
    assert!(start.elapsed().as_secs() < 60, "the work must not grow with the square of the rows");
}

/// Measured, not asserted: `cargo test --release -p analysis -- --ignored --nocapture speed`.
#[test]
#[ignore = "a measurement"]
#[allow(clippy::print_stderr, reason = "a measurement prints")]
fn speed_at_a_million() {
    for (people, seed) in [(200_000, 1), (200_000, 2), (1_000_000, 1)] {
        let town = town(people, seed);
        let start = Instant::now();
        let entities = resolve(&town.records);
        let seconds = start.elapsed().as_secs_f64();
        let truth = true_count(&town);
        let (precision, recall) = pair_quality(&town, &entities);
        let count = entities.report.count;
        eprintln!(
            "{} rows in {seconds:.2} s; truth {truth} {count:?} {:+.3} %; precision {precision:.5} recall {recall:.5}; \
             devices {} unresolvable {} households {}; merges {:?} refusals {:?} generic {:?}",
            town.records.len(),
            (count.likely as f64 / truth as f64 - 1.0) * 100.0,
            entities.report.devices,
            entities.report.unresolvable,
            entities.report.households,
            entities.report.merges,
            entities.report.refusals,
            entities.report.generic_values,
        );
    }
}

/// A few rows written out, among a hundred strangers whose names and dates give the frequencies.
pub(crate) struct Few(pub(crate) Scribe);

/// Returns a name that is not near that of any other number.
fn unlike(initial: &str, number: u32) -> String {
    let letter = |n: u32| char::from(b'A' + n as u8).to_string().repeat(3);
    initial.to_owned() + &letter(number / 17) + &letter(number % 17)
}

impl Few {
    pub(crate) fn new() -> Self {
        let mut scribe = Scribe::default();
        scribe.table("one.csv", false, &[DataElement::GivenName, DataElement::Surname, DataElement::Phone]);
        let mut few = Few(scribe);
        for stranger in 0..100u32 {
            few.row(&unlike("G", stranger % 20), &unlike("S", stranger % 50), |record, _| {
                record.dob = 19400101 + stranger * 5_000;
                record.phone = 19_990_000_000 + u64::from(stranger);
            });
        }
        few
    }

    pub(crate) fn row(&mut self, given: &str, surname: &str, fill: impl FnOnce(&mut Record, &mut RowFact)) -> usize {
        let mut record = Record { given: self.0.name(given), surname: self.0.name(surname), ..Record::default() };
        let mut fact = RowFact::default();
        fill(&mut record, &mut fact);
        self.0.row(record, fact);
        self.0.records.len() - 1
    }

    pub(crate) fn check(&self, left: usize, right: usize, same: bool) {
        let entities = resolve(&self.0.records);
        let joined = entities.of_row(left) == entities.of_row(right);
        let why = explain(&self.0.records, &comparisons(), left, right);
        assert_eq!(joined, same, "{why:?}");
        check_reconciles(&entities);
    }
}

#[test]
fn twins_stay_two() {
    let mut few = Few::new();
    let home = |record: &mut Record, _: &mut RowFact| {
        (record.dob, record.phone, record.street, record.house) = (20100203, 12_065_550_147, 1, 12);
    };
    few.0.street("ELM");
    let left = few.row("JADEN", "OKAFOR", home);
    let right = few.row("MARCUS", "OKAFOR", home);
    few.check(left, right, false);
}

#[test]
fn junior_and_senior_stay_two() {
    let mut few = Few::new();
    few.0.street("ELM");
    let left = few.row("WALTER", "OKAFOR", |record, _| {
        (record.dob, record.street, record.house, record.suffix) = (19501112, 1, 12, Suffix::Sr as u8);
    });
    let right = few.row("WALTER", "OKAFOR", |record, _| {
        (record.dob, record.street, record.house, record.suffix) = (19790721, 1, 12, Suffix::Jr as u8);
    });
    few.check(left, right, false);
}

#[test]
fn a_name_change_is_carried_by_the_number() {
    let mut few = Few::new();
    let number = |record: &mut Record, _: &mut RowFact| (record.ssn, record.dob) = (123_456_789, 19850306);
    let left = few.row("RENATA", "OKAFOR", number);
    let right = few.row("RENATA", "LINDQVIST", number);
    few.check(left, right, true);
}

#[test]
fn one_number_on_two_people_does_not_join_them() {
    let mut few = Few::new();
    let left = few.row("RENATA", "OKAFOR", |record, _| (record.ssn, record.dob) = (123_456_789, 19850306));
    let right = few.row("BOGDAN", "LINDQVIST", |record, _| (record.ssn, record.dob) = (123_456_789, 19611224));
    few.check(left, right, false);
    let report = resolve(&few.0.records).report;
    assert!(report.refusals.iter().any(|tally| tally.reason.starts_with("same ssn")), "{:?}", report.refusals);
}

#[test]
fn name_and_birth_date_join_in_a_small_case() {
    let mut few = Few::new();
    let left = few.row("RENATA", "OKAFOR", |record, _| (record.ssn, record.dob) = (123_456_789, 19850306));
    let right = few.row("RENATA", "OKAFOR", |record, _| (record.phone, record.dob) = (12_065_550_147, 19850306));
    few.check(left, right, true);
}

#[test]
fn swapped_day_and_month_nicknames_and_last_four_digits_join() {
    let mut few = Few::new();
    let left = few.row("WILLIAM", "OKAFOR", |record, _| {
        (record.ssn, record.dob, record.phone) = (123_456_789, 19850306, 12_065_550_147);
    });
    let right = few.row("BILL", "OKAFOR", |record, _| {
        (record.ssn, record.dob, record.phone) = (6_789 | Record::LAST_FOUR, 19850603, 12_065_550_147);
    });
    few.check(left, right, true);
}

#[test]
fn one_name_at_one_address_is_one_person_within_a_generation() {
    let mut few = Few::new();
    few.0.street("ELM");
    let mut born = |given: &str, dob| {
        few.row(given, "OKAFOR", |record, _| {
            (record.dob, record.street, record.house, record.zip) = (dob, 1, 12, 98_102);
        })
    };
    let (right_date, wrong_date) = (born("RENATA", 19850306), born("RENATA", 19851224));
    let (father, son) = (born("WALTER", 19501112), born("WALTER", 19790721));
    few.check(right_date, wrong_date, true);
    few.check(father, son, false);
    assert!(resolve(&few.0.records).report.count.low < resolve(&few.0.records).report.count.likely, "they may be one");
}

#[test]
fn columns_that_changed_places_join_whatever_else_differs() {
    let mut few = Few::new();
    let left = few.row("RENATA", "OKAFOR", |record, _| (record.dob, record.zip) = (19850306, 98_102));
    let again = few.row("RENATA", "OKAFOR", |record, _| (record.dob, record.phone) = (19850306, 12_065_550_147));
    let swapped = few.row("OKAFOR", "RENATA", |record, _| (record.dob, record.zip) = (19850306, 10_002));
    few.check(left, swapped, true);
    few.check(again, swapped, true);
}

#[test]
fn columns_that_changed_places_join_beside_a_slip_in_the_date() {
    let mut few = Few::new();
    let mut mailed = |given: &str, surname: &str, dob| {
        few.row(given, surname, |record, _| (record.dob, record.email) = (dob, email(7, 7)))
    };
    let (left, swapped) = (mailed("RENATA", "OKAFOR", 19891103), mailed("OKAFOR", "RENATA", 19901103));
    few.check(left, swapped, true);
}

#[test]
fn few_fields_join_by_what_they_hold() {
    for (left, right, same) in [
        // One name only, in the other's column.
        (("RENATA", "OKAFOR", 19890306), ("OKAFOR", "", 19890306), true),
        (("RENATA", "OKAFOR", 19890306), ("", "RENATA", 19890306), true),
        // A surname and a birthday, in a small case; not under the day alone.
        (("RENATA", "OKAFOR", 19890306), ("", "OKAFOR", 19890306), true),
        (("RENATA", "OKAFOR", 19890306), ("", "OKAFOR", 19520906), false),
        (("RENATA", "OKAFOR", 19890306), ("", "LINDQVIST", 19890306), false),
        // A slip in both names and in the date: no key but that of the case.
        (("RENATA", "OKAFOR", 19890306), ("RENNATA", "OKAAFOR", 19890307), true),
    ] {
        let mut few = Few::new();
        let mut row = |(given, surname, dob)| few.row(given, surname, |record, _| record.dob = dob);
        let (left, right) = (row(left), row(right));
        few.check(left, right, same);
    }
}

#[test]
fn a_birthday_without_a_name_beside_it_lowers_the_bound_alone() {
    let low = |dob| {
        let mut few = Few::new();
        few.row("RENATA", "OKAFOR", |record, _| record.dob = 19890306);
        few.row("", "", |record, _| (record.dob, record.email) = (dob, email(7, 7)));
        let count = resolve(&few.0.records).report.count;
        assert_eq!(count.likely, 102);
        count.low
    };
    assert_eq!(low(19890306) + 1, low(19520906));
}

#[test]
fn people_without_a_birthday_are_left_out_of_the_bound_only_as_far_as_they_may_be_others() {
    let low = |anchored: u32| {
        let mut scribe = Scribe::default();
        scribe.table("one.csv", false, &[DataElement::GivenName, DataElement::Surname, DataElement::Email]);
        let mut few = Few(scribe);
        // Fifty people in two rows each, told apart by nothing but name and address.
        for row in 0..100u32 {
            few.row(&unlike("G", row / 2), &unlike("S", row / 2), |record, _| record.email = email(row / 2 + 1, 7));
        }
        for stranger in 0..anchored {
            few.row(&unlike("H", 100 + stranger), &unlike("T", 100 + stranger), |record, _| {
                record.dob = 19400101 + stranger * 5_000;
            });
        }
        let count = resolve(&few.0.records).report.count;
        assert_eq!(count.likely, u64::from(50 + anchored));
        count.low
    };
    // 2 x 50 joins x (0.005 + 0.04), and one for everybody who has a birthday, until none is left.
    assert_eq!([0, 10, 45, 60].map(low), [45, 45, 45, 60]);
}

#[test]
fn a_name_and_a_town_are_enough_to_be_compared() {
    let mut few = Few::new();
    let mut of_town = |town| few.row("RENATA", "OKAFOR", |record, _| record.town = town);
    let (left, right, elsewhere) = (of_town(7), of_town(7), of_town(9));
    few.check(left, right, true);
    assert!(matches!(resolve(&few.0.records).of_row(elsewhere), RowOf::Person(_)));
}

#[test]
fn a_decade_is_one_slip_and_a_lone_date_contradicts_no_group() {
    let mut few = Few::new();
    let mut row =
        |dob, zip| few.row("RENATA", "OKAFOR", |record, _| (record.dob, record.zip, record.town) = (dob, zip, 7));
    let group = [row(17800000, 98_102), row(17800000, 98_102), row(17800000, 98_103)];
    let others = [row(0, 98_102), row(0, 98_102), row(17900000, 98_109)];
    for other in others {
        few.check(group[0], other, true);
    }
    let mut born = |dob| few.row("OLGA", "LINDQVIST", |record, _| (record.dob, record.zip) = (dob, 98_102));
    let (left, decade) = (born(19691205), born(19791205));
    few.check(left, decade, true);
}

#[test]
fn a_surname_in_the_wrong_column_contradicts_no_given_name() {
    let mut few = Few::new();
    let mut row = |given: &str, surname: &str| {
        few.row(given, surname, |record, _| (record.dob, record.email) = (19850306, email(7, 7)))
    };
    let group = [row("RENATA", "OKAFOR"), row("RENATTA", ""), row("RENATA", "OKAFOR")];
    let (stray, brother) = (row("OKAFOR", ""), row("BOGDAN", ""));
    few.check(group[0], stray, true);
    few.check(group[0], brother, false);
}

#[test]
fn two_names_that_people_bear_are_two_however_alike() {
    for (one, other) in [("DAVID", "DAVIDA"), ("MARK", "MAREK"), ("KEVIN", "EVIN"), ("LAURA", "LAURO")] {
        let mut few = Few::new();
        few.0.street("ELM");
        let mut row = |given: &str| {
            few.row(given, "OKAFOR", |record, _| {
                (record.dob, record.street, record.house, record.zip) = (19850306, 1, 12, 98_102);
            })
        };
        let (left, right) = (row(one), row(other));
        few.check(left, right, false);
    }
}

#[test]
fn near_names_of_two_years_are_brothers_and_of_two_days_a_slip() {
    for (one, other, dates, same) in [
        ("ABDULLAHI", "ABDULKADIR", [19800203, 19810203], false),
        ("KHADIJO", "KHADRO", [19800203, 19900203], false),
        ("KY", "KYO", [19080413, 19080403], true),
    ] {
        let mut few = Few::new();
        few.0.street("ELM");
        let mut row = |given: &str, dob| {
            few.row(given, "OKAFOR", |record, _| {
                (record.dob, record.street, record.house, record.zip) = (dob, 1, 12, 98_102);
            })
        };
        let (left, right) = (row(one, dates[0]), row(other, dates[1]));
        few.check(left, right, same);
    }
}

#[test]
fn a_year_of_birth_speaks_for_and_against() {
    let mut few = Few::new();
    let mut born = |given: &str, dob, zip| few.row(given, "OKAFOR", |record, _| (record.dob, record.zip) = (dob, zip));
    let (day, year) = (born("RENATA", 18500306, 98_102), born("RENATTA", 18500000, 98_102));
    let (other_day, other_year) = (born("BOGDAN", 18500306, 98_102), born("BOGDAN", 18730000, 98_102));
    few.check(day, year, true);
    few.check(other_day, other_year, false);
    // Two years alone are no birthday: strangers of two surnames share them.
    let left = few.row("OLGA", "LINDQVIST", |record, _| record.dob = 18500000);
    let right = few.row("OLGA", "HARLOW", |record, _| record.dob = 18500000);
    few.check(left, right, false);
}

#[test]
fn a_rare_town_joins_what_a_common_one_does_not() {
    let count = |towns: u16| {
        let mut few = Few::new();
        for stranger in 0..400u32 {
            few.row(&unlike("G", stranger % 40), &unlike("S", stranger % 21), |record, _| {
                (record.town, record.dob) = (1 + stranger as u16 % towns, 19300101 + stranger * 101);
            });
        }
        let mut near =
            |dob| few.row(&unlike("G", 7), &unlike("S", 7), |record, _| (record.town, record.dob) = (1, dob));
        let (left, right) = (near(19850306), near(19851106));
        let found = resolve(&few.0.records);
        found.of_row(left) == found.of_row(right)
    };
    assert_eq!((count(300), count(1)), (true, false));
}

#[test]
fn a_slip_in_the_street_is_still_the_street() {
    let mut few = Few::new();
    let (elm, slip, second, third) =
        (few.0.street("TULLAROOP"), few.0.street("TULAROOP"), few.0.street("2ND"), few.0.street("3RD"));
    let mut home = |street| {
        few.row("RENATA", "OKAFOR", |record, _| (record.street, record.house, record.zip) = (street, 12, 98_102))
    };
    let rows = [home(elm), home(slip), home(second), home(third)];
    let level = |few: &Few, left: usize, right: usize| {
        let parts = explain(&few.0.records, &comparisons(), left, right).parts;
        parts.into_iter().find(|part| part.comparison == "address").map(|part| format!("{:?}", part.level)).unwrap()
    };
    assert_eq!(level(&few, rows[0], rows[1]), "NoUnit");
    assert_eq!(level(&few, rows[2], rows[3]), "Zip");
    // Under another postcode the town must be the same.
    let mut home = |zip, street, town| {
        few.row("RENATA", "OKAFOR", |record, _| {
            (record.street, record.house, record.zip, record.town) = (street, 12, zip, town);
        })
    };
    let rows = [home(98_102, elm, 5), home(98_301, slip, 5), home(98_201, slip, 6)];
    assert_eq!(level(&few, rows[0], rows[1]), "Street");
    assert_eq!(level(&few, rows[0], rows[2]), "Other");
}

#[test]
fn a_pair_is_explained_as_it_was_judged() {
    let mut few = Few::new();
    few.0.street("ELM");
    let home = |record: &mut Record, _: &mut RowFact| {
        (record.dob, record.phone, record.street, record.house) = (20100203, 12_065_550_147, 1, 12);
    };
    let (left, twin) = (few.row("JADEN", "OKAFOR", home), few.row("MARCUS", "OKAFOR", home));
    let again = few.row("JADEN", "OKAFOR", home);
    let stranger = few.row("OLGA", "LINDQVIST", |record, _| record.email = email(7, 7));
    // In a case this large not every row is compared with every other.
    for person in 0..4_000u32 {
        few.row("KAMALA", "ADEYEMI", |record, _| record.phone = 13_000_000_000 + u64::from(person));
    }
    let rules = comparisons();
    let explainer = Explainer::new(&few.0.records, &rules);
    assert_eq!(explainer.finding(left, again), Finding::Same);
    assert_eq!(explainer.finding(left, twin), Finding::Contradict(Conflict::Given));
    assert_eq!(explainer.finding(left, stranger), Finding::NoKey);
    let keys = explainer.keys(left, twin);
    assert!(
        keys.contains(&Key::Phone) && keys.contains(&Key::SurnameDob) && !keys.contains(&Key::GivenDob),
        "{keys:?}"
    );
    let waterfall = explainer.pair(left, again);
    assert_eq!(waterfall.weight, waterfall.parts.iter().map(|part| part.weight).sum::<i32>());
}

#[test]
fn a_recycled_number_joins_nobody() {
    let mut few = Few::new();
    let left = few.row("RENATA", "OKAFOR", |record, _| record.phone = 12_065_550_147);
    let right = few.row("BOGDAN", "LINDQVIST", |record, _| record.phone = 12_065_550_147);
    few.check(left, right, false);
}

#[test]
fn a_value_that_everybody_has_identifies_nobody() {
    let mut few = Few::new();
    for stranger in 0..30u32 {
        few.row(&format!("H{stranger}"), "OKAFOR", |record, _| {
            record.phone = 12_065_550_100;
            record.dob = 19500101 + stranger * 10_000;
        });
    }
    let left = few.row("RENATA", "OKAFOR", |record, _| record.phone = 12_065_550_100);
    let right = few.row("RENATA", "LINDQVIST", |record, _| record.phone = 12_065_550_100);
    few.check(left, right, false);
    let generic = resolve(&few.0.records).report.generic_values;
    assert!(generic.iter().any(|values| values.key == "phone" && values.values == 1), "{generic:?}");
}

#[test]
fn an_initial_does_not_bridge_two_people() {
    let mut few = Few::new();
    few.0.street("ELM");
    let home = |record: &mut Record, _: &mut RowFact| {
        (record.dob, record.street, record.house, record.zip) = (20100203, 1, 12, 98_102);
    };
    let left = few.row("JADEN", "OKAFOR", home);
    few.row("J", "OKAFOR", home);
    let right = few.row("JULIUS", "OKAFOR", home);
    few.check(left, right, false);
}

#[test]
fn devices_go_to_the_person_whose_line_it_is() {
    let mut few = Few::new();
    let owner = few.row("RENATA", "OKAFOR", |record, fact| {
        (record.phone, record.imei, fact.imsi) = (12_065_550_147, 35_000_000_000_001, 310_260_000_000_001);
    });
    let line = |few: &mut Few, phone, imei| {
        few.row("", "", |record, fact| {
            (record.phone, record.imei, fact.imsi) = (phone, imei, imei + 275_000_000_000_000);
        })
    };
    let own = line(&mut few, 12_065_550_147, 35_000_000_000_001);
    let stray = line(&mut few, 12_065_550_199, 35_000_000_000_009);
    let again = line(&mut few, 12_065_550_199, 35_000_000_000_009);
    let found = resolve(&few.0.records);
    assert_eq!(found.of_row(own), found.of_row(owner));
    assert_eq!((found.of_row(stray), found.of_row(again)), (RowOf::Device, RowOf::Device));
    assert_eq!(found.report.devices, 1);
    let RowOf::Person(person) = found.of_row(owner) else { panic!("the owner is a person") };
    assert!(found.element_sets[found.people[person as usize].elements as usize].contains(DataElement::Imei));
}

#[test]
fn a_bare_name_counts_only_if_nobody_else_has_it() {
    let mut few = Few::new();
    few.row("RENATA", "OKAFOR", |record, _| record.dob = 19850306);
    let known = few.row("RENATA", "OKAFOR", |_, _| {});
    let new = few.row("BOGDAN", "LINDQVIST", |_, _| {});
    let found = resolve(&few.0.records);
    assert_eq!(found.of_row(known), RowOf::Unresolvable);
    assert!(matches!(found.of_row(new), RowOf::Person(_)));
    assert_eq!(found.report.count.likely, 102);
    assert_eq!(found.report.count.high, 103);
    assert_eq!(found.report.count.low, 101);
    check_reconciles(&found);
}

#[test]
fn an_e_mail_address_joins_with_a_name_and_not_without() {
    let mut few = Few::new();
    let mail = |record: &mut Record, _: &mut RowFact| record.email = email(77, 5);
    let left = few.row("RENATA", "OKAFOR", mail);
    let right = few.row("RENATA", "OKAFOR", |record, _| (record.email, record.phone) = (email(77, 5), 12_065_550_147));
    let other = few.row("BOGDAN", "OKAFOR", mail);
    few.check(left, right, true);
    few.check(left, other, false);
}

#[test]
fn residence_is_of_the_address_and_else_of_the_licence() {
    let mut few = Few::new();
    let (wa, or) = (vocab::Jurisdiction::from_code("WA").unwrap(), vocab::Jurisdiction::from_code("OR").unwrap());
    few.row("RENATA", "OKAFOR", |record, fact| {
        (record.dob, record.ssn, record.licence) = (19850306, 123_456_789, 9);
        fact.licence_state = or;
    });
    let licence_only = resolve(&few.0.records).report.by_jurisdiction;
    assert!(licence_only.iter().any(|place| place.jurisdiction == or && place.people.likely == 1));
    few.row("RENATA", "OKAFOR", |record, fact| {
        (record.dob, record.ssn) = (19850306, 123_456_789);
        fact.address_state = wa;
    });
    let with_address = resolve(&few.0.records).report.by_jurisdiction;
    assert!(with_address.iter().any(|place| place.jurisdiction == wa && place.people.likely == 1));
    assert!(with_address.iter().all(|place| place.jurisdiction != or));
}

#[test]
fn a_huge_block_is_split_and_still_finds_the_pairs() {
    let mut few = Few::new();
    few.0.street("DEPOT");
    let mut rows = Vec::new();
    for copy in 0..2 {
        for someone in 0..300u32 {
            let row = few.row(&unlike("", someone), "HARLOW", |record, _| {
                (record.street, record.house, record.zip) = (1, 1, 98_102);
                record.dob = 19600101 + someone * 700;
                record.phone = 12_065_000_000 + u64::from(copy * 1_000 + someone);
            });
            rows.push(row);
        }
    }
    let found = resolve(&few.0.records);
    assert!((0..300).all(|index| found.of_row(rows[index]) == found.of_row(rows[index + 300])));
    assert_eq!(found.report.count.likely, 400);
}

/// Returns the weight of one part of a pair's waterfall.
fn part(few: &Few, left: usize, right: usize, comparison: &str) -> Option<i32> {
    let parts = explain(&few.0.records, &comparisons(), left, right).parts;
    parts.iter().find(|part| part.comparison == comparison).map(|part| part.weight)
}

#[test]
fn a_state_in_common_speaks_for_a_pair_and_another_against() {
    let mut few = Few::new();
    let state = |code: &str| vocab::Jurisdiction::from_code(code).unwrap();
    let home = few.row("RENATA", "OKAFOR", |record, fact| {
        (record.dob, fact.address_state) = (19850306, state("WA"));
    });
    let licence = few.row("RENATA", "OKAFOR", |record, fact| (record.licence, fact.licence_state) = (9, state("WA")));
    let elsewhere = few.row("RENATA", "OKAFOR", |record, fact| (record.licence, fact.licence_state) = (8, state("OR")));
    let line = few.row("RENATA", "OKAFOR", |record, _| record.phone = 12_065_550_147);
    let far_line = few.row("RENATA", "OKAFOR", |record, _| record.phone = 13_055_550_147);
    let foreign = few.row("RENATA", "OKAFOR", |record, _| record.phone = 442_065_550_147);
    let weight = |right| part(&few, home, right, "state");
    assert!(weight(licence) > weight(line), "an area code says less than a licence");
    assert!(weight(line) > Some(0));
    assert!(weight(far_line) < Some(0));
    assert!(weight(elsewhere) < weight(far_line), "a number is kept on a move");
    assert_eq!(weight(foreign), None, "a number of another country names no state");
}

#[test]
fn an_address_and_its_state_are_one_fact() {
    let mut few = Few::new();
    few.0.street("ELM");
    let mut home = || {
        few.row("RENATA", "OKAFOR", |record, fact| {
            (record.street, record.house, record.zip) = (1, 12, 98_102);
            fact.address_state = vocab::Jurisdiction::from_code("WA").unwrap();
        })
    };
    let (left, right) = (home(), home());
    assert_eq!(part(&few, left, right, "state"), Some(0));
}

#[test]
fn women_change_their_surname_more_often_than_men() {
    let mut few = Few::new();
    let mut pair = |given: &str| (few.row(given, "OKAFOR", |_, _| {}), few.row(given, "LINDQVIST", |_, _| {}));
    let (mary, james, unlisted) = (pair("MARY"), pair("JAMES"), pair("XYLVORA"));
    let weight = |(left, right): (usize, usize)| part(&few, left, right, "surname");
    assert!(weight(mary) > weight(unlisted) && weight(unlisted) > weight(james));
}

#[test]
fn a_given_name_says_less_among_those_born_when_it_was_common() {
    let mut few = Few::new();
    for someone in 0..4_000u32 {
        let (given, year) = if someone % 40 == 0 { ("MARISOL", 1973) } else { ("BERTHA", 1931 + someone % 50) };
        few.row(given, &format!("S{someone}"), |record, _| record.dob = year * 10_000 + 101 + someone % 28);
    }
    let mut pair = |dob: u32| {
        let mut row = |surname| few.row("MARISOL", surname, |record, _| record.dob = dob);
        (row("OKAFOR"), row("LINDQVIST"))
    };
    let (common, rare) = (pair(19730512), pair(19350512));
    let weight = |(left, right): (usize, usize)| part(&few, left, right, "given");
    assert!(weight(common) < weight(rare));
}
