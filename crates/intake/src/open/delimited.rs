//! Delimited text: rows and cells, quoted or not, with recovery from what real dumps contain.
//!
//! Enters: chunks of whole records. Leaves: blocks of rows; rows that are ragged, never close a quote or are too long
//! are set aside with their reason, and reading goes on at the next line. Never: guesses what a missing cell held.

use memchr::{memchr, memchr_iter, memchr2, memrchr};

use super::block::{Cell, RowBlock};
use super::chunk::{Block, Chunk, Cutter, LINE_TOO_LONG, Parsed, find_near};
use super::encoding::Charset;
use super::limits::Limits;
use super::quoted::{Clean, Places};

/// Reason code of a row with other than the table's number of cells.
pub(super) const RAGGED_ROW: &str = "ragged_row";
/// Reason code of a row in which a quote opens and never closes.
pub(super) const UNCLOSED_QUOTE: &str = "unclosed_quote";

/// How a delimited text is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    /// Between cells; one byte or a few. Empty: a row is one cell.
    pub(super) delimiter: Vec<u8>,
    /// Around cells, if the text uses quotes.
    pub(super) quote: Option<u8>,
    /// Whether a backslash takes away the meaning of the next byte.
    pub(super) backslash: bool,
    /// Ends a row: `\n` (a `\r` before it belongs to it), or `\r`.
    pub(super) newline: u8,
    /// Cells a row; 0 while that is not known yet: then any number will do.
    pub(super) columns: usize,
    /// Whether rows that leave out their last cells are the table's manner (those were empty) or damage.
    pub(super) pads_short_rows: bool,
    /// Set for lists of logins, in which the last cell, a password, may hold anything.
    pub(super) combo: Option<Combo>,
}

/// How a list of logins is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Combo {
    /// `login:password`.
    Login,
    /// `https://site:8443/path:login:password`.
    Address,
}

/// How a cell's bytes become its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    /// As they are.
    None,
    /// Begins with a quote; quotes inside are doubled, or follow a backslash.
    Quoted,
    /// Backslashes stand before what they protect.
    Backslash,
}

/// A cell in the raw bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct RawCell {
    pub(super) start: usize,
    pub(super) length: usize,
    pub(super) escape: Escape,
}

/// A row met in the raw bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Met {
    /// A row; its cells are in the scratch. The next one begins at `next`.
    Row { next: usize },
    /// A row to be set aside.
    Aside { next: usize, reason: &'static str },
    /// An empty line.
    Blank { next: usize },
    /// The bytes end before the row does.
    More,
}

enum Close {
    /// The quote after which the field is over, and whether the content needs unescaping.
    At {
        quote: usize,
        escaped: bool,
        breaks: bool,
    },
    Unclosed,
    More,
}

impl Dialect {
    /// Returns the plainest way of writing: a value a line.
    pub(super) fn plain() -> Self {
        Dialect {
            delimiter: Vec::new(),
            quote: None,
            backslash: false,
            newline: b'\n',
            columns: 0,
            pads_short_rows: false,
            combo: None,
        }
    }

