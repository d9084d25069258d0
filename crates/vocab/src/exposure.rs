//! What of a person lies open, and where the person lives: the unit in which harm and duties are decided.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ElementSet, Interval, Jurisdiction};

/// A distinct blend of elements in one set of jurisdictions, with the number of people who have exactly it.
///
/// Harm and duties are decided once per profile, not per person. Elements are in exposure form
/// ([`ElementSet::to_exposure`]). A person who may live in several jurisdictions (two addresses on file) has a profile
/// that names them all, so that sums over profiles count each person once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExposureProfile {
    /// The elements that lie open, joined over all rows of a person.
    pub elements: ElementSet,
    /// Where the person lives by the evidence, sorted; `[unknown]` if nothing says.
    pub jurisdictions: Vec<Jurisdiction>,
    /// Whether the person is under 18 at the stated time; `None` if no date of birth is known.
    pub minor: Option<bool>,
    /// People with exactly this profile.
    pub people: Interval,
}
