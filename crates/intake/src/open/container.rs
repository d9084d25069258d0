//! Walks a file through its containers to the members that hold content.
//!
//! Enters: a path and limits. Leaves: calls to a [`Visitor`], members in the order in which they lie in the file, each
//! with a reader; broken or hostile containers end early and become problems of that member. Never: writes, follows a
//! link inside an archive, holds more than the limits allow in memory.

mod image;
mod rar;
mod sevenzip;
mod volumes;
mod zipped;

use std::cell::{Cell, RefCell};
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;
use std::rc::Rc;

use vocab::progress::Progress;
use vocab::{ForensicPath, Problem, ProblemKind};

use super::encoding::{Recoder, whole_encoding};
use super::leaf::{Refusal, refusal};
use super::limits::Limits;
use super::sniff::{MAGIC_BYTES, Magic, is_binary, magic};
use super::unpack::{Content, Format, Part, SNIFF_BYTES, Sink};
pub(super) use volumes::{Joined, OnDisk, Standing, standing};

/// Whether the walk goes on.
pub(super) type Flow = ControlFlow<()>;

/// What happens at the members.
pub(super) trait Visitor {
    /// Tells whether a member, or anything inside it, is of interest; what is not may be passed over unread.
    fn wants(&mut self, members: &[String]) -> bool;
    /// Takes a member that is no container.
    fn leaf(&mut self, place: &MemberPlace, input: &mut Input<'_>) -> Flow;
    /// Takes a problem.
    fn problem(&mut self, problem: Problem);
}

/// Where a member lies.
#[derive(Clone, Debug, Default)]
pub(super) struct MemberPlace {
    /// Decoders and member names, outermost first.
    pub(super) members: Vec<String>,
    /// The kinds of the containers: `gz`, `zip`, ...
    pub(super) kinds: Vec<&'static str>,
    /// Size that the container states for it.
    pub(super) declared_bytes: Option<u64>,
}

impl MemberPlace {
    fn inside(&self, name: String, kind: Option<&'static str>, declared_bytes: Option<u64>) -> Self {
        let mut place = self.clone();
        place.members.push(name);
        place.kinds.extend(kind);
        place.declared_bytes = declared_bytes;
        place
    }
}

/// A member's bytes, of which the beginning can be looked at before they are read.
pub(super) struct Input<'a> {
    head: Vec<u8>,
    at: usize,
    inner: &'a mut dyn Read,
    /// Set where the member is the file itself, which can be opened again and read anywhere.
    pub(super) disk: Option<&'a OnDisk>,
    /// What the member is by its first bytes.
    pub(super) magic: Magic,
    /// What the format that gives these bytes says they are.
    pub(super) content: Content,
    fault: Rc<RefCell<Option<Fault>>>,
}

impl<'a> Input<'a> {
    fn new(inner: &'a mut dyn Read, disk: Option<&'a OnDisk>, fault: Rc<RefCell<Option<Fault>>>) -> Self {
        Input { head: Vec::new(), at: 0, inner, disk, magic: Magic::Other, content: Content::Unknown, fault }
    }

    /// Tells whether the layer that gives these bytes has broken off; the walk reports that itself.
    pub(super) fn is_broken(&self) -> bool {
        self.fault.borrow().is_some()
    }

    /// Returns the first `count` bytes, or all there are, without reading them away. Only before the first read.
    pub(super) fn peek(&mut self, count: usize) -> &[u8] {
        let missing = count.saturating_sub(self.head.len());
        if missing > 0 {
            // A fault shows as an early end here; the guards below keep its kind.
            let inner: &mut dyn Read = &mut *self.inner;
            let _ = inner.take(missing as u64).read_to_end(&mut self.head);
        }
        &self.head[..count.min(self.head.len())]
    }
}

impl Input<'_> {
    /// Makes all bytes available in any order: from disk, or held in memory where the member lies inside another.
    /// Only before the first read.
    pub(super) fn hold(&mut self, limits: &Limits) -> Result<Held, Refusal> {
        if let Some(disk) = self.disk {
            let opened = disk.open().map(|file| Held::Disk(disk.bytes(), file));
            return opened.map_err(|_| refusal(ProblemKind::Unreadable, "it cannot be opened".to_owned(), READ_HINT));
        }
        let mut held = Vec::new();
        // A fault of an outer layer shows as missing bytes, and as that layer's own problem.
        let _ = self.take(limits.spool_bytes + 1).read_to_end(&mut held);
        if held.len() as u64 > limits.spool_bytes {
            let cause = "a file inside a container is too large to be held in memory".to_owned();
            return Err(refusal(ProblemKind::LimitReached, cause, "unpack it and give it as a file"));
        }
        Ok(Held::Memory(Cursor::new(held)))
    }
}

