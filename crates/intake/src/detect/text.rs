//! Personal data in running text.
//!
//! Enters: stretches of text that begin at line starts. Leaves: matches with offsets, probability and state. Never: a
//! pattern run over the whole input. Digits, `@`, `:` and `=` are found first; the shape of what stands there turns most of
//! them away; a validator looks at the rest; only then are words looked for around them. Context never crosses a line, so
//! that results do not depend on how text was cut.

use rulebook::identifiers::{BareState, IdentifierRules, Scheme};
use vocab::DataElement::{self, *};
use vocab::assessment::FindingState;

use super::context::{Around, Context, Meaning, Phrases};
use super::groups::{self, Groups};
use super::labels::{self, Labels};
use super::phones::Plans;
use super::rules::Identifiers;
use super::signatures::Lines;
use super::values;
use super::words::SPOKEN_DIGITS;

/// Longest mail address looked for.
const LONGEST_EMAIL: usize = 254;

/// Longest identity number, in letters and digits.
const LONGEST_NUMBER: usize = 20;

/// Ends of names of systemd's units, which have an `@` in them: `getty@tty1.service`. None is a domain.
const UNITS: [&[u8]; 6] = [b".service", b".socket", b".mount", b".timer", b".target", b".slice"];

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
    /// The user's detector that found it, by its place among them.
    pub detector: Option<u16>,
}

/// What is looked for in text.
#[derive(Debug)]
pub(super) struct TextRules {
    pub(super) phrases: Phrases,
    pub(super) labels: Labels,
    bare: Vec<(DataElement, BareState)>,
    /// Schemes of identity numbers with words to look for, by length of their numbers.
    by_length: Vec<Vec<u16>>,
    pub(super) plans: Plans,
}

impl TextRules {
    pub(super) fn new(rules: &IdentifierRules) -> Self {
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
        // Labels of names are looked for where they end in a colon only.
        let labelled = rules.rules.iter().filter(|(_, rule)| rule.element != Name);
        let written = labelled.filter_map(|(_, rule)| Some((rule.element, rule.text.as_ref()?)));
        let of_elements = written.clone().flat_map(|(element, text)| {
            let labels = text.labels.iter().map(move |word| (word.as_str(), Meaning::For(element)));
            let beside = text.beside.iter().map(move |word| (word.as_str(), Meaning::Beside(element)));
            labels.chain(beside).chain(text.against.iter().map(move |word| (word.as_str(), Meaning::Against(element))))
        });
        let of_schemes = schemes
            .iter()
            .enumerate()
            .flat_map(|(at, scheme)| scheme.labels.iter().map(move |word| (word.as_str(), Meaning::Scheme(at as u16))));
        TextRules {
            phrases: Phrases::new(of_elements.chain(of_schemes)),
            labels: Labels::new(rules),
            bare: written.map(|(element, text)| (element, text.bare)).collect(),
            by_length,
            plans: Plans::new(rules),
        }
    }

    /// The schemes of identity numbers of so many signs that have words to look for.
    pub(super) fn schemes_of(&self, signs: usize) -> &[u16] {
        self.by_length.get(signs).map_or(&[], Vec::as_slice)
    }

    /// Whether digits of that number can be anything that only words tell.
    pub(super) fn has_number_of(&self, digits: usize) -> bool {
        SPOKEN_DIGITS.contains(&digits) || !self.schemes_of(digits).is_empty()
    }

    pub(super) fn bare(&self, element: DataElement) -> BareState {
        self.bare.iter().find(|(other, _)| *other == element).map_or(BareState::Discarded, |(_, bare)| *bare)
    }
}

/// Finds the matches of a stretch of text as it stands there.
pub(super) fn scan_plain(ids: &Identifiers, text: &[u8], base: u64, found: &mut dyn FnMut(Match)) {
    let mut scan =
        Scan { ids, text, done: 0, token_end: 0, groups: Groups::NONE, around: Around::new(&ids.text.phrases, text) };
    let mut candidates = Candidates { text, block: 0, bits: 0 };
    candidates.bits = candidates.look();
    let mut lines = Lines::default();
    let mut beside = Beside { text, end: 0 };
    let found = &mut |hit: Hit| found(beside.judged(hit).at(base));
    let mut at = 0;
    while let Some(next) = candidates.next(at) {
        while let Some(hit) = lines.name_before(ids, text, next) {
            found(hit);
        }
        let result = match text[next] {
            b'@' => email(&mut scan, next),
            b':' | b'=' => sign(&mut scan, next),
            _ => groups::number(&mut scan, next),
        };
        match result {
            Found::Match(hit) => {
                at = hit.end.max(next + 1);
                if hit.start >= scan.done {
                    while let Some(name) = lines.name_within(ids, text, hit.start) {
                        found(name);
                    }
                    lines.skip_to(hit.end);
                    scan.done = hit.end;
                    found(hit);
                }
            }
            Found::SkipTo(end) => at = end.max(next + 1),
        }
    }
    while let Some(hit) = lines.name_before(ids, text, text.len()).or_else(|| lines.name_within(ids, text, text.len()))
    {
        found(hit);
    }
}

