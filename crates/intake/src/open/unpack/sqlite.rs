//! SQLite databases, read from their pages.
//!
//! Enters: a database file. Leaves: one part a table, rows in the order of their keys. Each page is read when it is
//! needed; a broken page costs its rows and no more. Never: runs SQL, trusts a page number twice, reads the journal.
//! Source: https://www.sqlite.org/fileformat2.html

use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;
use std::sync::Arc;

use vocab::ProblemKind;

use super::super::container::{Flow, Held, Input};
use super::super::leaf::refusal;
use super::super::limits::Limits;
use super::super::sqlwords::Words;
use super::{Content, Given, Made, Part, Row, Sink, corrupt, invalid, text_or_hex};

const MAGIC: &[u8] = b"SQLite format 3\0";
const HEADER_BYTES: usize = 100;
/// Pages from the root of a tree to a leaf; real trees have at most a handful.
const DEPTH: usize = 32;

pub(super) fn is(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

pub(super) fn unpack(input: &mut Input<'_>, limits: &Limits, sink: &mut dyn Sink) -> Given {
    let mut pages = Pages::open(input.hold(limits)?, limits)?;
    let mut tables = Vec::new();
    let mut walk = Walk::new(1, false);
    let mut lost = 0;
    while let Some(record) = walk.next(&mut pages) {
        match record {
            Ok((_, record)) => tables.extend(Table::of(&record, pages.utf16)),
            Err(_) => lost += 1,
        }
        if tables.len() > limits.tables {
            let cause = "more tables than the limit".to_owned();
            sink.problem(refusal(ProblemKind::LimitReached, cause, "export the other tables"));
            break;
        }
    }
    if lost > 0 || (tables.is_empty() && pages.count > 1) {
        sink.problem(corrupt("the list of tables is damaged"));
    }
    if pages.journal {
        let cause =
            "the database was written with a write-ahead log: rows still in its -wal file are not read".to_owned();
        let hint = "if there is a -wal file, merge it with a copy (PRAGMA wal_checkpoint) and give the result";
        sink.problem(refusal(ProblemKind::Unsupported, cause, hint));
    }
    for table in &tables {
        table.give(&mut pages, limits, sink)?;
    }
    Ok(Flow::Continue(()))
}

/// The pages of a file.
struct Pages {
    file: Held,
    size: usize,
    usable: usize,
    count: u64,
    /// Set where texts are UTF-16: whether big-endian.
    utf16: Option<bool>,
    journal: bool,
    record_bytes: usize,
}

impl Pages {
    fn open(mut file: Held, limits: &Limits) -> Result<Self, super::Refusal> {
        let mut header = [0; HEADER_BYTES];
        file.read_exact(&mut header).map_err(|_| corrupt("the database ends within its header"))?;
        let size = match u16::from_be_bytes([header[16], header[17]]) {
            1 => 65_536,
            size if size >= 512 && size.is_power_of_two() => usize::from(size),
            _ => return Err(corrupt("the database states an impossible page size")),
        };
        let usable = size - usize::from(header[20]);
        if usable < 480 {
            return Err(corrupt("the database states an impossible page size"));
        }
        let encoding = u32::from_be_bytes([header[56], header[57], header[58], header[59]]);
        let utf16 = matches!(encoding, 2 | 3).then_some(encoding == 3);
        let count = file.size().div_ceil(size as u64);
        let journal = header[18] == 2;
        Ok(Pages { file, size, usable, count, utf16, journal, record_bytes: limits.record_bytes })
    }

    /// Reads a page, numbered from 1.
    fn page(&mut self, number: u32) -> io::Result<Vec<u8>> {
        if number == 0 || u64::from(number) > self.count {
            return Err(invalid());
        }
        let mut page = vec![0; self.size];
        self.file.seek(SeekFrom::Start((u64::from(number) - 1) * self.size as u64))?;
        self.file.read_exact(&mut page)?;
        Ok(page)
    }

    /// Returns the payload of a cell, whose first bytes are on the page and the others on overflow pages.
    fn payload(&mut self, page: &[u8], at: usize, length: u64, index: bool) -> io::Result<Vec<u8>> {
        let length = usize::try_from(length).ok().filter(|length| *length <= self.record_bytes).ok_or_else(invalid)?;
        let usable = self.usable;
        let most = if index { (usable - 12) * 64 / 255 - 23 } else { usable - 35 };
        let local = if length <= most {
            length
        } else {
            let least = (usable - 12) * 32 / 255 - 23;
            let fits = least + (length - least) % (usable - 4);
            if fits <= most { fits } else { least }
        };
        let mut payload = page.get(at..at + local).ok_or_else(invalid)?.to_vec();
        let mut next = match page.get(at + local..at + local + 4) {
            Some(bytes) if local < length => big(bytes),
            None if local < length => return Err(invalid()),
            _ => 0,
        };
        // Each page adds to the payload, so that a circle ends at its length.
        while payload.len() < length {
            let page = self.page(next)?;
            next = big(&page[..4]);
            let wanted = (length - payload.len()).min(usable - 4);
            payload.extend_from_slice(&page[4..4 + wanted]);
        }
        Ok(payload)
    }
}

fn big(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// Reads a variable-length integer; returns it with its length.
fn varint(bytes: &[u8]) -> Option<(i64, usize)> {
    let mut value: u64 = 0;
    for (index, byte) in bytes.iter().take(9).enumerate() {
        if index == 8 {
            return Some(((value << 8 | u64::from(*byte)) as i64, 9));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value as i64, index + 1));
        }
    }
    None
}

