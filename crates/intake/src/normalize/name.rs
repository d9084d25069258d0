//! Standard form of names: upper case, base letters, single spaces, no apostrophes.
//!
//! Enters: bytes of a name or a part of one. Leaves: the form that two spellings of one name share. Never: a guess at
//! what is a given name; that is the typing's business.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Writes the standard form of a name into `out`: `Peña-O'Brien` becomes `PENA OBRIEN`. Letters of other scripts stay.
pub(super) fn standard(name: &[u8], out: &mut Vec<u8>) {
    out.clear();
    if name.is_ascii() {
        name.iter().for_each(|byte| push_ascii(*byte, out));
    } else {
        for c in String::from_utf8_lossy(name).nfkd().filter(|c| !is_combining_mark(*c)) {
            push_char(c, out);
        }
    }
    while out.last() == Some(&b' ') {
        out.pop();
    }
}

fn push_ascii(byte: u8, out: &mut Vec<u8>) {
    match byte {
        b'A'..=b'Z' => out.push(byte),
        b'a'..=b'z' => out.push(byte.to_ascii_uppercase()),
        b' ' | b'-' | b'.' | b',' | b'/' | b'&' | b'(' | b')' if out.last().is_some_and(|last| *last != b' ') => {
            out.push(b' ');
        }
        _ => {}
    }
}

fn push_char(c: char, out: &mut Vec<u8>) {
    let base: &str = match c {
        'ß' | 'ẞ' => "SS",
        'æ' | 'Æ' => "AE",
        'œ' | 'Œ' => "OE",
        'ø' | 'Ø' => "O",
        'ł' | 'Ł' => "L",
        'đ' | 'Đ' | 'ð' | 'Ð' => "D",
        'þ' | 'Þ' => "TH",
        'ı' => "I",
        '‐' | '‑' | '–' | '—' => " ",
        c if c.is_ascii() => return push_ascii(c as u8, out),
        c if c.is_alphabetic() => {
            let mut buffer = [0; 4];
            c.to_uppercase().for_each(|upper| out.extend_from_slice(upper.encode_utf8(&mut buffer).as_bytes()));
            return;
        }
        _ => return,
    };
    base.bytes().for_each(|byte| push_ascii(byte, out));
}

/// Splits the standard form of what stands in a given-name column: first name, and the initial of a further one.
pub(super) fn first_and_initial(standard: &[u8]) -> (&[u8], u8) {
    match memchr::memchr(b' ', standard) {
        Some(at) => (&standard[..at], initial(&standard[at + 1..])),
        None => (standard, 0),
    }
}

/// Returns the first letter if it is one of A to Z, else 0.
pub(super) fn initial(standard: &[u8]) -> u8 {
    standard.first().copied().filter(u8::is_ascii_uppercase).unwrap_or(0)
}

/// Cuts a generational suffix off the standard form of a surname. A lone V may be an initial and is left alone.
pub(super) fn cut_suffix(standard: &[u8]) -> (&[u8], u8) {
    let Some(at) = memchr::memrchr(b' ', standard) else { return (standard, 0) };
    match vocab::Suffix::parse(&standard[at + 1..]) {
        Some(suffix) if standard.len() - at > 2 => (&standard[..at], suffix as u8),
        _ => (standard, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: &str) {
        let mut out = Vec::new();
        standard(name.as_bytes(), &mut out);
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }

    #[test]
    fn names_have_one_form() {
        check("Peña-O'Brien", "PENA OBRIEN");
        check("  muñoz  GARCÍA ", "MUNOZ GARCIA");
        check("Straße", "STRASSE");
        check("Sørensen", "SORENSEN");
        check("Łukasz", "LUKASZ");
        check("St. John", "ST JOHN");
        check("Дмитрий", "ДМИТРИИ");
        check("李小龙", "李小龙");
    }

    #[test]
    fn parts_are_cut() {
        assert_eq!(first_and_initial(b"MARY ANN"), (&b"MARY"[..], b'A'));
        assert_eq!(cut_suffix(b"SMITH JR"), (&b"SMITH"[..], vocab::Suffix::Jr as u8));
        assert_eq!(cut_suffix(b"DE LA CRUZ"), (&b"DE LA CRUZ"[..], 0));
    }
}
