//! leakassay: what a data breach did. This file knows exit codes and broken pipes, nothing else; start at `assessment`.

mod args;
mod assessment;
mod case;
mod commands;
mod failure;
mod memory;
mod output;
mod progress;
mod report;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    // A panic message may quote a value: only the place of the fault is printed.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        output::error(&format!(
            "error: internal fault{place}\n  next: please report it with the command, not with the evidence"
        ));
    }));
    let arguments = args::Arguments::parse();
    match std::panic::catch_unwind(|| run(&arguments)) {
        Ok(Ok(outcome)) => ExitCode::from(outcome.exit_code(arguments.common.exit_code)),
        Ok(Err(failure)) => {
            output::error(&failure.to_string());
            ExitCode::from(failure.exit_code())
        }
        Err(_) => ExitCode::from(4),
    }
}

/// Runs the command within its memory, and says where memory was not enough.
fn run(arguments: &args::Arguments) -> Result<commands::Outcome, failure::Failure> {
    let common = &arguments.common;
    memory::limit(common.memory, common.scratch.as_deref())?;
    let outcome = commands::run(arguments);
    if let Some(words) = memory::words().filter(|_| !common.quiet) {
        output::say(&words);
    }
    outcome
}
