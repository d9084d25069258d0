//! A second generator of labelled tables and texts, of another origin than the simulator, and how well detection does on
//! what it makes.
//!
//! Names, places, telephone forms and check digits come from `testdata/detect` (made with faker and python-stdnum); headers,
//! layouts and logs were written for these tests alone. `docs/accuracy.md` holds the figures.

mod abroad;
mod accuracy;
mod fields;
mod logs;
mod pools;
mod score;
mod tables;
mod texts;
mod themes;

pub(super) use tables::wide_table;
pub(super) use texts::{corpus_text, log_text};