    /// Reads the row at `start`. `ended` says that nothing follows `bytes`. A row with a line break inside quotes is
    /// believed only if it has the right number of cells: else its first line is set aside and the next line is a row.
    pub(super) fn row(
        &self,
        bytes: &[u8],
        start: usize,
        ended: bool,
        limits: &Limits,
        cells: &mut Vec<RawCell>,
    ) -> Met {
        cells.clear();
        if let Some(combo) = self.combo {
            return self.combo_row(combo, bytes, start, ended, limits, cells);
        }
        let mut at = start;
        let mut breaks = false;
        loop {
            let (field_end, after_quotes) = if self.quote.is_some() && bytes.get(at) == self.quote.as_ref() {
                match self.close(bytes, at, ended, limits) {
                    Close::More => return Met::More,
                    Close::Unclosed => return self.first_line(bytes, start, ended, limits, UNCLOSED_QUOTE),
                    Close::At { quote, escaped, breaks: inside } => {
                        breaks |= inside;
                        let end = match bytes.get(quote + 1) {
                            Some(next) if self.delimiter == [*next] => Some((quote + 1, false)),
                            _ => self.field_end(bytes, quote + 1),
                        };
                        (end, Some((quote, escaped)))
                    }
                }
            } else {
                (self.field_end(bytes, at), None)
            };
            let field_end = field_end.or(ended.then_some((bytes.len(), true)));
            let read = field_end.map_or(bytes.len(), |(end, _)| end) - start;
            if breaks && read > limits.record_bytes {
                return self.first_line(bytes, start, ended, limits, UNCLOSED_QUOTE);
            }
            let Some((end, closes_row)) = field_end else { return Met::More };
            if read > limits.record_bytes {
                return self.first_line(bytes, start, ended, limits, LINE_TOO_LONG);
            }
            let content_end = if closes_row { self.strip_cr(bytes, start.max(at), end) } else { end };
            cells.push(self.cell(bytes, at, content_end, after_quotes));
            if !closes_row {
                at = end + self.delimiter.len();
                continue;
            }
            let next = (end + 1).min(bytes.len());
            if content_end == start && cells.len() == 1 {
                return Met::Blank { next };
            }
            return match self.judge(bytes, cells) {
                Ok(()) => Met::Row { next },
                Err(_) if breaks => self.first_line(bytes, start, ended, limits, UNCLOSED_QUOTE),
                Err(reason) => Met::Aside { next, reason },
            };
        }
    }

    /// Reads a line of a list of logins.
    fn combo_row(
        &self,
        combo: Combo,
        bytes: &[u8],
        start: usize,
        ended: bool,
        limits: &Limits,
        cells: &mut Vec<RawCell>,
    ) -> Met {
        let found = memchr(self.newline, &bytes[start..]).map(|at| start + at);
        let Some(end) = found.or(ended.then_some(bytes.len())) else { return Met::More };
        let next = (end + 1).min(bytes.len());
        let end = self.strip_cr(bytes, start, end);
        let line = &bytes[start..end];
        if line.is_empty() {
            return Met::Blank { next };
        }
        if line.len() > limits.record_bytes {
            return Met::Aside { next, reason: LINE_TOO_LONG };
        }
        let address = if combo == Combo::Address { address_end(line, self.delimiter[0]) } else { Some(0) };
        let login = address.and_then(|from| {
            let from = if combo == Combo::Address { from + 1 } else { 0 };
            memchr(self.delimiter[0], &line[from..]).map(|at| (from, from + at))
        });
        let Some((from, to)) = login else { return Met::Aside { next, reason: RAGGED_ROW } };
        let mut cell = |from: usize, to: usize| {
            cells.push(RawCell { start: start + from, length: to - from, escape: Escape::None });
        };
        if combo == Combo::Address {
            cell(0, from - 1);
        }
        cell(from, to);
        cell(to + 1, line.len());
        Met::Row { next }
    }

    /// Sets a line aside. One that is too long is that before all else: of such a line no more may be in memory than the
    /// beginning.
    fn first_line(&self, bytes: &[u8], from: usize, ended: bool, limits: &Limits, reason: &'static str) -> Met {
        let found = memchr(self.newline, &bytes[from..]);
        if found.is_none() && !ended {
            return Met::More;
        }
        let length = found.unwrap_or(bytes.len() - from);
        let reason = if length > limits.record_bytes { LINE_TOO_LONG } else { reason };
        Met::Aside { next: (from + length + 1).min(bytes.len()), reason }
    }

