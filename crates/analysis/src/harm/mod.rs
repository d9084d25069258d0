//! What harm the exposed elements can do: decided once per distinct blend of elements, counted over people.
//!
//! Enters: exposure profiles and the harm rules. Leaves: a [`HarmReport`] whose bands sum to all people. Never: a person,
//! a value, an assumption about a circumstance the case does not state.

use std::collections::BTreeMap;

use rulebook::harms::{Attack, Circumstance, Fired, Harms, Situation};
use vocab::assessment::{AttackCount, BandCount, CannotSay, HarmGround, HarmProfile, HarmReport};
use vocab::{DataElement, ElementSet, ExposureProfile, Interval};

/// The decision for one blend of elements.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision<'a> {
    /// Score 0 to 100, to two decimals.
    pub score: f64,
    /// Band of the score.
    pub band: &'a str,
    /// Open attacks, heaviest first.
    pub attacks: Vec<(&'a Attack, Fired)>,
}

/// Decides the harm of every blend as if all values were published and still current, the worst case.
pub fn assess(profiles: &[ExposureProfile], harms: &Harms) -> HarmReport {
    assess_in(profiles, harms, &Situation::default())
}

/// Decides the harm of every blend in a stated situation, which holds for everybody.
pub fn assess_in(profiles: &[ExposureProfile], harms: &Harms, situation: &Situation) -> HarmReport {
    let mut blends: BTreeMap<(ElementSet, bool), Interval> = BTreeMap::new();
    for profile in profiles {
        let blend = (profile.elements.to_exposure(), profile.minor == Some(true));
        let people = blends.entry(blend).or_default();
        *people = *people + profile.people;
    }
    let decided: Vec<_> = blends
        .into_iter()
        .map(|((elements, minor), people)| {
            let mut situation = situation.clone();
            if minor {
                situation.given.insert(Circumstance::Minor);
            }
            (elements, minor, people, decide(elements, harms, &situation))
        })
        .collect();
    let bands = harms.scoring.bands.iter().map(|band| BandCount {
        band: band.name.clone(),
        people: total(
            decided.iter().filter(|(.., decision)| decision.band == band.name).map(|(_, _, people, _)| *people),
        ),
    });
    let attacks = harms.attacks.iter().filter(|attack| attack.decidable_by_elements() || stated(attack, situation));
    let attacks = attacks.map(|attack| {
        let open = decided.iter().filter_map(|(_, _, people, decision)| {
            let (_, fired) = decision.attacks.iter().find(|(open, _)| open.id == attack.id)?;
            Some((*people, weight(fired)))
        });
        count_attack(attack, open.collect())
    });
    let mut attacks: Vec<AttackCount> = attacks.collect();
    // Most people first, then the heavier; a stable sort keeps the order of the catalogue among equals.
    attacks.sort_by_key(|attack| std::cmp::Reverse((attack.people.likely, attack.weight)));
    let bands = bands.collect();
    let mut profiles: Vec<HarmProfile> = decided
        .into_iter()
        .map(|(elements, minor, people, decision)| profile(elements, minor, people, &decision))
        .collect();
    profiles.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.people.likely.cmp(&a.people.likely)));
    HarmReport { bands, attacks, profiles }
}

/// Decides one blend of elements.
pub fn decide<'a>(elements: ElementSet, harms: &'a Harms, situation: &Situation) -> Decision<'a> {
    let elements = elements.to_exposure();
    let fired = harms.attacks.iter().filter_map(|attack| Some((attack, harms.decide(attack, elements, situation)?)));
    let mut attacks: Vec<(&Attack, Fired)> = fired.collect();
    attacks.sort_by(|(_, a), (_, b)| b.weight.total_cmp(&a.weight));
    let spared = harms.scoring.families.iter().fold(1.0, |spared, family| {
        let heaviest = attacks.iter().find(|(attack, _)| attack.family == *family);
        spared * (1.0 - heaviest.map_or(0.0, |(_, fired)| fired.weight) / 100.0)
    });
    // Rounded before the band is looked up, so that the printed score and the band never disagree.
    let score = ((1.0 - spared) * 10_000.0).round() / 100.0;
    Decision { score, band: harms.band(score), attacks }
}

