//! `demo`: simulate a telecom breach with known truth, assess it, grade the result, name the report.

use std::fs;
use std::path::Path;

use ::simulate::Dirtiness;

use super::{Outcome, assess, grade, simulate};
use crate::args::{Common, Demo};
use crate::case::Case;
use crate::failure::Failure;
use crate::output;

/// Marks a folder as made by a demo, so that a later demo may replace it and nothing else.
const MARKER: &str = ".leakassay-demo";

/// Runs the demo.
pub(crate) fn run(demo: &Demo, common: &Common) -> Result<Outcome, Failure> {
    clear(&demo.out)?;
    simulate::full_dump(demo.people, demo.seed, Dirtiness::Usual, &demo.out, common)?;
    let case = Case::open(&demo.out)?;
    assess::assess_and_print(&case, false, common)?;
    let grade = grade::grade(&case)?;
    if !common.json {
        output::print(&grade::to_text(&grade))?;
    }
    Ok(if grade.passed { Outcome::Done } else { Outcome::NeedsDecision })
}

/// Empties the folder of a former demo; refuses any other folder with something in it.
fn clear(out: &Path) -> Result<(), Failure> {
    let occupied = out.read_dir().is_ok_and(|mut entries| entries.next().is_some());
    if occupied && !out.join(MARKER).is_file() {
        return Err(Failure::wrong_use(
            format!("{} holds something that is not a former demo", out.display()),
            "name another folder with --out",
        ));
    }
    let made = || -> std::io::Result<()> {
        if occupied {
            fs::remove_dir_all(out)?;
        }
        fs::create_dir_all(out)?;
        fs::write(out.join(MARKER), b"made by `leakassay demo`; the next demo replaces this folder\n")
    };
    made().map_err(|error| Failure::cannot_write(out, &error))
}
