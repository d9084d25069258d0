//! The answer: `assessment.json`, field by field. This is the contract with the outside; change it only with `SCHEMA`.
//!
//! Counts of people are always [`Interval`]s. Rows, accounts and people never share a field. Nothing here may hold a
//! personal value, a clock time of the run, or anything else that differs between two runs over the same evidence.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{DataElement, ElementSet, ExposureProfile, Interval, Jurisdiction, Problem, Receipt, SetAside};

/// Version of the form of `assessment.json`.
pub const SCHEMA: &str = "leakassay/assessment/1";

/// Everything that was found, with grounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Assessment {
    /// Version of this form, [`SCHEMA`].
    pub schema: String,
    /// What the case says of itself.
    pub case: CaseSummary,
    /// Which run this is.
    pub run: Run,
    /// Every file, with its balance of rows and the typing of its columns.
    pub evidence: Vec<FileReport>,
    /// Is personal data in it?
    pub personal_data: PersonalData,
    /// Which elements, in how many rows, of how many people.
    pub elements: Vec<ElementCount>,
    /// How many people.
    pub people: PeopleReport,
    /// Is the seller's claim true?
    pub claim: ClaimReport,
    /// What was read, and is the door shut?
    pub access: AccessReport,
    /// What harm can it do?
    pub harm: HarmReport,
    /// Who must be told, by when?
    pub duties: Vec<DutyReport>,
    /// What cannot be said, and what would change that.
    pub cannot_say: Vec<CannotSay>,
    /// Sums over the lists above, [`Totals::of`].
    pub totals: Totals,
    /// One balance sheet a stage.
    pub receipts: Vec<Receipt>,
    /// The other files of this assessment, by their use.
    pub files: BTreeMap<String, String>,
    /// What is new against the version before this one; absent in the first version of a case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Changes>,
}

/// What is new against the version of the assessment before, and why.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Changes {
    /// Run that this one is compared with.
    pub since: String,
    /// Stated time of that run, RFC 3339.
    pub as_of: String,
    /// What went in that did not before, or no longer does.
    pub causes: Vec<ChangeCause>,
    /// Counts that are others now, those of the people first.
    pub counts: Vec<CountChange>,
    /// Answers in words that are others now.
    pub answers: Vec<AnswerChange>,
}

/// Something that an assessment rests on and that is not as it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChangeCause {
    /// `evidence added`, `evidence withdrawn`, `evidence changed`, `case file`, `decisions of people`, `rulebook`, `program`.
    pub kind: String,
    /// The file, or what else it is about.
    pub what: String,
    /// Rows of the file, for evidence.
    pub rows: Option<u64>,
}

/// A count that is another now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CountChange {
    /// What is counted.
    pub what: String,
    /// In the version before.
    pub before: u64,
    /// In this one.
    pub after: u64,
}

/// An answer in words that is another now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AnswerChange {
    /// The question.
    pub what: String,
    /// The answer of the version before.
    pub before: String,
    /// The answer of this one.
    pub after: String,
}

/// What the case says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseSummary {
    /// Name of the case.
    pub name: String,
    /// Whose breach it would be.
    pub controller: Option<String>,
    /// What kind of company, for the regimes that ask: `telecom-carrier`, `sec-registrant`, ...
    pub regimes: Vec<String>,
    /// Stated time of the assessment, RFC 3339. Every clock is computed from it.
    pub as_of: String,
    /// When the breach was discovered, RFC 3339.
    pub discovered: Option<String>,
    /// The seller's claim in its own words.
    pub claim_text: Option<String>,
    /// When the claim was posted, ISO date or RFC 3339.
    pub claim_posted: Option<String>,
}

/// Which run this is. Two runs over the same evidence, rulebook and stated time have the same id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// Digest of inputs, rulebook, program version and stated time.
    pub id: String,
    /// Version of the program.
    pub tool_version: String,
    /// Digest of the rulebook.
    pub rulebook_version: String,
    /// Stated time.
    pub as_of: String,
    /// True for the first answer from a sample; its counts are estimates.
    pub sampled: bool,
}

/// Yes, no, or an honest third.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum YesNo {
    /// Shown.
    Yes,
    /// Shown not to be.
    No,
    /// The evidence does not decide; the grounds say what is missing.
    CannotTell,
}

