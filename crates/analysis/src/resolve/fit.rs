//! Estimates the parameters of the model on the case itself: what share of pairs of one person, and of pairs of
//! strangers, falls on each level.
//!
//! Enters: records and the rulebook's comparisons. Leaves: a [`Model`]: comparisons with the case's own m and u, and the
//! pairs they rest on. Never: a value; a parameter far from the rulebook's, or one that a handful of pairs decided.
//!
//! u comes from random pairs, m from expectation and maximisation over pairs that share a key, with the comparisons of
//! the key left out, key after key (Winkler, "Using the EM algorithm for weight computation in the Fellegi-Sunter model of
//! record linkage", 1988; the rotation of keys and the median of their estimates as in Splink 5). No key is a household's:
//! trained on an address or a surname with a postcode, the model would learn that another given name is normal.

use rulebook::Comparisons;
use rulebook::comparisons::Mistaken;
use rustc_hash::{FxHashMap, FxHashSet};
use vocab::{Record, Records, parallel};

use super::compare::{Level, Levels, dob_level};
use super::keys::{Key, mix};
use super::model::{Model, Prior, Round};
use super::rows::Rows;
use super::weigh::{ADDRESS, BIT, COMPARISONS, STATE, Weigher};

/// Rows whose blocks a round looks at; of more, those with the least hashes of their keys.
const ROWS_A_ROUND: u64 = 20_000;
/// Rows of a block that are paired.
const ROWS_A_BLOCK: usize = 12;
/// Rows that make random pairs, and the pairs of each.
const RANDOM_ROWS: usize = 8_000;
const RANDOM_PARTNERS: usize = 25;
/// Pairs that the rulebook's shares count as, so that a thin case stays with them.
const PRIOR_PAIRS: f64 = 60.0;
const PRIOR_RANDOM_PAIRS: f64 = 2_000.0;
/// How far a share may move from the rulebook's, as a factor either way.
const FURTHEST: f64 = 8.0;
/// Most that "other" may reach, as a share of its u: it always speaks against the pair.
const MOST_AGAINST: f64 = 0.5;
/// How far the prior may move, as a factor either way.
const FURTHEST_PRIOR: f64 = 4.0;
/// Rounds of the algorithm, and the change of a share that ends it.
const MOST_STEPS: usize = 30;
const SETTLED: f64 = 1e-4;
/// Pairs of one person, as the model expects them, below which a round says nothing.
const LEAST_EXPECTED: f64 = 20.0;
/// Bits beyond which the odds of a mistake are not believed.
const SUREST_MISTAKE: f64 = 4.0;
/// Blocks a thread takes at a time.
const BLOCKS_A_TASK: usize = 512;

/// Levels that exclude each other and share out all pairs for which both rows have a value. An initial, the last four
/// digits and a suffix depend on what is missing more than on the person: they stay as the rulebook has them.
const FAMILIES: [(usize, &[Level]); 16] = [
    (0, &[Level::Exact, Level::Nickname, Level::Close, Level::Near, Level::Other]),
    (1, &[Level::Exact, Level::Part, Level::Close, Level::Near, Level::Other]),
    (2, &[Level::Exact, Level::Other]),
    (4, &[Level::Exact, Level::Swapped, Level::OneEdit, Level::YearAndPart, Level::Other]),
    (5, &[Level::Exact, Level::OneEdit, Level::Other]),
    (6, &[Level::Exact, Level::Other]),
    (7, &[Level::Exact, Level::Other]),
    (8, &[Level::Exact, Level::Other]),
    (9, &[Level::Exact, Level::Local, Level::Other]),
    (ADDRESS, &[Level::Exact, Level::NoUnit, Level::Street, Level::Zip, Level::Other]),
    (11, &[Level::Exact, Level::Other]),
    (12, &[Level::Exact, Level::Other]),
    (13, &[Level::Exact, Level::Other]),
    (STATE, &[Level::Exact, Level::Other]),
    (STATE, &[Level::Line, Level::LineOther]),
    (STATE, &[Level::Town, Level::TownOther]),
];

