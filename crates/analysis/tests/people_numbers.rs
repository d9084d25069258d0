//! Hard cases of numbers and writings: defaults, twins, borrowed numbers, names in one word or two, tables cut into files; and that
//! the order of what is alike decides nothing.

use std::collections::BTreeSet;

use analysis::resolve::{Entities, RowOf};
use vocab::{DataElement, Record, Records, RowFact, RowFacts, Suffix};

use crate::people::{Few, resolve};
use crate::world::Dice;

/// A home with a line, and a date of birth.
fn home(record: &mut Record, _: &mut RowFact) {
    (record.dob, record.phone, record.street, record.house, record.zip) = (19850306, 12_065_550_147, 1, 12, 98_102);
}

#[test]
fn a_number_that_many_have_neither_joins_nor_parts() {
    const DEFAULT: u32 = 512_487_731;
    let mut few = Few::new();
    for stranger in 0..30u32 {
        let letter = char::from(b'A' + (stranger % 26) as u8).to_string().repeat(4);
        few.row(&format!("Q{letter}"), &format!("W{letter}{stranger}"), |record, _| {
            (record.ssn, record.dob) = (DEFAULT, 19300101 + stranger * 10_203);
        });
    }
    few.0.street("ELM");
    let mut row = |given: &str, ssn: u32| {
        few.row(given, "OKAFOR", |record, fact| {
            home(record, fact);
            record.ssn = ssn;
        })
    };
    let (left, right, twin) = (row("RENATA", DEFAULT), row("RENATA", 667_033_063), row("BOGDAN", DEFAULT));
    few.check(left, right, true);
    few.check(left, twin, false);
}

#[test]
fn names_that_sound_alike_are_two_where_two_numbers_were_issued_together() {
    for (other, same) in [(Some(436_348_917), false), (Some(436_348_961), true), (None, true)] {
        let mut few = Few::new();
        few.0.street("ELM");
        let mut row = |given: &str, ssn: Option<u32>| {
            few.row(given, "OKAFOR", |record, fact| {
                home(record, fact);
                record.ssn = ssn.unwrap_or(0);
            })
        };
        let (left, right) = (row("MARC", Some(436_348_916)), row("MARK", other));
        few.check(left, right, same);
    }
}

#[test]
fn one_name_one_birthday_and_one_home_are_one_person_under_two_numbers() {
    let mut few = Few::new();
    few.0.street("ELM");
    let mut row = |given: &str, ssn: u32, dob: u32, street: u32| {
        few.row(given, "OKAFOR", |record, fact| {
            home(record, fact);
            (record.ssn, record.dob, record.street) = (ssn, dob, street);
            record.phone = if street == 0 { 0 } else { record.phone };
            record.zip = if street == 0 { 0 } else { record.zip };
        })
    };
    let one = row("RENATA", 123_456_789, 19850306, 1);
    let borrowed = row("RENATA", 574_318_220, 19850306, 1);
    let sister = row("BRONA", 574_318_220, 19810917, 1);
    let elsewhere = row("RENATA", 641_220_977, 19850306, 0);
    few.check(one, borrowed, true);
    few.check(one, sister, false);
    few.check(one, elsewhere, false);
}

#[test]
fn a_name_in_one_word_and_in_two_is_one_name() {
    for (initial, same) in [(b'H', true), (b'S', false)] {
        let mut few = Few::new();
        few.0.street("ELM");
        let left = few.row("JIHOON", "YOON", home);
        let right = few.row("JI", "YOON", |record, fact| {
            home(record, fact);
            record.initial = initial;
        });
        few.check(left, right, same);
    }
}

#[test]
fn columns_that_changed_places_join_without_a_date() {
    let mut few = Few::new();
    few.0.street("ELM");
    let left = few.row("RENATA", "OKAFOR", home);
    let right = few.row("OKAFOR", "RENATA", |record, fact| {
        home(record, fact);
        record.dob = 0;
    });
    few.check(left, right, true);
}

