//! One row: every cell through its validator, the valid ones into the record.
//!
//! Enters: a row and its table's plan. Leaves: a record, its facts and the elements it validly holds. Never: fields of
//! a row whose columns have shifted, unless one shift puts every field right.

use std::borrow::Cow;

use vocab::{DataElement, ElementSet, Jurisdiction, Record, RowFact};

use super::chunk::Chunk;
use super::name::{cut_suffix, first_and_initial, initial, standard};
use super::{ColumnPlan, Normalizer, SCIENTIFIC, TablePlan};
use crate::detect::Validator;
use crate::detect::values::{self, NameParts, Note, Verdict, unpack_date};
use crate::open::RowBlock;

/// Validators that must fail before a row is taken for shifted; without a shift that puts all right, they must also
/// outnumber those that hold.
const SHIFTED_FROM: usize = 2;
/// Longest street line that is taken apart.
const LONGEST_LINE: usize = 100;
/// Kinds of hashes.
const EMAIL_LOCAL: u8 = 1;
const EMAIL_DOMAIN: u8 = 2;
const LICENCE: u8 = 3;
const ACCOUNT: u8 = 4;
const HOUSE: u8 = 5;
const UNIT: u8 = 6;
const POSTCODE: u8 = 7;
const TOWN: u8 = 8;
/// Identity numbers are kept apart by element: the kind is this plus the element.
const IDENTITY: u8 = 64;

/// A row as it is being read. `shift` says which cells stand where.
struct Reading<'a> {
    plan: &'a TablePlan,
    block: &'a RowBlock,
    row: usize,
    shift: Shift,
}

/// Cells from column `from` on are taken `by` columns further right (or left, if negative).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Shift {
    from: usize,
    by: isize,
}

impl<'a> Reading<'a> {
    fn cell(&self, column: usize) -> Option<&'a [u8]> {
        let at = if column < self.shift.from { column } else { column.checked_add_signed(self.shift.by)? };
        if at < self.block.columns { self.block.cell(self.row, at) } else { None }
    }

    fn cells(&self) -> impl Iterator<Item = (&'a ColumnPlan, DataElement, &'a [u8])> + '_ {
        let columns = self.plan.columns.iter().enumerate();
        columns.filter_map(|(index, column)| Some((column, column.element?, self.cell(index)?)))
    }

    /// Counts the fields with strict validators that hold and that do not have their form. A word is a name in any
    /// column of names, so names only help to find the right shift.
    fn health(&self, with_names: bool) -> (usize, usize) {
        let (mut valid, mut damaged) = (0, 0);
        for (column, element, cell) in self.cells().filter(|(_, element, _)| with_names || !is_name(*element)) {
            match strict(column, element, cell) {
                Some(Verdict::Valid) => valid += 1,
                Some(Verdict::Damaged) => damaged += 1,
                _ => {}
            }
        }
        (valid, damaged)
    }

    /// Looks for the shift by one column that puts every field right.
    fn realign(&mut self) -> bool {
        let (mut most, mut best) = (self.health(true).0, None);
        for by in [1isize, -1] {
            for from in 0..self.plan.columns.len() {
                self.shift = Shift { from, by };
                let (valid, damaged) = self.health(true);
                if damaged == 0 && valid > most {
                    (most, best) = (valid, Some(self.shift));
                }
            }
        }
        self.shift = best.unwrap_or_default();
        best.is_some()
    }
}

/// Tells whether the element is a number or a code of which every character counts.
fn is_number(element: DataElement) -> bool {
    use DataElement as E;
    let hard = matches!(element, E::Ssn | E::SsnLast4 | E::DriverLicense | E::StateId | E::AccountNumber);
    let abroad = matches!(element, E::Passport | E::Itin | E::NationalId | E::TaxId | E::MilitaryId | E::TribalId);
    hard || abroad || matches!(element, E::Phone | E::Imei | E::Imeisv | E::Imsi | E::Mbi)
}

fn is_name(element: DataElement) -> bool {
    matches!(element, DataElement::GivenName | DataElement::Surname | DataElement::Name)
}

