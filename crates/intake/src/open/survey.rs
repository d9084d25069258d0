//! What is there: every file below the given paths, the tables and texts in it, and a sample of each.
//!
//! Enters: paths. Leaves: a [`Survey`]. A quick survey looks at a bounded number of bytes a file and says what share that
//! was; a full one decodes everything once and takes the SHA-256 of every file. Never: opens a device or a pipe, follows
//! a link out of the case.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use vocab::parallel::in_order;
use vocab::progress::Progress;
use vocab::{ForensicPath, Place, Problem, ProblemKind};

use super::block::{RowBlock, TextBlock};
use super::chunk::{Chunk, Context, Cutter, produce};
use super::columnar::{Columnar, Source};
use super::container::{Flow, Input, MemberPlace, OnDisk, Standing, Visitor, Walker, standing, unreadable};
use super::encoding::{Charset, Evidence};
use super::json::{Json, Keys};
use super::kept::{Allowance, Keeping, Kept};
use super::known::{Digests, KnownFiles, Taken};
use super::leaf::{Layout, Leaf, Look, Refusal, Seen, look};
use super::limits::Limits;
use super::paths::{Found, find};
use super::sample::{Sample, Sampler, piece};
use super::sqldump::{SqlDump, SqlTable};
use super::stream::share;
use super::unpack::Content;

/// How much a survey looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// A bounded number of bytes a file, for an answer within seconds.
    Quick,
    /// Everything.
    Full,
}

/// What is there.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// The files, in the order of their paths.
    pub files: Vec<EvidenceFile>,
    /// Problems of paths at which no file was found.
    pub problems: Vec<Problem>,
}

/// A file of the evidence.
#[derive(Clone, Debug, Default)]
pub struct EvidenceFile {
    /// Path relative to the root where it lies below it, else as given.
    pub path: String,
    /// Where it lies on disk.
    pub disk_path: PathBuf,
    /// Size on disk.
    pub bytes: u64,
    /// SHA-256 in hexadecimal; empty after a quick survey and where the file could not be read.
    pub sha256: String,
    /// Format from the outside in: `gz/mysqldump`, `zip/delimited`, `parquet`, `text`; empty if nothing in it was read.
    pub format: String,
    /// Encodings of its members, as far as they could be told.
    pub encodings: Vec<String>,
    /// The first file with the same bytes. This one then has no tables and texts: it is counted once.
    pub duplicate_of: Option<String>,
    /// The file of which this one is a later part (`x.zip.002` of `x.zip.001`). It is read there.
    pub part_of: Option<String>,
    /// Whether a list of known files has it: then it is not read.
    pub known: bool,
    /// Tables found.
    pub tables: Vec<TableHead>,
    /// Texts found.
    pub texts: Vec<TextHead>,
    /// Problems met.
    pub problems: Vec<Problem>,
    /// Decoded bytes of the members that were recognised; estimated after a quick survey.
    pub decoded_bytes: u64,
    /// Share of the file that the survey looked at, 0 to 1; 1 after a full one.
    pub seen_share: f64,
    /// Share of the bytes looked at that can be read as rows or text, 0 to 1.
    pub readable_share: f64,
    /// What reading it again needs.
    pub(super) leaves: Vec<Leaf>,
    /// Its chunks, where they were few enough to be kept.
    pub(super) kept: Option<Kept>,
    /// Bytes of members that are not read, as far as their containers state them.
    pub(super) refused_bytes: u64,
}

/// A table of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct TableHead {
    /// Address of the member that holds it.
    pub path: ForensicPath,
    /// Name: of the SQL table, of the archive member, or of the file.
    pub name: String,
    /// Set where the member holds several tables: rows are then addressed with this name.
    pub named_in_address: bool,
    /// Whether the names of the columns come from a first row.
    pub header: bool,
    /// Names of the columns, where the source gives them.
    pub columns: Vec<Option<String>>,
    /// Rows; estimated from the sample unless the source or a full survey tells.
    pub rows_estimate: u64,
    /// The first rows and rows from places over the whole table, in order.
    pub sample: RowBlock,
}

