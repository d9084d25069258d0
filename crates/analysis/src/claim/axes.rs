//! The eight axes and the tests behind them.

use vocab::assessment::{AxisVerdict, ClaimAxes, FileReport, TestResult};
use vocab::claim::{ClaimUnit, EvidenceScope};

use super::reference::Comparison;
use super::snapshot::{Snapshot, Undated, calendar};
use super::stats::{Estimate, Rate, excess};
use super::words::{axis, cannot_tell, counted, list, number, percent, rate, rounded};
use super::{Examined, Match, READABLE_SHARE, extent};

/// A picture is sharp if it is known to within so many days.
const SHARP_DAYS: i32 = 7;
/// More values than this share from after the picture speak against one date.
const LATER_SHARE: f64 = 0.05;

pub(crate) fn all(examined: &Examined<'_>) -> ClaimAxes {
    ClaimAxes {
        readable: readable(examined),
        kind: kind(examined),
        controller: controller(examined),
        snapshot: snapshot(examined),
        novelty: cannot_tell(
            "the evidence was not compared with data of earlier breaches",
            "keyed digests of earlier data sets of this controller",
        ),
        extent: how_much(examined),
        elements: elements(examined),
        path: cannot_tell(
            "the rows alone do not say which system or copy they left by",
            "the table layouts of the candidate systems, planted records, and logs of the time",
        ),
    }
}

/// Share of the evidence's bytes that was read; 0 without evidence.
pub(crate) fn readable_share(files: &[FileReport]) -> f64 {
    // What is read elsewhere, or known and left alone, is neither read nor unread here.
    let own = || files.iter().filter(|file| file.part_of.is_none() && !file.known);
    let bytes: f64 = own().map(|file| file.bytes as f64).sum();
    let read: f64 = own().map(|file| file.bytes as f64 * file.readable_share).sum();
    if bytes == 0.0 { 0.0 } else { (read / bytes).clamp(0.0, 1.0) }
}

fn rows(examined: &Examined<'_>) -> Rate {
    let files = examined.findings.files;
    Rate { hits: files.iter().map(|file| file.rows_parsed).sum(), of: files.iter().map(|file| file.rows_in).sum() }
}

fn readable(examined: &Examined<'_>) -> AxisVerdict {
    let rows = rows(examined);
    let mut grounds = vec![
        format!("{} of the bytes were read as rows or text", percent(examined.readable)),
        format!("{} of {} rows were read", number(rows.hits), number(rows.of)),
    ];
    let problems: usize = examined.findings.files.iter().map(|file| file.problems.len()).sum();
    if problems > 0 {
        grounds.push(format!("{} problems were met, each listed with its file", number(problems as u64)));
    }
    let answer = match examined.readable {
        share if share >= READABLE_SHARE => "readable",
        share if share > 0.0 => "readable in part",
        _ => "unreadable",
    };
    axis(answer, "strong", grounds, "an undamaged or complete copy")
}

fn kind(examined: &Examined<'_>) -> AxisVerdict {
    const HELP: &str = "a list of the controller's test customers, and the tests for made-up data";
    match (examined.matched, examined.findings.reference) {
        (Match::Ours, Some(comparison)) => {
            let beyond = excess(comparison.joint, comparison.chance);
            let share = percent(beyond.value);
            let grounds = vec![
                format!("{share} of the rows that can be compared are those of customers in the controller's records"),
                "whether test customers are among them was not tested".to_owned(),
            ];
            axis("real customers", "strong", grounds, HELP)
        }
        _ => cannot_tell("real, test and made-up rows were not told apart: too few rows match known customers", HELP),
    }
}

fn controller(examined: &Examined<'_>) -> AxisVerdict {
    let Some(comparison) = examined.findings.reference else {
        return cannot_tell(
            "the case names no records of the controller to compare with",
            "the controller's customer records, former customers and applicants included",
        );
    };
    let mut grounds = agreement(comparison);
    match examined.matched {
        Match::Untested => cannot_tell(
            format!("only {} rows have fields that the controller's records have too", number(comparison.joint.of)),
            "records with more of the fields the evidence has",
        ),
        Match::Chance => {
            grounds.insert(
                0,
                "the rows agree with the controller's records no more than chance, which does not show that \
                               they are somebody else's: the records may be incomplete"
                    .to_owned(),
            );
            axis(
                super::words::CANNOT_TELL,
                "none",
                grounds,
                "records of former customers, applicants and merged brands",
            )
        }
        Match::Partly => {
            axis("ours in part", "limited", grounds, "records of former customers, applicants and merged brands")
        }
        Match::Ours => axis("ours", "strong", grounds, "records of another company that agree as well"),
    }
}

