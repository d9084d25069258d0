//! Is the seller's claim true? Axis by axis, with grounds, intervals and what would change the answer.
//!
//! Enters: the claim, what the earlier stages counted, and the comparison with the controller's own records. Leaves: a
//! [`ClaimReport`]. Never: "not ours", "fabricated" or "recycled" for want of a match (the reference may be incomplete);
//! a verdict about the hoard from a sample.

pub mod reference;
pub mod snapshot;
pub mod stats;

mod axes;
mod extent;
mod words;

use vocab::assessment::{AxisVerdict, CannotSay, ClaimReport, ElementCount, FileReport, PeopleReport, SnapshotPoint};
use vocab::claim::{Assertion, EvidenceScope};

use extent::{Elements, Extents};
use reference::Comparison;
use snapshot::{Snapshot, calendar};

/// Rows must agree jointly beyond chance in at least this share (at the low end of the interval) to be called ours.
pub const OURS_SHARE: f64 = 0.8;
/// Below this share (at the high end) rows agree no more than by chance.
pub const CHANCE_SHARE: f64 = 0.02;
/// Fewer rows than this cannot show a match.
pub const MIN_TESTABLE_ROWS: u64 = 30;
/// Evidence read to less than this share gives counts that are lower bounds.
pub const READABLE_SHARE: f64 = 0.98;
/// A picture taken so many days before the stated theft is old.
pub const OLD_DAYS: i32 = 180;

/// What the claim is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Findings<'a> {
    /// What the seller says.
    pub claim: Option<&'a Assertion>,
    /// How much of what is offered was handed over.
    pub scope: EvidenceScope,
    /// Whether the counts come from a first look and not from every row.
    pub sampled: bool,
    /// Evidence files.
    pub files: &'a [FileReport],
    /// Elements found.
    pub elements: &'a [ElementCount],
    /// People found.
    pub people: &'a PeopleReport,
    /// Comparison with the controller's records, if the case has any.
    pub reference: Option<&'a Comparison>,
}

/// How the rows compare with the controller's records.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Match {
    /// No reference, or none of the rows can be compared.
    Untested,
    /// No more than chance. Proves nothing.
    Chance,
    /// Some rows.
    Partly,
    /// Nearly all rows.
    Ours,
}

/// Everything the verdicts are read from, worked out once.
struct Examined<'a> {
    findings: Findings<'a>,
    extents: Extents,
    elements: Elements,
    matched: Match,
    readable: f64,
}

/// Judges the claim. Without a claim the axes that do not need one are still answered.
pub fn verdicts(findings: Findings<'_>) -> ClaimReport {
    let readable = axes::readable_share(findings.files);
    let elements = Elements::of(&findings);
    let extents = Extents::of(&findings, readable);
    let examined = Examined { extents, elements, matched: matched(findings.reference), readable, findings };
    let axes = axes::all(&examined);
    let headline = headline(&examined);
    ClaimReport {
        headline: headline.to_owned(),
        summary: words::summary(&examined, headline, &axes),
        axes,
        tests: axes::tests(&examined),
        snapshot_curve: curve(findings.reference),
        extents: examined.extents.list,
        claimed_and_found: examined.elements.claimed_and_found,
        claimed_not_found: examined.elements.claimed_not_found,
        found_not_claimed: examined.elements.found_not_claimed,
    }
}

/// Returns the questions of the claim that stay open.
pub fn cannot_say(report: &ClaimReport) -> Vec<CannotSay> {
    let axes = &report.axes;
    let questions: [(&str, &AxisVerdict); 8] = [
        ("Could everything be read?", &axes.readable),
        ("Are these real customers, test data or made up?", &axes.kind),
        ("Whose data is it?", &axes.controller),
        ("Of what date is the data?", &axes.snapshot),
        ("Is it new, or from an earlier breach?", &axes.novelty),
        ("How much is there?", &axes.extent),
        ("Which kinds of data are there?", &axes.elements),
        ("By which way did it get out?", &axes.path),
    ];
    let open = questions.into_iter().filter(|(_, axis)| axis.answer == words::CANNOT_TELL);
    let say = open.map(|(question, axis)| CannotSay {
        question: question.to_owned(),
        because: axis.grounds.join("; "),
        would_help: axis.would_change.clone(),
    });
    say.collect()
}

