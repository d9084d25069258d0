//! The rulebook, loaded once for a run, with the digest that goes into every receipt.

use analysis::duties;
use intake::detect::Identifiers;
use intake::normalize::Normalizer;
use rulebook::duties::Duties;
use rulebook::harms::Harms;
use rulebook::places::Places;
use rulebook::{Comparisons, Rulebook};
use vocab::facts::{Facts, When};

use super::stages;
use crate::case::Case;
use crate::failure::Failure;

/// All rules, typed.
pub(crate) struct Rules {
    /// Digest of all rule files.
    pub(crate) digest: String,
    pub(crate) identifiers: Identifiers,
    pub(crate) places: Places,
    pub(crate) comparisons: Comparisons,
    pub(crate) harms: Harms,
    pub(crate) duties: Duties,
}

impl Rules {
    /// Loads every part of a rulebook.
    pub(crate) fn load(book: &Rulebook) -> Result<Self, Failure> {
        let parts: Vec<&str> = book.files().flat_map(|(name, text)| [name, text]).collect();
        Ok(Rules {
            digest: stages::digest(&parts),
            identifiers: Identifiers::load(book)?,
            places: Places::load(book)?,
            comparisons: Comparisons::load(book)?,
            harms: Harms::load(book)?,
            duties: Duties::load(book)?,
        })
    }

    /// Returns what brings rows into standard form.
    pub(crate) fn normalizer(&self) -> Normalizer<'_> {
        Normalizer::new(&self.identifiers, &self.places)
    }

    /// Returns the facts of a case for the duties: `[facts]`, with what `[case]` says already.
    pub(crate) fn facts(&self, case: &Case) -> Result<Facts, Failure> {
        let section = &case.file.case;
        let mut facts = case.file.facts.clone().unwrap_or_default();
        facts.case.get_or_insert_with(|| section.name.clone());
        facts.as_of.get_or_insert(When::Moment(section.as_of));
        if let Some(discovered) = section.discovered {
            facts.discovered.get_or_insert(When::Moment(discovered));
        }
        if !section.regimes.is_empty() {
            facts.regimes.get_or_insert_with(|| section.regimes.clone());
        }
        match duties::objections(&self.duties, &facts).as_slice() {
            [] => Ok(facts),
            objections => Err(Failure::wrong_use(
                format!("case.toml: {}", objections.join("; ")),
                "mend [facts] or [case]; the README lists every key",
            )),
        }
    }
}
