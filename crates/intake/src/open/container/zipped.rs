//! ZIP archives: entries as streams, encrypted ones with the passwords of the case, spanned ones put together.
//!
//! Enters: an archive on disk or held in memory. Leaves: its members. Never: trusts a name, a size or a directory; reads
//! an entry that overlaps another one.

use std::cell::Cell;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

use vocab::ProblemKind;

use super::super::unpack::{Office, Sink, xlsb, xlsb_fits, xlsb_has_records, xlsb_records_fit};
use super::{
    BUFFER_BYTES, Exact, Flow, Input, LINK_HINT, LINK_INSIDE, MemberPlace, NO_DIRECTORY, NO_PASSWORD, Names,
    PARTIAL_HINT, PASSWORD_HINT, Parts, TOO_MANY, UNPACK_HINT, Visitor, WRONG_PASSWORDS, Walker,
};

/// Bytes of an entry that are decoded to see whether a password is the right one: the check that the format has for it
/// lets one wrong password of 256 pass.
const TRIED_BYTES: u64 = 4 << 20;
/// Bytes of the directory of a spanned archive.
const DIRECTORY_BYTES: u64 = 64 << 20;

impl Walker<'_> {
    pub(super) fn zip(
        &self,
        input: &mut Input<'_>,
        place: &MemberPlace,
        depth: usize,
        visitor: &mut dyn Visitor,
    ) -> Flow {
        let spanned = input.peek(4) == SPANNED;
        let parts = input.disk.cloned();
        let Some(held) = self.held(input, &place.members, visitor) else { return Flow::Continue(()) };
        let mut source = BufReader::with_capacity(BUFFER_BYTES, self.telling(held));
        if spanned && let Some(parts) = parts {
            return match mended(&mut source, &|part| parts.begins(part)) {
                Some(tail) => {
                    let patched = Patched { inner: source, tail, at: 0 };
                    self.zip_entries(patched, place, depth, visitor)
                }
                None => {
                    visitor.problem(self.problem(&place.members, ProblemKind::Truncated, NO_DIRECTORY, PARTIAL_HINT));
                    self.zip_without_directory(source, place, depth, visitor)
                }
            };
        }
        self.zip_entries(source, place, depth, visitor)
    }

    fn zip_entries<R: Read + Seek>(
        &self,
        mut source: R,
        above: &MemberPlace,
        depth: usize,
        visitor: &mut dyn Visitor,
    ) -> Flow {
        let place = &MemberPlace { kinds: [above.kinds.as_slice(), &["zip"]].concat(), ..above.clone() };
        let bytes = source.seek(SeekFrom::End(0)).unwrap_or(u64::MAX);
        let mut archive = match zip::ZipArchive::new(&mut source) {
            Ok(archive) => archive,
            Err(_) => {
                visitor.problem(self.problem(&place.members, ProblemKind::Truncated, NO_DIRECTORY, PARTIAL_HINT));
                return self.zip_without_directory(source, place, depth, visitor);
            }
        };
        if archive.has_overlapping_files().unwrap_or(true) {
            let cause = "entries of the archive overlap, as in a decompression bomb";
            visitor.problem(self.problem(&place.members, ProblemKind::LimitReached, cause, UNPACK_HINT));
            return Flow::Continue(());
        }
        if let Some(office) = Office::of(&mut archive) {
            if office == Office::Xlsb {
                return self.binary_workbook(archive, above, bytes, depth, visitor);
            }
            let mut parts = Parts::new(self, above, office.kind(), bytes, depth, visitor);
            return office.unpack(&mut archive, self.limits, &mut parts);
        }
        let mut names = Names::default();
        let mut last = None;
        for index in 0..archive.len() {
            if index >= self.limits.members {
                visitor.problem(self.problem(&place.members, ProblemKind::LimitReached, TOO_MANY, UNPACK_HINT));
                break;
            }
            let locked = match archive.by_index(index) {
                Ok(entry) => {
                    self.zip_entry(entry, &mut names, place, depth, visitor)?;
                    false
                }
                Err(error) if is_locked(&error) => true,
                Err(error) => {
                    let inside = place.inside(names.unique(&format!("entry {}", index + 1)), None, None);
                    let (kind, cause, hint) = zip_words(&error);
                    visitor.problem(self.problem(&inside.members, kind, cause, hint));
                    false
                }
            };
            if locked {
                self.locked_entry(&mut archive, index, &mut last, &mut names, place, depth, visitor)?;
            }
        }
        Flow::Continue(())
    }

    /// The sheets of a binary workbook, and what is embedded in it.
    fn binary_workbook<R: Read + Seek>(
        &self,
        archive: zip::ZipArchive<R>,
        above: &MemberPlace,
        bytes: u64,
        depth: usize,
        visitor: &mut dyn Visitor,
    ) -> Flow {
        let mut archive = archive;
        let office = Office::Xlsb;
        let mut parts = Parts::new(self, above, office.kind(), bytes, depth, visitor);
        let entries: Vec<(String, u64)> = (0..archive.len())
            .filter_map(|index| {
                let entry = archive.by_index_raw(index).ok()?;
                Some((String::from_utf8_lossy(entry.name_raw()).into_owned(), entry.size()))
            })
            .collect();
        let mut fits = xlsb_fits(entries.iter(), self.limits);
        for (name, _) in entries.iter().filter(|(name, _)| xlsb_has_records(name)) {
            if let (Ok(()), Ok(part)) = (&fits, archive.by_name(name)) {
                fits = xlsb_records_fit(part);
            }
        }
        match fits {
            Ok(()) => {
                let mut source = archive.into_inner();
                xlsb(&mut source, self.limits, &mut parts)?;
                match zip::ZipArchive::new(source) {
                    Ok(mut archive) => office.unpack(&mut archive, self.limits, &mut parts),
                    Err(_) => Flow::Continue(()),
                }
            }
            Err(refusal) => {
                parts.problem(refusal);
                Flow::Continue(())
            }
        }
    }

    /// Reads an encrypted entry with the first password that opens it, the one that opened the last entry before all.
    #[allow(clippy::too_many_arguments, reason = "an entry as any other, with what it needs to be opened")]
    fn locked_entry<R: Read + Seek>(
        &self,
        archive: &mut zip::ZipArchive<R>,
        index: usize,
        last: &mut Option<usize>,
        names: &mut Names,
        place: &MemberPlace,
        depth: usize,
        visitor: &mut dyn Visitor,
    ) -> Flow {
        let passwords = self.limits.passwords.as_slice();
        let order = last.iter().copied().chain((0..passwords.len()).filter(|at| Some(*at) != *last));
        let opens = |at: &usize| {
            let entry = archive.by_index_decrypt(index, passwords[*at].as_bytes());
            entry.is_ok_and(|entry| io::copy(&mut entry.take(TRIED_BYTES), &mut io::sink()).is_ok())
        };
        let found = order.collect::<Vec<_>>().into_iter().find(opens);
        if let Some(at) = found
            && let Ok(entry) = archive.by_index_decrypt(index, passwords[at].as_bytes())
        {
            *last = found;
            return self.zip_entry(entry, names, place, depth, visitor);
        }
        let name = archive.by_index_raw(index).map(|entry| String::from_utf8_lossy(entry.name_raw()).into_owned());
        let name = name.unwrap_or_else(|_| format!("entry {}", index + 1));
        let inside = place.inside(names.unique(&name), None, None);
        let cause = if passwords.is_empty() { NO_PASSWORD } else { WRONG_PASSWORDS };
        visitor.problem(self.problem(&inside.members, ProblemKind::Encrypted, cause, PASSWORD_HINT));
        Flow::Continue(())
    }

    /// Reads what is there of an archive whose directory, at its end, is missing.
    fn zip_without_directory<R: Read + Seek>(
        &self,
        mut source: R,
        place: &MemberPlace,
        depth: usize,
        visitor: &mut dyn Visitor,
    ) -> Flow {
        if source.seek(SeekFrom::Start(0)).is_err() {
            return Flow::Continue(());
        }
        let mut names = Names::default();
        for _ in 0..self.limits.members {
            match zip::read::read_zipfile_from_stream(&mut source) {
                Ok(Some(entry)) => self.zip_entry(entry, &mut names, place, depth, visitor)?,
                _ => break,
            }
        }
        Flow::Continue(())
    }

    fn zip_entry<R: Read>(
        &self,
        entry: zip::read::ZipFile<'_, R>,
        names: &mut Names,
        place: &MemberPlace,
        depth: usize,
        visitor: &mut dyn Visitor,
    ) -> Flow {
        if entry.is_dir() {
            return Flow::Continue(());
        }
        let inside = place.inside(names.unique(&String::from_utf8_lossy(entry.name_raw())), None, Some(entry.size()));
        self.check_name(&inside, visitor);
        if entry.is_symlink() {
            visitor.problem(self.problem(&inside.members, ProblemKind::Unsupported, LINK_INSIDE, LINK_HINT));
            return Flow::Continue(());
        }
        if !visitor.wants(&inside.members) {
            return Flow::Continue(());
        }
        let taken = Rc::new(Cell::new(entry.compressed_size().max(1)));
        let size = entry.size();
        self.guarded(Exact { inner: entry, left: size }, taken, &inside, depth + 1, visitor)
    }
}

