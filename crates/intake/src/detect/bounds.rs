//! Where numbers in text begin and end: what stands before and behind them and is part of something longer, or of nothing.
//!
//! Enters: a place before or behind digits. Leaves: whether they are free there. Never: looks further than the signs of one
//! code of a terminal.

/// Longest codes of a colour of a terminal: `1;31`.
const LONGEST_COLOUR: usize = 8;

/// A byte of a word.
#[inline]
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Whether nothing before the candidate makes it part of something longer: a letter, or a sign with more before.
#[inline]
pub(super) fn bounded_before(text: &[u8], start: usize) -> bool {
    let before = start.checked_sub(1).map(|at| text[at]);
    let before_that = start.checked_sub(2).map(|at| text[at]);
    match before {
        Some(byte) if is_word(byte) => stands_free(text, start),
        Some(b'-' | b'.' | b'/' | b':') => match before_that {
            Some(byte) if byte.is_ascii_digit() => false,
            Some(byte) if before == Some(b'-') && is_word(byte) => false,
            _ => true,
        },
        _ => true,
    }
}

/// The same behind it.
#[inline]
pub(super) fn bounded_behind(text: &[u8], end: usize) -> bool {
    match (text.get(end), text.get(end + 1)) {
        (Some(b'x' | b'X'), Some(b'0'..=b'9')) => true,
        (Some(byte), _) if is_word(*byte) => ends_free(text, end),
        (Some(b'-'), Some(next)) if is_word(*next) => false,
        (Some(b'.' | b','), Some(b'0'..=b'9')) => {
            text.get(end) == Some(&b',') && text.get(end + 4).is_some_and(u8::is_ascii_digit)
        }
        _ => true,
    }
}

/// Whether a byte that could belong to a word does not: a rule to write on, markup, a colour of a terminal, a quotation mark.
pub(super) fn stands_free(text: &[u8], first: usize) -> bool {
    let before = &text[..first];
    match before {
        [.., b'_', b'_'] | [b'_'] => true,
        [.., other, b'_'] => !is_word(*other),
        // Track 1 of a card.
        [.., b'%', b'B'] => true,
        [.., b'm'] => {
            let codes = before[..first - 1].iter().rev().take(LONGEST_COLOUR);
            let length = codes.take_while(|byte| byte.is_ascii_digit() || **byte == b';').count();
            before[..first - 1 - length].ends_with(b"\x1b[")
        }
        [.., rest, 0xE2, 0x80, mark] => is_quotation(*mark) || (matches!(mark, 0x93 | 0x94) && !is_word(*rest)),
        [0xE2, 0x80, mark] => is_quotation(*mark),
        [.., 0xEF, 0xBC, 0x9A] | [.., 0xC2, 0xA0 | 0xAB] => true,
        _ => false,
    }
}

/// The last byte of a quotation mark, a bullet or an ellipsis, all of which begin with the same two.
fn is_quotation(mark: u8) -> bool {
    matches!(mark, 0x98..=0x9F | 0xA2 | 0xA6 | 0xB9 | 0xBA)
}

/// The same of a byte behind.
fn ends_free(text: &[u8], end: usize) -> bool {
    match &text[end..] {
        [b'_'] | [b'_', b'_', ..] => true,
        [b'_', other, ..] => !is_word(*other),
        [0xE2, 0x80, mark, rest @ ..] => {
            is_quotation(*mark) || (matches!(mark, 0x93 | 0x94) && !rest.first().is_some_and(u8::is_ascii_digit))
        }
        [0xC2, 0xA0 | 0xBB, ..] => true,
        _ => false,
    }
}
