//! Identifiers that mix letters and digits, found from one of their digits.

use vocab::DataElement::{self, *};

use super::context::Context;
use super::groups::Groups;
use super::labels;
use super::phones;
use super::rules::Identifiers;
use super::streets;
use super::text::{Hit, Scan};
use super::values;

/// Longest token that is grown.
const LONGEST_TOKEN: usize = 420;

/// Shortest identifier of letters and digits without anything between them.
const SHORTEST_TOKEN: usize = 8;

/// Digits of numbers that only a word can tell: an employer's, a bank's, a provider's, a subscriber's, a card's of a phone.
pub(super) const SPOKEN_DIGITS: [usize; 6] = [9, 10, 15, 18, 19, 20];

/// The token around a digit, and what it is.
pub(super) fn token(scan: &mut Scan<'_>, digit: usize) -> Option<Hit> {
    let text = scan.text;
    let floor = scan.done.max(digit.saturating_sub(LONGEST_TOKEN));
    let (mut start, mut end) = (digit, digit);
    while start > floor && text[start - 1].is_ascii_alphanumeric() {
        start -= 1;
    }
    let most = (digit + LONGEST_TOKEN).min(text.len());
    while end < most && text[end].is_ascii_alphanumeric() {
        end += 1;
    }
    let word = &text[start..end];
    if !word.iter().any(u8::is_ascii_alphabetic) {
        return None;
    }
    if let Some(hit) = key(scan, start, end, floor) {
        return Some(hit);
    }
    let before = start.checked_sub(1).map(|at| text[at]);
    let joined =
        |byte: Option<u8>| byte.is_some_and(|byte| matches!(byte, b'-' | b'_' | b'.' | b'/' | b'+') || byte >= 0x80);
    if joined(before) || text.get(end).is_some_and(|byte| matches!(byte, b'_' | b'/' | b'+' | b'=') || *byte >= 0x80) {
        return None;
    }
    if let Some(hit) = grouped(scan, start, end) {
        return Some(hit);
    }
    let hyphen = text.get(end) == Some(&b'-') && text.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
    if hyphen || word.len() < SHORTEST_TOKEN {
        return None;
    }
    alphanumeric_number(scan, start, end).or_else(|| identity(scan, start, end)).or_else(|| license(scan, start, end))
}

/// A number of letters and digits, whose form and check speak for it or a word before it.
fn alphanumeric_number(scan: &mut Scan<'_>, start: usize, end: usize) -> Option<Hit> {
    let word = &scan.text[start..end];
    let hit = |element, probability| Some(Hit { element, start, end, probability });
    let mut context = |element: DataElement| scan.context(element, start, end);
    let mut spoken = |element, label, near| match context(element) {
        Context::Label => hit(element, label),
        Context::For => hit(element, near),
        Context::Bare | Context::Against => None,
    };
    match word.len() {
        9 if values::dea(word).is_valid() => spoken(Dea, 0.96, 0.9),
        9 if word[0].is_ascii_alphabetic() && values::passport(word).is_valid() => spoken(Passport, 0.93, 0.8),
        11 if values::mbi(word).is_valid() => match context(Mbi) {
            Context::Label | Context::For => hit(Mbi, 0.97),
            Context::Bare => hit(Mbi, 0.5),
            Context::Against => None,
        },
        17 if values::vin(word).is_valid() => match context(Vin) {
            Context::Label | Context::For => hit(Vin, 0.98),
            // Three in a hundred random strings pass.
            Context::Bare if word.iter().all(|byte| !byte.is_ascii_lowercase()) => hit(Vin, 0.55),
            Context::Bare | Context::Against => None,
        },
        26..=90 if values::crypto_address(word).is_valid() => match context(CryptoAddress) {
            Context::Against => hit(CryptoAddress, 0.5),
            _ => hit(CryptoAddress, if word.starts_with(b"0x") { 0.8 } else { 0.98 }),
        },
        _ => None,
    }
}

