//! The sampled interval: which rows to look at, with which others, and what the answers say about the number of people.
//!
//! Enters: records with whose row each is, later the answers. Leaves: a [`Sample`], a [`Reviewed`] count with its interval.
//! Never: a decision about a row; an interval from fewer answers than it needs.
//!
//! Every row carries 1 / (rows of its person), so that the sum over rows is the number of people. With c the rows of the
//! person as found and s the rows of the person as the reviewer settles it, the number of people is estimated as
//!
//! people found + sum over strata h of (n_h / m_h) * sum over the m_h rows looked at of (1/s - 1/c)
//!
//! which is the stratified difference estimator (Särndal, Swensson, Wretman, "Model Assisted Survey Sampling", 1992,
//! sections 3.7 and 6.3), with variance sum of n_h^2 (1 - m_h/n_h) v_h / m_h. The variance v_h within a stratum is not taken
//! to be below 0.25 / (m_h + 1): that no error was seen does not mean that there is none.

use rulebook::Comparisons;
use rustc_hash::FxHashMap;
use vocab::Records;

use super::keys::{Key, mix};
use super::pairs::Link;
use super::{Entities, Explainer, RowOf};

/// Rows of the same person that are shown at most.
const MOST_OWN: usize = 40;
/// Rows of other people that are shown at most, and the weight in hundredths of a bit below which none is.
const MOST_OTHERS: usize = 12;
const LEAST_WEIGHT: i32 = -1_000;
/// Rows looked through for one key of a sampled row.
const MOST_A_KEY: usize = 2_000;
/// A join below this weight (12 bits) puts the rows of its person among the uncertain.
const UNCERTAIN: i32 = 1_200;
/// Least variance within a stratum is this over its answers plus one.
const LEAST_VARIANCE: f64 = 0.25;
/// Normal quantile of a two-sided interval of 95 %.
const QUANTILE: f64 = 1.959_964;

/// How likely it is that a row was given to the wrong person: rows are drawn from each kind apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Stratum {
    /// Nothing else is like it.
    Alone,
    /// It could be somebody else's row too, but was kept apart.
    KeptApart,
    /// A join of its person was weak, or one was refused.
    Uncertain,
    /// Joined by strong agreement.
    Firm,
}

impl Stratum {
    /// All strata in order.
    pub const ALL: [Stratum; 4] = [Stratum::Alone, Stratum::KeptApart, Stratum::Uncertain, Stratum::Firm];

    /// Returns the word used in files.
    pub const fn code(self) -> &'static str {
        match self {
            Stratum::Alone => "alone",
            Stratum::KeptApart => "kept_apart",
            Stratum::Uncertain => "uncertain",
            Stratum::Firm => "firm",
        }
    }
}

/// Says of every row in which stratum it is; rows of nobody are in none.
pub(crate) fn strata(rows: usize, links: &[Link], roots: &[u32], forest: &[u32]) -> Vec<u8> {
    let mut strata = vec![Stratum::Alone as u8; rows];
    let mut weak = vec![false; rows];
    let uncertain = forest.iter().map(|index| &links[*index as usize]).filter(|link| link.weight < UNCERTAIN);
    uncertain.for_each(|link| weak[roots[link.left as usize] as usize] = true);
    for link in links {
        let (left, right) = (link.left as usize, link.right as usize);
        if roots[left] == roots[right] {
            for row in [left, right] {
                strata[row] = strata[row].max(Stratum::Firm as u8);
            }
        } else if link.is_same() {
            // A join that was refused: both people are in doubt.
            weak[roots[left] as usize] = true;
            weak[roots[right] as usize] = true;
        }
    }
    for link in links.iter().filter(|link| roots[link.left as usize] != roots[link.right as usize]) {
        strata[link.left as usize] = Stratum::KeptApart as u8;
        strata[link.right as usize] = Stratum::KeptApart as u8;
    }
    for (row, stratum) in strata.iter_mut().enumerate() {
        if *stratum != Stratum::KeptApart as u8 && weak[roots[row] as usize] {
            *stratum = Stratum::Uncertain as u8;
        }
    }
    strata
}

