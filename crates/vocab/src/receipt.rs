//! What a stage read, wrote and set aside: the balance sheet that a court, and the resume, rely on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Problem;

/// Rows that did not go on, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct SetAside {
    /// Why, as a short code: `ragged_row`, `unclosed_quote`, `line_too_long`, ...
    pub reason: String,
    /// How many.
    pub rows: u64,
}

/// A file or table by digest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Digest {
    /// Path within the case, or the name of a stage table.
    pub name: String,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// A receipt. Balanced: `rows_in = rows_out + sum(set_aside)`. Holds no time, so that equal runs give equal receipts;
/// times are in the custody log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Receipt {
    /// Name of the stage.
    pub stage: String,
    /// What was read.
    pub inputs: Vec<Digest>,
    /// Version digest of the part of the rulebook used, with the program's version.
    pub rules: String,
    /// Rows read.
    pub rows_in: u64,
    /// Rows handed on.
    pub rows_out: u64,
    /// Rows set aside, by reason.
    pub set_aside: Vec<SetAside>,
    /// Problems met.
    pub problems: Vec<Problem>,
}

impl Receipt {
    /// Tells whether rows in = rows out + rows set aside.
    pub fn balances(&self) -> bool {
        self.rows_in == self.rows_out + self.set_aside.iter().map(|aside| aside.rows).sum::<u64>()
    }
}
