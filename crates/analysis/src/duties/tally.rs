//! Counts the people a regime asks for: by the letter, if counsel agrees, and those who may live anywhere.

use std::collections::{BTreeMap, BTreeSet};

use rulebook::duties::{Decision, Duties, Regime, Strength};
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
    pub(super) questions: Vec<String>,
}

impl Tally {
    /// Counts over all profiles.
    pub(super) fn of(regime: &Regime, profiles: &[ExposureProfile], unplaced: &Unplaced) -> Self {
        let mut tally = Tally::default();
        let mut decided: BTreeMap<ElementSet, Decision> = BTreeMap::new();
        let mut by_state: BTreeMap<Jurisdiction, (Interval, Interval)> = BTreeMap::new();
        for profile in profiles {
            let decision = decided.entry(profile.elements).or_insert_with(|| regime.decide(profile.elements));
            tally.add(regime, profile, decision, unplaced);
            if decision.strength > Strength::No {
                for place in profile.jurisdictions.iter().filter(|place| place.is_known()) {
                    let state = by_state.entry(*place).or_default();
                    if decision.strength == Strength::Letter {
                        state.0 = sum(state.0, profile.people);
                    }
                    state.1 = sum(state.1, profile.people);
                }
            }
        }
        for (letter, possible) in by_state.into_values() {
            tally.one_state = (most(tally.one_state.0, letter), most(tally.one_state.1, possible));
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
                let new = decision.questions.iter().filter(|question| !self.questions.contains(question));
                let new: Vec<String> = new.cloned().collect();
                self.questions.extend(new);
            }
        }
        self.entries.extend(&decision.entries);
    }

    /// Returns the count a report shows: proved and likely by the letter, at most also those for counsel.
    pub(super) fn counted(&self) -> Interval {
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

/// Writes a count for a sentence: `1,204 people`, `between 980 and 1,310 people, most likely 1,204`.
pub(super) fn people(count: Interval) -> String {
    let noun = if count.high == 1 { "person" } else { "people" };
    if count.low == count.high {
        return format!("{} {noun}", grouped(count.likely));
    }
    let (low, likely, high) = (grouped(count.low), grouped(count.likely), grouped(count.high));
    format!("between {low} and {high} {noun}, most likely {likely}")
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
        assert_eq!(people(Interval::exact(1)), "1 person");
        assert_eq!(people(Interval { low: 1, likely: 2, high: 3 }), "between 1 and 3 people, most likely 2");
    }
}
