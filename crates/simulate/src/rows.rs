//! Rows of the dump: what a person's row in each table says, and which of it is true.
//!
//! Enters: people. Leaves: cells with their verdicts and what the row means. The verdict of a cell comes from how it was
//! made, never from looking at it.

use vocab::{DataElement, ElementSet};

use crate::days::{self, Date};
use crate::dice::{Dice, Stream, scatter};
use crate::dirt::Dirt;
use crate::identifiers::{self, ACCOUNT_PREFIX, HOME_NETWORK, LineKind, digits, suffix_text};
use crate::people::{Block, Class, Maker, Person, Surname, swappable};
use crate::scenario::{self, AS_OF, HISTORY_FROM};
use crate::tables::{SQL_FILE, TableId};
use crate::world::{Spelling, World};

/// What is true of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Missing,
    Valid,
    Impossible,
    Damaged,
}

/// How a row is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Break {
    Whole,
    /// From this cell on, values stand one column off.
    Shifted(usize),
    /// The row ends within this cell.
    Truncated(usize),
}

/// A row before it is written in the manner of its file.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) bytes: Vec<u8>,
    /// Where each cell ends in `bytes`, and its verdict.
    cells: Vec<(u32, Verdict)>,
    pub(crate) broken: Break,
    /// Whether any fault struck.
    pub(crate) dirty: bool,
    pub(crate) meaning: Meaning,
}

/// What a row says of whom it is about, as far as it is written validly.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Meaning {
    pub(crate) present: ElementSet,
    pub(crate) valid: ElementSet,
    pub(crate) impossible: ElementSet,
    pub(crate) damaged: ElementSet,
    /// States of the address as it was meant, and of the licence.
    pub(crate) address_state: Option<u8>,
    pub(crate) licence_state: Option<u8>,
    pub(crate) phone: Option<u64>,
    pub(crate) imei: Option<u64>,
    pub(crate) msin: Option<u64>,
    pub(crate) account: Option<u64>,
}

impl Row {
    pub(crate) fn new() -> Self {
        Row {
            bytes: Vec::with_capacity(512),
            cells: Vec::with_capacity(16),
            broken: Break::Whole,
            dirty: false,
            meaning: Meaning::default(),
        }
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.cells.clear();
        self.broken = Break::Whole;
        self.dirty = false;
        self.meaning = Meaning::default();
    }

    /// Ends the cell that was written to `bytes`.
    fn end(&mut self, verdict: Verdict) {
        self.cells.push((self.bytes.len() as u32, verdict));
    }

    fn text(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.end(if text.is_empty() { Verdict::Missing } else { Verdict::Valid });
    }

    fn missing(&mut self) {
        self.end(Verdict::Missing);
    }

    /// The bytes of each cell; `None` where nothing is known.
    pub(crate) fn cells(&self) -> impl Iterator<Item = Option<&[u8]>> {
        let mut start = 0;
        self.cells.iter().map(move |(end, verdict)| {
            let cell = &self.bytes[start..*end as usize];
            start = *end as usize;
            (*verdict != Verdict::Missing).then_some(cell)
        })
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.broken != Break::Whole
    }

    /// Tells whether a cell stands whole in the row, be it in its column or beside it. A reader can put a shifted row
    /// right; what an INSERT lost by the shift, it cannot.
    fn stands(&self, table: TableId, index: usize) -> bool {
        match self.broken {
            Break::Whole => true,
            Break::Shifted(at) => table.table().file != SQL_FILE || index != at,
            Break::Truncated(at) => index < at,
        }
    }

    /// Draws up what the row says, once all cells stand.
    fn conclude(&mut self, table: TableId) {
        let columns = table.table().columns;
        let mut meaning = self.meaning;
        for (index, ((_, element), (_, verdict))) in columns.iter().zip(&self.cells).enumerate() {
            let Some(element) = element.filter(|_| self.stands(table, index)) else { continue };
            match verdict {
                Verdict::Missing => continue,
                Verdict::Valid => meaning.valid.insert(element),
                Verdict::Impossible => meaning.impossible.insert(element),
                Verdict::Damaged => meaning.damaged.insert(element),
            }
            meaning.present.insert(element);
        }
        let stands = |element| meaning.valid.contains(element);
        let address = stands(DataElement::Address) && stands(DataElement::State);
        meaning.address_state = meaning.address_state.filter(|_| address);
        meaning.licence_state =
            meaning.licence_state.filter(|_| stands(DataElement::DriverLicense) && stands(DataElement::State));
        meaning.phone = meaning.phone.filter(|_| stands(DataElement::Phone));
        meaning.imei = meaning.imei.filter(|_| stands(DataElement::Imei));
        meaning.msin = meaning.msin.filter(|_| stands(DataElement::Imsi));
        meaning.account = meaning.account.filter(|_| stands(DataElement::AccountNumber));
        self.meaning = meaning;
    }
}

fn is_name_part(element: DataElement) -> bool {
    use DataElement as E;
    matches!(element, E::Name | E::GivenName | E::MiddleName | E::Surname | E::Suffix)
}

