//! The sentences of the verdict: plain words, every number with its interval.

use vocab::assessment::{AxisVerdict, ClaimAxes};
use vocab::claim::EvidenceScope;
use vocab::{DataElement, Interval};

use super::stats::{Rate, excess};
use super::{Examined, Match, old};

/// The answer of an axis that the evidence does not decide.
pub(crate) const CANNOT_TELL: &str = "cannot tell";

pub(crate) fn axis(answer: impl Into<String>, strength: &str, grounds: Vec<String>, would_change: &str) -> AxisVerdict {
    AxisVerdict { answer: answer.into(), strength: strength.to_owned(), grounds, would_change: would_change.to_owned() }
}

pub(crate) fn cannot_tell(because: impl Into<String>, would_change: &str) -> AxisVerdict {
    axis(CANNOT_TELL, "none", vec![because.into()], would_change)
}

/// Six decimals: more would only show the floating point.
pub(crate) fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

/// Groups thousands: 100,000,000.
pub(crate) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

pub(crate) fn counted(count: Interval) -> String {
    if count.low == count.high {
        return number(count.likely);
    }
    format!("{} (at least {}, at most {})", number(count.likely), number(count.low), number(count.high))
}

pub(crate) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// "97.3 % (97.1 % to 97.5 %) of 200,000".
pub(crate) fn rate(rate: Rate) -> String {
    let [low, high] = rate.wilson();
    format!("{} ({} to {}) of {}", percent(rate.share()), percent(low), percent(high), number(rate.of))
}

pub(crate) fn list(elements: &[DataElement]) -> String {
    let labels: Vec<&str> = elements.iter().map(|element| element.label()).collect();
    match labels.split_last() {
        None => "none".to_owned(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// The sentence under the headline.
pub(crate) fn summary(examined: &Examined<'_>, headline: &str, axes: &ClaimAxes) -> String {
    let mut sentences = vec![whose(examined)];
    if let Some(claim) = examined.findings.claim {
        sentences.extend(how_much(examined, claim.count, claim.unit.as_str()));
        if !claim.elements.is_empty() {
            sentences.push(which(examined));
        }
    } else {
        sentences.insert(0, "The case states no claim, so there is nothing to hold the evidence against.".to_owned());
    }
    if let Some((_, days)) = old(examined) {
        let day = &axes.snapshot.answer;
        sentences.push(format!(
            "The data is a picture of {day}, at least {} days before the stated time.",
            number(days as u64)
        ));
    } else if axes.snapshot.answer != CANNOT_TELL {
        sentences.push(format!("It is a picture of {}.", axes.snapshot.answer));
    }
    if headline.starts_with("CONFIRMED") && examined.findings.scope == EvidenceScope::Unknown {
        sentences
            .push("This is said of what was handed over; whether the seller holds more cannot be told.".to_owned());
    }
    sentences.join(" ")
}

fn whose(examined: &Examined<'_>) -> String {
    let Some(comparison) = examined.findings.reference else {
        return "Whose data it is cannot be told: the case has no records of the controller to compare with."
            .to_owned();
    };
    let beyond = excess(comparison.joint, comparison.chance);
    let share = format!(
        "{} of the rows that can be compared ({} to {}, chance taken off) agree with the controller's records on two \
         fields at once",
        percent(beyond.value),
        percent(beyond.interval[0]),
        percent(beyond.interval[1])
    );
    match examined.matched {
        Match::Untested => {
            "Whose data it is cannot be told: too few rows have fields that the controller's records have too."
                .to_owned()
        }
        Match::Chance => {
            "The rows agree with the controller's records no more than chance. That does not show that they are \
                          not the controller's: the records may be incomplete."
                .to_owned()
        }
        Match::Partly => format!("{share}. Where the rest comes from cannot be told."),
        Match::Ours => format!("{share}."),
    }
}

fn how_much(examined: &Examined<'_>, claimed: Option<u64>, unit: &str) -> Option<String> {
    let claim = examined.findings.claim?;
    let claimed = claimed?;
    let extent = examined.extents.in_unit(claim)?;
    let offered = match unit {
        "unknown" => format!("{} (of what, the seller does not say)", number(claimed)),
        unit => format!("{} {unit}", number(claimed)),
    };
    let Some(found) = extent.found else {
        return Some(format!("Claimed are {offered}; the evidence has no {} to count.", extent.unit));
    };
    let at_least = if examined.extents.complete { "" } else { "at least " };
    Some(format!("Claimed are {offered}; the evidence holds {at_least}{} {}.", counted(found), extent.unit))
}

fn which(examined: &Examined<'_>) -> String {
    let elements = &examined.elements;
    let missing = match elements.claimed_not_found.as_slice() {
        [] => "Every claimed kind of data is there".to_owned(),
        missing => format!("Claimed and not found: {}", list(missing)),
    };
    match elements.found_not_claimed.as_slice() {
        [] => format!("{missing}."),
        more => format!("{missing}; found and not claimed: {}.", list(more)),
    }
}
