//! How `scan` grows with its input: one file of each kind, made longer from step to step, always under the same memory.
//!
//! Leaves: measurements like any other benchmark. Fails where a peak is above what the program promises, or where the time
//! a byte of the longest file takes is far above that of the others.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use super::measure::{self, Measurement};
use super::{Options, evidence, ours};
use crate::shell::{self, Outcome};

/// Bytes of the files, from step to step, up to what is asked for.
const STEPS: [u64; 5] = [100_000_000, 300_000_000, 1_000_000_000, 3_000_000_000, 10_000_000_000];
/// Memory that a scan may take, whatever the size.
const PEAK_BYTES: u64 = 512 << 20;
/// What a byte of the longest file may cost, with that of the shortest one as 1.
const DEARER: f64 = 1.15;

/// Measures every kind at every step; what a step shows is said at once.
pub(super) fn measure(case: &Path, options: &Options) -> Result<(Vec<Measurement>, Outcome), String> {
    let mut measurements = Vec::new();
    let mut broken = Vec::new();
    for (kind, source) in sources(case)? {
        let path = shell::target().join(format!("bench/growth.{kind}"));
        let mut costs = Vec::new();
        for bytes in STEPS.into_iter().filter(|bytes| *bytes <= options.bytes) {
            let bytes = lengthen(&path, &source, bytes)?;
            let what = format!("full answer of {:.1} GB of {kind}", bytes as f64 / 1e9);
            let job = ours(&what, &["scan", "--json", "-q"], std::slice::from_ref(&path), bytes);
            let mut seconds = f64::INFINITY;
            for run in 1..=options.runs {
                let measured = measure::measure("growth", &job, run)?;
                println!("{}", measured.line());
                if measured.peak_bytes() > PEAK_BYTES {
                    broken.push(format!("{what}: {} MiB at its peak", measured.peak_bytes() >> 20));
                }
                seconds = seconds.min(measured.processor_seconds());
                measurements.push(measured);
            }
            println!("bench: {what}: {:.2} GB/s a core", bytes as f64 / 1e9 / seconds.max(0.001));
            costs.push(seconds / bytes as f64);
        }
        if let [first, .., last] = costs.as_slice()
            && *last > *first * DEARER
        {
            broken.push(format!(
                "{kind}: a byte of the longest file costs {:.2} times that of the shortest",
                last / first
            ));
        }
        std::fs::remove_file(&path).map_err(|error| format!("cannot remove {}: {error}", path.display()))?;
    }
    let outcome = if broken.is_empty() { Ok(()) } else { Err(broken.join("; ")) };
    Ok((measurements, outcome))
}

/// A table and a dump of the simulated case, as plain text.
fn sources(case: &Path) -> Result<Vec<(&'static str, PathBuf)>, String> {
    let files = evidence(case)?;
    let plain = |path: &Path| path.extension().is_some_and(|ending| ending == "txt" || ending == "csv");
    let table = files.iter().find(|path| plain(path)).ok_or("the simulated case has no plain text file")?;
    let mut sources = vec![("csv", table.clone())];
    let named = |path: &&PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().contains(".sql"));
    match files.iter().find(named).map(|dump| unpacked(dump)).transpose()?.flatten() {
        Some(dump) => sources.push(("sql", dump)),
        None => println!("bench: there is no SQL dump that can be unpacked here, so none is measured"),
    }
    Ok(sources)
}

/// A file as plain text beside the others of the benchmark; nothing where the tool that unpacks it is not installed.
fn unpacked(path: &Path) -> Result<Option<PathBuf>, String> {
    let tool = match path.extension().and_then(|ending| ending.to_str()) {
        Some("gz") => "gzip",
        Some("zst") => "zstd",
        _ => return Ok(Some(path.to_path_buf())),
    };
    if !shell::installed(tool) {
        return Ok(None);
    }
    let plain = shell::target().join("bench/growth-source.sql");
    let script = "\"$1\" -dcq \"$2\" > \"$3\"";
    shell::run(std::process::Command::new("sh").args(["-c", script, "sh", tool]).arg(path).arg(&plain))?;
    Ok(Some(plain))
}

/// Appends the lines of the source, its first one only once, until the file has so many bytes; returns how many it has.
fn lengthen(path: &Path, source: &Path, bytes: u64) -> Result<u64, String> {
    let failed = |error: std::io::Error| format!("cannot write {}: {error}", path.display());
    let mut reader = BufReader::new(File::open(source).map_err(failed)?);
    let mut first = Vec::new();
    reader.read_until(b'\n', &mut first).map_err(failed)?;
    let mut body = Vec::new();
    std::io::Read::read_to_end(&mut reader, &mut body).map_err(failed)?;
    if body.last() != Some(&b'\n') {
        body.push(b'\n');
    }
    let mut file = OpenOptions::new().create(true).append(true).open(path).map_err(failed)?;
    let mut length = file.metadata().map_err(failed)?.len();
    if length == 0 {
        file.write_all(&first).map_err(failed)?;
        length = first.len() as u64;
    }
    while length < bytes {
        file.write_all(&body).map_err(failed)?;
        length += body.len() as u64;
    }
    Ok(length)
}
