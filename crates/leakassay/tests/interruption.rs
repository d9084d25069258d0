//! Same evidence, same answer: for any number of threads, after any interruption, on a full disk and after it.

use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use crate::session::{Case, command, finish, leakassay, program, simulated};

/// The two files that must be equal byte for byte.
fn answer(case: &Case) -> [Vec<u8>; 2] {
    ["assessment.json", "report.html"].map(|name| fs::read(case.path("assessment").join(name)).unwrap())
}

fn expected() -> [Vec<u8>; 2] {
    ["assessment.json", "report.html"].map(|name| fs::read(simulated().root.join("assessment").join(name)).unwrap())
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let expected = expected();
    for threads in ["1", "2", "8"] {
        let case = Case::copy_of(&simulated().root);
        leakassay(&["assess", case.word(), "-q", "--threads", threads]).ends_with(0);
        assert!(answer(&case) == expected, "other bytes with {threads} threads");
    }
}

#[test]
fn killed_at_ten_moments_it_still_gives_the_same_answer() {
    let expected = expected();
    let case = Case::copy_of(&simulated().root);
    let begun = Instant::now();
    leakassay(&["assess", case.word(), "-q"]).ends_with(0);
    let whole = begun.elapsed();
    fs::remove_dir_all(case.path("assessment")).unwrap();
    // A fixed sequence of fractions: random to the program, the same in every run of the test.
    let mut state = 0x9E37_79B9_u32;
    let mut killed = 0;
    for _ in 0..10 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let fraction = f64::from(state >> 8) / f64::from(1_u32 << 24);
        let mut run = command(&["assess", case.word(), "-q"]);
        let mut child = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(whole.mul_f64(fraction * 0.9));
        killed += u32::from(child.try_wait().unwrap().is_none());
        let _ = child.kill();
        child.wait().unwrap();
    }
    assert!(killed >= 2, "the runs ended before they could be killed");
    case.assess().ends_with(0);
    assert!(answer(&case) == expected, "other bytes after {killed} kills");
    leakassay(&["verify", case.word()]).ends_with(0);
}

#[test]
fn killed_before_it_has_done_anything_it_starts_afresh() {
    let case = Case::copy_of(&simulated().root);
    let mut run = command(&["assess", case.word(), "-q"]);
    let mut child = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    thread::sleep(Duration::from_millis(15));
    let _ = child.kill();
    child.wait().unwrap();
    case.assess().ends_with(0);
    assert!(answer(&case) == expected());
}

/// Writes fail with "file too large" beyond the limit, as they fail on a full disk; no right to mount one is needed.
fn with_room_for(blocks: u32, words: &[&str]) -> crate::session::Session {
    let mut shell = std::process::Command::new("bash");
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    finish(shell.arg("-c").arg(script).arg(program()).args(words))
}

#[test]
fn a_full_disk_is_said_and_loses_nothing() {
    let case = Case::copy_of(&simulated().root);
    let mut failures = 0;
    for blocks in [0, 1, 8, 64] {
        let session = with_room_for(blocks, &["assess", case.word(), "-q"]);
        if session.code == 0 {
            continue;
        }
        failures += 1;
        let session = session.ends_with(4).says("cannot write");
        assert!(session.stderr.contains("next:"), "{}", session.stderr);
    }
    assert!(failures > 0, "the limit was never reached");
    case.assess().ends_with(0);
    assert!(answer(&case) == expected(), "other bytes after the disk was full");
}

#[test]
fn a_full_disk_under_stdout_is_said() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let child = command(&["schema"]).stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(4));
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.contains("cannot write to stdout"), "{said}");
}
