//! Calendar dates in the forms files have.

use serde::{Deserialize, Serialize};

use super::digits::number;
use super::{Checked, Note, is_missing, trim};
use crate::calendar;

/// Which number comes first in a date written with numbers only, when it is not the year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DateOrder {
    /// 12/31/1980.
    #[default]
    MonthFirst,
    /// 31/12/1980, 31.12.1980.
    DayFirst,
    /// The year alone; month and day stand in other columns.
    YearAlone,
    /// The month alone.
    MonthAlone,
    /// The day of the month alone.
    DayAlone,
    /// 123180: six digits, the month first.
    ShortMonthFirst,
    /// 311280: six digits, the day first.
    ShortDayFirst,
    /// 801231: six digits, the year first.
    ShortYearFirst,
    /// 29586: days as spreadsheets count them.
    SpreadsheetDays,
    /// 347068800: seconds since 1970; before that with a minus sign.
    Seconds,
    /// 347068800000: thousandths of a second since 1970.
    Milliseconds,
}

/// Ways of writing a date that any number could be: believed only where a header says what the column holds.
pub const CODED_DATES: [DateOrder; 6] = [
    DateOrder::ShortMonthFirst,
    DateOrder::ShortDayFirst,
    DateOrder::ShortYearFirst,
    DateOrder::SpreadsheetDays,
    DateOrder::Seconds,
    DateOrder::Milliseconds,
];

impl DateOrder {
    /// Tells whether a value is one part of a date.
    pub const fn is_part(self) -> bool {
        matches!(self, DateOrder::YearAlone | DateOrder::MonthAlone | DateOrder::DayAlone)
    }

    /// Tells whether a date is a number that could be anything.
    pub fn is_coded(self) -> bool {
        CODED_DATES.contains(&self)
    }
}

/// Two-digit years up to this one are of this century.
const TWO_DIGIT_PIVOT: u32 = 26;

/// Years before this one are mistakes. Registers of births begin in the sixteenth century (England's in 1538).
const EARLIEST: u32 = 1500;

/// Packs a date into one number that sorts as the date does.
pub const fn pack_date(year: u32, month: u32, day: u32) -> u32 {
    year << 9 | month << 5 | day
}

/// Returns year, month and day of a packed date.
pub const fn unpack_date(packed: u32) -> (u32, u32, u32) {
    (packed >> 9, packed >> 5 & 15, packed & 31)
}

/// Returns the number of days from 0000-03-01 to a packed date, for differences and weekdays.
pub const fn day_number(packed: u32) -> u32 {
    let (year, month, day) = unpack_date(packed);
    let (year, month) = if month <= 2 { (year.saturating_sub(1), month + 9) } else { (year, month - 3) };
    365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1
}

/// Checks a date and packs it with [`pack_date`]. A time behind it is read over. Placeholders (1900-01-01, 1970-01-01,
/// 9999-12-31, 0000-00-00) are impossible and noted as such. Of a part of a date the other parts are 0.
pub fn date(cell: &[u8], order: DateOrder) -> Checked<u32> {
    let cell = trim(cell);
    if order.is_part() {
        return part(cell, order);
    }
    if order.is_coded() {
        return coded(cell, order);
    }
    // The two most common forms without detours.
    if let [a, b, c, d, s @ (b'-' | b'/' | b'.'), e, f, t, g, h] = cell
        && s == t
        && let Some([y1, y2, m, day]) = pairs([*a, *b, *c, *d, *e, *f, *g, *h])
    {
        return judge_day(y1 * 100 + y2, m, day);
    }
    if is_missing(cell) {
        return Checked::MISSING;
    }
    match without_time(cell) {
        Some(day) => written(day, order),
        None => Checked::DAMAGED,
    }
}

/// Checks a year, a month or a day of a month by itself.
fn part(cell: &[u8], order: DateOrder) -> Checked<u32> {
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let number = match cell {
        _ if cell.len() <= 4 && cell.iter().all(u8::is_ascii_digit) => number(cell) as u32,
        _ if order == DateOrder::MonthAlone => match month_name(cell) {
            Some(month) => month,
            None => return Checked::DAMAGED,
        },
        _ => return Checked::DAMAGED,
    };
    let (packed, possible) = match order {
        DateOrder::MonthAlone => (pack_date(0, number & 15, 0), (1..=12).contains(&number)),
        DateOrder::DayAlone => (pack_date(0, 0, number & 31), (1..=31).contains(&number)),
        _ => (pack_date(number, 0, 0), cell.len() == 4 && (EARLIEST..2200).contains(&number)),
    };
    if possible { Checked::valid(packed) } else { Checked::IMPOSSIBLE }
}

