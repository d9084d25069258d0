//! Files that were cut into parts: `x.zip.001`, `x.7z.001`, `x.csv.gz.aa`, `x.gz.part1`, `x.z01` with `x.zip`, and the
//! volumes of RAR archives, `x.part1.rar` or `x.rar` with `x.r00`.
//!
//! Enters: the path of a file. Leaves: how it stands to the files beside it, and a reader over all parts in order, as if
//! they had never been cut. Parts are found by their names and believed by their content: logs that are numbered are no
//! parts. Never: joins over a gap; the parts that are missing are named, and so are those that stand behind them.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::super::sniff::{MAGIC_BYTES, Magic, magic};

/// Parts of one file.
const MOST_PARTS: usize = 10_000;

/// Numbers behind the last part that are tried, to see whether parts are missing.
const GAP: usize = 100;

/// How a file on disk stands to those beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Standing {
    /// A file of its own.
    Whole,
    /// What the parts are read as, with what is missing between them.
    First {
        /// All parts up to the first gap, in order.
        parts: Vec<PathBuf>,
        /// The parts that are not there, though later ones are: the first one's name, and how many.
        missing: Option<(String, usize)>,
    },
    /// A later part of the file of this name, which is read together with it.
    Part(String),
    /// A later part of the file of this name that stands behind a gap: it is not read.
    Behind(String),
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
    let parts = in_a_row(path, first.clone());
    let last = parts.last().and_then(|part| part.file_name()?.to_str());
    let gap = last.and_then(|last| gap(path, |by| Numbered::of(last)?.later(by)));
    let behind = name != first && !parts.iter().any(|part| part.file_name() == path.file_name());
    let next = if behind { Some(path.to_path_buf()) } else { gap.as_ref().map(|(_, next)| next.clone()) };
    if parts.len() < 2 && next.is_none() || !cut(&parts, next) {
        return Standing::Whole;
    }
    let missing = gap.map(|(missing, _)| missing);
    match () {
        () if name == first => Standing::First { parts, missing },
        () if behind => Standing::Behind(first),
        () => Standing::Part(first),
    }
}

/// The files from the first one on, as far as none is missing.
fn in_a_row(path: &Path, first: String) -> Vec<PathBuf> {
    let names = std::iter::successors(Some(first), |name| Numbered::of(name)?.later(1));
    names.map(|name| path.with_file_name(name)).take(MOST_PARTS).take_while(|part| is_file(part)).collect()
}

/// What is missing behind the last part, if others follow: the first one's name and how many, and the one that follows.
fn gap(path: &Path, later: impl Fn(usize) -> Option<String>) -> Option<((String, usize), PathBuf)> {
    let tried = (1..=GAP).filter_map(|count| Some((count, path.with_file_name(later(count + 1)?))));
    let (count, next) = tried.into_iter().find(|(_, next)| is_file(next))?;
    Some(((later(1)?, count), next))
}

/// Parts of which one has the name of the whole: `x.z01`, `x.z02`, ..., `x.zip` last; `x.rar` first, `x.r00`, `x.r01`, ...
fn spanned(path: &Path, name: &str) -> Option<Standing> {
    let (stem, extension) = name.rsplit_once('.')?;
    let rar = extension.starts_with(['r', 'R']);
    let upper = extension.starts_with(['Z', 'R']);
    let cased = |word: &str| if upper { word.to_ascii_uppercase() } else { word.to_owned() };
    let whole = format!("{stem}.{}", cased(if rar { "rar" } else { "zip" }));
    let sign = cased(if rar { "r" } else { "z" });
    // One is counted from 0, the other from 1.
    let part = |number: usize| format!("{stem}.{sign}{:02}", if rar { number - 1 } else { number });
    let digits = extension.strip_prefix(&sign).filter(|digits| digits.len() >= 2);
    let later = digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    if !later && name != whole {
        return None;
    }
    // `.r00` is no uncommon end of other names.
    let fits = |part: &Path| is_file(part) && (!rar || magic(&head(part)) == Magic::Rar);
    let mut parts: Vec<PathBuf> =
        (1..MOST_PARTS).map(|number| path.with_file_name(part(number))).take_while(|part| fits(part)).collect();
    let count = parts.len();
    if !later {
        let missing = gap(path, |by| Some(part(count + by))).filter(|(_, next)| fits(next)).map(|(missing, _)| missing);
        if parts.is_empty() && missing.is_none() {
            return None;
        }
        parts.insert(if rar { 0 } else { parts.len() }, path.to_path_buf());
        return Some(Standing::First { parts, missing });
    }
    let read = parts.iter().any(|part| part.file_name() == path.file_name());
    Some(match is_file(&path.with_file_name(&whole)) {
        _ if !fits(path) => return None,
        true if read => Standing::Part(whole),
        true => Standing::Behind(whole),
        false => Standing::Orphan(whole),
    })
}

