//! A chunk of people made on one thread: their rows for the files of a pass, and the truth about them.
//!
//! Enters: the number of a chunk. Leaves: bytes and batches to append, in the order of people. Never: state from one
//! chunk to the next, so that any thread may make any chunk.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;

use crate::days::age;
use crate::dice::{Dice, Stream};
use crate::formats;
use crate::identifiers::LineKind;
use crate::people::{BLOCK, Block, Class, Maker, Person};
use crate::reference::ReferenceRows;
use crate::rows::{Row, RowMaker};
use crate::scenario::{AS_OF, RECYCLED_PHONE};
use crate::ssn_book::SsnBook;
use crate::tables::TableId;
use crate::tally::{Desk, Tally};

/// Blocks in a chunk: 8,192 people.
pub(crate) const CHUNK_BLOCKS: u64 = 1024;

/// Which files are written in one pass over the people. Members of an archive and tables of one SQL dump stand one
/// after the other, so each needs a pass of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pass {
    pub(crate) tables: &'static [TableId],
    /// Whether the reference is written and the truth added up.
    pub(crate) first: bool,
}

/// The passes over the people.
pub(crate) const PASSES: [Pass; 3] = [
    Pass {
        tables: &[TableId::PostpaidA, TableId::PostpaidB, TableId::Credit, TableId::Compiled, TableId::Devices],
        first: true,
    },
    Pass { tables: &[TableId::Former, TableId::Prepaid], first: false },
    Pass { tables: &[TableId::Network], first: false },
];

/// Whose row it is, and whether it was written broken. Rows of nobody who is named have no person.
pub(crate) type RowMark = (Option<u64>, bool);

/// What a chunk adds to the files.
pub(crate) struct Chunk {
    /// Text by table.
    pub(crate) text: [Vec<u8>; TableId::ALL.len()],
    /// Rows by table.
    pub(crate) rows: [Vec<RowMark>; TableId::ALL.len()],
    pub(crate) devices: Option<RecordBatch>,
    pub(crate) reference: Option<RecordBatch>,
    pub(crate) tally: Tally,
    pub(crate) people: u64,
}

/// Makes chunks; one a thread.
pub(crate) struct ChunkMaker<'a> {
    rows: RowMaker<'a>,
    ssns: &'a SsnBook,
    pass: Pass,
    row: Row,
    block: Block,
    spare: Block,
    desk: Desk,
    devices: [StringBuilder; 3],
    reference: ReferenceRows,
}

/// The schema of the device file.
pub(crate) fn device_schema() -> SchemaRef {
    let columns = TableId::Devices.table().columns;
    Arc::new(Schema::new(columns.iter().map(|(name, _)| Field::new(*name, DataType::Utf8, true)).collect::<Vec<_>>()))
}

impl<'a> ChunkMaker<'a> {
    pub(crate) fn new(rows: RowMaker<'a>, ssns: &'a SsnBook, pass: Pass) -> Self {
        let block = || Block { people: Vec::with_capacity(BLOCK), homes: Vec::with_capacity(BLOCK) };
        ChunkMaker {
            rows,
            ssns,
            pass,
            row: Row::new(),
            block: block(),
            spare: block(),
            desk: Desk::default(),
            devices: Default::default(),
            reference: ReferenceRows::default(),
        }
    }

    /// Makes a chunk by its number.
    pub(crate) fn make(&mut self, number: u64) -> Result<Chunk, ArrowError> {
        let mut chunk = Chunk {
            text: Default::default(),
            rows: Default::default(),
            devices: None,
            reference: None,
            tally: Tally::default(),
            people: 0,
        };
        let scenario = self.rows.maker.scenario;
        for block in number * CHUNK_BLOCKS..(number + 1) * CHUNK_BLOCKS {
            if block * BLOCK as u64 >= scenario.customers() {
                break;
            }
            self.block(block, &mut chunk);
        }
        if self.pass.first {
            let columns: Vec<ArrayRef> =
                self.devices.iter_mut().map(|text| Arc::new(text.finish()) as ArrayRef).collect();
            chunk.devices = Some(RecordBatch::try_new(device_schema(), columns)?);
            chunk.reference = Some(self.reference.finish()?);
        }
        Ok(chunk)
    }

    fn block(&mut self, number: u64, chunk: &mut Chunk) {
        let mut block = std::mem::replace(&mut self.block, Block { people: Vec::new(), homes: Vec::new() });
        self.rows.maker.make(number, &mut block);
        for person in &mut block.people {
            person.ssn_tries = self.ssns.tries(person.index);
        }
        let scenario = self.rows.maker.scenario;
        let in_dump = block.people.iter().filter(|person| person.index < scenario.people).count();
        self.desk.clear();
        for (slot, person) in block.people[..in_dump].iter().enumerate() {
            self.named_rows(slot, person, &block, chunk);
        }
        for (slot, person) in block.people[..in_dump].iter().enumerate() {
            self.device_rows(slot, person, chunk);
        }
        if self.pass.first {
            chunk.tally.settle(&mut self.desk, &block.people[..in_dump], |person| age(person.birth, AS_OF) < 18);
            for person in block.people.iter().filter(|person| person.index < scenario.customers()) {
                self.reference.add(&self.rows, person, &block, &mut self.row);
            }
        }
        chunk.people += in_dump as u64;
        self.block = block;
    }