/// Verdict of the validators that a value of another column rarely passes.
fn strict(column: &ColumnPlan, element: DataElement, cell: &[u8]) -> Option<Verdict> {
    if is_number(element) && values::is_scientific(values::trim(cell)) {
        // A spreadsheet cut it where it stands: the row has not shifted.
        return None;
    }
    Some(match element {
        DataElement::Ssn => values::ssn(cell).verdict,
        DataElement::Dob => values::date(cell, column.date_order).verdict,
        DataElement::Phone => values::phone_at_home(cell, &column.home).verdict,
        DataElement::State => values::state(cell).verdict,
        DataElement::Email => values::email(cell).verdict,
        DataElement::Imei => values::imei(cell).verdict,
        DataElement::Imsi => values::imsi(cell).verdict,
        element if is_name(element) => values::name(cell).verdict,
        _ => return None,
    })
}

/// Reads one row.
pub(super) fn normalize(
    normalizer: &Normalizer,
    plan: &TablePlan,
    block: &RowBlock,
    row: usize,
    chunk: &mut Chunk,
) -> (Record, RowFact, ElementSet) {
    let mut reading = Reading { plan, block, row, shift: Shift::default() };
    let mut fields = Fields::read_all(normalizer, &reading, chunk);
    if fields.damaged >= SHIFTED_FROM {
        let (valid, damaged) = reading.health(false);
        // A value may hold in its neighbour's column by chance, so the shift that puts every field right is looked for
        // before the fields that seem to hold are believed.
        if damaged >= SHIFTED_FROM && reading.realign() {
            chunk.count("columns_realigned");
            fields = Fields::read_all(normalizer, &reading, chunk);
        } else if damaged >= SHIFTED_FROM && damaged > valid {
            chunk.count("columns_shifted");
            return (Record::default(), RowFact::default(), ElementSet::EMPTY);
        }
    }
    let Fields { record, fact, elements, damaged, state_contradicts_zip, .. } = fields;
    if damaged > 0 {
        *chunk.reasons.entry("value_not_usable").or_default() += damaged as u64;
    }
    if state_contradicts_zip {
        chunk.count("state_contradicts_zip");
    }
    (record, fact, elements)
}

/// The record in the making.
struct Fields<'a, 'b> {
    normalizer: &'a Normalizer<'b>,
    record: Record,
    fact: RowFact,
    elements: ElementSet,
    written_state: Jurisdiction,
    damaged: usize,
    state_contradicts_zip: bool,
    /// Year, month and day of birth, packed, from columns of their own.
    birth_parts: u32,
}

impl<'a, 'b> Fields<'a, 'b> {
    fn read_all(normalizer: &'a Normalizer<'b>, reading: &Reading, chunk: &mut Chunk) -> Self {
        let mut fields = Fields {
            normalizer,
            record: Record::default(),
            fact: RowFact::default(),
            elements: ElementSet::EMPTY,
            written_state: Jurisdiction::UNKNOWN,
            damaged: 0,
            state_contradicts_zip: false,
            birth_parts: 0,
        };
        // States first: licences are judged by the format of theirs.
        for (column, _, cell) in reading.cells().filter(|(_, element, _)| *element == DataElement::State) {
            fields.state(column, cell);
        }
        for (column, element, cell) in reading.cells() {
            let valid = fields.read(column, element, cell, chunk);
            if column.aid || valid && column.date_order.is_part() {
                continue;
            }
            if valid {
                fields.elements.insert(element);
            } else if !values::is_missing(cell) {
                fields.damaged += 1;
                if is_number(element) && values::is_scientific(values::trim(cell)) {
                    chunk.count(SCIENTIFIC);
                }
            }
        }
        fields.settle_state();
        fields.settle_birth();
        fields
    }

    fn state(&mut self, column: &ColumnPlan, cell: &[u8]) {
        let Some(state) = values::state(cell).value else { return };
        match column.of_licence {
            Some(true) => self.fact.licence_state = state,
            _ => self.written_state = state,
        }
    }

