//! Fuzzes one target on the stable toolchain: `drive TARGET SECONDS ARTIFACTS [SEED [CORPUS]]`, or `drive TARGET FILE` to replay.
//!
//! Every input is written to `ARTIFACTS/<target>.current` before it is tried, so that one which kills the process (memory,
//! stack) is known as well as one that panics. An input that takes longer than `PATIENCE` ends the run, and so does one
//! that stands still or takes more memory than `MEMORY_BYTES`.
//!
//! `corpus/TARGET/` holds inputs that earlier runs found, one for each kind of outcome, made as small as they go with the
//! same outcome; they are tried first. `drive TARGET SECONDS ARTIFACTS SEED CORPUS` adds those that are new.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use leakassay_fuzz::mutate::{Dice, mutate};
use leakassay_fuzz::{TARGETS, Target};
use leakassay_fuzz::{corpus, memory};

/// Processor time that one input of at most 64 KiB may take, all threads together.
const PATIENCE: Duration = Duration::from_secs(20);
/// Time by the clock after which it stands still, however busy the machine is.
const STANDSTILL: Duration = Duration::from_secs(300);
/// Memory that reading one input may take: the decoders' limit of the targets, several times over.
const MEMORY_BYTES: u64 = 256 << 20;
/// Inputs kept for their signature.
const KEPT: usize = 2_000;

/// Milliseconds since the start at which the running input began, plus one; 0 between inputs.
static BEGUN: AtomicU64 = AtomicU64::new(0);

/// What panicked last. Libraries panic on many inputs, and are caught: only the one that ends a run is of interest.
static PANIC: Mutex<String> = Mutex::new(String::new());

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        if let Ok(mut last) = PANIC.lock() {
            *last = panic.to_string();
        }
    }));
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
                let found = fuzz(target, Duration::from_secs(seconds), Path::new(artifacts), seed);
                match (found, rest.get(1)) {
                    (Some(found), Some(folder)) => corpus::add(target, &found, Path::new(folder)),
                    (Some(_), None) => ExitCode::SUCCESS,
                    (None, _) => ExitCode::FAILURE,
                }
            }
            _ => usage(),
        },
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: drive list | drive TARGET FILE | drive TARGET SECONDS ARTIFACTS [SEED [CORPUS]]");
    ExitCode::from(2)
}

fn replay(target: Option<&Target>, file: &Path) -> ExitCode {
    let (Some(target), Ok(data)) = (target, std::fs::read(file)) else { return usage() };
    let before = memory::reset();
    let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(&data)));
    let mib = memory::peak().saturating_sub(before) >> 20;
    match outcome {
        Ok(signature) => {
            println!("signature {signature:016x}, {mib} MiB");
            ExitCode::SUCCESS
        }
        Err(_) => {
            eprintln!("fails after {mib} MiB: {}", PANIC.lock().map(|last| last.clone()).unwrap_or_default());
            ExitCode::FAILURE
        }
    }
}

/// Fuzzes; returns an input for each kind of outcome that no seed has, or nothing where one fails.
fn fuzz(target: &Target, time: Duration, artifacts: &Path, seed: u64) -> Option<BTreeMap<u64, Vec<u8>>> {
    std::fs::create_dir_all(artifacts).expect("the folder for artifacts can be made");
    let current = artifacts.join(format!("{}.current", target.name));
    let start = Instant::now();
    watch(start, target.name);
    let mut dice = Dice::new(seed);
    let mut inputs = (target.seeds)();
    inputs.extend(corpus::of(target.name));
    let seeds = inputs.len();
    let mut found = BTreeMap::new();
    let (mut tried, mut largest) = (0, 0);
    while tried < seeds || start.elapsed() < time {
        let input = if tried < seeds {
            inputs[tried].clone()
        } else {
            mutate(&inputs[dice.below(inputs.len())], &inputs[dice.below(inputs.len())], &mut dice)
        };
        tried += 1;
        std::fs::write(&current, &input).expect("the folder for artifacts can be written");
        let before = memory::reset();
        BEGUN.store(start.elapsed().as_millis() as u64 + 1, Ordering::Relaxed);
        let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(&input)));
        BEGUN.store(0, Ordering::Relaxed);
        let grown = memory::peak().saturating_sub(before);
        largest = largest.max(grown);
        let (Ok(signature), true) = (outcome, grown <= MEMORY_BYTES) else {
            let kept = artifacts.join(format!("{}-{seed}-{tried}.bin", target.name));
            std::fs::rename(&current, &kept).expect("the folder for artifacts can be written");
            let (name, mib) = (target.name, grown >> 20);
            let panic = PANIC.lock().map(|last| last.clone()).unwrap_or_default();
            eprintln!("{name}: {panic}");
            eprintln!("{name}: input {tried} fails ({mib} MiB); replay it with: drive {name} {}", kept.display());
            return None;
        };
        if tried <= seeds {
            found.insert(signature, Vec::new());
        } else if !found.contains_key(&signature) {
            found.insert(signature, input.clone());
            if inputs.len() < KEPT {
                inputs.push(input);
            }
        }
    }
    let _ = std::fs::remove_file(&current);
    let (name, mib) = (target.name, largest >> 20);
    println!("{name}: {tried} inputs, {} kinds of outcome, at most {mib} MiB for one, no failure", found.len());
    found.retain(|_, input| !input.is_empty());
    Some(found)
}

/// Ends the process if an input takes too long; the input is in `<target>.current`.
fn watch(start: Instant, name: &'static str) {
    std::thread::spawn(move || {
        let (mut input, mut spent) = (0, Duration::ZERO);
        loop {
            std::thread::sleep(Duration::from_millis(200));
            let begun = BEGUN.load(Ordering::Relaxed);
            let now = start.elapsed().as_millis() as u64;
            if begun != input {
                (input, spent) = (begun, memory::processor_time());
            }
            let working = memory::processor_time().saturating_sub(spent);
            let waited = now.saturating_sub(begun);
            if begun > 0 && (working > PATIENCE || waited > STANDSTILL.as_millis() as u64) {
                eprintln!("{name}: an input takes {} s, {} s of a processor", waited / 1_000, working.as_secs());
                std::process::exit(3);
            }
        }
    });
}