/// Tokens of issuers have hyphens, underscores and dots inside. Each is looked at once, however many digits it has.
fn key(scan: &mut Scan<'_>, start: usize, end: usize, floor: usize) -> Option<Hit> {
    let text = scan.text;
    if start < scan.token_end {
        return None;
    }
    let sign = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let from = start - text[floor..start].iter().rev().take_while(|byte| sign(byte)).count();
    let to = end + text[end..].iter().take(LONGEST_TOKEN).take_while(|byte| sign(byte)).count();
    scan.token_end = to;
    if to - from < 20 {
        return None;
    }
    let free = from.checked_sub(1).is_none_or(|at| !matches!(text[at], b'/' | b'+'));
    (free && values::known_key(&text[from..to])).then_some(Hit {
        element: ApiKey,
        start: from,
        end: to,
        probability: 0.96,
    })
}

/// IBANs are printed in groups of four, Medicare's numbers as 4-3-4.
fn grouped(scan: &mut Scan<'_>, start: usize, end: usize) -> Option<Hit> {
    let (ids, text) = (scan.ids, scan.text);
    let word = &text[start..end];
    let country =
        word.len() >= 4 && word[..2].iter().all(u8::is_ascii_uppercase) && word[2..4].iter().all(u8::is_ascii_digit);
    if country {
        let mut to = end;
        if word.len() == 4 {
            while let Some(next) = text.get(to + 1..(to + 5).min(text.len()))
                && text[to] == b' '
                && !next.is_empty()
                && to - start < 40
            {
                let length = next.iter().take_while(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()).count();
                if length == 0 {
                    break;
                }
                to += 1 + length;
                if length < 4 {
                    break;
                }
            }
        }
        // The last group may belong to what follows: shorter readings are tried too.
        let ends = std::iter::successors((to > start + 14).then_some(to), |to| {
            let shorter = text[start..*to].iter().rposition(|byte| *byte == b' ')? + start;
            (shorter > start + 14).then_some(shorter)
        });
        let fits = |to: &usize| values::iban(&text[start..*to], &ids.iban_forms).is_valid();
        if let Some(end) = ends.into_iter().find(fits) {
            return Some(Hit { element: Iban, start, end, probability: 0.98 });
        }
    }
    let printed = text.get(start..start + 13)?;
    let free = text.get(start + 13).is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-');
    if free && printed[4] == b'-' && printed[8] == b'-' && values::mbi(printed).is_valid() {
        let against = scan.context(Mbi, start, start + 13) == Context::Against;
        return Some(Hit { element: Mbi, start, end: start + 13, probability: if against { 0.3 } else { 0.9 } });
    }
    None
}

/// A number of a state's scheme, where a word before it names the scheme.
fn identity(scan: &mut Scan<'_>, start: usize, end: usize) -> Option<Hit> {
    let ids = scan.ids;
    let value = &scan.text[start..end];
    let signs = value.iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
    let schemes = ids.text.schemes_of(signs);
    if schemes.is_empty() || !scan.around.names_schemes(start, end) {
        return None;
    }
    schemes.iter().find_map(|at| {
        let probability = match scan.around.scheme_context(*at, start, end) {
            Context::Label => 0.95,
            Context::For => 0.85,
            Context::Bare | Context::Against => return None,
        };
        let (element, scheme, _) = ids.schemes.get(usize::from(*at))?;
        scheme.check(value).is_valid().then_some(Hit { element: *element, start, end, probability })
    })
}

