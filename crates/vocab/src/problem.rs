//! What went wrong with a piece of evidence: recorded, shown, never fatal for the rest.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Kind of a problem with evidence. The kind decides what is said and how the command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// The path does not exist.
    Absent,
    /// The path exists and may not be read.
    Unreadable,
    /// A link leads out of the case folder.
    LinkLeavesCase,
    /// Nothing in it.
    Empty,
    /// The container ends before its data does.
    Truncated,
    /// The container or the format is broken at a place.
    Corrupt,
    /// A limit was reached: expansion ratio, decoded bytes, nesting, members, line length.
    LimitReached,
    /// The format is known and not supported, or unknown.
    Unsupported,
    /// Encrypted, and no key was given.
    Encrypted,
    /// Bytes that are not text in the encoding of the rest.
    BadEncoding,
    /// A decision contradicts an earlier one and was not applied.
    Contradicted,
    /// Something made for an earlier version of the case that does not fit this one and was not used.
    Outdated,
    /// Values that say less than they seem to: left out as evidence, or read one way of two.
    Doubtful,
}

/// A recorded problem. Holds the address and the program's own words, never a value and never a library's error text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// What kind.
    pub kind: ProblemKind,
    /// Where: a forensic path as text.
    pub path: String,
    /// What failed, in lower case, no full stop.
    pub cause: String,
    /// What to do next.
    pub hint: String,
}
