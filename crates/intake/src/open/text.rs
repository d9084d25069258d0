//! Text without tables: prose, logs, anything whose lines are no rows.

use memchr::{memchr2, memrchr2};

use super::block::TextBlock;
use super::chunk::{Block, Chunk, Cutter, Parsed};
use super::encoding::Charset;
use super::limits::Limits;

/// Longest line that is taken for a label without a colon.
const LONGEST_LABEL: usize = 30;

/// Line breaks on either side of the wanted place that are looked at: of any few, one parts nothing.
const MOST_BREAKS: usize = 64;

/// What a line may be to the line below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineKind {
    /// It ends in a colon.
    Colon,
    /// A few words and nothing else.
    Words,
    /// Neither.
    Other,
}

impl LineKind {
    /// Tells what the line that ends at `end`, its line break not among it, is.
    pub(crate) fn ending_at(text: &[u8], end: usize) -> Self {
        let line = text[..end].trim_ascii_end();
        let word = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b' ' | b'\'' | b'.' | b'#');
        let from = line.len().saturating_sub(LONGEST_LABEL + 1);
        let start = memrchr2(b'\n', b'\r', &line[from..]).map_or(from, |at| from + at + 1);
        let near = &line[start..];
        match near {
            // All blank: the end of an earlier line is no end of this one.
            _ if near.is_empty() || text[line.len()..end].contains(&b'\n') => LineKind::Other,
            [.., b':'] => LineKind::Colon,
            _ if near.len() <= LONGEST_LABEL && near.iter().all(word) => LineKind::Words,
            _ => LineKind::Other,
        }
    }
}

/// Cuts text at line breaks, but not between a label and the value below it; a line longer than a record may be is cut
/// where a character begins.
pub(super) struct TextCutter<'a> {
    pub(super) limits: &'a Limits,
}

impl Cutter for TextCutter<'_> {
    fn cut(&mut self, buffer: &[u8], target: usize, ended: bool) -> Option<usize> {
        if ended && buffer.len() <= target {
            return Some(buffer.len());
        }
        let window = &buffer[..target.min(buffer.len())];
        let breaks = memchr::memrchr2_iter(b'\n', b'\r', window).map(|at| at + 1);
        let later = memchr::memchr2_iter(b'\n', b'\r', &buffer[window.len()..]).map(|at| window.len() + at + 1);
        if let Some(at) = breaks.take(MOST_BREAKS).chain(later.take(MOST_BREAKS)).find(|at| may_cut(buffer, *at)) {
            return Some(at);
        }
        if !ended && buffer.len() < self.limits.record_bytes {
            return None;
        }
        let most = buffer.len().min(self.limits.record_bytes.max(4));
        let begins = |at: &usize| buffer.get(*at).is_none_or(|byte| byte & 0xC0 != 0x80);
        Some((most.saturating_sub(3).max(1)..=most).rev().find(begins).unwrap_or(most))
    }
}

/// Whether nothing that belongs together is parted by a cut at the beginning of a line: the two signs of a line break, a value
/// from the label above it, words from those above that keep them from being a label.
fn may_cut(buffer: &[u8], at: usize) -> bool {
    use LineKind::{Colon, Other, Words};
    if buffer[at - 1] == b'\r' && buffer.get(at).is_none_or(|byte| *byte == b'\n') {
        return false;
    }
    let kind = |from: usize| {
        let end = from + memchr2(b'\n', b'\r', buffer.get(from..)?)?;
        let both = buffer[end] == b'\r' && buffer.get(end + 1) == Some(&b'\n');
        Some((LineKind::ending_at(buffer, end), end + 1 + usize::from(both)))
    };
    match LineKind::ending_at(buffer, at - 1) {
        Other => true,
        above => match (above, kind(at)) {
            (_, Some((Colon, _))) => true,
            (Words, Some((Words, next))) => kind(next).is_some_and(|(kind, _)| kind != Other),
            _ => false,
        },
    }
}

/// Makes a block of a chunk.
pub(super) fn parse(chunk: Chunk, member: u32, charset: Charset) -> Parsed {
    let mut replaced = 0;
    let bytes = if charset.leaves_as_is(&chunk.bytes) {
        chunk.bytes
    } else {
        let mut out = Vec::with_capacity(chunk.bytes.len() + chunk.bytes.len() / 8);
        // Line by line: in a text of mixed origin each line has an encoding of its own.
        for line in chunk.bytes.split_inclusive(|byte| *byte == b'\n') {
            replaced += charset.append(line, &mut out);
        }
        out
    };
    let block = TextBlock { member, offset: chunk.offset, bytes };
    Parsed { blocks: vec![Block::Text(block)], replaced, ..Parsed::default() }
}
