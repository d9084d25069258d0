//! What the library decodes on its own account, looked at before: it has no limits.
//!
//! Enters: the bytes of a document. Leaves: a refusal where a stream expands beyond the limits, or is packed several times
//! over. Never: believes what a dictionary says about its stream.

use std::io::{self, Read};

use flate2::read::ZlibDecoder;
use vocab::ProblemKind;

use super::super::super::leaf::{Refusal, refusal};
use super::super::super::limits::Limits;

/// Bytes of an encrypted document's streams: what they expand to does not show before they are decrypted.
const ENCRYPTED_BYTES: usize = 4 << 20;
/// Bytes before a stream in which its dictionary stands.
const DICTIONARY_BYTES: usize = 4 << 10;

/// Refuses a document that is a bomb.
pub(super) fn check(bytes: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let encrypted = memchr::memmem::find(bytes, b"/Encrypt").is_some();
    let mut left = limits.expansion_grace_bytes.max(bytes.len() as u64 * 4);
    let mut hidden = 0;
    for at in memchr::memmem::find_iter(bytes, b"stream") {
        if bytes[..at].ends_with(b"end") {
            continue;
        }
        let start = at + 6 + bytes[at + 6..].iter().take(2).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let dictionary = unescaped(&bytes[at.saturating_sub(DICTIONARY_BYTES)..at]);
        let dictionary =
            memchr::memmem::rfind(&dictionary, b"endobj").map_or(&dictionary[..], |end| &dictionary[end..]);
        let has = |word: &[u8]| memchr::memmem::find(dictionary, word).is_some();
        // Only these are decoded without being asked for.
        let structure = has(b"ObjStm") || has(b"XRef");
        if structure && (has(b"LZW") || has(b"RunLength") || has(b"ASCII") || has(b"/AHx") || has(b"/A85")) {
            return Err(bomb());
        }
        if structure && encrypted {
            let end = memchr::memmem::find(&bytes[start..], b"endstream").unwrap_or(bytes.len() - start);
            hidden += end;
        }
        let picture = has(b"/Image") && !structure;
        if bytes.get(start) == Some(&0x78) && !picture {
            left = left.checked_sub(expanded(&bytes[start..], left)).ok_or_else(bomb)?;
        }
    }
    if hidden > ENCRYPTED_BYTES || left == 0 { Err(bomb()) } else { Ok(()) }
}

fn bomb() -> Refusal {
    let cause = "the document's structure expands beyond the limit, as a decompression bomb does".to_owned();
    refusal(ProblemKind::LimitReached, cause, "look at it in a sandbox, and export its text")
}

/// Bytes that a stream gives, packed twice or thrice included; never more than `most`.
fn expanded(bytes: &[u8], most: u64) -> u64 {
    let count = |reader: &mut dyn Read| {
        let mut buffer = [0; 16 << 10];
        let mut count = 0;
        while count < most {
            match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(got) => count += got as u64,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        count.min(most)
    };
    let once = count(&mut ZlibDecoder::new(bytes));
    let twice = count(&mut ZlibDecoder::new(ZlibDecoder::new(bytes)));
    let thrice = count(&mut ZlibDecoder::new(ZlibDecoder::new(ZlibDecoder::new(bytes))));
    once.max(twice).max(thrice)
}

/// Resolves the `#53` of names.
fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digit = |at: usize| bytes.get(at).and_then(|byte| (*byte as char).to_digit(16));
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'#', Some(high), Some(low)) => {
                out.push((high << 4 | low) as u8);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}
