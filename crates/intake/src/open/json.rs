//! JSON: one record a line, or the elements of an array, flattened to columns.
//!
//! Enters: chunks of whole records. Leaves: blocks of rows; nested objects become columns with dotted names, array
//! elements columns with their index. The columns are learned by the survey, in the order in which the evidence first
//! shows them, and keep their places. A record that is not well-formed is set aside. Numbers keep their text.

use std::sync::Arc;

use memchr::{memchr, memchr2, memrchr};
use rustc_hash::FxHashMap;

use super::block::{Cell, RowBlock};
use super::chunk::{Block, Chunk, Cutter, LINE_TOO_LONG, Learned, Parsed};
use super::encoding::Charset;
use super::limits::Limits;

/// Reason code of a record that is no well-formed JSON object.
pub(super) const BROKEN_RECORD: &str = "broken_record";
/// Objects and arrays within a record.
const DEPTH: usize = 64;
/// Elements of an array inside a record that get a column; later ones are counted as unplaced.
const ARRAY_ITEMS: u32 = 32;

/// Keys that only wrap a value: types of MongoDB's extended JSON, and the document of an Elasticsearch hit.
const TRANSPARENT: [&[u8]; 9] = [
    b"$oid",
    b"$date",
    b"$numberLong",
    b"$numberInt",
    b"$numberDouble",
    b"$numberDecimal",
    b"$uuid",
    b"$timestamp",
    b"_source",
];
/// Keys of the lines between the documents of a bulk file.
const ACTIONS: [&[u8]; 4] = [b"\"index\"", b"\"create\"", b"\"update\"", b"\"delete\""];

/// Tells whether a line says what is to be done with the next one.
fn is_action(line: &[u8]) -> bool {
    let Some(inside) = line.trim_ascii().strip_prefix(b"{").map(<[u8]>::trim_ascii_start) else { return false };
    let action = ACTIONS.iter().find_map(|action| inside.strip_prefix(*action)).map(<[u8]>::trim_ascii_start);
    let value = action.and_then(|rest| rest.strip_prefix(b":")).map(<[u8]>::trim_ascii_start);
    // The action is an object, and all there is: two braces close the line.
    let closing = |rest: &[u8]| rest.strip_suffix(b"}").is_some_and(|rest| rest.trim_ascii_end().ends_with(b"}"));
    value.is_some_and(|value| value.starts_with(b"{") && closing(value.trim_ascii_end()))
}

/// How records follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One a line.
    Lines,
    /// One a line, each after a line that says what an index is to do with it (the bulk form of Elasticsearch).
    Bulk,
    /// Elements of an array, or objects one after the other, over any number of lines.
    Elements,
}

/// The columns of a JSON table, as a tree of keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    nodes: Vec<Node>,
    /// Names of the columns.
    pub(super) columns: Vec<String>,
}

#[derive(Clone, Debug, Default)]
struct Node {
    name: String,
    children: Vec<(Box<[u8]>, u32)>,
    index: FxHashMap<Box<[u8]>, u32>,
    column: Option<u32>,
}

impl Keys {
    /// Returns the tree without keys.
    pub(super) fn new() -> Self {
        Keys { nodes: vec![Node::default()], columns: Vec::new() }
    }

    /// Finds a child, trying the one at `hint` first: records mostly repeat their order of keys.
    fn child(&self, node: u32, key: &[u8], hint: u32) -> Option<(u32, u32)> {
        let node = &self.nodes[node as usize];
        if let Some((name, child)) = node.children.get(hint as usize)
            && **name == *key
        {
            return Some((*child, hint + 1));
        }
        let place = *node.index.get(key)?;
        Some((node.children[place as usize].1, place + 1))
    }

