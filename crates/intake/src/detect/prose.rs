//! Names of people within sentences: `my name is Anna Mills`, `Mrs. Okonkwo called`.
//!
//! Enters: stretches of a line between other things that were found. Leaves: names where the lists know both parts, a title
//! stands before them, or words that introduce somebody. Never: a name by its capitals alone. A word is looked up only if a
//! few bits of it say that it may be a given name or a title: most capitals cost a look at one byte of a table.

use rulebook::abroad;
use rustc_hash::FxHashSet;
use vocab::DataElement::Name;

use super::rules::{Identifiers, fold};
use super::signatures::{addressed_name, is_part};
use super::text::Hit;

/// Most words of a name.
const MOST_WORDS: usize = 4;

/// Longest word of a name, and shortest first one.
const LONGEST_WORD: usize = 20;
const SHORTEST_GIVEN: usize = 3;

/// Least logarithm of the frequency of a given name, and of it and the surname together.
const COMMON: f32 = -12.5;
const KNOWN: f32 = -22.0;

/// Longest phrase that introduces somebody, in bytes.
const LONGEST_CUE: usize = 24;

/// Longest title that ends in a dot.
const LONGEST_TITLE: usize = 6;

/// Bits of the table of beginnings.
const BITS: u32 = 18;

/// What is known of names within sentences.
#[derive(Debug)]
pub(super) struct Prose {
    /// Whether a word with these bits may be a given name or a title; may be a title; may end an introduction.
    may_begin: Vec<u64>,
    may_title: Vec<u64>,
    may_introduce: Vec<u64>,
    /// By the last two letters: whether an introduction ends so.
    last_two: [bool; 1 << 10],
    /// Given names that are words or places as well, folded.
    ambiguous: FxHashSet<Vec<u8>>,
    /// Words that make a name part of a place before it, and of something else behind it, folded.
    before: FxHashSet<Vec<u8>>,
    behind: FxHashSet<Vec<u8>>,
    /// Phrases that introduce somebody, in small letters, each with whether nothing else can follow.
    cues: Vec<(Vec<u8>, bool)>,
}

/// Bits of the word `text[start..end]`, whatever its case: its first eight bytes and its length.
fn bits(text: &[u8], start: usize, end: usize) -> usize {
    let count = (end - start).clamp(1, 8);
    let eight = match text.get(start..start + 8) {
        Some(eight) => eight.try_into().map_or(0, u64::from_le_bytes) & (u64::MAX >> (64 - 8 * count)),
        None => text[start..end].iter().take(8).rev().fold(0, |word, byte| (word << 8) | u64::from(*byte)),
    };
    let folded = (eight | 0x2020_2020_2020_2020) ^ ((end - start) as u64) << 59;
    (folded.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - BITS)) as usize
}

/// The last two bytes without their case, folded into ten bits.
fn last_two(word: &[u8]) -> usize {
    let five = |back: usize| word.len().checked_sub(back).map_or(0, |at| usize::from(word[at] & 31));
    (five(2) << 5) | five(1)
}

fn holds(table: &[u64], at: usize) -> bool {
    table[at >> 6] >> (at & 63) & 1 == 1
}

/// A table in which these words are marked.
fn table<'a>(words: impl Iterator<Item = &'a [u8]>) -> Vec<u64> {
    let mut table = vec![0u64; 1 << (BITS - 6)];
    for word in words {
        let at = bits(word, 0, word.len());
        table[at >> 6] |= 1 << (at & 63);
    }
    table
}

