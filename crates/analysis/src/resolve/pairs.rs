//! Candidate pairs: every two rows of a block, weighed. What could be one person is kept as a [`Link`].
//!
//! Enters: blocks. Leaves: links and the tally of conflicts met under strong keys. Never: a union; a block dropped
//! without being split and counted.

use std::collections::{BTreeMap, BTreeSet};

use rulebook::Comparisons;
use rustc_hash::FxHashSet;
use vocab::parallel;
use vocab::progress::Progress;

use super::Options;
use super::blocks::{Ahead, Blocks, Sorter};
use super::compare::{Level, Levels, dob_level};
use super::keys::{Key, hash_of, mix};
use super::namesakes::{self, Shared};
use super::weigh::{BIT, COMMON_FROM, Common, Conflict, Judged, Weigher, Weight};

/// Rows up to which loose keys are tried, and the pairs that such a key may cost: a second or two.
const LOOSE_ROWS: usize = 500_000;
const LOOSE_PAIRS: u64 = 6_000_000;

/// Tells whether so many rows are few enough to be compared all with all.
pub(crate) const fn all_with_all(rows: usize) -> bool {
    let rows = rows as u64;
    rows * rows.saturating_sub(1) / 2 <= LOOSE_PAIRS
}

/// Two rows that could be one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) weight: Weight,
    pub(crate) left: u32,
    pub(crate) right: u32,
    /// Orders links of equal weight by what the rows hold, whatever the order of the rows.
    pub(crate) tie: u32,
    pub(crate) key: Key,
    flags: u8,
}

impl Link {
    const SAME: u8 = 1;
    const EXACT: u8 = 2;
    const HARD: u8 = 4;
    const ONE_GENERATION: u8 = 8;
    const MISTAKEN: u8 = 16;
    const TWO_NUMBERS: u8 = 32;

    /// Joined in the likely count, unless the clusters conflict.
    pub(crate) fn is_same(&self) -> bool {
        self.flags & Link::SAME != 0
    }

    /// Joined in the high count.
    pub(crate) fn is_exact(&self) -> bool {
        self.flags & Link::EXACT != 0
    }

    /// One name at one address under two dates that are no generation apart.
    pub(crate) fn is_one_generation(&self) -> bool {
        self.flags & Link::ONE_GENERATION != 0
    }

    /// All agrees but one value, which was entered wrong more likely than not.
    pub(crate) fn is_mistaken(&self) -> bool {
        self.flags & Link::MISTAKEN != 0
    }

    /// One whole name, birthday and home or line under two social security numbers.
    pub(crate) fn has_two_numbers(&self) -> bool {
        self.flags & Link::TWO_NUMBERS != 0
    }

    /// Shares an identity number that outvotes one conflict.
    pub(crate) fn is_hard(&self) -> bool {
        self.flags & Link::HARD != 0
    }
}

/// How a judged pair stands against the thresholds of the likely count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// One person.
    Same,
    /// The right kind of agreement, with too little weight.
    Light,
    /// Whatever it weighs, no agreement that can mean one person.
    NotOfTheKind,
}

impl Standing {
    pub(crate) fn of(judged: &Judged, comparisons: &Comparisons) -> Self {
        let reaches = |threshold: f64| judged.weight >= (threshold * BIT) as Weight;
        let thresholds = &comparisons.thresholds;
        match () {
            () if judged.may_be_same && reaches(thresholds.same) => Standing::Same,
            () if judged.thin && reaches(thresholds.thin) => Standing::Same,
            () if judged.may_be_same || judged.thin => Standing::Light,
            () => Standing::NotOfTheKind,
        }
    }
}

/// Everything found by comparing.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    pub(crate) links: Vec<Link>,
    /// Pairs under a strong key that are clearly different people.
    pub(crate) conflicts: BTreeMap<(Key, Conflict), u64>,
    /// Blocks above the limit, by key: compared in parts.
    pub(crate) split_blocks: BTreeMap<Key, u64>,
    /// Generic values and the rows that hold them.
    pub(crate) generic: BTreeMap<Key, (u64, u64)>,
    /// Hashes of the addresses that are institutions.
    pub(crate) generic_addresses: BTreeSet<u64>,
    /// Hashes of the social security numbers that stand for none.
    pub(crate) generic_ssns: BTreeSet<u64>,
    /// Hashes of the composite keys whose blocks were compared in parts.
    split: FxHashSet<(Key, u64)>,
    /// Pairs met in the blocks.
    pub(crate) pairs: u64,
}