    /// Finds the quote that closes the field opened at `open`.
    fn close(&self, bytes: &[u8], open: usize, ended: bool, limits: &Limits) -> Close {
        let Some(quote) = self.quote else { return Close::Unclosed };
        let mut escaped = false;
        let mut at = open + 1;
        let limit = (open + limits.quoted_bytes).min(bytes.len());
        loop {
            let second = if self.backslash { b'\\' } else { quote };
            let found = find_near(quote, second, &bytes[at.min(limit)..limit]);
            let Some(found) = found.map(|found| at + found) else {
                let over = limit < bytes.len() || ended || self.breaks(bytes, open, limit) > limits.quoted_lines;
                return if over { Close::Unclosed } else { Close::More };
            };
            if bytes[found] == b'\\' && quote != b'\\' {
                escaped = true;
                at = found + 2;
                continue;
            }
            match bytes.get(found + 1) {
                // Whether a delimiter follows shows only once there is room for one.
                _ if !ended && bytes.len() - found <= self.delimiter.len().max(1) => return Close::More,
                Some(next) if *next == quote => {
                    escaped = true;
                    at = found + 2;
                }
                next => return self.closed(bytes, open, found, next.copied(), escaped, limits),
            }
        }
    }

    /// Judges the quote at `quote`: with a line break before it, it must be followed by a delimiter or a line break.
    fn closed(
        &self,
        bytes: &[u8],
        open: usize,
        quote: usize,
        next: Option<u8>,
        escaped: bool,
        limits: &Limits,
    ) -> Close {
        let broken = find_near(self.newline, self.newline, &bytes[open..quote]).is_some();
        let breaks = if broken { self.breaks(bytes, open, quote) } else { 0 };
        let clean = next.is_none_or(|next| {
            next == self.newline || next == b'\r' || bytes[quote + 1..].starts_with(&self.delimiter)
        });
        if breaks > limits.quoted_lines || (breaks > 0 && !clean) {
            return Close::Unclosed;
        }
        Close::At { quote, escaped: escaped || !clean, breaks: breaks > 0 }
    }

    fn breaks(&self, bytes: &[u8], from: usize, to: usize) -> usize {
        memchr_iter(self.newline, &bytes[from..to]).count()
    }

    /// Finds the end of the unquoted rest of a field; tells whether the row ends there.
    fn field_end(&self, bytes: &[u8], from: usize) -> Option<(usize, bool)> {
        let mut at = from;
        loop {
            let found = at + self.next_sign(bytes.get(at..)?)?;
            if bytes[found] == b'\\' && self.backslash {
                at = found + 2;
            } else if bytes[found] == self.newline {
                return Some((found, true));
            } else if bytes[found..].starts_with(&self.delimiter) {
                return Some((found, false));
            } else {
                at = found + 1;
            }
        }
    }

    fn next_sign(&self, bytes: &[u8]) -> Option<usize> {
        match (self.delimiter.first(), self.backslash) {
            (Some(delimiter), false) => find_near(*delimiter, self.newline, bytes),
            (Some(delimiter), true) => memchr::memchr3(*delimiter, self.newline, b'\\', bytes),
            (None, false) => memchr(self.newline, bytes),
            (None, true) => memchr2(self.newline, b'\\', bytes),
        }
    }

    fn strip_cr(&self, bytes: &[u8], from: usize, end: usize) -> usize {
        if self.newline == b'\n' && end > from && bytes[end - 1] == b'\r' { end - 1 } else { end }
    }

    fn cell(&self, bytes: &[u8], start: usize, end: usize, quotes: Option<(usize, bool)>) -> RawCell {
        match quotes {
            Some((quote, false)) => RawCell { start: start + 1, length: quote - start - 1, escape: Escape::None },
            Some((_, true)) => RawCell { start, length: end - start, escape: Escape::Quoted },
            None => {
                let escaped = self.backslash && memchr(b'\\', &bytes[start..end]).is_some();
                let escape = if escaped { Escape::Backslash } else { Escape::None };
                RawCell { start, length: end - start, escape }
            }
        }
    }