/// Bytes that can be read in any order.
pub(super) enum Held {
    /// A file, with its size.
    Disk(u64, Joined),
    /// Memory.
    Memory(Cursor<Vec<u8>>),
}

impl Held {
    /// Returns how many bytes there are.
    pub(super) fn size(&self) -> u64 {
        match self {
            Held::Disk(bytes, _) => *bytes,
            Held::Memory(held) => held.get_ref().len() as u64,
        }
    }
}

impl Read for Held {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Held::Disk(_, file) => file.read(into),
            Held::Memory(held) => held.read(into),
        }
    }
}

impl Seek for Held {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Held::Disk(_, file) => file.seek(to),
            Held::Memory(held) => held.seek(to),
        }
    }
}

impl Read for Input<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at < self.head.len() {
            let count = into.len().min(self.head.len() - self.at);
            into[..count].copy_from_slice(&self.head[self.at..][..count]);
            self.at += count;
            if self.at == self.head.len() {
                self.head = Vec::new();
                self.at = 0;
            }
            return Ok(count);
        }
        self.inner.read(into)
    }
}

/// Why a layer stopped before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Unreadable,
    Truncated,
    Corrupt,
    Expansion,
    FileBytes,
    DecoderMemory,
}

/// Counts shared by all layers of one file.
#[derive(Debug, Default)]
struct Meter {
    decoded: Cell<u64>,
}

/// A layer's output: counted, limited, and ended instead of failing, so that what came before a break is used.
struct Guard<R> {
    inner: R,
    buffer: Vec<u8>,
    at: usize,
    /// Shared by the parts of a member, none of which has a compressed size of its own.
    given: Rc<Cell<u64>>,
    taken: Rc<Cell<u64>>,
    meter: Rc<Meter>,
    fault: Rc<RefCell<Option<Fault>>>,
    ratio: u64,
    grace: u64,
    file_bytes: u64,
}

/// Bytes asked of a decoder at a time. Always the same number: a decoder that breaks off drops what it was asked for, and
/// what is lost must not depend on who reads.
const STEP_BYTES: usize = 16 << 10;

impl<R: Read> Guard<R> {
    fn refill(&mut self) -> io::Result<()> {
        self.buffer.resize(STEP_BYTES, 0);
        self.at = 0;
        let count = self.inner.read(&mut self.buffer);
        self.buffer.truncate(*count.as_ref().unwrap_or(&0));
        let fault = match count {
            Ok(count) => {
                self.given.set(self.given.get() + count as u64);
                self.meter.decoded.set(self.meter.decoded.get() + count as u64);
                if self.given.get() > self.grace && self.given.get() / self.ratio > self.taken.get() {
                    Fault::Expansion
                } else if self.meter.decoded.get() > self.file_bytes {
                    Fault::FileBytes
                } else {
                    return Ok(());
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => fault_of(&error),
        };
        self.buffer.clear();
        *self.fault.borrow_mut() = Some(fault);
        Ok(())
    }
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.buffer.len() && self.fault.borrow().is_none() {
            self.refill()?;
        }
        let count = into.len().min(self.buffer.len() - self.at);
        into[..count].copy_from_slice(&self.buffer[self.at..][..count]);
        self.at += count;
        Ok(count)
    }
}

fn fault_of(error: &io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Fault::Truncated,
        io::ErrorKind::OutOfMemory => Fault::DecoderMemory,
        io::ErrorKind::PermissionDenied => Fault::Unreadable,
        // zstd reports both in words only; its words hold no evidence.
        _ if error.to_string().contains("incomplete frame") => Fault::Truncated,
        _ if error.to_string().contains("too much memory") => Fault::DecoderMemory,
        _ => Fault::Corrupt,
    }
}

/// Counts what a decoder takes in.
struct Counted<R> {
    inner: R,
    taken: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        self.taken.set(self.taken.get() + count as u64);
        Ok(count)
    }
}

/// The file on disk, telling its progress.
struct Disk<'a> {
    file: Held,
    progress: &'a dyn Progress,
    failed: Rc<Cell<bool>>,
}

