//! What a row can be used for: to tell people apart, to name a device, or for nothing.
//!
//! Enters: records. Leaves: [`Rows`], the rows by use. Never: a comparison.

use vocab::{DataElement, ElementSet, Records, parallel};

/// Points of person-level evidence from which a row can be told from the rows of others.
const RESOLVABLE_POINTS: u32 = 3;

/// Rows by what they can be used for.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// Rows with enough to tell one person from another.
    pub(crate) persons: Vec<u32>,
    /// Rows with a whole name and nothing else of use.
    pub(crate) names_only: Vec<u32>,
    /// Rows that name a person or part of one with too little to tell who.
    pub(crate) weak: Vec<u32>,
    /// Rows of device identifiers or lines without any person-level field.
    pub(crate) devices: Vec<u32>,
}

/// Rows a thread sorts out at a time.
const ROWS_A_TASK: usize = 65_536;

impl Rows {
    pub(crate) fn sort_out(records: &Records, threads: usize) -> Self {
        let parts = parallel::in_order(records.len().div_ceil(ROWS_A_TASK), threads, |task| {
            let mut rows = Rows::default();
            for row in task * ROWS_A_TASK..((task + 1) * ROWS_A_TASK).min(records.len()) {
                rows.take(records, row);
            }
            rows
        });
        let mut all = Rows::default();
        for part in parts {
            all.persons.extend(part.persons);
            all.names_only.extend(part.names_only);
            all.weak.extend(part.weak);
            all.devices.extend(part.devices);
        }
        all
    }

    fn take(&mut self, records: &Records, row: usize) {
        let record = &records.records[row];
        let whole_name = record.given != 0 && record.surname != 0;
        match () {
            () if points(records, row) >= RESOLVABLE_POINTS => self.persons.push(row as u32),
            () if whole_name => self.names_only.push(row as u32),
            () if records.is_device_row(row) => self.devices.push(row as u32),
            () if speaks_of_people(records, row) => self.weak.push(row as u32),
            () => {}
        }
    }

    /// Takes rows that somebody decided about for rows of people, whatever they hold.
    pub(crate) fn claim(&mut self, decided: &[u32]) {
        if decided.is_empty() {
            return;
        }
        let named = |row: &u32| decided.binary_search(row).is_ok();
        for list in [&mut self.names_only, &mut self.weak, &mut self.devices] {
            self.persons.extend(list.iter().copied().filter(named));
            list.retain(|row| !named(row));
        }
        self.persons.sort_unstable();
        self.persons.dedup();
    }
}

/// Rates how far a row identifies: an identity number or an e-mail address does alone, a date of birth with one part
/// of a name, a whole name with a line, an account, an address or a town.
fn points(records: &Records, row: usize) -> u32 {
    let record = &records.records[row];
    if records.is_device_row(row) || !records.has_person_field(row) {
        return 0;
    }
    let identity = record.ssn_full().is_some() || record.licence != 0 || records.facts.identity(row) != 0;
    let line = record.phone != 0 || record.imei != 0 || records.facts.imsi(row) != 0;
    let place = record.street != 0 || record.zip != 0 || record.town != 0;
    let worth = [
        (identity || record.email != 0, RESOLVABLE_POINTS),
        (record.dob != 0, 2),
        (records.facts.account(row) != 0, 2),
        (record.given != 0, 1),
        (record.surname != 0, 1),
        (record.ssn_last4().is_some(), 1),
        (line, 1),
        // A house is one of few, a town or a postcode one of thousands.
        (place, if record.has_address() { 2 } else { 1 }),
    ];
    worth.iter().filter(|(holds, _)| *holds).map(|(_, points)| points).sum()
}

/// Tells whether the row's table is about people or devices, so that a row of it without a usable field is one that
/// cannot be resolved rather than one that has nothing to do with the question.
fn speaks_of_people(records: &Records, row: usize) -> bool {
    let about: ElementSet = [
        DataElement::Name,
        DataElement::GivenName,
        DataElement::Surname,
        DataElement::Dob,
        DataElement::Ssn,
        DataElement::SsnLast4,
        DataElement::DriverLicense,
        DataElement::Email,
        DataElement::Phone,
        DataElement::Imei,
        DataElement::Imsi,
    ]
    .into_iter()
    .collect();
    let table = records.facts.table(row) as usize;
    records.tables[table].elements.intersects(about) || records.has_person_field(row)
}
