//! What an assessment says that the version before it did not, and why.
//!
//! Enters: an assessment and the one before it, from the stage store. Leaves: [`Changes`]. Never: a change of the answers
//! themselves; whether there was a version before decides nothing else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vocab::Interval;
use vocab::assessment::{AnswerChange, Assessment, ChangeCause, Changes, CountChange, DutyReport, FileReport, YesNo};

use super::Context;
use crate::case::{Decisions, Reviews, Store};
use crate::failure::Failure;

/// Name of what is kept of the last whole assessment.
const VERSION: &str = "version";

/// An assessment with the digests of what it does not name itself.
#[derive(Serialize, Deserialize)]
struct Version {
    assessment: Assessment,
    case_file: String,
    decisions: String,
}

/// Says what is new against the last whole assessment, and keeps this one as the last.
pub(crate) fn note(assessment: &mut Assessment, context: Context<'_>, store: &Store) -> Result<(), Failure> {
    let (decisions, reviews) = (Decisions::read(context.case)?, Reviews::read(context.case)?);
    let version = |assessment: &Assessment| Version {
        assessment: assessment.clone(),
        case_file: context.case.digest.sha256.clone(),
        decisions: format!("{} {}", decisions.digest, Reviews::digest(reviews.as_ref())),
    };
    let now = version(assessment);
    if let Some(last) = store.last::<Version>(VERSION) {
        // The same run once more is no new version: what was new in it stays so.
        let same = last.assessment.run == assessment.run && last.decisions == now.decisions;
        assessment.changes = if same { last.assessment.changes } else { Some(between(&last, &now)) };
    }
    store.keep(VERSION, &assessment.run.id, version(assessment), &[]).map(drop)
}

fn between(last: &Version, now: &Version) -> Changes {
    let (old, new) = (&last.assessment, &now.assessment);
    Changes {
        since: old.run.id.clone(),
        as_of: old.run.as_of.clone(),
        causes: causes(last, now),
        counts: counts(old, new),
        answers: answers(old, new),
    }
}

fn causes(last: &Version, now: &Version) -> Vec<ChangeCause> {
    let (old, new) = (&last.assessment, &now.assessment);
    let files = |assessment| by_path(assessment);
    let (before, after) = (files(old), files(new));
    let cause = |kind: &str, what: &str, rows| ChangeCause { kind: kind.into(), what: what.into(), rows };
    let mut causes = Vec::new();
    for (path, file) in &after {
        match before.get(path) {
            None => causes.push(cause("evidence added", path, Some(file.rows_parsed))),
            Some(known) if known.sha256 != file.sha256 => {
                causes.push(cause("evidence changed", path, Some(file.rows_parsed)));
            }
            Some(_) => {}
        }
    }
    let gone = before.iter().filter(|(path, _)| !after.contains_key(*path));
    causes.extend(gone.map(|(path, file)| cause("evidence withdrawn", path, Some(file.rows_parsed))));
    let others = [
        ("case file", "case.toml", last.case_file != now.case_file),
        ("decisions of people", "decisions.toml or a review", last.decisions != now.decisions),
        ("rulebook", "the rules by which all was decided", old.run.rulebook_version != new.run.rulebook_version),
        ("program", "another version of the program", old.run.tool_version != new.run.tool_version),
    ];
    causes.extend(others.into_iter().filter(|(.., differs)| *differs).map(|(kind, what, _)| cause(kind, what, None)));
    causes
}

fn by_path(assessment: &Assessment) -> BTreeMap<&str, &FileReport> {
    assessment.evidence.iter().map(|file| (file.path.as_str(), file)).collect()
}

