//! Opens evidence read-only and hands on rows and text, each with an address that can be replayed.
//!
//! Enters: paths. Leaves: a [`Survey`] (what is there, with samples) and, on [`stream`], every row and every stretch of
//! text once, in parallel, folded in evidence order. Never: writes near evidence, interprets values, ends the run
//! because of one bad file.

pub mod block;

mod chunk;
mod columnar;
mod container;
mod delimited;
mod dialect;
mod encoding;
mod json;
mod kept;
mod known;
mod leaf;
mod limits;
mod paths;
mod quoted;
mod replay;
mod sample;
mod sniff;
mod sqldump;
mod sqlwords;
mod stream;
mod survey;
mod text;
mod unpack;

pub use block::{Cell, RowBlock, TextBlock};
pub use chunk::Block;
pub use known::KnownFiles;
pub use limits::{Limits, Passwords};
pub use replay::replay;
pub use stream::{BlockPlace, StreamTotals, TableTotals, stream};
pub use survey::{Depth, EvidenceFile, Survey, TableHead, TextHead, survey};
pub(crate) use text::LineKind;