/// The faults that strike one row.
#[derive(Clone, Copy, Default)]
struct Faults {
    name: bool,
    address: bool,
    dob_swapped: bool,
    dob_placeholder: bool,
    ssn_placeholder: bool,
    ssn_swapped: bool,
    ssn_impossible: bool,
    imei: bool,
    phone: bool,
    shifted: bool,
    truncated: bool,
}

impl Faults {
    fn draw(dirt: &Dirt, dice: &mut Dice) -> Self {
        Faults {
            name: dice.chance(dirt.name_typo),
            address: dice.chance(dirt.address_typo),
            dob_swapped: dice.chance(dirt.dob_swapped),
            dob_placeholder: dice.chance(dirt.dob_placeholder),
            ssn_placeholder: dice.chance(dirt.ssn_placeholder),
            ssn_swapped: dice.chance(dirt.ssn_swapped),
            ssn_impossible: dice.chance(dirt.ssn_impossible),
            imei: dice.chance(dirt.imei_check_digit),
            phone: dice.chance(dirt.phone_short),
            shifted: dice.chance(dirt.shifted),
            truncated: dice.chance(dirt.truncated),
        }
    }
}

/// How names are written in a file.
#[derive(Clone, Copy)]
struct NameStyle {
    upper: bool,
    accents: Accents,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Accents {
    Dropped,
    Latin1,
    Kept,
}

/// How dates are written in a file.
#[derive(Clone, Copy)]
enum DateStyle {
    Iso,
    American,
    Compact,
}

/// A street address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Address {
    number: u32,
    direction: Option<u8>,
    street: u16,
    suffix: u8,
    unit: Option<(u8, u16, bool)>,
    /// A post office box, or a box at a military post office.
    kind: AddressKind,
    pub(crate) zip: u32,
    pub(crate) plus4: u16,
    pub(crate) state: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AddressKind {
    Street,
    Box,
    Military,
}

/// Days of change of a person's line, in the five years of history.
pub(crate) struct Line {
    phones: Changes,
    devices: Changes,
    plans: Changes,
}

/// Days of change, rising.
#[derive(Clone, Copy)]
pub(crate) struct Changes {
    days: [i32; 7],
    count: u8,
}

impl Changes {
    fn draw(per_year: f64, dice: &mut Dice) -> Self {
        let mut changes = Changes { days: [0; 7], count: 0 };
        let mut day = f64::from(HISTORY_FROM);
        loop {
            day += dice.wait_days(per_year).max(7.0);
            if day >= f64::from(AS_OF) || changes.count == 7 {
                return changes;
            }
            changes.days[changes.count as usize] = day as i32;
            changes.count += 1;
        }
    }

    /// How many changes there were up to a day.
    pub(crate) fn until(&self, day: i32) -> u8 {
        self.days().filter(|change| *change <= day).count() as u8
    }

    pub(crate) fn days(&self) -> impl Iterator<Item = i32> {
        self.days[..self.count as usize].iter().copied()
    }
}

impl Line {
    pub(crate) fn days(&self) -> impl Iterator<Item = i32> {
        self.phones.days().chain(self.devices.days()).chain(self.plans.days())
    }

    pub(crate) fn plan_on(&self, day: i32) -> u8 {
        self.plans.until(day)
    }
}

/// Writes rows.
pub(crate) struct RowMaker<'a> {
    pub(crate) maker: &'a Maker<'a>,
}