/// A walk over the rows of a tree.
struct Walk {
    /// Pages on the way down, with the cell to go on with.
    path: Vec<(Rc<Vec<u8>>, usize, usize)>,
    root: Option<u32>,
    index: bool,
    /// Pages visited: a tree of a file has no more than the file.
    visited: u64,
}

impl Walk {
    fn new(root: u32, index: bool) -> Self {
        Walk { path: Vec::new(), root: Some(root), index, visited: 0 }
    }

    /// Returns the next row: its key and its record. An error is a page or a row that cannot be read.
    fn next(&mut self, pages: &mut Pages) -> Option<io::Result<(i64, Vec<u8>)>> {
        if let Some(root) = self.root.take()
            && let Err(error) = self.enter(pages, root)
        {
            return Some(Err(error));
        }
        loop {
            let (page, header, cell) = self.path.last_mut()?;
            let kind = page[*header];
            let cells = usize::from(u16::from_be_bytes([page[*header + 3], page[*header + 4]]));
            let interior = matches!(kind, 2 | 5);
            let number = *cell;
            *cell += 1;
            if number >= cells {
                let right = (interior && number == cells).then(|| big(&page[*header + 8..*header + 12]));
                if right.is_none() {
                    self.path.pop();
                }
                match right.map(|right| self.enter(pages, right)) {
                    Some(Err(error)) => return Some(Err(error)),
                    _ => continue,
                }
            }
            let pointer = *header + if interior { 12 } else { 8 } + number * 2;
            let at = page.get(pointer..pointer + 2).map(|at| usize::from(u16::from_be_bytes([at[0], at[1]])));
            let Some(rest) = at.and_then(|at| page.get(at..)) else { return Some(Err(invalid())) };
            if interior {
                let child = big(rest);
                // In the tree of an index the inner cells are rows as well, between their child and the next one.
                let row = (kind == 2).then(|| (Rc::clone(page), at.unwrap_or(0) + 4));
                if let Err(error) = self.enter(pages, child) {
                    return Some(Err(error));
                }
                if let Some((page, at)) = row {
                    self.path.insert(self.path.len() - 1, (Rc::new(single(&page, at)), 0, 0));
                }
                continue;
            }
            let (page, at) = (Rc::clone(page), at.unwrap_or(0));
            return Some(self.row(pages, &page, at));
        }
    }

    fn row(&self, pages: &mut Pages, page: &[u8], at: usize) -> io::Result<(i64, Vec<u8>)> {
        let (length, taken) = page.get(at..).and_then(varint).ok_or_else(invalid)?;
        let (key, more) = if self.index { (0, 0) } else { varint(&page[at + taken..]).ok_or_else(invalid)? };
        let length = u64::try_from(length).map_err(|_| invalid())?;
        Ok((key, pages.payload(page, at + taken + more, length, self.index)?))
    }

    fn enter(&mut self, pages: &mut Pages, number: u32) -> io::Result<()> {
        self.visited += 1;
        if self.path.len() >= DEPTH || self.visited > pages.count {
            return Err(invalid());
        }
        let page = pages.page(number)?;
        let header = if number == 1 { HEADER_BYTES } else { 0 };
        let fits = if self.index { matches!(page[header], 2 | 10) } else { matches!(page[header], 5 | 13) };
        if !fits {
            return Err(invalid());
        }
        self.path.push((Rc::new(page), header, 0));
        Ok(())
    }
}

