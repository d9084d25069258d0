//! Spreadsheets: XLSX and ODS, row by row.
//!
//! Enters: the archive that a spreadsheet is. Leaves: one part a sheet, cells as text: dates in ISO form, whole numbers
//! without exponent. Memory: the table of shared strings, and one row. Never: computes a formula, follows a link.

use std::io::{self, Read, Seek};

use vocab::ProblemKind;
use zip::ZipArchive;

use super::super::container::Flow;
use super::super::leaf::refusal;
use super::super::limits::Limits;
use super::markup::{Markup, Token, append, attribute, local};
use super::{Content, Made, Part, Row, Sink, corrupt, stamp, truncated};

/// Cell formats of a workbook, and names of its sheets.
const LISTED: usize = 100_000;

/// Gives the sheets of an XLSX workbook.
pub(super) fn xlsx<R: Read + Seek>(archive: &mut ZipArchive<R>, limits: &Limits, sink: &mut dyn Sink) -> Flow {
    let book = Book::open(archive);
    let strings = match Strings::open(archive, limits) {
        Ok(strings) => strings,
        Err(problem) => {
            sink.problem(problem);
            Strings::default()
        }
    };
    if book.sheets.is_empty() {
        sink.problem(corrupt("the workbook names no sheets"));
    }
    for (name, path) in &book.sheets {
        let Ok(entry) = archive.by_name(path) else {
            sink.problem(corrupt("a sheet of the workbook is missing or damaged"));
            continue;
        };
        let mut sheet = Sheet { markup: Markup::new(entry, false), book: &book, strings: &strings, limits };
        let mut first = Vec::new();
        // A sheet without a cell is none.
        let begun = sheet.next(&mut first);
        if matches!(begun, Ok(false)) {
            continue;
        }
        let mut begun = Some(begun);
        let mut make = |out: &mut Vec<u8>| match begun.take() {
            Some(begun) => {
                out.append(&mut first);
                begun
            }
            None => sheet.next(out),
        };
        let part = Part { name: Some(name.clone()), content: Content::Rows(None), reader: &mut Made::new(&mut make) };
        sink.part(part)?;
    }
    Flow::Continue(())
}

/// What the sheets share.
#[derive(Default)]
struct Book {
    /// Names and paths.
    sheets: Vec<(String, String)>,
    /// For each cell format what its numbers are.
    formats: Vec<NumberFormat>,
    /// Days are counted from 1904.
    from_1904: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NumberFormat {
    Plain,
    Date,
    Moment,
    Time,
}

impl Book {
    fn open<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Self {
        let mut book = Book::default();
        let mut targets: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        tags(archive, "xl/_rels/workbook.xml.rels", &mut |name, of| {
            if name == b"Relationship" && targets.len() < LISTED {
                targets.extend(attribute(of, b"Id").zip(attribute(of, b"Target")));
            }
        });
        tags(archive, "xl/workbook.xml", &mut |name, of| match name {
            b"workbookPr" => {
                book.from_1904 = attribute(of, b"date1904").is_some_and(|value| value == b"1" || value == b"true");
            }
            b"sheet" if book.sheets.len() < LISTED => {
                // `r:id` and `sheetId` end alike: the relation is the one with a namespace.
                let id = super::markup::attributes(of).find(|(name, _)| *name == b"id").map(|(_, value)| value);
                let target = id.and_then(|id| targets.iter().find(|(known, _)| *known == id)).map(|(_, target)| target);
                if let (Some(name), Some(target)) = (attribute(of, b"name"), target) {
                    let target = String::from_utf8_lossy(target);
                    let path = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
                    book.sheets.push((String::from_utf8_lossy(&name).into_owned(), path));
                }
            }
            _ => {}
        });
        book.formats(archive);
        book
    }

