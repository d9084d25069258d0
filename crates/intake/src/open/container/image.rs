//! Disk images of examiners (EWF: E01, E02, ...): the bytes of the disk.
//!
//! Enters: an image, its segments joined. Leaves: the disk's bytes in order, looked at like a file. Own code, as no kept
//! library reads the format: chunks, deflated or not, and the tables that say where they lie. A chunk that is damaged is
//! given as zeros, so that all behind it keeps its place; the image's own checksums are not taken. Source: Expert Witness
//! Compression Format specification, https://github.com/libyal/libewf/blob/main/documentation

use std::cell::Cell;
use std::collections::VecDeque;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

use vocab::ProblemKind;

use super::super::unpack::Content;
use super::{Flow, Input, MemberPlace, PARTIAL_HINT, Visitor, Walker};

/// Bytes of a chunk, at most; 32 KiB is what everybody writes.
const CHUNK_BYTES: u64 = 16 << 20;
/// Entries of one table.
const ENTRIES: u64 = 1 << 20;
/// Bytes of the header of a segment, of a section, of a table.
const SEGMENT: u64 = 13;
const SECTION: usize = 76;
const TABLE: usize = 24;

impl Walker<'_> {
    pub(super) fn image(
        &self,
        input: &mut Input<'_>,
        place: &MemberPlace,
        depth: usize,
        visitor: &mut dyn Visitor,
    ) -> Flow {
        let inside = place.inside("ewf".to_owned(), Some("ewf"), None);
        if !visitor.wants(&inside.members) {
            return Flow::Continue(());
        }
        let segments: Vec<u64> = match input.disk {
            Some(disk) => (0..).map_while(|part| disk.begins(part)).collect(),
            None => vec![0],
        };
        let Some(held) = self.held(input, &place.members, visitor) else { return Flow::Continue(()) };
        let taken = Rc::new(Cell::new(held.size()));
        let damaged = Rc::<Cell<u64>>::default();
        let image = Image {
            source: self.telling(held),
            segments: segments.into(),
            section: None,
            sectors_end: 0,
            chunk_bytes: 0,
            chunks: VecDeque::new(),
            chunk: Vec::new(),
            at: 0,
            damaged: Rc::clone(&damaged),
        };
        let counts = (taken, Rc::default());
        let flow = self.guarded_part(image, counts, Content::Unknown, &inside, depth + 1, visitor);
        if damaged.get() > 0 {
            let cause = format!("{} chunks of the image are damaged; zeros stand for them", damaged.get());
            visitor.problem(self.problem(&inside.members, ProblemKind::Corrupt, &cause, PARTIAL_HINT));
        }
        flow
    }
}

/// A chunk of the disk.
struct Chunk {
    start: u64,
    end: u64,
    packed: bool,
}

/// Reads the chunks of an image.
struct Image<R> {
    source: R,
    /// Where the segments begin that are still to come.
    segments: VecDeque<u64>,
    /// Where the segment begins, and the section to be read next.
    section: Option<(u64, u64)>,
    sectors_end: u64,
    chunk_bytes: u64,
    chunks: VecDeque<Chunk>,
    chunk: Vec<u8>,
    at: usize,
    damaged: Rc<Cell<u64>>,
}

fn word(bytes: &[u8], at: usize) -> u64 {
    bytes[at..at + 4].iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn long(bytes: &[u8], at: usize) -> u64 {
    word(bytes, at + 4) << 32 | word(bytes, at)
}

impl<R: Read + Seek> Image<R> {
    fn read_at<const N: usize>(&mut self, at: u64) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.source.seek(SeekFrom::Start(at))?;
        self.source.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Goes through sections until there are chunks; false at the end of the image.
    fn more_chunks(&mut self) -> io::Result<bool> {
        while self.chunks.is_empty() {
            let Some((segment, at)) = self.section else {
                let Some(segment) = self.segments.pop_front() else { return Ok(false) };
                self.section = Some((segment, segment + SEGMENT));
                continue;
            };
            let section: [u8; SECTION] = self.read_at(at)?;
            let kind = section[..16].split(|byte| *byte == 0).next().unwrap_or_default();
            let next = segment.saturating_add(long(&section, 16));
            match kind {
                b"done" => return Ok(false),
                b"next" => {
                    // The disk goes on in a segment that is not there.
                    if self.segments.is_empty() {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                    self.section = None;
                    continue;
                }
                b"volume" | b"disk" => {
                    let volume: [u8; 16] = self.read_at(at + SECTION as u64)?;
                    self.chunk_bytes = word(&volume, 8) * word(&volume, 12);
                }
                b"sectors" => self.sectors_end = next,
                b"table" => self.table(segment, at)?,
                _ => {}
            }
            if next <= at {
                return Err(io::ErrorKind::InvalidData.into());
            }
            self.section = Some((segment, next));
        }
        Ok(true)
    }

    fn table(&mut self, segment: u64, at: u64) -> io::Result<()> {
        let table: [u8; TABLE] = self.read_at(at + SECTION as u64)?;
        let (count, base) = (word(&table, 0), segment.saturating_add(long(&table, 8)));
        if count > ENTRIES || !(1..=CHUNK_BYTES).contains(&self.chunk_bytes) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut entries = vec![0; count as usize * 4];
        self.source.read_exact(&mut entries)?;
        let place = |entry: usize| base.saturating_add(word(&entries, entry * 4) & 0x7fff_ffff);
        for entry in 0..count as usize {
            let end = if entry + 1 < count as usize { place(entry + 1) } else { self.sectors_end };
            let packed = entries[entry * 4 + 3] & 0x80 != 0;
            self.chunks.push_back(Chunk { start: place(entry), end, packed });
        }
        Ok(())
    }

    /// Reads the next chunk; false at the end.
    fn next_chunk(&mut self) -> io::Result<bool> {
        if !self.more_chunks()? {
            return Ok(false);
        }
        let Some(Chunk { start, end, packed }) = self.chunks.pop_front() else { return Ok(false) };
        let length = end.saturating_sub(start).min(self.chunk_bytes + (64 << 10));
        self.chunk.clear();
        self.at = 0;
        self.source.seek(SeekFrom::Start(start))?;
        let raw = (&mut self.source).take(length);
        let whole = if packed {
            flate2::read::ZlibDecoder::new(raw).take(self.chunk_bytes).read_to_end(&mut self.chunk).is_ok()
        } else {
            let mut raw = raw;
            let read = raw.read_to_end(&mut self.chunk)?;
            // A checksum of four bytes stands behind the data.
            self.chunk.truncate((read.saturating_sub(4) as u64).min(self.chunk_bytes) as usize);
            read as u64 == length && read > 4
        };
        if !whole {
            self.damaged.set(self.damaged.get() + 1);
            self.chunk.clear();
            self.chunk.resize(self.chunk_bytes as usize, 0);
        }
        Ok(true)
    }
}

impl<R: Read + Seek> Read for Image<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.chunk.len() {
            if !self.next_chunk()? {
                return Ok(0);
            }
        }
        let count = into.len().min(self.chunk.len() - self.at);
        into[..count].copy_from_slice(&self.chunk[self.at..][..count]);
        self.at += count;
        Ok(count)
    }
}
