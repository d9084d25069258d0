//! Event logs of Windows (EVTX): one record an event.
//!
//! Enters: a log. Leaves: one record an event, its values under the names that the event gives them, moments in ISO form.
//! Own code: the kept library switches features of libraries that the query engine shares. A damaged event costs itself,
//! is set aside and counted; a damaged chunk costs what is in it. Memory: one chunk, and the text of one event. Never:
//! trusts a place or a count, resolves what stands in another chunk, reads events that were deleted.
//! Source: https://github.com/libyal/libevtx/blob/main/documentation

use std::io::{self, Read};

use vocab::ProblemKind;

use super::super::container::Input;
use super::super::leaf::refusal;
use super::super::limits::Limits;
use super::dbf::read_full;
use super::{Content, Given, Made, Part, Sink, json_record, stamp};

const FILE_HEAD: &[u8] = b"ElfFile\0";
const FILE_HEAD_BYTES: u64 = 4_096;
const CHUNK_HEAD: &[u8] = b"ElfChnk\0";
const CHUNK_HEAD_BYTES: usize = 512;
const CHUNK_BYTES: usize = 64 << 10;
const EVENT: &[u8] = b"**\0\0";
/// Bytes before and behind the content of an event.
const EVENT_HEAD_BYTES: usize = 24;
/// Templates within values within templates.
const DEPTH: usize = 16;
/// Signs of one event: templates that hold each other multiply.
const SIGNS: usize = 100_000;
/// Values of one template.
const VALUES: usize = 4_096;
/// Elements within elements.
const ELEMENTS: usize = 64;

pub(super) fn is(head: &[u8]) -> bool {
    head.starts_with(FILE_HEAD)
}

pub(super) fn unpack(input: &mut Input<'_>, limits: &Limits, sink: &mut dyn Sink) -> Given {
    // A log that ends within its head has no events.
    let _ = io::copy(&mut (&mut *input).take(FILE_HEAD_BYTES), &mut io::sink());
    let mut log = Log { reader: input, limits, chunk: Vec::new(), at: 0, end: 0, damaged: 0 };
    let mut make = |out: &mut Vec<u8>| log.next(out);
    let flow = sink.part(Part { name: None, content: Content::Records, reader: &mut Made::new(&mut make) });
    if log.damaged > 0 {
        let cause = format!("{} chunks of the log are damaged: events are missing", log.damaged);
        let hint = "everything else was used; ask for an undamaged copy";
        sink.problem(refusal(ProblemKind::Corrupt, cause, hint));
    }
    Ok(flow)
}

struct Log<'l, R> {
    reader: R,
    limits: &'l Limits,
    chunk: Vec<u8>,
    /// Where the next event begins in the chunk, and where the events end.
    at: usize,
    end: usize,
    damaged: u64,
}

impl<R: Read> Log<'_, R> {
    /// Writes the next event.
    fn next(&mut self, out: &mut Vec<u8>) -> io::Result<bool> {
        while self.at + EVENT_HEAD_BYTES > self.end {
            if !self.next_chunk()? {
                return Ok(false);
            }
        }
        let bytes = word(&self.chunk, self.at + 4).map_or(0, |bytes| bytes as usize);
        let event = self.chunk.get(self.at..self.at + bytes).filter(|event| event.starts_with(EVENT));
        let body = self.at + EVENT_HEAD_BYTES..self.at + bytes.saturating_sub(4);
        if event.is_none() || body.start > body.end {
            // Where the next event begins is not known.
            self.damaged += 1;
            self.at = self.end;
            return Ok(true);
        }
        self.at += bytes;
        let mut reading = Reading::new(&self.chunk, self.limits);
        match reading.signs(body, &[], true, 0) {
            Some(_) if !reading.fields.is_empty() => json_record(&reading.fields, out),
            // What is not closed is no record, and is counted as such.
            _ => out.extend_from_slice(b"{\"broken\":\n"),
        }
        Ok(true)
    }

    /// Reads the next chunk that is used; false at the end.
    fn next_chunk(&mut self) -> io::Result<bool> {
        loop {
            self.chunk.resize(CHUNK_BYTES, 0);
            let got = read_full(&mut self.reader, &mut self.chunk)?;
            self.chunk.truncate(got);
            if got == 0 {
                return Ok(false);
            }
            if self.chunk.starts_with(CHUNK_HEAD) {
                let free = word(&self.chunk, 48).map_or(0, |free| free as usize);
                let sane = (CHUNK_HEAD_BYTES..=CHUNK_BYTES).contains(&free);
                self.end = if sane { free.min(got) } else { got };
                self.at = CHUNK_HEAD_BYTES;
                self.damaged += u64::from(!sane || free > got);
                return Ok(true);
            }
            // Room that was set aside for events to come is zeros.
            self.damaged += u64::from(self.chunk.iter().any(|byte| *byte != 0));
        }
    }
}

