//! Formats with a structure of their own: what is in them is given as parts, each read like a member of an archive.
//!
//! Enters: a member that a [`Format`] recognised by its content. Leaves: parts, each a stream of rows, records or text in
//! one plain form, or bytes that are looked at like a file. Because a part passes the same guards, cutters and parsers as
//! any other member, limits, addresses, replay and threads need nothing of their own here. Never: decides by a name,
//! holds more than the limits allow, hides what it does not read.

mod avro;
mod blocks;
mod bson;
mod carve;
mod dbf;
mod documents;
mod evtx;
mod fixed;
mod html;
mod mail;
mod markup;
mod pdf;
mod sheets;
mod sqlite;
mod stamp;
mod workbooks;
mod xml;

use std::io::{self, Read};
use std::sync::Arc;

use vocab::ProblemKind;

use super::container::{Flow, Input};
use super::leaf::{Refusal, refusal};
use super::limits::Limits;

/// What the bytes of a part are, as the format that gives them says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Content {
    /// Not said: looked at like a file.
    #[default]
    Unknown,
    /// Rows as [`Row`] writes them, with the names of their columns where the format states them.
    Rows(Option<Arc<[String]>>),
    /// One JSON object a line.
    Records,
    /// Text.
    Text,
}

/// A part of a member.
pub(super) struct Part<'p> {
    /// Name within the member; `None` where there is but one part.
    pub(super) name: Option<String>,
    /// What it is.
    pub(super) content: Content,
    /// Its bytes.
    pub(super) reader: &'p mut dyn Read,
}

/// Takes the parts.
pub(super) trait Sink {
    /// Takes a part. It may be left unread where nobody wants it.
    fn part(&mut self, part: Part<'_>) -> Flow;
    /// Takes what stands in the way of a complete reading.
    fn problem(&mut self, problem: Refusal);
}

/// A format with a structure of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// SQLite database: one part a table.
    Sqlite,
    /// dBASE table.
    Dbf,
    /// Avro object container.
    Avro,
    /// Documents of MongoDB one after the other, as mongodump writes them.
    Bson,
    /// Event log of Windows.
    Evtx,
    /// Document of pages: its text, and its attachments.
    Pdf,
    /// Binary workbook of Excel: one part a sheet.
    Xls,
    /// One e-mail message: its text, and its attachments.
    Mail,
    /// Messages one after the other.
    Mailbox,
    /// Address cards.
    Vcard,
    /// Directory entries.
    Ldif,
    /// Blocks of `key: value` lines.
    KeyValue,
    /// Web page: one part a table, one for the text.
    Html,
    /// XML: the elements that repeat are records.
    Xml,
    /// Columns that begin at the same place in every line.
    FixedWidth,
    /// Binary data in which text lies at places nobody told us: disk images, old documents. Carved.
    Carved(&'static str),
}

/// Tells whether a text begins as its format must.
type Test = fn(&[u8]) -> bool;

/// Bytes that are looked at to recognise a format.
pub(super) const SNIFF_BYTES: usize = 32 << 10;

impl Format {
    /// Recognises a binary format by the beginning of a member.
    pub(super) fn of_bytes(head: &[u8]) -> Option<Self> {
        if sqlite::is(head) {
            return Some(Format::Sqlite);
        }
        if avro::is(head) {
            return Some(Format::Avro);
        }
        if dbf::is(head) {
            return Some(Format::Dbf);
        }
        if bson::is(head) {
            return Some(Format::Bson);
        }
        if evtx::is(head) {
            return Some(Format::Evtx);
        }
        if pdf::is(head) {
            return Some(Format::Pdf);
        }
        if workbooks::is(head) {
            return Some(Format::Xls);
        }
        carve::of(head).map(Format::Carved)
    }

    /// Recognises a text format by the beginning of a text.
    pub(super) fn of_text(head: &[u8], whole: bool) -> Option<Self> {
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let tests: [(Test, Format); 7] = [
            (mail::is_mailbox, Format::Mailbox),
            (mail::is_message, Format::Mail),
            (blocks::is_vcard, Format::Vcard),
            (blocks::is_ldif, Format::Ldif),
            (html::is, Format::Html),
            (xml::is, Format::Xml),
            (blocks::is_key_value, Format::KeyValue),
        ];
        let found = tests.iter().find(|(is, _)| is(text)).map(|(_, format)| *format);
        found.or_else(|| fixed::columns(text, whole).map(|_| Format::FixedWidth))
    }