    fn add(&mut self, node: u32, key: &[u8], most: usize) -> Option<u32> {
        if self.nodes.len() > most * 4 {
            return None;
        }
        if TRANSPARENT.contains(&key) {
            // The value of the wrapping is the value of what it wraps.
            let parent = &mut self.nodes[node as usize];
            parent.index.insert(key.into(), parent.children.len() as u32);
            parent.children.push((key.into(), node));
            return Some(node);
        }
        let child = self.nodes.len() as u32;
        let parent = &mut self.nodes[node as usize];
        let mut shown = key.to_vec();
        let length = unescape(&mut shown);
        let shown = String::from_utf8_lossy(&shown[..length]).into_owned();
        let name = if parent.name.is_empty() { shown } else { format!("{}.{shown}", parent.name) };
        parent.index.insert(key.into(), parent.children.len() as u32);
        parent.children.push((key.into(), child));
        self.nodes.push(Node { name, ..Node::default() });
        Some(child)
    }

    fn column(&mut self, node: u32, most: usize) {
        let next = self.columns.len();
        let node = &mut self.nodes[node as usize];
        if node.column.is_none() && next < most {
            node.column = Some(next as u32);
            self.columns.push(node.name.clone());
        }
    }
}

/// Takes the values of a record.
trait Values {
    fn child(&mut self, node: u32, key: &[u8], hint: u32) -> Option<(u32, u32)>;
    fn value(&mut self, node: Option<u32>, start: usize, length: usize, kind: Kind);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    Escaped,
    Null,
}

/// Learns keys.
struct Learning<'a> {
    keys: &'a mut Keys,
    most: usize,
}

impl Values for Learning<'_> {
    fn child(&mut self, node: u32, key: &[u8], hint: u32) -> Option<(u32, u32)> {
        self.keys.child(node, key, hint).or_else(|| self.keys.add(node, key, self.most).map(|child| (child, hint)))
    }

    fn value(&mut self, node: Option<u32>, _: usize, _: usize, _: Kind) {
        if let Some(node) = node {
            self.keys.column(node, self.most);
        }
    }
}

/// Puts values into a row.
struct Filling<'a> {
    keys: &'a Keys,
    block: &'a mut RowBlock,
    first: usize,
    escapes: &'a mut Vec<usize>,
    unplaced: u64,
}

impl Values for Filling<'_> {
    fn child(&mut self, node: u32, key: &[u8], hint: u32) -> Option<(u32, u32)> {
        self.keys.child(node, key, hint)
    }

    fn value(&mut self, node: Option<u32>, start: usize, length: usize, kind: Kind) {
        let Some(column) = node.and_then(|node| self.keys.nodes[node as usize].column) else {
            self.unplaced += u64::from(kind != Kind::Null);
            return;
        };
        let place = self.first + column as usize;
        self.block.cells[place] = match kind {
            Kind::Null => Cell::NULL,
            _ => Cell { start: start as u32, length: length as u32 },
        };
        if kind == Kind::Escaped {
            self.escapes.push(place);
        }
    }
}

/// The bytes are no well-formed value.
struct Broken;

/// Reads one value.
struct Reader<'a, V> {
    bytes: &'a [u8],
    at: usize,
    values: V,
}

