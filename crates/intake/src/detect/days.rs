//! Days of birth: what the dates of a column say for them, and what the other dates of a row say against.
//!
//! Enters: a column; the columns of a table with their cases. Leaves: cases for dates of birth, and how a column's dates are
//! written. Never: a number taken for a date where no header names one.

use vocab::DataElement::Dob;

use super::column::Column;
use super::evidence::{Case, percent};
use super::typing::Weighed;
use super::values::{self, CODED_DATES, DateOrder, Verdict, unpack_date};
use crate::open::RowBlock;

/// From this share of dates on, a column is one of dates.
const DATES: f64 = 0.7;

/// Makes the case for dates of birth.
pub(super) fn weigh(column: &Column<'_>, cases: &mut Vec<Case>) {
    let order = date_order(column);
    let tally = column.tally(|cell| values::date(cell, order));
    if tally.form() < DATES {
        return written_otherwise(column, cases);
    }
    let mut years: Vec<u32> = years(column, order).collect();
    if years.is_empty() {
        return;
    }
    years.sort_unstable();
    let at = |share: f64| years[((years.len() - 1) as f64 * share) as usize];
    let (p5, median, p95) = (at(0.05), at(0.5), at(0.95));
    let among = |years_of: std::ops::RangeInclusive<u32>| {
        years.iter().filter(|year| years_of.contains(year)).count() as f64 / years.len() as f64
    };
    let born = among(1500..=2024);
    let timed = column
        .share(|cell| memchr::memmem::find(cell, b":").is_some_and(|_| memchr::memmem::find(cell, b"00:00").is_none()));
    let range = p95 - p5;
    let spread: f64 = match range {
        35.. => 4.0,
        20..35 => 2.5,
        10..20 => -0.5,
        _ => -5.0,
    };
    let adult = (1930..=2006).contains(&median);
    let mut case = Case::new(Dob, -6.0);
    case.add(
        if tally.all < 8 { spread.clamp(-5.0, 1.5) } else { spread },
        format!("years {p5} to {p95} hold nine in ten values"),
    );
    case.add(if adult { 1.0 } else { -2.5 }, format!("median year {median}"));
    case.add((born - 0.97) * 40.0, format!("{} could be births", percent(born)));
    // People of all ages: one in six was born in the last fifteen years. What an organisation writes down happened lately.
    let late = among(2010..=9999);
    if late > 0.3 {
        case.add(-3.0, format!("{} lie in 2010 or later", percent(late)));
    }
    // Of random groups of two digits one in twenty is a day.
    if tally.valid() < 0.8 {
        case.add(-8.0, format!("only {} are days of the calendar", percent(tally.valid())));
    }
    if timed > 0.3 {
        case.add(-5.0, "the dates have a time of day");
    }
    if column.distinct_ratio() < 0.1 && column.len() > 200 && column.distinct.len() < 50 {
        case.add(-3.0, "few different days");
    }
    cases.push(case);
}

/// The years of the values that are days of the calendar.
fn years(column: &Column<'_>, order: DateOrder) -> impl Iterator<Item = u32> {
    let day = move |cell: &[u8]| Some(values::date(cell, order)).filter(values::Checked::is_valid)?.value;
    column.values.iter().filter_map(move |(_, cell)| day(cell)).map(|packed| unpack_date(packed).0)
}

/// Numbers that stand for days, and months without a day: only a header tells.
fn written_otherwise(column: &Column<'_>, cases: &mut Vec<Case>) {
    if let Some(order) = coded_order(column) {
        let written = match order {
            DateOrder::SpreadsheetDays => "days as a spreadsheet counts them",
            DateOrder::Seconds => "seconds since 1970",
            DateOrder::Milliseconds => "thousandths of a second since 1970",
            _ => "six digits without a sign",
        };
        cases.push(Case::by_name(Dob, -2.0).with(-0.5, format!("dates written as {written}")));
    } else if column.share(is_month) > 0.9 {
        // No day of birth: a person should look.
        cases.push(Case::by_name(Dob, -5.0).with(-0.5, "months without a day"));
    }
}

/// `03/1981`, `1981-03`.
fn is_month(cell: &[u8]) -> bool {
    let (month, year) = match cell {
        [a, b, b'/' | b'-' | b'.', year @ ..] if year.len() == 4 => ([*a, *b], year),
        [year @ .., b'/' | b'-' | b'.', a, b] if year.len() == 4 => ([*a, *b], year),
        _ => return false,
    };
    let months = matches!(month, [b'0', b'1'..=b'9'] | [b'1', b'0'..=b'2']);
    months && matches!(year, [b'1', b'9', ..] | [b'2', b'0', ..]) && year.iter().all(u8::is_ascii_digit)
}

