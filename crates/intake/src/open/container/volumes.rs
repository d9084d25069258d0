//! Files that were cut into parts: `x.zip.001`, `x.7z.001`, `x.csv.gz.aa`, `x.gz.part1`, `x.z01` with `x.zip`.
//!
//! Enters: the path of a file. Leaves: how it stands to the files beside it, and a reader over all parts in order, as if
//! they had never been cut. Parts are found by their names and believed by their content: logs that are numbered are no
//! parts. Never: joins over a gap; the part that is missing is named.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::super::sniff::{MAGIC_BYTES, Magic, magic};

/// Parts of one file.
const MOST_PARTS: usize = 10_000;

/// How a file on disk stands to those beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Standing {
    /// A file of its own.
    Whole,
    /// What the parts are read as, with the name of a part that is missing between them.
    First {
        /// All parts, in order.
        parts: Vec<PathBuf>,
        /// The first part that is not there, though later ones are.
        missing: Option<String>,
    },
    /// A later part of the file of this name, which is read together with it.
    Part(String),
    /// Named like a later part of a file that is not there.
    Orphan(String),
}

/// Tells how a file stands to those beside it.
pub(in super::super) fn standing(path: &Path) -> Standing {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return Standing::Whole };
    if let Some(spanned) = spanned(path, name) {
        return spanned;
    }
    let Some(numbered) = Numbered::of(name) else { return Standing::Whole };
    let beside = |name: &str| path.with_file_name(name);
    let Some(first) = numbered.firsts().into_iter().find(|first| is_file(&beside(first))) else {
        // Two letters end many names; digits and the word `part` hardly any.
        let plain = numbered.sign == Sign::Letters || numbered.number < 2;
        return if plain { Standing::Whole } else { Standing::Orphan(numbered.firsts().remove(0)) };
    };
    let (parts, missing) = series(path, &first);
    if parts.len() < 2 && missing.is_none() || !cut(&parts) {
        return Standing::Whole;
    }
    match (name == first, parts.iter().any(|part| part.file_name() == path.file_name())) {
        (true, _) => Standing::First { parts, missing },
        (false, true) => Standing::Part(first),
        // It stands behind a gap.
        (false, false) if missing.is_some() => Standing::Part(first),
        (false, false) => Standing::Whole,
    }
}

/// `x.z01`, `x.z02`, ..., `x.zip`: the last part has the name of the whole.
fn spanned(path: &Path, name: &str) -> Option<Standing> {
    let (stem, extension) = name.rsplit_once('.')?;
    let number = extension.strip_prefix(['z', 'Z']).filter(|digits| digits.len() >= 2)?;
    let upper = extension.starts_with('Z');
    let last = format!("{stem}.{}", if upper { "ZIP" } else { "zip" });
    let part = |number: usize| format!("{stem}.{}{number:02}", if upper { 'Z' } else { 'z' });
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        if !extension.eq_ignore_ascii_case("zip") || !is_file(&path.with_file_name(part(1))) {
            return None;
        }
        let mut parts: Vec<PathBuf> =
            (1..MOST_PARTS).map(|number| path.with_file_name(part(number))).take_while(|part| is_file(part)).collect();
        let next = part(parts.len() + 1);
        let missing = is_file(&path.with_file_name(part(parts.len() + 2))).then_some(next);
        parts.push(path.to_path_buf());
        return Some(Standing::First { parts, missing });
    }
    let whole = is_file(&path.with_file_name(&last));
    Some(if whole { Standing::Part(last) } else { Standing::Orphan(last) })
}

/// What the last signs of a numbered name are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    /// `.001`.
    Digits,
    /// `.part1`, `.part01`.
    Word,
    /// `.aa`, as `split` writes them.
    Letters,
    /// `.E01`: segments of a disk image.
    Segments,
}

/// A name that ends in a number.
struct Numbered<'n> {
    stem: &'n str,
    sign: Sign,
    number: usize,
    width: usize,
}

impl<'n> Numbered<'n> {
    fn of(name: &'n str) -> Option<Self> {
        let digits = name.len() - name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        if digits > 0 && digits < 7 {
            let stem = &name[..name.len() - digits];
            let number = name[stem.len()..].parse().ok()?;
            let word = stem.len() > 5 && stem.to_ascii_lowercase().ends_with(".part");
            let segment = digits == 2 && stem.len() > 2 && stem.to_ascii_lowercase().ends_with(".e");
            let sign = match () {
                () if segment => Sign::Segments,
                () if word => Sign::Word,
                () if digits >= 3 && stem.len() > 1 && stem.ends_with('.') => Sign::Digits,
                () => return None,
            };
            return Some(Numbered { stem, sign, number, width: digits });
        }
        let at = name.rfind(['.', '_', '-'])? + 1;
        let letters = &name[at..];
        let lower = (2..=3).contains(&letters.len()) && letters.bytes().all(|byte| byte.is_ascii_lowercase());
        let number = letters.bytes().fold(0, |number, letter| number * 26 + usize::from(letter.wrapping_sub(b'a')));
        (lower && at > 1).then_some(Numbered { stem: &name[..at], sign: Sign::Letters, number, width: letters.len() })
    }

