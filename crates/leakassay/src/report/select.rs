//! What is shown where, and in which order. Nothing is counted or added up here.

use std::cmp::Reverse;

use vocab::assessment::{
    Assessment, AttackCount, AxisVerdict, ClassCombination, DutyReport, ElementCount, HarmProfile, JurisdictionCount,
    YesNo,
};

use super::at::{At, at};
use super::format::Moment;

/// Most rows of a table on the page; what is beyond is in `assessment.json`, and the page says so.
pub(super) const ROWS_LIMIT: usize = 500;
/// Most blends of elements, or of classes, in a chart and its table.
pub(super) const BLENDS_LIMIT: usize = 20;
/// Most lines of grounds in one place.
pub(super) const GROUNDS_LIMIT: usize = 50;

type Root<'a> = At<'a, Assessment>;

/// The duties that fall due at one moment.
pub(super) struct DueDay<'a> {
    /// The moment, as the first of them states it.
    pub(super) due: At<'a, String>,
    /// The duties.
    pub(super) duties: Vec<At<'a, DutyReport>>,
    /// Whether the moment lies before the stated time.
    pub(super) passed: bool,
    /// Whether there are more duties than are listed here.
    pub(super) more: bool,
}

impl DueDay<'_> {
    /// Keeps one duty for each regime, and at most `limit` of them.
    pub(super) fn short(mut self, limit: usize) -> Self {
        let mut named: Vec<&str> = Vec::new();
        self.duties.retain(|duty| {
            let new = !named.contains(&duty.v.regime.as_str());
            named.push(&duty.v.regime);
            new
        });
        self.more = self.duties.len() > limit;
        self.duties.truncate(limit);
        self
    }
}

/// Returns the triggered duties with a deadline, by deadline.
pub(super) fn due_days<'a>(a: &Root<'a>) -> Vec<DueDay<'a>> {
    let as_of = Moment::parse(&a.v.run.as_of).map(|moment| moment.days());
    let mut dated: Vec<(At<String>, At<DutyReport>)> =
        triggered(a).into_iter().filter_map(|duty| Some((at!(duty.due).some()?, duty))).collect();
    dated.sort_by_key(|(due, _)| due_key(due.v));
    let mut days: Vec<DueDay> = Vec::new();
    for (due, duty) in dated {
        match days.last_mut().filter(|day| day.due.v == due.v) {
            Some(day) => day.duties.push(duty),
            None => {
                let end = Moment::parse(due.v).map(|moment| moment.days() + if due.v.len() == 10 { 1.0 } else { 0.0 });
                let passed = matches!((end, as_of), (Some(end), Some(as_of)) if end < as_of);
                days.push(DueDay { due, duties: vec![duty], passed, more: false });
            }
        }
    }
    days
}

/// A day without a time ends after every time of that day.
fn due_key(due: &str) -> String {
    if due.len() == 10 { format!("{due}T99") } else { due.to_owned() }
}

/// Returns the triggered duties for which the law sets no day.
pub(super) fn undated<'a>(a: &Root<'a>) -> Vec<At<'a, DutyReport>> {
    triggered(a).into_iter().filter(|duty| duty.v.due.is_none()).collect()
}

/// Returns the duties that cannot be decided.
pub(super) fn undecided<'a>(a: &Root<'a>) -> Vec<At<'a, DutyReport>> {
    at!(a.duties).items().into_iter().filter(|duty| duty.v.trigger == YesNo::CannotTell).collect()
}

fn triggered<'a>(a: &Root<'a>) -> Vec<At<'a, DutyReport>> {
    at!(a.duties).items().into_iter().filter(|duty| duty.v.trigger == YesNo::Yes).collect()
}

/// The duties of one regime.
pub(super) struct Regime<'a> {
    /// The first of them, for what all share.
    pub(super) first: At<'a, DutyReport>,
    /// All of them.
    pub(super) duties: Vec<At<'a, DutyReport>>,
    /// Triggered, undecided or not, by its strongest duty.
    pub(super) answer: YesNo,
}

/// Returns the regimes in the order of the assessment.
pub(super) fn regimes<'a>(a: &Root<'a>) -> Vec<Regime<'a>> {
    let mut regimes: Vec<Regime> = Vec::new();
    for duty in at!(a.duties).items() {
        match regimes.iter_mut().find(|regime| regime.first.v.regime == duty.v.regime) {
            Some(regime) => {
                regime.answer = stronger(regime.answer, duty.v.trigger);
                regime.duties.push(duty);
            }
            None => regimes.push(Regime { answer: duty.v.trigger, first: duty.clone(), duties: vec![duty] }),
        }
    }
    regimes
}

/// Grounds that some duties of a regime share.
pub(super) struct Grounds<'a> {
    /// The recipients they are for; empty if for all.
    pub(super) recipients: Vec<At<'a, String>>,
    /// When the clock starts, facts used, facts missing, conditions.
    pub(super) lists: Vec<(&'static str, Vec<At<'a, String>>)>,
    /// Codes of what the notice must say.
    pub(super) content: Vec<At<'a, String>>,
}

/// What kinds of grounds there are, in the order in which they are shown; content of the notice comes last.
const KINDS: [&str; 5] = ["Clock starts", "Rests on", "Missing", "For counsel to judge", "Content of the notice"];