    /// Brings the cells of a row to the table's number, or says why that cannot be.
    fn judge(&self, bytes: &[u8], cells: &mut Vec<RawCell>) -> Result<(), &'static str> {
        if self.columns == 0 {
            return Ok(());
        }
        if cells.len() > self.columns && cells[self.columns..].iter().all(|cell| cell.is_empty(bytes)) {
            cells.truncate(self.columns);
        }
        if cells.len() < self.columns && self.pads_short_rows {
            cells.resize(self.columns, RawCell { start: 0, length: 0, escape: Escape::None });
        }
        if cells.len() == self.columns { Ok(()) } else { Err(RAGGED_ROW) }
    }

    /// Parses a chunk.
    pub(super) fn parse(&self, chunk: Chunk, table: u32, charset: Charset, limits: &Limits) -> Parsed {
        let mut block = RowBlock { table, columns: self.columns, ..RowBlock::default() };
        let mut unread_bytes = chunk.skipped_bytes;
        if chunk.skipped_bytes > 0 {
            block.rows_met = 1;
            block.set_aside.push((0, LINE_TOO_LONG));
            return Parsed { blocks: vec![Block::Rows(block)], unread_bytes, ..Parsed::default() };
        }
        let mut bytes = chunk.bytes;
        let quoted = self.quote.is_some_and(|quote| memchr(quote, &bytes).is_some());
        let escaped = self.backslash && memchr(b'\\', &bytes).is_some();
        if quoted || escaped || self.delimiter.len() != 1 || self.combo.is_some() {
            unread_bytes += self.rows(&mut bytes, chunk.offset, limits, &mut block);
        } else {
            unread_bytes += self.rows_without_quotes(&bytes, chunk.offset, limits, &mut block);
        }
        let replaced = charset.settle(bytes, &mut block);
        Parsed { blocks: vec![Block::Rows(block)], replaced, unread_bytes, unplaced: 0 }
    }

    /// Returns start and end of every row met in a chunk.
    pub(super) fn spans(&self, chunk: &Chunk, table: u32, limits: &Limits) -> Vec<(u32, usize, usize)> {
        let mut spans = Vec::new();
        if chunk.skipped_bytes > 0 {
            spans.push((table, 0, 0));
        }
        let mut cells = Vec::new();
        let mut at = 0;
        while at < chunk.bytes.len() {
            at = match self.row(&chunk.bytes, at, true, limits, &mut cells) {
                Met::Row { next } | Met::Aside { next, .. } => {
                    spans.push((table, at, next));
                    next
                }
                Met::Blank { next } => next,
                Met::More => break,
            };
        }
        spans
    }

    /// Any chunk. Returns the bytes of the rows set aside.
    fn rows(&self, bytes: &mut [u8], offset: u64, limits: &Limits, block: &mut RowBlock) -> u64 {
        let mut unread = 0;
        let mut scratch = Vec::with_capacity(self.columns + 1);
        let mut escapes: Vec<(usize, Escape)> = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            at = self.clean_rows(bytes, at, offset, limits, block);
            if at == bytes.len() {
                break;
            }
            let next = match self.row(bytes, at, true, limits, &mut scratch) {
                Met::Row { next } => {
                    for cell in &scratch {
                        if cell.escape != Escape::None {
                            escapes.push((block.cells.len(), cell.escape));
                        }
                        block.cells.push(plain_cell(bytes, cell.start, cell.length));
                    }
                    block.ordinals.push(block.rows_met);
                    block.offsets.push(offset + at as u64);
                    block.rows_met += 1;
                    next
                }
                Met::Aside { next, reason } => {
                    block.set_aside.push((block.rows_met, reason));
                    block.rows_met += 1;
                    unread += (next - at) as u64;
                    next
                }
                Met::Blank { next } => next,
                Met::More => bytes.len(),
            };
            at = next;
        }
        for (index, escape) in escapes {
            let cell = &mut block.cells[index];
            if cell.length != Cell::NULL_LENGTH {
                let place = &mut bytes[cell.start as usize..][..cell.length as usize];
                cell.length = self.unescape(place, escape) as u32;
            }
        }
        unread
    }

    /// The signs of a text whose quotes can be read block by block.
    fn signs(&self) -> Option<(u8, u8, u8)> {
        let [delimiter] = self.delimiter[..] else { return None };
        let quote = self.quote.filter(|_| !self.backslash && self.combo.is_none())?;
        Some((quote, delimiter, self.newline))
    }

    /// Reads rows as long as they are plain; returns where the first one begins that is not.
    fn clean_rows(&self, bytes: &[u8], start: usize, offset: u64, limits: &Limits, block: &mut RowBlock) -> usize {
        let Some((quote, delimiter, newline)) = self.signs() else { return start };
        let (mut row, mut field, mut first) = (start, start, block.cells.len());
        let mut longest = 0;
        for ends in Clean::new(bytes, start, quote, delimiter, newline) {
            let mut signs = ends.cells;
            while signs != 0 {
                let at = ends.at + signs.trailing_zeros() as usize;
                signs &= signs - 1;
                let closes_row = bytes[at] == newline;
                let end = if closes_row { self.strip_cr(bytes, field, at) } else { at };
                if closes_row && end == row {
                    // A blank line is no row.
                    (row, field) = (at + 1, at + 1);
                    continue;
                }
                longest = longest.max(end - field);
                let quoted = usize::from(bytes[field] == quote && end > field);
                block.cells.push(plain_cell(bytes, field + quoted, end - field - 2 * quoted));
                field = at + 1;
                if !closes_row {
                    continue;
                }
                let odd = block.cells.len() - first != self.columns || at - row > limits.record_bytes;
                if odd || longest >= limits.quoted_bytes {
                    block.cells.truncate(first);
                    return row;
                }
                block.ordinals.push(block.rows_met);
                block.offsets.push(offset + row as u64);
                block.rows_met += 1;
                (row, first, longest) = (at + 1, block.cells.len(), 0);
            }
        }
        block.cells.truncate(first);
        row
    }

    /// Returns the last end of a row not after `limit` up to which all rows are plain.
    fn clean_end(&self, bytes: &[u8], start: usize, limit: usize) -> Option<usize> {
        let (quote, delimiter, newline) = self.signs()?;
        let mut last = None;
        for ends in Clean::new(&bytes[..limit.min(bytes.len())], start, quote, delimiter, newline) {
            if ends.rows != 0 {
                last = Some(ends.at + 64 - ends.rows.leading_zeros() as usize);
            }
        }
        last
    }

    /// The fast way: no quote and no escape in the chunk, so that every sign is what it seems.
    fn rows_without_quotes(&self, bytes: &[u8], offset: u64, limits: &Limits, block: &mut RowBlock) -> u64 {
        let delimiter = self.delimiter[0];
        let mut unread = 0;
        let mut row = 0;
        let mut field = 0;
        let mut first = 0;
        let tail = (!bytes.is_empty() && bytes.last() != Some(&self.newline)).then_some(bytes.len());
        for at in Places::new(bytes, [delimiter, self.newline]).chain(tail) {
            if bytes.get(at) == Some(&delimiter) {
                block.cells.push(plain_cell(bytes, field, at - field));
                field = at + 1;
                continue;
            }
            let end = self.strip_cr(bytes, field, at);
            if end > row {
                block.cells.push(plain_cell(bytes, field, end - field));
                let reason = match block.cells.len() - first {
                    _ if at - row > limits.record_bytes => Some(LINE_TOO_LONG),
                    count if count == self.columns => None,
                    _ => self.judge_plain(block, first),
                };
                if let Some(reason) = reason {
                    block.cells.truncate(first);
                    block.set_aside.push((block.rows_met, reason));
                    // The last row may lack its line break.
                    unread += ((at + 1).min(bytes.len()) - row) as u64;
                } else {
                    block.ordinals.push(block.rows_met);
                    block.offsets.push(offset + row as u64);
                }
                block.rows_met += 1;
                first = block.cells.len();
            }
            row = at + 1;
            field = at + 1;
        }
        unread
    }

    fn judge_plain(&self, block: &mut RowBlock, first: usize) -> Option<&'static str> {
        let wanted = first + self.columns;
        if block.cells.len() > wanted && block.cells[wanted..].iter().all(|cell| cell.length == 0) {
            block.cells.truncate(wanted);
        }
        if block.cells.len() < wanted && self.pads_short_rows {
            block.cells.resize(wanted, Cell { start: 0, length: 0 });
        }
        (block.cells.len() != wanted).then_some(RAGGED_ROW)
    }

    /// Unescapes in place; what becomes free is filled with spaces. Returns the new length.
    pub(super) fn unescape(&self, cell: &mut [u8], escape: Escape) -> usize {
        let quote = if escape == Escape::Quoted { self.quote } else { None };
        let mut quoted = quote.is_some();
        let mut read = usize::from(quoted);
        let mut write = 0;
        while read < cell.len() {
            let mut byte = cell[read];
            read += 1;
            if byte == b'\\' && self.backslash && read < cell.len() {
                byte = backslashed(cell[read]);
                read += 1;
            } else if quoted && Some(byte) == quote {
                if cell.get(read) == Some(&byte) {
                    read += 1;
                } else {
                    quoted = false;
                    continue;
                }
            }
            cell[write] = byte;
            write += 1;
        }
        cell[write..].fill(b' ');
        write
    }
}