/// Keys under which m is learned, with the comparisons that each leaves out.
const TRAINING: [(Training, &[usize]); 5] = [
    (Training::Name, &[0, 1]),
    (Training::SurnameDob, &[1, 4]),
    (Training::GivenDob, &[0, 4]),
    (Training::DobZip, &[4, ADDRESS, STATE]),
    (Training::Ssn, &[5]),
];

#[derive(Clone, Copy)]
enum Training {
    Name,
    SurnameDob,
    GivenDob,
    DobZip,
    Ssn,
}

impl Training {
    fn key(self) -> Key {
        match self {
            Training::Name => Key::Name,
            Training::SurnameDob => Key::SurnameDob,
            Training::GivenDob => Key::GivenDob,
            Training::DobZip => Key::DobZip,
            Training::Ssn => Key::Ssn,
        }
    }
}

/// m and u by comparison and level; `NaN` where the rulebook has none.
type Shares = [[f64; Level::COUNT]; COMPARISONS.len()];

/// Pairs that look alike: their levels, the rulebook's weight for them in quarters of a bit, and how many there are.
type Pattern = ([Level; COMPARISONS.len()], i16, u32);

/// Estimates the model of a case. The result depends on what the rows hold, not on their order or on the threads.
pub fn fit(records: &Records, comparisons: &Comparisons, threads: usize) -> Model {
    let rows = Rows::sort_out(records, threads).persons;
    let mut weigher = Weigher::new(records, comparisons, &rows);
    for key in Key::ALL.into_iter().filter(|key| key.is_identifier()) {
        weigher.learn(key, rows.len() as u64, []);
    }
    let fitting = Fitting { weigher, contents: Contents::new(records), rows: &rows, threads };
    let (m, u) = (shares(comparisons, |level| Some(level.m)), shares(comparisons, |level| level.u));
    let (new_u, random_pairs) = fitting.strangers(&u);
    let mut rounds = Vec::new();
    let mut estimates: Vec<Shares> = Vec::new();
    let mut partners = Vec::new();
    let samples = TRAINING.map(|(training, _)| fitting.sample(training));
    for ((training, left_out), sample) in TRAINING.into_iter().zip(&samples) {
        let patterns = fitting.patterns(&sample.entries, left_out);
        let fitted = maximise(&patterns, &m, &u, &new_u, left_out);
        rounds.push(Round { key: training.key(), pairs: fitted.pairs, expected: fitted.expected, steps: fitted.steps });
        if fitted.expected >= LEAST_EXPECTED {
            partners.push(fitted.expected * sample.scale / fitting.agreeing(training, &m) / rows.len().max(1) as f64);
            estimates.push(fitted.m);
        }
    }
    let new_m = settle(&estimates, &m, &new_u);
    let known = comparisons.rows_with_partner;
    let partners =
        median(&mut partners).map_or(known, |found| found.clamp(known / FURTHEST_PRIOR, known * FURTHEST_PRIOR));
    let near = |found: f64, known: f64| found.clamp(known, SUREST_MISTAKE.max(known));
    let [by_name, by_surname_dob, ..] = &samples;
    let prior = Prior {
        partners,
        mistaken: Mistaken {
            given: near(fitting.mistaken_given(by_surname_dob), comparisons.mistaken.given),
            dob: near(fitting.mistaken_dob(by_name), comparisons.mistaken.dob),
            number: near(fitting.mistaken_number(), comparisons.mistaken.number),
        },
    };
    Model::new(comparisons, prior, rows.len() as u64, random_pairs, &rounds, |comparison, level| {
        (new_m[comparison][level as usize], new_u[comparison][level as usize])
    })
}

fn shares(comparisons: &Comparisons, share: impl Fn(rulebook::comparisons::Level) -> Option<f64>) -> Shares {
    let mut shares = [[f64::NAN; Level::COUNT]; COMPARISONS.len()];
    for (row, name) in shares.iter_mut().zip(COMPARISONS) {
        for code in super::model::levels_of(name) {
            if let Some(level) = Level::from_code(code) {
                row[level as usize] = share(comparisons.level(name, code)).unwrap_or(f64::NAN);
            }
        }
    }
    shares
}

