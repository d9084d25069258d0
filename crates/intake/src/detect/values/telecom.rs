//! Numbers of telephones, devices and subscriptions.

use serde::{Deserialize, Serialize};

use super::digits::{Digits, Number, luhn, luhn_digit, number, read};
use super::{Checked, Note, is_missing, trim};

/// Checks an IMEI and gives 15 digits: 14 and the check digit, which is computed where it is absent or sent as 0.
/// Source: 3GPP TS 23.003 annex B.
pub fn imei(cell: &[u8]) -> Checked<u64> {
    let digits = match read_device(cell) {
        Ok(digits) => digits,
        Err(verdict) => return verdict,
    };
    match digits.count() {
        15 => digits.mark(judge_imei(&digits)),
        14 => {
            let value = digits.number() * 10 + u64::from(luhn_digit(digits.bytes()));
            Checked::judged(value, !digits.all_equal()).noted(Note::NoCheckDigit)
        }
        _ => Checked::DAMAGED,
    }
}

fn judge_imei(digits: &Digits) -> Checked<u64> {
    if digits.all_equal() {
        return Checked::impossible(digits.number()).noted(Note::Placeholder);
    }
    let value = digits.number();
    Checked::judged(value, luhn(digits.bytes()))
}

/// Checks an IMEI with software version: 16 digits without check digit.
pub fn imeisv(cell: &[u8]) -> Checked<u64> {
    match read_device(cell) {
        Ok(digits) if digits.count() == 16 => digits.mark(Checked::judged(digits.number(), !digits.all_equal())),
        Ok(_) => Checked::DAMAGED,
        Err(verdict) => verdict,
    }
}

/// Checks an IMSI: 14 or 15 digits whose first is that of a mobile country code (2 to 7, or 001 for tests).
/// Whether the country code is assigned is the rulebook's knowledge.
pub fn imsi(cell: &[u8]) -> Checked<u64> {
    match read_device(cell) {
        Ok(digits) if matches!(digits.count(), 14 | 15) => {
            let possible = matches!(digits.bytes()[0], b'2'..=b'7') && !digits.all_equal();
            digits.mark(Checked::judged(digits.number(), possible))
        }
        Ok(_) => Checked::DAMAGED,
        Err(verdict) => verdict,
    }
}

/// Checks an ICCID: 18 to 20 digits starting with 89, a filler F at the end allowed. The check digit is soft evidence
/// (many issuers print numbers without it), so it does not decide here. The value is the number without its last digit.
pub fn iccid(cell: &[u8]) -> Checked<u64> {
    let trimmed = trim(cell);
    let body = trimmed.strip_suffix(b"F").or_else(|| trimmed.strip_suffix(b"f")).unwrap_or(trimmed);
    match read_device(body) {
        Ok(digits) if (18..=20).contains(&digits.count()) => {
            let bytes = digits.bytes();
            let value = number(&bytes[..bytes.len() - 1]);
            digits.mark(Checked::judged(value, bytes.starts_with(b"89")))
        }
        Ok(_) => Checked::DAMAGED,
        Err(verdict) => verdict,
    }
}

/// Checks a MEID: 14 hexadecimal digits whose first is a letter, or 18 decimal digits (10 of at most 32 bits, 8 of at most 24).
pub fn meid(cell: &[u8]) -> Checked<u64> {
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let cell = trim(cell);
    if matches!(cell.len(), 14 | 15) && matches!(cell[0].to_ascii_uppercase(), b'A'..=b'F') {
        let Ok(text) = std::str::from_utf8(&cell[..14]) else { return Checked::DAMAGED };
        return u64::from_str_radix(text, 16).map_or(Checked::DAMAGED, Checked::valid);
    }
    if cell.len() == 18 && cell.iter().all(u8::is_ascii_digit) {
        let (maker, serial) = (number(&cell[..10]), number(&cell[10..]));
        let possible = maker <= u64::from(u32::MAX) && maker >= 0xA000_0000 && serial < 1 << 24;
        return Checked::judged(maker << 24 | serial, possible);
    }
    Checked::DAMAGED
}

fn read_device<T>(cell: &[u8]) -> Result<Digits, Checked<T>> {
    match read(cell) {
        Number::Missing => Err(Checked::MISSING),
        Number::Other => Err(Checked::DAMAGED),
        Number::Scientific => Err(Checked::DAMAGED.noted(Note::Spreadsheet)),
        Number::Digits(digits) => Ok(digits),
    }
}

/// A country's calling code and the lengths of its national numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallingCode {
    /// Calling code: 44.
    pub code: u16,
    /// Shortest national number without trunk prefix.
    pub shortest: u8,
    /// Longest national number without trunk prefix.
    pub longest: u8,
    /// Whether national numbers are written with a leading 0.
    pub trunk_zero: bool,
}

/// Checks a telephone number and gives its E.164 digits with country code. Without `+` or `00` it is read as a number of
/// the North American plan.
pub fn phone(cell: &[u8]) -> Checked<u64> {
    const NORTH_AMERICA: CallingCode = CallingCode { code: 1, shortest: 10, longest: 10, trunk_zero: false };
    phone_at_home(cell, &NORTH_AMERICA)
}

