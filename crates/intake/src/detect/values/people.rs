//! Names of people, and the little words beside them.

use super::{Checked, is_missing, trim};

/// The parts of a written name, as slices of the cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NameParts<'a> {
    /// First given name or initial.
    pub given: &'a [u8],
    /// Middle names or initials.
    pub middle: &'a [u8],
    /// Surname with its particles.
    pub surname: &'a [u8],
    /// Generational suffix.
    pub suffix: &'a [u8],
}

/// Longest name that is believed, in bytes.
const LONGEST_NAME: usize = 80;

/// Checks a name or a part of one: letters, with spaces, hyphens, apostrophes, dots and commas.
pub fn name(cell: &[u8]) -> Checked<()> {
    let cell = trim(cell);
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let mut letters = 0usize;
    for byte in cell {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => letters += 1,
            b' ' | b'-' | b'\'' | b'.' | b',' | b'`' | b'(' | b')' | b'/' | b'&' => {}
            _ => return Checked::DAMAGED,
        }
    }
    if letters == 0 || cell.len() > LONGEST_NAME {
        return Checked::DAMAGED;
    }
    const NOBODY: [&[u8]; 6] = [b"test", b"test test", b"asdf", b"xxx", b"john doe", b"jane doe"];
    Checked::judged((), !NOBODY.iter().any(|word| cell.eq_ignore_ascii_case(word)))
}

/// Splits a written name: `LAST, FIRST MIDDLE SUFFIX` or `First Middle Last Suffix`; titles are dropped and particles
/// (`de la`, `van der`) stay with the surname.
pub fn name_parts(cell: &[u8]) -> NameParts<'_> {
    let cell = trim(cell);
    if let Some(comma) = memchr::memchr(b',', cell) {
        let (before, after) = (cell[..comma].trim_ascii(), cell[comma + 1..].trim_ascii());
        if suffix(after).is_valid() {
            return NameParts { suffix: after, ..in_order(before) };
        }
        let (before, own_suffix) = cut_suffix(before);
        let rest = given_first(after);
        let suffix = if own_suffix.is_empty() { rest.suffix } else { own_suffix };
        return NameParts { surname: before, suffix, ..rest };
    }
    in_order(cell)
}

/// Splits a name written `LAST FIRST MIDDLE SUFFIX`, without a comma; one with a comma as [`name_parts`] does. Of a couple
/// (`ROBERTS GEORGE & ANN`) the first.
pub fn name_parts_turned(cell: &[u8]) -> NameParts<'_> {
    let cell = trim(cell);
    let first = memchr::memchr(b'&', cell).map_or(cell, |at| cell[..at].trim_ascii_end());
    let (body, suffix) = cut_suffix(first);
    let end = surname_end(body);
    if memchr::memchr(b',', cell).is_some() || end == body.len() {
        return name_parts(cell);
    }
    let rest = given_first(body[end..].trim_ascii_start());
    NameParts { surname: &body[..end], suffix: if suffix.is_empty() { rest.suffix } else { suffix }, ..rest }
}

/// Where a surname that stands first ends: behind the first word that is no particle.
fn surname_end(words: &[u8]) -> usize {
    let mut start = 0;
    loop {
        let end = words[start..].iter().position(|byte| *byte == b' ').map_or(words.len(), |at| start + at);
        if !is_particle(&words[start..end]) || end == words.len() {
            return end;
        }
        start = end + 1;
    }
}

/// `FIRST MIDDLE SUFFIX`, what stands behind the comma.
fn given_first(cell: &[u8]) -> NameParts<'_> {
    let (cell, suffix) = cut_suffix(cell);
    let (given, middle) = split_first(cell);
    NameParts { given, middle, surname: b"", suffix }
}

fn in_order(cell: &[u8]) -> NameParts<'_> {
    let (cell, suffix) = cut_suffix(cut_title(cell));
    let (given, rest) = split_first(cell);
    if rest.is_empty() {
        let (surname, given) = han_parts(given);
        return NameParts { given, surname, suffix, ..NameParts::default() };
    }
    if let Some(parts) = surname_first(cell, suffix) {
        return parts;
    }
    let start = surname_start(rest);
    NameParts { given, middle: rest[..start].trim_ascii(), surname: &rest[start..], suffix }
}

/// Words before a surname that belong to it.
const PARTICLES: &[&[u8]] = &[
    b"de", b"del", b"della", b"di", b"da", b"dos", b"das", b"do", b"du", b"la", b"le", b"van", b"von", b"der", b"den",
    b"ter", b"ten", b"zu", b"st.", b"st", b"al", b"el", b"bin", b"ibn", b"mac", b"y", b"san", b"santa", b"los", b"las",
];

fn is_particle(word: &[u8]) -> bool {
    PARTICLES.iter().any(|particle| word.eq_ignore_ascii_case(particle))
}

