//! Turns typed rows into records: one standard form for each field, or nothing.
//!
//! Enters: row blocks, and for each table which column holds what. Leaves: [`Records`] with dictionaries in order of
//! first appearance, the same for any number of threads. Never: a value that failed its validator, a value in clear
//! where a hash is enough, a row matched on the contents of shifted columns.
//!
//! A [`Normalizer`] turns each block into a [`Chunk`] on any thread; a [`RecordsBuilder`] folds the chunks in evidence
//! order. The two together never hold more text than the distinct names and streets.

mod address;
mod chunk;
mod default;
mod name;
mod row;

use std::collections::BTreeMap;
use std::fmt;
use std::hash::Hasher;

use rulebook::places::Places;
use siphasher::sip::SipHasher24;
use vocab::progress::Progress;
use vocab::{DataElement, Dictionary, ElementSet, Record, RecordTable, Records, RowFact};

use crate::detect::values::{CallingCode, DateOrder};
use crate::detect::{ColumnTyping, Identifiers, NORTH_AMERICA, Role, TableTyping, Validator};
use crate::open::{Block, BlockPlace, EvidenceFile, Limits, RowBlock, TableHead, stream};

pub use chunk::Chunk;
pub use default::{DEFAULT_DOB, YEAR_ONLY};

/// Reason under which [`Records`] count numbers in scientific notation: not used, since digits are lost.
pub const SCIENTIFIC: &str = "scientific_notation";

use address::Streets;
use chunk::Codes;

/// What a column holds, as far as matching asks.
#[derive(Clone, Copy, Debug)]
pub struct ColumnPlan {
    /// Element; `None` for a column without personal data or one that is not to be counted.
    pub element: Option<DataElement>,
    /// Whether it only helps to tell people apart and counts for nothing: a year of birth is no date of birth.
    pub aid: bool,
    /// Whether a state belongs to the licence rather than to the address; `None` where its place in the table decides.
    pub of_licence: Option<bool>,
    surname_first: bool,
    date_order: DateOrder,
    home: CallingCode,
    validator: Option<Validator>,
}

impl ColumnPlan {
    /// Plans a column of which only the element is known.
    pub fn plain(element: DataElement) -> Self {
        ColumnPlan {
            element: Some(element),
            aid: false,
            of_licence: None,
            surname_first: false,
            date_order: DateOrder::default(),
            home: NORTH_AMERICA,
            validator: Some(Validator::plain(element)),
        }
    }

    /// Plans a typed column; one that is not reported is left alone.
    pub fn of(typing: &ColumnTyping) -> Self {
        // "A state in which somebody lives" is what typing says of any state it knows nothing else of: the plan of the
        // table, which sees where licence and address stand, decides then.
        let of_licence = (typing.role == Role::LicenseState).then_some(true);
        let aid = typing.role == Role::BirthYear;
        ColumnPlan {
            element: if aid { Some(DataElement::Dob) } else { typing.reported() },
            aid,
            of_licence,
            surname_first: typing.role == Role::SurnameFirst,
            date_order: typing.date_order,
            home: typing.home,
            validator: Validator::of(typing),
        }
    }
}

/// What a table holds.
#[derive(Clone, Debug)]
pub struct TablePlan {
    /// Forensic path of the table as text.
    pub path: String,
    /// Columns in order.
    pub columns: Vec<ColumnPlan>,
}

impl TablePlan {
    /// Plans a typed table.
    pub fn of(head: &TableHead, typing: &TableTyping) -> Self {
        let path =
            if head.named_in_address { format!("{}::table/{}", head.path, head.name) } else { head.path.to_string() };
        TablePlan::new(path, typing.columns.iter().map(ColumnPlan::of).collect())
    }

    /// Plans a table. A state whose use the typing does not tell belongs to the licence or to the address, whichever
    /// stands nearer; of several states the one nearest to the address is the address's.
    pub fn new(path: String, mut columns: Vec<ColumnPlan>) -> Self {
        let places = |wanted: &[DataElement]| -> Vec<usize> {
            let holds = |column: &ColumnPlan| column.element.is_some_and(|element| wanted.contains(&element));
            columns.iter().enumerate().filter(|(_, column)| holds(column)).map(|(index, _)| index).collect()
        };
        let licences = places(&[DataElement::DriverLicense, DataElement::StateId]);
        let addresses = places(&[DataElement::Address, DataElement::City, DataElement::Zip]);
        let states = places(&[DataElement::State]);
        let distance = |index: usize, to: &[usize]| to.iter().map(|other| other.abs_diff(index)).min();
        let to_address = |index: &usize| (distance(*index, &addresses), std::cmp::Reverse(*index));
        let of_address = states.iter().copied().min_by_key(to_address).filter(|_| states.len() > 1);
        for index in states {
            let of_licence = match (distance(index, &licences), distance(index, &addresses)) {
                _ if licences.is_empty() => false,
                (Some(_), Some(_)) if of_address == Some(index) => false,
                (Some(licence), Some(address)) => licence < address || of_address.is_some() && licence == address,
                (licence, _) => licence.is_some(),
            };
            columns[index].of_licence = columns[index].of_licence.or(Some(of_licence));
        }
        TablePlan { path, columns }
    }