/// A row to look at and the rows to look at beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The row.
    pub row: u32,
    /// Its stratum.
    pub stratum: Stratum,
    /// Rows that were found to be the same person's.
    pub own: Vec<u32>,
    /// Rows that share a key and were kept apart, the likeliest first.
    pub others: Vec<u32>,
}

/// Returns whose row it is, if it says something of a person itself: the rows of a person's devices are not looked at.
pub fn reviewed_person(records: &Records, entities: &Entities, row: usize) -> Option<u32> {
    match entities.of_row(row) {
        RowOf::Person(person) if !records.is_device_row(row) => Some(person),
        _ => None,
    }
}

/// A stratified sample of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Rows of people in each stratum of the case.
    pub sizes: [u64; 4],
    /// The rows to look at, in an order of which every beginning is a stratified sample.
    pub rows: Vec<(Stratum, u32)>,
}

/// Draws `size` rows of people, resolved with strata. The same seed draws the same rows.
pub fn draw(records: &Records, entities: &Entities, size: usize, seed: u64) -> Sample {
    let mut by_stratum: [Vec<(u64, u32)>; 4] = Default::default();
    let paths: Vec<u64> = records.tables.iter().map(|table| hash(table.path.as_bytes())).collect();
    for row in 0..entities.rows() {
        if reviewed_person(records, entities, row).is_some() {
            let at = mix(paths[records.facts.table(row) as usize], records.facts.row(row));
            by_stratum[entities.strata[row] as usize].push((mix(at, seed.wrapping_add(1)), row as u32));
        }
    }
    let sizes = [0, 1, 2, 3].map(|stratum: usize| by_stratum[stratum].len() as u64);
    let mut drawn: Vec<(f64, Stratum, u32)> = Vec::new();
    for ((rows, wanted), stratum) in by_stratum.iter_mut().zip(allocate(sizes, size)).zip(Stratum::ALL) {
        rows.sort_unstable();
        let ranked = rows.iter().take(wanted).enumerate();
        drawn.extend(ranked.map(|(rank, (_, row))| ((rank as f64 + 0.5) / wanted as f64, stratum, *row)));
    }
    drawn.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    Sample { sizes, rows: drawn.into_iter().map(|(_, stratum, row)| (stratum, row)).collect() }
}

/// Shares a sample out among strata. Half of it follows the two-thirds power of the sizes, which is best where nothing but
/// the least variance is known; the other half goes where errors are expected.
fn allocate(sizes: [u64; 4], size: usize) -> [usize; 4] {
    const DOUBT: [f64; 4] = [0.2, 0.4, 0.4, 0.0];
    let powers = sizes.map(|rows| (rows as f64).powf(2.0 / 3.0));
    let total: f64 = powers.iter().sum::<f64>().max(1.0);
    let doubtful: f64 = (0..4).filter(|at| sizes[*at] > 0).map(|at| DOUBT[at]).sum::<f64>().max(0.1);
    let mut shares = [0usize; 4];
    for at in (0..4).filter(|at| sizes[*at] > 0) {
        let share = 0.65 * powers[at] / total + 0.35 * DOUBT[at] / doubtful;
        let most = usize::try_from(sizes[at]).unwrap_or(usize::MAX);
        shares[at] = ((share * size as f64).round() as usize).max(8).min(most);
    }
    shares
}

