//! Compares the evidence with the controller's own records, person by person.
//!
//! Enters: a sample of the evidence's rows ([`DumpIndex::build`]) and every row of the reference, in pieces and in any
//! order ([`DumpIndex::probe`]). Leaves: a [`Comparison`]: how many rows agree on two fields jointly, how many do so by
//! chance, and when the values they hold were true. Never: the reference as a whole in memory, a value, a verdict.
//!
//! One field proves little (one valid SSN in nine hits a reference of 100 million), so a row agrees only on an anchor
//! *and* a partner field. The chance rate is measured, not assumed: the same anchors with the partner fields of another
//! row of the same table go through the same matcher.

use std::collections::BTreeMap;
use std::hash::Hasher;

use rustc_hash::FxHasher;
use vocab::claim::Period;
use vocab::record::{Dictionary, Record, Records};

use super::snapshot::{self, Fact, Snapshot, Undated};
use super::stats::Rate;

/// Rows of the evidence that are tested; of more, a sample spread evenly by hash. 200,000 rows fix a rate to a quarter
/// of a percent and a date to less than a day.
pub const MAX_TESTED_ROWS: usize = 200_000;
/// Dated facts that are kept; more are counted and left out.
pub const MAX_FACTS: usize = 4_000_000;

/// A joint key that agrees by chance in more than this share of the rows is not used.
pub const MAX_CHANCE: f64 = 0.05;

/// Joint keys: anchor, partner.
const JOINT: usize = 14;
/// The names of the joint keys, in order.
pub const JOINT_KEYS: [&str; JOINT] = [
    "SSN with surname",
    "SSN with date of birth",
    "account number with surname",
    "account number with date of birth",
    "licence number with surname",
    "licence number with date of birth",
    "phone with full name",
    "phone with date of birth",
    "e-mail with surname",
    "IMEI with phone",
    "IMSI with phone",
    "address with full name",
    "address with date of birth",
    "surname and date of birth with ZIP",
];
/// Fields that can be looked up alone.
const SINGLE: usize = 7;
/// Their names, in order.
pub const SINGLE_FIELDS: [&str; SINGLE] =
    ["SSN", "phone", "e-mail", "IMEI", "IMSI", "account number", "licence number"];
/// Fields whose value may change and so dates a row.
const CHANGING: usize = 8;

/// Values of one row as numbers that can be compared across record sets; 0 is "none".
#[derive(Clone, Copy, Default)]
struct Fields {
    given: u64,
    surname: u64,
    dob: u64,
    ssn: u64,
    zip: u64,
    address: u64,
    phone: u64,
    email: u64,
    imei: u64,
    imsi: u64,
    account: u64,
    licence: u64,
}

impl Fields {
    /// Joint keys with the anchors of `self` and the partners of `partner`; 0 where either is missing.
    fn joint(&self, partner: &Fields) -> [u64; JOINT] {
        let name = pair(partner.given, partner.surname);
        // Given names differ between systems (nicknames, middle names in use); the measured chance guards against namesakes.
        let person = pair(self.surname, self.dob);
        let sides = [
            (self.ssn, partner.surname),
            (self.ssn, partner.dob),
            (self.account, partner.surname),
            (self.account, partner.dob),
            (self.licence, partner.surname),
            (self.licence, partner.dob),
            (self.phone, name),
            (self.phone, partner.dob),
            (self.email, partner.surname),
            (self.imei, partner.phone),
            (self.imsi, partner.phone),
            (self.address, name),
            (self.address, partner.dob),
            (person, partner.zip),
        ];
        let mut keys = [0; JOINT];
        for (kind, (anchor, other)) in sides.into_iter().enumerate() {
            keys[kind] = tagged(kind as u64, pair(anchor, other));
        }
        keys
    }

    fn single(&self) -> [u64; SINGLE] {
        let fields = [self.ssn, self.phone, self.email, self.imei, self.imsi, self.account, self.licence];
        let mut keys = [0; SINGLE];
        for (kind, value) in fields.into_iter().enumerate() {
            keys[kind] = tagged((JOINT + kind) as u64, value);
        }
        keys
    }

    fn changing(&self) -> [u64; CHANGING] {
        [self.surname, self.address, self.phone, self.email, self.imei, self.imsi, self.account, self.licence]
    }
}

fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

fn pair(a: u64, b: u64) -> u64 {
    if a == 0 || b == 0 { 0 } else { mix(mix(a).wrapping_add(b)) | 1 }
}

