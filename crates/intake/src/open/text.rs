//! Text without tables: prose, logs, anything whose lines are no rows.

use memchr::memrchr;

use super::block::TextBlock;
use super::chunk::{Block, Chunk, Cutter, Parsed};
use super::encoding::Charset;
use super::limits::Limits;

/// Cuts text at line breaks; a line longer than a record may be is cut where a character begins.
pub(super) struct TextCutter<'a> {
    pub(super) limits: &'a Limits,
}

impl Cutter for TextCutter<'_> {
    fn cut(&mut self, buffer: &[u8], target: usize, ended: bool) -> Option<usize> {
        if ended && buffer.len() <= target {
            return Some(buffer.len());
        }
        let window = &buffer[..target.min(buffer.len())];
        if let Some(at) = memrchr(b'\n', window).or_else(|| memrchr(b'\r', window)) {
            return Some(at + 1);
        }
        if let Some(at) = memchr::memchr2(b'\n', b'\r', &buffer[window.len()..]) {
            return Some(window.len() + at + 1);
        }
        if !ended && buffer.len() < self.limits.record_bytes {
            return None;
        }
        let most = buffer.len().min(self.limits.record_bytes.max(4));
        let begins = |at: &usize| buffer.get(*at).is_none_or(|byte| byte & 0xC0 != 0x80);
        Some((most.saturating_sub(3).max(1)..=most).rev().find(begins).unwrap_or(most))
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
