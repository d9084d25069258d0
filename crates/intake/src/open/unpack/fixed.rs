//! Fixed-width text: columns that begin at the same place in every line.
//!
//! Enters: text in which the same places are blank in all lines. Leaves: rows, cells without the blanks around them.
//! Lines of another length are set aside. Decided on characters of one byte: reports of mainframes and spool files.

use std::io;

use super::super::container::Input;
use super::super::limits::Limits;
use super::{Content, Given, Lines, Made, Part, Row, Sink};

/// Lines looked at.
const LINES: usize = 200;
/// Lines from which on the blank places are believed.
const FEWEST: usize = 8;
/// Blank places between two columns.
const GAP: usize = 2;

/// Finds where the columns begin and end; `None` if this is no such text.
pub(super) fn columns(text: &[u8], whole: bool) -> Option<Vec<(usize, usize)>> {
    let mut lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').take(LINES + 1).map(without_cr).collect();
    if !whole || lines.len() > LINES || lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    let filled: Vec<&[u8]> = lines.into_iter().filter(|line| !line.trim_ascii().is_empty()).collect();
    let width = filled.iter().map(|line| line.trim_ascii_end().len()).max()?;
    if filled.len() < FEWEST || !(8..=4096).contains(&width) || filled.iter().any(|line| line.contains(&b'\t')) {
        return None;
    }
    if filled.iter().any(|line| matches!(line[0], b'{' | b'[' | b'<' | b'-' | b'#')) || is_delimited(&filled) {
        return None;
    }
    let mut distinct = filled.clone();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() * 2 < filled.len() {
        return None;
    }
    let full = filled.iter().map(|line| line.len()).max()?;
    let even = filled.iter().filter(|line| line.len() == full).count();
    let blank = |at: usize| filled.iter().all(|line| line.get(at).is_none_or(|byte| *byte == b' '));
    let mut spans = Vec::new();
    let mut start = None;
    let mut gap = 0;
    for at in 0..=width {
        if at < width && !blank(at) {
            start.get_or_insert(at);
            gap = 0;
        } else {
            gap += 1;
            // One blank place is enough where every line is padded to the same length: such text is made by a machine.
            let wide = gap >= GAP || at == width || even == filled.len();
            if let Some(from) = start.filter(|_| wide) {
                spans.push((from, at + 1 - gap));
                start = None;
            }
        }
    }
    if let Some(from) = start {
        spans.push((from, width));
    }
    // Cells must begin or end at the places: prose in columns of words would have neither.
    let edge = |(from, to): &(usize, usize)| {
        let at = |place: usize| filled.iter().filter(|line| line.get(place).is_some_and(|byte| *byte != b' ')).count();
        at(*from).max(at(to - 1)) * 10 >= filled.len() * 6
    };
    let aligned = spans.iter().filter(|span| edge(span)).count();
    (spans.len() >= 3 && aligned == spans.len()).then(|| bounds(&spans))
}

/// The same number of a delimiter in nearly every line: cells that happen to be even, or statements of a dump.
fn is_delimited(lines: &[&[u8]]) -> bool {
    [b',', b';', b'|', b'(', b'='].into_iter().any(|sign| {
        let count = |line: &&[u8]| memchr::memchr_iter(sign, line).count();
        let first = count(&lines[lines.len() / 2]);
        first > 0 && lines.iter().filter(|line| count(line) == first).count() * 10 >= lines.len() * 9
    })
}

/// A column reaches from its beginning to the beginning of the next: longer values than those seen stay whole.
fn bounds(spans: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let next = |index: usize| spans.get(index + 1).map_or(usize::MAX, |span| span.0);
    spans.iter().enumerate().map(|(index, (from, _))| (if index == 0 { 0 } else { *from }, next(index))).collect()
}

fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

pub(super) fn unpack(input: &mut Input<'_>, limits: &Limits, sink: &mut dyn Sink) -> Given {
    let head = input.peek(super::SNIFF_BYTES + 1);
    let whole = head.len() <= super::SNIFF_BYTES;
    let Some(columns) = columns(&head[..head.len().min(super::SNIFF_BYTES)], whole) else {
        return Err(super::corrupt("the columns of the text cannot be told"));
    };
    let mut lines = Lines::new(input, limits);
    let mut line = Vec::new();
    let mut make = |out: &mut Vec<u8>| -> io::Result<bool> {
        if !lines.next(&mut line)? {
            return Ok(false);
        }
        if line.trim_ascii().is_empty() {
            return Ok(true);
        }
        // A value that reaches into the next column, or a line that is none of the table's.
        let torn =
            columns.iter().skip(1).any(|(from, _)| *from > 0 && line.get(from - 1).is_some_and(|byte| *byte != b' '));
        let mut row = Row::new(out);
        if torn {
            row.broken(columns.len());
            return Ok(true);
        }
        for (from, to) in &columns {
            let cell = line.get(*from..line.len().min(*to)).unwrap_or_default();
            row.cell(cell.trim_ascii());
        }
        row.end();
        Ok(true)
    };
    Ok(sink.part(Part { name: None, content: Content::Rows(None), reader: &mut Made::new(&mut make) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_that_are_blank_in_every_line() {
        let line = |name: &str, city: &str, ssn: u32| format!("{name:<12}{city:<10}{ssn:09}\n");
        let text: String =
            (0..20).map(|i| line(["Ann", "Bo Diaz"][i % 2], ["Kent", "Ely"][i % 2], 518_112_000 + i as u32)).collect();
        let found = columns(text.as_bytes(), true).expect("columns");
        assert_eq!(found, [(0, 12), (12, 22), (22, usize::MAX)]);
        let prose = "these are some words that go on\nfor a while and then end somewhere\n".repeat(10);
        assert_eq!(columns(prose.as_bytes(), true), None);
        assert_eq!(columns(b"a,b,c\n1,2,3\n", true), None);
    }
}