fn matched(reference: Option<&Comparison>) -> Match {
    let Some(comparison) = reference.filter(|comparison| comparison.joint.of >= MIN_TESTABLE_ROWS) else {
        return Match::Untested;
    };
    let beyond = stats::excess(comparison.joint, comparison.chance);
    if beyond.interval[0] >= OURS_SHARE {
        Match::Ours
    } else if beyond.interval[1] <= CHANCE_SHARE || beyond.interval[0] == 0.0 {
        Match::Chance
    } else {
        Match::Partly
    }
}

/// The headline word. Only a match beyond chance confirms; nothing here denies.
fn headline(examined: &Examined<'_>) -> &'static str {
    let Some(claim) = examined.findings.claim else { return "NO CLAIM" };
    if examined.matched != Match::Ours {
        return "INCONCLUSIVE";
    }
    if old(examined).is_some() {
        return "GENUINE BUT OLD";
    }
    if examined.findings.scope == EvidenceScope::Sample {
        return "SAMPLE GENUINE, HOARD NOT ESTIMABLE FROM THE SAMPLE";
    }
    let all_elements = examined.elements.claimed_not_found.is_empty();
    match examined.extents.decision(claim) {
        "larger" if all_elements => "CONFIRMED, LARGER THAN CLAIMED",
        "holds" | "no_count" if all_elements => "CONFIRMED",
        "cannot_tell" => "CONFIRMED FOR WHAT IS READABLE",
        _ => "CONFIRMED, SMALLER THAN CLAIMED",
    }
}

/// Returns the snapshot and the days between its latest possible day and the stated theft, if that is long.
fn old<'a>(examined: &Examined<'a>) -> Option<(&'a Snapshot, i32)> {
    let snapshot = snapshot_of(&examined.findings)?;
    let claim = examined.findings.claim?;
    let stated = claim.taken_days().map(|(first, _)| first).or(claim.posted)?;
    let days = snapshot::day(stated) - snapshot.latest?;
    (days > OLD_DAYS).then_some((snapshot, days))
}

/// Without a match the dates are those of chance agreements.
fn snapshot_of<'a>(findings: &Findings<'a>) -> Option<&'a Snapshot> {
    let comparison = findings.reference?;
    matches!(matched(Some(comparison)), Match::Ours | Match::Partly).then_some(())?;
    comparison.snapshot.as_ref().ok()
}

fn curve(reference: Option<&Comparison>) -> Vec<SnapshotPoint> {
    let Some(Ok(snapshot)) = reference.map(|comparison| comparison.snapshot.as_ref()) else { return Vec::new() };
    if matches!(matched(reference), Match::Untested | Match::Chance) {
        return Vec::new();
    }
    let points = snapshot.curve.iter();
    points
        .map(|(day, support)| SnapshotPoint { date: calendar(*day).to_string(), support: words::rounded(*support) })
        .collect()
}

/// Returns whether the words of the case say of every piece of evidence that it is only a part of what is offered.
pub fn scope_of(obtained: &[&str]) -> EvidenceScope {
    const PART: [&str; 5] = ["sample", "teaser", "excerpt", "preview", "screenshot"];
    let part = |text: &&str| {
        let text = text.to_lowercase();
        text.split(|c: char| !c.is_alphanumeric()).any(|word| PART.contains(&word.trim_end_matches('s')))
    };
    if !obtained.is_empty() && obtained.iter().all(part) { EvidenceScope::Sample } else { EvidenceScope::Unknown }
}

#[cfg(test)]
mod tests;
