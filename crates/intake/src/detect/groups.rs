//! What groups of digits in text may be: cards, devices, SSNs, telephone numbers, addresses of machines.
//!
//! Enters: the first digit of a group. Leaves: a match, or how far there is none. Most numbers are turned away by their
//! lengths alone.

use rulebook::identifiers::BareState;
use vocab::DataElement::*;

use super::bounds::{bounded_before, bounded_behind, is_word, stands_free};
use super::context::Context;
use super::phones;
use super::streets;
use super::text::{Found, Hit, Scan};
use super::values::{self, Note, Verdict};
use super::words;

/// Most groups of digits that are read as one candidate.
const MOST_GROUPS: usize = 10;

/// Most groups of one identifier, besides identity numbers.
const MOST_READ: usize = 5;

/// The same of a telephone number with its country code.
const MOST_READ_BEHIND_A_PLUS: usize = 8;

/// Fewest digits of a card.
const SHORTEST_CARD: usize = 12;

/// Fewest digits, in one group, of anything but a year, a day and a house.
const SHORTEST_NUMBER: usize = 8;

/// Longest SSN with signs between its parts.
const LONGEST_SSN: usize = 24;

/// Signs between the parts of an SSN, besides a hyphen and a blank: among them the dashes that word processors make of these.
const SSN_SIGNS: [&[u8]; 8] = [
    b" - ",
    b".",
    "\u{2010}".as_bytes(),
    "\u{2011}".as_bytes(),
    "\u{2012}".as_bytes(),
    "\u{2013}".as_bytes(),
    " \u{2013} ".as_bytes(),
    "\u{2212}".as_bytes(),
];

/// A reading less likely than this gives way to one that a word speaks for.
const UNLIKELY: f64 = 0.35;

/// A reading at least as likely as this needs no other.
const LIKELY: f64 = 0.75;

/// Groups of digits with single separators between them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Groups {
    groups: [(usize, usize); MOST_GROUPS],
    count: usize,
    /// Where a plus sign or bracket before the first stands, or the first.
    start: usize,
}

impl Groups {
    pub(super) const NONE: Groups = Groups { groups: [(0, 0); MOST_GROUPS], count: 0, start: 0 };

    /// Reads the groups from `first` on. In a long row of numbers the next one's groups are those read for this, but one.
    fn read(&mut self, text: &[u8], first: usize, first_end: usize) {
        let mut at = None;
        if self.count > 1 && self.groups[1].0 == first {
            self.groups.copy_within(1..self.count, 0);
            self.count -= 1;
            let full = self.count == MOST_GROUPS - 1;
            if full {
                at = next_group(text, self.groups[self.count - 1].1);
            }
        } else {
            self.groups[0] = (first, first_end);
            self.count = 1;
            // "+90(212)4460247": only behind a country code.
            let area = first > 0 && text[first - 1] == b'+' && text.get(first_end) == Some(&b'(');
            let area = area && text.get(first_end + 1).is_some_and(u8::is_ascii_digit);
            at = next_group(text, first_end).or(area.then_some(first_end + 1));
        }
        while let Some(start) = at.filter(|_| self.count < MOST_GROUPS) {
            let end = digits_end(text, start);
            self.groups[self.count] = (start, end);
            self.count += 1;
            at = next_group(text, end);
        }
        self.start = first;
        while self.start > 0 && matches!(text[self.start - 1], b'+' | b'(') && first - self.start < 2 {
            self.start -= 1;
        }
    }

    /// Whether the first digits are part of something longer, of a day and an hour as logs write them, or of a decimal.
    pub(super) fn is_time_or_decimal(&self, text: &[u8]) -> bool {
        let first = self.first();
        let before = first.checked_sub(1).map_or(b' ', |at| text[at]);
        let clock = before == b':' && first >= 2 && text[first - 2].is_ascii_digit();
        let day = self.count >= 3
            && self.shape(3) == 422
            && matches!(&text[first..first + 2], b"19" | b"20")
            && matches!(text[first + 5], b'0' | b'1');
        let decimal = self.count == 2 && self.separator(text, 0) == b".";
        clock || day || decimal || matches!(before, b'.' | b'-' | b'/' | b'+' | b'$')
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Where the first digit stands.
    pub(super) fn first(&self) -> usize {
        self.groups[0].0
    }

    /// Where the first so many groups end.
    pub(super) fn end(&self, count: usize) -> usize {
        self.groups[count - 1].1
    }

    /// Digits of the first so many groups.
    pub(super) fn digits(&self, count: usize) -> usize {
        self.groups[..count].iter().map(|(start, end)| end - start).sum()
    }

    fn length(&self, group: usize) -> usize {
        self.groups[group].1 - self.groups[group].0
    }

    /// The lengths of the first so many groups as the digits of a number; lengths above nine count as nine.
    fn shape(&self, count: usize) -> u32 {
        (0..count).fold(0, |shape, group| shape * 10 + self.length(group).min(9) as u32)
    }

    fn separator<'a>(&self, text: &'a [u8], group: usize) -> &'a [u8] {
        &text[self.groups[group].1..self.groups[group + 1].0]
    }

    /// Whether the same sign stands between all of the first so many groups.
    fn joined(&self, text: &[u8], count: usize, sign: &[u8]) -> bool {
        (0..count - 1).all(|group| self.separator(text, group) == sign)
    }
}