impl<V: Values> Reader<'_, V> {
    fn peek(&mut self) -> Result<u8, Broken> {
        while let Some(byte) = self.bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Ok(*byte);
            }
            self.at += 1;
        }
        Err(Broken)
    }

    fn value(&mut self, node: Option<u32>, depth: usize) -> Result<(), Broken> {
        match self.peek()? {
            b'{' if depth < DEPTH => self.object(node, depth),
            b'[' if depth < DEPTH => self.array(node, depth),
            b'"' => {
                let (start, length, escaped) = self.string()?;
                let kind = if escaped { Kind::Escaped } else { Kind::Plain };
                self.values.value(node, start, length, kind);
                Ok(())
            }
            b't' => self.literal(b"true", node, Kind::Plain),
            b'f' => self.literal(b"false", node, Kind::Plain),
            b'n' => self.literal(b"null", node, Kind::Null),
            b'-' | b'0'..=b'9' => {
                let start = self.at;
                let number = |b: &&u8| matches!(**b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
                self.at += self.bytes[start..].iter().take_while(number).count();
                self.values.value(node, start, self.at - start, Kind::Plain);
                Ok(())
            }
            _ => Err(Broken),
        }
    }

    fn literal(&mut self, word: &[u8], node: Option<u32>, kind: Kind) -> Result<(), Broken> {
        if !self.bytes[self.at..].starts_with(word) {
            return Err(Broken);
        }
        self.values.value(node, self.at, word.len(), kind);
        self.at += word.len();
        Ok(())
    }

    fn object(&mut self, node: Option<u32>, depth: usize) -> Result<(), Broken> {
        self.at += 1;
        if self.peek()? == b'}' {
            self.at += 1;
            return Ok(());
        }
        let mut hint = 0;
        loop {
            if self.peek()? != b'"' {
                return Err(Broken);
            }
            let (start, length, _) = self.string()?;
            let key = &self.bytes[start..start + length];
            let found = node.and_then(|node| self.values.child(node, key, hint));
            if let Some((_, next)) = found {
                hint = next;
            }
            if self.peek()? != b':' {
                return Err(Broken);
            }
            self.at += 1;
            self.value(found.map(|(child, _)| child), depth + 1)?;
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(Broken),
            }
        }
    }

    fn array(&mut self, node: Option<u32>, depth: usize) -> Result<(), Broken> {
        self.at += 1;
        if self.peek()? == b']' {
            self.at += 1;
            return Ok(());
        }
        let mut index = 0;
        loop {
            let key = index.to_string();
            let node = node.filter(|_| index < ARRAY_ITEMS);
            let found = node.and_then(|node| self.values.child(node, key.as_bytes(), index));
            index += 1;
            self.value(found.map(|(child, _)| child), depth + 1)?;
            match self.peek()? {
                b',' => self.at += 1,
                b']' => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(Broken),
            }
        }
    }

    /// Reads a string; returns start and length of what is between the quotes and whether it has escapes.
    fn string(&mut self) -> Result<(usize, usize, bool), Broken> {
        let start = self.at + 1;
        let mut at = start;
        let mut escaped = false;
        loop {
            let found = at + memchr2(b'"', b'\\', self.bytes.get(at..).ok_or(Broken)?).ok_or(Broken)?;
            if self.bytes[found] == b'"' {
                self.at = found + 1;
                return Ok((start, found - start, escaped));
            }
            escaped = true;
            at = found + 2;
        }
    }
}

/// Unescapes a string in place and returns its new length.
fn unescape(text: &mut [u8]) -> usize {
    let (mut read, mut write) = (0, 0);
    while read < text.len() {
        let byte = text[read];
        read += 1;
        if byte != b'\\' || read == text.len() {
            text[write] = byte;
            write += 1;
            continue;
        }
        let sign = text[read];
        read += 1;
        let plain = match sign {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'b' => 8,
            b'f' => 12,
            b'u' => {
                let c = unicode(text, &mut read);
                let mut utf8 = [0; 4];
                let utf8 = c.encode_utf8(&mut utf8).as_bytes();
                // A broken escape may take fewer bytes than its replacement has: writing must never overtake reading.
                let written = if utf8.len() <= read - write { utf8 } else { b"?" };
                text[write..write + written.len()].copy_from_slice(written);
                write += written.len();
                continue;
            }
            sign => sign,
        };
        text[write] = plain;
        write += 1;
    }
    write
}

