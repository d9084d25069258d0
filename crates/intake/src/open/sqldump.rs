//! SQL dumps: rows out of INSERT statements and COPY blocks, names out of CREATE TABLE.
//!
//! Enters: chunks that begin where a statement, a tuple or a COPY line begins, with the statement they continue. Leaves:
//! blocks of rows by table. A broken tuple is set aside and reading goes on at the next tuple or statement, so that one
//! stray quote costs one row. Never: runs SQL.

use std::sync::Arc;

use memchr::{memchr, memchr2};
use rustc_hash::FxHashMap;

use super::block::{Cell, RowBlock};
use super::chunk::{Block, Chunk, Context, Cutter, LINE_TOO_LONG, Learned, Parsed, find_near};
use super::delimited::RAGGED_ROW;
use super::encoding::Charset;
use super::limits::Limits;
use super::quoted::Tuples;
use super::sqlwords::{Flavour, Words, starts_statement};

/// Reason code of a tuple or COPY line that cannot be read.
pub(super) const BROKEN_TUPLE: &str = "broken_tuple";

/// What a statement writes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Name of the table, with its schema or database where the dump gives one.
    pub(super) table: String,
    /// Columns the statement names.
    pub(super) columns: Option<Vec<String>>,
}

/// Where in a dump a chunk begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SqlContext {
    /// Database that `USE` named.
    pub(super) database: Option<Arc<str>>,
    /// What is being read.
    pub(super) inside: Inside,
}

/// The statement that a place lies in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Inside {
    /// None.
    #[default]
    Nothing,
    /// The tuples of an INSERT.
    Values(Arc<Target>),
    /// The lines of a COPY.
    Copy(Arc<Target>),
}

/// The tables of a dump.
#[derive(Clone, Debug, Default)]
pub(super) struct SqlTables {
    /// In the order in which the dump first mentions them.
    pub(super) tables: Vec<SqlTable>,
    index: FxHashMap<String, usize>,
}

/// A table of a dump.
#[derive(Clone, Debug, Default)]
pub(super) struct SqlTable {
    pub(super) name: String,
    /// Names, where CREATE TABLE or a column list gives them.
    pub(super) columns: Vec<Option<String>>,
    pub(super) rows: u64,
}

impl SqlTables {
    fn entry(&mut self, name: &str) -> &mut SqlTable {
        let next = self.tables.len();
        let index = *self.index.entry(name.to_owned()).or_insert(next);
        if index == next {
            self.tables.push(SqlTable { name: name.to_owned(), ..SqlTable::default() });
        }
        &mut self.tables[index]
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }

    /// Leaves out tables without rows.
    pub(super) fn filled(self) -> Self {
        let mut filled = SqlTables::default();
        for table in self.tables.into_iter().filter(|table| table.rows > 0) {
            let name = table.name.clone();
            *filled.entry(&name) = table;
        }
        filled
    }

    fn learn_row(&mut self, target: &Target, cells: usize, limits: &Limits) {
        if self.find(&target.table).is_none() && self.tables.len() >= limits.tables {
            return;
        }
        let table = self.entry(&target.table);
        table.rows += 1;
        match &target.columns {
            Some(names) => {
                for name in names {
                    let known = table.columns.iter().any(|column| column.as_deref() == Some(name));
                    if !known && table.columns.len() < limits.columns {
                        table.columns.push(Some(name.clone()));
                    }
                }
            }
            None if table.columns.is_empty() && cells <= limits.columns => table.columns = vec![None; cells],
            None => {}
        }
    }
}

/// How a cell of a dump becomes its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    Null,
    /// In quotes of this kind, with doubled quotes or backslashes inside.
    Quoted(u8, bool),
    /// Backslashes of COPY.
    Copy,
    /// Hexadecimal digits.
    Hex,
}

#[derive(Clone, Copy, Debug)]
struct SqlCell {
    start: usize,
    length: usize,
    kind: Kind,
}

/// What a step over a dump met.
#[derive(Debug, PartialEq, Eq)]
enum Met {
    Row { next: usize },
    Aside { next: usize, reason: &'static str },
    Table { next: usize, name: String, columns: Vec<String> },
    Other { next: usize },
    More,
}

/// Steps over a dump.
#[derive(Clone, Debug)]
struct Scanner<'a> {
    backslash: bool,
    limits: &'a Limits,
    cells: Vec<SqlCell>,
    /// The last INSERT header, as most statements repeat it.
    last: Option<(Vec<u8>, Arc<Target>)>,
}

impl<'a> Scanner<'a> {
    fn new(backslash: bool, limits: &'a Limits) -> Self {
        Scanner { backslash, limits, cells: Vec::new(), last: None }
    }

