//! The law of breach notification as data: 68 regimes, what their words mean in elements, the federal calendar.
//!
//! Enters: `rulebook/duties/`. Leaves: typed regimes, each able to say whether a set of elements meets its definition.
//! Never: people, dates of a case, or a decision that belongs to counsel; what the letter does not settle is
//! [`Strength::Counsel`].

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, de};
use vocab::facts::{Region, When};
use vocab::{DataElement, ElementSet, Jurisdiction};

use crate::{RuleError, Rulebook};

/// All that the duties are decided from.
#[derive(Clone, Debug)]
pub struct Duties {
    /// Regimes: states and territories by code, then federal sector rules, then foreign ones.
    pub regimes: Vec<Regime>,
    /// Places without an entry, and why.
    pub uncovered: Vec<Uncovered>,
    /// Legal public holidays.
    pub calendar: Calendar,
    /// Tags that `regimes` of the facts may hold, with their meaning.
    pub tags: BTreeMap<String, String>,
}

/// One regime. The keys are explained in `rulebook/duties/README.md`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the README of the rulebook folder explains each key once, for readers of rules and code"
)]
pub struct Regime {
    pub code: String,
    pub name: String,
    pub statute: String,
    pub effective: Option<IsoDate>,
    pub effective_note: Option<String>,
    pub status: String,
    pub binding: bool,
    pub status_note: Option<String>,
    pub pending: Option<String>,
    pub verified: String,
    pub verified_note: Option<String>,
    pub doubt: Option<String>,
    pub checked_on: IsoDate,
    pub latest_source_date: String,
    pub sources: Vec<String>,
    pub scope: Scope,
    pub encryption: EncryptionRule,
    pub harm_test: HarmTest,
    pub incident: Option<Incident>,
    #[serde(default, rename = "definition")]
    pub definitions: Vec<Definition>,
    pub individuals: Individuals,
    pub substitute_notice: Option<SubstituteNotice>,
    pub credit_monitoring: Option<CreditMonitoring>,
    #[serde(default, rename = "regulator")]
    pub regulators: Vec<Recipient>,
    pub agencies: Option<Agencies>,
    pub remedies: Remedies,
    #[serde(default, rename = "example")]
    pub examples: Vec<Example>,
}

/// An ISO date (`2026-01-01`), kept as text that was checked to be one. Compares like a date.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IsoDate(String);

impl IsoDate {
    /// Returns the date as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for IsoDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match When::from_text(&text) {
            Some(When::Day(_)) => Ok(IsoDate(text)),
            _ => Err(de::Error::custom("expected a date like `2026-01-01`")),
        }
    }
}

/// Whom and what the regime binds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in the README of the rulebook folder")]
pub struct Scope {
    pub place: Option<Jurisdiction>,
    pub region: Option<Region>,
    #[serde(default)]
    pub by_residence: bool,
    #[serde(default)]
    pub tags: Vec<String>,
    pub fact: Option<ScopeFact>,
    pub applies_to: Option<String>,
    pub breach: Option<BreachKind>,
    pub data_form: Option<FormKind>,
    #[serde(default)]
    pub exemptions: Vec<String>,
    #[serde(default)]
    pub notes: Vec<String>,
    pub telecom_note: Option<String>,
    pub silence: Option<String>,
}

/// A fact about the holder without which the regime cannot be said to apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeFact {
    /// Only information brokers and public bodies are bound.
    InformationBroker,
}

/// What makes a breach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreachKind {
    /// Data were acquired.
    Acquisition,
    /// Data were accessed.
    Access,
    /// Either.
    AccessOrAcquisition,
    /// Both.
    AccessAndAcquisition,
    /// Data were acquired or used.
    AcquisitionOrUse,
}

impl BreachKind {
    /// Tells whether access without acquisition is no breach.
    pub const fn needs_acquisition(self) -> bool {
        matches!(self, BreachKind::Acquisition | BreachKind::AccessAndAcquisition | BreachKind::AcquisitionOrUse)
    }
}

/// Which form of data is covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormKind {
    /// Computerised data only.
    Electronic,
    /// Paper too.
    Any,
}

/// What encryption changes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in the README of the rulebook folder")]
pub struct EncryptionRule {
    pub safe_harbor: bool,
    #[serde(default)]
    pub individuals_only: bool,
    pub note: Option<String>,
}

