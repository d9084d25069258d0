//! Tests of `analysis` that go through its public face.
#![allow(clippy::unwrap_used, reason = "tests: a broken fixture should stop them")]

mod duties;
mod people;
mod people_model;
mod people_numbers;
mod world;