    fn formats<R: Read + Seek>(&mut self, archive: &mut ZipArchive<R>) {
        let mut own: Vec<(u32, NumberFormat)> = Vec::new();
        let mut cells = false;
        let number =
            |bytes: Option<Vec<u8>>| bytes.and_then(|bytes| String::from_utf8(bytes).ok()?.parse::<u32>().ok());
        tags(archive, "xl/styles.xml", &mut |name, of| match name {
            b"numFmt" if own.len() < LISTED => {
                let code = attribute(of, b"formatCode").unwrap_or_default();
                own.extend(number(attribute(of, b"numFmtId")).map(|id| (id, of_code(&code))));
            }
            b"cellXfs" => cells = true,
            b"cellStyles" | b"dxfs" => cells = false,
            b"xf" if cells && self.formats.len() < LISTED => {
                let id = number(attribute(of, b"numFmtId")).unwrap_or(0);
                let found = own.iter().find(|(known, _)| *known == id).map(|(_, format)| *format);
                self.formats.push(found.unwrap_or(match id {
                    14..=17 => NumberFormat::Date,
                    18..=21 | 45..=47 => NumberFormat::Time,
                    22 => NumberFormat::Moment,
                    27..=31 | 36 | 50..=58 => NumberFormat::Date,
                    _ => NumberFormat::Plain,
                }));
            }
            _ => {}
        });
    }

    /// Writes a number as its format shows it.
    fn number(&self, text: &[u8], style: usize) -> Vec<u8> {
        let format = self.formats.get(style).copied().unwrap_or(NumberFormat::Plain);
        let exponent = text.iter().any(|byte| matches!(byte, b'e' | b'E'));
        if format == NumberFormat::Plain && !exponent {
            return text.to_vec();
        }
        let Some(value) = std::str::from_utf8(text).ok().and_then(|text| text.parse::<f64>().ok()) else {
            return text.to_vec();
        };
        if format == NumberFormat::Plain || !(0.0..3_000_000.0).contains(&value) {
            let whole = value.fract() == 0.0 && value.abs() < 1e18;
            return if whole { (value as i64).to_string().into_bytes() } else { text.to_vec() };
        }
        // Day 1 is 1900-01-01, and a 29 February 1900 is counted that never was.
        let serial = if self.from_1904 { value + 1_462.0 } else { value };
        let days = serial.floor() as i64 - if serial < 60.0 { 25_568 } else { 25_569 };
        let seconds = ((serial - serial.floor()) * 86_400.0).round() as i64;
        let moment = stamp::moment((days * 86_400 + seconds) * 1_000);
        let (date, clock) = moment.split_once('T').unwrap_or((&moment, ""));
        let clock = clock.trim_end_matches('Z');
        match format {
            NumberFormat::Date if seconds == 0 => date.into(),
            NumberFormat::Time => clock.into(),
            _ => format!("{date}T{clock}").into_bytes(),
        }
    }
}

/// What a format code shows: letters outside quotes, brackets and escapes decide.
fn of_code(code: &[u8]) -> NumberFormat {
    let (mut day, mut clock) = (false, false);
    let mut at = 0;
    while let Some(byte) = code.get(at) {
        let skip = match byte {
            b'"' => memchr::memchr(b'"', &code[at + 1..]).map_or(code.len(), |end| end + 1),
            b'[' => memchr::memchr(b']', &code[at..]).unwrap_or(code.len()),
            b'\\' | b'_' | b'*' => 1,
            b';' => break,
            _ => 0,
        };
        match byte.to_ascii_lowercase() {
            b'y' | b'd' => day = true,
            b'h' | b's' => clock = true,
            _ => {}
        }
        at += 1 + skip;
    }
    match (day, clock) {
        (true, true) => NumberFormat::Moment,
        (true, false) => NumberFormat::Date,
        (false, true) => NumberFormat::Time,
        (false, false) => NumberFormat::Plain,
    }
}

/// Goes over the opening tags of a member of the archive; nothing if it is not there.
fn tags<R: Read + Seek>(archive: &mut ZipArchive<R>, path: &str, take: &mut dyn FnMut(&[u8], &[u8])) {
    let Ok(entry) = archive.by_name(path) else { return };
    // The lists of a workbook are small; a bomb in their place is cut.
    let mut markup = Markup::new(entry.take(64 << 20), false);
    while let Ok(Some(token)) = markup.next() {
        if let Token::Open { name, attributes, .. } = token {
            take(local(name), attributes);
        }
    }
}

/// The strings that cells refer to by number.
#[derive(Default)]
struct Strings {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Strings {
    fn open<R: Read + Seek>(archive: &mut ZipArchive<R>, limits: &Limits) -> Result<Self, super::Refusal> {
        let mut strings = Strings::default();
        let Ok(entry) = archive.by_name("xl/sharedStrings.xml") else { return Ok(strings) };
        let mut markup = Markup::new(entry, false);
        let (mut item, mut text, mut phonetic) = (false, false, false);
        loop {
            let token =
                markup.next().map_err(|_| corrupt("the strings of the workbook are damaged: cells are missing"))?;
            match token {
                None => return Ok(strings),
                Some(Token::Open { name, closed, .. }) => match local(name) {
                    b"si" if closed => strings.ends.push(strings.bytes.len()),
                    b"si" => item = true,
                    b"t" => text = item && !closed && !phonetic,
                    b"rPh" => phonetic = !closed,
                    _ => {}
                },
                Some(Token::Close { name }) => match local(name) {
                    b"si" => {
                        item = false;
                        strings.ends.push(strings.bytes.len());
                    }
                    b"t" => text = false,
                    b"rPh" => phonetic = false,
                    _ => {}
                },
                Some(Token::Text { text: words, raw }) if text => append(words, raw, &mut strings.bytes),
                Some(Token::Text { .. }) => {}
            }
            if (strings.bytes.len() + strings.ends.len() * 8) as u64 > limits.spool_bytes {
                let cause = "the workbook has more strings than can be held in memory: cells are missing".to_owned();
                return Err(refusal(ProblemKind::LimitReached, cause, "save the sheets as CSV"));
            }
        }
    }