fn half(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?).into())
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn long(bytes: &[u8]) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(..8)?.try_into().ok()?))
}

/// A value of a template: its kind, and where it lies in the chunk.
type Value = (u8, std::ops::Range<usize>);

/// An element that is open.
struct Element {
    name: String,
    /// What the attribute `Name` of a `Data` element says.
    key: Option<String>,
    text: String,
}

/// An event being read.
struct Reading<'c> {
    chunk: &'c [u8],
    fields: Vec<(Vec<u8>, Vec<u8>)>,
    open: Vec<Element>,
    /// The attribute being read, with its text.
    attribute: Option<(String, String)>,
    /// Signs and bytes of text that may still come.
    signs: usize,
    bytes: usize,
    columns: usize,
}

impl<'c> Reading<'c> {
    fn new(chunk: &'c [u8], limits: &Limits) -> Self {
        Reading {
            chunk,
            fields: Vec::new(),
            open: Vec::new(),
            attribute: None,
            signs: SIGNS,
            bytes: limits.record_bytes / 2,
            columns: limits.columns,
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.chunk.get(at).copied()
    }

    /// Follows signs up to the end or the sign of the end; returns where that is. `numbered` tells whether elements have a
    /// number before their size.
    fn signs(
        &mut self,
        range: std::ops::Range<usize>,
        values: &[Value],
        numbered: bool,
        depth: usize,
    ) -> Option<usize> {
        let mut at = range.start;
        while at < range.end {
            self.signs = self.signs.checked_sub(1)?;
            let sign = self.byte(at)?;
            at = match sign & 0x1f {
                0x00 => return Some(at + 1),
                0x01 => self.element(at, sign, numbered)?,
                0x02 => {
                    self.end_attribute();
                    at + 1
                }
                0x03 | 0x04 => {
                    self.end_attribute();
                    self.end_element()?;
                    at + 1
                }
                0x05 => self.text(at)?,
                0x06 => {
                    self.end_attribute();
                    let (name, next) = self.name(at + 1)?;
                    self.attribute = Some((name, String::new()));
                    next
                }
                0x07 => {
                    let end = at + 3 + half(self.chunk, at + 1)? * 2;
                    self.write(0x01, at + 3..end, depth)?;
                    end
                }
                0x08 => {
                    let sign = char::from_u32(half(self.chunk, at + 1)? as u32);
                    self.push(sign.unwrap_or(char::REPLACEMENT_CHARACTER).encode_utf8(&mut [0; 4]))?;
                    at + 3
                }
                0x09 => {
                    let (name, next) = self.name(at + 1)?;
                    self.push(entity(&name))?;
                    next
                }
                // Instructions for programs are no evidence.
                0x0a => self.name(at + 1)?.1,
                0x0b => at + 3 + half(self.chunk, at + 1)? * 2,
                0x0c => self.template(at, depth)?,
                0x0d | 0x0e => {
                    let (kind, place) = values.get(half(self.chunk, at + 1)?).cloned().unwrap_or((0, 0..0));
                    self.write(kind, place, depth)?;
                    at + 4
                }
                0x0f => at + 4,
                _ => return None,
            };
        }
        Some(at)
    }

    /// The beginning of an element.
    fn element(&mut self, at: usize, sign: u8, numbered: bool) -> Option<usize> {
        let size_at = at + if numbered { 3 } else { 1 };
        let (name, next) = self.name(size_at + 4)?;
        if self.open.len() >= ELEMENTS {
            return None;
        }
        self.open.push(Element { name, key: None, text: String::new() });
        Some(next + if sign & 0x40 != 0 { 4 } else { 0 })
    }

    /// A text that stands in the template.
    fn text(&mut self, at: usize) -> Option<usize> {
        if self.byte(at + 1)? != 0x01 {
            return None;
        }
        let end = at + 4 + half(self.chunk, at + 2)? * 2;
        self.write(0x01, at + 4..end, 0)?;
        Some(end)
    }

    /// A name, and where what follows its place begins: the name itself stands there where it is met first.
    fn name(&mut self, at: usize) -> Option<(String, usize)> {
        let place = word(self.chunk, at)? as usize;
        let characters = half(self.chunk, place.checked_add(6)?)?;
        let start = place + 8;
        let name = wide(self.chunk.get(start..start + characters * 2)?);
        let next = if place == at + 4 { start + characters * 2 + 2 } else { at + 4 };
        Some((name, next))
    }

    /// A template with its values; returns where they end.
    fn template(&mut self, at: usize, depth: usize) -> Option<usize> {
        if depth >= DEPTH {
            return None;
        }
        let place = word(self.chunk, at + 6)? as usize;
        let start = place.checked_add(24)?;
        let bytes = word(self.chunk, place.checked_add(20)?)? as usize;
        let body = start..start.checked_add(bytes)?;
        if body.end > self.chunk.len() {
            return None;
        }
        // The template itself stands where it is met first.
        let at = if place == at + 10 { body.end } else { at + 10 };
        let count = word(self.chunk, at)? as usize;
        if count > VALUES {
            return None;
        }
        self.signs = self.signs.checked_sub(count)?;
        let mut place = at + 4 + count * 4;
        let mut values = Vec::with_capacity(count);
        for value in 0..count {
            let bytes = half(self.chunk, at + 4 + value * 4)?;
            values.push((self.byte(at + 6 + value * 4)?, place..place + bytes));
            place += bytes;
        }
        if place > self.chunk.len() {
            return None;
        }
        self.signs(body, &values, true, depth + 1)?;
        Some(place)
    }

    /// Writes a value where the reading stands. Signs within a value open and close elements of their own.
    fn write(&mut self, kind: u8, place: std::ops::Range<usize>, depth: usize) -> Option<()> {
        if kind == 0x21 {
            if depth >= DEPTH {
                return None;
            }
            let levels = self.open.len();
            self.signs(place, &[], false, depth + 1)?;
            return (self.open.len() == levels).then_some(());
        }
        let bytes = self.chunk.get(place)?;
        let text = shown(kind, bytes);
        self.push(&text)
    }

    fn push(&mut self, text: &str) -> Option<()> {
        self.bytes = self.bytes.checked_sub(text.len())?;
        match (&mut self.attribute, self.open.last_mut()) {
            (Some((_, value)), _) => value.push_str(text),
            (None, Some(element)) => element.text.push_str(text),
            (None, None) => {}
        }
        Some(())
    }

    fn end_attribute(&mut self) {
        let Some((name, value)) = self.attribute.take() else { return };
        let Some(element) = self.open.last_mut() else { return };
        if element.name == "Data" && name == "Name" {
            element.key = Some(value);
        } else if name != "xmlns" {
            let path = format!("{}.{name}", self.path());
            self.field(path, value);
        }
    }

    fn end_element(&mut self) -> Option<()> {
        let path = self.path();
        let Element { key, text, .. } = self.open.pop()?;
        self.field(key.unwrap_or(path), text);
        Some(())
    }

    fn field(&mut self, name: String, value: String) {
        if !value.is_empty() && self.fields.len() < self.columns {
            self.fields.push((name.into_bytes(), value.into_bytes()));
        }
    }

    /// The names of the open elements without those that every event has.
    fn path(&self) -> String {
        const COMMON: [&str; 4] = ["Event", "System", "EventData", "UserData"];
        let names = self.open.iter().map(|element| element.name.as_str());
        let own: Vec<&str> = names.skip_while(|name| COMMON.contains(name)).collect();
        if own.is_empty() { "text".to_owned() } else { own.join(".") }
    }
}

fn entity(name: &str) -> &'static str {
    match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "\u{fffd}",
    }
}

