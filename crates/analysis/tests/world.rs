//! A made-up town whose truth is known, written straight into records: no files, no typing, no simulator.

use std::collections::HashMap;

use rulebook::names::{Names, Sex};
use vocab::{DataElement, Dictionary, ElementSet, Jurisdiction, Record, RecordTable, Records, RowFact, Suffix};

/// Small, fast, seeded.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Dice(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ x >> 31
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub(crate) fn chance(&mut self, share: f64) -> bool {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64 <= share
    }

    fn weighted(&mut self, sums: &[u64]) -> usize {
        let at = self.below(*sums.last().unwrap());
        sums.partition_point(|sum| *sum <= at)
    }
}

/// Writes records with names given as text.
#[derive(Default)]
pub(crate) struct Scribe {
    pub(crate) records: Records,
    names: HashMap<String, u32>,
    streets: HashMap<String, u32>,
    sets: HashMap<ElementSet, u32>,
}

impl Scribe {
    pub(crate) fn table(&mut self, path: &str, has_accounts: bool, elements: &[DataElement]) -> u32 {
        let elements = elements.iter().copied().collect();
        self.records.tables.push(RecordTable { path: path.to_owned(), has_accounts, elements });
        self.records.tables.len() as u32 - 1
    }

    pub(crate) fn name(&mut self, name: &str) -> u32 {
        code(&mut self.names, &mut self.records.names, name)
    }

    pub(crate) fn street(&mut self, street: &str) -> u32 {
        code(&mut self.streets, &mut self.records.streets, street)
    }

    pub(crate) fn row(&mut self, record: Record, fact: RowFact) {
        let elements = elements(&record, &fact);
        let next = self.sets.len() as u32;
        let set = *self.sets.entry(elements).or_insert(next);
        if set == next {
            self.records.element_sets.push(elements);
        }
        let row = self.records.len() as u64 + 1;
        self.records.push(record, RowFact { elements: set, row, ..fact });
    }
}

fn code(codes: &mut HashMap<String, u32>, dictionary: &mut Dictionary, text: &str) -> u32 {
    if text.is_empty() {
        return 0;
    }
    *codes.entry(text.to_owned()).or_insert_with(|| dictionary.push(text.as_bytes()))
}

fn elements(record: &Record, fact: &RowFact) -> ElementSet {
    let fields = [
        (record.given != 0, DataElement::GivenName),
        (record.surname != 0, DataElement::Surname),
        (record.dob != 0, DataElement::Dob),
        (record.ssn_full().is_some(), DataElement::Ssn),
        (record.ssn & Record::LAST_FOUR != 0, DataElement::SsnLast4),
        (record.licence != 0, DataElement::DriverLicense),
        (record.phone != 0, DataElement::Phone),
        (record.email != 0, DataElement::Email),
        (record.imei != 0, DataElement::Imei),
        (fact.imsi != 0, DataElement::Imsi),
        (record.street != 0, DataElement::Address),
        (fact.account != 0, DataElement::AccountNumber),
    ];
    fields.iter().filter(|(holds, _)| *holds).map(|(_, element)| *element).collect()
}

/// Hash of an address or an e-mail for tests: the two halves as the real one has them.
pub(crate) fn email(local: u32, domain: u32) -> u64 {
    u64::from(local) << 32 | u64::from(domain)
}

pub(crate) struct Someone {
    pub(crate) given: String,
    pub(crate) surname: String,
    old_surname: Option<String>,
    initial: u8,
    suffix: u8,
    dob: u32,
    ssn: u32,
    licence: u64,
    phone: u64,
    imei: u64,
    imsi: u64,
    account: u64,
    street: String,
    house: u16,
    zip: u32,
    state: Jurisdiction,
}

/// A town and, for each row, who it is about.
pub(crate) struct Town {
    pub(crate) records: Records,
    pub(crate) truth: Vec<Option<u32>>,
}

/// Share of rows with one damaged field.
const DIRT: f64 = 0.015;

/// Builds a town of `people`, in five files with overlaps as a carrier's have them.
pub(crate) fn town(people: usize, seed: u64) -> Town {
    let mut dice = Dice::new(seed);
    let someones = inhabitants(people, &mut dice);
    write_files(&someones, &mut dice)
}