    fn get(&self, number: usize) -> Option<&[u8]> {
        let end = *self.ends.get(number)?;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.bytes[start..end])
    }
}

/// A sheet being read.
struct Sheet<'b, R> {
    markup: Markup<R>,
    book: &'b Book,
    strings: &'b Strings,
    limits: &'b Limits,
}

/// A cell being read.
#[derive(Default)]
struct Reading {
    column: usize,
    kind: Vec<u8>,
    style: usize,
    text: Vec<u8>,
    within: bool,
}

impl<R: Read> Sheet<'_, R> {
    /// Writes the next row that has a cell.
    fn next(&mut self, out: &mut Vec<u8>) -> io::Result<bool> {
        let mut row: Vec<(usize, Vec<u8>)> = Vec::new();
        let mut bytes = 0;
        let mut cell: Option<Reading> = None;
        let mut column = 0;
        loop {
            match self.markup.next()? {
                None => return Err(truncated()),
                Some(Token::Open { name, attributes: of, closed }) => match local(name) {
                    b"c" => {
                        let place = attribute(of, b"r").and_then(|place| column_of(&place));
                        column = place.unwrap_or(column);
                        let style = attribute(of, b"s").and_then(|style| String::from_utf8(style).ok()?.parse().ok());
                        let kind = attribute(of, b"t").unwrap_or_default();
                        cell = (!closed).then(|| Reading {
                            column,
                            kind,
                            style: style.unwrap_or(0),
                            ..Reading::default()
                        });
                        column += 1;
                    }
                    b"sheetData" if closed => return Ok(false),
                    b"v" | b"t" if !closed => cell.iter_mut().for_each(|cell| cell.within = true),
                    _ => {}
                },
                Some(Token::Text { text, raw }) => {
                    if let Some(cell) =
                        cell.as_mut().filter(|cell| cell.within && cell.text.len() < self.limits.quoted_bytes)
                    {
                        append(text, raw, &mut cell.text);
                    }
                }
                Some(Token::Close { name }) => match local(name) {
                    b"v" | b"t" => cell.iter_mut().for_each(|cell| cell.within = false),
                    b"c" => {
                        if let Some(cell) = cell.take().filter(|cell| cell.column < self.limits.columns) {
                            let value = self.value(&cell);
                            bytes += value.len();
                            if bytes <= self.limits.record_bytes && !value.is_empty() {
                                row.push((cell.column, value));
                            }
                        }
                    }
                    b"row" if !row.is_empty() => {
                        write(&mut row, bytes > self.limits.record_bytes, out);
                        return Ok(true);
                    }
                    b"row" => column = 0,
                    b"sheetData" => return Ok(false),
                    _ => {}
                },
            }
        }
    }

    fn value(&self, cell: &Reading) -> Vec<u8> {
        match cell.kind.as_slice() {
            b"s" => {
                let number = std::str::from_utf8(cell.text.trim_ascii()).ok().and_then(|text| text.parse().ok());
                number.and_then(|number| self.strings.get(number)).unwrap_or_default().to_vec()
            }
            b"str" | b"inlineStr" | b"d" => cell.text.clone(),
            b"b" => {
                if cell.text == b"1" {
                    b"true".to_vec()
                } else {
                    b"false".to_vec()
                }
            }
            b"e" => Vec::new(),
            _ => self.book.number(cell.text.trim_ascii(), cell.style),
        }
    }
}

