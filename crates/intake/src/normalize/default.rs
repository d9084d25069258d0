//! A date of birth that stands in far more rows than any birthday can: what a system writes where it knows none, or no
//! more than the year.
//!
//! Enters: all records. Leaves: the records without such dates, or with the year alone, and the number of rows they stood
//! in. Never: a date left out that only one person has, however many rows that person has.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use vocab::Records;

/// Reason under which [`Records`] count the rows of such dates.
pub const DEFAULT_DOB: &str = "default_dob";

/// Reason under which [`Records`] count the rows whose first of January stands for a year.
pub const YEAR_ONLY: &str = "dob_year_only";

/// Share of the dated rows that no day of birth has by nature: the most frequent day of a population has less than one in
/// five thousand.
const SHARE_PERCENT: u64 = 1;
/// Distinct names from which a date is more than one household's.
const NAMES: usize = 30;

/// Share of the dated rows above which the first of January stands for "some day of that year": one birthday in 365 falls
/// on it.
const NEW_YEAR_PERCENT: u64 = 2;
/// Years in which it does so, and rows, below which it may be chance.
const NEW_YEARS: usize = 10;
const NEW_YEAR_ROWS: u64 = 30;

/// Takes dates of birth that stand for "unknown" out of all records, and the days of those that stand for a year.
pub(super) fn mend_dates(records: &mut Records) {
    let mut counts = counts(records);
    leave_out_dates(records, &mut counts);
    leave_years(records, &counts);
}

/// Rows by date of birth, years alone left out: many are born in one. There are no more different dates than days on which
/// somebody can have been born.
fn counts(records: &Records) -> FxHashMap<u32, u64> {
    let mut counts = FxHashMap::default();
    for record in records.records.iter().filter(|record| record.birthday() != 0) {
        *counts.entry(record.dob).or_default() += 1;
    }
    counts
}

/// Takes out the dates that far more people have than can be born on a day.
fn leave_out_dates(records: &mut Records, counts: &mut FxHashMap<u32, u64>) {
    let dated: u64 = counts.values().sum();
    let least = (dated * SHARE_PERCENT).div_ceil(100).max(NAMES as u64);
    let suspects: BTreeSet<u32> = counts.iter().filter(|(_, rows)| **rows >= least).map(|(dob, _)| *dob).collect();
    if suspects.is_empty() {
        return;
    }
    let mut names: BTreeMap<u32, BTreeSet<(u32, u32)>> = suspects.iter().map(|dob| (*dob, BTreeSet::new())).collect();
    for record in &records.records {
        if let Some(names) = names.get_mut(&record.dob).filter(|names| names.len() < NAMES) {
            names.insert((record.given, record.surname));
        }
    }
    names.retain(|_, names| names.len() >= NAMES);
    let rows: u64 = names.keys().filter_map(|dob| counts.remove(dob)).sum();
    if rows > 0 {
        records.records.iter_mut().filter(|record| names.contains_key(&record.dob)).for_each(|record| record.dob = 0);
        records.reasons.insert(DEFAULT_DOB.to_owned(), rows);
    }
}

/// Keeps the year alone of every first of January, where far more people than can be are born on that day.
fn leave_years(records: &mut Records, counts: &FxHashMap<u32, u64>) {
    let is_new_year = |dob: u32| dob % 10_000 == 101;
    let dated: u64 = counts.values().sum();
    let rows: u64 = counts.iter().filter(|(dob, _)| is_new_year(**dob)).map(|(_, rows)| rows).sum();
    if rows < NEW_YEAR_ROWS || rows * 100 < dated * NEW_YEAR_PERCENT {
        return;
    }
    let mut people: BTreeSet<(u32, u32, u32)> = BTreeSet::new();
    for record in records.records.iter().filter(|record| is_new_year(record.dob)) {
        if people.len() < NAMES * NEW_YEARS {
            people.insert((record.dob, record.given, record.surname));
        }
    }
    let years = people.iter().map(|(dob, _, _)| dob).collect::<BTreeSet<_>>().len();
    if years < NEW_YEARS || people.len() < NAMES {
        return;
    }
    for record in records.records.iter_mut().filter(|record| is_new_year(record.dob)) {
        record.dob -= 101;
    }
    records.reasons.insert(YEAR_ONLY.to_owned(), rows);
}

#[cfg(test)]
mod tests {
    use vocab::{Record, RowFact};

    use super::*;

    fn records(rows: impl Iterator<Item = (u32, u32)>) -> Records {
        let mut records = Records::default();
        for (given, dob) in rows {
            records.push(Record { given, surname: 1, dob, ..Record::default() }, RowFact::default());
        }
        records
    }

    #[test]
    fn a_date_of_everybody_is_nobodys() {
        let mut all = records(
            (0..4_000_u32).map(|row| (row, if row.is_multiple_of(20) { 19_800_101 } else { 19_400_101 + row })),
        );
        mend_dates(&mut all);
        assert_eq!(all.reasons.get(DEFAULT_DOB), Some(&200));
        assert_eq!(all.records.iter().filter(|record| record.dob == 0).count(), 200);
    }

    #[test]
    fn many_firsts_of_january_are_years() {
        let other = |row: u32| (1930 + row % 59) * 10_000 + 102 + row % 27;
        let new_year = |row: u32, years: u32| (1930 + row % years) * 10_000 + 101;
        let day = |row: u32| if row.is_multiple_of(20) { new_year(row, 59) } else { other(row) };
        let mut all = records((0..4_000_u32).map(|row| (row, day(row))));
        mend_dates(&mut all);
        assert_eq!(all.reasons.get(YEAR_ONLY), Some(&200));
        assert!(all.records.iter().all(|record| record.dob % 10_000 != 101));
        assert_eq!(all.records[20].dob, 19_500_000);
        let chance = |row: u32| if row.is_multiple_of(300) { new_year(row, 59) } else { other(row) };
        let one_person = |row: u32| new_year(row, 7);
        let three_years = |row: u32| if row.is_multiple_of(40) { new_year(row / 40, 3) } else { other(row) };
        for mut kept in [
            records((0..40_000_u32).map(|row| (row, chance(row)))),
            records((0..4_000_u32).map(|row| (row % 7, one_person(row)))),
            records((0..4_000_u32).map(|row| (row, three_years(row)))),
        ] {
            mend_dates(&mut kept);
            assert!(kept.reasons.is_empty(), "{:?}", kept.reasons);
        }
    }

    #[test]
    fn one_person_of_many_rows_and_a_small_file_keep_their_dates() {
        for mut kept in [
            records((0..4_000_u32).map(|row| (row % 7, 19_800_101))),
            records((0..29_u32).map(|row| (row, 19_800_101))),
            records((0..4_000_u32).map(|row| (row, 19_400_101 + row % 400))),
            records((0..4_000_u32).map(|row| (row, 19_400_000 + row % 60 * 10_000))),
        ] {
            mend_dates(&mut kept);
            assert!(kept.reasons.is_empty(), "{:?}", kept.reasons);
        }
    }
}