/// Checks a date written as a number; the column has decided in which way.
fn coded(cell: &[u8], order: DateOrder) -> Checked<u32> {
    const DAY: i64 = 86_400;
    /// Days from 1899-12-30, where spreadsheets begin, to 1970.
    const FROM_1970: i64 = 25_569;
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let body = cell.strip_suffix(b".0").unwrap_or(cell);
    let (digits, sign) = body.strip_prefix(b"-").map_or((body, 1), |digits| (digits, -1));
    if digits.is_empty() || digits.len() > 15 || !digits.iter().all(u8::is_ascii_digit) {
        return Checked::DAMAGED;
    }
    let value = number(digits) as i64 * sign;
    match order {
        DateOrder::SpreadsheetDays => by_day(value - FROM_1970),
        DateOrder::Seconds => by_day(value.div_euclid(DAY)),
        DateOrder::Milliseconds => by_day(value.div_euclid(1000 * DAY)),
        // A spreadsheet or a database took the zero in front.
        _ if sign < 0 || !(5..=6).contains(&digits.len()) => Checked::DAMAGED,
        _ => {
            let [a, b, c] = [value / 10_000, value / 100 % 100, value % 100].map(|two| two as u32);
            let (year, month, day) = match order {
                DateOrder::ShortMonthFirst => (c, a, b),
                DateOrder::ShortDayFirst => (c, b, a),
                _ => (a, b, c),
            };
            full_year(year, 2).map_or(Checked::DAMAGED, |year| judge_day(year, month, day))
        }
    }
}

/// The date so many days after 1970-01-01.
fn by_day(days: i64) -> Checked<u32> {
    /// Days from 0000-03-01 to 1970-01-01, and to a day long after those on which anybody could be born.
    const BEFORE_1970: i64 = 719_468;
    const AFTER_1970: i64 = 3_000_000;
    if !(-BEFORE_1970..AFTER_1970).contains(&days) {
        return Checked::IMPOSSIBLE;
    }
    let (year, month, day) = calendar::date(days);
    judge_day(year as u32, month, day)
}

fn pairs(digits: [u8; 8]) -> Option<[u32; 4]> {
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let pair = |at: usize| u32::from(digits[at] - b'0') * 10 + u32::from(digits[at + 1] - b'0');
    Some([pair(0), pair(2), pair(4), pair(6)])
}

/// Checks a date whose parts are known, as [`date`] does.
pub fn judge_day(year: u32, month: u32, day: u32) -> Checked<u32> {
    if year > 9999 {
        return Checked::DAMAGED;
    }
    let packed = pack_date(year, month.min(15), day.min(31));
    let placeholder = matches!(
        (year, month, day),
        (0, ..)
            | (1, 1, 1)
            | (1582, 10, 15)
            | (1601 | 1753 | 1900 | 1901 | 1970, 1, 1)
            | (1899, 12, 30 | 31)
            | (9999 | 2999, 12, 31)
    );
    if placeholder {
        return Checked::impossible(packed).noted(Note::Placeholder);
    }
    let possible =
        (EARLIEST..2200).contains(&year) && (1..=12).contains(&month) && day >= 1 && day <= month_length(year, month);
    if possible { Checked::valid(packed) } else { Checked::IMPOSSIBLE }
}