/// A page that holds one inner cell of an index as if it were a leaf with that cell alone: it is met after its child.
fn single(page: &[u8], at: usize) -> Vec<u8> {
    let mut single = page.to_vec();
    let at = u16::try_from(at).unwrap_or(0).to_be_bytes();
    single[..10].copy_from_slice(&[10, 0, 0, 0, 1, 0, 0, 0, at[0], at[1]]);
    single
}

/// A value of a record.
enum Value<'r> {
    Null,
    Whole(i64),
    Real(f64),
    Blob(&'r [u8]),
    Text(&'r [u8]),
}

/// Takes a record apart.
fn values(record: &[u8]) -> Option<Vec<Value<'_>>> {
    let (header, mut at) = varint(record)?;
    let header = usize::try_from(header).ok().filter(|header| *header <= record.len())?;
    let mut body = header;
    let mut values = Vec::new();
    while at < header {
        let (kind, taken) = varint(&record[at..header])?;
        at += taken;
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind as usize,
            5 => 6,
            6 | 7 => 8,
            12.. => usize::try_from((kind - 12) / 2).ok()?,
            _ => return None,
        };
        let bytes = record.get(body..body.checked_add(length)?)?;
        body += length;
        let whole = || {
            let first = bytes.first().map_or(0, |byte| i64::from(*byte as i8));
            bytes.iter().skip(1).fold(first, |number, byte| number << 8 | i64::from(*byte))
        };
        values.push(match kind {
            0 => Value::Null,
            1..=6 => Value::Whole(whole()),
            7 => Value::Real(f64::from_bits(whole() as u64)),
            8 => Value::Whole(0),
            9 => Value::Whole(1),
            kind if kind % 2 == 0 => Value::Blob(bytes),
            _ => Value::Text(bytes),
        });
    }
    Some(values)
}

/// A table of the database.
struct Table {
    name: String,
    root: u32,
    columns: Arc<[String]>,
    /// The column that is the row's key, which its record does not repeat.
    key: Option<usize>,
    /// Rows lie in the tree of an index, their key columns first: then the place of each column in the record.
    order: Option<Vec<usize>>,
}

impl Table {
    /// Reads a row of the list of tables; `None` for indexes, views and the database's own tables.
    fn of(record: &[u8], utf16: Option<bool>) -> Option<Self> {
        let values = values(record)?;
        let [Value::Text(kind), Value::Text(name), _, Value::Whole(root), Value::Text(sql)] = values.as_slice() else {
            return None;
        };
        let text = |bytes: &[u8]| String::from_utf8_lossy(&utf8(bytes, utf16)).into_owned();
        let name = text(name);
        if text(kind) != "table" || name.starts_with("sqlite_") || *root <= 0 {
            return None;
        }
        let sql = text(sql);
        let mut words = Words::new(sql.as_bytes(), 0);
        words.word();
        let (_, columns) = words.create_table()?;
        let upper = sql.to_ascii_uppercase();
        let tail = upper.rsplit(')').next().unwrap_or_default();
        let keys = primary_key(&upper, &columns);
        let order = tail.contains("WITHOUT ROWID").then(|| in_order(&columns, &keys));
        let alias = |column: usize| {
            let item = item_of(&upper, &columns[column].to_ascii_uppercase());
            let words = item[columns[column].len().min(item.len())..].split(|c: char| !c.is_ascii_alphanumeric());
            words.into_iter().find(|word| !word.is_empty()) == Some("INTEGER")
        };
        let key = match keys.as_slice() {
            [column] if order.is_none() && alias(*column) => Some(*column),
            _ => None,
        };
        Some(Table { name, root: u32::try_from(*root).ok()?, columns: columns.into(), key, order })
    }

