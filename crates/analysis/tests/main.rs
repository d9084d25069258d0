//! Tests of `analysis` that go through its public face.

mod people;
mod world;
