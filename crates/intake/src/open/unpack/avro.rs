//! Avro object containers.
//!
//! Enters: a container file. Leaves: one record an object, read by the schema that the file carries. Blocks may be plain,
//! or packed with deflate, zstd, bzip2 or snappy. Memory: one block. Source: https://avro.apache.org/docs/1.11.1/specification/

use std::io::{self, Read};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde_json::Value as Json;
use vocab::ProblemKind;

use super::super::container::Input;
use super::super::leaf::refusal;
use super::super::limits::Limits;
use super::dbf::read_full;
use super::{Content, Given, Made, Part, Sink, corrupt, invalid, json_string, stamp, text_or_hex, truncated};

const MAGIC: &[u8] = b"Obj\x01";
/// Values within values.
const DEPTH: usize = 64;
/// Bytes of the file's own description.
const HEADER_BYTES: usize = 4 << 20;
/// Items of one array or map.
const ITEMS: i64 = 1 << 20;
/// Values of one object that take no bytes.
const EMPTY: i64 = 1 << 16;

pub(super) fn is(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// A schema, as far as reading needs it.
#[derive(Debug)]
enum Schema {
    Null,
    Boolean,
    Int,
    Date,
    Moment(i64),
    Float,
    Double,
    Bytes,
    String,
    Fixed(usize),
    Enum(Vec<String>),
    Array(Box<Schema>),
    Map(Box<Schema>),
    Union(Vec<Schema>),
    Record(Vec<(String, Schema)>),
    /// A name defined elsewhere in the schema.
    Named(String),
}

/// The named schemas of a file.
type Names = FxHashMap<String, Arc<Schema>>;

fn schema(json: &Json, names: &mut Names, depth: usize) -> Option<Schema> {
    if depth > DEPTH {
        return None;
    }
    let text = |key: &str| json.get(key).and_then(Json::as_str);
    let word = match json {
        Json::Array(of) => {
            return Some(Schema::Union(of.iter().map(|one| schema(one, names, depth + 1)).collect::<Option<_>>()?));
        }
        Json::String(word) => word.as_str(),
        Json::Object(_) => match json.get("type")? {
            Json::String(word) => word.as_str(),
            inner => return schema(inner, names, depth + 1),
        },
        _ => return None,
    };
    let named = |found: Schema, names: &mut Names| {
        let name = text("name")?.to_owned();
        names.insert(name.clone(), Arc::new(found));
        Some(Schema::Named(name))
    };
    Some(match (word, text("logicalType")) {
        ("null", _) => Schema::Null,
        ("boolean", _) => Schema::Boolean,
        ("int", Some("date")) => Schema::Date,
        ("long", Some("timestamp-millis" | "local-timestamp-millis")) => Schema::Moment(1),
        ("long", Some("timestamp-micros" | "local-timestamp-micros")) => Schema::Moment(1_000),
        ("int" | "long", _) => Schema::Int,
        ("float", _) => Schema::Float,
        ("double", _) => Schema::Double,
        ("bytes", _) => Schema::Bytes,
        ("string", _) => Schema::String,
        ("fixed", _) => {
            let size = usize::try_from(json.get("size")?.as_u64()?).ok()?;
            return named(Schema::Fixed(size), names);
        }
        ("enum", _) => {
            let symbols = json.get("symbols")?.as_array()?.iter().map(|symbol| Some(symbol.as_str()?.to_owned()));
            return named(Schema::Enum(symbols.collect::<Option<_>>()?), names);
        }
        ("array", _) => Schema::Array(Box::new(schema(json.get("items")?, names, depth + 1)?)),
        ("map", _) => Schema::Map(Box::new(schema(json.get("values")?, names, depth + 1)?)),
        ("record" | "error", _) => {
            let mut fields = Vec::new();
            for field in json.get("fields")?.as_array()? {
                fields.push((field.get("name")?.as_str()?.to_owned(), schema(field.get("type")?, names, depth + 1)?));
            }
            return named(Schema::Record(fields), names);
        }
        (name, _) => Schema::Named(name.rsplit('.').next().unwrap_or(name).to_owned()),
    })
}

/// Reads values from a block.
struct Block<'b> {
    bytes: &'b [u8],
    /// Values that take no bytes, such as a null in an array, are counted so that they end.
    empty: i64,
}