impl Read for Disk<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.file.read(into) {
            Ok(count) => {
                let on_disk = matches!(self.file, Held::Disk(..));
                self.progress.advance(if on_disk { count as u64 } else { 0 });
                Ok(count)
            }
            Err(error) => {
                self.failed.set(error.kind() != io::ErrorKind::Interrupted);
                Err(error)
            }
        }
    }
}

impl Seek for Disk<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// Size of the buffers between layers.
const BUFFER_BYTES: usize = 128 << 10;

/// Walks one file.
pub(super) struct Walker<'a> {
    path: &'a Path,
    address: ForensicPath,
    limits: &'a Limits,
    progress: &'a dyn Progress,
    meter: Rc<Meter>,
    failed: Rc<Cell<bool>>,
}

impl<'a> Walker<'a> {
    /// Prepares the walk of the file at `disk`, known as `address`.
    pub(super) fn new(disk: &'a Path, address: ForensicPath, limits: &'a Limits, progress: &'a dyn Progress) -> Self {
        Walker { path: disk, address, limits, progress, meter: Rc::default(), failed: Rc::default() }
    }

    /// Walks.
    pub(super) fn walk(&self, visitor: &mut dyn Visitor) -> Flow {
        let opened = OnDisk::at(self.path).and_then(|whole| Ok((self.open(&whole)?, whole)));
        let (mut disk, whole) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                visitor.problem(unreadable(&self.address, &error));
                return Flow::Continue(());
            }
        };
        let mut input = Input::new(&mut disk, Some(&whole), Rc::default());
        let flow = self.descend(&mut input, &MemberPlace::default(), 0, visitor);
        if self.failed.get() {
            visitor.problem(self.problem(&[], ProblemKind::Unreadable, "reading failed part of the way", READ_HINT));
        }
        flow
    }

    fn open(&self, whole: &OnDisk) -> io::Result<Disk<'a>> {
        Ok(self.telling(Held::Disk(whole.bytes(), whole.open()?)))
    }

    /// What is read in any order tells its progress as well, and whether the disk failed.
    fn telling(&self, held: Held) -> Disk<'a> {
        Disk { file: held, progress: self.progress, failed: Rc::clone(&self.failed) }
    }

    fn descend(&self, input: &mut Input<'_>, place: &MemberPlace, depth: usize, visitor: &mut dyn Visitor) -> Flow {
        if input.content != Content::Unknown {
            return visitor.leaf(place, input);
        }
        let kind = magic(input.peek(MAGIC_BYTES));
        input.magic = kind;
        let container = kind.is_container();
        if container && depth >= self.limits.nesting {
            let cause = "containers are nested deeper than the limit";
            visitor.problem(self.problem(&place.members, ProblemKind::LimitReached, cause, UNPACK_HINT));
            return Flow::Continue(());
        }
        match kind {
            Magic::Gzip => self.decoded("gz", input, place, depth, visitor),
            Magic::Bzip2 => self.decoded("bz2", input, place, depth, visitor),
            Magic::Xz => self.decoded("xz", input, place, depth, visitor),
            Magic::Zstd => self.decoded("zst", input, place, depth, visitor),
            Magic::Tar => self.tar(input, place, depth, visitor),
            Magic::Zip => self.zip(input, place, depth, visitor),
            Magic::SevenZip => self.seven_zip(input, place, depth, visitor),
            Magic::Image => self.image(input, place, depth, visitor),
            Magic::Rar => self.rar(input, place, depth, visitor),
            Magic::Other => match structure(input) {
                Some(_) if depth >= self.limits.nesting => {
                    let cause = "containers are nested deeper than the limit";
                    visitor.problem(self.problem(&place.members, ProblemKind::LimitReached, cause, UNPACK_HINT));
                    Flow::Continue(())
                }
                Some(format) => self.unpacked(format, input, place, depth, visitor),
                None => visitor.leaf(place, input),
            },
            _ => visitor.leaf(place, input),
        }
    }

    /// Goes into a member with a structure of its own.
    fn unpacked(
        &self,
        format: Format,
        input: &mut Input<'_>,
        place: &MemberPlace,
        depth: usize,
        visitor: &mut dyn Visitor,
    ) -> Flow {
        let on_disk = input.disk.map(OnDisk::bytes);
        let bytes = on_disk.or(place.declared_bytes).unwrap_or(u64::MAX);
        let mut parts = Parts::new(self, place, format.kind(), bytes, depth, visitor);
        let flow = match whole_encoding(input.peek(SNIFF_BYTES)) {
            // What is text in an encoding that hides ASCII is converted first.
            Some((encoding, mark)) if format.is_text() => {
                let _ = io::copy(&mut (&mut *input).take(mark as u64), &mut io::sink());
                let mut recoder = Recoder::new(input, encoding);
                format.unpack(&mut Input::new(&mut recoder, None, Rc::default()), self.limits, &mut parts)
            }
            _ => format.unpack(input, self.limits, &mut parts),
        };
        // Formats that are read in any order open the file themselves: its bytes count as read.
        self.progress.advance(on_disk.unwrap_or(0).saturating_sub(SNIFF_BYTES as u64));
        flow
    }

    fn decoded(
        &self,
        kind: &'static str,
        input: &mut Input<'_>,
        place: &MemberPlace,
        depth: usize,
        visitor: &mut dyn Visitor,
    ) -> Flow {
        let inside = place.inside(kind.to_owned(), Some(kind), None);
        if !visitor.wants(&inside.members) {
            return Flow::Continue(());
        }
        let taken = Rc::new(Cell::new(0));
        let source = BufReader::with_capacity(BUFFER_BYTES, Counted { inner: input, taken: Rc::clone(&taken) });
        let decoder: Box<dyn Read + '_> = match kind {
            "gz" => Box::new(flate2::bufread::MultiGzDecoder::new(source)),
            "bz2" => Box::new(bzip2::bufread::MultiBzDecoder::new(source)),
            "xz" => {
                let kib = u32::try_from(self.limits.decoder_bytes / 1024).unwrap_or(u32::MAX);
                Box::new(lzma_rust2::XzReader::new_mem_limit(source, true, kib))
            }
            _ => match zstd_decoder(source, self.limits.decoder_bytes) {
                Ok(decoder) => Box::new(decoder),
                Err(_) => return Flow::Continue(()),
            },
        };
        self.guarded(decoder, taken, &inside, depth + 1, visitor)
    }

    fn guarded(
        &self,
        inner: impl Read,
        taken: Rc<Cell<u64>>,
        place: &MemberPlace,
        depth: usize,
        visitor: &mut dyn Visitor,
    ) -> Flow {
        self.guarded_part(inner, (taken, Rc::default()), Content::Unknown, place, depth, visitor)
    }

    /// Goes into a layer's output and reports how the layer ended.
    fn guarded_part(
        &self,
        inner: impl Read,
        (taken, given): (Rc<Cell<u64>>, Rc<Cell<u64>>),
        content: Content,
        place: &MemberPlace,
        depth: usize,
        visitor: &mut dyn Visitor,
    ) -> Flow {
        let fault = Rc::new(RefCell::new(None));
        let mut guard = Guard {
            inner,
            buffer: Vec::new(),
            at: 0,
            given,
            taken,
            meter: Rc::clone(&self.meter),
            fault: Rc::clone(&fault),
            ratio: self.limits.expansion_ratio.max(1),
            grace: self.limits.expansion_grace_bytes,
            file_bytes: self.limits.decoded_bytes,
        };
        let mut input = Input { content, ..Input::new(&mut guard, None, Rc::clone(&fault)) };
        let flow = self.descend(&mut input, place, depth, visitor);
        if let Some(fault) = *fault.borrow() {
            let (kind, cause, hint) = fault_words(fault);
            visitor.problem(self.problem(&place.members, kind, cause, hint));
        }
        flow
    }

    fn tar(&self, input: &mut Input<'_>, place: &MemberPlace, depth: usize, visitor: &mut dyn Visitor) -> Flow {
        let place = MemberPlace { kinds: [place.kinds.as_slice(), &["tar"]].concat(), ..place.clone() };
        let mut archive = tar::Archive::new(input);
        let Ok(entries) = archive.entries() else {
            visitor.problem(self.problem(&place.members, ProblemKind::Corrupt, BROKEN_ARCHIVE, PARTIAL_HINT));
            return Flow::Continue(());
        };
        let mut names = Names::default();
        for (index, entry) in entries.enumerate() {
            if index >= self.limits.members {
                visitor.problem(self.problem(&place.members, ProblemKind::LimitReached, TOO_MANY, UNPACK_HINT));
                break;
            }
            let Ok(entry) = entry else {
                // The end of the outer layer, or a broken header: everything before it was used.
                visitor.problem(self.problem(&place.members, ProblemKind::Truncated, BROKEN_ARCHIVE, PARTIAL_HINT));
                break;
            };
            let kind = entry.header().entry_type();
            if kind.is_dir() || kind.is_pax_global_extensions() {
                continue;
            }
            let name = names.unique(&String::from_utf8_lossy(&entry.path_bytes()));
            let inside = place.inside(name, None, Some(entry.size()));
            self.check_name(&inside, visitor);
            if !kind.is_file() && !kind.is_contiguous() && !kind.is_gnu_sparse() {
                visitor.problem(self.problem(&inside.members, ProblemKind::Unsupported, LINK_INSIDE, LINK_HINT));
                continue;
            }
            if visitor.wants(&inside.members) {
                let size = entry.size();
                let exact = Exact { inner: entry, left: size };
                self.guarded(exact, Rc::new(Cell::new(u64::MAX)), &inside, depth + 1, visitor)?;
            }
        }
        Flow::Continue(())
    }

    /// Takes a container whole; says why where that cannot be.
    fn held(&self, input: &mut Input<'_>, members: &[String], visitor: &mut dyn Visitor) -> Option<Held> {
        let held = input.hold(self.limits);
        held.map_err(|refusal| {
            visitor.problem(self.problem(members, refusal.kind, &refusal.cause, refusal.hint));
        })
        .ok()
    }

    /// Member names serve as addresses only; one that would leave the archive's folder is still worth knowing.
    fn check_name(&self, place: &MemberPlace, visitor: &mut dyn Visitor) {
        let name = place.members.last().map_or("", String::as_str);
        let parts = name.split(['/', '\\']);
        if name.starts_with(['/', '\\']) || name.get(1..2) == Some(":") || parts.into_iter().any(|part| part == "..") {
            let cause = "a member's name leads out of the archive's folder";
            let hint = "the member was read in place; do not unpack this archive with other programs";
            visitor.problem(self.problem(&place.members, ProblemKind::Corrupt, cause, hint));
        }
    }

    fn problem(&self, members: &[String], kind: ProblemKind, cause: &str, hint: &str) -> Problem {
        let address = ForensicPath { members: members.to_vec(), ..self.address.clone() };
        Problem { kind, path: address.to_string(), cause: cause.to_owned(), hint: hint.to_owned() }
    }
}