    fn step(&mut self, bytes: &[u8], at: usize, ended: bool, context: &mut SqlContext) -> Met {
        match &context.inside {
            Inside::Copy(_) => self.copy_line(bytes, at, ended, context),
            Inside::Values(_) => self.values(bytes, at, ended, context),
            Inside::Nothing => self.statement(bytes, at, ended, context),
        }
    }

    /// One statement outside rows, or one line of what is of no interest.
    fn statement(&mut self, bytes: &[u8], start: usize, ended: bool, context: &mut SqlContext) -> Met {
        let at = start + bytes[start..].iter().take_while(|b| b.is_ascii_whitespace() || **b == b';').count();
        if at >= bytes.len() || at - start > FILLING_BYTES {
            return Met::Other { next: at };
        }
        let rest = &bytes[at..];
        if let Some((header, target)) = &self.last
            && rest.strip_prefix(header.as_slice()).is_some_and(|rest| rest.first() == Some(&b'('))
        {
            context.inside = Inside::Values(Arc::clone(target));
            return Met::Other { next: at + header.len() };
        }
        if rest.starts_with(b"/*") {
            return self.comment(bytes, at, ended);
        }
        let (window, ended_here) = within(bytes, at, self.limits.quoted_bytes, ended);
        let mut words = Words::new(window, at);
        let read = match words.word().as_slice() {
            // INTO begins the second row of INSERT ALL.
            b"INSERT" | b"REPLACE" | b"INTO" => words.insert_header().map(|(names, columns)| {
                let target = Arc::new(Target { table: qualified(context, names), columns });
                self.last = Some((bytes[at..words.at].to_vec(), Arc::clone(&target)));
                context.inside = Inside::Values(target);
                Met::Other { next: words.at }
            }),
            b"COPY" => words.copy_header().map(|(names, columns)| {
                context.inside = Inside::Copy(Arc::new(Target { table: qualified(context, names), columns }));
                Met::Other { next: words.at }
            }),
            b"CREATE" => words.create_table().map(|(names, columns)| {
                let name = qualified(context, names);
                Met::Table { next: words.at, name, columns }
            }),
            b"USE" => words.name().map(|names| {
                context.database = Some(names.join(".").into());
                self.last = None;
                Met::Other { next: words.at }
            }),
            _ => None,
        };
        match read {
            Some(met) => met,
            None if words.ran_out() && !ended_here => Met::More,
            None => self.pass_line(bytes, at, ended),
        }
    }

    /// Passes over a line, or a statement in it.
    fn pass_line(&self, bytes: &[u8], at: usize, ended: bool) -> Met {
        let (window, ended) = within(bytes, at, self.limits.record_bytes, ended);
        match memchr2(b';', b'\n', &window[at..]) {
            Some(end) => Met::Other { next: at + end + 1 },
            None if ended => Met::Other { next: window.len() },
            None => Met::More,
        }
    }

    fn comment(&self, bytes: &[u8], at: usize, ended: bool) -> Met {
        let (window, ended_here) = within(bytes, at, self.limits.quoted_bytes, ended);
        match memchr::memmem::find(&window[at..], b"*/") {
            Some(end) => Met::Other { next: at + end + 2 },
            None if !ended_here => Met::More,
            None => self.pass_line(bytes, at, ended),
        }
    }

    /// One tuple of an INSERT, or what stands between and after tuples.
    fn values(&mut self, bytes: &[u8], start: usize, ended: bool, context: &mut SqlContext) -> Met {
        let at = start + bytes[start..].iter().take_while(|b| b.is_ascii_whitespace() || **b == b',').count();
        if at - start > FILLING_BYTES {
            return Met::Other { next: at };
        }
        match bytes.get(at) {
            None => Met::Other { next: bytes.len() },
            Some(b'(') => match self.tuple(bytes, at, ended) {
                Ok(Some(next)) => Met::Row { next },
                Ok(None) => Met::More,
                Err(Broken) => self.recover(bytes, at, ended, context),
            },
            Some(b';') => {
                context.inside = Inside::Nothing;
                Met::Other { next: at + 1 }
            }
            Some(_) => {
                context.inside = Inside::Nothing;
                Met::Other { next: at }
            }
        }
    }

    /// Reads a tuple into the scratch cells; `None` where the bytes end first.
    fn tuple(&mut self, bytes: &[u8], open: usize, ended: bool) -> Result<Option<usize>, Broken> {
        self.cells.clear();
        let mut at = open + 1;
        let (bytes, ended) = within(bytes, open, self.limits.record_bytes, ended);
        let short = if ended { Err(Broken) } else { Ok(None) };
        loop {
            at += spaces(bytes, at);
            let Some(first) = bytes.get(at) else { return short };
            let quote = match first {
                b'\'' | b'"' => Some((at, true)),
                b'0'..=b'9' | b'-' => None,
                _ => prefixed_quote(bytes, at),
            };
            let end = match quote {
                Some((quote, text)) => match self.string(bytes, at, quote, text)? {
                    Some(end) => end,
                    None => return short,
                },
                None => match self.bare(bytes, at, at) {
                    Some(end) => end,
                    None => return short,
                },
            };
            match bytes.get(end) {
                Some(b',') => at = end + 1,
                Some(b')') => return Ok(Some(end + 1)),
                Some(_) => return Err(Broken),
                None => return short,
            }
        }
    }

