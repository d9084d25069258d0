//! Dates of birth in three columns: year, month and day.
//!
//! Enters: headers, a sample, typings. Leaves: the typings, the three columns read as parts of a date of birth; a year alone
//! as what tells people apart. Never: a year alone taken for a date of birth.

use vocab::DataElement::Dob;
use vocab::assessment::FindingState;

use super::cells::InCells;
use super::header::phrase;
use super::rules::Identifiers;
use super::typing::{ColumnTyping, Role, TableTyping};
use super::values::{self, BorneWords, DateOrder, Verdict};
use crate::open::RowBlock;

/// Least share of the values that must be such parts.
const FITTING: f64 = 0.9;
/// Probability of that reading.
const PROBABILITY: f64 = 0.97;

/// Reads three columns as a date of birth where their headers name its parts and their values are such; and marks a year of
/// birth that stands alone, in a table without dates of birth.
pub(super) fn mark(ids: &Identifiers, headers: &[Option<String>], sample: &RowBlock, typing: &mut TableTyping) {
    let named: Vec<String> = headers.iter().map(|header| header.as_deref().map_or_else(String::new, phrase)).collect();
    let parts = [DateOrder::YearAlone, DateOrder::MonthAlone, DateOrder::DayAlone];
    let column = |(order, words): (DateOrder, &Vec<String>)| {
        let most = named.len().min(typing.columns.len());
        let mut columns = (0..most).filter(|at| words.contains(&named[*at]) && holds(sample, *at, order));
        columns.next().filter(|_| columns.next().is_none())
    };
    let mut found = parts.into_iter().zip(&ids.birth_parts).map(column);
    let Some(year) = found.next().flatten() else { return };
    match (found.next().flatten(), found.next().flatten()) {
        (Some(month), Some(day)) => {
            for (at, order) in [year, month, day].into_iter().zip(parts) {
                become_part(&mut typing.columns[at], order);
            }
        }
        _ if typing.columns_of(Dob).next().is_none() && typing.columns[year].reported().is_none() => {
            let column = &mut typing.columns[year];
            (column.role, column.date_order) = (Role::BirthYear, DateOrder::YearAlone);
        }
        _ => {}
    }
}

/// Whether nearly all values of a column are such parts.
fn holds(sample: &RowBlock, at: usize, order: DateOrder) -> bool {
    let verdicts = sample.column(at).flatten().map(|cell| values::date(cell, order).verdict);
    let (mut some, mut valid) = (0u32, 0u32);
    for verdict in verdicts.filter(|verdict| *verdict != Verdict::Missing) {
        some += 1;
        valid += u32::from(verdict == Verdict::Valid);
    }
    some > 0 && f64::from(valid) >= f64::from(some) * FITTING
}

fn become_part(column: &mut ColumnTyping, order: DateOrder) {
    let part = match order {
        DateOrder::YearAlone => "year",
        DateOrder::MonthAlone => "month",
        _ => "day",
    };
    column.element = Some(Dob);
    column.probability = PROBABILITY;
    column.state = FindingState::Report;
    column.reasons = vec![format!("the header names the {part} of birth, beside the other two parts of the date")];
    column.alternatives.clear();
    column.role = Role::Plain;
    column.date_order = order;
    column.borne = BorneWords::default();
    (column.scheme, column.detector, column.expected, column.text) = (None, None, None, InCells::Nothing);
}