    /// Reads a cell and tells whether it holds a valid value.
    fn read(&mut self, column: &ColumnPlan, element: DataElement, cell: &[u8], chunk: &mut Chunk) -> bool {
        use DataElement as E;
        if is_number(element) && values::is_scientific(values::trim(cell)) {
            // Rows of many people hold the same few digits that a spreadsheet left of a long number.
            return false;
        }
        match element {
            E::GivenName | E::MiddleName | E::Surname | E::Name => {
                self.is_valid(column, cell) && self.name(column, element, cell, chunk)
            }
            E::Suffix => self.suffix(cell),
            E::Dob => self.dob(column, cell),
            E::Ssn | E::SsnLast4 => self.ssn(element, cell),
            E::DriverLicense | E::StateId => self.licence(cell, &mut chunk.scratch),
            E::Phone => self.phone(column, cell),
            E::Email => self.email(cell, &mut chunk.scratch),
            E::Address => {
                self.street(cell, chunk);
                self.is_valid(column, cell)
            }
            E::Zip => {
                self.zip(cell, &mut chunk.scratch);
                self.is_valid(column, cell)
            }
            E::City => {
                let valid = self.is_valid(column, cell);
                if valid && self.record.town == 0 {
                    alphanumeric(cell, &mut chunk.scratch);
                    self.record.town = (Normalizer::hash(TOWN, &[&chunk.scratch]) as u16).max(1);
                }
                valid
            }
            E::Imei | E::Imeisv => self.imei(element, cell),
            E::Imsi => self.is_valid(column, cell) && self.imsi(cell),
            E::AccountNumber => self.account(cell),
            E::Passport | E::Itin | E::NationalId | E::TaxId | E::MilitaryId | E::TribalId | E::Mbi => {
                let valid = self.is_valid(column, cell);
                if valid {
                    self.identity(element, cell, &mut chunk.scratch);
                }
                valid
            }
            _ => self.is_valid(column, cell),
        }
    }

    /// Asks the column's validator.
    fn is_valid(&self, column: &ColumnPlan, cell: &[u8]) -> bool {
        let verdict = |validator: Validator| validator.verdict(self.normalizer.identifiers, cell);
        column.validator.map(verdict) == Some(Verdict::Valid)
    }

    /// Takes in a name or a part of one that is valid.
    fn name(&mut self, column: &ColumnPlan, element: DataElement, cell: &[u8], chunk: &mut Chunk) -> bool {
        match element {
            DataElement::Name if column.surname_first => self.whole_name(values::name_parts_turned(cell), chunk),
            DataElement::Name => self.whole_name(values::name_parts(cell), chunk),
            DataElement::MiddleName => {
                standard(cell, &mut chunk.scratch);
                self.record.initial = initial(&chunk.scratch);
            }
            DataElement::GivenName => {
                let [code, further] = name_part(element, cell, chunk);
                self.record.given = code;
                self.further_initial(further as u8);
            }
            _ => {
                let [code, suffix] = name_part(element, cell, chunk);
                self.record.surname = code;
                self.record.suffix = self.record.suffix.max(suffix as u8);
            }
        }
        true
    }

    fn whole_name(&mut self, parts: NameParts<'_>, chunk: &mut Chunk) {
        let [given, further] = name_part(DataElement::GivenName, parts.given, chunk);
        let [surname, suffix] = name_part(DataElement::Surname, parts.surname, chunk);
        if self.record.given == 0 && self.record.surname == 0 {
            (self.record.given, self.record.surname) = (given, surname);
        }
        standard(parts.middle, &mut chunk.scratch);
        self.further_initial(initial(&chunk.scratch));
        self.further_initial(further as u8);
        self.record.suffix = self.record.suffix.max(suffix as u8);
        self.suffix(parts.suffix);
    }

    /// Takes an initial from within a name where no middle name gives one.
    fn further_initial(&mut self, initial: u8) {
        if self.record.initial == 0 {
            self.record.initial = initial;
        }
    }

    fn suffix(&mut self, cell: &[u8]) -> bool {
        let mut letters = [0u8; 8];
        let mut count = 0;
        for byte in cell.iter().filter(|byte| byte.is_ascii_alphanumeric()).take(letters.len()) {
            letters[count] = byte.to_ascii_uppercase();
            count += 1;
        }
        let suffix = vocab::Suffix::parse(&letters[..count]);
        self.record.suffix = suffix.map_or(self.record.suffix, |suffix| suffix as u8);
        suffix.is_some()
    }

    fn dob(&mut self, column: &ColumnPlan, cell: &[u8]) -> bool {
        let checked = values::date(cell, column.date_order);
        let Some(packed) = checked.value.filter(|_| checked.verdict == Verdict::Valid) else { return false };
        if column.date_order.is_part() {
            self.birth_parts |= packed;
            return true;
        }
        let (year, month, day) = unpack_date(packed);
        self.record.dob = year * 10_000 + month * 100 + day;
        true
    }

