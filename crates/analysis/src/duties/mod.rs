//! Who must be told, and by when.
//!
//! Enters: exposure profiles, the rulebook's regimes, the facts of the case (its stated time included). Leaves: one
//! [`DutyReport`] for every regime and recipient, triggered or not, and one for every place in which people live and for
//! which there is no regime. Never: a clock, a file, or a judgement that belongs to counsel: what the letter of a law
//! does not settle is listed under `conditions`, and a missing fact on which applicability hangs is "cannot tell".

mod calendar;
mod deadline;
pub mod export;
mod read;
mod tally;
mod weigh;

use rulebook::duties::{Agencies, Duties, Recipient, Regime};
use vocab::assessment::{DutyReport, YesNo};
use vocab::facts::Facts;
use vocab::{ExposureProfile, Interval, Jurisdiction};

pub use calendar::{add_business_days, holiday_on};
pub use read::{MAX_FACTS_BYTES, facts_from_toml};

use deadline::{Clockwork, Deadline};
use tally::{Blends, Tally, Unplaced};
use weigh::Weighing;

/// Decides every duty. The order is that of the rulebook (states, federal, foreign), then places without an entry.
pub fn due(profiles: &[ExposureProfile], duties: &Duties, facts: &Facts) -> Vec<DutyReport> {
    let clockwork = Clockwork::new(facts, &duties.calendar);
    let unplaced = Unplaced::of(duties);
    let blends = Blends::of(profiles);
    let mut reports = Vec::new();
    for regime in &duties.regimes {
        let tally = Tally::of(regime, profiles, &blends, &unplaced);
        let asked = Asked { regime, tally: &tally, facts, duties, clockwork: &clockwork };
        asked.answer(&mut reports);
    }
    silences(&mut reports, duties);
    reports.extend(uncovered(profiles, duties));
    reports
}

/// Puts a rule that forbids other notices for a time beside the duties of every place, while it applies or may apply.
fn silences(reports: &mut [DutyReport], duties: &Duties) {
    for regime in &duties.regimes {
        let Some(silence) = &regime.scope.silence else { continue };
        let answers = |wanted| reports.iter().any(|duty| duty.regime == regime.code && duty.trigger == wanted);
        let how = match (answers(YesNo::Yes), answers(YesNo::CannotTell)) {
            (true, _) => "conflict",
            (false, true) => "possible conflict",
            (false, false) => continue,
        };
        let of_a_place = |code: &str| duties.regime(code).is_some_and(|regime| regime.scope.place.is_some());
        for duty in reports.iter_mut().filter(|duty| duty.trigger != YesNo::No && of_a_place(&duty.regime)) {
            duty.conditions.push(format!("{how} with {}: {silence}", regime.code));
        }
    }
}

/// Names what in the facts the duties cannot use: unknown tags and contradictions. Shown before anything is decided.
pub fn objections(duties: &Duties, facts: &Facts) -> Vec<String> {
    let unknown = facts.regimes.iter().flatten().filter(|tag| !duties.tags.contains_key(*tag));
    let known = duties.tags.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    let mut found: Vec<String> =
        unknown.map(|tag| format!("regimes: `{tag}` is not a tag of the rulebook; it has {known}")).collect();
    found.extend(facts.contradictions().into_iter().map(|error| error.0));
    found
}

/// One regime with all that its answer depends on.
struct Asked<'a> {
    regime: &'a Regime,
    tally: &'a Tally,
    facts: &'a Facts,
    duties: &'a Duties,
    clockwork: &'a Clockwork<'a>,
}