/// One evidence file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FileReport {
    /// Path relative to the case, or as given.
    pub path: String,
    /// Where it comes from, as the case says.
    pub obtained: Option<String>,
    /// SHA-256 in hexadecimal; empty if it could not be read.
    pub sha256: String,
    /// Size on disk in bytes.
    pub bytes: u64,
    /// Format from the outside in: `gz/mysqldump`, `zip/delimited`, `parquet`, `text`.
    pub format: String,
    /// Rows met, in tables.
    pub rows_in: u64,
    /// Rows read.
    pub rows_parsed: u64,
    /// Rows set aside.
    pub rows_set_aside: u64,
    /// Why rows were set aside.
    pub set_aside: Vec<SetAside>,
    /// Share of the decoded bytes that was read as rows or text, 0 to 1.
    pub readable_share: f64,
    /// Path of the file this one equals byte for byte; such a file is counted once.
    pub duplicate_of: Option<String>,
    /// Path of the file of which this one is a later part (`x.zip.002` of `x.zip.001`); it is read there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<String>,
    /// True for a file that is on a list of known files: it is counted and not read.
    #[serde(default, skip_serializing_if = "is_false")]
    pub known: bool,
    /// Tables found.
    pub tables: Vec<TableReport>,
    /// Matches in text outside typed columns, by element.
    pub text: BTreeMap<DataElement, u64>,
    /// Problems met.
    pub problems: Vec<Problem>,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// One table of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TableReport {
    /// Name: of the SQL table, the archive member, or the file.
    pub name: String,
    /// Rows read.
    pub rows: u64,
    /// Whether the first row was a header.
    pub header: bool,
    /// Columns in order.
    pub columns: Vec<ColumnReport>,
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ColumnReport {
    /// Position, from 0.
    pub index: u32,
    /// Name, if the source gives one.
    pub name: Option<String>,
    /// Element, or null for a column without personal data.
    pub element: Option<DataElement>,
    /// Calibrated probability of that reading, 0 to 1.
    pub probability: f64,
    /// Report, review or discarded.
    pub state: FindingState,
    /// Non-empty values that pass the element's rule.
    pub valid: u64,
    /// Well-formed values that cannot exist (area 000, bad check digit, 31 February).
    pub impossible: u64,
    /// Values that do not have the element's form.
    pub damaged: u64,
    /// Empty values and null markers.
    pub missing: u64,
    /// Distinct non-empty values (estimate).
    pub distinct: u64,
    /// Why, in words, strongest first.
    pub reasons: Vec<String>,
    /// The next best readings.
    pub alternatives: Vec<Alternative>,
}

/// Another reading of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Alternative {
    /// Element; null for "no personal data".
    pub element: Option<DataElement>,
    /// Its probability.
    pub probability: f64,
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingState {
    /// Counted as found.
    Report,
    /// Not counted; a person should look.
    Review,
    /// Not counted; kept in the tally of what was discarded.
    Discarded,
}

/// Is personal data in it?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PersonalData {
    /// The answer.
    pub present: YesNo,
    /// Why.
    pub reasons: Vec<String>,
}

/// One element over all evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ElementCount {
    /// The element, in exposure form.
    pub element: DataElement,
    /// Rows with a non-empty value.
    pub rows: u64,
    /// Rows with a valid value.
    pub rows_valid: u64,
    /// Rows with a well-formed value that cannot exist.
    pub rows_impossible: u64,
    /// Rows with a value that does not have the form.
    pub rows_damaged: u64,
    /// People with at least one valid value.
    pub people: Interval,
}

/// How many people. Rows, accounts and people are kept apart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PeopleReport {
    /// Rows about people or devices.
    pub rows: u64,
    /// Distinct customer account numbers; null where no file has them.
    pub accounts: Option<u64>,
    /// Distinct people.
    pub count: Interval,
    /// The rule behind each bound.
    pub bounds: Vec<Bound>,
    /// Distinct households (address and surname).
    pub households: u64,
    /// Devices or lines no person could be attached to.
    pub devices: u64,
    /// Rows with too little to tell one person from another.
    pub unresolvable: u64,
    /// People by place of residence. A person with addresses in two states counts in both; see `several_jurisdictions`.
    pub by_jurisdiction: Vec<JurisdictionCount>,
    /// Extra counts in `by_jurisdiction` caused by people with several places: sum(likely) - this = people.
    pub several_jurisdictions: u64,
    /// People by class; a class is a table of the evidence.
    pub by_class: Vec<ClassCount>,
    /// People by the exact set of classes they are in: the overlaps. Sums to `count.likely`.
    pub class_combinations: Vec<ClassCombination>,
    /// People by exact blend of elements and places. Sums to `count.likely`.
    pub profiles: Vec<ExposureProfile>,
    /// Values shared by too many different people to identify anyone, by kind of key.
    pub generic_values: Vec<GenericValues>,
    /// Merges by the evidence that decided them.
    pub merges: Vec<MergeTally>,
    /// Merges refused, by the conflict that stopped them.
    pub refusals: Vec<MergeTally>,
    /// People by how many rows they have. Sums to `count.likely`.
    pub rows_per_person: Vec<RowsPerPerson>,
    /// Merges by how strong they are, weakest first.
    pub merge_weights: Vec<MergeWeight>,
}

