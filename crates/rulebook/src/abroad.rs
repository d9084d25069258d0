//! Names of people and of streets in other countries, for text: how they are written, and the commonest of them.
//!
//! Enters: `names/abroad.toml` and `places/streets_abroad.toml` of the rulebook. Leaves: lists of words. Never: a match.

use serde::Deserialize;

use crate::{RuleError, Rulebook};

/// Names of people.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// Where they come from.
    pub sources: Vec<String>,
    /// When, ISO.
    pub date: String,
    /// Titles that stand before a name and hardly before anything else.
    pub titles: Vec<String>,
    /// Titles that are other things as well.
    pub titles_weak: Vec<String>,
    /// Phrases in small letters that introduce somebody, and nothing else.
    pub cues: Vec<String>,
    /// Phrases that introduce other things as well.
    pub cues_weak: Vec<String>,
    /// Given names that are words or places as well.
    pub ambiguous: Vec<String>,
    /// Words behind which a name is part of a place.
    pub not_behind: Vec<String>,
    /// Words before which a name is part of something else, and that are no surnames.
    pub not_before: Vec<String>,
    /// Words with which letters begin.
    pub greetings: Vec<String>,
    /// Small words within names.
    pub particles: Vec<String>,
    /// Endings that surnames have and other words hardly do.
    pub endings: Vec<String>,
    /// The commonest names by country.
    pub countries: Vec<CountryNames>,
}

/// The commonest names of a country.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountryNames {
    /// The country, or the first of several with the same names.
    pub code: String,
    /// Given names.
    pub given: Vec<String>,
    /// Surnames.
    pub surnames: Vec<String>,
}

/// How streets are written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Streets {
    /// Where it comes from.
    pub sources: Vec<String>,
    /// When, ISO.
    pub date: String,
    /// Endings of names of streets; the number follows.
    pub endings: Vec<String>,
    /// Endings that other words have too.
    pub endings_weak: Vec<String>,
    /// Words before the name; the number follows.
    pub before: Vec<String>,
    /// Words between the number and the name.
    pub after_number: Vec<String>,
    /// Words between the number and the name that are other things too.
    pub after_number_weak: Vec<String>,
    /// What stands behind the number: floor, door, flat.
    pub units: Vec<String>,
    /// Small words within names.
    pub particles: Vec<String>,
    /// Texts that hold an address, and texts that do not.
    pub examples: StreetExamples,
}

/// What the words for streets must and must not take.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreetExamples {
    /// Texts in which an address is reported.
    pub text: Vec<String>,
    /// Texts in which none is.
    pub not_text: Vec<String>,
}

impl Names {
    /// The file they stand in.
    pub const FILE: &str = "names/abroad.toml";

    /// Reads the names of a rulebook.
    pub fn load(book: &Rulebook) -> Result<Self, RuleError> {
        book.parse(Self::FILE)
    }
}

impl Streets {
    /// The file they stand in.
    pub const FILE: &str = "places/streets_abroad.toml";

    /// Reads the words of a rulebook.
    pub fn load(book: &Rulebook) -> Result<Self, RuleError> {
        book.parse(Self::FILE)
    }
}
