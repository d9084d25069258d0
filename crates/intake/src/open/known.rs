//! Lists of known files: what an operating system or a program brings along is no evidence.
//!
//! Enters: hash lists as examiners keep them, one digest a line or in a column of delimited text (NSRL's `NSRLFile.txt`
//! and its exports), MD5, SHA-1 or SHA-256. Leaves: whether a file is known. Memory: 16 bytes a
//! digest, its first ones: two files that agree in 128 bits of a digest are the same. Never: believes a name or a size.

use std::fmt;
use std::io::{self, BufRead};
use std::sync::Arc;

use sha2::{Digest, Sha256};

/// Kinds of digest, by their hexadecimal digits.
const DIGITS: [usize; 3] = [32, 40, 64];

/// Digests of known files.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct KnownFiles(Arc<[Vec<u128>; 3]>);

impl KnownFiles {
    /// Reads lists of digests. Whatever is on a line, each of its fields that is a digest counts.
    pub fn read(lists: impl IntoIterator<Item = impl BufRead>) -> io::Result<Self> {
        let mut known: [Vec<u128>; 3] = Default::default();
        let mut line = Vec::new();
        for mut list in lists {
            while list.read_until(b'\n', &mut line)? > 0 {
                for (kind, digest) in line.split(|byte| !byte.is_ascii_alphanumeric()).filter_map(digest) {
                    known[kind].push(digest);
                }
                line.clear();
            }
        }
        for digests in &mut known {
            digests.sort_unstable();
            digests.dedup();
        }
        Ok(KnownFiles(Arc::new(known)))
    }

    /// Returns the number of digests.
    pub fn len(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }

    /// Tells whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn has(&self, kind: usize, digest: &[u8]) -> bool {
        let first = digest.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte));
        self.0[kind].binary_search(&first).is_ok()
    }
}

impl fmt::Debug for KnownFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} known files", self.len())
    }
}

/// A field that is a digest: its kind and its first bytes.
fn digest(field: &[u8]) -> Option<(usize, u128)> {
    let kind = DIGITS.iter().position(|digits| *digits == field.len())?;
    let digits: Option<Vec<u32>> = field.iter().map(|byte| (*byte as char).to_digit(16)).collect();
    Some((kind, digits?.iter().take(32).fold(0, |number, digit| number << 4 | u128::from(*digit))))
}

/// Takes the digests of a file: SHA-256 always, the others where a list has such.
pub(super) struct Digests<'k> {
    known: &'k KnownFiles,
    sha256: Sha256,
    sha1: Option<sha1::Sha1>,
    md5: Option<md5::Md5>,
}

impl<'k> Digests<'k> {
    /// Begins.
    pub(super) fn new(known: &'k KnownFiles) -> Self {
        let wanted = |kind: usize| !known.0[kind].is_empty();
        Digests {
            known,
            sha256: Sha256::new(),
            sha1: wanted(1).then(sha1::Sha1::new),
            md5: wanted(0).then(md5::Md5::new),
        }
    }

    /// Takes in the next bytes.
    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        self.sha1.iter_mut().for_each(|digest| digest.update(bytes));
        self.md5.iter_mut().for_each(|digest| digest.update(bytes));
    }

    /// Returns the SHA-256 in hexadecimal digits, and whether the file is known.
    pub(super) fn finish(self) -> (String, bool) {
        let sha256 = self.sha256.finalize();
        let known = self.known.has(2, &sha256)
            || self.sha1.is_some_and(|digest| self.known.has(1, &digest.finalize()))
            || self.md5.is_some_and(|digest| self.known.has(0, &digest.finalize()));
        (sha256.iter().map(|byte| format!("{byte:02x}")).collect(), known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(list: &str) -> KnownFiles {
        KnownFiles::read([list.as_bytes()]).expect("a list")
    }

    fn is_known(list: &str, bytes: &[u8]) -> bool {
        let known = known(list);
        let mut digests = Digests::new(&known);
        digests.update(bytes);
        digests.finish().1
    }

    #[test]
    fn a_file_is_known_by_any_digest() {
        // Source: the digests of "abc" in FIPS 180-2 and RFC 1321.
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let nsrl = "\"SHA-1\",\"MD5\",\"CRC32\",\"FileName\"\r\n\"A9993E364706816ABA3E25717850C26C9CD0D89D\",\"x\",\"352441C2\",\"abc.txt\"\r\n";
        for list in [sha256, nsrl, "900150983cd24fb0d6963f7d28e17f72  abc.txt\n"] {
            assert!(is_known(list, b"abc"), "{list}");
            assert!(!is_known(list, b"abd"), "{list}");
        }
        assert_eq!(known(&format!("{sha256}\n{sha256}\nnot a digest\n{}", &sha256[1..])).len(), 1);
        assert!(known("").is_empty());
    }
}
