//! Counting hits and misses, with intervals.

use std::collections::BTreeMap;

/// True and false positives and misses of one element.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) right: u64,
    pub(super) wrong: u64,
    pub(super) missed: u64,
}

impl Tally {
    pub(super) fn precision(&self) -> f64 {
        if self.right + self.wrong == 0 { 1.0 } else { self.right as f64 / (self.right + self.wrong) as f64 }
    }

    pub(super) fn recall(&self) -> f64 {
        if self.right + self.missed == 0 { 1.0 } else { self.right as f64 / (self.right + self.missed) as f64 }
    }

    pub(super) fn f1(&self) -> f64 {
        2.0 * self.right as f64 / (2 * self.right + self.wrong + self.missed).max(1) as f64
    }
}

/// Wilson's interval of a share at 95 %.
pub(super) fn wilson(hits: u64, all: u64) -> (f64, f64) {
    const Z: f64 = 1.96;
    if all == 0 {
        return (0.0, 1.0);
    }
    let (n, p) = (all as f64, hits as f64 / all as f64);
    let middle = p + Z * Z / (2.0 * n);
    let width = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    (((middle - width) / scale).max(0.0), ((middle + width) / scale).min(1.0))
}

/// How columns were read: by element, and how sure the typing was.
#[derive(Default)]
pub(super) struct Board {
    /// What was reported.
    pub(super) elements: BTreeMap<String, Tally>,
    /// What was reported or is for a person to look at.
    pub(super) likely: BTreeMap<String, Tally>,
    /// Probability of the first reading and whether it was right.
    pub(super) sure: Vec<(f64, bool)>,
    /// What was taken for what: truth, answer, an example.
    pub(super) confusions: BTreeMap<(String, String), (u64, String)>,
}

fn count(tallies: &mut BTreeMap<String, Tally>, truth: Option<&str>, answer: Option<&str>) {
    if let Some(truth) = truth {
        let tally = tallies.entry(truth.to_owned()).or_default();
        if answer == Some(truth) { tally.right += 1 } else { tally.missed += 1 }
    }
    if let Some(answer) = answer.filter(|answer| Some(*answer) != truth) {
        tallies.entry(answer.to_owned()).or_default().wrong += 1;
    }
}

impl Board {
    pub(super) fn add(
        &mut self,
        truth: Option<&str>,
        [likely, reported]: [Option<&str>; 2],
        first: Option<&str>,
        probability: f64,
        note: &str,
    ) {
        self.sure.push((probability, first == truth));
        if truth != reported {
            let word = |element: Option<&str>| element.unwrap_or("-").to_owned();
            let key = (word(truth), word(reported));
            self.confusions.entry(key).or_insert_with(|| (0, note.to_owned())).0 += 1;
        }
        count(&mut self.elements, truth, reported);
        count(&mut self.likely, truth, likely);
    }

    /// Mean F1 of the likely readings over the elements that the tables hold.
    pub(super) fn macro_f1(&self) -> f64 {
        let held: Vec<f64> =
            self.likely.values().filter(|tally| tally.right + tally.missed > 0).map(Tally::f1).collect();
        held.iter().sum::<f64>() / held.len().max(1) as f64
    }

    pub(super) fn precision(&self) -> Tally {
        self.elements.values().fold(Tally::default(), |sum, tally| Tally {
            right: sum.right + tally.right,
            wrong: sum.wrong + tally.wrong,
            missed: sum.missed + tally.missed,
        })
    }

    /// Expected calibration error over ten bins of equal width.
    pub(super) fn calibration_error(&self) -> f64 {
        let mut bins = [(0.0, 0.0, 0usize); 10];
        for (probability, right) in &self.sure {
            let bin = &mut bins[((probability * 10.0) as usize).min(9)];
            bin.0 += probability;
            bin.1 += f64::from(u8::from(*right));
            bin.2 += 1;
        }
        bins.iter().map(|(sure, right, _)| (sure - right).abs()).sum::<f64>() / self.sure.len().max(1) as f64
    }
}

#[test]
fn wilsons_interval_agrees_with_published_values() {
    // Newcombe 1998, table I: 81 of 263 and 0 of 20.
    let (low, high) = wilson(81, 263);
    assert!((low - 0.2553).abs() < 5e-4 && (high - 0.3662).abs() < 5e-4);
    let (low, high) = wilson(0, 20);
    assert!(low.abs() < 1e-9 && (high - 0.1611).abs() < 5e-4);
}
