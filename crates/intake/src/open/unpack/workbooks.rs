//! Binary workbooks: XLS and XLSB, through calamine.
//!
//! Enters: a workbook. Leaves: one part a sheet, cells as text as in [`super::sheets`]. XLSB is streamed. Of an XLS file
//! calamine holds every sheet as a full rectangle from its first to its last cell, makes room for as many cells as the
//! file claims, and follows chains of sectors without end: two cells in the corners are 100 GB. So the file is looked
//! through before, sector by sector and record by record, and refused where it would grow beyond the limits. The XML forms
//! (XLSX, ODS) are read by [`super::sheets`] for the same reason: in calamine they are rectangles as well, or, streamed,
//! still hold their shared strings as one `String` each; ours hold them in one buffer. Never: computes a formula.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, ExcelDateTime, Reader, Xls, Xlsb};
use vocab::ProblemKind;

use super::super::container::{Flow, Input};
use super::super::leaf::{Refusal, refusal};
use super::super::limits::Limits;
use super::{Content, Given, Made, Part, Row, Sink, corrupt};

/// Bytes that one cell takes in memory: while it is listed, and its two places in the rectangles of values and formulas.
const LISTED_BYTES: u64 = 80;
const CELL_BYTES: u64 = 2 * 32 + 24;
/// Sheets of one workbook.
const SHEETS: usize = 10_000;
/// Bytes that one record of an XLSB part may claim: calamine makes room for the claim before it reads what is there. A
/// cell's text is at most 32,767 letters, and with its formats far below this.
const RECORD_BYTES: u64 = 4 << 20;

/// A compound file (OLE) with a workbook in it: by a name in its directory, or by the record that begins its first stream.
pub(super) fn is(head: &[u8]) -> bool {
    let named = [WORKBOOK, BOOK].iter().any(|name| memchr::memmem::find(head, name).is_some());
    let begun = head.get(512..520).is_some_and(|first| {
        first.starts_with(b"\x09\x08") && matches!(first[4..6], [0, 5 | 6]) && first[6..8] == [5, 0]
    });
    head.starts_with(SIGNATURE) && (named || begun)
}

/// Gives the sheets of an XLS workbook.
pub(super) fn xls(input: &mut Input<'_>, limits: &Limits, sink: &mut dyn Sink) -> Given {
    let mut held = input.hold(limits)?;
    if held.size() > limits.spool_bytes {
        let cause = "the workbook is too large to be held in memory".to_owned();
        return Err(refusal(ProblemKind::LimitReached, cause, "save its sheets as CSV"));
    }
    let mut bytes = Vec::new();
    held.read_to_end(&mut bytes).map_err(|_| corrupt("the workbook cannot be read to its end"))?;
    drop(held);
    let stream = Compound::open(&bytes).and_then(|file| file.workbook());
    let stream = stream.ok_or_else(|| corrupt("the workbook's directory is damaged"))?;
    if is_encrypted(&stream) {
        let cause = "the workbook is encrypted".to_owned();
        return Err(refusal(ProblemKind::Encrypted, cause, "save it without a password"));
    }
    match memory_of(&stream) {
        Some(needed) if needed <= limits.spool_bytes => {}
        Some(_) => {
            let cause = "the workbook's sheets would take more memory than the limit".to_owned();
            return Err(refusal(ProblemKind::LimitReached, cause, "save its sheets as CSV"));
        }
        None => return Err(corrupt("the workbook's records are damaged")),
    }
    drop(stream);
    let opened = catch_unwind(AssertUnwindSafe(|| Xls::new(Cursor::new(bytes)).ok()));
    let mut book = opened.ok().flatten().ok_or_else(|| corrupt("the workbook is damaged"))?;
    for name in book.sheet_names() {
        let Ok(range) = book.worksheet_range(&name) else {
            sink.problem(corrupt("a sheet of the workbook is missing or damaged"));
            continue;
        };
        let mut rows = range.rows();
        let mut make = |out: &mut Vec<u8>| -> io::Result<bool> {
            let Some(cells) = rows.next() else { return Ok(false) };
            let mut line = Line::default();
            for (column, cell) in cells.iter().enumerate().take(limits.columns) {
                line.push(column, &value(cell));
            }
            line.write(out);
            Ok(true)
        };
        if range.is_empty() {
            continue;
        }
        let part = Part { name: Some(name), content: Content::Rows(None), reader: &mut Made::new(&mut make) };
        if sink.part(part).is_break() {
            return Ok(Flow::Break(()));
        }
    }
    Ok(Flow::Continue(()))
}