fn agreement(comparison: &Comparison) -> Vec<String> {
    let tested = match comparison.rows_tested < comparison.evidence_rows {
        true => format!(
            "{} of {} rows, chosen evenly, were tested",
            number(comparison.rows_tested),
            number(comparison.evidence_rows)
        ),
        false => format!("all {} rows were tested", number(comparison.evidence_rows)),
    };
    let mut grounds = vec![
        format!("joint agreement on two fields: {} rows that can be compared", rate(comparison.joint)),
        format!("by chance, with the fields of another row: {}", rate(comparison.chance)),
        tested,
    ];
    let tables = || comparison.tables.iter().filter(|(_, rate)| rate.of > 0);
    let by_share = |a: &&(String, Rate), b: &&(String, Rate)| a.1.share().total_cmp(&b.1.share());
    if let (Some((low_name, low)), Some((high_name, high))) = (tables().min_by(by_share), tables().max_by(by_share))
        && low_name != high_name
    {
        let (low, high) = (percent(low.share()), percent(high.share()));
        grounds.push(format!("by table from {low} ({low_name}) to {high} ({high_name})"));
    }
    grounds
}

fn snapshot(examined: &Examined<'_>) -> AxisVerdict {
    const HELP: &str = "controller's records that keep earlier values with the days on which they were true";
    let Some(comparison) = examined.findings.reference else {
        return cannot_tell("the case has no records of the controller, so no value can be dated", HELP);
    };
    if matches!(examined.matched, Match::Untested | Match::Chance) {
        return cannot_tell("too few rows match the controller's records to be dated by them", HELP);
    }
    match &comparison.snapshot {
        Ok(snapshot) => dated(snapshot, comparison),
        Err(Undated::NoHistory { changes }) => cannot_tell(
            format!("the matched records show only {} changes of value, too few to carry a date", number(*changes)),
            HELP,
        ),
        Err(Undated::NotBefore(day)) => cannot_tell(
            format!(
                "the records give beginnings only: the data is not older than {}, how much newer is open",
                calendar(*day)
            ),
            HELP,
        ),
        Err(Undated::NoPeak { day, support }) => cannot_tell(
            format!(
                "no single day fits: on the best one, {}, {} of the values hold",
                calendar(*day),
                percent(*support)
            ),
            "a comparison by group of columns, or by file",
        ),
    }
}

fn dated(snapshot: &Snapshot, comparison: &Comparison) -> AxisVerdict {
    let mut grounds = vec![
        span(snapshot),
        format!("{} of {} compared values were true on that day", percent(snapshot.support), number(snapshot.compared)),
        format!("{} changes of value fix the day", number(snapshot.changes)),
    ];
    let elsewhere = comparison.snapshots_by_table.iter().filter(|(_, other)| {
        other.latest.is_some_and(|latest| latest < snapshot.day) || other.earliest.is_some_and(|day| day > snapshot.day)
    });
    let elsewhere: Vec<String> = elsewhere.map(|(table, other)| of_other_day(table, other)).collect();
    // One table of values as they were entered (applications, orders) does not make the whole a mixture.
    let one_date = elsewhere.len() * 2 < comparison.snapshots_by_table.len().max(1);
    grounds.extend(elsewhere);
    let sharp = snapshot.earliest.zip(snapshot.latest).is_some_and(|(low, high)| high - low <= SHARP_DAYS);
    let strength = match (sharp, one_date) {
        (true, true) => "strong",
        (true, false) | (false, true) => "moderate",
        (false, false) => "limited",
    };
    let open = if snapshot.latest.is_none() { " or later" } else { "" };
    axis(
        format!("{}{open}", calendar(snapshot.day)),
        strength,
        grounds,
        "corrections of the records made after the fact",
    )
}

fn of_other_day(table: &str, other: &Snapshot) -> String {
    let (day, share) = (calendar(other.day), percent(other.support));
    format!("{table} fits another day better: {day}, {share} of its values; its rows may be of several days")
}

