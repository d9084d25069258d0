//! Tests of `rulebook` that go through its public face.