/// Gives the sheets of an XLSB workbook.
pub(in super::super) fn xlsb<R: Read + Seek>(source: R, limits: &Limits, sink: &mut dyn Sink) -> Flow {
    let opened = catch_unwind(AssertUnwindSafe(|| Xlsb::new(source).ok()));
    let Some(mut book) = opened.ok().flatten() else {
        sink.problem(corrupt("the workbook is damaged"));
        return Flow::Continue(());
    };
    for name in book.sheet_names().into_iter().take(SHEETS) {
        let reader = {
            let book = &mut book;
            let name = name.as_str();
            catch_unwind(AssertUnwindSafe(move || {
                let book = book;
                book.worksheet_cells_reader(name).ok()
            }))
        };
        let Some(mut reader) = reader.ok().flatten() else {
            sink.problem(corrupt("a sheet of the workbook is missing or damaged"));
            continue;
        };
        let (mut line, mut row, mut ended) = (Line::default(), 0, false);
        let mut make = |out: &mut Vec<u8>| -> io::Result<bool> {
            while !ended {
                // The library indexes what the file says: a lie is a panic, and the end of this sheet.
                let cell = catch_unwind(AssertUnwindSafe(|| {
                    reader.next_cell().map(|cell| cell.map(|cell| (cell.get_position(), text(cell.get_value()))))
                }));
                let cell = cell.map_err(|_| super::invalid())?.map_err(|_| super::invalid())?;
                let Some(((at, column), value)) = cell else {
                    ended = true;
                    break;
                };
                let full = at != row && !line.0.is_empty();
                if full {
                    line.write(out);
                }
                row = at;
                if (column as usize) < limits.columns && value.len() < limits.quoted_bytes {
                    line.push(column as usize, &value);
                }
                if full {
                    return Ok(true);
                }
            }
            let last = !line.0.is_empty();
            line.write(out);
            Ok(last)
        };
        sink.part(Part { name: Some(name), content: Content::Rows(None), reader: &mut Made::new(&mut make) })?;
    }
    Flow::Continue(())
}

/// The cells of a row, by column.
#[derive(Default)]
struct Line(BTreeMap<usize, Vec<u8>>);

impl Line {
    fn push(&mut self, column: usize, value: &str) {
        if !value.is_empty() {
            self.0.insert(column, value.as_bytes().to_vec());
        }
    }

    /// Writes the cells at their places. A row without cells is none.
    fn write(&mut self, out: &mut Vec<u8>) {
        if self.0.is_empty() {
            return;
        }
        let mut row = Row::new(out);
        let mut next = 0;
        for (column, value) in std::mem::take(&mut self.0) {
            (next..column).for_each(|_| row.cell(b""));
            row.cell(&value);
            next = column + 1;
        }
        row.end();
    }
}

fn value(cell: &Data) -> String {
    match cell {
        Data::Int(number) => number.to_string(),
        Data::Float(number) => plain(*number),
        Data::String(text) => text.clone(),
        Data::Bool(value) => value.to_string(),
        Data::DateTime(moment) => date(moment),
        Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        _ => String::new(),
    }
}

fn text(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => plain(*number),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(moment) => date(moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        _ => String::new(),
    }
}

/// Whole numbers without a point.
fn plain(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e18 { (number as i64).to_string() } else { number.to_string() }
}

/// A date, a time, or both, in ISO form.
fn date(moment: &ExcelDateTime) -> String {
    let number = moment.as_f64();
    if !moment.is_datetime() || !(0.0..3_000_000.0).contains(&number) {
        return plain(number);
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let clock = format!("{hour:02}:{minute:02}:{second:02}");
    match () {
        () if number < 1.0 => clock,
        () if number.fract() == 0.0 => format!("{year:04}-{month:02}-{day:02}"),
        () => format!("{year:04}-{month:02}-{day:02}T{clock}"),
    }
}

const WORKBOOK: &[u8] = b"W\0o\0r\0k\0b\0o\0o\0k\0\0\0";
const BOOK: &[u8] = b"B\0o\0o\0k\0\0\0";
const SIGNATURE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// Numbers of sectors from here on are signs.
const SIGNS: u32 = 0xffff_fffa;

/// A compound file, as far as its chains are concerned. Source: [MS-CFB].
struct Compound<'b> {
    bytes: &'b [u8],
    sector: usize,
    fat: Vec<u32>,
    directory: Vec<u8>,
}

