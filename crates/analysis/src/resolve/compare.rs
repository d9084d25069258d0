//! Compares two rows field by field: which level of each comparison holds. No weights here, only what is the case.
//!
//! Enters: two records. Leaves: [`Levels`]. Never: a decision.

use jiff::civil::Date;
use vocab::{Dictionary, Record};

use super::names::{NameTable, similarity};

/// Letters from which a street with one letter wrong is still that street and no other (`1ST` and `2ND` are not one).
const LONG_STREET: usize = 6;
/// Years of birth the frequency table covers; a date outside them counts as rare.
const FIRST_YEAR: u32 = 1500;
const YEARS: u32 = 700;

/// Level of a comparison, best first; `Missing` where either side has nothing usable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(u8)]
#[allow(missing_docs, reason = "the names are those of the rulebook")]
pub enum Level {
    #[default]
    Missing,
    Exact,
    Nickname,
    Initial,
    Part,
    Swapped,
    OneEdit,
    LastFour,
    Local,
    NoUnit,
    Street,
    Close,
    YearAndPart,
    Year,
    Near,
    Zip,
    OneMissing,
    Town,
    TownOther,
    Line,
    LineOther,
    Other,
}

impl Level {
    /// Number of levels.
    pub(crate) const COUNT: usize = Level::Other as usize + 1;

    /// Reads the rulebook's word for a level.
    pub(crate) fn from_code(code: &str) -> Option<Level> {
        Some(match code {
            "exact" | "equal" => Level::Exact,
            "nickname" => Level::Nickname,
            "initial" => Level::Initial,
            "part" => Level::Part,
            "swapped" => Level::Swapped,
            "one_edit" => Level::OneEdit,
            "last_four" => Level::LastFour,
            "local" => Level::Local,
            "no_unit" => Level::NoUnit,
            "street" => Level::Street,
            "close" => Level::Close,
            "year_and_part" => Level::YearAndPart,
            "year" => Level::Year,
            "near" => Level::Near,
            "zip" => Level::Zip,
            "one_missing" => Level::OneMissing,
            "town" => Level::Town,
            "town_other" => Level::TownOther,
            "line" => Level::Line,
            "line_other" => Level::LineOther,
            "other" => Level::Other,
            _ => return None,
        })
    }
}

/// The levels of one pair of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "the names are the comparisons of the rulebook")]
pub(crate) struct Levels {
    pub given: Level,
    pub surname: Level,
    pub middle: Level,
    pub suffix: Level,
    pub dob: Level,
    pub ssn: Level,
    pub licence: Level,
    pub identity: Level,
    pub phone: Level,
    pub email: Level,
    pub address: Level,
    pub imei: Level,
    pub imsi: Level,
    pub account: Level,
    pub state: Level,
}

impl Levels {
    /// Returns the levels in the order of the rulebook's comparisons.
    pub(crate) fn in_order(&self) -> [Level; 15] {
        [
            self.given,
            self.surname,
            self.middle,
            self.suffix,
            self.dob,
            self.ssn,
            self.licence,
            self.identity,
            self.phone,
            self.email,
            self.address,
            self.imei,
            self.imsi,
            self.account,
            self.state,
        ]
    }

    /// Forgets what a comparison found, by its place in the order of the rulebook's comparisons.
    pub(crate) fn leave_out(&mut self, comparison: usize) {
        let levels = [
            &mut self.given,
            &mut self.surname,
            &mut self.middle,
            &mut self.suffix,
            &mut self.dob,
            &mut self.ssn,
            &mut self.licence,
            &mut self.identity,
            &mut self.phone,
            &mut self.email,
            &mut self.address,
            &mut self.imei,
            &mut self.imsi,
            &mut self.account,
            &mut self.state,
        ];
        if let Some(level) = levels.into_iter().nth(comparison) {
            *level = Level::Missing;
        }
    }