/// Writes cells at their places.
fn write(cells: &mut Vec<(usize, Vec<u8>)>, broken: bool, out: &mut Vec<u8>) {
    let mut row = Row::new(out);
    if broken {
        return row.broken(cells.last().map_or(1, |(column, _)| column + 1));
    }
    // Cells out of order are possible and mean nothing.
    cells.sort_by_key(|(column, _)| *column);
    let mut next = 0;
    for (column, value) in cells.drain(..) {
        if column < next {
            continue;
        }
        (next..column).for_each(|_| row.cell(b""));
        row.cell(&value);
        next = column + 1;
    }
    row.end();
}

/// The column of a place such as `AB12`, from 0.
fn column_of(place: &[u8]) -> Option<usize> {
    let letters = place.iter().take_while(|byte| byte.is_ascii_alphabetic()).take(4);
    let number = letters.fold(0, |number, letter| number * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1);
    number.checked_sub(1)
}

/// Gives the sheets of an ODS document.
pub(super) fn ods<R: Read + Seek>(archive: &mut ZipArchive<R>, limits: &Limits, sink: &mut dyn Sink) -> Flow {
    let Ok(entry) = archive.by_name("content.xml") else {
        sink.problem(corrupt("the content of the document is missing or damaged"));
        return Flow::Continue(());
    };
    let mut markup = Markup::new(entry, false);
    let mut number = 0;
    loop {
        let name = match markup.next() {
            Ok(Some(Token::Open { name: b"table:table", attributes, closed: false })) => attribute(attributes, b"name"),
            Ok(Some(_)) => continue,
            Ok(None) => return Flow::Continue(()),
            Err(_) => {
                sink.problem(corrupt("the content of the document breaks off"));
                return Flow::Continue(());
            }
        };
        number += 1;
        let name = name.map_or_else(|| format!("sheet {number}"), |name| String::from_utf8_lossy(&name).into_owned());
        let mut sheet = OdsSheet { markup: &mut markup, limits, again: None, ended: false };
        let mut first = Vec::new();
        let begun = sheet.next(&mut first);
        if !matches!(begun, Ok(false)) {
            let mut begun = Some(begun);
            let mut make = |out: &mut Vec<u8>| match begun.take() {
                Some(begun) => {
                    out.append(&mut first);
                    begun
                }
                None => sheet.next(out),
            };
            let part = Part { name: Some(name), content: Content::Rows(None), reader: &mut Made::new(&mut make) };
            sink.part(part)?;
        }
        // What nobody read is passed over, up to the next sheet.
        let mut rest = Vec::new();
        while sheet.next(&mut rest).unwrap_or(false) {
            rest.clear();
            sheet.again = None;
        }
    }
}

struct OdsSheet<'m, R> {
    markup: &'m mut Markup<R>,
    limits: &'m Limits,
    /// A row to be written again, and how often.
    again: Option<(Vec<u8>, u64)>,
    ended: bool,
}