fn tagged(tag: u64, value: u64) -> u64 {
    if value == 0 { 0 } else { mix(value.wrapping_add(tag << 58)) }
}

/// Hashes of a dictionary's values, by code: codes differ between record sets, values do not.
fn hashes(dictionary: &Dictionary) -> Vec<u64> {
    let of = |value: &[u8]| {
        let mut hasher = FxHasher::default();
        hasher.write(value);
        if value.is_empty() { 0 } else { mix(hasher.finish()) | 1 }
    };
    dictionary.iter().map(of).collect()
}

/// Reads rows of one record set.
struct Reader<'a> {
    records: &'a Records,
    names: Vec<u64>,
    streets: Vec<u64>,
}

impl<'a> Reader<'a> {
    fn new(records: &'a Records) -> Self {
        Reader { records, names: hashes(&records.names), streets: hashes(&records.streets) }
    }

    fn fields(&self, row: usize) -> Fields {
        let record: &Record = &self.records.records[row];
        let street = pair(self.streets[record.street as usize], u64::from(record.house));
        Fields {
            given: self.names[record.given as usize],
            surname: self.names[record.surname as usize],
            dob: u64::from(record.dob),
            ssn: u64::from(record.ssn_full().unwrap_or(0)),
            zip: u64::from(record.zip),
            address: pair(street, u64::from(record.zip)),
            phone: record.phone,
            email: record.email,
            imei: record.imei,
            imsi: self.records.facts.imsi(row),
            account: self.records.facts.account(row),
            licence: record.licence,
        }
    }
}

/// What an entry of the index stands for.
const CONTROL: u8 = 32;
const ALONE: u8 = 64;

#[derive(Clone, Copy)]
struct Entry {
    hash: u64,
    row: u32,
    /// Number of the key; with [`CONTROL`] a key with another row's partner, with [`ALONE`] a single field.
    what: u8,
}

struct Tested {
    changing: [u64; CHANGING],
    /// Table of the evidence.
    table: u32,
    /// Joint keys the row has.
    joint: u16,
    /// Joint keys its control has.
    control: u16,
    /// Single fields it has.
    single: u8,
    /// A device and nobody's name: lines come and go apart from customers, so such rows do not decide whose data it is.
    device: bool,
    /// Rows of one person share a group, so that the dates of a person are not taken for independent.
    group: u8,
}

/// The tested rows of the evidence by their keys. Built once, probed from many threads.
pub struct DumpIndex {
    rows: Vec<Tested>,
    tables: Vec<String>,
    rows_all: u64,
    entries: Vec<Entry>,
    /// First entry of each bucket of the upper bits of the hash.
    buckets: Vec<u32>,
    bucket_shift: u32,
    /// One bit a hash value, by its lower bits: most reference rows are told absent here.
    filter: Vec<u64>,
}

/// What a piece of the reference hit.
#[derive(Default)]
pub struct Hits {
    rows: u64,
    rows_dated: u64,
    /// Whether any row says when it ended.
    closes: bool,
    joint_seen: u16,
    single_seen: u8,
    hits: Vec<(u32, u8)>,
    compared: Vec<(u32, u8)>,
    facts: Vec<Fact>,
}

#[cfg(test)]
impl Hits {
    /// Hits of so many undated facts of the first row.
    pub(crate) fn of_facts(count: usize) -> Hits {
        let fact = Fact { row: 0, field: 0, group: 0, period: Period::ALWAYS };
        Hits { rows: 1, facts: vec![fact; count], ..Hits::default() }
    }
}

impl DumpIndex {
    /// Takes the rows to be tested from the evidence.
    pub fn build(evidence: &Records) -> DumpIndex {
        DumpIndex::build_limited(evidence, MAX_TESTED_ROWS)
    }

    pub(crate) fn build_limited(evidence: &Records, limit: usize) -> DumpIndex {
        let reader = Reader::new(evidence);
        let chosen = choose(evidence.len(), limit);
        let fields: Vec<Fields> = chosen.iter().map(|row| reader.fields(*row)).collect();
        let tables: Vec<u32> = chosen.iter().map(|row| evidence.facts.table(*row)).collect();
        let partners = partners(&tables);
        let mut entries = Vec::with_capacity(chosen.len() * 8);
        let rows = (0..chosen.len()).map(|row| {
            let own = fields[row].joint(&fields[row]);
            let control = partners[row].map_or([0; JOINT], |partner| fields[row].joint(&fields[partner]));
            let single = fields[row].single();
            add(&mut entries, row, &own, 0);
            add(&mut entries, row, &control, CONTROL);
            add(&mut entries, row, &single, ALONE);
            Tested {
                changing: fields[row].changing(),
                table: tables[row],
                joint: present(&own) as u16,
                control: present(&control) as u16,
                single: present(&single) as u8,
                device: evidence.is_device_row(chosen[row]),
                group: group(&fields[row]),
            }
        });
        let rows: Vec<Tested> = rows.collect();
        let tables = evidence.tables.iter().map(|table| table.path.clone()).collect();
        DumpIndex::of(rows, tables, evidence.len() as u64, entries)
    }

