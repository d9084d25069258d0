//! Weighs one duty: what speaks against it, which fact is missing, what counsel must judge.
//!
//! The policy, in one place: a ground against it makes it "no"; else a missing fact on which applicability hangs makes it
//! "cannot tell"; else it is "yes". Conditions never change the answer.

use std::collections::{BTreeMap, BTreeSet};

use rulebook::duties::{Counts, Incident};
use rulebook::duties::{
    FormKind, HarmKind, IncidentKind, NeededHarm, Recipient, Regime, ScopeFact, Threshold, ThresholdRule,
};
use vocab::assessment::YesNo;
use vocab::facts::{DataForm, Facts, HarmFinding, Region};
use vocab::{DataElement, Interval};

use super::tally::{Tally, counted, grouped};

/// The grounds of one duty, gathered step by step.
pub(super) struct Weighing<'a> {
    regime: &'a Regime,
    facts: &'a Facts,
    tally: &'a Tally,
    tags: &'a BTreeMap<String, String>,
    /// Grounds for "no".
    pub(super) against: Vec<String>,
    /// Missing facts on which applicability hangs.
    pub(super) missing: Vec<String>,
    /// Facts the answer rests on.
    pub(super) used: Vec<String>,
    /// What counsel must judge.
    pub(super) conditions: Vec<String>,
    /// The regime has nothing to do with these people or this holder: nothing else about it needs to be read.
    pub(super) ruled_out: bool,
}

impl<'a> Weighing<'a> {
    /// Starts without any ground.
    pub(super) fn new(
        regime: &'a Regime,
        facts: &'a Facts,
        tally: &'a Tally,
        tags: &'a BTreeMap<String, String>,
    ) -> Self {
        let (against, missing, used, conditions) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Weighing { regime, facts, tally, tags, against, missing, used, conditions, ruled_out: false }
    }

    /// Adds a ground that makes everything else about the regime idle.
    pub(super) fn rule_out(&mut self, ground: String) {
        self.against.push(ground);
        self.ruled_out = true;
    }

