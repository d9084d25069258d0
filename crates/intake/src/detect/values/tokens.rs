//! Secrets of machines, and addresses of crypto-currencies and advertising.

use sha2::{Digest as _, Sha256};

use super::forms::{Form, Signs, canonical};
use super::{Checked, Note, is_missing, trim};

/// Checks a crypto-currency address: Bitcoin in base 58 (double SHA-256) or bech32/bech32m, or Ethereum's 40 hexadecimal
/// digits behind `0x`. Sources: BIP-13, BIP-173, BIP-350; the mixed case of EIP-55 is not checked.
pub fn crypto_address(cell: &[u8]) -> Checked<()> {
    if is_missing(cell) {
        return Checked::MISSING;
    }
    match trim(cell) {
        [b'0', b'x' | b'X', rest @ ..] if rest.len() == 40 && rest.iter().all(u8::is_ascii_hexdigit) => {
            Checked::judged((), rest.iter().any(|byte| byte != &rest[0]))
        }
        text if (14..=90).contains(&text.len()) && text.len() > 3 && text[..3].eq_ignore_ascii_case(b"bc1") => {
            bech32(text)
        }
        text if (26..=35).contains(&text.len()) && matches!(text[0], b'1' | b'3') => base58(text),
        _ => Checked::DAMAGED,
    }
}

fn base58(text: &[u8]) -> Checked<()> {
    const SIGNS: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut bytes = [0u8; 25];
    for sign in text {
        let Some(value) = SIGNS.iter().position(|known| known == sign) else { return Checked::DAMAGED };
        let mut carry = value as u32;
        for byte in bytes.iter_mut().rev() {
            carry += u32::from(*byte) * 58;
            *byte = carry as u8;
            carry >>= 8;
        }
        if carry != 0 {
            return Checked::IMPOSSIBLE;
        }
    }
    let digest = Sha256::digest(Sha256::digest(&bytes[..21]));
    Checked::judged((), digest[..4] == bytes[21..] && matches!(bytes[0], 0 | 5))
}

fn bech32(text: &[u8]) -> Checked<()> {
    const SIGNS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let mixed = text.iter().any(u8::is_ascii_lowercase) && text.iter().any(u8::is_ascii_uppercase);
    let step = |check: u32, value: u32| {
        let top = check >> 25;
        let next = (check & 0x01ff_ffff) << 5 ^ value;
        (0..5).filter(|bit| top >> bit & 1 == 1).fold(next, |next, bit| next ^ GENERATOR[bit])
    };
    let prefix = [b'b', b'c'];
    let mut check = prefix.iter().fold(1, |check, sign| step(check, u32::from(sign >> 5)));
    check = step(check, 0);
    check = prefix.iter().fold(check, |check, sign| step(check, u32::from(sign & 31)));
    for sign in &text[3..] {
        let lower = sign.to_ascii_lowercase();
        let Some(value) = SIGNS.iter().position(|known| *known == lower) else { return Checked::DAMAGED };
        check = step(check, value as u32);
    }
    Checked::judged((), !mixed && (check == 1 || check == 0x2bc8_30a3))
}

/// Checks a key or token that says by its beginning what it opens, or any long run of letters and digits without blanks.
/// Sources: the issuers' documentation of their token formats.
pub fn api_key(cell: &[u8]) -> Checked<()> {
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let cell = trim(cell);
    if known_key(cell) {
        return Checked::valid(());
    }
    let sign =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+' | b'/' | b'=' | b':');
    let form = (16..=4096).contains(&cell.len()) && cell.iter().all(sign);
    if !form {
        return Checked::DAMAGED;
    }
    Checked::judged((), cell.iter().any(|byte| byte != &cell[0]))
}

/// Tells whether a token begins as some issuer's do, with the length that issuer's have.
pub fn known_key(cell: &[u8]) -> bool {
    /// Beginning, fewest and most signs behind it.
    const KEYS: &[(&[u8], usize, usize)] = &[
        (b"AKIA", 16, 16),
        (b"ASIA", 16, 16),
        (b"AIza", 35, 35),
        (b"ghp_", 36, 36),
        (b"gho_", 36, 36),
        (b"ghs_", 36, 36),
        (b"github_pat_", 70, 90),
        (b"glpat-", 20, 30),
        (b"sk_live_", 24, 99),
        (b"sk_test_", 24, 99),
        (b"rk_live_", 24, 99),
        (b"pk_live_", 24, 99),
        (b"xoxb-", 40, 90),
        (b"xoxp-", 40, 90),
        (b"SG.", 60, 70),
        (b"npm_", 36, 36),
        (b"ya29.", 30, 400),
        (b"EAAC", 60, 300),
        (b"shpat_", 32, 32),
        (b"dop_v1_", 64, 64),
        (b"hf_", 34, 37),
        (b"sk-", 40, 200),
    ];
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let issued = KEYS.iter().any(|(start, fewest, most)| {
        cell.strip_prefix(*start).is_some_and(|rest| (*fewest..=*most).contains(&rest.len()) && rest.iter().all(word))
    });
    issued || is_web_token(cell)
}