/// Where the address ends that a line begins with: at the first delimiter behind the scheme that begins no port.
fn address_end(line: &[u8], delimiter: u8) -> Option<usize> {
    let mut at = memchr::memmem::find(&line[..line.len().min(64)], b"://")? + 3;
    loop {
        let found = at + memchr(delimiter, line.get(at..)?)?;
        let digits = line[found + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let behind = line.get(found + 1 + digits);
        let port = (1..=5).contains(&digits)
            && (behind == Some(&b'/')
                || (behind == Some(&delimiter) && memchr_iter(delimiter, &line[found + 1..]).take(2).count() == 2));
        if !port || delimiter != b':' {
            return Some(found);
        }
        at = found + 1;
    }
}

fn backslashed(byte: u8) -> u8 {
    match byte {
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'0' => 0,
        byte => byte,
    }
}

impl RawCell {
    fn is_empty(&self, bytes: &[u8]) -> bool {
        self.length == 0
            || (self.escape == Escape::Quoted && bytes[self.start..][..self.length].iter().all(|b| *b == b'"'))
    }
}

/// A cell as it stands, or a null where it is the `\N` of database exports.
#[inline]
fn plain_cell(bytes: &[u8], start: usize, length: usize) -> Cell {
    if length == 2 && &bytes[start..start + 2] == b"\\N" {
        return Cell::NULL;
    }
    Cell { start: start as u32, length: length as u32 }
}

/// Cuts delimited text.
pub(super) struct DelimitedCutter<'a> {
    pub(super) dialect: &'a Dialect,
    pub(super) limits: &'a Limits,
    pub(super) scratch: Vec<RawCell>,
}

