//! Counts the people a regime asks for: by the letter, if counsel agrees, and those who may live anywhere.

use std::collections::{BTreeMap, BTreeSet};

use rulebook::duties::{Counts, Decision, Duties, Regime, Strength};
use vocab::{ElementSet, ExposureProfile, Interval, Jurisdiction};

/// Places whose people may be residents of any state.
pub(super) struct Unplaced(Vec<Jurisdiction>);

impl Unplaced {
    /// Takes them from the rulebook.
    pub(super) fn of(duties: &Duties) -> Self {
        let any_state = duties.uncovered.iter().filter(|place| place.any_state).map(|place| place.code);
        Unplaced(std::iter::once(Jurisdiction::UNKNOWN).chain(any_state).collect())
    }

    /// Tells whether nothing says of which state this person is a resident.
    fn holds(&self, profile: &ExposureProfile) -> bool {
        profile.jurisdictions.iter().all(|place| self.0.contains(place))
    }
}

/// The distinct sets of elements and which of them each profile has: a regime decides once per set, not per profile.
pub(super) struct Blends {
    distinct: Vec<ElementSet>,
    of_profile: Vec<usize>,
}

impl Blends {
    /// Collects them.
    pub(super) fn of(profiles: &[ExposureProfile]) -> Self {
        let distinct: BTreeSet<ElementSet> = profiles.iter().map(|profile| profile.elements).collect();
        let places: BTreeMap<ElementSet, usize> =
            distinct.iter().enumerate().map(|(place, elements)| (*elements, place)).collect();
        let of_profile = profiles.iter().map(|profile| places[&profile.elements]).collect();
        Blends { distinct: distinct.into_iter().collect(), of_profile }
    }
}

/// Returns the most residents that one state has: by the letter, and with those for counsel.
fn largest_state(profiles: &[ExposureProfile], blends: &Blends, decided: &[Decision]) -> (Interval, Interval) {
    let mut by_state: BTreeMap<Jurisdiction, (Interval, Interval)> = BTreeMap::new();
    for (profile, blend) in profiles.iter().zip(&blends.of_profile) {
        let strength = decided[*blend].strength;
        for place in profile.jurisdictions.iter().filter(|place| place.is_known() && strength > Strength::No) {
            let state = by_state.entry(*place).or_default();
            if strength == Strength::Letter {
                state.0 = sum(state.0, profile.people);
            }
            state.1 = sum(state.1, profile.people);
        }
    }
    let largest = (Interval::default(), Interval::default());
    by_state.into_values().fold(largest, |found, state| (most(found.0, state.0), most(found.1, state.1)))
}

/// The people of one regime. Residents are everybody where the regime does not follow residence.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Residents, whatever of them lies open.
    pub(super) residents: Interval,
    /// Residents who meet the definition by its letter.
    pub(super) letter: Interval,
    /// Residents who meet it only if counsel answers a question with yes.
    pub(super) counsel: Interval,
    /// People of unknown residence who meet it or may meet it.
    pub(super) unplaced: Interval,
    /// People of unknown residence, whatever of them lies open.
    pub(super) unplaced_any: Interval,
    /// Everybody who meets it by its letter, wherever they live.
    pub(super) everyone: Interval,
    /// Everybody who may meet it if counsel agrees.
    pub(super) everyone_counsel: Interval,
    /// Those of the one state with most of them, by the letter, and with those for counsel.
    pub(super) one_state: (Interval, Interval),
    /// The elements by which the letter is met.
    pub(super) elements: ElementSet,
    /// Entries of the definition that somebody meets.
    pub(super) entries: BTreeSet<usize>,
    /// What counsel must judge for `counsel`.
    pub(super) questions: BTreeSet<String>,
}

impl Tally {
    /// Counts over all profiles.
    pub(super) fn of(regime: &Regime, profiles: &[ExposureProfile], blends: &Blends, unplaced: &Unplaced) -> Self {
        let mut tally = Tally::default();
        let decided: Vec<Decision> = blends.distinct.iter().map(|elements| regime.decide(*elements)).collect();
        for (profile, blend) in profiles.iter().zip(&blends.of_profile) {
            tally.add(regime, profile, &decided[*blend], unplaced);
        }
        if regime.regulators.iter().any(|recipient| recipient.threshold.counts == Some(Counts::OneState)) {
            tally.one_state = largest_state(profiles, blends, &decided);
        }
        tally
    }

    fn add(&mut self, regime: &Regime, profile: &ExposureProfile, decision: &Decision, unplaced: &Unplaced) {
        let add = |to: &mut Interval| *to = sum(*to, profile.people);
        match decision.strength {
            Strength::Letter => add(&mut self.everyone),
            Strength::Counsel => add(&mut self.everyone_counsel),
            Strength::No => {}
        }
        let anywhere = unplaced.holds(profile);
        if anywhere {
            add(&mut self.unplaced_any);
        }
        let resident = regime.scope.place.is_none_or(|place| profile.jurisdictions.contains(&place));
        if !resident {
            if anywhere && decision.strength > Strength::No {
                add(&mut self.unplaced);
            }
            return;
        }
        add(&mut self.residents);
        match decision.strength {
            Strength::No => return,
            Strength::Letter => {
                add(&mut self.letter);
                self.elements = self.elements.union(decision.elements);
            }
            Strength::Counsel => {
                add(&mut self.counsel);
                self.questions.extend(decision.questions.iter().cloned());
            }
        }
        self.entries.extend(&decision.entries);
    }

    /// Returns the count a report shows: proved and likely by the letter, at most also those for counsel.
    pub(super) fn shown(&self) -> Interval {
        Interval { high: self.letter.high.saturating_add(self.counsel.high), ..self.letter }
    }
}

/// Adds up without ever wrapping: a count that large is wrong already, and must not become a small one.
pub(super) fn sum(a: Interval, b: Interval) -> Interval {
    Interval {
        low: a.low.saturating_add(b.low),
        likely: a.likely.saturating_add(b.likely),
        high: a.high.saturating_add(b.high),
    }
}

fn most(a: Interval, b: Interval) -> Interval {
    Interval { low: a.low.max(b.low), likely: a.likely.max(b.likely), high: a.high.max(b.high) }
}

/// Writes a count for a sentence: `1,204 residents`, `1,204 residents (between 980 and 1,310)`.
pub(super) fn counted(count: Interval, noun: &str) -> String {
    let likely = grouped(count.likely);
    if count.low == count.high {
        return format!("{likely} {noun}");
    }
    format!("{likely} {noun} (between {} and {})", grouped(count.low), grouped(count.high))
}

/// Writes a number with commas between thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_like_counts() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(183_406), "183,406");
        assert_eq!(grouped(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(counted(Interval::exact(1_000), "people"), "1,000 people");
        assert_eq!(counted(Interval { low: 1, likely: 2, high: 3 }, "residents"), "2 residents (between 1 and 3)");
    }
}
