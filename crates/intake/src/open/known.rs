//! Lists of known files: what an operating system or a program brings along is no evidence.
//!
//! Enters: hash lists as examiners keep them, one digest a line or in a column of delimited text (NSRL's `NSRLFile.txt`
//! and its exports), MD5, SHA-1 or SHA-256, and the digests of the files of a survey. Leaves: which of these are known.
//! A list may be larger than memory: it is gone through once, and only what is asked for is held, 16 bytes a digest, its
//! first ones: two files that agree in 128 bits of a digest are the same. Never: believes a name or a size.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use vocab::{Problem, ProblemKind};

/// Kinds of digest, by their hexadecimal digits.
const DIGITS: [usize; 3] = [32, 40, 64];
/// Bytes of a list that tell which kinds of digest are in it.
const SNIFF_BYTES: u64 = 1 << 20;
/// Bytes read at a time.
const STEP_BYTES: usize = 1 << 20;

/// Lists of known files.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct KnownFiles {
    lists: Vec<PathBuf>,
    /// Which kinds of digest the lists have.
    kinds: [bool; 3],
}

impl KnownFiles {
    /// Adds a list. Whatever is on a line, each of its fields that is a digest counts.
    pub fn add(&mut self, list: &Path) -> io::Result<()> {
        let start = File::open(list)?.take(SNIFF_BYTES);
        each_digest(start, &mut |kind, _| self.kinds[kind] = true)?;
        self.lists.push(list.to_path_buf());
        Ok(())
    }

    /// Tells which files are on a list, and what stands in the way of knowing.
    pub(super) fn among(&self, files: &[Option<Taken>]) -> (Vec<bool>, Vec<Problem>) {
        let mut asked: [Vec<(u128, usize)>; 3] = Default::default();
        for (file, taken) in files.iter().enumerate().filter_map(|(file, taken)| Some((file, taken.as_ref()?))) {
            for (kind, first) in taken.firsts.iter().enumerate() {
                asked[kind].extend(first.map(|first| (first, file)));
            }
        }
        asked.iter_mut().for_each(|digests| digests.sort_unstable());
        let mut known = vec![false; files.len()];
        let mut problems = Vec::new();
        for list in &self.lists {
            let mut late = 0_u64;
            let read = File::open(list).and_then(|list| {
                each_digest(list, &mut |kind, first| {
                    late += u64::from(!self.kinds[kind]);
                    let at = asked[kind].partition_point(|(other, _)| *other < first);
                    asked[kind][at..].iter().take_while(|(other, _)| *other == first).for_each(|(_, file)| {
                        known[*file] = true;
                    });
                })
            });
            let problem = |kind, cause: String, hint: &str| Problem {
                kind,
                path: list.display().to_string(),
                cause,
                hint: hint.to_owned(),
            };
            if read.is_err() {
                let cause = "the list of known files cannot be read to its end".to_owned();
                problems.push(problem(
                    ProblemKind::Unreadable,
                    cause,
                    "check the disk and the permissions, then run again",
                ));
            }
            if late > 0 {
                let cause =
                    format!("{late} digests are of a kind that the beginning of the list has not: not compared");
                problems.push(problem(ProblemKind::Unsupported, cause, "give the kinds as lists of their own"));
            }
        }
        (known, problems)
    }
}

impl fmt::Debug for KnownFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} lists of known files", self.lists.len())
    }
}

/// Calls for each field that is a digest, with its kind and its first bytes.
fn each_digest(mut list: impl Read, take: &mut dyn FnMut(usize, u128)) -> io::Result<()> {
    let mut buffer = vec![0; STEP_BYTES];
    // The field so far: its length, its first digits, and whether all of it are digits.
    let (mut length, mut first, mut digits) = (0_usize, 0_u128, true);
    let mut end = |length: usize, first: u128, digits: bool| {
        if let Some(kind) = DIGITS.iter().position(|wanted| digits && *wanted == length) {
            take(kind, first);
        }
    };
    loop {
        let count = match list.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        for byte in &buffer[..count] {
            if !byte.is_ascii_alphanumeric() {
                end(length, first, digits);
                (length, first, digits) = (0, 0, true);
                continue;
            }
            match (*byte as char).to_digit(16) {
                Some(digit) if length < 32 => first = first << 4 | u128::from(digit),
                Some(_) => {}
                None => digits = false,
            }
            length += 1;
        }
    }
    end(length, first, digits);
    Ok(())
}

