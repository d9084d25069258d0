//! `rules check`: the rulebook proves its own examples.

use rulebook::names::Names;
use rulebook::places::Places;
use rulebook::{Comparisons, RuleError};
use serde::Serialize;

use super::Outcome;
use crate::args::Common;
use crate::failure::Failure;
use crate::output;

#[derive(Serialize)]
struct Proof {
    schema: &'static str,
    files: usize,
    errors: Vec<String>,
}

/// Checks every rule file and prints what does not hold.
pub(crate) fn check(common: &Common) -> Result<Outcome, Failure> {
    let rules = super::rulebook(common)?;
    let mut errors: Vec<RuleError> =
        [Places::load(&rules).err(), Names::load(&rules).err(), Comparisons::load(&rules).err()]
            .into_iter()
            .flatten()
            .collect();
    errors.extend(intake::detect::check_rules(&rules));
    errors.extend(rulebook::harms::check(&rules));
    errors.extend(rulebook::duties::check(&rules));
    let proof = Proof {
        schema: "leakassay/rules/1",
        files: rules.files().count(),
        errors: errors.iter().map(ToString::to_string).collect(),
    };
    if common.json {
        output::print(&output::to_json(&proof)?)?;
    } else if proof.errors.is_empty() {
        output::print(&format!("{} rule files: every example holds\n", proof.files))?;
    }
    match proof.errors.len() {
        0 => Ok(Outcome::Done),
        count => Err(Failure::wrong_use(
            format!("{count} rules do not hold:\n  {}", proof.errors.join("\n  ")),
            "mend the rule or its example; each names its file",
        )),
    }
}