    /// Reads a quoted value; returns where the sign after it stands, which must be a comma or a parenthesis.
    fn string(&mut self, bytes: &[u8], start: usize, quote: usize, text: bool) -> Result<Option<usize>, Broken> {
        let sign = bytes[quote];
        let backslash = self.backslash || (quote > start && bytes[start].eq_ignore_ascii_case(&b'e'));
        let Some((close, escaped)) = closing(bytes, quote, backslash) else { return Ok(None) };
        let hex = !text && bytes[start].eq_ignore_ascii_case(&b'x');
        let (first, length) = (quote + 1, close - quote - 1);
        let kind = match () {
            () if hex => Kind::Hex,
            () if escaped => Kind::Quoted(sign, backslash),
            () => Kind::Plain,
        };
        self.cells.push(SqlCell { start: first, length, kind });
        let mut end = close + 1 + spaces(bytes, close + 1);
        if bytes.get(end) == Some(&b':') {
            // A cast of PostgreSQL: '...'::text.
            end += memchr2(b',', b')', &bytes[end..]).unwrap_or(bytes.len() - end);
        }
        match bytes.get(end) {
            None => Ok(None),
            Some(b',' | b')') => Ok(Some(end)),
            Some(b'|' | b'+') => {
                // Strings put together: the expression is the cell. It is read on from here: read anew, it could end
                // before what made it one.
                self.cells.pop();
                Ok(self.bare(bytes, start, end))
            }
            Some(_) => Err(Broken),
        }
    }

    /// Reads a value without quotes: a number, NULL, or an expression with parentheses, known up to `at`.
    fn bare(&mut self, bytes: &[u8], start: usize, mut at: usize) -> Option<usize> {
        let mut depth = 0;
        loop {
            match bytes.get(at)? {
                b',' if depth == 0 => break,
                b')' if depth == 0 => break,
                b'(' => depth += 1,
                b')' => depth -= 1,
                b'\'' | b'"' => (at, _) = closing(bytes, at, self.backslash)?,
                _ => {}
            }
            at += 1;
        }
        let value = bytes[start..at].trim_ascii_end();
        let mut cell = SqlCell { start, length: value.len(), kind: Kind::Plain };
        if value.eq_ignore_ascii_case(b"null") || value == b"\\N" {
            cell.kind = Kind::Null;
        } else if value.len() > 2 && value.len().is_multiple_of(2) && value[..2].eq_ignore_ascii_case(b"0x") {
            cell = SqlCell { start: start + 2, length: value.len() - 2, kind: Kind::Hex };
        } else if value.ends_with(b")") {
            cell = inside_call(value, start).unwrap_or(cell);
        }
        self.cells.push(cell);
        Some(at)
    }

    /// Finds where to go on after a broken tuple: the next tuple, or the next statement.
    fn recover(&self, bytes: &[u8], open: usize, ended: bool, context: &mut SqlContext) -> Met {
        let reason = BROKEN_TUPLE;
        let (bytes, ended) = within(bytes, open, self.limits.record_bytes, ended);
        let mut at = open + 1;
        while let Some(found) = memchr2(b')', b'\n', &bytes[at..]).map(|found| at + found) {
            at = found + 1;
            let next = at + spaces(bytes, at);
            let sign = bytes.get(next);
            if bytes[found] == b'\n' {
                if starts_statement(&bytes[next..]) {
                    context.inside = Inside::Nothing;
                    return Met::Aside { next, reason };
                }
                if sign == Some(&b'(') {
                    return Met::Aside { next, reason };
                }
                continue;
            }
            let after = (next + 1).min(bytes.len());
            match (sign, bytes.get(after)) {
                (Some(b','), _) if bytes.get(after + spaces(bytes, after)) == Some(&b'(') => {
                    return Met::Aside { next: after + spaces(bytes, after), reason };
                }
                // What follows the semicolon decides: at the end of what has been read so far nothing is decided.
                (Some(b';'), None) if !ended => return Met::More,
                (Some(b';'), follows) if follows.is_none_or(u8::is_ascii_whitespace) => {
                    context.inside = Inside::Nothing;
                    return Met::Aside { next: after, reason };
                }
                _ => {}
            }
        }
        if ended { Met::Aside { next: bytes.len(), reason } } else { Met::More }
    }

