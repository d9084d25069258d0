//! Measures the release program on simulated evidence, with a peer beside it in the same run.
//!
//! Leaves `bench/runs/<date>-<machine>/raw.csv`, to which every measurement is added, and `summary.md`, made from the
//! whole of it. Seconds are of one machine; what carries over to another is the ratio to the peer.

mod growth;
mod measure;
mod summary;

use std::path::{Path, PathBuf};
use std::process::Command;

use measure::{Job, Measurement};

use crate::shell::{self, Outcome};

/// Runs of each command; the summary takes the median.
const RUNS: u32 = 3;
/// Size of the file whose first answer is timed.
const LARGE_FILE_BYTES: u64 = 5_000_000_000;

/// Size of the longest file whose scan is timed.
const LARGEST_BYTES: u64 = 10_000_000_000;

/// Most people for whom the peer counts too: at a million it takes 15 GiB.
const PEER_PEOPLE: u64 = 2_000_000;

/// What is asked for on the command line.
struct Options {
    people: u64,
    runs: u32,
    /// Bytes of the longest file of `growth`.
    bytes: u64,
}

const NAMES: &str = "scan, people, assess, first-answer or growth";

/// Runs one benchmark.
pub(crate) fn run(words: &[&str]) -> Outcome {
    let (name, options) = match words {
        [name, rest @ ..] => (*name, options(rest)?),
        [] => return Err(format!("name a benchmark: {NAMES}")),
    };
    shell::run(shell::cargo().args(["build", "--release"]))?;
    if name == "growth" {
        let (measurements, outcome) = growth::measure(&simulated(options.people)?, &options)?;
        return write(&measurements).and(outcome);
    }
    let jobs: fn(&Path, &Options) -> Result<Vec<Job>, String> = match name {
        "scan" => scan,
        "people" => people,
        "assess" => assess,
        "first-answer" => first_answer,
        _ => return Err(format!("there is no benchmark {name}: {NAMES}")),
    };
    let case = simulated(options.people)?;
    let mut measurements = Vec::new();
    for job in jobs(&case, &options)? {
        for run in 1..=options.runs {
            let measured = measure::measure(name, &job, run)?;
            println!("{}", measured.line());
            measurements.push(measured);
        }
    }
    write(&measurements)
}

fn options(words: &[&str]) -> Result<Options, String> {
    let mut options = Options { people: 1_000_000, runs: RUNS, bytes: LARGEST_BYTES };
    let mut rest = words;
    while let [word, value, tail @ ..] = rest {
        let number = value.replace('_', "").parse().map_err(|_| format!("{word} needs a number"))?;
        match *word {
            "--people" => options.people = number,
            "--runs" => options.runs = number.clamp(1, 100) as u32,
            "--bytes" => options.bytes = number,
            _ => return Err(format!("unknown option {word}: --people N, --runs N, --bytes N")),
        }
        rest = tail;
    }
    if rest.is_empty() { Ok(options) } else { Err(format!("{} needs a value", rest[0])) }
}

fn program() -> PathBuf {
    shell::target().join("release/leakassay")
}

/// A simulated case of this size, made once and kept below the target folder.
fn simulated(people: u64) -> Result<PathBuf, String> {
    let case = shell::target().join(format!("bench/full-dump-{people}"));
    if !case.join("truth.json").is_file() {
        let _ = std::fs::remove_dir_all(&case);
        let people = people.to_string();
        let mut command = Command::new(program());
        command.args(["simulate", "full-dump", "--seed", "1", "-q", "--people", &people, "--out"]).arg(&case);
        shell::run(&mut command)?;
    }
    Ok(case)
}

