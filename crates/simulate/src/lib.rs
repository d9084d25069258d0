//! Synthetic breaches from a seed, with the truth known: for drills, tests and benchmarks.
//!
//! Enters: a number of people and a seed. Leaves: a case folder with evidence, claim and reference, and the truth about
//! it. Never: a real person, the clock, or code of what is tested by it (`analysis`, `intake`).
//!
//! # The scenario `full-dump`
//! A fictional carrier shaped like a published case of 2021: everything of it is on sale, in files of five formats, by a
//! seller who claims a third more people than there are. `scenario` has the shares of the classes, `tables` the columns,
//! `dirt` the faults.
//!
//! # What is realistic
//! - Names by the frequency of the 1990 Census and, for given names, by sex and decade of birth (SSA); households with
//!   shared surname, address, telephone and account; partners who took or joined a name, with the earlier one on an old
//!   credit application; twins; Jr and Sr at one address; nicknames; accents that some systems drop.
//! - Places by population of 2020 with DC, territories and military mail; city, state and ZIP agree. Telephone area codes
//!   are of the state where the line was opened, so movers and those who came from elsewhere keep others.
//! - Social Security numbers by area of the state and group of the year before 25 June 2011, random after; nobody shares
//!   one. Licences by each state's format, coded in Florida, Illinois and Wisconsin. IMEIs with check digit, reporting
//!   bodies and models of their year. Account PINs as people choose them. Numbers of former customers given out again.
//! - A reference with five years of history, of which the dump is the picture on one day.
//!
//! # What is not
//! - Shares of families, moves and missing values are round guesses, independent of state, age and income. Surnames and
//!   given names are drawn independently of each other and of the place.
//! - How far a state had come in issuing Social Security groups in a year is a straight line. Type codes of IMEIs,
//!   exchanges within an area code and street numbers exist only here; streets do not fit their city.
//! - Licences of territories are left out: their formats are not published with the others.
//! - Dirt strikes rows independently. Real faults come in runs: a bad import, one clerk, one day.

mod case;
mod chunk;
mod days;
mod dice;
mod dirt;
mod duties;
mod formats;
mod identifiers;
mod output;
mod people;
mod reference;
mod rows;
mod run;
mod scenario;
mod ssn_book;
mod tables;
mod tally;
mod truth;
mod world;

pub use dirt::Dirtiness;

use std::io;
use std::path::Path;

use parquet::errors::ParquetError;
use vocab::progress::Progress;
use vocab::truth::Truth;

/// Most people of a scenario: beyond, Social Security numbers of single years run out.
pub const MOST_PEOPLE: u64 = 150_000_000;

/// Why a scenario was not made.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// The number of people is 0 or too large.
    #[error("cannot make {people} people; choose 1 to {MOST_PEOPLE}")]
    People {
        /// What was asked for.
        people: u64,
    },
    /// A case stands there that was not simulated.
    #[error("the folder holds a case.toml that was not made by simulate; choose an empty folder")]
    NotOurs,
    /// The rulebook cannot be used.
    #[error("cannot read the rulebook: {0}")]
    Rules(#[from] rulebook::RuleError),
    /// A file cannot be written.
    #[error("cannot write {file}: {kind}; check the folder and the space on it")]
    Write {
        /// Path relative to the case.
        file: String,
        /// What the system said.
        kind: io::ErrorKind,
    },
    /// Something that cannot be was.
    #[error("our fault, please report: {invariant}")]
    Broken {
        /// What should have held.
        invariant: &'static str,
    },
}

impl SimulateError {
    fn write(file: &str, error: &io::Error) -> Self {
        SimulateError::Write { file: file.to_owned(), kind: error.kind() }
    }

    fn parquet(file: &str, error: &ParquetError) -> Self {
        let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<io::Error>());
        SimulateError::Write { file: file.to_owned(), kind: source.map_or(io::ErrorKind::Other, io::Error::kind) }
    }
}

/// Writes the scenario `full-dump` into a folder: `case.toml`, `evidence/`, `reference/`, `truth.json` and
/// `truth_rows.parquet` (file, table, row from 1, person, broken). Same people and seed, same bytes.
///
/// Uses all cores; memory does not grow with `people` but for a count for each of the few whose first draw of a Social
/// Security number was taken.
pub fn full_dump(people: u64, seed: u64, out: &Path, progress: &dyn Progress) -> Result<Truth, SimulateError> {
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    full_dump_on(people, seed, Dirtiness::Usual, out, threads, progress)
}

/// The same with stated dirt and on a given number of threads; the files do not depend on the threads.
pub fn full_dump_on(
    people: u64,
    seed: u64,
    dirtiness: Dirtiness,
    out: &Path,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Truth, SimulateError> {
    run::full_dump(people, seed, dirtiness, out, threads, progress)
}