    /// One line of a COPY.
    fn copy_line(&mut self, bytes: &[u8], at: usize, ended: bool, context: &mut SqlContext) -> Met {
        let Some(end) = memchr(b'\n', &bytes[at..]).map(|end| at + end).or(ended.then_some(bytes.len())) else {
            return Met::More;
        };
        let next = (end + 1).min(bytes.len());
        let line = bytes[at..end].strip_suffix(b"\r").unwrap_or(&bytes[at..end]);
        if line == b"\\." {
            context.inside = Inside::Nothing;
            return Met::Other { next };
        }
        // The next COPY begins though this one never ended. All of its line belongs to it: a chunk that ended within the
        // line would show a row.
        if line.starts_with(b"COPY ") && line.ends_with(b" FROM stdin;") {
            let mut words = Words::new(&bytes[..next], at);
            words.word();
            if let Some((names, columns)) = words.copy_header() {
                let target = Target { table: qualified(context, names), columns };
                context.inside = Inside::Copy(Arc::new(target));
                return Met::Other { next };
            }
        }
        if line.len() > self.limits.record_bytes {
            return Met::Aside { next, reason: LINE_TOO_LONG };
        }
        self.cells.clear();
        let mut start = at;
        let stop = at + line.len();
        loop {
            let tab = memchr(b'\t', &bytes[start..stop]).map_or(stop, |tab| start + tab);
            let value = &bytes[start..tab];
            let kind = match value {
                b"\\N" => Kind::Null,
                value if value.contains(&b'\\') => Kind::Copy,
                _ => Kind::Plain,
            };
            self.cells.push(SqlCell { start, length: tab - start, kind });
            if tab == stop {
                return Met::Row { next };
            }
            start = tab + 1;
        }
    }
}

impl Scanner<'_> {
    /// Passes over tuples without oddities, from a place between two on; returns the end of the last one that ends not
    /// after `limit`, and how many there are.
    fn clean_tuples(&self, bytes: &[u8], start: usize, limit: usize) -> Option<(usize, u64)> {
        // Only from a comma on: what stands before the first tuple, or behind the last, is for the careful reader.
        if bytes.get(start) != Some(&b',') {
            return None;
        }
        let (mut last, mut tuples) = (None, 0);
        let mut begun = start + 1;
        for block in Tuples::new(&bytes[..limit.min(bytes.len())], start + 1, self.backslash) {
            if block.rows == 0 {
                continue;
            }
            let end = block.at + 64 - block.rows.leading_zeros() as usize;
            // No tuple is longer than from the end of the one before, in an earlier block, to its own.
            if end - begun > self.limits.record_bytes {
                break;
            }
            begun = end;
            last = Some(end);
            tuples += u64::from(block.rows.count_ones());
        }
        last.map(|last| (last, tuples))
    }
}

/// Spaces and commas that are passed over together with what follows them.
const FILLING_BYTES: usize = 64;

/// What may be looked at of the bytes from `at` on, and whether more of them would change nothing. A decision that needs
/// more than `most` bytes is made without the rest: else it would depend on how much happens to be in memory.
fn within(bytes: &[u8], at: usize, most: usize, ended: bool) -> (&[u8], bool) {
    match bytes.get(..at + most + 1) {
        Some(window) => (window, true),
        None => (bytes, ended),
    }
}

/// A tuple that is not well-formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Broken;

fn qualified(context: &SqlContext, names: Vec<String>) -> String {
    match &context.database {
        Some(database) if names.len() == 1 => format!("{database}.{}", names[0]),
        _ => names.join("."),
    }
}

/// Functions that say what kind of value their argument is and leave it as it is.
const TYPES: &[&[u8]] = &[
    b"CAST",
    b"TRY_CAST",
    b"CONVERT",
    b"TO_DATE",
    b"TO_TIMESTAMP",
    b"TO_TIMESTAMP_TZ",
    b"TO_CLOB",
    b"TO_NCLOB",
    b"UNISTR",
    b"HEXTORAW",
    b"STR_TO_DATE",
    b"DATE",
    b"TO_NUMBER",
    b"ST_GEOMFROMTEXT",
];

/// `CAST(N'2020-01-01' AS date)`, `to_date('01.05.1990', 'DD.MM.YYYY')`: the value inside.
fn inside_call(value: &[u8], start: usize) -> Option<SqlCell> {
    let open = memchr(b'(', value)?;
    let name = value[..open].trim_ascii_end();
    if !TYPES.iter().any(|known| name.eq_ignore_ascii_case(known)) {
        return None;
    }
    let Some(quote) = memchr(b'\'', value) else {
        // A number: CAST(1.50 AS Decimal(10, 2)).
        let end = value.windows(4).position(|word| word.eq_ignore_ascii_case(b" as "))?;
        let length = value[..end].trim_ascii_end().len().checked_sub(open + 1)?;
        return Some(SqlCell { start: start + open + 1, length, kind: Kind::Plain });
    };
    let (mut at, mut doubled) = (quote + 1, false);
    loop {
        let end = at + memchr(b'\'', value.get(at..)?)?;
        if value.get(end + 1) != Some(&b'\'') {
            let kind = if doubled { Kind::Quoted(b'\'', false) } else { Kind::Plain };
            return Some(SqlCell { start: start + quote + 1, length: end - quote - 1, kind });
        }
        doubled = true;
        at = end + 2;
    }
}

