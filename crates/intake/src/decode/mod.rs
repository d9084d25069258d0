//! Text as it was meant: references, percent signs, quoted-printable, base64 and disguised characters resolved.
//!
//! Enters: a stretch of text. Leaves: the text without its wrappings, and the way back from every place in it to the
//! bytes it came from; or nothing, where nothing was wrapped. Each layer is looked for by its own signs, at most
//! [`LAYERS`] times. Never: guesses where a layer does not decode cleanly, makes more text than it was given plus a little.

mod base64;
mod characters;
mod entities;
mod escapes;
mod signs;

use std::ops::Range;

pub use base64::{base64, is_base64};
pub use entities::entities;
pub use escapes::quoted_printable;
pub use signs::Signs;

/// Layers taken off one text: base64 of URL-encoded HTML is three.
pub const LAYERS: usize = 4;
/// Bytes of a stretch that is decoded; a longer one is decoded in stretches.
pub const STRETCH_BYTES: usize = 16 << 20;

/// A stretch that stands for other bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Edit {
    source: Range<usize>,
    text: Vec<u8>,
}

/// A layer: finds what it decodes, in order and without overlap.
type Layer = fn(&[u8]) -> Vec<Edit>;

/// The layers, outermost first.
const ALL: [(&str, Layer); 6] = [
    ("quoted-printable", escapes::find_quoted_printable),
    ("base64", base64::find),
    ("url", escapes::find_percent),
    ("unicode", escapes::find_unicode),
    ("entities", entities::find),
    ("characters", characters::find),
];

/// A decoded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The text.
    pub bytes: Vec<u8>,
    /// The layers that were taken off, outermost first.
    pub layers: Vec<&'static str>,
    maps: Vec<Map>,
}

impl Decoded {
    /// Returns the bytes of the source that a range of the decoded text came from. A range that begins or ends within
    /// what was decoded as a whole covers all of that.
    pub fn source(&self, range: Range<usize>) -> Range<usize> {
        self.maps.iter().rev().fold(range, |range, map| map.back(range))
    }
}

/// Decodes a text; `None` if it has nothing to decode.
pub fn decode(text: &[u8]) -> Option<Decoded> {
    let mut decoded: Option<Decoded> = None;
    for _ in 0..LAYERS {
        let mut changed = false;
        for (name, layer) in ALL {
            let now = decoded.as_ref().map_or(text, |decoded| decoded.bytes.as_slice());
            if now.len() > STRETCH_BYTES {
                return decoded;
            }
            let edits = layer(now);
            if edits.is_empty() {
                continue;
            }
            let (bytes, map) = apply(now, &edits);
            let so_far =
                decoded.get_or_insert_with(|| Decoded { bytes: Vec::new(), layers: Vec::new(), maps: Vec::new() });
            so_far.bytes = bytes;
            so_far.layers.push(name);
            so_far.maps.push(map);
            changed = true;
        }
        if !changed {
            break;
        }
    }
    decoded
}

/// The way back through one layer: where each edited stretch stands before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Map {
    pieces: Vec<(Range<usize>, Range<usize>)>,
}

impl Map {
    fn back(&self, range: Range<usize>) -> Range<usize> {
        let start = self.place(range.start, false);
        let end = if range.end > range.start { self.place(range.end - 1, true) } else { start };
        start..end
    }

    /// The first source byte of what stands at `at`, or the end of its source.
    fn place(&self, at: usize, end: bool) -> usize {
        let after = self.pieces.partition_point(|(_, to)| to.start <= at);
        let Some((from, to)) = after.checked_sub(1).and_then(|piece| self.pieces.get(piece)) else {
            return at + usize::from(end);
        };
        match (at < to.end, end) {
            (true, false) => from.start,
            (true, true) => from.end,
            (false, _) => from.end + (at - to.end) + usize::from(end),
        }
    }
}