/// Returns what the harm rules know of and cannot decide, for the attacks that are open.
pub fn cannot_say(report: &HarmReport, harms: &Harms) -> Vec<CannotSay> {
    let open = |attack: &Attack| {
        report.attacks.iter().find(|count| count.attack == attack.id).is_none_or(|count| count.people.high > 0)
    };
    let of_attack = |attack: &Attack| {
        let name = attack.name.clone();
        attack.not_decided.clone().into_iter().map(move |not_decided| CannotSay {
            question: format!("{name}: {}", not_decided.what),
            because: not_decided.because,
            would_help: "state it in the case, or let an expert judge it".to_owned(),
        })
    };
    harms.attacks.iter().filter(|attack| open(attack)).flat_map(of_attack).collect()
}

/// Tells whether the case states what the attack's sets need beside elements.
fn stated(attack: &Attack, situation: &Situation) -> bool {
    attack.sets.iter().any(|set| set.given.is_subset(&situation.given))
}

fn total(people: impl Iterator<Item = Interval>) -> Interval {
    people.fold(Interval::default(), |sum, next| sum + next)
}

/// Weights are shown as whole numbers; an open attack never shows as 0.
fn weight(fired: &Fired) -> u32 {
    (fired.weight.round() as u32).max(1)
}

fn count_attack(attack: &Attack, open: Vec<(Interval, u32)>) -> AttackCount {
    AttackCount {
        attack: attack.id.clone(),
        name: attack.name.clone(),
        family: attack.family.clone(),
        people: total(open.iter().map(|(people, _)| *people)),
        weight: open.iter().map(|(_, weight)| *weight).max().unwrap_or(0),
        company_actions: attack.company_actions.clone(),
        person_actions: attack.person_actions.clone(),
    }
}

fn profile(elements: ElementSet, minor: bool, people: Interval, decision: &Decision<'_>) -> HarmProfile {
    let ground = |(attack, fired): &(&Attack, Fired)| HarmGround {
        attack: attack.id.clone(),
        weight: weight(fired),
        because: because(fired),
    };
    let attacks = decision.attacks.iter().map(ground).collect();
    HarmProfile { elements, minor, people, score: decision.score, band: decision.band.to_owned(), attacks }
}

fn because(fired: &Fired) -> String {
    let mut words: Vec<String> = fired.elements.iter().map(|element| element.label().to_owned()).collect();
    words.extend(fired.given.iter().map(|given| circumstance(*given).to_owned()));
    let mut text = words.join(" + ");
    if !fired.raised_by.is_empty() {
        let raised: Vec<&str> = fired.raised_by.iter().map(DataElement::label).collect();
        text.push_str(&format!("; heavier with {}", raised.join(" and ")));
    }
    text
}

