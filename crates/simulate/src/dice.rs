//! Chance that can be replayed: every throw follows from the seed, what it is for, and the index of the person.
//!
//! Any person can be made at any time, on any thread, without making those before: files are written one after another
//! and nobody is kept in memory.

/// What throws are for. Two streams with the same index never see the same numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub(crate) enum Stream {
    Block = 1,
    Ssn = 2,
    Address = 3,
    Line = 4,
    Row = 5,
    Borrowed = 6,
    Scenario = 7,
    Licence = 8,
    Dirt = 9,
}

/// A source of chance (splitmix64: Steele, Lea, Flood 2014, public domain).
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Scatters the bits of a number; a bijection on 64 bits.
pub(crate) const fn scatter(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

impl Dice {
    pub(crate) fn new(seed: u64, stream: Stream, index: u64) -> Self {
        let lane = scatter(seed.wrapping_add(GOLDEN)) ^ (stream as u64).wrapping_mul(0xd6e8_feb8_6659_fd93);
        Dice(scatter(lane.wrapping_add(index.wrapping_mul(GOLDEN))))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        scatter(self.0)
    }

    /// A number from 0 up to but without `count`.
    pub(crate) fn below(&mut self, count: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(count)) >> 64) as u64
    }

    /// A number from `first` to `last`, both included.
    pub(crate) fn between(&mut self, first: i32, last: i32) -> i32 {
        first + self.below((i64::from(last) - i64::from(first) + 1) as u64) as i32
    }

    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.share() < share
    }

    /// A number from 0 up to but without 1.
    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len() as u64) as usize]
    }

    /// Days until the next event of a process with `per_year` events a year.
    pub(crate) fn wait_days(&mut self, per_year: f64) -> f64 {
        -(1.0 - self.share()).ln() / per_year * 365.25
    }
}

/// Draws an index by weight in constant time (Walker's alias method, in Vose's form).
#[derive(Clone, Debug)]
pub(crate) struct Urn {
    /// Threshold in 2^32 parts, and where to go above it.
    slots: Vec<(u32, u32)>,
}

impl Urn {
    /// An urn over weights; an empty or all-zero list gives an urn that always draws 0.
    pub(crate) fn new(weights: impl IntoIterator<Item = u64>) -> Self {
        let weights: Vec<u64> = weights.into_iter().collect();
        let total: u64 = weights.iter().sum();
        if total == 0 {
            return Urn { slots: vec![(u32::MAX, 0)] };
        }
        let count = weights.len() as f64;
        let mut scaled: Vec<f64> = weights.iter().map(|weight| *weight as f64 * count / total as f64).collect();
        let mut slots: Vec<(u32, u32)> = (0..weights.len()).map(|index| (u32::MAX, index as u32)).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..weights.len()).partition(|at| scaled[*at] < 1.0);
        while let (Some(low), Some(high)) = (small.pop(), large.last().copied()) {
            slots[low] = ((scaled[low] * 4_294_967_296.0).min(4_294_967_295.0) as u32, high as u32);
            scaled[high] -= 1.0 - scaled[low];
            if scaled[high] < 1.0 {
                large.pop();
                small.push(high);
            }
        }
        Urn { slots }
    }

    pub(crate) fn draw(&self, dice: &mut Dice) -> usize {
        let throw = dice.next();
        let slot = (((throw >> 32) * self.slots.len() as u64) >> 32) as usize;
        let (threshold, other) = self.slots[slot];
        if throw as u32 <= threshold { slot } else { other as usize }
    }
}

/// Sends `index` to another number below `size`, no two to the same (a Feistel network, walked until it lands inside).
/// Numbers at or above `size` start anew with another order, so that reuse is spread.
pub(crate) fn rearrange(index: u64, size: u64, key: u64) -> u64 {
    let (lap, mut number) = (index / size, index % size);
    let half = (64 - (size.max(4) - 1).leading_zeros()).div_ceil(2);
    let mask = (1u64 << half) - 1;
    let key = scatter(key ^ lap.wrapping_mul(GOLDEN));
    loop {
        let (mut left, mut right) = (number >> half, number & mask);
        for round in 0..4u64 {
            let mixed = scatter(right ^ key.wrapping_add(round.wrapping_mul(GOLDEN))) & mask;
            (left, right) = (right, left ^ mixed);
        }
        number = left << half | right;
        if number < size {
            return number;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rearranging_is_one_to_one() {
        for size in [1, 2, 7, 1000, 9_999] {
            let mut seen = vec![false; size as usize];
            for index in 0..size {
                let at = rearrange(index, size, 42) as usize;
                assert!(!std::mem::replace(&mut seen[at], true), "{size}: {at} twice");
            }
        }
        assert_ne!(rearrange(5, 1000, 1), rearrange(1005, 1000, 1), "the next lap has another order");
    }

    #[test]
    fn an_urn_keeps_the_weights() {
        let urn = Urn::new([1, 0, 7, 2]);
        let mut dice = Dice::new(1, Stream::Block, 0);
        let mut drawn = [0u32; 4];
        for _ in 0..100_000 {
            drawn[urn.draw(&mut dice)] += 1;
        }
        assert_eq!(drawn[1], 0);
        for (got, wanted) in [(drawn[0], 10_000.0), (drawn[2], 70_000.0), (drawn[3], 20_000.0)] {
            // Five standard deviations of a binomial with 100,000 throws are below 750.
            assert!((f64::from(got) - wanted).abs() < 750.0, "{drawn:?}");
        }
    }

    #[test]
    fn streams_differ() {
        let throw = |seed, stream, index| Dice::new(seed, stream, index).next();
        assert_eq!(throw(1, Stream::Block, 7), throw(1, Stream::Block, 7));
        assert_ne!(throw(1, Stream::Block, 7), throw(1, Stream::Ssn, 7));
        assert_ne!(throw(1, Stream::Block, 7), throw(2, Stream::Block, 7));
        assert_ne!(throw(1, Stream::Block, 7), throw(1, Stream::Block, 8));
    }
}
