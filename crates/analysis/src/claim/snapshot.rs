//! Finds the day of which the evidence is a picture.
//!
//! Enters: facts, each a value of the evidence that equals a value of the controller's history, with the days on which
//! it was true there. Leaves: the day on which most facts hold, the days that cannot be excluded, and the support by day.
//! Never: a date where the history does not decide one.
//!
//! Every fact of a true picture holds on its day, so the day that stabs most intervals is the day. Other days lose facts
//! at the rate at which customers move and change devices, and gain only what is wrong. A day is excluded when it loses
//! significantly more than it gains, counted by groups of people so that a family's move is one event.

use jiff::civil::{Date, date as civil};
use vocab::claim::Period;

use super::stats::Z95;

/// Groups of people over which dispersion is measured.
pub const GROUPS: usize = 64;
/// Days considered: a century. Older boundaries are taken as "since ever".
pub const MAX_DAYS: i32 = 36_525;
/// Fewer changes than this cannot carry a date.
pub const MIN_CHANGES: u64 = 20;
/// A day on which less than this share of the values holds is not a snapshot.
pub const MIN_SUPPORT: f64 = 0.5;
/// Points of the curve away from the peak.
const CURVE_POINTS: i32 = 160;
/// Days around the peak that the curve shows one by one.
const CURVE_NEAR: i32 = 15;

/// A value of the evidence that was true on some days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// Row of the evidence.
    pub row: u32,
    /// Field.
    pub field: u8,
    /// Group of people, below [`GROUPS`].
    pub group: u8,
    /// Days.
    pub period: Period,
}

/// The day of which the evidence is a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The day on which most facts hold.
    pub day: i32,
    /// First day that cannot be excluded (95 %); `None` if the history does not reach back far enough.
    pub earliest: Option<i32>,
    /// Last day that cannot be excluded (95 %); `None` if the history ends before it.
    pub latest: Option<i32>,
    /// Share of the compared values that hold on the day.
    pub support: f64,
    /// Values compared.
    pub compared: u64,
    /// Values that agree with the history on some day.
    pub facts: u64,
    /// Changes of value (starts and ends) among them.
    pub changes: u64,
    /// Facts that began only after the last day that cannot be excluded.
    pub later: u64,
    /// Support by day.
    pub curve: Vec<(i32, f64)>,
}

/// Why no day can be given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Undated {
    /// The reference has no history, or too few of the matched values ever changed.
    NoHistory {
        /// Changes found.
        changes: u64,
    },
    /// The history has beginnings only: the day is not before this one.
    NotBefore(i32),
    /// No day fits enough of the values.
    NoPeak {
        /// The best day.
        day: i32,
        /// Share that holds on it.
        support: f64,
    },
}

/// Finds the day. `compared` is the number of values of matched rows for which the reference has a value at all;
/// `closes` tells whether the reference says of any value when it ended.
pub fn date(facts: &[Fact], compared: u64, closes: bool) -> Result<Snapshot, Undated> {
    let facts = merged(facts);
    let starts = facts.iter().filter(|fact| fact.period.from != Period::EVER).count() as u64;
    let ends = facts.iter().filter(|fact| fact.period.to != Period::OPEN).count() as u64;
    let changes = starts + ends;
    // Without ends in the whole reference nothing bounds the day above. If only the matched values have none, they are
    // all still true, and the picture is as late as the history.
    if changes < MIN_CHANGES {
        return Err(Undated::NoHistory { changes });
    }
    if !closes {
        let newest = facts.iter().map(|fact| fact.period.from).max().unwrap_or(Period::EVER);
        return Err(Undated::NotBefore(newest));
    }
    let sweep = Sweep::of(&facts);
    let peak = sweep.peak();
    let share = |day: i32| sweep.total(day) as f64 / compared.max(facts.len() as u64) as f64;
    if share(peak) < MIN_SUPPORT {
        return Err(Undated::NoPeak { day: peak, support: share(peak) });
    }
    let (low, high) = sweep.not_excluded(peak);
    let latest = (high < sweep.last).then_some(high);
    Ok(Snapshot {
        day: peak,
        earliest: (low > sweep.first).then_some(low),
        latest,
        support: share(peak),
        compared: compared.max(facts.len() as u64),
        facts: facts.len() as u64,
        changes,
        later: facts.iter().filter(|fact| fact.period.from > latest.unwrap_or(i32::MAX)).count() as u64,
        curve: sweep.curve_days(peak).into_iter().map(|day| (day, share(day))).collect(),
    })
}