    fn give(&self, pages: &mut Pages, limits: &Limits, sink: &mut dyn Sink) -> Result<(), super::Refusal> {
        if self.columns.is_empty() || self.columns.len() > limits.columns {
            let cause = "a table has no columns, or more than the limit".to_owned();
            sink.problem(refusal(ProblemKind::LimitReached, cause, "export that table"));
            return Ok(());
        }
        let mut walk = Walk::new(self.root, self.order.is_some());
        let Some(mut first) = walk.next(pages).map(Some) else { return Ok(()) };
        let mut make = |out: &mut Vec<u8>| {
            let next = match first.take() {
                Some(first) => Some(first),
                None => walk.next(pages),
            };
            let Some(next) = next else { return Ok(false) };
            match next.as_ref().ok().and_then(|(key, record)| Some((*key, values(record)?))) {
                Some((key, values)) => self.row(key, &values, pages.utf16, out),
                None => Row::new(out).broken(self.columns.len()),
            }
            Ok(true)
        };
        let mut reader = Made::new(&mut make);
        let content = Content::Rows(Some(Arc::clone(&self.columns)));
        let _ = sink.part(Part { name: Some(self.name.clone()), content, reader: &mut reader });
        Ok(())
    }

    fn row(&self, key: i64, values: &[Value<'_>], utf16: Option<bool>, out: &mut Vec<u8>) {
        let mut row = Row::new(out);
        let mut scratch = Vec::new();
        for column in 0..self.columns.len() {
            if self.key == Some(column) {
                row.cell(key.to_string().as_bytes());
                continue;
            }
            let place = self.order.as_ref().map_or(column, |order| order[column]);
            // Columns that were added later are missing from older records.
            match values.get(place).unwrap_or(&Value::Null) {
                Value::Null => row.null(),
                Value::Whole(number) => row.cell(number.to_string().as_bytes()),
                Value::Real(number) => row.cell(number.to_string().as_bytes()),
                Value::Text(text) => row.cell(&utf8(text, utf16)),
                Value::Blob(bytes) => {
                    scratch.clear();
                    text_or_hex(bytes, &mut scratch);
                    row.cell(&scratch);
                }
            }
        }
        row.end();
    }
}

fn utf8(text: &[u8], utf16: Option<bool>) -> std::borrow::Cow<'_, [u8]> {
    let Some(big) = utf16 else { return text.into() };
    let unit =
        |pair: &[u8]| if big { u16::from_be_bytes([pair[0], pair[1]]) } else { u16::from_le_bytes([pair[0], pair[1]]) };
    let units: Vec<u16> = text.chunks_exact(2).map(unit).collect();
    String::from_utf16_lossy(&units).into_bytes().into()
}

/// The definition of a column within CREATE TABLE, from its name on; all in upper case.
fn item_of<'s>(sql: &'s str, column: &str) -> &'s str {
    let body = sql.split_once('(').map_or("", |(_, body)| body);
    let found = body.match_indices(column).find(|(at, _)| {
        let before = body[..*at].trim_end_matches(['"', '`', '[', '\'']).trim_end();
        let after = body[at + column.len()..].chars().next();
        (before.is_empty() || before.ends_with(',')) && !after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
    });
    found.map_or("", |(at, _)| {
        let mut depth = 0;
        let end = body[at..].find(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth < 0 || (depth == 0 && c == ',')
        });
        &body[at..end.map_or(body.len(), |end| at + end)]
    })
}

/// Columns of the primary key, in its order.
fn primary_key(sql: &str, columns: &[String]) -> Vec<usize> {
    let place = |name: &str| columns.iter().position(|column| column.eq_ignore_ascii_case(name));
    let Some(at) = sql.find("PRIMARY KEY") else { return Vec::new() };
    let rest = sql[at + "PRIMARY KEY".len()..].trim_start();
    let before = sql[..at].trim_end();
    let item = before.rsplit(',').next().unwrap_or_default();
    let constraint = before.ends_with(',') || item.trim_start().starts_with("CONSTRAINT");
    if constraint && let Some((list, _)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        let name = |item: &str| {
            let item = item.trim().trim_start_matches(['"', '`', '[']);
            item.split(['"', '`', ']', ' ']).next().and_then(place)
        };
        return list.split(',').filter_map(name).collect();
    }
    let own = columns.iter().position(|column| item_of(sql, &column.to_ascii_uppercase()).contains("PRIMARY KEY"));
    own.into_iter().collect()
}

/// Place of each column in a record that begins with the key's columns.
fn in_order(columns: &[String], keys: &[usize]) -> Vec<usize> {
    let mut stored = keys.to_vec();
    stored.extend((0..columns.len()).filter(|column| !keys.contains(column)));
    (0..columns.len()).map(|column| stored.iter().position(|at| *at == column).unwrap_or(column)).collect()
}
