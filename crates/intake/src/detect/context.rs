//! What stands around a candidate: words of its line that speak for an element, or for something else.
//!
//! Enters: the text, and places in it that have passed a validator. Leaves: whether the words there speak for an element.
//! Never: reads a line in which no candidate asks, reads a word twice, looks beyond the line, but for a label above it. All
//! words of all elements are looked up at once, by the hash of each word; what they say of one element is read off
//! afterwards.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use rustc_hash::FxHashMap;
use vocab::{DataElement, ElementSet};

use crate::open::LineKind;

/// Bytes before a candidate in which words count.
const BEFORE_BYTES: usize = 64;

/// Bytes behind it.
const AFTER_BYTES: usize = 32;

/// Bytes that are looked through for the end of a line at once.
const LINE_BYTES: usize = 512;

/// Longest word of a phrase.
const LONGEST_WORD: usize = 48;

/// Most bytes between two words of a phrase.
const MOST_JOINTS: usize = 2;

/// Bytes between a label and its value.
const NEAR: usize = 4;

/// The same with the word for a number, and what escapes quotes, between.
const FARTHEST_NEAR: usize = 16;

/// Digits that number the fields of a name: `phone2`.
const MOST_NUMBERING: usize = 2;

/// Signs between the last word of a phrase and the sign that must follow it.
const MOST_QUOTES: usize = 3;

/// Phrases that are kept of one line.
const MOST_SEEN: usize = 1024;

/// Words are told apart by their first three letters, five bits each, before they are looked up.
const FIRST_THREE: usize = 1 << 15;

/// Bits of a hash that tell most other words from those that phrases begin with.
const FIRST_BITS: u32 = 15;

/// What stands around a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Context {
    /// A label right before it, at most a sign or two between.
    Label,
    /// A word for the element in the line.
    For,
    /// Nothing that speaks.
    Bare,
    /// A word for something else, and none for the element nearer.
    Against,
}

/// What a phrase speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A label of the element.
    For(DataElement),
    /// A label of the element right before it, and elsewhere a word like any other: "from:", "home".
    Beside(DataElement),
    /// Something else than the element.
    Against(DataElement),
    /// A label of an identity number, by its scheme.
    Scheme(u16),
}

#[derive(Debug, Default)]
struct Phrase {
    labels: ElementSet,
    beside: ElementSet,
    against: ElementSet,
    schemes: Vec<u16>,
}

/// What may follow the words read so far.
#[derive(Debug, Default)]
struct Node {
    /// Longer phrases begin with these words.
    longer: bool,
    /// Phrases that end here, with the sign that must follow.
    ends: Vec<(Option<u8>, u16)>,
}

/// All phrases of all elements.
#[derive(Debug)]
pub(super) struct Phrases {
    phrases: Vec<Phrase>,
    nodes: FxHashMap<u64, Node>,
    /// By the first three letters: whether a phrase begins so.
    beginnings: Vec<bool>,
    /// By some bits of the hash of its first word: whether a phrase begins so.
    firsts: Vec<u64>,
    /// Phrases of scripts that are written without spaces, or hang endings on their words.
    unspaced: Option<AhoCorasick>,
    unspaced_phrases: Vec<u16>,
}

/// Bytes of words.
const WORD: [bool; 256] = {
    let mut word = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        word[byte] = (byte as u8).is_ascii_alphanumeric() || byte >= 0x80;
        byte += 1;
    }
    word
};

fn is_joint(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'_' | b'.' | b'\'' | b'"' | b'/' | b'(' | b')')
}

/// First byte of a character of a script that does not set words apart by spaces (Thai, Chinese, Japanese, Korean).
fn is_unspaced(byte: u8) -> bool {
    byte >= 0xE0
}

