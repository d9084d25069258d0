//! RAR archives of all versions: members as streams, in the order in which they lie, also over several volumes.
//!
//! Enters: an archive on disk or held in memory, or its volumes one behind the other. Leaves: its members. The library pushes what it unpacks; it works on a
//! thread of its own and waits until what it pushed has been read, so that no more of a member is in memory than a few
//! pieces. Never: opens what is encrypted (the ciphers of the library would bring in the build of half
//! the program anew), or a member that goes on in a volume that is not there; both are named.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use rars::{
    Archive, ArchiveMember, ArchiveReadOptions, ArchiveReader, Error, ErrorKind, ExtractionDecision,
    ExtractionErrorAction,
};
use vocab::ProblemKind;

use super::super::limits::Limits;
use super::super::unpack::Content;
use super::{
    BROKEN_ARCHIVE, Fault, Flow, Held, Input, LINK_HINT, LINK_INSIDE, MemberPlace, Names, PARTIAL_HINT, TOO_MANY,
    UNPACK_HINT, Visitor, Walker, fault_words,
};

/// Pieces on their way between the library and the reading.
const PIECES: usize = 8;
/// Bytes of headers of one archive.
const HEADER_BYTES: u64 = 256 << 20;

/// Volumes of one archive.
const VOLUMES: usize = 2_000;

/// What the thread that unpacks says.
enum Said {
    /// A member begins; it waits for a decision.
    Member(Box<Member>),
    /// Bytes of it.
    Bytes(Vec<u8>),
    /// It broke off.
    Failed,
    /// There is nothing more; with the reason if it came too early.
    Ended(Option<ErrorKind>),
}

struct Member {
    name: String,
    bytes: u64,
    directory: bool,
    link: bool,
    encrypted: bool,
    split: bool,
}

/// What is done with a member.
enum Decision {
    Read,
    PassOver,
    Skip,
}

impl Walker<'_> {
    pub(super) fn rar(
        &self,
        input: &mut Input<'_>,
        above: &MemberPlace,
        depth: usize,
        visitor: &mut dyn Visitor,
    ) -> Flow {
        let place = MemberPlace { kinds: [above.kinds.as_slice(), &["rar"]].concat(), ..above.clone() };
        let begins: Vec<u64> = input.disk.map_or(vec![0], |disk| (0..).map_while(|part| disk.begins(part)).collect());
        let Some(mut held) = self.held(input, &place.members, visitor) else { return Flow::Continue(()) };
        let bytes = held.size();
        let begins = if volumes(&mut held, &begins) { begins } else { vec![0] };
        if begins.len() > VOLUMES {
            let cause = "the archive has more volumes than the limit";
            visitor.problem(self.problem(&place.members, ProblemKind::LimitReached, cause, UNPACK_HINT));
            return Flow::Continue(());
        }
        let (say, heard) = sync_channel(PIECES);
        let (decide, decisions) = sync_channel(1);
        std::thread::scope(|scope| {
            let limits = self.limits;
            let library = scope.spawn(move || unpack(held, &begins, limits, &say, &decisions));
            let mut archive = Opened { heard, decide, next: None };
            let flow = self.rar_members(&mut archive, bytes, &place, depth, visitor);
            drop(archive);
            // A panic of the library is the end of this archive, not of the run.
            if library.join().is_err() {
                visitor.problem(self.problem(&place.members, ProblemKind::Corrupt, BROKEN_ARCHIVE, PARTIAL_HINT));
            }
            flow
        })
    }

    fn rar_members(
        &self,
        archive: &mut Opened,
        bytes: u64,
        place: &MemberPlace,
        depth: usize,
        visitor: &mut dyn Visitor,
    ) -> Flow {
        let counts = (Rc::new(Cell::new(bytes)), Rc::<Cell<u64>>::default());
        let mut names = Names::default();
        let (mut count, mut declared) = (0, 0_u64);
        while let Some(said) = archive.listen() {
            let member = match said {
                Said::Member(member) => member,
                Said::Ended(Some(kind)) => {
                    let (kind, cause, hint) = words(kind);
                    visitor.problem(self.problem(&place.members, kind, cause, hint));
                    break;
                }
                Said::Ended(None) => break,
                Said::Bytes(_) | Said::Failed => continue,
            };
            count += 1;
            if count > self.limits.members {
                visitor.problem(self.problem(&place.members, ProblemKind::LimitReached, TOO_MANY, UNPACK_HINT));
                break;
            }
            if !visitor.wants(&place.members) {
                break;
            }
            let inside = place.inside(names.unique(&member.name), None, Some(member.bytes));
            declared = declared.saturating_add(member.bytes);
            if let Some((kind, cause, hint)) = unread(&member) {
                visitor.problem(self.problem(&inside.members, kind, cause, hint));
            } else if let Some(fault) = self.declares_too_much(declared, bytes) {
                let (kind, cause, hint) = fault_words(fault);
                visitor.problem(self.problem(&inside.members, kind, cause, hint));
                break;
            }
            let decision = match () {
                () if member.directory || member.link || member.encrypted || member.split => Decision::Skip,
                () if visitor.wants(&inside.members) => Decision::Read,
                () => Decision::PassOver,
            };
            let read = matches!(decision, Decision::Read);
            if !member.directory {
                self.check_name(&inside, visitor);
            }
            if archive.decide.send(decision).is_err() {
                break;
            }
            if read {
                let counts = (Rc::clone(&counts.0), Rc::clone(&counts.1));
                let pieces = Pieces { archive, piece: Vec::new(), at: 0 };
                self.guarded_part(pieces, counts, Content::Unknown, &inside, depth + 1, visitor)?;
            }
        }
        Flow::Continue(())
    }
}