/// What the risk of harm changes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in the README of the rulebook folder")]
pub struct HarmTest {
    pub kind: HarmKind,
    pub note: Option<String>,
    #[serde(default)]
    pub record_required: bool,
    pub record_years: Option<u32>,
    pub record_note: Option<String>,
}

/// How the risk of harm counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HarmKind {
    /// It does not.
    None,
    /// Notice is owed unless a finding says that no harm is likely.
    Exempts,
    /// There is a test, but a finding alone does not lift the duty.
    Noted,
}

/// A regime that is not tied to data elements.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incident {
    /// Which finding decides.
    pub kind: IncidentKind,
    /// What the rule asks of the incident.
    pub means: String,
}

/// The finding that decides an incident regime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentKind {
    /// Material to investors.
    Material,
    /// Significant or substantial.
    Significant,
}

/// One entry of a definition; the law applies when any entry matches.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in the README of the rulebook folder")]
pub struct Definition {
    pub label: String,
    pub name_required: bool,
    #[serde(default)]
    pub name_or: Vec<DataElement>,
    #[serde(default)]
    pub any_of: Vec<String>,
    #[serde(default)]
    pub for_counsel: Vec<String>,
    pub question: Option<String>,
    pub condition: Option<String>,
    #[serde(default)]
    pub not_looked_for: Vec<String>,
    /// The codes, replaced by the sets that they stand for.
    #[serde(skip)]
    sets: Vec<Alternative>,
}

/// A set of elements that meets a definition if all of it lies open.
#[derive(Clone, Debug)]
struct Alternative {
    set: ElementSet,
    strength: Strength,
    /// What counsel must judge, if `strength` says so because of the composite.
    question: Option<String>,
}

/// How firmly something is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum Strength {
    /// Not met.
    #[serde(rename = "no")]
    No,
    /// Met only if counsel answers a question with yes.
    #[serde(rename = "counsel")]
    Counsel,
    /// Met by the letter.
    #[serde(rename = "yes")]
    Letter,
}

/// Whether a set of elements meets a regime's definition, by what, and what is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// How firmly.
    pub strength: Strength,
    /// The elements that meet it, at that strength.
    pub elements: ElementSet,
    /// Which entries of the definition, by position.
    pub entries: Vec<usize>,
    /// What counsel must judge, if anything that was met at counsel's strength.
    pub questions: Vec<String>,
}

impl Regime {
    /// Decides whether `exposed` (in exposure form) meets the definition.
    ///
    /// The strongest entry wins; `elements` holds what it and entries of equal strength found, so that a report can say
    /// "name with SSN, driver's licence". An incident regime is never met by elements.
    pub fn decide(&self, exposed: ElementSet) -> Decision {
        let mut best = Decision {
            strength: Strength::No,
            elements: ElementSet::EMPTY,
            entries: Vec::new(),
            questions: Vec::new(),
        };
        for (position, definition) in self.definitions.iter().enumerate() {
            let found = definition.decide(exposed);
            if found.strength == Strength::No || found.strength < best.strength {
                continue;
            }
            if found.strength > best.strength {
                best = Decision {
                    strength: found.strength,
                    elements: ElementSet::EMPTY,
                    entries: Vec::new(),
                    questions: Vec::new(),
                };
            }
            best.elements = best.elements.union(found.elements);
            best.entries.push(position);
            for question in found.questions {
                if !best.questions.contains(&question) {
                    best.questions.push(question);
                }
            }
        }
        best
    }
}

impl Definition {
    /// Iterates over the sets of elements that the codes stand for, each with the strength at which it meets the entry
    /// (where a name is required: beside the name). For whoever decides by other means, to compare.
    pub fn alternatives(&self) -> impl Iterator<Item = (ElementSet, Strength)> {
        self.sets.iter().map(|alternative| (alternative.set, alternative.strength))
    }