/// Adds a word to a hash, whatever its case. The word is `text[start..start + length]`.
fn hash_word(mut hash: u64, text: &[u8], start: usize, length: usize) -> u64 {
    let mut at = 0;
    while at < length {
        let count = (length - at).min(8);
        let from = start + at;
        let eight = match text.get(from..from + 8) {
            Some(eight) => eight.try_into().map_or(0, u64::from_le_bytes) & (u64::MAX >> (64 - 8 * count)),
            None => text[from..from + count].iter().rev().fold(0, |word, byte| (word << 8) | u64::from(*byte)),
        };
        hash = (hash.rotate_left(23) ^ (eight | 0x2020_2020_2020_2020)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        at += 8;
    }
    // Words apart: "ab c" is not "a bc".
    (hash ^ length as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93)
}

fn word_end(text: &[u8], start: usize) -> usize {
    let most = (start + LONGEST_WORD + 1).min(text.len());
    let mut end = start;
    while end < most && WORD[usize::from(text[end])] {
        end += 1;
    }
    end
}

/// Where the part of a word that begins at `start` ends, as programs join words: `home` in `homePhone`, `phone` in `phone2`.
fn part_end(text: &[u8], start: usize, word_end: usize) -> usize {
    let word = &text[start..word_end];
    let digits = word.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let letters = if digits <= MOST_NUMBERING { word.len() - digits } else { word.len() };
    let ends = |at: &usize| {
        let (before, here) = (word[at - 1], word[*at]);
        let last_capital = before.is_ascii_uppercase() && word.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        here.is_ascii_uppercase() && (before.is_ascii_lowercase() || last_capital && *at > 1)
    };
    start + (1..letters).find(ends).unwrap_or(letters.max(1))
}

/// Whether a label stands right before its value: what escapes quotes in strings and the word for a number are not counted.
fn is_near(text: &[u8], from: usize, to: usize) -> bool {
    let bytes = to - from;
    bytes <= NEAR || (bytes <= FARTHEST_NEAR && gap(text, from, to) <= NEAR)
}

fn gap(text: &[u8], from: usize, to: usize) -> usize {
    const NUMBER: [&[u8]; 6] = [b"numbers", b"number", b"num", b"nbr", b"no", b"nr"];
    let mut between = &text[from..to];
    let numbering = between.iter().take_while(|byte| byte.is_ascii_digit()).count();
    between = &between[if numbering <= MOST_NUMBERING { numbering } else { 0 }..];
    if between.len() > NEAR {
        let joined = usize::from(matches!(between[0], b' ' | b'_' | b'-'));
        let rest = &between[joined..];
        let fits = |word: &&&[u8]| {
            rest.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word))
                && !rest.get(word.len()).is_some_and(u8::is_ascii_alphanumeric)
        };
        if let Some(word) = NUMBER.iter().find(fits) {
            between = &rest[word.len()..];
        }
    }
    between.iter().filter(|byte| **byte != b'\\').count()
}

/// Whether a word is the label of what stands behind it: `telephone: `, `"cell":`.
fn names_the_next(text: &[u8], end: usize) -> bool {
    let behind = text[end..].iter().take(3).find(|byte| !matches!(byte, b'"' | b'\'' | b' '));
    matches!(behind, Some(b':' | b'='))
}

impl Phrases {
    pub(super) fn new<'a>(written: impl Iterator<Item = (&'a str, Meaning)>) -> Self {
        let mut out = Phrases {
            phrases: Vec::new(),
            nodes: FxHashMap::default(),
            beginnings: vec![false; FIRST_THREE],
            firsts: vec![0; 1 << (FIRST_BITS - 6)],
            unspaced: None,
            unspaced_phrases: Vec::new(),
        };
        let mut known: FxHashMap<&str, u16> = FxHashMap::default();
        let mut unspaced: Vec<&str> = Vec::new();
        for (text, meaning) in written {
            let at = *known.entry(text).or_insert_with(|| {
                out.phrases.push(Phrase::default());
                let at = (out.phrases.len() - 1) as u16;
                if text.bytes().any(is_unspaced) {
                    unspaced.push(text);
                    out.unspaced_phrases.push(at);
                } else {
                    out.add(text.as_bytes(), at);
                }
                at
            });
            let phrase = &mut out.phrases[usize::from(at)];
            match meaning {
                Meaning::For(element) => phrase.labels.insert(element),
                Meaning::Beside(element) => phrase.beside.insert(element),
                Meaning::Against(element) => phrase.against.insert(element),
                Meaning::Scheme(scheme) => phrase.schemes.push(scheme),
            }
        }
        out.unspaced = (!unspaced.is_empty())
            .then(|| AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&unspaced).ok())
            .flatten();
        out
    }

    fn add(&mut self, text: &[u8], phrase: u16) {
        // Behind a shorter word anything may stand.
        let (first, short) = (beginning(text, 0), word_end(text, 0) < 3);
        let all = if short { first & !31..=first | 31 } else { first..=first };
        self.beginnings[all].fill(true);
        let (mut at, mut hash) = (0, 0);
        loop {
            let end = word_end(text, at);
            hash = hash_word(hash, text, at, end - at);
            if at == 0 {
                self.firsts[first_bit(hash) / 64] |= 1 << (first_bit(hash) % 64);
            }
            let node = self.nodes.entry(hash).or_default();
            let next = (end..text.len()).find(|at| WORD[usize::from(text[*at])]);
            match next {
                Some(next) => {
                    node.longer = true;
                    at = next;
                }
                None => {
                    node.ends.push((text[end..].iter().copied().find(|byte| *byte != b' '), phrase));
                    return;
                }
            }
        }
    }
}

