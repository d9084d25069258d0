//! How numbers, moments and strings of evidence are written. `show` writes with these functions, `check` reads with them.

/// Longest string of evidence that is shown whole, in characters.
pub(super) const QUOTE_LIMIT: usize = 1_000;
/// Combining marks that may sit on one letter; more of them paint over the lines around.
const MARKS_LIMIT: usize = 3;

/// Returns the number with thousands separated: `183,406`.
pub(super) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Returns a share of 1 in per cent. What is not all is never rounded to all, what is not nothing never to nothing.
pub(super) fn percent(share: f64) -> String {
    match share * 100.0 {
        100.0 => "full".into(),
        0.0 => "none".into(),
        p if p > 99.9 && p < 100.0 => "over 99.9 %".into(),
        p if p > 0.0 && p < 0.1 => "under 0.1 %".into(),
        p if p.fract() == 0.0 => format!("{p:.0} %"),
        p => format!("{p:.1} %"),
    }
}

/// Returns a statistic: whole numbers as counts, short fractions as they are, long ones rounded.
pub(super) fn decimal(x: f64) -> String {
    if x.fract() == 0.0 && (0.0..1e15).contains(&x) {
        return count(x as u64);
    }
    let exact = x.to_string();
    let places = exact.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    match places {
        0..=6 => exact,
        _ if x.abs() < 0.01 => format!("{x:.1e}"),
        _ => format!("{x:.2}"),
    }
}

/// Returns a code as words: `very_high` is "very high".
pub(super) fn words(code: &str) -> String {
    visible(&code.replace('_', " "))
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day and, if there is one, a time as written in RFC 3339.
pub(super) struct Moment<'a> {
    year: i64,
    month: usize,
    day: i64,
    time: Option<(&'a str, &'a str)>,
}

impl<'a> Moment<'a> {
    /// Reads a date or RFC 3339 time; `None` if it is neither.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (date, rest) = text.split_at_checked(10)?;
        let mut parts = date.split('-').map(|part| part.parse::<i64>().ok());
        let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
        if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        let time = if rest.is_empty() { None } else { Some(parse_time(rest)?) };
        Some(Moment { year, month: month as usize - 1, day, time })
    }

    /// Returns days since 1970-01-01, with the time of day as a fraction; the offset is left out: it is for drawing.
    pub(super) fn days(&self) -> f64 {
        // Civil calendar to day number, in years that start in March so that the leap day comes last.
        let month = self.month as i64 + 1;
        let year = self.year - i64::from(month <= 2);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + self.day - 1;
        let day = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
        let number = |text: &str| text.parse::<f64>().unwrap_or(0.0);
        let hours = self.time.map_or(0.0, |(time, _)| number(&time[..2]) + number(&time[3..5]) / 60.0);
        day as f64 + hours / 24.0
    }
}

fn parse_time(rest: &str) -> Option<(&str, &str)> {
    let clock = rest.strip_prefix('T')?;
    let (time, after) = clock.split_at_checked(5)?;
    let zone = &after[after.find(['Z', '+', '-'])?..];
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let sound = time.is_ascii() && digits(&time[..2]) && &time[2..3] == ":" && digits(&time[3..]) && zone.is_ascii();
    sound.then_some((time, zone))
}

/// Returns a moment in words: `17 August 2026, 09:00 UTC`. What is no moment stays as it is.
pub(super) fn moment(text: &str) -> String {
    let Some(moment) = Moment::parse(text) else { return visible(text) };
    let day = format!("{} {} {}", moment.day, MONTHS[moment.month], moment.year);
    match moment.time {
        None => day,
        Some((time, "Z" | "+00:00" | "+00:00[UTC]")) => format!("{day}, {time} UTC"),
        Some((time, zone)) => format!("{day}, {time} (UTC{})", visible(zone)),
    }
}

/// Returns the day of a moment, short: `17 Aug 2026`.
pub(super) fn day(text: &str) -> String {
    match Moment::parse(text) {
        Some(moment) => format!("{} {} {}", moment.day, &MONTHS[moment.month][..3], moment.year),
        None => visible(text),
    }
}

/// Returns the string with everything that hides, reorders or breaks text written out as `⟦U+202E⟧`, cut at a limit.
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    for (n, c) in text.chars().enumerate() {
        if n == QUOTE_LIMIT {
            out.push_str("… (cut here, whole in assessment.json)");
            break;
        }
        marks = if is_mark(c) { marks + 1 } else { 0 };
        if hides(c) || marks > MARKS_LIMIT {
            out.push_str(&format!("⟦U+{:04X}⟧", c as u32));
        } else {
            out.push(c);
        }
    }
    out
}

/// Controls, bidirectional marks, zero-width and filler characters, tags, private use, non-characters, and the two
/// brackets that mark such a character here.
fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c as u32,
            0x00AD | 0x034F | 0x061C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F
            | 0x2028..=0x202E | 0x2060..=0x206F | 0x27E6..=0x27E7 | 0x3164 | 0xE000..=0xF8FF | 0xFDD0..=0xFDEF | 0xFE00..=0xFE0D
            | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0xFFFE..=0xFFFF | 0x1D173..=0x1D17A | 0xE0000..=0x10FFFF)
}

fn is_mark(c: char) -> bool {
    matches!(c as u32,
        0x0300..=0x036F | 0x0483..=0x0489 | 0x0591..=0x05BD | 0x0610..=0x061A | 0x064B..=0x065F | 0x0E31 | 0x0E34..=0x0E3A
        | 0x0E47..=0x0E4E | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF | 0xFE20..=0xFE2F)
}

/// Returns the text with the five signs that mean something in HTML replaced.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