    fn named_rows(&mut self, slot: usize, person: &Person, block: &Block, chunk: &mut Chunk) {
        let kinds: &[LineKind] =
            if person.second_line { &[LineKind::First, LineKind::Second] } else { &[LineKind::First] };
        match person.class {
            Class::PostpaidA if self.wants(TableId::PostpaidA) => {
                for kind in kinds {
                    self.rows.postpaid_a(person, block, *kind, &mut self.row);
                    self.file(TableId::PostpaidA, slot, person, chunk);
                }
            }
            Class::PostpaidB if self.wants(TableId::PostpaidB) || self.wants(TableId::Network) => {
                for kind in kinds {
                    self.rows.postpaid_b(person, block, *kind, &mut self.row);
                    self.file(TableId::PostpaidB, slot, person, chunk);
                }
            }
            Class::Former if self.wants(TableId::Former) => {
                let recycled = self.recycled(person);
                self.rows.former(person, block, recycled, &mut self.row);
                self.file(TableId::Former, slot, person, chunk);
            }
            Class::Prepaid if self.wants(TableId::Prepaid) || self.wants(TableId::Network) => {
                self.rows.prepaid(person, &mut self.row);
                self.file(TableId::Prepaid, slot, person, chunk);
            }
            _ => {}
        }
        if person.in_credit() && self.wants(TableId::Credit) {
            for second in [false, true].into_iter().take(1 + usize::from(person.second_application)) {
                self.rows.credit(person, block, second, &mut self.row);
                self.file(TableId::Credit, slot, person, chunk);
            }
        }
        if person.in_compiled() && self.wants(TableId::Compiled) {
            self.rows.compiled(person, block, &mut self.row);
            self.file(TableId::Compiled, slot, person, chunk);
        }
    }

    /// The first pass makes every row, since the truth needs all of a person at once; later ones what they write.
    fn wants(&self, table: TableId) -> bool {
        self.pass.first || self.pass.tables.contains(&table)
    }

    fn device_rows(&mut self, slot: usize, person: &Person, chunk: &mut Chunk) {
        for kind in [LineKind::First, LineKind::Second, LineKind::Tablet] {
            let Some(table) = self.rows.device_table(person, kind).filter(|table| self.wants(*table)) else { continue };
            self.rows.device(table, person, kind, &mut self.row);
            let line = person.index * 4 + kind as u64;
            let attached = self.desk.device_row(table, slot, &self.row.meaning, line);
            self.write(table, attached.then_some(person.index), chunk);
            if table == TableId::Devices && self.pass.first {
                for (builder, cell) in self.devices.iter_mut().zip(self.row.cells()) {
                    builder.append_option(cell.and_then(|cell| std::str::from_utf8(cell).ok()));
                }
            }
        }
    }

    fn file(&mut self, table: TableId, slot: usize, person: &Person, chunk: &mut Chunk) {
        self.desk.named_row(table, slot, &self.row.meaning);
        self.write(table, Some(person.index), chunk);
    }

    fn write(&mut self, table: TableId, person: Option<u64>, chunk: &mut Chunk) {
        if self.pass.first {
            chunk.tally.row(table, &self.row.meaning, self.row.is_broken(), self.row.dirty);
        }
        if self.pass.tables.contains(&table) {
            chunk.rows[table as usize].push((person, self.row.is_broken()));
            formats::append(table, &self.row, &mut chunk.text[table as usize]);
        }
    }

    /// The number of a current customer, where a former customer's has been given out again.
    fn recycled(&mut self, person: &Person) -> Option<u64> {
        let maker: &Maker = self.rows.maker;
        let mut dice = Dice::new(maker.scenario.seed, Stream::Borrowed, person.index * 2);
        if !dice.chance(RECYCLED_PHONE) {
            return None;
        }
        // About one person in five is a postpaid customer with a line of their own; 24 throws miss once in 200.
        for _ in 0..24 {
            let index = dice.below(maker.scenario.people);
            maker.make(index / BLOCK as u64, &mut self.spare);
            let holder = &self.spare.people[(index % BLOCK as u64) as usize];
            if holder.class.is_postpaid() && !holder.borrows_phone && index != person.index {
                return Some(self.rows.phone_on(
                    holder,
                    &self.rows.line(holder),
                    LineKind::First,
                    maker.scenario.snapshot,
                ));
            }
        }
        None
    }
}
