//! Which cells of columns without personal data are read as text all the same.
//!
//! Enters: the sample of a column to which no element was given, and cells. Leaves: whether a cell may hold something that
//! only the text path finds: a labelled number within a note, an e-mail address where others have none. Never: looks at more
//! than the signs a cell is made of. A column that was judged by its values as wholes is not judged again by them.

use serde::{Deserialize, Serialize};

use super::column::Column;

/// Shortest cell in which something may stand.
const SHORTEST: usize = 6;

/// Cells longer than this are read whatever they hold.
const LONGEST_COUNTED: usize = 200;

/// Fewest digits of a number that is somebody's.
const FEWEST_DIGITS: u64 = 7;

/// Fewest signs of a note in words.
const SHORTEST_NOTE: usize = 25;

/// Blanks of such a note.
const NOTE_BLANKS: u64 = 3;

/// How the cells of a column are read by the text path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum InCells {
    /// Not at all: the column's element says what its values are, or the user does.
    #[default]
    Nothing,
    /// Values were judged as wholes: only cells that hold more than one value are read.
    Beyond,
    /// Words: what looks like a number or an address in one is read as well.
    Spots,
    /// Free text, or several values packed into one: all.
    All,
}

impl InCells {
    /// How the cells of a column are read to which no element was given.
    pub(super) fn of(column: &Column<'_>, text: bool) -> Self {
        // Of a column that is empty in the sample nothing was judged.
        let words = column.values.is_empty() || column.share(|cell| Signs::of(cell).is_words()) > 0.5;
        match (text, words) {
            (true, _) => InCells::All,
            (false, true) => InCells::Spots,
            (false, false) => InCells::Beyond,
        }
    }

    /// Tells whether a cell is read.
    #[inline]
    pub(super) fn reads(self, cell: &[u8]) -> bool {
        match self {
            InCells::Nothing => false,
            InCells::All => true,
            _ if cell.len() < SHORTEST => false,
            _ if cell.len() > LONGEST_COUNTED => true,
            InCells::Beyond => Signs::of(cell).are_more_than_a_value(cell),
            InCells::Spots => Signs::of(cell).may_be_somebodys(cell),
        }
    }
}

/// The signs of a cell, counted by kind: eight bits each, so that one addition a byte counts them all.
#[derive(Clone, Copy)]
struct Signs(u64);

const LETTER: u32 = 0;
const DIGIT: u32 = 8;
const BLANK: u32 = 16;
/// What ends a label.
const COLON: u32 = 24;
const AT: u32 = 32;
const DOT: u32 = 40;
const OTHER: u32 = 48;

const KINDS: [u64; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let kind = match byte as u8 {
            b'A'..=b'Z' | b'a'..=b'z' | 0x80..=0xFF => LETTER,
            b'0'..=b'9' => DIGIT,
            b' ' | b'\t' | b'\n' | b'\r' => BLANK,
            b':' | b'=' | b'#' => COLON,
            b'@' => AT,
            b'.' => DOT,
            _ => OTHER,
        };
        kinds[byte] = 1 << kind;
        byte += 1;
    }
    kinds
};

impl Signs {
    /// Counts the signs of a cell, of a long one those of its beginning.
    #[inline]
    fn of(cell: &[u8]) -> Self {
        let counted = &cell[..cell.len().min(LONGEST_COUNTED)];
        Signs(counted.iter().fold(0, |counts, byte| counts + KINDS[usize::from(*byte)]))
    }

    #[inline]
    fn count(self, kind: u32) -> u64 {
        self.0 >> kind & 0xFF
    }

    /// More letters than digits, or blanks between letters.
    fn is_words(self) -> bool {
        let (letters, digits) = (self.count(LETTER), self.count(DIGIT));
        letters > 2 * digits || (letters > digits && self.count(BLANK) > 0)
    }

    /// Words beside a number, a label before a value, an e-mail address, a list, a note.
    fn are_more_than_a_value(self, cell: &[u8]) -> bool {
        let (letters, digits, blanks) = (self.count(LETTER), self.count(DIGIT), self.count(BLANK));
        if letters < 2 {
            return false;
        }
        // "2024-01-02T10:00:00Z" has two letters, "10:04 PM" as many.
        let moment = letters <= 3 && self.count(COLON) >= 2 && self.count(AT) == 0;
        let numbered = digits >= FEWEST_DIGITS && !moment && blanks + self.count(COLON) > 0;
        let address = digits >= 4 && self.count(DOT) >= 3;
        let note = cell.len() >= SHORTEST_NOTE && blanks >= NOTE_BLANKS;
        let labelled = self.count(COLON) > 0 && !moment && digits + blanks + self.count(AT) > 0;
        self.count(AT) > 0 || numbered || address || note || labelled
    }

    /// The same, or a number or a token by itself, where the others are words.
    fn may_be_somebodys(self, cell: &[u8]) -> bool {
        let (letters, digits) = (self.count(LETTER), self.count(DIGIT));
        let moment = letters <= 3 && self.count(COLON) >= 2;
        let address = digits >= 4 && self.count(DOT) == 3;
        (digits >= FEWEST_DIGITS && !moment) || address || self.are_more_than_a_value(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_may_hold_something_are_read() {
        let more = [
            "ssn 219-45-6783",
            "SSN#219456783",
            "<ann@mail.net>",
            "ALLOW=83.12.44.9",
            "deny 83.12.44.9",
            "dob=1982-03-14",
            "spoke with Rosa Diaz about it",
            "Tel: 415-444-2610",
            "call 4154442671",
            "pin: 2580",
        ];
        for cell in more {
            assert!(InCells::Beyond.reads(cell.as_bytes()), "{cell}");
            assert!(InCells::Spots.reads(cell.as_bytes()), "{cell}");
        }
        for value in ["219-45-6783", "4539148803436467", "+14155550132", "83.12.44.9", "DE89370400440532013000"] {
            assert!(!InCells::Beyond.reads(value.as_bytes()), "{value}");
            assert!(InCells::Spots.reads(value.as_bytes()), "{value}");
        }
        let nothing =
            ["", "open", "x@y", "Des Moines", "2024-01-02T10:00:00Z", "10:04:22 PM", "12,50", "Premium plan 2"];
        for cell in nothing {
            assert!(!InCells::Beyond.reads(cell.as_bytes()), "{cell}");
            assert!(!InCells::Spots.reads(cell.as_bytes()), "{cell}");
        }
        assert!(InCells::Beyond.reads(&b"x".repeat(LONGEST_COUNTED + 1)));
        assert!(!InCells::Nothing.reads(b"ssn 219-45-6783") && InCells::All.reads(b"x"));
    }
}
