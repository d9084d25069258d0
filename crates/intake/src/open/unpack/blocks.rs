//! Records of several lines: address cards (vCard), directory entries (LDIF), blocks of `key: value`.
//!
//! Enters: text. Leaves: one record a card, entry or block; folded lines joined, base64 and quoted-printable values
//! decoded. Memory: one record.

use std::io::{self, Read};

use super::super::container::Input;
use super::super::limits::Limits;
use super::{Content, Given, Lines, Made, Part, Sink, json_record};
use crate::decode;

type Fields = Vec<(Vec<u8>, Vec<u8>)>;

pub(super) fn is_vcard(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    text.get(..11).is_some_and(|word| word.eq_ignore_ascii_case(b"BEGIN:VCARD"))
}

pub(super) fn is_ldif(text: &[u8]) -> bool {
    let mut lines =
        text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end).filter(|line| !line.starts_with(b"#"));
    let Some(first) = lines.find(|line| !line.is_empty()) else { return false };
    let entry = |line: &[u8]| {
        let value = line.strip_prefix(b"dn: ").or_else(|| line.strip_prefix(b"dn:: "));
        value.is_some_and(|value| line.starts_with(b"dn::") || value.contains(&b'='))
    };
    entry(first) || (first == b"version: 1" && lines.find(|line| !line.is_empty()).is_some_and(entry))
}

pub(super) fn vcard(input: &mut Input<'_>, limits: &Limits, sink: &mut dyn Sink) -> Given {
    let mut cards = Records { lines: Folded::new(input, limits), columns: limits.columns };
    give(sink, &mut |out| cards.card(out))
}

pub(super) fn ldif(input: &mut Input<'_>, limits: &Limits, sink: &mut dyn Sink) -> Given {
    let mut entries = Records { lines: Folded::new(input, limits), columns: limits.columns };
    give(sink, &mut |out| entries.entry(out))
}

pub(super) fn key_value(input: &mut Input<'_>, limits: &Limits, sink: &mut dyn Sink) -> Given {
    let mut blocks = Blocks {
        lines: Lines::new(input, limits),
        columns: limits.columns,
        pending: Vec::new(),
        bytes: 0,
        ended: false,
    };
    give(sink, &mut |out| blocks.next(out))
}

fn give(sink: &mut dyn Sink, make: &mut dyn FnMut(&mut Vec<u8>) -> io::Result<bool>) -> Given {
    Ok(sink.part(Part { name: None, content: Content::Records, reader: &mut Made::new(make) }))
}

/// Lines of which one that begins with a space continues the one before.
struct Folded<R> {
    lines: Lines<R>,
    ahead: Option<Vec<u8>>,
    most: usize,
}

impl<R: Read> Folded<R> {
    fn new(reader: R, limits: &Limits) -> Self {
        Folded { lines: Lines::new(reader, limits), ahead: None, most: limits.record_bytes }
    }

    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = match self.ahead.take() {
            Some(line) => line,
            None => {
                let mut line = Vec::new();
                if !self.lines.next(&mut line)? {
                    return Ok(None);
                }
                line
            }
        };
        let mut more = Vec::new();
        while self.lines.next(&mut more)? {
            let soft = line.ends_with(b"=") && memchr::memmem::find(&line, b"QUOTED-PRINTABLE").is_some();
            match more.first() {
                // Quoted-printable of old cards folds in its own way.
                _ if soft && line.len() < self.most => {
                    line.pop();
                    line.extend_from_slice(&more);
                }
                Some(b' ' | b'\t') if !line.is_empty() && line.len() < self.most => line.extend_from_slice(&more[1..]),
                _ => {
                    self.ahead = Some(std::mem::take(&mut more));
                    break;
                }
            }
        }
        Ok(Some(line))
    }
}

struct Records<R> {
    lines: Folded<R>,
    columns: usize,
}

impl<R: Read> Records<R> {
    /// The next card.
    fn card(&mut self, out: &mut Vec<u8>) -> io::Result<bool> {
        let mut fields: Fields = Vec::new();
        let mut bytes = 0;
        while let Some(line) = self.lines.next()? {
            let Some((name, value)) = split(&line, b':') else { continue };
            if name.eq_ignore_ascii_case(b"BEGIN") && !fields.is_empty() {
                break;
            }
            if name.eq_ignore_ascii_case(b"END") {
                if fields.is_empty() { continue } else { break }
            }
            bytes += line.len();
            if name.eq_ignore_ascii_case(b"BEGIN") || fields.len() >= self.columns || bytes > self.lines.most {
                continue;
            }
            card_line(name, value, &mut fields);
        }
        Ok(written(&fields, out))
    }

