//! Counts of people are intervals: what is proved, what is most likely, what cannot be excluded.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A count with its bounds: `low` is proved, `likely` is the best estimate, `high` cannot be excluded.
/// Always `low <= likely <= high`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
pub struct Interval {
    /// Proved at least.
    pub low: u64,
    /// Best estimate.
    pub likely: u64,
    /// Cannot be excluded.
    pub high: u64,
}

impl Interval {
    /// Returns the interval of a number that is known exactly.
    pub const fn exact(count: u64) -> Self {
        Interval { low: count, likely: count, high: count }
    }

    /// Returns the interval, widened so that it holds `likely`.
    pub fn around(low: u64, likely: u64, high: u64) -> Self {
        Interval { low: low.min(likely), likely, high: high.max(likely) }
    }

    /// Tells whether `count` lies within the bounds.
    pub const fn holds(&self, count: u64) -> bool {
        self.low <= count && count <= self.high
    }
}

impl std::ops::Add for Interval {
    type Output = Interval;

    fn add(self, other: Interval) -> Interval {
        Interval { low: self.low + other.low, likely: self.likely + other.likely, high: self.high + other.high }
    }
}