impl TableHead {
    /// Returns the address of a row, counted from 1 without the header.
    pub fn row(&self, row: u64) -> ForensicPath {
        let table = self.named_in_address.then(|| self.name.clone());
        self.path.at(Place::Row { table, row })
    }

    /// Returns the address of the table as text, unique among all tables of the evidence.
    pub fn label(&self) -> String {
        let row = self.row(0).to_string();
        row.strip_suffix("/row/0").or_else(|| row.strip_suffix("::row/0")).unwrap_or(&row).to_owned()
    }
}

/// A text of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct TextHead {
    /// Address of the member that holds it.
    pub path: ForensicPath,
    /// Decoded bytes; estimated after a quick survey.
    pub bytes_estimate: u64,
    /// Stretches from places over the whole text, joined.
    pub sample: TextBlock,
}

/// Looks at everything below `paths`. Relative paths are taken from `root`; links may not lead out of it.
pub fn survey(
    root: &Path,
    paths: &[PathBuf],
    limits: &Limits,
    depth: Depth,
    threads: usize,
    progress: &dyn Progress,
) -> Survey {
    let (mut found, mut problems) = find(root, paths, limits);
    add_parts(&mut found);
    let total: u64 = found.iter().map(|file| file.bytes).sum();
    progress.start("open", "bytes", (depth == Depth::Full).then_some(total));
    let (mut files, unread_lists) = examine_all(&found, limits, depth, threads, progress);
    problems.extend(unread_lists);
    mark_duplicates(&mut files);
    name_lone_parts(&mut files);
    problems.sort_by(|a, b| a.path.cmp(&b.path));
    let tables: usize = files.iter().map(|file| file.tables.len()).sum();
    progress.finish(&format!("{} files, {tables} tables", files.len()));
    Survey { files, problems }
}

/// Adds the later parts of files that were cut: they are read, so they are hashed and named.
fn add_parts(found: &mut Vec<Found>) {
    let parts_of = |file: &Found| match standing(&file.disk_path) {
        Standing::First { parts, .. } => parts,
        _ => Vec::new(),
    };
    let mut more = Vec::new();
    for file in found.iter() {
        let folder = file.path.rfind('/').map_or("", |end| &file.path[..=end]);
        for disk_path in parts_of(file).into_iter().filter(|part| *part != file.disk_path) {
            let name = disk_path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let bytes = std::fs::metadata(&disk_path).map_or(0, |meta| meta.len());
            more.push(Found { path: format!("{folder}{name}"), disk_path, bytes });
        }
    }
    found.append(&mut more);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.dedup_by(|a, b| a.path == b.path);
}

/// Files are shared out among the threads; digests are tasks of their own, so that one large file uses two threads.
fn examine_all(
    found: &[Found],
    limits: &Limits,
    depth: Depth,
    threads: usize,
    progress: &dyn Progress,
) -> (Vec<EvidenceFile>, Vec<Problem>) {
    let quick_bytes = (limits.quick_total_bytes / found.len().max(1) as u64).clamp(1, limits.quick_bytes.max(1));
    let tasks = found.len() * if depth == Depth::Full { 2 } else { 1 };
    let place = |task| if depth == Depth::Full { (task / 2, task % 2 == 1) } else { (task, false) };
    let allowance = Allowance::of(if depth == Depth::Full { limits.kept_bytes } else { 0 });
    let examination = Examination { limits, depth, quick_bytes, allowance, progress };
    let examined = in_order(tasks, threads, |task| {
        let (index, hashes) = place(task);
        let file = &found[index];
        if hashes {
            Examined::Digest(digests(&file.disk_path, &limits.known))
        } else {
            Examined::File(Box::new(examination.safely(file)))
        }
    });
    let mut files: Vec<EvidenceFile> = vec![EvidenceFile::default(); found.len()];
    let mut digests: Vec<Option<Taken>> = vec![None; found.len()];
    for (task, result) in examined.into_iter().enumerate() {
        let (index, _) = place(task);
        match result {
            Examined::File(file) => files[index] = *file,
            Examined::Digest(digest) => digests[index] = digest,
        }
    }
    let (known, problems) = if depth == Depth::Full {
        limits.known.among(&digests)
    } else {
        // Nothing is read to its end, so nothing has a digest.
        (vec![false; found.len()], Vec::new())
    };
    for ((file, digest), known) in files.iter_mut().zip(digests).zip(known) {
        file.sha256 = digest.map(|digest| digest.sha256).unwrap_or_default();
        if known {
            file.known = true;
            file.problems.clear();
            file.forget();
        }
    }
    (files, problems)
}

