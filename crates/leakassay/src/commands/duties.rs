//! `duties`: who must be told by when, from typed facts alone.

use std::fs;

use rulebook::duties::Duties as DutyRules;
use vocab::assessment::{DutyReport, YesNo};

use super::Outcome;
use crate::args::{Common, Duties};
use crate::failure::Failure;
use crate::output;

/// Decides the duties of a facts file and prints them.
pub(crate) fn run(duties: &Duties, common: &Common) -> Result<Outcome, Failure> {
    let path = &duties.facts;
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::wrong_use(
            format!("cannot read {}: {}", path.display(), error.kind()),
            "name a TOML file with the facts; the README has an example",
        )
    })?;
    let rules = DutyRules::load(&super::rulebook(common)?)?;
    let facts = analysis::duties::facts_from_toml(&text, &rules).map_err(|error| {
        Failure::wrong_use(format!("{}: {error}", path.display()), "mend the fact; the README lists every key")
    })?;
    let found = analysis::duties::due(&facts.profiles(), &rules, &facts);
    output::print(&if common.json { output::to_json(&found)? } else { to_text(&found) })?;
    let open = found.iter().any(|duty| duty.trigger == YesNo::CannotTell);
    Ok(if open { Outcome::NeedsDecision } else { Outcome::Done })
}

/// Triggered duties by deadline, then those that cannot be told with what is missing; the rest as a count.
fn to_text(duties: &[DutyReport]) -> String {
    let with = |trigger: YesNo| duties.iter().filter(move |duty| duty.trigger == trigger);
    let mut triggered: Vec<&DutyReport> = with(YesNo::Yes).collect();
    triggered.sort_by_key(|duty| (duty.due.is_none(), duty.due.clone()));
    let mut text = format!("triggered: {}\n", triggered.len());
    for duty in triggered {
        let due = duty.due.as_deref().unwrap_or("no date");
        text.push_str(&format!("  {due:<20}  {:<14} {} ({})\n", duty.regime, duty.recipient, duty.clock));
    }
    text.push_str(&format!("cannot tell: {}\n", with(YesNo::CannotTell).count()));
    for duty in with(YesNo::CannotTell) {
        let missing = duty.missing_facts.join("; ");
        text.push_str(&format!("  {:<14} {}: {missing}\n", duty.regime, duty.recipient));
    }
    text.push_str(&format!("not triggered: {} (see --json)\n", with(YesNo::No).count()));
    text
}