    fn decide(&self, exposed: ElementSet) -> Decision {
        let name = self.name_strength(exposed);
        let mut best = Decision {
            strength: Strength::No,
            elements: ElementSet::EMPTY,
            entries: Vec::new(),
            questions: Vec::new(),
        };
        for alternative in self.sets.iter().filter(|alternative| exposed.contains_all(alternative.set)) {
            let strength = alternative.strength.min(name);
            if strength == Strength::No || strength < best.strength {
                continue;
            }
            if strength > best.strength {
                best.strength = strength;
                best.elements = ElementSet::EMPTY;
                best.questions.clear();
            }
            best.elements = best.elements.union(alternative.set);
            if strength == Strength::Counsel {
                // The composite's question is the narrower one; the definition's own stands where there is none.
                let question = alternative.question.as_ref().or(self.question.as_ref());
                if let Some(question) = question.filter(|question| !best.questions.contains(question)) {
                    best.questions.push(question.clone());
                }
            }
        }
        if best.strength > Strength::No && self.name_required && exposed.contains(DataElement::Name) {
            best.elements = best.elements.with(DataElement::Name);
        }
        best
    }

    fn name_strength(&self, exposed: ElementSet) -> Strength {
        if !self.name_required || exposed.contains(DataElement::Name) {
            Strength::Letter
        } else if self.name_or.iter().any(|element| exposed.contains(*element)) {
            Strength::Counsel
        } else {
            Strength::No
        }
    }
}

/// Notice to individuals.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in the README of the rulebook folder")]
pub struct Individuals {
    pub required: bool,
    #[serde(flatten)]
    pub clock: Clock,
    pub words: Option<String>,
    pub note: Option<String>,
    pub only_if_harm: Option<NeededHarm>,
    pub not_before_business_days: Option<u32>,
    pub not_before_starts: Option<Event>,
    #[serde(default)]
    pub content: Vec<String>,
    #[serde(default)]
    pub content_recommended: Vec<String>,
    pub content_note: Option<String>,
}

/// The finding of harm without which individuals are not owed notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NeededHarm {
    /// Harm or adverse effect is likely.
    Likely,
    /// The risk is high, the harm serious or significant.
    High,
}

/// A time limit. At most one of the lengths is set; none means that the law sets no number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[allow(missing_docs, reason = "explained in the README of the rulebook folder")]
pub struct Clock {
    pub days: Option<u32>,
    pub business_days: Option<u32>,
    pub hours: Option<u32>,
    pub months: Option<u32>,
    pub starts: Option<Event>,
}

/// The event a clock starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Discovery of the breach, or being told of it.
    Discovery,
    /// Determination that a breach took place.
    Determination,
    /// Awareness with reasonable certainty.
    Awareness,
    /// Detection by a telecom provider.
    Detection,
    /// Reasonable belief.
    Belief,
    /// Determination that the incident is material.
    Materiality,
    /// Notice to the individuals.
    IndividualNotice,
    /// Notice to Secret Service and FBI.
    LawEnforcementNotice,
    /// First notification to the telecom authority.
    FirstNotification,
    /// Incident notification under NIS2.
    IncidentNotice,
    /// End of the calendar year of discovery.
    YearEnd,
}

/// A regulator, police or other body that must be told.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in the README of the rulebook folder")]
pub struct Recipient {
    pub name: String,
    pub role: Role,
    #[serde(flatten)]
    pub threshold: Threshold,
    pub threshold_note: Option<String>,
    #[serde(default)]
    pub below_unless_no_harm: bool,
    #[serde(default)]
    pub regardless_of_harm: bool,
    #[serde(default)]
    pub tags: Vec<String>,
    pub applies_to: Option<String>,
    pub conditional: Option<String>,
    #[serde(flatten)]
    pub clock: Clock,
    pub relative: Option<Relative>,
    pub words: Option<String>,
    pub note: Option<String>,
    pub how: Option<String>,
    #[serde(default)]
    pub content: Vec<String>,
}

/// What a recipient is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Role {
    /// Attorney general, commission, authority.
    #[serde(rename = "regulator")]
    Regulator,
    /// Police and federal agents.
    #[serde(rename = "law enforcement")]
    LawEnforcement,
    /// Media outlets.
    #[serde(rename = "media")]
    Media,
}

impl Role {
    /// Returns the word used in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Regulator => "regulator",
            Role::LawEnforcement => "law enforcement",
            Role::Media => "media",
        }
    }
}

/// From how many people on a recipient must be told; no rule means any number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[allow(missing_docs, reason = "explained in the README of the rulebook folder")]
pub struct Threshold {
    pub threshold: Option<u64>,
    pub rule: Option<ThresholdRule>,
    pub counts: Option<Counts>,
}