impl<R: Read> OdsSheet<'_, R> {
    fn next(&mut self, out: &mut Vec<u8>) -> io::Result<bool> {
        if let Some((row, left)) = self.again.as_mut().filter(|(_, left)| *left > 0) {
            *left -= 1;
            out.extend_from_slice(row);
            return Ok(true);
        }
        let mut cells: Vec<(usize, Vec<u8>)> = Vec::new();
        let (mut column, mut rows, mut bytes) = (0, 1, 0);
        let mut cell: Option<OdsCell> = None;
        while !self.ended {
            match self.markup.next()? {
                None => {
                    self.ended = true;
                    return Err(truncated());
                }
                Some(Token::Open { name, attributes: of, closed }) => match local(name) {
                    b"table-row" => {
                        rows = repeated(of, b"number-rows-repeated");
                        (column, bytes) = (0, 0);
                        cells.clear();
                    }
                    b"table-cell" | b"covered-table-cell" => {
                        let (value, by_text, times) = opened(of);
                        if closed {
                            place(&mut cells, &mut column, value, times, self.limits);
                        } else {
                            cell = Some((value, by_text, times));
                        }
                    }
                    b"p" => {
                        if let Some((value, true, _)) = cell.as_mut().filter(|(value, ..)| !value.is_empty()) {
                            value.push(b'\n');
                        }
                    }
                    b"s" | b"tab" | b"line-break" => {
                        if let Some((value, true, _)) = cell.as_mut() {
                            value.push(b' ');
                        }
                    }
                    _ => {}
                },
                Some(Token::Text { text, raw }) => {
                    if let Some((value, true, _)) = cell.as_mut().filter(|_| bytes < self.limits.record_bytes) {
                        append(text, raw, value);
                        bytes += text.len();
                    }
                }
                Some(Token::Close { name }) => match local(name) {
                    b"table-cell" | b"covered-table-cell" => {
                        if let Some((value, _, times)) = cell.take() {
                            place(&mut cells, &mut column, value, times, self.limits);
                        }
                    }
                    b"table-row" if cells.is_empty() => {}
                    b"table-row" => {
                        let mut row = Vec::new();
                        write(&mut cells, false, &mut row);
                        out.extend_from_slice(&row);
                        self.again = Some((row, rows - 1));
                        return Ok(true);
                    }
                    b"table" => self.ended = true,
                    _ => {}
                },
            }
        }
        Ok(false)
    }
}

/// A cell: its value, whether the text says it, and how often it is repeated.
type OdsCell = (Vec<u8>, bool, usize);

/// Reads the attributes of a cell.
fn opened(of: &[u8]) -> OdsCell {
    let times = repeated(of, b"number-columns-repeated") as usize;
    let stated = attribute(of, b"date-value").or_else(|| attribute(of, b"value"));
    let kind = attribute(of, b"value-type").unwrap_or_default();
    let stated = stated.filter(|_| matches!(kind.as_slice(), b"date" | b"float"));
    let by_text = stated.is_none();
    (stated.unwrap_or_default(), by_text, times)
}

fn repeated(of: &[u8], name: &[u8]) -> u64 {
    let times = attribute(of, name).and_then(|times| String::from_utf8(times).ok()?.parse().ok());
    times.unwrap_or(1).clamp(1, 1 << 20)
}

/// Puts a value into as many columns as it is repeated; blank ones only move on.
fn place(cells: &mut Vec<(usize, Vec<u8>)>, column: &mut usize, value: Vec<u8>, times: usize, limits: &Limits) {
    if !value.is_empty() {
        let last = (*column + times).min(limits.columns);
        let room = (limits.record_bytes / value.len()).max(1);
        (*column..last).take(room).for_each(|at| cells.push((at, value.clone())));
    }
    *column += times;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_formats() {
        assert_eq!(column_of(b"A1"), Some(0));
        assert_eq!(column_of(b"AB12"), Some(27));
        assert_eq!(column_of(b"12"), None);
        assert_eq!(of_code(b"yyyy\\-mm\\-dd"), NumberFormat::Date);
        assert_eq!(of_code(b"[$-409]m/d/yy h:mm AM/PM;@"), NumberFormat::Moment);
        assert_eq!(of_code(b"#,##0.00\" days\""), NumberFormat::Plain);
        assert_eq!(of_code(b"[h]:mm:ss"), NumberFormat::Time);
    }

    #[test]
    fn days_of_spreadsheets() {
        let book =
            Book { formats: vec![NumberFormat::Plain, NumberFormat::Date, NumberFormat::Moment], ..Book::default() };
        let shown = |text: &[u8], style| String::from_utf8(book.number(text, style)).expect("text");
        assert_eq!(shown(b"36526", 1), "2000-01-01");
        assert_eq!(shown(b"1", 1), "1900-01-01");
        assert_eq!(shown(b"36526.5", 2), "2000-01-01T12:00:00");
        assert_eq!(shown(b"2.065550101E9", 0), "2065550101");
        assert_eq!(shown(b"353912345678901", 0), "353912345678901");
        assert_eq!(shown(b"0.5", 0), "0.5");
    }
}
