//! What is true of a simulated breach: `truth.json`, in the form of `assessment.json` as far as truth is defined.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::assessment::{ClassCount, ElementCount, JurisdictionCount, YesNo};
use crate::{ElementSet, ExposureProfile};

/// Version of the form of `truth.json`.
pub const TRUTH_SCHEMA: &str = "leakassay/truth/1";

/// The truth. Counts are exact intervals (low = likely = high), so that the fields have the form of the assessment.
///
/// Who counts: every fictional person with at least one row that names them. A person with only device rows is a
/// device. Where people live: the states of their addresses in the rows (as they were meant, before dirt); without an
/// address the state of their licence; else unknown. An element counts for a person if a row of theirs holds a valid
/// value of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Truth {
    /// Version of this form, [`TRUTH_SCHEMA`].
    pub schema: String,
    /// Scenario and seed.
    pub scenario: String,
    /// Seed.
    pub seed: u64,
    /// Files with their rows.
    pub files: Vec<FileTruth>,
    /// Elements.
    pub elements: Vec<ElementCount>,
    /// People.
    pub people: PeopleTruth,
    /// Day of which the dump is a picture, ISO date.
    pub snapshot: String,
    /// Duties.
    pub duties: Vec<DutyTruth>,
}

/// Truth of one file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FileTruth {
    /// Path relative to the case.
    pub path: String,
    /// Tables with their columns.
    pub tables: Vec<TableTruth>,
}

/// Truth of one table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TableTruth {
    /// Name of the table or member.
    pub name: String,
    /// Rows written, broken ones included.
    pub rows: u64,
    /// Of them, rows written broken (truncated, shifted).
    pub rows_broken: u64,
    /// Element of each column; null where there is none.
    pub columns: Vec<Option<crate::DataElement>>,
}

/// Truth about people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PeopleTruth {
    /// Rows.
    pub rows: u64,
    /// Distinct accounts.
    pub accounts: u64,
    /// Distinct people.
    pub count: u64,
    /// Lines in the evidence that belong to nobody who is named in it.
    pub devices: u64,
    /// By place of residence.
    pub by_jurisdiction: Vec<JurisdictionCount>,
    /// By class (table).
    pub by_class: Vec<ClassCount>,
    /// By blend of elements.
    pub profiles: Vec<ExposureProfile>,
}

/// Truth about one regime.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DutyTruth {
    /// Regime code.
    pub regime: String,
    /// Whether people are owed notice by the letter of the definition.
    pub trigger: YesNo,
    /// People who count.
    pub people: u64,
    /// The elements that make the blend a trigger, over all people.
    pub elements: ElementSet,
}