/// What only words around it can tell of groups of digits: a date of birth, an identity number, an employer's number, a
/// provider's, and streets.
pub(super) fn spoken(scan: &mut Scan<'_>, groups: &Groups) -> Option<Hit> {
    let (text, first) = (scan.text, groups.first());
    if let Some(hit) = birth(scan, first, groups.end(1))
        .or_else(|| street(scan.ids, text, groups.end(1), first))
        .or_else(|| streets::find(scan.ids, text, first, groups.end(1)))
    {
        return Some(hit);
    }
    if groups.count() > 1
        && let Some(hit) = phones::labelled(scan, first)
    {
        return Some(hit);
    }
    let whole = groups.end(groups.count());
    if whole - first < SHORTEST_TOKEN || groups.is_time_or_decimal(text) {
        return None;
    }
    let free = |end: usize| {
        text.get(end).is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte < 0x80)
            && !(matches!(text.get(end), Some(b'.' | b'-' | b'/')) && text.get(end + 1).is_some_and(u8::is_ascii_digit))
    };
    let named = |count: &usize| scan.ids.text.has_number_of(groups.digits(*count)) && free(groups.end(*count));
    let mut counts = (1..=groups.count()).rev().filter(named).peekable();
    counts.peek()?;
    if !scan.around.may_name_a_number(first, whole) {
        return None;
    }
    let phone = if scan.around.labels(first, whole).contains(Phone) { phones::national(scan, first) } else { None };
    if phone.as_ref().is_some_and(|hit| hit.probability > 0.9) {
        return phone;
    }
    let other = counts.find_map(|count| {
        let (digits, end) = (groups.digits(count), groups.end(count));
        digits_number(scan, digits, first, end).or_else(|| identity(scan, first, end))
    });
    other.or(phone).or_else(|| if free(groups.end(1)) { license(scan, first, groups.end(1)) } else { None })
}

/// A number of so many digits, if it passes its check and a word around it says what it is.
fn digits_number(scan: &mut Scan<'_>, digits: usize, start: usize, end: usize) -> Option<Hit> {
    if !SPOKEN_DIGITS.contains(&digits) || scan.around.labels(start, end).is_empty() {
        return None;
    }
    let (ids, value) = (scan.ids, &scan.text[start..end]);
    let mut near = |element| matches!(scan.context(element, start, end), Context::Label | Context::For);
    let hit = |element, probability| Some(Hit { element, start, end, probability });
    match digits {
        9 if near(Ein) && values::ein(value, &ids.unassigned_eins).is_valid() => hit(Ein, 0.93),
        9 if near(Itin) && values::itin(value).is_valid() => hit(Itin, 0.93),
        9 if near(BankRouting) && values::aba(value).is_valid() => hit(BankRouting, 0.95),
        10 if near(Npi) && values::npi(value).is_valid() => hit(Npi, 0.95),
        15 if near(Imsi) && values::imsi(value).is_valid() => hit(Imsi, 0.93),
        18..=20 if near(Iccid) && values::iccid(value).is_valid() => hit(Iccid, 0.95),
        _ => None,
    }
}

/// A driver's licence right behind the words for it: its form is that of many numbers.
fn license(scan: &mut Scan<'_>, start: usize, end: usize) -> Option<Hit> {
    const FEWEST_DIGITS: usize = 5;
    let value = &scan.text[start..end];
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let fits = digits >= FEWEST_DIGITS && scan.context(DriverLicense, start, end) == Context::Label;
    let formed = || values::driver_license(value, vocab::Jurisdiction::UNKNOWN, &scan.ids.licenses).is_valid();
    (fits && formed()).then_some(Hit { element: DriverLicense, start, end, probability: 0.9 })
}

/// A date some words before which say that somebody was born on it. Dates of the last years are not looked at.
pub(super) fn birth(scan: &mut Scan<'_>, first: usize, digits_end: usize) -> Option<Hit> {
    let text = scan.text;
    // "DOB/03201963": behind a word such a sign joins nothing.
    let word = |at: usize| text[at] == b'/' && at > 0 && text[at - 1].is_ascii_uppercase();
    let glued = first.checked_sub(1).is_some_and(|at| matches!(text[at], b'-' | b'/' | b'.' | b':') && !word(at));
    let month = if glued { None } else { month_before(text, first, digits_end).filter(|start| *start >= scan.done) };
    let may_be = month.is_some() || !glued && may_be_birth(text, first, digits_end);
    if !may_be || !scan.around.labels(first, digits_end).contains(Dob) {
        return None;
    }
    let first = month.unwrap_or(first);
    let head = text.get(first..(first + 18).min(text.len()))?;
    let line = &head[..memchr::memchr2(b'\n', b'\r', head).unwrap_or(head.len())];
    let (length, _) = labels::date(line)?;
    let end = first + length;
    let spoken = matches!(scan.context(Dob, first, end), Context::Label | Context::For);
    spoken.then_some(Hit { element: Dob, start: first, end, probability: 0.92 })
}