/// Checks a telephone number; one without `+` or `00` is read as a national number of `home`.
pub fn phone_at_home(cell: &[u8], home: &CallingCode) -> Checked<u64> {
    let cell = trim(cell);
    if let Some(value) = ten_plain(cell)
        && home.code == 1
    {
        return nanp(value);
    }
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let Some(written) = Written::read(cell) else { return Checked::DAMAGED };
    let digits = &written.digits[..written.count];
    let checked = if written.international {
        international(digits)
    } else if home.code == 1 {
        match digits {
            [b'1', rest @ ..] if rest.len() == 10 => nanp(number(rest)),
            _ if digits.len() == 10 => nanp(number(digits)),
            // A number of another country without its plus sign.
            _ if (11..=15).contains(&digits.len()) && digits[0] != b'0' && digits[0] != b'1' => international(digits),
            _ => Checked::DAMAGED,
        }
    } else {
        national(digits, home)
    };
    if written.spreadsheet { checked.noted_unless(Note::Spreadsheet) } else { checked }
}

impl<T> Checked<T> {
    fn noted_unless(self, note: Note) -> Self {
        if self.note == Note::None { self.noted(note) } else { self }
    }
}

/// Ten digits, plain or `(425) 555-0123`, `425-555-0123`: the common forms without detours.
fn ten_plain(cell: &[u8]) -> Option<u64> {
    let picked: [u8; 10] = match cell {
        [a, b, c, d, e, f, g, h, i, j] => [*a, *b, *c, *d, *e, *f, *g, *h, *i, *j],
        [a, b, c, s, d, e, f, t, g, h, i, j] if s == t && matches!(s, b'-' | b'.' | b' ') => {
            [*a, *b, *c, *d, *e, *f, *g, *h, *i, *j]
        }
        [b'(', a, b, c, b')', b' ', d, e, f, b'-', g, h, i, j] => [*a, *b, *c, *d, *e, *f, *g, *h, *i, *j],
        _ => return None,
    };
    let mut value = 0u64;
    for byte in picked {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + u64::from(digit);
    }
    Some(value)
}

/// Judges ten digits by the North American plan: area [2-9][0-8]x, exchange [2-9]xx, neither x11.
fn nanp(value: u64) -> Checked<u64> {
    let (area, exchange, line) = (value / 10_000_000, value / 10_000 % 1000, value % 10_000);
    let e164 = 10_000_000_000 + value;
    let possible = area >= 200 && area / 10 % 10 != 9 && area % 100 != 11 && exchange >= 200 && exchange % 100 != 11;
    if !possible {
        return Checked::judged(e164, false);
    }
    if value.is_multiple_of(1_111_111_111) {
        return Checked::impossible(e164).noted(Note::Placeholder);
    }
    if exchange == 555 && (100..200).contains(&line) {
        return Checked::impossible(e164).noted(Note::Fictional);
    }
    if matches!(area, 800 | 833 | 844 | 855 | 866 | 877 | 888) {
        return Checked::valid(e164).noted(Note::TollFree);
    }
    Checked::valid(e164)
}

fn international(digits: &[u8]) -> Checked<u64> {
    match digits {
        [b'1', rest @ ..] => {
            if rest.len() == 10 {
                nanp(number(rest))
            } else {
                Checked::DAMAGED
            }
        }
        [b'0', ..] => Checked::DAMAGED,
        _ if (8..=15).contains(&digits.len()) => {
            let all_equal = digits[2..].windows(2).all(|pair| pair[0] == pair[1]);
            Checked::judged(number(digits), !all_equal)
        }
        _ => Checked::DAMAGED,
    }
}

fn national(digits: &[u8], home: &CallingCode) -> Checked<u64> {
    let within = |length: usize| (usize::from(home.shortest)..=usize::from(home.longest)).contains(&length);
    let code_digits = decimal_width(home.code);
    let with_code = digits.len() > code_digits && number(&digits[..code_digits]) == u64::from(home.code);
    let local = if digits[0] == b'0' && home.trunk_zero { &digits[1..] } else { digits };
    if within(local.len()) && (local.len() < digits.len() || !with_code) {
        let value = u64::from(home.code) * 10u64.pow(local.len() as u32) + number(local);
        return Checked::judged(value, !local.windows(2).all(|pair| pair[0] == pair[1]));
    }
    if with_code && within(digits.len() - code_digits) {
        return Checked::valid(number(digits));
    }
    Checked::DAMAGED
}

fn decimal_width(code: u16) -> usize {
    match code {
        0..10 => 1,
        10..100 => 2,
        _ => 3,
    }
}

/// A telephone number as written: digits, and whether a plus sign or 00 stood before them.
struct Written {
    digits: [u8; 15],
    count: usize,
    international: bool,
    spreadsheet: bool,
}

