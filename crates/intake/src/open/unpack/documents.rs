//! Office documents that are archives: which one it is, and the text of those that are no spreadsheets.
//!
//! Enters: an archive. Leaves: the parts of a workbook, or one text of all paragraphs, slides, notes and comments, cells
//! of tables parted by tabs; embedded files as parts of their own. Pictures are named as not read.

use std::io::{self, Read, Seek};

use vocab::ProblemKind;
use zip::ZipArchive;

use super::super::container::Flow;
use super::super::leaf::refusal;
use super::super::limits::Limits;
use super::markup::{Markup, Token, append};
use super::{Content, Made, Part, Sink, sheets};

/// An office document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Office {
    /// Workbook of Excel and its kin.
    Xlsx,
    /// Workbook of LibreOffice and its kin.
    Ods,
    /// Binary workbook of Excel.
    Xlsb,
    /// Text of Word.
    Docx,
    /// Slides of PowerPoint.
    Pptx,
    /// Text or slides of LibreOffice.
    Odt,
}

impl Office {
    /// Recognises a document by the members that its kind must have.
    pub(in super::super) fn of<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Option<Self> {
        let has = |archive: &ZipArchive<R>, name: &str| archive.index_for_name(name).is_some();
        if has(archive, "[Content_Types].xml") {
            let kinds = [
                ("xl/workbook.xml", Office::Xlsx),
                ("xl/workbook.bin", Office::Xlsb),
                ("word/document.xml", Office::Docx),
                ("ppt/presentation.xml", Office::Pptx),
            ];
            return kinds.into_iter().find(|(name, _)| has(archive, name)).map(|(_, kind)| kind);
        }
        if !has(archive, "mimetype") || !has(archive, "content.xml") {
            return None;
        }
        let mut kind = Vec::new();
        archive.by_name("mimetype").ok()?.take(100).read_to_end(&mut kind).ok()?;
        let kind = kind.strip_prefix(b"application/vnd.oasis.opendocument.")?;
        Some(if kind.starts_with(b"spreadsheet") { Office::Ods } else { Office::Odt })
    }

    /// Returns the word for it.
    pub(in super::super) fn kind(self) -> &'static str {
        match self {
            Office::Xlsx => "xlsx",
            Office::Xlsb => "xlsb",
            Office::Ods => "ods",
            Office::Docx => "docx",
            Office::Pptx => "pptx",
            Office::Odt => "odt",
        }
    }

    /// Gives the parts of a document.
    pub(in super::super) fn unpack<R: Read + Seek>(
        self,
        archive: &mut ZipArchive<R>,
        limits: &Limits,
        sink: &mut dyn Sink,
    ) -> Flow {
        match self {
            Office::Xlsx => sheets::xlsx(archive, limits, sink)?,
            // Its sheets are given before: they are read from the archive's bytes.
            Office::Xlsb => {}
            Office::Ods => sheets::ods(archive, limits, sink)?,
            Office::Docx | Office::Pptx | Office::Odt => text(archive, self, sink)?,
        }
        embedded(archive, limits, sink)
    }
}

/// The members that hold text, in the order of a reader.
fn texts<R: Read + Seek>(archive: &ZipArchive<R>, kind: Office) -> Vec<String> {
    let wanted = |name: &str| {
        let inside = |folder: &str, word: &str| {
            name.strip_prefix(folder)
                .is_some_and(|rest| rest.starts_with(word) && !rest.contains('/') && rest.ends_with(".xml"))
        };
        match kind {
            Office::Docx => ["document", "header", "footer", "footnotes", "endnotes", "comments"]
                .iter()
                .any(|word| inside("word/", word)),
            Office::Pptx => {
                inside("ppt/slides/", "slide")
                    || inside("ppt/notesSlides/", "notesSlide")
                    || inside("ppt/comments/", "comment")
            }
            _ => name == "content.xml",
        }
    };
    let mut names: Vec<String> = names_of(archive).into_iter().filter(|name| wanted(name)).collect();
    // slide2 before slide10.
    names.sort_by_key(|name| {
        (name.trim_end_matches(|c: char| !c.is_ascii_digit()).len().max(1), name.len(), name.clone())
    });
    names.sort_by_key(|name| (!name.contains("document"), name.len()));
    names
}

