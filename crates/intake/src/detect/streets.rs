//! Streets as other countries write them: `Hauptstraße 12`, `Via Roma 10`, `12 rue de la Paix`.
//!
//! Enters: the digits of a house number. Leaves: a street, where the words of the rulebook stand beside the number. Never: a
//! number by itself, a street across the end of a line.

use rulebook::abroad;
use rustc_hash::FxHashSet;
use vocab::DataElement::Address;

use super::rules::{Identifiers, fold};
use super::text::Hit;

/// Longest house number, and longest word, in bytes.
const LONGEST_NUMBER: usize = 5;
const LONGEST_WORD: usize = 30;

/// Most words of a name, besides the word for the street.
const MOST_WORDS: usize = 5;

/// Least letters before the ending in a name of one word, and before one that other words have too.
const LEAST_BEFORE: usize = 3;
const LEAST_BEFORE_WEAK: usize = 4;

/// Words for streets, folded.
#[derive(Debug)]
pub(super) struct Streets {
    /// Each with whether other words end so too.
    endings: Vec<(Vec<u8>, bool)>,
    /// Last letters of the endings, ASCII without case: most words are turned away by theirs.
    last: [bool; 256],
    before: FxHashSet<Vec<u8>>,
    after_number: FxHashSet<Vec<u8>>,
    after_number_weak: FxHashSet<Vec<u8>>,
    /// By the first letter of the words behind a number, their lengths, a bit each: most words are turned away by theirs.
    first: [u32; 256],
    units: FxHashSet<Vec<u8>>,
    particles: FxHashSet<Vec<u8>>,
}

impl Streets {
    pub(super) fn new(rules: &abroad::Streets) -> Self {
        let set = |words: &[String]| words.iter().map(|word| folded(word.as_bytes())).collect::<FxHashSet<_>>();
        let ending = |weak: bool| move |word: &String| (folded(word.as_bytes()), weak);
        let endings: Vec<_> =
            rules.endings.iter().map(ending(false)).chain(rules.endings_weak.iter().map(ending(true))).collect();
        let (mut last, mut first) = ([false; 256], [0; 256]);
        // Behind a letter that is not ASCII anything may stand.
        last[0x80..].fill(true);
        last[usize::from(b'.')] = true;
        for byte in endings.iter().filter_map(|(ending, _)| ending.last()) {
            last[usize::from(byte.to_ascii_lowercase())] = true;
            last[usize::from(byte.to_ascii_uppercase())] = true;
        }
        for word in rules.after_number.iter().chain(&rules.after_number_weak) {
            for byte in word.bytes().take(1).flat_map(|byte| [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()]) {
                first[usize::from(byte)] |= 1 << (word.len() % 32);
            }
        }
        Streets {
            endings,
            last,
            before: set(&rules.before),
            after_number: set(&rules.after_number),
            after_number_weak: set(&rules.after_number_weak),
            first,
            units: set(&rules.units),
            particles: set(&rules.particles),
        }
    }
}

impl Streets {
    /// Whether a word is one for streets, or ends as names of streets do.
    pub(super) fn names_a_street(&self, word: &[u8]) -> bool {
        let key = folded(word);
        let ends =
            || self.endings.iter().any(|(ending, _)| key.len() >= ending.len() + LEAST_BEFORE && key.ends_with(ending));
        self.before.contains(&key) || self.after_number.contains(&key) || ends()
    }
}

/// Upper case without accents; a dot at the end stays: "C." is a street, C is a language.
fn folded(word: &[u8]) -> Vec<u8> {
    let mut out = fold(word);
    if word.ends_with(b".") {
        out.push(b'.');
    }
    out
}

/// A street beside a house number.
pub(super) fn find(ids: &Identifiers, text: &[u8], first: usize, digits_end: usize) -> Option<Hit> {
    if digits_end - first > LONGEST_NUMBER || text[first] == b'0' {
        return None;
    }
    before_number(&ids.streets, text, first, digits_end)
        .or_else(|| behind_number(&ids.streets, text, first, digits_end))
}

/// The post office of soldiers and diplomats abroad, from its ZIP code: `APO AE 09012`.
pub(super) fn military(text: &[u8], first: usize, digits_end: usize) -> Option<Hit> {
    const LENGTH: usize = b"APO AE ".len();
    let start = first.checked_sub(LENGTH).filter(|_| digits_end - first == 5)?;
    let office =
        matches!(&text[start..first], [b'A' | b'F' | b'D', b'P', b'O', b' ' | b',', b'A', b'A' | b'E' | b'P', b' ']);
    let free = start.checked_sub(1).is_none_or(|at| !is_letter(text[at]));
    (office && free).then_some(Hit { element: Address, start, end: digits_end, probability: 0.9 })
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}