impl<'b> Block<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }

    fn long(&mut self) -> Option<i64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = *self.take(1)?.first()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some((value >> 1) as i64 ^ -((value & 1) as i64));
            }
        }
        None
    }

    fn sized(&mut self) -> Option<&'b [u8]> {
        let length = usize::try_from(self.long()?).ok()?;
        self.take(length)
    }

    /// A value that takes no bytes.
    fn nothing(&mut self, out: &mut Vec<u8>) -> Option<()> {
        self.empty += 1;
        out.extend_from_slice(b"null");
        (self.empty <= EMPTY).then_some(())
    }

    /// Writes a value as JSON.
    fn value(&mut self, schema: &Schema, names: &Names, depth: usize, out: &mut Vec<u8>) -> Option<()> {
        if depth > DEPTH {
            return None;
        }
        match schema {
            Schema::Null => return self.nothing(out),
            Schema::Boolean => out.extend_from_slice(if self.take(1)? == [0] { b"false" } else { b"true" }),
            Schema::Int => out.extend_from_slice(self.long()?.to_string().as_bytes()),
            Schema::Date => json_string(stamp::date(self.long()?.clamp(-1 << 40, 1 << 40)).as_bytes(), out),
            Schema::Moment(units) => json_string(stamp::moment(self.long()? / units).as_bytes(), out),
            Schema::Float => {
                let number = f32::from_le_bytes(self.take(4)?.try_into().ok()?);
                json_string(number.to_string().as_bytes(), out);
            }
            Schema::Double => {
                let number = f64::from_le_bytes(self.take(8)?.try_into().ok()?);
                json_string(number.to_string().as_bytes(), out);
            }
            Schema::String => json_string(self.sized()?, out),
            Schema::Bytes => binary(self.sized()?, out),
            Schema::Fixed(0) => return self.nothing(out),
            Schema::Record(fields) if fields.is_empty() => return self.nothing(out),
            Schema::Fixed(size) => binary(self.take(*size)?, out),
            Schema::Enum(symbols) => {
                let symbol = symbols.get(usize::try_from(self.long()?).ok()?)?;
                json_string(symbol.as_bytes(), out);
            }
            Schema::Union(of) => {
                let one = of.get(usize::try_from(self.long()?).ok()?)?;
                return self.value(one, names, depth + 1, out);
            }
            Schema::Array(of) => return self.items(of, false, names, depth, out),
            Schema::Map(of) => return self.items(of, true, names, depth, out),
            Schema::Record(fields) => {
                out.push(b'{');
                for (index, (name, of)) in fields.iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    json_string(name.as_bytes(), out);
                    out.push(b':');
                    self.value(of, names, depth + 1, out)?;
                }
                out.push(b'}');
            }
            Schema::Named(name) => return self.value(names.get(name)?, names, depth + 1, out),
        }
        Some(())
    }

    fn items(&mut self, of: &Schema, map: bool, names: &Names, depth: usize, out: &mut Vec<u8>) -> Option<()> {
        out.push(if map { b'{' } else { b'[' });
        let mut first = true;
        loop {
            let mut count = self.long()?;
            if count == 0 {
                break;
            }
            if count < 0 {
                // A negative count is followed by the bytes of the items.
                self.long()?;
                count = count.checked_neg()?;
            }
            if count > ITEMS {
                return None;
            }
            for _ in 0..count {
                if !std::mem::take(&mut first) {
                    out.push(b',');
                }
                if map {
                    json_string(self.sized()?, out);
                    out.push(b':');
                }
                self.value(of, names, depth + 1, out)?;
            }
        }
        out.push(if map { b'}' } else { b']' });
        Some(())
    }
}

