//! Counting distinct values in little memory.

/// Registers: 4,096, for a standard error of 1.6 %.
const REGISTERS: usize = 1 << PRECISION;
const PRECISION: u32 = 12;

/// A HyperLogLog sketch. Merging is commutative: the estimate does not depend on how rows were shared out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distinct {
    registers: Box<[u8; REGISTERS]>,
}

impl Default for Distinct {
    fn default() -> Self {
        Distinct { registers: Box::new([0; REGISTERS]) }
    }
}

impl Distinct {
    /// Adds a value.
    pub fn add(&mut self, value: &[u8]) {
        let hash = hash(value);
        let register = (hash >> (64 - PRECISION)) as usize;
        let rank = ((hash << PRECISION) | 1 << (PRECISION - 1)).leading_zeros() as u8 + 1;
        let slot = &mut self.registers[register];
        *slot = (*slot).max(rank);
    }

    /// Adds all values of another sketch.
    pub fn merge(&mut self, other: &Distinct) {
        self.registers.iter_mut().zip(other.registers.iter()).for_each(|(own, other)| *own = (*own).max(*other));
    }

    /// Returns the estimated number of distinct values; nearly exact below some thousands.
    pub fn estimate(&self) -> u64 {
        let m = REGISTERS as f64;
        let sum: f64 = self.registers.iter().map(|rank| 2f64.powi(-i32::from(*rank))).sum();
        let raw = 0.7213 / (1.0 + 1.079 / m) * m * m / sum;
        let empty = self.registers.iter().filter(|rank| **rank == 0).count();
        let linear = if empty > 0 { m * (m / empty as f64).ln() } else { f64::INFINITY };
        if raw <= 2.5 * m && empty > 0 { linear.round() as u64 } else { raw.round() as u64 }
    }
}

/// Mixes eight bytes at a time (multiply and fold). Unkeyed: used for counting within a run, never written anywhere.
pub(super) fn hash(value: &[u8]) -> u64 {
    const A: u64 = 0x9E37_79B9_7F4A_7C15;
    const B: u64 = 0xD6E8_FEB8_6659_FD93;
    let fold = |a: u64, b: u64| {
        let product = u128::from(a) * u128::from(b);
        product as u64 ^ (product >> 64) as u64
    };
    let mut state = A ^ value.len() as u64;
    // The last words overlap those before: no copy of a length that is known only when it runs.
    let eight = |at: usize| value.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes);
    let four = |at: usize| value.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes);
    let last = match value.len() {
        0 => 0,
        length @ 1..4 => u64::from(value[0]) | u64::from(value[length / 2]) << 8 | u64::from(value[length - 1]) << 16,
        length @ 4..8 => u64::from(four(0)) | u64::from(four(length - 4)) << 32,
        length => {
            let mut at = 0;
            while at + 8 < length {
                state = fold(state ^ eight(at), B);
                at += 8;
            }
            eight(length - 8)
        }
    };
    fold(fold(state ^ last, B) ^ A, B)
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
                whole.add(format!("{value:09}").as_bytes());
                parts[(value % 2) as usize].add(format!("{value:09}").as_bytes());
            }
            let [mut left, right] = parts;
            left.merge(&right);
            assert_eq!(left, whole);
            let off = (whole.estimate() as f64 - f64::from(n)).abs() / f64::from(n.max(1));
            assert!(off < 0.05, "{n}: {}", whole.estimate());
        }
    }
}
