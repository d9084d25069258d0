//! Web pages: tables of data as rows, everything else as text.
//!
//! Enters: a page, held in memory or on disk, as it is read once for its text and once for its tables. Leaves: a part for
//! each table that holds data (layout tables are text) and one for the text, without tags, scripts and styles.

use std::io::{self, Read, Seek, SeekFrom};

use super::super::container::{Flow, Held, Input};
use super::super::limits::Limits;
use super::markup::{Markup, Token, append};
use super::{Content, Given, Made, Part, Row, Sink};

/// Rows, and cells a row, from which on a table holds data.
const DATA_ROWS: usize = 2;
/// Tables within tables.
const DEPTH: usize = 32;

pub(super) fn is(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    let begins = |word: &[u8]| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let beginnings: [&[u8]; 6] = [b"<!doctype html", b"<html", b"<head", b"<body", b"<table", b"<meta"];
    if beginnings.into_iter().any(begins) {
        return true;
    }
    // XHTML, comments of the server, or the mark of a saved page before the document.
    let head = &text[..text.len().min(1_024)];
    let lower = head.to_ascii_lowercase();
    (begins(b"<?xml") || begins(b"<!--")) && memchr::memmem::find(&lower, b"<html").is_some()
}

pub(super) fn unpack(input: &mut Input<'_>, limits: &Limits, sink: &mut dyn Sink) -> Given {
    let mut page = input.hold(limits)?;
    let (tables, has_text) = survey(&mut page)?;
    for (number, table) in tables.iter().enumerate() {
        rewind(&mut page)?;
        let mut rows =
            Rows { markup: Markup::new(&mut page, true), wanted: *table, met: 0, inside: Vec::new(), limits };
        let mut make = |out: &mut Vec<u8>| rows.next(out);
        let name = Some(format!("table {}", number + 1));
        if sink.part(Part { name, content: Content::Rows(None), reader: &mut Made::new(&mut make) }).is_break() {
            return Ok(Flow::Break(()));
        }
    }
    if !has_text {
        return Ok(Flow::Continue(()));
    }
    rewind(&mut page)?;
    let mut text =
        Words { markup: Markup::new(&mut page, true), tables: &tables, met: 0, inside: Vec::new(), blank: true };
    let mut make = |out: &mut Vec<u8>| text.next(out);
    Ok(sink.part(Part { name: Some("text".to_owned()), content: Content::Text, reader: &mut Made::new(&mut make) }))
}

fn rewind(page: &mut Held) -> Result<(), super::Refusal> {
    page.seek(SeekFrom::Start(0)).map(|_| ()).map_err(|_| super::corrupt("reading failed part of the way"))
}

/// Finds the tables that hold data, by their number in the page, and whether there is any text outside them.
fn survey(page: &mut Held) -> Result<(Vec<usize>, bool), super::Refusal> {
    let mut markup = Markup::new(page, true);
    // For each open table its number, rows of two cells or more, cells of the row, and whether it holds another table.
    let mut open: Vec<(usize, usize, usize, bool)> = Vec::new();
    let (mut met, mut data, mut text) = (0, Vec::new(), false);
    while let Ok(Some(token)) = markup.next() {
        match token {
            Token::Open { name, closed: false, .. } if name.eq_ignore_ascii_case(b"table") => {
                open.iter_mut().for_each(|table| table.3 = true);
                if open.len() < DEPTH {
                    open.push((met, 0, 0, false));
                }
                met += 1;
            }
            Token::Open { name, .. } if name.eq_ignore_ascii_case(b"tr") => end_row(open.last_mut()),
            Token::Open { name, .. } if is_cell(name) => {
                if let Some(table) = open.last_mut() {
                    table.2 += 1;
                }
            }
            Token::Close { name } if name.eq_ignore_ascii_case(b"table") => {
                end_row(open.last_mut());
                if let Some((number, rows, _, holds)) = open.pop()
                    && rows >= DATA_ROWS
                    && !holds
                {
                    data.push(number);
                }
            }
            Token::Text { text: words, .. } => text |= open.is_empty() && !words.trim_ascii().is_empty(),
            _ => {}
        }
    }
    // A table that a broken page never closes.
    data.extend(open.iter().filter(|(_, rows, _, holds)| *rows >= DATA_ROWS && !holds).map(|table| table.0));
    data.sort_unstable();
    text |= data.len() < met;
    Ok((data, text))
}

fn end_row(table: Option<&mut (usize, usize, usize, bool)>) {
    if let Some((_, rows, cells, _)) = table {
        *rows += usize::from(*cells >= 2);
        *cells = 0;
    }
}

fn is_cell(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"td") || name.eq_ignore_ascii_case(b"th")
}

/// Elements that end a line of text.
fn is_block(name: &[u8]) -> bool {
    const BLOCKS: [&[u8]; 20] = [
        b"p",
        b"br",
        b"div",
        b"li",
        b"tr",
        b"h1",
        b"h2",
        b"h3",
        b"h4",
        b"h5",
        b"h6",
        b"table",
        b"ul",
        b"ol",
        b"hr",
        b"pre",
        b"title",
        b"section",
        b"blockquote",
        b"option",
    ];
    BLOCKS.iter().any(|block| name.eq_ignore_ascii_case(block))
}

