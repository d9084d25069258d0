//! Evidence in, records out: opening, detection, normalisation.

pub mod open;