/// The place of a word in the table of first words.
fn first_bit(hash: u64) -> usize {
    (hash >> (64 - FIRST_BITS)) as usize
}

/// The first three bytes of a word without their case, folded into fifteen bits.
fn beginning(text: &[u8], at: usize) -> usize {
    let five = |at: usize| text.get(at).map_or(0, |byte| usize::from(byte & 31));
    five(at) << 10 | five(at + 1) << 5 | five(at + 2)
}

/// Marks the bytes of words among eight: bit `n` for byte `n`.
fn word_bits(eight: u64) -> u64 {
    const LOW: u64 = u64::MAX / 255;
    // See "Bit Twiddling Hacks", hasbetween; 0x20 makes letters lower case and leaves digits as they are.
    let folded = eight | (LOW * 0x20);
    let seven = folded & (LOW * 127);
    let between = |below: u64, above: u64| (LOW * (127 + above)).wrapping_sub(seven) & (seven + LOW * (127 - below));
    let ascii = (between(0x60, 0x7B) | between(0x2F, 0x3A)) & !eight;
    (((ascii | eight) & (LOW * 128)) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// Marks the capitals and the small letters among eight bytes.
fn case_bits(eight: u64) -> (u64, u64) {
    const LOW: u64 = u64::MAX / 255;
    let seven = eight & (LOW * 127);
    let between = |below: u64, above: u64| (LOW * (127 + above)).wrapping_sub(seven) & (seven + LOW * (127 - below));
    let pack = |bits: u64| ((bits & !eight & (LOW * 128)) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    (pack(between(0x40, 0x5B)), pack(between(0x60, 0x7B)))
}

/// A phrase that was met.
#[derive(Clone, Copy, Debug)]
struct Met {
    start: usize,
    end: usize,
    phrase: u16,
    /// Its words are parts of one that programs join: it counts right before a value only.
    joined: bool,
}

/// The words around the candidates of one text, read as candidates ask for them.
#[derive(Debug)]
pub(super) struct Around<'a> {
    phrases: &'a Phrases,
    text: &'a [u8],
    /// Known to hold no line end.
    line: Range<usize>,
    /// Read for words.
    read: Range<usize>,
    seen: Vec<Met>,
    /// The candidate asked about last, and the part of its line that is in reach.
    candidate: Range<usize>,
    reach: Range<usize>,
    labels: ElementSet,
    schemes: bool,
}

impl<'a> Around<'a> {
    pub(super) fn new(phrases: &'a Phrases, text: &'a [u8]) -> Self {
        Around {
            phrases,
            text,
            line: 0..0,
            read: 0..0,
            seen: Vec::new(),
            candidate: 0..0,
            reach: 0..0,
            labels: ElementSet::default(),
            schemes: false,
        }
    }

    /// Elements that have a label in reach of the candidate.
    pub(super) fn labels(&mut self, start: usize, end: usize) -> ElementSet {
        self.look(start, end);
        self.labels
    }

    /// Whether a word for an identity number is in reach of the candidate.
    pub(super) fn names_schemes(&mut self, start: usize, end: usize) -> bool {
        self.look(start, end);
        self.schemes
    }

    /// Whether any word for a number is in reach of the candidate.
    pub(super) fn may_name_a_number(&mut self, start: usize, end: usize) -> bool {
        self.look(start, end);
        self.schemes || !self.labels.is_empty()
    }

    pub(super) fn context(&mut self, element: DataElement, start: usize, end: usize) -> Context {
        self.look(start, end);
        self.judge(|phrase, beside| {
            let label = phrase.labels.contains(element) || (beside && phrase.beside.contains(element));
            match (label, phrase.against.contains(element)) {
                (true, _) => Some(true),
                (_, true) => Some(false),
                _ => None,
            }
        })
    }

    /// The same by words that speak for the element wherever they stand.
    pub(super) fn context_of_labels(&mut self, element: DataElement, start: usize, end: usize) -> Context {
        self.look(start, end);
        self.judge(|phrase, _| match (phrase.labels.contains(element), phrase.against.contains(element)) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        })
    }

    pub(super) fn scheme_context(&mut self, scheme: u16, start: usize, end: usize) -> Context {
        self.look(start, end);
        self.judge(|phrase, _| phrase.schemes.contains(&scheme).then_some(true))
    }

    /// The nearest phrase before the candidate decides, else the first behind it. Of phrases that overlap, the first and
    /// longest counts: "license number" is not "number". What names the value behind itself says nothing of one before.
    fn judge(&self, speaks: impl Fn(&Phrase, bool) -> Option<bool>) -> Context {
        let (mut nearest, mut reached) = (None, 0);
        for seen in self.near() {
            let phrase = &self.phrases.phrases[usize::from(seen.phrase)];
            // Most phrases are about something else wherever they stand.
            if seen.start < reached || speaks(phrase, true).is_none() {
                continue;
            }
            let before = seen.end <= self.candidate.start;
            let near = before && is_near(self.text, seen.end, self.candidate.start);
            let beside = near && !seen.joined;
            let Some(label) = speaks(phrase, beside).filter(|_| near || !seen.joined) else { continue };
            reached = seen.end;
            if before {
                nearest = Some((near, label));
            } else if nearest.is_none() && !(label && names_the_next(self.text, seen.end)) {
                return if label { Context::For } else { Context::Against };
            }
        }
        match nearest {
            Some((true, true)) => Context::Label,
            Some((_, true)) => Context::For,
            Some((_, false)) => Context::Against,
            None => Context::Bare,
        }
    }

    /// The phrases in reach of the candidate, in order, the longest first where several begin.
    fn near(&self) -> impl Iterator<Item = &Met> {
        let first = self.seen.partition_point(|seen| seen.start < self.reach.start);
        let beside = |seen: &&Met| {
            seen.end <= self.candidate.start || (seen.start >= self.candidate.end && seen.end <= self.reach.end)
        };
        self.seen[first..].iter().take_while(|seen| seen.start < self.reach.end).filter(beside)
    }

    /// Sees to it that the words around a candidate are read.
    fn look(&mut self, start: usize, end: usize) {
        if self.candidate == (start..end) {
            return;
        }
        self.find_line(start, end);
        let first = self.label_above(start).unwrap_or(self.line.start).max(start.saturating_sub(BEFORE_BYTES));
        self.reach = first..self.line.end.min(end + AFTER_BYTES);
        self.read_words(self.reach.start, self.reach.end);
        self.candidate = start..end;
        let (mut labels, mut schemes) = (ElementSet::default(), false);
        for seen in self.near() {
            let phrase = &self.phrases.phrases[usize::from(seen.phrase)];
            labels = labels.union(phrase.labels);
            if !phrase.beside.is_empty() && seen.end <= start && start - seen.end <= FARTHEST_NEAR {
                labels = labels.union(phrase.beside);
            }
            schemes |= !phrase.schemes.is_empty();
        }
        (self.labels, self.schemes) = (labels, schemes);
    }

    /// Where the line before begins, if it ends in a colon or is but a few words under no others, and the candidate's begins
    /// with the candidate: forms have their labels above their values.
    fn label_above(&self, start: usize) -> Option<usize> {
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'(' | b'+');
        let end = self.line.start.checked_sub(1).filter(|at| self.text[*at] == b'\n')?;
        if !self.text[self.line.start..start].iter().all(blank) {
            return None;
        }
        // What ends in a colon is a label itself.
        let line_end = memchr::memchr2(b'\n', b'\r', &self.text[start..]).map_or(self.text.len(), |at| start + at);
        if LineKind::ending_at(self.text, line_end) == LineKind::Colon {
            return None;
        }
        let from = end.saturating_sub(BEFORE_BYTES);
        let line = self.text[from..end].trim_ascii_end();
        let begins = memchr::memrchr2(b'\n', b'\r', line).map_or(from, |at| from + at + 1);
        let under_words = || begins > 0 && LineKind::ending_at(self.text, begins - 1) != LineKind::Other;
        match LineKind::ending_at(self.text, end) {
            LineKind::Colon => Some(begins),
            LineKind::Words => (!under_words()).then_some(begins),
            LineKind::Other => None,
        }
    }

    /// Finds out where the line begins and ends, as far as the words in reach go.
    fn find_line(&mut self, start: usize, end: usize) {
        let line_end = |at: usize| matches!(self.text[at], b'\n' | b'\r');
        let (first, last) = (start.saturating_sub(BEFORE_BYTES), (end + AFTER_BYTES).min(self.text.len()));
        let begun = self.line.start <= first || line_end(self.line.start - 1);
        let within = begun && self.line.start <= start && start <= self.line.end;
        if within && end <= self.line.end && (self.line.end >= last || line_end(self.line.end)) {
            return;
        }
        if !within {
            let before = memchr::memrchr2(b'\n', b'\r', &self.text[first..start]);
            self.line.start = before.map_or(first, |at| first + at + 1);
        }
        let most = (end + LINE_BYTES).min(self.text.len());
        self.line.end = memchr::memchr2(b'\n', b'\r', &self.text[end..most]).map_or(most, |at| end + at);
    }

    /// Reads the words that begin in a range, unless they were read before.
    fn read_words(&mut self, from: usize, to: usize) {
        let mut at = self.read.end;
        if from > self.read.end || from < self.read.start || self.seen.len() > MOST_SEEN {
            self.seen.clear();
            self.read.start = from;
            at = from;
        }
        let (first, known) = (at, self.seen.len());
        let mut within_word = u64::from(at > 0 && WORD[usize::from(self.text[at - 1])]);
        let mut behind_small = u64::from(at > 0 && self.text[at - 1].is_ascii_lowercase());
        let mut unspaced = 0;
        while at < to {
            let eight = match self.text.get(at..at + 8) {
                Some(eight) => eight.try_into().map_or(0, u64::from_le_bytes),
                None => self.text[at..].iter().rev().fold(0, |word, byte| (word << 8) | u64::from(*byte)),
            };
            let bits = word_bits(eight);
            // The first three bits of a byte from 0xE0 on.
            unspaced |= eight & (eight << 1) & (eight << 2) & (u64::MAX / 255 * 128);
            let (capitals, small) = case_bits(eight);
            let joined = capitals & ((small << 1) | behind_small);
            let mut starts = bits & !((bits << 1) | within_word) | joined;
            (within_word, behind_small) = (bits >> 7, small >> 7);
            while starts != 0 {
                let start = at + starts.trailing_zeros() as usize;
                starts &= starts - 1;
                if self.phrases.beginnings[beginning(self.text, start)] {
                    self.phrases_from(start, joined >> (start - at) & 1 == 1);
                }
            }
            at = (at + 8).min(self.text.len());
        }
        self.read.end = self.read.end.max(at);
        if unspaced != 0 {
            self.unspaced_phrases(first, at, known);
        }
    }

    /// Notes the phrases of scripts without spaces that begin in a range.
    fn unspaced_phrases(&mut self, from: usize, to: usize, known: usize) {
        let Some(automaton) = &self.phrases.unspaced else { return };
        let range = &self.text[from..(to + LONGEST_WORD).min(self.text.len())];
        self.seen.extend(automaton.find_iter(range).take_while(|found| from + found.start() < to).map(|found| Met {
            start: from + found.start(),
            end: from + found.end(),
            phrase: self.phrases.unspaced_phrases[found.pattern().as_usize()],
            joined: false,
        }));
        self.seen[known..].sort_by_key(|seen| (seen.start, std::cmp::Reverse(seen.end)));
    }

    /// Notes the phrases that begin with the word at `start`, the longest first; `joined` says that it is part of one.
    fn phrases_from(&mut self, start: usize, joined: bool) {
        let end = word_end(self.text, start);
        if end == start || end - start > LONGEST_WORD {
            return;
        }
        let known = self.seen.len();
        if !joined {
            self.walk(start, end, false);
        }
        let last = self.text[end - 1];
        let capitals = || self.text[start + 1..end].iter().any(u8::is_ascii_uppercase);
        if joined || last.is_ascii_digit() || capitals() {
            let part = part_end(self.text, start, end);
            if joined || part < end {
                self.walk(start, part, true);
            }
        }
        if self.seen.len() > known + 1 {
            self.seen[known..].sort_by_key(|seen| (std::cmp::Reverse(seen.end), seen.joined));
        }
    }

    /// Notes the phrases whose first word is `start..end`, by whole words or by parts of words.
    #[inline]
    fn walk(&mut self, start: usize, mut end: usize, parts: bool) {
        let mut hash = hash_word(0, self.text, start, end - start);
        if self.phrases.firsts[first_bit(hash) / 64] >> (first_bit(hash) % 64) & 1 == 0 {
            return;
        }
        let Some(mut node) = self.phrases.nodes.get(&hash) else { return };
        let word = |at: usize| self.text.get(at).is_some_and(|byte| WORD[usize::from(*byte)]);
        loop {
            // `"c": 5` is a key like any other.
            let long = end - start > 1;
            let quotes = self.text[end..].iter().take(MOST_QUOTES);
            let blank = |byte: &&u8| **byte == b' ' || (long && matches!(byte, b'"' | b'\'' | b'\\'));
            let signed = end + quotes.take_while(blank).count();
            for (sign, phrase) in &node.ends {
                let seen_end = if sign.is_some() { signed + 1 } else { end };
                if sign.is_none() || self.text.get(signed).copied() == *sign {
                    self.seen.push(Met { start, end: seen_end, phrase: *phrase, joined: parts });
                }
            }
            let within = parts && word(end);
            let joints = self.text[end..].iter().take(MOST_JOINTS).take_while(|byte| is_joint(**byte)).count();
            let next = if within { end } else { end + joints };
            if !node.longer || !(within || joints > 0) || !word(next) {
                break;
            }
            let whole = word_end(self.text, next);
            end = if parts { part_end(self.text, next, whole) } else { whole };
            hash = hash_word(hash, self.text, next, end - next);
            match self.phrases.nodes.get(&hash) {
                Some(longer) => node = longer,
                None => break,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vocab::DataElement::{PaymentCard, Phone, Ssn};

    fn phrases() -> Phrases {
        Phrases::new(
            [
                ("ssn", Meaning::For(Ssn)),
                ("ss#", Meaning::For(Ssn)),
                ("tracking", Meaning::Against(Ssn)),
                ("card", Meaning::For(PaymentCard)),
                ("card no", Meaning::Against(PaymentCard)),
                ("tel.", Meaning::For(Phone)),
                ("account #", Meaning::Against(Phone)),
                ("from:", Meaning::Beside(Phone)),
                ("née le", Meaning::Scheme(3)),
                ("身份证", Meaning::Scheme(4)),
            ]
            .into_iter(),
        )
    }

    /// What stands around the `#`.
    fn around<T>(text: &str, ask: impl Fn(&mut Around<'_>, usize, usize) -> T) -> T {
        let at = text.find('#').unwrap_or(0);
        let phrases = phrases();
        ask(&mut Around::new(&phrases, text.replacen("#", "1", 1).as_bytes()), at, at + 1)
    }

    fn context(element: DataElement, text: &str) -> Context {
        around(text, |around, start, end| around.context(element, start, end))
    }

    #[test]
    fn the_nearest_word_of_the_line_decides() {
        assert_eq!(context(Ssn, "SSN: #"), Context::Label);
        assert_eq!(context(Ssn, "the ssn of the man is #"), Context::For);
        assert_eq!(context(Ssn, "ssn tracking #"), Context::Against);
        assert_eq!(context(Ssn, "tracking ssn #"), Context::Label);
        assert_eq!(context(Ssn, "# is my ssn"), Context::For);
        assert_eq!(context(Ssn, "# ssnx tracking"), Context::Against);
        assert_eq!(context(Ssn, "xx\n#\nssn"), Context::Bare);
        assert_eq!(context(Ssn, "xssn _ssns #"), Context::Bare);
        assert_eq!(context(Ssn, &format!("ssn {} #", "x ".repeat(40))), Context::Bare);
    }

    #[test]
    fn a_label_may_stand_above_its_value() {
        for above in ["ssn\n#", "his ssn:\r\n#", "x 1 ssn:\n#", "ssn\n\nhis ssn\n#"] {
            assert_eq!(context(Ssn, above), Context::Label, "{above:?}");
        }
        let long = format!("ssn {}\n#", "x ".repeat(20));
        for apart in ["ssn\n\n#", "ssn\nx #", "ssn 5\n#", "ssn,\n#", &long] {
            assert_eq!(context(Ssn, apart), Context::Bare, "{apart:?}");
        }
    }

    #[test]
    fn the_longest_phrase_counts_and_its_sign_must_follow() {
        assert_eq!(context(PaymentCard, "card #"), Context::Label);
        assert_eq!(context(PaymentCard, "card_no #"), Context::Against);
        assert_eq!(context(PaymentCard, "card nox #"), Context::For);
        assert_eq!(context(Phone, "tel. #"), Context::Label);
        assert_eq!(context(Phone, "tel #"), Context::Bare);
        assert_eq!(context(Phone, "the tel. of the account holder: #"), Context::For);
    }

    #[test]
    fn words_that_programs_join_are_labels_right_before_a_value() {
        for text in
            ["userSsn=#", "SSNumber: #", "mySSN: #", "\\\"hisSsn\\\":\\\"#", "ssn2: #", "ssnNumber = #", "ssn no. #"]
        {
            let expected = if text.starts_with("SSN") { Context::Bare } else { Context::Label };
            assert_eq!(context(Ssn, text), expected, "{text}");
        }
        assert_eq!(context(PaymentCard, "theCardNo=#"), Context::Against);
        for apart in ["userSsnChecked at #", "lessnot #", "SsnX9999 #", "nossn #"] {
            assert_eq!(context(Ssn, apart), Context::Bare, "{apart}");
        }
    }

    #[test]
    fn some_words_speak_only_right_before_a_value() {
        assert_eq!(context(Phone, "From: #"), Context::Label);
        assert_eq!(context(Phone, "{\"from\": \"#"), Context::Label);
        assert_eq!(context(Phone, "from # to"), Context::Bare);
        assert_eq!(context(Phone, "from: Ann and others #"), Context::Bare);
    }

    #[test]
    fn a_label_speaks_of_what_follows_it() {
        assert_eq!(context(Ssn, "# and ssn: 5"), Context::Bare);
        assert_eq!(context(Ssn, "# was her ssn"), Context::For);
    }

    #[test]
    fn schemes_are_named_in_any_script() {
        for (text, scheme) in [("NÉE LE #", 3), ("我的身份证号是#", 4)] {
            assert_eq!(
                around(text, |around, start, end| around.scheme_context(scheme, start, end)),
                match scheme {
                    3 => Context::Label,
                    _ => Context::For,
                }
            );
            assert!(around(text, |around, start, end| around.names_schemes(start, end)));
        }
    }

    #[test]
    fn words_are_the_same_whatever_was_asked_before() {
        let text = "ssn 1 tracking 2 ssn of 3 card no 4 ssn 5 x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x 6 ssn";
        let phrases = phrases();
        let places: Vec<usize> = (0..text.len()).filter(|at| text.as_bytes()[*at].is_ascii_digit()).collect();
        let mut one = Around::new(&phrases, text.as_bytes());
        for at in places.iter().chain(places.iter().rev()) {
            for element in [Ssn, PaymentCard] {
                let fresh = Around::new(&phrases, text.as_bytes()).context(element, *at, at + 1);
                assert_eq!(one.context(element, *at, at + 1), fresh, "{at}");
            }
        }
    }
}
