//! E-mail: one message (EML) or many in a row (mbox).
//!
//! Enters: messages. Leaves: one text of all headers and bodies, decoded, and a part for each attachment, which is looked
//! at like a file. Of two forms of the same body the plain one is taken. Memory: one message. Never: follows a link.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use encoding_rs::Encoding;
use vocab::ProblemKind;

use super::super::container::{Flow, Input};
use super::super::leaf::refusal;
use super::super::limits::Limits;
use super::{Content, Given, Made, Part, Sink, corrupt, html};
use crate::decode;

/// Parts within parts of one message.
const DEPTH: usize = 16;
/// Headers of one message.
const HEADERS: usize = 1_000;
/// Parts of one message.
const PARTS: usize = 10_000;

/// Headers that only mail has, or that every mail has.
const KNOWN: [&[u8]; 14] = [
    b"from",
    b"to",
    b"subject",
    b"date",
    b"received",
    b"message-id",
    b"mime-version",
    b"return-path",
    b"delivered-to",
    b"content-type",
    b"cc",
    b"reply-to",
    b"x-mailer",
    b"dkim-signature",
];
/// Headers that hold signatures: no text.
const SIGNATURES: [&[u8]; 5] =
    [b"dkim-signature", b"arc-seal", b"arc-message-signature", b"x-google-dkim-signature", b"domainkey-signature"];

pub(super) fn is_mailbox(text: &[u8]) -> bool {
    let Some(end) = memchr::memchr(b'\n', text) else { return false };
    text.starts_with(b"From ") && end < 512 && is_message(&text[end + 1..])
}

pub(super) fn is_message(text: &[u8]) -> bool {
    let (headers, _) = split(&text[..text.len().min(16 << 10)]);
    let known = headers.iter().filter(|(name, _)| KNOWN.contains(&name.as_slice())).count();
    // Everything before the first empty line is a header, and the first line is one.
    let lines = text.split(|byte| *byte == b'\n').take(40).map(<[u8]>::trim_ascii_end);
    let mut head = lines.take_while(|line| !line.is_empty());
    let good = |line: &[u8]| line.starts_with(b" ") || line.starts_with(b"\t") || header_name(line).is_some();
    let first = text.split(|byte| *byte == b'\n').next().is_some_and(|line| header_name(line).is_some());
    known >= 3
        && first
        && head.all(good)
        && headers.iter().any(|(name, _)| matches!(name.as_slice(), b"from" | b"received" | b"return-path"))
}

fn header_name(line: &[u8]) -> Option<&[u8]> {
    let at = memchr::memchr(b':', &line[..line.len().min(80)])?;
    let name = &line[..at];
    let sign = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (at > 1 && name.iter().all(sign)).then_some(name)
}

type Headers = Vec<(Vec<u8>, Vec<u8>)>;

/// Splits headers, names in lower case and values unfolded, from the body.
fn split(message: &[u8]) -> (Headers, &[u8]) {
    let mut headers: Headers = Vec::new();
    let mut at = 0;
    while at < message.len() {
        let end = memchr::memchr(b'\n', &message[at..]).map_or(message.len(), |end| at + end + 1);
        let line = message[at..end].trim_ascii_end();
        at = end;
        if line.is_empty() {
            break;
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            if let Some((_, value)) = headers.last_mut() {
                value.push(b' ');
                value.extend_from_slice(line.trim_ascii());
            }
        } else if let Some(name) = header_name(line).filter(|_| headers.len() < HEADERS) {
            headers.push((name.to_ascii_lowercase(), line[name.len() + 1..].trim_ascii().to_vec()));
        }
    }
    (headers, &message[at..])
}

fn header<'h>(headers: &'h Headers, name: &[u8]) -> &'h [u8] {
    headers.iter().find(|(of, _)| of == name).map_or(b"", |(_, value)| value.as_slice())
}

