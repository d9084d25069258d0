//! 7z archives: members as streams in the order in which they are packed, encrypted ones with the passwords of the case.
//!
//! Enters: an archive on disk or held in memory. Leaves: its members. Memory: one decoder, within the limit for decoders.
//! Never: passes on the words of the library; decodes what is declared to expand like a bomb, not even to pass over it.

use std::cell::Cell;
use std::io::{self, BufReader, Read, Seek};
use std::rc::Rc;

use sevenz_rust2::{Archive, ArchiveReader, EntryDecision, Error, Password};
use vocab::ProblemKind;

use super::super::unpack::Content;
use super::{
    BROKEN_ARCHIVE, BUFFER_BYTES, Exact, Fault, Flow, Input, LINK_HINT, LINK_INSIDE, MemberPlace, NO_PASSWORD, Names,
    PARTIAL_HINT, PASSWORD_HINT, TOO_MANY, UNPACK_HINT, Visitor, WRONG_PASSWORDS, Walker, fault_words,
};

/// Bytes of the first encrypted member that are decoded to see whether a password is the right one.
const TRIED_BYTES: u64 = 1 << 20;
/// The bit of the attributes that says they hold those of Unix, and the kind of file that is a link.
const UNIX: u32 = 0x8000;
const LINK: u32 = 0o120_000;

impl Walker<'_> {
    pub(super) fn seven_zip(
        &self,
        input: &mut Input<'_>,
        above: &MemberPlace,
        depth: usize,
        visitor: &mut dyn Visitor,
    ) -> Flow {
        let place = MemberPlace { kinds: [above.kinds.as_slice(), &["7z"]].concat(), ..above.clone() };
        let Some(held) = self.held(input, &place.members, visitor) else { return Flow::Continue(()) };
        let bytes = held.size();
        let mut source = BufReader::with_capacity(BUFFER_BYTES, self.telling(held));
        // Only a reader that reads the directory itself keeps to a limit when it decodes the members.
        let password = self.unlocked(&mut source);
        match password.and_then(|password| ArchiveReader::new_with_memory_limit(source, password, self.decoder_kib())) {
            Ok(reader) => self.seven_zip_members(reader, bytes, &place, depth, visitor),
            Err(error) => {
                let (kind, cause, hint) = words(&error, self.limits.passwords.as_slice().is_empty());
                visitor.problem(self.problem(&place.members, kind, cause, hint));
                Flow::Continue(())
            }
        }
    }

    fn decoder_kib(&self) -> usize {
        usize::try_from(self.limits.decoder_bytes / 1024).unwrap_or(usize::MAX)
    }

    /// Reads the directory, and finds the password where one is needed.
    fn unlocked<R: Read + Seek>(&self, source: &mut R) -> Result<Password, Error> {
        let kib = self.decoder_kib();
        let read = |source: &mut R, password: &Password| Archive::read_with_memory_limit(source, password, kib);
        let mut result = match read(source, &Password::empty()) {
            Ok(archive) if !(0..archive.files.len()).any(|file| archive.is_file_encrypted(file)) => {
                return Ok(Password::empty());
            }
            Ok(_) => Err(Error::PasswordRequired),
            Err(error) if is_locked(&error) => Err(error),
            Err(error) => return Err(error),
        };
        for password in self.limits.passwords.as_slice() {
            let password = Password::from(password.as_str());
            match read(source, &password) {
                Ok(archive) if opens(&archive, source, &password, kib) => return Ok(password),
                Ok(_) => result = Err(Error::PasswordRequired),
                Err(error) if is_locked(&error) => {}
                Err(error) => result = Err(error),
            }
        }
        // A wrong password shows as damage as often as not; that no password opens it is what is known.
        if result.is_err() { Err(Error::PasswordRequired) } else { result }
    }

    fn seven_zip_members<R: Read + Seek>(
        &self,
        mut reader: ArchiveReader<R>,
        bytes: u64,
        place: &MemberPlace,
        depth: usize,
        visitor: &mut dyn Visitor,
    ) -> Flow {
        reader.set_thread_count(1);
        let counts = (Rc::new(Cell::new(bytes)), Rc::<Cell<u64>>::default());
        let mut names = Names::default();
        let (mut index, mut declared, mut flow) = (0, 0_u64, Flow::Continue(()));
        let mut ended = false;
        let done = reader.for_each_entries_with_decision(|entry, reader| {
            index += 1;
            if entry.is_directory() || entry.is_anti_item() {
                return Ok(EntryDecision::Continue);
            }
            if index > self.limits.members || !visitor.wants(&place.members) {
                ended = index > self.limits.members;
                return Ok(EntryDecision::Stop);
            }
            let inside = place.inside(names.unique(entry.name()), None, Some(entry.size()));
            self.check_name(&inside, visitor);
            declared = declared.saturating_add(entry.size());
            if let Some(fault) = self.declares_too_much(declared, bytes) {
                let (kind, cause, hint) = fault_words(fault);
                visitor.problem(self.problem(&inside.members, kind, cause, hint));
                return Ok(EntryDecision::Stop);
            }
            if entry.windows_attributes() & UNIX != 0 && entry.windows_attributes() >> 16 & 0o170_000 == LINK {
                visitor.problem(self.problem(&inside.members, ProblemKind::Unsupported, LINK_INSIDE, LINK_HINT));
                return Ok(EntryDecision::Continue);
            }
            if visitor.wants(&inside.members) {
                let exact = Exact { inner: reader, left: entry.size() };
                let counts = (Rc::clone(&counts.0), Rc::clone(&counts.1));
                flow = self.guarded_part(exact, counts, Content::Unknown, &inside, depth + 1, visitor);
            }
            Ok(if flow.is_break() { EntryDecision::Stop } else { EntryDecision::Continue })
        });
        if ended {
            visitor.problem(self.problem(&place.members, ProblemKind::LimitReached, TOO_MANY, UNPACK_HINT));
        }
        if let Err(error) = done {
            let (kind, cause, hint) = words(&error, false);
            visitor.problem(self.problem(&place.members, kind, cause, hint));
        }
        flow
    }

    /// What is packed together is decoded even where it is passed over: what is declared decides before that.
    pub(super) fn declares_too_much(&self, declared: u64, bytes: u64) -> Option<Fault> {
        let expands =
            declared > self.limits.expansion_grace_bytes && declared / self.limits.expansion_ratio.max(1) > bytes;
        if expands {
            return Some(Fault::Expansion);
        }
        (declared > self.limits.decoded_bytes).then_some(Fault::FileBytes)
    }
}

