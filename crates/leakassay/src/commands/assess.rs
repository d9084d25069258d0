//! `assess`: the whole run on a case.

use vocab::assessment::Assessment;

use super::Outcome;
use crate::args::{Assess, Common};
use crate::assessment::{self, Options};
use crate::case::{Case, Custody};
use crate::failure::Failure;
use crate::progress::StageLines;
use crate::{output, report};

/// Assesses a case and prints the verdict of each answer.
pub(crate) fn run(assess: &Assess, common: &Common) -> Result<Outcome, Failure> {
    assess_and_print(&Case::open(&assess.case)?, assess.quick, common)
}

/// Assesses a case, writes the outputs, prints the screenful (or the JSON).
pub(crate) fn assess_and_print(case: &Case, quick: bool, common: &Common) -> Result<Outcome, Failure> {
    let mut rules = assessment::Rules::load(&super::rulebook(common)?)?;
    rules.identifiers.decisions.clone_from(&case.file.column);
    let progress = StageLines::new(common.quiet);
    let outputs = case.outputs();
    std::fs::create_dir_all(&outputs).map_err(|error| Failure::cannot_write(&outputs, &error))?;
    let mut custody = Custody::open(&outputs.join(assessment::outputs::CUSTODY))?;
    let options = Options { threads: common.threads(), quick };
    let assessment = assessment::assess(case, &rules, options, &mut custody, &progress)?;
    output::print(&if common.json {
        report::json::render(&assessment)
    } else {
        let place = outputs.join(assessment::outputs::REPORT);
        report::terminal::screenful(&assessment, &place.display().to_string())
    })?;
    for problem in assessment.evidence.iter().flat_map(|file| &file.problems) {
        output::problem(problem);
    }
    Ok(outcome(&assessment))
}

/// An input that could not be used whole is an evidence problem; rows set aside or open questions are decisions.
pub(crate) fn outcome(assessment: &Assessment) -> Outcome {
    let problems = assessment.evidence.iter().any(|file| !file.problems.is_empty());
    let set_aside = assessment.evidence.iter().any(|file| file.rows_set_aside > 0);
    match (problems, set_aside || !assessment.cannot_say.is_empty()) {
        (true, _) => Outcome::InputUnusable,
        (false, true) => Outcome::NeedsDecision,
        (false, false) => Outcome::Done,
    }
}