    /// The names that the first part may have.
    fn firsts(&self) -> Vec<String> {
        let (stem, width) = (self.stem, self.width);
        match self.sign {
            Sign::Letters => vec![format!("{stem}{}", "a".repeat(width))],
            Sign::Segments => vec![format!("{stem}01")],
            Sign::Digits => vec![format!("{stem}{:0width$}", 1), format!("{stem}{:0width$}", 0)],
            // part1 to part10: the width grows with the number.
            Sign::Word => {
                (1..=width).flat_map(|width| [format!("{stem}{:0width$}", 1), format!("{stem}{:0width$}", 0)]).collect()
            }
        }
    }

    fn next(&self) -> String {
        let (stem, width, number) = (self.stem, self.width, self.number + 1);
        if self.sign != Sign::Letters {
            return format!("{stem}{number:0width$}");
        }
        let mut letters = vec![b'a'; width];
        let mut left = number;
        for letter in letters.iter_mut().rev() {
            *letter += (left % 26) as u8;
            left /= 26;
        }
        format!("{stem}{}", String::from_utf8_lossy(&letters))
    }
}

/// The parts from the first one on, as far as none is missing, and the one that is missing if others follow it.
fn series(path: &Path, first: &str) -> (Vec<PathBuf>, Option<String>) {
    let mut parts = Vec::new();
    let mut name = first.to_owned();
    while parts.len() < MOST_PARTS && is_file(&path.with_file_name(&name)) {
        parts.push(path.with_file_name(&name));
        let Some(numbered) = Numbered::of(&name) else { break };
        name = numbered.next();
    }
    let after = Numbered::of(&name).map(|numbered| numbered.next());
    let more = after.is_some_and(|after| is_file(&path.with_file_name(after)));
    (parts, more.then_some(name))
}

/// Tells whether files are parts of one by what is in them: an archive that begins only once, a text that breaks off in
/// the middle of a line, or pieces of one size with a smaller one at the end.
fn cut(parts: &[PathBuf]) -> bool {
    let heads: Vec<Vec<u8>> = parts.iter().take(2).map(|part| head(part)).collect();
    let Some(first) = heads.first() else { return false };
    let kind = magic(first);
    let again = heads.get(1).is_some_and(|second| magic(second) == kind);
    if kind == Magic::Image {
        // Each segment of a disk image begins like the first, as far as there is another.
        return again || heads.len() == 1;
    }
    if kind != Magic::Other {
        return !again;
    }
    let sizes: Vec<u64> = parts.iter().map(|part| fs::metadata(part).map_or(0, |meta| meta.len())).collect();
    let Some((last, others)) = sizes.split_last() else { return false };
    let even = others.iter().all(|size| size == &sizes[0]) && *last <= sizes[0];
    even && !ends_a_line(&parts[0])
}

fn head(path: &Path) -> Vec<u8> {
    let mut head = Vec::new();
    if let Ok(file) = File::open(path) {
        // What cannot be read looks like nothing that is known.
        let _ = file.take(MAGIC_BYTES as u64).read_to_end(&mut head);
    }
    head
}

fn ends_a_line(path: &Path) -> bool {
    let mut last = [0];
    let read = File::open(path).and_then(|mut file| {
        file.seek(SeekFrom::End(-1))?;
        file.read(&mut last)
    });
    read.is_ok() && matches!(last, [b'\n' | b'\r'])
}

fn is_file(path: &Path) -> bool {
    // A link may lead out of the case.
    path.symlink_metadata().is_ok_and(|meta| meta.is_file())
}

/// A file on disk, or the parts of one.
#[derive(Clone, Debug)]
pub(in super::super) struct OnDisk {
    /// Where each part begins in the whole, and where it lies.
    parts: Vec<(u64, PathBuf)>,
    bytes: u64,
}

impl OnDisk {
    /// Looks at the file at `path`, and at those beside it if it is the first part of a whole.
    pub(in super::super) fn at(path: &Path) -> io::Result<Self> {
        let paths = match standing(path) {
            Standing::First { parts, .. } => parts,
            _ => vec![path.to_path_buf()],
        };
        let mut parts = Vec::with_capacity(paths.len());
        let mut bytes = 0;
        for path in paths {
            let length = fs::metadata(&path)?.len();
            parts.push((bytes, path));
            bytes += length;
        }
        Ok(OnDisk { parts, bytes })
    }