/// The last thing of somebody's that was reported, which speaks for an SSN behind it.
struct Beside<'a> {
    text: &'a [u8],
    /// Where it ends; 0: nothing was.
    end: usize,
}

impl Beside<'_> {
    /// An SSN in its own writing, without any word for it, is one where its line holds somebody's name, birth or address
    /// shortly before it.
    fn judged(&mut self, mut hit: Hit) -> Hit {
        const NEAR: usize = 48;
        let bare = hit.element == Ssn && (0.55..0.75).contains(&hit.probability);
        if bare && self.end > 0 && self.end <= hit.start && hit.start - self.end <= NEAR {
            let between = &self.text[self.end..hit.start];
            let line = memchr::memchr2(b'\n', b'\r', between).is_none();
            hit.probability = if line { 0.78 } else { hit.probability };
        }
        if matches!(hit.element, Name | Dob | Address | Ssn) && hit.probability >= 0.75 {
            self.end = hit.end;
        }
        hit
    }
}

/// A text while it is scanned.
pub(super) struct Scan<'a> {
    pub(super) ids: &'a Identifiers,
    pub(super) text: &'a [u8],
    /// Everything before belongs to a match.
    pub(super) done: usize,
    /// Up to here tokens of issuers were looked for.
    pub(super) token_end: usize,
    /// The groups of digits read last.
    pub(super) groups: Groups,
    pub(super) around: Around<'a>,
}

impl Scan<'_> {
    pub(super) fn context(&mut self, element: DataElement, start: usize, end: usize) -> Context {
        self.around.context(element, start, end)
    }
}

pub(super) fn state_of(probability: f64) -> FindingState {
    match probability {
        0.75.. => FindingState::Report,
        0.35.. => FindingState::Review,
        _ => FindingState::Discarded,
    }
}

pub(super) enum Found {
    Match(Hit),
    SkipTo(usize),
}

pub(super) struct Hit {
    pub(super) element: DataElement,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) probability: f64,
}

impl Hit {
    fn at(self, base: u64) -> Match {
        let Hit { element, start, end, probability } = self;
        let state = state_of(probability);
        Match { element, start: base + start as u64, end: base + end as u64, probability, state, detector: None }
    }
}

/// The digits, `@`, `:` and `=` of a text, found 64 bytes at a time.
struct Candidates<'a> {
    text: &'a [u8],
    /// Where the block begins that was looked at last, and the candidates in it.
    block: usize,
    bits: u64,
}

/// Bytes of a block.
const BLOCK: usize = 64;

impl Candidates<'_> {
    /// Returns the first candidate from `at` on. `at` never decreases.
    fn next(&mut self, at: usize) -> Option<usize> {
        if at >= self.block + BLOCK {
            self.block = at / BLOCK * BLOCK;
            self.bits = self.look();
        }
        self.bits &= u64::MAX << (at.saturating_sub(self.block)).min(BLOCK - 1);
        while self.bits == 0 {
            self.block += BLOCK;
            if self.block >= self.text.len() {
                return None;
            }
            self.bits = self.look();
        }
        Some(self.block + self.bits.trailing_zeros() as usize)
    }

    fn look(&self) -> u64 {
        let Some(block) = self.text.get(self.block..self.block + BLOCK) else {
            let rest = self.text.get(self.block..).unwrap_or(&[]).iter().enumerate();
            return rest.filter(|(_, byte)| is_candidate(**byte)).fold(0, |bits, (at, _)| bits | 1 << at);
        };
        block.chunks_exact(8).enumerate().fold(0, |bits, (at, eight)| {
            bits | candidate_bits(eight.try_into().map_or(0, u64::from_le_bytes)) << (8 * at)
        })
    }
}

