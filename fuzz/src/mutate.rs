//! Changes inputs, the same way for the same seed.

/// A source of numbers that can be replayed (splitmix64).
pub struct Dice(u64);

impl Dice {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Self {
        Dice(seed)
    }

    /// Returns the next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// Returns a number below `limit`; 0 if the limit is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// Longest input made. Limits of the readers that are larger are reached by their own tests.
const LONGEST: usize = 64 << 10;

/// Signs and words that formats give a meaning.
const WORDS: &[&[u8]] = &[
    b"\"",
    b"'",
    b"\\",
    b",",
    b";",
    b"|",
    b"\t",
    b"\n",
    b"\r\n",
    b"\r",
    b"\0",
    b"\\N",
    b"\\.",
    b"NULL",
    b"''",
    b"\"\"",
    b"(",
    b")",
    b"INSERT INTO `t` VALUES (",
    b"COPY t (a, b) FROM stdin;\n",
    b"CREATE TABLE t (a int, b text);\n",
    b"/*",
    b"*/",
    b"--",
    b"$$",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"null",
    b"\\u0000",
    b"\\ud800",
    b"1e999",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xe9",
    b"\xc3\xa9",
    b"\xf0\x9f\x98\x80",
    b"000-00-0000",
    b"518-11-2001",
    b"1900-01-01",
    b"2026-02-31",
    b"::",
    b"%",
    b"%00",
    b"row/",
    b"bytes/0+1",
    b"18446744073709551615",
    b"-1",
    b"0",
    b"E'",
    b"X'",
    b"@",
    b".",
];

/// Returns a changed copy of `input`; `other` is a second input to take parts from.
pub fn mutate(input: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=dice.below(6) {
        change(&mut bytes, other, dice);
    }
    bytes.truncate(LONGEST);
    bytes
}

fn change(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    let at = dice.below(bytes.len() + 1);
    let end = (at + 1 + dice.below(32)).min(bytes.len());
    match dice.below(11) {
        0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
        1 if at < bytes.len() => bytes[at] = dice.next() as u8,
        2 | 3 => insert(bytes, at, WORDS[dice.below(WORDS.len())]),
        4 => drop(bytes.drain(at.min(end)..end)),
        5 => {
            let part = bytes[at.min(end)..end].to_vec();
            (0..=dice.below(40)).for_each(|_| insert(bytes, at, &part));
        }
        6 => {
            let from = dice.below(other.len() + 1);
            let to = (from + dice.below(200)).min(other.len());
            insert(bytes, at, &other[from..to]);
        }
        7 => bytes.truncate(at),
        8 | 9 => number(bytes, at, dice),
        _ => (at..end).for_each(|place| bytes[place] = bytes[place].wrapping_add(dice.below(3) as u8).wrapping_sub(1)),
    }
}

/// Numbers at which sizes, counts and places go wrong.
const NUMBERS: [u64; 14] = [
    0,
    1,
    2,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    i64::MAX as u64,
    u64::MAX,
];

/// Writes a number over the bytes at a place, in one of the widths and orders that formats use.
fn number(bytes: &mut [u8], at: usize, dice: &mut Dice) {
    let near = [0, 1, u64::MAX][dice.below(3)];
    let number = NUMBERS[dice.below(NUMBERS.len())].wrapping_add(near);
    let width = [1, 2, 4, 8][dice.below(4)];
    let written = if dice.below(4) == 0 { (number << (64 - width * 8)).to_be_bytes() } else { number.to_le_bytes() };
    bytes.iter_mut().skip(at).zip(&written[..width]).for_each(|(byte, new)| *byte = *new);
}

fn insert(bytes: &mut Vec<u8>, at: usize, part: &[u8]) {
    if bytes.len() + part.len() <= LONGEST {
        bytes.splice(at..at, part.iter().copied());
    }
}
