//! Tests of `simulate` that go through its public face.
