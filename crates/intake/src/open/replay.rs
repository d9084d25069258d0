//! Leads an address back to the bytes it came from.
//!
//! Enters: a surveyed file and an address. Leaves: the row's or stretch's raw bytes as they stand in the decoded member,
//! masked until someone reveals them.

use std::io::Read;

use encoding_rs::Encoding;
use vocab::progress::Silent;
use vocab::{ForensicPath, Masked, Place, Problem, ProblemKind};

use super::block::RowBlock;
use super::chunk::{Block, Chunk};
use super::container::{Flow, Input, MemberPlace, Visitor, Walker};
use super::encoding::{Recoder, whole_encoding};
use super::leaf::{HEAD_BYTES, Layout, Leaf};
use super::limits::Limits;
use super::stream::read;
use super::survey::EvidenceFile;

/// Returns the raw bytes at an address within `file`. A row of a Parquet file comes as its cells, joined by tabs.
pub fn replay(file: &EvidenceFile, address: &ForensicPath, limits: &Limits) -> Result<Masked, Problem> {
    let found = match &address.place {
        Place::Row { table, row } => replay_row(file, address, table.as_deref(), *row, limits)?,
        Place::Bytes { offset, length } => replay_bytes(file, address, *offset, *length, limits)?,
        Place::Whole => return Err(problem(address, ProblemKind::Unsupported, "the address names no row or bytes")),
    };
    Ok(Masked::new(found))
}

fn problem(address: &ForensicPath, kind: ProblemKind, cause: &str) -> Problem {
    let hint = "check the address against the report, and that the evidence is unchanged";
    Problem { kind, path: address.to_string(), cause: cause.to_owned(), hint: hint.to_owned() }
}

fn replay_row(
    file: &EvidenceFile,
    address: &ForensicPath,
    name: Option<&str>,
    row: u64,
    limits: &Limits,
) -> Result<Vec<u8>, Problem> {
    let absent = |cause| problem(address, ProblemKind::Absent, cause);
    let table = file.tables.iter().position(|table| {
        table.path.members == address.members && (!table.named_in_address || name == Some(table.name.as_str()))
    });
    let table = table.ok_or_else(|| absent("the file has no such table"))? as u32;
    let mut before = 0;
    let mut found = None;
    let _ = read(file, limits, &Silent, &mut |leaf, chunk| match row_in(
        &file.leaves[leaf],
        chunk,
        table,
        row.wrapping_sub(before + 1),
        limits,
    ) {
        Ok(bytes) => {
            found = Some(bytes);
            Flow::Break(())
        }
        Err(rows) => {
            before += rows;
            Flow::Continue(())
        }
    });
    match found {
        Some(Some(bytes)) => Ok(bytes),
        Some(None) => Err(problem(address, ProblemKind::LimitReached, "the row is longer than the limit")),
        None => Err(absent("the table has no such row")),
    }
}

/// The bytes of row `wanted` (from 0) of the chunk, or how many rows of the table the chunk has.
fn row_in(leaf: &Leaf, chunk: Chunk, table: u32, wanted: u64, limits: &Limits) -> Result<Option<Vec<u8>>, u64> {
    if let Layout::Columnar(columnar) = &leaf.layout {
        let stated = columnar.group_rows(&chunk);
        if columnar.table != table || wanted >= stated {
            return Err(if columnar.table == table { stated } else { 0 });
        }
        let mut at = 0;
        let mut found = None;
        let upto = usize::try_from(wanted).unwrap_or(usize::MAX).saturating_add(1);
        columnar.parse(&chunk, upto, &mut |block| {
            let Block::Rows(block) = block else { return };
            if wanted >= at {
                found = found.take().or_else(|| joined(&block, wanted - at));
            }
            at += u64::from(block.rows_met);
        });
        return Ok(found);
    }
    let mut spans = leaf.spans(&chunk, limits);
    spans.retain(|(of, ..)| *of == table);
    match usize::try_from(wanted).ok().and_then(|wanted| spans.get(wanted)) {
        Some((_, start, end)) if end > start => Ok(Some(chunk.bytes[*start..*end].trim_ascii_end().to_vec())),
        Some(_) => Ok(None),
        None => Err(spans.len() as u64),
    }
}

/// The row with this ordinal as its cells, joined by tabs; `None` if the block has no such row or set it aside.
fn joined(block: &RowBlock, wanted: u64) -> Option<Vec<u8>> {
    let row = block.ordinals.iter().position(|ordinal| u64::from(*ordinal) == wanted)?;
    let cells: Vec<&[u8]> = (0..block.columns).map(|column| block.cell(row, column).unwrap_or(b"\\N")).collect();
    Some(cells.join(&b'\t'))
}

fn replay_bytes(
    file: &EvidenceFile,
    address: &ForensicPath,
    offset: u64,
    length: u64,
    limits: &Limits,
) -> Result<Vec<u8>, Problem> {
    if length > limits.record_bytes as u64 {
        return Err(problem(address, ProblemKind::LimitReached, "the stretch is longer than the limit"));
    }
    let mut visitor = Stretch { members: &address.members, offset, length, found: None };
    let walker = Walker::new(&file.disk_path, ForensicPath::file(&file.path), limits, &Silent);
    let _ = walker.walk(&mut visitor);
    let found = visitor.found.ok_or_else(|| problem(address, ProblemKind::Absent, "the file has no such member"))?;
    if found.len() as u64 == length {
        Ok(found)
    } else {
        Err(problem(address, ProblemKind::Absent, "the member ends before that place"))
    }
}

/// Looks for a stretch of one member.
struct Stretch<'a> {
    members: &'a [String],
    offset: u64,
    length: u64,
    found: Option<Vec<u8>>,
}

impl Stretch<'_> {
    fn read(&self, reader: &mut dyn Read) -> Vec<u8> {
        let mut found = Vec::new();
        // An early end shows as a stretch that is too short.
        let _ = std::io::copy(&mut (&mut *reader).take(self.offset), &mut std::io::sink());
        let _ = reader.take(self.length).read_to_end(&mut found);
        found
    }
}

impl Visitor for Stretch<'_> {
    fn wants(&mut self, members: &[String]) -> bool {
        self.members.starts_with(members)
    }

    fn leaf(&mut self, place: &MemberPlace, input: &mut Input<'_>) -> Flow {
        if place.members == self.members {
            self.found = Some(self.read(input));
            return Flow::Break(());
        }
        // The last part may name the encoding from which the whole member is converted.
        if let [above @ .., encoding] = self.members
            && above == place.members
            && let Some(encoding) = Encoding::for_label(encoding.as_bytes())
        {
            let mark = whole_encoding(input.peek(HEAD_BYTES)).map_or(0, |(_, mark)| mark);
            let _ = std::io::copy(&mut input.take(mark as u64), &mut std::io::sink());
            self.found = Some(self.read(&mut Recoder::new(input, encoding)));
            return Flow::Break(());
        }
        Flow::Continue(())
    }

    fn problem(&mut self, _: Problem) {}
}