fn is_capital(word: &[u8]) -> bool {
    word.first().is_some_and(|byte| byte.is_ascii_uppercase() || *byte >= 0xC3)
}

/// Whether a part of the line ends here: the line, or a sign that sets it apart.
fn part_ends(text: &[u8], end: usize) -> bool {
    match text.get(end) {
        None | Some(b'\n' | b'\r' | b',' | b';' | b')' | b'<' | b'|' | b'"' | b'\t') => true,
        Some(b'.') => text.get(end + 1).is_none_or(|byte| byte.is_ascii_whitespace()),
        Some(b' ') => matches!(text.get(end + 1), None | Some(b' ' | b'-' | b'(' | b'|' | b'\n' | b'\r')),
        _ => false,
    }
}

/// Whether a part of the line begins here.
fn part_begins(text: &[u8], start: usize) -> bool {
    let blank = text[..start].iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    start
        .checked_sub(blank + 1)
        .is_none_or(|at| matches!(text[at], b'\n' | b'\r' | b',' | b';' | b':' | b'(' | b'>' | b'|' | b'"' | b'='))
}

/// Where the word that ends at `end` begins.
fn word_start(text: &[u8], end: usize) -> usize {
    let sign = |byte: &u8| is_letter(*byte) || matches!(byte, b'.' | b'\'' | b'-' | b'/');
    end - text[end.saturating_sub(LONGEST_WORD)..end].iter().rev().take_while(|byte| sign(byte)).count()
}

/// The house number with its letter and what is joined to it: `12a`, `12/5`, `12-14`. `None` if it is part of something else.
fn house_number_end(text: &[u8], digits_end: usize) -> Option<usize> {
    let mut end = digits_end;
    let letter = |at: usize| text.get(at).is_some_and(u8::is_ascii_alphabetic);
    if letter(end) && !letter(end + 1) && !text.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end += 1;
    }
    if matches!(text.get(end), Some(b'/' | b'-')) && text.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end += 1 + text[end + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        end += usize::from(letter(end) && !letter(end + 1));
    }
    let goes_on = text.get(end).is_some_and(|byte| {
        is_letter(*byte) || byte.is_ascii_digit() || matches!(byte, b'_' | b'/' | b'-' | b':' | b'%' | b'=' | b'@')
    });
    let decimal = matches!(text.get(end), Some(b'.' | b',')) && text.get(end + 1).is_some_and(u8::is_ascii_digit);
    (!goes_on && !decimal && end - digits_end <= LONGEST_NUMBER + 2).then_some(end)
}

/// Whether a word for a floor or a flat stands behind the number.
fn unit_follows(streets: &Streets, text: &[u8], end: usize) -> bool {
    let from = end + 1;
    let sign = |byte: &u8| is_letter(*byte) || *byte == b'.';
    let length =
        text.get(from..).map_or(0, |rest| rest.iter().take(LONGEST_WORD).take_while(|byte| sign(byte)).count());
    text.get(end) == Some(&b' ') && length > 0 && streets.units.contains(&folded(&text[from..from + length]))
}

fn before_number(streets: &Streets, text: &[u8], first: usize, digits_end: usize) -> Option<Hit> {
    // The word ends before a blank, and perhaps a comma: "Rua das Flores, 123".
    let mut word_end = first.checked_sub(2).filter(|_| text[first - 1] == b' ')? + 1;
    if text[word_end - 1] == b',' {
        word_end -= 1;
    }
    let mut start = word_start(text, word_end);
    // "No: 5", "n. 5": the word for the number.
    let named = text.get(word_end.wrapping_sub(1)) == Some(&b':');
    if named || word_end - start <= 3 {
        let end = word_end - usize::from(named);
        let from = word_start(text, end);
        let number_word =
            matches!(fold(&text[from..end]).as_slice(), b"NO" | b"N" | b"NR" | b"N\xC2\xB0" | b"N\xC2\xBA");
        if number_word && from > 1 && text[from - 1] == b' ' {
            word_end = from - 1 - usize::from(text[from - 2] == b',');
            start = word_start(text, word_end);
        } else if named {
            return None;
        }
    }
    let word = text.get(start..word_end).filter(|word| !word.is_empty())?;
    if !is_capital(word) {
        return None;
    }
    let by_ending = streets.last[usize::from(word[word.len() - 1])];
    let end = house_number_end(text, digits_end)?;
    let ends = part_ends(text, end) || unit_follows(streets, text, end);
    if !by_ending && !ends {
        return None;
    }
    let hit = |start, probability| Some(Hit { element: Address, start, end, probability });
    if by_ending && let Some((start, sure)) = with_ending(streets, text, start, word_end, ends) {
        return hit(start, if sure { 0.85 } else { 0.78 });
    }
    let start = if ends { with_word_before(streets, text, start, word_end)? } else { return None };
    hit(start, 0.85)
}

