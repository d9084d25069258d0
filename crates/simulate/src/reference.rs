//! The controller's own records: every customer with the history of the values, five years up to the stated time.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Builder, Int64Builder, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;

use crate::dice::{Dice, Stream};
use crate::identifiers::{self, ACCOUNT_PREFIX, HOME_NETWORK, LineKind, digits, suffix_text};
use crate::people::{Block, Class, Person};
use crate::rows::{Line, Row, RowMaker};
use crate::scenario::{AS_OF, HISTORY_FROM};

const TEXTS: [&str; 17] = [
    "status",
    "account_number",
    "first_name",
    "middle_initial",
    "last_name",
    "suffix",
    "ssn",
    "driver_license",
    "dl_state",
    "address",
    "city",
    "state",
    "zip",
    "phone",
    "plan",
    "imei",
    "imsi",
];
const PLANS: [&str; 9] = ["SIM10", "ESS55", "ESS60", "MAX70", "MAX85", "GO5G", "GO5GP", "FAM4", "CONN1"];

/// The schema of the reference.
pub(crate) fn schema() -> SchemaRef {
    let mut fields = vec![
        Field::new("customer_id", DataType::Int64, false),
        Field::new("valid_from", DataType::Date32, false),
        Field::new("valid_to", DataType::Date32, true),
        Field::new("dob", DataType::Date32, true),
    ];
    fields.extend(TEXTS.map(|name| Field::new(name, DataType::Utf8, true)));
    Arc::new(Schema::new(fields))
}

/// Collects versions of customers into one batch.
#[derive(Default)]
pub(crate) struct ReferenceRows {
    customer: Int64Builder,
    from: Date32Builder,
    to: Date32Builder,
    dob: Date32Builder,
    texts: [StringBuilder; TEXTS.len()],
    days: Vec<i32>,
}

impl ReferenceRows {
    /// Adds the versions of a customer. A version holds until the day before the next one starts; the last is open.
    pub(crate) fn add(&mut self, rows: &RowMaker, person: &Person, block: &Block, scratch: &mut Row) {
        let scenario = rows.maker.scenario;
        let mut dice = Dice::new(scenario.seed, Stream::Borrowed, person.index * 2 + 1);
        let extra = person.index >= scenario.people;
        let joined = if extra && dice.chance(0.6) {
            dice.between(scenario.snapshot + 1, AS_OF - 1)
        } else {
            dice.between(HISTORY_FROM - 4_500, scenario.snapshot - 30)
        };
        let start = joined.max(HISTORY_FROM);
        let line = has_line(person).then(|| rows.line(person));
        let mut days = std::mem::take(&mut self.days);
        days.clear();
        days.push(start);
        days.extend(block.homes[person.home as usize].moves());
        days.extend(line.iter().flat_map(Line::days));
        days.extend(person.maiden.iter().map(|(_, changed)| *changed));
        days.retain(|day| (start..AS_OF).contains(day));
        days.sort_unstable();
        days.dedup();
        for (at, day) in days.iter().enumerate() {
            self.version(rows, person, block, line.as_ref(), *day, days.get(at + 1).copied(), scratch);
        }
        self.days = days;
    }

    #[allow(clippy::too_many_arguments, reason = "a version is a person in a household with a line at a time")]
    fn version(
        &mut self,
        rows: &RowMaker,
        person: &Person,
        block: &Block,
        line: Option<&Line>,
        day: i32,
        next: Option<i32>,
        scratch: &mut Row,
    ) {
        let world = rows.maker.world;
        self.customer.append_value(10_000_000 + person.index as i64);
        self.from.append_value(day);
        self.to.append_option(next);
        self.dob.append_value(person.birth);
        let account =
            (person.class.is_postpaid() || person.class == Class::Former).then(|| rows.account(person, block));
        let ssn = (person.class == Class::PostpaidA || person.in_credit())
            .then(|| identifiers::ssn(world, rows.maker.scenario.seed, person));
        let surname = person.surname_on(day);
        let spell = |index: u32| {
            let spelling = &world.surnames[index as usize];
            spelling.accented.as_ref().filter(|_| person.accents).unwrap_or(&spelling.title)
        };
        let given = &world.given[person.given as usize];
        self.texts[0].append_value(status(person));
        self.number(1, account, ACCOUNT_PREFIX, 10);
        self.texts[2].append_value(given.accented.as_ref().filter(|_| person.accents).unwrap_or(&given.title));
        self.texts[3].append_option(person.middle.map(|middle| &world.given[middle as usize].upper[..1]));
        match surname.second {
            None => self.texts[4].append_value(spell(surname.first)),
            Some(second) => self.texts[4].append_value(format!("{}-{}", spell(surname.first), spell(second))),
        }
        self.texts[5].append_option(Some(suffix_text(person.suffix)).filter(|suffix| !suffix.is_empty()));
        self.number(6, ssn.map(u64::from), "", 9);
        let licence = if ssn.is_some() { rows.licence_text(person, block, day, scratch) } else { None };
        self.texts[7].append_option(
            licence.and_then(|_| scratch.cells().next().flatten()).and_then(|cell| std::str::from_utf8(cell).ok()),
        );
        self.texts[8].append_option(licence.map(|state| world.code(state).as_str().to_owned()));
        let address = rows.address_on(person, block, day);
        let length = rows.address_text(&address, scratch);
        self.texts[9].append_option(std::str::from_utf8(&scratch.bytes[..length]).ok());
        let zip = &world.zips[address.zip as usize];
        self.texts[10].append_value(&zip.city);
        self.texts[11].append_value(world.code(address.state).as_str());
        self.number(12, Some(u64::from(zip.zip)), "", 5);
        self.number(13, line.map(|line| rows.phone_on(person, line, LineKind::First, day)), "", 10);
        self.texts[14]
            .append_option(line.map(|line| PLANS[(person.index as usize + line.plan_on(day) as usize) % PLANS.len()]));
        self.number(15, line.map(|line| rows.imei_on(person, line, LineKind::First, day)), "", 15);
        self.number(16, line.map(|_| rows.msin(person, LineKind::First)), HOME_NETWORK, 9);
    }

    fn number(&mut self, column: usize, number: Option<u64>, prefix: &str, width: usize) {
        let Some(number) = number else { return self.texts[column].append_null() };
        let mut text = Vec::with_capacity(16);
        text.extend_from_slice(prefix.as_bytes());
        digits(&mut text, number, width);
        self.texts[column].append_option(std::str::from_utf8(&text).ok());
    }

    /// Hands over what was collected.
    pub(crate) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(self.customer.finish()),
            Arc::new(self.from.finish()),
            Arc::new(self.to.finish()),
            Arc::new(self.dob.finish()),
        ];
        columns.extend(self.texts.iter_mut().map(|text| Arc::new(text.finish()) as ArrayRef));
        RecordBatch::try_new(schema(), columns)
    }
}

/// Whoever gives the head's number as contact has no line.
fn has_line(person: &Person) -> bool {
    let customer = person.class.is_postpaid() || matches!(person.class, Class::Prepaid | Class::Former);
    customer && !person.borrows_phone
}

fn status(person: &Person) -> &'static str {
    match person.class {
        Class::PostpaidA | Class::PostpaidB | Class::Prepaid => "active",
        Class::Former => "former",
        Class::Credit => "applicant",
        Class::Compiled => "contact",
    }
}
