//! Rows that share a key, as blocks: radix-partitioned, sorted within partitions, the same for any number of threads.
//!
//! Enters: rows and a kind of key. Leaves: [`Blocks`] of two or more rows. Never: a block of one.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use vocab::Records;

use super::keys::Key;

/// Entries a partition should have: it then sorts within the second-level cache.
const PARTITION_ENTRIES: usize = 16_384;
/// Largest number of partitions.
const MOST_PARTITIONS: usize = 4_096;

/// Rows that share a key, block after block, each block in rising order of rows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Blocks {
    pub(crate) rows: Vec<u32>,
    ends: Vec<u32>,
    /// Rows that have the key at all.
    pub(crate) rows_with_key: u64,
}

impl Blocks {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn get(&self, index: usize) -> &[u32] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.rows[start as usize..self.ends[index] as usize]
    }

    /// Counts the pairs of rows that share a block.
    pub(crate) fn pairs(&self) -> u64 {
        let sizes = (0..self.len()).map(|index| self.get(index).len() as u64);
        sizes.map(|size| size * (size - 1) / 2).sum()
    }

    fn append(&mut self, other: &Blocks) {
        let shift = self.rows.len() as u32;
        self.rows.extend_from_slice(&other.rows);
        self.ends.extend(other.ends.iter().map(|end| end + shift));
        self.rows_with_key += other.rows_with_key;
    }
}

/// Brings together the rows that share a key. `wanted` leaves out rows for which the key could not decide anything.
pub(crate) fn blocks(
    records: &Records,
    key: Key,
    rows: &[u32],
    threads: usize,
    wanted: &(dyn Fn(u32) -> bool + Sync),
) -> Blocks {
    let partitions = (rows.len() / PARTITION_ENTRIES).next_power_of_two().clamp(1, MOST_PARTITIONS);
    let shift = 64 - partitions.trailing_zeros();
    let emit = |rows: &[u32]| {
        let mut parts: Vec<Vec<(u64, u32)>> = vec![Vec::new(); partitions];
        for &row in rows.iter().filter(|row| wanted(**row)) {
            if let Some(hash) = key.hash(records, row as usize) {
                parts[hash.checked_shr(shift).unwrap_or(0) as usize].push((hash, row));
            }
        }
        parts
    };
    let slice = rows.len().div_ceil(threads.max(1)).max(1);
    let slices: Vec<&[u32]> = rows.chunks(slice).collect();
    let emitted = in_parallel(slices.len(), threads, &|index| emit(slices[index]));
    let sorted = in_parallel(partitions, threads, &|partition| {
        let mut entries: Vec<(u64, u32)> = emitted.iter().flat_map(|parts| parts[partition].iter().copied()).collect();
        entries.sort_unstable();
        runs(&entries)
    });
    let mut all = Blocks::default();
    sorted.iter().for_each(|part| all.append(part));
    all
}

fn runs(entries: &[(u64, u32)]) -> Blocks {
    let mut blocks = Blocks { rows_with_key: entries.len() as u64, ..Blocks::default() };
    for run in entries.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
        blocks.rows.extend(run.iter().map(|entry| entry.1));
        blocks.ends.push(blocks.rows.len() as u32);
    }
    blocks
}

/// Does `tasks` pieces of work on `threads` threads and returns the results in order of the pieces.
///
/// # Panics
/// If a piece of work panics.
pub(crate) fn in_parallel<T: Send>(tasks: usize, threads: usize, work: &(dyn Fn(usize) -> T + Sync)) -> Vec<T> {
    if threads <= 1 || tasks <= 1 {
        return (0..tasks).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::with_capacity(tasks));
    std::thread::scope(|scope| {
        for _ in 0..threads.min(tasks) {
            scope.spawn(|| {
                loop {
                    let task = next.fetch_add(1, Ordering::Relaxed);
                    if task >= tasks {
                        return;
                    }
                    let result = work(task);
                    // A poisoned lock means that another piece panicked, which ends the scope with that panic.
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((task, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(task, _)| *task);
    done.into_iter().map(|(_, result)| result).collect()
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
    use vocab::{Record, RowFact};

    use super::*;

    #[test]
    fn blocks_do_not_depend_on_threads() {
        let mut records = Records::default();
        for row in 0..100_000u64 {
            records.push(Record { phone: 1 + row * 7919 % 60_000, ..Record::default() }, RowFact::default());
        }
        let rows: Vec<u32> = (0..100_000).collect();
        let one = blocks(&records, Key::Phone, &rows, 1, &|_| true);
        assert_eq!(one.rows_with_key, 100_000);
        assert_eq!(one.len(), 40_000);
        assert!((0..one.len()).all(|index| one.get(index).is_sorted() && one.get(index).len() == 2));
        for threads in [2, 3, 8] {
            assert_eq!(blocks(&records, Key::Phone, &rows, threads, &|_| true), one);
        }
    }
}