/// `LAST FIRST M`, as lists sorted by surname have it: nobody's surname is an initial behind two whole words.
fn surname_first<'a>(cell: &'a [u8], suffix: &'a [u8]) -> Option<NameParts<'a>> {
    let is_initial = |word: &[u8]| matches!(word, [letter] | [letter, b'.'] if letter.is_ascii_alphabetic());
    let last = cell.iter().rposition(|byte| *byte == b' ')?;
    let (words, middle) = (cell[..last].trim_ascii_end(), &cell[last + 1..]);
    let mut end = 0;
    while end < words.len() {
        let word = words[end..].split(|byte| *byte == b' ').next().unwrap_or(&[]);
        end += word.len() + 1;
        if !word.is_empty() && !is_particle(word) {
            break;
        }
    }
    let (surname, given) = (words.get(..end)?.trim_ascii_end(), words[end..].trim_ascii());
    let whole = |words: &[u8]| !words.is_empty() && !words.split(|byte| *byte == b' ').any(is_initial);
    (is_initial(middle) && whole(surname) && whole(given)).then_some(NameParts { given, middle, surname, suffix })
}

/// Where the surname starts: at the last word, or at the first particle before it.
fn surname_start(words: &[u8]) -> usize {
    let mut start = words.iter().rposition(|byte| *byte == b' ').map_or(0, |at| at + 1);
    while start > 0 {
        let before = words[..start].trim_ascii_end();
        let word_start = before.iter().rposition(|byte| *byte == b' ').map_or(0, |at| at + 1);
        let word = &before[word_start..];
        if !is_particle(word) {
            break;
        }
        start = word_start;
    }
    start
}

/// A name of two or three Chinese characters without a blank: the surname is the first. Other words are surnames as a whole.
fn han_parts(word: &[u8]) -> (&[u8], &[u8]) {
    let is_han = |c: char| matches!(c, '\u{4E00}'..='\u{9FFF}');
    let name =
        std::str::from_utf8(word).ok().filter(|name| matches!(name.chars().count(), 2 | 3) && name.chars().all(is_han));
    name.and_then(|name| name.chars().next()).map_or((word, b""), |first| word.split_at(first.len_utf8()))
}

fn split_first(cell: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b' ', cell) {
        Some(at) => (&cell[..at], cell[at + 1..].trim_ascii()),
        None => (cell, b""),
    }
}

fn cut_suffix(cell: &[u8]) -> (&[u8], &[u8]) {
    match cell.iter().rposition(|byte| *byte == b' ') {
        Some(at) if suffix(&cell[at + 1..]).is_valid() && !matches!(&cell[at + 1..], [_]) => {
            (cell[..at].trim_ascii_end().trim_suffix_comma(), &cell[at + 1..])
        }
        _ => (cell, b""),
    }
}

trait TrimComma {
    fn trim_suffix_comma(&self) -> &Self;
}

impl TrimComma for [u8] {
    fn trim_suffix_comma(&self) -> &[u8] {
        self.strip_suffix(b",").unwrap_or(self)
    }
}

fn cut_title(cell: &[u8]) -> &[u8] {
    /// Titles, and those that are titles only with their dot: other words are written so without.
    const TITLES: &[&[u8]] = &[
        b"mr", b"mrs", b"ms", b"miss", b"mx", b"dr", b"prof", b"rev", b"herr", b"frau", b"mme", b"mlle", b"srta",
        b"sra", b"signor", b"signora", b"dott", b"shri", b"smt", b"kumari",
    ];
    const WITH_A_DOT: &[&[u8]] = &[b"sr.", b"m.", b"sig.", b"ing.", b"hr.", b"fr."];
    let mut cell = cell;
    loop {
        let (first, rest) = split_first(cell);
        let is = |titles: &[&[u8]], word: &[u8]| titles.iter().any(|title| word.eq_ignore_ascii_case(title));
        if rest.is_empty() || !(is(TITLES, first.strip_suffix(b".").unwrap_or(first)) || is(WITH_A_DOT, first)) {
            return cell;
        }
        cell = rest;
    }
}

/// Checks a generational suffix.
pub fn suffix(cell: &[u8]) -> Checked<()> {
    const SUFFIXES: &[&[u8]] = &[
        b"jr",
        b"jr.",
        b"sr",
        b"sr.",
        b"i",
        b"ii",
        b"iii",
        b"iv",
        b"v",
        b"vi",
        b"2nd",
        b"3rd",
        b"4th",
        b"junior",
        b"senior",
        b"neto",
        b"filho",
        b"sobrinho",
        "júnior".as_bytes(),
        b"esq",
        b"esq.",
        b"md",
        b"phd",
        b"dds",
    ];
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let cell = trim(cell);
    if SUFFIXES.iter().any(|suffix| cell.eq_ignore_ascii_case(suffix)) { Checked::valid(()) } else { Checked::DAMAGED }
}