    /// Puts a date of birth together from its parts; without a day of that month, the year is all that is known, and no date.
    fn settle_birth(&mut self) {
        let (year, month, day) = unpack_date(self.birth_parts);
        if self.record.dob != 0 || year == 0 {
            return;
        }
        let day_of_birth = values::judge_day(year, month, day);
        self.record.dob = match (day_of_birth.verdict, day_of_birth.note) {
            (_, Note::Placeholder) => 0,
            (Verdict::Valid, _) => {
                self.elements.insert(DataElement::Dob);
                year * 10_000 + month * 100 + day
            }
            _ => year * 10_000,
        };
    }

    fn ssn(&mut self, element: DataElement, cell: &[u8]) -> bool {
        if element == DataElement::Ssn {
            let full = values::ssn(cell);
            if full.note != Note::Masked {
                self.record.ssn = full.value.filter(|_| full.is_valid()).unwrap_or(self.record.ssn);
                return full.is_valid();
            }
        }
        let four = values::ssn_last4(cell);
        let Some(digits) = four.value.filter(|_| four.is_valid()) else { return false };
        if self.record.ssn_full().is_none() {
            self.record.ssn = u32::from(digits) | Record::LAST_FOUR;
        }
        self.elements.insert(DataElement::SsnLast4);
        element == DataElement::SsnLast4
    }

    fn licence(&mut self, cell: &[u8], scratch: &mut Vec<u8>) -> bool {
        let state = self.fact.licence_state;
        if !values::driver_license(cell, state, &self.normalizer.identifiers.licenses).is_valid() {
            return false;
        }
        alphanumeric(cell, scratch);
        self.record.licence = Normalizer::hash(LICENCE, &[state.as_str().as_bytes(), scratch]);
        true
    }

    fn phone(&mut self, column: &ColumnPlan, cell: &[u8]) -> bool {
        let checked = values::phone_at_home(cell, &column.home);
        // A number that reaches a company at its own cost says nothing of a person.
        if checked.is_valid() && checked.note != Note::TollFree && self.record.phone == 0 {
            self.record.phone = checked.value.unwrap_or(0);
        }
        checked.is_valid()
    }

    fn email(&mut self, cell: &[u8], scratch: &mut Vec<u8>) -> bool {
        let checked = values::email(cell);
        let Some(address) = checked.value.filter(|_| checked.verdict == Verdict::Valid) else { return false };
        scratch.clear();
        scratch.extend(address.iter().map(u8::to_ascii_lowercase));
        let (local, domain) = mailbox(scratch);
        let local = Normalizer::hash(EMAIL_LOCAL, &[&local]) >> 32;
        let domain = Normalizer::hash(EMAIL_DOMAIN, &[domain]) & 0xffff_ffff;
        self.record.email = local.max(1) << 32 | domain;
        true
    }

    /// Takes in a line of the address. The first with a street counts; a number or a unit may have a line of its own.
    fn street(&mut self, cell: &[u8], chunk: &mut Chunk) {
        if values::is_missing(cell) || cell.len() > LONGEST_LINE {
            return;
        }
        let Chunk { scratch, core, street_codes, streets, .. } = chunk;
        let parts = self.normalizer.streets.split(cell, scratch, core);
        if self.record.street != 0 && !core.is_empty() {
            return;
        }
        if self.record.street == 0 {
            self.record.street = street_codes.code(streets, core);
        }
        if !parts.house.is_empty() && self.record.house == 0 {
            self.record.house = (Normalizer::hash(HOUSE, &[parts.house]) as u16).max(1);
        }
        if !parts.unit.is_empty() && self.record.unit == 0 {
            self.record.unit = (Normalizer::hash(UNIT, &[parts.unit]) as u16).max(1);
        }
    }

    fn zip(&mut self, cell: &[u8], scratch: &mut Vec<u8>) {
        let checked = values::zip(cell);
        if let Some(zip) = checked.value.filter(|_| checked.verdict != Verdict::Impossible) {
            self.record.zip = zip + 1;
        } else if checked.verdict == Verdict::Damaged {
            // A postcode of another country: letters and digits.
            alphanumeric(cell, scratch);
            if (3..=10).contains(&scratch.len()) {
                self.record.zip = Normalizer::hash(POSTCODE, &[scratch]) as u32 | Record::FOREIGN_POSTCODE;
            }
        }
    }