/// "between 2026-08-02 and 2026-08-04 (95 %)".
fn span(snapshot: &Snapshot) -> String {
    match (snapshot.earliest, snapshot.latest) {
        (Some(low), Some(high)) => format!("between {} and {} (95 %)", calendar(low), calendar(high)),
        (Some(low), None) => {
            format!("not before {} (95 %); the records end too early to bound it above", calendar(low))
        }
        (None, Some(high)) => {
            format!("not after {} (95 %); the records begin too late to bound it below", calendar(high))
        }
        (None, None) => "the records do not bound it (95 %)".to_owned(),
    }
}

fn how_much(examined: &Examined<'_>) -> AxisVerdict {
    let extents = &examined.extents;
    let mut grounds: Vec<String> = extents
        .list
        .iter()
        .map(|extent| match extent.found {
            Some(found) => format!("{}: {}", extent.unit, counted(found)),
            None => format!("{}: no file has them", extent.unit),
        })
        .collect();
    if !extents.complete {
        grounds.push("not everything was read, so these are lower bounds".to_owned());
    }
    match examined.findings.scope {
        EvidenceScope::Sample => {
            grounds.push(
                "the evidence is a sample the seller picked; what else the seller holds cannot be estimated".to_owned(),
            );
        }
        EvidenceScope::Unknown => grounds.push("whether the seller holds more cannot be told".to_owned()),
        EvidenceScope::Whole => {}
    }
    let claimed = examined.findings.claim.and_then(|claim| Some((claim, claim.count?)));
    let Some((claim, count)) = claimed else {
        let people = format!("{} people", counted(examined.findings.people.count));
        return axis(people, "moderate", grounds, "a claim with a count");
    };
    let unit = match claim.unit {
        ClaimUnit::Unknown => "unit not stated; held against people, the strictest reading",
        unit => unit.as_str(),
    };
    grounds.insert(0, format!("claimed: {} ({unit})", number(count)));
    // A part says nothing about the size of the whole, unless it alone reaches the claim.
    let part = examined.findings.scope == EvidenceScope::Sample;
    match extents.decision(claim) {
        "smaller" if part => axis(super::words::CANNOT_TELL, "none", grounds, "the whole of what is offered"),
        "cannot_tell" => {
            axis(super::words::CANNOT_TELL, "none", grounds, "the parts that could not be read or counted")
        }
        decision => {
            let answer = match decision {
                "smaller" => "smaller than claimed",
                "larger" => "larger than claimed",
                _ => "as claimed",
            };
            let strength = if extent::may_be_part(examined.findings.scope) { "moderate" } else { "strong" };
            axis(answer, strength, grounds, "more evidence of the same data set")
        }
    }
}

fn elements(examined: &Examined<'_>) -> AxisVerdict {
    let elements = &examined.elements;
    let claimed = elements.claimed_and_found.len() + elements.claimed_not_found.len();
    let mut grounds = vec![
        format!("claimed and found: {}", list(&elements.claimed_and_found)),
        format!("claimed and not found: {}", list(&elements.claimed_not_found)),
        format!("found and not claimed: {}", list(&elements.found_not_claimed)),
    ];
    if !elements.claimed_not_found.is_empty() {
        grounds.push("not found means: in no column and no text of what was read".to_owned());
    }
    let answer = match (claimed, elements.claimed_not_found.len()) {
        (0, _) => format!("{} kinds found, none claimed", elements.found_not_claimed.len()),
        (_, 0) => "all claimed kinds found".to_owned(),
        (_, missing) => format!("{} of {claimed} claimed kinds found", claimed - missing),
    };
    let absent_is_sure = elements.claimed_not_found.is_empty() || examined.extents.complete;
    axis(answer, if absent_is_sure { "strong" } else { "limited" }, grounds, "parts that were not read")
}

pub(crate) fn tests(examined: &Examined<'_>) -> Vec<TestResult> {
    let mut tests: Vec<TestResult> = units(examined);
    let rows = rows(examined);
    tests.push(TestResult {
        id: "T40".to_owned(),
        name: "readable share".to_owned(),
        value: Some(rounded(examined.readable)),
        interval: None,
        decision: passes(examined.readable >= READABLE_SHARE).to_owned(),
        grounds: format!("{} of {} rows read; counted, not estimated", number(rows.hits), number(rows.of)),
    });
    match examined.findings.reference {
        Some(comparison) => tests.extend(of_reference(examined, comparison)),
        None => tests
            .extend(["T23", "T31", "T26", "T27"].map(|id| untested(id, "the case has no records of the controller"))),
    }
    tests
}

