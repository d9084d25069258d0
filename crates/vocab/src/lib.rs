//! The nouns of leakassay: the types that flow between the rooms, and nothing else.
//!
//! Enters: nothing. Leaves: types and pure functions. Never: files, clocks, networks, Arrow.
//! `assessment` is the contract with the outside; the other modules are contracts between rooms.

pub mod address;
pub mod assessment;
pub mod claim;
pub mod compare;
pub mod count;
pub mod element;
pub mod exposure;
pub mod facts;
pub mod jurisdiction;
pub mod masked;
pub mod parallel;
pub mod plan;
pub mod problem;
pub mod progress;
pub mod receipt;
pub mod record;
pub mod truth;

pub use address::{ForensicPath, Place};
pub use count::Interval;
pub use element::{DataElement, ElementSet};
pub use exposure::ExposureProfile;
pub use facts::Facts;
pub use jurisdiction::Jurisdiction;
pub use masked::{CaseKey, Masked, Token};
pub use problem::{Problem, ProblemKind};
pub use receipt::{Receipt, SetAside};
pub use record::{Dictionary, Record, RecordTable, Records, RowFact, RowFacts, Suffix};