    fn record_table(&self) -> RecordTable {
        let counted = self.columns.iter().filter(|column| !column.aid);
        let elements: ElementSet = counted.filter_map(|column| column.element).collect();
        let has_accounts = elements.contains(DataElement::AccountNumber);
        RecordTable { path: self.path.clone(), has_accounts, elements: elements.to_exposure() }
    }
}

/// Reads every row of the files into records. Each file comes with one plan for each of its tables. A caller that
/// streams the files anyway uses [`Normalizer::block`] and [`RecordsBuilder::fold`] instead and reads them once.
pub fn records(
    normalizer: &Normalizer,
    files: &[(&EvidenceFile, &[TablePlan])],
    limits: &Limits,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Records, TooManyRows> {
    let mut builder = RecordsBuilder::default();
    for (file, plans) in files {
        let tables: Vec<u32> = plans.iter().map(|plan| builder.table(plan)).collect();
        let work = |block: Block| match block {
            Block::Rows(rows) => Some(normalizer.block(&plans[rows.table as usize], &rows)),
            Block::Text(_) => None,
        };
        let mut fold = |place: BlockPlace, chunk: Option<Chunk>| {
            if let (BlockPlace::Rows { table, first_row, .. }, Some(chunk)) = (place, chunk) {
                builder.fold(tables[table as usize], first_row, &chunk);
            }
        };
        stream(file, limits, threads, progress, &work, &mut fold);
    }
    builder.finish()
}

/// Turns rows into records. Shared by all threads.
pub struct Normalizer<'a> {
    identifiers: &'a Identifiers,
    places: &'a Places,
    streets: Streets,
}

/// The key of the hashes in records. The same in every case, since a key of the case's own would let chance collisions,
/// and with them the last digit of an answer, differ between two runs on the same evidence. It protects nothing:
/// records are kept from readers by the encryption of the tables they are written to.
const HASH_KEY: &[u8; 16] = b"leakassay record";

impl<'a> Normalizer<'a> {
    /// Prepares to normalise.
    pub fn new(identifiers: &'a Identifiers, places: &'a Places) -> Self {
        let words = identifiers.rules.of(DataElement::Address).into_iter().flat_map(|rule| &rule.known);
        Normalizer { identifiers, places, streets: Streets::new(places, words) }
    }

    /// Turns a block of rows into records with codes of its own.
    pub fn block(&self, plan: &TablePlan, block: &RowBlock) -> Chunk {
        let mut chunk = Chunk::default();
        for row in 0..block.rows() {
            let (record, fact, elements) = row::normalize(self, plan, block, row, &mut chunk);
            let fact = RowFact { row: u64::from(block.ordinals[row]), elements: chunk.sets.code(elements), ..fact };
            chunk.records.push(record);
            chunk.facts.push(fact);
        }
        chunk
    }

    /// Hashes a value; never 0, which means "none". `kind` keeps kinds apart.
    fn hash(kind: u8, parts: &[&[u8]]) -> u64 {
        let mut hasher = SipHasher24::new_with_key(HASH_KEY);
        hasher.write_u8(kind);
        for part in parts {
            hasher.write(part);
            hasher.write_u8(0xff);
        }
        hasher.finish().max(1)
    }
}

/// The evidence has more rows than one case can number. Which rows would be left out is no answer, so there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyRows {
    /// Rows met.
    pub rows: u64,
    /// Rows that can be numbered.
    pub most: u64,
}

impl fmt::Display for TooManyRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the evidence has {} rows about people, and a case can number {}", self.rows, self.most)
    }
}

/// How the codes of one builder read in another, for [`RecordsBuilder::append`].
#[derive(Default)]
pub struct Translation {
    names: Vec<u32>,
    streets: Vec<u32>,
    sets: Vec<u32>,
    tables: Vec<u32>,
}

/// Collects the chunks of all tables in evidence order.
pub struct RecordsBuilder {
    records: Records,
    names: Codes,
    streets: Codes,
    sets: BTreeMap<ElementSet, u32>,
    rows: u64,
    most_rows: u64,
}

impl Default for RecordsBuilder {
    fn default() -> Self {
        RecordsBuilder::with_room_for(Records::MOST_ROWS)
    }
}

impl RecordsBuilder {
    /// Prepares to collect at most so many rows.
    pub fn with_room_for(most_rows: u64) -> Self {
        RecordsBuilder {
            records: Records::default(),
            names: Codes::default(),
            streets: Codes::default(),
            sets: BTreeMap::new(),
            rows: 0,
            most_rows: most_rows.min(Records::MOST_ROWS),
        }
    }

