//! Identifiers the United States and its states issue, and numbers a company issues to its customers.

use vocab::Jurisdiction;

use super::digits::{Number, number, read};
use super::forms::{Form, Signs, canonical};
use super::{Checked, Note, is_missing, trim};

/// Numbers published as samples: wallet card of 1938, SSA pamphlet, an advertisement, and the one everybody types.
/// Source: SSA history page on misused numbers; python-stdnum `stdnum/us/ssn.py`.
const SAMPLE_SSNS: [u32; 6] = [78_051_120, 219_099_999, 457_555_462, 123_456_789, 987_654_321, 12_345_678];

/// Checks a Social Security number: nine digits, or 3-2-4 with one kind of separator. Source: SSA POMS RM 10201.035.
pub fn ssn(cell: &[u8]) -> Checked<u32> {
    match nine(cell) {
        Nine::Is(value, note) => judge_ssn(value).noted_if(note),
        Nine::Missing => Checked::MISSING,
        Nine::Lost(value) => Checked::damaged(value).noted(Note::LostZeros),
        Nine::Masked(_) => Checked::DAMAGED.noted(Note::Masked),
        Nine::Scientific => Checked::DAMAGED.noted(Note::Spreadsheet),
        Nine::Other => Checked::DAMAGED,
    }
}

fn judge_ssn(value: u32) -> Checked<u32> {
    let (area, group, serial) = (value / 1_000_000, value / 10_000 % 100, value % 10_000);
    if SAMPLE_SSNS.contains(&value) || value.is_multiple_of(111_111_111) {
        return Checked::impossible(value).noted(Note::Placeholder);
    }
    Checked::judged(value, area != 0 && area != 666 && area < 900 && group != 0 && serial != 0)
}

impl<T> Checked<T> {
    fn noted_if(self, note: Note) -> Self {
        if note == Note::None || self.note != Note::None { self } else { self.noted(note) }
    }
}

/// Checks an individual taxpayer identification number: starts with 9, fourth and fifth digit 50-65, 70-88, 90-92, 94-99.
pub fn itin(cell: &[u8]) -> Checked<u32> {
    match nine(cell) {
        Nine::Is(value, note) => {
            let group = value / 10_000 % 100;
            let possible = value / 100_000_000 == 9 && matches!(group, 50..=65 | 70..=88 | 90..=92 | 94..=99);
            Checked::judged(value, possible && !value.is_multiple_of(111_111_111)).noted_if(note)
        }
        Nine::Missing => Checked::MISSING,
        Nine::Masked(_) => Checked::DAMAGED.noted(Note::Masked),
        Nine::Scientific => Checked::DAMAGED.noted(Note::Spreadsheet),
        Nine::Lost(_) | Nine::Other => Checked::DAMAGED,
    }
}

/// Checks the last four digits of an SSN: four digits, or a masked SSN that shows them. `0000` is never issued.
pub fn ssn_last4(cell: &[u8]) -> Checked<u16> {
    let trimmed = trim(cell);
    let (digits, note) = match (trimmed, nine(cell)) {
        (_, Nine::Missing) => return Checked::MISSING,
        (_, Nine::Masked(last4)) => return Checked::judged(last4, last4 != 0).noted(Note::Masked),
        ([_, _, _, _], _) => (trimmed, Note::None),
        ([a, b, c, d, b'.', b'0'], _) => (&[*a, *b, *c, *d][..], Note::Spreadsheet),
        ([_], _) | ([_, _], _) | ([_, _, _], _) if trimmed.iter().all(u8::is_ascii_digit) => {
            return Checked::damaged(number(trimmed) as u16).noted(Note::LostZeros);
        }
        _ => return Checked::DAMAGED,
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return Checked::DAMAGED;
    }
    let value = number(digits) as u16;
    Checked::judged(value, value != 0).noted_if(note)
}

enum Nine {
    Missing,
    Other,
    Scientific,
    /// Seven or eight digits: leading zeros lost.
    Lost(u32),
    /// Only the last four are shown.
    Masked(u16),
    Is(u32, Note),
}

/// Reads nine digits as people write an SSN.
fn nine(cell: &[u8]) -> Nine {
    let cell = trim(cell);
    if let Some(value) = nine_plain(cell) {
        return Nine::Is(value, Note::None);
    }
    if let [a @ .., _, _, _, _] = cell
        && matches!(a.len(), 5 | 7)
        && a.iter().all(|byte| matches!(byte, b'*' | b'x' | b'X' | b'#' | b'-' | b' '))
        && cell[a.len()..].iter().all(u8::is_ascii_digit)
    {
        return Nine::Masked(number(&cell[a.len()..]) as u16);
    }
    match read(cell) {
        Number::Missing => Nine::Missing,
        Number::Other => Nine::Other,
        Number::Scientific => Nine::Scientific,
        Number::Digits(digits) if digits.separated => Nine::Other,
        Number::Digits(digits) => match digits.count() {
            9 => Nine::Is(digits.number() as u32, if digits.spreadsheet { Note::Spreadsheet } else { Note::None }),
            7 | 8 => Nine::Lost(digits.number() as u32),
            _ => Nine::Other,
        },
    }
}