/// Joins overlapping and adjoining days of the same value of the same row: histories repeat a value in each version of
/// a customer, and a customer may be in them twice.
fn merged(facts: &[Fact]) -> Vec<Fact> {
    let mut sorted: Vec<Fact> = facts.iter().filter(|fact| fact.period.from < fact.period.to).copied().collect();
    sorted.sort_unstable();
    let mut merged: Vec<Fact> = Vec::with_capacity(sorted.len());
    for fact in sorted {
        match merged.last_mut() {
            Some(last) if (last.row, last.field) == (fact.row, fact.field) && fact.period.from <= last.period.to => {
                last.period.to = last.period.to.max(fact.period.to);
            }
            _ => merged.push(fact),
        }
    }
    merged
}

/// Facts that hold, by day and group. The first day stands for all days before, the last for all after.
struct Sweep {
    first: i32,
    last: i32,
    /// `[day - first][group]`.
    holds: Vec<[u32; GROUPS]>,
}

impl Sweep {
    fn of(facts: &[Fact]) -> Sweep {
        let boundaries = facts.iter().flat_map(|fact| [fact.period.from, fact.period.to]);
        let boundaries = boundaries.filter(|day| *day != Period::EVER && *day != Period::OPEN);
        let (first, last) = boundaries.fold((i32::MAX, i32::MIN), |(low, high), day| (low.min(day), high.max(day)));
        let first = (first - 1).max(last.saturating_sub(MAX_DAYS));
        let mut change = vec![[0i32; GROUPS]; (last - first) as usize + 2];
        for fact in facts {
            let group = fact.group as usize % GROUPS;
            let from = fact.period.from.clamp(first, last);
            let to = fact.period.to.clamp(first, last.saturating_add(1));
            change[(from - first) as usize][group] += 1;
            change[(to - first) as usize][group] -= 1;
        }
        let mut now = [0i32; GROUPS];
        let holds = change[..=(last - first) as usize].iter().map(|change| {
            for (now, change) in now.iter_mut().zip(change) {
                *now += change;
            }
            // A fact ends after it began, so that no day holds fewer than none.
            now.map(|count| count.max(0) as u32)
        });
        Sweep { first, last, holds: holds.collect() }
    }

    fn on(&self, day: i32) -> &[u32; GROUPS] {
        &self.holds[(day - self.first) as usize]
    }

    fn total(&self, day: i32) -> u64 {
        self.on(day).iter().map(|count| u64::from(*count)).sum()
    }

    /// The middle of the best days; where they reach the end of the history, the first of them, which is the last day on
    /// which something changed.
    fn peak(&self) -> i32 {
        let totals: Vec<u64> = (self.first..=self.last).map(|day| self.total(day)).collect();
        let best = totals.iter().copied().max().unwrap_or(0);
        let days: Vec<i32> =
            (self.first..).zip(&totals).filter(|(_, total)| **total == best).map(|(day, _)| day).collect();
        match days.last() {
            Some(last) if *last == self.last => {
                // The stretch that ends with the history, not an equal day before it.
                let stretch = days.iter().rev().zip((self.first..=self.last).rev()).take_while(|(a, b)| **a == *b);
                stretch.last().map_or(self.last, |(day, _)| *day)
            }
            _ => days[days.len() / 2],
        }
    }

    /// First and last day that do not lose significantly more facts than they gain against the peak.
    fn not_excluded(&self, peak: i32) -> (i32, i32) {
        let best = self.on(peak);
        let possible = |day: &i32| {
            let (mut sum, mut squares) = (0.0, 0.0);
            for (at_peak, on_day) in best.iter().zip(self.on(*day)) {
                let lost = f64::from(*at_peak) - f64::from(*on_day);
                sum += lost;
                squares += lost * lost;
            }
            sum <= Z95 * squares.sqrt()
        };
        let low = (self.first..=peak).find(possible).unwrap_or(peak);
        let high = (peak..=self.last).rev().find(possible).unwrap_or(peak);
        (low, high)
    }

    fn curve_days(&self, peak: i32) -> Vec<i32> {
        let step = ((self.last - self.first) / CURVE_POINTS).max(1);
        let coarse = (self.first..=self.last).step_by(step as usize);
        let near = (peak - CURVE_NEAR).max(self.first)..=(peak + CURVE_NEAR).min(self.last);
        let mut days: Vec<i32> = coarse.chain(near).chain([self.last]).collect();
        days.sort_unstable();
        days.dedup();
        days
    }
}

/// Returns the calendar date of a day; the calendar's end for days beyond it.
pub fn calendar(day: i32) -> Date {
    const EPOCH: Date = civil(1970, 1, 1);
    let end = if day < 0 { Date::MIN } else { Date::MAX };
    jiff::Span::new().try_days(day).and_then(|days| EPOCH.checked_add(days)).unwrap_or(end)
}

/// Returns the day of a calendar date.
pub fn day(date: Date) -> i32 {
    // The calendar spans fewer than four million days.
    (date - civil(1970, 1, 1)).get_days()
}