/// How a threshold compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThresholdRule {
    /// `> n`.
    MoreThan,
    /// `>= n`.
    AtLeast,
    /// `< n`, and at least one.
    FewerThan,
}

/// Whom a threshold counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counts {
    /// Residents of the place.
    Residents,
    /// Everybody whose elements meet the definition, wherever they live.
    Everyone,
    /// Residents of the one state with most of them.
    OneState,
}

/// How a notice stands to the notice to individuals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relative {
    /// Together.
    With,
    /// Earlier.
    Before,
    /// Later.
    After,
    /// Not later.
    NoLaterThan,
}

/// Consumer reporting agencies.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in the README of the rulebook folder")]
pub struct Agencies {
    #[serde(flatten)]
    pub threshold: Threshold,
    #[serde(flatten)]
    pub clock: Clock,
    pub words: Option<String>,
    pub conditional: Option<String>,
}

/// When notice may be given in another way.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in the README of the rulebook folder")]
pub struct SubstituteNotice {
    pub cost_usd: Option<u64>,
    pub persons: Option<u64>,
    pub note: Option<String>,
}

/// Protection that must be offered.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in the README of the rulebook folder")]
pub struct CreditMonitoring {
    pub months: u32,
    pub trigger: String,
}

/// What follows from silence, and what a holder of somebody else's data owes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in the README of the rulebook folder")]
pub struct Remedies {
    pub penalty: Option<String>,
    pub private_right: bool,
    pub private_right_note: Option<String>,
    pub vendor_notice: Option<String>,
    #[serde(default)]
    pub notes: Vec<String>,
}

/// A set of elements with what the definition must say of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in the README of the rulebook folder")]
pub struct Example {
    pub elements: ElementSet,
    pub matches: Strength,
    pub because: Option<String>,
}

/// A place without an entry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in the README of the rulebook folder")]
pub struct Uncovered {
    pub code: Jurisdiction,
    /// Whether its people may be residents of any state.
    #[serde(default)]
    pub any_state: bool,
    pub name: String,
    pub because: String,
    pub would_help: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UncoveredFile {
    #[serde(rename = "checked_on")]
    _checked_on: IsoDate,
    place: Vec<Uncovered>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TagFile {
    tag: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CompositeFile {
    #[serde(rename = "checked_on")]
    _checked_on: IsoDate,
    composite: Vec<Composite>,
}

/// A statute's word for an element, in elements.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Composite {
    code: String,
    means: String,
    #[serde(default)]
    any_of: Vec<ElementSet>,
    #[serde(default)]
    for_counsel: Vec<ElementSet>,
    question: Option<String>,
    reason: String,
}

/// Legal public holidays of the United States, as rules.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in the file itself")]
pub struct Calendar {
    pub citation: String,
    pub checked_on: IsoDate,
    pub valid_from_year: i16,
    #[serde(rename = "holiday")]
    pub holidays: Vec<Holiday>,
}

/// One holiday: a fixed day, or the nth weekday of a month (-1 = the last).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in the file itself")]
pub struct Holiday {
    pub name: String,
    pub month: i8,
    pub day: Option<i8>,
    pub weekday: Option<Weekday>,
    pub nth: Option<i8>,
    pub since: Option<i16>,
}

/// A weekday on which a holiday may fall by rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "weekdays explain themselves")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
}

const FOLDERS: [&str; 3] = ["duties/us/", "duties/us-federal/", "duties/foreign/"];
const ANY_PERSONAL_DATA: &str = "any_personal_data";

impl Duties {
    /// Loads the duties; the first file that cannot be used is the error. [`check`] lists all of them.
    pub fn load(rules: &Rulebook) -> Result<Duties, RuleError> {
        let composites = composites(rules)?;
        let tags: TagFile = rules.parse("duties/tags.toml")?;
        let uncovered: UncoveredFile = rules.parse("duties/uncovered.toml")?;
        let mut regimes = Vec::new();
        for folder in FOLDERS {
            let mut of_folder = Vec::new();
            for (file, _) in rules.below(folder) {
                of_folder.push(regime(rules, file, &composites, &tags.tag)?);
            }
            of_folder.sort_by(|a, b| a.code.cmp(&b.code));
            regimes.extend(of_folder);
        }
        Ok(Duties {
            regimes,
            uncovered: uncovered.place,
            calendar: rules.parse("duties/holidays.toml")?,
            tags: tags.tag,
        })
    }

