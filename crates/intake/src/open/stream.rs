//! Every row and every stretch of text of a file, once: read by one thread, parsed and worked on by many, folded in the
//! order of the evidence.
//!
//! Enters: a surveyed file. Leaves: one call of `work` a block, on any thread, and one call of `fold` a block, on the
//! caller's. What `fold` sees does not depend on the number of threads. At most a few blocks a thread are in memory.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use vocab::progress::Progress;
use vocab::{ForensicPath, Problem, ProblemKind, SetAside};

use super::block::RowBlock;
use super::chunk::{Block, Chunk, Context, Parsed, produce};
use super::container::{Flow, Input, MemberPlace, Visitor, Walker};
use super::kept::Kept;
use super::leaf::{Layout, Leaf};
use super::limits::Limits;
use super::survey::{EvidenceFile, columnar_source};

/// Chunks a thread that may be on their way at a time.
const CHUNKS_A_THREAD: usize = 4;

/// Where a block stands in the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockPlace {
    /// Rows.
    Rows {
        /// Index into the file's tables.
        table: u32,
        /// Number of the row with ordinal 0 in the block, counted from 1 without the header: row `i` of the block has the
        /// number `first_row + ordinals[i]`.
        first_row: u64,
        /// Rows met in the block, read or set aside.
        rows_met: u32,
    },
    /// Text.
    Text {
        /// Index into the file's texts.
        member: u32,
        /// Offset in the decoded member.
        offset: u64,
    },
}

/// The balance of one table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableTotals {
    /// Rows met.
    pub rows_in: u64,
    /// Rows read.
    pub rows_parsed: u64,
    /// Rows set aside, by reason. `rows_in = rows_parsed + sum(set_aside)`.
    pub set_aside: Vec<SetAside>,
}

/// The balance of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamTotals {
    /// By table, in the file's order.
    pub tables: Vec<TableTotals>,
    /// Rows met, in all tables.
    pub rows_in: u64,
    /// Rows read.
    pub rows_parsed: u64,
    /// Rows set aside.
    pub rows_set_aside: u64,
    /// Why, over all tables.
    pub set_aside: Vec<SetAside>,
    /// Decoded bytes of all members.
    pub bytes_decoded: u64,
    /// Of them, bytes that became rows or text.
    pub bytes_read: u64,
    /// `bytes_read / bytes_decoded`, lowered by what a broken container is known to have lost.
    pub readable_share: f64,
    /// Characters put in for broken bytes.
    pub replaced: u64,
    /// Rows of tables, and values of columns, that the survey did not know (only after a quick survey, or over a limit).
    pub unplaced: u64,
    /// Problems met while reading that the survey had not met.
    pub problems: Vec<Problem>,
}

/// Reads a file once. Calls `work` for every block that holds rows or text, and `fold` with its results in evidence order.
/// Advances `progress` by bytes of the file on disk; starting and finishing it is the caller's.
pub fn stream<R: Send>(
    file: &EvidenceFile,
    limits: &Limits,
    threads: usize,
    progress: &dyn Progress,
    work: &(dyn Fn(Block) -> R + Sync),
    fold: &mut dyn FnMut(BlockPlace, R),
) -> StreamTotals {
    let mut balance = Balance::new(file);
    if file.leaves.is_empty() {
        return balance.close(file, Vec::new(), 0);
    }
    if threads <= 1 {
        let mut send = |leaf: usize, chunk: Chunk| {
            balance.take(digest(&file.leaves[leaf], chunk, limits, work), fold);
            Flow::Continue(())
        };
        let (problems, lost) = read(file, limits, progress, &mut send);
        return balance.close(file, problems, lost);
    }
    let (problems, lost) = in_parallel(file, limits, threads, progress, work, &mut |done| balance.take(done, fold));
    balance.close(file, problems, lost)
}

/// A chunk's results on their way to the fold.
struct Done<R> {
    blocks: Vec<(Account, Option<R>)>,
    bytes: u64,
    unread_bytes: u64,
    replaced: u64,
    unplaced: u64,
}

