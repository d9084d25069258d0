//! Compares two rows field by field: which level of each comparison holds. No weights here, only what is the case.
//!
//! Enters: two records. Leaves: [`Levels`]. Never: a decision.

use rapidfuzz::distance::jaro_winkler;
use rulebook::Comparisons;
use rustc_hash::FxHashMap;
use vocab::compare::is_one_edit;
use vocab::{Dictionary, Record, Records};

/// Similarity from which two names are close, and near (Jaro-Winkler; the thresholds Splink's name comparison uses).
const CLOSE: f64 = 0.92;
const NEAR: f64 = 0.88;
/// Letters from which a street with one letter wrong is still that street and no other (`1ST` and `2ND` are not one).
const LONG_STREET: usize = 6;
/// Years of birth the frequency table covers; a date outside them counts as rare.
const FIRST_YEAR: u32 = 1850;
const YEARS: u32 = 250;

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
    Near,
    Zip,
    OneMissing,
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
            "near" => Level::Near,
            "zip" => Level::Zip,
            "one_missing" => Level::OneMissing,
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

    /// Tells whether the dates of birth agree or could be one date written twice.
    pub(crate) fn dob_agrees(&self) -> bool {
        matches!(self.dob, Level::Exact | Level::Swapped | Level::OneEdit)
    }
}

/// What is known of each part of a name, by its code: worked out once, used for every pair.
pub(crate) struct NameTable<'a> {
    records: &'a Records,
    nickname_groups: Vec<[u16; 6]>,
    outlines: Vec<Outline>,
    given_counts: Vec<u32>,
    surname_counts: Vec<u32>,
    established_from: u32,
}

impl<'a> NameTable<'a> {
    pub(crate) fn new(records: &'a Records, comparisons: &Comparisons, rows: &[u32]) -> Self {
        let names = records.names.len();
        let (mut given_counts, mut surname_counts) = (vec![0u32; names], vec![0u32; names]);
        for &row in rows {
            let record = &records.records[row as usize];
            given_counts[record.given as usize] += 1;
            surname_counts[record.surname as usize] += 1;
        }
        // A spelling that many rows share is a name of its own, not a slip of the pen.
        let established_from = ((rows.len() as f64 * 2e-5) as u32).max(5);
        NameTable {
            records,
            nickname_groups: nickname_groups(records, comparisons),
            outlines: records.names.iter().map(Outline::of).collect(),
            given_counts,
            surname_counts,
            established_from,
        }
    }

    pub(crate) fn given_count(&self, code: u32) -> u32 {
        self.given_counts[code as usize]
    }

    pub(crate) fn surname_count(&self, code: u32) -> u32 {
        self.surname_counts[code as usize]
    }

    pub(crate) fn given_level(&self, a: u32, b: u32) -> Level {
        if a == 0 || b == 0 {
            return Level::Missing;
        }
        if a == b {
            return Level::Exact;
        }
        if self.share_nickname(a, b) {
            return Level::Nickname;
        }
        if !self.may_be_similar(a, b) {
            return Level::Other;
        }
        let (left, right) = (self.records.names.get(a), self.records.names.get(b));
        if left.len() == 1 || right.len() == 1 {
            return if left[0] == right[0] { Level::Initial } else { Level::Other };
        }
        let both_established =
            self.given_counts[a as usize].min(self.given_counts[b as usize]) >= self.established_from;
        if both_established { Level::Other } else { similarity(left, right) }
    }

    pub(crate) fn surname_level(&self, a: u32, b: u32) -> Level {
        if a == 0 || b == 0 {
            return Level::Missing;
        }
        if a == b {
            return Level::Exact;
        }
        if !self.may_be_similar(a, b) {
            return Level::Other;
        }
        let (left, right) = (self.records.names.get(a), self.records.names.get(b));
        if is_part(left, right) || is_part(right, left) {
            return Level::Part;
        }
        match similarity(left, right) {
            Level::Close
                if self.surname_counts[a as usize].min(self.surname_counts[b as usize]) >= self.established_from =>
            {
                Level::Near
            }
            level => level,
        }
    }

