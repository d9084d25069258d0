//! Tests of `simulate` that go through its public face.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod checks;
mod contract;
mod files;
