//! Sessions with the program, as a user would have them. Each spawns the built binary; nothing heavy is linked.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a session that cannot go on has failed; helpers of tests are not seen as tests by the lint"
)]

mod bad_input;
mod browser;
mod commands;
mod custody;
mod digests;
mod doubts;
mod foreign;
mod hard_people;
mod interruption;
mod leaks;
mod memory;
mod numbers;
mod opening;
mod people;
mod postgresql;
mod report_page;
mod session;
mod versions;

// The room itself, so that its tests link what it uses and not the whole program.
#[path = "../src/report/mod.rs"]
mod report;