    /// Tells whether the given names may be one person's.
    pub(crate) fn given_agrees(&self) -> bool {
        matches!(self.given, Level::Exact | Level::Nickname | Level::Initial | Level::Close)
    }

    /// Tells whether the surnames agree, a part of a double name included.
    pub(crate) fn surname_agrees(&self) -> bool {
        matches!(self.surname, Level::Exact | Level::Part | Level::Close)
    }

    /// Tells whether the house is the same.
    pub(crate) fn is_housed(&self) -> bool {
        matches!(self.address, Level::Exact | Level::NoUnit)
    }

    /// Tells whether the house, the street or the postcode is the same.
    pub(crate) fn is_placed(&self) -> bool {
        self.is_housed() || matches!(self.address, Level::Street | Level::Zip)
    }

    /// Tells whether any place is the same, if only the town.
    pub(crate) fn is_in_place(&self) -> bool {
        self.is_placed() || self.state == Level::Town
    }

    /// Tells whether the dates of birth agree or could be one date written twice.
    pub(crate) fn dob_agrees(&self) -> bool {
        matches!(self.dob, Level::Exact | Level::Swapped | Level::OneEdit)
    }
}

/// Compares two dates `yyyymmdd`, of which either may be a year only.
pub(crate) fn dob_level(a: u32, b: u32) -> Level {
    if a == 0 || b == 0 {
        return Level::Missing;
    }
    if a.is_multiple_of(10_000) || b.is_multiple_of(10_000) {
        let (a, b) = (a / 10_000, b / 10_000);
        // The year next to it, or one with another digit: neither for nor against.
        return match a.abs_diff(b) {
            0 => Level::Year,
            1 => Level::YearAndPart,
            _ if is_one_digit_edit(a, b, 4) => Level::YearAndPart,
            _ => Level::Other,
        };
    }
    if a == b {
        return Level::Exact;
    }
    let (year_a, month_a, day_a) = (a / 10_000, a / 100 % 100, a % 100);
    let (year_b, month_b, day_b) = (b / 10_000, b / 100 % 100, b % 100);
    if year_a == year_b && month_a == day_b && day_a == month_b {
        return Level::Swapped;
    }
    // The year or the decade next to it, on the same day: 1990 for 1989, or 1706 for 1696, is two digits, and one slip.
    if is_one_digit_edit(a, b, 8) || matches!(a.abs_diff(b), 10_000 | 100_000) {
        return Level::OneEdit;
    }
    // The day before: midnight in one time zone is the day before in the next.
    if follows(a.max(b), a.min(b)) {
        return Level::OneEdit;
    }
    if year_a == year_b && (month_a == month_b || day_a == day_b) { Level::YearAndPart } else { Level::Other }
}

/// Tells whether the later of two dates is the day after the earlier one.
fn follows(later: u32, earlier: u32) -> bool {
    // Within a month, at its end and at that of the year: other differences are not looked up.
    if !matches!(later - earlier, 1 | 70..=73 | 8_870) {
        return false;
    }
    let date = |date: u32| Date::new((date / 10_000) as i16, (date / 100 % 100) as i8, (date % 100) as i8).ok();
    let next = date(earlier).and_then(|earlier| earlier.tomorrow().ok());
    next.is_some() && next == date(later)
}

/// Tells whether two dates, one of them a year only, lie in neighbouring years: ages and accounting years make such.
pub(crate) fn neighbouring_years(a: u32, b: u32) -> bool {
    (a.is_multiple_of(10_000) || b.is_multiple_of(10_000)) && (a / 10_000).abs_diff(b / 10_000) == 1
}

