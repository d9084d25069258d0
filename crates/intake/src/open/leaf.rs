//! A member that holds content: what it is, how it is cut and parsed.
//!
//! Enters: a member's first bytes. Leaves: a [`Leaf`], which is all that a second reading of the same member needs, or
//! the problem that says why it cannot be read.

use std::io::Read;
use std::sync::Arc;

use encoding_rs::Encoding;
use vocab::ProblemKind;

use super::chunk::{Block, Chunk, Context, Cutter, Learned, Parsed};
use super::columnar::Columnar;
use super::container::{Input, MemberPlace};
use super::delimited::{DelimitedCutter, Dialect};
use super::dialect::{self, TooWide};
use super::encoding::{Charset, Evidence, Recoder, whole_encoding};
use super::json::{self, Json, JsonCutter, Shape};
use super::limits::Limits;
use super::sniff::{Magic, is_binary};
use super::sqldump::{SqlCutter, SqlDump};
use super::sqlwords::{self, Flavour};
use super::text::{self, TextCutter};
use super::unpack::Content;

/// Bytes at the beginning of a member from which its format is decided.
pub(super) const HEAD_BYTES: usize = 1 << 20;

/// A member that holds content.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    /// Where it lies.
    pub(super) place: MemberPlace,
    /// Set where the member is converted to UTF-8 before it is split, with the length of its byte order mark.
    pub(super) recoded: Option<(&'static Encoding, usize)>,
    /// Where the records begin in the decoded member: behind byte order mark and header.
    pub(super) start: u64,
    /// How cells become UTF-8.
    pub(super) charset: Charset,
    /// What the format around it says it is.
    pub(super) content: Content,
    /// Whether the names of the columns come from the format and not from a first row.
    pub(super) stated: bool,
    /// What the member is.
    pub(super) layout: Layout,
}

/// What a member is, with all that parsing it needs.
#[derive(Clone, Debug)]
pub(super) enum Layout {
    /// Delimited text: one table.
    Delimited {
        /// Index into the file's tables.
        table: u32,
        /// How it is written.
        dialect: Arc<Dialect>,
    },
    /// SQL dump: any number of tables.
    Sql(SqlDump),
    /// JSON: one table.
    Json(Json),
    /// Parquet: one table.
    Columnar(Columnar),
    /// Text without tables.
    Text {
        /// Index into the file's texts.
        member: u32,
    },
}

/// A table or text as the beginning of its member shows it.
pub(super) enum Seen {
    /// Delimited text with the names of its columns.
    Delimited(dialect::Reading),
    /// SQL dump.
    Sql(Flavour),
    /// JSON.
    Json(Shape),
    /// Parquet, read later as a whole.
    Columnar,
    /// Text.
    Text,
}

/// Why a member is not read.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) kind: ProblemKind,
    pub(super) cause: String,
    pub(super) hint: &'static str,
}