/// People with so many rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RowsPerPerson {
    /// Rows, at least.
    pub rows_least: u64,
    /// Rows, at most; null where there is no end.
    pub rows_most: Option<u64>,
    /// People (likely).
    pub people: u64,
}

/// Merges of like strength.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MergeWeight {
    /// Bits above even odds, at least.
    pub bits_least: u64,
    /// Bits, less than; null where there is no end.
    pub bits_below: Option<u64>,
    /// Merges.
    pub merges: u64,
    /// People there would be if these and all weaker merges were not made.
    pub people_without: u64,
}

/// A bound of the people interval and the rule that made it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bound {
    /// `low`, `likely` or `high`.
    pub bound: String,
    /// The number.
    pub people: u64,
    /// How it was made, as a sentence.
    pub rule: String,
}

/// People with one place of residence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct JurisdictionCount {
    /// State or territory, or `unknown`.
    pub jurisdiction: Jurisdiction,
    /// People who live there by the evidence.
    pub people: Interval,
    /// Of them, people with each element (likely).
    pub elements: BTreeMap<DataElement, u64>,
}

/// People of one class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClassCount {
    /// Forensic path of the table.
    pub class: String,
    /// Rows.
    pub rows: u64,
    /// Distinct account numbers; null where the table has none.
    pub accounts: Option<u64>,
    /// People.
    pub people: Interval,
    /// Elements of the class, in exposure form.
    pub elements: ElementSet,
}

/// People who are in exactly these classes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClassCombination {
    /// Indices into `by_class`, rising.
    pub classes: Vec<u32>,
    /// People (likely).
    pub people: u64,
}

/// Generic values of one kind of key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GenericValues {
    /// Kind of key.
    pub key: String,
    /// Number of values that are generic.
    pub values: u64,
    /// Rows that hold one.
    pub rows: u64,
}

/// Merges or refusals of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MergeTally {
    /// The evidence or the conflict.
    pub reason: String,
    /// How often.
    pub count: u64,
}

/// Is the claim true? Axis by axis; a verdict on a sample is never a verdict on the hoard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClaimReport {
    /// The headline word: `CONFIRMED`, `CONFIRMED, SMALLER THAN CLAIMED`, ..., `INCONCLUSIVE`, `NO CLAIM`.
    pub headline: String,
    /// The sentence under it.
    pub summary: String,
    /// The axes.
    pub axes: ClaimAxes,
    /// What was found against what was claimed, unit by unit.
    pub extents: Vec<Extent>,
    /// Claimed elements that were found.
    pub claimed_and_found: Vec<DataElement>,
    /// Claimed elements that were not found.
    pub claimed_not_found: Vec<DataElement>,
    /// Elements found that nobody claimed.
    pub found_not_claimed: Vec<DataElement>,
    /// Every test run.
    pub tests: Vec<TestResult>,
    /// Support by candidate snapshot date, for the chart: share of dated facts that hold on that day.
    pub snapshot_curve: Vec<SnapshotPoint>,
}

/// The eight axes of a verdict on a claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClaimAxes {
    /// Could the evidence be read?
    pub readable: AxisVerdict,
    /// Live people, test data, or made up?
    pub kind: AxisVerdict,
    /// Whose data is it?
    pub controller: AxisVerdict,
    /// Of what date?
    pub snapshot: AxisVerdict,
    /// New, or seen in an earlier breach?
    pub novelty: AxisVerdict,
    /// How much?
    pub extent: AxisVerdict,
    /// Which elements?
    pub elements: AxisVerdict,
    /// By which way out?
    pub path: AxisVerdict,
}

