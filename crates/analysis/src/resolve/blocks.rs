//! Rows that share a value: radix-partitioned, sorted within partitions, the same for any number of threads.
//!
//! Enters: rows and the hash of a value for each. Leaves: the sorted entries of a partition, handed to whoever wants them, or
//! [`Blocks`] of two or more rows. Never: more than a fixed number of entries in memory at a time (more rows take more
//! rounds, each over its share of the hashes); a block of one.
//!
//! An entry is one number of 64 bits: as much of the hash as there is room for, and the row. Two values may therefore meet
//! in one run, which costs a comparison; long runs, whose length decides something, are checked by the whole hash.

use vocab::{Records, parallel};

use super::Options;
use super::keys::Key;

/// Entries a partition should have: it then sorts within the second-level cache.
const PARTITION_ENTRIES: usize = 32_768;
/// Most partitions: the ends of more of them, each written to in no order, do not stay in the caches.
const MOST_PARTITIONS: usize = 4_096;
/// Most rows sorted at a time: a gigabyte of entries. More rows take more rounds, and every round reads all rows once more.
pub(crate) const ROWS_AT_ONCE: usize = 1 << 27;
/// Rows from which a run is checked by the whole hash.
const CHECKED_FROM: usize = 4;
/// Rows whose records are fetched at a time.
const AHEAD: usize = 128;
/// Slices of the rows for each thread, so that a thread that is held up does not hold up the others.
const SLICES_A_THREAD: usize = 2;

/// Brings together rows of equal value. Keeps its buffers from one value to the next.
pub(crate) struct Sorter {
    threads: usize,
    rows_at_once: usize,
    /// Entries by slice of the rows and by partition.
    emitted: Vec<Vec<Vec<u64>>>,
}

/// The entries of one partition, in rising order of value, then of row.
pub(crate) struct Sorted<'a> {
    entries: &'a [u64],
    row_bits: u32,
}

impl Sorted<'_> {
    /// Returns the number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.entries.len()
    }

    /// Iterates over the runs of what seems one value, as entries; [`Sorted::row`] has the row of an entry.
    fn runs(&self) -> impl Iterator<Item = &[u64]> {
        self.entries.chunk_by(|a, b| a >> self.row_bits == b >> self.row_bits)
    }

    fn row(&self, entry: u64) -> u32 {
        (entry & ((1 << self.row_bits) - 1)) as u32
    }

    /// Calls `each` with the rows of every run of two or more, checked by the whole hash where they are many. The records of
    /// runs of `fetched_from` rows and more are in the cache by then.
    fn each_block(
        &self,
        records: &Records,
        fetched_from: usize,
        hash: &dyn Fn(u32) -> Option<u64>,
        each: &mut dyn FnMut(&[u32]),
    ) {
        let mut check = |rows: &[u32]| each_checked(rows, hash, each);
        let mut ahead = Ahead::new(records);
        let mut rows: Vec<u32> = Vec::new();
        for run in self.runs().filter(|run| run.len() > 1) {
            rows.clear();
            rows.extend(run.iter().map(|entry| self.row(*entry)));
            match rows.len() < fetched_from {
                true => check(&rows),
                false => ahead.take(&rows, &mut check),
            }
        }
        ahead.hand_on(&mut check);
    }

    /// Calls `each` with the rows of every value that two or more rows share, and for every other row alone.
    pub(crate) fn each_value(&self, hash: &dyn Fn(u32) -> Option<u64>, each: &mut dyn FnMut(&[u32])) {
        for run in self.runs() {
            let mut met: Vec<(Option<u64>, u32)> = Vec::new();
            match run {
                [entry] => each(&[self.row(*entry)]),
                _ => met.extend(run.iter().map(|entry| (hash(self.row(*entry)), self.row(*entry)))),
            }
            met.sort_unstable();
            for value in met.chunk_by(|a, b| a.0 == b.0) {
                let rows: Vec<u32> = value.iter().map(|(_, row)| *row).collect();
                each(&rows);
            }
        }
    }

    /// Calls `each` with the rows of every block of a key, their records in the cache. Two values may meet in a block of few
    /// rows.
    pub(crate) fn each_block_of(&self, records: &Records, key: Key, each: &mut dyn FnMut(&[u32])) {
        self.each_block(records, 2, &|row| key.hash(records, row as usize), each);
    }
}

impl Sorter {
    /// Prepares to hold so many rows at a time as the options say, as far as the values are spread evenly.
    pub(crate) fn new(options: &Options) -> Self {
        Sorter { threads: options.threads.max(1), rows_at_once: options.rows_at_once.max(1), emitted: Vec::new() }
    }