/// Why a member is not read.
fn unread(member: &Member) -> Option<(ProblemKind, &'static str, &'static str)> {
    match member {
        Member { directory: true, .. } => None,
        Member { link: true, .. } => Some((ProblemKind::Unsupported, LINK_INSIDE, LINK_HINT)),
        Member { encrypted: true, .. } => Some((ProblemKind::Encrypted, LOCKED, LOCKED_HINT)),
        Member { split: true, .. } => Some((
            ProblemKind::Unsupported,
            "the member goes on in another volume of the archive, which is not there",
            "add the other volumes beside it, named as they were made",
        )),
        _ => None,
    }
}

const LOCKED: &str = "it is encrypted, and encrypted RAR archives are not opened";
const LOCKED_HINT: &str = "unpack it with its password and give the plain files";

fn words(kind: ErrorKind) -> (ProblemKind, &'static str, &'static str) {
    match kind {
        ErrorKind::PasswordRequired | ErrorKind::BadPassword => (ProblemKind::Encrypted, LOCKED, LOCKED_HINT),
        ErrorKind::ResourceLimit => fault_words(Fault::Expansion),
        ErrorKind::UnsupportedFormat | ErrorKind::UnsupportedFeature => {
            (ProblemKind::Unsupported, "the archive uses what is not supported", UNPACK_HINT)
        }
        _ => (ProblemKind::Corrupt, BROKEN_ARCHIVE, PARTIAL_HINT),
    }
}

/// The archive as the reading side sees it.
struct Opened {
    heard: Receiver<Said>,
    decide: SyncSender<Decision>,
    /// What was heard and is for somebody else.
    next: Option<Said>,
}

impl Opened {
    fn listen(&mut self) -> Option<Said> {
        self.next.take().or_else(|| self.heard.recv().ok())
    }
}

/// The bytes of one member.
struct Pieces<'o> {
    archive: &'o mut Opened,
    piece: Vec<u8>,
    at: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.piece.len() {
            match self.archive.listen() {
                Some(Said::Bytes(piece)) => (self.piece, self.at) = (piece, 0),
                Some(Said::Failed) => return Err(io::ErrorKind::InvalidData.into()),
                Some(Said::Ended(Some(kind))) => {
                    let memory = kind == ErrorKind::ResourceLimit;
                    self.archive.next = Some(Said::Ended(Some(kind)));
                    return Err(if memory { io::ErrorKind::OutOfMemory } else { io::ErrorKind::InvalidData }.into());
                }
                other => {
                    self.archive.next = other;
                    return Ok(0);
                }
            }
        }
        let count = into.len().min(self.piece.len() - self.at);
        into[..count].copy_from_slice(&self.piece[self.at..][..count]);
        self.at += count;
        Ok(count)
    }
}

/// Tells whether each part is a volume with a beginning of its own; else the parts are one archive that was cut.
fn volumes(held: &mut Held, begins: &[u64]) -> bool {
    let begins_one = |at: &u64| {
        let mut head = [0; 7];
        held.seek(SeekFrom::Start(*at)).and_then(|_| held.read_exact(&mut head)).is_ok() && head[..6] == *SIGNATURE
    };
    let all = begins.iter().all(begins_one);
    // What is read next seeks for itself, and fails for itself.
    let _ = held.seek(SeekFrom::Start(0));
    all
}

const SIGNATURE: &[u8] = b"Rar!\x1a\x07";

/// One of the volumes that lie one behind the other.
struct Volume {
    whole: Arc<Mutex<Held>>,
    start: u64,
    bytes: u64,
    at: u64,
}