/// Hashes of what the rows hold: codes of names and streets follow the order of the rows and must not choose a sample.
struct Contents {
    names: Vec<u64>,
    streets: Vec<u64>,
}

impl Contents {
    fn new(records: &Records) -> Self {
        let hash = |value: &[u8]| value.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| mix(hash, u64::from(*byte)));
        Contents {
            names: records.names.iter().map(hash).collect(),
            streets: records.streets.iter().map(hash).collect(),
        }
    }

    fn name(&self, code: u32) -> u64 {
        self.names[code as usize]
    }

    fn row(&self, records: &Records, row: u32) -> u64 {
        let record = &records.records[row as usize];
        let name = mix(self.name(record.given), self.name(record.surname));
        let person = mix(u64::from(record.dob) << 32 | u64::from(record.ssn), record.licence);
        let line = mix(record.phone, record.email);
        let place = mix(self.streets[record.street as usize], u64::from(record.house) << 32 | u64::from(record.zip));
        let small = u64::from(record.initial) << 32 | u64::from(record.suffix) << 24 | u64::from(record.unit);
        let facts = &records.facts;
        let row = row as usize;
        let state = |code: &str| code.bytes().fold(0, |sum, byte| sum << 8 | u64::from(byte));
        let states = mix(state(facts.address_state(row).as_str()), state(facts.licence_state(row).as_str()));
        let rare = mix(mix(facts.account(row), facts.imsi(row)), mix(facts.identity(row), record.imei));
        mix(mix(mix(name, person), mix(line, place)), mix(mix(small, states), rare))
    }

    fn key(&self, record: &Record, training: Training) -> Option<u64> {
        let (given, surname, dob) = (record.given, record.surname, record.birthday());
        match training {
            Training::Name => (given != 0 && surname != 0).then(|| mix(self.name(given), self.name(surname))),
            Training::SurnameDob => (surname != 0 && dob != 0).then(|| mix(self.name(surname), u64::from(dob))),
            Training::GivenDob => (given != 0 && dob != 0).then(|| mix(self.name(given), u64::from(dob) | 1 << 40)),
            Training::DobZip => {
                (dob != 0 && record.zip != 0).then(|| mix(u64::from(dob) << 32 | u64::from(record.zip), 1))
            }
            Training::Ssn => record.ssn_full().map(|ssn| mix(u64::from(ssn), 2)),
        }
    }
}

/// What is asked of the rows under one key: which have the field, and which share a variant of it; between which variants
/// one person's could be a mistake; and which rows have others of theirs under another key.
struct Asked<'a> {
    has: &'a dyn Fn(&Record) -> bool,
    alike: &'a dyn Fn(&Record, &Record) -> bool,
    related: &'a dyn Fn(&Record, &Record) -> bool,
    elsewhere: &'a dyn Fn(&Record) -> bool,
}

impl Default for Asked<'_> {
    fn default() -> Self {
        Asked { has: &|_| true, alike: &|_, _| true, related: &|_, _| true, elsewhere: &|_| false }
    }
}

/// Variants of a field under one key, slips of the pen taken for the same variant.
#[derive(Clone, Copy, Debug, Default)]
struct Variants {
    variants: u64,
    /// Variants that stand on two rows or more.
    repeated: u64,
    /// Pairs of variants at one place.
    pairs: u64,
    /// Pairs of which both variants stand on two rows or more.
    both_repeated: u64,
}

impl Variants {
    /// How much likelier a mistake is than two people, in bits. Two people have rows of their own: where so many variants
    /// stand on two rows or more, both of a pair often do. A mistake stands alone. A case in which variants rarely stand on
    /// two rows cannot tell, and says two people.
    fn odds_of_mistakes(self) -> f64 {
        let repeated = self.repeated as f64 / (self.variants as f64).max(1.0);
        let if_all_were_people = self.pairs as f64 * repeated * repeated;
        // The mean of what is believed of a Poisson rate after this count, if one was expected before.
        let people = (self.both_repeated as f64 + 1.0) / (if_all_were_people + 1.0);
        let people = people.min(1.0 - 1e-9);
        ((1.0 - people) / people).log2()
    }
}

