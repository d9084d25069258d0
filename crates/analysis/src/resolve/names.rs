//! Names by their codes: how often each occurs, what it is short for, how it sounds; and how like two of them are.
//!
//! Enters: the names of the records and the rulebook's lists. Leaves: a [`Level`] for any two names. Never: a weight.

use rapidfuzz::distance::jaro_winkler;
use rulebook::Comparisons;
use rustc_hash::FxHashMap;
use vocab::compare::is_one_edit;
use vocab::{Dictionary, Record, Records};

use super::compare::Level;
use super::keys::hash_of;

/// Similarity from which two names are close, and near (Jaro-Winkler; the thresholds Splink's name comparison uses).
const CLOSE: f64 = 0.92;
const NEAR: f64 = 0.88;
/// Letters of a name from which its first may be the one that is wrong.
const LEAST_WITHOUT_FIRST: usize = 5;
/// Letters of what a name sounds like from which one letter more or less leaves it that name.
const LONG_SOUND: usize = 5;

/// What is known of each part of a name, by its code: worked out once, used for every pair.
pub(crate) struct NameTable<'a> {
    pub(super) records: &'a Records,
    looks: Vec<Look>,
    spelled: Dictionary,
    /// Given names on the rulebook's lists: whatever the case, a name of its own.
    known_given: Vec<bool>,
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
        let (sounds, spelled) = sounds(records, comparisons);
        let groups = nickname_groups(records, comparisons);
        let look = |((name, groups), sound): ((&[u8], [u16; 6]), u32)| Look {
            groups,
            sound,
            outline: Outline::of(name),
            heard: Outline::of(spelled.get(sound)),
            hash: hash_of(name) as u32,
        };
        let looks = records.names.iter().zip(groups).zip(sounds).map(look).collect();
        let known = |name: &[u8]| std::str::from_utf8(name).is_ok_and(|name| comparisons.is_known_given(name));
        NameTable {
            records,
            looks,
            spelled,
            known_given: records.names.iter().map(known).collect(),
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

    /// Returns what tells a name from most others at a glance.
    pub(crate) fn look(&self, name: u32) -> Look {
        self.looks[name as usize]
    }

    pub(crate) fn given_level(&self, a: u32, b: u32) -> Level {
        if a == 0 || b == 0 {
            return Level::Missing;
        }
        if a == b {
            return Level::Exact;
        }
        let (look, other) = (&self.looks[a as usize], &self.looks[b as usize]);
        if look.shares_nickname(other) || look.sounds_like(other) {
            return Level::Nickname;
        }
        if !look.may_be_similar(other) {
            return Level::Other;
        }
        let (left, right) = (self.records.names.get(a), self.records.names.get(b));
        if left.len() == 1 || right.len() == 1 {
            return if left[0] == right[0] { Level::Initial } else { Level::Other };
        }
        if self.is_established(a) && self.is_established(b) { Level::Other } else { self.similarity(a, b) }
    }

    /// Tells whether a given name is one that people bear: of the lists, or of many rows.
    fn is_established(&self, given: u32) -> bool {
        self.given_counts[given as usize] >= self.established_from || self.known_given[given as usize]
    }

    /// How alike two names are written, or sound if one is spelled otherwise than it sounds.
    fn similarity(&self, a: u32, b: u32) -> Level {
        let written = similarity(self.records.names.get(a), self.records.names.get(b));
        if written != Level::Other {
            return written;
        }
        let (left, right) = (self.sound(a), self.sound(b));
        let long = left.len().min(right.len()) >= LONG_SOUND;
        if long && left[0] == right[0] && is_one_edit(left, right) { Level::Close } else { Level::Other }
    }

    fn sound(&self, name: u32) -> &[u8] {
        self.spelled.get(self.looks[name as usize].sound)
    }

    pub(crate) fn surname_level(&self, a: u32, b: u32) -> Level {
        if a == 0 || b == 0 {
            return Level::Missing;
        }
        if a == b {
            return Level::Exact;
        }
        let (look, other) = (&self.looks[a as usize], &self.looks[b as usize]);
        if look.sounds_like(other) {
            return Level::Close;
        }
        if !look.may_be_similar(other) {
            return Level::Other;
        }
        let (left, right) = (self.records.names.get(a), self.records.names.get(b));
        if is_part(left, right) || is_part(right, left) {
            return Level::Part;
        }
        match self.similarity(a, b) {
            Level::Close
                if self.surname_counts[a as usize].min(self.surname_counts[b as usize]) >= self.established_from =>
            {
                Level::Near
            }
            level => level,
        }
    }

    /// Tells whether two whole names could be two writings of one.
    pub(crate) fn are_alike(&self, a: (u32, u32), b: (u32, u32)) -> bool {
        let near = |level| !matches!(level, Level::Other);
        near(self.given_level(a.0, b.0)) && near(self.surname_level(a.1, b.1))
    }

    /// Tells whether the given name of one row is the surname of the other and the reverse, a slip allowed.
    pub(crate) fn are_swapped(&self, left: &Record, right: &Record) -> bool {
        let all_there = left.given != 0 && left.surname != 0 && right.given != 0 && right.surname != 0;
        all_there && self.is_one_word(left.given, right.surname) && self.is_one_word(left.surname, right.given)
    }

    /// Tells whether the parts of a row's name could change places with those of a row that has the same surname, which that
    /// row's own must allow as well.
    pub(crate) fn may_be_swapped(&self, record: &Record) -> bool {
        record.given != 0 && self.is_one_word(record.given, record.surname)
    }

    /// Compares names of which one row has only one, in the other's column: `ANNE MILLER` and a given name `MILLER`.
    pub(crate) fn misplaced(&self, left: &Record, right: &Record) -> Option<(Level, Level)> {
        let (whole, half) = if right.given == 0 || right.surname == 0 { (left, right) } else { (right, left) };
        if whole.given == 0 || whole.surname == 0 || (half.given == 0) == (half.surname == 0) {
            return None;
        }
        if half.surname == 0 {
            let differs = self.given_level(whole.given, half.given) == Level::Other;
            return (differs && self.is_one_word(whole.surname, half.given)).then_some((Level::Missing, Level::Close));
        }
        let differs = self.surname_level(whole.surname, half.surname) == Level::Other;
        (differs && self.is_one_word(whole.given, half.surname)).then_some((Level::Close, Level::Missing))
    }

    /// Tells whether two names are one or one part of the other, whatever columns they stand in, a slip allowed.
    fn is_one_word(&self, a: u32, b: u32) -> bool {
        if !self.looks[a as usize].outline.may_be_similar(self.looks[b as usize].outline) {
            return false;
        }
        let (a, b) = (self.records.names.get(a), self.records.names.get(b));
        let shorter = a.len().min(b.len());
        let slip =
            || shorter >= 3 && (a[0] == b[0] || shorter >= LEAST_WITHOUT_FIRST) && similarity(a, b) == Level::Close;
        a == b || is_part(a, b) || is_part(b, a) || slip()
    }

    /// Compares the given names of two rows, each with the initial of a further one: JI HOON is JIHOON.
    pub(crate) fn given_with_initials(&self, left: &Record, right: &Record) -> Level {
        match self.given_level(left.given, right.given) {
            Level::Other | Level::Near if self.is_joined(left, right) || self.is_joined(right, left) => Level::Close,
            level => level,
        }
    }

    /// Tells whether one row has in one word the given name and the beginning of the further one of the other.
    fn is_joined(&self, parted: &Record, joined: &Record) -> bool {
        let outline = |name: u32| self.looks[name as usize].outline;
        if parted.initial == 0 || !outline(parted.given).is_within(outline(joined.given)) {
            return false;
        }
        let (first, whole) = (self.records.names.get(parted.given), self.records.names.get(joined.given));
        first.len() > 1
            && whole.len() > first.len() + 1
            && whole.starts_with(first)
            && whole[first.len()] == parted.initial
    }

    /// Compares the given names of two rows; columns that changed places count as close.
    pub(crate) fn given_of_rows(&self, left: &Record, right: &Record) -> Level {
        match self.given_with_initials(left, right) {
            Level::Other if self.are_swapped(left, right) => Level::Close,
            Level::Other => self.misplaced(left, right).map_or(Level::Other, |(given, _)| given),
            level => level,
        }
    }
}