impl Compared {
    fn absorb(&mut self, other: Compared) {
        match self.links.is_empty() {
            true => self.links = other.links,
            false => self.links.extend(other.links),
        }
        self.split.extend(other.split);
        self.pairs += other.pairs;
        other.conflicts.into_iter().for_each(|(kind, count)| *self.conflicts.entry(kind).or_default() += count);
        other.split_blocks.into_iter().for_each(|(key, count)| *self.split_blocks.entry(key).or_default() += count);
    }
}

/// Compares all rows that share a key of any kind.
pub(crate) fn compare(
    weigher: &mut Weigher,
    comparisons: &Comparisons,
    rows: &[u32],
    options: &Options,
    progress: &dyn Progress,
) -> Compared {
    let mut compared = Compared::default();
    let mut sorter = Sorter::new(options);
    let identifiers = learn_identifiers(weigher, comparisons, rows, &mut sorter, progress);
    for ((key, hash), common) in weigher.common.iter().filter(|(_, common)| common.generic) {
        let (values, holding) = compared.generic.entry(*key).or_default();
        *values += 1;
        *holding += u64::from(common.rows);
        match key {
            Key::Address => compared.generic_addresses.insert(*hash),
            Key::Ssn => compared.generic_ssns.insert(*hash),
            _ => false,
        };
    }
    progress.start("pairs", "pairs", None);
    let mut pairing = Pairing { weigher, comparisons, threads: options.threads, progress, complete: Vec::new() };
    for (key, blocks) in identifiers {
        compared.absorb(pairing.compare_blocks(key, &blocks, &FxHashSet::default()));
    }
    for key in Key::ALL.into_iter().filter(|key| !key.is_identifier()) {
        let Some(wanted) = pairing.wanted(key, rows) else { continue };
        let found = if key.is_loose() {
            let (blocks, _) = sorter.blocks(weigher.records, key, rows, &wanted, &|_, _: &mut Vec<()>| {});
            let affordable = blocks.pairs() <= LOOSE_PAIRS;
            if affordable { vec![pairing.compare_blocks(key, &blocks, &compared.split)] } else { Vec::new() }
        } else {
            pairing.compare_as_sorted(key, rows, &wanted, &mut sorter, &compared.split)
        };
        found.into_iter().for_each(|found| compared.absorb(found));
        if key.takes_every_row() {
            pairing.complete.push(key);
        }
    }
    progress.finish(&format!("{} pairs compared, {} could be one person", compared.pairs, compared.links.len()));
    compared
}

/// Counts how often the values of each identifier occur and by how many names they are shared.
pub(crate) fn learn_identifiers(
    weigher: &mut Weigher,
    comparisons: &Comparisons,
    rows: &[u32],
    sorter: &mut Sorter,
    progress: &dyn Progress,
) -> Vec<(Key, Blocks)> {
    let keys: Vec<Key> = Key::ALL.into_iter().filter(|key| key.is_identifier()).collect();
    progress.start("keys", "rows", Some((rows.len() * keys.len()) as u64));
    let mut identifiers = Vec::new();
    for key in keys {
        let cap = cap(comparisons, key);
        let look =
            |block: &[u32], common: &mut Vec<(u64, Common)>| common.extend(common_value(weigher, key, block, cap));
        let (blocks, common) = sorter.blocks(weigher.records, key, rows, &|_| true, &look);
        weigher.learn(key, blocks.rows_with_key, common);
        identifiers.push((key, blocks));
        progress.advance(rows.len() as u64);
    }
    let shared: usize = identifiers.iter().map(|(_, blocks)| blocks.len()).sum();
    let generic = weigher.common.values().filter(|common| common.generic).count();
    progress.finish(&format!("{shared} values in several rows, {generic} of them too common to identify"));
    identifiers
}