fn wide(bytes: &[u8]) -> String {
    let text = encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0;
    text.trim_end_matches('\0').to_owned()
}

/// A value as text. Of several the texts are parted by a space.
fn shown(kind: u8, bytes: &[u8]) -> String {
    if kind & 0x80 == 0 {
        return one(kind, bytes).unwrap_or_default();
    }
    let kind = kind & 0x7f;
    let width = match kind {
        0x01 => return wide(bytes).split('\0').collect::<Vec<_>>().join(" "),
        0x02 => return ansi(bytes).split('\0').collect::<Vec<_>>().join(" "),
        0x03 | 0x04 => 1,
        0x05 | 0x06 => 2,
        0x07 | 0x08 | 0x0b | 0x0d | 0x14 => 4,
        0x09 | 0x0a | 0x0c | 0x11 | 0x15 => 8,
        0x0f | 0x12 => 16,
        _ => return hexadecimal(bytes),
    };
    bytes.chunks(width).filter_map(|bytes| one(kind, bytes)).collect::<Vec<_>>().join(" ")
}

/// One value as text; `None` where it is shorter than its kind.
fn one(kind: u8, bytes: &[u8]) -> Option<String> {
    let small =
        |count: usize| Some(bytes.get(..count)?.iter().rev().fold(0_u64, |all, byte| all << 8 | u64::from(*byte)));
    Some(match kind {
        0x00 => String::new(),
        0x01 => wide(bytes),
        0x02 => ansi(bytes),
        0x03 => (small(1)? as i8).to_string(),
        0x04 => small(1)?.to_string(),
        0x05 => (small(2)? as i16).to_string(),
        0x06 => small(2)?.to_string(),
        0x07 => (small(4)? as i32).to_string(),
        0x08 => small(4)?.to_string(),
        0x09 => (long(bytes)? as i64).to_string(),
        0x0a => long(bytes)?.to_string(),
        0x0b => f32::from_bits(small(4)? as u32).to_string(),
        0x0c => f64::from_bits(long(bytes)?).to_string(),
        0x0d => (small(4)? != 0).to_string(),
        0x0f => guid(bytes)?,
        0x10 => format!("0x{:x}", small(bytes.len().min(8))?),
        0x11 => moment(long(bytes)?),
        0x12 => calendar(bytes)?,
        0x13 => security_id(bytes)?,
        0x14 => format!("0x{:x}", small(4)?),
        0x15 => format!("0x{:x}", long(bytes)?),
        _ => hexadecimal(bytes),
    })
}