    fn imei(&mut self, element: DataElement, cell: &[u8]) -> bool {
        let (checked, tail) = match element {
            DataElement::Imeisv => (values::imeisv(cell), 100),
            _ => (values::imei(cell), 10),
        };
        self.record.imei = checked.value.filter(|_| checked.is_valid()).map_or(self.record.imei, |value| value / tail);
        checked.is_valid()
    }

    fn imsi(&mut self, cell: &[u8]) -> bool {
        let checked = values::imsi(cell);
        self.fact.imsi = checked.value.filter(|_| checked.is_valid()).unwrap_or(self.fact.imsi);
        checked.is_valid()
    }

    fn account(&mut self, cell: &[u8]) -> bool {
        let valid = values::account_number(cell).is_valid();
        if valid {
            self.fact.account = Normalizer::hash(ACCOUNT, &[values::trim(cell)]);
        }
        valid
    }

    fn identity(&mut self, element: DataElement, cell: &[u8], scratch: &mut Vec<u8>) {
        alphanumeric(cell, scratch);
        self.fact.identity = Normalizer::hash(IDENTITY + element as u8, &[scratch]);
    }

    /// Decides where the address lies: in the state as written, where the ZIP does not contradict it; without one, in
    /// the only state that has the ZIP.
    fn settle_state(&mut self) {
        let zip = self.record.zip;
        let domestic = zip != 0 && zip & Record::FOREIGN_POSTCODE == 0;
        let places = self.normalizer.places;
        self.fact.address_state = match (self.written_state.is_known(), domestic) {
            (true, false) => self.written_state,
            (true, true) if places.zip3_fits(((zip - 1) / 100) as u16, self.written_state) => self.written_state,
            (true, true) => {
                self.state_contradicts_zip = true;
                Jurisdiction::UNKNOWN
            }
            (false, true) => {
                let mut states = places.states_of_zip3(((zip - 1) / 100) as u16);
                states.next().filter(|_| states.next().is_none()).unwrap_or(Jurisdiction::UNKNOWN)
            }
            (false, false) => Jurisdiction::UNKNOWN,
        };
    }
}

/// Codes a given name (with the initial of a further one) or a surname (with its suffix). Cells repeat, so what was
/// made of a writing is kept.
fn name_part(element: DataElement, cell: &[u8], chunk: &mut Chunk) -> [u32; 2] {
    let Chunk { scratch, written_names, name_codes, names, .. } = chunk;
    scratch.clear();
    scratch.push(element as u8);
    scratch.extend_from_slice(cell);
    if let Some(known) = written_names.get(&scratch[..]) {
        return *known;
    }
    let written: Box<[u8]> = scratch[..].into();
    standard(cell, scratch);
    let (part, extra) = match element {
        DataElement::GivenName => first_and_initial(scratch),
        _ => cut_suffix(scratch),
    };
    let coded = [name_codes.code(names, part), u32::from(extra)];
    written_names.insert(written, coded);
    coded
}

/// The mailbox that an address in lower case names, as local part and domain with its `@`. What stands behind a plus sign is the
/// owner's own mark (RFC 5233); Gmail also leaves out dots and has two domains (support.google.com/mail/answer/7436150).
fn mailbox(address: &[u8]) -> (Cow<'_, [u8]>, &[u8]) {
    let at = memchr::memrchr(b'@', address).unwrap_or(address.len());
    let (local, domain) = address.split_at(at);
    let local = memchr::memchr(b'+', local).filter(|at| *at > 0).map_or(local, |plus| &local[..plus]);
    match domain {
        b"@gmail.com" | b"@googlemail.com" => {
            let dotless = || local.iter().copied().filter(|byte| *byte != b'.').collect();
            (if local.contains(&b'.') { Cow::Owned(dotless()) } else { Cow::Borrowed(local) }, b"@gmail.com")
        }
        _ => (Cow::Borrowed(local), domain),
    }
}

/// Letters and digits in upper case.
fn alphanumeric(cell: &[u8], out: &mut Vec<u8>) {
    out.clear();
    out.extend(cell.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_uppercase));
}
