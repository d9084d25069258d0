//! Is this value possible? Pure parsers, one a kind of value.
//!
//! Enters: the bytes of one cell. Leaves: a [`Verdict`] and, where it can be had, the value in canonical form. Never:
//! an allocation, a clock, or an opinion about what the column is. Knowledge that changes (prefix lists, licence
//! formats, number plans) is passed in by the caller, from the rulebook; what stands here is arithmetic and law-like form.

mod borne;
mod dates;
mod digits;
mod forms;
mod health;
mod money;
mod national;
mod network;
mod people;
mod places;
mod telecom;
mod tokens;
mod us;

pub use borne::{BorneWords, WordCounts, count_word};
pub(super) use dates::month_name;
pub use dates::{CODED_DATES, DateOrder, date, day_number, judge_day, pack_date, unpack_date};
pub use digits::{is_scientific, luhn, luhn_digit};
pub use health::{dea, diagnosis, ein, is_blood_group, is_dna, mbi, npi};
pub use money::{CardRange, IbanForm, aba, bank_account, bic, card_cvv, card_expiry, iban, payment_card};
pub use national::IdentityScheme;
pub(super) use national::checksum;
pub use network::{email, ip, ip_is_personal, mac, password_hash, vin};
pub use people::{NameParts, gender, name, name_parts, name_parts_turned, spelled_gender, suffix, username};
pub use places::{PostalForm, country, geolocation, postal_code, state, street, zip};
pub use telecom::{CallingCode, iccid, imei, imeisv, imsi, meid, phone, phone_at_home, without_extension};
pub use tokens::{
    PlateForms, advertising_id, api_key, crypto_address, is_like_crypto_address, known_key, license_plate,
};
pub use us::{LicenseFormats, account_number, account_pin, driver_license, itin, passport, ssn, ssn_last4};

/// What a validator says of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Empty, or a word that stands for nothing.
    Missing,
    /// Can exist.
    Valid,
    /// Has the form and cannot exist: area 000, bad check digit, 31 February, a published sample.
    Impossible,
    /// Does not have the form.
    Damaged,
}

/// What else was noticed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Note {
    /// Nothing.
    #[default]
    None,
    /// A value people and programs put where they know none: 1900-01-01, 123-45-6789.
    Placeholder,
    /// A telephone number reserved for films (555-0100 to 555-0199).
    Fictional,
    /// A telephone number that reaches a company at its own cost.
    TollFree,
    /// Went through a spreadsheet: `.0` was appended (value intact) or digits were lost to `E+14`.
    Spreadsheet,
    /// Leading zeros were lost; the value is given with them restored.
    LostZeros,
    /// Partly hidden by the source (`***-**-1234`).
    Masked,
    /// The check digit is absent or zero; it was computed.
    NoCheckDigit,
}

/// A verdict and, if there is one, the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked<T> {
    /// The verdict.
    pub verdict: Verdict,
    /// The value in canonical form. Always there when valid; there for an impossible or damaged value only where the
    /// intended value is plain.
    pub value: Option<T>,
    /// What else was noticed.
    pub note: Note,
}

impl<T> Checked<T> {
    const MISSING: Checked<T> = Checked { verdict: Verdict::Missing, value: None, note: Note::None };
    const DAMAGED: Checked<T> = Checked { verdict: Verdict::Damaged, value: None, note: Note::None };
    const IMPOSSIBLE: Checked<T> = Checked { verdict: Verdict::Impossible, value: None, note: Note::None };

    fn valid(value: T) -> Self {
        Checked { verdict: Verdict::Valid, value: Some(value), note: Note::None }
    }

    fn impossible(value: T) -> Self {
        Checked { verdict: Verdict::Impossible, value: Some(value), note: Note::None }
    }

    fn damaged(value: T) -> Self {
        Checked { verdict: Verdict::Damaged, value: Some(value), note: Note::None }
    }

    fn judged(value: T, possible: bool) -> Self {
        if possible { Checked::valid(value) } else { Checked::impossible(value) }
    }

    fn noted(self, note: Note) -> Self {
        Checked { note, ..self }
    }

    /// Tells whether the value can exist.
    pub fn is_valid(&self) -> bool {
        self.verdict == Verdict::Valid
    }

    /// Replaces the value, keeping the verdict.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Checked<U> {
        Checked { verdict: self.verdict, value: self.value.map(change), note: self.note }
    }
}

/// Returns the cell without white space around it.
pub fn trim(cell: &[u8]) -> &[u8] {
    match cell {
        [first, .., last] if *first > b' ' && *last > b' ' => cell,
        _ => cell.trim_ascii(),
    }
}

/// Words that stand for "no value" in exports, in lower case, by their length.
const NULL_WORDS: [&[&[u8]]; 14] = [
    &[],
    &[b"-", b".", b"?", b"*", b"_"],
    &[b"\\n", b"na", b"--", b"\"\"", b"''"],
    &[b"nil", b"n/a", b"nan", b"---", b"nat", b"tbd"],
    &[b"null", b"none", b"#n/a", b"n.a.", b"<na>"],
    &[b"empty"],
    &[b"(null)", b"<null>", b"[null]", b"(none)"],
    &[b"unknown", b"missing", b"no data"],
    &[],
    &[b"undefined", b"not given"],
    &[],
    &[],
    &[b"not provided"],
    &[b"not available", b"not specified"],
];

/// Signs with which words for nothing begin.
const NULL_SIGNS: [bool; 256] = {
    let mut signs = [false; 256];
    let mut length = 1;
    while length < NULL_WORDS.len() {
        let mut word = 0;
        while word < NULL_WORDS[length].len() {
            let first = NULL_WORDS[length][word][0];
            signs[first as usize] = true;
            signs[first.to_ascii_uppercase() as usize] = true;
            word += 1;
        }
        length += 1;
    }
    signs
};

/// Tells whether a cell is empty or a word for nothing.
#[inline]
pub fn is_missing(cell: &[u8]) -> bool {
    let cell = trim(cell);
    // The first sign decides at once for most: this runs for every cell of every row.
    cell.first().is_none_or(|first| NULL_SIGNS[usize::from(*first)] && is_null_word(cell))
}

fn is_null_word(cell: &[u8]) -> bool {
    NULL_WORDS.get(cell.len()).is_some_and(|words| words.iter().any(|word| cell.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asserts the verdict on each cell.
    #[track_caller]
    pub(super) fn check<T>(parse: impl Fn(&'static [u8]) -> Checked<T>, cells: &[(&'static str, Verdict)]) {
        for (cell, verdict) in cells {
            assert_eq!(parse(cell.as_bytes()).verdict, *verdict, "{cell}");
        }
    }

    #[test]
    fn words_for_nothing_stand_under_their_length() {
        for (length, words) in NULL_WORDS.iter().enumerate() {
            assert!(words.iter().all(|word| word.len() == length && is_missing(word)), "{length}");
        }
    }

    #[test]
    fn words_for_nothing_are_missing_and_names_are_not() {
        for cell in ["", "  ", "NULL", "\\N", "N/A", "none", "-", "--", "NaN", "#N/A", "unknown", "nan", "(null)"] {
            assert!(is_missing(cell.as_bytes()), "{cell:?}");
        }
        for cell in ["0", "Nan Smith", "Nunez", "Null Island Road", "M", "T", "N", "E", "0000", "no", "Una"] {
            assert!(!is_missing(cell.as_bytes()), "{cell:?}");
        }
    }
}