    fn may_be_similar(&self, a: u32, b: u32) -> bool {
        self.outlines[a as usize].may_be_similar(self.outlines[b as usize])
    }

    /// Tells whether two whole names could be two writings of one.
    pub(crate) fn are_alike(&self, a: (u32, u32), b: (u32, u32)) -> bool {
        let near = |level| !matches!(level, Level::Other);
        near(self.given_level(a.0, b.0)) && near(self.surname_level(a.1, b.1))
    }

    /// Tells whether the given name of one row is the surname of the other and the reverse, a slip allowed.
    pub(crate) fn are_swapped(&self, left: &Record, right: &Record) -> bool {
        let alike = |a: u32, b: u32| {
            let (a, b) = (self.records.names.get(a), self.records.names.get(b));
            a == b || a.len().min(b.len()) >= 3 && a[0] == b[0] && similarity(a, b) == Level::Close
        };
        let all_there = left.given != 0 && left.surname != 0 && right.given != 0 && right.surname != 0;
        all_there && alike(left.given, right.surname) && alike(left.surname, right.given)
    }

    /// Compares the given names of two rows; columns that changed places count as close.
    pub(crate) fn given_of_rows(&self, left: &Record, right: &Record) -> Level {
        match self.given_level(left.given, right.given) {
            Level::Other if self.are_swapped(left, right) => Level::Close,
            level => level,
        }
    }

    fn share_nickname(&self, a: u32, b: u32) -> bool {
        let (left, right) = (&self.nickname_groups[a as usize], &self.nickname_groups[b as usize]);
        left.iter().any(|group| *group != 0 && right.contains(group))
    }
}

fn nickname_groups(records: &Records, comparisons: &Comparisons) -> Vec<[u16; 6]> {
    let mut by_name: FxHashMap<&[u8], Vec<u16>> = FxHashMap::default();
    for (index, group) in comparisons.nicknames.iter().enumerate() {
        for name in group {
            by_name.entry(name.as_bytes()).or_default().push(index as u16 + 1);
        }
    }
    let groups_of = |name: &[u8]| {
        let mut groups = [0; 6];
        // A name in more groups than fit keeps the first six: the rulebook lists the usual ones first.
        for (place, group) in groups.iter_mut().zip(by_name.get(name).into_iter().flatten()) {
            *place = *group;
        }
        groups
    };
    records.names.iter().map(groups_of).collect()
}

/// Which letters a name has and how long it is: most pairs of names are told apart by that alone.
#[derive(Clone, Copy)]
struct Outline(u32);

impl Outline {
    const LETTERS: u32 = (1 << 26) - 1;
    const LONGEST: usize = 63;

    fn of(name: &[u8]) -> Self {
        let letters = name.iter().fold(0, |letters, byte| letters | 1 << (byte % 26));
        Outline((name.len().min(Outline::LONGEST) as u32) << 26 | letters)
    }

    /// Tells whether names of these outlines could be similar, or one a part of the other, or one the initial of the other.
    /// A letter that only one name has is matched by none of the other, so the letters bound the Jaro similarity from above; a
    /// beginning in common adds four tenths of the rest at most (Winkler).
    fn may_be_similar(self, other: Outline) -> bool {
        let only = |a: u32, b: u32| (a & !b & Outline::LETTERS).count_ones();
        let (here, there) = (only(self.0, other.0), only(other.0, self.0));
        let (long, long_there) = (self.0 >> 26, other.0 >> 26);
        if here.max(there) <= 1 || here.min(there) == 0 || long.max(long_there) as usize == Outline::LONGEST {
            return true;
        }
        let matched = f64::from((long - here).min(long_there - there));
        let jaro = (matched / f64::from(long) + matched / f64::from(long_there) + 1.0) / 3.0;
        jaro + 0.4 * (1.0 - jaro) >= NEAR
    }
}