/// The two common forms without detours: this runs for every cell of an SSN column.
fn nine_plain(cell: &[u8]) -> Option<u32> {
    let mut value = 0u32;
    let mut bad = false;
    let mut take = |byte: u8| {
        let digit = byte.wrapping_sub(b'0');
        bad |= digit > 9;
        value = value.wrapping_mul(10).wrapping_add(u32::from(digit));
    };
    match cell {
        [_, _, _, _, _, _, _, _, _] => cell.iter().for_each(|byte| take(*byte)),
        [_, _, _, first, _, _, second, _, _, _, _] if first == second && matches!(first, b'-' | b' ' | b'.') => {
            cell.iter().enumerate().filter(|(i, _)| *i != 3 && *i != 6).for_each(|(_, byte)| take(*byte));
        }
        _ => return None,
    }
    (!bad).then_some(value)
}

/// Checks a US passport number: nine digits, or one letter and eight digits. No check digit outside the machine-readable zone.
pub fn passport(cell: &[u8]) -> Checked<()> {
    if is_missing(cell) {
        return Checked::MISSING;
    }
    match trim(cell) {
        [first, rest @ ..] if rest.len() == 8 && rest.iter().all(u8::is_ascii_digit) => {
            let form = first.is_ascii_digit() || first.is_ascii_alphabetic();
            if !form {
                return Checked::DAMAGED;
            }
            let all_equal = rest.iter().all(|byte| byte == &rest[0]);
            Checked::judged((), !(all_equal && (first == &rest[0] || rest[0] == b'0')))
        }
        _ => Checked::DAMAGED,
    }
}

/// Formats of driver's licences by issuing state, compiled from the rulebook: letters for letters, `9` for digits.
#[derive(Clone, Debug, Default)]
pub struct LicenseFormats {
    states: Vec<(Jurisdiction, Vec<Form>)>,
}

impl LicenseFormats {
    /// Adds the formats of a state. Returns `None` if one of them is none.
    pub fn add(&mut self, state: Jurisdiction, formats: &[String]) -> Option<()> {
        let compiled = formats.iter().map(|format| Form::read(format)).collect::<Option<Vec<_>>>()?;
        self.states.push((state, compiled));
        self.states.sort_by_key(|(state, _)| *state);
        Some(())
    }

    /// Returns the states that have formats.
    pub fn states(&self) -> impl Iterator<Item = Jurisdiction> {
        self.states.iter().map(|(state, _)| *state)
    }

    fn of(&self, state: Jurisdiction) -> Option<&[Form]> {
        let at = self.states.binary_search_by_key(&state, |(state, _)| *state).ok()?;
        Some(&self.states[at].1)
    }

    /// Returns the states one of whose formats the cell has.
    pub fn fitting<'a>(&'a self, cell: &'a [u8]) -> impl Iterator<Item = Jurisdiction> + 'a {
        let canonical = canonical(cell);
        self.states.iter().filter_map(move |(state, formats)| {
            let (bytes, length) = canonical?;
            let signs = Signs::of(&bytes[..length])?;
            formats.iter().any(|format| signs.fit(format)).then_some(*state)
        })
    }
}

/// Checks a driver's licence number against the formats of its state; with an unknown state against those of all.
pub fn driver_license(cell: &[u8], state: Jurisdiction, formats: &LicenseFormats) -> Checked<()> {
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let Some((bytes, length)) = canonical(cell) else { return Checked::DAMAGED };
    let value = &bytes[..length];
    let Some(last) = value.last().filter(|_| length >= 4) else { return Checked::DAMAGED };
    let (mut digits, mut repeated) = (0, true);
    for byte in value {
        match byte {
            b'0'..=b'9' => {
                digits += 1;
                repeated &= byte == last;
            }
            b'A'..=b'Z' | b'*' => {}
            _ => return Checked::DAMAGED,
        }
    }
    if digits >= 5 && repeated {
        return Checked::impossible(()).noted(Note::Placeholder);
    }
    let Some(signs) = Signs::of(value) else { return Checked::DAMAGED };
    let any = |formats: &[Form]| formats.iter().any(|format| signs.fit(format));
    let fits = formats.of(state).map_or_else(|| formats.states.iter().any(|(_, all)| any(all)), any);
    if fits { Checked::valid(()) } else { Checked::DAMAGED }
}

/// Checks a customer account number: 4 to 24 letters, digits and hyphens, at least three digits, not all the same.
pub fn account_number(cell: &[u8]) -> Checked<()> {
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let cell = trim(cell);
    let digits = cell.iter().filter(|byte| byte.is_ascii_digit()).count();
    let form = (4..=24).contains(&cell.len())
        && digits >= 3
        && cell.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/' | b' '));
    if !form {
        return Checked::DAMAGED;
    }
    Checked::judged((), !cell.iter().all(|byte| byte == &cell[0]))
}

/// Checks an account PIN or passcode: 4 to 15 digits.
pub fn account_pin(cell: &[u8]) -> Checked<u64> {
    match read(cell) {
        Number::Missing => Checked::MISSING,
        Number::Digits(digits) if !digits.separated && (4..=15).contains(&digits.count()) => {
            digits.mark(Checked::valid(digits.number()))
        }
        Number::Digits(digits) if !digits.separated && digits.count() < 4 => {
            Checked::damaged(digits.number()).noted(Note::LostZeros)
        }
        _ => Checked::DAMAGED,
    }
}