/// The structure of a member that is no container of files, if it has one.
fn structure(input: &mut Input<'_>) -> Option<Format> {
    let head = input.peek(SNIFF_BYTES + 1);
    let whole = head.len() <= SNIFF_BYTES;
    let head = &head[..head.len().min(SNIFF_BYTES)];
    if let Some(format) = Format::of_bytes(head) {
        return Some(format);
    }
    if let Some((encoding, mark)) = whole_encoding(head) {
        let mut text = Vec::new();
        // The last character may be cut in two.
        let _ = Recoder::new(&head[mark..], encoding).read_to_end(&mut text);
        return Format::of_text(&text, whole);
    }
    if is_binary(head) { None } else { Format::of_text(head, whole) }
}

/// Takes the parts of a member: each is a member itself, and all of them together meet the limits.
struct Parts<'p, 'w> {
    walker: &'p Walker<'w>,
    place: MemberPlace,
    kind: &'static str,
    taken: Rc<Cell<u64>>,
    given: Rc<Cell<u64>>,
    names: Names,
    count: usize,
    depth: usize,
    visitor: &'p mut dyn Visitor,
}

impl<'p, 'w> Parts<'p, 'w> {
    /// Prepares for the parts of a member of `bytes` bytes.
    fn new(
        walker: &'p Walker<'w>,
        above: &MemberPlace,
        kind: &'static str,
        bytes: u64,
        depth: usize,
        visitor: &'p mut dyn Visitor,
    ) -> Self {
        let place = MemberPlace { kinds: [above.kinds.as_slice(), &[kind]].concat(), ..above.clone() };
        let taken = Rc::new(Cell::new(bytes));
        Parts { walker, place, kind, taken, given: Rc::default(), names: Names::default(), count: 0, depth, visitor }
    }
}

