//! People: the parameters estimated on a case, the sampled interval, decisions that people made, hard cases.

use std::collections::{BTreeMap, BTreeSet};

use analysis::resolve::{
    Conflict, Decision, Entities, Model, Options, RowOf, Settled, Verdict, decided_entities, draw, entities, estimate,
    fit, questions, reviewed_person,
};
use jiff::civil::date;
use rulebook::{Comparisons, Rulebook};
use vocab::progress::Silent;
use vocab::{DataElement, Record, Records, RowFact};

use crate::world::{Dice, Scribe, Town, town};

fn comparisons() -> Comparisons {
    Comparisons::load(&Rulebook::embedded()).unwrap()
}

fn options(threads: usize) -> Options {
    Options { strata: true, ..Options::new(threads, date(2026, 8, 17)) }
}

fn shuffled(records: &Records, seed: u64) -> (Records, Vec<usize>) {
    let mut dice = Dice::new(seed);
    let mut order: Vec<usize> = (0..records.len()).collect();
    for index in (1..order.len()).rev() {
        order.swap(index, dice.below(index as u64 + 1) as usize);
    }
    let mut other = Records { records: Vec::new(), facts: vocab::RowFacts::default(), ..records.clone() };
    order.iter().for_each(|row| other.push(records.records[*row], records.facts.get(*row)));
    (other, order)
}

#[test]
fn the_model_depends_on_what_the_rows_hold_alone() {
    let town = town(5_000, 11);
    let rules = comparisons();
    let one = fit(&town.records, &rules, 1);
    assert_eq!(fit(&town.records, &rules, 7).text(), one.text());
    assert_eq!(fit(&shuffled(&town.records, 4).0, &rules, 2).text(), one.text());
    assert_ne!(one.comparisons, rules, "a town of this size teaches something");
}

#[test]
fn a_model_read_again_gives_the_same_people() {
    let town = town(3_000, 12);
    let model = fit(&town.records, &comparisons(), 2);
    let again = Model::parse(model.text(), &comparisons()).unwrap();
    assert_eq!(again.comparisons, model.comparisons);
    let (left, right) = (
        entities(&town.records, &model.comparisons, &options(2), &Silent),
        entities(&town.records, &again.comparisons, &options(2), &Silent),
    );
    assert_eq!(left.report, right.report);
}

#[test]
fn a_broken_model_is_refused_with_its_line() {
    let model = fit(&town(200, 1).records, &comparisons(), 1);
    let parse = |from: &str, to: &str| {
        assert!(model.text().contains(from), "the test edits text that is there: {from}");
        Model::parse(&model.text().replacen(from, to, 1), &comparisons()).unwrap_err()
    };
    assert!(parse("[comparison.dob]", "[comparison.day]").contains("day"));
    assert!(parse("leakassay/model/1", "leakassay/model/9").contains("schema"));
    assert!(parse("rows_with_partner = ", "rows_with_partner = -").contains("rows_with_partner"));
    assert!(parse("rows_with_partner = ", "rows_with = ").starts_with("line "));
    assert!(Model::parse("", &comparisons()).is_err());
    assert!(Model::parse("schema = \"leakassay/model/1\"", &comparisons()).is_err());
}

#[test]
fn a_thin_case_stays_with_the_rulebook() {
    let mut scribe = Scribe::default();
    scribe.table("one.csv", false, &[DataElement::GivenName, DataElement::Surname, DataElement::Dob]);
    for row in 0..12u32 {
        let (given, surname) = (scribe.name("ANN"), scribe.name("ABBOTT"));
        scribe.row(Record { given, surname, dob: 19800101 + row % 2, ..Record::default() }, RowFact::default());
    }
    let (rules, model) = (comparisons(), fit(&scribe.records, &comparisons(), 2));
    for (comparison, level) in [("given", "exact"), ("given", "other"), ("dob", "other"), ("surname", "exact")] {
        let (new, old) = (model.comparisons.level(comparison, level), rules.level(comparison, level));
        assert!((new.m - old.m).abs() < 0.05, "{comparison}.{level}: {new:?} {old:?}");
    }
    assert_eq!(model.comparisons.mistaken, rules.mistaken);
}

#[test]
fn what_a_bare_postcode_is_worth_is_learned_from_those_that_differ_too() {
    let mut scribe = Scribe::default();
    scribe.table("one.csv", false, &[DataElement::GivenName, DataElement::Surname, DataElement::Zip]);
    for row in 0..4_000u32 {
        let (given, surname) = (scribe.name(&format!("G{}", row % 1_999)), scribe.name(&format!("S{}", row / 7 % 97)));
        scribe.row(Record { given, surname, zip: 1 + row * 7 % 500, ..Record::default() }, RowFact::default());
    }
    let zip = fit(&scribe.records, &comparisons(), 2).comparisons.level("address", "zip");
    let u = zip.u.unwrap();
    assert!((0.001..0.004).contains(&u), "one pair in 500 shares one: {u}");
}

