//! Duties as a table for counsel and as a calendar.
//!
//! Enters: duty reports. Leaves: text, the same bytes for the same reports. Never: a value from evidence; still every
//! cell is made safe against a spreadsheet that would run it as a formula.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use vocab::assessment::{DutyReport, YesNo};
use vocab::facts::When;

const HEADER: [&str; 19] = [
    "regime",
    "name",
    "recipient",
    "trigger",
    "people_low",
    "people_likely",
    "people_high",
    "due",
    "clock",
    "starts",
    "threshold",
    "missing_facts",
    "facts_used",
    "conditions",
    "content",
    "citation",
    "status",
    "verified",
    "doubt",
];

/// Between the items of a list in one cell.
const ITEM: &str = " | ";

/// Writes RFC 4180: comma, CRLF, UTF-8, one row a duty; empty = unknown or none; lists joined by ` | `. A cell that
/// starts like a formula is preceded by `'`.
pub fn to_csv(duties: &[DutyReport]) -> String {
    let mut text = String::new();
    record(&mut text, &HEADER.map(str::to_owned));
    for duty in duties {
        record(&mut text, &cells(duty));
    }
    text
}

fn cells(duty: &DutyReport) -> [String; HEADER.len()] {
    [
        duty.regime.clone(),
        duty.name.clone(),
        duty.recipient.clone(),
        trigger_word(duty.trigger).to_owned(),
        duty.people.low.to_string(),
        duty.people.likely.to_string(),
        duty.people.high.to_string(),
        duty.due.clone().unwrap_or_default(),
        duty.clock.clone(),
        duty.starts.clone(),
        duty.threshold.clone().unwrap_or_default(),
        duty.missing_facts.join(ITEM),
        duty.facts_used.join(ITEM),
        duty.conditions.join(ITEM),
        duty.content.join(ITEM),
        duty.citation.clone(),
        duty.status.clone(),
        duty.verified.clone(),
        duty.doubt.clone().unwrap_or_default(),
    ]
}

const fn trigger_word(trigger: YesNo) -> &'static str {
    match trigger {
        YesNo::Yes => "yes",
        YesNo::No => "no",
        YesNo::CannotTell => "cannot tell",
    }
}

fn record(text: &mut String, cells: &[String]) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        write_cell(text, cell);
    }
    text.push_str("\r\n");
}

fn write_cell(text: &mut String, cell: &str) {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']);
    if !formula && !cell.contains(['"', ',', '\r', '\n']) {
        text.push_str(cell);
        return;
    }
    text.push('"');
    if formula {
        text.push('\'');
    }
    text.push_str(&cell.replace('"', "\"\""));
    text.push('"');
}

/// Writes RFC 5545: one event for each duty that has a deadline and is triggered, or may be (tentative). Dates are
/// all-day, date-times in UTC; identifiers depend on case, regime and recipient only, so that a later file updates the
/// same events. `as_of` is the stated time, RFC 3339; the stamp asks for one, so that none is 1970.
pub fn to_ics(duties: &[DutyReport], case: &str, as_of: &str) -> String {
    let mut text = String::new();
    let stated = When::from_text(as_of).and_then(|as_of| as_of.moment(&TimeZone::UTC));
    let stamp = stated.map_or_else(|| "19700101T000000Z".to_owned(), utc);
    for line in
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//leakassay//duties//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    {
        fold(&mut text, line);
    }
    fold(&mut text, &format!("X-WR-CALNAME:{}", escaped(&format!("Breach duties: {case}"))));
    for duty in duties.iter().filter(|duty| duty.trigger != YesNo::No) {
        event(&mut text, duty, case, &stamp);
    }
    fold(&mut text, "END:VCALENDAR");
    text
}

fn event(text: &mut String, duty: &DutyReport, case: &str, stamp: &str) {
    let Some(when) = duty.due.as_deref().and_then(When::from_text) else { return };
    let Some(times) = times(when) else { return };
    fold(text, "BEGIN:VEVENT");
    fold(text, &format!("UID:{:016x}@leakassay", identity(case, duty)));
    fold(text, &format!("DTSTAMP:{stamp}"));
    times.iter().for_each(|line| fold(text, line));
    fold(text, &format!("SUMMARY:{}", escaped(&format!("{}: {}", duty.regime, duty.recipient))));
    fold(text, &format!("DESCRIPTION:{}", escaped(&description(duty))));
    fold(text, if duty.trigger == YesNo::Yes { "STATUS:CONFIRMED" } else { "STATUS:TENTATIVE" });
    fold(text, "TRANSP:TRANSPARENT");
    fold(text, "END:VEVENT");
}

fn times(when: When) -> Option<Vec<String>> {
    match when {
        When::Day(day) => {
            let next = day.tomorrow().ok()?;
            Some(vec![format!("DTSTART;VALUE=DATE:{}", basic(day)), format!("DTEND;VALUE=DATE:{}", basic(next))])
        }
        When::Moment(moment) => Some(vec![format!("DTSTART:{}", utc(moment))]),
    }
}

fn description(duty: &DutyReport) -> String {
    let mut words = format!("{}\n{}\nClock: {}\nStarts: {}", duty.name, duty.citation, duty.clock, duty.starts);
    if duty.trigger == YesNo::CannotTell {
        let _ = write!(words, "\nCannot tell yet whether it is owed: {}", duty.missing_facts.join("; "));
    }
    if let Some(doubt) = &duty.doubt {
        let _ = write!(words, "\nDoubt: {doubt}");
    }
    words.push_str("\nNot legal advice.");
    words
}

