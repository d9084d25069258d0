//! `cargo xtask test`: every check, then every test, then the rulebook proves its examples.

use std::process::Command;
use std::time::Instant;

use crate::needs::{self, Missing};
use crate::shell::{self, Outcome};
use crate::{deny, tidy};

/// Runs all steps, tells the time of each, and fails if one failed.
pub(crate) fn everything() -> Outcome {
    let missing = needs::provide();
    let without = names(&missing);
    // Cheap checks first, so that a slip is known in seconds and not after the build.
    let steps: [(&str, &dyn Fn() -> Outcome); 6] = [
        ("fmt", &fmt),
        ("tidy", &tidy::check),
        ("deny", &deny::check),
        ("test", &|| tests(&without, &[])),
        ("rules check", &rules),
        ("clippy", &clippy),
    ];
    let mut failed = Vec::new();
    let mut times = Vec::new();
    for (name, step) in steps {
        println!("== {name}");
        let begun = Instant::now();
        let outcome = step();
        times.push(format!("{name} {} s", begun.elapsed().as_secs()));
        if let Err(cause) = outcome {
            println!("{name}: {cause}");
            failed.push(name);
        }
    }
    println!("== {}", times.join(", "));
    for need in &missing {
        println!("== not run, because {} is not installed and could not be: {}", need.name, need.tests);
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

/// Runs the tests with `filter` in their name.
pub(crate) fn filtered(filter: &str) -> Outcome {
    tests(&names(&needs::provide()), &[filter])
}

fn names(missing: &[Missing]) -> String {
    missing.iter().map(|need| need.name).collect::<Vec<_>>().join(",")
}

fn fmt() -> Outcome {
    shell::run(shell::cargo().args(["fmt", "--all", "--check"]))?;
    shell::run(shell::cargo().args(["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]))
}

/// In the release profile, like the program: the query engine is compiled once.
/// Tests of programs that are not there are told so; unasked, no test is left out.
fn tests(without: &str, filter: &[&str]) -> Outcome {
    let mut command = shell::cargo();
    command.args(["test", "--release", "--workspace"]).args(filter);
    if !without.is_empty() {
        command.env(needs::WITHOUT, without);
    }
    shell::run(&mut command)
}

fn clippy() -> Outcome {
    shell::run(shell::cargo().args(["clippy", "--release", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

fn rules() -> Outcome {
    shell::run(
        Command::new(shell::target().join("release/leakassay")).args(["rules", "check"]).current_dir(shell::root()),
    )
}
