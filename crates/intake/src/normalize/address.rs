//! Standard form of street lines: house number, street core, unit.
//!
//! Enters: a street line. Leaves: its parts as two writings of one address share them (after USPS Publication 28:
//! suffixes, directions and units abbreviated). Lines of other countries keep their words in order. Never: a look-up
//! of whether the address exists.

use std::collections::{HashMap, HashSet};

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

/// Letters of a word for streets that is found within another word, or in two pieces.
const LONG_SUFFIX: usize = 5;
/// Letters of a street's name before a word for streets that was run together with it.
const LEAST_NAME: usize = 3;

/// Abbreviations of the words in street lines.
pub(super) struct Streets {
    words: HashMap<Vec<u8>, Word>,
    /// Long words for streets with their short forms.
    suffixes: Vec<(Vec<u8>, Vec<u8>)>,
    /// Short forms of words for streets and of directions: a core that ends in one is whole.
    ends: HashSet<Vec<u8>>,
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
    /// Takes the Postal Service's abbreviations, and further `words` for streets that are written in full.
    pub(super) fn new<'w>(places: &Places, words: impl Iterator<Item = &'w String>) -> Self {
        let streets = places.streets();
        let upper = |word: &str| word.to_ascii_uppercase().into_bytes();
        let suffixes: Vec<(Vec<u8>, Vec<u8>)> =
            streets.suffixes.iter().map(|(short, full, _)| (upper(full), upper(short))).collect();
        let directions = DIRECTIONS.iter().map(|(full, short)| (upper(full), upper(short)));
        let shortened: HashMap<Vec<u8>, Vec<u8>> = suffixes.iter().cloned().chain(directions).collect();
        let others = words.map(|word| upper(word)).filter(|word| !shortened.contains_key(word));
        let long = suffixes.into_iter().chain(others.map(|word| (word.clone(), word)));
        let long = long.filter(|(full, _)| full.len() >= LONG_SUFFIX).collect();
        let ends = shortened.values().cloned().collect();
        let units = streets.units.iter().flat_map(|(short, full, _)| [upper(short), upper(full)]);
        let units = units.map(|word| (word, Word::Unit));
        let words = shortened.into_iter().map(|(full, short)| (full, Word::Short(short))).chain(units).collect();
        Streets { words, suffixes: long, ends }
    }

    /// Repairs the end of a street core that is no word for streets: `CRE SCENT` cut in two, `NEWBERYCRESCENT` run together.
    fn mend(&self, core: &mut Vec<u8>) {
        let (mut words, last) = (core.rsplitn(3, |byte| *byte == b' '), core.len());
        let (Some(end), before) = (words.next(), words.next()) else { return };
        if self.ends.contains(end) {
            return;
        }
        let of_two = before.map(|before| [before, end].concat());
        let (from, short) = match of_two.and_then(|word| self.suffixes.iter().find(|(full, _)| *full == word)) {
            Some((full, short)) => (last - full.len() - 1, short),
            None => {
                let ends =
                    |(full, _): &&(Vec<u8>, Vec<u8>)| end.len() >= full.len() + LEAST_NAME && end.ends_with(full);
                let Some((full, short)) = self.suffixes.iter().filter(ends).max_by_key(|(full, _)| full.len()) else {
                    return;
                };
                (last - full.len(), short)
            }
        };
        core.truncate(from);
        if core.last() == Some(&b' ') {
            core.pop();
        }
        push_word(core, short);
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
        self.mend(core);
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
        let more = ["crescent", "crossing", "forest", "gardens"].map(str::to_owned);
        let streets = Streets::new(&Places::load(&Rulebook::embedded()).unwrap(), more.iter());
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
    fn a_word_for_streets_is_found_in_pieces_and_run_together() {
        check("18 richards s treet", "18", "RICHARDS ST", "");
        check("12 nicklin cre scent", "12", "NICKLIN CRESCENT", "");
        check("67 newberycrescent", "67", "NEWBERY CRESCENT", "");
        check("1 cre scent", "1", "CRESCENT", "");
        check("1 Main S", "1", "MAIN S", "");
        check("12 Garden S", "12", "GARDEN S", "");
        check("12 Fore St", "12", "FORE ST", "");
        check("12 North Newberycrescent", "12", "N NEWBERY CRESCENT", "");
        check("12 Deer Crossing", "12", "DEER XING", "");
        check("12 Deercrossing", "12", "DEER XING", "");
        check("9 The Avenues", "9", "THE AVENUES", "");
    }

    #[test]
    fn lines_of_other_countries_keep_their_words() {
        check("Hauptstraße 12", "12", "HAUPTSTRASSE", "");
        check("12 rue de la Paix", "12", "RUE DE LA PAIX", "");
        check("Calle Nuñez 8", "8", "CALLE NUNEZ", "");
    }
}
