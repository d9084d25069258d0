//! Tests of `vocab` that go through its public face.