fn month_length(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Cuts `T00:00:00Z`, ` 13:45:01.5 +00:00`, ` 1:30 PM` off; `None` if something else follows the date.
fn without_time(cell: &[u8]) -> Option<&[u8]> {
    let colon = cell.iter().position(|byte| *byte == b':');
    let Some(colon) = colon else { return Some(cell) };
    let start = cell[..colon].iter().rposition(|byte| matches!(byte, b' ' | b'T' | b't'))?;
    let time = &cell[start + 1..];
    let plain = time.iter().all(|byte| {
        byte.is_ascii_digit()
            || matches!(
                byte,
                b':' | b'.'
                    | b'+'
                    | b'-'
                    | b' '
                    | b'Z'
                    | b'z'
                    | b'A'
                    | b'P'
                    | b'M'
                    | b'a'
                    | b'p'
                    | b'm'
                    | b'U'
                    | b'T'
                    | b'C'
            )
    });
    plain.then(|| cell[..start].trim_ascii())
}

/// A part of a written date.
#[derive(Clone, Copy)]
enum Part {
    Number { value: u32, digits: usize },
    Month(u32),
}

fn written(cell: &[u8], order: DateOrder) -> Checked<u32> {
    if cell.iter().all(u8::is_ascii_digit) {
        return run_of_digits(cell, order);
    }
    let Some(parts) = split(cell) else { return Checked::DAMAGED };
    use Part::{Month, Number};
    match parts {
        [
            Number { value: year, digits: 4 },
            Number { value: month, digits: 1 | 2 },
            Number { value: day, digits: 1 | 2 },
        ] => judge_day(year, month, day),
        [Number { value: year, digits: 4 }, Month(month), Number { value: day, digits: 1 | 2 }] => {
            judge_day(year, month, day)
        }
        [Number { value: day, digits: 1 | 2 }, Month(month), Number { value: year, digits }]
        | [Month(month), Number { value: day, digits: 1 | 2 }, Number { value: year, digits }] => {
            full_year(year, digits).map_or(Checked::DAMAGED, |year| judge_day(year, month, day))
        }
        [
            Number { value: first, digits: 1 | 2 },
            Number { value: second, digits: 1 | 2 },
            Number { value: year, digits },
        ] => {
            let Some(year) = full_year(year, digits) else { return Checked::DAMAGED };
            match order {
                DateOrder::MonthFirst => judge_day(year, first, second),
                _ => judge_day(year, second, first),
            }
        }
        _ => Checked::DAMAGED,
    }
}

fn full_year(year: u32, digits: usize) -> Option<u32> {
    match digits {
        4 => Some(year),
        2 if year <= TWO_DIGIT_PIVOT => Some(2000 + year),
        2 => Some(1900 + year),
        _ => None,
    }
}

/// Eight digits: the year first if it looks like one, else last.
fn run_of_digits(cell: &[u8], order: DateOrder) -> Checked<u32> {
    let Ok(digits) = <[u8; 8]>::try_from(cell) else { return Checked::DAMAGED };
    let Some([a, b, c, d]) = pairs(digits) else { return Checked::DAMAGED };
    if matches!(a, 18..=21) && c <= 12 || a == 99 || a == 0 {
        return judge_day(a * 100 + b, c, d);
    }
    match order {
        DateOrder::MonthFirst => judge_day(c * 100 + d, a, b),
        _ => judge_day(c * 100 + d, b, a),
    }
}

/// Splits into three parts at separators and between digits and letters.
fn split(cell: &[u8]) -> Option<[Part; 3]> {
    let mut parts = [Part::Month(0); 3];
    let mut count = 0;
    let mut at = 0;
    let mut signs = [0u8; 3];
    while at < cell.len() {
        let start = at;
        let part = if cell[at].is_ascii_digit() {
            at += cell[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            (at - start <= 4).then(|| Part::Number { value: number(&cell[start..at]) as u32, digits: at - start })?
        } else if cell[at].is_ascii_alphabetic() || cell[at] >= 0x80 {
            at += cell[at..].iter().take_while(|byte| byte.is_ascii_alphabetic() || **byte >= 0x80).count();
            match month_name(&cell[start..at]) {
                Some(month) => Part::Month(month),
                None if is_filler(&cell[start..at]) => continue,
                None => return None,
            }
        } else if matches!(cell[at], b'-' | b'/' | b'.' | b' ' | b',') {
            if cell[at] != b' ' && count < 3 {
                signs[count] = cell[at];
            }
            at += 1;
            continue;
        } else {
            return None;
        };
        *parts.get_mut(count)? = part;
        count += 1;
    }
    // "21-70/34" is an identifier: who writes numbers only puts one sign twice.
    let numbers = parts.iter().all(|part| matches!(part, Part::Number { .. }));
    (count == 3 && (!numbers || signs[1] == signs[2])).then_some(parts)
}

/// Weekdays, ordinal endings and the "de" of Spanish dates.
fn is_filler(word: &[u8]) -> bool {
    const FILLERS: &[&[u8]] = &[
        b"st",
        b"nd",
        b"rd",
        b"th",
        b"de",
        b"of",
        b"mon",
        b"tue",
        b"wed",
        b"thu",
        b"fri",
        b"sat",
        b"sun",
        b"monday",
        b"tuesday",
        b"wednesday",
        b"thursday",
        b"friday",
        b"saturday",
        b"sunday",
    ];
    FILLERS.iter().any(|filler| word.eq_ignore_ascii_case(filler))
}

/// Returns the month of a name or abbreviation in English, Spanish, French, German, Portuguese or Italian.
pub(in crate::detect) fn month_name(word: &[u8]) -> Option<u32> {
    const STARTS: [&[&[u8]]; 12] = [
        &[b"jan", b"ene", b"gen"],
        &[b"feb", b"fev", "fév".as_bytes()],
        &[b"mar", "mär".as_bytes(), b"maer"],
        &[b"apr", b"abr", b"avr"],
        &[b"may", b"mai", b"mag"],
        &[b"jun", b"juin", b"giu"],
        &[b"jul", b"juil", b"lug"],
        &[b"aug", b"ago", "aoû".as_bytes(), b"aou"],
        &[b"sep", b"set"],
        &[b"oct", b"okt", b"ott", b"out"],
        &[b"nov"],
        &[b"dec", b"dez", b"dic", "déc".as_bytes()],
    ];
    if word.len() < 3 || word.len() > 10 {
        return None;
    }
    let begins = |start: &[u8]| word.len() >= start.len() && word[..start.len()].eq_ignore_ascii_case(start);
    STARTS.iter().position(|starts| starts.iter().any(|start| begins(start))).map(|at| at as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn dates_in_many_forms() {
        let expected = Checked::valid(pack_date(1980, 12, 31));
        for cell in [
            "1980-12-31",
            "1980/12/31",
            "19801231",
            "12/31/1980",
            "12-31-80",
            "12/31/80",
            "12311980",
            "31 Dec 1980",
            "Dec 31, 1980",
            "31-DEC-80",
            "December 31 1980",
            "1980-12-31T00:00:00Z",
            "1980-12-31 13:45:01.123",
            "12/31/1980 1:30 PM",
            "31 décembre 1980",
            "31. Dezember 1980",
        ] {
            assert_eq!(date(cell.as_bytes(), DateOrder::MonthFirst), expected, "{cell}");
        }
        for cell in ["31/12/1980", "31.12.1980", "31-12-80", "31121980"] {
            assert_eq!(date(cell.as_bytes(), DateOrder::DayFirst), expected, "{cell}");
        }
    }

    #[test]
    fn impossible_and_placeholder_dates() {
        for cell in ["1981-02-31", "1981-02-29", "13/13/1980", "31/12/1980", "1980-00-10"] {
            assert_eq!(date(cell.as_bytes(), DateOrder::MonthFirst).verdict, Verdict::Impossible, "{cell}");
        }
        for cell in ["1900-01-01", "01/01/1970", "9999-12-31", "0000-00-00", "00000000"] {
            assert_eq!(date(cell.as_bytes(), DateOrder::MonthFirst).note, Note::Placeholder, "{cell}");
        }
        for cell in ["12:30", "hello", "1980", "12/1980", "1.2.3.4", "123456789", "21-12/34", "0112 245 2043"] {
            assert_eq!(date(cell.as_bytes(), DateOrder::MonthFirst).verdict, Verdict::Damaged, "{cell}");
        }
    }

    #[test]
    fn dates_written_as_numbers() {
        use DateOrder::*;
        let expected = Checked::valid(pack_date(1981, 3, 5));
        for (cell, order) in [
            ("030581", ShortMonthFirst),
            ("30581", ShortMonthFirst),
            ("050381", ShortDayFirst),
            ("810305", ShortYearFirst),
            ("29650", SpreadsheetDays),
            ("29650.0", SpreadsheetDays),
            ("352598400", Seconds),
            ("352684799", Seconds),
            ("352598400000", Milliseconds),
        ] {
            assert_eq!(date(cell.as_bytes(), order), expected, "{cell}");
        }
        assert_eq!(date(b"-1", Seconds).value, Some(pack_date(1969, 12, 31)));
        assert_eq!(date(b"-2208988801", Seconds).verdict, Verdict::Impossible);
        assert_eq!(date(b"133181", ShortMonthFirst).verdict, Verdict::Impossible);
        for (cell, order) in [("1981-03-05", Seconds), ("-", Seconds), ("-30581", ShortDayFirst), ("1", ShortDayFirst)]
        {
            assert_ne!(date(cell.as_bytes(), order).verdict, Verdict::Valid, "{cell}");
        }
    }

    #[test]
    fn day_numbers_count_days() {
        assert_eq!(day_number(pack_date(2000, 3, 1)) - day_number(pack_date(2000, 2, 28)), 2);
        assert_eq!(day_number(pack_date(2001, 1, 1)) - day_number(pack_date(2000, 1, 1)), 366);
    }
}
