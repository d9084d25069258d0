//! Places: streets, postal codes, states, countries.

use std::sync::LazyLock;

use vocab::Jurisdiction;

use super::digits::{Number, number, read};
use super::{Checked, Note, is_missing, trim};

/// Checks a US ZIP or ZIP+4 and gives its five digits. Four digits are a ZIP that lost its leading zero.
pub fn zip(cell: &[u8]) -> Checked<u32> {
    let cell = trim(cell);
    let five = match cell {
        [five @ .., b'-' | b' ', a, b, c, d]
            if five.len() == 5 && [a, b, c, d].iter().all(|digit| digit.is_ascii_digit()) =>
        {
            five
        }
        _ if cell.len() == 9 => &cell[..5],
        _ => cell,
    };
    if five.len() == 5 && cell.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b' ')) {
        if !five.iter().all(u8::is_ascii_digit) {
            return Checked::DAMAGED;
        }
        let value = number(five) as u32;
        // 005 (Holtsville) is the lowest prefix in use.
        let placeholder = matches!(value, 0 | 99999 | 11111 | 12345);
        let checked = Checked::judged(value, value >= 500 && !matches!(value, 99999 | 11111));
        return if placeholder { checked.noted(Note::Placeholder) } else { checked };
    }
    match read(cell) {
        Number::Missing => Checked::MISSING,
        Number::Digits(digits) if digits.spreadsheet && digits.count() == 5 => {
            Checked::valid(digits.number() as u32).noted(Note::Spreadsheet)
        }
        Number::Digits(digits) if matches!(digits.count(), 3 | 4) && !digits.separated => {
            Checked::damaged(digits.number() as u32).noted(Note::LostZeros)
        }
        _ => Checked::DAMAGED,
    }
}

/// Postal codes of a country: `9` is a digit, `A` a letter, other signs stand for themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostalForm {
    /// ISO country code.
    pub country: [u8; 2],
    /// The forms.
    pub forms: Vec<Vec<u8>>,
}

/// Checks a postal code against the forms of one country.
pub fn postal_code(cell: &[u8], form: &PostalForm) -> Checked<()> {
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let cell = trim(cell);
    let fits = |form: &Vec<u8>| {
        form.len() == cell.len()
            && form.iter().zip(cell).all(|(sign, byte)| match sign {
                b'9' => byte.is_ascii_digit(),
                b'A' => byte.is_ascii_alphabetic(),
                sign => byte == sign,
            })
    };
    // "LT-01234" says where it is; "TK-12345" is a ticket.
    let elsewhere = cell.get(2) == Some(&b'-')
        && cell[..2].iter().all(u8::is_ascii_alphabetic)
        && !cell[..2].eq_ignore_ascii_case(&form.country);
    if !elsewhere && form.forms.iter().any(fits) { Checked::valid(()) } else { Checked::DAMAGED }
}