impl Cutter for DelimitedCutter<'_> {
    fn cut(&mut self, buffer: &[u8], target: usize, ended: bool) -> Option<usize> {
        let dialect = self.dialect;
        let window = &buffer[..target.min(buffer.len())];
        let signs = dialect.quote.is_some_and(|quote| memchr(quote, window).is_some())
            || (dialect.backslash && memchr(b'\\', window).is_some());
        if !signs {
            if ended && buffer.len() <= target {
                return Some(buffer.len());
            }
            if let Some(at) = memrchr(dialect.newline, window) {
                return Some(at + 1);
            }
        }
        let mut best = None;
        let mut at = 0;
        while at < buffer.len() {
            if let Some(end) = dialect.clean_end(buffer, at, target) {
                best = Some(end);
                at = end;
                continue;
            }
            let next = match dialect.row(buffer, at, ended, self.limits, &mut self.scratch) {
                Met::Row { next } | Met::Aside { next, .. } | Met::Blank { next } => next,
                Met::More => return best,
            };
            if next > target {
                return best.or(Some(next));
            }
            best = Some(next);
            at = next;
        }
        best
    }

    fn pass_over(&mut self, bytes: &[u8]) -> Option<usize> {
        memchr(self.dialect.newline, bytes).map(|at| at + 1)
    }
}
