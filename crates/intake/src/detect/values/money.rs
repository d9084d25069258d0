//! Cards and bank accounts.

use super::digits::{Number, luhn, number, read};
use super::{Checked, Note, is_missing, trim};

/// A range of card numbers of one brand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardRange {
    /// First prefix, filled with zeros to six digits.
    pub first: u32,
    /// Last prefix, filled with nines to six digits.
    pub last: u32,
    /// Fewest digits.
    pub shortest: u8,
    /// Most digits.
    pub longest: u8,
}

/// Checks a payment card number: 12 to 19 digits with a check digit and, if `ranges` are given, the prefix of a brand.
/// One digit more than nine times is impossible, as are the `samples` (sorted) that payment companies publish for tests.
pub fn payment_card(cell: &[u8], ranges: &[CardRange], samples: &[u64]) -> Checked<u64> {
    let digits = match read(cell) {
        Number::Missing => return Checked::MISSING,
        Number::Digits(digits) if (12..=19).contains(&digits.count()) => digits,
        Number::Scientific => return Checked::DAMAGED.noted(Note::Spreadsheet),
        _ => return Checked::DAMAGED,
    };
    let bytes = digits.bytes();
    let value = digits.number();
    let mut counts = [0u8; 10];
    bytes.iter().for_each(|digit| counts[usize::from(digit - b'0')] += 1);
    if samples.binary_search(&value).is_ok() || counts.iter().any(|count| *count > 9) {
        return Checked::impossible(value).noted(Note::Placeholder);
    }
    let prefix = number(&bytes[..6]) as u32;
    let branded = ranges.is_empty()
        || ranges.iter().any(|range| {
            (range.first..=range.last).contains(&prefix)
                && (usize::from(range.shortest)..=usize::from(range.longest)).contains(&bytes.len())
        });
    digits.mark(Checked::judged(value, luhn(bytes) && branded))
}

/// Checks a card's expiry: MM/YY, MM/YYYY, MMYY, YYYY-MM or May-24. The value is year * 100 + month.
pub fn card_expiry(cell: &[u8]) -> Checked<u32> {
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let (month, year) = match trim(cell) {
        [a, b, b'/' | b'-', c, d] | [a, b, c, d] | [a, b, b'/' | b'-', b'2', b'0', c, d] => ([*a, *b], [*c, *d]),
        [b'2', b'0', c, d, b'-' | b'/', a, b] => ([*a, *b], [*c, *d]),
        [word @ .., b'-' | b'/' | b' ', b'2', b'0', c, d] | [word @ .., b'-' | b'/' | b' ', c, d] => {
            let Some(month) = super::dates::month_name(word) else { return Checked::DAMAGED };
            ([b'0' + (month / 10) as u8, b'0' + (month % 10) as u8], [*c, *d])
        }
        _ => return Checked::DAMAGED,
    };
    if !month.iter().chain(&year).all(u8::is_ascii_digit) {
        return Checked::DAMAGED;
    }
    let month = number(&month) as u32;
    Checked::judged((2000 + number(&year) as u32) * 100 + month, (1..=12).contains(&month))
}

/// Checks a card verification value: three or four digits.
pub fn card_cvv(cell: &[u8]) -> Checked<u16> {
    match read(cell) {
        Number::Missing => Checked::MISSING,
        Number::Digits(digits) if matches!(digits.count(), 3 | 4) && !digits.separated => {
            digits.mark(Checked::valid(digits.number() as u16))
        }
        _ => Checked::DAMAGED,
    }
}

/// Checks an ABA routing number: prefix 00-12, 21-32, 61-72 or 80, weights 3-7-1.
pub fn aba(cell: &[u8]) -> Checked<u32> {
    let digits = match read(cell) {
        Number::Missing => return Checked::MISSING,
        Number::Digits(digits) if digits.count() == 9 && !digits.separated => digits,
        Number::Digits(digits) if digits.count() == 8 && !digits.separated => {
            return Checked::damaged(digits.number() as u32).noted(Note::LostZeros);
        }
        _ => return Checked::DAMAGED,
    };
    let value = digits.number() as u32;
    let sum: u32 = digits
        .bytes()
        .iter()
        .zip([3, 7, 1, 3, 7, 1, 3, 7, 1])
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    let prefix = value / 10_000_000;
    let possible = matches!(prefix, 0..=12 | 21..=32 | 61..=72 | 80) && sum.is_multiple_of(10) && value != 0;
    digits.mark(Checked::judged(value, possible))
}

