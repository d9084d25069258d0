//! Cuts a member into chunks at record boundaries and says what a parser hands back.
//!
//! Enters: a reader and a [`Cutter`], which knows where records of its format end. Leaves: chunks that can be parsed
//! apart from each other. Where a chunk ends depends on the bytes and on `Limits::chunk_bytes`, never on threads.

use std::io::Read;

use super::block::{RowBlock, TextBlock};
use super::columnar::RowGroup;
use super::container::Flow;
use super::json::Keys;
use super::limits::Limits;
use super::sqldump::{SqlContext, SqlTables};

/// Reason code of a record longer than `Limits::record_bytes`.
pub(super) const LINE_TOO_LONG: &str = "line_too_long";

/// What is handed to the caller's work: rows of one table, or a stretch of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Rows.
    Rows(RowBlock),
    /// Text.
    Text(TextBlock),
}

/// What a format needs to know at the beginning of a chunk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Context {
    /// Nothing.
    #[default]
    Plain,
    /// The statement it lies in.
    Sql(SqlContext),
    /// The row group it stands for.
    RowGroup(RowGroup),
}

/// What a cutter learned of a member on its way through.
pub(super) enum Learned {
    /// Nothing.
    Nothing,
    /// The tables of a SQL dump.
    Sql(SqlTables),
    /// The keys of JSON records.
    Json(Keys),
}

/// Consecutive whole records of a member.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    /// Offset of the first byte in the decoded member.
    pub(super) offset: u64,
    /// What the format needs to know at the first byte.
    pub(super) context: Context,
    /// The records.
    pub(super) bytes: Vec<u8>,
    /// Set, with its length, for a record too long to be held; `bytes` is then empty.
    pub(super) skipped_bytes: u64,
}

/// What a parser made of a chunk.
#[derive(Clone, Debug, Default)]
pub(super) struct Parsed {
    /// Blocks in the order of the evidence.
    pub(super) blocks: Vec<Block>,
    /// Replacement characters put in for broken bytes.
    pub(super) replaced: u64,
    /// Bytes that became neither rows nor text: rows set aside, damaged stretches.
    pub(super) unread_bytes: u64,
    /// Rows that no known table could take, and values that no known column could take.
    pub(super) unplaced: u64,
}

/// Knows where records of a format end.
pub(super) trait Cutter {
    /// Returns the context at the start of the next chunk.
    fn context(&self) -> Context {
        Context::default()
    }

    /// Returns where to cut `buffer`, which begins with a record: the last boundary not after `target`, else the first
    /// after it. `None`: there is none yet. `ended` says that nothing follows the buffer; then there always is one.
    fn cut(&mut self, buffer: &[u8], target: usize, ended: bool) -> Option<usize>;

    /// Returns what was learned of the records cut so far, if this cutter learns.
    fn learned(&mut self) -> Learned {
        Learned::Nothing
    }

    /// Begins anew at a place where a record begins that follows nothing known; returns the context of such a place.
    fn restart(&mut self) -> Context {
        Context::Plain
    }

    /// Passes over a record that is too long. Returns where in `bytes` the next one begins, or `None` if not there.
    fn pass_over(&mut self, bytes: &[u8]) -> Option<usize> {
        memchr::memchr(b'\n', bytes).map(|at| at + 1)
    }
}

/// Bytes of delimiters, commas and spaces that stand around a record.
const SIGNS_BYTES: usize = 1 << 10;

/// Reads a member to its end and emits its chunks. `offset` is where in the member the reader stands.
pub(super) fn produce(
    reader: &mut dyn Read,
    mut offset: u64,
    cutter: &mut dyn Cutter,
    limits: &Limits,
    emit: &mut dyn FnMut(Chunk) -> Flow,
) -> Flow {
    let target = limits.chunk_bytes.max(1);
    // The longest record with the longest quoted field, and room for the signs behind it.
    let most = limits.record_bytes + limits.quoted_bytes + target + SIGNS_BYTES;
    let mut want = target;
    let mut buffer: Vec<u8> = Vec::with_capacity(target);
    loop {
        let ended = fill(reader, &mut buffer, want);
        if buffer.is_empty() {
            return Flow::Continue(());
        }
        let context = cutter.context();
        match cutter.cut(&buffer, target, ended) {
            Some(at) => {
                let mut rest = Vec::with_capacity(target + buffer.len() - at);
                rest.extend_from_slice(&buffer[at..]);
                buffer.truncate(at);
                let bytes = std::mem::replace(&mut buffer, rest);
                emit(Chunk { offset, context, bytes, skipped_bytes: 0 })?;
                offset += at as u64;
                want = target.max(buffer.len());
            }
            None if buffer.len() < most && !ended => want = (buffer.len() * 2).clamp(target, most),
            None => {
                let skipped_bytes = pass_over(reader, &mut buffer, cutter);
                emit(Chunk { offset, context, bytes: Vec::new(), skipped_bytes })?;
                offset += skipped_bytes;
                want = target.max(buffer.len());
            }
        }
    }
}

/// Fills the buffer up to `want` bytes; returns whether the member has ended.
fn fill(reader: &mut dyn Read, buffer: &mut Vec<u8>, want: usize) -> bool {
    let missing = want.saturating_sub(buffer.len());
    buffer.reserve_exact(missing);
    // One byte more than wanted is never read: whether the member ends exactly here shows on the next call.
    let got = reader.take(missing as u64).read_to_end(buffer).unwrap_or(0);
    got < missing
}

/// Drops the record that the buffer begins with, reading on as far as needed; returns its length.
fn pass_over(reader: &mut dyn Read, buffer: &mut Vec<u8>, cutter: &mut dyn Cutter) -> u64 {
    const STEP: usize = 1 << 20;
    let mut passed = 0;
    loop {
        if let Some(at) = cutter.pass_over(buffer) {
            buffer.drain(..at);
            return passed + at as u64;
        }
        passed += buffer.len() as u64;
        buffer.clear();
        if fill(reader, buffer, STEP) && buffer.is_empty() {
            return passed;
        }
    }
}

/// Finds the first of two bytes. Cells are short: looking at the first few by hand is faster than setting up a search.
#[inline]
pub(super) fn find_near(one: u8, other: u8, bytes: &[u8]) -> Option<usize> {
    const NEAR: usize = 16;
    for (at, byte) in bytes.iter().take(NEAR).enumerate() {
        if *byte == one || *byte == other {
            return Some(at);
        }
    }
    memchr::memchr2(one, other, bytes.get(NEAR..)?).map(|at| at + NEAR)
}
