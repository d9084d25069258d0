//! Tests of `tables` that go through its public face.
#![allow(clippy::unwrap_used, reason = "tests: a broken fixture should stop them")]

mod stage;
