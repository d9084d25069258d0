//! Rates with intervals, by closed formulas.

/// Standard normal quantile of a two-sided 95 % interval.
pub const Z95: f64 = 1.959_963_984_540_054;

/// How many of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// Hits.
    pub hits: u64,
    /// Trials.
    pub of: u64,
}

impl Rate {
    /// Returns the share; 0 of 0 is 0.
    pub fn share(self) -> f64 {
        if self.of == 0 { 0.0 } else { self.hits as f64 / self.of as f64 }
    }

    /// Returns the 95 % interval of Wilson (1927); nothing is known of 0 of 0.
    pub fn wilson(self) -> [f64; 2] {
        if self.of == 0 {
            return [0.0, 1.0];
        }
        let (n, p, z2) = (self.of as f64, self.share(), Z95 * Z95);
        let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let half = Z95 / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
        // The formula gives exactly 0 and 1 at the ends; floating point may miss them by a hair.
        let low = if self.hits == 0 { 0.0 } else { (centre - half).max(0.0) };
        let high = if self.hits == self.of { 1.0 } else { (centre + half).min(1.0) };
        [low, high]
    }
}

/// A share with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Best estimate.
    pub value: f64,
    /// Interval.
    pub interval: [f64; 2],
}

/// Returns the observed share beyond chance: (observed - chance) / (1 - chance), never below 0.
/// The interval takes each rate at its worse end, so that it covers at least 95 %.
pub fn excess(observed: Rate, chance: Rate) -> Estimate {
    let beyond = |observed: f64, chance: f64| {
        if chance >= 1.0 { 0.0 } else { ((observed - chance) / (1.0 - chance)).clamp(0.0, 1.0) }
    };
    let (seen, by_chance) = (observed.wilson(), chance.wilson());
    Estimate {
        value: beyond(observed.share(), chance.share()),
        interval: [beyond(seen[0], by_chance[1]), beyond(seen[1], by_chance[0])],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 5e-4
    }

    /// Source: Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3 (Wilson without correction).
    #[test]
    fn wilson_gives_the_published_intervals() {
        for (hits, of, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let [found_low, found_high] = Rate { hits, of }.wilson();
            assert!(close(found_low, low) && close(found_high, high), "{hits}/{of}: {found_low} {found_high}");
        }
    }

    /// All of n right: the lower bound is n / (n + z squared).
    #[test]
    fn no_failure_has_the_closed_bound() {
        for of in [30, 100, 1_000] {
            let expected = of as f64 / (of as f64 + Z95 * Z95);
            assert!(close(Rate { hits: of, of }.wilson()[0], expected));
        }
        assert_eq!(Rate { hits: 5, of: 5 }.wilson()[1], 1.0);
        assert_eq!(Rate::default().wilson(), [0.0, 1.0]);
    }

    #[test]
    fn wilson_covers_the_true_share_about_nineteen_times_in_twenty() {
        // Exact coverage by summing the binomial, no random numbers.
        let (n, p) = (60u64, 0.3f64);
        let mut probability = (1.0 - p).powi(n as i32);
        let mut covered = 0.0;
        for hits in 0..=n {
            let [low, high] = Rate { hits, of: n }.wilson();
            if (low..=high).contains(&p) {
                covered += probability;
            }
            probability *= (n - hits) as f64 / (hits + 1) as f64 * p / (1.0 - p);
        }
        assert!((0.93..0.97).contains(&covered), "{covered}");
    }

    #[test]
    fn chance_is_taken_off() {
        let estimate = excess(Rate { hits: 556, of: 1_000 }, Rate { hits: 112, of: 1_000 });
        assert!(close(estimate.value, 0.5) && estimate.interval[0] < 0.5 && estimate.interval[1] > 0.5);
        let none = excess(Rate { hits: 110, of: 1_000 }, Rate { hits: 112, of: 1_000 });
        assert_eq!((none.value, none.interval[0]), (0.0, 0.0));
    }
}