/// Finds for every drawn row the other rows of its person, and the likeliest rows of others.
pub fn questions(
    records: &Records,
    comparisons: &Comparisons,
    entities: &Entities,
    drawn: &[(Stratum, u32)],
) -> Vec<Question> {
    let mut asked: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
    for (index, (_, row)) in drawn.iter().enumerate() {
        if let Some(person) = reviewed_person(records, entities, *row as usize) {
            asked.entry(person).or_default().push(index);
        }
    }
    let mut own: Vec<Vec<u32>> = vec![Vec::new(); drawn.len()];
    for row in 0..entities.rows() {
        let Some(person) = reviewed_person(records, entities, row) else { continue };
        for index in asked.get(&person).into_iter().flatten() {
            if drawn[*index].1 != row as u32 && own[*index].len() < MOST_OWN {
                own[*index].push(row as u32);
            }
        }
    }
    let explainer = Explainer::new(records, comparisons);
    let mut near = sharing(records, &explainer, entities, drawn, &own);
    drawn
        .iter()
        .enumerate()
        .map(|(index, (stratum, row))| {
            let mine: Vec<u32> = std::iter::once(*row).chain(own[index].iter().copied()).collect();
            let mut others = std::mem::take(&mut near[index]);
            others.sort_unstable();
            others.dedup();
            let weigh = |other: u32| mine.iter().map(|row| explainer.pair(*row as usize, other as usize).weight).max();
            let mut weighed: Vec<(i32, u32)> =
                others.into_iter().filter_map(|other| Some((weigh(other)?, other))).collect();
            weighed.retain(|(weight, _)| *weight >= LEAST_WEIGHT);
            weighed.sort_by_key(|(weight, other)| (std::cmp::Reverse(*weight), *other));
            let others = weighed.into_iter().take(MOST_OTHERS).map(|(_, other)| other).collect();
            Question { row: *row, stratum: *stratum, own: std::mem::take(&mut own[index]), others }
        })
        .collect()
}

/// Rows of other people that share a key with a drawn row or with another row of its person.
fn sharing(
    records: &Records,
    explainer: &Explainer,
    entities: &Entities,
    drawn: &[(Stratum, u32)],
    own: &[Vec<u32>],
) -> Vec<Vec<u32>> {
    let mut wanted: FxHashMap<(Key, u64), Vec<u32>> = FxHashMap::default();
    for (index, (_, row)) in drawn.iter().enumerate() {
        for row in std::iter::once(row).chain(&own[index]).map(|row| *row as usize) {
            for key in Key::ALL.into_iter().filter(|key| !explainer.is_generic(*key, row)) {
                if let Some(hash) = key.hash(records, row) {
                    let askers = wanted.entry((key, hash)).or_default();
                    if askers.last() != Some(&(index as u32)) {
                        askers.push(index as u32);
                    }
                }
            }
        }
    }
    let mut near: Vec<Vec<u32>> = vec![Vec::new(); drawn.len()];
    let mut met: FxHashMap<(Key, u64), usize> = FxHashMap::default();
    for row in 0..entities.rows() {
        let Some(person) = reviewed_person(records, entities, row) else { continue };
        for key in Key::ALL {
            let Some(hash) = key.hash(records, row) else { continue };
            let Some(askers) = wanted.get(&(key, hash)) else { continue };
            let met = met.entry((key, hash)).or_default();
            *met += 1;
            if *met > MOST_A_KEY {
                continue;
            }
            for asker in askers {
                let whose = entities.of_row(drawn[*asker as usize].1 as usize);
                if whose != RowOf::Person(person) {
                    near[*asker as usize].push(row as u32);
                }
            }
        }
    }
    near
}

/// What the reviewer settled about one drawn row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Stratum from which the row was drawn.
    pub stratum: Stratum,
    /// Rows of its person as found, itself included.
    pub found: u32,
    /// Rows of its person as settled, itself included, where "cannot say" leaves what was found.
    pub likely: u32,
    /// The fewest and the most rows it can have, whatever is behind "cannot say".
    pub least: u32,
    /// The most.
    pub most: u32,
}

/// The number of people by review.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reviewed {
    /// Lower end of the interval of 95 %.
    pub low: f64,
    /// Estimate.
    pub likely: f64,
    /// Upper end.
    pub high: f64,
    /// Rows looked at.
    pub reviews: u64,
}