    /// Returns the regime of a code.
    pub fn regime(&self, code: &str) -> Option<&Regime> {
        self.regimes.iter().find(|regime| regime.code == code)
    }
}

fn composites(rules: &Rulebook) -> Result<BTreeMap<String, Composite>, RuleError> {
    let file: CompositeFile = rules.parse("duties/elements.toml")?;
    Ok(file.composite.into_iter().map(|composite| (composite.code.clone(), composite)).collect())
}

/// Reads one regime and replaces its codes by sets.
fn regime(
    rules: &Rulebook,
    file: &str,
    composites: &BTreeMap<String, Composite>,
    tags: &BTreeMap<String, String>,
) -> Result<Regime, RuleError> {
    let mut regime: Regime = rules.parse(file)?;
    let wrong = |cause: String| RuleError { file: file.to_owned(), cause };
    for definition in &mut regime.definitions {
        let mut sets = Vec::new();
        for (codes, cap) in [(&definition.any_of, Strength::Letter), (&definition.for_counsel, Strength::Counsel)] {
            for code in codes {
                expand(code, cap, composites, &mut sets).map_err(wrong)?;
            }
        }
        definition.sets = sets;
    }
    let all_tags = regime.scope.tags.iter().chain(regime.regulators.iter().flat_map(|recipient| &recipient.tags));
    if let Some(tag) = all_tags.into_iter().find(|tag| !tags.contains_key(*tag)) {
        return Err(wrong(format!("tag `{tag}` is not in duties/tags.toml")));
    }
    Ok(regime)
}

/// Appends the sets a code stands for; counsel's strength stays counsel's.
fn expand(
    code: &str,
    cap: Strength,
    composites: &BTreeMap<String, Composite>,
    sets: &mut Vec<Alternative>,
) -> Result<(), String> {
    let mut push = |set: ElementSet, strength: Strength, question: Option<&String>| {
        sets.push(Alternative { set, strength: strength.min(cap), question: question.cloned() });
    };
    if code == ANY_PERSONAL_DATA {
        DataElement::ALL.iter().for_each(|element| push(ElementSet::EMPTY.with(*element), Strength::Letter, None));
    } else if let Some(composite) = composites.get(code) {
        composite.any_of.iter().for_each(|set| push(*set, Strength::Letter, None));
        composite.for_counsel.iter().for_each(|set| push(*set, Strength::Counsel, composite.question.as_ref()));
    } else {
        let element: DataElement =
            code.parse().map_err(|_| format!("`{code}` is neither a data element nor in duties/elements.toml"))?;
        push(ElementSet::EMPTY.with(element), Strength::Letter, None);
    }
    Ok(())
}

/// Lists everything that is wrong with the duties: files that do not parse, unknown codes, missing sources, clocks that
/// cannot run, and examples that the definitions do not bear out. An empty list is the proof `rules check` asks for.
pub fn check(rules: &Rulebook) -> Vec<RuleError> {
    let mut errors = Vec::new();
    let composites = composites(rules).map_err(|error| errors.push(error)).unwrap_or_default();
    let tags = rules.parse::<TagFile>("duties/tags.toml").map_err(|error| errors.push(error)).map(|file| file.tag);
    let tags = tags.unwrap_or_default();
    check_composites(&composites, &mut errors);
    check_calendar(rules, &mut errors);
    let mut codes = BTreeSet::new();
    let mut places = BTreeSet::new();
    for file in FOLDERS.into_iter().flat_map(|folder| rules.below(folder)).map(|(file, _)| file) {
        match regime(rules, file, &composites, &tags) {
            Err(error) => errors.push(error),
            Ok(regime) => {
                let mut causes = regime_faults(&regime);
                if !codes.insert(regime.code.clone()) {
                    causes.push(format!("code `{}` stands in another file too", regime.code));
                }
                places.extend(regime.scope.place);
                errors.extend(causes.into_iter().map(|cause| RuleError { file: file.to_owned(), cause }));
            }
        }
    }
    match rules.parse::<UncoveredFile>("duties/uncovered.toml") {
        Err(error) => errors.push(error),
        Ok(file) => {
            errors.extend(file.place.iter().filter(|place| places.contains(&place.code)).map(|place| RuleError {
                file: "duties/uncovered.toml".to_owned(),
                cause: format!("`{}` has an entry of its own", place.code),
            }))
        }
    }
    errors
}

fn check_composites(composites: &BTreeMap<String, Composite>, errors: &mut Vec<RuleError>) {
    let mut fault = |cause: String| errors.push(RuleError { file: "duties/elements.toml".to_owned(), cause });
    for (code, composite) in composites {
        if composite.any_of.is_empty() && composite.for_counsel.is_empty() {
            fault(format!("`{code}` stands for nothing"));
        }
        if composite.for_counsel.is_empty() != composite.question.is_none() {
            fault(format!("`{code}` must have a question exactly if something is for counsel"));
        }
        if composite.means.is_empty() || composite.reason.is_empty() {
            fault(format!("`{code}` needs a meaning and a reason"));
        }
        if composite.any_of.iter().chain(&composite.for_counsel).any(|set| set.is_empty()) {
            fault(format!("`{code}` has an empty set, which would match everybody"));
        }
    }
}

fn check_calendar(rules: &Rulebook, errors: &mut Vec<RuleError>) {
    let file = "duties/holidays.toml";
    match rules.parse::<Calendar>(file) {
        Err(error) => errors.push(error),
        Ok(calendar) => {
            for holiday in calendar.holidays {
                let fixed = holiday.day.is_some_and(|day| (1..=31).contains(&day));
                let floating =
                    holiday.weekday.is_some() && holiday.nth.is_some_and(|nth| nth == -1 || (1..=4).contains(&nth));
                if fixed == floating || !(1..=12).contains(&holiday.month) {
                    errors.push(RuleError {
                        file: file.to_owned(),
                        cause: format!("`{}` has no single day", holiday.name),
                    });
                }
            }
        }
    }
}

/// Returns what is wrong with one regime.
fn regime_faults(regime: &Regime) -> Vec<String> {
    let mut faults = Vec::new();
    let mut must = |holds: bool, cause: &str| {
        if !holds {
            faults.push(cause.to_owned());
        }
    };
    must(!regime.sources.is_empty() && regime.sources.iter().all(|source| !source.is_empty()), "no source");
    must(!regime.statute.is_empty(), "no statute");
    must(is_date_prefix(&regime.latest_source_date), "`latest_source_date` is not a date");
    must(regime.effective.is_some() || regime.effective_note.is_some(), "neither `effective` nor `effective_note`");
    must(VERIFIED.contains(&regime.verified.as_str()), "`verified` is none of the known levels");
    must(
        regime.verified == VERIFIED[0] || regime.doubt.is_some() || regime.verified_note.is_some(),
        "not read in the statute, and no doubt or note says what was not",
    );
    must(regime.incident.is_some() == regime.definitions.is_empty(), "needs either a definition or an incident");
    must(regime.scope.place.is_some() || !regime.scope.tags.is_empty(), "binds neither a place nor a tag");
    must(regime.individuals.required || !regime.regulators.is_empty(), "nobody is told");
    must(
        clock_runs(&regime.individuals.clock, regime.individuals.words.is_some() || !regime.individuals.required),
        "individuals: the clock cannot run",
    );
    for recipient in &regime.regulators {
        let has_words = recipient.words.is_some() || recipient.relative.is_some();
        must(clock_runs(&recipient.clock, has_words), &format!("{}: the clock cannot run", recipient.name));
        must(
            threshold_whole(&recipient.threshold),
            &format!("{}: threshold, rule and counts go together", recipient.name),
        );
    }
    if let Some(agencies) = &regime.agencies {
        must(clock_runs(&agencies.clock, agencies.words.is_some()), "agencies: the clock cannot run");
        must(threshold_whole(&agencies.threshold), "agencies: threshold, rule and counts go together");
    }
    for definition in &regime.definitions {
        must(!definition.sets.is_empty(), "a definition without elements");
        let own = !definition.for_counsel.is_empty() || !definition.name_or.is_empty();
        must(!own || definition.question.is_some(), "something is for counsel, and no question says what");
    }
    example_faults(regime, &mut faults);
    faults
}

/// Levels of verification, best first.
const VERIFIED: [&str; 3] = ["statute text", "law-firm chart", "not confirmed"];

fn example_faults(regime: &Regime, faults: &mut Vec<String>) {
    for example in &regime.examples {
        let found = regime.decide(example.elements.to_exposure()).strength;
        if found != example.matches {
            faults.push(format!("example {:?} should be {:?} and is {found:?}", example.elements, example.matches));
        }
    }
    let has = |strength| regime.examples.iter().any(|example| example.matches == strength);
    if regime.incident.is_none() && !(has(Strength::Letter) && has(Strength::No)) {
        faults.push("needs an example that meets the definition and one that does not".to_owned());
    }
}

fn clock_runs(clock: &Clock, has_words: bool) -> bool {
    let lengths = [clock.days, clock.business_days, clock.hours, clock.months].into_iter().flatten().count();
    match lengths {
        0 => has_words,
        1 => clock.starts.is_some(),
        _ => false,
    }
}

fn threshold_whole(threshold: &Threshold) -> bool {
    let parts = [threshold.threshold.is_some(), threshold.rule.is_some(), threshold.counts.is_some()];
    parts.iter().all(|part| *part) || parts.iter().all(|part| !part)
}

/// Accepts `2026`, `2026-08` and `2026-08-29`.
fn is_date_prefix(text: &str) -> bool {
    let filled = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.to_owned(),
    };
    When::from_text(&filled).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(codes: &[&str]) -> ElementSet {
        codes.iter().map(|code| code.parse::<DataElement>().unwrap()).collect()
    }

