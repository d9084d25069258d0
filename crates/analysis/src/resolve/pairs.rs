//! Candidate pairs: every two rows of a block, weighed. What could be one person is kept as a [`Link`].
//!
//! Enters: blocks. Leaves: links and the tally of conflicts met under strong keys. Never: a union; a block dropped
//! without being split and counted.

use std::collections::{BTreeMap, BTreeSet};

use rulebook::Comparisons;

use super::blocks::{Blocks, blocks, in_parallel};
use super::compare::{Level, Levels};
use super::keys::{Key, mix};
use super::weigh::{BIT, COMMON_FROM, Common, Conflict, Judged, Weigher, Weight};

/// Blocks a thread takes at a time.
const BLOCKS_A_TASK: usize = 2_048;

/// Rows up to which loose keys are tried, and the pairs a row that such a key may cost.
const LOOSE_ROWS: usize = 500_000;
const LOOSE_PAIRS_A_ROW: u64 = 8;

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
}

impl Compared {
    fn absorb(&mut self, other: Compared) {
        self.links.extend(other.links);
        other.conflicts.into_iter().for_each(|(kind, count)| *self.conflicts.entry(kind).or_default() += count);
        other.split_blocks.into_iter().for_each(|(key, count)| *self.split_blocks.entry(key).or_default() += count);
    }
}

/// Compares all rows that share a key of any kind.
pub(crate) fn compare(weigher: &mut Weigher, comparisons: &Comparisons, rows: &[u32], threads: usize) -> Compared {
    let mut compared = Compared::default();
    let identifiers = learn_identifiers(weigher, comparisons, rows, threads);
    for ((key, hash), common) in weigher.common.iter().filter(|(_, common)| common.generic) {
        let (values, holding) = compared.generic.entry(*key).or_default();
        *values += 1;
        *holding += u64::from(common.rows);
        if *key == Key::Address {
            compared.generic_addresses.insert(*hash);
        }
    }
    let pairing = Pairing { weigher, comparisons, threads };
    for (key, blocks) in &identifiers {
        compared.absorb(pairing.compare_blocks(*key, blocks));
    }
    drop(identifiers);
    for key in Key::ALL.into_iter().filter(|key| !key.is_identifier()) {
        if let Some(blocks) = pairing.composite_blocks(key, rows) {
            compared.absorb(pairing.compare_blocks(key, &blocks));
        }
    }
    compared
}