impl Asked<'_> {
    fn answer(&self, reports: &mut Vec<DutyReport>) {
        let individuals = self.individuals();
        let individuals_due = individuals.due.clone();
        let resident_law = self.regime.scope.place.is_some();
        reports.push(individuals);
        if self.regime.regulators.is_empty() && resident_law {
            reports.push(self.nobody("regulator", "the law asks a business to tell no regulator"));
        }
        for recipient in &self.regime.regulators {
            reports.push(self.recipient(recipient, individuals_due.as_deref()));
        }
        match &self.regime.agencies {
            Some(agencies) => reports.push(self.agencies(agencies)),
            None if resident_law => {
                reports.push(self.nobody(AGENCIES, "the law asks a business to tell no consumer reporting agency"));
            }
            None => {}
        }
    }

    /// What every recipient of the regime shares.
    fn base(&self) -> Weighing<'_> {
        let mut weighing = Weighing::new(self.regime, self.facts, self.tally, &self.duties.tags);
        weighing.text_in_force();
        weighing.holder();
        weighing.breach();
        weighing
    }

    fn individuals(&self) -> DutyReport {
        let rule = &self.regime.individuals;
        if !rule.required {
            let words = rule.words.as_deref().unwrap_or("no notice to individuals");
            return self.nobody("individuals", words);
        }
        let mut weighing = self.base();
        weighing.encryption(true);
        weighing.harm(false);
        if let Some(needed) = rule.only_if_harm {
            weighing.needed_harm(needed);
        }
        weighing.surroundings();
        let deadline = self.clockwork.of(&rule.clock, rule.words.as_deref());
        let earliest = rule.not_before_business_days.zip(rule.not_before_starts);
        let deadline = match earliest {
            Some((business_days, event)) => self.clockwork.not_before(deadline, business_days, event),
            None => deadline,
        };
        weighing.condition_of("deadline", rule.note.as_deref());
        weighing.condition_of("content", rule.content_note.as_deref());
        if !rule.content_recommended.is_empty() {
            weighing.conditions.push(format!("content recommended: {}", rule.content_recommended.join(", ")));
        }
        self.report("individuals".to_owned(), weighing, deadline, None, &rule.content)
    }

    fn recipient(&self, recipient: &Recipient, individuals_due: Option<&str>) -> DutyReport {
        let mut weighing = self.base();
        weighing.encryption(false);
        weighing.harm(recipient.regardless_of_harm);
        weighing.recipient(recipient);
        let threshold = weighing.threshold(&recipient.threshold, recipient.below_unless_no_harm);
        weighing.condition_of("threshold", recipient.threshold_note.as_deref());
        if !self.regime.individuals.required {
            weighing.surroundings();
        }
        let own = self.clockwork.of(&recipient.clock, recipient.words.as_deref());
        let deadline = self.clockwork.beside(own, recipient, &self.regime.individuals.clock, individuals_due);
        weighing.condition_of("deadline", recipient.note.as_deref());
        weighing.condition_of("how", recipient.how.as_deref());
        let name = format!("{}: {}", recipient.role.as_str(), recipient.name);
        self.report(name, weighing, deadline, threshold, &recipient.content)
    }

    fn agencies(&self, agencies: &Agencies) -> DutyReport {
        let mut weighing = self.base();
        weighing.encryption(false);
        weighing.harm(false);
        weighing.depends_on(agencies.conditional.as_deref());
        let threshold = weighing.threshold(&agencies.threshold, false);
        let deadline = self.clockwork.of(&agencies.clock, agencies.words.as_deref());
        self.report(AGENCIES.to_owned(), weighing, deadline, threshold, &[])
    }

    /// A recipient whom the regime does not ask to be told.
    fn nobody(&self, recipient: &str, words: &str) -> DutyReport {
        let mut weighing = Weighing::new(self.regime, self.facts, self.tally, &self.duties.tags);
        weighing.rule_out(words.to_owned());
        let deadline = Deadline { clock: "none".to_owned(), starts: "nothing".to_owned(), ..Deadline::default() };
        self.report(recipient.to_owned(), weighing, deadline, None, &[])
    }

    /// People known to live in the region that the regime protects.
    fn abroad(&self) -> Interval {
        let there = self.regime.scope.region.map_or(0, |region| weigh::abroad(self.facts, region));
        Interval::exact(if self.regime.incident.is_some() { 0 } else { there })
    }

    fn report(
        &self,
        recipient: String,
        weighing: Weighing,
        deadline: Deadline,
        threshold: Option<String>,
        content: &[String],
    ) -> DutyReport {
        let regime = self.regime;
        let trigger = weighing.trigger();
        let told = trigger != YesNo::No;
        let mut facts_used = weighing.against;
        let (mut missing_facts, mut conditions) = (Vec::new(), Vec::new());
        if !weighing.ruled_out {
            facts_used.extend(weighing.used);
            conditions = weighing.conditions;
        }
        if told {
            // A missing fact or a deadline of a duty that nobody has would only be mistaken for one of a duty that
            // somebody has.
            missing_facts = weighing.missing;
            missing_facts.extend(deadline.missing);
            facts_used.extend(deadline.used);
            conditions.extend(deadline.conditions);
        }
        DutyReport {
            regime: regime.code.clone(),
            name: regime.name.clone(),
            recipient,
            trigger,
            people: tally::sum(self.tally.shown(), self.abroad()),
            due: deadline.due.filter(|_| told),
            clock: deadline.clock,
            starts: deadline.starts,
            facts_used,
            missing_facts,
            threshold,
            content: content.to_vec(),
            citation: regime.statute.clone(),
            status: joined(&regime.status, regime.status_note.as_deref()),
            verified: verification(regime),
            doubt: regime.doubt.clone(),
            conditions,
        }
    }
}

