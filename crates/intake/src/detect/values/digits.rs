//! Runs of digits with the separators people put into them.

use super::{Checked, Note, is_missing, trim};

/// Most digits any identifier here has.
pub(super) const MOST_DIGITS: usize = 24;

/// The digits of a cell, separators removed.
#[derive(Clone, Copy)]
pub(super) struct Digits {
    digits: [u8; MOST_DIGITS],
    count: usize,
    /// Whether `.0` was cut off.
    pub(super) spreadsheet: bool,
    /// Whether there were separators.
    pub(super) separated: bool,
}

/// What stands in a cell where a number is expected.
pub(super) enum Number {
    Missing,
    /// Not digits with separators.
    Other,
    /// `3.56938E+14`: digits were lost.
    Scientific,
    Digits(Digits),
}

impl Digits {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.digits[..self.count]
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Returns the number; the caller has checked that it fits (19 digits).
    pub(super) fn number(&self) -> u64 {
        number(self.bytes())
    }

    pub(super) fn all_equal(&self) -> bool {
        self.bytes().windows(2).all(|pair| pair[0] == pair[1])
    }

    /// Marks what went through a spreadsheet.
    pub(super) fn mark<T>(&self, checked: Checked<T>) -> Checked<T> {
        if self.spreadsheet && checked.note == Note::None { checked.noted(Note::Spreadsheet) } else { checked }
    }
}

/// Returns the value of ASCII digits, saturating.
pub(super) fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
}

/// Reads digits, leaving out separators (space, hyphen, dot) between them, and a `.0` at the end. A point that is the only
/// separator is that of a decimal number.
pub(super) fn read(cell: &[u8]) -> Number {
    let cell = trim(cell);
    if is_missing(cell) {
        return Number::Missing;
    }
    let (body, spreadsheet) = match cell.strip_suffix(b".0").or_else(|| cell.strip_suffix(b".00")) {
        Some(body) if body.len() >= 4 && body.iter().all(u8::is_ascii_digit) => (body, true),
        _ => (cell.strip_prefix(b"'").unwrap_or(cell), false),
    };
    let mut out = Digits { digits: [0; MOST_DIGITS], count: 0, spreadsheet, separated: false };
    let mut gap = true;
    let (mut points, mut others) = (0u32, 0u32);
    for &byte in body {
        if byte.is_ascii_digit() {
            if out.count == MOST_DIGITS {
                return Number::Other;
            }
            out.digits[out.count] = byte;
            out.count += 1;
            gap = false;
        } else if matches!(byte, b' ' | b'-' | b'.') && !gap {
            out.separated = true;
            gap = true;
            if byte == b'.' { points += 1 } else { others += 1 }
        } else {
            return if is_scientific(body) { Number::Scientific } else { Number::Other };
        }
    }
    if gap || (points == 1 && others == 0) { Number::Other } else { Number::Digits(out) }
}

/// Tells whether a cell is a float in scientific notation, the trace of a spreadsheet.
pub fn is_scientific(cell: &[u8]) -> bool {
    let Some(at) = cell.iter().position(|byte| matches!(byte, b'e' | b'E')) else { return false };
    let (mantissa, exponent) = (&cell[..at], &cell[at + 1..]);
    let exponent = exponent.strip_prefix(b"+").unwrap_or(exponent);
    !mantissa.is_empty()
        && mantissa[0].is_ascii_digit()
        && mantissa.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
        && (1..=2).contains(&exponent.len())
        && exponent.iter().all(u8::is_ascii_digit)
}

/// Returns the sum of the Luhn algorithm, modulo 10, over ASCII digits; 0 means the last digit checks the others.
fn luhn_sum(digits: &[u8]) -> u32 {
    const DOUBLED: [u32; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let mut sum = 0;
    let mut double = false;
    for digit in digits.iter().rev() {
        let digit = u32::from(digit - b'0');
        sum += if double { DOUBLED[digit as usize] } else { digit };
        double = !double;
    }
    sum % 10
}

/// Tells whether ASCII digits end in their Luhn check digit. Source: ISO/IEC 7812-1 annex B.
pub fn luhn(digits: &[u8]) -> bool {
    luhn_sum(digits) == 0
}

/// Returns the Luhn check digit that belongs behind ASCII digits, as a number.
pub fn luhn_digit(digits: &[u8]) -> u8 {
    const DOUBLED: [u32; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, digit)| {
            let digit = u32::from(digit - b'0');
            if i % 2 == 0 { DOUBLED[digit as usize] } else { digit }
        })
        .sum();
    ((10 - sum % 10) % 10) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luhn_agrees_with_published_numbers_and_its_own_inverse() {
        assert!(luhn(b"4111111111111111"));
        assert!(luhn(b"490154203237518"));
        assert!(!luhn(b"490154203237519"));
        assert_eq!(luhn_digit(b"49015420323751"), 8);
    }

    #[test]
    fn spreadsheets_leave_traces() {
        assert!(matches!(read(b"3.56938E+14"), Number::Scientific));
        assert!(matches!(read(b"356938035643809.0"), Number::Digits(d) if d.spreadsheet && d.count == 15));
        assert!(matches!(read(b"12.5.-3"), Number::Other));
        assert!(matches!(read(b"501.4325926440714"), Number::Other));
        assert!(matches!(read(b"4111.1111.1111.1111"), Number::Digits(d) if d.count == 16));
    }
}
