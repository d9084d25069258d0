//! The harms: which data elements together open which attack, how heavy it weighs, and what to do.
//!
//! Enters: `harms/*.toml`, one attack a file, and `harms/score.toml`. Leaves: [`Harms`], whose attacks have been shown
//! to give the weights of their own examples. Never: counts, people, evidence.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vocab::{DataElement, ElementSet};

use crate::{RuleError, Rulebook};

/// Folder of the attacks in the rulebook.
const FOLDER: &str = "harms/";
/// The file that is not an attack.
const SCORE: &str = "harms/score.toml";

/// Something that decides an attack and is not a data element. Nothing is assumed: what the case does not state is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Circumstance {
    /// The person is under 18.
    Minor,
    /// The line is prepaid.
    Prepaid,
    /// The person is known to hold much money or crypto-currency.
    HighValueHolder,
    /// Somebody seeks the person: protected address, victim of violence, police, public role.
    PersonAtRisk,
    /// The line is no longer with the controller; its risk has moved to the new carrier.
    LineElsewhere,
    /// The SIM's authentication key (Ki, OPc) was taken.
    AuthenticationKey,
    /// Call records were taken.
    CallRecords,
}

/// How well a statement was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verified {
    /// Seen in the cited source.
    Read,
    /// Cited from memory; check before relying on it.
    Unchecked,
    /// Our own choice, to be reviewed by experts.
    Proposal,
}

/// A minimal set of elements and circumstances that opens an attack.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinimalSet {
    /// Every one of these.
    #[serde(default)]
    pub all_of: ElementSet,
    /// And at least one of these, unless empty.
    #[serde(default)]
    pub any_of: ElementSet,
    /// And all of these circumstances.
    #[serde(default)]
    pub given: BTreeSet<Circumstance>,
    /// Weight 0 to 100 for live, published values.
    pub weight: u32,
}

/// What makes an open attack heavier.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raise {
    /// At least one of these elements, unless empty.
    #[serde(default)]
    pub any_of: ElementSet,
    /// Only beside all of these elements.
    #[serde(default)]
    pub with: ElementSet,
    /// All of these circumstances.
    #[serde(default)]
    pub given: BTreeSet<Circumstance>,
    /// By how much.
    pub amount: u32,
    /// Up to which weight.
    pub cap: u32,
}

/// Something the rule knows of and does not decide.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotDecided {
    /// What.
    pub what: String,
    /// Why not.
    pub because: String,
}

/// Where a statement comes from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Address or title.
    pub cite: String,
    /// What it says, in our words.
    pub says: String,
    /// How well that was checked.
    pub verified: Verified,
}

/// Elements for which the rule must give a weight.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The elements.
    pub elements: ElementSet,
    /// The circumstances.
    #[serde(default)]
    pub given: BTreeSet<Circumstance>,
    /// The weight the rule must give; a counter-example has none.
    #[serde(default)]
    pub weight: Option<u32>,
}

/// One attack.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attack {
    /// Identifier, equal to the file's name.
    pub id: String,
    /// Number in the catalogue, `H1` to `H17`.
    pub code: String,
    /// Name for a reader.
    pub name: String,
    /// Family: the heaviest attack of a family counts.
    pub family: String,
    /// How well the weights were checked.
    pub weights_from: Verified,
    /// Circumstances in which the attack does not arise.
    #[serde(default)]
    pub unless: BTreeSet<Circumstance>,
    /// What the company should do.
    pub company_actions: Vec<String>,
    /// What the person can do.
    pub person_actions: Vec<String>,
    /// Minimal sets.
    #[serde(rename = "set")]
    pub sets: Vec<MinimalSet>,
    /// Raises.
    #[serde(default, rename = "raise")]
    pub raises: Vec<Raise>,
    /// What the rule does not decide.
    #[serde(default)]
    pub not_decided: Vec<NotDecided>,
    /// Sources.
    #[serde(rename = "source")]
    pub sources: Vec<Source>,
    /// Examples.
    #[serde(rename = "example")]
    pub examples: Vec<Example>,
    /// Element sets that must not open the attack.
    #[serde(rename = "counter_example")]
    pub counter_examples: Vec<Example>,
}

/// A band of scores.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Name.
    pub name: String,
    /// Lowest score in it.
    pub from: f64,
}

/// How far the data has gone, and how much of the weight that leaves.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exposure {
    /// `published`, `sold`, `taken`, ...
    pub id: String,
    /// Share of the weight that stays, 0 to 1.
    pub factor: f64,
}

/// A state of some elements that makes them worth less to an attacker.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validity {
    /// `pin_reset`, `former_address`, ...
    pub id: String,
    /// The elements concerned.
    pub elements: ElementSet,
    /// Share of the weight that stays for sets that need one of them, 0 to 1.
    pub factor: f64,
}

