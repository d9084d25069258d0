//! Telephone numbers in text as they are written at home: without country code, in the groups of the country.
//!
//! Enters: the first digit of a group. Leaves: a number that fits a national plan of the rulebook and for which its writing or
//! a word near it speaks. Never: digits by themselves.

use rulebook::identifiers::IdentifierRules;
use vocab::DataElement::Phone;

use super::bounds::{is_word, stands_free};
use super::context::Context;
use super::rules::fold;
use super::text::{Hit, Scan};

/// Most groups of digits of a number.
const MOST_GROUPS: usize = 6;

/// Fewest and most digits of a number, with what is dialled before it.
const DIGITS: std::ops::RangeInclusive<usize> = 8..=13;

/// Digits of a number in groups that a word in the line is enough for.
const GROUPED: usize = 9;

/// Digits of a number without any sign that a word in the line is enough for.
const LONG: usize = 10;

/// The national plans, by the digits that numbers begin with, what is dialled before them among these.
#[derive(Debug, Default)]
pub(super) struct Plans {
    /// By the first two digits: beginnings with the fewest and most digits of the whole.
    by_two: Vec<Vec<(Vec<u8>, usize, usize)>>,
    /// Words right before digits in groups that leave nothing else for these to be.
    direct: Vec<String>,
    /// Words right behind a number that say which line it is, folded.
    behind: Vec<Vec<u8>>,
}

impl Plans {
    pub(super) fn new(rules: &IdentifierRules) -> Self {
        let mut by_two = vec![Vec::new(); 100];
        let plans = rules.of(Phone).map_or(&[][..], |rule| &rule.plans);
        for plan in plans {
            for (begins, fewest, most) in &plan.numbers {
                let whole: Vec<u8> = plan.before.bytes().chain(begins.bytes()).collect();
                let more = plan.before.len();
                let entry = (whole.clone(), usize::from(*fewest) + more, usize::from(*most) + more);
                for (two, slot) in by_two.iter_mut().enumerate() {
                    let two = [b'0' + (two / 10) as u8, b'0' + (two % 10) as u8];
                    let shared = whole.len().min(2);
                    if two[..shared] == whole[..shared] && !slot.contains(&entry) {
                        slot.push(entry.clone());
                    }
                }
            }
        }
        let words = rules.of(Phone).and_then(|rule| rule.text.as_ref());
        let behind = words.iter().flat_map(|text| &text.behind).map(|word| fold(word.as_bytes())).collect();
        let direct = words.map_or_else(Vec::new, |text| text.direct.clone());
        Plans { by_two, direct, behind }
    }

    /// Whether a word that says which line it is stands right behind a number, and nothing else in that field: `-Fax,`,
    /// ` (mobile)`.
    pub(super) fn name_behind(&self, text: &[u8], end: usize) -> bool {
        const LONGEST: usize = 16;
        let behind = &text[end..];
        let signs = behind.iter().take(3).take_while(|byte| matches!(byte, b' ' | b'-' | b'(' | b'/')).count();
        let letter = |byte: &&u8| byte.is_ascii_alphabetic() || **byte >= 0x80;
        let length = behind[signs..].iter().take(LONGEST).take_while(letter).count();
        let next = behind.get(signs + length);
        let ends = next.is_none_or(|byte| b"\n\r\t,;)|\"<\\".contains(byte));
        if signs == 0 || length < 3 || !ends {
            return false;
        }
        let word = fold(&behind[signs..signs + length]);
        self.behind.contains(&word)
    }

    /// Whether a text ends in words that leave no doubt.
    fn is_direct(&self, before: &[u8]) -> bool {
        before.last().is_some_and(u8::is_ascii_lowercase)
            && self.direct.iter().any(|words| {
                let Some(from) = before.len().checked_sub(words.len()) else { return false };
                let free = from.checked_sub(1).is_none_or(|at| !is_word(before[at]));
                free && before[from..].eq_ignore_ascii_case(words.as_bytes())
            })
    }

    /// Whether some country has numbers of such digits.
    fn fit(&self, digits: &[u8]) -> bool {
        let [a, b, ..] = digits else { return false };
        let slot = usize::from(a.wrapping_sub(b'0')) * 10 + usize::from(b.wrapping_sub(b'0'));
        let fits = |(begins, fewest, most): &(Vec<u8>, usize, usize)| {
            (*fewest..=*most).contains(&digits.len()) && digits.starts_with(begins)
        };
        self.by_two.get(slot).is_some_and(|entries| entries.iter().any(fits))
    }
}