    #[test]
    fn the_embedded_duties_prove_themselves() {
        assert_eq!(check(&Rulebook::embedded()), []);
    }

    #[test]
    fn there_are_68_regimes_for_every_state_and_dc() {
        let duties = Duties::load(&Rulebook::embedded()).unwrap();
        assert_eq!(duties.regimes.len(), 68);
        assert_eq!(duties.regimes.iter().filter(|regime| regime.scope.place.is_some()).count(), 54);
        let states = "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY \
                      NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY PR GU VI";
        for state in states.split_whitespace() {
            assert!(
                duties.regime(state).is_some_and(|regime| regime.scope.place == Jurisdiction::from_code(state)),
                "{state}"
            );
        }
    }

    #[test]
    fn the_stronger_entry_wins_and_names_its_elements() {
        let duties = Duties::load(&Rulebook::embedded()).unwrap();
        let washington = duties.regime("WA").unwrap();
        let decision = washington.decide(set(&["name", "ssn", "dob", "phone"]));
        assert_eq!((decision.strength, decision.elements), (Strength::Letter, set(&["name", "ssn", "dob"])));
        let nameless = washington.decide(set(&["ssn", "phone"]));
        assert_eq!((nameless.strength, nameless.elements), (Strength::Counsel, set(&["ssn"])));
        assert!(nameless.questions[0].contains("identity theft"));
    }