fn text<R: Read + Seek>(archive: &mut ZipArchive<R>, kind: Office, sink: &mut dyn Sink) -> Flow {
    let mut names = texts(archive, kind).into_iter();
    let mut open: Option<String> = None;
    let mut buffered = io::Cursor::new(Vec::new());
    let mut make = |out: &mut Vec<u8>| -> io::Result<bool> {
        loop {
            let mut piece = Vec::new();
            if Read::take(&mut buffered, Made::<fn(&mut Vec<u8>) -> io::Result<bool>>::AHEAD as u64)
                .read_to_end(&mut piece)?
                > 0
            {
                out.append(&mut piece);
                return Ok(true);
            }
            open = names.next();
            let Some(name) = &open else { return Ok(false) };
            let entry = archive.by_name(name).map_err(|_| super::invalid())?;
            let mut words = Vec::new();
            let done = paragraphs(entry, &mut words);
            buffered = io::Cursor::new(words);
            if done.is_err() {
                // What came before the break is text all the same.
                buffered.read_to_end(out)?;
                done?;
            }
        }
    };
    sink.part(Part { name: Some("text".to_owned()), content: Content::Text, reader: &mut Made::new(&mut make) })
}

fn names_of<R: Read + Seek>(archive: &ZipArchive<R>) -> Vec<String> {
    (0..archive.len()).filter_map(|index| Some(archive.name_for_index(index)?.ok()?.into_owned())).collect()
}

/// Bytes of text of one member of a document.
const TEXT_BYTES: usize = 64 << 20;

/// Writes the paragraphs of a member.
fn paragraphs(entry: impl Read, out: &mut Vec<u8>) -> io::Result<()> {
    let mut markup = Markup::new(entry, false);
    // In Word only what stands in `t` is text; elsewhere every paragraph is.
    let mut inside = 0_u32;
    while let Some(token) = markup.next()? {
        if out.len() > TEXT_BYTES {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        match token {
            Token::Open { name, closed, .. } => match name {
                b"w:t" | b"a:t" | b"text:p" | b"text:h" | b"w:delText" if !closed => inside += 1,
                b"w:tab" | b"text:tab" | b"text:s" if inside > 0 || name == b"w:tab" => out.push(b'\t'),
                b"w:br" | b"a:br" | b"text:line-break" => out.push(b'\n'),
                _ => {}
            },
            Token::Close { name } => match name {
                b"w:t" | b"a:t" | b"w:delText" => inside = inside.saturating_sub(1),
                b"text:p" | b"text:h" => {
                    inside = inside.saturating_sub(1);
                    out.push(b'\n');
                }
                b"w:p" | b"a:p" => out.push(b'\n'),
                // Cells of a row stand in one line.
                b"w:tc" | b"a:tc" | b"table:table-cell" => {
                    while out.last() == Some(&b'\n') {
                        out.pop();
                    }
                    out.push(b'\t');
                }
                b"w:tr" | b"a:tr" | b"table:table-row" => out.push(b'\n'),
                _ => {}
            },
            Token::Text { text, raw } if inside > 0 => append(text, raw, out),
            Token::Text { .. } => {}
        }
    }
    Ok(())
}

/// Files within a document, and what of it is not read.
fn embedded<R: Read + Seek>(archive: &mut ZipArchive<R>, limits: &Limits, sink: &mut dyn Sink) -> Flow {
    let names: Vec<String> = names_of(archive);
    let mut pictures = 0;
    for name in names.iter().take(limits.members) {
        if name.contains("/media/") || name.starts_with("Pictures/") {
            pictures += 1;
        }
        if name.contains("/embeddings/")
            && let Ok(mut entry) = archive.by_name(name)
        {
            sink.part(Part { name: Some(name.clone()), content: Content::Unknown, reader: &mut entry })?;
        }
    }
    let odd: Vec<(&str, &str)> = vec![("xl/vbaProject.bin", "macros")];
    for (name, what) in odd {
        if names.iter().any(|known| known == name) {
            sink.problem(refusal(
                ProblemKind::Unsupported,
                format!("{what} in the document: not read"),
                "save it in another form",
            ));
        }
    }
    if pictures > 0 {
        let cause = format!("{pictures} pictures in the document are not read");
        sink.problem(refusal(ProblemKind::Unsupported, cause, "look at them by other means"));
    }
    Flow::Continue(())
}
