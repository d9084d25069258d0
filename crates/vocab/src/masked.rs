//! Values that do not print themselves, and the keyed tokens that join them.

use std::fmt;

/// A personal value. It has no `Display`, no `Serialize`, no `Deref`; `Debug` prints its length only.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Masked(Box<[u8]>);

impl Masked {
    /// Takes a value out of circulation.
    pub fn new(value: impl Into<Box<[u8]>>) -> Self {
        Masked(value.into())
    }

    /// Returns the value in clear. The caller answers for where it goes.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }

    /// Returns the shape of the value: letters become `a`/`A`, digits `9`, non-ASCII `x`; other signs stay.
    /// A shape is not the value, but a rare one may still single a person out: it is shown on request only.
    pub fn shape(&self) -> String {
        String::from_utf8_lossy(&self.0).chars().map(shape_of).collect()
    }
}

fn shape_of(c: char) -> char {
    match c {
        'a'..='z' => 'a',
        'A'..='Z' => 'A',
        '0'..='9' => '9',
        c if c.is_ascii() => c,
        _ => 'x',
    }
}

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Masked({} bytes)", self.0.len())
    }
}

impl Drop for Masked {
    fn drop(&mut self) {
        self.0.fill(0);
    }
}

/// The secret of one case. Tokens made with it cannot be enumerated without it.
#[derive(Clone, PartialEq, Eq)]
pub struct CaseKey([u8; 32]);

impl CaseKey {
    /// Wraps 32 bytes from the system's random source.
    pub const fn new(bytes: [u8; 32]) -> Self {
        CaseKey(bytes)
    }

    /// Returns the bytes, for ciphers and MACs only.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for CaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CaseKey(..)")
    }
}

impl Drop for CaseKey {
    fn drop(&mut self) {
        self.0.fill(0);
    }
}

/// HMAC of a value under the case key, cut to 16 bytes: equal values join, nobody without the key can guess them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub [u8; 16]);

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