/// Where the digits that begin at `start` end.
fn digits_end(text: &[u8], start: usize) -> usize {
    let mut end = start;
    while text.get(end).is_some_and(u8::is_ascii_digit) {
        end += 1;
    }
    end
}

/// Where the next group begins, if the signs behind this one join them.
fn next_group(text: &[u8], end: usize) -> Option<usize> {
    let digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    match *text.get(end)? {
        b'-' | b'.' if digit(end + 1) => Some(end + 1),
        b' ' if digit(end + 1) => Some(end + 1),
        b' ' if text.get(end + 1) == Some(&b'(') && digit(end + 2) => Some(end + 2),
        b'(' if text[end..].starts_with(b"(0)") && digit(end + 3) => Some(end + 3),
        b'(' if text[end..].starts_with(b"(0) ") && digit(end + 4) => Some(end + 4),
        b')' if digit(end + 1) => Some(end + 1),
        b')' if matches!(text.get(end + 1), Some(b' ' | b'-')) && digit(end + 2) => Some(end + 2),
        _ => None,
    }
}

/// Tries every reading of the groups that start here, the most specific first.
pub(super) fn number(scan: &mut Scan<'_>, first: usize) -> Found {
    let text = scan.text;
    let before = first.checked_sub(1).map_or(b' ', |at| text[at]);
    if is_word(before) && !stands_free(text, first) {
        return within_word(scan, first);
    }
    if mac_signs(text, first)
        && let Some(found) = hexadecimal_mac(text, first)
    {
        return found;
    }
    if let Some(hit) = spread_ssn(scan, first) {
        return Found::Match(hit);
    }
    // What other countries write at home mostly begins with a zero that is dialled before it.
    let abroad = phones::may_begin(text, first) && !is_named_ssn(scan, first);
    let national = match abroad.then(|| phones::national(scan, first)).flatten() {
        Some(hit) if hit.probability >= LIKELY => return Found::Match(hit),
        national => national,
    };
    let end = digits_end(text, first);
    if text.get(end) == Some(&b'm') && stands_free(text, end + 1) {
        return Found::SkipTo(end + 1);
    }
    if end - first < SHORTEST_NUMBER && !matches!(before, b'+' | b'(') && next_group(text, end).is_none() {
        let found = short_number(scan, first, end);
        return national.filter(|_| matches!(found, Found::SkipTo(_))).map_or(found, Found::Match);
    }
    scan.groups.read(text, first, end);
    let groups = scan.groups;
    let plus = text[groups.start] == b'+' || text[groups.start..].starts_with(b"(+");
    let most = if plus { MOST_READ_BEHIND_A_PLUS } else { MOST_READ };
    let mut readings = (1..=groups.count.min(most)).rev().filter(|count| plus || may_be(&groups, *count));
    let quad = groups.count > 3 && groups.joined(text, 4, b".");
    let hit = if bounded_before(text, first) || (quad && before == b'/') {
        readings.find_map(|count| match groups.end(count) {
            end if quad && count == 4 && ends_an_address(text, &groups) => dotted(scan, first, end),
            end if bounded_behind(text, end) => read_groups(scan, &groups, count, groups.start, end),
            end if count == 1 && ends_a_card(text, first, end) => payment(scan, first, end, false),
            // "425-234-5678-Fax": nothing but a telephone number has its line's name there.
            end if scan.ids.text.plans.name_behind(text, end) => phone(scan, &groups, count, groups.start, end),
            _ => None,
        })
    } else {
        None
    };
    // "my number is 3332551917": no American number, but one of another country.
    let hit = match hit {
        Some(hit) if hit.element == Phone && (UNLIKELY..LIKELY).contains(&hit.probability) => {
            phones::national(scan, first).filter(|other| other.probability > hit.probability).or(Some(hit))
        }
        hit => hit,
    };
    // Nine bare digits are hardly an SSN, but a word before them may say that they are something else.
    if hit.as_ref().is_none_or(|hit| hit.probability < UNLIKELY) {
        // Behind the first group a letter: a token that begins with digits.
        let token = text.get(end).is_some_and(u8::is_ascii_alphabetic);
        let found = if token { words::token(scan, first) } else { None };
        if let Some(hit) = found.or_else(|| words::spoken(scan, &groups)) {
            return Found::Match(hit);
        }
    }
    if let Some(hit) = hit.into_iter().chain(national).reduce(|a, b| if b.probability > a.probability { b } else { a })
    {
        return Found::Match(hit);
    }
    // A long chain of groups joined by hyphens or dots is one thing: none of its parts is looked at again.
    Found::SkipTo(chain_end(text, &groups))
}

