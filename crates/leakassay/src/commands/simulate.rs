//! `simulate`: a synthetic breach with known truth.

use std::path::Path;

use simulate::Dirtiness;

use super::Outcome;
use crate::args::{Common, Dirt, Simulate};
use crate::failure::Failure;
use crate::output;
use crate::progress::StageLines;

/// Writes the case of a scenario and says where it is.
pub(crate) fn run(simulate: &Simulate, common: &Common) -> Result<Outcome, Failure> {
    if simulate.scenario != "full-dump" {
        return Err(Failure::wrong_use("there is no such scenario", "the scenarios are: full-dump"));
    }
    let dirtiness = match simulate.dirt {
        Dirt::Usual => Dirtiness::Usual,
        Dirt::Varied => Dirtiness::Varied,
    };
    if simulate.out.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Failure::wrong_use(
            format!("{} is not empty", simulate.out.display()),
            "name a new folder; a simulation never overwrites anything",
        ));
    }
    full_dump(simulate.people, simulate.seed, dirtiness, &simulate.out, common)?;
    output::print(&format!("{}\n", simulate.out.join("case.toml").display()))?;
    Ok(Outcome::Done)
}

/// Writes a `full-dump` case.
pub(crate) fn full_dump(
    people: u64,
    seed: u64,
    dirtiness: Dirtiness,
    out: &Path,
    common: &Common,
) -> Result<(), Failure> {
    if people == 0 {
        return Err(Failure::wrong_use("a breach of no people cannot be simulated", "give --people a number above 0"));
    }
    let progress = StageLines::new(common.quiet);
    simulate::full_dump_on(people, seed, dirtiness, out, common.threads(), &progress).map_err(|error| {
        Failure::ours(
            format!("the simulation stopped: {error}"),
            "make room or choose another --out, then run it again",
        )
    })?;
    Ok(())
}
