//! The claim against generated truth: a small population with history, a dump of a known day, dirt, and references that
//! should and should not match.

use vocab::assessment::{ElementCount, FileReport, PeopleReport};
use vocab::claim::{Assertion, ClaimUnit, EvidenceScope, Period};
use vocab::record::{Record, RecordTable, Records, RowFact};
use vocab::{DataElement, ElementSet, Interval};

use super::reference::{Comparison, DumpIndex, Hits, Matches};
use super::snapshot::{Undated, calendar, day};
use super::*;

/// SplitMix64: the same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (value ^ (value >> 31)) % sides
    }

    fn chance(&mut self, percent: f64) -> bool {
        (self.roll(1_000_000) as f64) < percent * 10_000.0
    }
}

const YEARS: i32 = 5;
/// Day 0 of the history.
const START: i32 = 18_000;
const END: i32 = START + YEARS * 365;
/// Changes a year: address, phone, e-mail, IMEI.
const RATES: [f64; 4] = [0.12, 0.05, 0.10, 0.35];

struct Person {
    given: u32,
    surname: u32,
    dob: u32,
    ssn: u32,
    joined: i32,
    /// Per changing field, values with their first day.
    values: [Vec<(i32, u64)>; 4],
}

fn population(people: usize, seed: u64) -> Vec<Person> {
    let mut dice = Dice(seed);
    (0..people).map(|_| person(&mut dice)).collect()
}

fn person(dice: &mut Dice) -> Person {
    let joined = if dice.chance(60.0) { START } else { START + dice.roll((END - START) as u64) as i32 };
    let values = RATES.map(|rate| {
        let mut values = vec![(joined, dice.roll(1 << 32) + 1)];
        for day in joined + 1..END {
            if dice.chance(rate / 3.65) {
                values.push((day, dice.roll(1 << 32) + 1));
            }
        }
        values
    });
    Person {
        given: dice.roll(300) as u32 + 1,
        surname: (dice.roll(60) * dice.roll(60)) as u32 + 1,
        dob: 19_400_101 + dice.roll(60) as u32 * 10_000 + dice.roll(12) as u32 * 100 + dice.roll(28) as u32,
        ssn: dice.roll(888_931_098) as u32 + 1_010_001,
        joined,
        values,
    }
}

fn at(values: &[(i32, u64)], day: i32) -> u64 {
    values.iter().rev().find(|(from, _)| *from <= day).map_or(0, |(_, value)| *value)
}

/// Codes of names differ from one record set to the next, as those of real files do.
fn empty(table: &str, shift: u32) -> Records {
    let mut records = Records::default();
    for code in 0..4_000u32 {
        let name = format!("NAME{}", (code + shift) % 4_000);
        records.names.push(name.as_bytes());
        records.streets.push(format!("STREET{}", (code + shift) % 4_000).as_bytes());
    }
    records.element_sets.push(ElementSet::EMPTY);
    records.tables.push(RecordTable { path: table.to_owned(), has_accounts: false, elements: ElementSet::EMPTY });
    records
}

fn code(name: u32, shift: u32) -> u32 {
    (name + 4_000 - shift % 4_000) % 4_000 + 1
}

fn row(person: &Person, day: i32, shift: u32) -> Record {
    let [address, phone, email, imei] = [0, 1, 2, 3].map(|field| at(&person.values[field], day));
    Record {
        given: code(person.given, shift),
        surname: code(person.surname, shift),
        dob: person.dob,
        ssn: person.ssn,
        street: code(address as u32 % 4_000, shift),
        house: (address >> 12) as u16 + 1,
        zip: zip_of(address),
        phone,
        email,
        imei,
        ..Record::default()
    }
}

fn zip_of(address: u64) -> u32 {
    (address % 900) as u32 + 98_001
}

