//! Fuzzes one target on the stable toolchain: `drive TARGET SECONDS ARTIFACTS [SEED]`, or `drive TARGET FILE` to replay.
//!
//! Every input is written to `ARTIFACTS/<target>.current` before it is tried, so that one which kills the process (memory,
//! stack) is known as well as one that panics. An input that takes longer than `PATIENCE` ends the run.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use leakassay_fuzz::mutate::{Dice, mutate};
use leakassay_fuzz::{TARGETS, Target};

/// Longest time one input of at most 64 KiB may take, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// Inputs kept for their signature.
const KEPT: usize = 2_000;

/// Milliseconds since the start at which the running input began, plus one; 0 between inputs.
static BEGUN: AtomicU64 = AtomicU64::new(0);

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let target = |name: &str| TARGETS.iter().find(|target| target.name == name);
    match words.as_slice() {
        ["list"] => {
            TARGETS.iter().for_each(|target| println!("{}", target.name));
            ExitCode::SUCCESS
        }
        [name, file] if target(name).is_some() => replay(target(name), Path::new(file)),
        [name, seconds, artifacts, rest @ ..] => match (target(name), seconds.parse()) {
            (Some(target), Ok(seconds)) => {
                let seed = rest.first().and_then(|seed| seed.parse().ok()).unwrap_or(1);
                fuzz(target, Duration::from_secs(seconds), Path::new(artifacts), seed)
            }
            _ => usage(),
        },
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: drive list | drive TARGET FILE | drive TARGET SECONDS ARTIFACTS [SEED]");
    ExitCode::from(2)
}

fn replay(target: Option<&Target>, file: &Path) -> ExitCode {
    let (Some(target), Ok(data)) = (target, std::fs::read(file)) else { return usage() };
    println!("signature {:016x}", (target.run)(&data));
    ExitCode::SUCCESS
}

fn fuzz(target: &Target, time: Duration, artifacts: &Path, seed: u64) -> ExitCode {
    std::fs::create_dir_all(artifacts).expect("the folder for artifacts can be made");
    let current = artifacts.join(format!("{}.current", target.name));
    let start = Instant::now();
    watch(start, target.name);
    let mut dice = Dice::new(seed);
    let mut corpus = (target.seeds)();
    let seeds = corpus.len();
    let mut seen = BTreeSet::new();
    let mut tried = 0_u64;
    while tried < seeds as u64 || start.elapsed() < time {
        let input = if tried < seeds as u64 {
            corpus[tried as usize].clone()
        } else {
            mutate(&corpus[dice.below(corpus.len())], &corpus[dice.below(corpus.len())], &mut dice)
        };
        tried += 1;
        std::fs::write(&current, &input).expect("the folder for artifacts can be written");
        BEGUN.store(start.elapsed().as_millis() as u64 + 1, Ordering::Relaxed);
        let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(&input)));
        BEGUN.store(0, Ordering::Relaxed);
        let Ok(signature) = outcome else {
            let kept = artifacts.join(format!("{}-{seed}-{tried}.bin", target.name));
            std::fs::rename(&current, &kept).expect("the folder for artifacts can be written");
            eprintln!("{}: input {tried} fails; replay it with: drive {} {}", target.name, target.name, kept.display());
            return ExitCode::FAILURE;
        };
        if seen.insert(signature) && tried > seeds as u64 && corpus.len() < KEPT {
            corpus.push(input);
        }
    }
    let _ = std::fs::remove_file(&current);
    println!("{}: {tried} inputs, {} kinds of outcome, no failure", target.name, seen.len());
    ExitCode::SUCCESS
}

/// Ends the process if an input takes too long; the input is in `<target>.current`.
fn watch(start: Instant, name: &'static str) {
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_millis(200));
            let begun = BEGUN.load(Ordering::Relaxed);
            let now = start.elapsed().as_millis() as u64;
            if begun > 0 && now.saturating_sub(begun) > PATIENCE.as_millis() as u64 {
                eprintln!("{name}: an input takes more than {} s", PATIENCE.as_secs());
                std::process::exit(3);
            }
        }
    });
}