enum Examined {
    File(Box<EvidenceFile>),
    Digest(Option<Taken>),
}

/// The digests of a file.
fn digests(path: &Path, known: &KnownFiles) -> Option<Taken> {
    let mut file = File::open(path).ok()?;
    let mut digests = Digests::new(known);
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => digests.update(&buffer[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
    Some(digests.finish())
}

impl EvidenceFile {
    fn of(found: &Found) -> EvidenceFile {
        let Found { path, disk_path, bytes } = found.clone();
        EvidenceFile { path, disk_path, bytes, ..EvidenceFile::default() }
    }

    /// Leaves out what is in it.
    fn forget(&mut self) {
        self.tables.clear();
        self.texts.clear();
        self.leaves.clear();
        self.kept = None;
    }
}

/// A later part whose first one is not among the files is not read, and said to be so.
fn name_lone_parts(files: &mut [EvidenceFile]) {
    let paths: std::collections::BTreeSet<String> = files.iter().map(|file| file.path.clone()).collect();
    for file in files {
        if let Some(first) = file.part_of.clone().filter(|first| !paths.contains(first)) {
            file.problems.push(Problem {
                kind: ProblemKind::Unsupported,
                path: ForensicPath::file(&file.path).to_string(),
                cause: format!("it is a later part of {first}, which is not among the files given"),
                hint: "give the first part; the others are found beside it".to_owned(),
            });
        }
    }
}

/// Bytes that occur twice are counted once: later files of the same bytes lose their tables.
fn mark_duplicates(files: &mut [EvidenceFile]) {
    let mut first = std::collections::BTreeMap::new();
    for file in files
        .iter_mut()
        .filter(|file| !file.sha256.is_empty() && file.bytes > 0 && file.part_of.is_none() && !file.known)
    {
        if let Some(original) = first.get(&file.sha256) {
            file.duplicate_of = Some(String::clone(original));
            file.forget();
        } else {
            first.insert(file.sha256.clone(), file.path.clone());
        }
    }
}

/// How each file is looked at.
struct Examination<'a> {
    limits: &'a Limits,
    depth: Depth,
    /// Decoded bytes a file that a quick survey looks at.
    quick_bytes: u64,
    allowance: Allowance,
    progress: &'a dyn Progress,
}

impl Examination<'_> {
    /// One bad file never ends the run, not even where it finds a mistake in a reader.
    fn safely(&self, found: &Found) -> EvidenceFile {
        let examined = || self.examine(found);
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(examined)).unwrap_or_else(|_| {
            let mut file = EvidenceFile::of(found);
            file.problems.push(Problem {
                kind: ProblemKind::Corrupt,
                path: ForensicPath::file(&found.path).to_string(),
                cause: "reading it failed in an unforeseen way".to_owned(),
                hint: "report this, with the kind of file and not its content".to_owned(),
            });
            file
        })
    }

    fn examine(&self, found: &Found) -> EvidenceFile {
        let mut file = EvidenceFile::of(found);
        let address = ForensicPath::file(&found.path);
        if found.bytes == 0 {
            let error = File::open(&found.disk_path).err();
            file.problems.push(error.map_or_else(|| empty(&address), |error| unreadable(&address, &error)));
            return file;
        }
        let standing = standing(&found.disk_path);
        if let Standing::Part(first) = &standing {
            let folder = found.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            file.part_of = Some(if folder.is_empty() { first.clone() } else { format!("{folder}/{first}") });
            "part".clone_into(&mut file.format);
            (file.seen_share, file.readable_share) = (1.0, 1.0);
            return file;
        }
        if matches!(standing, Standing::Behind(_)) {
            name_missing_parts(&mut file, &address, standing);
            file.seen_share = 1.0;
            return file;
        }
        let read = self.walk(&mut file, &address);
        name_missing_parts(&mut file, &address, standing);
        file.seen_share = match self.depth {
            Depth::Full => 1.0,
            Depth::Quick => share(read, found.bytes).min(1.0),
        };
        file
    }

    /// Looks at what is in a file; returns the bytes read of it.
    fn walk(&self, file: &mut EvidenceFile, address: &ForensicPath) -> u64 {
        let disk_path = file.disk_path.clone();
        let mut visitor = Surveying {
            limits: self.limits,
            budget: (self.depth == Depth::Quick).then_some(self.quick_bytes),
            address: address.clone(),
            file,
            found: Vec::new(),
            keeping: Keeping::new(&self.allowance),
        };
        let counting = Counting { inner: self.progress, bytes: Default::default() };
        let _ = Walker::new(&disk_path, address.clone(), self.limits, &counting).walk(&mut visitor);
        let (leaves, keeping) = (visitor.found, visitor.keeping);
        file.kept = keeping.done();
        settle(file, leaves, self.limits);
        counting.bytes.load(Ordering::Relaxed) as u64
    }
}