/// What the last signs of a numbered name are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    /// `.001`.
    Digits,
    /// `.part1`, `.part01`.
    Word,
    /// `.part1.rar`.
    Volumes,
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
    /// What stands behind the number.
    end: &'n str,
}

impl<'n> Numbered<'n> {
    fn of(name: &'n str) -> Option<Self> {
        let (name, end) = match name.len().checked_sub(4).and_then(|at| name.split_at_checked(at)) {
            Some((stem, end)) if end.eq_ignore_ascii_case(".rar") => (stem, end),
            _ => (name, ""),
        };
        let digits = name.len() - name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        if digits > 0 && digits < 7 {
            let stem = &name[..name.len() - digits];
            let number = name[stem.len()..].parse().ok()?;
            let word = stem.len() > 5 && stem.to_ascii_lowercase().ends_with(".part");
            let segment = digits == 2 && stem.len() > 2 && stem.to_ascii_lowercase().ends_with(".e");
            let sign = match () {
                () if word && !end.is_empty() => Sign::Volumes,
                () if !end.is_empty() => return None,
                () if segment => Sign::Segments,
                () if word => Sign::Word,
                () if digits >= 3 && stem.len() > 1 && stem.ends_with('.') => Sign::Digits,
                () => return None,
            };
            return Some(Numbered { stem, sign, number, width: digits, end });
        }
        let at = name.rfind(['.', '_', '-'])? + 1;
        let letters = &name[at..];
        let lower = (2..=3).contains(&letters.len()) && letters.bytes().all(|byte| byte.is_ascii_lowercase());
        if !lower || at < 2 || !end.is_empty() {
            return None;
        }
        // Three letters at most: of a whole word no number is made, which would not fit.
        let number = letters.bytes().fold(0, |number, letter| number * 26 + usize::from(letter - b'a'));
        Some(Numbered { stem: &name[..at], sign: Sign::Letters, number, width: letters.len(), end })
    }

    /// The names that the first part may have.
    fn firsts(&self) -> Vec<String> {
        let (stem, width, end) = (self.stem, self.width, self.end);
        let numbered = |width: usize, number: usize| format!("{stem}{number:0width$}{end}");
        match self.sign {
            Sign::Letters => vec![format!("{stem}{}", "a".repeat(width))],
            Sign::Segments => vec![numbered(2, 1)],
            Sign::Digits => vec![numbered(width, 1), numbered(width, 0)],
            // part1 to part10: the width grows with the number.
            Sign::Word | Sign::Volumes => {
                (1..=width).flat_map(|width| [numbered(width, 1), numbered(width, 0)]).collect()
            }
        }
    }

    /// The name of the part that comes so many later.
    fn later(&self, by: usize) -> Option<String> {
        let (stem, width, number, end) = (self.stem, self.width, self.number + by, self.end);
        if self.sign != Sign::Letters {
            return Some(format!("{stem}{number:0width$}{end}"));
        }
        let mut letters = vec![b'a'; width];
        let mut left = number;
        for letter in letters.iter_mut().rev() {
            *letter += (left % 26) as u8;
            left /= 26;
        }
        // Behind `zz` comes nothing.
        (left == 0).then(|| format!("{stem}{}", String::from_utf8_lossy(&letters)))
    }
}

