//! The chores of the house, as one program: `cargo xtask test` is what the README promises and what CI runs.
//!
//! Enters: a task's name. Leaves: an exit code, and on the screen what was done and what was not. Never: anything that a
//! user of leakassay needs.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal of a developer")]

mod bench;
mod deny;
mod fuzz;
mod metadata;
mod needs;
mod rooms;
mod shell;
mod test;
mod tidy;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask TASK

  test [FILTER]       all checks and all tests, as CI runs them; FILTER runs the tests with that in their name and nothing else
  tidy                house rules that need no compiler: rooms, forgotten test files, long functions, links
  deny                licences, banned crates, second versions, sources
  fuzz [TARGET] [--seconds N] [--seed N] [--keep]    hostile input for every reader, on the stable toolchain; --keep adds to the corpus
  ci                  test, then a short fuzz of every target
  bench scan|people|assess|first-answer|growth [--people N] [--runs N] [--bytes N]    measures the release program, adds to bench/runs/
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["test"] => test::everything(),
        ["test", filter] => test::filtered(filter),
        ["tidy"] => tidy::check(),
        ["deny"] => deny::check(),
        ["fuzz", options @ ..] => fuzz::run(options),
        ["ci"] => test::everything().and_then(|()| fuzz::run(&["--seconds", "10"])),
        ["bench", options @ ..] => bench::run(options),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            eprintln!("xtask: {cause}");
            ExitCode::FAILURE
        }
    }
}
