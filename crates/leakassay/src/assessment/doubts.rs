//! What looks like evidence and is none, said as problems: defaults that stand in many rows, numbers that a spreadsheet cut,
//! dates written in two orders, numbers that a system counts, columns that are empty or the same in every row, columns that a map
//! calls what they are not. Names fields and numbers of rows, no values.

use intake::detect::values::{self, DateOrder, Verdict};
use intake::detect::{ColumnTyping, Identifiers, TableTyping, Validator};
use intake::normalize::{DEFAULT_DOB, SCIENTIFIC, YEAR_ONLY};
use intake::open::{EvidenceFile, TableHead};
use vocab::assessment::{FileReport, PeopleReport};
use vocab::{DataElement, Problem, ProblemKind, Records};

/// Where a doubt about all rows is said to be.
const EVERYWHERE: &str = "all evidence";
/// Rows from which a value that many people share is worth a line, as a share of all rows and at least.
const SHARED_PERCENT: u64 = 1;
const SHARED_LEAST: u64 = 100;
/// Share of values that must hold for a column to be what a map calls it.
const LEAST_VALID: f64 = 0.5;
/// Share of numbers of nine digits that could be SSNs below which a column of them holds none: of random ones 89 % could be,
/// of real ones nearly all.
const LEAST_SSN: f64 = 0.95;
/// Share of SSNs that follow another of the same table from which they are counted up, and numbers below which it says nothing.
/// Were a case to hold a third of all people, a third of their numbers would follow another.
const COUNTED_PERCENT: usize = 60;
const LEAST_COUNTED: usize = 200;
/// Numbers looked at, and length of the stretches in which they are.
const NUMBERS_LOOKED_AT: usize = 1_000_000;
const STRETCH: u32 = 64;
/// Values below which such a share says nothing.
const LEAST_VALUES: usize = 50;

fn doubtful(path: &str, cause: String, hint: &str) -> Problem {
    Problem { kind: ProblemKind::Doubtful, path: path.into(), cause, hint: hint.into() }
}

/// Says what was left out when rows were brought into standard form.
pub(crate) fn of_records(records: &Records) -> Vec<Problem> {
    let rows = |reason: &str| records.reasons.get(reason).copied();
    let dates = rows(DEFAULT_DOB).map(|rows| {
        let cause = format!(
            "dob: {rows} rows hold a date that far more people share than can be born on a day; it was not used as evidence"
        );
        doubtful(EVERYWHERE, cause, "ask what the system writes where a date of birth is not known")
    });
    let years = rows(YEAR_ONLY).map(|rows| {
        let cause = format!(
            "dob: {rows} rows hold a first of January, far more than can be born on it; only its year was used as evidence"
        );
        doubtful(EVERYWHERE, cause, "ask what the system writes where only the year of birth is known")
    });
    let numbers = rows(SCIENTIFIC).map(|values| {
        let cause = format!(
            "{values} numbers are in scientific notation, as a spreadsheet saves long ones; their digits are lost and they \
             were not used as evidence"
        );
        doubtful(EVERYWHERE, cause, "ask for the table as it was before it was opened in a spreadsheet")
    });
    dates.into_iter().chain(years).chain(numbers).chain(counted_up(records)).collect()
}

/// Says in which tables the SSNs follow one another: a system counts its numbers up, nobody's SSN is the one behind another's.
fn counted_up(records: &Records) -> Vec<Problem> {
    // Of very many rows, whole stretches of numbers are looked at or left out, so that neighbours stay together.
    let every = (records.len() / NUMBERS_LOOKED_AT + 1) as u32;
    let numbers = records.records.iter().enumerate().filter_map(|(row, record)| {
        let number = record.ssn_full().filter(|ssn| (ssn / STRETCH).is_multiple_of(every))?;
        Some((records.facts.table(row), number))
    });
    let mut numbers: Vec<(u32, u32)> = numbers.take(4 * NUMBERS_LOOKED_AT).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let doubt = |of_table: &[(u32, u32)]| {
        let following = of_table.windows(2).filter(|pair| pair[0].1 + 1 == pair[1].1).count();
        if of_table.len() < LEAST_COUNTED || following * 100 < of_table.len() * COUNTED_PERCENT {
            return None;
        }
        let cause = format!(
            "ssn: of {} different numbers looked at, {following} follow another one directly, as numbers that a system counts do; \
             social security numbers do not",
            of_table.len()
        );
        let path = &records.tables[of_table[0].0 as usize].path;
        let hint =
            "look at the column; if it numbers customers or accounts, say so by a map or a [[column]] of the case";
        Some(doubtful(path, cause, hint))
    };
    numbers.chunk_by(|a, b| a.0 == b.0).filter_map(doubt).collect()
}