fn cap(comparisons: &Comparisons, key: Key) -> u32 {
    let caps = &comparisons.generic;
    match key {
        Key::Ssn => caps.ssn,
        Key::Licence => caps.licence,
        Key::Identity => caps.identity,
        Key::Imei => caps.imei,
        Key::Imsi => caps.imsi,
        Key::Email => caps.email,
        Key::Account => caps.account,
        Key::Phone => caps.phone,
        _ => caps.address,
    }
}

/// Tells whether a value is common, and whether too many different names share it.
fn common_value(weigher: &Weigher, key: Key, block: &[u32], cap: u32) -> Option<(u64, Common)> {
    if block.len() <= cap as usize && block.len() < COMMON_FROM as usize {
        return None;
    }
    let named = block.iter().map(|row| &weigher.records.records[*row as usize]);
    let mut names: Vec<(u32, u32)> =
        named.map(|record| (record.given, record.surname)).filter(|name| *name != (0, 0)).collect();
    names.sort_unstable();
    names.dedup();
    // Codes follow the order of the rows, and which names are told apart must not.
    let dictionary = &weigher.records.names;
    names.sort_unstable_by_key(|(given, surname)| (dictionary.get(*surname), dictionary.get(*given)));
    let generic = names.len() > cap as usize && has_many_holders(weigher, block, &names, cap as usize);
    let common = generic || block.len() >= COMMON_FROM as usize;
    let hash = key.hash(weigher.records, block[0] as usize).filter(|_| common)?;
    Some((hash, Common { rows: block.len() as u32, generic }))
}

/// Tells whether a pair that is not the same by the rules could be nevertheless: names that agree, or a date of birth,
/// without anything against it; names at one address or e-mail address under two dates of birth; a date of birth with the
/// surname, the address or the e-mail address under another given name, which a wrong entry leaves as well as a twin.
fn is_plausible(levels: &Levels, conflict: Option<Conflict>) -> bool {
    let placed = levels.is_placed();
    let mailed = levels.email == Level::Exact;
    let lined = [levels.phone, levels.imei, levels.imsi, levels.account].contains(&Level::Exact);
    let named = levels.given_agrees() && levels.surname_agrees();
    let born = levels.dob_agrees() || levels.dob == Level::YearAndPart;
    let nameless = levels.given == Level::Missing;
    match conflict {
        // One name before the @ at two providers, of rows that name nobody.
        None if nameless && levels.surname == Level::Missing && levels.email == Level::Local => true,
        None => named || born,
        Some(Conflict::Given) if mailed => levels.dob_agrees(),
        Some(Conflict::Given) => levels.dob == Level::Exact && (levels.surname_agrees() || placed || lined),
        // Father and son of one name at one address, or one person whose date was entered wrong.
        Some(Conflict::Dob) => {
            let named = named || nameless && levels.surname_agrees();
            named && (placed || lined) || mailed && levels.given_agrees()
        }
        // Two people of one name born on one day, or one under somebody else's number.
        Some(Conflict::Ssn) => named && levels.dob_agrees(),
        Some(_) => false,
    }
}

/// Tells whether more than `cap` people seem to share a value: names that are no slips of each other, but no more than
/// there are dates of birth where every row has one. Stops as soon as that is certain, whatever the number of rows.
fn has_many_holders(weigher: &Weigher, block: &[u32], names: &[(u32, u32)], cap: usize) -> bool {
    let mut dates: Vec<u32> = block.iter().map(|row| weigher.records.records[*row as usize].dob).collect();
    dates.sort_unstable();
    dates.dedup();
    if dates.first() != Some(&0) && dates.len() <= cap {
        return false;
    }
    let mut apart: Vec<(u32, u32)> = Vec::new();
    for &(given, surname) in names {
        if !apart.iter().any(|other| weigher.names.are_alike(*other, (given, surname))) {
            apart.push((given, surname));
            if apart.len() > cap {
                return true;
            }
        }
    }
    false
}

struct Pairing<'a, 'b> {
    weigher: &'a Weigher<'b>,
    comparisons: &'a Comparisons,
    threads: usize,
    progress: &'a dyn Progress,
    /// Composite keys worked through already, of every row that has them.
    complete: Vec<Key>,
}

/// Rows of which a key can decide anything.
type Wanted<'a> = Box<dyn Fn(u32) -> bool + Sync + 'a>;

