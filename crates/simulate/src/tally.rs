//! The truth, added up while rows are made: from what rows mean, not from what they look like.
//!
//! A block of eight people is settled at once, since households do not cross blocks: nothing is kept per person.

use rustc_hash::FxHashMap;
use vocab::{DataElement, ElementSet};

use crate::people::{BLOCK, Person};
use crate::rows::Meaning;
use crate::tables::TableId;

/// What is known of one person from the rows so far.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    elements: ElementSet,
    /// States as bits.
    address_states: u64,
    licence_states: u64,
    /// Bits of the tables in which the person is.
    tables: u8,
    named: bool,
}

/// A named row's line, to which device rows are attached.
#[derive(Clone, Copy, Debug)]
struct NamedLine {
    slot: usize,
    phone: u64,
    imei: Option<u64>,
    msin: Option<u64>,
}

/// Key of a profile: elements, states as bits, whether a minor (0, 1; 2 is unknown).
pub(crate) type ProfileKey = (ElementSet, u64, u8);

/// Rows of one element.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ElementRows {
    pub(crate) rows: u64,
    pub(crate) valid: u64,
    pub(crate) impossible: u64,
    pub(crate) damaged: u64,
}

/// One class.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ClassTally {
    pub(crate) rows: u64,
    pub(crate) broken: u64,
    pub(crate) dirty: u64,
    pub(crate) accounts: u64,
    pub(crate) people: u64,
}

/// Sums over blocks.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    pub(crate) classes: [ClassTally; TableId::ALL.len()],
    pub(crate) elements: Vec<ElementRows>,
    pub(crate) people: u64,
    pub(crate) devices: u64,
    pub(crate) accounts: u64,
    pub(crate) profiles: FxHashMap<ProfileKey, u64>,
}

impl Default for Tally {
    fn default() -> Self {
        Tally {
            classes: Default::default(),
            elements: vec![ElementRows::default(); DataElement::ALL.len()],
            people: 0,
            devices: 0,
            accounts: 0,
            profiles: FxHashMap::default(),
        }
    }
}

/// The block that is being settled.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    known: [Known; BLOCK],
    lines: Vec<NamedLine>,
    accounts: Vec<(TableId, u64)>,
    devices: Vec<u64>,
}

impl Desk {
    /// Clears the desk for the next block.
    pub(crate) fn clear(&mut self) {
        self.known = Default::default();
        self.lines.clear();
        self.accounts.clear();
        self.devices.clear();
    }

    /// Takes a row about a person.
    pub(crate) fn named_row(&mut self, table: TableId, slot: usize, meaning: &Meaning) {
        let known = &mut self.known[slot];
        known.take(table, meaning);
        // A shift can cost a row half a name; its number still says who it is.
        let valid = meaning.valid.to_exposure();
        known.named |= valid.contains(DataElement::Name) || valid.contains(DataElement::Ssn);
        known.address_states |= meaning.address_state.map_or(0, |state| 1 << state);
        known.licence_states |= meaning.licence_state.map_or(0, |state| 1 << state);
        if let Some(phone) = meaning.phone {
            self.lines.push(NamedLine { slot, phone, imei: meaning.imei, msin: meaning.msin });
        }
        if let Some(account) = meaning.account {
            self.accounts.push((table, account));
        }
    }

    /// Takes a row of a device file after all named rows of the block; tells whether it is a named person's.
    ///
    /// It is, if a named row of the owner has its telephone number, together with its IMEI or IMSI or shared with nobody.
    pub(crate) fn device_row(&mut self, table: TableId, slot: usize, meaning: &Meaning, line: u64) -> bool {
        let shared = |phone| self.lines.iter().any(|other| other.phone == phone && other.slot != slot);
        let matches = |named: &&NamedLine| {
            let same_device = (named.imei.is_some() && named.imei == meaning.imei)
                || (named.msin.is_some() && named.msin == meaning.msin);
            named.slot == slot && Some(named.phone) == meaning.phone && (same_device || !shared(named.phone))
        };
        let attached = self.known[slot].named && self.lines.iter().any(|named| matches(&named));
        if attached {
            self.known[slot].take(table, meaning);
        } else {
            self.devices.push(line);
        }
        attached
    }
}

impl Known {
    fn take(&mut self, table: TableId, meaning: &Meaning) {
        self.elements = self.elements.union(meaning.valid);
        self.tables |= 1 << table as u8;
    }
}

impl Tally {
    /// Counts a row.
    pub(crate) fn row(&mut self, table: TableId, meaning: &Meaning, broken: bool, dirty: bool) {
        let class = &mut self.classes[table as usize];
        class.rows += 1;
        class.broken += u64::from(broken);
        class.dirty += u64::from(dirty);
        let (valid, impossible) = (meaning.valid.to_exposure(), meaning.impossible.to_exposure());
        for element in bits(meaning.present.to_exposure()) {
            let rows = &mut self.elements[element];
            rows.rows += 1;
            if valid.0 >> element & 1 == 1 {
                rows.valid += 1;
            } else if impossible.0 >> element & 1 == 1 {
                rows.impossible += 1;
            } else {
                rows.damaged += 1;
            }
        }
    }

    /// Closes a block.
    pub(crate) fn settle(&mut self, desk: &mut Desk, people: &[Person], minor: impl Fn(&Person) -> bool) {
        for (known, person) in desk.known.iter().zip(people).filter(|(known, _)| known.named) {
            self.people += 1;
            for table in TableId::ALL {
                self.classes[table as usize].people += u64::from(known.tables >> table as u8 & 1);
            }
            let elements = known.elements.to_exposure();
            let states = if known.address_states != 0 { known.address_states } else { known.licence_states };
            let young = if elements.contains(DataElement::Dob) { u8::from(minor(person)) } else { 2 };
            *self.profiles.entry((elements, states, young)).or_default() += 1;
        }
        desk.devices.sort_unstable();
        desk.devices.dedup();
        self.devices += desk.devices.len() as u64;
        desk.accounts.sort_unstable_by_key(|(table, account)| (*account, *table as u8));
        desk.accounts.dedup();
        for (table, _) in &desk.accounts {
            self.classes[*table as usize].accounts += 1;
        }
        desk.accounts.dedup_by_key(|(_, account)| *account);
        self.accounts += desk.accounts.len() as u64;
    }

    /// Adds another tally.
    pub(crate) fn add(&mut self, other: Tally) {
        for (mine, theirs) in self.classes.iter_mut().zip(other.classes) {
            mine.rows += theirs.rows;
            mine.broken += theirs.broken;
            mine.dirty += theirs.dirty;
            mine.accounts += theirs.accounts;
            mine.people += theirs.people;
        }
        for (mine, theirs) in self.elements.iter_mut().zip(other.elements) {
            mine.rows += theirs.rows;
            mine.valid += theirs.valid;
            mine.impossible += theirs.impossible;
            mine.damaged += theirs.damaged;
        }
        self.people += other.people;
        self.devices += other.devices;
        self.accounts += other.accounts;
        for (key, count) in other.profiles {
            *self.profiles.entry(key).or_default() += count;
        }
    }
}

/// Positions of the elements of a set.
fn bits(set: ElementSet) -> impl Iterator<Item = usize> {
    let mut rest = set.0;
    std::iter::from_fn(move || {
        let element = (rest != 0).then(|| rest.trailing_zeros() as usize);
        rest &= rest.wrapping_sub(1);
        element
    })
}