/// Postal codes of states, the District, territories and military mail. Source: USPS Publication 28, appendix B.
const STATES: &[(&str, &str)] = &[
    ("AL", "alabama"),
    ("AK", "alaska"),
    ("AZ", "arizona"),
    ("AR", "arkansas"),
    ("CA", "california"),
    ("CO", "colorado"),
    ("CT", "connecticut"),
    ("DE", "delaware"),
    ("DC", "district of columbia"),
    ("FL", "florida"),
    ("GA", "georgia"),
    ("HI", "hawaii"),
    ("ID", "idaho"),
    ("IL", "illinois"),
    ("IN", "indiana"),
    ("IA", "iowa"),
    ("KS", "kansas"),
    ("KY", "kentucky"),
    ("LA", "louisiana"),
    ("ME", "maine"),
    ("MD", "maryland"),
    ("MA", "massachusetts"),
    ("MI", "michigan"),
    ("MN", "minnesota"),
    ("MS", "mississippi"),
    ("MO", "missouri"),
    ("MT", "montana"),
    ("NE", "nebraska"),
    ("NV", "nevada"),
    ("NH", "new hampshire"),
    ("NJ", "new jersey"),
    ("NM", "new mexico"),
    ("NY", "new york"),
    ("NC", "north carolina"),
    ("ND", "north dakota"),
    ("OH", "ohio"),
    ("OK", "oklahoma"),
    ("OR", "oregon"),
    ("PA", "pennsylvania"),
    ("RI", "rhode island"),
    ("SC", "south carolina"),
    ("SD", "south dakota"),
    ("TN", "tennessee"),
    ("TX", "texas"),
    ("UT", "utah"),
    ("VT", "vermont"),
    ("VA", "virginia"),
    ("WA", "washington"),
    ("WV", "west virginia"),
    ("WI", "wisconsin"),
    ("WY", "wyoming"),
    ("AS", "american samoa"),
    ("GU", "guam"),
    ("MP", "northern mariana islands"),
    ("PR", "puerto rico"),
    ("VI", "virgin islands"),
    ("AA", "armed forces americas"),
    ("AE", "armed forces europe"),
    ("AP", "armed forces pacific"),
    ("FM", "federated states of micronesia"),
    ("MH", "marshall islands"),
    ("PW", "palau"),
];

/// Checks a state: the postal code in any case, or the name; `US-WA` too.
pub fn state(cell: &[u8]) -> Checked<Jurisdiction> {
    let cell = trim(cell);
    let bare = match cell {
        [b'U' | b'u', b'S' | b's', b'-', rest @ ..] if rest.len() == 2 => rest,
        _ => cell,
    };
    if let [a, b] = bare {
        let code = [a.to_ascii_uppercase(), b.to_ascii_uppercase()];
        if let Some(found) = state_by_code(code) {
            return Checked::valid(found);
        }
        if is_missing(cell) {
            return Checked::MISSING;
        }
        let letters = code.iter().all(u8::is_ascii_uppercase);
        return if letters { Checked::IMPOSSIBLE } else { Checked::DAMAGED };
    }
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let by_name = STATES.iter().find(|(_, name)| cell.eq_ignore_ascii_case(name.as_bytes()));
    match by_name.and_then(|(code, _)| Jurisdiction::from_code(code)) {
        Some(found) => Checked::valid(found),
        None => Checked::DAMAGED,
    }
}

fn state_by_code([a, b]: [u8; 2]) -> Option<Jurisdiction> {
    /// By both letters: a licence number is looked at beside its state in every row.
    static CODES: LazyLock<[Option<Jurisdiction>; 26 * 26]> = LazyLock::new(|| {
        let mut codes = [None; 26 * 26];
        for (code, _) in STATES {
            codes[letter(code.as_bytes()[0]) * 26 + letter(code.as_bytes()[1])] = Jurisdiction::from_code(code);
        }
        codes
    });
    fn letter(byte: u8) -> usize {
        usize::from(byte.wrapping_sub(b'A'))
    }
    if letter(a) < 26 && letter(b) < 26 { CODES[letter(a) * 26 + letter(b)] } else { None }
}

/// Checks a country: two or three letters, or a name of letters and spaces. Which codes exist is the caller's list.
pub fn country(cell: &[u8], known: &dyn Fn(&[u8]) -> bool) -> Checked<()> {
    if is_missing(cell) {
        return Checked::MISSING;
    }
    if known(trim(cell)) { Checked::valid(()) } else { Checked::DAMAGED }
}

/// Checks a street line: a number and words in either order, or a box. Longer than 100 bytes is damaged.
pub fn street(cell: &[u8]) -> Checked<()> {
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let cell = trim(cell);
    if !(3..=100).contains(&cell.len()) || memchr::memchr2(b'@', b'{', cell).is_some() {
        return Checked::DAMAGED;
    }
    let mut letters = 0usize;
    let mut digits = 0usize;
    let mut words = 1usize;
    let mut odd = 0usize;
    for byte in cell {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => letters += 1,
            b' ' => words += 1,
            b'.' | b',' | b'#' | b'-' | b'/' | b'\'' | b'\n' | b'\r' | b'&' | b'(' | b')' | b';' => {}
            _ => odd += 1,
        }
    }
    let form = odd == 0 && letters >= 2 && words >= 2 && digits >= 1 && digits <= letters + 6;
    if form || (letters >= 4 && words >= 2 && odd == 0) { Checked::valid(()) } else { Checked::DAMAGED }
}