fn is_locked(error: &zip::result::ZipError) -> bool {
    use zip::result::ZipError;
    matches!(error, ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword)
}

fn zip_words(error: &zip::result::ZipError) -> (ProblemKind, &'static str, &'static str) {
    use zip::result::ZipError;
    match error {
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            (ProblemKind::Unsupported, "the member's compression is not supported", UNPACK_HINT)
        }
        _ => (ProblemKind::Corrupt, "the member cannot be read", PARTIAL_HINT),
    }
}

/// How an archive begins that lies in several parts.
const SPANNED: &[u8] = b"PK\x07\x08";

/// The end of a spanned archive with its directory, in which places are counted from the beginning of a part, rewritten
/// as if the archive had never been cut; with the place at which that end begins. Archives beyond 4 GiB are left alone.
fn mended<R: Read + Seek>(source: &mut R, begins: &dyn Fn(usize) -> Option<u64>) -> Option<(u64, Vec<u8>)> {
    const END: usize = 22;
    let bytes = source.seek(SeekFrom::End(0)).ok()?;
    let from = bytes.saturating_sub((64 << 10) + END as u64);
    source.seek(SeekFrom::Start(from)).ok()?;
    let mut last = Vec::new();
    source.read_to_end(&mut last).ok()?;
    let end = memchr::memmem::rfind(&last, b"PK\x05\x06").filter(|end| end + END <= last.len())?;
    let part = usize::from(u16::from_le_bytes([last[end + 6], last[end + 7]]));
    let word = |bytes: &[u8], at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let directory = begins(part)? + u64::from(word(&last, end + 16)?);
    if bytes.checked_sub(directory)? > DIRECTORY_BYTES || bytes > u64::from(u32::MAX) {
        return None;
    }
    source.seek(SeekFrom::Start(directory)).ok()?;
    let mut tail = Vec::new();
    source.read_to_end(&mut tail).ok()?;
    let end = (from + end as u64).checked_sub(directory)? as usize;
    let mut at = 0;
    while at + 46 <= end && tail[at..].starts_with(b"PK\x01\x02") {
        let half = |at: usize| usize::from(u16::from_le_bytes([tail[at], tail[at + 1]]));
        let length = 46 + half(at + 28) + half(at + 30) + half(at + 32);
        let place = begins(half(at + 34))? + u64::from(word(&tail, at + 42)?);
        tail[at + 34..at + 36].fill(0);
        tail[at + 42..at + 46].copy_from_slice(&u32::try_from(place).ok()?.to_le_bytes());
        at += length;
    }
    tail[end + 4..end + 8].fill(0);
    let entries = [tail[end + 10], tail[end + 11]];
    tail[end + 8..end + 10].copy_from_slice(&entries);
    tail[end + 16..end + 20].copy_from_slice(&u32::try_from(directory).ok()?.to_le_bytes());
    Some((directory, tail))
}

/// A reader whose end is another one.
struct Patched<R> {
    inner: R,
    tail: (u64, Vec<u8>),
    at: u64,
}

impl<R: Read + Seek> Read for Patched<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let (start, tail) = &self.tail;
        let count = match self.at.checked_sub(*start) {
            Some(behind) => (&tail[(behind as usize).min(tail.len())..]).read(into)?,
            None => {
                let room = usize::try_from(start - self.at).unwrap_or(usize::MAX).min(into.len());
                self.inner.read(&mut into[..room])?
            }
        };
        self.at += count as u64;
        Ok(count)
    }
}

impl<R: Read + Seek> Seek for Patched<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let end = self.tail.0 + self.tail.1.len() as u64;
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => end.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = target.ok_or(io::ErrorKind::InvalidInput)?;
        if self.at < self.tail.0 {
            self.inner.seek(SeekFrom::Start(self.at))?;
        }
        Ok(self.at)
    }
}
