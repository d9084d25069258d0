//! Tests of `engine` that go through its public face.