impl Prose {
    pub(super) fn new<'a>(rules: &'a abroad::Names, given: impl Iterator<Item = &'a Vec<u8>>) -> Self {
        let set = |words: &[String]| words.iter().map(|word| fold(word.as_bytes())).collect::<FxHashSet<_>>();
        let abroad = || rules.countries.iter().flat_map(|country| &country.given).map(String::as_bytes);
        let title = |title: &'a String| title.trim_end_matches('.').as_bytes();
        let titles = || rules.titles.iter().chain(&rules.titles_weak).map(title);
        let cue = |sure: bool| move |cue: &String| (cue.clone().into_bytes(), sure);
        let cues: Vec<_> = rules.cues.iter().map(cue(true)).chain(rules.cues_weak.iter().map(cue(false))).collect();
        let last =
            |(cue, _): &'_ (Vec<u8>, bool)| cue.rsplit(|byte| matches!(byte, b' ' | b'\'')).next().map(<[u8]>::to_vec);
        let ends: Vec<Vec<u8>> = cues.iter().filter_map(last).collect();
        let mut two = [false; 1 << 10];
        cues.iter().for_each(|(cue, _)| two[last_two(cue)] = true);
        Prose {
            last_two: two,
            may_begin: table(given.map(Vec::as_slice).chain(abroad()).chain(titles())),
            may_title: table(titles()),
            may_introduce: table(ends.iter().map(Vec::as_slice)),
            ambiguous: set(&rules.ambiguous),
            before: set(&rules.not_behind),
            behind: set(&rules.not_before),
            cues,
        }
    }

    /// Whether a phrase that introduces somebody ends before `start`, and whether nothing else can follow it.
    fn introduced(&self, text: &[u8], start: usize) -> Option<bool> {
        let end = start - 1;
        let floor = end.saturating_sub(LONGEST_CUE);
        let word =
            text[floor..end].iter().rev().take_while(|byte| byte.is_ascii_alphabetic() || **byte >= 0x80).count();
        if word == 0 || !holds(&self.may_introduce, bits(text, end - word, end)) {
            return None;
        }
        let before = &text[floor..end];
        let ends = |cue: &[u8]| {
            let rest = before.len().checked_sub(cue.len());
            rest.is_some_and(|rest| {
                before[rest..].eq_ignore_ascii_case(cue) && (rest == 0 || !is_letter(before[rest - 1]))
            })
        };
        self.cues.iter().filter(|(cue, _)| ends(cue)).map(|(_, sure)| *sure).max()
    }
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || byte == b'_'
}

/// `da`, `de la`, `van`: a small word of two or three letters.
fn is_small_particle(text: &[u8], start: usize) -> bool {
    matches!(text.get(start), Some(b'd' | b'v' | b'l' | b't' | b'z' | b'y' | b'e' | b'b'))
        && text
            .get(start..)
            .unwrap_or(&[])
            .iter()
            .take(4)
            .position(|byte| *byte == b' ')
            .is_some_and(|length| length <= 3)
}

/// Returns the first name that begins in `from..until`, and otherwise `until`. Both ends lie in one line.
#[inline]
pub(super) fn next(ids: &Identifiers, text: &[u8], from: usize, until: usize) -> Result<Hit, usize> {
    let mut at = from;
    while let Some(start) = next_capital(text, at, until) {
        at = match begin(ids, text, start) {
            Ok(hit) => return Ok(hit),
            Err(next) => next,
        };
    }
    Err(until)
}

/// The name that begins with a capital, or where to look on. Out of the way of the search for capitals.
#[inline(never)]
fn begin(ids: &Identifiers, text: &[u8], start: usize) -> Result<Hit, usize> {
    let end = word_end(text, start);
    let next = end.max(start + 1);
    let capital = |byte: &u8| byte.is_ascii_uppercase() || *byte >= 0x80;
    // Most capitals begin a sentence: no other follows, and nothing introduces them.
    let follows = match text.get(end) {
        Some(b' ') => text.get(end + 1).is_some_and(capital) || is_small_particle(text, end + 1),
        Some(b'.') => end - start <= LONGEST_TITLE,
        _ => false,
    };
    let hinted = start > 1 && text[start - 1] == b' ' && ids.prose.last_two[last_two(&text[..start - 1])];
    if !(follows || hinted) || !(2..=LONGEST_WORD).contains(&(end - start)) {
        return Err(next);
    }
    // Letters beyond ASCII are written in several ways: such a word may be anything.
    let introduced = if hinted { ids.prose.introduced(text, start) } else { None };
    let may_begin = holds(&ids.prose.may_begin, bits(text, start, end)) || text[start] >= 0x80;
    let known = if may_begin { name(ids, text, start, end, introduced) } else { None };
    known.or_else(|| stranger(ids, text, start, introduced)).ok_or(next)
}