/// Rows made to mislead: every pair that shares a key differs in all else.
#[test]
fn an_adversarial_case_moves_no_parameter_out_of_bounds() {
    let mut scribe = Scribe::default();
    scribe.table("one.csv", false, &[DataElement::GivenName, DataElement::Surname, DataElement::Dob]);
    for row in 0..6_000u32 {
        let (given, surname) = (scribe.name(&format!("G{}", row % 40)), scribe.name(&format!("S{}", row / 3 % 300)));
        let record = Record { given, surname, dob: 19500101 + row % 97, zip: 1 + row % 11, ..Record::default() };
        scribe.row(record, RowFact::default());
    }
    let (rules, model) = (comparisons(), fit(&scribe.records, &comparisons(), 2));
    for (comparison, levels) in rulebook::comparisons::LEVELS {
        for level in *levels {
            let (new, old) = (model.comparisons.level(comparison, level), rules.level(comparison, level));
            assert!((new.m / old.m).log2().abs() <= 3.01, "{comparison}.{level}: {new:?} {old:?}");
            if let (Some(new), Some(old)) = (new.u, old.u) {
                assert!((new / old).log2().abs() <= 3.01, "{comparison}.{level}: {new} {old}");
            }
        }
    }
    assert!((model.comparisons.rows_with_partner / rules.rows_with_partner).log2().abs() <= 2.01);
}

const NAMES: [&str; 6] = ["OLIVIA", "MARCUS", "DIEGO", "HANNAH", "WALTER", "JUNE"];

/// A row of a household in a house of its own.
fn at_home(household: u32) -> Record {
    Record { street: 1, house: 7 + household as u16, zip: 1 + household, ..Record::default() }
}

/// People with several rows each; `mistakes` of them have a further row under another given name, `twins` a twin.
fn careless(people: u32, mistakes: u32, twins: u32) -> (Records, Vec<u32>) {
    let mut scribe = Scribe::default();
    scribe.table("one.csv", false, &[DataElement::GivenName, DataElement::Surname, DataElement::Dob]);
    scribe.street("ELM");
    let mut truth = Vec::new();
    let mut dice = Dice::new(5);
    for person in 0..people {
        let surname: String = (0..8).map(|_| char::from(b'A' + dice.below(26) as u8)).collect();
        let born = 19300101 + dice.below(70) as u32 * 10_000 + dice.below(12) as u32 * 100 + dice.below(28) as u32;
        let mut row = |given: &str, who: u32| {
            let (given, surname) = (scribe.name(given), scribe.name(&surname));
            let record = Record { given, surname, dob: born, ..at_home(person) };
            scribe.row(record, RowFact::default());
            truth.push(who);
        };
        let own = NAMES[person as usize % 6];
        (0..2).for_each(|_| row(own, person));
        if person < mistakes {
            row(NAMES[(person as usize + 1) % 6], person);
        } else if person < mistakes + twins {
            (0..2).for_each(|_| row(NAMES[(person as usize + 2) % 6], people + person));
        }
    }
    (scribe.records, truth)
}

/// Households whose rows share an SSN under two given names: `mistakes` of one person entered wrong, `borrowers` of two
/// people, of whom one has a row without a number, too. Returns the person of each row.
fn numbered(people: u32, mistakes: u32, borrowers: u32) -> (Records, Vec<u32>) {
    let mut scribe = Scribe::default();
    scribe.table("one.csv", false, &[DataElement::GivenName, DataElement::Surname, DataElement::Dob, DataElement::Ssn]);
    scribe.street("ELM");
    let (mut truth, mut dice) = (Vec::new(), Dice::new(9));
    for person in 0..people {
        let surname = letters(person * 7 + 1) + "SON";
        let mut row = |name: usize, born: u32, ssn: u32, who: u32| {
            let (given, surname) = (scribe.name(NAMES[name % 6]), scribe.name(&surname));
            let record = Record { given, surname, dob: 19300101 + born, ssn, ..at_home(person) };
            scribe.row(record, RowFact::default());
            truth.push(who);
        };
        let (name, ssn) = (person as usize, 210_110_000 + person);
        let (year, month) = (dice.below(60) as u32, dice.below(11) as u32);
        let (born, other) = (year * 10_000 + month * 100, (year + 7) % 60 * 10_000 + (month + 3) % 11 * 100);
        row(name, born, ssn, person);
        if person < mistakes {
            row(name + 1, other, ssn, person);
        } else {
            row(name, born, ssn, person);
        }
        if (mistakes..mistakes + borrowers).contains(&person) {
            row(name + 2, other, ssn, people + person);
            row(name + 2, other, 0, people + person);
        }
    }
    (scribe.records, truth)
}