fn similarity(left: &[u8], right: &[u8]) -> Level {
    // Names of very different length cannot reach the lower threshold by a slip of the pen.
    if left.len().abs_diff(right.len()) > 4 {
        return Level::Other;
    }
    if left.len().min(right.len()) >= 3 && is_one_edit(left, right) {
        return Level::Close;
    }
    let score = jaro_winkler::similarity(left.iter().copied(), right.iter().copied());
    match score {
        score if score >= CLOSE => Level::Close,
        score if score >= NEAR => Level::Near,
        _ => Level::Other,
    }
}

/// Tells whether `part` is one of several words of `whole` (`GARCIA` of `GARCIA LOPEZ`).
fn is_part(part: &[u8], whole: &[u8]) -> bool {
    part.len() < whole.len() && part.len() > 1 && whole.split(|byte| *byte == b' ').any(|word| word == part)
}

/// Compares two dates `yyyymmdd`.
pub(crate) fn dob_level(a: u32, b: u32) -> Level {
    if a == 0 || b == 0 {
        return Level::Missing;
    }
    if a == b {
        return Level::Exact;
    }
    let (year_a, month_a, day_a) = (a / 10_000, a / 100 % 100, a % 100);
    let (year_b, month_b, day_b) = (b / 10_000, b / 100 % 100, b % 100);
    if year_a == year_b && month_a == day_b && day_a == month_b {
        return Level::Swapped;
    }
    if is_one_digit_edit(a, b, 8) {
        return Level::OneEdit;
    }
    if year_a == year_b && (month_a == month_b || day_a == day_b) { Level::YearAndPart } else { Level::Other }
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

pub(crate) fn ssn_level(a: &Record, b: &Record) -> Level {
    match (a.ssn_full(), b.ssn_full()) {
        _ if a.ssn == 0 || b.ssn == 0 => Level::Missing,
        (Some(left), Some(right)) => match ssn_edits(left, right) {
            0 => Level::Exact,
            1 => Level::OneEdit,
            _ => Level::Other,
        },
        _ if a.ssn_last4() == b.ssn_last4() => Level::LastFour,
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
    let mut given = names.given_level(left.given, right.given);
    let mut surname = names.surname_level(left.surname, right.surname);
    if given == Level::Other && names.are_swapped(left, right) {
        // The two columns changed places; both names are there.
        let exact = left.given == right.surname && left.surname == right.given;
        (given, surname) = if exact { (Level::Exact, Level::Exact) } else { (Level::Close, Level::Close) };
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
            (19800512, 19550301, Level::Other),
            (19800512, 0, Level::Missing),
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

    #[test]
    fn outlines_never_hide_a_similar_name() {
        let mut seed = 7u64;
        let mut one_of = |values: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % values
        };
        // From few letters, so that many names are similar; and some with a space, a hyphen or a letter beyond ASCII.
        let names: Vec<Vec<u8>> = (0..1_500)
            .map(|_| (0..1 + one_of(9)).map(|_| b"AABCDEIMNORST -\xc3"[one_of(16) as usize]).collect())
            .collect();
        let (mut hidden, mut similar) = (0, 0);
        for (index, left) in names.iter().enumerate() {
            for right in &names[..index] {
                let related = similarity(left, right) != Level::Other || is_part(left, right) || is_part(right, left);
                let initial = left.len().min(right.len()) == 1 && left[0] == right[0];
                let shown = Outline::of(left).may_be_similar(Outline::of(right));
                assert!(shown || !related && !initial, "{left:?} {right:?}");
                hidden += u32::from(!shown);
                similar += u32::from(related);
            }
        }
        assert!(hidden > 500_000 && similar > 1_000, "{hidden} {similar}");
    }

    #[test]
    fn parts_of_double_names_are_seen() {
        assert!(is_part(b"GARCIA", b"GARCIA LOPEZ"));
        assert!(is_part(b"LOPEZ", b"GARCIA LOPEZ"));
        assert!(!is_part(b"LOP", b"GARCIA LOPEZ"));
    }
}
