//! Tests of `analysis` that go through its public face.

mod duties;
mod people;
mod world;