/// The dump of a day: members of that day, with dirt in a share of the fields.
fn dump(people: &[Person], day: i32, dirt: f64, seed: u64) -> Records {
    let mut dice = Dice(seed);
    let mut records = empty("dump.csv", 0);
    for person in people.iter().filter(|person| person.joined <= day) {
        let mut record = row(person, day, 0);
        if dice.chance(dirt) {
            record.phone = dice.roll(1 << 32);
        }
        if dice.chance(dirt) {
            record.imei = dice.roll(1 << 32);
        }
        if dice.chance(dirt) {
            record.house += 1;
        }
        if dice.chance(dirt) {
            record.ssn += 10;
        }
        if dice.chance(dirt) {
            record.surname = record.surname % 3_000 + 1;
        }
        records.push(record, RowFact::default());
    }
    records
}

/// The reference: one row a version of a customer, like a history table.
fn history(people: &[Person]) -> (Records, Vec<Period>) {
    let (mut records, mut periods) = (empty("crm", 77), Vec::new());
    for person in people {
        let mut days: Vec<i32> = person.values.iter().flatten().map(|(day, _)| *day).collect();
        days.sort_unstable();
        days.dedup();
        for (place, from) in days.iter().enumerate() {
            let to = days.get(place + 1).copied().unwrap_or(Period::OPEN);
            records.push(row(person, *from, 77), RowFact::default());
            periods.push(Period { from: *from, to });
        }
    }
    (records, periods)
}

fn compare(evidence: &Records, reference: &Records, periods: &[Period]) -> Comparison {
    let index = DumpIndex::build(evidence);
    let mut matches = Matches::new(&index);
    matches.add(index.probe(reference, periods));
    matches.finish().unwrap()
}

fn compared(people: usize, day: i32, dirt: f64, seed: u64) -> Comparison {
    let population = population(people, seed);
    let (reference, periods) = history(&population);
    compare(&dump(&population, day, dirt, seed ^ 1), &reference, &periods)
}

#[test]
fn the_day_is_found_within_two_days_in_dirty_data() {
    for (seed, day) in [(1, START + 400), (2, START + 1_000), (3, START + 1_500), (4, END - 40)] {
        let comparison = compared(3_000, day, 2.0, seed);
        let snapshot = comparison.snapshot.unwrap();
        assert!((snapshot.day - day).abs() <= 2, "seed {seed}: {} instead of {day}", snapshot.day);
        assert!(snapshot.support > 0.9, "{}", snapshot.support);
        assert!(snapshot.earliest.unwrap() <= day && day <= snapshot.latest.unwrap());
        assert!((snapshot.later as f64) < 0.05 * snapshot.facts as f64);
        assert!(snapshot.curve.iter().any(|(on, share)| *on == snapshot.day && *share == snapshot.support));
    }
}

#[test]
fn the_stated_days_hold_the_truth_nineteen_times_in_twenty() {
    let runs = 200;
    let held = (0..runs).filter(|seed| {
        let day = START + 300 + (*seed as i32 * 37) % 1_300;
        let snapshot = compared(250, day, 2.0, 1_000 + seed).snapshot.unwrap();
        snapshot.earliest.is_none_or(|low| low <= day) && snapshot.latest.is_none_or(|high| day <= high)
    });
    let held = held.count();
    assert!(held as f64 >= 0.95 * runs as f64, "{held} of {runs}");
}

#[test]
fn rows_match_jointly_and_not_by_chance() {
    let comparison = compared(3_000, START + 1_000, 2.0, 5);
    assert!(comparison.joint.share() > 0.99, "{:?}", comparison.joint);
    assert!(comparison.chance.share() < 0.02, "{:?}", comparison.chance);
    assert!(comparison.tables[0].1 == comparison.joint && comparison.reference_rows_dated == comparison.reference_rows);
}

#[test]
fn an_unrelated_reference_matches_at_chance_and_confirms_nothing() {
    let ours = population(3_000, 6);
    let (reference, periods) = history(&population(3_000, 7));
    let comparison = compare(&dump(&ours, START + 1_000, 2.0, 8), &reference, &periods);
    assert!(comparison.joint.share() < 0.02, "{:?}", comparison.joint);
    let report = judge(Some(&claim(3_000)), 3_000, Some(&comparison), EvidenceScope::Whole);
    assert_eq!(report.headline, "INCONCLUSIVE");
    assert_eq!(
        (report.axes.controller.answer.as_str(), report.axes.snapshot.answer.as_str()),
        ("cannot tell", "cannot tell")
    );
    assert!(report.summary.contains("does not show that they are not the controller's"));
    for word in ["NOT OURS", "FABRICATED", "RECYCLED"] {
        assert!(!report.headline.contains(word));
    }
}