/// Says which part of a file is not there.
fn name_missing_parts(file: &mut EvidenceFile, address: &ForensicPath, standing: Standing) {
    let (cause, hint) = match standing {
        Standing::First { missing: Some((first, count)), .. } => {
            let what =
                if count > 1 { format!("{count} parts from {first} on are") } else { format!("the part {first} is") };
            (format!("{what} missing; what lies before was read"), "add what is missing beside the others")
        }
        Standing::Behind(first) => {
            let cause = format!("parts between {first} and this one are missing: it is not read");
            (cause, "add what is missing beside the others")
        }
        Standing::Orphan(first) if file.leaves.is_empty() => {
            (format!("it is a later part of {first}, which is missing"), "add the first part beside it")
        }
        _ => return,
    };
    let path = address.to_string();
    file.problems.push(Problem { kind: ProblemKind::Truncated, path, cause, hint: hint.to_owned() });
}

fn empty(address: &ForensicPath) -> Problem {
    Problem {
        kind: ProblemKind::Empty,
        path: address.to_string(),
        cause: "nothing in it".to_owned(),
        hint: "check whether the copy is complete".to_owned(),
    }
}

/// Passes progress on and counts it.
struct Counting<'a> {
    inner: &'a dyn Progress,
    bytes: AtomicUsize,
}

impl Progress for Counting<'_> {
    fn start(&self, _: &str, _: &'static str, _: Option<u64>) {}

    fn advance(&self, units: u64) {
        self.bytes.fetch_add(units as usize, Ordering::Relaxed);
        self.inner.advance(units);
    }

    fn finish(&self, _: &str) {}
}

/// Members of a file that are sampled in full; of later ones less and less is kept.
const MEMBERS_IN_FULL: usize = 16;
/// Bytes kept of any member.
const LEAST_SAMPLE_BYTES: usize = 512;

/// A member with what was seen of it.
struct Seeing {
    leaf: Leaf,
    names: Option<Vec<String>>,
    sampler: Sampler,
    /// Size of the decoded member, as far as it is known.
    decoded_bytes: u64,
    /// Bytes that the cutter went through.
    scanned_bytes: u64,
}

struct Surveying<'a> {
    limits: &'a Limits,
    /// Decoded bytes of this file that may still be looked at; `None`: all.
    budget: Option<u64>,
    address: ForensicPath,
    file: &'a mut EvidenceFile,
    found: Vec<Seeing>,
    keeping: Keeping<'a>,
}

