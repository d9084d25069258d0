//! Identifiers that mix letters and digits, found from one of their digits.

use vocab::DataElement::{self, *};

use super::labels;
use super::rules::Identifiers;
use super::text::{Context, Hit};
use super::values;

/// Longest token that is grown.
const LONGEST_TOKEN: usize = 420;

/// The token around a digit, and what it is.
pub(super) fn token(ids: &Identifiers, text: &[u8], digit: usize, done: usize) -> Option<Hit> {
    let alphanumeric = |byte: &u8| byte.is_ascii_alphanumeric();
    let floor = done.max(digit.saturating_sub(LONGEST_TOKEN));
    let start = digit - text[floor..digit].iter().rev().take_while(|byte| alphanumeric(byte)).count();
    let end = digit + text[digit..].iter().take(LONGEST_TOKEN).take_while(|byte| alphanumeric(byte)).count();
    let word = &text[start..end];
    if !word.iter().any(u8::is_ascii_alphabetic) {
        return None;
    }
    let before = start.checked_sub(1).map(|at| text[at]);
    let joined =
        |byte: Option<u8>| byte.is_some_and(|byte| matches!(byte, b'-' | b'_' | b'.' | b'/' | b'+') || byte >= 0x80);
    if let Some(hit) = key(text, start, end, floor) {
        return Some(hit);
    }
    if joined(before) || text.get(end).is_some_and(|byte| matches!(byte, b'_' | b'/' | b'+' | b'=') || *byte >= 0x80) {
        return None;
    }
    if let Some(hit) = grouped(ids, text, start, end) {
        return Some(hit);
    }
    if text.get(end) == Some(&b'-') && text.get(end + 1).is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let hit = |element, probability| Some(Hit { element, start, end, probability });
    let context = |element: DataElement| ids.text.context(element, text, start, end);
    let spoken = |element, label, near| match context(element) {
        Context::Label => hit(element, label),
        Context::For => hit(element, near),
        Context::Bare | Context::Against => None,
    };
    let found = match word.len() {
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
    };
    found.or_else(|| identity(ids, text, start, end))
}

/// Tokens of issuers have hyphens, underscores and dots inside.
fn key(text: &[u8], start: usize, end: usize, floor: usize) -> Option<Hit> {
    let sign = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let from = start - text[floor..start].iter().rev().take_while(|byte| sign(byte)).count();
    let to = end + text[end..].iter().take(LONGEST_TOKEN).take_while(|byte| sign(byte)).count();
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
fn grouped(ids: &Identifiers, text: &[u8], start: usize, end: usize) -> Option<Hit> {
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
        let against = ids.text.context(Mbi, text, start, start + 13) == Context::Against;
        return Some(Hit { element: Mbi, start, end: start + 13, probability: if against { 0.3 } else { 0.9 } });
    }
    None
}

/// A number of a state's scheme, where a word before it names the scheme.
pub(super) fn identity(ids: &Identifiers, text: &[u8], start: usize, end: usize) -> Option<Hit> {
    let signs = text[start..end].iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
    let schemes = ids.text.schemes_of(signs);
    schemes.iter().find_map(|at| {
        let (element, scheme, _) = ids.schemes.get(usize::from(*at))?;
        if !scheme.check(&text[start..end]).is_valid() {
            return None;
        }
        match ids.text.scheme_context(*at, text, start, end) {
            Context::Label => Some(Hit { element: *element, start, end, probability: 0.95 }),
            Context::For => Some(Hit { element: *element, start, end, probability: 0.85 }),
            Context::Bare | Context::Against => None,
        }
    })
}