/// What the balance needs of a block after the work has consumed it.
enum Account {
    Rows { table: u32, met: u32, read: u32, aside: Vec<(u32, &'static str)> },
    Text { member: u32, offset: u64 },
}

type Outcome<R> = Result<Done<R>, Box<dyn Any + Send>>;

fn in_parallel<R: Send>(
    file: &EvidenceFile,
    limits: &Limits,
    threads: usize,
    progress: &dyn Progress,
    work: &(dyn Fn(Block) -> R + Sync),
    take: &mut dyn FnMut(Done<R>),
) -> (Vec<Problem>, u64) {
    let in_flight = threads * CHUNKS_A_THREAD;
    let (give_ticket, tickets) = bounded::<()>(in_flight);
    for _ in 0..in_flight {
        // The channel has room for exactly these.
        let _ = give_ticket.send(());
    }
    let (send_job, jobs) = bounded::<(u64, usize, Chunk)>(in_flight);
    let (send_done, done) = unbounded::<(u64, Outcome<R>)>();
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || {
            let mut number = 0;
            read(file, limits, progress, &mut |leaf, chunk| {
                let sent = tickets.recv().is_ok() && send_job.send((number, leaf, chunk)).is_ok();
                number += 1;
                if sent { Flow::Continue(()) } else { Flow::Break(()) }
            })
        });
        for _ in 0..threads {
            let (jobs, send_done): (Receiver<_>, Sender<_>) = (jobs.clone(), send_done.clone());
            scope.spawn(move || {
                for (number, leaf, chunk) in jobs {
                    let outcome = catch_unwind(AssertUnwindSafe(|| digest(&file.leaves[leaf], chunk, limits, work)));
                    if send_done.send((number, outcome)).is_err() {
                        break;
                    }
                }
            });
        }
        drop((jobs, send_done));
        let panicked = in_order(&done, &give_ticket, take);
        drop((done, give_ticket));
        let read = reader.join().unwrap_or_else(|panic| resume_unwind(panic));
        if let Some(panic) = panicked {
            resume_unwind(panic);
        }
        read
    })
}

/// Hands results on in the order of their chunks; returns the panic of a worker, if there was one.
fn in_order<R>(
    done: &Receiver<(u64, Outcome<R>)>,
    give_ticket: &Sender<()>,
    take: &mut dyn FnMut(Done<R>),
) -> Option<Box<dyn Any + Send>> {
    let mut waiting: BTreeMap<u64, Outcome<R>> = BTreeMap::new();
    let mut next = 0;
    for (number, outcome) in done {
        waiting.insert(number, outcome);
        while let Some(outcome) = waiting.remove(&next) {
            match outcome {
                Ok(done) => take(done),
                Err(panic) => return Some(panic),
            }
            next += 1;
            // The reader may have ended already; then nobody needs the ticket.
            let _ = give_ticket.try_send(());
        }
    }
    None
}

fn digest<R>(leaf: &Leaf, chunk: Chunk, limits: &Limits, work: &(dyn Fn(Block) -> R + Sync)) -> Done<R> {
    let bytes = chunk.bytes.len() as u64 + chunk.skipped_bytes;
    let mut blocks = Vec::new();
    let parsed = leaf.parse_each(chunk, limits, &mut |mut block| {
        let (account, worth) = account(&mut block);
        blocks.push((account, worth.then(|| work(block))));
    });
    let Parsed { replaced, unread_bytes, unplaced, .. } = parsed;
    Done { blocks, bytes, unread_bytes, replaced, unplaced }
}

fn account(block: &mut Block) -> (Account, bool) {
    match block {
        Block::Rows(rows) => {
            let RowBlock { table, rows_met, set_aside, .. } = rows;
            let (table, met, aside) = (*table, *rows_met, set_aside.clone());
            (Account::Rows { table, met, read: rows.rows() as u32, aside }, rows.rows() > 0)
        }
        Block::Text(text) => (Account::Text { member: text.member, offset: text.offset }, !text.bytes.is_empty()),
    }
}

/// Reads the file's known members and sends their chunks; returns new problems and the bytes known to be lost.
pub(super) fn read(
    file: &EvidenceFile,
    limits: &Limits,
    progress: &dyn Progress,
    send: &mut dyn FnMut(usize, Chunk) -> Flow,
) -> (Vec<Problem>, u64) {
    if let Some(kept) = &file.kept {
        return (Vec::new(), read_kept(file, kept, progress, send));
    }
    let mut visitor = Reading { file, limits, send, problems: Vec::new(), lost: file.refused_bytes };
    let walker = Walker::new(&file.disk_path, ForensicPath::file(&file.path), limits, progress);
    let _ = walker.walk(&mut visitor);
    (visitor.problems, visitor.lost)
}

/// Sends the chunks that the survey kept; returns the bytes known to be lost.
fn read_kept(
    file: &EvidenceFile,
    kept: &Kept,
    progress: &dyn Progress,
    send: &mut dyn FnMut(usize, Chunk) -> Flow,
) -> u64 {
    let all = kept.len() as u64;
    let mut sent = 0;
    let _ = kept.send(|leaf, chunk| {
        let read = |sent: u64| (u128::from(file.bytes) * u128::from(sent) / u128::from(all)) as u64;
        sent += 1;
        progress.advance(read(sent) - read(sent - 1));
        send(leaf, chunk)
    });
    file.refused_bytes + kept.lost
}

struct Reading<'a> {
    file: &'a EvidenceFile,
    limits: &'a Limits,
    send: &'a mut dyn FnMut(usize, Chunk) -> Flow,
    problems: Vec<Problem>,
    lost: u64,
}

