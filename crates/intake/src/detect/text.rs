//! Personal data in running text.
//!
//! Enters: stretches of text that begin at line starts. Leaves: matches with offsets, probability and state. Never: a
//! pattern run over the whole input. Digits, `@`, `:` and `=` are found first; a validator looks at the candidate; only
//! then are words looked for around it. Context never crosses a line, so that results do not depend on how text was cut.

use aho_corasick::{AhoCorasick, MatchKind};
use rulebook::identifiers::{BareState, IdentifierRules, Scheme};
use vocab::DataElement::{self, *};
use vocab::assessment::FindingState;

use super::labels::{self, Labels};
use super::rules::Identifiers;
use super::values::{self, Note, Verdict};
use super::words;

/// Bytes before a candidate in which words count.
const BEFORE_BYTES: usize = 64;

/// Bytes behind it.
const AFTER_BYTES: usize = 32;

/// Most groups of digits that are read as one candidate.
const MOST_GROUPS: usize = 10;

/// Longest mail address looked for.
const LONGEST_EMAIL: usize = 254;

/// Longest identity number, in letters and digits.
const LONGEST_NUMBER: usize = 20;

/// One place in text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// The element.
    pub element: DataElement,
    /// First byte, counted in the decoded member.
    pub start: u64,
    /// First byte behind it.
    pub end: u64,
    /// Probability.
    pub probability: f64,
    /// Report, review or discarded.
    pub state: FindingState,
}

/// The words for and against each element.
#[derive(Debug)]
pub(super) struct TextRules {
    words: Vec<(DataElement, Words)>,
    pub(super) labels: Labels,
    /// By scheme of identity numbers.
    schemes: Vec<Option<Words>>,
    /// Schemes with words to look for, by length of their numbers.
    by_length: Vec<Vec<u16>>,
}

#[derive(Debug)]
struct Words {
    automaton: AhoCorasick,
    labels: usize,
    bare: BareState,
}

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

impl TextRules {
    pub(super) fn new(rules: &IdentifierRules) -> Self {
        let words = |rule: &rulebook::identifiers::IdentifierRule| {
            let text = rule.text.as_ref()?;
            Some((rule.element, Words::new(&text.labels, &text.against, text.bare)?))
        };
        let schemes: Vec<&Scheme> = rules.rules.iter().flat_map(|(_, rule)| &rule.schemes).collect();
        let mut by_length = vec![Vec::new(); LONGEST_NUMBER + 1];
        for (at, scheme) in schemes.iter().enumerate().filter(|(_, scheme)| !scheme.labels.is_empty()) {
            let mut lengths: Vec<usize> =
                scheme.forms.iter().map(|form| form.bytes().filter(|sign| *sign != b'=').count()).collect();
            lengths.sort_unstable();
            lengths.dedup();
            for length in lengths.into_iter().filter(|length| *length <= LONGEST_NUMBER) {
                by_length[length].push(at as u16);
            }
        }
        TextRules {
            words: rules.rules.iter().filter_map(|(_, rule)| words(rule)).collect(),
            labels: Labels::new(rules),
            schemes: schemes.iter().map(|scheme| Words::new(&scheme.labels, &[], BareState::Discarded)).collect(),
            by_length,
        }
    }

    /// The schemes of identity numbers of so many signs that have words to look for.
    pub(super) fn schemes_of(&self, signs: usize) -> &[u16] {
        self.by_length.get(signs).map_or(&[], Vec::as_slice)
    }

    pub(super) fn scheme_context(&self, scheme: u16, text: &[u8], start: usize, end: usize) -> Context {
        let words = self.schemes.get(usize::from(scheme)).and_then(Option::as_ref);
        words.map_or(Context::Bare, |words| words.context(text, start, end))
    }

    fn of(&self, element: DataElement) -> Option<&Words> {
        self.words.iter().find(|(other, _)| *other == element).map(|(_, words)| words)
    }