fn counts(old: &Assessment, new: &Assessment) -> Vec<CountChange> {
    let mut pairs: Vec<(String, u64, u64)> = Vec::new();
    let mut interval = |what: &str, before: Interval, after: Interval| {
        pairs.push((what.to_owned(), before.likely, after.likely));
        pairs.push((format!("{what}, at least"), before.low, after.low));
        pairs.push((format!("{what}, at most"), before.high, after.high));
    };
    interval("people", old.people.count, new.people.count);
    pairs.push(("rows".to_owned(), old.people.rows, new.people.rows));
    pairs.push(("households".to_owned(), old.people.households, new.people.households));
    let elements = |assessment: &Assessment| -> BTreeMap<_, _> {
        assessment.elements.iter().map(|count| (count.element, count.people.likely)).collect()
    };
    for (element, before, after) in both(&elements(old), &elements(new)) {
        pairs.push((format!("people with {}", element.label()), before, after));
    }
    let places = |assessment: &Assessment| -> BTreeMap<_, _> {
        assessment.people.by_jurisdiction.iter().map(|place| (place.jurisdiction, place.people.likely)).collect()
    };
    for (place, before, after) in both(&places(old), &places(new)) {
        pairs.push((format!("people of {}", place.as_str()), before, after));
    }
    let changed = pairs.into_iter().filter(|(_, before, after)| before != after);
    changed.map(|(what, before, after)| CountChange { what, before, after }).collect()
}

/// Joins two counts by their keys; what is missing in one is nobody.
fn both<K: Ord + Copy>(old: &BTreeMap<K, u64>, new: &BTreeMap<K, u64>) -> Vec<(K, u64, u64)> {
    let mut keys: Vec<K> = old.keys().chain(new.keys()).copied().collect();
    keys.sort_unstable();
    keys.dedup();
    let count = |of: &BTreeMap<K, u64>, key: &K| of.get(key).copied().unwrap_or(0);
    keys.into_iter().map(|key| (key, count(old, &key), count(new, &key))).collect()
}

fn answers(old: &Assessment, new: &Assessment) -> Vec<AnswerChange> {
    let mut answers = vec![
        ("Is personal data in it?".to_owned(), yes_no(old.personal_data.present), yes_no(new.personal_data.present)),
        ("Is the claim true?".to_owned(), old.claim.headline.clone(), new.claim.headline.clone()),
    ];
    for (words, absent, [before, after]) in [
        ("How many people", "not reviewed", [old, new].map(by_review)),
        ("Must be told", "not asked", [old, new].map(duties)),
    ] {
        let mut all: Vec<&String> = before.keys().chain(after.keys()).collect();
        all.sort_unstable();
        all.dedup();
        for subject in all {
            let word = |of: &BTreeMap<String, String>| of.get(subject).cloned().unwrap_or_else(|| absent.to_owned());
            answers.push((format!("{words}: {subject}"), word(&before), word(&after)));
        }
    }
    let changed = answers.into_iter().filter(|(_, before, after)| before != after);
    changed.map(|(what, before, after)| AnswerChange { what, before, after }).collect()
}

fn yes_no(answer: YesNo) -> String {
    match answer {
        YesNo::Yes => "yes",
        YesNo::No => "no",
        YesNo::CannotTell => "cannot tell",
    }
    .to_owned()
}

/// The number of people by review, bound by bound. Without a review there is none, and not nobody.
fn by_review(assessment: &Assessment) -> BTreeMap<String, String> {
    let bounds = assessment.people.bounds.iter().filter(|bound| bound.bound.ends_with("by review"));
    bounds.map(|bound| (bound.bound.clone(), bound.people.to_string())).collect()
}

/// What each duty comes to, by regime and recipient.
fn duties(assessment: &Assessment) -> BTreeMap<String, String> {
    let comes_to = |duty: &DutyReport| match (duty.trigger, &duty.due) {
        (YesNo::Yes, Some(due)) => format!("yes, by {due}"),
        (trigger, _) => yes_no(trigger),
    };
    let of = |duty: &DutyReport| (format!("{}, {}", duty.regime, duty.recipient), comes_to(duty));
    assessment.duties.iter().map(of).collect()
}