fn is_candidate(byte: u8) -> bool {
    matches!(byte, b'0'..=b':' | b'@' | b'=')
}

/// Marks the candidates among eight bytes: bit `n` for byte `n`. See "Bit Twiddling Hacks", hasbetween and haszero.
fn candidate_bits(eight: u64) -> u64 {
    const LOW: u64 = u64::MAX / 255;
    const HIGH: u64 = LOW * 128;
    let seven = eight & (LOW * 127);
    let digits = (LOW * (127 + 0x3B)).wrapping_sub(seven) & (seven + LOW * (127 - 0x2F));
    // Zero where the byte is the sign; exact, unlike the shorter form, which the byte above a hit can mislead.
    let sign = |sign: u64| !((seven ^ (LOW * sign)) + LOW * 127);
    ((digits | sign(0x40) | sign(0x3D)) & !eight & HIGH).wrapping_shr(7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// Grows an address from its `@`.
fn email(scan: &mut Scan<'_>, at: usize) -> Found {
    let text = scan.text;
    let local = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+-'".contains(byte) || *byte >= 0x80;
    let domain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-') || *byte >= 0x80;
    let floor = scan.done.max(at.saturating_sub(64));
    let mut start = at - text[floor..at].iter().rev().take_while(|byte| local(byte)).count();
    while start < at && matches!(text[start], b'.' | b'-' | b'\'' | b'+' | b'%') {
        start += 1;
    }
    let mut end = at + 1 + text[at + 1..].iter().take(LONGEST_EMAIL).take_while(|byte| domain(byte)).count();
    while end > at + 1 && matches!(text[end - 1], b'.' | b'-') {
        end -= 1;
    }
    if start == at || end == at + 1 || !values::email(&text[start..end]).is_valid() {
        // "root@10.2.3.4": an address of a machine.
        return Found::SkipTo(if text.get(at + 1).is_some_and(u8::is_ascii_digit) { at + 1 } else { end });
    }
    let unit = UNITS.iter().any(|unit| text[..end].ends_with(unit)) || is_picture(&text[at + 1..end]);
    let automatic = unit || scan.context(Email, start, end) == Context::Against;
    Found::Match(Hit { element: Email, start, end, probability: if automatic { 0.3 } else { 0.97 } })
}

/// `icon@2x.png`: pictures for screens of several densities.
fn is_picture(domain: &[u8]) -> bool {
    const KINDS: [&[u8]; 9] = [b"png", b"jpg", b"jpeg", b"gif", b"webp", b"svg", b"avif", b"heic", b"bmp"];
    let digits = domain.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let scaled = digits > 0 && domain[digits..].starts_with(b"x");
    let kind = domain.rsplit(|byte| *byte == b'.').next().unwrap_or(domain);
    scaled && KINDS.iter().any(|known| kind.eq_ignore_ascii_case(known))
}

/// A colon or an equals sign may end a label; a colon may stand in an address of a machine.
fn sign(scan: &mut Scan<'_>, at: usize) -> Found {
    if let Some(hit) = labels::labelled(scan.ids, scan.text, at) {
        return Found::Match(hit);
    }
    if scan.text[at] == b':' { colon(scan, at) } else { Found::SkipTo(at + 1) }
}

/// A colon may stand in a MAC or an IPv6 address.
fn colon(scan: &mut Scan<'_>, at: usize) -> Found {
    /// Shorter ones are times of day.
    const SHORTEST: usize = 9;
    let text = scan.text;
    let part = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b':';
    if !text.get(at + 1).is_some_and(part) {
        return Found::SkipTo(at + 1);
    }
    let floor = scan.done.max(at.saturating_sub(45));
    let start = at - text[floor..at].iter().rev().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let end = at + text[at..].iter().take(45).take_while(|byte| part(byte)).count();
    let end = at + text[at..end].iter().rposition(|byte| *byte != b':').map_or(0, |last| last + 1).max(1);
    if end - start < SHORTEST {
        return Found::SkipTo(at + 1);
    }
    address_of_parts(scan, start, end).unwrap_or(Found::SkipTo(at + 1))
}

fn address_of_parts(scan: &mut Scan<'_>, start: usize, end: usize) -> Option<Found> {
    let text = scan.text;
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
        let against = scan.context(Ip, start, end) == Context::Against;
        return Some(Found::Match(Hit { element: Ip, start, end, probability: if against { 0.4 } else { 0.93 } }));
    }
    None
}