/// Says which values stood in many rows of different people and identified nobody.
pub(crate) fn of_people(report: &PeopleReport) -> Vec<Problem> {
    let least = (report.rows * SHARED_PERCENT / 100).max(SHARED_LEAST);
    let shared = report.generic_values.iter().filter(|generic| generic.rows >= least);
    let problem = |generic: &vocab::assessment::GenericValues| {
        let cause = format!(
            "{}: {} values that many different people share stand in {} rows; they were not used as evidence",
            generic.key, generic.values, generic.rows
        );
        doubtful(EVERYWHERE, cause, "look for a default of the system, or for a column that holds something else")
    };
    shared.map(problem).collect()
}

/// Elements of which people have values of their own.
const OWN: [DataElement; 12] = [
    DataElement::Ssn,
    DataElement::Dob,
    DataElement::Email,
    DataElement::Phone,
    DataElement::DriverLicense,
    DataElement::NationalId,
    DataElement::Passport,
    DataElement::AccountNumber,
    DataElement::Imei,
    DataElement::Imsi,
    DataElement::Surname,
    DataElement::Address,
];

/// Those of which it is said here that all rows have one; of identifiers the resolution says so.
const ALIKE: [DataElement; 3] = [DataElement::Dob, DataElement::Surname, DataElement::Address];

/// Says which columns that should tell people apart do not: empty ones, one value in every row, values most of which cannot be
/// what the column holds.
pub(crate) fn of_columns(report: &FileReport, typings: &[TableTyping]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (table, typing) in report.tables.iter().zip(typings).filter(|(table, _)| table.rows >= LEAST_VALUES as u64) {
        for (column, typing) in table.columns.iter().zip(&typing.columns) {
            let Some(element) = typing.reported().or(typing.expected).filter(|element| OWN.contains(element)) else {
                continue;
            };
            let named = column.name.clone().unwrap_or_else(|| format!("column {}", column.index + 1));
            let present = column.valid + column.impossible + column.damaged;
            let what = match () {
                () if present == 0 => format!("no row of {} has a value", table.rows),
                () if ALIKE.contains(&element)
                    && column.valid == present
                    && column.distinct <= 1
                    && present >= LEAST_VALUES as u64 =>
                {
                    format!("the {present} values are all the same")
                }
                () if (column.valid as f64) < present as f64 * LEAST_VALID && present >= LEAST_VALUES as u64 => {
                    format!("of {present} values {} can be one", column.valid)
                }
                () => continue,
            };
            let cause = format!("{named}: held to be {}, and {what}; it tells nobody apart", element.as_str());
            let path = if report.tables.len() == 1 { report.path.clone() } else { table.name.clone() };
            problems.push(doubtful(&path, cause, "ask for the column as the system holds it"));
        }
    }
    problems
}

/// Says which columns a map names that no table has.
pub(crate) fn of_map<'a>(files: &[EvidenceFile], named: impl Iterator<Item = &'a String>) -> Option<Problem> {
    let heads = || files.iter().flat_map(|file| &file.tables);
    let there = |column: &str| {
        let has = |head: &TableHead| (0..head.sample.columns).any(|at| map_key(head, at) == column);
        heads().any(has)
    };
    let absent: Vec<&str> = named.map(String::as_str).filter(|column| !there(column)).collect();
    let cause = || format!("the map names columns that no table has: {}", absent.join(", "));
    (!absent.is_empty() && heads().next().is_some()).then(|| {
        doubtful(EVERYWHERE, cause(), "write them as the headers do, or as numbers from 0 where there is none")
    })
}

/// What a map calls a column: its name in lower case, or its number from 0.
pub(crate) fn map_key(head: &TableHead, at: usize) -> String {
    head.columns.get(at).cloned().flatten().map_or_else(|| at.to_string(), |name| name.to_lowercase())
}

/// Says where dates of birth are written day first and month first in one column.
pub(crate) fn of_dates(head: &TableHead, typing: &TableTyping) -> Vec<Problem> {
    let dated = typing.columns.iter().enumerate().filter(|(_, column)| column.reported() == Some(DataElement::Dob));
    dated.filter_map(|(at, column)| mixed_order(head, at, column)).collect()
}

/// Says which columns held numbers of which a spreadsheet left the first digits only.
pub(crate) fn of_cut_numbers(head: &TableHead, typing: &TableTyping) -> Vec<Problem> {
    let cut = |(at, column): (usize, &ColumnTyping)| {
        let element = column.cut.filter(|_| column.reported().is_none())?;
        let cause = format!(
            "{}: its name says {element}, and its numbers are in scientific notation, as a spreadsheet saves long ones; their \
             last digits are lost, and nothing was counted in it",
            name_of(head, at)
        );
        Some(doubtful(&head.label(), cause, "ask for the table as it was before it was opened in a spreadsheet"))
    };
    typing.columns.iter().enumerate().filter_map(cut).collect()
}