    /// Prepares to sort on this thread alone.
    pub(crate) fn alone() -> Self {
        Sorter { threads: 1, rows_at_once: ROWS_AT_ONCE, emitted: Vec::new() }
    }

    /// Sorts rows by the hash of a value, in partitions. `work` sees every partition once, on any thread, with a state of
    /// its thread; the states are returned. What they hold together does not depend on the number of threads.
    pub(crate) fn sort<S: Send>(
        &mut self,
        rows: &[u32],
        hash: &(dyn Fn(u32) -> Option<u64> + Sync),
        new: &(dyn Fn() -> S + Sync),
        work: &(dyn Fn(&mut S, usize, Sorted) + Sync),
    ) -> Vec<S> {
        let rounds = rows.len().div_ceil(self.rows_at_once).next_power_of_two();
        let partitions =
            (rows.len() / PARTITION_ENTRIES).next_power_of_two().clamp(rounds, MOST_PARTITIONS.max(rounds));
        let shape = Shape::of(rows, partitions);
        let mut states = Vec::new();
        for round in 0..rounds {
            let share = partitions / rounds;
            self.emit(rows, &shape, round * share..(round + 1) * share, hash);
            let emitted = &self.emitted;
            states.extend(parallel::fold(share, self.threads, new, |state, partition| {
                let mut entries: Vec<u64> =
                    Vec::with_capacity(emitted.iter().map(|parts| parts[partition].len()).sum());
                emitted.iter().for_each(|parts| entries.extend_from_slice(&parts[partition]));
                entries.sort_unstable();
                work(state, round * share + partition, Sorted { entries: &entries, row_bits: shape.row_bits });
            }));
        }
        states
    }

    /// Distributes the entries of some partitions, slice by slice of the rows.
    fn emit(
        &mut self,
        rows: &[u32],
        shape: &Shape,
        wanted: std::ops::Range<usize>,
        hash: &(dyn Fn(u32) -> Option<u64> + Sync),
    ) {
        let slice = rows.len().div_ceil(self.threads * SLICES_A_THREAD).max(1);
        self.emitted.resize_with(rows.len().div_ceil(slice), Vec::new);
        let slices: Vec<_> = self.emitted.iter_mut().map(std::sync::Mutex::new).collect();
        parallel::fold(
            slices.len(),
            self.threads,
            || (),
            |(), index| {
                // Every slice is taken once; a poisoned lock would mean that its thread has panicked already.
                let mut parts = slices[index].lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                parts.iter_mut().for_each(Vec::clear);
                parts.resize_with(wanted.len(), Vec::new);
                let end = rows.len().min((index + 1) * slice);
                for &row in &rows[index * slice..end] {
                    let Some(hash) = hash(row) else { continue };
                    let partition = shape.partition(hash);
                    if let Some(part) = partition.checked_sub(wanted.start).and_then(|place| parts.get_mut(place)) {
                        part.push(shape.entry(hash, row));
                    }
                }
            },
        );
    }

    /// Brings together the rows that share a key, and looks at each block with `look` on the way.
    pub(crate) fn blocks<T: Send>(
        &mut self,
        records: &Records,
        key: Key,
        rows: &[u32],
        wanted: &(dyn Fn(u32) -> bool + Sync),
        look: &(dyn Fn(&[u32], &mut Vec<T>) + Sync),
    ) -> (Blocks, Vec<T>) {
        let hash = |row: u32| if wanted(row) { key.hash(records, row as usize) } else { None };
        let new = || (Lot::default(), Vec::new());
        let found = self.sort(rows, &hash, &new, &|(lot, seen_here), partition, sorted| {
            let (first_row, first_end) = (lot.rows.len(), lot.ends.len());
            let mut seen = Vec::new();
            let hash = |row: u32| key.hash(records, row as usize);
            sorted.each_block(records, CHECKED_FROM, &hash, &mut |block| {
                look(block, &mut seen);
                lot.rows.extend_from_slice(block);
                lot.ends.push(lot.rows.len() as u32);
            });
            let part = Part { lot: 0, first_row, ends: first_end..lot.ends.len() };
            seen_here.push((partition, part, seen, sorted.rows() as u64));
        });
        let (mut blocks, mut parts) = (Blocks::default(), Vec::new());
        for (at, (mut lot, here)) in found.into_iter().enumerate() {
            lot.rows.shrink_to_fit();
            lot.ends.shrink_to_fit();
            blocks.lots.push(lot);
            parts.extend(here.into_iter().map(|(partition, part, seen, rows)| {
                let part = Part { lot: at, ..part };
                (partition, part, seen, rows)
            }));
        }
        parts.sort_unstable_by_key(|(partition, ..)| *partition);
        let mut seen = Vec::new();
        for (_, part, here, rows) in parts {
            blocks.parts.push(part);
            blocks.rows_with_key += rows;
            seen.extend(here);
        }
        (blocks, seen)
    }
}