/// Returns what the duties of the regime rest on: first what all share, then what fewer do. Nothing is said twice.
pub(super) fn grounds<'a>(regime: &Regime<'a>) -> Vec<Grounds<'a>> {
    type Lines<'a> = [Vec<At<'a, String>>; KINDS.len()];
    let by_duty: Vec<Lines> = regime.duties.iter().map(lines_of).collect();
    let mut parts: Vec<(Vec<usize>, Lines)> = Vec::new();
    for (lines, kind) in by_duty.iter().flat_map(|lines| (0..KINDS.len()).map(move |kind| (lines, kind))) {
        for line in &lines[kind] {
            let says = |lines: &Lines| lines[kind].iter().any(|other| other.v == line.v);
            let who: Vec<usize> = (0..by_duty.len()).filter(|duty| says(&by_duty[*duty])).collect();
            let part = parts.iter().position(|(of, _)| *of == who).unwrap_or_else(|| {
                parts.push((who, Lines::default()));
                parts.len() - 1
            });
            if !says(&parts[part].1) {
                parts[part].1[kind].push(line.clone());
            }
        }
    }
    parts.sort_by_key(|(who, _)| (Reverse(who.len()), who.clone()));
    let recipients = |who: &[usize]| match who.len() {
        all if all == by_duty.len() => Vec::new(),
        _ => who.iter().map(|duty| at_recipient(&regime.duties[*duty])).collect(),
    };
    let shown = |(who, [lists @ .., content]): (Vec<usize>, Lines<'a>)| Grounds {
        recipients: recipients(&who),
        lists: KINDS.into_iter().zip(lists).filter(|(_, lines)| !lines.is_empty()).collect(),
        content,
    };
    parts.into_iter().map(shown).collect()
}

fn at_recipient<'a>(duty: &At<'a, DutyReport>) -> At<'a, String> {
    at!(duty.recipient)
}

/// Returns the grounds of a duty by kind.
fn lines_of<'a>(duty: &At<'a, DutyReport>) -> [Vec<At<'a, String>>; KINDS.len()] {
    let starts = if duty.v.starts.is_empty() { Vec::new() } else { vec![at!(duty.starts)] };
    let [used, missing, conditions, content] =
        [at!(duty.facts_used), at!(duty.missing_facts), at!(duty.conditions), at!(duty.content)]
            .map(|lines| lines.first(GROUNDS_LIMIT));
    [starts, used, missing, conditions, content]
}

fn stronger(one: YesNo, other: YesNo) -> YesNo {
    let rank = |answer| match answer {
        YesNo::Yes => 2,
        YesNo::CannotTell => 1,
        YesNo::No => 0,
    };
    if rank(one) >= rank(other) { one } else { other }
}

/// Returns the axes of the claim with the question each answers.
pub(super) fn axes<'a>(a: &Root<'a>) -> [(&'static str, At<'a, AxisVerdict>); 8] {
    [
        ("Could the evidence be read?", at!(a.claim.axes.readable)),
        ("Live people, test data or made up?", at!(a.claim.axes.kind)),
        ("Whose data is it?", at!(a.claim.axes.controller)),
        ("Of what date is it?", at!(a.claim.axes.snapshot)),
        ("New, or seen in an earlier breach?", at!(a.claim.axes.novelty)),
        ("How much of it is there?", at!(a.claim.axes.extent)),
        ("Which elements?", at!(a.claim.axes.elements)),
        ("By which way did it get out?", at!(a.claim.axes.path)),
    ]
}

/// Returns the elements, those of most people first.
pub(super) fn elements<'a>(a: &Root<'a>) -> Vec<At<'a, ElementCount>> {
    let mut elements = at!(a.elements).items();
    elements.sort_by_key(|count| (Reverse(count.v.people.likely), count.v.element));
    elements
}

/// Returns the places of residence, those of most people first.
pub(super) fn places<'a>(a: &Root<'a>) -> Vec<At<'a, JurisdictionCount>> {
    let mut places = at!(a.people.by_jurisdiction).items();
    places.sort_by_key(|place| (Reverse(place.v.people.likely), place.v.jurisdiction));
    places
}

/// Returns the attacks that somebody is open to, heaviest first.
pub(super) fn attacks<'a>(a: &Root<'a>) -> Vec<At<'a, AttackCount>> {
    let mut attacks = at!(a.harm.attacks).items();
    attacks.retain(|attack| attack.v.people.high > 0);
    attacks.sort_by_key(|attack| (Reverse(attack.v.weight), Reverse(attack.v.people.likely)));
    attacks
}

/// Returns the harm of the blends that most people share.
pub(super) fn harm_profiles<'a>(a: &Root<'a>) -> Vec<At<'a, HarmProfile>> {
    let mut profiles = at!(a.harm.profiles).items();
    profiles.sort_by_key(|profile| (Reverse(profile.v.people.likely), profile.v.elements, profile.v.minor));
    profiles.truncate(BLENDS_LIMIT);
    profiles
}

/// Returns the sets of classes that most people are in.
pub(super) fn overlaps<'a>(a: &Root<'a>) -> Vec<At<'a, ClassCombination>> {
    let mut overlaps = at!(a.people.class_combinations).items();
    overlaps.sort_by_key(|overlap| (Reverse(overlap.v.people), overlap.v.classes.clone()));
    overlaps.truncate(BLENDS_LIMIT);
    overlaps
}

/// Returns the name by which a class is called in charts: A, B, ... Z, AA, AB, ...
pub(super) fn class_letter(index: usize) -> String {
    let letter = |n: usize| char::from(b'A' + (n % 26) as u8);
    if index < 26 { letter(index).to_string() } else { format!("{}{}", class_letter(index / 26 - 1), letter(index)) }
}