/// Where the month before a day begins: `March 12, 1987`.
fn month_before(text: &[u8], day: usize, day_end: usize) -> Option<usize> {
    const LONGEST: usize = 10;
    let year = text.get(day_end..)?.iter().take(2).take_while(|byte| matches!(byte, b',' | b' ')).count();
    let old = matches!(text.get(day_end + year..day_end + year + 2), Some(b"19" | b"20"));
    let end = day.checked_sub(1).filter(|at| text[*at] == b' ' && year > 0 && old && day_end - day <= 2)?;
    let letters = text[..end].iter().rev().take(LONGEST + 1).take_while(|byte| byte.is_ascii_alphabetic()).count();
    values::month_name(&text[end - letters..end]).map(|_| end - letters)
}

/// Whether the digits begin something like a date of the years in which people were born, by a few bytes of it.
fn may_be_birth(text: &[u8], first: usize, end: usize) -> bool {
    let byte = |at: usize| text.get(at).copied().unwrap_or(b'\n');
    let run =
        |from: usize| text.get(from..).unwrap_or(&[]).iter().take(5).take_while(|byte| byte.is_ascii_digit()).count();
    let old = |at: usize| matches!((byte(at), byte(at + 1), byte(at + 2)), (b'1', b'9', _) | (b'2', b'0', b'0'..=b'2'));
    let (sign, next) = (byte(end), byte(end + 1));
    match end - first {
        4 => sign == b'-' && old(first) && run(end + 1) == 2,
        8 => !sign.is_ascii_alphanumeric() && (old(first) || old(first + 4)),
        // "12th of March".
        1 | 2 if b"snrt".contains(&sign) => matches!(next, b't' | b'd' | b'h'),
        1 | 2 if !matches!(sign, b'/' | b'-' | b'.' | b' ') => false,
        1 | 2 if next.is_ascii_digit() => {
            let second = end + 1 + run(end + 1);
            let year = second + 1;
            second <= end + 3 && byte(second) == sign && (run(year) == 2 || (run(year) == 4 && old(year)))
        }
        // Months begin with these letters, in seven languages, and so do "th" and "of" and the like.
        1 | 2 => b"jegfmaslondtr".contains(&next.to_ascii_lowercase()),
        _ => false,
    }
}

/// Words of sentences that no street is called.
const FILLERS: [&[u8]; 12] = [b"a", b"an", b"and", b"at", b"by", b"for", b"in", b"is", b"of", b"on", b"per", b"to"];

fn has(value: &[u8], word: &[u8]) -> bool {
    value.split(|byte| *byte == b' ').any(|other| other == word)
}

fn ends_line(text: &[u8], end: usize) -> bool {
    text.get(end).is_none_or(|byte| matches!(byte, b'\n' | b'\r' | b','))
}

/// Bytes of a number in order: `45th`.
fn ordinal(text: &[u8], at: usize) -> usize {
    let digits = text[at.min(text.len())..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
    let ends = text
        .get(at + digits..at + digits + 2)
        .is_some_and(|end| [b"st", b"nd", b"rd", b"th"].iter().any(|known| end.eq_ignore_ascii_case(*known)));
    let free = !text.get(at + digits + 2).is_some_and(u8::is_ascii_alphanumeric);
    if (1..4).contains(&digits) && ends && free { digits + 2 } else { 0 }
}

/// A box at a post office: `P.O. Box 4009`.
#[inline]
pub(super) fn post_box(text: &[u8], first: usize, end: usize) -> Option<Hit> {
    const OFFICES: [&[u8]; 5] = [b"p.o.", b"p. o.", b"po", b"p o", b"post office"];
    let ends = |text: &[u8], word: &[u8]| {
        text.len().checked_sub(word.len()).is_some_and(|at| text[at..].eq_ignore_ascii_case(word))
    };
    if !matches!(text[..first], [.., b'x' | b'X', b' ']) {
        return None;
    }
    let number = (1..=6).contains(&(end - first)) && !text.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric());
    let before = text[..first].strip_suffix(b" ").filter(|before| number && ends(before, b"box"))?;
    let before = before[..before.len() - 3].trim_ascii_end();
    let office = OFFICES.iter().find(|office| ends(before, office))?;
    let start = before.len() - office.len();
    let free = !start.checked_sub(1).is_some_and(|at| text[at].is_ascii_alphanumeric());
    free.then_some(Hit { element: Address, start, end, probability: 0.85 })
}

