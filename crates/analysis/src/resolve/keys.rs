//! Typed keys: what two rows must share to be compared at all.
//!
//! Enters: rows. Leaves: (hash, row) per kind of key. Never: a decision; a key only brings rows together.

use vocab::{Record, Records};

/// Kind of key. Identifiers first: their values can be generic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Key {
    /// Social security number.
    Ssn,
    /// Driver's licence with its state.
    Licence,
    /// Another identity number with its kind.
    Identity,
    /// E-mail address.
    Email,
    /// IMEI.
    Imei,
    /// IMSI.
    Imsi,
    /// Customer account.
    Account,
    /// Telephone number.
    Phone,
    /// House, street, unit and postcode.
    Address,
    /// Surname and date of birth.
    SurnameDob,
    /// Given name and date of birth.
    GivenDob,
    /// Date of birth and postcode.
    DobZip,
    /// Date of birth and house number.
    DobHouse,
    /// Surname, house number and postcode.
    SurnameHouse,
    /// Whole name, in either order, and year of birth.
    NameYear,
    /// Last four digits of the SSN and date of birth.
    LastFourDob,
    /// Local part of the e-mail address and surname.
    LocalSurname,
    /// Whole name and postcode.
    NameZip,
    /// Whole name.
    Name,
    /// Date of birth alone, where the case is small enough.
    Dob,
    /// Surname alone, where the case is small enough.
    Surname,
    /// House number and postcode, where the case is small enough.
    HouseZip,
    /// Given name and postcode, where the case is small enough.
    GivenZip,
    /// Given name and town, where the case is small enough.
    GivenTown,
    /// Local part of the e-mail address alone, where the case is small enough.
    Local,
    /// Year of birth and town, where the case is small enough.
    YearTown,
    /// First letters of both names and town, where the case is small enough.
    InitialsTown,
    /// Postcode alone, where the case is small enough.
    Zip,
    /// Town alone, where the case is small enough.
    Town,
    /// Being in the case, where it is small enough to compare all rows with all.
    Case,
}

impl Key {
    /// All kinds, in the order in which they are worked through.
    pub const ALL: [Key; 30] = [
        Key::Ssn,
        Key::Licence,
        Key::Identity,
        Key::Email,
        Key::Imei,
        Key::Imsi,
        Key::Account,
        Key::Phone,
        Key::Address,
        Key::SurnameDob,
        Key::GivenDob,
        Key::DobZip,
        Key::DobHouse,
        Key::SurnameHouse,
        Key::NameYear,
        Key::LastFourDob,
        Key::LocalSurname,
        Key::NameZip,
        Key::Name,
        Key::Dob,
        Key::Surname,
        Key::HouseZip,
        Key::GivenZip,
        Key::GivenTown,
        Key::Local,
        Key::YearTown,
        Key::InitialsTown,
        Key::Zip,
        Key::Town,
        Key::Case,
    ];
    /// Number of kinds.
    pub(crate) const COUNT: usize = Key::ALL.len();