/// Checks a bank account number: 4 to 17 digits, no check digit.
pub fn bank_account(cell: &[u8]) -> Checked<u64> {
    match read(cell) {
        Number::Missing => Checked::MISSING,
        Number::Digits(digits) if (4..=17).contains(&digits.count()) => {
            digits.mark(Checked::judged(digits.number(), !digits.all_equal()))
        }
        Number::Scientific => Checked::DAMAGED.noted(Note::Spreadsheet),
        _ => Checked::DAMAGED,
    }
}

/// The length of a country's IBAN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IbanForm {
    /// ISO country code.
    pub country: [u8; 2],
    /// Characters in all.
    pub length: u8,
}

/// Checks an IBAN: country and length by `forms` (any length 15 to 34 if empty), check digits modulo 97.
pub fn iban(cell: &[u8], forms: &[IbanForm]) -> Checked<()> {
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let mut compact = [0u8; 34];
    let mut length = 0;
    for byte in trim(cell).iter().filter(|byte| !matches!(byte, b' ' | b'-')) {
        if length == compact.len() || !byte.is_ascii_alphanumeric() {
            return Checked::DAMAGED;
        }
        compact[length] = byte.to_ascii_uppercase();
        length += 1;
    }
    let value = &compact[..length];
    let form =
        length >= 15 && value[..2].iter().all(u8::is_ascii_uppercase) && value[2..4].iter().all(u8::is_ascii_digit);
    if !form {
        return Checked::DAMAGED;
    }
    let length_fits =
        forms.is_empty() || forms.iter().any(|form| form.country == value[..2] && usize::from(form.length) == length);
    let remainder = value[4..].iter().chain(&value[..4]).fold(0u32, |rest, byte| {
        if byte.is_ascii_digit() {
            (rest * 10 + u32::from(byte - b'0')) % 97
        } else {
            (rest * 100 + u32::from(byte - b'A') + 10) % 97
        }
    });
    Checked::judged((), length_fits && remainder == 1)
}

/// Checks a BIC: four letters, two letters of a country, two, and three optional letters or digits, all upper case.
pub fn bic(cell: &[u8]) -> Checked<()> {
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let cell = trim(cell);
    let form = matches!(cell.len(), 8 | 11)
        && cell[..6].iter().all(u8::is_ascii_uppercase)
        && cell[6..].iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if form { Checked::valid(()) } else { Checked::DAMAGED }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn money() {
        let visa = [CardRange { first: 400_000, last: 499_999, shortest: 13, longest: 19 }];
        assert_eq!(payment_card(b"4539 5787 6362 1486", &visa, &[]).verdict, Verdict::Valid);
        assert_eq!(payment_card(b"4539578763621487", &visa, &[]).verdict, Verdict::Impossible);
        assert_eq!(payment_card(b"5105105105105100", &visa, &[]).verdict, Verdict::Impossible);
        assert_eq!(payment_card(b"4242424242424242", &visa, &[4_242_424_242_424_242]).note, Note::Placeholder);
        assert_eq!(aba(b"121000358").verdict, Verdict::Valid);
        assert_eq!(aba(b"121000359").verdict, Verdict::Impossible);
        assert_eq!(iban(b"GB82 WEST 1234 5698 7654 32", &[]).verdict, Verdict::Valid);
        assert_eq!(iban(b"GB82WEST12345698765433", &[]).verdict, Verdict::Impossible);
        assert_eq!(bic(b"DEUTDEFF500").verdict, Verdict::Valid);
        assert_eq!(card_expiry(b"13/27").verdict, Verdict::Impossible);
        assert_eq!(card_expiry(b"2027-04").value, Some(202_704));
    }
}