    #[test]
    fn check_finds_what_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in Rulebook::embedded().files() {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let with = |file: &str, from: &str, to: &str| {
            let path = folder.path().join(file);
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.contains(from), "{file} has no {from}");
            std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
            let errors = check(&Rulebook::from_folder(folder.path()).unwrap());
            std::fs::write(&path, text).unwrap();
            errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        };
        let washington = "duties/us/washington.toml";
        for (from, to, part) in [
            ("\"ssn\"", "\"shoe_size\"", "shoe_size"),
            ("matches = \"yes\"", "matches = \"no\"", "should be No and is Letter"),
            ("code = \"WA\"", "code = \"OR\"", "another file"),
            ("checked_on = \"2026-11-22\"", "checked_on = \"lately\"", "expected a date"),
            ("days = 30", "days = 30\nhours = 5", "clock cannot run"),
            ("[encryption]", "surprise = 1\n[encryption]", "surprise"),
            ("rule = \"more_than\"", "", "go together"),
            ("role = \"regulator\"", "role = \"regulator\"\nsurprise = 1", "surprise"),
            ("starts = \"discovery\"", "starts = \"birthday\"", "birthday"),
        ] {
            let errors = with(washington, from, to);
            assert!(errors.contains(part), "{from} -> {to}: {errors}");
        }
        assert!(with("duties/elements.toml", "[[\"api_key\"]]", "[[]]").contains("empty set"));
        assert!(with("duties/holidays.toml", "nth = 3", "nth = 9").contains("no single day"));
        assert_eq!(check(&Rulebook::from_folder(folder.path()).unwrap()), []);
    }
}