/// A parameter of a header: `charset` of `text/plain; charset="utf-8"`.
fn parameter(value: &[u8], name: &str) -> Option<Vec<u8>> {
    let lower = value.to_ascii_lowercase();
    for (at, _) in value.iter().enumerate().filter(|(_, byte)| **byte == b';') {
        let start = at + 1 + lower[at + 1..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let Some(rest) = lower[start..].strip_prefix(name.as_bytes()) else { continue };
        // `filename*=utf-8''...` of RFC 2231.
        let extended = rest.first() == Some(&b'*');
        let Some(equals) = rest.iter().position(|byte| *byte == b'=').filter(|at| *at <= 3) else { continue };
        let found = &value[start + name.len() + equals + 1..];
        let plain = match found.strip_prefix(b"\"") {
            Some(quoted) => quoted.split(|byte| *byte == b'"').next().unwrap_or_default(),
            None => found.split(|byte| *byte == b';' || byte.is_ascii_whitespace()).next().unwrap_or_default(),
        };
        if extended {
            let encoded = plain.splitn(3, |byte| *byte == b'\'').last().unwrap_or_default();
            return Some(decode::decode(encoded).map_or_else(|| encoded.to_vec(), |decoded| decoded.bytes));
        }
        return Some(plain.to_vec());
    }
    None
}

/// Resolves the encoded words of a header (RFC 2047).
fn words(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = value;
    while let Some(at) = memchr::memmem::find(rest, b"=?") {
        let word = encoded_word(&rest[at..]);
        let between = &rest[..at];
        // White space between two encoded words is no text.
        if !(word.is_some() && rest.len() < value.len() && between.trim_ascii().is_empty()) {
            out.extend_from_slice(between);
        }
        match word {
            Some((text, length)) => {
                out.extend_from_slice(&text);
                rest = &rest[at + length..];
            }
            None => {
                out.extend_from_slice(b"=?");
                rest = &rest[at + 2..];
            }
        }
    }
    out.extend_from_slice(rest);
    out
}

fn encoded_word(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut parts = bytes[2..].splitn(4, |byte| *byte == b'?');
    let (charset, encoding, text, rest) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    if !rest.starts_with(b"=") || text.len() > 1_000 {
        return None;
    }
    let mut plain = Vec::new();
    match encoding {
        b"B" | b"b" => decode::base64(text, &mut plain),
        b"Q" | b"q" => {
            let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b'_' { b' ' } else { *byte }).collect();
            decode::quoted_printable(&spaced, &mut plain);
        }
        _ => return None,
    }
    Some((utf8(&plain, charset), bytes.len() - rest.len() + 1))
}

fn utf8(bytes: &[u8], charset: &[u8]) -> Vec<u8> {
    match Encoding::for_label(charset) {
        Some(encoding) if encoding != encoding_rs::UTF_8 => {
            encoding.decode_without_bom_handling(bytes).0.into_owned().into_bytes()
        }
        // Bytes that are no UTF-8 are dealt with, and counted, where the text is read.
        _ => bytes.to_vec(),
    }
}

/// A piece of a message.
enum Piece {
    Text(Vec<u8>),
    Attachment {
        name: String,
        bytes: Vec<u8>,
    },
    /// Sound and pictures.
    Media,
}

/// Takes a message apart: its text first.
fn pieces(message: &[u8]) -> Vec<Piece> {
    let (headers, body) = split(message);
    let mut text = Vec::new();
    for (name, value) in headers.iter().filter(|(name, _)| !SIGNATURES.contains(&name.as_slice())) {
        text.extend_from_slice(name);
        text.extend_from_slice(b": ");
        text.extend_from_slice(&words(value));
        text.push(b'\n');
    }
    text.push(b'\n');
    let mut found = vec![Piece::Text(text)];
    entity(&headers, body, 0, &mut found);
    found
}