impl Visitor for Surveying<'_> {
    fn wants(&mut self, _: &[String]) -> bool {
        self.budget != Some(0)
    }

    fn leaf(&mut self, place: &MemberPlace, input: &mut Input<'_>) -> Flow {
        let content = input.content.clone();
        let looked = look(input, self.limits).and_then(|look| match look.seen {
            Seen::Columnar => self.columnar(place, input),
            _ => Ok(self.records(place, look, input)),
        });
        match looked {
            Ok(mut seeing) => {
                seeing.leaf.content = content;
                self.found.push(seeing);
            }
            Err(refusal) => {
                // What is empty because its layer broke off has that layer's problem.
                if refusal.kind != ProblemKind::Empty || !input.is_broken() {
                    self.refuse(place, &refusal);
                }
                self.file.refused_bytes += place.declared_bytes.unwrap_or(0);
            }
        }
        Flow::Continue(())
    }

    fn problem(&mut self, problem: Problem) {
        self.file.problems.push(problem);
    }
}

impl Surveying<'_> {
    fn refuse(&mut self, place: &MemberPlace, refusal: &Refusal) {
        let address = ForensicPath { members: place.members.clone(), ..self.address.clone() };
        self.file.problems.push(Problem {
            kind: refusal.kind,
            path: address.to_string(),
            cause: refusal.cause.clone(),
            hint: refusal.hint.to_owned(),
        });
    }

    /// The limits with less to be kept of each member the more there are: an archive may have very many.
    fn sampling(&self) -> Limits {
        let share = 1 + self.found.len() / MEMBERS_IN_FULL;
        Limits {
            sample_bytes: (self.limits.sample_bytes / share).max(LEAST_SAMPLE_BYTES.min(self.limits.sample_bytes)),
            strata: (self.limits.strata / share).max(1),
            ..self.limits.clone()
        }
    }

    fn first_table(&self) -> u32 {
        self.found.iter().map(|seeing| seeing.leaf.tables()).sum()
    }

    /// Looks through a member of records or text.
    fn records(&mut self, place: &MemberPlace, look: Look, input: &mut Input<'_>) -> Seeing {
        let disk = input.disk.cloned();
        if let Some(note) = &look.note {
            self.refuse(place, note);
        }
        let (leaf, names) = self.begun(place, look);
        let budget = self.budget.unwrap_or(u64::MAX);
        let (mut sampler, mut evidence) = (Sampler::default(), Evidence::default());
        let (mut used, mut ended) = (0, true);
        let mut cutter = leaf.cutter(&Context::Plain, true, self.limits);
        let (sampling, number) = (self.sampling(), self.found.len());
        let keeping = &mut self.keeping;
        // What lies on the disk as it is can be read again as fast.
        if disk.is_some() {
            keeping.give_up();
        }
        let mut end = 0;
        let _ = produce(&mut *leaf.reader(input), leaf.start, &mut *cutter, self.limits, &mut |chunk: Chunk| {
            used += chunk.bytes.len() as u64 + chunk.skipped_bytes;
            end = chunk.offset + chunk.bytes.len() as u64 + chunk.skipped_bytes;
            evidence.look(&chunk.bytes);
            sampler.look(&leaf, &chunk, &sampling);
            keeping.keep(number, chunk);
            ended = used < budget;
            if ended { Flow::Continue(()) } else { Flow::Break(()) }
        });
        self.budget = self.budget.map(|budget| budget.saturating_sub(used));
        let mut decoded_bytes = leaf.start + used;
        if !ended {
            decoded_bytes = disk.as_ref().map(OnDisk::bytes).or(place.declared_bytes).unwrap_or(decoded_bytes);
            if let Some(disk) = disk.filter(|_| leaf.recoded.is_none() && leaf.can_begin_anywhere()) {
                let rest = leaf.start + used..decoded_bytes;
                used += look_further(&disk, rest, &leaf, &mut *cutter, &mut sampler, &mut evidence, self.limits);
            }
        }
        if leaf.recoded.is_none() {
            keeping.lose(place.declared_bytes.unwrap_or(0).saturating_sub(end.max(leaf.start)));
        }
        let learned = cutter.learned();
        drop(cutter);
        let mut leaf = leaf;
        leaf.learn(learned);
        if leaf.recoded.is_none() {
            leaf.charset = evidence.charset();
        }
        Seeing { leaf, names, sampler, decoded_bytes, scanned_bytes: used }
    }

    fn begun(&self, place: &MemberPlace, look: Look) -> (Leaf, Option<Vec<String>>) {
        let table = self.first_table();
        let texts = self.found.iter().filter(|seeing| matches!(seeing.leaf.layout, Layout::Text { .. })).count();
        let Look { seen, recoded, charset, start, .. } = look;
        let mut stated = false;
        let (layout, names) = match seen {
            Seen::Delimited(reading) => {
                stated = reading.stated;
                (Layout::Delimited { table, dialect: Arc::new(reading.dialect) }, reading.header)
            }
            Seen::Sql(flavour) => (Layout::Sql(SqlDump { flavour, tables: Arc::default(), first_table: table }), None),
            Seen::Json(shape) => (Layout::Json(Json { shape, keys: Arc::new(Keys::new()), table }), None),
            Seen::Columnar | Seen::Text => (Layout::Text { member: texts as u32 }, None),
        };
        (Leaf { place: place.clone(), recoded, start, charset, content: Content::Unknown, stated, layout }, names)
    }

    fn columnar(&mut self, place: &MemberPlace, input: &mut Input<'_>) -> Result<Seeing, Refusal> {
        let source = columnar_source(input, self.limits)?;
        self.keeping.give_up();
        let columnar = Columnar::open(&source, self.first_table(), self.limits).map_err(|(kind, cause)| Refusal {
            kind,
            cause: cause.to_owned(),
            hint: "ask for an undamaged copy",
        })?;
        let mut sampler = Sampler::default();
        let groups = columnar.chunks(&source);
        let step = (groups.len() / self.limits.strata.max(1)).max(1);
        for (number, chunk) in groups.into_iter().enumerate().step_by(step) {
            sampler.keep(chunk, number as u64);
        }
        let decoded_bytes = columnar.groups.iter().map(|(_, bytes)| bytes).sum();
        let names = Some(columnar.columns.clone());
        let layout = Layout::Columnar(columnar);
        let (charset, content) = (Charset::Utf8, Content::Unknown);
        let leaf = Leaf { place: place.clone(), recoded: None, start: 0, charset, content, stated: true, layout };
        Ok(Seeing { leaf, names, sampler, decoded_bytes, scanned_bytes: decoded_bytes })
    }
}

