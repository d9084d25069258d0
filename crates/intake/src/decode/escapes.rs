//! Percent signs of URLs, quoted-printable of mail, `\u` of JSON and JavaScript.

use memchr::memchr;

use super::Edit;

/// Values of URL-encoding that ordinary text has as well: `100%25` is one, `50% ad` is none.
fn hex(pair: Option<&[u8]>) -> Option<u8> {
    let pair = pair?;
    let digit = |byte: u8| (byte as char).to_digit(16);
    Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8)
}

/// Finds percent-encoded bytes. A sequence of them must be text together.
pub(super) fn find_percent(text: &[u8]) -> Vec<Edit> {
    sequences(text, b'%')
}

/// Sequences of a sign and two digits, each decoded as one if it is text.
fn sequences(text: &[u8], sign: u8) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr(sign, &text[at..]).map(|found| at + found) {
        let mut decoded = Vec::new();
        let mut end = found;
        while text.get(end) == Some(&sign)
            && let Some(byte) = hex(text.get(end + 1..end + 3))
        {
            decoded.push(byte);
            end += 3;
        }
        let control = |byte: &u8| *byte < b' ' && !byte.is_ascii_whitespace();
        if end > found && std::str::from_utf8(&decoded).is_ok() && !decoded.iter().any(control) {
            edits.push(Edit { source: found..end, text: decoded });
        }
        at = end.max(found + 1);
    }
    edits
}

/// Soft line breaks in a text from which on it is quoted-printable, or encoded bytes in a text without any.
const SIGNS: usize = 2;

/// Finds quoted-printable. `a=b1` is no such thing: the digits are in upper case, and there are several or line breaks.
pub(super) fn find_quoted_printable(text: &[u8]) -> Vec<Edit> {
    if memchr(b'=', text).is_none() {
        return Vec::new();
    }
    let upper = |edit: &Edit| !text[edit.source.clone()].iter().any(u8::is_ascii_lowercase);
    let mut edits: Vec<Edit> = sequences(text, b'=').into_iter().filter(upper).collect();
    let breaks = soft_breaks(text);
    let used = edits.iter().filter(|edit| edit.text.iter().any(|b| matches!(b, b'=' | b'@' | b'.' | 0x80..))).count();
    if breaks.is_empty() && used < SIGNS {
        return Vec::new();
    }
    edits.extend(breaks);
    edits.sort_by_key(|edit| edit.source.start);
    edits
}

fn soft_breaks(text: &[u8]) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr(b'\n', &text[at..]).map(|found| at + found) {
        let start = if found > 0 && text[found - 1] == b'\r' { found - 1 } else { found };
        // `==` at the end of a line is padding of base64, or a comparison.
        if start > at && text[start - 1] == b'=' && (start < 2 || text[start - 2] != b'=') {
            edits.push(Edit { source: start - 1..found + 1, text: Vec::new() });
        }
        at = found + 1;
    }
    edits
}

/// Decodes a body of quoted-printable mail; appends to `out`. What breaks the rules stays as it is.
pub fn quoted_printable(text: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(found) = memchr(b'=', &text[at..]).map(|found| at + found) {
        out.extend_from_slice(&text[at..found]);
        let rest = &text[found + 1..];
        let (byte, length) = match hex(rest.get(..2)) {
            Some(byte) => (Some(byte), 3),
            None if rest.starts_with(b"\r\n") => (None, 3),
            None if rest.starts_with(b"\n") => (None, 2),
            None => (Some(b'='), 1),
        };
        out.extend(byte);
        at = found + length;
    }
    out.extend_from_slice(&text[at..]);
}

/// Finds `\u0040` and `\x40`.
pub(super) fn find_unicode(text: &[u8]) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr(b'\\', &text[at..]).map(|found| at + found) {
        at = found + 1;
        let digits = |from: usize, count: usize| {
            let digits = text.get(from..from + count)?;
            digits
                .iter()
                .all(u8::is_ascii_hexdigit)
                .then(|| digits.iter().fold(0, |code, digit| code << 4 | (*digit as char).to_digit(16).unwrap_or(0)))
        };
        let (code, mut end) = match text.get(found + 1) {
            Some(b'u') => (digits(found + 2, 4), found + 6),
            Some(b'x') => (digits(found + 2, 2).filter(|code| *code < 0x80), found + 4),
            _ => continue,
        };
        let Some(mut code) = code else { continue };
        if (0xD800..0xDC00).contains(&code)
            && text.get(end..end + 2) == Some(b"\\u")
            && let Some(low) = digits(end + 2, 4).filter(|low| (0xDC00..0xE000).contains(low))
        {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            end += 6;
        }
        if let Some(character) = char::from_u32(code).filter(|c| !c.is_control() || c.is_whitespace()) {
            edits.push(Edit { source: found..end, text: character.to_string().into_bytes() });
            at = end;
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_bodies() {
        let mut out = Vec::new();
        quoted_printable(b"Jos=C3=A9 a=\r\nb =3D = =ZZ=", &mut out);
        assert_eq!(out, "José ab = = =ZZ=".as_bytes());
    }
}
