//! What may be typed. The comments here are the help pages.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use intake::open::Limits;

use crate::case::known_files;
use crate::failure::Failure;

/// Says what a data breach did: what is in a dump, whose it is, whether the claim holds, what harm it can do, and who must be told by when.
///
/// Local only: nothing leaves this machine. Exit codes: 0 done; 1 something needs a decision (only with --exit-code);
/// 2 wrong use; 3 an input could not be used; 4 our fault.
#[derive(Debug, Parser)]
#[command(name = "leakassay", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Options of every command.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Print the result as JSON on stdout.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Worker threads; the result is the same for any number [default: all cores].
    #[arg(long, global = true, value_name = "N")]
    pub(crate) threads: Option<usize>,
    /// Memory for large tables (`8GB`, `500MB`); what does not fit lies in files, more slowly [default: 3/4 of what is free].
    #[arg(long, global = true, value_name = "SIZE", value_parser = crate::memory::size)]
    pub(crate) memory: Option<u64>,
    /// Folder for those files, which have no name and vanish with the program [default: the case, or /var/tmp].
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) scratch: Option<PathBuf>,
    /// No progress on stderr.
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Use this folder instead of the embedded rulebook; one with nothing but `detectors/` adds to it.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) rulebook: Option<PathBuf>,
    /// End with 1 if something was set aside or needs a decision.
    #[arg(long, global = true)]
    pub(crate) exit_code: bool,
}

impl Opening {
    /// Returns the limits of reading with these passwords and known files.
    pub(crate) fn limits(&self) -> Result<Limits, Failure> {
        let Some(path) = &self.passwords else {
            return Ok(Limits { known: known_files(&self.known)?, ..Limits::default() });
        };
        let text = std::fs::read_to_string(path).map_err(|error| {
            let what = format!("cannot read the passwords in {}: {}", path.display(), error.kind());
            Failure::wrong_use(what, "name a text file with one password a line")
        })?;
        let passwords = text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
        Ok(Limits { passwords, known: known_files(&self.known)?, ..Limits::default() })
    }
}

