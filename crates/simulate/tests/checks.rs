//! Checks of identifiers, written from the published rules and not from the code that makes them.

use rulebook::Rulebook;
use rulebook::places::Places;
use vocab::Jurisdiction;

/// SSA POMS RM 10201.035: never area 000, 666 or 900-999, group 00, serial 0000. Published fakes are not valid either.
pub(crate) fn ssn(text: &str) -> bool {
    let digits: String = text.chars().filter(|letter| *letter != '-').collect();
    if digits.len() != 9 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let (area, group, serial) = (&digits[..3], &digits[3..5], &digits[5..]);
    let fake = ["078051120", "219099999", "457555462", "123456789"].contains(&digits.as_str());
    let same = digits.bytes().all(|byte| byte == digits.as_bytes()[0]);
    area != "000" && area != "666" && !area.starts_with('9') && group != "00" && serial != "0000" && !fake && !same
}

/// Luhn over a text of digits, from the right: ISO/IEC 7812-1 annex B.
pub(crate) fn luhn(text: &str) -> bool {
    let mut sum = 0;
    for (place, digit) in text.chars().rev().enumerate() {
        let Some(digit) = digit.to_digit(10) else { return false };
        let weighed = digit * (1 + place as u32 % 2);
        sum += if weighed > 9 { weighed - 9 } else { weighed };
    }
    sum % 10 == 0
}

/// 3GPP TS 23.003: fifteen digits with check digit, first two a reporting body that exists.
pub(crate) fn imei(text: &str) -> bool {
    text.len() == 15 && luhn(text) && ["35", "86", "01", "99"].contains(&&text[..2])
}

/// ITU E.212: fifteen digits, a country code of the United States.
pub(crate) fn imsi(text: &str) -> bool {
    text.len() == 15
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (310..=316).contains(&text[..3].parse::<u16>().unwrap_or(0))
}

/// North American Numbering Plan: assigned area code, exchange from 200 that is not N11, never 555.
pub(crate) fn phone(places: &Places, text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let national = if digits.len() == 11 { digits.strip_prefix('1').unwrap_or("") } else { &digits };
    if national.len() != 10 {
        return false;
    }
    let (area, exchange) = (national[..3].parse().unwrap_or(0), national[3..6].parse::<u16>().unwrap_or(0));
    places.state_of_area_code(area).is_some() && exchange >= 200 && exchange % 100 != 11 && exchange != 555
}

/// City, state and ZIP belong together.
pub(crate) fn place(places: &Places, city: &str, state: &str, zip: &str) -> bool {
    let Some(entry) = zip.get(..5).and_then(|zip| zip.parse().ok()).and_then(|zip| places.zip(zip)) else {
        return false;
    };
    let there = &places.states()[entry.state as usize];
    Some(there.code) == Jurisdiction::from_code(state) && places.city(entry.city).eq_ignore_ascii_case(city)
}

/// A date in one of the three manners, between 1905 and 2026.
pub(crate) fn date(text: &str) -> bool {
    let parts: Option<[i16; 3]> = match text.len() {
        10 if text.contains('-') => Some([part(text, 0, 4), part(text, 5, 7), part(text, 8, 10)]),
        10 => Some([part(text, 6, 10), part(text, 0, 2), part(text, 3, 5)]),
        8 => Some([part(text, 0, 4), part(text, 4, 6), part(text, 6, 8)]),
        _ => None,
    };
    let Some([year, month, day]) = parts else { return false };
    (1905..=2026).contains(&year) && jiff::civil::Date::new(year, month as i8, day as i8).is_ok()
}

fn part(text: &str, from: usize, to: usize) -> i16 {
    text.get(from..to).and_then(|part| part.parse().ok()).unwrap_or(-1)
}

/// Formats of licence numbers by state, in letters (A) and digits (9): the driving-school chain's list.
pub(crate) fn licence(state: &str, text: &str) -> bool {
    let shape: String = text
        .chars()
        .map(|letter| match letter {
            'A'..='Z' => 'A',
            '0'..='9' => '9',
            _ => '?',
        })
        .collect();
    let letters_then = |letters: usize, digits: std::ops::RangeInclusive<usize>| {
        let rest = shape.get(letters..).unwrap_or("");
        shape.len() >= letters
            && shape[..letters].bytes().all(|byte| byte == b'A')
            && rest.bytes().all(|byte| byte == b'9')
            && digits.contains(&rest.len())
    };
    match state {
        "AL" => letters_then(0, 6..=8),
        "AK" | "DE" | "TX" | "ME" | "RI" => letters_then(0, 6..=8),
        "AZ" | "MA" | "VA" | "KS" | "NE" | "HI" | "KY" => letters_then(1, 8..=9),
        "CA" => letters_then(1, 7..=7),
        "AR" | "CO" | "CT" | "IN" | "LA" | "MS" | "NM" | "NY" | "SC" | "TN" | "UT" | "WY" | "GA" => {
            letters_then(0, 8..=10)
        }
        "DC" => letters_then(0, 7..=7),
        "FL" | "MD" | "MI" | "MN" => letters_then(1, 12..=12),
        "IL" => letters_then(1, 11..=12),
        "WI" => letters_then(1, 13..=13),
        "NJ" => letters_then(1, 14..=14),
        "ID" => shape == "AA999999A",
        "IA" => shape == "999AA9999",
        "MO" | "OK" => letters_then(1, 5..=9),
        "MT" => letters_then(0, 13..=14),
        "NV" => letters_then(0, 9..=10),
        "NH" => shape == "99AAA99999",
        "NC" => letters_then(0, 12..=12),
        "ND" => letters_then(3, 6..=6),
        "OH" => letters_then(2, 6..=7),
        "OR" => letters_then(0, 7..=9),
        "PA" | "SD" | "VT" => letters_then(0, 8..=8),
        "WA" => text.starts_with("WDL") && text.len() == 12,
        "WV" => letters_then(1, 5..=6),
        _ => false,
    }
}

/// The places of the rulebook.
pub(crate) fn places() -> Places {
    Places::load(&Rulebook::embedded()).unwrap()
}

#[test]
fn the_checks_can_fail() {
    assert!(ssn("536-22-1234") && !ssn("666-22-1234") && !ssn("536-00-1234") && !ssn("123-45-6789"));
    assert!(imei("352099001761481") && !imei("352099001761482"));
    assert!(luhn("490154203237518") && !imei("490154203237518"), "49 is of a body that is not in use here");
    let places = places();
    assert!(phone(&places, "(206) 622-3456") && !phone(&places, "206-555-0100") && !phone(&places, "416-622-3456"));
    assert!(place(&places, "SEATTLE", "WA", "98101") && !place(&places, "Seattle", "OR", "98101"));
    assert!(date("1987-03-02") && date("03/02/1987") && !date("1987-02-30") && !date("1900-01-01"));
    assert!(licence("WA", "WDLABCD123EF") && !licence("CA", "12345678"));
}