/// A Parquet file is read from its end: from disk, or held in memory if it lies inside a container.
pub(super) fn columnar_source(input: &mut Input<'_>, limits: &Limits) -> Result<Source, Refusal> {
    if let Some(disk) = input.disk.and_then(OnDisk::single) {
        return Ok(Source::Disk(disk.to_path_buf()));
    }
    let mut held = Vec::new();
    // A fault of an outer layer shows as a missing directory at the end, and as that layer's own problem.
    let _ = input.take(limits.spool_bytes + 1).read_to_end(&mut held);
    if held.len() as u64 > limits.spool_bytes {
        let cause = "a Parquet file inside a container is too large to be held in memory".to_owned();
        return Err(Refusal { kind: ProblemKind::LimitReached, cause, hint: "unpack it and give it as a file" });
    }
    Ok(Source::Held(held.into()))
}

/// Looks at places all over the rest of a plain file after its beginning was read; returns the bytes looked at.
fn look_further(
    disk: &OnDisk,
    rest: Range<u64>,
    leaf: &Leaf,
    cutter: &mut dyn Cutter,
    sampler: &mut Sampler,
    evidence: &mut Evidence,
    limits: &Limits,
) -> u64 {
    let Ok(mut file) = disk.open() else { return 0 };
    let places = limits.strata as u64;
    let mut looked = 0;
    for place in 1..=places {
        let offset = rest.start + (rest.end - rest.start) / (places + 1) * place;
        let mut bytes = Vec::new();
        let seek = file.seek(SeekFrom::Start(offset));
        if seek.is_err() || (&mut file).take(leaf.piece_bytes()).read_to_end(&mut bytes).is_err() {
            break;
        }
        let Some(first) = leaf.begins(&bytes) else { continue };
        let context = cutter.restart();
        let Some(end) = cutter.cut(&bytes[first..], usize::MAX, false) else { continue };
        let bytes = bytes[first..first + end].to_vec();
        evidence.look(&bytes);
        looked += bytes.len() as u64;
        let chunk = Chunk { offset: offset + first as u64, context, bytes, skipped_bytes: 0 };
        sampler.keep(piece(leaf, &chunk, Sampler::PIECE_BYTES, limits), place);
    }
    looked
}