/// A few digits by themselves: most numbers of logs. They may begin a token, a date with the month in letters, or a street.
fn short_number(scan: &mut Scan<'_>, first: usize, end: usize) -> Found {
    let text = scan.text;
    let token = text.get(end).is_some_and(u8::is_ascii_alphabetic);
    let hit = if token { words::token(scan, first) } else { None };
    match hit
        .or_else(|| streets::military(text, first, end))
        .or_else(|| words::post_box(text, first, end))
        .or_else(|| words::birth(scan, first, end))
        .or_else(|| words::street(scan.ids, text, end, first))
        .or_else(|| streets::find(scan.ids, text, first, end))
    {
        Some(hit) => Found::Match(hit),
        None => Found::SkipTo(end_of_word(text, end)),
    }
}

fn end_of_word(text: &[u8], mut at: usize) -> usize {
    while text.get(at).is_some_and(|byte| is_word(*byte)) {
        at += 1;
    }
    at
}

/// A digit inside a word.
fn within_word(scan: &mut Scan<'_>, first: usize) -> Found {
    let text = scan.text;
    if let Some(found) = hexadecimal_mac(text, first) {
        return found;
    }
    if let Some(hit) = words::token(scan, first) {
        return Found::Match(hit);
    }
    Found::SkipTo(first + text[first..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count())
}

/// Whether groups of such lengths are any identifier, without a plus sign before them.
fn may_be(groups: &Groups, count: usize) -> bool {
    match count {
        1 => matches!(groups.length(0), 9..=19),
        3 => matches!(groups.shape(3), 324 | 334 | 464 | 465),
        4 => groups.shape(4) < 4000 || groups.shape(4) == 4444,
        _ => false,
    }
}

/// Where a chain joined by `-` or `.` ends; a space ends it.
fn chain_end(text: &[u8], groups: &Groups) -> usize {
    let joined =
        (0..groups.count - 1).take_while(|group| matches!(groups.separator(text, *group), b"-" | b".")).count();
    end_of_word(text, groups.groups[joined].1)
}

/// Whether the first four groups are an address of a machine though more follows: in a list, or with its port as tcpdump
/// writes it (`10.2.3.4.51022 >`).
fn ends_an_address(text: &[u8], groups: &Groups) -> bool {
    let end = groups.end(4);
    if text.get(end) == Some(&b',') {
        return true;
    }
    let port = groups.count == 5 && groups.separator(text, 3) == b"." && (2..=5).contains(&groups.length(4));
    let behind = &text[if port { groups.end(5) } else { end }..];
    port && (behind.starts_with(b" > ") || (behind.starts_with(b": ") && text[..groups.first()].ends_with(b"> ")))
}

/// Whether the number of a card ends where a track or a word for its expiry goes on without a blank.
fn ends_a_card(text: &[u8], first: usize, end: usize) -> bool {
    let track = || text[end..].iter().skip(1).take(7).filter(|byte| byte.is_ascii_digit()).count() == 7;
    let word = || {
        text.get(end..end + 3)
            .is_some_and(|word| [b"exp", b"cvv", b"cvc"].iter().any(|w| word.eq_ignore_ascii_case(*w)))
    };
    (SHORTEST_CARD + 1..=19).contains(&(end - first)) && (text.get(end) == Some(&b'D') && track() || word())
}

/// Whether four groups of four stand in a longer row of such, as dumps of bytes and tables of characters have.
fn is_in_a_row(text: &[u8], start: usize, end: usize) -> bool {
    let four = |at: Option<usize>| {
        let word = at.and_then(|at| text.get(at..at + 4)).unwrap_or(b"");
        word.iter().any(u8::is_ascii_digit) && word.iter().all(u8::is_ascii_hexdigit)
    };
    let Some(sign) = text.get(start + 4) else { return false };
    let before = start > 4 && text[start - 1] == *sign && four(start.checked_sub(5));
    before || (text.get(end) == Some(sign) && four(Some(end + 1)))
}

/// Whether digits that begin with a zero are in the form of an SSN, and called one.
fn is_named_ssn(scan: &mut Scan<'_>, first: usize) -> bool {
    let text = scan.text;
    let end = digits_end(text, first);
    let (whole, hyphened) = match end - first {
        9 => (end, false),
        3 => match text.get(first..first + 11) {
            Some(form) if form[3] == form[6] && matches!(form[3], b'-' | b' ') => (first + 11, form[3] == b'-'),
            _ => return false,
        },
        _ => return false,
    };
    if !values::ssn(&text[first..whole]).is_valid() || text.get(whole).is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let named = matches!(scan.context(Ssn, first, whole), Context::Label | Context::For);
    named || (hyphened && scan.context(Phone, first, whole) != Context::Label)
}

/// An SSN with other signs between its parts than hyphens or blanks: `219 - 45 - 6783`, dashes, dots behind its name.
fn spread_ssn(scan: &mut Scan<'_>, first: usize) -> Option<Hit> {
    let text = scan.text;
    // Before anything is read: most groups of three digits are of amounts and of addresses of machines.
    let spread = match text.get(first + 3)? {
        b' ' => matches!(text.get(first + 4), Some(b'-' | 0xE2)),
        b'.' => text.get(first + 6) == Some(&b'.') && text.get(first + 10).is_some_and(u8::is_ascii_digit),
        0xE2 => true,
        _ => false,
    };
    if !spread {
        return None;
    }
    let rest = text.get(first..(first + LONGEST_SSN).min(text.len()))?;
    let digits = |from: usize| rest[from.min(rest.len())..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits(0) != 3 {
        return None;
    }
    let sign = SSN_SIGNS.iter().find(|sign| rest[3..].starts_with(sign))?;
    let (second, third) = (3 + sign.len(), 5 + 2 * sign.len());
    let whole = digits(second) == 2 && rest[second + 2..].starts_with(sign) && digits(third) == 4;
    let end = first + third + 4;
    if !whole || !bounded_before(text, first) || !bounded_behind(text, end) {
        return None;
    }
    let plain = [&rest[..3], b"-", &rest[second..second + 2], b"-", &rest[third..third + 4]].concat();
    if !values::ssn(&plain).is_valid() {
        return None;
    }
    let probability = match scan.context(Ssn, first, end) {
        Context::Label => 0.96,
        Context::For if *sign != b"." => 0.93,
        Context::Bare if *sign != b"." => 0.5,
        _ => return None,
    };
    Some(Hit { element: Ssn, start: first, end, probability })
}

fn read_groups(scan: &mut Scan<'_>, groups: &Groups, count: usize, start: usize, end: usize) -> Option<Hit> {
    let text = scan.text;
    let first = groups.first();
    let plain = end - first;
    let shape = groups.shape(count);
    let dots = count == 4 && groups.joined(text, count, b".");
    if dots && shape != 4444 {
        return dotted(scan, first, end);
    }
    let blank = count > 1 && (groups.joined(text, count, b" ") || groups.joined(text, count, b"-"));
    let card = matches!((count, shape), (4, 4444) | (3, 464 | 465)) && (blank || dots);
    if card || (count == 1 && (SHORTEST_CARD..=19).contains(&plain)) {
        let read = device(scan, first, end, card).or_else(|| payment(scan, first, end, card));
        if read.is_some() {
            return read;
        }
    }
    if (count, shape) == (4, 2661) && blank {
        return device(scan, first, end, false);
    }
    let hyphened = (count, shape) == (3, 324) && blank;
    if hyphened || (count == 1 && plain == 9) {
        return ssn(scan, first, end, hyphened && groups.joined(text, count, b"-"));
    }
    phone(scan, groups, count, start, end)
}

fn dotted(scan: &mut Scan<'_>, start: usize, end: usize) -> Option<Hit> {
    let text = scan.text;
    if !values::ip(&text[start..end]).is_valid() {
        return None;
    }
    let leading_zero = text[start..end].split(|byte| *byte == b'.').any(|part| part.len() > 1 && part[0] == b'0');
    let against = scan.context(Ip, start, end) == Context::Against || text[start..end].starts_with(b"255.");
    let probability = match (against, leading_zero || is_like_a_version(text, start, end)) {
        (true, _) => 0.2,
        (false, true) => 0.5,
        (false, false) => 0.93,
    };
    Some(Hit { element: Ip, start, end, probability })
}

/// Four small numbers, of which versions are made; one address in several hundred is. Not where a port or a prefix follows,
/// or in a private network.
fn is_like_a_version(text: &[u8], start: usize, end: usize) -> bool {
    const SMALL: u32 = 50;
    let small = text[start..end]
        .split(|byte| *byte == b'.')
        .all(|part| part.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0')) < SMALL);
    let one = text[start..end].windows(2).all(|pair| pair[0] == b'.' || pair[1] == b'.' || pair[0] == pair[1])
        && text[start..end].iter().step_by(2).all(|digit| *digit == text[start]);
    small && !one && !text[start..end].starts_with(b"10.") && !matches!(text.get(end), Some(b':' | b'/'))
}

fn payment(scan: &mut Scan<'_>, start: usize, end: usize, grouped: bool) -> Option<Hit> {
    let written = &scan.text[start..end];
    let plain: Vec<u8>;
    let candidate = if grouped && written.contains(&b'.') {
        plain = written.iter().copied().filter(u8::is_ascii_digit).collect();
        &plain
    } else {
        written
    };
    let passes = |ranges| values::payment_card(candidate, ranges, &scan.ids.card_samples).verdict == Verdict::Valid;
    let (known, long) = (passes(&scan.ids.card_ranges), end - start > SHORTEST_CARD);
    if !(known || long && passes(&[])) {
        return None;
    }
    if !known || !long {
        // Of no brand that is known, or of twelve digits, which are most often something else: only right behind the word.
        let labelled = scan.context(PaymentCard, start, end) == Context::Label;
        let probability = if known { 0.85 } else { 0.82 };
        return labelled.then_some(Hit { element: PaymentCard, start, end, probability });
    }
    let row = grouped && is_in_a_row(scan.text, start, end);
    let probability = match (scan.context(PaymentCard, start, end), grouped) {
        (Context::Label, _) => 0.99,
        _ if row => return None,
        // Weights of collations and versions have dots in them as well.
        (Context::Bare | Context::Against, true) if written.contains(&b'.') => return None,
        (Context::For, _) => 0.97,
        (Context::Bare, true) => 0.9,
        (Context::Bare, false) => 0.76,
        (Context::Against, true) => 0.5,
        (Context::Against, false) => 0.25,
    };
    Some(Hit { element: PaymentCard, start, end, probability })
}

fn device(scan: &mut Scan<'_>, start: usize, end: usize, card: bool) -> Option<Hit> {
    let candidate = &scan.text[start..end];
    let digits = candidate.iter().filter(|byte| byte.is_ascii_digit()).count();
    if card || digits != 15 || values::imei(candidate).verdict != Verdict::Valid {
        return None;
    }
    let body = u64::from(candidate[0] - b'0') * 10 + u64::from(candidate[1].wrapping_sub(b'0'));
    let known = scan.ids.is_reporting_body(body);
    let probability = match (scan.context(Imei, start, end), known) {
        (Context::Label, _) => 0.98,
        (Context::For, true) => 0.96,
        (Context::For, false) => 0.7,
        (Context::Bare, true) => 0.55,
        _ => return None,
    };
    Some(Hit { element: Imei, start, end, probability })
}

fn ssn(scan: &mut Scan<'_>, start: usize, end: usize, hyphened: bool) -> Option<Hit> {
    if !values::ssn(&scan.text[start..end]).is_valid() {
        return None;
    }
    let spaced = !hyphened && end - start == 11;
    let bare = if scan.ids.text.bare(Ssn) == BareState::Report { 0.8 } else { 0.6 };
    let probability = match (scan.context(Ssn, start, end), hyphened, spaced) {
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

fn phone(scan: &mut Scan<'_>, groups: &Groups, count: usize, start: usize, end: usize) -> Option<Hit> {
    let bracket = scan.text[start..end].contains(&b')');
    // "Ok(4252345678": what opens before the number and does not close in it is no part of it.
    let start = start + usize::from(scan.text[start] == b'(' && !bracket);
    let candidate = &scan.text[start..end];
    let plus = candidate[0] == b'+' || candidate.starts_with(b"(+");
    let from = usize::from(count > 3 && groups.length(0) == 1 && scan.text[groups.first()] == b'1');
    let grouped =
        count - from == 3 && groups.length(from) == 3 && groups.length(from + 1) == 3 && groups.length(from + 2) == 4;
    let digits = candidate.iter().filter(|byte| byte.is_ascii_digit()).count();
    let plain = count == 1 && (digits == 10 || (digits == 11 && scan.text[groups.first()] == b'1'));
    // "2.4+20151223" is a version.
    let glued = start.checked_sub(1).is_some_and(|at| is_word(scan.text[at]));
    let with_code = plus && !glued && (8..=15).contains(&digits);
    if !(with_code || grouped || plain) {
        return None;
    }
    let checked = values::phone(candidate);
    // Numbers of films: nobody's, but where they are called a telephone number somebody wrote one down.
    let fictional = checked.note == Note::Fictional;
    if !(fictional || checked.verdict == Verdict::Valid) || checked.note == Note::TollFree {
        return None;
    }
    let area = checked.value.map(|value| value / 10_000_000 % 1000);
    let american = checked.value.is_some_and(|value| value / 10_000_000_000 == 1);
    let assigned = !american || area.is_some_and(|area| scan.ids.is_area_code(area));
    // "252.227-7013" is a clause of a law: people who put a dot there put two.
    let uneven = grouped && groups.separator(scan.text, from) == b"." && groups.separator(scan.text, from + 1) != b".";
    let signs = (plus || bracket || grouped) && !uneven;
    let named = scan.ids.text.plans.name_behind(scan.text, end + phones::extension(&scan.text[end..]))
        && (signs || phones::begins_field(&scan.text[..start]));
    let context = match scan.context(Phone, start, end) {
        Context::For | Context::Bare if named => Context::Label,
        context => context,
    };
    if fictional && !(context == Context::Label || context == Context::For && signs || plus && context == Context::Bare)
    {
        return None;
    }
    let probability = match (context, signs) {
        (Context::Label, true) => 0.97,
        (Context::Label, false) => 0.92,
        (Context::For, true) => 0.95,
        (Context::For, false) => 0.8,
        (Context::Bare, true) => 0.82,
        (Context::Bare, false) => 0.15,
        (Context::Against, true) => 0.4,
        (Context::Against, false) => 0.03,
    };
    // Area codes are assigned every year: behind a label one that is not yet listed is likely new.
    let doubt = match (assigned, probability) {
        (true, _) => 1.0,
        (false, 0.92..) => 0.82,
        (false, _) => 0.6,
    };
    Some(Hit { element: Phone, start, end, probability: probability * doubt })
}

/// Whether signs stand where they do in a MAC address: behind pairs, or behind groups of four.
fn mac_signs(text: &[u8], start: usize) -> bool {
    let sign = |at: usize| text.get(start + at).copied().unwrap_or(0);
    match (sign(2), sign(4)) {
        (sign_two @ (b':' | b'-'), _) => sign(5) == sign_two && sign(8) == sign_two,
        (_, b'.') => sign(9) == b'.',
        _ => false,
    }
}

/// A MAC address whose first pair begins or ends with a digit: `00-1a-...`, `0a:...`, `001a.2b3c.4d5e`.
fn hexadecimal_mac(text: &[u8], digit: usize) -> Option<Found> {
    let back = text[digit.saturating_sub(3)..digit].iter().rev().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let start = digit - back;
    if !mac_signs(text, start) {
        return None;
    }
    let free = |at: Option<&u8>| at.is_none_or(|byte| !is_word(*byte) && !matches!(byte, b':' | b'-'));
    let dotted = |at: usize| text.get(at) == Some(&b'.') && text.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
    if !free(start.checked_sub(1).and_then(|at| text.get(at))) {
        return None;
    }
    // Six pairs, or three groups of four.
    [17, 14].into_iter().find_map(|length| {
        let candidate = text.get(start..start + length)?;
        if !free(text.get(start + length)) || dotted(start + length) || !values::mac(candidate).is_valid() {
            return None;
        }
        Some(Found::Match(Hit { element: Mac, start, end: start + length, probability: 0.95 }))
    })
}