    pub(super) fn context(&self, element: DataElement, text: &[u8], start: usize, end: usize) -> Context {
        self.of(element).map_or(Context::Bare, |words| words.context(text, start, end))
    }

    fn bare(&self, element: DataElement) -> BareState {
        self.of(element).map_or(BareState::Discarded, |words| words.bare)
    }
}

impl Words {
    fn new(labels: &[String], against: &[String], bare: BareState) -> Option<Self> {
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .build(labels.iter().chain(against))
            .ok()?;
        Some(Words { automaton, labels: labels.len(), bare })
    }

    fn context(&self, text: &[u8], start: usize, end: usize) -> Context {
        let line_start = memchr::memrchr2(b'\n', b'\r', &text[start.saturating_sub(BEFORE_BYTES)..start])
            .map_or(start.saturating_sub(BEFORE_BYTES), |at| start.saturating_sub(BEFORE_BYTES) + at + 1);
        let after = (end + AFTER_BYTES).min(text.len());
        let line_end = memchr::memchr2(b'\n', b'\r', &text[end..after]).map_or(after, |at| end + at);
        let (before, behind) = (&text[line_start..start], &text[end..line_end]);
        let word_end = |window: &[u8], at: usize| window.get(at).is_none_or(|byte| !byte.is_ascii_alphanumeric());
        let word_start = |window: &[u8], at: usize| at == 0 || !window[at - 1].is_ascii_alphanumeric();
        let mut nearest: Option<(usize, bool)> = None;
        for found in self.automaton.find_iter(before) {
            if word_start(before, found.start()) && (word_end(before, found.end()) || found.end() == before.len()) {
                nearest = Some((before.len() - found.end(), found.pattern().as_usize() < self.labels));
            }
        }
        match nearest {
            Some((distance, true)) if distance <= 4 => return Context::Label,
            Some((_, true)) => return Context::For,
            Some((_, false)) => return Context::Against,
            None => {}
        }
        for found in self.automaton.find_iter(behind) {
            if word_start(behind, found.start()) && word_end(behind, found.end()) {
                return if found.pattern().as_usize() < self.labels { Context::For } else { Context::Against };
            }
        }
        Context::Bare
    }
}

/// Finds the matches of a stretch of text whose first byte has the offset `base` in the decoded member.
pub fn scan_text(ids: &Identifiers, text: &[u8], base: u64, found: &mut dyn FnMut(Match)) {
    let mut at = 0;
    let mut done = 0;
    while let Some(next) = next_candidate(text, at) {
        let result = match text[next] {
            b'@' => email(ids, text, next, done),
            b':' | b'=' => sign(ids, text, next, done),
            _ => number(ids, text, next, done),
        };
        match result {
            Found::Match(hit) => {
                let Hit { element, start, end, probability } = hit;
                if start >= done {
                    let state = state_of(probability);
                    found(Match { element, start: base + start as u64, end: base + end as u64, probability, state });
                    done = end;
                }
                at = end.max(next + 1);
            }
            Found::SkipTo(end) => at = end.max(next + 1),
        }
    }
}

fn state_of(probability: f64) -> FindingState {
    match probability {
        0.75.. => FindingState::Report,
        0.35.. => FindingState::Review,
        _ => FindingState::Discarded,
    }
}

enum Found {
    Match(Hit),
    SkipTo(usize),
}

pub(super) struct Hit {
    pub(super) element: DataElement,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) probability: f64,
}