    fn of(rows: Vec<Tested>, tables: Vec<String>, rows_all: u64, mut entries: Vec<Entry>) -> DumpIndex {
        entries.sort_unstable_by_key(|entry| (entry.hash, entry.row, entry.what));
        let bits = (entries.len().max(2).ilog2() + 1).clamp(4, 26);
        let bucket_shift = 64 - bits;
        let mut buckets = vec![0u32; (1 << bits) + 1];
        for entry in &entries {
            buckets[(entry.hash >> bucket_shift) as usize + 1] += 1;
        }
        for bucket in 1..buckets.len() {
            buckets[bucket] += buckets[bucket - 1];
        }
        // Eight bits an entry leave one absent key in nine to the slow path.
        let mut filter = vec![0u64; (entries.len() / 8).next_power_of_two().max(1)];
        let mask = filter.len() as u64 * 64 - 1;
        for entry in &entries {
            let bit = entry.hash & mask;
            filter[(bit / 64) as usize] |= 1 << (bit % 64);
        }
        DumpIndex { rows, tables, rows_all, entries, buckets, bucket_shift, filter }
    }

    /// Returns the entries with this hash.
    fn find(&self, hash: u64) -> &[Entry] {
        let bit = hash & (self.filter.len() as u64 * 64 - 1);
        if hash == 0 || self.filter[(bit / 64) as usize] >> (bit % 64) & 1 == 0 {
            return &[];
        }
        let bucket = (hash >> self.bucket_shift) as usize;
        let entries = &self.entries[self.buckets[bucket] as usize..self.buckets[bucket + 1] as usize];
        let start = entries.partition_point(|entry| entry.hash < hash);
        let length = entries[start..].iter().take_while(|entry| entry.hash == hash).count();
        &entries[start..start + length]
    }

    /// Looks up a piece of the reference. `periods` has one entry a row.
    pub fn probe(&self, reference: &Records, periods: &[Period]) -> Hits {
        let reader = Reader::new(reference);
        let mut hits = Hits { rows: reference.len() as u64, ..Hits::default() };
        let mut found: Vec<u32> = Vec::new();
        for row in 0..reference.len() {
            let fields = reader.fields(row);
            let period = periods.get(row).copied().unwrap_or(Period::ALWAYS);
            hits.rows_dated += u64::from(period.is_dated());
            hits.closes |= period.to != Period::OPEN;
            found.clear();
            let (joint, single) = (fields.joint(&fields), fields.single());
            hits.joint_seen |= present(&joint) as u16;
            hits.single_seen |= present(&single) as u8;
            for entry in joint.iter().chain(&single).flat_map(|key| self.find(*key)) {
                hits.hits.push((entry.row, entry.what));
                if entry.what < CONTROL {
                    found.push(entry.row);
                }
            }
            found.sort_unstable();
            found.dedup();
            for row in &found {
                self.compare(*row, &fields, period, &mut hits);
            }
        }
        hits.hits.sort_unstable();
        hits.hits.dedup();
        hits
    }

    /// Notes which changing fields of a matched row could be compared, and when those that agree were true.
    fn compare(&self, row: u32, fields: &Fields, period: Period, hits: &mut Hits) {
        let tested = &self.rows[row as usize];
        let mut compared = 0u8;
        for (field, (ours, theirs)) in tested.changing.iter().zip(fields.changing()).enumerate() {
            if *ours == 0 || theirs == 0 {
                continue;
            }
            compared |= 1 << field;
            if *ours == theirs {
                hits.facts.push(Fact { row, field: field as u8, group: tested.group, period });
            }
        }
        if compared != 0 {
            hits.compared.push((row, compared));
        }
    }
}