impl<'b> Compound<'b> {
    /// Reads the tables; `None` where a chain breaks off or runs in a circle.
    fn open(bytes: &'b [u8]) -> Option<Self> {
        let shift = half(bytes, 30)?;
        if !bytes.starts_with(SIGNATURE) || !matches!(shift, 9 | 12) {
            return None;
        }
        let mut file = Compound { bytes, sector: 1 << shift, fat: Vec::new(), directory: Vec::new() };
        let most = bytes.len() / file.sector + 1;
        let mut tables: Vec<u32> = (0..109).filter_map(|index| word(bytes, 76 + index * 4)).collect();
        let mut next = word(bytes, 68)?;
        let mut steps = 0;
        while next < SIGNS {
            let list = file.at(next)?;
            let (last, listed) =
                list.split_last_chunk::<4>().map(|(listed, last)| (u32::from_le_bytes(*last), listed))?;
            tables.extend((0..listed.len() / 4).filter_map(|index| word(listed, index * 4)));
            next = last;
            steps += 1;
            if steps > most {
                return None;
            }
        }
        for table in tables.into_iter().filter(|table| *table < SIGNS).take(most) {
            let sector = file.at(table)?;
            file.fat.extend((0..sector.len() / 4).filter_map(|index| word(sector, index * 4)));
        }
        file.directory = file.chain(word(bytes, 48)?, &file.fat, usize::MAX)?;
        Some(file)
    }

    fn at(&self, sector: u32) -> Option<&'b [u8]> {
        let start = (sector as usize + 1).checked_mul(self.sector)?;
        self.bytes.get(start..self.bytes.len().min(start + self.sector)).filter(|bytes| !bytes.is_empty())
    }

    /// The sectors of a chain, one after the other.
    fn chain(&self, first: u32, fat: &[u32], most: usize) -> Option<Vec<u8>> {
        let (mut out, mut next, mut steps) = (Vec::new(), first, 0);
        while next < SIGNS && out.len() < most {
            out.extend_from_slice(self.at(next)?);
            next = *fat.get(next as usize)?;
            steps += 1;
            if steps > fat.len() {
                return None;
            }
        }
        // What is no end is a place beyond the table.
        out.truncate(most);
        (next >= SIGNS || out.len() == most).then_some(out)
    }

    /// The stream of the workbook, from the small sectors if it is small.
    fn workbook(&self) -> Option<Vec<u8>> {
        let entries = || self.directory.chunks_exact(128);
        let named = |name: &[u8]| entries().find(|entry| entry[..64].starts_with(name));
        let found = named(WORKBOOK).or_else(|| named(BOOK))?;
        let (start, length) = (word(found, 116)?, word(found, 120)? as usize);
        if length > self.bytes.len() {
            return None;
        }
        let root = entries().next()?;
        // Every chain that the library walks must end, whether or not the workbook is in it.
        let minis = word(self.bytes, 64)? as usize;
        let (mut small, mut small_fat) = (Vec::new(), Vec::new());
        if minis > 0 {
            small = self.chain(word(root, 116)?, &self.fat, word(root, 120)? as usize)?;
            let table = self.chain(word(self.bytes, 60)?, &self.fat, minis.checked_mul(self.sector)?)?;
            small_fat.extend((0..table.len() / 4).filter_map(|index| word(&table, index * 4)));
        }
        if length >= 4_096 {
            return self.chain(start, &self.fat, length);
        }
        let (mut out, mut next, mut steps) = (Vec::new(), start, 0);
        while next < SIGNS && out.len() < length {
            let at = next as usize * 64;
            out.extend_from_slice(small.get(at..small.len().min(at + 64)).filter(|bytes| !bytes.is_empty())?);
            next = *small_fat.get(next as usize)?;
            steps += 1;
            if steps > small_fat.len() {
                return None;
            }
        }
        out.truncate(length);
        Some(out)
    }
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// The records of a stream from a place on, kind and content, as the library reads them: up to the first that ends a part,
/// parts within the part passed over.
fn records(stream: &[u8], mut at: usize) -> impl Iterator<Item = (u16, &[u8])> {
    const BEGIN: u16 = 0x0809;
    const END: u16 = 0x000a;
    let mut depth = 0_u32;
    std::iter::from_fn(move || {
        loop {
            let (kind, length) = (half(stream, at)?, usize::from(half(stream, at + 2)?));
            let content = stream.get(at + 4..at + 4 + length)?;
            at += 4 + length;
            match kind {
                BEGIN => depth += 1,
                END if depth < 2 => return None,
                END => depth -= 1,
                // What stands in an inner part is counted as well: that errs to the safe side.
                _ => return Some((kind, content)),
            }
        }
    })
}

fn is_encrypted(stream: &[u8]) -> bool {
    records(stream, 0).any(|(kind, content)| kind == 0x002f && half(content, 0).is_some_and(|way| way != 0))
}

