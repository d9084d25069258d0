//! PDF: the text of its pages, filled-in forms and notes, and the files attached to it.
//!
//! Enters: a document, opened with a password of the case where it needs one. Leaves: one text, page after page, in the
//! order in which the pages draw it, cells of a line parted by tabs; attached files as parts of their own. Pages that draw
//! no text are pictures: they are counted and named as not read. Memory: the document, and one page. Never: decodes a
//! stream beyond the limits, runs a script, follows a link, renders anything.

mod bombs;
mod fonts;
mod page;

use std::cell::Cell;
use std::io::{self, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro_syntax::object::{Name, Object, Stream};
use hayro_syntax::{DecryptionError, Filter, LoadPdfError, Pdf};
use vocab::ProblemKind;

use super::super::container::{Flow, Input};
use super::super::leaf::{Refusal, refusal};
use super::super::limits::Limits;
use super::{Content, Given, Made, Part, Sink, corrupt};

/// Decoded bytes of one stream that draws, maps characters or is attached.
const STREAM_BYTES: u64 = 64 << 20;
/// Bytes of a stream whose packing the library undoes in one go.
const ODD_BYTES: usize = 64 << 10;
/// Bytes that one byte may become under LZW: up to 3,838 for a code of twelve bits.
const LZW_RATIO: u64 = 2_560;
/// Attached files of one document.
const ATTACHED: usize = 1_000;

pub(super) fn is(head: &[u8]) -> bool {
    // Up to a kilobyte may stand before it.
    memchr::memmem::find(&head[..head.len().min(1 << 10)], b"%PDF-").is_some_and(|at| at == 0 || !is_words(&head[..at]))
}

/// Prose that mentions the sign is no document.
fn is_words(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ') && bytes.len() > 16
}

pub(super) fn unpack(input: &mut Input<'_>, limits: &Limits, sink: &mut dyn Sink) -> Given {
    let mut held = input.hold(limits)?;
    if held.size() > limits.spool_bytes {
        let cause = "the document is too large to be held in memory".to_owned();
        return Err(refusal(ProblemKind::LimitReached, cause, "export its text"));
    }
    let mut bytes = Vec::new();
    held.read_to_end(&mut bytes).map_err(|_| corrupt("the document cannot be read to its end"))?;
    drop(held);
    let looked = catch_unwind(AssertUnwindSafe(|| bombs::check(&bytes, limits)));
    looked.unwrap_or_else(|_| Err(corrupt("the document's objects are damaged")))?;
    let room = Room::of(bytes.len() as u64, limits);
    let pdf = open(bytes, limits)?;
    let mut tally = Tally::default();
    let mut number = 0;
    let mut make = |out: &mut Vec<u8>| -> io::Result<bool> {
        // The library stops at damage, but is not trusted to: a page on which it panics is lost, not the document.
        let drawn = catch_unwind(AssertUnwindSafe(|| {
            let page = pdf.pages().get(number)?;
            let mut text = Vec::new();
            Some((page::text(page, &room, &mut text), text))
        }));
        number += 1;
        match drawn {
            Ok(None) => return Ok(false),
            Ok(Some((drawing, text))) => {
                tally.pictures += u64::from(text.is_empty());
                tally.signs += drawing.unknown;
                tally.streams += drawing.unread;
                out.extend_from_slice(&text);
                out.push(b'\n');
            }
            Err(_) => tally.broken += 1,
        }
        Ok(true)
    };
    let flow =
        sink.part(Part { name: Some("text".to_owned()), content: Content::Text, reader: &mut Made::new(&mut make) });
    tally.problems().into_iter().for_each(|problem| sink.problem(problem));
    if flow.is_break() {
        return Ok(flow);
    }
    Ok(attached(&pdf, &room, sink))
}

fn open(bytes: Vec<u8>, limits: &Limits) -> Result<Pdf, Refusal> {
    let data = std::sync::Arc::new(bytes);
    let tried = |password: &str| {
        let data = std::sync::Arc::clone(&data);
        catch_unwind(AssertUnwindSafe(|| Pdf::new_with_password(data, password)))
    };
    let mut passwords = std::iter::once("").chain(limits.passwords.as_slice().iter().map(String::as_str));
    loop {
        let Some(password) = passwords.next() else {
            let cause = "the document is encrypted, and no password of the case opens it".to_owned();
            let hint = "add its password to `passwords` of case.toml (or --passwords FILE), or give it decrypted";
            return Err(refusal(ProblemKind::Encrypted, cause, hint));
        };
        match tried(password) {
            Ok(Ok(pdf)) => return Ok(pdf),
            Ok(Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected))) => {}
            Ok(Err(LoadPdfError::Decryption(_))) => {
                let cause = "the document is encrypted in a way that is not known".to_owned();
                return Err(refusal(ProblemKind::Encrypted, cause, "give it decrypted"));
            }
            Ok(Err(LoadPdfError::Invalid)) | Err(_) => {
                return Err(corrupt("the document has no pages that can be found"));
            }
        }
    }
}