    /// Returns the code used in outputs.
    pub const fn code(self) -> &'static str {
        match self {
            Key::Ssn => "ssn",
            Key::Licence => "driver_license",
            Key::Identity => "identity_number",
            Key::Email => "email",
            Key::Imei => "imei",
            Key::Imsi => "imsi",
            Key::Account => "account_number",
            Key::Phone => "phone",
            Key::Address => "address",
            Key::SurnameDob => "surname+dob",
            Key::GivenDob => "given_name+dob",
            Key::DobZip => "dob+zip",
            Key::DobHouse => "dob+house_number",
            Key::SurnameHouse => "surname+house_number+zip",
            Key::NameYear => "name+year_of_birth",
            Key::LastFourDob => "ssn_last4+dob",
            Key::LocalSurname => "email_local_part+surname",
            Key::NameZip => "name+zip",
            Key::Name => "name",
            Key::Dob => "dob",
            Key::Surname => "surname",
            Key::HouseZip => "house_number+zip",
            Key::GivenZip => "given_name+zip",
            Key::GivenTown => "given_name+town",
            Key::Local => "email_local_part",
            Key::YearTown => "year_of_birth+town",
            Key::InitialsTown => "initials+town",
            Key::Zip => "zip",
            Key::Town => "town",
            Key::Case => "case",
        }
    }

    /// Tells whether the key is a value of its own that too many names can share.
    pub(crate) const fn is_identifier(self) -> bool {
        (self as u8) <= Key::Address as u8
    }

    /// Tells whether the key is so loose that it is made only where its pairs are few.
    pub(crate) const fn is_loose(self) -> bool {
        self as u8 >= Key::Dob as u8
    }

    /// Tells whether the key is made of every row that has its fields, so that all rows that share it meet.
    pub(crate) const fn takes_every_row(self) -> bool {
        matches!(self, Key::SurnameDob | Key::GivenDob | Key::DobZip | Key::DobHouse | Key::SurnameHouse)
    }

    /// Tells whether two rows share the value of an identifier, or of a key that takes every row. `false` for the others
    /// and for the address, which are not asked.
    pub(crate) fn is_shared(self, records: &Records, a: usize, b: usize) -> bool {
        let (left, right, facts) = (&records.records[a], &records.records[b], &records.facts);
        let same = |a: u64, b: u64| a != 0 && a == b;
        let born = left.dob != 0 && left.dob == right.dob;
        let surname = left.surname != 0 && left.surname == right.surname;
        let house = left.house != 0 && left.house == right.house;
        let zip = left.zip != 0 && left.zip == right.zip;
        match self {
            Key::Ssn => left.ssn_full().is_some() && left.ssn == right.ssn,
            Key::Licence => same(left.licence, right.licence),
            Key::Identity => same(facts.identity(a), facts.identity(b)),
            Key::Email => same(left.email, right.email),
            Key::Imei => same(left.imei, right.imei),
            Key::Imsi => same(facts.imsi(a), facts.imsi(b)),
            Key::Account => same(facts.account(a), facts.account(b)),
            Key::Phone => same(left.phone, right.phone),
            Key::SurnameDob => born && surname,
            Key::GivenDob => born && left.given != 0 && left.given == right.given,
            Key::DobZip => born && zip,
            Key::DobHouse => born && house,
            Key::SurnameHouse => surname && house && zip,
            _ => false,
        }
    }

    /// Returns the hash of the key of a row; `None` where the row does not have all of it.
    pub(crate) fn hash(self, records: &Records, row: usize) -> Option<u64> {
        let record = &records.records[row];
        match self {
            Key::Ssn => record.ssn_full().map(|ssn| mix(u64::from(ssn), 0)),
            Key::Licence => some(record.licence),
            Key::Identity => some(records.facts.identity(row)),
            Key::Email => some(record.email),
            Key::Imei => some(record.imei).map(|imei| mix(imei, 0)),
            Key::Imsi => some(records.facts.imsi(row)).map(|imsi| mix(imsi, 0)),
            Key::Account => some(records.facts.account(row)),
            Key::Phone => some(record.phone).map(|phone| mix(phone, 0)),
            Key::Address => record.has_address().then(|| address(record)),
            Key::SurnameDob => both(record.surname, record.dob),
            Key::GivenDob => both(record.given, record.dob).map(|hash| mix(hash, 2)),
            Key::DobZip => both(record.dob, record.zip).map(|hash| mix(hash, 3)),
            Key::DobHouse => both(record.dob, u32::from(record.house)).map(|hash| mix(hash, 4)),
            Key::SurnameHouse => both(record.surname, u32::from(record.house))
                .filter(|_| record.zip != 0)
                .map(|hash| mix(hash, u64::from(record.zip))),
            Key::NameYear => both(record.given.min(record.surname), record.given.max(record.surname))
                .filter(|_| record.dob != 0)
                .map(|hash| mix(hash, u64::from(record.dob / 10_000))),
            Key::LastFourDob => record.ssn_last4().and_then(|four| both(four + 1, record.dob)),
            Key::LocalSurname => both(record.email_local(), record.surname),
            Key::NameZip => both(record.given, record.surname)
                .filter(|_| record.zip != 0)
                .map(|hash| mix(hash, u64::from(record.zip))),
            Key::Name => both(record.given, record.surname),
            Key::Dob => some(u64::from(record.dob)).map(|dob| mix(dob, 5)),
            Key::Surname => some(u64::from(record.surname)).map(|surname| mix(surname, 6)),
            Key::HouseZip => both(u32::from(record.house), record.zip).map(|hash| mix(hash, 7)),
            Key::GivenZip => both(record.given, record.zip).map(|hash| mix(hash, 8)),
            Key::GivenTown => both(record.given, u32::from(record.town)).map(|hash| mix(hash, 9)),
            Key::Local => some(u64::from(record.email_local())).map(|local| mix(local, 10)),
            Key::YearTown => both(record.dob / 10_000, u32::from(record.town)).map(|hash| mix(hash, 11)),
            Key::InitialsTown => {
                let initial = |name: u32| records.names.get(name).first().copied().map_or(0, u32::from);
                both(initial(record.given) << 8 | initial(record.surname), u32::from(record.town))
                    .filter(|_| record.given != 0 && record.surname != 0)
                    .map(|hash| mix(hash, 12))
            }
            Key::Zip => some(u64::from(record.zip)).map(|zip| mix(zip, 13)),
            Key::Town => some(u64::from(record.town)).map(|town| mix(town, 14)),
            Key::Case => Some(1),
        }
    }
}

fn address(record: &Record) -> u64 {
    let place = mix(u64::from(record.street) << 32 | u64::from(record.house), u64::from(record.zip));
    mix(place, u64::from(record.unit))
}

fn some(value: u64) -> Option<u64> {
    (value != 0).then_some(value)
}

fn both(a: u32, b: u32) -> Option<u64> {
    (a != 0 && b != 0).then(|| mix(u64::from(a) << 32 | u64::from(b), 1))
}

/// Returns a hash of a text.
pub(crate) fn hash_of(text: &[u8]) -> u64 {
    let eight = |bytes: &[u8]| bytes.iter().fold(0u64, |word, byte| word << 8 | u64::from(*byte));
    text.chunks(8).fold(text.len() as u64, |hash, bytes| mix(hash, eight(bytes)))
}

/// Mixes two numbers into one hash. Collisions cost a comparison, never a decision: pairs are compared on the fields.
pub(crate) fn mix(a: u64, b: u64) -> u64 {
    let mut x = a ^ b.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ x >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    x = (x ^ x >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    x ^ x >> 32
}