/// What [`look`] found.
pub(super) struct Look {
    pub(super) seen: Seen,
    pub(super) recoded: Option<(&'static Encoding, usize)>,
    pub(super) charset: Charset,
    pub(super) start: u64,
    /// What stands in the way of a better reading.
    pub(super) note: Option<Refusal>,
}

/// Decides what a member is.
pub(super) fn look(input: &mut Input<'_>, limits: &Limits) -> Result<Look, Refusal> {
    refuse_by_magic(input.magic)?;
    if input.magic == Magic::Parquet {
        return Ok(Look { seen: Seen::Columnar, recoded: None, charset: Charset::Utf8, start: 0, note: None });
    }
    let content = input.content.clone();
    let head = input.peek(HEAD_BYTES + 1);
    let ended = head.len() <= HEAD_BYTES;
    let head = &head[..head.len().min(HEAD_BYTES)];
    if head.is_empty() {
        return Err(refusal(ProblemKind::Empty, "nothing in it".into(), "check whether the copy is complete"));
    }
    if content != Content::Unknown {
        return look_at_part(head, ended, &content, limits);
    }
    let recoded = whole_encoding(head);
    let mut converted = Vec::new();
    let mut text = head;
    if let Some((encoding, mark)) = recoded {
        // The last character may be cut in two here; the formats are decided on whole lines.
        let _ = Recoder::new(&head[mark..], encoding).read_to_end(&mut converted);
        text = &converted;
    } else if is_binary(head) {
        let cause = "binary data of a kind that is not known".into();
        return Err(refusal(ProblemKind::Unsupported, cause, "say what made it, or export it as text"));
    }
    let mark = if recoded.is_none() && text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut evidence = Evidence::default();
    evidence.look(text);
    let (seen, start, note) = read_text(&text[mark..], ended, limits);
    let start = mark + start;
    Ok(Look { seen, recoded, charset: evidence.charset(), start: start as u64, note })
}

/// Decides nothing: the format around these bytes says what they are, and only what it leaves open is looked at.
fn look_at_part(head: &[u8], ended: bool, content: &Content, limits: &Limits) -> Result<Look, Refusal> {
    let mut evidence = Evidence::default();
    evidence.look(head);
    let (seen, start) = match content {
        Content::Rows(names) => {
            let reading = dialect::read_given(head, names.as_deref(), ended, limits);
            let Ok(reading) = reading else {
                let cause = "more columns than the limit".to_owned();
                return Err(refusal(ProblemKind::LimitReached, cause, "split the table by columns"));
            };
            let start = reading.data_start;
            (Seen::Delimited(reading), start)
        }
        Content::Records => (Seen::Json(Shape::Lines), 0),
        Content::Text | Content::Unknown => (Seen::Text, 0),
    };
    Ok(Look { seen, recoded: None, charset: evidence.charset(), start: start as u64, note: None })
}

/// Decides what a text is; returns also where its records begin.
fn read_text(text: &[u8], ended: bool, limits: &Limits) -> (Seen, usize, Option<Refusal>) {
    if let Some(flavour) = sqlwords::dump(text) {
        return (Seen::Sql(flavour), 0, None);
    }
    if let Some((shape, start)) = json::sniff(text, ended, limits) {
        return (Seen::Json(shape), start, None);
    }
    match dialect::read(text, ended, limits) {
        Ok(Some(reading)) => {
            let start = reading.data_start;
            (Seen::Delimited(reading), start, None)
        }
        Ok(None) => (Seen::Text, 0, None),
        Err(TooWide) => {
            let cause = "more columns than the limit: read as text".to_owned();
            (Seen::Text, 0, Some(refusal(ProblemKind::LimitReached, cause, "split the table by columns")))
        }
    }
}

fn refuse_by_magic(magic: Magic) -> Result<(), Refusal> {
    match magic {
        Magic::Foreign(name) => {
            let (why, hint) = why_foreign(name);
            Err(refusal(ProblemKind::Unsupported, format!("{name}: not read{why}"), hint))
        }
        Magic::Encrypted => {
            Err(refusal(ProblemKind::Encrypted, "it is encrypted".into(), "decrypt it and give the plain file"))
        }
        _ => Ok(()),
    }
}

/// Why a format that is known is not read, and what to do instead.
fn why_foreign(name: &str) -> (&'static str, &'static str) {
    match name {
        "Outlook store" => (
            ", as the one kept library for it lets a hostile store end the whole run",
            "export its messages as EML or MBOX, and its attachments as files",
        ),
        "ORC file" => {
            (", as the one kept library for it does not go together with the query engine", "write it as Parquet")
        }
        "PNG image" | "JPEG image" | "GIF image" => {
            (", as pictures are not", "look at it, or recognise its text by other means")
        }
        "ELF program" => (", as programs are not", "nothing to do, unless data is packed into it"),
        "LZ4 stream" => ("", "unpack it"),
        "UTF-32 text" => ("", "convert it to UTF-8"),
        "PostgreSQL custom-format dump" => ("", "restore it to a script: pg_restore -f dump.sql"),
        _ => ("", "export it as text, CSV or SQL"),
    }
}

/// Says why something is not read.
pub(super) fn refusal(kind: ProblemKind, cause: String, hint: &'static str) -> Refusal {
    Refusal { kind, cause, hint }
}

impl Leaf {
    /// Returns the member's address parts, with the conversion as the last one.
    pub(super) fn members(&self) -> Vec<String> {
        let mut members = self.place.members.clone();
        members.extend(self.recoded.map(|(encoding, _)| encoding.name().to_ascii_lowercase()));
        members
    }

    /// Returns the name of the encoding.
    pub(super) fn encoding(&self) -> String {
        self.recoded.map_or_else(|| self.charset.name(), |(encoding, _)| encoding.name().to_ascii_lowercase())
    }

    /// Returns the name of the format without its containers; `None` where the innermost of those says it all.
    pub(super) fn format(&self) -> Option<&'static str> {
        (self.content == Content::Unknown).then(|| self.layout_name())
    }

