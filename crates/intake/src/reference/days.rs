//! Days as controllers' systems write them.

use jiff::civil::{Date, date};

/// A date column's cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// Empty, or far in the future or past: no bound.
    Open,
    /// A day, counted from 1970-01-01.
    On(i32),
    /// Not a date.
    Unread,
}

/// Years from here on mean "no end" (9999-12-31, 2999-12-31), years up to the other "no beginning" (0001-01-01, 1753-01-01).
const NO_END_YEAR: i16 = 2200;
const NO_BEGINNING_YEAR: i16 = 1800;

/// Reads a day: `2026-08-03`, with or without a time, `20260803`, `2026/08/03`, `08/03/2026` as in the United States,
/// `03.08.2026`, or seconds or milliseconds since 1970. The time of day is dropped.
pub fn day(cell: &[u8]) -> Day {
    let text = cell.trim_ascii();
    if text.is_empty() || is_word_for_none(text) {
        return Day::Open;
    }
    let found = separated(text).or_else(|| packed(text)).or_else(|| since_1970(text));
    let Some(found) = found else { return Day::Unread };
    if found.year() >= NO_END_YEAR || found.year() <= NO_BEGINNING_YEAR {
        return Day::Open;
    }
    // Two centuries are fewer than 150,000 days.
    Day::On((found - date(1970, 1, 1)).get_days())
}

fn is_word_for_none(text: &[u8]) -> bool {
    const WORDS: [&[u8]; 8] = [b"null", b"none", b"infinity", b"-infinity", b"open", b"n/a", b"nat", b"\\n"];
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

fn number(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    digits.iter().try_fold(0i64, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0')))
}

fn civil(year: i64, month: i64, day: i64) -> Option<Date> {
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Three numbers with a sign between them; what follows the day after a space or a `T` is the time.
fn separated(text: &[u8]) -> Option<Date> {
    let end = text.iter().position(|byte| matches!(byte, b' ' | b'T' | b't')).unwrap_or(text.len());
    let sign = *text[..end].iter().find(|byte| !byte.is_ascii_digit())?;
    if !matches!(sign, b'-' | b'/' | b'.') {
        return None;
    }
    let mut parts = text[..end].split(|byte| *byte == sign);
    let parts = [parts.next()?, parts.next()?, parts.next()?];
    let [a, b, c] = [number(parts[0])?, number(parts[1])?, number(parts[2])?];
    match (parts[0].len(), parts[2].len(), sign) {
        (4, 1..=2, _) => civil(a, b, c),
        (1..=2, 4, b'/') => civil(c, a, b),
        (1..=2, 4, b'.') => civil(c, b, a),
        _ => None,
    }
}

fn packed(text: &[u8]) -> Option<Date> {
    let number = (text.len() == 8).then(|| number(text))??;
    civil(number / 10_000, number / 100 % 100, number % 100)
}

fn since_1970(text: &[u8]) -> Option<Date> {
    let seconds = match text.len() {
        9 | 10 => number(text)?,
        12 | 13 => number(text)? / 1_000,
        _ => return None,
    };
    let days = i32::try_from(seconds / 86_400).ok()?;
    date(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_forms_are_one_day() {
        let forms = [
            "2026-08-03",
            " 2026-08-03 ",
            "2026-08-03T23:59:59Z",
            "2026-08-03 00:00:00.000",
            "20260803",
            "2026/08/03",
            "08/03/2026",
            "8/3/2026",
            "03.08.2026",
            "1785715200",
            "1785715200000",
        ];
        for form in forms {
            assert_eq!(day(form.as_bytes()), Day::On(20_668), "{form}");
        }
    }

    #[test]
    fn no_bound_and_no_date_are_told_apart() {
        for open in ["", "  ", "NULL", "infinity", "9999-12-31", "9999-12-31 23:59:59", "0001-01-01", "2999-12-31"] {
            assert_eq!(day(open.as_bytes()), Day::Open, "{open}");
        }
        for unread in
            ["2026-02-30", "2026-13-01", "yesterday", "12345", "13/13/2026", "2026-08", "99999999", "2026-08-03x"]
        {
            assert_eq!(day(unread.as_bytes()), Day::Unread, "{unread}");
        }
    }
}