#[test]
fn one_number_under_two_names_is_one_person_where_both_names_stand_alone() {
    let (records, truth) = numbered(1_500, 120, 0);
    let model = fit(&records, &comparisons(), 2);
    assert!(model.comparisons.mistaken.number > 1.0, "{}", model.text());
    let found = entities(&records, &model.comparisons, &options(2), &Silent);
    assert_eq!(found.report.count.likely, truth.iter().collect::<BTreeSet<_>>().len() as u64);
}

#[test]
fn whoever_lives_under_a_borrowed_number_stays_apart() {
    for (mistakes, borrowers) in [(0, 20), (0, 400), (60, 120)] {
        let (records, truth) = numbered(1_500, mistakes, borrowers);
        let model = fit(&records, &comparisons(), 2);
        let found = entities(&records, &model.comparisons, &options(2), &Silent);
        assert_no_two_are_one(&found, &truth, &format!("{mistakes} mistakes, {borrowers} borrowers"));
    }
}

fn letters(mut number: u32) -> String {
    let mut text = String::new();
    for _ in 0..4 {
        text.push(char::from(b'A' + (number % 23) as u8));
        number /= 23;
    }
    text
}

fn assert_no_two_are_one(found: &Entities, truth: &[u32], case: &str) {
    let mut whose: BTreeMap<u32, u32> = BTreeMap::new();
    for (row, who) in truth.iter().enumerate() {
        if let RowOf::Person(person) = found.of_row(row) {
            assert_eq!(whose.entry(person).or_insert(*who), who, "{case}: row {row}");
        }
    }
}

#[test]
fn names_entered_wrong_are_joined_where_the_case_is_full_of_them() {
    let (records, truth) = careless(1_500, 120, 0);
    let model = fit(&records, &comparisons(), 2);
    assert!(model.comparisons.mistaken.given > 1.0, "{}", model.text());
    let found = entities(&records, &model.comparisons, &options(2), &Silent);
    let people = truth.iter().collect::<BTreeSet<_>>().len() as u64;
    assert_eq!(found.report.count.likely, people);
}

#[test]
fn twins_stay_two_however_many_there_are() {
    for (mistakes, twins) in [(0, 20), (0, 400), (60, 120)] {
        let (records, truth) = careless(1_500, mistakes, twins);
        let model = fit(&records, &comparisons(), 2);
        let found = entities(&records, &model.comparisons, &options(2), &Silent);
        assert_no_two_are_one(&found, &truth, &format!("{mistakes} mistakes, {twins} twins"));
    }
}

/// Two parents and three children a household, two sources: nobody of two given names is one person.
#[test]
fn a_household_heavy_set_joins_no_two_given_names() {
    let mut scribe = Scribe::default();
    scribe.table("one.csv", false, &[DataElement::GivenName, DataElement::Surname, DataElement::Dob]);
    scribe.street("ELM");
    let mut given_of_row = Vec::new();
    for house in 0..2_000u32 {
        let surname = format!("{}SON", letters(house / 3));
        for (index, given) in ["PETER", "MARGARET", "DAVID", "DANIEL", "DAPHNE"].iter().enumerate() {
            let (given, surname) = (scribe.name(given), scribe.name(&surname));
            // Twins in every fiftieth house, dates missing in every seventh row, no date at all in every ninth house.
            let year = 1960 + index as u32 * 9;
            let born = if house % 50 == 0 && index > 2 { 19990505 } else { year * 10_000 + 101 + house % 28 };
            for copy in 0..2 {
                let dated = !(house * 5 + index as u32 + copy).is_multiple_of(7) && !house.is_multiple_of(9);
                let record = Record {
                    given,
                    surname,
                    dob: if dated { born } else { 0 },
                    street: 1,
                    house: 10 + house as u16,
                    zip: 100 + house % 40,
                    phone: 12_065_550_000 + u64::from(house),
                    ..Record::default()
                };
                scribe.row(record, RowFact::default());
                given_of_row.push(given);
            }
        }
    }
    let model = fit(&scribe.records, &comparisons(), 2);
    let found = entities(&scribe.records, &model.comparisons, &options(2), &Silent);
    let mut name_of: BTreeMap<u32, u32> = BTreeMap::new();
    for (row, given) in given_of_row.iter().enumerate() {
        if let RowOf::Person(person) = found.of_row(row) {
            assert_eq!(name_of.entry(person).or_insert(*given), given, "row {row}");
        }
    }
}

