//! Opens evidence read-only and hands on rows and text, each with an address that can be replayed.
//!
//! Enters: paths. Leaves: a [`Survey`] (what is there, with samples) and, on [`stream`], every row and every stretch of
//! text once, in parallel, folded in evidence order. Never: writes near evidence, interprets values, ends the run
//! because of one bad file.

pub mod block;

pub use block::{Cell, RowBlock, TextBlock};