/// Tells whether files are parts of one by what is in them: an archive that begins only once, a text that breaks off in
/// the middle of a line, or pieces of one size with a smaller one at the end. `next` stands behind a gap.
fn cut(parts: &[PathBuf], next: Option<PathBuf>) -> bool {
    let heads: Vec<Vec<u8>> = parts.iter().chain(&next).take(2).map(|part| head(part)).collect();
    let Some(first) = heads.first() else { return false };
    let kind = magic(first);
    let again = heads.get(1).is_some_and(|second| magic(second) == kind);
    let volumes = parts[0].extension().is_some_and(|end| end.eq_ignore_ascii_case("rar"));
    if kind == Magic::Image || volumes {
        // Each segment of a disk image begins like the first, as far as there is another, and each volume of an archive.
        return kind != Magic::Other && (again || heads.len() == 1);
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
        assert!(missing(&of("e.gz.001"), "e.gz.002", 1));
        assert_eq!(of("e.gz.003"), Standing::Behind("e.gz.001".into()));
        assert_eq!(of("f.gz.002"), Standing::Orphan("f.gz.001".into()));
        assert_eq!(of("notes.md"), Standing::Whole);
    }

    fn missing(standing: &Standing, name: &str, count: usize) -> bool {
        matches!(standing, Standing::First { missing: Some(missing), .. } if *missing == (name.to_owned(), count))
    }

    #[test]
    fn gaps_of_any_width_are_found() {
        let gz: &[u8] = b"\x1f\x8b\x08rest";
        let rar: &[u8] = b"Rar!\x1a\x07\x01\0rest";
        let folder = folder(&[
            ("a.gz.001", gz),
            ("a.gz.002", b"more"),
            ("a.gz.005", b"more"),
            ("b.gz.aa", gz),
            ("b.gz.bb", b"more"),
            ("c.csv.part1", b"a,b\n1,"),
            ("c.csv.part12", b"2\n"),
            ("d.zip", b"PK\x03\x04"),
            ("d.z03", b"more"),
            ("e.gz.001", gz),
            ("e.gz.900", b"more"),
            ("f.part1.rar", rar),
            ("f.part4.rar", rar),
            ("log.001", gz),
            ("log.004", gz),
        ]);
        let of = |name: &str| standing(&folder.path().join(name));
        assert!(missing(&of("a.gz.001"), "a.gz.003", 2));
        assert_eq!(names(&of("a.gz.001")), ["a.gz.001", "a.gz.002"]);
        assert_eq!(of("a.gz.002"), Standing::Part("a.gz.001".into()));
        assert_eq!(of("a.gz.005"), Standing::Behind("a.gz.001".into()));
        assert!(missing(&of("b.gz.aa"), "b.gz.ab", 26));
        assert!(missing(&of("c.csv.part1"), "c.csv.part2", 10));
        assert!(missing(&of("d.zip"), "d.z01", 2));
        assert_eq!(of("d.z03"), Standing::Behind("d.zip".into()));
        assert!(missing(&of("f.part1.rar"), "f.part2.rar", 2));
        // Each is an archive of its own.
        assert_eq!((of("log.001"), of("log.004")), (Standing::Whole, Standing::Whole));
        // Too far away to be tried: the part itself says that it is not read.
        assert_eq!(of("e.gz.001"), Standing::Whole);
        assert_eq!(of("e.gz.900"), Standing::Behind("e.gz.001".into()));
    }

    #[test]
    fn volumes_are_known_by_their_beginnings() {
        let rar: &[u8] = b"Rar!\x1a\x07\x01\0rest";
        let folder = folder(&[
            ("a.part1.rar", rar),
            ("a.part2.rar", rar),
            ("b.rar", rar),
            ("b.r00", rar),
            ("b.r01", rar),
            ("c.part1.rar", b"notes\n"),
            ("c.part2.rar", b"more\n"),
            ("x.r00", b"no archive"),
            ("x.rar", rar),
            ("y.r05", rar),
        ]);
        let of = |name: &str| standing(&folder.path().join(name));
        assert_eq!(names(&of("a.part1.rar")), ["a.part1.rar", "a.part2.rar"]);
        assert_eq!(of("a.part2.rar"), Standing::Part("a.part1.rar".into()));
        assert_eq!(names(&of("b.rar")), ["b.rar", "b.r00", "b.r01"]);
        assert_eq!(of("b.r01"), Standing::Part("b.rar".into()));
        assert_eq!(of("c.part1.rar"), Standing::Whole);
        assert_eq!(of("x.r00"), Standing::Whole);
        assert_eq!(of("y.r05"), Standing::Orphan("y.rar".into()));
    }

    #[test]
    fn numbers_grow_as_names_do() {
        let next = |name: &str| Numbered::of(name)?.later(1);
        assert_eq!(next("x.099").as_deref(), Some("x.100"));
        assert_eq!(next("x.part9").as_deref(), Some("x.part10"));
        assert_eq!(next("x.az").as_deref(), Some("x.ba"));
        assert_eq!(next("x.zz"), None);
        assert_eq!(next("x.part9.rar").as_deref(), Some("x.part10.rar"));
        assert_eq!(next("x.12"), None);
        assert_eq!(next(".001"), None);
    }

    #[test]
    fn any_name_is_looked_at_without_a_fault() {
        let pieces = [
            "x",
            ".",
            "_",
            "-",
            "aa",
            "zz",
            "zzz",
            "abcdefghijklmnopqrstuvwxyz",
            "ÄÖé",
            "part",
            ".part9",
            "999999",
            "001",
            "99999999999999999999999",
            ".rar",
            ".z01",
            ".r00",
            ".zip",
            ".E01",
            "e00",
            " ",
            "\u{202e}",
            "AllSubscribers",
        ];
        for one in pieces {
            for two in pieces {
                for three in pieces {
                    let name = format!("{one}{two}{three}");
                    let numbered = Numbered::of(&name);
                    numbered.iter().for_each(|numbered| {
                        numbered.firsts();
                        (1..=GAP + 1).for_each(|by| drop(numbered.later(by)));
                    });
                    let path = Path::new("/nowhere").join(&name);
                    assert!(!matches!(standing(&path), Standing::First { .. }), "{name}");
                }
            }
        }
        assert_eq!(standing(Path::new("/nowhere/accounts-alphabetically")), Standing::Whole);
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
