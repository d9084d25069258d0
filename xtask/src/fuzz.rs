//! Drives the fuzz targets on the stable toolchain, each in a process with little memory.

use std::path::PathBuf;
use std::process::Command;

use crate::shell::{self, Outcome};

/// Address space of one target, in KiB: far more than a reader needs, far less than a bomb wants.
const MEMORY_KIB: u64 = 4 << 20;
/// Seconds a target without being asked.
const SECONDS: &str = "30";

/// Runs one target or all of them: `[TARGET] [--seconds N] [--seed N] [--keep]`; `--keep` adds what is new to the corpus.
pub(crate) fn run(words: &[&str]) -> Outcome {
    let (mut only, mut seconds, mut seed, mut keep) = (None, SECONDS, "1", false);
    let mut rest = words;
    loop {
        rest = match rest {
            ["--seconds", number, tail @ ..] => {
                seconds = number;
                tail
            }
            ["--seed", number, tail @ ..] => {
                seed = number;
                tail
            }
            ["--keep", tail @ ..] => {
                keep = true;
                tail
            }
            [name, tail @ ..] if only.is_none() && !name.starts_with('-') => {
                only = Some(*name);
                tail
            }
            [] => break,
            _ => return Err("usage: cargo xtask fuzz [TARGET] [--seconds N] [--seed N] [--keep]".to_owned()),
        };
    }
    let driver = build()?;
    let names = shell::output(Command::new(&driver).arg("list"))?;
    let chosen: Vec<&str> = names.lines().filter(|name| only.is_none_or(|only| only == *name)).collect();
    if chosen.is_empty() {
        return Err(format!("there is no such target; the targets are: {}", names.replace('\n', " ")));
    }
    let mut failed = Vec::new();
    for name in chosen {
        if let Err(cause) = drive(&driver, &[name, seconds, seed], keep) {
            println!("fuzz: {name}: {cause}");
            failed.push(name);
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("failing inputs are in fuzz/artifacts: {}", failed.join(", "))) }
}

/// Builds the driver beside the program's own target folder: its profile is another.
fn build() -> Result<PathBuf, String> {
    let target = shell::target().join("fuzz");
    let mut command = shell::cargo();
    command.args(["build", "--release", "--manifest-path", "fuzz/Cargo.toml", "--bin", "drive"]);
    shell::run(command.env("CARGO_TARGET_DIR", &target))?;
    Ok(target.join("release/drive"))
}

fn drive(driver: &std::path::Path, [name, seconds, seed]: &[&str; 3], keep: bool) -> Outcome {
    let limited = format!("ulimit -v {MEMORY_KIB}; exec \"$0\" \"$@\"");
    let artifacts = shell::root().join("fuzz/artifacts");
    let mut command = Command::new("sh");
    command.arg("-c").arg(limited).arg(driver).args([name, seconds]).arg(&artifacts).arg(seed);
    if keep {
        command.arg(shell::root().join("fuzz/corpus"));
    }
    let status = command.status().map_err(|error| format!("cannot start the driver: {error}"))?;
    match status.code() {
        Some(0) => Ok(()),
        Some(1) => Err("an input fails".to_owned()),
        _ => Err(format!(
            "the driver ended with {status}; the input is {}",
            artifacts.join(format!("{name}.current")).display()
        )),
    }
}
