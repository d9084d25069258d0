//! Tests of `intake` that go through its public face.

mod detect;
mod open;