/// Reads the digits of `\u`, and of a second one where the first is half a pair.
fn unicode(text: &[u8], read: &mut usize) -> char {
    let unit = |at: usize| {
        let digits = std::str::from_utf8(text.get(at..at + 4)?).ok()?;
        u32::from_str_radix(digits, 16).ok()
    };
    let Some(first) = unit(*read) else { return char::REPLACEMENT_CHARACTER };
    *read += 4;
    if (0xD800..0xDC00).contains(&first)
        && text.get(*read..*read + 2) == Some(b"\\u")
        && let Some(second) = unit(*read + 2).filter(|second| (0xDC00..0xE000).contains(second))
    {
        *read += 6;
        let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        return char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    }
    char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// A JSON table, as parsing needs it.
#[derive(Clone, Debug)]
pub(super) struct Json {
    pub(super) shape: Shape,
    pub(super) keys: Arc<Keys>,
    pub(super) table: u32,
}

/// Where a record lies.
#[derive(Debug, PartialEq, Eq)]
enum Met {
    Record { start: usize, next: usize },
    Other { next: usize },
    More,
}

impl Shape {
    /// Finds the record at `at`. The record may still be broken inside.
    fn step(self, bytes: &[u8], at: usize, ended: bool, limits: &Limits) -> Met {
        match self {
            Shape::Lines | Shape::Bulk => {
                let Some(end) = memchr(b'\n', &bytes[at..]).map(|end| at + end + 1).or(ended.then_some(bytes.len()))
                else {
                    return Met::More;
                };
                let line = &bytes[at..end];
                // A line that is too long is not looked into: it may be known by its length only.
                let short = line.len() <= limits.record_bytes;
                let blank = short && line.iter().all(u8::is_ascii_whitespace);
                if blank || (short && self == Shape::Bulk && is_action(line)) {
                    Met::Other { next: end }
                } else {
                    Met::Record { start: at, next: end }
                }
            }
            Shape::Elements => element(bytes, at, ended, limits),
        }
    }
}

/// Finds the element at or after `at`: from its opening to its closing bracket.
fn element(bytes: &[u8], at: usize, ended: bool, limits: &Limits) -> Met {
    let Some(start) = memchr2(b'{', b'[', &bytes[at..]).map(|start| at + start) else {
        return Met::Other { next: bytes.len() };
    };
    // What does not close within the longest record is set aside whether or not more of it is in memory.
    let window = bytes.get(..start + limits.record_bytes + 1);
    let (bytes, ended) = (window.unwrap_or(bytes), window.is_some() || ended);
    let mut depth = 0usize;
    let mut here = start;
    while let Some(byte) = bytes.get(here) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Met::Record { start, next: here + 1 };
                }
            }
            b'"' => match string_end(bytes, here) {
                Some(end) => here = end,
                None => break,
            },
            _ => {}
        }
        here += 1;
    }
    if !ended {
        return Met::More;
    }
    Met::Record { start, next: resume(bytes, start) }
}

fn string_end(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        let found = at + memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[found] == b'"' {
            return Some(found);
        }
        at = found + 2;
    }
}

/// After an element that never closes: the next line that begins with one, or the end.
fn resume(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(found) = memchr(b'\n', &bytes[at.min(bytes.len())..]) {
        at += found + 1;
        let line = bytes[at..].trim_ascii_start();
        if line.starts_with(b"{") {
            return bytes.len() - line.len();
        }
    }
    bytes.len()
}