/// Turns what was seen into tables and texts.
fn settle(file: &mut EvidenceFile, found: Vec<Seeing>, limits: &Limits) {
    let mut formats: Vec<String> = Vec::new();
    let (mut read, mut looked) = (0, 0);
    for mut seeing in found {
        let leaf = &seeing.leaf;
        let kinds = leaf.place.kinds.iter().copied().chain(leaf.format()).collect::<Vec<_>>().join("/");
        if !formats.contains(&kinds) {
            formats.push(kinds);
        }
        let encoding = leaf.encoding();
        if !file.encodings.contains(&encoding) {
            file.encodings.push(encoding);
        }
        let sample = std::mem::take(&mut seeing.sampler).parse(leaf, limits);
        looked += sample.bytes;
        read += sample.bytes - sample.unread_bytes;
        file.decoded_bytes += seeing.decoded_bytes;
        describe(file, &seeing, sample);
        file.leaves.push(seeing.leaf);
    }
    formats.sort();
    file.format = formats.join("+");
    file.readable_share = share(read, looked);
    if file.refused_bytes > 0 {
        file.readable_share *= share(file.decoded_bytes, file.decoded_bytes + file.refused_bytes);
    }
}

/// Adds the tables or the text of a member.
fn describe(file: &mut EvidenceFile, seeing: &Seeing, sample: Sample) {
    let Seeing { leaf, names, decoded_bytes, scanned_bytes, .. } = seeing;
    let path = ForensicPath { members: leaf.members(), ..ForensicPath::file(&file.path) };
    let body = decoded_bytes.saturating_sub(leaf.start);
    let named = |names: &[String]| names.iter().cloned().map(Some).collect::<Vec<_>>();
    let (header, name) = (names.is_some(), member_name(&leaf.place, &file.path));
    let tables: Vec<(String, Vec<Option<String>>, u64, u32)> = match &leaf.layout {
        Layout::Delimited { dialect, table } => {
            let columns = names.as_ref().map_or_else(|| vec![None; dialect.columns], |names| named(names));
            vec![(name, columns, sample.rows_of(*table, body), *table)]
        }
        Layout::Json(json) => {
            vec![(name, named(&json.keys.columns), sample.rows_of(json.table, body), json.table)]
        }
        Layout::Columnar(columnar) => {
            let rows = columnar.groups.iter().map(|(rows, _)| rows).sum();
            vec![(name, named(&columnar.columns), rows, columnar.table)]
        }
        Layout::Sql(dump) => {
            let whole = if *scanned_bytes < body { body as f64 / *scanned_bytes as f64 } else { 1.0 };
            let table = |(index, table): (usize, &SqlTable)| {
                let rows = (table.rows as f64 * whole).round() as u64;
                (table.name.clone(), table.columns.clone(), rows, dump.first_table + index as u32)
            };
            dump.tables.tables.iter().enumerate().map(table).collect()
        }
        Layout::Text { member } => {
            let sample = TextBlock { member: *member, offset: leaf.start, bytes: sample.text };
            file.texts.push(TextHead { path, bytes_estimate: body, sample });
            return;
        }
    };
    let sql = matches!(leaf.layout, Layout::Sql(_));
    let header = header && !leaf.stated && matches!(leaf.layout, Layout::Delimited { .. });
    for (name, columns, rows_estimate, table) in tables {
        let sample = sample.rows(table, columns.len());
        let path = path.clone();
        file.tables.push(TableHead { path, name, named_in_address: sql, header, columns, rows_estimate, sample });
    }
}

/// The innermost name that is one: decoders have none.
fn member_name(place: &MemberPlace, path: &str) -> String {
    let decoder = |name: &&String| !place.kinds.contains(&name.as_str());
    let file = path.rsplit('/').next().unwrap_or(path);
    place.members.iter().rev().find(decoder).map_or_else(|| file.to_owned(), String::clone)
}
