//! Characters that hide: zero-width, bidirectional controls, soft hyphens; and full-width forms of ASCII.

use std::ops::Range;

use super::Edit;

/// Finds them. All are beyond ASCII, so that plain text is passed over at full speed.
pub(super) fn find(text: &[u8]) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut at = 0;
    while let Some((source, meaning)) = next(text, at) {
        at = source.end;
        edits.push(Edit { source, text: meaning });
    }
    edits
}

/// Where the first of them from `from` on stands.
pub(super) fn first(text: &[u8], from: usize) -> Option<usize> {
    next(text, from).map(|(source, _)| source.start)
}

/// The next of them, and what it stands for.
fn next(text: &[u8], mut at: usize) -> Option<(Range<usize>, Vec<u8>)> {
    while let Some(found) = next_lead(text.get(at..)?).map(|found| at + found) {
        at = found + 1;
        let length = if text[found] == 0xC2 { 2 } else { 3 };
        if let Some(meaning) = text.get(found..found + length).and_then(meaning) {
            return Some((found..found + length, meaning));
        }
    }
    None
}

/// What a character in UTF-8 stands for. By its bytes: quotation marks and dashes of any prose begin as the spaces do.
fn meaning(character: &[u8]) -> Option<Vec<u8>> {
    match character {
        // Soft hyphen; zero-width characters; controls of direction; word joiners; byte order mark.
        [0xC2, 0xAD] | [0xE2, 0x80, 0x8B..=0x8F | 0xAA..=0xAE] | [0xE2, 0x81, 0xA0..=0xA9] | [0xEF, 0xBB, 0xBF] => {
            Some(Vec::new())
        }
        // Spaces of other widths, and hyphens that are not the one of ASCII.
        [0xC2, 0xA0] | [0xE2, 0x80, 0x80..=0x8A | 0xAF] | [0xE2, 0x81, 0x9F] | [0xE3, 0x80, 0x80] => {
            Some(b" ".to_vec())
        }
        [0xE2, 0x80, 0x90..=0x92] | [0xEF, 0xB9, 0xA3] => Some(b"-".to_vec()),
        // Full-width forms of `!` to `~`.
        [0xEF, 0xBC, last @ 0x81..=0xBF] => Some(vec![last - 0x60]),
        [0xEF, 0xBD, last @ 0x80..=0x9E] => Some(vec![last - 0x20]),
        _ => None,
    }
}

/// The next byte with which one of the characters begins.
fn next_lead(text: &[u8]) -> Option<usize> {
    let two = memchr::memchr2(0xC2, 0xE2, text).unwrap_or(text.len());
    memchr::memchr2(0xE3, 0xEF, &text[..two]).or((two < text.len()).then_some(two))
}