/// Words for genders in some twenty languages, each line with the code it stands for.
const GENDERS: &[(u8, &str)] = &[
    (b'F', "f|female|woman|w|femme|mujer|femenino|feminino|frau|weiblich|femmina|girl|féminin|feminin"),
    (b'F', "femminile|donna|femenina|feminina|mulher|vrouw|vrouwelijk|k|kobieta|kvinna|kvinne|kvinde"),
    (b'F', "nainen|žena|ženské|nő|kadın|женский|жен|женщина|ж|жінка|жіноча|γυναίκα|女性|女|여성|여자|여"),
    (b'M', "m|male|man|homme|hombre|masculino|masculin|mann|männlich|maschio|h|boy|maschile|uomo"),
    (b'M', "homem|masculina|mannelijk|mężczyzna|mand|mies|muž|mužské|férfi|e|erkek|мужской|муж|мужчина|herr"),
    (b'M', "м|чоловік|чоловіча|άνδρας|男性|男|남성|남자|남"),
    (b'X', "x|nonbinary|non-binary|other|d|diverse|o"),
    (b'U', "u|unknown|not stated|prefer not to say|n"),
    // ISO/IEC 5218 and its like; a V is a woman in Dutch and a man in Spanish.
    (CODED, "0|1|2|9|v"),
];

/// For a code whose meaning the value does not say.
const CODED: u8 = b'C';

/// Checks a gender and gives `F`, `M`, `X`, `U`, or `C` for a code whose meaning the value does not say.
pub fn gender(cell: &[u8]) -> Checked<u8> {
    let trimmed = trim(cell);
    let named = |(_, words): &&(u8, &str)| words.split('|').any(|word| trimmed.eq_ignore_ascii_case(word.as_bytes()));
    match GENDERS.iter().find(named) {
        Some((code, _)) => Checked::valid(*code),
        None if is_missing(cell) => Checked::MISSING,
        None => Checked::DAMAGED,
    }
}

/// Like [`gender`]; a code whose meaning the value does not say is damaged.
pub fn spelled_gender(cell: &[u8]) -> Checked<u8> {
    let checked = gender(cell);
    if checked.value == Some(CODED) { Checked::DAMAGED } else { checked }
}

/// Checks a user name: 2 to 40 letters, digits, dots, hyphens and underscores, at least one of them a letter.
pub fn username(cell: &[u8]) -> Checked<()> {
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let cell = trim(cell);
    let sign = |byte: &u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'@' | b'+' | b'\\') || *byte >= 0x80
    };
    let form = (2..=64).contains(&cell.len()) && cell.iter().all(sign);
    if form { Checked::valid(()) } else { Checked::DAMAGED }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cell: &str, expected: [&str; 4]) {
        let parts = name_parts(cell.as_bytes());
        let got =
            [parts.given, parts.middle, parts.surname, parts.suffix].map(|part| std::str::from_utf8(part).unwrap());
        assert_eq!(got, expected, "{cell}");
    }

    #[test]
    fn names_are_split_as_written() {
        check("LEE, ANN M", ["ANN", "M", "LEE", ""]);
        check("LEE JR, BOB", ["BOB", "", "LEE", "JR"]);
        check("Bob Lee Jr.", ["Bob", "", "Lee", "Jr."]);
        check("Bob Lee, Jr.", ["Bob", "", "Lee", "Jr."]);
        check("Dr. Ann Mary de la Cruz", ["Ann", "Mary", "de la Cruz", ""]);
        check("Vincent van Gogh", ["Vincent", "", "van Gogh", ""]);
        check("Cher", ["", "", "Cher", ""]);
        check("Ann V", ["Ann", "", "V", ""]);
        check("LEE ANN M", ["ANN", "M", "LEE", ""]);
        check("de la Cruz Ann M.", ["Ann", "M.", "de la Cruz", ""]);
        check("Ann M Lee", ["Ann", "M", "Lee", ""]);
        check("Ann M L", ["Ann", "M", "L", ""]);
        check("LEE ANN M JR", ["ANN", "M", "LEE", "JR"]);
        check("Prof. Dr. Ann Lee", ["Ann", "", "Lee", ""]);
        check("Smt Anita Rao", ["Anita", "", "Rao", ""]);
        check("李小明", ["小明", "", "李", ""]);
        check("Петров", ["", "", "Петров", ""]);
        check("Sr. Juan Ruiz", ["Juan", "", "Ruiz", ""]);
    }

    #[test]
    fn names_with_the_surname_first_are_split_as_written() {
        let check = |cell: &str, expected: [&str; 4]| {
            let parts = name_parts_turned(cell.as_bytes());
            let got = [parts.given, parts.middle, parts.surname, parts.suffix];
            assert_eq!(got.map(|part| std::str::from_utf8(part).unwrap()), expected, "{cell}");
        };
        check("DOVER GEORGE C", ["GEORGE", "C", "DOVER", ""]);
        check("DOVER GEORGE C JR", ["GEORGE", "C", "DOVER", "JR"]);
        check("VAN DYKE ANN", ["ANN", "", "VAN DYKE", ""]);
        check("DOVER GEORGE & ANN", ["GEORGE", "", "DOVER", ""]);
        check("DOVER, GEORGE C", ["GEORGE", "C", "DOVER", ""]);
        check("DOVER", ["", "", "DOVER", ""]);
        check("DE LA", ["DE", "", "LA", ""]);
    }
}
