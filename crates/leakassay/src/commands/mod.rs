//! One sentence and one call for each command.

mod assess;
mod demo;
mod duties;
mod grade;
mod people;
mod people_review;
mod people_why;
mod rules;
mod rules_preview;
mod scan;
mod schema;
mod show;
mod simulate;
mod sql;
mod verify;

use clap::CommandFactory;
use rulebook::Rulebook;

use crate::args::{Arguments, Command, Common, PeopleQuestion, Rules};
use crate::failure::Failure;

/// How a command that did its work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing needs attention.
    Done,
    /// Something was set aside or needs a decision.
    NeedsDecision,
    /// An input could not be used; the others were.
    InputUnusable,
}

impl Outcome {
    /// Returns the exit code; decisions are shown in it only if asked for.
    pub(crate) fn exit_code(self, asked: bool) -> u8 {
        match self {
            Outcome::NeedsDecision if asked => 1,
            Outcome::Done | Outcome::NeedsDecision => 0,
            Outcome::InputUnusable => 3,
        }
    }
}

/// Runs the command that was typed.
pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let common = &arguments.common;
    match &arguments.command {
        Command::Demo(demo) => demo::run(demo, common),
        Command::Assess(assess) => assess::run(assess, common),
        Command::Show(show) => show::run(show, common),
        Command::Sql(sql) => sql::run(sql, common),
        Command::Verify(case) => verify::run(&case.case, common),
        Command::Scan(scan) => scan::run(scan, common),
        Command::People(people) => match &people.question {
            None => people::run(people, common),
            Some(PeopleQuestion::Why(why)) => people_why::run(why, common),
            Some(PeopleQuestion::Review(review)) => people_review::run(review, common),
        },
        Command::Duties(duties) => duties::run(duties, common),
        Command::Simulate(simulate) => simulate::run(simulate, common),
        Command::Grade(case) => grade::run(&case.case, common),
        Command::Rules(Rules::Check) => rules::check(common),
        Command::Rules(Rules::Preview(preview)) => rules_preview::run(preview, common),
        Command::Schema(schema) => schema::run(schema),
        Command::Completions { shell } => completions(*shell),
    }
}

/// Loads the rulebook that was asked for.
pub(crate) fn rulebook(common: &Common) -> Result<Rulebook, Failure> {
    let Some(folder) = &common.rulebook else { return Ok(Rulebook::embedded()) };
    Rulebook::from_folder(folder).map_err(|error| {
        let why = error.get_ref().map_or_else(|| error.kind().to_string(), ToString::to_string);
        Failure::wrong_use(
            format!("cannot read the rulebook in {}: {why}", folder.display()),
            "name a folder laid out like rulebook/, or one with `detectors/` only, or leave out --rulebook",
        )
    })
}

fn completions(shell: clap_complete::Shell) -> Result<Outcome, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "leakassay", &mut text);
    crate::output::print(&String::from_utf8_lossy(&text))?;
    Ok(Outcome::Done)
}