/// Memory that the library takes for the sheets; `None` where their places are no places. Source: [MS-XLS] 2.4.
fn memory_of(stream: &[u8]) -> Option<u64> {
    let sheets = records(stream, 0).filter(|(kind, _)| *kind == 0x0085);
    let places: Vec<usize> = sheets.map(|(_, sheet)| word(sheet, 0).map(|at| at as usize)).collect::<Option<_>>()?;
    if places.len() > SHEETS || places.iter().any(|place| *place > stream.len()) {
        return None;
    }
    let (mut needed, mut looked) = (0_u64, 0_u64);
    for place in places {
        let mut size = Size::default();
        for (kind, content) in records(stream, place) {
            looked += 4 + content.len() as u64;
            // Sheets that lie upon each other would be looked through again and again.
            if looked > stream.len() as u64 * 16 + (1 << 20) {
                return Some(u64::MAX);
            }
            match kind {
                // What the sheet claims to be: room is made for it.
                0x0200 => needed = needed.saturating_add(claimed(content)?.saturating_mul(LISTED_BYTES)),
                0x0203 | 0x0204 | 0x00d6 | 0x0205 | 0x027e | 0x00fd | 0x0006 | 0x00bd => {
                    let further = if kind == 0x00bd { content.len() as u64 / 6 } else { 0 };
                    size.stretch(half(content, 0)?.into(), half(content, 2)?.into(), further);
                }
                _ => {}
            }
        }
        needed = needed.saturating_add(size.cells().saturating_mul(CELL_BYTES));
    }
    Some(needed)
}

/// The cells between the corners that a sheet claims to have.
fn claimed(content: &[u8]) -> Option<u64> {
    let (first, last, right) = if content.len() >= 14 {
        (word(content, 0)?, word(content, 4)?, half(content, 10)?)
    } else {
        (half(content, 0)?.into(), half(content, 2)?.into(), half(content, 6)?)
    };
    Some((u64::from(last.checked_sub(first)?) + 1) * (u64::from(right) + 1))
}

/// The rectangle around the cells of a sheet.
#[derive(Default)]
struct Size {
    rows: std::ops::Range<u64>,
    columns: std::ops::Range<u64>,
}

impl Size {
    fn stretch(&mut self, row: u64, column: u64, further: u64) {
        if self.rows.is_empty() {
            (self.rows, self.columns) = (row..row, column..column);
        }
        self.rows = self.rows.start.min(row)..self.rows.end.max(row + 1);
        self.columns = self.columns.start.min(column)..self.columns.end.max(column + further + 1);
    }

    fn cells(&self) -> u64 {
        (self.rows.end - self.rows.start) * (self.columns.end - self.columns.start)
    }
}

/// Whether the packed members of an XLSB workbook that are held in memory are small enough.
pub(in super::super) fn fits<'a>(
    declared: impl Iterator<Item = &'a (String, u64)>,
    limits: &Limits,
) -> Result<(), Refusal> {
    let held: u64 = declared.filter(|(name, _)| !name.starts_with("xl/worksheets/")).map(|(_, bytes)| bytes).sum();
    // Each string is an object of its own in memory, several times as large as a short text.
    if held <= limits.spool_bytes / 8 {
        return Ok(());
    }
    let cause = "the workbook's strings would take more memory than the limit".to_owned();
    Err(refusal(ProblemKind::LimitReached, cause, "save its sheets as CSV"))
}

/// Whether a part of an XLSB workbook is made of records.
pub(in super::super) fn has_records(name: &str) -> bool {
    let fixed =
        ["xl/workbook.bin", "xl/sharedStrings.bin", "xl/styles.bin"].iter().any(|part| name.eq_ignore_ascii_case(part));
    fixed || (name.starts_with("xl/worksheets/") && name.ends_with(".bin"))
}

/// Whether no record of a part claims more than one can be ([MS-XLSB] 2.1.4: a type of one or two bytes, a size of one to
/// four of seven bits). A part that ends too early is left to the reading of its cells.
pub(in super::super) fn records_fit(part: impl Read) -> Result<(), Refusal> {
    let mut part = BufReader::new(part);
    while let Some(claimed) = next_record(&mut part) {
        if claimed > RECORD_BYTES {
            return Err(corrupt("a record of the workbook claims more than a record can be"));
        }
        if io::copy(&mut part.by_ref().take(claimed), &mut io::sink()).is_err() {
            break;
        }
    }
    Ok(())
}

/// The size that the next record claims.
fn next_record(part: &mut impl BufRead) -> Option<u64> {
    let mut byte = || {
        let mut byte = [0];
        part.read_exact(&mut byte).ok().map(|()| u64::from(byte[0]))
    };
    if byte()? & 0x80 != 0 {
        byte()?;
    }
    let mut size = 0;
    for place in 0..4 {
        let next = byte()?;
        size |= (next & 0x7f) << (7 * place);
        if next & 0x80 == 0 {
            break;
        }
    }
    Some(size)
}
