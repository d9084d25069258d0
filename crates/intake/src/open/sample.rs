//! Takes samples: the beginning of a member and places spread over all of it, the same ones in every run.
//!
//! Pieces are kept raw and parsed at the end, when the encoding of the whole member is known.

use std::collections::BTreeMap;

use super::block::{Cell, RowBlock};
use super::chunk::{Block, Chunk, Parsed};
use super::leaf::{Layout, Leaf};
use super::limits::Limits;

/// Keeps the beginning and every n-th chunk's beginning; n doubles whenever too many are kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Sampler {
    beginning: Vec<Chunk>,
    beginning_bytes: usize,
    pieces: Vec<(u64, Chunk)>,
    stride: u64,
    chunks: u64,
}

/// Parsed samples of a member.
#[derive(Debug, Default)]
pub(super) struct Sample {
    tables: BTreeMap<u32, TableSample>,
    /// Text, joined.
    pub(super) text: Vec<u8>,
    /// Bytes looked at.
    pub(super) bytes: u64,
    /// Of them, bytes that became neither rows nor text.
    pub(super) unread_bytes: u64,
}

#[derive(Debug, Default)]
struct TableSample {
    rows: RowBlock,
    met: u64,
}

impl Sampler {
    /// Bytes kept of a place.
    pub(super) const PIECE_BYTES: usize = 64 << 10;

    /// Looks at the next chunk of a member.
    pub(super) fn look(&mut self, leaf: &Leaf, chunk: &Chunk, limits: &Limits) {
        let number = self.chunks;
        self.chunks += 1;
        if chunk.bytes.is_empty() {
            return;
        }
        if self.beginning_bytes < limits.sample_bytes {
            let left = limits.sample_bytes - self.beginning_bytes;
            self.beginning_bytes += chunk.bytes.len().min(left);
            self.beginning.push(piece(leaf, chunk, left, limits));
            return;
        }
        if number.is_multiple_of(self.stride.max(1)) {
            let bytes = Self::PIECE_BYTES.min(limits.sample_bytes.max(1));
            self.keep(piece(leaf, chunk, bytes, limits), number);
            while self.pieces.len() > limits.strata.max(1) {
                self.stride = self.stride.max(1) * 2;
                let stride = self.stride;
                self.pieces.retain(|(number, _)| number.is_multiple_of(stride));
            }
        }
    }

    /// Keeps a piece of the member as that of chunk `number`.
    pub(super) fn keep(&mut self, piece: Chunk, number: u64) {
        self.pieces.push((number, piece));
    }

    /// Parses what was kept.
    pub(super) fn parse(self, leaf: &Leaf, limits: &Limits) -> Sample {
        let mut sample = Sample::default();
        if let Layout::Columnar(columnar) = &leaf.layout {
            // Row groups are whole chunks: decode no more of them than is kept.
            for (place, (_, chunk)) in self.pieces.into_iter().enumerate() {
                let rows = if place == 0 { limits.sample_rows } else { limits.stratum_rows };
                sample.bytes += chunk.skipped_bytes;
                let mut blocks = Vec::new();
                let parsed = columnar.parse(&chunk, rows, &mut |block| blocks.push(block));
                sample.take(Parsed { blocks, ..parsed }, if place == 0 { rows } else { 0 }, limits);
            }
            return sample;
        }
        for chunk in self.beginning {
            sample.add(leaf, chunk, limits.sample_rows, limits);
        }
        for (_, chunk) in self.pieces {
            sample.add(leaf, chunk, 0, limits);
        }
        sample
    }
}

/// The beginning of a chunk, whole records only.
pub(super) fn piece(leaf: &Leaf, chunk: &Chunk, bytes: usize, limits: &Limits) -> Chunk {
    let whole = chunk.bytes.len();
    let end =
        if whole > bytes { leaf.cutter(&chunk.context, false, limits).cut(&chunk.bytes, bytes, true) } else { None };
    Chunk { context: chunk.context.clone(), bytes: chunk.bytes[..end.unwrap_or(whole)].to_vec(), ..*chunk }
}

impl Sample {
    /// Parses a piece; keeps rows while a table has fewer than `rows`, else a few from all over the piece.
    fn add(&mut self, leaf: &Leaf, chunk: Chunk, rows: usize, limits: &Limits) {
        self.bytes += chunk.bytes.len() as u64;
        self.take(leaf.parse(chunk, limits), rows, limits);
    }

    fn take(&mut self, parsed: Parsed, rows: usize, limits: &Limits) {
        self.unread_bytes += parsed.unread_bytes;
        for block in parsed.blocks {
            match block {
                Block::Text(text) => self.text.extend_from_slice(&text.bytes),
                Block::Rows(block) => {
                    let table = self.tables.entry(block.table).or_default();
                    table.met += u64::from(block.rows_met);
                    let room = rows.saturating_sub(table.rows.rows());
                    let wanted = if rows == 0 { limits.stratum_rows } else { room }.min(block.rows());
                    // Few rows of a piece are spread over it: neighbours are alike.
                    let step = if rows == 0 { (block.rows() / wanted.max(1)).max(1) } else { 1 };
                    for row in (0..block.rows()).step_by(step).take(wanted) {
                        append(&mut table.rows, &block, row);
                    }
                }
            }
        }
    }

    /// Returns the sampled rows of a table.
    pub(super) fn rows(&self, table: u32, columns: usize) -> RowBlock {
        let mut rows = self.tables.get(&table).map(|sample| sample.rows.clone()).unwrap_or_default();
        rows.table = table;
        rows.columns = columns;
        rows
    }

    /// Estimates the rows of a table from the share of `body` bytes that was parsed.
    pub(super) fn rows_of(&self, table: u32, body: u64) -> u64 {
        let met = self.tables.get(&table).map_or(0, |sample| sample.met);
        if self.bytes >= body || self.bytes == 0 {
            return met;
        }
        (met as f64 * body as f64 / self.bytes as f64).round() as u64
    }
}

fn append(rows: &mut RowBlock, from: &RowBlock, row: usize) {
    rows.ordinals.push(rows.rows_met);
    rows.rows_met += 1;
    rows.offsets.push(from.offsets[row]);
    for column in 0..from.columns {
        let cell = match from.cell(row, column) {
            None => Cell::NULL,
            Some(bytes) => {
                let start = rows.bytes.len() as u32;
                rows.bytes.extend_from_slice(bytes);
                Cell { start, length: bytes.len() as u32 }
            }
        };
        rows.cells.push(cell);
    }
}