/// Checks a geographic position: latitude and longitude in degrees with a fraction, with a comma, semicolon or blank
/// between, or one of the two alone. Zero and zero is where programs put what they do not know.
pub fn geolocation(cell: &[u8]) -> Checked<()> {
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let cell = trim(cell);
    let inner = cell.strip_prefix(b"POINT").map_or(cell, <[u8]>::trim_ascii);
    let inner = inner.strip_prefix(b"(").and_then(|rest| rest.strip_suffix(b")")).unwrap_or(inner);
    let mut parts = inner.split(|byte| matches!(byte, b',' | b';' | b' ')).filter(|part| !part.is_empty());
    let degrees: [Option<f64>; 3] = std::array::from_fn(|_| parts.next().and_then(degrees));
    match (degrees, inner.iter().filter(|byte| **byte == b'.').count()) {
        ([Some(one), None, None], 1) => Checked::judged((), one.abs() <= 180.0),
        ([Some(one), Some(two), None], 2) => {
            let both_zero = one == 0.0 && two == 0.0;
            let fits = one.abs().min(two.abs()) <= 90.0 && one.abs().max(two.abs()) <= 180.0;
            if both_zero { Checked::IMPOSSIBLE.noted(Note::Placeholder) } else { Checked::judged((), fits) }
        }
        _ => Checked::DAMAGED,
    }
}

/// A decimal number with one to three digits before and at least one behind the point.
fn degrees(part: &[u8]) -> Option<f64> {
    let bare = part.strip_prefix(b"-").or_else(|| part.strip_prefix(b"+")).unwrap_or(part);
    let dot = memchr::memchr(b'.', bare)?;
    let form = (1..=3).contains(&dot)
        && (1..=18).contains(&(bare.len() - dot - 1))
        && bare.iter().enumerate().all(|(at, byte)| at == dot || byte.is_ascii_digit());
    if !form {
        return None;
    }
    std::str::from_utf8(part).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn places() {
        assert_eq!(zip(b"98052").value, Some(98052));
        assert_eq!(zip(b"98052-1234").value, Some(98052));
        assert_eq!(zip(b"980521234").value, Some(98052));
        assert_eq!(zip(b"2139").note, Note::LostZeros);
        assert_eq!(zip(b"00000").verdict, Verdict::Impossible);
        assert_eq!(zip(b"SW1A 1AA").verdict, Verdict::Damaged);
        assert_eq!(state(b"wa").value, Jurisdiction::from_code("WA"));
        assert_eq!(state(b"New York").value, Jurisdiction::from_code("NY"));
        assert_eq!(state(b"ZZ").verdict, Verdict::Impossible);
        assert_eq!(state(b"NA").verdict, Verdict::Missing);
        assert_eq!(state(b"NE").verdict, Verdict::Valid);
        assert_eq!(street(b"12 Main St Apt 4").verdict, Verdict::Valid);
        assert_eq!(street(b"PO Box 9").verdict, Verdict::Valid);
        assert_eq!(street(b"12345").verdict, Verdict::Damaged);
        let british = PostalForm { country: *b"GB", forms: vec![b"AA9A 9AA".to_vec()] };
        assert_eq!(postal_code(b"SW1A 1AA", &british).verdict, Verdict::Valid);
        let lithuanian = PostalForm { country: *b"LT", forms: vec![b"AA-99999".to_vec()] };
        assert_eq!(postal_code(b"LT-01234", &lithuanian).verdict, Verdict::Valid);
        assert_eq!(postal_code(b"TK-12345", &lithuanian).verdict, Verdict::Damaged);
    }
}