impl Json {
    /// Parses a chunk.
    pub(super) fn parse(&self, chunk: Chunk, charset: Charset, limits: &Limits) -> Parsed {
        let columns = self.keys.columns.len();
        let mut block = RowBlock { table: self.table, columns, ..RowBlock::default() };
        let mut unread_bytes = chunk.skipped_bytes;
        let mut unplaced = 0;
        if chunk.skipped_bytes > 0 {
            block.rows_met = 1;
            block.set_aside.push((0, LINE_TOO_LONG));
        }
        let mut bytes = chunk.bytes;
        let mut escapes = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let (start, next) = match self.shape.step(&bytes, at, true, limits) {
                Met::Record { start, next } => (start, next),
                Met::Other { next } => {
                    at = next;
                    continue;
                }
                Met::More => break,
            };
            let ordinal = block.rows_met;
            block.rows_met += 1;
            let reason = self.record(&bytes[..next], start, limits, &mut block, &mut escapes, &mut unplaced).err();
            if let Some(reason) = reason {
                block.set_aside.push((ordinal, reason));
                unread_bytes += (next - start) as u64;
            } else {
                block.ordinals.push(ordinal);
                block.offsets.push(chunk.offset + start as u64);
            }
            at = next;
        }
        for place in escapes {
            let cell = &mut block.cells[place];
            if cell.length != Cell::NULL_LENGTH {
                let text = &mut bytes[cell.start as usize..][..cell.length as usize];
                let length = unescape(text);
                text[length..].fill(b' ');
                cell.length = length as u32;
            }
        }
        let replaced = charset.settle(bytes, &mut block);
        Parsed { blocks: vec![Block::Rows(block)], replaced, unread_bytes, unplaced }
    }

    /// Reads the record at `start`, up to the end of `bytes`, into a new row.
    fn record(
        &self,
        bytes: &[u8],
        start: usize,
        limits: &Limits,
        block: &mut RowBlock,
        escapes: &mut Vec<usize>,
        unplaced: &mut u64,
    ) -> Result<(), &'static str> {
        if bytes.len() - start > limits.record_bytes {
            return Err(LINE_TOO_LONG);
        }
        let (first, escaped) = (block.cells.len(), escapes.len());
        block.cells.resize(first + self.keys.columns.len(), Cell::NULL);
        let values = Filling { keys: &self.keys, block, first, escapes, unplaced: 0 };
        let mut reader = Reader { bytes, at: start, values };
        let whole = reader.whole();
        let Filling { block, escapes, unplaced: more, .. } = reader.values;
        match whole {
            Ok(()) => {
                *unplaced += more;
                // A key that comes twice: the last value counts, and is unescaped once.
                escapes[escaped..].sort_unstable();
                let mut unique = escapes.split_off(escaped);
                unique.dedup();
                escapes.append(&mut unique);
                Ok(())
            }
            Err(Broken) => {
                block.cells.truncate(first);
                escapes.truncate(escaped);
                Err(BROKEN_RECORD)
            }
        }
    }

    /// Returns start and end of every row met in a chunk.
    pub(super) fn spans(&self, chunk: &Chunk, limits: &Limits) -> Vec<(u32, usize, usize)> {
        let mut spans = Vec::new();
        if chunk.skipped_bytes > 0 {
            spans.push((self.table, 0, 0));
        }
        let mut at = 0;
        while at < chunk.bytes.len() {
            at = match self.shape.step(&chunk.bytes, at, true, limits) {
                Met::Record { start, next } => {
                    spans.push((self.table, start, next));
                    next
                }
                Met::Other { next } => next,
                Met::More => break,
            };
        }
        spans
    }
}

impl<V: Values> Reader<'_, V> {
    /// Reads a record: an object or array, and nothing but space behind it.
    fn whole(&mut self) -> Result<(), Broken> {
        if !matches!(self.peek()?, b'{' | b'[') {
            return Err(Broken);
        }
        self.value(Some(0), 0)?;
        if self.peek().is_ok() { Err(Broken) } else { Ok(()) }
    }
}

/// Cuts JSON, and learns its keys on the way if asked to.
pub(super) struct JsonCutter<'a> {
    shape: Shape,
    limits: &'a Limits,
    learned: Option<Keys>,
}

impl<'a> JsonCutter<'a> {
    /// Begins at a record.
    pub(super) fn new(shape: Shape, learn: bool, limits: &'a Limits) -> Self {
        JsonCutter { shape, limits, learned: learn.then(Keys::new) }
    }

    fn learn(&mut self, bytes: &[u8], start: usize) {
        if let Some(keys) = &mut self.learned {
            let values = Learning { keys, most: self.limits.columns };
            // A broken record is set aside when it is parsed; the keys before the break may stand.
            let _ = Reader { bytes, at: start, values }.whole();
        }
    }
}