impl RowMaker<'_> {
    fn world(&self) -> &World {
        self.maker.world
    }

    fn dirt(&self) -> &Dirt {
        &self.maker.scenario.dirt
    }

    fn seed(&self) -> u64 {
        self.maker.scenario.seed
    }

    fn snapshot(&self) -> i32 {
        self.maker.scenario.snapshot
    }

    fn dice(&self, table: TableId, person: &Person, ordinal: u64) -> Dice {
        Dice::new(self.seed(), Stream::Row, person.index * 32 + table as u64 * 4 + ordinal)
    }

    /// The history of a person's first line.
    pub(crate) fn line(&self, person: &Person) -> Line {
        let mut dice = Dice::new(self.seed(), Stream::Line, person.index);
        Line {
            phones: Changes::draw(scenario::PHONE_CHANGES, &mut dice),
            devices: Changes::draw(scenario::DEVICE_CHANGES, &mut dice),
            plans: Changes::draw(scenario::PLAN_CHANGES, &mut dice),
        }
    }

    /// The number of a line on a day.
    pub(crate) fn phone_on(&self, person: &Person, line: &Line, kind: LineKind, day: i32) -> u64 {
        let change = if kind == LineKind::First { line.phones.until(day) } else { 0 };
        identifiers::phone(self.world(), self.seed(), person, kind, change)
    }

    /// The device of a line on a day.
    pub(crate) fn imei_on(&self, person: &Person, line: &Line, kind: LineKind, day: i32) -> u64 {
        let generation = if kind == LineKind::First { line.devices.until(day) } else { 0 };
        let bought = match generation {
            0 => 2020 + (scatter(person.index) % 2) as i32,
            later => days::date(line.devices.days[later as usize - 1]).year,
        };
        identifiers::imei(self.seed(), person, kind, generation, bought)
    }

    /// The subscriber number of a line.
    pub(crate) fn msin(&self, person: &Person, kind: LineKind) -> u64 {
        identifiers::msin(self.seed(), person, kind)
    }

    /// The account of a person: the head's, where it is shared.
    pub(crate) fn account(&self, person: &Person, block: &Block) -> u64 {
        let owner = if person.shares_account { block.people[person.head as usize].index } else { person.index };
        identifiers::account(self.seed(), owner)
    }

    /// The address of a household, by the number of its stay.
    pub(crate) fn address(&self, home: u64, stay: u8, state: u8) -> Address {
        let world = self.world();
        let mut dice = Dice::new(self.seed(), Stream::Address, home * 8 + u64::from(stay));
        let mut zip = world.draw_zip(state, &mut dice);
        let facts = &world.states[state as usize];
        let military = facts.area_codes.is_empty();
        let boxed = !military && !facts.boxes.is_empty() && dice.chance(0.035);
        if boxed {
            zip = *dice.pick(&facts.boxes);
        }
        let (street, suffix) = world.draw_street(&mut dice);
        // House numbers are many small and few large: the square of a uniform number.
        let reach = dice.share();
        Address {
            number: 1 + (reach * reach * if dice.chance(0.3) { 19_999.0 } else { 3_999.0 }) as u32,
            direction: dice.chance(0.2).then(|| dice.below(world.directions.len() as u64) as u8),
            street,
            suffix,
            unit: dice
                .chance(0.22)
                .then(|| (world.draw_unit(&mut dice), 1 + dice.below(420) as u16, dice.chance(0.25))),
            kind: if military {
                AddressKind::Military
            } else if boxed {
                AddressKind::Box
            } else {
                AddressKind::Street
            },
            zip,
            plus4: 1 + dice.below(9_998) as u16,
            state,
        }
    }

    /// The address of a person's household on a day.
    pub(crate) fn address_on(&self, person: &Person, block: &Block, day: i32) -> Address {
        let home = &block.homes[person.home as usize];
        let (stay, state) = home.at(day);
        self.address(home.id, stay, state)
    }

    /// A row of the postpaid customers with SSN and licence.
    pub(crate) fn postpaid_a(&self, person: &Person, block: &Block, kind: LineKind, row: &mut Row) {
        let table = TableId::PostpaidA;
        let (mut dice, faults) = self.open(table, person, kind as u64, row);
        let day = self.snapshot();
        self.put_account(person, block, row);
        self.put_names_apart(
            person,
            day,
            NameStyle { upper: false, accents: Accents::Kept },
            faults,
            true,
            &mut dice,
            row,
        );
        self.put_dob(person, DateStyle::Iso, faults, 0.004, &mut dice, row);
        self.put_ssn(person, None, faults, 0.015, &mut dice, row);
        self.put_licence(person, block, day, 0.09, &mut dice, row);
        self.put_phone(person, block, kind, faults, 0.01, &mut dice, row, |out, number| digits(out, number, 10));
        self.put_device(person, kind, faults, 0.03, &mut dice, row);
        row.text(if dice.chance(0.94) { "A" } else { "S" });
        put_date(row, DateStyle::Iso, days::date(day - dice.between(20, 4_000)));
        self.close(table, faults, &mut dice, row);
    }

    /// A row of the postpaid customers without SSN and licence.
    pub(crate) fn postpaid_b(&self, person: &Person, block: &Block, kind: LineKind, row: &mut Row) {
        let table = TableId::PostpaidB;
        let (mut dice, faults) = self.open(table, person, kind as u64, row);
        self.put_account(person, block, row);
        self.put_full_name(person, self.snapshot(), false, faults, 0.03, &mut dice, row);
        let plus4 = dice.chance(0.3);
        if dice.chance(0.04) {
            (0..4).for_each(|_| row.missing());
        } else {
            self.put_address(&self.address_on(person, block, self.snapshot()), false, plus4, faults, &mut dice, row);
        }
        self.put_dob(person, DateStyle::American, faults, 0.06, &mut dice, row);
        self.put_phone(person, block, kind, faults, 0.03, &mut dice, row, |out, number| {
            out.push(b'(');
            digits(out, number / 10_000_000, 3);
            out.extend_from_slice(b") ");
            digits(out, number / 10_000 % 1000, 3);
            out.push(b'-');
            digits(out, number % 10_000, 4);
        });
        self.put_device(person, kind, faults, 0.08, &mut dice, row);
        row.text(if dice.chance(0.6) { "Y" } else { "N" });
        self.close(table, faults, &mut dice, row);
    }

    /// A row of the former customers.
    pub(crate) fn former(&self, person: &Person, block: &Block, recycled: Option<u64>, row: &mut Row) {
        let table = TableId::Former;
        let (mut dice, faults) = self.open(table, person, 0, row);
        let closed = self.snapshot() - dice.between(60, 3_000);
        self.put_account(person, block, row);
        self.put_full_name(person, closed, true, faults, 0.02, &mut dice, row);
        let dashed = |out: &mut Vec<u8>, number: u64| {
            digits(out, number / 10_000_000, 3);
            out.push(b'-');
            digits(out, number / 10_000 % 1000, 3);
            out.push(b'-');
            digits(out, number % 10_000, 4);
        };
        match recycled {
            Some(number) => self.put_number(number, faults, row, dashed),
            None => self.put_phone(person, block, LineKind::First, faults, 0.05, &mut dice, row, dashed),
        }
        if dice.chance(0.02) {
            (0..4).for_each(|_| row.missing());
        } else {
            self.put_address(&self.address_on(person, block, self.snapshot()), true, false, faults, &mut dice, row);
        }
        self.put_dob(person, DateStyle::Iso, faults, 0.08, &mut dice, row);
        put_date(row, DateStyle::Iso, days::date(closed));
        self.close(table, faults, &mut dice, row);
    }

    /// A row of the active prepaid customers.
    pub(crate) fn prepaid(&self, person: &Person, row: &mut Row) {
        let table = TableId::Prepaid;
        let (mut dice, faults) = self.open(table, person, 0, row);
        let number = self.phone_on(person, &self.line(person), LineKind::First, self.snapshot());
        self.put_number(number, faults, row, |out, number| {
            out.extend_from_slice(b"+1");
            digits(out, number, 10);
        });
        let start = row.bytes.len();
        self.put_full_name(person, self.snapshot(), false, faults, 0.06, &mut dice, row);
        match dice.below(10) {
            0 | 1 => row.bytes[start..].make_ascii_lowercase(),
            2 => row.bytes[start..].make_ascii_uppercase(),
            _ => {}
        }
        if dice.chance(0.02) {
            row.missing();
        } else {
            digits(&mut row.bytes, u64::from(identifiers::pin(self.seed(), person)), 4);
            row.end(Verdict::Valid);
        }
        self.close(table, faults, &mut dice, row);
    }

    /// A row of a credit application. A second one comes some years after the first.
    pub(crate) fn credit(&self, person: &Person, block: &Block, second: bool, row: &mut Row) {
        let table = TableId::Credit;
        let mut when = self.dice(table, person, 2);
        let former = person.class.is_postpaid() || when.chance(0.65);
        let adult = (person.birth + 18 * 366).min(self.snapshot() - 400);
        let first = when.between(days::number(2004, 1, 1).max(adult), self.snapshot() - 400);
        let day = if second { first + when.between(200, 2_500).min(self.snapshot() - first - 1) } else { first };
        let (mut dice, faults) = self.open(table, person, u64::from(second), row);
        self.put_names_apart(
            person,
            day,
            NameStyle { upper: true, accents: Accents::Latin1 },
            faults,
            false,
            &mut dice,
            row,
        );
        self.put_dob(person, DateStyle::Compact, faults, 0.005, &mut dice, row);
        self.put_ssn(person, Some(b'-'), faults, 0.03, &mut dice, row);
        self.put_licence(person, block, day, 0.12, &mut dice, row);
        row.text(if former { "F" } else { "P" });
        put_date(row, DateStyle::Compact, days::date(day));
        row.text(["R", "W", "T", "D"][dice.below(4) as usize]);
        self.close(table, faults, &mut dice, row);
    }

    /// A row of the large set of names, birth dates and addresses.
    pub(crate) fn compiled(&self, person: &Person, block: &Block, row: &mut Row) {
        let table = TableId::Compiled;
        let (mut dice, faults) = self.open(table, person, 0, row);
        let home = &block.homes[person.home as usize];
        let (stay, _) = home.at(self.snapshot());
        let stale = stay > 0 && dice.chance(self.dirt().stale_address);
        let day = if stale { home.moves().nth(stay as usize - 1).unwrap_or(HISTORY_FROM) - 1 } else { self.snapshot() };
        self.put_compiled_name(person, faults, &mut dice, row);
        self.put_dob(person, DateStyle::Iso, faults, 0.02, &mut dice, row);
        if dice.chance(0.005) {
            (0..5).for_each(|_| row.missing());
        } else {
            self.put_address_in_two(&self.address_on(person, block, day), faults, &mut dice, row);
        }
        self.close(table, faults, &mut dice, row);
    }

    /// A row of a device file: a line, its device, its subscriber number, and nobody's name.
    pub(crate) fn device(&self, table: TableId, person: &Person, kind: LineKind, row: &mut Row) {
        let (mut dice, faults) = self.open(table, person, kind as u64, row);
        let line = self.line(person);
        let day = self.snapshot();
        let number = self.phone_on(person, &line, kind, day);
        let put_number = |row: &mut Row| {
            row.bytes.push(b'1');
            digits(&mut row.bytes, number, 10);
            row.meaning.phone = Some(number);
            row.end(Verdict::Valid);
        };
        let imei = self.imei_on(person, &line, kind, day);
        if table == TableId::Network {
            self.put_imsi(person, kind, row);
            put_number(row);
            put_imei(imei, faults, row);
            digits(&mut row.bytes, dice.below(64), 3);
            row.end(Verdict::Valid);
        } else {
            put_number(row);
            put_imei(imei, faults, row);
            self.put_imsi(person, kind, row);
        }
        let torn = Faults {
            shifted: faults.shifted && table == TableId::Network,
            truncated: faults.truncated && table == TableId::Network,
            ..faults
        };
        self.close(table, torn, &mut dice, row);
    }

    /// The file a line is listed in, if any.
    pub(crate) fn device_table(&self, person: &Person, kind: LineKind) -> Option<TableId> {
        let (table, share) = match person.class {
            Class::PostpaidA => (TableId::Devices, scenario::LINES_IN_DEVICE_FILES[0]),
            Class::PostpaidB => (TableId::Network, scenario::LINES_IN_DEVICE_FILES[1]),
            Class::Prepaid => (TableId::Network, scenario::LINES_IN_DEVICE_FILES[2]),
            _ => return None,
        };
        // Who gives the head's number as contact has no line.
        let has_line = match kind {
            LineKind::First => !person.borrows_phone,
            LineKind::Second => person.second_line,
            LineKind::Tablet => person.tablet,
        };
        (has_line && self.dice(table, person, kind as u64).chance(share)).then_some(table)
    }

    fn open(&self, table: TableId, person: &Person, ordinal: u64, row: &mut Row) -> (Dice, Faults) {
        row.clear();
        let mut dice = self.dice(table, person, ordinal);
        // The first throw says whether a line is listed in a device file.
        dice.next();
        let faults = Faults::draw(self.dirt(), &mut dice);
        (dice, faults)
    }

    fn close(&self, table: TableId, faults: Faults, dice: &mut Dice, row: &mut Row) {
        let columns = table.table().columns.len();
        debug_assert_eq!(row.cells.len(), columns, "{table:?}");
        if faults.shifted && table != TableId::Compiled {
            let drawn = 1 + dice.below(columns as u64 - 2) as usize;
            // Which part of a name was lost cannot be told from what is left: whose name is whole would be an opinion.
            let part = |at: &usize| table.table().columns[*at].1.is_some_and(is_name_part);
            row.broken = Break::Shifted((drawn..columns).find(|at| !part(at)).unwrap_or(drawn));
        } else if faults.truncated || faults.shifted {
            row.broken = Break::Truncated(1 + dice.below(columns as u64 - 1) as usize);
        }
        row.dirty |= row.is_broken();
        row.conclude(table);
    }

    fn put_account(&self, person: &Person, block: &Block, row: &mut Row) {
        let number = self.account(person, block);
        row.bytes.extend_from_slice(ACCOUNT_PREFIX.as_bytes());
        digits(&mut row.bytes, number, 10);
        row.meaning.account = Some(number);
        row.end(Verdict::Valid);
    }

    /// Given name, middle initial, surname and suffix in columns of their own; the order is the table's.
    #[allow(clippy::too_many_arguments, reason = "what a name looks like depends on all of it")]
    fn put_names_apart(
        &self,
        person: &Person,
        day: i32,
        style: NameStyle,
        faults: Faults,
        given_first: bool,
        dice: &mut Dice,
        row: &mut Row,
    ) {
        let typo_in_surname = dice.chance(0.6);
        let nickname = dice.chance(0.005 * self.dirt().short_names);
        if given_first {
            self.put_given(person, nickname, style, faults.name && !typo_in_surname, dice, row);
            self.put_middle_initial(person, 0.35, dice, row);
            self.put_surname(person.surname_on(day), person, style, faults.name && typo_in_surname, dice, row);
        } else {
            self.put_surname(person.surname_on(day), person, style, faults.name && typo_in_surname, dice, row);
            self.put_given(person, nickname, style, faults.name && !typo_in_surname, dice, row);
            self.put_middle_initial(person, 0.45, dice, row);
        }
        let suffix = suffix_text(person.suffix);
        if dice.chance(0.8) { row.text(if style.upper { shout(suffix) } else { suffix }) } else { row.missing() }
    }

    /// Given name, middle name, surname and suffix as the compiled file has them.
    fn put_compiled_name(&self, person: &Person, faults: Faults, dice: &mut Dice, row: &mut Row) {
        let style = NameStyle { upper: false, accents: Accents::Kept };
        let typo_in_surname = dice.chance(0.6);
        let nickname = dice.chance(0.03 * self.dirt().short_names);
        self.put_given(person, nickname, style, faults.name && !typo_in_surname, dice, row);
        match person.middle {
            Some(middle) if dice.chance(0.5) => row.text(&self.world().given[middle as usize].title),
            _ => row.missing(),
        }
        self.put_surname(person.surname_on(self.snapshot()), person, style, faults.name && typo_in_surname, dice, row);
        row.text(suffix_text(person.suffix));
    }

    fn put_given(&self, person: &Person, nickname: bool, style: NameStyle, typo: bool, dice: &mut Dice, row: &mut Row) {
        let short = if nickname { self.world().draw_short(person.given, dice) } else { None };
        let spelling = match short {
            Some(short) => &self.world().short[short as usize],
            None => &self.world().given[person.given as usize],
        };
        self.put_word(spelling, person.accents, style, typo, dice, row);
        row.end(Verdict::Valid);
    }

    fn put_surname(
        &self,
        surname: Surname,
        person: &Person,
        style: NameStyle,
        typo: bool,
        dice: &mut Dice,
        row: &mut Row,
    ) {
        self.write_surname(surname, person, style, typo, dice, row);
        row.end(Verdict::Valid);
    }

    fn write_surname(
        &self,
        surname: Surname,
        person: &Person,
        style: NameStyle,
        typo: bool,
        dice: &mut Dice,
        row: &mut Row,
    ) {
        self.put_word(&self.world().surnames[surname.first as usize], person.accents, style, typo, dice, row);
        if let Some(second) = surname.second {
            row.bytes.push(b'-');
            self.put_word(&self.world().surnames[second as usize], person.accents, style, false, dice, row);
        }
    }

    fn put_word(
        &self,
        spelling: &Spelling,
        accents: bool,
        style: NameStyle,
        typo: bool,
        dice: &mut Dice,
        row: &mut Row,
    ) {
        let start = row.bytes.len();
        let (plain, accented) = if style.upper {
            (&spelling.upper, spelling.accented_upper.as_ref())
        } else {
            (&spelling.title, spelling.accented.as_ref())
        };
        let fits = |text: &&String| match style.accents {
            Accents::Dropped => false,
            Accents::Latin1 => text.chars().all(|letter| u32::from(letter) < 256),
            Accents::Kept => true,
        };
        let text = accented.filter(|text| accents && fits(text)).unwrap_or(plain);
        row.bytes.extend_from_slice(text.as_bytes());
        if typo {
            row.dirty |= mistype(&mut row.bytes, start, dice);
        }
    }

    fn put_middle_initial(&self, person: &Person, missing: f64, dice: &mut Dice, row: &mut Row) {
        match person.middle {
            Some(middle) if !dice.chance(self.dirt().missing(missing)) => {
                row.text(&self.world().given[middle as usize].upper[..1])
            }
            _ => row.missing(),
        }
    }

    /// A name in one column: `First M Last Jr`, or `LAST JR, FIRST M`.
    #[allow(clippy::too_many_arguments, reason = "what a name looks like depends on all of it")]
    fn put_full_name(
        &self,
        person: &Person,
        day: i32,
        surname_first: bool,
        faults: Faults,
        nickname: f64,
        dice: &mut Dice,
        row: &mut Row,
    ) {
        let style = NameStyle { upper: surname_first, accents: Accents::Dropped };
        let nickname = dice.chance(nickname * self.dirt().short_names);
        let typo_in_surname = dice.chance(0.6);
        let middle = person.middle.filter(|_| dice.chance(0.3));
        let surname = person.surname_on(day);
        let suffix = suffix_text(person.suffix);
        let put_suffix = |row: &mut Row| {
            if !suffix.is_empty() {
                row.bytes.push(b' ');
                row.bytes.extend_from_slice(if style.upper { shout(suffix) } else { suffix }.as_bytes());
            }
        };
        if surname_first {
            self.write_surname(surname, person, style, faults.name && typo_in_surname, dice, row);
            put_suffix(row);
            row.bytes.extend_from_slice(b", ");
        }
        self.put_given(person, nickname, style, faults.name && !typo_in_surname, dice, row);
        row.cells.pop();
        if let Some(middle) = middle {
            row.bytes.push(b' ');
            row.bytes.extend_from_slice(&self.world().given[middle as usize].upper.as_bytes()[..1]);
        }
        if !surname_first {
            row.bytes.push(b' ');
            self.write_surname(surname, person, style, faults.name && typo_in_surname, dice, row);
            put_suffix(row);
        }
        row.end(Verdict::Valid);
    }

    fn put_dob(&self, person: &Person, style: DateStyle, faults: Faults, missing: f64, dice: &mut Dice, row: &mut Row) {
        if dice.chance(self.dirt().missing(missing)) {
            return row.missing();
        }
        if faults.dob_placeholder {
            row.dirty = true;
            write_date(row, style, Date { year: 1900, month: 1, day: 1 });
            return row.end(Verdict::Impossible);
        }
        let mut date = days::date(person.birth);
        if faults.dob_swapped && swappable(date) {
            row.dirty = true;
            (date.day, date.month) = (date.month, date.day);
        }
        write_date(row, style, date);
        row.end(Verdict::Valid);
    }

    fn put_ssn(
        &self,
        person: &Person,
        separator: Option<u8>,
        faults: Faults,
        missing: f64,
        dice: &mut Dice,
        row: &mut Row,
    ) {
        if dice.chance(self.dirt().missing(missing)) {
            return row.missing();
        }
        let number = identifiers::ssn(self.world(), self.seed(), person);
        let (number, verdict) = spoil_ssn(number, faults, dice);
        row.dirty |= faults.ssn_impossible || faults.ssn_placeholder || faults.ssn_swapped;
        for (value, width) in [(number / 1_000_000, 3), (number / 10_000 % 100, 2), (number % 10_000, 4)] {
            digits(&mut row.bytes, u64::from(value), width);
            if let (Some(separator), true) = (separator, width != 4) {
                row.bytes.push(separator);
            }
        }
        row.end(verdict);
    }

    /// Licence and its state, both or neither. Children under 16 and people of the territories have none.
    fn put_licence(&self, person: &Person, block: &Block, day: i32, missing: f64, dice: &mut Dice, row: &mut Row) {
        let world = self.world();
        let (_, mut state) = block.homes[person.home as usize].at(day);
        if world.states[state as usize].area_codes.is_empty() {
            state = person.birth_state;
        }
        let facts = &world.states[state as usize];
        let Some(template) = facts
            .licence
            .as_ref()
            .filter(|_| !dice.chance(self.dirt().missing(missing)) && days::age(person.birth, day) >= 16)
        else {
            row.missing();
            return row.missing();
        };
        let surname = person.surname_on(day);
        let names =
            (world.given[person.given as usize].title.as_str(), world.surnames[surname.first as usize].title.as_str());
        identifiers::licence(template, &self.maker.scenario, person, names, &mut row.bytes);
        row.end(Verdict::Valid);
        row.text(facts.code.as_str());
        row.meaning.licence_state = Some(state);
    }

    /// The number of a line, or the head's where a member gives that.
    #[allow(clippy::too_many_arguments, reason = "what is written depends on all of it")]
    fn put_phone(
        &self,
        person: &Person,
        block: &Block,
        kind: LineKind,
        faults: Faults,
        missing: f64,
        dice: &mut Dice,
        row: &mut Row,
        write: impl Fn(&mut Vec<u8>, u64),
    ) {
        if dice.chance(self.dirt().missing(missing)) {
            return row.missing();
        }
        let holder = if person.borrows_phone { &block.people[person.head as usize] } else { person };
        let number = self.phone_on(holder, &self.line(holder), kind, self.snapshot());
        self.put_number(number, faults, row, write);
    }

    fn put_number(&self, number: u64, faults: Faults, row: &mut Row, write: impl Fn(&mut Vec<u8>, u64)) {
        write(&mut row.bytes, number);
        if faults.phone {
            row.bytes.pop();
            row.dirty = true;
            return row.end(Verdict::Damaged);
        }
        row.meaning.phone = Some(number);
        row.end(Verdict::Valid);
    }

    /// Device and subscriber number; whoever gives another's telephone number has neither.
    fn put_device(
        &self,
        person: &Person,
        kind: LineKind,
        faults: Faults,
        missing: f64,
        dice: &mut Dice,
        row: &mut Row,
    ) {
        if person.borrows_phone || dice.chance(self.dirt().missing(missing)) {
            row.missing();
        } else {
            put_imei(self.imei_on(person, &self.line(person), kind, self.snapshot()), faults, row);
        }
        if person.borrows_phone || dice.chance(self.dirt().missing(missing)) {
            row.missing()
        } else {
            self.put_imsi(person, kind, row)
        }
    }

    fn put_imsi(&self, person: &Person, kind: LineKind, row: &mut Row) {
        let msin = self.msin(person, kind);
        row.bytes.extend_from_slice(HOME_NETWORK.as_bytes());
        digits(&mut row.bytes, msin, 9);
        row.meaning.msin = Some(msin);
        row.end(Verdict::Valid);
    }

    /// Street, city, state and ZIP in four columns.
    fn put_address(&self, address: &Address, long: bool, plus4: bool, faults: Faults, dice: &mut Dice, row: &mut Row) {
        let start = row.bytes.len();
        self.write_street(address, false, long, row);
        self.write_unit(address, false, row);
        if faults.address {
            row.dirty |= mistype(&mut row.bytes, start, dice);
        }
        row.end(Verdict::Valid);
        self.put_city(address, false, plus4, row);
    }

    /// Street and unit in two columns, then city, state and ZIP.
    fn put_address_in_two(&self, address: &Address, faults: Faults, dice: &mut Dice, row: &mut Row) {
        let start = row.bytes.len();
        self.write_street(address, true, false, row);
        if faults.address {
            row.dirty |= mistype(&mut row.bytes, start, dice);
        }
        row.end(Verdict::Valid);
        let start = row.bytes.len();
        self.write_unit(address, true, row);
        if row.bytes.get(start) == Some(&b' ') {
            row.bytes.remove(start);
        }
        row.end(if row.bytes.len() > start { Verdict::Valid } else { Verdict::Missing });
        self.put_city(address, true, false, row);
    }

    fn put_city(&self, address: &Address, upper: bool, plus4: bool, row: &mut Row) {
        let zip = &self.world().zips[address.zip as usize];
        row.text(if upper { &zip.city_upper } else { &zip.city });
        row.text(self.world().code(address.state).as_str());
        digits(&mut row.bytes, u64::from(zip.zip), 5);
        if plus4 {
            row.bytes.push(b'-');
            digits(&mut row.bytes, u64::from(address.plus4), 4);
        }
        row.end(Verdict::Valid);
        row.meaning.address_state = Some(address.state);
    }

    /// Writes the street without the unit.
    fn write_street(&self, address: &Address, upper: bool, long: bool, row: &mut Row) {
        let world = self.world();
        let out = &mut row.bytes;
        match address.kind {
            AddressKind::Military => {
                out.extend_from_slice(b"PSC ");
                write_number(out, address.number % 900 + 100);
                out.extend_from_slice(if upper { b" BOX " } else { b" Box " });
                return write_number(out, u32::from(address.plus4));
            }
            AddressKind::Box => {
                out.extend_from_slice(if upper { b"PO BOX " } else { b"PO Box " });
                return write_number(out, u32::from(address.plus4));
            }
            AddressKind::Street => {}
        }
        write_number(out, address.number);
        out.push(b' ');
        if let Some(direction) = address.direction {
            out.extend_from_slice(world.directions[direction as usize].as_bytes());
            out.push(b' ');
        }
        let (name, name_upper) = &world.street_names[address.street as usize];
        let suffix = &world.suffixes[address.suffix as usize];
        out.extend_from_slice(if upper { name_upper } else { name }.as_bytes());
        out.push(b' ');
        out.extend_from_slice(
            if upper {
                &suffix.short_upper
            } else if long {
                &suffix.full
            } else {
                &suffix.short
            }
            .as_bytes(),
        );
    }

    /// Writes a blank and the unit, if there is one.
    fn write_unit(&self, address: &Address, upper: bool, row: &mut Row) {
        let (Some((unit, number, lettered)), AddressKind::Street) = (address.unit, address.kind) else { return };
        let (word, word_upper) = &self.world().units[unit as usize];
        let out = &mut row.bytes;
        out.push(b' ');
        out.extend_from_slice(if upper { word_upper } else { word }.as_bytes());
        if word != "#" {
            out.push(b' ');
        }
        write_number(out, u32::from(number % 60 + 1));
        if lettered {
            out.push(b'A' + (number % 6) as u8);
        }
    }

    /// The street of an address as the reference writes it.
    pub(crate) fn address_text(&self, address: &Address, row: &mut Row) -> usize {
        row.clear();
        self.write_street(address, false, false, row);
        self.write_unit(address, false, row);
        row.bytes.len()
    }

    /// The licence of a person on a day, as the reference writes it; its state, if there is one.
    pub(crate) fn licence_text(&self, person: &Person, block: &Block, day: i32, row: &mut Row) -> Option<u8> {
        row.clear();
        self.put_licence(person, block, day, 0.0, &mut Dice::new(0, Stream::Licence, 0), row);
        row.meaning.licence_state
    }
}

