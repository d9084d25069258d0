//! `show`: the bytes behind an address, as a shape, or in clear when asked and entered in the custody log.

use std::path::PathBuf;

use intake::open;
use serde::Serialize;
use vocab::{ForensicPath, Masked, Place};

use super::Outcome;
use crate::args::{Common, Show};
use crate::case::{Case, Custody};
use crate::failure::Failure;
use crate::output;

#[derive(Serialize)]
struct Shown {
    schema: &'static str,
    address: String,
    bytes: usize,
    /// Letters as `a`, digits as `9`; the rest as it is.
    shape: String,
    /// The bytes in clear; null unless revealed.
    value: Option<String>,
}

/// Replays an address.
pub(crate) fn run(show: &Show, common: &Common) -> Result<Outcome, Failure> {
    let address: ForensicPath = show.address.parse().map_err(|error: vocab::address::BadAddress| {
        Failure::wrong_use(error.to_string(), "copy the address from the report or from rows.parquet")
    })?;
    if address.place == Place::Whole {
        return Err(Failure::wrong_use(
            "the address names a whole file",
            "add the place, for instance `::row/12` or `::bytes/100+11`",
        ));
    }
    let case = Case::open(&show.case)?;
    if !case.file.evidence.iter().any(|evidence| covers(&evidence.path, &address.file)) {
        return Err(Failure::wrong_use(
            "the address names a file that is not evidence of this case",
            "addresses begin with the path of an [[evidence]] of case.toml",
        ));
    }
    let limits = case.limits()?;
    let paths = [PathBuf::from(&address.file)];
    let survey =
        open::survey(&case.root, &paths, &limits, open::Depth::Quick, common.threads(), &vocab::progress::Silent);
    let file = survey.files.iter().find(|file| file.path == address.file).ok_or_else(|| {
        Failure::evidence(
            "there is no such file in the evidence",
            "copy the address from the report or from rows.parquet",
        )
    })?;
    let value = open::replay(file, &address, &limits)?;
    if show.reveal {
        Custody::open(&case.outputs().join("custody.jsonl"))?
            .enter("reveal", serde_json::json!({ "address": address.to_string() }))?;
    }
    output::print(&rendered(show, common, &value)?)?;
    Ok(Outcome::Done)
}

fn rendered(show: &Show, common: &Common, value: &Masked) -> Result<String, Failure> {
    let clear = show.reveal.then(|| output::visible(&String::from_utf8_lossy(value.reveal())));
    if common.json {
        return output::to_json(&Shown {
            schema: "leakassay/show/1",
            address: show.address.clone(),
            bytes: value.reveal().len(),
            shape: output::visible(&value.shape()),
            value: clear,
        });
    }
    Ok(format!("{}\n", clear.unwrap_or_else(|| output::visible(&value.shape()))))
}

fn covers(evidence: &std::path::Path, file: &str) -> bool {
    std::path::Path::new(file).starts_with(evidence)
}