impl Cutter for JsonCutter<'_> {
    fn cut(&mut self, buffer: &[u8], target: usize, ended: bool) -> Option<usize> {
        if self.shape == Shape::Lines && self.learned.is_none() {
            if ended && buffer.len() <= target {
                return Some(buffer.len());
            }
            if let Some(at) = memrchr(b'\n', &buffer[..target.min(buffer.len())]) {
                return Some(at + 1);
            }
        }
        let mut best = None;
        let mut at = 0;
        while at < buffer.len() {
            let (start, next) = match self.shape.step(buffer, at, ended, self.limits) {
                Met::Record { start, next } => (Some(start), next),
                Met::Other { next } => (None, next),
                Met::More => return best,
            };
            if next > target && best.is_some() {
                return best;
            }
            if let Some(start) = start {
                self.learn(&buffer[..next], start);
            }
            best = Some(next);
            if next > target {
                return best;
            }
            at = next;
        }
        best
    }

    fn learned(&mut self) -> Learned {
        self.learned.take().map_or(Learned::Nothing, Learned::Json)
    }
}

/// What the beginning of a text shows: the shape of its records and where they start.
pub(super) fn sniff(head: &[u8], ended: bool, limits: &Limits) -> Option<(Shape, usize)> {
    let first = head.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let good = |bytes: &[u8], start: usize| {
        let mut keys = Keys::new();
        let values = Learning { keys: &mut keys, most: limits.columns };
        Reader { bytes, at: start, values }.whole().is_ok() && !keys.columns.is_empty()
    };
    if head[first] == b'{' {
        // A line is a record: look at the first few, of which one may be broken.
        let lines: Vec<&[u8]> = head[first..].split(|byte| *byte == b'\n').take(20).collect();
        let whole = if ended { lines.len() } else { lines.len().saturating_sub(1).max(1) };
        let filled = lines[..whole].iter().filter(|line| !line.trim_ascii().is_empty());
        let (all, fit) = filled.fold((0, 0), |(all, fit), line| (all + 1, fit + usize::from(good(line, 0))));
        let only = all == 1 && array_inside(head, first).is_some();
        if fit > 0 && fit * 10 >= all * 8 && !only {
            let bulk = is_action(lines[0]) && lines.get(1).is_some_and(|line| !is_action(line));
            return Some((if bulk { Shape::Bulk } else { Shape::Lines }, 0));
        }
    }
    let start = match head[first] {
        b'[' => first + 1,
        b'{' => array_inside(head, first).unwrap_or(first),
        _ => return None,
    };
    match element(head, start, ended, limits) {
        Met::Record { start: record, next } if good(&head[..next], record) => Some((Shape::Elements, start)),
        // A first record longer than the head: well begun is enough.
        Met::More => head[start..].trim_ascii_start().starts_with(b"{").then_some((Shape::Elements, start)),
        _ => None,
    }
}

/// Tells whether an array that follows these bytes is named as a list of records: `{"hits": {"hits": [`.
fn is_list(before: &[u8]) -> bool {
    const LISTS: [&[u8]; 7] =
        [b"\"hits\"", b"\"data\"", b"\"results\"", b"\"items\"", b"\"records\"", b"\"rows\"", b"\"documents\""];
    let name = before.trim_ascii_end().strip_suffix(b":").map(<[u8]>::trim_ascii_end);
    name.is_some_and(|name| LISTS.iter().any(|list| name.ends_with(list)))
}

/// In `{"data": [{...}, ...], ...}`: behind the bracket of the array.
fn array_inside(head: &[u8], object: usize) -> Option<usize> {
    let mut at = object + 1;
    let mut depth = 0usize;
    while let Some(byte) = head.get(at) {
        match byte {
            b'"' => at = string_end(head, at)?,
            b'{' => depth += 1,
            b'}' if depth == 0 => return None,
            b'}' => depth -= 1,
            b'[' if (depth == 0 || is_list(&head[..at])) && head[at + 1..].trim_ascii_start().starts_with(b"{") => {
                return Some(at + 1);
            }
            _ => {}
        }
        at += 1;
    }
    None
}
