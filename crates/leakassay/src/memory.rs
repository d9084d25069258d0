//! How much memory the program takes for its large tables, and where they lie past that.
//!
//! Enters: what the user allows, or a share of what the machine has. Leaves: the budget, a refusal before the room runs out,
//! and words on what it came to. Never: a refusal where files have room; a different answer.

#[cfg(target_os = "linux")]
mod mapped;
#[cfg(not(target_os = "linux"))]
#[path = "memory/unmapped.rs"]
mod mapped;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use analysis::resolve::Options;

use crate::failure::Failure;
use crate::output;
use mapped::Budgeted;

/// Bytes that a row of the evidence takes while its people are resolved, beside its record: keys, links, groups, people.
/// Measured on ten million rows, with a margin.
const BYTES_A_ROW: u64 = 80;
/// Share of the memory that is free at the start which large tables may take: the rest is for what is not counted.
const SHARE_PERCENT: u64 = 75;
/// Bytes of a key as it is sorted, and the share of the budget for the keys that are sorted at a time.
const KEY_BYTES: usize = 8;
const SORTED_SHARE: usize = 8;
/// Fewest rows whose keys are sorted at a time, whatever the budget.
const FEWEST_AT_ONCE: usize = 1 << 16;

#[global_allocator]
static MEMORY: Budgeted = Budgeted::new(end_without_room);
/// Whether the user said where the files are to be.
static TOLD_WHERE: AtomicBool = AtomicBool::new(false);

/// How large blocks lie.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Use {
    /// Bytes that may lie in memory.
    budget: usize,
    /// Bytes that lie in memory.
    held: usize,
    /// Most bytes that lay in files at a time.
    peak_in_files: usize,
    /// Where the files are.
    folder: PathBuf,
}

/// Sets the budget, and the folder for what lies beyond it.
pub(crate) fn limit(budget: Option<u64>, scratch: Option<&Path>) -> Result<(), Failure> {
    let folder = scratch.map_or_else(usual_folder, Path::to_path_buf);
    if scratch.is_some() && !folder.is_dir() {
        let what = format!("{} is not a folder", folder.display());
        return Err(Failure::wrong_use(what, "name a folder on a disk with room with --scratch, or leave it out"));
    }
    TOLD_WHERE.store(scratch.is_some(), Relaxed);
    MEMORY.set_folder(&folder);
    let budget = budget.or_else(|| Some(free()? / 100 * SHARE_PERCENT));
    MEMORY.set_budget(budget.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(usize::MAX));
    Ok(())
}

/// What lies beyond the budget is to be in this folder of a case, unless the user named another.
pub(crate) fn lie_in_case(folder: &Path) {
    if !TOLD_WHERE.load(Relaxed) {
        MEMORY.set_folder(folder);
    }
}

/// Fits the resolution of so many rows into the budget; refuses them where neither it nor the folder has room.
pub(crate) fn fit(rows: u64, options: Options) -> Result<Options, Failure> {
    let bytes = rows.saturating_mul(BYTES_A_ROW);
    let tried = MEMORY.try_room(usize::try_from(bytes).unwrap_or(usize::MAX));
    tried.map_err(|error| without_room(&format!("{rows} rows, which need {} to be resolved", said(bytes)), &error))?;
    let affordable = MEMORY.used().budget / SORTED_SHARE / KEY_BYTES;
    Ok(Options { rows_at_once: affordable.clamp(FEWEST_AT_ONCE, options.rows_at_once), ..options })
}

/// Says how much lay in files, if anything did.
pub(crate) fn words() -> Option<String> {
    let Use { budget, peak_in_files, folder, .. } = MEMORY.used();
    let said = |bytes: usize| said(bytes as u64);
    (peak_in_files > 0).then(|| {
        let (files, budget) = (said(peak_in_files), said(budget));
        format!("memory       {files} of tables lay in files below {}, beyond a budget of {budget}", folder.display())
    })
}

/// Ends the program: there is no answer without the block, and no caller of an allocator that could say so.
fn end_without_room(bytes: usize, error: &io::Error) -> *mut u8 {
    output::error(&without_room(&format!("a table of {}", said(bytes as u64)), error).to_string());
    mapped::end(4)
}

fn without_room(what: &str, error: &io::Error) -> Failure {
    let Use { budget, held, folder, .. } = MEMORY.used();
    let (budget, held) = (said(budget as u64), said(held as u64));
    Failure::ours(
        format!(
            "no room for {what}: {held} of the {budget} of memory are taken, and {} has no room for the rest: {}",
            folder.display(),
            error.kind()
        ),
        "free disk space there, name a folder on another disk with --scratch, allow more with --memory, or split the \
         files into several cases",
    )
}

/// A folder that is on a disk: what is called temporary often lies in memory itself.
fn usual_folder() -> PathBuf {
    let on_disk = Path::new("/var/tmp");
    if std::env::var_os("TMPDIR").is_none() && on_disk.is_dir() { on_disk.to_path_buf() } else { std::env::temp_dir() }
}

/// Returns the bytes of memory that are free, as far as the system and the control group of the program say.
fn free() -> Option<u64> {
    let number = |path: &str| fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let of_group = |most: &str, now: &str| Some(number(most)?.saturating_sub(number(now).unwrap_or(0)));
    let groups = [
        of_group("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        of_group("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ];
    available(&fs::read_to_string("/proc/meminfo").ok()?).into_iter().chain(groups.into_iter().flatten()).min()
}

/// Reads the memory that is available from `/proc/meminfo`.
fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? << 10)
}

/// Reads a size as it is typed: bytes, or with a unit (`512MB`, `8 GiB`).
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).trim();
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit()).trim();
    let factor: u64 = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        _ => return Err("write a number of bytes, or one with MB or GB".to_owned()),
    };
    let number: u64 = digits.parse().map_err(|_| "write a whole number, such as 800MB or 8GB".to_owned())?;
    number.checked_mul(factor).ok_or_else(|| "that is more than any machine has".to_owned())
}

fn said(bytes: u64) -> String {
    match bytes {
        0..10_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        10_000_000..10_000_000_000 => format!("{} MB", bytes.div_ceil(1_000_000)),
        _ => format!("{} GB", bytes.div_ceil(1_000_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_they_are_typed() {
        for (text, bytes) in
            [("4096", 4096), ("512MB", 512_000_000), ("8 GiB", 8 << 30), ("2g", 2 << 30), ("7kb", 7_000)]
        {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "MB", "1.5GB", "-1", "3 parsecs", "99999999999GB"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_available_is_read() {
        assert_eq!(available("MemTotal:  100 kB\nMemAvailable:   2048 kB\n"), Some(2 << 20));
        assert_eq!(available("MemTotal:  100 kB\n"), None);
    }
}
