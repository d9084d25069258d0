//! A case that was assessed, opened again to ask further: its rows, its model and its decisions.

use std::fs;
use std::path::Path;

use analysis::resolve::{self, Entities, Model, Options};
use jiff::tz::TimeZone;
use rulebook::Comparisons;
use vocab::Records;

use super::{outputs, stages};
use crate::args::Common;
use crate::case::{Case, Decisions, Store};
use crate::failure::Failure;
use crate::memory;

/// The rows of an assessed case with everything that decides whose they are.
pub(crate) struct Assessed {
    pub(crate) case: Case,
    pub(crate) records: Records,
    pub(crate) model: Model,
    pub(crate) decisions: Decisions,
}

impl Assessed {
    /// Opens a case of which the stage tables are still there.
    pub(crate) fn open(path: &Path, common: &Common) -> Result<Self, Failure> {
        let case = Case::open(path)?;
        if !case.outputs().join(outputs::PEOPLE).is_file() {
            return Err(not_assessed());
        }
        let store = Store::open(&case.outputs())?;
        let records = stages::last_rows(&store).ok_or_else(not_assessed)?;
        let comparisons = Comparisons::load(&crate::commands::rulebook(common)?)?;
        let text = fs::read_to_string(case.outputs().join(outputs::MODEL)).map_err(|_| not_assessed())?;
        let model = Model::parse(&text, &comparisons).map_err(|cause| {
            Failure::wrong_use(
                format!("{} cannot be used: {cause}", outputs::MODEL),
                "it was changed or made by another version; run `leakassay assess` again",
            )
        })?;
        let decisions = Decisions::read(&case)?;
        Ok(Assessed { case, records, model, decisions })
    }

    /// Resolves the people again, as the assessment did.
    pub(crate) fn entities(&self, common: &Common, strata: bool) -> Result<Entities, Failure> {
        let as_of = self.case.file.case.as_of.to_zoned(TimeZone::UTC).date();
        let options = memory::fit(self.records.len() as u64, Options::new(common.threads(), as_of))?;
        let options = Options { strata, ..options };
        let decisions = self.decisions.by_row(&self.records)?;
        Ok(resolve::decided_entities(
            &self.records,
            &self.model.comparisons,
            &options,
            &decisions,
            &vocab::progress::Silent,
        ))
    }
}

fn not_assessed() -> Failure {
    Failure::wrong_use(
        "the case has not been assessed, or its stage tables were removed",
        "run `leakassay assess` first",
    )
}