    /// Returns the word for it in addresses and in the name of the whole format.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Format::Sqlite => "sqlite",
            Format::Dbf => "dbf",
            Format::Avro => "avro",
            Format::Bson => "bson",
            Format::Evtx => "evtx",
            Format::Pdf => "pdf",
            Format::Xls => "xls",
            Format::Mail => "eml",
            Format::Mailbox => "mbox",
            Format::Vcard => "vcard",
            Format::Ldif => "ldif",
            Format::KeyValue => "keyvalue",
            Format::Html => "html",
            Format::Xml => "xml",
            Format::FixedWidth => "fixed",
            Format::Carved(_) => "carved",
        }
    }

    /// Tells whether it is text, of which the encoding does not matter.
    pub(super) fn is_text(self) -> bool {
        use Format::{Avro, Bson, Carved, Dbf, Evtx, Pdf, Sqlite, Xls};
        !matches!(self, Sqlite | Dbf | Avro | Bson | Evtx | Pdf | Xls | Carved(_))
    }

    /// Gives the parts of a member.
    pub(super) fn unpack(self, input: &mut Input<'_>, limits: &Limits, sink: &mut dyn Sink) -> Flow {
        let done = match self {
            Format::Sqlite => sqlite::unpack(input, limits, sink),
            Format::Dbf => dbf::unpack(input, limits, sink),
            Format::Avro => avro::unpack(input, limits, sink),
            Format::Bson => bson::unpack(input, limits, sink),
            Format::Evtx => evtx::unpack(input, limits, sink),
            Format::Pdf => pdf::unpack(input, limits, sink),
            Format::Xls => workbooks::xls(input, limits, sink),
            Format::Mail => mail::unpack(input, limits, false, sink),
            Format::Mailbox => mail::unpack(input, limits, true, sink),
            Format::Vcard => blocks::vcard(input, limits, sink),
            Format::Ldif => blocks::ldif(input, limits, sink),
            Format::KeyValue => blocks::key_value(input, limits, sink),
            Format::Html => html::unpack(input, limits, sink),
            Format::Xml => xml::unpack(input, limits, sink),
            Format::FixedWidth => fixed::unpack(input, limits, sink),
            Format::Carved(what) => carve::unpack(input, what, sink),
        };
        done.unwrap_or_else(|problem| {
            sink.problem(problem);
            Flow::Continue(())
        })
    }
}

pub(super) use documents::Office;
pub(super) use workbooks::{fits as xlsb_fits, has_records as xlsb_has_records, records_fit as xlsb_records_fit, xlsb};

/// The outcome of giving parts.
pub(super) type Given = Result<Flow, Refusal>;

/// A member whose bytes break the rules of its format from the start.
fn corrupt(cause: &str) -> Refusal {
    refusal(ProblemKind::Corrupt, cause.to_owned(), "everything before the break was used; ask for an undamaged copy")
}

/// An error that ends a stream where the data ends too early.
fn truncated() -> io::Error {
    io::ErrorKind::UnexpectedEof.into()
}

/// An error that ends a stream where the data breaks the rules.
fn invalid() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

/// A reader of what is made piece by piece. `make` appends the next piece, or returns false at the end; what it appended
/// before it failed is given first.
struct Made<F> {
    make: F,
    buffer: Vec<u8>,
    at: usize,
    end: Option<io::Result<()>>,
}

impl<F: FnMut(&mut Vec<u8>) -> io::Result<bool>> Made<F> {
    /// Bytes made ahead of the reading.
    const AHEAD: usize = 32 << 10;

    fn new(make: F) -> Self {
        Made { make, buffer: Vec::new(), at: 0, end: None }
    }
}