fn basic(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

fn utc(moment: Timestamp) -> String {
    let at = TimeZone::UTC.to_datetime(moment);
    format!("{}T{:02}{:02}{:02}Z", basic(at.date()), at.hour(), at.minute(), at.second())
}

/// FNV-1a over case, regime and recipient: an identifier that stays, not a secret.
fn identity(case: &str, duty: &DutyReport) -> u64 {
    let parts = [case, "\0", &duty.regime, "\0", &duty.recipient];
    parts
        .iter()
        .flat_map(|part| part.bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Escapes text as RFC 5545 3.3.11 asks.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => safe.extend(['\\', c]),
            '\n' => safe.push_str("\\n"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

/// Octets of a line before it must be folded, RFC 5545 3.1.
const LINE_BYTES: usize = 75;

/// Writes a content line, folded between characters, never inside one.
fn fold(text: &mut String, line: &str) {
    let mut used = 0;
    for c in line.chars() {
        if used + c.len_utf8() > LINE_BYTES {
            text.push_str("\r\n ");
            used = 1;
        }
        text.push(c);
        used += c.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use vocab::Interval;

    fn duty(regime: &str, trigger: YesNo, due: Option<&str>, clock: &str) -> DutyReport {
        DutyReport {
            regime: regime.to_owned(),
            name: "Washington".to_owned(),
            recipient: "individuals".to_owned(),
            trigger,
            people: Interval::exact(7),
            due: due.map(str::to_owned),
            clock: clock.to_owned(),
            starts: "discovery".to_owned(),
            facts_used: vec!["one".to_owned(), "two".to_owned()],
            missing_facts: Vec::new(),
            threshold: None,
            content: Vec::new(),
            citation: "RCW 19.255.010".to_owned(),
            status: "in force".to_owned(),
            verified: "statute text".to_owned(),
            doubt: None,
            conditions: Vec::new(),
        }
    }

    /// Reads RFC 4180 back, as a second method.
    fn parse(text: &str) -> Vec<Vec<String>> {
        let mut rows = vec![vec![String::new()]];
        let mut quoted = false;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            let row = rows.last_mut().unwrap();
            match c {
                '"' if quoted && chars.peek() == Some(&'"') => row.last_mut().unwrap().push(chars.next().unwrap()),
                '"' => quoted = !quoted,
                ',' if !quoted => row.push(String::new()),
                '\r' if !quoted => assert_eq!(chars.next(), Some('\n')),
                c => row.last_mut().unwrap().push(c),
            }
            if c == '\r' && !quoted {
                rows.push(vec![String::new()]);
            }
        }
        rows.pop();
        rows
    }

    #[test]
    fn a_table_reads_back_and_runs_no_formula() {
        for clock in
            ["=HYPERLINK(\"x\")", "+1", "-1", "@SUM", "\tcell", "a,b", "a \"quoted\" word", "two\r\nlines", "", "ö"]
        {
            let text = to_csv(&[duty("WA", YesNo::Yes, None, clock), duty("OR", YesNo::CannotTell, None, "x")]);
            let rows = parse(&text);
            assert_eq!(rows.len(), 3);
            assert!(rows.iter().all(|row| row.len() == HEADER.len()), "{text}");
            let cell = &rows[1][8];
            let harmless = cell.strip_prefix('\'').unwrap_or(cell);
            assert_eq!(harmless, clock);
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
            assert_eq!((rows[2][3].as_str(), rows[1][12].as_str()), ("cannot tell", "one | two"));
        }
    }

    #[test]
    fn a_calendar_has_the_dates_and_folds_its_lines() {
        let long = "ö, ; \\ and\na new line, ".repeat(20);
        let duties = [
            duty("WA", YesNo::Yes, Some("2026-12-31"), &long),
            duty("EU-GDPR", YesNo::CannotTell, Some("2026-08-15T15:00:00.5Z"), "72 hours"),
            duty("OR", YesNo::No, Some("2026-09-11"), "x"),
            duty("TX", YesNo::Yes, None, "x"),
        ];
        let text = to_ics(&duties, "Northwind, August", "2026-08-17T09:00:00Z");
        assert!(text.split("\r\n").all(|line| line.len() <= LINE_BYTES), "{text}");
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
        let unfolded = text.replace("\r\n ", "");
        let has = |line: &str| assert!(unfolded.contains(&format!("{line}\r\n")), "{line} is not in {unfolded}");
        for line in ["DTSTART;VALUE=DATE:20261231", "DTEND;VALUE=DATE:20270101", "DTSTAMP:20260817T090000Z"] {
            has(line);
        }
        for line in ["DTSTART:20260815T150000Z", "STATUS:TENTATIVE", "STATUS:CONFIRMED", "SUMMARY:WA: individuals"] {
            has(line);
        }
        has("X-WR-CALNAME:Breach duties: Northwind\\, August");
        assert_eq!(unfolded.matches("BEGIN:VEVENT").count(), 2);
        assert!(unfolded.contains("ö\\, \\; \\\\ and\\na new line\\, "));
    }

    #[test]
    fn an_event_keeps_its_identifier_when_the_date_moves() {
        let uid = |case: &str, due: &str| {
            let text = to_ics(&[duty("WA", YesNo::Yes, Some(due), "x")], case, "2026-08-17");
            text.lines().find(|line| line.starts_with("UID:")).unwrap().to_owned()
        };
        assert_eq!(uid("A", "2026-09-11"), uid("A", "2026-09-12"));
        assert_ne!(uid("A", "2026-09-11"), uid("B", "2026-09-11"));
    }
}