/// What only words around it can tell of groups of digits: a date of birth, an identity number, an employer's number, a
/// provider's, and streets.
pub(super) fn spoken(ids: &Identifiers, text: &[u8], ends: &[usize], first: usize) -> Option<Hit> {
    if let Some(hit) = birth(ids, text, first).or_else(|| street(ids, text, ends, first)) {
        return Some(hit);
    }
    let free = |end: usize| {
        text.get(end).is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte < 0x80)
            && !(matches!(text.get(end), Some(b'.' | b'-' | b'/')) && text.get(end + 1).is_some_and(u8::is_ascii_digit))
    };
    let bound = first.checked_sub(1).is_none_or(|at| !matches!(text[at], b'.' | b'-' | b'/' | b'+' | b'$'));
    ends.iter().rev().filter(|end| bound && free(**end)).find_map(|end| {
        let digits = text[first..*end].iter().filter(|byte| byte.is_ascii_digit()).count();
        let value = &text[first..*end];
        let hit = |element, probability| Some(Hit { element, start: first, end: *end, probability });
        let near = |element| matches!(ids.text.context(element, text, first, *end), Context::Label | Context::For);
        match digits {
            9 if values::ein(value, &ids.unassigned_eins).is_valid() && near(Ein) => hit(Ein, 0.93),
            9 if values::itin(value).is_valid() && near(Itin) => hit(Itin, 0.93),
            9 if values::aba(value).is_valid() && near(BankRouting) => hit(BankRouting, 0.95),
            10 if values::npi(value).is_valid() && near(Npi) => hit(Npi, 0.95),
            15 if values::imsi(value).is_valid() && near(Imsi) => hit(Imsi, 0.93),
            18..=20 if values::iccid(value).is_valid() && near(Iccid) => hit(Iccid, 0.95),
            _ => identity(ids, text, first, *end),
        }
    })
}

/// A date some words before which say that somebody was born on it. Dates of the last years are not looked at.
fn birth(ids: &Identifiers, text: &[u8], first: usize) -> Option<Hit> {
    let head = text.get(first..(first + 18).min(text.len()))?;
    let digits = head.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let sign = *head.get(digits)?;
    let glued = first.checked_sub(1).is_some_and(|at| matches!(text[at], b'-' | b'/' | b'.' | b':'));
    let plausible = match digits {
        4 => sign == b'-' && (head.starts_with(b"19") || head.starts_with(b"200") || head.starts_with(b"201")),
        1 | 2 => matches!(sign, b'/' | b'-' | b'.' | b' '),
        8 => !sign.is_ascii_alphanumeric() && (head.starts_with(b"19") || head.starts_with(b"200")),
        _ => false,
    };
    if glued || !plausible {
        return None;
    }
    let line = &head[..memchr::memchr2(b'\n', b'\r', head).unwrap_or(head.len())];
    let (length, _) = labels::date(line)?;
    let end = first + length;
    let spoken = matches!(ids.text.context(Dob, text, first, end), Context::Label | Context::For);
    spoken.then_some(Hit { element: Dob, start: first, end, probability: 0.92 })
}

/// A number, one to four capitalised words of which the last is one for streets, and perhaps a unit.
fn street(ids: &Identifiers, text: &[u8], ends: &[usize], first: usize) -> Option<Hit> {
    const MOST_WORDS: usize = 5;
    let number_end = *ends.first()?;
    let before = first.checked_sub(1).map(|at| text[at]);
    let begins = before.is_none_or(|byte| matches!(byte, b' ' | b'\n' | b'\t' | b'"' | b','));
    let next = text.get(number_end + 1).copied().unwrap_or(0);
    if !begins || number_end - first > 6 || text.get(number_end) != Some(&b' ') || !next.is_ascii_uppercase() {
        return None;
    }
    let (mut at, mut words, mut end) = (number_end, 0, None);
    while words < MOST_WORDS && text.get(at) == Some(&b' ') {
        let word = &text[at + 1..];
        let length = word
            .iter()
            .take(20)
            .take_while(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'\'' | 0x80..))
            .count();
        if length == 0 || !(word[0].is_ascii_uppercase() || word[0] >= 0x80) {
            break;
        }
        words += 1;
        at += 1 + length;
        let stops = text.get(at).is_none_or(|byte| matches!(byte, b',' | b'.' | b'\n' | b'\r' | b'"' | b' '));
        if words >= 2 && stops && ids.is_street_word(&word[..length]) {
            end = Some(at);
        }
    }
    let end = end?;
    let unit = [&b" Apt"[..], b" Suite", b" Unit", b" #"].into_iter().find(|unit| text[end..].starts_with(unit));
    let end = unit.map_or(end, |unit| {
        let rest = &text[end + unit.len()..];
        end + unit.len()
            + rest.iter().take(8).take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'.')).count()
    });
    Some(Hit { element: Address, start: first, end, probability: 0.8 })
}