fn evidence(case: &Path) -> Result<Vec<PathBuf>, String> {
    let folder = case.join("evidence");
    let entries = std::fs::read_dir(&folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    Ok(files)
}

fn ours(what: &str, words: &[&str], paths: &[PathBuf], bytes: u64) -> Job {
    let mut command = vec![program().display().to_string()];
    command.extend(words.iter().map(|word| (*word).to_owned()));
    command.extend(paths.iter().map(|path| path.display().to_string()));
    Job { program: "leakassay".to_owned(), what: what.to_owned(), command, bytes, before: None, after: None }
}

/// `scan` over all files, and its first answer alone. The peer is ripgrep looking for one pattern, where it is installed.
fn scan(case: &Path, _: &Options) -> Result<Vec<Job>, String> {
    let files = evidence(case)?;
    let bytes = decoded_bytes(&files)?;
    let mut jobs = vec![
        ours("full answer", &["scan", "--json", "-q"], &files, bytes),
        ours("first answer", &["scan", "--quick", "--json", "-q"], &files, bytes),
    ];
    if shell::installed("rg") {
        let mut command = vec!["rg".to_owned(), "-zac".to_owned(), r"\b[0-9]{3}-?[0-9]{2}-?[0-9]{4}\b".to_owned()];
        command.extend(files.iter().map(|path| path.display().to_string()));
        let what = "one pattern in compressed text".to_owned();
        jobs.push(Job { program: "ripgrep".to_owned(), what, command, bytes, before: None, after: None });
    } else {
        println!("bench: ripgrep is not installed, so `scan` has no peer in this run");
    }
    Ok(jobs)
}

/// The whole assessment, from nothing.
fn assess(case: &Path, _: &Options) -> Result<Vec<Job>, String> {
    let bytes = decoded_bytes(&evidence(case)?)?;
    let stale = case.join("assessment");
    let mut whole = ours("whole assessment", &["assess", "-q"], &[case.to_path_buf()], bytes);
    whole.before = Some(stale.clone());
    let mut quick = ours("first answer", &["assess", "--quick", "-q"], &[case.to_path_buf()], bytes);
    quick.before = Some(stale);
    Ok(vec![quick, whole])
}

/// The count of people, with Splink over the same rows up to a size that it can hold. What Splink needs first, one standardised
/// table, is made before the clock starts; our program reads the files as they were sold.
fn people(case: &Path, options: &Options) -> Result<Vec<Job>, String> {
    let files = evidence(case)?;
    let bytes = decoded_bytes(&files)?;
    let work = shell::target().join("bench/people");
    std::fs::create_dir_all(&work).map_err(|error| format!("cannot make {}: {error}", work.display()))?;
    if options.people > PEER_PEOPLE {
        let ids = work.join("ids.csv").display().to_string();
        return Ok(vec![ours("count and assign alone", &["people", "--json", "-q", "--out", &ids], &files, bytes)]);
    }
    let python = peers()?;
    let scripts = shell::root().join("bench/peers");
    let (rows, truth, ids) = (work.join("rows.csv"), work.join("truth.csv"), work.join("ids.csv"));
    shell::run(Command::new(&python).arg(scripts.join("export_case.py")).args([case, &rows, &truth]))?;
    let score =
        |ids: &Path| [&python, &scripts.join("score.py"), ids, &truth].map(|path| path.display().to_string()).to_vec();
    let ids_word = ids.display().to_string();
    let mut mine = ours("count and assign", &["people", "--json", "-q", "--out", &ids_word], &files, bytes);
    mine.after = Some(score(&ids));
    let theirs = work.join("splink.csv");
    let splink = [&python, &scripts.join("splink_people.py"), &rows].map(|path| path.display().to_string());
    let mut command = splink.to_vec();
    command.extend(["--out".to_owned(), theirs.display().to_string()]);
    let peer = Job {
        program: "splink".to_owned(),
        what: "count and assign".to_owned(),
        command,
        bytes,
        before: None,
        after: Some(score(&theirs)),
    };
    Ok(vec![mine, peer])
}

/// The first answer on one large file of plain text: a simulated file, over and over.
fn first_answer(case: &Path, _: &Options) -> Result<Vec<Job>, String> {
    let plain = |path: &&PathBuf| path.extension().is_some_and(|ending| ending == "txt" || ending == "csv");
    let files = evidence(case)?;
    let source = files.iter().find(plain).ok_or("the simulated case has no plain text file")?;
    let large = shell::target().join("bench/large.txt");
    if std::fs::metadata(&large).map_or(0, |file| file.len()) < LARGE_FILE_BYTES {
        let failed = |error: std::io::Error| format!("cannot write {}: {error}", large.display());
        let text = std::fs::read(source).map_err(failed)?;
        let mut file = std::fs::File::create(&large).map_err(failed)?;
        for _ in 0..LARGE_FILE_BYTES.div_ceil(text.len().max(1) as u64) {
            std::io::Write::write_all(&mut file, &text).map_err(failed)?;
        }
    }
    let bytes = std::fs::metadata(&large).map_err(|error| error.to_string())?.len();
    Ok(vec![ours("first answer", &["scan", "--quick", "--json", "-q"], &[large], bytes)])
}

/// Python with the pinned peers, in a folder of its own below the target folder.
fn peers() -> Result<PathBuf, String> {
    let folder = shell::target().join("bench/venv");
    let python = folder.join("bin/python");
    if !python.is_file() {
        shell::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    let requirements = shell::root().join("bench/peers/requirements.txt");
    shell::run(Command::new(&python).args(["-m", "pip", "install", "-q", "-r"]).arg(requirements))?;
    Ok(python)
}

/// Bytes of the files as the program sees them: decompressed where the usual tool for it is at hand, else as they lie on disk.
fn decoded_bytes(files: &[PathBuf]) -> Result<u64, String> {
    let mut bytes = 0;
    for file in files {
        let tool: &[&str] = match file.extension().and_then(|ending| ending.to_str()) {
            Some("gz") => &["gzip", "-dc"],
            Some("zst") => &["zstd", "-dcq"],
            Some("zip") => &["unzip", "-p"],
            _ => &[],
        };
        bytes += match tool {
            [program, option] if shell::installed(program) => {
                let script = "\"$1\" \"$2\" \"$3\" | wc -c";
                let counted = shell::output(Command::new("sh").args(["-c", script, "sh", program, option]).arg(file))?;
                counted.trim().parse().map_err(|_| format!("cannot count the bytes of {}", file.display()))?
            }
            _ => std::fs::metadata(file).map_err(|error| format!("{}: {error}", file.display()))?.len(),
        };
    }
    Ok(bytes)
}

fn write(measurements: &[Measurement]) -> Outcome {
    let machine = measure::machine();
    let date = shell::output(Command::new("date").args(["-u", "+%F"]))?;
    let folder = shell::root().join(format!("bench/runs/{}-{}", date.trim(), machine.slug()));
    let failed = |error: std::io::Error| format!("cannot write {}: {error}", folder.display());
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let raw = folder.join("raw.csv");
    let mut text = std::fs::read_to_string(&raw).unwrap_or_else(|_| format!("{}\n", measure::HEADER));
    measurements.iter().for_each(|measured| text.push_str(&format!("{}\n", measured.line())));
    std::fs::write(&raw, &text).map_err(failed)?;
    std::fs::write(folder.join("summary.md"), summary::of(&text, &machine, date.trim())).map_err(failed)?;
    println!("bench: written to {}", folder.display());
    Ok(())
}