fn entity(headers: &Headers, body: &[u8], depth: usize, found: &mut Vec<Piece>) {
    let stated = header(headers, b"content-type");
    let kind = stated.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii().to_ascii_lowercase();
    if kind.starts_with(b"multipart/")
        && depth < DEPTH
        && let Some(boundary) = parameter(stated, "boundary").filter(|boundary| !boundary.is_empty())
    {
        return multipart(&kind, &boundary, body, depth, found);
    }
    if found.len() >= PARTS {
        return;
    }
    let bytes = transfer(header(headers, b"content-transfer-encoding"), body);
    let disposition = header(headers, b"content-disposition");
    let name = parameter(disposition, "filename").or_else(|| parameter(stated, "name"));
    let text = kind.is_empty() || kind.starts_with(b"text/");
    if text && name.is_none() && !disposition.to_ascii_lowercase().starts_with(b"attachment") {
        let plain = utf8(&bytes, &parameter(stated, "charset").unwrap_or_default());
        let mut text = if kind == b"text/html" { html::text(&plain) } else { plain };
        text.push(b'\n');
        found.push(Piece::Text(text));
    } else if [&b"image/"[..], b"audio/", b"video/"].iter().any(|media| kind.starts_with(media)) {
        found.push(Piece::Media);
    } else {
        let name =
            name.map_or_else(|| "attachment".to_owned(), |name| String::from_utf8_lossy(&words(&name)).into_owned());
        found.push(Piece::Attachment { name, bytes });
    }
}

fn multipart(kind: &[u8], boundary: &[u8], body: &[u8], depth: usize, found: &mut Vec<Piece>) {
    let alternative = kind == b"multipart/alternative";
    let mut forms: Vec<Vec<Piece>> = Vec::new();
    for part in parts(body, boundary) {
        let (headers, body) = split(part);
        let mut inside = Vec::new();
        entity(&headers, body, depth + 1, &mut inside);
        if alternative {
            forms.push(inside)
        } else {
            found.append(&mut inside)
        }
        if found.len() >= PARTS {
            break;
        }
    }
    // The forms of one body come from the plainest to the richest: take the first that says something.
    let says = |pieces: &Vec<Piece>| {
        pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if !text.trim_ascii().is_empty()))
    };
    let chosen = forms.iter().position(says).unwrap_or(0);
    for (index, form) in forms.into_iter().enumerate() {
        found.extend(form.into_iter().filter(|piece| index == chosen || !matches!(piece, Piece::Text(_))));
    }
}

/// The parts between the lines of a boundary.
fn parts<'m>(body: &'m [u8], boundary: &[u8]) -> Vec<&'m [u8]> {
    let line = [b"--", boundary].concat();
    let mut starts: Vec<(usize, usize)> = Vec::new();
    for at in memchr::memmem::find_iter(body, &line) {
        if at > 0 && body[at - 1] != b'\n' {
            continue;
        }
        let end = memchr::memchr(b'\n', &body[at..]).map_or(body.len(), |end| at + end + 1);
        let rest = &body[at + line.len()..end];
        let last = rest.starts_with(b"--");
        if !last && !rest.trim_ascii().is_empty() {
            continue;
        }
        starts.push((at, end));
        if last || starts.len() > PARTS {
            break;
        }
    }
    let next = |index: usize| starts.get(index + 1).map_or(body.len(), |(at, _)| *at);
    let all = starts.iter().enumerate().map(|(index, (_, end))| &body[*end..next(index).max(*end)]);
    // Behind the last boundary line there is nothing.
    let closed = starts.last().is_some_and(|(at, _)| body[at + line.len()..].starts_with(b"--"));
    all.take(starts.len() - usize::from(closed)).collect()
}

fn transfer(encoding: &[u8], body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    match encoding.trim_ascii().to_ascii_lowercase().as_slice() {
        b"base64" => decode::base64(body, &mut out),
        b"quoted-printable" => decode::quoted_printable(body, &mut out),
        _ => out.extend_from_slice(body),
    }
    out
}

/// Reads messages one by one.
struct Messages<R> {
    reader: R,
    many: bool,
    line: Vec<u8>,
    most: usize,
    cut: u64,
}