/// Where the quotes that open at `open` close, and whether something between is escaped; `None`: not before the end, or
/// right at it, where one more byte could double the quote.
fn closing(bytes: &[u8], open: usize, backslash: bool) -> Option<(usize, bool)> {
    let sign = bytes[open];
    let mut escaped = false;
    let mut at = open + 1;
    loop {
        let found = at + find_near(sign, if backslash { b'\\' } else { sign }, bytes.get(at..)?)?;
        if bytes[found] != b'\\' && *bytes.get(found + 1)? != sign {
            return Some((found, escaped));
        }
        escaped = true;
        at = found + 2;
    }
}

/// A value as it stands between two signs; `None` for one that the careful reader must look at.
#[inline]
fn plain_value(bytes: &[u8], start: usize, end: usize) -> Option<Cell> {
    let value = &bytes[start..end];
    match value {
        [b'\'', .., b'\''] => Some(Cell { start: start as u32 + 1, length: value.len() as u32 - 2 }),
        [b'0'..=b'9' | b'-', rest @ ..]
            if !rest.iter().any(|byte| matches!(byte, b'x' | b'X') || byte.is_ascii_whitespace()) =>
        {
            Some(Cell { start: start as u32, length: value.len() as u32 })
        }
        b"NULL" => Some(Cell::NULL),
        _ => None,
    }
}