impl Written {
    fn read(cell: &[u8]) -> Option<Written> {
        let (cell, spreadsheet) = match cell.strip_suffix(b".0") {
            Some(body) if body.len() >= 7 && body.iter().all(u8::is_ascii_digit) => (body, true),
            _ => (cell, false),
        };
        let cell = without_extension(cell);
        let cell = cell.strip_prefix(b"tel:").unwrap_or(cell);
        let (mut international, mut body) = match cell {
            [b'+', body @ ..] | [b'(', b'+', body @ ..] => (true, body),
            _ => (false, cell),
        };
        if let [b'0', b'0', rest @ ..] = body
            && rest.len() >= 9
        {
            (international, body) = (true, rest);
        }
        let mut out = Written { digits: [0; 15], count: 0, international, spreadsheet };
        let mut at = 0;
        while at < body.len() {
            match body[at] {
                digit @ b'0'..=b'9' => {
                    *out.digits.get_mut(out.count)? = digit;
                    out.count += 1;
                }
                // "+44 (0)20": the zero in brackets is the trunk prefix.
                b'(' if international && body[at..].starts_with(b"(0)") => at += 2,
                b' ' | b'-' | b'.' | b'(' | b')' | b'/' => {}
                _ => return None,
            }
            at += 1;
        }
        (out.count >= 7).then_some(out)
    }
}

/// Cuts `x123`, `ext. 123` off a telephone number.
pub fn without_extension(cell: &[u8]) -> &[u8] {
    let Some(at) = cell.iter().position(|byte| matches!(byte, b'x' | b'X' | b'e' | b'E' | b'#')) else { return cell };
    let tail = &cell[at..];
    let letters = tail.iter().take_while(|byte| !byte.is_ascii_digit()).count();
    let number = &tail[letters..];
    let word = tail[..letters].trim_ascii().to_ascii_lowercase_word();
    let known = matches!(word, Some(b"x" | b"ext" | b"ext." | b"extension" | b"#"));
    if known && (1..=6).contains(&number.len()) && number.iter().all(u8::is_ascii_digit) {
        return cell[..at].trim_ascii_end();
    }
    cell
}

trait Word {
    fn to_ascii_lowercase_word(&self) -> Option<&'static [u8]>;
}

impl Word for [u8] {
    fn to_ascii_lowercase_word(&self) -> Option<&'static [u8]> {
        const WORDS: [&[u8]; 5] = [b"x", b"ext", b"ext.", b"extension", b"#"];
        WORDS.into_iter().find(|word| word.eq_ignore_ascii_case(self))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[track_caller]
    fn check(cell: &str, verdict: Verdict, value: Option<u64>) {
        let checked = phone(cell.as_bytes());
        assert_eq!((checked.verdict, checked.value), (verdict, value), "{cell}");
    }

    #[test]
    fn phones_are_read_as_people_write_them() {
        for cell in [
            "4252345678",
            "425-234-5678",
            "(425) 234-5678",
            "(425)234-5678",
            "425.234.5678",
            "1-425-234-5678",
            "+1 425 234 5678",
            "+14252345678",
            "001-425-234-5678",
            "425-234-5678x123",
            "425-234-5678 ext. 9",
            "4252345678.0",
            "tel:+14252345678",
        ] {
            check(cell, Verdict::Valid, Some(14_252_345_678));
        }
        check("+44 (0)20 7946 0958", Verdict::Valid, Some(442_079_460_958));
        check("0044 20 7946 0958", Verdict::Valid, Some(442_079_460_958));
        check("1252345678", Verdict::Impossible, Some(11_252_345_678));
        check("9112345678", Verdict::Impossible, Some(19_112_345_678));
        check("4255550123", Verdict::Impossible, Some(14_255_550_123));
        check("425-234-567", Verdict::Damaged, None);
        check("hello", Verdict::Damaged, None);
        check("N/A", Verdict::Missing, None);
    }

    #[test]
    fn national_numbers_get_their_country() {
        let britain = CallingCode { code: 44, shortest: 9, longest: 10, trunk_zero: true };
        assert_eq!(phone_at_home(b"020 7946 0958", &britain).value, Some(442_079_460_958));
        assert_eq!(phone_at_home(b"447700900123", &britain).value, Some(447_700_900_123));
        assert_eq!(phone_at_home(b"+49 89 1234567", &britain).value, Some(49_891_234_567));
        assert_eq!(phone_at_home(b"12", &britain).verdict, Verdict::Damaged);
    }

    #[test]
    fn devices() {
        assert_eq!(imei(b"490154203237518"), Checked::valid(490_154_203_237_518));
        assert_eq!(imei(b"49-015420-323751-8").value, Some(490_154_203_237_518));
        assert_eq!(imei(b"49015420323751").value, Some(490_154_203_237_518));
        assert_eq!(imei(b"490154203237519").verdict, Verdict::Impossible);
        assert_eq!(imei(b"000000000000000").note, Note::Placeholder);
        assert_eq!(imei(b"4.90154E+14").note, Note::Spreadsheet);
        assert_eq!(imsi(b"310260123456789").value, Some(310_260_123_456_789));
        assert_eq!(iccid(b"8901260123456789012F").value, Some(890_126_012_345_678_901));
        assert_eq!(meid(b"A0000012345678").value, Some(0x00A0_0000_1234_5678));
        assert_eq!(imeisv(b"4901542032375101").verdict, Verdict::Valid);
    }
}