/// A verdict on one axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AxisVerdict {
    /// The verdict in a word or two: `readable`, `ours`, `2026-08-03`, `cannot tell`.
    pub answer: String,
    /// Strength: `none`, `limited`, `moderate`, `strong`.
    pub strength: String,
    /// What it rests on, or why it cannot be told.
    pub grounds: Vec<String>,
    /// What would change it.
    pub would_change: String,
}

/// Found against claimed, in one unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Extent {
    /// `rows`, `accounts` or `people`.
    pub unit: String,
    /// What was found; null if it cannot be told.
    pub found: Option<Interval>,
    /// What was claimed, if a count was.
    pub claimed: Option<u64>,
    /// found.likely / claimed.
    pub ratio: Option<f64>,
    /// `holds`, `smaller`, `larger`, `cannot_tell`.
    pub decision: String,
}

/// One test of the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TestResult {
    /// Identifier: `T01`, ...
    pub id: String,
    /// Name.
    pub name: String,
    /// The statistic.
    pub value: Option<f64>,
    /// Its 95 % interval.
    pub interval: Option<[f64; 2]>,
    /// `passes`, `fails`, `cannot_tell`.
    pub decision: String,
    /// Grounds in words.
    pub grounds: String,
}

/// A point of the snapshot curve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SnapshotPoint {
    /// ISO date.
    pub date: String,
    /// Share of matched values valid on that date, 0 to 1.
    pub support: f64,
}

/// What was read, and is the door shut?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AccessReport {
    /// Can it be told at all?
    pub answer: YesNo,
    /// Why (not).
    pub grounds: Vec<String>,
    /// Period and system each log speaks for.
    pub coverage: Vec<LogCoverage>,
    /// Sessions of the intruder.
    pub sessions: Vec<Session>,
    /// Doors and whether they are shut.
    pub doors: Vec<DoorVerdict>,
    /// Tables read.
    pub tables: Vec<TableAccess>,
    /// People whose rows were read: proved at least, cannot be excluded at most. Null if it cannot be told.
    pub people: Option<ExposureBounds>,
}

/// What a log can speak for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LogCoverage {
    /// The system.
    pub system: String,
    /// First moment covered, RFC 3339.
    pub from: Option<String>,
    /// Last moment covered, RFC 3339.
    pub to: Option<String>,
    /// Gaps and why coverage is in doubt.
    pub gaps: Vec<String>,
}

/// A session of the intruder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Session {
    /// The system.
    pub system: String,
    /// The account used.
    pub account: String,
    /// First event, RFC 3339.
    pub first: String,
    /// Last event, RFC 3339.
    pub last: String,
    /// Number of events.
    pub events: u64,
}

/// Is an entry point shut?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DoorVerdict {
    /// Name of the door.
    pub name: String,
    /// `shut`, `open`, `cannot_tell`.
    pub verdict: String,
    /// Why.
    pub grounds: Vec<String>,
}

/// Rows read of one table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TableAccess {
    /// The table.
    pub table: String,
    /// Rows proved read and rows that cannot be excluded.
    pub rows: ExposureBounds,
}

/// Proved at least, cannot be excluded at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExposureBounds {
    /// Proved.
    pub lower: u64,
    /// Cannot be excluded; null if nothing bounds it.
    pub upper: Option<u64>,
}

/// What harm can it do?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HarmReport {
    /// People by band, most harmed first. Sums to the people count.
    pub bands: Vec<BandCount>,
    /// People by attack.
    pub attacks: Vec<AttackCount>,
    /// The decision for each distinct blend of elements.
    pub profiles: Vec<HarmProfile>,
}

/// People in one band.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BandCount {
    /// `very_high`, `high`, `medium`, `low`.
    pub band: String,
    /// People.
    pub people: Interval,
}

/// People open to one attack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AttackCount {
    /// Rule id: `sim_swap`, `new_account_fraud`, ...
    pub attack: String,
    /// Name.
    pub name: String,
    /// Family: identity, telco, network, contact, physical, payment.
    pub family: String,
    /// People open to it.
    pub people: Interval,
    /// Highest weight over the profiles, 0 to 100.
    pub weight: u32,
    /// What the company should do.
    pub company_actions: Vec<String>,
    /// What the person can do.
    pub person_actions: Vec<String>,
}

/// Harm of one blend of elements.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HarmProfile {
    /// The elements.
    pub elements: ElementSet,
    /// Whether minors are meant (a different rule applies to some attacks).
    pub minor: bool,
    /// People.
    pub people: Interval,
    /// Score 0 to 100.
    pub score: f64,
    /// Band.
    pub band: String,
    /// The attacks it opens, worst first, with weight and the rule that fired.
    pub attacks: Vec<HarmGround>,
}

