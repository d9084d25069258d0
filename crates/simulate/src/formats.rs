//! Rows in the manner of each file: SQL tuples, pipe-delimited Latin-1, CSV, JSON lines.

use crate::rows::{Break, Row};
use crate::tables::TableId;

/// Appends a row as its file has it. Rows of Parquet files have no text form.
pub(crate) fn append(table: TableId, row: &Row, out: &mut Vec<u8>) {
    match table {
        TableId::PostpaidA | TableId::Former => sql(row, out),
        TableId::PostpaidB | TableId::Prepaid | TableId::Network => csv(row, out),
        TableId::Credit => pipe(row, out),
        TableId::Compiled => json(table, row, out),
        TableId::Devices => {}
    }
}

/// A tuple of an INSERT, after a comma where one stands before it. A shifted row lost a value and has a NULL at its end;
/// a truncated one lacks its last values. A tuple cut in the middle of a string would take its neighbours with it: that
/// is another scenario.
fn sql(row: &Row, out: &mut Vec<u8>) {
    if !out.is_empty() {
        out.push(b',');
    }
    let mut separator = b'(';
    let mut put = |out: &mut Vec<u8>, cell: Option<&[u8]>| {
        out.push(separator);
        separator = b',';
        let Some(cell) = cell else { return out.extend_from_slice(b"NULL") };
        out.push(b'\'');
        for byte in cell {
            if matches!(byte, b'\'' | b'\\') {
                out.push(b'\\');
            }
            out.push(*byte);
        }
        out.push(b'\'');
    };
    for (index, cell) in row.cells().enumerate() {
        match row.broken {
            Break::Shifted(at) if index == at => continue,
            Break::Truncated(at) if index == at => break,
            _ => put(out, cell),
        }
    }
    if matches!(row.broken, Break::Shifted(_)) {
        put(out, None);
    }
    out.push(b')');
}

/// Fields of a delimited line with their faults: a shifted row has an empty field too many, a truncated one ends within
/// a field.
fn fields<'a>(row: &'a Row, mut put: impl FnMut(&'a [u8])) {
    for (index, cell) in row.cells().enumerate() {
        let cell = cell.unwrap_or_default();
        match row.broken {
            Break::Truncated(at) if index == at => return put(&cell[..cell.len() / 2]),
            Break::Shifted(at) if index == at => {
                put(b"");
                put(cell);
            }
            _ => put(cell),
        }
    }
}

fn csv(row: &Row, out: &mut Vec<u8>) {
    let start = out.len();
    fields(row, |cell| {
        if out.len() > start {
            out.push(b',');
        }
        if cell.iter().any(|byte| matches!(byte, b',' | b'"' | b' ')) {
            out.push(b'"');
            out.extend(cell.iter().flat_map(|byte| std::iter::repeat_n(*byte, if *byte == b'"' { 2 } else { 1 })));
            out.push(b'"');
        } else {
            out.extend_from_slice(cell);
        }
    });
    out.extend_from_slice(b"\r\n");
}

fn pipe(row: &Row, out: &mut Vec<u8>) {
    let mut first = true;
    fields(row, |cell| {
        if !std::mem::replace(&mut first, false) {
            out.push(b'|');
        }
        if cell.is_ascii() {
            return out.extend_from_slice(cell);
        }
        // The writer of the row keeps to letters of Latin-1, whose numbers are their bytes.
        let text = String::from_utf8_lossy(cell);
        out.extend(text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')));
    });
    out.push(b'\n');
}

/// A JSON object; null where nothing is known.
fn json(table: TableId, row: &Row, out: &mut Vec<u8>) {
    let mut separator = b'{';
    for (index, ((key, _), cell)) in table.table().columns.iter().zip(row.cells()).enumerate() {
        let cut = row.broken == Break::Truncated(index);
        out.push(separator);
        separator = b',';
        out.push(b'"');
        out.extend_from_slice(key.as_bytes());
        out.extend_from_slice(b"\":");
        if cut {
            out.push(b'"');
            out.extend_from_slice(&cell.unwrap_or_default()[..cell.map_or(0, ascii_half)]);
            return out.push(b'\n');
        }
        let Some(cell) = cell else {
            out.extend_from_slice(b"null");
            continue;
        };
        out.push(b'"');
        out.extend_from_slice(cell);
        out.push(b'"');
    }
    out.extend_from_slice(b"}\n");
}

/// Half of a text, not in the middle of a letter.
fn ascii_half(cell: &[u8]) -> usize {
    (0..=cell.len() / 2).rev().find(|at| cell.get(*at).is_none_or(|byte| byte & 0xc0 != 0x80)).unwrap_or(0)
}