#[test]
fn a_name_in_two_romanisations_is_one() {
    for (one, other) in [("ZHANG", "CHANG"), ("KIM", "GIM")] {
        let mut few = Few::new();
        few.0.street("ELM");
        let mut row = |surname: &str, phone: u64| {
            few.row("RENATA", surname, |record, fact| {
                home(record, fact);
                (record.phone, record.street, record.zip) = (phone, if phone == 0 { 0 } else { 1 }, 98_102);
            })
        };
        let (left, right) = (row(one, 12_065_550_147), row(other, 0));
        few.check(left, right, true);
    }
}

#[test]
fn a_surname_at_a_house_is_somebody() {
    let mut few = Few::new();
    few.0.street("ELM");
    let mut row = |given: &str, surname: &str, house: u16| {
        few.row(given, surname, |record, _| (record.street, record.house, record.zip) = (1, house, 98_102))
    };
    let (one, again) = (row("", "OKAFOR", 12), row("", "OKAFOR", 12));
    let (next, other, named) = (row("", "OKAFOR", 14), row("", "LINDQVIST", 12), row("RENATA", "OKAFOR", 12));
    let second = row("BOGDAN", "OKAFOR", 12);
    few.check(one, again, true);
    few.check(one, next, false);
    few.check(one, other, false);
    few.check(named, second, false);
}

#[test]
fn a_table_cut_into_files_has_the_bounds_of_the_whole() {
    let rows = |tables: u32| {
        let mut few = Few::new();
        for number in 1..tables {
            few.0.table(
                &format!("part{number}.csv"),
                false,
                &[DataElement::GivenName, DataElement::Surname, DataElement::Phone],
            );
        }
        for row in 0..60u32 {
            let letter = char::from(b'A' + (row % 20) as u8).to_string().repeat(3);
            few.row(&format!("N{letter}"), &format!("P{letter}{row}"), |record, fact| {
                (record.phone, fact.table) = (12_065_550_100 + u64::from(row % 50), row % tables);
            });
        }
        resolve(&few.0.records).report.count
    };
    assert_eq!(rows(3), rows(1));
}

/// Families in which rows are alike in all but a suffix, an initial, a street or a number: every tie there can be.
fn alike() -> Records {
    let mut few = Few::new();
    for street in ["ELM", "OAK", "ASH"] {
        few.0.street(street);
    }
    let mut dice = Dice::new(5);
    for family in 0..150u32 {
        for _ in 0..6 {
            let given = ["WALTER", "W", "RENATA"][dice.below(3) as usize];
            let surname = format!("OKAFOR{}", char::from(b'A' + (family % 20) as u8));
            few.row(given, &surname, |record, fact| {
                let mut some = |values: u64| dice.below(values + 1);
                record.suffix = [0, Suffix::Sr as u8, Suffix::Jr as u8][some(2) as usize];
                record.initial = [0, b'A', b'B'][some(2) as usize];
                record.dob = [0, 19500000, 19510000, 19790000][some(3) as usize];
                (record.street, record.house, record.zip) = (some(2) as u32 + 1, 12, 98_102 + family);
                record.phone = [0, 12_065_550_147 + u64::from(family)][some(1) as usize];
                fact.account = some(2) * (u64::from(family) + 7);
            });
        }
    }
    few.0.records
}

/// The groups of rows, by the rows' numbers in the original order.
fn groups(found: &Entities, order: &[usize]) -> BTreeSet<Vec<usize>> {
    let mut groups = vec![Vec::new(); found.people.len()];
    for (new, old) in order.iter().enumerate() {
        if let RowOf::Person(person) = found.of_row(new) {
            groups[person as usize].push(*old);
        }
    }
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.into_iter().collect()
}

#[test]
fn the_order_of_rows_that_are_nearly_alike_decides_nothing() {
    let records = alike();
    let straight: Vec<usize> = (0..records.len()).collect();
    let expected = groups(&resolve(&records), &straight);
    let mut dice = Dice::new(11);
    for round in 0..4 {
        let mut order = straight.clone();
        match round {
            0 => order.reverse(),
            _ => (1..order.len()).rev().for_each(|index| order.swap(index, dice.below(index as u64 + 1) as usize)),
        }
        let mut other = Records { records: Vec::new(), facts: RowFacts::default(), ..records.clone() };
        order.iter().for_each(|row| other.push(records.records[*row], records.facts.get(*row)));
        assert_eq!(groups(&resolve(&other), &order), expected, "round {round}");
    }
}
