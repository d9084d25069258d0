//! What cannot be said, and what would help: gathered from every answer so that nothing open is hidden in a table.

use analysis::{claim, harm};
use rulebook::harms::Harms;
use vocab::assessment::{Assessment, CannotSay, YesNo};

/// Gathers the open questions of an assessment, in the order of its answers.
pub(crate) fn gather(assessment: &Assessment, harms: &Harms) -> Vec<CannotSay> {
    let mut open: Vec<CannotSay> = unread(assessment).into_iter().collect();
    open.extend(people(assessment));
    open.extend(claim::cannot_say(&assessment.claim));
    if assessment.access.answer == YesNo::CannotTell {
        open.push(say(
            "Which tables and rows were read, and is the door shut?",
            assessment.access.grounds.join("; "),
            "logs of the databases, hosts and gateways for the time before and after the theft",
        ));
    }
    open.extend(harm::cannot_say(&assessment.harm, harms));
    let undecided: Vec<&str> = assessment
        .duties
        .iter()
        .filter(|duty| duty.trigger == YesNo::CannotTell)
        .map(|duty| duty.regime.as_str())
        .collect();
    if !undecided.is_empty() {
        let mut regimes = undecided;
        regimes.dedup();
        open.push(say(
            "Do these regimes ask for notice?",
            format!("facts are missing for {}", regimes.join(", ")),
            "the facts named with each duty, in [facts] of case.toml",
        ));
    }
    open
}

fn say(question: &str, because: impl Into<String>, would_help: &str) -> CannotSay {
    CannotSay { question: question.into(), because: because.into(), would_help: would_help.into() }
}

fn unread(assessment: &Assessment) -> Option<CannotSay> {
    let files: Vec<&str> =
        assessment.evidence.iter().filter(|file| !file.problems.is_empty()).map(|file| file.path.as_str()).collect();
    let because = format!("not read, or not whole: {}", files.join(", "));
    (!files.is_empty()).then(|| say("What is in the parts that could not be read?", because, "an undamaged copy"))
}

fn people(assessment: &Assessment) -> Vec<CannotSay> {
    let people = &assessment.people;
    let mut open = Vec::new();
    if people.unresolvable > 0 {
        open.push(say(
            "Whose are the rows that hold too little to tell people apart?",
            "a name alone, or less, fits many people",
            "the same records with a date of birth, an address or an identifier",
        ));
    }
    if people.by_jurisdiction.iter().any(|place| !place.jurisdiction.is_known() && place.people.high > 0) {
        open.push(say(
            "Where do the people without address and licence live?",
            "nothing in their rows names a place; an area code does not prove a residence",
            "the controller's own address records for them",
        ));
    }
    open
}
