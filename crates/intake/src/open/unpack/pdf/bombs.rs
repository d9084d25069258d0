//! What the library decodes on its own account, looked at before: it has no limits.
//!
//! Enters: the bytes of a document. Leaves: a refusal where the tables of objects, or the streams that hold objects, would
//! expand beyond the limits or are packed in ways that ordinary documents do not use. Every place at which the library can
//! begin to read a stream is looked at with the library's own reading, so that nothing reads one way here and another way
//! there. Never: believes what a dictionary says about the kind of its stream, or how long it is.

use std::collections::BTreeSet;
use std::io::{self, Read};

use flate2::read::DeflateDecoder;
use hayro_syntax::object::{Array, MaybeRef, Name, Object, Stream};
use hayro_syntax::reader::{Reader, ReaderContext, ReaderExt};
use vocab::ProblemKind;

use super::super::super::leaf::{Refusal, refusal};
use super::super::super::limits::Limits;

/// Bytes that one packed byte may become at most (258 bytes out of two bits).
pub(super) const DEFLATE_RATIO: u64 = 1_032;
/// Streams that may hold objects; one of them holds a hundred in ordinary documents.
const HOLDERS: usize = 100_000;

/// Refuses a document that is a bomb.
pub(super) fn check(bytes: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let mut room = Room {
        bytes,
        encrypted: memchr::memmem::find(bytes, b"/Encrypt").is_some(),
        left: limits.expansion_grace_bytes.max(bytes.len() as u64 * 4),
        // A dictionary that is read from many places is read many times over.
        reading: bytes.len() as u64 * 128 + (16 << 20),
    };
    let mut holders: BTreeSet<u32> = BTreeSet::new();
    room.streams(&mut |room, found| {
        if is_table(&found.stream) {
            room.take(&found, false)?;
            // It has been found small enough to be decoded by the library itself.
            listed(&found.stream, &mut holders)?;
        }
        Ok(())
    })?;
    room.streams(&mut |room, found| {
        let listed = found.number.is_none_or(|number| holders.contains(&number));
        if (listed || is_holder(&found.stream)) && !is_table(&found.stream) {
            room.take(&found, room.encrypted)?;
        }
        Ok(())
    })
}

/// A stream of a document.
struct Found<'b> {
    /// Number of its object, where it can be told.
    number: Option<u32>,
    stream: Stream<'b>,
    /// Where its data begins.
    start: usize,
}

/// What is done with each stream.
type Looking<'f, 'b> = dyn FnMut(&mut Room<'b>, Found<'b>) -> Result<(), Refusal> + 'f;

/// What is left of the limits.
struct Room<'b> {
    bytes: &'b [u8],
    encrypted: bool,
    /// Decoded bytes.
    left: u64,
    /// Bytes of dictionaries.
    reading: u64,
}

impl<'b> Room<'b> {
    /// Looks at the streams that are objects, and at those that say they hold objects wherever they stand.
    fn streams(&mut self, look: &mut Looking<'_, 'b>) -> Result<(), Refusal> {
        for at in memchr::memmem::find_iter(self.bytes, b"obj") {
            if !self.bytes[..at].ends_with(b"end")
                && let Some(found) = self.stream(at + 3)?
            {
                look(self, Found { number: number_before(&self.bytes[..at]), ..found })?;
            }
        }
        // A document without a table is searched for these by the library, behind an object's number or not.
        let spelled = memchr::memmem::find(self.bytes, b"ObjStm").is_some() || self.bytes.contains(&b'#');
        for at in memchr::memmem::find_iter(self.bytes, b"<<").take_while(|_| spelled) {
            let object = self.bytes[..at].trim_ascii_end().ends_with(b"obj");
            if !object && let Some(found) = self.stream(at)?.filter(|found| is_holder(&found.stream)) {
                look(self, found)?;
            }
        }
        Ok(())
    }

    /// The stream whose dictionary begins at a place, behind spaces and comments.
    fn stream(&mut self, at: usize) -> Result<Option<Found<'b>>, Refusal> {
        let mut reader = Reader::new(self.bytes);
        reader.jump(at);
        reader.skip_white_spaces_and_comments();
        let (read, passed) = if reader.peek_tag(b"<<").is_some() {
            let passed = passed_over(&mut reader.clone());
            (reader.read_with_context::<Stream<'b>>(&ReaderContext::dummy()), passed)
        } else {
            (None, reader.offset())
        };
        self.reading = self.reading.checked_sub(passed.saturating_sub(at) as u64).ok_or_else(bomb)?;
        Ok(read.map(|stream| {
            let start = stream.raw_data().as_ptr() as usize - self.bytes.as_ptr() as usize;
            Found { number: None, stream, start }
        }))
    }

    /// Takes what a stream expands to from what is left.
    fn take(&mut self, found: &Found<'b>, encrypted: bool) -> Result<(), Refusal> {
        let raw = &self.bytes[found.start..];
        // Where its length stands elsewhere it may reach up to here.
        let end = memchr::memmem::rfind(raw, b"endstream").unwrap_or(raw.len());
        let raw = &raw[..end];
        let whole = match packing(&found.stream).ok_or_else(bomb)? {
            Packing::None => 0,
            Packing::Deflate if encrypted => {
                // What it expands to does not show before it is decrypted.
                let length = found.stream.dict().get_raw::<Object<'_>>("Length");
                let stated = matches!(length, Some(MaybeRef::NotRef(_)));
                let bytes = if stated { found.stream.raw_data().len() } else { raw.len() };
                bytes as u64 * DEFLATE_RATIO
            }
            Packing::Deflate => expanded(raw, self.left),
        };
        self.left = self.left.checked_sub(whole).filter(|left| *left > 0).ok_or_else(bomb)?;
        Ok(())
    }
}

