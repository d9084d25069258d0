//! What the codes of a font mean, and how wide their signs are.
//!
//! Enters: the dictionary of a font. Leaves: text for codes, by the font's own table (ToUnicode) or by its encoding and
//! the names of its glyphs. Never: guesses; a code without a meaning is U+FFFD and counted.

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};
use hayro_syntax::object::{Array, Dict, Name, Object, Stream};
use rustc_hash::FxHashMap;
use unicode_normalization::char::compose;

use super::Room;

/// Codes of one font.
const CODES: usize = 1 << 17;

/// A font, as far as text is concerned.
#[derive(Clone, Debug)]
pub(super) struct Font {
    /// Codes have two bytes.
    wide: bool,
    /// Codes are characters of UTF-16 themselves.
    utf16: bool,
    /// What the font's own table says.
    table: FxHashMap<u32, String>,
    /// What its encoding says, where codes have one byte.
    encoding: Vec<Option<char>>,
    widths: FxHashMap<u32, f32>,
    width: f32,
}

impl Font {
    /// Reads a font.
    pub(super) fn read(font: &Dict<'_>, room: &Room) -> Self {
        let subtype = font.get::<Name<'_>>("Subtype");
        let wide = subtype.is_some_and(|name| name.as_str() == "Type0");
        let encoding_name = font.get::<Name<'_>>("Encoding").map(|name| name.as_str().to_owned()).unwrap_or_default();
        let mut read = Font {
            wide,
            utf16: encoding_name.contains("UCS2") || encoding_name.contains("UTF16"),
            table: FxHashMap::default(),
            encoding: if wide { Vec::new() } else { encoding(font, &encoding_name) },
            widths: FxHashMap::default(),
            width: if wide { 1_000.0 } else { 500.0 },
        };
        if let Some(map) = font.get::<Stream<'_>>("ToUnicode").as_ref().and_then(|map| room.decoded(map)) {
            read.table = table(&map);
        }
        if wide {
            read.wide_widths(font);
        } else {
            let first = font.get::<u32>("FirstChar").unwrap_or(0);
            let widths = font.get::<Array<'_>>("Widths");
            let widths = widths.iter().flat_map(|widths| widths.iter::<f32>().take(256));
            read.widths.extend(widths.enumerate().map(|(index, width)| (first.saturating_add(index as u32), width)));
        }
        read
    }

    /// `W`: a first code with a list of widths, or a first and a last code with one width.
    fn wide_widths(&mut self, font: &Dict<'_>) {
        let below = font.get::<Array<'_>>("DescendantFonts").and_then(|fonts| fonts.iter::<Dict<'_>>().next());
        let Some(below) = below else { return };
        self.width = below.get::<f32>("DW").unwrap_or(1_000.0);
        let Some(widths) = below.get::<Array<'_>>("W") else { return };
        let mut pending: Vec<f32> = Vec::new();
        for item in widths.iter::<Object<'_>>().take(CODES) {
            match item {
                Object::Number(number) => pending.push(number.as_f64() as f32),
                Object::Array(list) => {
                    let first = pending.pop().unwrap_or(0.0) as u32;
                    pending.clear();
                    let list = list.iter::<f32>().take(CODES).enumerate();
                    self.widths.extend(list.map(|(index, width)| (first.saturating_add(index as u32), width)));
                }
                _ => {}
            }
            if let [first, last, width] = pending[..] {
                let last = (last as u32).min((first as u32).saturating_add(CODES as u32));
                self.widths.extend((first as u32..=last).take(CODES).map(|code| (code, width)));
                pending.clear();
            }
            if self.widths.len() > CODES {
                return;
            }
        }
    }

    /// Calls `sign` for each code of a shown string, with its text (`None`: it has no meaning), its width in thousandths
    /// of the size, and whether it is the one byte that stands for a space.
    pub(super) fn signs(&self, shown: &[u8], sign: &mut dyn FnMut(Option<&str>, f32, bool)) {
        let size = if self.wide { 2 } else { 1 };
        for code in shown.chunks(size) {
            let code = code.iter().fold(0, |code, byte| code << 8 | u32::from(*byte));
            let width = self.widths.get(&code).copied().unwrap_or(self.width);
            let space = !self.wide && code == 32;
            let mut buffer = [0; 4];
            if let Some(text) = self.table.get(&code) {
                sign(Some(text), width, space);
                continue;
            }
            let c = match () {
                () if self.utf16 => char::from_u32(code),
                () if self.wide => None,
                () => self.encoding.get(code as usize).copied().flatten(),
            };
            sign(c.map(|c| &*c.encode_utf8(&mut buffer)), width, space);
        }
    }
}