impl Visitor for Reading<'_> {
    fn wants(&mut self, members: &[String]) -> bool {
        self.file.leaves.iter().any(|leaf| leaf.place.members.starts_with(members))
    }

    fn leaf(&mut self, place: &MemberPlace, input: &mut Input<'_>) -> Flow {
        let found = self.file.leaves.iter().position(|leaf| leaf.place.members == place.members);
        let Some(index) = found else { return Flow::Continue(()) };
        let leaf = &self.file.leaves[index];
        if let Layout::Columnar(columnar) = &leaf.layout {
            let Ok(source) = columnar_source(input, self.limits) else { return Flow::Continue(()) };
            return columnar.chunks(&source).into_iter().try_for_each(|chunk| (self.send)(index, chunk));
        }
        let mut end = 0;
        let send = &mut self.send;
        let mut emit = |chunk: Chunk| {
            end = chunk.offset + chunk.bytes.len() as u64 + chunk.skipped_bytes;
            send(index, chunk)
        };
        let mut cutter = leaf.cutter(&Context::Plain, false, self.limits);
        let flow = produce(&mut *leaf.reader(input), leaf.start, &mut *cutter, self.limits, &mut emit);
        if leaf.recoded.is_none() {
            self.lost += place.declared_bytes.unwrap_or(0).saturating_sub(end.max(leaf.start));
        }
        flow
    }

    fn problem(&mut self, problem: Problem) {
        if !self.file.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

/// Adds up what became of every row and byte.
struct Balance {
    tables: Vec<(u64, u64, BTreeMap<&'static str, u64>)>,
    bytes: u64,
    unread: u64,
    replaced: u64,
    unplaced: u64,
}

impl Balance {
    fn new(file: &EvidenceFile) -> Self {
        let tables = file.tables.iter().map(|_| Default::default()).collect();
        Balance { tables, bytes: 0, unread: 0, replaced: 0, unplaced: 0 }
    }

    fn take<R>(&mut self, done: Done<R>, fold: &mut dyn FnMut(BlockPlace, R)) {
        self.bytes += done.bytes;
        self.unread += done.unread_bytes;
        self.replaced += done.replaced;
        self.unplaced += done.unplaced;
        for (account, result) in done.blocks {
            let place = match account {
                Account::Rows { table, met, read, aside } => {
                    let (rows_in, rows_parsed, reasons) = &mut self.tables[table as usize];
                    let first_row = *rows_in + 1;
                    assert_eq!(met as usize, read as usize + aside.len(), "a block's rows balance");
                    *rows_in += u64::from(met);
                    *rows_parsed += u64::from(read);
                    for (_, reason) in aside {
                        *reasons.entry(reason).or_default() += 1;
                    }
                    BlockPlace::Rows { table, first_row, rows_met: met }
                }
                Account::Text { member, offset } => BlockPlace::Text { member, offset },
            };
            if let Some(result) = result {
                fold(place, result);
            }
        }
    }

    fn close(self, file: &EvidenceFile, mut problems: Vec<Problem>, lost: u64) -> StreamTotals {
        let mut reasons: BTreeMap<&'static str, u64> = BTreeMap::new();
        let mut totals = StreamTotals::default();
        for (rows_in, rows_parsed, table_reasons) in self.tables {
            totals.rows_in += rows_in;
            totals.rows_parsed += rows_parsed;
            for (reason, rows) in &table_reasons {
                *reasons.entry(reason).or_default() += rows;
            }
            totals.tables.push(TableTotals { rows_in, rows_parsed, set_aside: set_aside(&table_reasons) });
        }
        totals.rows_set_aside = totals.rows_in - totals.rows_parsed;
        totals.set_aside = set_aside(&reasons);
        let before_rows: u64 = file.leaves.iter().map(|leaf| leaf.start).sum();
        totals.bytes_decoded = self.bytes + before_rows;
        totals.bytes_read = totals.bytes_decoded - self.unread;
        totals.readable_share = share(totals.bytes_read, totals.bytes_decoded + lost);
        totals.replaced = self.replaced;
        totals.unplaced = self.unplaced;
        if self.replaced > 0 {
            let cause = format!("{} places are no text in the member's encoding; each became U+FFFD", self.replaced);
            let hint = "values there may be damaged; ask for the original export".to_owned();
            problems.push(Problem {
                kind: ProblemKind::BadEncoding,
                path: ForensicPath::file(&file.path).to_string(),
                cause,
                hint,
            });
        }
        totals.problems = problems;
        totals
    }
}

fn set_aside(reasons: &BTreeMap<&'static str, u64>) -> Vec<SetAside> {
    reasons.iter().map(|(reason, rows)| SetAside { reason: (*reason).to_owned(), rows: *rows }).collect()
}

/// Returns `part / whole`, 0 of nothing being 0.
pub(super) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