    /// Adds a table; its rows follow.
    pub fn table(&mut self, plan: &TablePlan) -> u32 {
        self.records.tables.push(plan.record_table());
        self.records.tables.len() as u32 - 1
    }

    /// Adds the rows of a block. `first_row` is the number, from 1, of the first row of the block in its table.
    pub fn fold(&mut self, table: u32, first_row: u64, chunk: &Chunk) {
        self.rows += chunk.records.len() as u64;
        let last = first_row + chunk.facts.last().map_or(0, |fact| fact.row);
        if self.rows.max(last) > self.most_rows {
            // Counting goes on, so that the refusal can say how many there are.
            self.rows = self.rows.max(last);
            return;
        }
        self.records.make_room(chunk.records.len());
        let names = self.names.take_in(&mut self.records.names, &chunk.names);
        let streets = self.streets.take_in(&mut self.records.streets, &chunk.streets);
        let sets: Vec<u32> = chunk.sets.list.iter().map(|set| self.set(*set)).collect();
        let kinds: Vec<u32> = sets.iter().map(|set| self.records.facts.kind(table, *set)).collect();
        for (record, fact) in chunk.records.iter().zip(&chunk.facts) {
            self.records.records.push(Record {
                given: names[record.given as usize],
                surname: names[record.surname as usize],
                street: streets[record.street as usize],
                ..*record
            });
            let kind = kinds[fact.elements as usize];
            self.records.facts.push_of_kind(kind, &RowFact { row: first_row + fact.row, ..*fact });
        }
        for (reason, count) in &chunk.reasons {
            *self.records.reasons.entry((*reason).to_owned()).or_default() += count;
        }
    }

    /// Adds rows that another builder brought together, some at a time. `known` remembers how that builder's codes read here;
    /// it starts empty and belongs to that builder alone.
    pub fn append(&mut self, part: &Records, known: &mut Translation) {
        self.rows += part.len() as u64;
        if self.rows > self.most_rows {
            return;
        }
        self.records.make_room(part.len());
        self.learn(part, known);
        let Translation { names, streets, sets, tables } = known;
        let mut last = (u32::MAX, u32::MAX, 0);
        for (row, record) in part.records.iter().enumerate() {
            let fact = part.facts.get(row);
            if (fact.table, fact.elements) != (last.0, last.1) {
                let kind = self.records.facts.kind(tables[fact.table as usize], sets[fact.elements as usize]);
                last = (fact.table, fact.elements, kind);
            }
            self.records.records.push(Record {
                given: names[record.given as usize],
                surname: names[record.surname as usize],
                street: streets[record.street as usize],
                ..*record
            });
            self.records.facts.push_of_kind(last.2, &fact);
        }
    }

    /// Adds what the codes of another builder stand for, as far as it is new.
    fn learn(&mut self, part: &Records, known: &mut Translation) {
        let Records { names, streets, element_sets, tables, .. } = part;
        let new = |known: &Vec<u32>, dictionary: &Dictionary| known.len() as u32..dictionary.len() as u32;
        for code in new(&known.names, names) {
            known.names.push(self.names.code(&mut self.records.names, names.get(code)));
        }
        for code in new(&known.streets, streets) {
            known.streets.push(self.streets.code(&mut self.records.streets, streets.get(code)));
        }
        for set in &element_sets[known.sets.len()..] {
            known.sets.push(self.set(*set));
        }
        for table in &tables[known.tables.len()..] {
            known.tables.push(self.records.tables.len() as u32);
            self.records.tables.push(table.clone());
        }
    }

    /// Adds how many fields or rows another builder left out.
    pub fn append_reasons(&mut self, reasons: &BTreeMap<String, u64>) {
        for (reason, count) in reasons {
            *self.records.reasons.entry(reason.clone()).or_default() += count;
        }
    }

    /// Returns what was collected so far, but for what [`RecordsBuilder::let_go`] left out.
    pub fn held(&self) -> &Records {
        &self.records
    }

    /// Leaves out the rows that were collected, which are elsewhere now, and keeps their codes.
    pub fn let_go(&mut self) {
        self.records.clear_rows();
    }

    /// Returns all records.
    pub fn finish(mut self) -> Result<Records, TooManyRows> {
        if self.rows > self.most_rows {
            return Err(TooManyRows { rows: self.rows, most: self.most_rows });
        }
        self.records.give_back_room();
        default::mend_dates(&mut self.records);
        Ok(self.records)
    }

    fn set(&mut self, set: ElementSet) -> u32 {
        let next = self.records.element_sets.len() as u32;
        let code = *self.sets.entry(set).or_insert(next);
        if code == next {
            self.records.element_sets.push(set);
        }
        code
    }
}

#[cfg(test)]
mod tests;
