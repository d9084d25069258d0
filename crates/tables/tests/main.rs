//! Tests of `tables` that go through its public face.