/// The rows of one table.
struct Rows<'l, R> {
    markup: Markup<R>,
    wanted: usize,
    met: usize,
    inside: Vec<usize>,
    limits: &'l Limits,
}

impl<R: Read> Rows<'_, R> {
    fn next(&mut self, out: &mut Vec<u8>) -> io::Result<bool> {
        let mut cells: Vec<Vec<u8>> = Vec::new();
        let mut bytes = 0;
        loop {
            let here = self.inside.last() == Some(&self.wanted);
            match self.markup.next()? {
                None => return Ok(finish(&cells, out)),
                Some(Token::Open { name, closed: false, .. }) if name.eq_ignore_ascii_case(b"table") => {
                    self.inside.push(self.met);
                    self.met += 1;
                }
                Some(Token::Close { name }) if name.eq_ignore_ascii_case(b"table") => {
                    self.inside.pop();
                    if here {
                        return Ok(finish(&cells, out));
                    }
                }
                Some(Token::Open { name, .. }) if here && name.eq_ignore_ascii_case(b"tr") && finish(&cells, out) => {
                    return Ok(true);
                }
                Some(Token::Open { name, .. }) if here && is_cell(name) && cells.len() < self.limits.columns => {
                    cells.push(Vec::new());
                }
                Some(Token::Open { name, .. }) if here && is_block(name) => {
                    if let Some(cell) = cells.last_mut().filter(|cell| !cell.is_empty()) {
                        cell.push(b' ');
                    }
                }
                Some(Token::Text { text, raw }) if here && bytes < self.limits.record_bytes => {
                    if let Some(cell) = cells.last_mut() {
                        append(text, raw, cell);
                        bytes += text.len();
                    }
                }
                _ => {}
            }
        }
    }
}

/// Writes a row if there is one.
fn finish(cells: &[Vec<u8>], out: &mut Vec<u8>) -> bool {
    if cells.is_empty() {
        return false;
    }
    let mut row = Row::new(out);
    cells.iter().for_each(|cell| row.cell(cell.trim_ascii()));
    row.end();
    true
}

/// The text outside the tables of data.
struct Words<'t, R> {
    markup: Markup<R>,
    tables: &'t [usize],
    met: usize,
    inside: Vec<usize>,
    blank: bool,
}

impl<R: Read> Words<'_, R> {
    fn next(&mut self, out: &mut Vec<u8>) -> io::Result<bool> {
        let here = !self.inside.iter().any(|table| self.tables.binary_search(table).is_ok());
        match self.markup.next()? {
            None => return Ok(false),
            Some(Token::Open { name, closed, .. }) => {
                if name.eq_ignore_ascii_case(b"table") && !closed {
                    self.inside.push(self.met);
                    self.met += 1;
                }
                let (block, cell) = (is_block(name), is_cell(name));
                self.space(here, block, cell, out);
            }
            Some(Token::Close { name }) => {
                if name.eq_ignore_ascii_case(b"table") {
                    self.inside.pop();
                }
                let (block, cell) = (is_block(name), is_cell(name));
                self.space(here, block, cell, out);
            }
            Some(Token::Text { text, raw }) if here => {
                let mut words = Vec::new();
                append(text, raw, &mut words);
                for word in words.split(u8::is_ascii_whitespace) {
                    if word.is_empty() {
                        continue;
                    }
                    if !self.blank
                        && !out.is_empty()
                        && !out.ends_with(b" ")
                        && !out.ends_with(b"\n")
                        && starts_word(&words, word)
                    {
                        out.push(b' ');
                    }
                    out.extend_from_slice(word);
                    self.blank = false;
                }
                if words.last().is_some_and(u8::is_ascii_whitespace) && !self.blank {
                    out.push(b' ');
                }
            }
            Some(Token::Text { .. }) => {}
        }
        Ok(true)
    }

    /// Ends a line at a block, parts cells by a tab.
    fn space(&mut self, here: bool, block: bool, cell: bool, out: &mut Vec<u8>) {
        if here && !self.blank && block {
            out.push(b'\n');
            self.blank = true;
        } else if here && !self.blank && cell {
            out.push(b'\t');
        }
    }
}

/// Tells whether white space stands before this word of the text: tags within a word do not part it.
fn starts_word(text: &[u8], word: &[u8]) -> bool {
    let at = word.as_ptr() as usize - text.as_ptr() as usize;
    at > 0
}

/// Returns all text of a page, tables of data included.
pub(super) fn text(page: &[u8]) -> Vec<u8> {
    let mut words = Words { markup: Markup::new(page, true), tables: &[], met: 0, inside: Vec::new(), blank: true };
    let mut out = Vec::new();
    // Memory can always be read.
    while words.next(&mut out).unwrap_or(false) {}
    out
}