/// Columns shuffled against each other: every SSN is real, none is with its person.
#[test]
fn shuffled_columns_match_alone_and_not_together() {
    let population = population(3_000, 9);
    let (reference, periods) = history(&population);
    let mut evidence = dump(&population, START + 1_000, 0.0, 10);
    let rows = evidence.len();
    let original = evidence.records.clone();
    for (row, record) in evidence.records.iter_mut().enumerate() {
        record.ssn = original[(row + 700) % rows].ssn;
        record.dob = original[(row + 1_100) % rows].dob;
        record.phone = original[(row + 300) % rows].phone;
        record.email = original[(row + 500) % rows].email;
        record.imei = original[(row + 900) % rows].imei;
        record.house = original[(row + 200) % rows].house;
    }
    let comparison = compare(&evidence, &reference, &periods);
    assert!(comparison.singles.iter().all(|(_, rate)| rate.share() > 0.99), "{:?}", comparison.singles);
    let beyond = stats::excess(comparison.joint, comparison.chance);
    assert!(beyond.interval[0] < 0.01, "{:?} {:?}", comparison.joint, comparison.chance);
}

/// Everybody in one ZIP: the ZIP proves nothing and must not count.
#[test]
fn a_partner_field_that_is_the_same_for_all_is_not_used() {
    let population = population(1_000, 26);
    let (mut reference, periods) = history(&population);
    let mut evidence = dump(&population, START + 1_000, 2.0, 27);
    reference.records.iter_mut().chain(&mut evidence.records).for_each(|record| record.zip = 98_102);
    let comparison = compare(&evidence, &reference, &periods);
    assert!(comparison.keys.iter().all(|(key, _)| !key.contains("ZIP")), "{:?}", comparison.keys);
    assert!(comparison.joint.share() > 0.99 && comparison.chance.share() < 0.02);
}

#[test]
fn of_many_rows_an_even_sample_is_tested() {
    let population = population(2_000, 28);
    let evidence = dump(&population, END, 0.0, 29);
    let (reference, periods) = history(&population);
    let index = DumpIndex::build_limited(&evidence, 500);
    let mut matches = Matches::new(&index);
    matches.add(index.probe(&reference, &periods));
    let comparison = matches.finish().unwrap();
    assert!(comparison.rows_tested <= 500 && comparison.rows_tested > 400, "{}", comparison.rows_tested);
    assert_eq!((comparison.evidence_rows, comparison.joint.share()), (2_000, 1.0));
}

/// Lines without a name that the records do not have must not speak against the named rows.
#[test]
fn device_rows_do_not_decide_whose_data_it_is() {
    let population = population(500, 35);
    let (reference, periods) = history(&population);
    let mut evidence = dump(&population, END, 0.0, 36);
    let mut dice = Dice(37);
    for _ in 0..2_000 {
        let device = Record { phone: dice.roll(1 << 32) + 1, imei: dice.roll(1 << 32) + 1, ..Record::default() };
        evidence.push(device, RowFact::default());
    }
    let comparison = compare(&evidence, &reference, &periods);
    assert_eq!((comparison.joint.of, comparison.joint.share()), (500, 1.0));
    evidence
        .records
        .iter_mut()
        .for_each(|record| *record = Record { phone: record.phone, imei: record.imei, ..Record::default() });
    assert_eq!(compare(&evidence, &reference, &periods).joint.of, 2_500);
}

#[test]
fn facts_beyond_the_limit_are_counted() {
    let evidence = dump(&population(10, 30), END, 0.0, 31);
    let index = DumpIndex::build(&evidence);
    let mut matches = Matches::new(&index);
    matches.add(Hits::of_facts(reference::MAX_FACTS + 5));
    let comparison = matches.finish().unwrap();
    assert_eq!(comparison.facts_left_out, 5);
}