impl Sink for Parts<'_, '_> {
    fn part(&mut self, part: Part<'_>) -> Flow {
        self.count += 1;
        if self.count > self.walker.limits.members {
            if self.count == self.walker.limits.members + 1 {
                let problem =
                    self.walker.problem(&self.place.members, ProblemKind::LimitReached, TOO_MANY, UNPACK_HINT);
                self.visitor.problem(problem);
            }
            return Flow::Continue(());
        }
        let name = part.name.as_deref().unwrap_or(self.kind);
        let inside = self.place.inside(self.names.unique(name), None, None);
        if !self.visitor.wants(&inside.members) {
            return Flow::Continue(());
        }
        let counts = (Rc::clone(&self.taken), Rc::clone(&self.given));
        self.walker.guarded_part(part.reader, counts, part.content, &inside, self.depth + 1, self.visitor)
    }

    fn problem(&mut self, problem: Refusal) {
        let Refusal { kind, cause, hint } = problem;
        self.visitor.problem(self.walker.problem(&self.place.members, kind, &cause, hint));
    }
}

fn zstd_decoder<R: io::BufRead>(source: R, bytes: u64) -> io::Result<zstd::Decoder<'static, R>> {
    let mut decoder = zstd::Decoder::with_buffer(source)?;
    decoder.window_log_max(bytes.max(1 << 10).ilog2())?;
    Ok(decoder)
}

