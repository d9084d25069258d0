//! Parts of addresses in columns: streets, cities, states, postal codes, countries.
//!
//! Enters: a column. Leaves: cases for what its values could be. Never: evidence of the header or of other columns.

use vocab::DataElement::*;

use super::column::{Column, Tally};
use super::evidence::{Case, percent};
use super::rules::Identifiers;
use super::values::{self, DateOrder};

/// Makes the cases for places.
pub(super) fn weigh(ids: &Identifiers, column: &Column<'_>, cases: &mut Vec<Case>) {
    let n = column.distinct.len();
    let state = column.tally(values::state);
    let fits = column.share(|cell| values::state(cell).is_valid());
    if fits > 0.9 {
        let score = match n {
            0..=2 => 0.5,
            3..=5 => 2.0,
            _ => 6.0,
        };
        let doubt = if state.valid() < 0.8 { -4.0 } else { 0.0 };
        cases.push(
            Case::new(State, 0.0).with(score + doubt, format!("{} are states, {n} different ones", percent(fits))),
        );
    } else if column.no_digits > 0.95 && column.mean_length < 40.0 {
        regions(ids, column, cases);
    }
    zip(ids, column, cases);
    let country = column.share(|cell| ids.is_country(cell));
    if country > 0.9 || (country > 0.7 && column.mean_length > 3.5) {
        let words = column.share(|cell| cell.len() > 3);
        let score = if words > 0.5 {
            4.5
        } else if n == 1 && column.len() >= 20 {
            0.8
        } else {
            1.0
        };
        let small = column.share(|cell| cell.iter().any(u8::is_ascii_lowercase)) > 0.5;
        // "no" is Norway, and no.
        let unsure = if words < 0.5 && small {
            -4.0
        } else if country > 0.9 {
            0.0
        } else {
            -1.5
        };
        cases.push(Case::new(Country, unsure).with(score, format!("{} are countries", percent(country))).when(
            fits > 0.95 && n > 4,
            -5.0,
            "all are states",
        ));
    }
    if column.no_digits > 0.9 && column.mean_length < 35.0 && column.mean_length > 2.0 && values_are_words(column) {
        let city = column.distinct_share(|cell| ids.is_city(cell));
        let score = ((city - 0.35) * 14.0).clamp(-0.8, 7.0);
        let case = Case::new(City, -2.0).with(score, format!("{} are names of cities", percent(city)));
        let case = case.when(n < 8 && column.len() > 3 * n, -4.0, "few values, often repeated");
        let case = case.when(begin_with_given_names(ids, column) > 0.5, -5.0, "most begin with a given name");
        cases.push(case.when(fits > 0.9 || country > 0.7, -6.0, "all are states or countries"));
    }
    street(ids, column, cases);
}

/// Share of the values that are a given name and another word.
fn begin_with_given_names(ids: &Identifiers, column: &Column<'_>) -> f64 {
    column.distinct_share(|cell| {
        let Some(first) = cell.iter().position(|byte| *byte == b' ').map(|at| &cell[..at]) else { return false };
        let (given, surname) = ids.name_frequency(first);
        let known = given.is_some_and(|given| surname.is_none_or(|surname| given > surname));
        known || ids.names_abroad.is_given(first)
    })
}

/// Provinces and counties of other countries; a handful of other words is something else.
fn regions(ids: &Identifiers, column: &Column<'_>, cases: &mut Vec<Case>) {
    let n = column.distinct.len();
    let known = column.share(|cell| ids.is_region(cell) || values::state(cell).is_valid());
    let codes = column.mean_length < 3.5;
    let few = if n < 5 { -4.0 } else { 0.0 };
    if known > 0.7 && n >= 3 {
        let score = if codes { 2.5 } else { 6.0 };
        let words = format!("{} are states or provinces, {n} different ones", percent(known));
        cases.push(Case::new(State, -1.0).with(score + few * 0.5, words));
    } else {
        cases.push(Case::new(State, -4.6).with(few + known * 3.0, "words"));
    }
}

fn values_are_words(column: &Column<'_>) -> bool {
    column.tally(values::name).form() > 0.85
}