impl Common {
    /// Returns the number of worker threads.
    pub(crate) fn threads(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.unwrap_or(cores).clamp(1, 256)
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Simulate a telecom breach with known truth, assess it, grade the result, name the report.
    Demo(Demo),
    /// Run the whole assessment of a case. Finished stages are kept: run it again after an interruption.
    Assess(Assess),
    /// Replay a finding's address to the bytes it came from (shape only, unless --reveal).
    Show(Show),
    /// Ask the stage tables in SQL.
    Sql(Sql),
    /// Check the custody chain, all digests, and that the report follows from the tables.
    Verify(CaseOnly),
    /// What is in these files? A first answer within seconds, then the full one.
    Scan(Scan),
    /// How many distinct people are in these files?
    People(People),
    /// Who must be told by when, from typed facts alone.
    Duties(Duties),
    /// Make a synthetic breach with known truth: for drills, tests and benchmarks.
    Simulate(Simulate),
    /// Compare an assessment with the truth of its simulation.
    Grade(CaseOnly),
    /// Work on the rulebook.
    #[command(subcommand)]
    Rules(Rules),
    /// Print the JSON schema of an output, or the list of element codes.
    Schema(Schema),
    /// Print shell completions.
    Completions {
        /// For which shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Number of fictional people.
    #[arg(long, default_value_t = 200_000)]
    pub(crate) people: u64,
    /// Seed: same seed, same breach.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Folder for the case; it must not exist or be a former demo.
    #[arg(short, long, default_value = "leakassay-demo", value_name = "DIR")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Assess {
    /// The case folder, or its case.toml.
    pub(crate) case: PathBuf,
    /// Stop after the first answer, from a sample; its counts are estimates and marked so.
    #[arg(long)]
    pub(crate) quick: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CaseOnly {
    /// The case folder, or its case.toml.
    pub(crate) case: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The case folder, or its case.toml.
    pub(crate) case: PathBuf,
    /// The address, for instance `evidence/a.zip::prepaid.csv::row/12`.
    pub(crate) address: String,
    /// Show the bytes in clear; noted in the custody log.
    #[arg(long)]
    pub(crate) reveal: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Sql {
    /// The case folder, or its case.toml.
    pub(crate) case: PathBuf,
    /// One statement that reads; `show tables` lists what there is.
    pub(crate) statement: String,
    /// Print at most this many rows.
    #[arg(long, default_value_t = 1000, value_name = "N")]
    pub(crate) limit: usize,
}

#[derive(Debug, Args)]
pub(crate) struct Scan {
    /// Files and folders.
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Stop after the first answer, from a sample.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Write one line a text finding to this file (JSON lines; addresses, no values).
    #[arg(long, value_name = "FILE")]
    pub(crate) findings: Option<PathBuf>,
    /// What you decided about columns, in TOML: one `[[column]]` with file, column and element (or "none") each.
    #[arg(long, value_name = "FILE")]
    pub(crate) decisions: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) opening: Opening,
}

/// What helps to open files outside a case.
#[derive(Debug, Args)]
pub(crate) struct Opening {
    /// Passwords to try on encrypted archives and documents: a text file, one a line.
    #[arg(long, value_name = "FILE")]
    pub(crate) passwords: Option<PathBuf>,
    /// Count and leave out the files on this hash list (MD5, SHA-1 or SHA-256, as NSRL's); may be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) known: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct People {
    #[command(subcommand)]
    pub(crate) question: Option<PeopleQuestion>,
    /// Files and folders.
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Write row -> person as CSV: file,row,person_id.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Column -> element mapping in TOML, in place of the inferred one: columns it does not name are not used, and `none` says so
    /// of one.
    #[arg(long, value_name = "FILE")]
    pub(crate) map: Option<PathBuf>,
    /// Weigh with the parameters of this model, as a case's model.toml or --model-out has them; nothing is estimated.
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    /// Write the parameters that were estimated, for --model.
    #[arg(long, value_name = "FILE")]
    pub(crate) model_out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) opening: Opening,
}

/// Questions about the people of a case.
#[derive(Debug, Subcommand)]
pub(crate) enum PeopleQuestion {
    /// Why are these rows one person, or these two people not one? Weights and addresses, no values.
    Why(Why),
    /// Look at a sample of rows beside their neighbours; the answers give the number of people with an interval.
    Review(Review),
}

#[derive(Debug, Args)]
pub(crate) struct Why {
    /// The case: its folder or its case.toml.
    pub(crate) case: PathBuf,
    /// Number of the person, as in people.parquet.
    pub(crate) person: u32,
    /// Number of another person, to see what keeps the two apart.
    pub(crate) other: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct Review {
    /// The case: its folder or its case.toml.
    pub(crate) case: PathBuf,
    /// Rows to look at. A review that was begun goes on with its own sample.
    #[arg(long, default_value_t = 400, value_name = "N", value_parser = clap::value_parser!(u32).range(20..=100_000))]
    pub(crate) sample: u32,
    /// Seed of the sample: same seed, same rows.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Show the rows in clear; noted in the custody log.
    #[arg(long)]
    pub(crate) reveal: bool,
    /// Answer from the truth of a simulation, for drills: the truth.json beside truth_rows.parquet.
    #[arg(long, value_name = "FILE")]
    pub(crate) oracle: Option<PathBuf>,
    /// Who answers; kept with every answer.
    #[arg(long, default_value = "")]
    pub(crate) by: String,
}

#[derive(Debug, Args)]
pub(crate) struct Duties {
    /// The facts, in TOML.
    pub(crate) facts: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// The scenario: `full-dump`.
    pub(crate) scenario: String,
    /// Number of fictional people.
    #[arg(long, default_value_t = 200_000)]
    pub(crate) people: u64,
    /// Seed: same seed, same bytes.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// How dirty the rows are: `usual` (one to two in a hundred), or `varied`, where the seed turns every kind of fault down
    /// to a quarter or up to eight times the usual, and missing fields, short names, stale addresses and second rows up to four.
    #[arg(long, value_enum, default_value_t = Dirt::Usual)]
    pub(crate) dirt: Dirt,
    /// Folder for the case; it must not exist or be empty.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

/// How dirty simulated rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Dirt {
    /// One to two rows in a hundred.
    Usual,
    /// Drawn from the seed.
    Varied,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Rules {
    /// Prove every rule against its own examples and counter-examples.
    Check,
    /// Show what the detectors of your own (`detectors/` of --rulebook) would find, before you rely on them.
    Preview(Preview),
}

#[derive(Debug, Args)]
pub(crate) struct Preview {
    /// A case folder, or files and folders.
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Only this detector.
    #[arg(long, value_name = "NAME")]
    pub(crate) rule: Option<String>,
    #[command(flatten)]
    pub(crate) opening: Opening,
}

#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// `assessment`, `scan`, `people`, `duties`, `truth` or `elements`.
    #[arg(default_value = "assessment")]
    pub(crate) output: String,
}