/// The next capital that begins a word: eight bytes at a time.
fn next_capital(text: &[u8], from: usize, until: usize) -> Option<usize> {
    const LOW: u64 = u64::MAX / 255;
    let begins = |at: usize| at == 0 || !(is_letter(text[at - 1]) || matches!(text[at - 1], b'.' | b'/' | b'-' | b'@'));
    let mut at = from;
    while at < until {
        let eight = match text.get(at..at + 8) {
            Some(eight) => eight.try_into().map_or(0, u64::from_le_bytes),
            None => text[at..].iter().rev().fold(0, |word, byte| (word << 8) | u64::from(*byte)),
        };
        let (upper, lower, beyond) = (within(eight, 0x40, 0x5B), within(eight, 0x60, 0x7B), eight & (LOW * 128));
        // 0xC3 to 0xC5 begin the capitals beyond ASCII of most languages; their neighbours are let through to be looked at.
        let accented = eight & (eight << 1) & !(eight << 2) & !(eight << 3) & !(eight << 4) & beyond;
        // Neither within a word, nor before another capital; what stands beyond these eight is looked at below.
        let inner = (upper | lower | beyond) << 8;
        let before_capital = (upper >> 8) & !(0xFF << 56);
        let mut bits = (upper & !before_capital | accented) & !inner;
        while bits != 0 {
            let found = at + bits.trailing_zeros() as usize / 8;
            bits &= bits - 1;
            // What stands in capitals within a sentence is an abbreviation, but "M." is a title.
            let goes_on = |byte: &u8| byte.is_ascii_lowercase() || *byte >= 0x80 || *byte == b'.';
            if found < until && text.get(found + 1).is_some_and(goes_on) && begins(found) {
                return Some(found);
            }
        }
        at += 8;
    }
    None
}

/// Marks what lies between two bytes, both excluded, in the highest bit of each of eight bytes below 0x80. See "Bit Twiddling
/// Hacks", hasbetween.
fn within(eight: u64, below: u64, above: u64) -> u64 {
    const LOW: u64 = u64::MAX / 255;
    let seven = eight & (LOW * 127);
    (LOW * (127 + above)).wrapping_sub(seven) & (seven + LOW * (127 - below)) & !eight & (LOW * 128)
}

/// Where the word that begins at `start` ends: eight bytes at a time, and by single bytes where signs stand in it.
fn word_end(text: &[u8], start: usize) -> usize {
    const HIGH: u64 = u64::MAX / 255 * 128;
    let mut end = start;
    while let Some(eight) = text.get(end..end + 8) {
        let eight = eight.try_into().map_or(0, u64::from_le_bytes);
        let others = !(within(eight | (HIGH >> 2), 0x60, 0x7B) | eight) & HIGH;
        end += others.trailing_zeros() as usize / 8;
        if others != 0 || end - start > LONGEST_WORD {
            break;
        }
    }
    let plain = text.get(end).is_some_and(|byte| !is_sign_of_word(byte)) && text.len() >= end + 8;
    if plain { end.min(start + LONGEST_WORD + 1) } else { signed_word_end(text, start) }
}

fn is_sign_of_word(byte: &u8) -> bool {
    byte.is_ascii_alphabetic() || *byte >= 0x80 || matches!(byte, b'\'' | b'-')
}

fn signed_word_end(text: &[u8], start: usize) -> usize {
    let length = text[start..].iter().take(LONGEST_WORD + 1).take_while(|byte| is_sign_of_word(byte)).count();
    // "Anna's", "Anna-": the sign belongs to the sentence.
    let word = &text[start..start + length];
    let word = word.strip_suffix(b"'s").unwrap_or(word);
    start + word.iter().rposition(|byte| !matches!(byte, b'\'' | b'-')).map_or(0, |last| last + 1)
}

/// The words of a name that begins here: capitalised, one blank apart, with particles and initials between.
struct Words<'a> {
    words: [&'a [u8]; MOST_WORDS],
    ends: [usize; MOST_WORDS],
    count: usize,
}

impl<'a> Words<'a> {
    fn read(ids: &Identifiers, text: &'a [u8], start: usize) -> Self {
        let mut out = Words { words: [&text[..0]; MOST_WORDS], ends: [start; MOST_WORDS], count: 0 };
        let mut at = start;
        while out.count < MOST_WORDS {
            let mut end = word_end(text, at);
            let word = &text[at..end];
            let initial = is_initial(word);
            let particle = out.count > 0 && ids.names_abroad.is_particle(word);
            if !(particle || initial || is_written_as_name(word)) {
                break;
            }
            end += usize::from(initial && text.get(end) == Some(&b'.'));
            (out.words[out.count], out.ends[out.count]) = (&text[at..end], end);
            out.count += 1;
            if text.get(end) != Some(&b' ') {
                break;
            }
            at = end + 1;
        }
        // A name ends in a name.
        while out.count > 0 && !is_written_as_name(out.words[out.count - 1]) {
            out.count -= 1;
        }
        out
    }

