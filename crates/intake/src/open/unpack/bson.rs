//! BSON: documents as mongodump writes them, one after the other, or those of its archive.
//!
//! Enters: bytes. Leaves: one record a document, values as text: identifiers and binary data in hexadecimal, dates in
//! ISO form. A document that breaks the rules is given as far as it goes and set aside where its records are read.
//! Memory: one document. Source: https://bsonspec.org/spec.html

use std::io::{self, Read};

use super::super::container::Input;
use super::super::limits::Limits;
use super::dbf::read_full;
use super::{Content, Given, Made, Part, Sink, invalid, json_string, stamp, text_or_hex, truncated};

/// Documents within documents.
const DEPTH: usize = 64;
/// Begins an archive of mongodump.
const ARCHIVE: [u8; 4] = [0x6d, 0xe2, 0x99, 0x81];
/// Ends a stretch of an archive.
const TERMINATOR: [u8; 4] = [0xff; 4];

pub(super) fn is(head: &[u8]) -> bool {
    let head = head.strip_prefix(&ARCHIVE).unwrap_or(head);
    let Some(length) = head.get(..4).map(little) else { return false };
    if !(8..=64 << 20).contains(&length) || head.len() < 8 {
        return false;
    }
    let end = head.get(length as usize - 1);
    let name = head[5..].iter().position(|byte| *byte == 0);
    let named = name.is_some_and(|end| (1..=128).contains(&end) && std::str::from_utf8(&head[5..5 + end]).is_ok());
    matches!(head[4], 1..=0x13 | 0x7f | 0xff) && named && end.is_none_or(|end| *end == 0)
}

fn little(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

pub(super) fn unpack(input: &mut Input<'_>, limits: &Limits, sink: &mut dyn Sink) -> Given {
    let archive = input.peek(4) == ARCHIVE;
    if archive {
        let _ = io::copy(&mut (&mut *input).take(4), &mut io::sink());
    }
    let mut documents = Documents { reader: input, limits, archive, heads: archive };
    let mut make = |out: &mut Vec<u8>| documents.next(out);
    Ok(sink.part(Part { name: None, content: Content::Records, reader: &mut Made::new(&mut make) }))
}

struct Documents<'l, R> {
    reader: R,
    limits: &'l Limits,
    archive: bool,
    /// The next document of an archive is its head or that of a stretch: no evidence.
    heads: bool,
}

impl<R: Read> Documents<'_, R> {
    fn next(&mut self, out: &mut Vec<u8>) -> io::Result<bool> {
        let mut length = [0; 4];
        match read_full(&mut self.reader, &mut length)? {
            0 => return Ok(false),
            4 => {}
            _ => return Err(truncated()),
        }
        if self.archive && length == TERMINATOR {
            self.heads = true;
            return Ok(true);
        }
        let bytes = little(&length) as usize;
        if bytes < 5 || bytes > self.limits.record_bytes.max(16 << 20) {
            return Err(invalid());
        }
        let mut document = Vec::new();
        let got = (&mut self.reader).take(bytes as u64 - 4).read_to_end(&mut document)?;
        if got < bytes - 4 {
            return Err(truncated());
        }
        if std::mem::take(&mut self.heads) {
            return Ok(true);
        }
        let start = out.len();
        if elements(&document, false, 0, out).is_none() {
            // What is not closed is no record, and is counted as such.
            out.truncate(start);
            out.extend_from_slice(b"{\"broken\":");
        }
        out.push(b'\n');
        Ok(true)
    }
}

/// Writes the elements of a document, without its length, as JSON.
fn elements(mut bytes: &[u8], array: bool, depth: usize, out: &mut Vec<u8>) -> Option<()> {
    if depth > DEPTH {
        return None;
    }
    out.push(if array { b'[' } else { b'{' });
    let mut first = true;
    loop {
        let (kind, rest) = bytes.split_first()?;
        if *kind == 0 {
            out.push(if array { b']' } else { b'}' });
            return Some(());
        }
        let end = memchr::memchr(0, rest)?;
        if !std::mem::take(&mut first) {
            out.push(b',');
        }
        if !array {
            json_string(&rest[..end], out);
            out.push(b':');
        }
        let rest = &rest[end + 1..];
        let taken = value(*kind, rest, depth, out)?;
        bytes = &rest[taken..];
    }
}

