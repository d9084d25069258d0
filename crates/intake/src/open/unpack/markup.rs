//! The tokens of XML and HTML, whatever state the document is in.
//!
//! Enters: a reader. Leaves: tags and text one after the other; a tag that never closes ends the document there. Never:
//! follows a reference out of the document, expands an entity of its own making, holds more than one token.

use std::io::{self, Read};

use memchr::{memchr, memmem};

use crate::decode;

/// Bytes of one tag; a longer one is text.
const TAG_BYTES: usize = 64 << 10;
/// Bytes of text given at a time.
const TEXT_BYTES: usize = 256 << 10;

/// A token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// `<name attributes>`; `closed` for `<name/>`.
    Open { name: &'t [u8], attributes: &'t [u8], closed: bool },
    /// `</name>`.
    Close { name: &'t [u8] },
    /// Text between tags. References stand in it unless it is `raw`.
    Text { text: &'t [u8], raw: bool },
}

/// Reads tokens.
pub(super) struct Markup<R> {
    reader: R,
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
    /// HTML: scripts and styles are no text.
    html: bool,
    skip: Option<&'static [u8]>,
}

impl<R: Read> Markup<R> {
    pub(super) fn new(reader: R, html: bool) -> Self {
        Markup { reader, buffer: Vec::new(), at: 0, ended: false, html, skip: None }
    }

    /// Makes `count` bytes available from where it stands, or all there are.
    fn want(&mut self, count: usize) -> io::Result<()> {
        if self.buffer.len() - self.at >= count || self.ended {
            return Ok(());
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        let missing = (count - self.buffer.len()).max(16 << 10) as u64;
        self.ended = (&mut self.reader).take(missing).read_to_end(&mut self.buffer)? < missing as usize;
        Ok(())
    }

    /// Finds `needle` within `most` bytes; returns the place behind it.
    fn behind(&mut self, needle: &[u8], most: usize) -> io::Result<Option<usize>> {
        let mut look = 256;
        loop {
            self.want(look)?;
            let bytes = &self.buffer[self.at..];
            if let Some(found) = memmem::find(&bytes[..bytes.len().min(most)], needle) {
                return Ok(Some(found + needle.len()));
            }
            if bytes.len() >= most || (self.ended && bytes.len() <= look) {
                return Ok(None);
            }
            look = (bytes.len() + 1).max(look * 2);
        }
    }

    /// Returns the next token; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Token<'_>>> {
        loop {
            self.want(16)?;
            let rest = &self.buffer[self.at..];
            if rest.is_empty() {
                return Ok(None);
            }
            if let Some(end) = self.skip.take() {
                self.pass(end)?;
                continue;
            }
            if rest[0] != b'<' {
                return self.text().map(Some);
            }
            if rest.starts_with(b"<!--") {
                self.at += 4;
                self.pass(b"-->")?;
            } else if rest.starts_with(b"<![CDATA[") {
                self.at += 9;
                return self.cdata().map(Some);
            } else if rest.starts_with(b"<!") || rest.starts_with(b"<?") {
                self.declaration()?;
            } else if rest
                .get(1)
                .is_some_and(|byte| *byte == b'/' || byte.is_ascii_alphabetic() || *byte == b'_' || *byte >= 0x80)
            {
                return self.tag().map(Some);
            } else {
                self.at += 1;
                let at = self.at;
                return Ok(Some(Token::Text { text: &self.buffer[at - 1..at], raw: true }));
            }
        }
    }

    /// Passes over everything up to and with `end`.
    fn pass(&mut self, end: &[u8]) -> io::Result<()> {
        loop {
            match self.behind(end, TEXT_BYTES)? {
                Some(found) => {
                    // The tag that ends a script is a token of its own.
                    self.at += if end.starts_with(b"</") { found - end.len() } else { found };
                    return Ok(());
                }
                None if self.ended => {
                    self.at = self.buffer.len();
                    return Ok(());
                }
                None => self.at += (self.buffer.len() - self.at).min(TEXT_BYTES) - end.len(),
            }
        }
    }

    /// `<!DOCTYPE ...>` with a list of its own in brackets, or `<?xml ...?>`.
    fn declaration(&mut self) -> io::Result<()> {
        let Some(end) = self.behind(b">", TAG_BYTES)? else {
            self.at += 2;
            return Ok(());
        };
        let head = &self.buffer[self.at..self.at + end];
        let list = head.starts_with(b"<!") && memchr(b'[', head).is_some();
        self.at += end;
        if list && !self.buffer[self.at - 2..self.at].starts_with(b"]") {
            self.pass(b"]>")?;
        }
        Ok(())
    }

    fn text(&mut self) -> io::Result<Token<'_>> {
        let length = match self.behind(b"<", TEXT_BYTES)? {
            Some(found) => found - 1,
            None => (self.buffer.len() - self.at).min(TEXT_BYTES),
        };
        self.at += length;
        Ok(Token::Text { text: &self.buffer[self.at - length..self.at], raw: false })
    }

    fn cdata(&mut self) -> io::Result<Token<'_>> {
        let (length, behind) = match self.behind(b"]]>", TEXT_BYTES)? {
            Some(found) => (found - 3, found),
            None => {
                let length = (self.buffer.len() - self.at).min(TEXT_BYTES);
                (length, length)
            }
        };
        let start = self.at;
        self.at += behind;
        Ok(Token::Text { text: &self.buffer[start..start + length], raw: true })
    }

    fn tag(&mut self) -> io::Result<Token<'_>> {
        let mut end = None;
        let mut look = 256;
        while end.is_none() {
            self.want(look)?;
            let bytes = &self.buffer[self.at..];
            end = tag_end(&bytes[..bytes.len().min(TAG_BYTES)]);
            if end.is_none() && (self.ended || bytes.len() >= TAG_BYTES) {
                // No tag after all.
                self.at += 1;
                return Ok(Token::Text { text: &self.buffer[self.at - 1..self.at], raw: true });
            }
            look = (bytes.len() + 1).max(look * 2);
        }
        let end = end.unwrap_or(1);
        let start = self.at;
        self.at += end + 1;
        let inside = &self.buffer[start + 1..start + end];
        if let Some(name) = inside.strip_prefix(b"/") {
            return Ok(Token::Close { name: name.trim_ascii() });
        }
        let closed = inside.ends_with(b"/");
        let inside = inside.strip_suffix(b"/").unwrap_or(inside);
        let name = inside.iter().position(u8::is_ascii_whitespace).unwrap_or(inside.len());
        let (name, attributes) = inside.split_at(name);
        if self.html && !closed {
            self.skip = [(&b"script"[..], &b"</script"[..]), (b"style", b"</style")]
                .into_iter()
                .find(|(of, _)| name.eq_ignore_ascii_case(of))
                .map(|(_, end)| end);
        }
        Ok(Token::Open { name, attributes, closed })
    }
}

