//! Evidence in, records out: opening, detection, normalisation.

mod calendar;
pub mod decode;
pub mod detect;
pub mod normalize;
pub mod open;
pub mod reference;
