//! Where in a text something may be wrapped: looked for by the bytes that every layer needs, at the speed of memory.

use memchr::{memchr, memchr3};

use super::{base64, characters};

/// Finds the first sign of a layer from a place on.
type First = fn(&[u8], usize) -> Option<usize>;

const LAYERS: [First; 4] = [escaped, quoted, base64::first, characters::first];

/// Finds the places of a text at which something may be wrapped, in order.
#[derive(Debug)]
pub struct Signs<'a> {
    text: &'a [u8],
    /// The next sign of each layer; the length of the text where there is none.
    next: [usize; LAYERS.len()],
}

impl<'a> Signs<'a> {
    /// Looks at a text.
    pub fn of(text: &'a [u8]) -> Self {
        let mut signs = Signs { text, next: [0; LAYERS.len()] };
        (0..LAYERS.len()).for_each(|layer| signs.look(layer, 0));
        signs
    }

    fn look(&mut self, layer: usize, from: usize) {
        self.next[layer] = LAYERS[layer](self.text, from).unwrap_or(self.text.len());
    }

    /// Returns the first place from `from` on, if there is one. `from` never decreases.
    pub fn next(&mut self, from: usize) -> Option<usize> {
        for layer in 0..LAYERS.len() {
            if self.next[layer] < from {
                self.look(layer, from);
            }
        }
        self.next.iter().copied().min().filter(|at| *at < self.text.len())
    }
}

fn hexadecimal(text: &[u8], at: usize, count: usize) -> bool {
    text.get(at..at + count).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

/// `%40`, `&#64;`, `&commat;`, `\u0040`, `\x40`.
fn escaped(text: &[u8], mut from: usize) -> Option<usize> {
    /// Longest reference behind its `&`.
    const LONGEST: usize = 12;
    loop {
        let at = from + memchr3(b'%', b'&', b'\\', text.get(from..)?)?;
        let next = text.get(at + 1).copied().unwrap_or(0);
        let meant = match text[at] {
            b'%' => hexadecimal(text, at + 1, 2),
            b'&' => {
                let name = &text[at + 1..(at + LONGEST).min(text.len())];
                (next == b'#' || next.is_ascii_alphabetic()) && memchr(b';', name).is_some()
            }
            _ => (next == b'u' && hexadecimal(text, at + 2, 4)) || (next == b'x' && hexadecimal(text, at + 2, 2)),
        };
        if meant {
            return Some(at);
        }
        from = at + 1;
    }
}

/// Quoted-printable: `=3D`, `=40` and `=2E` between letters, `=C3=A9`. Any other `=` and two digits is a setting of a log.
fn quoted(text: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let at = from + memchr(b'=', text.get(from..)?)?;
        let letter = |at: Option<&u8>| at.is_some_and(u8::is_ascii_alphabetic);
        let meant = match text.get(at + 1..at + 3) {
            Some(b"3D" | b"40" | b"2E") => {
                letter(at.checked_sub(1).and_then(|at| text.get(at))) && letter(text.get(at + 3))
            }
            Some([b'C'..=b'F', _]) => text.get(at + 3) == Some(&b'=') && hexadecimal(text, at + 4, 2),
            _ => false,
        };
        if meant {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;

    #[test]
    fn what_decodes_has_a_sign() {
        for text in [
            "ann&#64;example.com",
            "a&commat;b",
            "mail=ann%40example.com",
            "ann=40example=2Ecom",
            "caf=C3=A9 =C3=A9",
            "{\"m\":\"ann\\u0040example.com\"}",
            "a\u{200b}nn",
            "\u{ff11}\u{ff12}",
            "tel\u{a0}1",
            "id=YW5uLmxlZUBleGFtcGxlLmNvbQ==;",
        ] {
            assert!(Signs::of(text.as_bytes()).next(0).is_some(), "{text}");
            assert!(decode(text.as_bytes()).is_some(), "{text}");
        }
    }

    #[test]
    fn plain_text_has_none() {
        for text in [
            "",
            "a plain line, 100% of it & more; SRC=10.1.1.1 LEN=60 TTL=64 ID=40 x",
            "C:\\users\\xavier \\upper",
            "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709 f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "José naïve “quoted” — 漢字",
        ] {
            assert_eq!(Signs::of(text.as_bytes()).next(0), None, "{text}");
        }
    }

    #[test]
    fn signs_come_in_order_and_only_from_where_one_asks() {
        let text = b"a%40 b&amp; c%41 d";
        let mut signs = Signs::of(text);
        assert_eq!(signs.next(0), Some(1));
        assert_eq!(signs.next(2), Some(6));
        assert_eq!(signs.next(12), Some(13));
        assert_eq!(signs.next(14), None);
    }
}
