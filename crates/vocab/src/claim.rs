//! What a seller says of a data set, in parts that can be tested, and how much of it was handed over.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ElementSet;

/// A seller's claim: the `[claim]` of a case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assertion {
    /// The claim in the seller's words.
    #[serde(default)]
    pub text: String,
    /// Day of the offer.
    #[serde(default)]
    pub posted: Option<Date>,
    /// How many.
    #[serde(default)]
    pub count: Option<u64>,
    /// How many of what.
    #[serde(default)]
    pub unit: ClaimUnit,
    /// Which elements.
    #[serde(default)]
    pub elements: ElementSet,
    /// When it is said to have been taken: a year, a month or a day (`2026`, `2026-08`, `2026-08-03`).
    #[serde(default)]
    pub taken: Option<String>,
}

impl Assertion {
    /// Returns the first and the last day of the stated time of the theft; `None` if none is stated or it is not a year,
    /// month or day.
    pub fn taken_days(&self) -> Option<(Date, Date)> {
        let taken = self.taken.as_deref()?.trim();
        if let Ok(day) = taken.parse::<Date>() {
            return Some((day, day));
        }
        if let Ok(first) = format!("{taken}-01").parse::<Date>() {
            return Some((first, first.last_of_month()));
        }
        let first = format!("{taken}-01-01").parse::<Date>().ok()?;
        Some((first, first.last_of_year()))
    }
}

/// What a claimed number counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaimUnit {
    /// Human beings.
    People,
    /// Customer accounts.
    Accounts,
    /// Rows of tables.
    Rows,
    /// The seller does not say.
    #[default]
    Unknown,
}

impl ClaimUnit {
    /// Returns the word used in outputs.
    pub const fn as_str(self) -> &'static str {
        match self {
            ClaimUnit::People => "people",
            ClaimUnit::Accounts => "accounts",
            ClaimUnit::Rows => "rows",
            ClaimUnit::Unknown => "unknown",
        }
    }
}

/// How much of what was taken the evidence is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceScope {
    /// All of what is offered was handed over.
    Whole,
    /// A part the seller picked.
    Sample,
    /// Nobody says.
    #[default]
    Unknown,
}

/// The days on which a reference row held: from the first day on, to but without the last. Days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// First day; [`Period::EVER`] if not known.
    pub from: i32,
    /// First day on which it no longer held; [`Period::OPEN`] if it still does.
    pub to: i32,
}

impl Period {
    /// "Since ever": the reference gives no first day.
    pub const EVER: i32 = i32::MIN;
    /// "Still": the reference gives no last day.
    pub const OPEN: i32 = i32::MAX;
    /// A row without dates.
    pub const ALWAYS: Period = Period { from: Period::EVER, to: Period::OPEN };

    /// Tells whether the row says anything about time.
    pub const fn is_dated(&self) -> bool {
        self.from != Period::EVER || self.to != Period::OPEN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_a_month_and_a_day_are_periods() {
        let days = |taken: &str| {
            let claim = Assertion { taken: Some(taken.to_owned()), ..Assertion::default() };
            claim.taken_days().map(|(first, last)| format!("{first}/{last}"))
        };
        assert_eq!(days("2026").as_deref(), Some("2026-01-01/2026-12-31"));
        assert_eq!(days("2024-02").as_deref(), Some("2024-02-01/2024-02-29"));
        assert_eq!(days("2026-08-03").as_deref(), Some("2026-08-03/2026-08-03"));
        assert_eq!(days("last week"), None);
        assert_eq!(days("2026-13"), None);
    }
}