/// How weights become scores and bands.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scoring {
    /// How well the figures were checked.
    pub weights_from: Verified,
    /// The families, in the order in which they are multiplied.
    pub families: Vec<String>,
    /// Bands, highest first.
    #[serde(rename = "band")]
    pub bands: Vec<Band>,
    /// How far data can have gone.
    #[serde(rename = "exposure")]
    pub exposures: Vec<Exposure>,
    /// States that lower a weight.
    #[serde(rename = "validity")]
    pub validities: Vec<Validity>,
}

/// All attacks and the scoring.
#[derive(Clone, Debug, PartialEq)]
pub struct Harms {
    /// Attacks in the order of their codes.
    pub attacks: Vec<Attack>,
    /// Scoring.
    pub scoring: Scoring,
}

/// What is known beside the elements.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Situation {
    /// Circumstances that hold.
    pub given: BTreeSet<Circumstance>,
    /// How far the data has gone, by id; none stands for published, the worst.
    pub exposure: Option<String>,
    /// States in force, by id.
    pub validities: BTreeSet<String>,
}

/// Why an attack is open, and how heavy it weighs.
#[derive(Clone, Debug, PartialEq)]
pub struct Fired {
    /// Weight 0 to 100, raised and lowered.
    pub weight: f64,
    /// Elements that fired: the minimal set, with one or more of its alternatives.
    pub elements: ElementSet,
    /// Circumstances that fired.
    pub given: BTreeSet<Circumstance>,
    /// Elements that raised the weight.
    pub raised_by: ElementSet,
}

impl Harms {
    /// Loads the attacks and the scoring, and checks that they prove their examples.
    pub fn load(rulebook: &Rulebook) -> Result<Harms, RuleError> {
        let harms = Harms::parse(rulebook)?;
        harms.errors().into_iter().next().map_or(Ok(harms), Err)
    }

    fn parse(rulebook: &Rulebook) -> Result<Harms, RuleError> {
        let files =
            rulebook.below(FOLDER).map(|(file, _)| file).filter(|file| *file != SCORE && file.ends_with(".toml"));
        let mut attacks = files.map(|file| rulebook.parse::<Attack>(file)).collect::<Result<Vec<_>, _>>()?;
        attacks.sort_by_key(|attack| (code_number(&attack.code), attack.id.clone()));
        Ok(Harms { attacks, scoring: rulebook.parse(SCORE)? })
    }

    /// Decides one attack; none if it is not open.
    pub fn decide(&self, attack: &Attack, elements: ElementSet, situation: &Situation) -> Option<Fired> {
        let exposure = situation.exposure.as_ref().and_then(|id| self.scoring.exposures.iter().find(|e| e.id == *id));
        let lowered: Vec<&Validity> =
            self.scoring.validities.iter().filter(|validity| situation.validities.contains(&validity.id)).collect();
        attack.fire(elements, &situation.given, &lowered, exposure.map_or(1.0, |exposure| exposure.factor))
    }

    /// Returns the band of a score.
    pub fn band(&self, score: f64) -> &str {
        let band = self.scoring.bands.iter().find(|band| score >= band.from);
        band.or(self.scoring.bands.last()).map_or("low", |band| band.name.as_str())
    }

    fn errors(&self) -> Vec<RuleError> {
        let mut errors: Vec<RuleError> = self.attacks.iter().flat_map(|attack| self.attack_errors(attack)).collect();
        let mut codes = BTreeSet::new();
        for attack in &self.attacks {
            if !codes.insert(&attack.code) {
                errors.push(attack.error(format!("the code {} is used twice", attack.code)));
            }
        }
        errors.extend(self.scoring.errors());
        errors
    }

    fn attack_errors(&self, attack: &Attack) -> Vec<RuleError> {
        let mut causes = attack.form_errors();
        if !self.scoring.families.contains(&attack.family) {
            causes.push(format!("family {} is not in score.toml", attack.family));
        }
        for example in &attack.examples {
            let weight = attack.fire(example.elements, &example.given, &[], 1.0).map(|fired| fired.weight);
            if example.weight.is_none() || weight != example.weight.map(f64::from) {
                let expected = example.weight.map_or("a weight".to_owned(), |weight| weight.to_string());
                let given = weight.map_or("nothing".to_owned(), |weight| weight.to_string());
                causes.push(format!("example {:?} should give {expected} and gives {given}", example.elements));
            }
        }
        for example in &attack.counter_examples {
            if example.weight.is_some() || attack.fire(example.elements, &example.given, &[], 1.0).is_some() {
                causes.push(format!("counter-example {:?} opens the attack or names a weight", example.elements));
            }
        }
        causes.into_iter().map(|cause| attack.error(cause)).collect()
    }
}