#[test]
fn a_reference_without_rows_compares_with_nothing() {
    let index = DumpIndex::build(&dump(&population(10, 32), END, 0.0, 33));
    let mut matches = Matches::new(&index);
    matches.add(index.probe(&Records::default(), &[]));
    assert_eq!(matches.finish(), None);
    let nothing = DumpIndex::build(&Records::default());
    let (reference, periods) = history(&population(10, 34));
    let mut matches = Matches::new(&nothing);
    matches.add(nothing.probe(&reference, &periods));
    let comparison = matches.finish().unwrap();
    assert_eq!(comparison.joint, stats::Rate::default());
    let report = judge(Some(&claim(10)), 10, Some(&comparison), EvidenceScope::Whole);
    assert!(report.axes.controller.grounds[0].starts_with("only 0 rows"));
}

#[test]
fn without_history_no_date_is_given() {
    let population = population(1_000, 11);
    let (reference, periods) = history(&population);
    let evidence = dump(&population, START + 900, 2.0, 12);
    let undated = vec![Period::ALWAYS; periods.len()];
    assert_eq!(compare(&evidence, &reference, &undated).snapshot, Err(Undated::NoHistory { changes: 0 }));
    let beginnings: Vec<Period> = periods.iter().map(|period| Period { to: Period::OPEN, ..*period }).collect();
    let comparison = compare(&evidence, &reference, &beginnings);
    assert!(
        matches!(comparison.snapshot, Err(Undated::NotBefore(day)) if day <= START + 900),
        "{:?}",
        comparison.snapshot
    );
    let report = judge(Some(&claim(1_000)), 1_000, Some(&comparison), EvidenceScope::Whole);
    assert_eq!(report.axes.snapshot.answer, "cannot tell");
    assert!(report.axes.snapshot.grounds[0].contains("not older than"));
    assert!(report.snapshot_curve.is_empty());
}

/// Customers of today with today's values: the history ends with the picture.
#[test]
fn a_picture_of_the_last_day_is_bounded_below_only() {
    let snapshot = compared(3_000, END, 2.0, 13).snapshot.unwrap();
    assert_eq!(snapshot.latest, None);
    assert!((snapshot.day - END).abs() <= 2, "{}", snapshot.day - END);
}

#[test]
fn two_pictures_are_told_by_table() {
    let population = population(4_000, 14);
    let (reference, periods) = history(&population);
    let mut evidence = dump(&population, START + 1_400, 2.0, 15);
    evidence.tables.push(RecordTable { path: "old.csv".to_owned(), has_accounts: false, elements: ElementSet::EMPTY });
    let old = dump(&population[..1_000], START + 700, 2.0, 16);
    for record in old.records {
        evidence.push(record, RowFact { table: 1, ..RowFact::default() });
    }
    let comparison = compare(&evidence, &reference, &periods);
    let days: Vec<i32> = comparison.snapshots_by_table.iter().map(|(_, snapshot)| snapshot.day).collect();
    assert!((days[0] - START - 1_400).abs() <= 2 && (days[1] - START - 700).abs() <= 2, "{days:?}");
    let report = judge(Some(&claim(4_000)), 4_000, Some(&comparison), EvidenceScope::Whole);
    assert!(report.axes.snapshot.grounds.iter().any(|ground| ground.starts_with("old.csv fits another day better")));
    assert_eq!(report.axes.snapshot.strength, "moderate");
}

#[test]
fn the_order_of_the_pieces_does_not_matter() {
    let population = population(600, 17);
    let (reference, periods) = history(&population);
    let evidence = dump(&population, START + 1_000, 2.0, 18);
    let index = DumpIndex::build(&evidence);
    let piece = |rows: std::ops::Range<usize>| {
        let mut part = empty("crm", 77);
        rows.clone().for_each(|row| part.push(reference.records[row], RowFact::default()));
        index.probe(&part, &periods[rows])
    };
    let half = reference.len() / 2;
    let (mut forward, mut backward) = (Matches::new(&index), Matches::new(&index));
    forward.add(piece(0..half));
    forward.add(piece(half..reference.len()));
    backward.add(piece(half..reference.len()));
    backward.add(piece(0..half));
    let forward = forward.finish().unwrap();
    assert_eq!(forward, backward.finish().unwrap());
    assert_eq!(forward, compare(&evidence, &reference, &periods));
}