fn inhabitants(people: usize, dice: &mut Dice) -> Vec<Someone> {
    let names = Names::load(&rulebook::Rulebook::embedded()).unwrap();
    let sums = |weights: &mut dyn Iterator<Item = u64>| -> Vec<u64> {
        weights
            .scan(0, |sum, weight| {
                *sum += weight;
                Some(*sum)
            })
            .collect()
    };
    let surname_sums = sums(&mut names.surnames.iter().map(|name| u64::from(name.weight)));
    let by_decade: Vec<Vec<u64>> =
        (0..12).map(|decade| sums(&mut names.given.iter().map(|name| u64::from(name.births[decade])))).collect();
    let mut someones: Vec<Someone> = Vec::with_capacity(people);
    while someones.len() < people {
        let surname = names.surnames[dice.weighted(&surname_sums)].name.clone();
        let street = format!("STREET {}", dice.below(4_000));
        let (house, zip) = (1 + dice.below(2_000) as u16, 1 + 10_000 + dice.below(30_000) as u32);
        let state = Jurisdiction::from_code(["WA", "OR", "TX", "CA", "NY"][dice.below(5) as usize]).unwrap();
        let account = 1 + dice.next();
        let size = 1 + dice.below(4) as usize;
        let mut father: Option<usize> = None;
        for member in 0..size.min(people - someones.len()) {
            let twin = member > 2 && dice.chance(0.1);
            let child = member > 1;
            let year = if child { 1995 + dice.below(25) as u32 } else { 1940 + dice.below(55) as u32 };
            let dob = if twin { someones[someones.len() - 1].dob } else { date(year, dice) };
            let decade = ((dob / 10_000 - 1900) / 10).min(11) as usize;
            let given = &names.given[dice.weighted(&by_decade[decade])];
            let mut person = Someone {
                given: given.name.clone(),
                surname: surname.clone(),
                old_surname: None,
                initial: if dice.chance(0.6) { b'A' + dice.below(20) as u8 } else { 0 },
                suffix: 0,
                dob,
                ssn: ssn(dice),
                licence: 1 + dice.next(),
                phone: 12_000_000_000 + dice.below(9_999_999_999),
                imei: 1 + dice.below(99_999_999_999_999),
                imsi: 310_000_000_000_000 + dice.below(999_999_999_999),
                account,
                street: street.clone(),
                house,
                zip,
                state,
            };
            match father {
                Some(father) if child && given.sex == Sex::Male && dice.chance(0.05) => {
                    person.given = someones[father].given.clone();
                    person.suffix = Suffix::Jr as u8;
                }
                None if given.sex == Sex::Male => father = Some(someones.len()),
                _ => {}
            }
            if member == 1 && dice.chance(0.1) {
                person.old_surname = Some(names.surnames[dice.weighted(&surname_sums)].name.clone());
            }
            someones.push(person);
        }
    }
    someones
}

fn date(year: u32, dice: &mut Dice) -> u32 {
    year * 10_000 + (1 + dice.below(12) as u32) * 100 + 1 + dice.below(28) as u32
}

fn ssn(dice: &mut Dice) -> u32 {
    (1 + dice.below(665) as u32) * 1_000_000 + (1 + dice.below(99) as u32) * 10_000 + 1 + dice.below(9_999) as u32
}

