//! Counting distinct values in little memory.

/// Registers: 4,096, for a standard error of 1.6 %.
const REGISTERS: usize = 1 << PRECISION;
const PRECISION: u32 = 12;

/// A HyperLogLog sketch. Merging is commutative: the estimate does not depend on how rows were shared out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Distinct {
    registers: Box<[u8; REGISTERS]>,
}

impl Default for Distinct {
    fn default() -> Self {
        Distinct { registers: Box::new([0; REGISTERS]) }
    }
}

impl Distinct {
    /// Adds a value by its [`hash`].
    pub(super) fn add(&mut self, hash: u64) {
        let register = (hash >> (64 - PRECISION)) as usize;
        let rank = ((hash << PRECISION) | 1 << (PRECISION - 1)).leading_zeros() as u8 + 1;
        let slot = &mut self.registers[register];
        *slot = (*slot).max(rank);
    }

    /// Adds all values of another sketch.
    pub(super) fn merge(&mut self, other: &Distinct) {
        self.registers.iter_mut().zip(other.registers.iter()).for_each(|(own, other)| *own = (*own).max(*other));
    }

    /// Returns the estimated number of distinct values; nearly exact below some thousands.
    pub(super) fn estimate(&self) -> u64 {
        let m = REGISTERS as f64;
        let sum: f64 = self.registers.iter().map(|rank| 2f64.powi(-i32::from(*rank))).sum();
        let raw = 0.7213 / (1.0 + 1.079 / m) * m * m / sum;
        let empty = self.registers.iter().filter(|rank| **rank == 0).count();
        let linear = if empty > 0 { m * (m / empty as f64).ln() } else { f64::INFINITY };
        if raw <= 2.5 * m && empty > 0 { linear.round() as u64 } else { raw.round() as u64 }
    }
}

/// Longest value that two words hold.
pub(super) const SHORT: usize = 16;

/// Returns two words from which, with the length, a value of at most [`SHORT`] bytes could be told again.
#[inline]
pub(super) fn words(value: &[u8]) -> (u64, u64) {
    // The last bytes overlap those before: no copy of a length that is known only when it runs.
    let eight = |at: usize| value.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes);
    let four = |at: usize| value.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes);
    match value.len() {
        0 => (0, 0),
        length @ 1..4 => {
            (u64::from(value[0]) | u64::from(value[length / 2]) << 8 | u64::from(value[length - 1]) << 16, 0)
        }
        length @ 4..8 => (u64::from(four(0)) | u64::from(four(length - 4)) << 32, 0),
        length => (eight(0), eight(length - 8)),
    }
}

/// Returns the hash of a value of at most [`SHORT`] bytes from its [`words`] and length.
#[inline]
pub(super) fn hash_words((low, high): (u64, u64), length: usize) -> u64 {
    // The length goes into a factor: beside the bytes, one could make up for the other.
    fold(fold(A ^ low, B) ^ high, C ^ (length as u64) << 40)
}

/// Mixes eight bytes at a time (multiply and fold). Unkeyed: used for counting within a run, never written anywhere.
pub(super) fn hash(value: &[u8]) -> u64 {
    if value.len() <= SHORT {
        return hash_words(words(value), value.len());
    }
    let (body, last) = value.split_at(value.len() - SHORT);
    body.chunks(SHORT).chain([last]).fold(0, |state, part| {
        let (low, high) = words(part);
        hash_words((state ^ low, high), part.len())
    })
}

const A: u64 = 0x9E37_79B9_7F4A_7C15;
const B: u64 = 0xD6E8_FEB8_6659_FD93;
const C: u64 = 0xE703_7ED1_A0B4_28DB;

#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_are_close_and_do_not_depend_on_sharing_out() {
        for n in [0u32, 1, 50, 3_000, 200_000] {
            let mut whole = Distinct::default();
            let mut parts = [Distinct::default(), Distinct::default()];
            for value in 0..n {
                whole.add(hash(format!("{value:09}").as_bytes()));
                parts[(value % 2) as usize].add(hash(format!("{value:09}").as_bytes()));
            }
            let [mut left, right] = parts;
            left.merge(&right);
            assert_eq!(left, whole);
            let off = (whole.estimate() as f64 - f64::from(n)).abs() / f64::from(n.max(1));
            assert!(off < 0.05, "{n}: {}", whole.estimate());
        }
    }

    #[test]
    fn short_values_are_told_apart_by_their_words_and_long_ones_by_their_hash() {
        let mut short = std::collections::BTreeSet::new();
        let mut long = std::collections::BTreeSet::new();
        for length in 1..=40usize {
            for changed in 0..length {
                for sign in [b'a', b'b'] {
                    let mut value = vec![b'x'; length];
                    value[changed] = sign;
                    if length <= SHORT {
                        assert!(short.insert((words(&value), length)), "{length} {changed}");
                    }
                    assert!(long.insert(hash(&value)), "{length} {changed}");
                }
            }
        }
    }
}
