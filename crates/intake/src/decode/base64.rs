//! Base64, in mail and hidden in values.

use std::ops::Range;

use super::Edit;

/// Characters of a run from which on it may be base64: 12 bytes. Shorter ones decode to text by chance.
const SHORTEST: usize = 16;

/// Value of a sign in either alphabet; 64 for any other byte.
const VALUES: [u8; 256] = {
    let mut values = [64; 256];
    let mut at = 0;
    let signs = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    while at < 64 {
        values[signs[at] as usize] = at as u8;
        at += 1;
    }
    values[b'-' as usize] = 62;
    values[b'_' as usize] = 63;
    values
};

/// Tells whether a byte is a sign of base64 (padding is not).
pub fn is_base64(byte: u8) -> bool {
    VALUES[byte as usize] < 64
}

/// Decodes base64 of either alphabet, over line breaks and spaces, up to its padding; appends to `out`.
pub fn base64(text: &[u8], out: &mut Vec<u8>) {
    let (mut word, mut signs) = (0_u32, 0);
    for byte in text {
        let value = VALUES[*byte as usize];
        if value == 64 {
            if *byte == b'=' {
                break;
            }
            continue;
        }
        word = word << 6 | u32::from(value);
        signs += 1;
        if signs == 4 {
            out.extend_from_slice(&[(word >> 16) as u8, (word >> 8) as u8, word as u8]);
            (word, signs) = (0, 0);
        }
    }
    match signs {
        2 => out.push((word >> 4) as u8),
        3 => out.extend_from_slice(&[(word >> 10) as u8, (word >> 2) as u8]),
        _ => {}
    }
}

/// Finds runs that decode to text, and nothing but text.
pub(super) fn find(text: &[u8]) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut at = 0;
    let mut decoded = Vec::new();
    while let Some(run) = next_run(text, at) {
        at = run.end;
        if is_hidden_text(text, &run, &mut decoded) {
            let padding = text[run.end..].iter().take(2).take_while(|byte| **byte == b'=').count();
            edits.push(Edit { source: run.start..run.end + padding, text: std::mem::take(&mut decoded) });
            at = run.end + padding;
        }
    }
    edits
}

/// Where the first run from `from` on begins that decodes to text.
pub(super) fn first(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    let mut decoded = Vec::new();
    while let Some(run) = next_run(text, at) {
        at = run.end;
        if is_hidden_text(text, &run, &mut decoded) {
            return Some(run.start);
        }
    }
    None
}

/// The next run that is long enough.
fn next_run(text: &[u8], mut at: usize) -> Option<Range<usize>> {
    const HALF: usize = SHORTEST / 2;
    // A run of SHORTEST signs covers the last byte of one of these steps, and the half step before or behind it.
    while let Some(probe) = text.get(at + SHORTEST - 1) {
        let place = at + SHORTEST - 1;
        let half = |from: usize| text.get(from..from + HALF).and_then(|half| half.try_into().ok());
        let free = |from: usize| half(from).is_some_and(|half| !has_blank(u64::from_le_bytes(half)));
        if !is_base64(*probe) || !(free(place - HALF) || free(place + 1)) {
            at += SHORTEST;
            continue;
        }
        let run = run(text, at, place);
        if run.len() >= SHORTEST {
            return Some(run);
        }
        at = run.end.max(at + 1);
    }
    None
}

/// Whether one of eight bytes is a blank: most runs end at one. See "Bit Twiddling Hacks", haszero.
fn has_blank(eight: u64) -> bool {
    const LOW: u64 = u64::MAX / 255;
    let zeros = eight ^ (LOW * 0x20);
    zeros.wrapping_sub(LOW) & !zeros & (LOW * 128) != 0
}

/// Decodes a run; tells whether it is text. Three bytes tell most that are not.
fn is_hidden_text(text: &[u8], run: &Range<usize>, decoded: &mut Vec<u8>) -> bool {
    decoded.clear();
    base64(&text[run.start..run.start + 4], decoded);
    let odd = |byte: &u8| (*byte < b' ' && !byte.is_ascii_whitespace()) || (0x7F..0xC2).contains(byte);
    if decoded.first().is_some_and(odd) || decoded.iter().any(|byte| *byte < b' ' && !byte.is_ascii_whitespace()) {
        return false;
    }
    decoded.clear();
    base64(&text[run.clone()], decoded);
    is_plain(decoded)
}

/// The run of signs around `inside`, not reaching before `from`.
fn run(text: &[u8], from: usize, inside: usize) -> Range<usize> {
    let before = text[from..inside].iter().rev().take_while(|byte| is_base64(**byte)).count();
    let after = text[inside..].iter().take_while(|byte| is_base64(**byte)).count();
    inside - before..inside + after
}

/// Text as people write it: no control characters, ASCII for the most part. Random bytes are not: each one is a
/// printable character with probability 0.37.
fn is_plain(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let odd = text.chars().filter(|c| c.is_control() && !c.is_whitespace()).count();
    let ascii = text.bytes().filter(u8::is_ascii).count();
    odd == 0 && ascii * 10 >= text.len() * 7 && text.len() >= SHORTEST * 3 / 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_and_both_alphabets() {
        let decoded = |text: &[u8]| {
            let mut out = Vec::new();
            base64(text, &mut out);
            out
        };
        assert_eq!(decoded(b"YQ=="), b"a");
        assert_eq!(decoded(b"YWI="), b"ab");
        assert_eq!(decoded(b"YW\r\nJj"), b"abc");
        assert_eq!(decoded(b"-_8"), decoded(b"+/8"));
        assert_eq!(decoded(b"Y"), b"");
    }
}
