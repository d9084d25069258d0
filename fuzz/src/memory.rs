//! How much memory the process took at most. On Linux only; elsewhere nothing is measured, and nothing fails.

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

fn of(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(what));
    let kib = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
    kib.unwrap_or(0) << 10
}