fn zip(ids: &Identifiers, column: &Column<'_>, cases: &mut Vec<Case>) {
    let tally = column.tally(values::zip);
    let lost = column.distinct_share(|cell| values::zip(cell).note == values::Note::LostZeros);
    let nine = column.share(|cell| cell.len() == 9);
    if tally.form() + lost > 0.8 && tally.form() > 0.5 && nine < 0.5 {
        let used =
            column.distinct.iter().filter(|cell| values::zip(cell).value.is_some_and(|zip| ids.is_zip(zip))).count();
        let used_tally = Tally { all: n_of(column), valid: used, impossible: n_of(column) - used };
        let plus4 = column.share(|cell| cell.len() == 10);
        let share = used_tally.valid();
        // 41 of 100 five-digit numbers are in use. A third to two thirds is what another country's codes give.
        let score = if (0.2..0.75).contains(&share) { -0.5 } else { used_tally.ratio(0.41).clamp(-2.0, 6.0) };
        let case = Case::new(Zip, -3.5)
            .with(score, format!("{} are ZIP codes in use; 41 % of random ones would be", percent(share)));
        let case = case.when(plus4 > 0.3, 5.0, "some are written with the four digits behind");
        cases.push(case.when(column.counter, -7.0, "the numbers count up"));
        return;
    }
    if column.tally(|cell| values::date(cell, DateOrder::MonthFirst)).valid * 10 > column.distinct.len() * 7 {
        return;
    }
    let best = ids.postal_forms.iter().map(|form| {
        let fitting = column.share(|cell| values::postal_code(cell, form).is_valid());
        let lettered = form.forms.iter().any(|form| form.iter().any(|sign| !sign.is_ascii_digit()));
        (fitting, lettered, form)
    });
    if let Some((share, lettered, form)) = best.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|best| best.0 > 0.8) {
        let signed = lettered && column.digits < 0.5;
        let country = String::from_utf8_lossy(&form.country).into_owned();
        let begin_with = |digit: u8| column.distinct_share(|cell| cell[0] == digit);
        let score = match (signed, column.length) {
            // No telephone number of seven digits begins with a zero; one in ten postal codes of Japan does.
            (true, 8) if column.share(|cell| cell.get(3) == Some(&b'-')) > 0.8 => {
                if begin_with(b'0') > 0.02 {
                    6.0
                } else {
                    0.0
                }
            }
            (true, _) => 6.0,
            // No country's codes of six digits begin with a nine.
            (false, 5 | 6) if begin_with(b'9') < 0.03 => 1.5,
            // Four digits, or seven and more, are anything.
            (false, _) => 0.0,
        };
        let words = format!("{} have the form of postal codes of {country}", percent(share));
        let round = column.distinct.len() >= 8 && column.share(|cell| cell.ends_with(b"00")) > 0.6;
        let case = Case::new(Zip, -3.0).with(score, words).when(!signed && round, -6.0, "round numbers");
        cases.push(case.when(column.counter, -7.0, "the numbers count up"));
    }
}

fn n_of(column: &Column<'_>) -> usize {
    column.distinct.len()
}

fn street(ids: &Identifiers, column: &Column<'_>, cases: &mut Vec<Case>) {
    let form = column.tally(values::street);
    if form.form() < 0.7 {
        let numbers = column.share(|cell| cell.len() <= 6 && cell[0].is_ascii_digit());
        if numbers > 0.9 {
            cases.push(Case::new(Address, -5.0).with(0.0, "short numbers"));
        }
        return;
    }
    let numbered = column.distinct_share(|cell| cell.iter().any(u8::is_ascii_digit));
    let worded = column
        .distinct_share(|cell| cell.split(|byte| !byte.is_ascii_alphanumeric()).any(|word| ids.is_street_word(word)));
    let abroad = column.distinct_share(|cell| {
        cell.split(|byte| matches!(byte, b' ' | b',')).any(|word| ids.streets.names_a_street(word))
    });
    let units = column.distinct_share(|cell| {
        let first = cell.split(|byte| *byte == b' ').next().unwrap_or(cell).to_ascii_lowercase();
        matches!(
            first.as_slice(),
            b"apt"
                | b"apt."
                | b"unit"
                | b"ste"
                | b"suite"
                | b"#"
                | b"lot"
                | b"fl"
                | b"rm"
                | b"bldg"
                | b"apartment"
                | b"room"
                | b"trlr"
                | b"spc"
        )
    });
    let ends = column.distinct_share(|cell| cell[0].is_ascii_digit() || cell.last().is_some_and(u8::is_ascii_digit));
    let mut case = Case::new(Address, -3.0);
    let streets = worded.max(abroad);
    case.add(((streets - 0.25) * 12.0).clamp(-2.0, 6.0), format!("{} have a word for streets", percent(streets)));
    case.add(if numbered > 0.6 && ends > 0.5 { 3.0 } else { -1.5 }, format!("{} have a number", percent(numbered)));
    let phrase = |cell: &[u8]| cell.split(|byte| *byte == b' ').filter(|word| word.len() > 1).count() >= 2;
    if numbered > 0.6
        && column.distinct_ratio() > 0.8
        && (10.0..50.0).contains(&column.mean_length)
        && column.distinct_share(phrase) > 0.6
    {
        case.add(1.5, "a number and words, hardly one twice");
    }
    if units > 0.7 {
        case.add(5.0, "units of a building");
    }
    if numbered < 0.3 && (column.distinct.len() < 20 || column.distinct_ratio() < 0.2) {
        case.add(-4.0, "few, and hardly one has a number");
    }
    if column.mean_length > 70.0 {
        case.add(-3.0, "long texts");
    }
    if column.distinct.len() < 8 && column.len() > 40 {
        case.add(if units > 0.7 { -4.0 } else { -7.0 }, "few values, often repeated");
    }
    cases.push(case);
}