fn name_of(id: &str) -> &'static str {
    match id {
        "T23" => "joint agreement with the controller's records, chance taken off",
        "T31" => "agreement by chance, measured on exchanged fields",
        "T26" => "day of which the data is a picture (value: share of values true on it)",
        _ => "values from after that day",
    }
}

fn untested(id: &str, because: &str) -> TestResult {
    TestResult {
        id: id.to_owned(),
        name: name_of(id).to_owned(),
        value: None,
        interval: None,
        decision: "cannot_tell".to_owned(),
        grounds: because.to_owned(),
    }
}

fn passes(holds: bool) -> &'static str {
    if holds { "passes" } else { "fails" }
}

fn units(examined: &Examined<'_>) -> Vec<TestResult> {
    let of_unit = |extent: &vocab::assessment::Extent| {
        let share = |count: u64| rounded(count as f64 / extent.claimed.unwrap_or(0).max(1) as f64);
        let found = extent.found.filter(|_| extent.claimed.is_some_and(|claimed| claimed > 0));
        TestResult {
            id: "T01".to_owned(),
            name: format!("{} found against the claimed count", extent.unit),
            value: extent.ratio,
            interval: found.map(|found| [share(found.low), share(found.high)]),
            decision: match extent.decision.as_str() {
                "holds" | "larger" => "passes",
                "smaller" => "fails",
                _ => "cannot_tell",
            }
            .to_owned(),
            grounds: match (extent.found, extent.claimed) {
                (Some(found), Some(claimed)) => format!("found {}, claimed {}", counted(found), number(claimed)),
                (None, _) => format!("no file has {}", extent.unit),
                (_, None) => "no count is claimed".to_owned(),
            },
        }
    };
    examined.extents.list.iter().map(of_unit).collect()
}

fn of_reference(examined: &Examined<'_>, comparison: &Comparison) -> Vec<TestResult> {
    let share = |id: &str, estimate: Estimate, decision: &str, grounds: String| TestResult {
        id: id.to_owned(),
        name: name_of(id).to_owned(),
        value: Some(rounded(estimate.value)),
        interval: Some(estimate.interval.map(rounded)),
        decision: decision.to_owned(),
        grounds,
    };
    let joint = excess(comparison.joint, comparison.chance);
    // A failure to match proves nothing: the test passes or cannot tell.
    let decision = if examined.matched == Match::Ours { "passes" } else { "cannot_tell" };
    let keys = comparison.keys.iter().map(|(key, of)| format!("{key} {}", rate(*of)));
    let mut tests = vec![share("T23", joint, decision, keys.collect::<Vec<_>>().join("; "))];
    let singles = comparison.singles.iter().map(|(field, of)| format!("{field} alone {}", rate(*of)));
    let chance = Estimate { value: comparison.chance.share(), interval: comparison.chance.wilson() };
    let controlled = if comparison.chance.of > 0 { passes(chance.interval[1] < 0.5) } else { "cannot_tell" };
    tests.push(share("T31", chance, controlled, singles.collect::<Vec<_>>().join("; ")));
    let snapshot = super::snapshot_of(&examined.findings);
    match snapshot {
        Some(snapshot) => tests.extend(of_snapshot(snapshot)),
        None => {
            let because = snapshot_missing(examined);
            tests.extend(["T26", "T27"].map(|id| untested(id, &because)));
        }
    }
    tests
}

fn snapshot_missing(examined: &Examined<'_>) -> String {
    snapshot(examined).grounds.into_iter().next().unwrap_or_default()
}

fn of_snapshot(snapshot: &Snapshot) -> [TestResult; 2] {
    let later = Rate { hits: snapshot.later, of: snapshot.facts };
    let peak = Rate { hits: (snapshot.support * snapshot.compared as f64).round() as u64, of: snapshot.compared };
    let one = |id: &str, rate: Rate, decision: &str, grounds: String| TestResult {
        id: id.to_owned(),
        name: name_of(id).to_owned(),
        value: Some(rounded(rate.share())),
        interval: Some(rate.wilson().map(rounded)),
        decision: decision.to_owned(),
        grounds,
    };
    let day = format!("{}, {}", calendar(snapshot.day), span(snapshot));
    let (decision, words) = match snapshot.latest {
        Some(latest) => (
            passes(later.share() <= LATER_SHARE),
            format!("{} of {} values began after {}", number(later.hits), number(later.of), calendar(latest)),
        ),
        None => ("cannot_tell", "the records end too early to show later values".to_owned()),
    };
    [one("T26", peak, "passes", day), one("T27", later, decision, words)]
}