/// Where a pair was met: under which key, after which blocks compared in parts only.
#[derive(Clone, Copy)]
struct Meeting<'a> {
    key: Key,
    split: &'a FxHashSet<(Key, u64)>,
}

impl<'a> Pairing<'a, '_> {
    /// Says of which rows a composite key is made; `None` where it cannot find anything in this case.
    fn wanted(&self, key: Key, rows: &[u32]) -> Option<Wanted<'a>> {
        let weigher = self.weigher;
        let record = |row: u32| &weigher.records.records[row as usize];
        let plausible = (self.comparisons.thresholds.plausible * BIT) as Weight;
        // What a near date and a middle initial add to the weight of the names.
        let margin = (7.0 * BIT) as Weight;
        match key {
            Key::LastFourDob if !rows.iter().any(|row| record(*row).ssn & vocab::Record::LAST_FOUR != 0) => None,
            key if key.is_loose() && rows.len() > LOOSE_ROWS => None,
            Key::Case if !all_with_all(rows.len()) => None,
            Key::NameZip | Key::Name if rows.iter().all(|row| record(*row).birthday() != 0) => None,
            Key::NameYear => Some(Box::new(move |row| weigher.name_weight(row as usize) + margin >= plausible)),
            Key::Name => Some(Box::new(move |row| weigher.name_weight(row as usize) >= plausible)),
            _ => Some(Box::new(|_| true)),
        }
    }

    fn compare_blocks(&self, key: Key, blocks: &Blocks, split: &FxHashSet<(Key, u64)>) -> Compared {
        let found = parallel::fold(blocks.parts(), self.threads, Compared::default, |compared, part| {
            let before = compared.pairs;
            let mut compare = |block: &[u32]| self.compare_block(Meeting { key, split }, block, compared);
            let mut ahead = Ahead::new(self.weigher.records);
            blocks.part(part).for_each(|block| ahead.take(block, &mut compare));
            ahead.hand_on(&mut compare);
            self.progress.advance(compared.pairs - before);
        });
        let mut all = Compared::default();
        found.into_iter().for_each(|found| all.absorb(found));
        all
    }

    /// Compares the blocks of a key as they are found, without keeping them.
    fn compare_as_sorted(
        &self,
        key: Key,
        rows: &[u32],
        wanted: &(dyn Fn(u32) -> bool + Sync),
        sorter: &mut Sorter,
        split: &FxHashSet<(Key, u64)>,
    ) -> Vec<Compared> {
        let records = self.weigher.records;
        let hash = |row: u32| if wanted(row) { key.hash(records, row as usize) } else { None };
        sorter.sort(rows, &hash, &Compared::default, &|compared, _, sorted| {
            let before = compared.pairs;
            sorted.each_block_of(records, key, &mut |block| {
                self.compare_block(Meeting { key, split }, block, compared);
            });
            self.progress.advance(compared.pairs - before);
        })
    }

    fn compare_block(&self, meeting: Meeting, block: &[u32], compared: &mut Compared) {
        let key = meeting.key;
        if matches!(key, Key::Name | Key::NameZip) {
            return self.undated_with_all(meeting, block, compared);
        }
        // The pairs of a loose key were counted before it was made.
        if key.is_loose() || block.len() <= self.comparisons.limits.block {
            return self.all_with_all(meeting, block, compared);
        }
        *compared.split_blocks.entry(key).or_default() += 1;
        if key.takes_every_row() {
            compared.split.extend(key.hash(self.weigher.records, block[0] as usize).map(|hash| (key, hash)));
        }
        let mut entries: Vec<(u64, u64, u32)> =
            block.iter().map(|row| (self.split_field(key, *row), self.signature(*row), *row)).collect();
        entries.sort_unstable();
        for part in entries.chunk_by(|a, b| a.0 == b.0) {
            let rows: Vec<u32> = part.iter().map(|entry| entry.2).collect();
            if rows.len() <= self.comparisons.limits.block {
                self.all_with_all(meeting, &rows, compared);
            } else {
                self.neighbours(meeting, &rows, compared);
            }
        }
    }

    /// Compares the rows of one name that have no birthday with the others; two rows with a date share another key
    /// if they can be one person's. Past the limit, rows are compared with their first neighbours only.
    fn undated_with_all(&self, meeting: Meeting, block: &[u32], compared: &mut Compared) {
        let birthday = |row: &u32| self.weigher.records.records[*row as usize].birthday();
        let (mut undated, mut dated): (Vec<u32>, Vec<u32>) = block.iter().partition(|row| birthday(row) == 0);
        if undated.is_empty() {
            return;
        }
        let limit = self.comparisons.limits.block;
        if block.len() > limit {
            *compared.split_blocks.entry(meeting.key).or_default() += 1;
            // Which rows are compared must not depend on the order of the files.
            undated.sort_unstable_by_key(|row| (self.signature(*row), *row));
            dated.sort_unstable_by_key(|row| (self.signature(*row), *row));
        }
        for (index, &left) in undated.iter().enumerate() {
            let others = undated[index + 1..].iter().chain(&dated);
            let near = others.filter(|right| block.len() <= limit || self.weigher.may_be_neighbours(left, **right));
            for &right in near.take(limit) {
                self.compare_pair(meeting, left, right, compared);
            }
        }
    }

    /// The further field by which a large block is split.
    fn split_field(&self, key: Key, row: u32) -> u64 {
        let record = &self.weigher.records.records[row as usize];
        match key {
            Key::SurnameDob | Key::LastFourDob | Key::SurnameHouse => u64::from(record.given),
            Key::GivenDob | Key::DobZip | Key::DobHouse => u64::from(record.surname),
            Key::NameYear | Key::LocalSurname => u64::from(record.dob),
            _ => mix(u64::from(record.given), u64::from(record.surname)),
        }
    }

    /// Orders rows by what they hold, so that the order of the files does not decide which neighbours are compared.
    fn signature(&self, row: u32) -> u64 {
        let (records, at) = (self.weigher.records, row as usize);
        let (record, facts) = (&records.records[at], &records.facts);
        let letters = |name: u32| u64::from(self.weigher.names.look(name).hash());
        let numbers = [
            letters(record.given) << 32 | letters(record.surname),
            u64::from(record.dob) << 32 | u64::from(record.ssn),
            u64::from(record.initial) << 16 | u64::from(record.suffix) << 8,
            u64::from(record.zip) << 32 | u64::from(record.house) << 16 | u64::from(record.unit),
            hash_of(records.streets.get(record.street)),
            u64::from(record.town),
            record.licence,
            record.phone,
            record.email,
            record.imei,
            facts.account(at),
            facts.identity(at),
            facts.imsi(at),
        ];
        numbers.into_iter().fold(0, mix)
    }

    fn all_with_all(&self, meeting: Meeting, rows: &[u32], compared: &mut Compared) {
        let thresholds = &self.comparisons.thresholds;
        let shared = match meeting.key {
            // Two surnames are one person's at once or not at all.
            Key::GivenDob => Some((Shared::Given, thresholds.thin.min(thresholds.same))),
            // Two given names may be one person's in the low count.
            Key::SurnameDob => Some((Shared::Surname, thresholds.plausible)),
            _ => None,
        };
        if let Some((shared, least)) = shared {
            let each = &mut |left, right| self.compare_pair(meeting, left, right, compared);
            return namesakes::worth_comparing(self.weigher, shared, rows, (least * BIT) as Weight, each);
        }
        for (index, &left) in rows.iter().enumerate() {
            for &right in &rows[index + 1..] {
                self.compare_pair(meeting, left, right, compared);
            }
        }
    }

    fn neighbours(&self, meeting: Meeting, rows: &[u32], compared: &mut Compared) {
        for (index, &left) in rows.iter().enumerate() {
            let last = (index + 1 + self.comparisons.limits.window).min(rows.len());
            for &right in &rows[index + 1..last] {
                self.compare_pair(meeting, left, right, compared);
            }
        }
    }

    fn compare_pair(&self, meeting: Meeting, left: u32, right: u32, compared: &mut Compared) {
        let (a, b, key) = (left as usize, right as usize, meeting.key);
        compared.pairs += 1;
        let strong_key = matches!(key, Key::Ssn | Key::Licence | Key::Identity);
        // What costs least is asked first: identifiers beside the record are a second look into memory.
        if self.met_whole(meeting, a, b) || !strong_key && !self.names_allow(key, a, b) || self.met_by_number(key, a, b)
        {
            return;
        }
        let (levels, judged) = self.weigher.judge(a, b);
        if let Some(conflict) = judged.conflict.filter(|_| strong_key && !judged.may_be_same) {
            *compared.conflicts.entry((key, conflict)).or_default() += 1;
        }
        let thresholds = &self.comparisons.thresholds;
        let reaches = |threshold: f64| judged.weight >= (threshold * BIT) as Weight;
        let same = Standing::of(&judged, self.comparisons) == Standing::Same;
        if !reaches(thresholds.plausible) || !(same || judged.may_be_same || is_plausible(&levels, judged.conflict)) {
            return;
        }
        let mut flags = 0;
        if same {
            flags |= Link::SAME;
        }
        if judged.exact && reaches(thresholds.strong) {
            flags |= Link::EXACT;
        }
        if judged.hard {
            flags |= Link::HARD;
        }
        if judged.one_generation {
            flags |= Link::ONE_GENERATION;
        }
        if judged.mistaken {
            flags |= Link::MISTAKEN;
        }
        if judged.conflict == Some(Conflict::Ssn) && judged.may_be_same {
            flags |= Link::TWO_NUMBERS;
        }
        let (left, right) = (left.min(right), left.max(right));
        let (one, other) = (self.signature(left), self.signature(right));
        let tie = mix(one.min(other), one.max(other)) as u32;
        compared.links.push(Link { weight: judged.weight, left, right, tie, key, flags });
    }

    /// Tells whether the pair was judged in the block of an earlier composite key. Blocks that were split may have been
    /// compared in parts and do not count.
    fn met_whole(&self, meeting: Meeting, a: usize, b: usize) -> bool {
        let records = self.weigher.records;
        let whole = |key: Key| match meeting.split.is_empty() {
            true => true,
            false => key.hash(records, a).is_none_or(|hash| !meeting.split.contains(&(key, hash))),
        };
        self.complete.iter().any(|key| key.is_shared(records, a, b) && whole(*key))
    }

    /// Tells whether the pair was judged in the block of an earlier identifier. Blocks of common values may have been
    /// compared in parts and do not count.
    fn met_by_number(&self, key: Key, a: usize, b: usize) -> bool {
        let earlier = Key::ALL.into_iter().take_while(|earlier| earlier.is_identifier() && *earlier < key);
        let mut shared = earlier.filter(|earlier| earlier.is_shared(self.weigher.records, a, b));
        shared.any(|earlier| !self.weigher.is_common(earlier, a))
    }

    /// Tells quickly whether the names leave anything to weigh where no identity number speaks.
    fn names_allow(&self, key: Key, a: usize, b: usize) -> bool {
        let (left, right) = (&self.weigher.records.records[a], &self.weigher.records.records[b]);
        if key == Key::NameYear && dob_level(left.dob, right.dob) == Level::Other {
            // One name and two dates: a number or a place in common, or two people.
            let same = |a: u64, b: u64| a != 0 && a == b;
            let numbered = same(left.ssn.into(), right.ssn.into()) || same(left.licence, right.licence);
            return numbered
                || same(left.zip.into(), right.zip.into())
                || same(left.street.into(), right.street.into());
        }
        let names = &self.weigher.names;
        // Whatever the given names, a date with surname or address may still be one person's in the low count: twins are
        // told apart by the given name alone.
        let born = left.birthday() != 0 && left.dob == right.dob;
        let same_number = left.house != 0 && left.house == right.house;
        let same_town = left.zip == 0 || right.zip == 0 || left.zip == right.zip;
        let one_town = left.zip != 0 && left.zip == right.zip;
        let one_surname = left.surname == right.surname;
        let housed = || same_number && (same_town || names.surname_level(left.surname, right.surname) != Level::Other);
        born && (one_surname || housed() || one_town)
            || names.given_with_initials(left, right) != Level::Other
            || match dob_level(left.dob, right.dob) {
                Level::Other => false,
                dob => {
                    key == Key::Email && dob != Level::Missing
                        || names.are_swapped(left, right)
                        || names.misplaced(left, right).is_some()
                }
            }
    }
}