/// What was not read.
#[derive(Default)]
struct Tally {
    /// Pages without text.
    pictures: u64,
    /// Pages on which reading failed.
    broken: u64,
    /// Signs of which nothing says what they mean.
    signs: u64,
    /// Streams beyond the limits, or damaged.
    streams: u64,
}

impl Tally {
    fn problems(&self) -> Vec<Refusal> {
        let unread = [
            (
                self.pictures,
                ProblemKind::Unsupported,
                "pages draw no text: pictures are not read",
                "look at them, or recognise their text by other means",
            ),
            (self.broken, ProblemKind::Corrupt, "pages cannot be read", "ask for an undamaged copy"),
            (self.streams, ProblemKind::Corrupt, "streams are damaged or larger than the limit", "export its text"),
            (
                self.signs,
                ProblemKind::BadEncoding,
                "signs have no meaning in the document's fonts; each became U+FFFD",
                "look at the pages: the text may be read by eye",
            ),
        ];
        let said = unread.into_iter().filter(|(count, ..)| *count > 0);
        said.map(|(count, kind, what, hint)| refusal(kind, format!("{count} {what}"), hint)).collect()
    }
}

/// Gives the attached files.
fn attached(pdf: &Pdf, room: &Room, sink: &mut dyn Sink) -> Flow {
    let is_file =
        |stream: &Stream<'_>| stream.dict().get::<Name<'_>>("Type").is_some_and(|kind| kind.as_str() == "EmbeddedFile");
    let objects = catch_unwind(AssertUnwindSafe(|| {
        let streams = pdf.objects().into_iter().filter_map(Object::into_stream);
        streams.filter(is_file).take(ATTACHED).collect::<Vec<_>>()
    }));
    for (index, stream) in objects.unwrap_or_default().iter().enumerate() {
        match room.decoded(stream) {
            Some(bytes) => {
                let (name, content) = (Some(format!("attachment {}", index + 1)), Content::Unknown);
                sink.part(Part { name, content, reader: &mut Cursor::new(bytes) })?;
            }
            None => sink.problem(corrupt("an attached file is damaged or larger than the limit")),
        }
    }
    Flow::Continue(())
}

/// What the streams of a document may still give: one that is drawn again and again counts every time.
struct Room(Cell<u64>);

impl Room {
    fn of(bytes: u64, limits: &Limits) -> Self {
        let most = limits.expansion_grace_bytes.max(bytes.saturating_mul(limits.expansion_ratio));
        Room(Cell::new(most.min(limits.decoded_bytes)))
    }

    /// Decodes a stream within the limits. One that breaks off gives what came before.
    fn decoded(&self, stream: &Stream<'_>) -> Option<Vec<u8>> {
        let given = decoded(stream, self.0.get())?;
        self.0.set(self.0.get().saturating_sub(given.len() as u64));
        Some(given)
    }
}

fn decoded(stream: &Stream<'_>, left: u64) -> Option<Vec<u8>> {
    let raw = stream.raw_data();
    let most = left.min(STREAM_BYTES);
    let plain = !stream.dict().contains_key("DecodeParms") && !stream.dict().contains_key("DP");
    let filters = stream.filters();
    let ratio = if filters.contains(&Filter::LzwDecode) { LZW_RATIO } else { bombs::DEFLATE_RATIO };
    let expanding = filters.iter().filter(|filter| !matches!(filter, Filter::AsciiHexDecode | Filter::Ascii85Decode));
    match filters.as_slice() {
        [] => (raw.len() as u64 <= most).then(|| raw.into_owned()),
        [Filter::FlateDecode] if plain => {
            let mut out = Vec::new();
            let mut decoder = flate2::read::ZlibDecoder::new(&raw[..]).take(most + 1);
            let whole = decoder.read_to_end(&mut out).is_ok() || !out.is_empty();
            (whole && out.len() as u64 <= most).then_some(out)
        }
        // Packed twice it may become anything.
        _ if raw.len() <= ODD_BYTES && raw.len() as u64 * ratio <= left && expanding.count() <= 1 => {
            catch_unwind(AssertUnwindSafe(|| stream.decoded_data().ok().map(|data| data.into_owned()))).ok().flatten()
        }
        _ => None,
    }
}
