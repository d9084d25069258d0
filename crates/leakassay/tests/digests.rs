//! The forms in which a value could leak: as typed, bare, in hexadecimal, in base64, and as digests that anybody could make.
//!
//! MD5 and SHA-1 are written out here because nothing else in the repository has a use for them.

use sha2::{Digest as _, Sha256};

/// A way to write a value, by name.
pub(crate) type Form = (&'static str, Vec<u8>);

/// Returns every form of a value that must not be found.
pub(crate) fn forms(value: &str) -> Vec<Form> {
    let mut spellings = vec![value.to_owned(), value.to_lowercase(), value.to_uppercase()];
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    // A number is the same value without its dashes and brackets; a word with a digit in it is not a number.
    if value.chars().all(|c| !c.is_alphabetic()) && digits.len() >= 8 {
        spellings.push(digits);
    }
    spellings.sort();
    spellings.dedup();
    spellings.iter().flat_map(|spelling| forms_of(spelling.as_bytes())).collect()
}

fn forms_of(value: &[u8]) -> Vec<Form> {
    let digests = [("MD5", md5(value)), ("SHA-1", sha1(value)), ("SHA-256", Sha256::digest(value).to_vec())];
    let mut forms = vec![("plain", value.to_vec()), ("hexadecimal", hex(value).into_bytes())];
    forms.push(("hexadecimal, upper case", hex(value).to_uppercase().into_bytes()));
    forms.extend((0..3).map(|shift| ("base64", base64_inside(value, shift))));
    forms.push(("UTF-16", value.iter().flat_map(|byte| [*byte, 0]).collect()));
    for (name, digest) in digests {
        // Half a digest is enough to know the value again.
        forms.push((name, digest[..8].to_vec()));
        forms.push((name, hex(&digest[..8]).into_bytes()));
        forms.push((name, hex(&digest[..8]).to_uppercase().into_bytes()));
        forms.push((name, base64(&digest[..9]).into_bytes()));
    }
    forms
}

/// The part of a value's base64 that does not depend on its neighbours, if it stands `shift` bytes into a group of three.
fn base64_inside(value: &[u8], shift: usize) -> Vec<u8> {
    let whole = base64(&[&vec![0; shift], value].concat());
    let first = if shift == 0 { 0 } else { 4 };
    let last = (shift + value.len()) / 3 * 4;
    whole.as_bytes()[first..last].to_vec()
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let word = group.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            match place <= group.len() {
                true => text.push(char::from(SIGNS[(word >> (18 - 6 * place) & 63) as usize])),
                false => text.push('='),
            }
        }
    }
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The message with its padding and its length in bits, in blocks of 64 bytes.
fn padded(message: &[u8], length: [u8; 8]) -> Vec<u8> {
    let mut bytes = message.to_vec();
    bytes.push(0x80);
    bytes.resize((bytes.len() + 8).next_multiple_of(64) - 8, 0);
    bytes.extend(length);
    bytes
}

/// Source: RFC 1321.
fn md5(message: &[u8]) -> Vec<u8> {
    const SHIFTS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
    let mut state = [0x6745_2301_u32, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    for block in padded(message, (message.len() as u64 * 8).to_le_bytes()).chunks(64) {
        let words: Vec<u32> = block.chunks(4).map(|four| u32::from_le_bytes(four.try_into().unwrap())).collect();
        let [mut a, mut b, mut c, mut d] = state;
        for step in 0..64 {
            let (mix, word) = match step / 16 {
                0 => (b & c | !b & d, step),
                1 => (d & b | !d & c, (5 * step + 1) % 16),
                2 => (b ^ c ^ d, (3 * step + 5) % 16),
                _ => (c ^ (b | !d), 7 * step % 16),
            };
            let sine = (((step + 1) as f64).sin().abs() * 4_294_967_296.0) as u32;
            let sum = a.wrapping_add(mix).wrapping_add(sine).wrapping_add(words[word]);
            (a, d, c) = (d, c, b);
            b = b.wrapping_add(sum.rotate_left(SHIFTS[step / 16][step % 4]));
        }
        for (kept, new) in state.iter_mut().zip([a, b, c, d]) {
            *kept = kept.wrapping_add(new);
        }
    }
    state.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// Source: RFC 3174.
fn sha1(message: &[u8]) -> Vec<u8> {
    let mut state = [0x6745_2301_u32, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    for block in padded(message, (message.len() as u64 * 8).to_be_bytes()).chunks(64) {
        let mut words: Vec<u32> = block.chunks(4).map(|four| u32::from_be_bytes(four.try_into().unwrap())).collect();
        for at in 16..80 {
            words.push((words[at - 3] ^ words[at - 8] ^ words[at - 14] ^ words[at - 16]).rotate_left(1));
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (step, word) in words.iter().enumerate() {
            let (mix, constant) = match step / 20 {
                0 => (b & c | !b & d, 0x5a82_7999),
                1 => (b ^ c ^ d, 0x6ed9_eba1),
                2 => (b & c | b & d | c & d, 0x8f1b_bcdc),
                _ => (b ^ c ^ d, 0xca62_c1d6_u32),
            };
            let sum = a.rotate_left(5).wrapping_add(mix).wrapping_add(e).wrapping_add(constant).wrapping_add(*word);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, sum);
        }
        for (kept, new) in state.iter_mut().zip([a, b, c, d, e]) {
            *kept = kept.wrapping_add(new);
        }
    }
    state.iter().flat_map(|word| word.to_be_bytes()).collect()
}

#[test]
fn the_digests_are_those_of_the_standards() {
    assert_eq!(hex(&md5(b"")), "d41d8cd98f00b204e9800998ecf8427e");
    assert_eq!(
        hex(&md5(b"12345678901234567890123456789012345678901234567890123456789012345678901234567890")),
        "57edf4a22be3c955ac49da2e2107b67a"
    );
    assert_eq!(hex(&sha1(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert_eq!(
        hex(&sha1(b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
        "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
    );
}

#[test]
fn base64_is_found_wherever_the_value_stands() {
    assert_eq!(base64(b"Ma"), "TWE=");
    let value = b"517-83-2946";
    for before in 0..6 {
        let text = base64(&[&vec![b'x'; before][..], value, b"yz"].concat());
        let part = String::from_utf8(base64_inside(value, before % 3)).unwrap();
        assert!(part.len() >= 8 && text.contains(&part), "{part} in {text}");
    }
}