/// Estimates the number of people from the answers; `None` while a stratum that has rows has fewer than two answers.
pub fn estimate(found: u64, sizes: [u64; 4], settled: &[Settled]) -> Option<Reviewed> {
    let mut sums = (0.0, 0.0, 0.0);
    let mut variance = 0.0;
    for stratum in Stratum::ALL {
        let rows = sizes[stratum as usize] as f64;
        if rows == 0.0 {
            continue;
        }
        let mine = settled.iter().filter(|answer| answer.stratum == stratum);
        let errors = |size: fn(&Settled) -> u32| -> Vec<f64> {
            mine.clone()
                .map(|answer| 1.0 / f64::from(size(answer).max(1)) - 1.0 / f64::from(answer.found.max(1)))
                .collect()
        };
        let likely = errors(|answer| answer.likely);
        let answers = likely.len() as f64;
        if answers < 2.0 && answers < rows {
            return None;
        }
        let mean = |errors: &[f64]| errors.iter().sum::<f64>() / answers;
        sums.0 += rows * mean(&errors(|answer| answer.most));
        sums.1 += rows * mean(&likely);
        sums.2 += rows * mean(&errors(|answer| answer.least));
        let centre = mean(&likely);
        let within = likely.iter().map(|error| (error - centre).powi(2)).sum::<f64>() / (answers - 1.0).max(1.0);
        let within = within.max(LEAST_VARIANCE / (answers + 1.0));
        variance += rows * rows * (1.0 - answers / rows).max(0.0) * within / answers;
    }
    let half = QUANTILE * variance.sqrt();
    let found = found as f64;
    Some(Reviewed {
        low: (found + sums.0 - half).max(0.0),
        likely: found + sums.1,
        high: found + sums.2 + half,
        reviews: settled.len() as u64,
    })
}

fn hash(text: &[u8]) -> u64 {
    text.iter().fold(0x51_7c_c1_b7_27_22_0a_95, |hash, byte| mix(hash, u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(stratum: Stratum, found: u32, truth: u32) -> Settled {
        Settled { stratum, found, likely: truth, least: truth, most: truth }
    }

    #[test]
    fn the_estimate_is_the_formula() {
        // 100 rows alone, 10 looked at, one of which belongs with another row: half a person too many.
        let mut answers = vec![settled(Stratum::Alone, 1, 1); 9];
        answers.push(settled(Stratum::Alone, 1, 2));
        let reviewed = estimate(100, [100, 0, 0, 0], &answers).unwrap();
        assert!((reviewed.likely - 95.0).abs() < 1e-9, "{reviewed:?}");
        // Variance of nine zeros and -0.5 is 0.025; 0.25 / 11 is less.
        let half = 1.959_964 * (100.0f64 * 100.0 * 0.9 * 0.025 / 10.0).sqrt();
        assert!((reviewed.high - reviewed.likely - half).abs() < 1e-9, "{reviewed:?}");
    }

    #[test]
    fn no_error_seen_is_not_no_error() {
        let answers = vec![settled(Stratum::Firm, 2, 2); 50];
        let reviewed = estimate(500, [0, 0, 0, 1000], &answers).unwrap();
        assert!(reviewed.low < 482.0 && reviewed.high > 518.0, "{reviewed:?}");
        assert_eq!(estimate(500, [1, 0, 0, 1000], &answers), None, "a stratum without answers says nothing");
    }

    #[test]
    fn what_cannot_be_said_widens_the_interval() {
        let firm = vec![settled(Stratum::Firm, 2, 2); 50];
        let open = vec![Settled { least: 1, ..settled(Stratum::Firm, 2, 2) }; 50];
        let (firm, open) = (estimate(500, [0, 0, 0, 1000], &firm), estimate(500, [0, 0, 0, 1000], &open));
        let (firm, open) = (firm.unwrap(), open.unwrap());
        assert_eq!((firm.low, firm.likely), (open.low, open.likely));
        assert!((open.high - firm.high - 500.0).abs() < 1e-6);
    }

    #[test]
    fn shares_never_pass_the_rows() {
        assert_eq!(allocate([3, 0, 0, 0], 400), [3, 0, 0, 0]);
        let shares = allocate([700_000, 100_000, 50_000, 500_000], 400);
        assert!((396..=404).contains(&shares.iter().sum::<usize>()), "{shares:?}");
        assert!(shares.iter().all(|share| *share >= 30), "{shares:?}");
    }
}