/// Tells whether a password decodes the beginning of the first encrypted member.
fn opens<R: Read + Seek>(archive: &Archive, source: &mut R, password: &Password, kib: usize) -> bool {
    let Some(block) = (0..archive.files.len())
        .find(|file| archive.is_file_encrypted(*file) && archive.files[*file].has_stream())
        .and_then(|file| archive.stream_map.file_block_index[file])
    else {
        // Nothing but the directory was encrypted, and that has been read.
        return true;
    };
    let mut good = false;
    let decoder = sevenz_rust2::BlockDecoder::new_with_memory_limit(1, kib, block, archive, password, source);
    let done = decoder.for_each_entries(&mut |entry: &sevenz_rust2::ArchiveEntry, reader: &mut dyn Read| {
        let wanted = entry.size().min(TRIED_BYTES);
        good = io::copy(&mut reader.take(TRIED_BYTES), &mut io::sink()).is_ok_and(|count| count == wanted);
        Ok(entry.size() <= TRIED_BYTES && good)
    });
    // A small member was read to its end, and its checksum compared.
    good && done.is_ok()
}

fn is_locked(error: &Error) -> bool {
    matches!(error, Error::PasswordRequired | Error::MaybeBadPassword(_))
}

fn words(error: &Error, none_named: bool) -> (ProblemKind, &'static str, &'static str) {
    match error {
        error if is_locked(error) => {
            (ProblemKind::Encrypted, if none_named { NO_PASSWORD } else { WRONG_PASSWORDS }, PASSWORD_HINT)
        }
        Error::MaxMemLimited { .. } => fault_words(Fault::DecoderMemory),
        Error::UnsupportedCompressionMethod(_) | Error::Unsupported(_) | Error::ExternalUnsupported => {
            (ProblemKind::Unsupported, "the archive's compression is not supported", UNPACK_HINT)
        }
        Error::Io(error, _) if error.kind() == io::ErrorKind::UnexpectedEof => {
            (ProblemKind::Truncated, "the archive's directory at its end is missing or damaged", PARTIAL_HINT)
        }
        Error::Io(error, _) if error.kind() == io::ErrorKind::OutOfMemory => fault_words(Fault::DecoderMemory),
        _ => (ProblemKind::Corrupt, BROKEN_ARCHIVE, PARTIAL_HINT),
    }
}