impl<F: FnMut(&mut Vec<u8>) -> io::Result<bool>> Read for Made<F> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.buffer.len() {
            self.buffer.clear();
            self.at = 0;
            while self.end.is_none() && self.buffer.len() < Self::AHEAD {
                match (self.make)(&mut self.buffer) {
                    Ok(true) => {}
                    Ok(false) => self.end = Some(Ok(())),
                    Err(error) => self.end = Some(Err(error)),
                }
            }
            if self.buffer.is_empty()
                && let Some(Err(error)) = &self.end
            {
                return Err(error.kind().into());
            }
        }
        let count = into.len().min(self.buffer.len() - self.at);
        into[..count].copy_from_slice(&self.buffer[self.at..][..count]);
        self.at += count;
        Ok(count)
    }
}

/// Writes rows in the plain form: cells between tabs, `\N` for a null, a backslash before what would be mistaken.
struct Row<'o> {
    out: &'o mut Vec<u8>,
    start: usize,
    cells: usize,
}

impl<'o> Row<'o> {
    fn new(out: &'o mut Vec<u8>) -> Self {
        let start = out.len();
        Row { out, start, cells: 0 }
    }

    fn separate(&mut self) {
        if self.cells > 0 {
            self.out.push(b'\t');
        }
        self.cells += 1;
    }

    fn null(&mut self) {
        self.separate();
        self.out.extend_from_slice(b"\\N");
    }

    fn cell(&mut self, bytes: &[u8]) {
        self.separate();
        escape(bytes, self.out);
    }

    /// Ends the row. A row of one empty cell would be a blank line: it is written as a null.
    fn end(self) {
        if self.out.len() == self.start {
            self.out.extend_from_slice(b"\\N");
        }
        self.out.push(b'\n');
    }

    /// Ends a row that cannot be read, so that it is set aside and counted.
    fn broken(self, columns: usize) {
        self.out.truncate(self.start);
        self.out.extend(std::iter::repeat_n(b"!\t", columns).flatten());
        self.out.extend_from_slice(b"!\n");
    }
}

fn escape(bytes: &[u8], out: &mut Vec<u8>) {
    for byte in bytes {
        match byte {
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\\' => out.extend_from_slice(b"\\\\"),
            byte => out.push(*byte),
        }
    }
}

/// Writes a JSON string. Bytes that are no UTF-8 stay as they are: the encoding is decided where the records are read.
fn json_string(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in bytes {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..=0x1f => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            byte => out.push(*byte),
        }
    }
    out.push(b'"');
}

/// Writes one record of names and values; a name that comes again gets a number.
fn json_record(fields: &[(Vec<u8>, Vec<u8>)], out: &mut Vec<u8>) {
    let mut seen: Vec<(&[u8], u32)> = Vec::new();
    out.push(b'{');
    for (index, (name, value)) in fields.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        let place = seen.iter().position(|(other, _)| *other == name.as_slice()).unwrap_or_else(|| {
            seen.push((name.as_slice(), 0));
            seen.len() - 1
        });
        seen[place].1 += 1;
        match seen[place].1 {
            1 => json_string(name, out),
            count => json_string(&[name.as_slice(), format!(".{count}").as_bytes()].concat(), out),
        }
        out.push(b':');
        json_string(value, out);
    }
    out.extend_from_slice(b"}\n");
}

/// Bytes as text where they are text, else as hexadecimal digits.
fn text_or_hex(bytes: &[u8], out: &mut Vec<u8>) {
    let text = std::str::from_utf8(bytes).is_ok_and(|text| !text.chars().any(|c| c.is_control() && !c.is_whitespace()));
    if text {
        out.extend_from_slice(bytes);
    } else {
        out.extend(
            bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| b"0123456789abcdef"[digit as usize]),
        );
    }
}

/// Reads lines, each without its break; a line longer than `most` is cut.
struct Lines<R> {
    reader: io::BufReader<R>,
    most: usize,
}

impl<R: Read> Lines<R> {
    fn new(reader: R, limits: &Limits) -> Self {
        Lines { reader: io::BufReader::with_capacity(64 << 10, reader), most: limits.record_bytes }
    }

    /// Reads the next line into `line`; false at the end.
    fn next(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        use std::io::BufRead;
        line.clear();
        let mut limited = (&mut self.reader).take(self.most as u64);
        if limited.read_until(b'\n', line)? == 0 {
            return Ok(false);
        }
        if line.last() == Some(&b'\n') {
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
        }
        Ok(true)
    }
}