/// Returns every error of the harm rules; empty if each file proves its examples.
pub fn check(rulebook: &Rulebook) -> Vec<RuleError> {
    match Harms::parse(rulebook) {
        Ok(harms) => harms.errors().into_iter().chain(misnamed(rulebook)).collect(),
        Err(error) => vec![error],
    }
}

/// An attack's file is named by its id, so that a finding leads to its rule.
fn misnamed(rulebook: &Rulebook) -> Vec<RuleError> {
    let wrong = |file: &str| {
        let attack = rulebook.parse::<Attack>(file).ok()?;
        (file != attack.file()).then(|| RuleError { file: file.to_owned(), cause: format!("holds {}", attack.id) })
    };
    rulebook.below(FOLDER).filter(|(file, _)| *file != SCORE).filter_map(|(file, _)| wrong(file)).collect()
}

fn code_number(code: &str) -> u32 {
    code.trim_start_matches('H').parse().unwrap_or(u32::MAX)
}

impl Attack {
    fn file(&self) -> String {
        format!("{FOLDER}{}.toml", self.id)
    }

    fn error(&self, cause: String) -> RuleError {
        RuleError { file: self.file(), cause }
    }

    /// Tells whether elements alone, without any stated circumstance but age, can open the attack.
    pub fn decidable_by_elements(&self) -> bool {
        self.sets.iter().any(|set| set.given.iter().all(|given| *given == Circumstance::Minor))
    }

    fn fire(
        &self,
        elements: ElementSet,
        given: &BTreeSet<Circumstance>,
        lowered: &[&Validity],
        exposure: f64,
    ) -> Option<Fired> {
        if !self.unless.is_disjoint(given) {
            return None;
        }
        let raises: Vec<&Raise> = self.raises.iter().filter(|raise| raise.applies(elements, given)).collect();
        let fire_one = |set: &MinimalSet| -> Option<Fired> {
            if !set.holds(elements, given) {
                return None;
            }
            let weight =
                raises.iter().fold(set.weight, |weight, raise| weight.max(raise.cap.min(weight + raise.amount)));
            let raised_by =
                raises.iter().fold(ElementSet::EMPTY, |all, raise| all.union(ElementSet(raise.any_of.0 & elements.0)));
            let circumstances = raises.iter().flat_map(|raise| &raise.given).chain(&set.given).copied().collect();
            let used = ElementSet(set.all_of.0 | (set.any_of.0 & elements.0));
            let factor = exposure * set.validity(elements, lowered);
            Some(Fired { weight: f64::from(weight) * factor, elements: used, given: circumstances, raised_by })
        };
        // The first of equal weights is kept: the smaller set, as files list them.
        let best = self.sets.iter().filter_map(fire_one).fold(None::<Fired>, |best, next| match best {
            Some(best) if best.weight >= next.weight => Some(best),
            _ => Some(next),
        });
        best.filter(|fired| fired.weight > 0.0)
    }

    fn form_errors(&self) -> Vec<String> {
        let mut causes = Vec::new();
        let heaviest = self.sets.iter().map(|set| set.weight).max().unwrap_or(0);
        for set in &self.sets {
            if set.weight == 0 || set.weight > 100 {
                causes.push(format!("weight {} is not within 1 and 100", set.weight));
            }
            if set.all_of.is_empty() && set.any_of.is_empty() && set.given.is_empty() {
                causes.push("a set without elements and circumstances would hold for everybody".to_owned());
            }
            causes.extend(parts_of_names(set.all_of.union(set.any_of)));
        }
        for raise in &self.raises {
            if raise.any_of.is_empty() && raise.given.is_empty() {
                causes.push("a raise names no element and no circumstance".to_owned());
            }
            // A cap below a set's weight could never be reached from there, and hides a mistake.
            if raise.cap < heaviest || raise.cap > 100 || raise.amount == 0 {
                causes.push(format!("a raise by {} up to {} does not fit the weights", raise.amount, raise.cap));
            }
            causes.extend(parts_of_names(raise.any_of.union(raise.with)));
        }
        let empty = [
            ("set", self.sets.is_empty()),
            ("example", self.examples.is_empty()),
            ("counter-example", self.counter_examples.is_empty()),
            ("source", self.sources.is_empty()),
            ("action of the company", self.company_actions.is_empty()),
            ("action of the person", self.person_actions.is_empty()),
        ];
        causes.extend(empty.iter().filter(|(_, empty)| *empty).map(|(what, _)| format!("has no {what}")));
        causes
    }
}

/// Exposure is counted by whole names and IMEIs; a rule over their parts would never fire.
fn parts_of_names(elements: ElementSet) -> Option<String> {
    let parts = [DataElement::GivenName, DataElement::Surname, DataElement::MiddleName, DataElement::Suffix];
    let lost = parts.into_iter().chain([DataElement::Imeisv]).find(|part| elements.contains(*part))?;
    Some(format!("{lost} is not in exposure form; use name or imei"))
}

