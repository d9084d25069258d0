//! The duties truth, evaluated once more from the rules, by other code than the one that is tested.
//!
//! Enters: true profiles, the files below `duties/`. Leaves: for each regime whether individuals are owed notice by the
//! letter of its definition. The policy is that of `rulebook/duties/README.md`, for the facts of the scenario: the carrier
//! is tagged `telecom-carrier` and `sec-registrant`, nothing was encrypted, nobody is known to live abroad, no finding on
//! harm, materiality or brokerage was made.

use std::collections::BTreeMap;

use rulebook::{RuleError, Rulebook};
use serde::Deserialize;
use vocab::assessment::YesNo;
use vocab::truth::DutyTruth;
use vocab::{DataElement, ElementSet, ExposureProfile, Jurisdiction};

/// Tags of the fictional carrier; they stand in its `case.toml` too.
pub(crate) const TAGS: [&str; 2] = ["telecom-carrier", "sec-registrant"];
/// Day of discovery.
const DISCOVERED: &str = "2026-08-12";
/// The code of a definition that any element meets.
const ANYTHING: &str = "any_personal_data";
const FOLDERS: [&str; 3] = ["duties/us/", "duties/us-federal/", "duties/foreign/"];

#[derive(Deserialize)]
struct Law {
    code: String,
    effective: Option<String>,
    binding: bool,
    #[serde(default)]
    scope: Scope,
    #[serde(default)]
    definition: Vec<Definition>,
    incident: Option<Ignored>,
    individuals: Individuals,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Scope {
    place: Option<Jurisdiction>,
    tags: Vec<String>,
    region: Option<String>,
    by_residence: bool,
    fact: Option<String>,
}

#[derive(Deserialize)]
struct Definition {
    name_required: bool,
    #[serde(default)]
    name_or: Vec<DataElement>,
    #[serde(default)]
    any_of: Vec<String>,
    #[serde(default)]
    for_counsel: Vec<String>,
}

#[derive(Deserialize)]
struct Individuals {
    required: bool,
    only_if_harm: Option<String>,
}

#[derive(Deserialize)]
struct Ignored {}

#[derive(Deserialize)]
struct Composites {
    composite: Vec<Composite>,
}

#[derive(Deserialize)]
struct Composite {
    code: String,
    #[serde(default)]
    any_of: Vec<ElementSet>,
    #[serde(default)]
    for_counsel: Vec<ElementSet>,
}

#[derive(Deserialize)]
struct Uncovered {
    place: Vec<UncoveredPlace>,
}

#[derive(Deserialize)]
struct UncoveredPlace {
    code: Jurisdiction,
    #[serde(default)]
    any_state: bool,
}

/// How far a blend of elements meets a law.
enum Met {
    No,
    ForCounsel,
    /// With the elements that meet it.
    Letter(ElementSet),
}

/// Decides every regime over the true profiles.
pub(crate) fn decide(profiles: &[ExposureProfile], rules: &Rulebook) -> Result<Vec<DutyTruth>, RuleError> {
    let composites: Composites = rules.parse("duties/elements.toml")?;
    let composites: BTreeMap<String, Composite> =
        composites.composite.into_iter().map(|composite| (composite.code.clone(), composite)).collect();
    let uncovered: Uncovered = rules.parse("duties/uncovered.toml")?;
    let anywhere: Vec<Jurisdiction> =
        uncovered.place.iter().filter(|place| place.any_state).map(|place| place.code).collect();
    let mut truths = Vec::new();
    for folder in FOLDERS {
        for (file, _) in rules.below(folder) {
            let law: Law = rules.parse(file)?;
            truths.push(judge(&law, profiles, &composites, &anywhere));
        }
    }
    truths.sort_by(|one, other| one.regime.cmp(&other.regime));
    Ok(truths)
}

#[derive(Default)]
struct People {
    letter: u64,
    for_counsel: u64,
    /// Of no known state, and meeting the law at least for counsel; and of no known state at all.
    unplaced: u64,
    unplaced_any: u64,
    elements: ElementSet,
}

fn judge(
    law: &Law,
    profiles: &[ExposureProfile],
    composites: &BTreeMap<String, Composite>,
    anywhere: &[Jurisdiction],
) -> DutyTruth {
    let mut people = People::default();
    for profile in profiles {
        let count = profile.people.likely;
        let of_no_state = profile.jurisdictions.iter().all(|place| !place.is_known() || anywhere.contains(place));
        let resident = law.scope.place.is_none_or(|place| profile.jurisdictions.contains(&place));
        let met = meets(law, profile.elements, composites);
        people.unplaced_any += if of_no_state { count } else { 0 };
        match met {
            Met::No => {}
            _ if !resident => people.unplaced += if of_no_state { count } else { 0 },
            Met::ForCounsel => people.for_counsel += count,
            Met::Letter(elements) => {
                people.letter += count;
                people.elements = people.elements.union(elements);
            }
        }
    }
    DutyTruth {
        regime: law.code.clone(),
        trigger: trigger(law, &people),
        people: people.letter,
        elements: people.elements,
    }
}

/// A ground against is "no"; without one, a missing fact is "cannot tell".
fn trigger(law: &Law, people: &People) -> YesNo {
    let scope = &law.scope;
    let tagged = scope.tags.is_empty() || scope.tags.iter().any(|tag| TAGS.contains(&tag.as_str()));
    let nobody = law.incident.is_none() && people.letter + people.for_counsel + people.unplaced == 0;
    let follows_people = scope.by_residence && scope.region.is_some() && people.unplaced_any > 0;
    let untagged = !tagged && !follows_people;
    if !law.binding || !law.individuals.required || nobody || untagged {
        return YesNo::No;
    }
    let later = law.effective.as_deref().is_some_and(|effective| DISCOVERED < effective);
    let unknown = scope.fact.is_some()
        || !tagged
        || later
        || law.incident.is_some()
        || law.individuals.only_if_harm.is_some()
        || people.letter == 0;
    if unknown { YesNo::CannotTell } else { YesNo::Yes }
}

fn meets(law: &Law, exposed: ElementSet, composites: &BTreeMap<String, Composite>) -> Met {
    let (mut by_letter, mut letter, mut for_counsel) = (ElementSet::EMPTY, false, false);
    for definition in &law.definition {
        let named = !definition.name_required || exposed.contains(DataElement::Name);
        if !named && !definition.name_or.iter().any(|element| exposed.contains(*element)) {
            continue;
        }
        for (code, asked) in definition
            .any_of
            .iter()
            .map(|code| (code, false))
            .chain(definition.for_counsel.iter().map(|code| (code, true)))
        {
            let (sets, doubtful) = sets(code, exposed, composites);
            let found = sets.iter().filter(|set| exposed.contains_all(**set));
            let found = found.fold(None, |sum: Option<ElementSet>, set| Some(sum.unwrap_or_default().union(*set)));
            for_counsel |= found.is_some() || doubtful.iter().any(|set| exposed.contains_all(*set));
            if let Some(found) = found.filter(|_| named && !asked) {
                letter = true;
                by_letter = by_letter.union(found);
                if definition.name_required {
                    by_letter.insert(DataElement::Name);
                }
            }
        }
    }
    match (letter, for_counsel) {
        (true, _) => Met::Letter(by_letter),
        (false, true) => Met::ForCounsel,
        (false, false) => Met::No,
    }
}

/// The sets a code stands for: those that meet it by the letter, and those for counsel.
fn sets(
    code: &str,
    exposed: ElementSet,
    composites: &BTreeMap<String, Composite>,
) -> (Vec<ElementSet>, Vec<ElementSet>) {
    if code == ANYTHING {
        return (exposed.iter().map(|element| ElementSet::EMPTY.with(element)).collect(), Vec::new());
    }
    match composites.get(code) {
        Some(composite) => (composite.any_of.clone(), composite.for_counsel.clone()),
        // A code that is no element meets nothing; `rules check` reports it.
        None => (code.parse().map(|element| ElementSet::EMPTY.with(element)).into_iter().collect(), Vec::new()),
    }
}