/// A name of one word with an ending for streets, or of several of which the last is one.
fn with_ending(streets: &Streets, text: &[u8], start: usize, end: usize, ends: bool) -> Option<(usize, bool)> {
    let word = folded(&text[start..end]);
    let (ending, weak) = streets.endings.iter().find(|(ending, _)| word.ends_with(ending))?;
    let mut from = start;
    let mut more = 0;
    while more < 3 && from > 1 && text[from - 1] == b' ' {
        let before = word_start(text, from - 1);
        if !is_capital(&text[before..from - 1]) {
            break;
        }
        (from, more) = (before, more + 1);
    }
    let least = if *weak { LEAST_BEFORE_WEAK } else { LEAST_BEFORE };
    let long = word.len() >= ending.len() + least;
    let stands = part_begins(text, from) && ends;
    (if *weak { stands && (long || more > 0) } else { long || more > 0 }).then_some((from, stands))
}

/// A name before which a word for streets stands, at most so many words before the number.
fn with_word_before(streets: &Streets, text: &[u8], start: usize, end: usize) -> Option<usize> {
    let last = &text[start..end];
    let (mut start, mut end) = (start, end);
    let mut capitals = 0;
    for words in 0..=MOST_WORDS {
        let word = &text[start..end];
        if word.is_empty() {
            return None;
        }
        let key = folded(word);
        if words > 0 && streets.before.contains(&key) {
            let stands = part_begins(text, start) || (word.len() >= 3 && (is_capital(word) || word.ends_with(b".")));
            // "via PEP 658" is a way.
            let shouted =
                !is_capital(word) && !word.ends_with(b".") && last.iter().all(|byte| !byte.is_ascii_lowercase());
            return (stands && capitals > 0 && !shouted).then_some(start);
        }
        let capital = is_capital(word);
        if !capital && !streets.particles.contains(&key) {
            return None;
        }
        capitals += usize::from(capital);
        if start < 2 || text[start - 1] != b' ' {
            return None;
        }
        end = start - 1;
        start = word_start(text, end);
    }
    None
}

fn behind_number(streets: &Streets, text: &[u8], first: usize, digits_end: usize) -> Option<Hit> {
    let begins = first.checked_sub(1).is_none_or(|at| matches!(text[at], b' ' | b'\n' | b'\t' | b'"' | b',' | b':'));
    let mut at = digits_end;
    if !begins || !matches!(text.get(at), Some(b' ' | b',' | b'A'..=b'F' | b'a'..=b'f')) {
        return None;
    }
    at += usize::from(text[at].is_ascii_alphabetic());
    for more in [&b" bis"[..], b" ter", b" quater"] {
        at += if text[at..].starts_with(more) { more.len() } else { 0 };
    }
    at += usize::from(text.get(at) == Some(&b','));
    let next = |at: usize| -> Option<(usize, usize)> {
        let start = at + usize::from(text.get(at) == Some(&b' '));
        let sign = |byte: &u8| is_letter(*byte) || matches!(byte, b'.' | b'\'' | b'-');
        let length = text.get(start..)?.iter().take(LONGEST_WORD).take_while(|byte| sign(byte)).count();
        (start > at && length > 0).then_some((start, start + length))
    };
    let known =
        |(start, end): &(usize, usize)| streets.first[usize::from(text[*start])] >> ((end - start) % 32) & 1 == 1;
    let (start, mut end) = next(at).filter(known)?;
    let key = folded(&text[start..end]);
    let sure = streets.after_number.contains(&key);
    if !sure && !streets.after_number_weak.contains(&key) {
        return None;
    }
    let (mut named, mut words) = (None, 0);
    while words < MOST_WORDS
        && let Some((from, to)) = next(end)
    {
        let word = &text[from..to];
        let plain = word.strip_suffix(b".").filter(|plain| plain.len() > 2).unwrap_or(word);
        let elided = word.get(1) == Some(&b'\'');
        if is_capital(word) || (elided && word.get(2).is_some_and(|byte| byte.is_ascii_uppercase() || *byte >= 0x80)) {
            named = Some(from + plain.len());
        } else if !streets.particles.contains(&folded(word)) && !elided {
            break;
        }
        (end, words) = (to, words + 1);
    }
    let end = named?;
    let ends = part_ends(text, end) || text.get(end + 1).is_some_and(u8::is_ascii_digit);
    let probability = match (sure, ends) {
        (_, true) => 0.85,
        (true, false) => 0.78,
        (false, false) => return None,
    };
    Some(Hit { element: Address, start: first, end, probability })
}