    /// The word behind the first so many, if it goes on in capitals.
    fn goes_on(&self, text: &'a [u8], count: usize) -> Option<&'a [u8]> {
        let at = self.ends[count - 1];
        let start = at + 1;
        let capital = text.get(at) == Some(&b' ') && text.get(start).is_some_and(u8::is_ascii_uppercase);
        capital.then(|| &text[start..word_end(text, start)])
    }
}

/// A capital, with its dot or without.
fn is_initial(word: &[u8]) -> bool {
    matches!(word, [letter] | [letter, b'.'] if letter.is_ascii_uppercase())
}

/// A capital and small letters: what stands in capitals within a sentence is an abbreviation.
fn is_written_as_name(word: &[u8]) -> bool {
    let small = word.iter().any(|byte| byte.is_ascii_lowercase() || *byte >= 0x80);
    is_part(word) && word.len() >= 2 && small
}

fn name(ids: &Identifiers, text: &[u8], start: usize, end: usize, introduced: Option<bool>) -> Option<Hit> {
    if holds(&ids.prose.may_title, bits(text, start, end)) {
        let (title, sure) = ids.names_abroad.title(&text[start..text.len().min(start + 64)]);
        if title > 0 {
            return titled(ids, text, start + title, sure);
        }
    }
    let first = &text[start..end];
    if first.len() < SHORTEST_GIVEN || !is_written_as_name(first) || !is_given(ids, first) {
        return None;
    }
    let words = Words::read(ids, text, start);
    let ambiguous = ids.prose.ambiguous.contains(&fold(first));
    for count in (2..=words.count).rev() {
        let last = words.words[count - 1];
        // "Nancy G. Rownslow": an initial between makes a surname of what no list knows.
        // Without their dot some are words and numbers: "Emma A Novel", "Elizabeth I Queen".
        let sure = |word: &&[u8]| is_initial(word) && !matches!(word, [b'A' | b'I' | b'V' | b'X']);
        let initials = count > 2 && words.words[1..count - 1].iter().all(sure);
        let other = || ids.prose.behind.contains(&fold(last)) || ids.is_company_word(last);
        if !is_surname(ids, first, last) && (!initials || other()) {
            continue;
        }
        let next = words.goes_on(text, count);
        let misled = next.is_some_and(|next| ids.prose.behind.contains(&fold(next)) || ids.is_company_word(next))
            || is_in_address(ids, text, start, words.ends[count - 1]);
        let abroad = || ids.names_abroad.is_surname(last) || ids.names_abroad.ends_as_surname(last);
        let ambiguous = ambiguous && !abroad();
        let place =
            ids.is_street_word(last) || ids.is_country(last) || ids.is_city(&text[start..words.ends[count - 1]]);
        let probability = match (misled, place || ambiguous, introduced) {
            (true, ..) => return None,
            (_, _, Some(_)) => 0.85,
            (_, true, None) => 0.5,
            (_, false, None) => 0.78,
        };
        return Some(Hit { element: Name, start, end: words.ends[count - 1], probability });
    }
    let alone = words.count == 1 && words.goes_on(text, 1).is_none();
    let probability =
        if alone && !ambiguous { introduced.map(|sure| if sure { 0.82 } else { 0.76 })? } else { return None };
    Some(Hit { element: Name, start, end, probability })
}

/// Somebody whom no list knows, behind words that nothing else can follow: two or more capitalised words.
fn stranger(ids: &Identifiers, text: &[u8], start: usize, introduced: Option<bool>) -> Option<Hit> {
    if introduced != Some(true) {
        return None;
    }
    let words = Words::read(ids, text, start);
    let known = |word: &[u8]| ids.prose.behind.contains(&fold(word)) || ids.prose.before.contains(&fold(word));
    if words.count < 2 || words.words[..words.count].iter().any(|word| known(word)) {
        return None;
    }
    let end = words.ends[words.count - 1];
    let company = ids.names_a_company(&text[start..end]);
    (!company).then_some(Hit { element: Name, start, end, probability: 0.78 })
}

/// A name behind a title.
fn titled(ids: &Identifiers, text: &[u8], start: usize, sure: bool) -> Option<Hit> {
    let words = Words::read(ids, text, start);
    let most = words.count.min(3);
    (1..=most).rev().find_map(|count| {
        let known = count == 1 || is_given(ids, words.words[0]) || count == most;
        let probability = addressed_name(ids, &words.words[..count], sure).filter(|_| known)?;
        let next = words.goes_on(text, count);
        let misled = next.is_some_and(|next| ids.prose.behind.contains(&fold(next)));
        (!misled).then_some(Hit { element: Name, start, end: words.ends[count - 1], probability })
    })
}

/// Whether words are part of a place: behind a word for one or for a street, or beside a number.
fn is_in_address(ids: &Identifiers, text: &[u8], start: usize, end: usize) -> bool {
    let before = word_before(text, start);
    let numbered = before.last().is_some_and(u8::is_ascii_digit)
        || matches!(&text[end..text.len().min(end + 3)], [b' ', b'0'..=b'9', ..] | [b',', b' ', b'0'..=b'9']);
    numbered
        || (!before.is_empty()
            && (ids.prose.before.contains(&fold(before))
                || ids.streets.names_a_street(before)
                || (before[0].is_ascii_uppercase() && ids.is_street_word(before))))
}

/// Whether the lists know a given name.
pub(super) fn is_given(ids: &Identifiers, word: &[u8]) -> bool {
    ids.name_frequency(word).0.is_some_and(|given| given >= COMMON) || ids.names_abroad.is_given(word)
}

/// Whether the lists know a surname that goes with this given name.
pub(super) fn is_surname(ids: &Identifiers, first: &[u8], last: &[u8]) -> bool {
    if last.len() < 2 {
        return false;
    }
    let (given, surname) = (ids.name_frequency(first).0, ids.name_frequency(last).1);
    let american = given.zip(surname).is_some_and(|(given, surname)| given + surname >= KNOWN);
    let abroad = &ids.names_abroad;
    let listed = american || (surname.is_some() && abroad.is_given(first)) || abroad.is_surname(last);
    (listed || abroad.ends_as_surname(last)) && !ids.prose.behind.contains(&fold(last))
}

/// The word before a place in the line.
fn word_before(text: &[u8], start: usize) -> &[u8] {
    let Some(end) = start.checked_sub(1).filter(|at| text[*at] == b' ') else { return &[] };
    let floor = end.saturating_sub(LONGEST_WORD);
    let length = text[floor..end].iter().rev().take_while(|byte| is_letter(**byte) || **byte == b'.').count();
    &text[end - length..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use rulebook::Rulebook;

    fn names(text: &str) -> Vec<(String, bool)> {
        let ids = Identifiers::load(&Rulebook::embedded()).expect("the embedded rules are whole");
        let (mut at, mut out) = (0, Vec::new());
        while let Ok(hit) = next(&ids, text.as_bytes(), at, text.len()) {
            at = hit.end;
            out.push((text[hit.start..hit.end].to_owned(), hit.probability >= 0.75));
        }
        out
    }

    #[track_caller]
    fn check(text: &str, reported: &[&str]) {
        let found: Vec<String> = names(text).into_iter().filter(|(_, report)| *report).map(|(name, _)| name).collect();
        assert_eq!(found, reported, "{text}");
    }

    #[test]
    fn names_that_the_lists_know() {
        check("Please add Jennifer Thompson as guardian.", &["Jennifer Thompson"]);
        check("It was said by Robert J. Smith, and by Jürgen Weiß's son.", &["Robert J. Smith", "Jürgen Weiß"]);
        check("the house of João da Silva in town", &["João da Silva"]);
        check("so Nancy G. Rownslow and Angela C Beneventolo went", &["Nancy G. Rownslow", "Angela C Beneventolo"]);
    }

    #[test]
    fn names_behind_a_title_or_an_introduction() {
        check("then Mrs. Stejskalová called Mr. Philip Jessen back", &["Stejskalová", "Philip Jessen"]);
        check("Hello, I'm Anna and my name is Xandor Quillfeather.", &["Anna", "Xandor Quillfeather"]);
        check("Ich heiße Katrin, mein Name ist Katrin Öztürkoglu.", &["Katrin", "Katrin Öztürkoglu"]);
    }

    #[test]
    fn what_only_looks_like_a_name() {
        for text in [
            "Will Smith and Wesson rifles be in May Day sales of Virginia Beach",
            "The Jennifer Thompson Foundation gave it to Saint Thomas More",
            "Apache License, Rich Text Format, Art Director, Grace Period, Bill Number",
            "My name is not known. I am Not sure, this is Very Important.",
            "JENNIFER THOMPSON LIMITED",
            "Jennifer C. Foundation, Grade A Compilerson, Table B. Rownslow",
            "I bought Rebecca A Memoirson, Elizabeth I Queenly came, Charles V Emperorly went",
        ] {
            check(text, &[]);
        }
    }
}