fn binary(bytes: &[u8], out: &mut Vec<u8>) {
    let mut text = Vec::new();
    text_or_hex(bytes, &mut text);
    json_string(&text, out);
}

/// How blocks are packed.
#[derive(Clone, Copy)]
enum Codec {
    Plain,
    Deflate,
    Zstd,
    Bzip2,
    Snappy,
}

struct Header {
    schema: Schema,
    names: Names,
    codec: Codec,
    sync: [u8; 16],
    bytes: usize,
}

fn header(head: &[u8]) -> Result<Header, super::Refusal> {
    let broken = || corrupt("the file's description of itself is damaged");
    let mut block = Block { bytes: head.get(4..).ok_or_else(broken)?, empty: 0 };
    let (mut text, mut codec) = (None, Codec::Plain);
    loop {
        let mut count = block.long().ok_or_else(broken)?;
        if count == 0 {
            break;
        }
        if count < 0 {
            block.long().ok_or_else(broken)?;
            count = -count.max(-ITEMS);
        }
        for _ in 0..count.min(1_000) {
            let (key, value) = (block.sized().ok_or_else(broken)?, block.sized().ok_or_else(broken)?);
            match (key, value) {
                (b"avro.schema", value) => text = Some(value),
                (b"avro.codec", b"null" | b"") => {}
                (b"avro.codec", b"deflate") => codec = Codec::Deflate,
                (b"avro.codec", b"zstandard") => codec = Codec::Zstd,
                (b"avro.codec", b"bzip2") => codec = Codec::Bzip2,
                (b"avro.codec", b"snappy") => codec = Codec::Snappy,
                (b"avro.codec", _) => {
                    let cause = "its blocks are packed in a way that is not supported".to_owned();
                    return Err(refusal(ProblemKind::Unsupported, cause, "write it again with deflate or zstandard"));
                }
                _ => {}
            }
        }
    }
    let sync = block.take(16).and_then(|sync| sync.try_into().ok()).ok_or_else(broken)?;
    let json: Json = text.and_then(|text| serde_json::from_slice(text).ok()).ok_or_else(broken)?;
    let mut names = Names::default();
    let schema = schema(&json, &mut names, 0).ok_or_else(broken)?;
    Ok(Header { schema, names, codec, sync, bytes: head.len() - block.bytes.len() })
}

pub(super) fn unpack(input: &mut Input<'_>, limits: &Limits, sink: &mut dyn Sink) -> Given {
    let header = header(input.peek(HEADER_BYTES))?;
    let _ = io::copy(&mut (&mut *input).take(header.bytes as u64), &mut io::sink());
    let mut blocks = Blocks { reader: input, header, limits, block: Vec::new(), at: 0, objects: 0, in_step: true };
    let mut make = |out: &mut Vec<u8>| blocks.next(out);
    Ok(sink.part(Part { name: None, content: Content::Records, reader: &mut Made::new(&mut make) }))
}

struct Blocks<'l, R> {
    reader: R,
    header: Header,
    limits: &'l Limits,
    block: Vec<u8>,
    at: usize,
    objects: i64,
    /// Whether the mark behind the block was that of the file.
    in_step: bool,
}