fn circumstance(given: Circumstance) -> &'static str {
    match given {
        Circumstance::Minor => "under 18",
        Circumstance::Prepaid => "prepaid line",
        Circumstance::HighValueHolder => "known to hold much",
        Circumstance::PersonAtRisk => "sought by somebody",
        Circumstance::LineElsewhere => "line with another carrier",
        Circumstance::AuthenticationKey => "SIM authentication key taken",
        Circumstance::CallRecords => "call records taken",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use proptest::prelude::*;
    use rulebook::Rulebook;
    use vocab::Jurisdiction;

    use super::*;

    fn harms() -> &'static Harms {
        static HARMS: OnceLock<Harms> = OnceLock::new();
        HARMS.get_or_init(|| Harms::load(&Rulebook::embedded()).unwrap())
    }

    fn set(codes: &str) -> ElementSet {
        codes.split_whitespace().map(|code| code.parse::<DataElement>().unwrap()).collect()
    }

    fn profile_of(codes: &str, minor: Option<bool>, people: Interval) -> ExposureProfile {
        ExposureProfile {
            elements: set(codes),
            jurisdictions: vec![Jurisdiction::from_code("WA").unwrap()],
            minor,
            people,
        }
    }

    /// Source: the worked classes of the T-Mobile case, all values published and current.
    #[test]
    fn worked_classes_score_as_computed() {
        let harms = harms();
        let given = |circumstances: &[Circumstance]| Situation {
            given: circumstances.iter().copied().collect(),
            ..Situation::default()
        };
        let reset = Situation { validities: ["pin_reset".to_owned()].into(), ..given(&[Circumstance::Prepaid]) };
        let rows = [
            ("postpaid A", "name dob ssn driver_license phone imei imsi", given(&[]), 94.0, "very_high"),
            ("former", "name dob ssn driver_license", given(&[]), 75.0, "very_high"),
            ("postpaid B", "name address dob phone imei imsi", given(&[]), 72.0, "high"),
            ("prepaid", "name phone account_pin", given(&[Circumstance::Prepaid]), 84.0, "very_high"),
            ("prepaid, unstated", "name phone account_pin", given(&[]), 84.0, "very_high"),
            ("prepaid after reset", "name phone account_pin", reset, 44.0, "medium"),
            ("device files", "phone imei imsi", given(&[]), 39.0, "medium"),
            ("later 26 M", "name dob address", given(&[]), 25.0, "medium"),
            ("former B", "name phone address dob", given(&[Circumstance::LineElsewhere]), 39.0, "medium"),
            ("Metro", "name", given(&[]), 2.0, "low"),
            ("SIM keys", "phone imsi", given(&[Circumstance::AuthenticationKey]), 84.0, "very_high"),
            ("call records", "phone geolocation", given(&[Circumstance::CallRecords]), 71.0, "high"),
        ];
        for (class, elements, situation, score, band) in rows {
            let decision = decide(set(elements), harms, &situation);
            // Half a point: the worked table leaves out the 2 of a bare name where it gives 75.
            assert!((decision.score - score).abs() <= 0.5, "{class}: {}", decision.score);
            assert_eq!(decision.band, band, "{class}");
        }
    }

    #[test]
    fn bands_and_profiles_sum_to_all_people() {
        let harms = harms();
        let profiles = [
            profile_of("name dob ssn", Some(false), Interval::around(90, 100, 110)),
            profile_of("given_name surname dob ssn", None, Interval::around(9, 10, 12)),
            profile_of("ssn", Some(true), Interval::exact(7)),
            profile_of("ssn", Some(false), Interval::exact(5)),
            profile_of("city", None, Interval::exact(3)),
        ];
        let report = assess(&profiles, harms);
        let all = total(profiles.iter().map(|profile| profile.people));
        assert_eq!(total(report.bands.iter().map(|band| band.people)), all);
        assert_eq!(total(report.profiles.iter().map(|profile| profile.people)), all);
        // The whole name and its two parts are one blend; a minor's number is not an adult's.
        assert_eq!(report.profiles.len(), 4);
        let bands: Vec<_> = report.bands.iter().map(|band| (band.band.as_str(), band.people.likely)).collect();
        assert_eq!(bands, [("very_high", 110), ("high", 7), ("medium", 5), ("low", 3)]);
        let credit = report.attacks.iter().find(|attack| attack.attack == "new_account_fraud").unwrap();
        assert_eq!((credit.people, credit.weight), (Interval::around(99, 110, 122), 75));
        let named: Vec<&str> = report.attacks.iter().map(|attack| attack.attack.as_str()).collect();
        assert!(
            !named.contains(&"sim_cloning") && !named.contains(&"movement_profile"),
            "undecided is not zero people"
        );
    }

    #[test]
    fn what_is_not_decided_is_said() {
        let harms = harms();
        let report = assess(&[profile_of("name phone imsi", Some(false), Interval::exact(1))], harms);
        let questions: Vec<String> = cannot_say(&report, harms).into_iter().map(|said| said.question).collect();
        assert!(questions.iter().any(|question| question.contains("authentication keys")));
        assert!(questions.iter().any(|question| question.contains("call records")));
        assert!(!questions.iter().any(|question| question.contains("password hash")), "not open, not asked");
    }

    #[test]
    fn grounds_name_the_set_and_what_raised_it() {
        let harms = harms();
        let report = assess(&[profile_of("name dob ssn address", Some(false), Interval::exact(1))], harms);
        let first = &report.profiles[0].attacks[0];
        assert_eq!((first.attack.as_str(), first.weight), ("new_account_fraud", 80));
        assert_eq!(first.because, "full name + date of birth + Social Security number; heavier with street address");
    }

    #[test]
    fn nobody_makes_an_empty_report_with_every_band() {
        let report = assess(&[], harms());
        assert!(report.bands.len() == 4 && report.profiles.is_empty());
        assert!(report.bands.iter().all(|band| band.people == Interval::default()));
    }

    proptest! {
        #[test]
        fn adding_an_element_never_lowers_the_score(bits in any::<u64>(), added in 0..DataElement::ALL.len(), minor: bool) {
            let harms = harms();
            let all = (1u128 << DataElement::ALL.len()) - 1;
            let elements = ElementSet(u128::from(bits) & all);
            let given = if minor { [Circumstance::Minor].into() } else { Default::default() };
            let situation = Situation { given, ..Situation::default() };
            let before = decide(elements, harms, &situation).score;
            let after = decide(elements.with(DataElement::ALL[added]), harms, &situation).score;
            prop_assert!(after >= before, "{before} -> {after}");
        }
    }
}
