//! How much memory the process took at most, and how much time of processors. On Linux only; elsewhere nothing is
//! measured, and nothing fails.

use std::time::Duration;

/// Forgets the peak so far; returns the bytes that are in memory now.
pub fn reset() -> u64 {
    // Without this the peak is that of the whole run, which is above every single one: too strict, never too lax.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    of("VmRSS:")
}

/// Returns the most bytes that were in memory since the last [`reset`].
pub fn peak() -> u64 {
    of("VmHWM:")
}

/// Returns the time that processors spent on the process so far.
pub fn processor_time() -> Duration {
    // Behind the name of the program, which may hold anything, user and system time are the 12th and 13th numbers.
    const TICK: Duration = Duration::from_millis(10);
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let numbers = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_ascii_whitespace();
    let ticks: u32 = numbers.skip(11).take(2).filter_map(|number| number.parse::<u32>().ok()).sum();
    TICK * ticks
}

fn of(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(what));
    let kib = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
    kib.unwrap_or(0) << 10
}