/// Why a blend opens an attack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HarmGround {
    /// Rule id.
    pub attack: String,
    /// Weight 0 to 100 after what raises it.
    pub weight: u32,
    /// The minimal set that fired, and what raised the weight.
    pub because: String,
}

/// One duty: a recipient under a regime.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DutyReport {
    /// Regime code: `WA`, `US-FCC-2007`, `EU-GDPR`.
    pub regime: String,
    /// Name of the jurisdiction or rule.
    pub name: String,
    /// Who must be told: `individuals`, `regulator: ...`, `consumer reporting agencies`.
    pub recipient: String,
    /// Is it triggered?
    pub trigger: YesNo,
    /// People who count for it.
    pub people: Interval,
    /// Deadline as date or date and time, RFC 3339; null where the law sets none or the start is unknown.
    pub due: Option<String>,
    /// The clock in words: "45 days from determination"; "without unreasonable delay".
    pub clock: String,
    /// The event the clock starts from, and its time if known.
    pub starts: String,
    /// Facts the answer rests on.
    pub facts_used: Vec<String>,
    /// Facts that are missing, each with what it would change.
    pub missing_facts: Vec<String>,
    /// Threshold and how it compares.
    pub threshold: Option<String>,
    /// Content the notice must have, as codes.
    pub content: Vec<String>,
    /// Statute or rule.
    pub citation: String,
    /// Status of the law: in force, adopted but not in effect, ...
    pub status: String,
    /// How well the table entry was checked.
    pub verified: String,
    /// Doubt that counsel must see.
    pub doubt: Option<String>,
    /// Conditions that counsel must judge.
    pub conditions: Vec<String>,
}

/// A question that cannot be answered, or only in part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CannotSay {
    /// The question.
    pub question: String,
    /// Why not.
    pub because: String,
    /// What would help.
    pub would_help: String,
}

/// Sums over the lists of the assessment. No output adds anything up by itself: every sum a reader is shown is a field
/// here, so that it can be checked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Totals {
    /// Evidence files.
    pub files: u64,
    /// Their size on disk in bytes.
    pub bytes: u64,
    /// Rows met in all files. Always `rows_parsed + rows_set_aside`.
    pub rows_in: u64,
    /// Rows read.
    pub rows_parsed: u64,
    /// Rows set aside.
    pub rows_set_aside: u64,
    /// Kinds of personal data found.
    pub elements: u64,
    /// People (likely) under 18 at the stated time.
    pub people_minor: u64,
    /// People (likely) whose age is not known.
    pub people_age_unknown: u64,
    /// People by exact blend of elements wherever they live, most people first. Sums to `people.count.likely`.
    pub element_combinations: Vec<ElementCombination>,
    /// Regimes: triggered by at least one duty, else undecided, else not triggered.
    pub regimes: Decided,
    /// Duties by their trigger.
    pub duties: Decided,
    /// The earliest deadline of a triggered duty; a deadline without a time of day ends with its day.
    pub first_due: Option<String>,
}

/// People with exactly these elements.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ElementCombination {
    /// The elements, in exposure form.
    pub elements: ElementSet,
    /// People (likely).
    pub people: u64,
}

/// How many were decided which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decided {
    /// Triggered.
    pub yes: u64,
    /// Not triggered.
    pub no: u64,
    /// Cannot be told.
    pub cannot_tell: u64,
}

impl Decided {
    fn count(answers: impl Iterator<Item = YesNo>) -> Self {
        answers.fold(Decided::default(), |mut sum, answer| {
            match answer {
                YesNo::Yes => sum.yes += 1,
                YesNo::No => sum.no += 1,
                YesNo::CannotTell => sum.cannot_tell += 1,
            }
            sum
        })
    }
}

impl Totals {
    /// Adds up the lists.
    pub fn of(
        evidence: &[FileReport],
        elements: &[ElementCount],
        profiles: &[ExposureProfile],
        duties: &[DutyReport],
    ) -> Self {
        let people = |wanted: Option<bool>| {
            profiles.iter().filter(|profile| profile.minor == wanted).map(|profile| profile.people.likely).sum()
        };
        Totals {
            files: evidence.len() as u64,
            bytes: evidence.iter().map(|file| file.bytes).sum(),
            rows_in: evidence.iter().map(|file| file.rows_in).sum(),
            rows_parsed: evidence.iter().map(|file| file.rows_parsed).sum(),
            rows_set_aside: evidence.iter().map(|file| file.rows_set_aside).sum(),
            elements: elements.len() as u64,
            people_minor: people(Some(true)),
            people_age_unknown: people(None),
            element_combinations: combinations(profiles),
            regimes: Decided::count(regime_answers(duties).into_values()),
            duties: Decided::count(duties.iter().map(|duty| duty.trigger)),
            first_due: first_due(duties),
        }
    }
}