/// The digests of a file.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    /// SHA-256 in hexadecimal digits.
    pub(super) sha256: String,
    /// The first bytes of each kind that a list has.
    firsts: [Option<u128>; 3],
}

/// Takes the digests of a file: SHA-256 always, the others where a list has such.
pub(super) struct Digests {
    kinds: [bool; 3],
    sha256: Sha256,
    sha1: Option<sha1::Sha1>,
    md5: Option<md5::Md5>,
}

impl Digests {
    /// Begins.
    pub(super) fn new(known: &KnownFiles) -> Self {
        let [md5, sha1, _] = known.kinds;
        Digests {
            kinds: known.kinds,
            sha256: Sha256::new(),
            sha1: sha1.then(sha1::Sha1::new),
            md5: md5.then(md5::Md5::new),
        }
    }

    /// Takes in the next bytes.
    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        self.sha1.iter_mut().for_each(|digest| digest.update(bytes));
        self.md5.iter_mut().for_each(|digest| digest.update(bytes));
    }

    /// Returns the digests.
    pub(super) fn finish(self) -> Taken {
        let sha256 = self.sha256.finalize();
        let firsts = [
            self.md5.map(|digest| first_bytes(&digest.finalize())),
            self.sha1.map(|digest| first_bytes(&digest.finalize())),
            self.kinds[2].then(|| first_bytes(&sha256)),
        ];
        Taken { sha256: sha256.iter().map(|byte| format!("{byte:02x}")).collect(), firsts }
    }
}

fn first_bytes(digest: &[u8]) -> u128 {
    digest.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether files of these bytes are on a list, and what was said.
    fn known(list: &[u8], files: &[&[u8]]) -> (Vec<bool>, Vec<Problem>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("list.txt");
        std::fs::write(&path, list).expect("a list");
        let mut known = KnownFiles::default();
        known.add(&path).expect("a list");
        let taken = |bytes: &&[u8]| {
            let mut digests = Digests::new(&known);
            digests.update(bytes);
            Some(digests.finish())
        };
        known.among(&files.iter().map(taken).collect::<Vec<_>>())
    }

    // Source: the digests of "abc" in FIPS 180-2 and RFC 1321.
    const SHA256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    const MD5: &str = "900150983cd24fb0d6963f7d28e17f72";

    #[test]
    fn a_file_is_known_by_any_digest() {
        let nsrl = "\"SHA-1\",\"MD5\",\"CRC32\",\"FileName\"\r\n\"A9993E364706816ABA3E25717850C26C9CD0D89D\",\"x\",\"352441C2\",\"abc.txt\"\r\n";
        for list in [SHA256, nsrl, &format!("{MD5}  abc.txt\n"), &format!("{SHA256}\n{SHA256}")] {
            let (found, problems) = known(list.as_bytes(), &[b"abc", b"abd", b"abc"]);
            assert_eq!((found, problems), (vec![true, false, true], Vec::new()), "{list}");
        }
        for list in ["", &SHA256[1..], &format!("{SHA256}0"), &format!("x{MD5}"), &MD5.replace('9', "g")] {
            assert_eq!(known(list.as_bytes(), &[b"abc"]).0, [false], "{list}");
        }
    }

    #[test]
    fn a_list_longer_than_a_step_is_read_to_its_end() {
        let mut list = format!("{}\n", "1".repeat(64)).into_bytes();
        // The digest lies across two steps.
        list.resize(STEP_BYTES - 20, b'\n');
        list.extend_from_slice(SHA256.as_bytes());
        assert_eq!(known(&list, &[b"abc", b"abd"]), (vec![true, false], Vec::new()));
        list.extend(std::iter::repeat_n(b'\n', 3 * STEP_BYTES));
        list.extend_from_slice(MD5.as_bytes());
        let (_, problems) = known(&list, &[b"abc"]);
        assert!(problems[0].cause.starts_with("1 digests are of a kind"), "{problems:?}");
    }

    #[test]
    fn a_list_that_is_gone_is_a_problem() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("list.txt");
        let mut known = KnownFiles::default();
        assert!(known.add(&path).is_err());
        std::fs::write(&path, MD5).expect("a list");
        known.add(&path).expect("a list");
        std::fs::remove_file(&path).expect("a list");
        assert_eq!(known.among(&[]).1[0].kind, ProblemKind::Unreadable);
    }
}