const AGENCIES: &str = "consumer reporting agencies";

fn joined(head: &str, note: Option<&str>) -> String {
    note.map_or_else(|| head.to_owned(), |note| format!("{head}. {note}"))
}

fn verification(regime: &Regime) -> String {
    let head = format!(
        "{}; checked on {}, newest source of {}",
        regime.verified,
        regime.checked_on.as_str(),
        regime.latest_source_date
    );
    joined(&head, regime.verified_note.as_deref())
}

/// Says of every place in which people live, and for which there is no regime, that there is none.
fn uncovered(profiles: &[ExposureProfile], duties: &Duties) -> Vec<DutyReport> {
    let mut places = std::collections::BTreeMap::<Jurisdiction, Interval>::new();
    for profile in profiles {
        let nowhere = [Jurisdiction::UNKNOWN];
        let named = if profile.jurisdictions.is_empty() { &nowhere[..] } else { &profile.jurisdictions };
        for place in named.iter().collect::<std::collections::BTreeSet<_>>() {
            let sum = places.entry(*place).or_default();
            *sum = tally::sum(*sum, profile.people);
        }
    }
    places.retain(|place, people| {
        people.high > 0 && !duties.regimes.iter().any(|regime| regime.scope.place == Some(*place))
    });
    places.into_iter().map(|(place, people)| uncovered_report(place, people, duties)).collect()
}

fn uncovered_report(place: Jurisdiction, people: Interval, duties: &Duties) -> DutyReport {
    let entry = duties.uncovered.iter().find(|entry| entry.code == place);
    let (name, because, would_help) = match entry {
        Some(entry) => (entry.name.as_str(), entry.because.as_str(), entry.would_help.as_str()),
        None if !place.is_known() => (
            "residence unknown",
            "nothing in the evidence says where these people live, so that every law may apply to them",
            "addresses from the controller's own records",
        ),
        None => (
            "place without an entry",
            "the rulebook has no entry for this code, and it is not that of a state or territory it knows",
            "counsel's word on which law applies there",
        ),
    };
    DutyReport {
        regime: if place.is_known() { place.to_string() } else { "unknown".to_owned() },
        name: name.to_owned(),
        recipient: "individuals".to_owned(),
        trigger: YesNo::CannotTell,
        people,
        due: None,
        clock: "unknown".to_owned(),
        starts: "unknown".to_owned(),
        facts_used: vec![tally::counted(people, "people"), because.to_owned()],
        missing_facts: vec![would_help.to_owned()],
        threshold: None,
        content: Vec::new(),
        citation: "none".to_owned(),
        status: "no entry in the rulebook".to_owned(),
        verified: "not confirmed".to_owned(),
        doubt: None,
        conditions: Vec::new(),
    }
}
