//! One command, run once: seconds, processor seconds, peak memory, and what it says of its own accuracy.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::shell;

/// Columns of raw.csv. The command comes last: it may hold commas.
pub(crate) const HEADER: &str = "benchmark,program,what,run,wall_s,user_s,system_s,peak_rss_bytes,input_bytes,rows,people,count_error,cluster_f1,commit,command";

/// A command to be measured.
pub(crate) struct Job {
    pub(crate) program: String,
    pub(crate) what: String,
    pub(crate) command: Vec<String>,
    /// Size of the input, decoded.
    pub(crate) bytes: u64,
    /// Folder to remove first, so that nothing is resumed.
    pub(crate) before: Option<PathBuf>,
    /// Command that prints the accuracy of the result as JSON; not on the clock.
    pub(crate) after: Option<Vec<String>>,
}

/// What was measured. Empty text where a number does not apply.
pub(crate) struct Measurement {
    fields: Vec<String>,
}

impl Measurement {
    /// Returns the line of raw.csv.
    pub(crate) fn line(&self) -> String {
        self.fields.join(",")
    }

    /// Returns the seconds of all processors together.
    pub(crate) fn processor_seconds(&self) -> f64 {
        self.fields[5..7].iter().filter_map(|field| field.parse::<f64>().ok()).sum()
    }

    /// Returns the most memory that was taken.
    pub(crate) fn peak_bytes(&self) -> u64 {
        self.fields[7].parse().unwrap_or(u64::MAX)
    }
}

/// Runs a job under GNU time.
pub(crate) fn measure(benchmark: &str, job: &Job, run: u32) -> Result<Measurement, String> {
    if let Some(folder) = &job.before {
        let _ = std::fs::remove_dir_all(folder);
    }
    if !std::path::Path::new("/usr/bin/time").is_file() {
        return Err("GNU time is missing: install the package `time`".to_owned());
    }
    let record = shell::target().join("bench/time.txt");
    let mut command = Command::new("/usr/bin/time");
    command.args(["-q", "-f", "%e,%U,%S,%M", "-o"]).arg(&record).args(&job.command).stderr(Stdio::inherit());
    let ended = command.output().map_err(|error| format!("cannot start {}: {error}", job.program))?;
    if !ended.status.success() {
        return Err(format!("{} ended with {}", job.command.join(" "), ended.status));
    }
    let times = std::fs::read_to_string(&record).map_err(|error| format!("no times: {error}"))?;
    let times: Vec<&str> = times.trim().split(',').collect();
    let [wall, user, system, kilobytes] = times[..] else { return Err("GNU time printed no times".to_owned()) };
    let peak = kilobytes.parse::<u64>().map_err(|_| "GNU time printed no memory".to_owned())? * 1024;
    let said = serde_json::from_slice(&ended.stdout).unwrap_or_default();
    let scored = accuracy(job)?;
    let mut fields =
        [benchmark, &job.program, &job.what, &run.to_string(), wall, user, system].map(str::to_owned).to_vec();
    fields.extend([peak.to_string(), job.bytes.to_string(), number(&said, "/rows")]);
    fields.push(first(&[number(&scored, "/people_found"), number(&said, "/people/likely")]));
    fields.extend([number(&scored, "/count_error"), number(&scored, "/cluster/f1")]);
    fields.extend([commit(), recorded(job)]);
    Ok(Measurement { fields })
}

/// The command as another machine can repeat it: places below the target folder and the repository, without where those lie.
fn recorded(job: &Job) -> String {
    let (target, root) = (shell::target().display().to_string(), format!("{}/", shell::root().display()));
    job.command.join(" ").replace(&target, "target").replace(&root, "")
}

fn accuracy(job: &Job) -> Result<serde_json::Value, String> {
    let Some(after) = &job.after else { return Ok(serde_json::Value::Null) };
    let text = shell::output(Command::new(&after[0]).args(&after[1..]))?;
    serde_json::from_str(&text).map_err(|error| format!("the accuracy of {} is not JSON: {error}", job.program))
}

fn number(value: &serde_json::Value, path: &str) -> String {
    value.pointer(path).filter(|number| number.is_number()).map_or_else(String::new, ToString::to_string)
}

fn first(candidates: &[String]) -> String {
    candidates.iter().find(|text| !text.is_empty()).cloned().unwrap_or_default()
}

/// The commit, with `+` if the tree has changes that are in no commit.
fn commit() -> String {
    let git = |words: &[&str]| shell::output(Command::new("git").current_dir(shell::root()).args(words));
    let short = git(&["rev-parse", "--short", "HEAD"]).unwrap_or_default();
    let dirty = git(&["status", "--porcelain", "--untracked-files=no"]).is_ok_and(|changes| !changes.is_empty());
    format!("{}{}", short.trim(), if dirty { "+" } else { "" })
}

/// The machine that measures.
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) memory_gib: u64,
}

/// Reads what the kernel says of the machine.
pub(crate) fn machine() -> Machine {
    let after_colon = |file: &str, key: &str| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(key)).unwrap_or_default();
        line.split_once(':').map_or_else(String::new, |(_, value)| value.trim().to_owned())
    };
    let kilobytes: u64 = after_colon("/proc/meminfo", "MemTotal").trim_end_matches(" kB").parse().unwrap_or(0);
    Machine {
        processor: after_colon("/proc/cpuinfo", "model name"),
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        memory_gib: kilobytes.div_ceil(1 << 20),
    }
}

impl Machine {
    /// Returns a name that fits a folder.
    pub(crate) fn slug(&self) -> String {
        let name = format!("{} {} cores", self.processor.to_lowercase(), self.cores);
        let words: Vec<&str> =
            name.split(|sign: char| !sign.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
        words.join("-")
    }
}