/// What tells a name from most others at a glance, side by side in memory.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    /// Groups of nicknames that the name is in; 0 for none.
    groups: [u16; 6],
    /// What it sounds like, by the rulebook's spellings: 0 where nothing can be said.
    sound: u32,
    outline: Outline,
    /// Outline of what it sounds like.
    heard: Outline,
    /// Of its letters, the same whatever its code.
    hash: u32,
}

impl Look {
    /// Returns a hash of the letters, the same in whatever order names were met.
    pub(crate) fn hash(&self) -> u32 {
        self.hash
    }

    /// Tells whether two different names could be one, as given names or as surnames.
    pub(crate) fn may_be_one(&self, other: &Look) -> bool {
        self.may_be_similar(other) || self.sounds_like(other) || self.shares_nickname(other)
    }

    fn may_be_similar(&self, other: &Look) -> bool {
        self.outline.may_be_similar(other.outline) || self.heard.may_be_one_edit(other.heard)
    }

    /// Tells whether two names are one in two spellings.
    fn sounds_like(&self, other: &Look) -> bool {
        self.sound != 0 && self.sound == other.sound
    }

    fn shares_nickname(&self, other: &Look) -> bool {
        self.groups.iter().any(|group| *group != 0 && other.groups.contains(group))
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

    /// Tells whether a name has all letters of this one.
    fn is_within(self, other: Outline) -> bool {
        self.0 & !other.0 & Outline::LETTERS == 0
    }

    /// Tells whether names of these outlines could differ by one letter.
    fn may_be_one_edit(self, other: Outline) -> bool {
        let only = |a: u32, b: u32| (a & !b & Outline::LETTERS).count_ones();
        let (long, long_there) = (self.0 >> 26, other.0 >> 26);
        long.abs_diff(long_there) <= 1 && only(self.0, other.0).max(only(other.0, self.0)) <= 1
    }
}

/// Works out what each name sounds like: 0 for a name that is too short or has no letters of the Latin alphabet.
fn sounds(records: &Records, comparisons: &Comparisons) -> (Vec<u32>, Dictionary) {
    let (mut spelled, mut codes) = (Dictionary::default(), FxHashMap::<Box<[u8]>, u32>::default());
    let mut sound = Vec::new();
    let code = |name: &[u8]| {
        comparisons.spellings.read(name, &mut sound);
        if sound.is_empty() {
            return 0;
        }
        *codes.entry(sound.as_slice().into()).or_insert_with(|| spelled.push(&sound))
    };
    (records.names.iter().map(code).collect(), spelled)
}

pub(super) fn similarity(left: &[u8], right: &[u8]) -> Level {
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

#[cfg(test)]
mod tests {
    use super::*;

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