/// Answers from truth, as a reviewer would who sees only what is shown.
fn answer(town: &Town, found: &Entities, sizes: [u64; 4], asked: &[analysis::resolve::Question]) -> (f64, f64, f64) {
    let settled: Vec<Settled> = asked
        .iter()
        .map(|question| {
            let who = town.truth[question.row as usize];
            let same = |row: &&u32| who.is_some() && town.truth[**row as usize] == who;
            let size = 1 + question.own.iter().chain(&question.others).filter(same).count() as u32;
            let found = 1 + question.own.len() as u32;
            Settled { stratum: question.stratum, found, likely: size, least: size, most: size }
        })
        .collect();
    let reviewed = estimate(found.report.count.likely, sizes, &settled).unwrap();
    (reviewed.low, reviewed.likely, reviewed.high)
}

#[test]
fn four_hundred_reviews_hold_the_truth() {
    let (mut held, mut repetitions, mut widest) = (0, 0, 0.0f64);
    for seed in 1..=5 {
        let town = town(20_000, 20 + seed);
        let model = fit(&town.records, &comparisons(), 2);
        let found = entities(&town.records, &model.comparisons, &options(2), &Silent);
        let named = |row: &usize| reviewed_person(&town.records, &found, *row).is_some();
        let truth = (0..found.rows()).filter(named).filter_map(|row| town.truth[row]).collect::<BTreeSet<_>>().len();
        for sample in 0..20 {
            let drawn = draw(&town.records, &found, 400, 100 * seed + sample);
            let asked = questions(&town.records, &model.comparisons, &found, &drawn.rows);
            let (low, likely, high) = answer(&town, &found, drawn.sizes, &asked);
            held += u32::from(low <= truth as f64 && truth as f64 <= high);
            widest = widest.max((high - low) / 2.0 / likely);
            repetitions += 1;
        }
    }
    assert!(held * 100 >= repetitions * 95, "{held} of {repetitions}");
    assert!(widest <= 0.015, "{widest}");
}

fn two_of_a_name() -> (Records, usize, usize) {
    let mut scribe = Scribe::default();
    scribe.table("one.csv", false, &[DataElement::GivenName, DataElement::Surname, DataElement::Dob]);
    for person in 0..200u32 {
        let (given, surname) = (scribe.name(&format!("G{}", person % 20)), scribe.name(&format!("S{person}")));
        let record = Record { given, surname, dob: 19500101 + person * 10_000 % 500_000, ..Record::default() };
        scribe.row(record, RowFact::default());
    }
    let (given, surname) = (scribe.name("QUENTIN"), scribe.name("OYELARAN"));
    let record = Record { given, surname, dob: 19800512, ..Record::default() };
    scribe.row(record, RowFact::default());
    scribe.row(record, RowFact::default());
    let last = scribe.records.len() - 1;
    (scribe.records, last - 1, last)
}

#[test]
fn decisions_are_obeyed_in_every_bound() {
    let (records, left, right) = two_of_a_name();
    let (left, right) = (left as u32, right as u32);
    let decided = |verdict, rows: &[u32]| {
        let decisions = [Decision { verdict, rows: rows.to_vec() }];
        decided_entities(&records, &comparisons(), &options(2), &decisions, &Silent)
    };
    let plain = decided(Verdict::Merge, &[left, right]);
    assert_eq!(plain.of_row(left as usize), plain.of_row(right as usize));
    for (verdict, rows) in [(Verdict::Split, vec![left, right]), (Verdict::Lock, vec![left])] {
        let apart = decided(verdict, &rows);
        assert_ne!(apart.of_row(left as usize), apart.of_row(right as usize), "{verdict:?}");
        assert_eq!(apart.report.count.likely, plain.report.count.likely + 1, "{verdict:?}");
        assert!(apart.refusals.iter().any(|refusal| refusal.conflict == Conflict::Decided), "{verdict:?}");
    }
    let strangers = decided(Verdict::Merge, &[0, 1]);
    assert_eq!(strangers.of_row(0), strangers.of_row(1));
    for bound in [strangers.report.count.low, strangers.report.count.high] {
        assert!(bound <= 201, "{:?}", strangers.report.count);
    }
}

#[test]
fn of_contradicting_decisions_the_first_stands_and_the_other_is_named() {
    let (records, left, right) = two_of_a_name();
    let rows = vec![left as u32, right as u32];
    let list = [
        Decision { verdict: Verdict::Split, rows: rows.clone() },
        Decision { verdict: Verdict::Merge, rows: vec![rows[0], rows[1], 0, 1, 2] },
    ];
    let found = decided_entities(&records, &comparisons(), &options(2), &list, &Silent);
    assert_ne!(found.of_row(left), found.of_row(right));
    assert_eq!(found.fates[0].contradicts, None);
    assert_eq!((found.fates[1].contradicts, found.fates[1].people), (Some(0), 4));
}