/// Three parts of base64url, the first of which is `{"` encoded. Source: RFC 7519.
fn is_web_token(cell: &[u8]) -> bool {
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    cell.starts_with(b"eyJ")
        && cell.len() >= 40
        && cell.split(|byte| *byte == b'.').count() == 3
        && cell.iter().all(|byte| word(byte) || *byte == b'.')
}

/// Checks an advertising identifier: a UUID that is not all zeros (which is what a phone gives when tracking is off).
pub fn advertising_id(cell: &[u8]) -> Checked<()> {
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let cell = trim(cell);
    let form = cell.len() == 36
        && cell.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    if !form {
        return Checked::DAMAGED;
    }
    if cell.iter().all(|byte| matches!(byte, b'0' | b'-')) {
        return Checked::impossible(()).noted(Note::Placeholder);
    }
    Checked::valid(())
}

/// How the licence plates of some countries are written.
#[derive(Clone, Debug, Default)]
pub struct PlateForms(Vec<Form>);

impl PlateForms {
    /// Reads the forms; `None` if one has a sign that means nothing.
    pub fn read(written: &[String]) -> Option<Self> {
        written.iter().map(|form| Form::read(form)).collect::<Option<_>>().map(PlateForms)
    }

    /// Returns the largest number of these values that have one form.
    pub fn most_of_one(&self, values: &[&[u8]]) -> usize {
        let mut counts = vec![0; self.0.len()];
        for (bytes, length) in values.iter().filter_map(|value| canonical(value)) {
            let Some(signs) = Signs::of(&bytes[..length]) else { continue };
            counts.iter_mut().zip(&self.0).for_each(|(count, form)| *count += usize::from(signs.fit(form)));
        }
        counts.into_iter().max().unwrap_or(0)
    }
}

/// Tells whether a cell is written as addresses of Bitcoin are, whether or not it passes their check.
pub fn is_like_crypto_address(cell: &[u8]) -> bool {
    let plain = |rest: &[u8]| {
        rest.iter().all(u8::is_ascii_alphanumeric)
            && rest.iter().any(u8::is_ascii_digit)
            && rest.iter().any(u8::is_ascii_alphabetic)
    };
    match trim(cell) {
        [b'1' | b'3', rest @ ..] => (24..=35).contains(&rest.len()) && plain(rest),
        [b'b', b'c', b'1', rest @ ..] => (25..=60).contains(&rest.len()) && plain(rest),
        _ => false,
    }
}

/// Checks a licence plate: two to ten letters and digits, at least one digit, with a blank, dot or hyphen between.
pub fn license_plate(cell: &[u8]) -> Checked<()> {
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let cell = trim(cell);
    let signs = cell.iter().filter(|byte| byte.is_ascii_alphanumeric() || **byte >= 0x80).count();
    let form = (2..=10).contains(&signs)
        && cell.len() <= 14
        && cell.iter().any(u8::is_ascii_digit)
        && cell.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b'.') || *byte >= 0x80);
    if form { Checked::valid(()) } else { Checked::DAMAGED }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict::*;
    use super::super::tests::check;
    use super::*;

    #[test]
    fn addresses_of_crypto_currencies() {
        check(
            crypto_address,
            &[
                // The first block's; and the examples of BIP-173 and BIP-350.
                ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", Valid),
                ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", Impossible),
                ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", Valid),
                ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", Impossible),
                ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", Valid),
                ("0x52908400098527886E0F7030069857D2E4169EE7", Valid),
                ("hello", Damaged),
            ],
        );
    }

    #[test]
    fn keys_and_others() {
        check(
            api_key,
            &[
                ("AKIAIOSFODNN7EXAMPLE", Valid),
                ("aaaaaaaaaaaaaaaaaaaa", Impossible),
                ("two words of text here", Damaged),
            ],
        );
        assert!(known_key(b"AKIAIOSFODNN7EXAMPLE") && !known_key(b"AKIASHORT"));
        check(
            advertising_id,
            &[
                ("cdda802e-fb9c-47ad-9866-0794d394c912", Valid),
                ("00000000-0000-0000-0000-000000000000", Impossible),
                ("x", Damaged),
            ],
        );
        check(license_plate, &[("7ABC123", Valid), ("B-MW 1234", Valid), ("no digits", Damaged)]);
    }
}