fn ansi(bytes: &[u8]) -> String {
    let text = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0;
    text.trim_end_matches('\0').to_owned()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A moment in steps of 100 nanoseconds from 1601.
fn moment(steps: u64) -> String {
    const FROM_1601_TO_1970_MS: i64 = 11_644_473_600_000;
    stamp::moment((steps / 10_000) as i64 - FROM_1601_TO_1970_MS)
}

/// A moment by year, month, weekday, day, hour, minute, second, thousandth.
fn calendar(bytes: &[u8]) -> Option<String> {
    let part = |index: usize| half(bytes, index * 2);
    let day = format!("{:04}-{:02}-{:02}", part(0)?, part(1)?, part(3)?);
    Some(format!("{day}T{:02}:{:02}:{:02}Z", part(4)?, part(5)?, part(6)?))
}

fn guid(bytes: &[u8]) -> Option<String> {
    let last = hexadecimal(bytes.get(8..16)?);
    let (first, second, third) = (word(bytes, 0)?, half(bytes, 4)?, half(bytes, 6)?);
    Some(format!("{{{first:08x}-{second:04x}-{third:04x}-{}-{}}}", &last[..4], &last[4..]))
}

/// The name of an account: `S-1-5-21-...`.
fn security_id(bytes: &[u8]) -> Option<String> {
    let authority = bytes.get(2..8)?.iter().fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
    let mut text = format!("S-{}-{authority}", bytes[0]);
    for index in 0..usize::from(bytes[1]) {
        text.push_str(&format!("-{}", word(bytes, 8 + index * 4)?));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_every_kind_are_text() {
        let check = |kind, bytes: &[u8], text: &str| assert_eq!(shown(kind, bytes), text, "{kind:#x}");
        check(0x01, b"A\0n\0n\0\0\0", "Ann");
        check(0x02, b"caf\xe9\0", "caf\u{e9}");
        check(0x05, &[0xff, 0xff], "-1");
        check(0x08, &[1, 0, 0, 0x80], "2147483649");
        check(0x0c, &2.5_f64.to_le_bytes(), "2.5");
        check(0x0d, &[1, 0, 0, 0], "true");
        check(0x0e, &[0xab, 1], "ab01");
        check(0x11, &116_444_736_001_230_000_u64.to_le_bytes(), "1970-01-01T00:00:00.123Z");
        check(0x12, &[0xea, 7, 8, 0, 0, 0, 17, 0, 9, 0, 5, 0, 1, 0, 0, 0], "2026-08-17T09:05:01Z");
        check(0x13, &[1, 2, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 0xf4, 1, 0, 0], "S-1-5-21-500");
        check(0x0f, &[1, 0, 0, 0, 2, 0, 3, 0, 4, 5, 6, 7, 8, 9, 10, 11], "{00000001-0002-0003-0405-060708090a0b}");
        check(0x81, b"a\0\0\0b\0\0\0", "a b");
        check(0x88, &[1, 0, 0, 0, 2, 0, 0, 0], "1 2");
        // Shorter than its kind.
        check(0x13, &[1, 9, 0, 0, 0, 0, 0, 5], "");
        check(0x0a, &[1], "");
    }
}