    /// Returns the size of the whole.
    pub(in super::super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns the path where the whole is one file.
    pub(in super::super) fn single(&self) -> Option<&Path> {
        if let [(_, path)] = self.parts.as_slice() { Some(path) } else { None }
    }

    /// Opens it for reading at any place.
    pub(in super::super) fn open(&self) -> io::Result<Joined> {
        let first = self.parts.first().ok_or(io::ErrorKind::NotFound)?;
        Ok(Joined { open: (0, File::open(&first.1)?), whole: self.clone(), at: 0 })
    }

    /// Returns where the part of this number begins.
    pub(super) fn begins(&self, part: usize) -> Option<u64> {
        self.parts.get(part).map(|(start, _)| *start)
    }
}

/// Reads the parts of a file as one; one of them is open at a time.
pub(in super::super) struct Joined {
    whole: OnDisk,
    /// Number of the part that is open.
    open: (usize, File),
    at: u64,
}

impl Read for Joined {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let (part, file) = &mut self.open;
        let count = file.read(into)?;
        self.at += count as u64;
        if count > 0 || into.is_empty() || *part + 1 >= self.whole.parts.len() {
            return Ok(count);
        }
        self.at = self.whole.parts[*part + 1].0;
        self.open = (*part + 1, File::open(&self.whole.parts[*part + 1].1)?);
        self.read(into)
    }
}

impl Seek for Joined {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.whole.bytes.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        let target = target.ok_or(io::ErrorKind::InvalidInput)?;
        let part = self.whole.parts.partition_point(|(start, _)| *start <= target).saturating_sub(1);
        if part != self.open.0 {
            self.open = (part, File::open(&self.whole.parts[part].1)?);
        }
        self.open.1.seek(SeekFrom::Start(target - self.whole.parts[part].0))?;
        self.at = target;
        Ok(target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, bytes) in files {
            fs::write(folder.path().join(name), bytes).expect("a file");
        }
        folder
    }

    fn names(standing: &Standing) -> Vec<String> {
        let Standing::First { parts, .. } = standing else { return Vec::new() };
        parts.iter().map(|part| part.file_name().expect("a name").to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn parts_are_known_by_name_and_content() {
        let gz: &[u8] = b"\x1f\x8b\x08rest";
        let folder = folder(&[
            ("a.gz.001", gz),
            ("a.gz.002", b"more"),
            ("b.gz.aa", gz),
            ("b.gz.ab", b"more"),
            ("c.gz.part1", gz),
            ("c.gz.part2", b"more"),
            ("log.001", b"one line\n"),
            ("log.002", b"two line\n"),
            ("d.csv.001", b"a,b\n1,"),
            ("d.csv.002", b"2\n"),
            ("e.gz.001", gz),
            ("e.gz.003", b"more"),
            ("f.gz.002", b"more"),
            ("notes.md", b"x"),
        ]);
        let of = |name: &str| standing(&folder.path().join(name));
        assert_eq!(names(&of("a.gz.001")), ["a.gz.001", "a.gz.002"]);
        assert_eq!(of("a.gz.002"), Standing::Part("a.gz.001".into()));
        assert_eq!(names(&of("b.gz.aa")), ["b.gz.aa", "b.gz.ab"]);
        assert_eq!(names(&of("c.gz.part1")), ["c.gz.part1", "c.gz.part2"]);
        assert_eq!(of("log.001"), Standing::Whole);
        assert_eq!(of("log.002"), Standing::Whole);
        assert_eq!(names(&of("d.csv.001")), ["d.csv.001", "d.csv.002"]);
        assert!(matches!(of("e.gz.001"), Standing::First { missing: Some(name), .. } if name == "e.gz.002"));
        assert_eq!(of("e.gz.003"), Standing::Part("e.gz.001".into()));
        assert_eq!(of("f.gz.002"), Standing::Orphan("f.gz.001".into()));
        assert_eq!(of("notes.md"), Standing::Whole);
    }

    #[test]
    fn numbers_grow_as_names_do() {
        let next = |name: &str| Numbered::of(name).map(|numbered| numbered.next());
        assert_eq!(next("x.099").as_deref(), Some("x.100"));
        assert_eq!(next("x.part9").as_deref(), Some("x.part10"));
        assert_eq!(next("x.az").as_deref(), Some("x.ba"));
        assert_eq!(next("x.12"), None);
        assert_eq!(next(".001"), None);
    }

    #[test]
    fn what_is_joined_reads_as_one() {
        let folder = folder(&[("x.gz.001", b"\x1f\x8b\x08abc"), ("x.gz.002", b"def"), ("x.gz.003", b"g")]);
        let disk = OnDisk::at(&folder.path().join("x.gz.001")).expect("parts");
        assert_eq!(disk.bytes(), 10);
        let mut joined = disk.open().expect("a reader");
        let mut all = Vec::new();
        joined.read_to_end(&mut all).expect("bytes");
        assert_eq!(all, b"\x1f\x8b\x08abcdefg");
        for at in 0..10 {
            joined.seek(SeekFrom::Start(at)).expect("a place");
            let mut rest = Vec::new();
            joined.read_to_end(&mut rest).expect("bytes");
            assert_eq!(rest, all[at as usize..]);
        }
        assert_eq!(joined.seek(SeekFrom::End(-1)).expect("a place"), 9);
    }
}