fn write_files(someones: &[Someone], dice: &mut Dice) -> Town {
    use DataElement::{Address, Dob, DriverLicense, GivenName, Imei, Imsi, Phone, Ssn, Surname};
    let mut scribe = Scribe::default();
    let postpaid = scribe.table("a.sql", true, &[GivenName, Surname, Dob, Ssn, DriverLicense, Phone, Imei, Imsi]);
    let plain = scribe.table("b.txt", false, &[GivenName, Surname, Dob, Address, Phone]);
    let former = scribe.table("c.json", false, &[GivenName, Surname, Dob, Ssn, DriverLicense]);
    let prepaid = scribe.table("d.csv", false, &[GivenName, Surname, Phone]);
    let devices = scribe.table("e.parquet", false, &[Phone, Imei, Imsi]);
    let mut truth = Vec::new();
    let shares = [(postpaid, 0.25), (plain, 0.2), (prepaid, 0.05), (former, 0.65), (devices, 0.2)];
    let mut seen = vec![0u32; someones.len()];
    for (table, share) in shares {
        for (index, someone) in someones.iter().enumerate() {
            // Nobody can tell that two rows are one person's where they share a bare name or less.
            let in_only = |tables: u32| seen[index] & 0b1111 != 0 && seen[index] & !tables == 0;
            let unlinkable =
                in_only(1 << prepaid) || someone.old_surname.is_some() && in_only(1 << plain | 1 << prepaid);
            let wanted = dice.chance(share) || table == former && seen[index] == 0;
            if !wanted || table == former && unlinkable {
                continue;
            }
            seen[index] |= 1 << table;
            let copies = if table == former && dice.chance(0.1) { 2 } else { 1 };
            for _ in 0..copies {
                let (record, fact) = write_row(&mut scribe, someone, table, dice);
                scribe.row(record, fact);
                truth.push((table != devices).then_some(index as u32));
            }
        }
    }
    Town { records: scribe.records, truth }
}

fn write_row(scribe: &mut Scribe, someone: &Someone, table: u32, dice: &mut Dice) -> (Record, RowFact) {
    let mut fact = RowFact { table, ..RowFact::default() };
    let mut record = Record::default();
    if table != 4 {
        let surname = match &someone.old_surname {
            Some(old) if table == 2 => old,
            _ => &someone.surname,
        };
        record.given = scribe.name(&dirty_name(&someone.given, dice));
        record.surname = scribe.name(&dirty_name(surname, dice));
        record.initial = if dice.chance(0.5) { someone.initial } else { 0 };
        record.suffix = if dice.chance(0.7) { someone.suffix } else { 0 };
    }
    if matches!(table, 0 | 1 | 3 | 4) {
        record.phone = if dice.chance(DIRT / 2.0) { 0 } else { someone.phone };
    }
    if matches!(table, 0 | 4) {
        record.imei = someone.imei;
        fact.imsi = someone.imsi;
    }
    if matches!(table, 0..=2) {
        record.dob = dirty_date(someone.dob, dice);
    }
    if matches!(table, 0 | 2) {
        record.ssn = dirty_ssn(someone.ssn, dice);
        record.licence = if dice.chance(0.01) { dice.next() | 1 } else { someone.licence };
        fact.licence_state = someone.state;
    }
    if table == 0 {
        fact.account = someone.account;
    }
    if table == 1 {
        record.street = scribe.street(&someone.street);
        (record.house, record.zip) = (someone.house, someone.zip);
        fact.address_state = someone.state;
    }
    (record, fact)
}

fn dirty_name(name: &str, dice: &mut Dice) -> String {
    if name.len() < 3 || !dice.chance(DIRT / 3.0) {
        return name.to_owned();
    }
    let mut bytes = name.as_bytes().to_vec();
    let at = 1 + dice.below(bytes.len() as u64 - 2) as usize;
    match dice.below(3) {
        0 => bytes.swap(at, at + 1),
        1 => drop(bytes.remove(at)),
        _ => bytes[at] = b'A' + dice.below(26) as u8,
    }
    String::from_utf8(bytes).unwrap()
}

fn dirty_date(dob: u32, dice: &mut Dice) -> u32 {
    if !dice.chance(DIRT) {
        return dob;
    }
    let (year, month, day) = (dob / 10_000, dob / 100 % 100, dob % 100);
    match dice.below(3) {
        0 => 0,
        1 if day <= 12 => year * 10_000 + day * 100 + month,
        _ => year * 10_000 + month * 100 + 1 + (day + dice.below(9) as u32) % 28,
    }
}

fn dirty_ssn(ssn: u32, dice: &mut Dice) -> u32 {
    if !dice.chance(DIRT) {
        return ssn;
    }
    match dice.below(3) {
        0 => 0,
        _ => {
            let place = 10u32.pow(dice.below(9) as u32);
            let digit = ssn / place % 10;
            ssn - digit * place + (digit + 1 + dice.below(8) as u32) % 10 * place
        }
    }
}