/// How hashes are shared out.
struct Shape {
    partition_bits: u32,
    row_bits: u32,
}

impl Shape {
    fn of(rows: &[u32], partitions: usize) -> Self {
        let last = rows.iter().copied().max().unwrap_or(0);
        Shape { partition_bits: partitions.trailing_zeros(), row_bits: (u32::BITS - last.leading_zeros()).max(1) }
    }

    fn partition(&self, hash: u64) -> usize {
        hash.checked_shr(u64::BITS - self.partition_bits).unwrap_or(0) as usize
    }

    /// The bits of the hash that the partition does not tell, as many as there is room for, and the row.
    fn entry(&self, hash: u64, row: u32) -> u64 {
        (hash << self.partition_bits) >> self.row_bits << self.row_bits | u64::from(row)
    }
}

/// Rows that share a key, block after block, each block in rising order of rows.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    /// What each thread found: few large tables, which may lie anywhere.
    lots: Vec<Lot>,
    /// Partitions in their order, whichever thread worked through them.
    parts: Vec<Part>,
    /// Rows that have the key at all.
    pub(crate) rows_with_key: u64,
}

/// Blocks as one thread found them: their rows, and where each ends among these.
#[derive(Debug, Default)]
struct Lot {
    rows: Vec<u32>,
    ends: Vec<u32>,
}

/// The blocks of one partition, within a lot.
#[derive(Debug)]
struct Part {
    lot: usize,
    first_row: usize,
    ends: std::ops::Range<usize>,
}

impl Blocks {
    /// Returns the number of parts, each of which one thread works through.
    pub(crate) fn parts(&self) -> usize {
        self.parts.len()
    }

    /// Iterates over the blocks of a part.
    pub(crate) fn part(&self, index: usize) -> impl Iterator<Item = &[u32]> {
        let part = &self.parts[index];
        let lot = &self.lots[part.lot];
        let ends = lot.ends[part.ends.clone()].iter().map(|end| *end as usize);
        let starts = std::iter::once(part.first_row).chain(ends.clone());
        starts.zip(ends).map(|(start, end)| &lot.rows[start..end])
    }

    fn iter(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.parts.len()).flat_map(|index| self.part(index))
    }

    /// Returns the number of blocks.
    pub(crate) fn len(&self) -> usize {
        self.lots.iter().map(|lot| lot.ends.len()).sum()
    }

    /// Counts the pairs of rows that share a block.
    pub(crate) fn pairs(&self) -> u64 {
        self.iter().map(|block| block.len() as u64).map(|size| size * (size - 1) / 2).sum()
    }
}

/// Calls `each` with the rows of a run; a long one may be of several values, which the whole hash tells apart.
fn each_checked(run: &[u32], hash: &dyn Fn(u32) -> Option<u64>, each: &mut dyn FnMut(&[u32])) {
    let all_as_first = || run[1..].iter().all(|row| hash(*row) == hash(run[0]));
    if run.len() < CHECKED_FROM || all_as_first() {
        return each(run);
    }
    let mut met: Vec<(Option<u64>, u32)> = run.iter().map(|row| (hash(*row), *row)).collect();
    met.sort_unstable();
    for block in met.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() > 1) {
        let rows: Vec<u32> = block.iter().map(|(_, row)| *row).collect();
        each(&rows);
    }
}

/// Blocks that wait until the records of their rows are in the cache.
pub(crate) struct Ahead<'a> {
    records: &'a Records,
    rows: Vec<u32>,
    ends: Vec<usize>,
}

impl<'a> Ahead<'a> {
    pub(crate) fn new(records: &'a Records) -> Self {
        Ahead { records, rows: Vec::new(), ends: Vec::new() }
    }

    /// Takes a block; hands on all that wait once they are many.
    pub(crate) fn take(&mut self, block: &[u32], work: &mut dyn FnMut(&[u32])) {
        self.rows.extend_from_slice(block);
        self.ends.push(self.rows.len());
        if self.rows.len() >= AHEAD {
            self.hand_on(work);
        }
    }