/// Tells whether two numbers of the same width differ in one digit or by a swap of neighbours.
fn is_one_digit_edit(a: u32, b: u32, width: u32) -> bool {
    let (mut a, mut b) = (a, b);
    let mut differing = [(0u32, 0u32, 0u32); 2];
    let mut count = 0;
    for place in 0..width {
        let (digit_a, digit_b) = (a % 10, b % 10);
        if digit_a != digit_b {
            if count == 2 {
                return false;
            }
            differing[count] = (place, digit_a, digit_b);
            count += 1;
        }
        a /= 10;
        b /= 10;
    }
    match count {
        1 => true,
        2 => {
            let [(place_1, a1, b1), (place_2, a2, b2)] = differing;
            place_2 == place_1 + 1 && a1 == b2 && a2 == b1
        }
        _ => false,
    }
}

/// Counts the digits in which two numbers of nine digits differ; a swap of neighbours counts as one.
pub(crate) fn ssn_edits(a: u32, b: u32) -> u32 {
    if a == b {
        return 0;
    }
    if is_one_digit_edit(a, b, 9) {
        return 1;
    }
    let (mut a, mut b, mut edits) = (a, b, 0);
    for _ in 0..9 {
        edits += u32::from(a % 10 != b % 10);
        a /= 10;
        b /= 10;
    }
    edits
}

/// Tells whether two different numbers were issued one soon after the other, as those of twins are: they are less than ten apart.
pub(crate) fn issued_together(a: u32, b: u32) -> bool {
    (1..10).contains(&a.abs_diff(b))
}

pub(crate) fn ssn_level(a: &Record, b: &Record) -> Level {
    match (a.ssn_full(), b.ssn_full()) {
        _ if a.ssn == 0 || b.ssn == 0 => Level::Missing,
        (Some(left), Some(right)) => match ssn_edits(left, right) {
            0 => Level::Exact,
            1 => Level::OneEdit,
            _ => Level::Other,
        },
        _ if a.ssn_last4() == b.ssn_last4() => Level::LastFour,
        // Of four digits one wrong or two swapped: a slip as likely as another number.
        _ if a.ssn_last4().zip(b.ssn_last4()).is_some_and(|(a, b)| is_one_digit_edit(a, b, 4)) => Level::Missing,
        _ => Level::Other,
    }
}

fn equality<T: PartialEq + Default>(a: T, b: T) -> Level {
    let none = T::default();
    match () {
        () if a == none || b == none => Level::Missing,
        () if a == b => Level::Exact,
        () => Level::Other,
    }
}

fn email_level(a: &Record, b: &Record) -> Level {
    match equality(a.email, b.email) {
        Level::Other if a.email_local() == b.email_local() => Level::Local,
        level => level,
    }
}

/// Tells whether two streets are one, a slip of the pen allowed.
fn is_same_street(streets: &Dictionary, a: u32, b: u32) -> bool {
    a == b || {
        let (left, right) = (streets.get(a), streets.get(b));
        left.len().min(right.len()) >= LONG_STREET && similarity(left, right) == Level::Close
    }
}

fn address_level(streets: &Dictionary, a: &Record, b: &Record) -> Level {
    let zip = equality(a.zip, b.zip);
    if !a.has_address() || !b.has_address() {
        // A bare postcode says little for and nothing against.
        return if zip == Level::Exact { Level::Zip } else { Level::Missing };
    }
    let same_street = a.street == b.street;
    let same_town = zip != Level::Other;
    match () {
        () if same_street && same_town && a.house == b.house && a.unit == b.unit => Level::Exact,
        () if same_town && a.house == b.house && is_same_street(streets, a.street, b.street) => Level::NoUnit,
        // A house on a street of this name under another postcode: a slip in the postcode, or another town.
        () if same_street && (same_town || a.house == b.house) => Level::Street,
        () if a.house == b.house && a.town != 0 && a.town == b.town && is_same_street(streets, a.street, b.street) => {
            Level::Street
        }
        () if zip == Level::Exact => Level::Zip,
        () => Level::Other,
    }
}

pub(crate) fn suffix_level(a: u8, b: u8) -> Level {
    match (a, b) {
        (0, 0) => Level::Missing,
        (0, _) | (_, 0) => Level::OneMissing,
        _ if a == b => Level::Exact,
        _ => Level::Other,
    }
}

