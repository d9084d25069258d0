//! Characters that hide: zero-width, bidirectional controls, soft hyphens; and full-width forms of ASCII.

use super::Edit;

/// Finds them. All are beyond ASCII, so that plain text is passed over at full speed.
pub(super) fn find(text: &[u8]) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut at = 0;
    while let Some(found) = next_lead(&text[at..]).map(|found| at + found) {
        let length = if text[found] == 0xC2 { 2 } else { 3 };
        let character = text.get(found..found + length).and_then(|bytes| std::str::from_utf8(bytes).ok());
        at = found + 1;
        let meaning = match character.and_then(|text| text.chars().next()) {
            Some(
                '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}',
            ) => Vec::new(),
            // Spaces of other widths, and hyphens that are not the one of ASCII.
            Some('\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}') => b" ".to_vec(),
            Some('\u{2010}'..='\u{2012}' | '\u{fe63}') => b"-".to_vec(),
            Some(full @ '\u{ff01}'..='\u{ff5e}') => vec![(u32::from(full) - 0xFEE0) as u8],
            _ => continue,
        };
        edits.push(Edit { source: found..found + length, text: meaning });
        at = found + length;
    }
    edits
}

/// The next byte with which one of the characters begins.
fn next_lead(text: &[u8]) -> Option<usize> {
    if text.is_ascii() {
        return None;
    }
    text.iter().position(|byte| matches!(byte, 0xC2 | 0xE2 | 0xE3 | 0xEF))
}