fn mixed_order(head: &TableHead, at: usize, column: &ColumnTyping) -> Option<Problem> {
    if column.date_order.is_part() {
        return None;
    }
    let (mut day_first, mut month_first, mut either) = (0u64, 0u64, 0u64);
    for cell in head.sample.column(at).flatten() {
        let day = values::date(cell, DateOrder::DayFirst);
        let month = values::date(cell, DateOrder::MonthFirst);
        match (day.is_valid(), month.is_valid()) {
            (true, false) => day_first += 1,
            (false, true) => month_first += 1,
            (true, true) if day.value != month.value => either += 1,
            _ => {}
        }
    }
    let few = (day_first + month_first + either) / 100;
    // A slip or two does not make another convention.
    if day_first.min(month_first) <= few {
        return None;
    }
    let read = match column.date_order {
        DateOrder::MonthFirst => "month first",
        _ => "day first",
    };
    let cause = format!(
        "{}: of the rows looked at, {day_first} dates can only be written day first, {month_first} only month first, and \
         {either} can be either; these were read {read}, and the others of which that makes no date were not used",
        name_of(head, at)
    );
    Some(doubtful(
        &head.label(),
        cause,
        "find out which rows come from which source, and give them as files of their own",
    ))
}

/// Says that nothing in the tables of a file was recognised: that nobody was counted in it is no finding. One table of several
/// may well be about nobody.
pub(crate) fn of_unrecognised(path: &str, typings: &[TableTyping], mapped: bool) -> Option<Problem> {
    let mut columns = typings.iter().flat_map(|typing| &typing.columns);
    if typings.is_empty() || columns.any(|column| column.reported().is_some()) {
        return None;
    }
    let columns: usize = typings.iter().map(|typing| typing.columns.len()).sum();
    let by = if mapped { "the map names none of them" } else { "neither headers nor values say so" };
    let cause = format!(
        "none of its {columns} columns is known to hold data about people ({by}); nobody was counted in it, which does not \
         mean that nobody is in it"
    );
    Some(doubtful(path, cause, "say what its columns hold: `--map`, with lines like `column = \"name\"`"))
}

/// Says that there was text and no table to count people in: that nobody was counted is no finding.
pub(crate) fn of_text_alone(files: &[EvidenceFile]) -> Option<Problem> {
    let texts = files.iter().filter(|file| !file.texts.is_empty()).count();
    if texts == 0 || files.iter().any(|file| !file.tables.is_empty()) {
        return None;
    }
    let cause = format!(
        "{texts} files hold text and none holds a table; whom the text names was not counted, which does not mean that nobody is \
         in it"
    );
    Some(doubtful(
        EVERYWHERE,
        cause,
        "see what the text holds with `leakassay scan`; people are counted in rows and columns",
    ))
}

/// Leaves out columns that do not hold what a map calls them, and says so.
pub(crate) fn leave_out_mistold(ids: &Identifiers, head: &TableHead, typing: &mut TableTyping) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, column) in typing.columns.iter_mut().enumerate() {
        let Some(element) = column.element else { continue };
        let Some(validator) = Validator::of(column) else { continue };
        let (mut valid, mut formed, mut present) = (0usize, 0usize, 0usize);
        validator.run(ids, &head.sample, at, |_, verdict| {
            valid += usize::from(verdict == Verdict::Valid);
            formed += usize::from(matches!(verdict, Verdict::Valid | Verdict::Impossible));
            present += usize::from(verdict != Verdict::Missing);
        });
        let share = |of: usize| valid as f64 / of.max(1) as f64;
        let random = element == DataElement::Ssn && formed >= LEAST_VALUES && share(formed) < LEAST_SSN;
        if present == 0 || share(present) >= LEAST_VALID && !random {
            continue;
        }
        let cause = format!(
            "{}: the map calls it {}, and of {present} values looked at {valid} can be one{}; it was not used as evidence",
            name_of(head, at),
            element.as_str(),
            if random { ", no more than of any numbers" } else { "" }
        );
        problems.push(doubtful(&head.label(), cause, "correct the map, or leave the column out of it"));
        column.element = None;
    }
    problems
}

/// The name of a column, or its number from 1.
fn name_of(head: &TableHead, at: usize) -> String {
    head.columns.get(at).cloned().flatten().unwrap_or_else(|| format!("column {}", at + 1))
}