    /// The next directory entry.
    fn entry(&mut self, out: &mut Vec<u8>) -> io::Result<bool> {
        let mut fields: Fields = Vec::new();
        let mut bytes = 0;
        while let Some(line) = self.lines.next()? {
            if line.is_empty() {
                if fields.is_empty() { continue } else { break }
            }
            if line.starts_with(b"#") || (fields.is_empty() && line.starts_with(b"version:")) {
                continue;
            }
            let Some((name, value)) = split(&line, b':') else { continue };
            let mut plain = value.trim_ascii().to_vec();
            if let Some(encoded) = value.strip_prefix(b":") {
                plain.clear();
                decode::base64(encoded, &mut plain);
                let mut text = Vec::new();
                super::text_or_hex(&plain, &mut text);
                plain = text;
            }
            bytes += line.len();
            if fields.len() < self.columns && bytes <= self.lines.most {
                fields.push((name.to_vec(), plain));
            }
        }
        Ok(written(&fields, out))
    }
}

fn written(fields: &Fields, out: &mut Vec<u8>) -> bool {
    if !fields.is_empty() {
        json_record(fields, out);
    }
    !fields.is_empty()
}

fn split(line: &[u8], sign: u8) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(sign, line)?;
    (at > 0).then(|| (&line[..at], &line[at + 1..]))
}

/// Names of the parts of `N` and `ADR` (RFC 6350, 6.2.2 and 6.3.1).
const NAME_PARTS: [&str; 5] = ["last_name", "first_name", "middle_name", "prefix", "suffix"];
const ADDRESS_PARTS: [&str; 7] = ["po_box", "extended", "street", "city", "state", "zip", "country"];

/// One line of a card: `item1.TEL;TYPE=CELL:+1...`.
fn card_line(name: &[u8], value: &[u8], fields: &mut Fields) {
    let mut parts = name.split(|byte| *byte == b';');
    let property = parts.next().unwrap_or_default();
    let property = property.iter().rposition(|byte| *byte == b'.').map_or(property, |at| &property[at + 1..]);
    let property = property.to_ascii_uppercase();
    let parameters: Vec<Vec<u8>> = parts.map(<[u8]>::to_ascii_uppercase).collect();
    let has = |word: &[u8]| parameters.iter().any(|parameter| parameter.ends_with(word));
    if matches!(property.as_slice(), b"VERSION" | b"PRODID" | b"REV" | b"PHOTO" | b"LOGO" | b"SOUND" | b"KEY") {
        return;
    }
    let mut plain = Vec::new();
    if has(b"QUOTED-PRINTABLE") {
        decode::quoted_printable(value, &mut plain);
    } else if has(b"=B") || has(b"BASE64") {
        decode::base64(value, &mut plain);
    } else {
        plain = value.to_vec();
    }
    let named: Option<&[&str]> = match property.as_slice() {
        b"N" => Some(&NAME_PARTS),
        b"ADR" => Some(&ADDRESS_PARTS),
        _ => None,
    };
    let Some(names) = named else {
        let word: &[u8] = match property.as_slice() {
            b"FN" => b"full_name",
            b"TEL" => b"phone",
            b"BDAY" => b"birthday",
            b"ORG" => b"organization",
            other => other,
        };
        let name = word.to_ascii_lowercase();
        fields.push((name, unescaped(plain.strip_prefix(b"tel:").unwrap_or(&plain))));
        return;
    };
    for (part, name) in components(&plain).into_iter().zip(names) {
        if !part.is_empty() {
            fields.push((name.as_bytes().to_vec(), unescaped(&part)));
        }
    }
}

/// Splits at semicolons that no backslash protects.
fn components(value: &[u8]) -> Vec<Vec<u8>> {
    let mut parts = vec![Vec::new()];
    let mut escaped = false;
    for byte in value {
        if *byte == b';' && !escaped {
            parts.push(Vec::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(*byte);
        }
        escaped = *byte == b'\\' && !escaped;
    }
    parts
}

fn unescaped(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut bytes = value.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => match bytes.next() {
                Some(b'n' | b'N') => out.push(b'\n'),
                Some(other) => out.push(*other),
                None => {}
            },
            byte => out.push(*byte),
        }
    }
    out
}