/// A row with a key: hash of the key, hash of what the row holds, row.
type Entry = (u64, u64, u32);

/// Rows with a key, in order, and how many rows of the case one of them stands for.
struct Sampled {
    entries: Vec<Entry>,
    scale: f64,
}

struct Fitting<'a> {
    weigher: Weigher<'a>,
    contents: Contents,
    rows: &'a [u32],
    threads: usize,
}

impl Fitting<'_> {
    /// Estimates u from random pairs; those that weigh like one person are left out. Also says how many pairs there were.
    fn strangers(&self, known: &Shares) -> (Shares, u64) {
        let rows =
            least(self.rows.iter().map(|row| (self.contents.row(self.weigher.records, *row), *row)), RANDOM_ROWS);
        let tasks = rows.len().div_ceil(BLOCKS_A_TASK);
        let parts = parallel::in_order(tasks, self.threads, |task| {
            let mut counts = [[0u32; Level::COUNT]; COMPARISONS.len()];
            let mut pairs = 0;
            for left in task * BLOCKS_A_TASK..((task + 1) * BLOCKS_A_TASK).min(rows.len()) {
                let others = &rows[left + 1..(left + 1 + RANDOM_PARTNERS).min(rows.len())];
                let left = rows[left].1;
                for (_, right) in others {
                    let (levels, judged) = self.weigher.judge(left as usize, *right as usize);
                    if judged.weight >= 0 {
                        continue;
                    }
                    pairs += 1;
                    for (counts, level) in counts.iter_mut().zip(self.told_apart(&levels, left, *right)) {
                        counts[level as usize] += 1;
                    }
                }
            }
            (counts, pairs)
        });
        let mut counts = [[0f64; Level::COUNT]; COMPARISONS.len()];
        for (part, _) in &parts {
            for (sum, part) in counts.iter_mut().flatten().zip(part.iter().flatten()) {
                *sum += f64::from(*part);
            }
        }
        let mut new = *known;
        for (comparison, levels) in FAMILIES {
            share_out(&counts[comparison], &known[comparison], levels, PRIOR_RANDOM_PAIRS, &mut new[comparison]);
        }
        (new, parts.iter().map(|(_, pairs)| pairs).sum())
    }

    /// Counts the patterns of pairs that share a key.
    fn patterns(&self, entries: &[Entry], left_out: &[usize]) -> Vec<Pattern> {
        let blocks: Vec<&[Entry]> = entries.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() > 1).collect();
        let parts = parallel::in_order(blocks.len().div_ceil(BLOCKS_A_TASK), self.threads, |task| {
            let mut counts: FxHashMap<([Level; COMPARISONS.len()], i16), u32> = FxHashMap::default();
            for block in blocks.iter().skip(task * BLOCKS_A_TASK).take(BLOCKS_A_TASK) {
                let block = &block[..block.len().min(ROWS_A_BLOCK)];
                for (index, left) in block.iter().enumerate() {
                    for right in &block[index + 1..] {
                        *counts.entry(self.pattern(left.2, right.2, left_out)).or_default() += 1;
                    }
                }
            }
            counts
        });
        let mut all: FxHashMap<([Level; COMPARISONS.len()], i16), u32> = FxHashMap::default();
        parts.into_iter().flatten().for_each(|(pattern, count)| *all.entry(pattern).or_default() += count);
        let mut patterns: Vec<Pattern> = all.into_iter().map(|((levels, bits), count)| (levels, bits, count)).collect();
        patterns.sort_unstable();
        patterns
    }

    /// Says how much likelier it is that one person's given name was entered wrong than that two people are twins, where
    /// rows of one surname, date of birth and place bear two given names; in bits.
    fn mistaken_given(&self, by_surname_dob: &Sampled) -> f64 {
        let asked =
            Asked { has: &|record| record.given != 0, alike: &|a, b| self.is_one_given(a, b), ..Asked::default() };
        self.variants(by_surname_dob, &asked).odds_of_mistakes()
    }

    /// The same for two dates of birth under one name at one place: entered wrong, or father and son.
    fn mistaken_dob(&self, by_name: &Sampled) -> f64 {
        let alike = |one: &Record, other: &Record| dob_level(one.dob, other.dob) != Level::Other;
        let asked = Asked { has: &|record| record.birthday() != 0, alike: &alike, ..Asked::default() };
        self.variants(by_name, &asked).odds_of_mistakes()
    }

    /// The same for two given names under one identity number and surname: entered wrong, or another of the household who
    /// lives under the number. Who does has rows with a number of their own, or with none: a name that stands on any other
    /// row of the case does not stand alone.
    fn mistaken_number(&self) -> f64 {
        let records = self.weigher.records;
        let number = |row: u32| {
            let identity = Some(records.facts.identity(row as usize)).filter(|identity| *identity != 0);
            records.records[row as usize].ssn_full().map(u64::from).or(identity).map(|number| mix(number, 3))
        };
        let sample = self.sample_by(number);
        let several = self.names_of_several(&sample);
        let asked = Asked {
            has: &|record| record.given != 0 && record.surname != 0,
            alike: &|a, b| self.is_one_given(a, b),
            related: &|a, b| {
                matches!(self.weigher.names.surname_level(a.surname, b.surname), Level::Exact | Level::Close)
            },
            elsewhere: &|record| several.contains(&(record.given, record.surname)),
        };
        self.variants(&sample, &asked).odds_of_mistakes()
    }

    fn is_one_given(&self, a: &Record, b: &Record) -> bool {
        self.weigher.names.given_of_rows(a, b) != Level::Other
    }

    /// Returns the whole names of a sample that stand on two rows of the case or more.
    fn names_of_several(&self, sample: &Sampled) -> FxHashSet<(u32, u32)> {
        let name = |row: &u32| {
            let record = &self.weigher.records.records[*row as usize];
            (record.given, record.surname)
        };
        if sample.entries.is_empty() {
            return FxHashSet::default();
        }
        let mut rows: FxHashMap<(u32, u32), u32> = sample.entries.iter().map(|entry| (name(&entry.2), 0)).collect();
        for row in self.rows {
            if let Some(rows) = rows.get_mut(&name(row)) {
                *rows += 1;
            }
        }
        rows.into_iter().filter(|(_, rows)| *rows > 1).map(|(name, _)| name).collect()
    }

    /// Counts the variants of a field under one key.
    fn variants(&self, sample: &Sampled, asked: &Asked) -> Variants {
        let record = |row: u32| &self.weigher.records.records[row as usize];
        let mut found = Variants::default();
        for block in sample.entries.chunk_by(|a, b| a.0 == b.0) {
            let mut variants: Vec<(u32, u32)> = Vec::new();
            for (_, _, row) in block.iter().take(ROWS_A_BLOCK).filter(|entry| (asked.has)(record(entry.2))) {
                match variants.iter_mut().find(|(first, _)| (asked.alike)(record(*first), record(*row))) {
                    Some((_, rows)) => *rows += 1,
                    None => variants.push((*row, 1)),
                }
            }
            let repeated = |(row, rows): &(u32, u32)| *rows > 1 || (asked.elsewhere)(record(*row));
            found.variants += variants.len() as u64;
            found.repeated += variants.iter().filter(|variant| repeated(variant)).count() as u64;
            for (index, left) in variants.iter().enumerate() {
                for right in &variants[index + 1..] {
                    let related = (asked.related)(record(left.0), record(right.0));
                    if related && self.weigher.is_one_home(left.0 as usize, right.0 as usize) {
                        found.pairs += 1;
                        found.both_repeated += u64::from(repeated(left) && repeated(right));
                    }
                }
            }
        }
        found
    }

    /// Samples the rows with a key; of many, those with the least hashes.
    fn sample(&self, training: Training) -> Sampled {
        self.sample_by(|row| self.contents.key(&self.weigher.records.records[row as usize], training))
    }

    fn sample_by(&self, key: impl Fn(u32) -> Option<u64>) -> Sampled {
        let records = self.weigher.records;
        let with_key = self.rows.iter().filter(|row| key(**row).is_some()).count() as u64;
        let most = if with_key <= ROWS_A_ROUND { u64::MAX } else { u64::MAX / with_key * ROWS_A_ROUND };
        let keyed = self.rows.iter().filter_map(|row| Some((key(*row).filter(|hash| *hash <= most)?, *row)));
        let mut entries: Vec<Entry> = keyed.map(|(hash, row)| (hash, self.contents.row(records, row), row)).collect();
        entries.sort_unstable();
        Sampled { entries, scale: with_key as f64 / with_key.clamp(1, ROWS_A_ROUND) as f64 }
    }

    fn pattern(&self, left: u32, right: u32, left_out: &[usize]) -> ([Level; COMPARISONS.len()], i16) {
        let (levels, weight) = self.weigher.without(left as usize, right as usize, left_out);
        (levels.in_order(), (f64::from(weight) / BIT * 4.0).round() as i16)
    }

    /// The levels of a pair of strangers, with two bare postcodes that differ told from none: beside a pair they say
    /// nothing, but what share of strangers has one postcode could not be known without them.
    fn told_apart(&self, levels: &Levels, left: u32, right: u32) -> [Level; COMPARISONS.len()] {
        let zip = |row: u32| self.weigher.records.records[row as usize].zip;
        let mut told = levels.in_order();
        if told[ADDRESS] == Level::Missing && zip(left) != 0 && zip(right) != 0 {
            told[ADDRESS] = Level::Other;
        }
        told
    }

    /// The share of pairs of one person that a key brings together: both rows have all of it and agree.
    fn agreeing(&self, training: Training, m: &Shares) -> f64 {
        let with = |has: &dyn Fn(&Record) -> bool| {
            let rows = self.rows.iter().filter(|row| has(&self.weigher.records.records[**row as usize])).count();
            (rows as f64 / self.rows.len().max(1) as f64).max(1e-6).powi(2)
        };
        let exact = |comparison: usize| m[comparison][Level::Exact as usize];
        let all = |comparisons: &[usize]| comparisons.iter().map(|comparison| exact(*comparison)).product::<f64>();
        let zip = 1.0 - m[ADDRESS][Level::Other as usize];
        match training {
            Training::Name => with(&|record| record.given != 0 && record.surname != 0) * all(&[0, 1]),
            Training::SurnameDob => with(&|record| record.surname != 0 && record.birthday() != 0) * all(&[1, 4]),
            Training::GivenDob => with(&|record| record.given != 0 && record.birthday() != 0) * all(&[0, 4]),
            Training::DobZip => with(&|record| record.birthday() != 0 && record.zip != 0) * all(&[4]) * zip,
            Training::Ssn => with(&|record| record.ssn_full().is_some()) * all(&[5]),
        }
    }
}

