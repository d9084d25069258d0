//! Records: one evidence row as a fixed-width value that can be compared without touching text again.
//!
//! Enters: nothing. Leaves: [`Record`] (64 bytes), [`RowFacts`] (what is needed to answer, 32 bytes),
//! [`Records`] (both, with the dictionaries their codes point into). Never: values where a hash is enough.

use std::collections::BTreeMap;
use std::fmt;

use crate::{ElementSet, Jurisdiction};

/// What one row says about a person, in 64 bytes. Zero means "nothing usable" in every field: missing, a placeholder,
/// impossible or damaged values are all zero, so that no comparator can be misled by them.
#[repr(C)]
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Record {
    /// Keyed hash of the e-mail address: the upper half of its local part, the lower half of its domain.
    pub email: u64,
    /// Keyed hash of the driver's licence with its state.
    pub licence: u64,
    /// Telephone number as the digits of E.164.
    pub phone: u64,
    /// IMEI without its check digit (14 digits).
    pub imei: u64,
    /// Code of the given name in [`Records::names`].
    pub given: u32,
    /// Code of the surname in [`Records::names`].
    pub surname: u32,
    /// Date of birth as `yyyymmdd`; `yyyy0000` where only the year is known.
    pub dob: u32,
    /// SSN as a number, or its last four digits with [`Record::LAST_FOUR`].
    pub ssn: u32,
    /// Code of the street core in [`Records::streets`].
    pub street: u32,
    /// Keyed hash of the house number or of what stands in its place.
    pub house: u16,
    /// Keyed hash of the town, or of the place of birth.
    pub town: u16,
    /// Five-digit ZIP as a number plus one, or the hash of another postcode with [`Record::FOREIGN_POSTCODE`].
    pub zip: u32,
    /// Keyed hash of the unit within the house.
    pub unit: u16,
    /// First letter of the middle name, upper case.
    pub initial: u8,
    /// Generational suffix as [`Suffix`].
    pub suffix: u8,
}

// The layout is part of the memory budget; a field added by accident must not compile.
const _: () = assert!(size_of::<Record>() == 64);

impl Record {
    /// Marks an `ssn` of which only the last four digits are known. `LAST_FOUR | 0` cannot occur: 0000 is not issued.
    pub const LAST_FOUR: u32 = 1 << 31;
    /// Marks a `zip` that is a hash of a postcode of another country.
    pub const FOREIGN_POSTCODE: u32 = 1 << 31;

    /// Returns the nine digits of the SSN, if all are known.
    pub const fn ssn_full(&self) -> Option<u32> {
        if self.ssn == 0 || self.ssn & Record::LAST_FOUR != 0 { None } else { Some(self.ssn) }
    }

    /// Returns the last four digits of the SSN, if any are known.
    pub const fn ssn_last4(&self) -> Option<u32> {
        if self.ssn == 0 { None } else { Some((self.ssn & !Record::LAST_FOUR) % 10_000) }
    }

    /// Returns the date of birth with its day, 0 where no more than the year is known.
    pub const fn birthday(&self) -> u32 {
        if self.dob.is_multiple_of(10_000) { 0 } else { self.dob }
    }

    /// Returns the hash of the local part of the e-mail address, 0 if there is none.
    pub const fn email_local(&self) -> u32 {
        (self.email >> 32) as u32
    }

    /// Tells whether the row places somebody at a house: a street with a number.
    pub const fn has_address(&self) -> bool {
        self.street != 0 && self.house != 0
    }
}

impl fmt::Debug for Record {
    /// Prints which fields are there, never what they hold.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = [
            ("given", self.given != 0),
            ("surname", self.surname != 0),
            ("dob", self.dob != 0),
            ("ssn", self.ssn != 0),
            ("licence", self.licence != 0),
            ("phone", self.phone != 0),
            ("email", self.email != 0),
            ("imei", self.imei != 0),
            ("street", self.street != 0),
            ("zip", self.zip != 0),
        ];
        let present = fields.iter().filter(|(_, present)| *present).map(|(name, _)| name);
        f.write_str("Record ")?;
        f.debug_set().entries(present).finish()
    }
}

