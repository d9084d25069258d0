//! The report: what the assessment says, for a board, for counsel, for a terminal.
//!
//! Enters: an [`Assessment`](vocab::assessment::Assessment). Leaves: text in HTML, JSON and plain letters, the same bytes
//! for the same assessment. Never: files, clock, network, a personal value, or a sum of its own. A number on the page is a
//! field of the assessment and carries the pointer to it; [`check`] proves it.

pub(crate) mod check;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod terminal;

mod at;
mod chart;
mod format;
mod select;
mod show;