fn apply(text: &[u8], edits: &[Edit]) -> (Vec<u8>, Map) {
    let mut bytes = Vec::with_capacity(text.len());
    let mut pieces = Vec::with_capacity(edits.len());
    let mut at = 0;
    for edit in edits {
        bytes.extend_from_slice(&text[at..edit.source.start]);
        let start = bytes.len();
        bytes.extend_from_slice(&edit.text);
        pieces.push((edit.source.clone(), start..bytes.len()));
        at = edit.source.end;
    }
    bytes.extend_from_slice(&text[at..]);
    (bytes, Map { pieces })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(source: &str, expected: &str, layers: &[&str]) {
        let decoded = decode(source.as_bytes()).expect("something to decode");
        assert_eq!(String::from_utf8_lossy(&decoded.bytes), expected);
        assert_eq!(decoded.layers, layers);
    }

    #[test]
    fn each_layer_by_itself() {
        check("ann&#64;example&#x2e;com", "ann@example.com", &["entities"]);
        check("mail=ann%40example.com&x=%22", "mail=ann@example.com&x=\"", &["url"]);
        check("ann=40example=2Ecom =\r\nand so on, =C3=A9", "ann@example.com and so on, é", &["quoted-printable"]);
        check("{\"m\":\"ann\\u0040example.com\"}", "{\"m\":\"ann@example.com\"}", &["unicode"]);
        check("a\u{200b}nn\u{ff20}example.com \u{202e}5\u{ff11}8", "ann@example.com 518", &["characters"]);
        check("id=YW5uLmxlZUBleGFtcGxlLmNvbQ==;", "id=ann.lee@example.com;", &["base64"]);
    }

    #[test]
    fn layers_in_layers_and_the_way_back() {
        // Base64 of "mail%3Dann%26%2364%3Bexample.com".
        let source = "x YmVmb3JlIG1haWwlM0Rhbm4lMjYlMjM2NCUzQmV4YW1wbGUuY29t y";
        let decoded = decode(source.as_bytes()).expect("layers");
        assert_eq!(decoded.bytes, b"x before mail=ann@example.com y");
        assert_eq!(decoded.layers, ["base64", "url", "entities"]);
        assert_eq!(decoded.source(14..29), 2..source.len() - 2, "base64 is decoded as a whole");
        assert_eq!(decoded.source(0..1), 0..1);
        assert_eq!(decoded.source(30..31), source.len() - 1..source.len());
        let decoded = decode(b"to ann&#64;example.com now").expect("a layer");
        assert_eq!(decoded.source(3..18), 3..22);
        assert_eq!(decoded.source(7..18), 11..22);
        assert_eq!(decoded.source(19..22), 23..26);
    }

    #[test]
    fn what_only_looks_wrapped_stays() {
        for plain in [
            "plain words, 100% of them & more; a=b c=d",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709 d41d8cd98f00b204e9800998ecf8427e",
            "C:\\users\\ann AT&T; R&D;",
            "if (a=b1) x==y1",
        ] {
            assert_eq!(decode(plain.as_bytes()).map(|decoded| decoded.layers), None, "{plain}");
        }
    }

    #[test]
    fn layers_are_bounded() {
        let mut text = "ann@example.com".replace('@', "%40");
        for _ in 0..20 {
            text = text.replace('%', "%25");
        }
        assert_eq!(decode(text.as_bytes()).map(|decoded| decoded.layers.len()), Some(LAYERS));
    }

    proptest! {
        #[test]
        fn nothing_grows_without_bound_and_every_place_has_a_source(text in "[ -~\u{200b}é=%&#;x0-9\\\\u\n]{0,200}") {
            if let Some(decoded) = decode(text.as_bytes()) {
                prop_assert!(decoded.bytes.len() <= text.len() * 3);
                for at in 0..decoded.bytes.len() {
                    let source = decoded.source(at..at + 1);
                    prop_assert!(source.start < source.end && source.end <= text.len());
                }
                let all = decoded.source(0..decoded.bytes.len());
                prop_assert!(all.end <= text.len());
            }
        }

        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(&bytes);
        }
    }
}