#[test]
fn days_and_dates_convert_both_ways() {
    for number in [-719_162, -1, 0, 11_016, 20_676, 2_932_896] {
        assert_eq!(day(calendar(number)), number);
    }
    assert_eq!(calendar(20_676).to_string(), "2026-08-11");
    assert_eq!(calendar(i32::MAX), jiff::civil::Date::MAX);
}

fn claim(count: u64) -> Assertion {
    Assertion {
        text: "full info".to_owned(),
        count: Some(count),
        unit: ClaimUnit::People,
        elements: [DataElement::Name, DataElement::Ssn].into_iter().collect(),
        ..Assertion::default()
    }
}

fn judge(claim: Option<&Assertion>, people: u64, reference: Option<&Comparison>, scope: EvidenceScope) -> ClaimReport {
    judge_read(claim, people, reference, scope, 1.0)
}

fn judge_read(
    claim: Option<&Assertion>,
    people: u64,
    reference: Option<&Comparison>,
    scope: EvidenceScope,
    readable: f64,
) -> ClaimReport {
    let file = FileReport {
        path: "dump.csv".to_owned(),
        obtained: None,
        sha256: String::new(),
        bytes: 1_000,
        format: "delimited".to_owned(),
        rows_in: people,
        rows_parsed: people,
        rows_set_aside: 0,
        set_aside: Vec::new(),
        readable_share: readable,
        duplicate_of: None,
        part_of: None,
        known: false,
        tables: Vec::new(),
        text: Default::default(),
        problems: Vec::new(),
    };
    let element = |element, rows| ElementCount {
        element,
        rows,
        rows_valid: rows,
        rows_impossible: 0,
        rows_damaged: 0,
        people: Interval::exact(rows),
    };
    let elements =
        [element(DataElement::Name, people), element(DataElement::Ssn, people), element(DataElement::Imei, 7)];
    verdicts(Findings {
        claim,
        scope,
        sampled: false,
        files: &[file],
        elements: &elements,
        people: &people_report(people),
        reference,
    })
}

fn people_report(people: u64) -> PeopleReport {
    PeopleReport {
        rows: people * 2,
        accounts: None,
        count: Interval::around(people - people / 100, people, people + people / 100),
        bounds: Vec::new(),
        households: 0,
        devices: 0,
        unresolvable: 0,
        by_jurisdiction: Vec::new(),
        several_jurisdictions: 0,
        by_class: Vec::new(),
        class_combinations: Vec::new(),
        rows_per_person: Vec::new(),
        merge_weights: Vec::new(),
        profiles: Vec::new(),
        generic_values: Vec::new(),
        merges: Vec::new(),
        refusals: Vec::new(),
    }
}

#[test]
fn headlines_follow_from_match_extent_scope_and_date() {
    let comparison = compared(2_000, START + 1_000, 2.0, 19);
    let headline = |claim: &Assertion, scope| judge(Some(claim), 2_000, Some(&comparison), scope).headline;
    assert_eq!(headline(&claim(5_000), EvidenceScope::Whole), "CONFIRMED, SMALLER THAN CLAIMED");
    assert_eq!(headline(&claim(5_000), EvidenceScope::Unknown), "CONFIRMED, SMALLER THAN CLAIMED");
    assert_eq!(headline(&claim(2_000), EvidenceScope::Unknown), "CONFIRMED");
    assert_eq!(headline(&claim(500), EvidenceScope::Unknown), "CONFIRMED, LARGER THAN CLAIMED");
    assert!(headline(&claim(5_000), EvidenceScope::Sample).starts_with("SAMPLE GENUINE"));
    let passport = Assertion { elements: claim(1).elements.with(DataElement::Passport), ..claim(2_000) };
    assert_eq!(headline(&passport, EvidenceScope::Whole), "CONFIRMED, SMALLER THAN CLAIMED");
    let fresh = Assertion { taken: Some(calendar(START + 1_400).to_string()), ..claim(2_000) };
    assert_eq!(headline(&fresh, EvidenceScope::Whole), "GENUINE BUT OLD");
    let on_time = Assertion { taken: Some(calendar(START + 1_010).to_string()), ..claim(2_000) };
    assert_eq!(headline(&on_time, EvidenceScope::Whole), "CONFIRMED");
    let torn = judge_read(Some(&claim(5_000)), 2_000, Some(&comparison), EvidenceScope::Whole, 0.4);
    assert_eq!(torn.headline, "CONFIRMED FOR WHAT IS READABLE");
    assert!(torn.summary.contains("at least 2,000"), "{}", torn.summary);
}