/// Swaps two digits, or puts what stands for "unknown", or an area that never was.
fn spoil_ssn(number: u32, faults: Faults, dice: &mut Dice) -> (u32, Verdict) {
    if faults.ssn_placeholder {
        return (*dice.pick(&[0, 999_999_999, 123_456_789, 111_111_111]), Verdict::Impossible);
    }
    if faults.ssn_impossible {
        let area = *dice.pick(&[0, 666, 900, 934, 987]);
        return (area * 1_000_000 + number % 1_000_000, Verdict::Impossible);
    }
    if !faults.ssn_swapped {
        return (number, Verdict::Valid);
    }
    let place = 10u32.pow(dice.below(8) as u32);
    let (low, high) = (number / place % 10, number / place / 10 % 10);
    let swapped = number - (high * 10 + low) * place + (low * 10 + high) * place;
    let (area, group, serial) = (swapped / 1_000_000, swapped / 10_000 % 100, swapped % 10_000);
    let possible = area != 0 && area != 666 && area < 900 && group != 0 && serial != 0;
    (swapped, if possible { Verdict::Valid } else { Verdict::Impossible })
}

/// Writes an IMEI, with another check digit where that fault strikes.
fn put_imei(imei: u64, faults: Faults, row: &mut Row) {
    if faults.imei {
        row.dirty = true;
        digits(&mut row.bytes, imei / 10 * 10 + (imei % 10 + 3) % 10, 15);
        return row.end(Verdict::Impossible);
    }
    digits(&mut row.bytes, imei, 15);
    row.meaning.imei = Some(imei);
    row.end(Verdict::Valid);
}