impl MinimalSet {
    fn holds(&self, elements: ElementSet, given: &BTreeSet<Circumstance>) -> bool {
        let any = self.any_of.is_empty() || elements.intersects(self.any_of);
        elements.contains_all(self.all_of) && any && self.given.is_subset(given)
    }

    /// The weakest needed element decides; of alternatives the strongest one that is there.
    fn validity(&self, elements: ElementSet, lowered: &[&Validity]) -> f64 {
        let of = |element: DataElement| {
            let factors = lowered.iter().filter(|validity| validity.elements.contains(element));
            factors.map(|validity| validity.factor).fold(1.0, f64::min)
        };
        let needed = self.all_of.iter().map(of).fold(1.0, f64::min);
        let alternatives = ElementSet(self.any_of.0 & elements.0);
        let best = alternatives.iter().map(of).reduce(f64::max).unwrap_or(1.0);
        needed.min(best)
    }
}

impl Raise {
    fn applies(&self, elements: ElementSet, given: &BTreeSet<Circumstance>) -> bool {
        let any = self.any_of.is_empty() || elements.intersects(self.any_of);
        any && elements.contains_all(self.with) && self.given.is_subset(given)
    }
}

impl Scoring {
    fn errors(&self) -> Vec<RuleError> {
        let mut causes = Vec::new();
        if !self.bands.windows(2).all(|pair| pair[0].from > pair[1].from) {
            causes.push("bands must fall from the highest to the lowest".to_owned());
        }
        if self.bands.last().is_none_or(|band| band.from != 0.0) {
            causes.push("the lowest band must start at 0".to_owned());
        }
        let factors = self.exposures.iter().map(|exposure| (&exposure.id, exposure.factor));
        let factors = factors.chain(self.validities.iter().map(|validity| (&validity.id, validity.factor)));
        for (id, factor) in factors {
            if !(0.0..=1.0).contains(&factor) {
                causes.push(format!("the factor of {id} is not within 0 and 1"));
            }
        }
        causes.into_iter().map(|cause| RuleError { file: SCORE.to_owned(), cause }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn harms() -> Harms {
        Harms::load(&Rulebook::embedded()).unwrap()
    }

    #[test]
    fn seventeen_attacks_prove_their_examples() {
        assert_eq!(check(&Rulebook::embedded()), Vec::new());
        let codes: Vec<String> = harms().attacks.iter().map(|attack| attack.code.clone()).collect();
        assert_eq!(codes, (1..=17).map(|number| format!("H{number}")).collect::<Vec<_>>());
    }

    #[test]
    fn a_wrong_example_is_found() {
        let mut harms = harms();
        harms.attacks[0].examples[0].weight = Some(66);
        assert!(harms.errors()[0].cause.contains("should give 66 and gives 65"));
    }

    #[test]
    fn a_counter_example_that_fires_is_found() {
        let mut harms = harms();
        harms.attacks[0].counter_examples[0].elements = harms.attacks[0].examples[0].elements;
        assert!(harms.errors()[0].cause.contains("counter-example"));
    }

    #[test]
    fn weights_caps_families_and_parts_are_checked() {
        let mut harms = harms();
        harms.attacks[0].sets[0].weight = 101;
        harms.attacks[0].raises[0].cap = 20;
        harms.attacks[1].family = "weather".to_owned();
        harms.attacks[2].sets[0].all_of.insert(DataElement::Surname);
        harms.attacks[3].code = "H5".to_owned();
        harms.scoring.bands.swap(0, 1);
        harms.scoring.exposures[0].factor = 1.1;
        let text = harms.errors().iter().map(|error| format!("{error}\n")).collect::<String>();
        for cause in
            ["weight 101", "up to 20", "family weather", "surname", "H5 is used twice", "bands must", "published"]
        {
            assert!(text.contains(cause), "{cause} is missing in {text}");
        }
    }

    #[test]
    fn a_reset_lowers_only_what_needs_the_element() {
        let harms = harms();
        let takeover = harms.attacks.iter().find(|attack| attack.id == "account_takeover").unwrap();
        let swap = harms.attacks.iter().find(|attack| attack.id == "sim_swap").unwrap();
        let elements = [DataElement::Name, DataElement::Phone, DataElement::AccountPin].into_iter().collect();
        let reset = Situation { validities: ["pin_reset".to_owned()].into(), ..Situation::default() };
        assert_eq!(harms.decide(takeover, elements, &reset), None);
        assert_eq!(harms.decide(swap, elements, &reset).unwrap().weight, 20.0);
        let sold = Situation { exposure: Some("sold".to_owned()), ..Situation::default() };
        assert_eq!(harms.decide(takeover, elements, &sold).unwrap().weight, 72.0);
    }
}