    /// Whom the regime counts.
    fn noun(&self) -> &'static str {
        if self.regime.scope.place.is_some() { "residents" } else { "people" }
    }

    /// Returns the answer.
    pub(super) fn trigger(&self) -> YesNo {
        if !self.against.is_empty() {
            YesNo::No
        } else if !self.missing.is_empty() {
            YesNo::CannotTell
        } else {
            YesNo::Yes
        }
    }

    /// Is the text in force, and was it when the breach was discovered?
    pub(super) fn text_in_force(&mut self) {
        if !self.regime.binding {
            self.against.push(format!("the text does not bind: {}", self.regime.status));
        }
        let stated = self.facts.discovered.or(self.facts.as_of);
        let zone = self.facts.zone().unwrap_or(jiff::tz::TimeZone::UTC);
        if let Some((effective, stated)) = self.regime.effective.as_ref().zip(stated) {
            let day = stated.day(&zone).to_string();
            if day.as_str() < effective.as_str() {
                self.missing.push(format!(
                    "the law as it stood on {day}: the entry describes the text in force since {}",
                    effective.as_str()
                ));
            }
        }
    }

    /// Does the regime bind this holder?
    pub(super) fn holder(&mut self) {
        let scope = &self.regime.scope;
        if scope.fact == Some(ScopeFact::InformationBroker) {
            match self.facts.information_broker {
                Some(true) => self.used.push("information_broker: the holder is one, or a public body".to_owned()),
                Some(false) => self
                    .against
                    .push("information_broker: the holder is none and no public body, and the law binds only them".to_owned()),
                None => self.missing.push(
                    "information_broker: whether the holder is an information broker or a public body; the law binds only them"
                        .to_owned(),
                ),
            }
        }
        if !scope.tags.is_empty() {
            self.tagged(&scope.tags, scope.region, scope.by_residence);
        }
    }

    /// Weighs the tags of the controller; see the README of the rulebook folder for the reasons.
    fn tagged(&mut self, wanted: &[String], region: Option<Region>, by_residence: bool) {
        let meaning =
            wanted.iter().map(|tag| self.tags.get(tag).unwrap_or(tag).as_str()).collect::<Vec<_>>().join("; or ");
        let stated = self.facts.regimes.as_deref();
        if let Some(tag) = stated.unwrap_or_default().iter().find(|tag| wanted.contains(tag)) {
            self.used.push(format!("regimes: the controller is `{tag}`"));
            return;
        }
        let tags = wanted.join("` or `");
        if stated.is_some() && !by_residence {
            self.rule_out(format!("regimes: the stated list does not name `{tags}` ({meaning})"));
            return;
        }
        let Some(region) = region else {
            self.missing.push(format!("regimes: whether the controller is `{tags}` ({meaning})"));
            return;
        };
        let there = abroad(self.facts, region);
        if there > 0 {
            self.used.push(format!("abroad: {} in {}", counted(Interval::exact(there), "people"), region.name()));
            self.missing.push(format!("regimes: whether the controller is `{tags}` ({meaning})"));
        } else if self.tally.unplaced_any.high > 0 {
            let anywhere = counted(self.tally.unplaced_any, "people");
            self.missing.push(format!(
                "where {anywhere} of unknown residence live, and whether the controller is `{tags}` ({meaning})"
            ));
        } else {
            self.rule_out(format!("nobody is known to live in {}, and no tag names `{tags}`", region.name()));
        }
    }

    /// Is there a breach in the sense of the definition?
    pub(super) fn breach(&mut self) {
        match &self.regime.incident {
            Some(incident) => self.incident(incident),
            None => self.definition(),
        }
        let scope = &self.regime.scope;
        if self.facts.data_form == Some(DataForm::Paper) {
            match scope.data_form {
                Some(FormKind::Electronic) => {
                    self.against.push("data_form: paper, and the law covers computerised data only".to_owned());
                }
                Some(FormKind::Any) => self.used.push("data_form: paper, which the law covers".to_owned()),
                None => self.missing.push("whether the law covers paper; the entry does not say".to_owned()),
            }
        }
        if self.facts.acquired == Some(false) && self.regime.incident.is_none() {
            match scope.breach {
                Some(kind) if kind.needs_acquisition() => {
                    self.against.push(
                        "acquired: the data were accessed, not acquired, and access alone is no breach".to_owned(),
                    );
                }
                Some(_) => self.used.push("acquired: the data were accessed only, which is a breach here".to_owned()),
                None => self
                    .missing
                    .push("whether access without acquisition is a breach; the entry does not say".to_owned()),
            }
        }
    }

    fn incident(&mut self, incident: &Incident) {
        let (key, finding) = match incident.kind {
            IncidentKind::Material => {
                ("material", self.facts.material.or(self.facts.materiality_determined.map(|_| true)))
            }
            IncidentKind::Significant => ("significant_incident", self.facts.significant_incident),
        };
        match finding {
            Some(true) => self.used.push(format!("{key}: yes ({})", incident.means)),
            Some(false) => self.against.push(format!("{key}: found not to be {}", incident.means)),
            None => self.missing.push(format!("{key}: whether it is {}", incident.means)),
        }
    }

    fn definition(&mut self) {
        let tally = self.tally;
        let noun = self.noun();
        if tally.letter.low > 0 {
            self.used.push(format!("{} with {}", counted(tally.letter, noun), labels(tally.elements.iter())));
        } else if tally.letter.high > 0 {
            self.missing.push(format!("whether anybody meets the definition: {}", counted(tally.letter, noun)));
        } else if tally.counsel.high > 0 {
            let questions = joined(&tally.questions);
            self.missing.push(format!("counsel's word for {}: {questions}", counted(tally.counsel, noun)));
        } else if tally.unplaced.high > 0 {
            self.missing.push(format!(
                "where {} of unknown residence live whose elements meet or may meet the definition",
                counted(tally.unplaced, "people")
            ));
        } else if tally.residents.high == 0 {
            self.rule_out("nobody in the evidence is known to live here".to_owned());
        } else {
            self.against
                .push(format!("the elements of {} meet no entry of the definition", counted(tally.residents, noun)));
        }
        if tally.letter.high > 0 && tally.counsel.high > 0 {
            let questions = joined(&tally.questions);
            self.conditions.push(format!("{} more count if counsel finds: {questions}", counted(tally.counsel, noun)));
        }
        for entry in &tally.entries {
            let definition = &self.regime.definitions[*entry];
            if let Some(condition) = &definition.condition {
                self.conditions.push(format!("{}: {condition}", definition.label));
            }
        }
    }

    /// Does encryption lift the duty?
    pub(super) fn encryption(&mut self, individuals: bool) {
        let rule = &self.regime.encryption;
        if self.regime.incident.is_some() {
            return;
        }
        let lifts = rule.safe_harbor && (individuals || !rule.individuals_only);
        match self.facts.encryption {
            Some(stated) if stated.encrypted && lifts => match stated.key_safe {
                Some(true) => self.against.push("encryption: encrypted, and the key is safe".to_owned()),
                Some(false) => self.used.push("encryption: encrypted, but the key went with the data".to_owned()),
                None => self.missing.push("encryption.key_safe: whether the key went with the data".to_owned()),
            },
            Some(stated) if stated.encrypted => {
                self.used.push("encryption: encrypted, which does not lift this duty".to_owned());
            }
            Some(_) => self.used.push("encryption: not encrypted".to_owned()),
            None if lifts => self.conditions.push("encryption: taken as none, none was stated".to_owned()),
            None => {}
        }
        self.condition_of("encryption", rule.note.as_deref());
    }

    /// Does a finding about harm lift the duty?
    pub(super) fn harm(&mut self, regardless: bool) {
        let test = &self.regime.harm_test;
        let found_none = self.facts.harm == Some(HarmFinding::None);
        match test.kind {
            HarmKind::Exempts if found_none && regardless => {
                self.used.push("harm: found not likely, but this recipient is told all the same".to_owned());
            }
            HarmKind::Exempts if found_none => {
                self.against.push("harm: found not likely, which lifts the duty if the finding holds".to_owned());
            }
            HarmKind::Noted if found_none => {
                self.used.push("harm: found not likely, which alone does not lift the duty here".to_owned());
            }
            HarmKind::Exempts if self.facts.harm.is_none() && !regardless => {
                self.conditions
                    .push("harm: no finding was stated; one that harm is not likely would lift the duty".to_owned());
            }
            HarmKind::Exempts | HarmKind::Noted | HarmKind::None => {}
        }
        self.condition_of(if self.regime.incident.is_some() { "test" } else { "harm" }, test.note.as_deref());
        if found_none && test.record_required {
            let years = test.record_years.map_or_else(String::new, |years| format!(", kept for {years} years"));
            self.conditions.push(format!("a written record of the finding{years}"));
            self.condition_of("record", test.record_note.as_deref());
        }
    }

    /// Is there the finding of harm without which individuals are not told?
    pub(super) fn needed_harm(&mut self, needed: NeededHarm) {
        let asks = match needed {
            NeededHarm::Likely => "an adverse effect is likely",
            NeededHarm::High => "the risk is high, or the harm serious or significant",
        };
        match (self.facts.harm, needed) {
            (Some(HarmFinding::High), _) | (Some(HarmFinding::Likely), NeededHarm::Likely) => {
                self.used.push(format!("harm: found that {asks}"));
            }
            (Some(HarmFinding::None), _) => self.against.push(format!("harm: not found that {asks}")),
            (Some(HarmFinding::Likely) | None, _) => {
                self.missing.push(format!("harm: whether {asks}; individuals are told only then"));
            }
        }
    }

    /// Is this recipient one for this holder?
    pub(super) fn recipient(&mut self, recipient: &Recipient) {
        if !recipient.tags.is_empty() {
            self.tagged(&recipient.tags, None, false);
        }
        self.depends_on(recipient.conditional.as_deref());
        self.condition_of("applies to", recipient.applies_to.as_deref());
    }

    /// Something must come about first.
    pub(super) fn depends_on(&mut self, conditional: Option<&str>) {
        if let Some(conditional) = conditional {
            self.missing.push(format!("whether it comes about: {conditional}"));
        }
    }

    /// Are there enough people? Returns the comparison in words; `None` if any number is enough.
    pub(super) fn threshold(&mut self, threshold: &Threshold, below_unless_no_harm: bool) -> Option<String> {
        let (Some(limit), Some(rule), Some(counts)) = (threshold.threshold, threshold.rule, threshold.counts) else {
            return None;
        };
        let tally = self.tally;
        let (proved, possible) = match counts {
            Counts::Residents => (tally.letter, [tally.letter.high, tally.counsel.high, tally.unplaced.high]),
            Counts::Everyone => (tally.everyone, [tally.everyone.high, tally.everyone_counsel.high, 0]),
            Counts::OneState => (tally.one_state.0, [tally.one_state.1.high, tally.unplaced.high, 0]),
        };
        let upper = possible.into_iter().fold(0, u64::saturating_add);
        let met = compare(rule, limit, proved.low, upper);
        let words = rule_words(rule, limit, counts);
        if self.ruled_out {
            return Some(words);
        }
        let range = counted(Interval { high: upper, ..proved }, "counted");
        match met {
            YesNo::Yes => self.used.push(format!("threshold met: {words}; {range}")),
            YesNo::No if below_unless_no_harm && self.facts.harm != Some(HarmFinding::None) => {
                self.used.push(format!(
                    "below the threshold ({words}; {range}), but no finding says that no harm is likely"
                ));
            }
            YesNo::No => self.against.push(format!("threshold not met: {words}; {range}")),
            YesNo::CannotTell => {
                let mut why = format!("how many people count: {words}; {range}");
                if counts != Counts::Everyone && tally.unplaced.high > 0 {
                    why.push_str(&format!(", of whom {} of unknown residence", counted(tally.unplaced, "people")));
                }
                self.missing.push(why);
            }
        }
        let met_by_all = compare(rule, limit, tally.everyone.low, u64::MAX) == YesNo::Yes;
        if met == YesNo::No && counts == Counts::Residents && tally.letter.high > 0 && met_by_all {
            self.conditions.push(format!(
                "residents were counted; {} meet the definition in all places, if the law counts everybody who is told",
                counted(tally.everyone, "people")
            ));
        }
        let verdict = match met {
            YesNo::Yes => "met",
            YesNo::No => "not met",
            YesNo::CannotTell => "cannot tell",
        };
        Some(format!("{words}: {range}, {verdict}"))
    }

    /// Adds what counsel should have before them whatever the answer: exemptions, notes, what was not looked for.
    pub(super) fn surroundings(&mut self) {
        let regime = self.regime;
        if let Some(day) = self.facts.law_enforcement_hold.as_ref() {
            let until = day.until.map_or_else(String::new, |until| format!(" until {until}"));
            self.conditions.push(format!(
                "law-enforcement hold of {}{until}: the date shown is not moved by it; whether and how long it delays this notice is for counsel",
                day.agency
            ));
        }
        self.condition_of("applies to", regime.scope.applies_to.as_deref());
        for exemption in &regime.scope.exemptions {
            self.conditions.push(format!("exempt: {exemption}"));
        }
        for note in &regime.scope.notes {
            self.conditions.push(format!("note: {note}"));
        }
        for unseen in regime.definitions.iter().flat_map(|definition| &definition.not_looked_for) {
            self.conditions.push(format!("also covered, and not looked for: {unseen}"));
        }
        self.condition_of("telecom", regime.scope.telecom_note.as_deref());
        self.condition_of("pending", regime.pending.as_deref());
        self.condition_of("text in force since", regime.effective_note.as_deref());
        if let Some(rule) = &regime.credit_monitoring {
            self.conditions.push(format!("credit monitoring for {} months: {}", rule.months, rule.trigger));
        }
        if let Some(rule) = &regime.substitute_notice {
            let cost = rule.cost_usd.map(|cost| format!("cost above {} USD", grouped(cost)));
            let persons = rule.persons.map(|persons| format!("more than {} people", grouped(persons)));
            let parts: Vec<String> = [cost, persons, rule.note.clone()].into_iter().flatten().collect();
            self.conditions.push(format!("substitute notice: {}", parts.join("; ")));
        }
        self.condition_of("a holder for somebody else", regime.remedies.vendor_notice.as_deref());
        self.condition_of("penalty", regime.remedies.penalty.as_deref());
    }

    /// Adds a note of the entry under its heading.
    pub(super) fn condition_of(&mut self, heading: &str, note: Option<&str>) {
        if let Some(note) = note {
            self.conditions.push(format!("{heading}: {note}"));
        }
    }
}