fn spaces(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// `_binary '...'`, `N'...'`, `x'...'`: where the quote stands; not text if the prefix is `x`.
fn prefixed_quote(bytes: &[u8], at: usize) -> Option<(usize, bool)> {
    let word = bytes[at..].iter().take(32).take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let quote = at + word + spaces(bytes, at + word);
    let hex = word == 1 && bytes[at].eq_ignore_ascii_case(&b'x');
    (word > 0 && bytes.get(quote) == Some(&b'\'')).then_some((quote, !hex))
}

/// A SQL dump, as parsing needs it.
#[derive(Clone, Debug)]
pub(super) struct SqlDump {
    /// Whose dump it is.
    pub(super) flavour: Flavour,
    /// The tables; the first has index `first_table` among the file's.
    pub(super) tables: Arc<SqlTables>,
    pub(super) first_table: u32,
}

/// Where the cells of a target's tuples go.
struct Route {
    target: Arc<Target>,
    table: Option<usize>,
    /// Column of each cell; `None`: in order.
    columns: Option<Vec<usize>>,
}

impl SqlDump {
    /// Parses a chunk.
    pub(super) fn parse(&self, chunk: Chunk, charset: Charset, limits: &Limits) -> Parsed {
        let mut parsed = Parsed { unread_bytes: chunk.skipped_bytes, ..Parsed::default() };
        let Context::Sql(mut context) = chunk.context else { return parsed };
        let mut bytes = chunk.bytes;
        let mut scanner = Scanner::new(self.flavour.backslash(), limits);
        let mut making = Making { block: None, escapes: Vec::new(), done: Vec::new() };
        let mut route: Option<Route> = None;
        if chunk.skipped_bytes > 0 {
            self.aside(&context.inside, &mut route, &mut making, LINE_TOO_LONG, &mut parsed);
        }
        let mut at = 0;
        let mut inside = context.inside.clone();
        while at < bytes.len() {
            let met = scanner.step(&bytes, at, true, &mut context);
            let row = matches!(met, Met::Row { .. });
            let next = match met {
                Met::Row { next } => {
                    // The comma before a tuple is the list's, wherever the chunk was cut.
                    let start = at + leading(&bytes[at..], &inside);
                    let offset = chunk.offset + start as u64;
                    if !self.row(&inside, &mut route, &mut making, &bytes, &scanner.cells, offset) {
                        parsed.unread_bytes += (next - start) as u64;
                        parsed.unplaced += u64::from(self.table_of(&inside, &mut route).is_none());
                    }
                    // A list of plain tuples goes on behind this one.
                    let list = matches!(inside, Inside::Values(_)) && bytes.get(next) == Some(&b',');
                    match route.as_ref().filter(|_| list) {
                        Some(route) => self.plain_tuples(route, &mut making, &bytes, next, chunk.offset, limits),
                        None => next,
                    }
                }
                Met::Aside { next, reason } => {
                    self.aside(&inside, &mut route, &mut making, reason, &mut parsed);
                    let start = at + leading(&bytes[at..], &inside);
                    parsed.unread_bytes += next.saturating_sub(start) as u64;
                    next
                }
                Met::Table { next, .. } | Met::Other { next } => next,
                Met::More => bytes.len(),
            };
            // A row never changes what it lies in.
            if !row {
                inside = context.inside.clone();
            }
            at = next;
        }
        making.finish();
        for (mut block, escapes) in making.done {
            for (cell, kind) in escapes {
                unescape(&mut bytes, &mut block.cells[cell], kind);
            }
            parsed.blocks.push(Block::Rows(block));
        }
        settle_all(bytes, charset, &mut parsed);
        parsed
    }

    /// Reads tuples without oddities, from a place between two on; returns where the last one read ends.
    fn plain_tuples(
        &self,
        route: &Route,
        making: &mut Making,
        bytes: &[u8],
        start: usize,
        offset: u64,
        limits: &Limits,
    ) -> usize {
        let Route { table: Some(table), columns: None, .. } = route else { return start };
        let table = *table;
        let columns = self.tables.tables[table].columns.len();
        let (block, _) = making.block(self.first_table + table as u32, columns);
        let (mut done, mut first) = (start, block.cells.len());
        let (mut open, mut field) = (start + 1, start + 2);
        for ends in Tuples::new(bytes, start + 1, self.flavour.backslash()) {
            let mut signs = ends.cells;
            while signs != 0 {
                let bit = signs.trailing_zeros();
                let at = ends.at + bit as usize;
                signs &= signs - 1;
                if at == done {
                    // The comma between two tuples.
                    (open, field) = (at + 1, at + 2);
                    continue;
                }
                let Some(cell) = plain_value(bytes, field, at) else {
                    block.cells.truncate(first);
                    return done;
                };
                block.cells.push(cell);
                field = at + 1;
                if ends.rows >> bit & 1 == 0 {
                    continue;
                }
                if block.cells.len() - first != columns || at - open > limits.record_bytes {
                    block.cells.truncate(first);
                    return done;
                }
                block.ordinals.push(block.rows_met);
                block.offsets.push(offset + open as u64);
                block.rows_met += 1;
                (done, first) = (at + 1, block.cells.len());
            }
        }
        block.cells.truncate(first);
        done
    }

    fn table_of<'r>(&self, inside: &Inside, route: &'r mut Option<Route>) -> Option<(usize, &'r Route)> {
        let (Inside::Values(target) | Inside::Copy(target)) = inside else { return None };
        if !route.as_ref().is_some_and(|route| Arc::ptr_eq(&route.target, target)) {
            let table = self.tables.find(&target.table);
            let columns = table.and_then(|table| self.columns_of(target, table));
            *route = Some(Route { target: Arc::clone(target), table, columns });
        }
        let route = route.as_ref()?;
        Some((route.table?, route))
    }

    fn columns_of(&self, target: &Target, table: usize) -> Option<Vec<usize>> {
        let known = &self.tables.tables[table].columns;
        let names = target.columns.as_ref()?;
        let places: Vec<usize> = names
            .iter()
            .map(|name| known.iter().position(|column| column.as_ref() == Some(name)).unwrap_or(usize::MAX))
            .collect();
        (places.len() != known.len() || !places.iter().copied().eq(0..known.len())).then_some(places)
    }

    /// Adds a row; false if it was set aside.
    fn row(
        &self,
        inside: &Inside,
        route: &mut Option<Route>,
        making: &mut Making,
        bytes: &[u8],
        cells: &[SqlCell],
        offset: u64,
    ) -> bool {
        let Some((table, route)) = self.table_of(inside, route) else { return false };
        let columns = self.tables.tables[table].columns.len();
        let expected = route.columns.as_ref().map_or(columns, Vec::len);
        let (block, escapes) = making.block(self.first_table + table as u32, columns);
        let ordinal = block.rows_met;
        block.rows_met += 1;
        if cells.len() != expected {
            block.set_aside.push((ordinal, RAGGED_ROW));
            return false;
        }
        block.ordinals.push(ordinal);
        block.offsets.push(offset);
        let first = block.cells.len();
        block.cells.resize(first + columns, Cell::NULL);
        for (index, cell) in cells.iter().enumerate() {
            let column = route.columns.as_ref().map_or(index, |columns| columns[index]);
            if column >= columns || cell.kind == Kind::Null {
                continue;
            }
            block.cells[first + column] = Cell { start: cell.start as u32, length: cell.length as u32 };
            if cell.kind != Kind::Plain {
                escapes.push((first + column, cell.kind));
            }
        }
        debug_assert!(cells.iter().all(|cell| cell.start + cell.length <= bytes.len()));
        true
    }

    fn aside(
        &self,
        inside: &Inside,
        route: &mut Option<Route>,
        making: &mut Making,
        reason: &'static str,
        parsed: &mut Parsed,
    ) {
        let Some((table, _)) = self.table_of(inside, route) else {
            parsed.unplaced += 1;
            return;
        };
        let (block, _) = making.block(self.first_table + table as u32, self.tables.tables[table].columns.len());
        block.set_aside.push((block.rows_met, reason));
        block.rows_met += 1;
    }

    /// Returns table index, start and end of every row met in a chunk, in the order in which `parse` counts them.
    pub(super) fn spans(&self, chunk: &Chunk, limits: &Limits) -> Vec<(u32, usize, usize)> {
        let mut spans = Vec::new();
        let Context::Sql(mut context) = chunk.context.clone() else { return spans };
        let mut scanner = Scanner::new(self.flavour.backslash(), limits);
        let mut route = None;
        let mut at = 0;
        if chunk.skipped_bytes > 0
            && let Some((table, _)) = self.table_of(&context.inside, &mut route)
        {
            spans.push((self.first_table + table as u32, 0, 0));
        }
        while at < chunk.bytes.len() {
            let inside = context.inside.clone();
            let next = match scanner.step(&chunk.bytes, at, true, &mut context) {
                Met::Row { next } | Met::Aside { next, .. } => {
                    if let Some((table, _)) = self.table_of(&inside, &mut route) {
                        let start = at + leading(&chunk.bytes[at..], &inside);
                        spans.push((self.first_table + table as u32, start, next));
                    }
                    next
                }
                Met::Table { next, .. } | Met::Other { next } => next,
                Met::More => chunk.bytes.len(),
            };
            at = next;
        }
        spans
    }
}