/// Groups of digits as telephone numbers join them.
struct Written {
    start: usize,
    digits: [u8; *DIGITS.end()],
    /// Where each group ends, and the digits up to there.
    ends: [(usize, usize); MOST_GROUPS],
    groups: usize,
    /// The first group stands in brackets.
    bracketed: bool,
    /// More digits follow than can belong to a number.
    goes_on: bool,
}

impl Written {
    fn read(text: &[u8], first: usize) -> Option<Written> {
        let open = first.checked_sub(1).is_some_and(|at| text[at] == b'(');
        let start = first - usize::from(open);
        let (digits, ends) = ([0; *DIGITS.end()], [(0, 0); MOST_GROUPS]);
        let mut out = Written { start, digits, ends, groups: 0, bracketed: false, goes_on: false };
        let (mut at, mut count) = (first, 0);
        loop {
            let group = text[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            if group == 0 || count + group > *DIGITS.end() || out.groups == MOST_GROUPS {
                out.goes_on = true;
                break;
            }
            out.digits[count..count + group].copy_from_slice(&text[at..at + group]);
            (count, at) = (count + group, at + group);
            let closes = open && out.groups == 0 && text.get(at) == Some(&b')');
            out.bracketed |= closes;
            at += usize::from(closes);
            out.ends[out.groups] = (at, count);
            out.groups += 1;
            match joint(text, at, closes) {
                Some(next) => at = next,
                None => break,
            }
        }
        (out.groups > 0 && out.bracketed == open).then_some(out)
    }

    /// Digits of a group.
    fn length(&self, group: usize) -> usize {
        self.ends[group].1 - group.checked_sub(1).map_or(0, |before| self.ends[before].1)
    }

    /// Whether the first so many groups are a date or two years, or one behind the first is a digit alone.
    fn is_no_number(&self, groups: usize) -> bool {
        let year = |at: usize| matches!(&self.digits[at..at + 2], b"19" | b"20");
        let lengths = [0, 1, 2].map(|group| if group < groups { self.length(group) } else { 0 });
        let date = groups == 3 && matches!(lengths, [1 | 2, 1 | 2, 4]) || matches!(lengths, [4, 2, 2]) && year(0);
        let years = groups == 2 && lengths == [4, 4, 0] && year(0) && year(4);
        date || years || (1..groups).any(|group| self.length(group) < 2)
    }

    /// Whether the groups are what amounts, decimals and social security numbers are written in: `1 250 000`, `3.141592`.
    fn is_amount(&self, text: &[u8]) -> bool {
        let three = |group: usize| self.length(group) == 3;
        let short = self.ends[self.groups - 1].1 < *DIGITS.start();
        let thousands = short && (1..self.groups).all(three);
        let decimal = self.groups == 2 && text.get(self.ends[0].0) == Some(&b'.');
        let ssn = self.groups == 3 && [0, 1, 2].map(|group| self.length(group)) == [3, 2, 4];
        thousands || decimal || ssn
    }
}

/// Where the next group begins, if the signs behind this one join them: `030/1234`, `030 - 1234`, `(030) 1234`.
fn joint(text: &[u8], end: usize, closed: bool) -> Option<usize> {
    let digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    match (text.get(end)?, text.get(end + 1)?) {
        (b'0'..=b'9', _) if closed => Some(end),
        (b' ' | b'-' | b'.' | b'/', b'0'..=b'9') => Some(end + 1),
        (b' ', b'-' | b'/') if text.get(end + 2) == Some(&b' ') && digit(end + 3) => Some(end + 3),
        _ => None,
    }
}

/// Whether digits may begin a number that is written with what is dialled before it: one look before anything is read.
pub(super) fn may_begin(text: &[u8], first: usize) -> bool {
    text[first] == b'0' && matches!(text.get(first + 1), Some(b'1'..=b'9'))
}

/// Reads a national number that begins with this digit.
pub(super) fn national(scan: &mut Scan<'_>, first: usize) -> Option<Hit> {
    let text = scan.text;
    let written = Written::read(text, first)?;
    let before = written.start.checked_sub(1).map(|at| text[at]);
    let glued = |byte: u8| is_word(byte) && !stands_free(text, written.start);
    if before.is_some_and(|byte| glued(byte) || matches!(byte, b'.' | b'-' | b'/' | b':' | b'+' | b'$' | b'#' | b',')) {
        return None;
    }
    let plans = &scan.ids.text.plans;
    let groups = (1..=written.groups).rev().find(|groups| {
        let (end, digits) = written.ends[groups - 1];
        DIGITS.contains(&digits)
            && plans.fit(&written.digits[..digits])
            && !written.is_no_number(*groups)
            && stands_alone(text, end)
    })?;
    let end = written.ends[groups - 1].0;
    // A row of numbers goes on before it or behind it.
    let row = before == Some(b' ') && written.start.checked_sub(2).is_some_and(|at| text[at].is_ascii_digit());
    let whole = groups == written.groups && !written.goes_on && !row;
    let digits = written.ends[groups - 1].1;
    let trunk = written.digits[0] == b'0';
    let grouped = groups > 1;
    // "to: 47629337" may be anything: words that many things follow speak for the groups of a number, or its leading zero.
    let context = match grouped || trunk {
        true => scan.context(Phone, written.start, end),
        false => scan.around.context_of_labels(Phone, written.start, end),
    };
    let probability = match context {
        Context::Label => 0.92,
        // "2007-2009, Torch Mobile": eight digits in two groups are many things.
        Context::For if trunk || (grouped && digits >= GROUPED) => 0.8,
        Context::For if digits >= LONG => 0.76,
        Context::For => 0.6,
        Context::Bare if !whole || !trunk => return None,
        // "(0191) 498 0123": nothing else is written so.
        Context::Bare if written.bracketed && grouped => 0.78,
        Context::Bare if grouped && matches!(text[written.ends[0].0], b' ' | b'/') => 0.5,
        Context::Bare | Context::Against => return None,
    };
    Some(Hit { element: Phone, start: written.start, end, probability })
}

/// Reads a number in groups behind a label with a colon (`Desk: 97 376 431`), behind words that leave no doubt (`call me at 476
/// 1540`) or with a name behind it (`97 376 431 Office`): such may be of any country and any length.
pub(super) fn labelled(scan: &mut Scan<'_>, first: usize) -> Option<Hit> {
    const DIGITS: std::ops::RangeInclusive<usize> = 6..=13;
    let text = scan.text;
    let plans = &scan.ids.text.plans;
    let before = text[..first].strip_suffix(b"(").unwrap_or(&text[..first]);
    let (begins, label) = (begins_field(before), before.trim_ascii_end());
    let label = label.last() == Some(&b':') || plans.is_direct(label);
    if !begins && !label {
        return None;
    }
    let written = Written::read(text, first)?;
    let (end, digits) = written.ends[written.groups - 1];
    let end = end + extension(&text[end..]);
    // "c: 123.456" is a decimal.
    let decimal = written.groups == 2
        && text.get(written.ends[0].0) == Some(&b'.')
        && (written.length(0), written.length(1)) != (3, 4);
    let fits = !decimal
        && written.groups > 1
        && DIGITS.contains(&digits)
        && !written.goes_on
        && !written.is_no_number(written.groups);
    if !fits || !stands_alone(text, end) {
        return None;
    }
    let named = begins && !written.is_amount(text) && plans.name_behind(text, end);
    let known = named || (label && scan.context(Phone, written.start, end) == Context::Label);
    known.then_some(Hit { element: Phone, start: written.start, end, probability: 0.82 })
}

/// Whether a line or a part of it begins here.
pub(super) fn begins_field(before: &[u8]) -> bool {
    let rest = before.iter().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
    rest.is_none_or(|byte| matches!(byte, b'\n' | b'\r' | b',' | b';' | b'|'))
}

/// Bytes of an extension: `x2181`.
pub(super) fn extension(behind: &[u8]) -> usize {
    let digits = behind.get(1..).unwrap_or(&[]).iter().take(7).take_while(|byte| byte.is_ascii_digit()).count();
    if matches!(behind.first(), Some(b'x' | b'X')) && (1..=6).contains(&digits) { 1 + digits } else { 0 }
}

/// Whether nothing behind a candidate makes it part of something longer.
fn stands_alone(text: &[u8], end: usize) -> bool {
    let digit = text.get(end + 1).is_some_and(u8::is_ascii_digit);
    !text.get(end).is_some_and(|byte| is_word(*byte) || (digit && matches!(byte, b'-' | b'.' | b'/' | b':' | b',')))
}