impl Read for Volume {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.bytes.saturating_sub(self.at)).unwrap_or(usize::MAX).min(into.len());
        let mut whole = self.whole.lock().map_err(|_| io::Error::from(io::ErrorKind::Other))?;
        whole.seek(SeekFrom::Start(self.start + self.at))?;
        let count = whole.read(&mut into[..room])?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Volume {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.bytes.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// Unpacks on the thread of the library.
fn unpack(held: Held, begins: &[u64], limits: &Limits, say: &SyncSender<Said>, decisions: &Receiver<Decision>) {
    let bytes = held.size();
    let most = limits.expansion_grace_bytes.max(bytes.saturating_mul(limits.expansion_ratio)).min(limits.decoded_bytes);
    let options = ArchiveReadOptions::new()
        .with_max_header_count(limits.members as u64 * 2 + 64)
        .with_max_header_bytes(HEADER_BYTES)
        .with_max_total_output_bytes(most)
        .with_max_reader_workspace_bytes(limits.decoder_bytes * 2)
        .with_rar50_dictionary_size_limit(limits.decoder_bytes);
    let extracted = if begins.len() > 1 {
        several(held, begins, options, say, decisions)
    } else {
        ArchiveReader::read_reader_with_options(held, options)
            .and_then(|archive| one(&archive, options, say, decisions))
    };
    // Nobody may be listening any more.
    let _ = say.send(Said::Ended(extracted.err().map(|error| error.kind())));
}

type Options = ArchiveReadOptions<'static>;

/// Unpacks an archive.
fn one(
    archive: &Archive,
    options: Options,
    say: &SyncSender<Said>,
    decisions: &Receiver<Decision>,
) -> Result<(), Error> {
    let decide = |member: &ArchiveMember| {
        let gone = Ok(ExtractionDecision::Stop);
        if say.send(Said::Member(Box::new(of(member)))).is_err() {
            return gone;
        }
        match decisions.recv() {
            Ok(Decision::Read) => Ok(ExtractionDecision::Extract(Box::new(Mouth(say.clone())))),
            Ok(Decision::PassOver) => Ok(ExtractionDecision::Extract(Box::new(io::sink()))),
            Ok(Decision::Skip) => Ok(ExtractionDecision::Skip),
            Err(_) => gone,
        }
    };
    let failed = |_: &ArchiveMember, _: &Error| {
        let heard = say.send(Said::Failed).is_ok();
        Ok(if heard { ExtractionErrorAction::Continue } else { ExtractionErrorAction::Abort })
    };
    archive.extract_with_control_and_errors(options, decide, failed).map(|_| ())
}

/// Unpacks the volumes of an archive. The first member that cannot be unpacked ends it.
fn several(
    held: Held,
    begins: &[u64],
    options: Options,
    say: &SyncSender<Said>,
    decisions: &Receiver<Decision>,
) -> Result<(), Error> {
    let size = held.size();
    let whole = Arc::new(Mutex::new(held));
    let volume = |(number, start): (usize, &u64)| {
        let bytes = begins.get(number + 1).copied().unwrap_or(size).saturating_sub(*start);
        let volume = Volume { whole: Arc::clone(&whole), start: *start, bytes, at: 0 };
        ArchiveReader::read_reader_with_options(volume, options)
    };
    let archives = begins.iter().enumerate().map(volume).collect::<Result<Vec<_>, _>>()?;
    let mut members = rars::volume_members(&archives)?.into_iter();
    rars::extract_volumes_to_with_options(&archives, options, |entry| {
        let member = members.find(|member| member.meta.name == entry.name);
        let mut member = of(&member.ok_or(Error::InvalidHeader("a member that no volume lists"))?);
        member.split = false;
        let gone = || Error::InvalidHeader("nobody reads on");
        say.send(Said::Member(Box::new(member))).map_err(|_| gone())?;
        match decisions.recv().map_err(|_| gone())? {
            Decision::Read => Ok(Box::new(Mouth(say.clone())) as Box<dyn Write>),
            Decision::PassOver | Decision::Skip => Ok(Box::new(io::sink())),
        }
    })
}

fn of(member: &ArchiveMember) -> Member {
    let meta = &member.meta;
    Member {
        name: String::from_utf8_lossy(&meta.name).replace('\\', "/"),
        bytes: meta.unpacked_size,
        directory: meta.is_directory,
        link: meta.is_redirection,
        encrypted: meta.is_encrypted,
        split: meta.is_split_before || meta.is_split_after,
    }
}

/// Says what is written to it.
struct Mouth(SyncSender<Said>);

impl Write for Mouth {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        const PIECE: usize = 64 << 10;
        let piece = &bytes[..bytes.len().min(PIECE)];
        self.0.send(Said::Bytes(piece.to_vec())).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