/// Blocks of `key: value` or `key=value` lines, parted by empty lines or rules.
struct Blocks<R> {
    lines: Lines<R>,
    columns: usize,
    pending: Fields,
    bytes: usize,
    ended: bool,
}

/// A line that parts blocks.
fn is_rule(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.is_empty()
        || (line.len() >= 3 && line.iter().all(|byte| matches!(byte, b'=' | b'-' | b'*' | b'_' | b'#' | b'+' | b'~')))
}

/// Longest value of several lines.
const VALUE_BYTES: usize = 64 << 10;
/// Longest key of a block.
const KEY_BYTES: usize = 40;

/// Splits `key: value`; a key is a few words at the beginning of the line.
fn key_line(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let line = line.trim_ascii();
    let at = line.iter().take(KEY_BYTES).position(|byte| matches!(byte, b':' | b'='))?;
    let (key, value) = (line[..at].trim_ascii(), &line[at + 1..]);
    let word = |byte: &u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'_' | b'-' | b'.' | b'/' | b'(' | b')') || *byte >= 0x80
    };
    let good = key.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80) && key.iter().all(word);
    let words = key.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).count();
    // `10:15 done` is a time, `https://` an address.
    let time = key.last().is_some_and(u8::is_ascii_digit) && value.first().is_some_and(u8::is_ascii_digit);
    (good && words <= 4 && !time && !value.starts_with(b"//")).then(|| (key, value.trim_ascii()))
}

/// Several blocks with the same keys.
pub(super) fn is_key_value(text: &[u8]) -> bool {
    let mut keys: Vec<(Vec<u8>, usize)> = Vec::new();
    let (mut blocks, mut inside, mut lines, mut fit) = (0, 0, 0, 0);
    for line in text.split(|byte| *byte == b'\n').take(400) {
        if is_rule(line) {
            blocks += usize::from(inside >= 2);
            inside = 0;
            continue;
        }
        lines += 1;
        let Some((key, _)) = key_line(line) else { continue };
        fit += 1;
        inside += 1;
        match keys.iter().position(|(known, _)| known == key) {
            Some(known) => keys[known].1 += 1,
            None if keys.len() < 100 => keys.push((key.to_vec(), 1)),
            None => {}
        }
    }
    blocks += usize::from(inside >= 2);
    let repeated: usize =
        keys.iter().filter(|(_, count)| *count * 2 >= blocks && *count >= 2).map(|(_, count)| count).sum();
    blocks >= 2 && fit * 10 >= lines * 8 && repeated * 10 >= fit * 6 && keys.len() >= 2
}

impl<R: Read> Blocks<R> {
    fn next(&mut self, out: &mut Vec<u8>) -> io::Result<bool> {
        let mut line = Vec::new();
        while !self.ended {
            if !self.lines.next(&mut line)? {
                self.ended = true;
                break;
            }
            if is_rule(&line) {
                if self.pending.is_empty() { continue } else { break }
            }
            let field = match key_line(&line) {
                Some((key, value)) => (key.to_vec(), value.to_vec()),
                // A line without a key goes on with the value before it, or stands alone.
                None => match self.pending.last_mut() {
                    Some((_, value)) if value.len() < VALUE_BYTES => {
                        value.push(b'\n');
                        value.extend_from_slice(line.trim_ascii());
                        continue;
                    }
                    Some(_) => (b"text".to_vec(), line.trim_ascii().to_vec()),
                    None => (b"text".to_vec(), line.trim_ascii().to_vec()),
                },
            };
            // The first key again begins a new block where nothing parts them.
            let again = self.pending.first().is_some_and(|(first, _)| *first == field.0);
            self.bytes += line.len();
            if again || self.pending.len() >= self.columns || self.bytes > self.lines.most {
                self.bytes = line.len();
                let done = std::mem::replace(&mut self.pending, vec![field]);
                return Ok(written(&done, out));
            }
            self.pending.push(field);
        }
        let done = std::mem::take(&mut self.pending);
        self.bytes = 0;
        Ok(written(&done, out))
    }
}