/// Writes a value; returns its length.
fn value(kind: u8, bytes: &[u8], depth: usize, out: &mut Vec<u8>) -> Option<usize> {
    let eight = || Some(i64::from_le_bytes(bytes.get(..8)?.try_into().ok()?));
    match kind {
        0x03 | 0x04 => {
            let length = little(bytes.get(..4)?) as usize;
            elements(bytes.get(4..length)?, kind == 4, depth + 1, out)?;
            Some(length)
        }
        0x01 => {
            json_string(f64::from_bits(eight()? as u64).to_string().as_bytes(), out);
            Some(8)
        }
        0x07 => {
            hex_string(bytes.get(..12)?, out);
            Some(12)
        }
        0x08 => {
            out.extend_from_slice(if *bytes.first()? == 0 { b"false" } else { b"true" });
            Some(1)
        }
        0x09 => {
            json_string(stamp::moment(eight()?).as_bytes(), out);
            Some(8)
        }
        0x06 | 0x0a | 0x7f | 0xff => {
            out.extend_from_slice(b"null");
            Some(0)
        }
        0x10 => {
            out.extend_from_slice((little(bytes.get(..4)?) as i32).to_string().as_bytes());
            Some(4)
        }
        0x11 => {
            json_string(stamp::moment(((eight()? >> 32) & 0xffff_ffff) * 1_000).as_bytes(), out);
            Some(8)
        }
        0x12 => {
            out.extend_from_slice(eight()?.to_string().as_bytes());
            Some(8)
        }
        0x13 => {
            json_string(decimal(u128::from_le_bytes(bytes.get(..16)?.try_into().ok()?)).as_bytes(), out);
            Some(16)
        }
        _ => sized_value(kind, bytes, out),
    }
}

/// Writes a value that states its length, or ends with a zero.
fn sized_value(kind: u8, bytes: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    if kind == 0x0b {
        let pattern = memchr::memchr(0, bytes)?;
        let options = memchr::memchr(0, &bytes[pattern + 1..])?;
        json_string(&bytes[..pattern], out);
        return Some(pattern + options + 2);
    }
    let length = little(bytes.get(..4)?) as usize;
    let content = |from: usize| bytes.get(from..from.checked_add(length)?);
    match kind {
        0x02 | 0x0d | 0x0e => {
            json_string(content(4)?.strip_suffix(b"\0")?, out);
            Some(4 + length)
        }
        0x05 => {
            let mut text = Vec::new();
            text_or_hex(content(5)?, &mut text);
            json_string(&text, out);
            Some(5 + length)
        }
        0x0c => {
            hex_string(bytes.get(length.checked_add(4)?..length.checked_add(16)?)?, out);
            Some(16 + length)
        }
        0x0f => {
            json_string(b"code", out);
            (length >= 14 && bytes.len() >= length).then_some(length)
        }
        _ => None,
    }
}

fn hex_string(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend(bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| b"0123456789abcdef"[digit as usize]));
    out.push(b'"');
}

/// A decimal number of 128 bits, in the form with one coefficient and one exponent.
fn decimal(bits: u128) -> String {
    if bits >> 125 & 3 == 3 || bits >> 121 & 0x1f >= 0x1e {
        return "NaN".to_owned();
    }
    let exponent = (bits >> 113 & 0x3fff) as i64 - 6_176;
    let digits = (bits & ((1 << 113) - 1)).to_string();
    let sign = if bits >> 127 == 1 { "-" } else { "" };
    match exponent {
        0 => format!("{sign}{digits}"),
        1..=6 => format!("{sign}{digits}{}", "0".repeat(exponent as usize)),
        -34..0 => {
            let places = exponent.unsigned_abs() as usize;
            let padded = format!("{digits:0>width$}", width = places + 1);
            let (whole, part) = padded.split_at(padded.len() - places);
            format!("{sign}{whole}.{part}")
        }
        exponent => format!("{sign}{digits}E{exponent}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals() {
        let bias = |exponent: i128| ((exponent + 6_176) as u128) << 113;
        assert_eq!(decimal(bias(0) | 42), "42");
        assert_eq!(decimal(bias(-2) | 5), "0.05");
        assert_eq!(decimal(1 << 127 | bias(-1) | 1234), "-123.4");
        assert_eq!(decimal(bias(20) | 1), "1E20");
    }
}