#[test]
fn without_reference_or_claim_what_can_be_said_is_said() {
    let report = judge(Some(&claim(5_000)), 2_000, None, EvidenceScope::Unknown);
    assert_eq!(report.headline, "INCONCLUSIVE");
    let people = report.extents.iter().find(|extent| extent.unit == "people").unwrap();
    assert_eq!((people.decision.as_str(), people.ratio), ("smaller", Some(0.4)));
    assert_eq!(report.found_not_claimed, [DataElement::Imei]);
    assert!(report.claimed_not_found.is_empty() && report.axes.elements.answer == "all claimed kinds found");
    let open: Vec<String> = cannot_say(&report).into_iter().map(|said| said.question).collect();
    assert_eq!(open.len(), 5, "{open:?}");
    assert!(report.tests.iter().all(|test| test.id != "T23" || test.decision == "cannot_tell"));

    let none = judge(None, 2_000, None, EvidenceScope::Unknown);
    assert_eq!(none.headline, "NO CLAIM");
    assert!(none.extents.iter().all(|extent| extent.claimed.is_none() && extent.decision == "cannot_tell"));
}

#[test]
fn an_unknown_unit_is_held_against_every_unit() {
    let comparison = compared(2_000, START + 1_000, 2.0, 20);
    let rows = Assertion { unit: ClaimUnit::Unknown, ..claim(4_000) };
    let report = judge(Some(&rows), 2_000, Some(&comparison), EvidenceScope::Whole);
    let decisions: Vec<(&str, &str)> =
        report.extents.iter().map(|extent| (extent.unit.as_str(), extent.decision.as_str())).collect();
    assert_eq!(decisions, [("rows", "holds"), ("accounts", "cannot_tell"), ("people", "smaller")]);
    assert_eq!(report.headline, "CONFIRMED, SMALLER THAN CLAIMED");
    let stated = Assertion { unit: ClaimUnit::Rows, ..rows };
    assert_eq!(judge(Some(&stated), 2_000, Some(&comparison), EvidenceScope::Whole).headline, "CONFIRMED");
}

#[test]
fn a_sample_is_never_a_verdict_on_the_hoard() {
    let comparison = compared(2_000, START + 1_000, 2.0, 21);
    let report = judge(Some(&claim(100_000_000)), 2_000, Some(&comparison), EvidenceScope::Sample);
    assert_eq!(report.axes.extent.answer, "cannot tell");
    assert!(report.headline.contains("NOT ESTIMABLE") && !report.summary.contains("smaller"));
    assert_eq!(scope_of(&["forum sample, 2026-08-13"]), EvidenceScope::Sample);
    assert_eq!(scope_of(&["two samples", "posted on a forum"]), EvidenceScope::Unknown);
    assert_eq!(scope_of(&[]), EvidenceScope::Unknown);
}

/// One in five rows agrees: shared customers, or a part of ours. Neither is shown.
#[test]
fn a_partial_match_is_not_confirmed() {
    let ours = population(600, 22);
    let (reference, periods) = history(&ours);
    let mut evidence = dump(&population(2_400, 23), START + 1_000, 0.0, 24);
    for record in dump(&ours, START + 1_000, 0.0, 25).records {
        evidence.push(record, RowFact::default());
    }
    let comparison = compare(&evidence, &reference, &periods);
    let report = judge(Some(&claim(3_000)), 3_000, Some(&comparison), EvidenceScope::Whole);
    assert_eq!((report.headline.as_str(), report.axes.controller.answer.as_str()), ("INCONCLUSIVE", "ours in part"));
    assert!(report.summary.contains("Where the rest comes from cannot be told"));
}
