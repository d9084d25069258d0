//! How much was found against how much was claimed, and which elements.

use vocab::assessment::Extent;
use vocab::claim::{Assertion, ClaimUnit, EvidenceScope};
use vocab::{DataElement, ElementSet, Interval};

use super::{Findings, READABLE_SHARE};

/// Sellers round; a claim is met within this share.
pub(crate) const ROUNDING: f64 = 0.05;

/// What was found in each unit.
pub(crate) struct Extents {
    pub(crate) list: Vec<Extent>,
    /// Whether the counts are of all the evidence, so that "fewer" means something.
    pub(crate) complete: bool,
}

impl Extents {
    pub(crate) fn of(findings: &Findings<'_>, readable: f64) -> Extents {
        let complete = readable >= READABLE_SHARE && !findings.sampled;
        let claimed = findings.claim.and_then(|claim| claim.count);
        let people = findings.people;
        let found = [
            (ClaimUnit::Rows, Some(Interval::exact(people.rows))),
            (ClaimUnit::Accounts, people.accounts.map(Interval::exact)),
            (ClaimUnit::People, Some(people.count)),
        ];
        let list = found.into_iter().map(|(unit, found)| Extent {
            unit: unit.as_str().to_owned(),
            found,
            claimed,
            ratio: found
                .zip(claimed)
                .filter(|(_, claimed)| *claimed > 0)
                .map(|(found, claimed)| super::words::rounded(found.likely as f64 / claimed as f64)),
            decision: decide(found, claimed, complete).to_owned(),
        });
        Extents { list: list.collect(), complete }
    }

    /// Decides in the unit the seller names; where none is named, in people, the strictest reading.
    pub(crate) fn decision(&self, claim: &Assertion) -> &str {
        if claim.count.is_none() {
            return "no_count";
        }
        self.in_unit(claim).map_or("cannot_tell", |extent| extent.decision.as_str())
    }

    pub(crate) fn in_unit(&self, claim: &Assertion) -> Option<&Extent> {
        let unit = if claim.unit == ClaimUnit::Unknown { ClaimUnit::People } else { claim.unit };
        self.list.iter().find(|extent| extent.unit == unit.as_str())
    }
}

fn decide(found: Option<Interval>, claimed: Option<u64>, complete: bool) -> &'static str {
    let (Some(found), Some(claimed)) = (found, claimed) else { return "cannot_tell" };
    let claimed = claimed as f64;
    if (found.high as f64) < claimed * (1.0 - ROUNDING) {
        return if complete { "smaller" } else { "cannot_tell" };
    }
    if found.low as f64 > claimed * (1.0 + ROUNDING) { "larger" } else { "holds" }
}

/// Elements claimed and found.
pub(crate) struct Elements {
    pub(crate) claimed_and_found: Vec<DataElement>,
    pub(crate) claimed_not_found: Vec<DataElement>,
    pub(crate) found_not_claimed: Vec<DataElement>,
}

impl Elements {
    pub(crate) fn of(findings: &Findings<'_>) -> Elements {
        let found = findings.elements.iter().filter(|count| count.rows_valid > 0).map(|count| count.element);
        let found: ElementSet = found.collect::<ElementSet>().to_exposure();
        let claimed = findings.claim.map_or(ElementSet::EMPTY, |claim| claim.elements.to_exposure());
        let only =
            |keep: &dyn Fn(DataElement) -> bool, of: ElementSet| of.iter().filter(|element| keep(*element)).collect();
        Elements {
            claimed_and_found: only(&|element| holds(found, element), claimed),
            claimed_not_found: only(&|element| !holds(found, element), claimed),
            found_not_claimed: only(&|element| !holds(claimed, element), found),
        }
    }
}

/// A street address holds a city, state and ZIP in the seller's words; an SSN its last four digits.
fn holds(set: ElementSet, element: DataElement) -> bool {
    use DataElement::{Address, City, Country, Ssn, SsnLast4, State, Zip};
    set.contains(element)
        || match element {
            City | State | Zip | Country => set.contains(Address),
            SsnLast4 => set.contains(Ssn),
            _ => false,
        }
}

/// Tells whether the evidence may be less than what is offered.
pub(crate) fn may_be_part(scope: EvidenceScope) -> bool {
    scope != EvidenceScope::Whole
}