    fn layout_name(&self) -> &'static str {
        match self.layout {
            Layout::Delimited { .. } => "delimited",
            Layout::Sql(ref dump) => dump.flavour.name(),
            Layout::Json(ref json) => {
                if json.shape == Shape::Elements {
                    "json"
                } else {
                    "ndjson"
                }
            }
            Layout::Columnar(_) => "parquet",
            Layout::Text { .. } => "text",
        }
    }

    /// Returns the number of tables in this member.
    pub(super) fn tables(&self) -> u32 {
        match &self.layout {
            Layout::Sql(dump) => dump.tables.tables.len() as u32,
            Layout::Text { .. } => 0,
            _ => 1,
        }
    }

    /// Takes in what the cutter learned of the member's records.
    pub(super) fn learn(&mut self, learned: Learned) {
        match (&mut self.layout, learned) {
            (Layout::Sql(dump), Learned::Sql(tables)) => dump.tables = Arc::new(tables.filled()),
            (Layout::Json(json), Learned::Json(keys)) => json.keys = Arc::new(keys),
            _ => {}
        }
    }

    /// Tells whether reading may begin in the middle, where a line does.
    pub(super) fn can_begin_anywhere(&self) -> bool {
        match &self.layout {
            Layout::Delimited { .. } | Layout::Text { .. } | Layout::Sql(_) => true,
            Layout::Json(json) => json.shape != Shape::Elements,
            Layout::Columnar(_) => false,
        }
    }

    /// Bytes to look at from a place in the middle, so that a record is likely to begin in them.
    pub(super) fn piece_bytes(&self) -> u64 {
        // The INSERT lines of a dump have about a mebibyte.
        if matches!(self.layout, Layout::Sql(_)) { 3 << 19 } else { 64 << 10 }
    }

    /// Finds where a record begins, in bytes from the middle of the member.
    pub(super) fn begins(&self, bytes: &[u8]) -> Option<usize> {
        let newline = if let Layout::Delimited { dialect, .. } = &self.layout { dialect.newline } else { b'\n' };
        let sql = matches!(self.layout, Layout::Sql(_));
        memchr::memchr_iter(newline, bytes).map(|at| at + 1).find(|at| !sql || sqlwords::starts_rows(&bytes[*at..]))
    }

    /// Returns a reader of the decoded member that stands at the first record.
    pub(super) fn reader<'i>(&self, input: &'i mut dyn Read) -> Box<dyn Read + 'i> {
        let mut input = input;
        let mut reader: Box<dyn Read + 'i> = match self.recoded {
            None => Box::new(input),
            Some((encoding, mark)) => {
                discard(&mut input, mark as u64);
                Box::new(Recoder::new(input, encoding))
            }
        };
        discard(&mut reader, self.start);
        reader
    }

    /// Returns what cuts this member, beginning in `context`.
    pub(super) fn cutter<'l>(&'l self, context: &Context, learn: bool, limits: &'l Limits) -> Box<dyn Cutter + 'l> {
        match &self.layout {
            Layout::Delimited { dialect, .. } => Box::new(DelimitedCutter { dialect, limits, scratch: Vec::new() }),
            Layout::Sql(dump) => {
                let context = if let Context::Sql(context) = context { context.clone() } else { Default::default() };
                Box::new(SqlCutter::new(dump.flavour.backslash(), context, learn, limits))
            }
            Layout::Json(json) => Box::new(JsonCutter::new(json.shape, learn, limits)),
            Layout::Columnar(_) | Layout::Text { .. } => Box::new(TextCutter { limits }),
        }
    }

    /// Parses a chunk of this member.
    pub(super) fn parse(&self, chunk: Chunk, limits: &Limits) -> Parsed {
        match &self.layout {
            Layout::Delimited { table, dialect } => dialect.parse(chunk, *table, self.charset, limits),
            Layout::Sql(dump) => dump.parse(chunk, self.charset, limits),
            Layout::Json(json) => json.parse(chunk, self.charset, limits),
            Layout::Columnar(columnar) => {
                let mut blocks = Vec::new();
                let parsed = columnar.parse(&chunk, usize::MAX, &mut |block| blocks.push(block));
                Parsed { blocks, ..parsed }
            }
            Layout::Text { member } => text::parse(chunk, *member, self.charset),
        }
    }

    /// Parses a chunk and gives its blocks one by one, so that no more of a row group than a block is in memory.
    pub(super) fn parse_each(&self, chunk: Chunk, limits: &Limits, give: &mut dyn FnMut(Block)) -> Parsed {
        if let Layout::Columnar(columnar) = &self.layout {
            return columnar.parse(&chunk, usize::MAX, give);
        }
        let mut parsed = self.parse(chunk, limits);
        std::mem::take(&mut parsed.blocks).into_iter().for_each(give);
        parsed
    }
}

impl Leaf {
    /// Returns table, start and end of every row met in a chunk, in the order in which `parse` counts them.
    pub(super) fn spans(&self, chunk: &Chunk, limits: &Limits) -> Vec<(u32, usize, usize)> {
        match &self.layout {
            Layout::Delimited { table, dialect } => dialect.spans(chunk, *table, limits),
            Layout::Sql(dump) => dump.spans(chunk, limits),
            Layout::Json(json) => json.spans(chunk, limits),
            Layout::Columnar(_) | Layout::Text { .. } => Vec::new(),
        }
    }
}

fn discard(reader: &mut dyn Read, bytes: u64) {
    // An early end shows to the next reader as well.
    let _ = std::io::copy(&mut reader.take(bytes), &mut std::io::sink());
}