/// Generational suffix. Juniors and the second of a name are kept apart from seniors, never merged with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[allow(missing_docs, reason = "the names are the suffixes")]
pub enum Suffix {
    None = 0,
    Sr = 1,
    Jr = 2,
    II = 3,
    III = 4,
    IV = 5,
    V = 6,
}

impl Suffix {
    /// Reads a suffix in upper case without dots.
    pub const fn parse(text: &[u8]) -> Option<Suffix> {
        match text {
            // The first of a name is its senior.
            b"SR" | b"SENIOR" | b"I" | b"1ST" => Some(Suffix::Sr),
            b"JR" | b"JUNIOR" | b"JNR" => Some(Suffix::Jr),
            b"II" | b"2ND" => Some(Suffix::II),
            b"III" | b"3RD" => Some(Suffix::III),
            b"IV" | b"4TH" => Some(Suffix::IV),
            b"V" | b"5TH" => Some(Suffix::V),
            _ => None,
        }
    }
}

/// Distinct byte strings, addressed by code. Code 0 is the empty string: "none".
#[derive(Clone, PartialEq, Eq)]
pub struct Dictionary {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Default for Dictionary {
    fn default() -> Self {
        Dictionary { bytes: Vec::new(), ends: vec![0] }
    }
}

impl Dictionary {
    /// Adds a value and returns its code. The caller keeps values distinct.
    ///
    /// # Panics
    /// When the values together pass 4 GiB, which the limits on rows and on lengths of names exclude.
    pub fn push(&mut self, value: &[u8]) -> u32 {
        self.bytes.extend_from_slice(value);
        // The limit on dictionary entries keeps the bytes far below u32::MAX; passing it is a broken invariant.
        self.ends.push(u32::try_from(self.bytes.len()).expect("dictionaries stay below 4 GiB"));
        (self.ends.len() - 1) as u32
    }

    /// Returns the value of a code.
    pub fn get(&self, code: u32) -> &[u8] {
        let code = code as usize;
        let start = if code == 0 { 0 } else { self.ends[code - 1] };
        &self.bytes[start as usize..self.ends[code] as usize]
    }

    /// Returns the number of codes, the empty one included.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Tells whether there is nothing but the empty value.
    pub fn is_empty(&self) -> bool {
        self.ends.len() == 1
    }

    /// Iterates over the values in order of their codes, the empty one included.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len() as u32).map(|code| self.get(code))
    }
}

impl fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dictionary({} values)", self.len() - 1)
    }
}

/// What is known of each row beside its [`Record`], in 32 bytes a row that lie together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFacts {
    rows: Vec<PackedFact>,
    /// Hashes of identity numbers: few rows have one, and those say where it stands here.
    identities: Vec<u64>,
    /// Distinct pairs of table and set of elements, in order of first appearance.
    kinds: Vec<(u32, u32)>,
    codes: BTreeMap<(u32, u32), u32>,
}

/// A [`RowFact`] as it is kept.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PackedFact {
    account: u64,
    imsi: u64,
    row: u32,
    kind: u32,
    identity: u32,
    address_state: Jurisdiction,
    licence_state: Jurisdiction,
}

const _: () = assert!(size_of::<PackedFact>() == 32);

impl Default for RowFacts {
    fn default() -> Self {
        RowFacts { rows: Vec::new(), identities: vec![0], kinds: Vec::new(), codes: BTreeMap::new() }
    }
}

/// The facts of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowFact {
    /// Index into [`Records::tables`].
    pub table: u32,
    /// Ordinal of the row in its table, from 1.
    pub row: u64,
    /// Index into [`Records::element_sets`].
    pub elements: u32,
    /// State of the address.
    pub address_state: Jurisdiction,
    /// State that issued the licence.
    pub licence_state: Jurisdiction,
    /// Keyed hash of the account number.
    pub account: u64,
    /// IMSI.
    pub imsi: u64,
    /// Keyed hash of another identity number.
    pub identity: u64,
}