/// Counts how often the values of each identifier occur and by how many names they are shared.
pub(crate) fn learn_identifiers(
    weigher: &mut Weigher,
    comparisons: &Comparisons,
    rows: &[u32],
    threads: usize,
) -> Vec<(Key, Blocks)> {
    let keys = Key::ALL.into_iter().filter(|key| key.is_identifier());
    keys.map(|key| {
        let blocks = blocks(weigher.records, key, rows, threads, &|_| true);
        let common = common_values(weigher, key, &blocks, cap(comparisons, key));
        weigher.learn(key, blocks.rows_with_key, common);
        (key, blocks)
    })
    .collect()
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

/// Finds the values that are common, and among them those that too many different names share.
fn common_values(weigher: &Weigher, key: Key, blocks: &Blocks, cap: u32) -> Vec<(u64, Common)> {
    let records = weigher.records;
    let mut common = Vec::new();
    let mut names: Vec<(u32, u32)> = Vec::new();
    for block in (0..blocks.len()).map(|index| blocks.get(index)) {
        if block.len() <= cap as usize && block.len() < COMMON_FROM as usize {
            continue;
        }
        names.clear();
        let named = block.iter().map(|row| &records.records[*row as usize]);
        names.extend(named.map(|record| (record.given, record.surname)).filter(|name| *name != (0, 0)));
        names.sort_unstable();
        names.dedup();
        let generic = names.len() > cap as usize && has_many_holders(weigher, block, &names, cap as usize);
        if generic || block.len() >= COMMON_FROM as usize {
            let hash = key.hash(records, block[0] as usize);
            common.extend(hash.map(|hash| (hash, Common { rows: block.len() as u32, generic })));
        }
    }
    common
}

/// Tells whether a pair that is not the same by the rules could be nevertheless: names that agree without anything
/// against them, or at one address under two dates of birth; a birth date with the surname or the address under another
/// given name, which a wrong entry leaves as well as a twin.
fn is_plausible(levels: &Levels, conflict: Option<Conflict>) -> bool {
    let housed = matches!(levels.address, Level::Exact | Level::NoUnit);
    let named = levels.given_agrees() && levels.surname_agrees();
    match conflict {
        None if named => true,
        None | Some(Conflict::Given) => levels.dob == Level::Exact && (levels.surname_agrees() || housed),
        // Father and son of one name at one address, or one person whose date was entered wrong.
        Some(Conflict::Dob) => named && housed,
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
}

impl Pairing<'_, '_> {
    /// Makes the blocks of a composite key; `None` where the key cannot find anything in this case.
    fn composite_blocks(&self, key: Key, rows: &[u32]) -> Option<Blocks> {
        let records = self.weigher.records;
        let record = |row: u32| &records.records[row as usize];
        let plausible = (self.comparisons.thresholds.plausible * BIT) as Weight;
        // What a near date and a middle initial add to the weight of the names.
        let margin = (7.0 * BIT) as Weight;
        let wanted: Box<dyn Fn(u32) -> bool + Sync> = match key {
            Key::LastFourDob if !rows.iter().any(|row| record(*row).ssn & vocab::Record::LAST_FOUR != 0) => {
                return None;
            }
            key if key.is_loose() && rows.len() > LOOSE_ROWS => return None,
            Key::NameZip | Key::Name if rows.iter().all(|row| record(*row).dob != 0) => return None,
            Key::NameYear => Box::new(move |row| self.weigher.name_weight(row as usize) + margin >= plausible),
            Key::Name => Box::new(move |row| self.weigher.name_weight(row as usize) >= plausible),
            _ => Box::new(|_| true),
        };
        let blocks = blocks(records, key, rows, self.threads, &wanted);
        let affordable = !key.is_loose() || blocks.pairs() <= LOOSE_PAIRS_A_ROW * rows.len() as u64;
        affordable.then_some(blocks)
    }

    fn compare_blocks(&self, key: Key, blocks: &Blocks) -> Compared {
        let tasks = blocks.len().div_ceil(BLOCKS_A_TASK);
        let parts = in_parallel(tasks, self.threads, &|task| {
            let mut compared = Compared::default();
            let last = ((task + 1) * BLOCKS_A_TASK).min(blocks.len());
            for index in task * BLOCKS_A_TASK..last {
                self.compare_block(key, blocks.get(index), &mut compared);
            }
            compared
        });
        let mut all = Compared::default();
        parts.into_iter().for_each(|part| all.absorb(part));
        all
    }

    fn compare_block(&self, key: Key, block: &[u32], compared: &mut Compared) {
        if matches!(key, Key::Name | Key::NameZip) {
            return self.undated_with_all(key, block, compared);
        }
        // The pairs of a loose key were counted before it was made.
        if key.is_loose() || block.len() <= self.comparisons.limits.block {
            return self.all_with_all(key, block, compared);
        }
        *compared.split_blocks.entry(key).or_default() += 1;
        let mut entries: Vec<(u64, u64, u32)> =
            block.iter().map(|row| (self.split_field(key, *row), self.signature(*row), *row)).collect();
        entries.sort_unstable();
        for part in entries.chunk_by(|a, b| a.0 == b.0) {
            let rows: Vec<u32> = part.iter().map(|entry| entry.2).collect();
            if rows.len() <= self.comparisons.limits.block {
                self.all_with_all(key, &rows, compared);
            } else {
                self.neighbours(key, &rows, compared);
            }
        }
    }

    /// Compares the rows of one name that have no date of birth with the others; two rows with a date share another key
    /// if they can be one person's. Past the limit, rows are compared with their first neighbours only.
    fn undated_with_all(&self, key: Key, block: &[u32], compared: &mut Compared) {
        let dob = |row: &u32| self.weigher.records.records[*row as usize].dob;
        let (mut undated, mut dated): (Vec<u32>, Vec<u32>) = block.iter().partition(|row| dob(row) == 0);
        if undated.is_empty() {
            return;
        }
        let limit = self.comparisons.limits.block;
        if block.len() > limit {
            *compared.split_blocks.entry(key).or_default() += 1;
        }
        if block.len() > limit {
            // Which rows are compared must not depend on the order of the files.
            undated.sort_unstable_by_key(|row| (self.signature(*row), *row));
            dated.sort_unstable_by_key(|row| (self.signature(*row), *row));
        }
        for (index, &left) in undated.iter().enumerate() {
            let others = undated[index + 1..].iter().chain(&dated);
            let near = others.filter(|right| block.len() <= limit || self.weigher.may_be_neighbours(left, **right));
            for &right in near.take(limit) {
                self.compare_pair(key, left, right, compared);
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
        let record = &self.weigher.records.records[row as usize];
        let person = mix(u64::from(record.dob) << 32 | u64::from(record.ssn), record.licence);
        mix(mix(person, record.phone), mix(record.email, u64::from(record.house)))
    }

    fn all_with_all(&self, key: Key, rows: &[u32], compared: &mut Compared) {
        for (index, &left) in rows.iter().enumerate() {
            for &right in &rows[index + 1..] {
                self.compare_pair(key, left, right, compared);
            }
        }
    }

    fn neighbours(&self, key: Key, rows: &[u32], compared: &mut Compared) {
        for (index, &left) in rows.iter().enumerate() {
            let last = (index + 1 + self.comparisons.limits.window).min(rows.len());
            for &right in &rows[index + 1..last] {
                self.compare_pair(key, left, right, compared);
            }
        }
    }

    fn compare_pair(&self, key: Key, left: u32, right: u32, compared: &mut Compared) {
        let (a, b) = (left as usize, right as usize);
        if self.was_met(key, a, b) {
            return;
        }
        let strong_key = matches!(key, Key::Ssn | Key::Licence | Key::Identity);
        if !strong_key && !self.names_allow(a, b) {
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
        let (left, right) = (left.min(right), left.max(right));
        let (one, other) = (self.signature(left), self.signature(right));
        let tie = mix(one.min(other), one.max(other)) as u32;
        compared.links.push(Link { weight: judged.weight, left, right, tie, key, flags });
    }

    /// Tells whether the pair was judged in the block of an earlier identifier. Blocks of common values may have been
    /// compared in parts and do not count.
    fn was_met(&self, key: Key, a: usize, b: usize) -> bool {
        let earlier = Key::ALL.into_iter().take_while(|earlier| earlier.is_identifier() && *earlier < key);
        let mut shared = earlier.filter(|earlier| earlier.is_shared(self.weigher.records, a, b));
        shared.any(|earlier| !self.weigher.is_common(earlier, a))
    }

    /// Tells quickly whether the names leave anything to weigh where no identity number speaks.
    fn names_allow(&self, a: usize, b: usize) -> bool {
        let (left, right) = (&self.weigher.records.records[a], &self.weigher.records.records[b]);
        let names = &self.weigher.names;
        let given = names.given_level(left.given, right.given);
        if given == Level::Other {
            // Date with surname or address may still be one person's in the low count: twins are told apart by the given
            // name alone.
            let same_house = left.house != 0 && left.house == right.house;
            let born = left.dob != 0 && left.dob == right.dob;
            return born && (same_house || left.surname == right.surname || names.are_swapped(left, right));
        }
        true
    }
}