fn middle_level(a: u8, b: u8) -> Level {
    equality(a, b)
}

/// Compares two rows.
pub(crate) fn levels(names: &NameTable, a: usize, b: usize) -> Levels {
    let facts = &names.records.facts;
    let (left, right) = (&names.records.records[a], &names.records.records[b]);
    let mut given = names.given_with_initials(left, right);
    let mut surname = names.surname_level(left.surname, right.surname);
    if given == Level::Other && names.are_swapped(left, right) {
        // The two columns changed places; both names are there.
        let exact = left.given == right.surname && left.surname == right.given;
        (given, surname) = if exact { (Level::Exact, Level::Exact) } else { (Level::Close, Level::Close) };
    } else if let Some(misplaced) = names.misplaced(left, right) {
        (given, surname) = misplaced;
    }
    Levels {
        given,
        surname,
        middle: middle_level(left.initial, right.initial),
        suffix: suffix_level(left.suffix, right.suffix),
        dob: dob_level(left.dob, right.dob),
        ssn: ssn_level(left, right),
        licence: equality(left.licence, right.licence),
        identity: equality(facts.identity(a), facts.identity(b)),
        phone: equality(left.phone, right.phone),
        email: email_level(left, right),
        address: address_level(&names.records.streets, left, right),
        imei: equality(left.imei, right.imei),
        imsi: equality(facts.imsi(a), facts.imsi(b)),
        account: equality(facts.account(a), facts.account(b)),
        // Places are the weigher's to compare: it knows which states are common.
        state: Level::Missing,
    }
}

/// Place of a date of birth in a table of frequencies; `None` outside the years it covers.
pub(crate) fn dob_slot(dob: u32) -> Option<usize> {
    let (year, month, day) = (dob / 10_000, dob / 100 % 100, dob % 100);
    let inside =
        (FIRST_YEAR..FIRST_YEAR + YEARS).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    inside.then(|| (((year - FIRST_YEAR) * 12 + month - 1) * 31 + day - 1) as usize)
}

/// Number of places [`dob_slot`] uses.
pub(crate) const DOB_SLOTS: usize = (YEARS * 12 * 31) as usize;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_compared_as_people_write_them() {
        for (a, b, level) in [
            (19800512, 19800512, Level::Exact),
            (19800512, 19801205, Level::Swapped),
            (19800512, 19800513, Level::OneEdit),
            (19800512, 19800521, Level::OneEdit),
            (19800512, 19800527, Level::YearAndPart),
            (19800531, 19800601, Level::OneEdit),
            (19800229, 19800301, Level::OneEdit),
            (19810228, 19810301, Level::OneEdit),
            (19810228, 19810302, Level::Other),
            (19791231, 19800101, Level::OneEdit),
            (19800512, 19550301, Level::Other),
            (19900512, 19890512, Level::OneEdit),
            (19900512, 19880512, Level::Other),
            (19800512, 0, Level::Missing),
            (19800512, 19800000, Level::Year),
            (19800000, 19800000, Level::Year),
            (19800512, 19810000, Level::YearAndPart),
            (19800512, 19300000, Level::YearAndPart),
            (19800512, 19930000, Level::Other),
        ] {
            assert_eq!(dob_level(a, b), level, "{a} {b}");
            assert_eq!(dob_level(b, a), level, "{b} {a}");
        }
    }

    #[test]
    fn ssn_edits_count_a_swap_of_neighbours_once() {
        assert_eq!(ssn_edits(123_456_789, 123_456_798), 1);
        assert_eq!(ssn_edits(123_456_789, 123_456_780), 1);
        assert_eq!(ssn_edits(123_456_789, 123_056_780), 2);
        assert_eq!(ssn_edits(1_456_789, 1_456_789), 0);
    }
}
