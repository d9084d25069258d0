//! Decisions: people, claim, harm, duties.
//!
//! Enters: records, reports of earlier stages, rules. Leaves: the parts of an assessment, with grounds. Never: files,
//! clocks, networks, the engine's crates.

pub mod claim;
pub mod duties;
pub mod harm;
pub mod resolve;