impl Default for RowFact {
    fn default() -> Self {
        RowFact {
            table: 0,
            row: 0,
            elements: 0,
            address_state: Jurisdiction::UNKNOWN,
            licence_state: Jurisdiction::UNKNOWN,
            account: 0,
            imsi: 0,
            identity: 0,
        }
    }
}

impl RowFacts {
    /// Adds the facts of one row.
    ///
    /// # Panics
    /// When the ordinal of the row passes [`Records::MOST_ROWS`]; whoever builds records leaves such rows out and says so.
    pub fn push(&mut self, fact: RowFact) {
        let kind = self.kind(fact.table, fact.elements);
        self.push_of_kind(kind, &fact);
    }

    /// Returns the code of a table with a set of elements, for [`RowFacts::push_of_kind`].
    pub fn kind(&mut self, table: u32, elements: u32) -> u32 {
        let next = self.kinds.len() as u32;
        let code = *self.codes.entry((table, elements)).or_insert(next);
        if code == next {
            self.kinds.push((table, elements));
        }
        code
    }

    /// Adds the facts of one row whose table and elements are known by their code.
    ///
    /// # Panics
    /// As [`RowFacts::push`].
    pub fn push_of_kind(&mut self, kind: u32, fact: &RowFact) {
        let mut identity = 0;
        if fact.identity != 0 {
            identity = self.identities.len() as u32;
            self.identities.push(fact.identity);
        }
        self.rows.push(PackedFact {
            account: fact.account,
            imsi: fact.imsi,
            // The limit on rows is below 2^32; passing it is a broken invariant.
            row: u32::try_from(fact.row).expect("ordinals of rows stay below the limit on rows"),
            kind,
            identity,
            address_state: fact.address_state,
            licence_state: fact.licence_state,
        });
    }

    /// Leaves out the rows.
    pub fn clear(&mut self) {
        self.rows.clear();
        self.identities.truncate(1);
    }

    /// Returns the facts of one row.
    pub fn get(&self, row: usize) -> RowFact {
        let (table, elements) = self.kinds[self.rows[row].kind as usize];
        RowFact {
            table,
            row: self.row(row),
            elements,
            address_state: self.address_state(row),
            licence_state: self.licence_state(row),
            account: self.account(row),
            imsi: self.imsi(row),
            identity: self.identity(row),
        }
    }

    /// Returns the index of the row's table in [`Records::tables`].
    pub fn table(&self, row: usize) -> u32 {
        self.kinds[self.rows[row].kind as usize].0
    }

    /// Returns the ordinal of the row in its table, from 1, without the header.
    pub fn row(&self, row: usize) -> u64 {
        u64::from(self.rows[row].row)
    }

    /// Returns the index into [`Records::element_sets`]: the elements of which the row holds a valid value.
    pub fn elements(&self, row: usize) -> u32 {
        self.kinds[self.rows[row].kind as usize].1
    }

    /// Returns the state of the address, [`Jurisdiction::UNKNOWN`] where there is none or the ZIP contradicts it.
    pub fn address_state(&self, row: usize) -> Jurisdiction {
        self.rows[row].address_state
    }

    /// Returns the state that issued the licence.
    pub fn licence_state(&self, row: usize) -> Jurisdiction {
        self.rows[row].licence_state
    }

    /// Returns the keyed hash of the customer account number, 0 if none.
    pub fn account(&self, row: usize) -> u64 {
        self.rows[row].account
    }

    /// Returns the IMSI as a number, 0 if none.
    pub fn imsi(&self, row: usize) -> u64 {
        self.rows[row].imsi
    }