/// A number, one to four capitalised words of which the last is one for streets, and perhaps a unit.
pub(super) fn street(ids: &Identifiers, text: &[u8], number_end: usize, first: usize) -> Option<Hit> {
    const MOST_WORDS: usize = 5;
    let before = first.checked_sub(1).map(|at| text[at]);
    let begins = before.is_none_or(|byte| matches!(byte, b' ' | b'\n' | b'\t' | b'"' | b','));
    let byte = |at: usize| text.get(at).copied().unwrap_or(0);
    // "148a Church Street".
    let lettered = matches!(byte(number_end), b'a'..=b'h' | b'A'..=b'H');
    let number_end = number_end + usize::from(lettered);
    if !begins || byte(number_end) != b' ' || number_end - first > 6 {
        return None;
    }
    let next = byte(number_end + 1);
    if !(next.is_ascii_alphabetic() || (next.is_ascii_digit() && ordinal(text, number_end + 1) > 0)) {
        return None;
    }
    // In small letters only where the street is all that stands on its line.
    let small = next.is_ascii_lowercase();
    if small && before.is_some_and(|byte| byte != b'\n') {
        return None;
    }
    let (mut at, mut words, mut end) = (number_end, 0, None);
    while words < MOST_WORDS && text.get(at) == Some(&b' ') {
        let word = &text[at + 1..];
        let letters = word
            .iter()
            .take(20)
            .take_while(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'\'' | 0x80..))
            .count();
        let length = if letters == 0 { ordinal(text, at + 1) } else { letters };
        let small_word = word.first().is_some_and(u8::is_ascii_lowercase);
        if length == 0 || (letters > 0 && small_word != small && word[0] < 0x80) {
            break;
        }
        words += 1;
        at += 1 + length;
        // "N. Clark Street": the dot of a quarter of the sky, not of a sentence.
        let quarter =
            letters > 0 && matches!(&word[..length], [b'N' | b'S' | b'E' | b'W'] | [b'N' | b'S', b'E' | b'W']);
        if quarter && text.get(at) == Some(&b'.') && text.get(at + 1) == Some(&b' ') {
            at += 1;
        }
        let stops = text.get(at).is_none_or(|byte| matches!(byte, b',' | b'.' | b'\n' | b'\r' | b'"' | b' '));
        if words >= 2 && stops && ids.is_street_word(&word[..length]) {
            end = Some(at);
        }
    }
    let end =
        end.filter(|end| !small || ends_line(text, *end) && !FILLERS.iter().any(|word| has(&text[first..*end], word)))?;
    let unit = [&b" Apt"[..], b" Suite", b" Unit", b" #"].into_iter().find(|unit| text[end..].starts_with(unit));
    let end = unit.map_or(end, |unit| {
        let rest = &text[end + unit.len()..];
        end + unit.len()
            + rest.iter().take(8).take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'.')).count()
    });
    // "2016 Ann Lane" under a copyright is a year and somebody.
    let year = number_end - first == 4 && matches!(&text[first..first + 2], b"19" | b"20");
    let stands = text.get(end) == Some(&b',') || (ends_line(text, end) && before.is_none_or(|byte| byte == b'\n'));
    Some(Hit { element: Address, start: first, end, probability: if year && !stands { 0.5 } else { 0.8 } })
}