/// The characters of the codes 0 to 255.
fn encoding(font: &Dict<'_>, name: &str) -> Vec<Option<char>> {
    let given = font.get::<Dict<'_>>("Encoding");
    let base = given.as_ref().and_then(|given| given.get::<Name<'_>>("BaseEncoding"));
    let base = base.map_or_else(|| name.to_owned(), |base| base.as_str().to_owned());
    let base: &Encoding = if base == "MacRomanEncoding" { MACINTOSH } else { WINDOWS_1252 };
    let character = |byte: u8| {
        let bytes = [byte];
        let (text, _) = base.decode_without_bom_handling(&bytes);
        text.chars().next().filter(|c| !c.is_control())
    };
    let mut characters: Vec<Option<char>> = (0..=255).map(character).collect();
    let differences = given.and_then(|given| given.get::<Array<'_>>("Differences"));
    let mut code = 0;
    for item in differences.iter().flat_map(|list| list.iter::<Object<'_>>().take(1_024)) {
        match item {
            Object::Number(number) => code = number.as_f64().clamp(0.0, 256.0) as usize,
            Object::Name(name) => {
                if let Some(place) = characters.get_mut(code) {
                    *place = glyph(name.as_str());
                }
                code += 1;
            }
            _ => {}
        }
    }
    characters
}

/// What the names of glyphs mean that are no letters. Source: Adobe Glyph List for New Fonts.
const GLYPHS: [(&str, char); 62] = [
    ("space", ' '),
    ("exclam", '!'),
    ("quotedbl", '"'),
    ("numbersign", '#'),
    ("dollar", '$'),
    ("percent", '%'),
    ("ampersand", '&'),
    ("quotesingle", '\''),
    ("parenleft", '('),
    ("parenright", ')'),
    ("asterisk", '*'),
    ("plus", '+'),
    ("comma", ','),
    ("hyphen", '-'),
    ("minus", '-'),
    ("period", '.'),
    ("slash", '/'),
    ("zero", '0'),
    ("one", '1'),
    ("two", '2'),
    ("three", '3'),
    ("four", '4'),
    ("five", '5'),
    ("six", '6'),
    ("seven", '7'),
    ("eight", '8'),
    ("nine", '9'),
    ("colon", ':'),
    ("semicolon", ';'),
    ("less", '<'),
    ("equal", '='),
    ("greater", '>'),
    ("question", '?'),
    ("at", '@'),
    ("bracketleft", '['),
    ("backslash", '\\'),
    ("bracketright", ']'),
    ("asciicircum", '^'),
    ("underscore", '_'),
    ("grave", '`'),
    ("braceleft", '{'),
    ("bar", '|'),
    ("braceright", '}'),
    ("asciitilde", '~'),
    ("quoteleft", '‘'),
    ("quoteright", '’'),
    ("quotedblleft", '“'),
    ("quotedblright", '”'),
    ("endash", '–'),
    ("emdash", '—'),
    ("bullet", '•'),
    ("ellipsis", '…'),
    ("germandbls", 'ß'),
    ("ae", 'æ'),
    ("AE", 'Æ'),
    ("oslash", 'ø'),
    ("Oslash", 'Ø'),
    ("fi", 'ﬁ'),
    ("fl", 'ﬂ'),
    ("Euro", '€'),
    ("section", '§'),
    ("degree", '°'),
];
const ACCENTS: [(&str, char); 9] = [
    ("acute", '\u{301}'),
    ("grave", '\u{300}'),
    ("circumflex", '\u{302}'),
    ("dieresis", '\u{308}'),
    ("tilde", '\u{303}'),
    ("cedilla", '\u{327}'),
    ("ring", '\u{30a}'),
    ("caron", '\u{30c}'),
    ("ogonek", '\u{328}'),
];

/// What the name of a glyph means: `A`, `eacute`, `uni00E9`, `u1F600`, `one.oldstyle`.
fn glyph(name: &str) -> Option<char> {
    let name = name.split('.').next().unwrap_or_default();
    let mut letters = name.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return Some(letter);
    }
    let by_name = GLYPHS.iter().find(|(known, _)| *known == name).map(|(_, c)| *c);
    let by_number = || {
        let digits = name.strip_prefix("uni").or_else(|| name.strip_prefix('u'))?;
        u32::from_str_radix(digits.get(..4.max(digits.len().min(6)))?, 16).ok().and_then(char::from_u32)
    };
    let accented = || {
        let (letter, accent) = name.split_at_checked(1)?;
        let accent = ACCENTS.iter().find(|(known, _)| *known == accent)?.1;
        compose(letter.chars().next()?, accent)
    };
    by_name.or_else(by_number).or_else(accented)
}

/// Reads a ToUnicode table: single codes (`bfchar`) and ranges (`bfrange`).
fn table(map: &[u8]) -> FxHashMap<u32, String> {
    let mut table = FxHashMap::default();
    let mut codes: Vec<Vec<u8>> = Vec::new();
    let (mut inside, mut list) = (b"".as_slice(), None::<u32>);
    let mut at = 0;
    while at < map.len() && table.len() < CODES {
        match map[at] {
            b'<' if map.get(at + 1) != Some(&b'<') => {
                let end = memchr::memchr(b'>', &map[at..]).map_or(map.len(), |end| at + end);
                let digits =
                    map[at + 1..end].iter().filter_map(|byte| (*byte as char).to_digit(16)).collect::<Vec<_>>();
                codes.push(digits.chunks(2).map(|pair| (pair[0] << 4 | pair.get(1).unwrap_or(&0)) as u8).collect());
                at = end + 1;
                entry(inside, &mut list, &mut codes, &mut table);
            }
            b'[' => {
                list = codes.first().filter(|_| codes.len() == 2).map(|first| number(first));
                codes.clear();
                at += 1;
            }
            b']' => {
                list = None;
                codes.clear();
                at += 1;
            }
            byte if byte.is_ascii_alphabetic() => {
                let length = map[at..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
                match &map[at..at + length] {
                    word @ (b"beginbfchar" | b"beginbfrange") => inside = word,
                    b"endbfchar" | b"endbfrange" => inside = b"",
                    _ => {}
                }
                codes.clear();
                at += length;
            }
            _ => at += 1,
        }
    }
    table
}

/// Takes in an entry once all of it has been read.
fn entry(inside: &[u8], list: &mut Option<u32>, codes: &mut Vec<Vec<u8>>, table: &mut FxHashMap<u32, String>) {
    let text = |bytes: &[u8]| {
        let units = bytes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], *pair.get(1).unwrap_or(&0)]));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>()
    };
    match (inside, list, codes.as_slice()) {
        (b"beginbfrange", Some(code), [shown]) => {
            table.insert(*code, text(shown));
            *code = code.saturating_add(1);
            codes.clear();
        }
        (b"beginbfchar", _, [code, shown]) => {
            table.insert(number(code), text(shown));
            codes.clear();
        }
        (b"beginbfrange", None, [first, last, shown]) => {
            let (first, last) = (number(first), number(last));
            for (step, code) in (first..=last).take(1 << 16).enumerate() {
                let mut shown = shown.clone();
                // The last character counts up.
                if let [.., high, low] = shown.as_mut_slice() {
                    let unit = u16::from_be_bytes([*high, *low]).wrapping_add(step as u16);
                    [*high, *low] = unit.to_be_bytes();
                }
                table.insert(code, text(&shown));
                if table.len() >= CODES {
                    break;
                }
            }
            codes.clear();
        }
        (b"", ..) => codes.clear(),
        _ => {}
    }
}

fn number(code: &[u8]) -> u32 {
    code.iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_glyphs() {
        for (name, c) in [
            ("A", 'A'),
            ("eacute", 'é'),
            ("Odieresis", 'Ö'),
            ("uni00E9", 'é'),
            ("u1F600", '😀'),
            ("one.oldstyle", '1'),
            ("hyphen", '-'),
        ] {
            assert_eq!(glyph(name), Some(c), "{name}");
        }
        assert_eq!(glyph("g123"), None);
    }

    #[test]
    fn tables_of_characters() {
        let map =
            b"1 begincodespacerange <00> <FF> endcodespacerange\n2 beginbfchar <01> <0041> <02> <D83DDE00> endbfchar\n\
            2 beginbfrange <0010> <0012> <0061> <0020> <0021> [<0078> <00790079>] endbfrange";
        let table = table(map);
        let at = |code: u32| table.get(&code).map(String::as_str);
        assert_eq!([at(1), at(2), at(0x10), at(0x12)], [Some("A"), Some("😀"), Some("a"), Some("c")]);
        assert_eq!([at(0x20), at(0x21), at(0x13)], [Some("x"), Some("yy"), None]);
    }
}