/// Returns the next digit, `@`, `:` or `=` from `at` on, eight bytes at a time where there is none.
fn next_candidate(text: &[u8], mut at: usize) -> Option<usize> {
    const LOW: u64 = u64::MAX / 255;
    while at + 8 <= text.len() {
        let Ok(eight) = <[u8; 8]>::try_from(&text[at..at + 8]) else { break };
        let word = u64::from_le_bytes(eight);
        // Bytes b with b'0' <= b <= b':', and b'@': see "Bit Twiddling Hacks", hasbetween and haszero.
        let seven = word & (LOW * 127);
        let between = (LOW * (127 + 0x3B)).wrapping_sub(seven) & !word & (seven + LOW * (127 - 0x2F)) & (LOW * 128);
        let signs = word ^ (LOW * 0x40);
        let at_sign = signs.wrapping_sub(LOW) & !signs & (LOW * 128);
        let equals = word ^ (LOW * 0x3D);
        let equals = equals.wrapping_sub(LOW) & !equals & (LOW * 128);
        let hits = between | at_sign | equals;
        if hits != 0 {
            return Some(at + hits.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    (at..text.len()).find(|at| matches!(text[*at], b'0'..=b':' | b'@' | b'='))
}

/// Grows an address from its `@`.
fn email(ids: &Identifiers, text: &[u8], at: usize, done: usize) -> Found {
    let local = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+-'".contains(byte) || *byte >= 0x80;
    let domain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-') || *byte >= 0x80;
    let floor = done.max(at.saturating_sub(64));
    let mut start = at - text[floor..at].iter().rev().take_while(|byte| local(byte)).count();
    while start < at && matches!(text[start], b'.' | b'-' | b'\'' | b'+' | b'%') {
        start += 1;
    }
    let mut end = at + 1 + text[at + 1..].iter().take(LONGEST_EMAIL).take_while(|byte| domain(byte)).count();
    while end > at + 1 && matches!(text[end - 1], b'.' | b'-') {
        end -= 1;
    }
    if start == at || end == at + 1 || !values::email(&text[start..end]).is_valid() {
        return Found::SkipTo(end);
    }
    let automatic = ids.text.context(Email, text, start, end) == Context::Against;
    Found::Match(Hit { element: Email, start, end, probability: if automatic { 0.3 } else { 0.97 } })
}

/// A colon or an equals sign may end a label; a colon may stand in an address of a machine.
fn sign(ids: &Identifiers, text: &[u8], at: usize, done: usize) -> Found {
    if let Some(hit) = labels::labelled(ids, text, at) {
        return Found::Match(hit);
    }
    if text[at] == b':' { colon(ids, text, at, done) } else { Found::SkipTo(at + 1) }
}

/// A colon may stand in a MAC or an IPv6 address.
fn colon(ids: &Identifiers, text: &[u8], at: usize, done: usize) -> Found {
    let part = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b':';
    let floor = done.max(at.saturating_sub(45));
    let start = at - text[floor..at].iter().rev().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let end = at + text[at..].iter().take(45).take_while(|byte| part(byte)).count();
    let end = at + text[at..end].iter().rposition(|byte| *byte != b':').map_or(0, |last| last + 1).max(1);
    address_of_parts(ids, text, start, end).unwrap_or(Found::SkipTo(at + 1))
}

fn address_of_parts(ids: &Identifiers, text: &[u8], start: usize, end: usize) -> Option<Found> {
    let candidate = text.get(start..end)?;
    let free = |at: Option<&u8>| at.is_none_or(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b':' | b'_'));
    if !free(start.checked_sub(1).and_then(|at| text.get(at))) || !free(text.get(end)) {
        return None;
    }
    if values::mac(candidate).is_valid() {
        return Some(Found::Match(Hit { element: Mac, start, end, probability: 0.95 }));
    }
    let colons = candidate.iter().filter(|byte| **byte == b':').count();
    let groups = candidate.split(|byte| *byte == b':').filter(|group| group.len() >= 3).count();
    if colons >= 3 && groups >= 2 && values::ip(candidate).is_valid() {
        let against = ids.text.context(Ip, text, start, end) == Context::Against;
        return Some(Found::Match(Hit { element: Ip, start, end, probability: if against { 0.4 } else { 0.93 } }));
    }
    None
}

/// Groups of digits with single separators between them.
struct Groups {
    groups: [(usize, usize); MOST_GROUPS],
    count: usize,
    /// A plus sign or bracket stands before the first.
    start: usize,
}

impl Groups {
    fn read(text: &[u8], first: usize) -> Groups {
        let mut out = Groups { groups: [(0, 0); MOST_GROUPS], count: 0, start: first };
        let mut at = first;
        while out.count < MOST_GROUPS {
            let end = at + text[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            out.groups[out.count] = (at, end);
            out.count += 1;
            let gap = match &text[end..] {
                [b'-' | b' ' | b'.', digit, ..] if digit.is_ascii_digit() => 1,
                [b')', b' ' | b'-', digit, ..] if digit.is_ascii_digit() => 2,
                [b')', digit, ..] if digit.is_ascii_digit() => 1,
                [b' ', b'(', digit, ..] if digit.is_ascii_digit() => 2,
                _ => break,
            };
            at = end + gap;
        }
        while out.start > 0 && matches!(text[out.start - 1], b'+' | b'(') && first - out.start < 2 {
            out.start -= 1;
        }
        out
    }

    /// Where the groups end.
    fn ends(&self) -> Vec<usize> {
        self.groups[..self.count].iter().map(|group| group.1).collect()
    }

    fn length(&self, group: usize) -> usize {
        self.groups[group].1 - self.groups[group].0
    }

    fn shape(&self, from: usize, count: usize, lengths: &[usize]) -> bool {
        count == lengths.len()
            && from + count <= self.count
            && lengths.iter().enumerate().all(|(i, length)| self.length(from + i) == *length)
    }

    fn separator<'a>(&self, text: &'a [u8], group: usize) -> &'a [u8] {
        &text[self.groups[group].1..self.groups[group + 1].0]
    }
}

/// Tries every reading of the groups that start here, the most specific first.
fn number(ids: &Identifiers, text: &[u8], first: usize, done: usize) -> Found {
    let glued = first.checked_sub(1).is_some_and(|at| is_word(text[at]));
    let groups = Groups::read(text, first);
    let own_end = groups.groups[0].1;
    if glued {
        let word_end = own_end + text[own_end..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let mac = hexadecimal_mac(text, first);
        return mac
            .unwrap_or_else(|| words::token(ids, text, first, done).map_or(Found::SkipTo(word_end), Found::Match));
    }
    if let Some(found) = hexadecimal_mac(text, first) {
        return found;
    }
    for count in (1..=groups.count.min(5)).rev() {
        let start = if groups.start < first { groups.start } else { first };
        let end = groups.groups[count - 1].1;
        if !bounded(text, first, end) {
            continue;
        }
        if let Some(hit) = read_groups(ids, text, &groups, count, start, end) {
            return Found::Match(hit);
        }
    }
    if let Some(hit) = words::token(ids, text, first, done).or_else(|| words::spoken(ids, text, &groups.ends(), first))
    {
        return Found::Match(hit);
    }
    // A long chain of groups joined by hyphens or dots is one thing: none of its parts is looked at again.
    Found::SkipTo(chain_end(text, &groups))
}

/// Where a chain joined by `-` or `.` ends; a space ends it.
fn chain_end(text: &[u8], groups: &Groups) -> usize {
    let joined =
        (0..groups.count - 1).take_while(|group| matches!(groups.separator(text, *group), b"-" | b".")).count();
    let end = groups.groups[joined].1;
    end + text[end..].iter().take_while(|byte| is_word(**byte)).count()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Whether nothing that would make it part of something longer touches the candidate: letters, or a sign with more behind.
fn bounded(text: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).map(|at| text[at]);
    let before_that = start.checked_sub(2).map(|at| text[at]);
    let left = match before {
        Some(byte) if is_word(byte) => false,
        Some(b'-' | b'.' | b'/' | b':') => match before_that {
            Some(byte) if byte.is_ascii_digit() => false,
            Some(byte) if before == Some(b'-') && is_word(byte) => false,
            _ => true,
        },
        _ => true,
    };
    let right = match (text.get(end), text.get(end + 1)) {
        (Some(b'x' | b'X'), Some(b'0'..=b'9')) => true,
        (Some(byte), _) if is_word(*byte) => false,
        (Some(b'-'), Some(next)) if is_word(*next) => false,
        (Some(b'.' | b','), Some(b'0'..=b'9')) => {
            text.get(end) == Some(&b',') && text.get(end + 4).is_some_and(u8::is_ascii_digit)
        }
        _ => true,
    };
    left && right
}

fn read_groups(ids: &Identifiers, text: &[u8], groups: &Groups, count: usize, start: usize, end: usize) -> Option<Hit> {
    let first = groups.groups[0].0;
    let plain = &text[first..end];
    let one_separator = |sign: &[u8]| (0..count - 1).all(|group| groups.separator(text, group) == sign);
    if count == 4 && one_separator(b".") {
        return dotted(ids, text, first, end);
    }
    let blank = count > 1 && (one_separator(b" ") || one_separator(b"-"));
    let card = (groups.shape(0, count, &[4, 4, 4, 4]) || groups.shape(0, count, &[4, 6, 5])) && blank;
    if card || (count == 1 && (13..=19).contains(&plain.len())) {
        let read = device(ids, text, first, end, card).or_else(|| payment(ids, text, first, end, card));
        if read.is_some() {
            return read;
        }
    }
    if groups.shape(0, count, &[2, 6, 6, 1]) && blank {
        return device(ids, text, first, end, false);
    }
    let hyphened = groups.shape(0, count, &[3, 2, 4]) && (one_separator(b"-") || one_separator(b" "));
    if hyphened || (count == 1 && plain.len() == 9) {
        return ssn(ids, text, first, end, hyphened && one_separator(b"-"));
    }
    phone(ids, text, groups, count, start, end)
}

fn dotted(ids: &Identifiers, text: &[u8], start: usize, end: usize) -> Option<Hit> {
    let after = (text.get(end), text.get(end + 1));
    if matches!(after, (Some(b'.'), Some(b'0'..=b'9'))) || !values::ip(&text[start..end]).is_valid() {
        return None;
    }
    let leading_zero = text[start..end].split(|byte| *byte == b'.').any(|part| part.len() > 1 && part[0] == b'0');
    let against = ids.text.context(Ip, text, start, end) == Context::Against;
    let probability = if against {
        0.2
    } else if leading_zero {
        0.5
    } else {
        0.93
    };
    Some(Hit { element: Ip, start, end, probability })
}

fn payment(ids: &Identifiers, text: &[u8], start: usize, end: usize, grouped: bool) -> Option<Hit> {
    let card = values::payment_card(&text[start..end], &ids.card_ranges, &ids.card_samples);
    if card.verdict != Verdict::Valid {
        return None;
    }
    let probability = match (ids.text.context(PaymentCard, text, start, end), grouped) {
        (Context::Label, _) => 0.99,
        (Context::For, _) => 0.97,
        (Context::Bare, true) => 0.9,
        (Context::Bare, false) => 0.76,
        (Context::Against, true) => 0.5,
        (Context::Against, false) => 0.25,
    };
    Some(Hit { element: PaymentCard, start, end, probability })
}

fn device(ids: &Identifiers, text: &[u8], start: usize, end: usize, card: bool) -> Option<Hit> {
    let candidate = &text[start..end];
    let digits = candidate.iter().filter(|byte| byte.is_ascii_digit()).count();
    if card || digits != 15 || values::imei(candidate).verdict != Verdict::Valid {
        return None;
    }
    let body = u64::from(candidate[0] - b'0') * 10 + u64::from(candidate[1].wrapping_sub(b'0'));
    let known = ids.is_reporting_body(body);
    let probability = match (ids.text.context(Imei, text, start, end), known) {
        (Context::Label, _) => 0.98,
        (Context::For, true) => 0.96,
        (Context::For, false) => 0.7,
        (Context::Bare, true) => 0.55,
        _ => return None,
    };
    Some(Hit { element: Imei, start, end, probability })
}

fn ssn(ids: &Identifiers, text: &[u8], start: usize, end: usize, hyphened: bool) -> Option<Hit> {
    if !values::ssn(&text[start..end]).is_valid() {
        return None;
    }
    let spaced = !hyphened && end - start == 11;
    let bare = if ids.text.bare(Ssn) == BareState::Report { 0.8 } else { 0.6 };
    let probability = match (ids.text.context(Ssn, text, start, end), hyphened, spaced) {
        (Context::Label, true, _) => 0.98,
        (Context::Label, false, _) => 0.93,
        (Context::For, true, _) => 0.95,
        (Context::For, false, _) => 0.8,
        (Context::Bare, true, _) => bare,
        (Context::Bare, false, true) => 0.2,
        (Context::Bare, false, false) => 0.05,
        (Context::Against, true, _) => 0.2,
        (Context::Against, false, _) => 0.02,
    };
    Some(Hit { element: Ssn, start, end, probability })
}

fn phone(ids: &Identifiers, text: &[u8], groups: &Groups, count: usize, start: usize, end: usize) -> Option<Hit> {
    let candidate = &text[start..end];
    let plus = candidate[0] == b'+' || candidate.starts_with(b"(+");
    let bracket = candidate.contains(&b'(');
    let from = usize::from(count > 3 && groups.length(0) == 1 && text[groups.groups[0].0] == b'1');
    let grouped =
        count - from == 3 && groups.length(from) == 3 && groups.length(from + 1) == 3 && groups.length(from + 2) == 4;
    let digits = candidate.iter().filter(|byte| byte.is_ascii_digit()).count();
    let plain = count == 1 && (digits == 10 || (digits == 11 && text[groups.groups[0].0] == b'1'));
    let with_code = plus && (8..=15).contains(&digits);
    if !(with_code || grouped || plain) {
        return None;
    }
    let checked = values::phone(candidate);
    if checked.verdict != Verdict::Valid || checked.note == Note::TollFree {
        return None;
    }
    let area = checked.value.map(|value| value / 10_000_000 % 1000);
    let american = checked.value.is_some_and(|value| value / 10_000_000_000 == 1);
    let assigned = !american || area.is_some_and(|area| ids.is_area_code(area));
    let signs = plus || bracket || grouped;
    let probability = match (ids.text.context(Phone, text, start, end), signs) {
        (Context::Label, true) => 0.97,
        (Context::Label, false) => 0.92,
        (Context::For, true) => 0.95,
        (Context::For, false) => 0.8,
        (Context::Bare, true) => 0.82,
        (Context::Bare, false) => 0.15,
        (Context::Against, true) => 0.4,
        (Context::Against, false) => 0.03,
    };
    Some(Hit { element: Phone, start, end, probability: if assigned { probability } else { probability * 0.6 } })
}

/// A MAC address whose first pair begins or ends with a digit: `00-1a-...`, `0a:...`, `001a.2b3c.4d5e`.
fn hexadecimal_mac(text: &[u8], digit: usize) -> Option<Found> {
    let back = text[digit.saturating_sub(3)..digit].iter().rev().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let start = digit - back;
    let free = |at: Option<&u8>| at.is_none_or(|byte| !is_word(*byte) && !matches!(byte, b':' | b'-'));
    if !free(start.checked_sub(1).and_then(|at| text.get(at))) {
        return None;
    }
    [17, 14].into_iter().find_map(|length| {
        let candidate = text.get(start..start + length)?;
        let sign = *candidate.get(if length == 17 { 2 } else { 4 })?;
        if !matches!(sign, b':' | b'-' | b'.') || !free(text.get(start + length)) || !values::mac(candidate).is_valid()
        {
            return None;
        }
        Some(Found::Match(Hit { element: Mac, start, end: start + length, probability: 0.95 }))
    })
}
