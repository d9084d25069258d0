//! Detection through its public face, on tables made here: nothing of the simulator is known or used.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod columns;
mod detectors;
mod numbers;
mod pass_rates;
mod profiles;
mod second;
mod speed;
mod strangers;
mod texts;

use std::sync::LazyLock;

use intake::detect::Identifiers;
use rulebook::Rulebook;

static IDS: LazyLock<Identifiers> = LazyLock::new(|| Identifiers::load(&Rulebook::embedded()).unwrap());

/// A small generator of numbers (xorshift64*), so that tests need no other crate's randomness.
pub(super) struct Numbers(u64);

impl Numbers {
    pub(super) fn new(seed: u64) -> Self {
        Numbers(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11
    }

    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub(super) fn within(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    pub(super) fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len() as u64) as usize]
    }

    pub(super) fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }
}
