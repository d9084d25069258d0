//! Tests of `intake` that go through its public face.

mod open;