/// Signs before a tuple that belong to the list around it.
fn leading(bytes: &[u8], inside: &Inside) -> usize {
    match inside {
        Inside::Values(_) => bytes.iter().take_while(|b| b.is_ascii_whitespace() || **b == b',').count(),
        _ => 0,
    }
}

type Escapes = Vec<(usize, Kind)>;

/// Blocks being made: one after the other, a new one whenever the table changes.
struct Making {
    block: Option<RowBlock>,
    escapes: Escapes,
    done: Vec<(RowBlock, Escapes)>,
}

impl Making {
    fn block(&mut self, table: u32, columns: usize) -> (&mut RowBlock, &mut Escapes) {
        if self.block.as_ref().is_some_and(|block| block.table != table) {
            self.finish();
        }
        let block = self.block.get_or_insert_with(|| RowBlock { table, columns, ..RowBlock::default() });
        (block, &mut self.escapes)
    }

    fn finish(&mut self) {
        if let Some(block) = self.block.take() {
            self.done.push((block, std::mem::take(&mut self.escapes)));
        }
    }
}

/// Gives each block its bytes. Only the last block can take them over as they are.
fn settle_all(bytes: Vec<u8>, charset: Charset, parsed: &mut Parsed) {
    let count = parsed.blocks.len();
    let mut bytes = Some(bytes);
    for (index, block) in parsed.blocks.iter_mut().enumerate() {
        let Block::Rows(block) = block else { continue };
        let raw = if index + 1 == count {
            bytes.take().unwrap_or_default()
        } else {
            cut_out(bytes.as_deref().unwrap_or_default(), block)
        };
        parsed.replaced += charset.settle(raw, block);
    }
}

/// Copies what a block's cells point to and points them there.
fn cut_out(bytes: &[u8], block: &mut RowBlock) -> Vec<u8> {
    let mut raw = Vec::new();
    for cell in block.cells.iter_mut().filter(|cell| cell.length != Cell::NULL_LENGTH) {
        let start = raw.len() as u32;
        raw.extend_from_slice(&bytes[cell.start as usize..][..cell.length as usize]);
        cell.start = start;
    }
    raw
}

/// Unescapes a cell in place; what becomes free is filled with spaces.
fn unescape(bytes: &mut [u8], cell: &mut Cell, kind: Kind) {
    let place = &mut bytes[cell.start as usize..][..cell.length as usize];
    let length = match kind {
        Kind::Quoted(quote, backslash) => unescape_quoted(place, quote, backslash),
        Kind::Copy => unescape_quoted(place, b'\\', true),
        Kind::Hex => unescape_hex(place),
        Kind::Plain | Kind::Null => return,
    };
    place[length..].fill(b' ');
    cell.length = length as u32;
}

fn unescape_quoted(cell: &mut [u8], quote: u8, backslash: bool) -> usize {
    let (mut read, mut write) = (0, 0);
    while read < cell.len() {
        let mut byte = cell[read];
        read += 1;
        let next = cell.get(read).copied();
        if byte == b'\\' && backslash {
            if let Some(next) = next {
                byte = match next {
                    b'n' => b'\n',
                    b't' => b'\t',
                    b'r' => b'\r',
                    b'b' => 8,
                    b'f' => 12,
                    b'v' => 11,
                    b'0' => 0,
                    b'Z' => 26,
                    next => next,
                };
                read += 1;
            }
        } else if byte == quote && next == Some(quote) {
            read += 1;
        }
        cell[write] = byte;
        write += 1;
    }
    write
}