impl<R: Read> Blocks<'_, R> {
    fn long(&mut self) -> io::Result<Option<i64>> {
        let mut bytes = Vec::new();
        loop {
            let mut byte = [0];
            if read_full(&mut self.reader, &mut byte)? == 0 {
                return if bytes.is_empty() { Ok(None) } else { Err(truncated()) };
            }
            bytes.push(byte[0]);
            if byte[0] & 0x80 == 0 {
                return Ok(Some(Block { bytes: &bytes, empty: 0 }.long().ok_or_else(invalid)?));
            }
            if bytes.len() > 10 {
                return Err(invalid());
            }
        }
    }

    /// Writes the next object.
    fn next(&mut self, out: &mut Vec<u8>) -> io::Result<bool> {
        while self.objects == 0 {
            if !self.in_step {
                return Err(invalid());
            }
            if !self.block()? {
                return Ok(false);
            }
        }
        let start = out.len();
        let mut block = Block { bytes: &self.block[self.at..], empty: 0 };
        if block.value(&self.header.schema, &self.header.names, 0, out).is_none() {
            out.truncate(start);
            return Err(invalid());
        }
        out.push(b'\n');
        self.at = self.block.len() - block.bytes.len();
        self.objects -= 1;
        Ok(true)
    }

    /// Reads the next block.
    fn block(&mut self) -> io::Result<bool> {
        let Some(objects) = self.long()? else { return Ok(false) };
        let bytes = self.long()?.and_then(|bytes| usize::try_from(bytes).ok()).ok_or_else(invalid)?;
        let most = self.limits.record_bytes.max(16 << 20) * 4;
        if bytes > most || objects < 0 {
            return Err(invalid());
        }
        let mut packed = Vec::new();
        (&mut self.reader).take(bytes as u64).read_to_end(&mut packed)?;
        let mut sync = [0; 16];
        if packed.len() < bytes || read_full(&mut self.reader, &mut sync)? < 16 {
            return Err(truncated());
        }
        self.block = self.plain(packed, most)?;
        (self.at, self.objects, self.in_step) = (0, objects, sync == self.header.sync);
        // Objects without a byte of their own are none: a count alone must not make rows.
        if self.block.is_empty() && objects > 0 { Err(invalid()) } else { Ok(true) }
    }

    fn plain(&self, packed: Vec<u8>, most: usize) -> io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        let limit = most as u64 + 1;
        match self.header.codec {
            Codec::Plain => return Ok(packed),
            Codec::Deflate => {
                flate2::read::DeflateDecoder::new(packed.as_slice()).take(limit).read_to_end(&mut plain)?
            }
            Codec::Zstd => zstd::Decoder::new(packed.as_slice())?.take(limit).read_to_end(&mut plain)?,
            Codec::Bzip2 => bzip2::read::BzDecoder::new(packed.as_slice()).take(limit).read_to_end(&mut plain)?,
            Codec::Snappy => {
                // Four bytes of checksum follow.
                let body = packed.len().checked_sub(4).map(|end| &packed[..end]).ok_or_else(invalid)?;
                plain = snappy(body, most).ok_or_else(invalid)?;
                plain.len()
            }
        };
        if plain.len() > most { Err(io::ErrorKind::OutOfMemory.into()) } else { Ok(plain) }
    }
}

/// Unpacks snappy. Source: https://github.com/google/snappy/blob/main/format_description.txt
fn snappy(mut bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut length = 0_usize;
    for shift in (0..35).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        bytes = rest;
        length |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    if length > most {
        return None;
    }
    let mut out = Vec::with_capacity(length);
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
    while let Some((tag, rest)) = bytes.split_first() {
        let high = usize::from(tag >> 2);
        if tag & 3 == 0 {
            let extra = high.saturating_sub(59);
            let count = if extra == 0 { high } else { number(rest.get(..extra)?) } + 1;
            out.extend_from_slice(rest.get(extra..extra + count)?);
            bytes = &rest[extra + count..];
        } else {
            let (count, offset, taken) = match tag & 3 {
                1 => ((high & 7) + 4, usize::from(tag >> 5) << 8 | usize::from(*rest.first()?), 1),
                2 => (high + 1, number(rest.get(..2)?), 2),
                _ => (high + 1, number(rest.get(..4)?), 4),
            };
            let from = out.len().checked_sub(offset).filter(|_| offset > 0)?;
            for at in from..from + count {
                out.push(out[at]);
            }
            bytes = &rest[taken..];
        }
        if out.len() > length {
            return None;
        }
    }
    (out.len() == length).then_some(out)
}