/// Decides on the whole column whether the day or the month comes first.
pub(super) fn date_order(column: &Column<'_>) -> DateOrder {
    let valid = |order| column.distinct.iter().filter(|cell| values::date(cell, order).is_valid()).count();
    let dotted = column.share(|cell| matches!(cell, [_, _, b'.', _, _, b'.', ..] | [_, b'.', ..]));
    let (month_first, day_first) = (valid(DateOrder::MonthFirst), valid(DateOrder::DayFirst));
    if day_first > month_first || (day_first == month_first && dotted > 0.5) {
        DateOrder::DayFirst
    } else {
        DateOrder::MonthFirst
    }
}

/// How the dates of a column of dates of birth are written.
pub(super) fn order_of_births(column: &Column<'_>) -> DateOrder {
    let order = date_order(column);
    let plain = column.tally(|cell| values::date(cell, order)).form() >= DATES;
    if plain { order } else { coded_order(column).unwrap_or(order) }
}

/// The way in which nearly all numbers of a column are days on which people now alive were born.
fn coded_order(column: &Column<'_>) -> Option<DateOrder> {
    const NEARLY_ALL: f64 = 0.95;
    let number = |cell: &[u8]| cell.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
    if column.share(number) <= NEARLY_ALL {
        return None;
    }
    let births = |order: DateOrder| {
        let digits = |cell: &[u8]| cell.iter().filter(|byte| byte.is_ascii_digit()).count();
        let long = match order {
            DateOrder::SpreadsheetDays => column.share(|cell| digits(cell) >= 4),
            DateOrder::Seconds => column.share(|cell| digits(cell) >= 8),
            DateOrder::Milliseconds => column.share(|cell| digits(cell) >= 11),
            _ => column.share(|cell| cell.len() == 6),
        };
        if long <= 0.7 {
            return None;
        }
        let born = years(column, order).filter(|year| (1905..=2024).contains(year)).count();
        let share = born as f64 / column.len().max(1) as f64;
        (share > NEARLY_ALL).then_some((born, order))
    };
    let best =
        CODED_DATES.into_iter().filter_map(births).max_by_key(|(born, order)| (*born, std::cmp::Reverse(*order)));
    best.map(|(_, order)| order)
}

/// Of two dates in a row somebody's birth is the earlier one: of columns that lie years apart in nearly every row, the later
/// is another date.
pub(super) fn earlier_in_rows(weighed: &mut [Weighed<'_>], sample: &RowBlock) {
    /// Most rows looked at.
    const ROWS: usize = 500;
    /// Fewest rows that must have both.
    const FEWEST: usize = 10;
    /// Years that lie between.
    const APART: u32 = 10;
    let dated = |column: &&mut Weighed<'_>| column.cases.iter().any(|case| case.element == Dob && !case.by_name);
    let columns: Vec<(usize, DateOrder)> = weighed
        .iter_mut()
        .enumerate()
        .filter(|(_, column)| dated(column))
        .map(|(at, c)| (at, date_order(&c.column)))
        .collect();
    let step = sample.rows().div_ceil(ROWS).max(1);
    let day = |row: usize, (at, order): (usize, DateOrder)| {
        let checked = values::date(sample.cell(row, at)?, order);
        checked.value.filter(|_| checked.verdict == Verdict::Valid)
    };
    for later in &columns {
        let behind = |earlier: &&(usize, DateOrder)| {
            let pairs =
                (0..sample.rows()).step_by(step).filter_map(|row| Some((day(row, **earlier)?, day(row, *later)?)));
            let (mut all, mut behind) = (0usize, 0usize);
            let mut apart: Vec<u32> = Vec::new();
            for (first, second) in pairs {
                all += 1;
                behind += usize::from(first < second);
                apart.push(unpack_date(second).0.saturating_sub(unpack_date(first).0));
            }
            apart.sort_unstable();
            all >= FEWEST && behind * 100 >= all * 97 && apart[apart.len() / 2] >= APART
        };
        if columns.iter().filter(|other| other.0 != later.0).any(|other| behind(&other)) {
            weighed[later.0].add(Dob, -7.0, "another date of the row is years earlier");
        }
    }
}