/// Hexadecimal digits become bytes if those are text; else they stay as they are.
fn unescape_hex(cell: &mut [u8]) -> usize {
    let digit = |byte: u8| (byte as char).to_digit(16).map(|digit| digit as u8);
    let bytes: Option<Vec<u8>> =
        cell.chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(*pair.get(1)?)?)).collect();
    let Some(bytes) = bytes else { return cell.len() };
    let text = std::str::from_utf8(&bytes).is_ok_and(|text| !text.chars().any(|c| c.is_control() && c != '\n'));
    if !text {
        return cell.len();
    }
    cell[..bytes.len()].copy_from_slice(&bytes);
    bytes.len()
}

/// Cuts a dump, and learns its tables on the way if asked to.
pub(super) struct SqlCutter<'a> {
    scanner: Scanner<'a>,
    context: SqlContext,
    learned: Option<SqlTables>,
}

impl<'a> SqlCutter<'a> {
    /// Begins in `context`.
    pub(super) fn new(backslash: bool, context: SqlContext, learn: bool, limits: &'a Limits) -> Self {
        let learned = learn.then(SqlTables::default);
        SqlCutter { scanner: Scanner::new(backslash, limits), context, learned }
    }

    fn learn(&mut self, met: &Met, inside: &Inside) {
        let Some(tables) = &mut self.learned else { return };
        match (met, inside) {
            (Met::Table { name, columns, .. }, _) if tables.tables.len() < self.scanner.limits.tables => {
                let table = tables.entry(name);
                if table.columns.is_empty() {
                    table.columns = columns.iter().take(self.scanner.limits.columns).cloned().map(Some).collect();
                }
            }
            (Met::Row { .. }, Inside::Values(target) | Inside::Copy(target)) => {
                tables.learn_row(target, self.scanner.cells.len(), self.scanner.limits);
            }
            _ => {}
        }
    }
}

impl SqlCutter<'_> {
    /// Passes over plain tuples of a table of which nothing but the number of rows is left to be learned.
    fn clean_tuples(&mut self, buffer: &[u8], at: usize, limit: usize, context: &SqlContext) -> Option<usize> {
        let Inside::Values(target) = &context.inside else { return None };
        let mut known = None;
        if let Some(tables) = &mut self.learned {
            let table = tables.find(&target.table)?;
            known = Some(&mut tables.tables[table]);
            // A first row shows the columns where nothing names them; names are learned with the first row that has them.
            if known
                .as_ref()
                .is_some_and(|table| table.columns.is_empty() || table.rows == 0 || target.columns.is_some())
            {
                return None;
            }
        }
        let (end, tuples) = self.scanner.clean_tuples(buffer, at, limit)?;
        if let Some(table) = known {
            table.rows += tuples;
        }
        Some(end)
    }
}

impl Cutter for SqlCutter<'_> {
    fn context(&self) -> Context {
        Context::Sql(self.context.clone())
    }

    fn cut(&mut self, buffer: &[u8], target: usize, ended: bool) -> Option<usize> {
        let mut best = None;
        let mut at = 0;
        let mut before = self.context.clone();
        while at < buffer.len() {
            if let Some(end) = self.clean_tuples(buffer, at, target, &before) {
                best = Some(end);
                at = end;
                continue;
            }
            let met = self.scanner.step(buffer, at, ended, &mut self.context);
            let next = match &met {
                Met::Row { next } | Met::Aside { next, .. } | Met::Table { next, .. } | Met::Other { next } => *next,
                Met::More => {
                    self.context = before;
                    return best;
                }
            };
            if next > target && best.is_some() {
                self.context = before;
                return best;
            }
            self.learn(&met, &before.inside);
            best = (next > 0).then_some(next);
            if next > target {
                return best;
            }
            // A row never changes what it lies in.
            if !matches!(met, Met::Row { .. }) {
                before = self.context.clone();
            }
            at = next;
        }
        best
    }

    fn pass_over(&mut self, bytes: &[u8]) -> Option<usize> {
        let tuple = match self.context.inside {
            Inside::Values(_) => memchr::memmem::find(bytes, b"),(").map(|at| at + 2),
            _ => None,
        };
        match (tuple, memchr(b'\n', bytes).map(|at| at + 1)) {
            (Some(tuple), line) if line.is_none_or(|line| tuple < line) => Some(tuple),
            (_, Some(line)) => {
                if !matches!(self.context.inside, Inside::Copy(_)) {
                    self.context.inside = Inside::Nothing;
                }
                Some(line)
            }
            _ => None,
        }
    }

    fn restart(&mut self) -> Context {
        self.context = SqlContext::default();
        self.scanner.last = None;
        self.context()
    }

    fn learned(&mut self) -> Learned {
        self.learned.take().map_or(Learned::Nothing, Learned::Sql)
    }
}