    pub(crate) fn hand_on(&mut self, work: &mut dyn FnMut(&[u32])) {
        fetch(self.records, &self.rows);
        let mut start = 0;
        for end in self.ends.drain(..) {
            work(&self.rows[start..end]);
            start = end;
        }
        self.rows.clear();
    }
}

/// Brings the records of rows into the cache. The records of a large case lie anywhere in memory: one after the other, each is
/// waited for; asked for together, they are waited for once.
pub(crate) fn fetch(records: &Records, rows: &[u32]) {
    let lines = rows.iter().map(|row| *row as usize).map(|row| {
        // A record may lie in two lines of the cache: its first field and its last are asked for.
        let record = &records.records[row];
        record.email ^ u64::from(record.suffix) ^ records.facts.account(row)
    });
    std::hint::black_box(lines.fold(0, |seen, line| seen ^ line));
}

/// Sorts on several threads: pieces are sorted apart and merged. `rank` must be a total order, so that the result does
/// not depend on the number of pieces.
pub(crate) fn sort_in_parallel<T: Copy + Send + Sync>(
    items: &mut [T],
    threads: usize,
    rank: &(dyn Fn(&T, &T) -> std::cmp::Ordering + Sync),
) {
    let threads = threads.clamp(1, 16);
    let piece = items.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        for part in items.chunks_mut(piece) {
            scope.spawn(move || part.sort_unstable_by(rank));
        }
    });
    if threads > 1 {
        // The standard stable sort finds the sorted pieces as runs and only merges them.
        items.sort_by(rank);
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;
    use vocab::{Record, RowFact};

    use super::*;

    fn sorter(threads: usize) -> Sorter {
        Sorter::new(&Options::new(threads, Date::default()))
    }

    fn telephones(rows: u64, numbers: u64) -> Records {
        let mut records = Records::default();
        for row in 0..rows {
            records.push(Record { phone: 1 + row * 7919 % numbers, ..Record::default() }, RowFact::default());
        }
        records
    }

    fn blocks_of(records: &Records, mut sorter: Sorter) -> Blocks {
        let rows: Vec<u32> = (0..records.len() as u32).collect();
        sorter.blocks(records, Key::Phone, &rows, &|_| true, &|_, _: &mut Vec<()>| {}).0
    }

    #[test]
    fn blocks_do_not_depend_on_threads() {
        let records = telephones(100_000, 60_000);
        let one = blocks_of(&records, sorter(1));
        assert_eq!(one.rows_with_key, 100_000);
        assert_eq!((one.len(), one.pairs()), (40_000, 40_000));
        assert!(one.iter().all(|block| block.is_sorted() && block.len() == 2));
        for threads in [2, 3, 8] {
            let other = blocks_of(&records, sorter(threads));
            assert!(other.iter().eq(one.iter()), "{threads} threads");
            assert_eq!(other.rows_with_key, one.rows_with_key);
        }
    }

    #[test]
    fn little_room_takes_more_rounds_and_changes_no_block() {
        let records = telephones(20_000, 3_000);
        let sorted = |blocks: &Blocks| {
            let mut blocks: Vec<Vec<u32>> = blocks.iter().map(<[u32]>::to_vec).collect();
            blocks.sort();
            blocks
        };
        let all = sorted(&blocks_of(&records, sorter(2)));
        assert_eq!(all.len(), 3_000);
        for room in [100, 7_000] {
            let blocks = blocks_of(&records, Sorter { rows_at_once: room, ..sorter(2) });
            assert!(blocks.parts() >= 20_000 / room, "{room}: {}", blocks.parts());
            assert_eq!(sorted(&blocks), all, "{room}");
        }
    }

    #[test]
    fn values_whose_hashes_begin_alike_are_told_apart() {
        let sorted = Sorted { entries: &[0, 1, 2, 3, 4, 5], row_bits: 3 };
        let hash = |row: u32| Some(u64::from(row % 2));
        let mut blocks = Vec::new();
        let records = telephones(8, 8);
        sorted.each_block(&records, 2, &hash, &mut |block| blocks.push(block.to_vec()));
        assert_eq!(blocks, [[0, 2, 4], [1, 3, 5]]);
        let mut values = Vec::new();
        Sorted { entries: &[0, 1, 2, 8], row_bits: 3 }.each_value(&hash, &mut |rows| values.push(rows.to_vec()));
        assert_eq!(values, [vec![0, 2], vec![1], vec![0]]);
    }
}