/// Where a dictionary ends, or how far it was looked through in vain.
fn passed_over(reader: &mut Reader<'_>) -> usize {
    reader.forward_tag(b"<<");
    loop {
        reader.skip_white_spaces_and_comments();
        if reader.forward_tag(b">>").is_some() {
            return reader.offset();
        }
        if reader.skip::<Name<'_>>(false).is_some() {
            reader.skip_white_spaces_and_comments();
        }
        if reader.skip::<MaybeRef<Object<'_>>>(false).is_none() {
            // A string or a list that has no end is looked through up to the end of the document.
            let endless = matches!(reader.peek_byte(), Some(b'(' | b'<' | b'['));
            return reader.offset() + if endless { 2 * reader.len().saturating_sub(reader.offset()) } else { 64 };
        }
    }
}

/// The number of the object whose `obj` follows; `None` where it is written as nobody writes it.
fn number_before(bytes: &[u8]) -> Option<u32> {
    let digits = |bytes: &[u8]| bytes.len() - bytes.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let spaced = bytes.trim_ascii_end();
    let generation = digits(spaced);
    let spaced = spaced[..generation].trim_ascii_end();
    let number = digits(spaced);
    let parted = spaced.len() < generation && generation < bytes.trim_ascii_end().len();
    if !parted { None } else { std::str::from_utf8(&spaced[number..]).ok()?.parse().ok() }
}

fn bomb() -> Refusal {
    let cause = "the document's structure expands beyond the limit, as a decompression bomb does".to_owned();
    refusal(ProblemKind::LimitReached, cause, "look at it in a sandbox, and export its text")
}

/// A stream with a table of objects, as the library tells it.
fn is_table(stream: &Stream<'_>) -> bool {
    let dictionary = stream.dict();
    widths(stream).is_some() && dictionary.contains_key("Size")
}

fn widths(stream: &Stream<'_>) -> Option<[u8; 3]> {
    stream.dict().get::<[u8; 3]>("W")
}

/// A stream that says it holds objects.
fn is_holder(stream: &Stream<'_>) -> bool {
    stream.dict().get::<Name<'_>>("Type").is_some_and(|kind| kind.as_str() == "ObjStm")
}

/// The streams that hold objects, as a table of objects lists them.
fn listed(table: &Stream<'_>, holders: &mut BTreeSet<u32>) -> Result<(), Refusal> {
    let (Some(widths), Ok(entries)) = (widths(table), table.decoded_data()) else { return Ok(()) };
    let [kind, place, index] = widths.map(usize::from);
    if kind == 0 {
        return Ok(());
    }
    // The library reads one byte of the kind, however wide it says it is.
    for entry in entries.chunks_exact(1 + place + index).filter(|entry| entry[0] == 2) {
        let number = entry[1..1 + place].iter().fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
        holders.extend(u32::try_from(number));
        if holders.len() > HOLDERS {
            return Err(bomb());
        }
    }
    Ok(())
}

/// How a stream is packed.
enum Packing {
    None,
    Deflate,
}

/// How a stream that the library decodes for itself is packed; `None` where that is not how documents are written, or not
/// said here but in another object.
fn packing(stream: &Stream<'_>) -> Option<Packing> {
    let dictionary = stream.dict();
    for key in ["F", "Filter"] {
        if !dictionary.contains_key(key) {
            continue;
        }
        let name = match dictionary.get_raw::<Object<'_>>(key)? {
            MaybeRef::NotRef(Object::Name(name)) => name,
            MaybeRef::NotRef(Object::Array(list)) => match alone(&list)? {
                None => return Some(Packing::None),
                Some(name) => name,
            },
            _ => return None,
        };
        return matches!(name.as_str(), "FlateDecode" | "Fl").then_some(Packing::Deflate);
    }
    Some(Packing::None)
}

/// The only name of a list, if there is nothing else in it.
fn alone<'a>(list: &Array<'a>) -> Option<Option<Name<'a>>> {
    let mut items = list.raw_iter();
    match (items.next(), items.next()) {
        (None, None) => Some(None),
        (Some(MaybeRef::NotRef(Object::Name(name))), None) => Some(Some(name)),
        _ => None,
    }
}

/// Bytes that a stream gives; never more than `most`. Where a strict decoder gives up, a lenient one may go on: then
/// what is left of the data counts as the most that it could become.
fn expanded(bytes: &[u8], most: u64) -> u64 {
    let headed = bytes.len() >= 2
        && bytes[0] & 0x0f == 8
        && u16::from_be_bytes([bytes[0], bytes[1]]).is_multiple_of(31)
        && bytes[1] & 0x20 == 0;
    let packed = if headed { &bytes[2..] } else { bytes };
    let mut decoder = DeflateDecoder::new(packed);
    let (mut buffer, mut count) = ([0; 16 << 10], 0);
    while count < most {
        match decoder.read(&mut buffer) {
            Ok(0) => return count,
            Ok(got) => count += got as u64,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => {
                let rest = (packed.len() as u64).saturating_sub(decoder.total_in().saturating_sub(1 << 10));
                return count.saturating_add(rest.saturating_mul(DEFLATE_RATIO)).min(most);
            }
        }
    }
    most
}
