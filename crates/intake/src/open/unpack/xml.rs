//! XML: the elements that repeat are records.
//!
//! Enters: a document. Leaves: one record for each element that repeats side by side at the top, its attributes and inner
//! elements as fields; what stands beside them is a record of its own. `<field name="x">` is the field x. Memory: one
//! record.

use std::io::{self, Read};

use vocab::ProblemKind;

use super::super::container::Input;
use super::super::leaf::refusal;
use super::super::limits::Limits;
use super::markup::{Markup, Token, append, attribute, attributes, local};
use super::{Content, Given, Made, Part, Sink, json_record, truncated};

/// Elements within elements.
const DEPTH: usize = 64;

pub(super) fn is(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    let declared = text.starts_with(b"<?xml");
    if !declared && (text.len() < 8 || text[0] != b'<' || !(text[1].is_ascii_alphabetic() || text.starts_with(b"<!--")))
    {
        return false;
    }
    // Without a declaration: tags must follow each other as in a document.
    let mut markup = Markup::new(text, false);
    let (mut open, mut closed) = (0, 0);
    let mut depth = 0_i32;
    while let Ok(Some(token)) = markup.next() {
        match token {
            Token::Open { closed: alone, .. } => {
                open += 1;
                closed += usize::from(alone);
                depth += i32::from(!alone);
            }
            Token::Close { .. } => {
                closed += 1;
                depth -= 1;
            }
            Token::Text { text, .. } if depth == 0 && !text.trim_ascii().is_empty() => return declared && open > 0,
            Token::Text { .. } => {}
        }
        if depth < 0 {
            return false;
        }
        if open >= 50 {
            break;
        }
    }
    open >= 2 && (declared || closed * 2 >= open)
}

pub(super) fn unpack(input: &mut Input<'_>, limits: &Limits, sink: &mut dyn Sink) -> Given {
    let path = record_path(input.peek(super::SNIFF_BYTES));
    let mut records = Records { markup: Markup::new(input, false), path, stack: Vec::new(), limits, cut: false };
    let mut make = |out: &mut Vec<u8>| records.next(out);
    let flow = sink.part(Part { name: None, content: Content::Records, reader: &mut Made::new(&mut make) });
    if records.cut {
        let cause = "elements have more fields, or lie deeper, than the limit: the rest of them is not read".to_owned();
        sink.problem(refusal(ProblemKind::LimitReached, cause, "export the data as a table"));
    }
    Ok(flow)
}

/// The names on the way to the elements that repeat: from the root down, while an element has but one kind of child of
/// which there is one, up to the first that has several alike.
fn record_path(head: &[u8]) -> Vec<Vec<u8>> {
    let mut markup = Markup::new(head, false);
    let mut stack: Vec<Vec<u8>> = Vec::new();
    // How often each path was met.
    let mut counts: Vec<(Vec<Vec<u8>>, usize)> = Vec::new();
    while let Ok(Some(token)) = markup.next() {
        match token {
            Token::Open { name, closed, .. } if stack.len() < 6 => {
                stack.push(name.to_vec());
                match counts.iter().position(|(path, _)| *path == stack) {
                    Some(known) => counts[known].1 += 1,
                    None if counts.len() < 500 => counts.push((stack.clone(), 1)),
                    None => {}
                }
                if closed {
                    stack.pop();
                }
            }
            Token::Open { name, closed: false, .. } => stack.push(name.to_vec()),
            Token::Close { .. } => {
                stack.pop();
            }
            _ => {}
        }
    }
    let found = counts.iter().filter(|(path, count)| *count > 1 && path.len() > 1).min_by_key(|(path, _)| path.len());
    found.map_or_else(|| counts.first().map_or_else(Vec::new, |(root, _)| root.clone()), |(path, _)| path.clone())
}

struct Records<'l, R> {
    markup: Markup<R>,
    path: Vec<Vec<u8>>,
    stack: Vec<Vec<u8>>,
    limits: &'l Limits,
    cut: bool,
}