impl<R: BufRead> Messages<R> {
    fn next(&mut self, message: &mut Vec<u8>) -> io::Result<bool> {
        message.clear();
        if !self.many {
            let got = (&mut self.reader).take(self.most as u64).read_to_end(message)?;
            self.cut += u64::from(got == self.most);
            return Ok(got > 0);
        }
        let mut blank = true;
        let mut any = !std::mem::take(&mut self.line).is_empty();
        loop {
            self.line.clear();
            if (&mut self.reader).take(1 << 20).read_until(b'\n', &mut self.line)? == 0 {
                return Ok(any);
            }
            if blank && self.line.starts_with(b"From ") && (any || !message.is_empty()) {
                return Ok(true);
            }
            let envelope = !any && message.is_empty() && self.line.starts_with(b"From ");
            any = true;
            blank = self.line.trim_ascii().is_empty();
            if message.len() + self.line.len() > self.most {
                self.cut += u64::from(message.len() <= self.most);
            } else if !envelope {
                message.extend_from_slice(&self.line);
            }
        }
    }
}

pub(super) fn unpack(input: &mut Input<'_>, limits: &Limits, many: bool, sink: &mut dyn Sink) -> Given {
    let mut held = input.hold(limits)?;
    let most = usize::try_from(limits.spool_bytes / 8).unwrap_or(usize::MAX).max(1 << 20);
    let reader = BufReader::with_capacity(128 << 10, &mut held);
    let mut messages = Messages { reader, many, line: Vec::new(), most, cut: 0 };
    let mut message = Vec::new();
    let mut make = |out: &mut Vec<u8>| -> io::Result<bool> {
        if !messages.next(&mut message)? {
            return Ok(false);
        }
        for piece in pieces(&message) {
            if let Piece::Text(text) = piece {
                out.extend_from_slice(&text);
            }
        }
        Ok(true)
    };
    let name = Some("text".to_owned());
    if sink.part(Part { name, content: Content::Text, reader: &mut Made::new(&mut make) }).is_break() {
        return Ok(Flow::Break(()));
    }
    held.seek(SeekFrom::Start(0)).map_err(|_| corrupt("reading failed part of the way"))?;
    attachments(held, most, many, sink)
}

/// The second reading: attachments.
fn attachments(held: impl Read, most: usize, many: bool, sink: &mut dyn Sink) -> Given {
    let reader = BufReader::with_capacity(128 << 10, held);
    let mut messages = Messages { reader, many, line: Vec::new(), most, cut: 0 };
    let (mut message, mut number, mut media) = (Vec::new(), 0_u64, 0_u64);
    while messages.next(&mut message).unwrap_or(false) {
        number += 1;
        for piece in pieces(&message) {
            match piece {
                Piece::Text(_) => {}
                Piece::Media => media += 1,
                Piece::Attachment { name, bytes } => {
                    let name = if many { format!("{number}/{name}") } else { name };
                    let part = Part { name: Some(name), content: Content::Unknown, reader: &mut bytes.as_slice() };
                    if sink.part(part).is_break() {
                        return Ok(Flow::Break(()));
                    }
                }
            }
        }
    }
    if messages.cut > 0 {
        let cause = format!("{} messages are longer than the limit: the rest of them is not read", messages.cut);
        sink.problem(refusal(ProblemKind::LimitReached, cause, "give their attachments as files"));
    }
    if media > 0 {
        let cause = format!("{media} pictures, sounds or films in messages are not read");
        sink.problem(refusal(ProblemKind::Unsupported, cause, "look at them by other means"));
    }
    Ok(Flow::Continue(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_words() {
        assert_eq!(
            words(b"=?utf-8?B?Sm9zw6k=?= =?iso-8859-1?q?M=FCller_x?= <a@b.c>"),
            "JoséMüller x <a@b.c>".as_bytes()
        );
        assert_eq!(words(b"a =? b =?x?y?z"), b"a =? b =?x?y?z");
    }

    #[test]
    fn parameters() {
        let value = b"multipart/mixed; boundary=\"a;b\"; filename*=utf-8''J%C3%A9.txt; charset=koi8-r";
        assert_eq!(parameter(value, "boundary").as_deref(), Some(&b"a;b"[..]));
        assert_eq!(parameter(value, "charset").as_deref(), Some(&b"koi8-r"[..]));
        assert_eq!(parameter(value, "filename").as_deref(), Some("Jé.txt".as_bytes()));
        assert_eq!(parameter(value, "name"), None);
    }
}
