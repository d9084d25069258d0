//! Chunks that the survey decoded and the next reading would decode again: kept where they are few.
//!
//! Enters: the chunks of members that lie inside a container. Leaves: the same chunks, for any number of readings. Never:
//! more bytes than `Limits::kept_bytes` over all files of a survey; a file is kept whole or not at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::chunk::Chunk;
use super::container::Flow;

/// What is left of the bytes that a survey may keep, for all its files together.
pub(super) struct Allowance(AtomicUsize);

impl Allowance {
    /// Allows so many bytes.
    pub(super) fn of(bytes: usize) -> Self {
        Allowance(AtomicUsize::new(bytes))
    }

    fn take(&self, bytes: usize) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).is_ok()
    }

    fn give_back(&self, bytes: usize) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// The chunks of a file, while they are collected.
pub(super) struct Keeping<'a> {
    allowance: &'a Allowance,
    chunks: Option<Vec<(usize, Chunk)>>,
    bytes: usize,
    lost: u64,
}

impl<'a> Keeping<'a> {
    /// Keeps chunks as long as the allowance lasts.
    pub(super) fn new(allowance: &'a Allowance) -> Self {
        Keeping { allowance, chunks: Some(Vec::new()), bytes: 0, lost: 0 }
    }

    /// Keeps the next chunk of the file, which belongs to this leaf; gives all up if the allowance is spent.
    pub(super) fn keep(&mut self, leaf: usize, chunk: Chunk) {
        // A chunk's memory counts, however little of it is used.
        let bytes = chunk.bytes.capacity();
        match &mut self.chunks {
            Some(chunks) if self.allowance.take(bytes) => {
                chunks.push((leaf, chunk));
                self.bytes += bytes;
            }
            _ => self.give_up(),
        }
    }

    /// Counts bytes of a member that its container states and does not hold.
    pub(super) fn lose(&mut self, bytes: u64) {
        self.lost += bytes;
    }

    /// Keeps nothing of this file.
    pub(super) fn give_up(&mut self) {
        self.chunks = None;
        self.allowance.give_back(std::mem::take(&mut self.bytes));
    }

    /// Returns what was kept, `None` if not all of it was.
    pub(super) fn done(mut self) -> Option<Kept> {
        let chunks = self.chunks.take().filter(|chunks| !chunks.is_empty())?;
        Some(Kept { chunks: chunks.into(), lost: self.lost })
    }
}

/// All chunks of a file, with the leaf each belongs to, in the order of the evidence.
#[derive(Clone)]
pub(super) struct Kept {
    chunks: Arc<[(usize, Chunk)]>,
    /// Bytes known to be lost.
    pub(super) lost: u64,
}

impl std::fmt::Debug for Kept {
    /// Says how much is kept and nothing of it: a file's description may stand in a message.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} chunks", self.len())
    }
}

impl Kept {
    /// Sends the chunks as a reading of the file would.
    pub(super) fn send(&self, mut send: impl FnMut(usize, Chunk) -> Flow) -> Flow {
        self.chunks.iter().try_for_each(|(leaf, chunk)| send(*leaf, chunk.clone()))
    }

    /// Returns the number of chunks.
    pub(super) fn len(&self) -> usize {
        self.chunks.len()
    }
}