impl<R: Read> Records<'_, R> {
    /// Makes the next record.
    fn next(&mut self, out: &mut Vec<u8>) -> io::Result<bool> {
        loop {
            let (name, fields, closed) = match self.markup.next()? {
                None if self.stack.is_empty() => return Ok(false),
                None => return Err(truncated()),
                Some(Token::Close { .. }) => {
                    self.stack.pop();
                    continue;
                }
                Some(Token::Text { .. }) => continue,
                Some(Token::Open { name, attributes: of, closed }) => {
                    let fields: Vec<_> = attributes(of).filter(|(name, _)| is_field(name)).map(own).collect();
                    (name.to_vec(), fields, closed)
                }
            };
            self.stack.push(name);
            let on_path = self.stack.len() < self.path.len() && self.path.starts_with(&self.stack);
            if on_path && !closed {
                continue;
            }
            let beside = self.stack != self.path;
            let name = self.stack.pop().unwrap_or_default();
            let mut fields = fields;
            let first = if beside { local(&name).to_vec() } else { Vec::new() };
            if beside {
                fields.iter_mut().for_each(|(field, _)| *field = joined(&first, field));
            }
            if !closed {
                self.fields(first, &mut fields)?;
            }
            if !fields.is_empty() {
                json_record(&fields, out);
                return Ok(true);
            }
        }
    }

    /// Reads the fields of the element just opened, up to its end.
    fn fields(&mut self, prefix: Vec<u8>, fields: &mut Vec<(Vec<u8>, Vec<u8>)>) -> io::Result<()> {
        let mut path = vec![prefix];
        let mut text = Vec::new();
        let mut bytes = 0;
        while let Some(here) = path.last() {
            match self.markup.next()? {
                None => return Err(truncated()),
                Some(Token::Text { text: more, raw }) => {
                    bytes += more.len();
                    if bytes <= self.limits.record_bytes {
                        append(more, raw, &mut text);
                    } else {
                        self.cut = true;
                    }
                }
                Some(Token::Open { name, attributes: of, closed }) => {
                    let named = attribute(of, b"name").filter(|name| !name.is_empty() && name.len() < 256);
                    let name = joined(here, named.as_deref().unwrap_or(local(name)));
                    let key = if named.is_some() { &b"name"[..] } else { b"" };
                    let of: Vec<_> = attributes(of)
                        .filter(|(field, _)| is_field(field) && *field != key)
                        .map(|(field, value)| (joined(&name, field), value))
                        .collect();
                    bytes += name.len() + of.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
                    let parent = std::mem::take(&mut text);
                    push(fields, here, &parent);
                    if fields.len() + of.len() > self.limits.columns
                        || path.len() >= DEPTH
                        || bytes > self.limits.record_bytes
                    {
                        self.cut = true;
                    } else {
                        fields.extend(of);
                    }
                    if !closed {
                        path.push(if path.len() >= DEPTH { Vec::new() } else { name });
                    }
                }
                Some(Token::Close { .. }) => {
                    let value = std::mem::take(&mut text);
                    let here = path.pop().unwrap_or_default();
                    if fields.len() < self.limits.columns && bytes <= self.limits.record_bytes {
                        push(fields, &here, &value);
                    } else {
                        self.cut = true;
                    }
                }
            }
        }
        Ok(())
    }
}

fn push(fields: &mut Vec<(Vec<u8>, Vec<u8>)>, name: &[u8], value: &[u8]) {
    let value = value.trim_ascii();
    if !value.is_empty() {
        let name = if name.is_empty() { &b"text"[..] } else { name };
        fields.push((name.to_vec(), value.to_vec()));
    }
}

fn own((name, value): (&[u8], Vec<u8>)) -> (Vec<u8>, Vec<u8>) {
    (name.to_vec(), value)
}

/// Attributes that say something about the document and nothing about the data.
fn is_field(name: &[u8]) -> bool {
    !matches!(name, b"xmlns" | b"schemaLocation" | b"nil" | b"space")
}

fn joined(above: &[u8], name: &[u8]) -> Vec<u8> {
    if above.is_empty() { name.to_vec() } else { [above, b".", name].concat() }
}
