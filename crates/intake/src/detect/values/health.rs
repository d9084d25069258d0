//! Numbers and codes of health care in the United States, and employers' numbers.

use super::digits::{Number, luhn, number, read};
use super::{Checked, Note, is_missing, trim};

/// Tells whether a cell is a blood group with its rhesus factor: `AB+`, `0 neg`.
pub fn is_blood_group(cell: &[u8]) -> bool {
    let letters = cell.iter().take_while(|byte| byte.is_ascii_uppercase() || **byte == b'0').count();
    let group = matches!(&cell[..letters], b"A" | b"B" | b"AB" | b"O" | b"0");
    let rhesus = cell[letters..].trim_ascii();
    let words: [&[u8]; 10] =
        [b"+", b"-", "−".as_bytes(), b"pos", b"neg", b"positive", b"negative", b"Rh+", b"Rh-", b"(+)"];
    group && words.iter().any(|word| rhesus.eq_ignore_ascii_case(word))
}

/// Tells whether a cell is a stretch of DNA: bases by their letters.
pub fn is_dna(cell: &[u8]) -> bool {
    const SHORTEST: usize = 8;
    let base = |byte: &u8| matches!(byte.to_ascii_uppercase(), b'A' | b'C' | b'G' | b'T' | b'N');
    let cell = trim(cell);
    cell.len() >= SHORTEST && cell.iter().all(base)
}

/// Checks an employer identification number: two digits, a hyphen, seven digits, or nine digits; the first two must not be
/// among the `unassigned` prefixes.
pub fn ein(cell: &[u8], unassigned: &[u8]) -> Checked<u32> {
    let digits = match read(cell) {
        Number::Missing => return Checked::MISSING,
        Number::Digits(digits) if digits.count() == 9 => digits,
        _ => return Checked::DAMAGED,
    };
    if digits.separated && trim(cell).iter().position(|byte| *byte == b'-') != Some(2) {
        return Checked::DAMAGED;
    }
    let value = digits.number() as u32;
    if value == 123_456_789 || digits.all_equal() {
        return Checked::impossible(value).noted(Note::Placeholder);
    }
    Checked::judged(value, !unassigned.contains(&((value / 10_000_000) as u8)))
}

/// Checks a Medicare beneficiary identifier: eleven places in a fixed pattern, without S, L, O, I, B and Z; hyphens as
/// printed are read over. Source: CMS, "Understanding the MBI".
pub fn mbi(cell: &[u8]) -> Checked<()> {
    const PATTERN: &[u8; 11] = b"9LN9LN9LL99";
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let mut places = [0u8; 11];
    let mut count = 0;
    for byte in trim(cell).iter().filter(|byte| !matches!(byte, b'-' | b' ')) {
        let Some(place) = places.get_mut(count) else { return Checked::DAMAGED };
        *place = byte.to_ascii_uppercase();
        count += 1;
    }
    let letter = |byte: u8| byte.is_ascii_uppercase();
    let form = count == 11
        && places.iter().zip(PATTERN).all(|(byte, sign)| match sign {
            b'9' => byte.is_ascii_digit(),
            b'L' => letter(*byte),
            _ => letter(*byte) || byte.is_ascii_digit(),
        });
    if !form {
        return Checked::DAMAGED;
    }
    if places.starts_with(b"1EG4TE5MK7") {
        return Checked::impossible(()).noted(Note::Placeholder);
    }
    Checked::judged((), places[0] != b'0' && !places.iter().any(|byte| b"SLOIBZ".contains(byte)))
}

/// Checks a national provider identifier: ten digits that start with 1 or 2, with Luhn's digit over `80840` and the number.
pub fn npi(cell: &[u8]) -> Checked<u64> {
    let digits = match read(cell) {
        Number::Missing => return Checked::MISSING,
        Number::Digits(digits) if digits.count() == 10 && !digits.separated => digits,
        _ => return Checked::DAMAGED,
    };
    let mut card = *b"808400000000000";
    card[5..].copy_from_slice(digits.bytes());
    let possible = matches!(digits.bytes()[0], b'1' | b'2') && luhn(&card);
    let value = digits.number();
    digits.mark(Checked::judged(value, possible && value != 1_234_567_893))
}

/// Checks a DEA registration number: two letters (the second may be a 9) and seven digits, of which the last checks.
pub fn dea(cell: &[u8]) -> Checked<()> {
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let [kind, initial, digits @ ..] = trim(cell) else { return Checked::DAMAGED };
    let form = digits.len() == 7
        && kind.is_ascii_alphabetic()
        && (initial.is_ascii_alphabetic() || *initial == b'9')
        && digits.iter().all(u8::is_ascii_digit);
    if !form {
        return Checked::DAMAGED;
    }
    let at = |place: usize| u32::from(digits[place] - b'0');
    let sum = at(0) + at(2) + at(4) + 2 * (at(1) + at(3) + at(5));
    let registrant = b"ABCDEFGHJKLMPRSTUX".contains(&kind.to_ascii_uppercase());
    Checked::judged((), registrant && sum % 10 == at(6) && number(digits) != 0)
}

/// Checks the form of a diagnosis code of ICD-10: a letter, two places, and up to four more behind a dot.
pub fn diagnosis(cell: &[u8]) -> Checked<()> {
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let form = match trim(cell) {
        [letter, tens, ones, rest @ ..] => {
            let tail = rest.strip_prefix(b".").unwrap_or(rest);
            letter.is_ascii_alphabetic()
                && tens.is_ascii_digit()
                && ones.is_ascii_alphanumeric()
                && tail.len() <= 4
                && tail.iter().all(u8::is_ascii_alphanumeric)
                && (rest.is_empty() || !tail.is_empty())
        }
        _ => false,
    };
    if form { Checked::valid(()) } else { Checked::DAMAGED }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict::*;
    use super::super::tests::check;
    use super::*;

    #[test]
    fn health() {
        check(
            npi,
            &[("1245319599", Valid), ("1245319598", Impossible), ("3245319599", Impossible), ("124531959", Damaged)],
        );
        check(dea, &[("AB1234563", Valid), ("AB1234564", Impossible), ("A91234563", Valid), ("AB12345", Damaged)]);
        check(
            mbi,
            &[("1EG4-TE5-MK73", Impossible), ("2EG4TE5MK72", Valid), ("0EG4TE5MK72", Impossible), ("1EG4", Damaged)],
        );
        check(
            diagnosis,
            &[("E11.9", Valid), ("I10", Valid), ("S72.001A", Valid), ("E11.", Damaged), ("hello", Damaged)],
        );
        check(|cell| ein(cell, &[7]), &[("04-1234567", Valid), ("07-1234567", Impossible), ("041-234567", Damaged)]);
    }
}