/// The entries with the least hashes, in order.
fn least(entries: impl Iterator<Item = (u64, u32)>, count: usize) -> Vec<(u64, u32)> {
    let mut entries: Vec<(u64, u32)> = entries.collect();
    if entries.len() > count {
        entries.select_nth_unstable(count);
        entries.truncate(count);
    }
    entries.sort_unstable();
    entries
}

/// What one round found.
struct Fitted {
    m: Shares,
    /// Pairs of one person among the pairs looked at, as the model expects them.
    expected: f64,
    pairs: u64,
    steps: u32,
}

/// Finds the shares under which the patterns are most likely, starting from the rulebook's and never leaving their
/// neighbourhood. Comparisons that the key decides keep their shares.
fn maximise(patterns: &[Pattern], known: &Shares, known_u: &Shares, u: &Shares, left_out: &[usize]) -> Fitted {
    let pairs: u64 = patterns.iter().map(|pattern| u64::from(pattern.2)).sum();
    let (mut m, mut share, mut expected, mut steps) = (*known, 0.5f64, 0.0, 0);
    while steps < MOST_STEPS as u32 && pairs > 0 {
        steps += 1;
        let odds = (share / (1.0 - share)).log2();
        let mut counts = [[0f64; Level::COUNT]; COMPARISONS.len()];
        expected = 0.0;
        for (levels, quarters, count) in patterns {
            let moved: f64 = (0..COMPARISONS.len()).map(|at| moved(at, levels[at], &m, known, u, known_u)).sum();
            let same = f64::from(*count) / (1.0 + (-(odds + f64::from(*quarters) / 4.0 + moved)).exp2());
            expected += same;
            for (counts, level) in counts.iter_mut().zip(levels) {
                counts[*level as usize] += same;
            }
        }
        let mut next = *known;
        for (comparison, levels) in FAMILIES.into_iter().filter(|(comparison, _)| !left_out.contains(comparison)) {
            share_out(&counts[comparison], &known[comparison], levels, PRIOR_PAIRS, &mut next[comparison]);
            bound(comparison, levels, known, u, &mut next);
        }
        let next_share = ((expected + 0.5) / (pairs as f64 + 1.0)).clamp(0.001, 0.999);
        let changes = next.iter().flatten().zip(m.iter().flatten()).map(|(new, old)| (new - old).abs());
        let change = changes.filter(|change| !change.is_nan()).fold((next_share - share).abs(), f64::max);
        (m, share) = (next, next_share);
        if change < SETTLED {
            break;
        }
    }
    Fitted { m, expected, pairs, steps }
}