fn add(entries: &mut Vec<Entry>, row: usize, keys: &[u64], flag: u8) {
    let present = keys.iter().enumerate().filter(|(_, key)| **key != 0);
    // The number of tested rows is limited to MAX_TESTED_ROWS.
    entries.extend(present.map(|(kind, key)| Entry { hash: *key, row: row as u32, what: kind as u8 | flag }));
}

fn present(keys: &[u64]) -> u32 {
    keys.iter().enumerate().fold(0, |bits, (kind, key)| bits | u32::from(*key != 0) << kind)
}

/// The rows to test: all, or those whose hashed number falls below the limit's share.
fn choose(rows: usize, limit: usize) -> Vec<usize> {
    if rows <= limit {
        return (0..rows).collect();
    }
    let threshold = (u64::MAX as f64 * (limit as f64 / rows as f64)) as u64;
    (0..rows).filter(|row| mix(*row as u64 + 1) <= threshold).take(limit).collect()
}

/// For each row another one of its table, half the table away: near rows may be family.
fn partners(tables: &[u32]) -> Vec<Option<usize>> {
    let mut by_table: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (row, table) in tables.iter().enumerate() {
        by_table.entry(*table).or_default().push(row);
    }
    let mut partners = vec![None; tables.len()];
    for rows in by_table.values().filter(|rows| rows.len() > 1) {
        for (place, row) in rows.iter().enumerate() {
            partners[*row] = Some(rows[(place + rows.len() / 2) % rows.len()]);
        }
    }
    partners
}

fn group(fields: &Fields) -> u8 {
    let known = [pair(fields.surname, fields.dob), pair(fields.surname, fields.given), fields.phone, fields.email];
    let person = known.into_iter().find(|value| *value != 0).unwrap_or(fields.account);
    (mix(person) % snapshot::GROUPS as u64) as u8
}

/// Gathers what all pieces of the reference hit. The order of the pieces does not matter.
pub struct Matches<'a> {
    index: &'a DumpIndex,
    joint: Vec<u16>,
    control: Vec<u16>,
    single: Vec<u8>,
    compared: Vec<u8>,
    facts: Vec<Fact>,
    facts_left_out: u64,
    rows: u64,
    rows_dated: u64,
    closes: bool,
    joint_seen: u16,
    single_seen: u8,
}

impl<'a> Matches<'a> {
    /// Starts with nothing matched.
    pub fn new(index: &'a DumpIndex) -> Self {
        let rows = index.rows.len();
        Matches {
            index,
            joint: vec![0; rows],
            control: vec![0; rows],
            single: vec![0; rows],
            compared: vec![0; rows],
            facts: Vec::new(),
            facts_left_out: 0,
            rows: 0,
            rows_dated: 0,
            closes: false,
            joint_seen: 0,
            single_seen: 0,
        }
    }

    /// Adds the hits of a piece.
    pub fn add(&mut self, hits: Hits) {
        self.rows += hits.rows;
        self.rows_dated += hits.rows_dated;
        self.closes |= hits.closes;
        self.joint_seen |= hits.joint_seen;
        self.single_seen |= hits.single_seen;
        for (row, what) in hits.hits {
            let row = row as usize;
            match what {
                ALONE.. => self.single[row] |= 1 << (what - ALONE),
                CONTROL.. => self.control[row] |= 1 << (what - CONTROL),
                _ => self.joint[row] |= 1 << what,
            }
        }
        for (row, fields) in hits.compared {
            self.compared[row as usize] |= fields;
        }
        let room = MAX_FACTS - self.facts.len();
        self.facts_left_out += hits.facts.len().saturating_sub(room) as u64;
        self.facts.extend(hits.facts.into_iter().take(room));
    }

