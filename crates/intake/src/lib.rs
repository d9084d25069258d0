//! Evidence in, records out: opening, detection, normalisation.

pub mod decode;
pub mod detect;
pub mod normalize;
pub mod open;
pub mod reference;