/// How many bits the weight of a level has moved from the rulebook's.
fn moved(comparison: usize, level: Level, m: &Shares, known: &Shares, u: &Shares, known_u: &Shares) -> f64 {
    let at = level as usize;
    let of = |new: &Shares, old: &Shares| {
        let ratio = new[comparison][at] / old[comparison][at];
        if ratio.is_nan() { 0.0 } else { ratio.log2() }
    };
    of(m, known) - of(u, known_u)
}

/// Shares out a family of levels by what was counted, the known shares counting as `prior` pairs.
fn share_out(counts: &[f64], known: &[f64], levels: &[Level], prior: f64, out: &mut [f64]) {
    let sum = |of: &[f64]| levels.iter().map(|level| of[*level as usize]).filter(|share| !share.is_nan()).sum::<f64>();
    // Exact agreement has no u of its own: what the others do not take belongs to it.
    let (whole, counted) = (sum(known), sum(counts));
    let exact_is_free = levels.iter().any(|level| known[*level as usize].is_nan());
    let whole = if exact_is_free { whole.max(1.0) } else { whole };
    for level in levels.iter().map(|level| *level as usize).filter(|level| !known[*level].is_nan()) {
        let share = (counts[level] + prior * known[level] / whole) / (counted + prior);
        out[level] = (share * whole).clamp(known[level] / FURTHEST, (known[level] * FURTHEST).min(1.0));
    }
}

/// Keeps "other" speaking against the pair, and no level more likely between strangers than it was in the rulebook.
fn bound(comparison: usize, levels: &[Level], known: &Shares, u: &Shares, m: &mut Shares) {
    for level in levels.iter().map(|level| *level as usize) {
        let against = known[comparison][level] < u[comparison][level];
        if against {
            m[comparison][level] = m[comparison][level].min(u[comparison][level] * MOST_AGAINST);
        }
    }
}

/// The median of the rounds, level by level; the rulebook's share where no round says anything.
fn settle(estimates: &[Shares], known: &Shares, u: &Shares) -> Shares {
    let mut settled = *known;
    for (comparison, levels) in FAMILIES {
        for level in levels.iter().map(|level| *level as usize) {
            let said = estimates.iter().map(|shares| shares[comparison][level]);
            let mut said: Vec<f64> = said.filter(|share| *share != known[comparison][level]).collect();
            if let Some(share) = median(&mut said) {
                settled[comparison][level] = share;
            }
        }
        bound(comparison, levels, known, u, &mut settled);
    }
    settled
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(values[middle]),
        _ => Some((values[middle - 1] + values[middle]) / 2.0),
    }
}