    /// Adds up. `None` if the reference has no rows.
    pub fn finish(self) -> Option<Comparison> {
        if self.rows == 0 {
            return None;
        }
        let rows = &self.index.rows;
        let usable = self.usable_keys();
        let testable = |row: usize| rows[row].joint & usable != 0;
        let only_devices = !(0..rows.len()).any(|row| testable(row) && !rows[row].device);
        let decides = |row: usize| only_devices || !rows[row].device;
        let joint = self.rate(|row| testable(row) && decides(row), |row| self.joint[row] & usable != 0);
        let controlled = |row: usize| rows[row].control & usable != 0 && decides(row);
        let chance = self.rate(controlled, |row| self.control[row] & usable != 0);
        let singles = (0..SINGLE).filter(|field| self.single_seen >> field & 1 == 1).map(|field| {
            let rate = self.rate(|row| rows[row].single >> field & 1 == 1, |row| self.single[row] >> field & 1 == 1);
            (SINGLE_FIELDS[field], rate)
        });
        let keys = (0..JOINT).filter(|key| usable >> key & 1 == 1).map(|key| {
            let rate = self.rate(|row| rows[row].joint >> key & 1 == 1, |row| self.joint[row] >> key & 1 == 1);
            (JOINT_KEYS[key], rate)
        });
        let (singles, keys) =
            (singles.filter(|(_, rate)| rate.of > 0).collect(), keys.filter(|(_, rate)| rate.of > 0).collect());
        let tables = (0..self.index.tables.len()).map(|table| {
            let of_table = |row: usize| rows[row].table as usize == table && testable(row);
            (self.index.tables[table].clone(), self.rate(of_table, |row| self.joint[row] & usable != 0))
        });
        let tables = tables.collect();
        Some(Comparison {
            reference_rows: self.rows,
            reference_rows_dated: self.rows_dated,
            evidence_rows: self.index.rows_all,
            rows_tested: rows.len() as u64,
            facts_left_out: self.facts_left_out,
            joint,
            chance,
            keys,
            singles,
            tables,
            snapshot: self.dates(),
            snapshots_by_table: self.dates_by_table(),
        })
    }

    /// Keys the reference has, without those whose partner field is so uniform that it agrees by chance (one ZIP, one
    /// surname): they would count any shared anchor as a person.
    fn usable_keys(&self) -> u16 {
        let rows = &self.index.rows;
        let by_chance = |key: usize| {
            self.rate(|row| rows[row].control >> key & 1 == 1, |row| self.control[row] >> key & 1 == 1).wilson()[0]
        };
        let seen = (0..JOINT).filter(|key| self.joint_seen >> key & 1 == 1);
        seen.filter(|key| by_chance(*key) <= MAX_CHANCE).fold(0, |keys, key| keys | 1 << key)
    }

    fn rate(&self, wanted: impl Fn(usize) -> bool, hit: impl Fn(usize) -> bool) -> Rate {
        (0..self.index.rows.len())
            .filter(|row| wanted(*row))
            .fold(Rate::default(), |rate, row| Rate { hits: rate.hits + u64::from(hit(row)), of: rate.of + 1 })
    }

    fn dates(&self) -> Result<Snapshot, Undated> {
        let compared = self.compared.iter().map(|fields| u64::from(fields.count_ones())).sum();
        snapshot::date(&self.facts, compared, self.closes)
    }

    fn dates_by_table(&self) -> Vec<(String, Snapshot)> {
        let mut tables: BTreeMap<usize, (Vec<Fact>, u64)> = BTreeMap::new();
        for fact in &self.facts {
            tables.entry(self.table(fact.row)).or_default().0.push(*fact);
        }
        for (row, fields) in self.compared.iter().enumerate() {
            // A table without a fact has no date, whatever was compared.
            if let Some((_, compared)) = tables.get_mut(&self.table(row as u32)) {
                *compared += u64::from(fields.count_ones());
            }
        }
        let dated = |(table, (facts, compared)): (usize, (Vec<Fact>, u64))| {
            Some((self.index.tables[table].clone(), snapshot::date(&facts, compared, self.closes).ok()?))
        };
        tables.into_iter().filter_map(dated).collect()
    }

    fn table(&self, row: u32) -> usize {
        self.index.rows[row as usize].table as usize
    }
}

/// How the evidence compares with the controller's records.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Rows of the reference.
    pub reference_rows: u64,
    /// Of them, rows with a date of validity.
    pub reference_rows_dated: u64,
    /// Rows of the evidence.
    pub evidence_rows: u64,
    /// Of them, rows taken for the test.
    pub rows_tested: u64,
    /// Dated facts beyond [`MAX_FACTS`].
    pub facts_left_out: u64,
    /// Rows about people that agree on an anchor and a partner, of those that could; rows about devices if there are no
    /// others.
    pub joint: Rate,
    /// The same with the partner fields of other rows.
    pub chance: Rate,
    /// Agreement by joint key.
    pub keys: Vec<(&'static str, Rate)>,
    /// Agreement on one field alone.
    pub singles: Vec<(&'static str, Rate)>,
    /// Joint agreement by table of the evidence.
    pub tables: Vec<(String, Rate)>,
    /// The day of which the evidence is a picture.
    pub snapshot: Result<Snapshot, Undated>,
    /// The same by table, where it can be told.
    pub snapshots_by_table: Vec<(String, Snapshot)>,
}