fn put_date(row: &mut Row, style: DateStyle, date: Date) {
    write_date(row, style, date);
    row.end(Verdict::Valid);
}

fn write_date(row: &mut Row, style: DateStyle, date: Date) {
    let out = &mut row.bytes;
    let (year, month, day) = (date.year as u64, u64::from(date.month), u64::from(date.day));
    match style {
        DateStyle::Iso => {
            digits(out, year, 4);
            out.push(b'-');
            digits(out, month, 2);
            out.push(b'-');
            digits(out, day, 2);
        }
        DateStyle::American => {
            digits(out, month, 2);
            out.push(b'/');
            digits(out, day, 2);
            out.push(b'/');
            digits(out, year, 4);
        }
        DateStyle::Compact => digits(out, year * 10_000 + month * 100 + day, 8),
    }
}

fn write_number(out: &mut Vec<u8>, number: u32) {
    digits(out, u64::from(number), number.max(1).ilog10() as usize + 1);
}

/// The suffix in capitals.
fn shout(suffix: &str) -> &'static str {
    match suffix {
        "Jr" => "JR",
        "Sr" => "SR",
        _ => "",
    }
}

/// Swaps two letters, loses one or doubles one, after the first letter of what was written from `start`.
/// Tells whether there was room for it.
fn mistype(bytes: &mut Vec<u8>, start: usize, dice: &mut Dice) -> bool {
    let letters = |at: usize| {
        bytes[at].is_ascii_alphabetic() && bytes[at + 1].is_ascii_alphabetic() && bytes[at] != bytes[at + 1]
    };
    let places: Vec<usize> = (start + 1..bytes.len().saturating_sub(1)).filter(|at| letters(*at)).collect();
    if places.is_empty() {
        return false;
    }
    let at = *dice.pick(&places);
    match dice.below(3) {
        0 => bytes.swap(at, at + 1),
        1 => {
            bytes.remove(at);
        }
        _ => bytes.insert(at, bytes[at]),
    }
    true
}