/// Finds the `>` that ends a tag: not one inside quotes.
fn tag_end(bytes: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in bytes.iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            // A quote opens a value only behind its equals sign: HTML has stray ones.
            (None, b'"' | b'\'') if bytes[..at].trim_ascii_end().ends_with(b"=") => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
    }
    None
}

/// Returns the name without its namespace.
pub(super) fn local(name: &[u8]) -> &[u8] {
    memchr::memrchr(b':', name).map_or(name, |at| &name[at + 1..])
}

/// Goes over the attributes of a tag: names without namespace, values decoded.
pub(super) fn attributes(mut bytes: &[u8]) -> impl Iterator<Item = (&[u8], Vec<u8>)> {
    std::iter::from_fn(move || {
        bytes = bytes.trim_ascii_start();
        let end = bytes.iter().position(|byte| *byte == b'=' || byte.is_ascii_whitespace()).unwrap_or(bytes.len());
        if end == 0 {
            return None;
        }
        let name = &bytes[..end];
        let rest = bytes[end..].trim_ascii_start();
        let Some(rest) = rest.strip_prefix(b"=").map(<[u8]>::trim_ascii_start) else {
            bytes = rest;
            return Some((local(name), Vec::new()));
        };
        let (value, after) = match rest.first() {
            Some(quote @ (b'"' | b'\'')) => {
                let close = memchr(*quote, &rest[1..]).map_or(rest.len(), |at| at + 1);
                (&rest[1..close], rest.get(close + 1..).unwrap_or_default())
            }
            _ => rest.split_at(rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len())),
        };
        bytes = after;
        Some((local(name), decode::entities(value).into_owned()))
    })
}

/// Returns an attribute's value by its name without namespace.
pub(super) fn attribute(bytes: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    attributes(bytes).find(|(of, _)| of.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Appends the text of a token with its references resolved.
pub(super) fn append(text: &[u8], raw: bool, into: &mut Vec<u8>) {
    if raw {
        into.extend_from_slice(text);
    } else {
        into.extend_from_slice(&decode::entities(text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &[u8], html: bool) -> Vec<String> {
        let mut markup = Markup::new(text, html);
        let mut out = Vec::new();
        while let Some(token) = markup.next().expect("memory reads") {
            let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            out.push(match token {
                Token::Open { name, attributes: of, closed } => {
                    let of: Vec<_> = attributes(of).map(|(n, v)| format!("{}={}", shown(n), shown(&v))).collect();
                    format!("<{}|{}{}", shown(name), of.join(","), if closed { "/" } else { "" })
                }
                Token::Close { name } => format!(">{}", shown(name)),
                Token::Text { text, raw } => {
                    let mut into = Vec::new();
                    append(text, raw, &mut into);
                    shown(&into)
                }
            });
        }
        out
    }

    #[test]
    fn tags_text_and_references() {
        let text = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x \"y\">]><a:b c=\"1 > 2\" d='&amp;'>x &lt; &#233;<!-- <no> --><e/><![CDATA[<raw>]]></a:b>";
        assert_eq!(all(text, false), ["<a:b|c=1 > 2,d=&", "x < é", "<e|/", "<raw>", ">a:b"]);
        assert_eq!(all(b"<script>if (a < b) {}</script>t<br>", true), ["<script|", ">script", "t", "<br|"]);
        assert_eq!(all(b"a < b <c", true), ["a ", "<", " b ", "<", "c"]);
        assert_eq!(all(b"<td width=5 nowrap>x", true), ["<td|width=5,nowrap=", "x"]);
    }
}
