//! Text that may be wrapped: URL-encoded, in character references, in base64, in disguise.
//!
//! Enters: stretches of text that begin at line starts. Leaves: the matches of the text as it was meant, at the places of
//! the bytes as they lie there. Never: decodes a line without a sign of a wrapping, counts a value twice.

use vocab::DataElement;

use super::detectors;
use super::rules::Identifiers;
use super::text::{Match, scan_plain};
use crate::decode::{Signs, decode};

/// Finds the matches of a stretch of text whose first byte has the offset `base` in the decoded member.
///
/// Lines with signs of an encoding are read decoded; a match in them covers the bytes it was decoded from.
pub fn scan_text(ids: &Identifiers, text: &[u8], base: u64, found: &mut dyn FnMut(Match)) {
    let mut signs = Signs::of(text);
    let mut at = 0;
    while let Some(sign) = signs.next(at) {
        let start = memchr::memrchr2(b'\n', b'\r', &text[at..sign]).map_or(at, |line_end| at + line_end + 1);
        let end = memchr::memchr2(b'\n', b'\r', &text[sign..]).map_or(text.len(), |line_end| sign + line_end + 1);
        scan_unwrapped(ids, &text[at..start], base + at as u64, found);
        scan_line(ids, &text[start..end], base + start as u64, found);
        at = end;
    }
    scan_unwrapped(ids, &text[at..], base + at as u64, found);
}

/// What the rules find, and the user's detectors.
fn scan_unwrapped(ids: &Identifiers, text: &[u8], base: u64, found: &mut dyn FnMut(Match)) {
    let own = if ids.detectors.is_empty() { Vec::new() } else { detectors::matches(ids, text, base) };
    if own.is_empty() {
        return scan_plain(ids, text, base, found);
    }
    let mut others = Vec::new();
    scan_plain(ids, text, base, &mut |hit| others.push(hit));
    detectors::merged(others, own).into_iter().for_each(found);
}

fn scan_line(ids: &Identifiers, line: &[u8], base: u64, found: &mut dyn FnMut(Match)) {
    let Some(decoded) = decode(line) else { return scan_unwrapped(ids, line, base, found) };
    let mut matches: Vec<Match> = Vec::new();
    scan_unwrapped(ids, &decoded.bytes, 0, &mut |hit| {
        let source = decoded.source(hit.start as usize..hit.end as usize);
        matches.push(Match { start: base + source.start as u64, end: base + source.end as u64, ..hit });
    });
    // What only the line as written holds: a token that is itself an encoding.
    let as_meant = matches.len();
    scan_unwrapped(ids, line, base, &mut |hit| {
        let over = |other: &&Match| other.start < hit.end && hit.start < other.end;
        let token = hit.element == DataElement::ApiKey;
        let known = matches[..as_meant].iter().filter(over).any(|other| !token || other.element == hit.element);
        if !known {
            matches.push(hit);
        }
    });
    matches.sort_by_key(|hit| (hit.start, hit.end));
    matches.into_iter().for_each(found);
}
