//! Stage tables: Parquet in and out.
//!
//! Enters: records and people in memory. Leaves: Parquet files, complete or not there at all. Stage tables that hold
//! values ([`records`]) are encrypted with the key of the case; deliverables ([`people`]) hold no values and are plain,
//! with the same bytes for the same content. Never: a library's error text, which may quote a value.

mod file;
pub mod people;
pub mod records;
pub mod truth;

pub use file::TableError;
