//! Standard form of street lines: house number, street core, unit.
//!
//! Enters: a street line. Leaves: its parts as two writings of one address share them (after USPS Publication 28:
//! suffixes, directions and units abbreviated). Lines of other countries keep their words in order. Never: a look-up
//! of whether the address exists.

use std::collections::HashMap;

use rulebook::places::Places;

use super::name::standard;

/// Words of a street line that are looked at.
const MOST_WORDS: usize = 16;
/// Directions as USPS Publication 28 abbreviates them.
const DIRECTIONS: [(&str, &str); 8] = [
    ("NORTH", "N"),
    ("SOUTH", "S"),
    ("EAST", "E"),
    ("WEST", "W"),
    ("NORTHEAST", "NE"),
    ("NORTHWEST", "NW"),
    ("SOUTHEAST", "SE"),
    ("SOUTHWEST", "SW"),
];

/// Abbreviations of the words in street lines.
pub(super) struct Streets {
    words: HashMap<Vec<u8>, Word>,
}

enum Word {
    /// Written in its short form.
    Short(Vec<u8>),
    /// Names a unit: what follows is the unit.
    Unit,
}

/// House number and unit of a street line; the core is left in the buffer given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) house: &'a [u8],
    pub(super) unit: &'a [u8],
}

impl Streets {
    pub(super) fn new(places: &Places) -> Self {
        let streets = places.streets();
        let upper = |word: &str| word.to_ascii_uppercase().into_bytes();
        let suffixes = streets.suffixes.iter().map(|(short, full, _)| (upper(full), Word::Short(upper(short))));
        let directions = DIRECTIONS.iter().map(|(full, short)| (upper(full), Word::Short(upper(short))));
        let units = streets.units.iter().flat_map(|(short, full, _)| [upper(short), upper(full)]);
        let units = units.map(|word| (word, Word::Unit));
        Streets { words: suffixes.chain(directions).chain(units).collect() }
    }

    /// Takes a street line apart. `words` and `core` are buffers; the street core is left in `core`.
    pub(super) fn split<'a>(&self, line: &[u8], words: &'a mut Vec<u8>, core: &mut Vec<u8>) -> Line<'a> {
        tidy(line, words);
        core.clear();
        let mut list: [&[u8]; MOST_WORDS] = [b""; MOST_WORDS];
        let mut count = 0;
        for word in words.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).take(MOST_WORDS) {
            list[count] = word;
            count += 1;
        }
        let list = &list[..count];
        let numbered = |word: &&[u8]| word[0].is_ascii_digit();
        // Other countries write the number behind the street; a box has its number there too.
        let house_at = if list.first().is_some_and(numbered) { Some(0) } else { list.iter().rposition(numbered) };
        let mut parts = Line { house: house_at.map_or(b"", |at| list[at]), unit: b"" };
        let mut in_unit = false;
        for (index, word) in list.iter().enumerate() {
            match self.words.get(*word) {
                _ if Some(index) == house_at && !in_unit => {}
                _ if in_unit => parts.unit = word,
                // A line of two words may be a unit alone.
                Some(Word::Unit) if index > 0 || list.len() == 2 => in_unit = true,
                Some(Word::Short(short)) => push_word(core, short),
                _ => push_word(core, word),
            }
        }
        if house_at.is_some_and(|at| at > 0) && parts.unit == parts.house {
            // The only number stood behind the unit word: it is the unit's.
            parts.house = b"";
        }
        parts
    }
}

fn push_word(core: &mut Vec<u8>, word: &[u8]) {
    if !core.is_empty() {
        core.push(b' ');
    }
    core.extend_from_slice(word);
}

/// Upper case; letters, digits and hyphens as they are, `#` as a word of its own, accents folded.
fn tidy(line: &[u8], out: &mut Vec<u8>) {
    out.clear();
    if line.is_ascii() {
        line.iter().for_each(|byte| push_tidy(*byte, out));
        return;
    }
    let (mut folded, mut rest) = (Vec::new(), line);
    while !rest.is_empty() {
        let letters = rest.iter().position(u8::is_ascii).unwrap_or(rest.len());
        if letters == 0 {
            push_tidy(rest[0], out);
            rest = &rest[1..];
        } else {
            // A run of bytes that are not ASCII holds whole characters.
            standard(&rest[..letters], &mut folded);
            out.extend_from_slice(&folded);
            rest = &rest[letters..];
        }
    }
}

fn push_tidy(byte: u8, out: &mut Vec<u8>) {
    match byte {
        b'a'..=b'z' => out.push(byte.to_ascii_uppercase()),
        b'A'..=b'Z' | b'0'..=b'9' | b'-' => out.push(byte),
        b'#' => out.extend_from_slice(b" # "),
        b'.' | b'\'' => {}
        _ => out.push(b' '),
    }
}

#[cfg(test)]
mod tests {
    use rulebook::Rulebook;

    use super::*;

    fn check(line: &str, house: &str, core: &str, unit: &str) {
        let streets = Streets::new(&Places::load(&Rulebook::embedded()).unwrap());
        let (mut words, mut out) = (Vec::new(), Vec::new());
        let parts = streets.split(line.as_bytes(), &mut words, &mut out);
        assert_eq!(std::str::from_utf8(parts.house), Ok(house), "{line}");
        assert_eq!(std::str::from_utf8(parts.unit), Ok(unit), "{line}");
        assert_eq!(std::str::from_utf8(&out), Ok(core), "{line}");
    }

    #[test]
    fn two_writings_of_an_address_are_one() {
        check("123 North Main Street Apt 4B", "123", "N MAIN ST", "4B");
        check("123 N. Main St., #4b", "123", "N MAIN ST", "4B");
        check("77 Maple Avenue", "77", "MAPLE AVE", "");
        check("PO Box 55", "55", "PO BOX", "");
        check("Maple Court Apt 4", "", "MAPLE CT", "4");
        check("Apt 4", "", "", "4");
    }

    #[test]
    fn lines_of_other_countries_keep_their_words() {
        check("Hauptstraße 12", "12", "HAUPTSTRASSE", "");
        check("12 rue de la Paix", "12", "RUE DE LA PAIX", "");
        check("Calle Nuñez 8", "8", "CALLE NUNEZ", "");
    }
}