/// Returns how many people are known to live in a region.
pub(super) fn abroad(facts: &Facts, region: Region) -> u64 {
    let there = facts.abroad.iter().filter(|fact| fact.region == region).map(|fact| fact.count);
    there.fold(0, u64::saturating_add)
}

/// Compares a rule with everything between `low` and `high`.
fn compare(rule: ThresholdRule, limit: u64, low: u64, high: u64) -> YesNo {
    let holds = |count: u64| match rule {
        ThresholdRule::MoreThan => count > limit,
        ThresholdRule::AtLeast => count >= limit,
        ThresholdRule::FewerThan => count < limit,
    };
    match (holds(low), holds(high)) {
        (true, true) => YesNo::Yes,
        (false, false) => YesNo::No,
        _ => YesNo::CannotTell,
    }
}

fn rule_words(rule: ThresholdRule, limit: u64, counts: Counts) -> String {
    let limit = grouped(limit);
    let how = match rule {
        ThresholdRule::MoreThan => format!("more than {limit}"),
        ThresholdRule::AtLeast => format!("{limit} or more"),
        ThresholdRule::FewerThan => format!("fewer than {limit}"),
    };
    let who = match counts {
        Counts::Residents => "residents",
        Counts::Everyone => "people wherever they live",
        Counts::OneState => "residents of one state",
    };
    format!("{how} {who}")
}

fn labels(elements: impl Iterator<Item = DataElement>) -> String {
    elements.map(DataElement::label).collect::<Vec<_>>().join(", ")
}

fn joined(questions: &BTreeSet<String>) -> String {
    questions.iter().map(String::as_str).collect::<Vec<_>>().join("; ")
}
