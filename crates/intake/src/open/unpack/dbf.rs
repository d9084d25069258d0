//! dBASE and FoxPro tables.
//!
//! Enters: a table file. Leaves: rows of text; dates in ISO form, deleted rows as well, as they are still there. Memo
//! fields lie in another file and are null, and said to be. Source:
//! https://www.dbase.com/Knowledgebase/INT/db7_file_fmt.htm

use std::io::{self, Read};
use std::sync::Arc;

use vocab::ProblemKind;

use super::super::container::Input;
use super::super::leaf::refusal;
use super::super::limits::Limits;
use super::{Content, Given, Made, Part, Row, Sink, corrupt, truncated};

/// Kinds of fields whose content lies in another file.
const MEMOS: [u8; 5] = [b'M', b'G', b'P', b'W', b'0'];

/// A field of the table.
struct Field {
    name: String,
    kind: u8,
    length: usize,
}

/// The header must fit itself: version, month and day, length of header and of record, end of header.
pub(super) fn is(head: &[u8]) -> bool {
    header(head).is_some()
}

fn header(head: &[u8]) -> Option<(usize, usize, Vec<Field>)> {
    let known = matches!(head.first()?, 0x02 | 0x03 | 0x30 | 0x31 | 0x32 | 0x43 | 0x83 | 0x8b | 0xcb | 0xf5 | 0xfb);
    let (month, day) = (*head.get(2)?, *head.get(3)?);
    let header = usize::from(u16::from_le_bytes([*head.get(8)?, *head.get(9)?]));
    let record = usize::from(u16::from_le_bytes([*head.get(10)?, *head.get(11)?]));
    if !known || month > 12 || day > 31 || header < 65 || record < 2 {
        return None;
    }
    let mut fields = Vec::new();
    let mut at = 32;
    while at + 32 <= header.min(head.len()) && !matches!(head[at], 0x0d | 0) {
        let item = &head[at..at + 32];
        let end = item[..11].iter().position(|byte| *byte == 0).unwrap_or(11);
        let kind = item[11];
        if end == 0 || !kind.is_ascii_alphanumeric() && kind != b'+' && kind != b'@' {
            return None;
        }
        let long = kind == b'C' && item[17] > 0;
        let length = usize::from(item[16]) + if long { usize::from(item[17]) << 8 } else { 0 };
        fields.push(Field { name: String::from_utf8_lossy(&item[..end]).trim().to_owned(), kind, length });
        at += 32;
    }
    let sum: usize = fields.iter().map(|field| field.length).sum();
    (!fields.is_empty() && sum + 1 == record).then_some((header, record, fields))
}

pub(super) fn unpack(input: &mut Input<'_>, _: &Limits, sink: &mut dyn Sink) -> Given {
    let Some((start, length, fields)) = header(input.peek(super::SNIFF_BYTES)) else {
        return Err(corrupt("the header of the table is damaged"));
    };
    let _ = io::copy(&mut (&mut *input).take(start as u64), &mut io::sink());
    let memos = fields.iter().filter(|field| MEMOS.contains(&field.kind)).count();
    if memos > 0 {
        let cause = format!("{memos} memo fields of the table lie in a file beside it (DBT, FPT), which is not read");
        sink.problem(refusal(ProblemKind::Unsupported, cause, "export the table with its memo fields as CSV"));
    }
    let names: Arc<[String]> = fields.iter().map(|field| field.name.clone()).collect();
    let mut record = vec![0; length];
    let mut make = |out: &mut Vec<u8>| -> io::Result<bool> {
        let got = read_full(input, &mut record)?;
        if got == 0 || record[0] == 0x1a {
            return Ok(false);
        }
        if got < length {
            return Err(truncated());
        }
        let mut row = Row::new(out);
        let mut at = 1;
        for field in &fields {
            cell(field, &record[at..at + field.length], &mut row);
            at += field.length;
        }
        row.end();
        Ok(true)
    };
    Ok(sink.part(Part { name: None, content: Content::Rows(Some(names)), reader: &mut Made::new(&mut make) }))
}

/// Fills the buffer as far as there are bytes.
pub(super) fn read_full(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while got < buffer.len() {
        match reader.read(&mut buffer[got..])? {
            0 => break,
            count => got += count,
        }
    }
    Ok(got)
}

fn cell(field: &Field, bytes: &[u8], row: &mut Row<'_>) {
    let whole = |bytes: &[u8]| bytes.iter().rev().fold(0_i64, |number, byte| number << 8 | i64::from(*byte));
    match (field.kind, bytes.len()) {
        (b'D', 8) if bytes.iter().all(u8::is_ascii_digit) => {
            row.cell(&[&bytes[..4], b"-", &bytes[4..6], b"-", &bytes[6..]].concat());
        }
        (b'I', 4) => row.cell((whole(bytes) as u32 as i32).to_string().as_bytes()),
        (b'B' | b'O', 8) => row.cell(f64::from_bits(whole(bytes) as u64).to_string().as_bytes()),
        (b'T' | b'@', 8) => {
            // Days of the Julian calendar, milliseconds of the day.
            let (day, of_day) = (whole(&bytes[..4]), whole(&bytes[4..]));
            if day == 0 {
                row.null();
            } else {
                row.cell(super::stamp::moment((day - 2_440_588) * 86_400_000 + of_day).as_bytes());
            }
        }
        (kind, _) if MEMOS.contains(&kind) => row.null(),
        _ => {
            let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default().trim_ascii();
            if text.is_empty() { row.null() } else { row.cell(text) }
        }
    }
}