/// Ends with a fault where an entry gives fewer bytes than its header says.
struct Exact<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Exact<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        if count == 0 && self.left > 0 && !into.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left = self.left.saturating_sub(count as u64);
        Ok(count)
    }
}

/// Makes the names of an archive's members unique, so that every address leads to one member.
#[derive(Default)]
struct Names(rustc_hash::FxHashMap<String, u32>);

impl Names {
    fn unique(&mut self, name: &str) -> String {
        let seen = self.0.entry(name.to_owned()).or_insert(0);
        *seen += 1;
        if *seen == 1 { name.to_owned() } else { format!("{name}#{seen}") }
    }
}

const BROKEN_ARCHIVE: &str = "the archive breaks off or is damaged";
const NO_DIRECTORY: &str = "the archive's directory at its end is missing or damaged";
const TOO_MANY: &str = "the archive has more members than the limit";
const LINK_INSIDE: &str = "a link or device inside an archive is not followed";
const LINK_HINT: &str = "nothing to do, unless its target is evidence: then add the target";
const NO_PASSWORD: &str = "it is encrypted, and the case names no passwords";
const WRONG_PASSWORDS: &str = "it is encrypted, and no password of the case opens it";
const PASSWORD_HINT: &str = "add its password to `passwords` of case.toml (or --passwords FILE), or give it decrypted";
const UNPACK_HINT: &str = "unpack it in a sandbox and give the parts that matter";
const PARTIAL_HINT: &str = "everything before the break was used; ask for an undamaged copy";
const READ_HINT: &str = "check the disk and the permissions, then run again";

fn fault_words(fault: Fault) -> (ProblemKind, &'static str, &'static str) {
    match fault {
        Fault::Unreadable => (ProblemKind::Unreadable, "reading failed part of the way", READ_HINT),
        Fault::Truncated => (ProblemKind::Truncated, "the data ends before its end", PARTIAL_HINT),
        Fault::Corrupt => (ProblemKind::Corrupt, "the compressed data is damaged", PARTIAL_HINT),
        Fault::Expansion => {
            (ProblemKind::LimitReached, "it expands beyond the limit, as a decompression bomb does", UNPACK_HINT)
        }
        Fault::FileBytes => (ProblemKind::LimitReached, "more decoded bytes than the limit for one file", UNPACK_HINT),
        Fault::DecoderMemory => {
            (ProblemKind::LimitReached, "decoding it needs more memory than the limit", UNPACK_HINT)
        }
    }
}

/// Returns the problem of a file that cannot be opened.
pub(super) fn unreadable(address: &ForensicPath, error: &io::Error) -> Problem {
    let (kind, cause, hint) = match error.kind() {
        io::ErrorKind::NotFound => (ProblemKind::Absent, "no such file", "check the path"),
        io::ErrorKind::PermissionDenied => {
            (ProblemKind::Unreadable, "no permission to read it", "give read permission and run again")
        }
        _ => (ProblemKind::Unreadable, "it cannot be opened", READ_HINT),
    };
    Problem { kind, path: address.to_string(), cause: cause.to_owned(), hint: hint.to_owned() }
}