fn combinations(profiles: &[ExposureProfile]) -> Vec<ElementCombination> {
    let mut by_elements: BTreeMap<ElementSet, u64> = BTreeMap::new();
    for profile in profiles {
        *by_elements.entry(profile.elements).or_default() += profile.people.likely;
    }
    let mut list: Vec<ElementCombination> =
        by_elements.into_iter().map(|(elements, people)| ElementCombination { elements, people }).collect();
    list.sort_by_key(|combination| (std::cmp::Reverse(combination.people), combination.elements));
    list
}

fn regime_answers(duties: &[DutyReport]) -> BTreeMap<&str, YesNo> {
    let regimes: BTreeSet<&str> = duties.iter().map(|duty| duty.regime.as_str()).collect();
    let answer = |regime: &str| {
        let any = |wanted| duties.iter().any(|duty| duty.regime == regime && duty.trigger == wanted);
        match (any(YesNo::Yes), any(YesNo::CannotTell)) {
            (true, _) => YesNo::Yes,
            (false, true) => YesNo::CannotTell,
            (false, false) => YesNo::No,
        }
    };
    regimes.into_iter().map(|regime| (regime, answer(regime))).collect()
}

/// RFC 3339 sorts as text within one offset; a bare date is placed after every time of its day.
fn first_due(duties: &[DutyReport]) -> Option<String> {
    let due = duties.iter().filter(|duty| duty.trigger == YesNo::Yes).filter_map(|duty| duty.due.as_ref());
    due.min_by_key(|due| if due.len() == 10 { format!("{due}T99") } else { (*due).clone() }).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DataElement, Interval};

    fn duty(regime: &str, trigger: YesNo, due: Option<&str>) -> DutyReport {
        DutyReport {
            regime: regime.into(),
            name: String::new(),
            recipient: "individuals".into(),
            trigger,
            people: Interval::default(),
            due: due.map(str::to_owned),
            clock: String::new(),
            starts: String::new(),
            facts_used: Vec::new(),
            missing_facts: Vec::new(),
            threshold: None,
            content: Vec::new(),
            citation: String::new(),
            status: String::new(),
            verified: String::new(),
            doubt: None,
            conditions: Vec::new(),
        }
    }

    #[test]
    fn a_regime_is_triggered_by_one_of_its_duties_and_the_first_deadline_is_of_a_triggered_one() {
        let duties = [
            duty("AA", YesNo::No, Some("2026-01-01")),
            duty("AA", YesNo::Yes, Some("2026-09-11")),
            duty("BB", YesNo::CannotTell, Some("2026-01-02")),
            duty("BB", YesNo::No, None),
            duty("CC", YesNo::Yes, Some("2026-09-11T10:00:00Z")),
        ];
        let totals = Totals::of(&[], &[], &[], &duties);
        assert_eq!(totals.regimes, Decided { yes: 2, no: 0, cannot_tell: 1 });
        assert_eq!(totals.duties, Decided { yes: 2, no: 2, cannot_tell: 1 });
        assert_eq!(totals.first_due.as_deref(), Some("2026-09-11T10:00:00Z"));
    }

    #[test]
    fn blends_are_added_over_places_and_ages() {
        let profile = |elements: ElementSet, place: &str, minor, people| ExposureProfile {
            elements,
            jurisdictions: Jurisdiction::from_code(place).into_iter().collect(),
            minor,
            people: Interval::exact(people),
        };
        let name = ElementSet::EMPTY.with(DataElement::Name);
        let both = name.with(DataElement::Ssn);
        let profiles =
            [profile(name, "WA", Some(false), 3), profile(both, "WA", None, 4), profile(name, "OR", Some(true), 2)];
        let totals = Totals::of(&[], &[], &profiles, &[]);
        let sums: Vec<_> = totals.element_combinations.iter().map(|sum| (sum.elements, sum.people)).collect();
        assert_eq!(sums, [(name, 5), (both, 4)]);
        assert_eq!((totals.people_minor, totals.people_age_unknown), (2, 4));
    }
}