    /// Returns the keyed hash of another identity number with its kind (passport, ITIN, national number, ...), 0 if none.
    pub fn identity(&self, row: usize) -> u64 {
        self.identities[self.rows[row].identity as usize]
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Tells whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// A table of the evidence: one class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordTable {
    /// Forensic path of the table as text.
    pub path: String,
    /// Whether the table has a column of customer account numbers.
    pub has_accounts: bool,
    /// Elements its columns are typed as.
    pub elements: ElementSet,
}

/// All rows of a case that say anything about people or devices, in evidence order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// What matching needs.
    pub records: Vec<Record>,
    /// What answering needs, row by row.
    pub facts: RowFacts,
    /// Parts of names, upper case, in order of first appearance.
    pub names: Dictionary,
    /// Street cores, standardised, in order of first appearance.
    pub streets: Dictionary,
    /// Distinct sets of valid elements, in order of first appearance.
    pub element_sets: Vec<ElementSet>,
    /// Tables in evidence order.
    pub tables: Vec<RecordTable>,
    /// How many fields or rows were left out of matching, by reason code.
    pub reasons: BTreeMap<String, u64>,
}

impl Records {
    /// Most rows of a case, and highest ordinal of a row: rows have numbers of 32 bits, the last few of which are codes.
    pub const MOST_ROWS: u64 = u32::MAX as u64 - 15;

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Tells whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Adds a row.
    pub fn push(&mut self, record: Record, fact: RowFact) {
        self.records.push(record);
        self.facts.push(fact);
    }

    /// Prepares for further rows, by steps of a quarter: doubling would hold as much again as all rows of a large case take.
    pub fn make_room(&mut self, rows: usize) {
        fn make_room<T>(of: &mut Vec<T>, rows: usize) {
            if of.capacity() - of.len() < rows {
                of.reserve_exact(rows.max(of.len() / 4));
            }
        }
        make_room(&mut self.records, rows);
        make_room(&mut self.facts.rows, rows);
    }

    /// Gives back the room that was made for rows which did not come.
    pub fn give_back_room(&mut self) {
        self.records.shrink_to_fit();
        self.facts.rows.shrink_to_fit();
    }

    /// Leaves out the rows and keeps what their codes stand for.
    pub fn clear_rows(&mut self) {
        self.records.clear();
        self.facts.clear();
    }

    /// Returns the valid elements of a row.
    pub fn elements_of(&self, row: usize) -> ElementSet {
        self.element_sets[self.facts.elements(row) as usize]
    }

    /// Tells whether a row speaks of a device only: device identifiers or a line, and nothing that names a person.
    pub fn is_device_row(&self, row: usize) -> bool {
        let record = &self.records[row];
        let identifies_device = record.phone != 0 || record.imei != 0 || self.facts.imsi(row) != 0;
        identifies_device && !self.has_person_field(row)
    }

    /// Tells whether a row holds a field that belongs to a person rather than to a line or a place.
    pub fn has_person_field(&self, row: usize) -> bool {
        let record = &self.records[row];
        let named = record.given != 0 || record.surname != 0;
        let numbered = record.ssn != 0 || record.licence != 0 || self.facts.identity(row) != 0;
        named || numbered || record.dob != 0 || record.email != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_prints_no_value() {
        let record = Record { ssn: 123_456_789, given: 77, ..Record::default() };
        let printed = format!("{record:?}");
        assert!(printed.contains("ssn") && printed.contains("given"), "{printed}");
        assert!(!printed.contains("123") && !printed.contains("77") && !printed.contains("phone"), "{printed}");
    }

    #[test]
    fn the_last_four_digits_are_the_same_of_both_forms() {
        let full = Record { ssn: 123_456_789, ..Record::default() };
        let four = Record { ssn: 6_789 | Record::LAST_FOUR, ..Record::default() };
        assert_eq!(full.ssn_last4(), four.ssn_last4());
        assert_eq!(four.ssn_full(), None);
        assert_eq!(Record::default().ssn_last4(), None);
    }

    #[test]
    fn a_dictionary_returns_what_was_pushed() {
        let mut dictionary = Dictionary::default();
        assert!(dictionary.is_empty());
        let (a, b) = (dictionary.push(b"MARIA"), dictionary.push(b"LEE"));
        assert_eq!((dictionary.get(a), dictionary.get(b), dictionary.get(0)), (&b"MARIA"[..], &b"LEE"[..], &b""[..]));
        assert_eq!(dictionary.len(), 3);
    }
}
